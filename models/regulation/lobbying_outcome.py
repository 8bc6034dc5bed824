"""What a regime brings about in the lobbying model: :func:`solve` and its outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.errors import ConvergenceError, InputError, require_choice, require_number
from unigauge.models.regulation.lobbying_certificate import certify
from unigauge.models.regulation.lobbying_economy import Economy
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
from unigauge.models.regulation.outcomes import changed, comparison, first_certified
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

REGIMES = ("noncooperative", "cooperative", "welfare_optimum")
"""Regimes that :func:`solve` knows, in the order of :func:`compare`."""

STATUSES = ("ok", "corner", "shutdown", "ban", "no_equilibrium_found")
"""What ``Outcome.status`` can be.

``ok``: certified.  ``corner``: certified, and some country allows no dirtiness at all.
``shutdown``: governments together would end some country's production, which no positive
standard does.  ``ban``: some country would rather have nobody buy (process standards: make)
the good.  ``no_equilibrium_found``: nothing found that passes the certificate.  Only the first
two carry numbers.
"""

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


class Settlement(NamedTuple):
    """Where a regime comes to rest: status, policy (n,), world price, certificate."""

    status: str
    policy: NDArray[np.float64] | None
    price: float
    certificate: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outcome(Result):
    """The standards of a regime and what they bring about.

    Arrays have one entry for each country and are per unit of its mass.  All numbers
    are NaN where ``status`` is ``shutdown``, ``ban`` or ``no_equilibrium_found``.

    Attributes
    ----------
    dirtiness : array, shape (n,)
        e or z, the most dirtiness allowed: higher is looser.
    price : float
        p, the world price.
    demand, supply, consumer_surplus, producer_surplus : array, shape (n,)
        d, y, S and pi.
    emissions : array, shape (n,)
        e d under product, z y under process standards.
    welfare : array, shape (n,)
        W = pi + S - damage.
    political_payoff : array, shape (n,)
        Omega = W + gamma pi; under the welfare optimum gamma is 0.
    world_welfare : float
        sum w W.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Largest gain left to a government (or to all together), as a share of the
        surplus it has at stake, recomputed by independent code.
    corner : array of bool, shape (n,)
        Which countries allow no dirtiness at all.
    standard, regime : str
        What was asked.
    economy : Economy
        The parameters.
    """

    dirtiness: NDArray[np.float64]
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
    corner: NDArray[np.bool_]
    standard: str
    regime: str
    economy: Economy

    @property
    def has_numbers(self) -> bool:
        """Whether the outcome is one that numbers describe."""
        return self.status in ("ok", "corner")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a country: its standard and its accounts."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in ("dirtiness", *BY_COUNTRY)}
        return pd.DataFrame(columns, index=_countries(self.economy.size))

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row, with country numbers as suffixes."""
        row: dict[str, Any] = {
            "standard": self.standard,
            "regime": self.regime,
            "status": self.status,
        }
        for name in ("dirtiness", *BY_COUNTRY):
            for country, value in enumerate(getattr(self, name).tolist(), start=1):
                row[f"{name}_{country}"] = value
        return row | {
            "price": self.price,
            "world_welfare": self.world_welfare,
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return one row a country: standard, emissions and welfare."""
        return self.to_frame()[["dirtiness", "emissions", "welfare"]].reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the dirtiness that each country allows."""
        ax = axes_or_new(ax, size=(5.4, 3.2))
        data = self.plot_data()
        bars = ax.bar(data["country"].astype(str), data["dirtiness"], color="C0", width=0.5)
        ax.bar_label(bars, fmt="%.3f", padding=2)
        ax.set_xlabel("country")
        ax.set_ylabel("dirtiness allowed")
        ax.margins(y=0.15)
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        return f"Lobbying: {self.standard} standards, {self.regime.replace('_', ' ')}"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "world price": f"{self.price:.6f}",
            "world welfare": f"{self.world_welfare:.6f}",
            "certificate": f"{self.certificate:.1e}",
            "economy": changed(self.economy),
        }

    def _notes(self) -> tuple[str, ...]:
        if self.status == "corner":
            numbers = ", ".join(str(k + 1) for k in np.flatnonzero(self.corner))
            return (f"No dirtiness at all is allowed in country {numbers}.",)
        activity = "buy" if self.standard == "product" else "make"
        return {
            "ok": (),
            "shutdown": ("Together, governments would end some country's production.",),
            "ban": (f"Some country does best if nobody there may {activity} the good.",),
            "no_equilibrium_found": ("No point was found from which nobody would move.",),
        }[self.status]


def _countries(size: int) -> pd.Index[int]:
    import pandas as pd

    return pd.Index(range(1, size + 1), name="country")


def solve(
    economy: Economy, standard: str, regime: str, *, tolerance: float = 1e-8
) -> Outcome:
    """Return the standards that come out when ``regime`` rules.

    =============== ============================================================
    regime          who chooses
    =============== ============================================================
    noncooperative  each government for its own political payoff; Nash
    cooperative     all governments for the sum of their payoffs, weighted by mass
    welfare_optimum the same without lobbying: a planner for world welfare
    =============== ============================================================

    Parameters
    ----------
    economy : Economy
        Parameters.
    standard : {"product", "process"}
        Whether dirtiness is of the good in use, and cleaning at the consumer's cost, or
        of making it, at the producer's.
    regime : str
        One of :data:`REGIMES`.
    tolerance : float, default 1e-8
        Largest certificate under which an outcome counts.

    Returns
    -------
    Outcome
        With a ``status`` of :data:`STATUSES`: a ban or a shutdown is a result, not an
        error.

    Raises
    ------
    InputError
        If a name is unknown or the tolerance is not positive.
    ConvergenceError
        If the search for an optimum, which exists, misses it by more than the tolerance.

    Notes
    -----
    Source: Maggi and Ossa (2023), equations (1)-(14); large countries under process
    standards, linear markets and quadratic abatement are a reconstruction.  Standards
    are accurate to about 1e-10.

    Examples
    --------
    >>> outcome = solve(Economy(lobbying=0.2), "product", "cooperative")
    >>> print(f"{outcome.dirtiness[0]:.6f} {outcome.world_welfare:.6f}")
    0.828193 0.640711
    """
    if not isinstance(economy, Economy):
        raise InputError(f"economy is {economy!r}; it must be an Economy(...).")
    standard = require_choice("standard", standard, STANDARDS)
    regime = require_choice("regime", regime, REGIMES)
    tolerance = require_number("tolerance", tolerance, above=0)
    ruled = replace(economy, lobbying=0.0) if regime == "welfare_optimum" else economy
    settled = settle(ruled, standard, regime, tolerance)
    if settled.policy is None:
        policy = np.full(economy.size, np.nan)
        books = dict.fromkeys(BY_COUNTRY, policy)
    else:
        policy = settled.policy
        books = accounts(ruled, standard, policy, settled.price)
    corner = _at_corner(ruled, policy)
    corner.setflags(write=False)
    return Outcome(
        dirtiness=frozen(policy),
        price=settled.price,
        **{name: frozen(values) for name, values in books.items()},
        world_welfare=float(books["welfare"] @ economy.arrays["mass"]),
        status=settled.status,
        certificate=settled.certificate,
        corner=corner,
        standard=standard,
        regime=regime,
        economy=economy,
    )


def compare(
    economy: Economy, standard: str, regimes: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return one row for each regime, in the columns of :meth:`Outcome.record`.

    Examples
    --------
    >>> table = compare(Economy(lobbying=0.2), "process")
    >>> table["dirtiness_1"].round(4).tolist()
    [0.7042, 0.8282, 0.7808]
    """
    return comparison(lambda regime: solve(economy, standard, regime), regimes, REGIMES)


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
            return _nothing(ended)
        corner = instrument in STANDARDS and _at_corner(economy, found.policy).any()
        status, price = "corner" if corner else "ok", price_of(found.policy)
        return Settlement(status, found.policy, price, found.certificate)
    if alone:
        last = seen[0] if seen else small_countries(economy, instrument)[0]
        replies = best_replies(economy, instrument, last)
        banned = closes(economy, instrument, replies)
        return _nothing("ban" if banned else "no_equilibrium_found")
    raise ConvergenceError(
        f"the search for the {regime.replace('_', ' ')} of {economy} missed it; "
        "raise the tolerance, or move the parameters a little",
        iterations=found.tried,
        residual=found.certificate,
        tolerance=tolerance,
    )


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


def _nothing(status: str) -> Settlement:
    return Settlement(status, None, float("nan"), float("nan"))


def _at_corner(economy: Economy, policy: NDArray[np.float64]) -> NDArray[np.bool_]:
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
