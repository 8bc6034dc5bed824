"""The page that says in plain words what may and may not be concluded."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from unigauge.estimation.both_directions.findings import FEWEST_UNITS, Case
from unigauge.estimation.both_directions.methods import MORE
from unigauge.estimation.both_directions.questions import LEVEL
from unigauge.estimation.both_directions.report_limits import LIMITS, MIND
from unigauge.estimation.both_directions.report_results import AGREEMENT, DATA, SURVIVAL
from unigauge.estimation.both_directions.report_words import (
    and_joined,
    number,
    p_text,
    plural,
)
from unigauge.estimation.both_directions.sample import ROLES, CommonSample
from unigauge.estimation.dependence import CrossSectionDependence
from unigauge.estimation.wording import counted
from unigauge.results import WIDTH

__all__ = ["TOPICS", "Finding", "expected_correlation", "findings", "page", "summary"]

TOPICS = {
    "What the data say": DATA,
    "Which methods agree": AGREEMENT,
    "What survives": SURVIVAL,
    "What cannot be concluded": LIMITS,
    "What would change one's mind": MIND,
}
"""The rules of each topic, in the order of the page."""
_FIXED_SPACE = "\N{NO-BREAK SPACE}"
_STILL_TOGETHER = 1.5
"""Correlations this many times those of independent series are said to be left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the numbers of a direction say.

    Attributes
    ----------
    direction, topic, name : str
        Where it belongs, and which rule found it.
    sentence : str
        In words.
    """

    direction: str
    topic: str
    name: str
    sentence: str


def findings(case: Case, other: Case) -> Iterator[Finding]:
    """Yield what the rules say of a direction, topic by topic."""
    for topic, rules in TOPICS.items():
        for rule in rules:
            sentence = rule(case, other)
            if sentence:
                yield Finding(
                    direction=case.question.direction,
                    topic=topic,
                    name=rule.__name__.strip("_"),
                    sentence=sentence,
                )


def page(
    cases: tuple[Case, Case], dependence: Sequence[CrossSectionDependence | None]
) -> str:
    """Return the page, in lines of at most 79 characters."""
    sample = cases[0].sample
    names = and_joined([f"{role} ({sample.columns[role]})" for role in ROLES])
    lines = _title(f"Between {names}, in both directions", "=")
    lines += _paragraph(summary(cases))
    lines += [f"  {c.question.direction}: {c.verdict(o)}" for c, o in _pairs(cases)] + [""]
    lines += _paragraph(_standing_limits(sample))
    lines += _title("The sample", "-") + _paragraph(_sample_text(sample))
    lines += _title("Common shocks", "-") + _paragraph(_dependence_text(sample, dependence))
    for case, other in _pairs(cases):
        heading = f"{case.question.direction}: {case.verdict(other)}"
        lines += _title(heading[0].upper() + heading[1:], "-")
        said = list(findings(case, other))
        for topic in TOPICS:
            sentences = [finding.sentence for finding in said if finding.topic == topic]
            if sentences:
                lines += _paragraph(f"{topic}. {' '.join(sentences)}")
    lines += _title("How the verdicts are reached", "-")
    lines += _paragraph(_rules_text(cases[0].smallest_effect))
    return "\n".join(lines).rstrip() + "\n"


def summary(cases: tuple[Case, Case]) -> str:
    """Return what the two directions say together, in a sentence or two."""
    robust = [c for c, o in _pairs(cases) if c.verdict(o) == "robust association"]
    if len(robust) == 2:
        return (
            "The past of each variable helps to predict the other, by every method and in "
            "every check."
        )
    if robust:
        return (
            f"Only {robust[0].question.direction} shows an association that every method "
            "finds and that every check leaves standing."
        )
    text = "Neither direction shows an association that can be relied on."
    unclear = [c.question.direction for c, o in _pairs(cases) if c.verdict(o) == _UNTOLD]
    if len(unclear) == 2:
        return f"{text} Nor do these data show that there is none."
    if unclear:
        return f"{text} For {unclear[0]} these data are too weak to tell."
    return text


_UNTOLD = "cannot be told"


def _pairs(cases: tuple[Case, Case]) -> tuple[tuple[Case, Case], tuple[Case, Case]]:
    """Return each direction with the other."""
    return (cases[0], cases[1]), (cases[1], cases[0])


def _standing_limits(sample: CommonSample) -> str:
    lagged = (
        f"a lag of one {sample.period} orders"
        if sample.lags == 1
        else f"{counted(sample.lags, 'lag')} order"
    )
    return (
        "These are correlations between the past of one variable and the present of the "
        "other, not effects. The dates are dates of record: a patent is often dated by its "
        "grant and a standard by its publication, both long after the work began, so that "
        f"{lagged} the records, not the acts."
    )


def _sample_text(sample: CommonSample) -> str:
    lost = " ".join(sample.losses) or "No row was lost to missing values."
    controls = ""
    if sample.controls:
        controls = f" Controls, one {sample.period} before: {', '.join(sample.controls)}."
    return (
        f"{counted(sample.n_units, sample.unit)}, {sample.window}: "
        f"{counted(sample.rows, 'row')}, of which {sample.usable} have "
        f"{counted(sample.lags, 'lag')} behind them. Both directions use the same. "
        f"{lost}{controls}"
    )


def _dependence_text(
    sample: CommonSample, dependence: Sequence[CrossSectionDependence | None]
) -> str:
    """Say how far units move together, and how far period effects change that."""
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


def expected_correlation(test: CrossSectionDependence) -> float:
    """Return the mean absolute correlation of independent normal series.

    At the average number n of common periods it is Gamma((n-1)/2) / (sqrt(pi) Gamma(n/2)).
    """
    pairs = np.triu_indices(len(test.correlations), k=1)
    used = ~np.isnan(test.correlations[pairs])
    n = float(test.common_periods[pairs][used].mean())
    return math.exp(math.lgamma((n - 1) / 2) - math.lgamma(n / 2)) / math.sqrt(math.pi)


def _rules_text(smallest_effect: float) -> str:
    return (
        "At 5 %, on bootstrap p-values where there are any (for the Granger tests the larger "
        "of two, resampling single periods and blocks of three). A p-value within three "
        "simulation errors of its level is drawn again, with up to "
        f"{MORE[-1]} times the draws; if it still is, it counts against an association. Robust: every method that "
        "ran, fixed effects and a Granger test among them, finds it with one sign; it stays, "
        "with its sign and p below .10, with unit trends, in first differences and without "
        "any one unit (by clustered p-values; by the sign alone if that of all units is not "
        "below .10); and the next period's cause does not predict the outcome, unless the "
        "other direction is found and explains that. Fragile: some method finds it, but not "
        "all of this holds. No robust association: no method finds it, and an effect of "
        f"{smallest_effect:g} standard deviations, the smallest that is held to be worth "
        "finding, is found with 80 % probability. Cannot be told: otherwise, or with fewer "
        f"than {FEWEST_UNITS} units."
    )


def _title(text: str, line: str) -> list[str]:
    lines = textwrap.wrap(text, WIDTH)
    return [*lines, line * max(map(len, lines))]


def _paragraph(text: str) -> list[str]:
    """Wrap a paragraph; signs stay with their numbers."""
    for sign in (" %", " = .", " < .", " > ."):
        text = text.replace(sign, sign.replace(" ", _FIXED_SPACE))
    lines = textwrap.wrap(text, WIDTH, break_on_hyphens=False)
    return [*(line.replace(_FIXED_SPACE, " ") for line in lines), ""]
