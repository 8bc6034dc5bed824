"""Read vectors and matrices in which one number may stand for all entries."""

from __future__ import annotations

import math
from numbers import Real

import numpy as np

from unigauge.errors import InputError, require_numbers
from unigauge.models.arrays import as_given

__all__ = ["entries", "matrix", "vector"]


def entries(
    name: str,
    value: object,
    *,
    above: float = -math.inf,
    at_least: float = -math.inf,
    at_most: float = math.inf,
) -> tuple[float, ...]:
    """Return a sequence of at least one number, of whatever length.

    Examples
    --------
    >>> entries("ideals", [0.2, 1], at_least=0)
    (0.2, 1.0)
    """
    given = as_given(value)
    if given.ndim != 1 or given.size == 0:
        raise InputError(f"{name} is {value!r}; it must be a sequence of numbers.")
    return vector(name, value, given.size, above=above, at_least=at_least, at_most=at_most)


def vector(
    name: str,
    value: object,
    length: int,
    *,
    above: float = -math.inf,
    at_least: float = -math.inf,
    at_most: float = math.inf,
) -> tuple[float, ...]:
    """Return ``length`` numbers; one stands for all.

    Examples
    --------
    >>> vector("cost", 0.5, 2)
    (0.5, 0.5)
    """
    given = value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
    return require_numbers(
        name,
        (given,) * length if isinstance(given, Real) else given,
        length=length,
        above=above,
        at_least=at_least,
        at_most=at_most,
    )


def matrix(
    name: str,
    value: object,
    rows: int,
    columns: int,
    *,
    at_least: float = -math.inf,
) -> tuple[tuple[float, ...], ...]:
    """Return ``rows`` times ``columns`` numbers; one stands for all.

    Examples
    --------
    >>> matrix("weights", [[1, 2], [3, 4]], 2, 2)
    ((1.0, 2.0), (3.0, 4.0))
    """
    if isinstance(value, Real):
        return (vector(name, value, columns, at_least=at_least),) * rows
    if not isinstance(value, (list, tuple, np.ndarray)) or len(value) != rows:
        raise InputError(
            f"{name} is {value!r}; it must have {rows} rows of {columns} numbers."
        )
    return tuple(
        vector(f"{name}[{i}]", row, columns, at_least=at_least)
        for i, row in enumerate(value)
    )
