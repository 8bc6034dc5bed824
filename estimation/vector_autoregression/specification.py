"""Tests and choices in a panel vector autoregression: Granger causality, lags."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import require_choice
from unigauge.estimation.granger.lags import ANDREWS_LU, CRITERIA, penalty
from unigauge.estimation.tails import chi_squared_tail, wald_statistic
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "LagSelection",
    "SystemGranger",
    "granger_tests",
    "lag_selection",
]

ALL = "all others"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SystemGranger(Result):
    """Wald tests, equation by equation, that lags of other variables are all zero.

    Attributes
    ----------
    effects, causes : tuple of str
        Of each test; the cause ``"all others"`` is every other variable at once.
    statistics : array
        Chi-squared under the null.
    df : tuple of int
        Degrees of freedom: lags tested.
    p_values : array
        Asymptotic, for many entities.
    convention : str
        How the covariance was computed.
    """

    effects: tuple[str, ...]
    causes: tuple[str, ...]
    statistics: Floats
    df: tuple[int, ...]
    p_values: Floats
    convention: str

    def p_value(self, effect: str, cause: str) -> float:
        """Return the p-value of one test."""
        pairs = [f"{e} <- {c}" for e, c in zip(self.effects, self.causes, strict=True)]
        found = require_choice("effect <- cause", f"{effect} <- {cause}", pairs)
        return float(self.p_values[pairs.index(found)])

    def to_frame(self) -> pd.DataFrame:
        """Return one row a test: ``effect cause statistic df p_value``."""
        import pandas as pd

        return pd.DataFrame(
            {
                "effect": list(self.effects),
                "cause": list(self.causes),
                "statistic": self.statistics,
                "df": list(self.df),
                "p_value": self.p_values,
            }
        )

    def plot_data(self) -> pd.DataFrame:
        """Return the tests, as :meth:`to_frame` does."""
        return self.to_frame()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the p-values and the 5 % level."""
        data = self.plot_data()
        ax = axes_or_new(ax, size=(6.4, 1.2 + 0.4 * len(data)))
        rows = np.arange(len(data))[::-1]
        ax.plot(data["p_value"], rows, "o")
        ax.axvline(0.05, linestyle="--", color="0.4")
        ax.set_yticks(rows, data["cause"] + " → " + data["effect"])
        ax.set_xlim(-0.02, 1.02)
        ax.set_xlabel("p-value; dashed: 5 %")
        ax.set_title(self._heading())
        return ax

    def record(self) -> dict[str, Any]:
        """Return the p-values as one flat row, keys ``p_value[cause -> effect]``."""
        return {
            f"p_value[{cause} -> {effect}]": float(p)
            for effect, cause, p in zip(
                self.effects, self.causes, self.p_values, strict=True
            )
        }

    def _heading(self) -> str:
        return "Granger non-causality in the panel VAR"

    def _notes(self) -> Sequence[str]:
        note = (
            f"Wald tests, {self.convention}. They trust the number of entities to be large; "
            "in short persistent panels least squares rejects a true null too often."
        )
        return [note]


def granger_tests(
    variables: Sequence[str],
    lags: int,
    coefficients: Floats,
    covariance: Floats,
    convention: str,
) -> SystemGranger:
    """Test each variable, and all others together, in each equation.

    ``coefficients`` has shape (m, m p); ``covariance`` goes equation by equation.
    """
    m, width = coefficients.shape
    effects, causes, statistics, df = [], [], [], []
    for j, effect in enumerate(variables):
        own = covariance[j * width : (j + 1) * width, j * width : (j + 1) * width]
        tested = {name: [c] for c, name in enumerate(variables) if c != j}
        if m > 2:
            tested[ALL] = [c for c in range(m) if c != j]
        for cause, columns in tested.items():
            at = [k * m + c for k in range(lags) for c in columns]
            effects.append(effect)
            causes.append(cause)
            statistics.append(wald_statistic(coefficients[j, at], own[np.ix_(at, at)]))
            df.append(len(at))
    p_values = [chi_squared_tail(w, d) for w, d in zip(statistics, df, strict=True)]
    return SystemGranger(
        effects=tuple(effects),
        causes=tuple(causes),
        statistics=np.array(statistics),
        df=tuple(df),
        p_values=np.array([float(p) for p in p_values]),
        convention=convention,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LagSelection(Result):
    """Criteria for the number of lags; the least decides.

    Attributes
    ----------
    lags : tuple of int
        Orders compared, all on the rows of the longest.
    fits : tuple of float
        Hansen's J of the whole system (by GMM), or the log determinant of the
        innovations' covariance times the rows (by least squares).
    moments, parameters : tuple of int
        Of the whole system; no moments by least squares.
    p_values : tuple of float
        Of J, NaN where there is none.
    size : int
        What the penalties count: entities (GMM) or rows (least squares).
    criteria : array, shape (orders, 3)
        Schwarz, Akaike and Hannan-Quinn.
    """

    lags: tuple[int, ...]
    fits: tuple[float, ...]
    moments: tuple[int, ...]
    parameters: tuple[int, ...]
    p_values: tuple[float, ...]
    size: int
    criteria: Floats

    @property
    def best(self) -> dict[str, int]:
        """The order that each criterion chooses."""
        at = self.criteria.argmin(axis=0)
        return {name: self.lags[int(k)] for name, k in zip(CRITERIA, at, strict=True)}

    @property
    def by_moments(self) -> bool:
        """Whether these are Andrews and Lu's criteria for moments."""
        return self.moments[0] > 0

    def to_frame(self) -> pd.DataFrame:
        """Return one row an order.

        Columns: ``lags fit moments parameters p_value bic aic hqic``.
        """
        import pandas as pd

        frame = pd.DataFrame(
            {
                "lags": list(self.lags),
                "fit": list(self.fits),
                "moments": list(self.moments),
                "parameters": list(self.parameters),
                "p_value": list(self.p_values),
            }
        )
        frame[list(CRITERIA)] = self.criteria
        return frame

    def plot_data(self) -> pd.DataFrame:
        """Return each criterion less its least value."""
        frame = self.to_frame().set_index("lags")[list(CRITERIA)]
        return frame - frame.min()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each criterion above its least value."""
        ax = axes_or_new(ax)
        for (name, values), mark in zip(self.plot_data().items(), "osD", strict=True):
            ax.plot(list(self.lags), values, marker=mark, label=str(name))
        ax.set_xticks(list(self.lags))
        ax.set_xlabel("lags")
        ax.set_ylabel("criterion above its least")
        ax.set_title(self._heading())
        ax.legend(frameon=False)
        return ax

    def record(self) -> dict[str, Any]:
        """Return the chosen orders as one flat row."""
        return dict(self.best)

    def _heading(self) -> str:
        return "Lags of the panel VAR"

    def _facts(self) -> Mapping[str, str]:
        return {"Chosen": ", ".join(f"{name} {lags}" for name, lags in self.best.items())}

    def _notes(self) -> Sequence[str]:
        note = (
            f"Least squares on the same {self.size} rows: n log|Sigma| + penalty x "
            "parameters."
        )
        if self.by_moments:
            note = (
                "Andrews and Lu (2001): J - penalty x (moments - parameters), moments and "
                f"parameters of the whole system, {self.size} entities, the same moments "
                "and rows for every order."
            )
        return [note]


def lag_selection(
    lags: Sequence[int],
    fits: Sequence[float],
    moments: Sequence[int],
    parameters: Sequence[int],
    size: int,
) -> LagSelection:
    """Form the criteria."""
    fit, charged = np.array(fits), np.array(parameters) - np.array(moments)
    factor = ANDREWS_LU if moments[0] else 2.0
    df = [q - k for q, k in zip(moments, parameters, strict=True)]
    return LagSelection(
        lags=tuple(lags),
        fits=tuple(fits),
        moments=tuple(moments),
        parameters=tuple(parameters),
        p_values=tuple(
            float(chi_squared_tail(j, d)) if d > 0 else math.nan
            for j, d in zip(fits, df, strict=True)
        ),
        size=size,
        criteria=np.stack(
            [fit + penalty(c, size, factor=factor) * charged for c in CRITERIA], axis=-1
        ),
    )
