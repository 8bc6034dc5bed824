"""Firms, consumers, and the size of networks: the market of Katz and Shapiro (1985)."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer, require_number, require_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Market", "outputs", "require_market"]


@dataclass(frozen=True, kw_only=True)
class Market:
    """Firms that sell a good with network effects at no cost of production.

    Parameters
    ----------
    size : float
        A > 0: what the good alone is worth to the keenest consumer.  Its worth to others is
        spread uniformly below, with density one.
    network_benefit : float
        b >= 0: a network of y users adds v(y) = b y to its worth.
    firms : int
        n >= 1.
    installed_base : float or sequence of float
        Users that each firm already has; >= 0.  One number stands for all firms.
    saturation : float
        Size beyond which more users add nothing, v(y) = b min(y, saturation); above 0,
        infinite by default.

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Examples
    --------
    >>> Market(installed_base=(1, 0)).installed_base
    (1.0, 0.0)
    """

    size: float = 1.0
    network_benefit: float = 0.5
    firms: int = 2
    installed_base: float | tuple[float, ...] = 0.0
    saturation: float = np.inf

    def __post_init__(self) -> None:
        firms = require_integer("firms", self.firms, at_least=1)
        base: Any = self.installed_base
        base = (base,) * firms if isinstance(base, Real) else base
        checked: dict[str, Any] = {
            "size": require_number("size", self.size, above=0),
            "network_benefit": require_number(
                "network_benefit", self.network_benefit, at_least=0
            ),
            "firms": firms,
            "installed_base": require_numbers(
                "installed_base", base, length=firms, at_least=0
            ),
        }
        if not (isinstance(self.saturation, Real) and self.saturation == np.inf):
            checked["saturation"] = require_number("saturation", self.saturation, above=0)
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def base(self) -> NDArray[np.float64]:
        """Installed bases, one entry a firm."""
        return np.array(self.installed_base, dtype=np.float64)

    def network_value(self, users: ArrayLike) -> NDArray[np.float64]:
        """Return v(y), what a network of so many users adds."""
        known = np.minimum(np.asarray(users, dtype=np.float64), self.saturation)
        return np.asarray(self.network_benefit * known)


def outputs(market: Market, networks: ArrayLike) -> NDArray[np.float64]:
    """Return Cournot outputs if consumers expect these network sizes.

    Where all firms sell it is ``x_i = (A + n v(y_i) - sum_{j != i} v(y_j)) / (n + 1)``.

    Parameters
    ----------
    market : Market
        Parameters.
    networks : array_like, shape (n,)
        y, users expected in the network that each firm belongs to.

    Returns
    -------
    array, shape (n,)

    Examples
    --------
    >>> outputs(Market(size=1, network_benefit=0.5), [0.4, 0.4]).round(9)
    array([0.4, 0.4])
    """
    require_market(market)
    expected = require_numbers("networks", networks, length=market.firms, at_least=0)
    worth = market.size + market.network_value(expected)
    best = np.sort(worth)[::-1]  # the firms that sell are the best
    totals = np.cumsum(best) / np.arange(2, market.firms + 2)
    total = totals[np.flatnonzero(best > totals)[-1]]
    return np.asarray(np.maximum(0.0, worth - total))


def require_market(market: object) -> None:
    """Raise InputError unless this is a Market."""
    if not isinstance(market, Market):
        raise InputError(f"market is {market!r}; it must be a Market(...).")
