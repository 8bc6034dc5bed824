"""Wald statistics, and tail probabilities of the standard normal and of chi-squared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["chi_squared_tail", "normal_tails", "wald_statistic"]


def normal_tails(z: float | Floats) -> Floats:
    """Return the two-sided standard normal p-value of ``z``."""
    from scipy.special import erfc

    return np.asarray(erfc(np.abs(z) / np.sqrt(2)), dtype=np.float64)


def chi_squared_tail(statistic: float | Floats, df: int) -> Floats:
    """Return the upper tail of chi-squared with ``df`` degrees of freedom."""
    from scipy.special import chdtrc

    return np.asarray(chdtrc(df, statistic), dtype=np.float64)


def wald_statistic(estimates: Floats, covariance: Floats) -> float:
    """Return b' V^-1 b, computed in units of the standard errors.

    Examples
    --------
    >>> wald_statistic(np.array([2.0, 0.0]), np.diag([4.0, 1e-12]))
    1.0
    """
    scale = np.sqrt(np.diagonal(covariance))
    unit = estimates / scale
    return float(unit @ np.linalg.solve(covariance / np.outer(scale, scale), unit))
