"""What the claims measure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.regulation.lobbying import (
    STANDARDS,
    Economy,
    lobbying_path,
    solve,
    solve_tax,
    thresholds,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


def changes(
    economy: Economy, standard: str, grid: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return by what share an agreement changes each standard, (grid, country)."""
    path = lobbying_path(economy, standard, grid)
    together, alone = (
        path[[f"dirtiness_{regime}_{k + 1}" for k in range(economy.size)]].to_numpy()
        for regime in ("cooperative", "noncooperative")
    )
    return np.asarray(together / alone - 1)


def change_at(economy: Economy, standard: str) -> NDArray[np.float64]:
    """Return by what share an agreement changes each standard at present lobbying."""
    return np.asarray(changes(economy, standard, np.array([economy.lobbying]))[0])


def off_switch(economy: Economy) -> tuple[float, bool]:
    """Return how far an agreement moves process standards at the switch of small countries.

    And whether below the switch it loosens all of them, and above it (as far as 1.5 times)
    tightens all.
    """
    switch = thresholds(economy, "process")["direction_reversal"]
    below = changes(economy, "process", switch * np.linspace(0, 0.95, 10))
    above = changes(economy, "process", switch * np.linspace(1.05, 1.5, 10))
    together, alone = (
        solve(replace(economy, lobbying=switch), "process", regime).dirtiness
        for regime in ("cooperative", "noncooperative")
    )
    off = float(np.abs(together / alone - 1).max())
    return off, bool((below > 0).all() and (above < 0).all())


def stricter(economy: Economy) -> NDArray[np.float64]:
    """Return by what share product standards are stricter than if countries were small."""
    large, small = (
        solve(replace(economy, large=size), "product", "noncooperative").dirtiness
        for size in (True, False)
    )
    return np.asarray(1 - large / small)


def standards_apart(economy: Economy) -> float:
    """Return the largest relative difference of cooperative product and process standards."""
    product, process = (
        solve(economy, standard, "cooperative").dirtiness for standard in STANDARDS
    )
    return float(np.abs(product / process - 1).max())


def abroad(economy: Economy, standard: str, share: float) -> float:
    """Return by what share an agreement loosens if ``share`` of emissions go abroad."""
    here = replace(economy, cross_border_share=share)
    together, alone = (
        solve(here, standard, regime).dirtiness[0]
        for regime in ("cooperative", "noncooperative")
    )
    return float(together / alone - 1)


def off_closed_forms(economy: Economy) -> float:
    """Return the largest distance of taxes from their closed forms."""
    a = economy.arrays
    gamma = economy.profit_weight

    def rates(tax: str, regime: str) -> NDArray[np.float64]:
        return solve_tax(economy, tax, regime).rate

    joint = solve_tax(economy, "consumption_tax", "cooperative")
    made = a["mass"] * joint.supply
    relief = gamma @ made / (a["supply_slope"] @ made)
    alone = solve_tax(economy, "tariff", "noncooperative")
    bends = a["supply_slope"] * alone.supply + a["demand_slope"] * alone.demand
    production = a["damage"] - gamma / a["supply_slope"]
    gaps = [
        rates("consumption_tax", "noncooperative") - a["damage"],
        joint.rate - (a["damage"] - relief),
        rates("production_tax", "noncooperative") - production,
        rates("production_tax", "cooperative") - production,
        alone.rate - gamma * alone.supply / bends,
        rates("tariff", "cooperative") - alone.rate,
    ]
    return float(np.abs(gaps).max())
