"""What the lecture on recognition networks lives on."""

from __future__ import annotations

import numpy as np
import pytest

from unigauge.lectures.boards import recognition_networks as story
from unigauge.models import recognition


@pytest.fixture
def seen(run_lecture) -> dict[str, object]:
    return run_lecture("recognition_networks")[1]


def test_what_lasts_need_not_be_what_is_best(seen) -> None:
    found = seen["found"]
    assert found.stable.sum() == 2
    assert found.stable[found.total.argmax()]
    assert 0.3 < seen["one_world"] < 0.7
    assert min(seen["worlds"]) < max(seen["worlds"])


def test_the_outsider_loses_by_one_link_and_gains_by_all(seen) -> None:
    outside, inside = story.points(*seen["club"]), story.points(*seen["club"], "AD")
    everybody = story.points("AB", "AC", "AD", "BC", "BD", "CD")
    assert inside[3] < outside[3] < everybody[3]
    assert inside[0] > outside[0]  # it is not the club that says no
    assert seen["net"] == pytest.approx(inside[3] - outside[3])


def test_whole_points_lead_to_the_same_moves(seen) -> None:
    """The sheet rounds to whole points; every arrow is still wanted there."""
    found = seen["found"]
    whole = np.round(story.POINTS * recognition.payoff_table(seen["world"]))
    again = recognition.network_map(whole)
    assert again.graphs.tolist() == found.graphs.tolist()
    assert again.moves == found.moves
    assert again.chance == pytest.approx(found.chance)


def test_the_formula_agrees_with_the_package(seen) -> None:
    assert seen["sums"]["package"].to_numpy() == pytest.approx(seen["sums"]["formula"])
    for pairs in ((), ("AB", "CD"), ("AB", "BC", "CD", "AD")):
        sums = story.formula(*pairs)
        assert sums["package"].to_numpy() == pytest.approx(sums["formula"])


def test_joint_moves_and_payments_leave_full_recognition_alone(seen) -> None:
    assert seen["together"].graphs.tolist() == seen["paid"].graphs.tolist() == [63]


def test_tastes_that_lie_apart_make_more_blocs() -> None:
    blocs = [
        story.blocs.outcome({"spread": spread}).core.efficient_blocs
        for spread in (0.6, 2.0, 4.0)
    ]
    assert blocs == [1, 2, 3]


def test_rules_begin_to_bind_in_the_order_of_the_picture() -> None:
    turns = story.rules.outcome({}).thresholds
    assert turns.national_treatment < turns.world
    assert turns.world < turns.mutual_recognition_if_other_strict
    between = story.rules.outcome({"damage": 0.75})
    assert story.rules.numbers(between)["the producer's rule"].startswith("strict or lax")
