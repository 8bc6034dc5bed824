"""Balanced growth: at a given rate of standardisation, and where standardising costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from unigauge.errors import require_number
from unigauge.models.answers import Answer, verdict
from unigauge.models.dynamics.crossings import crossings
from unigauge.models.dynamics.growth_certificate import (
    costly_residual,
    exogenous_residual,
)
from unigauge.models.dynamics.growth_economy import (
    Economy,
    produced,
    profit_of_new,
    profit_of_standardised,
    require_economy,
)
from unigauge.models.dynamics.growth_stability import (
    Law,
    costly_law,
    exogenous_law,
    kind_of,
)
from unigauge.models.outcomes import changed

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "STATUSES",
    "BalancedPath",
    "CostlyPath",
    "balanced_growth",
    "costly",
]

STATUSES = ("ok", "corner", "infeasible_consumption", "uncertified")
"""``corner``: the best rate or licence fee is at the end of those that were searched;
``infeasible_consumption``: output does not pay for innovation and standardisation."""

Path = TypeVar("Path", bound="BalancedPath")

_TOLERANCE = 1e-9
_FEWEST, _MOST = 60, 4000
_FEW = math.log(1e-9)
_LEAST = math.log(1e-250)
_RATIOS = np.geomspace(1e-9, 1e7, 1500)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class BalancedPath(Answer):
    """A balanced growth path: all grows at one rate, shares stay.

    Attributes
    ----------
    growth : float
        g, of goods, output and consumption.
    rate : float
        m: share of the new goods that is standardised in a unit of time.
    ratio : float
        n: new goods for one that is standardised.
    share : float
        s = 1/(1 + n): of goods that are standardised.
    interest : float
        r = g + rho.
    consumption : float
        c per variety.
    premium : float
        Wage of skilled labour over that of unskilled.
    welfare : float
        ln(c)/rho + g/rho^2, from one variety on; NaN if c is not positive.
    stability : str
        ``saddle`` (reached from any share nearby), ``source`` (from none), or ``sink``.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Largest relative residual of the equilibrium conditions, profits recomputed from
        marginal products.
    economy : Economy
        The parameters.
    """

    growth: float
    rate: float
    ratio: float
    share: float
    interest: float
    consumption: float
    premium: float
    welfare: float
    stability: str
    status: str
    certificate: float
    economy: Economy

    def plot_data(self) -> pd.DataFrame:
        """Return growth, on the fastest path, by rate of standardisation."""
        import pandas as pd

        rates = np.linspace(0, max(0.06, 2 * self.rate), 122)[1:]
        paths = [balanced_growth(self.economy, float(rate)) for rate in rates]
        growth = [found[-1].growth if found else math.nan for found in paths]
        return pd.DataFrame({"standardisation_rate": rates, "growth": growth})

    def _marks(self) -> Mapping[str, float]:
        return {"this path": self.rate}

    def _heading(self) -> str:
        return f"Balanced growth at {100 * self.growth:.2f} % with m = {self.rate:.4g}"

    def _facts(self) -> dict[str, str]:
        facts = {"status": self.status, "stability": self.stability}
        return facts | {"economy": changed(self.economy)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CostlyPath(BalancedPath):
    """A balanced growth path on which standardising is a business too.

    Attributes are those of :class:`BalancedPath`.
    """

    def plot_data(self) -> pd.DataFrame:
        """Return what innovation earns above its cost, by ratio of goods."""
        import pandas as pd

        ratio = np.geomspace(min(1e-2, self.ratio / 2), max(10, 2 * self.ratio), 200)
        gap = _innovators_gap(self.economy, ratio)
        return pd.DataFrame({"log_ratio": np.log(ratio), "excess_return": -gap})

    def _marks(self) -> Mapping[str, float]:
        return {self.stability: math.log(self.ratio)}


def balanced_growth(economy: Economy, rate: float) -> tuple[BalancedPath, ...]:
    r"""Return all balanced growth paths at a given rate of standardisation.

    On them new goods pay for themselves and shares stay:
    :math:`g = m n` and :math:`g + \rho + m = \pi_H(g/m)/\mu`.

    Parameters
    ----------
    economy : Economy
        Parameters.
    rate : float
        m > 0: share of the new goods that is standardised in a unit of time.

    Returns
    -------
    tuple of BalancedPath
        By rising growth.  With e >= 2 profits fall in n, and there is one; with goods that are hardly substitutes (e well below 2) there may be three.

    Raises
    ------
    InputError
        If ``rate`` is not above 0.

    Notes
    -----
    Source: Acemoglu, Gancia and Zilibotti (2012), restated; reconstruction.  Sign changes
    on a grid of ln n (60 nodes for e >= 2, else 4,000), each polished by Brent's method to
    1e-15.  There is always a path with some growth, but it may be as good as none; n below
    1e-250 is not looked for.

    Examples
    --------
    >>> (path,) = balanced_growth(Economy(), 0.05)
    >>> round(path.growth, 9), round(path.welfare, 6), path.stability
    (0.037632952, 118.007702, 'saddle')
    """
    require_economy(economy)
    rate = require_number("rate", rate, above=0)

    def gap(log_ratio: Any) -> Any:
        ratio = np.exp(log_ratio)
        earned = profit_of_new(economy, ratio) / economy.innovation_cost
        return rate * ratio + economy.discount_rate + rate - earned

    found = [
        math.exp(log_ratio) for log_ratio in crossings(gap, _nodes(economy, rate, gap))
    ]
    return tuple(_exogenous(economy, rate, ratio) for ratio in found)


def costly(economy: Economy) -> tuple[CostlyPath, ...]:
    r"""Return all balanced growth paths where goods are standardised at a cost.

    Standardisers enter until :math:`r = \pi_L(n)/(\mu_L + \phi)`, innovators until
    :math:`r + m (1 - \phi/\mu_H) = \pi_H(n)/\mu_H`; then :math:`g = r - \rho = m n`.

    Parameters
    ----------
    economy : Economy
        Parameters, with ``standardisation_cost`` and ``licence_fee``.

    Returns
    -------
    tuple of CostlyPath
        By rising n; empty if there is none with positive growth.  A path that is a
        ``source`` cannot be reached while both activities go on.

    Notes
    -----
    Source: Acemoglu, Gancia and Zilibotti (2012), restated; the licence fee is a
    reconstruction.  Sign changes on 1,500 logarithmic nodes of n in [1e-9, 1e7], each
    polished by Brent's method to 1e-15.

    Examples
    --------
    >>> [(round(path.growth, 6), path.stability) for path in costly(Economy())]
    [(0.00937, 'saddle'), (0.043978, 'source')]
    """
    require_economy(economy)
    found = crossings(lambda n: _innovators_gap(economy, n), _RATIOS)
    rho, cost = economy.discount_rate, economy.standardisation_cost + economy.licence_fee
    grows = (n for n in found if profit_of_standardised(economy, n) / cost > rho)
    return tuple(_costly(economy, ratio) for ratio in grows)


# ---------------------------------------------------------------------------


def _nodes(economy: Economy, rate: float, gap: Callable[[float], float]) -> Floats:
    """Return a grid of ln n: one step up to where profits may bend, then even steps."""
    e = economy.elasticity
    labour = economy.unskilled / economy.skilled
    bend = _FEW + min(0.0, (e - 1) * math.log(labour))  # profits fall in n below it
    low = bend
    while gap(low) > 0 and low > _LEAST:
        low -= 1
    even = np.linspace(bend, _beyond_all(economy, rate), _FEWEST if e >= 2 else _MOST)
    return np.union1d([low], even)


def _beyond_all(economy: Economy, rate: float) -> float:
    """Return a ln n beyond which innovation never pays; a bound on profits falls in n."""
    rising = max(0.0, (2 - economy.elasticity) / (economy.elasticity - 1))
    high = 1.0
    while True:
        ratio = math.exp(high)
        bound = profit_of_new(economy, ratio) * (1 + 1 / ratio) ** rising
        if rate * ratio + economy.discount_rate + rate > bound / economy.innovation_cost:
            return high
        high += 1


def _innovators_gap(economy: Economy, ratio: Any) -> Any:
    """Return what a new good must earn less what it does, at the standardisers' interest."""
    mu, fee = economy.innovation_cost, economy.licence_fee
    interest = profit_of_standardised(economy, ratio) / (economy.standardisation_cost + fee)
    rate = (interest - economy.discount_rate) / ratio
    return interest + rate * (1 - fee / mu) - profit_of_new(economy, ratio) / mu


def _exogenous(economy: Economy, rate: float, ratio: float) -> BalancedPath:
    """Return the path with this ratio of goods."""
    growth = rate * ratio
    consumption = float(produced(economy, ratio)) - economy.innovation_cost * growth
    return _path(
        BalancedPath,
        economy,
        (rate, ratio, consumption),
        exogenous_residual(economy, rate, growth, consumption),
        exogenous_law(economy, rate),
    )


def _costly(economy: Economy, ratio: float) -> CostlyPath:
    """Return the path with this ratio of goods."""
    cost = economy.standardisation_cost
    interest = float(profit_of_standardised(economy, ratio)) / (cost + economy.licence_fee)
    growth = interest - economy.discount_rate
    rate = growth / ratio
    spent = economy.innovation_cost * growth + cost * rate * ratio / (1 + ratio)
    consumption = float(produced(economy, ratio)) - spent
    return _path(
        CostlyPath,
        economy,
        (rate, ratio, consumption),
        costly_residual(economy, rate, growth, consumption),
        costly_law(economy),
    )


def _path(
    kind: type[Path],
    economy: Economy,
    found: tuple[float, float, float],
    residual: float,
    law: Law,
) -> Path:
    """Return the path with this rate, ratio and consumption."""
    rate, ratio, consumption = found
    growth = rate * ratio
    e, rho = economy.elasticity, economy.discount_rate
    feasible = consumption > 0
    return kind(
        growth=growth,
        rate=rate,
        ratio=ratio,
        share=1 / (1 + ratio),
        interest=growth + rho,
        consumption=consumption,
        premium=(1 - 1 / e) * (ratio * economy.unskilled / economy.skilled) ** (1 / e),
        welfare=math.log(consumption) / rho + growth / rho**2 if feasible else math.nan,
        stability=kind_of(economy, law, ratio, consumption) if feasible else "",
        status=verdict(residual, _TOLERANCE) if feasible else "infeasible_consumption",
        certificate=residual,
        economy=economy,
    )
