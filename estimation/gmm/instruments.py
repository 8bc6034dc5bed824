"""The instruments: which value stands in which equation.

An entity has T transformed equations and, in a system, T in levels.  Instruments are
columns over them.  A lag enters once for every period (or once in all, collapsed), and
is zero where the lag was not observed (Holtz-Eakin, Newey and Rosen 1988); an exogenous
variable is one column.  Since most columns stand in one equation only, each equation
holds the columns that stand in it, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import IdentificationError
from unigauge.estimation.design import CONSTANT
from unigauge.estimation.gmm.equations import Equations
from unigauge.estimation.gmm.sample import DynamicSample, LagInstruments
from unigauge.estimation.gmm.transforms import transformed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LEVELS", "Instruments", "build_instruments"]

LEVELS = ", levels"
"""Ending of the blocks that are instruments of the level equation."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instruments:
    """All columns, in blocks.

    Attributes
    ----------
    names : tuple of str, length L
        One name a column.
    blocks : tuple of str, length L
        The block that each column belongs to.
    equations : tuple of (array of int, shape (c,), array, shape (c, N))
        For each equation the columns in it, and their values; zero for entities that
        lack the equation.
    """

    names: tuple[str, ...]
    blocks: tuple[str, ...]
    equations: tuple[tuple[NDArray[np.intp], Floats], ...]

    def keep(self, columns: NDArray[np.bool_]) -> Instruments:
        """Return some of the columns."""
        if columns.all():
            return self
        place = columns.cumsum() - 1
        return Instruments(
            names=tuple(n for n, keep in zip(self.names, columns, strict=True) if keep),
            blocks=tuple(b for b, keep in zip(self.blocks, columns, strict=True) if keep),
            equations=tuple(
                (place[here[columns[here]]], values[columns[here]])
                for here, values in self.equations
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Layout:
    """Columns as they are laid out, one after the other."""

    names: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    cells: list[tuple[int, int, Floats]] = field(default_factory=list)

    def column(self, block: str, name: str) -> int:
        """Begin a column and return its place."""
        self.names.append(name)
        self.blocks.append(block)
        return len(self.names) - 1

    def through(self, column: int, grid: Floats, offset: int) -> None:
        """Let a column stand in every equation from ``offset``, with values (T, N)."""
        self.cells.extend((offset + t, column, values) for t, values in enumerate(grid))

    def instruments(self, rows: NDArray[np.bool_]) -> Instruments:
        """Gather the columns by equation."""
        equations = []
        for equation, here in enumerate(rows):
            cells = [cell for cell in self.cells if cell[0] == equation]
            if not here.any():
                cells = []
            values = np.empty((len(cells), len(here)))
            for place, (_, _, of_column) in enumerate(cells):
                np.multiply(of_column, here, out=values[place])
            equations.append((np.array([c for _, c, _ in cells], dtype=np.intp), values))
        return Instruments(
            names=tuple(self.names), blocks=tuple(self.blocks), equations=tuple(equations)
        )


def build_instruments(
    sample: DynamicSample, equations: Equations, *, collapse: bool
) -> Instruments:
    """Lay out the columns.

    Raises
    ------
    IdentificationError
        If a variable of ``gmm`` has no lag in any equation.
    """
    layout = _Layout()
    n_times = len(equations.usable)
    for lagged in sample.lagged:
        _lay_levels(layout, sample, equations, lagged, collapse)
    for lagged in sample.lagged if equations.system else ():
        _lay_changes(layout, sample, equations, lagged, collapse)
    moved = transformed(equations.matrix, sample.exogenous)
    for position, name in enumerate(sample.exogenous_names):
        column = layout.column(name, name)
        layout.through(column, moved[:, position], 0)
        if equations.system:
            layout.through(column, sample.exogenous[:, position], n_times)
    _lay_constant_and_time_effects(layout, sample, equations)
    return layout.instruments(equations.stacked_rows)


def _lay_levels(
    layout: _Layout,
    sample: DynamicSample,
    equations: Equations,
    lagged: LagInstruments,
    collapse: bool,
) -> None:
    """Lay out lags first to last of a variable in the transformed equations."""
    known = ~np.isnan(lagged.values)
    cells = [
        (period, lag)
        for period, here in enumerate(equations.rows)
        for lag in range(lagged.first, min(lagged.last, period) + 1)
        if (known[period - lag] & here).any()
    ]
    if not cells:
        upto = f" to {lagged.last}" if lagged.last > lagged.first else ""
        raise IdentificationError(
            f"no instruments are left of gmm[{lagged.name!r}]: no transformed equation has "
            f"lag {lagged.first}{upto} of it. Use shallower lags, or a longer panel."
        )
    _lay(layout, sample, lagged.name, lagged.name, lagged.values, cells, collapse, 0)


def _lay_changes(
    layout: _Layout,
    sample: DynamicSample,
    equations: Equations,
    lagged: LagInstruments,
    collapse: bool,
) -> None:
    """Lay out the latest valid change of a variable in the level equations.

    Deeper changes are combinations of it and of the lags in the transformed equations.
    """
    lag = max(lagged.first - 1, 0)
    changes = np.full_like(lagged.values, np.nan)
    changes[1:] = lagged.values[1:] - lagged.values[:-1]
    known = ~np.isnan(changes)
    cells = [
        (period, lag)
        for period, here in enumerate(equations.usable)
        if period >= lag and (known[period - lag] & here).any()
    ]
    block, name = lagged.name + LEVELS, f"diff({lagged.name}, 1)"
    _lay(layout, sample, block, name, changes, cells, collapse, len(changes))


def _lay(
    layout: _Layout,
    sample: DynamicSample,
    block: str,
    name: str,
    values: Floats,
    cells: list[tuple[int, int]],
    collapse: bool,
    offset: int,
) -> None:
    """Give each (period, lag) a column, or all periods of a lag one."""
    values = np.nan_to_num(values)
    columns: dict[object, int] = {}
    for period, lag in cells:
        key = lag if collapse else (period, lag)
        if key not in columns:
            when = "" if collapse else f" in {sample.period(period)}"
            ending = LEVELS if offset else ""
            columns[key] = layout.column(block, f"lag({name}, {lag}){when}{ending}")
        layout.cells.append((offset + period, columns[key], values[period - lag]))


def _lay_constant_and_time_effects(
    layout: _Layout, sample: DynamicSample, equations: Equations
) -> None:
    """Lay out constant and time effects, instruments of themselves.

    They stand in the level equation of a system, else in the transformed one.
    """
    system = equations.system
    grids = equations.levels if system else equations.transformed
    offset = len(grids) if system else 0
    first = 1 + len(sample.terms)
    chosen = [
        ("time effects", f"{sample.panel.time_name} {sample.period(period)}", first + k)
        for k, period in enumerate(sample.periods)
    ]
    if system and CONSTANT in sample.terms:
        chosen.insert(0, (CONSTANT, CONSTANT, 1 + sample.terms.index(CONSTANT)))
    for block, name, position in chosen:
        layout.through(layout.column(block, name), grids[:, position], offset)
