"""Besen and Farrell's situations: every pattern of payoffs, properties, bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from unigauge.errors import InputError
from unigauge.models.adoption.compatibility import besen_farrell
from unigauge.models.adoption.compatibility_strategies import SITUATIONS

ORDERS = [
    dict(zip("oti", ranks, strict=True)) for ranks in itertools.permutations((0, 1, 2))
]


def situation(first: dict[str, int], second: dict[str, int]):
    own, other, two = ([first[k], second[k]] for k in "oti")
    return besen_farrell(own, other, two)


@pytest.mark.parametrize(("first", "second"), list(itertools.product(ORDERS, ORDERS)))
def test_every_order_of_payoffs_has_its_name(first, second) -> None:
    found = situation(first, second)
    wants = [p["t"] > p["i"] for p in (first, second)]
    resists = [
        p["o"] < p["i"] and not w for p, w in zip((first, second), wants, strict=True)
    ]
    if all(wants):
        fight = all(p["o"] > p["t"] for p in (first, second))
        expected = "battle_of_the_sexes" if fight else "agreed_standard"
    elif not any(wants):
        expected = "tweedledum_tweedledee"
    else:
        expected = "pesky_little_brother" if any(resists) else "leader_follower"
    assert found.regime == expected in SITUATIONS
    swapped = situation(second, first)
    assert swapped.regime == found.regime
    assert swapped.attitudes == found.attitudes[::-1]
    assert found.certificate == 0


def test_equilibria_fit_the_names() -> None:
    sexes = besen_farrell([3, 3], [2, 2], [1, 1])
    assert sexes.status == "multiple"
    assert sexes.equilibria == (("first", "first"), ("second", "second"))
    brother = besen_farrell([1, 3], [0, 2], [2, 1])
    assert brother.status == "no_pure_equilibrium" and brother.equilibria == ()
    leader = besen_farrell([3, 3], [1, 2], [2, 1])
    assert leader.regime == "leader_follower"
    assert leader.equilibria == (("first", "first"),) and leader.status == "ok"


def test_it_prints_plots_and_records() -> None:
    found = besen_farrell(np.array([3, 3]), [2, 2], [1, 1])
    assert max(map(len, str(found).splitlines())) <= 79
    assert found.record()["regime"] == "battle_of_the_sexes"
    assert found.plot().get_title() and len(found.plot_data()) == 2


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="two numbers, one a firm"):
        besen_farrell([1, 2, 3], [1, 2], [1, 2])
    with pytest.raises(InputError, match="finite"):
        besen_farrell([1, np.nan], [1, 2], [1, 2])
