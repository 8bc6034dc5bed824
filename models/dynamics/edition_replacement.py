"""At what age to revise an edition that may fail before: age replacement."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import require_number
from unigauge.models.answers import Answer, worst
from unigauge.models.dynamics.edition_lives import Weibull
from unigauge.models.regulation.certificates import largest_gain
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Replacement", "age_replacement"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Replacement(Answer):
    """The best age at which to revise an edition that may fail before.

    Attributes
    ----------
    age : float
        T*, years; infinite where it is best to wait for the failure.
    rate : float
        Least cost a year.
    status : str
        ``ok``; ``never_plan``, certified too.
    certificate : float
        Largest saving from any other age, as a share of the rate; lives by quadrature.
    planned_cost, forced_cost, shape, scale : float
        cp, cf, k and lambda.
    """

    age: float
    rate: float
    status: str
    certificate: float
    planned_cost: float
    forced_cost: float
    shape: float
    scale: float

    def plot_data(self) -> pd.DataFrame:
        """Return the cost a year against the age at which a revision is planned."""
        import pandas as pd

        longest = 3 * (self.age if math.isfinite(self.age) else self.scale)
        age = longest * np.linspace(0.04, 1, 241)
        life = Weibull(shape=self.shape, scale=self.scale)
        rate = _replacement_cost(age, self.planned_cost, self.forced_cost, life)
        return pd.DataFrame({"planned_age": age, "cost_a_year": rate})

    def _marks(self) -> dict[str, float]:
        return {f"T* = {self.age:.4g}": self.age} if math.isfinite(self.age) else {}

    def _heading(self) -> str:
        if not math.isfinite(self.age):
            return f"Never plan a revision: cost a year {self.rate:.4g}"
        return f"Revise at {self.age:.4g} years at the latest: cost a year {self.rate:.4g}"


def age_replacement(
    planned_cost: float,
    forced_cost: float,
    shape: float,
    scale: float,
    *,
    tolerance: float = 1e-8,
) -> Replacement:
    """Return the best age of planned revision if editions fail at random.

    Lives are Weibull; a failure forces a revision at ``forced_cost``, an edition that
    reaches the planned age is revised at ``planned_cost``.

    Parameters
    ----------
    planned_cost, forced_cost : float
        cp and cf, positive.
    shape, scale : float
        k and lambda, positive.
    tolerance : float, default 1e-8
        Largest certificate under which the answer stands; above it ``uncertified``.

    Returns
    -------
    Replacement
        ``never_plan`` if failures do not grow more likely with age, k <= 1, or if a forced
        revision costs no more than a planned one.

    Raises
    ------
    InputError
        If a value is not positive.

    Notes
    -----
    h(T) int_0^T S - F(T) = cp/(cf - cp), whose left side rises from 0 without bound if
    k > 1; the cost is (cf - cp) h(T*) a year (Barlow and Proschan 1965).

    Examples
    --------
    >>> answer = age_replacement(1, 5, shape=1.468, scale=26.5)
    >>> round(answer.age, 6), round(answer.rate, 9)
    (18.682438, 0.188144706)
    >>> age_replacement(1, 5, shape=1, scale=26.5).status
    'never_plan'
    """
    planned = require_number("planned_cost", planned_cost, above=0)
    forced = require_number("forced_cost", forced_cost, above=0)
    life = Weibull(shape=shape, scale=scale)
    tolerance = require_number("tolerance", tolerance, above=0)
    age, rate, status = math.inf, forced / life.mean, "never_plan"
    if life.shape > 1 and forced > planned:
        age = _planned_age(planned / (forced - planned), life)
        rate, status = (forced - planned) * float(life.hazard(age)), "ok"
    certificate = _replacement_certificate(age, rate, planned, forced, life)
    return Replacement(
        age=age,
        rate=rate,
        status=status if certificate <= tolerance else "uncertified",
        certificate=certificate,
        planned_cost=planned,
        forced_cost=forced,
        shape=life.shape,
        scale=life.scale,
    )


def _planned_age(target: float, life: Weibull) -> float:
    """Return the root of h(T) int_0^T S - F(T) = target."""
    from scipy.optimize import brentq

    def excess(log_age: float) -> float:
        age = np.float64(math.exp(log_age))
        return float(life.hazard(age) * life.mean_until(age) - life.failed(age) - target)

    low = high = math.log(life.scale)
    while excess(low) > 0:
        low -= 1
    while excess(high) < 0:
        high += 1
    return math.exp(float(brentq(excess, low, high, xtol=1e-15)))


@cache
def _quadrature() -> tuple[Array, Array]:
    """Return nodes on (-1, 1) and their weights."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    return frozen(nodes), frozen(weights)


def _replacement_cost(age: Array, planned: float, forced: float, life: Weibull) -> Array:
    """Return the cost a year of each planned age, mean lives by quadrature."""
    nodes, weights = _quadrature()
    # In u = (t/T)^(1/4) the survivor function is smooth at 0 for any shape above 1/4.
    u = (1 + nodes) / 2
    lived = age * (life.survival(np.outer(age, u**4)) @ (2 * u**3 * weights))
    alive = life.survival(age)
    return np.asarray((planned * alive + forced * (1 - alive)) / lived)


def _replacement_certificate(
    age: float, rate: float, planned: float, forced: float, life: Weibull
) -> float:
    """Return the largest saving from another planned age, or the error of the rate."""
    never = 30 ** (1 / life.shape) * life.scale  # as good as for ever: e^-30 are alive
    centre = min(age, never)

    def saved(points: Array) -> Array:
        tried = np.minimum(life.scale * np.exp(points[:, 0]), never)
        return -_replacement_cost(tried, planned, forced, life)

    start = math.log(centre / life.scale)
    low, high = min(start, 0.0) - 4, math.log(never / life.scale)
    gain = largest_gain(saved, [start], [low], [high], scan=401)
    claimed = float(_replacement_cost(np.array([centre]), planned, forced, life)[0])
    return worst(gain / claimed, abs(claimed / rate - 1))
