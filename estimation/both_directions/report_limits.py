"""What one direction cannot tell, and what would change one's mind: rules in words.

As in :mod:`unigauge.estimation.both_directions.report_results`, a rule says one thing or nothing.
"""

from __future__ import annotations

from unigauge.estimation.both_directions.findings import (
    AVERAGED,
    FEWEST_UNITS,
    TESTED,
    Case,
)
from unigauge.estimation.both_directions.questions import LEVEL, MAIN
from unigauge.estimation.both_directions.report_beside import unstable
from unigauge.estimation.both_directions.report_words import (
    METHOD_NAMES,
    and_joined,
    check_name,
    number,
    p_text,
    plural,
)
from unigauge.estimation.wording import counted

__all__ = ["LIMITS", "MIND"]

_UNRELIABLE_CLUSTERS = 40

# ---------------------------------------------------------------------------
# What cannot be concluded


def _plainly(case: Case, other: Case) -> str | None:
    """Say what the verdict does not allow."""
    cause, outcome = case.question.cause, case.question.outcome
    either = f"Neither an effect of {cause} on {outcome} nor its absence."
    return {
        "robust association": f"In these data the past of {cause} helps to predict {outcome}; "
        "that it is the cause does not follow. Of simulated panels in which nothing but a "
        f"common shock, felt by some {plural(case.sample.unit)} in the opposite way, moves "
        "both, a third is called robust too.",
        "fragile association": f"{either} Fragile is no finding: in simulated panels without "
        "any effect one direction in seven is called so, one in five if both wander.",
        "no robust association": f"That {cause} has no effect on {outcome} at all.",
        "cannot be told": either,
    }[case.verdict(other)]


def _few_units(case: Case, other: Case) -> str | None:
    units = case.sample.n_units
    if not case.few_units:
        return None
    return (
        f"There are {counted(units, case.sample.unit)}. The smallest p-value that a wild "
        f"bootstrap can give with so few is {2.0 ** (1 - units):.3g}; at least "
        f"{FEWEST_UNITS} are needed before anything can be told."
    )


def _power(case: Case, other: Case) -> str | None:
    if case.few_units or "fixed_effects" not in case.silent:
        return None
    nothing = "By fixed effects nothing" if case.found else "Nothing"
    native = number(case.get("fixed_effects", "minimum_detectable_effect").estimate)
    effect = number(case.detectable)
    if case.powerful:
        return (
            f"{nothing} was found where something could have been: an effect of {effect} "
            f"standard deviations (coefficient {native}) or more is found with 80 % "
            "probability. Smaller ones cannot be ruled out."
        )
    return (
        f"{nothing} was found, but little could have been: only an effect of {effect} standard "
        f"deviations (coefficient {native}) or more is found with 80 % probability, while "
        f"{case.smallest_effect:g} is held to be worth finding. This is no evidence of "
        "absence."
    )


def _unknown_power(case: Case, other: Case) -> str | None:
    if case.found or case.few_units or case.main.ran or not case.ran:
        return None
    return (
        "Nothing was found, and without fixed effects there is no telling what could have "
        "been."
    )


def _long_run(case: Case, other: Case) -> str | None:
    own = case.get("fixed_effects", "own_lag")
    corrected = case.get("fixed_effects", "own_lag_jackknife")
    row = case.get("fixed_effects", "long_run")
    if not own.ran:
        return None
    outcome = case.question.outcome
    lag = f"The own lag of {outcome} is {number(own.estimate)}"
    if not corrected.ran:
        return f"{lag}, and its bias cannot be corrected, so that no long run is given."
    lag += f" ({number(corrected.estimate)} by the jackknife)"
    if row.ran:
        return (
            f"{lag}; the long-run coefficient would then be {number(row.estimate)} "
            f"(s.e. {number(row.std_error)})."
        )
    return (
        f"{lag} and cannot be told from one: shocks to {outcome} last, a long-run effect is "
        "not identified, and none is given."
    )


def _lead(case: Case, other: Case) -> str | None:
    if not case.lead_predicts:
        return None
    question = case.question
    lead = case.get("fixed_effects", "lead_placebo")
    unsettled = ", too near to 5 % to be settled" if lead.unsettled(LEVEL) else ""
    text = (
        f"The placebo speaks: there is a relation between {question.outcome} and the next "
        f"{case.sample.period}'s {question.cause} already (coefficient "
        f"{number(lead.estimate)}, {p_text(lead.trusted)}{unsettled})."
    )
    if other.supported:
        return (
            f"{text} Feedback would do that, and the other direction is found; the timing "
            "alone does not tell the two apart."
        )
    return (
        f"{text} Either movements of {question.outcome} come first, or something else moves "
        "both: the timing of this regression is not credible."
    )


def _few_clusters(case: Case, other: Case) -> str | None:
    units = case.sample.n_units
    if "poisson" not in case.found or units >= _UNRELIABLE_CLUSTERS:
        return None
    return (
        f"Poisson's p-value rests on {units} clusters without a bootstrap, and is likely to "
        "be too small."
    )


def _correlation(case: Case, other: Case) -> str | None:
    if not case.found:
        return None
    question = case.question
    return (
        f"It is a correlation: nothing here moves {question.cause} from outside, and a cause "
        f"of both that works in some {plural(case.sample.unit)} more than in others would "
        "look the same."
    )


# ---------------------------------------------------------------------------
# What would change one's mind


def _more_data(case: Case, other: Case) -> str | None:
    if case.found or not case.main.ran or case.few_units:
        return None
    if case.powerful:
        return (
            f"Other {plural(case.sample.unit)} or {plural(case.sample.period)} with effects "
            f"above {number(case.detectable)} standard deviations; these data would have "
            "shown them."
        )
    times = (case.detectable / case.smallest_effect) ** 2
    return (
        f"More data of this kind: about {times:.1f} times the rows would bring an effect of "
        f"{case.smallest_effect:g} standard deviations within reach."
    )


def _more_units(case: Case, other: Case) -> str | None:
    return f"More {plural(case.sample.unit)}." if case.few_units else None


def _what_failed(case: Case, other: Case) -> str | None:
    if not case.found or case.verdict(other) == "robust association":
        return None
    wanted = []
    for method in case.found:
        where = [
            check_name(case, case.get(method, check), check)
            for failed, check in case.failed
            if failed == method and case.get(method, check).ran
        ]
        if where:
            wanted.append(f"{METHOD_NAMES[method]} still found it {and_joined(where)}")
    if case.silent:
        names = [METHOD_NAMES[method] for method in case.silent]
        wanted.append(f"{and_joined(names)} found it too")
    if (AVERAGED, MAIN) in case.failed:
        verb = "left it standing" if case.get(AVERAGED).ran else "could be run, and did"
        wanted.append(f"common correlated effects {verb}")
    if not any(method in case.ran for method in TESTED):
        wanted.append("a test of Granger causality could be run, and found it too")
    if not case.main.ran:
        wanted.append("fixed effects could be run, and found it too")
    return f"It would weigh more if {and_joined(wanted)}." if wanted else None


def _better_dates(case: Case, other: Case) -> str | None:
    if not case.lead_predicts or other.supported:
        return None
    return (
        "Dates closer to the act (applications, the start of a project) with which the "
        "placebo falls silent."
    )


def _from_outside(case: Case, other: Case) -> str | None:
    if not case.found:
        return None
    question = case.question
    return (
        f"A change of {question.cause} that came from outside (a mandate, a rule, a "
        f"disaster), followed by {question.outcome} or not, would tell cause from company."
    )


LIMITS = (
    _plainly,
    _few_units,
    _power,
    _unknown_power,
    _lead,
    _long_run,
    unstable,
    _few_clusters,
    _correlation,
)
"""Rules on what cannot be concluded."""
MIND = (_more_units, _more_data, _what_failed, _better_dates, _from_outside)
"""Rules on what would change one's mind."""
