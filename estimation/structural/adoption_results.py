"""The estimated adoption game."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation.coefficients import CoefficientResult, Tests
from unigauge.estimation.wording import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["AdoptionGameFit"]

_TERMS = ("b0", "b1", "bz", "dl", "psel")
_HOW = {
    "mle": "maximum likelihood over lowest and highest equilibria",
    "ccp_market": "logit on the share of the technology's other rows that adopt",
    "ccp_pooled": "logit on the share that a logit of all technologies foretells",
}
_NOTES = {
    "mle": "Standard errors are from the outer product of the technologies' scores.  The "
    "likelihood jumps where equilibria appear or vanish: one cannot be sure that the search "
    "has found its highest point.",
    "ccp_market": "Standard errors are clustered by technology and take what others do as "
    "known.  That share is noisy where a technology has few rows, which biases all "
    "estimates in order one over their number.",
    "ccp_pooled": "The first step supposes one equilibrium in all technologies, which moves "
    "smoothly with x.  Where there are several, or where one jumps, all estimates are wrong: "
    "for comparison only.  Standard errors are clustered by technology and take the first "
    "step as known.",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class AdoptionGameFit(CoefficientResult):
    """Result of :func:`adoption_game_fit`.

    Attributes
    ----------
    adopts, characteristic, shifter : str
        The variables a, x, z.
    method : str
        ``"mle"``, ``"ccp_market"`` or ``"ccp_pooled"``.
    estimates : array, shape (5,) or (4,)
        b0, b1, bz, dl and, by maximum likelihood, psel; NaN if no technology has several
        equilibria.
    tests : Tests
        Covariance, standard errors, tests, intervals, standard normal.  psel is not tested
        against zero, and where it is 0 or 1 it has no standard error.
    log_likelihood : float
        Of the game, or of the second step.
    several : int
        Technologies that have several equilibria at the estimates.
    rows, technologies : int
        Numbers of choices and of technologies.
    starts, agreeing : int
        Searches, and those that end within 0.5 of the highest log likelihood.
    jumps : int
        Technologies left out of the scores, because their equilibria jump.
    seed : int
        Of the random starts.
    """

    adopts: str
    characteristic: str
    shifter: str
    method: str
    estimates: Floats
    tests: Tests
    log_likelihood: float
    several: int
    rows: int
    technologies: int
    starts: int
    agreeing: int
    jumps: int
    seed: int

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the parameters: ``b0 b1 bz dl`` and, by ``"mle"``, ``psel``."""
        return _TERMS[: len(self.estimates)]

    @property
    def nobs(self) -> int:
        """Number of choices."""
        return self.rows

    def record(self) -> dict[str, Any]:
        """Return parameters, log likelihood and numbers as one flat row.

        Keys: ``estimate[term]``, ``std_error[term]`` and ``p_value[term]`` of each term,
        ``nobs``, ``log_likelihood``, ``several``, ``agreeing``.
        """
        return CoefficientResult.record(self) | {
            "log_likelihood": self.log_likelihood,
            "several": self.several,
            "agreeing": self.agreeing,
        }

    def _estimates(self) -> Floats:
        return self.estimates

    def _tests(self) -> Tests:
        return self.tests

    def _response(self) -> str:
        return self.adopts

    def _heading(self) -> str:
        return (
            f"Adoption game: {self.adopts} on {self.characteristic} (x), {self.shifter} (z)"
        )

    def _facts(self) -> Mapping[str, str]:
        facts = {
            "Method": _HOW[self.method],
            "Sample": f"{self.rows} choices, {counted(self.technologies, 'technology')}",
            "Log likelihood": f"{self.log_likelihood:.4f}",
            "Equilibria": f"several in {counted(self.several, 'technology')} at the estimates",
        }
        if self.starts:
            facts["Search"] = (
                f"{self.agreeing} of {self.starts} searches end within 0.5 of this height"
            )
        if self.jumps:
            facts["Scores"] = f"{counted(self.jumps, 'technology')} left out (jumps)"
        return facts

    def _notes(self) -> Sequence[str]:
        meanings = (
            "b0 constant, b1 of x, bz of z, dl of the share expected to adopt; in units of "
            "the logistic shock.  Several equilibria need dl above 4."
        )
        return [
            meanings,
            _NOTES[self.method],
            *self._about_the_search(),
            *self._about_selection(),
        ]

    def _about_the_search(self) -> list[str]:
        """Say so where a single search found this height: another may find a higher one."""
        if self.starts < 2 or self.agreeing > 1:
            return []
        note = (
            f"Only one of {self.starts} searches ends here; a higher point may have been "
            "missed.  Raise starts."
        )
        return [note]

    def _about_selection(self) -> list[str]:
        """Say what psel is, and where it is not what it seems."""
        if len(self.estimates) < len(_TERMS):
            return []
        psel = self.estimates[-1]
        if np.isnan(psel):
            return [
                "No technology has several equilibria at the estimates: psel is not identified."
            ]
        note = "psel: probability that the highest equilibrium is played, not the lowest."
        if psel in (0, 1):
            note += (
                "  It lies at the end of its range, where there is no standard error; its "
                "interval is from the profile likelihood."
            )
        return [note]
