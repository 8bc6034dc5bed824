r"""Catching up with a frontier, after Nelson and Phelps, and Benhabib and Spiegel.

The ratio a of a country's technology to the frontier's moves by

.. math::

   \frac{d \ln a}{dt} = -d + c\,\frac{1 - a^z}{z},

where d is by how much the frontier grows faster on its own.  With z = 1 imitation is
logistic, and a country too far behind falls back for ever; with z = 0 it is
:math:`-c \ln a`, with z = -1 confined exponential, and all keep a distance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.answers import Answer
from unigauge.models.arrays import require_array

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "CatchUp",
    "catch_up",
    "catch_up_path",
    "catch_up_speed",
    "skill_threshold",
]


_TOLERANCE = 1e-7


class _Race(NamedTuple):
    """c, d and z."""

    speed: float
    gap: float
    curvature: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CatchUp(Answer):
    """Where a follower ends up.

    Attributes
    ----------
    ratio : float
        a*: its technology over the frontier's in the end; 0 if it falls back for ever,
        infinite if it runs ahead for ever.
    local_speed : float
        c - z d: rate at which a small distance from a* closes; not positive if it falls
        back.
    ratio_growth : float
        Growth of the ratio in the end, c/z - d if it falls back or runs ahead for ever,
        else 0.
    status : str
        ``converge_rate`` (growth converges, a distance stays), ``diverge``, ``no_gap``
        (the frontier is reached), or ``leapfrog`` (the follower overtakes); ``uncertified``
        if the certificate exceeds 1e-7.
    certificate : float
        Largest distance of the closed form from the differential equation solved
        numerically, relative, from half and from twice the ratio in the end (from 0.1 and 1
        if there is none).
    speed, own_growth, frontier_growth, curvature : float
        c, g_i, g_F, z.
    """

    ratio: float
    local_speed: float
    ratio_growth: float
    status: str
    certificate: float
    speed: float
    own_growth: float
    frontier_growth: float
    curvature: float

    def plot_data(self) -> pd.DataFrame:
        """Return the ratio over time from three starts."""
        import pandas as pd

        times = np.linspace(0, 5 / max(abs(self.local_speed), 0.02), 201)
        race = _Race(self.speed, self.frontier_growth - self.own_growth, self.curvature)
        columns = {
            f"from_{start}": np.exp(_log_path(race, start, times))
            for start in (0.05, 0.3, 0.9)
        }
        return pd.DataFrame({"time": times, **columns})

    def _heading(self) -> str:
        return f"Catching up: a ratio of {self.ratio:.4g} to the frontier"


def catch_up(
    *, speed: float, own_growth: float, frontier_growth: float, curvature: float = 1.0
) -> CatchUp:
    r"""Return where a follower ends up: :math:`a^* = (1 - z d / c)^{1/z}`.

    Parameters
    ----------
    speed : float
        c > 0.
    own_growth, frontier_growth : float
        g_i and g_F without imitation; d is their difference.
    curvature : float, default 1
        z: 1 logistic, 0 Gompertz (a* = exp(-d/c)), -1 confined exponential.

    Returns
    -------
    CatchUp

    Notes
    -----
    With z > 0 and c <= z d the follower falls back for ever.  Source: Benhabib and Spiegel
    (2005), restated.

    Examples
    --------
    >>> round(catch_up(speed=0.06, own_growth=0.02, frontier_growth=0.05).ratio, 9)
    0.5
    >>> catch_up(speed=0.04, own_growth=0.0, frontier_growth=0.05).status
    'diverge'
    """
    race = _race(speed, own_growth, frontier_growth, curvature)
    c, d, z = race
    local = c - z * d
    lost = z > 0 and local <= 0
    ahead = z < 0 and local <= 0
    if lost or ahead:
        ratio = 0.0 if lost else math.inf
    else:
        with np.errstate(over="ignore"):
            ratio = float(np.exp(math.log1p(-z * d / c) / z if z else -d / c))
    certificate = _certificate(race, ratio)
    return CatchUp(
        ratio=ratio,
        local_speed=local,
        ratio_growth=c / z - d if lost or ahead else 0.0,
        status=_status(lost, d) if certificate <= _TOLERANCE else "uncertified",
        certificate=certificate,
        speed=c,
        own_growth=float(own_growth),
        frontier_growth=float(frontier_growth),
        curvature=z,
    )


def catch_up_path(
    start: float,
    times: ArrayLike,
    *,
    speed: float,
    own_growth: float,
    frontier_growth: float,
    curvature: float = 1.0,
) -> Floats:
    r"""Return the ratio to the frontier over time: closed form.

    With :math:`w = a^{-z}` and :math:`k = c - z d` the equation is linear, so that
    :math:`w(t) = w_0 e^{-kt} + c (1 - e^{-kt}) / k`; for z = 0 the logarithm of a closes its
    distance at rate c.

    Parameters
    ----------
    start : float
        Ratio at time 0, above 0.
    times : array_like
        At least 0.
    speed, own_growth, frontier_growth, curvature : float
        As in :func:`catch_up`.

    Raises
    ------
    InputError
        If a time is negative or not finite.

    Examples
    --------
    >>> race = {"speed": 0.08, "own_growth": 0.01, "frontier_growth": 0.03}
    >>> catch_up_path(0.1, [0, 10, 30], **race).round(9)
    array([0.1       , 0.16421168, 0.36154287])
    """
    race = _race(speed, own_growth, frontier_growth, curvature)
    when = require_array("times", times, "times")
    if (when < 0).any():
        raise InputError(f"times is {times!r}; they must be at least 0.")
    return np.exp(_log_path(race, require_number("start", start, above=0), when))


def catch_up_speed(
    skill: float,
    standards: float,
    *,
    base: float = 0.05,
    skill_power: float = 1.0,
    standards_power: float = 1.0,
) -> float:
    """Return the speed of catching up c = c0 H^eH S^eS.

    Skill and standards are complements if both powers are positive.

    Parameters
    ----------
    skill, standards : float
        H, S > 0.
    base : float
        c0 > 0.
    skill_power, standards_power : float
        eH, eS.

    Examples
    --------
    >>> catch_up_speed(2.0, 0.5, base=0.1)
    0.1

    Raises
    ------
    InputError
        If a value lies outside its domain.
    """
    by_skill = require_number("skill_power", skill_power)
    by_standards = require_number("standards_power", standards_power)
    with np.errstate(over="ignore"):
        return float(
            require_number("base", base, above=0)
            * np.float64(require_number("skill", skill, above=0)) ** by_skill
            * np.float64(require_number("standards", standards, above=0)) ** by_standards
        )


def skill_threshold(
    standards: float,
    *,
    gap: float,
    base: float = 0.05,
    skill_power: float = 1.0,
    standards_power: float = 1.0,
    curvature: float = 1.0,
) -> float:
    r"""Return the skill below which a follower falls back for ever.

    :math:`H^* = (z d / (c_0 S^{e_S}))^{1/e_H}`.

    Parameters
    ----------
    standards : float
        S > 0.
    gap : float
        d: by how much the frontier grows faster on its own.
    base, skill_power, standards_power : float
        As in :func:`catch_up_speed`; the power of skill above 0.
    curvature : float
        z.

    Returns
    -------
    float
        0 if nobody falls back for ever (z or d is not positive).

    Examples
    --------
    >>> round(skill_threshold(1.0, gap=0.02, base=0.05), 9)
    0.4
    """
    power = require_number("skill_power", skill_power, above=0)
    lost = require_number("curvature", curvature) * require_number("gap", gap)
    if curvature <= 0 or gap <= 0:
        return 0.0
    reached = catch_up_speed(1.0, standards, base=base, standards_power=standards_power)
    return float((lost / reached) ** (1 / power))


# ---------------------------------------------------------------------------


def _race(
    speed: float, own_growth: float, frontier_growth: float, curvature: float
) -> _Race:
    race = _Race(
        speed=require_number("speed", speed, above=0),
        gap=require_number("frontier_growth", frontier_growth)
        - require_number("own_growth", own_growth),
        curvature=require_number("curvature", curvature),
    )
    if not math.isfinite(race.speed - race.curvature * race.gap):
        raise InputError(
            f"curvature is {curvature:g} and the frontier grows faster by {race.gap:g}; "
            "their product is beyond all numbers. Choose smaller ones."
        )
    return race


def _status(lost: bool, gap: float) -> str:
    if lost:
        return "diverge"
    if gap == 0:
        return "no_gap"
    return "converge_rate" if gap > 0 else "leapfrog"


def _log_path(race: _Race, start: float, times: Floats) -> Floats:
    """Return the closed form; of w or, exact where z is small, of w - 1."""
    c, d, z = race
    log_start = math.log(start)
    with np.errstate(over="ignore", invalid="ignore"):
        k = c - z * d
        left = np.exp(-k * times)
        gained = -np.expm1(-k * times) / k if k else times
        if z == 0:
            return np.asarray(log_start * left - d * gained)
        w = np.exp(-z * log_start) * left + c * gained
        beyond = np.expm1(-z * log_start) * left + z * d * gained
        return np.asarray(np.where(np.abs(beyond) < 0.5, np.log1p(beyond), np.log(w)) / -z)


def _certificate(race: _Race, ratio: float) -> float:
    """Return the largest relative distance of paths from the equation solved anew."""
    from scipy.integrate import solve_ivp

    c, d, z = race
    settles = 0 < ratio < math.inf
    starts = (ratio / 2, 2 * ratio) if settles else (0.1, 1.0)
    times = np.linspace(0, 3 / max(c, abs(c - z * d)), 7)

    def moved(_: float, log_ratio: Floats) -> Floats:
        return np.asarray(-d - c * (np.expm1(z * log_ratio) / z if z else log_ratio))

    off = []
    for start in starts:
        with np.errstate(all="ignore"):
            solved = solve_ivp(
                moved,
                (0, times[-1]),
                [math.log(start)],
                method="DOP853",
                t_eval=times,
                rtol=1e-12,
                atol=1e-12,
            )
            if not solved.success:
                return math.inf
            off.append(np.abs(_log_path(race, start, times) - solved.y[0]).max())
    return float(np.max(off))
