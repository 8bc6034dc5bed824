"""What is shown beside the methods that decide, in words, and what it is worth.

Rules, as in :mod:`unigauge.estimation.both_directions.report_results`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from unigauge.estimation.both_directions.findings import AVERAGED, Case
from unigauge.estimation.both_directions.questions import LEVEL, MAIN
from unigauge.estimation.both_directions.report_words import (
    and_joined,
    coefficient,
    number,
    p_text,
    plural,
)
from unigauge.estimation.both_directions.responses import FIRST, LAST
from unigauge.estimation.wording import counted

if TYPE_CHECKING:
    import pandas as pd

_NAMES = {
    "panel_var": "the panel VAR",
    "local_projection": "the local projection one period on",
}
__all__ = ["averaged", "beside", "course", "instruments", "unstable"]


def course(case: Case, other: Case) -> str | None:
    """Say how the response runs, by the panel VAR and by local projections."""
    sample, question = case.sample, case.question
    system, local = (_path(case, m, LAST) for m in ("panel_var", "local_projection"))
    parts = []
    if system is not None:
        parts.append(
            f"{_ends(system, 'estimate', case)} by the panel VAR ({_band(system)})"
        )
    if local is not None:
        parts.append(
            f"{_ends(local, 'estimate', case)} by local projections (jackknifed, "
            f"{_ends(local, 'jackknife', case)})"
        )
    if not parts:
        return None
    text = (
        f"After a shock that raises {question.cause} by one standard deviation, the response "
        f"of {question.outcome} is estimated at {and_joined(parts)}."
    )
    first = _path(case, "panel_var", FIRST)
    if first is not None:
        text += (
            f" That holds if {question.outcome} cannot answer within the {sample.period}; if "
            f"it can, the panel VAR has {_ends(first, 'estimate', case)}. The data cannot say "
            "which."
        )
    return text


def _path(case: Case, method: str, order: str) -> pd.DataFrame | None:
    """Return a course by horizon after impact, or None where there is none."""
    paths = case.responses
    own = paths[(paths["method"] == method) & (paths["order"] == order)]
    own = own[own["horizon"] > 0].set_index("horizon")
    return own if len(own) else None


def _ends(path: pd.DataFrame, column: str, case: Case) -> str:
    """Return the first and the last of a course."""
    first, last = path.index[0], path.index[-1]
    text = f"{number(path[column].iloc[0])} after {counted(first, case.sample.period)}"
    return (
        text
        if first == last
        else f"{text} and {number(path[column].iloc[-1])} after {last}"
    )


def _band(path: pd.DataFrame) -> str:
    """Say after how many periods the band leaves zero out."""
    clear = [h for h, row in path.iterrows() if row["conf_low"] > 0 or row["conf_high"] < 0]
    if not clear:
        return "its 95 % band holds zero throughout"
    if len(clear) == len(path):
        return "its 95 % band leaves zero out, which decides nothing"
    last = "" if len(clear) == 1 else f" to {clear[-1]}"
    return f"its 95 % band leaves zero out at {clear[0]}{last}, which decides nothing"


def beside(case: Case, other: Case) -> str | None:
    """Say what the methods that decide nothing show, and why they do not decide."""
    shown = [method for method in case.beside if method in _NAMES]
    if not shown:
        return None
    verbs = {True: "would find it", False: "would not find it"}
    said = and_joined(
        [
            f"{_NAMES[m]} {verbs[case.trusted(m) < LEVEL]} ({p_text(case.trusted(m))})"
            for m in shown
        ]
    )
    reasons = []
    if "panel_var" in shown and "bias corrected" in case.get("panel_var").note:
        reasons.append(
            "Tests in a panel VAR corrected for its bias reject 7 to 12 % of true nulls in "
            "simulated panels of 15 to 25 periods."
        )
    if "local_projection" in shown:
        reasons.append(
            "Local projections with fixed effects are biased towards zero in short panels, "
            "the more the longer the horizon: with 50 units and 20 periods nominal 95 % "
            "intervals cover 33 % at horizon 2 and 6 % at horizon 4. The jackknife repairs "
            "part of that."
        )
    return " ".join([f"Beside these, and deciding nothing, {said}.", *reasons])


def averaged(case: Case, other: Case) -> str | None:
    """Say what common correlated effects leave of the association."""
    row = case.get(AVERAGED)
    if not row.ran:
        return None
    unit = case.sample.unit
    text = (
        f"Beside averages over {plural(unit)}, which stand in for shocks that {plural(unit)} "
        f"feel unevenly (common correlated effects), the mean coefficient is "
        f"{coefficient(row)}"
    )
    if "fixed_effects" not in case.found:
        return f"{text}, {'nothing either' if row.p_value >= LEVEL else 'found only here'}."
    if case.survives(AVERAGED, MAIN):
        return f"{text}: the association stays."
    if row.estimate * case.main.estimate < 0:
        return f"{text}: the sign turns."
    return f"{text}: not found."


def instruments(case: Case, other: Case) -> str | None:
    """Say whether the instruments of GMM pass their tests."""
    if not case.get("dynamic_gmm").ran:
        return None
    tests = {
        "Hansen": case.get("dynamic_gmm", "hansen").p_value,
        "AR(2)": case.get("dynamic_gmm", "serial_correlation").p_value,
    }
    each = and_joined([f"{name} {p_text(p)}" for name, p in tests.items()])
    if not case.valid_moments:
        return f"The instruments of GMM do not pass their tests ({each}): it is set aside."
    return f"The instruments of GMM pass their tests ({each})."


def unstable(case: Case, other: Case) -> str | None:
    """Say that the responses of a system with a root of one do not die out."""
    root = case.get("panel_var", "largest_root")
    if not root.ran or root.estimate < 1:
        return None
    return (
        f"The panel VAR has a root of {number(root.estimate)}: by its estimate shocks never "
        "die out, so that its later responses mean little."
    )
