"""Blocs with a common standard, and rivals who contest whose standard it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.agreements.partition_games import Partition, require_partition
from unigauge.models.agreements.recognition_payoffs import payoffs
from unigauge.models.agreements.recognition_world import World
from unigauge.models.arrays import require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Blocs", "RivalCoalitions"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocs:
    """Countries that differ in what they would standardise, and trade.

    A bloc's standard is the size-weighted mean X_B of its members' positions.  Adapting to
    it costs a country (a/2) size (x_i - X_B)^2; goods cost psi |X_B - X_C| a unit more
    across blocs and nothing more within; the rest is trade among the world's countries.

    Parameters
    ----------
    position : array-like, shape (n,)
        x: each country's ideal.
    adaptation_cost : float, default 0.1
        a, not negative.
    world : World, optional
        Size, demand and conversion cost; its distances are replaced by those of the blocs.
        By default n countries alike with linear demand.

    Raises
    ------
    InputError
        If positions are not finite, or not one a country.

    Notes
    -----
    A reconstruction in the spirit of Parenti and Vannoorenberghe.  For two countries alike,
    homogeneous goods and d = psi D <= 1/2 either gains (8 d - 11 d^2)/18 - a D^2/8.

    Examples
    --------
    >>> game = Blocs(position=(0.0, 0.6), world=World(n=2, conversion_cost=0.5))
    >>> (game.payoffs([[0, 1]]) - game.payoffs([[0], [1]])).round(6)
    array([0.073833, 0.073833])
    """

    position: Any
    adaptation_cost: float = 0.1
    world: Any = None

    def __post_init__(self) -> None:
        place = _line("position", self.position)
        world = World(n=len(place)) if self.world is None else self.world
        if not isinstance(world, World) or world.n != len(place):
            raise InputError(
                f"world is {world!r}; it must be a World with one country for each of the "
                f"{len(place)} positions."
            )
        object.__setattr__(self, "position", place)
        object.__setattr__(self, "world", world)
        cost = require_number("adaptation_cost", self.adaptation_cost, at_least=0)
        object.__setattr__(self, "adaptation_cost", cost)

    @property
    def n(self) -> int:
        """Number of countries."""
        return len(self.position)

    @property
    def demand(self) -> str:
        """The module of demand that payoffs hold for."""
        return str(self.world.demand)

    def standards(self, partition: Any) -> Array:
        """Return the standard that each country has in a partition, shape (n,)."""
        return _means(require_partition(partition, self.n), self.position, self.world.size)

    def payoffs(self, partition: Any) -> Array:
        """Return every country's welfare less the cost of adapting, shape (n,).

        NaN where trade leaves the domain of the demand.
        """
        standard = self.standards(partition)
        apart = np.abs(standard[:, None] - standard)
        traded = payoffs(replace(self.world, distance=apart), 0)
        moved = (self.position - standard) ** 2
        adapted: Array = self.adaptation_cost / 2 * self.world.size * moved
        known = traded.status == "ok"
        return traded.welfare - adapted if known else np.full(self.n, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RivalCoalitions:
    """Powers that may join forces to write the standard.

    Coalition B writes it with probability p_B = K_B^r / sum K^r, at the strength-weighted
    mean X_B of its members' positions, and shares a prize by strength.

    u_i = -sum_B p_B w (x_i - X_B)^2
    + rho (p_B(i) (1 - k_B(i)) K_i/K_B(i) - (1 - p_B(i)) k_i) - c (|B(i)| - 1),
    with k the share in all strength.

    Parameters
    ----------
    strength : array-like, shape (n,), default (3, 3, 1)
        K, above 0.
    position : array-like, shape (n,), default (0, 0.4, 1)
        x.
    policy_weight : float, default 1
        w: what the standard's distance matters.
    prize : float, default 1
        rho: what writing the standard is worth, taken from those who do not.
    decisiveness : float, default 2
        r: how surely strength wins.
    negotiation_cost : float, default 0.05
        c: what each further member costs all members.

    Raises
    ------
    InputError
        If lengths do not agree or a number is outside its domain.

    Examples
    --------
    >>> from unigauge.models.agreements.partition_games import partition_core
    >>> partition_core(RivalCoalitions(strength=(3, 3, 2.5))).stable
    (((0, 1), (2,)),)
    """

    strength: Any = (3.0, 3.0, 1.0)
    position: Any = (0.0, 0.4, 1.0)
    policy_weight: float = 1.0
    prize: float = 1.0
    decisiveness: float = 2.0
    negotiation_cost: float = 0.05

    def __post_init__(self) -> None:
        strength = _line("strength", self.strength)
        place = _line("position", self.position)
        if len(strength) != len(place) or (strength <= 0).any():
            raise InputError(
                f"strength is {self.strength!r} and position {self.position!r}; both need "
                "one number a power, and strength must be above 0."
            )
        object.__setattr__(self, "strength", strength)
        object.__setattr__(self, "position", place)
        for name in ("policy_weight", "prize", "decisiveness", "negotiation_cost"):
            value = require_number(name, getattr(self, name), at_least=0)
            object.__setattr__(self, name, value)

    @property
    def n(self) -> int:
        """Number of powers."""
        return len(self.strength)

    def winning(self, partition: Any) -> Array:
        """Return how probable it is that a power's coalition writes the standard, (n,)."""
        together = self._together(require_partition(partition, self.n))
        joined = (together @ self.strength) ** self.decisiveness
        chance: Array = joined / (joined / together.sum(axis=1)).sum()
        return chance

    def payoffs(self, partition: Any) -> Array:
        """Return every power's payoff in a partition, shape (n,)."""
        blocs = require_partition(partition, self.n)
        together = self._together(blocs)
        strength, members = together @ self.strength, together.sum(axis=1)
        share = self.strength / self.strength.sum()
        chance = self.winning(blocs)
        written = _means(blocs, self.position, self.strength)
        apart = (self.position[:, None] - written) ** 2
        policy = -self.policy_weight * (apart * (chance / members)).sum(axis=1)
        won = chance * (1 - together @ share) * self.strength / strength
        lost = (1 - chance) * share
        payoff: Array = (
            policy + self.prize * (won - lost) - self.negotiation_cost * (members - 1)
        )
        return payoff

    def _together(self, partition: Partition) -> Array:
        """Return who is in whose coalition, oneself included, as 0 and 1."""
        home = np.empty(self.n, dtype=np.int64)
        for k, bloc in enumerate(partition):
            home[list(bloc)] = k
        together: Array = np.asarray(home[:, None] == home, dtype=float)
        return together


def _means(partition: Partition, place: Array, weight: Array) -> Array:
    """Return the weighted mean position of each player's bloc."""
    mean = np.empty(len(place))
    for bloc in map(list, partition):
        mean[bloc] = np.average(place[bloc], weights=weight[bloc])
    return mean


def _line(name: str, values: ArrayLike) -> Array:
    """Return at least two finite numbers."""
    given = require_array(name, values, "a sequence")
    if given.ndim != 1 or len(given) < 2:
        raise InputError(f"{name} is {values!r}; it must be at least two finite numbers.")
    return frozen(given)
