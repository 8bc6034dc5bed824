"""The rows of a panel vector autoregression: outcomes, lags, instruments.

All arrays are laid out (entity, period, column) on the panel's grid and are zero where a
row is not in use.  The entities' own levels are removed by deviations from their means
(within) or from the mean of what follows (forward orthogonal deviations), which leave
white errors white.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import DataError, DroppedRowsWarning, IdentificationError
from unigauge.estimation.gmm.transforms import TRANSFORMS, transformed
from unigauge.estimation.granger.sample import less_period_means, usable_rows
from unigauge.estimation.panel import Panel, require_within_variation, shift
from unigauge.estimation.within import partial_out
from unigauge.estimation.wording import counted, listed, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = ["VARSample", "levels_of", "rows_with_lags", "var_sample", "warn_of_unused_rows"]

_DEPENDENT = 1e-9
"""A column of which less than this share is left after those before it is dependent."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VARSample:
    """What a panel vector autoregression is estimated on.

    Attributes
    ----------
    variables : tuple of str, length m
        The system.
    lags : int
        Its order, p.
    usable : array of bool, shape (N, T)
        Rows in which all variables and all their lags are observed.
    rows : array of bool, shape (N, T)
        Rows in use after the transformation.
    outcomes : array, shape (N, T, m)
        Transformed.
    regressors : array, shape (N, T, m p)
        Lags, transformed; all variables at lag 1 first.
    instruments : array, shape (N, T, L)
        Orthonormal columns that span the instruments (by least squares: the regressors).
    n_instruments : int
        Instruments asked for, before dependent columns are left out.
    """

    variables: tuple[str, ...]
    lags: int
    usable: Mask
    rows: Mask
    outcomes: Floats
    regressors: Floats
    instruments: Floats
    n_instruments: int

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the regressors, the same in every equation."""
        return terms_of(self.variables, self.lags)

    @property
    def nobs(self) -> int:
        """Rows of each equation."""
        return int(self.rows.sum())

    @property
    def n_entities(self) -> int:
        """Entities with a row in use."""
        return int(self.rows.any(axis=1).sum())


def terms_of(variables: Sequence[str], lags: int) -> tuple[str, ...]:
    """Return the names of the regressors, all variables at lag 1 first."""
    return tuple(f"lag({name}, {k})" for k in range(1, lags + 1) for name in variables)


def levels_of(panel: Panel, variables: Sequence[str], demean: str) -> Floats:
    """Return the variables, shape (N, T, m), less period means where that is asked for."""
    columns = []
    for name in variables:
        values = require_within_variation(panel, name)
        columns.append(less_period_means(panel, name) if demean == "time" else values)
    return np.stack(columns, axis=-1)


def rows_with_lags(panel: Panel, levels: Floats, lags: int) -> Mask:
    """Return the rows in which all variables and ``lags`` lags of each are observed."""
    seen = np.asarray(~np.isnan(levels).any(axis=-1))
    usable = usable_rows(seen.T, seen.T, lags).T
    if not usable.any():
        raise DataError(
            f"no entity has {lags + 1} consecutive periods with every variable, which "
            f"{counted(lags, 'lag')} need; the panel has {counted(panel.n_times, 'period')}"
            ". Use fewer lags; a missing period breaks the chain."
        )
    return usable


def warn_of_unused_rows(panel: Panel, levels: Floats, usable: Mask, lags: int) -> None:
    """Warn, once a fit, of rows lost beyond those that only serve as first lags."""
    seen = ~np.isnan(levels).all(axis=-1)
    broken = np.maximum(seen.sum(axis=1) - lags - usable.sum(axis=1), 0)
    alone = usable.sum(axis=1) == 1
    reasons = []
    if broken.any():
        reasons.append(
            f"in {counted(int(broken.sum()), 'row')} a variable or one of its lags is "
            "missing (lags follow the calendar; a gap breaks them)"
        )
    if alone.any():
        labels = [plain(label) for label in panel.entities[alone]]
        reasons.append(
            f"{counted(len(labels), 'entity')} with a single usable row cannot be compared "
            f"with themselves: {listed(labels, 5)}"
        )
    if reasons:
        warnings.warn(
            f"{int(broken.sum() + alone.sum())} of {int(seen.sum())} rows were not used: "
            f"{'; '.join(reasons)}.",
            DroppedRowsWarning,
            stacklevel=3,
        )


def var_sample(
    variables: Sequence[str],
    levels: Floats,
    usable: Mask,
    lags: int,
    *,
    transform: Literal["within", "orthogonal"],
    time_effects: bool = False,
    instruments: tuple[int, int | None] = (1, 1),
    collapse: bool = True,
) -> VARSample:
    """Transform the rows, and set up the instruments of orthogonal deviations.

    Parameters
    ----------
    variables : sequence of str, length m
        Names.
    levels : array, shape (N, T, m)
        The variables, NaN where missing.
    usable : array of bool, shape (N, T)
        Rows to use.
    lags : int
        Order of the system, p.
    transform : {"within", "orthogonal"}
        Deviations from the entity's mean over its usable rows, or forward orthogonal
        deviations over them.
    time_effects : bool
        Within: take out period effects as well, exactly, in unbalanced panels too.
    instruments : (int, int or None)
        Orthogonal: first and last lag of the levels used as instruments; all where None.
    collapse : bool
        One column a lag instead of one a lag and period.
    """
    lagged = [_moved(levels, k) for k in range(1, lags + 1)]
    stacked = np.concatenate([levels, *lagged], axis=-1)
    stacked = np.where(usable[:, :, None], stacked, 0.0)
    m = len(variables)
    if not (usable.sum(axis=1) > 1).any():
        raise DataError(
            "no entity has two usable rows, so that nothing is left once its own level is "
            f"taken out; use fewer than {counted(lags, 'lag')} or a longer panel."
        )
    if transform == "within":
        values, rows = _within(stacked, usable, time_effects)
        given = values[:, :, m:]
    else:
        values = _orthogonal_deviations(stacked, usable)
        rows = usable & (usable[:, ::-1].cumsum(axis=1)[:, ::-1] > 1)
        given = _level_instruments(levels, rows, instruments, collapse)
    basis = _orthonormal(given, rows)
    return VARSample(
        variables=tuple(variables),
        lags=lags,
        usable=usable,
        rows=rows,
        outcomes=values[:, :, :m],
        regressors=values[:, :, m:],
        instruments=basis,
        n_instruments=int(given.shape[-1]),
    )


def _moved(levels: Floats, k: int) -> Floats:
    """Return every variable ``k`` periods earlier."""
    return np.stack([shift(column, k) for column in np.moveaxis(levels, -1, 0)], axis=-1)


def _within(values: Floats, usable: Mask, time_effects: bool) -> tuple[Floats, Mask]:
    """Return deviations from the entities' means, and from the periods' where asked."""
    count = usable.sum(axis=1)
    rows = usable & (count > 1)[:, None]
    means = values.sum(axis=1, keepdims=True) / np.maximum(count, 1)[:, None, None]
    centred = np.where(rows[:, :, None], values - means, 0.0)
    if time_effects and rows.any():
        before = centred[rows]
        left = partial_out(before, np.column_stack(np.nonzero(rows)))
        rounding = np.linalg.norm(left, axis=0) <= _DEPENDENT * np.linalg.norm(
            before, axis=0
        )
        centred[rows] = np.where(rounding, 0.0, left)
    return centred, rows


def _orthogonal_deviations(values: Floats, usable: Mask) -> Floats:
    """Return forward orthogonal deviations, each in the period of its own row."""
    centred, _ = _within(values, usable, False)
    matrix = TRANSFORMS["orthogonal"].matrix(usable.T)
    later = transformed(matrix, centred.transpose(1, 2, 0)).transpose(2, 0, 1)
    return np.nan_to_num(_moved(later, -1))


def _level_instruments(
    levels: Floats, rows: Mask, span: tuple[int, int | None], collapse: bool
) -> Floats:
    """Return lagged levels as instruments, zero where they are not observed."""
    first, last = span
    periods = np.flatnonzero(rows.any(axis=0))
    deepest = int(periods[-1]) if periods.size else 0
    columns = []
    for k in range(first, (deepest if last is None else min(last, deepest)) + 1):
        lagged = np.where(rows[:, :, None], np.nan_to_num(_moved(levels, k)), 0.0)
        if collapse:
            columns.append(lagged)
            continue
        for t in periods[periods >= k]:
            one = np.zeros_like(lagged)
            one[:, t] = lagged[:, t]
            columns.append(one)
    if not columns:
        raise IdentificationError(
            f"instruments is {span}, but no row has a level {counted(first, 'period')} back"
            "; begin with a lower lag."
        )
    return np.concatenate(columns, axis=-1)


def _orthonormal(columns: Floats, rows: Mask) -> Floats:
    """Return orthonormal columns of the same span; dependent ones are left out."""
    flat = columns[rows]
    size = np.linalg.norm(flat, axis=0)
    flat = flat[:, size > 0] / size[size > 0]
    triangle = np.linalg.qr(flat, mode="r")
    left = np.abs(np.diagonal(triangle))
    flat = flat[:, : len(left)][:, left > _DEPENDENT]
    basis = np.zeros((*rows.shape, flat.shape[1]))
    basis[rows] = np.linalg.qr(flat)[0]
    return basis
