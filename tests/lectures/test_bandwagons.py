"""What the lecture on bandwagons, committees and waiting lives on."""

from __future__ import annotations

import numpy as np
import pytest

from unigauge.lectures.boards import bandwagons as boards


@pytest.fixture(scope="module")
def seen(run_lecture):
    return run_lecture("bandwagons")[1]


@pytest.mark.parametrize("students", [5, 20, 40])
def test_one_missing_rung_stops_everybody_behind_it(students) -> None:
    assert boards.stand_up(students, 0).ends.final == students
    for raised in range(1, students + 1):
        room = boards.stand_up(students, raised)
        standing = 0
        while standing < students:  # as the class would play it
            cards = [k + (k + 1 == raised) for k in range(students)]
            now = sum(card <= standing for card in cards)
            if now == standing:
                break
            standing = now
        assert room.ends.final == standing == raised - 1
        if raised < students:
            assert room.equilibria.adopters.tolist() == [raised - 1, students]
            assert room.equilibria.efficient == students


def test_firms_that_know_each_other_move_and_strangers_do_not(seen) -> None:
    outcome = seen["unknown"]
    assert (seen["follow"], seen["agree"]) == pytest.approx((0.3, 0.5))
    assert outcome.lead_threshold == pytest.approx(0.6)
    table = seen["formulas"]
    for name in ("leads from", "stuck"):
        gap = table[f"{name}, formula"] - table[f"{name}, package"]
        assert gap.abs().max() < 1e-12


def test_the_share_that_is_stuck_is_what_drawn_pairs_show(seen) -> None:
    outcome, rng = seen["stuck"], np.random.default_rng(4)
    pairs = rng.random((200_000, 2))
    gain = pairs[(pairs >= outcome.agreement_threshold).all(axis=1)]
    share = (gain < outcome.lead_threshold).all(axis=1).mean()
    shown = boards.switch.numbers(outcome)["stuck, of those who both gain"]
    noise = (share * (1 - share) / len(gain)) ** 0.5
    assert float(shown.rstrip("%")) / 100 == pytest.approx(share, abs=4 * noise + 5e-4)


def test_talking_is_surer_slower_and_better_unless_waiting_is_dear(seen) -> None:
    talk, act, both = seen["meeting"].modes.values()
    assert talk.prob_coordination == pytest.approx(1) and act.prob_coordination < 0.7
    assert talk.mean_rounds > 8 * act.mean_rounds
    assert both.value > talk.value > act.value
    talk, act, _ = seen["dear"].modes.values()
    assert act.value > talk.value


def test_who_has_more_at_stake_wins_less_often(seen) -> None:
    assert seen["war"].prob_win[0] < 0.5 < seen["war"].prob_win[1]
    assert (seen["war"].expected_payoff == 0).all()


def test_exercises(seen) -> None:
    rung, leader, waiting = seen["exercises"]
    assert rung.answer == 11
    assert leader.answer == pytest.approx((0.6 + 0.56**0.5) / 2)
    assert waiting.answer == "the side that minds waiting more"
