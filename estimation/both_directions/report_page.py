"""The page that says in plain words what may and may not be concluded."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from unigauge.estimation.both_directions.bootstraps import MORE
from unigauge.estimation.both_directions.findings import AVERAGED, FEWEST_UNITS, Case
from unigauge.estimation.both_directions.methods import BESIDE
from unigauge.estimation.both_directions.pretests import Pretests
from unigauge.estimation.both_directions.report_limits import LIMITS, MIND
from unigauge.estimation.both_directions.report_pretests import roots_text, shocks_text
from unigauge.estimation.both_directions.report_results import AGREEMENT, DATA, SURVIVAL
from unigauge.estimation.both_directions.report_words import METHOD_NAMES, and_joined
from unigauge.estimation.both_directions.sample import ROLES, CommonSample
from unigauge.estimation.wording import counted
from unigauge.results import WIDTH

__all__ = ["TOPICS", "Finding", "findings", "page", "summary"]

TOPICS = {
    "What the data say": DATA,
    "Which methods agree": AGREEMENT,
    "What survives": SURVIVAL,
    "What cannot be concluded": LIMITS,
    "What would change one's mind": MIND,
}
"""The rules of each topic, in the order of the page."""
_FIXED_SPACE = "\N{NO-BREAK SPACE}"


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


def page(cases: tuple[Case, Case], tests: Pretests) -> str:
    """Return the page, in lines of at most 79 characters."""
    sample = cases[0].sample
    names = and_joined([f"{role} ({sample.columns[role]})" for role in ROLES])
    lines = _title(f"Between {names}, in both directions", "=")
    lines += _paragraph(summary(cases))
    lines += [f"  {c.question.direction}: {c.verdict(o)}" for c, o in _pairs(cases)] + [""]
    lines += _paragraph(_standing_limits(sample))
    lines += _title("The sample", "-") + _paragraph(_sample_text(sample))
    lines += _title("Common shocks", "-") + _paragraph(shocks_text(tests))
    if tests.roots:
        lines += _title("Unit roots", "-") + _paragraph(roots_text(tests))
    for case, other in _pairs(cases):
        heading = f"{case.question.direction}: {case.verdict(other)}"
        lines += _title(heading[0].upper() + heading[1:], "-")
        said = list(findings(case, other))
        for topic in TOPICS:
            sentences = [finding.sentence for finding in said if finding.topic == topic]
            if sentences:
                lines += _paragraph(f"{topic}. {' '.join(sentences)}")
    lines += _title("How the verdicts are reached", "-")
    lines += _paragraph(_rules_text(cases[0]))
    return "\n".join(lines).rstrip() + "\n"


def summary(cases: tuple[Case, Case]) -> str:
    """Return what the two directions say together, in a sentence or two."""
    robust = [c for c, o in _pairs(cases) if c.verdict(o) == "robust association"]
    if len(robust) == 2:
        return (
            "The past of each variable helps to predict the other, by every method that "
            "decides and in every check."
        )
    if robust:
        return (
            f"Only {robust[0].question.direction} shows an association that every method "
            "that decides finds and that every check leaves standing."
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


def _rules_text(case: Case) -> str:
    """Say how a verdict comes about, of the methods that were asked for."""
    deciding = [METHOD_NAMES[m] for m in case.methods if m not in BESIDE]
    others = [METHOD_NAMES[m] for m in case.methods if m in BESIDE]
    text = (
        "At 5 %, on bootstrap p-values where there are any (for the Granger tests the larger "
        "of two, resampling single periods and blocks of three). A p-value within three "
        "simulation errors of its level is drawn again, with up to "
        f"{MORE[-1]} times the draws; if it still is, it counts against an association. "
    )
    if deciding:
        text += f"Deciding: {and_joined(deciding)}. "
    if "dynamic_gmm" in case.methods:
        text += "GMM decides only where its instruments pass their tests. "
    if others:
        text += (
            f"Shown beside, because their tests reject true nulls too often in panels of this "
            f"kind: {and_joined(others)}; they find nothing by themselves. "
        )
    averages = "by common correlated effects " if AVERAGED in case.methods else ""
    return (
        f"{text}Robust: every deciding method that ran, fixed effects and a Granger test or "
        "GMM among them, finds it with one sign; it stays, with its sign and p below .10, "
        f"with unit trends, in first differences, {averages}and without any one unit (by "
        "clustered p-values; by the sign alone if that of all units is not below .10); "
        f"and the next period's cause does not predict the outcome, unless the other "
        "direction is found and explains that. Fragile: some deciding method finds it, but "
        "not all of this holds. No robust association: none finds it, and an effect of "
        f"{case.smallest_effect:g} standard deviations, the smallest that is held to be worth "
        "finding, is found by fixed effects with 80 % probability. Cannot be told: otherwise, "
        f"or with fewer than {FEWEST_UNITS} units."
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
