"""How long a latecomer takes to draw level, and whether early success feeds itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.agreements.entries import entries, vector
from unigauge.models.agreements.listing import Listing
from unigauge.models.answers import Answer, verdict
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Parity", "Urn", "parity", "urn_mean"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Parity(Answer):
    """When two shares are alike, at a constant drift of their ratio in logs.

    Attributes
    ----------
    gap : float
        ln(leader/follower).
    drift : float
        g, by how much the gap shrinks a unit of time.
    time : float
        gap/g; infinite if g is not positive.
    status : str
        ``ok``, ``level`` if there is no gap, or ``never``.
    certificate : float
        What is left of the gap at ``time``.
    leader, follower : float
        The shares.
    """

    gap: float
    drift: float
    time: float
    status: str
    certificate: float
    leader: float
    follower: float

    def plot_data(self) -> pd.DataFrame:
        """Return the ratio of the shares over time."""
        import pandas as pd

        end = 1.2 * self.time if math.isfinite(self.time) and self.time > 0 else 20.0
        time = np.linspace(0, end, 121)
        ratio = np.exp(self.gap - self.drift * time)
        return pd.DataFrame({"time": time, "leader_over_follower": ratio})

    def _marks(self) -> Mapping[str, float]:
        return {"parity": self.time} if math.isfinite(self.time) else {}

    def _heading(self) -> str:
        return f"From {self.follower:g} against {self.leader:g} to parity"


def parity(
    leader: float,
    follower: float,
    *,
    drift: float | None = None,
    time: float | None = None,
) -> Parity:
    """Return the time to parity at a drift, or the drift that takes this time.

    Parameters
    ----------
    leader, follower : float
        Shares, in (0, 1].
    drift : float, optional
        g, by which ln(leader/follower) falls a unit of time.
    time : float, optional
        Time to parity, above 0; give one of the two.

    Examples
    --------
    >>> round(parity(0.9, 0.02, time=10).drift, 6)
    0.380666
    >>> round(parity(0.9, 0.02, drift=0.1294).time, 4)
    29.4178
    """
    shares = [
        require_number(name, value, above=0, at_most=1)
        for name, value in (("leader", leader), ("follower", follower))
    ]
    gap = math.log(shares[0] / shares[1])
    if (drift is None) == (time is None):
        raise InputError(
            f"drift is {drift!r} and time is {time!r}; give one of them, and the other is "
            "worked out."
        )
    if drift is None:
        when = require_number("time", time, above=0)
        speed = gap / when
    else:
        speed = require_number("drift", drift)
        when = 0.0 if gap == 0 else gap / speed if speed * gap > 0 else math.inf
    status = "level" if gap == 0 else "ok" if math.isfinite(when) else "never"
    left = math.log(shares[0]) - math.log(shares[1])
    if status == "ok":
        left -= speed * when
    return Parity(
        gap=gap,
        drift=speed,
        time=when,
        status=status,
        certificate=0.0 if status == "never" else abs(left),
        leader=shares[0],
        follower=shares[1],
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Urn(Listing):
    """Mean path of shares if what one has attracts more.

    Attributes
    ----------
    shares : array, shape (n,)
        At the end.
    path : array, shape (steps + 1, n)
        n_i / sum n from the start on.
    status : str
        ``closes``, ``keeps`` or ``widens``: what happens to the ratio of the largest to the
        smallest at the start.
    certificate : float
        Largest distance of the counts, worked out again in logs, as a share of their sum.
    power : float
        k.
    start, fitness : tuple of float
    """

    shares: Array
    path: Array
    status: str
    certificate: float
    power: float
    start: tuple[float, ...]
    fitness: tuple[float, ...]

    def plot_data(self) -> pd.DataFrame:
        """Return the shares over steps."""
        import pandas as pd

        columns = {f"share_{i + 1}": self.path[:, i] for i in range(len(self.start))}
        return pd.DataFrame({"step": np.arange(len(self.path)), **columns})

    def _columns(self) -> Mapping[str, Any]:
        return {
            "start": self.start,
            "fitness": self.fitness,
            "share_at_start": self.path[0],
            "share_at_end": self.shares,
        }

    def _heading(self) -> str:
        return f"Shares if success feeds on itself, k = {self.power:g}"


def urn_mean(
    start: ArrayLike = (90, 2, 8),
    power: float = 1.0,
    *,
    fitness: ArrayLike | float = 1.0,
    steps: int = 1000,
) -> Urn:
    """Return the mean path of an urn to which one ball is added each step.

    Step by step, theta_i n_i^k / sum_j theta_j n_j^k is added to n_i.

    Parameters
    ----------
    start : array_like, shape (n,)
        Counts, above 0.
    power : float
        k >= 0; above 1 the largest gains share, below 1 it loses.
    fitness : array_like, shape (n,)
        theta > 0; one number stands for all.
    steps : int
        At least 1.

    Notes
    -----
    Source: Arthur (1989) for the mechanism; the mean path is a reconstruction.

    Examples
    --------
    >>> urn_mean(power=1).shares
    array([0.9 , 0.02, 0.08])
    """
    counts = np.array(entries("start", start, above=0))
    size = len(counts)
    if size < 2:
        raise InputError(f"start is {start!r}; it must name at least two counts.")
    theta = np.array(vector("fitness", fitness, size, above=0))
    k = require_number("power", power, at_least=0)
    number = require_integer("steps", steps, at_least=1)
    path = np.empty((number + 1, size))
    path[0] = counts
    logs = np.log(counts)
    for step in range(number):
        pull = theta * path[step] ** k
        path[step + 1] = path[step] + pull / pull.sum()
        lean = np.log(theta) + k * logs
        lean -= np.logaddexp.reduce(lean)
        logs = np.logaddexp(logs, lean)
    big, small = int(counts.argmax()), int(counts.argmin())
    change = math.log(path[-1, big] / path[-1, small]) - math.log(
        counts[big] / counts[small]
    )
    status = "keeps" if abs(change) < 1e-9 else "widens" if change > 0 else "closes"
    total = float(path[-1].sum())
    certificate = float(np.abs(np.exp(logs) - path[-1]).max() / total)
    return Urn(
        shares=frozen(path[-1] / total),
        path=frozen(path / path.sum(axis=1, keepdims=True)),
        status=status if verdict(certificate) == "ok" else "uncertified",
        certificate=certificate,
        power=k,
        start=tuple(counts.tolist()),
        fitness=tuple(theta.tolist()),
    )
