"""Power in weighted voting, by enumeration of all coalitions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.agreements.entries import entries
from unigauge.models.answers import verdict
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, DTypeLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Power", "banzhaf", "shapley_shubik", "voting_shares"]

_MOST = 20
_TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Power(Result):
    """A power index; as an array it is ``power``.

    Attributes
    ----------
    power : array, shape (n,)
        The index, which sums to one.
    absolute : array, shape (n,)
        Banzhaf: swings/2^(n-1), the probability of deciding if all others toss a coin.
        Shapley-Shubik: the same as ``power``.
    swings : array, shape (n,)
        Number of coalitions that win with the voter and lose without.
    status : str
        ``ok``, or ``improper`` if two coalitions without a common member can both win.
    certificate : float
        Largest distance of the index from one counted over winning coalitions instead of
        swings.
    index : str
        ``banzhaf`` or ``shapley_shubik``.
    weights : tuple of float
    quota : float
        Q.
    """

    power: Array
    absolute: Array
    swings: Array
    status: str
    certificate: float
    index: str
    weights: tuple[float, ...]
    quota: float

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray[Any]:
        return np.array(self.power, dtype=dtype)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a voter."""
        import pandas as pd

        share = np.array(self.weights) / math.fsum(self.weights)
        columns = {
            "weight": self.weights,
            "share": share,
            "power": self.power,
            "absolute": self.absolute,
            "swings": self.swings.astype(int),
        }
        return pd.DataFrame(
            columns, index=pd.RangeIndex(1, len(self.weights) + 1, name="voter")
        )

    def record(self) -> dict[str, Any]:
        """Return the index as one flat row; voters count from 1."""
        row: dict[str, Any] = {"index": self.index, "status": self.status}
        row |= {f"power_{i}": p for i, p in enumerate(self.power.tolist(), start=1)}
        return row | {"certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return shares of weight and of power, one row a voter."""
        return self.to_frame()[["share", "power"]].reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw shares of weight beside shares of power."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        place = np.arange(len(data))
        ax.bar(place - 0.2, data["share"], 0.4, color="0.75", label="share of the weight")
        ax.bar(place + 0.2, data["power"], 0.4, color="C0", label="share of the power")
        ax.set_xticks(place, data["voter"].astype(str))
        ax.set_xlabel("voter")
        ax.set_title(self._heading())
        ax.legend(frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def _heading(self) -> str:
        name = "Banzhaf" if self.index == "banzhaf" else "Shapley and Shubik"
        return f"Power by {name}, quota {self.quota:g}"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "certificate": f"{self.certificate:.1e}"}


def banzhaf(weights: ArrayLike, quota: float) -> Power:
    """Return Banzhaf's power index of a weighted vote.

    A coalition wins if its weights sum to the quota or more.

    Parameters
    ----------
    weights : array_like, shape (n,)
        w >= 0 of at most 20 voters.
    quota : float
        Q, above 0 and at most the sum of the weights.

    Returns
    -------
    Power
        ``power`` is normalised to sum to one; ``absolute`` is not.

    Notes
    -----
    Source: Banzhaf (1965).  Sums within 1e-9 of the total weight below the quota win.

    Examples
    --------
    >>> banzhaf([50, 49, 1], quota=51).power
    array([0.6, 0.2, 0.2])
    """
    return _power(weights, quota, "banzhaf")


def shapley_shubik(weights: ArrayLike, quota: float) -> Power:
    """Return Shapley and Shubik's power index of a weighted vote.

    Parameters
    ----------
    weights : array_like, shape (n,)
        w >= 0 of at most 20 voters.
    quota : float
        Q, above 0 and at most the sum of the weights.

    Returns
    -------
    Power

    Notes
    -----
    Source: Shapley and Shubik (1954).

    Examples
    --------
    >>> shapley_shubik([50, 49, 1], quota=51).power.round(6)
    array([0.666667, 0.166667, 0.166667])
    """
    return _power(weights, quota, "shapley_shubik")


def voting_shares(weights: ArrayLike, quota: float) -> tuple[tuple[float, ...], float]:
    """Return the weights and the quota of a vote, checked.

    Raises
    ------
    InputError
        If there is no weight, one is negative, or nobody or everybody decides.  A quota
        above the sum of the weights by rounding only counts as that sum.
    """
    shares = entries("weights", weights, at_least=0)
    everything = math.fsum(shares)
    limit = require_number(
        "quota",
        quota,
        above=0,
        at_most=everything * (1 + _TIE),
        because="else nobody, or even the empty coalition, would win",
    )
    return shares, min(limit, everything)


def _power(weights: ArrayLike, quota: float, index: str) -> Power:
    shares, limit = voting_shares(weights, quota)
    n = len(shares)
    if n > _MOST:
        raise InputError(
            f"weights has {n} entries; coalitions of more than {_MOST} voters are too many "
            "to enumerate. Merge small voters."
        )
    total = np.zeros(1)
    size = np.zeros(1, dtype=int)
    for weight in shares:  # coalition c holds voter i if bit i of c is set
        total, size = np.append(total, total + weight), np.append(size, size + 1)
    wins = total >= limit - _TIE * total[-1]
    order = np.array([1 / (n * math.comb(n - 1, k)) for k in range(n)])  # k come before
    coalition = np.arange(2**n)
    swings, orders = np.zeros(n), np.zeros(n)
    for voter in range(n):
        without = coalition[(coalition >> voter) & 1 == 0]
        pivotal = wins[without | 1 << voter] & ~wins[without]
        swings[voter] = pivotal.sum()
        orders[voter] = order[size[without[pivotal]]].sum()
    power = swings / swings.sum() if index == "banzhaf" else orders
    other = _over_winning_coalitions(wins, size, n, index)
    certificate = float(np.abs(power - other).max())
    status = verdict(certificate)
    if status == "ok" and (wins & wins[::-1]).any():
        status = "improper"
    return Power(
        power=frozen(power),
        absolute=frozen(swings / 2 ** (n - 1) if index == "banzhaf" else power),
        swings=frozen(swings),
        status=status,
        certificate=certificate,
        index=index,
        weights=shares,
        quota=limit,
    )


def _over_winning_coalitions(
    wins: NDArray[np.bool_], size: NDArray[np.int_], n: int, index: str
) -> Array:
    """Return the index from who belongs to winning coalitions and who does not."""
    winning = np.flatnonzero(wins)
    inside = (winning[:, None] >> np.arange(n)) & 1 == 1
    if index == "banzhaf":
        swings = 2.0 * inside.sum(axis=0) - len(winning)  # Dubey and Shapley (1979)
        return np.asarray(swings / swings.sum())
    count = size[winning]
    log = np.array([math.lgamma(k + 1) for k in range(n + 1)])
    joined = np.exp(log[np.maximum(count - 1, 0)] + log[n - count] - log[n])
    absent = np.exp(log[count] + log[np.maximum(n - count - 1, 0)] - log[n])
    return np.asarray(np.where(inside, joined[:, None], -absent[:, None]).sum(axis=0))
