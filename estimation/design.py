"""From a panel and a formula to the rows of a regression, none lost unseen."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import (
    DroppedRowsWarning,
    IdentificationError,
    InputError,
    require_choice,
)
from unigauge.estimation.expressions import (
    Grids,
    parse_expression,
    require_variable,
    term_names,
)
from unigauge.estimation.formulas import Formula, parse
from unigauge.estimation.panel import Panel
from unigauge.estimation.within import Slope
from unigauge.estimation.wording import counted, joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CONSTANT", "Design", "Losses", "build_design", "own_name"]

CONSTANT = "constant"
"""The name of the constant term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """Rows of the panel that a regression does not use, and why.

    Attributes
    ----------
    lags : int
        Rows whose lags or leads fall outside the panel or into a gap.
    missing : dict of str to int
        Rows in which a value is missing, counted for each term.
    missing_rows : int
        Rows in which any value is missing.
    entities : tuple of str
        Entities of which no row is left after both.
    singletons : tuple of str
        Fixed effects observed in one row only, which fit that row exactly.
    separated : tuple of str
        Fixed effects whose outcome is always zero (Poisson).
    singleton_rows, separated_rows : int
        Rows lost with these.
    """

    lags: int = 0
    missing: dict[str, int] = field(default_factory=dict)
    missing_rows: int = 0
    entities: tuple[str, ...] = ()
    singletons: tuple[str, ...] = ()
    singleton_rows: int = 0
    separated: tuple[str, ...] = ()
    separated_rows: int = 0

    def sentences(self) -> list[str]:
        """Return one sentence a reason; of lags, only where they take all of an entity."""
        sentences = []
        if self.missing_rows:
            terms = ", ".join(f"{name}: {count}" for name, count in self.missing.items())
            sentences.append(
                f"{counted(self.missing_rows, 'row')} dropped for missing values ({terms})"
            )
        if self.entities:
            sentences.append(
                f"no row is left after lags and missing values of "
                f"{counted(len(self.entities), 'entity')}: {joined(self.entities)}"
            )
        if self.singleton_rows:
            sentences.append(
                f"{counted(self.singleton_rows, 'row')} dropped because a fixed effect is "
                f"observed only there: {joined(self.singletons)}"
            )
        if self.separated_rows:
            because = f": {joined(self.separated)}" if self.separated else ""
            sentences.append(
                f"{counted(self.separated_rows, 'row')} dropped because the model predicts "
                f"their zeros perfectly{because}"
            )
        return sentences


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Design:
    """The rows of a regression, entity by entity and in the order of time.

    Attributes
    ----------
    panel, formula
        What it was built from.
    terms : tuple of str, length k
        Names of the regressors.
    y : array, shape (n,)
        The response.
    x : array, shape (n, k)
        The regressors.
    offset : array, shape (n,)
        Added to the linear predictor; zero unless asked for.
    cells : array of int, shape (n,)
        Each row's place on the flattened grid.
    effect_names : tuple of str
        Fixed effects.
    effects : array of int, shape (n, number of effects)
        Each row's group in each effect.
    slopes : tuple of Slope
        Slopes that differ by group.
    losses : Losses
        Rows of the panel that are not here.
    """

    panel: Panel
    formula: Formula
    terms: tuple[str, ...]
    y: NDArray[np.float64]
    x: NDArray[np.float64]
    offset: NDArray[np.float64]
    cells: NDArray[np.intp]
    effect_names: tuple[str, ...]
    effects: NDArray[np.intp]
    slopes: tuple[Slope, ...]
    losses: Losses

    @property
    def nobs(self) -> int:
        """Number of rows, n."""
        return len(self.y)

    @property
    def entity(self) -> NDArray[np.intp]:
        """Position of each row's entity."""
        return self.cells // self.panel.n_times

    @property
    def time(self) -> NDArray[np.intp]:
        """Position of each row's period on the calendar."""
        return self.cells % self.panel.n_times

    def groups(self, name: str) -> NDArray[np.intp]:
        """Return the groups, numbered from 0, that a variable forms of the rows."""
        if name in ("entity", self.panel.entity_name):
            return self.entity
        if name in ("time", self.panel.time_name):
            return self.time
        require_variable(self.panel, name, "cluster")
        groups = self.panel.groups(name).ravel()[self.cells]
        if (groups < 0).any():
            raise InputError(
                f"{name!r} is missing in {counted(int((groups < 0).sum()), 'row')} of the "
                "regression, which then belong to no group; fill it, or leave them out."
            )
        return groups

    def find_terms(self, text: str) -> tuple[str, ...]:
        """Return the regressors that a term means, in any spelling of formulas."""
        return tuple(require_choice("term", name, self.terms) for name in term_names(text))

    def find_term(self, text: str) -> str:
        """Return the one regressor that a term means, in any spelling of formulas."""
        names = self.find_terms(text)
        if len(names) != 1:
            raise InputError(f"term is {text!r}, which is {', '.join(names)}; name one.")
        return names[0]

    def rows(self, keep: NDArray[np.bool_ | np.intp]) -> Design:
        """Return the design of some of the rows; the losses stay as they are."""
        return replace(
            self,
            y=self.y[keep],
            x=self.x[keep],
            offset=self.offset[keep],
            cells=self.cells[keep],
            effects=self.effects[keep],
            slopes=tuple(
                replace(slope, groups=slope.groups[keep], values=slope.values[keep])
                for slope in self.slopes
            ),
        )

    def without_singletons(self) -> Design:
        """Return the design without fixed effects that are observed in one row only.

        Such a row is fitted exactly by its own effect, says nothing about the
        regressors, and would make clustered standard errors too small.
        """
        design, names, dropped = self, list(self.losses.singletons), 0
        while True:
            alone = np.zeros(design.nobs, dtype=np.bool_)
            for effect in range(len(design.effect_names)):
                groups = design.effects[:, effect]
                alone_here = np.bincount(groups)[groups] == 1
                names += design.labels(effect, alone_here & ~alone)
                alone |= alone_here
            if not alone.any():
                break
            design, dropped = design.rows(~alone), dropped + int(alone.sum())
        rows = self.losses.singleton_rows + dropped
        losses = replace(self.losses, singletons=tuple(names), singleton_rows=rows)
        return replace(design, losses=losses)

    def labels(self, effect: int, rows: NDArray[np.bool_]) -> list[str]:
        """Name the groups of an effect that some rows belong to."""
        name = self.effect_names[effect]
        _, first = np.unique(self.effects[rows, effect], return_index=True)
        cells = self.cells[rows][first]
        if name == self.panel.entity_name:
            return [f"{name} {self.panel.label(int(cell))[0]!r}" for cell in cells]
        if name == self.panel.time_name:
            return [f"{name} {self.panel.label(int(cell))[1]}" for cell in cells]
        return [f"{name} of {self.panel.label(int(cell))}" for cell in cells]

    def warn(self) -> None:
        """Warn, once, of rows lost for other reasons than lags, and of entities lost."""
        sentences = self.losses.sentences()
        if sentences:
            warnings.warn(
                f"of {int(self.panel.mask.sum())} rows {self.nobs} are used in "
                f"{self.formula.text!r}: {'; '.join(sentences)}.",
                DroppedRowsWarning,
                stacklevel=3,
            )


def build_design(panel: Panel, text: str, *, offset: str | None = None) -> Design:
    """Evaluate a formula on a panel and keep the rows in which all of it is known.

    Parameters
    ----------
    panel : Panel
        The data.
    text : str
        The formula; see :mod:`unigauge.estimation.formulas`.
    offset : str, optional
        An expression that enters the linear predictor with coefficient one.

    Returns
    -------
    Design
        Without missing values and singletons; nothing is warned of yet.

    Raises
    ------
    InputError
        If the formula or a variable cannot be used.
    IdentificationError
        If no row, or no more rows than regressors, are left.
    """
    formula = parse(text)
    grids = Grids(panel)
    terms = [formula.response, *formula.regressors]
    if offset is not None:
        terms.append(parse_expression(offset))
    columns = [grids.evaluate(term) for term in terms]

    present = panel.mask.copy()
    for _, here in columns:
        present &= here
    known = present.copy()
    missing: dict[str, int] = {}
    for term, (values, _) in zip(terms, columns, strict=True):
        _count_missing(missing, term.name, present & np.isnan(values), known)

    effect_names, effect_grids = _effects(panel, formula.effects)
    for name, groups in zip(effect_names, effect_grids, strict=True):
        _count_missing(missing, name, present & (groups < 0), known)
    slope_grids = [
        (
            f"{own_name(panel, group)}[{own_name(panel, variable)}]",
            panel.groups(group),
            _slope_values(panel, variable),
        )
        for group, variable in formula.slopes
    ]
    for name, _, values in slope_grids:
        _count_missing(missing, name, present & np.isnan(values), known)

    cells = np.flatnonzero(known)
    if len(cells) == 0:
        raise IdentificationError(
            f"no row of the panel has all terms of {formula.text!r}: "
            f"{int((panel.mask & ~present).sum())} are lost to lags, "
            f"{int(present.sum())} to missing values.{_calendar_hint(panel)}"
        )
    flat = [values.ravel()[cells] for values, _ in columns]
    regressors = flat[1 : 1 + len(formula.regressors)]
    names = [term.name for term in formula.regressors]
    if formula.constant and not formula.effects:
        names.insert(0, CONSTANT)
        regressors.insert(0, np.ones(len(cells)))
    if not names:
        raise InputError(f"the formula {formula.text!r} has no regressor.")
    design = Design(
        panel=panel,
        formula=formula,
        terms=tuple(names),
        y=flat[0],
        x=np.column_stack(regressors),
        offset=np.zeros(len(cells)) if offset is None else flat[-1],
        cells=cells,
        effect_names=effect_names,
        effects=np.column_stack(
            [groups.ravel()[cells] for groups in effect_grids]
            or [np.empty((len(cells), 0), dtype=np.intp)]
        ),
        slopes=tuple(
            Slope(name=name, groups=groups.ravel()[cells], values=values.ravel()[cells])
            for name, groups, values in slope_grids
        ),
        losses=Losses(
            lags=int((panel.mask & ~present).sum()),
            missing=missing,
            missing_rows=int((present & ~known).sum()),
            entities=tuple(
                f"{panel.entity_name} {panel.label(int(unit) * panel.n_times)[0]!r}"
                for unit in np.flatnonzero(~known.any(axis=1))
            ),
        ),
    ).without_singletons()
    if design.nobs == 0:
        raise IdentificationError(
            f"every row of {formula.text!r} is alone in a fixed effect; the effects absorb "
            "all there is. Entities need more than one period."
        )
    return design


def _calendar_hint(panel: Panel) -> str:
    """Say so where the periods of the data lie apart, so that lags of one miss them."""
    seen = np.flatnonzero(panel.mask.any(axis=0))
    step = int(np.gcd.reduce(np.diff(seen))) if len(seen) > 1 else 1
    if step == 1:
        return ""
    return (
        f" The data step by {step} periods, {panel.times[seen[0]]}, {panel.times[seen[1]]}, "
        f"..., and lags follow the calendar: use lag(x, {step}) and its multiples, or "
        "number the periods consecutively."
    )


def _count_missing(
    missing: dict[str, int], name: str, here: NDArray[np.bool_], known: NDArray[np.bool_]
) -> None:
    count = int(here.sum())
    if count:
        missing[name] = count
        known &= ~here


def _effects(
    panel: Panel, names: tuple[str, ...]
) -> tuple[tuple[str, ...], list[NDArray[np.intp]]]:
    """Return the fixed effects under the panel's own names, and their groups."""
    own = dict.fromkeys(own_name(panel, name) for name in names)
    for name in own:
        if name not in (panel.entity_name, panel.time_name):
            require_variable(panel, name, "the formula, after the bar,")
    return tuple(own), [panel.groups(name) for name in own]


def own_name(panel: Panel, name: str) -> str:
    """Return the panel's own word for ``entity`` or ``time``, and any other name as is."""
    return {"entity": panel.entity_name, "time": panel.time_name}.get(name, name)


def _slope_values(panel: Panel, name: str) -> NDArray[np.float64]:
    """Return the variable of a slope; time runs from the middle of the calendar."""
    if name in ("time", panel.time_name):
        calendar = np.arange(panel.n_times) - (panel.n_times - 1) / 2
        return np.where(panel.mask, calendar, np.nan)
    require_variable(panel, name, "the formula, after the bar,")
    return panel.values(name)
