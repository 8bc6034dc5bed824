"""Committee, market, hybrid: stored numbers, whole plans, simulation, properties, input."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models import committee
from unigauge.models.adoption.committee import ACTIONS, MODES, Standoff, compare, solve
from unigauge.models.adoption.committee_certificate import certify

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "reference" / "adoption.json").read_text()
    )
}
FAST = settings(max_examples=25, deadline=None)


def standoff_of(inputs: dict[str, float]) -> Standoff:
    return Standoff(
        own=inputs["a"],
        other=inputs["c"],
        none=inputs["b"],
        rounds=inputs.get("T"),  # type: ignore[arg-type]
        discount=inputs.get("delta", 1.0),
    )


@st.composite
def standoffs(draw: st.DrawFn, deadline: bool | None = None) -> Standoff:
    none = draw(st.floats(-0.5, 0.5))
    other = max(none, 0.0) + draw(st.floats(0.05, 2))
    finite = draw(st.booleans()) if deadline is None else deadline
    return Standoff(
        own=other + draw(st.floats(0.05, 3)),
        other=other,
        none=none,
        rounds=draw(st.integers(1, 12)) if finite else None,
        discount=draw(st.floats(0.05, 0.99)),
    )


# ---------------------------------------------------------------------------
# Stored numbers


@pytest.mark.parametrize(
    "case", ["fs88_committee_vs_market_T2", "fs88_infinite_discounted"]
)
def test_agrees_with_stored_committee_and_market(case: str) -> None:
    standoff = standoff_of(CASES[case]["inputs"])
    talk, act = solve(standoff, "committee"), solve(standoff, "market")
    ours = {
        "committee_insist": talk.first_round["insist"],
        "committee_value": talk.value,
        "committee_prob_coord": talk.prob_coordination,
        "committee_mean_rounds": talk.mean_rounds,
        "market_adopt": act.first_round["adopt"],
        "market_value": act.value,
        "market_prob_coord": act.prob_coordination,
        "market_mean_rounds": act.mean_rounds,
    }
    for name, value in CASES[case]["outputs"].items():
        assert ours[name] == pytest.approx(value, abs=1e-8), name


def test_agrees_with_stored_hybrid() -> None:
    case = CASES["fs88_hybrid_T1"]
    standoff = standoff_of(case["inputs"])
    hybrid = solve(standoff, "hybrid")
    ours = {
        **hybrid.first_round,
        "value": hybrid.value,
        "prob_coord": hybrid.prob_coordination,
        "committee_value": solve(standoff, "committee").value,
        "market_value": solve(standoff, "market").value,
    }
    for name, value in case["outputs"].items():
        assert ours[name] == pytest.approx(value, abs=1e-8), name


# ---------------------------------------------------------------------------
# Brute force


@given(standoffs(), st.sampled_from(MODES))
@FAST
def test_mixes_have_the_closed_forms(standoff: Standoff, mode: str) -> None:
    a, b, c = standoff.own, standoff.none, standoff.other
    outcome = solve(standoff, mode)
    later = outcome.value if standoff.rounds is None else b
    for row in outcome.mix[::-1]:
        v = standoff.discount * later
        insist = (c - b) / (a - v)
        concede = insist * (c - v) / (a - v)
        adopt = 1 / (1 + insist + concede)
        first = {
            "committee": (a - v) / (a + c - 2 * v),
            "market": (a - v) / (a - v + c - b),
            "hybrid": adopt,
        }[mode]
        assert row[0] == pytest.approx(first, abs=1e-9)
        p = first
        later = {
            "committee": p * c + (1 - p) * v,
            "market": p * c + (1 - p) * v,
            "hybrid": (1 - p) * a + p * b,
        }[mode]
    assert outcome.value == pytest.approx(later, abs=1e-9)


@given(standoffs(deadline=False))
@FAST
def test_values_without_a_deadline_solve_their_quadratics(standoff: Standoff) -> None:
    a, b, c, d = standoff.own, standoff.none, standoff.other, standoff.discount
    v = solve(standoff, "committee").value
    assert d * (2 - d) * v**2 - (a + c) * v + a * c == pytest.approx(0, abs=1e-9)
    v = solve(standoff, "market").value
    assert d * v**2 - (a + c - b + b * d) * v + a * c == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("discount", [1.0, 0.8])
def test_no_plan_for_all_rounds_does_better(mode: str, discount: float) -> None:
    """Every plan of three rounds against the mix, without the one-shot principle."""
    standoff = Standoff(own=1.3, other=0.6, none=0.2, rounds=3, discount=discount)
    outcome = solve(standoff, mode)
    names = ACTIONS[mode]

    def worth(plan: tuple[str, ...]) -> float:
        total, reach = 0.0, 1.0
        for period, mine in enumerate(plan):
            again = 0.0
            for theirs, p in zip(names, outcome.mix[period], strict=True):
                if mine == theirs and mine != "adopt":
                    again += p
                    continue
                if mine == theirs:
                    prize = 0.2
                elif mine == "adopt" or (mine == "insist" and theirs == "concede"):
                    prize = 1.3
                else:
                    prize = 0.6
                total += reach * discount**period * p * prize
            reach *= again
        return total + reach * discount**3 * 0.2

    values = [worth(plan) for plan in itertools.product(names, repeat=3)]
    np.testing.assert_allclose(values, outcome.value, atol=1e-12)


@pytest.mark.parametrize("mode", MODES)
def test_simulated_play_agrees(mode: str) -> None:
    standoff = Standoff(own=1.0, other=0.6, none=0.1, discount=0.9)
    outcome = solve(standoff, mode)
    rng = np.random.default_rng(11)
    draws, names = 40_000, np.array(ACTIONS[mode])
    running, one, rounds, worth = np.arange(draws), 0, 0, 0.0
    period = 0
    while len(running):
        mine, theirs = (
            names[rng.choice(len(names), len(running), p=outcome.mix[0])] for _ in range(2)
        )
        rounds += len(running)
        two = (mine == "adopt") & (theirs == "adopt")
        again = (mine == theirs) & ~two
        lead = (mine == "adopt") | ((mine == "insist") & (theirs == "concede"))
        one += int((~again & ~two).sum())
        prize = np.where(two, 0.1, np.where(lead, 1.0, 0.6))
        worth += 0.9**period * float(prize[~again].sum())
        running, period = running[again], period + 1
    p = outcome.prob_coordination
    assert one / draws == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / draws) + 1e-12)
    assert rounds / draws == pytest.approx(outcome.mean_rounds, rel=0.04)
    assert worth / draws == pytest.approx(outcome.value, abs=4 * 0.5 / np.sqrt(draws))


@pytest.mark.parametrize("mode", MODES)
def test_a_far_deadline_is_no_deadline(mode: str) -> None:
    endless = Standoff(own=1.0, other=0.5, none=0.1, discount=0.9)
    far, none = solve(replace(endless, rounds=600), mode), solve(endless, mode)
    assert far.value == pytest.approx(none.value, abs=1e-12)
    assert far.mean_rounds == pytest.approx(none.mean_rounds, abs=1e-9)
    np.testing.assert_allclose(far.mix[0], none.mix[0], atol=1e-12)


@pytest.mark.parametrize("mode", MODES)
def test_certificate_notices_a_wrong_mix_and_a_wrong_value(mode: str) -> None:
    for rounds in (None, 3):
        standoff = Standoff(rounds=rounds)
        right = solve(standoff, mode)
        wrong = np.array(right.mix)
        wrong[0, :2] += [0.02, -0.02]
        assert certify(standoff, ACTIONS[mode], wrong, right.value) > 1e-4
        assert certify(standoff, ACTIONS[mode], right.mix, right.value + 1e-3) > 1e-4


# ---------------------------------------------------------------------------
# Economics


@given(standoffs(), st.sampled_from(MODES), st.floats(0.1, 50))
@FAST
def test_units_do_not_matter(standoff: Standoff, mode: str, unit: float) -> None:
    one = solve(standoff, mode)
    other = solve(
        replace(
            standoff,
            own=unit * standoff.own,
            other=unit * standoff.other,
            none=unit * standoff.none,
        ),
        mode,
    )
    assert one.status == other.status == "ok"
    assert other.value == pytest.approx(unit * one.value, rel=1e-8, abs=1e-9)
    np.testing.assert_allclose(one.mix, other.mix, atol=1e-9)


@given(standoffs(deadline=True), st.sampled_from(MODES), st.floats(-3, 3))
@FAST
def test_a_constant_is_only_added_if_time_is_free(
    standoff: Standoff, mode: str, shift: float
) -> None:
    free = replace(standoff, discount=1.0)
    moved = replace(
        free, own=free.own + shift, other=free.other + shift, none=free.none + shift
    )
    one, other = solve(free, mode), solve(moved, mode)
    assert other.value == pytest.approx(one.value + shift, abs=1e-9)
    np.testing.assert_allclose(one.mix, other.mix, atol=1e-8)


@given(standoffs(deadline=True))
@FAST
def test_without_discounting_value_tells_the_probability(standoff: Standoff) -> None:
    free = replace(standoff, discount=1.0)
    for mode in MODES:
        outcome = solve(free, mode)
        prize = (free.own + free.other) / 2 - free.none
        assert outcome.prob_coordination == pytest.approx(
            (outcome.value - free.none) / prize, abs=1e-9
        )


@given(standoffs(deadline=True))
@FAST
def test_hybrid_beats_committee_beats_market_if_time_is_free(standoff: Standoff) -> None:
    values = compare(replace(standoff, discount=1.0))["value"]
    assert values["hybrid"] >= values["committee"] - 1e-12
    assert values["committee"] >= values["market"] - 1e-12


@given(standoffs(deadline=False), st.floats(0.05, 1.0))
@FAST
def test_patience_and_conflict_lengthen_talks(standoff: Standoff, more: float) -> None:
    here = solve(standoff, "committee").mean_rounds
    fiercer = solve(replace(standoff, own=standoff.own + more), "committee").mean_rounds
    patient = replace(standoff, discount=standoff.discount + 0.5 * (1 - standoff.discount))
    assert fiercer > here
    assert solve(patient, "committee").mean_rounds > here


def test_stronger_conflict_is_a_larger_stake() -> None:
    assert Standoff(own=2.0, other=0.5, none=0.0).conflict == 3.0


# ---------------------------------------------------------------------------
# What a user sees, and bad input


def test_every_outcome_prints_records_and_plots() -> None:
    for mode, rounds in itertools.product(MODES, (None, 4)):
        outcome = solve(Standoff(rounds=rounds), mode)
        assert max(map(len, str(outcome).splitlines())) <= 79
        assert "certificate" in str(outcome)
        assert outcome.plot().get_xlabel() == "round"
        ends = outcome.plot_data().iloc[-1]
        limit = 1e-2 if rounds is None else 1e-12
        assert ends["one_standard"] == pytest.approx(outcome.prob_coordination, abs=limit)
        assert list(outcome.to_frame().columns) == list(ACTIONS[mode])
        with pytest.raises(ValueError, match="read-only"):
            outcome.mix[0] = 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"other": 1.5}, r"own is 1.0; it must be above 1.5: each side prefers its own"),
        ({"none": 0.6}, r"other is 0.5; it must be above 0.6: both prefer one standard"),
        ({"discount": 0}, r"discount is 0; it must be above 0 and at most 1"),
        ({"discount": 1.0}, r"discount is 1 and rounds is None"),
        ({"rounds": 0}, r"rounds is 0; it must be a whole number of at least 1"),
        ({"rounds": 2.0}, r"rounds is 2.0; it must be a whole number"),
        ({"own": float("nan")}, r"own is nan"),
        ({"other": -0.2, "none": -0.5}, r"other is -0.2; with discounting"),
    ],
)
def test_a_standoff_refuses_what_it_cannot_be(
    change: dict[str, float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Standoff(**change)  # type: ignore[arg-type]


def test_solve_and_compare_refuse_what_they_cannot_use() -> None:
    with pytest.raises(InputError, match="Did you mean 'committee'"):
        solve(Standoff(), "comittee")
    with pytest.raises(InputError, match="it must be a Standoff"):
        solve(None, "market")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"tolerance is 0"):
        solve(Standoff(), "market", tolerance=0)
    with pytest.raises(InputError, match=r"write a list, \['market'\]"):
        committee.compare(Standoff(), "market")
    with pytest.raises(InputError, match="modes is empty"):
        compare(Standoff(), [])
