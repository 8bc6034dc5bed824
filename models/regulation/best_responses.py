"""Global best replies, Nash points and joint optima over boxes of policies.

The models of this folder share one problem: a government, or a planner, picks
a few numbers inside bounds, knowing how markets answer.  Its payoff is smooth
almost everywhere, may have several peaks, and may have kinks where an industry
leaves.  So the search is global first (a grid), then local: Newton steps on
exact gradients by complex step, and a turning compass where a kink stops them.

Payoffs are vectorised: they map points of shape (..., k) to values of shape
(...), and accept complex points.  A solver here proves nothing; what it finds
is certified by other code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Objective = Callable[[NDArray[Any]], NDArray[Any]]
    Payoff = Callable[[int, NDArray[Any]], NDArray[Any]]

_COMPLEX_STEP = 1e-30
_DIFFERENCE = 1e-6
_FLAT = 1e-9


class Peak(NamedTuple):
    """A point of a box and the objective there."""

    point: NDArray[np.float64]
    value: float


def gradient(objective: Objective, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return exact gradients, shape (..., k), by complex step."""
    steps = 1j * _COMPLEX_STEP * np.eye(points.shape[-1])
    return objective(points[..., None, :] + steps).imag / _COMPLEX_STEP


def hessian(objective: Objective, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Hessians, shape (..., k, k), by differences of exact gradients."""
    steps = _DIFFERENCE * np.eye(points.shape[-1])
    ahead = gradient(objective, points[..., None, :] + steps)
    behind = gradient(objective, points[..., None, :] - steps)
    raw = (ahead - behind) / (2 * _DIFFERENCE)
    return (raw + np.swapaxes(raw, -1, -2)) / 2


def maximise(
    objective: Objective,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    grid: int,
    starts: Sequence[ArrayLike] = (),
    keep: int = 6,
) -> Peak:
    """Return the global maximum of ``objective`` over a box.

    Parameters
    ----------
    objective : callable
        Maps points (..., k) to values (...); complex-step safe.
    lower, upper : array_like, shape (k,)
        Bounds of the box.
    grid : int
        Points per axis of the first, global scan.
    starts : sequence of array_like, shape (k,)
        Points to climb from besides the best of the grid.
    keep : int
        Best grid points, each better than all its neighbours, to climb from.

    Returns
    -------
    Peak
        The best point found and the objective there.
    """
    low, high = np.asarray(lower, float), np.asarray(upper, float)
    points = _hilltops(objective, low, high, grid, keep)
    given = [np.clip(np.asarray(start, float), low, high) for start in starts]
    points = np.concatenate([points, np.reshape(given, (-1, low.size))])
    points = _climb(objective, points, low, high)
    leaders = points[np.argsort(-objective(points), kind="stable")[:4]]
    left = np.abs(_uphill(gradient(objective, leaders), leaders, low, high)).max(axis=1)
    for row in np.flatnonzero(left > 1e-8):
        for _ in range(5):
            before, width = leaders[row].copy(), float((high - low).max()) / (4 * grid)
            leaders[row] = _compass(objective, before, low, high, width)
            if objective(leaders[row]) - objective(before) < _FLAT:
                break
    best = leaders[np.argmax(objective(leaders))]
    return Peak(best, float(objective(best)))


def _hilltops(
    objective: Objective,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    grid: int,
    keep: int,
) -> NDArray[np.float64]:
    """Return the best points of a grid that no neighbour along an axis beats."""
    axes = [np.linspace(a, b, grid) for a, b in zip(low, high, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    values = objective(points)
    top = np.ones(values.shape, dtype=bool)
    padded = np.pad(values, 1, constant_values=-np.inf)
    inside = [slice(1, -1)] * values.ndim
    for axis in range(values.ndim):
        for side in (slice(None, -2), slice(2, None)):
            neighbours = padded[(*inside[:axis], side, *inside[axis + 1 :])]
            top &= values >= neighbours
    heights, first = np.unique(-values[top], return_index=True)  # once from a plateau
    return points[top][first[np.argsort(heights)][:keep]]


def _uphill(
    slope: NDArray[np.float64],
    points: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the gradient without the parts that point out of the box."""
    leaves = ((points <= low) & (slope < 0)) | ((points >= high) & (slope > 0))
    return np.where(leaves, 0.0, slope)


def _climb(
    objective: Objective,
    points: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    *,
    rounds: int = 60,
) -> NDArray[np.float64]:
    """Climb from all points at once by safeguarded Newton steps inside the box."""
    values = objective(points)
    lengths = 0.5 ** np.arange(0, 24, 2)
    for _ in range(rounds):
        step = _ascent(objective, points, low, high)
        tried = np.clip(points[:, None, :] + lengths[:, None] * step[:, None, :], low, high)
        reached = objective(tried)
        best = np.argmax(reached, axis=1)
        rows = np.arange(len(points))
        gains = reached[rows, best] > values
        points = np.where(gains[:, None], tried[rows, best], points)
        values = np.where(gains, reached[rows, best], values)
        if not gains.any():
            break
    return _settle(objective, points, low, high)


def _ascent(
    objective: Objective,
    points: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return Newton directions that ascend whatever the curvature."""
    slope = _uphill(gradient(objective, points), points, low, high)
    held = slope == 0
    curvature = hessian(objective, points)
    curvature = np.where(held[..., :, None] | held[..., None, :], 0.0, curvature)
    roots, axes = np.linalg.eigh(curvature)
    steep = np.maximum(np.abs(roots), 1e-8 + 1e-8 * np.abs(roots).max(-1, keepdims=True))
    along = np.einsum("...ji,...j->...i", axes, slope)
    step = np.einsum("...ij,...j->...i", axes, along / steep)
    room = np.abs(step).max(-1, keepdims=True) / (high - low).max()
    return np.where(held, 0.0, step / np.maximum(room, 1.0))


def _settle(
    objective: Objective,
    points: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Take last Newton steps judged by the gradient, where values no longer tell."""
    for _ in range(3):
        before = _uphill(gradient(objective, points), points, low, high)
        tried = np.clip(points + _ascent(objective, points, low, high), low, high)
        after = _uphill(gradient(objective, tried), tried, low, high)
        better = np.abs(after).max(-1) < np.abs(before).max(-1)
        near = np.abs(tried - points).max(-1) < 1e-4
        points = np.where((better & near)[:, None], tried, points)
    return points


def _compass(
    objective: Objective,
    point: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    width: float,
) -> NDArray[np.float64]:
    """Search around a kink, along needles that turn every round to find its ridge.

    The width grows after a success and shrinks after a failure.
    """
    sides = np.meshgrid(*[[-1.0, 0.0, 1.0]] * point.size, indexing="ij")
    needles = np.stack(sides, axis=-1).reshape(-1, point.size)
    turns = np.random.default_rng(0)
    value = objective(point)
    for _ in range(600):
        turned = needles @ np.linalg.qr(turns.normal(size=(point.size,) * 2))[0]
        tried = np.clip(point + width * np.concatenate([needles, turned]), low, high)
        reached = objective(tried)
        best = np.argmax(reached)
        if reached[best] > value:
            point, value, width = tried[best], reached[best], 2 * width
        else:
            width /= 2
        if width < 1e-13:
            break
    return point


def nash(
    payoff: Payoff,
    owners: Sequence[Sequence[int]],
    lower: ArrayLike,
    upper: ArrayLike,
    start: ArrayLike,
    *,
    grid: int,
    rounds: int = 15,
) -> NDArray[np.float64] | None:
    """Return a point from which no owner gains by moving alone, or None.

    Owners reply in turn, each globally best.  Before every round, Newton on all
    first-order conditions tries to finish, and global replies confirm or reject
    where it ends.

    Parameters
    ----------
    payoff : callable
        ``payoff(owner, points)`` maps points (..., k) to that owner's payoff (...).
    owners : sequence of sequences of int
        For each owner, which of the k coordinates are its own.
    lower, upper : array_like, shape (k,)
        Bounds.
    start : array_like, shape (k,)
        Where the replies begin; it selects among several equilibria.
    grid : int
        Points per axis of every global scan.
    rounds : int
        Rounds of replies before giving up.

    Returns
    -------
    array, shape (k,), or None
        None if the replies run in circles or do not come to rest.
    """
    low, high = np.asarray(lower, float), np.asarray(upper, float)
    point = np.asarray(start, float)
    visited: list[NDArray[np.float64]] = []
    for _ in range(rounds):
        if any(np.abs(point - past).max() < 1e-9 for past in visited):
            break
        visited.append(point)
        for rest in (stationary(payoff, owners, low, high, point), point):
            if not _somebody_gains(payoff, owners, rest, low, high, grid):
                return rest
        for owner, own in enumerate(owners):
            point = _best_reply(payoff, owner, own, point, low, high, grid)
    return None


def _best_reply(
    payoff: Payoff,
    owner: int,
    own: Sequence[int],
    point: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    grid: int,
) -> NDArray[np.float64]:
    """Return the point with the owner's coordinates at their best."""
    columns = list(own)

    def embed(choices: NDArray[Any]) -> NDArray[Any]:
        points = np.broadcast_to(point, (*choices.shape[:-1], point.size))
        points = points.astype(choices.dtype)
        points[..., columns] = choices
        return points

    reply = maximise(
        lambda choices: payoff(owner, embed(choices)),
        low[columns],
        high[columns],
        grid=grid,
        starts=[point[columns]],
    )
    return embed(reply.point)


def _somebody_gains(
    payoff: Payoff,
    owners: Sequence[Sequence[int]],
    point: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    grid: int,
) -> bool:
    return any(
        payoff(owner, _best_reply(payoff, owner, own, point, low, high, grid))
        > payoff(owner, point) + _FLAT
        for owner, own in enumerate(owners)
    )


def stationary(
    payoff: Payoff,
    owners: Sequence[Sequence[int]],
    lower: ArrayLike,
    upper: ArrayLike,
    start: ArrayLike,
) -> NDArray[np.float64]:
    """Return where Newton's method on every owner's first-order conditions ends.

    Bounds are held where they bind.  Each condition is measured by its own
    curvature, so that an owner with little at stake counts as much as the others.
    Arguments are those of :func:`nash`; nothing is promised about the end.
    """
    low, high = np.asarray(lower, float), np.asarray(upper, float)
    point = np.asarray(start, float)

    def slopes(points: NDArray[np.float64]) -> NDArray[np.float64]:
        found = np.empty(points.shape)
        for owner, own in enumerate(owners):
            full = gradient(lambda p, owner=owner: payoff(owner, p), points)  # type: ignore[misc]
            found[..., list(own)] = full[..., list(own)]
        return found

    residual = _uphill(slopes(point), point, low, high)
    for _ in range(30):
        free = residual != 0
        if not free.any():
            break
        steps = _DIFFERENCE * np.eye(point.size)
        turn = (slopes(point + steps) - slopes(point - steps)).T / (2 * _DIFFERENCE)
        scale = np.abs(turn).max(axis=1)
        scale = np.where(scale > 0, scale, 1.0)
        step = np.zeros(point.size)
        rows = (turn / scale[:, None])[np.ix_(free, free)]
        step[free] = np.linalg.lstsq(rows, -(residual / scale)[free])[0]
        tried = np.clip(point + step, low, high)
        after = _uphill(slopes(tried), tried, low, high)
        if not np.abs(after / scale).max() < np.abs(residual / scale).max():
            break
        point, residual = tried, after
    return point
