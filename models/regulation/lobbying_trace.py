"""Outcomes along a grid of lobbying: :func:`lobbying_path`.

For the default families all points are worked out at once.

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

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_number
from unigauge.models.regulation.lobbying_checks import require_economy
from unigauge.models.regulation.lobbying_economy import COMPLEX_STEP, Economy
from unigauge.models.regulation.lobbying_market import (
    STANDARDS,
    accounts,
    shadow_value,
    wedges,
    world_price,
)
from unigauge.models.regulation.lobbying_scan import withstands
from unigauge.models.regulation.lobbying_settlement import REGIMES, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

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


def lobbying_path(
    economy: Economy, standard: str, grid: ArrayLike | Sequence[float]
) -> pd.DataFrame:
    """Return standards and welfare along a grid of lobbying.

    Parameters
    ----------
    economy : Economy
        Parameters; its own ``lobbying`` does not matter.
    standard : {"product", "process"}
        As in :func:`solve`.
    grid : array_like, shape (m,)
        Values of ``lobbying``, each >= 0, in any order.

    Returns
    -------
    DataFrame
        Indexed by lobbying, in the order given: ``dirtiness_<regime>_<country>``,
        ``world_welfare_<regime>`` and ``status_<regime>`` for each of the three regimes,
        and ``welfare_effect`` of the agreement.

    Raises
    ------
    InputError
        If the standard is unknown or a value of the grid is not allowed.

    Notes
    -----
    With constant semi-elasticities, hyperbolic abatement and emissions that stay at home
    all points are solved at once, and accepted if no country gains by any of 2,001 other
    standards.  Other economies, and points that fail, are left to :func:`solve`, which
    takes them one by one, at some tenths of a second each.

    Examples
    --------
    >>> path = lobbying_path(Economy(), "product", [0, 0.5, 1])
    >>> path["welfare_effect"].round(4).tolist()
    [0.0273, 0.0165, -0.0089]
    """
    import pandas as pd

    require_economy(economy)
    standard = require_choice("standard", standard, STANDARDS)
    points = _require_row("lobbying", grid, at_least=0)
    columns: dict[str, Any] = {}
    for regime in REGIMES:
        policy, status = _along(economy, standard, regime, points)
        welfare = _welfare_along(economy, standard, policy)
        for country in range(economy.size):
            columns[f"dirtiness_{regime}_{country + 1}"] = policy[:, country]
        columns[f"world_welfare_{regime}"] = welfare
        columns[f"status_{regime}"] = status
    frame = pd.DataFrame(columns, index=pd.Index(points, name="lobbying"))
    frame["welfare_effect"] = (
        frame["world_welfare_cooperative"] - frame["world_welfare_noncooperative"]
    )
    return frame


def common_standard(
    economy: Economy, standard: str, grid: ArrayLike | Sequence[float]
) -> pd.DataFrame:
    """Return world welfare if all countries allow the same dirtiness.

    Parameters
    ----------
    economy : Economy
        Parameters; ``lobbying`` does not matter.
    standard : {"product", "process"}
        As in :func:`solve`.
    grid : array_like, shape (m,)
        Values of the common standard, in any order: positive, or where abatement is
        bounded from 0 to the least ``dirtiness_max``.

    Returns
    -------
    DataFrame
        Indexed by dirtiness, in the order given: ``price`` and ``world_welfare``.

    Raises
    ------
    InputError
        If the standard is unknown or a value of the grid is not allowed.

    Examples
    --------
    With the default economy it is (2 - e) exp(-1/(2e)), product or process:

    >>> common_standard(Economy(), "process", [0.5, 1])["world_welfare"].round(6).tolist()
    [0.551819, 0.606531]
    """
    import pandas as pd

    require_economy(economy)
    standard = require_choice("standard", standard, STANDARDS)
    dirtiest = float(economy.arrays["dirtiness_max"].min())
    bounded = economy.cleaning.bounded
    domain = {"at_least": 0, "at_most": dirtiest} if bounded else {"above": 0}
    points = _require_row("dirtiness", grid, **domain)
    policy = np.repeat(points[:, None], economy.size, axis=1)
    columns = {
        "price": world_price(economy, wedges(economy, standard, policy)),
        "world_welfare": _welfare_along(economy, standard, policy),
    }
    return pd.DataFrame(columns, index=pd.Index(points, name="dirtiness"))


def _require_row(what: str, grid: Any, **domain: Any) -> Array:
    """Return a grid of values as one row of numbers."""
    values = np.atleast_1d(np.asarray(grid, dtype=object))
    if values.ndim != 1 or not values.size:
        raise InputError(
            f"grid has shape {values.shape}; it must be one row of values of {what}."
        )
    return np.array(
        [
            require_number(f"grid[{k}]", value, **domain)
            for k, value in enumerate(values.tolist())
        ]
    )


def _along(
    economy: Economy, standard: str, regime: str, points: Array
) -> tuple[Array, list[str]]:
    """Return standards (m, n) and statuses along lobbying (m,)."""
    if regime == "welfare_optimum":
        policy, status = _along(economy, standard, "cooperative", np.zeros(1))
        return np.repeat(policy, len(points), axis=0), status * len(points)
    if has_closed_replies(economy):
        policy, found = trace(economy, standard, regime, points)
        policy = policy.copy()
    else:
        policy = np.full((len(points), economy.size), np.nan)
        found = np.zeros(len(points), dtype=bool)
    status = ["ok"] * len(points)
    for row in np.flatnonzero(~found):
        here = replace(economy, lobbying=float(points[row]))
        settled = settle(here, standard, regime, 1e-8)
        status[row] = settled.status
        policy[row] = np.nan if settled.policy is None else settled.policy
    return policy, status


def _welfare_along(economy: Economy, standard: str, policy: Array) -> Array:
    """Return world welfare at standards (m, n); NaN where they are."""
    known = ~np.isnan(policy).any(axis=1)
    welfare = np.full(len(policy), np.nan)
    prices = world_price(economy, wedges(economy, standard, policy[known]))
    books = accounts(economy, standard, policy[known], prices)
    welfare[known] = books["welfare"] @ economy.arrays["mass"]
    return welfare
