"""Statistics of cointegration from error-correction equations: Westerlund's four."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation.deterministic_terms import deterministic_columns
from unigauge.estimation.long_run_variances import bartlett_variance
from unigauge.estimation.unit_least_squares import (
    coefficients_of,
    residual_squares,
    triangles,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["westerlund_statistics"]


def westerlund_statistics(series: Floats, trend: str, lags: int, bandwidth: int) -> Floats:
    r"""Return G_t, G_a, P_t and P_a of many panels at once, shape (..., 4).

    .. math:: \Delta y_{it} = d_t'\delta_i + \lambda_i'x_{i,t-1}
              + \sum_{j=1}^{p} \alpha_{ij} \Delta y_{i,t-j}
              + \sum_{j=0}^{p} \gamma_{ij}'\Delta x_{i,t-j}
              + \alpha_i y_{i,t-1} + e_{it}.

    Parameters
    ----------
    series : array, shape (..., 1 + m, N, T)
        The response, then its regressors.
    trend : {"none", "intercept", "trend"}
    lags, bandwidth : int
        p, and lags of the long-run variances.
    """
    y, x = series[..., 0, :, :], np.moveaxis(series[..., 1:, :, :], -3, -1)
    dy, dx = np.diff(y, axis=-1), np.diff(x, axis=-2)
    width = dy.shape[-1] - lags
    outcome = dy[..., lags:]
    own = [dy[..., lags - j : lags - j + width] for j in range(1, lags + 1)]
    moves = [dx[..., lags - j : lags - j + width, :] for j in range(lags + 1)]
    parts = [
        deterministic_columns(outcome.shape, trend),
        x[..., lags:-1, :],
        *[column[..., None] for column in own],
        *moves,
        y[..., lags:-1, None],
    ]
    regressors = np.concatenate(parts, axis=-1)
    triangle = triangles(regressors, outcome)
    beta = coefficients_of(triangle)
    adjustment = beta[..., -1]
    pivot = np.abs(triangle[..., -2, -2])
    sigma = np.sqrt(residual_squares(triangle) / (width - regressors.shape[-1]))
    t = adjustment * pivot / sigma

    first = sum(part.shape[-1] for part in parts[: 2 + lags])
    last = regressors.shape[-1] - 1
    driven = (regressors[..., first:last] @ beta[..., first:last, None])[..., 0]
    errors = outcome - (regressors @ beta[..., None])[..., 0]
    omega_u = bartlett_variance(_centred(driven + errors), bandwidth)
    omega_y = bartlett_variance(_centred(outcome), bandwidth)
    own_persistence = np.sqrt(omega_u / omega_y)

    squares = (pivot**2).sum(axis=-1)
    pooled = (pivot**2 * adjustment / own_persistence).sum(axis=-1) / squares
    spread = np.sqrt(((sigma / own_persistence) ** 2).mean(axis=-1) / squares)
    return np.stack(
        [
            t.mean(axis=-1),
            (width * adjustment / own_persistence).mean(axis=-1),
            pooled / spread,
            width * pooled,
        ],
        axis=-1,
    )


def _centred(series: Floats) -> Floats:
    return np.asarray(series - series.mean(axis=-1, keepdims=True))
