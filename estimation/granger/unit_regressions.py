"""One small regression in every unit, and in every bootstrap draw, at once.

Arrays are laid out (time, draw, unit); the data are a single draw.  Regressions are
solved by modified Gram-Schmidt on the columns [regressors, outcome], which is as
accurate as Householder's QR (Björck 1967) and sweeps all units and draws together.
Rows that a unit cannot use are zero in all its columns, so that they change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "HalfPanelEstimate",
    "half_panel_estimate",
    "half_panel_wald",
    "null_draws",
    "unit_wald",
    "wald_moments",
]

_CELLS_AT_ONCE = 1 << 18
_COLLINEAR = 1e-12


def unit_wald(
    effect: Floats,
    cause: Floats,
    usable: NDArray[np.bool_],
    lags: int,
    floors: Floats,
) -> tuple[Floats, Floats]:
    """Return the Wald statistic of the lags of ``cause`` in each unit's regression.

    The regression has a constant, ``lags`` own lags and ``lags`` lags of the cause; the
    statistic is (RSS without the cause - RSS) / (RSS / (rows - 2 lags - 1)).

    Parameters
    ----------
    effect, cause : array, shape (T, draws, N) and (T, 1, N)
        Finite everywhere; what stands in unusable rows does not matter.
    usable : array of bool, shape (T, N)
        Rows whose outcome and lags are observed.
    lags : int
        Order K.
    floors : array, shape (2 K + 2, N)
        Norm at which what is left of a column is rounding error.

    Returns
    -------
    wald : array, shape (draws, N)
        NaN where the regression fits exactly.
    norms : array, shape (2 K + 2, draws, N)
        What is left of each column, constant, own lags, lags of the cause, outcome,
        after the columns before it.
    """
    rows = np.flatnonzero(usable.any(axis=1))
    columns = _columns(effect, cause, rows, lags, usable[rows])
    norms, explained = _orthogonalise(columns, 2 * lags + 1, floors)
    degrees = usable.sum(axis=0) - 2 * lags - 1
    residual = norms[-1] ** 2
    identified = norms[-1] > floors[-1]
    wald = np.full(residual.shape, np.nan)
    numerator = degrees * explained[1 + lags :].sum(axis=0)
    np.divide(numerator, residual, out=wald, where=identified)
    return wald, norms


def wald_moments(rows: NDArray[np.intp], lags: int) -> tuple[Floats, Floats]:
    """Return mean and variance of a unit's Wald statistic under the null.

    They are those of ``lags`` times F(lags, rows - 2 lags - 1), and exist where rows exceed
    2 lags + 3 and 2 lags + 5.
    """
    free = rows - 2.0 * lags
    mean = lags * (free - 1) / (free - 3)
    variance = (
        2 * lags * (free - 1) ** 2 * (rows - lags - 3) / ((free - 3) ** 2 * (free - 5))
    )
    return mean, variance


class HalfPanelEstimate(NamedTuple):
    """Pooled coefficients of the cause's lags, and what their variance is made of.

    Attributes
    ----------
    pooled, jackknife : array, shape (draws, K)
        b and 2 b - (b1 + b2) / 2, b1 and b2 from the first and second half of the rows.
        NaN where the lags of the cause are collinear.
    regressors : array, shape (K, T, draws, N)
        Lags of the cause less what each unit's constant and own lags explain.
    outcome : array, shape (T, draws, N)
        The effect, likewise.
    gram : array, shape (draws, K, K)
        Cross-products of the regressors, Q.
    """

    pooled: Floats
    jackknife: Floats
    regressors: Floats
    outcome: Floats
    gram: Floats


def half_panel_estimate(
    effect: Floats, cause: Floats, rows: NDArray[np.intp], lags: int, floors: Floats
) -> HalfPanelEstimate:
    """Return the half-panel jackknife of the pooled lags of ``cause``.

    Arguments are those of :func:`unit_wald`; ``rows`` are the usable rows, the same in
    every unit.  The first half has floor(T / 2) of them.
    """
    half = len(rows) // 2
    whole = _pooled(effect, cause, rows, lags, floors)
    first = _pooled(effect, cause, rows[:half], lags, floors)
    second = _pooled(effect, cause, rows[half:], lags, floors)
    jackknife = 2 * whole.pooled - (first.pooled + second.pooled) / 2
    return whole._replace(jackknife=jackknife)


def half_panel_wald(
    fit: HalfPanelEstimate, at: Floats, degrees: int, *, clustered: bool
) -> tuple[Floats, Floats]:
    """Return the Wald statistic of the jackknifed coefficients and their covariance.

    Residuals of the variance are taken at the coefficients ``at``.
    """
    _, rows, _, n_units = fit.regressors.shape
    residuals = fit.outcome - np.einsum("ktbn,bk->tbn", fit.regressors, at)
    inverse = np.linalg.inv(fit.gram)
    if clustered:
        scores = np.einsum("ktbn,tbn->kbn", fit.regressors, residuals)
        spread = n_units * rows / degrees * np.einsum("kbn,lbn->bkl", scores, scores)
        covariance = inverse @ spread @ inverse
    else:
        squares = np.einsum("tbn,tbn->b", residuals, residuals)
        spread = (squares / degrees)[:, None, None] * fit.gram
        covariance = (squares / degrees)[:, None, None] * inverse
    moments = np.einsum("bkl,bl->bk", fit.gram, fit.jackknife)
    solved = np.linalg.solve(spread, moments[:, :, None])[:, :, 0]
    return np.einsum("bk,bk->b", moments, solved), covariance


def null_draws(
    effect: Floats,
    rows: NDArray[np.intp],
    lags: int,
    *,
    draws: int,
    block: int,
    seed: int,
) -> Iterator[Floats]:
    """Yield draws of ``effect`` in which nothing but its own past moves it.

    Each unit follows its own autoregression with a constant, fitted by least squares.
    Residuals are resampled by rows, all units together, singly or in moving blocks of
    ``block`` rows; values before the first usable row are kept, later ones rebuilt one
    after the other.

    Parameters
    ----------
    effect : array, shape (T, N)
        The data.
    rows : array of int
        Usable rows, the same in every unit.
    lags, draws, block, seed : int
        Order of the autoregression, number of draws, length of a block, seed.

    Yields
    ------
    array, shape (T, some draws, N)
        ``draws`` of them in all.
    """
    width, n_units = len(rows), effect.shape[1]
    regressors = np.stack(
        [np.ones((width, n_units)), *(effect[rows - k] for k in range(1, lags + 1))],
        axis=-1,
    ).transpose(1, 0, 2)
    outcome = effect[rows].T[:, :, None]
    coefficients = np.linalg.pinv(regressors) @ outcome
    residuals = (outcome - regressors @ coefficients)[:, :, 0].T
    constant, *slopes = coefficients[:, :, 0].T

    picks = _row_picks(width, draws, block, np.random.default_rng(seed))
    at_once = max(1, _CELLS_AT_ONCE // effect.size)
    for start in range(0, draws, at_once):
        chunk = picks[:, start : start + at_once]
        values = np.repeat(effect[:, None, :], chunk.shape[1], axis=1)
        for row, pick in zip(rows, chunk, strict=True):
            values[row] = constant + residuals[pick]
            for k, slope in enumerate(slopes, start=1):
                values[row] += slope * values[row - k]
        yield values


def _row_picks(
    width: int, draws: int, block: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return which residual row stands where, shape (width, draws)."""
    blocks = -(-width // block)
    starts = rng.integers(0, width - block + 1, size=(draws, blocks))
    picks = starts[:, :, None] + np.arange(block)
    return np.ascontiguousarray(picks.reshape(draws, -1)[:, :width].T)


def _columns(
    effect: Floats,
    cause: Floats,
    rows: NDArray[np.intp],
    lags: int,
    usable: NDArray[np.bool_] | None = None,
) -> Floats:
    """Return constant, own lags, lags of the cause and outcome, one plane each."""
    columns = np.empty((2 * lags + 2, len(rows), *effect.shape[1:]))
    columns[0] = 1.0
    for k in range(1, lags + 1):
        columns[k] = effect[rows - k]
        columns[lags + k] = cause[rows - k]
    columns[-1] = effect[rows]
    if usable is not None and not usable.all():
        columns *= usable[:, None, :]
    return columns


def _orthogonalise(columns: Floats, count: int, floors: Floats) -> tuple[Floats, Floats]:
    """Make each of the first ``count`` columns orthogonal to all columns after it.

    Works in place.  Returns the norms of all columns, and what each of the first
    ``count`` explains of the last column's sum of squares; a column whose norm is down
    to its floor is a combination of earlier ones and explains nothing.
    """
    explained = np.zeros((count, *columns.shape[2:]))
    for j in range(count):
        pivot, rest = columns[j], columns[j + 1 :]
        squares = (pivot * pivot).sum(axis=0)
        products = (pivot * rest).sum(axis=1)
        slopes = np.zeros_like(products)
        np.divide(products, squares, out=slopes, where=squares > floors[j] ** 2)
        rest -= slopes[:, None] * pivot
        explained[j] = slopes[-1] * products[-1]
    return np.sqrt((columns * columns).sum(axis=1)), explained


def _pooled(
    effect: Floats, cause: Floats, rows: NDArray[np.intp], lags: int, floors: Floats
) -> HalfPanelEstimate:
    """Regress effect on the cause's lags, constants and own lags taken out by unit."""
    columns = _columns(effect, cause, rows, lags)
    _orthogonalise(columns, 1 + lags, floors)
    regressors, outcome = columns[1 + lags : -1], columns[-1]
    gram = np.einsum("ktbn,ltbn->bkl", regressors, regressors)
    moments = np.einsum("ktbn,tbn->bk", regressors, outcome)
    spread = np.linalg.eigvalsh(gram)
    floor = (floors[1 + lags] ** 2).sum()
    identified = (spread[:, 0] > _COLLINEAR * spread[:, -1]) & (spread[:, -1] > floor)
    gram[~identified] = np.nan
    pooled = np.full(moments.shape, np.nan)
    solved = np.linalg.solve(gram[identified], moments[identified][:, :, None])
    pooled[identified] = solved[:, :, 0]
    return HalfPanelEstimate(pooled, pooled, regressors, outcome, gram)
