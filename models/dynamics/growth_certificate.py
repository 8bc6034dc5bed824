"""The equilibrium conditions of balanced growth, recomputed from the production function.

Nothing of the solver is used but the parameters: prices are marginal products by complex
steps, profits are prices times quantities over the elasticity, and the value of a good is
its profits over the rate at which they are discounted and lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from unigauge.models.answers import worst

if TYPE_CHECKING:
    from unigauge.models.dynamics.growth_economy import Economy

__all__ = ["costly_residual", "exogenous_residual", "profits"]

_STEP = 1e-30


def exogenous_residual(
    economy: Economy, rate: float, growth: float, consumption: float
) -> float:
    """Return the largest relative residual of free entry and resources."""
    ratio = growth / rate
    new, _ = profits(economy, ratio)
    value = new / (growth + economy.discount_rate + rate)
    spent = consumption + economy.innovation_cost * growth
    return worst(
        _apart(value, economy.innovation_cost),
        _apart(_produced(economy, ratio), spent),
    )


def costly_residual(
    economy: Economy, rate: float, growth: float, consumption: float
) -> float:
    """Return the largest relative residual, standardisers' free entry included."""
    ratio = growth / rate
    new, old = profits(economy, ratio)
    interest = growth + economy.discount_rate
    fee, cost = economy.licence_fee, economy.standardisation_cost
    value = (new + rate * fee) / (interest + rate)
    taken_over = old / interest
    standardised = rate * ratio / (1 + ratio)
    spent = consumption + economy.innovation_cost * growth + cost * standardised
    return worst(
        _apart(value, economy.innovation_cost),
        _apart(taken_over, cost + fee),
        _apart(_produced(economy, ratio), spent),
    )


def profits(economy: Economy, ratio: float) -> tuple[float, float]:
    """Return profits of a new and of a standardised good from marginal products."""
    with_skilled = _produced(economy, ratio, skilled=1 + 1j * _STEP)
    with_unskilled = _produced(economy, ratio, unskilled=1 + 1j * _STEP)
    new = with_skilled.imag / _STEP / economy.elasticity * (1 + ratio) / ratio
    old = with_unskilled.imag / _STEP / economy.elasticity * (1 + ratio)
    return float(new), float(old)


def _produced(
    economy: Economy, ratio: float, *, skilled: complex = 1.0, unskilled: complex = 1.0
) -> complex:
    """Return output per variety, the aggregate of two groups of goods, labour scaled."""
    power = 1 - 1 / economy.elasticity
    groups = (
        (1 / (1 + ratio), unskilled * economy.unskilled),
        (ratio / (1 + ratio), skilled * economy.skilled),
    )
    total = sum(goods * (labour / goods) ** power for goods, labour in groups)
    return complex(total ** (1 / power))


def _apart(first: complex, second: complex) -> float:
    return abs(first - second) / max(abs(first), abs(second))
