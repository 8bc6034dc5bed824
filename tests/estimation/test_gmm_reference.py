"""dynamic_gmm against plm and gretl."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.errors import DataError
from unigauge.estimation import DynamicFit, dynamic_gmm
from unigauge.estimation.gmm.specification import residuals

REFERENCE = Path(__file__).parents[1] / "reference"
PLM = json.loads((REFERENCE / "dynamic_gmm_plm.json").read_text(encoding="utf-8"))
GRETL = json.loads((REFERENCE / "dynamic_gmm_gretl.json").read_text(encoding="utf-8"))

A = "n ~ lag(n, 1:2) + lag(w, 0:1) + lag(k, 0:2) + lag(ys, 0:2)"
B = "n ~ lag(n, 1:2) + lag(w, 0:1) + k + lag(ys, 0:1)"
S = "n ~ lag(n, 1) + lag(w, 0:1) + lag(k, 0:1)"
IV_A = ("lag(w, 0:1)", "lag(k, 0:2)", "lag(ys, 0:2)")
IV_B = ("lag(w, 0:1)", "k", "lag(ys, 0:1)")
N = {"n": (2, None)}
THREE = {name: (2, None) for name in ("n", "w", "k")}
SHORT = {name: (2, 3) for name in ("n", "w", "k")}

MODEL_A: dict[str, Any] = {"formula": A, "iv": IV_A, "gmm": N}
MODEL_B: dict[str, Any] = {"formula": B, "iv": IV_B, "gmm": N}
SYSTEM: dict[str, Any] = {"formula": S, "gmm": THREE, "system": True}
NO_TIME: dict[str, Any] = {"time_effects": False}


@cache
def employment() -> pd.DataFrame:
    try:
        data = datasets.load("employment_uk")
    except DataError:
        pytest.skip("employment_uk is read from the folder UNIGAUGE_DATA, which lacks it")
    logs = {"n": "emp", "w": "wage", "k": "capital", "ys": "output"}
    return pd.DataFrame({name: np.log(data[level]) for name, level in logs.items()})


@cache
def unbalanced() -> pd.DataFrame:
    rows = pd.read_csv(REFERENCE / "dynamic_panel.csv")
    return rows[rows["kept"] == 1].set_index(["id", "year"])[["y", "x"]]


def slopes(fit: DynamicFit) -> tuple[np.ndarray, np.ndarray]:
    names = [term for term in fit.terms if term != "constant"]
    return fit.params[names].to_numpy(), fit.std_errors[names].to_numpy()


# ---------------------------------------------------------------------------
# plm, the data in full precision

WITH_PLM: dict[str, dict[str, Any]] = {
    "a_one": {**MODEL_A, "steps": 1},
    "a_two": MODEL_A,
    "b_one": {**MODEL_B, "steps": 1},
    "b_two": MODEL_B,
    "b_one_no_time_effects": {**MODEL_B, **NO_TIME, "steps": 1},
    "b_two_no_time_effects": {**MODEL_B, **NO_TIME},
    "b_two_collapse": {**MODEL_B, "collapse": True},
    "system_one_time_effects": {**SYSTEM, "steps": 1},
    "system_two_time_effects": SYSTEM,
    "system_one_no_constant": {**SYSTEM, **NO_TIME, "formula": S + " - 1", "steps": 1},
    "system_two_no_constant": {**SYSTEM, **NO_TIME, "formula": S + " - 1"},
    "system_two_short_collapse": {
        **SYSTEM,
        **NO_TIME,
        "formula": S + " - 1",
        "gmm": SHORT,
        "collapse": True,
    },
}


@pytest.mark.parametrize("cov", ["robust", "unadjusted"])
@pytest.mark.parametrize("key", WITH_PLM)
def test_agrees_with_plm(key: str, cov: str) -> None:
    fit = dynamic_gmm(employment(), cov=cov, **WITH_PLM[key])
    told = PLM[key][cov]
    estimates, std_errors = slopes(fit)
    system = fit.equations.system
    np.testing.assert_allclose(estimates, told["coef"], rtol=0, atol=1e-11)
    assert fit.n_instruments == PLM[key]["ninst"]
    assert fit.hansen.df == told["df"]
    if fit.steps == 1 and cov == "unadjusted":
        # plm leaves the variance of the errors out and divides by the entities.
        scale = np.sqrt(np.diagonal(fit.one.solution.bread)[: len(std_errors)] / 140)
        np.testing.assert_allclose(scale, told["se"], rtol=1e-9)
        return
    np.testing.assert_allclose(std_errors, told["se"], rtol=1e-8 if system else 1e-10)
    assert fit.wald().statistic == pytest.approx(told["wald"], rel=1e-8)
    if fit.steps == 2:
        assert fit.hansen.statistic == pytest.approx(told["hansen"], rel=1e-9)
    else:
        # plm's "Sargan" of one step: the first residuals in the weight they give.
        total = fit.one.scores.sum(axis=1)
        spread = fit.one.scores @ fit.one.scores.T
        assert total @ np.linalg.solve(spread, total) == pytest.approx(
            told["hansen"], rel=1e-9
        )
    if not system:
        assert fit.ar(1).statistic == pytest.approx(told["AR1"], rel=1e-10)
        assert fit.ar(2).statistic == pytest.approx(told["AR2"], rel=1e-9)


def test_the_anchors_of_arellano_and_bond() -> None:
    one = dynamic_gmm(employment(), **MODEL_A, steps=1)
    assert one.params["lag(n, 1)"] == pytest.approx(0.686226, abs=5e-7)
    assert one.std_errors["lag(n, 1)"] == pytest.approx(0.144594, abs=5e-7)
    assert one.ar(1).statistic == pytest.approx(-3.59959, abs=5e-6)
    assert one.ar(2).statistic == pytest.approx(-0.51603, abs=5e-6)
    assert one.sargan.statistic == pytest.approx(65.8181, abs=5e-5)
    two = dynamic_gmm(employment(), **MODEL_A)
    assert two.params["lag(n, 1)"] == pytest.approx(0.628709, abs=5e-7)
    assert two.std_errors["lag(n, 1)"] == pytest.approx(0.193413, abs=5e-7)
    assert two.hansen.statistic == pytest.approx(31.38142, abs=5e-6)
    assert two.hansen.df == 25
    assert (two.n_instruments, two.n_entities, two.nobs) == (41, 140, 611)


def test_unadjusted_one_step_agrees_with_statas_manual() -> None:
    """Printed by xtabond, example 1 of its manual, as plm's own tests quote it.

    Stata's abdata are rounded, which moves the fifth digit.
    """
    fit = dynamic_gmm(employment(), **MODEL_A, steps=1, cov="unadjusted")
    assert fit.ar(1).statistic == pytest.approx(-3.9394, abs=5e-5)
    assert fit.ar(2).statistic == pytest.approx(-0.54239, abs=1e-5)


# ---------------------------------------------------------------------------
# gretl: its own abdata are rounded; dynamic_panel.csv it read as we do

ON_ABDATA: dict[str, dict[str, Any]] = {
    "a_one": {**MODEL_A, "steps": 1},
    "a_two": MODEL_A,
    "a_two_unadjusted": {**MODEL_A, "cov": "unadjusted"},
    "b_two": MODEL_B,
    "b_two_unadjusted": {**MODEL_B, "cov": "unadjusted"},
    "b_two_no_time_effects": {**MODEL_B, **NO_TIME},
    "difference_three": {**SYSTEM, **NO_TIME, "system": False},
    "system_one": {**SYSTEM, **NO_TIME, "steps": 1},
    "system_two": {**SYSTEM, **NO_TIME},
    "system_one_h2": {**SYSTEM, **NO_TIME, "steps": 1, "h": 2},
    "system_two_h2": {**SYSTEM, **NO_TIME, "h": 2},
    "system_two_time_effects_h2": {**SYSTEM, "h": 2},
    "system_one_time_effects": {**SYSTEM, "steps": 1},
    "system_two_time_effects": SYSTEM,
    "system_one_exogenous": {
        **NO_TIME,
        "formula": "n ~ lag(n, 1) + lag(w, 0:1) + k",
        "gmm": {"n": (2, None), "w": (2, None)},
        "iv": "k",
        "system": True,
        "steps": 1,
    },
}
OURS: dict[str, Any] = {"formula": "y ~ lag(y, 1) + x", "iv": "x"}
ON_OURS: dict[str, dict[str, Any]] = {
    "unbalanced_difference_one": {**OURS, "steps": 1},
    "unbalanced_difference_two": OURS,
    "unbalanced_difference_predetermined": {
        **NO_TIME,
        "formula": "y ~ lag(y, 1) + lag(x, 0:1)",
        "gmm": {"y": (2, None), "x": (1, 3)},
    },
    "unbalanced_system_one": {**OURS, **NO_TIME, "system": True, "steps": 1},
    "unbalanced_system_two": {**OURS, "system": True},
    "unbalanced_system_two_h2": {**OURS, **NO_TIME, "system": True, "h": 2},
}


@pytest.mark.parametrize("key", [*ON_ABDATA, *ON_OURS])
def test_agrees_with_gretl(key: str) -> None:
    own = key in ON_OURS
    options = (ON_OURS if own else ON_ABDATA)[key]
    close = 1e-9 if own else 1e-5
    fit = dynamic_gmm(unbalanced() if own else employment(), **options)
    told = GRETL[key]
    count = len(fit.terms)
    estimates, std_errors = (list(told[kind].values()) for kind in ("coef", "se"))
    np.testing.assert_allclose(fit.params, estimates[:count], rtol=0, atol=close)
    np.testing.assert_allclose(fit.std_errors, std_errors[:count], rtol=close)
    np.testing.assert_allclose(
        fit.period_effects["estimate"], estimates[count:], rtol=0, atol=close
    )
    np.testing.assert_allclose(
        fit.period_effects["std_error"], std_errors[count:], rtol=close
    )
    assert fit.ar(1).statistic == pytest.approx(told["AR1"], abs=close)
    assert fit.ar(2).statistic == pytest.approx(told["AR2"], abs=close)
    assert fit.wald().statistic == pytest.approx(told["wald"], rel=close)
    assert (fit.n_instruments, fit.nobs) == (told["ninst"], told["nobs"])
    assert fit.sargan.df == told["sargan_df"]
    if fit.steps == 2 and "hansen" in told:
        assert fit.hansen.statistic == pytest.approx(told["hansen"], rel=close)
        assert fit.hansen.df == told["hansen_df"]
    assert _gretls_sargan(fit) == pytest.approx(told["sargan"], rel=close)


def _gretls_sargan(fit: DynamicFit) -> float:
    """Return our Sargan by gretl's rules, which differ under --dpdstyle (h = 2)."""
    coefficients = len(fit.one.solution.estimates)
    if fit.h == 3:
        return fit.sargan.statistic * fit.nobs / (fit.nobs - coefficients)
    if fit.steps == 2:
        return fit.hansen.statistic
    levels = fit.equations.levels
    left = residuals(levels, fit.one.solution.estimates)
    variance = float((left**2).sum()) / 2 / (fit.nobs - coefficients)
    return fit.one.solution.criterion / variance


def test_gretls_asymptotic_one_step_is_ours_over_the_root_of_two() -> None:
    """dpanel --asymptotic on model (a): n(-1) .103702480606, AR(1) -5.645580611."""
    fit = dynamic_gmm(employment(), **MODEL_A, steps=1, cov="unadjusted")
    degrees = np.sqrt((611 - 16) / 611)
    std_error = fit.std_errors["lag(n, 1)"] * degrees / np.sqrt(2)
    assert std_error == pytest.approx(0.103702480606, rel=1e-5)


# ---------------------------------------------------------------------------
# pydynpd 0.2.2 (numpy 1.26) on dynamic_panel.csv: the only other program here that has
# orthogonal deviations.  y ~ lag(y, 1) + x, without time effects: coefficients, standard
# errors (Windmeijer's in two steps) and Hansen's statistic.

BOTH_LAGGED = {"gmm": {"y": (2, None), "x": (2, None)}, "iv": (), "system": True}
PYDYNPD: list[tuple[dict[str, Any], bool, list[float], list[float]]] = [
    (
        {"steps": 1},
        True,
        [0.4980205544725261, 0.3249922772118584],
        [0.05595500233827589, 0.031215807488835816],
    ),
    (
        {},
        True,
        [0.48141565023147953, 0.3207915629757793],
        [0.06079010173796078, 0.03366925319944022],
    ),
    (
        {"steps": 1},
        False,
        [0.3683230409285015, 0.28911133362764135],
        [0.0802102997524793, 0.036089243778048105],
    ),
    (
        {},
        False,
        [0.3239541624970405, 0.2924667129816156],
        [0.09545971814915788, 0.040974920289771864],
    ),
    (
        {**BOTH_LAGGED, "steps": 1},
        True,
        [0.5996359972821969, 0.2527341620955164, -0.1088534086341349],
        [0.04721231974615643, 0.06298065096713075, 0.06679906005165513],
    ),
]


@pytest.mark.parametrize(("options", "balanced", "estimates", "std_errors"), PYDYNPD)
def test_orthogonal_deviations_agree_with_pydynpd(
    options: dict[str, Any],
    balanced: bool,
    estimates: list[float],
    std_errors: list[float],
) -> None:
    data = unbalanced()
    if balanced:
        rows = pd.read_csv(REFERENCE / "dynamic_panel.csv")
        data = rows.set_index(["id", "year"])[["y", "x"]]
    fit = dynamic_gmm(data, **{**OURS, **NO_TIME, **options, "transform": "orthogonal"})
    np.testing.assert_allclose(fit.params, estimates, rtol=1e-10)
    np.testing.assert_allclose(fit.std_errors, std_errors, rtol=1e-10)
    if not fit.equations.system:
        hansen = 26.872480849178228 if balanced else 32.53149413842646
        assert fit.hansen.statistic == pytest.approx(hansen, rel=1e-10)
