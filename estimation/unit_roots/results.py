"""What a panel unit-root test returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.estimation.deterministic_terms import IN_WORDS
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Statistic", "UnitRoot"]

_TITLES = {
    "ips": "Im-Pesaran-Shin",
    "llc": "Levin-Lin-Chu",
    "fisher": "Fisher-type",
    "cips": "Pesaran's cross-section augmented",
    "hadri": "Hadri's stationarity",
}


class Statistic(NamedTuple):
    """One statistic, its p-value, and the law that the p-value comes from."""

    value: float
    p_value: float
    law: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class UnitRoot(Result):
    """Result of :func:`unit_root`.

    Attributes
    ----------
    test, variable : str
        The test and what was tested.
    name : str
        The statistic that decides, a key of ``statistics``.
    statistics : dict of str to Statistic
        Every statistic of the test: ``value``, ``p_value`` and ``law``.  A p-value is
        NaN where the law was not simulated.
    trend : {"none", "intercept", "trend"}
        Deterministic terms.
    lags : array of int, shape (N,)
        Lagged differences in each unit's regression.
    unit_t, unit_p_values : array, shape (N,)
        t-ratio of each unit and its p-value (Hadri: the unit's statistic; NaN where one
        unit's t-ratio has no known law).
    unit_periods : array of int, shape (N,)
        Periods of each unit.
    entities : tuple of length N
        Labels.
    window : tuple
        First and last period.
    demean : {"none", "time"}
        Whether the mean of each period was subtracted first.
    compat : str or None
        The program whose conventions were asked for.
    critical_values : dict of float to float
        Simulated for this N and T, by level; empty where the law is known.
    draws, seed : int
        Of the simulation; no draws where there was none.
    """

    test: str
    variable: str
    name: str
    statistics: Mapping[str, Statistic]
    trend: str
    lags: NDArray[np.intp]
    unit_t: Floats
    unit_p_values: Floats
    unit_periods: NDArray[np.intp]
    entities: tuple[Any, ...]
    window: tuple[Any, Any]
    demean: str
    compat: str | None
    critical_values: Mapping[float, float]
    draws: int
    seed: int

    @property
    def statistic(self) -> float:
        """The statistic that decides."""
        return self.statistics[self.name].value

    @property
    def p_value(self) -> float:
        """Its p-value."""
        return self.statistics[self.name].p_value

    @property
    def nobs(self) -> int:
        """Values used, over all units."""
        return int(self.unit_periods.sum())

    def to_frame(self) -> pd.DataFrame:
        """Return one row a statistic: ``statistic value p_value law``."""
        import pandas as pd

        return pd.DataFrame(
            {
                "statistic": list(self.statistics),
                "value": [s.value for s in self.statistics.values()],
                "p_value": [s.p_value for s in self.statistics.values()],
                "law": [s.law for s in self.statistics.values()],
            }
        )

    def plot_data(self) -> pd.DataFrame:
        """Return one row a unit: its t-ratio, p-value, lags and periods."""
        import pandas as pd

        return pd.DataFrame(
            {
                "entity": list(self.entities),
                "t": self.unit_t,
                "p_value": self.unit_p_values,
                "lags": self.lags,
                "periods": self.unit_periods,
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the units' t-ratios in order, and their mean."""
        ax = axes_or_new(ax)
        data = self.plot_data().sort_values("t")
        ax.plot(data["t"], np.arange(1, len(data) + 1), "o")
        ax.axvline(data["t"].mean(), color="C1", linestyle="--", label="mean")
        for value in self.critical_values.values():
            ax.axvline(value, color="0.6", linewidth=0.8)
        if self.critical_values:
            levels = ", ".join(f"{level:.0%}" for level in self.critical_values)
            ax.plot([], [], color="0.6", linewidth=0.8, label=f"of the mean: {levels}")
        ax.set_xlabel("statistic of the unit" if self.test == "hadri" else "t-ratio")
        ax.set_ylabel("units, in order")
        ax.set_title(f"{self.variable}: {self.name} = {self.statistic:.2f}")
        ax.legend(frameon=False)
        return ax

    def record(self) -> dict[str, Any]:
        """Return the deciding statistic as one flat row."""
        return {
            "test": self.test,
            "name": self.name,
            "statistic": self.statistic,
            "p_value": self.p_value,
            "n_entities": len(self.entities),
            "nobs": self.nobs,
        }

    def _heading(self) -> str:
        return f"{_TITLES[self.test]} test: {self.variable}"

    def _facts(self) -> Mapping[str, str]:
        few, many = int(self.unit_periods.min()), int(self.unit_periods.max())
        periods = f"{few}" if few == many else f"{few} to {many}"
        least, most = int(self.lags.min()), int(self.lags.max())
        facts = {
            "Null": "every unit is stationary"
            if self.test == "hadri"
            else "every unit has a unit root",
            "Decides": self.name,
            "Sample": f"{len(self.entities)} units, {periods} periods each, "
            f"{self.window[0]} to {self.window[1]}",
            "Terms": IN_WORDS[self.trend],
            "Lags": f"{least}" if least == most else f"{least} to {most}",
            "Period means": "subtracted" if self.demean == "time" else "left in",
        }
        if self.test == "hadri":
            del facts["Lags"]
        if self.critical_values:
            values = ", ".join(
                f"{level:.0%}: {value:.3f}" for level, value in self.critical_values.items()
            )
            facts["Critical"] = f"{values} ({self.draws} draws, seed {self.seed})"
        return facts

    def _notes(self) -> Sequence[str]:
        vary = (
            "The verdict can change with lags, trend and the treatment of common shocks: "
            "vary all three."
        )
        notes = [vary]
        if self.test != "cips" and self.demean == "none":
            notes.append(
                "This test takes the units as independent of one another; a common cycle "
                "makes it reject too often. Compare test='cips'."
            )
        if self.name == "t_star":
            notes.append(
                "The normal law of t_star holds in very long panels only; in others it "
                "rejects far too often. Read t_star_simulated."
            )
        if self.compat == "plm":
            notes.append(
                "As plm computes it: residual variances are divided by the number of rows, "
                "which no table of moments assumes; with short series the verdict can flip."
            )
        return notes
