"""ISO 9001 certificates and patents by country: which moves the other, if either?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from unigauge.papers import Reproduction, Study, script
from unigauge.papers.both_ways import structure_report
from unigauge.papers.both_ways.granger_tests import (
    YEARS_OUT,
    granger_sizes,
    sizes_table,
)
from unigauge.papers.both_ways.pictures import draw_curve, draw_sizes
from unigauge.papers.both_ways.specifications import by_choice
from unigauge.papers.innovation_standards_countries import (
    choices,
    evidence,
    findings,
    methods,
    panels,
    pictures,
    tables,
)
from unigauge.papers.innovation_standards_countries.estimates import (
    FAST,
    FULL,
    Effort,
    Results,
    estimated,
)
from unigauge.papers.innovation_standards_countries.twin_checks import on_the_twin

if TYPE_CHECKING:
    import pandas as pd

DATA = "country_panel"
ON_THE_TWIN = "twin_"
"""Claims on the method, which are made on simulated data, begin with this."""
COUNTS = ("pat_resident", "iso9001_cert")


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    effort = FAST if fast else FULL
    real = study.finds(DATA)
    if not real:
        study.simulated(
            f"{DATA} was not found, so that nothing below is about countries: all tables "
            "and figures are made from a simulated twin, and what is said of findings was "
            "found where the data are. Let UNIGAUGE_DATA name a folder with "
            f"{DATA}.csv."
        )
    countries = study.load(DATA) if real else panels.twin(study.seed)
    results = estimated(panels.prepared(countries), effort, study.seed)
    if real:
        claims(study, results)
    else:
        study.not_run(
            *(name for name in study.paper.expectations if not _of_twin(name)),
            because=f"{DATA} was not found.",
        )
    on_the_twin(study, draws=9_999, wild_draws=199, sizes=effort.panels)
    describe(study, results)
    show_regressions(study, results)
    show_methods(study, results)
    structure_report.show(study, results.system)
    show_choices(study, results, effort)
    return study.reproduction()


def _of_twin(name: str) -> bool:
    return name.startswith(ON_THE_TWIN)


def in_our_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Name the directions as they are named in this study."""
    return frame.assign(direction=frame["direction"].map(evidence.WAYS))


def claims(study: Study, results: Results) -> None:
    """Say what came out of the data."""
    findings.certificates_then_patents(study, results.robust, results.main)
    findings.patents_then_certificates(
        study, results.robust, results.left_out, results.without_jumps
    )
    findings.granger_tests(study, results.granger, results.permuted)
    findings.other_methods(
        study,
        results.roots,
        results.systems,
        {
            "local projections": results.projections["p_value"],
            "GMM": results.gmm["p"],
            "the panel VAR": results.vector["p"],
            "common correlated effects": results.common["p"],
            "three-stage least squares": results.systems["p"],
        },
    )
    structure_report.claims(study, results.system)
    findings.samples_of_the_system(study, results.system)
    findings.specifications(study, results.curve)
    findings.verdict(study, results.both)
    findings.samples(study, results.samples, results.main)


# ---------------------------------------------------------------------------
# Tables and figures


def describe(study: Study, results: Results) -> None:
    """Show the data, and what countries have in common."""
    whole, block = results.samples["main"], results.samples["balanced block"]
    moments = evidence.summary(whole)
    study.table(
        "variables",
        moments.drop(index=list(COUNTS)),
        caption="Variables in the main sample, 1998-2017: patents and certificates are "
        "log(1 + number per million people); gdp, openness and rd logarithms. Between: of "
        "the countries' means; within: around them.",
    )
    study.table(
        "counts",
        moments.loc[list(COUNTS)],
        caption="The yearly counts behind them.",
    )
    study.table(
        "correlation",
        evidence.correlations(whole),
        caption="Correlation of patents and certificates in the main sample.",
    )
    study.table(
        "dependence",
        evidence.dependence(whole),
        caption="Pesaran's test of cross-section dependence. After subtracting year means "
        "(demeaned) the statistic is not standard normal; read the mean absolute "
        "correlation there.",
    )
    study.table(
        "unit_roots",
        results.roots,
        caption="Unit-root tests in the balanced block, p-values simulated for this number "
        "of countries and years.",
    )
    data = pictures.courses(block)
    study.figure(
        "courses",
        pictures.draw_courses(data),
        data=data,
        caption="Certificates and patent applications in the largest countries of the "
        "balanced block, and the mean over all of it.",
        alt="Eleven countries and their mean: certificates rise steeply, then level off; "
        "patents move less and along paths of each country's own.",
    )


def show_regressions(study: Study, results: Results) -> None:
    """Show fixed effects and Poisson in every sample."""
    study.table(
        "fixed_effects",
        tables.fixed_effects(results.main),
        caption="Two-way fixed effects by sample. Standard errors clustered by country; "
        "Driscoll-Kraay (D-K) with two lags, never to be relied on alone; restricted wild "
        "cluster bootstrap for the coefficient in question; half-panel jackknife.",
    )
    study.table(
        "joint_tests",
        tables.joint_tests(results.main),
        caption="Tests that both lags of the cause are zero.",
    )
    study.table(
        "poisson",
        tables.poisson_table(results.counts),
        caption="Poisson regressions of the counts, log population as offset, same effects "
        "and regressors.",
    )
    study.table(
        "standard_errors",
        tables.standard_errors(results.main, results.counts),
        caption="All standard errors, without and with small-sample factors.",
    )
    study.table(
        "long_run",
        tables.long_run_effects(results.main),
        caption="Persistence, the smallest effect within a year that would be found with "
        "probability .8 (2.8 standard errors), and the long-run effect; no number where "
        "the jackknifed own lag is within two standard errors of one.",
    )
    left_out = tables.without_each_country(results.left_out)
    study.table(
        "leave_one_out",
        tables.extremes(left_out),
        caption="The main estimates without each country in turn: extremes, and without "
        "whom.",
    )
    study.table(
        "without_jumps",
        tables.without_each_country(results.without_jumps).set_index(
            ["estimator", "direction", "without"]
        ),
        caption="The main estimates with patent families, without China and without the "
        "countries whose families jump as if misreported: Italy 2015-16, Ukraine 2001-05.",
    )
    study.figure(
        "leave_one_out",
        pictures.draw_left_out(left_out),
        data=left_out,
        caption="The main estimates without each country in turn; red where the clustered "
        "p-value is at most 5 %.",
        alt="Four sorted rows of points. One country's absence moves the Poisson "
        "coefficients far more than any other's.",
    )
    data = choices.departures(results.robust, results.main)
    study.table(
        "robustness",
        data.drop(columns=["statistic", "conf_low", "conf_high"]).set_index(
            ["direction", "specification"]
        ),
        caption="The main specification and departures from it in one respect each. "
        "p_value: by the wild bootstrap, for Poisson by clustered t. Detectable: found "
        "with probability .8.",
    )
    study.figure(
        "estimates",
        pictures.draw_estimates(data),
        data=data,
        caption="The effect within a year, main specification first; intervals and colours "
        "by the wild bootstrap, for Poisson by clustered t. The placebo is next year's "
        "cause, which can move nothing.",
        alt="Two columns of estimates with intervals, one row a specification or sample.",
    )


def show_methods(study: Study, results: Results) -> None:
    """Show the other methods."""
    study.table(
        "granger",
        methods.granger_table(results.granger),
        caption="Granger tests in the balanced block. The asymptotic p-value is not to be "
        "trusted: size is how often it falls below .05 in draws of the null. The "
        "bootstrap resamples years, one by one or in blocks of three, jointly over "
        "countries.",
    )
    sizes = sizes_table(granger_sizes(results.granger, f"levels{YEARS_OUT}"))
    study.figure(
        "sizes",
        draw_sizes(sizes),
        data=sizes,
        caption="How often asymptotic 5 % Granger tests reject where nothing moves "
        "anything, in draws fitted to these series, year means out.",
        alt="Bars of rejection shares by test, lags and way of resampling, against a dashed "
        "line at 5 %.",
    )
    study.table(
        "permutation",
        tables.permutations(results.permuted),
        caption="The main regression against causes dealt to countries at random.",
    )
    projections = results.projections.reset_index()
    study.table(
        "local_projections",
        results.projections,
        caption="Responses over the years, clustered by country; p_driscoll_kraay with "
        "horizon + 1 lags. Fixed effects bias later horizons; compare the jackknife.",
    )
    study.figure(
        "local_projections",
        pictures.draw_projections(projections),
        data=projections,
        caption="Responses to one more unit of the cause, with 95 % bands clustered by "
        "country.",
        alt="Two lines near zero with bands around them, with jackknifed estimates.",
    )
    study.table(
        "gmm",
        results.gmm,
        caption="Dynamic panel GMM, two steps, Windmeijer's errors, collapsed instruments "
        "from lags 2 to 5.",
    )
    study.table(
        "panel_var",
        results.vector,
        caption="Panel VAR with one lag, forward orthogonal deviations, years demeaned.",
    )
    study.table(
        "common_correlated_effects",
        results.common,
        caption="Mean of the countries' own coefficients beside world averages, balanced "
        "block.",
    )
    study.table(
        "systems",
        results.systems,
        caption="Three-stage least squares: effects within the year. Identified by what "
        "stands in one equation only.",
    )
    study.table(
        "one_call",
        in_our_words(results.both.to_frame()).set_index(["direction", "method"]),
        caption="The toolkit's one call, bidirectional, on the main sample without "
        "countries that have one year only.",
    )
    study.table(
        "one_call_checks",
        in_our_words(results.both.robustness()).set_index(["direction", "method", "check"]),
        caption="Its checks.",
    )


def show_choices(study: Study, results: Results, effort: Effort) -> None:
    """Show the specification curve."""
    study.table(
        "choices",
        by_choice(results.curve, effort.choices),
        caption="The specification curve by choice: share of estimates that are positive, "
        "significant at 5 %, and both.",
    )
    study.figure(
        "specification_curve",
        draw_curve(results.curve, effort.choices),
        data=results.curve,
        caption="All combinations of the choices below, sorted by t. Significant (red): by the wild bootstrap, for Poisson by clustered t.",
        alt="Two sorted curves of t statistics that run through zero, with the choices "
        "behind each marked below.",
    )


if __name__ == "__main__":
    script(run)
