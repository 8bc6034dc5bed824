"""Standards of the default families, at many strengths of lobbying at once.

With constant semi-elasticities and hyperbolic abatement a government that values a unit
of net supply at lambda chooses, with c = 1/(s_d a) or (1 + gamma)/(s_y b), S = s_d or
s_y and C = c + lambda/a or c - lambda/b,

    2 C/(1 + sqrt(1 + 4 C/(S k))).

Small countries have lambda = 0; together they share the lambda of equations (6) and
(11); a large one has its own, equation (13).  Newton's method solves for it at all
points at once.  What comes out is not trusted: a global scan of deviations accepts or
refuses every point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.regulation.lobbying_economy import COMPLEX_STEP, Economy
from unigauge.models.regulation.lobbying_market import shadow_value, wedges, world_price
from unigauge.models.regulation.lobbying_scan import withstands

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def has_closed_replies(economy: Economy) -> bool:
    """Return whether this module knows the economy's best replies."""
    return (
        economy.market == "constant_semi_elasticity"
        and economy.abatement == "hyperbolic"
        and economy.cross_border_share == 0
    )


def closed_reply(
    economy: Economy, standard: str, profit_weight: Array, value: NDArray[Any] | float = 0.0
) -> NDArray[Any]:
    """Return the best standard of a government that values net supply at lambda."""
    a = economy.arrays
    slope = a["demand_slope" if standard == "product" else "supply_slope"]
    if standard == "product":
        worth = (1 / slope + value) / a["damage"]
    else:
        worth = ((1 + profit_weight) / slope - value) / a["damage"]
    root = np.sqrt(1 + 4 * worth / (slope * a["abatement_cost"]))
    reply: NDArray[Any] = 2 * worth / (1 + root)
    return reply


def trace(
    economy: Economy, standard: str, regime: str, lobbying: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Return standards (m, n) along lobbying (m,), and which rows withstand a scan."""
    weight = lobbying[:, None] * economy.arrays["lobby_strength"]
    alone = regime == "noncooperative"
    if alone and not economy.large:
        policy: Array = closed_reply(economy, standard, weight) + np.zeros_like(weight)
        found = np.ones(len(weight), dtype=bool)
    else:
        policy, found = _solve_for_value(economy, standard, weight, alone)
    found[found] = withstands(economy, standard, policy[found], weight[found], alone=alone)
    return policy, found


def _solve_for_value(
    economy: Economy, standard: str, weight: Array, alone: bool
) -> tuple[Array, NDArray[np.bool_]]:
    """Return standards whose shadow values reproduce themselves, and where they do."""
    width = economy.size if alone else 1
    steps = 1j * COMPLEX_STEP * np.eye(width)

    def miss(value: NDArray[Any], weight: Array) -> NDArray[Any]:
        reproduced = _reproduced_value(economy, standard, weight, value, alone)
        return np.asarray(reproduced - value)

    start = _reproduced_value(
        economy, standard, weight, np.zeros((len(weight), width)), alone
    )
    ceiling = _ceiling(economy, standard, weight)
    value = np.minimum(start, 0.5 * ceiling)
    residual = miss(value, weight)
    shares = 0.5 ** np.arange(0, 12, 2)
    for _ in range(60):
        if np.abs(residual).max() <= 1e-14:
            break
        turn = miss(value[:, None] + steps, weight[:, None]).imag / COMPLEX_STEP
        turn = np.swapaxes(turn, 1, 2)
        step = np.linalg.solve(turn + 1e-14 * np.eye(width), -residual[..., None])[..., 0]
        tried = value[:, None] + shares[:, None] * step[:, None]
        inside = (tried < ceiling[:, None]).all(-1)
        tried = np.where(inside[..., None], tried, value[:, None])
        after = miss(tried, weight[:, None])
        size = np.where(inside, np.abs(after).max(-1), np.inf)
        best = size.argmin(axis=1)
        rows = np.arange(len(value))
        better = size[rows, best] < np.abs(residual).max(-1)
        if not better.any():
            break
        value = np.where(better[:, None], tried[rows, best], value)
        residual = np.where(better[:, None], after[rows, best], residual)
    found = np.abs(residual).max(-1) <= 1e-11 * (1 + np.abs(value).max(-1))
    return closed_reply(economy, standard, weight, value), found


def _ceiling(economy: Economy, standard: str, weight: Array) -> Array:
    """Return the shadow value at which some country would stop making the good."""
    if standard == "product":
        return np.full((len(weight), 1), np.inf)
    ceiling: Array = np.min(
        (1 + weight) / economy.arrays["supply_slope"], axis=1, keepdims=True
    )
    return ceiling


def _reproduced_value(
    economy: Economy, standard: str, weight: Array, value: NDArray[Any], alone: bool
) -> NDArray[Any]:
    """Return lambda at the replies to ``value``: common (..., 1), or each country's own."""
    policy = closed_reply(economy, standard, weight, value)
    policy = np.broadcast_to(policy, np.broadcast_shapes(policy.shape, weight.shape))
    price = world_price(economy, wedges(economy, standard, policy))
    return shadow_value(economy, standard, policy, price, weight, each=alone)
