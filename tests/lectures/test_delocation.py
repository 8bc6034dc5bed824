"""What the lecture on delocation lives on."""

from __future__ import annotations

import runpy

import pytest

from unigauge.lectures import notebook


@pytest.fixture(scope="module")
def seen() -> dict[str, object]:
    return runpy.run_path(str(notebook("delocation")))["app"].run()[1]


def test_one_number_moves_firms_across_the_border(seen) -> None:
    border, first = seen["border"], {"standard": 0.5}
    move = border.outcome(first)
    assert move.market.firms[0] > move.free.firms[0]
    assert move.market.firms[1] < move.free.firms[1]
    gain = move.market.welfare - move.free.welfare
    assert gain[0] > 0 > gain.sum()


def test_the_formula_agrees_with_the_search(seen) -> None:
    world, national = seen["world"], seen["national"]
    formula = world.market_size[0] / (
        (world.elasticity_of_substitution - 1) * seen["design"]
    )
    assert national.firms[0] == pytest.approx(formula, abs=1e-9)


def test_national_treatment_overtakes_where_the_picture_says(seen) -> None:
    table, where = seen["two_rules"].set_index("xi"), seen["crossing"]
    before = table.index[table.index.get_loc(where) - 1]
    lead = table["national_treatment"] - table["mutual_recognition"]
    assert lead[where] > 0 > lead[before]
