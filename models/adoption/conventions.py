"""Which of two conventions survives: revision with mistakes in a finite population."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.adoption.adoption_game import AdoptionGame, require_adoption_game
from unigauge.models.adoption.markov_chains import (
    Stability,
    Stationary,
    stability,
    stationary,
    stationary_answer,
)
from unigauge.models.adoption.normal_form import require_payoff_matrix
from unigauge.models.arrays import require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = [
    "BirthDeath",
    "adaptive_play",
    "best_reply_with_mistakes",
    "convention_stability",
    "gibbs",
    "logit_revision",
    "mistakes_chain",
]


@dataclass(frozen=True, slots=True, eq=False, init=False)
class BirthDeath:
    """A chain on 0, ... N that moves one step at a time.

    Parameters
    ----------
    up, down : array-like, shape (N + 1,)
        Probabilities of a step up and down from each state; no step leads out.

    Raises
    ------
    InputError
        If a probability is outside [0, 1], two sum to more than 1, a step leads out of
        the chain, or a step inside has probability zero.

    Examples
    --------
    >>> chain = BirthDeath([0.2, 0.1, 0.0], [0.0, 0.1, 0.4])
    >>> chain.stationary().probabilities.round(6)
    array([0.285714, 0.571429, 0.142857])
    >>> chain.expected_time(0, 2)
    20.0
    """

    up: Array
    down: Array

    def __init__(self, up: ArrayLike, down: ArrayLike) -> None:
        rising, falling = (
            frozen(require_array(name, values, "a sequence"))
            for name, values in (("up", up), ("down", down))
        )
        if rising.ndim != 1 or rising.shape != falling.shape or len(rising) < 2:
            raise InputError(
                f"up has the shape {rising.shape} and down {falling.shape}; both must have "
                "one entry for each of two states or more."
            )
        both = rising + falling
        bad = (rising < 0) | (falling < 0) | ~(both <= 1 + 1e-12)
        if bad.any():
            raise InputError(
                f"in state {int(bad.argmax())} the steps are no probabilities: none may be "
                "negative, and up and down may not sum to more than 1."
            )
        if rising[-1] or falling[0]:
            raise InputError("a step leads out of the chain: up[-1] and down[0] must be 0.")
        if not (rising[:-1].all() and falling[1:].all()):
            raise InputError(
                "a step inside the chain has probability 0, so that the long run depends "
                "on the start; let mistakes be possible everywhere."
            )
        object.__setattr__(self, "up", rising)
        object.__setattr__(self, "down", falling)

    def stationary(self, process: str = "one step at a time") -> Stationary:
        """Return the stationary distribution, by products of ratios in logarithms."""
        steps = np.log(self.up[:-1]) - np.log(self.down[1:])
        answer = stationary_answer(np.concatenate([[0.0], np.cumsum(steps)]), 0.0, process)
        log = answer.log_probabilities
        arriving = 1 - self.up - self.down
        arriving[1:] += np.exp(log[:-1] - log[1:]) * self.up[:-1]
        arriving[:-1] += np.exp(log[1:] - log[:-1]) * self.down[1:]
        return stationary_answer(log, float(np.abs(arriving - 1).max()), process)

    def expected_time(self, start: int, end: int) -> float:
        """Return the expected number of periods until ``end`` is first reached."""
        N = len(self.up) - 1
        start = require_integer("start", start, at_least=0)
        end = require_integer("end", end, at_least=0)
        if max(start, end) > N:
            raise InputError(f"start is {start} and end {end}; states are 0 to {N}.")
        towards, away = (self.up, self.down) if start <= end else (self.down, self.up)
        path = range(end) if start <= end else range(N, end, -1)
        total = step = 0.0
        for k in path:  # from the reflecting end on
            step = float((1 + away[k] * step) / towards[k])
            if (k >= start) if start <= end else (k <= start):
                total += step
        return total


def _advantage(A: Array, n: int) -> Array:
    """Return what action 0 pays more than 1 by how many of n - 1 others play 0."""
    k = np.arange(n)
    gains: Array = (k * (A[0, 0] - A[1, 0]) + (n - 1 - k) * (A[0, 1] - A[1, 1])) / (n - 1)
    gains[np.abs(gains) <= 1e-12 * np.abs(A).max()] = 0.0
    return gains


def _revision_chain(A: Array, n: int, choice: Callable[[Array], Array]) -> BirthDeath:
    """Return the chain in which one of n players, drawn at random, revises."""
    zero = choice(_advantage(A, n))  # probability of choosing 0, by others who play it
    k = np.arange(n + 1)
    up = np.append((n - k[:-1]) / n * zero, 0.0)
    down = np.append(0.0, k[1:] / n * (1 - zero))
    return BirthDeath(up, down)


def mistakes_chain(A: ArrayLike, n: int, mistakes: float) -> BirthDeath:
    """Return the chain of :func:`best_reply_with_mistakes`, for waiting times.

    Examples
    --------
    >>> chain = mistakes_chain([[4, 0], [3, 2]], 10, 0.1)
    >>> round(chain.expected_time(10, 0) / chain.expected_time(0, 10), 6)
    0.000147
    """
    payoffs, players = _population(A, n)
    rate = require_number("mistakes", mistakes, above=0, below=1, because=_MISTAKES)

    def choice(gain: Array) -> Array:
        best = np.where(gain > 0, 1.0, np.where(gain < 0, 0.0, 0.5))
        return (1 - rate) * best + rate / 2

    return _revision_chain(payoffs, players, choice)


_MISTAKES = "a mistake is a probability, and without mistakes any convention lasts for ever"


def best_reply_with_mistakes(A: ArrayLike, n: int, mistakes: float) -> Stationary:
    """Return the long run of best replies with mistakes, by number on action 0.

    In each period one of ``n`` players, drawn at random, revises: plays a best reply to
    the other n - 1 (a tie is broken half and half), or with probability ``mistakes`` any
    action, each with half.

    Parameters
    ----------
    A : array-like, shape (2, 2)
        Payoffs by own action and the other's, in a symmetric game.
    n : int
        Players N, at least two.
    mistakes : float
        epsilon, inside (0, 1).

    Returns
    -------
    Stationary
        States 0 to N: players on action 0.  Relative error below 1e-12 even where
        probabilities are below 1e-300 (in logarithms).

    Raises
    ------
    InputError
        If an argument is out of range.

    Notes
    -----
    Kandori, Mailath and Rob (1993), *Learning, mutation, and long run equilibria in games*,
    Econometrica 61, with one reviser a period.

    Examples
    --------
    A stag hunt: the risk-dominant convention, action 1, survives.

    >>> answer = best_reply_with_mistakes([[4, 0], [3, 2]], 10, 0.1)
    >>> round(answer.mean_share, 6), round(answer.log10_ratio, 6)
    (0.050131, -3.836261)
    """
    chain = mistakes_chain(A, n, mistakes)
    return chain.stationary(f"best replies, mistakes {mistakes:g}, {n} players")


def logit_revision(A: ArrayLike, n: int, precision: float) -> Stationary:
    """Return the long run of logit revision, by number on action 0.

    One of ``n`` players, drawn at random, revises and plays action 0 with probability
    1/(1 + exp(-precision gain)), gain being what 0 pays more on average over the others.

    Parameters
    ----------
    A : array-like, shape (2, 2)
        Payoffs by own action and the other's, in a symmetric game.
    n : int
        Players, at least two.
    precision : float
        beta, not negative; 0 is a coin toss.

    Notes
    -----
    Blume (1993), *The statistical mechanics of strategic interaction*, Games and Economic
    Behavior 5.

    Examples
    --------
    >>> round(logit_revision([[4, 0], [3, 2]], 10, 2.0).mean_share, 4)
    0.022
    """
    from scipy.special import expit

    payoffs, players = _population(A, n)
    beta = require_number("precision", precision, at_least=0)
    chain = _revision_chain(payoffs, players, lambda gain: np.asarray(expit(beta * gain)))
    return chain.stationary(f"logit revision, precision {beta:g}, {players} players")


def gibbs(game: AdoptionGame, precision: float) -> Stationary:
    """Return the long run of logit revision in an adoption game, by number of adopters.

    The probability of a set of adopters is proportional to exp(precision potential); with
    one cost for all, that of ``m`` adopters to binomial(N, m) exp(precision potential(m)).

    Parameters
    ----------
    game : AdoptionGame
        The game; costs may differ.
    precision : float
        beta, not negative.

    Notes
    -----
    Blume (1993); Monderer and Shapley (1996).  Sums over sets are elementary symmetric
    polynomials, in logarithms: O(N^2).  The certificate is the largest relative difference
    to the sums with the players taken in reverse order.

    Examples
    --------
    >>> game = AdoptionGame.linear(6, 1.0, 2.2)
    >>> gibbs(game, 1.5).probabilities.round(6)[[0, 6]]
    array([0.056033, 0.833761])
    """
    beta = require_number("precision", precision, at_least=0)
    burdens = beta * require_adoption_game(game).cost
    sets = _log_symmetric_sums(burdens)
    again = _log_symmetric_sums(burdens[::-1])
    gains = beta * np.concatenate([[0.0], np.cumsum(game.benefit)])
    return stationary_answer(
        sets + gains,
        float(np.abs(np.expm1(sets - again)).max()),
        f"logit adoption, precision {beta:g}",
    )


def _log_symmetric_sums(burdens: Array) -> Array:
    """Return log sums, over the sets of 0, ... N players, of exp(- their burdens)."""
    sums = np.full(len(burdens) + 1, -np.inf)
    sums[0] = 0.0
    for burden in burdens:
        sums[1:] = np.logaddexp(sums[1:], sums[:-1] - burden)
    return sums


def adaptive_play(A: ArrayLike, *, memory: int, sample: int, mistakes: float) -> Stationary:
    """Return the long run of adaptive play, by how many of the last plays were action 0.

    In each period one player enters, draws ``sample`` of the last ``memory`` plays without
    replacement and plays a best reply to them (a tie is broken half and half), or with
    probability ``mistakes`` any action, each with half.

    Parameters
    ----------
    A : array-like, shape (2, 2)
        Payoffs by own action and the other's, in a symmetric game.
    memory : int
        Plays remembered, 1 to 10: states are the 2^memory histories.
    sample : int
        Plays sampled, at most ``memory``.
    mistakes : float
        Inside (0, 1).

    Raises
    ------
    InputError
        If an argument is out of range.

    Notes
    -----
    After Young (1993), *The evolution of conventions*, Econometrica 61; a reconstruction
    with one population and one play a period.

    Examples
    --------
    >>> answer = adaptive_play([[4, 0], [3, 2]], memory=6, sample=3, mistakes=0.05)
    >>> round(answer.mean_share, 4)
    0.0305
    """
    from scipy.stats import hypergeom

    payoffs, memory = _population(A, require_integer("memory", memory, at_least=1) + 1)
    memory -= 1
    sample = require_integer("sample", sample, at_least=1)
    if memory > 10 or sample > memory:
        raise InputError(
            f"memory is {memory} and sample {sample}; memory must be at most 10 (there are "
            "2^memory histories) and sample at most memory."
        )
    rate = require_number("mistakes", mistakes, above=0, below=1, because=_MISTAKES)
    gain = _advantage(payoffs, sample + 1)
    best = np.where(gain > 0, 1.0, np.where(gain < 0, 0.0, 0.5))
    drawn = np.arange(sample + 1)
    by_number = np.array(
        [hypergeom.pmf(drawn, memory, zeros, sample) @ best for zeros in range(memory + 1)]
    )
    histories = np.arange(2**memory)  # a bit is 1 where action 0 was played
    zeros = np.bitwise_count(histories)
    choose = (1 - rate) * by_number[zeros] + rate / 2
    older = (histories << 1) & (2**memory - 1)
    transition = np.zeros((len(histories),) * 2)
    transition[histories, older | 1] = choose
    transition[histories, older] = 1 - choose
    answer = stationary(transition)
    totals = np.array(
        [answer.probabilities[zeros == number].sum() for number in range(memory + 1)]
    )
    return stationary_answer(
        np.log(totals),
        answer.certificate,
        f"adaptive play, memory {memory}, sample {sample}",
    )


def convention_stability(A: ArrayLike, n: int) -> Stability:
    """Return radius, coradius and what survives under best replies with rare mistakes.

    States are numbers of players on action 0, as in :func:`best_reply_with_mistakes`.

    Examples
    --------
    >>> answer = convention_stability([[4, 0], [3, 2]], 10)
    >>> answer.classes, answer.radius, answer.stable
    (((0,), (10,)), array([6., 3.]), (0,))
    """
    payoffs, players = _population(A, n)
    gain = _advantage(payoffs, players)
    resistance = np.full((players + 1, players + 1), np.inf)
    k = np.arange(players)
    resistance[k, k + 1] = np.where(gain >= 0, 0.0, 1.0)
    resistance[k + 1, k] = np.where(gain <= 0, 0.0, 1.0)
    return stability(resistance)


def _population(A: ArrayLike, n: int) -> tuple[Array, int]:
    players = require_integer("n", n, at_least=2, because="it is a number of players")
    return require_payoff_matrix(A, actions=2), players
