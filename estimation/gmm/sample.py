"""The sample of a dynamic panel: what is explained, by what, and on which rows."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import (
    IdentificationError,
    InputError,
    UnigaugeWarning,
    require_integer,
)
from unigauge.estimation.design import CONSTANT, Design, build_design
from unigauge.estimation.expressions import Grids, Term, parse_expression
from unigauge.estimation.formulas import as_sum, sum_names
from unigauge.estimation.panel import Panel
from unigauge.estimation.wording import joined, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = ["DynamicSample", "LagInstruments", "read_sample"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LagInstruments:
    """A variable whose lags, period by period, are instruments.

    Attributes
    ----------
    name : str
        The variable, or an expression.
    values : array, shape (T, N)
        NaN where unknown.
    first, last : int
        Shallowest and deepest lag in the transformed equation.
    """

    name: str
    values: Floats
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DynamicSample:
    """The grids of a dynamic panel, periods first; all are zero outside ``usable``.

    Attributes
    ----------
    design : Design
        The rows in levels, and what was left out.
    usable : array of bool, shape (T, N)
        Where there is a row in levels.
    terms : tuple of str, length k
        The coefficients that were asked for, the constant of a system last.
    periods : tuple of int
        The periods of the time effects, by their position on the calendar; the first
        usable period is the base.
    levels : array, shape (T, 1 + K, N)
        Response and regressors: terms, then time effects.
    lagged : tuple of LagInstruments
        GMM-type instruments.
    exogenous_names : tuple of str
        Terms that are instruments as they stand.
    exogenous : array, shape (T, number of exogenous, N)
        Their values in levels.
    """

    design: Design
    usable: Mask
    terms: tuple[str, ...]
    periods: tuple[int, ...]
    levels: Floats
    lagged: tuple[LagInstruments, ...]
    exogenous_names: tuple[str, ...]
    exogenous: Floats

    @property
    def panel(self) -> Panel:
        """The data."""
        return self.design.panel

    def period(self, position: int) -> str:
        """Return the name of a period."""
        return str(plain(self.panel.times[position]))


def read_sample(
    panel: Panel,
    text: str,
    *,
    gmm: Mapping[str, tuple[int, int | None]] | None,
    iv: str | Sequence[str],
    system: bool,
    time_effects: bool,
    max_lag: int | None,
) -> DynamicSample:
    """Evaluate the formula and the instruments on the grid.

    Raises
    ------
    InputError
        If the formula, the instruments or a variable cannot be used.
    IdentificationError
        If no row is left.
    """
    design = build_design(panel, text)
    formula = design.formula
    if formula.effects:
        raise InputError(
            f"the formula {formula.text!r} has fixed effects after the bar; dynamic_gmm "
            "removes the entities' effects by its transformation and has time effects by "
            "time_effects=True. Leave the bar out."
        )
    grids = Grids(panel)
    lagged = _lagged(grids, formula.response, gmm, max_lag)
    written = as_sum("iv", iv)
    names = sum_names(written)[1] if written else ()
    if len(set(names)) != len(names):
        raise InputError(f"iv names {joined(names)}; each may be named once.")
    columns = {name: grids.evaluate(parse_expression(name)) for name in names}
    design = _with_instruments(design, columns)
    _warn_of_instruments(formula.response, formula.regressors, lagged, names)

    usable = np.zeros(panel.mask.shape, dtype=np.bool_)
    usable.flat[design.cells] = True
    usable = np.ascontiguousarray(usable.T)
    terms = [term for term in design.terms if term != CONSTANT]
    if system and CONSTANT in design.terms:
        terms.append(CONSTANT)
    periods = np.flatnonzero(usable.any(axis=1))[1:] if time_effects else np.arange(0)
    levels = np.zeros((len(usable), 1 + len(terms) + len(periods), panel.n_entities))
    rows = [design.y, *(design.x[:, design.terms.index(term)] for term in terms)]
    time, entity = design.time, design.entity
    for position, values in enumerate(rows):
        levels[time, position, entity] = values
    for position, period in enumerate(periods, start=len(rows)):
        levels[period, position] = usable[period]
    exogenous = np.zeros((len(usable), len(names), panel.n_entities))
    for position, (values, _) in enumerate(columns.values()):
        exogenous[:, position] = np.where(usable, values.T, 0.0)
    return DynamicSample(
        design=design,
        usable=usable,
        terms=tuple(terms),
        periods=tuple(periods.tolist()),
        levels=levels,
        lagged=lagged,
        exogenous_names=names,
        exogenous=exogenous,
    )


def _lagged(
    grids: Grids,
    response: Term,
    gmm: Mapping[str, tuple[int, int | None]] | None,
    max_lag: int | None,
) -> tuple[LagInstruments, ...]:
    """Read the GMM-type instruments; lags 2 and deeper of the response by default."""
    if gmm is None:
        gmm = {response.name: (2, None)}
    if not isinstance(gmm, Mapping):
        raise InputError(
            f"gmm is {gmm!r}; it must be a mapping of variables to lags, such as "
            "{'n': (2, None)} for the second lag and all deeper ones."
        )
    deepest = grids.panel.n_times - 1
    if max_lag is not None:
        deepest = min(deepest, require_integer("max_lag", max_lag, at_least=1))
    blocks = []
    for text, lags in gmm.items():
        term = parse_expression(text)
        first, last = _lag_range(term.name, lags)
        values, _ = grids.evaluate(term)
        block = LagInstruments(
            name=term.name,
            values=np.ascontiguousarray(values.T),
            first=first,
            last=deepest if last is None else min(last, deepest),
        )
        if block.last < first:
            raise IdentificationError(
                f"no instruments are left of gmm[{text!r}] = {lags!r}: the panel has "
                f"{grids.panel.n_times} periods and max_lag is {max_lag}. Use shallower "
                "lags."
            )
        blocks.append(block)
    names = [block.name for block in blocks]
    if len(set(names)) != len(names):
        raise InputError(f"gmm names {joined(names)}; each variable may be named once.")
    return tuple(blocks)


def _lag_range(name: str, lags: object) -> tuple[int, int | None]:
    """Return the first and last lag, None for all there are."""
    if not isinstance(lags, Sequence) or isinstance(lags, str) or len(lags) != 2:
        raise InputError(
            f"gmm[{name!r}] is {lags!r}; it must be (first lag, last lag), such as (2, 4), "
            "or (2, None) for the second lag and all deeper ones."
        )
    because = "lags count periods before that of the transformed error"
    first = require_integer(f"gmm[{name!r}][0]", lags[0], at_least=0, because=because)
    if lags[1] is None:
        return first, None
    return first, require_integer(
        f"gmm[{name!r}][1]",
        lags[1],
        at_least=first,
        because="the last lag is no less than the first",
    )


def _with_instruments(design: Design, columns: Mapping[str, tuple[Floats, Mask]]) -> Design:
    """Leave out the rows in which an instrument of ``iv`` is unknown."""
    keep = np.ones(design.nobs, dtype=np.bool_)
    missing = dict(design.losses.missing)
    lost_to_lags = missing_rows = 0
    for name, (values, present) in columns.items():
        lost = keep & np.isnan(values.ravel()[design.cells])
        of_lags = lost & ~present.ravel()[design.cells]
        lost_to_lags += int(of_lags.sum())
        missing_rows += int((lost & ~of_lags).sum())
        if (lost & ~of_lags).any():
            missing[name] = int((lost & ~of_lags).sum())
        keep &= ~lost
    if keep.all():
        return design
    if not keep.any():
        raise IdentificationError(
            f"no row of {design.formula.text!r} has all instruments of iv: "
            f"{joined(list(columns))}."
        )
    losses = replace(
        design.losses,
        lags=design.losses.lags + lost_to_lags,
        missing=missing,
        missing_rows=design.losses.missing_rows + missing_rows,
    )
    return replace(design.rows(keep), losses=losses)


def _warn_of_instruments(
    response: Term,
    regressors: Sequence[Term],
    lagged: Sequence[LagInstruments],
    exogenous: Sequence[str],
) -> None:
    """Warn of invalid lags of the response, and of regressors nobody instruments."""
    for block in lagged:
        if block.name == response.name and block.first < 2:
            warnings.warn(
                f"gmm[{block.name!r}] starts at lag {block.first}; the response is "
                "correlated with the transformed error up to lag 1, so that these are no "
                "valid instruments. Start at lag 2.",
                UnigaugeWarning,
                stacklevel=4,
            )
    names = {block.name for block in lagged}
    same = {f"lag({name}, 0)" for name in exogenous}
    bare = [
        term.name
        for term in regressors
        if term.name not in exogenous
        and term.name not in same
        and not names & set(_parts(term))
    ]
    if bare:
        warnings.warn(
            f"{joined(bare)}: neither in iv nor made of a variable in gmm, so that only "
            "the other variables' instruments identify the coefficient. Name what is "
            "exogenous in iv, and what is not in gmm.",
            UnigaugeWarning,
            stacklevel=4,
        )


def _parts(term: Term) -> Iterator[str]:
    """Yield every expression within a term, canonically spelled."""
    return (
        ast.unparse(node)
        for node in ast.walk(term.expression)
        if isinstance(node, ast.expr)
    )
