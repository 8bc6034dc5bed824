"""When to revise a standard: how long an edition should live, and how long it does.

* :func:`cycle`: an edition loses touch as it ages; revise it every T* years.
* :func:`age_replacement`: it fails at random, and a forced revision costs more than a
  planned one.
* :func:`renewals`: how many revisions to expect by a date.
* :func:`competing_risks`: revision and withdrawal compete; who looks at one alone and calls
  the other censoring overstates it.
* :func:`weibull_fit`, :class:`Weibull`, :func:`survival`: lives of editions, some of which go on.

Reconstruction: the revision cycle is the literature's; the equations are those of renewal
theory (Barlow and Proschan 1965, *Mathematical Theory of Reliability*).

Examples
--------
>>> from unigauge.models import revision
>>> answer = revision.cycle(revision_cost=2, loss_rate=0.03, exponent=1.5)
>>> round(answer.interval, 6), round(answer.cost, 6)
(6.581168, 0.506496)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.answers import Answer, verdict, worst
from unigauge.models.dynamics.edition_lives import (
    Weibull,
    WeibullFit,
    survival,
    weibull_fit,
)
from unigauge.models.dynamics.edition_replacement import Replacement, age_replacement
from unigauge.models.dynamics.edition_risks import (
    CompetingRisks,
    Renewals,
    competing_risks,
    renewals,
)
from unigauge.models.regulation.certificates import largest_gain
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "STATUSES",
    "CompetingRisks",
    "Cycle",
    "Renewals",
    "Replacement",
    "Weibull",
    "WeibullFit",
    "age_replacement",
    "competing_risks",
    "cycle",
    "renewals",
    "survival",
    "weibull_fit",
]

STATUSES = ("ok", "never_plan", "uncertified")
"""What ``status`` can be; ``ok`` and ``never_plan`` are certified."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Cycle(Answer):
    """The best time between revisions.

    Attributes
    ----------
    interval : float
        T*, years between revisions.
    cost : float
        What it costs: a year on average, or, with discounting, the present value of all
        losses and revisions from a new edition on.
    status : str
        ``ok``, certified.
    certificate : float
        Largest saving from any other interval, as a share of the cost; losses by
        quadrature.
    revision_cost, loss_rate, exponent, discount_rate : float
        c, l, eta and r.
    """

    interval: float
    cost: float
    status: str
    certificate: float
    revision_cost: float
    loss_rate: float
    exponent: float
    discount_rate: float

    def plot_data(self) -> pd.DataFrame:
        """Return the cost against the interval."""
        import pandas as pd

        costs = (self.revision_cost, self.loss_rate, self.exponent, self.discount_rate)
        interval = self.interval * np.linspace(0.15, 3, 286)
        return pd.DataFrame(
            {"years_between_revisions": interval, "cost": _cycle_cost(interval, *costs)}
        )

    def _marks(self) -> dict[str, float]:
        return {f"T* = {self.interval:.4g}": self.interval}

    def _heading(self) -> str:
        kind = "present value" if self.discount_rate else "cost a year"
        return f"Revise every {self.interval:.4g} years: {kind} {self.cost:.4g}"


def cycle(
    revision_cost: float,
    loss_rate: float,
    exponent: float = 1.0,
    *,
    discount_rate: float = 0.0,
    tolerance: float = 1e-8,
) -> Cycle:
    """Return the best time between revisions if losses grow with age.

    An edition of age a loses ``loss_rate * a**exponent`` a year; revising costs
    ``revision_cost`` and starts again at age 0.

    Parameters
    ----------
    revision_cost : float
        c > 0.
    loss_rate : float
        l > 0.
    exponent : float, default 1
        eta > 0.
    discount_rate : float, default 0
        r >= 0.  At 0 the cost a year is minimised, else the present value.
    tolerance : float, default 1e-8
        Largest certificate under which the answer is ``ok``.

    Returns
    -------
    Cycle

    Raises
    ------
    InputError
        If a value lies outside its domain, or losses grow so slowly that T* is beyond all
        numbers.

    Notes
    -----
    Without discounting T* = ((eta + 1) c/(eta l))^(1/(eta + 1)), at a cost of l T*^eta a year.
    With it l T*^eta - r c = r PV, where PV(T) = (int_0^T e^(-ra) l a^eta da + e^(-rT) c)/
    (1 - e^(-rT)); the difference of the two sides, times 1 - e^(-rT), rises in T, so there
    is one root.

    Examples
    --------
    >>> round(cycle(2, 0.03).interval, 9), round((2 * 2 / 0.03) ** 0.5, 9)
    (11.547005384, 11.547005384)
    >>> cycle(2, 0.03, discount_rate=0.05).interval > cycle(2, 0.03).interval
    True
    """
    c = require_number("revision_cost", revision_cost, above=0)
    loss = require_number("loss_rate", loss_rate, above=0)
    eta = require_number(
        "exponent",
        exponent,
        above=0,
        because="else age does no harm and nothing is revised",
    )
    r = require_number("discount_rate", discount_rate, at_least=0)
    tolerance = require_number("tolerance", tolerance, above=0)
    interval = ((eta + 1) * c / (eta * loss)) ** (1 / (eta + 1))
    cost = loss * interval**eta
    if r > 0:
        interval = _discounted_interval(c, loss, eta, r, interval)
        cost = loss * interval**eta / r - c
    certificate = _certificate(interval, cost, (c, loss, eta, r))
    return Cycle(
        interval=interval,
        cost=cost,
        status=verdict(certificate, tolerance),
        certificate=certificate,
        revision_cost=c,
        loss_rate=loss,
        exponent=eta,
        discount_rate=r,
    )


_LONGEST = math.log(1e280)


def _discounted_interval(c: float, loss: float, eta: float, r: float, near: float) -> float:
    """Return the root of l int_0^T eta a^(eta - 1) (1 - e^(-ra)) da = r c."""
    from scipy.optimize import brentq

    def excess(log_interval: float) -> float:
        interval = math.exp(log_interval)
        scale = loss * math.exp(eta * log_interval) / (r * c)
        return scale * _share_missed(eta, r * interval) - 1

    low = high = math.log(near)
    while excess(low) > 0:
        low -= 1
    while high < _LONGEST and excess(high) < 0:
        high += 1
    if high >= _LONGEST:
        raise InputError(
            f"exponent is {eta:g}: losses grow so slowly with age that, at a discount rate of "
            f"{r:g}, revisions would lie more than 1e280 years apart. Raise it, or lower the "
            "discount rate or the cost of a revision."
        )
    return math.exp(float(brentq(excess, low, high, xtol=1e-15)))


def _share_missed(eta: float, x: float) -> float:
    """Return int_0^1 eta u^(eta - 1) (1 - e^(-xu)) du, accurate near x = 0 too."""
    from scipy.special import gammainc, gammaln

    if x > 1:
        size = math.exp(float(gammaln(eta + 1)) - eta * math.log(x))
        return float(1 - size * gammainc(eta, x))
    term, total = 1.0, 0.0
    for n in range(1, 25):
        term *= -x / n
        total -= term * eta / (eta + n)
    return total


@lru_cache(maxsize=8)
def _quadrature(eta: float) -> tuple[Array, Array]:
    """Return nodes on (-1, 1) and weights for the weight (1 + x)^eta."""
    from scipy.special import roots_jacobi

    nodes, weights = roots_jacobi(100, 0, eta)
    return frozen(nodes), frozen(weights)


def _cycle_cost(interval: Array, c: float, loss: float, eta: float, r: float) -> Array:
    """Return the cost of each interval, losses by Gauss-Jacobi quadrature."""
    nodes, weights = _quadrature(eta)
    end = np.minimum(interval, 60 / r) if r > 0 else interval  # e^-60 counts for nothing
    age = np.outer(end, (1 + nodes) / 2)
    losses = loss * (end / 2) ** (eta + 1) * (np.exp(-r * age) @ weights)
    if r == 0:
        return np.asarray((c + losses) / interval)
    return np.asarray((losses + np.exp(-r * interval) * c) / -np.expm1(-r * interval))


def _certificate(
    interval: float, cost: float, costs: tuple[float, float, float, float]
) -> float:
    """Return the largest saving from another interval, or the error of the cost."""

    def saved(points: Array) -> Array:
        return -_cycle_cost(interval * np.exp(points[:, 0]), *costs)

    claimed = float(_cycle_cost(np.array([interval]), *costs)[0])
    gain = largest_gain(saved, [0.0], [-5.0], [3.0], scan=201)
    return worst(gain / claimed, abs(claimed / cost - 1))
