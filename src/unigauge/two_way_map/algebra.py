r"""The map between the structure of the two-way system and its reduced form.

Units want knowledge k and standards s that depend on each other and on what their
neighbours W have, and each period they close a part of the gap (in logarithms):

.. math::

   k^*_{it} = a^k_i + b_{ks} s_{it} + c_k (W k)_{it}, \qquad
   k_{i,t+1} = k_{it} + l_k (k^*_{it} - k_{it}) + \tau^k_t + \varepsilon^k_{it},

and s likewise.  This is a vector autoregression
:math:`x_{t+1} = l a_i + \tau_t + A x_t + D W x_t + \varepsilon_t` with

.. math::

   A = \begin{pmatrix} 1 - l_k & l_k b_{ks} \\ l_s b_{sk} & 1 - l_s \end{pmatrix}, \qquad
   D = \mathrm{diag}(l_k c_k,\, l_s c_s).

The map is one-to-one.  Everywhere the first entry of a pair is knowledge, the second
standards.  (Reconstruction.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.errors import IdentificationError, InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "ReducedForm",
    "Structure",
    "jacobian",
    "loop",
    "multiplier",
    "radius",
    "reduced_form",
    "structure",
]


class Structure(NamedTuple):
    """The parameters of behaviour, in pairs (knowledge, standards).

    Parameters
    ----------
    adjustment : array, shape (2,)
        l_k, l_s: part of the gap that is closed in a period.
    response : array, shape (2,)
        b_ks, b_sk: what a unit of the other stock adds to the one that is wanted.
    imitation : array, shape (2,)
        c_k, c_s: what a unit of the neighbours' stock adds to it.
    """

    adjustment: Floats
    response: Floats
    imitation: Floats


class ReducedForm(NamedTuple):
    """The coefficients of the vector autoregression.

    Parameters
    ----------
    own : array, shape (2, 2)
        A: effects of last period's (knowledge, standards).
    neighbours : array, shape (2, 2)
        D: effects of the neighbours', diagonal.
    """

    own: Floats
    neighbours: Floats


def reduced_form(
    adjustment: ArrayLike, response: ArrayLike, imitation: ArrayLike = (0.0, 0.0)
) -> ReducedForm:
    """Return A and D of a structure.

    Parameters
    ----------
    adjustment, response, imitation : array_like, shape (2,)
        As in :class:`Structure`.

    Raises
    ------
    InputError
        If one is no pair of finite numbers; so everywhere in this module.

    Examples
    --------
    >>> reduced_form((0.4, 0.3), (0.25, 0.5)).own
    array([[0.6 , 0.1 ],
           [0.15, 0.7 ]])
    """
    part = _pair("adjustment", adjustment)
    wanted = np.fliplr(np.diag(_pair("response", response)))
    return ReducedForm(
        own=np.diag(1 - part) + part[:, None] * wanted,
        neighbours=np.diag(part * _pair("imitation", imitation)),
    )


def structure(own: ArrayLike, neighbours: ArrayLike | None = None) -> Structure:
    """Return the structure of A and D: the inverse of :func:`reduced_form`.

    Parameters
    ----------
    own : array_like, shape (2, 2)
        A.
    neighbours : array_like, shape (2, 2), optional
        D, diagonal; 0 by default.

    Raises
    ------
    IdentificationError
        If a diagonal entry of A is 1: nothing is adjusted, and what would be wanted does
        not show.

    Examples
    --------
    >>> structure([[0.6, 0.1], [0.15, 0.7]]).response
    array([0.25, 0.5 ])
    """
    a = _square("own", own)
    d = np.zeros((2, 2)) if neighbours is None else _square("neighbours", neighbours)
    part = 1 - np.diag(a)
    if np.any(part == 0):
        raise IdentificationError(
            f"A has the diagonal {np.diag(a).tolist()}: where it is 1 no gap is ever closed, "
            "and the response to the other stock cannot be told."
        )
    return Structure(
        adjustment=part,
        response=np.array([a[0, 1], a[1, 0]]) / part,
        imitation=np.diag(d) / part,
    )


def jacobian(own: ArrayLike) -> Floats:
    """Return the derivatives of (l_k, l_s, b_ks, b_sk, L) in (a11, a12, a21, a22).

    L is the loop b_ks b_sk, without neighbours.

    Parameters
    ----------
    own : array_like, shape (2, 2)
        A.

    Returns
    -------
    array, shape (5, 4)

    Raises
    ------
    IdentificationError
        If a diagonal entry of A is 1.

    Examples
    --------
    >>> jacobian([[0.6, 0.1], [0.15, 0.7]])[2]
    array([0.625, 2.5  , 0.   , 0.   ])
    """
    (l_k, l_s), (b_ks, b_sk), _ = structure(own)
    rows = np.zeros((5, 4))
    rows[0, 0] = rows[1, 3] = -1
    rows[2, :2] = b_ks / l_k, 1 / l_k
    rows[3, 2:] = 1 / l_s, b_sk / l_s
    rows[4] = b_sk * rows[2] + b_ks * rows[3]
    return rows


def loop(response: ArrayLike, imitation: ArrayLike = (0.0, 0.0)) -> float:
    """Return L = b_ks b_sk / ((1 - c_k)(1 - c_s)).

    It is what a unit of one stock adds to itself through the other, once all units move
    together.

    Returns
    -------
    float
        Infinite if an imitation is 1 or more: that stock runs away by itself.

    Examples
    --------
    >>> loop((0.25, 0.5))
    0.125
    """
    responses, copied = _pair("response", response), _pair("imitation", imitation)
    if copied.max() >= 1:
        return math.inf
    return float(np.prod(responses) / np.prod(1 - copied))


def radius(
    own: ArrayLike, neighbours: ArrayLike | None = None, network: ArrayLike | None = None
) -> float:
    """Return the spectral radius of the system of all units; it is stable below 1.

    Parameters
    ----------
    own, neighbours : array_like, shape (2, 2)
        A and D.
    network : array_like, shape (N, N), optional
        W; without it D does not count.

    Returns
    -------
    float
        The largest modulus of an eigenvalue of A + w D over the eigenvalues w of W, which
        are those of the system of 2N equations.

    Examples
    --------
    >>> round(radius([[0.6, 0.1], [0.15, 0.7]]), 6)
    0.782288
    """
    weights = np.zeros(1) if network is None else np.linalg.eigvals(_network(network))
    d = np.zeros((2, 2)) if neighbours is None else _square("neighbours", neighbours)
    systems = _square("own", own) + weights[:, None, None] * d
    return float(np.abs(np.linalg.eigvals(systems)).max())


def multiplier(response: ArrayLike, imitation: ArrayLike = (0.0, 0.0)) -> float:
    """Return 1/(1 - L): how much the loop raises the effect of wanting more, in the end.

    It holds where the system is stable; see :func:`radius`.

    Returns
    -------
    float
        Infinite if L is 1 or more: then nothing settles.

    Examples
    --------
    >>> round(multiplier((0.25, 0.5)), 6)
    1.142857
    """
    gain = loop(response, imitation)
    return 1 / (1 - gain) if gain < 1 else math.inf


# ---------------------------------------------------------------------------


def _pair(name: str, values: ArrayLike) -> Floats:
    return _finite(name, values, "a pair (knowledge, standards)", lambda a: a.shape == (2,))


def _square(name: str, values: ArrayLike) -> Floats:
    return _finite(name, values, "of shape (2, 2)", lambda a: a.shape == (2, 2))


def _network(values: ArrayLike) -> Floats:
    return _finite(
        "network",
        values,
        "a square matrix",
        lambda a: a.ndim == 2 and a.shape[0] == a.shape[1] > 0,
    )


def _finite(
    name: str, values: ArrayLike, wanted: str, fits: Callable[[Floats], bool]
) -> Floats:
    """Return finite floats of a shape that fits, or raise InputError."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        array = np.empty(0)
    if not (fits(array) and np.isfinite(array).all()):
        raise InputError(f"{name} is {values!r}; it must be {wanted}, of finite numbers.")
    return array
