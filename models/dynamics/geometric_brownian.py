"""Geometric Brownian motion: the value of waiting, and when a level is reached."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.answers import Answer
from unigauge.models.arrays import require_array

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["HittingTime", "growth_in_logs", "hitting_time", "waiting_exponent"]


def growth_in_logs(drift: float, volatility: float) -> float:
    """Return v = mu - sigma^2/2, the mean growth of the log; 0 where only rounding is left."""
    v = drift - volatility**2 / 2
    return v if abs(v) > 1e-14 * abs(drift) else 0.0


def waiting_exponent(drift: float, volatility: float, discount_rate: float) -> float:
    """Return beta, the positive root of (s^2/2) b (b - 1) + mu b - r = 0.

    A unit to be had when the motion first reaches ``high`` is worth ``(now / high)**beta``
    today.  It is above 1 exactly if the discount rate exceeds the drift.

    Examples
    --------
    >>> round(waiting_exponent(0.02, 0.1, 0.06), 9)
    2.274917218
    """
    half = 0.5 - drift / volatility**2
    rest = 2 * discount_rate / volatility**2
    root = math.sqrt(half**2 + rest)
    return half + root if half >= 0 else rest / (root - half)  # without cancellation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class HittingTime(Answer):
    """When a geometric Brownian motion first reaches a level above it.

    Attributes
    ----------
    probability : float
        That it ever does.
    mean : float
        Expected time; infinite unless the log grows on average.
    median : float
        Time by which it has with probability one half; infinite if it never has.
    start, target, drift, volatility : float
        The parameters.
    """

    probability: float
    mean: float
    median: float
    start: float
    target: float
    drift: float
    volatility: float

    def reached_by(self, time: ArrayLike) -> NDArray[np.float64]:
        """Return the probability that the level is reached by ``time`` >= 0, an array."""
        times = require_array("time", time, "a number or an array")
        if (times < 0).any():
            raise InputError(f"time is {time!r}; it must be at least 0.")
        distance = math.log(self.target / self.start)
        v = growth_in_logs(self.drift, self.volatility)
        return _reached(times, distance, v, self.volatility)

    def plot_data(self) -> pd.DataFrame:
        """Return the probability that the level is reached, by time."""
        import pandas as pd

        horizon = 4 * self.mean if math.isfinite(self.mean) else 100.0
        time = np.linspace(0, horizon or 1.0, 401)
        return pd.DataFrame(
            {"time": time, "probability_that_it_is_reached": self.reached_by(time)}
        )

    def _marks(self) -> dict[str, float]:
        return {f"mean {self.mean:.4g}": self.mean} if math.isfinite(self.mean) else {}

    def _heading(self) -> str:
        return f"Time to grow from {self.start:.4g} to {self.target:.4g}"


def hitting_time(
    start: float, target: float, *, drift: float, volatility: float
) -> HittingTime:
    """Return when a geometric Brownian motion first reaches a level.

    Parameters
    ----------
    start, target : float
        theta_0 and theta*, positive; at or below the start the level is reached at once.
    drift, volatility : float
        mu and sigma > 0, a year.

    Returns
    -------
    HittingTime

    Raises
    ------
    InputError
        If a level or the volatility is not positive.

    Notes
    -----
    With v = mu - sigma^2/2: if v > 0 the level is reached for sure, after ln(theta*/theta_0)/v
    on average; else with probability (theta_0/theta*)^(1 - 2 mu/sigma^2), and the mean is
    infinite.  The law is the inverse Gaussian one.

    Examples
    --------
    >>> answer = hitting_time(1, 2, drift=0.02, volatility=0.1)
    >>> answer.probability, round(answer.mean, 9)
    (1.0, 46.209812037)
    """
    start = require_number("start", start, above=0)
    target = require_number("target", target, above=0)
    drift = require_number("drift", drift)
    volatility = require_number(
        "volatility", volatility, above=0, because="without it the level is no hitting time"
    )
    distance = math.log(target / start)
    v = growth_in_logs(drift, volatility)
    sure = distance <= 0 or v >= 0
    chance = 1.0 if sure else math.exp(2 * v * distance / volatility**2)
    later = distance / v if v > 0 else math.inf
    mean = later if distance > 0 else 0.0
    return HittingTime(
        probability=chance,
        mean=mean,
        median=_median(chance, distance, v, volatility),
        start=start,
        target=target,
        drift=drift,
        volatility=volatility,
    )


def _reached(
    time: NDArray[np.float64], distance: float, v: float, volatility: float
) -> NDArray[np.float64]:
    """Return the inverse Gaussian distribution function, defective if v < 0."""
    from scipy.special import erfcx, log_ndtr, ndtr

    if distance <= 0:
        return np.ones_like(time)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        spread = volatility * np.sqrt(time)
        short, beyond = (distance - v * time) / spread, (distance + v * time) / spread
        # e^(2 v d / s^2) N(-beyond), in the form that does not overflow
        tail = erfcx(beyond / math.sqrt(2)) * np.exp(-(short**2) / 2) / 2
        mirrored = np.exp(2 * v * distance / volatility**2 + log_ndtr(-beyond))
    below = np.where(beyond > 0, tail, mirrored)
    return np.asarray(np.where(time > 0, ndtr(-short) + below, 0.0))


def _median(chance: float, distance: float, v: float, volatility: float) -> float:
    """Return the time by which the level is reached with probability one half."""
    from scipy.optimize import brentq

    if distance <= 0:
        return 0.0
    if chance <= 0.5:
        return math.inf

    def short(time: float) -> float:
        return float(_reached(np.float64(time), distance, v, volatility)) - 0.5  # type: ignore[arg-type]

    late = 1.0
    while short(late) < 0:
        late *= 2
    return float(brentq(short, 0.0, late, xtol=1e-12))
