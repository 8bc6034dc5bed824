"""Whatever is passed for numbers in models/adoption: an InputError that names it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from unigauge.errors import InputError
from unigauge.models import (
    attrition,
    bandwagon,
    committee,
    compatibility,
    finite,
    global_games,
    network_effects,
    quantal,
    selection,
)
from unigauge.models.arrays import require_array

HUNT = [[4, 0], [3, 2]]
GAME = finite.FiniteGame.symmetric(HUNT)
CROWD = network_effects.AdoptionGame.linear(4, 1.0, 1.5)
USERS = [[0, 1, 2], [0, 1, 2]]
TASTES = [[0.5, 0], [0, 0.5]]
RING = selection.ring(5)

CALLS = {
    "payoffs": finite.FiniteGame,
    "A": lambda x: finite.FiniteGame.bimatrix(x, HUNT),
    "B": lambda x: finite.classify(HUNT, x),
    "strategies": GAME.regret,
    "strategies[0]": lambda x: GAME.regret([x, [1, 0]]),
    "own": finite.coordination,
    "benefit": lambda x: network_effects.AdoptionGame(x, 1.0),
    "cost": lambda x: network_effects.AdoptionGame([0, 1], x),
    "count": lambda x: network_effects.StandardsGame(USERS, TASTES, x),
    "adopters": CROWD.who,
    "taste": lambda x: network_effects.StandardsGame(USERS, x, [2, 1]),
    "state": network_effects.StandardsGame(USERS, TASTES, [2, 1]).regret,
    "new_together": lambda x: bandwagon.BandwagonGame(
        new_together=x, new_alone=x, old_together=x, old_alone=x
    ),
    "new": lambda x: bandwagon.SequentialGame(new=x, old=[[0, 1], [0, 1]]),
    "win": lambda x: attrition.Rivals(win=x),
    "mode": lambda x: committee.compare(committee.Standoff(), x or 0),
    "rank": attrition.Qualities.uniform().upper_share,
    "installed_base": lambda x: compatibility.Market(installed_base=x),
    "saturation": lambda x: compatibility.Market(saturation=x),
    "regime": lambda x: compatibility.solve(compatibility.Market(), x),
    "private_precision": lambda x: global_games.public_private(1.0, x, 0.4),
    "transition": selection.stationary,
    "resistance": selection.stability,
    "up": lambda x: selection.BirthDeath(x, [0, 0.1]),
    "start": lambda x: selection.replicator(HUNT, x, [0, 1]),
    "times": lambda x: selection.replicator(HUNT, [0.5, 0.5], x),
    "network": lambda x: selection.contagion(x, [0], 0.5),
    "seed": lambda x: selection.contagion(RING, x, 0.5),
    "effort benefit": lambda x: selection.linear_quadratic(RING, 0.1, x),
    "p": quantal.correspondence(HUNT).precision,
    "counts": lambda x: quantal.estimate_precision(HUNT, x),
}


@pytest.mark.parametrize("wrong", ["abc", None, [[1, 2], [3]], ["a", "b"], np.nan, {}])
@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_number_is_named(name, wrong):
    with pytest.raises(InputError, match=name.split("[")[0].split()[-1]):
        CALLS[name](wrong)


@pytest.mark.parametrize("huge", [10**400, -(10**400), Fraction(10**400)])
def test_numbers_beyond_floats_are_refused(huge):
    for call in ("A", "benefit", "private_precision", "transition"):
        with pytest.raises(InputError):
            CALLS[call](huge)
    with pytest.raises(InputError, match="an entry of A is inf"):
        finite.FiniteGame.symmetric([[huge, 0], [0, 1]])


def test_an_array_is_copied():
    given = np.eye(2)
    require_array("given", given, "a matrix")[0, 0] = 5
    assert given[0, 0] == 1
