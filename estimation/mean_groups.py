"""One regression in every unit, and the mean of its coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from unigauge.errors import DataError, InputError, require_choice
from unigauge.estimation.coefficients import by_term, labelled
from unigauge.estimation.design import CONSTANT, Design, build_design
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.tails import normal_tails
from unigauge.estimation.unit_least_squares import (
    UnitRows,
    coefficients_of,
    require_unit_rank,
    triangles,
    unit_rows,
)
from unigauge.estimation.wording import counted, joined, wrapped
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "MeanGroupFit",
    "mean_group",
    "mean_group_covariance",
    "period_means",
    "require_unit_regressions",
    "unit_residuals",
]

TREND = "trend"
"""The name of a unit's own trend."""
_NORMAL_975 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MeanGroupFit(Result):
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
    def params(self) -> pd.Series[float]:
        """Coefficients."""
        return labelled(self.estimates, self.terms, "estimate")

    @property
    def std_errors(self) -> pd.Series[float]:
        """Standard errors."""
        return labelled(self._spread(), self.terms, "std_error")

    @property
    def statistics(self) -> pd.Series[float]:
        """Coefficients over standard errors."""
        return labelled(self.estimates / self._spread(), self.terms, "statistic")

    @property
    def pvalues(self) -> pd.Series[float]:
        """Two-sided p-values against zero, standard normal."""
        return labelled(
            normal_tails(self.estimates / self._spread()), self.terms, "p_value"
        )

    @property
    def covariance(self) -> pd.DataFrame:
        """Covariance of the coefficients."""
        import pandas as pd

        return pd.DataFrame(self.covariances, index=self.terms, columns=list(self.terms))

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

    def to_frame(self) -> pd.DataFrame:
        """Return one row a coefficient, with 95 % intervals.

        Columns: ``term estimate std_error statistic p_value conf_low conf_high``.
        """
        import pandas as pd

        spread = self._spread()
        return pd.DataFrame(
            {
                "term": list(self.terms),
                "estimate": self.estimates,
                "std_error": spread,
                "statistic": self.estimates / spread,
                "p_value": normal_tails(self.estimates / spread),
                "conf_low": self.estimates - _NORMAL_975 * spread,
                "conf_high": self.estimates + _NORMAL_975 * spread,
            }
        )

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

    def record(self) -> dict[str, Any]:
        """Return the fit as one flat row.

        Keys: ``estimate[term]``, ``std_error[term]`` and ``p_value[term]`` of each term,
        and ``nobs``.
        """
        return {**by_term(self.params, self.std_errors, self.pvalues), "nobs": self.nobs}

    def _spread(self) -> Floats:
        return np.sqrt(np.diagonal(self.covariances))

    def _heading(self) -> str:
        return f"{self.model}: {self.formula}"

    def _facts(self) -> Mapping[str, str]:
        few, many = int(self.unit_rows.min()), int(self.unit_rows.max())
        rows = f"{few}" if few == many else f"{few} to {many}"
        facts = {"Sample": f"{self.n_entities} units, {rows} rows each"}
        if self.averages:
            facts["Averages"] = self.averages
        facts["Std. errors"] = "from the spread of the units' coefficients; standard normal"
        return facts


def mean_group(
    frame: pd.DataFrame | Panel,
    formula: str,
    *,
    demean: Literal["none", "time"] = "none",
    trend: bool = False,
) -> MeanGroupFit:
    r"""Regress in every unit and average the coefficients.

    .. math:: \hat b = \frac1N \sum_i \hat b_i, \qquad
        \hat V = \frac{1}{N (N - 1)} \sum_i (\hat b_i - \hat b)(\hat b_i - \hat b)'.

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time); may be unbalanced and have gaps, as lags follow the
        calendar.
    formula : str
        Such as ``"y ~ lag(y) + x"``: each unit has its own constant, so there is no bar.
        With an own lag this is the dynamic mean group of Pesaran and Smith, whose bias in
        short panels is of the order of 1/T.
    demean : {"none", "time"}
        Subtract the mean over units of each period, in the rows in use, from the response
        and the regressors first (plm's ``pmg`` with ``model="dmg"``).
    trend : bool, default False
        Give each unit its own trend.

    Returns
    -------
    MeanGroupFit
        ``params std_errors pvalues unit_params residuals`` and more.

    Raises
    ------
    InputError
        If the formula has fixed effects or cannot be read.
    DataError
        If there is one unit only, or a unit has too few rows; the message names it.
    IdentificationError
        If a regressor does not vary, or is collinear, in a unit.

    See Also
    --------
    cce : The same beside cross-section averages, where units share unobserved shocks.

    Notes
    -----
    Source: Pesaran and Smith (1995), *Journal of Econometrics* 68, 79-113;
    reconstruction.  Agrees with plm's ``pmg`` to 1e-8.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> index = pd.MultiIndex.from_product([range(8), range(2000, 2030)])
    >>> data = pd.DataFrame({"x": rng.normal(size=240)}, index=index)
    >>> slope = np.repeat(np.linspace(0.5, 1.5, 8), 30)
    >>> data["y"] = slope * data["x"] + 0.1 * rng.normal(size=240)
    >>> fit = mean_group(data, "y ~ x")
    >>> print(f"{fit.params['x']:.2f} ({fit.std_errors['x']:.2f})")
    1.01 (0.13)
    """
    require_choice("demean", demean, ("none", "time"))
    require_flag("trend", trend)
    design = unit_design(frame, formula)
    rows = unit_rows(design)
    y, x = rows.y, rows.x
    if demean == "time":
        plain = [column for column, term in enumerate(design.terms) if term != CONSTANT]
        x[..., plain] -= period_means(x[..., plain], rows.used)
        x *= rows.used[..., None]
        y = (y - period_means(y, rows.used)) * rows.used
    terms = list(design.terms)
    if trend:
        x = np.concatenate([x, trend_column(rows)], axis=-1)
        terms.append(TREND)
    require_unit_regressions(rows, terms, formula)
    triangle = triangles(x, y)
    require_unit_rank(triangle, terms, rows.entities, f"{formula!r} has no estimate")
    units = coefficients_of(triangle)
    estimates, covariance = mean_group_covariance(units)
    design.warn()
    return MeanGroupFit(
        model="Mean group, period means subtracted" if demean == "time" else "Mean group",
        formula=design.formula.text,
        terms=tuple(terms),
        estimates=frozen(estimates),
        covariances=frozen(covariance),
        unit_estimates=frozen(units),
        unit_rows=rows.rows,
        residuals=unit_residuals(design, rows, y, x, units),
        entities=rows.entities,
        averages="",
        pooled=False,
    )


def require_flag(name: str, value: object) -> None:
    """Refuse what is neither True nor False."""
    if not isinstance(value, bool):
        raise InputError(f"{name} is {value!r}; it must be True or False.")


def unit_design(frame: pd.DataFrame | Panel, formula: str) -> Design:
    """Return the rows of a formula that may have no fixed effects."""
    design = build_design(as_panel(frame), formula)
    if design.effect_names or design.slopes:
        effects = [*design.effect_names, *(slope.name for slope in design.slopes)]
        raise InputError(
            f"the formula {formula!r} has the fixed effects {joined(effects)}; here every "
            "unit has its own regression, with its own constant. Leave the bar and what "
            "follows out; for effects of time use demean='time' or cce."
        )
    return design


def require_unit_regressions(rows: UnitRows, terms: Sequence[str], formula: str) -> None:
    """Require two units, and in each a row more than there are coefficients."""
    if len(rows.entities) < 2:
        raise DataError(
            f"{formula!r} has rows in one unit only, {rows.entities[0]!r}; the spread "
            "between units needs at least two."
        )
    needed = len(terms) + 1
    short = np.flatnonzero(rows.rows < needed)
    if short.size:
        found = joined([f"{rows.entities[unit]!r} has {rows.rows[unit]}" for unit in short])
        raise DataError(
            f"each unit's regression has {counted(len(terms), 'coefficient')} "
            f"({joined(list(terms))}) and needs at least T = {needed} usable rows; {found}. "
            "Use fewer regressors or lags, or leave those units out."
        )


def period_means(values: Floats, used: NDArray[np.bool_]) -> Floats:
    """Return the mean over units of each period's rows in use, shape (1, T, ...)."""
    count = np.maximum(used.sum(axis=0), 1).reshape(1, -1, *([1] * (values.ndim - 2)))
    return np.asarray(values.sum(axis=0, keepdims=True) / count)


def trend_column(rows: UnitRows) -> Floats:
    """Return each unit's trend, 1 in the first period in use, shape (N, T, 1)."""
    calendar = np.arange(1, rows.used.shape[1] + 1)
    return np.asarray(np.where(rows.used, calendar, 0.0)[..., None])


def mean_group_covariance(units: Floats) -> tuple[Floats, Floats]:
    """Return the mean of the units' coefficients and its covariance."""
    n = len(units)
    mean = units.mean(axis=0)
    away = units - mean
    return mean, away.T @ away / (n * (n - 1))


def unit_residuals(
    design: Design, rows: UnitRows, y: Floats, x: Floats, units: Floats
) -> pd.Series[float]:
    """Return y - x b_i of the rows in use, indexed by (entity, time)."""
    import pandas as pd

    panel = design.panel
    left = y - np.einsum("ntk,nk->nt", x, units)
    index = pd.MultiIndex.from_arrays(
        [panel.entities[design.entity], panel.times[design.time]],
        names=[panel.entity_name, panel.time_name],
    )
    return pd.Series(left[rows.used], index=index, name="residual")
