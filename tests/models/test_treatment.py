"""National treatment and mutual recognition: references, brute force, statuses."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models.agreements.coalitions import partition_core
from unigauge.models.agreements.treatment import (
    REGIMES,
    TwoCountries,
    Vertical,
    compare,
    costinot,
    neutral_spillover,
    solve,
    standards,
)

HERE = Path(__file__).parents[1] / "reference"
CASES = {c["id"]: c for c in json.loads((HERE / "agreements.json").read_text())}
SOME = settings(max_examples=30, deadline=None)
costs = st.floats(0.02, 0.48)
damages = st.floats(0, 1.5)


def test_reference_thresholds():
    case = CASES["C_thresholds_a1.0_k0.25"]["outputs"]
    found = costinot(demand_intercept=1.0, compliance_cost=0.25)
    assert found.national_treatment == pytest.approx(case["NT"], abs=1e-9)
    assert found.world == pytest.approx(case["W"], abs=1e-9)
    lax, strict = case["MR_if_other_lax"], case["MR_if_other_strict"]
    assert found.mutual_recognition_if_other_lax == pytest.approx(lax, abs=1e-9)
    assert found.mutual_recognition_if_other_strict == pytest.approx(strict, abs=1e-9)
    assert found.certificate < 1e-12


def test_reference_vertical():
    case = CASES["C4_continuous"]["outputs"]
    found = standards(Vertical(n=3, damage=0.3, spillover=0.5))
    np.testing.assert_allclose(
        found.by_size, [case["s1"], case["s2"], case["s3"]], atol=1e-6
    )
    assert found.neutral_spillover == pytest.approx(case["lam_neutral"], abs=1e-6)


# ---------------------------------------------------------------------------
# A yes-or-no standard


@given(costs, st.floats(0.5, 3))
@SOME
def test_thresholds_are_where_equilibria_turn(share, alpha):
    k = share * alpha
    found = costinot(demand_intercept=alpha, compliance_cost=k)
    low, high = sorted(
        (found.mutual_recognition_if_other_lax, found.mutual_recognition_if_other_strict)
    )
    assert found.national_treatment < found.world < low < high
    eps = 1e-6 * alpha

    def equilibria(damage, regime):
        world = TwoCountries(demand_intercept=alpha, compliance_cost=k, damage=damage)
        return solve(world, regime).equilibria

    none, both = ((False, False),), ((True, True),)
    for where, before, after, regime in (
        (found.national_treatment, none, both, "national_treatment"),
        (low, none, none + both, "mutual_recognition"),
        (high, none + both, both, "mutual_recognition"),
    ):
        assert equilibria(where - eps, regime) == before
        assert equilibria(where + eps, regime) == after


@given(costs, st.tuples(damages, damages))
@SOME
def test_no_regime_beats_the_efficient_rules(k, damage):
    world = TwoCountries(compliance_cost=k, damage=damage)
    found = {regime: solve(world, regime) for regime in REGIMES}
    best = max(
        world.welfare(np.reshape(rules, (2, 2))).sum()
        for rules in product((0, 1), repeat=4)
    )
    assert found["efficient"].total == pytest.approx(best, abs=1e-12)
    for answer in found.values():
        assert answer.total <= best + 1e-12
        assert answer.certificate <= 1e-9


@given(costs, st.tuples(damages, damages))
@SOME
def test_naming_the_countries_the_other_way_round(k, damage):
    here = TwoCountries(compliance_cost=k, damage=damage)
    there = TwoCountries(compliance_cost=k, damage=damage[::-1])
    for regime in REGIMES:
        one, other = solve(here, regime), solve(there, regime)
        assert one.total == pytest.approx(other.total, abs=1e-12)
        assert {e[::-1] for e in one.equilibria} == set(other.equilibria) or (
            regime == "efficient"
        )


def test_several_equilibria_are_a_status():
    world = TwoCountries(damage=0.7)
    found = solve(world, "mutual_recognition")
    assert found.status == "multiple"
    assert found.equilibria == ((False, False), (True, True))
    assert found.standards == (True, True)  # the better one
    table = compare(world)
    assert table["total"].idxmin() == "mutual_recognition" or table["total"].nunique() == 1
    assert found.plot().get_ylabel() == "welfare"
    lines = costinot().plot_data()
    assert (lines["mutual_recognition_worst"] <= lines["mutual_recognition"] + 1e-12).all()
    assert (lines["mutual_recognition_worst"] < lines["mutual_recognition"] - 1e-3).any()


# ---------------------------------------------------------------------------
# How strict


@given(
    st.integers(2, 5),
    st.floats(0.3, 2),
    st.floats(0.3, 4),
    st.floats(0, 1),
    st.floats(0, 1),
)
@SOME
def test_standards_are_the_best_of_a_fine_grid(n, alpha, k, damage, spillover):
    world = Vertical(
        n=n, demand_intercept=alpha, compliance_cost=k, damage=damage, spillover=spillover
    )
    grid = np.linspace(0, world.strictest, 5001)
    for c in (1, n):
        s = world.standard(c)
        joint = world.own(grid) + (c - 1) * world.abroad(grid)
        assert world.own(s) + (c - 1) * world.abroad(s) >= joint.max() - 1e-12
    assert standards(world).certificate <= 1e-9


@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize("damage", [0.1, 0.3])
def test_neutral_spillover(n, damage):
    lam = neutral_spillover(n)
    for spillover, reading in ((lam - 0.02, "too strict"), (lam + 0.02, "too lax")):
        found = standards(Vertical(n=n, damage=damage, spillover=spillover))
        assert (found.reading, found.status) == (reading, "ok")
    assert standards(Vertical(n=n, damage=damage, spillover=lam)).reading == "as good as"


def test_corners_are_a_status():
    assert standards(Vertical(damage=0.0)).status == "corner"
    strict = standards(Vertical(damage=2.0, compliance_cost=0.1))
    assert strict.status == "corner"
    assert strict.by_size.max() == 1.0
    assert strict.plot().get_xlabel() == "members"


def test_payoffs_add_up_by_hand():
    world = Vertical(spillover=0.3, bloc_cost=0.01)
    pair, alone = world.standard(2), world.standard(1)
    expected = world.own(pair) + world.abroad(pair) + world.abroad(alone) - 0.01
    payoff = world.payoffs([[0, 1], [2]])
    assert payoff[0] == pytest.approx(expected)
    assert payoff[2] == pytest.approx(world.own(alone) + 2 * world.abroad(pair) - 0.01)


def test_the_multilateral_core_needs_a_cost_of_blocs():
    together = ((0, 1, 2),)

    def core(spillover, cost, conjecture):
        world = Vertical(spillover=spillover, bloc_cost=cost)
        return partition_core(world, conjecture).stable

    assert core(0.0, 3.9e-4, "delta") == (together,)
    assert together not in core(0.0, 3.8e-4, "delta")
    assert together not in core(0.5, 5e-4, "delta")
    for spillover in (0.0, 0.1, 0.3, 0.5, 1.0):
        assert together not in core(spillover, 0.0, "delta")
        assert together in core(spillover, 0.0, "gamma")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: TwoCountries(compliance_cost=0.5), "one firm would leave"),
        (lambda: TwoCountries(damage=(0.1, 0.2, 0.3)), "must have 2"),
        (lambda: TwoCountries(damage=-1), "damage\\[0\\] is -1"),
        (lambda: TwoCountries().welfare([[0, 2], [0, 0]]), "0 or 1"),
        (lambda: solve(Vertical(), "efficient"), "must be TwoCountries"),
        (lambda: solve(TwoCountries(), "harmonisation"), "choose one of"),
        (lambda: costinot(compliance_cost=0), "above 0"),
        (lambda: Vertical(n=1), "at least 2"),
        (lambda: Vertical(spillover=float("nan")), "spillover is nan"),
        (lambda: Vertical(compliance_cost=0), "compliance_cost is 0"),
        (lambda: Vertical().standard(4), "there are 3"),
        (lambda: standards(TwoCountries()), "must be Vertical"),
        (lambda: neutral_spillover(1), "at least 2"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()
