"""GMM from the moments of each unit, kept apart so that units can be drawn again.

:mod:`unigauge.estimation.gmm.moments` sums over units as it goes and suits one estimate on
many rows; here Z_i'X_i and Z_i'y_i stand in memory, as a bootstrap of whole units and a
system of equations need.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation.gmm.steps import Solution, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["UnitMoments", "UnitStep", "one_step", "two_step"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitMoments:
    """Moments of one equation; N units, L instruments, K coefficients.

    Attributes
    ----------
    x, y : array, shape (N, L, K) and (N, L)
        Z_i'X_i and Z_i'y_i.
    weight : array, shape (L, L)
        What the weight of the first step inverts.
    """

    x: Floats
    y: Floats
    weight: Floats

    def scores(self, estimates: Floats) -> Floats:
        """Return Z_i'e_i, shape (N, L)."""
        return np.asarray(self.y - self.x @ estimates)

    def picked(self, picks: NDArray[np.intp]) -> UnitMoments:
        """Return the moments of some units, with the same first weight."""
        return replace(self, x=self.x[picks], y=self.y[picks])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitStep:
    """One step of GMM.

    Attributes
    ----------
    solution : Solution
        The estimate.
    influence : array, shape (N, K)
        What each unit adds to the estimate's error; the robust covariance is the sum of
        squares, from the second step on Windmeijer's (2005).
    """

    solution: Solution
    influence: Floats

    @property
    def robust(self) -> Floats:
        """Robust covariance, shape (K, K)."""
        return np.asarray(self.influence.T @ self.influence)


def one_step(moments: UnitMoments) -> UnitStep:
    """Estimate with the first weight."""
    solution = solve(moments.x.sum(axis=0), moments.y.sum(axis=0), moments.weight)
    scores = moments.scores(solution.estimates)
    return UnitStep(solution=solution, influence=scores @ solution.influence.T)


def two_step(moments: UnitMoments) -> UnitStep:
    """Estimate with the weight of the first step's residuals."""
    x, y = moments.x.sum(axis=0), moments.y.sum(axis=0)
    first = solve(x, y, moments.weight)
    scores = moments.scores(first.estimates)
    second = solve(x, y, scores.T @ scores)
    along = np.einsum("nlk,n->lk", moments.x, scores @ second.weighted)
    across = scores.T @ (moments.x.transpose(0, 2, 1) @ second.weighted)
    derivative = second.influence @ (along + across)
    mapped = second.influence + derivative @ first.influence
    return UnitStep(solution=second, influence=scores @ mapped.T)
