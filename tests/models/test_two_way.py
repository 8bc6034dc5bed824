"""The two-way system: reference, stability, long run, catching up, traps, bad input."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import IdentificationError, InputError
from unigauge.models import two_way
from unigauge.models.dynamics.two_way import Reply, TwoWay, catch_up, catch_up_path, traps

HERE = Path(__file__).parents[1] / "reference"
CASES = json.loads((HERE / "dynamics_engines.json").read_text())
SOME = settings(max_examples=60, deadline=None)

parts = st.tuples(st.floats(0.05, 1), st.floats(0.05, 1))
positive = st.tuples(st.floats(0, 2), st.floats(0, 2))
any_sign = st.tuples(st.floats(-2, 2), st.floats(-2, 2))
copying = st.tuples(st.floats(0, 0.9), st.floats(0, 0.9))


@pytest.mark.parametrize("name", ["twoway_0", "twoway_2"])
def test_reference_system(name):
    given_, wanted = CASES[name]["inputs"], CASES[name]["outputs"]
    system = TwoWay(
        adjustment=(given_["lk"], given_["ls"]),
        response=(given_["bks"], given_["bsk"]),
        imitation=(given_["ck"], given_["cs"]),
        network=two_way.ring(6) if given_["W"] else None,
    )
    own, neighbours = system.reduced_form
    np.testing.assert_allclose(own, wanted["A"], atol=1e-12)
    np.testing.assert_allclose(neighbours, wanted["D"], atol=1e-12)
    found = (system.radius, system.loop, system.multiplier)
    assert found == pytest.approx(
        (wanted["radius"], wanted["loop"], wanted["mult"]), abs=1e-9
    )
    assert (system.status == "stable") == wanted["stable"]
    np.testing.assert_allclose(system.impulse_response(4)[4], wanted["irf4"], atol=1e-9)
    np.testing.assert_allclose(system.jacobian, wanted["jac"], atol=1e-9)


@pytest.mark.parametrize("name", ["catchup_0", "catchup_1"])
def test_reference_catching_up(name):
    given_, wanted = CASES[name]["inputs"], CASES[name]["outputs"]
    found = catch_up(
        speed=given_["c"],
        own_growth=given_["gi"],
        frontier_growth=given_["gF"],
        curvature=given_["z"],
    )
    assert found.status == wanted["status"]
    assert (found.ratio, found.local_speed) == pytest.approx(
        (wanted["a"], wanted["speed"]), abs=1e-9
    )


def test_reference_path_of_catching_up():
    given_, wanted = CASES["catchup_path"]["inputs"], CASES["catchup_path"]["outputs"]
    path = catch_up_path(
        given_["a0"],
        given_["t"],
        speed=given_["c"],
        own_growth=given_["gi"],
        frontier_growth=given_["gF"],
    )
    np.testing.assert_allclose(path, wanted, atol=1e-9)


def test_reference_trap():
    given_, wanted = CASES["trap_0"]["inputs"], CASES["trap_0"]["outputs"]
    low, high = given_["range"]
    replies = [
        Reply(steepness=given_[name], centre=given_["x0"], low=low, high=high)
        for name in ("beta_k", "beta_s")
    ]
    found = traps(*replies, low=low, high=high)
    for name, column in (("k", "knowledge"), ("s", "standards")):
        states = [state[name] for state in wanted]
        np.testing.assert_allclose(getattr(found, column), states, atol=1e-5)
    np.testing.assert_allclose(found.slope, [state["slope"] for state in wanted], atol=1e-6)
    assert found.stable.tolist() == [state["stable"] for state in wanted]
    assert found.status == "trap" and found.certificate < 1e-12


# ---------------------------------------------------------------------------
# Stability and the long run


@given(parts, positive)
@SOME
def test_with_positive_responses_the_loop_decides(adjustment, response):
    system = TwoWay(adjustment=adjustment, response=response)
    if abs(system.loop - 1) > 1e-9:
        assert (system.status == "stable") == (system.loop < 1)


@given(parts, any_sign)
@SOME
def test_the_map_goes_there_and_back(adjustment, response):
    system = TwoWay(adjustment=adjustment, response=response)
    back = TwoWay.from_reduced_form(system.reduced_form.own)
    np.testing.assert_allclose(back.adjustment, adjustment, atol=1e-12)
    np.testing.assert_allclose(back.response, response, atol=1e-12)


@given(parts, st.tuples(st.floats(0, 1), st.floats(0, 1)), copying, st.integers(2, 6))
@SOME
def test_on_a_network_imitation_lowers_the_bar(adjustment, response, imitation, units):
    generator = np.random.default_rng(units)
    weights = generator.uniform(size=(units, units)) * (1 - np.eye(units))
    weights /= weights.sum(axis=1, keepdims=True)
    system = TwoWay(
        adjustment=adjustment, response=response, imitation=imitation, network=weights
    )
    own, neighbours = system.reduced_form
    full = np.kron(np.eye(units), own) + np.kron(weights, neighbours)
    sizes = np.sort(np.abs(np.linalg.eigvals(full)))
    double = sizes[-1] - sizes[-2] < 1e-4  # eigvals then knows it to the root of rounding
    assert system.radius == pytest.approx(sizes[-1], abs=1e-6 if double else 1e-9)
    if abs(system.loop - 1) > 1e-9:
        assert (system.status == "stable") == (system.loop < 1)


def test_with_opposite_signs_the_loop_does_not_decide():
    system = TwoWay(adjustment=(1, 1), response=(1.5, -1.5))
    assert (system.loop, system.radius) == pytest.approx((-2.25, 1.5))
    assert system.status == "unstable" and system.multiplier == math.inf


@given(parts, any_sign)
@SOME
def test_the_long_run_is_where_shifts_of_targets_lead(adjustment, response):
    system = TwoWay(adjustment=adjustment, response=response)
    found = two_way.solve(system)
    if system.radius >= 1:
        assert np.isinf(found.own).all() and math.isinf(found.multiplier)
        return
    if system.radius < 0.97:
        state, part = np.zeros((2, 2)), np.array(adjustment)[:, None]
        for _ in range(900):
            state = system.reduced_form.own @ state + part * np.eye(2)
        np.testing.assert_allclose(found.own, state, atol=1e-8, rtol=1e-8)
        assert found.status == "stable"
        assert found.own[0, 0] == pytest.approx(system.multiplier)


def test_impulse_responses_to_orthogonal_and_common_shocks():
    sigma = np.array([[0.09, 0.018], [0.018, 0.09]])
    system = TwoWay(imitation=(0.3, 0.2), network=two_way.ring(5))
    for first in ("knowledge", "standards"):
        start = system.impulse_response(0, covariance=sigma, first=first)[0]
        np.testing.assert_allclose(start @ start.T, sigma)
        assert (start == 0).sum() == 1
    weights = two_way.ring(5)
    own, neighbours = system.reduced_form
    full = np.kron(np.eye(5), own) + np.kron(weights, neighbours)
    together = np.kron(np.ones((5, 1)), np.eye(2))
    reached = np.linalg.matrix_power(full, 3) @ together
    found = system.impulse_response(3, common=True)[3]
    np.testing.assert_allclose(found, reached[:2], atol=1e-12)


def test_marginal_effect_changes_sign_at_the_peak():
    top = two_way.peak(TwoWay(), saturation=0.05)
    assert top == pytest.approx(2.5)
    effects = [
        two_way.marginal_effect(TwoWay(), top + x, saturation=0.05) for x in (-1, 0, 1)
    ]
    assert effects == pytest.approx([0.04, 0.0, -0.04])


# ---------------------------------------------------------------------------
# Simulation


def test_simulated_panels_carry_the_truth_and_obey_the_equations():
    system = TwoWay(imitation=(0.3, 0.2), network=two_way.ring(6))
    panel = system.simulate(seed=3, periods=8, shock_scale=(0.0, 0.0), time_scale=0.0)
    truth = panel.attrs["truth"]
    np.testing.assert_allclose(truth["A"], system.reduced_form.own)
    np.testing.assert_allclose(truth["D"], system.reduced_form.neighbours)
    assert truth["loop"] == pytest.approx(system.loop)
    state = panel.to_numpy().reshape(6, 8, 2).transpose(1, 0, 2)
    own, neighbours = system.reduced_form
    moved = state[:-1] @ own.T + two_way.ring(6) @ state[:-1] @ neighbours.T
    targets = state[1:] - moved
    np.testing.assert_allclose(
        targets, np.broadcast_to(targets[:1], targets.shape), atol=1e-9
    )


def test_counts_are_simulated_too():
    panel = TwoWay().simulate(seed=1, units=4, periods=3, observed="counts")
    assert list(panel.columns) == ["patents", "standards"]
    assert (panel.dtypes == "int64").all()


def test_what_the_system_says_is_not_said_again():
    with pytest.raises(InputError, match="persistence follows from the system"):
        TwoWay().simulate(seed=1, persistence=(0.1, 0.1))
    with pytest.raises(InputError, match="not stable"):
        TwoWay(response=(2, 2)).simulate(seed=1)


# ---------------------------------------------------------------------------
# Catching up


@given(
    st.floats(0.02, 0.2),
    st.floats(-0.05, 0.08),
    st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0, 2.0]),
)
@SOME
def test_the_closed_form_solves_the_equation(speed, gap, curvature):
    found = catch_up(speed=speed, own_growth=0.0, frontier_growth=gap, curvature=curvature)
    assert found.certificate < 1e-7
    assert (found.status == "diverge") == (curvature > 0 and speed <= curvature * gap)
    late = catch_up_path(
        0.2,
        [400.0, 401.0],
        speed=speed,
        own_growth=0.0,
        frontier_growth=gap,
        curvature=curvature,
    )
    if 0 < found.ratio < math.inf and found.local_speed > 0.05:
        assert late[0] == pytest.approx(found.ratio, rel=1e-5)
    if found.local_speed < -0.05:
        assert math.log(late[1] / late[0]) == pytest.approx(found.ratio_growth, abs=1e-6)


@pytest.mark.parametrize(
    ("gap", "status", "ratio"), [(0.0, "no_gap", 1.0), (-0.02, "leapfrog", 4 / 3)]
)
def test_reaching_and_overtaking_the_frontier(gap, status, ratio):
    found = catch_up(speed=0.06, own_growth=0.0, frontier_growth=gap)
    assert found.status == status and found.ratio == pytest.approx(ratio)


def test_running_ahead_for_ever():
    found = catch_up(speed=0.02, own_growth=0.05, frontier_growth=0.0, curvature=-1.0)
    assert found.status == "leapfrog" and found.ratio == math.inf
    assert found.ratio_growth == pytest.approx(0.03)


@pytest.mark.parametrize("standards", [0.5, 1.0, 2.0])
def test_skill_threshold_is_where_followers_are_lost(standards):
    terms = {"base": 0.05, "skill_power": 1.5, "standards_power": 0.5}
    bar = two_way.skill_threshold(standards, gap=0.03, **terms)
    verdicts = []
    for skill in (0.99 * bar, 1.01 * bar):
        speed = two_way.catch_up_speed(skill, standards, **terms)
        found = catch_up(speed=speed, own_growth=0.0, frontier_growth=0.03)
        verdicts.append(found.status)
    assert verdicts == ["diverge", "converge_rate"]
    assert two_way.skill_threshold(standards, gap=0.03, curvature=-1.0) == 0.0


# ---------------------------------------------------------------------------
# Traps


@pytest.mark.parametrize("beta", [1.0, 3.0, 3.9, 4.1, 5.0, 8.0, 20.0])
def test_three_steady_states_iff_the_slopes_exceed_one(beta):
    found = traps(Reply(steepness=beta), Reply(steepness=beta))
    assert len(found.knowledge) == (3 if beta > 4 else 1)
    middle = np.argmin(np.abs(found.knowledge - 0.5))
    assert found.slope[middle] == pytest.approx(beta**2 / 16, rel=1e-8)
    assert found.stable.tolist() == ([True, False, True] if beta > 4 else [True])


@pytest.mark.parametrize("start", [0.49, 0.51])
def test_the_unstable_state_is_the_threshold_of_a_push(start):
    reply = Reply(steepness=6.0)
    found = traps(reply, reply)
    k = s = start
    for _ in range(2000):
        k, s = k + 0.1 * (reply(s) - k), s + 0.1 * (reply(k) - s)
    end = found.knowledge[0 if start < found.thresholds[0] else -1]
    assert k == pytest.approx(end, abs=1e-9)
    np.testing.assert_allclose(found.walk(start, start, steps=2000)[-1], (k, s), atol=1e-12)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 1))
@SOME
def test_a_walk_closes_a_part_of_both_gaps_in_every_step(knowledge, standards, part):
    found = traps(Reply(steepness=9.0, centre=0.4), Reply(steepness=6.0))
    path = found.walk(knowledge, standards, part=part, steps=5)
    k, s = path[:-1].T
    gaps = np.stack((found.knowledge_reply(s) - k, found.standards_reply(k) - s), axis=1)
    np.testing.assert_allclose(np.diff(path, axis=0), part * gaps, atol=1e-12)
    many = found.walk([[knowledge], [0.5]], standards, part=part, steps=5)
    assert many.shape == (6, 2, 2, 1)
    np.testing.assert_array_equal(many[:, :, 0, 0], path)


def test_a_walk_refuses_steps_that_are_none():
    found = traps(Reply(steepness=6.0), Reply(steepness=6.0))
    with pytest.raises(InputError, match="part is 0"):
        found.walk(0.4, 0.4, part=0)
    with pytest.raises(InputError, match="steps is 0"):
        found.walk(0.4, 0.4, steps=0)


def test_no_steady_state_in_the_range():
    found = traps(lambda s: s + 2, lambda k: k)
    assert found.status == "no_steady_state" and len(found.knowledge) == 0
    assert found.to_frame().empty


def test_replies_that_pass_each_other_in_a_jump_do_not_rest_there():
    found = traps(lambda s: np.where(s > 0.5, 1.0, 0.0), lambda k: k)
    assert found.status == "uncertified" and found.certificate > 0.4


def test_a_stretch_of_steady_states():
    found = traps(lambda s: np.clip(s, 0.25, 0.75), lambda k: 1.0 * k)
    assert found.status == "continuum"
    assert found.knowledge.min() == 0.25 and found.knowledge.max() == 0.75


@pytest.mark.parametrize("curvature", [1e-300, 1e-14, 1e-9, -1e-12])
def test_hardly_any_curvature_is_none(curvature):
    race = {"speed": 0.05, "own_growth": 0.0, "frontier_growth": 0.02}
    bent, straight = catch_up(**race, curvature=curvature), catch_up(**race, curvature=0.0)
    assert bent.ratio == pytest.approx(straight.ratio, rel=1e-8)
    assert bent.status == "converge_rate" and bent.certificate < 1e-9
    paths = [
        catch_up_path(0.1, [1, 10, 100], **race, curvature=z) for z in (curvature, 0.0)
    ]
    np.testing.assert_allclose(*paths, rtol=1e-8)


# ---------------------------------------------------------------------------
# Bad input, pictures


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"adjustment": (0.0, 0.5)}, r"adjustment\[0\] is 0.0; it must be above 0"),
        ({"adjustment": (0.5, 1.1)}, r"adjustment\[1\] is 1.1"),
        ({"response": (1.0,)}, "response has 1 entries"),
        ({"imitation": (0.1, 0.1)}, "without a network; pass network"),
        ({"imitation": (1.0, 0.1), "network": np.eye(2)}, r"imitation\[0\] is 1.0"),
        ({"network": np.eye(3)}, "0 on the diagonal: a unit is not its own"),
        ({"network": np.ones((2, 3)) / 3}, "must be square"),
        ({"network": [[0, 1], [2, 0]]}, r"network\[1\] is \[2.0, 0.0\]; .* sum to 1"),
    ],
)
def test_systems_outside_their_domain(arguments, message):
    with pytest.raises(InputError, match=message):
        TwoWay(**arguments)


def test_arguments_outside_their_domain():
    with pytest.raises(IdentificationError, match="no gap is ever closed"):
        TwoWay.from_reduced_form([[1.0, 0.1], [0.1, 0.5]])
    with pytest.raises(InputError, match="must be a TwoWay"):
        two_way.solve(0.5)
    with pytest.raises(InputError, match="must be diagonal"):
        TwoWay.from_reduced_form(np.eye(2) / 2, [[0.1, 0.2], [0.0, 0.1]])
    with pytest.raises(InputError, match=r"own has shape \(3, 3\)"):
        TwoWay.from_reduced_form(np.eye(3) / 2)
    with pytest.raises(InputError, match="of finite numbers"):
        TwoWay.from_reduced_form([[np.nan, 0.0], [0.0, 0.5]])
    with pytest.raises(InputError, match=r"knowledge_reply is 0\.5"):
        traps(0.5, Reply(steepness=6))
    with pytest.raises(InputError, match="positive definite"):
        TwoWay().impulse_response(2, covariance=[[1, 2], [2, 1]])
    with pytest.raises(InputError, match="speed is 0"):
        catch_up(speed=0, own_growth=0, frontier_growth=0)
    with pytest.raises(InputError, match="at least 0"):
        catch_up_path(0.1, [-1.0], speed=0.1, own_growth=0, frontier_growth=0)
    with pytest.raises(InputError, match=r"steepness is -6; it must be above 0: the reply"):
        Reply(steepness=-6)
    with pytest.raises(InputError, match=r"high is 0.0; it must be above 1"):
        Reply(steepness=1.0, low=1.0, high=0.0)
    with pytest.raises(InputError, match="not finite"):
        traps(lambda s: s + np.inf, lambda k: k)
    with pytest.raises(InputError, match="not math"):
        traps(math.exp, lambda k: k)
    with pytest.raises(InputError, match=r"standards_reply returns shape \(\)"):
        traps(lambda s: s, lambda k: 0.2)
    with pytest.raises(InputError, match="must be a TwoWay"):
        two_way.peak(0.5, saturation=0.1)
    with pytest.raises(InputError, match="must be a TwoWay"):
        two_way.marginal_effect(None, 1.0, saturation=0.1)
    with pytest.raises(InputError, match="skill_power is 'x'"):
        two_way.catch_up_speed(1.0, 1.0, skill_power="x")
    with pytest.raises(InputError, match="beyond all numbers"):
        catch_up(speed=0.1, own_growth=0, frontier_growth=1e300, curvature=1e300)


def test_pictures_and_tables():
    import matplotlib.pyplot as plt

    results = [
        two_way.solve(TwoWay()),
        catch_up(speed=0.06, own_growth=0.02, frontier_growth=0.05),
        traps(Reply(steepness=6.0), Reply(steepness=6.0)),
        traps(Reply(steepness=2.0), Reply(steepness=2.0)),
    ]
    for result in results:
        assert not result.to_frame().empty and "status" in result.record()
        axes = result.plot()
        assert len(axes.lines) >= 2 and max(map(len, str(result).splitlines())) <= 79
        plt.close(axes.figure)
