"""Finite games in normal form, kept both in floats and exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from numbers import Integral, Rational
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.arrays import require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "FiniteGame",
    "require_payoff_matrix",
    "require_probabilities",
    "require_rationals",
]


@dataclass(frozen=True, slots=True, eq=False, init=False)
class FiniteGame:
    """A finite game in normal form.

    Parameters
    ----------
    payoffs : array-like, shape (n_players, *actions)
        ``payoffs[i]`` is player i's payoff by the actions of all, player 1's first.  Whole
        numbers and :class:`fractions.Fraction` are taken as they are, floats as the
        shortest decimal that prints them: 0.1 is one tenth.

    Attributes
    ----------
    payoffs : array, shape (n_players, *actions)
        In floats, read-only.
    exact : array of Fraction, shape (n_players, *actions)
        The same without rounding.

    Raises
    ------
    InputError
        If payoffs are ragged, not finite numbers, or do not fit the number of players, or
        if a player has fewer than two actions.

    Examples
    --------
    >>> game = FiniteGame([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
    >>> game.players, game.actions
    (2, (2, 2))
    """

    payoffs: NDArray[np.float64]
    exact: NDArray[np.object_] = field(repr=False)

    def __init__(self, payoffs: ArrayLike) -> None:
        exact = require_rationals("payoffs", payoffs)
        if exact.ndim < 3 or exact.ndim != len(exact) + 1:
            raise InputError(
                f"payoffs has the shape {exact.shape}; it must be (n_players, *actions), "
                "one axis a player behind the first. For two players use "
                "FiniteGame.bimatrix(A, B)."
            )
        for player, actions in enumerate(exact.shape[1:], start=1):
            if actions < 2:
                raise InputError(
                    f"player {player} has {actions} action; every player must have at "
                    "least two, or there is nothing to choose. Leave that player out."
                )
        exact.setflags(write=False)
        object.__setattr__(self, "exact", exact)
        object.__setattr__(self, "payoffs", frozen(exact.astype(np.float64)))

    @classmethod
    def bimatrix(cls, A: ArrayLike, B: ArrayLike) -> FiniteGame:
        """Return the two-player game with payoffs ``A`` of rows and ``B`` of columns.

        Raises
        ------
        InputError
            If the two are not matrices of one shape.

        Examples
        --------
        >>> FiniteGame.bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]]).actions
        (2, 2)
        """
        own, other = require_rationals("A", A), require_rationals("B", B)
        if own.ndim != 2 or own.shape != other.shape:
            raise InputError(
                f"A has the shape {own.shape} and B {other.shape}; both must be matrices "
                "of one shape: rows are player 1's actions, columns player 2's."
            )
        return cls(np.stack([own, other]))

    @classmethod
    def symmetric(cls, A: ArrayLike) -> FiniteGame:
        """Return the two-player game in which both have payoffs ``A`` by (own, other)."""
        require_payoff_matrix(A)
        return cls.bimatrix(A, require_rationals("A", A).T)

    @property
    def players(self) -> int:
        """Number of players."""
        return len(self.payoffs)

    @property
    def actions(self) -> tuple[int, ...]:
        """Number of actions of each player."""
        return self.payoffs.shape[1:]

    def expected_payoffs(self, strategies: Sequence[ArrayLike]) -> NDArray[np.float64]:
        """Return each player's expected payoff, shape (n_players,).

        Parameters
        ----------
        strategies : sequence of array-likes
            One probability distribution over actions a player.

        Raises
        ------
        InputError
            If there is not one a player, or probabilities are negative or do not sum to 1.

        Examples
        --------
        >>> game = FiniteGame.bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
        >>> game.expected_payoffs([[0.5, 0.5], [1, 0]])
        array([1. , 0.5])
        """
        mixed = self._require_profile(strategies)
        return np.array([self._by_action(i, mixed) @ mixed[i] for i in range(self.players)])

    def regret(self, strategies: Sequence[ArrayLike]) -> NDArray[np.float64]:
        """Return what each player would gain by the best deviation, shape (n_players,).

        Zeros, up to rounding, say that the strategies are an equilibrium.

        Raises
        ------
        InputError
            As :meth:`expected_payoffs`.

        Examples
        --------
        >>> game = FiniteGame.bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
        >>> game.regret([[0.5, 0.5], [1, 0]])
        array([1. , 0.5])
        """
        mixed = self._require_profile(strategies)
        gains = []
        for i in range(self.players):
            by_action = self._by_action(i, mixed)
            gains.append(by_action.max() - by_action @ mixed[i])
        return np.array(gains)

    def exact_payoffs_and_regrets(
        self, profile: Sequence[Sequence[Fraction]]
    ) -> tuple[list[Fraction], list[Fraction]]:
        """Return payoffs and regrets of a profile of fractions, without rounding."""
        paid, regrets = [], []
        for i in range(self.players):
            by_action = self.exact[i]
            for j in reversed(range(self.players)):
                if j != i:
                    played = [a for a, weight in enumerate(profile[j]) if weight]
                    by_action = np.add.reduce(
                        [profile[j][a] * by_action.take(a, axis=j) for a in played]
                    )
            own = sum(
                (w * u for w, u in zip(profile[i], by_action, strict=True)), Fraction()
            )
            paid.append(own)
            regrets.append(max(by_action) - own)
        return paid, regrets

    def to_nashpy(self) -> Any:
        """Return the two-player game as a :class:`nashpy.Game`, for display and teaching.

        Raises
        ------
        InputError
            If there are more than two players.

        Examples
        --------
        >>> print(FiniteGame.bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]]).to_nashpy())
        Bi matrix game with payoff matrices:
        <BLANKLINE>
        Row player:
        [[2. 0.]
         [0. 1.]]
        <BLANKLINE>
        Column player:
        [[1. 0.]
         [0. 2.]]
        """
        if self.players != 2:
            raise InputError(
                f"the game has {self.players} players; nashpy knows games of two only."
            )
        import nashpy

        return nashpy.Game(*(np.array(payoffs) for payoffs in self.payoffs))

    def _by_action(
        self, player: int, mixed: Sequence[NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Return a player's expected payoff by own action, the others mixing."""
        values: NDArray[np.float64] = np.moveaxis(self.payoffs[player], player, 0)
        for j in reversed(range(self.players)):
            if j != player:
                values = values @ mixed[j]
        return values

    def _require_profile(
        self, strategies: Sequence[ArrayLike]
    ) -> tuple[NDArray[np.float64], ...]:
        if not isinstance(strategies, Sequence | np.ndarray) or isinstance(strategies, str):
            raise InputError(
                f"strategies is {strategies!r}; it must be a sequence of mixed strategies, "
                "one a player."
            )
        if len(strategies) != self.players:
            raise InputError(
                f"strategies has {len(strategies)} entries; the game has {self.players} "
                "players, and each needs a mixed strategy."
            )
        return tuple(
            require_probabilities(f"strategies[{i}]", strategy, actions)
            for i, (strategy, actions) in enumerate(
                zip(strategies, self.actions, strict=True)
            )
        )


def require_probabilities(name: str, values: Any, length: int) -> NDArray[np.float64]:
    """Return ``values`` as ``length`` probabilities, or say why they are none.

    Examples
    --------
    >>> require_probabilities("start", [0.25, 0.75], 2)
    array([0.25, 0.75])
    """
    array = require_array(name, values, f"{length} probabilities")
    if array.shape != (length,) or (array < 0).any():
        raise InputError(
            f"{name} is {values!r}; it must be {length} probabilities, none negative."
        )
    if not math.isclose(total := float(array.sum()), 1, abs_tol=1e-9):
        raise InputError(
            f"{name} sums to {total:.12g}; probabilities must sum to 1. Divide by the sum."
        )
    return array


def require_payoff_matrix(
    A: ArrayLike, *, actions: int | None = None
) -> NDArray[np.float64]:
    """Return the payoffs of a symmetric two-player game as a square matrix of floats.

    Parameters
    ----------
    A : array-like, shape (actions, actions)
        Payoff by own action (row) and the other's (column).
    actions : int, optional
        Number required; at least two otherwise.
    """
    matrix = require_rationals("A", A)
    square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] >= 2
    if not square or (actions is not None and len(matrix) != actions):
        wanted = f"{actions} x {actions}" if actions else "square, with two actions or more"
        raise InputError(
            f"A has the shape {matrix.shape}; it must be {wanted}: payoffs by own action "
            "(rows) and the other's (columns)."
        )
    return frozen(matrix.astype(np.float64))


def require_rationals(name: str, values: Any) -> NDArray[np.object_]:
    """Return an array of fractions, or say which entry is none."""
    try:
        array = np.array(values, dtype=object)
    except ValueError:
        array = np.array(None, dtype=object)
    if any(entry is None or np.ndim(entry) for entry in array.flat):
        raise InputError(
            f"{name} is ragged: every row must have the same number of entries."
        )
    exact = np.empty(array.shape, dtype=object)
    for place, entry in np.ndenumerate(array):
        exact[place] = _rational(name, entry)
    return exact


def _rational(name: str, entry: Any) -> Fraction:
    number = require_number(f"an entry of {name}", entry)
    if isinstance(entry, Integral):
        return Fraction(int(entry))
    if isinstance(entry, Rational):
        return Fraction(entry)
    return Fraction(repr(number))
