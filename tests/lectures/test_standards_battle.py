"""What the lecture on the battle for a standard lives on."""

from __future__ import annotations

import pytest

from unigauge.lectures.boards.standards_battle import CONTESTS, battle, contest


@pytest.fixture(scope="module")
def seen(run_lecture):
    return run_lecture("standards_battle")[1]


def test_strangers_agree_less_often_than_by_tossing_a_coin(seen) -> None:
    found, mixed = seen["found"], seen["by_chance"]
    assert found.coordination[mixed] == pytest.approx(4 / 9)
    assert (found.payoffs[mixed] < 1).all()  # following for sure brings one


def test_formulas_agree_with_the_package(seen) -> None:
    table = seen["formulas"]
    for name in ("p", "agree"):
        gap = table[f"{name}, formula"] - table[f"{name}, package"]
        assert gap.abs().max() < 1e-15
    assert table["agree, package"].is_monotonic_decreasing
    assert (table["each gets"] < 1).all()


def test_the_four_squares_are_the_contests_that_their_titles_say() -> None:
    kinds = {name: contest(*payoffs, apart=1).kind for name, payoffs in CONTESTS.items()}
    for name, kind in kinds.items():
        assert kind.regime == name.lower().replace(" and ", "_").replace(" ", "_")
    number = [len(contest(*payoffs, apart=1).found) for payoffs in CONTESTS.values()]
    assert number == [3, 1, 1, 1]


def test_it_pays_to_be_unable_to_follow(seen) -> None:
    free, stubborn = battle.outcome({}), seen["stubborn"]
    assert len(free.found) == 3
    assert [strategy.tolist() for strategy in stubborn.found[0]] == [[1, 0], [1, 0]]
    assert battle.numbers(stubborn)["without chance, the standard is"] == "the first firm's"


def test_a_continuum_of_equilibria_is_said_and_warns_nobody(recwarn) -> None:
    tied = battle.outcome({"other_1": 1})
    assert battle.numbers(tied)["equilibria"] == "a continuum"
    assert not recwarn


def test_the_large_firm_is_run_after(seen) -> None:
    gains = seen["gains"].plot_data().set_index("who")["gain"]
    assert gains["firm 1"] < 0 < gains["firm 2"]
    assert gains.drop("society").idxmax() == "new buyers"


def test_exercises(seen) -> None:
    agree, burnt, number = seen["exercises"]
    assert agree.answer == pytest.approx(0.32)
    assert burnt.answer == "the first firm's standard"
    assert number.answer == 7
