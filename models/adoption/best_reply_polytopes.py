"""Extreme equilibria of two-player games, by pivoting in whole numbers.

Shift a player's payoffs so that all are positive.  What the others may play without giving
the player more than one unit is then a bounded polytope, ``{y >= 0 : A y <= 1}`` (rows of
``A``: the player's actions).  A vertex carries a label for each action that is not played
and for each action of the player that is a best reply.  Two vertices, one in each
polytope, are an extreme equilibrium if and only if together they carry every label: what
is not a best reply is not played.

All numbers are whole: a tableau carries its determinant as common denominator, so nothing
is rounded and no tolerance decides.  Ties in the ratio test are broken lexicographically,
which visits every vertex of a degenerate polytope too.  Sources: von Stengel (2002),
*Computing equilibria for two-person games*, Handbook of Game Theory 3, chapter 45; Avis,
Rosenberg, Savani and von Stengel (2010), *Enumeration of Nash equilibria for two-player
games*, Economic Theory 42.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import compress
from math import gcd, lcm
from typing import NamedTuple

import numpy as np

__all__ = ["Pairs", "Vertex", "extreme_equilibria", "one_equilibrium"]

Rational = list[list[Fraction]]
Mixed = tuple[Fraction, ...]


class Vertex(NamedTuple):
    """A mixed strategy, and its labels as bits: row actions first, then column actions."""

    weights: Mixed
    labels: int


class Pairs(NamedTuple):
    """Extreme equilibria and what the two polytopes say about the game."""

    strategies: tuple[tuple[Mixed, Mixed], ...]
    degenerate: bool
    complete: bool


class Tableau:
    """A feasible dictionary of ``{y >= 0 : matrix y <= 1}`` in whole numbers.

    Columns are the strategy's weights, the slacks, and the right-hand side.  ``names``
    gives the label of each column.
    """

    __slots__ = ("basis", "denominator", "names", "rows", "strategies")

    def __init__(self, matrix: list[list[int]], names: list[int]) -> None:
        slacks = len(matrix)
        self.strategies = len(matrix[0])
        self.names = names
        self.rows = [
            [*row, *(int(k == i) for k in range(slacks)), 1] for i, row in enumerate(matrix)
        ]
        self.basis = list(range(self.strategies, self.strategies + slacks))
        self.denominator = 1

    def leaving(self, entering: int) -> int:
        """Return the row that leaves: the smallest ratio, ties broken lexicographically."""
        tied = [k for k, row in enumerate(self.rows) if row[entering] > 0]
        for column in (-1, *range(self.strategies, len(self.names))):
            if len(tied) == 1:
                break
            least, *rest = tied
            tied = [least]
            for k in rest:
                here, best = self.rows[k], self.rows[least]
                difference = here[column] * best[entering] - best[column] * here[entering]
                if difference < 0:
                    least, tied = k, [k]
                elif difference == 0:
                    tied.append(k)
        return tied[0]

    def pivot(self, leaving: int, entering: int) -> Tableau:
        """Return the dictionary with ``entering`` in place of row ``leaving``."""
        after = object.__new__(Tableau)
        after.strategies, after.names = self.strategies, self.names
        turning = self.rows[leaving]
        pivot = after.denominator = turning[entering]
        after.rows = []
        for row in self.rows:
            if row is turning:
                after.rows.append(row)
            elif factor := row[entering]:
                after.rows.append(
                    [
                        (pivot * a - factor * b) // self.denominator
                        for a, b in zip(row, turning, strict=True)
                    ]
                )
            else:
                after.rows.append([pivot * a // self.denominator for a in row])
        after.basis = self.basis.copy()
        after.basis[leaving] = entering
        return after

    def vertex(self) -> Vertex | None:
        """Return the mixed strategy here and its labels; None at the origin."""
        values = {
            column: row[-1] for column, row in zip(self.basis, self.rows, strict=True)
        }
        weights = [values.get(column, 0) for column in range(self.strategies)]
        total = sum(weights)
        if not total:
            return None
        labels = sum(1 << n for c, n in enumerate(self.names) if not values.get(c, 0))
        return Vertex(tuple(Fraction(w, total) for w in weights), labels)


def _tableaus(A: Rational, B: Rational) -> tuple[Tableau, Tableau]:
    """Return the dictionaries at the origins: the row player's weights, the column's."""
    m, n = len(A), len(A[0])
    rows, columns = list(range(m)), list(range(m, m + n))
    replies = [list(column) for column in zip(*_positive(B), strict=True)]
    return Tableau(replies, rows + columns), Tableau(_positive(A), columns + rows)


def _positive(payoffs: Rational) -> list[list[int]]:
    """Return payoffs as positive whole numbers, by a positive affine transformation."""
    least = min(map(min, payoffs))
    scale = lcm(*(entry.denominator for row in payoffs for entry in row))
    whole = [[int((entry - least) * scale) for entry in row] for row in payoffs]
    common = max(1, gcd(*(entry for row in whole for entry in row)))
    return [[entry // common + 1 for entry in row] for row in whole]


def _vertices(start: Tableau, limit: int) -> tuple[list[Vertex], bool]:
    """Return all vertices but the origin, and whether the limit left none out."""
    found: dict[Vertex, None] = {}
    waiting, seen = [start], {sum(1 << c for c in start.basis)}
    complete = True
    while waiting:
        here = waiting.pop()
        if vertex := here.vertex():
            found[vertex] = None
        basis = sum(1 << c for c in here.basis)
        for entering in range(len(here.names)):
            if basis >> entering & 1:
                continue
            row = here.leaving(entering)
            neighbour = basis ^ (1 << entering) ^ (1 << here.basis[row])
            if neighbour in seen:
                continue
            if len(seen) >= limit:
                complete = False
                continue
            seen.add(neighbour)
            waiting.append(here.pivot(row, entering))
    return list(found), complete


def extreme_equilibria(A: Rational, B: Rational, *, limit: int) -> Pairs:
    """Return the extreme equilibria of a bimatrix game, in a deterministic order.

    Parameters
    ----------
    A, B : lists of Fraction, m by n
        Payoffs of the row and of the column player.
    limit : int
        Most bases visited in each polytope.

    Returns
    -------
    Pairs
        The equilibria, those with the larger first weights first; whether some vertex has
        more labels than its dimension; and whether the limit left nothing out.
    """
    of_rows, of_columns = _tableaus(A, B)
    xs, all_rows = _vertices(of_rows, limit)
    ys, all_columns = _vertices(of_columns, limit)
    size = len(of_rows.names)
    every = (1 << size) - 1
    kind = np.uint64 if size <= 64 else object
    carried = np.array([y.labels for y in ys], dtype=kind)
    pairs = []
    for x in xs:
        lacking = np.array(every & ~x.labels, dtype=kind)
        answers = (carried & lacking) == lacking
        pairs += [(x.weights, y.weights) for y in compress(ys, answers.tolist())]
    degenerate = any(
        vertex.labels.bit_count() > len(vertex.weights) for vertex in (*xs, *ys)
    )
    return Pairs(tuple(sorted(pairs, reverse=True)), degenerate, all_rows and all_columns)


def one_equilibrium(A: Rational, B: Rational) -> tuple[Mixed, Mixed]:
    """Return the equilibrium that Lemke and Howson's path reaches from the first label."""
    tables = list(_tableaus(A, B))
    moving, entering = 0, 0
    while True:
        table = tables[moving]
        row = table.leaving(entering)
        left = table.names[table.basis[row]]
        tables[moving] = table.pivot(row, entering)
        if left == 0:
            break
        moving = 1 - moving
        entering = tables[moving].names.index(left)
    x, y = (table.vertex() for table in tables)
    assert x and y  # the path never ends at the origin
    return x.weights, y.weights
