"""What the numbers say of each direction, and whether anything stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from unigauge.estimation import PermutationTest, bidirectional
from unigauge.papers import Study
from unigauge.papers.innovation_standards_fields import evidence
from unigauge.papers.innovation_standards_fields.choices import Robustness
from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    NOMINAL,
    TO_PATENTS,
    TO_STANDARDS,
    Regressions,
    long_run,
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
    study.claim(
        "standards_then_patents",
        holds=found.significant,
        value=found.p_value,
        note=f"By a hair, and alone: a tenth more standards go with "
        f"{10 * found.estimate:.2f} % more patents; the clustered t test has "
        f"p = {found.p_clustered:.3f}, Driscoll-Kraay {kraay:.3f}.",
    )
    for name, specification in (
        ("around_field_trends", "field trends"),
        ("in_differences", "first differences"),
        ("without_thin_fields", "without 3 thin fields"),
    ):
        other = own[specification]
        study.claim(
            name,
            holds=other.significant,
            value=other.p_value,
            note=f"The estimate is {other.estimate:.4f}, its standard error "
            f"{other.std_error:.4f}; in the main regression {found.estimate:.4f} and "
            f"{found.std_error:.4f}.",
        )
    early, late = (own[f"years {years}"].estimate for years in ("1998-2009", "2009-2020"))
    study.claim(
        "both_halves",
        holds=early * late > 0,
        value=late,
        note=f"In the first half it is {early:.4f}.",
    )
    test = permuted[TO_PATENTS.name]
    study.claim("dealt_at_random", holds=test.p_value <= NOMINAL, value=test.p_value)
    lag = f"lag({TO_PATENTS.effect}, 1)"
    study.claim(
        "long_run",
        holds=long_run(TO_PATENTS, result) is not None,
        value=result.jackknife[lag],
        note=f"By fixed effects, whose bias is downward, it is {result.fit.params[lag]:.2f}. "
        "No long-run effect is given.",
    )


def patents_to_standards(study: Study, panel: pd.DataFrame, robust: Robustness) -> None:
    """Check whether standards follow patents, and what both directions share."""
    own = {name: variant.found for name, variant in robust[TO_STANDARDS.name].items()}
    other = {name: variant.found for name, variant in robust[TO_PATENTS.name].items()}
    found, leading = own["own lag (main)"], own["lead placebo"]
    study.claim(
        "patents_then_standards",
        holds=found.significant,
        value=found.p_value,
        note=f"A tenth more patents go with {10 * found.estimate:.1f} % more standards, "
        f"from {10 * found.conf_low:.1f} to {10 * found.conf_high:.1f} % with 95 % "
        f"confidence; around field trends with {10 * own['field trends'].estimate:.1f} %.",
    )
    silent = other["lead placebo"]
    study.claim(
        "lead_placebos",
        holds=not (leading.significant or silent.significant),
        value=min(leading.p_value, silent.p_value),
        note=f"Next year's patents go with this year's standards (elasticity "
        f"{leading.estimate:.2f}); next year's standards do not with this year's patents "
        f"(p = {silent.p_value:.2f}). Patents are dated by grant, years after the "
        "invention: lags do not order the two.",
    )
    counts = own["Poisson"], other["Poisson"]
    study.claim(
        "poisson",
        holds=any(count.significant for count in counts),
        value=min(count.p_value for count in counts),
    )
    powerful = other["own lag (main)"].detectable
    left = evidence.demeaned(evidence.demeaned(panel, "field"), "year").std()
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
    study.claim(
        "robust_in_one_direction",
        holds=max(passed.values()) == number,
        value=max(passed.values()),
        note=f"Of {number}: {passed[TO_PATENTS.name]} from standards to patents, "
        f"{passed[TO_STANDARDS.name]} from patents to standards.",
    )
    both = bidirectional(
        panel,
        "patents",
        "standards",
        counts={"innovation": "patent_families", "standards": "iso_standards"},
        draws=draws,
        seed=study.seed,
    )
    found = [words == "robust association" for words in both.verdicts.values()]
    told = "; ".join(f"{way}: {words}" for way, words in both.verdicts.items())
    study.claim("one_call", holds=any(found), value=sum(found), note=f"{told}.")


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
