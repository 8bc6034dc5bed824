"""What the numbers say of each direction, and whether anything stands."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import TYPE_CHECKING

from unigauge.estimation import PermutationTest, bidirectional
from unigauge.papers import Study
from unigauge.papers.both_ways.regressions import (
    DETECTABLE,
    NOMINAL,
    Estimate,
    demeaned,
    long_run,
)
from unigauge.papers.innovation_standards_fields.choices import Robustness
from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    TO_PATENTS,
    TO_STANDARDS,
    Regressions,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CHECKS",
    "checks_passed",
    "patents_to_standards",
    "standards_to_patents",
    "verdict",
]

YARDSTICK = 0.1
"""An elasticity within a year that such a study should be able to find."""
CHECKS = (
    "own lag (main)",
    "field trends",
    "first differences",
    "without 3 thin fields",
    "USPTO grants",
    "Poisson",
)
"""A link must be significant in all of these, and against series dealt at random."""


def standards_to_patents(
    study: Study,
    main: Regressions,
    robust: Robustness,
    permuted: Mapping[str, PermutationTest],
) -> None:
    """Check whether patents follow standards."""
    own = {name: variant.found for name, variant in robust[TO_PATENTS.name].items()}
    result, found = main[TO_PATENTS.name, "own lag"], own["own lag (main)"]
    kraay = result.driscoll_kraay.pvalues[TO_PATENTS.lag]
    power = NormalDist().cdf(found.statistic - NormalDist().inv_cdf(1 - NOMINAL / 2))
    study.claim(
        "standards_then_patents",
        holds=found.above_zero,
        value=found.p_value,
        note=f"By a hair, and alone: a tenth more standards go with "
        f"{10 * found.estimate:.2f} % more patents; the clustered t test has "
        f"p = {found.p_clustered:.3f}, Driscoll-Kraay {kraay:.3f}. The estimate is "
        f"{found.statistic:.1f} standard errors: an effect of its size would be found "
        f"with probability {power:.1f} only.",
    )
    for name, specification in (
        ("around_field_trends", "field trends"),
        ("in_differences", "first differences"),
        ("without_thin_fields", "without 3 thin fields"),
    ):
        other = own[specification]
        study.claim(
            name,
            holds=other.above_zero,
            value=other.p_value,
            note=compared(other, found),
        )
    early, late = (own[f"years {years}"] for years in ("1998-2009", "2009-2020"))
    study.claim(
        "both_halves",
        holds=early.estimate > 0 and late.estimate > 0,
        value=late.estimate,
        note=f"Its standard error is {late.std_error:.4f}, so that the sign cannot be told; "
        f"in the first half it is {early.estimate:.4f} with {early.std_error:.4f}. Half the "
        f"years find only {early.detectable:.4f} and {late.detectable:.4f} with probability "
        ".8.",
    )
    test = permuted[TO_PATENTS.name]
    spread = float(test.estimates.std())
    study.claim(
        "dealt_at_random",
        holds=test.p_value <= NOMINAL and test.estimate > 0,
        value=test.p_value,
        note=f"In random deals the estimate has a standard deviation of {spread:.4f}: an "
        f"effect would be found with probability .8 from about {DETECTABLE * spread:.4f} "
        f"on. The main estimate is {test.estimate:.4f}.",
    )
    lag = f"lag({TO_PATENTS.effect}, 1)"
    study.claim(
        "long_run",
        holds=long_run(TO_PATENTS, result) is not None,
        value=result.jackknife[lag],
        note=f"By fixed effects, whose bias is downward, it is {result.fit.params[lag]:.2f}. "
        "No long-run effect is given.",
    )


def compared(other: Estimate, main: Estimate) -> str:
    """Say what was found, and whether the main estimate would have been."""
    enough = other.detectable <= main.estimate
    return (
        f"The estimate is {other.estimate:.4f}, from {other.conf_low:.4f} to "
        f"{other.conf_high:.4f} with 95 % confidence. Effects are found with probability "
        f".8 from {other.detectable:.4f} on; the main estimate, {main.estimate:.4f}, "
        f"{'would probably' if enough else 'need not'} have been found."
    )


def patents_to_standards(study: Study, panel: pd.DataFrame, robust: Robustness) -> None:
    """Check whether standards follow patents, and what both directions share."""
    own = {name: variant.found for name, variant in robust[TO_STANDARDS.name].items()}
    other = {name: variant.found for name, variant in robust[TO_PATENTS.name].items()}
    found, leading = own["own lag (main)"], own["lead placebo"]
    study.claim(
        "patents_then_standards",
        holds=found.above_zero,
        value=found.p_value,
        note=f"A tenth more patents go with {10 * found.estimate:.1f} % more standards, "
        f"from {10 * found.conf_low:.1f} to {10 * found.conf_high:.1f} % with 95 % "
        f"confidence; around field trends with {10 * own['field trends'].estimate:.1f} %. "
        f"Elasticities are found with probability .8 from {found.detectable:.2f} on; the "
        f"estimate, {found.estimate:.2f}, need not have been.",
    )
    silent = other["lead placebo"]
    study.claim(
        "lead_placebos",
        holds=not (leading.significant or silent.significant),
        value=min(leading.p_value, silent.p_value),
        note=f"Next year's patents go with this year's standards (elasticity "
        f"{leading.estimate:.2f}); next year's standards do not with this year's patents "
        f"(p = {silent.p_value:.2f}). The smaller of two p-values decides, and is no "
        f"sturdier than the {other['own lag (main)'].p_value:.3f} from standards to "
        "patents. Patents are dated by grant, years after the invention: lags do not order "
        "the two.",
    )
    counts = own["Poisson"], other["Poisson"]
    study.claim(
        "poisson",
        holds=any(count.significant for count in counts),
        value=min(count.p_value for count in counts),
        note=f"To patents: {compared(counts[1], other['own lag (main)'])} To standards: "
        f"{compared(counts[0], found)}",
    )
    powerful = other["own lag (main)"].detectable
    left = demeaned(demeaned(panel, "field"), "year").std()
    ratio = float(left["patents"] / left["standards"])
    study.claim(
        "detectable",
        holds=max(found.detectable, powerful) <= YARDSTICK,
        value=max(found.detectable, powerful),
        note=f"From patents to standards; from standards to patents it is {powerful:.3f}. "
        "Around fields' and years' means patents vary so little that these are "
        f"{found.detectable * ratio:.2f} and {powerful / ratio:.2f} standard deviations for "
        "one of the cause.",
    )


def verdict(
    study: Study,
    panel: pd.DataFrame,
    robust: Robustness,
    permuted: Mapping[str, PermutationTest],
    *,
    draws: int,
) -> None:
    """Count the checks that each direction passes, and ask the toolkit's one call."""
    passed, number = checks_passed(robust, permuted), len(CHECKS) + 1
    own = {name: robust[TO_PATENTS.name][name].found for name in CHECKS}
    main = own["own lag (main)"].estimate
    precise = [name for name, found in own.items() if found.detectable <= main]
    study.claim(
        "robust_in_one_direction",
        holds=max(passed.values()) == number,
        value=max(passed.values()),
        note=f"Of {number}: {passed[TO_PATENTS.name]} from standards to patents, "
        f"{passed[TO_STANDARDS.name]} from patents to standards. From standards to patents "
        f"the main estimate would probably have been found with {' and '.join(precise)}; "
        "with the others it need not have been.",
    )
    both = bidirectional(
        panel,
        "patents",
        "standards",
        counts={"innovation": "patent_families", "standards": "iso_standards"},
        draws=draws,
        seed=study.seed,
    )
    found = [way for way, words in both.verdicts.items() if words == "robust association"]
    study.claim(
        "one_call",
        holds=bool(found),
        value=len(found),
        note=f"Robust: {', '.join(found) or 'neither direction'}. Short of that, a p-value "
        "as near .05 as that of the main regression may be called fragile or none.",
    )


def checks_passed(
    robust: Robustness, permuted: Mapping[str, PermutationTest]
) -> dict[str, int]:
    """Return, by direction, the checks that are significant with the main one's sign."""
    passed = {}
    for direction in DIRECTIONS:
        found = [robust[direction.name][name].found for name in CHECKS]
        agree = [one.significant and one.estimate * found[0].estimate > 0 for one in found]
        passed[direction.name] = sum(agree) + (permuted[direction.name].p_value <= NOMINAL)
    return passed
