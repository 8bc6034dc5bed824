"""What a panel cointegration test returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unigauge.estimation.deterministic_terms import IN_WORDS
from unigauge.estimation.wording import wrapped
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Cointegration"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Cointegration(Result):
    """Result of :func:`cointegration`.

    Attributes
    ----------
    test, formula : str
        The test and what was tested.
    name : str
        The statistic that decides.
    names : tuple of str
        All statistics of the test.
    values, p_values : array, shape (number of statistics,)
        Statistics, and their p-values among the draws.
    p_values_normal : array
        Of Kao's statistics, from the standard normal law of many units and periods; NaN
        for others, which have no law without tables.
    replications : array, shape (draws, number of statistics)
        Statistics of the draws from the null.
    trend, demean : str
        Deterministic terms; whether period means were subtracted.
    lags, bandwidth : int
        Lagged differences; lags of the long-run variances.
    n_entities, n_times : int
        Units and periods.
    seed : int
        Of the draws.
    """

    test: str
    formula: str
    name: str
    names: tuple[str, ...]
    values: Floats
    p_values: Floats
    p_values_normal: Floats
    replications: Floats
    trend: str
    demean: str
    lags: int
    bandwidth: int
    n_entities: int
    n_times: int
    seed: int

    @property
    def statistic(self) -> float:
        """The statistic that decides."""
        return float(self.values[self.names.index(self.name)])

    @property
    def p_value(self) -> float:
        """Its simulated p-value."""
        return float(self.p_values[self.names.index(self.name)])

    @property
    def nobs(self) -> int:
        """Rows of the panel."""
        return self.n_entities * self.n_times

    @property
    def draws(self) -> int:
        """Draws from the null."""
        return len(self.replications)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a statistic.

        Columns: ``statistic value z p_value p_value_normal``; z is the value less the mean
        of the draws, in their standard deviations.
        """
        import pandas as pd

        centre, spread = self.replications.mean(axis=0), self.replications.std(axis=0)
        return pd.DataFrame(
            {
                "statistic": list(self.names),
                "value": self.values,
                "z": (self.values - centre) / spread,
                "p_value": self.p_values,
                "p_value_normal": self.p_values_normal,
            }
        )

    def plot_data(self) -> pd.DataFrame:
        """Return the statistic that decides in each draw, column ``statistic``."""
        import pandas as pd

        column = self.names.index(self.name)
        return pd.DataFrame({"statistic": self.replications[:, column]})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the null distribution of the statistic that decides, and the observed."""
        ax = axes_or_new(ax)
        ax.hist(self.plot_data()["statistic"], bins=50, color="0.7", label="null")
        ax.axvline(self.statistic, color="C3", label=f"observed (p = {self.p_value:.3g})")
        ax.set_xlabel(self.name)
        ax.set_ylabel("draws")
        ax.set_title(wrapped(self._heading()))
        ax.legend(frameon=False)
        return ax

    def record(self) -> dict[str, Any]:
        """Return the deciding statistic as one flat row."""
        return {
            "test": self.test,
            "name": self.name,
            "statistic": self.statistic,
            "p_value": self.p_value,
            "n_entities": self.n_entities,
            "nobs": self.nobs,
        }

    def _heading(self) -> str:
        return f"{self.test.capitalize()}'s test of cointegration: {self.formula}"

    def _facts(self) -> Mapping[str, str]:
        return {
            "Null": "no cointegration in any unit",
            "Decides": self.name,
            "Sample": f"{self.n_entities} units, {self.n_times} periods",
            "Terms": IN_WORDS[self.trend],
            "Lags": f"{self.lags}, bandwidth {self.bandwidth}",
            "Period means": "subtracted" if self.demean == "time" else "left in",
            "P-values": f"{self.draws} draws of independent random walks, seed {self.seed}",
        }

    def _notes(self) -> Sequence[str]:
        note = (
            "Units are taken as independent of one another; a common cycle makes the tests "
            "reject too often, and demean='time' takes out only what moves all units "
            "alike. Test first whether the variables have unit roots."
        )
        return [note]
