"""Imitation of success: the replicator in large populations, Moran's process in small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import ConvergenceError, InputError, require_integer, require_number
from unigauge.models.adoption.normal_form import (
    require_payoff_matrix,
    require_probabilities,
)
from unigauge.models.answers import Answer, verdict
from unigauge.models.arrays import require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Fixation", "Replication", "moran", "replicator", "replicator_time"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Replication(Answer):
    """A path of the replicator dynamics.

    Attributes
    ----------
    shares : array, shape (times, actions)
        Share of the population on each action.
    times : array, shape (times,)
        When.
    final : array, shape (actions,)
        The last shares.
    status : str
        ``ok``.
    certificate : float
        Largest gain of any action in use at the end over the mean payoff; near zero at
        rest.
    """

    shares: Array
    times: Array
    final: Array
    status: str
    certificate: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row an action: its share at the first and at the last time."""
        import pandas as pd

        return pd.DataFrame(
            {"start": self.shares[0], "final": self.final},
            index=pd.RangeIndex(self.shares.shape[1], name="action"),
        )

    def record(self) -> dict[str, Any]:
        """Return the last shares as one flat row, with actions as suffixes."""
        final = {f"final_{a}": float(share) for a, share in enumerate(self.final)}
        return {"status": self.status, **final, "certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return the shares by time."""
        import pandas as pd

        columns = {f"action_{a}": self.shares[:, a] for a in range(self.shares.shape[1])}
        return pd.DataFrame({"time": self.times, **columns})

    def _heading(self) -> str:
        return (
            f"Replicator dynamics of {self.shares.shape[1]} actions, time {self.times[0]:g} "
            f"to {self.times[-1]:g}"
        )

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "certificate": f"{self.certificate:.1e}"}


def replicator(A: ArrayLike, start: ArrayLike, times: ArrayLike) -> Replication:
    """Return shares that grow at the rate of their payoff above the mean.

    Parameters
    ----------
    A : array-like, shape (actions, actions)
        Payoffs by own action and the other's.
    start : array-like, shape (actions,)
        Shares at the first time; an action that nobody plays stays away.
    times : array-like
        Rising times, at least two.

    Raises
    ------
    InputError
        If shares do not sum to one, or times do not rise.
    ConvergenceError
        If the integration fails.

    Notes
    -----
    Taylor and Jonker (1978).  Logarithms of shares, by LSODA with relative and absolute
    tolerance 1e-11; two actions agree with :func:`replicator_time` to about 1e-8.

    Examples
    --------
    >>> path = replicator([[4, 0], [3, 2]], [0.7, 0.3], [0, 40])
    >>> path.final.round(6)
    array([1., 0.])
    """
    from scipy.integrate import solve_ivp

    payoffs = require_payoff_matrix(A)
    share = require_probabilities("start", start, len(payoffs))
    grid = require_array("times", times, "a sequence")
    if grid.ndim != 1 or len(grid) < 2 or (np.diff(grid) <= 0).any():
        raise InputError(f"times is {times!r}; it must be rising times, two or more.")
    used = np.flatnonzero(share > 0)
    here = payoffs[np.ix_(used, used)]

    def shares(logs: Array) -> Array:
        weights = np.exp(logs - logs.max(axis=0))
        return np.asarray(weights / weights.sum(axis=0))

    def growth(_: float, logs: Array) -> Array:
        paid = here @ shares(logs)
        return np.asarray(paid - paid[0])

    path = solve_ivp(
        growth,
        (float(grid[0]), float(grid[-1])),
        np.log(share[used]),
        method="LSODA",
        t_eval=grid,
        rtol=1e-11,
        atol=1e-11,
    )
    if not path.success:
        raise ConvergenceError(
            f"the integration of the replicator failed: {path.message}",
            iterations=int(path.nfev),
            residual=float("nan"),
            tolerance=1e-11,
        )
    full = np.zeros((len(grid), len(payoffs)))
    full[:, used] = shares(path.y).T
    paid = payoffs @ full[-1]
    return Replication(
        shares=frozen(full),
        times=frozen(grid),
        final=frozen(full[-1]),
        status="ok",
        certificate=float((full[-1] * np.maximum(paid - full[-1] @ paid, 0)).max()),
    )


def replicator_time(A: ArrayLike, start: float, end: float) -> float:
    """Return how long the share of action 0 takes from ``start`` to ``end``: closed form.

    With two actions the share x moves by x (1 - x) (s x - i), where i is what action 1 gains
    over 0 when all play 1 and s what the gap closes as x goes to one.

    Returns
    -------
    float
        Infinite if the share never gets there.

    Raises
    ------
    InputError
        If a share is not inside (0, 1).

    Examples
    --------
    >>> path = replicator([[4, 0], [3, 2]], [0.7, 0.3], [0, replicator_time([[4, 0], [3, 2]], 0.7, 0.9)])
    >>> path.final.round(8)
    array([0.9, 0.1])
    """
    payoffs = require_payoff_matrix(A, actions=2)
    x, y = (
        require_number(name, share, above=0, below=1)
        for name, share in (("start", start), ("end", end))
    )
    i = payoffs[1, 1] - payoffs[0, 1]
    s = payoffs[0, 0] - payoffs[1, 0] + i
    speed_x, speed_y = s * x - i, s * y - i
    if x == y:
        return 0.0
    if speed_x * speed_y <= 0 or (y - x) * speed_x < 0:
        return float("inf")
    # 1/(x (1-x) (s x - i)) in partial fractions; a pole at the ends where i or s - i is 0
    if i == 0:
        return float(((np.log(y / x) - np.log((1 - y) / (1 - x))) - (1 / y - 1 / x)) / s)
    if s == i:
        return float(
            -((np.log(y / x) - np.log((1 - y) / (1 - x))) + 1 / (1 - y) - 1 / (1 - x)) / i
        )
    return float(
        -np.log(y / x) / i
        - np.log((1 - y) / (1 - x)) / (s - i)
        + s / (i * (s - i)) * np.log(speed_y / speed_x)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Fixation(Answer):
    """How likely a single newcomer takes over a population.

    Attributes
    ----------
    probability : float
        That action 0, played by one, ends up with all.
    probability_other : float
        The same of action 1.
    neutral : float
        1/N: without selection.
    by_number : array, shape (N + 1,)
        That action 0 takes over from 0, ... N players.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        Largest residual of the equations of first steps.
    """

    probability: float
    probability_other: float
    neutral: float
    by_number: Array
    status: str
    certificate: float

    def plot_data(self) -> pd.DataFrame:
        """Return the probability of taking over by number of players on action 0."""
        import pandas as pd

        number = np.arange(len(self.by_number))
        return pd.DataFrame(
            {
                "players_on_0": number,
                "takes_over": self.by_number,
                "neutral": number / (len(number) - 1),
            }
        )

    def _heading(self) -> str:
        return f"Moran process, {len(self.by_number) - 1} players"


def moran(A: ArrayLike, n: int, *, selection: float = 1.0) -> Fixation:
    """Return the probability that one player of an action takes over under imitation.

    In each period one player, drawn in proportion to fitness, is copied by one drawn at
    random.  Fitness is ``1 - selection + selection payoff``, payoffs being means over the
    n - 1 others.

    Parameters
    ----------
    A : array-like, shape (2, 2)
        Payoffs by own action and the other's.
    n : int
        Players, at least two.
    selection : float, default 1
        In [0, 1]; fitness must be positive.

    Raises
    ------
    InputError
        If fitness is not positive somewhere: weaken selection or add a constant to payoffs.

    Notes
    -----
    Moran (1962); Nowak, Sasaki, Taylor and Fudenberg (2004), *Emergence of cooperation and
    evolutionary stability in finite populations*, Nature 428.

    Examples
    --------
    Constant fitness r: the textbook's (1 - 1/r)/(1 - 1/r^N).

    >>> round(moran([[2, 2], [1, 1]], 10).probability, 6), round((1 - 1 / 2) / (1 - 2**-10), 6)
    (0.500489, 0.500489)
    """
    from scipy.special import logsumexp

    payoffs = require_payoff_matrix(A, actions=2)
    N = require_integer("n", n, at_least=2)
    weight = require_number("selection", selection, at_least=0, at_most=1)
    k = np.arange(1, N)
    own = (payoffs[0, 0] * (k - 1) + payoffs[0, 1] * (N - k)) / (N - 1)
    other = (payoffs[1, 0] * k + payoffs[1, 1] * (N - k - 1)) / (N - 1)
    fitness = 1 - weight + weight * np.stack([own, other])
    if not (fitness > 0).all():
        raise InputError(
            f"fitness is {fitness.min():.6g} in some state; it must be positive. Use a "
            "smaller selection, or add a constant to all payoffs."
        )
    steps = np.concatenate([[0.0], np.cumsum(np.log(fitness[1]) - np.log(fitness[0]))])
    sums = np.logaddexp.accumulate(steps)
    by_number = np.concatenate([[0.0], np.exp(sums - sums[-1])])
    falling, rising = fitness[1] / fitness.sum(axis=0), fitness[0] / fitness.sum(axis=0)
    mean = falling * by_number[:-2] + rising * by_number[2:]
    certificate = float(np.abs(mean - by_number[1:-1]).max())
    return Fixation(
        probability=float(by_number[1]),
        probability_other=float(np.exp(steps[-1] - logsumexp(steps))),
        neutral=1 / N,
        by_number=frozen(by_number),
        status=verdict(certificate),
        certificate=certificate,
    )
