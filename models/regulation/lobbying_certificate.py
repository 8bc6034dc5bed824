"""Certificates for lobbying: the model once more, by another road.

Nothing here is shared with the solver.  Markets are written down again from the
parameters, the world price is found by bisection, and every player's choices are
scanned and climbed without derivatives.  Gains are shares of what the player has at
stake: the surplus that its policy touches, at the outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.models.regulation.certificates import largest_gain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.regulation.lobbying_economy import Economy

    Array = NDArray[np.float64]

_REACH = 12.0
_BISECTIONS = 8


class _State(NamedTuple):
    """Log quantities, and surplus and harm of a unit, each (m, n)."""

    log_demand: Array
    log_supply: Array
    consumer: Array
    producer: Array
    harm_used: Array
    harm_made: Array
    used: Array
    made: Array


def certify(
    economy: Economy, instrument: str, regime: str, policy: Array, price: float
) -> float:
    """Return the largest gain left to a government, or to all together.

    Parameters
    ----------
    economy : Economy
        Parameters; for the welfare optimum, those without lobbying.
    instrument : str
        A standard or a tax.
    regime : {"noncooperative", "cooperative"}
        Who may deviate: each government alone, or all together.
    policy : array, shape (n,)
        The outcome to certify.
    price : float
        Its world price.

    Returns
    -------
    float
        As a share of the surplus at stake; or the imbalance of the world market, as a
        share of it, where that is larger.
    """
    level, scale = _units(economy, instrument, policy, price)
    low, high, logs = _range(economy, instrument, policy)
    centre = np.log(policy) if logs else policy
    gains = [
        abs(float(_imbalance(economy, instrument, policy[None], np.array([price]))[0]))
    ]

    def choose(points: Array) -> Array:
        return np.exp(points) if logs else points

    if regime == "cooperative":

        def joint(points: Array) -> Array:
            payoffs = _payoffs(economy, instrument, choose(points), level, price)
            total: Array = payoffs @ np.array(economy.mass) / scale.sum()
            return total

        return max(*gains, largest_gain(joint, centre, low, high))
    for country in range(economy.size):

        def alone(points: Array, country: int = country) -> Array:
            trial = np.tile(policy, (len(points), 1))
            trial[:, [country]] = choose(points)
            if economy.large:
                payoffs = _payoffs(economy, instrument, trial, level, price)
                own: Array = payoffs[:, country] * economy.mass[country] / scale[country]
                return own
            return _at_price(economy, instrument, trial, policy, price)[:, country]

        gains.append(
            largest_gain(alone, centre[[country]], low[[country]], high[[country]])
        )
    return max(gains)


def _units(
    economy: Economy, instrument: str, policy: Array, price: float
) -> tuple[float, Array]:
    """Return the log level of quantities, and each country's weighted gross surplus."""
    state = _state(economy, instrument, policy[None], np.array([price]))
    level = float(max(state.log_demand.max(), state.log_supply.max()))
    bought = np.exp(state.log_demand - level) * state.consumer
    sold = np.exp(state.log_supply - level) * state.producer
    gross = bought + (1 + _gamma(economy)) * sold
    return level, np.array(economy.mass) * gross[0]


def _range(economy: Economy, instrument: str, policy: Array) -> tuple[Array, Array, bool]:
    """Return where to look for deviations, and whether in logs."""
    if instrument not in ("product", "process"):
        width = 10 * (1 + np.abs(policy).max())
        return policy - width, policy + width, False
    if economy.cleaning.bounded:
        return np.zeros(economy.size), np.array(economy.dirtiness_max), False
    return np.log(policy) - _REACH, np.log(policy) + _REACH, True


# ---------------------------------------------------------------------------
# The model, written down again


def _size(logs: Array) -> Array:
    """Return quantities from logs; what exceeds all bounds keeps its sign in sums."""
    size: Array = np.exp(np.minimum(logs, 600))
    return size


def _gamma(economy: Economy) -> Array:
    gamma: Array = economy.lobbying * np.array(economy.lobby_strength)
    return gamma


def _abatement(economy: Economy, dirtiness: Array) -> Array:
    """Return phi(e)."""
    k, dirtiest = np.array(economy.abatement_cost), np.array(economy.dirtiness_max)
    if economy.abatement == "hyperbolic":
        cost: Array = k / dirtiness
    elif economy.abatement == "quadratic":
        cost = k / 2 * np.square(dirtiest - dirtiness)
    else:
        cost = economy.cleaning.cost(dirtiness, k, dirtiest)
    return cost


def _state(economy: Economy, instrument: str, policy: Array, price: Array) -> _State:
    """Return the markets at world prices (m,) under policies (m, n)."""
    zero = np.zeros_like(policy)
    damage = (1 - economy.cross_border_share) * np.array(economy.damage) + zero
    buyer, seller = price[:, None] + zero, price[:, None] + zero
    harm_used, harm_made, used, made = zero, zero, zero, zero
    if instrument == "product":
        buyer = buyer + _abatement(economy, policy)
        harm_used, used = damage * policy, policy
    elif instrument == "process":
        seller = seller - _abatement(economy, policy)
        harm_made, made = damage * policy, policy
    elif instrument == "consumption_tax":
        buyer = buyer + policy
        harm_used, used = damage - policy, zero + 1
    elif instrument == "production_tax":
        seller = seller - policy
        harm_made, made = damage - policy, zero + 1
    else:
        buyer, seller = buyer + policy, seller + policy
        harm_used, harm_made = -policy, policy
    return _State(*_curves(economy, buyer, seller), harm_used, harm_made, used, made)


def _curves(
    economy: Economy, buyer: Array, seller: Array
) -> tuple[Array, Array, Array, Array]:
    """Return log demand, log supply and the surplus of a unit of each."""
    big_a, s_d = np.array(economy.demand_scale), np.array(economy.demand_slope)
    big_y, s_y = np.array(economy.supply_scale), np.array(economy.supply_slope)
    if economy.market == "constant_semi_elasticity":
        return (
            np.log(big_a) - s_d * buyer,
            np.log(big_y) + s_y * seller,
            np.ones_like(buyer) / s_d,
            np.ones_like(seller) / s_y,
        )
    if economy.market == "linear":
        bought = np.maximum(big_a - s_d * buyer, 0)
        sold = np.maximum(big_y + s_y * seller, 0)
        with np.errstate(divide="ignore"):
            return np.log(bought), np.log(sold), bought / (2 * s_d), sold / (2 * s_y)
    curves = economy.curves
    return (
        curves.log_demand(buyer, big_a, s_d),
        curves.log_supply(seller, big_y, s_y),
        curves.unit_consumer_surplus(buyer, big_a, s_d),
        curves.unit_producer_surplus(seller, big_y, s_y),
    )


def _imbalance(economy: Economy, instrument: str, policy: Array, price: Array) -> Array:
    """Return world demand less supply as a share of both, shape (m,)."""
    state = _state(economy, instrument, policy, price)
    level = np.maximum(state.log_demand.max(axis=1), state.log_supply.max(axis=1))[:, None]
    level = np.where(np.isfinite(level), level, 0)
    mass = np.array(economy.mass)
    demand = np.exp(state.log_demand - level) @ mass
    supply = np.exp(state.log_supply - level) @ mass
    both = demand + supply
    share: Array = (demand - supply) / np.where(both > 0, both, 1)
    return share


def _clearing_price(economy: Economy, instrument: str, policy: Array, near: float) -> Array:
    """Close in on the root of excess demand, which falls in the price; shape (m,).

    A few bisections, then false position with the Illinois rule.
    """

    def excess(price: Array) -> Array:
        return _imbalance(economy, instrument, policy, price)

    width = np.full(len(policy), 1.0)
    for _ in range(60):
        low, high = near - width, near + width
        over, under = excess(low), excess(high)
        outside = (over < 0) | (under > 0)
        if not outside.any():
            break
        width = np.where(outside, 2 * width, width)
    side = np.zeros(len(policy))
    for turn in range(80):
        gap = over - under
        share = np.where(gap > 0, over / np.where(gap > 0, gap, 1), 0.5)
        middle = low + (0.5 if turn < _BISECTIONS else share) * (high - low)
        here = excess(middle)
        low, high = np.where(here >= 0, middle, low), np.where(here <= 0, middle, high)
        above = here > 0
        over = np.where(above, here, np.where(side < 0, over / 2, over))
        under = np.where(above, np.where(side > 0, under / 2, under), here)
        side = np.where(above, 1, -1)
        if (high - low <= 1e-14 * (1 + np.abs(middle))).all():
            break
    return (low + high) / 2


def _payoffs(
    economy: Economy, instrument: str, policy: Array, level: float, near: float
) -> Array:
    """Return political payoffs (m, n) in units of exp(level), the price adjusting."""
    price = _clearing_price(economy, instrument, policy, near)
    state = _state(economy, instrument, policy, price)
    demand, supply = _size(state.log_demand - level), _size(state.log_supply - level)
    payoff = demand * (state.consumer - state.harm_used)
    payoff += supply * ((1 + _gamma(economy)) * state.producer - state.harm_made)
    mass = np.array(economy.mass)
    abroad = (state.used * demand + state.made * supply) @ (mass / mass.sum())
    payoff -= economy.cross_border_share * np.array(economy.damage) * abroad[:, None]
    return payoff


def _at_price(
    economy: Economy, instrument: str, policy: Array, incumbent: Array, price: float
) -> Array:
    """Return what policies (m, n) earn at a given price, as shares of what is at stake.

    Only the market that the policy touches counts, in units of its surplus at the
    incumbent policy.
    """
    prices = np.full(len(policy), price)
    state = _state(economy, instrument, policy, prices)
    base = _state(economy, instrument, incumbent[None], prices[:1])
    weight = 1 + _gamma(economy)
    touches_demand = instrument in ("product", "consumption_tax", "tariff")
    touches_supply = instrument in ("process", "production_tax", "tariff")
    level = np.maximum(
        base.log_demand if touches_demand else -np.inf,
        base.log_supply if touches_supply else -np.inf,
    )
    level = np.where(np.isfinite(level), level, 0)
    payoff, stake = np.zeros_like(policy), np.zeros_like(level)
    if touches_demand:
        payoff += _size(state.log_demand - level) * (state.consumer - state.harm_used)
        stake += np.exp(base.log_demand - level) * base.consumer
    if touches_supply:
        gains = weight * state.producer - state.harm_made
        payoff += _size(state.log_supply - level) * gains
        stake += np.exp(base.log_supply - level) * weight * base.producer
    shares: Array = payoff / np.where(stake > 0, stake, 1)
    return shares
