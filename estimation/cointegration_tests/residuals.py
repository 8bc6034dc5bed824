"""Statistics of cointegration from residuals: Pedroni's seven and Kao's five.

Series come as arrays (..., 1 + m, N, T): the response, then its m regressors.  Every
function works on many panels at once, the data or draws from the null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation.deterministic_terms import deterministic_columns
from unigauge.estimation.long_run_variances import (
    bartlett_covariance,
    bartlett_variance,
)
from unigauge.estimation.unit_least_squares import (
    coefficients_of,
    residual_squares,
    triangles,
)
from unigauge.estimation.unit_roots.regressions import augmented_triangles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["kao_statistics", "pedroni_statistics"]


def _residuals(y: Floats, x: Floats) -> Floats:
    """Return the residuals of each unit's regression of y (..., T) on x (..., T, k)."""
    beta = coefficients_of(triangles(x, y))
    return np.asarray(y - (x @ beta[..., None])[..., 0])


def pedroni_statistics(series: Floats, trend: str, lags: int, bandwidth: int) -> Floats:
    """Return panel v, rho, PP, ADF and group rho, PP, ADF, shape (..., 7).

    The panel statistics weight units by the inverse of the long-run variance of y given
    x; they are not standardised.  The residual variance of panel ADF is weighted too:
    without, as the formula is often printed, the statistic hangs on the unit of y.
    """
    y, x = series[..., 0, :, :], np.moveaxis(series[..., 1:, :, :], -3, -1)
    n, width = y.shape[-2:]
    regressors = np.concatenate([deterministic_columns(y.shape, trend), x], axis=-1)
    e = _residuals(y, regressors)
    shocks = _residuals(np.diff(y, axis=-1), np.diff(x, axis=-2))
    weight = 1 / bartlett_variance(shocks, bandwidth)

    level, change = e[..., :-1], np.diff(e, axis=-1)
    squares, products = (level**2).sum(axis=-1), (level * change).sum(axis=-1)
    errors = change - (products / squares)[..., None] * level
    short = (errors**2).mean(axis=-1)
    long = bartlett_variance(errors, bandwidth)
    corrected = products - (width - 1) * (long - short) / 2

    triangle = augmented_triangles(e, lags, "none")
    rows = width - 1 - lags
    own = residual_squares(triangle) / rows
    swept = triangle[..., -2, -2] ** 2
    moved = triangle[..., -2, -2] * triangle[..., -2, -1]

    pooled = (weight * squares).sum(axis=-1)
    shift = (weight * corrected).sum(axis=-1)
    mean_long, mean_own = (weight * long).mean(-1), (weight * own).mean(-1)
    root = np.sqrt(n)
    return np.stack(
        [
            width**2 * n * root / pooled,
            width * root * shift / pooled,
            shift / np.sqrt(mean_long * pooled),
            (weight * moved).sum(axis=-1) / np.sqrt(mean_own * (weight * swept).sum(-1)),
            width / root * (corrected / squares).sum(axis=-1),
            (corrected / np.sqrt(long * squares)).sum(axis=-1) / root,
            (moved / np.sqrt(own * swept)).sum(axis=-1) / root,
        ],
        axis=-1,
    )


def kao_statistics(series: Floats, trend: str, lags: int, bandwidth: int) -> Floats:
    """Return DF_rho, DF_t, DF*_rho, DF*_t and ADF, shape (..., 5), standardised by Kao.

    One vector of coefficients for all units, a constant for each.
    """
    y, x = series[..., 0, :, :], np.moveaxis(series[..., 1:, :, :], -3, -1)
    n, width = y.shape[-2:]
    y = y - y.mean(axis=-1, keepdims=True)
    x = x - x.mean(axis=-2, keepdims=True)
    pooled = (*y.shape[:-2], n * width)
    e = _residuals(y.reshape(pooled), x.reshape(*pooled, -1)).reshape(y.shape)

    level, change = e[..., :-1], np.diff(e, axis=-1)
    squares = (level**2).sum(axis=(-1, -2))
    rho = (level * change).sum(axis=(-1, -2)) / squares
    left = change - rho[..., None, None] * level
    t = rho * np.sqrt(squares / (left**2).mean(axis=(-1, -2)))
    triangle = _pooled_triangle(e, lags)
    df = n * (width - 1 - lags) - lags - 1
    scale = np.sqrt(residual_squares(triangle) / df)
    t_adf = triangle[..., -2, -1] * np.sign(triangle[..., -2, -2]) / scale

    shocks = np.diff(np.concatenate([y[..., None], x], axis=-1), axis=-2)
    shocks = shocks - shocks.mean(axis=-2, keepdims=True)
    short = _given_x(bartlett_covariance(shocks, 0).mean(axis=-3))
    long = _given_x(bartlett_covariance(shocks, bandwidth).mean(axis=-3))
    ratio = short / long
    root = np.sqrt(n)
    shift = np.sqrt(6 * n * ratio) / 2
    spread = np.sqrt(1 / (2 * ratio) + 3 * ratio / 10)
    moved = root * width * rho
    return np.stack(
        [
            (moved + 3 * root) / np.sqrt(10.2),
            np.sqrt(1.25) * t + np.sqrt(1.875 * n),
            (moved + 3 * root * ratio) / np.sqrt(3 + 7.2 * ratio**2),
            (t + shift) / spread,
            (t_adf + shift) / spread,
        ],
        axis=-1,
    )


def _given_x(covariance: Floats) -> Floats:
    """Return the variance of the first variable given the others."""
    cross = covariance[..., 1:, :1]
    explained = np.swapaxes(cross, -1, -2) @ np.linalg.solve(covariance[..., 1:, 1:], cross)
    return np.asarray(covariance[..., 0, 0] - explained[..., 0, 0])


def _pooled_triangle(e: Floats, lags: int) -> Floats:
    """Return the triangle of the pooled augmented regression without constants."""
    change = np.diff(e, axis=-1)
    width = change.shape[-1] - lags
    columns = [change[..., lags - k : lags - k + width] for k in range(1, lags + 1)]
    x = np.stack([*columns, e[..., lags:-1]], axis=-1)
    pooled = (*e.shape[:-2], e.shape[-2] * width)
    return triangles(x.reshape(*pooled, lags + 1), change[..., lags:].reshape(pooled))
