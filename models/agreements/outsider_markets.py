"""What a regional arrangement on standards does to those outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_number
from unigauge.models.agreements.bar_answers import BarAnswer
from unigauge.models.agreements.recognition_demand import linear, linear_gain
from unigauge.models.answers import verdict
from unigauge.models.arrays import require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["ARRANGEMENTS", "Outsiders", "RegionalMarkets", "outsider"]

ARRANGEMENTS = ("none", "harmonisation", "recognition", "recognition_with_origin_rules")
"""No arrangement, one strict standard, mutual recognition, and that for members only."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionalMarkets:
    """Member markets with standards of their own, and firms inside and outside.

    A firm's unit costs burden x stringency, delta for each standard beyond the first that
    it makes to (even one under which it ends up selling nothing; two countries' standards
    are two even if equally strict), psi where it needs a conformity test of its own, and t
    abroad.

    Parameters
    ----------
    stringency : array-like, shape (m,), default (1, 0.4)
        s of each member market, not negative; firms 0 to m - 1 are at home there.
    burden : array-like, shape (firms,), default (0.1, 0.1, 0.05, 0.4)
        h: what a unit of stringency costs each firm; those beyond the m-th are outsiders,
        by default a developed and a developing one.
    variety_cost : float, default 0.05
        delta.
    test_cost : float, default 0.1
        psi.
    trade_cost : float, default 0
        t.
    demand_intercept : float, default 1.5
        alpha of the linear demand, above 0.
    substitution : float, default 1
        gamma in [0, 1].

    Raises
    ------
    InputError
        If there are fewer firms than markets, or a number is outside its domain.
    """

    stringency: Any = (1.0, 0.4)
    burden: Any = (0.1, 0.1, 0.05, 0.4)
    variety_cost: float = 0.05
    test_cost: float = 0.1
    trade_cost: float = 0.0
    demand_intercept: float = 1.5
    substitution: float = 1.0

    def __post_init__(self) -> None:
        for name in ("stringency", "burden"):
            object.__setattr__(self, name, _line(name, getattr(self, name)))
        if len(self.burden) < len(self.stringency):
            raise InputError(
                f"burden has {len(self.burden)} firms and stringency {len(self.stringency)} "
                "markets; every market has its own firm, so there must be as many or more."
            )
        for name in ("variety_cost", "test_cost", "trade_cost"):
            value = require_number(name, getattr(self, name), at_least=0)
            object.__setattr__(self, name, value)
        alpha = require_number("demand_intercept", self.demand_intercept, above=0)
        gamma = require_number("substitution", self.substitution, at_least=0, at_most=1)
        object.__setattr__(self, "demand_intercept", alpha)
        object.__setattr__(self, "substitution", gamma)

    def cost(self, arrangement: str) -> Array:
        """Return what a unit costs each firm in each market, shape (firms, m)."""
        which = require_choice("arrangement", arrangement, ARRANGEMENTS)
        firms, markets = len(self.burden), len(self.stringency)
        foreign = np.arange(firms)[:, None] != np.arange(markets)
        made = np.tile(self.stringency, (firms, 1))
        separately = np.ones((firms, 1), dtype=bool)  # who makes to each market's standard
        if which == "harmonisation":
            made[:], separately[:] = self.stringency.max(), False
        elif which != "none":
            made[:markets], separately[:markets] = self.stringency[:, None], False
            if which == "recognition":
                made[markets:], separately[markets:] = self.stringency.min(), False
        cost: Array = (
            self.burden[:, None] * made
            + self.variety_cost * (markets - 1) * separately
            + self.test_cost * (foreign & separately)
            + self.trade_cost * foreign
        )
        return cost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outsiders(BarAnswer):
    """What every firm sells in the member markets.

    Attributes
    ----------
    arrangement : str
        Of the members.
    quantity : array, shape (firms, m)
        Sales per head.
    sales : array, shape (firms,)
        In all member markets.
    profit : array, shape (firms,)
        Likewise.
    consumer_surplus : array, shape (m,)
        Per head of each market, harm that standards prevent left out.
    cost : array, shape (firms, m)
        Of a unit.
    demand : str
        ``linear``: the module of demand.
    status : str
        ``ok``, or ``uncertified`` if the certificate is not nearly zero.
    certificate : float
        Largest gain of a firm from another quantity.
    """

    arrangement: str
    quantity: Array
    sales: Array
    profit: Array
    consumer_surplus: Array
    cost: Array
    demand: str
    status: str
    certificate: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row a firm."""
        import pandas as pd

        return pd.DataFrame(
            {
                "sales": self.sales,
                "profit": self.profit,
                **{f"sales_{j}": column for j, column in enumerate(self.quantity.T)},
            },
            index=pd.RangeIndex(len(self.sales), name="firm"),
        )

    def plot_data(self) -> pd.DataFrame:
        """Return sales by firm."""
        return self.to_frame().reset_index()[["firm", "sales"]]

    def _heading(self) -> str:
        return f"Sales in member markets, {self.arrangement}; {self.demand} demand"


def outsider(
    markets: RegionalMarkets | None = None, arrangement: str = "none"
) -> Outsiders:
    """Return what firms inside and outside sell under a regional arrangement.

    Parameters
    ----------
    markets : RegionalMarkets, optional
        By default two markets, a developed and a developing outsider.
    arrangement : str
        *none*: a firm makes to each market's standard and tests what it sells abroad.
        *harmonisation*: one standard, the strictest, no tests.  *recognition*: members make
        to their home standard everywhere, outsiders to the laxest, no tests.
        *recognition_with_origin_rules*: that for members only; outsiders as under none.

    Raises
    ------
    InputError
        If the arrangement is unknown.

    Notes
    -----
    A reconstruction in the spirit of Chen and Mattoo (2008), *Regionalism in standards*,
    Canadian Journal of Economics 41; see also Disdier, Fontagne and Cadot (2015), *North-South
    standards harmonization and international trade*, World Bank Economic Review 29.

    Examples
    --------
    >>> for arrangement in ARRANGEMENTS:
    ...     print(outsider(arrangement=arrangement).sales[2:].round(3))
    [0.607 0.142]
    [0.76 0.06]
    [0.688 0.408]
    [0.514 0.114]
    """
    given = RegionalMarkets() if markets is None else markets
    if not isinstance(given, RegionalMarkets):
        raise InputError(f"markets is {markets!r}; it must be RegionalMarkets(...).")
    cost = given.cost(arrangement)
    shift = np.zeros(cost.shape[1])
    sold = linear(
        shift,
        cost.T,
        intercept=given.demand_intercept,
        substitution=given.substitution,
    )
    gain = linear_gain(
        shift,
        cost.T,
        sold,
        intercept=given.demand_intercept,
        substitution=given.substitution,
    )
    return Outsiders(
        arrangement=arrangement,
        quantity=frozen(sold.quantity.T),
        sales=frozen(sold.quantity.sum(axis=0)),
        profit=frozen(sold.profit.sum(axis=0)),
        consumer_surplus=frozen(sold.consumer_surplus),
        cost=frozen(cost),
        demand="linear",
        status=verdict(float(gain.max()) / max(1.0, given.demand_intercept**2)),
        certificate=float(gain.max()),
    )


def _line(name: str, values: Any) -> Array:
    """Return at least one number, none negative."""
    given = require_array(name, values, "a sequence")
    if given.ndim != 1 or not len(given) or (given < 0).any():
        raise InputError(
            f"{name} is {values!r}; it must be a sequence of finite numbers, none negative."
        )
    return frozen(given)
