"""Results of the panel tests of Granger non-causality."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation.coefficients import by_term, labelled
from unigauge.estimation.tails import chi_squared_tail, normal_tails
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from unigauge.estimation.gmm.results import DynamicFit

    Floats = NDArray[np.float64]

__all__ = [
    "NOMINAL_SIZE",
    "DumitrescuHurlin",
    "GrangerTest",
    "HoltzEakin",
    "JuodisKaraviasSarafidis",
    "PooledGranger",
]

NOMINAL_SIZE = 0.05
_NORMAL_975 = 1.959963984540054


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
            "null": f"the past of {self.cause} does not help to predict {self.effect}",
            "sample": f"{self.n_entities} units, {self._rows()} usable rows each, "
            f"{self.window[0]} to {self.window[1]}",
            "lags": f"{self.lags} ({self.criterion})" if self.criterion else str(self.lags),
            "period means": "subtracted" if self.demean == "time" else "left in",
            "bootstrap": f"{self.draws} draws of {self._drawn()}, seed {self.seed}"
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PooledGranger(GrangerTest):
    """Ground of the tests whose coefficients are the same in every unit.

    Attributes
    ----------
    statistic : float
        Wald statistic of all lags of the cause, chi-squared(``df``).
    df : int
        Its degrees of freedom, the number of lags.
    p_value, p_value_bootstrap : float
        Upper tail, asymptotic and by bootstrap.
    coefficients : array, shape (K,)
        Of lags 1 to K of the cause.
    covariance : array, shape (K, K)
        Of the coefficients.
    """

    statistic: float
    df: int
    coefficients: Floats
    covariance: Floats

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return tuple(f"lag({self.cause}, {k})" for k in range(1, self.lags + 1))

    @property
    def params(self) -> pd.Series[float]:
        """The coefficients by term."""
        return labelled(self.coefficients, self.terms, "estimate")

    @property
    def std_errors(self) -> pd.Series[float]:
        """Their asymptotic standard errors."""
        return labelled(np.sqrt(np.diagonal(self.covariance)), self.terms, "std_error")

    @property
    def pvalues(self) -> pd.Series[float]:
        """Their two-sided asymptotic p-values, each on its own."""
        z = self.coefficients / self.std_errors.to_numpy()
        return labelled(normal_tails(z), self.terms, "p_value")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a lag, with asymptotic 95 % intervals.

        Columns: ``term estimate std_error statistic p_value conf_low conf_high``.
        """
        import pandas as pd

        std_errors = self.std_errors.to_numpy()
        reach = _NORMAL_975 * std_errors
        return pd.DataFrame(
            {
                "term": list(self.terms),
                "estimate": self.coefficients,
                "std_error": std_errors,
                "statistic": self.coefficients / std_errors,
                "p_value": self.pvalues.to_numpy(),
                "conf_low": self.coefficients - reach,
                "conf_high": self.coefficients + reach,
            }
        )

    def plot_data(self) -> pd.DataFrame:
        """Return the coefficients with their intervals, as :meth:`to_frame` does."""
        return self.to_frame()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the coefficients of the cause's lags with 95 % intervals."""
        ax = axes_or_new(ax)
        k = np.arange(1, self.lags + 1)
        ax.axhline(0.0, color="0.4", linewidth=0.8)
        ax.errorbar(
            k,
            self.coefficients,
            yerr=_NORMAL_975 * self.std_errors.to_numpy(),
            fmt="o",
            capsize=3,
        )
        ax.set_xticks(k)
        ax.set_xlim(0.5, self.lags + 0.5)
        ax.set_xlabel(f"lag of {self.cause}, periods")
        ax.set_ylabel("coefficient, 95 % interval")
        ax.set_title(f"{self.cause} → {self.effect}")
        return ax

    def record(self) -> dict[str, Any]:
        """Return the test and the coefficients as one flat row."""
        return {
            "statistic": self.statistic,
            "df": self.df,
            **self._shared_record(),
            **by_term(self.params, self.std_errors, self.pvalues),
        }

    def _wald(self) -> str:
        """Return the test in words."""
        boot = f", bootstrap p {self.p_value_bootstrap:.4f}" if self.draws else ""
        return (
            f"{self.statistic:.5g} on {self.df} degrees of freedom, asymptotic p "
            f"{self.p_value:.4f}{boot}"
        )

    def _notes(self) -> Sequence[str]:
        pooling = (
            "The coefficients are pooled: effects of opposite sign in different units can "
            "cancel. Their standard errors and intervals are asymptotic."
        )
        return [*GrangerTest._notes(self), pooling]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class JuodisKaraviasSarafidis(PooledGranger):
    """Result of :func:`juodis_karavias_sarafidis`; see :class:`PooledGranger`.

    The coefficients are jackknifed.

    Attributes
    ----------
    coefficients_pooled : array, shape (K,)
        Before the jackknife.
    variance, residuals, compat : str or None
        As asked for.
    """

    coefficients_pooled: Floats
    variance: str
    residuals: str
    compat: str | None

    def _heading(self) -> str:
        return f"Juodis-Karavias-Sarafidis test: {self.cause} -> {self.effect}"

    def _rows(self) -> str:
        return str(self.nobs // self.n_entities)

    def _facts(self) -> Mapping[str, str]:
        convention = f", {self.compat} degrees of freedom" if self.compat else ""
        return {
            **GrangerTest._facts(self),
            "variance": f"{self.variance}, residuals at the {self.residuals} estimate"
            f"{convention}",
            "Wald": self._wald(),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class HoltzEakin(PooledGranger):
    """Result of :func:`holtz_eakin`; see :class:`PooledGranger`.

    Attributes
    ----------
    fit : DynamicFit
        The difference GMM behind the test, with its own tests of the instruments.
    """

    fit: DynamicFit

    def _heading(self) -> str:
        return f"Holtz-Eakin, Newey and Rosen test: {self.cause} -> {self.effect}"

    def _rows(self) -> str:
        return f"{self.nobs / self.n_entities:.3g}"

    def _drawn(self) -> str:
        return "whole units, moments recentred"

    def _caution(self) -> str:
        return (
            "Do not rely on this asymptotic p-value where units are few or the series "
            "persistent, so that past levels are weak instruments."
        )

    def _facts(self) -> Mapping[str, str]:
        step = "one-step"
        if self.fit.steps == 2:
            step = "two-step, Windmeijer's standard errors"
        return {
            **GrangerTest._facts(self),
            "estimator": f"GMM in first differences, {step}, {self.fit.n_instruments} "
            f"instruments{', collapsed' if self.fit.collapse else ''}",
            "Hansen": self.fit.hansen.brief,
            "Wald": self._wald(),
        }
