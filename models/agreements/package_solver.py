"""The convex programs behind a package bargain, by SLSQP and a Newton polish.

Every solution concept is a program over z = x, or z = (x, t):

* egalitarian, Kalai-Smorodinsky: max t subject to U_i - d_i >= s_i t;
* Nash: max sum_i alpha_i log(U_i - d_i);
* utilitarian: max sum_i lambda_i U_i;
* the best for one party: max U_i subject to U >= d.

SLSQP finds what binds; Newton's method on the conditions of optimality, with what binds
taken as equations, then gives all digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.agreements.package import Package

    Array = NDArray[np.float64]

__all__ = ["Program", "fair", "nash", "peak", "points", "solutions", "weighted"]

_BINDS = 1e-6
_FAR = 1e-2
_NEAR = (0.0, 1e-4, 1e-3, 1e-2)


class Program(NamedTuple):
    """Maximise ``value`` subject to ``slack >= 0`` and the package's feasible set.

    Each function takes z.  ``bend(z, prices)`` is the Hessian of ``value`` plus the sum of
    the slacks times prices.
    """

    extra: int
    value: Callable[[Array], float]
    slope: Callable[[Array], Array]
    slack: Callable[[Array], Array]
    slack_slopes: Callable[[Array], Array]
    bend: Callable[[Array, Array], Array]


def fair(package: Package, scale: Array) -> Program:
    """Return max t subject to U_i - d_i >= scale_i t."""
    size, none = package.attributes, package.arrays["disagreement"]
    toward = np.append(np.zeros(size), 1.0)

    def bend(z: Array, prices: Array) -> Array:
        return np.diag(np.append(prices @ package.bends(z[:-1]), 0.0))

    return Program(
        extra=1,
        value=lambda z: float(z[-1]),
        slope=lambda z: toward,
        slack=lambda z: package.utilities(z[:-1]) - none - scale * z[-1],
        slack_slopes=lambda z: np.column_stack([package.slopes(z[:-1]), -scale]),
        bend=bend,
    )


def nash(package: Package) -> Program:
    """Return max sum_i alpha_i log(U_i - d_i), continued as a parabola near zero."""
    a = package.arrays
    power, none = a["bargaining_weights"], a["disagreement"]
    near = 1e-9

    def parts(z: Array) -> tuple[Array, Array, Array]:
        gain = package.utilities(z) - none
        safe = np.maximum(gain, near)
        short = np.minimum(0.0, gain - near) / near
        log = np.log(safe) + short - short**2 / 2
        return log, (1 - short) / safe, -1 / safe**2

    def bend(z: Array, prices: Array) -> Array:
        _, first, second = parts(z)
        slopes = package.slopes(z)
        straight = np.diag((power * first) @ package.bends(z))
        curved: Array = straight + (slopes.T * (power * second)) @ slopes
        return curved

    return Program(
        extra=0,
        value=lambda z: float(power @ parts(z)[0]),
        slope=lambda z: (power * parts(z)[1]) @ package.slopes(z),
        slack=lambda z: np.zeros(0),
        slack_slopes=lambda z: np.zeros((0, package.attributes)),
        bend=bend,
    )


def weighted(package: Package, weights: Array) -> Program:
    """Return max sum_i weights_i U_i."""
    return Program(
        extra=0,
        value=lambda z: float(weights @ package.utilities(z)),
        slope=lambda z: weights @ package.slopes(z),
        slack=lambda z: np.zeros(0),
        slack_slopes=lambda z: np.zeros((0, package.attributes)),
        bend=lambda z, prices: np.diag(weights @ package.bends(z)),
    )


def peak(package: Package, party: int) -> Program:
    """Return max U_party subject to U >= d."""
    none = package.arrays["disagreement"]
    others = np.arange(package.parties) != party
    return Program(
        extra=0,
        value=lambda z: float(package.utilities(z)[party]),
        slope=lambda z: package.slopes(z)[party],
        slack=lambda z: (package.utilities(z) - none)[others],
        slack_slopes=lambda z: package.slopes(z)[others],
        bend=lambda z, prices: np.diag(
            package.bends(z)[party] + prices @ package.bends(z)[others]
        ),
    )


def points(package: Package) -> Iterator[Array]:
    """Yield two feasible points to start from: the mean ideal, then the middle."""
    a = package.arrays
    for target in (a["ideals"].mean(axis=0), (a["lower"] + a["upper"]) / 2):
        inside = np.clip(target, a["lower"], a["upper"])
        share, step = 1.0, inside - a["lower"]
        while package.spent(a["lower"] + share * step) > package.budget:
            share *= 0.9
        yield a["lower"] + share * step


def solutions(package: Package, program: Program, start: Array) -> Iterator[Array]:
    """Yield the program's answer from a start: polished, snapped, as SLSQP left it.

    If rho < 2 utilities bend infinitely at an ideal; attributes close to one are snapped.

    Parameters
    ----------
    package : Package
        Gives bounds and budget.
    program : Program
        What to maximise.
    start : array, shape (m,) or (m + 1,)
        z to start from.
    """
    from scipy.optimize import minimize

    a = package.arrays
    limited = np.isfinite(package.budget)
    free = [(None, None)] * program.extra
    bounds = [*zip(a["lower"].tolist(), a["upper"].tolist(), strict=True), *free]
    constraints: list[dict[str, Any]] = [
        {"type": "ineq", "fun": program.slack, "jac": program.slack_slopes},
        {
            "type": "ineq",
            "fun": lambda z: package.budget - package.spent(z[: package.attributes]),
            "jac": lambda z: _padded(-package.spent_slopes(z[: package.attributes]), z),
        },
    ]
    used = [program.slack(start).size > 0, bool(limited)]
    search: Any = minimize  # its stubs know no list of constraints
    found: Array = search(
        lambda z: -program.value(z),
        start,
        jac=lambda z: -program.slope(z),
        bounds=bounds,
        constraints=[c for c, use in zip(constraints, used, strict=True) if use],
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-15},
    ).x
    found[: package.attributes] = np.clip(
        found[: package.attributes], a["lower"], a["upper"]
    )
    for near in _NEAR if package.loss_power < 2 else (0.0,):
        snapped, held = _snapped(package, found, near)
        polished = _polish(package, program, snapped, held)
        if polished is not None:
            yield polished
        yield snapped


def _snapped(package: Package, z: Array, near: float) -> tuple[Array, NDArray[np.bool_]]:
    """Return z with attributes moved to an ideal that is so near, and which were."""
    answer, held = z.copy(), np.zeros(z.size, dtype=bool)
    if near == 0:
        return answer, held
    ideals = package.arrays["ideals"]
    for k in range(package.attributes):
        nearest = ideals[np.abs(ideals[:, k] - z[k]).argmin(), k]
        inside = package.lower[k] <= nearest <= package.upper[k]
        if inside and abs(nearest - z[k]) < near:
            answer[k], held[k] = nearest, True
    return answer, held


def _padded(slope: Array, z: Array) -> Array:
    return np.append(slope, np.zeros(z.size - slope.size))


def _binding(package: Package, program: Program, z: Array) -> tuple[Array, Array]:
    """Return all slacks at z, the budget's last, and their slopes."""
    x = z[: package.attributes]
    slack, slopes = program.slack(z), program.slack_slopes(z)
    if np.isfinite(package.budget):
        slack = np.append(slack, package.budget - package.spent(x))
        slopes = np.vstack([slopes, _padded(-package.spent_slopes(x), z)])
    return slack, slopes


def _polish(
    package: Package, program: Program, start: Array, held: NDArray[np.bool_]
) -> Array | None:
    """Return Newton's answer if it comes near the start and stays feasible.

    What is at a bound stays there, and so do the attributes that are held.
    """
    a, size = package.arrays, package.attributes
    z = start.copy()
    free = np.ones(z.size, dtype=bool)
    free[:size] = (z[:size] > a["lower"] + _BINDS) & (z[:size] < a["upper"] - _BINDS)
    z[:size] = np.where(
        free[:size],
        z[:size],
        np.where(z[:size] < a["lower"] + _BINDS, a["lower"], a["upper"]),
    )
    free &= ~held
    slack, slopes = _binding(package, program, z)
    binds = slack < _BINDS * max(1.0, float(np.abs(slack).max(initial=0.0)))
    prices = np.zeros(slack.size)
    if binds.any():
        normals, target = slopes[binds][:, free].T, -program.slope(z)[free]
        prices[binds] = np.linalg.lstsq(normals, target, rcond=None)[0]
    count = int(free.sum())
    for _ in range(12):
        slack, slopes = _binding(package, program, z)
        own = program.slack(z).size
        curve = program.bend(z, prices[:own])
        if slack.size > own:
            eta, x = package.cost_power, np.maximum(z[:size], 1e-12)
            bend = a["cost"] * eta * (eta - 1) * x ** (eta - 2)
            curve = curve - prices[-1] * np.diag(_padded(bend, z))
        normals = slopes[binds][:, free]
        rest = np.zeros((normals.shape[0], normals.shape[0]))
        matrix = np.block([[curve[np.ix_(free, free)], normals.T], [normals, rest]])
        residual = np.append(
            program.slope(z)[free] + normals.T @ prices[binds], slack[binds]
        )
        step = np.linalg.lstsq(matrix, -residual, rcond=None)[0]
        z[free] += step[:count]
        prices[binds] += step[count:]
        if not np.isfinite(z).all() or np.abs(z - start).max() > _FAR:
            return None
        if np.abs(step).max(initial=0.0) < 1e-15:
            break
    slack, _ = _binding(package, program, z)
    inside = (z[:size] >= a["lower"]).all() and (z[:size] <= a["upper"]).all()
    return z if inside and slack.min(initial=0.0) > -1e-12 else None
