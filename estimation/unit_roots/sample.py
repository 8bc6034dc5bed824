"""The series of a unit-root test, one a unit, without gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import DataError, IdentificationError
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.wording import counted, joined, listed, plain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["SeriesSample", "complete_block", "series_sample"]

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesSample:
    """Series of the units of a panel.

    Attributes
    ----------
    series : array, shape (N, T)
        NaN only before a unit's first and after its last period.
    entities, times : tuple
        Labels.
    """

    series: Floats
    entities: tuple[Any, ...]
    times: tuple[Any, ...]

    @property
    def length(self) -> NDArray[np.intp]:
        """Periods of each unit, shape (N,)."""
        length = np.asarray((~np.isnan(self.series)).sum(axis=1), dtype=np.intp)
        length.setflags(write=False)
        return length

    def require_balance(self, test: str, instead: str) -> None:
        """Raise DataError unless all units have the same periods."""
        missing = np.isnan(self.series)
        if not missing.any():
            return
        unit = int(missing.any(axis=1).argmax())
        raise DataError(
            f"the {test} test needs the same periods in every unit; {self.entities[unit]!r} "
            f"lacks {counted(int(missing[unit].sum()), 'period')}, first "
            f"{self.times[int(missing[unit].argmax())]}. Cut the panel with "
            f"Panel.from_frame(frame).window(first, last).balanced(variable){instead}."
        )

    def require_length(self, test: str, needed: NDArray[np.intp] | int, why: str) -> None:
        """Raise DataError naming the units that are shorter than ``needed`` periods."""
        needed = np.broadcast_to(np.asarray(needed, dtype=np.intp), self.length.shape)
        short = np.flatnonzero(self.length < needed)
        if short.size == 0:
            return
        found = joined(
            [f"{self.entities[u]!r} has {self.length[u]} of {needed[u]}" for u in short]
        )
        raise DataError(
            f"the {test} test needs at least T = {int(needed[short].max())} periods in every "
            f"unit {why}; {found}. Use fewer lags, or leave those units out."
        )


def series_sample(
    frame: pd.DataFrame | Panel, variable: str, *, demean: bool, test: str
) -> SeriesSample:
    """Read a variable into one series a unit.

    Raises
    ------
    DataError
        If there is one unit only, a unit has no value, or a series has a gap.
    IdentificationError
        If a series does not vary.
    """
    panel = as_panel(frame)
    values = panel.values(variable)
    entities = tuple(plain(label) for label in panel.entities)
    times = tuple(plain(time) for time in panel.times)
    if panel.n_entities < 2:
        raise DataError(
            f"the panel has one unit, {entities[0]!r}; a panel test needs at least two. For "
            "one series use statsmodels.tsa.stattools.adfuller."
        )
    seen = ~np.isnan(values)
    empty = ~seen.any(axis=1)
    if empty.any():
        labels = [entities[unit] for unit in np.flatnonzero(empty)]
        raise DataError(
            f"{variable!r} is never observed in {counted(len(labels), 'unit')}: "
            f"{listed(labels)}. Leave them out."
        )
    _refuse_gaps(seen, variable, entities, times, test)
    scale = np.nanmax(np.abs(values), axis=1)
    if demean:
        values = panel.demean(variable, by="time")
    spread = np.nanmax(values, axis=1) - np.nanmin(values, axis=1)
    constant = np.flatnonzero(spread <= _ROUNDING * scale)
    if constant.size:
        labels = [entities[unit] for unit in constant]
        after = " once period means are subtracted" if demean else ""
        raise IdentificationError(
            f"{variable!r} does not vary{after} in {counted(len(labels), 'unit')}: "
            f"{listed(labels)}; whether it has a unit root cannot be told. Leave them out."
        )
    occupied = np.flatnonzero(seen.any(axis=0))
    window = slice(int(occupied[0]), int(occupied[-1]) + 1)
    return SeriesSample(series=values[:, window], entities=entities, times=times[window])


def complete_block(
    frame: pd.DataFrame | Panel, variables: Sequence[str], test: str
) -> tuple[Floats, tuple[Any, ...], tuple[Any, ...]]:
    """Return several variables on one balanced grid, shape (variables, N, T).

    Raises
    ------
    DataError
        If a unit lacks a period that another has.
    """
    samples = [
        series_sample(frame, variable, demean=False, test=test) for variable in variables
    ]
    for sample, variable in zip(samples, variables, strict=True):
        sample.require_balance(test, f" (variable: {variable!r})")
        if sample.times != samples[0].times:
            raise DataError(
                f"{variable!r} runs from {sample.times[0]} to {sample.times[-1]} and "
                f"{variables[0]!r} from {samples[0].times[0]} to {samples[0].times[-1]}; the "
                f"{test} test needs the same periods. Cut them with Panel.window."
            )
    values = np.stack([sample.series for sample in samples])
    return values, samples[0].entities, samples[0].times


def _refuse_gaps(
    seen: NDArray[np.bool_],
    variable: str,
    entities: tuple[Any, ...],
    times: tuple[Any, ...],
    test: str,
) -> None:
    first = seen.argmax(axis=1)
    last = seen.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
    place = np.arange(seen.shape[1])
    inside = (place >= first[:, None]) & (place <= last[:, None])
    gaps = inside & ~seen
    if not gaps.any():
        return
    unit = int(gaps.any(axis=1).argmax())
    raise DataError(
        f"the {test} test needs series without gaps; {variable!r} has gaps in "
        f"{counted(int(gaps.any(axis=1).sum()), 'unit')}, first {entities[unit]!r} in "
        f"{times[int(gaps[unit].argmax())]}. Cut the panel to a window without them, or "
        "leave those units out; nothing is filled."
    )
