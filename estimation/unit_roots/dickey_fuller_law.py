"""The law of the Dickey-Fuller t-ratio in many periods, after MacKinnon (1996).

``dickey_fuller_quantiles.csv`` holds MacKinnon's estimates of 221 asymptotic quantiles
and of their standard errors, without deterministic terms, with a constant, with a
constant and a trend (James G. MacKinnon, *Journal of Applied Econometrics* 11, 601-618,
data archive).  Between them the normal score of p is a polynomial in t, fitted by
generalised least squares to the nine nearest quantiles.

Powers of neighbouring quantiles are so nearly collinear that the fit loses half of its
digits.  The p-values that other programs print carry the rounding of MacKinnon's own
arithmetic; to agree with them beyond six digits, sums and inverses are formed here in the
same order.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["dickey_fuller_score"]

_HALF = 4
"""Quantiles on either side of the nearest one."""
_AT_ONCE = 2048
"""Fits at once, to spare memory."""
_T_OF_THE_CUBIC = 2.0
"""Least t-ratio with which the cubic term stays in the polynomial."""


class _Quantiles(NamedTuple):
    """Probabilities, their normal scores, the quantiles and their standard errors."""

    p: Floats
    score: Floats
    t: Floats
    error: Floats


@cache
def _quantiles(trend: str) -> _Quantiles:
    from importlib.resources import files

    text = (
        files("unigauge.estimation.unit_roots")
        .joinpath("dickey_fuller_quantiles.csv")
        .read_text()
    )
    header, *lines = text.splitlines()
    table = dict(
        zip(
            header.split(","),
            np.array([line.split(",") for line in lines], dtype=np.float64).T,
            strict=True,
        )
    )
    return _Quantiles(table["p"], table["score"], table[trend], table[f"{trend}_error"])


def dickey_fuller_score(t: ArrayLike, trend: str) -> Floats:
    """Return the normal score of the lower tail of each t-ratio.

    Parameters
    ----------
    t : array_like
    trend : {"none", "intercept", "trend"}

    Returns
    -------
    array
        Scores; ``scipy.special.ndtr`` of them are the p-values, those of urca's
        ``punitroot``.

    Examples
    --------
    >>> from scipy.special import ndtr
    >>> ndtr(dickey_fuller_score([-2.86, 0.5], "intercept")).round(3)
    array([0.05 , 0.987])
    """
    values = np.asarray(t, dtype=np.float64)
    flat = values.ravel()
    table = _quantiles(trend)
    last = len(table.t) - 1
    nearest = np.abs(flat[:, None] - table.t).argmin(axis=1)
    first = np.maximum(nearest - _HALF, 0)
    width = np.minimum(nearest + _HALF, last) - first + 1
    at_the_top = nearest >= last - _HALF
    scores = np.empty(len(flat))
    for size, top in set(zip(width.tolist(), at_the_top.tolist(), strict=True)):
        steps = np.arange(size)[::-1] if top else np.arange(size)
        alike = np.flatnonzero((width == size) & (at_the_top == top))
        for start in range(0, len(alike), _AT_ONCE):
            units = alike[start : start + _AT_ONCE]
            around = _Quantiles(*(column[first[units, None] + steps] for column in table))
            scores[units] = _local_fit(flat[units], around, top)
    scores = np.where(nearest == 0, np.minimum(scores, table.score[0]), scores)
    scores = np.where(nearest == last, np.maximum(scores, table.score[-1]), scores)
    return scores.reshape(values.shape)


def _local_fit(t: Floats, around: _Quantiles, at_the_top: bool) -> Floats:
    """Return the polynomial at t, cubic where the cubic term is significant.

    ``around`` has shape (units, points) throughout.  At the top of the table the
    estimates are taken as independent, as their covariance is singular there.
    """
    p, score, points, error = around
    if at_the_top:
        inverse = np.broadcast_to(np.eye(p.shape[1]), (*p.shape, p.shape[1]))
    else:
        rows, columns = p[:, :, None], p[:, None, :]
        small, large = np.minimum(rows, columns), np.maximum(rows, columns)
        ratio = small * (1 - large) / (large * (1 - small))
        inverse = _inverse(error[:, :, None] * error[:, None, :] * np.sqrt(ratio))
    square = points * points
    x = np.stack([np.ones_like(points), points, square, square * points], axis=-1)
    powers = np.stack([np.ones_like(t), t, t * t, t * t * t], axis=-1)
    cubic, t_ratio = _generalised(x, score, inverse)
    quadratic, _ = _generalised(x[:, :, :3], score, inverse)
    significant = t_ratio > _T_OF_THE_CUBIC
    return np.where(
        significant, _in_order(powers * cubic), _in_order(powers[:, :3] * quadratic)
    )


def _generalised(x: Floats, y: Floats, inverse: Floats) -> tuple[Floats, Floats]:
    """Return coefficients, shape (units, k), and the t-ratio of the last one."""
    units, points, terms = x.shape
    weighted = x[:, :, None, :] * inverse.transpose(0, 2, 1)[:, :, :, None]
    moments = _in_order(
        (weighted * y[:, None, :, None]).reshape(units, -1, terms).transpose(0, 2, 1)
    )
    products = weighted[..., :, None] * x[:, None, :, None, :]
    gram = _in_order(products.reshape(units, -1, terms, terms).transpose(0, 2, 3, 1))
    upper = np.triu(gram)
    bread = _inverse(upper + np.triu(upper, 1).transpose(0, 2, 1))
    beta = _in_order(bread * moments[:, None, :])
    residual = y - _in_order(x * beta[:, None, :])
    crossed = residual[:, :, None] * inverse.transpose(0, 2, 1) * residual[:, None, :]
    variance = _in_order(crossed.reshape(units, -1)) / (points - terms)
    return beta, np.abs(beta[:, -1]) / np.sqrt(variance * bread[:, -1, -1])


def _in_order(terms: Floats) -> Floats:
    """Return the sum over the last axis, added one after the other."""
    return np.asarray(terms.cumsum(axis=-1)[..., -1])


def _inverse(matrices: Floats) -> Floats:
    """Return inverses of positive definite matrices by way of their Cholesky roots."""
    root = matrices.copy()
    size = root.shape[-1]
    for i in range(size):
        for j in range(i, size):
            for k in range(i):
                root[:, i, j] -= root[:, k, i] * root[:, k, j]
            if i == j:
                root[:, i, i] = np.sqrt(root[:, i, i])
            else:
                root[:, i, j] *= 1 / root[:, i, i]
    for i in range(size):
        for j in range(i, size):
            if i == j:
                root[:, i, i] = 1 / root[:, i, i]
            else:
                total = np.zeros(len(root))
                for k in range(i, j):
                    total -= root[:, i, k] * root[:, k, j]
                root[:, i, j] = total * (1 / root[:, j, j])
    upper = np.triu(root)
    inverse = np.empty_like(root)
    for i in range(size):
        for j in range(i, size):
            inverse[:, i, j] = inverse[:, j, i] = _in_order(
                upper[:, i, j:] * upper[:, j, j:]
            )
    return inverse
