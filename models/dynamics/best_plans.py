"""Each player's best plan against the others' rules: the certificate of the policy game.

It shares nothing with the iteration but the parameters: with the others' rules given, a
player faces a discounted linear regulator, whose Riccati equation is solved directly.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.answers import worst

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.dynamics.policy_stocks import Player

    Floats = NDArray[np.float64]

__all__ = ["best_response_gap"]


def best_response_gap(
    a: Floats, b: Floats, deciding: list[Player], feedback: Floats, discount: float
) -> float:
    """Return the largest distance of any player's rule from its best reply.

    Infinite if a player has no best reply: no solution of the Riccati equation keeps the
    stocks in bounds, or the one that does is no maximum.
    """
    gaps = (
        _gap(math.sqrt(discount) * a, math.sqrt(discount) * b, player, feedback)
        for player in deciding
    )
    return worst(*gaps)


def _gap(a: Floats, b: Floats, player: Player, feedback: Floats) -> float:
    """Return one player's distance; ``a`` and ``b`` carry the root of the discount."""
    from scipy.linalg import solve_discrete_are

    own = player.controls
    others = feedback.copy()
    others[own] = 0
    moved = a - b @ others
    mine = b[:, own]
    cost = -player.effort[np.ix_(own, own)]
    loss = -(player.state + others.T @ player.effort @ others)
    try:
        value = solve_discrete_are(moved, mine, loss, cost, balanced=False)
    except (np.linalg.LinAlgError, ValueError):
        return math.inf
    curvature = cost + mine.T @ value @ mine
    if np.linalg.eigvalsh(curvature).min() <= 0:
        return math.inf  # the first-order conditions hold where it earns least
    best = np.linalg.solve(curvature, mine.T @ value @ moved)
    return float(np.abs(best - feedback[own]).max())
