"""What :mod:`.dynamics` says: claims, tables and a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unigauge.papers import Study
from unigauge.papers.both_ways.regressions import NOMINAL
from unigauge.papers.innovation_standards_fields import (
    anchors,
    dynamics,
    dynamics_anchors,
    dynamics_tables,
)
from unigauge.papers.innovation_standards_fields.effort import ERRORS
from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    TO_PATENTS,
    TO_STANDARDS,
)

if TYPE_CHECKING:
    import pandas as pd

STRONG = 10.0
"""First-stage F below which instruments are called weak."""


def unit_roots(study: Study, panel: pd.DataFrame) -> float:
    """Ask whether each variable has a unit root; return how far statistics are off."""
    tests = dynamics.unit_roots(panel, seed=study.seed)
    stored = dynamics_anchors.reference()
    off = anchors.distance(
        dynamics_anchors.root_shares(tests),
        stored["simulated"]["roots"],
        dynamics.ROOT_DRAWS,
        stored["draws"],
    )
    study.claim("anchor_unit_roots", holds=off <= ERRORS, value=off)
    p_values = {
        variable: [
            test.p_value for key, test in tests.items() if key[:2] == (variable, "CIPS")
        ]
        for variable in ("patents", "standards")
    }
    patents, standards = p_values["patents"], p_values["standards"]
    study.claim(
        "unit_root_patents",
        holds=max(patents) <= NOMINAL or min(patents) > NOMINAL,
        value=max(patents),
        note=f"With a constant p is {patents[0]:.3f} (one lag) and {patents[2]:.3f} (two), "
        f"with a trend {patents[1]:.2f} and {patents[3]:.2f}.",
    )
    study.claim(
        "unit_root_standards",
        holds=max(standards) <= NOMINAL,
        value=max(standards),
        note="The mean t without averages has p = "
        f"{tests['standards', 'IPS', 2, 'intercept'].p_value:.2f} with two lags and a "
        "constant: it takes the fields to be independent.",
    )
    study.table(
        "unit_roots",
        dynamics_tables.unit_roots_table(tests),
        caption="Tests of a unit root in every field: Pesaran's CIPS, and the mean t of Im, "
        "Pesaran and Shin with year means left in and taken out. P-values simulated for 23 "
        "fields and 23 years.",
    )
    return anchors.deviation(
        dynamics_anchors.root_numbers(tests), stored["closed"]["roots"]
    )


def responses(study: Study, panel: pd.DataFrame, *, draws: int) -> float:
    """Follow responses over five years; return how far numbers are off."""
    found = dynamics.projections(panel, draws=draws, seed=study.seed)
    systems = dynamics.systems_in_time(panel)
    smallest = {key: min(result.wild_p.values()) for key, result in found.items()}
    looked = dynamics.HORIZON + 1
    best = {direction: smallest[direction.name, "at once"] for direction in DIRECTIONS}
    kraay = min(found[TO_PATENTS.name, "at once"].driscoll_kraay.pvalues)
    study.claim(
        "response_within_five_years",
        holds=looked * min(best.values()) <= NOMINAL,
        value=looked * min(best.values()),
        note=f"The smallest of six p-values is {best[TO_PATENTS]:.3f} to patents and "
        f"{best[TO_STANDARDS]:.3f} to standards; by Driscoll-Kraay errors, which are not to "
        f"be used, {kraay:.4f} to patents.",
    )
    trends = {
        direction: smallest[direction.name, "at once, field trends"]
        for direction in DIRECTIONS
    }
    study.claim(
        "response_around_trends",
        holds=min(trends.values()) <= NOMINAL,
        value=min(trends.values()),
        note="To patents the largest response is then "
        f"{found[TO_PATENTS.name, 'at once, field trends'].clustered.params.max():.4f}, "
        "without trends "
        f"{found[TO_PATENTS.name, 'at once'].clustered.params.max():.4f}.",
    )
    granger = {
        name: fit.granger().p_value("patents", "standards") for name, fit in systems.items()
    }
    study.claim(
        "panel_var_finds",
        holds=max(granger.values()) <= NOMINAL,
        value=max(granger.values()),
        note=f"Jackknifed p is {granger['jackknife']:.3f}, by Hahn and Kuersteiner's formula "
        f"{granger['hahn_kuersteiner']:.3f}; from patents to standards "
        f"{systems['jackknife'].granger().p_value('standards', 'patents'):.2f} and "
        f"{systems['hahn_kuersteiner'].granger().p_value('standards', 'patents'):.2f}. In "
        "simulated panels of this size such tests reject 7 to 12 % of true nulls.",
    )
    roots = {name: abs(fit.eigenvalues[0]) for name, fit in systems.items()}
    study.claim(
        "panel_var_dies_out",
        holds=max(roots.values()) < 1,
        value=max(roots.values()),
        note=f"Jackknifed it is {roots['jackknife']:.3f}: shocks to patents last, and the "
        "later a response the less it means.",
    )
    study.table(
        "local_projections",
        dynamics_tables.projections_table(found),
        caption="Local projections: the effect h years on, for one of the cause, given one "
        "lag of both; field and year effects. At once: the effect may answer in the same "
        "year. Driscoll-Kraay with h + 1 lags, not to be relied on. Fixed effects bias the "
        "later responses towards zero; the jackknife repairs part of that.",
    )
    study.table(
        "panel_var",
        dynamics_tables.panel_var_table(systems),
        caption="Panel VAR with one lag, field and year effects, least squares less its "
        "bias, corrected in two ways; errors clustered by field, p-values normal.",
    )
    data = dynamics_tables.courses_of_responses(found, systems, seed=study.seed)
    study.figure(
        "responses",
        dynamics_tables.draw_responses(data),
        data=data,
        caption="What follows a shock to the cause, if the effect may answer at once. Above: "
        "local projections with clustered 95 % intervals; below: panel VAR with 95 % bands "
        "from fields drawn anew. Patents drift upwards for years after standards, unless "
        "each field has its own trend: then nothing is left. The panel VAR knows no trends, "
        "and its shocks never die out.",
        alt="Four panels. To patents responses rise over five years, and lie on zero with "
        "field trends; to standards they are flat with wide bands.",
    )
    without = dynamics.left_out(panel, horizon=2)
    stored = dynamics_anchors.reference()["closed"]
    return max(
        anchors.deviation(
            dynamics_anchors.projection_numbers(found), stored["projections"]
        ),
        anchors.deviation(dynamics_anchors.left_out_numbers(without), stored["left_out"]),
    )


def other_estimators(study: Study, panel: pd.DataFrame) -> float:
    """Averages over fields, moments, a system; return how far numbers are off."""
    stored = dynamics_anchors.reference()["closed"]
    averaged = dynamics.averaged(panel)
    p_values = {
        key: averaged[key].pvalues[direction.lag]
        for direction in DIRECTIONS
        for key in averaged
        if key[0] == direction.name
    }
    own = averaged[TO_PATENTS.name, "as it is"]
    study.claim(
        "beside_averages",
        holds=min(p_values.values()) <= NOMINAL,
        value=min(p_values.values()),
        note=f"To patents {own.params[TO_PATENTS.lag]:.4f} with a standard error of "
        f"{own.std_errors[TO_PATENTS.lag]:.4f}: .012, the main estimate, is not excluded. "
        "The smallest p-value is the jackknife's.",
    )
    moments = dynamics.moments(panel)
    instruments = max(fit.n_instruments for fit in moments.values())
    fields = min(fit.n_entities for fit in moments.values())
    study.claim(
        "moments_for_few_fields",
        holds=instruments < fields,
        value=instruments,
        note=f"{fields} fields: Hansen's test is then empty (p = 1), and patents' own lag "
        f"comes out at {moments[TO_PATENTS.name].params.iloc[0]:.2f} with a standard error "
        f"of {moments[TO_PATENTS.name].std_errors.iloc[0]:.2f}.",
    )
    systems = dynamics.simultaneous(panel)
    one, two = systems["one lag", "3sls"], systems["two lags", "3sls"]
    strength = max(float(fit.first_stage["f"].iloc[0]) for fit in (one, two))
    study.claim(
        "standards_instrumented",
        holds=strength >= STRONG,
        value=strength,
        note="For patents of the same year last year's do, with F = "
        f"{float(one.first_stage['f'].iloc[1]):.0f}, being nearly the same number.",
    )
    assert two.overidentification is not None
    statistic, df, p_value = two.overidentification
    study.claim(
        "exclusions",
        holds=p_value > NOMINAL,
        value=p_value,
        note=f"Chi2 = {statistic:.1f} with {df} degrees of freedom. That p-value is far too "
        "small: the test rejects many panels like these in which the lags may be left out "
        "(docs/monte_carlo/two_way_studies.md).",
    )
    effects = [
        float(fit.pvalues[term])
        for fit in (one, two)
        for term in ("patents: standards", "standards: patents")
    ]
    study.claim(
        "simultaneous_effects",
        holds=min(effects) <= NOMINAL,
        value=min(effects),
        note="Nor could it be believed: one effect is not identified, and the exclusions "
        "are in doubt.",
    )
    study.table(
        "averages",
        dynamics_tables.averages_table(averaged),
        caption="Common correlated effects: each field's own regression beside averages over "
        "fields, and the mean of the coefficients.",
    )
    study.table(
        "moments",
        dynamics_tables.moments_table(moments),
        caption="Difference GMM, two steps, collapsed instruments of four lags and year "
        "effects: more instruments than fields, shown as a warning.",
    )
    study.table(
        "system",
        dynamics_tables.system_table(systems),
        caption="Patents and standards of the same year, each moved by the other and its own "
        "past; three-stage least squares with field and year effects, clustered by field. "
        "An effect whose first stage has F below 10 is not identified.",
    )
    return max(
        anchors.deviation(dynamics_anchors.averaged_numbers(averaged), stored["averaged"]),
        anchors.deviation(dynamics_anchors.system_numbers(systems), stored["systems"]),
    )


def dynamics_and_systems(study: Study, panel: pd.DataFrame, *, draws: int) -> None:
    """Run all of it, and compare with the stored numbers."""
    off = max(
        unit_roots(study, panel),
        responses(study, panel, draws=draws),
        other_estimators(study, panel),
    )
    study.claim("anchor_dynamics", holds=off <= anchors.EXACT, value=off)
