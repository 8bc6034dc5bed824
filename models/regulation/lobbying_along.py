"""Outcomes along a grid: of lobbying, or of a standard that all countries share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_number
from unigauge.models.regulation.lobbying_checks import require_economy
from unigauge.models.regulation.lobbying_economy import Economy
from unigauge.models.regulation.lobbying_market import (
    STANDARDS,
    accounts,
    wedges,
    world_price,
)
from unigauge.models.regulation.lobbying_settlement import REGIMES, settle
from unigauge.models.regulation.lobbying_trace import has_closed_replies, trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


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
