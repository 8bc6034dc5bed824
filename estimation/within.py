"""The within transform: what is left of a variable after fixed effects.

Effects, however many, are swept out by pyfixest; slopes that differ by group (unit
trends) by a regression on what the effects leave of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import ConvergenceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Slope", "number_of_groups", "partial_out", "rank_of_effects", "residualise"]

_TOLERANCE = 1e-12
_MOST_ITERATIONS = 10_000
_RANK_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slope:
    """A variable whose coefficient differs by group, such as a trend per unit.

    Attributes
    ----------
    name : str
        As in the formula, ``entity[time]``.
    groups : array of int, shape (n,)
        The group of each row, numbered from 0.
    values : array, shape (n,)
        The variable.
    """

    name: str
    groups: NDArray[np.intp]
    values: NDArray[np.float64]

    def columns(self) -> NDArray[np.float64]:
        """Return one column a group: the variable there, zero elsewhere."""
        columns = np.zeros((len(self.values), int(self.groups.max()) + 1))
        columns[np.arange(len(self.values)), self.groups] = self.values
        return columns


def partial_out(
    values: NDArray[np.float64],
    effects: NDArray[np.intp],
    slopes: Sequence[Slope] = (),
    weights: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the residuals of columns on fixed effects and group slopes.

    Parameters
    ----------
    values : array, shape (n, k)
        Columns to transform.
    effects : array of int, shape (n, number of effects)
        Group of each row in each effect, numbered from 0; no column, no effect.
    slopes : sequence of Slope
        Slopes that differ by group, taken out as well.
    weights : array, shape (n,), optional
        Positive weights of the rows.

    Returns
    -------
    array, shape (n, k)
        Residuals of (weighted) least squares, to about 1e-12 of each column.

    Raises
    ------
    ConvergenceError
        If the effects are so poorly connected that sweeping does not converge.

    Examples
    --------
    >>> rows = np.array([[1.0], [3.0], [10.0]])
    >>> partial_out(rows, np.array([[0], [0], [1]]))
    array([[-1.],
           [ 1.],
           [ 0.]])
    """
    residuals = _sweep(values, effects, weights)
    if not slopes:
        return residuals
    nuisance = _sweep(np.column_stack([s.columns() for s in slopes]), effects, weights)
    return residualise(residuals, nuisance, weights)[0]


def residualise(
    values: NDArray[np.float64],
    nuisance: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], int]:
    """Return the residuals of columns on other columns, and the latter's rank.

    The other columns may be collinear.
    """
    from scipy.linalg import qr

    root = np.ones(len(values)) if weights is None else np.sqrt(weights)
    scale = np.linalg.norm(nuisance, axis=0)
    scale[scale == 0] = 1.0
    basis, triangle, _ = qr(
        nuisance / scale * root[:, None], mode="economic", pivoting=True, check_finite=False
    )
    diagonal = np.abs(np.diag(triangle))
    rank = int((diagonal > _RANK_TOLERANCE * diagonal.max(initial=0.0)).sum())
    basis = basis[:, :rank]
    scaled = values * root[:, None]
    scaled -= basis @ (basis.T @ scaled)
    return scaled / root[:, None], rank


def number_of_groups(groups: NDArray[np.intp]) -> int:
    """Count the groups in use."""
    return int(np.count_nonzero(np.bincount(groups)))


def rank_of_effects(
    effects: NDArray[np.intp], slopes: Sequence[Slope] = (), *, connected: bool = False
) -> int:
    """Return how many parameters fixed effects and slopes take.

    Exact with one or two effects: levels less connected components.  With more, or
    where they are taken to be ``connected``, every effect after the first repeats one
    parameter.  Slopes count by the rank that the effects leave them.
    """
    number = effects.shape[1]
    levels = [number_of_groups(groups) for groups in effects.T]
    rank = sum(levels) - max(number - 1, 0)
    if number == 2 and not connected:
        rank = sum(levels) - _components(effects)
    if slopes:
        columns = np.column_stack([s.columns() for s in slopes])
        rank += residualise(columns, _sweep(columns, effects, None))[1]
    return int(rank)


def _sweep(
    values: NDArray[np.float64],
    effects: NDArray[np.intp],
    weights: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Take the effects out of every column, each scaled to unit size first."""
    if effects.shape[1] == 0:
        return values
    from pyfixest.core.demean import demean_within

    scale = np.abs(values).max(axis=0)
    scale[scale == 0] = 1.0
    residuals, converged, _ = demean_within(
        values / scale,
        effects.astype(np.uint32),
        weights,
        tol=_TOLERANCE,
        maxiter=_MOST_ITERATIONS,
    )
    if not converged:
        raise ConvergenceError(
            "sweeping out the fixed effects did not converge; some groups may hang "
            "together by very few rows. Leave those out, or drop an effect",
            iterations=_MOST_ITERATIONS,
            residual=float("nan"),
            tolerance=_TOLERANCE,
        )
    swept: NDArray[np.float64] = residuals * scale
    return swept


def _components(effects: NDArray[np.intp]) -> int:
    """Count the connected parts of the graph that joins the groups of two effects."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first, second = effects[:, 0], effects[:, 1]
    size = int(first.max()) + 1
    nodes = size + int(second.max()) + 1
    links = coo_array((np.ones(len(first)), (first, second + size)), shape=(nodes, nodes))
    number, _ = connected_components(links, directed=False)
    unused = nodes - number_of_groups(first) - number_of_groups(second)
    return int(number) - unused
