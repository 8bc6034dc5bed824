"""One least-squares regression in every unit, all units at once.

Regressors are arrays of shape (..., T, k) and outcomes of shape (..., T).  A row that a
unit cannot use is zero in all its columns, so that it changes nothing.  All there is to
know of a regression is in the triangle R of the QR decomposition of [x, y].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.errors import IdentificationError
from unigauge.estimation.wording import counted, joined, listed, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.estimation.design import Design

    Floats = NDArray[np.float64]

__all__ = [
    "UnitRows",
    "coefficients_of",
    "require_unit_rank",
    "residual_squares",
    "t_of_last",
    "triangles",
    "unit_rows",
]

_COLLINEAR = 1e-10


class UnitRows(NamedTuple):
    """The rows of a design, unit by unit.

    Attributes
    ----------
    y : array, shape (N, T)
        The response; zero where a unit has no row.
    x : array, shape (N, T, k)
        The regressors, likewise.
    used : array of bool, shape (N, T)
        Where the rows are.
    entities, times : tuple
        Labels of the units and periods in use.
    """

    y: Floats
    x: Floats
    used: NDArray[np.bool_]
    entities: tuple[Any, ...]
    times: tuple[Any, ...]

    @property
    def rows(self) -> NDArray[np.intp]:
        """Rows of each unit, shape (N,)."""
        count = np.asarray(self.used.sum(axis=1))
        count.setflags(write=False)
        return count


def unit_rows(design: Design) -> UnitRows:
    """Return the rows of a design on the grid of the units and periods in use."""
    units, unit = np.unique(design.entity, return_inverse=True)
    first = int(design.time.min())
    width = int(design.time.max()) - first + 1
    place = unit.reshape(-1), design.time - first
    shape = len(units), width
    y, used = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    x = np.zeros((*shape, design.x.shape[1]))
    y[place], x[place], used[place] = design.y, design.x, True
    panel = design.panel
    return UnitRows(
        y=y,
        x=x,
        used=used,
        entities=tuple(plain(label) for label in panel.entities[units]),
        times=tuple(plain(label) for label in panel.times[first : first + width]),
    )


def triangles(x: Floats, y: Floats) -> Floats:
    """Return R of [x, y] in every unit, shape (..., k + 1, k + 1)."""
    return np.asarray(np.linalg.qr(np.concatenate([x, y[..., None]], axis=-1), mode="r"))


def coefficients_of(triangle: Floats) -> Floats:
    """Return the coefficients that a triangle holds, shape (..., k)."""
    return np.asarray(
        np.linalg.solve(triangle[..., :-1, :-1], triangle[..., :-1, -1:])[..., 0]
    )


def residual_squares(triangle: Floats) -> Floats:
    """Return the sum of squared residuals of every unit."""
    return np.asarray(triangle[..., -1, -1] ** 2)


def t_of_last(triangle: Floats, divisor: NDArray[np.intp] | int) -> Floats:
    """Return the t-ratio of the last regressor, the variance being RSS / ``divisor``."""
    scale = np.sqrt(residual_squares(triangle) / divisor)
    explained = triangle[..., -2, -1] * np.sign(triangle[..., -2, -2])
    return np.asarray(explained / scale)


def require_unit_rank(
    triangle: Floats, terms: Sequence[str], entities: Sequence[Any], purpose: str
) -> None:
    """Refuse units in which a regressor is a combination of those before it.

    Raises
    ------
    IdentificationError
        Naming the regressors and the units.
    """
    left = np.abs(np.diagonal(triangle, axis1=-2, axis2=-1)[..., :-1])
    length = np.linalg.norm(triangle[..., :-1], axis=-2)
    lost = left <= _COLLINEAR * length
    if not lost.any():
        return
    units = np.flatnonzero(lost.any(axis=1))
    named = [term for term, out in zip(terms, lost.any(axis=0), strict=True) if out]
    raise IdentificationError(
        f"{purpose}: {joined(named)} cannot be told from the other regressors in "
        f"{counted(len(units), 'unit')}: {listed([entities[int(unit)] for unit in units])}. "
        "There it does not vary, or is a combination of the others. Leave it, or those "
        "units, out."
    )
