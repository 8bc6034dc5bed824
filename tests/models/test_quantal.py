"""Quantal response: closed forms, brute-force scans, folds, recovery of the precision."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import binom

from unigauge.errors import InputError
from unigauge.models.adoption.finite import FiniteGame
from unigauge.models.adoption.network_effects import AdoptionGame
from unigauge.models.adoption.quantal import (
    correspondence,
    equilibria,
    estimate_precision,
    principal_branch,
)

HERE = Path(__file__).parents[1] / "reference"
CASES = {case["id"]: case for case in json.loads((HERE / "adoption.json").read_text())}
COORDINATION = [[1, 0], [0, 1]]
PENNIES = FiniteGame.bimatrix([[9, 0], [0, 1]], [[0, 1], [1, 0]])
SOME = settings(max_examples=25, deadline=None)


def test_reference_pitchfork():
    case = CASES["qre_pitchfork"]
    curve = correspondence(COORDINATION)
    at = curve.precision(case["inputs"]["p"])
    assert curve.critical_precision == pytest.approx(case["outputs"]["lambda_critical"])
    assert float(at) == pytest.approx(case["outputs"]["lambda_at_p"], abs=1e-12)
    assert curve.fold_probabilities.tolist() == [0.5]


def scan(differences, precision):
    """Return the logit equilibria that a fine scan in log odds finds."""
    n = len(differences) - 1
    reach = precision * np.abs(differences).max() + 1
    odds = np.linspace(-reach, reach, 40_001)
    gain = binom.pmf(np.arange(n + 1), n, expit(odds)[:, None]) @ differences
    excess = odds - precision * gain
    return expit(odds[:-1][excess[:-1] * excess[1:] < 0])


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=7), st.floats(0.1, 12))
@SOME
def test_all_symmetric_equilibria(entries, precision):
    assume(any(entries))
    differences = np.array(entries, dtype=float)
    found = equilibria(AdoptionGame(differences, 0.0), precision)
    assert found.certificate < 1e-9
    gaps = np.diff(np.log(found.probabilities) - np.log1p(-found.probabilities))
    assume(len(gaps) == 0 or gaps.min() > 0.01)  # a scan cannot tell closer ones apart
    seen = scan(differences, precision)
    exact = [p for p in found.probabilities if np.abs(p - 0.5) < 1e-13]
    assert len(found) - len(seen) in (0, len(exact))  # a scan may step on p = 1/2
    assert all(np.abs(found.probabilities - p).min() < 1e-2 for p in seen)


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=7))
@SOME
def test_the_number_of_equilibria_changes_only_at_folds(entries):
    differences = np.array(entries, dtype=float)
    assume(differences.any())
    game = AdoptionGame(differences, 0.0)
    curve = correspondence(game)
    levels = np.unique([*curve.fold_precisions, *np.atleast_1d(curve.crossing_precision)])
    levels = levels[np.isfinite(levels) & (levels < 200)]
    assume(len(levels) == 0 or np.diff(levels, prepend=0).min() > 0.02)
    ends = np.array([0.0, *levels, (levels[-1] if len(levels) else 1.0) + 5])
    for low, high in pairwise(ends):
        inside = [low + share * (high - low) for share in (0.1, 0.5, 0.9)]
        assert len({len(equilibria(game, level)) for level in inside}) == 1
    if np.isfinite(curve.critical_precision):
        assert len(equilibria(game, 0.98 * curve.critical_precision)) == 1
    for p, level in zip(curve.fold_probabilities, curve.fold_precisions, strict=True):
        assert np.abs(equilibria(game, level).probabilities - p).min() < 1e-4


@given(
    st.lists(st.integers(-4, 4), min_size=4, max_size=4),
    st.floats(0.1, 5),
    st.integers(1, 4),
    st.integers(-5, 5),
)
@SOME
def test_labels_shift_and_scale(entries, precision, scale, shift):
    A = np.reshape(entries, (2, 2))
    plain = equilibria(A, precision).probabilities
    turned = equilibria(A[::-1, ::-1], precision).probabilities
    assert turned == pytest.approx(1 - plain[::-1], abs=1e-9)
    scaled = equilibria(scale * A + shift, precision / scale).probabilities
    assert scaled == pytest.approx(plain, abs=1e-9)


def test_critical_mass_as_precision_grows():
    game = AdoptionGame.linear(40, 1.0, 22.0)
    curve = correspondence(game)
    assert curve.indifferent == pytest.approx([22 / 39], abs=1e-10)
    (level,) = curve.fold_precisions
    assert len(equilibria(game, 0.999 * level)) == 1
    assert len(equilibria(game, 1.001 * level)) == 3
    limit = equilibria(game, 500.0)
    assert limit.probabilities == pytest.approx([0, 22 / 39, 1], abs=2e-3)
    assert limit.stable.tolist() == [True, False, True]


def test_a_thousand_players():
    found = equilibria(AdoptionGame.linear(1000, 0.01, 5.2), 3.0)
    assert len(found) == 3
    assert found.certificate < 1e-9


def test_two_players_with_two_names():
    # the symmetric branch of the two-player game, followed and in closed form
    A = np.array([[2.0, 0.0], [0.0, 1.0]])
    branch = principal_branch(FiniteGame.symmetric(A), 2.5)
    assert branch.row == pytest.approx(branch.column, abs=1e-9)
    assert branch.final_row == pytest.approx(equilibria(A, 2.5).probabilities[-1], abs=1e-9)
    assert correspondence(A).precision(branch.row[1:]) == pytest.approx(
        branch.path[1:], abs=1e-6
    )


def test_principal_branch_ends_at_nash():
    branch = principal_branch(PENNIES, 2000.0)
    assert branch.certificate < 1e-9
    assert (branch.final_row, branch.final_column) == pytest.approx((0.5, 0.1), abs=2e-3)


def test_principal_branch_with_a_dominant_action():
    branch = principal_branch(FiniteGame.bimatrix([[3, 3], [0, 0]], [[1, 0], [0, 2]]), 60.0)
    assert branch.final_row == pytest.approx(1, abs=1e-9)
    assert branch.final_column == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("precision", [0.3, 1.0, 2.5])
def test_expected_counts_reveal_the_precision(precision):
    branch = principal_branch(PENNIES, precision)
    n = 10**9
    counts = [
        [round(n * p), n - round(n * p)] for p in (branch.final_row, branch.final_column)
    ]
    found = estimate_precision(PENNIES, counts)
    assert found.status == "ok"
    assert found.precision == pytest.approx(precision, abs=6 * found.std_error + 1e-6)
    assert found.certificate < 1e-6


@pytest.mark.slow
def test_standard_error_is_the_spread_of_estimates():
    draw = np.random.default_rng(21)
    branch, n = principal_branch(PENNIES, 0.6), 400
    estimates, errors = [], []
    for _ in range(120):
        zero = draw.binomial(n, [branch.final_row, branch.final_column])
        found = estimate_precision(PENNIES, np.stack([zero, n - zero], axis=1), most=60.0)
        estimates.append(found.precision)
        errors.append(found.std_error)
    assert np.mean(estimates) == pytest.approx(0.6, abs=0.03)
    assert np.std(estimates) == pytest.approx(np.mean(errors), rel=0.25)


def test_symmetric_estimate_by_brute_force():
    A, counts = [[4, 0], [3, 2]], [30, 170]
    found = estimate_precision(A, counts)
    assert found.status == "ok"
    assert found.probabilities[0] == pytest.approx(0.15)
    nearest = equilibria(A, found.precision).probabilities
    assert np.abs(nearest - 0.15).min() < 1e-9


@pytest.mark.parametrize(
    ("counts", "precision"),
    [([55, 45], 0.0), ([60, 40], np.inf), ([0, 10], np.inf), ([10, 0], np.inf)],
)
def test_corners_are_told(counts, precision):
    found = estimate_precision([[4, 0], [3, 2]], counts)
    assert (found.status, found.precision) == ("corner", precision)
    assert np.isnan(found.std_error)


def test_worse_than_tossing_coins():
    found = estimate_precision(PENNIES, [[20, 80], [60, 40]])
    assert (found.status, found.precision) == ("corner", 0.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: correspondence(AdoptionGame([0, 1], [0, 1])), "players of unlike cost"),
        (lambda: correspondence([[1, 1], [1, 1]]), "always pay the same"),
        (lambda: correspondence(np.eye(3)), "it must be 2 x 2"),
        (lambda: correspondence(COORDINATION).precision(1.0), "inside \\(0, 1\\)"),
        (lambda: equilibria(COORDINATION, -1.0), "precision is -1"),
        (lambda: principal_branch(COORDINATION, 1.0), "two players with two actions"),
        (lambda: principal_branch(PENNIES, 0.0), "precision is 0"),
        (lambda: estimate_precision(COORDINATION, [1, -1]), "none negative"),
        (lambda: estimate_precision(COORDINATION, [0, 0]), "no play at all"),
        (lambda: estimate_precision(COORDINATION, [0.5, 0.5]), "whole numbers"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_presentation():
    for result in (
        correspondence(COORDINATION),
        equilibria(COORDINATION, 3.0),
        principal_branch(PENNIES, 3.0),
        estimate_precision(PENNIES, [[63, 37], [37, 63]]),
    ):
        assert all(len(line) <= 79 for line in str(result).splitlines())
        assert result.record()["status"] == "ok"
        assert not result.plot_data().empty
        assert result.plot().get_title()
