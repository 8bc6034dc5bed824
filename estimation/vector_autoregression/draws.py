"""Draws of a panel vector autoregression: from its asymptotic law, or of whole entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from unigauge.errors import IdentificationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Picks = NDArray[np.intp]

__all__ = ["Estimator", "normal_draws", "resampled", "wishart_draws"]


class Estimator(Protocol):
    """Coefficients (m p, m) and innovations' covariance (m, m) of picked units."""

    def __call__(self, picks: Picks | None = None) -> tuple[Floats, Floats]:
        """Estimate; without picks, every unit once."""
        ...

    def sigma_at(self, coefficients: Floats) -> Floats:
        """Return the residuals' covariance at other coefficients (..., m p, m)."""
        ...


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
    kept = []
    for _ in range(draws):
        picks = rng.integers(0, entities, size=entities)
        try:
            coefficients, sigma = estimator(picks)
            np.linalg.cholesky(sigma)
        except (IdentificationError, np.linalg.LinAlgError):
            continue
        kept.append((coefficients.T, sigma))
    if not kept:
        raise IdentificationError(
            "no draw of entities identifies the system; use bands='draws'."
        )
    return np.stack([c for c, _ in kept]), np.stack([s for _, s in kept])
