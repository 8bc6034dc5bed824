"""How much anybody could still gain: the search that certifies an outcome.

It shares nothing with the solvers.  A scan covers the whole box evenly, and a
compass that needs no derivatives climbs from the best scan points and from the
incumbent, whose neighbourhood matters most.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_SCAN = {1: 2001, 2: 4096}
_SCAN_MORE = 8192
_CLIMBERS = 8
_DIMENSIONS_FOR_EVERY_CORNER = 5
_NARROWEST = 1e-6


def largest_gain(
    payoff: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    incumbent: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    scan: int | None = None,
) -> float:
    """Return how much the best point of a box pays above the incumbent.

    Parameters
    ----------
    payoff : callable
        Maps points (m, k) to values (m,).  Values that are NaN count as refusals.
    incumbent : array_like, shape (k,)
        The point to be certified.
    lower, upper : array_like, shape (k,)
        Bounds of the box.
    scan : int, optional
        Points of the first scan; by default 2,001 on a line, more in more dimensions.

    Returns
    -------
    float
        The largest gain found; at least 0.

    Examples
    --------
    >>> gain = largest_gain(lambda x: -((x[:, 0] - 1) ** 2), [0.5], [0], [2])
    >>> round(gain, 9)
    0.25
    """
    low, high = np.asarray(lower, float), np.asarray(upper, float)
    start = np.asarray(incumbent, float)

    def value(points: NDArray[np.float64]) -> NDArray[np.float64]:
        found = payoff(points)
        return np.where(np.isnan(found), -np.inf, found)

    base = float(value(start[None])[0])
    cover = _even_cover(low, high, scan or _SCAN.get(low.size, _SCAN_MORE))
    values = value(cover)
    chosen = np.argsort(-values, kind="stable")[:_CLIMBERS]
    points = np.concatenate([start[None], cover[chosen]])
    reached = _climb(value, points, low, high)
    return max(0.0, float(reached.max()) - base)


def _even_cover(
    low: NDArray[np.float64], high: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Return points that cover a box evenly, its corners included."""
    size = low.size
    if size == 1:
        return np.linspace(low, high, count)
    together = np.linspace(low, high, 101)
    many = size > _DIMENSIONS_FOR_EVERY_CORNER
    corners = [low, high] if many else itertools.product(*zip(low, high, strict=True))
    ratio = 2.0
    for _ in range(60):  # the root of r^(k+1) = r + 1 spreads points most evenly
        ratio = (1 + ratio) ** (1 / (size + 1))
    stride = ratio ** -np.arange(1, size + 1)
    inside = low + (high - low) * ((0.5 + np.outer(np.arange(count), stride)) % 1)
    return np.concatenate([np.array(list(corners)), inside, together])


def _directions(size: int) -> NDArray[np.float64]:
    """Return all signs of steps; in many dimensions only along axes and all at once."""
    if size <= _DIMENSIONS_FOR_EVERY_CORNER:
        return np.array(list(itertools.product((-1.0, 0.0, 1.0), repeat=size)))
    axes = np.concatenate([np.eye(size), np.ones((1, size))])
    return np.concatenate([axes, -axes])


def _climb(
    value: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    points: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the heights that compass searches from all points reach."""
    directions = _directions(low.size)
    width = np.full((len(points), 1, 1), 0.05) * (high - low)
    heights = value(points)
    rows = np.arange(len(points))
    for _ in range(300):
        tried = np.clip(points[:, None, :] + directions * width, low, high)
        reached = value(tried.reshape(-1, low.size)).reshape(tried.shape[:2])
        best = reached.argmax(axis=1)
        better = reached[rows, best] > heights
        points = np.where(better[:, None], tried[rows, best], points)
        heights = np.where(better, reached[rows, best], heights)
        width = np.where(better[:, None, None], width, width / 2)
        if (width < _NARROWEST * (high - low)).all():
            break
    return heights
