"""What the lecture on bargaining over a package lives on."""

from __future__ import annotations

import pytest

from unigauge.lectures.boards import package_bargaining as story


@pytest.fixture
def seen(run_lecture) -> dict[str, object]:
    return run_lecture("package_bargaining")[1]


def test_both_lose_less_by_a_package(seen) -> None:
    assert seen["separate"] == pytest.approx(seen["own"][2] + seen["other"][2])
    assert seen["together"] == pytest.approx(25.6)
    # in whole steps, the best deal alike for both is the one the class finds by hand
    levels = range(story.STEPS + 1)
    best = min(seen["own"][story.STEPS - k] + seen["other"][k] for k in levels)
    assert seen["swap"] == best > seen["together"]


def test_the_formulas_agree_with_the_package(seen) -> None:
    rolling = seen["rolling"]
    assert rolling["unigauge"].to_numpy() == pytest.approx(rolling["formula"], abs=1e-6)
    assert seen["chance"] == pytest.approx(seen["race"].lowest_probability, abs=1e-9)


def test_a_weaker_rival_undoes_the_deal_dial_by_dial_first(seen) -> None:
    held = []
    for rival in (2.0, 0.6, 0.2):
        deal = story.deal.outcome({"rival": rival})
        held.append([d.status != "no_agreement" for d in (deal.together, deal.apart)])
        assert "no deal" in story.deal.numbers(deal).values() or all(held[-1])
    assert held == [[True, True], [True, False], [False, False]]
    assert 0.2 < seen["race"].lowest < 0.6


def test_a_chair_gets_more_out_of_a_veto_than_steps_do(seen) -> None:
    passed = [
        story.chair.outcome({"who": "A", "quota": votes}).proposal for votes in (5, 4, 3)
    ]
    assert passed == sorted(passed)
    assert passed[0] == pytest.approx(2 * seen["wanted"]["E"])
    assert story.veto.outcome({}).unanimous == pytest.approx(seen["wanted"]["E"])
