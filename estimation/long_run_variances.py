"""Long-run variances of many series at once, Bartlett weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["automatic_bandwidth", "bartlett_covariance", "bartlett_variance"]


def automatic_bandwidth(periods: int) -> int:
    """Return 4 (T/100)^(2/9), rounded down, the rule of Newey and West.

    Examples
    --------
    >>> automatic_bandwidth(30), automatic_bandwidth(100)
    (3, 4)
    """
    return int(4 * (periods / 100) ** (2 / 9))


def bartlett_variance(series: Floats, bandwidth: int) -> Floats:
    """Return the long-run variance of series with mean zero, shape (...).

    Parameters
    ----------
    series : array, shape (..., T)
        Sums of products are divided by T.
    bandwidth : int
        The lag k weighs 1 - k / (bandwidth + 1).
    """
    return bartlett_covariance(series[..., None], bandwidth)[..., 0, 0]


def bartlett_covariance(series: Floats, bandwidth: int) -> Floats:
    """Return the long-run covariance of vectors with mean zero, shape (..., m, m).

    ``series`` has shape (..., T, m).
    """
    width = series.shape[-2]
    total = np.swapaxes(series, -1, -2) @ series
    for k in range(1, min(bandwidth, width - 1) + 1):
        product = np.swapaxes(series[..., k:, :], -1, -2) @ series[..., :-k, :]
        total = total + (1 - k / (bandwidth + 1)) * (product + np.swapaxes(product, -1, -2))
    return np.asarray(total / width)
