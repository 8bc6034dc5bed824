"""A global scan of deviations along a path of lobbying, all rows at once.

For constant semi-elasticities and hyperbolic abatement.  Every country in turn tries
2,001 standards, from exp(-6) to exp(6) times its own, the world price answering if it is
large or if all choose together.  A standard and the price that it brings about belong
together one to one: so the scan walks along prices, and reads the standard behind each
off market clearing, without a root to look for.  Payoffs are written down again here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.models.regulation.lobbying_market import shadow_value, wedges, world_price

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.regulation.lobbying_economy import Economy

    Array = NDArray[np.float64]

POINTS = 2001
"""Standards that each country tries."""

_KNOTS = np.linspace(-6, 6, 51)
_BETWEEN = np.linspace(0, len(_KNOTS) - 1, POINTS)
_ROWS = 100
_SLACK = 1e-12
_LOST = 1e-6
"""Share of the world's market below which a country does not show in its balance."""


class _Rows(NamedTuple):
    """Rows of a path: standards and profit weights (m, n), price (m, 1), payoffs (m, n).

    ``level``, (m, 1, 1), is the log of the unit of quantities, and ``gross``, (m, 1), the
    world's gross surplus; both measure what is at stake.
    """

    policy: Array
    weight: Array
    price: Array
    level: Array
    payoffs: Array
    gross: Array
    lost: NDArray[np.bool_]
    clear: NDArray[np.bool_]


def withstands(
    economy: Economy, standard: str, policy: Array, weight: Array, *, alone: bool
) -> NDArray[np.bool_]:
    """Return at which rows no scanned deviation pays.

    Parameters
    ----------
    economy : Economy
        Of constant semi-elasticities and hyperbolic abatement.
    standard : {"product", "process"}
        As in :func:`solve`.
    policy, weight : array, shape (m, n)
        Standards to be tried, and gamma.
    alone : bool
        Whether governments choose alone; else for the sum of payoffs.
    """
    stands = np.ones(len(policy), dtype=bool)
    for first in range(0, len(policy), _ROWS):
        part = slice(first, first + _ROWS)
        rows = _rows(economy, standard, policy[part], weight[part])
        stands[part] &= rows.clear
        for country in range(economy.size):
            if alone and not economy.large:
                stands[part] &= _stays(economy, standard, rows, country)
            else:
                stands[part] &= _stays_at_any_price(
                    economy, standard, rows, country, alone=alone
                )
        if not alone and economy.size > 1:
            stands[part] &= _stay_together(economy, standard, rows)
    return stands


def _rows(economy: Economy, standard: str, policy: Array, weight: Array) -> _Rows:
    """Return the rows with their accounts, and whether their markets clear."""
    a = economy.arrays
    price = world_price(economy, wedges(economy, standard, policy))[:, None]
    logs = _logs(economy, standard, policy[:, None], price)
    level = np.maximum(*logs).max(axis=(1, 2), keepdims=True)
    demand, supply = (np.exp(log - level) for log in logs)
    payoffs = _payoffs(economy, standard, (demand, supply), policy[:, None], weight)
    gross = demand / a["demand_slope"] + (1 + weight[:, None]) * supply / a["supply_slope"]
    bought, made = (quantity[:, 0] * a["mass"] for quantity in (demand, supply))
    total = bought.sum(axis=1)
    own = bought if standard == "product" else made
    return _Rows(
        policy=policy,
        weight=weight,
        price=price,
        level=level,
        payoffs=payoffs[:, 0],
        gross=gross[:, 0] @ a["mass"][:, None],
        lost=own < _LOST * total[:, None],
        clear=np.asarray(np.abs(total - made.sum(axis=1)) < 1e-9 * total),
    )


def _logs(
    economy: Economy, standard: str, policy: Array, price: Array
) -> tuple[Array, Array]:
    """Return log demand and supply (m, points, n) at standards and prices (m, points)."""
    a, at = economy.arrays, price[..., None]
    cost = a["abatement_cost"] / policy
    raised, lowered = (cost, 0.0) if standard == "product" else (0.0, cost)
    demand = np.log(a["demand_scale"]) - a["demand_slope"] * (at + raised)
    supply = np.log(a["supply_scale"]) + a["supply_slope"] * (at - lowered)
    return demand, supply


def _payoffs(
    economy: Economy,
    standard: str,
    quantities: tuple[Array, Array],
    policy: Array,
    weight: Array,
) -> Array:
    """Return political payoffs (m, points, n)."""
    demand, supply = quantities
    a = economy.arrays
    harm = a["damage"] * policy * (demand if standard == "product" else supply)
    weighed = (1 + weight[:, None]) * supply / a["supply_slope"]
    payoffs: Array = demand / a["demand_slope"] + weighed - harm
    return payoffs


def _stays(
    economy: Economy, standard: str, rows: _Rows, country: int, value: Array | float = 0.0
) -> NDArray[np.bool_]:
    """Return whether a standard is its country's best at the world price.

    A unit of net demand is valued at ``value``, (m, 1), besides.
    """
    tried = np.append(np.linspace(_KNOTS[0], _KNOTS[-1], POINTS), 0.0)
    policy = np.repeat(rows.policy[:, None], tried.size, axis=1)
    policy[..., country] *= np.exp(tried)
    logs = _logs(economy, standard, policy, rows.price)
    a, product = economy.arrays, standard == "product"
    log = logs[0 if product else 1][..., country]
    if product:
        worth = 1 / a["demand_slope"][country] + value
    else:
        worth = (1 + rows.weight[:, [country]]) / a["supply_slope"][country] - value
    size = np.exp(np.minimum(log - log[:, -1:], 600))
    gain = size * (worth - a["damage"][country] * policy[..., country])
    stays: NDArray[np.bool_] = (gain <= gain[:, -1:] + _SLACK * np.abs(worth)).all(axis=1)
    return stays


def _stays_at_any_price(
    economy: Economy, standard: str, rows: _Rows, country: int, *, alone: bool
) -> NDArray[np.bool_]:
    """Return whether no price that a country's standard can bring about is better."""
    a = economy.arrays
    policy = np.repeat(rows.policy[:, None], len(_KNOTS), axis=1)
    policy[..., country] *= np.exp(_KNOTS)
    knots = world_price(economy, wedges(economy, standard, policy))
    left = np.minimum(_BETWEEN.astype(int), len(_KNOTS) - 2)
    price = knots[:, left] + (_BETWEEN - left) * (knots[:, left + 1] - knots[:, left])
    logs = _logs(economy, standard, rows.policy[:, None], price)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        demand, supply = (np.exp(log - rows.level) for log in logs)
        balance = (supply - demand) @ a["mass"]
        own = demand if standard == "product" else supply
        side = 1 if standard == "product" else -1
        own[..., country] += side * balance / a["mass"][country]  # clears the market
        log_own = np.log(own[..., country]) + rows.level[..., 0]
        if standard == "product":
            limit = np.log(a["demand_scale"][country]) - log_own
            cost = limit / a["demand_slope"][country] - price
        else:
            limit = np.log(a["supply_scale"][country]) - log_own
            cost = limit / a["supply_slope"][country] + price
        policy = np.repeat(rows.policy[:, None], price.shape[1], axis=1)
        policy[..., country] = a["abatement_cost"][country] / cost
        payoffs = _payoffs(economy, standard, (demand, supply), policy, rows.weight)
        value = payoffs[..., country] if alone else payoffs @ a["mass"]
    value = np.where((own[..., country] > 0) & (cost > 0), value, -np.inf)
    if alone:
        here, stake = rows.payoffs[:, [country]], rows.gross / a["mass"][country]
    else:
        here, stake = rows.payoffs @ a["mass"][:, None], rows.gross
    stays: NDArray[np.bool_] = (value <= here + _SLACK * stake).all(axis=1)
    if not rows.lost[:, country].any():
        return stays
    worth = shadow_value(
        economy, standard, rows.policy, rows.price[:, 0], rows.weight, each=alone
    )
    worth = np.broadcast_to(worth, rows.policy.shape)[:, [country]]
    return stays & (
        ~rows.lost[:, country] | _stays(economy, standard, rows, country, worth)
    )


def _stay_together(economy: Economy, standard: str, rows: _Rows) -> NDArray[np.bool_]:
    """Return whether no common shift of all standards raises the sum of payoffs."""
    policy = rows.policy[:, None] * np.exp(_KNOTS)[:, None]
    price = world_price(economy, wedges(economy, standard, policy))
    logs = _logs(economy, standard, policy, price)
    demand, supply = (np.exp(np.minimum(log - rows.level, 600)) for log in logs)
    mass = economy.arrays["mass"]
    value = _payoffs(economy, standard, (demand, supply), policy, rows.weight) @ mass
    here = rows.payoffs @ mass[:, None] + _SLACK * rows.gross
    return np.asarray((value <= here).all(axis=1))
