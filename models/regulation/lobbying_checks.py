"""What an economy must be before it is solved: curves that fit one another.

The families do.  Curves of one's own are tried near the price of a world without
standards: demand must fall and supply rise, a surplus must be the area beside its
curve, and a cleaner good must cost more.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError
from unigauge.models.regulation.lobbying_economy import (
    COMPLEX_STEP,
    Abatement,
    Economy,
    Market,
)
from unigauge.models.regulation.lobbying_market import wedges, world_price

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.regulation.lobbying_economy import Curve

    Array = NDArray[np.float64]

_OFF = 1e-6
"""How far, as a share, a surplus may be from the area beside its curve."""


def require_economy(economy: object) -> None:
    """Refuse what is no economy, or one whose own curves contradict one another.

    Raises
    ------
    InputError
        If ``economy`` is not an Economy, or a curve of its ``market`` or ``abatement``
        is not what it is said to be.
    """
    if not isinstance(economy, Economy):
        raise InputError(f"economy is {economy!r}; it must be an Economy(...).")
    if isinstance(economy.abatement, Abatement):
        _check_abatement(economy)
    if isinstance(economy.market, Market):
        _check_market(economy)


@lru_cache(maxsize=256)
def _check_abatement(economy: Economy) -> None:
    a = economy.arrays
    share = np.linspace(0.01, 0.99, 25)[:, None]
    tried = share / (1 - share)
    if economy.cleaning.bounded:
        tried = share * a["dirtiness_max"]
    tried = tried + np.zeros(economy.size)
    cost = economy.cleaning.cost(
        tried + 1j * COMPLEX_STEP, a["abatement_cost"], a["dirtiness_max"]
    )
    slope = np.imag(cost) / COMPLEX_STEP
    if not (slope < 0).all():
        row, country = np.argwhere(~(slope < 0))[0]
        raise InputError(
            f"abatement: the slope of cost at dirtiness {tried[row, country]:.6g} is "
            f"{slope[row, country]:.6g} (country {country + 1}); cost must fall in "
            "dirtiness and accept complex numbers."
        )


@lru_cache(maxsize=256)
def _check_market(economy: Economy) -> None:
    a, curves = economy.arrays, economy.curves
    free = float(world_price(economy, wedges(economy, "tariff", np.zeros(economy.size))))
    demand = curves.log_demand, curves.unit_consumer_surplus
    supply = curves.log_supply, curves.unit_producer_surplus
    for name, sign, pair in (("demand", -1, demand), ("supply", 1, supply)):
        scale, slope = a[f"{name}_scale"], a[f"{name}_slope"]
        for country in range(economy.size):
            given = scale[[country]], slope[[country]]
            _check_side(name, sign, pair, given, free)


def _check_side(
    name: str, sign: int, pair: tuple[Curve, Curve], given: tuple[Array, Array], free: float
) -> None:
    """Check a curve and its surplus from the free price on, the dearer way for trade."""
    log_curve, unit_surplus = pair
    size = float(np.abs(unit_surplus(np.array([free]), *given)).max())
    for share in (0.0, 0.1, 0.3, 0.7, 1.5):
        price = np.array([free - sign * share * size])
        logs, per_unit = (
            np.asarray(curve(price + 1j * COMPLEX_STEP, *given), dtype=complex)
            for curve in (log_curve, unit_surplus)
        )
        if not np.isfinite(logs.real).all():
            continue  # nobody trades there
        bend = float(logs.imag[0]) / COMPLEX_STEP
        gain = float(per_unit.imag[0]) / COMPLEX_STEP
        change = gain + float(per_unit.real[0]) * bend
        where = f"market: at price {price[0]:.6g}"
        if not sign * bend > 0:
            raise InputError(
                f"{where} the slope of log {name} is {bend:.6g}; {name} must "
                f"{'rise' if sign > 0 else 'fall'} in the price and accept complex prices."
            )
        if not abs(change - sign) <= _OFF:
            raise InputError(
                f"{where} the {'producer' if sign > 0 else 'consumer'} surplus changes by "
                f"{change:.6g} for each unit of {name} as the price rises by one; it must "
                f"change by {sign}: the surplus is the integral of {name} "
                f"{'up to' if sign > 0 else 'upwards from'} the price."
            )
