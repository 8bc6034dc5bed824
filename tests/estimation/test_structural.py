"""The two-way system estimated."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from scipy.optimize import minimize
from scipy.stats import chi2

from unigauge import two_way_map
from unigauge.errors import DataError, DroppedRowsWarning, IdentificationError, InputError
from unigauge.estimation import panel_var, two_way_fit, two_way_restricted
from unigauge.estimation.structural.binding_function import binding_function

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "structural.json").read_text(
        encoding="utf-8"
    )
)
METHODS = ("indirect_inference", "jackknife", "gmm", "fe")
TRUTH = np.array([0.4, 0.3, 0.25, 0.5, 0.125])


@pytest.fixture(scope="module")
def waves() -> pd.DataFrame:
    """Twelve units, ten periods, no random numbers."""
    i, t = np.arange(12)[:, None], np.arange(10)
    k = np.sin(1.7 * i + 0.9 * t) + 0.5 * np.cos(0.37 * i * t + 0.2) + 0.1 * i
    s = np.cos(0.8 * i - 1.1 * t) + 0.4 * np.sin(0.53 * i * t)
    s += 0.3 * np.sin(1.7 * i + 0.9 * (t - 1)) - 0.05 * i
    index = pd.MultiIndex.from_product([range(12), range(10)], names=["unit", "time"])
    return pd.DataFrame({"k": k.ravel(), "s": s.ravel()}, index=index)


@pytest.fixture(scope="module")
def simulated() -> pd.DataFrame:
    return two_way_map.simulate_two_way(seed=11, units=60, periods=15)


# ---------------------------------------------------------------------------
# Agreement with an independent program


def test_least_squares(waves):
    fit = two_way_fit(waves, "k", "s", method="fe")
    coefficients, std_errors = REFERENCE["est_fe"]["outputs"]
    np.testing.assert_allclose(fit.own[0], coefficients, atol=1e-8)
    np.testing.assert_allclose(
        np.sqrt(np.diag(fit.own_covariance))[:2], std_errors, atol=1e-8
    )


def test_minimum_distance(waves):
    fit = two_way_fit(waves, "k", "s", method="fe")
    estimates, std_errors = REFERENCE["est_md"]["outputs"]
    np.testing.assert_allclose(fit.params, estimates, atol=1e-8)
    np.testing.assert_allclose(fit.std_errors, std_errors, atol=1e-8)


@pytest.mark.parametrize(("method", "case"), [("jackknife", "est_hpj"), ("gmm", "est_fod")])
def test_reduced_forms(waves, method, case):
    fit = two_way_fit(waves, "k", "s", method=method)
    np.testing.assert_allclose(fit.own, REFERENCE[case]["outputs"], atol=1e-8)


# ---------------------------------------------------------------------------
# The structure is that of the reduced form


@pytest.mark.parametrize("method", METHODS)
def test_structure_is_that_of_the_reduced_form(simulated, method):
    fit = two_way_fit(simulated, "knowledge", "standards", method=method, simulations=5)
    adjustment, response, _ = two_way_map.structure(fit.own)
    np.testing.assert_allclose(fit.params[:4], [*adjustment, *response], atol=1e-12)
    assert fit.loop == pytest.approx(response.prod(), abs=1e-12)
    assert fit.radius == pytest.approx(np.abs(np.linalg.eigvals(fit.own)).max(), abs=1e-12)
    assert fit.multiplier == pytest.approx(1 / (1 - fit.loop))
    low, high = fit.loop_interval
    assert high - fit.loop == pytest.approx(1.959964 * fit.std_errors["loop"], rel=1e-6)
    assert fit.loop - low == pytest.approx(high - fit.loop)


def test_bootstrap_of_the_jackknife_by_hand(waves):
    """Units are picked again; unit and period means stay as they are in the data."""
    draws, rng = 25, np.random.default_rng(4)
    fit = two_way_fit(waves, "k", "s", method="jackknife", bootstrap=draws, seed=4)
    grid = waves.to_numpy().reshape(12, 10, 2)
    both = np.concatenate([grid[:, :-1], grid[:, 1:]], axis=-1)

    def centred(part):
        part = part - part.mean(axis=1, keepdims=True)
        return part - part.mean(axis=0, keepdims=True)

    parts = [centred(both), centred(both[:, :4]), centred(both[:, 4:])]

    def slopes(part, picks):
        rows = part[picks].reshape(-1, 4)
        return np.linalg.lstsq(rows[:, :2], rows[:, 2:], rcond=None)[0].T

    drawn = []
    for _ in range(draws):
        picks = rng.integers(0, 12, size=12)
        whole, first, second = (slopes(part, picks) for part in parts)
        own = 2 * whole - (first + second) / 2
        adjustment, response, _ = two_way_map.structure(own)
        drawn.append([*adjustment, *response, response.prod()])
    np.testing.assert_allclose(
        fit.std_errors, np.std(drawn, axis=0, ddof=1), rtol=1e-8, atol=0
    )


def test_units_and_order_of_the_pair_do_not_matter(simulated):
    """Scaling s divides b_ks and multiplies b_sk; swapping the pair swaps the names."""
    scaled = simulated.assign(tenfold=10 * simulated["standards"])
    fit = two_way_fit(simulated, "knowledge", "standards", simulations=10)
    other = two_way_fit(scaled, "knowledge", "tenfold", simulations=10)
    scale = [1, 1, 0.1, 10, 1]
    np.testing.assert_allclose(other.params, fit.params * scale, rtol=1e-4)
    np.testing.assert_allclose(other.std_errors, fit.std_errors * scale, rtol=0.02)
    turned = two_way_fit(simulated, "standards", "knowledge", method="gmm")
    straight = two_way_fit(simulated, "knowledge", "standards", method="gmm")
    np.testing.assert_allclose(turned.params.iloc[[1, 0, 3, 2, 4]], straight.params)


# ---------------------------------------------------------------------------
# Indirect inference


def _usable(units: int, periods: int) -> np.ndarray:
    """Rows with a lag, of units that begin late, end early, or have a gap."""
    seen = np.ones((units, periods), dtype=bool)
    seen[0, :3] = seen[1, -2:] = seen[2, 4] = False
    usable = np.zeros_like(seen)
    usable[:, 1:] = seen[:, 1:] & seen[:, :-1]
    return usable


@pytest.mark.filterwarnings("ignore::unigauge.errors.DroppedRowsWarning")
def test_simulated_panels_are_estimated_as_the_data_are():
    """With the gaps of the data, and exactly, also where the panel is unbalanced."""
    usable = _usable(8, 9)
    own = np.array([[0.6, 0.1], [0.15, 0.7]])
    binding = binding_function(usable, np.eye(2), 3, np.random.default_rng(0))
    paths = binding.paths(own)
    estimates = binding.estimates(paths)
    seen = usable | np.roll(usable, -1, axis=1)
    index = pd.MultiIndex.from_product([range(8), range(9)], names=["unit", "time"])
    for h in range(3):
        grid = paths[:, :, h].swapaxes(0, 1).reshape(-1, 2)
        frame = pd.DataFrame(grid, columns=["k", "s"], index=index)[seen.ravel()]
        fit = panel_var(frame, ["k", "s"], method="ols", demean="time")
        np.testing.assert_allclose(estimates[h], fit.coefficients, atol=1e-9)


def test_simulated_panels_are_stationary():
    own, sigma = np.array([[0.6, 0.1], [0.15, 0.7]]), np.array([[1.0, 0.3], [0.3, 0.5]])
    usable = np.ones((400, 4), dtype=bool)
    paths = binding_function(usable, sigma, 100, np.random.default_rng(1)).paths(own)
    wanted = np.linalg.solve(np.eye(4) - np.kron(own, own), sigma.ravel()).reshape(2, 2)
    for state in paths:
        np.testing.assert_allclose(np.cov(state.reshape(-1, 2).T), wanted, rtol=0.04)


def test_the_answer_has_the_estimates_as_its_mean(simulated):
    fit = two_way_fit(simulated, "knowledge", "standards", simulations=30, seed=5)
    fe = panel_var(simulated, ["knowledge", "standards"], method="ols", demean="time")
    usable = np.ones((60, 15), dtype=bool)
    usable[:, 0] = False
    binding = binding_function(usable, fe.sigma, 30, np.random.default_rng(5))
    np.testing.assert_allclose(binding(fit.own), fe.coefficients, atol=1e-7)


def test_long_panels_need_no_correction():
    panel = two_way_map.simulate_two_way(seed=2, units=10, periods=300)
    plain = two_way_fit(panel, "knowledge", "standards", method="fe")
    fit = two_way_fit(panel, "knowledge", "standards", simulations=50)
    assert (np.abs(fit.params - plain.params) < 0.5 * plain.std_errors).all()
    np.testing.assert_allclose(fit.std_errors, plain.std_errors, rtol=0.1)


def test_seeds():
    panel = two_way_map.simulate_two_way(seed=3, units=30, periods=12)
    for method in ("indirect_inference", "jackknife"):
        first, again, other = (
            two_way_fit(
                panel, "knowledge", "standards", method=method, simulations=60, seed=seed
            )
            for seed in (1, 1, 2)
        )
        assert first.to_frame().equals(again.to_frame())
        assert not first.to_frame().equals(other.to_frame())
        assert (np.abs(first.params - other.params) < 0.5 * first.std_errors).all()


@pytest.mark.slow
def test_recovery_and_coverage():
    """Indirect inference and the jackknife hold their level; least squares does not."""
    draws, inside, means = 60, dict.fromkeys(METHODS, 0), dict.fromkeys(METHODS, 0.0)
    for seed in range(draws):
        panel = two_way_map.simulate_two_way(seed=1000 + seed)
        for method in METHODS:
            fit = two_way_fit(
                panel,
                "knowledge",
                "standards",
                method=method,
                simulations=20,
                bootstrap=99,
                seed=seed,
            )
            low, high = fit.tests.conf_low, fit.tests.conf_high
            inside[method] = inside[method] + ((low < TRUTH) & (high > TRUTH))
            means[method] = means[method] + fit.params.to_numpy() / draws
    # 60 draws at 5 % reject more than 9 times with probability 0.0012
    assert (inside["indirect_inference"] >= draws - 9).all()
    assert (inside["jackknife"][2:] >= draws - 9).all()
    assert (inside["gmm"] >= draws - 9).all()
    assert inside["fe"][4] < 0.5 * draws
    # three Monte Carlo standard errors, from the standard deviations of the specification
    bound = 3 * np.array([0.0351, 0.0351, 0.0713, 0.1055, 0.0520]) / np.sqrt(draws)
    assert (np.abs(means["indirect_inference"] - TRUTH) < bound).all()
    assert means["fe"][4] < 0.08


# ---------------------------------------------------------------------------
# Restrictions


@pytest.mark.parametrize("method", ["indirect_inference", "gmm"])
@pytest.mark.parametrize(
    ("restricted", "system", "start"),
    [
        ({"equal_adjustment": True}, lambda a, b, c: ((a, a), (b, c)), (0.35, 0.2, 0.5)),
        ({"adjustment": (0.4, None)}, lambda a, b, c: ((0.4, a), (b, c)), (0.3, 0.2, 0.5)),
        ({"adjustment": (0.4, 0.3)}, lambda a, b: ((0.4, 0.3), (a, b)), (0.2, 0.5)),
    ],
)
def test_minimum_distance_against_a_search(simulated, method, restricted, system, start):
    names = ("knowledge", "standards")
    free = two_way_fit(simulated, *names, method=method, simulations=10)
    weights = np.linalg.inv(free.own_covariance)

    def reduced(theta):
        return two_way_map.reduced_form(*system(*theta)).own.ravel()

    def distance(theta):
        off = free.own.ravel() - reduced(theta)
        return off @ weights @ off

    found = minimize(distance, start, method="BFGS", options={"gtol": 1e-10})
    fit = two_way_restricted(simulated, *names, method=method, simulations=10, **restricted)
    assert fit.statistic == pytest.approx(found.fun, rel=1e-8)
    (l_k, l_s), (b_ks, b_sk) = system(*found.x)
    np.testing.assert_allclose(fit.estimates[:4], [l_k, l_s, b_ks, b_sk], rtol=1e-5)
    assert fit.df == 4 - len(start)
    assert fit.p_value == pytest.approx(chi2.sf(found.fun, fit.df))
    steps = 1e-6 * np.eye(len(start))
    slopes = np.array([reduced(found.x + d) - reduced(found.x - d) for d in steps]) / 2e-6
    errors = np.sqrt(np.diag(np.linalg.inv(slopes @ weights @ slopes.T)))
    np.testing.assert_allclose(fit.std_errors.iloc[2:4], errors[-2:], rtol=1e-4)


def test_a_second_lag_is_tested_as_by_wald(simulated):
    fit = two_way_restricted(simulated, "knowledge", "standards", no_second_lag=True)
    longer = panel_var(
        simulated,
        ["knowledge", "standards"],
        lags=2,
        steps=1,
        instruments=(1, 4),
        demean="time",
    )
    second = [2, 3, 6, 7]
    off = longer.coefficients.ravel()[second]
    spread = longer.covariance[np.ix_(second, second)]
    assert fit.statistic == pytest.approx(off @ np.linalg.solve(spread, off))
    assert fit.df == 4
    assert fit.p_value > 0.05


def test_a_second_lag_that_counts_is_found():
    rng = np.random.default_rng(3)
    k, s = rng.normal(size=(2, 40, 100))
    for t in range(2, 40):
        k[t] += 0.4 * k[t - 1] + 0.4 * k[t - 2]
        s[t] += 0.5 * s[t - 1] + 0.2 * k[t - 1]
    index = pd.MultiIndex.from_product([range(100), range(15)], names=["unit", "time"])
    frame = pd.DataFrame({"k": k[-15:].T.ravel(), "s": s[-15:].T.ravel()}, index)
    assert two_way_restricted(frame, "k", "s", no_second_lag=True).p_value < 0.001


def test_restrictions_are_shown(simulated):
    fit = two_way_restricted(
        simulated, "knowledge", "standards", adjustment=(0.4, 0.3), no_second_lag=True
    )
    text = " ".join(str(fit).split())
    assert "l_k = 0.4; l_s = 0.3; no second lag" in text
    assert f"chi2(6) = {fit.statistic:.4f}" in text
    assert fit.std_errors[["l_k", "l_s"]].tolist() == [0, 0]
    assert fit.record()["df"] == 6
    assert str(pickle.loads(pickle.dumps(fit))) == str(fit)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "nothing is restricted"),
        (
            {"adjustment": (0.4, 0.3), "equal_adjustment": True},
            "leave one of the three out",
        ),
        ({"adjustment": (0.4,)}, "must be a pair"),
        ({"adjustment": (1.4, None)}, "l_k is 1.4"),
        ({"no_second_lag": True, "method": "indirect_inference"}, "one lag only"),
        ({"equal_adjustment": True, "method": "mle"}, "method"),
    ],
)
def test_refused_restrictions(simulated, wrong, message):
    with pytest.raises(InputError, match=message):
        two_way_restricted(simulated, "knowledge", "standards", **wrong)


# ---------------------------------------------------------------------------
# What is shown, and what is refused


def test_shown(simulated):
    fit = two_way_fit(simulated, "knowledge", "standards", simulations=5)
    text = str(fit)
    assert max(map(len, text.splitlines())) <= 79
    assert "rather too small" not in text
    for word in ("Loop", "Radius", "indirect inference", "Not identified", "b_ks"):
        assert word in text
    assert list(fit.params.index) == ["l_k", "l_s", "b_ks", "b_sk", "loop"]
    assert isinstance(fit.plot(), Axes)
    assert fit.record()["radius"] == fit.radius
    assert fit.record()["estimate[loop]"] == fit.loop
    assert str(pickle.loads(pickle.dumps(fit))) == text
    with pytest.raises(ValueError, match="read-only"):
        fit.own[0, 0] = 1


def test_weak_adjustment_is_said(fields):
    fit = two_way_fit(fields, "p", "s", method="jackknife")
    assert not fit.stable
    assert fit.multiplier == np.inf
    text = " ".join(str(fit).split())
    assert "l_k cannot be told from 0" in text
    assert "no steady state, and no long-run effect" in text
    assert "contradict the model" not in text
    assert "With 23 units standard errors are rather too small" in text


def test_estimates_outside_the_model_are_said(fields):
    fit = two_way_fit(fields, "p", "s", method="gmm")
    speeds = fit.params[["l_k", "l_s"]]
    assert speeds["l_k"] < 0
    assert speeds["l_s"] > 1
    text = " ".join(str(fit).split())
    assert f"l_k = {speeds['l_k']:.3g} and l_s = {speeds['l_s']:.3g}: a part of" in text


def test_too_persistent(fields):
    with pytest.raises(IdentificationError, match=r"so persistent that no system"):
        two_way_fit(fields, "p", "s", simulations=5)


def test_gaps_are_counted(simulated):
    holes = simulated.drop(index=[(1, 5), (2, 9)])
    with pytest.warns(DroppedRowsWarning, match="2 of 898 rows"):
        fit = two_way_fit(holes, "knowledge", "standards", simulations=10)
    whole = two_way_fit(simulated, "knowledge", "standards", simulations=10)
    assert fit.nobs == whole.nobs - 4
    assert (np.abs(fit.params - whole.params) < 0.5 * whole.std_errors).all()


def test_bad_input(simulated):
    with pytest.raises(InputError, match="method"):
        two_way_fit(simulated, "knowledge", "standards", method="mle")
    with pytest.raises(InputError, match=r"bootstrap is 5; .* their spread"):
        two_way_fit(simulated, "knowledge", "standards", bootstrap=5)
    with pytest.raises(InputError, match="simulations is 0"):
        two_way_fit(simulated, "knowledge", "standards", simulations=0)
    with pytest.raises(InputError, match="seed"):
        two_way_fit(simulated, "knowledge", "standards", seed=None)
    with pytest.raises(InputError, match="each may be named once"):
        two_way_fit(simulated, "knowledge", "knowledge")
    with pytest.raises(InputError, match="patents"):
        two_way_fit(simulated, "patents", "standards")
    with pytest.raises(DataError, match="halves"):
        two_way_fit(
            simulated.groupby("unit").head(4), "knowledge", "standards", method="jackknife"
        )
    for method in ("indirect_inference", "jackknife", "fe"):
        with pytest.raises(DataError, match=r"2 usable units, and at least 3"):
            two_way_fit(simulated.loc[:2], "knowledge", "standards", method=method)
    flat = simulated.assign(
        standards=simulated.groupby("unit")["standards"].transform("mean")
    )
    with pytest.raises(IdentificationError, match="standards"):
        two_way_fit(flat, "knowledge", "standards")
