"""What the lecture on lobbies lives on."""

from __future__ import annotations

import pytest

from unigauge.lectures.boards.lobbying import lobbies, rounds


@pytest.fixture(scope="module")
def seen(run_lecture):
    return run_lecture("lobbying")[1]


def test_the_game_is_a_dilemma_twice_and_only_once_for_the_people() -> None:
    using, making = rounds(20, 20, 20, 2)
    assert (using.alone, using.together) == ("strict", "lax")
    assert (making.alone, making.together) == ("lax", "strict")
    assert using.lax_score > 0 > making.lax_score
    assert using.people == making.people == -1
    assert {r.alone for r in rounds(20, 0, 0, 1)} == {"strict"}


def test_lobbies_turn_the_product_agreement_bad_and_the_process_agreement_good() -> None:
    verdicts = {
        standard: [
            lobbies.outcome({"standard": standard, "strength": g}).verdict
            for g in (0.0, 0.6, 1.5)
        ]
        for standard in ("product", "process")
    }
    assert verdicts["product"] == ["raises", "raises", "lowers"]
    assert verdicts["process"] == ["raises", "lowers", "raises"]


def test_formulas_agree_with_the_package(seen) -> None:
    table = seen["formulas"]
    assert (table["formula"] - table["package"]).abs().max() < 1e-8
    assert table["package"].nunique() == 4 - 1  # together both standards are one


def test_exercises(seen) -> None:
    dear, luck, deal = seen["exercises"]
    assert dear.answer == pytest.approx(3**0.5 - 1, abs=1e-8)
    best = (-1 + 17**0.5) / 4
    assert luck.answer == pytest.approx(best**2 + best - 1, abs=1e-8)
    assert deal.answer == "only the one on process standards"


@pytest.mark.parametrize("damage", [0.5, 2.0])
@pytest.mark.parametrize("abatement_cost", [0.5, 2.0])
def test_the_story_stays_wherever_damage_and_cost_stand(damage, abatement_cost) -> None:
    moved = {"damage": damage, "abatement_cost": abatement_cost}
    weak, strong = (
        lobbies.outcome({"standard": "product", "strength": g, **moved}) for g in (0, 2)
    )
    assert weak.overall == strong.overall == "loosen"
    assert weak.welfare_effect > 0 > strong.welfare_effect
    turns = lobbies.outcome({"standard": "process", **moved}).thresholds
    assert 0 < turns["loss_start"] < turns["first_best"] < turns["direction_reversal"]
    assert turns["direction_reversal"] <= 2 + 1e-6  # the slider reaches it
