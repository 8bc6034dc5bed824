"""Which policies come out of each regime: the regimes of lobbying.

Each regime proposes policies, shape (n,), the most natural first; the first that passes
an independent certificate is the outcome.  Dirtiness that knows no upper bound is
searched in logs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.models.regulation.best_responses import maximise, nash, stationary
from unigauge.models.regulation.lobbying_economy import COMPLEX_STEP, Economy
from unigauge.models.regulation.lobbying_market import (
    STANDARDS,
    log_excess_demand,
    log_payoffs,
    log_quantities,
    log_reply_payoff,
    log_size,
    shadow_value,
    wedges,
    world_price,
)
from unigauge.models.regulation.lobbying_trace import has_closed_replies, trace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.regulation.best_responses import Objective

    Array = NDArray[np.float64]

_LINE = 301
"""Points of a global scan of one government's choices."""

_PLAN = 4000
"""Points, at most, of a planner's global scan."""

_LOST = 1e-6
"""Share of all that counts below which a market is looked at in its own units."""

_REACH = 14.0
"""Logs of dirtiness searched on either side of the scale where cleaning costs damage."""


class _Box(NamedTuple):
    """Bounds of the coordinates in which policies are searched, each (n,)."""

    low: Array
    high: Array
    logs: bool

    def policy(self, points: NDArray[Any]) -> NDArray[Any]:
        return np.exp(points) if self.logs else points

    def point(self, policy: Array) -> Array:
        inside = np.log(policy) if self.logs else policy
        return np.clip(inside, self.low, self.high)


@lru_cache(maxsize=256)
def _box(economy: Economy, instrument: str) -> _Box:
    a = economy.arrays
    if instrument in STANDARDS and economy.cleaning.bounded:
        return _Box(np.zeros(economy.size), a["dirtiness_max"], False)
    if instrument in STANDARDS:
        logs = np.linspace(-30, 30, 601)[:, None]
        cost = economy.cleaning.cost(
            np.exp(logs) + 1j * COMPLEX_STEP, a["abatement_cost"], a["dirtiness_max"]
        )
        saving = -cost.imag / COMPLEX_STEP
        with np.errstate(divide="ignore"):
            gap = np.abs(np.log(saving) - np.log(a["damage"]))
        middle = logs[np.argmin(gap, axis=0), 0]
        return _Box(middle - _REACH, middle + _REACH, True)
    free = wedges(economy, "tariff", np.zeros(economy.size))
    at = world_price(economy, free)
    consumer = economy.curves.unit_consumer_surplus(
        at, a["demand_scale"], a["demand_slope"]
    )
    producer = economy.curves.unit_producer_surplus(
        at, a["supply_scale"], a["supply_slope"]
    )
    worth = a["damage"] + consumer + (1 + economy.profit_weight) * producer
    widest = np.full(economy.size, 4 * worth.max())
    return _Box(-widest, widest, False)


def reply_at(
    economy: Economy, instrument: str, price: float, values: Array | None = None
) -> Array:
    """Return every country's best policy at a given world price, shape (n,).

    Small countries have nothing but the price to mind; large ones, and all together,
    also mind what net demand does to it: ``values``, (n,), for each unit.
    """
    box = _box(economy, instrument)
    best = np.empty(economy.size)
    for country in range(economy.size):
        alone = economy if economy.size == 1 else _only(economy, country)

        value = 0.0 if values is None else float(values[country])

        def payoff(
            points: NDArray[Any], alone: Economy = alone, value: float = value
        ) -> NDArray[Any]:
            prices = np.full(points.shape[:-1], price)
            policy = box.policy(points)
            return log_reply_payoff(alone, instrument, policy, prices, value)[..., 0]

        low, high = box.low[[country]], box.high[[country]]
        peak = maximise(payoff, low, high, grid=_LINE, keep=3)
        best[country] = _polished(payoff, peak.point, low, high)[0]
    return box.policy(best)


def _polished(payoff: Objective, point: Array, low: Array, high: Array) -> Array:
    """Return where Newton's method ends from ``point``, unless that is worth less."""
    each = [[coordinate] for coordinate in range(point.size)]
    end = stationary(lambda _, points: payoff(points), each, low, high, point)
    worth = float(payoff(point))
    return end if payoff(end) >= worth - 1e-12 * (1 + abs(worth)) else point


@lru_cache(maxsize=256)
def _only(economy: Economy, country: int) -> Economy:
    return economy.only(country)


def small_countries(economy: Economy, instrument: str) -> tuple[Array, ...]:
    """Return policies at which no small country would move: a root in the price.

    Secant steps look for the price that the replies to it bring about; it is there at
    once where replies do not depend on the price.  If they fail, excess demand is
    bracketed and bisected; where it jumps, both sides of the jump are proposed.
    """
    if instrument in ("product", "consumption_tax"):  # lobbies have nothing to ask for
        economy = replace(economy, lobbying=0.0)
    return _small_countries(economy, instrument)


@lru_cache(maxsize=256)
def _small_countries(economy: Economy, instrument: str) -> tuple[Array, ...]:
    box = _box(economy, instrument)

    def drift(price: float) -> tuple[float, Array]:
        policy = reply_at(economy, instrument, price)
        return float(
            world_price(economy, wedges(economy, instrument, policy))
        ) - price, policy

    def excess(price: float) -> float:
        wedge = wedges(economy, instrument, reply_at(economy, instrument, price))
        return float(np.clip(log_excess_demand(economy, wedge, np.array(price)), -50, 50))

    middle = wedges(economy, instrument, box.policy((box.low + box.high) / 2))
    price, share = float(world_price(economy, middle)), 1.0
    gap, policy = drift(price)
    for _ in range(15):
        if abs(gap) <= 1e-13 * (1 + abs(price)):
            return (policy,)
        before, price = gap, price + share * gap
        gap, policy = drift(price)
        with np.errstate(all="ignore"):
            share = np.float64(share * before) / (before - gap)
        if not np.isfinite(share):
            break
    bracket = _bracket(excess, price)
    if bracket is None:
        return (policy,)
    from scipy.optimize import brentq

    price = brentq(excess, *bracket, xtol=1e-14, rtol=1e-14)
    sides = [reply_at(economy, instrument, price + step) for step in (0.0, 1e-9, -1e-9)]
    return tuple(sides)


def _bracket(excess: Any, price: float) -> tuple[float, float] | None:
    """Return two prices between which excess demand turns negative."""
    low = high = price
    stride = 0.01
    for _ in range(24):
        if excess(low) > 0 > excess(high):
            return low, high
        low = low if excess(low) > 0 else low - stride
        high = high if excess(high) < 0 else high + stride
        stride *= 2
    return None


def best_replies(economy: Economy, instrument: str, policy: Array) -> Array:
    """Return what each country would best do were the others to stay, shape (n,)."""
    if not economy.large:
        price = float(world_price(economy, wedges(economy, instrument, policy)))
        return reply_at(economy, instrument, price)
    box, unit = _box(economy, instrument), log_size(economy, instrument, policy)
    best = np.empty(economy.size)
    for country in range(economy.size):

        def payoff(points: NDArray[Any], country: int = country) -> NDArray[Any]:
            shape = (*points.shape[:-1], economy.size)
            trial = np.broadcast_to(policy, shape).astype(points.dtype)
            trial[..., [country]] = box.policy(points)
            return log_payoffs(economy, instrument, trial, unit=unit)[0][..., country]

        peak = maximise(payoff, box.low[[country]], box.high[[country]], grid=_LINE)
        best[country] = peak.point[0]
    return box.policy(best)


def noncooperative(economy: Economy, instrument: str) -> Iterator[Array]:
    """Let each government choose for itself."""
    alone = small_countries(economy, instrument)
    if not economy.large:
        yield from alone
        return
    box, unit = _box(economy, instrument), log_size(economy, instrument, alone[0])

    def payoff(owner: int, points: NDArray[Any]) -> NDArray[Any]:
        policy = box.policy(points)
        return log_payoffs(economy, instrument, policy, unit=unit)[0][..., owner]

    each = [[country] for country in range(economy.size)]
    for start in (_minding_the_price(economy, instrument, alone[0]), alone[0]):
        found = nash(payoff, each, box.low, box.high, box.point(start), grid=_LINE)
        if found is not None:
            point = _mind_the_smallest(economy, instrument, found, each=True)
            yield box.policy(stationary(payoff, each, box.low, box.high, point))
            yield box.policy(found)


def _minding_the_price(economy: Economy, instrument: str, policy: Array) -> Array:
    """Return replies that begin to mind what each large country does to the price."""
    if instrument not in STANDARDS:
        return policy
    for _ in range(4):
        price = world_price(economy, wedges(economy, instrument, policy))
        values = shadow_value(economy, instrument, policy, price, each=True)
        policy = reply_at(economy, instrument, float(price), values)
    return policy


def cooperative(economy: Economy, instrument: str) -> Iterator[Array]:
    """Let governments choose together, for the sum of their payoffs."""
    box = _box(economy, instrument)

    def total(points: NDArray[Any]) -> NDArray[Any]:
        return log_payoffs(economy, instrument, box.policy(points))[1]

    if economy.size == 1 and instrument in STANDARDS and has_closed_replies(economy):
        policy, found = trace(
            economy, instrument, "cooperative", np.array([economy.lobbying])
        )
        if found[0]:
            yield box.policy(_polished(total, box.point(policy[0]), box.low, box.high))
    alone = box.point(small_countries(economy, instrument)[0])
    closing = np.where(np.eye(economy.size, dtype=bool), box.low, alone)
    for finer in (1, 4):
        grid = int((finer * _PLAN) ** (1 / economy.size))
        best = maximise(
            total,
            box.low,
            box.high,
            grid=max(1, min(grid, _LINE * finer)),
            starts=[_polished(total, alone, box.low, box.high), alone, *closing],
            keep=4 * finer,
        )
        point = _mind_the_smallest(economy, instrument, best.point)
        yield box.policy(_polished(total, point, box.low, box.high))


def _mind_the_smallest(
    economy: Economy, instrument: str, point: Array, *, each: bool = False
) -> Array:
    """Return a point with those standards put right whose market hardly counts.

    A market of next to no size does not show in the payoff of all together, or (``each``)
    of its own government.  In its own units it does, at the price and at the value of
    net demand that the other markets bring about.
    """
    box = _box(economy, instrument)
    if instrument not in STANDARDS or economy.size == 1:
        return point
    policy = box.policy(point)
    price = world_price(economy, wedges(economy, instrument, policy))
    alone = reply_at(economy, instrument, float(price))
    sizes = np.array(
        [
            log_quantities(economy, wedges(economy, instrument, choice), price)
            for choice in (policy, alone)
        ]
    ) + np.log(economy.arrays["mass"])
    regulated = sizes[:, STANDARDS.index(instrument)].max(axis=0)
    most = sizes.max(axis=(0, 1)) if each else sizes.max()
    lost = np.isfinite(regulated) & (regulated < most + np.log(_LOST))
    if not lost.any():
        return point
    values = shadow_value(economy, instrument, policy, price, each=each)
    values = np.broadcast_to(values, point.shape)
    own = box.point(reply_at(economy, instrument, float(price), values))
    return np.where(lost, own, point)
