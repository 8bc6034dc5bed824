"""Selection: exact fractions, all trees, closed forms, simulation, bad input."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models import selection
from unigauge.models.adoption.network_effects import AdoptionGame, equilibria
from unigauge.models.adoption.selection import (
    BirthDeath,
    adaptive_play,
    best_reply_with_mistakes,
    contagion,
    contagion_threshold,
    convention_stability,
    gibbs,
    lattice,
    linear_quadratic,
    logit_revision,
    mistakes_chain,
    moran,
    network_gibbs,
    replicator,
    replicator_time,
    ring,
    stability,
    stationary,
)

HERE = Path(__file__).parents[1] / "reference"
CASES = {case["id"]: case for case in json.loads((HERE / "adoption.json").read_text())}
STAG_HUNT = [[4, 0], [3, 2]]
SOME = settings(max_examples=35, deadline=None)


# ---------------------------------------------------------------------------
# Reference cases


def test_reference_birth_death():
    case = CASES["kmr_birth_death_N10"]
    given_, expected = case["inputs"], case["outputs"]
    found = best_reply_with_mistakes(given_["A"], given_["N"], given_["eps"])
    assert found.probabilities[0] == pytest.approx(expected["pi_0"], abs=1e-12)
    assert found.probabilities[-1] == pytest.approx(expected["pi_N"], abs=1e-12)
    assert found.mean_share == pytest.approx(expected["mean_share_action0"], abs=1e-12)
    assert found.log10_ratio == pytest.approx(expected["log10_ratio_piN_pi0"], abs=1e-12)


def test_reference_radius():
    case = CASES["kmr_radius_coradius_N10"]
    found = convention_stability(case["inputs"]["A"], case["inputs"]["N"])
    assert found.classes == ((0,), (10,))
    assert found.radius.tolist() == [
        case["outputs"]["radius_risk_dominant"],
        case["outputs"]["radius_payoff_dominant"],
    ]
    rise = found.stochastic_potential[10] - found.stochastic_potential[0]
    assert rise == case["outputs"]["exponent"] == found.coradius[1] - found.radius[1]
    assert found.stable == (0,)


def test_reference_gibbs():
    case = CASES["logit_gibbs_adoption"]
    inputs = case["inputs"]
    game = AdoptionGame.linear(inputs["N"], inputs["b"], inputs["c"])
    found = gibbs(game, inputs["beta"])
    assert found.probabilities == pytest.approx(case["outputs"]["pi"], abs=1e-12)


def test_reference_contagion():
    case = CASES["contagion_threshold"]["outputs"]
    line, torus = ring(60), lattice(21, 21)
    seed = np.zeros((21, 21), dtype=bool)
    seed[:5, :5] = True
    assert contagion(line, [0, 1], 0.50).adopters == case["ring_q050"]
    assert contagion(line, [0, 1], 0.51).adopters == case["ring_q051"]
    assert contagion(torus, seed.ravel(), 0.25).adopters == case["torus_q025"]
    assert contagion(torus, seed.ravel(), 0.26).adopters == case["torus_q026"]


# ---------------------------------------------------------------------------
# Exact arithmetic


def exact_long_run(A, n, mistakes):
    """Return the long run of best replies with mistakes in fractions."""
    weights = [Fraction(1)]
    for k in range(n):  # k others play 0
        gain = k * (A[0][0] - A[1][0]) + (n - 1 - k) * (A[0][1] - A[1][1])
        best = Fraction(1) if gain > 0 else Fraction(0) if gain < 0 else Fraction(1, 2)
        zero = (1 - mistakes) * best + mistakes / 2
        weights.append(weights[-1] * (n - k) * zero / ((k + 1) * (1 - zero)))
    total = sum(weights)
    return [weight / total for weight in weights]


@pytest.mark.parametrize(
    "A", [STAG_HUNT, [[2, 0], [0, 1]], [[1, 3], [2, 1]], [[3, 2], [1, 0]]]
)
@pytest.mark.parametrize(("n", "mistakes"), [(2, 0.5), (25, 0.1), (200, 0.01)])
def test_relative_error_against_fractions(A, n, mistakes):
    exact = exact_long_run(A, n, Fraction(str(mistakes)))
    found = best_reply_with_mistakes(A, n, mistakes)
    for k in range(n + 1):
        log = math.log(exact[k].numerator) - math.log(exact[k].denominator)
        assert abs(math.expm1(found.log_probabilities[k] - log)) < 1e-10
    assert found.certificate < 1e-10


def test_elimination_keeps_small_relative_error():
    exact = exact_long_run(STAG_HUNT, 60, Fraction(1, 100))
    chain = mistakes_chain(STAG_HUNT, 60, 0.01)
    P = np.diag(chain.up[:-1], 1) + np.diag(chain.down[1:], -1)
    P += np.diag(1 - chain.up - chain.down)
    assert exact[-1] < 1e-40
    for order in (slice(None), slice(None, None, -1)):
        found = stationary(P[order, order]).probabilities[order]
        ratio = [float(Fraction(float(p)) / e) for p, e in zip(found, exact, strict=True)]
        assert np.abs(np.array(ratio) - 1).max() < 1e-10


@given(
    st.integers(2, 6).flatmap(
        lambda n: st.lists(st.integers(1, 9), min_size=n * n, max_size=n * n)
    )
)
@SOME
def test_stationary_of_general_chains(entries):
    n = math.isqrt(len(entries))
    P = np.reshape(entries, (n, n)) / np.reshape(entries, (n, n)).sum(axis=1, keepdims=True)
    found = stationary(P)
    assert found.probabilities @ P == pytest.approx(found.probabilities, abs=1e-13)
    order = np.random.default_rng(n).permutation(n)
    turned = stationary(P[np.ix_(order, order)]).probabilities
    assert turned == pytest.approx(found.probabilities[order], rel=1e-12)


def test_transient_states_have_probability_zero():
    found = stationary([[0.5, 0.5, 0], [0, 0.25, 0.75], [0, 1, 0]])
    assert found.probabilities[0] == 0
    assert found.probabilities == pytest.approx([0, 4 / 7, 3 / 7])


def test_waiting_times_solve_first_steps():
    chain = mistakes_chain(STAG_HUNT, 12, 0.2)
    for start, end in ((0, 12), (12, 0), (3, 9), (9, 3), (5, 5)):
        others = [k for k in range(13) if k != end]
        P = np.diag(chain.up[:-1], 1) + np.diag(chain.down[1:], -1)
        P += np.diag(1 - chain.up - chain.down)
        Q = P[np.ix_(others, others)]
        times = dict(zip(others, np.linalg.solve(np.eye(12) - Q, np.ones(12)), strict=True))
        assert chain.expected_time(start, end) == pytest.approx(
            times.get(start, 0), rel=1e-9
        )


# ---------------------------------------------------------------------------
# As mistakes vanish


def cheapest_trees(C):
    """Return each state's cheapest tree by trying every one."""
    n = len(C)
    answer = []
    for root in range(n):
        others = [k for k in range(n) if k != root]
        best = math.inf
        for successors in product(range(n), repeat=n - 1):
            step = dict(zip(others, successors, strict=True))
            ends = set()
            for k in others:
                for _ in range(n):
                    k = step.get(k, root)
                ends.add(k)
            if ends == {root}:
                best = min(best, sum(C[k][step[k]] for k in others))
        answer.append(best)
    return answer


@given(
    st.integers(2, 5).flatmap(
        lambda n: st.lists(st.integers(0, 4), min_size=n * n, max_size=n * n)
    )
)
@SOME
def test_stochastic_potential_is_the_cheapest_tree(entries):
    n = math.isqrt(len(entries))
    C = np.reshape(entries, (n, n)).astype(float)
    found = stability(C)
    assert found.stochastic_potential.tolist() == cheapest_trees(C)
    assert found.certificate == 0


def test_stable_states_keep_mass_as_mistakes_vanish():
    draw = np.random.default_rng(8)
    for _ in range(20):
        C = draw.integers(0, 4, (5, 5)).astype(float)
        found = stability(C)
        previous = np.zeros(5)
        for mistakes in (1e-3, 1e-6):
            P = 0.1 * mistakes**C
            np.fill_diagonal(P, 0)
            np.fill_diagonal(P, 1 - P.sum(axis=1))
            logs = stationary(P).log_probabilities
            slopes = (logs - previous) / math.log(1e-3)
            previous = logs
        above = found.stochastic_potential - found.stochastic_potential.min()
        assert slopes == pytest.approx(above, abs=0.05)


@pytest.mark.parametrize("n", [5, 10, 31])
@pytest.mark.parametrize(
    "A", [STAG_HUNT, [[2, 0], [0, 1]], [[5, 0], [4, 1]], [[1, 3], [2, 1]]]
)
def test_exponents_are_those_of_the_long_run(A, n):
    found = convention_stability(A, n)
    logs = [best_reply_with_mistakes(A, n, e).log_probabilities for e in (1e-7, 1e-9)]
    slopes = (logs[1] - logs[0]) / math.log(1e-2)
    above = found.stochastic_potential - found.stochastic_potential.min()
    assert slopes == pytest.approx(above, abs=1e-3)
    assert set(found.stable) == set(np.flatnonzero(above == 0).tolist())


def test_a_radius_above_the_coradius_selects():
    draw = np.random.default_rng(3)
    selected = 0
    for _ in range(60):
        found = stability(draw.integers(0, 5, (5, 5)))
        for members, radius, coradius in zip(
            found.classes, found.radius, found.coradius, strict=True
        ):
            if radius > coradius:
                assert set(found.stable) == set(members)
                selected += 1
    assert selected > 10


# ---------------------------------------------------------------------------
# Other dynamics


def test_logit_revision_is_gibbs_in_the_adoption_game():
    n, slope, cost, beta = 9, 1.5, 4.0, 0.8
    game = AdoptionGame.linear(n, slope, cost)
    # pairwise payoffs that sum to the same gain over the n - 1 others
    A = np.array([[slope * (n - 1) - cost, -cost], [0.0, 0.0]])
    found = logit_revision(A, n, beta)
    assert found.probabilities == pytest.approx(gibbs(game, beta).probabilities, rel=1e-10)


def test_gibbs_with_unlike_costs_sums_over_all_sets():
    game = AdoptionGame([0.0, 0.5, 2.0, 2.5], [0.1, 0.7, 1.3, 2.2])
    beta, weights = 1.7, np.zeros(5)
    for size in range(5):
        for chosen in combinations(range(4), size):
            who = np.isin(np.arange(4), chosen)
            weights[size] += math.exp(beta * game.potential(who))
    found = gibbs(game, beta).probabilities
    assert found == pytest.approx(weights / weights.sum(), rel=1e-12)


def test_gibbs_settles_on_the_potential_maximiser():
    game = AdoptionGame.linear(12, 1.0, [1.0] * 4 + [6.5] * 8)
    found = gibbs(game, 60.0)
    assert int(found.probabilities.argmax()) == equilibria(game).potential_maximiser
    assert found.probabilities.max() > 0.999


def test_adaptive_play_is_simulated():
    found = adaptive_play(STAG_HUNT, memory=5, sample=3, mistakes=0.3)
    draw = np.random.default_rng(12)
    history, seen = [1] * 5, 0
    periods = 40_000
    for _ in range(periods):
        sampled = draw.choice(history, 3, replace=False)
        zeros = int((sampled == 0).sum())
        gain = zeros * 1 - (3 - zeros) * 2
        coin = draw.random() < 0.3 or gain == 0
        play = int(draw.integers(2)) if coin else int(gain < 0)
        history = [*history[1:], play]
        seen += play == 0
    assert seen / periods == pytest.approx(found.mean_share, abs=0.01)


def test_network_gibbs_on_the_complete_network_is_logit_revision():
    n, beta = 6, 0.4
    complete = ~np.eye(n, dtype=bool)
    whole = logit_revision(np.array(STAG_HUNT) * (n - 1), n, beta)
    found = network_gibbs(complete, STAG_HUNT, beta)
    assert found.probabilities == pytest.approx(whole.probabilities, rel=1e-10)


@pytest.mark.parametrize(
    ("network", "seed"),
    [(ring(12), [0, 1]), (ring(14, 2), [0, 1, 2, 3]), (lattice(5, 5), [0, 1, 5, 6])],
)
def test_contagion_threshold_is_where_contagion_stops(network, seed):
    q = contagion_threshold(network, seed)
    assert contagion(network, seed, q).everybody
    assert not contagion(network, seed, q + 1e-6).everybody


def spread(network, seed, threshold):
    """Return how many take the action in the end, one player and neighbour at a time."""
    has = set(seed)
    neighbours = [[j for j, linked in enumerate(row) if linked] for row in network]
    while True:
        joins = {
            i
            for i, near in enumerate(neighbours)
            if i not in has
            and sum(j in has for j in near) >= threshold * max(len(near), 1) - 1e-9
        }
        if not joins:
            return len(has)
        has |= joins


@pytest.mark.parametrize("threshold", [0.0, 0.2, 1 / 3, 0.4, 0.5, 0.6, 0.75, 1.0])
def test_contagion_counts_neighbours(threshold):
    draw = np.random.default_rng(8)
    networks = [ring(31, 2), ring(20, 3), lattice(3, 4, 5)]
    for _ in range(20):
        links = np.triu(draw.random((15, 15)) < 0.4, 1)
        networks.append(links | links.T)
    for network in networks:
        seed = draw.choice(len(network), 5, replace=False).tolist()
        found = contagion(network, seed, threshold)
        assert found.adopters == spread(network, seed, threshold)
        assert found.certificate == 0


def test_who_has_no_neighbours_does_not_catch_it():
    apart = np.zeros((3, 3), dtype=bool)
    apart[0, 1] = apart[1, 0] = True
    assert contagion(apart, [0], 0.5).who.tolist() == [True, True, False]
    assert contagion_threshold(apart, [0]) == 0


def test_contagion_on_wide_rings():
    """Half of the neighbours suffice however wide the ring, and no larger share does."""
    for reach in (1, 2, 3, 5):
        seed = range(2 * reach)
        assert contagion_threshold(ring(40, reach), list(seed)) == 0.5


def test_peer_effects_are_an_equilibrium():
    draw = np.random.default_rng(6)
    links = np.triu(draw.random((7, 7)) < 0.5, 1)
    network, benefit = links | links.T, draw.random(7)
    found = linear_quadratic(network, 0.1, benefit)
    assert found.certificate < 1e-20
    for player in range(7):
        rest = np.delete(np.arange(7), player)
        fewer = linear_quadratic(network[np.ix_(rest, rest)], 0.1).total
        best = linear_quadratic(network, 0.1).key_player
        others = np.delete(np.arange(7), best)
        least = linear_quadratic(network[np.ix_(others, others)], 0.1).total
        assert least <= fewer + 1e-12
    assert linear_quadratic(network, 1.0).status == "not_applicable"


@pytest.mark.parametrize(
    "A",
    [STAG_HUNT, [[1, 3], [2, 1]], [[3, 1], [2, 1]], [[2, 1], [2, 0.5]], [[1, 3], [1, 2]]],
)
def test_replicator_agrees_with_its_closed_form(A):
    reached = 0
    for start, end in ((0.7, 0.9), (0.3, 0.1), (0.2, 0.4), (0.9, 0.8)):
        time = replicator_time(A, start, end)
        if math.isfinite(time):
            final = replicator(A, [start, 1 - start], [0, time]).final
            assert final[0] == pytest.approx(end, abs=1e-8)
            reached += 1
    assert reached


def test_a_path_prints_where_it_ends():
    found = replicator(STAG_HUNT, [0.7, 0.3], [0, 1, 40])
    assert found.to_frame()["final"].tolist() == pytest.approx([1, 0], abs=1e-9)
    assert found.record()["final_0"] == found.final[0]
    assert "0.70000" in str(found)


def test_moran_by_first_steps():
    A, n, weight = np.array([[3.0, 1.0], [4.0, 0.5]]), 7, 0.6
    up, down = np.zeros(n + 1), np.zeros(n + 1)
    for k in range(1, n):
        own = 1 - weight + weight * (A[0, 0] * (k - 1) + A[0, 1] * (n - k)) / (n - 1)
        other = 1 - weight + weight * (A[1, 0] * k + A[1, 1] * (n - k - 1)) / (n - 1)
        total = k * own + (n - k) * other
        up[k] = k * own / total * (n - k) / n
        down[k] = (n - k) * other / total * k / n
    M = np.diag(up[1:-1] + down[1:-1]) - np.diag(up[1:-2], 1) - np.diag(down[2:-1], -1)
    right = np.zeros(n - 1)
    right[-1] = up[n - 1]
    found = moran(A, n, selection=weight)
    assert found.by_number[1:-1] == pytest.approx(np.linalg.solve(M, right), rel=1e-10)
    assert found.probability_other == pytest.approx(1 - found.by_number[-2], rel=1e-10)
    assert moran(A, n, selection=0).probability == pytest.approx(1 / n)


# ---------------------------------------------------------------------------
# Properties and bad input


@given(
    st.lists(st.integers(-5, 5), min_size=4, max_size=4),
    st.integers(2, 12),
    st.integers(1, 5),
    st.integers(-9, 9),
)
@SOME
def test_labels_scale_and_shift_do_not_matter(entries, n, scale, shift):
    A = np.reshape(entries, (2, 2))
    plain = best_reply_with_mistakes(A, n, 0.1).probabilities
    assert best_reply_with_mistakes(A[::-1, ::-1], n, 0.1).probabilities == pytest.approx(
        plain[::-1], rel=1e-10
    )
    changed = best_reply_with_mistakes(scale * A + shift, n, 0.1).probabilities
    assert changed == pytest.approx(plain, rel=1e-10)


@pytest.mark.parametrize("mistakes", [0, 1, -0.1, 1.5, float("nan")])
def test_mistakes_outside_the_unit_interval(mistakes):
    with pytest.raises(InputError, match=r"mistakes is .*it must be above 0 and below 1"):
        best_reply_with_mistakes(STAG_HUNT, 10, mistakes)
    with pytest.raises(InputError, match="mistakes is"):
        adaptive_play(STAG_HUNT, memory=4, sample=2, mistakes=mistakes)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: best_reply_with_mistakes(STAG_HUNT, -5, 0.1),
            "n is -5; it must be a whole",
        ),
        (lambda: best_reply_with_mistakes(np.eye(3), 5, 0.1), "it must be 2 x 2"),
        (lambda: logit_revision([[1, 2], [3]], 5, 0.1), "A is ragged"),
        (lambda: logit_revision(STAG_HUNT, 5, -1), "precision is -1"),
        (lambda: stationary([[0.5, 0.6], [0.5, 0.5]]), "row 0 of transition sums to 1.1"),
        (lambda: stationary([[1.5, -0.5], [0.5, 0.5]]), "cannot be negative"),
        (lambda: stationary(np.eye(2)), "2 recurrent classes"),
        (lambda: stationary(np.ones((2, 3))), "square matrix"),
        (lambda: stability([[0, -1], [1, 0]]), "negative entries"),
        (
            lambda: stability([[0, np.inf], [1, 0]]),
            "state 1 cannot be reached from state 0",
        ),
        (lambda: BirthDeath([0.5, 0.5], [0, 0.5]), "leads out of the chain"),
        (lambda: BirthDeath([0.0, 0], [0, 0.5]), "probability 0"),
        (lambda: BirthDeath([0.5, 0.8, 0], [0, 0.5, 0.5]), "in state 1 the steps"),
        (lambda: adaptive_play(STAG_HUNT, memory=3, sample=4, mistakes=0.1), "sample 4"),
        (lambda: contagion(ring(5), [], 0.5), "name at least one"),
        (lambda: contagion(ring(5), [0], 1.5), "threshold is 1.5"),
        (lambda: contagion([[0, 1], [0, 0]], [0], 0.5), "be symmetric"),
        (lambda: network_gibbs(ring(17), STAG_HUNT, 1.0), "at most 16"),
        (lambda: linear_quadratic(ring(4), 0.1, -1.0), "none negative"),
        (lambda: replicator(STAG_HUNT, [0.5, 0.6], [0, 1]), "start sums to 1.1"),
        (lambda: replicator(STAG_HUNT, [0.5, 0.5], [1, 0]), "rising times"),
        (lambda: replicator_time(STAG_HUNT, 0.0, 0.5), "start is 0"),
        (lambda: moran([[-3, 1], [1, 1]], 4), "fitness is -"),
        (lambda: gibbs([1, 2], 1.0), "must be an AdoptionGame"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_presentation():
    for result in (
        best_reply_with_mistakes(STAG_HUNT, 20, 0.1),
        convention_stability(STAG_HUNT, 20),
        contagion(ring(10), [0, 1], 0.5),
        linear_quadratic(ring(5), 0.2),
        replicator(STAG_HUNT, [0.5, 0.5], [0, 1, 2]),
        moran(STAG_HUNT, 10, selection=0.5),
    ):
        assert all(len(line) <= 79 for line in str(result).splitlines())
        assert result.record()["status"] == "ok"
        assert not result.plot_data().empty
        assert result.plot().get_title()
    assert selection.__all__ == sorted(selection.__all__, key=lambda n: (n[0].islower(), n))
