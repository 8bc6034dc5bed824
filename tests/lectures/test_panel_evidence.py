"""What the lecture on panels lives on."""

from __future__ import annotations

from itertools import product

import pytest

from unigauge.lectures.boards import panel_evidence as boards
from unigauge.papers.bridge.comparison import stored


@pytest.fixture
def seen(run_lecture) -> dict[str, object]:
    return run_lecture("panel_evidence")[1]


def test_coins_find_links_in_scores_as_counted_one_by_one() -> None:
    def sides(row: tuple[int, ...]) -> list[int]:
        score, side, marks = 0, 0, []
        for sign in row:
            score += sign
            side = side if score == 0 else (1 if score > 0 else -1)
            marks.append(side)
        return marks

    def links(marks: list[list[int]]) -> float:
        agree = [
            sum(a == b for a, b in zip(x, y, strict=True)) for x in marks for y in marks
        ]
        return sum(n <= 1 or n >= 5 for n in agree) / len(agree)

    rows = list(product((-1, 1), repeat=6))
    expected = links([list(row) for row in rows]), links([sides(row) for row in rows])
    assert boards.coin_links(6, 1) == pytest.approx(expected, abs=1e-12)


def test_scores_find_links_far_more_often_than_tosses(seen) -> None:
    assert seen["by_side"] > 5 * seen["by_toss"]


def test_the_textbook_test_breaks_its_promise_and_the_bootstrap_keeps_it(seen) -> None:
    found, panels = seen["found"], len(seen["without"])
    error = (0.05 * 0.95 / panels) ** 0.5
    size = found["size"]
    assert size["textbook"] > 0.05 + 6 * error
    assert size[["bootstrap", "pooled bootstrap"]].max() < 0.05 + 3 * error
    share = found["share"]
    assert share["textbook"] < 1 / 3 < share["pooled bootstrap"]


def test_least_squares_halves_the_loop(seen) -> None:
    assert seen["average"][0, 0] < seen["own"][0, 0] - 0.05
    assert 0.3 < seen["recovered"].loop / seen["truth"].loop < 0.7


def test_indirect_inference_is_honest_and_finds_most(seen) -> None:
    thousand = seen["thousand"]
    best, plain = thousand.loc["indirect inference"], thousand.loc["least squares"]
    assert abs(best["bias"]) < 0.01
    assert plain["bias"] < -0.05
    assert best["size"] < 0.07 < plain["size"]
    assert best["power"] > 0.9
    assert best["share"] > 0.75 > plain["share"]
    study = stored().query("table == 'main' and parameter == 'b_ks'")
    assert set(study["draws"]) == {1000}


def test_standards_that_stay_raise_knowledge_by_the_formula(seen) -> None:
    for own in (seen["own"], seen["average"]):
        formula = own[0, 1] / (1 - own[0, 0])
        assert boards.knowledge_in_the_end(own) == pytest.approx(formula, abs=1e-12)


def test_few_of_the_regressions_are_significant(seen) -> None:
    tried = seen["tried"]
    assert len(tried) == 2 * 2 * len(boards.SPECIFICATIONS)
    assert seen["hits"].max() <= 2


def test_the_link_in_the_fields_goes_with_a_trend(seen) -> None:
    plain = boards.fields.outcome({"specification": "own past"})
    assert plain.fits["own past"].params["lag(standards, 1)"] == pytest.approx(
        0.0119, abs=5e-5
    )
    assert plain.p_value < 0.06 < seen["trend"].p_value


@pytest.mark.parametrize("board", boards.BOARDS[:2], ids=lambda board: board.name)
def test_the_boards_answer_at_the_ends_of_their_controls(board) -> None:
    ends = [(control.start, control.stop) for control in board.controls]
    names = [control.name for control in board.controls]
    for values in product(*ends):
        assert board.numbers(board.outcome(dict(zip(names, values, strict=True))))


@pytest.mark.parametrize("direction", boards.DIRECTIONS)
@pytest.mark.parametrize("every", [True, False])
def test_every_specification_answers(direction, every) -> None:
    for specification in boards.SPECIFICATIONS:
        values = {"direction": direction, "specification": specification, "every": every}
        assert 0 < boards.fields.outcome(values).p_value <= 1
