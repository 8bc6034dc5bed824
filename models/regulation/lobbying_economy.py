"""The economy of the lobbying model: countries, markets and abatement.

The public names of this module are those of
:mod:`unigauge.models.regulation.lobbying`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_number, require_numbers
from unigauge.results import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Curve = Callable[[NDArray[Any], NDArray[Any], NDArray[Any]], NDArray[Any]]

PER_COUNTRY = (
    "demand_scale",
    "demand_slope",
    "supply_scale",
    "supply_slope",
    "damage",
    "abatement_cost",
    "dirtiness_max",
    "lobby_strength",
    "mass",
)
"""Fields of :class:`Economy` that have one entry for each country."""

COMPLEX_STEP = 1e-20

_BOUNDLESS = 1e6
"""Log of a demand without bounds."""


@dataclass(frozen=True, kw_only=True)
class Market:
    """Demand and supply, with the surplus that they give for each unit.

    Quantities are in logs, so that a market that a dear standard has all but closed
    keeps its proportions.  Each curve maps (price, scale, slope) to an array, works
    elementwise, and accepts complex prices.  :meth:`of` makes one from plain curves.

    Parameters
    ----------
    log_demand, log_supply : callable
        Logs of the quantity demanded at a consumer price and supplied at a
        producer price; minus infinity where there is none.
    unit_consumer_surplus, unit_producer_surplus : callable
        Surplus divided by quantity.
    """

    log_demand: Curve
    unit_consumer_surplus: Curve
    log_supply: Curve
    unit_producer_surplus: Curve

    @classmethod
    def of(
        cls,
        *,
        demand: Curve,
        consumer_surplus: Curve,
        supply: Curve,
        producer_surplus: Curve,
        lowest_price: float = -np.inf,
    ) -> Market:
        """Return the market with these curves of (price, scale, slope).

        Parameters
        ----------
        demand, supply : callable
            Quantities; demand falls and supply rises in the price.
        consumer_surplus, producer_surplus : callable
            The integral of demand from the price upwards, and of supply up to it.
        lowest_price : float
            Price at and below which demand has no bounds and nobody supplies; the
            curves are not asked there.

        Examples
        --------
        Demand of elasticity ``1 + slope`` and supply of elasticity ``slope``:

        >>> market = Market.of(
        ...     demand=lambda p, scale, slope: scale * p ** (-1 - slope),
        ...     consumer_surplus=lambda p, scale, slope: scale * p**-slope / slope,
        ...     supply=lambda p, scale, slope: scale * p**slope,
        ...     producer_surplus=lambda p, scale, slope: (
        ...         scale * p ** (1 + slope) / (1 + slope)
        ...     ),
        ...     lowest_price=0,
        ... )
        >>> float(market.unit_producer_surplus(np.array(3.0), 2.0, 1.0))
        1.5
        """
        return cls(
            log_demand=_above(lowest_price, _log(demand), _BOUNDLESS),
            unit_consumer_surplus=_above(
                lowest_price, _ratio(consumer_surplus, demand), 0.0
            ),
            log_supply=_above(lowest_price, _log(supply), -np.inf),
            unit_producer_surplus=_above(
                lowest_price, _ratio(producer_surplus, supply), 0.0
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Abatement:
    """What it costs to make a unit of the good cleaner.

    Parameters
    ----------
    cost : callable
        phi(e), of (dirtiness, abatement_cost, dirtiness_max): falling and convex in
        dirtiness; elementwise, and complex-step safe.
    bounded : bool
        Whether dirtiness lies in [0, dirtiness_max].  Else it is any positive number,
        and perfect cleanliness is infinitely dear.
    """

    cost: Curve
    bounded: bool


def _above(lowest: float, curve: Curve, otherwise: float) -> Curve:
    """Return the curve at prices above ``lowest``, and a constant elsewhere."""
    if lowest == -np.inf:
        return curve

    def bounded(price: Any, scale: Any, slope: Any) -> Any:
        inside = np.real(price) > lowest
        asked = np.where(inside, price, lowest + 1)
        return np.where(inside, curve(asked, scale, slope), otherwise)

    return bounded


def _log(curve: Curve) -> Curve:
    def logarithm(price: Any, scale: Any, slope: Any) -> Any:
        with np.errstate(all="ignore"):
            quantity = curve(price, scale, slope)
            present, finite = np.real(quantity) > 0, np.isfinite(quantity)
            found = np.log(np.where(present & finite, quantity, 1))
            return np.where(present, np.where(finite, found, _BOUNDLESS), -np.inf)

    return logarithm


def _ratio(surplus: Curve, curve: Curve) -> Curve:
    def per_unit(price: Any, scale: Any, slope: Any) -> Any:
        with np.errstate(all="ignore"):
            quantity = curve(price, scale, slope)
            present = np.real(quantity) > 0
            gains = surplus(price, scale, slope)
            return np.where(present, gains / np.where(present, quantity, 1), 0)

    return per_unit


def _positive(quantity: Any) -> Any:
    return np.where(np.real(quantity) > 0, quantity, 0)


MARKETS = {
    "constant_semi_elasticity": Market(
        log_demand=lambda price, scale, slope: np.log(scale) - slope * price,
        unit_consumer_surplus=lambda price, scale, slope: 1 / slope + 0 * price,
        log_supply=lambda price, scale, slope: np.log(scale) + slope * price,
        unit_producer_surplus=lambda price, scale, slope: 1 / slope + 0 * price,
    ),
    "linear": Market(
        log_demand=_log(lambda price, scale, slope: scale - slope * price),
        unit_consumer_surplus=lambda price, scale, slope: (
            _positive(scale - slope * price) / (2 * slope)
        ),
        log_supply=_log(lambda price, scale, slope: scale + slope * price),
        unit_producer_surplus=lambda price, scale, slope: (
            _positive(scale + slope * price) / (2 * slope)
        ),
    ),
}
"""Families of markets by name."""

ABATEMENTS = {
    "hyperbolic": Abatement(
        cost=lambda dirtiness, cost, dirtiest: cost / dirtiness, bounded=False
    ),
    "quadratic": Abatement(
        cost=lambda dirtiness, cost, dirtiest: cost / 2 * (dirtiest - dirtiness) ** 2,
        bounded=True,
    ),
}
"""Families of abatement by name."""


@dataclass(frozen=True, kw_only=True)
class Economy:
    """Countries that trade a good which does damage where it is used or made.

    Fields with one entry for each country accept a number, which then holds for all.
    The model follows Maggi and Ossa (2023).

    Parameters
    ----------
    demand_scale, demand_slope : sequence of float
        A and s_d; > 0.
    supply_scale, supply_slope : sequence of float
        Y and s_y; > 0, except that the scale of linear supply may be any number.
    damage : sequence of float
        a, of each unit of dirtiness consumed (product standards), or b, of each unit
        produced (process standards); > 0.
    abatement_cost : sequence of float
        k; > 0.
    dirtiness_max : sequence of float
        Dirtiness without abatement, under quadratic abatement only; > 0.
    lobby_strength : sequence of float
        nu; a government weighs a unit of profit 1 + gamma, gamma = ``lobbying`` nu; >= 0.
    mass : sequence of float
        w, a country's size; the weight of its type if countries are small; > 0.
    lobbying : float
        g, how strong lobbies are; >= 0.
    market : {"constant_semi_elasticity", "linear"} or Market
        d = A exp(-s_d p), y = Y exp(s_y p); or d = A - s_d p, y = Y + s_y p, where
        positive; or curves of your own.
    abatement : {"hyperbolic", "quadratic"} or Abatement
        phi(e) = k/e; or (k/2)(dirtiness_max - e)^2 on [0, dirtiness_max]; or your own.
    large : bool
        Whether governments know that they move the world price.  Otherwise each entry
        stands for a continuum of small countries.
    cross_border_share : float
        kappa, the share of emissions that spread evenly over the world; in [0, 1).

    Raises
    ------
    InputError
        If a value lies outside its domain, or lengths differ.

    Examples
    --------
    >>> economy = Economy(damage=(1.0, 0.4), lobbying=0.5)
    >>> economy.size, economy.demand_slope
    (2, (1.0, 1.0))
    """

    demand_scale: tuple[float, ...] = (1.0,)
    demand_slope: tuple[float, ...] = (1.0,)
    supply_scale: tuple[float, ...] = (1.0,)
    supply_slope: tuple[float, ...] = (1.0,)
    damage: tuple[float, ...] = (1.0,)
    abatement_cost: tuple[float, ...] = (1.0,)
    dirtiness_max: tuple[float, ...] = (1.0,)
    lobby_strength: tuple[float, ...] = (1.0,)
    mass: tuple[float, ...] = (1.0,)
    lobbying: float = 0.0
    market: str | Market = "constant_semi_elasticity"
    abatement: str | Abatement = "hyperbolic"
    large: bool = False
    cross_border_share: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.market, Market):
            require_choice("market", self.market, MARKETS)
        if not isinstance(self.abatement, Abatement):
            require_choice("abatement", self.abatement, ABATEMENTS)
        if not isinstance(self.large, (bool, np.bool_)):
            raise InputError(f"large is {self.large!r}; it must be True or False.")
        checked: dict[str, Any] = {
            "large": bool(self.large),
            "lobbying": require_number(
                "lobbying",
                self.lobbying,
                at_least=0,
                because="governments weigh profit at least as much as other income",
            ),
            "cross_border_share": require_number(
                "cross_border_share",
                self.cross_border_share,
                at_least=0,
                below=1,
                because="with all emissions shared no small country would abate",
            ),
        }
        given = {
            name: _entries(name, getattr(self, name), _domain(name, self.market))
            for name in PER_COUNTRY
        }
        size = max(map(len, given.values()))
        for name, entries in given.items():
            if len(entries) not in (1, size):
                longest = next(other for other in given if len(given[other]) == size)
                raise InputError(
                    f"{name} has {len(entries)} entries and {longest} has {size}; give "
                    "every country one entry, or one number for all."
                )
            checked[name] = entries * size if len(entries) == 1 else entries
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def size(self) -> int:
        """Number of countries, or of types of small countries."""
        return len(self.mass)

    @cached_property
    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Fields with one entry for each country, as read-only arrays."""
        return {name: frozen(getattr(self, name)) for name in PER_COUNTRY}

    @cached_property
    def profit_weight(self) -> NDArray[np.float64]:
        """gamma, what a unit of profit counts beyond its income, shape (n,)."""
        return frozen(self.lobbying * self.arrays["lobby_strength"])

    @cached_property
    def curves(self) -> Market:
        """The market's curves."""
        return self.market if isinstance(self.market, Market) else MARKETS[self.market]

    @cached_property
    def cleaning(self) -> Abatement:
        """The abatement technology."""
        given = self.abatement
        return given if isinstance(given, Abatement) else ABATEMENTS[given]

    @cached_property
    def symmetric(self) -> bool:
        """Whether all countries are alike; the weights of small ones do not count."""
        names = PER_COUNTRY if self.large else PER_COUNTRY[:-1]
        return all(len(set(getattr(self, name))) == 1 for name in names)

    def only(self, country: int) -> Economy:
        """Return the economy of one country alone."""
        return replace(self, **{name: getattr(self, name)[country] for name in PER_COUNTRY})


def _entries(name: str, value: object, domain: dict[str, Any]) -> tuple[float, ...]:
    """Return what was given for each country; a plain number is one entry."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes)):
        return (require_number(name, value, **domain),)
    if isinstance(value, (AbstractSet, Mapping)):
        raise InputError(f"{name} is {value!r}; give countries' entries in order.")
    entries = tuple(value)
    if not entries:
        raise InputError(f"{name} is empty; give every country one entry.")
    return require_numbers(name, entries, length=len(entries), **domain)


def _domain(name: str, market: str | Market) -> dict[str, Any]:
    """Return the bounds of a field and why they hold."""
    if name == "supply_scale" and market != "constant_semi_elasticity":
        return {}
    if name == "lobby_strength":
        return {"at_least": 0}
    reasons = {
        "demand_slope": "demand must fall in the price",
        "supply_slope": "supply must rise in the price",
        "damage": "without damage there is nothing to regulate",
        "abatement_cost": "if cleaning were free, all goods would be clean",
        "mass": "leave out a country that is not there",
    }
    return {"above": 0, "because": reasons.get(name, "")}
