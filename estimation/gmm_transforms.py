"""What removes the entities' effects: first differences and orthogonal deviations.

Each transformation is a matrix M_i of one entity, rows the transformed equations and
columns the periods, that is applied and never built.  Errors v of variance s2 become
M_i v, with covariance s2 M_i M_i': the weight of one-step GMM.  Grids have shape
(N, T, ...); ``usable`` says which periods of an entity have a row, and rows without one
are zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = ["DIFFERENCE", "TRANSFORMS", "Transform"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transform:
    """One way to remove the entities' effects.

    Attributes
    ----------
    name : str
        In words.
    rows : callable
        ``usable`` (N, T) to the mask (N, T) of transformed equations.
    apply : callable
        Values (N, T, K) and ``usable`` to M_i values, zero where there is no equation.
    adjoint : callable
        Values (N, T, L) in the transformed equations, zero elsewhere, and ``usable`` to
        M_i' values, in periods.
    variance : float
        Variance of a transformed error of unit variance.
    """

    name: str
    rows: Callable[[Mask], Mask]
    apply: Callable[[Floats, Mask], Floats]
    adjoint: Callable[[Floats, Mask], Floats]
    variance: float


def _difference_rows(usable: Mask) -> Mask:
    rows = np.zeros_like(usable)
    rows[:, 1:] = usable[:, 1:] & usable[:, :-1]
    return rows


def _difference(values: Floats, usable: Mask) -> Floats:
    """Return x_t - x_{t-1} where the periods t and t-1 both have a row."""
    changes = np.zeros_like(values)
    changes[:, 1:] = values[:, 1:] - values[:, :-1]
    changes[~_difference_rows(usable)] = 0.0
    return changes


def _difference_adjoint(values: Floats, usable: Mask) -> Floats:
    """Return z_t - z_{t+1}."""
    spread = values.copy()
    spread[:, :-1] -= values[:, 1:]
    return spread


def _later(usable: Mask) -> Floats:
    """Count the later periods with a row, where the period has one; else 0."""
    left = usable[:, ::-1].cumsum(axis=1)[:, ::-1] - usable
    return np.where(usable, left, 0).astype(np.float64)


def _deviation_rows(usable: Mask) -> Mask:
    rows = np.zeros_like(usable)
    rows[:, 1:] = _later(usable)[:, :-1] > 0
    return rows


def _deviate(values: Floats, usable: Mask) -> Floats:
    """Return sqrt(m/(m+1)) (x_t - mean of the m later x), stored in period t + 1."""
    later = _later(usable)
    left = values[:, ::-1].cumsum(axis=1)[:, ::-1] - values
    gaps = values - left / np.maximum(later, 1)[:, :, None]
    weights = np.sqrt(later / (later + 1))
    deviations = np.zeros_like(values)
    deviations[:, 1:] = (weights[:, :, None] * gaps)[:, :-1]
    return deviations


def _deviation_adjoint(values: Floats, usable: Mask) -> Floats:
    later = _later(usable)
    weights = np.sqrt(later / (later + 1))
    own = np.zeros_like(values)
    own[:, :-1] = weights[:, :-1, None] * values[:, 1:]
    shares = own / np.maximum(later, 1)[:, :, None]
    earlier = shares.cumsum(axis=1) - shares
    return np.asarray(own - usable[:, :, None] * earlier)


DIFFERENCE = Transform(
    name="first differences",
    rows=_difference_rows,
    apply=_difference,
    adjoint=_difference_adjoint,
    variance=2.0,
)
"""x_t - x_{t-1}; a gap takes the differences on both of its sides."""

TRANSFORMS = {
    "difference": DIFFERENCE,
    "orthogonal": Transform(
        name="orthogonal deviations",
        rows=_deviation_rows,
        apply=_deviate,
        adjoint=_deviation_adjoint,
        variance=1.0,
    ),
}
"""By the names of ``transform``.

An orthogonal deviation is x_t less the mean of all later rows, over gaps too, scaled so
that white errors stay white.  It is stored in period t + 1, as in xtabond2, so that the
same lags are valid instruments for both transformations.
"""
