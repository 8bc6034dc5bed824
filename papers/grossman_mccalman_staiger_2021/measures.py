"""What the claims measure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.regulation.delocation import (
    FOREIGN,
    HOME,
    Outcome,
    World,
    equilibrium,
    solve,
)
from unigauge.papers.grossman_mccalman_staiger_2021.worlds import DAMAGE, damaged

if TYPE_CHECKING:
    from numpy.typing import NDArray


def distance(one: Outcome, other: Outcome) -> float:
    """Return the largest difference in a design that is made, or in welfare."""
    designs = np.nanmax(np.abs(one.attributes - other.attributes))
    return float(max(designs, np.abs(one.welfare - other.welfare).max()))


def best_subsidy(world: World, attributes: NDArray[np.float64], country: int) -> float:
    """Return the subsidy that a country would choose, the partner's being 1 - beta.

    A subsidy s multiplies what sellers take in J by m = beta/(1 - s): entry is that of
    a market m times as large, consumers pay 1/m as much, and taxpayers m/beta - 1.
    """
    from scipy.optimize import minimize_scalar

    def loss(s: float) -> float:
        scale = world.curvature / (1 - s)
        size = list(world.market_size)
        size[country] *= scale
        larger = replace(world, market_size=(size[0], size[1]))
        indirect = equilibrium(larger, attributes).welfare[country]
        return float(scale / world.curvature - np.log(scale) - indirect)

    grid = np.linspace(0, 0.9, 61)
    middle = grid[np.argmin([loss(s) for s in grid])]
    around = max(middle - grid[1], 0.0), middle + grid[1]
    return float(minimize_scalar(loss, bounds=around, options={"xatol": 1e-9}).x)


def design_gaps(outcome: Outcome) -> tuple[float, ...]:
    """Return the steps gamma^F <= a_FF < a_HF and a_FH < a_HH <= gamma^H."""
    (own_home, exported_home), (exported_foreign, own_foreign) = outcome.attributes
    taste_home, taste_foreign = outcome.world.taste
    return (
        own_foreign - taste_foreign,
        exported_home - own_foreign,
        own_home - exported_foreign,
        taste_home - own_home,
    )


def gain_at_a_corner(world: World, step: float) -> float:
    """Return home's gain from moving its import standard where foreign has no firms."""
    alone = solve(world, "laissez_faire").attributes
    absent = np.where(np.isnan(alone), world.taste, alone)
    moved = absent.copy()
    moved[FOREIGN, HOME] += step
    welfare = equilibrium(world, np.array([absent, moved])).welfare[:, HOME]
    return float(welfare[1] - welfare[0])


def change(
    outcome: Outcome, cell: tuple[int, int], step: float, country: int
) -> tuple[float, float, float]:
    """Return what moving one version does to a country, its partner and the world."""
    moved = outcome.attributes.copy()
    moved[cell] += step
    gain = equilibrium(outcome.world, moved).welfare - outcome.welfare
    total = gain @ np.array(outcome.world.market_size)
    return float(gain[country]), float(gain[1 - country]), float(total)


def spread(outcome: Outcome) -> float:
    """Return t_H - t_F, by how much the two markets' standards differ."""
    return float(outcome.attributes[0, HOME] - outcome.attributes[0, FOREIGN])


def off_closed_form(outcome: Outcome) -> float:
    """Return the largest distance of national treatment from its closed form."""
    world, standards = outcome.world, outcome.attributes[0]
    sigma, phi = world.elasticity_of_substitution, world.openness
    (home, foreign), taste = world.market_size, np.array(world.taste)
    cost = world.fixed_cost + world.adaptation_cost * spread(outcome) ** 2 / 2
    appeal = np.exp(-sigma * world.taste_intensity * (standards - taste) ** 2 / 2)
    access = cost / ((1 + phi) * appeal)
    firms = (home - phi * foreign) / ((1 - phi) * (sigma - 1) * cost)
    others = (
        replace(world, trade_cost=world.trade_cost + 0.2),
        replace(world, market_size=(home, 1.05 * foreign)),
        replace(world, marginal_cost=2.0),
    )
    moves = [solve(w, "national_treatment").attributes[0] - standards for w in others]
    return float(
        max(
            np.abs(access - outcome.market_access).max(),
            abs(firms - outcome.firms[HOME]),
            np.abs(moves).max(),
        )
    )


def excess_distance(world: World) -> NDArray[np.float64]:
    """Return how much farther from harmless mutual recognition is than efficient."""
    harmless = np.array(world.harmless_attribute)
    chosen = np.abs(solve(world, "mutual_recognition").attributes - harmless)
    best = np.abs(solve(world, "efficient").attributes - harmless)
    laxer: NDArray[np.float64] = chosen - best
    return laxer


def lead(world: World) -> float:
    """Return world welfare under mutual recognition less that under national treatment."""
    one, other = (solve(world, r) for r in ("mutual_recognition", "national_treatment"))
    return one.world_welfare - other.world_welfare


def crossing(harmless: str) -> float:
    """Return the externality at which the two rules do equally well; NaN if none."""
    from scipy.optimize import brentq

    def difference(xi: float) -> float:
        return lead(damaged(harmless, (xi,))[0])

    if difference(0.0) * difference(DAMAGE[-1]) > 0:
        return float("nan")
    return float(brentq(difference, 0.0, DAMAGE[-1], xtol=1e-7))
