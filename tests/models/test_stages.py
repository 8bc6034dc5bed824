"""Stages of a latecomer: stored numbers, grids, simulation, properties, bad input."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models import stages
from unigauge.models.dynamics.ladder_value import LadderValue, inequality_residual
from unigauge.models.dynamics.stages import Ladder, Switching

CASES = json.loads(
    (Path(__file__).parents[1] / "reference" / "dynamics_stages.json").read_text()
)
FAST = settings(max_examples=25, deadline=None)
LADDERS = st.builds(
    Ladder,
    drift=st.floats(-0.05, 0.05),
    volatility=st.floats(0.05, 0.4),
    discount_rate=st.floats(0.07, 0.2),
    payoff_slope=st.tuples(st.just(0.0), st.floats(0.5, 1.5), st.floats(1.6, 4)),
    running_cost=st.tuples(st.just(0.0), st.floats(0, 1), st.floats(0, 3)),
    switching_cost=st.tuples(st.floats(1, 40), st.floats(1, 40)),
)


def ladder_of(inputs: dict) -> Ladder:  # type: ignore[type-arg]
    return Ladder(
        drift=inputs["mu"],
        volatility=inputs["sig"],
        discount_rate=inputs["r"],
        payoff_slope=inputs["a"],
        running_cost=inputs["f"],
        switching_cost=inputs["c"],
    )


# ---------------------------------------------------------------------------
# Stored numbers


@pytest.mark.parametrize("name", ["switch_0", "switch_1"])
def test_agrees_with_stored_thresholds(name: str) -> None:
    expected = CASES[name]["outputs"]
    outcome = stages.solve(ladder_of(CASES[name]["inputs"]))
    assert outcome.status == expected["status"]
    assert outcome.follow_threshold == pytest.approx(expected["t1"], abs=1e-8)
    assert outcome.lead_threshold == pytest.approx(expected["t2"], abs=1e-8)
    assert outcome.exponent == pytest.approx(expected["beta"], abs=1e-8)


def test_agrees_with_the_stored_hitting_time() -> None:
    given, expected = CASES["hit_0"]["inputs"], CASES["hit_0"]["outputs"]
    answer = stages.hitting_time(
        given["th0"], given["th"], drift=given["mu"], volatility=given["sig"]
    )
    assert answer.probability == expected["p"]
    assert answer.mean == pytest.approx(expected["ET"], abs=1e-8)


@pytest.mark.parametrize("name", ["pipe_0", "pipe_1"])
def test_agrees_with_stored_pipelines(name: str) -> None:
    given, expected = CASES[name]["inputs"], CASES[name]["outputs"]
    answer = stages.pipeline(given["lam"], given["nu"], given["shape"])
    assert answer.status == "ok"
    for ours, theirs in {
        "success_probability": "p",
        "total_yield": "yield_",
        "dwell": "dwell",
        "elasticity": "elasticity",
        "mean_time_if_successful": "ET_success",
        "bottleneck": "bottleneck",
    }.items():
        np.testing.assert_allclose(getattr(answer, ours), expected[theirs], atol=1e-8)
    np.testing.assert_allclose(answer.success_by(given["t"]), expected["cdf"], atol=1e-8)


def test_the_calibration_gives_the_costs_of_the_specification() -> None:
    ladder = stages.calibrate()
    np.testing.assert_allclose(ladder.switching_cost, (39.9, 121.0), atol=0.05)
    outcome = stages.solve(ladder)
    np.testing.assert_allclose(
        [outcome.follow_threshold, outcome.lead_threshold], [5.61, 13.80], atol=0.006
    )


# ---------------------------------------------------------------------------
# The ladder


@given(LADDERS)
@FAST
def test_every_ladder_is_certified_and_its_value_is_the_best_of_all(ladder: Ladder) -> None:
    outcome = stages.solve(ladder)
    assert outcome.status in ("ladder", "skip_followership")
    assert outcome.certificate < 1e-10
    assert outcome.follow_threshold <= outcome.lead_threshold
    skips = outcome.status == "skip_followership"
    assert skips == (outcome.follow_threshold == outcome.lead_threshold)
    # Brute force: the value of waiting for x, then for y, over a grid of x <= y.
    start = outcome.follow_threshold * 0.7
    grid = np.geomspace(start, 6 * outcome.lead_threshold, 140)
    first, second = np.meshgrid(grid, grid, indexing="ij")
    b, r = outcome.exponent, ladder.discount_rate
    gain = [
        ladder.step_gain(k) / (r - ladder.drift) * level - ladder.step_cost(k)
        for k, level in enumerate((first, second))
    ]
    rule = gain[0] * (start / first) ** b + gain[1] * (start / second) ** b
    hold = ladder.payoff_slope[0] * start / (r - ladder.drift) - ladder.running_cost[0] / r
    best = hold + rule[second >= first].max()
    value = outcome.value(start)[0, 0]
    assert value >= best - 1e-9 * abs(value)
    assert value == pytest.approx(best, abs=0.005 * abs(value) + 1e-3)


@given(LADDERS, st.floats(1.1, 5))
@FAST
def test_a_larger_market_brings_steps_forward_in_proportion(
    ladder: Ladder, size: float
) -> None:
    larger = replace(ladder, payoff_slope=tuple(size * a for a in ladder.payoff_slope))
    small, large = stages.solve(ladder), stages.solve(larger)
    assert large.status == small.status
    assert large.follow_threshold == pytest.approx(small.follow_threshold / size)
    assert large.lead_threshold == pytest.approx(small.lead_threshold / size)


@given(LADDERS, st.floats(1.1, 2))
@FAST
def test_uncertainty_delays(ladder: Ladder, times: float) -> None:
    calm = stages.solve(ladder)
    wild = stages.solve(replace(ladder, volatility=times * ladder.volatility))
    assert wild.follow_threshold > calm.follow_threshold
    assert wild.lead_threshold > calm.lead_threshold


def test_certificate_notices_wrong_thresholds_and_a_wrong_exponent() -> None:
    ladder = Ladder()
    right = stages.solve(ladder)
    places = (right.follow_threshold, right.lead_threshold)
    beta = right.exponent
    assert inequality_residual(LadderValue.pasted(ladder, beta, places)) < 1e-12
    for wrong in ((1.02 * places[0], places[1]), (places[0], 0.98 * places[1])):
        assert inequality_residual(LadderValue.pasted(ladder, beta, wrong)) > 1e-4
    assert inequality_residual(LadderValue.pasted(ladder, beta + 0.01, places)) > 1e-6


def test_steps_that_cost_nothing_are_taken_at_once() -> None:
    outcome = stages.solve(Ladder(switching_cost=(0, 0), running_cost=(0, 0, 0)))
    assert outcome.status == "skip_followership"
    assert outcome.follow_threshold == outcome.lead_threshold == 0
    np.testing.assert_allclose(outcome.value(1.0), 2.2 / 0.04)
    first = stages.solve(Ladder(switching_cost=(0, 12), running_cost=(0, -1, 0)))
    assert first.status == "ladder"
    assert first.follow_threshold == 0 < first.lead_threshold


def test_no_value_is_finite_if_growth_beats_discounting() -> None:
    outcome = stages.solve(Ladder(drift=0.06))
    assert outcome.status == "infinite_value"
    assert math.isnan(outcome.lead_threshold)
    with pytest.raises(InputError, match="no finite value"):
        outcome.value(1.0)
    assert outcome.plot_data().empty
    numbers = stages.solve_switching(Ladder(drift=0.06).switching(), low=0.1, high=10)
    assert numbers.status == "infinite_value"


@given(st.tuples(st.floats(1, 30), st.floats(31, 60)), st.floats(0.05, 0.15))
@FAST
def test_the_calibration_inverts_dates(
    years: tuple[float, float], volatility: float
) -> None:
    ladder = stages.calibrate(years, volatility=volatility, running_cost=(0.0, 0.0, 0.0))
    outcome = stages.solve(ladder)
    v = ladder.drift - volatility**2 / 2
    mean = [
        stages.hitting_time(1, level, drift=ladder.drift, volatility=volatility).mean
        for level in (outcome.follow_threshold, outcome.lead_threshold)
    ]
    assert outcome.status == "ladder"
    np.testing.assert_allclose(mean, years, rtol=1e-9)
    assert v > 0


# ---------------------------------------------------------------------------
# Switching on a grid


@pytest.mark.parametrize("costs", [(5, 12), (30, 2), (1, 1), (20, 20)])
def test_the_grid_finds_the_closed_form(costs: tuple[float, float]) -> None:
    ladder = Ladder(switching_cost=costs)
    exact = stages.solve(ladder)
    # ends so far away that their reflection does not matter
    numbers = stages.solve_switching(ladder.switching(), low=0.05, high=1e4, nodes=3000)
    assert numbers.status == "ok"
    from_adopting = numbers.thresholds().query("mode == 0")["state"].to_numpy()
    step = math.log(numbers.state[1] / numbers.state[0])
    assert abs(math.log(from_adopting[0] / exact.follow_threshold)) < 1.5 * step
    near = (numbers.state > 0.2) & (numbers.state < 2)
    np.testing.assert_allclose(
        numbers.value[:, near], exact.value(numbers.state[near]), rtol=0.002, atol=0.05
    )


def test_modes_may_differ_in_growth_and_can_be_left() -> None:
    problem = Switching(
        drift=(0.0, 0.02),
        volatility=(0.2, 0.3),
        discount_rate=0.05,
        payoff_slope=(0.0, 1.0),
        running_cost=(0.0, 1.0),
        switching_cost=((0, 4), (2, 0)),
    )
    outcome = stages.solve_switching(problem, low=1e-3, high=1e3, nodes=800)
    assert outcome.status == "ok"
    table = outcome.thresholds().set_index("mode")["state"]
    assert table[1] < 1 < table[0]  # leave below, enter above: hysteresis
    free = replace(problem, switching_cost=((0, 0.01), (0.01, 0)))
    narrow = stages.solve_switching(free, low=1e-3, high=1e3, nodes=800)
    width = narrow.thresholds().set_index("mode")["state"]
    assert math.log(width[0] / width[1]) < math.log(table[0] / table[1])


def test_the_grid_agrees_with_value_iteration() -> None:
    problem = Switching(
        drift=(-0.02, 0.03),
        volatility=0.3,
        discount_rate=0.2,
        payoff_slope=(0.2, 1.0),
        running_cost=(0.0, 1.0),
        switching_cost=((0, 1), (0.5, 0)),
    )
    outcome = stages.solve_switching(problem, low=0.1, high=10, nodes=25)
    h = math.log(100) / 24
    value = np.zeros((2, 25))
    for _ in range(20_000):
        going = np.empty_like(value)
        for k, mu in enumerate(problem.drift):  # type: ignore[arg-type]
            noise, m = 0.09 / (2 * h * h), (mu - 0.045) / (2 * h)
            up, down = np.full(25, noise + m), np.full(25, noise - m)
            up[-1] = down[0] = 0
            ahead, behind = np.roll(value[k], -1), np.roll(value[k], 1)
            flow = problem.payoff_slope[k] * outcome.state - problem.running_cost[k]
            going[k] = (flow + up * ahead + down * behind) / (0.2 + up + down)
        new = np.maximum(going, [value[1] - 1, value[0] - 0.5])
        if np.abs(new - value).max() < 1e-13:
            break
        value = new
    np.testing.assert_allclose(outcome.value, value, atol=1e-9)


def test_a_solver_cut_short_says_so() -> None:
    outcome = stages.solve_switching(Ladder().switching(), low=0.05, high=500, most=1)
    assert outcome.status == "not_converged"
    assert outcome.certificate > 1e-3


# ---------------------------------------------------------------------------
# Hitting times and the pipeline


def test_simulated_paths_hit_as_often_and_as_late() -> None:
    rng = np.random.default_rng(4)
    for drift in (0.1, -0.02):
        answer = stages.hitting_time(1, 1.5, drift=drift, volatility=0.3)
        step, paths = 0.02, 4000
        log, alive = np.zeros(paths), np.ones(paths, bool)
        hit = np.full(paths, np.inf)
        v = drift - 0.045
        level = math.log(1.5)
        for n in range(1, 500):
            new = log + v * step + 0.3 * math.sqrt(step) * rng.standard_normal(paths)
            # between dates the Brownian bridge may have touched the level
            gap = np.maximum(level - log, 0) * np.maximum(level - new, 0)
            touched = (new >= level) | (
                rng.random(paths) < np.exp(-2 * gap / (0.09 * step))
            )
            hit[alive & touched] = n * step
            alive &= ~touched
            log = new
        for time in (1.0, 4.0, 9.9):
            share = (hit <= time).mean()
            assert share == pytest.approx(float(answer.reached_by(time)), abs=0.03)


def test_hitting_times_at_the_edges() -> None:
    there = stages.hitting_time(2, 1, drift=-0.1, volatility=0.2)
    assert (there.probability, there.mean, there.median) == (1.0, 0.0, 0.0)
    balanced = stages.hitting_time(1, 2, drift=0.02, volatility=0.2)
    assert balanced.probability == 1.0 and balanced.mean == math.inf
    assert float(balanced.reached_by(balanced.median)) == pytest.approx(0.5)
    falling = stages.hitting_time(1, 2, drift=-0.02, volatility=0.1)
    assert falling.probability == pytest.approx(0.5**5)
    assert float(falling.reached_by(1e6)) == pytest.approx(0.5**5)
    assert falling.median == math.inf


def test_simulated_chains_come_through_as_often_and_as_late() -> None:
    rate, drop, shape = (0.5, 0.3, 0.2), (0.1, 0.15, 0.1), (1, 2, 3)
    answer = stages.pipeline(rate, drop, shape)
    rng, chains = np.random.default_rng(6), 200_000
    total, alive = np.zeros(chains), np.ones(chains, bool)
    for stage, (lam, nu, k) in enumerate(zip(rate, drop, shape, strict=True)):
        work = rng.gamma(k, 1 / (lam * k), chains)
        leave = rng.exponential(1 / nu, chains)
        spent = np.minimum(work, leave)[alive]
        assert spent.mean() == pytest.approx(answer.dwell[stage], rel=0.02)
        alive &= work < leave
        total += work
    noise = 4 * math.sqrt(0.25 / chains)
    assert alive.mean() == pytest.approx(answer.total_yield, abs=noise)
    assert total[alive].mean() == pytest.approx(answer.mean_time_if_successful, rel=0.01)
    for time in (5.0, 10.0, 20.0):
        share = (alive & (total <= time)).mean()
        assert share == pytest.approx(float(answer.success_by(time)), abs=noise)


@given(
    st.lists(
        st.tuples(st.floats(0.05, 3), st.floats(0, 1), st.integers(1, 5)),
        min_size=1,
        max_size=4,
    )
)
@FAST
def test_elasticities_are_slopes_and_time_tells_the_yield(
    parts: list[tuple[float, float, int]],
) -> None:
    rate, drop, shape = zip(*parts, strict=True)
    answer = stages.pipeline(rate, drop, shape)
    assert answer.status == "ok"
    for stage in range(len(rate)):
        up, down = (
            stages.pipeline(
                [x * (f if k == stage else 1) for k, x in enumerate(rate)], drop, shape
            ).total_yield
            for f in (1 + 1e-5, 1 - 1e-5)
        )
        slope = math.log(up / down) / 2e-5
        assert answer.elasticity[stage] == pytest.approx(slope, abs=1e-6)
    late = 60 * answer.mean_time_if_successful
    assert float(answer.success_by(late)) == pytest.approx(answer.total_yield, rel=1e-9)


def test_without_drop_outs_everything_comes_through() -> None:
    answer = stages.pipeline([0.5, 0.25], [0, 0], [1, 4])
    assert answer.total_yield == 1
    assert not answer.elasticity.any()
    np.testing.assert_allclose(answer.dwell, [2, 4])


def test_where_values_are_infinite_no_threshold_is_one() -> None:
    """Up to there the multiple is finite: as r falls to mu, beta - 1 falls with r - mu."""
    assert math.isnan(Ladder(drift=0.06).waiting_multiple)
    assert Ladder(drift=0.06 - 1e-9).waiting_multiple == pytest.approx(0.065)


@pytest.mark.parametrize("volatility", [1e-6, 1e-3, 0.05])
def test_hardly_any_noise_reaches_the_level_on_its_date(volatility: float) -> None:
    """The distribution function does not overflow, and integrates to the mean."""
    answer = stages.hitting_time(1, 2, drift=0.02, volatility=volatility)
    late = np.linspace(0, 20 * answer.mean, 200_001)
    law = answer.reached_by(late)
    assert np.diff(law).min() > -1e-14 and law[0] == 0 and law[-1] == pytest.approx(1)
    assert np.trapezoid(1 - law, late) == pytest.approx(answer.mean, rel=1e-4)


# ---------------------------------------------------------------------------
# Bad input, and what results show


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Ladder(payoff_slope=(0, 2, 1)), "must rise"),
        (lambda: Ladder(volatility=0), "volatility is 0; it must be above 0"),
        (lambda: Ladder(switching_cost=(1, -1)), r"switching_cost\[1\] is -1"),
        (lambda: Ladder(drift=math.nan), "drift is nan"),
        (lambda: stages.solve("ladder"), "must be a Ladder"),  # type: ignore[arg-type]
        (lambda: stages.calibrate((35, 23)), "after following"),
        (lambda: stages.calibrate(drift=0.001), "above 0, so that dates"),
        (
            lambda: stages.calibrate((1, 2), running_cost=(0, 1, 3)),
            "would have to be paid for",
        ),
        (lambda: stages.hitting_time(0, 1, drift=0, volatility=1), "start is 0"),
        (lambda: stages.hitting_time(1, 2, drift=0, volatility=0), "volatility is 0"),
        (lambda: stages.pipeline([], []), "at least one"),
        (lambda: stages.pipeline(0.5, 0.1), "rate is 0.5; it must be a row"),  # type: ignore[arg-type]
        (lambda: stages.pipeline([1], [1], 2), "shape is 2; it must be a row"),  # type: ignore[arg-type]
        (lambda: stages.pipeline([1], [1]).success_by(-1), "time is -1"),
        (lambda: stages.solve(Ladder()).value([1, 0]), r"capability is \[1, 0\]"),
        (lambda: stages.solve(Ladder()).value("high"), "capability is 'high'"),  # type: ignore[arg-type]
        (
            lambda: stages.hitting_time(1, 2, drift=0, volatility=1).reached_by(math.nan),
            "time is nan",
        ),
        (
            lambda: replace(Ladder().switching(), payoff_slope=1.0),  # type: ignore[arg-type]
            "payoff_slope is 1.0; it must be a row",
        ),
        (
            lambda: replace(Ladder().switching(), switching_cost=((0, 1), (1,))),
            "switching_cost is .*rows of one length",
        ),
        (lambda: stages.pipeline([1], [-1]), r"drop_out\[0\] is -1"),
        (lambda: stages.pipeline([1], [1], [1.5]), r"shape\[0\] is 1.5"),  # type: ignore[list-item]
        (lambda: stages.pipeline([1], [1], [1, 2]), "shape has 2 entries"),
        (lambda: replace(Ladder().switching(), payoff_slope=(1,)), "two modes or more"),
        (
            lambda: replace(Ladder().switching(), switching_cost=((0, 1), (1, 0))),
            "shape",
        ),
        (
            lambda: Switching(
                drift=0,
                volatility=1,
                discount_rate=1,
                payoff_slope=(0, 1),
                running_cost=(0, 1),
                switching_cost=((0, 1), (-1, 0)),
            ),
            "go round for ever",
        ),
        (
            lambda: stages.solve_switching(Ladder().switching(), low=2, high=1),
            "high is 1; it must be above 2",
        ),
    ],
)
def test_bad_input_is_named(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message):
        call()


def test_results_print_and_draw() -> None:
    results = [
        stages.solve(Ladder()),
        stages.solve(Ladder(switching_cost=(30, 2))),
        stages.solve_switching(Ladder().switching(), low=0.05, high=500, nodes=300),
        stages.hitting_time(1, 2, drift=0.02, volatility=0.1),
        stages.pipeline([0.5, 0.3], [0.1, 0.2]),
    ]
    for result in results:
        assert max(map(len, str(result).splitlines())) <= 79
        assert not result.plot_data().empty
        assert result.plot().get_xlabel()
        assert result.record()
