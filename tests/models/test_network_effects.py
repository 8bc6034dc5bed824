"""Adoption with network effects: brute force over all profiles, potential, tipping."""

from __future__ import annotations

import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models import finite, network_effects
from unigauge.models.adoption.network_effects import (
    AdoptionGame,
    StandardsGame,
    equilibria,
    path,
    standards_equilibria,
    tipping,
)

HERE = Path(__file__).parents[1] / "reference"
CASES = {case["id"]: case for case in json.loads((HERE / "adoption.json").read_text())}
SOME = settings(max_examples=35, deadline=None)
numbers = st.integers(-6, 6).map(lambda k: k / 2)


@st.composite
def games(draw, rising=False):
    n = draw(st.integers(1, 6))
    benefit = draw(st.lists(numbers, min_size=n, max_size=n))
    cost = draw(st.lists(numbers, min_size=n, max_size=n))
    return AdoptionGame(sorted(benefit) if rising else benefit, cost)


def profiles(n):
    return [np.array(choice) for choice in product((False, True), repeat=n)]


def test_reference_fixed_points():
    case = CASES["adoption_fixed_points"]
    theta = case["inputs"]["theta"]
    found = equilibria(AdoptionGame.linear(len(theta), case["inputs"]["b"], theta))
    assert found.adopters.tolist() == case["outputs"]["equilibrium_adopters"]
    assert (found.smallest, found.largest) == (0, 8)


def test_reference_granovetter():
    case = CASES["granovetter_tipping"]["outputs"]
    riot = path(AdoptionGame.linear(100, 1.0, range(100)))
    calm = path(AdoptionGame.linear(100, 1.0, [0, 2, *range(2, 100)]))
    assert (riot.final, calm.final) == (case["final_A"], case["final_B"])
    assert riot.periods == 100


@given(games())
@SOME
def test_all_pure_equilibria_by_brute_force(game):
    at_rest = [who for who in profiles(game.players) if game.regret(who).max() <= 1e-9]
    counts = np.bincount([who.sum() for who in at_rest], minlength=game.players + 1)
    found = equilibria(game)
    assert found.adopters.tolist() == np.flatnonzero(counts).tolist()
    assert [game.profiles(m) for m in range(game.players + 1)] == counts.tolist()
    assert found.certificate <= 1e-9
    for m, strict in zip(found.adopters.tolist(), found.strict, strict=True):
        who = game.who(m)
        changes = [deviation_gain(game, who, i) for i in range(game.players)]
        assert strict == (max(changes) < -1e-9)


def deviation_gain(game, who, player):
    after = who.copy()
    after[player] = ~after[player]
    return game.payoffs(after)[player] - game.payoffs(who)[player]


@given(games(), st.randoms(use_true_random=False))
@SOME
def test_potential_differences_are_payoff_differences(game, draw):
    who = np.array([draw.random() < 0.5 for _ in range(game.players)])
    player = draw.randrange(game.players)
    after = who.copy()
    after[player] = ~after[player]
    change = game.potential(after) - game.potential(who)
    assert change == pytest.approx(deviation_gain(game, who, player), abs=1e-9)


@given(games(), st.randoms(use_true_random=False), st.integers(1, 5), st.integers(-4, 4))
@SOME
def test_names_scale_and_a_common_charge_do_not_matter(game, draw, scale, charge):
    order = list(range(game.players))
    draw.shuffle(order)
    turned = AdoptionGame(scale * game.benefit + charge, scale * game.cost[order] + charge)
    plain, other = equilibria(game), equilibria(turned)
    assert other.adopters.tolist() == plain.adopters.tolist()
    assert other.welfare == pytest.approx(scale * plain.welfare, abs=1e-9)
    assert other.potential_maximiser == plain.potential_maximiser


@given(games(rising=True))
@SOME
def test_supermodular_games_have_ordered_extremal_equilibria(game):
    assert game.supermodular
    found = equilibria(game)
    down, up = path(game, game.players), path(game, 0)
    assert (down.status, up.status) == ("ok", "ok")
    assert down.final == found.largest
    assert up.final in found.adopters  # the smallest in which the indifferent adopt
    small, large = (game.payoffs(int(m)) for m in (found.smallest, found.largest))
    assert (large >= small - 1e-9).all()
    assert found.rank[-1] == 1
    joined = [game.who(int(m)) for m in found.adopters]
    assert all((a <= b).all() for a, b in pairwise(joined))


@given(games(rising=True))
@SOME
def test_costlier_adoption_lowers_extremal_equilibria(game):
    dearer = AdoptionGame(game.benefit, game.cost + 0.5)
    before, after = equilibria(game), equilibria(dearer)
    assert after.smallest <= before.smallest
    assert after.largest <= before.largest


@given(games())
@SOME
def test_basins_are_where_single_revisions_lead(game):
    found = tipping(game)
    basin = np.repeat(found.stable, found.basin_end - found.basin_start + 1)
    for start in range(game.players + 1):
        m = start
        while True:
            if m < game.players and game.marginal_gain[m] >= 0:
                m += 1
            elif m > 0 and game.marginal_gain[m - 1] < 0:
                m -= 1
            else:
                break
        assert basin[start] == m
    assert found.certificate <= 1e-9
    assert basin[found.critical_mass] == found.stable[-1]
    assert found.critical_mass == 0 or basin[found.critical_mass - 1] < found.stable[-1]


def test_agrees_with_the_finite_game():
    game = AdoptionGame([0.0, 1.0, 2.5], [0.5, 1.0, 2.0])
    table = np.zeros((3, 2, 2, 2))
    for place in product((0, 1), repeat=3):
        table[(slice(None), *place)] = game.payoffs(np.array(place, dtype=bool))
    pure = finite.equilibria(finite.FiniteGame(table), kind="pure")
    assert {sum(int(s[1]) for s in p) for p in pure} == set(
        equilibria(game).adopters.tolist()
    )


def test_types_are_players_with_counts():
    counted = AdoptionGame.linear(5, 1.0, [0.5, 3.5], count=[2, 3])
    assert counted.cost.tolist() == [0.5, 0.5, 3.5, 3.5, 3.5]
    assert equilibria(counted).adopters.tolist() == [0, 2, 5]


def test_rounded_ties_are_ties():
    game = AdoptionGame.linear(4, 0.1, 0.3)  # 3 * 0.1 is above 0.3 in floats
    assert equilibria(game).adopters.tolist() == [0, 4]
    assert not equilibria(game).strict[1]


@given(games())
@SOME
def test_equilibria_say_who_and_where_it_tips(game):
    found = equilibria(game)
    assert [int(mask.sum()) for mask in found.who] == found.adopters.tolist()
    for mask in found.who:
        assert game.regret(mask).max() <= 1e-9 * game.scale
        assert not mask.any() or game.cost[mask].max() <= game.cost[~mask].min(
            initial=np.inf
        )
    assert found.critical_mass == tipping(game).critical_mass


def test_ten_thousand_players():
    cost = np.random.default_rng(0).normal(5000, 1500, 10_000)
    game = AdoptionGame.linear(10_000, 1.0, cost)
    found = equilibria(game)
    ordered = np.sort(cost)
    m = np.arange(10_001)
    wants = (ordered[m[1:] - 1] <= m[1:] - 1).tolist()
    content = (ordered >= np.arange(10_000)).tolist()
    listed = [
        k for k in m.tolist() if (k == 0 or wants[k - 1]) and (k == 10_000 or content[k])
    ]
    assert found.adopters.tolist() == listed
    assert path(game, tipping(game).critical_mass + 50).final == found.largest


def test_best_replies_may_go_round():
    found = path(AdoptionGame([0.0, 1.0], 0.5), 1)
    assert found.status == "cycle"
    assert found.certificate == 0.5


@st.composite
def standards(draw):
    count = draw(st.lists(st.integers(0, 2), min_size=1, max_size=2).filter(any))
    users, S = sum(count), draw(st.integers(2, 3))
    line = st.lists(numbers, min_size=users, max_size=users)
    row = st.lists(numbers, min_size=S, max_size=S)
    benefit = [draw(line) for _ in range(S)]
    return StandardsGame(benefit, [draw(row) for _ in count], count)


@given(standards())
@SOME
def test_several_standards_by_brute_force(game):
    kinds = np.repeat(np.arange(game.types), game.count)
    listed = set()
    for choice in product(range(game.standards), repeat=game.users):
        sizes = np.bincount(choice, minlength=game.standards)
        calm = all(
            game.benefit[s, sizes[s] - 1] + game.taste[t, s]
            >= max(
                game.benefit[other, sizes[other]] + game.taste[t, other]
                for other in range(game.standards)
                if other != s
            )
            - 1e-9
            for t, s in zip(kinds, choice, strict=True)
        )
        if calm:
            state = np.zeros((game.types, game.standards), dtype=int)
            np.add.at(state, (kinds, list(choice)), 1)
            listed.add(tuple(state.ravel().tolist()))
    found = standards_equilibria(game)
    assert {tuple(state.ravel().tolist()) for state in found.states} == listed
    assert found.status == ("ok" if listed else "no_equilibrium_found")
    if listed:
        assert found.certificate <= 1e-9


def test_two_standards_are_the_binary_game():
    game = AdoptionGame.linear(7, 1.0, 2.5)
    pair = StandardsGame([game.benefit, np.zeros(7)], [[-2.5, 0.0]], [7])
    assert (
        sorted(standards_equilibria(pair).sizes[:, 0]) == equilibria(game).adopters.tolist()
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: AdoptionGame.linear(-3, 1.0, 1.0), "n is -3; it must be a whole number"),
        (lambda: AdoptionGame([1, 2], [1, 2], count=[3, -1]), "cannot be negative"),
        (lambda: AdoptionGame([1, 2], [1, 2, 3]), "2 entries and there are 3 players"),
        (lambda: AdoptionGame([1, np.inf], 1.0), "sequence of finite numbers"),
        (lambda: AdoptionGame([[1, 2], [3]], 1.0), "sequence of finite numbers"),
        (lambda: AdoptionGame([1, 2], float("nan")), "cost is nan"),
        (lambda: AdoptionGame([1, 2], 1.0).who(3), "from 0 to 2"),
        (lambda: AdoptionGame([1, 2], 1.0).who([True]), "a mask of 2 players"),
        (lambda: equilibria([1, 2]), "it must be an AdoptionGame"),
        (lambda: StandardsGame([[1, 2]], [[1]], [2]), "two standards or more"),
        (lambda: StandardsGame([[1], [2]], [[1, 2]], [-1]), "none negative"),
        (lambda: StandardsGame([[1], [2]], [[1, np.nan]], [1]), "finite numbers"),
        (
            lambda: standards_equilibria(
                StandardsGame(np.zeros((3, 60)), np.zeros((2, 3)), [30, 30]), limit=100
            ),
            "above the limit of 100",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_presentation():
    game = AdoptionGame.linear(20, 1.0, [1] * 5 + [6] * 5 + [14] * 6 + [25] * 4)
    pair = StandardsGame([[0, 1, 2, 3]] * 2, [[1.5, 0], [0, 1.5]], [2, 2])
    for result in (
        equilibria(game),
        tipping(game),
        path(game, 3),
        standards_equilibria(pair),
    ):
        assert all(len(line) <= 79 for line in str(result).splitlines())
        assert result.record()["status"] == "ok"
        assert not result.plot_data().empty
        assert result.plot().get_xlabel()
        assert "<table>" in result._repr_html_()
    assert network_effects.__all__
