"""Growth by innovation and standardisation: reference, claims, certificates, bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from unigauge.errors import InputError
from unigauge.models import growth
from unigauge.models.dynamics.growth import (
    Economy,
    balanced_growth,
    costly,
    optimum,
    transition,
)

HERE = Path(__file__).parents[1] / "reference"
CASES = json.loads((HERE / "dynamics_engines.json").read_text())
SOME = settings(max_examples=40, deadline=None)

economies = st.builds(
    Economy,
    innovation_cost=st.floats(4, 20),
    discount_rate=st.floats(0.01, 0.06),
    skilled=st.floats(0.5, 2),
    unskilled=st.floats(0.5, 2),
    elasticity=st.floats(1.3, 6),
)
rates = st.floats(0.002, 0.2)


def test_reference_balanced_growth():
    case = CASES["agz_bgp_0"]
    (path,) = balanced_growth(Economy(), case["inputs"]["m"])
    (wanted,) = case["outputs"]
    found = (path.growth, path.ratio, path.interest, path.consumption, path.premium)
    names = ("g", "n", "r", "c", "prem")
    assert found == pytest.approx([wanted[name] for name in names], abs=1e-8)
    assert path.welfare == pytest.approx(wanted["W"], abs=1e-6)
    assert path.status == wanted["status"]


def test_reference_optimum():
    wanted = CASES["agz_opt_0"]["outputs"]
    best = optimum(Economy())
    assert (best.rate, best.growth) == pytest.approx((wanted["m"], wanted["g"]), abs=1e-9)


def test_reference_costly_standardisation():
    case = CASES["agz_costly_0"]
    paths = costly(Economy(standardisation_cost=case["inputs"]["muL"]))
    assert len(paths) == len(case["outputs"])
    for path, wanted in zip(paths, case["outputs"], strict=True):
        found = (path.ratio, path.growth, path.rate, path.interest, path.consumption)
        names = ("n", "g", "m", "r", "c")
        assert found == pytest.approx([wanted[name] for name in names], abs=1e-8)
        assert (path.stability, path.status) == (wanted["stable"], wanted["status"])


def test_reference_transition():
    case = CASES["agz_transition_0"]
    path, wanted = transition(Economy(), case["inputs"]["m"]), case["outputs"]
    found = (path.steady_share, path.steady_consumption)
    assert found == pytest.approx((wanted["ss"], wanted["cs"]), abs=5e-6)
    found = (path.half_life, path.slope)
    assert found == pytest.approx((wanted["half_life"], wanted["slope"]), abs=1e-6)


@given(economies, rates)
@SOME
def test_one_balanced_path_certified_and_a_saddle(economy, rate):
    (path,) = balanced_growth(economy, rate)
    assert path.status == "ok" and path.certificate < 1e-9
    assert path.stability == "saddle"
    assert path.share == pytest.approx(1 / (1 + path.growth / rate))


@given(economies, rates, st.floats(0.5, 3))
@SOME
def test_time_may_be_measured_in_other_units(economy, rate, factor):
    """Costs over k and rates times k: the same economy with a shorter year."""
    (path,) = balanced_growth(economy, rate)
    fast = replace(
        economy,
        innovation_cost=economy.innovation_cost / factor,
        discount_rate=economy.discount_rate * factor,
        licence_fee=0.0,
    )
    (other,) = balanced_growth(fast, rate * factor)
    assert other.growth == pytest.approx(factor * path.growth, rel=1e-9)
    assert other.consumption == pytest.approx(path.consumption, rel=1e-9)


@given(economies.map(lambda e: replace(e, elasticity=2.0)))
@SOME
def test_closed_form_optimum_is_the_top(economy):
    rate, top = growth.closed_form_optimum(economy)
    near = [balanced_growth(economy, rate * x)[0].growth for x in (0.9, 0.99, 1, 1.01, 1.1)]
    assert near[2] == pytest.approx(top, rel=1e-11)
    assert max(near) == near[2]
    searched = optimum(replace(economy, elasticity=2 + 1e-9))
    assert searched.growth == pytest.approx(top, rel=1e-6)


def test_several_balanced_paths_where_goods_hardly_substitute():
    economy = Economy(elasticity=1.1, innovation_cost=25, discount_rate=0.04)
    paths = balanced_growth(economy, 0.02)
    assert [path.stability for path in paths] == ["saddle", "source", "saddle"]
    assert max(path.certificate for path in paths) < 1e-9
    found = [path.growth for path in paths]
    assert found == pytest.approx([0.000127, 0.002761, 0.012926], abs=1e-6)


@pytest.mark.parametrize(
    ("economy", "rate"),
    [
        (Economy(elasticity=1.05, innovation_cost=1000, discount_rate=0.1), 0.1),
        (Economy(elasticity=3.0, innovation_cost=1e6), 5.0),
        (Economy(elasticity=1.5, unskilled=1e-6, innovation_cost=200), 0.01),
    ],
)
def test_growth_as_good_as_none_is_found_too(economy, rate):
    """Profits grow without bound as new goods get rare, as n^(1/e - 1)."""
    (path,) = balanced_growth(economy, rate)
    assert 0 < path.ratio < 1e-8 and path.growth == pytest.approx(rate * path.ratio)
    assert path.status == "ok" and path.stability == "saddle"
    e, labour = economy.elasticity, economy.unskilled / economy.skilled
    wanted = economy.innovation_cost * (economy.discount_rate + rate + path.growth)
    power = economy.skilled / e * labour ** (1 / e) * path.ratio ** (1 / e - 1)
    assert power == pytest.approx(wanted, rel=1e-3)


def test_there_is_no_transition_to_growth_that_is_none():
    economy = Economy(elasticity=1.05, innovation_cost=1000, discount_rate=0.1)
    with pytest.raises(InputError, match="new goods for one that is standardised"):
        transition(economy, 0.1)


def test_the_best_rate_of_a_poor_economy():
    """Growth of 1e-13 is still highest where the closed form says."""
    economy = Economy(innovation_cost=1e6, discount_rate=0.5)
    best = optimum(economy)
    assert (best.rate, best.growth) == pytest.approx(
        growth.closed_form_optimum(economy), rel=1e-9
    )
    assert best.status == "ok"


def test_a_best_rate_far_out_and_none_at_all():
    fast = optimum(Economy(innovation_cost=0.02), "welfare")
    near = [
        balanced_growth(fast.economy, fast.rate * x)[0].welfare for x in (0.98, 1, 1.02)
    ]
    assert fast.rate > 5 and fast.status == "ok" and max(near) == near[1]
    dear = optimum(Economy(innovation_cost=300, discount_rate=0.05), "welfare")
    assert dear.status == "corner" and dear.rate < 1e-13
    assert dear.welfare > balanced_growth(dear.economy, 1e-4)[0].welfare


@pytest.mark.parametrize("elasticity", [1.5, 2.0, 3.0, 5.0])
def test_growth_is_single_peaked(elasticity):
    economy = Economy(elasticity=elasticity, discount_rate=0.01)
    path = [balanced_growth(economy, m)[0].growth for m in np.geomspace(1e-5, 1, 60)]
    signs = np.sign(np.diff(path))
    assert (np.diff(signs) != 0).sum() == 1 and signs[0] > 0 > signs[-1]


def test_profits_are_worth_their_cost_by_integration():
    economy = Economy(elasticity=3.0)
    (path,) = balanced_growth(economy, 0.02)
    profit = float(growth.innovator_profit(economy, path.ratio))
    value, _ = quad(lambda t: profit * np.exp(-(path.interest + path.rate) * t), 0, np.inf)
    assert value == pytest.approx(economy.innovation_cost, rel=1e-8)


def test_welfare_wants_faster_standardisation_than_growth():
    best, fastest = optimum(Economy(), "welfare"), optimum(Economy())
    assert (best.rate, fastest.rate) == pytest.approx((0.0211, 0.0142), abs=5e-5)
    assert best.welfare > fastest.welfare and best.growth < fastest.growth


def test_welfare_is_discounted_utility():
    (path,) = balanced_growth(Economy(), 0.05)
    value, _ = quad(
        lambda t: np.exp(-0.02 * t) * (np.log(path.consumption) + path.growth * t),
        0,
        np.inf,
    )
    assert path.welfare == pytest.approx(value, rel=1e-8)


def test_a_jump_in_standardisation_costs_growth_first():
    before = balanced_growth(Economy(), 0.0141)[0]
    path = transition(Economy(), 0.03, before.share)
    found = (before.growth, path.growth[0], path.growth[-1])
    assert found == pytest.approx((0.0442, 0.0272, 0.0422), abs=5e-5)
    assert path.status == "ok" and path.certificate < 1e-8
    assert path.share[0] == pytest.approx(before.share, abs=1e-10)
    assert path.share[-1] == pytest.approx(path.steady_share, abs=2e-6)


@pytest.mark.parametrize("start", [0.05, 0.6, 0.9])
def test_the_saddle_path_ends_well_and_half_lives_are_right(start):
    path = transition(Economy(elasticity=3.0), 0.02, start)
    assert path.status == "ok"
    late = path.time > path.time[-1] - 3 * path.half_life
    gap = np.log(np.abs(path.share[late] - path.steady_share))
    slope = np.polyfit(path.time[late], gap, 1)[0]
    assert -np.log(2) / slope == pytest.approx(path.half_life, rel=1e-2)


def test_costly_standardisation_multiplies_paths_and_the_fast_one_is_a_source():
    low, high = costly(Economy())
    assert (low.stability, high.stability) == ("saddle", "source")
    assert (low.growth, high.growth) == pytest.approx((0.0094, 0.0440), abs=5e-5)
    (only,) = costly(Economy(standardisation_cost=25))
    assert only.growth == pytest.approx(0.0437, abs=5e-5) and only.stability == "source"


@given(st.floats(12, 30), st.floats(0, 9))
@SOME
def test_costly_paths_are_certified(cost, fee):
    for path in costly(Economy(standardisation_cost=cost, licence_fee=fee)):
        assert path.certificate < 1e-9 and path.growth > 0 and path.rate > 0


def test_licence_optimum_beats_a_grid():
    best = growth.licence_optimum(Economy(standardisation_cost=10))
    grid = [
        path.growth
        for fee in np.linspace(0, 9.99, 100)
        for path in costly(Economy(standardisation_cost=10, licence_fee=fee))
    ]
    assert best.growth >= max(grid)


@given(economies, rates)
@SOME
def test_who_consumes_has_wages_and_wealth(economy, rate):
    """Wealth in patents earns its interest, of which growth is saved; wages come on top."""
    (path,) = balanced_growth(economy, rate)
    wealth = economy.innovation_cost * (1 - path.share)
    assert path.consumption > economy.discount_rate * wealth > 0


@pytest.mark.parametrize(("elasticity", "fee"), [(5, 0.0), (3, 10.0)])
def test_the_best_licence_fee_may_be_none_or_all(elasticity, fee):
    best = growth.licence_optimum(Economy(standardisation_cost=20, elasticity=elasticity))
    assert best.status == "corner"
    assert best.economy.licence_fee == pytest.approx(fee, abs=1e-6)
    others = [
        path.growth
        for between in np.linspace(0.1, 9.9, 50)
        for path in costly(replace(best.economy, licence_fee=float(between)))
    ]
    assert best.growth > max(others)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"elasticity": 1.0}, "elasticity is 1.0; it must be above 1"),
        ({"innovation_cost": -1}, "innovation_cost is -1; it must be above 0"),
        ({"discount_rate": np.nan}, "discount_rate is nan"),
        ({"licence_fee": 10.0}, "licence_fee is 10.0; it must be at least 0 and below 10"),
        ({"innovation_cost": "dear"}, "innovation_cost is 'dear'; it must be a number"),
    ],
)
def test_parameters_outside_their_domain(arguments, message):
    with pytest.raises(InputError, match=message):
        Economy(**arguments)


def test_arguments_outside_their_domain():
    with pytest.raises(InputError, match="rate is 0"):
        balanced_growth(Economy(), 0)
    with pytest.raises(InputError, match="must be an Economy"):
        balanced_growth(0.02, Economy())
    with pytest.raises(InputError, match="Did you mean 'welfare'"):
        optimum(Economy(), "wellfare")
    with pytest.raises(InputError, match="start is 1"):
        transition(Economy(), 0.02, 1)
    with pytest.raises(InputError, match="closed form is for 2"):
        growth.closed_form_optimum(Economy(elasticity=3))
    with pytest.raises(InputError, match="must be an Economy"):
        growth.closed_form_optimum(2)
    with pytest.raises(InputError, match="ratio is 0; it must be above 0"):
        growth.innovator_profit(Economy(), 0)
    with pytest.raises(InputError, match="ratio is nan"):
        growth.standardiser_profit(Economy(), np.nan)
    with pytest.raises(InputError, match=r"share is 1\.5"):
        growth.output(Economy(), 1.5)


def test_pictures_and_tables():
    import matplotlib.pyplot as plt

    results = [*costly(Economy()), balanced_growth(Economy(), 0.02)[0]]
    for result in [*results, transition(Economy(), 0.02)]:
        assert not result.to_frame().empty and "status" in result.record()
        axes = result.plot()
        assert len(axes.lines) >= 1 and max(map(len, str(result).splitlines())) <= 79
        plt.close(axes.figure)
