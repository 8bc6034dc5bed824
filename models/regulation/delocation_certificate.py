"""Certificates for delocation: the model once more, by another road.

Nothing here is shared with the solver.  Where the solver finds market access by
duality, this module finds the share of resources that home firms use: entry
maximises ``sum_J N^J log V^J`` over that share, where ``V^J = sum_K n^K
A_KJ^sigma p_KJ^(1 - sigma)`` is the CES price index to the power 1 - sigma; with
two industries the first-order condition is linear (reconstruction).  Profit,
spending and damage then follow from their definitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.regulation.certificates import largest_gain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.regulation.delocation_market import World

    Array = NDArray[np.float64]


def certify(world: World, regime: str, attributes: Array) -> float:
    """Return the largest gain that the regime leaves to anybody who may choose.

    Parameters
    ----------
    world : World
        Parameters.
    regime : str
        A regime in which somebody chooses (not autarky).
    attributes : array, shape (2, 2)
        The outcome to certify; versions of an absent industry may be any number.

    Returns
    -------
    float
        Welfare per head that one government gains by moving alone; under the two
        optima, world welfare that a planner gains; under laissez-faire, the
        profit of the best design, in the units of the fixed cost.
    """
    with np.errstate(all="ignore"):  # far designs underflow; NaN counts as refusal
        return _certify(world, regime, attributes)


def _certify(world: World, regime: str, attributes: Array) -> float:
    low, high = world.attribute_bounds
    size = np.array(world.market_size)

    def world_welfare(points: Array) -> Array:
        total: Array = _welfare(world, points) @ size
        return total

    if regime == "laissez_faire":
        return max(_largest_profit(world, attributes, origin) for origin in (0, 1))
    if regime == "efficient":
        return largest_gain(
            lambda points: world_welfare(points.reshape(-1, 2, 2)),
            attributes.ravel(),
            [low] * 4,
            [high] * 4,
        )
    if regime == "national_treatment_optimum":
        return largest_gain(
            lambda points: world_welfare(points[:, None, :].repeat(2, axis=1)),
            attributes[0],
            [low] * 2,
            [high] * 2,
        )
    rule = {
        "national_treatment": _market_standard,
        "mutual_recognition": _origin_standards,
        "old_agreement": _import_standard,
    }[regime]
    gains = [rule(world, attributes, country) for country in (0, 1)]
    if regime == "old_agreement":
        gains += [_largest_profit(world, attributes, k, export=1 - k) for k in (0, 1)]
    return max(gains)


def _market_standard(world: World, attributes: Array, country: int) -> float:
    """Return what a country gains by another standard for all that it buys."""
    low, high = world.attribute_bounds

    def welfare(points: Array) -> Array:
        trial = np.tile(attributes, (len(points), 1, 1))
        trial[:, :, country] = points
        return _welfare(world, trial)[:, country]

    return largest_gain(welfare, attributes[0, [country]], [low], [high])


def _origin_standards(world: World, attributes: Array, country: int) -> float:
    """Return what a country gains by other versions of its own goods."""
    low, high = world.attribute_bounds

    def welfare(points: Array) -> Array:
        trial = np.tile(attributes, (len(points), 1, 1))
        trial[:, country, :] = points
        return _welfare(world, trial)[:, country]

    return largest_gain(welfare, attributes[country], [low] * 2, [high] * 2)


def _import_standard(world: World, attributes: Array, country: int) -> float:
    """Return what a country gains by another import standard, all firms answering."""
    low, high = world.attribute_bounds
    imports = np.array([attributes[1, 0], attributes[0, 1]])

    def welfare(points: Array) -> Array:
        trial = np.tile(imports, (len(points), 1))
        trial[:, [country]] = points
        return _welfare(world, _redesign(world, trial))[:, country]

    return largest_gain(welfare, imports[[country]], [low], [high], scan=401)


def _largest_profit(
    world: World, attributes: Array, origin: int, *, export: int | None = None
) -> float:
    """Return the profit of the best design, given the market that is there.

    The version for the market ``export``, if any, is not the firm's to choose.
    """
    low, high = world.attribute_bounds
    reach, _ = _markets(world, attributes[None])

    def profit(points: Array) -> Array:
        designs = np.stack([points, points], axis=1)
        sales = np.array(world.market_size) * _visibility(world, designs) / reach
        margin = 1 / world.curvature / _sigma(world)
        earned: Array = margin * sales[:, origin].sum(-1)
        return earned - _outlay(world, designs)[:, origin]

    pair = attributes[origin]
    lower, upper = np.full(2, low), np.full(2, high)
    if export is not None:
        lower[export] = upper[export] = pair[export]
    best = largest_gain(profit, pair, lower, upper)
    return max(0.0, best + float(profit(attributes[[origin]])[0]))


# ---------------------------------------------------------------------------
# The model, written down again


def _sigma(world: World) -> float:
    return 1 / (1 - world.curvature)


def _visibility(world: World, attributes: Array) -> Array:
    """Return A^sigma p^(1 - sigma) of a version, shape (m, origin, market)."""
    sigma = _sigma(world)
    shifter = np.exp(-world.taste_intensity * (attributes - np.array(world.taste)) ** 2 / 2)
    price = world.marginal_cost * (1 + world.trade_cost * (1 - np.eye(2)))
    visible: Array = (shifter * price ** (-world.curvature)) ** sigma
    return visible


def _outlay(world: World, attributes: Array) -> Array:
    """Return the cost of both versions of a firm, shape (m, origin)."""
    adapting = world.adaptation_cost * (attributes[..., 0] - attributes[..., 1]) ** 2
    outlay: Array = world.fixed_cost + adapting / 2
    return outlay


def _markets(world: World, attributes: Array) -> tuple[Array, Array]:
    """Return V^J and the share of spending on local goods, both (m, market)."""
    size = np.array(world.market_size)
    resources = size.sum() / (_sigma(world) - 1)
    per_resource = _visibility(world, attributes) / _outlay(world, attributes)[..., None]
    base = per_resource[:, 1]
    lead = per_resource[:, 0] - base
    product = lead.prod(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = -(size * lead * base[:, ::-1]).sum(1) / (size.sum() * product)
    tied = (lead == 0).all(axis=1)
    home = np.where(product < 0, np.clip(inner, 0, 1), (lead.sum(1) > 0).astype(float))
    home = np.where(tied, size[0] / size.sum(), home)
    used = resources * np.stack([home, 1 - home], axis=1)
    supply = used[..., None] * per_resource
    reach = supply.sum(axis=1)
    return reach, np.einsum("mjj->mj", supply) / reach


def _welfare(world: World, attributes: Array) -> Array:
    """Return welfare per head, shape (m, country)."""
    reach, local = _markets(world, attributes)
    distance = attributes - np.array(world.harmless_attribute)
    harm = np.array(world.externality) * distance**2 / 2
    units = np.stack([local, 1 - local], axis=1) / world.marginal_cost
    units[:, 1] /= 1 + world.trade_cost
    own = np.einsum("mjj->mj", harm)
    foreign = np.stack([harm[:, 1, 0], harm[:, 0, 1]], axis=1)
    damage = units[:, 0] * own + units[:, 1] * foreign
    welfare: Array = np.log(reach) / (_sigma(world) - 1) - damage
    return welfare


def _redesign(world: World, imports: Array) -> Array:
    """Return attributes when firms answer the import standards (m, 2) = (a_FH, a_HF).

    Rows that do not come to rest are NaN.
    """
    attributes = np.empty((len(imports), 2, 2))
    attributes[:, 1, 0], attributes[:, 0, 1] = imports.T
    attributes[:, 0, 0], attributes[:, 1, 1] = world.taste
    change = np.full(imports.shape, np.inf)
    for _ in range(80):
        reach, _ = _markets(world, attributes)
        own = np.stack(
            [_own_version(world, reach[:, k], imports[:, 1 - k], k) for k in (0, 1)], axis=1
        )
        change = np.abs(own - np.einsum("mjj->mj", attributes))
        attributes[:, 0, 0], attributes[:, 1, 1] = own.T
        if change.max() < 1e-9:
            return attributes
    attributes[(change >= 1e-6).any(axis=1)] = np.nan
    return attributes


def _own_version(world: World, reach: Array, export: Array, country: int) -> Array:
    """Return the most profitable home version, given the version for export (m,).

    It lies between taste and export version; the best of a coarse row of points
    there is improved by Newton's method on marginal profit.
    """
    sigma, taste = _sigma(world), world.taste[country]
    rate = sigma * world.taste_intensity
    top = (world.market_size[country] / (sigma - 1)) * world.marginal_cost ** (1 - sigma)
    scale, width = (top / reach)[:, None], (export - taste)[:, None]

    def sales(position: Array) -> Array:
        liking: Array = scale * np.exp(-rate * (position * width) ** 2 / 2)
        return liking

    coarse = np.linspace(0, 1, 33)
    adapting = world.adaptation_cost * width**2
    profit = sales(coarse) - adapting * (1 - coarse) ** 2 / 2
    best = coarse[profit.argmax(axis=1)][:, None]
    for _ in range(6):
        sold, pull = sales(best), rate * width**2
        slope = adapting * (1 - best) - sold * pull * best
        bend = -adapting - sold * pull * (1 - pull * best**2)
        step = np.divide(slope, -bend, out=np.zeros_like(best), where=bend < 0)
        best = np.clip(best + np.clip(step, -1 / 32, 1 / 32), 0, 1)
    version: Array = taste + (best * width)[:, 0]
    return version
