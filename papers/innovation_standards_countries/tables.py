"""The tables, each from what was estimated."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from unigauge.estimation import Fit
from unigauge.papers.both_ways.regressions import BANDWIDTH, DETECTABLE, long_run
from unigauge.papers.innovation_standards_countries.evidence import (
    BY_NAME,
    DIRECTIONS,
    Counts,
    LeftOut,
    Regressions,
)
from unigauge.papers.innovation_standards_countries.methods import Permuted

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "extremes",
    "fixed_effects",
    "joint_tests",
    "long_run_effects",
    "permutations",
    "poisson_table",
    "standard_errors",
    "without_each_country",
]

INDEX = ["sample", "direction", "specification", "term"]


def fixed_effects(results: Regressions) -> pd.DataFrame:
    """Return one row a coefficient, by sample, direction and specification."""
    import pandas as pd

    rows = []
    for (sample, direction, specification), result in results.items():
        fit = result.fit
        for term in fit.terms:
            rows.append(
                {
                    **_where(sample, direction, specification, term),
                    "estimate": fit.params[term],
                    "std. error": fit.std_errors[term],
                    "p clustered": fit.pvalues[term],
                    "p D-K": result.driscoll_kraay.pvalues[term],
                    "p wild": result.wild_p if term == result.term else math.nan,
                    "jackknifed": result.jackknife.get(term, math.nan),
                    "n": fit.nobs,
                    "countries": fit.n_entities,
                }
            )
    return pd.DataFrame(rows).set_index(INDEX)


def standard_errors(results: Regressions, counts: Counts) -> pd.DataFrame:
    """Return every standard error of every coefficient, raw and corrected."""
    import pandas as pd

    kinds = {
        "fixed effects": {key: result.fit for key, result in results.items()},
        "Poisson": dict(counts),
    }
    rows = [
        {"estimator": estimator, **_where(*key, term), **_errors(fit, term)}
        for estimator, fits in kinds.items()
        for key, fit in fits.items()
        for term in fit.terms
    ]
    return pd.DataFrame(rows).set_index(["estimator", *INDEX])


def _errors(fit: Fit, term: str) -> dict[str, float]:
    kraay = {
        rule: fit.with_covariance(
            "driscoll_kraay", bandwidth=BANDWIDTH, small_sample=rule
        ).std_errors[term]
        for rule in ("none", "stata")
    }
    return {
        "estimate": fit.params[term],
        "clustered, raw": fit.with_covariance(small_sample="none").std_errors[term],
        "clustered": fit.std_errors[term],
        "Driscoll-Kraay, raw": kraay["none"],
        "Driscoll-Kraay": kraay["stata"],
        "R2 within": fit.r2_within,
        "deviance": fit.deviance,
    }


def _where(sample: str, direction: str, specification: str, term: str) -> dict[str, str]:
    return dict(zip(INDEX, (sample, direction, specification, term), strict=True))


def joint_tests(results: Regressions) -> pd.DataFrame:
    """Return the tests that both lags of the cause are zero."""
    import pandas as pd

    rows = []
    for (sample, direction, specification), result in results.items():
        if specification != "two lags":
            continue
        lags = [f"lag({BY_NAME[direction].cause}, {k})" for k in (1, 2)]
        clustered, kraay = result.fit.wald(lags), result.driscoll_kraay.wald(lags)
        rows.append(
            {
                "sample": sample,
                "direction": direction,
                "sum of both lags": sum(result.fit.params[lag] for lag in lags),
                "F clustered": clustered.statistic,
                "p clustered": clustered.p_value,
                "F D-K": kraay.statistic,
                "p D-K": kraay.p_value,
            }
        )
    return pd.DataFrame(rows).set_index(["sample", "direction"])


def poisson_table(counts: Counts) -> pd.DataFrame:
    """Return one row a coefficient of the Poisson regressions."""
    import pandas as pd

    rows = []
    for (sample, direction, specification), fit in counts.items():
        kraay = fit.with_covariance("driscoll_kraay", bandwidth=BANDWIDTH)
        for term in fit.terms:
            rows.append(
                {
                    **_where(sample, direction, specification, term),
                    "estimate": fit.params[term],
                    "std. error": fit.std_errors[term],
                    "p clustered": fit.pvalues[term],
                    "p D-K": kraay.pvalues[term],
                    "n": fit.nobs,
                    "countries": fit.n_entities,
                }
            )
    return pd.DataFrame(rows).set_index(INDEX)


def long_run_effects(results: Regressions) -> pd.DataFrame:
    """Return persistence, what could be found, and the long run where identified."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for sample in dict.fromkeys(key[0] for key in results):
        for direction in DIRECTIONS:
            main = results[sample, direction.name, "own lag"]
            own = direction.own
            estimate, std_error = long_run(direction, main) or (math.nan, math.nan)
            rows.append(
                {
                    "sample": sample,
                    "direction": direction.name,
                    "own lag": main.fit.params[own],
                    "own lag, jackknifed": main.jackknife[own],
                    "smallest detectable": DETECTABLE * main.fit.std_errors[direction.lag],
                    "long-run effect": estimate,
                    "its std. error": std_error,
                }
            )
    return pd.DataFrame(rows).set_index(["sample", "direction"])


def permutations(tests: Permuted) -> pd.DataFrame:
    """Return the main estimates against those of causes dealt at random."""
    import pandas as pd

    rows = [
        {
            "sample": sample,
            "direction": direction,
            "estimate": test.estimate,
            "p of t": test.p_value,
            "p of the estimate": test.p_value_estimate,
            "sd of random estimates": float(test.estimates.std()),
        }
        for (sample, direction), test in tests.items()
    ]
    return pd.DataFrame(rows).set_index(["sample", "direction"])


def without_each_country(left_out: LeftOut) -> pd.DataFrame:
    """Return one row an estimator, direction and country left out."""
    import pandas as pd

    rows = [
        {
            "estimator": estimator,
            "direction": direction,
            "without": country,
            "estimate": found.estimate,
            "std. error": found.std_error,
            "p clustered": found.p_clustered,
        }
        for (estimator, direction), by_country in left_out.items()
        for country, found in by_country.items()
    ]
    return pd.DataFrame(rows)


def extremes(left_out: pd.DataFrame) -> pd.DataFrame:
    """Return the countries without which estimates and p-values are most extreme."""
    import pandas as pd

    rows = []
    for key, part in left_out.groupby(["estimator", "direction"], sort=False):
        named = part.set_index("without")
        estimates, p_values = named["estimate"], named["p clustered"]
        rows.append(
            {
                "estimator": key[0],
                "direction": key[1],
                "smallest": estimates.min(),
                "smallest without": estimates.idxmin(),
                "largest": estimates.max(),
                "largest without": estimates.idxmax(),
                "smallest p": p_values.min(),
                "smallest p without": p_values.idxmin(),
                "largest p": p_values.max(),
                "largest p without": p_values.idxmax(),
            }
        )
    return pd.DataFrame(rows).set_index(["estimator", "direction"])
