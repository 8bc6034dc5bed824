"""The tables, each from what was estimated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.papers.both_ways.granger_tests import Granger, Size
from unigauge.papers.both_ways.regressions import BANDWIDTH, DETECTABLE, long_run
from unigauge.papers.innovation_standards_fields.choices import Robustness
from unigauge.papers.innovation_standards_fields.evidence import (
    BY_NAME,
    DIRECTIONS,
    LeftOut,
    Regressions,
)

if TYPE_CHECKING:
    import pandas as pd

    from unigauge.estimation import Fit

__all__ = [
    "correlation_table",
    "departures",
    "dependence_table",
    "fixed_effects",
    "granger_tests",
    "long_run_effects",
    "poisson_table",
    "robustness_table",
    "sizes_by_test",
    "without_each_field",
]


def correlation_table(correlations: Mapping[str, float]) -> pd.DataFrame:
    """Return one row a way of taking effects out."""
    import pandas as pd

    words = {
        "pooled": "as they are",
        "within_unit": "within fields",
        "within_two_way": "within fields and years",
        "growth_two_way": "growth, within fields and years",
    }
    index = pd.Index([words[name] for name in correlations], name="patents and standards")
    return pd.DataFrame({"correlation": list(correlations.values())}, index=index)


def dependence_table(tests: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Return one row a series."""
    import pandas as pd

    frame = pd.DataFrame.from_dict(dict(tests), orient="index").rename_axis("series")
    return frame.drop(columns="pairs")


def fixed_effects(results: Regressions) -> pd.DataFrame:
    """Return one row a coefficient, and one for the joint test of two lags."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for (name, specification), result in results.items():
        direction = BY_NAME[name]
        fit, kraay = result.fit, result.driscoll_kraay
        where = {"outcome": direction.effect, "specification": specification}
        for term in fit.terms:
            wild = result.wild_p if term == result.term else np.nan
            rows.append(
                {
                    **where,
                    "term": term,
                    "estimate": fit.params[term],
                    "std. error": fit.std_errors[term],
                    "p clustered": fit.pvalues[term],
                    "p D-K": kraay.pvalues[term],
                    "p wild": wild,
                    "jackknifed": result.jackknife.get(term, np.nan),
                }
            )
        if specification == "two lags":
            lags = [f"lag({direction.cause}, {k})" for k in (1, 2)]
            rows.append(
                {
                    **where,
                    "term": f"both lags of {direction.cause}",
                    "p clustered": fit.wald(lags).p_value,
                    "p D-K": kraay.wald(lags).p_value,
                }
            )
    return pd.DataFrame(rows).set_index(["outcome", "specification", "term"])


def poisson_table(fits: Mapping[tuple[str, str], Fit]) -> pd.DataFrame:
    """Return one row a coefficient of the Poisson regressions."""
    import pandas as pd

    rows = []
    for (direction, specification), fit in fits.items():
        kraay = fit.with_covariance("driscoll_kraay", bandwidth=BANDWIDTH)
        for term in fit.terms:
            rows.append(
                {
                    "outcome": BY_NAME[direction].effect,
                    "specification": specification,
                    "term": term,
                    "estimate": fit.params[term],
                    "std. error": fit.std_errors[term],
                    "p clustered": fit.pvalues[term],
                    "p D-K": kraay.pvalues[term],
                }
            )
    return pd.DataFrame(rows).set_index(["outcome", "specification", "term"])


def long_run_effects(results: Regressions) -> pd.DataFrame:
    """Return persistence, what could be found, and the long run where identified."""
    import pandas as pd

    rows = []
    for direction in DIRECTIONS:
        main = results[direction.name, "own lag"]
        own = direction.own
        estimate, std_error = long_run(direction, main) or (np.nan, np.nan)
        rows.append(
            {
                "outcome": direction.effect,
                "own lag": main.fit.params[own],
                "own lag, jackknifed": main.jackknife[own],
                "smallest detectable": DETECTABLE * main.fit.std_errors[direction.lag],
                "long-run effect": estimate,
                "its std. error": std_error,
            }
        )
    return pd.DataFrame(rows).set_index("outcome")


def granger_tests(tests: Granger) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row an outcome, data and lags, for each of the two tests."""
    import pandas as pd

    rows: tuple[list[dict[str, Any]], ...] = ([], [])
    for (direction, data, lags, block), pair in tests.items():
        if block != 1:
            continue
        in_blocks = tests[direction, data, lags, 3]
        statistics = {"Z": pair[0].z_bar_tilde}, {"Wald": pair[1].statistic}
        for k, statistic in enumerate(statistics):
            rows[k].append(
                {
                    "outcome": BY_NAME[direction].effect,
                    "data": data,
                    "lags": lags,
                    **statistic,
                    "p asymptotic": pair[k].p_value,
                    "p bootstrap": pair[k].p_value_bootstrap,
                    "p in blocks": in_blocks[k].p_value_bootstrap,
                }
            )
    index = ["outcome", "data", "lags"]
    return pd.DataFrame(rows[0]).set_index(index), pd.DataFrame(rows[1]).set_index(index)


def sizes_by_test(sizes: Sequence[Size]) -> pd.DataFrame:
    """Return one row a test: the share of true nulls rejected, by direction and block."""
    import pandas as pd

    rows: dict[str, dict[str, float]] = {}
    for size in sizes:
        outcome = BY_NAME[size.direction].effect
        where = f"{outcome}, {'years' if size.block == 1 else 'blocks'}"
        rows.setdefault(size.test, {})[where] = size.size
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("test")


def departures(robust: Robustness) -> pd.DataFrame:
    """Return one row a direction and specification, for the picture."""
    import pandas as pd

    rows = [
        {
            "direction": direction,
            "specification": name,
            **asdict(variant.found),
            "jackknife": variant.jackknife,
        }
        for direction, variants in robust.items()
        for name, variant in variants.items()
    ]
    return pd.DataFrame(rows)


def robustness_table(robust: Robustness) -> pd.DataFrame:
    """Return one row an outcome and specification."""
    import pandas as pd

    rows = [
        {
            "outcome": BY_NAME[direction].effect,
            "specification": name,
            "estimate": variant.found.estimate,
            "std. error": variant.found.std_error,
            "p clustered": variant.found.p_clustered,
            "p wild": np.nan if name == "Poisson" else variant.found.p_value,
            "jackknifed": variant.jackknife,
            "detectable": variant.found.detectable,
            "rows": variant.found.nobs,
        }
        for direction, variants in robust.items()
        for name, variant in variants.items()
    ]
    return pd.DataFrame(rows).set_index(["outcome", "specification"])


def without_each_field(left_out: LeftOut) -> pd.DataFrame:
    """Return one row a field: estimate and wild p-value without it, both directions."""
    import pandas as pd

    columns = {}
    for direction, by_field in left_out.items():
        outcome = BY_NAME[direction].effect
        columns[f"{outcome}, estimate"] = {f: e.estimate for f, e in by_field.items()}
        columns[f"{outcome}, p wild"] = {f: e.p_value for f, e in by_field.items()}
    return pd.DataFrame(columns).rename_axis("without")
