"""What a shock does over time: impulse responses, variance decomposition, their bands.

y_t = A_1 y_{t-1} + ... + A_p y_{t-p} + e_t with innovations of covariance Sigma.  The
responses to e are Psi_0 = I, Psi_h = A_1 Psi_{h-1} + ... + A_p Psi_{h-p}.  Orthogonal
shocks follow an order of the variables: a shock moves its own variable and those after it
at once (Psi_h P, P the Cholesky factor).  Generalised shocks (Pesaran and Shin 1998) move
each variable by one standard deviation and the others as they go with it; they need no
order, and are not orthogonal.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation.wording import counted
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "ImpulseResponses",
    "SystemPaths",
    "VarianceDecomposition",
    "companion",
    "generalised",
    "moving_average",
    "no_band",
    "orthogonal",
    "percentiles",
    "shares",
]

LEVEL = 0.95
"""Level of the bands."""


def companion(coefficients: Floats) -> Floats:
    """Return the companion matrix of [A_1 ... A_p], shape (m p, m p).

    Examples
    --------
    >>> companion(np.array([[0.5, 0.2]]))
    array([[0.5, 0.2],
           [1. , 0. ]])
    """
    m, width = coefficients.shape
    matrix = np.eye(width, k=-m)
    matrix[:m] = coefficients
    return matrix


def moving_average(coefficients: Floats, horizon: int) -> Floats:
    """Return Psi_0 ... Psi_h of systems (..., m, m p), shape (h + 1, ..., m, m)."""
    m = coefficients.shape[-2]
    lags = coefficients.shape[-1] // m
    identity = np.broadcast_to(np.eye(m), (*coefficients.shape[:-1], m))
    paths = [identity]
    for h in range(1, horizon + 1):
        step = np.zeros_like(identity)
        for k in range(1, min(lags, h) + 1):
            step = step + coefficients[..., (k - 1) * m : k * m] @ paths[h - k]
        paths.append(step)
    return np.stack(paths)


def orthogonal(paths: Floats, sigma: Floats, order: Sequence[int]) -> Floats:
    """Return Psi_h P, P the Cholesky factor of Sigma in the given order of variables."""
    at = np.asarray(order)
    factor = np.zeros_like(sigma)
    ordered = np.linalg.cholesky(sigma[..., at[:, None], at[None, :]])
    factor[..., at[:, None], at[None, :]] = ordered
    return np.asarray(paths @ factor)


def generalised(paths: Floats, sigma: Floats) -> Floats:
    """Return Psi_h Sigma with column j over the standard deviation of variable j."""
    spread = np.sqrt(np.diagonal(sigma, axis1=-2, axis2=-1))
    return np.asarray(paths @ (sigma / spread[..., None, :]))


def shares(responses: Floats) -> Floats:
    """Return each shock's share of the forecast error variance, 1 to H periods ahead.

    From responses at 0 to H - 1, shape (H, ..., variable, shock).
    """
    squares = np.cumsum(responses**2, axis=0)
    return np.asarray(squares / squares.sum(axis=-1, keepdims=True))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SystemPaths(Result):
    """Ground of :class:`ImpulseResponses` and :class:`VarianceDecomposition`.

    Attributes
    ----------
    variables : tuple of str, length m
        The system.
    orders : tuple of tuples of str
        Orders of the variables, one a set of paths; one empty order where none is needed.
    horizons : tuple of int, length H
        Periods after the shock, or ahead.
    estimates, conf_low, conf_high : array, shape (orders, H, m, m)
        Row the variable that responds, column the shock; pointwise 95 % bands, NaN
        without.
    bands : str or None
        ``"draws"``, ``"bootstrap"``, or None.
    draws, seed : int
        Draws behind the bands, and their seed.
    draws_left_out : int
        Draws in which the responses do not exist; they are not in the bands.
    """

    variables: tuple[str, ...]
    orders: tuple[tuple[str, ...], ...]
    horizons: tuple[int, ...]
    estimates: Floats
    conf_low: Floats
    conf_high: Floats
    bands: str | None
    draws: int
    seed: int
    draws_left_out: int

    @abstractmethod
    def _words(self) -> tuple[str, str]:
        """Return what the paths are, and what the numbers are called."""

    def _limits(self) -> tuple[float | None, float | None]:
        """Return the least and the largest value that a path can have, if there are any."""
        return None, None

    def to_frame(self) -> pd.DataFrame:
        """Return one row a path and horizon.

        Columns: ``order shock response horizon estimate conf_low conf_high``.
        """
        import pandas as pd

        rows = [
            {
                "order": ", ".join(order),
                "shock": shock,
                "response": response,
                "horizon": horizon,
                "estimate": self.estimates[o, h, i, j],
                "conf_low": self.conf_low[o, h, i, j],
                "conf_high": self.conf_high[o, h, i, j],
            }
            for o, order in enumerate(self.orders)
            for j, shock in enumerate(self.variables)
            for i, response in enumerate(self.variables)
            for h, horizon in enumerate(self.horizons)
        ]
        return pd.DataFrame(rows)

    def path(
        self, shock: str, response: str, order: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return one path by horizon: ``estimate conf_low conf_high``.

        ``order`` is the first unless another is named.
        """
        from unigauge.errors import InputError, require_choice

        for name, value in (("shock", shock), ("response", response)):
            require_choice(name, value, self.variables)
        asked = self.orders[0] if order is None else tuple(order)
        if asked not in self.orders:
            raise InputError(
                f"order is {asked!r}; this result has {', '.join(map(str, self.orders))}."
            )
        frame = self.to_frame()
        kept = (
            (frame["shock"] == shock)
            & (frame["response"] == response)
            & (frame["order"] == ", ".join(asked))
        )
        return frame[kept].set_index("horizon")[["estimate", "conf_low", "conf_high"]]

    def plot_data(self) -> pd.DataFrame:
        """Return the paths of the first order, as :meth:`to_frame` does."""
        frame = self.to_frame()
        return frame[frame["order"] == ", ".join(self.orders[0])]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the paths of the first order: a row a response, a column a shock."""
        m = len(self.variables)
        ax = axes_or_new(ax, size=(2.9 * m + 0.8, 2.3 * m + 0.8))
        ax.set_axis_off()
        kind, unit = self._words()
        order = f", order {', '.join(self.orders[0])}" if self.orders[0] else ""
        ax.set_title(f"{kind}{order}")
        cell, gap = 1.0 / m, 0.32 / m
        for i, response in enumerate(self.variables):
            for j, shock in enumerate(self.variables):
                left, bottom = j * cell + gap / 2, (m - 1 - i) * cell + gap / 2
                panel = ax.inset_axes((left, bottom, cell - gap, cell - gap))
                path = self.path(shock, response)
                panel.fill_between(
                    path.index, path["conf_low"], path["conf_high"], color="C0", alpha=0.2
                )
                panel.plot(path.index, path["estimate"], color="C0")
                panel.axhline(0, color="0.6", linewidth=0.8)
                panel.set_title(f"{shock} → {response}", fontsize="small")
                panel.set_ylim(*self._limits())
                panel.tick_params(labelsize="x-small")
                if i == m - 1:
                    panel.set_xlabel("periods", fontsize="small")
                if j == 0:
                    panel.set_ylabel(unit, fontsize="small")
        return ax

    def record(self) -> dict[str, Any]:
        """Return every path of the first order at its last horizon as one flat row."""
        last = self.plot_data()
        last = last[last["horizon"] == self.horizons[-1]]
        return {
            f"{row.shock} -> {row.response} at {row.horizon}": row.estimate
            for row in last.itertuples()
        }

    def _printed_table(self) -> pd.DataFrame:
        """Return a row a horizon, a column a path."""
        frame = self.to_frame()
        names = frame["shock"] + " -> " + frame["response"]
        keys = ["order", "horizon"] if self.orders[0] else ["horizon"]
        return frame.assign(path=names).pivot_table(
            index=keys, columns="path", values="estimate", sort=False
        )

    def _heading(self) -> str:
        return f"{self._words()[0]}: {', '.join(self.variables)}"

    def _facts(self) -> Mapping[str, str]:
        how = {
            "draws": "draws of coefficients (normal) and innovations (Wishart)",
            "bootstrap": "bootstrap of whole entities",
            None: "none",
        }[self.bands]
        count = f", {self.draws} draws, seed {self.seed}" if self.bands else ""
        return {"Bands": f"{how}{count}" + (", pointwise 95 %" if self.bands else "")}

    def _notes(self) -> Sequence[str]:
        notes = []
        if len(self.orders) > 1:
            notes.append(
                "What the orders disagree about is not in the data: compare them before "
                "reading a response at impact."
            )
        if self.draws_left_out:
            notes.append(f"{counted(self.draws_left_out, 'draw')} left out of the bands.")
        return notes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ImpulseResponses(SystemPaths):
    """Responses to a shock of one standard deviation; see :class:`SystemPaths`.

    Attributes
    ----------
    kind : {"orthogonal", "generalised"}
        How shocks are told apart.
    """

    kind: str

    def _words(self) -> tuple[str, str]:
        return f"{self.kind.capitalize()} impulse responses", "response"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class VarianceDecomposition(SystemPaths):
    """Shares of the forecast error variance by shock; see :class:`SystemPaths`.

    ``response`` is the variable that is forecast, and the shares of all shocks sum to one.
    """

    def _words(self) -> tuple[str, str]:
        return "Forecast error variance decomposition", "share"

    def _limits(self) -> tuple[float | None, float | None]:
        return 0.0, 1.0


def percentiles(drawn: Floats) -> tuple[Floats, Floats]:
    """Return the pointwise band over the first axis."""
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return low, high


def no_band(like: Floats) -> tuple[Floats, Floats]:
    """Return a band of NaN."""
    nothing = np.full_like(like, math.nan)
    return nothing, nothing.copy()
