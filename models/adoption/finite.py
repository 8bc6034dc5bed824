"""Finite games: all equilibria of two-player games, exactly.

:func:`equilibria` lists every extreme equilibrium of a two-player game.  It computes in
whole numbers, so that ties are ties and nothing is lost to rounding.  For three players
and more it lists the pure equilibria and says that the list is not complete.

:func:`best_replies` draws two actions each as two lines that meet at the equilibria.
:func:`coordination` knows the equilibria of pure coordination in closed form,
:func:`classify` the three ways of Besen and Farrell in which two firms meet over a
standard, and :func:`risk_dominance` which of two conventions is the safer.

Examples
--------
Two firms want a common standard, each its own:

>>> from unigauge.models import finite
>>> game = finite.FiniteGame.bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
>>> found = finite.equilibria(game)
>>> len(found), found.complete, found.degenerate
(3, True, False)
>>> [str(weight) for weight in found.exact[1][0]]
['2/3', '1/3']
"""

from __future__ import annotations

import warnings
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import (
    DegenerateGameWarning,
    InputError,
    require_choice,
    require_integer,
    require_number,
)
from unigauge.models.adoption.best_reply_polytopes import (
    extreme_equilibria,
    one_equilibrium,
)
from unigauge.models.adoption.equilibrium_sets import (
    STATUSES,
    EquilibriumSet,
    Profile,
    equilibrium_set,
)
from unigauge.models.adoption.normal_form import FiniteGame, require_rationals
from unigauge.models.adoption.two_by_two import (
    CLASSES,
    RiskDominance,
    best_replies,
    classify,
    risk_dominance,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = [
    "CLASSES",
    "KINDS",
    "STATUSES",
    "EquilibriumSet",
    "FiniteGame",
    "RiskDominance",
    "best_replies",
    "classify",
    "coordination",
    "equilibria",
    "risk_dominance",
]

KINDS = ("all", "pure", "one")
"""What :func:`equilibria` can be asked for."""


def equilibria(
    game: FiniteGame, *, kind: str = "all", limit: int = 100_000
) -> EquilibriumSet:
    """Return the Nash equilibria of a finite game.

    Parameters
    ----------
    game : FiniteGame
        The game.
    kind : {"all", "pure", "one"}
        All extreme equilibria; all pure ones; or any one, which for two players takes
        milliseconds at sizes where there are too many to list.
    limit : int, default 100,000
        Most bases visited in each of the two best-reply polytopes.  A random game of 10 by
        10 has some thousand.

    Returns
    -------
    EquilibriumSet
        ``complete`` says whether every equilibrium of the kind asked is listed.  For two
        players it is unless the limit was hit; with ``kind="one"`` it is not.  For more
        players ``"all"`` and ``"one"`` look at pure strategies only: a mixed
        equilibrium may be missing, and ``complete`` is False.

    Raises
    ------
    InputError
        If the game is no FiniteGame, or the kind is unknown.

    Warns
    -----
    DegenerateGameWarning
        If there is a continuum of equilibria; its extreme points are listed, and
        ``components`` says which belong together.

    Notes
    -----
    Two players: every vertex of both best-reply polytopes, by lexicographic pivoting in
    whole numbers (Avis, Rosenberg, Savani and von Stengel 2010); one equilibrium: Lemke
    and Howson (1964).  Every equilibrium listed has been checked in exact arithmetic
    against the game's own payoffs.

    Examples
    --------
    A game in which rounding would matter: the mixed equilibrium is exact.

    >>> game = FiniteGame.bimatrix([[3, 0], [2, 2]], [[3, 2], [0, 2]])
    >>> equilibria(game).exact[1][0]
    (Fraction(2, 3), Fraction(1, 3))
    """
    if not isinstance(game, FiniteGame):
        raise InputError(f"game is {game!r}; it must be a FiniteGame(...).")
    kind = require_choice("kind", kind, KINDS)
    limit = require_integer("limit", limit, at_least=1)
    if kind == "pure" or game.players > 2:
        return _pure(game, kind)
    A, B = (payoffs.tolist() for payoffs in game.exact)
    if kind == "one":
        return equilibrium_set(
            game,
            [one_equilibrium(A, B)],
            kind=kind,
            method="Lemke-Howson path in whole numbers",
            complete=False,
            degenerate=None,
            connect=False,
        )
    found = extreme_equilibria(A, B, limit=limit)
    answer = equilibrium_set(
        game,
        found.strategies,
        kind=kind,
        method="vertices of the best-reply polytopes, in whole numbers",
        complete=found.complete,
        degenerate=found.degenerate if found.complete else found.degenerate or None,
        connect=found.complete,
    )
    if continua := sum(len(component) > 1 for component in answer.components):
        warnings.warn(
            f"the game has {continua} "
            f"{'continuum' if continua == 1 else 'continua'} of equilibria: the "
            f"{len(answer)} listed are the extreme ones; components says which of them "
            "belong together.",
            DegenerateGameWarning,
            stacklevel=2,
        )
    return answer


def _pure(game: FiniteGame, kind: str) -> EquilibriumSet:
    """Return the pure equilibria: every player's action is among the best."""
    best = [
        payoffs == payoffs.max(axis=player, keepdims=True)
        for player, payoffs in enumerate(game.exact)
    ]
    tied = any((table.sum(axis=i) > 1).any() for i, table in enumerate(best))
    places = np.argwhere(np.logical_and.reduce(best))
    profiles = [_pure_profile(game, place.tolist()) for place in places]
    return equilibrium_set(
        game,
        profiles[:1] if kind == "one" else profiles,
        kind=kind,
        method="every pure profile checked",
        complete=kind == "pure",
        degenerate=True if tied else None,
        connect=False,
    )


def _pure_profile(game: FiniteGame, place: list[int]) -> Profile:
    return tuple(
        tuple(Fraction(a == chosen) for a in range(actions))
        for chosen, actions in zip(place, game.actions, strict=True)
    )


def coordination(own: ArrayLike, other: ArrayLike | None = None) -> EquilibriumSet:
    """Return all 2^n - 1 equilibria of pure coordination on n standards, in closed form.

    Players who meet on standard k earn ``own[k]`` and ``other[k]``, else nothing.  In the
    equilibrium on a set of standards each is chosen in inverse proportion to the *other*
    player's prize, which keeps that player indifferent.

    Parameters
    ----------
    own, other : array-like, shape (n,)
        Positive prizes of players 1 and 2; by default they are alike.

    Raises
    ------
    InputError
        If a prize is not positive, there are fewer than two, or more than 16.

    Examples
    --------
    >>> found = coordination([2, 1], [1, 2])
    >>> [strategy.round(4).tolist() for strategy in found.strategies[1]]
    [[0.6667, 0.3333], [0.3333, 0.6667]]
    """
    first = _prizes("own", own)
    second = first if other is None else _prizes("other", other)
    if len(first) != len(second) or not 2 <= len(first) <= 16:
        raise InputError(
            f"own has {len(first)} prizes and other {len(second)}; both must have one for "
            "each of 2 to 16 standards (there are 2^n - 1 equilibria)."
        )
    game = FiniteGame.bimatrix(np.diag(first), np.diag(second))
    profiles = sorted(
        (
            (_inverse(second, chosen), _inverse(first, chosen))
            for chosen in product((True, False), repeat=len(first))
            if any(chosen)
        ),
        reverse=True,
    )
    return equilibrium_set(
        game,
        profiles,
        kind="all",
        method="closed form of pure coordination",
        complete=True,
        degenerate=False,
        connect=True,
    )


def _prizes(name: str, values: ArrayLike) -> list[Fraction]:
    prizes = require_rationals(name, values)
    if prizes.ndim != 1:
        raise InputError(f"{name} is {values!r}; it must be a sequence of prizes.")
    for k, prize in enumerate(prizes):
        require_number(f"{name}[{k}]", prize, above=0, because="it is a prize")
    return list(prizes)


def _inverse(prizes: list[Fraction], chosen: tuple[bool, ...]) -> tuple[Fraction, ...]:
    """Return weights on the chosen, inversely proportional to the prizes."""
    weights = [
        c / prize if c else Fraction() for c, prize in zip(chosen, prizes, strict=True)
    ]
    total = sum(weights, Fraction())
    return tuple(weight / total for weight in weights)
