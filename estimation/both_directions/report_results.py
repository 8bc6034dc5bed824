"""What the numbers of one direction say, where methods agree, what survives: in words.

Each rule looks at a :class:`~unigauge.estimation.both_directions.findings.Case` (and at the other
direction's) and says one thing, or nothing.  Every number in a sentence is computed.
"""

from __future__ import annotations

import math

from unigauge.estimation.both_directions.findings import GRANGER, Case
from unigauge.estimation.both_directions.questions import LEVEL
from unigauge.estimation.both_directions.report_beside import (
    averaged,
    beside,
    course,
    instruments,
)
from unigauge.estimation.both_directions.report_words import (
    METHOD_NAMES,
    and_joined,
    check_name,
    coefficient,
    number,
    p_text,
    percent,
    plural,
    with_p,
)

__all__ = ["AGREEMENT", "DATA", "SURVIVAL"]

_OVERSIZED = 0.075

# ---------------------------------------------------------------------------
# What the data say


def _association(case: Case, other: Case) -> str | None:
    main, sample, question = case.main, case.sample, case.question
    if not main.ran:
        return None
    effect = main.estimate * case.scale
    when = f"a {sample.period} later"
    past = ""
    if sample.lags > 1:
        past = f" in each of {sample.lags} {plural(sample.period)}"
        when = f"the {sample.period} after"
    given = "its own past" + (" and the controls" if sample.controls else "")
    return (
        f"One standard deviation more of {question.cause}{past} goes with {question.outcome} "
        f"{'higher' if effect >= 0 else 'lower'} by {number(abs(effect))} standard deviations "
        f"{when}, given {given} and net of {sample.unit} and {sample.period} effects "
        f"(coefficient {number(main.estimate)}, clustered s.e. {number(main.std_error)}; "
        f"{p_text(main.trusted)} by wild cluster bootstrap)."
    )


def _all_lags(case: Case, other: Case) -> str | None:
    joint = case.get("fixed_effects", "all_lags")
    if not joint.ran:
        return None
    return (
        f"That is the sum over {case.sample.lags} lags; that all of them are zero has "
        f"{p_text(joint.p_value)}."
    )


def _in_counts(case: Case, other: Case) -> str | None:
    row = case.get("poisson")
    if not row.ran:
        return None
    question = case.question
    spread = case.sample.spread(question.poisson_regressor(question.x))
    change = math.expm1(row.estimate * spread)
    return (
        f"In counts (Poisson), the mean of {case.sample.counts[question.outcome]} is "
        f"{'higher' if change >= 0 else 'lower'} by {100 * abs(change):.1f} % "
        f"({p_text(row.trusted)}, clustered)."
    )


def _levels_of_counts(case: Case, other: Case) -> str | None:
    name = case.question.y
    if case.sample.counts.get(case.question.outcome) != name:
        return None
    return (
        f"The linear methods take {name}, a count, as it is: large {plural(case.sample.unit)} "
        f"then weigh most. Compare log1p({name})."
    )


# ---------------------------------------------------------------------------
# Which methods agree


def _agreement(case: Case, other: Case) -> str | None:
    ran, found, silent = case.ran, case.found, case.silent
    if not ran:
        return "No method that decides could be run."
    all_of = (
        f"all {len(ran)} methods that decide"
        if len(ran) > 1
        else "the only deciding method that ran"
    )
    if not silent:
        verb = "find" if len(ran) > 1 else "finds"
        return f"{all_of[0].upper()}{all_of[1:]} {verb} it at 5 %: {with_p(case, found)}."
    if not found:
        none = (
            f"None of the {len(ran)} methods that decide"
            if len(ran) > 1
            else "The only deciding method that ran"
        )
        finds = "finds" if len(ran) > 1 else "does not find"
        return f"{none} {finds} an association at 5 %: {with_p(case, silent)}."
    finds = "finds" if len(found) == 1 else "find"
    return (
        f"{len(found)} of {len(ran)} methods that decide {finds} an association at 5 %: "
        f"{with_p(case, found)}; not so {with_p(case, silent)}."
    )


def _luck(case: Case, other: Case) -> str | None:
    if len(case.found) != 1 or len(case.ran) == 1:
        return None
    return (
        f"One finding in {len(case.ran)} methods is what chance alone gives in up to "
        f"{percent(len(case.ran) * LEVEL)} of cases."
    )


def _opposite_signs(case: Case, other: Case) -> str | None:
    if case.signs_agree:
        return None
    signed = [
        f"{METHOD_NAMES[method]} {'+' if case.get(method).estimate > 0 else '-'}"
        for method in case.found
        if not math.isnan(case.get(method).estimate)
    ]
    return f"They do not agree on the sign: {and_joined(signed)}."


def _blocks_disagree(case: Case, other: Case) -> str | None:
    parts = []
    for method in GRANGER:
        single = case.get(method).trusted
        blocks = case.get(method, "blocks_of_three").trusted
        if not math.isnan(single + blocks) and (single < LEVEL) != (blocks < LEVEL):
            parts.append(
                f"{METHOD_NAMES[method]} turns on how {plural(case.sample.period)} are "
                f"resampled: {p_text(single)} one by one, {p_text(blocks)} in blocks of "
                "three; the larger counts."
            )
    return " ".join(parts) or None


def _on_the_edge(case: Case, other: Case) -> str | None:
    if not case.unsettled:
        return None
    near = and_joined(
        [
            f"{METHOD_NAMES[m]} ({p_text(case.trusted(m))}, {case.deciding(m).draws:,} draws)"
            for m in case.unsettled
        ]
    )
    return (
        f"Too near to 5 % to be settled at this number of draws, and counted as not found: "
        f"{near}."
    )


def _oversized(case: Case, other: Case) -> str | None:
    tests = [m for m in GRANGER if not math.isnan(case.get(m).size)]
    if not tests:
        return None
    shares = and_joined([f"{percent(case.get(m).size)} ({METHOD_NAMES[m]})" for m in tests])
    text = (
        "In bootstrap draws without any effect the asymptotic 5 % test rejects in "
        f"{shares} of cases"
    )
    if max(case.get(m).size for m in tests) <= _OVERSIZED:
        return f"{text}, about as often as it should."
    text += ": asymptotic p-values are not to be used here."
    fooled = [m for m in tests if case.get(m).p_value < LEVEL <= case.trusted(m)]
    if fooled:
        each = and_joined(
            [f"{METHOD_NAMES[m]} ({p_text(case.get(m).p_value)})" for m in fooled]
        )
        text += f" Taken at their word they would claim a finding: {each}."
    return text


def _not_run(case: Case, other: Case) -> str | None:
    parts = [
        f"{METHOD_NAMES[method]} did not run: {reason.rstrip('.')}."
        for method in case.methods
        if not case.get(method).ran
        and (reason := case.get(method).note.removeprefix("not run: "))
    ]
    return " ".join(parts) or None


def _smaller_block(case: Case, other: Case) -> str | None:
    text = case.sample.block_text
    if not text or not any(case.get(method).ran for method in GRANGER):
        return None
    return f"The Granger tests need a balanced panel and run on less, the {text}."


# ---------------------------------------------------------------------------
# What survives


def _checks(case: Case, other: Case) -> str | None:
    if not case.main.ran:
        return None
    is_found = "fixed_effects" in case.found
    parts = []
    for check in ("unit_trends", "first_differences"):
        row = case.get("fixed_effects", check)
        name = check_name(case, row, check)
        if not row.ran:
            parts.append(f"{name}: {row.note}")
            continue
        if is_found:
            mark = _fate(case, "fixed_effects", check)
        elif row.trusted >= LEVEL:
            mark = "nothing either"
        else:
            mark = "something appears only here"
        parts.append(f"{name} {coefficient(row)}, {mark}")
    text = "; ".join(parts)
    return f"The coefficient of fixed effects is {number(case.main.estimate)}; {text}."


def _fate(case: Case, method: str, check: str) -> str:
    """Say what a check leaves of an association."""
    if case.survives(method, check):
        return "its sign stays" if case.by_sign_alone(method, check) else "it stays"
    row = case.get(method, check)
    turned = row.estimate * case.get(method).estimate < 0
    if turned:
        return "its sign turns"
    return "not settled" if row.unsettled(2 * LEVEL) else "not found"


def _leave_one_out(case: Case, other: Case) -> str | None:
    parts = []
    for method in ("fixed_effects", "poisson"):
        low, high, weak = (
            case.get(method, f"leave_one_out_{which}")
            for which in ("lowest", "highest", "weakest")
        )
        if not (low.ran and high.ran and weak.ran):
            continue
        if method == "poisson" and method not in case.found:
            continue
        text = (
            f"Without one {case.sample.unit} at a time, the coefficient of "
            f"{METHOD_NAMES[method]} lies between {number(low.estimate)} (without "
            f"{low.subject!r}) and {number(high.estimate)} (without {high.subject!r})"
        )
        if method in case.found:
            text += (
                f"; at its weakest, without {weak.subject!r}, clustered "
                f"{p_text(weak.p_value)}, against clustered "
                f"{p_text(case.get(method).p_value)} with all {plural(case.sample.unit)}: "
                f"{_fate(case, method, 'leave_one_out_weakest')}"
            )
        parts.append(f"{text}.")
    return " ".join(parts) or None


def _year_effects(case: Case, other: Case) -> str | None:
    raw = case.get("fixed_effects", "without_year_effects")
    cycles = [
        f"{METHOD_NAMES[m]} ({p_text(case.get(m, 'raw').trusted)})"
        for m in GRANGER
        if case.get(m, "raw").trusted < LEVEL <= case.trusted(m)
    ]
    if raw.trusted < LEVEL <= case.main.trusted:
        cycles.insert(0, f"fixed effects ({p_text(raw.trusted)})")
    if cycles:
        return (
            f"With the common movement of the {plural(case.sample.period)} left in, "
            f"{and_joined(cycles)} would find an association; without it there is none. That "
            "points to the common cycle, not to one variable following the other."
        )
    if not raw.ran:
        return None
    return f"Without {case.sample.period} effects the coefficient is {coefficient(raw)}."


def _quiet_lead(case: Case, other: Case) -> str | None:
    lead = case.get("fixed_effects", "lead_placebo")
    if not lead.ran or case.lead_predicts:
        return None
    return (
        f"The placebo is silent, as it should be: no relation is found between "
        f"{case.question.outcome} and the next {case.sample.period}'s {case.question.cause} "
        f"({p_text(lead.trusted)})."
    )


def _short_panel_bias(case: Case, other: Case) -> str | None:
    corrected = case.get("fixed_effects", "half_panel_jackknife")
    if not corrected.ran:
        return None
    return (
        "Corrected for the bias that fixed effects have in short panels (half-panel "
        f"jackknife), the coefficient is {number(corrected.estimate)}."
    )


def _driscoll_kraay(case: Case, other: Case) -> str | None:
    row = case.get("fixed_effects", "driscoll_kraay")
    if not (row.p_value < LEVEL <= case.main.trusted):
        return None
    return (
        f"Driscoll-Kraay standard errors alone would have found it ({p_text(row.p_value)}); "
        "they are for long panels, reject too often in short ones, and decide nothing here."
    )


DATA = (_association, _all_lags, _in_counts, course, _levels_of_counts)
"""Rules on what the data say."""
AGREEMENT = (
    _agreement,
    _luck,
    _opposite_signs,
    _blocks_disagree,
    _on_the_edge,
    _oversized,
    beside,
    _not_run,
    _smaller_block,
)
"""Rules on which methods agree."""
SURVIVAL = (
    _year_effects,
    _checks,
    _quiet_lead,
    _leave_one_out,
    averaged,
    instruments,
    _short_panel_bias,
    _driscoll_kraay,
)
"""Rules on what survives."""
