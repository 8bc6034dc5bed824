"""How far a package can be from the best: an upper bound, by the Frank-Wolfe gap.

For a point x and weights lambda >= 0 concavity gives, for every feasible y,

    sum_i lambda_i U_i(y) <= sum_i lambda_i U_i(x) + max_y sum_i lambda_i grad U_i(x).(y - x).

The inner maximum is linear and exact.  Nothing here is used by the solver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.answers import worst

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.agreements.package import Package

    Array = NDArray[np.float64]

__all__ = ["best_direction", "infeasibility", "max_min_gap", "peak_gap", "weighted_gap"]

_ACTIVE = 1e-6


def infeasibility(package: Package, x: Array) -> float:
    """Return by how much a point breaks a bound or the budget."""
    a = package.arrays
    over = package.spent(x) - package.budget
    return float(max(0.0, (a["lower"] - x).max(), (x - a["upper"]).max(), over))


def best_direction(package: Package, prices: Array) -> Array:
    """Return the feasible point y that maximises prices.y.

    It is y_k = (p_k / (mu eta c_k))^(1/(eta - 1)) within the bounds, with mu by
    bisection; if eta = 1 the budget goes where a unit of it buys most.
    """
    a = package.arrays
    low, high, cost, eta = a["lower"], a["upper"], a["cost"], package.cost_power
    top = np.where(prices > 0, high, low)
    if package.spent(top) <= package.budget:
        return top
    if eta == 1:
        point, left = low.copy(), package.budget - package.spent(low)
        free = (prices > 0) & (cost == 0)
        point[free] = high[free]
        worth = np.where(cost > 0, prices / np.where(cost > 0, cost, 1), -np.inf)
        for k in np.argsort(-worth, kind="stable"):
            if worth[k] > 0:
                point[k] += min(high[k] - low[k], left / cost[k])
                left = max(0.0, left - cost[k] * (point[k] - low[k]))
        return point

    wanted = (prices > 0) & (cost > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rank = np.where(wanted, np.log(prices) - np.log(eta * cost), -np.inf)
    rank[(prices > 0) & (cost == 0)] = np.inf

    def at(log_price: float) -> Array:
        with np.errstate(over="ignore"):
            return np.clip(np.exp((rank - log_price) / (eta - 1)), low, top)

    least, most = -800.0, 800.0
    for _ in range(200):
        middle = (least + most) / 2
        if package.spent(at(middle)) > package.budget:
            least = middle
        else:
            most = middle
    return at(most)


def weighted_gap(package: Package, x: Array, weights: Array) -> float:
    """Return how much sum_i weights_i U_i can at most exceed its value at x."""
    prices = weights @ package.slopes(x)
    better = float(prices @ (best_direction(package, prices) - x))
    return worst(0.0, better)


def max_min_gap(package: Package, x: Array, scale: Array) -> tuple[float, Array]:
    """Return how much min_i (U_i - d_i)/scale_i can at most rise, and the weights used.

    For any weights lambda that sum to one, max_x sum_i lambda_i (U_i - d_i)/scale_i is an
    upper bound on what can be had.
    """
    gains = (package.utilities(x) - package.arrays["disagreement"]) / scale
    least = float(gains.min())
    tied = gains <= least + _ACTIVE * max(1.0, abs(least))
    columns = _normals(package, x)
    slopes = package.slopes(x) / scale[:, None]
    weights = _multipliers(slopes[tied].T, columns, np.zeros(package.attributes))
    shares = np.zeros(package.parties)
    shares[tied] = weights / weights.sum()
    bound = float(shares @ gains) + weighted_gap(package, x, shares / scale)
    return worst(0.0, bound - least), shares / scale


def peak_gap(package: Package, x: Array, party: int) -> float:
    """Return how much U_party can at most rise if nobody is to fall below d."""
    gains = package.utilities(x) - package.arrays["disagreement"]
    others = gains <= _ACTIVE
    others[party] = False
    slopes = package.slopes(x)
    prices = np.zeros(package.parties)
    if others.any():
        columns = np.column_stack([slopes[others].T, -_normals(package, x)])
        from scipy.optimize import nnls

        prices[others] = nnls(columns, -slopes[party])[0][: others.sum()]
    slack = float(prices @ gains)  # the bound adds what the others' slack is worth
    prices[party] = 1.0
    return weighted_gap(package, x, prices) + max(0.0, slack)


def _normals(package: Package, x: Array) -> Array:
    """Return the outward normals of what binds at x, one a column."""
    a, size = package.arrays, package.attributes
    unit = np.eye(size)
    columns = [unit[:, k] for k in range(size) if x[k] > a["upper"][k] - _ACTIVE]
    columns += [-unit[:, k] for k in range(size) if x[k] < a["lower"][k] + _ACTIVE]
    if package.spent(x) > package.budget - _ACTIVE:
        columns.append(package.spent_slopes(x))
    return np.column_stack(columns) if columns else np.zeros((size, 0))


def _multipliers(gains: Array, normals: Array, target: Array) -> Array:
    """Return weights >= 0 that sum to one and make the gains point along the normals."""
    from scipy.optimize import nnls

    count = gains.shape[1]
    system = np.column_stack([gains, -normals])
    adding_up = np.append(np.ones(count), np.zeros(normals.shape[1]))
    answer = nnls(np.vstack([system, adding_up]), np.append(target, 1.0))[0][:count]
    return answer if answer.sum() > 0 else np.full(count, 1 / count)
