"""The estimated two-way system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation.coefficients import CoefficientResult, Tests
from unigauge.estimation.wording import counted
from unigauge.two_way_map import multiplier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["TERMS", "TwoWayFit"]

TERMS = ("l_k", "l_s", "b_ks", "b_sk", "loop")
"""Names of the parameters."""

_MEANINGS = (
    "l: part of the gap closed in a period.  b_ks: what a unit of s adds to the k that is "
    "wanted; b_sk likewise.  loop = b_ks b_sk."
)
_FEW = 30
"""Units below which errors clustered by unit are too small to be taken as they are."""
_TIMING = (
    "Units are taken to react to last period's stocks; if they react within the period A "
    "mixes both effects, and only shifters of each stock can tell them apart."
)
_NOT_IDENTIFIED = (
    "Not identified: depreciation apart from a common catch-up (only their sum, l_k), and "
    "growth of the frontier (in the period effects).  The slopes are local: they say "
    "whether one steady state is stable, not whether there are several.  Trends of units, "
    "breaks and slopes that differ between units are not allowed for, and pooled estimates "
    "then mix them."
)
_NOTES = {
    "indirect_inference": "Indirect inference supposes a stationary system of order one, "
    "with normal shocks and the same slopes in all units.  Where units had mild trends, "
    "factor loadings or slopes of their own, in 50 units and 20 periods, tests of b_ks kept "
    "their size; those of l_k rejected the mean of the units two to seven times too often "
    "(papers/bridge).",
    "jackknife": "The jackknife supposes that both halves of the panel follow one law; a "
    "break between them, or an own lag near one, spoils the correction.",
    "gmm": "Orthogonal deviations are free of bias in large N but imprecise: in 50 units "
    "and 20 periods their standard errors are about twice those of indirect inference.",
    "fe": "Least squares with unit effects is biased in order 1/T: in 50 units and 20 "
    "periods it puts the loop at about half its value.  Do not rest l, b or the loop on it.",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TwoWayFit(CoefficientResult):
    """Result of :func:`two_way_fit`.

    Attributes
    ----------
    knowledge, standards : str
        The two stocks, k and s.
    method, how : str
        The method's name, and the same in words.
    convention : str
        How the covariance was computed.
    estimates : array, shape (5,)
        l_k, l_s (part of the gap closed in a period), b_ks, b_sk (what a unit of the other
        stock adds to the one that is wanted), and the loop b_ks b_sk.
    tests : Tests
        Their covariance, standard errors, tests and intervals, standard normal.
    own : array, shape (2, 2)
        A, the reduced form.
    own_covariance : array, shape (4, 4)
        Of A, row by row.
    radius : float
        Spectral radius of A; the system is stable below 1.
    rows, n_entities : int
        Rows of each equation, after the transformation, and units.
    window : tuple
        First and last period of the outcomes.
    seed : int
        Of bootstrap or simulation.
    """

    knowledge: str
    standards: str
    method: str
    how: str
    convention: str
    estimates: Floats
    tests: Tests
    own: Floats
    own_covariance: Floats
    radius: float
    rows: int
    n_entities: int
    window: tuple[Any, Any]
    seed: int

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the parameters: ``l_k l_s b_ks b_sk loop``."""
        return TERMS

    @property
    def nobs(self) -> int:
        """Rows of each equation."""
        return self.rows

    @property
    def loop(self) -> float:
        """L = b_ks b_sk: what a unit of one stock adds to itself through the other."""
        return float(self.estimates[-1])

    @property
    def loop_interval(self) -> tuple[float, float]:
        """95 % interval of the loop."""
        return float(self.tests.conf_low[-1]), float(self.tests.conf_high[-1])

    @property
    def stable(self) -> bool:
        """Whether shocks die out: the spectral radius is below 1."""
        return self.radius < 1

    @property
    def multiplier(self) -> float:
        """1/(1 - L), how much the loop raises long-run effects; infinite if not stable."""
        return multiplier(self.estimates[2:4]) if self.stable else np.inf

    def record(self) -> dict[str, Any]:
        """Return parameters, spectral radius and rows as one flat row.

        Keys: ``estimate[term]``, ``std_error[term]`` and ``p_value[term]`` of each term,
        ``nobs``, and ``radius``.
        """
        return CoefficientResult.record(self) | {"radius": self.radius}

    def _estimates(self) -> Floats:
        return self.estimates

    def _tests(self) -> Tests:
        return self.tests

    def _response(self) -> str:
        return f"{self.knowledge} (k), {self.standards} (s)"

    def _heading(self) -> str:
        return f"Two-way system: {self.knowledge} (k) and {self.standards} (s)"

    def _facts(self) -> Mapping[str, str]:
        low, high = self.loop_interval
        settled = "stable" if self.stable else "not stable, no steady state"
        return {
            "Method": self.how,
            "Sample": f"{counted(self.n_entities, 'entity')}, {self.rows} rows an equation, "
            f"{self.window[0]} to {self.window[1]}",
            "Effects": "of entities and periods",
            "Std. errors": self.convention,
            "Reduced form": f"A = {np.round(self.own, 4).tolist()}",
            "Loop": f"{self.loop:.4f}, 95 % interval {low:.4f} to {high:.4f}",
            "Radius": f"{self.radius:.4f}: {settled}",
            "Multiplier": f"{self.multiplier:.4g}",
        }

    def _notes(self) -> Sequence[str]:
        return [
            _MEANINGS,
            _NOTES[self.method],
            *self._unadjusted(),
            *self._outside(),
            *self._few_units(),
            _TIMING,
            _NOT_IDENTIFIED,
        ]

    def _unadjusted(self) -> list[str]:
        """Say so where a speed of adjustment cannot be told from zero."""
        slow = [
            term
            for term, low in zip(TERMS[:2], self.tests.conf_low, strict=False)
            if low <= 0
        ]
        if not slow:
            return []
        note = (
            f"{' and '.join(slow)} cannot be told from 0.  The responses divide by it: b and "
            "the loop are then barely identified, and their standard errors and intervals "
            "mean little."
        )
        return [note]

    def _outside(self) -> list[str]:
        """Say so where an estimate is no part of a gap, or the system has no steady state."""
        speeds = zip(TERMS[:2], self.estimates, strict=False)
        wrong = [f"{term} = {speed:.3g}" for term, speed in speeds if not 0 < speed <= 1]
        notes = []
        if wrong:
            notes.append(
                f"{' and '.join(wrong)}: a part of a gap lies between 0 and 1.  The estimates "
                "contradict the model; read A, not the structure."
            )
        if not self.stable:
            notes.append(
                "The spectral radius is not below 1: there is no steady state, and no long-run "
                "effect or multiplier."
            )
        return notes

    def _few_units(self) -> list[str]:
        """Say so where tests reject too often for want of units."""
        if self.n_entities >= _FEW:
            return []
        note = (
            f"With {self.n_entities} units standard errors are rather too small: in 600 "
            "simulated panels of 20 units and 20 periods 5 % tests of the speeds and the loop "
            "rejected 7 to 11 % of true values, by indirect inference as by the others."
        )
        return [note]
