"""From numbers to a verdict: the rules by which one direction is judged.

All at 5 %, on p-values that can be trusted: the bootstrap's where there is one (for the
Granger tests the larger of two, from single periods and from blocks of three), else that
of clustered standard errors.

=======================  ===========================================================
robust association       fixed effects and a Granger test or GMM ran; every deciding
                         method that ran finds it, with one sign; it passes every check
fragile association      at least one deciding method finds it, but not all that
no robust association    none finds it, and an effect of ``smallest_effect`` would
                         have been found by fixed effects with 80 % probability
cannot be told           none finds it, and such an effect might have been missed; or
                         there are fewer than six units; or nothing ran
=======================  ===========================================================

Deciding are fixed effects, Poisson, the two Granger tests and, where its instruments pass
Hansen's test and AR(2), GMM.  Common correlated effects, the panel VAR and local
projections reject true nulls too often, and find nothing by themselves.

A p-value from draws within three simulation errors of its level is drawn again, with up
to 50 times the draws.  What is still within three errors counts against an association:
the method does not find it, the check is not passed, the lead predicts.

A check keeps the sign of the main estimate with p below 10 %, which is 5 % on the one
side that is left: unit trends, first differences, common correlated effects (if asked
for), and leaving out any one unit.  Without one unit there is no bootstrap; where the clustered p of all units is not below 10 %
either, leaving one out is judged by the sign alone.  The
next period's cause (the lead) must not predict the outcome, unless fixed effects and a
Granger test find the other direction: feedback alone makes the lead significant.

How often the verdicts are right (``docs/monte_carlo/bidirectional.md``; 200 panels of 20
units and 25 years): an effect of .3 is robust in 85 to 92 of 100.  Where there is none, no
panel of those without uneven shocks is robust, 12 to 18 of 100 directions are fragile, 21
with unit roots; so that fragile is no finding.  Of a shock that units feel unevenly 76 are
fragile and 4 robust, and of one felt with either sign 34 are robust: averages over units
cannot see it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unigauge.estimation.both_directions.methods import BESIDE
from unigauge.estimation.both_directions.questions import (
    DETECTABLE,
    LEVEL,
    MAIN,
    Answers,
    Estimate,
    Question,
)
from unigauge.estimation.both_directions.sample import CommonSample

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AVERAGED", "CHECKS", "FEWEST_UNITS", "GRANGER", "TESTED", "VERDICTS", "Case"]

VERDICTS = (
    "robust association",
    "fragile association",
    "no robust association",
    "cannot be told",
)
"""The words of the verdict."""
FEWEST_UNITS = 6
"""With five clusters the smallest p-value of the wild bootstrap is 2/32, above 5 %."""
CHECKS = ("unit_trends", "first_differences", "leave_one_out_weakest")
"""Checks that an association must pass; the lead is judged apart."""
GRANGER = ("juodis_karavias_sarafidis", "dumitrescu_hurlin")
"""Tests of Granger non-causality, the one that pools first."""
TESTED = (*GRANGER, "dynamic_gmm")
"""One of these must find what fixed effects find, which feedback biases."""
AVERAGED = "common_correlated_effects"
"""The check against shocks that units feel unevenly."""
_VALIDITY = ("hansen", "serial_correlation")
"""Tests that the instruments of GMM must pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One direction and all that was estimated of it.

    Attributes
    ----------
    question : Question
        The direction and its sample.
    answers : mapping of (method, check) to Estimate
        What was found.
    methods : tuple of str
        Methods asked for.
    smallest_effect : float
        Smallest effect worth finding, in standard deviations of the outcome for one of
        the cause.
    responses : DataFrame
        The course of the response; see :mod:`...both_directions.responses`.
    """

    question: Question
    answers: Answers
    methods: tuple[str, ...]
    smallest_effect: float
    responses: pd.DataFrame

    @property
    def sample(self) -> CommonSample:
        """The data."""
        return self.question.sample

    def get(self, method: str, check: str = MAIN) -> Estimate:
        """Return an estimate; an empty one where it was not asked for."""
        return self.answers.get((method, check), Estimate(note="not asked for"))

    @property
    def main(self) -> Estimate:
        """The coefficient by fixed effects."""
        return self.get("fixed_effects")

    def _both(self, method: str) -> tuple[Estimate, ...]:
        """Return the method's estimate and, where it ran, that by blocks of three."""
        blocks = self.get(method, "blocks_of_three")
        return (self.get(method), blocks) if blocks.ran else (self.get(method),)

    def trusted(self, method: str) -> float:
        """Return the p-value that counts; of two bootstraps the larger."""
        return self.deciding(method).trusted

    def deciding(self, method: str) -> Estimate:
        """Return the estimate whose p-value counts, the larger of two."""
        return max(self._both(method), key=lambda estimate: estimate.trusted)

    @property
    def valid_moments(self) -> bool:
        """Whether the instruments of GMM pass their tests."""
        tests = [self.get("dynamic_gmm", check) for check in _VALIDITY]
        return all(test.p_value >= LEVEL for test in tests)

    def decides(self, method: str) -> bool:
        """Whether a method may find something; GMM if its instruments are valid."""
        if method == "dynamic_gmm":
            return self.valid_moments
        return method not in BESIDE

    @property
    def ran(self) -> tuple[str, ...]:
        """Methods that ran and may find something."""
        return tuple(m for m in self.methods if self.get(m).ran and self.decides(m))

    @property
    def beside(self) -> tuple[str, ...]:
        """Methods that ran and find nothing by themselves."""
        return tuple(m for m in self.methods if self.get(m).ran and not self.decides(m))

    @property
    def found(self) -> tuple[str, ...]:
        """Methods that find an association."""
        return tuple(m for m in self.ran if all(e.below(LEVEL) for e in self._both(m)))

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Methods for which more draws might find an association."""
        return tuple(
            m
            for m in self.silent
            if all(e.below(LEVEL) or e.unsettled(LEVEL) for e in self._both(m))
        )

    @property
    def silent(self) -> tuple[str, ...]:
        """Methods that ran and find none."""
        return tuple(m for m in self.ran if m not in self.found)

    @property
    def scale(self) -> float:
        """Standard deviation of cause over outcome, net of unit and period effects."""
        return self.question.scale

    @property
    def detectable(self) -> float:
        """Effect that would be found with 80 % probability, in standard deviations."""
        return DETECTABLE * self.main.std_error * self.scale

    @property
    def powerful(self) -> bool:
        """Whether the smallest effect worth finding would have been found."""
        return self.detectable <= self.smallest_effect

    @property
    def few_units(self) -> bool:
        """Whether there are too few units for any clustered inference."""
        return self.sample.n_units < FEWEST_UNITS

    @property
    def signs_agree(self) -> bool:
        """Whether the methods that find an association agree on its sign."""
        signs = {
            math.copysign(1, e) for m in self.found if (e := self.get(m).estimate) == e
        }
        return len(signs) <= 1

    def survives(self, method: str, check: str) -> bool:
        """Whether a check keeps the sign at 5 % on one side."""
        estimate = self.get(method, check)
        found = self.main if method == AVERAGED else self.get(method)
        same_sign = estimate.estimate * found.estimate > 0
        return same_sign and (
            self.by_sign_alone(method, check) or estimate.below(2 * LEVEL)
        )

    def by_sign_alone(self, method: str, check: str) -> bool:
        """Whether even all units would not pass a check that has no bootstrap."""
        return check == "leave_one_out_weakest" and self.get(method).p_value >= 2 * LEVEL

    @property
    def failed(self) -> tuple[tuple[str, str], ...]:
        """Method and name of every check that an association does not pass."""
        checks = [("fixed_effects", check) for check in CHECKS]
        if "poisson" in self.ran:
            checks.append(("poisson", "leave_one_out_weakest"))
        if AVERAGED in self.methods:
            checks.append((AVERAGED, MAIN))
        return tuple(pair for pair in checks if not self.survives(*pair))

    @property
    def lead_predicts(self) -> bool:
        """Whether the next period's cause is already related to the outcome."""
        lead = self.get("fixed_effects", "lead_placebo")
        return lead.trusted < LEVEL or lead.unsettled(LEVEL)

    @property
    def supported(self) -> bool:
        """Whether fixed effects and a Granger test or GMM find it, with one sign."""
        tested = any(method in self.found for method in TESTED)
        return "fixed_effects" in self.found and tested and self.signs_agree

    def verdict(self, other: Case) -> str:
        """Return the verdict; see the table above."""
        if self.few_units or not self.ran:
            return "cannot be told"
        if not self.found:
            return "no robust association" if self.powerful else "cannot be told"
        timing = not self.lead_predicts or other.supported
        if self.supported and not self.silent and not self.failed and timing:
            return "robust association"
        return "fragile association"
