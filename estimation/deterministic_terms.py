"""The constant and the trend that each unit's series may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DETERMINISTIC", "IN_WORDS", "deterministic_columns", "deterministic_names"]

DETERMINISTIC = {"none": 0, "intercept": 1, "trend": 2}
"""Number of terms."""
IN_WORDS = {
    "none": "no deterministic terms",
    "intercept": "a constant for each unit",
    "trend": "a constant and a trend for each unit",
}


def deterministic_columns(shape: tuple[int, ...], trend: str) -> NDArray[np.float64]:
    """Return a constant and a trend as far as ``trend`` asks, shape (*shape, terms).

    Examples
    --------
    >>> deterministic_columns((3,), "trend")
    array([[ 1., -1.],
           [ 1.,  0.],
           [ 1.,  1.]])
    """
    width = shape[-1]
    powers = np.stack([np.ones(width), np.linspace(-1.0, 1.0, width)], axis=-1)
    terms = DETERMINISTIC[trend]
    return np.broadcast_to(powers[:, :terms], (*shape, terms))


def deterministic_names(trend: str) -> list[str]:
    """Return what messages call the terms."""
    return ["the constant", "the trend"][: DETERMINISTIC[trend]]
