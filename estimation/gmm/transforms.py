"""What removes the entities' effects: first differences and orthogonal deviations.

Each transformation is a matrix M_i of one entity, rows its transformed equations and
columns its periods.  Errors v of variance s2 become M_i v, with covariance s2 M_i M_i':
the weight of one-step GMM.  Grids run over periods first and entities last, (T, ..., N);
``usable`` (T, N) says where an entity has a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = [
    "DIFFERENCE",
    "TRANSFORMS",
    "Matrix",
    "Transform",
    "equation_rows",
    "transformed",
]

Matrix: TypeAlias = "list[list[tuple[int, NDArray[np.float64]]]]"
"""M of all entities: for each equation its periods, each with its coefficients (N,).

The first period of an equation is its own, whose coefficient is zero only where the
entity does not have the equation.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transform:
    """One way to remove the entities' effects.

    Attributes
    ----------
    name : str
        In words.
    matrix : callable
        ``usable`` to M.
    variance : float
        Variance of a transformed error of unit variance.
    needs : str
        Which second row an equation needs.
    """

    name: str
    matrix: Callable[[Mask], Matrix]
    variance: float
    needs: str


def equation_rows(matrix: Matrix, usable: Mask) -> Mask:
    """Return where entities have transformed equations, shape (T, N)."""
    rows = np.zeros_like(usable)
    for row, coefficients in zip(rows, matrix, strict=True):
        if coefficients:
            row[:] = coefficients[0][1] != 0
    return rows


def transformed(matrix: Matrix, values: Floats) -> Floats:
    """Return M values for values (T, K, N), zero where there is no equation."""
    moved = np.zeros_like(values)
    for row, coefficients in zip(moved, matrix, strict=True):
        for period, coefficient in coefficients:
            row += coefficient * values[period]
    return moved


def _differences(usable: Mask) -> Matrix:
    matrix: Matrix = [[]]
    for period in range(1, len(usable)):
        here = (usable[period] & usable[period - 1]).astype(np.float64)
        matrix.append([(period, here), (period - 1, -here)] if here.any() else [])
    return matrix


def _deviations(usable: Mask) -> Matrix:
    matrix: Matrix = [[]]
    for period in range(len(usable) - 1):
        later = usable[period + 1 :].sum(axis=0)
        own = np.sqrt(later / (later + 1)) * usable[period]
        share = -own / np.maximum(later, 1)
        rest = [(s, share * usable[s]) for s in range(period + 1, len(usable))]
        matrix.append([(period, own), *rest] if own.any() else [])
    return matrix


DIFFERENCE = Transform(
    name="first differences",
    matrix=_differences,
    variance=2.0,
    needs="just before it",
)
"""x_t - x_{t-1}; a gap takes the differences on both of its sides."""

TRANSFORMS = {
    "difference": DIFFERENCE,
    "orthogonal": Transform(
        name="orthogonal deviations",
        matrix=_deviations,
        variance=1.0,
        needs="after it",
    ),
}
"""By the names of ``transform``.

An orthogonal deviation is x_t less the mean of the m later rows, over gaps too, times
sqrt(m/(m+1)), so that white errors stay white.  It is stored in period t + 1, as in
xtabond2, so that the same lags are valid instruments for both transformations.
"""
