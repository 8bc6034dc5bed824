"""Opinions that meet again and again, and drafts that go from stage to stage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from unigauge.errors import InputError
from unigauge.models.agreements.entries import entries, matrix, vector
from unigauge.models.agreements.listing import Listing
from unigauge.models.answers import verdict
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Dialogue", "Stages", "degroot", "stages"]

_SUM = 1e-9
_MODULUS = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Dialogue(Listing):
    """Where a dialogue leads, and how fast.

    Attributes
    ----------
    limit : array, shape (n,)
        Opinions in the end; NaN if they cycle for ever.
    consensus : float
        The common opinion; NaN if there is none.
    influence : array, shape (n,)
        How much each starting opinion counts in the consensus: the left eigenvector of W;
        NaN if there is none.
    rate : float
        Share of the distance to the limit that a round leaves: |lambda_2| without anchors,
        the spectral radius of (I - A) W with them.
    half_life : float
        Rounds until half of the distance is left.
    status : str
        ``ok``: consensus; ``disagreement``: opinions settle apart; ``cycle``: they do not
        settle.
    certificate : float
        Largest distance between the limit and opinions after 2^60 rounds.
    weights : array, shape (n, n)
        W.
    start : array, shape (n,)
    anchor : tuple of float
        a.
    """

    limit: Array
    consensus: float
    influence: Array
    rate: float
    half_life: float
    status: str
    certificate: float
    weights: Array
    start: Array
    anchor: tuple[float, ...]

    def plot_data(self) -> pd.DataFrame:
        """Return opinions over rounds."""
        import pandas as pd

        rounds = 20
        if 0 < self.rate < 1:
            rounds = min(200, max(10, math.ceil(math.log(0.01) / math.log(self.rate))))
        path, a = [self.start], np.array(self.anchor)
        for _ in range(rounds):
            path.append((1 - a) * (self.weights @ path[-1]) + a * self.start)
        columns = {f"opinion_{i + 1}": list(c) for i, c in enumerate(np.transpose(path))}
        return pd.DataFrame({"round": np.arange(rounds + 1), **columns})

    def _columns(self) -> Mapping[str, Any]:
        return {
            "start": self.start,
            "anchor": self.anchor,
            "influence": self.influence,
            "limit": self.limit,
        }

    def _heading(self) -> str:
        return "Dialogue" + (" with anchors" if any(self.anchor) else "")


def degroot(
    weights: ArrayLike, start: ArrayLike, anchor: ArrayLike | float = 0.0
) -> Dialogue:
    """Return where opinions go if each round everyone takes a weighted mean.

    Round by round x becomes (1 - a) W x + a x_0: each listens to others with the weights of
    its row and, if anchored, keeps a share a of where it started.

    Parameters
    ----------
    weights : array_like, shape (n, n)
        W >= 0, rows summing to one.
    start : array_like, shape (n,)
        x_0.
    anchor : array_like, shape (n,)
        a, in [0, 1]; one number stands for all.

    Returns
    -------
    Dialogue
        Without anchors the limit is the left eigenvector of W times x_0, if there is one
        group to which all listen in the end; with them it solves
        (I - (1 - a) W) x = a x_0.

    Notes
    -----
    Sources: DeGroot (1974); Friedkin and Johnsen (1990) with anchors.

    Examples
    --------
    >>> talk = degroot([[0.8, 0.2], [0.4, 0.6]], [0, 3])
    >>> round(talk.consensus, 6), round(talk.rate, 6), talk.influence.round(6)
    (1.0, 0.4, array([0.666667, 0.333333]))
    """
    x0 = np.array(entries("start", start))
    size = len(x0)
    listen = np.array(matrix("weights", weights, size, size, at_least=0))
    sums = listen.sum(axis=1)
    if np.abs(sums - 1).max() > _SUM:
        worst = int(np.abs(sums - 1).argmax())
        raise InputError(
            f"weights[{worst}] sums to {sums[worst]:g}; every row must sum to 1, being "
            "shares of attention."
        )
    kept = np.array(vector("anchor", anchor, size, at_least=0, at_most=1))
    moved = (1 - kept)[:, None] * listen
    roots = np.sort(np.abs(np.linalg.eigvals(moved)))[::-1]
    endless = int((roots > 1 - _MODULUS).sum())
    rate = float(roots[endless]) if endless < size else 0.0
    influence, consensus = np.full(size, np.nan), np.nan
    after = _after_many_rounds(moved, kept * x0, x0)
    again = moved @ after + kept * x0
    if endless == 0:
        limit = np.linalg.solve(np.eye(size) - moved, kept * x0)
        status = (
            "ok" if np.ptp(limit) <= 1e-12 * max(1.0, np.abs(x0).max()) else "disagreement"
        )
    elif np.abs(again - after).max() > 1e-9 * max(1.0, float(np.abs(x0).max())):
        limit, status, rate = np.full(size, np.nan), "cycle", 1.0
    elif endless == 1 and not kept.any():
        system = np.vstack([listen.T - np.eye(size), np.ones(size)])
        influence = np.linalg.lstsq(system, np.append(np.zeros(size), 1.0), rcond=None)[0]
        limit, status = np.full(size, float(influence @ x0)), "ok"
    else:
        limit, status = after, "disagreement"
        if np.ptp(limit) <= 1e-12 * max(1.0, float(np.abs(x0).max())):
            status = "ok"
    certificate = 0.0 if status == "cycle" else float(np.abs(after - limit).max())
    if certificate > 1e-8 * max(1.0, float(np.abs(x0).max())):
        status = "uncertified"
    if status == "ok":
        consensus = float(limit[0])
    return Dialogue(
        limit=frozen(limit),
        consensus=consensus,
        influence=frozen(influence),
        rate=rate,
        half_life=math.log(0.5) / math.log(rate)
        if 0 < rate < 1
        else (0.0 if rate == 0 else math.inf),
        status=status,
        certificate=certificate,
        weights=frozen(listen),
        start=frozen(x0),
        anchor=tuple(kept.tolist()),
    )


def _after_many_rounds(moved: Array, added: Array, start: Array) -> Array:
    """Return opinions after 2^60 rounds, by squaring the affine map."""
    size = len(start)
    power = np.block([[moved, added[:, None]], [np.zeros(size), 1.0]])
    whole = np.abs(moved.sum(axis=1) - 1) <= _SUM  # who is not anchored
    for _ in range(60):
        power = power @ power
        if whole.all():  # rows of a product of shares sum to one
            power[:-1] /= power[:-1].sum(axis=1, keepdims=True)
    return np.asarray((power @ np.append(start, 1.0))[:size])


# ---------------------------------------------------------------------------
# Stages


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Stages(Listing):
    """How long a draft takes from each stage to the end.

    Attributes
    ----------
    expected : array, shape (n,)
        Expected steps from each stage until the last is passed.
    visits : array, shape (n,)
        Expected steps spent in each stage by a draft that starts in the first.
    deviation : array, shape (n,)
        Standard deviation of the steps.
    slowest : int
        The stage, counted from 0, in which most time is spent.
    status : str
        ``ok``.
    certificate : float
        Largest relative distance of ``expected`` from the sum of the probabilities of not
        having finished.
    p_next, p_back : tuple of float
    """

    expected: Array
    visits: Array
    deviation: Array
    slowest: int
    status: str
    certificate: float
    p_next: tuple[float, ...]
    p_back: tuple[float, ...]
    _AGENT: ClassVar[str] = "stage"

    def plot_data(self) -> pd.DataFrame:
        """Return how likely it is that a draft has passed by each step."""
        import pandas as pd

        steps = math.ceil(3 * self.expected[0])
        chain, state = _chain(self.p_next, self.p_back), np.eye(len(self.expected))[0]
        passed = [0.0]
        for _ in range(steps):
            state = state @ chain
            passed.append(1 - float(state.sum()))
        return pd.DataFrame({"step": np.arange(steps + 1), "probability_passed": passed})

    def _marks(self) -> Mapping[str, float]:
        return {f"mean {self.expected[0]:.3g}": float(self.expected[0])}

    def _columns(self) -> Mapping[str, Any]:
        return {
            "p_next": self.p_next,
            "p_back": self.p_back,
            "visits": self.visits,
            "expected": self.expected,
            "deviation": self.deviation,
        }

    def _heading(self) -> str:
        return f"A draft through {len(self.expected)} stages"


def stages(p_next: ArrayLike, p_back: ArrayLike | float = 0.0) -> Stages:
    """Return how long a draft takes through stages that may send it back.

    Each step a draft in stage i moves on with probability p_next[i], goes back one stage
    with p_back[i], and stays otherwise.  From the last stage it moves on to the end.

    Parameters
    ----------
    p_next : array_like, shape (n,)
        In (0, 1].
    p_back : array_like, shape (n,)
        In [0, 1 - p_next]; 0 in the first stage.  One number stands for all later ones.

    Notes
    -----
    Expected steps are (I - Q)^-1 1, Q being the chain among the stages.

    Examples
    --------
    >>> stages([0.5, 0.25, 0.2, 0.4], [0, 0.05, 0.1, 0.1]).expected.round(6)
    array([17.9, 15.9, 11.5,  4.3])
    """
    on = entries("p_next", p_next, above=0, at_most=1)
    size = len(on)
    given = (0.0, *[p_back] * (size - 1)) if np.ndim(p_back) == 0 else p_back
    back = vector("p_back", given, size, at_least=0, at_most=1)
    if back[0] > 0:
        raise InputError(f"p_back[0] is {back[0]:g}; the first stage has none before it.")
    for i, (forth, fro) in enumerate(zip(on, back, strict=True)):
        if forth + fro > 1 + 1e-12:
            raise InputError(
                f"p_next[{i}] and p_back[{i}] sum to {forth + fro:g}; they must be at most 1."
            )
    chain = _chain(on, back)
    fundamental = np.linalg.inv(np.eye(size) - chain)
    expected = fundamental.sum(axis=1)
    variance = (2 * fundamental - np.eye(size)) @ expected - expected**2
    surviving = np.eye(size)  # sum of Q^t for t < 2^k, by doubling
    power = chain.copy()
    for _ in range(60):
        surviving, power = surviving + power @ surviving, power @ power
    off = np.abs(surviving.sum(axis=1) / expected - 1)
    return Stages(
        expected=frozen(expected),
        visits=frozen(fundamental[0]),
        deviation=frozen(np.sqrt(np.maximum(variance, 0))),
        slowest=int(fundamental[0].argmax()),
        status=verdict(float(off.max())),
        certificate=float(off.max()),
        p_next=on,
        p_back=back,
    )


def _chain(on: tuple[float, ...], back: tuple[float, ...]) -> Array:
    """Return Q."""
    stay = 1 - np.array(on) - np.array(back)
    return np.diag(stay) + np.diag(on[:-1], 1) + np.diag(back[1:], -1)
