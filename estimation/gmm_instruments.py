"""The instruments: which value stands in which equation of an entity.

An entity has 2T equations: the transformed ones, then those in levels.  Instruments are
columns over them.  A lag enters once for every period (or once in all, collapsed), and
is zero where the lag was not observed (Holtz-Eakin, Newey and Rosen 1988); an exogenous
variable is one column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import IdentificationError
from unigauge.estimation.design import CONSTANT
from unigauge.estimation.gmm_sample import DynamicSample, LagInstruments
from unigauge.estimation.gmm_transforms import DIFFERENCE, Transform
from unigauge.estimation.panel import shift

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = ["Equations", "Instruments", "build_equations", "build_instruments"]

LEVELS = ", levels"
"""Ending of the blocks that are instruments of the level equation."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Equations:
    """The equations of all entities: response and regressors, zero where there is none.

    Attributes
    ----------
    transform : Transform
        What removed the entities' effects.
    system : bool
        Whether the equations in levels are used beside the transformed ones.
    usable, rows : array of bool, shape (N, T)
        Where there is an equation in levels, and where a transformed one.
    levels, transformed : array, shape (N, T, 1 + K)
        Response and regressors in both.
    differences : array, shape (N, T, 1 + K)
        The same in first differences, for the tests of serial correlation.
    """

    transform: Transform
    system: bool
    usable: Mask
    rows: Mask
    levels: Floats
    transformed: Floats
    differences: Floats

    @property
    def stacked_rows(self) -> Mask:
        """Where there is an equation, transformed and then in levels."""
        return (
            np.concatenate([self.rows, self.usable], axis=1) if self.system else self.rows
        )

    @property
    def nobs(self) -> int:
        """Equations in levels of a system, else transformed ones."""
        return int((self.usable if self.system else self.rows).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Placement:
    """Values that fill columns: column c of row r is the value of period s."""

    values: Floats
    sources: list[int]
    rows: list[int]
    columns: list[int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instruments:
    """All columns, in blocks.

    Attributes
    ----------
    names : tuple of str, length L
        One name a column.
    blocks : tuple of str, length L
        The block that each column belongs to.
    """

    names: tuple[str, ...]
    blocks: tuple[str, ...]
    _placements: tuple[_Placement, ...]

    def fill(self, units: slice, rows: Mask) -> Floats:
        """Return the columns of some entities, shape (units, 2T, L), zero off ``rows``."""
        here = rows[units]
        filled = np.zeros((*here.shape, len(self.names)))
        for place in self._placements:
            values = place.values[units][:, place.sources] * here[:, place.rows]
            filled[:, place.rows, place.columns] = values
        return filled


def build_equations(
    sample: DynamicSample, transform: Transform, *, system: bool
) -> Equations:
    """Transform the sample."""
    usable = sample.usable
    transformed = transform.apply(sample.levels, usable)
    return Equations(
        transform=transform,
        system=system,
        usable=usable,
        rows=transform.rows(usable),
        levels=sample.levels,
        transformed=transformed,
        differences=transformed
        if transform is DIFFERENCE
        else DIFFERENCE.apply(sample.levels, usable),
    )


def build_instruments(
    sample: DynamicSample,
    equations: Equations,
    *,
    collapse: bool,
) -> Instruments:
    """Lay out the columns.

    Raises
    ------
    IdentificationError
        If a variable of ``gmm`` has no lag in any equation.
    """
    names: list[str] = []
    blocks: list[str] = []
    placements: list[_Placement] = []

    def add(block: str, new: Sequence[str], places: Sequence[_Placement]) -> None:
        names.extend(new)
        blocks.extend([block] * len(new))
        placements.extend(places)

    for lagged in sample.lagged:
        add(*_in_transformed(sample, equations, lagged, len(names), collapse))
    for lagged in sample.lagged if equations.system else ():
        add(*_in_levels(sample, equations, lagged, len(names), collapse))
    exogenous = equations.transform.apply(sample.exogenous, sample.usable)
    for position, name in enumerate(sample.exogenous_names):
        places = [_through(exogenous[:, :, position], 0, len(names))]
        if equations.system:
            n_times = sample.panel.n_times
            places.append(_through(sample.exogenous[:, :, position], n_times, len(names)))
        add(name, [name], places)
    for name, place in _constant_and_time_effects(sample, equations, len(names)):
        add("time effects" if name != CONSTANT else CONSTANT, [name], [place])
    return Instruments(
        names=tuple(names), blocks=tuple(blocks), _placements=tuple(placements)
    )


def _in_transformed(
    sample: DynamicSample,
    equations: Equations,
    lagged: LagInstruments,
    start: int,
    collapse: bool,
) -> tuple[str, list[str], list[_Placement]]:
    """Lay out lags first to last of a variable in the transformed equations."""
    known = ~np.isnan(lagged.values)
    cells = [
        (period, lag)
        for period in range(sample.panel.n_times)
        for lag in range(lagged.first, min(lagged.last, period) + 1)
        if (known[:, period - lag] & equations.rows[:, period]).any()
    ]
    if not cells:
        upto = f" to {lagged.last}" if lagged.last > lagged.first else ""
        raise IdentificationError(
            f"no instruments are left of gmm[{lagged.name!r}]: no transformed equation has "
            f"lag {lagged.first}{upto} of it. Use shallower lags, or a longer panel."
        )
    return _columns(sample, lagged.name, lagged.name, lagged.values, cells, start, collapse)


def _in_levels(
    sample: DynamicSample,
    equations: Equations,
    lagged: LagInstruments,
    start: int,
    collapse: bool,
) -> tuple[str, list[str], list[_Placement]]:
    """Lay out the latest valid change of a variable in the level equations.

    Deeper changes are combinations of it and of the lags in the transformed equations.
    """
    lag = max(lagged.first - 1, 0)
    changes = lagged.values - shift(lagged.values, 1)
    known = ~np.isnan(changes)
    cells = [
        (period, lag)
        for period in range(lag, sample.panel.n_times)
        if (known[:, period - lag] & equations.usable[:, period]).any()
    ]
    name = f"diff({lagged.name}, 1)"
    return _columns(
        sample,
        lagged.name + LEVELS,
        name,
        changes,
        cells,
        start,
        collapse,
        offset=sample.panel.n_times,
    )


def _columns(
    sample: DynamicSample,
    block: str,
    name: str,
    values: Floats,
    cells: list[tuple[int, int]],
    start: int,
    collapse: bool,
    offset: int = 0,
) -> tuple[str, list[str], list[_Placement]]:
    """Give each (period, lag) a column, or all periods of a lag one."""
    keys = [lag if collapse else (period, lag) for period, lag in cells]
    column = {key: start + k for k, key in enumerate(dict.fromkeys(keys))}
    ending = LEVELS if offset else ""
    names = dict.fromkeys(
        f"lag({name}, {lag}){ending}"
        if collapse
        else f"lag({name}, {lag}) in {sample.period(period)}{ending}"
        for period, lag in cells
    )
    place = _Placement(
        values=np.nan_to_num(values),
        sources=[period - lag for period, lag in cells],
        rows=[offset + period for period, _ in cells],
        columns=[column[key] for key in keys],
    )
    return block, list(names), [place]


def _through(values: Floats, offset: int, column: int) -> _Placement:
    """Place a grid in one column, every period in its own row."""
    periods = range(values.shape[1])
    return _Placement(
        values=values,
        sources=list(periods),
        rows=[offset + period for period in periods],
        columns=[column] * len(periods),
    )


def _constant_and_time_effects(
    sample: DynamicSample, equations: Equations, start: int
) -> Iterator[tuple[str, _Placement]]:
    """Yield constant and time effects, instruments of themselves.

    They stand in the level equation of a system, else in the transformed one.
    """
    system = equations.system
    grids = equations.levels if system else equations.transformed
    offset = sample.panel.n_times if system else 0
    first = 1 + len(sample.terms)
    chosen = [(sample.period(period), first + k) for k, period in enumerate(sample.periods)]
    if system and CONSTANT in sample.terms:
        chosen.insert(0, (CONSTANT, 1 + sample.terms.index(CONSTANT)))
    for column, (name, position) in enumerate(chosen, start):
        yield name, _through(grids[:, :, position], offset, column)
