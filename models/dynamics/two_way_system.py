"""The two-way system: structure, reduced form, stability, impulse responses, panels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import (
    InputError,
    require_choice,
    require_integer,
    require_numbers,
)
from unigauge.models.arrays import require_array
from unigauge.results import frozen
from unigauge.two_way_map import (
    ReducedForm,
    jacobian,
    loop,
    multiplier,
    radius,
    reduced_form,
    simulate_two_way,
    structure,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["STOCKS", "TwoWay", "ring"]

STOCKS = ("knowledge", "standards")


@dataclass(frozen=True, kw_only=True, eq=False)
class TwoWay:
    r"""Stocks of knowledge k and standards s, in logarithms, that raise each other.

    .. math::

       k^*_i = a^k_i + b_{ks} s_i + c_k (W k)_i, \qquad
       k_{i,t+1} = k_i + l_k (k^*_i - k_i) + \tau^k_t + \varepsilon^k_i

    and s likewise with :math:`b_{sk}, c_s, l_s`.

    Parameters
    ----------
    adjustment : (float, float)
        (l_k, l_s) in (0, 1]: part of the gap that is closed in a period.
    response : (float, float)
        (b_ks, b_sk): what a unit of the other stock adds to the wanted one.
    imitation : (float, float)
        (c_k, c_s) in [0, 1): what a unit of the neighbours' mean adds to it.
    network : array_like, shape (N, N), optional
        W: rows sum to one, diagonal 0; see :func:`ring`.  Needed with imitation.

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Examples
    --------
    >>> TwoWay().reduced_form.own
    array([[0.6 , 0.1 ],
           [0.15, 0.7 ]])
    """

    adjustment: tuple[float, float] = (0.4, 0.3)
    response: tuple[float, float] = (0.25, 0.5)
    imitation: tuple[float, float] = (0.0, 0.0)
    network: ArrayLike | None = None

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "adjustment": require_numbers(
                "adjustment", self.adjustment, length=2, above=0, at_most=1
            ),
            "response": require_numbers("response", self.response, length=2),
            "imitation": require_numbers(
                "imitation", self.imitation, length=2, at_least=0, below=1
            ),
        }
        if self.network is not None:
            checked["network"] = _weights(self.network)
        elif any(checked["imitation"]):
            raise InputError(
                f"imitation is {checked['imitation']} without a network; pass network, for "
                "instance ring(6)."
            )
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_reduced_form(
        cls,
        own: ArrayLike,
        neighbours: ArrayLike | None = None,
        *,
        network: ArrayLike | None = None,
    ) -> TwoWay:
        """Return the system that has these coefficients.

        Parameters
        ----------
        own, neighbours : array_like, shape (2, 2)
            A and D; D is diagonal, 0 by default.
        network : array_like, shape (N, N), optional
            W.

        Raises
        ------
        IdentificationError
            If a diagonal entry of A is 1.
        InputError
            If D is not diagonal, or the structure lies outside its domain.

        Examples
        --------
        >>> [round(b, 9) for b in TwoWay.from_reduced_form([[0.6, 0.1], [0.15, 0.7]]).response]
        [0.25, 0.5]
        """
        a = _square("own", own)
        d = np.zeros((2, 2)) if neighbours is None else _square("neighbours", neighbours)
        if d[0, 1] or d[1, 0]:
            raise InputError(
                f"neighbours is {d.tolist()}; it must be diagonal: a stock is imitated, not "
                "what it does to the other."
            )
        found = structure(a, d)
        adjustment, response, imitation = (tuple(part.tolist()) for part in found)
        return cls(
            adjustment=adjustment,
            response=response,
            imitation=imitation,
            network=network,
        )

    def __str__(self) -> str:
        pairs = (
            f"{name} ({first:.4g}, {second:.4g})"
            for name, (first, second) in (
                ("adjustment", self.adjustment),
                ("response", self.response),
                ("imitation", self.imitation),
            )
        )
        return ", ".join(pairs)

    @property
    def reduced_form(self) -> ReducedForm:
        """A (``own``) and D (``neighbours``) of the vector autoregression."""
        return reduced_form(self.adjustment, self.response, self.imitation)

    @property
    def jacobian(self) -> Floats:
        """Derivatives of (l_k, l_s, b_ks, b_sk, L) in (a11, a12, a21, a22), shape (5, 4)."""
        return jacobian(self.reduced_form.own)

    @property
    def loop(self) -> float:
        """L = b_ks b_sk / ((1 - c_k)(1 - c_s))."""
        return loop(self.response, self.imitation)

    @property
    def radius(self) -> float:
        """Spectral radius of the system of all units; it is stable below 1."""
        return radius(*self.reduced_form, self.network)

    @property
    def status(self) -> str:
        """``stable`` or ``unstable``."""
        return "stable" if self.radius < 1 else "unstable"

    @property
    def multiplier(self) -> float:
        """1/(1 - L); infinite if the system is not stable, whatever L."""
        if self.status == "unstable":
            return math.inf
        return multiplier(self.response, self.imitation)

    def impulse_response(
        self,
        horizon: int,
        *,
        covariance: ArrayLike | None = None,
        first: str = "knowledge",
        common: bool = False,
    ) -> Floats:
        r"""Return the effects of shocks from the same period to a horizon.

        Parameters
        ----------
        horizon : int
            Last period.
        covariance : array_like, shape (2, 2), optional
            Sigma of (knowledge, standards): shocks are orthogonal, one standard deviation
            each.  Without it they are one unit of either equation.
        first : {"knowledge", "standards"}
            Which stock moves the other in the same period; matters with a covariance.
        common : bool, default False
            Whether all units are shocked alike; else one is, its neighbours not reacting.

        Returns
        -------
        array, shape (horizon + 1, 2, 2)
            By period, stock and shock: :math:`A^h` times the Cholesky factor, or
            :math:`(A + D)^h` of a common shock.

        Raises
        ------
        InputError
            If the covariance is not symmetric and positive definite.

        Examples
        --------
        >>> TwoWay().impulse_response(4)[4].round(6)
        array([[0.165975, 0.1144  ],
               [0.1716  , 0.280375]])
        """
        periods = require_integer("horizon", horizon, at_least=0) + 1
        own, neighbours = self.reduced_form
        step = own + neighbours if common else own
        effects = np.empty((periods, 2, 2))
        effects[0] = _factor(covariance, first)
        for period in range(1, periods):
            effects[period] = step @ effects[period - 1]
        return effects

    def simulate(
        self, *, seed: int, units: int | None = None, periods: int = 20, **settings: Any
    ) -> pd.DataFrame:
        """Return a simulated panel of this system, with the truth in its ``attrs``.

        Parameters
        ----------
        seed : int
            The same seed gives the same panel.
        units : int, optional
            N; that of the network, or 50.
        periods : int
            T.
        **settings
            Further parameters of :func:`unigauge.two_way_map.simulate_two_way`: timing,
            observed, shock_scale, absorption, saturation, and so on.

        Returns
        -------
        DataFrame
            Indexed by (unit, time).

        Raises
        ------
        InputError
            If the system is not stable and ``burn`` is not given, or a setting is one of
            the system's own parameters.

        Examples
        --------
        >>> panel = TwoWay().simulate(seed=1, units=10, periods=5)
        >>> panel.attrs["truth"]["A"]
        [[0.6, 0.1], [0.15, 0.7]]
        """
        own, neighbours = self.reduced_form
        given: dict[str, Any] = {
            "persistence": tuple(np.diag(own).tolist()),
            "standards_to_knowledge": float(own[0, 1]),
            "knowledge_to_standards": float(own[1, 0]),
            "network": self.network,
            "network_effects": tuple(np.diag(neighbours).tolist()),
        }
        twice = sorted(given.keys() & settings.keys())
        if twice:
            raise InputError(
                f"{', '.join(twice)} follows from the system; change adjustment, response, "
                "imitation or network of TwoWay(...)."
            )
        if units is None:
            units = 50 if self.network is None else len(np.asarray(self.network))
        return simulate_two_way(
            seed=seed, units=units, periods=periods, **given, **settings
        )


def ring(units: int) -> Floats:
    """Return the network of a ring: each of N >= 3 units has two neighbours.

    Examples
    --------
    >>> ring(3)
    array([[0. , 0.5, 0.5],
           [0.5, 0. , 0.5],
           [0.5, 0.5, 0. ]])
    """
    identity = np.eye(require_integer("units", units, at_least=3))
    return (np.roll(identity, 1, axis=1) + np.roll(identity, -1, axis=1)) / 2


# ---------------------------------------------------------------------------


def _weights(network: ArrayLike) -> Floats:
    """Return W read-only, or raise InputError unless its rows are weights of others."""
    weights = require_array("network", network, "a square matrix")
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1] or not weights.size:
        raise InputError(
            f"network has shape {weights.shape}; it must be square, a row and a column for "
            "each unit."
        )
    good = np.isclose(weights.sum(axis=1), 1) & (weights >= 0).all(axis=1)
    wrong = np.flatnonzero(~good | (np.diag(weights) != 0))
    if len(wrong):
        raise InputError(
            f"network[{wrong[0]}] is {weights[wrong[0]].tolist()}; it must be weights at least "
            "0 that sum to 1, with 0 on the diagonal: a unit is not its own neighbour."
        )
    return frozen(weights)


def _square(name: str, values: ArrayLike) -> Floats:
    """Return a matrix of two rows and columns, or raise InputError."""
    matrix = require_array(name, values, "a matrix of shape (2, 2)")
    if matrix.shape != (2, 2):
        raise InputError(f"{name} has shape {matrix.shape}; it must be (2, 2).")
    return matrix


def _factor(covariance: ArrayLike | None, first: str) -> Floats:
    """Return what a shock of each kind moves at once; columns are shocks."""
    require_choice("first", first, STOCKS)
    if covariance is None:
        return np.eye(2)
    sigma = _square("covariance", covariance)
    order = np.array([0, 1] if first == "knowledge" else [1, 0])
    if not np.allclose(sigma, sigma.T) or np.linalg.eigvalsh(sigma).min() <= 0:
        raise InputError(
            f"covariance is {covariance!r}; it must be symmetric and positive definite."
        )
    factor = np.empty((2, 2))
    factor[np.ix_(order, order)] = np.linalg.cholesky(sigma[np.ix_(order, order)])
    return factor
