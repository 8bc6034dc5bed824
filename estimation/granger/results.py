"""What the panel tests of Granger non-causality share, and the result of one a unit."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation.tails import chi_squared_tail
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["NOMINAL_SIZE", "DumitrescuHurlin", "GrangerTest"]

NOMINAL_SIZE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GrangerTest(Result):
    """What the panel tests of Granger non-causality share.

    Attributes
    ----------
    effect, cause : str
        The null is that the lags of ``cause`` do not help to predict ``effect``.
    lags : int
        Lags of both variables.
    criterion : str
        How they were chosen, in words; empty where they were given.
    p_value : float
        Asymptotic.  Not to be used where the panel is short or persistent.
    p_value_bootstrap : float
        (1 + draws at least as large as the data) / (1 + draws); NaN without bootstrap.
    size_bootstrap : float
        Share of the null draws in which the asymptotic 5 % test rejects; NaN without
        bootstrap.
    n_entities, nobs : int
        Units, and usable rows in all.
    window : tuple
        First and last period of the outcome.
    demean : {"none", "time"}
        Whether the means of each period were subtracted first.
    draws, block : int
        Draws of the bootstrap, 0 for none, and rows to a block.
    seed : int or None
        Seed of the draws; where none was given, the one that was drawn for them.
    draws_left_out : int
        Draws in which the statistic does not exist; they count in no share.
    """

    effect: str
    cause: str
    lags: int
    criterion: str
    p_value: float
    p_value_bootstrap: float
    size_bootstrap: float
    n_entities: int
    nobs: int
    window: tuple[Any, Any]
    demean: str
    draws: int
    block: int
    seed: int | None
    draws_left_out: int

    @abstractmethod
    def _rows(self) -> str:
        """Return the usable rows of a unit, as text."""

    def _drawn(self) -> str:
        """Return what the bootstrap draws, as text."""
        return "rows" if self.block == 1 else f"blocks of {self.block} rows"

    def _caution(self) -> str:
        """Return where the asymptotic p-value is not to be trusted."""
        return (
            "Do not rely on this asymptotic p-value where the panel is short or "
            "persistent: a true null is then rejected far too often."
        )

    def _facts(self) -> Mapping[str, str]:
        return {
            "Null": f"the past of {self.cause} does not help to predict {self.effect}",
            "Sample": f"{self.n_entities} units, {self._rows()} usable rows each, "
            f"{self.window[0]} to {self.window[1]}",
            "Lags": f"{self.lags} ({self.criterion})" if self.criterion else str(self.lags),
            "Period means": "subtracted" if self.demean == "time" else "left in",
            "Bootstrap": f"{self.draws} draws of {self._drawn()}, seed {self.seed}"
            if self.draws
            else "none",
        }

    def _notes(self) -> Sequence[str]:
        notes = []
        if self.draws:
            notes.append(
                "Trust p_value_bootstrap. Where the null holds, in the draws, the "
                f"asymptotic 5 % test rejects in {100 * self.size_bootstrap:.1f} % of cases."
            )
        else:
            notes.append(f"{self._caution()} Ask for bootstrap=999.")
        if self.draws_left_out:
            notes.append(
                f"{self.draws_left_out} draws are left out: the statistic does not exist "
                "in them."
            )
        if self.demean == "none":
            notes.append(
                "Period means are left in, so that a common cycle can pass for "
                'causality; compare demean="time".'
            )
        return notes

    def _shared_record(self) -> dict[str, Any]:
        return {
            "p_value": self.p_value,
            "p_value_bootstrap": self.p_value_bootstrap,
            "size_bootstrap": self.size_bootstrap,
            "n_entities": self.n_entities,
            "nobs": self.nobs,
            "draws": self.draws,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class DumitrescuHurlin(GrangerTest):
    """Result of :func:`dumitrescu_hurlin`; see :class:`GrangerTest` for the rest.

    Attributes
    ----------
    w_bar : float
        Mean of the units' Wald statistics.
    z_bar : float
        Standardised with the moments of chi-squared, for many periods.
    z_bar_tilde : float
        Standardised with the exact moments for T periods.
    p_value, p_value_z_bar : float
        Two-sided, standard normal, of ``z_bar_tilde`` and of ``z_bar``.
    p_value_bootstrap : float
        Upper tail of ``z_bar_tilde``: causality in any unit raises it.
    unit_wald : array, shape (N,)
        Wald statistic of each unit, chi-squared(lags) for many periods.
    unit_rows : array, shape (N,)
        Usable rows of each unit.
    entities : tuple of length N
        Labels, in the order of ``unit_wald``.
    """

    w_bar: float
    z_bar: float
    z_bar_tilde: float
    p_value_z_bar: float
    unit_wald: Floats
    unit_rows: Floats
    entities: tuple[Any, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a statistic: ``statistic value p_value p_value_bootstrap``."""
        import pandas as pd

        return pd.DataFrame(
            {
                "statistic": ["w_bar", "z_bar", "z_bar_tilde"],
                "value": [self.w_bar, self.z_bar, self.z_bar_tilde],
                "p_value": [np.nan, self.p_value_z_bar, self.p_value],
                "p_value_bootstrap": [np.nan, np.nan, self.p_value_bootstrap],
            }
        )

    def plot_data(self) -> pd.DataFrame:
        """Return one row a unit, smallest Wald statistic first."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "wald": self.unit_wald,
                "p_value": chi_squared_tail(self.unit_wald, self.lags),
                "rows": self.unit_rows.astype(int),
            },
            index=pd.Index(self.entities, name="entity"),
        )
        return frame.sort_values("wald", kind="stable")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the sorted Wald statistics of the units and their 5 % critical value."""
        from scipy.special import chdtri

        units = self.plot_data()
        height = max(3.0, 0.22 * len(units)) if len(units) <= 40 else 4.0
        ax = axes_or_new(ax, size=(6.4, height))
        ax.plot(units["wald"], range(len(units)), "o", markersize=4)
        ax.axvline(
            float(chdtri(self.lags, NOMINAL_SIZE)),
            linestyle="--",
            color="0.4",
            label="5 % critical value of one unit, many periods",
        )
        if len(units) <= 40:
            ax.set_yticks(range(len(units)), [str(label) for label in units.index])
        else:
            ax.set_ylabel("units, sorted")
        ax.set_xlabel(f"Wald statistic of the lags of {self.cause}")
        ax.set_title(f"{self.cause} → {self.effect}")
        ax.legend(loc="lower right", frameon=False, fontsize="small")
        return ax

    def record(self) -> dict[str, Any]:
        """Return statistics and p-values as one flat row."""
        return {
            "w_bar": self.w_bar,
            "z_bar": self.z_bar,
            "z_bar_tilde": self.z_bar_tilde,
            **self._shared_record(),
        }

    def _heading(self) -> str:
        return f"Dumitrescu-Hurlin test: {self.cause} -> {self.effect}"

    def _rows(self) -> str:
        least, most = int(self.unit_rows.min()), int(self.unit_rows.max())
        return f"{least}" if least == most else f"{least} to {most}"

    def _notes(self) -> Sequence[str]:
        return [
            *GrangerTest._notes(self),
            "Rejection says that the cause helps in at least one unit, not in which.",
        ]
