"""A bar that a product passes or fails, and the R&D of firms that would pass it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import require_number
from unigauge.models.answers import Answer
from unigauge.models.regulation.certificates import largest_gain
from unigauge.models.roots import roots_between
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Firm", "Response", "respond"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """One firm before a bar: it passes if capability + effort + noise reach the bar."""

    capability: float
    prize: float
    effort_cost: float
    noise: float

    @classmethod
    def read(
        cls, capability: float, prize: float, effort_cost: float, noise: float
    ) -> Firm:
        """Return the firm, its numbers checked."""
        return cls(
            capability=require_number("capability", capability),
            prize=require_number("prize", prize, above=0),
            effort_cost=require_number("effort_cost", effort_cost, above=0),
            noise=require_number("noise", noise, at_least=0),
        )

    @property
    def most(self) -> float:
        """Effort that costs the whole prize, sqrt(2 Pi/k)."""
        return math.sqrt(2 * self.prize / self.effort_cost)

    def pays(self, effort: ArrayLike, standard: float) -> Array:
        """Return the chance to pass times the prize, less the cost of effort."""
        from scipy.special import ndtr

        x = np.asarray(effort, float)
        short = standard - self.capability - x
        if self.noise > 0:
            passes = ndtr(-short / self.noise)
        else:
            passes = (short <= 1e-15 * max(1.0, abs(standard))).astype(float)
        return np.asarray(self.prize * passes - self.effort_cost * x**2 / 2)

    def turns(self) -> list[float]:
        """Return the distances z, in noises, at which marginal benefit less cost turns.

        They solve -z phi(z) = k s^2/Pi, by the Lambert function; none if noise is large.
        """
        from scipy.special import lambertw

        ratio = self.effort_cost * self.noise**2 / self.prize
        inside = -2 * math.pi * ratio**2
        if inside <= -math.exp(-1):
            return []
        return [-math.sqrt(-lambertw(inside, branch).real) for branch in (-1, 0)]

    def marginal(self, effort: float, standard: float) -> float:
        """Return the marginal benefit of effort less its marginal cost."""
        z = (self.capability + effort - standard) / self.noise
        density = math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        return self.prize * density / self.noise - self.effort_cost * effort

    def stationary(self, standard: float) -> list[float]:
        """Return all efforts at which the marginal benefit equals the marginal cost."""
        bends = (standard - self.capability + self.noise * z for z in self.turns())
        cuts = [0.0, *sorted(x for x in bends if 0 < x < self.most), self.most]
        return roots_between(lambda x: self.marginal(x, standard), cuts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Response(Answer):
    """What one firm does about a bar.

    Attributes
    ----------
    effort : float
        x, R&D.
    value : float
        V: the prize times the chance to pass, less the cost of effort.
    pass_probability : float
        Chance to pass.
    stationary : array
        All efforts that meet the first-order condition, rising: one or three, two where
        they touch; empty without noise.
    status : str
        ``already``, ``comply`` or ``give_up`` without noise; ``interior`` or ``corner``
        with it; ``uncertified``.
    certificate : float
        Largest gain from any other effort, as a share of the prize.
    standard, capability, prize, effort_cost, noise : float
        s, theta, Pi, k and sigma.
    """

    effort: float
    value: float
    pass_probability: float
    stationary: Array
    status: str
    certificate: float
    standard: float
    capability: float
    prize: float
    effort_cost: float
    noise: float

    def plot_data(self) -> pd.DataFrame:
        """Return what each effort pays."""
        import pandas as pd

        firm = Firm.read(self.capability, self.prize, self.effort_cost, self.noise)
        effort = np.linspace(0, firm.most, 401)
        return pd.DataFrame({"effort": effort, "payoff": firm.pays(effort, self.standard)})

    def _marks(self) -> dict[str, float]:
        return {f"best {self.effort:.4g}": self.effort}

    def _heading(self) -> str:
        return f"R&D before a bar of {self.standard:g}"


def respond(
    standard: float,
    *,
    capability: float = 0.0,
    prize: float = 1.0,
    effort_cost: float = 2.0,
    noise: float = 0.2,
    tolerance: float = 1e-9,
) -> Response:
    """Return the R&D of a firm that gains a prize if it passes a bar.

    It passes if ``capability + effort + noise >= standard``; effort x costs k x^2/2.

    Parameters
    ----------
    standard : float
        s, the bar.
    capability : float, default 0
        theta.
    prize : float, default 1
        Pi > 0.
    effort_cost : float, default 2
        k > 0.
    noise : float, default 0.2
        Standard deviation >= 0 of normal noise.
    tolerance : float, default 1e-9
        Largest certificate under which the answer stands.

    Returns
    -------
    Response

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Notes
    -----
    Without noise x = s - theta if that is positive and costs no more than the prize, else 0:
    the firm gives up at theta + sqrt(2 Pi/k).  With noise, marginal benefit less cost is
    monotone between at most two turning points, so every local optimum is found and the
    best taken.

    Examples
    --------
    >>> respond(0.9, noise=0).status, respond(1.1, noise=0).status
    ('comply', 'give_up')
    >>> respond(0.9).effort < 0.001
    True
    """
    bar = require_number("standard", standard)
    tolerance = require_number("tolerance", tolerance, above=0)
    firm = Firm.read(capability, prize, effort_cost, noise)
    stationary: list[float] = []
    if firm.noise > 0:
        stationary = firm.stationary(bar)
        tried = np.array([0.0, *stationary, firm.most])
        effort = float(tried[firm.pays(tried, bar).argmax()])
        status = "interior" if 0 < effort < firm.most else "corner"
    else:
        needed = bar - firm.capability
        affordable = firm.effort_cost * needed**2 / 2 <= firm.prize
        effort = needed if needed > 0 and affordable else 0.0
        status = "already" if needed <= 0 else "comply" if affordable else "give_up"
    value = float(firm.pays(effort, bar))
    certificate = (
        largest_gain(lambda x: firm.pays(x[:, 0], bar), [effort], [0.0], [firm.most])
        / firm.prize
    )
    return Response(
        effort=effort,
        value=value,
        pass_probability=(value + firm.effort_cost * effort**2 / 2) / firm.prize,
        stationary=frozen(stationary),
        status=status if certificate <= tolerance else "uncertified",
        certificate=certificate,
        standard=bar,
        capability=firm.capability,
        prize=firm.prize,
        effort_cost=firm.effort_cost,
        noise=firm.noise,
    )
