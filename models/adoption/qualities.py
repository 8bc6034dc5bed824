"""How good the two proposals of a war of attrition may be, and whether it beats a lot.

Types are counted from the top: ``s`` is the share of proposals that are better, so that
``-log(s)`` is an exponential variable whatever the distribution, and the Lorenz curve is
``1 - s * mean_of_top(s) / mean`` at the share ``1 - s``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.arrays import require_array

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Qualities", "lorenz_factor", "majority_accuracy", "threshold"]

Curve = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]


@dataclass(frozen=True, kw_only=True)
class Qualities:
    """A distribution of qualities q >= 0 with a finite, positive mean.

    Use :meth:`uniform`, :meth:`exponential`, :meth:`pareto`, :meth:`point`, or
    :meth:`from_distribution` for any other.

    Parameters
    ----------
    name : str
        For headings.
    quantile_from_top : callable
        Share s in (0, 1] to the quality that a share s exceeds.
    mean_of_top : callable
        Share s in (0, 1] to the mean of the best share s.
    share_above : callable
        Quality to the share that exceeds it.

    Examples
    --------
    >>> uniform = Qualities.uniform(0, 1)
    >>> uniform.mean, float(uniform.upper_share(0.5))
    (0.5, 0.75)
    """

    name: str
    quantile_from_top: Curve
    mean_of_top: Curve
    share_above: Curve

    @classmethod
    def uniform(cls, low: float = 0.0, high: float = 1.0) -> Qualities:
        """Return the uniform distribution on [low, high], 0 <= low < high."""
        low = require_number("low", low, at_least=0, because="qualities are not negative")
        high = require_number("high", high, above=low)
        return cls(
            name=f"uniform on [{low:g}, {high:g}]",
            quantile_from_top=partial(_line, high, high - low),
            mean_of_top=partial(_line, high, (high - low) / 2),
            share_above=partial(_uniform_share, low, high),
        )

    @classmethod
    def exponential(cls, mean: float = 1.0) -> Qualities:
        """Return the exponential distribution of a mean above 0."""
        mean = require_number("mean", mean, above=0)
        return cls(
            name=f"exponential of mean {mean:g}",
            quantile_from_top=partial(_log, mean, 0.0),
            mean_of_top=partial(_log, mean, 1.0),
            share_above=partial(_exponential_share, mean),
        )

    @classmethod
    def pareto(cls, shape: float, lowest: float = 1.0) -> Qualities:
        """Return the Pareto distribution, shape above 1, from ``lowest`` on."""
        shape = require_number("shape", shape, above=1, because="else there is no mean")
        lowest = require_number("lowest", lowest, above=0)
        return cls(
            name=f"Pareto of shape {shape:g} from {lowest:g}",
            quantile_from_top=partial(_power, lowest, -1 / shape),
            mean_of_top=partial(_power, lowest * shape / (shape - 1), -1 / shape),
            share_above=partial(_pareto_share, lowest, shape),
        )

    @classmethod
    def point(cls, quality: float = 1.0) -> Qualities:
        """Return the distribution in which all have one quality, above 0."""
        quality = require_number("quality", quality, above=0)
        return cls(
            name=f"all of quality {quality:g}",
            quantile_from_top=partial(_line, quality, 0.0),
            mean_of_top=partial(_line, quality, 0.0),
            share_above=partial(_point_share, quality),
        )

    @classmethod
    def from_distribution(cls, distribution: Any, *, name: str = "") -> Qualities:
        """Return the qualities of a frozen continuous distribution of ``scipy.stats``.

        The quantiles are tabulated and their means integrated, to about 1e-9 where the
        quantile function is smooth.

        Examples
        --------
        >>> from scipy.stats import beta
        >>> round(Qualities.from_distribution(beta(2, 2)).mean, 9)
        0.5
        """
        missing = [n for n in ("isf", "sf", "mean") if not hasattr(distribution, n)]
        if missing:
            raise InputError(
                f"distribution is {distribution!r} and has no method {missing[0]}; it must "
                "be a frozen distribution of scipy.stats, such as scipy.stats.beta(2, 2)."
            )
        lowest, mean = float(distribution.isf(1.0)), float(distribution.mean())
        if not (lowest >= 0 and 0 < mean < np.inf):
            raise InputError(
                f"distribution starts at {lowest:g} and has mean {mean:g}; qualities must "
                "be at least 0 and have a finite mean above 0."
            )
        quantile, mean_of_top = _tabulated(distribution.isf)
        return cls(
            name=name or "the distribution given",
            quantile_from_top=quantile,
            mean_of_top=mean_of_top,
            share_above=distribution.sf,
        )

    @property
    def mean(self) -> float:
        """E q."""
        return float(self.mean_of_top(np.float64(1.0)))  # type: ignore[arg-type]

    def upper_share(self, rank: ArrayLike) -> NDArray[np.float64]:
        """Return 1 - Lor(p): what the best 1 - p of all hold of the total.

        Parameters
        ----------
        rank : array_like
            p, in [0, 1).

        Raises
        ------
        InputError
            If a rank is outside [0, 1).
        """
        top = 1 - require_array("rank", rank, "an array")
        if ((top <= 0) | (top > 1)).any():
            raise InputError(f"rank is {rank!r}; ranks must be at least 0 and below 1.")
        return np.asarray(top * self.mean_of_top(top) / self.mean)


def lorenz_factor(qualities: Qualities, ratio: float) -> float:
    """Return the surplus of the discounted war as a multiple of drawing a lot at once.

    It is ``2 int (1 - Lor(p))^(W/L) dp`` for any distribution with Lorenz curve Lor.

    Parameters
    ----------
    qualities : Qualities
        Distribution of qualities.
    ratio : float
        L/W, in (0, 1].

    Notes
    -----
    A generalisation of Farrell and Simcoe (2012), derived: reconstruction.

    Examples
    --------
    >>> round(lorenz_factor(Qualities.uniform(), 0.5), 9)
    1.066666667
    """
    from scipy.integrate import quad

    if not isinstance(qualities, Qualities):
        raise InputError(f"qualities is {qualities!r}; it must be Qualities.")
    ratio = require_number("ratio", ratio, above=0, at_most=1)

    def kept(x: float) -> float:
        share = np.exp(-np.float64(x))
        upper = share * qualities.mean_of_top(share) / qualities.mean
        return float(2 * upper ** (1 / ratio) * share)

    pieces = ((0, 1), (1, 40))  # x = -log(s); a share exp(-40) holds next to nothing
    return float(
        sum(quad(kept, *ends, epsabs=1e-14, epsrel=1e-13, limit=500)[0] for ends in pieces)
    )


def threshold(qualities: Qualities) -> float:
    """Return L/W above which the discounted war beats drawing a lot at once.

    Parameters
    ----------
    qualities : Qualities
        Distribution of qualities.

    Returns
    -------
    float
        In (0, 1]; 1 if all are of one quality, where the war never beats the lot.

    Examples
    --------
    >>> round(threshold(Qualities.pareto(4)), 9)
    0.75
    """
    from scipy.optimize import brentq

    def lead(ratio: float) -> float:
        return lorenz_factor(qualities, ratio) - 1

    if lead(1.0) <= 1e-12:
        return 1.0
    low = 0.5
    while lead(low) > 0:
        low /= 2
    return float(brentq(lead, low, 1.0, xtol=1e-15, rtol=1e-14))


def majority_accuracy(qualities: Qualities, ratio: float) -> float:
    """Return how often a majority must pick the better proposal to beat the war.

    A vote at once that picks the better proposal with probability P is worth
    1 + (2 P - 1) G lots, G being the Gini coefficient of qualities; the war is worth
    :func:`lorenz_factor`.

    Parameters
    ----------
    qualities : Qualities
        Distribution of qualities.
    ratio : float
        L/W, in (0, 1].

    Returns
    -------
    float
        P above which the vote is better: below 1/2 where a lot beats the war, and minus
        infinity if that is so and all are of one quality.

    Notes
    -----
    For the uniform distribution on [0, 1] it is 3 S - 1, S being the war's surplus as a
    share of W + L.  A reconstruction.

    Examples
    --------
    >>> round(majority_accuracy(Qualities.uniform(), 0.5), 9)
    0.6
    """
    lead = lorenz_factor(qualities, ratio) - 1
    gini = lorenz_factor(qualities, 1.0) - 1
    if gini < 1e-12:
        return 0.5 if abs(lead) < 1e-12 else -np.inf
    return 0.5 + lead / (2 * gini)


# ---------------------------------------------------------------------------
# The curves


def _line(start: float, fall: float, share: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(start - fall * share)


def _log(mean: float, shift: float, share: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(mean * (shift - np.log(share)))


def _power(scale: float, power: float, share: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(scale * np.power(share, power))


def _uniform_share(
    low: float, high: float, quality: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.clip((high - quality) / (high - low), 0.0, 1.0)


def _exponential_share(mean: float, quality: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(-np.maximum(quality, 0.0) / mean))


def _pareto_share(
    lowest: float, shape: float, quality: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.asarray(np.power(np.maximum(quality, lowest) / lowest, -shape))


def _point_share(value: float, quality: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.asarray(quality) <= value, 1.0, 0.0)


def _spline(end: float, curve: Curve, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a curve that is known on a mesh of (-log s)^(1/4), up to its end."""
    place = np.maximum(-np.log(share), 0.0) ** 0.25
    return np.asarray(curve(np.minimum(place, end)))


def _tabulated(isf: Curve) -> tuple[Curve, Curve]:
    """Return quantile and mean of the top as splines, given the quantiles."""
    from scipy.interpolate import CubicSpline

    place = np.linspace(0, 2.5, 2501)
    clock = place**4  # x = -log s; quantiles may rise steeply at the bottom
    nodes, weights = np.polynomial.legendre.leggauss(8)
    middle, half = (place[1:] + place[:-1]) / 2, np.diff(place) / 2
    inside = middle[:, None] + half[:, None] * nodes
    fall = np.exp(clock[:-1, None] - inside**4)
    slope = 4 * inside**3 * half[:, None]
    panels = (isf(np.exp(-(inside**4))) * fall * slope) @ weights
    beyond, mass = np.polynomial.laguerre.laggauss(40)
    mean = np.empty_like(clock)
    mean[-1] = isf(np.exp(-clock[-1] - beyond)) @ mass
    for k in range(len(panels) - 1, -1, -1):
        mean[k] = panels[k] + np.exp(clock[k] - clock[k + 1]) * mean[k + 1]
    end = float(place[-1])
    quantile = CubicSpline(place, isf(np.exp(-clock)))
    return partial(_spline, end, quantile), partial(_spline, end, CubicSpline(place, mean))
