"""Indirect inference of a bivariate panel autoregression by two-way least squares.

Least squares with unit and period effects is biased in short panels.  The binding function
says by how much: it takes a matrix A to the mean of the least-squares estimates over
simulated stationary panels with that A.  Indirect inference finds the A whose mean is what
the data gave (Gourieroux, Phillips and Yu 2010; reconstruction).  The same draws serve every
A, and neither unit nor period effects need be simulated, as least squares takes them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.errors import ConvergenceError, IdentificationError
from unigauge.two_way_map import radius

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = ["BindingFunction", "Inverse", "binding_function"]

_LARGEST_RADIUS = 0.99
_TOLERANCE = 1e-7
_MOST_ROUNDS = 200
_STEP = 0.01
_DEPENDENT = 1e-9
_CACHED = 2**16
"""Numbers of simulated panels that are worked on at once, so that they stay in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BindingFunction:
    """Mean least-squares estimate over H simulated panels, as a function of A.

    Attributes
    ----------
    start : array, shape (N, H, 2)
        Standard normal draws of the first state.
    shocks : array, shape (T - 1, N, H, 2)
        Innovations of the later periods.
    sigma : array, shape (2, 2)
        Their covariance.
    usable : array of bool, shape (T - 1, N)
        Rows, from the second period on, that the data have with their lag.
    periods : array, shape ((T - 1) N, r)
        Orthonormal basis of what unit effects leave of the periods' dummies.
    """

    start: Floats
    shocks: Floats
    sigma: Floats
    usable: Mask
    periods: Floats

    def __call__(self, own: Floats) -> Floats:
        """Return the mean estimate of A at a stable A."""
        return np.asarray(self.draws(own).mean(axis=0))

    def draws(self, own: Floats) -> Floats:
        """Return the estimate of A in each simulated panel, shape (H, 2, 2)."""
        few = max(1, _CACHED // self.shocks[:, :, 0].size)
        parts = range(0, self.start.shape[1], few)
        return np.concatenate(
            [self.estimates(self.paths(own, slice(part, part + few))) for part in parts]
        )

    def paths(self, own: Floats, panels: slice = slice(None)) -> Floats:
        """Return stationary panels, all or some, shape (T, N, h, 2)."""
        start, shocks = self.start[:, panels], self.shocks[:, :, panels]
        paths = np.empty((len(shocks) + 1, *start.shape))
        paths[0] = start @ np.linalg.cholesky(_stationary(own, self.sigma)).T
        for now, drawn in enumerate(shocks):
            paths[now + 1] = paths[now] @ own.T + drawn
        return paths

    def estimates(self, paths: Floats) -> Floats:
        """Return A by two-way least squares in each panel, shape (h, 2, 2)."""
        rows = self.usable[:, :, None, None]
        values = np.where(rows, np.concatenate([paths[:-1], paths[1:]], axis=-1), 0.0)
        count = np.maximum(self.usable.sum(axis=0), 1)[:, None, None]
        centred = np.where(rows, values - values.sum(axis=0) / count, 0.0)
        flat = centred.reshape(self.usable.size, -1)
        explained = (self.periods.T @ flat).reshape(-1, *centred.shape[2:])
        squares = _squares(centred.reshape(-1, *centred.shape[2:])) - _squares(explained)
        slopes = np.linalg.solve(squares[:, :2, :2], squares[:, :2, 2:])
        return np.asarray(slopes.swapaxes(1, 2), dtype=np.float64)

    def inverse(self, target: Floats) -> Inverse:
        """Return the A whose mean estimate is ``target``, to 1e-7.

        Raises
        ------
        IdentificationError
            If the search ends at a spectral radius of 0.99.
        ConvergenceError
            If it does not end.
        """
        own, gap = _shrunk(target), np.inf
        for rounds in range(1, _MOST_ROUNDS + 1):
            step = target - self(own)
            gap = float(np.abs(step).max())
            if gap < _TOLERANCE:
                return Inverse(own=own, rounds=rounds, residual=gap)
            before, own = own, _shrunk(own + step)
            if np.abs(own - before).max() < _TOLERANCE:
                break
        if radius(own) > _LARGEST_RADIUS - _STEP:
            raise IdentificationError(
                "the data are so persistent that no system with a spectral radius below "
                f"{_LARGEST_RADIUS} has their least-squares estimates "
                f"{np.round(target, 4).tolist()} as its mean, by {gap:.2g} at best. "
                "Difference the series or remove trends; method='jackknife' and 'gmm' answer, "
                "but near such a root they are not to be trusted either."
            )
        raise ConvergenceError(
            "indirect inference did not settle; raise simulations, or use "
            "method='jackknife'",
            iterations=_MOST_ROUNDS,
            residual=gap,
            tolerance=_TOLERANCE,
        )

    def jacobian(self, own: Floats) -> Floats:
        """Return the derivatives of the mean estimate in A, both row by row, (4, 4).

        Central differences of 0.01, or less where that would leave the stable systems.
        """
        step = _STEP
        while any(radius(own + sign * move) >= 1 for sign, move in _moves(step)):
            step /= 2
        columns = [
            (self(own + move) - self(own - move)).ravel() / (2 * step)
            for sign, move in _moves(step)
            if sign > 0
        ]
        return np.column_stack(columns)


class Inverse(NamedTuple):
    """Where the binding function meets its target: A, rounds taken, distance left."""

    own: Floats
    rounds: int
    residual: float


def binding_function(
    usable: Mask, sigma: Floats, simulations: int, rng: np.random.Generator
) -> BindingFunction:
    """Draw the panels' shocks, once.

    Parameters
    ----------
    usable : array of bool, shape (N, T)
        Rows of the data in which both variables and their lags are observed.
    sigma : array, shape (2, 2)
        Covariance of the innovations.
    simulations : int
        Number of panels, H.
    rng : Generator
        Of the draws.
    """
    units, periods = usable.shape
    draws = rng.standard_normal((periods, units, simulations, 2))
    later = np.ascontiguousarray(usable[:, 1:].T)
    return BindingFunction(
        start=draws[0],
        shocks=draws[1:] @ np.linalg.cholesky(sigma).T,
        sigma=sigma,
        usable=later,
        periods=_period_basis(later),
    )


def _stationary(own: Floats, sigma: Floats) -> Floats:
    """Return the stationary covariance G = A G A' + Sigma."""
    solved = np.linalg.solve(np.eye(4) - np.kron(own, own), sigma.ravel())
    return np.asarray(solved.reshape(2, 2), dtype=np.float64)


def _period_basis(usable: Mask) -> Floats:
    """Return an orthonormal basis of the periods' dummies less the units' means."""
    periods = len(usable)
    dummies = usable[:, :, None] * np.eye(periods)[:, None, :]
    share = usable.T / np.maximum(usable.sum(axis=0), 1)[:, None]
    centred = np.where(usable[:, :, None], dummies - share, 0.0)
    basis, sizes, _ = np.linalg.svd(centred.reshape(-1, periods), full_matrices=False)
    return np.ascontiguousarray(basis[:, sizes > _DEPENDENT * sizes.max(initial=1.0)])


def _squares(values: Floats) -> Floats:
    """Return the products of the columns in each panel: (rows, h, c) to (h, c, c)."""
    by_panel = values.transpose(1, 2, 0)
    return np.asarray(by_panel @ by_panel.swapaxes(1, 2))


def _shrunk(own: Floats) -> Floats:
    """Return A, scaled to a spectral radius of 0.99 where it has more."""
    return own * min(1.0, _LARGEST_RADIUS / max(radius(own), _LARGEST_RADIUS))


def _moves(step: float) -> list[tuple[int, Floats]]:
    """Return a step up and down in each entry of A, row by row, with their signs."""
    entries = np.eye(4).reshape(4, 2, 2) * step
    return [(sign, sign * entry) for entry in entries for sign in (1, -1)]
