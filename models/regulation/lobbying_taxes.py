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
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from unigauge.errors import require_choice, require_number
from unigauge.models.regulation.lobbying_checks import require_economy
from unigauge.models.regulation.lobbying_market import TAXES
from unigauge.models.regulation.lobbying_regimes import small_countries
from unigauge.models.regulation.lobbying_settlement import REGIMES, RegimeOutcome, settle
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from unigauge.models.regulation.lobbying_economy import Economy


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TaxOutcome(RegimeOutcome):
    """The taxes of a regime and what they bring about.

    Prices, quantities, surpluses and welfare, tax revenue included, are those of
    :class:`RegimeOutcome`.

    Attributes
    ----------
    rate : array, shape (n,)
        Tax on a unit, in the numeraire.
    emissions : array, shape (n,)
        A unit of the good is a unit of emissions; none is counted under tariffs.
    status : str
        ``ok`` or ``no_equilibrium_found``.
    tax : str
        What was asked.
    """

    _instrument: ClassVar[str] = "tax"
    _policy: ClassVar[str] = "rate"

    rate: NDArray[np.float64]
    tax: str

    def plot_data(self) -> pd.DataFrame:
        """Return one row a country: its tax."""
        return self.to_frame()[["rate"]].reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each country's tax."""
        return self._draw(ax, "tax on a unit")

    def _heading(self) -> str:
        return f"Lobbying: {self.tax.replace('_', ' ')}, {self.regime.replace('_', ' ')}"


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
    >>> from unigauge.models.regulation.lobbying import REGIMES, Economy
    >>> economy = Economy(lobbying=0.3)
    >>> [solve_tax(economy, "consumption_tax", r).rate.round(6).item() for r in REGIMES]
    [1.0, 0.7, 1.0]
    """
    require_economy(economy)
    tax = require_choice("tax", tax, TAXES)
    regime = require_choice("regime", regime, REGIMES)
    tolerance = require_number("tolerance", tolerance, above=0)
    ruled = replace(economy, lobbying=0.0) if regime == "welfare_optimum" else economy
    settled = settle(ruled, tax, regime, tolerance)
    if tax == "tariff" and regime != "noncooperative":
        mass = economy.arrays["mass"]
        alone = small_countries(ruled, tax)[0]
        shift = float((alone - settled.policy) @ mass / mass.sum())
        settled = settled._replace(
            policy=settled.policy + shift, price=settled.price - shift
        )
    return TaxOutcome(
        **settled.fields(ruled, tax),
        rate=frozen(settled.policy),
        tax=tax,
        regime=regime,
        economy=economy,
    )
