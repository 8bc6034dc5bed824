"""Standards and patents in 23 technology fields: which moves the other, if either?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from unigauge.estimation import permutation_test
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.both_ways import structure_report
from unigauge.papers.both_ways.pictures import draw_curve, draw_forest
from unigauge.papers.both_ways.regressions import NOMINAL
from unigauge.papers.both_ways.specifications import by_choice
from unigauge.papers.both_ways.structure_system import estimated_system
from unigauge.papers.innovation_standards_fields import (
    anchors,
    causality_report,
    choices,
    dynamics_report,
    evidence,
    findings,
    pictures,
    tables,
)
from unigauge.papers.innovation_standards_fields.effort import (
    CLOSE,
    FAST,
    FULL,
    LEFT_OUT_DRAWS,
    WILD_DRAWS,
    Effort,
    percent,
)
from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    THIN,
    TO_PATENTS,
    TO_STANDARDS,
)

if TYPE_CHECKING:
    import pandas as pd


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    effort = FAST if fast else FULL
    panel = evidence.prepared(study.load("technology_fields"))
    description(study, panel)
    main = regressions(study, panel, effort)
    robust = robustness(study, panel)
    permuted = {
        direction.name: permutation_test(
            panel,
            evidence.written(direction, "own lag"),
            direction.lag,
            draws=effort.permutation,
            seed=study.seed,
        )
        for direction in DIRECTIONS
    }
    findings.standards_to_patents(study, main, robust, permuted)
    findings.patents_to_standards(study, panel, robust)
    causality_report.granger(study, panel, main, permuted, effort)
    dynamics_report.dynamics_and_systems(study, panel, draws=effort.responses)
    structure(study, panel, effort)
    all_choices(study, panel, effort)
    findings.verdict(study, panel, robust, permuted, draws=effort.granger)
    return study.reproduction()


# ---------------------------------------------------------------------------
# The data, and what fields have in common


def description(study: Study, panel: pd.DataFrame) -> None:
    """Describe both series, and how much of them is common to all fields."""
    moments, correlation = evidence.summary(panel), evidence.correlations(panel)
    shared = evidence.dependence(panel)
    stored = anchors.reference()["closed"]
    off = max(
        anchors.deviation(moments.to_dict("index"), stored["summary"]),
        anchors.deviation(correlation, stored["correlation"]),
        anchors.deviation(anchors.dependence_numbers(shared), stored["dependence"]),
    )
    study.claim("anchor_description", holds=off <= anchors.EXACT, value=off)
    growth = shared["patents growth"]
    study.claim(
        "patents_move_together",
        holds=growth["p_value"] < 0.001 and growth["mean_correlation"] > 0,
        value=growth["mean_correlation"],
        note=f"Pesaran's CD is {growth['statistic']:.1f}; for standards it is "
        f"{shared['standards growth']['statistic']:.1f}.",
    )
    study.table(
        "logarithms",
        moments.loc[["patents", "standards", "cumulative_standards"]],
        caption="Logarithms used in the regressions, 23 fields in 23 years; between: of the "
        "fields' means; within: around them.",
    )
    study.table(
        "counts",
        moments.loc[["patent_families", "iso_standards"]],
        caption="The yearly counts behind them.",
    )
    study.table(
        "correlation",
        tables.correlation_table(correlation),
        caption="Correlation of patents and standards: as they are, around fields' means, "
        "around fields' and years' means, and of yearly growth around both.",
    )
    study.table(
        "dependence",
        tables.dependence_table(shared),
        caption="Pesaran's test of cross-section dependence. After subtracting year means "
        "(demeaned) the statistic is not standard normal; read the mean absolute "
        "correlation there.",
    )
    data = pictures.courses(panel)
    study.figure(
        "courses",
        pictures.draw_courses(data),
        data=data,
        caption="Patent families granted and ISO standards published, logarithms less the "
        "field's own mean. Patents share one course; standards come in bursts of each "
        "field's own. In fields with a star ISO hardly publishes.",
        alt="Twenty-three small panels, one a field, and one of their mean. Patents rise in "
        "all fields alike; standards jump up and down.",
    )


# ---------------------------------------------------------------------------
# Regressions with effects of field and year


def regressions(study: Study, panel: pd.DataFrame, effort: Effort) -> evidence.Regressions:
    """Estimate the main specifications, counts, and what is left when fields are."""
    main = evidence.regressions(panel, draws=WILD_DRAWS, seed=study.seed)
    counts = evidence.poisson_fits(panel)
    left_out = evidence.leave_one_out(panel, draws=LEFT_OUT_DRAWS, seed=study.seed)

    stored = anchors.reference()["closed"]
    numbers = anchors.regression_numbers(main)
    off = max(
        anchors.deviation(numbers, stored["regressions"]),
        anchors.deviation(anchors.leave_one_out_numbers(left_out), stored["leave_one_out"]),
        anchors.deviation(anchors.poisson_numbers(counts), stored["poisson"]),
    )
    study.claim("anchor_regressions", holds=off <= anchors.EXACT, value=off)

    common = {
        direction.name: evidence.shared_residuals(
            main[direction.name, "own lag"].fit,
            panel,
            draws=effort.shuffles,
            seed=study.seed,
        )
        for direction in DIRECTIONS
    }
    first, second = common[TO_PATENTS.name], common[TO_STANDARDS.name]
    study.claim(
        "year_effects_suffice",
        holds=min(first["p_value"], second["p_value"]) > NOMINAL,
        value=min(first["p_value"], second["p_value"]),
        note=f"The mean absolute correlation of two fields' residuals is "
        f"{first['mean_abs_correlation']:.3f}, and {first['shuffled']:.3f} with the years "
        f"of each field shuffled (p = {first['p_value']:.3f}); where standards are "
        f"explained, {second['mean_abs_correlation']:.3f} against {second['shuffled']:.3f} "
        f"(p = {second['p_value']:.3f}).",
    )
    alone = left_out[TO_PATENTS.name]
    lost = [field for field, found in alone.items() if not found.above_zero]
    close = [
        field for field, found in alone.items() if abs(found.p_value - NOMINAL) <= CLOSE
    ]
    weakest = min(alone, key=lambda field: alone[field].estimate)
    study.claim(
        "no_single_field",
        holds=not lost,
        value=len(lost),
        note=f"About so many: p is within {CLOSE} of .05 without {len(close)} fields. The "
        f"estimate is smallest, {alone[weakest].estimate:.4f}, without {weakest}.",
    )
    study.table(
        "fixed_effects",
        tables.fixed_effects(main),
        caption="Two-way fixed effects. Standard errors clustered by field, p from t(22); "
        "Driscoll-Kraay (D-K) with two lags, never to be relied on alone; restricted wild "
        "cluster bootstrap for the coefficient in question; half-panel jackknife.",
    )
    study.table(
        "poisson",
        tables.poisson_table(counts),
        caption="Poisson regressions of the counts, same effects and regressors.",
    )
    study.table(
        "long_run",
        tables.long_run_effects(main),
        caption="Persistence, the smallest effect within a year that would be found with "
        "probability .8 (2.8 standard errors), and the long-run effect; no number where "
        "the jackknifed own lag is within two standard errors of one.",
    )
    study.table(
        "without_each_field",
        tables.without_each_field(left_out),
        caption="The main estimate without each field in turn, by outcome.",
    )
    return main


# ---------------------------------------------------------------------------
# Departures from the main specification, one at a time


def robustness(study: Study, panel: pd.DataFrame) -> choices.Robustness:
    """Depart from the main specification in one respect at a time."""
    robust = choices.robustness(panel, draws=WILD_DRAWS, seed=study.seed)
    study.table(
        "robustness",
        tables.robustness_table(robust),
        caption="The main specification (logarithms, own lag and cause a year before, "
        "effects of field and year), and departures from it in one respect each. "
        "Detectable: 2.8 standard errors, found with probability .8.",
    )
    data = tables.departures(robust)
    data = data[data["specification"] != "cumulative standards"]
    study.figure(
        "estimates",
        draw_forest(data),
        data=data,
        caption="The effect within a year, main specification first; intervals and colours "
        "by the wild bootstrap, for Poisson by clustered t. The placebo is next year's "
        "cause, which can move nothing. Cumulative standards, of another scale, are in the "
        "table.",
        alt="Two columns of estimates with intervals, nearly all of which cover zero. From "
        "standards to patents the main estimate, and the same in inverse hyperbolic sines, "
        "are barely significant; from patents to standards only the placebo is.",
    )
    return robust


# ---------------------------------------------------------------------------
# The system of both


def structure(study: Study, panel: pd.DataFrame, effort: Effort) -> None:
    """Estimate how fast both adjust, and what each asks of the other."""
    system = estimated_system(
        {"all fields": panel, "without 3 thin fields": evidence.without(panel, *THIN)},
        DIRECTIONS,
        effort.structure,
        seed=study.seed,
    )
    structure_report.claims(study, system)
    structure_report.show(study, system)


# ---------------------------------------------------------------------------
# All choices


def all_choices(study: Study, panel: pd.DataFrame, effort: Effort) -> None:
    """Run the specification curve."""
    curve = choices.curve(panel, effort.choices, draws=effort.wild, seed=study.seed)
    significant, positive = {}, {}
    for direction in DIRECTIONS:
        own = curve[curve["direction"] == direction.name]
        significant[direction.name] = float((own["p_value"] <= NOMINAL).mean())
        positive[direction.name] = float((own["estimate"] > 0).mean())
    study.claim(
        "most_specifications",
        holds=max(significant.values()) >= 0.5,
        value=max(significant.values()),
        note=f"Of {len(curve) // len(DIRECTIONS)} specifications a direction, "
        f"{percent(significant[TO_PATENTS.name])} are significant from standards to "
        f"patents, {percent(significant[TO_STANDARDS.name])} from patents to standards; "
        f"{percent(positive[TO_PATENTS.name])} and "
        f"{percent(positive[TO_STANDARDS.name])} are positive.",
    )
    study.table(
        "choices",
        by_choice(curve, effort.choices),
        caption="The specification curve by choice: share of estimates that are positive, "
        "significant at 5 %, and both.",
    )
    study.figure(
        "specification_curve",
        draw_curve(curve, effort.choices),
        data=curve,
        caption="All combinations of the choices below, sorted by t. Significant "
        "(red): by the wild bootstrap, for Poisson by clustered t. From patents to "
        "standards nearly all red is where standards are cumulated, most of it without "
        "their own past. From standards to patents, too, cumulated standards are red more "
        "often than yearly ones, and without patents' own past only they are; with it red "
        "is scattered.",
        alt="Two sorted curves of t statistics that run through zero, few points red, with "
        "the choices behind each marked below.",
    )


if __name__ == "__main__":
    script(run)
