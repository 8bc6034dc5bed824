"""The sample of a Granger test: an outcome, its own lags, the lags of a cause."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import DataError, DroppedRowsWarning, IdentificationError, InputError
from unigauge.estimation.panel import Panel, as_panel, require_within_variation
from unigauge.estimation.wording import counted, listed, plain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["CausalitySample", "causality_sample", "less_period_means", "usable_rows"]

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CausalitySample:
    """What a Granger test of one direction runs on.

    Attributes
    ----------
    entities : tuple of length N
        Labels, sorted.
    times : tuple of length T
        The calendar.
    names : (str, str)
        Effect and cause.
    lags : int
        Lags of both, K.
    effect, cause : array, shape (T, N)
        Zero where missing; less the year's mean where that was asked for.
    usable : array of bool, shape (T, N)
        Rows with the effect, its lags and the lags of the cause.
    floors : array, shape (2 K + 2, N)
        Norms of constant, own lags, lags of the cause and outcome that are rounding
        error at the scale of the raw data.
    """

    entities: tuple[Any, ...]
    times: tuple[Any, ...]
    names: tuple[str, str]
    lags: int
    effect: Floats
    cause: Floats
    usable: NDArray[np.bool_]
    floors: Floats

    @property
    def unit_rows(self) -> NDArray[np.intp]:
        """Usable rows of each unit, shape (N,)."""
        return np.asarray(self.usable.sum(axis=0))

    @property
    def window(self) -> tuple[Any, Any]:
        """First and last period of the outcome."""
        rows = np.flatnonzero(self.usable.any(axis=1))
        return self.times[rows[0]], self.times[rows[-1]]

    def require_rows(
        self, what: str, at_least: int, formula: str, remedy: str = "fewer lags"
    ) -> None:
        """Raise DataError if a unit has fewer usable rows than are needed."""
        short = np.flatnonzero(self.unit_rows < at_least)
        if short.size == 0:
            return
        labels = [self.entities[unit] for unit in short]
        found = ", ".join(
            f"{self.entities[unit]!r} has {self.unit_rows[unit]}" for unit in short[:10]
        )
        more = f" and {len(short) - 10} more have too few" if len(short) > 10 else ""
        raise DataError(
            f"the {what} needs at least {formula} = {at_least} usable rows in every "
            f"unit with {counted(self.lags, 'lag')}; {found}{more}. A usable row has "
            f"{self.names[0]!r} and every lag of both variables, by the calendar. Use "
            f"{remedy}, or {_leave_out(labels)}."
        )

    def common_rows(self, purpose: str) -> NDArray[np.intp]:
        """Return the usable rows, the same in every unit, or raise DataError."""
        anywhere = np.asarray(self.usable.any(axis=1))
        lacking = anywhere[:, None] & ~self.usable
        if lacking.any():
            unit = int(lacking.any(axis=0).argmax())
            row = int(lacking[:, unit].argmax())
            raise DataError(
                f"{purpose} needs the same usable years in every unit; "
                f"{counted(int(lacking.any(axis=0).sum()), 'unit')} of "
                f"{len(self.entities)} lack some that others have, first "
                f"{self.entities[unit]!r} in {self.times[row]}. Keep the complete units "
                "with Panel.from_frame(frame).window(first, last).balanced("
                f"[{self.names[0]!r}, {self.names[1]!r}])."
            )
        return np.flatnonzero(anywhere)

    def require_identified(self, norms: Floats) -> None:
        """Raise IdentificationError if a column is nothing but those before it.

        Parameters
        ----------
        norms : array, shape (2 K + 2, N)
            Norm of what is left of each column after the columns before it.
        """
        effect, cause = self.names
        lost = norms <= self.floors
        lost[0] = False
        no_own_lags = f"the lags of {effect!r} do not vary, or are collinear"
        no_cause = (
            f"the lags of {cause!r} do not vary, or are a combination of each other and of "
            f"the lags of {effect!r}"
        )
        no_residual = f"{effect!r} is reproduced exactly by the regression"
        for columns, reason in (
            (slice(1, 1 + self.lags), no_own_lags),
            (slice(1 + self.lags, -1), no_cause),
            (slice(-1, None), no_residual),
        ):
            units = np.flatnonzero(lost[columns].any(axis=0))
            if units.size:
                labels = [self.entities[unit] for unit in units]
                raise IdentificationError(
                    f"{reason} in {counted(len(labels), 'unit')}: {listed(labels)}. "
                    "Causality cannot be tested there; use fewer lags, or "
                    f"{_leave_out(labels)}."
                )


def _leave_out(labels: Sequence[Any]) -> str:
    """Say how units are left out, in code that runs where the list is short."""
    if len(labels) > 10:
        return f"leave those {len(labels)} units out with frame.drop(index=..., level=0)"
    return f"leave those units out: frame.drop(index=[{listed(labels)}], level=0)"


def causality_sample(
    frame: pd.DataFrame | Panel, effect: str, cause: str, lags: int, demean: str
) -> CausalitySample:
    """Read a panel into the sample of a Granger test.

    Warns
    -----
    DroppedRowsWarning
        If rows that hold either variable serve neither as outcome nor as one of the
        unit's first ``lags`` rows.
    """
    if effect == cause:
        raise InputError(
            f"effect and cause are both {effect!r}; name two different variables."
        )
    panel = as_panel(frame)
    if panel.n_entities < 2:
        raise DataError(
            f"the panel has one unit, {plain(panel.entities[0])!r}; a panel Granger test "
            "needs at least two. For one series use a time-series test."
        )
    y = require_within_variation(panel, effect, in_every_entity=True).T
    x = require_within_variation(panel, cause, in_every_entity=True).T
    usable = usable_rows(~np.isnan(y), ~np.isnan(x), lags)
    entities = tuple(panel.entities.tolist())
    _warn_of_lost_rows(~(np.isnan(y) & np.isnan(x)), usable, lags, entities)

    scale = np.stack([np.nanmax(np.abs(values), axis=0) for values in (y, x)])
    norms = _ROUNDING * scale * np.sqrt(usable.sum(axis=0))
    of_column = np.array([0] * (1 + lags) + [1] * lags + [0])
    if demean == "time":
        y, x = less_period_means(panel, effect).T, less_period_means(panel, cause).T
    return CausalitySample(
        entities=entities,
        times=tuple(panel.times.tolist()),
        names=(effect, cause),
        lags=lags,
        effect=np.nan_to_num(y),
        cause=np.nan_to_num(x),
        usable=usable,
        floors=norms[of_column],
    )


def less_period_means(panel: Panel, name: str) -> Floats:
    """Return a variable less its mean in each period, shape (N, T), if any is left."""
    raw = np.nanmax(np.abs(panel.values(name)), axis=1, initial=0.0)
    left = panel.demean(name, by="time")
    if (np.nan_to_num(np.abs(left)) <= _ROUNDING * raw[:, None]).all():
        raise IdentificationError(
            f"{name!r} is the same in all units: subtracting period means, "
            "demean='time', leaves nothing of it. What all units share cannot be "
            "told from other shocks that they share; use demean='none', and "
            "distrust it."
        )
    return left


def usable_rows(
    effect_seen: NDArray[np.bool_], cause_seen: NDArray[np.bool_], lags: int
) -> NDArray[np.bool_]:
    """Return the rows (T, N) whose effect, its lags and those of the cause are seen."""
    usable = effect_seen.copy()
    usable[:lags] = False
    for k in range(1, lags + 1):
        usable[k:] &= effect_seen[:-k] & cause_seen[:-k]
    return usable


def _warn_of_lost_rows(
    seen: NDArray[np.bool_],
    usable: NDArray[np.bool_],
    lags: int,
    entities: tuple[Any, ...],
) -> None:
    lost = np.maximum(seen.sum(axis=0) - lags - usable.sum(axis=0), 0)
    if not lost.any():
        return
    units = np.flatnonzero(lost)
    named = ", ".join(f"{entities[unit]!r} ({lost[unit]})" for unit in units[:10])
    more = f" and {len(units) - 10} more" if len(units) > 10 else ""
    warnings.warn(
        f"{lost.sum()} of {seen.sum()} rows were not used: a variable or one of its lags "
        f"is missing there (lags follow the calendar; a gap breaks them). Units: "
        f"{named}{more}.",
        DroppedRowsWarning,
        stacklevel=4,
    )
