"""One-step, two-step and iterated GMM, and their covariances.

With Z'X and Z'y summed over entities, s_i = Z_i'e_i and S = sum s_i s_i':

* step one: A_1 = (sum Z_i'H_i Z_i)^-1;
* step j: A_j = S^-1 at the residuals of the step before;
* b_j = M_j X'Z A_j Z'y, M_j = (X'Z A_j Z'X)^-1.

Robust covariances: of step one B S B' with B = M_1 X'Z A_1; of step two Windmeijer's
(2005), which adds that A_2 was estimated, V = M + D M + M D' + D V_1 D' with
D = db_2/db_1; iterated to the fixed point V = (I - D)^-1 M (I - D')^-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import ConvergenceError, IdentificationError
from unigauge.estimation.gmm.moments import Moments
from unigauge.estimation.linear_algebra import independent, inverse_root
from unigauge.estimation.wording import joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "Solution",
    "Step",
    "first_step",
    "identified",
    "iterate",
    "require_identified",
    "second_step",
    "solve",
]

_STILL = 1e-9
"""Iterations end when no coefficient moves by more of its standard error."""
_MOST_STEPS = 1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """The estimate that one weight A gives.

    Attributes
    ----------
    estimates : array, shape (K,)
        b.
    bread : array, shape (K, K)
        M, the inverse of X'Z A Z'X.
    influence : array, shape (K, L)
        M X'Z A: the estimates are influence times Z'y.
    weighted : array, shape (L,)
        A Z'e.
    criterion : float
        e'Z A Z'e.
    inverse_weight : array, shape (L, L)
        The matrix that A inverts.
    rank : int
        Its rank.
    """

    estimates: Floats
    bread: Floats
    influence: Floats
    weighted: Floats
    criterion: float
    inverse_weight: Floats
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One step of GMM.

    Attributes
    ----------
    solution : Solution
        The estimate.
    scores : array, shape (L, N)
        Z_i'e_i.
    robust : array, shape (K, K)
        Robust covariance, Windmeijer's from the second step on.
    number : int
        Which step this is.
    """

    solution: Solution
    scores: Floats
    robust: Floats
    number: int


def solve(x: Floats, y: Floats, inverse_weight: Floats) -> Solution:
    """Return the estimate from Z'X, Z'y and the matrix that the weight inverts.

    Raises
    ------
    IdentificationError
        If the weight has a lower rank than there are coefficients.
    """
    root, rank = inverse_root(inverse_weight)
    if rank < x.shape[1]:
        raise IdentificationError(
            f"the weight matrix has rank {rank}, too low for {x.shape[1]} coefficients with "
            "the time effects: there are too few entities, or the residuals vanish. Use "
            "steps=1, or fewer coefficients."
        )
    x, y = root @ x, root @ y
    basis, triangle = np.linalg.qr(x)
    inverse = np.linalg.inv(triangle)
    estimates = inverse @ (basis.T @ y)
    left = y - x @ estimates
    return Solution(
        estimates=estimates,
        bread=inverse @ inverse.T,
        influence=inverse @ basis.T @ root,
        weighted=root.T @ left,
        criterion=float(left @ left),
        inverse_weight=inverse_weight,
        rank=rank,
    )


def identified(x: Floats, inverse_weight: Floats) -> NDArray[np.bool_]:
    """Return which regressors the instruments tell from those before them."""
    root, _ = inverse_root(inverse_weight)
    weighted = root @ x
    return independent(weighted.T @ weighted)


def require_identified(
    moments: Moments, terms: tuple[str, ...], time_effects: int, formula: str
) -> None:
    """Refuse coefficients that the instruments cannot tell apart; name them.

    ``terms`` come first among the regressors, then ``time_effects`` dummies.
    """
    n_regressors = len(terms) + time_effects
    if len(moments.y) < n_regressors:
        raise IdentificationError(
            f"{formula!r} has {n_regressors} coefficients with its time effects and only "
            f"{len(moments.y)} instruments are left; it needs at least as many. Add "
            "lags to gmm, or name exogenous regressors in iv."
        )
    effects_first = np.roll(np.arange(n_regressors), time_effects)
    kept = identified(moments.x[:, effects_first], moments.weight)
    unknown = [
        terms[column]
        for column, keep in zip(effects_first, kept, strict=True)
        if not keep and column < len(terms)
    ]
    if unknown:
        raise IdentificationError(
            f"the instruments cannot tell the coefficient of {joined(unknown)} in "
            f"{formula!r}: the regressor does not vary within entities, is a combination of "
            "others or of the time effects, or has no instrument related to it. Leave it "
            "out, or add instruments to gmm or iv."
        )


def first_step(moments: Moments) -> Step:
    """Estimate with the weight of homoskedastic errors."""
    one = solve(moments.x, moments.y, moments.weight)
    scores = moments.scores(one.estimates)
    spread = one.influence @ scores
    return Step(solution=one, scores=scores, robust=spread @ spread.T, number=1)


def second_step(moments: Moments, first: Step) -> Step:
    """Estimate with the weight of the first residuals; Windmeijer's covariance."""
    two = _reweighted(moments, first)
    change = _derivative(moments, first, two)
    cross = change @ two.bread
    robust = two.bread + cross + cross.T + change @ first.robust @ change.T
    return Step(solution=two, scores=moments.scores(two.estimates), robust=robust, number=2)


def iterate(moments: Moments, first: Step) -> Step:
    """Estimate until the weight's residuals are the estimate's own.

    Raises
    ------
    ConvergenceError
        If the coefficients still move after many steps.
    """
    before, distance = first, np.inf
    for number in range(2, _MOST_STEPS + 2):
        new = _reweighted(moments, before)
        moved = np.abs(new.estimates - before.solution.estimates)
        distance = float((moved / np.sqrt(np.diagonal(new.bread))).max())
        scores = moments.scores(new.estimates)
        if distance <= _STILL:
            change = _derivative(moments, before, new)
            outer = np.linalg.inv(np.eye(len(change)) - change)
            robust = outer @ new.bread @ outer.T
            return Step(solution=new, scores=scores, robust=robust, number=number)
        before = Step(solution=new, scores=scores, robust=new.bread, number=number)
    raise ConvergenceError(
        "iterated GMM did not settle; use steps=2, or fewer instruments",
        iterations=_MOST_STEPS,
        residual=distance,
        tolerance=_STILL,
    )


def _reweighted(moments: Moments, before: Step) -> Solution:
    spread = before.scores @ before.scores.T
    return solve(moments.x, moments.y, spread)


def _derivative(moments: Moments, before: Step, new: Solution) -> Floats:
    """Return D = db_2/db_1, shape (K, K), from the weight's dependence on b_1."""
    return np.asarray(
        new.influence @ moments.weight_derivative(before.scores, new.weighted)
    )
