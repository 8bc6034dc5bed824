"""What the numbers say of each direction, and whether anything stands."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from unigauge.estimation import Bidirectional
from unigauge.papers import Study
from unigauge.papers.both_ways.granger_tests import (
    YEARS_OUT,
    Granger,
    bootstrap_p_values,
    granger_sizes,
)
from unigauge.papers.both_ways.regressions import NOMINAL, Estimate, long_run
from unigauge.papers.both_ways.structure import HEADLINE
from unigauge.papers.both_ways.structure_report import BEYOND_DOUBT, told
from unigauge.papers.both_ways.structure_system import System
from unigauge.papers.innovation_standards_countries.choices import Robust
from unigauge.papers.innovation_standards_countries.evidence import (
    BY_NAME,
    DIRECTIONS,
    TO_CERTIFICATES,
    TO_PATENTS,
    WAYS,
    LeftOut,
    Regressions,
)
from unigauge.papers.innovation_standards_countries.methods import Permuted
from unigauge.papers.innovation_standards_countries.panels import JUMPS

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "certificates_then_patents",
    "granger_tests",
    "other_methods",
    "patents_then_certificates",
    "samples",
    "samples_of_the_system",
    "specifications",
    "verdict",
]

YARDSTICK = 0.1
"""An elasticity within a year that such a study should be able to find."""
TOLERATED = 0.1
"""A 5 % test that rejects more true nulls than this is not to be used."""


def estimate_told(found: Estimate) -> str:
    """Say what was found, and what could have been."""
    return (
        f"The estimate is {found.estimate:.3f}, from {found.conf_low:.3f} to "
        f"{found.conf_high:.3f} with 95 % confidence, in {found.n_units} countries. "
        f"Effects are found with probability .8 from {found.detectable:.3f} on."
    )


def sample_sizes(samples: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    """Return rows and countries as they are claimed."""
    main, block = samples["main"], samples["balanced block"]
    return {
        "anchor_rows": len(main),
        "anchor_countries": main.index.unique("iso3").size,
        "anchor_balanced": block.index.unique("iso3").size,
        "anchor_families": samples["patent families"].index.unique("iso3").size,
    }


def samples(study: Study, of: Mapping[str, pd.DataFrame], main: Regressions) -> None:
    """Hold samples and main estimates against what was measured before."""
    for name, rows in sample_sizes(of).items():
        study.claim(name, value=rows)
    for direction in DIRECTIONS:
        result = main["main", direction.name, "own lag"]
        where = direction.effect
        for what, number in (
            ("estimate", result.fit.params[direction.lag]),
            ("error", result.fit.std_errors[direction.lag]),
            ("kraay", result.driscoll_kraay.pvalues[direction.lag]),
            ("jackknife", result.jackknife[direction.lag]),
        ):
            study.claim(f"anchor_{where}_{what}", value=number)


def found_above_zero(study: Study, name: str, found: Estimate, note: str = "") -> None:
    """Claim that an estimate is significant and positive."""
    words = " ".join(filter(None, [estimate_told(found), note]))
    study.claim(name, holds=found.above_zero, value=found.p_value, note=words)


def certificates_then_patents(study: Study, robust: Robust, main: Regressions) -> None:
    """Check whether patents follow certificates."""
    own = robust[TO_PATENTS.name]
    found_above_zero(study, "certificates_then_patents", own["own lag (main)"])
    found_above_zero(
        study,
        "certificates_balanced",
        own["balanced block"],
        "The next claims say how little it stands on.",
    )
    found_above_zero(study, "certificates_controls", own["balanced, controls"])
    found_above_zero(study, "certificates_trends", own["balanced, country trends"])
    found_above_zero(
        study,
        "certificates_families",
        own["families"],
        "Families are dated by grant, years after the invention.",
    )
    lag = f"lag({TO_PATENTS.effect}, 1)"
    result = main["main", TO_PATENTS.name, "own lag"]
    study.claim(
        "long_run",
        holds=long_run(TO_PATENTS, result) is not None,
        value=result.jackknife[lag],
        note=f"By fixed effects, whose bias is downward, it is {result.fit.params[lag]:.2f}. "
        "No long-run effect is given.",
    )


def patents_then_certificates(
    study: Study, robust: Robust, left_out: LeftOut, without_jumps: LeftOut
) -> None:
    """Check whether certificates follow patents, and what hangs on one country."""
    own, other = robust[TO_CERTIFICATES.name], robust[TO_PATENTS.name]
    found_above_zero(study, "patents_then_certificates", own["own lag (main)"])
    found_above_zero(study, "families_then_certificates", own["families"])
    found_above_zero(study, "families_differences", own["families, differences"])
    found_above_zero(
        study,
        "poisson",
        own["Poisson"],
        "Poisson weighs countries by their counts, and China holds most of the growth.",
    )
    found_above_zero(study, "poisson_without_china", own["Poisson without China"])
    found_above_zero(
        study,
        "poisson_families",
        own["Poisson, families without China"],
        "There is no wild bootstrap for it, and p clustered by country is not to be believed: "
        "in panels like these it falls below .05 far more often than it should "
        "(docs/monte_carlo/two_way_studies.md). By fixed effects "
        f"p is {own['families without China'].p_value:.3f}.",
    )
    less = without_jumps["Poisson", TO_CERTIFICATES.name]
    both = " and ".join(JUMPS)
    study.claim(
        "poisson_families_jumps",
        holds=less[both].above_zero,
        value=less[both].p_clustered,
        note=f"The estimate is {less[both].estimate:.3f}. "
        + " ".join(
            f"Without {country} alone p is {less[country].p_clustered:.3f}."
            for country in JUMPS
        ),
    )
    alone = left_out["Poisson", TO_CERTIFICATES.name]
    lost = sorted(country for country, found in alone.items() if not found.above_zero)
    study.claim(
        "no_single_country",
        holds=not lost,
        value=len(lost),
        note=f"Without {', '.join(lost) or 'none'}. By fixed effects no estimate is "
        f"significant without any one country, in either direction: the smallest "
        f"clustered p is {_smallest(left_out):.3f}.",
    )
    leads = [direction["lead placebo"] for direction in (other, own)]
    study.claim(
        "lead_placebos",
        holds=not any(lead.significant for lead in leads),
        value=min(lead.p_value for lead in leads),
        note="Next year's cause says nothing of this year's outcome, as should be.",
    )
    powers = [robust[name]["own lag (main)"].detectable for name in BY_NAME]
    study.claim(
        "detectable",
        holds=max(powers) <= YARDSTICK,
        value=max(powers),
        note=f"From certificates to patents it is {powers[0]:.3f}. Nothing was found, and "
        "an effect of any size to speak of within a year would have been.",
    )


def _smallest(left_out: LeftOut) -> float:
    """Return the smallest clustered p-value of fixed effects without one country."""
    return min(
        found.p_clustered
        for (estimator, _), by_country in left_out.items()
        for found in by_country.values()
        if estimator == "fixed effects"
    )


def granger_tests(study: Study, tests: Granger, permuted: Permuted) -> None:
    """Check what the Granger tests say once their size is known."""

    levels, growth = (f"{data}{YEARS_OUT}" for data in ("levels", "differences"))
    averaged = bootstrap_p_values(tests, TO_PATENTS, levels)["averaged"]
    changes = bootstrap_p_values(tests, TO_PATENTS, growth)["averaged"]
    pooled = [
        p
        for direction in DIRECTIONS
        for p in bootstrap_p_values(tests, direction, levels)["pooled"]
    ]
    study.claim(
        "averaged_granger",
        holds=max(averaged) <= NOMINAL,
        value=max(averaged),
        note="It averages countries' own tests and says nothing of a sign. Each of the four "
        "rejects more than one in twenty true nulls in panels as slow as these, all four at "
        "once do not (docs/monte_carlo/two_way_studies.md).",
    )
    study.claim(
        "averaged_granger_differences", holds=min(changes) <= NOMINAL, value=min(changes)
    )
    study.claim("pooled_granger", holds=min(pooled) <= NOMINAL, value=min(pooled))
    sizes = [size.size for size in granger_sizes(tests, levels)]
    study.claim(
        "asymptotic_granger",
        holds=max(sizes) <= TOLERATED,
        value=max(sizes),
        note=f"The smallest is {min(sizes):.2f}; all are for levels with year means out.",
    )
    for name, sample in (
        ("dealt_at_random", "balanced block"),
        ("families_dealt_at_random", "patent families"),
    ):
        one, other = (permuted[sample, direction.name] for direction in DIRECTIONS)
        study.claim(
            name,
            holds=max(one.p_value_estimate, other.p_value_estimate) <= NOMINAL,
            value=max(one.p_value_estimate, other.p_value_estimate),
            note="Each such test rejects more than one in twenty true nulls in panels like "
            "these, both at once do not (docs/monte_carlo/two_way_studies.md). From "
            "certificates to patents the share is "
            f"{one.p_value_estimate:.3f} of estimates and {one.p_value:.3f} of t "
            f"statistics; the other way {other.p_value_estimate:.3f} and "
            f"{other.p_value:.3f}.",
        )


def other_methods(
    study: Study,
    roots: pd.DataFrame,
    system: pd.DataFrame,
    found: Mapping[str, pd.Series[float]],
) -> None:
    """Check what other estimators find, and on what footing systems stand."""
    smallest = {name: float(p_values.min()) for name, p_values in found.items()}
    first = min(smallest, key=lambda name: smallest[name])
    number = sum(len(p_values) for p_values in found.values())
    study.claim(
        "other_methods",
        holds=smallest[first] <= NOMINAL,
        value=smallest[first],
        note=f"The smallest of {number} p-values, by {first}; chance alone makes one in "
        "twenty fall below .05.",
    )
    tested = system.xs("own lags, two as instruments", level="system")
    exclusions = float(tested["exclusions p"].min())
    study.claim(
        "exclusions",
        holds=exclusions > NOMINAL,
        value=exclusions,
        note="That p-value is far too small: it is of a chi-squared distribution, which "
        "rejects most panels like these in which lags may be left out "
        "(docs/monte_carlo/two_way_studies.md).",
    )
    rejected = roots["CIPS p"] <= NOMINAL
    by_lags = rejected.groupby(["series", "terms"])
    flips = int((by_lags.any() != by_lags.all()).sum())
    study.claim(
        "unit_roots",
        holds=flips == 0,
        value=flips,
        note="With p-values simulated for this number of countries and years; more lags "
        "take rejections away.",
    )


def samples_of_the_system(study: Study, system: System) -> None:
    """Ask whether the system, and the counts, depend on the sample."""
    found = {
        sample: fit
        for (sample, method, _), fit in system.fits.items()
        if method == HEADLINE
    }
    none = [sample for sample, fit in found.items() if isinstance(fit, str)]
    study.claim(
        "structure_everywhere",
        holds=not none,
        value=len(found) - len(none),
        note=f"Of {len(found)} samples; not in {', '.join(none)}: there a spectral radius "
        "below .99 is too small for the data.",
    )
    families = system.loop_p_values("patent families")
    rest = system.loop_p_values("families without China")
    without, own = (
        system.no_effects[sample]["p"]
        for sample in ("families without China", "patent families")
    )
    larger = float(own.max()) if len(own) == len(DIRECTIONS) else math.nan
    study.claim(
        "structure_families",
        holds=larger <= BEYOND_DOUBT,
        value=larger,
        note=f"{_both(own)}; without China {_both(without)}.  Normal p-values clustered by "
        f"country, too small with so few, are: {told(families)}; without China: {told(rest)}.  "
        "Families are dated by grant.",
    )
    alone = system.counts["without China"][TO_CERTIFICATES.name]
    study.claim(
        "structure_counts_without_china",
        holds=alone.p_value <= NOMINAL,
        value=alone.p_value,
        note=f"The estimate is {alone.estimates[TO_CERTIFICATES.lag]:.3f} with a standard "
        f"error of {alone.std_errors[TO_CERTIFICATES.lag]:.3f}.",
    )


def _both(p_values: pd.Series[float]) -> str:
    """Write the p-values of both directions out."""
    return ", ".join(f"{direction} p = {p:.3f}" for direction, p in p_values.items())


def specifications(study: Study, curve: pd.DataFrame) -> None:
    """Count signs and rejections over all specifications."""
    shares = {
        name: float((curve["p_value"][curve["direction"] == name] <= NOMINAL).mean())
        for name in BY_NAME
    }
    signs = {
        name: float((curve["estimate"][curve["direction"] == name] > 0).mean())
        for name in BY_NAME
    }
    linear = curve[curve["form"] != "Poisson"]
    significant = float((linear["p_value"] <= NOMINAL).mean())
    study.claim(
        "most_specifications",
        holds=max(shares.values()) >= 0.5,
        value=max(shares.values()),
        note=f"Of {len(curve) // len(DIRECTIONS)} a direction, "
        f"{100 * shares[TO_PATENTS.name]:.0f} % are significant from certificates to "
        f"patents and {100 * shares[TO_CERTIFICATES.name]:.0f} % the other way; "
        f"{100 * signs[TO_PATENTS.name]:.0f} and {100 * signs[TO_CERTIFICATES.name]:.0f} % are "
        f"positive. Without Poisson {100 * significant:.0f} % of both directions are "
        "significant.",
    )


def verdict(study: Study, both: Bidirectional) -> None:
    """Ask the toolkit's one call."""
    found = [way for way, words in both.verdicts.items() if words == "robust association"]
    said = "; ".join(f"{WAYS[way]}: {words}" for way, words in both.verdicts.items())
    study.claim("one_call", holds=bool(found), value=len(found), note=f"{said}.")
