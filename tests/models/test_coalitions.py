"""Coalitions: references, cores by brute force, rivals, outsiders."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models.agreements.coalitions import (
    ARRANGEMENTS,
    CONJECTURES,
    Blocs,
    RegionalMarkets,
    RivalCoalitions,
    label,
    outsider,
    partition_core,
    partitions,
)
from unigauge.models.agreements.recognition import World

HERE = Path(__file__).parents[1] / "reference"
CASES = {c["id"]: c for c in json.loads((HERE / "agreements.json").read_text())}
SOME = settings(max_examples=25, deadline=None)
EXACT = 1e-9


# ---------------------------------------------------------------------------
# Partitions and their core


@pytest.mark.parametrize(
    ("n", "bell"), [(1, 1), (2, 2), (3, 5), (4, 15), (5, 52), (6, 203)]
)
def test_number_of_partitions(n, bell):
    listed = partitions(n)
    assert len(listed) == len(set(listed)) == bell
    for partition in listed:
        assert sorted(player for bloc in partition for player in bloc) == list(range(n))


def random_game(seed, n):
    rng = np.random.default_rng(seed)
    return {partition: rng.integers(0, 5, n).astype(float) for partition in partitions(n)}


def naive_core(worth, n, conjecture):
    """Return stable partitions, with sets."""
    found = []
    for partition in worth:
        blocks = False
        for size in range(1, n + 1):
            for coalition in map(set, combinations(range(n), size)):
                blocs = [coalition]
                for bloc in map(set, partition):
                    left = bloc - coalition
                    split = conjecture == "gamma" and left != bloc
                    blocs += [{p} for p in left] if split else [left] * bool(left)
                after = worth[tuple(sorted(tuple(sorted(bloc)) for bloc in blocs))]
                blocks |= all(after[i] > worth[partition][i] + EXACT for i in coalition)
        if not blocks:
            found.append(partition)
    return found


@given(st.integers(0, 10**6), st.integers(2, 4), st.sampled_from(CONJECTURES))
@SOME
def test_core_of_any_game(seed, n, conjecture):
    worth = random_game(seed, n)
    found = partition_core(worth, conjecture)
    assert list(found.stable) == naive_core(worth, n, conjecture)
    statuses = {0: "empty_core", 1: "ok"}
    assert found.status == statuses.get(len(found.stable), "multiple")
    if found.stable:
        assert found.certificate <= EXACT
    else:
        assert found.certificate == found.gains.min() > 0
        assert all(found.blockers)
    total = max(sum(pay) for pay in worth.values())
    assert found.efficient_blocs == min(len(p) for p in worth if sum(worth[p]) == total)


@given(st.integers(0, 10**6), st.permutations(range(4)), st.sampled_from(CONJECTURES))
@SOME
def test_core_does_not_know_names(seed, order, conjecture):
    worth = random_game(seed, 4)

    def renamed(partition):
        return tuple(sorted(tuple(sorted(order[i] for i in bloc)) for bloc in partition))

    other = {renamed(p): pay[np.argsort(order)] for p, pay in worth.items()}
    here = {renamed(p) for p in partition_core(worth, conjecture).stable}
    assert here == set(partition_core(other, conjecture).stable)


def test_an_empty_core_is_a_status():
    found = partition_core(RivalCoalitions(strength=(3, 3, 10)))
    assert (found.stable, found.status) == ((), "empty_core")
    assert found.certificate > 0.04
    assert "empty" in str(found)
    frame = found.to_frame()
    assert not frame["stable"].any()
    assert (frame["blocked_by"] != "-").all()
    assert found.plot().get_ylabel() == "gain of the keenest coalition"


def test_payoffs_that_are_not_known():
    worth = random_game(1, 3)
    worth[((0, 1, 2),)] = np.full(3, np.nan)
    found = partition_core(worth)
    assert found.status == "not_applicable"
    assert ((0, 1, 2),) not in found.stable + found.efficient


# ---------------------------------------------------------------------------
# Blocs


def test_reference_hump():
    case = CASES["B09_hump"]
    given_ = case["inputs"]
    for apart, gain in zip(given_["D"], case["outputs"]["gain"], strict=True):
        world = World(n=2, conversion_cost=given_["psi"])
        game = Blocs(position=(0.0, apart), adaptation_cost=given_["a"], world=world)
        found = game.payoffs([[0, 1]]) - game.payoffs([[0], [1]])
        np.testing.assert_allclose(found, gain, atol=1e-9)


@pytest.mark.parametrize("apart", [0.1, 0.4, 0.9, 1.3, 3.0])
def test_gain_of_a_bloc_in_closed_form(apart):
    psi, a = 0.5, 0.07
    world = World(n=2, conversion_cost=psi)
    game = Blocs(position=(1.0, 1.0 + apart), adaptation_cost=a, world=world)
    d = psi * apart
    trade = (8 * d - 11 * d**2) / 18 if d <= 0.5 else 5 / 72
    found = game.payoffs([[0, 1]]) - game.payoffs([[0], [1]])
    np.testing.assert_allclose(found, trade - a * apart**2 / 8, atol=1e-12)


def test_dispersion_parts_the_world():
    world = World(n=3, conversion_cost=0.5)
    blocs = [
        partition_core(
            Blocs(position=(0, spread / 2, spread), adaptation_cost=0.2, world=world)
        ).efficient_blocs
        for spread in (0.5, 1, 2, 4)
    ]
    assert blocs == [1, 1, 2, 3]


def test_blocs_outside_the_domain_of_their_demand():
    world = World(n=3, demand="hotelling", conversion_cost=3.0, reservation_value=9.0)
    game = Blocs(position=(0, 0.1, 5), world=world)
    assert np.isnan(game.payoffs([[0], [1], [2]])).all()
    assert partition_core(game).status == "not_applicable"
    assert game.demand == "hotelling"
    assert game.standards([[0, 1], [2]]).tolist() == [0.05, 0.05, 5]


# ---------------------------------------------------------------------------
# Rivals


def test_a_deal_is_for_rivals_of_middling_strength():
    cores = {
        rival: partition_core(RivalCoalitions(strength=(3, 3, rival))).record()["stable"]
        for rival in (0.25, 1.0, 2.5, 4.0, 10.0)
    }
    assert cores == {0.25: "0|1|2", 1.0: "01|2", 2.5: "01|2", 4.0: "02|1 0|12", 10.0: ""}


@given(
    st.lists(st.floats(0.2, 5), min_size=3, max_size=4),
    st.lists(st.floats(-1, 1), min_size=4, max_size=4),
)
@SOME
def test_prizes_are_a_transfer_and_chances_add_up(strength, place):
    n = len(strength)
    game = RivalCoalitions(
        strength=strength, position=place[:n], policy_weight=0.0, negotiation_cost=0.0
    )
    for partition in partitions(n):
        assert game.payoffs(partition).sum() == pytest.approx(0, abs=1e-12)
        chance = game.winning(partition)
        assert sum(chance[bloc[0]] for bloc in partition) == pytest.approx(1)
    scaled = replace(game, strength=3 * np.array(strength))
    np.testing.assert_allclose(
        game.payoffs(partition), scaled.payoffs(partition), atol=1e-12
    )


def test_rivals_by_hand():
    game = RivalCoalitions(strength=(3, 3, 2))
    p = 36 / 40
    mean, k = 0.2, np.array([3, 3, 2]) / 8
    policy = -(p * (np.array([0, 0.4, 1]) - mean) ** 2)
    policy -= (1 - p) * (np.array([0, 0.4, 1]) - 1.0) ** 2
    prize = np.array([p * k[2] / 2] * 2 + [(1 - p) * (1 - k[2])])
    loss = np.array([1 - p, 1 - p, p]) * k
    expected = policy + prize - loss - np.array([0.05, 0.05, 0])
    np.testing.assert_allclose(game.payoffs([[0, 1], [2]]), expected, atol=1e-12)


# ---------------------------------------------------------------------------
# Outsiders


def test_a_core_that_asking_again_refutes_is_uncertified():
    asked = []

    def fickle(partition):
        asked.append(partition)
        again = len(asked) > len(partitions(3)) and len(partition) == 3
        return [float(again)] * 3

    core = partition_core(fickle, n=3)
    assert (core.status, core.certificate) == ("uncertified", 1.0)


def test_two_standards_are_two_even_if_equally_strict():
    alike, nearly = (
        RegionalMarkets(stringency=(0.8, low), test_cost=0) for low in (0.8, 0.8 - 1e-12)
    )
    for which in ARRANGEMENTS:
        off = outsider(alike, which).quantity - outsider(nearly, which).quantity
        assert abs(off).max() < 1e-10
    gain = outsider(alike, "harmonisation").sales - outsider(alike).sales
    assert (gain[:3] > 0).all()


def test_outsiders_by_default():
    sales = {which: outsider(arrangement=which).sales for which in ARRANGEMENTS}
    change = {which: sales[which][2:] - sales["none"][2:] for which in ARRANGEMENTS}
    assert change["harmonisation"][0] > 0 > change["harmonisation"][1]
    assert (change["recognition"] > 0).all()
    assert (change["recognition_with_origin_rules"] < 0).all()


@pytest.mark.parametrize("which", ARRANGEMENTS)
def test_outsiders_by_hand(which):
    s, h = (1.0, 0.4), (0.1, 0.1, 0.05, 0.4)
    cost = np.empty((4, 2))
    for i in range(4):
        inside = i < 2
        for j in range(2):
            own, kinds, test = s[j], 2, 0.1 * (i != j)
            if which == "harmonisation":
                own, kinds, test = 1.0, 1, 0.0
            elif which == "recognition" or (which != "none" and inside):
                own, kinds, test = (s[i] if inside else 0.4), 1, 0.0
            cost[i, j] = h[i] * own + 0.05 * (kinds - 1) + test
    found = outsider(arrangement=which)
    np.testing.assert_allclose(found.cost, cost, atol=1e-15)
    reply = np.maximum(1.5 - found.quantity.sum(axis=0) - cost, 0.0)  # may sell nothing
    np.testing.assert_allclose(found.quantity, reply, atol=1e-12)
    np.testing.assert_allclose(found.sales, found.quantity.sum(axis=1))
    assert found.certificate < 1e-12
    assert "linear" in str(found)


def test_trade_costs_are_paid_abroad_only():
    costly = RegionalMarkets(trade_cost=0.2)
    apart = costly.cost("none") - RegionalMarkets().cost("none")
    np.testing.assert_allclose(apart, [[0, 0.2], [0.2, 0], [0.2, 0.2], [0.2, 0.2]])
    assert outsider(costly).sales[2:].max() < outsider().sales[2:].max()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: partition_core(lambda p: [0, 0]), "say how many players"),
        (lambda: partition_core({}), "is empty"),
        (lambda: partition_core({((0, 1),): [1, 1]}), "no payoffs for the partition 0|1"),
        (lambda: partition_core(3), "mapping"),
        (lambda: partition_core(lambda p: [0], n=2), "must be 2 finite numbers"),
        (lambda: partition_core(lambda p: [np.inf, 0], n=2), "must be 2 finite numbers"),
        (lambda: partition_core(lambda p: [0] * 7, n=7), "at most 6"),
        (lambda: partition_core(lambda p: [0, 0], "alpha", n=2), "choose one of 'delta'"),
        (lambda: RivalCoalitions().payoffs([[0, 1]]), "exactly one bloc"),
        (lambda: RivalCoalitions(strength=(1, 0, 1)), "above 0"),
        (lambda: RivalCoalitions(strength=(1, 1)), "one number a power"),
        (lambda: RivalCoalitions(prize=-1), "prize is -1"),
        (lambda: Blocs(position=0.3), "at least two finite"),
        (lambda: Blocs(position=(0, 1), world=World()), "one country for each of the 2"),
        (lambda: Blocs(position=(0, 1), adaptation_cost=-1), "adaptation_cost is -1"),
        (lambda: RegionalMarkets(stringency=(1, -1)), "none negative"),
        (lambda: RegionalMarkets(burden=(0.1,)), "as many or more"),
        (lambda: RegionalMarkets(test_cost=-0.1), "test_cost is -0.1"),
        (lambda: outsider(arrangement="mra"), "choose one of"),
        (lambda: outsider("markets"), "must be RegionalMarkets"),
        (lambda: label(partitions(0)), "at least 1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()
