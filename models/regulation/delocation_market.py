"""The world of the delocation model, and entry and trade for given designs.

Two countries, home and foreign, in this order everywhere; firms from either
place design one version of their good for each market.  The public names of
this module are those of :mod:`unigauge.models.regulation.delocation`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number, require_numbers
from unigauge.results import frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

HOME, FOREIGN = 0, 1

_ROUNDING = 4e-15
"""Relative error of computed profit; without it, equal industries would not tie."""


@dataclass(frozen=True, kw_only=True)
class World:
    """Two countries that differ in size and in taste for an attribute of goods.

    Pairs are ordered (home, foreign).  The model follows Grossman, McCalman and
    Staiger (2021), "The 'New' Economics of Trade Agreements", Econometrica
    89(1), 215-249; its equations are a reconstruction that proves the claims of
    the abstract.  In every regime a subsidy of 1 - beta on consumption, each
    country's own best, takes the mark-up off consumer prices: consumers pay lambda
    for local goods and lambda (1 + nu) for imports.

    Parameters
    ----------
    market_size : pair of float
        N^J, number of consumers, each spending one unit on differentiated goods; > 0.
    curvature : float
        beta of the CES aggregator, 0 < beta < 1; the elasticity of substitution
        is sigma = 1/(1 - beta).
    marginal_cost : float
        lambda, cost of one unit in the numeraire; > 0.
    trade_cost : float
        nu; 1 + nu units leave for one to arrive; >= 0.
    taste : pair of float
        gamma^J, the attribute that consumers of J like best; inside
        ``attribute_bounds``.
    taste_intensity : float
        eta, how fast demand falls away from the taste; > 0.
    fixed_cost : float
        f0, cost of designing and running a firm; > 0.
    adaptation_cost : float
        f2; two versions that differ by d cost f2 d^2/2 more than one; >= 0.
    attribute_bounds : pair of float
        Smallest and largest attribute that anybody may choose.
    externality : pair of float
        xi^J, damage per head from consuming goods away from
        ``harmless_attribute``; >= 0.
    harmless_attribute : pair of float
        b^J, the attribute that does no damage in J; finite.

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Examples
    --------
    >>> world = World(market_size=(1.2, 1.0), trade_cost=0.4)
    >>> world.elasticity_of_substitution
    4.0
    """

    market_size: tuple[float, float] = (1.0, 1.0)
    curvature: float = 0.75
    marginal_cost: float = 1.0
    trade_cost: float = 0.3
    taste: tuple[float, float] = (0.5, -0.5)
    taste_intensity: float = 0.5
    fixed_cost: float = 1.0
    adaptation_cost: float = 0.5
    attribute_bounds: tuple[float, float] = (-1.0, 1.0)
    externality: tuple[float, float] = (0.0, 0.0)
    harmless_attribute: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        bounds = require_numbers("attribute_bounds", self.attribute_bounds, length=2)
        if bounds[0] >= bounds[1]:
            raise InputError(
                f"attribute_bounds is {bounds}; the first must lie below the second."
            )
        low, high = bounds
        checked: dict[str, Any] = {
            "attribute_bounds": bounds,
            "market_size": require_numbers(
                "market_size", self.market_size, length=2, above=0
            ),
            "curvature": require_number(
                "curvature",
                self.curvature,
                above=0,
                below=1,
                because="it sets the elasticity of substitution 1/(1 - curvature)",
            ),
            "marginal_cost": require_number("marginal_cost", self.marginal_cost, above=0),
            "trade_cost": require_number(
                "trade_cost",
                self.trade_cost,
                at_least=0,
                because="1 + trade_cost units leave for one to arrive",
            ),
            "taste": require_numbers(
                "taste",
                self.taste,
                length=2,
                at_least=low,
                at_most=high,
                because="a taste lies inside attribute_bounds; widen them or move the taste",
            ),
            "taste_intensity": require_number(
                "taste_intensity", self.taste_intensity, above=0
            ),
            "fixed_cost": require_number("fixed_cost", self.fixed_cost, above=0),
            "adaptation_cost": require_number(
                "adaptation_cost", self.adaptation_cost, at_least=0
            ),
            "externality": require_numbers(
                "externality", self.externality, length=2, at_least=0
            ),
            "harmless_attribute": require_numbers(
                "harmless_attribute", self.harmless_attribute, length=2
            ),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def elasticity_of_substitution(self) -> float:
        """sigma = 1/(1 - beta)."""
        return 1 / (1 - self.curvature)

    @property
    def openness(self) -> float:
        """phi = (1 + nu)^(1 - sigma): sales abroad per unit of sales at home."""
        return math.pow(1 + self.trade_cost, 1 - self.elasticity_of_substitution)


def require_world(world: object) -> None:
    """Refuse what is no world, with a word on how to make one."""
    if not isinstance(world, World):
        raise InputError(f"world is {world!r}; it must be a World(...).")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Market:
    """Entry, trade and welfare for given attributes.

    Attributes
    ----------
    market_access : array, shape (..., 2)
        x^J, what a firm of unit appeal earns in market J, in the numeraire.
    firms : array, shape (..., 2)
        n^K, number of firms from each country; 0 for an industry that is gone.
    log_price_index : array, shape (..., 2)
        log P^J of the differentiated goods.
    local_share : array, shape (..., 2)
        w^J, share of spending in J on firms from J.
    damage : array, shape (..., 2)
        D^J, damage per head, in utility.
    welfare : array, shape (..., 2)
        W^J = -log P^J - D^J per head, in utility, constants dropped.
    """

    market_access: NDArray[np.float64]
    firms: NDArray[np.float64]
    log_price_index: NDArray[np.float64]
    local_share: NDArray[np.float64]
    damage: NDArray[np.float64]
    welfare: NDArray[np.float64]


def equilibrium(world: World, attributes: ArrayLike) -> Market:
    """Return free-entry equilibrium for given attributes.

    Firms from K enter until their operating profit covers the cost of their two
    versions, ``sum_J alpha_KJ phi_KJ x^J <= Phi_K`` with equality where n^K > 0,
    and spending in each market is used up, prices being those of :class:`World`.  The market accesses x are the
    unique maximiser of ``sum_J N^J log x^J`` under the two inequalities, which
    has a closed form (reconstruction).

    Parameters
    ----------
    world : World
        Parameters.
    attributes : array_like, shape (..., 2, 2)
        ``attributes[..., origin, market]``, any finite numbers; leading axes
        are worked through at once.

    Returns
    -------
    Market
        Arrays of shape (..., 2), exact up to rounding.  If both industries earn
        the same in every market (no trade cost, same designs) only the sum of
        firms is determined; it is then split in proportion to market size.

    Raises
    ------
    InputError
        If the shape is wrong or a number is not finite.

    Examples
    --------
    >>> market = equilibrium(World(), [[0.5, -0.5], [0.5, -0.5]])
    >>> market.firms.round(4)
    array([0.2667, 0.2667])
    """
    require_world(world)
    try:
        given = np.asarray(attributes, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"attributes cannot be read as an array of numbers: {error}."
        ) from error
    if given.shape[-2:] != (2, 2):
        raise InputError(
            f"attributes has shape {given.shape}; its last two axes must be "
            "(origin, market) = (2, 2)."
        )
    if not np.isfinite(given).all():
        raise InputError(
            "attributes has entries that are not finite; give every version a number. "
            "Outcomes mark the versions of an absent industry with NaN: fill in any "
            "number that keeps it away."
        )
    parts = clear_markets(world, given)
    return Market(**{name: frozen(part) for name, part in parts.items()})


def appeal(world: World, attributes: NDArray[Any]) -> NDArray[Any]:
    """Return alpha_KJ = exp(-sigma eta (a_KJ - gamma^J)^2 / 2), shape (..., 2, 2)."""
    rate = world.elasticity_of_substitution * world.taste_intensity / 2
    liking: NDArray[Any] = np.exp(-rate * (attributes - np.array(world.taste)) ** 2)
    return liking


def design_cost(world: World, attributes: NDArray[Any]) -> NDArray[Any]:
    """Return Phi = f0 + f2 (a_H - a_F)^2 / 2 for versions (..., 2), shape (...)."""
    gap = attributes[..., HOME] - attributes[..., FOREIGN]
    cost: NDArray[Any] = world.fixed_cost + world.adaptation_cost * gap**2 / 2
    return cost


def earnings(world: World, attributes: NDArray[Any]) -> NDArray[Any]:
    """Return what a firm of each origin earns per unit of access, (..., 2, 2)."""
    phi = world.openness
    earned: NDArray[Any] = appeal(world, attributes) * np.array([[1.0, phi], [phi, 1.0]])
    return earned


def clear_markets(world: World, attributes: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Solve entry and trade; complex numbers pass through for derivatives."""
    size = np.array(world.market_size)
    sigma = world.elasticity_of_substitution
    earned, cost = earnings(world, attributes), design_cost(world, attributes)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        access, firms = _entry(earned, cost, size, sigma)
        own = np.einsum("...jj->...j", earned)
        local_share = firms * own * access * (sigma - 1) / size
        log_price = (
            np.log(access)
            + math.log(sigma - 1)
            + (sigma - 1) * math.log(world.marginal_cost)
            - np.log(size)
        ) / (sigma - 1)
        damage = _damage(world, attributes, local_share)
    return {
        "market_access": access,
        "firms": firms,
        "log_price_index": log_price,
        "local_share": local_share,
        "damage": damage,
        "welfare": -log_price - damage,
    }


def _entry(
    earned: NDArray[Any], cost: NDArray[Any], size: NDArray[np.float64], sigma: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return market access and firms, each of shape (..., 2).

    One industry alone serves both markets at the tangency of its zero-profit line;
    if the other would then make no profit, that is the equilibrium.  If both
    would, both produce, where the two lines cross.
    """
    share = size / size.sum()
    alone = share * cost[..., None] / earned  # (..., K, J): access if only K produced
    rival_earned, rival_cost = earned[..., ::-1, :], cost[..., ::-1]
    deters = (rival_earned * alone).sum(-1).real <= rival_cost.real * (1 + _ROUNDING)

    determinant = _cross(earned[..., HOME, :], earned[..., FOREIGN, :])
    access_both = (
        np.stack(
            [
                _cross(cost, earned[..., :, FOREIGN]),
                -_cross(cost, earned[..., :, HOME]),
            ],
            axis=-1,
        )
        / determinant[..., None]
    )
    # The crossing lies between the two tangencies; where the lines almost coincide,
    # rounding would put it elsewhere.
    access_both = _between(alone[..., HOME, :], access_both, alone[..., FOREIGN, :])
    spending = size / ((sigma - 1) * access_both)
    firms_both = (
        np.stack(
            [
                _cross(spending, earned[..., FOREIGN, :]),
                -_cross(spending, earned[..., HOME, :]),
            ],
            axis=-1,
        )
        / determinant[..., None]
    )

    count = deters.sum(-1, keepdims=True)
    weight = np.where(count == 2, share, deters / np.maximum(count, 1))
    firms_alone = weight * size.sum() / ((sigma - 1) * cost)
    one = deters[..., HOME, None], alone[..., HOME, :], alone[..., FOREIGN, :]
    access = np.where(count > 0, np.where(*one), access_both)
    return access, np.where(count > 0, firms_alone, firms_both)


def _between(one: NDArray[Any], value: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Return ``value`` moved into the interval of ``one`` and ``other``, by real parts."""
    least = np.where(one.real < other.real, one, other)
    most = np.where(one.real < other.real, other, one)
    raised = np.where(value.real < least.real, least, value)
    return np.where(raised.real > most.real, most, raised)


def _cross(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Return the determinant of two stacked pairs."""
    area: NDArray[Any] = left[..., 0] * right[..., 1] - left[..., 1] * right[..., 0]
    return area


def _damage(
    world: World, attributes: NDArray[Any], local_share: NDArray[Any]
) -> NDArray[Any]:
    """Return D^J = [w e(a_JJ) + (1 - w) e(a_KJ)/(1 + nu)]/lambda, shape (..., 2)."""
    harm = (
        np.array(world.externality) * (attributes - np.array(world.harmless_attribute)) ** 2
    ) / 2
    own = np.einsum("...jj->...j", harm)
    imported = np.stack([harm[..., FOREIGN, HOME], harm[..., HOME, FOREIGN]], axis=-1)
    arriving = (1 - local_share) / (1 + world.trade_cost)
    damage: NDArray[Any] = (local_share * own + arriving * imported) / world.marginal_cost
    return damage
