"""Rewards for a group: by stages or at the end, and promotion by an index."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number, require_numbers
from unigauge.models.answers import Answer, listed, verdict, worst
from unigauge.models.arrays import require_row
from unigauge.models.dynamics.lab_tasks import covariance, definite
from unigauge.models.regulation.certificates import largest_gain
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["StagedPay", "Tournament", "staged_pay", "tournament"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class StagedPay(Answer):
    """Pay for a project of several stages.

    Attributes
    ----------
    stage_pay : array, shape (n,)
        w, due when each stage is done.
    final_pay : float
        W, due at the end, if nothing is paid before.
    staged_cost, final_cost : float
        What either costs the principal, present value at the start.
    cheaper : str
        ``staged``, ``final``, or ``same``.
    agent_value : float
        What the project is worth to the agent under either: phi/rA.
    status : str
        ``ok``, certified.
    certificate : float
        Largest gain from shirking in any stages, for ever, under either scheme, as a share
        of the agent's value.
    hazards : array, shape (n,)
        h.
    shirking_benefit, agent_discount, principal_discount : float
        phi, rA and rP.
    """

    stage_pay: Array
    final_pay: float
    staged_cost: float
    final_cost: float
    cheaper: str
    agent_value: float
    status: str
    certificate: float
    hazards: Array
    shirking_benefit: float
    agent_discount: float
    principal_discount: float

    def plot_data(self) -> pd.DataFrame:
        """Return both costs, in units of final pay's, against the agent's discount rate."""
        import pandas as pd

        top = 2 * max(self.agent_discount, self.principal_discount)
        rates = top * np.linspace(0.05, 1, 96)
        rest = (self.hazards, self.shirking_benefit, self.principal_discount)
        costs = np.array([_costs(rate, *rest)[2:] for rate in rates])
        staged = costs[:, 0] / costs[:, 1]
        columns = {"staged_pay": staged, "final_pay_only": np.ones_like(rates)}
        return pd.DataFrame({"agent's_discount_rate": rates, **columns})

    def _marks(self) -> dict[str, float]:
        return {"principal's": self.principal_discount}

    def _heading(self) -> str:
        count = len(self.hazards)
        return f"Pay over {count} stage{'' if count == 1 else 's'}, by stage or at the end"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "cheaper": self.cheaper,
            "stage pay": listed(self.stage_pay),
        }


def staged_pay(
    hazards: Sequence[float],
    *,
    shirking_benefit: float,
    agent_discount: float,
    principal_discount: float,
    tolerance: float = 1e-9,
) -> StagedPay:
    """Return the least pay that keeps an agent at work, by stages and at the end only.

    At work, stage k is done at rate h_k; shirking yields phi a unit of time and no progress.
    There is no deadline, so the agent can always have phi/rA.

    Parameters
    ----------
    hazards : sequence of float, length n
        h > 0.
    shirking_benefit : float
        phi > 0.
    agent_discount, principal_discount : float
        rA > 0 and rP >= 0.
    tolerance : float, default 1e-9
        Largest certificate under which the answer is ``ok``.

    Returns
    -------
    StagedPay

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Notes
    -----
    Binding incentives: w_k = phi/h_k, and phi/rA on top in the last stage; at the end only,
    W = (phi/rA) prod (rA + h_k)/h_k.  Present values weigh by prod h/(rP + h).  With equal
    discount rates the two cost the same; with two stages or more the staged pay is cheaper
    exactly if rA > rP.

    Examples
    --------
    >>> pay = staged_pay(
    ...     [0.5, 0.25], shirking_benefit=1, agent_discount=0.1, principal_discount=0.05
    ... )
    >>> pay.stage_pay, round(pay.final_pay, 9), pay.cheaper
    (array([ 2., 14.]), 16.8, 'staged')
    """
    stages = len(require_row("hazards", hazards, "one a stage"))
    rates = np.array(require_numbers("hazards", hazards, length=stages, above=0))
    phi = require_number("shirking_benefit", shirking_benefit, above=0)
    agent = require_number(
        "agent_discount",
        agent_discount,
        above=0,
        because="without a deadline a patient agent could shirk for ever at no cost",
    )
    principal = require_number("principal_discount", principal_discount, at_least=0)
    tolerance = require_number("tolerance", tolerance, above=0)
    pay, final, staged_cost, final_cost = _costs(agent, rates, phi, principal)
    last = np.zeros_like(pay)
    last[-1] = final
    certificate = worst(*(_shirking_gain(w, rates, phi, agent) for w in (pay, last)))
    same = math.isclose(staged_cost, final_cost, rel_tol=1e-12)
    cheaper = "staged" if staged_cost < final_cost else "final"
    return StagedPay(
        stage_pay=frozen(pay),
        final_pay=final,
        staged_cost=staged_cost,
        final_cost=final_cost,
        cheaper="same" if same else cheaper,
        agent_value=phi / agent,
        status=verdict(certificate, tolerance),
        certificate=certificate,
        hazards=frozen(rates),
        shirking_benefit=phi,
        agent_discount=agent,
        principal_discount=principal,
    )


def _costs(
    agent: float, hazards: Array, phi: float, principal: float
) -> tuple[Array, float, float, float]:
    """Return stage pay, final pay, and the cost of each."""
    pay = phi / hazards
    pay[-1] += phi / agent
    final = float(phi / agent * np.prod((agent + hazards) / hazards))
    reached = np.cumprod(hazards / (principal + hazards))
    return pay, final, float(pay @ reached), float(final * reached[-1])


def _shirking_gain(pay: Array, hazards: Array, phi: float, agent: float) -> float:
    """Compare working throughout with the best plan, stage by stage from the last."""
    work = best = 0.0
    gain = 0.0
    for wage, hazard in zip(pay[::-1], hazards[::-1], strict=True):
        work = hazard * (wage + work) / (agent + hazard)
        best = max(phi / agent, hazard * (wage + best) / (agent + hazard))
        gain = max(gain, best - work)
    return gain * agent / phi


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Tournament(Answer):
    """Effort in a promotion contest between two.

    Attributes
    ----------
    effort : array, shape (n,)
        e of each contestant.
    effort_cost : float
        What it costs each.
    status : str
        ``ok``; ``no_equilibrium_found`` if someone would rather do something else, as where
        noise is small.
    certificate : float
        Largest gain from another effort, as a share of the prize.
    prize : float
        What the winner gets more than the loser.
    weights : array, shape (n,)
        w of the index.
    noise_of_index : float
        w'Sigma w.
    cost : array, shape (n, n)
        C.
    """

    effort: Array
    effort_cost: float
    status: str
    certificate: float
    prize: float
    weights: Array
    noise_of_index: float
    cost: Array

    def to_frame(self) -> pd.DataFrame:
        """Return one row a task."""
        import pandas as pd

        tasks = pd.RangeIndex(len(self.effort), name="task")
        return pd.DataFrame({"weight": self.weights, "effort": self.effort}, index=tasks)

    def record(self) -> dict[str, Any]:
        """Return the contest as one flat row, with tasks as suffixes from 0."""
        row: dict[str, Any] = {"status": self.status, "effort_cost": self.effort_cost}
        row |= {f"effort_{k}": float(e) for k, e in enumerate(self.effort)}
        return row | {"certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return a contestant's payoff against the scale of effort; 1 is the equilibrium."""
        import pandas as pd

        scale = np.linspace(0, 2.5, 201)
        return pd.DataFrame({"effort_relative": scale, "payoff": self._payoff(scale)})

    def _payoff(self, scale: Array) -> Array:
        """Return the payoff of a multiple of the equilibrium effort against it."""
        from scipy.special import ndtr

        lead = (scale - 1) * float(self.weights @ self.effort)
        won = ndtr(lead / math.sqrt(2 * self.noise_of_index))
        return np.asarray(self.prize * won - scale**2 * self.effort_cost)

    def _marks(self) -> dict[str, float]:
        return {"equilibrium": 1.0}

    def _heading(self) -> str:
        return "Promotion contest"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "certificate": f"{self.certificate:.1e}"}


def tournament(
    cost: Sequence[Sequence[float]],
    weights: Sequence[float],
    *,
    prize: float,
    noise: Sequence[float] | Sequence[Sequence[float]],
    tolerance: float = 1e-8,
) -> Tournament:
    """Return the effort of two alike who contend for a promotion.

    The one with the higher index ``w'(e + noise)`` wins; effort costs ``e'Ce/2`` and may be
    negative.

    Parameters
    ----------
    cost : matrix (n, n)
        C, symmetric and positive definite.
    weights : sequence of float, length n
        w, not all 0.
    prize : float
        > 0.
    noise : sequence of float, or matrix (n, n)
        Sigma, finite variances or the covariance matrix; normal, independent between the two.
    tolerance : float, default 1e-8
        Largest certificate under which the effort is an equilibrium.

    Returns
    -------
    Tournament

    Raises
    ------
    InputError
        If a value lies outside its domain, or the index has no noise.

    Notes
    -----
    Lazear and Rosen (1981): e = C^(-1) w prize / sqrt(4 pi w'Sigma w) from the first-order
    condition.  To move the index, the cheapest direction is C^(-1) w, so deviations are
    searched along it.

    Examples
    --------
    >>> contest = tournament([[1, 0.5], [0.5, 1]], [1, 0.5], prize=1, noise=[1, 1])
    >>> contest.status, contest.effort.round(6)
    ('ok', array([0.252313, 0.      ]))
    """
    w = np.array(require_row("weights", weights, "one a task"))
    n = len(w)
    matrix = definite("cost", cost, n)
    prize = require_number("prize", prize, above=0)
    spread = covariance("noise", noise, n)
    tolerance = require_number("tolerance", tolerance, above=0)
    if not np.isfinite(spread).all():
        raise InputError("noise has an infinite variance; give that task the weight 0.")
    variance = float(w @ spread @ w)
    if variance <= 0:
        raise InputError(
            "weights'noise weights is 0; without noise in the index a little more effort "
            "wins for sure, and there is no equilibrium in which efforts are certain."
        )
    effort = np.linalg.solve(matrix, w) * prize / math.sqrt(4 * math.pi * variance)
    draft = Tournament(
        effort=frozen(effort),
        effort_cost=float(effort @ matrix @ effort) / 2,
        status="ok",
        certificate=0.0,
        prize=prize,
        weights=frozen(w),
        noise_of_index=variance,
        cost=frozen(matrix),
    )
    # Beyond the effort that costs the whole prize nothing is gained.
    reach = max(2.0, math.sqrt(prize / draft.effort_cost))
    gain = largest_gain(lambda t: draft._payoff(t[:, 0]), [1.0], [-reach], [reach]) / prize
    status = "ok" if gain <= tolerance else "no_equilibrium_found"
    return replace(draft, certificate=gain, status=status)
