"""What the tests of each variable by itself say, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation.both_directions.pretests import Pretests, RootTest
from unigauge.estimation.both_directions.questions import LEVEL
from unigauge.estimation.both_directions.report_words import (
    and_joined,
    number,
    p_text,
    plural,
)
from unigauge.estimation.both_directions.sample import ROLES
from unigauge.estimation.dependence import CrossSectionDependence
from unigauge.estimation.wording import counted

if TYPE_CHECKING:
    from unigauge.estimation import UnitRoot

__all__ = ["expected_correlation", "roots_text", "shocks_text"]

_STILL_TOGETHER = 1.5
"""Correlations this many times those of independent series are said to be left."""


def shocks_text(tests: Pretests) -> str:
    """Say how far units move together, and how far period effects change that."""
    sample, dependence = tests.sample, [test for _, _, test in tests.dependence]
    growth = [t for t in dependence if t and t.difference and t.demean == "none"]
    left = [t for t in dependence if t and t.difference and t.demean == "time"]
    units = plural(sample.unit)
    if not growth:
        return f"Whether the {units} move together could not be tested."
    shown = and_joined(
        [
            f"{number(t.mean_abs_correlation)} for {t.variable} (CD {number(t.statistic)}, "
            f"{p_text(t.p_value)})"
            for t in growth
        ]
    )
    text = (
        f"Between two {units}, changes over a {sample.period} correlate by {shown} on "
        "average, signs aside. "
    )
    if any(t.p_value < LEVEL for t in growth):
        text += (
            f"The {units} move together, so that {sample.period} effects are in every "
            f"regression, and the Granger tests run on deviations from {sample.period} means."
            + _exponents(growth, units)
        )
    else:
        text += (
            f"Nothing says that they move together; {sample.period} effects are in every "
            "regression all the same."
        )
    if left:
        still = and_joined([number(t.mean_abs_correlation) for t in left])
        text += f" Net of {sample.period} means {still} remain"
        alone = max(expected_correlation(t) for t in left)
        text += f", where independent series show {number(alone)}."
        strong = [
            t.variable
            for t in left
            if t.mean_abs_correlation > _STILL_TOGETHER * expected_correlation(t)
        ]
        if strong:
            text += (
                f" Some of the common movement of {and_joined(strong)} differs by "
                f"{sample.unit}, and {sample.period} effects do not remove that."
            )
    return text


def _exponents(growth: list[CrossSectionDependence], units: str) -> str:
    """Say how widely common shocks are felt, where that can be estimated."""
    known = [
        f"{test.exponent:.2f} for {test.variable}" for test in growth if test.exponent > 0
    ]
    if not known:
        return ""
    return (
        f" The exponent of dependence is {and_joined(known)}: one where all {units} feel the "
        "shocks they share, one half or less where hardly any do."
    )


def expected_correlation(test: CrossSectionDependence) -> float:
    """Return the mean absolute correlation of independent normal series.

    At the average number n of common periods it is Gamma((n-1)/2) / (sqrt(pi) Gamma(n/2)).
    """
    pairs = np.triu_indices(len(test.correlations), k=1)
    used = ~np.isnan(test.correlations[pairs])
    n = float(test.common_periods[pairs][used].mean())
    return math.exp(math.lgamma((n - 1) / 2) - math.lgamma(n / 2)) / math.sqrt(math.pi)


def roots_text(tests: Pretests) -> str:
    """Say whether the variables may be random walks, and whether that can be told."""
    sample = tests.sample
    sentences = []
    for role in ROLES:
        own = [root for root in tests.roots if root.role == role]
        sentences.append(_root_text(sample.columns[role], own))
    units, periods = _block_size(tests)
    how = ""
    if units:
        how = (
            "Pesaran's CIPS, whose null is a unit root in every "
            f"{sample.unit}, with p-values simulated for {counted(units, sample.unit)} and "
            f"{counted(periods, sample.period)}. "
        )
    text = how + " ".join(sentences)
    if any(_may_wander(tests, role) for role in ROLES):
        text += (
            " Where a variable may wander without return, a regression in levels can take "
            "two wanderings for an association: it must also be found in first differences."
        )
    return text


def _root_text(variable: str, roots: list[RootTest]) -> str:
    ran = [(root, root.test) for root in roots if root.test is not None]
    if not ran:
        return f"Whether {variable} has a unit root could not be tested: {roots[0].reason}."
    against = [root for root, test in ran if test.p_value < LEVEL]
    each = "; ".join(
        filter(None, (_p_values(ran, trend) for trend in ("intercept", "trend")))
    )
    if len(against) == len(ran):
        return f"For {variable} a unit root is rejected throughout: {each}."
    if not against:
        return f"For {variable} a unit root is nowhere rejected: {each}."
    return f"For {variable} the answer turns on lags or trend, and none is given: {each}."


def _p_values(ran: list[tuple[RootTest, UnitRoot]], trend: str) -> str:
    """Return the p-values with the same deterministic terms."""
    own = [
        f"{p_text(test.p_value)} ({counted(root.lags, 'lag')})"
        for root, test in ran
        if root.trend == trend
    ]
    terms = "with a trend" if trend == "trend" else "with a constant"
    return f"{terms} {and_joined(own)}" if own else ""


def _may_wander(tests: Pretests, role: str) -> bool:
    """Whether a unit root is not rejected in some test that ran."""
    return any(
        root.test.p_value >= LEVEL
        for root in tests.roots
        if root.role == role and root.test is not None
    )


def _block_size(tests: Pretests) -> tuple[int, int]:
    """Return units and periods of the tests that ran, or zeros."""
    for root in tests.roots:
        if root.test is not None:
            return len(root.test.entities), int(root.test.unit_periods[0])
    return 0, 0
