"""What the lecture on conventions lives on."""

from __future__ import annotations

import pytest

from unigauge.lectures.boards import surviving_convention as story
from unigauge.models import finite


@pytest.fixture
def seen(run_lecture) -> dict[str, object]:
    return run_lecture("surviving_convention")[1]


def test_the_class_falls_to_the_old_standard_and_does_not_come_back(seen) -> None:
    assert seen["forth"] < 5 * seen["crowd"] < 1000 * seen["crowd"] < seen["back"]
    assert seen["long_run"].probabilities[: seen["crowd"] // 2].sum() > 0.95
    (better, _), (_, worse) = seen["today"]
    assert better > worse


@pytest.mark.parametrize("crowd", [5, 20, 21, 60])  # 21: a tie is reached
def test_the_formula_is_exact(seen, crowd) -> None:
    odds = story.odds(seen["today"], crowd, (0.5, 0.1))
    assert (odds["formula"] == odds["package"]).all()


def test_every_disturbance_turns_where_neither_standard_is_safer(seen) -> None:
    paths = seen["paths"]
    for name in paths.columns.drop("old_alone"):
        high = paths["old_alone"][paths[name] > 0.5 + 1e-9].max()
        low = paths["old_alone"][paths[name] < 0.5 - 1e-9].min()
        assert high <= 2 <= low
        assert low - high < 0.2
    even = finite.risk_dominance(story.game(5, 0, 2, 3))
    assert even.risk_dominant_action is None


def test_a_standard_that_always_pays_has_no_tipping_share() -> None:
    dominant = story.mistakes.outcome({"both_new": 3.0, "old_alone": 4.0})
    shown = story.mistakes.numbers(dominant)
    assert "one standard always pays" in shown.values()
    assert dominant.mistakes_to_leave_new == 0 < dominant.mistakes_to_leave_old


def test_powers_of_ten_are_raised() -> None:
    assert story.scientific(1.6935e-05) == "1.6935 \N{MULTIPLICATION SIGN} 10⁻⁵"
    assert story.scientific(3.2, 1) == "3.2"
