"""Incentives in a laboratory: stored numbers, brute force, properties, bad input."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls
from scipy.stats import norm

from unigauge.errors import InputError
from unigauge.models import incentives
from unigauge.models.dynamics import multitask, rewards
from unigauge.models.dynamics.incentives import Tasks

CASES = json.loads(
    (Path(__file__).parents[1] / "reference" / "dynamics_stages.json").read_text()
)
FAST = settings(max_examples=25, deadline=None)
UNMEASURED = Tasks(noise=(0.5, math.inf))


def tasks_of(inputs: dict) -> Tasks:  # type: ignore[type-arg]
    return Tasks(
        benefit=inputs["B"],
        cost=inputs["C"],
        noise=[float(x) for x in inputs["Sig"]],
        risk_aversion=inputs["r"],
        intrinsic_effort=inputs.get("ebar"),
    )


@st.composite
def some_tasks(draw: st.DrawFn) -> Tasks:
    n = draw(st.integers(1, 3))
    roots = draw(
        st.lists(st.lists(st.floats(-1, 1), min_size=n, max_size=n), min_size=n, max_size=n)
    )
    cost = np.array(roots) @ np.array(roots).T + 0.4 * np.eye(n)
    size = st.lists(st.floats(0.1, 2), min_size=n, max_size=n)
    return Tasks(
        benefit=draw(size),
        cost=cost,
        noise=draw(size),
        risk_aversion=draw(st.floats(0, 3)),
        intrinsic_effort=draw(st.lists(st.floats(0, 0.5), min_size=n, max_size=n)),
    )


def surplus_of(tasks: Tasks, pay: np.ndarray, *, free: bool) -> float:
    """Return the surplus by other means than the package's."""
    benefit, cost, noise, intrinsic = tasks.arrays
    drive = pay + cost @ intrinsic
    if free:
        effort = np.linalg.solve(cost, drive)
    else:
        factor = np.linalg.cholesky(cost).T
        effort = nnls(factor, np.linalg.solve(factor.T, drive))[0]
    extra = effort - intrinsic
    risk = tasks.risk_aversion * pay @ noise @ pay / 2
    return float(benefit @ effort - extra @ cost @ extra / 2 - risk)


# ---------------------------------------------------------------------------
# Contracts


def test_agrees_with_the_stored_contract() -> None:
    expected = CASES["len_0"]["outputs"]
    for solve in (incentives.linear_contract, incentives.contract):
        answer = solve(tasks_of(CASES["len_0"]["inputs"]))
        assert answer.status == "ok"
        np.testing.assert_allclose(answer.piece_rate, expected["b"], atol=1e-8)
        np.testing.assert_allclose(answer.effort, expected["e"], atol=1e-8)
        assert answer.surplus == pytest.approx(expected["surplus"], abs=1e-8)


def test_agrees_with_the_stored_corner() -> None:
    expected = CASES["len_2_corner"]["outputs"]
    answer = incentives.contract(tasks_of(CASES["len_2_corner"]["inputs"]))
    assert answer.status == expected["status"]
    np.testing.assert_allclose(answer.piece_rate, expected["b"], atol=1e-5)
    assert answer.surplus == pytest.approx(expected["surplus"], abs=1e-6)


def test_the_unmeasured_task_in_closed_form() -> None:
    (b_p, b_s), (c11, c12, c22), variance = (1, 1), (1, 0.5, 1), 0.5
    known = (b_p - b_s * c12 / c22) / (1 + variance * (c11 - c12**2 / c22))
    answer = incentives.linear_contract(UNMEASURED)
    assert answer.piece_rate[0] == pytest.approx(known) == pytest.approx(0.3636, abs=5e-5)
    assert answer.effort[1] == pytest.approx(-0.2424, abs=5e-5)
    almost = incentives.linear_contract(replace(UNMEASURED, noise=(0.5, 1e9)))
    np.testing.assert_allclose(almost.piece_rate, answer.piece_rate, atol=1e-8)
    assert "negative" in str(answer)


def test_intrinsic_effort_keeps_the_formula_inside_and_makes_it_best_if_there_is_enough() -> (
    None
):
    some, enough = (replace(UNMEASURED, intrinsic_effort=(e, e)) for e in (0.3, 0.4))
    for tasks in (some, enough):
        assert incentives.linear_contract(tasks).effort.min() > 0
        assert incentives.linear_contract(tasks).piece_rate[0] == pytest.approx(4 / 11)
    assert incentives.contract(some).status == "corner_zero_effort"
    assert "no negative effort either" in str(incentives.contract(some))
    best = incentives.contract(enough)
    assert best.status == "ok"
    np.testing.assert_allclose(best.piece_rate, [4 / 11, 0], atol=1e-6)


@given(some_tasks())
@FAST
def test_contracts_beat_random_ones(tasks: Tasks) -> None:
    rng = np.random.default_rng(1)
    n = len(tasks.benefit)
    for free, answer in (
        (True, incentives.linear_contract(tasks)),
        (False, incentives.contract(tasks)),
    ):
        assert answer.status in ("ok", "corner_zero_effort")
        assert answer.surplus == pytest.approx(
            surplus_of(tasks, answer.piece_rate, free=free), abs=1e-9
        )
        tried = [surplus_of(tasks, rng.normal(0.5, 0.8, n), free=free) for _ in range(60)]
        near = [
            surplus_of(tasks, answer.piece_rate + rng.normal(0, 0.02, n), free=free)
            for _ in range(20)
        ]
        assert answer.surplus >= max(*tried, *near) - 1e-7


@pytest.mark.parametrize("variance", [0.3, 0.9, 2.0, math.inf])
@pytest.mark.parametrize("link", [-0.5, 0.0, 0.5, 0.9])
def test_contracts_beat_a_grid(variance: float, link: float) -> None:
    tasks = Tasks(cost=((1, link), (link, 1)), noise=(0.5, variance))
    answer = incentives.contract(tasks)
    second = [0.0] if math.isinf(variance) else np.linspace(-0.5, 1.5, 41)
    best = max(
        surplus_of(tasks, np.array([b, c]), free=False)
        for b in np.linspace(0, 1.5, 61)
        for c in second
    )
    assert answer.surplus >= best - 1e-9
    assert answer.surplus == pytest.approx(best, abs=2e-3)


def test_neglect_can_be_best_although_the_formula_gives_effort() -> None:
    tasks = Tasks(noise=(0.5, 2))
    formula, best = incentives.linear_contract(tasks), incentives.contract(tasks)
    assert formula.effort.min() > 0
    assert best.status == "corner_zero_effort"
    assert best.surplus == pytest.approx(1 / 3)
    assert formula.surplus == pytest.approx(0.254902, abs=1e-6)


@given(some_tasks(), st.integers(0, 99))
@FAST
def test_the_agents_reply_is_the_best_there_is(tasks: Tasks, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = len(tasks.benefit)
    pay = rng.normal(0.3, 0.7, n)
    _, cost, _, intrinsic = tasks.arrays

    def worth(effort: np.ndarray) -> float:
        return float(pay @ effort - (effort - intrinsic) @ cost @ (effort - intrinsic) / 2)

    ours = incentives.reply(tasks, pay)
    assert ours.min() >= 0
    others = [np.maximum(ours + rng.normal(0, 0.3, n), 0) for _ in range(100)]
    assert worth(ours) >= max(map(worth, others)) - 1e-12
    free = incentives.reply(tasks, [pay, 2 * pay], free_effort=True)
    np.testing.assert_allclose(cost @ (free[1] - intrinsic), 2 * pay, atol=1e-9)


def test_relabelling_tasks_changes_nothing() -> None:
    tasks = Tasks(benefit=(1, 0.7), noise=((0.5, 0.2), (0.2, 0.9)))
    other = Tasks(benefit=(0.7, 1), noise=((0.9, 0.2), (0.2, 0.5)))
    for solve in (incentives.linear_contract, incentives.contract):
        np.testing.assert_allclose(
            solve(tasks).piece_rate, solve(other).piece_rate[::-1], atol=1e-6
        )


def test_certificates_of_contracts_notice_wrong_pay() -> None:
    tasks = Tasks()
    right = incentives.linear_contract(tasks)
    wrong = right.piece_rate + np.array([0.05, 0.0])
    assert multitask._contract(tasks, wrong, 1e-8, free_effort=True).status == "uncertified"
    formula = np.array(incentives.linear_contract(Tasks(noise=(0.5, 2))).piece_rate)
    stuck = multitask._contract(Tasks(noise=(0.5, 2)), formula, 1e-6, free_effort=False)
    assert stuck.status == "uncertified"
    assert stuck.certificate == pytest.approx(1 / 3 - 0.254902, abs=1e-5)


# ---------------------------------------------------------------------------
# Staged pay


@given(
    st.lists(st.floats(0.05, 2), min_size=1, max_size=5),
    st.floats(0.1, 3),
    st.floats(0.01, 0.5),
    st.floats(0, 0.5),
)
@FAST
def test_staged_pay_is_cheaper_exactly_if_the_agent_is_less_patient(
    hazards: list[float], phi: float, agent: float, principal: float
) -> None:
    answer = incentives.staged_pay(
        hazards, shirking_benefit=phi, agent_discount=agent, principal_discount=principal
    )
    assert answer.status == "ok"
    reached = [math.prod(h / (principal + h) for h in hazards[: k + 1]) for k in range(9)]
    cost = sum(w * p for w, p in zip(answer.stage_pay, reached, strict=False))
    assert answer.staged_cost == pytest.approx(cost)
    assert answer.final_cost == pytest.approx(answer.final_pay * reached[len(hazards) - 1])
    if len(hazards) > 1 and abs(agent - principal) > 1e-3:
        assert answer.cheaper == ("staged" if agent > principal else "final")
    if len(hazards) == 1:
        assert answer.cheaper == "same"


def test_equal_discounting_makes_staging_worthless() -> None:
    answer = incentives.staged_pay(
        [0.3, 0.7, 0.2], shirking_benefit=1, agent_discount=0.1, principal_discount=0.1
    )
    assert answer.cheaper == "same"
    assert answer.staged_cost == pytest.approx(answer.final_cost, rel=1e-12)


def test_a_little_less_pay_and_the_agent_shirks() -> None:
    hazards = np.array([0.3, 0.7])
    pay, final, _, _ = rewards._costs(0.1, hazards, 1.0, 0.05)
    assert rewards._shirking_gain(pay, hazards, 1.0, 0.1) < 1e-12
    assert rewards._shirking_gain(0.99 * pay, hazards, 1.0, 0.1) > 1e-4
    last = np.array([0, 0.99 * final])
    assert rewards._shirking_gain(last, hazards, 1.0, 0.1) > 1e-4


# ---------------------------------------------------------------------------
# Promotion


def test_effort_in_the_contest_by_brute_force() -> None:
    cost, weights = np.array([[1, 0.5], [0.5, 1]]), np.array([1.0, 0.4])
    answer = incentives.tournament(cost, weights, prize=1.5, noise=[0.6, 0.9])
    assert answer.status == "ok"
    spread = math.sqrt(2 * (0.6 + 0.16 * 0.9))

    def payoff(effort: np.ndarray) -> float:
        won = norm.cdf(weights @ (effort - answer.effort) / spread)
        return float(1.5 * won - effort @ cost @ effort / 2)

    here = payoff(answer.effort)
    rng = np.random.default_rng(2)
    assert here >= max(payoff(rng.normal(0, 1, 2)) for _ in range(4000))
    shift = np.eye(2) * 1e-5
    slopes = [(payoff(answer.effort + d) - payoff(answer.effort - d)) / 2e-5 for d in shift]
    np.testing.assert_allclose(slopes, 0, atol=1e-8)


def test_with_little_noise_the_contest_has_no_such_equilibrium() -> None:
    answer = incentives.tournament([[1.0]], [1], prize=1, noise=[0.01])
    assert answer.status == "no_equilibrium_found"
    assert answer.certificate > 0.1


@given(st.floats(0, 0.9), st.floats(0, 1), st.floats(0.05, 1))
@FAST
def test_more_weight_on_standards_lowers_effort_on_papers(
    link: float, weight: float, more: float
) -> None:
    papers = [
        incentives.tournament([[1, link], [link, 1]], [1, w], prize=1, noise=[2, 2]).effort[
            0
        ]
        for w in (weight, weight + more)
    ]
    assert papers[1] < papers[0]


# ---------------------------------------------------------------------------
# Bad input, and what results show


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Tasks(cost=((1, 2), (2, 1))), "positive definite"),
        (lambda: Tasks(cost=((1, 0.5), (0.4, 1))), "symmetric"),
        (
            lambda: Tasks(benefit=(1,)),
            r"cost has shape \(2, 2\); it must be a matrix \(1, 1\)",
        ),
        (lambda: Tasks(benefit=()), "benefit is .*at least one"),
        (lambda: Tasks(benefit=1.0), "benefit is 1.0; it must be a row"),  # type: ignore[arg-type]
        (lambda: Tasks(benefit=(1,) * 7), "benefit has 7 entries"),
        (lambda: Tasks(cost=((1, 2), (3,))), "cost is .*rows of one length"),
        (lambda: Tasks(noise="low"), "noise is 'low'; it must be 2 variances"),  # type: ignore[arg-type]
        (lambda: Tasks(noise=(0.5, -1)), "no random variable"),
        (lambda: Tasks(noise=(0.5, math.nan)), "2 variances"),
        (lambda: Tasks(noise=((0.5, 0.1), (0.1, math.inf))), "no covariances"),
        (lambda: Tasks(intrinsic_effort=(0, -1)), r"intrinsic_effort\[1\] is -1"),
        (lambda: Tasks(risk_aversion=-1), "risk_aversion is -1"),
        (lambda: incentives.contract(None), "must be a Tasks"),  # type: ignore[arg-type]
        (lambda: incentives.reply(Tasks(), [1]), "each of 2 tasks"),
        (lambda: incentives.reply(Tasks(), [1, math.nan]), "piece_rate is .*finite"),
        (
            lambda: incentives.tournament([[1]], 1, prize=1, noise=[1]),  # type: ignore[arg-type]
            "weights is 1; it must be a row",
        ),
        (
            lambda: incentives.staged_pay(
                [], shirking_benefit=1, agent_discount=1, principal_discount=1
            ),
            "at least one",
        ),
        (
            lambda: incentives.staged_pay(
                [1], shirking_benefit=1, agent_discount=0, principal_discount=1
            ),
            "shirk for ever",
        ),
        (
            lambda: incentives.tournament([[1]], [1], prize=1, noise=[0]),
            "wins for sure",
        ),
        (
            lambda: incentives.tournament([[1]], [1], prize=1, noise=[math.inf]),
            "infinite variance",
        ),
    ],
)
def test_bad_input_is_named(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message):
        call()


def test_results_print_and_draw() -> None:
    results = [
        incentives.contract(UNMEASURED),
        incentives.linear_contract(UNMEASURED),
        incentives.staged_pay(
            [0.5, 0.2], shirking_benefit=1, agent_discount=0.1, principal_discount=0.05
        ),
        incentives.tournament([[1, 0.5], [0.5, 1]], [1, 0.5], prize=1, noise=[1, 1]),
    ]
    for result in results:
        assert max(map(len, str(result).splitlines())) <= 79
        assert not result.plot_data().empty
        assert result.plot().get_xlabel()
        assert result.record()
