"""Voting: stored numbers, brute force, properties, bad input."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models.agreements.voting import banzhaf, bloc_vote, setter, shapley_shubik

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "reference" / "agreements.json").read_text()
    )
}
SOME = settings(max_examples=30, deadline=None)
WEIGHTS = st.lists(st.integers(1, 20), min_size=2, max_size=6)


def test_agrees_with_the_stored_power_indices() -> None:
    case = CASES["A06_power"]
    for number, (weights, quota) in enumerate(
        zip(case["inputs"]["weights"], case["inputs"]["quota"], strict=True), start=1
    ):
        for name, index in (("bz", banzhaf), ("ss", shapley_shubik)):
            found = index(weights, quota)
            wanted = case["outputs"][f"{name}{number}"]
            np.testing.assert_allclose(found.power, wanted, atol=1e-12)
            np.testing.assert_array_equal(np.asarray(found), found.power)
            assert found.certificate < 1e-12 and found.status == "ok"


@SOME
@given(WEIGHTS, st.floats(0.05, 1))
def test_power_is_what_all_orders_say(weights: list[int], share: float) -> None:
    quota = max(1, math.ceil(share * sum(weights)))
    pivots, swings = np.zeros(len(weights)), np.zeros(len(weights))
    for order in itertools.permutations(range(len(weights))):
        total = np.cumsum([weights[i] for i in order])
        pivots[order[int(np.argmax(total >= quota))]] += 1
    for size in range(len(weights)):
        for group in itertools.combinations(range(len(weights)), size):
            total = sum(weights[i] for i in group)
            for voter in set(range(len(weights))) - set(group):
                swings[voter] += total < quota <= total + weights[voter]
    shapley, normal = shapley_shubik(weights, quota), banzhaf(weights, quota)
    np.testing.assert_allclose(shapley.power, pivots / pivots.sum(), atol=1e-12)
    np.testing.assert_array_equal(normal.swings, swings)
    np.testing.assert_allclose(normal.absolute, swings / 2 ** (len(weights) - 1))
    assert max(shapley.certificate, normal.certificate) < 1e-12


@SOME
@given(WEIGHTS, st.floats(0.05, 1), st.randoms())
def test_power_is_monotone_and_blind_to_names(weights, share: float, random) -> None:
    quota = max(1, math.ceil(share * sum(weights)))
    order = list(range(len(weights)))
    random.shuffle(order)
    for index in (banzhaf, shapley_shubik):
        power = index(weights, quota).power
        ranked = power[np.argsort(weights)]
        assert (np.diff(ranked) >= -1e-12).all()
        moved = index([weights[i] for i in order], quota).power
        np.testing.assert_allclose(moved, power[order], atol=1e-12)
        scaled = index([3.7 * w for w in weights], 3.7 * quota).power
        np.testing.assert_allclose(scaled, power, atol=1e-12)
        more = [weights[0] + 3, *weights[1:]]
        assert (
            shapley_shubik(more, quota).power[0]
            >= shapley_shubik(weights, quota).power[0] - 1e-12
        )


def test_dictators_dummies_and_improper_games() -> None:
    np.testing.assert_array_equal(banzhaf([5, 1, 1], 5).power, [1, 0, 0])
    assert banzhaf([1, 1, 1], 1).status == "improper"
    np.testing.assert_allclose(banzhaf([0.1, 0.2, 0.7], 0.3).power, [0.2, 0.2, 0.6])


@pytest.mark.parametrize("seed", range(30))
def test_the_setter_gets_what_a_search_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, weights = rng.uniform(0, 1, 5), rng.integers(1, 5, 5)
    q, goal = rng.uniform(0, 1, 2)
    quota = rng.uniform(0.3, 1) * weights.sum()
    found = setter(x, q, goal, quota=quota, weights=weights)
    grid = np.linspace(-1, 2, 30_001)
    accepts = (np.abs(grid[:, None] - x) <= np.abs(q - x)) @ weights >= quota
    best = np.abs(np.append(grid[accepts], q) - goal).min()
    assert abs(found.proposal - goal) == pytest.approx(best, abs=1.1e-4)
    assert abs(found.proposal - goal) <= best + 1e-12
    assert found.certificate <= 1e-12
    assert found.accepted_weight >= quota - 1e-12 or found.proposal == q


def test_unanimity_caps_the_seat_at_the_nearest_voters_mirror() -> None:
    x = np.array([0.3, 0.6, 0.9])
    found = setter(x, 0.1, 2.0, quota=3)
    assert found.proposal == pytest.approx(2 * x.min() - 0.1)
    assert setter(x, 0.5, 2.0, quota=3).status == "gridlock"


def test_blocs_vote_as_simulated() -> None:
    found = bloc_vote(4, 3, 2, loyalty=0.8)
    rng = np.random.default_rng(5)
    delta = rng.normal(size=200_000)
    side = np.repeat([1, -1, 0], (4, 3, 2))
    chance = 1 / (1 + np.exp(-(delta[:, None] + 0.8 * side) / 0.25))
    votes = (rng.random(chance.shape) < chance).sum(axis=1)
    chosen = votes > 4.5
    noise = 4 / math.sqrt(len(delta))
    assert found.prob_first == pytest.approx(chosen.mean(), abs=noise)
    assert found.prob_best == pytest.approx((chosen == (delta > 0)).mean(), abs=noise)
    alike = (votes == 0) | (votes == 9)
    assert found.prob_unanimous == pytest.approx(alike.mean(), abs=noise)
    lost = (delta * chosen - np.maximum(delta, 0)).mean()
    assert found.loss == pytest.approx(lost, abs=noise / 2)
    assert found.certificate < 1e-9


@pytest.mark.parametrize("blocs", [(2, 2, 0), (5, 3, 3), (1, 0, 0), (3, 3, 4)])
def test_loyalty_costs_quality_and_agreement(blocs) -> None:
    votes = [bloc_vote(*blocs, loyalty=g) for g in (0.0, 0.4, 0.8, 1.6)]
    assert all(vote.loss <= 0 and vote.certificate < 1e-9 for vote in votes)
    assert (np.diff([vote.loss for vote in votes]) < 0).all() or blocs[0] == blocs[1]
    if min(blocs[:2]) > 0:
        assert (np.diff([vote.prob_unanimous for vote in votes]) < 0).all()
    turned = bloc_vote(blocs[1], blocs[0], blocs[2], loyalty=0.8)
    assert turned.prob_first == pytest.approx(1 - votes[2].prob_first, abs=1e-12)


@pytest.mark.parametrize(
    "outcome",
    [
        banzhaf([50, 49, 1], 51),
        setter([0.3, 0.5], 0, 1, quota=2),
        bloc_vote(3, 2, loyalty=1),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
def test_results_print_plot_and_record(outcome) -> None:
    assert max(map(len, str(outcome).splitlines())) <= 79
    assert {"status", "certificate"} <= outcome.record().keys()
    assert outcome.plot().get_title()
    assert not outcome.plot_data().empty


def test_unanimity_survives_rounding_of_the_weights() -> None:
    weights = (0.1, 0.2, 0.3)
    quotas = (0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1)
    assert quotas[0] > quotas[1]
    for quota in quotas:
        found = setter([1, 2, 3], 0, 10, quota=quota, weights=weights)
        assert (found.proposal, found.status) == (2, "ok")
        assert banzhaf(weights, quota).power == pytest.approx(np.full(3, 1 / 3))


@pytest.mark.parametrize("scale", [1e-9, 1.0, 3e5, 1e9])
def test_the_setters_answer_does_not_hang_on_units(scale: float) -> None:
    x, q, goal = np.array([0.37, 0.51, 0.83]), 0.1, 1.2
    found = setter(x * scale, q * scale, goal * scale, quota=3)
    assert found.proposal == pytest.approx(0.64 * scale, rel=1e-9)
    assert found.status == "ok"


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="quota is 0"):
        banzhaf([1, 2], 0)
    with pytest.raises(InputError, match="quota is 4"):
        banzhaf([1, 2], 4)
    with pytest.raises(InputError, match=r"weights\[1\] is -1"):
        shapley_shubik([1, -1], 1)
    with pytest.raises(InputError, match="more than 20 voters"):
        banzhaf(np.ones(21), 11)
    with pytest.raises(InputError, match="sequence of numbers"):
        banzhaf([], 1)
    with pytest.raises(InputError, match="weights has 1 entries"):
        setter([0, 1], 0, 1, quota=1, weights=[1])
    with pytest.raises(InputError, match="somebody must vote"):
        bloc_vote(0, 0, loyalty=1)
    with pytest.raises(InputError, match="noise is 0"):
        bloc_vote(1, 1, loyalty=1, noise=0)
    with pytest.raises(InputError, match="loyalty is -1"):
        bloc_vote(1, 1, loyalty=-1)
