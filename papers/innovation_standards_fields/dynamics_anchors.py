"""What :mod:`.dynamics` found, under the names of ``reference_dynamics.json``."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from unigauge.papers.innovation_standards_fields.dynamics import Projections, Roots
from unigauge.papers.innovation_standards_fields.evidence import DIRECTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from unigauge.estimation import MeanGroupFit, SystemFit

__all__ = [
    "averaged_numbers",
    "left_out_numbers",
    "projection_numbers",
    "reference",
    "root_numbers",
    "root_shares",
    "system_numbers",
]


def reference() -> dict[str, Any]:
    """Return the stored numbers: ``closed`` forms, ``simulated`` ones, and ``draws``."""
    file = files("unigauge.papers.innovation_standards_fields") / "reference_dynamics.json"
    stored: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return stored


def root_numbers(tests: Roots) -> dict[str, Any]:
    """Return the statistics."""
    return {_root(key): test.statistic for key, test in tests.items()}


def root_shares(tests: Roots) -> dict[str, Any]:
    """Return the simulated p-values."""
    return {_root(key): test.p_value for key, test in tests.items()}


def _root(key: tuple[str, str, int, str]) -> str:
    variable, test, lags, trend = key
    return f"{variable}, {test}, lags {lags}, {trend}"


def averaged_numbers(fits: Mapping[tuple[str, str], MeanGroupFit]) -> dict[str, Any]:
    """Return coefficients and errors of the regressions beside averages."""
    numbers: dict[str, Any] = {}
    for direction in DIRECTIONS:
        fit = fits[direction.name, "as it is"]
        own = f"lag({direction.effect}, 1)"
        numbers[direction.name] = {
            "own": fit.params[own],
            "own_error": fit.std_errors[own],
            "cause": fit.params[direction.lag],
            "cause_error": fit.std_errors[direction.lag],
            "cause_p": fit.pvalues[direction.lag],
        }
    return numbers


def projection_numbers(found: Projections) -> dict[str, Any]:
    """Return, by horizon, the response with both errors and its jackknife."""
    numbers: dict[str, Any] = {}
    for (direction, name), result in found.items():
        by_horizon = {}
        both = zip(
            result.clustered.to_frame().to_dict("records"),
            result.driscoll_kraay.to_frame().to_dict("records"),
            strict=True,
        )
        for row, kraay in both:
            h = row["horizon"]
            by_horizon[f"h{h}"] = {
                "nobs": row["nobs"],
                "estimate": row["estimate"],
                "clustered_error": row["std_error"],
                "clustered_p": row["p_value"],
                "driscoll_kraay_error": kraay["std_error"],
                "driscoll_kraay_p": kraay["p_value"],
            }
            if result.jackknife:
                by_horizon[f"h{h}"]["jackknife"] = result.jackknife[h]
        numbers.setdefault(direction, {})[name] = by_horizon
    return numbers


def left_out_numbers(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return the range of the response without each field in turn."""
    return {
        direction: {
            "smallest": table["estimate"].min(),
            "largest": table["estimate"].max(),
            "smallest_p": table["p_value"].min(),
            "largest_p": table["p_value"].max(),
        }
        for direction, table in tables.items()
    }


def system_numbers(fits: Mapping[tuple[str, str], SystemFit]) -> dict[str, Any]:
    """Return the system's coefficients, errors, first stages and test of exclusions."""
    numbers: dict[str, Any] = {}
    for name in dict.fromkeys(key[0] for key in fits):
        main = fits[name, "3sls"]
        numbers[name] = {
            term: {
                "3sls": main.params[term],
                "2sls": fits[name, "2sls"].params[term],
                "clustered_error": main.std_errors[term],
                "clustered_p": main.pvalues[term],
                "classical_error": fits[name, "classical"].std_errors[term],
                "classical_error_no_effects": fits[
                    name, "classical, no effects counted"
                ].std_errors[term],
            }
            for term in main.terms
        }
        strength = main.first_stage["f"]
        numbers[name]["first_stage"] = dict(zip(DIRECTIONS_OF, strength, strict=True))
        if main.overidentification is not None:
            statistic, df, p_value = main.overidentification
            numbers[name]["exclusions"] = {"statistic": statistic, "df": df, "p": p_value}
    return numbers


DIRECTIONS_OF = ("standards in patents", "patents in standards")
"""The endogenous regressor of each equation."""
