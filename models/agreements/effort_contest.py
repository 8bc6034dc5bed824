"""The contest for influence: effort, head starts and caps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.agreements.entries import vector
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["STATUSES", "Contest", "Outcome", "solve"]

STATUSES = ("ok", "no_effort", "no_equilibrium_found")
"""What ``Outcome.status`` can be.

``no_effort``: certified; head starts are so large that nobody tries.
``no_equilibrium_found``: without head starts, at most one may try; the less it does the
better, and there is no least effort.
"""


@dataclass(frozen=True, kw_only=True)
class Contest:
    """n contestants for one prize; one number stands for all where others are given.

    Contestant i wins with probability z_i / sum z, where z_i = h_i + x_i^r, and gets
    V_i p_i - c_i x_i.

    Parameters
    ----------
    values : array_like, shape (n,)
        V > 0, what winning is worth.
    costs : array_like, shape (n,)
        c > 0, of a unit of effort.
    head_starts : array_like, shape (n,)
        h >= 0, such as a secretariat.
    caps : array_like, shape (n,)
        Most effort allowed; 0 keeps a contestant from trying, infinite for no cap.
    exponent : float
        r, in (0, 1].

    Raises
    ------
    InputError
        If a value lies outside its domain, or there are fewer than two contestants.

    Examples
    --------
    >>> Contest(values=[10, 8, 3]).costs
    (1.0, 1.0, 1.0)
    """

    values: Any = (1.0, 1.0)
    costs: Any = 1.0
    head_starts: Any = 0.0
    caps: Any = math.inf
    exponent: float = 1.0

    def __post_init__(self) -> None:
        given = (self.values, self.costs, self.head_starts, self.caps)
        size = max(np.size(value) for value in given)
        if size < 2:
            raise InputError(
                f"values is {self.values!r}; there must be at least two contestants."
            )
        caps = (self.caps,) * size if np.ndim(self.caps) == 0 else tuple(self.caps)
        finite = [0.0 if cap == math.inf else cap for cap in caps]
        vector("caps", finite, size, at_least=0)
        checked = {
            "values": vector("values", self.values, size, above=0),
            "costs": vector("costs", self.costs, size, above=0),
            "head_starts": vector("head_starts", self.head_starts, size, at_least=0),
            "caps": tuple(map(float, caps)),
            "exponent": require_number(
                "exponent",
                self.exponent,
                above=0,
                at_most=1,
                because="else there may be no equilibrium in pure strategies",
            ),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def arrays(self) -> tuple[Array, Array, Array, Array]:
        """V, c, h and the caps."""
        return (
            np.array(self.values),
            np.array(self.costs),
            np.array(self.head_starts),
            np.array(self.caps),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outcome(Result):
    """The equilibrium of a contest.

    Attributes
    ----------
    effort : array, shape (n,)
        x.
    probability : array, shape (n,)
        p, of winning.
    payoff : array, shape (n,)
        u = V p - c x.
    aggregate : float
        Z, the sum of h + x^r.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Largest gain of a contestant on a grid of 4001 own efforts.
    contest : Contest
        The parameters.
    """

    effort: Array
    probability: Array
    payoff: Array
    aggregate: float
    status: str
    certificate: float
    contest: Contest

    @property
    def spending(self) -> float:
        """sum c x, what all spend."""
        return float(np.array(self.contest.costs) @ self.effort)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a contestant."""
        import pandas as pd

        values, costs, starts, _ = self.contest.arrays
        columns = {
            "value": values,
            "cost": costs,
            "head_start": starts,
            "effort": self.effort,
            "probability": self.probability,
            "payoff": self.payoff,
        }
        return pd.DataFrame(
            columns, index=pd.RangeIndex(1, len(self.effort) + 1, name="contestant")
        )

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row; contestants count from 1."""
        row: dict[str, Any] = {"status": self.status, "aggregate": self.aggregate}
        for name in ("effort", "probability", "payoff"):
            entries = enumerate(getattr(self, name).tolist(), start=1)
            row |= {f"{name}_{i}": value for i, value in entries}
        return row | {"spending": self.spending, "certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return effort and probability of winning, one row a contestant."""
        return self.to_frame()[["effort", "probability"]].reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each contestant's probability of winning; the label is its effort."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        bars = ax.bar(data["contestant"], data["probability"], color="C0")
        labels = [f"effort {x:.3g}" for x in data["effort"]]
        ax.bar_label(bars, labels, fontsize=8)
        ax.set_xticks(data["contestant"])
        ax.set_xlabel("contestant")
        ax.set_ylabel("probability of winning")
        ax.set_title(self._heading())
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def _heading(self) -> str:
        return "Contest for influence"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "aggregate": f"{self.aggregate:.6g}",
            "spending": f"{self.spending:.6g}",
            "exponent": f"{self.contest.exponent:g}",
            "certificate": f"{self.certificate:.1e}",
        }


def solve(contest: Contest, *, tolerance: float = 1e-7) -> Outcome:
    """Return the equilibrium of a contest, which is unique.

    Each contestant's share z_i/Z falls in the aggregate Z; the equilibrium is where they
    sum to one.

    Parameters
    ----------
    contest : Contest
        Parameters.
    tolerance : float, default 1e-7
        Largest certificate under which the outcome is ``ok``.

    Returns
    -------
    Outcome

    Notes
    -----
    Sources: Tullock (1980) for the contest, Cornes and Hartley (2005) for the method; head
    starts and caps are a reconstruction.

    Examples
    --------
    >>> outcome = solve(Contest(values=[10, 8, 3]))
    >>> outcome.probability.round(6)
    array([0.555556, 0.444444, 0.      ])
    """
    from scipy.optimize import brentq

    if not isinstance(contest, Contest):
        raise InputError(f"contest is {contest!r}; it must be a Contest(...).")
    tolerance = require_number("tolerance", tolerance, above=0)
    values, costs, starts, caps = contest.arrays
    rest = float(starts.sum())
    if rest == 0 and (caps > 0).sum() < 2:
        nothing = np.full(len(values), np.nan)
        return _outcome(contest, nothing, np.nan, "no_equilibrium_found", np.inf)
    if rest > 0 and _shares(contest, rest).sum() <= 1:
        aggregate, status = rest, "no_effort"
    else:
        most = (values / costs) ** contest.exponent
        high = rest + float(most.sum())
        low = rest if rest > 0 else 1e-12 * float(most.min())
        aggregate, status = high, "ok"
        if _shares(contest, high).sum() < 1:
            aggregate = float(
                brentq(
                    lambda z: _shares(contest, z).sum() - 1,
                    low,
                    high,
                    xtol=1e-300,
                    rtol=1e-15,
                )
            )
    scores = np.maximum(_shares(contest, aggregate) * aggregate - starts, 0.0)
    effort = starts * 0 if status == "no_effort" else scores ** (1 / contest.exponent)
    certificate = _certificate(contest, effort)
    if certificate > tolerance:
        status = "no_equilibrium_found"
    return _outcome(contest, effort, aggregate, status, certificate)


def _shares(contest: Contest, aggregate: float) -> Array:
    """Return each contestant's z/Z if it responds to the aggregate Z."""
    values, costs, starts, caps = contest.arrays
    r = contest.exponent
    most = starts + caps**r
    if r == 1:
        wanted = aggregate - costs * aggregate**2 / values
        return np.clip(wanted, starts, most) / aggregate
    low, high = np.zeros(len(values)), np.maximum(aggregate - starts, 0.0)
    for _ in range(200):
        middle = (low + high) / 2
        gain = values * (1 - (starts + middle) / aggregate) / aggregate
        rising = gain > costs / r * middle ** (1 / r - 1)
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return np.minimum(starts + (low + high) / 2, most) / aggregate


def _certificate(contest: Contest, effort: Array) -> float:
    """Return the largest gain from another effort, on a grid."""
    values, costs, starts, caps = contest.arrays
    score = starts + effort**contest.exponent
    gains = [0.0]
    for i, (value, cost) in enumerate(zip(values, costs, strict=True)):
        others = float(score.sum() - score[i])

        def payoff(own: Array, i: int = i, others: float = others) -> Array:
            mine = starts[i] + own**contest.exponent
            share = np.divide(mine, mine + others, out=np.zeros(own.shape), where=mine > 0)
            return np.asarray(values[i] * share - costs[i] * own)

        grid = np.linspace(0, min(caps[i], value / cost), 4001)
        gains.append(float(payoff(grid).max() - payoff(effort[[i]])[0]))
    return max(gains)


def _outcome(
    contest: Contest, effort: Array, aggregate: float, status: str, certificate: float
) -> Outcome:
    values, costs, starts, _ = contest.arrays
    probability = (starts + effort**contest.exponent) / aggregate
    return Outcome(
        effort=frozen(effort),
        probability=frozen(probability),
        payoff=frozen(values * probability - costs * effort),
        aggregate=aggregate,
        status=status,
        certificate=certificate,
        contest=contest,
    )
