"""What the Granger tests say, and which tests do not keep their size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unigauge.estimation import PermutationTest
from unigauge.papers import Study
from unigauge.papers.both_ways import granger_tests
from unigauge.papers.both_ways.pictures import draw_sizes
from unigauge.papers.both_ways.regressions import NOMINAL
from unigauge.papers.innovation_standards_fields import (
    anchors,
    causality,
    evidence,
    tables,
)
from unigauge.papers.innovation_standards_fields.effort import (
    ERRORS,
    WILD_DRAWS,
    Effort,
    percent,
)
from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    TO_PATENTS,
    TO_STANDARDS,
)

if TYPE_CHECKING:
    import pandas as pd

TOLERATED = 0.1
"""A 5 % test that rejects more true nulls than this is not to be used."""


def granger(
    study: Study,
    panel: pd.DataFrame,
    main: evidence.Regressions,
    permuted: dict[str, PermutationTest],
    effort: Effort,
) -> None:
    """Run the Granger tests, and see which tests reject true nulls too often."""
    tests = granger_tests.granger(panel, DIRECTIONS, draws=effort.granger, seed=study.seed)
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
        granger_tests.bootstrap_p_values(tests, TO_STANDARDS, f"{data}, year means out")[
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
        for p_values in granger_tests.bootstrap_p_values(
            tests, TO_PATENTS, f"{data}, year means out"
        ).values()
        for p_value in p_values
    )
    study.claim("granger_to_patents", holds=smallest <= NOMINAL, value=smallest)

    asymptotic = granger_tests.granger_sizes(tests, "levels, year means out")
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
    sizes = granger_tests.sizes_table([*asymptotic, *linear])
    study.figure(
        "sizes",
        draw_sizes(sizes),
        data=sizes,
        caption="How often 5 % tests reject where nothing moves anything, in draws fitted "
        "to these data. Asymptotic Granger tests and Driscoll-Kraay errors cry wolf, the "
        "wild bootstrap hardly. A bootstrapped Granger test stands at the dashed line by "
        "construction.",
        alt="Bars of rejection shares. Juodis-Karavias-Sarafidis reaches a quarter, "
        "Dumitrescu-Hurlin and Driscoll-Kraay around 10 %, the wild bootstrap 5 to 8 %.",
    )
