"""World markets of the lobbying model under any instrument.

An instrument puts wedges between the world price and the prices that consumers pay
and producers receive, and leaves a harm for each unit consumed or produced.  A product
standard of dirtiness e raises the consumer price by phi(e) and leaves a e for each
unit consumed; a process standard lowers the producer price by phi(z) and leaves b z
for each unit produced.  Taxes and tariffs are wedges whose revenue counts as a
negative harm.  A government's payoff is then

    (1 + gamma) pi(p - lowered) + S(p + raised) - harm_d d - harm_y y

whatever the instrument.  Arrays have countries on their last axis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.models.regulation.lobbying_economy import COMPLEX_STEP

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from unigauge.models.regulation.lobbying_economy import Economy

STANDARDS = ("product", "process")
"""Standards: dirtiness in use, at the consumer's cost, or in making, at the producer's."""

TAXES = ("consumption_tax", "production_tax", "tariff")
"""Price instruments; each unit does ``damage``, and a tariff meets no damage at all."""

_LAST_STEP = 1e-12
"""A Newton step this small, as a share of the price, ends at the price."""

HOPELESS = -1e9
"""What a government thinks of a policy that leaves it no surplus (a log)."""


class Wedges(NamedTuple):
    """What an instrument does to prices, and the harm it leaves, each (..., n)."""

    raised: NDArray[Any]
    lowered: NDArray[Any]
    consumption_harm: NDArray[Any]
    production_harm: NDArray[Any]


def emits(economy: Economy, instrument: str, policy: NDArray[Any]) -> NDArray[Any]:
    """Return emissions of a unit consumed or produced, shape (..., n)."""
    if instrument in STANDARDS:
        return policy
    unit = 0.0 if instrument == "tariff" else 1.0
    return np.full_like(policy, unit)


def wedges(economy: Economy, instrument: str, policy: NDArray[Any]) -> Wedges:
    """Return what a policy does, with only the damage that stays in the country.

    Parameters
    ----------
    economy : Economy
        Parameters.
    instrument : str
        One of :data:`STANDARDS` or :data:`TAXES`.
    policy : array, shape (..., n)
        Dirtiness allowed, or tax rates.
    """
    nothing = np.zeros_like(policy)
    local = (1 - economy.cross_border_share) * economy.arrays["damage"]
    harm = local * emits(economy, instrument, policy)
    if instrument in STANDARDS:
        cost = economy.cleaning.cost(
            policy, economy.arrays["abatement_cost"], economy.arrays["dirtiness_max"]
        )
        if instrument == "product":
            return Wedges(cost, nothing, harm, nothing)
        return Wedges(nothing, cost, nothing, harm)
    if instrument == "consumption_tax":
        return Wedges(policy, nothing, harm - policy, nothing)
    if instrument == "production_tax":
        return Wedges(nothing, policy, nothing, harm - policy)
    return Wedges(policy, -policy, -policy, policy)


def log_quantities(
    economy: Economy, wedge: Wedges, price: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return log demand and log supply, (..., n), at world prices (...).

    Minus infinity where nobody buys or makes anything.
    """
    a, curves = economy.arrays, economy.curves
    at = price[..., None]
    demand = curves.log_demand(at + wedge.raised, a["demand_scale"], a["demand_slope"])
    supply = curves.log_supply(at - wedge.lowered, a["supply_scale"], a["supply_slope"])
    return demand, supply


def _log_total(economy: Economy, logs: NDArray[Any]) -> NDArray[Any]:
    """Return the log of the world's total of logs (..., n)."""
    level = np.max(logs.real, axis=-1, keepdims=True)
    level = np.where(np.isfinite(level), level, 0)
    with np.errstate(divide="ignore"):
        total: NDArray[Any] = level[..., 0] + np.log(
            np.exp(logs - level) @ economy.arrays["mass"]
        )
    return total


def log_excess_demand(economy: Economy, wedge: Wedges, price: NDArray[Any]) -> NDArray[Any]:
    """Return log world demand less log world supply; 0 where there is neither."""
    demand, supply = (
        _log_total(economy, logs) for logs in log_quantities(economy, wedge, price)
    )
    neither = np.isneginf(demand.real) & np.isneginf(supply.real)
    with np.errstate(invalid="ignore"):
        return np.where(neither, 0.0, demand - supply)


def world_price(economy: Economy, wedge: Wedges) -> NDArray[Any]:
    """Return the price that clears the world market, shape (...); complex-step safe.

    Excess demand falls in the price, so that Newton steps inside a bracket that
    shrinks, or grows until it is one, find the root.
    """
    real = Wedges(*(np.real(part) for part in wedge))
    price = np.zeros(real.raised.shape[:-1])
    low, high = np.full(price.shape, -np.inf), np.full(price.shape, np.inf)
    stride, last = 1.0, np.full(price.shape, np.inf)
    for _ in range(300):
        probe = log_excess_demand(economy, real, price + 1j * COMPLEX_STEP)
        excess, slope = probe.real, probe.imag / COMPLEX_STEP
        low, high = np.where(excess > 0, price, low), np.where(excess < 0, price, high)
        with np.errstate(all="ignore"):
            newton = price - excess / slope
            middle = (low + high) / 2
        outward = np.where(np.isinf(low), high - stride, low + stride)
        middle = np.where(np.isinf(low) | np.isinf(high), outward, middle)
        fails = ~np.isfinite(newton) | (newton < low) | (newton > high)
        fails |= np.abs(excess) > np.maximum(last / 2, 1e-9)
        last = np.abs(excess)
        tried = np.where(excess == 0, price, np.where(fails, middle, newton))
        enough = np.where(fails, 4e-16, _LAST_STEP) * (1 + np.abs(tried))
        moved = np.abs(tried - price) > enough
        price = tried
        if not moved.any():
            break
        stride *= 2
    if not any(np.iscomplexobj(part) for part in wedge):
        return price
    slope = log_excess_demand(economy, real, price + 1j * COMPLEX_STEP).imag / COMPLEX_STEP
    turn = log_excess_demand(economy, wedge, price).imag
    with np.errstate(all="ignore"):
        answer = np.where(np.isfinite(turn) & (slope < 0), -turn / slope, 0)
    return price + 1j * answer


def log_reply_payoff(
    economy: Economy,
    instrument: str,
    policy: NDArray[Any],
    price: NDArray[Any],
    value: float = 0.0,
) -> NDArray[Any]:
    """Return the log of what a policy moves in each payoff at given prices, (..., n).

    What a small country cannot move, such as profit under a product standard, is left
    out; so is harm from abroad.  A unit of net demand is valued at ``value`` besides.
    """
    wedge = wedges(economy, instrument, policy)
    logs, values = _terms(economy, wedge, price, economy.profit_weight)
    values = values[0] + value, values[1] - value
    moves = {
        "product": (True, False),
        "consumption_tax": (True, False),
        "process": (False, True),
        "production_tax": (False, True),
    }.get(instrument, (True, True))
    kept = [k for k in (0, 1) if moves[k]]
    level = np.max([logs[k].real for k in kept], axis=0)
    return _log_value(level, sum(values[k] * _relative(logs[k], level) for k in kept))


def log_payoffs(
    economy: Economy,
    instrument: str,
    policy: NDArray[Any],
    profit_weight: NDArray[np.float64] | None = None,
    unit: float = 0.0,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return logs of every government's payoff, (..., n), and of their sum, (...).

    ``profit_weight``, (..., n), stands in for the economy's own if it is given.  Where
    emissions cross borders a government's payoff may be negative, however good its
    policy: then arsinh of the payoff in units of exp(``unit``) takes the log's place.
    """
    wedge = wedges(economy, instrument, policy)
    price = world_price(economy, wedge)
    weight = economy.profit_weight if profit_weight is None else profit_weight
    logs, values = _terms(economy, wedge, price, weight)
    level = np.max([part.real for part in logs], axis=(0, -1))[..., None]
    quantities = [_relative(part, level) for part in logs]
    own = values[0] * quantities[0] + values[1] * quantities[1]
    if economy.cross_border_share:
        used = quantities[1 if instrument in ("process", "production_tax") else 0]
        own = own - _from_abroad(economy, emits(economy, instrument, policy) * used)
    total = _log_value(level[..., 0], own @ economy.arrays["mass"])
    if economy.cross_border_share:
        return _arsinh(own * np.exp(np.minimum(level - unit, 300))), total
    return _log_value(level, own), total


def _terms(
    economy: Economy, wedge: Wedges, price: NDArray[Any], weight: NDArray[np.float64]
) -> tuple[Any, Any]:
    """Return logs of demand and supply and what each unit is worth to a government."""
    a, curves = economy.arrays, economy.curves
    at = price[..., None]
    consumer = curves.unit_consumer_surplus(
        at + wedge.raised, a["demand_scale"], a["demand_slope"]
    )
    producer = curves.unit_producer_surplus(
        at - wedge.lowered, a["supply_scale"], a["supply_slope"]
    )
    values = (
        consumer - wedge.consumption_harm,
        (1 + weight) * producer - wedge.production_harm,
    )
    return log_quantities(economy, wedge, price), values


def _relative(logs: NDArray[Any], level: NDArray[np.float64]) -> NDArray[Any]:
    quantity: NDArray[Any] = np.exp(logs - np.where(np.isfinite(level), level, 0))
    return quantity


def log_size(economy: Economy, instrument: str, policy: NDArray[np.float64]) -> float:
    """Return the log of the largest quantity that a country buys or makes."""
    wedge = wedges(economy, instrument, policy)
    return float(np.max(log_quantities(economy, wedge, world_price(economy, wedge))))


def _log_value(level: NDArray[np.float64], value: Any) -> NDArray[Any]:
    """Return level + log value, or HOPELESS where there is nothing to be had."""
    good = (value.real > 0) & np.isfinite(level)
    safe = np.where(np.isfinite(level), level, 0)
    return np.where(good, safe + np.log(np.where(good, value, 1)), HOPELESS)


def _arsinh(value: NDArray[Any]) -> NDArray[Any]:
    """Return log(v + sqrt(v^2 + 1)), odd in v, without loss of digits."""
    sign = np.where(value.real < 0, -1.0, 1.0)
    size = np.where(np.abs(value.real) > 1e150, 1e150, sign * value)
    found: NDArray[Any] = sign * np.log(size + np.sqrt(size**2 + 1))
    return found


def _from_abroad(economy: Economy, emissions: NDArray[Any]) -> NDArray[Any]:
    """Return the damage of the share of emissions that spreads over the world."""
    mass, damage = economy.arrays["mass"], economy.arrays["damage"]
    mean = (emissions @ mass)[..., None] / mass.sum()
    spread: NDArray[Any] = economy.cross_border_share * damage * mean
    return spread


def accounts(
    economy: Economy, instrument: str, policy: NDArray[np.float64], price: ArrayLike
) -> dict[str, NDArray[np.float64]]:
    """Return quantities, surpluses, emissions, welfare and payoffs, each (..., n).

    Policies are (..., n) and prices (...).
    """
    wedge = wedges(economy, instrument, policy)
    world = np.asarray(price, dtype=float)
    demand, supply = (np.exp(logs) for logs in log_quantities(economy, wedge, world))
    at = world[..., None]
    a, curves = economy.arrays, economy.curves
    consumer = demand * curves.unit_consumer_surplus(
        at + wedge.raised, a["demand_scale"], a["demand_slope"]
    )
    producer = supply * curves.unit_producer_surplus(
        at - wedge.lowered, a["supply_scale"], a["supply_slope"]
    )
    used = supply if instrument in ("process", "production_tax") else demand
    emissions = emits(economy, instrument, policy) * used
    harm = wedge.consumption_harm * demand + wedge.production_harm * supply
    welfare = consumer + producer - harm - _from_abroad(economy, emissions)
    return {
        "demand": demand,
        "supply": supply,
        "consumer_surplus": consumer,
        "producer_surplus": producer,
        "emissions": emissions,
        "welfare": welfare,
        "political_payoff": welfare + economy.profit_weight * producer,
    }


def semi_elasticities(
    economy: Economy, instrument: str, policy: NDArray[np.float64], price: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return sigma = -d'/d of demand and eps = y'/y of supply, each (..., n)."""
    wedge = wedges(economy, instrument, policy)
    at = np.asarray(price, dtype=float) + 1j * COMPLEX_STEP
    demand, supply = log_quantities(economy, wedge, at)
    return -demand.imag / COMPLEX_STEP, supply.imag / COMPLEX_STEP


def shadow_value(
    economy: Economy,
    instrument: str,
    policy: NDArray[Any],
    price: NDArray[Any],
    weight: NDArray[np.float64] | None = None,
    *,
    each: bool = False,
) -> NDArray[Any]:
    """Return lambda, what a dearer world price is worth, by what it takes to raise it.

    Equations (6), (11) and (13) of the article and their counterpart for large countries
    under process standards: with Den = sum w (eps y + sigma d),

        sum w (gamma y + a e sigma d)/Den           product, to all together
        sum w y (gamma - b z eps)/Den               process, to all together
        w (gamma y + a e sigma d - (d - y))/Den     product, to one large country
        w (gamma y - b z eps y - (d - y))/Den       process, to one large country

    Parameters
    ----------
    policy : array, shape (..., n)
        Standards.
    price : array, shape (...)
        World prices.
    weight : array, shape (..., n), optional
        gamma, if not the economy's own.
    each : bool
        Whether to each country, shape (..., n), or to all together, shape (..., 1).
    """
    weight = economy.profit_weight if weight is None else weight
    demand, supply = log_quantities(economy, wedges(economy, instrument, policy), price)
    level = np.maximum(demand.real, supply.real).max(axis=-1, keepdims=True)
    demand, supply = np.exp(demand - level), np.exp(supply - level)
    sigma, eps = semi_elasticities(economy, instrument, policy.real, price.real)
    harm, mass = economy.arrays["damage"] * policy, economy.arrays["mass"]
    moved = weight * supply
    if instrument == "product":
        moved = moved + harm * sigma * demand
    else:
        moved = moved - harm * eps * supply
    whole = ((eps * supply + sigma * demand) @ mass)[..., None]
    if each:
        own: NDArray[Any] = mass * (moved - demand + supply) / whole
        return own
    common: NDArray[Any] = (moved @ mass)[..., None] / whole
    return common
