"""Panels in which one variable may or may not cause the other, and tests of them.

Everything is drawn and tested many panels at a time, laid out (period, panel, unit).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation.granger.unit_regressions import (
    half_panel_estimate,
    half_panel_wald,
    unit_wald,
    wald_moments,
)
from unigauge.estimation.tails import chi_squared_tail, normal_tails

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "LEVEL",
    "Outcome",
    "World",
    "near_nominal",
    "panels",
    "pooled_statistic",
    "simulate",
    "unit_statistics",
]

LEVEL = 0.05
"""Nominal size of every test."""
_BURN_IN = 60
_CELLS_AT_ONCE = 1 << 21


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """y_t = own y_{t-1} + strength_i x_{t-1} + e_t, x_t = cause x_{t-1} + u_t.

    Parameters
    ----------
    units, periods : int
        N, and T usable periods: a panel has ``lags`` more.
    own, cause : float
        Autocorrelations.
    strength : float
        Effect of the cause; zero is the null.
    acting : float
        Share of units in which it acts.
    opposite : bool
        Whether its sign alternates from unit to unit.
    common : float
        Standard deviation of a shock to y, and of one to x, that all units share; their
        own have one.
    lags : int
        K of the test.
    """

    units: int
    periods: int
    own: float = 0.0
    cause: float = 0.0
    strength: float = 0.0
    acting: float = 1.0
    opposite: bool = False
    common: float = 0.0
    lags: int = 1

    @property
    def effects(self) -> Floats:
        """The effect of the cause in each unit, shape (N,)."""
        signs = np.where(np.arange(self.units) % 2 & self.opposite, -1.0, 1.0)
        acts = np.arange(self.units) < round(self.acting * self.units)
        return self.strength * signs * acts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What came out of many panels.

    Attributes
    ----------
    z_bar, z_bar_tilde, half_panel : float
        Shares of panels in which each test rejects at 5 %; NaN where it was not run.
    mean, variance : float
        Of the Wald statistics of all units, over what the formulas say.
    repetitions : int
        Panels drawn.
    """

    z_bar: float
    z_bar_tilde: float
    half_panel: float
    mean: float
    variance: float
    repetitions: int


def near_nominal(share: float, repetitions: int) -> bool:
    """Whether a share lies in 3.5 to 7 %, give or take three simulation errors."""
    low, high = (
        bound + 3 * side * np.sqrt(bound * (1 - bound) / repetitions)
        for bound, side in ((0.035, -1), (0.07, 1))
    )
    return bool(low <= share <= high)


def panels(
    world: World, repetitions: int, rng: np.random.Generator
) -> Iterator[tuple[Floats, Floats]]:
    """Yield effect and cause, some panels at a time, (T + lags, panels, N) each."""
    length = world.periods + world.lags + _BURN_IN
    at_once = max(1, _CELLS_AT_ONCE // (length * world.units))
    for start in range(0, repetitions, at_once):
        shape = (length, min(at_once, repetitions - start), world.units)
        y, x = rng.normal(size=shape), rng.normal(size=shape)
        if world.common:
            y += world.common * rng.normal(size=(*shape[:2], 1))
            x += world.common * rng.normal(size=(*shape[:2], 1))
        for t in range(1, length):
            x[t] += world.cause * x[t - 1]
            y[t] += world.own * y[t - 1] + world.effects * x[t - 1]
        yield y[_BURN_IN:], x[_BURN_IN:]


def unit_statistics(
    effect: Floats, cause: Floats, lags: int
) -> tuple[Floats, Floats, Floats]:
    """Return unit Walds (panels, N), and Z-bar and Z-tilde (panels,)."""
    usable = np.ones((len(effect), effect.shape[-1]), dtype=np.bool_)
    usable[:lags] = False
    walds, _ = unit_wald(effect, cause, usable, lags, _floors(effect, lags))
    mean, variance = wald_moments(usable.sum(axis=0), lags)
    z_bar = np.sqrt(walds.shape[1] / (2 * lags)) * (walds.mean(axis=1) - lags)
    return walds, z_bar, (walds - mean).sum(axis=1) / np.sqrt(variance.sum())


def pooled_statistic(effect: Floats, cause: Floats, lags: int) -> Floats:
    """Return the Wald statistic of Juodis, Karavias and Sarafidis, (panels,)."""
    rows, units = np.arange(lags, len(effect)), effect.shape[-1]
    fit = half_panel_estimate(effect, cause, rows, lags, _floors(effect, lags))
    degrees = units * (len(rows) - 1 - lags) - lags
    return half_panel_wald(fit, fit.pooled, degrees, clustered=True)[0]


def _floors(effect: Floats, lags: int) -> Floats:
    """Return what counts as rounding error in the regressions."""
    return np.full((2 * lags + 2, effect.shape[-1]), 1e-12)


def simulate(world: World, repetitions: int, seed: int, *, pooled: bool = False) -> Outcome:
    """Draw panels, test each, and count the rejections at 5 %; pooled ones where asked."""
    by_unit, joint = [], []
    for effect, cause in panels(world, repetitions, np.random.default_rng(seed)):
        by_unit.append(unit_statistics(effect, cause, world.lags))
        none = np.full(effect.shape[1], np.nan)
        joint.append(pooled_statistic(effect, cause, world.lags) if pooled else none)
    walds, z_bar, z_bar_tilde = (
        np.concatenate(parts) for parts in zip(*by_unit, strict=True)
    )
    mean, variance = wald_moments(np.array([world.periods]), world.lags)
    return Outcome(
        z_bar=_share(normal_tails(z_bar)),
        z_bar_tilde=_share(normal_tails(z_bar_tilde)),
        half_panel=_share(chi_squared_tail(np.concatenate(joint), world.lags)),
        mean=float(walds.mean() / mean[0]),
        variance=float(walds.var() / variance[0]),
        repetitions=repetitions,
    )


def _share(p_values: Floats) -> float:
    """Return the share of p-values below the level; NaN where there are none."""
    return float("nan") if np.isnan(p_values).any() else float((p_values < LEVEL).mean())
