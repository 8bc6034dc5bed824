"""Standards and patents in 23 technology fields: which moves the other, if either?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unigauge.estimation import PermutationTest, permutation_test
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.innovation_standards_fields import (
    anchors,
    causality,
    choices,
    evidence,
    findings,
    pictures,
    tables,
)
from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    NOMINAL,
    TO_PATENTS,
    TO_STANDARDS,
)

if TYPE_CHECKING:
    import pandas as pd

WILD_DRAWS = 99_999
"""Of the regressions in one direction; with 9,999 a verdict would hang on the seed."""
LEFT_OUT_DRAWS = 9_999
CLOSE = 0.005
"""Distance from 5 % at which other draws, or a little other data, decide otherwise."""
TOLERATED = 0.1
"""A 5 % test that rejects more true nulls than this is not to be used."""
ERRORS = 3
"""Simulation standard errors within which two simulated shares agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Draws, and the choices of the specification curve."""

    shuffles: int = 999
    permutation: int = 1999
    granger: int = 999
    sizes: int = 499
    wild: int = 999
    choices: dict[str, tuple[Any, ...]]


FULL = Effort(choices=choices.CHOICES)
FAST = Effort(
    shuffles=499,
    permutation=999,
    granger=299,
    sizes=149,
    wild=299,
    choices=choices.CHOICES | {"form": ("log(1+x)",), "years": ("1998-2020",)},
)


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
            direction.formula("own lag"),
            direction.lag,
            draws=effort.permutation,
            seed=study.seed,
        )
        for direction in DIRECTIONS
    }
    findings.standards_to_patents(study, main, robust, permuted)
    findings.patents_to_standards(study, panel, robust)
    granger(study, panel, main, permuted, effort)
    all_choices(study, panel, effort)
    findings.verdict(study, panel, robust, permuted, draws=effort.granger)
    return study.reproduction()


def percent(share: float) -> str:
    """Write a share as a percentage."""
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


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
        pictures.draw_forest(data),
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
# Granger tests, and tests that do not keep their size


def granger(
    study: Study,
    panel: pd.DataFrame,
    main: evidence.Regressions,
    permuted: dict[str, PermutationTest],
    effort: Effort,
) -> None:
    """Run the Granger tests, and see which tests reject true nulls too often."""
    tests = causality.granger(panel, draws=effort.granger, seed=study.seed)
    stored = anchors.reference()
    off = anchors.deviation(
        anchors.granger_numbers(tests, panel), stored["closed"]["granger"]
    )
    study.claim("anchor_granger", holds=off <= anchors.EXACT, value=off)
    simulated, draws = stored["simulated"], stored["draws"]
    off = max(
        anchors.distance(
            anchors.wild_shares(main), simulated["wild"], WILD_DRAWS, draws["wild"]
        ),
        anchors.distance(
            anchors.permutation_shares(permuted),
            simulated["permutation"],
            effort.permutation,
            draws["permutation"],
        ),
        anchors.distance(
            anchors.granger_shares(tests),
            simulated["granger"],
            effort.granger,
            draws["granger"],
        ),
    )
    study.claim("anchor_simulated", holds=off <= ERRORS, value=off)

    raw = tests[TO_STANDARDS.name, "levels", 1, 1][0]
    demeaned = tests[TO_STANDARDS.name, "levels, year means out", 1, 1][0]
    study.claim(
        "granger_without_the_cycle",
        holds=demeaned.p_value_bootstrap <= NOMINAL,
        value=demeaned.p_value_bootstrap,
        note=f"The standardised statistic is {demeaned.z_bar_tilde:.1f}; in the raw data "
        f"{raw.z_bar_tilde:.1f} (p = {raw.p_value_bootstrap:.3f}): a world cycle in "
        "patents, lagged, resembles one in standards.",
    )
    levels, growth = (
        causality.bootstrap_p_values(tests, TO_STANDARDS, f"{data}, year means out")[
            "pooled"
        ]
        for data in ("levels", "differences")
    )
    study.claim(
        "pooled_granger",
        holds=max(levels) <= NOMINAL,
        value=max(levels),
        note=f"With one lag p is {levels[0]:.3f} if years are resampled one by one, and "
        f"{levels[1]:.3f} in blocks of three; with two lags {levels[2]:.3f} and "
        f"{levels[3]:.3f}. In differences the smallest is {min(growth):.2f}.",
    )
    smallest = min(
        p_value
        for data in ("levels", "differences")
        for p_values in causality.bootstrap_p_values(
            tests, TO_PATENTS, f"{data}, year means out"
        ).values()
        for p_value in p_values
    )
    study.claim("granger_to_patents", holds=smallest <= NOMINAL, value=smallest)

    asymptotic = causality.granger_sizes(tests, "levels, year means out")
    linear = causality.regression_sizes(
        panel, draws=effort.sizes, wild_draws=effort.wild, seed=study.seed
    )
    shares = [size.size for size in asymptotic]
    study.claim(
        "asymptotic_granger",
        holds=max(shares) <= TOLERATED,
        value=max(shares),
        note=f"The smallest is {percent(min(shares))}; all are for levels with year means "
        "out.",
    )
    largest = {
        test: max(size.size for size in linear if size.test == f"regression, {test}")
        for test in ("clustered", "Driscoll-Kraay", "wild bootstrap")
    }
    study.claim(
        "driscoll_kraay",
        holds=largest["Driscoll-Kraay"] <= TOLERATED,
        value=largest["Driscoll-Kraay"],
        note=f"In the same draws, errors clustered by field reject at most "
        f"{percent(largest['clustered'])}, and the wild bootstrap at most "
        f"{percent(largest['wild bootstrap'])}.",
    )
    averaged, pooled = tables.granger_tests(tests)
    study.table(
        "dumitrescu_hurlin",
        averaged,
        caption="Granger tests after Dumitrescu and Hurlin. The asymptotic p-value is not to "
        "be trusted; the others come from years, and from blocks of three years, resampled "
        "jointly over fields.",
    )
    study.table(
        "juodis_karavias_sarafidis",
        pooled,
        caption="Granger tests after Juodis, Karavias and Sarafidis, likewise.",
    )
    study.table(
        "sizes",
        tables.sizes_by_test([*asymptotic, *linear]),
        caption="Share of true nulls that each 5 % test rejects, in draws in which every "
        "field follows its own past and the common shocks; year means out. By outcome, "
        "years resampled one by one or in blocks of three.",
    )
    sizes = tables.sizes_table([*asymptotic, *linear])
    study.figure(
        "sizes",
        pictures.draw_sizes(sizes),
        data=sizes,
        caption="How often 5 % tests reject where nothing moves anything, in draws fitted "
        "to these data. Asymptotic Granger tests and Driscoll-Kraay errors cry wolf, the "
        "wild bootstrap hardly. A bootstrapped Granger test stands at the dashed line by "
        "construction.",
        alt="Bars of rejection shares. Juodis-Karavias-Sarafidis reaches a quarter, "
        "Dumitrescu-Hurlin and Driscoll-Kraay around 10 %, the wild bootstrap 5 to 8 %.",
    )


# ---------------------------------------------------------------------------
# All choices


def all_choices(study: Study, panel: pd.DataFrame, effort: Effort) -> None:
    """Run the specification curve."""
    curve = choices.specification_curve(
        panel, effort.choices, draws=effort.wild, seed=study.seed
    )
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
        tables.by_choice(curve, effort.choices),
        caption="The specification curve by choice: share of estimates that are positive, "
        "significant at 5 %, and both.",
    )
    study.figure(
        "specification_curve",
        pictures.draw_curve(curve, effort.choices),
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
