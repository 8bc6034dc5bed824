"""How shares and consumption move off balanced growth, and what that makes of a path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.dynamics.growth_economy import (
    Economy,
    innovator_profit,
    output,
    standardiser_profit,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Motion", "costly_motion", "exogenous_motion", "kind_of", "linearised"]

Motion = Callable[[Any], Any]
"""From (s, c) to their changes in a unit of time."""

_STEP = 1e-30


def exogenous_motion(economy: Economy, rate: float) -> Motion:
    """Return the law of motion at a given rate of standardisation."""

    def motion(state: Any) -> Any:
        share, consumption = state
        cost = economy.innovation_cost
        growth = (output(economy, share) - consumption) / cost
        earned = innovator_profit(economy, (1 - share) / share) / cost
        return np.array(
            [
                rate * (1 - share) - share * growth,
                consumption * (earned - rate - economy.discount_rate - growth),
            ]
        )

    return motion


def costly_motion(economy: Economy) -> Motion:
    """Return the law of motion where standardising costs and both activities go on."""

    def motion(state: Any) -> Any:
        share, consumption = state
        cost, fee = economy.innovation_cost, economy.licence_fee
        ratio = (1 - share) / share
        interest = standardiser_profit(economy, ratio) / (
            economy.standardisation_cost + fee
        )
        rate = (innovator_profit(economy, ratio) / cost - interest) / (1 - fee / cost)
        spent = consumption + economy.standardisation_cost * rate * (1 - share)
        growth = (output(economy, share) - spent) / cost
        return np.array(
            [
                rate * (1 - share) - share * growth,
                consumption * (interest - economy.discount_rate - growth),
            ]
        )

    return motion


def linearised(motion: Motion, share: float, consumption: float) -> NDArray[np.float64]:
    """Return the derivatives of a motion at a point, exact to rounding (complex steps)."""
    here = np.array([share, consumption], dtype=complex)
    steps = 1j * _STEP * np.eye(2)
    return np.column_stack([motion(here + step).imag / _STEP for step in steps])


def kind_of(motion: Motion, share: float, consumption: float) -> str:
    """Return whether a point at rest is a saddle, a source or a sink."""
    real = np.linalg.eigvals(linearised(motion, share, consumption)).real
    if real.min() < 0 < real.max():
        return "saddle"
    return "source" if real.min() > 0 else "sink"
