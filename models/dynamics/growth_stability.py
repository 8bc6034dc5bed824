"""How goods and consumption move off balanced growth, and what that makes of a path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.dynamics.growth_economy import (
    Economy,
    produced,
    profit_of_new,
    profit_of_standardised,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Law", "costly_law", "exogenous_law", "kind_of", "linearised", "motion"]

Law = Callable[[Any, Any], tuple[Any, Any, Any]]
"""From n and c to growth of goods, rate of standardisation and interest."""

_STEP = 1e-30


def exogenous_law(economy: Economy, rate: float) -> Law:
    """Return what happens at a given rate of standardisation."""

    def law(ratio: Any, consumption: Any) -> tuple[Any, Any, Any]:
        cost = economy.innovation_cost
        growth = (produced(economy, ratio) - consumption) / cost
        return growth, rate, profit_of_new(economy, ratio) / cost - rate

    return law


def costly_law(economy: Economy) -> Law:
    """Return what happens where standardising costs and both activities go on."""

    def law(ratio: Any, consumption: Any) -> tuple[Any, Any, Any]:
        cost, fee = economy.innovation_cost, economy.licence_fee
        interest = profit_of_standardised(economy, ratio) / (
            economy.standardisation_cost + fee
        )
        rate = (profit_of_new(economy, ratio) / cost - interest) / (1 - fee / cost)
        spent = economy.standardisation_cost * rate * ratio / (1 + ratio)
        growth = (produced(economy, ratio) - consumption - spent) / cost
        return growth, rate, interest

    return law


def motion(economy: Economy, law: Law) -> Callable[[Any], Any]:
    """Return the changes of (s, c) in a unit of time."""

    def moved(state: Any) -> Any:
        share, consumption = state
        growth, rate, interest = law((1 - share) / share, consumption)
        excess = interest - economy.discount_rate - growth
        return np.array([rate * (1 - share) - share * growth, consumption * excess])

    return moved


def linearised(
    moved: Callable[[Any], Any], first: float, second: float
) -> NDArray[np.float64]:
    """Return the derivatives of a motion at a point, exact to rounding (complex steps)."""
    here = np.array([first, second], dtype=complex)
    steps = 1j * _STEP * np.eye(2)
    return np.column_stack([moved(here + step).imag / _STEP for step in steps])


def kind_of(economy: Economy, law: Law, ratio: float, consumption: float) -> str:
    """Return whether balanced growth is a saddle, a source or a sink.

    In logs, d ln n/dt = (1 + n)(g - m n)/n and d ln c/dt = r - rho - g, so that nothing is
    lost where hardly any good is new.
    """

    def moved(state: Any) -> Any:
        new, spent = np.exp(state)
        growth, rate, interest = law(new, spent)
        return np.array([growth - rate * new, interest - economy.discount_rate - growth])

    slopes = linearised(moved, np.log(ratio), np.log(consumption))
    slopes[0] *= (1 + ratio) / ratio  # its factor is at rest, so that only it is moved
    if np.linalg.det(slopes) < 0:
        return "saddle"
    return "source" if np.trace(slopes) > 0 else "sink"
