r"""Equilibria of an adoption game with private shocks: expected shares that come true.

A country adopts if the index a, the gain d p from the share p expected to adopt, the shifter
z (0 or 1) and a logistic shock add up to more than zero.  In equilibrium

.. math::

   p = (1 - \sigma) \Lambda(a + d p) + \sigma \Lambda(a + b_z + d p),

with a share :math:`\sigma` of countries whose shifter is one.  There can be several only
where d is above 4.  (Brock and Durlauf 2001 with a shifter; reconstruction.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.errors import InputError, require_number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["FixedPoints", "equilibrium_adoption", "fixed_points"]

_NODES = np.linspace(0, 1, 101)
_BISECTIONS = 45


class FixedPoints(NamedTuple):
    """All fixed points of M technologies, by technology, ascending.

    ``technology`` and ``shares`` have one entry a fixed point.
    """

    technology: NDArray[np.intp]
    shares: Floats

    @property
    def lowest(self) -> Floats:
        """Lowest share of each technology, stable under adjustment, shape (M,)."""
        return self.shares[np.r_[True, np.diff(self.technology) > 0]]

    @property
    def highest(self) -> Floats:
        """Highest share of each technology, stable under adjustment, shape (M,)."""
        return self.shares[np.r_[np.diff(self.technology) > 0, True]]


def fixed_points(
    index: Floats, share: Floats, shifter_effect: float, peer_effect: float
) -> FixedPoints:
    """Scan 100 cells of the unit interval, and halve those where a sign changes 45 times."""
    from scipy.special import expit

    def excess(p: Floats, a: Floats, sigma: Floats) -> NDArray[np.bool_]:
        level = a + peer_effect * p
        expected = (1 - sigma) * expit(level) + sigma * expit(level + shifter_effect)
        return np.asarray(expected > p)

    above = excess(_NODES, index[:, None], share[:, None])
    above[:, 0], above[:, -1] = True, False  # also where a share rounds to zero or one
    technology, cell = np.nonzero(above[:, 1:] != above[:, :-1])
    a, sigma, left = index[technology], share[technology], above[technology, cell]
    low, high = _NODES[cell], _NODES[cell + 1]
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        same = excess(middle, a, sigma) == left
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return FixedPoints(technology=technology, shares=(low + high) / 2)


def equilibrium_adoption(
    index: ArrayLike, share: ArrayLike, shifter_effect: float, peer_effect: float
) -> tuple[Floats, ...]:
    r"""Return the equilibrium shares of adopters, technology by technology.

    Parameters
    ----------
    index : array_like, shape (M,)
        a: what adoption is worth if nobody adopts and the shifter is zero, in units of the
        logistic shock.
    share : array_like, shape (M,)
        Share of countries whose shifter is one, in [0, 1].
    shifter_effect : float
        b_z.
    peer_effect : float
        d: what it is worth more if all adopt.

    Returns
    -------
    tuple of array, length M
        Equilibria of each technology, ascending.  The first and the last are stable.  Two
        that lie within the same hundredth are not told apart from none.

    Raises
    ------
    InputError
        If an argument is outside its domain.

    Examples
    --------
    >>> many, one = equilibrium_adoption([-3.4, -2.8], [0.5, 0.3], 0.8, 6)
    >>> many.round(4), one.round(4)
    (array([0.0785, 0.5   , 0.9215]), array([0.9583]))
    """
    a, sigma = (np.asarray(values, dtype=float) for values in (index, share))
    if a.ndim != 1 or sigma.shape != a.shape or len(a) == 0:
        raise InputError(
            f"index has shape {a.shape} and share {sigma.shape}; both must be (M,), with one "
            "entry a technology."
        )
    if not np.isfinite(a).all():
        raise InputError("index must be finite.")
    if not ((sigma >= 0) & (sigma <= 1)).all():
        raise InputError(f"share is {sigma.tolist()}; shares must lie between 0 and 1.")
    found = fixed_points(
        a,
        sigma,
        require_number("shifter_effect", shifter_effect),
        require_number("peer_effect", peer_effect),
    )
    return tuple(np.split(found.shares, np.flatnonzero(np.diff(found.technology)) + 1))
