"""New goods and standardised goods: technology, profits, and the economy's parameters."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.arrays import require_array

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Number = float | complex | NDArray[Any]

__all__ = [
    "Economy",
    "innovator_profit",
    "output",
    "produced",
    "profit_of_new",
    "profit_of_standardised",
    "require_economy",
    "standardiser_profit",
]


@dataclass(frozen=True, kw_only=True)
class Economy:
    """A growing economy in which goods are invented and then standardised.

    A new good needs skilled labour and earns its inventor a monopoly profit; a
    standardised one needs unskilled labour only.

    Parameters
    ----------
    innovation_cost : float
        mu (mu_H) > 0: cost of a new good, in units of output per variety.
    discount_rate : float
        rho > 0; utility is logarithmic.
    skilled, unskilled : float
        H, L > 0: labour.
    elasticity : float
        e > 1: of substitution between goods.
    standardisation_cost : float
        mu_L > 0: what it costs to standardise a good, where that is costly.
    licence_fee : float
        phi in [0, mu): what the standardiser pays to the innovator, where standardisation
        is costly.

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Examples
    --------
    >>> Economy(elasticity=3).innovation_cost
    10.0
    """

    innovation_cost: float = 10.0
    discount_rate: float = 0.02
    skilled: float = 1.0
    unskilled: float = 1.0
    elasticity: float = 2.0
    standardisation_cost: float = 20.0
    licence_fee: float = 0.0

    def __post_init__(self) -> None:
        bounds: dict[str, dict[str, Any]] = {
            "elasticity": {"above": 1, "because": "else the mark-up has no bound"},
            "licence_fee": {
                "at_least": 0,
                "below": self.innovation_cost,
                "because": "it must be less than innovation_cost, or a patent costs nothing",
            },
        }
        for field in fields(self):
            allowed = bounds.get(field.name, {"above": 0})
            value = require_number(field.name, getattr(self, field.name), **allowed)
            object.__setattr__(self, field.name, value)


def innovator_profit(economy: Economy, ratio: ArrayLike) -> Any:
    r"""Return the profit from a new good if there are n new goods for a standardised one.

    .. math::

       \pi_H(n) = \frac{H}{e} \left(1 + \frac1n\right)^{\frac{e-2}{e-1}}
       \left[1 + (L/H)^{\frac{e-1}{e}} n^{-1/e}\right]^{\frac{1}{e-1}}

    Parameters
    ----------
    economy : Economy
        Parameters.
    ratio : array_like
        n > 0, a number or an array.

    Raises
    ------
    InputError
        If a ratio is not above 0.

    Examples
    --------
    >>> innovator_profit(Economy(), 1.0)
    np.float64(1.0)
    """
    require_economy(economy)
    return profit_of_new(economy, _ratios(ratio))


def standardiser_profit(economy: Economy, ratio: ArrayLike) -> Any:
    r"""Return the profit from a standardised good that is not yet open to competitors.

    .. math::

       \pi_L(n) = \frac{L}{e} (1 + n)^{\frac{e-2}{e-1}}
       \left[1 + (H/L)^{\frac{e-1}{e}} n^{1/e}\right]^{\frac{1}{e-1}}

    Parameters
    ----------
    economy : Economy
        Parameters.
    ratio : array_like
        n > 0, a number or an array.

    Raises
    ------
    InputError
        If a ratio is not above 0.

    Examples
    --------
    >>> standardiser_profit(Economy(), 1.0)
    np.float64(1.0)
    """
    require_economy(economy)
    return profit_of_standardised(economy, _ratios(ratio))


def output(economy: Economy, share: ArrayLike) -> Any:
    r"""Return output per variety if this share of goods is standardised.

    .. math::

       y(s) = \left[s^{1/e} L^{\frac{e-1}{e}}
       + (1-s)^{1/e} H^{\frac{e-1}{e}}\right]^{\frac{e}{e-1}}

    Parameters
    ----------
    economy : Economy
        Parameters.
    share : array_like
        s in [0, 1], a number or an array.

    Raises
    ------
    InputError
        If a share is outside [0, 1].

    Examples
    --------
    >>> output(Economy(), 0.5).round(9)
    np.float64(2.0)
    """
    require_economy(economy)
    old = require_array("share", share, "a share or an array")
    if not ((old >= 0) & (old <= 1)).all():
        raise InputError(f"share is {share!r}; it must be at least 0 and at most 1.")
    return _aggregate(economy, old, 1 - old)


def profit_of_new(economy: Economy, ratio: Number) -> Any:
    """Return :func:`innovator_profit` of numbers that need no check, complex ones too."""
    e, labour = economy.elasticity, economy.unskilled / economy.skilled
    variety = (e - 2) * np.log1p(1 / ratio)
    demand = np.log1p(labour ** ((e - 1) / e) * ratio ** (-1 / e))
    return economy.skilled / e * np.exp((variety + demand) / (e - 1))


def profit_of_standardised(economy: Economy, ratio: Number) -> Any:
    """Return :func:`standardiser_profit` of numbers that need no check."""
    e, labour = economy.elasticity, economy.skilled / economy.unskilled
    variety = (e - 2) * np.log1p(ratio)
    demand = np.log1p(labour ** ((e - 1) / e) * ratio ** (1 / e))
    return economy.unskilled / e * np.exp((variety + demand) / (e - 1))


def produced(economy: Economy, ratio: Number) -> Any:
    """Return output per variety by ratio, exact where hardly any good is new."""
    return _aggregate(economy, 1 / (1 + ratio), ratio / (1 + ratio))


def require_economy(economy: object) -> None:
    """Raise InputError unless this is an Economy."""
    if not isinstance(economy, Economy):
        raise InputError(f"economy is {economy!r}; it must be an Economy(...).")


def _aggregate(economy: Economy, old: Number, new: Number) -> Any:
    """Return output per variety for shares of standardised and of new goods."""
    e = economy.elasticity
    low = old ** (1 / e) * economy.unskilled ** ((e - 1) / e)
    high = new ** (1 / e) * economy.skilled ** ((e - 1) / e)
    return (low + high) ** (e / (e - 1))


def _ratios(given: ArrayLike) -> NDArray[np.float64]:
    ratios = require_array("ratio", given, "a number or an array")
    if not (ratios > 0).all():
        raise InputError(f"ratio is {given!r}; it must be above 0: new goods for one old.")
    return ratios
