"""The two-way map is one-to-one, and simulated panels are what theory says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unigauge import datasets, two_way_map
from unigauge.errors import IdentificationError, InputError
from unigauge.two_way_map import simulate_two_way

REFERENCE = json.loads(
    (Path(__file__).parent / "reference" / "two_way_map.json").read_text(encoding="utf-8")
)
RING = (np.roll(np.eye(6), 1, axis=1) + np.roll(np.eye(6), -1, axis=1)) / 2


# ---------------------------------------------------------------------------
# The map


@pytest.mark.parametrize("case", REFERENCE["cases"])
def test_reference_cases(case):
    given_, wanted = case["inputs"], case["outputs"]
    adjustment = given_["lk"], given_["ls"]
    response = given_["bks"], given_["bsk"]
    imitation = given_["ck"], given_["cs"]
    network = RING if given_["W"] else None
    form = two_way_map.reduced_form(adjustment, response, imitation)
    np.testing.assert_allclose(form.own, wanted["A"], atol=1e-9)
    np.testing.assert_allclose(form.neighbours, wanted["D"], atol=1e-9)
    assert two_way_map.radius(*form, network) == pytest.approx(wanted["radius"], abs=1e-9)
    assert two_way_map.loop(response, imitation) == pytest.approx(wanted["loop"], abs=1e-9)
    assert two_way_map.multiplier(response, imitation) == pytest.approx(
        wanted["mult"], abs=1e-9
    )
    np.testing.assert_allclose(two_way_map.jacobian(form.own), wanted["jac"], atol=1e-9)
    powers = np.linalg.matrix_power(form.own, 4)
    np.testing.assert_allclose(powers, wanted["irf4"], atol=1e-9)


parts = st.floats(0.01, 1)
slopes = st.floats(-3, 3)
shares = st.floats(0, 0.95)


@given(st.tuples(parts, parts), st.tuples(slopes, slopes), st.tuples(shares, shares))
def test_the_map_is_one_to_one(adjustment, response, imitation):
    form = two_way_map.reduced_form(adjustment, response, imitation)
    back = two_way_map.structure(*form)
    np.testing.assert_allclose(back.adjustment, adjustment, rtol=0, atol=1e-12)
    np.testing.assert_allclose(back.response, response, rtol=0, atol=1e-10)
    np.testing.assert_allclose(back.imitation, imitation, rtol=0, atol=1e-10)
    again = two_way_map.reduced_form(*back)
    np.testing.assert_allclose(again.own, form.own, rtol=0, atol=1e-12)
    np.testing.assert_allclose(again.neighbours, form.neighbours, rtol=0, atol=1e-12)


@given(st.tuples(parts, parts), st.tuples(slopes, slopes))
def test_jacobian_is_the_slope_of_the_map(adjustment, response):
    own = two_way_map.reduced_form(adjustment, response).own

    def parameters(entries):
        found = two_way_map.structure(np.reshape(entries, (2, 2)))
        return np.array(
            [*found.adjustment, *found.response, two_way_map.loop(found.response)]
        )

    step = 1e-6 * min(adjustment)
    numerical = [
        (parameters(own.ravel() + step * unit) - parameters(own.ravel() - step * unit))
        / (2 * step)
        for unit in np.eye(4)
    ]
    exact = two_way_map.jacobian(own)
    scale = 1 + np.abs(exact).max()
    np.testing.assert_allclose(np.transpose(numerical) / scale, exact / scale, atol=1e-6)


@given(
    st.tuples(parts, parts),
    st.tuples(slopes, slopes),
    st.tuples(shares, shares),
    st.integers(0, 1000),
)
def test_radius_is_that_of_all_equations(adjustment, response, imitation, seed):
    weights = np.random.default_rng(seed).random((5, 5))
    np.fill_diagonal(weights, 0)
    weights /= weights.sum(axis=1, keepdims=True)
    own, neighbours = two_way_map.reduced_form(adjustment, response, imitation)
    whole = np.kron(np.eye(5), own) + np.kron(weights, neighbours)
    assert two_way_map.radius(own, neighbours, weights) == pytest.approx(
        np.abs(np.linalg.eigvals(whole)).max(), abs=1e-7
    )


@given(
    st.tuples(parts, parts),
    st.tuples(st.floats(0, 3), st.floats(0, 3)),
    st.tuples(shares, shares),
)
def test_positive_slopes_are_stable_when_the_loop_is_below_one(
    adjustment, response, imitation
):
    gain = two_way_map.loop(response, imitation)
    form = two_way_map.reduced_form(adjustment, response, imitation)
    if abs(gain - 1) > 1e-6:
        assert (two_way_map.radius(*form, RING) < 1) == (gain < 1)


def test_with_opposite_signs_the_loop_does_not_decide():
    form = two_way_map.reduced_form((1, 1), (1.5, -1.5))
    assert two_way_map.loop((1.5, -1.5)) == -2.25
    assert two_way_map.radius(form.own) == pytest.approx(1.5)


def test_multiplier_is_the_long_run():
    adjustment, response, imitation = (0.5, 0.4), (0.4, 0.6), (0.3, 0.2)
    own, neighbours = two_way_map.reduced_form(adjustment, response, imitation)
    # all units alike: W x = x, so that the neighbours' effect adds to the own
    settled = np.linalg.solve(np.eye(2) - own - neighbours, np.diag(adjustment))
    expected = two_way_map.multiplier(response, imitation) / (1 - np.array(imitation))
    np.testing.assert_allclose(np.diag(settled), expected)
    assert two_way_map.multiplier((2, 0.5)) == np.inf


def test_where_nothing_adjusts_nothing_is_identified():
    with pytest.raises(IdentificationError, match="no gap is ever closed"):
        two_way_map.structure([[1.0, 0.1], [0.1, 0.5]])


def test_a_stock_that_runs_away_has_no_multiplier():
    assert two_way_map.loop((0.2, 0.5), (1.0, 0.0)) == np.inf
    assert two_way_map.multiplier((0.2, 0.5), (1.2, 1.2)) == np.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: two_way_map.reduced_form((0.4, np.nan), (0.2, 0.5)),
            "adjustment is .*nan",
        ),
        (
            lambda: two_way_map.reduced_form(0.4, (0.2, 0.5)),
            "adjustment is 0.4; it must be a",
        ),
        (lambda: two_way_map.structure([[0.6, 0.1]]), r"own is .* of shape \(2, 2\)"),
        (lambda: two_way_map.jacobian("A"), "own is 'A'"),
        (lambda: two_way_map.loop([[1, 2], [3]]), r"response is \[\[1, 2\], \[3\]\]"),
        (lambda: two_way_map.radius(np.eye(2), network=[1, 2]), "network is .* a square"),
    ],
)
def test_the_map_says_what_it_cannot_read(call, message):
    with pytest.raises(InputError, match=message):
        call()


# ---------------------------------------------------------------------------
# The simulator


def test_the_data_sets_offer_it():
    assert datasets.simulate_two_way is simulate_two_way


def test_the_seed_decides():
    first = simulate_two_way(seed=3, units=5, periods=4)
    pd.testing.assert_frame_equal(first, simulate_two_way(seed=3, units=5, periods=4))
    assert not np.allclose(first, simulate_two_way(seed=4, units=5, periods=4))
    assert first.index.names == ["unit", "time"]
    assert first.index[-1] == (5, 4)
    assert first.index.is_monotonic_increasing


def within(values: np.ndarray) -> np.ndarray:
    """Remove means by unit and by period from an array (unit, period, variable)."""
    values = values - values.mean(axis=0)
    return values - values.mean(axis=1, keepdims=True)


def least_squares(panel: pd.DataFrame, units: int) -> np.ndarray:
    states = panel[["knowledge", "standards"]].to_numpy().reshape(units, -1, 2)
    now, before = within(states[:, 1:]), within(states[:, :-1])
    return np.linalg.lstsq(before.reshape(-1, 2), now.reshape(-1, 2), rcond=None)[0].T


def test_draws_are_those_of_the_reference():
    """Bias of least squares over the same seeds, as stored to four decimals."""
    wanted = REFERENCE["monte_carlo"]
    seeds = range(wanted["first_seed"], wanted["first_seed"] + wanted["draws"])
    estimates = [least_squares(simulate_two_way(seed=seed), 50) for seed in seeds]
    bias = np.mean(estimates, axis=0) - [[0.6, 0.1], [0.15, 0.7]]
    np.testing.assert_allclose(bias, wanted["bias"], rtol=0, atol=1e-9)


@pytest.mark.slow
def test_the_published_table_of_biases():
    """Fixed effects in the specification's Monte Carlo: 1000 draws, seeds 1000 to 1999."""
    draws = [least_squares(simulate_two_way(seed=s), 50) for s in range(1000, 2000)]
    bias = np.mean(draws, axis=0) - [[0.6, 0.1], [0.15, 0.7]]
    spread = np.std(draws, axis=0, ddof=1)
    assert bias[0, 0] == pytest.approx(-0.0935, abs=6e-5)
    assert bias[0, 1] == pytest.approx(-0.0197, abs=6e-5)
    assert bias[1, 1] == pytest.approx(-0.1029, abs=6e-5)
    assert spread[0, 0] == pytest.approx(0.0312, abs=6e-5)
    assert spread[0, 1] == pytest.approx(0.0294, abs=6e-5)
    assert spread[1, 1] == pytest.approx(0.0283, abs=6e-5)


def test_least_squares_finds_the_truth_in_a_long_panel():
    for options in ({}, {"timing": "contemporaneous"}):
        panel = simulate_two_way(seed=1, units=30, periods=2000, **options)
        found = least_squares(panel, 30)
        np.testing.assert_allclose(found, panel.attrs["truth"]["A"], atol=0.015)


def test_covariance_is_the_stationary_one():
    from scipy.linalg import solve_discrete_lyapunov

    panel = simulate_two_way(
        seed=2, units=400, periods=200, unit_scale=0, time_scale=0, shock_scale=(0.5, 1)
    )
    shocks = np.array([[0.25, 0.1], [0.1, 1.0]])
    expected = solve_discrete_lyapunov(np.array(panel.attrs["truth"]["A"]), shocks)
    np.testing.assert_allclose(np.cov(panel.T), expected, rtol=0.03)
    # the first period is drawn from the same distribution as the last
    for time in (1, 200):
        first = panel.xs(time, level="time")
        np.testing.assert_allclose(np.cov(first.T), expected, rtol=0.25, atol=0.1)


def test_units_rest_where_their_targets_say():
    panel = simulate_two_way(seed=5, units=300, periods=300, time_scale=0)
    truth = panel.attrs["truth"]
    response = np.array(truth["response"])
    spread = panel.groupby("unit").mean().cov()
    settled = np.linalg.inv(np.eye(2) - np.fliplr(np.diag(response)))
    np.testing.assert_allclose(spread, settled @ settled.T, rtol=0.2)


def test_time_effects_are_common_and_factors_are_not():
    common = simulate_two_way(
        seed=1, units=6, periods=50, shock_scale=(0, 0), unit_scale=0, time_scale=1
    )
    assert common.groupby("time")["knowledge"].std().max() < 1e-12
    factors = simulate_two_way(
        seed=1,
        units=6,
        periods=50,
        shock_scale=(0, 0),
        unit_scale=0,
        time_scale=0,
        factors=2,
    )
    knowledge = factors["knowledge"].to_numpy().reshape(6, 50)
    assert np.linalg.matrix_rank(knowledge, tol=1e-8) > 1
    assert knowledge.std(axis=0).min() > 0.01
    # drawn after everything else, factors leave the other draws as they were
    without = simulate_two_way(seed=1, units=6, periods=50)
    shifted = simulate_two_way(seed=1, units=6, periods=50, factors=1, factor_scale=0)
    np.testing.assert_allclose(without, shifted)


def test_neighbours_matter():
    ring = (np.roll(np.eye(50), 1, axis=1) + np.roll(np.eye(50), -1, axis=1)) / 2
    options = {"seed": 1, "network_effects": (0.12, 0.06)}
    panel = simulate_two_way(network="ring", **options)
    pd.testing.assert_frame_equal(panel, simulate_two_way(network=ring, **options))
    truth = panel.attrs["truth"]
    assert truth["imitation"] == pytest.approx([0.3, 0.2])
    assert truth["D"] == [[0.12, 0], [0, 0.06]]
    own, neighbours = np.array(truth["A"]), np.array(truth["D"])
    assert truth["radius"] == pytest.approx(two_way_map.radius(own, neighbours, ring))
    states = panel.to_numpy().reshape(50, 20, 2)
    free = simulate_two_way(seed=1).to_numpy().reshape(50, 20, 2)
    surprise = states[:, 1:] - states[:, :-1] @ own.T
    surprise -= np.einsum("ij,jtk->itk", ring, states)[:, :-1] @ neighbours.T
    np.testing.assert_allclose(surprise, free[:, 1:] - free[:, :-1] @ own.T, atol=1e-12)


def test_shifters_and_capacity_are_shown_where_they_matter():
    panel = simulate_two_way(seed=1, timing="contemporaneous", absorption=0.15)
    assert list(panel.columns) == [
        "knowledge",
        "standards",
        "knowledge_shifter",
        "standards_shifter",
        "absorptive_capacity",
    ]
    assert panel.groupby("unit")["absorptive_capacity"].std().max() < 1e-15
    k, s = panel["knowledge"], panel["standards"]
    before = panel[["knowledge", "standards"]].groupby("unit").shift()
    rest = s - 0.15 * k - 0.7 * before["standards"] - 0.3 * panel["standards_shifter"]
    rest = rest.dropna().to_numpy().reshape(50, 19)
    rest = rest - rest.mean(axis=0) - rest.mean(axis=1, keepdims=True)
    assert np.std(rest) == pytest.approx(0.3, rel=0.1)


def test_saturation_bends_the_response():
    options = {"seed": 1, "burn": 0, "periods": 2}
    straight = simulate_two_way(**options)
    bent = simulate_two_way(saturation=0.05, **options)
    loss = 0.4 * 0.05 * straight["standards"].xs(1, level="time") ** 2
    difference = (straight - bent)["knowledge"].xs(2, level="time")
    np.testing.assert_allclose(difference, loss, atol=1e-12)


@pytest.mark.parametrize("typical", [(20, 20), (15, 30)])
def test_counts_are_poisson_about_their_mean(typical):
    panel = simulate_two_way(
        seed=1,
        observed="counts",
        units=500,
        periods=40,
        unit_scale=0,
        time_scale=0,
        typical_count=typical[0] if typical[0] == typical[1] else typical,
    )
    assert list(panel.columns) == ["patents", "standards"]
    assert set(panel.dtypes) == {np.dtype("int64")}
    states = panel.to_numpy().reshape(500, 40, 2)
    own = np.array(panel.attrs["truth"]["A"])
    intercept = (np.eye(2) - own) @ np.log1p(typical)
    mean = np.exp(intercept + np.log1p(states[:, :-1]) @ own.T)
    standardised = (states[:, 1:] - mean) / np.sqrt(mean)
    assert abs(standardised.mean()) < 4 / np.sqrt(standardised.size)
    assert standardised.var() == pytest.approx(1, abs=0.03)
    assert panel.mean().to_numpy() == pytest.approx(typical, rel=0.25)
    assert panel.attrs["truth"]["typical_count"] == list(typical)


def test_truth_is_plain_and_travels():
    panel = simulate_two_way(seed=1, units=3, periods=3)
    truth = panel.attrs["truth"]
    assert json.loads(json.dumps(truth)) == truth
    assert panel.loc[1:2, ["knowledge"]].attrs["truth"] == truth
    assert panel.attrs["units"] == {"knowledge": "logarithm", "standards": "logarithm"}


def test_an_unstable_truth_has_no_multiplier():
    """The loop is -2.25, below 1, but the swings grow."""
    truth = simulate_two_way(
        seed=1,
        units=2,
        periods=3,
        persistence=(0, 0),
        standards_to_knowledge=1.5,
        knowledge_to_standards=-1.5,
        burn=0,
    ).attrs["truth"]
    assert truth["radius"] == pytest.approx(1.5)
    assert truth["loop"] == -2.25
    assert truth["multiplier"] == np.inf


def test_the_start_is_forgotten():
    slow = simulate_two_way(seed=1, persistence=(0.95, 0.9), standards_to_knowledge=0)
    truth = slow.attrs["truth"]
    assert truth["radius"] ** truth["burn"] <= 0.01 < truth["radius"] ** (truth["burn"] - 1)
    assert simulate_two_way(seed=1).attrs["truth"]["burn"] == 50


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": None}, "seed is None"),
        ({"units": 1}, "units is 1"),
        ({"periods": 0}, "periods is 0"),
        ({"persistence": (1, 0.5)}, r"persistence\[0\] is 1; it must be .* below 1"),
        ({"persistence": 0.5}, "sequence of 2 numbers"),
        ({"standards_to_knowledge": np.nan}, "standards_to_knowledge is nan"),
        ({"timing": "later"}, "timing is 'later'"),
        ({"observed": "log"}, "Did you mean 'logs'"),
        ({"shock_scale": (-1, 1)}, r"shock_scale\[0\] is -1"),
        ({"shock_correlation": 2}, "shock_correlation is 2"),
        ({"network": "star"}, "network is 'star'"),
        ({"network": "ring", "units": 2}, "a ring has at least 3"),
        ({"network": [[0, 1], [1]]}, "network is .* rows of one"),
        ({"network": np.eye(3)}, r"shape \(3, 3\); it must be \(50, 50\)"),
        ({"network": np.eye(50)}, "sum to 1 and a diagonal of 0"),
        ({"network_effects": (0.1, 0)}, "without a network"),
        ({"standards_to_knowledge": 0.9}, "radius is 1.* no stationary start"),
        (
            {
                "timing": "contemporaneous",
                "standards_to_knowledge": 2,
                "knowledge_to_standards": 0.5,
            },
            "product of the cross effects is 1",
        ),
        ({"observed": "counts", "absorption": 0.1}, "without absorption"),
        ({"observed": "counts", "shifter_effect": 0.1}, "shifter_effect"),
        ({"observed": "counts", "typical_count": 0}, "typical_count is 0"),
        ({"observed": "counts", "typical_count": (1, 0)}, r"typical_count\[1\] is 0"),
        ({"observed": "counts", "typical_count": 3000}, "typical_count is 3000.*bound"),
        ({"observed": "counts", "typical_count": (1, 1e9)}, r"typical_count\[1\] is 1000"),
        ({"burn": -1}, "burn is -1"),
        ({"saturation": 1e3}, "grows without bound"),
        ({"standards_to_knowledge": 9, "burn": 2000}, "grows without bound"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(InputError, match=message):
        simulate_two_way(**{"seed": 1, **options})
