"""The regressions behind the unit-root tests, in every unit and every draw at once.

Series are arrays of shape (..., T), NaN before a unit begins and after it ends.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.estimation.deterministic_terms import DETERMINISTIC, deterministic_columns
from unigauge.estimation.long_run_variances import bartlett_variance
from unigauge.estimation.unit_least_squares import residual_squares, t_of_last, triangles
from unigauge.estimation.unit_roots.printed_moments import llc_moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "TRUNCATION",
    "augmented_triangles",
    "cross_section_augmented_t",
    "dickey_fuller_t",
    "levin_lin_chu_t",
    "long_run_variance",
    "null_distribution",
    "parameters",
    "rows_of",
    "select_lags",
]

TRUNCATION = {"none": (-6.12, 4.16), "intercept": (-6.19, 2.61), "trend": (-6.42, 1.70)}
"""Bounds of the truncated t-ratios of Pesaran (2007)."""
_CELLS_AT_ONCE = 1 << 19


def parameters(lags: int, trend: str, *, averages: bool = False) -> int:
    """Return the coefficients of one unit's regression; ``averages`` as in CIPS."""
    return DETERMINISTIC[trend] + 1 + lags + averages * (lags + 2)


def rows_of(values: Floats, lags: NDArray[np.intp] | int) -> NDArray[np.intp]:
    """Return the rows of each unit's regression with ``lags`` lagged differences."""
    return np.asarray((~np.isnan(values)).sum(axis=-1) - 1 - lags, dtype=np.intp)


def _columns(values: Floats, lags: int, trend: str) -> tuple[list[Floats], Floats, Floats]:
    """Return deterministic terms, [level, difference, lagged differences], and rows."""
    change = np.diff(values, axis=-1)
    level = values[..., lags:-1]
    width = level.shape[-1]
    lagged = [change[..., lags - k : lags - k + width] for k in range(lags + 1)]
    seen = ~np.isnan(values[..., : -lags - 1] + values[..., lags + 1 :])
    deterministic = list(np.moveaxis(deterministic_columns(level.shape, trend), -1, 0))
    return deterministic, np.stack([level, *lagged]), seen.astype(np.float64)


def _solve(columns: list[Floats], outcome: Floats, seen: Floats) -> Floats:
    """Return the triangles of the regression on ``columns``, unseen rows left out."""
    x = np.stack(columns, axis=-1)
    if not seen.all():
        x = np.where(seen[..., None] > 0, x, 0.0)
        outcome = np.where(seen > 0, outcome, 0.0)
    return triangles(x, outcome)


def augmented_triangles(values: Floats, lags: int, trend: str) -> Floats:
    """Return the triangles of the augmented Dickey-Fuller regression.

    The regressors are the deterministic terms, the lagged differences and, last, the
    lagged level; the outcome is the difference.
    """
    deterministic, (level, change, *lagged), seen = _columns(values, lags, trend)
    return _solve([*deterministic, *lagged, level], change, seen)


def dickey_fuller_t(
    values: Floats,
    lags: NDArray[np.intp],
    trend: str,
    *,
    divisor: Literal["df", "rows"] = "df",
) -> Floats:
    """Return the t-ratio of the lagged level in every unit, shape (..., N).

    Parameters
    ----------
    values : array, shape (..., N, T)
    lags : array of int, shape (N,)
        Lagged differences of each unit.
    trend : {"none", "intercept", "trend"}
    divisor : {"df", "rows"}
        What the residual variance is divided by: rows less parameters, or rows.
    """
    t = np.empty(values.shape[:-1])
    for lag in np.unique(lags):
        units = lags == lag
        part = values[..., units, :]
        by = rows_of(part, lag) - (parameters(lag, trend) if divisor == "df" else 0)
        t[..., units] = t_of_last(augmented_triangles(part, int(lag), trend), by)
    return t


def cross_section_augmented_t(values: Floats, lags: int, trend: str) -> Floats:
    """Return the t-ratio of the level beside cross-section averages; balanced panels.

    The averages over units are those of the lagged level, the difference and its lags.
    """
    deterministic, own, seen = _columns(values, lags, trend)
    level, change, *lagged = own
    averages = [np.broadcast_to(a.mean(axis=-2, keepdims=True), a.shape) for a in own]
    triangle = _solve([*deterministic, *averages, *lagged, level], change, seen)
    df = change.shape[-1] - parameters(lags, trend, averages=True)
    return t_of_last(triangle, df)


def select_lags(values: Floats, trend: str, criterion: str, most: int) -> NDArray[np.intp]:
    """Return the lags that minimise a criterion in each unit, all on the same rows."""
    seen = ~np.isnan(values)
    first = seen.argmax(axis=-1)
    place = np.arange(values.shape[-1])
    scores = []
    for lags in range(most + 1):
        late = place >= (first + most - lags)[..., None]
        part = np.where(seen & late, values, np.nan)
        rows, k = rows_of(part, lags), parameters(lags, trend)
        penalty = 2.0 if criterion == "aic" else np.log(rows)
        rss = residual_squares(augmented_triangles(part, lags, trend))
        scores.append(np.log(rss / rows) + penalty * k / rows)
    return np.asarray(np.argmin(scores, axis=0), dtype=np.intp)


def long_run_variance(values: Floats, trend: str, bandwidth: int) -> Floats:
    """Return the long-run variance of the differences, Bartlett weights; balanced.

    Their mean is taken out where there is a constant, their trend where there is one.
    """
    change = np.diff(values, axis=-1)
    width = change.shape[-1]
    if trend != "none":
        change = change - change.mean(axis=-1, keepdims=True)
    if trend == "trend":
        ramp = np.arange(width) - (width - 1) / 2
        slope = change @ ramp / (ramp @ ramp)
        change = change - slope[..., None] * ramp
    return bartlett_variance(change, bandwidth)


def levin_lin_chu_t(
    values: Floats, lags: NDArray[np.intp], trend: str, *, compat: str | None = None
) -> Floats:
    """Return the corrected t-ratio of the pooled coefficient, shape (...); balanced.

    Parameters
    ----------
    values : array, shape (..., N, T)
    lags : array of int, shape (N,)
    trend : {"none", "intercept", "trend"}
    compat : "plm", optional
        Moments of T instead of the mean number of rows.
    """
    n, length = values.shape[-2:]
    shape = values.shape[:-1]
    level, product, outcome, variance = (np.empty(shape) for _ in range(4))
    for lag in np.unique(lags):
        units = lags == lag
        triangle = augmented_triangles(values[..., units, :], int(lag), trend)
        level[..., units] = triangle[..., -2, -2] ** 2
        product[..., units] = triangle[..., -2, -2] * triangle[..., -2, -1]
        outcome[..., units] = (triangle[..., -2:, -1] ** 2).sum(axis=-1)
        variance[..., units] = residual_squares(triangle) / (length - 1 - lag)
    swept, moved, total = ((a / variance).sum(axis=-1) for a in (level, product, outcome))
    rows = float((length - 1 - lags).mean())
    pooled = moved / swept
    residual = (total - pooled * moved) / (n * rows)
    std_error = np.sqrt(residual / swept)
    bandwidth = round(3.21 * length ** (1 / 3))
    ratio = np.sqrt(long_run_variance(values, trend, bandwidth) / variance).mean(axis=-1)
    mean, deviation = llc_moments(length if compat == "plm" else rows, trend)
    correction = n * rows * ratio / residual * std_error * mean
    return np.asarray((pooled / std_error - correction) / deviation)


def null_distribution(
    test: Literal["cips", "tbar", "llc"],
    seen: NDArray[np.bool_],
    lags: NDArray[np.intp],
    trend: str,
    draws: int,
    seed: int,
) -> Floats:
    """Return statistics of draws of independent Gaussian random walks, sorted.

    Parameters
    ----------
    test : {"cips", "tbar", "llc"}
        Mean t-ratio beside cross-section averages, plain mean t-ratio, pooled t-ratio.
    seen : array of bool, shape (N, T)
        Where the data are; the draws are missing elsewhere.
    lags : array of int, shape (N,)
    trend : {"none", "intercept", "trend"}
    draws, seed : int

    Returns
    -------
    array, shape (2, draws) or (1, draws)
        Mean t-ratios as they are, and truncated; or the pooled t-ratio.  Kept in memory
        for the next call with the same arguments.
    """
    return _null_distribution(
        test, seen.tobytes(), seen.shape, tuple(map(int, lags)), trend, draws, seed
    )


@lru_cache(maxsize=64)
def _null_distribution(
    test: str,
    pattern: bytes,
    shape: tuple[int, int],
    lags: tuple[int, ...],
    trend: str,
    draws: int,
    seed: int,
) -> Floats:
    seen = np.frombuffer(pattern, dtype=np.bool_).reshape(shape)
    rng = np.random.default_rng(seed)
    orders = np.array(lags)
    at_once = max(1, _CELLS_AT_ONCE // seen.size)
    found: list[Floats] = []
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        walks = rng.standard_normal((size, *shape)).cumsum(axis=-1)
        if not seen.all():
            walks = np.where(seen, walks, np.nan)
        if test == "llc":
            found.append(levin_lin_chu_t(walks, orders, trend)[None])
            continue
        if test == "cips":
            t = cross_section_augmented_t(walks, lags[0], trend)
        else:
            t = dickey_fuller_t(walks, orders, trend)
        truncated = np.clip(t, *TRUNCATION[trend])
        found.append(np.stack([t.mean(axis=-1), truncated.mean(axis=-1)]))
    drawn = np.sort(np.concatenate(found, axis=1), axis=1)
    drawn.setflags(write=False)
    return drawn
