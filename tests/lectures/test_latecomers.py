"""What the lecture on latecomers lives on."""

from __future__ import annotations

from itertools import product

import pytest

from unigauge.lectures.boards import latecomers as boards


@pytest.fixture
def seen(run_lecture) -> dict[str, object]:
    return run_lecture("latecomers")[1]


def test_a_small_head_start_takes_nothing_and_a_large_one_a_lot(seen) -> None:
    level = boards.fight(0)
    assert seen["small"].payoff[1] == pytest.approx(level.payoff[1], abs=1e-9)
    assert seen["large"].payoff[1] < level.payoff[1] / 2
    assert boards.harmless() == pytest.approx(boards.PRIZE / 4, abs=1e-9)


def test_the_best_against_some_points_is_best(seen) -> None:
    for points in (0.5, 2.5, 6.0):
        best = boards.best_against(points)
        assert best == pytest.approx((boards.PRIZE * points) ** 0.5 - points, abs=1e-9)


def test_the_formula_for_leading_agrees_with_the_grid(seen) -> None:
    assert seen["lead"] == pytest.approx(seen["climb"].lead_threshold, abs=1e-9)
    assert seen["lead"] == pytest.approx(seen["slowly"], rel=0.01)
    assert seen["waiting"] > 1


def test_a_search_finds_the_years_of_the_formula() -> None:
    for cost, loss in ((2, 0.04), (0.5, 0.1), (6, 0.01)):
        assert boards.searched_interval(cost, loss) == pytest.approx(
            (2 * cost / loss) ** 0.5, rel=1e-6
        )


def test_a_cap_of_a_ninth_of_the_prize_is_worth_points_at_half_the_price() -> None:
    cheap, capped = boards.fight(0, cost=0.5), boards.fight(0, cap=boards.PRIZE / 9)
    assert cheap.probability[1] == pytest.approx(2 / 3, abs=1e-9)
    assert capped.payoff[1] == pytest.approx(cheap.payoff[1], abs=1e-9)


def test_luck_alone_spreads_the_dates_over_years(seen) -> None:
    follow, lead = seen["calendar"]["following"], seen["calendar"]["leading"]
    assert (follow.mean, lead.mean) == pytest.approx((23, 35), abs=1e-6)
    for when in (follow, lead):
        assert when.quarter < when.mean < when.three_quarters
        assert when.three_quarters - when.quarter > 8


def test_editions_die_faster_after_five_years() -> None:
    alive = boards.editions_alive()
    assert alive[0] == 1
    assert alive[10] / alive[5] < alive[5]


@pytest.mark.parametrize("board", boards.BOARDS, ids=lambda board: board.name)
def test_the_boards_answer_at_the_ends_of_their_controls(board) -> None:
    ends = [(control.start, control.stop) for control in board.controls]
    names = [control.name for control in board.controls]
    for values in product(*ends):
        outcome = board.outcome(dict(zip(names, values, strict=True)))
        assert board.numbers(outcome)
        status = board.answer(outcome).status
        assert status in ("ok", "no_effort", "ladder", "skip_followership")
