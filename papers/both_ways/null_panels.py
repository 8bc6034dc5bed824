"""Panels like the data in which a hypothesis is true: residual years, drawn anew.

Both series of a unit and year stay together, so that shocks stay as correlated and as unequal
over units as they are.  They also stay as common to units: a unit's shock is that of a year
drawn for all units, or else of one drawn for it alone.  If all were of one year, units would
have the correlations of the data, which are not zero where the truth is: with more units than
years that alone multiplies the variance of pooled moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from unigauge.estimation import Panel
from unigauge.estimation.vector_autoregression.sample import levels_of, rows_with_lags

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["STARTS", "NullPanels", "Start", "null_panels", "two_tailed"]

Start = Literal["stationary", "of the data"]
STARTS: tuple[Start, ...] = get_args(Start)
"""In the steady state, whose effects may be zero; or where and when each unit starts."""
_ROUNDS = 200
_SHUFFLES = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NullPanels:
    """What panels are drawn from.

    Attributes
    ----------
    levels : array, shape (T, N, 2)
        The data, NaN where not known; units with fewer than two usable rows are left out.
    usable : array of bool, shape (T - 1, N)
        Rows that have their lag.
    draws : int
        Panels to draw.
    seed : int
        Of the draws.
    """

    levels: Floats
    usable: NDArray[np.bool_]
    draws: int
    seed: int

    def paths(self, own: Floats, start: Start) -> Floats:
        """Return panels whose autoregression is ``own``, shape (T, N, draws, 2)."""
        rng = np.random.default_rng(self.seed)
        effects, shocks = self._parts(own, rng)
        years, units, _ = shocks.shape
        jointly = np.sqrt(excess_correlation(shocks, rng))

        def shock() -> Floats:
            one = rng.integers(years, size=self.draws)
            each = rng.integers(years, size=(units, self.draws))
            drawn = np.where(rng.random(each.shape) < jointly, one, each)
            return np.asarray(shocks[drawn, np.arange(units)[:, None]])

        if start == "stationary":
            begins = np.full_like(self.levels, np.nan)
            effects = np.zeros_like(effects)
            spread = _stationary_spread(own, shocks)
            now = np.einsum("nij,ndj->ndi", spread, rng.normal(size=(units, self.draws, 2)))
        else:
            begins = np.where(self._first(), self.levels, np.nan)
            now = np.broadcast_to(begins[0][:, None], (units, self.draws, 2))
        paths = np.empty((years + 1, *now.shape))
        paths[0] = now
        for year, effect in enumerate(effects):
            first = begins[year + 1][:, None]
            later = paths[year] @ own.T + effect[:, None] + shock()
            paths[year + 1] = np.where(np.isnan(first), later, first)
        return paths

    def _first(self) -> NDArray[np.bool_]:
        """Return where each unit is known for the first time, shape (T, N, 1)."""
        known = ~np.isnan(self.levels).any(axis=-1, keepdims=True)
        return np.asarray(known & (known.cumsum(axis=0) == 1))

    def _parts(self, own: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return effects and shocks under ``own``, both (T - 1, N, 2).

        A unit's unknown shocks are drawn from those that are known.
        """
        rows = self.usable[:, :, None]
        left = np.where(rows, self.levels[1:] - self.levels[:-1] @ own.T, 0.0)
        by_unit, by_year = (np.maximum(rows.sum(axis=k, keepdims=True), 1) for k in (0, 1))
        units, years = np.zeros_like(left[:1]), np.zeros_like(left[:, :1])
        for _ in range(_ROUNDS):
            units = np.where(rows, left - years, 0.0).sum(axis=0, keepdims=True) / by_unit
            years = np.where(rows, left - units, 0.0).sum(axis=1, keepdims=True) / by_year
        freed = np.sqrt(by_unit / np.maximum(by_unit - 1, 1))
        shocks = np.where(rows, left - units - years, 0.0) * freed
        for unit in np.flatnonzero(~self.usable.all(axis=0)):
            known = np.flatnonzero(self.usable[:, unit])
            unknown = np.flatnonzero(~self.usable[:, unit])
            shocks[unknown, unit] = shocks[rng.choice(known, len(unknown)), unit]
        return units + years, shocks


def excess_correlation(shocks: Floats, rng: np.random.Generator) -> float:
    """Return the factor that takes correlations between units to what is not chance.

    Their mean square, over both series, less that with the years of each unit shuffled; the
    factor is the root of the share that is left.

    Parameters
    ----------
    shocks : array, shape (T, N, 2)
        Without effects of units and years.
    rng : Generator
        Of the shuffles.
    """
    mixed = [_mean_square(rng.permuted(shocks, axis=0)) for _ in range(_SHUFFLES)]
    return float(np.sqrt(max(0.0, 1 - float(np.mean(mixed)) / _mean_square(shocks))))


def _stationary_spread(own: Floats, shocks: Floats) -> Floats:
    """Return a root of each unit's covariance in the steady state, shape (N, 2, 2)."""
    sigmas = np.einsum("tni,tnj->nij", shocks, shocks) / len(shocks)
    solved = np.linalg.solve(np.eye(4) - np.kron(own, own), sigmas.reshape(-1, 4).T)
    variances, axes = np.linalg.eigh(solved.T.reshape(-1, 2, 2))
    roots: Floats = np.sqrt(np.maximum(variances, 0.0))
    return np.asarray(axes * roots[:, None])


def _mean_square(shocks: Floats) -> float:
    """Return the mean squared correlation of two units, period means out."""
    pairs = np.triu_indices(shocks.shape[1], k=1)
    squares = []
    for series in range(2):
        values = shocks[:, :, series] - shocks[:, :, series].mean(axis=1, keepdims=True)
        squares.append((np.corrcoef(values.T)[pairs] ** 2).mean())
    return float(np.mean(squares))


def null_panels(
    panel: Panel, names: tuple[str, str], *, draws: int, seed: int
) -> NullPanels:
    """Return what panels like this one are drawn from."""
    levels = levels_of(panel, names, "none")
    usable = rows_with_lags(panel, levels, 1)
    kept = usable.sum(axis=1) > 1
    return NullPanels(
        levels=np.where(np.isnan(levels).any(axis=-1, keepdims=True), np.nan, levels)[
            kept
        ].swapaxes(0, 1),
        usable=usable[kept, 1:].T,
        draws=draws,
        seed=seed,
    )


def two_tailed(drawn: Floats, seen: float) -> float:
    """Return twice the smaller share of draws beyond what was seen, itself among them."""
    beyond = min((drawn >= seen).sum(), (drawn <= seen).sum())
    return min(1.0, 2 * (1 + int(beyond)) / (1 + len(drawn)))
