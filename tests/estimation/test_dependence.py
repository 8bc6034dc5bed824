"""Pesaran's test of cross-section dependence."""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from unigauge import datasets
from unigauge.errors import DataError, DroppedRowsWarning, InputError
from unigauge.estimation import Panel, cross_section_dependence

REFERENCE = Path(__file__).parents[1] / "reference"


def reference(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((REFERENCE / name).read_text(encoding="utf-8"))
    return loaded


PLM = reference("dependence_grunfeld.json")["pcdtest"]
FIELDS = reference("granger_fields.json")["CD"]
LM = {k: v for k, v in reference("plm_unit_roots.json").items() if k.startswith("pcdtest")}


@cache
def grunfeld() -> pd.DataFrame:
    from statsmodels.datasets import grunfeld

    data = grunfeld.load_pandas().data.rename(columns={"invest": "inv"})
    data = data[data["firm"] != "American Steel"].astype({"year": int})
    return data.sort_values(["firm", "year"]).set_index(["firm", "year"])


def residuals_of(specification: str) -> pd.Series:
    """Residuals of inv on value and capital, by dummies and least squares."""
    data = grunfeld()
    slopes = data[["value", "capital"]].to_numpy()
    firms, years = (
        pd.get_dummies(data.index.get_level_values(level)).to_numpy(dtype=float)
        for level in (0, 1)
    )
    design = {
        "pooling_resid": np.column_stack([np.ones(len(data)), slopes]),
        "fe_resid": np.column_stack([firms, slopes]),
        "fe_twoways_resid": np.column_stack([firms, years, slopes]),
        "hetero_formula": np.column_stack(
            [firms, *(firms * slope[:, None] for slope in slopes.T)]
        ),
    }[specification]
    outcome = data["inv"].to_numpy()
    fitted = design @ np.linalg.lstsq(design, outcome, rcond=None)[0]
    return pd.Series(outcome - fitted, index=data.index)


def frame_of(values: np.ndarray) -> pd.DataFrame:
    units, years = values.shape
    index = pd.MultiIndex.from_product([range(units), range(2000, 2000 + years)])
    return pd.DataFrame({"y": values.ravel()}, index=index)


def by_loop(values: np.ndarray) -> tuple[float, list[float]]:
    """CD and the correlations used, pair by pair."""
    total, correlations = 0.0, []
    for i in range(len(values)):
        for j in range(i + 1, len(values)):
            both = ~np.isnan(values[i]) & ~np.isnan(values[j])
            a, b = values[i, both], values[j, both]
            if both.sum() < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
                continue
            correlations.append(float(np.corrcoef(a, b)[0, 1]))
            total += np.sqrt(both.sum()) * correlations[-1]
    return total / np.sqrt(len(correlations)), correlations


@pytest.mark.parametrize("key", PLM)
def test_agrees_with_plm(key: str) -> None:
    expected = PLM[key]
    variable = "inv" if key == "series_inv" else residuals_of(key)
    test = cross_section_dependence(grunfeld(), variable)
    assert test.statistic == pytest.approx(expected["statistic"], rel=1e-8)
    assert test.p_value == pytest.approx(expected["p"], rel=1e-6)
    assert test.mean_correlation == pytest.approx(expected["mean_correlation"], rel=1e-8)
    if "mean_abs_correlation" in expected:
        assert test.mean_abs_correlation == pytest.approx(
            expected["mean_abs_correlation"], rel=1e-8
        )
    assert test.pairs == 45


@pytest.mark.parametrize("key", LM)
def test_lagrange_multipliers_agree_with_plm(key: str) -> None:
    _, source, name = key.split(":")
    variable = {"within": "fe_resid", "twoways": "fe_twoways_resid"}.get(source)
    tested = residuals_of(variable) if variable else "value"
    ours = {"lm": "lm", "sclm": "scaled_lm", "bcsclm": "bias_corrected_lm"}[name]
    row = cross_section_dependence(grunfeld(), tested).lagrange_multipliers.loc[ours]
    assert row["statistic"] == pytest.approx(LM[key][0], rel=1e-9)
    assert row["p_value"] == pytest.approx(LM[key][1], rel=1e-8)
    assert row["df"] == 45 if name == "lm" else np.isnan(row["df"])


def test_exponent_tells_how_many_units_a_shock_reaches() -> None:
    rng = np.random.default_rng(0)
    shock, own = rng.normal(size=150), rng.normal(size=(80, 150))
    for exponent in (0.75, 0.9, 1.0):
        loads = np.zeros((80, 1))
        loads[: round(80**exponent)] = rng.uniform(0.5, 1.5, (round(80**exponent), 1))
        test = cross_section_dependence(frame_of(own + loads * shock), "y")
        assert test.exponent == pytest.approx(exponent, abs=0.03)
        assert test.exponent_correlations == pytest.approx(exponent, abs=0.03)
    assert "from averages" in str(test)
    gone = own.copy()
    gone[3, 5] = np.nan
    for frame, demean in ((frame_of(gone), "none"), (frame_of(own), "time")):
        assert np.isnan(cross_section_dependence(frame, "y", demean=demean).exponent)


@pytest.mark.parametrize("key", FIELDS)
def test_fields_agree_with_the_stored_study(key: str) -> None:
    data = datasets.load("technology_fields")
    column = "patent_families" if key.startswith("p_") else "iso_standards"
    frame = np.log1p(data[[column]].astype(float))
    test = cross_section_dependence(
        frame,
        column,
        demean="time" if "demeaned" in key else "none",
        difference="growth" in key,
    )
    expected = FIELDS[key]
    assert test.statistic == pytest.approx(expected["CD"], rel=1e-7)
    assert test.p_value_normal == pytest.approx(expected["p"], rel=1e-7)
    assert test.p_value == pytest.approx(
        np.nan if "demeaned" in key else expected["p"], rel=1e-7, nan_ok=True
    )
    assert test.mean_abs_correlation == pytest.approx(expected["mean_abs_rho"], rel=1e-7)
    assert test.pairs == expected["pairs"]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    holes=st.floats(0, 0.7),
    level=st.sampled_from([0.0, 1e6]),
)
def test_unbalanced_panels_use_common_periods(
    seed: int, holes: float, level: float
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(7, 9))
    values[rng.random(values.shape) < holes] = np.nan
    values[2, :5] = 1.5  # does not vary over some of the common periods
    expected, correlations = by_loop(values)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        test = cross_section_dependence(frame_of(values + level), "y")
    assert test.statistic == pytest.approx(expected, rel=1e-7, abs=1e-7)
    assert test.pairs == len(correlations)
    assert test.pairs_left_out == 21 - len(correlations)
    assert test.plot_data()["correlation"].to_numpy() == pytest.approx(
        correlations, rel=1e-6, abs=1e-7
    )
    assert len(caught) == (len(correlations) < 21)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(range(6)))
def test_labels_levels_and_scales_do_not_matter(seed: int, order: list[int]) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(6, 12))
    other = (values * rng.uniform(0.1, 10, (6, 1)) + 5 * rng.normal(size=(6, 1)))[order]
    one, two = (cross_section_dependence(frame_of(v), "y") for v in (values, other))
    assert two.statistic == pytest.approx(one.statistic, rel=1e-9, abs=1e-9)
    assert two.mean_abs_correlation == pytest.approx(one.mean_abs_correlation, rel=1e-9)


def test_differences_follow_the_calendar_and_precede_demeaning() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(5, 15)).cumsum(axis=1)
    values[1, 6] = np.nan
    changes = np.diff(values, axis=1)
    demeaned = changes - np.nanmean(changes, axis=0)
    data = frame_of(values)
    plain = cross_section_dependence(data, "y", difference=True)
    assert plain.statistic == pytest.approx(by_loop(changes)[0], rel=1e-9)
    both = cross_section_dependence(data.dropna(), "y", difference=True, demean="time")
    assert both.statistic == pytest.approx(by_loop(demeaned)[0], rel=1e-9)


def test_size_and_power() -> None:
    p_values: dict[float, list[float]] = {0.0: [], 0.5: []}
    for world in range(300):
        rng = np.random.default_rng(world)
        own, shared = rng.normal(size=(20, 25)), rng.normal(size=25)
        for strength, found in p_values.items():
            test = cross_section_dependence(frame_of(own + strength * shared), "y")
            found.append(test.p_value)
    assert 0.02 <= np.mean(np.array(p_values[0.0]) < 0.05) <= 0.09
    assert np.mean(np.array(p_values[0.5]) < 0.05) > 0.95


def test_statistic_of_time_demeaned_noise_is_not_standard_normal() -> None:
    """Why the note warns: the spread is far from one, the centre below zero."""
    statistics = np.array(
        [
            cross_section_dependence(
                frame_of(np.random.default_rng(world).normal(size=(20, 25))),
                "y",
                demean="time",
            ).statistic
            for world in range(100)
        ]
    )
    assert statistics.std() < 0.5
    assert stats.ttest_1samp(statistics, 0.0).pvalue < 1e-6


def test_result_says_what_the_p_value_is_worth() -> None:
    data = grunfeld()
    plain = cross_section_dependence(data, "inv")
    demeaned = cross_section_dependence(data, "inv", demean="time")
    assert "residuals of a regression with period effects" in str(plain)
    assert "there is no p_value" in " ".join(str(demeaned).split())
    assert np.isnan(demeaned.record()["p_value"])
    for test in (plain, demeaned):
        assert max(map(len, str(test).splitlines())) <= 79
        assert "<table" in test._repr_html_()
    (row,) = plain.to_frame().to_dict("records")
    assert row == {"variable": "inv", **plain.record()}
    assert plain.record()["pairs"] == 45
    assert not plain.correlations.flags.writeable
    axes = plain.plot()
    assert sum(bar.get_height() for bar in axes.patches) == 45
    assert axes.get_title() == f"inv: CD = {plain.statistic:.2f}"


def test_panel_and_named_residuals() -> None:
    data = grunfeld()
    panel = Panel.from_frame(data)
    residuals = residuals_of("fe_resid").rename("within residuals")
    for frame in (data, panel):
        test = cross_section_dependence(frame, residuals)
        assert test.variable == "within residuals"
        assert test.statistic == pytest.approx(PLM["fe_resid"]["statistic"], rel=1e-8)
    with pytest.warns(DroppedRowsWarning, match="9 of 45 pairs"):
        part = cross_section_dependence(data, residuals.drop("IBM", level=0).iloc[::-1])
    without = data.drop("IBM", level=0)
    whole = cross_section_dependence(without, residuals.drop("IBM", level=0))
    assert part.statistic == pytest.approx(whole.statistic, rel=1e-12)
    assert part.pairs_left_out == 9


def test_pairs_without_common_periods_are_counted() -> None:
    values = np.random.default_rng(0).normal(size=(4, 10))
    values[0, 5:] = np.nan
    values[1, :4] = np.nan
    values[3] = 2.0
    with pytest.warns(DroppedRowsWarning, match="4 of 6 pairs of units were left out"):
        test = cross_section_dependence(frame_of(values), "y")
    assert test.pairs == 2
    assert np.isnan(test.correlations[0, 1])


def test_nothing_to_compare() -> None:
    with pytest.raises(DataError, match="none of the 3 pairs of units can be compared"):
        cross_section_dependence(frame_of(np.ones((3, 8))), "y")
    with pytest.raises(DataError, match="none of the 0 pairs"):
        cross_section_dependence(frame_of(np.arange(8.0)[None]), "y")
    common = np.tile(np.random.default_rng(0).normal(1000, 300, 8), (4, 1))
    with pytest.raises(DataError, match="none of the 6 pairs"):
        cross_section_dependence(frame_of(common), "y", demean="time")


def test_bad_input() -> None:
    data = grunfeld()
    with pytest.raises(InputError, match="Did you mean 'capital'"):
        cross_section_dependence(data, "capitol")
    with pytest.raises(InputError, match="demean is 'both'"):
        cross_section_dependence(data, "inv", demean="both")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="difference is 'yes'"):
        cross_section_dependence(data, "inv", difference="yes")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="variable is a ndarray; name a column"):
        cross_section_dependence(data, np.ones(200))  # type: ignore[arg-type]
    strangers = pd.Series(1.0, index=pd.MultiIndex.from_tuples([("Ford", 1950)]))
    with pytest.raises(InputError, match="1 of 1 index entries are not in the frame"):
        cross_section_dependence(data, strangers)
    residuals = residuals_of("fe_resid")
    with pytest.raises(InputError, match="3 are repeated"):
        cross_section_dependence(data, pd.concat([residuals, residuals.iloc[:3]]))
    with pytest.raises(InputError, match="infinite"):
        cross_section_dependence(data, residuals.replace(residuals.iloc[0], np.inf))
