"""All roots of a function that its signs on a grid show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.roots import roots_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["crossings"]


def crossings(gap: Callable[[Any], Any], nodes: NDArray[np.float64]) -> list[float]:
    """Return where ``gap`` is zero, in order: nodes, and polished sign changes between.

    Parameters
    ----------
    gap : callable
        Takes and returns numbers or arrays.
    nodes : array
        Rising; two roots between the same nodes are missed.

    Examples
    --------
    >>> crossings(lambda x: (x + 1) * (x - 0.25), np.linspace(-1, 1, 6))
    [-1.0, 0.25]
    """
    signs = np.sign(gap(nodes))
    turns = np.flatnonzero(signs[:-1] * signs[1:] <= 0)
    return roots_between(gap, nodes[np.union1d(turns, turns + 1)].tolist())
