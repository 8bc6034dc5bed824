"""All equilibria of small integer games: time, and how many are found.

A solver that is fast because it loses equilibria wins nothing, so the note of each row
says how many of the extreme equilibria it lists.  The count is that of our own enumeration
in whole numbers, which agrees game by game with lrsnash (tests/models/test_finite.py).
"""

from __future__ import annotations

import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction

import numpy as np
from side_by_side import Row, race, require_module, require_program, write

from unigauge.models import finite

Pair = tuple[np.ndarray, np.ndarray]
Found = list[tuple[tuple[float, ...], tuple[float, ...]]]


def ours(game: Pair) -> Found:
    """Return what our enumeration finds."""
    return [
        (tuple(x), tuple(y))
        for x, y in finite.equilibria(finite.FiniteGame.bimatrix(*game))
    ]


def nashpy(method: str) -> Callable[[Pair], Found]:
    """Return nashpy's solver of that name, with its defaults."""

    def solve(game: Pair) -> Found:
        require_module("nashpy")
        import nashpy

        return _clean(getattr(nashpy.Game(*game), method)())

    return solve


def quantecon(method: str) -> Callable[[Pair], Found]:
    """Return quantecon's solver of that name, with its defaults."""

    def solve(game: Pair) -> Found:
        require_module("quantecon")
        from quantecon import game_theory

        row, column = game
        players = [game_theory.Player(row), game_theory.Player(column.T)]
        normal = game_theory.NormalFormGame(players)
        return _clean(getattr(game_theory, method)(normal))

    return solve


def pygambit(game: Pair) -> Found:
    """Return what Gambit's enummixed finds in rational arithmetic."""
    require_module("pygambit")
    import pygambit

    table = pygambit.Game.from_arrays(*(np.array(p.tolist(), dtype=object) for p in game))
    listed = pygambit.nash.enummixed_solve(table, rational=True).equilibria
    return [
        tuple(
            tuple(float(Fraction(str(p[s]))) for s in player.strategies)
            for player in table.players
        )
        for p in listed
    ]


def lrsnash(game: Pair) -> Found:
    """Return what lrsnash lists, its start included."""
    program = require_program("lrsnash")
    rows = ["\n".join(" ".join(map(str, row)) for row in payoffs) for payoffs in game]
    with tempfile.NamedTemporaryFile("w", suffix=".nash") as file:
        file.write(f"{len(game[0])} {game[0].shape[1]}\n\n{rows[0]}\n\n{rows[1]}\n")
        file.flush()
        run = subprocess.run(
            [program, file.name], capture_output=True, text=True, check=True
        )
    pairs: Found = []
    columns: list[tuple[float, ...]] = []
    for line in run.stdout.splitlines():
        words = line.split()
        if not words or words[0] not in "12":
            columns = []
            continue
        strategy = tuple(float(Fraction(word)) for word in words[1:-1])
        if words[0] == "2":
            columns.append(strategy)
        else:
            pairs += [(strategy, y) for y in columns]
    return pairs


def _clean(found: Iterable[Pair]) -> Found:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [(tuple(map(float, x)), tuple(map(float, y))) for x, y in found]


SOLVERS = {
    "unigauge": ours,
    "lrsnash (a process a game)": lrsnash,
    "pygambit, enummixed, rational": pygambit,
    "nashpy, support_enumeration": nashpy("support_enumeration"),
    "nashpy, vertex_enumeration": nashpy("vertex_enumeration"),
    "quantecon, support_enumeration": quantecon("support_enumeration"),
    "quantecon, vertex_enumeration": quantecon("vertex_enumeration"),
}


def recalled(games: list[Pair], solver: Callable[[Pair], Found]) -> str:
    """Return how many of all extreme equilibria a solver lists."""
    hits = total = 0
    for game in games:
        wanted = ours(game)
        try:
            listed = solver(game)
        except (ArithmeticError, ValueError, np.linalg.LinAlgError):
            listed = []
        total += len(wanted)
        hits += sum(
            any(np.abs(np.concatenate(w) - np.concatenate(f)).max() < 1e-6 for f in listed)
            for w in wanted
        )
    return f"finds {hits} of {total}"


def compare(n: int, top: int, number: int, *, repeats: int = 5) -> list[Row]:
    """Race all solvers on ``number`` games of n by n with entries below ``top``."""
    draw = np.random.default_rng(n * top)
    games = [tuple(draw.integers(0, top, (2, n, n))) for _ in range(number)]

    def all_of(solver: Callable[[Pair], Found]) -> Callable[[], object]:
        def run() -> None:
            for game in games:
                try:
                    solver(game)
                except (ArithmeticError, ValueError, np.linalg.LinAlgError):
                    continue  # counted as lost

        return run

    title = f"all equilibria, {number} games of {n} x {n}, entries 0..{top - 1}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = race(
            title, {name: all_of(s) for name, s in SOLVERS.items()}, repeats=repeats
        )
        return [
            replace(row, note=recalled(games, SOLVERS[row.contender]))
            if row.repeats
            else row
            for row in rows
        ]


if __name__ == "__main__":
    table = compare(3, 1000, 20) + compare(5, 1000, 20) + compare(5, 10, 20)
    write(table, "finite_games")
    for row in table:
        if row.repeats:
            print(f"  {row.race}: {row.contender} {row.note}")
