"""Panel unit-root tests against plm, a stored study, and plain loops."""

from __future__ import annotations

import json
import runpy
import warnings
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
from unigauge.estimation import Panel, unit_root
from unigauge.estimation.unit_roots.dickey_fuller_law import dickey_fuller_score
from unigauge.estimation.unit_roots.printed_moments import ips_moments, llc_moments
from unigauge.estimation.unit_roots.regressions import (
    dickey_fuller_t,
    null_distribution,
    select_lags,
)

Panels = Callable[[str], pd.DataFrame]
HERE = Path(__file__).parents[1]
PLM: dict[str, list[float]] = json.loads(
    (HERE / "reference" / "plm_unit_roots.json").read_text(encoding="utf-8")
)
FIELDS: dict[str, Any] = json.loads(
    (HERE / "reference" / "unit_roots_fields.json").read_text(encoding="utf-8")
)
OURS = {
    "levinlin": ("llc", "t_star"),
    "Wtbar": ("ips", "w_tbar"),
    "Ztbar": ("ips", "z_tbar"),
    "tbar": ("ips", "tbar"),
    "madwu": ("fisher", "p"),
    "Pm": ("fisher", "p_m"),
    "invnormal": ("fisher", "z"),
    "logit": ("fisher", "l_star"),
    "hadri": ("hadri", "z_mu"),
    "hadri_homoskedastic": ("hadri", "z_mu_homoskedastic"),
    "cips": ("cips", "cips"),
    "cips_truncated": ("cips", "cips_truncated"),
}


def frame_of(values: np.ndarray) -> pd.DataFrame:
    units, periods = values.shape
    index = pd.MultiIndex.from_product([range(units), range(2000, 2000 + periods)])
    return pd.DataFrame({"y": values.ravel()}, index=index)


@pytest.mark.parametrize("panel", ["grunfeld", "unbalanced", "produc"])
@pytest.mark.parametrize("name", OURS)
def test_agrees_with_plm(panel: str, name: str, panel_of: Panels) -> None:
    """Fisher to 1e-7: urca's p-values carry rounding of that size."""
    cases = [key for key in PLM if key.startswith(panel) and key.endswith(f":{name}")]
    if panel == "unbalanced" and OURS[name][0] in ("llc", "cips", "hadri"):
        cases = []
    elif panel != "unbalanced" or name != "tbar":
        assert cases
    test, statistic = OURS[name]
    data = panel_of(panel)
    if panel == "produc":
        data = data.assign(gsp=np.log(data["gsp"]))
    for key in cases:
        _, variable, trend, lags, _ = key.split(":")
        found = unit_root(
            data,
            variable,
            test,
            lags=int(lags),
            trend=trend,
            statistic=statistic,
            compat="plm",
            draws=100,
        )
        value, *p_value = PLM[key]
        close = 1e-7 if test == "fisher" else 1e-10
        assert found.statistic == pytest.approx(value, rel=close, abs=close), key
        if p_value:
            assert found.p_value == pytest.approx(p_value[0], abs=2e-8), key


@pytest.mark.parametrize("key", FIELDS["unit_root"])
def test_fields_agree_with_the_stored_study(key: str) -> None:
    data = datasets.load("technology_fields")
    expected = FIELDS["unit_root"][key]
    column = "patent_families" if key.startswith("p_") else "iso_standards"
    frame = np.log1p(data[[column]].astype(float))
    options = {
        "lags": expected["lags"],
        "trend": "trend" if expected["trend"] else "intercept",
        "seed": 3,
    }
    cips = unit_root(frame, column, "cips", **options)
    assert cips.statistic == pytest.approx(expected["CIPS"], rel=1e-8)
    assert cips.statistics["cips"].value == pytest.approx(
        expected["CIPS_untruncated"], rel=1e-8
    )
    assert cips.p_value == pytest.approx(expected["CIPS_p_sim"], abs=1e-9)
    assert list(cips.critical_values.values()) == pytest.approx(
        expected["CIPS_cv_1_5_10"], rel=1e-8
    )
    tbar = unit_root(frame, column, "ips", statistic="tbar", **options)
    assert tbar.statistic == pytest.approx(expected["IPS_tbar"], rel=1e-8)
    assert tbar.p_value == pytest.approx(expected["IPS_tbar_p_sim"], abs=1e-9)
    demeaned = unit_root(frame, column, "ips", demean="time", **options)
    assert demeaned.statistics["tbar"].value == pytest.approx(
        FIELDS["IPS_demeaned"][f"{key}_demeaned"]["IPS_tbar"], rel=1e-8
    )


@pytest.mark.parametrize("trend", ["none", "intercept", "trend"])
@pytest.mark.parametrize("lags", [0, 2])
def test_unit_t_is_that_of_statsmodels(trend: str, lags: int) -> None:
    from statsmodels.tsa.stattools import adfuller

    values = np.random.default_rng(0).normal(size=(4, 30)).cumsum(axis=1)
    found = unit_root(frame_of(values), "y", "fisher", lags=lags, trend=trend)
    kind = {"none": "n", "intercept": "c", "trend": "ct"}[trend]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        expected = [adfuller(row, lags, kind, autolag=None)[0] for row in values]
    assert found.unit_t == pytest.approx(expected, rel=1e-9)


def test_lags_by_criterion_minimise_it_on_common_rows() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(6, 40)).cumsum(axis=1)
    values[:, 1:] += 0.6 * np.diff(values, axis=1)
    most = 4
    for criterion, weight in (("aic", 2.0), ("bic", np.log(40 - 1 - most))):
        chosen = []
        for row in values:
            change = np.diff(row)
            scores = []
            for lag in range(most + 1):
                columns = [np.ones(35), row[most:-1]]
                columns += [change[most - k : -k] for k in range(1, lag + 1)]
                x, y = np.column_stack(columns), change[most:]
                left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
                scores.append(np.log(left @ left / 35) + weight * x.shape[1] / 35)
            chosen.append(int(np.argmin(scores)))
        assert list(select_lags(values, "intercept", criterion, most)) == chosen
        found = unit_root(frame_of(values), "y", lags=criterion, max_lags=most)
        assert list(found.lags) == chosen


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    order=st.permutations(range(5)),
    test=st.sampled_from(["ips", "llc", "fisher", "hadri", "cips"]),
    trend=st.sampled_from(["intercept", "trend"]),
)
def test_labels_levels_and_scales_do_not_matter(
    seed: int, order: list[int], test: str, trend: str
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(5, 26)).cumsum(axis=1)
    scale = 3.0 if test == "cips" else rng.uniform(0.1, 10, size=(5, 1))
    other = (values * scale + 7)[order]
    one, two = (
        unit_root(frame_of(v), "y", test, trend=trend, draws=100) for v in (values, other)
    )
    assert two.statistic == pytest.approx(one.statistic, rel=1e-6, abs=1e-6)


def test_moments_are_those_of_simulated_random_walks() -> None:
    """Some cells of the printed tables, drawn again with their own standard error."""
    rng = np.random.default_rng(5)
    draws = 20_000
    for rows, lags, trend in ((10, 0, "intercept"), (25, 2, "intercept"), (25, 1, "trend")):
        walks = rng.normal(size=(draws, rows + 1 + lags)).cumsum(axis=1)
        t = dickey_fuller_t(walks, np.full(draws, lags), trend)
        mean, variance = ips_moments(np.array([rows]), np.array([lags]), trend)
        assert t.mean() == pytest.approx(mean[0], abs=0.03)
        assert t.var() == pytest.approx(variance[0], rel=0.06)
    assert llc_moments(25, "none").mean == pytest.approx(0.004)
    assert np.isnan(ips_moments(np.array([9, 20]), np.array([0, 9]), "trend").mean).all()


def test_law_of_the_t_ratio_rises_and_matches_a_simulation() -> None:
    from scipy.special import ndtr

    grid = np.linspace(-9, 9, 400)
    for trend, five_percent in (("none", -1.941), ("intercept", -2.862), ("trend", -3.410)):
        score = dickey_fuller_score(grid, trend)
        assert (np.diff(score) > -1e-4).all()
        p = float(ndtr(dickey_fuller_score(five_percent, trend)))
        assert p == pytest.approx(0.05, abs=2e-4)
    walks = np.random.default_rng(0).normal(size=(2000, 200)).cumsum(axis=1)
    t = dickey_fuller_t(walks, np.zeros(2000, dtype=int), "intercept")
    share = (ndtr(dickey_fuller_score(t, "intercept")) < 0.1).mean()
    assert abs(share - 0.1) < 4 * np.sqrt(0.09 / 2000)


def test_simulated_laws_follow_seed_lags_and_the_gaps_at_the_ends() -> None:
    seen = np.ones((4, 20), dtype=bool)
    lags = np.ones(4, dtype=int)
    one = null_distribution("tbar", seen, lags, "intercept", 200, 1)
    assert null_distribution("tbar", seen, lags, "intercept", 200, 1) is one
    assert not one.flags.writeable
    assert not np.array_equal(
        one, null_distribution("tbar", seen, lags, "intercept", 200, 2)
    )
    seen[0, :5] = False
    assert not np.array_equal(
        one, null_distribution("tbar", seen, lags, "intercept", 200, 1)
    )
    values = np.random.default_rng(0).normal(size=(4, 20)).cumsum(axis=1)
    values[0, :5] = np.nan
    found = unit_root(frame_of(values).dropna(), "y", statistic="tbar", draws=200)
    assert 0 < found.p_value < 1
    assert list(found.unit_periods) == [15, 20, 20, 20]


def test_dividing_by_rows_can_flip_the_verdict(panel_of: Panels) -> None:
    data = panel_of("grunfeld")
    plain = unit_root(data, "inv", lags=2, trend="trend")
    plm = unit_root(data, "inv", lags=2, trend="trend", compat="plm")
    assert plm.p_value < 0.05 < plain.p_value
    assert "divided by the number of rows" in " ".join(str(plm).split())


def test_result_prints_plots_and_records(panel_of: Panels) -> None:
    data = panel_of("grunfeld")
    for test in ("ips", "fisher", "cips", "hadri"):
        found = unit_root(Panel.from_frame(data), "inv", test, draws=200)
        assert max(map(len, str(found).splitlines())) <= 79
        frame = found.to_frame().set_index("statistic")
        assert frame.loc[found.name, "value"] == found.statistic
        assert found.record()["p_value"] == found.p_value
        assert len(found.plot_data()) == 10
        assert found.plot().get_title().startswith("inv: ")
        assert found.nobs == 200
        assert not found.unit_t.flags.writeable
        assert bool(found.critical_values) == (test == "cips")


def test_short_series_name_the_unit_and_the_periods_needed(panel_of: Panels) -> None:
    data = panel_of("unbalanced")
    short = data[
        ~(
            (data.index.get_level_values(0) == "IBM")
            & (data.index.get_level_values(1) > 1940)
        )
    ]
    with pytest.raises(DataError, match=r"at least T = 9 periods .*'IBM' has 6 of 9"):
        unit_root(short, "inv", lags=2, trend="trend")
    with pytest.raises(DataError, match=r"begin at 10 rows.*statistic='tbar'"):
        unit_root(short, "inv", lags=1)
    values = np.random.default_rng(0).normal(size=(5, 9)).cumsum(axis=1)
    with pytest.raises(DataError, match=r"cips test needs at least T = 10"):
        unit_root(frame_of(values), "y", "cips", lags=1, trend="trend")


def test_gaps_and_unequal_periods_are_refused_where_they_matter(panel_of: Panels) -> None:
    data = panel_of("grunfeld")
    with pytest.raises(
        DataError, match=r"without gaps; 'inv' has gaps in 1 unit, first 'IBM'"
    ):
        unit_root(data.drop(("IBM", 1940)), "inv")
    for test in ("llc", "cips", "hadri"):
        with pytest.raises(
            DataError, match=r"same periods in every unit; 'Chrysler' lacks"
        ):
            unit_root(panel_of("unbalanced"), "inv", test)
    with pytest.raises(DataError, match="one unit, 'IBM'"):
        unit_root(data.loc[["IBM"]], "inv")


def test_bad_input(panel_of: Panels) -> None:
    data = panel_of("grunfeld")
    with pytest.raises(InputError, match="Did you mean 'cips'"):
        unit_root(data, "inv", "cisp")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="statistic is 'cips'; choose one of 'w_tbar'"):
        unit_root(data, "inv", statistic="cips")
    with pytest.raises(InputError, match="averages that the test adds are zero"):
        unit_root(data, "inv", "cips", demean="time")
    with pytest.raises(InputError, match="no moments without a constant"):
        unit_root(data, "inv", trend="none")
    with pytest.raises(InputError, match="lags is -1"):
        unit_root(data, "inv", lags=-1)
    with pytest.raises(InputError, match="share the averages of the same lags"):
        unit_root(data, "inv", "cips", lags="aic")
    with pytest.raises(InputError, match="draws is 10"):
        unit_root(data, "inv", "cips", draws=10)
    with pytest.raises(InputError, match="not numeric"):
        unit_root(data.assign(name="x"), "name")
    constant = data.assign(
        inv=data["inv"].where(data.index.get_level_values(0) != "IBM", 1)
    )
    with pytest.raises(IdentificationError, match=r"does not vary in 1 unit: 'IBM'"):
        unit_root(constant, "inv")
    straight = data.assign(inv=data.index.get_level_values(1).astype(float))
    with pytest.raises(IdentificationError, match=r"cannot be told from the other"):
        unit_root(straight, "inv", trend="trend", lags=0)


@pytest.mark.slow
def test_size_and_power_are_those_of_the_page() -> None:
    """A smaller run of docs/monte_carlo/unit_roots.py; bounds from the binomial error."""
    path = HERE.parent / "docs" / "monte_carlo" / "unit_roots.py"
    study = runpy.run_path(str(path))
    replications = 50
    found = study["rejections"](replications, seed=1)
    stored = pd.read_csv(path.with_suffix(".csv"))
    keys = ["design", "N", "T", "test"]
    both = found.merge(stored, on=keys, suffixes=("", "_stored"))
    assert len(both) == len(stored)
    p = both["rejections_stored"].clip(0.02, 0.98)
    bound = 4.5 * np.sqrt(p * (1 - p) / replications)
    assert ((both["rejections"] - both["rejections_stored"]).abs() < bound).all()
