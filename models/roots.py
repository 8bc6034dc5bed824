"""All roots of a function that is monotone between known turning points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["roots_between"]


def roots_between(function: Callable[[float], float], cuts: Sequence[float]) -> list[float]:
    """Return all roots of a function that is monotone between neighbouring cuts.

    Examples
    --------
    >>> [round(root, 12) for root in roots_between(lambda x: x**2 - 4, [-5, 0, 5])]
    [-2.0, 2.0]
    """
    from scipy.optimize import brentq

    values = [function(cut) for cut in cuts]
    roots = [cut for cut, value in zip(cuts, values, strict=True) if value == 0]
    for k in range(len(cuts) - 1):
        if values[k] * values[k + 1] < 0:
            roots.append(float(brentq(function, cuts[k], cuts[k + 1], xtol=1e-15)))
    return sorted(roots)
