"""What the lecture on innovation and standards lives on."""

from __future__ import annotations

from itertools import product

import pytest

from unigauge.lectures.boards import innovation_and_standards as boards


@pytest.fixture
def seen(run_lecture) -> dict[str, object]:
    return run_lecture("innovation_and_standards")[1]


@pytest.mark.parametrize("people", range(4, 31))
def test_the_game_ends_low_or_high_in_any_class(seen, people) -> None:
    cards = boards.cards(seen["reply"], people)
    few, many = boards.beside(seen["found"], people)
    assert boards.play(cards, few)[-1] == 0
    assert boards.play(cards, many)[-1] == people
    assert max(len(boards.play(cards, start)) for start in (few, many)) <= 6


def test_the_walks_end_where_the_hands_do(seen) -> None:
    low, high = seen["found"].walk([0.4, 0.6], [0.4, 0.6])[-1, 0]
    assert low == pytest.approx(seen["found"].knowledge[0], abs=1e-4)
    assert high == pytest.approx(seen["found"].knowledge[-1], abs=1e-4)


@pytest.mark.parametrize("difficulty", [0.3, 0.4, 0.6, 0.7])
def test_a_start_leads_up_above_the_border_that_the_board_names(difficulty) -> None:
    for steepness in (8, 12, 16):
        setting = {"steepness": steepness, "difficulty": difficulty}
        line = boards.border(boards.trap.outcome(setting)[0])
        for start, end in ((line - 0.01, 0), (line + 0.01, -1)):
            found, _ = outcome = boards.trap.outcome({**setting, "start": start})
            there = boards.trap.numbers(outcome)["this start ends at"]
            assert there == pytest.approx(found.knowledge[end], abs=0.01)


def test_echoes_add_up_to_the_long_run(seen) -> None:
    straight = seen["straight"]
    many = sum(straight.loop**turn for turn in range(200))
    assert many == pytest.approx(straight.multiplier, abs=1e-12)
    assert boards.echoes.outcome({}).own[0, 0] == pytest.approx(many, abs=1e-9)


def test_growth_is_highest_in_between_and_falls_at_once(seen) -> None:
    best, after = seen["best"], seen["after"]
    slow, fast = (
        boards.standardising.outcome({"rate": 100 * times * best.rate})[0].growth
        for times in (0.5, 2)
    )
    assert max(slow, fast) < best.growth
    assert after.growth[0] < after.balanced.growth < best.growth


@pytest.mark.parametrize("board", boards.BOARDS, ids=lambda board: board.name)
def test_the_boards_answer_at_the_ends_of_their_controls(board) -> None:
    ends = [(control.start, control.stop) for control in board.controls]
    names = [control.name for control in board.controls]
    for values in product(*ends):
        outcome = board.outcome(dict(zip(names, values, strict=True)))
        assert board.numbers(outcome)
        assert board.answer(outcome).status in (
            "ok",
            "stable",
            "unstable",
            "trap",
            "unique",
        )
