"""What the lecture on delocation lives on."""

from __future__ import annotations

import pytest

from unigauge.lectures.boards.delocation import border


@pytest.fixture(scope="module")
def seen(run_lecture) -> dict[str, object]:
    return run_lecture("delocation")[1]


def test_one_number_moves_firms_across_the_border() -> None:
    move = border.outcome({"standard": 0.5})
    assert move.market.firms[0] > move.free.firms[0]
    assert move.market.firms[1] < move.free.firms[1]


@pytest.mark.parametrize("trade_cost", [0.1, 0.3, 0.65, 1.0])
@pytest.mark.parametrize("standard", [-0.4, -0.1, 0.16, 0.3, 0.6])
def test_home_gains_less_than_foreign_loses_wherever_it_stands(
    standard: float, trade_cost: float
) -> None:
    move = border.outcome({"standard": standard, "trade_cost": trade_cost})
    gain = move.market.welfare - move.free.welfare
    assert gain[0] > 0 > gain.sum()
    if standard < move.free.attributes[1, 0]:
        assert move.market.firms[0] > move.free.firms[0]


def test_a_little_to_the_right_home_gains_and_has_fewer_firms() -> None:
    move = border.outcome({"standard": 0.24})
    assert move.market.firms[0] < move.free.firms[0]
    assert move.market.welfare[0] > move.free.welfare[0]


def test_the_formula_agrees_with_the_search(seen) -> None:
    world, national = seen["world"], seen["national"]
    formula = world.market_size[0] / (
        (world.elasticity_of_substitution - 1) * seen["design"]
    )
    assert national.firms[0] == pytest.approx(formula, abs=1e-9)


def test_national_treatment_overtakes_where_the_picture_says(seen) -> None:
    table, where = seen["two_rules"].set_index("xi"), seen["overtaken"]
    before = table.index[table.index.get_loc(where) - 1]
    lead = table["national_treatment"] - table["mutual_recognition"]
    assert lead[where] > 0 > lead[before]
    assert seen["crossing"] == pytest.approx(0.3154, abs=1e-3)
