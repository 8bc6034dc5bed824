"""Mean groups and common correlated effects against plm, a stored study and algebra."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge import datasets
from unigauge.errors import DataError, IdentificationError, InputError
from unigauge.estimation import MeanGroupFit, Panel, cce, mean_group

Panels = Callable[[str], pd.DataFrame]
HERE = Path(__file__).parents[1]
PLM: dict[str, list[float]] = json.loads(
    (HERE / "reference" / "plm_unit_roots.json").read_text(encoding="utf-8")
)
FIELDS: dict[str, Any] = json.loads(
    (HERE / "reference" / "unit_roots_fields.json").read_text(encoding="utf-8")
)
FORMULAS = {
    "grunfeld": "inv ~ value + capital",
    "unbalanced": "inv ~ value + capital",
    "produc": "log(gsp) ~ log(p_cap) + log(pc) + log(emp) + unemp",
}


def fitted(data: pd.DataFrame, key: str) -> MeanGroupFit:
    program, panel, model, trend = key.split(":")
    formula = FORMULAS[panel]
    if program == "pmg" and model != "cmg":
        demean = "time" if model == "dmg" else "none"
        return mean_group(data, formula, demean=demean, trend=trend == "TRUE")
    kind = "pooled" if model == "p" else "mean_group"
    return cce(data, formula, model=kind, trend=trend == "TRUE")


@pytest.mark.parametrize(
    "key", [k for k in PLM if k[:3] in ("pmg", "pcc") and "dyn" not in k]
)
def test_agrees_with_plm(key: str, panel_of: Panels) -> None:
    """plm's pcce solves normal equations in levels, which loses digits on Produc; its
    pmg with the same averages does not.  With unequal periods it counts each unit's
    trend from its own first year, which moves the constant, and weights the pooled
    variance with the shortest unit.
    """
    expected = np.array(PLM[key]).reshape(2, -1)
    fit = fitted(panel_of(key.split(":")[1]), key)
    estimates, spread = fit.params.to_numpy(), fit.std_errors.to_numpy()
    columns = slice(None)
    if key.startswith("pcce") and not fit.pooled:
        columns = slice(1, 1 + expected.shape[1])
    estimates, spread = estimates[columns], spread[columns]
    if key.startswith("pmg:unbalanced") and key.endswith("TRUE"):
        estimates, spread, expected = estimates[1:], spread[1:], expected[:, 1:]
    close = 1e-5 if key.startswith("pcce:produc") else 1e-9
    assert estimates == pytest.approx(expected[0], rel=close)
    if key.startswith("pcce:unbalanced:p"):
        shortest, rows = fit.unit_rows.min(), fit.unit_rows.sum()
        spread = spread * rows / (shortest * fit.n_entities)
    assert spread == pytest.approx(expected[1], rel=close)


def test_dynamic_regressions_agree_with_plm(panel_of: Panels) -> None:
    data = panel_of("grunfeld")
    formula = "inv ~ lag(inv) + value"
    mg = np.array(PLM["pmg:dynamic"]).reshape(2, -1)
    assert mean_group(data, formula).params.to_numpy() == pytest.approx(mg[0], rel=1e-9)
    averaged = np.array(PLM["pcce:dynamic"]).reshape(2, -1)
    fit = cce(data, formula)
    assert fit.params.to_numpy()[1:3] == pytest.approx(averaged[0], rel=1e-9)
    assert fit.std_errors.to_numpy()[1:3] == pytest.approx(averaged[1], rel=1e-9)


@pytest.mark.parametrize("key", FIELDS["ccemg_lag1"])
def test_fields_agree_with_the_stored_study(key: str) -> None:
    data = datasets.load("technology_fields")
    names = {"p": "patent_families", "s": "iso_standards"}
    frame = np.log1p(data[list(names.values())].astype(float))
    y, x = ("p", "s") if key == "std_to_inn" else ("s", "p")
    fit = cce(frame, f"{names[y]} ~ lag({names[y]}) + lag({names[x]})")
    expected = FIELDS["ccemg_lag1"][key]
    for term, name in ((f"lag({names[y]}, 1)", "y_lag"), (f"lag({names[x]}, 1)", "x_lag")):
        assert fit.params[term] == pytest.approx(expected[name], rel=1e-8)
        assert fit.std_errors[term] == pytest.approx(expected[f"se_{name}"], rel=1e-8)
    term = f"lag({names[x]}, 1)"
    assert fit.pvalues[term] == pytest.approx(expected["p_x"], rel=1e-8)
    assert fit.unit_params[term].median() == pytest.approx(expected["median_x"], rel=1e-8)
    assert fit.n_entities == expected["N"]


def random_panel(seed: int, holes: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([list("abcdef"), range(2000, 2025)])
    frame = pd.DataFrame(rng.normal(size=(150, 3)), index, ["y", "x", "z"])
    return frame[rng.random(150) >= holes]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), holes=st.floats(0, 0.2))
def test_each_unit_is_its_own_least_squares(seed: int, holes: float) -> None:
    data = random_panel(seed, holes)
    fit, beside = mean_group(data, "y ~ x + z"), cce(data, "y ~ x + z")
    means = data.groupby(level=1).mean()
    for unit, own in data.groupby(level=0):
        columns = [np.ones(len(own)), own["x"], own["z"]]
        plain = np.linalg.lstsq(np.column_stack(columns), own["y"], rcond=None)[0]
        assert fit.unit_params.loc[unit].to_numpy() == pytest.approx(plain, abs=1e-9)
        columns += list(means.loc[own.index.get_level_values(1)].to_numpy().T)
        full = np.linalg.lstsq(np.column_stack(columns), own["y"], rcond=None)[0]
        assert beside.unit_params.loc[unit].to_numpy() == pytest.approx(full, abs=1e-8)
        left = own["y"] - np.column_stack(columns) @ full
        assert beside.residuals.loc[unit].to_numpy() == pytest.approx(left, abs=1e-8)
    assert fit.params["x"] == pytest.approx(fit.unit_params["x"].mean())
    assert fit.std_errors["x"] == pytest.approx(fit.unit_params["x"].std() / np.sqrt(6))


def test_pooled_is_least_squares_beside_each_units_own_averages() -> None:
    data = random_panel(1)
    means = data.groupby(level=1).transform("mean")
    units = pd.get_dummies(data.index.get_level_values(0)).to_numpy(dtype=float)
    own = [units, *(units * means[[c]].to_numpy() for c in ("y", "x", "z"))]
    x = np.column_stack([data[["x", "z"]], *own])
    expected, *_ = np.linalg.lstsq(x, data["y"], rcond=None)
    fit = cce(data, "y ~ x + z", model="pooled")
    assert fit.params.to_numpy() == pytest.approx(expected[:2], rel=1e-9)
    left = data["y"].to_numpy() - x @ expected
    assert fit.residuals.to_numpy() == pytest.approx(left, abs=1e-9)


def test_lags_of_averages_are_those_of_the_variables() -> None:
    fit = cce(random_panel(2), "y ~ lag(y) + x", average_lags=2)
    averages = [term for term in fit.terms if term.startswith("mean(")]
    assert sorted(averages) == sorted(
        f"mean({name})"
        for name in ("y", "lag(y, 1)", "lag(y, 2)", "x", "lag(x, 1)", "lag(x, 2)")
    )
    assert set(fit.unit_rows) == {23}
    assert "lags 0 to 2" in str(fit)
    none = cce(random_panel(2), "y ~ lag(y) + x - 1")
    assert none.terms[0] == "lag(y, 1)"


def test_jackknife_joins_the_halves_of_each_unit() -> None:
    data = random_panel(3, holes=0.15)
    fit = mean_group(data, "y ~ lag(y) + x", jackknife=True)
    whole = mean_group(data, "y ~ lag(y) + x")
    rows = whole.residuals.index
    for unit in "abcdef":
        own = rows[rows.get_level_values(0) == unit]
        halves = []
        for half in (own[: len(own) // 2], own[len(own) // 2 :]):
            before = [data["y"][(unit, year - 1)] for _, year in half]
            columns = [np.ones(len(half)), before, data.loc[half, "x"]]
            x = np.column_stack(columns)
            halves.append(np.linalg.lstsq(x, data.loc[half, "y"], rcond=None)[0])
        expected = 2 * whole.unit_params.loc[unit] - sum(halves) / 2
        assert fit.unit_params.loc[unit].to_numpy() == pytest.approx(expected, abs=1e-9)
    assert fit.residuals.equals(whole.residuals)
    assert "half-panel jackknife" in str(fit)
    beside = cce(data, "y ~ x", jackknife=True)
    assert beside.params["x"] == pytest.approx(beside.unit_params["x"].mean())
    assert beside.params["x"] != cce(data, "y ~ x").params["x"]


def test_a_shared_shock_misleads_the_mean_group_only() -> None:
    rng = np.random.default_rng(0)
    units, periods = 25, 40
    shock = rng.normal(size=periods).cumsum()
    loads = rng.uniform(0.5, 1.5, size=(2, units, 1))
    x = loads[0] * shock + rng.normal(size=(units, periods))
    y = x + 2 * loads[1] * shock + rng.normal(size=(units, periods))
    index = pd.MultiIndex.from_product([range(units), range(periods)])
    data = pd.DataFrame({"x": x.ravel(), "y": y.ravel()}, index=index)
    assert mean_group(data, "y ~ x").params["x"] > 1.5
    for model in ("mean_group", "pooled"):
        assert cce(data, "y ~ x", model=model).params["x"] == pytest.approx(1, abs=0.12)


def test_result_is_like_a_fit(panel_of: Panels) -> None:
    data = Panel.from_frame(panel_of("grunfeld"))
    for fit in (mean_group(data, "inv ~ value"), cce(data, "inv ~ value", model="pooled")):
        assert max(map(len, str(fit).splitlines())) <= 79
        assert list(fit.to_frame().columns) == [
            "term",
            "estimate",
            "std_error",
            "statistic",
            "p_value",
            "conf_low",
            "conf_high",
        ]
        assert fit.nobs == 200
        assert len(fit.residuals) == 200
        assert fit.record()["estimate[value]"] == fit.params["value"]
        variance = fit.covariance.loc["value", "value"]
        assert variance == pytest.approx(fit.std_errors["value"] ** 2)
        assert len(fit.plot_data()) == 10 * len(fit.terms)
        assert fit.plot().get_title().endswith("inv ~ value")
        assert not fit.estimates.flags.writeable


def test_bad_input(panel_of: Panels) -> None:
    data = panel_of("grunfeld")
    with pytest.raises(InputError, match=r"has the fixed effects firm, year"):
        mean_group(data, "inv ~ value | entity + time")
    with pytest.raises(InputError, match="model is 'pool'"):
        cce(data, "inv ~ value", model="pool")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"jackknife is True and model is 'pooled'"):
        cce(data, "inv ~ value", model="pooled", jackknife=True)
    with pytest.raises(DataError, match=r"in each half of the rows\)' has 9 coefficients"):
        cce(data, "inv ~ lag(inv) + value", average_lags=2, jackknife=True)
    with pytest.raises(InputError, match="average_lags is -1"):
        cce(data, "inv ~ value", average_lags=-1)
    with pytest.raises(InputError, match="trend is 'yes'"):
        mean_group(data, "inv ~ value", trend="yes")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"needs at least T = 14 usable rows; 'IBM' has 8"):
        late = data.index.get_level_values(1) >= 1945
        firm = data.index.get_level_values(0) == "IBM"
        cce(data[~firm | late], "inv ~ value + capital", average_lags=2, trend=True)
    with pytest.raises(DataError, match="rows in one unit only"):
        mean_group(data.loc[["IBM"]], "inv ~ value")
    with pytest.raises(IdentificationError, match=r"price cannot be told .* 10 units"):
        year = data.index.get_level_values(1)
        cce(data.assign(price=np.sin(year)), "inv ~ value + price")


@pytest.mark.slow
def test_bias_and_coverage_are_those_of_the_page() -> None:
    """A smaller run of docs/monte_carlo/common_correlated_effects.py."""
    path = HERE.parent / "docs" / "monte_carlo" / "common_correlated_effects.py"
    study = runpy.run_path(str(path))
    replications = 60
    found = study["accuracy"](replications, seed=1)
    stored = pd.read_csv(path.with_suffix(".csv"))
    keys = ["design", "N", "T", "estimator", "term"]
    both = found.merge(stored, on=keys, suffixes=("", "_stored"))
    assert len(both) == len(stored)
    error = both["std_dev_stored"] / np.sqrt(replications)
    assert ((both["bias"] - both["bias_stored"]).abs() < 4.5 * error).all()
    p = both["coverage_95_stored"].clip(0.02, 0.98)
    bound = 4.5 * np.sqrt(p * (1 - p) / replications)
    assert ((both["coverage_95"] - both["coverage_95_stored"]).abs() < bound).all()
