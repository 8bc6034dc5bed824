"""Cross-products that may be singular: which columns to keep, and how to invert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["independent", "inverse_root"]

_EXPLAINED = 1e-11
"""A column is explained by others if no more than this share of its square is left."""
_SINGULAR = 1e-13
"""Eigenvalues of a correlation matrix below this share of the largest are zero."""


def independent(gram: Floats) -> NDArray[np.bool_]:
    """Return which columns are no combination of those before them.

    Parameters
    ----------
    gram : array, shape (L, L)
        Cross-products of the columns.

    Examples
    --------
    >>> columns = np.array([[1.0, 0.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
    >>> independent(columns.T @ columns)
    array([ True,  True, False, False])
    """
    size = np.sqrt(np.diagonal(gram))
    kept = size > 0
    scale = np.where(kept, size, 1.0)
    left = gram / np.outer(scale, scale)
    if kept.all() and _clear_factor(left) is not None:
        return kept
    for column in np.flatnonzero(kept):
        pivot = left[column, column]
        kept[column] = pivot > _EXPLAINED
        if kept[column]:
            loads = left[column + 1 :, column] / pivot
            left[column + 1 :, column + 1 :] -= np.outer(loads, left[column, column + 1 :])
    return kept


def _clear_factor(correlation: Floats) -> Floats | None:
    """Return the Cholesky factor if every pivot is clear of zero."""
    try:
        factor = np.asarray(np.linalg.cholesky(correlation), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return factor if (np.diagonal(factor) ** 2 > _EXPLAINED).all() else None


def inverse_root(gram: Floats) -> tuple[Floats, int]:
    """Return R with R'R the inverse of ``gram``, and the rank of ``gram``.

    Where ``gram`` is singular, R'R is the Moore-Penrose inverse after the columns are
    scaled to one, which does not hang on their units.

    Examples
    --------
    >>> root, rank = inverse_root(np.array([[4.0, 0.0], [0.0, 1.0]]))
    >>> (root.T @ root).round(6), rank
    (array([[0.25, 0.  ],
           [0.  , 1.  ]]), 2)
    """
    scale = np.sqrt(np.diagonal(gram))
    scale = np.where(scale > 0, scale, 1.0)
    correlation = gram / np.outer(scale, scale)
    factor = _clear_factor(correlation)
    if factor is not None:
        return np.linalg.inv(factor) / scale, len(factor)
    values, vectors = np.linalg.eigh(correlation)
    clear = values > _SINGULAR * values[-1]
    root = (vectors[:, clear] / np.sqrt(values[clear])).T / scale
    return root, int(clear.sum())
