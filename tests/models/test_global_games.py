"""Global games: reference cases, scans for further equilibria, limits, bad input."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from unigauge.errors import InputError
from unigauge.models.adoption.global_games import (
    laplacian,
    public_private,
    regime_change,
    risk_dominance,
)
from unigauge.models.adoption.network_effects import AdoptionGame, equilibria

HERE = Path(__file__).parents[1] / "reference"
CASES = {case["id"]: case for case in json.loads((HERE / "adoption.json").read_text())}
SOME = settings(max_examples=40, deadline=None)
positive = st.floats(0.2, 8)


def test_reference_public_private():
    case = CASES["global_game_public_private"]
    alpha, beta, y = (case["inputs"][name] for name in ("alpha", "beta", "y"))
    found = public_private(alpha, beta, y)
    assert found.gamma == pytest.approx(case["outputs"]["gamma"], abs=1e-12)
    assert found.unique == bool(case["outputs"]["unique"])
    assert found.cutoff == pytest.approx(case["outputs"]["xi_star"], abs=1e-10)


def test_reference_regime_change():
    case = CASES["global_game_regime_change"]
    c, alpha, beta, z = (case["inputs"][name] for name in ("c", "alpha", "beta", "z"))
    found = regime_change(c, alpha, beta, z)
    assert found.theta_star == pytest.approx(case["outputs"]["theta_star"], abs=1e-10)
    assert found.x_star == pytest.approx(case["outputs"]["x_star"], abs=1e-10)
    assert found.limit == pytest.approx(case["outputs"]["limit_beta_inf"], abs=1e-12)


def crossings(excess):
    """Count changes of sign; a root may fall on the grid."""
    return np.count_nonzero(np.diff(np.sign(excess[excess != 0])))


@given(positive, positive, st.floats(-0.5, 1.5))
@SOME
def test_every_cutoff(alpha, beta, y):
    found = public_private(alpha, beta, y)
    xi = np.linspace(-0.001, 1.001, 20_001)
    excess = xi - ndtr(math.sqrt(found.gamma) * (xi - y))
    roots = crossings(excess)
    assert len(found.cutoffs) == roots or np.diff(found.cutoffs).min() < 1e-3
    assert found.certificate < 1e-12
    if found.unique:
        assert len(found.cutoffs) == 1


@given(st.floats(0.05, 0.95), positive, positive, st.floats(-0.5, 1.5))
@SOME
def test_every_regime(c, alpha, beta, z):
    found = regime_change(c, alpha, beta, z)
    u = np.linspace(-7, 7, 40_001)  # beyond, theta* is rounded to 0 or 1
    left = alpha / math.sqrt(beta) * (ndtr(u) - z) - u
    excess = left - math.sqrt(1 + alpha / beta) * ndtri(c)
    roots = crossings(excess)
    where = ndtri(found.thetas)
    assume(not np.any(np.abs(np.abs(where) - 7) < 1e-3))
    inside = np.abs(where) < 7
    close = len(where) > 1 and np.diff(where).min() < 1e-2
    assert inside.sum() == roots or close
    assert found.certificate < 1e-10
    if found.unique:
        assert len(found.thetas) == 1


def test_too_precise_public_information_brings_several_back():
    assert len(public_private(20.0, 1.0, 0.5).cutoffs) == 3
    assert len(regime_change(0.5, 5.0, 1.0, 0.5).thetas) == 3
    assert public_private(20.0, 1.0, 3.0).cutoffs.tolist() != []
    assert len(public_private(20.0, 1.0, 3.0).cutoffs) == 1  # several for some y, not all


def test_exact_private_information_leaves_the_limit():
    for cost in (0.2, 0.5, 0.7):
        found = regime_change(cost, 1.0, 1e10, 0.5)
        assert found.theta_star == pytest.approx(1 - cost, abs=1e-4)


def test_a_global_game_selects_the_risk_dominant_action():
    """Invest iff the signal is above k: solve the 2 x 2 game with vanishing uniform noise."""
    # A(theta) = [[theta, theta - 1], [0, 0]]: at the cutoff the other invests with 1/2,
    # whatever the noise, so k solves theta = 1/2: there risk dominance turns.
    for theta in (0.3, 0.49, 0.51, 0.8):
        found = risk_dominance([[theta, theta - 1], [0, 0]])
        assert found.risk_dominant_action == (0 if theta > 0.5 else 1)
    noise = 1e-3

    def gain(k):  # expected gain from investing at a signal k when others use the cutoff k
        other = np.linspace(k - 2 * noise, k + 2 * noise, 4001)
        density = np.maximum(2 * noise - np.abs(other - k), 0)
        return k - (density * (other < k)).sum() / density.sum()

    assert brentq(gain, 0.1, 0.9) == pytest.approx(0.5, abs=1e-3)


@given(st.lists(st.integers(0, 5), min_size=2, max_size=8), st.integers(1, 30))
@SOME
def test_laplacian_maximises_the_potential(steps, fraction):
    benefit = np.cumsum(steps).astype(float)
    cost = benefit[-1] * fraction / 31
    game = AdoptionGame(benefit, cost)
    found = laplacian(game)
    assert found.certificate < 1e-9
    if found.adopt is not None:
        chosen = equilibria(game).potential_maximiser
        assert game.potential(chosen) == pytest.approx(game.potential(found.risk_dominant))


def test_laplacian_linear():
    assert laplacian(AdoptionGame.linear(11, 0.4, 1.0)).threshold == pytest.approx(
        0.4 * 10 / 2
    )
    assert laplacian(AdoptionGame.linear(3, 1.0, 1.0)).adopt is None
    assert laplacian(AdoptionGame([2, 1], 1.0)).status == "not_applicable"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: public_private(-1, 1, 0), "public_precision is -1"),
        (lambda: public_private(1, 0, 0), "private_precision is 0"),
        (lambda: public_private(1, 1, math.nan), "public_signal is nan"),
        (
            lambda: regime_change(1.0, 1, 1, 0),
            "cost is 1.0; it must be above 0 and below 1",
        ),
        (lambda: laplacian(AdoptionGame([0, 1], [0, 1])), "needs one cost for all"),
        (lambda: risk_dominance([[1, 2], [3]]), "A is ragged"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_presentation():
    for result in (
        public_private(1.0, 3.0, 0.4),
        regime_change(0.3, 1.0, 4.0, 0.5),
        laplacian(AdoptionGame.linear(5, 1.0, 1.0)),
    ):
        assert all(len(line) <= 79 for line in str(result).splitlines())
        assert result.record()["status"] == "ok"
        assert not result.plot_data().empty
        assert result.plot().get_title()
