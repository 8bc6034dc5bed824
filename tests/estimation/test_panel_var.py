"""Panel vector autoregressions."""

from __future__ import annotations

import importlib.util
import json
import pickle
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes

from unigauge.errors import (
    DataError,
    DroppedRowsWarning,
    IdentificationError,
    InputError,
    UnigaugeWarning,
)
from unigauge.estimation import PanelVARFit, dynamic_gmm, half_panel_jackknife, panel_var

REFERENCE = Path(__file__).parents[1] / "reference"
PLM = json.loads((REFERENCE / "panel_var.json").read_text(encoding="utf-8"))["pvar_lsdv"]


@cache
def produc() -> pd.DataFrame:
    from linearmodels.datasets import munnell

    data = munnell.load().sort_values(["ST_ABB", "YR"]).set_index(["ST_ABB", "YR"])
    return pd.DataFrame({"lg": np.log(data["GSP"]), "lp": np.log(data["P_CAP"])})


SLOPES = np.array([[0.5, 0.1], [0.2, 0.4]])


def simulated(
    seed: int = 0, units: int = 60, years: int = 9, slopes: np.ndarray = SLOPES
) -> pd.DataFrame:
    """A system of order one, or more if slopes has more columns, after forty years."""
    rng = np.random.default_rng(seed)
    m = len(slopes)
    lags = slopes.shape[1] // m
    mix = np.eye(m) + 0.3 * np.tri(m, k=-1)
    y = rng.normal(size=(units, years + 40, m)) @ mix.T
    y += rng.normal(size=(units, 1, m))
    for t in range(lags, years + 40):
        for k in range(1, lags + 1):
            y[:, t] += y[:, t - k] @ slopes[:, (k - 1) * m : k * m].T
    index = pd.MultiIndex.from_product(
        [[f"u{i:03d}" for i in range(units)], range(2000, 2000 + years)],
        names=["unit", "year"],
    )
    names = ["a", "b", "c"][:m]
    return pd.DataFrame(y[:, 40:].reshape(-1, m), index=index, columns=names)


def holed(seed: int = 3) -> pd.DataFrame:
    """A panel with missing values, missing rows and a unit of a single usable row."""
    data = simulated(seed, units=40, years=10)
    rng = np.random.default_rng(seed)
    holes = rng.choice(len(data), 24, replace=False)
    data.iloc[holes[:8], 0] = np.nan
    data.iloc[holes[8:14], 1] = np.nan
    data = data.drop(index=data.index[holes[14:]])
    return data.drop(index=[("u007", year) for year in range(2002, 2010)], errors="ignore")


# ---------------------------------------------------------------------------
# By loops: every unit's rows from the calendar, deviations from their definition


def unit_rows(rows: pd.DataFrame, lags: int) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """Year, outcomes and regressors of each usable row of one unit."""
    by_year = {
        year: values for (_, year), values in zip(rows.index, rows.to_numpy(), strict=True)
    }
    usable = []
    for year, outcome in sorted(by_year.items()):
        past = [by_year.get(year - k) for k in range(1, lags + 1)]
        if any(p is None for p in past):
            continue
        row = np.concatenate([outcome, *past])
        if not np.isnan(row).any():
            usable.append((year, outcome, row[len(outcome) :]))
    return usable


def gmm_by_loops(
    data: pd.DataFrame, lags: int, first: int, last: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients, Windmeijer's covariance of each equation and E'E / n, collapsed."""
    m = data.shape[1]
    blocks = []
    for _, rows in data.groupby(level=0):
        usable = unit_rows(rows, lags)
        by_year = {
            year: values
            for (_, year), values in zip(rows.index, rows.to_numpy(), strict=True)
        }
        y, x, z = [], [], []
        for at, (year, outcome, regressors) in enumerate(usable[:-1]):
            later = usable[at + 1 :]
            count = len(later)
            scale = np.sqrt(count / (count + 1))
            y.append(scale * (outcome - np.mean([row[1] for row in later], axis=0)))
            x.append(scale * (regressors - np.mean([row[2] for row in later], axis=0)))
            levels = [
                by_year.get(year - k, np.full(m, np.nan)) for k in range(first, last + 1)
            ]
            z.append(np.nan_to_num(np.concatenate(levels)))
        if y:
            blocks.append((np.array(y), np.array(x), np.array(z)))
    zx = np.array([z.T @ x for _, x, z in blocks])
    zy = np.array([z.T @ y for y, _, z in blocks])
    weight = np.linalg.inv(sum(z.T @ z for _, _, z in blocks))
    g, coefficients, covariances = zx.sum(axis=0), [], []
    for j in range(m):
        m1 = np.linalg.inv(g.T @ weight @ g)
        b1 = m1 @ g.T @ weight @ zy[:, :, j].sum(axis=0)
        u = zy[:, :, j] - zx @ b1
        s = u.T @ u
        v1 = m1 @ g.T @ weight @ s @ weight @ g @ m1
        a2 = np.linalg.inv(s)
        m2 = np.linalg.inv(g.T @ a2 @ g)
        b2 = m2 @ g.T @ a2 @ zy[:, :, j].sum(axis=0)
        left = zy[:, :, j].sum(axis=0) - g @ b2
        d = np.zeros((g.shape[1], g.shape[1]))
        for k in range(g.shape[1]):
            ds = -sum(
                np.outer(zx[i, :, k], u[i]) + np.outer(u[i], zx[i, :, k])
                for i in range(len(zx))
            )
            d[:, k] = -m2 @ g.T @ a2 @ ds @ a2 @ left
        coefficients.append(b2)
        covariances.append(m2 + d @ m2 + m2 @ d.T + d @ v1 @ d.T)
    b = np.array(coefficients)
    errors = np.concatenate([y - x @ b.T for y, x, _ in blocks])
    return b, np.array(covariances), errors.T @ errors / len(errors)


def dummies_by_loops(
    data: pd.DataFrame, lags: int, time: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Least squares with dummies, and its covariance clustered by unit, one equation."""
    labels, years, outcomes, regressors = [], [], [], []
    for unit, rows in data.groupby(level=0):
        usable = unit_rows(rows, lags)
        if len(usable) < 2:
            continue
        for year, outcome, past in usable:
            labels.append(unit)
            years.append(year)
            outcomes.append(outcome)
            regressors.append(past)
    effects = [pd.get_dummies(pd.Series(labels), dtype=float).to_numpy()]
    if time:
        effects.append(pd.get_dummies(pd.Series(years), dtype=float).to_numpy())
    nuisance = np.hstack(effects)

    def swept(values: list[np.ndarray]) -> np.ndarray:
        array = np.array(values)
        return array - nuisance @ np.linalg.lstsq(nuisance, array, rcond=None)[0]

    y, x = swept(outcomes), swept(regressors)
    b = np.linalg.lstsq(x, y, rcond=None)[0]
    errors = y - x @ b
    bread = np.linalg.inv(x.T @ x)
    meat = np.zeros_like(bread)
    for unit in set(labels):
        own = np.array(labels) == unit
        score = x[own].T @ errors[own, 0]
        meat += np.outer(score, score)
    return b.T, bread @ meat @ bread


# ---------------------------------------------------------------------------
# Other programs


@pytest.mark.parametrize("effects", ["individual", "twoways"])
@pytest.mark.parametrize("equation", ["lg", "lp"])
def test_least_squares_agree_with_plm(equation: str, effects: str) -> None:
    expected = PLM[f"p1_{equation}_{effects}"]
    demean: Any = "time" if effects == "twoways" else "none"
    clustered = panel_var(produc(), ["lg", "lp"], method="ols", demean=demean)
    classical = panel_var(
        produc(), ["lg", "lp"], method="ols", demean=demean, cov="iid", small_sample="stata"
    )
    coefficients = list(expected["coef"].values())
    raw, iid = (list(expected[key].values()) for key in ("se_arellano_HC0", "se"))
    assert clustered.params[equation].to_numpy() == pytest.approx(coefficients, rel=1e-10)
    assert clustered.std_errors[equation].to_numpy() == pytest.approx(raw, rel=1e-10)
    assert classical.std_errors[equation].to_numpy() == pytest.approx(iid, rel=1e-10)
    assert clustered.nobs == expected["nobs"]
    assert f"/({expected['nobs']} - {expected['nobs'] - expected['df']})" in str(classical)


def test_responses_and_shares_agree_with_plm() -> None:
    fit = panel_var(produc(), ["lg", "lp"], method="ols")
    assert fit.sigma == pytest.approx(np.array(PLM["p1_individual_Sigma_UU_over_n"]))
    responses = fit.irf(8, order=["lg", "lp"], bands=None).estimates[0]
    for h in range(9):
        expected = np.array(PLM["p1_individual_oirf_order_lg_lp"][f"h{h}"])
        assert responses[h] == pytest.approx(expected, rel=1e-10, abs=1e-14)
    shares = fit.fevd(9).estimates[0]
    expected = np.array(PLM["p1_individual_fevd_h9"])
    assert shares[-1] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("lags", [1, 2])
@pytest.mark.parametrize("collapse", [True, False])
@pytest.mark.parametrize("steps", [1, 2])
def test_gmm_is_single_equation_gmm(lags: int, collapse: bool, steps: Any) -> None:
    """Each equation alone, by the dynamic-panel verb, whose lag k + 1 is our lag k."""
    data = simulated(units=150)
    fit = panel_var(
        data,
        ["a", "b"],
        lags=lags,
        instruments=(1, 3),
        collapse=collapse,
        steps=steps,
    )
    right = f"lag(a, 1:{lags}) + lag(b, 1:{lags})"
    for name in ("a", "b"):
        alone = dynamic_gmm(
            data,
            f"{name} ~ {right}",
            gmm={"a": (2, 4), "b": (2, 4)},
            transform="orthogonal",
            collapse=collapse,
            steps=steps,
            time_effects=False,
        )
        own = fit.equation(name)
        for term in own.terms:
            assert own.params[term] == pytest.approx(alone.params[term], rel=1e-8)
            assert own.std_errors[term] == pytest.approx(alone.std_errors[term], rel=1e-8)
        assert fit.nobs == alone.nobs


# ---------------------------------------------------------------------------
# Brute force


@pytest.mark.parametrize("span", [(1, 2), (1, 4), (2, 4)])
def test_two_step_gmm_by_loops(span: tuple[int, int]) -> None:
    data = holed()
    coefficients, covariances, sigma = gmm_by_loops(data, 1, *span)
    with pytest.warns(DroppedRowsWarning, match="rows were not used"):
        fit = panel_var(data, ["a", "b"], instruments=span)
    assert fit.coefficients == pytest.approx(coefficients, rel=1e-8)
    assert fit.covariance[:2, :2] == pytest.approx(covariances[0], rel=1e-7)
    assert fit.covariance[2:, 2:] == pytest.approx(covariances[1], rel=1e-7)
    assert fit.sigma == pytest.approx(sigma, rel=1e-8)


@pytest.mark.parametrize("lags", [1, 2])
def test_just_identified_gmm_is_instrumental_variables(lags: int) -> None:
    """(Z'X)^-1 Z'Y, whatever the weight, and the same by one step and by two."""
    data = simulated(units=80)
    x, y, z = [], [], []
    for _, rows in data.groupby(level=0):
        usable = unit_rows(rows, lags)
        for at, (_, outcome, past) in enumerate(usable[:-1]):
            later = usable[at + 1 :]
            scale = np.sqrt(len(later) / (len(later) + 1))
            y.append(scale * (outcome - np.mean([row[1] for row in later], axis=0)))
            x.append(scale * (past - np.mean([row[2] for row in later], axis=0)))
            z.append(past)
    expected = np.linalg.solve(np.array(z).T @ np.array(x), np.array(z).T @ np.array(y)).T
    fits = [panel_var(data, ["a", "b"], lags=lags, steps=steps) for steps in (1, 2)]
    for fit in fits:
        assert fit.coefficients == pytest.approx(expected, rel=1e-8)
        assert fit.hansen is None
    assert fits[0].covariance == pytest.approx(fits[1].covariance, rel=1e-10)


@pytest.mark.parametrize("time", [False, True])
@pytest.mark.parametrize("lags", [1, 2])
def test_least_squares_are_those_of_dummies(lags: int, time: bool) -> None:
    data = holed()
    coefficients, covariance = dummies_by_loops(data, lags, time)
    demean: Any = "time" if time else "none"
    with pytest.warns(DroppedRowsWarning):
        fit = panel_var(data, ["a", "b"], lags=lags, method="ols", demean=demean)
    width = len(fit.terms)
    assert fit.coefficients == pytest.approx(coefficients, rel=1e-8)
    assert fit.covariance[:width, :width] == pytest.approx(covariance, rel=1e-7)


@pytest.mark.parametrize("years", [9, 10])
def test_jackknife_is_that_of_the_regressions(years: int) -> None:
    data = simulated(years=years)
    fit = panel_var(data, ["a", "b"], method="bias_corrected")
    for name in ("a", "b"):
        alone = half_panel_jackknife(data, f"{name} ~ lag(a, 1) + lag(b, 1) | entity")
        assert fit.params[name].to_numpy() == pytest.approx(alone.estimates, rel=1e-9)


@pytest.mark.parametrize("lags", [1, 2])
def test_hahn_and_kuersteiner_correct_by_their_formula(lags: int) -> None:
    data = simulated(units=50)
    plain = panel_var(data, ["a", "b"], lags=lags, method="ols")
    fit = panel_var(
        data, ["a", "b"], lags=lags, method="bias_corrected", correction="hahn_kuersteiner"
    )
    squares = np.zeros((2 * lags, 2 * lags))
    for _, rows in data.groupby(level=0):
        past = np.array([row[2] for row in unit_rows(rows, lags)])
        squares += (past - past.mean(axis=0)).T @ (past - past.mean(axis=0))
    top = np.hstack([plain.coefficients])
    companion = np.vstack([top, np.eye(2 * lags)[: 2 * lags - 2]])
    later = sum(np.linalg.matrix_power(companion, h) for h in range(400))
    sigma = plain.sigma * plain.nobs / (plain.nobs - 50)
    bias = -50 * np.linalg.inv(squares) @ later[:, :2] @ sigma
    assert fit.coefficients == pytest.approx(plain.coefficients - bias.T, rel=1e-9)


def test_bootstrap_of_entities_is_estimation_on_the_drawn_panel() -> None:
    data = simulated(units=12)
    picks = np.array([0, 0, 3, 4, 4, 4, 5, 7, 8, 9, 11, 11])
    units = data.index.get_level_values(0).unique()
    drawn = pd.concat(
        {f"d{position:02d}": data.loc[units[pick]] for position, pick in enumerate(picks)},
        names=["unit", "year"],
    )
    for options in (
        {"method": "gmm", "instruments": (1, 2)},
        {"method": "gmm", "steps": 1, "instruments": (1, 2)},
        {"method": "ols"},
        {"method": "bias_corrected"},
        {"method": "bias_corrected", "correction": "hahn_kuersteiner"},
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            fit = panel_var(data, ["a", "b"], **options)
            again = panel_var(drawn, ["a", "b"], **options)
        coefficients, sigma = fit._estimator.of_draws(picks[None])
        picked = coefficients[0].T
        assert picked == pytest.approx(again.coefficients, rel=1e-8)
        assert sigma[0] == pytest.approx(again.sigma, rel=1e-8)


def test_draws_that_do_not_identify_the_system_are_left_out() -> None:
    fit = panel_var(simulated(units=5, years=3), ["a", "b"], method="ols")
    coefficients, _ = fit._estimator.of_draws(np.array([[0, 1, 2, 3, 4], [1] * 5]))
    assert np.isfinite(coefficients[0]).all()
    assert np.isnan(coefficients[1]).all()
    # a row a unit and two coefficients: three units leave residuals of rank one
    picks = np.random.default_rng(1).integers(0, 5, size=(300, 5))
    enough = sum(len(set(row)) > 3 for row in picks.tolist())
    assert len(fit.bootstrap(300, np.random.default_rng(1))) == enough


def test_responses_are_powers_of_the_companion() -> None:
    slopes = np.hstack([SLOPES, [[0.1, -0.2], [0.0, 0.15]]])
    fit = panel_var(simulated(units=100, slopes=slopes), ["a", "b"], lags=2, method="ols")
    paths = fit.irf(5, bands=None)
    factor = np.linalg.cholesky(fit.sigma)
    companion = np.vstack([fit.coefficients, np.eye(4)[:2]])
    flipped = fit.sigma[::-1, ::-1]
    reverse = np.linalg.cholesky(flipped)[::-1, ::-1]
    kernel = fit.sigma / np.sqrt(np.diag(fit.sigma))
    general = fit.irf(5, kind="generalised", bands=None).estimates[0]
    for h in range(6):
        power = np.linalg.matrix_power(companion, h)[:2, :2]
        assert paths.estimates[0, h] == pytest.approx(power @ factor)
        assert paths.estimates[1, h] == pytest.approx(power @ reverse)
        assert general[h] == pytest.approx(power @ kernel)
    assert paths.orders == (("a", "b"), ("b", "a"))
    # The generalised shock of a variable is the orthogonal one that comes first.
    assert general[:, :, 0] == pytest.approx(paths.estimates[0][:, :, 0])
    assert general[:, :, 1] == pytest.approx(paths.estimates[1][:, :, 1])
    roots = np.linalg.eigvals(companion)
    assert sorted(np.abs(fit.eigenvalues)) == pytest.approx(sorted(np.abs(roots)))


def test_granger_tests_are_wald_tests() -> None:
    slopes = np.array([[0.4, 0.1, 0.0], [0.0, 0.5, 0.1], [0.1, 0.0, 0.3]])
    fit = panel_var(simulated(units=80, slopes=slopes), ["a", "b", "c"], lags=2)
    frame = fit.granger().to_frame()
    assert len(frame) == 9
    terms = list(fit.terms)
    own = fit.covariance[6:12, 6:12]
    for cause, names in {"a": ["a"], "c": ["c"], "all others": ["a", "c"]}.items():
        at = [terms.index(f"lag({name}, {k})") for k in (1, 2) for name in names]
        b = fit.coefficients[1, at]
        statistic = b @ np.linalg.solve(own[np.ix_(at, at)], b)
        row = frame[(frame["effect"] == "b") & (frame["cause"] == cause)].iloc[0]
        assert row["statistic"] == pytest.approx(statistic)
        assert row["df"] == len(at)
        assert fit.granger().p_value("b", cause) == row["p_value"]
    with pytest.raises(InputError, match="a <- b"):
        fit.granger().p_value("a", "x")


def test_andrews_and_lu_count_the_whole_system() -> None:
    slopes = np.hstack([SLOPES * 0.6, [[0.3, 0.0], [0.0, 0.3]]])
    data = simulated(units=400, years=12, slopes=slopes)
    choice = panel_var(data, ["a", "b"]).select_lags(3)
    frame = choice.to_frame()
    assert list(frame["moments"]) == [16, 16, 16]
    assert list(frame["parameters"]) == [4, 8, 12]
    excess = frame["moments"] - frame["parameters"]
    assert frame["bic"].to_numpy() == pytest.approx(frame["fit"] - np.log(400) * excess)
    assert frame["aic"].to_numpy() == pytest.approx(frame["fit"] - 2 * excess)
    assert choice.best == {"bic": 2, "aic": 2, "hqic": 2}
    # The rows of the longest order: an order of its own, cut to them, is the same.
    least = panel_var(data, ["a", "b"], method="ols").select_lags(3)
    cut = data[data.index.get_level_values(1) >= 2001]
    alone = panel_var(cut, ["a", "b"], lags=2, method="ols")
    fit = alone.nobs * np.log(np.linalg.det(alone.sigma))
    assert least.to_frame()["fit"][1] == pytest.approx(fit)


def test_hansen_rejects_invalid_moments_only() -> None:
    data = simulated(units=600, years=8)
    valid = panel_var(data, ["a", "b"], instruments=(1, 3)).hansen
    assert valid is not None
    assert (valid.moments, valid.parameters, valid.df) == (12, 4, 8)
    assert valid.statistic < 20.1  # 1 % of chi-squared with 8 degrees of freedom
    longer = np.hstack([SLOPES * 0.6, [[0.3, 0.0], [0.0, 0.3]]])
    short = panel_var(simulated(1, 600, 8, longer), ["a", "b"], instruments=(1, 3)).hansen
    assert short is not None
    assert short.statistic > 20.1


# ---------------------------------------------------------------------------
# Properties

METHODS: list[dict[str, Any]] = [
    {"method": "gmm", "instruments": (1, 3)},
    {"method": "ols"},
    {"method": "bias_corrected"},
]


@pytest.mark.parametrize("options", METHODS)
def test_the_order_of_variables_permutes_results(options: dict[str, Any]) -> None:
    slopes = np.array([[0.4, 0.1, 0.0], [0.0, 0.5, 0.1], [0.1, 0.0, 0.3]])
    data = simulated(units=60, years=10, slopes=slopes)
    fit = panel_var(data, ["a", "b", "c"], **options)
    other = panel_var(data, ["c", "a", "b"], **options)
    at = [2, 0, 1]
    assert other.coefficients == pytest.approx(fit.coefficients[np.ix_(at, at)], rel=1e-8)
    assert other.sigma == pytest.approx(fit.sigma[np.ix_(at, at)], rel=1e-8)
    cells = [3 * j + k for j in at for k in at]
    assert other.covariance == pytest.approx(fit.covariance[np.ix_(cells, cells)], rel=1e-7)
    if fit.hansen is not None and other.hansen is not None:
        assert other.hansen.statistic == pytest.approx(fit.hansen.statistic, rel=1e-7)
    one = fit.irf(4, order=["b", "c", "a"], bands=None)
    two = other.irf(4, order=["b", "c", "a"], bands=None)
    assert two.path("a", "b").to_numpy() == pytest.approx(
        one.path("a", "b").to_numpy(), rel=1e-8, nan_ok=True
    )


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    scale=st.tuples(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3)),
    which=st.integers(0, 2),
)
def test_units_of_measurement_do_not_matter(
    seed: int, scale: tuple[float, float], which: int
) -> None:
    data = simulated(seed, units=30)
    rescaled = data * np.array(scale)
    fit, other = (panel_var(d, ["a", "b"], **METHODS[which]) for d in (data, rescaled))
    ratio = np.outer(scale, 1 / np.array(scale))
    assert other.coefficients == pytest.approx(fit.coefficients * ratio, rel=1e-6)
    assert other.granger().p_values == pytest.approx(fit.granger().p_values, rel=1e-5)
    shares, again = fit.fevd(4).estimates, other.fevd(4).estimates
    assert again == pytest.approx(shares, rel=1e-5, abs=1e-10)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), which=st.integers(0, 2))
def test_levels_of_entities_do_not_matter(seed: int, which: int) -> None:
    """Exactly by least squares; by GMM for a shift of all, with period means out."""
    data = simulated(seed, units=30)
    if METHODS[which]["method"] == "gmm":
        moved, demean = data.add({"a": 100.0, "b": -50.0}), "time"
    else:
        level = 10 * np.random.default_rng(seed).normal(size=(30, 1, 2))
        moved, demean = data + np.broadcast_to(level, (30, 9, 2)).reshape(-1, 2), "none"
    fit, other = (
        panel_var(d, ["a", "b"], demean=demean, **METHODS[which]) for d in (data, moved)
    )
    assert other.coefficients == pytest.approx(fit.coefficients, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("options", METHODS)
def test_common_shocks_are_taken_out(options: dict[str, Any]) -> None:
    data = simulated(units=40)
    world = 5 * np.random.default_rng(1).normal(size=(9, 2))
    shaken = data + np.tile(world, (40, 1))
    fit, other = (
        panel_var(d, ["a", "b"], demean="time", **options) for d in (data, shaken)
    )
    assert other.coefficients == pytest.approx(fit.coefficients, rel=1e-8)
    assert panel_var(shaken, ["a", "b"], **options).coefficients != pytest.approx(
        fit.coefficients, rel=1e-2
    )


def test_shares_sum_to_one_and_bands_hold_the_estimate() -> None:
    fit = panel_var(simulated(units=200), ["a", "b"], instruments=(1, 3))
    shares = fit.fevd(6)
    assert shares.estimates.sum(axis=-1) == pytest.approx(np.ones((2, 6, 2)))
    assert shares.horizons == (1, 2, 3, 4, 5, 6)
    for bands in ("draws", "bootstrap"):
        paths = fit.irf(6, bands=bands, draws=199, seed=3)
        assert (paths.conf_low <= paths.conf_high).all()
        inside = (paths.conf_low <= paths.estimates) & (paths.estimates <= paths.conf_high)
        assert inside.all()
        again = fit.irf(6, bands=bands, draws=199, seed=3)
        assert (again.conf_low == paths.conf_low).all()
        other = fit.irf(6, bands=bands, draws=199, seed=4)
        assert (other.conf_low != paths.conf_low).any()


def test_both_bands_agree_in_a_large_sample() -> None:
    """Widths within a fifth of one another where the estimates are normal."""
    fit = panel_var(simulated(units=800), ["a", "b"], instruments=(1, 3))
    drawn, resampled = (
        fit.irf(3, bands=bands, draws=999, seed=0) for bands in ("draws", "bootstrap")
    )
    one, two = (p.conf_high - p.conf_low for p in (drawn, resampled))
    moves = one > 1e-12
    assert (np.abs(two[moves] / one[moves] - 1) < 0.2).all()


# ---------------------------------------------------------------------------
# What is shown


def test_results_print_plot_and_record() -> None:
    fit = panel_var(simulated(units=80), ["a", "b"], instruments=(1, 3))
    results = [
        fit,
        fit.irf(5),
        fit.irf(5, kind="generalised"),
        fit.fevd(5, bands="draws"),
        fit.granger(),
        fit.select_lags(2),
        fit.equation("a"),
    ]
    for result in results:
        assert max(map(len, str(result).splitlines())) <= 79
        assert isinstance(result.plot(), Axes)
        assert len(result.plot_data())
        assert result.record()
        assert "<table>" in result._repr_html_()
    assert "order" in str(results[1])
    assert isinstance(fit, PanelVARFit)
    assert fit.params["a", "lag(b, 1)"] == fit.coefficients[0, 1]
    assert fit.std_errors["b", "lag(a, 1)"] == np.sqrt(fit.covariance[2, 2])
    assert fit.record()["estimate[a: lag(b, 1)]"] == fit.coefficients[0, 1]
    frame = fit.to_frame()
    assert list(frame.columns) == [
        "equation",
        "term",
        "estimate",
        "std_error",
        "statistic",
        "p_value",
        "conf_low",
        "conf_high",
    ]
    for array in (fit.coefficients, fit.sigma, fit.covariance):
        assert not array.flags.writeable


def test_fits_cross_processes() -> None:
    fit = panel_var(simulated(units=20), ["a", "b"], instruments=(1, 2))
    again = pickle.loads(pickle.dumps(fit))
    assert (again.coefficients == fit.coefficients).all()
    assert again.select_lags(2).best == fit.select_lags(2).best
    assert (
        again.irf(2, bands="bootstrap").conf_low == fit.irf(2, bands="bootstrap").conf_low
    ).all()


def test_an_unstable_system_says_so() -> None:
    data = simulated(units=40, years=12).groupby(level=0).cumsum().groupby(level=0).cumsum()
    fit = panel_var(data, ["a", "b"], method="ols")
    assert not fit.stable
    assert "not stable" in str(fit)
    with pytest.raises(IdentificationError, match=r"root of .*jackknife"):
        panel_var(data, ["a", "b"], method="bias_corrected", correction="hahn_kuersteiner")


# ---------------------------------------------------------------------------
# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variables": ["a"]}, "needs two variables or more"),
        ({"variables": "ab"}, "needs two variables or more"),
        ({"variables": ["a", "a"]}, "each may be named once"),
        ({"variables": ["a", "z"]}, "the variable is 'z'"),
        ({"lags": 0}, "lags is 0"),
        ({"method": "gme"}, "Did you mean 'gmm'"),
        ({"steps": 3}, "steps is 3"),
        ({"instruments": (0, 2)}, r"instruments\[0\] is 0.*same period"),
        ({"instruments": (3, 2)}, r"instruments\[1\] is 2"),
        ({"instruments": 2}, "first lag, last lag"),
        ({"method": "ols", "instruments": (1, 2)}, "only 'gmm' has any"),
        ({"cov": "iid"}, "with method='gmm' the"),
        ({"demean": "year"}, "demean is 'year'"),
        ({"method": "bias_corrected", "correction": "hk"}, "correction is 'hk'"),
        ({"method": "ols", "small_sample": "sata"}, "Did you mean 'stata'"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        panel_var(simulated(), **{"variables": ["a", "b"], **arguments})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "structural"}, "kind is 'structural'"),
        ({"order": ["a"]}, "each of a, b once"),
        ({"order": ["a", "b"], "kind": "generalised"}, "has no order"),
        ({"horizon": -1}, "horizon is -1"),
        ({"bands": "normal"}, "bands is 'normal'"),
        ({"draws": 10}, "draws is 10"),
        ({"seed": None}, "seed is None"),
    ],
)
def test_bad_arguments_of_responses(arguments: dict[str, Any], message: str) -> None:
    fit = panel_var(simulated(), ["a", "b"], method="ols")
    with pytest.raises(InputError, match=message):
        fit.irf(**arguments)
    with pytest.raises(InputError, match="only 'gmm' has any"):
        fit.select_lags(2, instruments=(1, 2))


def test_too_few_periods() -> None:
    with pytest.raises(DataError, match="no entity has 10 consecutive periods"):
        panel_var(simulated(), ["a", "b"], lags=9)
    with (
        pytest.raises(DataError, match="two usable rows"),
        pytest.warns(DroppedRowsWarning),
    ):
        panel_var(simulated(), ["a", "b"], lags=8)
    with pytest.raises(DataError, match="3 usable periods"):
        panel_var(simulated(years=4), ["a", "b"], method="bias_corrected")


def test_too_few_instruments_and_too_many() -> None:
    with pytest.raises(IdentificationError, match="2 instruments cannot identify 4"):
        panel_var(simulated(), ["a", "b"], lags=2, instruments=(1, 1))
    with pytest.raises(IdentificationError, match="begin with a lower lag"):
        panel_var(simulated(), ["a", "b"], instruments=(9, 9))
    few = simulated(units=8, years=12)
    with pytest.warns(UnigaugeWarning, match="more instruments than entities"):
        fit = panel_var(few, ["a", "b"], instruments=(1, None), collapse=False, steps=1)
    assert fit.hansen is None
    with pytest.raises(IdentificationError, match="more units than moments"):
        panel_var(few, ["a", "b"]).select_lags(3)


@pytest.mark.parametrize("options", METHODS)
def test_collinear_and_constant_variables_are_named(options: dict[str, Any]) -> None:
    data = simulated()
    data["c"] = 2 * data["a"] - data["b"]
    with pytest.raises(IdentificationError, match=r"lag\(c, 1\): a combination"):
        panel_var(data, ["a", "b", "c"], **options)
    data["d"] = 1.0
    with pytest.raises(IdentificationError, match="'d' does not vary within any entity"):
        panel_var(data, ["a", "d"], **options)
    data["e"] = np.tile(np.arange(9.0), 60)
    with pytest.raises(IdentificationError):
        panel_var(data, ["a", "e"], demean="time", **options)


def test_bad_panels() -> None:
    data = simulated()
    text = data.assign(a="x")
    with pytest.raises(InputError, match="not numeric"):
        panel_var(text, ["a", "b"])
    with pytest.raises(InputError, match="share an"):
        panel_var(pd.concat([data.iloc[:1], data]), ["a", "b"])
    infinite = data.copy()
    infinite.iloc[3, 0] = np.inf
    with pytest.raises(InputError, match="infinite"):
        panel_var(infinite, ["a", "b"])


def test_warning_counts_rows_and_names_lone_units() -> None:
    data = simulated(units=20)
    lone = data.drop(index=[("u004", year) for year in range(2002, 2009)])
    with pytest.warns(DroppedRowsWarning, match=r"single usable row .*'u004'"):
        fit = panel_var(lone, ["a", "b"])
    assert fit.n_entities == 19
    gap = data.drop(index=[("u004", 2004)])
    with pytest.warns(DroppedRowsWarning, match="1 of 179 rows were not used: in 1 row"):
        fit = panel_var(gap, ["a", "b"], method="ols")
    assert fit.nobs == 20 * 8 - 2


# ---------------------------------------------------------------------------
# Monte Carlo: a smaller run of docs/monte_carlo/panel_var.py


@cache
def monte_carlo() -> Any:
    path = Path(__file__).parents[2] / "docs" / "monte_carlo" / "panel_var.py"
    spec = importlib.util.spec_from_file_location("monte_carlo_panel_var", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def drawn(design: str, method: str, repetitions: int, bands: int) -> dict[str, float]:
    rows = monte_carlo().simulate(design, method, repetitions, bands_of=bands)
    return {row["statistic"]: row["value"] for row in rows}


@pytest.mark.slow
def test_gmm_keeps_size_and_coverage_with_many_units() -> None:
    """Nominal 5 and 95 %, three binomial errors around 3.5 to 7 %; no bias to speak of."""
    out = drawn("many units, moderate", "gmm, lags 1 to 3", 300, 30)
    assert abs(out["bias of a's own lag"]) < 0.01
    assert abs(out["bias of a in b"]) < 0.01
    reach = 3 * np.sqrt(0.05 * 0.95 / 300)
    size = out["rejections of 'b does not cause a' (true)"]
    assert 0.035 - reach < size < 0.07 + reach
    for name, value in out.items():
        if name.startswith("coverage"):
            draws = 30 if "bands" in name else 300
            assert value > 0.93 - 3 * np.sqrt(0.05 * 0.95 / draws), name


@pytest.mark.slow
def test_corrections_take_out_most_of_the_bias_of_least_squares() -> None:
    raw = drawn("few units, persistent", "ols", 150, 0)
    for method in ("jackknife", "hahn_kuersteiner"):
        corrected = drawn("few units, persistent", method, 150, 0)
        for name in ("bias of a's own lag", "bias of b's own lag"):
            assert raw[name] < -0.05
            assert abs(corrected[name]) < 0.4 * abs(raw[name])
    assert raw["coverage of a's own lag"] < 0.6
