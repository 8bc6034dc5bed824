"""What standards come out when each regime rules: the regimes of delocation.

Each regime takes a world and proposes attributes, shape (2, 2) = [origin, market],
the most natural candidate first; the first that passes an independent certificate is
the outcome, and none may.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
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


_NO_PROFIT = 1e-12
"""Profit, in units of the fixed cost, that no longer attracts a firm."""


@lru_cache(maxsize=64)
def laissez_faire(world: World) -> NDArray[np.float64] | None:
    """Let firms choose both versions.

    Market access maximises ``sum_J N^J log x^J`` over the accesses at which no
    design of either industry makes a profit, a convex set.  If the design that
    serves the world best alone leaves no profit to any other, that is the outcome;
    else cutting planes, one for each design that still made a
    profit, close in on the access.  Within one smooth piece this is Newton's method.
    """
    size = np.array(world.market_size)
    shared = _best_shared_design(world)
    alone = np.array([shared, shared])
    earned, cost = earnings(world, alone), design_cost(world, alone)
    for producer in (HOME, FOREIGN):
        access = size / size.sum() * cost[producer] / earned[producer]
        designs = np.array(
            [_best_design(world, access, k, shared) for k in (HOME, FOREIGN)]
        )
        profits = [_profit(world, access, k, designs[k]) for k in (HOME, FOREIGN)]
        if max(profits) <= _NO_PROFIT * world.fixed_cost:
            designs[producer] = shared
            return alone if world.trade_cost == 0 else designs

    own_taste = np.repeat(np.array(world.taste)[:, None], 2, axis=1)
    designs, cuts = own_taste, [alone, own_taste]
    for _ in range(60):
        access = _tightest_access(world, np.concatenate(cuts))
        before = designs
        designs = np.array(
            [_best_design(world, access, k, before[k]) for k in (HOME, FOREIGN)]
        )
        cuts.append(designs)
        if np.abs(designs - before).max() < 1e-13:
            break
    return _pair_that_clears(world, access, np.array(cuts))


def _pair_that_clears(
    world: World, access: NDArray[np.float64], designs: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Return one design an industry, among those that break even, at which markets clear.

    Where a design for one market does as well as one for the other, the industries
    may have to differ, and each is taken to serve its own market.  Of nearly equal
    designs the last is the most exact.  Designs are (m, origin, market).
    """
    even = [
        [pair for pair in designs[::-1, k] if _profit(world, access, k, pair) > -1e-9]
        for k in (HOME, FOREIGN)
    ]
    own = np.array(world.taste)[:, None]
    pairs = [np.array(pair) for pair in itertools.product(*even)]
    pairs.sort(key=lambda pair: round(float(np.abs(pair - own).sum()), 2))
    for attributes in pairs:
        cleared = clear_markets(world, attributes)["market_access"]
        if np.allclose(cleared, access, rtol=1e-9, atol=0):
            return attributes
    return None


def _best_shared_design(world: World) -> NDArray[np.float64]:
    """Return the design that serves both markets best when one industry makes all.

    Freight scales its earnings in a market and leaves the best design alone.
    """
    size = np.array(world.market_size)
    rate = world.elasticity_of_substitution * world.taste_intensity / 2

    def log_reach(pair: NDArray[Any]) -> NDArray[Any]:
        distance = (pair - np.array(world.taste)) ** 2 @ size
        reach: NDArray[Any] = -rate * distance - size.sum() * np.log(
            design_cost(world, pair)
        )
        return reach

    low, high = world.attribute_bounds
    return maximise(log_reach, [low] * 2, [high] * 2, grid=21, starts=[world.taste]).point


def _tightest_access(world: World, designs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the access that maximises the objective when no listed design profits.

    Designs are (m, 2), home and foreign in turn.  The maximiser lies where two
    zero-profit lines cross, or where one touches a level curve.
    """
    size = np.array(world.market_size)
    pairs = designs.reshape(-1, 2, 2)
    cost = design_cost(world, pairs).ravel()
    lines = earnings(world, pairs).reshape(-1, 2) / cost[:, None]
    one, other = np.triu_indices(len(lines), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        tangent = size / size.sum() / lines
        determinant = lines[one, 0] * lines[other, 1] - lines[one, 1] * lines[other, 0]
        crossing = (
            np.stack(
                [lines[other, 1] - lines[one, 1], lines[one, 0] - lines[other, 0]], axis=1
            )
            / determinant[:, None]
        )
    points = np.concatenate([tangent, crossing])
    points = points[np.isfinite(points).all(1) & (points > 0).all(1)]
    slack = (points @ lines.T).max(axis=1)
    kept = points[slack <= 1 + 1e-12]
    best: NDArray[np.float64] = kept[np.argmax(np.log(kept) @ size)]
    return best


def _profit(
    world: World, access: NDArray[np.float64], origin: int, pair: NDArray[Any]
) -> NDArray[Any]:
    """Return what firms of ``origin`` make with versions (..., 2)."""
    designs = np.stack([pair, pair], axis=-2)
    earned: NDArray[Any] = (earnings(world, designs)[..., origin, :] * access).sum(-1)
    earned -= design_cost(world, pair)
    return earned


def _best_design(
    world: World, access: NDArray[np.float64], origin: int, start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the pair of versions that earns a firm of ``origin`` most."""

    low, high = world.attribute_bounds
    tastes = [world.taste, (world.taste[origin],) * 2]
    return maximise(
        lambda pair: _profit(world, access, origin, pair),
        [low] * 2,
        [high] * 2,
        grid=21,
        starts=[start, *tastes],
        keep=3,
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


def efficient(world: World) -> Iterator[NDArray[np.float64]]:
    """Let a planner choose all four attributes for world welfare."""
    low, high = world.attribute_bounds
    home, foreign = world.taste
    starts = [
        [home, foreign, home, foreign],
        [home, home, foreign, foreign],
        [foreign, foreign, home, home],
    ]
    designs = laissez_faire(world)
    if designs is not None:
        if world.trade_cost == 0 and not any(world.externality):
            yield designs  # the industries tie, which a search only comes close to
        starts.append(designs.ravel().tolist())
    for grid in (9, 15):
        best = maximise(
            lambda profiles: _world_welfare(world, _four_versions(profiles)),
            [low] * 4,
            [high] * 4,
            grid=grid,
            starts=starts,
            keep=2 * grid,
        )
        yield _four_versions(best.point)


def national_treatment(world: World) -> Iterator[NDArray[np.float64]]:
    """Let each government set one standard for all that is sold at home."""
    low, high = world.attribute_bounds
    for start in (world.taste, (low, high), (high, low)):
        standards = nash(
            lambda owner, points: _welfare(world, _one_standard_a_market(points))[
                ..., owner
            ],
            [[HOME], [FOREIGN]],
            [low] * 2,
            [high] * 2,
            start,
            grid=201,
        )
        if standards is not None:
            yield _one_standard_a_market(standards)


def national_treatment_optimum(world: World) -> Iterator[NDArray[np.float64]]:
    """Let a planner choose one standard a market for world welfare."""
    low, high = world.attribute_bounds
    for grid in (41, 161):
        best = maximise(
            lambda standards: _world_welfare(world, _one_standard_a_market(standards)),
            [low] * 2,
            [high] * 2,
            grid=grid,
            starts=[world.taste],
        )
        yield _one_standard_a_market(best.point)


def mutual_recognition(world: World) -> Iterator[NDArray[np.float64]]:
    """Let each government set both versions of its own industry.

    Replies start from the firms' own designs.  Without trade cost these may be a rest
    point themselves, where a government that moves away loses its industry.
    """
    low, high = world.attribute_bounds
    free, taste = laissez_faire(world), np.array([world.taste, world.taste])
    if free is not None and world.trade_cost == 0:
        yield free
    for start in (taste,) if free is None else (free, taste):
        profile = nash(
            lambda owner, points: _welfare(world, _four_versions(points))[..., owner],
            [[0, 1], [2, 3]],
            [low] * 4,
            [high] * 4,
            start.ravel(),
            grid=25,
        )
        if profile is not None:
            yield _four_versions(profile)


def old_agreement(world: World) -> Iterator[NDArray[np.float64]]:
    """Let each government set the imports' version, and firms their own market's.

    Welfare rises either way from the standard that firms would choose, so only the
    ends of the bounds can be rest points.  A standard that ends imports is a ban and
    is not allowed in equilibrium; as a deviation, one that leaves a country without
    firms counts.
    """
    for imports in itertools.product(world.attribute_bounds, repeat=2):
        attributes = _firms_answer(world, np.array(imports))
        if attributes is not None and (clear_markets(world, attributes)["firms"] > 0).all():
            yield attributes


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


def _free(world: World) -> Iterator[NDArray[np.float64]]:
    designs = laissez_faire(world)
    if designs is not None:
        yield designs


CHOICES: dict[str, Callable[[World], Iterator[NDArray[np.float64]]]] = {
    "laissez_faire": _free,
    "efficient": efficient,
    "national_treatment": national_treatment,
    "national_treatment_optimum": national_treatment_optimum,
    "mutual_recognition": mutual_recognition,
    "old_agreement": old_agreement,
}
