"""The panel tests of Granger non-causality."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes

from unigauge import datasets
from unigauge.errors import DataError, DroppedRowsWarning, IdentificationError, InputError
from unigauge.estimation import (
    GrangerTest,
    Panel,
    dumitrescu_hurlin,
    juodis_karavias_sarafidis,
)
from unigauge.estimation.granger.unit_regressions import null_draws, unit_wald

REFERENCE = Path(__file__).parents[1] / "reference"
BOTH = (dumitrescu_hurlin, juodis_karavias_sarafidis)


def reference(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((REFERENCE / name).read_text(encoding="utf-8"))
    return loaded


GRUNFELD = reference("granger_grunfeld.json")
FIELDS = reference("granger_fields.json")["granger"]


@cache
def grunfeld() -> pd.DataFrame:
    from statsmodels.datasets import grunfeld

    data = grunfeld.load_pandas().data.rename(columns={"invest": "inv"})
    data = data[data["firm"] != "American Steel"].astype({"year": int})
    return data.sort_values(["firm", "year"]).set_index(["firm", "year"])


@cache
def fields() -> pd.DataFrame:
    data = datasets.load("technology_fields")
    logs = np.log1p(data[["patent_families", "iso_standards"]].to_numpy(dtype=float))
    return pd.DataFrame(logs, index=data.index, columns=["p", "s"])


def autoregressions(
    rng: np.random.Generator, units: int, years: int, own: float, common: float = 0.0
) -> np.ndarray:
    """Independent first-order autoregressions with, perhaps, a common shock."""
    values = rng.normal(size=(units, years + 30)) + common * rng.normal(size=years + 30)
    for t in range(1, years + 30):
        values[:, t] += own * values[:, t - 1]
    return values[:, 30:]


def frame_of(effect: np.ndarray, cause: np.ndarray) -> pd.DataFrame:
    units, years = effect.shape
    index = pd.MultiIndex.from_product(
        [[f"u{i:03d}" for i in range(units)], range(2000, 2000 + years)],
        names=["unit", "year"],
    )
    return pd.DataFrame({"y": effect.ravel(), "x": cause.ravel()}, index=index)


def noise(seed: int = 0, units: int = 6, years: int = 20) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return frame_of(rng.normal(size=(units, years)), rng.normal(size=(units, years)))


def wald_by_loop(frame: pd.DataFrame, lags: int) -> dict[str, tuple[float, int]]:
    """Wald statistic and rows of each unit, by calendar merges and least squares."""
    answer = {}
    for unit, rows in frame.groupby(level=0):
        series = rows.droplevel(0)
        table = pd.DataFrame({"y": series["y"], "constant": 1.0})
        for name in ("y", "x"):
            for k in range(1, lags + 1):
                shifted = series[name].copy()
                shifted.index = shifted.index + k
                table[f"{name}{k}"] = shifted
        table = table.dropna()
        outcome, design = table["y"].to_numpy(), table.drop(columns="y").to_numpy()
        beta = np.linalg.lstsq(design, outcome, rcond=None)[0]
        s2 = ((outcome - design @ beta) ** 2).sum() / (len(outcome) - 2 * lags - 1)
        covariance = s2 * np.linalg.inv(design.T @ design)
        tested = slice(1 + lags, None)
        wald = beta[tested] @ np.linalg.solve(covariance[tested, tested], beta[tested])
        answer[str(unit)] = (float(wald), len(outcome))
    return answer


def half_panel_by_loop(frame: pd.DataFrame, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Jackknifed coefficients and clustered covariance by dummies and least squares."""
    units = frame.index.get_level_values(0).unique()
    y = frame["y"].to_numpy().reshape(len(units), -1)
    x = frame["x"].to_numpy().reshape(len(units), -1)
    years = y.shape[1] - lags

    def fit(rows: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        own = 1 + lags
        design = np.zeros((len(units) * len(rows), len(units) * own + lags))
        outcome = np.zeros(len(design))
        for i in range(len(units)):
            for j, t in enumerate(rows):
                row = i * len(rows) + j
                outcome[row] = y[i, t]
                design[row, i * own] = 1.0
                for k in range(1, lags + 1):
                    design[row, i * own + k] = y[i, t - k]
                    design[row, len(units) * own + k - 1] = x[i, t - k]
        nuisance = design[:, : len(units) * own]
        causes = design[:, len(units) * own :]
        causes = causes - nuisance @ np.linalg.lstsq(nuisance, causes, rcond=None)[0]
        outcome = outcome - nuisance @ np.linalg.lstsq(nuisance, outcome, rcond=None)[0]
        return np.linalg.lstsq(causes, outcome, rcond=None)[0], causes, outcome

    rows = list(range(lags, lags + years))
    half = years // 2
    b, causes, outcome = fit(rows)
    jackknife = 2 * b - (fit(rows[:half])[0] + fit(rows[half:])[0]) / 2
    residual = outcome - causes @ b
    meat = np.zeros((lags, lags))
    for i in range(len(units)):
        block = slice(i * years, (i + 1) * years)
        score = causes[block].T @ residual[block]
        meat += np.outer(score, score)
    inverse = np.linalg.inv(causes.T @ causes)
    degrees = len(units) * (years - 1 - lags) - lags
    return jackknife, len(units) * years / degrees * inverse @ meat @ inverse


# ---------------------------------------------------------------------------
# Other programs


@pytest.mark.parametrize("key", GRUNFELD["plm"])
def test_dumitrescu_hurlin_agrees_with_plm(key: str) -> None:
    names, lags = key.rsplit("_", 1)
    effect, cause = names.split("~")
    expected = GRUNFELD["plm"][key]
    test = dumitrescu_hurlin(grunfeld(), effect, cause, lags=int(lags))
    assert test.w_bar == pytest.approx(expected["w_bar"], rel=1e-8)
    assert test.z_bar == pytest.approx(expected["z_bar"], rel=1e-8)
    assert test.z_bar_tilde == pytest.approx(expected["z_bar_tilde"], rel=1e-8)
    assert test.p_value_z_bar == pytest.approx(expected["p_z_bar"], rel=1e-7)
    assert test.p_value == pytest.approx(expected["p_z_bar_tilde"], rel=1e-7)
    by_firm = dict(zip(test.entities, test.unit_wald, strict=True))
    ours = [by_firm[firm] for firm in GRUNFELD["firms"]]
    # plm's own unit statistics carry about eight digits where they are near zero.
    assert ours == pytest.approx(expected["unit_wald"], rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("key", GRUNFELD["prototype"])
def test_both_agree_with_the_independent_program(key: str) -> None:
    names, lags = key.rsplit("_", 1)
    effect, cause = names.split("~")
    expected = GRUNFELD["prototype"][key]
    test = dumitrescu_hurlin(grunfeld(), effect, cause, lags=int(lags))
    by_firm = dict(zip(test.entities, test.unit_wald, strict=True))
    ours = [by_firm[firm] for firm in GRUNFELD["firms"]]
    assert ours == pytest.approx(expected["W"], rel=1e-8, abs=1e-10)
    assert test.w_bar == pytest.approx(expected["Wbar"], rel=1e-8)
    assert test.z_bar == pytest.approx(expected["Zbar"], rel=1e-8)
    assert test.z_bar_tilde == pytest.approx(expected["Ztilde"], rel=1e-8)
    for label, statistic in expected.items():
        if not label.startswith("W_"):
            continue
        _, kind, _, convention, at = label.split("_")
        pooled = juodis_karavias_sarafidis(
            grunfeld(),
            effect,
            cause,
            lags=int(lags),
            variance="clustered" if kind == "het" else "homoskedastic",
            residuals="pooled" if at == "fe" else "jackknife",
            compat="xtgrangert" if convention == "full" else None,
        )
        assert pooled.statistic == pytest.approx(statistic, rel=1e-8)
        assert pooled.coefficients == pytest.approx(expected["beta_hpj"], rel=1e-8)
        assert pooled.coefficients_pooled == pytest.approx(expected["beta_fe"], rel=1e-8)
        assert pooled.df == int(lags)


@pytest.mark.parametrize("direction", FIELDS)
@pytest.mark.parametrize("variant", FIELDS["std_to_inn"])
def test_fields_agree_with_the_stored_study(direction: str, variant: str) -> None:
    """Closed forms to 1e-7; bootstraps draw for draw."""
    expected = FIELDS[direction][variant]
    effect, cause = ("p", "s") if direction == "std_to_inn" else ("s", "p")
    data = fields()
    if "firstdiff" in variant:
        data = data.groupby(level=0).diff()
    arguments: dict[str, Any] = {
        "lags": expected["lags"],
        "bootstrap": 999,
        "seed": 7,
        "block": expected["boot"]["block"],
        "demean": "time" if "demeaned" in variant else "none",
    }
    dh = dumitrescu_hurlin(data, effect, cause, **arguments)
    assert dh.n_entities == expected["N"]
    assert set(dh.unit_rows) == {expected["usable_T"]}
    assert dh.w_bar == pytest.approx(expected["W"], rel=1e-7)
    assert dh.z_bar == pytest.approx(expected["Zbar"], rel=1e-7)
    assert dh.z_bar_tilde == pytest.approx(expected["Ztilde"], rel=1e-7)
    assert dh.p_value_z_bar == pytest.approx(expected["p_Zbar_2s"], rel=1e-7)
    assert dh.p_value == pytest.approx(expected["p_Ztilde_2s"], rel=1e-7)

    pooled = expected["jks"]
    jks = juodis_karavias_sarafidis(data, effect, cause, **arguments)
    assert jks.coefficients_pooled == pytest.approx(pooled["b_fe"], rel=1e-7)
    assert jks.coefficients == pytest.approx(pooled["b_hpj"], rel=1e-7)
    assert jks.std_errors.to_numpy() == pytest.approx(pooled["se_hpj_clustered"], rel=1e-7)
    assert jks.statistic == pytest.approx(pooled["W_clustered"], rel=1e-7)
    assert jks.p_value == pytest.approx(pooled["p_clustered"], rel=1e-7)
    arguments |= {"bootstrap": 0, "variance": "homoskedastic"}
    classical = juodis_karavias_sarafidis(data, effect, cause, **arguments)
    assert classical.statistic == pytest.approx(pooled["W_homosk"], rel=1e-7)
    assert classical.p_value == pytest.approx(pooled["p_homosk"], rel=1e-7)

    for ours, stored in (
        (dh.p_value_bootstrap, expected["p_Ztilde_boot"]),
        (dh.size_bootstrap, expected["boot"]["size_of_nominal_5pct_Ztilde_test"]),
        (jks.p_value_bootstrap, pooled["p_clustered_boot"]),
        (jks.size_bootstrap, expected["boot"]["size_of_nominal_5pct_JKS_test"]),
    ):
        assert ours == pytest.approx(stored, abs=1e-9)


# ---------------------------------------------------------------------------
# Brute force


@pytest.mark.parametrize("lags", [1, 2, 3])
@pytest.mark.parametrize("level", [0.0, 1e6])
def test_unit_wald_is_that_of_one_regression_a_unit(lags: int, level: float) -> None:
    rng = np.random.default_rng(lags)
    y = autoregressions(rng, 7, 25, 0.9)
    x = 3 + autoregressions(rng, 7, 25, 0.5)
    expected = wald_by_loop(frame_of(y, x), lags)
    test = dumitrescu_hurlin(frame_of(y + level, x), "y", "x", lags=lags)
    tolerance = 1e-10 if level == 0 else 1e-6
    assert list(test.entities) == list(expected)
    assert test.unit_wald == pytest.approx([w for w, _ in expected.values()], rel=tolerance)


@pytest.mark.parametrize("lags", [1, 2])
def test_gaps_break_the_chain_of_lags(lags: int) -> None:
    data = noise(units=8, years=28)
    rng = np.random.default_rng(3)
    holes = rng.choice(len(data), 12, replace=False)
    data.iloc[holes[:6], 0] = np.nan
    data.iloc[holes[6:9], 1] = np.nan
    data = data.drop(index=data.index[holes[9:]])
    data = data.drop(index=[("u001", 2000), ("u002", 2027)], errors="ignore")
    expected = wald_by_loop(data, lags)
    with pytest.warns(DroppedRowsWarning, match="rows were not used"):
        test = dumitrescu_hurlin(data, "y", "x", lags=lags)
    assert test.unit_wald == pytest.approx([w for w, _ in expected.values()], rel=1e-10)
    rows = np.array([n for _, n in expected.values()])
    assert list(test.unit_rows) == list(rows)
    assert len(set(rows)) > 1
    free = rows - 2 * lags
    mean = lags * (free - 1) / (free - 3)
    variance = (
        2 * lags * (free - 1) ** 2 * (rows - lags - 3) / ((free - 3) ** 2 * (free - 5))
    )
    z = sum(w - m for (w, _), m in zip(expected.values(), mean, strict=True))
    assert test.z_bar_tilde == pytest.approx(z / np.sqrt(variance.sum()), rel=1e-10)


def test_warning_counts_rows_lost_and_names_units() -> None:
    data = noise()
    data.loc[("u002", 2010), "x"] = np.nan
    # As outcome 2010 can serve, but 2011 lacks its lag.
    with pytest.warns(DroppedRowsWarning, match=r"1 of 120 rows .* 'u002' \(1\)"):
        test = dumitrescu_hurlin(data, "y", "x")
    assert test.nobs == 6 * 19 - 1


def test_first_rows_that_only_serve_as_lags_are_no_loss() -> None:
    differenced = noise().groupby(level=0).diff()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        test = dumitrescu_hurlin(differenced, "y", "x", lags=2)
    assert test.window == (2003, 2019)


@pytest.mark.parametrize("lags", [1, 2, 3])
@pytest.mark.parametrize("years", [20, 21])
def test_half_panel_jackknife_is_that_of_dummies(lags: int, years: int) -> None:
    rng = np.random.default_rng(years)
    data = frame_of(
        autoregressions(rng, 5, years, 0.6), autoregressions(rng, 5, years, 0.8)
    )
    coefficients, covariance = half_panel_by_loop(data, lags)
    test = juodis_karavias_sarafidis(data, "y", "x", lags=lags)
    wald = coefficients @ np.linalg.solve(covariance, coefficients)
    assert test.coefficients == pytest.approx(coefficients, rel=1e-8)
    assert test.covariance.to_numpy() == pytest.approx(covariance, rel=1e-8)
    assert test.std_errors.to_numpy() == pytest.approx(
        np.sqrt(np.diag(covariance)), rel=1e-8
    )
    assert test.statistic == pytest.approx(wald, rel=1e-8)


@pytest.mark.parametrize("block", [1, 3])
@pytest.mark.parametrize("lags", [1, 2])
def test_null_draws_rebuild_each_unit_from_joint_rows(block: int, lags: int) -> None:
    """Every draw solves the fitted autoregressions with rows of their residuals."""
    effect = autoregressions(np.random.default_rng(1), 4, 16, 0.5).T
    rows = np.arange(lags, 16)
    draws = np.concatenate(
        list(null_draws(effect, rows, lags, draws=50, block=block, seed=3)), axis=1
    )
    assert draws.shape == (16, 50, 4)
    residuals, implied = np.empty((len(rows), 4)), np.empty((len(rows), 50, 4))
    for unit in range(4):
        series = effect[:, unit]
        lagged = [series[rows - k] for k in range(1, lags + 1)]
        design = np.column_stack([np.ones(len(rows)), *lagged])
        beta = np.linalg.lstsq(design, series[rows], rcond=None)[0]
        residuals[:, unit] = series[rows] - design @ beta
        path = draws[:, :, unit]
        implied[:, :, unit] = path[rows] - beta[0]
        for k in range(1, lags + 1):
            implied[:, :, unit] -= beta[k] * path[rows - k]
    assert (draws[:lags] == effect[:lags, None]).all()
    distance = np.abs(implied[:, :, None] - residuals[None, None]).max(axis=-1)
    assert distance.min(axis=2).max() < 1e-10
    picks = distance.argmin(axis=2)
    assert set(picks.ravel()) == set(range(len(rows)))
    inside = np.arange(1, len(rows)) % block > 0
    assert (np.diff(picks, axis=0)[inside] == 1).all()


def test_a_draw_that_fits_exactly_has_no_statistic() -> None:
    path = 0.5 ** np.arange(20.0)
    rng = np.random.default_rng(0)
    effect = np.stack([path, rng.normal(size=20)], axis=1)[:, :, None]
    usable = np.ones((20, 1), dtype=bool)
    usable[0] = False
    wald, _ = unit_wald(
        effect, rng.normal(size=(20, 1, 1)), usable, 1, np.full((4, 1), 1e-12)
    )
    assert np.isnan(wald[0, 0])
    assert np.isfinite(wald[1, 0])


def test_draws_without_a_statistic_are_counted() -> None:
    """A unit that moves once only: in many draws the move is not drawn."""
    data = noise(years=15)
    data.loc["u000", "y"] = 0.0
    data.loc[("u000", 2007), "y"] = 1.0
    test = dumitrescu_hurlin(data, "y", "x", bootstrap=199, seed=0)
    assert 0 < test.draws_left_out < 199
    assert 0 < test.p_value_bootstrap <= 1
    assert f"{test.draws_left_out} draws are left out" in str(test)


# ---------------------------------------------------------------------------
# Properties


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    lags=st.integers(1, 2),
    scale_y=st.floats(1e-3, 1e3),
    scale_x=st.floats(1e-3, 1e3),
    spread=st.floats(0, 100),
)
def test_units_and_levels_of_measurement_do_not_matter(
    seed: int, lags: int, scale_y: float, scale_x: float, spread: float
) -> None:
    rng = np.random.default_rng(seed)
    y, x = autoregressions(rng, 6, 18, 0.5), autoregressions(rng, 6, 18, 0.5)
    levels = spread * rng.normal(size=(2, 6, 1))
    data, other = frame_of(y, x), frame_of(scale_y * y + levels[0], scale_x * x + levels[1])
    one, two = (dumitrescu_hurlin(frame, "y", "x", lags=lags) for frame in (data, other))
    assert two.unit_wald == pytest.approx(one.unit_wald, rel=1e-5, abs=1e-8)
    first, second = (
        juodis_karavias_sarafidis(frame, "y", "x", lags=lags) for frame in (data, other)
    )
    assert second.statistic == pytest.approx(first.statistic, rel=1e-5, abs=1e-8)
    rescaled = second.coefficients * scale_x / scale_y
    assert rescaled == pytest.approx(first.coefficients, rel=1e-5, abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(range(6)))
def test_names_of_units_do_not_matter(seed: int, order: list[int]) -> None:
    rng = np.random.default_rng(seed)
    y, x = autoregressions(rng, 6, 18, 0.5), autoregressions(rng, 6, 18, 0.5)
    for test in BOTH:
        one = test(frame_of(y, x), "y", "x", bootstrap=19, seed=1)
        two = test(frame_of(y[order], x[order]), "y", "x", bootstrap=19, seed=1)
        assert two.p_value == pytest.approx(one.p_value, rel=1e-8)
        assert two.p_value_bootstrap == one.p_value_bootstrap


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_demeaning_removes_what_all_units_share(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, x = rng.normal(size=(6, 18)), rng.normal(size=(6, 18))
    world = 10 * rng.normal(size=(2, 18))
    for test in BOTH:
        plain = test(frame_of(y, x), "y", "x", demean="time")
        shaken = test(frame_of(y + world[0], x + world[1]), "y", "x", demean="time")
        assert shaken.p_value == pytest.approx(plain.p_value, rel=1e-6)
        assert test(frame_of(y + world[0], x), "y", "x").p_value != plain.p_value


def test_demeaning_is_that_of_a_frame_demeaned_before() -> None:
    data = fields()
    before = data - data.groupby(level=1).transform("mean")
    for test in BOTH:
        inside = test(data, "p", "s", lags=2, demean="time", bootstrap=49, seed=2)
        outside = test(before, "p", "s", lags=2, bootstrap=49, seed=2)
        assert inside.p_value == pytest.approx(outside.p_value, rel=1e-8)
        assert inside.p_value_bootstrap == outside.p_value_bootstrap


@pytest.mark.parametrize("test", BOTH)
def test_panel_and_frame_give_the_same(test: Callable[..., GrangerTest]) -> None:
    data = grunfeld()
    panel = Panel.from_frame(data.reset_index(), entity="firm", time="year")
    one, two = test(data, "inv", "value"), test(panel, "inv", "value")
    assert one.p_value == two.p_value


@pytest.mark.parametrize("test", BOTH)
def test_seeds_make_the_bootstrap_reproducible(test: Callable[..., GrangerTest]) -> None:
    data = noise(units=10)
    one, two = (test(data, "y", "x", bootstrap=99, seed=4) for _ in range(2))
    assert one.p_value_bootstrap == two.p_value_bootstrap
    assert one.size_bootstrap == two.size_bootstrap
    unseeded = test(data, "y", "x", bootstrap=99)
    again = test(data, "y", "x", bootstrap=99, seed=unseeded.seed)
    assert again.p_value_bootstrap == unseeded.p_value_bootstrap
    seeds = [test(data, "y", "x", bootstrap=99, seed=s).p_value_bootstrap for s in range(5)]
    assert len(set(seeds)) > 1


@pytest.mark.parametrize("test", BOTH)
def test_a_seed_that_was_not_given_is_recorded_where_one_is_drawn(
    test: Callable[..., GrangerTest],
) -> None:
    drawn = test(noise(), "y", "x", bootstrap=9)
    assert drawn.seed is not None
    assert 0 <= drawn.seed < 2**32
    assert drawn.draws == drawn.record()["draws"] == 9
    assert f"9 draws of rows, seed {drawn.seed}" in str(drawn)
    none = test(noise(), "y", "x")
    assert (none.seed, none.draws) == (None, 0)


def test_many_draws_are_those_of_one_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    data = noise()
    whole = dumitrescu_hurlin(data, "y", "x", bootstrap=99, seed=4)
    monkeypatch.setattr("unigauge.estimation.granger.unit_regressions._CELLS_AT_ONCE", 500)
    pieces = dumitrescu_hurlin(data, "y", "x", bootstrap=99, seed=4)
    assert pieces.p_value_bootstrap == whole.p_value_bootstrap
    assert pieces.size_bootstrap == whole.size_bootstrap


# ---------------------------------------------------------------------------
# Monte Carlo


def rejections(
    test: Callable[..., GrangerTest],
    worlds: int,
    units: int,
    years: int,
    *,
    own: float,
    common: float = 0.0,
    strength: float = 0.0,
    bootstrap: int = 0,
) -> tuple[float, float]:
    """Share of worlds in which the asymptotic and the bootstrap test reject at 5 %."""
    p_values = np.empty((worlds, 2))
    for world in range(worlds):
        rng = np.random.default_rng(world)
        y = autoregressions(rng, units, years, own, common)
        x = autoregressions(rng, units, years, own, common)
        y[:, 1:] += strength * x[:, :-1]
        result = test(frame_of(y, x), "y", "x", bootstrap=bootstrap, seed=world)
        p_values[world] = result.p_value, result.p_value_bootstrap
    asymptotic, bootstrapped = (p_values <= 0.05).mean(axis=0)
    return float(asymptotic), float(bootstrapped)


def test_size_of_the_pooled_test_with_many_units() -> None:
    asymptotic, _ = rejections(juodis_karavias_sarafidis, 400, 50, 25, own=0.4)
    assert 0.02 <= asymptotic <= 0.09


@pytest.mark.parametrize("test", BOTH)
def test_bootstrap_repairs_size_on_short_persistent_panels(
    test: Callable[..., GrangerTest],
) -> None:
    asymptotic, bootstrapped = rejections(
        test, 500, 20, 20, own=0.8, common=0.7, bootstrap=199
    )
    assert asymptotic > 0.2
    assert 0.02 < bootstrapped < 0.11


@pytest.mark.parametrize("test", BOTH)
def test_bootstrap_keeps_power(test: Callable[..., GrangerTest]) -> None:
    _, nothing = rejections(test, 200, 20, 25, own=0.4, bootstrap=99)
    _, something = rejections(test, 200, 20, 25, own=0.4, strength=0.4, bootstrap=99)
    assert nothing < 0.12
    assert something > 0.9


def test_pooling_cancels_opposite_effects_and_averaging_does_not() -> None:
    rng = np.random.default_rng(8)
    y, x = rng.normal(size=(40, 30)), rng.normal(size=(40, 30))
    sign = np.repeat([1.0, -1.0], 20)[:, None]
    y[:, 1:] += 0.5 * sign * x[:, :-1]
    assert dumitrescu_hurlin(frame_of(y, x), "y", "x").p_value < 1e-10
    assert juodis_karavias_sarafidis(frame_of(y, x), "y", "x").p_value > 0.05


# ---------------------------------------------------------------------------
# Results


@pytest.mark.parametrize("test", BOTH)
@pytest.mark.parametrize("bootstrap", [0, 99])
def test_results_say_which_p_value_to_trust(
    test: Callable[..., GrangerTest], bootstrap: int
) -> None:
    result = test(fields(), "p", "s", lags=2, bootstrap=bootstrap, block=3, seed=1)
    assert isinstance(result, GrangerTest)
    text = str(result)
    assert max(map(len, text.splitlines())) <= 79
    assert "the past of s does not help to predict p" in text
    if bootstrap:
        assert "Trust p_value_bootstrap" in text
        assert f"rejects in {100 * result.size_bootstrap:.1f} % of" in " ".join(
            text.split()
        )
    else:
        assert "Do not rely on this asymptotic p-value" in text
        assert np.isnan(result.p_value_bootstrap)
        assert np.isnan(result.size_bootstrap)
    assert 'compare demean="time"' in text
    assert 'demean="time"' not in str(test(fields(), "p", "s", demean="time"))
    assert "<table" in result._repr_html_()
    assert result.record()["p_value"] == result.p_value
    with pytest.raises(AttributeError):
        result.p_value = 0.0  # type: ignore[misc]


def test_dumitrescu_hurlin_table_and_picture() -> None:
    result = dumitrescu_hurlin(fields(), "p", "s", bootstrap=19, seed=0)
    frame = result.to_frame().set_index("statistic")
    assert frame.loc["z_bar_tilde", "value"] == result.z_bar_tilde
    assert frame.loc["z_bar_tilde", "p_value_bootstrap"] == result.p_value_bootstrap
    units = result.plot_data()
    assert units["wald"].is_monotonic_increasing
    assert sorted(units["wald"]) == sorted(result.unit_wald)
    axes = result.plot()
    assert isinstance(axes, Axes)
    assert list(axes.lines[0].get_xdata()) == list(units["wald"])
    assert axes.lines[1].get_xdata()[0] == pytest.approx(3.841458820694124)
    assert [label.get_text() for label in axes.get_yticklabels()] == list(units.index)
    assert not result.unit_wald.flags.writeable


def test_dumitrescu_hurlin_picture_of_many_units_has_no_labels() -> None:
    axes = dumitrescu_hurlin(noise(units=60), "y", "x").plot()
    assert axes.get_ylabel() == "units, sorted"


def test_pooled_table_and_picture() -> None:
    result = juodis_karavias_sarafidis(fields(), "p", "s", lags=2)
    frame = result.to_frame()
    assert " ".join(frame.columns) == (
        "term estimate std_error statistic p_value conf_low conf_high"
    )
    assert list(frame["term"]) == ["lag(s, 1)", "lag(s, 2)"]
    for named, column in (
        (result.params, "estimate"),
        (result.std_errors, "std_error"),
        (result.pvalues, "p_value"),
    ):
        assert named.to_list() == frame[column].to_list()
        assert list(named.index) == list(frame["term"])
        for term in named.index:
            assert result.record()[f"{column}[{term}]"] == named[term]
    assert np.allclose(result.coefficients, result.params)
    axes = result.plot()
    points = axes.containers[0].lines[0]
    assert list(points.get_xdata()) == list(result.coefficients)
    assert list(result.plot_data()["estimate"]) == list(result.coefficients)
    assert not result.coefficients.flags.writeable


# ---------------------------------------------------------------------------
# Bad input


@pytest.mark.parametrize("test", BOTH)
def test_too_few_years_to_choose_lags_name_the_most_that_may_be_tried(test: Any) -> None:
    short = noise(units=5, years=11)
    with pytest.raises(DataError, match=r"the choice of lags .* 10 .* a smaller max_lags"):
        test(short, "y", "x", lags="bic")


@pytest.mark.parametrize("test", BOTH)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lags": 0}, "lags is 0; it must be a whole number of at least 1"),
        ({"lags": 1.5}, "lags is 1.5"),
        ({"bootstrap": -1}, "bootstrap is -1"),
        ({"block": 0}, "block is 0"),
        ({"bootstrap": 9, "block": 50}, "block is 50, but there are only 19 usable rows"),
        ({"seed": -3}, "seed is -3"),
        ({"demean": "year"}, "demean is 'year'; choose one of 'none', 'time'"),
        ({"cause": "y"}, "effect and cause are both 'y'"),
        ({"cause": "xx"}, "Did you mean 'x'"),
        ({"effect": "z"}, "choose one of 'y', 'x'"),
    ],
)
def test_bad_arguments(
    test: Callable[..., GrangerTest], arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        test(noise(), **{"effect": "y", "cause": "x", **arguments})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variance": "robust"}, "variance is 'robust'"),
        ({"residuals": "fe"}, "residuals is 'fe'"),
        ({"compat": "stata"}, "compat is 'stata'"),
    ],
)
def test_bad_conventions(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        juodis_karavias_sarafidis(noise(), "y", "x", **arguments)


def test_clustering_needs_more_units_than_lags() -> None:
    data = noise(units=2)
    with pytest.raises(InputError, match="2 units and 2 lags"):
        juodis_karavias_sarafidis(data, "y", "x", lags=2)
    classical = juodis_karavias_sarafidis(data, "y", "x", lags=2, variance="homoskedastic")
    assert np.isfinite(classical.statistic)


@pytest.mark.parametrize("test", BOTH)
def test_one_unit_is_no_panel(test: Callable[..., GrangerTest]) -> None:
    with pytest.raises(DataError, match="one unit, 'u000'"):
        test(noise(units=1), "y", "x")


def test_too_short_panels_name_the_units() -> None:
    short = noise(years=8).drop(index=[("u003", 2007)])
    with pytest.raises(
        DataError, match=r"2 \* lags \+ 6 = 8 .* 'u000' has 7, 'u001' has 7"
    ):
        dumitrescu_hurlin(short, "y", "x")
    with pytest.raises(DataError, match=r"2 \* \(lags \+ 2\) = 8 .* 'u000' has 6"):
        juodis_karavias_sarafidis(noise(years=8), "y", "x", lags=2)
    with pytest.raises(DataError, match="has 0"):
        dumitrescu_hurlin(noise(years=4), "y", "x", lags=6)
    one_short = noise().drop(index=[("u003", year) for year in range(2000, 2013)])
    with pytest.raises(
        DataError, match=r"'u003' has 6\. .*frame.drop\(index=\['u003'\], lev"
    ):
        dumitrescu_hurlin(one_short, "y", "x")


def test_shortest_panel_that_is_allowed() -> None:
    test = dumitrescu_hurlin(noise(years=9), "y", "x")
    assert set(test.unit_rows) == {8}
    assert np.isfinite(test.z_bar_tilde)
    assert np.isfinite(juodis_karavias_sarafidis(noise(years=7), "y", "x").statistic)


def test_unbalanced_panels_are_refused_where_rows_must_match() -> None:
    data = noise().drop(index=[("u004", 2000)])
    assert np.isfinite(dumitrescu_hurlin(data, "y", "x").z_bar_tilde)
    with pytest.raises(DataError, match=r"the bootstrap needs .* 'u004' in 2001.*balanced"):
        dumitrescu_hurlin(data, "y", "x", bootstrap=9)
    with pytest.raises(
        DataError, match=r"jackknife needs .* 1 unit of 6 .* 'u004' in 2001"
    ):
        juodis_karavias_sarafidis(data, "y", "x")


def test_a_year_that_all_units_lack_is_no_imbalance() -> None:
    data = noise(years=25).drop(index=2012, level=1)
    with pytest.warns(DroppedRowsWarning, match="6 of 144 rows"):
        test = juodis_karavias_sarafidis(data, "y", "x", bootstrap=19, seed=0)
    assert test.nobs == 6 * (25 - 1 - 2)
    with pytest.warns(DroppedRowsWarning):
        units = dumitrescu_hurlin(data, "y", "x", bootstrap=19, seed=0)
    expected = wald_by_loop(data, 1)
    assert units.unit_wald == pytest.approx([w for w, _ in expected.values()], rel=1e-10)


@pytest.mark.parametrize("test", BOTH)
@pytest.mark.parametrize("variable", ["y", "x"])
def test_constant_variables_name_the_unit(
    test: Callable[..., GrangerTest], variable: str
) -> None:
    data = noise()
    data.loc["u001", variable] = 3.0
    with pytest.raises(IdentificationError, match=rf"'{variable}' does not vary .* 'u001'"):
        test(data, "y", "x")


@pytest.mark.parametrize("test", BOTH)
@pytest.mark.parametrize("variable", ["y", "x"])
def test_what_demeaning_leaves_of_a_common_series_is_nothing(
    test: Callable[..., GrangerTest], variable: str
) -> None:
    data = noise()
    common = np.random.default_rng(0).normal(1000, 300, size=20)
    data[variable] = np.tile(common, 6)
    message = f"'{variable}' is the same in all units: subtracting period means"
    with pytest.raises(IdentificationError, match=message):
        test(data, "y", "x", demean="time")


def test_code_in_messages_is_whole_or_not_there() -> None:
    data = noise(units=14)
    data["x"] = data["y"]
    with pytest.raises(IdentificationError, match=r"drop\(index=\.\.\., level=0\)"):
        dumitrescu_hurlin(data, "y", "x")


@pytest.mark.parametrize("test", BOTH)
def test_a_cause_that_is_the_effect_rescaled_identifies_nothing(
    test: Callable[..., GrangerTest],
) -> None:
    data = noise()
    data["x"] = 2e6 + 3 * data["y"]
    with pytest.raises(IdentificationError, match="the lags of 'x' do not vary, or are a"):
        test(data, "y", "x")


def test_a_cause_that_moves_in_the_last_year_only_identifies_nothing() -> None:
    data = noise()
    data.loc["u005", "x"] = 0.0
    data.loc[("u005", 2019), "x"] = 1.0
    for test in BOTH:
        with pytest.raises(IdentificationError, match=r"the lags of 'x' .* 1 unit: 'u005'"):
            test(data, "y", "x")


def test_an_effect_without_a_residual_identifies_nothing() -> None:
    data = noise()
    data["y"] = data.groupby(level=0)["x"].shift(1).fillna(0.0)
    with pytest.raises(IdentificationError, match="reproduced exactly"):
        dumitrescu_hurlin(data, "y", "x")


def test_trends_as_cause_are_collinear_in_two_lags() -> None:
    data = noise()
    data["x"] = np.tile(np.arange(20.0), 6)
    assert np.isfinite(juodis_karavias_sarafidis(data, "y", "x").statistic)
    with pytest.raises(IdentificationError, match="collinear"):
        juodis_karavias_sarafidis(data, "y", "x", lags=2)
    with pytest.raises(IdentificationError, match="combination of each other"):
        dumitrescu_hurlin(data, "y", "x", lags=2)


@pytest.mark.parametrize("test", BOTH)
def test_infinite_values_are_refused(test: Callable[..., GrangerTest]) -> None:
    data = noise()
    data.iloc[3, 0] = np.inf
    with pytest.raises(InputError, match="infinite"):
        test(data, "y", "x")


@pytest.mark.parametrize("test", BOTH)
def test_duplicates_and_disorder_are_refused(test: Callable[..., GrangerTest]) -> None:
    data = noise()
    with pytest.raises(InputError):
        test(pd.concat([data, data.iloc[:1]]), "y", "x")
    with pytest.raises(InputError):
        test(data.sample(frac=1, random_state=1), "y", "x")
