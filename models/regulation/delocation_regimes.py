"""What standards come out when each regime rules: the regimes of delocation.

Each function takes a world and returns the four attributes, shape (2, 2) =
[origin, market], or None where it finds no equilibrium.  What they return is
certified elsewhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.regulation.best_responses import maximise, nash
from unigauge.models.regulation.delocation_market import (
    FOREIGN,
    HOME,
    World,
    clear_markets,
    design_cost,
    earnings,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@lru_cache(maxsize=64)
def laissez_faire(world: World) -> NDArray[np.float64] | None:
    """Let firms choose both versions at given market access, until nobody redesigns.

    Zero profit of the best designs is a convex system in market access, and going
    back and forth between designs and access is Newton's method on it.
    """
    designs = np.array([world.taste, world.taste])
    for _ in range(100):
        access = clear_markets(world, designs)["market_access"]
        before = designs
        designs = np.array(
            [_best_design(world, access, k, before[k]) for k in (HOME, FOREIGN)]
        )
        if np.abs(designs - before).max() < 1e-13:
            break
    else:
        if np.abs(designs - before).max() > 1e-9:
            return None
    return designs


def _best_design(
    world: World, access: NDArray[np.float64], origin: int, start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the pair of versions that earns a firm of ``origin`` most."""

    def profit(pair: NDArray[Any]) -> NDArray[Any]:
        designs = np.stack([pair, pair], axis=-2)
        earned: NDArray[Any] = (earnings(world, designs)[..., origin, :] * access).sum(-1)
        return earned - design_cost(world, designs)[..., origin]

    low, high = world.attribute_bounds
    tastes = [world.taste, (world.taste[origin],) * 2]
    return maximise(
        profit, [low] * 2, [high] * 2, grid=21, starts=[start, *tastes], keep=3
    ).point


def _welfare(world: World, attributes: NDArray[Any]) -> NDArray[Any]:
    return clear_markets(world, attributes)["welfare"]


def _world_welfare(world: World, attributes: NDArray[Any]) -> NDArray[Any]:
    total: NDArray[Any] = _welfare(world, attributes) @ np.array(world.market_size)
    return total


def _four_versions(profiles: NDArray[Any]) -> NDArray[Any]:
    """Read (a_HH, a_HF, a_FH, a_FF) as attributes [origin, market]."""
    return profiles.reshape(*profiles.shape[:-1], 2, 2)


def _one_standard_a_market(standards: NDArray[Any]) -> NDArray[Any]:
    """Read (t_H, t_F) as attributes: whatever is sold in J meets t_J."""
    return np.stack([standards, standards], axis=-2)


def efficient(world: World) -> NDArray[np.float64]:
    """Let a planner choose all four attributes for world welfare."""
    low, high = world.attribute_bounds
    starts = [np.ravel([world.taste, world.taste])]
    designs = laissez_faire(world)
    if designs is not None:
        starts.append(designs.ravel())
    best = maximise(
        lambda profiles: _world_welfare(world, _four_versions(profiles)),
        [low] * 4,
        [high] * 4,
        grid=7,
        starts=starts,
    )
    return _four_versions(best.point)


def national_treatment(world: World) -> NDArray[np.float64] | None:
    """Let each government set one standard for all that is sold at home."""
    low, high = world.attribute_bounds
    standards = nash(
        lambda owner, points: _welfare(world, _one_standard_a_market(points))[..., owner],
        [[HOME], [FOREIGN]],
        [low] * 2,
        [high] * 2,
        world.taste,
        grid=201,
    )
    return None if standards is None else _one_standard_a_market(standards)


def national_treatment_optimum(world: World) -> NDArray[np.float64]:
    """Let a planner choose one standard a market for world welfare."""
    low, high = world.attribute_bounds
    best = maximise(
        lambda standards: _world_welfare(world, _one_standard_a_market(standards)),
        [low] * 2,
        [high] * 2,
        grid=41,
        starts=[world.taste],
    )
    return _one_standard_a_market(best.point)


def mutual_recognition(world: World) -> NDArray[np.float64] | None:
    """Let each government set both versions of its own industry."""
    low, high = world.attribute_bounds
    start = laissez_faire(world)
    profile = nash(
        lambda owner, points: _welfare(world, _four_versions(points))[..., owner],
        [[0, 1], [2, 3]],
        [low] * 4,
        [high] * 4,
        np.ravel([world.taste, world.taste]) if start is None else start.ravel(),
        grid=25,
    )
    return None if profile is None else _four_versions(profile)


def old_agreement(world: World) -> NDArray[np.float64] | None:
    """Let each government set the imports' version, and firms their own market's.

    Welfare rises either way from the standard that firms would choose, so only the
    ends of the bounds can be rest points.  A standard that ends imports is a ban and
    is not allowed in equilibrium; as a deviation, one that leaves a country without
    firms counts.
    """
    scan = np.linspace(*world.attribute_bounds, 41)
    stable = []
    for imports in itertools.product(world.attribute_bounds, repeat=2):
        attributes = _firms_answer(world, np.array(imports))
        if attributes is None or (clear_markets(world, attributes)["firms"] <= 0).any():
            continue
        here, moves = _welfare(world, attributes), np.tile(imports, (2, scan.size, 1))
        moves[HOME, :, HOME] = moves[FOREIGN, :, FOREIGN] = scan
        there = [_firms_answer(world, moves[k]) for k in (HOME, FOREIGN)]
        if all(
            answer is not None and _welfare(world, answer)[:, k].max() <= here[k] + 1e-9
            for k, answer in enumerate(there)
        ):
            stable.append(attributes)
    return max(stable, key=lambda a: float(_world_welfare(world, a)), default=None)


def _firms_answer(world: World, imports: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return attributes when firms redesign for import standards (..., 2) = (a_FH, a_HF)."""
    taste = np.array(world.taste)
    exports = imports[..., ::-1]
    own = np.broadcast_to(taste, imports.shape)
    for _ in range(100):
        rows = (own[..., 0], exports[..., 0], exports[..., 1], own[..., 1])
        attributes = _four_versions(np.stack(rows, axis=-1))
        access = clear_markets(world, attributes)["market_access"]
        before, own = own, _own_versions(world, access, exports)
        if np.abs(own - before).max() < 1e-12:
            return attributes
    return None


def _own_versions(
    world: World, access: NDArray[np.float64], exports: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the best versions for firms' own markets; exports are (..., origin)."""
    rate = world.elasticity_of_substitution * world.taste_intensity
    taste = np.array(world.taste)

    def sales(version: NDArray[np.float64]) -> Any:
        return access[..., None] * np.exp(-rate * (version - taste[:, None]) ** 2 / 2)

    def rises(version: NDArray[np.float64]) -> Any:
        toward_taste = rate * sales(version) * (taste[:, None] - version)
        toward_export = world.adaptation_cost * (exports[..., None] - version)
        return (toward_taste + toward_export) * (exports - taste)[..., None] > 0

    share = np.linspace(0, 1, 25)
    versions = taste[:, None] + share * (exports - taste)[..., None]
    cost = world.adaptation_cost * (versions - exports[..., None]) ** 2 / 2
    top = share[np.argmax(sales(versions) - cost, axis=-1)][..., None]
    left, right = np.maximum(top - share[1], 0), np.minimum(top + share[1], 1)
    for _ in range(42):
        middle = (left + right) / 2
        up = rises(taste[:, None] + middle * (exports - taste)[..., None])
        left, right = np.where(up, middle, left), np.where(up, right, middle)
    best: NDArray[np.float64] = taste + ((left + right) / 2)[..., 0] * (exports - taste)
    return best


CHOICES: dict[str, Callable[[World], NDArray[np.float64] | None]] = {
    "laissez_faire": laissez_faire,
    "efficient": efficient,
    "national_treatment": national_treatment,
    "national_treatment_optimum": national_treatment_optimum,
    "mutual_recognition": mutual_recognition,
    "old_agreement": old_agreement,
}
