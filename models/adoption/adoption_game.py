"""The anonymous adoption game: many players, and only the number of adopters matters."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.arrays import as_given, require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["AdoptionGame", "require_adoption_game"]

TIE = 1e-12
"""Payoff differences below this share of the largest payoff are ties."""


@dataclass(frozen=True, slots=True, eq=False, init=False)
class AdoptionGame:
    """Adopting with m - 1 others pays ``benefit[m - 1] - cost[i]``; not adopting, nothing.

    Parameters
    ----------
    benefit : array-like, shape (N,)
        Gain from adopting by the number of *others* who do, 0 to N - 1.  Any sequence:
        rising with network effects, falling with congestion.
    cost : float or array-like, shape (N,)
        What adopting costs each player, or all alike.
    count : array-like of int, optional
        With types: ``cost`` has one entry a type and ``count`` says how many players are
        of that type; players are numbered type by type.

    Attributes
    ----------
    benefit, cost : array, shape (N,)
        One entry a number of others; one entry a player.
    order : array of int, shape (N,)
        Players by rising cost; ties in their own order.
    marginal_gain : array, shape (N,)
        What the (m + 1)-th cheapest player gains by joining m adopters.

    Raises
    ------
    InputError
        If an entry is no finite number, a count is negative, or lengths do not agree.

    Examples
    --------
    >>> game = AdoptionGame([0, 1, 2], 1.5)
    >>> game.players, game.marginal_gain
    (3, array([-1.5, -0.5,  0.5]))
    >>> AdoptionGame([0, 1, 2], [0.5, 2.5], count=[2, 1]).cost
    array([0.5, 0.5, 2.5])
    """

    benefit: NDArray[np.float64]
    cost: NDArray[np.float64]
    order: NDArray[np.intp] = field(repr=False)
    marginal_gain: NDArray[np.float64] = field(repr=False)

    def __init__(
        self,
        benefit: ArrayLike,
        cost: ArrayLike,
        *,
        count: ArrayLike | None = None,
    ) -> None:
        gains = require_array("benefit", benefit, "a sequence")
        if gains.ndim != 1 or not len(gains):
            raise InputError(
                f"benefit has the shape {gains.shape}; it must be a sequence of at least one "
                "number."
            )
        costs = require_array("cost", cost, "a number or a sequence")
        if costs.ndim == 0:
            costs = np.full(len(gains) if count is None else 1, costs)
        if count is not None:
            costs = np.repeat(costs, _counts(count, len(costs)))
        if costs.shape != gains.shape:
            raise InputError(
                f"benefit has {len(gains)} entries and there are {costs.size} players; "
                "benefit needs one entry for 0, 1, ... N - 1 others."
            )
        order = np.argsort(costs, kind="stable")
        marginal = gains - costs[order]
        order.setflags(write=False)
        object.__setattr__(self, "benefit", frozen(gains))
        object.__setattr__(self, "cost", frozen(costs))
        object.__setattr__(self, "order", order)
        marginal[np.abs(marginal) <= TIE * self.scale] = 0.0
        object.__setattr__(self, "marginal_gain", frozen(marginal))

    @classmethod
    def linear(
        cls, n: int, slope: float, cost: ArrayLike, *, count: ArrayLike | None = None
    ) -> AdoptionGame:
        """Return the game of ``n`` players in which each other adopter adds ``slope``.

        Raises
        ------
        InputError
            If ``n`` is not a positive whole number.

        Examples
        --------
        >>> AdoptionGame.linear(4, 0.5, 1.0).benefit
        array([0. , 0.5, 1. , 1.5])
        """
        n = require_integer("n", n, at_least=1, because="it is a number of players")
        return cls(require_number("slope", slope) * np.arange(n), cost, count=count)

    @property
    def players(self) -> int:
        """Number of players N."""
        return len(self.cost)

    @property
    def scale(self) -> float:
        """Largest benefit or cost; gains below 1e-12 of it are ties."""
        return max(float(np.abs(self.benefit).max()), float(np.abs(self.cost).max()))

    @property
    def supermodular(self) -> bool:
        """Whether adopting is worth more, or no less, the more others adopt."""
        return bool((np.diff(self.benefit) >= 0).all())

    def who(self, adopters: ArrayLike) -> NDArray[np.bool_]:
        """Return which players adopt: the ``adopters`` of lowest cost, or a mask as given.

        Raises
        ------
        InputError
            If it is neither a number from 0 to N nor a mask of the players.

        Examples
        --------
        >>> AdoptionGame([0, 1, 2], [2, 1, 3]).who(2)
        array([ True,  True, False])
        """
        given = as_given(adopters)
        if given.dtype == np.bool_ and given.shape == (self.players,):
            return given.copy()
        whole = given.shape == () and np.issubdtype(given.dtype, np.integer)
        if whole and 0 <= given <= self.players:
            mask = np.zeros(self.players, dtype=bool)
            mask[self.order[: int(given)]] = True
            return mask
        raise InputError(
            f"adopters is {adopters!r}; it must be a number of players from 0 to "
            f"{self.players} (the cheapest are meant) or a mask of {self.players} players."
        )

    def payoffs(self, adopters: ArrayLike) -> NDArray[np.float64]:
        """Return every player's payoff when ``adopters`` adopt, shape (N,)."""
        mask = self.who(adopters)
        number = int(mask.sum())
        return np.where(mask, self.benefit[number - 1] - self.cost, 0.0)

    def regret(self, adopters: ArrayLike) -> NDArray[np.float64]:
        """Return what each player gains by changing over alone, or 0, shape (N,)."""
        mask = self.who(adopters)
        number = int(mask.sum())
        leave = self.cost - self.benefit[number - 1]
        join = self.benefit[min(number, self.players - 1)] - self.cost
        gains: NDArray[np.float64] = np.maximum(np.where(mask, leave, join), 0.0)
        return gains

    def potential(self, adopters: ArrayLike) -> float:
        """Return the exact potential: benefits of 0, ... m - 1 others less the costs paid.

        If one player changes over, the potential changes by what that player gains.

        Examples
        --------
        >>> round(AdoptionGame.linear(6, 1.0, 2.2).potential(6), 6)  # b m(m-1)/2 - c m
        1.8
        """
        mask = self.who(adopters)
        return float(self.benefit[: int(mask.sum())].sum() - self.cost[mask].sum())

    def profiles(self, m: int) -> int:
        """Return in how many equilibria exactly ``m`` players adopt.

        Examples
        --------
        Under congestion, any two of four alike players may be the adopters:

        >>> AdoptionGame([3, 2, 1, 0], 1.5).profiles(2)
        6
        """
        m = int(self.who(m).sum())
        before = self.marginal_gain[m - 1] if m else 0.0
        after = self.marginal_gain[m] if m < self.players else 0.0
        if before < 0 or after > 0:
            return 0
        if m in (0, self.players):
            return 1
        slack = TIE * self.scale
        bound_to = int((self.cost < self.benefit[m] - slack).sum())
        willing = int((self.cost <= self.benefit[m - 1] + slack).sum())
        return comb(willing - bound_to, m - bound_to)


def require_adoption_game(game: Any) -> AdoptionGame:
    """Return ``game`` if it is an :class:`AdoptionGame`."""
    if not isinstance(game, AdoptionGame):
        raise InputError(f"game is {game!r}; it must be an AdoptionGame(benefit, cost).")
    return game


def _counts(count: ArrayLike, types: int) -> NDArray[np.int64]:
    array = as_given(count)
    if array.shape != (types,) or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            f"count is {count!r}; it must have one whole number for each of the {types} "
            "types."
        )
    if (array < 0).any():
        raise InputError(f"count is {count!r}; a number of players cannot be negative.")
    return array.astype(np.int64)
