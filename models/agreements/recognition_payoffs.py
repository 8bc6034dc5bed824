"""What every country earns under a network of recognition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.agreements.bar_answers import BarAnswer
from unigauge.models.agreements.link_graphs import require_links
from unigauge.models.agreements.recognition_demand import DOMAINS
from unigauge.models.agreements.recognition_engine import (
    deviation_gain,
    evaluate,
    sell,
    tabulate,
)
from unigauge.models.agreements.recognition_world import World, require_world
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Market", "Payoffs", "market", "payoff_table", "payoffs"]


def payoff_table(world: World) -> Array:
    """Return every country's welfare in every graph of mutual recognition.

    Parameters
    ----------
    world : World
        At most seven countries.

    Returns
    -------
    array, shape (graphs, n)
        Row g belongs to the graph g, of which bit k says whether the k-th pair in
        lexicographic order is linked; NaN where network effects are explosive.

    Raises
    ------
    InputError
        If there are more than seven countries.

    Notes
    -----
    Where a market hangs on its own partners only (no network benefit, or Hotelling
    demand; no transit) n tables of 2^(n-1) markets give all 2^(n(n-1)/2) graphs, a second
    for seven countries.  Elsewhere each graph is solved, and seven take minutes.

    Examples
    --------
    The payoffs of Goyal and Joshi, where an unrecognised good is not sold at all:

    >>> payoff_table(World(conversion_cost=5.0))[1].round(6)
    array([0.444444, 0.444444, 0.375   ])
    """
    return tabulate(world)[0].T


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Payoffs(BarAnswer):
    """What every country earns under one network of recognition.

    Attributes
    ----------
    welfare : array, shape (n,)
        Consumer surplus and profits from all markets, less the cost of links.
    total : float
        World welfare.
    consumer_surplus : array, shape (n,)
        Per head of each market.
    profit : array, shape (n, n)
        Per head; exporters in rows, markets in columns.
    quantity : array, shape (n, n)
        Sales per head; exporters in rows, markets in columns.
    network_value : array, shape (n,)
        Y: what the network of standards adds to the value of a unit.
    demand : str
        The module of demand that the numbers hold for.
    status : str
        ``ok``; ``uncertified`` if the certificate is above 1e-8 (as a share of the largest
        profit if that is above 1); ``explosive`` where network effects admit no equilibrium
        (welfare is NaN);
        ``outside`` or ``uncovered`` where Hotelling's equations do not describe the market:
        a firm loses a whole line or would rather deviate, or some consumers would not buy.
    certificate : float
        Largest gain of a firm from another quantity or price, or distance of the network
        value from what is consumed.
    world : World
        The world.
    """

    welfare: Array
    total: float
    consumer_surplus: Array
    profit: Array
    quantity: Array
    network_value: Array
    demand: str
    status: str
    certificate: float
    world: World

    def to_frame(self) -> pd.DataFrame:
        """Return one row a country."""
        import pandas as pd

        return pd.DataFrame(
            {
                "welfare": self.welfare,
                "consumer_surplus": self.consumer_surplus,
                "profit": self.profit @ self.world.size,
                "sales_at_home": self.quantity.diagonal(),
                "imports": self.quantity.sum(axis=0) - self.quantity.diagonal(),
            },
            index=pd.RangeIndex(len(self.welfare), name="country"),
        )

    def plot_data(self) -> pd.DataFrame:
        """Return welfare by country."""
        return self.to_frame().reset_index()[["country", "welfare"]]

    def _heading(self) -> str:
        return f"Recognition among {self.world.n} countries, {self.demand} demand"


def payoffs(world: World, links: Any) -> Payoffs:
    """Return what every country earns under a network of recognition.

    Parameters
    ----------
    world : World
        The world.
    links : int, sequence of pairs, or array of shape (n, n)
        A graph's number, or the pairs that recognise each other; or an array in which entry
        (j, i) says whether j recognises i's goods, which may be one-sided.

    Raises
    ------
    InputError
        If the world is no World or the links do not fit it.

    Examples
    --------
    >>> world = World(
    ...     conversion_cost=0.3, substitution=0.5, network_benefit=0.3, size=(2, 1, 1)
    ... )
    >>> payoffs(world, [(0, 1), (1, 2)]).welfare.round(6)
    array([1.619646, 1.427586, 0.921108])
    """
    found = evaluate(require_world(world), require_links(links, world.n)[None])
    status = DOMAINS[int(found.domain[0])]
    return Payoffs(
        welfare=frozen(found.welfare[0]),
        total=float(found.welfare[0].sum()),
        consumer_surplus=frozen(found.consumer_surplus[0]),
        profit=frozen(found.profit[0].T),
        quantity=frozen(found.quantity[0].T),
        network_value=frozen(found.shift[0]),
        demand=world.demand,
        status=status,
        certificate=float(found.gap[0]),
        world=world,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Market(BarAnswer):
    """Competition in one market, all per head.

    Attributes
    ----------
    quantity, profit, price : array, shape (n,)
        One entry a firm.
    consumer_surplus : float
        Of the market.
    demand : str
        The module of demand.
    status : str
        As in :class:`Payoffs`.
    certificate : float
        Largest gain of a firm from another quantity (linear) or price (hotelling).
    """

    quantity: Array
    profit: Array
    price: Array
    consumer_surplus: float
    demand: str
    status: str
    certificate: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row a firm."""
        import pandas as pd

        names = ("quantity", "price", "profit")
        return pd.DataFrame({name: getattr(self, name) for name in names}).rename_axis(
            "firm"
        )

    def plot_data(self) -> pd.DataFrame:
        """Return quantity and profit by firm."""
        return self.to_frame().reset_index()[["firm", "quantity", "profit"]]

    def _heading(self) -> str:
        return f"One market, {len(self.quantity)} firms, {self.demand} demand"


def market(world: World, cost: ArrayLike, *, network_value: float = 0.0) -> Market:
    """Return competition in one market, given what it costs each firm to serve it.

    Parameters
    ----------
    world : World
        Whose demand it is.
    cost : array-like, shape (n,)
        Delivered cost of a unit of each firm.
    network_value : float, default 0
        Y: what the network adds to the value of a unit.

    Raises
    ------
    InputError
        If there is not one finite cost for each country.

    Examples
    --------
    >>> duel = market(World(demand="hotelling"), [0.0, 0.4, 0.9])
    >>> duel.quantity.round(4), round(duel.consumer_surplus, 6), duel.status
    (array([0.42, 0.34, 0.24]), 1.332933, 'ok')
    """
    costs = np.asarray(cost, dtype=float)
    if costs.shape != (require_world(world).n,) or not np.isfinite(costs).all():
        raise InputError(
            f"cost is {cost!r}; it must be one finite number for each of {world.n} firms."
        )
    shift = np.array([require_number("network_value", network_value)])
    sales = sell(world, shift, costs[None])
    gain = deviation_gain(world, shift, costs[None], sales)
    return Market(
        quantity=frozen(sales.quantity[0]),
        profit=frozen(sales.profit[0]),
        price=frozen(sales.price[0]),
        consumer_surplus=float(sales.consumer_surplus[0]),
        demand=world.demand,
        status=DOMAINS[int(sales.domain[0])],
        certificate=float(gain[0]),
    )
