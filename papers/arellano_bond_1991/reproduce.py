"""Check Table 4 of Arellano and Bond (1991)."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unigauge.errors import DataError, UnigaugeWarning
from unigauge.estimation import DynamicFit, dynamic_gmm, ols
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.arellano_bond_1991.pictures import draw_coefficients
from unigauge.papers.arellano_bond_1991.printed import COLUMNS, distance

A = "n ~ lag(n, 1:2) + lag(w, 0:1) + lag(k, 0:2) + lag(ys, 0:2)"
B = "n ~ lag(n, 1:2) + lag(w, 0:1) + k + lag(ys, 0:1)"
EXOGENOUS = {A: ("lag(w, 0:1)", "lag(k, 0:2)", "lag(ys, 0:2)")}
EXOGENOUS[B] = ("lag(w, 0:1)", "k", "lag(ys, 0:1)")
LAGS = {"n": (2, None)}
LEVEL = 0.05
PLM, GRETL = 1e-9, 1e-5
"""Relative deviations allowed: gretl's bundled data are rounded."""


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    try:
        data = logarithms(study.load("employment_uk"))
    except DataError as missing:
        study.not_run(*study.paper.expectations, because=str(missing))
        return study.reproduction()
    fits = {
        "a1": estimate(data, A, steps=1),
        "a2": estimate(data, A, cov="unadjusted"),
        "b": estimate(data, B, cov="unadjusted"),
        "a2 corrected": estimate(data, A),
        "b corrected": estimate(data, B),
    }
    coefficients(study, fits)
    tests(study, fits)
    programs(study, fits)
    windmeijer(study, data, fits)
    bounds(study, data, fits)
    invalid_instruments(study, data, fits["a2 corrected"])
    return study.reproduction()


def logarithms(data: pd.DataFrame) -> pd.DataFrame:
    """Return n, w, k and ys, as the paper calls the logarithms."""
    names = {"n": "emp", "w": "wage", "k": "capital", "ys": "output"}
    return pd.DataFrame({name: np.log(data[level]) for name, level in names.items()})


def estimate(data: pd.DataFrame, formula: str, **options: Any) -> DynamicFit:
    """Estimate an equation of Table 4."""
    options = {"gmm": LAGS, **options}
    return dynamic_gmm(data, formula, iv=EXOGENOUS[formula], **options)


def coefficients(study: Study, fits: Mapping[str, DynamicFit]) -> None:
    """Compare every coefficient and standard error with the printed ones."""
    rows = []
    for column, numbers in COLUMNS.items():
        fit = fits[column]
        off = []
        for term, (estimate_printed, error_printed) in numbers.items():
            ours = float(fit.params[term]), float(fit.std_errors[term])
            off += [distance(ours[0], estimate_printed), distance(ours[1], error_printed)]
            rows.append(
                {
                    "column": column,
                    "term": term,
                    "estimate": ours[0],
                    "printed": estimate_printed,
                    "std_error": ours[1],
                    "std_error_printed": error_printed,
                }
            )
        study.claim(
            f"column_{column}", holds=max(off) <= 0.5 + 1e-9, value=max(off),
            note=f"{len(off)} numbers.",
        )  # fmt: skip
        study.claim(f"n_{column}", value=float(fit.params["lag(n, 1)"]))
    study.table(
        "table_4",
        pd.DataFrame(rows),
        caption="Table 4: estimates and standard errors, ours and as printed. Robust "
        "standard errors in (a1), uncorrected two-step ones in (a2) and (b).",
    )


def tests(study: Study, fits: Mapping[str, DynamicFit]) -> None:
    """Compare the tests, and look at what they say."""
    study.claim("sargan_a1", value=fits["a1"].sargan.statistic)
    for column in ("a2", "b"):
        study.claim(f"sargan_{column}", value=fits[column].hansen.statistic)
    for column in COLUMNS:
        study.claim(f"m2_{column}", value=fits[column].ar(2).statistic)
        study.claim(f"wald_{column}", value=fits[column].wald().statistic)
    study.claim("m1_a1", value=fits["a1"].ar(1).statistic)
    least = min(fits[column].ar(2).p_value for column in COLUMNS)
    study.claim("no_second_order", holds=least > LEVEL, value=least)
    study.claim(
        "sargan_rejects",
        holds=fits["a1"].sargan.p_value < LEVEL < fits["a2"].hansen.p_value,
        value=fits["a1"].sargan.p_value,
        note=f"Hansen's p-value is {fits['a2'].hansen.p_value:.3f}: Sargan's test takes the "
        "errors for homoskedastic.",
    )
    study.table(
        "tests",
        pd.DataFrame(
            [
                {
                    "column": column,
                    "m1": fit.ar(1).statistic,
                    "m2": fit.ar(2).statistic,
                    "sargan": fit.sargan.statistic,
                    "hansen": fit.hansen.statistic,
                    "df": fit.hansen.df,
                    "wald": fit.wald().statistic,
                    "instruments": fit.n_instruments,
                    "rows": fit.nobs,
                }
                for column, fit in fits.items()
            ]
        ),
        caption="Tests of every column; corrected: with Windmeijer's standard errors.",
    )


def programs(study: Study, fits: Mapping[str, DynamicFit]) -> None:
    """Compare three programs."""
    file = files("unigauge.papers.arellano_bond_1991") / "programs.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    rows = [
        {"program": program, "column": column, **deviations(fit, stored[program][column])}
        for program in ("plm", "gretl")
        for column, fit in fits.items()
    ]
    table = pd.DataFrame(rows)
    for program, allowed in (("plm", PLM), ("gretl", GRETL)):
        largest = float(
            table[table["program"] == program]
            .drop(columns=["program", "column"])
            .max()
            .max()
        )
        study.claim(f"agrees_with_{program}", holds=largest <= allowed, value=largest)
    study.table(
        "programs",
        table,
        caption="Largest relative deviations from two other programs; gretl's bundled data "
        "are rounded.",
    )


def deviations(fit: DynamicFit, stored: Mapping[str, Any]) -> dict[str, float]:
    """Return relative deviations of coefficients, standard errors and tests."""
    told = np.array(stored["coef"])
    found = {
        "coefficients": float(np.abs(fit.params.to_numpy() / told - 1).max()),
        "std_errors": float(np.abs(fit.std_errors.to_numpy() / stored["se"] - 1).max()),
        "m1": abs(fit.ar(1).statistic / stored["AR1"] - 1),
        "m2": abs(fit.ar(2).statistic / stored["AR2"] - 1),
        "wald": abs(fit.wald().statistic / stored["wald"] - 1),
    }
    hansen = stored["hansen"]
    if fit.steps == 2 and hansen is not None:
        found["hansen"] = abs(fit.hansen.statistic / hansen - 1)
    return found


def windmeijer(study: Study, data: pd.DataFrame, fits: Mapping[str, DynamicFit]) -> None:
    """Compare Windmeijer's correction, and what it does to the paper's precision."""
    one, corrected = estimate(data, B, steps=1), fits["b corrected"]
    study.claim("windmeijer_one_step", value=float(one.std_errors["lag(n, 1)"]))
    study.claim("windmeijer_two_step", value=float(corrected.std_errors["lag(n, 1)"]))
    study.claim("windmeijer_m1_one_step", value=one.ar(1).statistic)
    study.claim("windmeijer_m1_two_step", value=corrected.ar(1).statistic)
    ratios = [
        float((fits[f"{column} corrected"].std_errors / fits[column].std_errors).min())
        for column in ("a2", "b")
    ]
    study.claim("two_step_too_small", holds=min(ratios) > 1.3, value=min(ratios))


def bounds(study: Study, data: pd.DataFrame, fits: Mapping[str, DynamicFit]) -> None:
    """Set GMM between least squares with and without the firms' effects."""
    pooled = ols(data, A + " | time", small_sample="stata")
    within = ols(data, A + " | entity + time", small_sample="stata")
    study.claim("pooled", value=float(pooled.params["lag(n, 1)"]))
    study.claim("within", value=float(within.params["lag(n, 1)"]))
    estimates = [float(fits[column].params["lag(n, 1)"]) for column in COLUMNS]
    low, high = within.params["lag(n, 1)"], pooled.params["lag(n, 1)"]
    study.claim(
        "between",
        holds=all(low < estimate < high for estimate in estimates),
        value=max(estimates),
        note="All three columns lie below the within estimate, though within one standard "
        "error of it in (a1): a sign that lagged levels are weak instruments here.",
    )
    shown = {
        "pooled OLS": pooled,
        "(a1) one step, robust": fits["a1"],
        "(a2) two steps, uncorrected": fits["a2"],
        "(a2) two steps, corrected": fits["a2 corrected"],
        "(b) two steps, uncorrected": fits["b"],
        "(b) two steps, corrected": fits["b corrected"],
        "within": within,
    }
    rows = []
    for name, fit in shown.items():
        row = fit.to_frame().set_index("term").loc["lag(n, 1)"]
        rows.append({"estimator": name, **row[["estimate", "conf_low", "conf_high"]]})
    table = pd.DataFrame(rows)
    study.figure(
        "coefficients",
        draw_coefficients(table),
        data=table,
        caption="Coefficient of last year's employment, with 95 % intervals. Without "
        "correction the two-step intervals are half as wide as they should be.",
        alt="Seven intervals: pooled OLS near 1.05, GMM between .47 and .69, within .73; the "
        "corrected two-step intervals are about twice as wide as the uncorrected ones.",
    )


def invalid_instruments(study: Study, data: pd.DataFrame, valid: DynamicFit) -> None:
    """Make the moment condition fail: the first lag of employment as an instrument."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnigaugeWarning)  # of just that
        invalid = estimate(data, A, gmm={"n": (1, None)})
    added = invalid.hansen.statistic - valid.hansen.statistic
    more = invalid.n_instruments - valid.n_instruments
    study.claim(
        "lag_one",
        holds=invalid.hansen.p_value < LEVEL,
        value=invalid.hansen.p_value,
        note=f"{more} more instruments add {added:.1f} to Hansen's statistic, and n(-1) "
        f"becomes {invalid.params['lag(n, 1)']:.3f}: the test has little power here.",
    )


if __name__ == "__main__":
    script(run)
