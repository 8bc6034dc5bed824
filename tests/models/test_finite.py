"""Finite games: lrsnash's lists, brute force in fractions, properties, bad input."""

from __future__ import annotations

import doctest
import importlib.util
import json
import shutil
import warnings
from fractions import Fraction
from itertools import chain, combinations, pairwise, product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import DegenerateGameWarning, InputError
from unigauge.models import finite
from unigauge.models.adoption.finite import FiniteGame, classify, coordination, equilibria

HERE = Path(__file__).parents[1] / "reference"
CASES = {case["id"]: case for case in json.loads((HERE / "adoption.json").read_text())}
STORED = json.loads((HERE / "finite_games_lrsnash.json").read_text())
SOME = settings(max_examples=30, deadline=None)
pytestmark = pytest.mark.filterwarnings("ignore::unigauge.errors.DegenerateGameWarning")


@pytest.fixture(scope="module")
def lrs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lrs", HERE / "finite_games_lrsnash.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words(found: finite.EquilibriumSet) -> list[tuple[tuple[str, ...], ...]]:
    return [tuple(tuple(map(str, s)) for s in profile) for profile in found.exact]


# ---------------------------------------------------------------------------
# Other programs


@pytest.mark.parametrize(
    "games", [slice(None, None, 4), pytest.param(slice(None), marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("family", list(STORED))
def test_every_extreme_equilibrium_that_lrsnash_lists(lrs, family, games):
    stored = STORED[family]
    assert len(stored) == len(lrs.games(family))
    for (A, B), (number, digest) in zip(
        lrs.games(family)[games], stored[games], strict=True
    ):
        found = equilibria(FiniteGame.bimatrix(A, B))
        assert (len(found), lrs.digest(words(found))) == (number, digest)
        assert found.complete
        assert found.certificate == 0


@pytest.mark.skipif(not shutil.which("lrsnash"), reason="Debian's lrslib is not installed")
def test_the_stored_lists_are_lrsnashs(lrs):
    for family in ("3x3_0..9", "5x5_0..999"):
        for game, stored in zip(lrs.games(family)[:20], STORED[family], strict=False):
            listed = lrs.lrsnash(*game)
            assert [len(listed), lrs.digest(listed)] == stored


def test_pygambit_lists_the_same():
    gambit = pytest.importorskip("pygambit", reason="pygambit is not installed")
    draw = np.random.default_rng(5)
    for top in (10, 1000):
        for _ in range(20):
            A, B = draw.integers(0, top, (2, 4, 4)).tolist()
            game = gambit.Game.from_arrays(np.array(A, object), np.array(B, object))
            listed = gambit.nash.enummixed_solve(game, rational=True).equilibria
            theirs = {
                tuple(
                    tuple(Fraction(str(p[s])) for s in player.strategies)
                    for player in game.players
                )
                for p in listed
            }
            assert set(equilibria(FiniteGame.bimatrix(A, B)).exact) == theirs


# ---------------------------------------------------------------------------
# Brute force in fractions: every vertex of a best-reply polytope is the solution of a
# square system for some support and some set of best replies of the same size.


def solve_exactly(
    matrix: list[list[Fraction]], right: list[Fraction]
) -> list[Fraction] | None:
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for k in range(len(rows)):
        pivot = next((r for r in range(k, len(rows)) if rows[r][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [entry / rows[k][k] for entry in rows[k]]
        for r in range(len(rows)):
            if r != k and rows[r][k]:
                rows[r] = [
                    a - rows[r][k] * b for a, b in zip(rows[r], rows[k], strict=True)
                ]
    return [row[-1] for row in rows]


def corners(payoffs: list[list[Fraction]]) -> set[tuple[Fraction, ...]]:
    """Mixed strategies (of the columns) that are vertices for the row player's payoffs."""
    m, n = len(payoffs), len(payoffs[0])
    found = set()
    for size in range(1, min(m, n) + 1):
        for support, best in product(
            combinations(range(n), size), combinations(range(m), size)
        ):
            matrix = [[payoffs[i][j] for j in support] + [Fraction(-1)] for i in best]
            matrix.append([Fraction(1)] * size + [Fraction(0)])
            answer = solve_exactly(matrix, [Fraction(0)] * size + [Fraction(1)])
            if answer is None or min(answer[:-1]) < 0:
                continue
            weights = [Fraction(0)] * n
            for j, weight in zip(support, answer, strict=False):
                weights[j] = weight
            pays = [
                sum(a * w for a, w in zip(row, weights, strict=True)) for row in payoffs
            ]
            if max(pays) == answer[-1]:
                found.add(tuple(weights))
    return found


def brute_force(
    A: list[list[int]], B: list[list[int]]
) -> set[tuple[tuple[Fraction, ...], ...]]:
    rows = [[Fraction(a) for a in row] for row in A]
    columns = [[Fraction(b) for b in column] for column in zip(*B, strict=True)]

    def best(payoffs, own, other):
        pays = [sum(a * w for a, w in zip(row, other, strict=True)) for row in payoffs]
        return all(pay == max(pays) for pay, w in zip(pays, own, strict=True) if w)

    return {
        (x, y)
        for x, y in product(corners(columns), corners(rows))
        if best(rows, x, y) and best(columns, y, x)
    }


@pytest.mark.parametrize("top", [2, 4, 1000])
@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (2, 4), (4, 3)])
def test_brute_force_in_fractions(shape, top):
    draw = np.random.default_rng(top)
    for _ in range(8):
        A, B = draw.integers(0, top, (2, *shape)).tolist()
        assert set(equilibria(FiniteGame.bimatrix(A, B)).exact) == brute_force(A, B)


# ---------------------------------------------------------------------------
# Closed forms and reference cases


def test_battle_of_the_sexes():
    case = CASES["bos_mixed"]
    found = equilibria(FiniteGame.bimatrix(case["inputs"]["A"], case["inputs"]["B"]))
    assert len(found) == 3
    (k,) = np.flatnonzero(~found.pure)
    expected = case["outputs"]
    assert found[k][0][0] == pytest.approx(expected["p_row_own"], abs=1e-12)
    assert found[k][1][1] == pytest.approx(expected["p_col_own"], abs=1e-12)
    assert found.payoffs[k] == pytest.approx([expected["payoff"]] * 2, abs=1e-12)
    assert found.coordination[k] == pytest.approx(expected["prob_coordination"], abs=1e-12)


def test_stag_hunt():
    case = CASES["stag_hunt_risk_dominance"]
    found = finite.risk_dominance(case["inputs"]["A"])
    for name, value in case["outputs"].items():
        assert getattr(found, name) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_coordination_is_what_the_enumeration_finds(n):
    draw = np.random.default_rng(n)
    own, other = draw.integers(1, 30, (2, n)).tolist()
    closed = coordination(own, other)
    assert len(closed) == 2**n - 1
    listed = equilibria(FiniteGame.bimatrix(np.diag(own), np.diag(other)))
    assert closed.exact == listed.exact
    assert closed.certificate == 0
    assert not listed.degenerate


def test_ten_by_ten_coordination():
    found = equilibria(FiniteGame.bimatrix(np.diag(range(1, 11)), np.diag(range(1, 11))))
    assert len(found) == 2**10 - 1


def test_a_continuum_is_told():
    game = FiniteGame.bimatrix([[1, 1], [1, 1]], [[1, 0], [0, 1]])
    with pytest.warns(
        DegenerateGameWarning, match="1 continuum of equilibria: the 4 listed"
    ):
        found = equilibria(game)
    assert found.degenerate
    assert found.components == ((0, 1, 2, 3),)
    assert "are the extreme points of one continuum" in str(found)


def test_degenerate_without_a_continuum_does_not_warn():
    game = FiniteGame.bimatrix([[3, 1], [1, 1]], [[3, 1], [1, 1]])
    with warnings.catch_warnings():
        warnings.simplefilter("error", DegenerateGameWarning)
        found = equilibria(game)
    assert found.degenerate
    assert found.components == ((0,), (1,))


@given(st.lists(st.integers(0, 3), min_size=18, max_size=18))
@SOME
def test_mixtures_of_two_joined_equilibria_are_equilibria(entries):
    A, B = np.reshape(entries, (2, 3, 3))
    game = FiniteGame.bimatrix(A, B)
    found = equilibria(game)
    for j, k in combinations(range(len(found)), 2):
        for side in (0, 1):
            if found.exact[j][side] == found.exact[k][side]:
                middle = [(a + b) / 2 for a, b in zip(found[j], found[k], strict=True)]
                assert game.regret(middle).max() <= 1e-12
                assert any({j, k} <= set(c) for c in found.components)


# Own degenerate by definition: a pure strategy, or a mixture, with more best replies than
# it has actions.  In 2 x 2 games this is a tie in a column of A or a row of B.
@given(st.lists(st.integers(0, 4), min_size=8, max_size=8))
@SOME
def test_degenerate_is_a_tie_in_two_by_two(entries):
    A, B = np.reshape(entries, (2, 2, 2))
    ties = bool((A[0] == A[1]).any() or (B[:, 0] == B[:, 1]).any())
    assert equilibria(FiniteGame.bimatrix(A, B)).degenerate is ties


def test_the_limit_is_told():
    draw = np.random.default_rng(1)
    game = FiniteGame.bimatrix(*draw.integers(0, 100, (2, 6, 6)))
    few = equilibria(game, limit=5)
    assert not few.complete
    assert few.components == ()
    assert set(few.exact) <= set(equilibria(game).exact)


def test_one_equilibrium_of_a_large_game():
    draw = np.random.default_rng(3)
    game = FiniteGame.bimatrix(*draw.integers(0, 100, (2, 30, 30)))
    found = equilibria(game, kind="one")
    assert (len(found), found.complete, found.degenerate) == (1, False, None)
    assert found.certificate == 0


def test_one_is_among_all_even_if_degenerate():
    draw = np.random.default_rng(4)
    for _ in range(30):
        game = FiniteGame.bimatrix(*draw.integers(0, 3, (2, 4, 4)))
        one = equilibria(game, kind="one")
        assert one.certificate == 0
        assert set(one.exact) <= set(equilibria(game).exact)


def test_three_players_pure():
    draw = np.random.default_rng(2)
    for _ in range(20):
        payoffs = draw.integers(0, 5, (3, 2, 3, 2))
        game = FiniteGame(payoffs)
        listed = {
            place
            for place in product(range(2), range(3), range(2))
            if all(
                payoffs[(i, *place)]
                >= max(
                    payoffs[(i, *place[:i], a, *place[i + 1 :])]
                    for a in range(game.actions[i])
                )
                for i in range(3)
            )
        }
        pure = equilibria(game, kind="pure")
        assert {tuple(int(np.argmax(s)) for s in p) for p in pure} == listed
        assert pure.complete
        assert not equilibria(game).complete
        assert equilibria(game).status == ("ok" if listed else "no_equilibrium_found")


def test_pure_agrees_with_all():
    draw = np.random.default_rng(7)
    for _ in range(20):
        game = FiniteGame.bimatrix(*draw.integers(0, 6, (2, 3, 4)))
        found = equilibria(game)
        pure = [p for p, is_pure in zip(found.exact, found.pure, strict=True) if is_pure]
        assert sorted(equilibria(game, kind="pure").exact) == sorted(pure)


def test_decimals_are_what_they_print():
    found = equilibria(FiniteGame.bimatrix([[0.1, 0], [0, 0.2]], [[0.3, 0], [0, 0.1]]))
    assert found.exact[1] == (
        (Fraction(1, 4), Fraction(3, 4)),
        (Fraction(2, 3), Fraction(1, 3)),
    )


def test_nashpy_has_the_same_game():
    game = FiniteGame.bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    ours = {tuple(map(tuple, p)) for p in np.round(equilibria(game).strategies, 9).tolist()}
    theirs = {
        tuple(map(tuple, np.round(p, 9).tolist()))
        for p in game.to_nashpy().support_enumeration()
    }
    assert ours == theirs


# ---------------------------------------------------------------------------
# Properties


@st.composite
def bimatrix(draw):
    m, n = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    entries = st.lists(st.integers(-6, 6), min_size=m * n, max_size=m * n)
    return tuple(np.reshape(draw(entries), (m, n)) for _ in range(2))


@given(bimatrix(), st.randoms(use_true_random=False))
@SOME
def test_relabelling_players_and_actions_changes_nothing(game, shuffle):
    A, B = game
    rows, columns = list(range(len(A))), list(range(len(A[0])))
    shuffle.shuffle(rows)
    shuffle.shuffle(columns)
    plain = set(equilibria(FiniteGame.bimatrix(A, B)).exact)
    turned = equilibria(FiniteGame.bimatrix(A[rows][:, columns], B[rows][:, columns])).exact
    assert {
        (
            tuple(x[rows.index(i)] for i in range(len(rows))),
            tuple(y[columns.index(j)] for j in range(len(columns))),
        )
        for x, y in turned
    } == plain
    assert {(x, y) for y, x in equilibria(FiniteGame.bimatrix(B.T, A.T)).exact} == plain


@given(bimatrix(), st.integers(1, 9), st.integers(-9, 9), st.integers(1, 9))
@SOME
def test_positive_affine_payoffs_change_nothing(game, scale, shift, other):
    A, B = game
    changed = FiniteGame.bimatrix(scale * A + shift, B * Fraction(1, other))
    assert equilibria(changed).exact == equilibria(FiniteGame.bimatrix(A, B)).exact


@given(bimatrix())
@SOME
def test_adding_a_dominated_action_changes_nothing(game):
    A, B = game
    worse = np.vstack([A, A.min(axis=0) - 1])
    grown = equilibria(FiniteGame.bimatrix(worse, np.vstack([B, B[0] + 7])))
    plain = equilibria(FiniteGame.bimatrix(A, B))
    assert all(x[-1] == 0 for x, _ in grown.exact)
    assert [(x[:-1], y) for x, y in grown.exact] == list(plain.exact)


@given(bimatrix())
@SOME
def test_there_is_an_equilibrium_and_its_regret_is_zero(game):
    game = FiniteGame.bimatrix(*game)
    found = equilibria(game)
    assert found.status == "ok"
    for strategies, payoffs in zip(found, found.payoffs, strict=True):
        assert game.regret(strategies).max() <= 1e-12
        assert game.expected_payoffs(strategies) == pytest.approx(payoffs, abs=1e-12)


def test_nondegenerate_games_have_an_odd_number():
    draw = np.random.default_rng(11)
    for _ in range(40):
        found = equilibria(FiniteGame.bimatrix(*draw.integers(0, 1000, (2, 4, 4))))
        if not found.degenerate:
            assert len(found) % 2 == 1


@given(st.lists(st.integers(-5, 5), min_size=8, max_size=8))
@SOME
def test_the_classes_cover_every_game_and_do_not_depend_on_names(entries):
    A, B = np.reshape(entries, (2, 2, 2))
    kind = classify(A, B)
    assert kind in finite.CLASSES
    assert classify(B.T, A.T) == kind
    assert classify(A[::-1, ::-1], B[::-1, ::-1]) == kind


@pytest.mark.parametrize(
    ("A", "B", "kind"),
    [
        ([[2, 0], [0, 1]], [[1, 0], [0, 2]], "battle_of_the_sexes"),
        ([[3, 4], [1, 2]], [[2, 4], [1, 3]], "tweedledum_tweedledee"),
        ([[0, 2], [2, 0]], [[3, 1], [1, 3]], "pesky_little_brother"),
        ([[4, 0], [3, 2]], [[4, 3], [0, 2]], "common_interest"),
    ],
)
def test_besen_and_farrells_three(A, B, kind):
    assert classify(A, B) == kind


@given(st.lists(st.integers(-4, 4), min_size=8, max_size=8))
@SOME
def test_best_replies_are_best_and_meet_at_the_equilibria(entries):
    A, B = np.reshape(entries, (2, 2, 2)).tolist()
    game = FiniteGame.bimatrix(A, B)
    lines = finite.best_replies(game)
    for player, line in enumerate(lines):
        steps = np.linspace(line[:-1], line[1:], 5).reshape(-1, 2)
        for p, q in np.clip(steps, 0, 1):
            assert game.regret([[p, 1 - p], [q, 1 - q]])[player] < 1e-12
        assert set(np.round(line[:, 1 - player], 12)) >= {0.0, 1.0}  # for every mixture
    if equilibria(game).degenerate:
        return
    for first, second in equilibria(game):
        for line in lines:
            assert _distance(line, np.array([first[0], second[0]])) < 1e-12


def _distance(line, point):
    """Return how far a point is from a broken line along the axes."""
    return min(
        float(np.abs(np.clip(point, np.minimum(a, b), np.maximum(a, b)) - point).max())
        for a, b in pairwise(line)
    )


@given(st.lists(st.integers(1, 20), min_size=4, max_size=4))
@SOME
def test_risk_dominance_is_the_reply_to_a_coin_toss(entries):
    a, d, gain, loss = entries
    A = [[a, -loss], [a - gain, d]]
    found = finite.risk_dominance(A)
    toss = [A[k][0] + A[k][1] for k in (0, 1)]
    if toss[0] == toss[1]:
        assert found.risk_dominant_action is None
    else:
        assert found.risk_dominant_action == int(np.argmax(toss))
    assert found.certificate < 1e-12


def test_risk_is_even_in_decimals_too():
    """0.5 - 0.2 and 0.4 - 0.1 are three tenths, though not in floats."""
    found = finite.risk_dominance([[0.5, 0.1], [0.2, 0.4]])
    assert (found.risk_dominant_action, found.p_star) == (None, 0.5)
    third = Fraction(1, 3)
    game = FiniteGame.symmetric([[third, 0], [0, 1]])
    assert game.exact[1, 0, 0] == third


def test_risk_dominance_needs_two_conventions():
    found = finite.risk_dominance([[3, 2], [1, 0]])
    assert (found.status, found.risk_dominant_action) == ("not_applicable", None)


# ---------------------------------------------------------------------------
# Bad input and presentation


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FiniteGame.bimatrix([[1, 2], [3]], [[1, 2], [3, 4]]), "A is ragged"),
        (lambda: FiniteGame([[[1, 2], [3]], [[1, 2], [3, 4]]]), "payoffs is ragged"),
        (lambda: FiniteGame.bimatrix([[1, 2]], [[3, 4]]), "player 1 has 1 action; every"),
        (lambda: FiniteGame.bimatrix([[1], [2]], [[3], [4]]), "player 2 has 1 action"),
        (lambda: FiniteGame.bimatrix([[1, 2], [3, 4]], [[1, 2]]), "matrices of one shape"),
        (lambda: FiniteGame([[1, 2], [3, 4]]), "must be \\(n_players, \\*actions\\)"),
        (
            lambda: FiniteGame.bimatrix([[1, np.nan], [3, 4]], np.eye(2)),
            "A is nan; it must be a fin",
        ),
        (
            lambda: FiniteGame.bimatrix([[1, "x"], [3, 4]], np.eye(2)),
            "A is 'x'; it must be a numb",
        ),
        (lambda: FiniteGame.symmetric([[1, 2, 3], [4, 5, 6]]), "must be square"),
        (lambda: equilibria(np.eye(2)), "it must be a FiniteGame"),
        (
            lambda: equilibria(FiniteGame.symmetric(np.eye(2)), kind="al"),
            "Did you mean 'all'",
        ),
        (lambda: equilibria(FiniteGame.symmetric(np.eye(2)), limit=0), "limit is 0"),
        (
            lambda: FiniteGame.symmetric(np.eye(2)).regret([[0.5, 0.6], [1, 0]]),
            "sums to 1.1",
        ),
        (
            lambda: FiniteGame.symmetric(np.eye(2)).regret([[1.5, -0.5], [1, 0]]),
            "none negat",
        ),
        (lambda: FiniteGame.symmetric(np.eye(2)).regret([[1, 0]]), "has 1 entries"),
        (lambda: coordination([1, 0]), r"own\[1\] is 0; it must be above 0"),
        (lambda: coordination([1, 2], [1]), "own has 2 prizes and other 1"),
        (lambda: classify(np.eye(3), np.eye(3)), "they must be 2 by 2"),
        (
            lambda: FiniteGame(np.zeros((3, 2, 2, 2))).to_nashpy(),
            "nashpy knows games of two",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_presentation():
    found = equilibria(FiniteGame.bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]]))
    assert all(len(line) <= 79 for line in str(found).splitlines())
    assert found.record()["equilibria"] == 3
    assert "equilibrium      1:1      1:2      2:1      2:2  payoff_1" in str(found)
    assert found.plot().get_title() == "Equilibria of a 2 x 2 game: 3"
    assert found.plot_data()["probability"].sum() == pytest.approx(6)
    assert list(chain(*found)) == list(chain(*found.strategies))
    for result in (finite.risk_dominance([[4, 0], [3, 2]]), coordination([3, 2, 1])):
        assert "<table>" in result._repr_html_()
        assert result.plot() is not None
    with pytest.raises(ValueError, match="read-only"):
        found.payoffs[0, 0] = 1


def test_the_page_on_lost_equilibria_says_what_we_find():
    page = HERE.parents[1] / "docs" / "where_solvers_lose_equilibria.md"
    text = page.read_text(encoding="utf-8").replace("```python", "").replace("```", "")
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    rounding = ("to_nashpy", "linalg")  # what another machine's rounding may change
    test.examples = [e for e in test.examples if not any(r in e.source for r in rounding)]
    assert len(test.examples) >= 10
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0
