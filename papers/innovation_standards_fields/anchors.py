"""Our numbers against those of an independent program, stored in ``reference.json``.

The numbers are nested under the names that the reference has; two trees agree only if
they have the same names.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from unigauge.errors import DataError
from unigauge.estimation import Fit, PermutationTest, juodis_karavias_sarafidis
from unigauge.papers.both_ways.granger_tests import YEARS_OUT, Granger, differenced
from unigauge.papers.both_ways.regressions import (
    BANDWIDTH,
    DETECTABLE,
    Direction,
    Regression,
    long_run,
)
from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    LeftOut,
    Regressions,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "dependence_numbers",
    "deviation",
    "distance",
    "granger_numbers",
    "granger_shares",
    "leave_one_out_numbers",
    "permutation_shares",
    "poisson_numbers",
    "reference",
    "regression_numbers",
    "wild_shares",
]

Tree = Mapping[Any, Any]
EXACT = 1e-7
"""Largest relative deviation of a closed form, Poisson included."""


def reference() -> dict[str, Any]:
    """Return the stored numbers: ``closed`` forms, ``simulated`` ones, and ``draws``."""
    file = files("unigauge.papers.innovation_standards_fields") / "reference.json"
    stored: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return stored


def deviation(ours: Tree, stored: Tree) -> float:
    """Return the largest relative deviation of our numbers from the stored ones.

    Raises
    ------
    DataError
        If one has a number that the other lacks.
    """
    return max(
        abs(number - expected) / (abs(expected) or 1.0)
        for number, expected in _pairs(ours, stored)
    )


def distance(ours: Tree, stored: Tree, draws: int, stored_draws: int) -> float:
    """Return the largest distance of two simulated shares, in simulation errors."""
    distances = []
    for share, expected in _pairs(ours, stored):
        both = (share * draws + expected * stored_draws) / (draws + stored_draws)
        error = math.sqrt(both * (1 - both) * (1 / draws + 1 / stored_draws))
        distances.append(abs(share - expected) / max(error, 1 / draws))
    return max(distances)


def _pairs(ours: Tree, stored: Tree) -> list[tuple[float, float]]:
    """Return all numbers of two trees side by side."""
    one, other = _flat(ours), _flat(stored)
    if one.keys() != other.keys():
        odd = ", ".join("/".join(path) for path in sorted(one.keys() ^ other.keys())[:3])
        raise DataError(f"our numbers and reference.json do not have the same names: {odd}")
    return [(one[path], other[path]) for path in one]


def _flat(tree: Tree) -> dict[tuple[str, ...], float]:
    """Return the numbers of a tree by their path."""
    numbers: dict[tuple[str, ...], float] = {}
    for name, branch in tree.items():
        if isinstance(branch, Mapping):
            numbers |= {(str(name), *path): leaf for path, leaf in _flat(branch).items()}
        else:
            numbers[str(name),] = float(branch)
    return numbers


# ---------------------------------------------------------------------------
# Regressions


def regression_numbers(results: Regressions) -> dict[str, Any]:
    """Return what is stored of the main specifications."""
    return {
        direction.name: {
            specification: _regression(direction, specification, result)
            for (name, specification), result in results.items()
            if name == direction.name
        }
        for direction in DIRECTIONS
    }


def _regression(
    direction: Direction, specification: str, result: Regression
) -> dict[str, Any]:
    fit, kraay = result.fit, result.driscoll_kraay
    numbers: dict[str, Any] = {"nobs": fit.nobs, "r2_within": fit.r2_within}
    raw = fit.with_covariance("driscoll_kraay", bandwidth=BANDWIDTH, small_sample="none")
    for term in fit.terms:
        numbers[term] = {
            **_coefficient(fit, kraay, term),
            "raw_driscoll_kraay_error": raw.std_errors[term],
        }
        if specification != "lead placebo" and result.jackknife:
            numbers[term]["jackknife"] = result.jackknife[term]
    if specification == "two lags":
        lags = [f"lag({direction.cause}, {k})" for k in (1, 2)]
        joint, by_time = fit.wald(lags), kraay.wald(lags)
        numbers["joint"] = {
            "sum": sum(fit.params[term] for term in lags),
            "F_clustered": joint.statistic,
            "clustered_p": joint.p_value,
            "F_driscoll_kraay": by_time.statistic,
            "driscoll_kraay_p": by_time.p_value,
        }
    if specification == "own lag":
        numbers["minimum_detectable"] = DETECTABLE * fit.std_errors[direction.lag]
        effect = long_run(direction, result)
        if effect is not None:
            estimate, std_error = effect
            numbers["long_run"] = {"estimate": estimate, "std_error": std_error}
    return numbers


def _coefficient(fit: Fit, kraay: Fit, term: str) -> dict[str, float]:
    raw = fit.with_covariance(small_sample="none")
    return {
        "estimate": fit.params[term],
        "raw_error": raw.std_errors[term],
        "clustered_error": fit.std_errors[term],
        "clustered_p": fit.pvalues[term],
        "driscoll_kraay_error": kraay.std_errors[term],
        "driscoll_kraay_p": kraay.pvalues[term],
    }


def poisson_numbers(fits: Mapping[tuple[str, str], Fit]) -> dict[str, Any]:
    """Return what is stored of the Poisson regressions."""
    numbers: dict[str, Any] = {}
    for (direction, specification), fit in fits.items():
        kraay = fit.with_covariance("driscoll_kraay", bandwidth=BANDWIDTH)
        numbers.setdefault(direction, {})[specification] = {
            "nobs": fit.nobs,
            "deviance": fit.deviance,
            **{term: _coefficient(fit, kraay, term) for term in fit.terms},
        }
    return numbers


def leave_one_out_numbers(left_out: LeftOut) -> dict[str, Any]:
    """Return the range of the estimate and of its clustered p-value."""
    numbers = {}
    for direction, by_field in left_out.items():
        estimates = [found.estimate for found in by_field.values()]
        p_values = [found.p_clustered for found in by_field.values()]
        numbers[direction] = {
            "smallest": min(estimates),
            "largest": max(estimates),
            "smallest_p": min(p_values),
            "largest_p": max(p_values),
        }
    return numbers


def dependence_numbers(tests: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """Return what is stored of the tests of cross-section dependence."""
    kept = ("statistic", "p_value", "mean_abs_correlation")
    return {series: {name: test[name] for name in kept} for series, test in tests.items()}


def wild_shares(results: Regressions) -> dict[str, Any]:
    """Return the wild bootstrap's p-values, where they are stored."""
    return {
        direction.name: {
            specification: result.wild_p
            for (name, specification), result in results.items()
            if name == direction.name and specification not in ("two lags", "lead placebo")
        }
        for direction in DIRECTIONS
    }


def permutation_shares(tests: Mapping[str, PermutationTest]) -> dict[str, Any]:
    """Return the p-values of the permutation tests."""
    return {
        direction: {"p_value": test.p_value, "p_value_estimate": test.p_value_estimate}
        for direction, test in tests.items()
    }


# ---------------------------------------------------------------------------
# Granger tests


def granger_numbers(tests: Granger, panel: pd.DataFrame) -> dict[str, Any]:
    """Return statistics, estimates and asymptotic p-values, by data and lags."""
    levels = panel[["patents", "standards"]]
    growth = differenced(levels)
    numbers: dict[str, Any] = {}
    for (direction, data, lags, block), (averaged, pooled) in tests.items():
        if block != 1:
            continue
        classical = juodis_karavias_sarafidis(
            growth if data.startswith("differences") else levels,
            pooled.effect,
            pooled.cause,
            lags=lags,
            demean="time" if data.endswith(YEARS_OUT) else "none",
            variance="homoskedastic",
        )
        numbers.setdefault(direction, {})[f"{data}, lags {lags}"] = {
            "w_bar": averaged.w_bar,
            "z_bar": averaged.z_bar,
            "z_bar_tilde": averaged.z_bar_tilde,
            "p_z_bar": averaged.p_value_z_bar,
            "p_z_bar_tilde": averaged.p_value,
            "pooled": _numbered(pooled.coefficients_pooled),
            "jackknife": _numbered(pooled.coefficients),
            "std_error": _numbered(pooled.std_errors),
            "wald_clustered": pooled.statistic,
            "p_clustered": pooled.p_value,
            "wald_homoskedastic": classical.statistic,
            "p_homoskedastic": classical.p_value,
        }
    return numbers


def _numbered(values: Any) -> dict[str, float]:
    return {str(k): float(value) for k, value in enumerate(values, start=1)}


def granger_shares(tests: Granger) -> dict[str, Any]:
    """Return bootstrap p-values and sizes, for the blocks that are stored."""
    shares: dict[str, Any] = {}
    for (direction, data, lags, block), (averaged, pooled) in tests.items():
        if data.startswith("differences") and block != 1:
            continue
        label = f"{data}, lags {lags}, blocks of {block}"
        shares.setdefault(direction, {})[label] = {
            "dumitrescu_hurlin_p": averaged.p_value_bootstrap,
            "dumitrescu_hurlin_size": averaged.size_bootstrap,
            "juodis_karavias_sarafidis_p": pooled.p_value_bootstrap,
            "juodis_karavias_sarafidis_size": pooled.size_bootstrap,
        }
    return shares
