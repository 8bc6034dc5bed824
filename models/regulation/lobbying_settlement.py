"""Where a regime of the lobbying model comes to rest, under any instrument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from unigauge.models.outcomes import changed, first_certified, missed
from unigauge.models.regulation.lobbying_certificate import certify
from unigauge.models.regulation.lobbying_market import (
    STANDARDS,
    accounts,
    log_quantities,
    semi_elasticities,
    shadow_value,
    wedges,
    world_price,
)
from unigauge.models.regulation.lobbying_regimes import (
    best_replies,
    cooperative,
    noncooperative,
    small_countries,
)
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from unigauge.models.regulation.lobbying_economy import Economy

REGIMES = ("noncooperative", "cooperative", "welfare_optimum")
"""Regimes that :func:`solve` knows, in the order of :func:`compare`."""

BY_COUNTRY = (
    "demand",
    "supply",
    "consumer_surplus",
    "producer_surplus",
    "emissions",
    "welfare",
    "political_payoff",
)
"""What the accounts of a country say, all per unit of its mass."""

_CLEAN = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RegimeOutcome(Result):
    """What a regime brings about, whatever the instrument.

    Arrays have one entry for each country and are per unit of its mass.  All numbers
    are NaN unless ``status`` is ``ok`` or ``corner``.

    Attributes
    ----------
    price : float
        p, the world price.
    demand, supply, consumer_surplus, producer_surplus : array, shape (n,)
        d, y, S and pi.
    emissions : array, shape (n,)
        What the good emits where it is used or made.
    welfare : array, shape (n,)
        W = pi + S - damage, and what taxes raise.
    political_payoff : array, shape (n,)
        Omega = W + gamma pi; under the welfare optimum gamma is 0.
    world_welfare : float
        sum w W.
    status : str
        Whether, and how, the regime came to rest.
    certificate : float
        Largest gain left to a government (or to all together), as a share of the
        surplus it has at stake, recomputed by independent code.
    regime : str
        What was asked.
    economy : Economy
        The parameters.
    """

    _instrument: ClassVar[str]
    _policy: ClassVar[str]

    price: float
    demand: NDArray[np.float64]
    supply: NDArray[np.float64]
    consumer_surplus: NDArray[np.float64]
    producer_surplus: NDArray[np.float64]
    emissions: NDArray[np.float64]
    welfare: NDArray[np.float64]
    political_payoff: NDArray[np.float64]
    world_welfare: float
    status: str
    certificate: float
    regime: str
    economy: Economy

    @property
    def has_numbers(self) -> bool:
        """Whether the outcome is one that numbers describe."""
        return self.status in ("ok", "corner")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a country: its policy and its accounts."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in (self._policy, *BY_COUNTRY)}
        countries = pd.Index(range(1, self.economy.size + 1), name="country")
        return pd.DataFrame(columns, index=countries)

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row, with country numbers as suffixes."""
        row: dict[str, Any] = {
            name: getattr(self, name) for name in (self._instrument, "regime", "status")
        }
        for name in (self._policy, *BY_COUNTRY):
            for country, value in enumerate(getattr(self, name).tolist(), start=1):
                row[f"{name}_{country}"] = value
        return row | {
            "price": self.price,
            "world_welfare": self.world_welfare,
            "certificate": self.certificate,
        }

    def _draw(self, ax: Axes | None, label: str) -> Axes:
        """Draw a bar a country for its policy; or say why there is none."""
        ax = axes_or_new(ax, size=(5.4, 3.2))
        countries = range(self.economy.size)
        bars = ax.bar(countries, getattr(self, self._policy), color="C0", width=0.5)
        ax.set_xticks(countries, [str(country + 1) for country in countries])
        ax.set_xlim(-0.6, self.economy.size - 0.4)
        ax.set_xlabel("country")
        ax.set_ylabel(label)
        ax.margins(y=0.15)
        ax.set_title(self._heading())
        if self.has_numbers:
            ax.bar_label(bars, fmt="%.3f", padding=2)
        else:
            status = self.status.replace("_", " ")
            ax.annotate(status, (0.5, 0.5), xycoords="axes fraction", ha="center")
        return ax

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "world price": f"{self.price:.6f}",
            "world welfare": f"{self.world_welfare:.6f}",
            "certificate": f"{self.certificate:.1e}",
            "economy": changed(self.economy),
        }


class Settlement(NamedTuple):
    """Where a regime comes to rest: status, policy (n,), world price, certificate."""

    status: str
    policy: NDArray[np.float64]
    price: float
    certificate: float

    def fields(self, economy: Economy, instrument: str) -> dict[str, Any]:
        """Return what :class:`RegimeOutcome` takes, but for regime and economy."""
        books = dict.fromkeys(BY_COUNTRY, self.policy)  # NaN, if that is
        if not np.isnan(self.price):
            books = accounts(economy, instrument, self.policy, self.price)
        return {
            "price": self.price,
            **{name: frozen(books[name]) for name in BY_COUNTRY},
            "world_welfare": float(books["welfare"] @ economy.arrays["mass"]),
            "status": self.status,
            "certificate": self.certificate,
        }


def settle(economy: Economy, instrument: str, regime: str, tolerance: float) -> Settlement:
    """Find where a regime comes to rest under an instrument, and certify it.

    ``economy`` is that of the regime: without lobbying for the welfare optimum.
    """
    alone = regime == "noncooperative"
    propose = noncooperative if alone else cooperative
    players = "noncooperative" if alone else "cooperative"
    seen: list[NDArray[np.float64]] = []

    def price_of(policy: NDArray[np.float64]) -> float:
        return float(world_price(economy, wedges(economy, instrument, policy)))

    def gain(policy: NDArray[np.float64]) -> float:
        seen.append(policy)
        if _ended(economy, instrument, regime, policy):
            return 0.0
        return certify(economy, instrument, players, policy, price_of(policy))

    found = first_certified(propose(economy, instrument), gain, tolerance)
    if found.policy is not None:
        if ended := _ended(economy, instrument, regime, found.policy):
            return _nothing(economy, ended)
        corner = instrument in STANDARDS and at_corner(economy, found.policy).any()
        status, price = "corner" if corner else "ok", price_of(found.policy)
        return Settlement(status, found.policy, price, found.certificate)
    if alone:
        last = seen[0] if seen else small_countries(economy, instrument)[0]
        replies = best_replies(economy, instrument, last)
        banned = closes(economy, instrument, replies)
        return _nothing(economy, "ban" if banned else "no_equilibrium_found")
    raise missed(regime, economy, found, tolerance)


def proposed(economy: Economy, instrument: str, regime: str) -> NDArray[np.float64] | None:
    """Return a regime's first, uncertified candidate; None if it ends the market."""
    propose = noncooperative if regime == "noncooperative" else cooperative
    policy = next(propose(economy, instrument), None)
    ended = policy is not None and _ended(economy, instrument, regime, policy)
    return None if ended else policy


def _ended(
    economy: Economy, instrument: str, regime: str, policy: NDArray[np.float64]
) -> str:
    """Return the status of a policy that ends a country's market, or nothing."""
    if closes(economy, instrument, policy):
        return "ban"
    together = regime != "noncooperative"
    return "shutdown" if together and _shuts(economy, instrument, policy) else ""


def _nothing(economy: Economy, status: str) -> Settlement:
    return Settlement(status, np.full(economy.size, np.nan), float("nan"), float("nan"))


def at_corner(economy: Economy, policy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which countries allow no dirtiness at all."""
    if not economy.cleaning.bounded:
        return np.zeros(economy.size, dtype=bool)
    clean: NDArray[np.bool_] = policy <= _CLEAN * economy.arrays["dirtiness_max"]
    return clean


def closes(economy: Economy, instrument: str, policy: NDArray[np.float64]) -> bool:
    """Return whether standards leave a country without buyers (or without makers)."""
    if instrument not in STANDARDS:
        return False
    wedge = wedges(economy, instrument, policy)
    price = world_price(economy, wedge)
    demand, supply = log_quantities(economy, wedge, price)
    return bool(np.isneginf(demand if instrument == "product" else supply).any())


def _shuts(economy: Economy, instrument: str, policy: NDArray[np.float64]) -> bool:
    """Return whether the joint optimum ends a country's production.

    It does where a unit less of world supply is worth more to all than its producers'
    surplus is to their government: lambda >= (1 + gamma_i)/eps_i.
    """
    if instrument != "process" or economy.cleaning.bounded:
        return False
    price = world_price(economy, wedges(economy, instrument, policy))
    worth = shadow_value(economy, instrument, policy, price)
    _, eps = semi_elasticities(economy, instrument, policy, price)
    return bool((worth * eps >= 1 + economy.profit_weight).any())
