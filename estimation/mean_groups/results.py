"""What mean groups and common correlated effects return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation.coefficients import CoefficientResult, Tests, t_tests
from unigauge.estimation.design import CONSTANT
from unigauge.estimation.wording import wrapped
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["MeanGroupFit"]

_NORMAL_975 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MeanGroupFit(CoefficientResult):
    """Coefficients that differ between units, and their mean or a pooled value.

    Attributes
    ----------
    model : str
        What was estimated, in words.
    formula : str
        As it was written.
    terms : tuple of str, length k
        Names of the coefficients; ``mean(x)`` is that of the cross-section average.
    estimates : array, shape (k,)
        Means over units, or pooled.
    covariances : array, shape (k, k)
        Of the estimates, from the spread of the units' coefficients.
    unit_estimates : array, shape (N, k)
        Each unit's own coefficients.
    unit_rows : array of int, shape (N,)
        Rows of each unit.
    residuals : Series
        Of the units' own regressions (pooled: with the pooled coefficients), indexed by
        (entity, time).
    entities : tuple of length N
        Labels.
    averages : str
        Which cross-section averages the regressions hold, in words; empty for none.
    pooled : bool
        Whether the estimates are pooled rather than means.
    """

    model: str
    formula: str
    terms: tuple[str, ...]
    estimates: Floats
    covariances: Floats
    unit_estimates: Floats
    unit_rows: NDArray[np.intp]
    residuals: pd.Series[float]
    entities: tuple[Any, ...]
    averages: str
    pooled: bool

    @property
    def unit_params(self) -> pd.DataFrame:
        """Each unit's own coefficients, one row a unit."""
        import pandas as pd

        return pd.DataFrame(
            self.unit_estimates,
            index=pd.Index(self.entities, name="entity"),
            columns=list(self.terms),
        )

    @property
    def nobs(self) -> int:
        """Rows used."""
        return int(self.unit_rows.sum())

    @property
    def n_entities(self) -> int:
        """Units."""
        return len(self.entities)

    @property
    def convention(self) -> str:
        """How standard errors and p-values were computed."""
        return "from the spread of the units' coefficients; p-values from the normal"

    def plot_data(self) -> pd.DataFrame:
        """Return the units' coefficients, one row a unit and term, beside the estimate."""
        frame = self.unit_params.reset_index().melt(
            id_vars="entity", var_name="term", value_name="unit_estimate"
        )
        frame["estimate"] = frame["term"].map(self.params)
        return frame

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every unit's coefficients, in standard errors from the estimate."""
        shown = [term for term in self.terms if term != CONSTANT]
        ax = axes_or_new(ax, size=(6.4, 1.2 + 0.5 * len(shown)))
        spread = self.std_errors
        for row, term in enumerate(reversed(shown)):
            away = (self.unit_params[term] - self.params[term]) / spread[term]
            ax.plot(away, np.full(len(away), row), "o", color="0.6", alpha=0.7)
            ax.plot(-self.params[term] / spread[term], row, "|", color="C3", markersize=16)
        ax.axvline(0, color="C0")
        ax.axvspan(-_NORMAL_975, _NORMAL_975, color="C0", alpha=0.15)
        ax.set_yticks(range(len(shown)), shown[::-1])
        ax.set_ylim(-0.5, len(shown) - 0.5)
        ax.set_xlabel("units, in standard errors from the estimate (red: zero)")
        ax.set_title(wrapped(self._heading()))
        return ax

    def _estimates(self) -> Floats:
        return self.estimates

    def _tests(self) -> Tests:
        return t_tests(self.estimates, self.covariances)

    def _response(self) -> str:
        return self.formula.partition("~")[0].strip()

    def _heading(self) -> str:
        return f"{self.model}: {self.formula}"

    def _facts(self) -> Mapping[str, str]:
        few, many = int(self.unit_rows.min()), int(self.unit_rows.max())
        rows = f"{few}" if few == many else f"{few} to {many}"
        facts = {"Sample": f"{self.n_entities} units, {rows} rows each"}
        if self.averages:
            facts["Averages"] = self.averages
        facts["Std. errors"] = self.convention
        return facts
