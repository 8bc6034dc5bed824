"""Finite Markov chains: stationary distributions, and what is left as mistakes vanish.

One algorithm serves twice.  Grassmann, Taksar and Heyman (1985), *Regenerative analysis and
steady state distributions for Markov chains*, Operations Research 33, eliminate states with
additions, products and quotients of positive numbers only, so every probability has small
*relative* error, however rare the state.  The same steps on orders of magnitude (sum
becomes minimum, product sum, quotient difference) give the cost of the cheapest tree to
each state (Freidlin and Wentzell 1984; Kandori, Mailath and Rob 1993; Young 1993): the
order in mistakes of its stationary probability.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from unigauge.errors import InputError
from unigauge.models.answers import Answer, verdict
from unigauge.models.arrays import require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Stability", "Stationary", "stability", "stationary", "stationary_answer"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Stationary(Answer):
    """A stationary distribution.

    Attributes
    ----------
    probabilities : array, shape (states,)
        Long-run share of time in each state.
    log_probabilities : array, shape (states,)
        Their natural logarithms, right also where a probability is too small for a float.
    mean : float
        Mean number of the state.
    mean_share : float
        The mean as a share of the largest number: of players on action 0, or of adopters,
        where states count them.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        Largest relative residual of the balance equations.
    process : str
        What moves.
    """

    probabilities: Array
    log_probabilities: Array
    mean: float
    mean_share: float
    status: str
    certificate: float
    process: str

    _MARKER: ClassVar[str] = "o"

    @property
    def log10_ratio(self) -> float:
        """Decimal logarithm of the last state's probability over the first's."""
        return float((self.log_probabilities[-1] - self.log_probabilities[0]) / np.log(10))

    def plot_data(self) -> pd.DataFrame:
        """Return the probability of each state."""
        import pandas as pd

        return pd.DataFrame(
            {"state": np.arange(len(self.probabilities)), "probability": self.probabilities}
        )

    def _heading(self) -> str:
        return f"Stationary distribution: {self.process}"


def stationary_answer(log_weights: Array, certificate: float, process: str) -> Stationary:
    """Return the distribution proportional to the exponentials of ``log_weights``."""
    from scipy.special import logsumexp

    logs = log_weights - logsumexp(log_weights)
    probabilities = np.exp(logs)
    mean = float(probabilities @ np.arange(len(logs)))
    return Stationary(
        probabilities=frozen(probabilities),
        log_probabilities=frozen(logs),
        mean=mean,
        mean_share=mean / (len(logs) - 1) if len(logs) > 1 else 0.0,
        status=verdict(certificate),
        certificate=certificate,
        process=process,
    )


def stationary(transition: ArrayLike) -> Stationary:
    """Return the stationary distribution of a finite Markov chain.

    Parameters
    ----------
    transition : array-like, shape (states, states)
        Probabilities of moving from the row's state to the column's; rows sum to 1.

    Returns
    -------
    Stationary
        Each probability to a relative error of some 1e-15 times the number of states.

    Raises
    ------
    InputError
        If the matrix is not square, a row is no probability distribution, or there are
        several recurrent classes, so that the long run depends on the start.

    Notes
    -----
    The algorithm of Grassmann, Taksar and Heyman (1985) on the recurrent class; transient
    states have probability zero.

    Examples
    --------
    >>> stationary([[0.9, 0.1], [0.3, 0.7]]).probabilities.round(12)
    array([0.75, 0.25])
    """
    P = _require_transition(transition)
    (members,) = _only_recurrent(P)
    weights = np.zeros(len(P))
    weights[members] = _eliminate(P[np.ix_(members, members)].copy())
    probabilities = weights / weights.sum()
    flow, held = probabilities @ P, probabilities > 0
    residual = np.abs(flow[held] / probabilities[held] - 1).max()
    with np.errstate(divide="ignore"):
        logs = np.log(probabilities)
    return stationary_answer(logs, float(residual), f"a chain of {len(P)} states")


def _eliminate(P: Array) -> Array:
    """Return stationary weights of an irreducible chain, the first state's being 1."""
    size = len(P)
    for k in range(size - 1, 0, -1):
        P[:k, k] /= P[k, :k].sum()
        P[:k, :k] += np.outer(P[:k, k], P[k, :k])
    weights = np.ones(size)
    for k in range(1, size):
        weights[k] = weights[:k] @ P[:k, k]
        if weights[k] > 1e100:  # rare first states: keep within floats
            weights[: k + 1] /= weights[k]
    return weights


def _require_transition(transition: ArrayLike) -> Array:
    P = require_array("transition", transition, "a square matrix")
    if P.ndim != 2 or P.shape[0] != P.shape[1] or not len(P):
        raise InputError(f"transition has the shape {P.shape}; it must be a square matrix.")
    if (P < 0).any():
        raise InputError(
            f"transition has the entry {P.min():g}; probabilities cannot be negative."
        )
    off = np.abs(P.sum(axis=1) - 1)
    if off.max() > 1e-9:
        row = int(off.argmax())
        raise InputError(
            f"row {row} of transition sums to {P[row].sum():.12g}; the probabilities of "
            "leaving for each state must sum to 1."
        )
    return P


def _closed_classes(possible: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Return the sets of states that reach one another and nothing else."""
    from scipy.sparse.csgraph import connected_components

    number, label = connected_components(possible, directed=True, connection="strong")
    classes = [np.flatnonzero(label == c) for c in range(number)]
    closed = [c for c in classes if not np.delete(possible[c], c, axis=1).any()]
    return sorted(closed, key=lambda members: int(members[0]))


def _only_recurrent(P: Array) -> list[NDArray[np.intp]]:
    closed = _closed_classes(P > 0)
    if len(closed) > 1:
        raise InputError(
            f"the chain has {len(closed)} recurrent classes, with the states "
            f"{[int(c[0]) for c in closed]} among them; where it ends depends on the start. "
            "Add mistakes that join them."
        )
    return closed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Stability(Answer):
    """What survives as mistakes vanish.

    Attributes
    ----------
    stable : tuple of int
        Stochastically stable states: those of least stochastic potential.
    classes : tuple of tuples of int
        Recurrent classes of the process without mistakes (conventions).
    radius : array, shape (classes,)
        Fewest mistakes that leave the basin of a class; infinite if there is but one.
    coradius : array, shape (classes,)
        Most mistakes ever needed to get to a class, from wherever that takes most.
    stochastic_potential : array, shape (states,)
        Mistakes on the cheapest tree of paths that lead from every state to this one; the
        stationary probability is of the order of mistakes to that power, less the least.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        Largest amount by which two states' potentials differ more than the mistakes that
        lead from one to the other allow.
    """

    stable: tuple[int, ...]
    classes: tuple[tuple[int, ...], ...]
    radius: Array
    coradius: Array
    stochastic_potential: Array
    status: str
    certificate: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row a recurrent class."""
        import pandas as pd

        least = [self.stochastic_potential[list(members)].min() for members in self.classes]
        return pd.DataFrame(
            {
                "radius": self.radius,
                "coradius": self.coradius,
                "stochastic_potential": least,
                "stable": [set(members) <= set(self.stable) for members in self.classes],
            },
            index=pd.Index([", ".join(map(str, m)) for m in self.classes], name="states"),
        )

    def plot_data(self) -> pd.DataFrame:
        """Return the stochastic potential of each state above the least."""
        import pandas as pd

        above = self.stochastic_potential - self.stochastic_potential.min()
        return pd.DataFrame(
            {"state": np.arange(len(above)), "mistakes_above_the_least": above}
        )

    def _heading(self) -> str:
        return f"Stochastic stability; recurrent classes: {len(self.classes)}"


def stability(resistance: ArrayLike) -> Stability:
    """Return what survives as mistakes vanish, from the mistakes that each step takes.

    Parameters
    ----------
    resistance : array-like, shape (states, states)
        Mistakes needed to move from the row's state to the column's in one period: 0 for
        steps that happen without, infinity for impossible ones.  The diagonal is ignored.

    Raises
    ------
    InputError
        If the matrix is not square, an entry is negative or NaN, or some state cannot be
        reached at any cost.

    Notes
    -----
    Radius and coradius: Ellison (2000), *Basins of attraction, long-run stochastic
    stability, and the speed of step-by-step evolution*, Review of Economic Studies 67; a
    class whose radius exceeds its coradius is the stable one.

    Examples
    --------
    Two conventions; leaving the first takes three mistakes, leaving the second one:

    >>> stability([[0, 3], [1, 0]]).stable
    (0,)
    """
    try:
        C = np.array(resistance, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(
            f"resistance is {resistance!r}; it must be a square matrix of numbers of "
            "mistakes."
        ) from None
    if C.ndim != 2 or C.shape[0] != C.shape[1] or not len(C):
        raise InputError(f"resistance has the shape {C.shape}; it must be a square matrix.")
    if np.isnan(C).any() or (C < 0).any():
        raise InputError("resistance has negative entries or NaN; it counts mistakes.")
    np.fill_diagonal(C, 0.0)
    costs = C.copy()
    for k in range(len(C)):  # cheapest paths
        np.minimum(costs, costs[:, k, None] + costs[k], out=costs)
    if np.isinf(costs).any():
        here, there = np.argwhere(np.isinf(costs))[0]
        raise InputError(
            f"state {there} cannot be reached from state {here} whatever the mistakes; "
            "without a way back and forth the long run depends on the start."
        )
    potential = _cheapest_trees(C)
    classes = _closed_classes(C == 0)
    free = costs == 0
    lands = np.array([free[:, c].any(axis=1) for c in classes])
    radius, coradius = [], []
    for c, members in enumerate(classes):
        elsewhere = np.delete(lands, c, axis=0).any(
            axis=0
        )  # not surely drawn to this class
        radius.append(costs[members][:, elsewhere].min() if elsewhere.any() else np.inf)
        coradius.append(costs[:, members].min(axis=1).max())
    gap = potential[None, :] - potential[:, None] - costs
    certificate = float(max(gap.max(), 0.0))
    return Stability(
        stable=tuple(np.flatnonzero(potential <= potential.min() + 1e-9).tolist()),
        classes=tuple(tuple(members.tolist()) for members in classes),
        radius=frozen(radius),
        coradius=frozen(coradius),
        stochastic_potential=frozen(potential),
        status=verdict(certificate, 1e-9 * max(1.0, float(potential.max()))),
        certificate=certificate,
    )


def _cheapest_trees(C: Array) -> Array:
    """Return each state's cheapest tree: the elimination above on orders of magnitude."""
    C, size, rooted_at_first = C.copy(), len(C), 0.0
    for k in range(size - 1, 0, -1):
        least = C[k, :k].min()
        rooted_at_first += least
        C[:k, k] -= least
        np.minimum(C[:k, :k], C[:k, k, None] + C[k, :k], out=C[:k, :k])
    potential = np.zeros(size)
    for k in range(1, size):
        potential[k] = (potential[:k] + C[:k, k]).min()
    return potential + rooted_at_first
