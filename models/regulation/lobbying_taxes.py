"""Taxes and tariffs instead of standards, in the economy of lobbying (ours).

Each unit consumed (consumption tax) or made (production tax) does ``damage``, and no
standard can change that; a tariff, a tax on imports that also lifts what producers
receive, meets no damage.  Revenue returns to the public.  In equilibrium, with
lambda = sum w gamma y/sum w eps y,

    consumption tax   alone a                            together a - lambda
    production tax    alone b - gamma/eps                together the same
    tariff            alone gamma y/(eps y + sigma d)    together the same, up to a
                                                         constant

for small countries: only a consumption tax leaves an agreement something to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_number
from unigauge.models.regulation.lobbying_economy import Economy
from unigauge.models.regulation.lobbying_market import TAXES, accounts
from unigauge.models.regulation.lobbying_outcome import BY_COUNTRY, REGIMES, settle
from unigauge.models.regulation.lobbying_regimes import small_countries
from unigauge.models.regulation.outcomes import changed
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TaxOutcome(Result):
    """The taxes of a regime and what they bring about.

    Attributes
    ----------
    rate : array, shape (n,)
        Tax on a unit, in the numeraire.
    price : float
        p, the world price.
    demand, supply, consumer_surplus, producer_surplus, emissions : array, shape (n,)
        As in the outcome under standards; a unit of the good is a unit of emissions,
        and none is counted under tariffs.
    welfare, political_payoff : array, shape (n,)
        Tax revenue included.
    world_welfare : float
        sum w W.
    status : str
        ``ok`` or ``no_equilibrium_found``.
    certificate : float
        As in the outcome under standards.
    tax, regime : str
        What was asked.
    economy : Economy
        The parameters.
    """

    rate: NDArray[np.float64]
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
    tax: str
    regime: str
    economy: Economy

    def to_frame(self) -> pd.DataFrame:
        """Return one row a country: its tax and its accounts."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in ("rate", *BY_COUNTRY)}
        countries = pd.Index(range(1, len(self.rate) + 1), name="country")
        return pd.DataFrame(columns, index=countries)

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row, with country numbers as suffixes."""
        row: dict[str, Any] = {"tax": self.tax, "regime": self.regime}
        for country, rate in enumerate(self.rate.tolist(), start=1):
            row[f"rate_{country}"] = rate
        return row | {
            "price": self.price,
            "world_welfare": self.world_welfare,
            "status": self.status,
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return one row a country: its tax."""
        return self.to_frame()[["rate"]].reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each country's tax."""
        ax = axes_or_new(ax, size=(5.4, 3.2))
        data = self.plot_data()
        ax.bar(data["country"].astype(str), data["rate"], color="C0", width=0.5)
        ax.axhline(0, color="0.6", lw=0.8)
        ax.set_xlabel("country")
        ax.set_ylabel("tax on a unit")
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        name, regime = self.tax.replace("_", " "), self.regime.replace("_", " ")
        return f"Lobbying: {name}, {regime}"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "world price": f"{self.price:.6f}",
            "world welfare": f"{self.world_welfare:.6f}",
            "certificate": f"{self.certificate:.1e}",
            "economy": changed(self.economy),
        }


def solve_tax(
    economy: Economy, tax: str, regime: str, *, tolerance: float = 1e-8
) -> TaxOutcome:
    """Return the taxes that come out when ``regime`` rules.

    Parameters
    ----------
    economy : Economy
        Parameters; abatement plays no part.
    tax : {"consumption_tax", "production_tax", "tariff"}
        The instrument.
    regime : {"noncooperative", "cooperative", "welfare_optimum"}
        As under standards.  Only differences of tariffs matter to all together; they
        are given the mass-weighted mean of the noncooperative ones of small countries.
    tolerance : float, default 1e-8
        Largest certificate under which an outcome counts.

    Returns
    -------
    TaxOutcome
        With ``status`` ``ok`` or ``no_equilibrium_found``.

    Raises
    ------
    InputError
        If a name is unknown or the tolerance is not positive.
    ConvergenceError
        If the search for an optimum, which exists, misses it.

    Examples
    --------
    >>> economy = Economy(lobbying=0.3)
    >>> [solve_tax(economy, "consumption_tax", r).rate.round(6).item() for r in REGIMES]
    [1.0, 0.7, 1.0]
    """
    if not isinstance(economy, Economy):
        raise InputError(f"economy is {economy!r}; it must be an Economy(...).")
    tax = require_choice("tax", tax, TAXES)
    regime = require_choice("regime", regime, REGIMES)
    tolerance = require_number("tolerance", tolerance, above=0)
    ruled = replace(economy, lobbying=0.0) if regime == "welfare_optimum" else economy
    settled = settle(ruled, tax, regime, tolerance)
    rate, price = settled.policy, settled.price
    if rate is None:
        rate = np.full(economy.size, np.nan)
    elif tax == "tariff" and regime != "noncooperative":
        mass = economy.arrays["mass"]
        alone = small_countries(ruled, tax)[0]
        shift = float((alone - rate) @ mass / mass.sum())
        rate, price = rate + shift, price - shift
    books = accounts(ruled, tax, rate, price)
    return TaxOutcome(
        rate=frozen(rate),
        price=price,
        **{name: frozen(values) for name, values in books.items()},
        world_welfare=float(books["welfare"] @ economy.arrays["mass"]),
        status=settled.status,
        certificate=settled.certificate,
        tax=tax,
        regime=regime,
        economy=economy,
    )
