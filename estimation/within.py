"""The within transform: what is left of a variable after fixed effects.

Effects, however many, are swept out by pyfixest.  Where slopes differ by group (unit
trends), each group's own regression is taken out exactly, and then what it leaves of
the dummies of the other effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import ConvergenceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Slope",
    "group_sums",
    "leverages",
    "number_of_groups",
    "partial_out",
    "rank_of_effects",
    "residualise",
]

_TOLERANCE = 1e-12
_MOST_ITERATIONS = 10_000
_ROUNDING = 1e-9


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
    if slopes:
        return _regress_by_group(values, effects, slopes, weights)[0]
    return _sweep(values, effects, weights)


def residualise(
    values: NDArray[np.float64],
    nuisance: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], int]:
    """Return the residuals of columns on other columns, and the latter's rank.

    The other columns may be collinear.
    """
    root = np.ones(len(values)) if weights is None else np.sqrt(weights)
    scale = np.linalg.norm(nuisance, axis=0)
    scale[scale == 0] = 1.0
    basis = _basis(nuisance / scale * root[:, None])
    scaled = values * root[:, None]
    scaled -= basis @ (basis.T @ scaled)
    return scaled / root[:, None], basis.shape[1]


def leverages(
    effects: NDArray[np.intp], slopes: Sequence[Slope] = ()
) -> NDArray[np.float64]:
    """Return the leverage that fixed effects and slopes give each row, shape (n,).

    The diagonal of the projection on their dummies.  All but the effect with most groups
    are dense columns.

    Examples
    --------
    >>> leverages(np.array([[0], [0], [1]]))
    array([0.5, 0.5, 1. ])
    """
    if effects.shape[1] == 0:
        return np.zeros(len(effects))
    largest = int(np.argmax([number_of_groups(groups) for groups in effects.T]))
    groups = effects[:, largest]
    leverage: NDArray[np.float64] = 1 / np.bincount(groups)[groups]
    ones = np.ones(len(groups))
    others = [
        Slope(name="", groups=effect, values=ones).columns()
        for effect in np.delete(effects, largest, axis=1).T
    ]
    others += [slope.columns() for slope in slopes]
    if others:
        columns = np.hstack(others)
        left, _ = _absorb(columns, groups, [ones], None)
        leverage += (_basis(left) ** 2).sum(axis=1)
    return leverage


def _basis(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an orthonormal basis of what columns, perhaps collinear, span."""
    from scipy.linalg import qr

    basis, triangle, _ = qr(columns, mode="economic", pivoting=True, check_finite=False)
    diagonal = np.abs(np.diag(triangle))
    rank = int((diagonal > _ROUNDING * diagonal.max(initial=0.0)).sum())
    return np.asarray(basis[:, :rank])


def group_sums(
    values: NDArray[np.float64], groups: NDArray[np.intp], number: int | None = None
) -> NDArray[np.float64]:
    """Return the sums of the rows of each group, shape (groups, k)."""
    size = int(groups.max()) + 1 if number is None else number
    sums = np.empty((size, values.shape[1]))
    for k, column in enumerate(values.T):
        sums[:, k] = np.bincount(groups, weights=column, minlength=size)
    return sums


def number_of_groups(groups: NDArray[np.intp]) -> int:
    """Count the groups in use."""
    return int(np.count_nonzero(np.bincount(groups)))


def rank_of_effects(
    effects: NDArray[np.intp], slopes: Sequence[Slope] = (), *, connected: bool = False
) -> int:
    """Return how many parameters fixed effects and slopes take.

    Exact with slopes, and with one or two effects: levels less connected components.
    With more effects, or where they are taken to be ``connected``, every effect after
    the first repeats one parameter.
    """
    if slopes:
        return _regress_by_group(np.empty((len(effects), 0)), effects, slopes, None)[1]
    number = effects.shape[1]
    levels = [number_of_groups(groups) for groups in effects.T]
    rank = sum(levels) - max(number - 1, 0)
    if number == 2 and not connected:
        rank = sum(levels) - _components(effects)
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


def _regress_by_group(
    values: NDArray[np.float64],
    effects: NDArray[np.intp],
    slopes: Sequence[Slope],
    weights: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], int]:
    """Take out slopes and effects; return the residuals and the rank of all that.

    The groups of the first slope are regressed one by one, all at once; the dummies of
    the other effects, and the columns of slopes of other groups, follow.
    """
    groups = slopes[0].groups
    basis = [np.ones(len(groups))] if _any_equal(effects, groups) else []
    others = []
    for effect in effects.T:
        if not np.array_equal(effect, groups):
            ones = Slope(name="", groups=effect, values=np.ones(len(effect)))
            others.append(ones.columns())
    for slope in slopes:
        if np.array_equal(slope.groups, groups):
            basis.append(slope.values)
        else:
            others.append(slope.columns())
    residuals, rank = _absorb(values, groups, basis, weights)
    if not others:
        return residuals, rank
    columns = np.hstack(others)
    left, _ = _absorb(columns, groups, basis, weights)
    rounding = np.linalg.norm(left, axis=0) <= _ROUNDING * np.linalg.norm(columns, axis=0)
    left[:, rounding] = 0.0
    residuals, more = residualise(residuals, left, weights)
    return residuals, rank + more


def _absorb(
    values: NDArray[np.float64],
    groups: NDArray[np.intp],
    basis: Sequence[NDArray[np.float64]],
    weights: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], int]:
    """Regress columns on a basis within each group (Gram and Schmidt, twice)."""
    root = np.ones((len(groups), 1)) if weights is None else np.sqrt(weights)[:, None]
    directions: list[NDArray[np.float64]] = []
    rank = 0
    for variable in basis:
        direction = variable[:, None] * root
        size = np.sqrt(group_sums(direction**2, groups))
        for earlier in directions * 2:
            direction = (
                direction - earlier * group_sums(earlier * direction, groups)[groups]
            )
        left = np.sqrt(group_sums(direction**2, groups))
        new = left > _ROUNDING * size
        scale = np.where(new, left, np.inf)
        directions.append(direction / scale[groups])
        rank += int(new.sum())
    residuals = values * root
    for direction in directions * 2:
        residuals -= direction * group_sums(direction * residuals, groups)[groups]
    return residuals / root, rank


def _any_equal(effects: NDArray[np.intp], groups: NDArray[np.intp]) -> bool:
    return any(np.array_equal(effect, groups) for effect in effects.T)


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
