"""Who sets the agenda, and what bloc loyalty does to a vote on quality."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.agreements.entries import entries, vector
from unigauge.models.agreements.voting_power import voting_shares
from unigauge.models.answers import Answer, verdict, worst
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Agenda", "BlocVote", "bloc_vote", "setter"]

_TIE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Agenda(Answer):
    """What an agenda setter gets through.

    Attributes
    ----------
    proposal : float
        What is proposed and accepted; the status quo if nothing better passes.
    accepted_weight : float
        Weight of who accepts it.
    setter_gain : float
        By how much closer to its ideal the setter comes than in the status quo.
    status : str
        ``ok``, or ``gridlock`` if the status quo stays.
    certificate : float
        Largest gain of the setter from another proposal that passes, on a grid of 4001.
    ideals, weights : tuple of float
        Of the voters.
    status_quo, setter_ideal, quota : float
    """

    proposal: float
    accepted_weight: float
    setter_gain: float
    status: str
    certificate: float
    ideals: tuple[float, ...]
    weights: tuple[float, ...]
    status_quo: float
    setter_ideal: float
    quota: float

    def plot_data(self) -> pd.DataFrame:
        """Return the weight that accepts each proposal."""
        import pandas as pd

        grid = _grid(self.ideals, self.status_quo, self.setter_ideal)
        weight = _accepting(grid, self.ideals, self.weights, self.status_quo)
        return pd.DataFrame({"proposal": grid, "accepting_weight": weight})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw who accepts what, the quota, and what is proposed."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        ax.fill_between(
            data["proposal"], data["accepting_weight"], step="mid", color="C0", alpha=0.3
        )
        ax.axhline(self.quota, color="0.4", lw=1, ls="--", label="quota")
        ax.plot(self.ideals, np.zeros(len(self.ideals)), "k|", ms=14, label="ideals")
        marks = {"status quo": self.status_quo, "proposal": self.proposal}
        marks["setter's ideal"] = self.setter_ideal
        for number, (label, at) in enumerate(marks.items()):
            ax.axvline(at, color=f"C{number + 1}", lw=1.2, label=label)
        ax.set_ylim(0, 1.08 * sum(self.weights))
        ax.set_xlabel("proposal")
        ax.set_ylabel("weight that accepts it")
        ax.set_title(self._heading())
        ax.legend(frameon=False, fontsize=8)
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def _heading(self) -> str:
        return "What an agenda setter gets through"


def setter(
    ideals: ArrayLike,
    status_quo: float,
    setter_ideal: float,
    *,
    quota: float,
    weights: ArrayLike | float = 1.0,
) -> Agenda:
    """Return what a setter proposes who may propose one thing against the status quo.

    Voter i accepts y if |y - x_i| <= |q - x_i|.  Of the status quo, its own ideal and the
    points 2 x_i - q at which a voter is indifferent, the setter takes the closest to its
    ideal that passes, and among equally close ones the closest to the status quo.

    Parameters
    ----------
    ideals : array_like, shape (n,)
        x, the voters' ideals.
    status_quo : float
        q.
    setter_ideal : float
        What the setter wants; a setter who votes is listed among the voters too.
    quota : float
        Weight that must accept; all weights together for unanimity.
    weights : array_like, shape (n,)
        One number stands for all.

    Notes
    -----
    Source: Romer and Rosenthal (1978).  Exact.

    Examples
    --------
    >>> setter([0.3, 0.5, 0.8], status_quo=0, setter_ideal=1, quota=2).proposal
    1.0
    >>> setter([0.3, 0.5, 0.8], status_quo=0, setter_ideal=1, quota=3).proposal
    0.6
    """
    x = entries("ideals", ideals)
    given = vector("weights", weights, len(x), at_least=0)
    shares, limit = voting_shares(given, quota)
    q = require_number("status_quo", status_quo)
    goal = require_number("setter_ideal", setter_ideal)
    options = np.array([q, goal, *(2 * ideal - q for ideal in x)])
    slack = _TIE * math.fsum(shares)
    passing = options[_accepting(options, x, shares, q) >= limit - slack]
    far = np.abs(passing - goal)
    close = passing[far <= far.min() + _TIE * np.abs(options).max()]
    proposal = float(close[np.abs(close - q).argmin()])
    grid = _grid(x, q, goal)
    tried = grid[_accepting(grid, x, shares, q) >= limit - slack]
    best = float(np.abs(tried - goal).min()) if tried.size else np.inf
    certificate = worst(0.0, abs(proposal - goal) - best)
    status = verdict(certificate)
    if status == "ok" and proposal == q:
        status = "gridlock"
    return Agenda(
        proposal=proposal,
        accepted_weight=float(_accepting(np.array([proposal]), x, shares, q)[0]),
        setter_gain=abs(q - goal) - abs(proposal - goal),
        status=status,
        certificate=certificate,
        ideals=x,
        weights=shares,
        status_quo=q,
        setter_ideal=goal,
        quota=limit,
    )


def _grid(ideals: tuple[float, ...], status_quo: float, setter_ideal: float) -> Array:
    """Return proposals that cover all ideals and the status quo with room to spare."""
    points = (*ideals, status_quo, setter_ideal)
    room = max(points) - min(points) or 1.0
    return np.linspace(min(points) - room, max(points) + room, 4001)


def _accepting(
    proposals: Array, ideals: tuple[float, ...], weights: tuple[float, ...], q: float
) -> Array:
    """Return the weight that finds each proposal no worse than q."""
    x = np.array(ideals)
    rounding = _TIE * max(abs(q), np.abs(x).max())
    accepts = np.abs(proposals[:, None] - x) <= np.abs(q - x) + rounding
    return np.asarray(accepts @ np.array(weights))


# ---------------------------------------------------------------------------
# Votes by bloc


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class BlocVote(Answer):
    """A simple majority chooses between two texts, A and B.

    Attributes
    ----------
    loss : float
        E[delta 1(A chosen)] - E[max(delta, 0)] <= 0, quality lost against always choosing
        the better text.
    prob_best : float
        Probability that the better text is chosen.
    prob_unanimous : float
        Probability that all vote alike.
    prob_first : float
        Probability that A is chosen.
    status : str
        ``ok``.
    certificate : float
        Largest distance from the same numbers by another quadrature and another count.
    first, second, neutral : int
        n1, n2, n0: who is loyal to A, to B, to none.
    loyalty, noise, spread : float
        g, tau, sigma.
    """

    loss: float
    prob_best: float
    prob_unanimous: float
    prob_first: float
    status: str
    certificate: float
    first: int
    second: int
    neutral: int
    loyalty: float
    noise: float
    spread: float

    def plot_data(self) -> pd.DataFrame:
        """Return the quality lost, and how often all agree, over loyalty."""
        import pandas as pd

        grid = np.linspace(0, max(2.0, 2 * self.loyalty), 41)
        blocs = (self.first, self.second, self.neutral)
        rows = [_numbers(blocs, float(g), self.noise, self.spread) for g in grid]
        table = np.array(rows)
        return pd.DataFrame(
            {
                "loyalty": grid,
                "quality_lost": -table[:, 0],
                "probability_that_all_agree": table[:, 2],
            }
        )

    def _marks(self) -> Mapping[str, float]:
        return {"here": self.loyalty}

    def _heading(self) -> str:
        return "A vote on quality, with blocs"


def bloc_vote(
    first: int,
    second: int,
    neutral: int = 0,
    *,
    loyalty: float,
    noise: float = 0.25,
    spread: float = 1.0,
) -> BlocVote:
    """Return what loyalty to blocs does to a majority vote between two texts.

    Text A is better than B by delta ~ N(0, sigma^2).  A voter votes for A with probability
    Lambda((delta + g s)/tau), Lambda the logistic function and s = 1, -1 or 0 for voters
    loyal to A, to B, or to none.  A simple majority decides; a tie is drawn by lot.

    Parameters
    ----------
    first, second, neutral : int
        n1, n2, n0 >= 0, not all 0.
    loyalty : float
        g >= 0.
    noise : float
        tau > 0.
    spread : float
        sigma > 0.

    Notes
    -----
    A reconstruction.  Accurate to about 1e-10.

    Examples
    --------
    >>> torn, open_minded = (bloc_vote(5, 3, 3, loyalty=g) for g in (1.0, 0.0))
    >>> torn.loss < open_minded.loss <= 0
    True
    """
    counts = (first, second, neutral)
    names = ("first", "second", "neutral")
    blocs = tuple(
        require_integer(n, c, at_least=0) for n, c in zip(names, counts, strict=True)
    )
    if sum(blocs) == 0:
        raise InputError("first, second and neutral are all 0; somebody must vote.")
    g = require_number("loyalty", loyalty, at_least=0)
    tau = require_number("noise", noise, above=0)
    sigma = require_number("spread", spread, above=0)
    numbers = _numbers(blocs, g, tau, sigma)
    again = _numbers_by_sums(blocs, g, tau, sigma)
    certificate = float(np.abs(numbers - again).max())
    loss, best, unanimous, chosen = numbers.tolist()
    return BlocVote(
        loss=loss,
        prob_best=best,
        prob_unanimous=unanimous,
        prob_first=chosen,
        status=verdict(certificate),
        certificate=certificate,
        first=blocs[0],
        second=blocs[1],
        neutral=blocs[2],
        loyalty=g,
        noise=tau,
        spread=sigma,
    )


def _vote_probabilities(
    blocs: tuple[int, ...], delta: Array, g: float, tau: float
) -> Array:
    """Return each voter's probability of voting for A, shape (..., n)."""
    from scipy.special import expit

    sides = np.repeat([1.0, -1.0, 0.0], blocs)
    return np.asarray(expit((np.asarray(delta)[..., None] + g * sides) / tau))


def _numbers(blocs: tuple[int, ...], g: float, tau: float, sigma: float) -> Array:
    """Return loss, P(best), P(unanimous), P(A), by quadrature on panels split at 0."""
    nodes, weights = np.polynomial.legendre.leggauss(16)
    width = min(tau, sigma) / 2
    half = width * np.arange(int(np.ceil(9 * sigma / width)) + 1)
    edges = np.concatenate([-half[:0:-1], half])
    middle, reach = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    delta = (middle[:, None] + reach[:, None] * nodes).ravel()
    density = np.exp(-((delta / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))
    mass = density * (reach[:, None] * weights).ravel()
    chances = _vote_probabilities(blocs, delta, g, tau)
    votes = np.zeros((delta.size, sum(blocs) + 1))  # votes for A so far
    votes[:, 0] = 1.0
    for chance in chances.T:
        moved = votes[:, :-1] * chance[:, None]
        votes *= 1 - chance[:, None]
        votes[:, 1:] += moved
    n = sum(blocs)
    majority = np.sign(2 * np.arange(n + 1) - n) / 2 + 0.5
    chosen = votes @ majority
    return np.array(
        [
            mass @ (delta * chosen - np.maximum(delta, 0)),
            mass @ np.where(delta > 0, chosen, 1 - chosen),
            mass @ (chances.prod(axis=1) + (1 - chances).prod(axis=1)),
            mass @ chosen,
        ]
    )


def _numbers_by_sums(blocs: tuple[int, ...], g: float, tau: float, sigma: float) -> Array:
    """Return the same by Simpson's rule and by counting in each bloc on its own."""
    from scipy.integrate import simpson
    from scipy.stats import binom, norm

    answers = np.zeros(4)
    n = sum(blocs)
    for side in (-1.0, 1.0):
        delta = side * 9 * sigma * np.linspace(0, 1, 4001) ** 2
        singles = _vote_probabilities((1, 1, 1), delta, g, tau)
        counts = [
            binom.pmf(np.arange(size + 1), size, singles[:, [k]])
            for k, size in enumerate(blocs)
        ]
        joint = np.einsum("di,dj,dk->dijk", *counts)
        votes = sum(np.meshgrid(*(np.arange(s + 1) for s in blocs), indexing="ij"))
        chosen = (joint * (np.sign(2 * votes - n) / 2 + 0.5)).sum(axis=(1, 2, 3))
        alike = joint[:, 0, 0, 0] + joint[:, -1, -1, -1]
        right = chosen if side > 0 else 1 - chosen
        rows = [delta * chosen - np.maximum(delta, 0), right, alike, chosen]
        flow = np.array(rows) * norm.pdf(delta, scale=sigma)
        answers += side * simpson(flow, x=delta)
    return answers
