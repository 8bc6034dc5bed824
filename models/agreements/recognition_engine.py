"""The engine: costs, network benefits, sales, and the payoffs of many networks at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.errors import InputError
from unigauge.models.agreements.link_graphs import (
    adjacency,
    neighbour_masks,
    pairs,
    reachable,
)
from unigauge.models.agreements.recognition_demand import (
    DOMAINS,
    Sales,
    hotelling,
    hotelling_gain,
    linear,
    linear_gain,
)
from unigauge.models.agreements.recognition_world import World, require_world

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "ENUMERATED",
    "Evaluated",
    "delivered_cost",
    "deviation_gain",
    "evaluate",
    "market_contributions",
    "sell",
    "tabulate",
]

ENUMERATED = 7
"""Most countries whose graphs are all listed."""
_CHUNK = 1 << 14
_CERTIFIED = 1e-8


class Evaluated(NamedTuple):
    """Welfare (graphs, n), and by market what it is made of."""

    welfare: Array
    consumer_surplus: Array
    profit: Array  # (graphs, market, firm), per head
    quantity: Array  # (graphs, market, firm), per head
    shift: Array  # (graphs, market)
    gap: Array  # (graphs,): largest gain of a firm, or distance from expectations
    domain: NDArray[np.int8]  # (graphs,)


# ---------------------------------------------------------------------------
# Costs, network benefits, sales


def delivered_cost(world: World, recognised: NDArray[np.bool_]) -> Array:
    """Return what a unit from i costs in j, shape (graphs, i, j).

    ``recognised[g, j, i]`` says whether j recognises i's goods.
    """
    accepted = recognised.transpose(0, 2, 1)
    without = world.unrecognised
    within = np.minimum(without, world.mismatch * world.distance**2)
    conversion = np.where(accepted, within, without)
    if world.transit_cost < math.inf:
        between = _hops(accepted) - 1
        connected = np.isfinite(between)
        by_transit = world.transit_cost * np.where(connected, between, 0.0)
        conversion = np.where(connected, np.minimum(conversion, by_transit), conversion)
    conversion[:, np.arange(world.n), np.arange(world.n)] = 0.0
    cost: Array = world.production_cost[:, None] + world.trade_cost + conversion
    return cost


def _hops(accepted: NDArray[np.bool_]) -> Array:
    """Return the length of the shortest recognised path from i to j; inf if there is none."""
    n = accepted.shape[-1]
    hops = np.where(accepted, 1.0, np.inf)
    hops[:, np.arange(n), np.arange(n)] = 0.0
    for k in range(n):
        hops = np.minimum(hops, hops[:, :, k, None] + hops[:, None, k, :])
    hops[:, np.arange(n), np.arange(n)] = 1.0
    return hops


def _partners(world: World, recognised: NDArray[np.bool_]) -> Array:
    """Return with whom each country shares network benefits, times their shares."""
    mutual = recognised & recognised.transpose(0, 2, 1)
    if world.network == "component":
        together = reachable(mutual)
    else:
        together = mutual | np.eye(world.n, dtype=bool)
    return np.asarray(together * world.share)


def sell(world: World, shift: Array, cost: Array) -> Sales:
    """Return sales in markets with the world's demand; ``cost`` is (markets, firms)."""
    if world.demand == "linear":
        return linear(
            shift,
            cost,
            intercept=world.demand_intercept,
            substitution=world.substitution,
        )
    return hotelling(
        shift, cost, value=world.reservation_value, transport=world.transport_cost
    )


def deviation_gain(world: World, shift: Array, cost: Array, sales: Sales) -> Array:
    """Return what the keenest firm of each market gains by deviating."""
    if world.demand == "linear":
        return linear_gain(
            shift,
            cost,
            sales,
            intercept=world.demand_intercept,
            substitution=world.substitution,
        )
    margin = sales.price - cost
    utility = world.reservation_value + shift[:, None] - sales.price
    return hotelling_gain(utility, margin, transport=world.transport_cost)


def _expected(world: World, weights: Array, cost: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return the smallest fulfilled expectations Y (graphs, n), and where there are none.

    With linear demand consumption rises, ever more steeply, with what it is expected to
    be; Newton's steps from nothing therefore climb to the smallest fixed point and reach
    it after finitely many, since on each the set of firms that sell is the same or larger.
    """
    graphs, n = weights.shape[:2]
    beta = world.network_benefit
    if beta == 0 or world.demand == "hotelling":
        return beta * weights.sum(axis=2), np.zeros(graphs, dtype=bool)
    gamma = world.substitution
    steepest = n / (2 - gamma + gamma * n)
    radius = np.abs(np.linalg.eigvals(beta * weights)).max(axis=1) * steepest
    explosive = np.asarray(radius >= 1 - 1e-12)
    shift = np.zeros((graphs, n))
    todo = np.flatnonzero(~explosive)
    for _ in range(n * n + 2):
        flat = shift[todo].reshape(-1)
        sales = sell(world, flat, cost[todo].reshape(-1, n))
        number = (sales.quantity > 0).sum(axis=1)
        slope = (number / (2 - gamma + gamma * number)).reshape(-1, n)
        base = sales.quantity.sum(axis=1).reshape(-1, n) - slope * shift[todo]
        system = np.eye(n) - beta * weights[todo] * slope[:, None, :]
        right = beta * (weights[todo] * base[:, None, :]).sum(axis=2)
        new = np.linalg.solve(system, right[..., None])[..., 0]
        moved = np.abs(new - shift[todo]).max(axis=1) > 1e-14
        shift[todo] = new
        todo = todo[moved]
        if not len(todo):
            break
    return shift, explosive


def evaluate(world: World, recognised: NDArray[np.bool_]) -> Evaluated:
    """Return payoffs of many networks; ``recognised`` has the shape (graphs, j, i)."""
    parts = [
        _evaluate(world, recognised[start : start + _CHUNK])
        for start in range(0, len(recognised), _CHUNK)
    ]
    return Evaluated(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _evaluate(world: World, recognised: NDArray[np.bool_]) -> Evaluated:
    graphs, n = recognised.shape[:2]
    cost = delivered_cost(world, recognised).transpose(0, 2, 1)  # markets first
    weights = _partners(world, recognised)
    shift, explosive = _expected(world, weights, cost)
    flat_shift, flat_cost = shift.reshape(-1), cost.reshape(-1, n)
    sales = sell(world, flat_shift, flat_cost)
    gap = deviation_gain(world, flat_shift, flat_cost, sales).reshape(graphs, n)
    quantity, profit = (
        part.reshape(graphs, n, n) for part in (sales.quantity, sales.profit)
    )
    surplus = sales.consumer_surplus.reshape(graphs, n)
    links = (recognised & recognised.transpose(0, 2, 1)).sum(axis=2)
    earned = (world.size[:, None] * profit).sum(axis=1)
    welfare = world.size * surplus + earned - world.link_cost * links
    consumed = quantity.sum(axis=2) if world.demand == "linear" else np.ones((graphs, n))
    fulfilled = world.network_benefit * (weights * consumed[:, None, :]).sum(axis=2)
    off = np.maximum(gap, np.abs(fulfilled - shift)).max(axis=1)
    domain = sales.domain.reshape(graphs, n).max(axis=1)
    unsure = off > _CERTIFIED * np.maximum(1.0, profit.max(axis=(1, 2)))
    domain[(domain == 0) & unsure] = DOMAINS.index("uncertified")
    for part in (welfare, surplus, profit, quantity, shift, off):
        part[explosive] = np.nan
    domain[explosive] = DOMAINS.index("explosive")
    return Evaluated(welfare, surplus, profit, quantity, shift, off, domain)


# ---------------------------------------------------------------------------
# All graphs


def market_contributions(
    world: World, country: int, partners: NDArray[np.bool_]
) -> tuple[Array, NDArray[np.int8]]:
    """Return what a market with these partners adds to every country's welfare.

    For a decoupled world; ``partners`` has the shape (cases, n).
    """
    n = world.n
    abroad = partners.copy()
    abroad[:, country] = False
    recognised = np.zeros((len(partners), n, n), dtype=bool)
    recognised[:, country] = abroad
    cost = delivered_cost(world, recognised)[:, :, country]
    at_home = abroad.copy()
    at_home[:, country] = True
    sales = sell(world, world.network_benefit * (at_home @ world.share), cost)
    added = world.size[country] * sales.profit
    added[:, country] += world.size[country] * sales.consumer_surplus
    added[:, country] -= world.link_cost * abroad.sum(axis=1)
    return added, sales.domain


def tabulate(world: World) -> tuple[Array, str]:
    """Return welfare in every graph, countries in rows, and the worst domain."""
    n = require_world(world).n
    if n > ENUMERATED:
        raise InputError(
            f"the world has {n} countries; all graphs are listed for at most "
            f"{ENUMERATED}. For more use improving_path."
        )
    if not world.decoupled:
        count, worst = 1 << len(pairs(n)), 0
        welfare = np.empty((n, count))
        for start in range(0, count, _CHUNK):
            graphs = np.arange(start, min(start + _CHUNK, count))
            part = evaluate(world, adjacency(graphs, n))
            welfare[:, graphs] = part.welfare.T
            worst = max(worst, int(part.domain.max()))
        return welfare, DOMAINS[worst]
    subsets = (np.arange(1 << n)[:, None] >> np.arange(n) & 1).astype(bool)
    masks = neighbour_masks(n)
    welfare = np.zeros((n, masks.shape[1]))
    worst = 0
    for country in range(n):
        added, domain = market_contributions(world, country, subsets)
        worst = max(worst, int(domain.max()))
        for i in range(n):
            welfare[i] += added[:, i][masks[country]]
    return welfare, DOMAINS[worst]
