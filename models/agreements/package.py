"""The primitives of a package bargain: what may be agreed, and what it is worth.

Parties choose the attributes x of a standard in X = {lower <= x <= upper,
sum_k c_k x_k^eta <= K}.  Party i gets

    U_i(x) = u0_i + b_i.x - sum_k w_ik |x_k - z_ik|^rho
             - (kappa_i / 2) sum_k max(0, x_k - theta_ik)^2,

and d_i if there is no agreement.  All U_i are concave and X is convex.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.agreements.entries import matrix, vector
from unigauge.results import frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Package", "mirror_package"]


@dataclass(frozen=True, kw_only=True)
class Package:
    """n parties that bargain over the m attributes of a standard.

    The defaults are two parties, one for speed and one for security, with a technical
    frontier x_1^2 + x_2^2 <= 1.  Where a vector or a matrix is wanted one number may
    stand for all entries.

    Parameters
    ----------
    weights : array_like, shape (n, m)
        w >= 0, how much each party minds that an attribute is off its ideal.
    ideals : array_like, shape (n, m)
        z, the attributes that each party wants.
    disagreement : array_like, shape (n,)
        d, what each party gets without an agreement.
    budget : float
        K > 0 of the technical frontier sum_k c_k x_k^eta <= K; infinite for none.
    cost : array_like, shape (m,)
        c >= 0 of the frontier.
    cost_power : float
        eta >= 1 of the frontier.
    lower, upper : array_like, shape (m,)
        Bounds of the attributes, 0 <= lower < upper.
    bargaining_weights : array_like, shape (n,), optional
        alpha > 0; they are scaled to sum to one.  By default all are alike.
    benefit : array_like, shape (n, m)
        b, worth of a higher attribute as such.
    constant : array_like, shape (n,)
        u0.
    capability : array_like, shape (n, m)
        theta, the level up to which a party complies without effort.
    strain : array_like, shape (n,)
        kappa >= 0, cost of a level above the capability.
    loss_power : float
        rho > 1.  Near 1 utilities almost have a kink at each ideal, and solvers may fail
        to certify a point, which they say.

    Raises
    ------
    InputError
        If a value lies outside its domain, shapes do not fit, or nothing is feasible.

    Examples
    --------
    >>> package = Package(budget=1, cost_power=2)
    >>> package.utilities([0.6, 0.8])
    array([-0.16, -0.04])
    """

    weights: Any = ((0.7, 0.3), (0.3, 0.7))
    ideals: Any = ((1.0, 0.4), (0.4, 1.0))
    disagreement: Any = (-0.3, -0.3)
    budget: float = 1.0
    cost: Any = 1.0
    cost_power: float = 2.0
    lower: Any = 0.0
    upper: Any = 1.0
    bargaining_weights: Any = None
    benefit: Any = 0.0
    constant: Any = 0.0
    capability: Any = 1.0
    strain: Any = 0.0
    loss_power: float = 2.0

    def __post_init__(self) -> None:
        n, m = self._shape()
        even = (1 / n,) * n
        given = even if self.bargaining_weights is None else self.bargaining_weights
        power = vector("bargaining_weights", given, n, above=0)
        lower = vector("lower", self.lower, m, at_least=0)
        upper = vector("upper", self.upper, m)
        for k, (low, high) in enumerate(zip(lower, upper, strict=True)):
            if low >= high:
                raise InputError(
                    f"lower[{k}] is {low:g} and upper[{k}] is {high:g}; lower must be "
                    "below upper."
                )
        budget = self.budget
        if budget != math.inf:
            budget = require_number("budget", budget, above=0)
        checked = {
            "weights": matrix("weights", self.weights, n, m, at_least=0),
            "ideals": matrix("ideals", self.ideals, n, m),
            "disagreement": vector("disagreement", self.disagreement, n),
            "budget": budget,
            "cost": vector("cost", self.cost, m, at_least=0),
            "cost_power": require_number(
                "cost_power",
                self.cost_power,
                at_least=1,
                because="the feasible set must be convex",
            ),
            "lower": lower,
            "upper": upper,
            "bargaining_weights": tuple(a / math.fsum(power) for a in power),
            "benefit": matrix("benefit", self.benefit, n, m),
            "constant": vector("constant", self.constant, n),
            "capability": matrix("capability", self.capability, n, m),
            "strain": vector("strain", self.strain, n, at_least=0),
            "loss_power": require_number(
                "loss_power", self.loss_power, above=1, because="losses must be smooth"
            ),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        least = self.spent(np.array(lower))
        if least >= self.budget:
            raise InputError(
                f"budget is {self.budget:g} and the lower bounds alone use {least:g}; raise "
                "budget, or lower the bounds."
            )

    def _shape(self) -> tuple[int, int]:
        """Return n and m, from the first of weights and ideals that is a matrix."""
        for value in (self.weights, self.ideals):
            shape = np.shape(value)
            if len(shape) == 2 and shape[0] >= 2 and shape[1] >= 1:
                return int(shape[0]), int(shape[1])
        raise InputError(
            f"weights is {self.weights!r}; it must have one row for each of at least two "
            "parties and one column for each attribute."
        )

    @cached_property
    def arrays(self) -> dict[str, Array]:
        """All vectors and matrices, read-only, by name."""
        names = (
            *("weights", "ideals", "disagreement", "cost", "lower", "upper"),
            *("bargaining_weights", "benefit", "constant", "capability", "strain"),
        )
        return {name: frozen(getattr(self, name)) for name in names}

    @property
    def parties(self) -> int:
        """n."""
        return len(self.disagreement)

    @property
    def attributes(self) -> int:
        """m."""
        return len(self.lower)

    # Utilities, at one point of shape (m,) or at several of shape (..., m)

    def utilities(self, x: ArrayLike) -> Array:
        """Return U(x), shape (..., n)."""
        a, point = self.arrays, np.asarray(x, dtype=np.float64)[..., None, :]
        off = a["weights"] * np.abs(point - a["ideals"]) ** self.loss_power
        over = a["strain"][:, None] / 2 * np.maximum(0.0, point - a["capability"]) ** 2
        worth: Array = a["constant"] + (a["benefit"] * point - off - over).sum(axis=-1)
        return worth

    def slopes(self, x: ArrayLike) -> Array:
        """Return the gradients of U at x, shape (n, m)."""
        a, off = self.arrays, np.asarray(x, dtype=np.float64) - self.arrays["ideals"]
        power = self.loss_power
        loss = power * a["weights"] * np.sign(off) * np.abs(off) ** (power - 1)
        over = np.maximum(0.0, np.asarray(x) - a["capability"])
        slope: Array = a["benefit"] - loss - a["strain"][:, None] * over
        return slope

    def bends(self, x: ArrayLike) -> Array:
        """Return the second derivatives of U at x, shape (n, m); U is separable."""
        a, power = self.arrays, self.loss_power
        off = np.maximum(np.abs(np.asarray(x, dtype=np.float64) - a["ideals"]), 1e-12)
        over = np.asarray(x) > a["capability"]
        bend: Array = -power * (power - 1) * a["weights"] * off ** (power - 2)
        return bend - a["strain"][:, None] * over

    # The feasible set

    def spent(self, x: ArrayLike) -> float:
        """Return sum_k c_k x_k^eta."""
        levels = np.maximum(0.0, np.asarray(x, dtype=np.float64))
        return float(np.asarray(self.cost) @ levels**self.cost_power)

    def spent_slopes(self, x: ArrayLike) -> Array:
        """Return the gradient of :meth:`spent`."""
        levels = np.maximum(0.0, np.asarray(x, dtype=np.float64))
        eta = self.cost_power
        slope: Array = self.arrays["cost"] * eta * levels ** (eta - 1)
        return slope

    def issue(self, attribute: int, share: float) -> Package:
        """Return the bargain over one attribute with this share of the budget.

        What disagreement and the constant are worth is split in proportion to each
        party's weights.

        Raises
        ------
        InputError
            If the attribute does not exist, or its lower bound breaks the budget.
        """
        k = require_integer("attribute", attribute, at_least=0)
        if k >= self.attributes:
            raise InputError(
                f"attribute is {k}; there are {self.attributes}, counted from 0."
            )
        a = self.arrays
        total = a["weights"].sum(axis=1)
        part = np.where(
            total > 0,
            a["weights"][:, k] / np.where(total > 0, total, 1),
            1 / self.attributes,
        )
        changes: dict[str, Any] = {
            name: a[name][:, [k]].tolist()
            for name in ("weights", "ideals", "benefit", "capability")
        }
        changes |= {name: (float(a[name][k]),) for name in ("cost", "lower", "upper")}
        return replace(
            self,
            **changes,
            budget=share * self.budget,
            disagreement=(part * a["disagreement"]).tolist(),
            constant=(part * a["constant"]).tolist(),
        )


def mirror_package(asymmetry: float = 0.7, distance: float = 0.6, **others: Any) -> Package:
    """Return two parties that mirror one another on two attributes.

    Weights are (a, 1 - a) and (1 - a, a), and ideals 1 and 1 - ``distance``, each party
    wanting more of the attribute it cares for if a > 1/2.  With an infinite budget each
    loses a (1 - a) distance^2 in a package and distance^2/4 issue by issue, so that
    log-rolling is worth distance^2 (2 a - 1)^2/4 to each.

    Parameters
    ----------
    asymmetry : float
        a, in [0, 1].
    distance : float
        In (0, 1].
    **others
        Any parameter of :class:`Package`; the budget is infinite unless given.

    Examples
    --------
    >>> mirror_package(0.7, 0.6).utilities([0.82, 0.82]).round(4)
    array([-0.0756, -0.0756])
    """
    a = require_number("asymmetry", asymmetry, at_least=0, at_most=1)
    near = 1 - require_number("distance", distance, above=0, at_most=1)
    return Package(
        weights=((a, 1 - a), (1 - a, a)),
        ideals=((1.0, near), (near, 1.0)),
        **{"budget": math.inf, **others},
    )
