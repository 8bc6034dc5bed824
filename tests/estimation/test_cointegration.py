"""Cointegration tests against plain loops, identities, size and power."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import DataError, IdentificationError, InputError
from unigauge.estimation import Panel, cointegration
from unigauge.estimation.cointegration_tests.error_correction import westerlund_statistics
from unigauge.estimation.cointegration_tests.residuals import (
    kao_statistics,
    pedroni_statistics,
)
from unigauge.estimation.long_run_variances import (
    bartlett_covariance,
    bartlett_variance,
)

TESTS = {
    "pedroni": pedroni_statistics,
    "kao": kao_statistics,
    "westerlund": westerlund_statistics,
}


def walks(seed: int, units: int = 6, periods: int = 32, regressors: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(1 + regressors, units, periods)).cumsum(axis=-1)


def frame_of(series: np.ndarray) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([range(series.shape[1]), range(series.shape[2])])
    names = ["y", "x", "z"][: len(series)]
    return pd.DataFrame({n: s.ravel() for n, s in zip(names, series, strict=True)}, index)


def left(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    return beta, y - x @ beta


def bartlett(series: np.ndarray, bandwidth: int) -> float:
    width = len(series)
    total = series @ series / width
    for k in range(1, bandwidth + 1):
        total += 2 * (1 - k / (bandwidth + 1)) * (series[k:] @ series[:-k]) / width
    return float(total)


def pedroni_by_loop(series: np.ndarray, lags: int, bandwidth: int) -> list[float]:
    """Pedroni's seven statistics with a constant, unit by unit."""
    n, width = series.shape[1:]
    unit = []
    for i in range(n):
        y, x = series[0, i], series[1:, i].T
        _, e = left(np.column_stack([np.ones(width), x]), y)
        _, shocks = left(np.diff(x, axis=0), np.diff(y))
        level, change = e[:-1], np.diff(e)
        rho = level @ change / (level @ level)
        u = change - rho * level
        long, short = bartlett(u, bandwidth), u @ u / len(u)
        lagged = [change[lags - k : -k] for k in range(1, lags + 1)]
        x_adf = np.column_stack([*lagged, level[lags:]])
        _, u_adf = left(x_adf, change[lags:])
        others = x_adf[:, :-1]
        _, swept = left(others, level[lags:])
        _, moved = left(others, change[lags:])
        unit.append(
            {
                "w": 1 / bartlett(shocks, bandwidth),
                "ss": level @ level,
                "sp": level @ change - (width - 1) * (long - short) / 2,
                "long": long,
                "own": u_adf @ u_adf / len(u_adf),
                "ss_adf": swept @ swept,
                "sp_adf": swept @ moved,
            }
        )
    t = pd.DataFrame(unit)
    pooled, shift = (t.w * t.ss).sum(), (t.w * t.sp).sum()
    return [
        width**2 * n**1.5 / pooled,
        width * np.sqrt(n) * shift / pooled,
        shift / np.sqrt((t.w * t.long).mean() * pooled),
        (t.w * t.sp_adf).sum() / np.sqrt((t.w * t.own).mean() * (t.w * t.ss_adf).sum()),
        width / np.sqrt(n) * (t.sp / t.ss).sum(),
        (t.sp / np.sqrt(t.long * t.ss)).sum() / np.sqrt(n),
        (t.sp_adf / np.sqrt(t.own * t.ss_adf)).sum() / np.sqrt(n),
    ]


def westerlund_by_loop(series: np.ndarray, lags: int, bandwidth: int) -> list[float]:
    """G_t, G_a and P_t, P_a with a constant; the panel ones by partialling out."""
    n, t_ratios, adjusted, swept_all, moved_all, scale = series.shape[1], [], [], [], [], []
    for i in range(n):
        y, x = series[0, i], series[1:, i].T
        dy, dx = np.diff(y), np.diff(x, axis=0)
        rows = len(dy) - lags
        driven = np.column_stack([dx[lags - j : lags - j + rows] for j in range(lags + 1)])
        own = [dy[lags - j : lags - j + rows] for j in range(1, lags + 1)]
        others = np.column_stack([np.ones(rows), x[lags:-1], *own, driven])
        full = np.column_stack([others, y[lags:-1]])
        beta, e = left(full, dy[lags:])
        sigma2 = e @ e / (rows - full.shape[1])
        se = np.sqrt(sigma2 * np.linalg.inv(full.T @ full)[-1, -1])
        first = others.shape[1] - driven.shape[1]
        u = driven @ beta[first:-1] + e
        ratio = np.sqrt(
            bartlett(u - u.mean(), bandwidth)
            / bartlett(dy[lags:] - dy[lags:].mean(), bandwidth)
        )
        t_ratios.append(beta[-1] / se)
        adjusted.append(rows * beta[-1] / ratio)
        swept, moved = left(others, y[lags:-1])[1], left(others, dy[lags:])[1]
        swept_all.append(swept @ swept)
        moved_all.append(swept @ moved / ratio)
        scale.append(sigma2 / ratio**2)
    alpha = sum(moved_all) / sum(swept_all)
    p_t = alpha / np.sqrt(np.mean(scale) / sum(swept_all))
    return [float(np.mean(t_ratios)), float(np.mean(adjusted)), p_t, rows * alpha]


@pytest.mark.parametrize("lags", [0, 1, 2])
def test_statistics_are_those_of_a_loop_over_units(lags: int) -> None:
    series = walks(lags)
    found = pedroni_statistics(series, "intercept", lags, 2)
    assert found == pytest.approx(pedroni_by_loop(series, lags, 2), rel=1e-9)
    found = westerlund_statistics(series, "intercept", lags, 2)
    assert found == pytest.approx(westerlund_by_loop(series, lags, 2), rel=1e-9)


def test_kao_is_that_of_the_pooled_regression() -> None:
    series = walks(5, regressors=1)
    centred = series - series.mean(axis=-1, keepdims=True)
    y, x = centred
    e = y - (x * y).sum() / (x * x).sum() * x
    level, change = e[:, :-1].ravel(), np.diff(e, axis=1).ravel()
    rho = level @ change / (level @ level)
    t = rho / np.sqrt(((change - rho * level) ** 2).mean() / (level @ level))
    n, width = y.shape
    found = kao_statistics(series, "intercept", 0, 0)
    assert found[0] == pytest.approx(
        (np.sqrt(n) * width * rho + 3 * np.sqrt(n)) / 10.2**0.5
    )
    assert found[1] == pytest.approx(np.sqrt(1.25) * t + np.sqrt(1.875 * n))
    # With no lags in the long-run variance, short and long run are the same.
    assert found[2] == pytest.approx(found[0])
    corrected = (t + np.sqrt(6 * n) / 2) / np.sqrt(0.8)
    assert found[3] == pytest.approx(corrected)
    df = n * (width - 1) - 1
    t_adf = t * np.sqrt(df / (n * (width - 1)))
    assert found[4] == pytest.approx((t_adf + np.sqrt(6 * n) / 2) / np.sqrt(0.8))


def test_long_run_variance_is_the_weighted_sum() -> None:
    series = np.random.default_rng(0).normal(size=(3, 20))
    for bandwidth in (0, 3):
        expected = [bartlett(row, bandwidth) for row in series]
        assert bartlett_variance(series, bandwidth) == pytest.approx(expected)
    joint = bartlett_covariance(series.T, 4)
    assert joint == pytest.approx(joint.T)
    assert joint[1, 1] == pytest.approx(bartlett(series[1], 4))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 1000),
    order=st.permutations(range(6)),
    scale=st.floats(0.1, 50),
    test=st.sampled_from(sorted(TESTS)),
)
def test_units_labels_and_scales_do_not_matter(
    seed: int, order: list[int], scale: float, test: str
) -> None:
    series = walks(seed)
    other = series[[0, 2, 1]][:, order] * np.array([scale, 3, 0.2])[:, None, None] + 5
    one, two = (TESTS[test](s, "intercept", 1, 2) for s in (series, other))
    assert two == pytest.approx(one, rel=1e-6)


def test_draws_of_many_panels_are_each_their_own() -> None:
    many = np.stack([walks(seed) for seed in range(4)])
    for statistics in TESTS.values():
        together = statistics(many, "intercept", 1, 2)
        alone = [statistics(series, "intercept", 1, 2) for series in many]
        assert together == pytest.approx(np.array(alone), rel=1e-9)


@pytest.mark.parametrize("test", TESTS)
def test_cointegrated_panels_are_told_from_others(test: str) -> None:
    series = walks(3, units=12, periods=45, regressors=1)
    noise = np.random.default_rng(9).normal(size=(12, 45))
    bound = cointegration(frame_of(np.stack([series[1] + noise, series[1]])), "y ~ x", test)
    free = cointegration(frame_of(series), "y ~ x", test)
    assert (bound.p_values < 0.01).all()
    assert (free.p_values > 0.05).mean() > 0.5
    again = cointegration(Panel.from_frame(frame_of(series)), "y ~ x", test)
    assert again.p_value == free.p_value
    other = cointegration(frame_of(series), "y ~ x", test, seed=5)
    assert other.statistic == free.statistic
    assert other.p_value != free.p_value


def test_result_prints_plots_and_records() -> None:
    data = frame_of(walks(1))
    for test in TESTS:
        found = cointegration(data, "y ~ x + z", test, draws=200, demean="time")
        assert max(map(len, str(found).splitlines())) <= 79
        frame = found.to_frame().set_index("statistic")
        assert frame.loc[found.name, "p_value"] == found.p_value
        assert frame["p_value_normal"].notna().all() == (test == "kao")
        assert found.record()["statistic"] == found.statistic
        assert len(found.plot_data()) == found.draws == 200
        assert "y ~ x + z" in found.plot().get_title().replace("\n", " ")
        assert found.nobs == 6 * 32


def test_bad_input() -> None:
    data = frame_of(walks(1))
    with pytest.raises(InputError, match="Did you mean 'kao'"):
        cointegration(data, "y ~ x", "kaos")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="statistic is 'g_t'; choose one of 'panel_v'"):
        cointegration(data, "y ~ x", statistic="g_t")
    with pytest.raises(InputError, match="has a constant for each unit and nothing else"):
        cointegration(data, "y ~ x", "kao", trend="trend")
    with pytest.raises(InputError, match="has the fixed effects entity"):
        cointegration(data, "y ~ x | entity")
    with pytest.raises(InputError, match="say trend='none'"):
        cointegration(data, "y ~ x - 1")
    with pytest.raises(DataError, match=r"same periods in every unit; 0 lacks 4"):
        cointegration(data.drop((0, 4)), "y ~ x")
    with pytest.raises(
        DataError, match=r"with lags=2 .* at least T = 16 periods; there are 12"
    ):
        cointegration(frame_of(walks(1, periods=12)), "y ~ x + z", "westerlund", lags=2)
    for test, periods, lags in (("pedroni", 7, 2), ("kao", 5, 2), ("westerlund", 16, 2)):
        short = frame_of(walks(1, periods=periods))
        enough = cointegration(short, "y ~ x + z", test, lags=lags, draws=100)
        assert np.isfinite(enough.values).all()
        with pytest.raises(DataError, match=f"at least T = {periods} periods"):
            less = frame_of(walks(1, periods=periods - 1))
            cointegration(less, "y ~ x + z", test, lags=lags)
    with pytest.raises(DataError, match="one unit only"):
        cointegration(data.loc[[0]], "y ~ x")
    with pytest.raises(IdentificationError, match=r"x cannot be told .* in 1 unit: 2"):
        still = data.assign(x=data["x"].where(data.index.get_level_values(0) != 2, 1.0))
        cointegration(still, "y ~ x")


@pytest.mark.slow
def test_size_and_power_are_those_of_the_page() -> None:
    """A smaller run of docs/monte_carlo/cointegration.py; bounds from binomial error."""
    path = Path(__file__).parents[2] / "docs" / "monte_carlo" / "cointegration.py"
    study = runpy.run_path(str(path))
    replications = 50
    found = study["rejections"](replications, seed=1)
    stored = pd.read_csv(path.with_suffix(".csv"))
    keys = ["design", "N", "T", "test", "statistic"]
    both = found.merge(stored, on=keys, suffixes=("", "_stored"))
    assert len(both) == len(stored)
    p = both["rejections_stored"].clip(0.02, 0.98)
    bound = 4.5 * np.sqrt(p * (1 - p) / replications)
    assert ((both["rejections"] - both["rejections_stored"]).abs() < bound).all()
