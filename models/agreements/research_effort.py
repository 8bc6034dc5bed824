"""Joint research before a bargain: effort shifts the technical frontier."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_number
from unigauge.models.agreements.listing import Listing
from unigauge.models.agreements.package import Package
from unigauge.models.agreements.package_bargains import solve
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Research", "joint_research"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Research(Listing):
    """Efforts that shift the frontier, and the package that follows.

    Attributes
    ----------
    effort : array, shape (n,)
        e.
    total_effort : float
        Its sum.
    budget : float
        K after the efforts.
    x : array, shape (m,)
        The package agreed then.
    payoff : array, shape (n,)
        U less the cost of effort.
    status : str
        ``ok``; ``no_agreement`` if the bargain fails at the budget reached;
        ``no_equilibrium_found`` if the certificate is above 1e-7.
    certificate : float
        Noncooperative: largest gain of a party on a grid of own efforts; planner: the same
        for the sum of payoffs and the total effort.
    mode : str
        ``noncooperative`` or ``planner``.
    package : Package
        The bargain, its budget as it is without effort.
    productivity, effort_cost : float
        phi and c.
    """

    effort: Array
    total_effort: float
    budget: float
    x: Array
    payoff: Array
    status: str
    certificate: float
    mode: str
    package: Package
    productivity: float
    effort_cost: float

    def plot_data(self) -> pd.DataFrame:
        """Return what all get in all over the total effort."""
        import pandas as pd

        totals = np.linspace(0, 2 * max(self.total_effort, 0.1), 41)
        size = self.package.parties
        worth = [
            float(np.sum(_worth(self.package, self.productivity, total)))
            - self.effort_cost * total**2 / (2 * size)
            for total in totals
        ]
        return pd.DataFrame({"total_effort": totals, "sum_of_payoffs": worth})

    def _columns(self) -> Mapping[str, Any]:
        return {"effort": self.effort, "payoff": self.payoff}

    def _marks(self) -> Mapping[str, float]:
        return {self.mode: self.total_effort}

    def _heading(self) -> str:
        return f"Joint research before a package bargain: {self.mode}"


def joint_research(
    package: Package,
    mode: str = "noncooperative",
    *,
    productivity: float = 0.5,
    effort_cost: float = 1.0,
) -> Research:
    """Return the efforts of parties that then agree on Nash's package.

    Effort moves the budget to K = K_0 + phi sum_i e_i and costs c e_i^2/2.  Alone, each
    counts its own gain, phi U_i'(K) = c e_i; a planner counts all, phi sum_j U_j'(K) =
    c e_i.

    Parameters
    ----------
    package : Package
        The bargain, with a finite budget K_0.
    mode : str
        ``noncooperative`` or ``planner``.
    productivity : float
        phi > 0.
    effort_cost : float
        c > 0.

    Notes
    -----
    A reconstruction.  Accurate to about 1e-8.

    Examples
    --------
    >>> start = Package(budget=0.6)
    >>> round(joint_research(start).total_effort, 4)
    0.1944
    >>> round(joint_research(start, "planner").total_effort, 4)
    0.3271
    """
    from scipy.optimize import brentq

    if not isinstance(package, Package):
        raise InputError(f"package is {package!r}; it must be a Package(...).")
    if not math.isfinite(package.budget):
        raise InputError("budget is inf; without a frontier research moves nothing.")
    mode = require_choice("mode", mode, ("noncooperative", "planner"))
    phi = require_number("productivity", productivity, above=0)
    cost = require_number("effort_cost", effort_cost, above=0)
    size = package.parties

    def wanted(total: float) -> Array:
        slope = _worth_slope(package, phi, total)
        own = slope if mode == "noncooperative" else np.full(size, slope.sum())
        return np.maximum(0.0, own) / cost

    def excess(total: float) -> float:
        return float(wanted(total).sum()) - total

    high = 1.0
    while excess(high) > 0:
        high *= 2
    total = float(brentq(excess, 0, high, xtol=1e-13)) if excess(0.0) > 0 else 0.0
    effort = wanted(total) if total > 0 else np.zeros(size)
    end = solve(replace(package, budget=package.budget + phi * total), "nash")
    certificate = _research_gain(package, mode, phi, cost, effort)
    status = "ok" if certificate <= 1e-7 else "no_equilibrium_found"
    if end.status == "no_agreement":
        status = "no_agreement"
    return Research(
        effort=frozen(effort),
        total_effort=total,
        budget=end.package.budget,
        x=end.x,
        payoff=frozen(end.utilities - cost * effort**2 / 2),
        status=status,
        certificate=certificate,
        mode=mode,
        package=package,
        productivity=phi,
        effort_cost=cost,
    )


def _worth(package: Package, phi: float, total: float) -> Array:
    """Return the utilities agreed on after a total effort."""
    return solve(replace(package, budget=package.budget + phi * total), "nash").utilities


def _worth_slope(package: Package, phi: float, total: float) -> Array:
    """Return their derivatives by the total effort, by differences of fourth order."""
    step = 2e-4 * package.budget / phi
    near, far = (
        _worth(package, phi, total + h) - _worth(package, phi, total - h)
        for h in (step, 2 * step)
    )
    slope: Array = (8 * near - far) / (12 * step)
    return slope


def _research_gain(
    package: Package, mode: str, phi: float, cost: float, effort: Array
) -> float:
    """Return the largest gain from other efforts, on a grid of 21."""
    grid = np.linspace(0, 2, 21)
    total, size = float(effort.sum()), len(effort)
    at_rest = _worth(package, phi, total)
    if mode == "planner":
        base = at_rest.sum() - cost * total**2 / (2 * size)
        tried = [
            _worth(package, phi, total * g).sum() - cost * (total * g) ** 2 / (2 * size)
            for g in grid
        ]
        return max(0.0, float(max(tried) - base))
    gains = [0.0]
    for party, own in enumerate(effort.tolist()):
        base = at_rest[party] - cost * own**2 / 2
        for g in grid:
            other = own * float(g)
            worth = _worth(package, phi, total - own + other)[party]
            gains.append(float(worth - cost * other**2 / 2 - base))
    return max(gains)
