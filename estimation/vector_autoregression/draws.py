"""The estimator as a function of units, and draws: of whole units, or from its law."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import IdentificationError
from unigauge.estimation.vector_autoregression.moments import (
    CrossProducts,
    corrected_influences,
    estimated,
    first_order_bias,
    influences,
    innovations,
    innovations_of,
    least_squares_of_draws,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Picks = NDArray[np.intp]

__all__ = ["Estimator", "normal_draws", "resampled", "wishart_draws"]


_AT_ONCE = 64
_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimator:
    """The estimator as a function of the units picked.

    ``halves`` are the two half panels of the jackknife, ``by_moments`` is GMM, ``formula``
    asks for Hahn and Kuersteiner's correction, and ``scale`` multiplies E'E / rows.
    """

    whole: CrossProducts
    halves: tuple[CrossProducts, ...]
    steps: int
    by_moments: bool
    formula: bool
    scale: float

    def __call__(self, picks: Picks | None = None) -> tuple[Floats, Floats]:
        """Return coefficients (m p, m) and the innovations' covariance."""
        whole, *halves = (
            sums if picks is None else sums.picked(picks)
            for sums in (self.whole, *self.halves)
        )
        coefficients = estimated(whole, self.steps)
        if halves:
            first, second = (estimated(half, 1) for half in halves)
            coefficients = 2 * coefficients - (first + second) / 2
        if self.formula:
            sigma = self.scale * innovations(whole, coefficients)
            coefficients = coefficients - first_order_bias(whole, coefficients, sigma)
        return coefficients, self.scale * innovations(whole, coefficients)

    def of_draws(self, picks: Picks) -> tuple[Floats, Floats]:
        """Return both for each row of picks (draws, N), NaN where not identified."""
        if self.by_moments or self.formula:
            return self._one_by_one(picks)
        units = len(self.whole.rows)
        times = [np.bincount(row, minlength=units) for row in picks]
        counts = np.stack(times).astype(np.float64)
        coefficients, squares = least_squares_of_draws(self.whole, counts)
        halves = [least_squares_of_draws(half, counts)[0] for half in self.halves]
        if halves:
            coefficients = 2 * coefficients - sum(halves) / 2
        sigma = innovations_of(squares, counts @ self.whole.rows, coefficients)
        return coefficients, self.scale * sigma

    def _one_by_one(self, picks: Picks) -> tuple[Floats, Floats]:
        m = self.whole.zy.shape[2]
        coefficients = np.full((len(picks), self.whole.zx.shape[2], m), np.nan)
        sigma = np.full((len(picks), m, m), np.nan)
        for draw, row in enumerate(picks):
            with suppress(IdentificationError, np.linalg.LinAlgError):
                coefficients[draw], sigma[draw] = self(row)
        return coefficients, sigma

    def sigma_at(self, coefficients: Floats) -> Floats:
        """Return the residuals' covariance at other coefficients (..., m p, m)."""
        return self.scale * innovations(self.whole, coefficients)

    def clustered(self, coefficients: Floats) -> Floats:
        """Return the covariance of all coefficients, clustered by unit."""
        if self.steps == 2:
            influence = corrected_influences(self.whole)
        elif self.halves:
            whole, first, second = (
                influences(sums, estimated(sums, 1)) for sums in (self.whole, *self.halves)
            )
            influence = 2 * whole - (first + second) / 2
        else:
            influence = influences(self.whole, coefficients)
        return np.asarray(influence.T @ influence)


def normal_draws(
    coefficients: Floats, covariance: Floats, draws: int, rng: np.random.Generator
) -> Floats:
    """Draw [A_1 ... A_p] from its normal law, shape (draws, m, m p)."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    shocks = rng.standard_normal((draws, len(values)))
    flat = coefficients.ravel() + shocks @ root.T
    return np.asarray(flat.reshape(draws, *coefficients.shape))


def wishart_draws(sigma: Floats, rows: int, rng: np.random.Generator) -> Floats:
    """Draw around each covariance (draws, m, m), Wishart (Bartlett's decomposition)."""
    draws, m, _ = sigma.shape
    factor = np.zeros((draws, m, m))
    for i in range(m):
        factor[:, i, i] = np.sqrt(rng.chisquare(rows - i, draws))
        factor[:, i, :i] = rng.standard_normal((draws, i))
    half = np.linalg.cholesky(sigma) @ factor / np.sqrt(rows)
    return np.asarray(half @ half.transpose(0, 2, 1))


def resampled(
    estimator: Estimator, entities: int, draws: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw whole entities with replacement and estimate again.

    Returns coefficients (some draws, m, m p) and innovations' covariances; draws that do
    not identify the system are left out.

    Raises
    ------
    IdentificationError
        If no draw does.
    """
    parts = []
    for start in range(0, draws, _AT_ONCE):
        shape = (min(_AT_ONCE, draws - start), entities)
        parts.append(estimator.of_draws(rng.integers(0, entities, size=shape)))
    coefficients, sigma = (np.concatenate(part) for part in zip(*parts, strict=True))
    kept = np.isfinite(sigma).all(axis=(1, 2))
    sizes = np.linalg.eigvalsh(sigma[kept])
    kept[kept] = sizes[:, 0] > _SINGULAR * sizes.max(initial=0.0)
    if not kept.any():
        raise IdentificationError(
            "no draw of entities identifies the system; use bands='draws'."
        )
    return coefficients[kept].swapaxes(1, 2), sigma[kept]
