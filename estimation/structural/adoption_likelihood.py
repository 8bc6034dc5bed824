"""Likelihood of the adoption game when one does not see which equilibrium is played.

The parameters are theta = (b0, b1, bz, d); nature plays the highest equilibrium of a
technology with probability psel, else the lowest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.estimation.structural.adoption_data import Choices
from unigauge.estimation.structural.adoption_fixed_points import fixed_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["AdoptionLikelihood", "Branches", "best_selection"]

_DIFFERENCE = 1e-5
_JUMP = 10.0
"""A score of more than this for each row of a technology is a jump of its equilibria."""
_SIMPLICES = ((-0.25, 0.1, 0.1, 0.4), (0.1, -0.05, 0.05, -0.15))
_HALVINGS = 50
_SAME = 1e-9
_LARGEST_LOG = 30.0
"""Ratios of likelihoods beyond its exponential are as good as certainty."""


class Branches(NamedTuple):
    """Log likelihood of each technology in its lowest and highest equilibrium, (M,) each."""

    low: Floats
    high: Floats
    several: NDArray[np.bool_]

    def mixed(self, psel: float) -> Floats:
        """Return the log likelihood of each technology, shape (M,)."""
        with np.errstate(divide="ignore"):
            mixture = np.logaddexp(np.log1p(-psel) + self.low, np.log(psel) + self.high)
        return np.asarray(mixture, dtype=np.float64)

    def selection_scores(self, psel: float) -> Floats:
        """Return its derivative in psel, shape (M,)."""
        return _selection_scores(self.gains(), psel)

    def gains(self) -> Floats:
        """Return the likelihood of the highest equilibrium over the lowest's, less one."""
        distance = np.clip(self.high - self.low, -_LARGEST_LOG, _LARGEST_LOG)
        return np.asarray(np.expm1(distance), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdoptionLikelihood:
    """The likelihood of given choices.

    Attributes
    ----------
    choices : Choices
        The data.
    """

    choices: Choices

    def branches(self, theta: Floats) -> Branches:
        """Return the likelihoods of the lowest and the highest equilibrium."""
        constant, slope, shifter_effect, peer_effect = theta
        index = constant + slope * self.choices.characteristic
        found = fixed_points(index, self.choices.share, shifter_effect, peer_effect)
        low, high = found.lowest, found.highest
        return Branches(
            low=self._at(index + peer_effect * low, shifter_effect),
            high=self._at(index + peer_effect * high, shifter_effect),
            several=high - low > _SAME,
        )

    def _at(self, level: Floats, shifter_effect: float) -> Floats:
        """Return the log likelihood of each technology at expectations that are given."""
        value = level[:, None] + np.array([0.0, shifter_effect])
        yes, rows = self.choices.adopters, self.choices.rows
        terms = yes * np.logaddexp(0, -value) + (rows - yes) * np.logaddexp(0, value)
        return -np.asarray(terms.sum(axis=1))

    def total(self, theta: Floats, psel: float | None = None) -> float:
        """Return the log likelihood, at the best psel unless one is given."""
        branches = self.branches(theta)
        psel = best_selection(branches) if psel is None else psel
        return float(branches.mixed(psel).sum())

    def maximise(self, start: Floats, psel: float | None = None) -> tuple[Floats, float]:
        """Climb from a start by Nelder and Mead's method, twice; return theta and height.

        Gradients fail, because the likelihood jumps where equilibria appear or vanish.  The
        characteristic is standardised in the search.
        """
        from scipy.optimize import minimize

        x = self.choices.characteristic
        standard, back = _standardisation(float(x.mean()), float(x.std()))

        def objective(point: Floats) -> float:
            return -self.total(back @ point, psel)

        point = standard @ start
        height = np.inf
        for steps in _SIMPLICES:
            simplex = np.vstack([point, point + np.diag(steps)])
            options: Any = {"initial_simplex": simplex, "xatol": 1e-4, "fatol": 1e-5}
            found = minimize(objective, point, method="Nelder-Mead", options=options)
            point, height = found.x, float(found.fun)
        return back @ point, -height

    def scores(self, theta: Floats, psel: float) -> Floats:
        """Return the derivatives in (theta, psel), one row a technology, shape (M, 5).

        Technologies whose equilibria jump within the step of the differences are left out.
        """
        columns = [
            (
                self.branches(theta + step).mixed(psel)
                - self.branches(theta - step).mixed(psel)
            )
            / (2 * _DIFFERENCE)
            for step in _DIFFERENCE * np.eye(4)
        ]
        scores = np.column_stack([*columns, self.branches(theta).selection_scores(psel)])
        bound = _JUMP * self.choices.rows.sum(axis=1, keepdims=True)
        return np.asarray(scores[(np.abs(scores[:, :4]) <= bound).all(axis=1)])


def best_selection(branches: Branches) -> float:
    """Return the psel that makes the likelihood, which is concave in it, highest."""

    gains = branches.gains()

    def slope(psel: float) -> float:
        return float(_selection_scores(gains, psel).sum())

    if slope(0.0) <= 0:
        return 0.0
    if slope(1.0) >= 0:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return (low + high) / 2


def _selection_scores(gains: Floats, psel: float) -> Floats:
    return np.asarray(gains / (1 + psel * gains))


def _standardisation(mean: float, spread: float) -> tuple[Floats, Floats]:
    """Return the matrices that take theta to a standardised characteristic, and back."""
    standard = np.eye(4)
    standard[0, 1], standard[1, 1] = mean, spread
    return standard, np.asarray(np.linalg.inv(standard), dtype=np.float64)
