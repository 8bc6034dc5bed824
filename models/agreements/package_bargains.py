"""What parties agree on: see :mod:`unigauge.models.agreements.bargaining`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import (
    ConvergenceError,
    InputError,
    require_choice,
    require_number,
)
from unigauge.models.agreements.entries import vector
from unigauge.models.agreements.package import Package
from unigauge.models.agreements.package_certificate import (
    infeasibility,
    max_min_gap,
    peak_gap,
    weighted_gap,
)
from unigauge.models.agreements.package_outcome import Bargain
from unigauge.models.agreements.package_solver import (
    Program,
    fair,
    nash,
    peak,
    points,
    solutions,
    weighted,
)
from unigauge.models.answers import worst
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["SOLUTIONS", "STATUSES", "compare", "issue_by_issue", "least_surplus", "solve"]

SOLUTIONS = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "transfers")
"""Solutions that :func:`solve` knows."""

STATUSES = ("ok", "corner", "imposed", "no_agreement")
"""What ``Bargain.status`` can be.

``ok``: a certified interior point.  ``corner``: certified; a bound or the technical
frontier binds.  ``imposed``: certified, but some party would rather have no agreement
(only the utilitarian rule allows it).  ``no_agreement``: nothing makes all better off.
"""

_NOTHING = 1e-10
_EDGE = 1e-7


def solve(
    package: Package,
    solution: str = "nash",
    *,
    utility_weights: ArrayLike | None = None,
    tolerance: float = 1e-6,
) -> Bargain:
    """Return the package that a solution picks.

    ================= ================================================================
    solution          picks
    ================= ================================================================
    nash              max sum_i alpha_i log(U_i - d_i)
    kalai_smorodinsky max t with U_i - d_i >= t (I_i - d_i), I_i the most that party i
                      can get if nobody gets less than d
    egalitarian       max t with U_i - d_i >= t
    utilitarian       max sum_i lambda_i U_i
    transfers         max sum_i U_i; party i ends with d_i + alpha_i S, S the sum of gains
    ================= ================================================================

    Parameters
    ----------
    package : Package
        Parameters.
    solution : str
        One of :data:`SOLUTIONS`.
    utility_weights : array_like, shape (n,), optional
        lambda >= 0 of the utilitarian rule; all 1 by default.
    tolerance : float, default 1e-6
        Largest gap allowed.

    Returns
    -------
    Bargain
        With status ``no_agreement`` if the egalitarian surplus is at most 1e-10 (with
        transfers: if S is below 0).

    Raises
    ------
    ConvergenceError
        If no candidate comes within the tolerance.

    Notes
    -----
    Sources: Nash (1950), Kalai and Smorodinsky (1975), Kalai (1977).  Accurate to about
    1e-9 where what binds is clear.

    Examples
    --------
    >>> outcome = solve(Package(), "egalitarian")
    >>> round(outcome.surplus, 6), outcome.gap < 1e-9
    (0.211655, True)
    """
    package = _checked(package)
    solution = require_choice("solution", solution, SOLUTIONS)
    tolerance = require_number("tolerance", tolerance, above=0)
    shares = _utility_weights(package, solution, utility_weights)
    if solution == "transfers":
        return _with_transfers(package, tolerance)
    none = package.arrays["disagreement"]
    even = np.ones(package.parties)
    level, least_gap = _fairest(package, even, tolerance)
    surplus = float((package.utilities(level) - none).min())
    if surplus <= _NOTHING:
        return _bargain(package, solution, None, surplus, least_gap, even * np.nan)
    if solution == "egalitarian":
        _, prices = max_min_gap(package, level, even)
        return _bargain(package, solution, level, surplus, least_gap, prices)
    if solution == "kalai_smorodinsky":
        tops = [_best_for(package, party, level, tolerance) for party in range(len(none))]
        scale = np.array([top for top, _ in tops]) - none
        x, gap = _fairest(package, scale, tolerance, level)
        _, prices = max_min_gap(package, x, scale)
        return _bargain(
            package, solution, x, surplus, max(gap, *(gap for _, gap in tops)), prices
        )
    if solution == "utilitarian":
        x, gap = _greatest(package, shares, tolerance)
        return _bargain(package, solution, x, surplus, gap, shares)
    power = package.arrays["bargaining_weights"]

    def prices_at(x: Array) -> Array:
        return power / np.maximum(package.utilities(x) - none, _NOTHING)

    x, gap = _best(
        package,
        nash(package),
        [level],
        lambda x: weighted_gap(package, x, prices_at(x)),
        tolerance,
    )
    return _bargain(package, solution, x, surplus, gap, prices_at(x))


def issue_by_issue(
    package: Package, *, shares: ArrayLike | None = None, tolerance: float = 1e-6
) -> Bargain:
    """Return what comes of a separate Nash bargain over each attribute.

    Attribute k has the share beta_k of the budget, and its disagreement is d_i in
    proportion to the weight that party i gives to it.

    Parameters
    ----------
    package : Package
        Parameters.
    shares : array_like, shape (m,), optional
        beta > 0, adding up to at most one; equal by default.
    tolerance : float, default 1e-6
        Largest gap allowed.

    Returns
    -------
    Bargain
        Its gap is the largest of the single bargains'.  With status ``no_agreement``, and
        the attributes that failed, if one of them does.

    Examples
    --------
    >>> outcome = issue_by_issue(Package())
    >>> outcome.x.round(6), outcome.utilities.round(6)
    (array([0.7, 0.7]), array([-0.09, -0.09]))
    """
    package = _checked(package)
    size = package.attributes
    given = np.full(size, 1 / size) if shares is None else shares
    parts = vector("shares", given, size, above=0)
    if sum(parts) > 1 + 1e-12:
        raise InputError(
            f"shares is {parts} and adds up to {sum(parts):g}; shares of the budget must "
            "add up to at most 1."
        )
    levels, gaps, failed = np.full(size, np.nan), [0.0], []
    for k, part in enumerate(parts):
        least = package.cost[k] * package.lower[k] ** package.cost_power
        if least >= part * package.budget:
            failed.append(k)
            continue
        single = solve(package.issue(k, part), "nash", tolerance=tolerance)
        gaps.append(single.gap)
        levels[k] = single.x[0]
        if single.status == "no_agreement":
            failed.append(k)
    none = package.arrays["disagreement"]
    x = None if failed else levels
    surplus = np.nan if failed else float((package.utilities(levels) - none).min())
    weights = np.full(package.parties, np.nan)
    return _bargain(
        package, "issue_by_issue", x, surplus, max(gaps), weights, failed=tuple(failed)
    )


def compare(package: Package, solutions: Iterable[str] = SOLUTIONS) -> pd.DataFrame:
    """Return one row for each solution, and one for issue by issue.

    Examples
    --------
    >>> compare(Package(), ["nash"])["utility_1"].round(5).to_dict()
    {'nash': -0.08834, 'issue_by_issue': -0.09}
    """
    import pandas as pd

    if isinstance(solutions, str):
        raise InputError(f"solutions is {solutions!r}; write a list, [{solutions!r}].")
    rows = [solve(package, name).record() for name in solutions]
    rows.append(issue_by_issue(package).record())
    return pd.DataFrame(rows).set_index("solution")


def least_surplus(package: Package, *, tolerance: float = 1e-6) -> float:
    """Return the largest t such that all U_i - d_i >= t can be had; it may be negative."""
    package = _checked(package)
    x, _ = _fairest(package, np.ones(package.parties), tolerance)
    return float((package.utilities(x) - package.arrays["disagreement"]).min())


# ---------------------------------------------------------------------------
# The programs, solved and certified


def _checked(package: object) -> Package:
    if not isinstance(package, Package):
        raise InputError(f"package is {package!r}; it must be a Package(...).")
    return package


def _utility_weights(package: Package, solution: str, given: ArrayLike | None) -> Array:
    if given is None:
        return np.ones(package.parties)
    if solution != "utilitarian":
        raise InputError(
            f"utility_weights is given and solution is {solution!r}; only the utilitarian "
            "rule takes weights of utilities. Leave them out, or set bargaining_weights of "
            "the package."
        )
    weights = vector("utility_weights", given, package.parties, at_least=0)
    if sum(weights) == 0:
        raise InputError("utility_weights are all 0; at least one must be above 0.")
    return np.array(weights)


def _best(
    package: Package,
    program: Program,
    starts: Iterable[Array],
    gap: Callable[[Array], float],
    tolerance: float,
) -> tuple[Array, float]:
    """Return the candidate of least gap, infeasibility included, and that gap."""
    best, least = np.zeros(0), np.inf
    for start in starts:
        for z in solutions(package, program, start):
            x = z[: package.attributes]
            off = worst(gap(x), infeasibility(package, x))
            if off < least:
                best, least = x, off
            if least <= 1e-12:
                return best, least
        if least <= 1e-9:
            break
    if least > tolerance:
        raise ConvergenceError(
            f"the bargain {package} was not solved; rescale the utilities, take "
            "loss_power further from 1, or raise the tolerance",
            iterations=500,
            residual=least,
            tolerance=tolerance,
        )
    return best, least


def _fairest(
    package: Package, scale: Array, tolerance: float, start: Array | None = None
) -> tuple[Array, float]:
    """Return the point at which min_i (U_i - d_i)/scale_i is largest, and its gap."""
    none = package.arrays["disagreement"]

    def starts() -> Iterable[Array]:
        for x in points(package) if start is None else [start, *points(package)]:
            yield np.append(x, ((package.utilities(x) - none) / scale).min())

    return _best(
        package,
        fair(package, scale),
        starts(),
        lambda x: max_min_gap(package, x, scale)[0],
        tolerance,
    )


def _best_for(
    package: Package, party: int, start: Array, tolerance: float
) -> tuple[float, float]:
    """Return the most that a party can get if all get at least d, and the gap."""
    none = package.arrays["disagreement"]

    def gap(x: Array) -> float:
        short = float((none - package.utilities(x)).max())
        return worst(short, peak_gap(package, x, party))

    x, off = _best(package, peak(package, party), [start], gap, tolerance)
    return float(package.utilities(x)[party]), off


def _greatest(package: Package, weights: Array, tolerance: float) -> tuple[Array, float]:
    """Return the point of the largest weighted sum of utilities, and its gap."""
    return _best(
        package,
        weighted(package, weights),
        points(package),
        lambda x: weighted_gap(package, x, weights),
        tolerance,
    )


def _with_transfers(package: Package, tolerance: float) -> Bargain:
    even = np.ones(package.parties)
    x, gap = _greatest(package, even, tolerance)
    own, none = package.utilities(x), package.arrays["disagreement"]
    total = float((own - none).sum())
    if total < 0:
        return _bargain(package, "transfers", None, total, gap, even)
    shared = none + package.arrays["bargaining_weights"] * total
    return _bargain(package, "transfers", x, total, gap, even, transfers=shared - own)


def _bargain(
    package: Package,
    solution: str,
    x: Array | None,
    surplus: float,
    gap: float,
    prices: Array,
    *,
    transfers: Array | None = None,
    failed: tuple[int, ...] = (),
) -> Bargain:
    """Return the outcome; no agreement if there is no x."""
    a = package.arrays
    paid = np.zeros(package.parties) if transfers is None else transfers
    if x is None:
        status, utilities = "no_agreement", a["disagreement"]
        prices, paid = prices * np.nan, paid * 0
        x = np.full(package.attributes, np.nan)
    else:
        utilities = package.utilities(x) + paid
        bound = min(float((x - a["lower"]).min()), float((a["upper"] - x).min()))
        slack = min(bound, package.budget - package.spent(x))
        status = "corner" if slack < _EDGE else "ok"
        if (utilities < a["disagreement"] - _EDGE).any():
            status = "imposed"
    return Bargain(
        x=frozen(x),
        utilities=frozen(utilities),
        surplus=surplus,
        transfers=frozen(paid),
        pareto_weights=frozen(prices / prices.sum()),
        status=status,
        gap=gap,
        failed_issues=failed,
        solution=solution,
        package=package,
    )
