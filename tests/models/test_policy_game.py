"""The policy game: reference, certificates, welfare by simulation, claims, bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models import policy_game
from unigauge.models.dynamics.best_plans import best_response_gap
from unigauge.models.dynamics.policy_game import (
    MODES,
    PolicyGame,
    compare,
    open_loop,
    solve,
)
from unigauge.models.dynamics.policy_stocks import motion, payoff, players

HERE = Path(__file__).parents[1] / "reference"
CASES = json.loads((HERE / "dynamics_engines.json").read_text())
NAMES = {
    "N": "countries",
    "beta": "discount",
    "dk": "knowledge_decay",
    "ds": "standards_decay",
    "ak": "knowledge_value",
    "as_": "standards_value",
    "chi": "synergy",
    "qk": "knowledge_satiation",
    "qs": "standards_satiation",
    "cr": "research_cost",
    "ce": "standards_cost",
    "omega": "publicness",
    "spill": "spillover",
    "nu": "capture",
    "kap": "rivalry",
}
games = st.builds(
    PolicyGame,
    countries=st.integers(1, 3),
    discount=st.floats(0.8, 0.97),
    synergy=st.floats(-0.2, 0.2),
    publicness=st.floats(0, 1),
    spillover=st.floats(0, 0.04),
    capture=st.floats(0.3, 1),
    research_cost=st.floats(4, 20),
    standards_cost=st.floats(5, 40),
)
SOME = settings(max_examples=20, deadline=None)


def game_of(inputs):
    return PolicyGame(**{new: inputs[old] for old, new in NAMES.items()})


@pytest.mark.parametrize("name", ["lq_0", "lq_1"])
def test_reference_equilibria(name):
    case = CASES[name]
    outcome, wanted = (
        solve(game_of(case["inputs"]), case["inputs"]["mode"]),
        case["outputs"],
    )
    found = {
        "k": outcome.knowledge,
        "s": outcome.standards,
        "r": outcome.research,
        "e": outcome.standards_effort,
        "flow": outcome.flow,
        "W0": outcome.welfare,
        "radius": outcome.radius,
    }
    assert found == pytest.approx({key: wanted[key] for key in found}, abs=1e-8)
    np.testing.assert_allclose(outcome.transition[0], wanted["C_k1"], atol=1e-8)
    np.testing.assert_allclose(outcome.transition[2], wanted["C_s1"], atol=1e-8)
    assert outcome.status == wanted["status"]


def test_reference_open_loop():
    case = CASES["lq_openloop"]
    found, wanted = open_loop(game_of(case["inputs"])), case["outputs"]
    numbers = (found.knowledge, found.standards, found.research, found.standards_effort)
    assert numbers == pytest.approx([wanted[name] for name in "ksre"], abs=1e-8)
    assert found.status == "ok"


def earned(game, mode, feedback, player, periods=3000):
    """Return a player's discounted sum from empty stocks on, by simulation."""
    a, b = motion(game)
    state = np.zeros(len(a))
    state[-1] = 1
    total = 0.0
    for period in range(periods):
        effort = -feedback @ state
        flow = state @ player.state @ state + effort @ player.effort @ effort
        total += game.discount**period * flow
        state = a @ state + b @ effort
    return total


@pytest.mark.parametrize("mode", MODES)
def test_nobody_gains_from_another_linear_rule(mode):
    game = PolicyGame(capture=0.6)
    outcome = solve(game, mode)
    generator = np.random.default_rng(5)
    for player in players(game, mode):
        best = earned(game, mode, outcome.feedback, player, 600)
        for _ in range(6):
            other = outcome.feedback.copy()
            own = player.controls
            other[own] += 0.03 * generator.standard_normal(other[own].shape)
            assert earned(game, mode, other, player, 600) <= best + 1e-9


def test_welfare_is_the_discounted_sum():
    game = PolicyGame()
    outcome = solve(game, "sso")
    a, b = motion(game)
    value, cost = payoff(game, 1)
    state, total = np.append(np.zeros(4), 1.0), 0.0
    for period in range(1500):
        effort = -outcome.feedback @ state
        flow = state @ value @ state + effort @ cost @ effort
        total += game.discount**period * flow
        state = a @ state + b @ effort
    assert outcome.welfare == pytest.approx(total, abs=1e-9)
    path = outcome.path(400).iloc[-1]
    rest = (outcome.knowledge, outcome.standards, outcome.research)
    assert (path.knowledge, path.standards, path.research) == pytest.approx(rest, abs=1e-9)


@given(games, st.sampled_from(MODES))
@SOME
def test_random_games_are_certified_and_have_one_equilibrium(game, mode):
    outcome = solve(game, mode, starts=2)
    assert outcome.status == "ok" and outcome.certificate < 1e-8
    assert outcome.equilibria == 1


def test_the_certificate_sees_a_rule_that_is_not_best():
    game = PolicyGame()
    a, b = motion(game)
    deciding = players(game, "national")
    rule = solve(game).feedback
    assert best_response_gap(a, b, deciding, rule, game.discount) < 1e-10
    off = rule.copy()
    off[0, 0] += 1e-3
    assert best_response_gap(a, b, deciding, off, game.discount) > 1e-4


def test_first_order_conditions_of_the_worst_plan_are_no_equilibrium():
    """Knowledge does so much harm that a planner would have it in one country only."""
    game = PolicyGame(rivalry=1.0, research_cost=0.1, synergy=0.0)
    outcome = solve(game, "planner")
    assert outcome.status == "uncertified" and outcome.certificate == np.inf
    assert outcome.equilibria == 0
    (planner,) = players(game, "planner")
    alike = earned(game, "planner", outcome.feedback, planner, 600)
    unlike = outcome.feedback.copy()
    unlike[[0, 1], -1] += 0.05, -0.05
    assert earned(game, "planner", unlike, planner, 600) > alike + 1e-3


def test_several_equilibria_where_knowledge_grows_by_itself():
    game = PolicyGame(countries=4, spillover=0.3)
    outcome = solve(game, starts=5)
    assert outcome.status == "ok" and outcome.equilibria > 1


@given(games)
@SOME
def test_countries_alike_behave_alike(game):
    outcome = solve(game, starts=1)
    n = game.countries
    order = np.roll(np.arange(n), 1)
    stocks = np.concatenate([order, n + order, [2 * n]])
    swapped = outcome.transition[np.ix_(stocks, stocks)]
    np.testing.assert_allclose(swapped, outcome.transition, atol=1e-9)


@given(games)
@SOME
def test_a_single_country_is_a_planner(game):
    alone = replace(game, countries=1)
    found = [solve(alone, mode, starts=1).welfare for mode in ("national", "planner")]
    assert found[0] == pytest.approx(found[1], abs=1e-9)


def test_private_standards_need_no_planner():
    game = PolicyGame(publicness=0.0)
    found = [solve(game, mode) for mode in ("national", "planner")]
    np.testing.assert_allclose(found[0].feedback, found[1].feedback, atol=1e-10)


def test_the_planners_steady_state_is_the_static_condition():
    for synergy in (-0.1, 0.0, 0.2):
        game = PolicyGame(synergy=synergy, publicness=0.6, countries=3)
        committed, planner = open_loop(game, "planner"), solve(game, "planner")
        assert planner.knowledge == pytest.approx(committed.knowledge, abs=1e-10)
        assert planner.standards == pytest.approx(committed.standards, abs=1e-10)


def test_feedback_makes_free_riding_worse():
    game = PolicyGame()
    found = (
        solve(game).standards,
        open_loop(game).standards,
        open_loop(game, "planner").standards,
    )
    assert found == pytest.approx((3.135, 3.375, 4.357), abs=5e-4)


def test_the_implied_autoregression_has_the_sign_of_synergy():
    for synergy in (-0.15, 0.15):
        outcome = solve(PolicyGame(synergy=synergy))
        cross = outcome.autoregression[[0, 1], [1, 0]]
        assert (np.sign(cross) == np.sign(synergy)).all()
        assert outcome.reaction_to_foreign_standards < 0


def test_games_that_explode_are_not_ok():
    outcome = solve(PolicyGame(countries=3, spillover=2.0, discount=0.99))
    assert outcome.status != "ok"


def test_comparison_of_modes():
    table = compare(PolicyGame(capture=0.5))
    assert tuple(table.index) == MODES
    assert (table["status"] == "ok").all()
    assert list(compare(PolicyGame(), ["planner"]).index) == ["planner"]
    with pytest.raises(InputError, match="modes is 'planner'"):
        compare(PolicyGame(), "planner")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"countries": 0}, "countries is 0; it must be a whole number"),
        ({"discount": 1.0}, "discount is 1.0; it must be above 0 and below 1"),
        ({"synergy": 0.3}, "its square must be below"),
        ({"publicness": 1.2}, "publicness is 1.2"),
        ({"capture": 0.0}, "capture is 0.0"),
        ({"research_cost": np.inf}, "research_cost is inf"),
    ],
)
def test_games_outside_their_domain(arguments, message):
    with pytest.raises(InputError, match=message):
        PolicyGame(**arguments)


def test_arguments_outside_their_domain():
    with pytest.raises(InputError, match="Did you mean 'national'"):
        solve(PolicyGame(), "nationl")
    with pytest.raises(InputError, match="must be a PolicyGame"):
        solve("national")
    with pytest.raises(InputError, match="starts is 0"):
        solve(PolicyGame(), starts=0)
    with pytest.raises(InputError, match=r"rivalry is 0.1; the open-loop"):
        open_loop(PolicyGame(rivalry=0.1))


def test_pictures_and_tables():
    import matplotlib.pyplot as plt

    for result in (solve(PolicyGame()), open_loop(PolicyGame())):
        assert not result.to_frame().empty and "status" in result.record()
        axes = result.plot()
        assert len(axes.lines) == 2 and max(map(len, str(result).splitlines())) <= 79
        plt.close(axes.figure)
    assert policy_game.STATUSES[0] == "ok"
