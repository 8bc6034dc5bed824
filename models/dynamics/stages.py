"""Stages of a latecomer: adopt standards, follow in making them, lead.

* :func:`solve`: when to go from one stage to the next, if capability grows at random and
  every step is costly and for good; a stage may be skipped.
* :func:`solve_switching`: the same question for any modes, costs and ways back, on a grid.
* :func:`hitting_time`: when capability reaches a level; :func:`calibrate`: what steps must
  cost if they are to fall on given dates.
* :func:`pipeline`: from technology to patent to standard, stage by stage, with drop-outs.

Reconstruction: the stages are the literature's, the equations ours; real options as in
Dixit and Pindyck (1994), *Investment under Uncertainty*.

Examples
--------
>>> from unigauge.models import stages
>>> outcome = stages.solve(stages.Ladder())
>>> outcome.status, round(outcome.follow_threshold, 4), round(outcome.lead_threshold, 4)
('ladder', 0.9517, 1.8042)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number, require_numbers
from unigauge.models.answers import Answer
from unigauge.models.arrays import require_array
from unigauge.models.dynamics.geometric_brownian import (
    HittingTime,
    growth_in_logs,
    hitting_time,
    waiting_exponent,
)
from unigauge.models.dynamics.ladder_value import LadderValue, inequality_residual
from unigauge.models.dynamics.stage_pipeline import Pipeline, pipeline
from unigauge.models.dynamics.switching import (
    Switching,
    SwitchingOutcome,
    solve_switching,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "MODES",
    "STATUSES",
    "HittingTime",
    "Ladder",
    "Outcome",
    "Pipeline",
    "Switching",
    "SwitchingOutcome",
    "calibrate",
    "hitting_time",
    "pipeline",
    "solve",
    "solve_switching",
]

MODES = ("adopt", "follow", "lead")
"""A, F and L: take the standards of others, help to make them, make them."""

STATUSES = ("ladder", "skip_followership", "infinite_value", "not_converged")
"""What ``Outcome.status`` can be; the first two are certified."""


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """A latecomer whose capability theta is a geometric Brownian motion.

    In mode k it earns ``payoff_slope[k] * theta - running_cost[k]``; steps up cost
    ``switching_cost`` and cannot be undone.

    Parameters
    ----------
    drift, volatility : float
        mu and sigma > 0 of capability, a year.
    discount_rate : float
        r > 0, a year.  Where it is at or below the drift, waiting is worth without bound.
    payoff_slope : three floats
        a, rising: what capability earns when adopting, following, leading.
    running_cost : three floats
        f, what each mode costs a year.
    switching_cost : two floats
        c: from adopting to following, and on to leading; >= 0.  Jumping from adopting to
        leading costs their sum.

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Examples
    --------
    >>> Ladder(switching_cost=(30, 2)).switching_cost
    (30.0, 2.0)
    """

    drift: float = 0.02
    volatility: float = 0.1
    discount_rate: float = 0.06
    payoff_slope: Sequence[float] = (0.0, 1.0, 2.2)
    running_cost: Sequence[float] = (0.0, 0.5, 1.6)
    switching_cost: Sequence[float] = (5.0, 12.0)

    def __post_init__(self) -> None:
        slope = require_numbers("payoff_slope", self.payoff_slope, length=3)
        if not slope[0] < slope[1] < slope[2]:
            raise InputError(
                f"payoff_slope is {slope}; it must rise from adopting to following to "
                "leading, or capability would be no reason to climb."
            )
        for name, value in {
            "drift": require_number("drift", self.drift),
            "volatility": require_number("volatility", self.volatility, above=0),
            "discount_rate": require_number("discount_rate", self.discount_rate, above=0),
            "payoff_slope": slope,
            "running_cost": require_numbers("running_cost", self.running_cost, length=3),
            "switching_cost": require_numbers(
                "switching_cost", self.switching_cost, length=2, at_least=0
            ),
        }.items():
            object.__setattr__(self, name, value)

    @property
    def waiting_multiple(self) -> float:
        """K = beta (r - mu)/(beta - 1): the threshold for a lasting cost of 1 a unit.

        NaN where values are infinite, r <= mu.
        """
        if self.discount_rate <= self.drift:
            return math.nan
        beta = waiting_exponent(self.drift, self.volatility, self.discount_rate)
        return beta * (self.discount_rate - self.drift) / (beta - 1)

    def step_cost(self, step: int) -> float:
        """Return what step 0 or 1 costs for good: c + (rise of running cost)/r."""
        rise = self.running_cost[step + 1] - self.running_cost[step]
        return self.switching_cost[step] + rise / self.discount_rate

    def step_gain(self, step: int) -> float:
        """Return by how much step 0 or 1 raises the payoff's slope."""
        return self.payoff_slope[step + 1] - self.payoff_slope[step]

    def switching(self) -> Switching:
        """Return the same problem for :func:`solve_switching`."""
        first, second = self.switching_cost
        no = math.inf
        return Switching(
            drift=self.drift,
            volatility=self.volatility,
            discount_rate=self.discount_rate,
            payoff_slope=self.payoff_slope,
            running_cost=self.running_cost,
            switching_cost=((0, first, first + second), (no, 0, second), (no, no, 0)),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outcome(Answer):
    """When to follow and when to lead.

    Attributes
    ----------
    follow_threshold, lead_threshold : float
        theta_1 and theta_2; equal where followership is skipped, NaN where nothing is
        optimal.  At 0 the step is taken at once.
    exponent : float
        beta.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Residual of the variational inequality and of smooth pasting over a grid of
        capabilities, as a share of the largest value.
    ladder : Ladder
        The parameters.
    """

    follow_threshold: float
    lead_threshold: float
    exponent: float
    status: str
    certificate: float
    ladder: Ladder
    _value: LadderValue | None

    def value(self, capability: ArrayLike) -> NDArray[np.float64]:
        """Return what each mode is worth, shape (3, n), at capabilities (n,) above 0."""
        if self._value is None:
            raise InputError("the ladder has no finite value: status is infinite_value.")
        at = np.atleast_1d(require_array("capability", capability, "a number or a row"))
        if at.ndim != 1 or not (at > 0).all():
            raise InputError(
                f"capability is {capability!r}; it must be a number above 0, or a row of such."
            )
        return self._value.at(at)

    def plot_data(self) -> pd.DataFrame:
        """Return the three modes' values against capability."""
        import pandas as pd

        if self._value is None:
            return pd.DataFrame({"capability": [], "value": []})
        capability = np.linspace(0, 1.6 * max(self.lead_threshold, 0.1), 321)[1:]
        columns = dict(zip(MODES, self.value(capability), strict=True))
        return pd.DataFrame({"capability": capability, **columns})

    def _marks(self) -> dict[str, float]:
        follow, lead = self.follow_threshold, self.lead_threshold
        if self.status == "ladder":
            return {f"follow {follow:.4g}": follow, f"lead {lead:.4g}": lead}
        return {f"jump {lead:.4g}": lead} if self.status == "skip_followership" else {}

    def _heading(self) -> str:
        follow, lead = self.follow_threshold, self.lead_threshold
        if self.status == "ladder":
            return f"A latecomer's stages: follow at {follow:.4g}, lead at {lead:.4g}"
        if self.status == "skip_followership":
            return f"A latecomer's stages: from adopting to leading at {lead:.4g}"
        return "A latecomer's stages"


def solve(ladder: Ladder, *, tolerance: float = 1e-8) -> Outcome:
    """Return the thresholds at which the latecomer climbs.

    A step is taken at ``K * (lasting cost) / (gain in slope)``: the option to climb further
    later cancels in the first problem.  If the first threshold is not below the second,
    followership is skipped and one jump weighs both steps together.

    Parameters
    ----------
    ladder : Ladder
        Parameters.
    tolerance : float, default 1e-8
        Largest certificate under which the answer stands; above it ``not_converged``.

    Returns
    -------
    Outcome

    Examples
    --------
    >>> outcome = solve(Ladder(switching_cost=(30, 2)))
    >>> outcome.status, round(outcome.lead_threshold, 9)
    ('skip_followership', 1.903322296)
    """
    if not isinstance(ladder, Ladder):
        raise InputError(f"ladder is {ladder!r}; it must be a Ladder(...).")
    tolerance = require_number("tolerance", tolerance, above=0)
    r, mu, sigma = ladder.discount_rate, ladder.drift, ladder.volatility
    beta = waiting_exponent(mu, sigma, r)
    if r <= mu:
        return Outcome(
            follow_threshold=math.nan,
            lead_threshold=math.nan,
            exponent=beta,
            status="infinite_value",
            certificate=math.nan,
            ladder=ladder,
            _value=None,
        )
    multiple = ladder.waiting_multiple
    costs = [ladder.step_cost(step) for step in (0, 1)]
    gains = [ladder.step_gain(step) for step in (0, 1)]
    follow, lead = (multiple * c / g for c, g in zip(costs, gains, strict=True))
    climbs = follow < lead
    own_lead = max(lead, 0.0)
    if not climbs:
        follow = lead = multiple * sum(costs) / sum(gains)
    follow, lead = max(follow, 0.0), max(lead, 0.0)
    value = LadderValue.pasted(ladder, beta, (follow, own_lead))
    certificate = inequality_residual(value)
    status = "ladder" if climbs else "skip_followership"
    return Outcome(
        follow_threshold=follow,
        lead_threshold=lead,
        exponent=beta,
        status=status if certificate <= tolerance else "not_converged",
        certificate=certificate,
        ladder=ladder,
        _value=value,
    )


def calibrate(
    years: Sequence[float] | NDArray[np.float64] = (23.0, 35.0),
    *,
    drift: float = 0.08,
    volatility: float = 0.1,
    discount_rate: float = 0.12,
    payoff_slope: Sequence[float] = (0.0, 1.0, 2.2),
    running_cost: Sequence[float] = (0.0, 0.5, 1.6),
) -> Ladder:
    """Return the ladder whose steps fall, on average, so many years after the start.

    Capability starts at 1; its log grows by v = mu - sigma^2/2 a year, so the thresholds are
    exp(v t), and the costs follow by inverting :func:`solve`.

    Parameters
    ----------
    years : two floats
        Years from the start to following and to leading, rising.  The default counts from
        1978, when China joined ISO, to 2001 and to 2013.
    drift, volatility, discount_rate : float
        mu, sigma and r > mu, with v > 0.
    payoff_slope, running_cost : three floats
        a and f, as in :class:`Ladder`.

    Returns
    -------
    Ladder

    Raises
    ------
    InputError
        If the dates do not rise, capability does not grow, the discount rate is too low, or
        a step would have to cost less than nothing.

    Notes
    -----
    Two dates, two costs: the calibration is exactly identified and tests nothing.

    Examples
    --------
    >>> [round(cost, 1) for cost in calibrate().switching_cost]
    [39.9, 121.0]
    """
    first, second = require_numbers("years", years, length=2, above=0)
    if second <= first:
        raise InputError(f"years is {(first, second)}; leading must come after following.")
    free = Ladder(
        drift=drift,
        volatility=volatility,
        discount_rate=discount_rate,
        payoff_slope=payoff_slope,
        running_cost=running_cost,
        switching_cost=(0.0, 0.0),
    )
    v = growth_in_logs(free.drift, free.volatility)
    if v <= 0 or free.discount_rate <= free.drift:
        raise InputError(
            f"drift is {free.drift:g}, volatility {free.volatility:g} and discount_rate "
            f"{free.discount_rate:g}; drift - volatility**2/2 must be above 0, so that dates "
            "are reached, and the discount rate above the drift, so that values are finite."
        )
    multiple = free.waiting_multiple
    costs = [
        math.exp(v * year) * free.step_gain(step) / multiple - free.step_cost(step)
        for step, year in enumerate((first, second))
    ]
    if min(costs) < 0:
        raise InputError(
            f"switching costs would be {costs[0]:.4g} and {costs[1]:.4g}; the steps come so "
            "early that they would have to be paid for. Lower running_cost or move years."
        )
    return Ladder(
        drift=free.drift,
        volatility=free.volatility,
        discount_rate=free.discount_rate,
        payoff_slope=free.payoff_slope,
        running_cost=free.running_cost,
        switching_cost=(costs[0], costs[1]),
    )
