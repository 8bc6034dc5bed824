"""Stricter or laxer: quality standards of n countries, alone, in blocs, or all together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.agreements.partition_games import require_partition
from unigauge.models.answers import Answer, verdict
from unigauge.models.regulation.certificates import largest_gain
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Vertical", "VerticalStandards", "neutral_spillover", "standards"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vertical:
    """n countries alike that set how strict a standard is, s in [0, 1].

    All goods sold in a country have to meet its standard; a unit then costs k s^2/2.
    Markets are apart, inverse demand is alpha - Q, and the n firms compete in quantities.
    A unit does the damage E (1 - s) at home and lambda times as much in each other country.

    Parameters
    ----------
    n : int, default 3
        Countries, at least 2.
    demand_intercept : float, default 1
        alpha, above 0.
    compliance_cost : float, default 1
        k, above 0.
    damage : float, default 0.3
        E, not negative.
    spillover : float, default 0
        lambda: damage to each other country as a share of the damage at home.
    bloc_cost : float, default 5e-4
        phi: what every bloc beyond the first costs each country.

    Raises
    ------
    InputError
        If a number is outside its domain.

    Notes
    -----
    A reconstruction in the spirit of Takarada et al.  With q = (alpha - k s^2/2)/(n + 1),
    a country's own market is worth A = (n q)^2/2 + q^2 - E n q (1 - s) to it and
    B = q^2 - lambda E n q (1 - s) to each other.

    Examples
    --------
    The core, if those whom deviators leave stay together:

    >>> from unigauge.models.agreements.coalitions import partition_core
    >>> partition_core(Vertical(spillover=0.1)).stable
    (((0, 1, 2),),)
    """

    n: int = 3
    demand_intercept: float = 1.0
    compliance_cost: float = 1.0
    damage: float = 0.3
    spillover: float = 0.0
    bloc_cost: float = 5e-4

    def __post_init__(self) -> None:
        object.__setattr__(self, "n", require_integer("n", self.n, at_least=2))
        for name in ("demand_intercept", "compliance_cost"):
            value = require_number(name, getattr(self, name), above=0)
            object.__setattr__(self, name, value)
        for name in ("damage", "spillover", "bloc_cost"):
            value = require_number(name, getattr(self, name), at_least=0)
            object.__setattr__(self, name, value)

    @property
    def strictest(self) -> float:
        """The strictest standard under which firms still sell, at most 1."""
        return min(1.0, float(np.sqrt(2 * self.demand_intercept / self.compliance_cost)))

    def own(self, s: Any) -> Array:
        """Return A: what a country's standard is worth to it."""
        q, harm = self._sold(s)
        worth: Array = (self.n * q) ** 2 / 2 + q**2 - harm
        return worth

    def abroad(self, s: Any) -> Array:
        """Return B: what a country's standard is worth to each other country."""
        q, harm = self._sold(s)
        worth: Array = q**2 - self.spillover * harm
        return worth

    def _sold(self, s: Any) -> tuple[Array, Array]:
        """Return each firm's sales in a market, and the damage there."""
        strict = np.asarray(s, dtype=float)
        cost = self.compliance_cost * strict**2 / 2
        q = (self.demand_intercept - cost) / (self.n + 1)
        return q, self.damage * self.n * q * (1 - strict)

    def standard(self, members: int) -> float:
        """Return the standard of a bloc of so many members: argmax A + (members - 1) B.

        Examples
        --------
        >>> [round(Vertical(spillover=0.5).standard(c), 6) for c in (1, 2, 3)]
        [0.414125, 0.536023, 0.619995]
        """
        c = require_integer("members", members, at_least=1)
        if c > self.n:
            raise InputError(f"members is {c}; there are {self.n} countries.")
        alpha, k = self.demand_intercept, self.compliance_cost
        trade = self.n**2 / 2 + c
        harm = self.damage * self.n * (1 + (c - 1) * self.spillover) * (self.n + 1)
        # The first-order condition of trade q^2 - damage done, times (n + 1)^2 / k.
        cubic = [trade * k, -1.5 * harm, harm - 2 * trade * alpha, harm * alpha / k]
        roots = np.roots(cubic)
        inside = roots.real[np.abs(roots.imag) < 1e-9]
        tried = np.array(
            [0.0, self.strictest, *inside[(inside > 0) & (inside < self.strictest)]]
        )
        return float(tried[(self.own(tried) + (c - 1) * self.abroad(tried)).argmax()])

    def payoffs(self, partition: Any) -> Array:
        """Return every country's payoff in a partition into blocs, shape (n,).

        A(s_i) + sum of B(s_j) over the others - phi (blocs - 1), with each bloc's standard
        chosen by its members jointly.
        """
        blocs = require_partition(partition, self.n)
        strict = np.empty(self.n)
        for bloc in blocs:
            strict[list(bloc)] = self.standard(len(bloc))
        abroad = self.abroad(strict)
        payoff: Array = (
            self.own(strict) + abroad.sum() - abroad - self.bloc_cost * (len(blocs) - 1)
        )
        return payoff


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class VerticalStandards(Answer):
    """How strict standards are that one, two, ... all countries set together.

    Attributes
    ----------
    by_size : array, shape (n,)
        The standard of a bloc of 1, 2, ..., n members.
    alone, together : float
        The first and the last of them: what each sets alone, and what is best for all.
    neutral_spillover : float
        lambda at which the two agree while they are interior: 2/(n^2 + 2).
    reading : str
        ``too strict``, ``too lax`` or ``as good as``: the standard alone, against the best.
    status : str
        ``ok``; ``corner`` if a standard is 0 or as strict as possible; ``uncertified`` if
        the certificate is not nearly zero.
    certificate : float
        Largest gain of a bloc from another standard, by global search.
    world : Vertical
        The countries.
    """

    by_size: Array
    alone: float
    together: float
    neutral_spillover: float
    reading: str
    status: str
    certificate: float
    world: Vertical

    _MARKER: ClassVar[str] = "o"

    def plot_data(self) -> pd.DataFrame:
        """Return the standards by number of members."""
        import pandas as pd

        members = np.arange(1, len(self.by_size) + 1)
        return pd.DataFrame({"members": members, "standard": self.by_size})

    def _heading(self) -> str:
        return f"Standards of {self.world.n} countries, spillover {self.world.spillover:g}"


def standards(world: Vertical) -> VerticalStandards:
    """Return the standards that blocs of every size set.

    Parameters
    ----------
    world : Vertical
        The countries.

    Raises
    ------
    InputError
        If the world is no Vertical.

    Examples
    --------
    Local damage: alone, countries are too strict, since foreign profit bears part of it.

    >>> standards(Vertical(spillover=0.0)).reading, standards(Vertical(spillover=0.5)).reading
    ('too strict', 'too lax')
    """
    if not isinstance(world, Vertical):
        raise InputError(f"world is {world!r}; it must be Vertical(...).")
    by_size = np.array([world.standard(c) for c in range(1, world.n + 1)])
    gains = [_gain(world, c, s) for c, s in enumerate(by_size.tolist(), start=1)]
    apart = by_size[0] - by_size[-1]
    at_end = (by_size <= 0) | (by_size >= world.strictest)
    certified = verdict(max(gains) / max(1.0, world.demand_intercept**2))
    return VerticalStandards(
        by_size=frozen(by_size),
        alone=float(by_size[0]),
        together=float(by_size[-1]),
        neutral_spillover=neutral_spillover(world.n),
        reading=(
            "as good as" if abs(apart) < 1e-9 else "too strict" if apart > 0 else "too lax"
        ),
        status="corner" if certified == "ok" and at_end.any() else certified,
        certificate=max(gains),
        world=world,
    )


def _gain(world: Vertical, members: int, chosen: float) -> float:
    """Return what a bloc would gain by another standard."""

    def joint(points: Array) -> Array:
        s = points[:, 0]
        return world.own(s) + (members - 1) * world.abroad(s)

    return largest_gain(joint, [chosen], [0.0], [world.strictest])


def neutral_spillover(n: int) -> float:
    """Return the spillover at which a country alone sets the standard that is best for all.

    lambda = 2/(n^2 + 2), whatever damage and cost, as long as standards are interior.

    Examples
    --------
    >>> round(neutral_spillover(3), 6)
    0.181818
    """
    countries = require_integer("n", n, at_least=2)
    return 2 / (countries**2 + 2)
