"""Two modules of demand: what firms sell in a market, given what it costs to serve it.

Everything is per head of a market and for many markets at once: ``cost`` has the shape
(markets, firms) and ``shift`` (markets,) is what the network of standards adds to the
value of a unit.  Equations are a reconstruction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["DOMAINS", "Sales", "hotelling", "hotelling_gain", "linear", "linear_gain"]

DOMAINS = ("ok", "uncertified", "uncovered", "outside", "explosive")
"""Whether the equations hold, and in what way they do not; the worst comes last."""
DEVIATION = 1e-9
"""Largest gain from a price deviation that still counts as none."""


class Sales(NamedTuple):
    """What happens in each market: firms in columns, all per head."""

    quantity: Array
    profit: Array
    price: Array
    consumer_surplus: Array
    domain: NDArray[np.int8]


def linear(shift: Array, cost: Array, *, intercept: float, substitution: float) -> Sales:
    """Return Cournot sales with p_i = alpha + Y - q_i - gamma sum of the others.

    The firm that would sell least leaves as long as one would sell nothing or less.
    """
    top = intercept + shift
    active = np.ones(cost.shape, dtype=bool)
    rows = np.arange(len(cost))
    for _ in range(cost.shape[1] + 1):
        total = active_total(top, cost, active, substitution)
        sold = (top[:, None] - cost - substitution * total[:, None]) / (2 - substitution)
        sold = np.where(active, sold, np.inf)
        least = sold.argmin(axis=1)
        leaves = sold[rows, least] <= 0
        if not leaves.any():
            break
        active[rows[leaves], least[leaves]] = False
    quantity = np.where(active, sold, 0.0)
    surplus = (
        (1 - substitution) * (quantity**2).sum(axis=1)
        + substitution * quantity.sum(axis=1) ** 2
    ) / 2
    price = linear_price(top, quantity, substitution)
    domain = np.zeros(len(cost), dtype=np.int8)
    return Sales(quantity, quantity**2, price, surplus, domain)


def active_total(
    top: Array, cost: Array, active: NDArray[np.bool_], substitution: float
) -> Array:
    """Return total sales if the ``active`` firms sell."""
    number = active.sum(axis=1)
    paid = np.where(active, cost, 0.0).sum(axis=1)
    total: Array = (number * top - paid) / (2 - substitution + substitution * number)
    return total


def linear_price(top: Array, quantity: Array, substitution: float) -> Array:
    """Return inverse demand."""
    total = quantity.sum(axis=1, keepdims=True)
    return np.asarray(
        top[:, None] - (1 - substitution) * quantity - substitution * total, dtype=float
    )


def linear_gain(
    shift: Array, cost: Array, sales: Sales, *, intercept: float, substitution: float
) -> Array:
    """Return what the keenest firm of each market gains by another quantity."""
    others = sales.quantity.sum(axis=1, keepdims=True) - sales.quantity
    margin = intercept + shift[:, None] - substitution * others - cost
    best = np.maximum(margin, 0.0) ** 2 / 4
    earned = (margin - sales.quantity) * sales.quantity
    gain: Array = (best - earned).max(axis=1)
    return gain


def hotelling(shift: Array, cost: Array, *, value: float, transport: float) -> Sales:
    """Return prices and sales where every two varieties are the ends of a full line."""
    firms = cost.shape[1]
    worth = value + shift[:, None] - cost
    margin = transport + (firms * worth - worth.sum(axis=1, keepdims=True)) / (
        2 * firms - 1
    )
    utility = worth - margin
    quantity = margin / (firms * transport)
    surplus = np.zeros(len(cost))
    lines = 2 / (firms * (firms - 1))
    for i in range(firms):
        for j in range(i + 1, firms):
            near, far = utility[:, i], utility[:, j]
            surplus += lines * (
                (near + far) / 2 + (near - far) ** 2 / (4 * transport) - transport / 4
            )
    gain = hotelling_gain(utility, margin, transport=transport)
    ranked = np.sort(utility, axis=1)
    domain = np.zeros(len(cost), dtype=np.int8)
    slack = 1e-12 * max(1.0, abs(value))
    domain[ranked[:, :2].mean(axis=1) < transport / 2 - slack] = DOMAINS.index("uncovered")
    apart = ranked[:, -1] - ranked[:, 0] > transport + slack
    domain[apart | (gain > DEVIATION)] = DOMAINS.index("outside")
    return Sales(quantity, margin * quantity, cost + margin, surplus, domain)


def hotelling_gain(utility: Array, margin: Array, *, transport: float) -> Array:
    """Return what the keenest firm of each market gains by another price.

    Demand is piecewise linear in the own price, with kinks where the firm loses or wins a
    whole line, so the best price is at a kink or at the top of a parabola between two.
    """
    gains = [
        _price_gain(utility[:, i], margin[:, i], np.delete(utility, i, axis=1), transport)
        for i in range(utility.shape[1])
    ]
    return np.asarray(np.max(gains, axis=0), dtype=float)


def _price_gain(utility: Array, margin: Array, others: Array, transport: float) -> Array:
    """Return what one firm gains per head, given what it and the others offer."""
    firms = others.shape[1] + 1
    lines = 2 / (firms * (firms - 1))
    worth = utility + margin

    def sold(margins: Array) -> Array:
        ahead = (worth[:, None] - margins)[..., None] - others[:, None, :]
        share = np.clip(0.5 + ahead / (2 * transport), 0, 1)
        return np.asarray(lines * share.sum(axis=2), dtype=float)

    offers = worth[:, None] - others
    kinks = np.sort(
        np.concatenate([offers - transport, offers + transport], axis=1), axis=1
    )
    kinks = np.maximum(kinks, 0.0)
    low, high = kinks[:, :-1], kinks[:, 1:]
    at_low, at_high = sold(low), sold(high)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (at_low - at_high) / (high - low)
        top = (low + at_low / slope) / 2
    top = np.where(np.isfinite(top), np.clip(top, low, high), low)
    here = margin[:, None]
    tried = np.concatenate([here, kinks, top], axis=1)
    profit = tried * sold(tried)
    gain: Array = profit.max(axis=1) - profit[:, 0]
    return gain
