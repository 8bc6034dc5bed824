"""Countries that recognise one another's standards, or do not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_integer, require_number
from unigauge.models.arrays import require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["DEMANDS", "NETWORKS", "World", "require_world"]

DEMANDS = ("linear", "hotelling")
"""Modules of demand: linear with Cournot competition (L), Hotelling lines (H)."""
NETWORKS = ("direct", "component")
"""With whom a country shares network benefits: its partners, or all it is connected to."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """Countries with one firm each, which sell to one another.

    A firm from i serves market j at the cost ``production_cost[i] + trade_cost[i, j]`` and
    what conversion to j's standard costs: nothing at home, at most ``conversion_cost *
    distance[i, j]`` abroad, and less if j recognises i's goods.

    Parameters
    ----------
    n : int, default 3
        Countries, at least 2.
    demand : {"linear", "hotelling"}
        The module of demand.  Linear (L): inverse demand per head alpha + Y - q_i - gamma
        sum of the others' sales, Cournot competition.  Hotelling (H): every two varieties
        are the ends of a line of consumers who all buy; with three it is Salop's circle.
    size : float or array-like, shape (n,), default 1
        Consumers, above 0.
    production_cost : float or array-like, shape (n,), default 0
        Cost of a unit of each firm.
    trade_cost : float or array-like, shape (n, n), default 0
        t_ij: what a unit from i to j costs besides; a number holds between all countries.
    conversion_cost : float, default 0.2
        psi: what a unit costs more under an unrecognised standard at distance 1.
    adapter_cost : float, default inf
        What the cheapest way round conversion costs a unit: a dual-mode product, or an
        adapter's price and the quality it loses.
    distance : float or array-like, shape (n, n), default 1
        D: how far standards are apart; symmetric.
    mismatch : float, default 0
        mu: a recognised good costs mu D^2 a unit for not being to local taste.
    transit_cost : float, default inf
        omega: if j recognises i's goods only through others, a unit costs omega for each
        country between.  Without limit, recognition does not pass on: strict origin rules.
    network_benefit : float, default 0
        beta: what a unit of consumption under a common standard adds to everybody's value.
    network : {"direct", "component"}
        With whom that is: mutual partners, or all in the same component.
    link_cost : float, default 0
        f: what a mutual link costs each side.
    demand_intercept : float, default 1
        alpha, above 0 (linear only).
    substitution : float, default 1
        gamma in [0, 1]: 1 for goods alike, 0 for unrelated ones (linear only).
    transport_cost : float, default 1
        tH: taste for one's variety, above 0 (hotelling only).
    reservation_value : float, default 3
        v: value of the variety one likes best (hotelling only).

    Raises
    ------
    InputError
        If a number is outside its domain, or an array has another shape.

    Notes
    -----
    A reconstruction in the spirit of Goyal and Joshi (2006), *Bilateralism and free trade*,
    International Economic Review 47, and Gandal and Shy (2001), *Standardization policy and
    international trade*, Journal of International Economics 53.  In the Hotelling module
    the network benefit is a pure gain in welfare: all buy anyway, so prices do not move.

    Examples
    --------
    >>> world = World(n=3, conversion_cost=0.3, size=(2, 1, 1))
    >>> world.share
    array([0.5 , 0.25, 0.25])
    """

    n: int = 3
    demand: str = "linear"
    size: Any = 1.0
    production_cost: Any = 0.0
    trade_cost: Any = 0.0
    conversion_cost: float = 0.2
    adapter_cost: float = math.inf
    distance: Any = 1.0
    mismatch: float = 0.0
    transit_cost: float = math.inf
    network_benefit: float = 0.0
    network: str = "direct"
    link_cost: float = 0.0
    demand_intercept: float = 1.0
    substitution: float = 1.0
    transport_cost: float = 1.0
    reservation_value: float = 3.0

    def __post_init__(self) -> None:
        n = require_integer("n", self.n, at_least=2, because="one country has no partner")
        checked: dict[str, Any] = {
            "n": n,
            "demand": require_choice("demand", self.demand, DEMANDS),
            "network": require_choice("network", self.network, NETWORKS),
            "size": _vector("size", self.size, n, above=0),
            "production_cost": _vector("production_cost", self.production_cost, n),
            "trade_cost": _matrix("trade_cost", self.trade_cost, n),
            "distance": _matrix("distance", self.distance, n),
            "demand_intercept": require_number(
                "demand_intercept", self.demand_intercept, above=0
            ),
            "substitution": require_number(
                "substitution", self.substitution, at_least=0, at_most=1
            ),
            "transport_cost": require_number(
                "transport_cost", self.transport_cost, above=0
            ),
            "reservation_value": require_number(
                "reservation_value", self.reservation_value
            ),
        }
        for name in ("adapter_cost", "transit_cost"):
            value = getattr(self, name)
            checked[name] = (
                math.inf if value == math.inf else require_number(name, value, at_least=0)
            )
        for name in ("conversion_cost", "mismatch", "network_benefit", "link_cost"):
            checked[name] = require_number(name, getattr(self, name), at_least=0)
        if (checked["distance"] != checked["distance"].T).any():
            raise InputError(
                "distance is not symmetric; two standards are as far either way."
            )
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def share(self) -> Array:
        """Share of each country in all consumers."""
        share: Array = self.size / self.size.sum()
        return share

    @property
    def unrecognised(self) -> Array:
        """What conversion costs without recognition, shape (n, n), exporters in rows."""
        apart: Array = self.distance
        return np.minimum(self.conversion_cost * apart, self.adapter_cost)

    @property
    def decoupled(self) -> bool:
        """Whether what happens in a market hangs on its own partners only."""
        alone = self.network_benefit == 0 or (
            self.demand == "hotelling" and self.network == "direct"
        )
        return alone and self.transit_cost == math.inf


def require_world(world: Any) -> World:
    """Return ``world`` if it is a :class:`World`."""
    if not isinstance(world, World):
        raise InputError(f"world is {world!r}; it must be a World(...).")
    return world


def _vector(name: str, value: ArrayLike, n: int, *, above: float = -math.inf) -> Array:
    """Return one number a country."""
    array = _numbers(name, value, (n,), f"({n},), one number a country")
    return frozen([_allowed(name, entry, above) for entry in array])


def _matrix(name: str, value: ArrayLike, n: int) -> Array:
    """Return one number a pair, none at home."""
    array = _numbers(name, value, (n, n), f"({n}, {n}), exporters in rows")
    array = array * (1 - np.eye(n))
    return frozen([[_allowed(name, entry, -math.inf) for entry in row] for row in array])


def _numbers(name: str, value: ArrayLike, shape: tuple[int, ...], wanted: str) -> Array:
    given = require_array(name, value, "a number or an array")
    if given.shape not in ((), shape):
        raise InputError(f"{name} is {value!r}; it must be a number or of shape {wanted}.")
    return np.array(np.broadcast_to(given, shape))


def _allowed(name: str, entry: float, above: float) -> float:
    if math.isfinite(above):
        return require_number(name, float(entry), above=above)
    return require_number(name, float(entry), at_least=0)
