"""Do the units of a panel move together?  Tests of cross-section dependence."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from unigauge.errors import DataError, DroppedRowsWarning, InputError, require_choice
from unigauge.estimation.dependence_exponent import (
    exponent_from_averages,
    exponent_from_correlations,
)
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.tails import chi_squared_tail, normal_tails
from unigauge.estimation.wording import counted, plain
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["CrossSectionDependence", "cross_section_dependence"]

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CrossSectionDependence(Result):
    """Result of :func:`cross_section_dependence`.

    Attributes
    ----------
    statistic : float
        Pesaran's CD; standard normal if units are independent.
    p_value : float
        Two-sided; NaN where period means were subtracted, as the statistic is not
        standard normal then.
    p_value_normal : float
        What the standard normal law gives, whether or not it holds.
    mean_correlation, mean_abs_correlation : float
        Over the pairs used.
    pairs, pairs_left_out : int
        Pairs used; pairs with fewer than two common periods, or with a series that does
        not vary over them.
    exponent : float
        Bailey, Kapetanios and Pesaran's (2016): about :math:`N^{exponent}` units feel a
        shared shock; one where (nearly) all do.  From averages over units; NaN where a
        value is missing or period means were subtracted, as there is no average then.
    exponent_correlations : float
        Theirs for residuals (2019), from the pairs of units that are correlated.
    correlations : array, shape (N, N)
        Pairwise, over common periods; one on the diagonal, NaN where left out.
    common_periods : array, shape (N, N)
        Periods that two units have in common.
    entities : tuple of length N
        Labels, in the order of ``correlations``.
    variable, demean : str
        What was tested; whether period means were subtracted.
    difference : bool
        Whether first differences were taken.
    """

    statistic: float
    p_value: float
    p_value_normal: float
    mean_correlation: float
    mean_abs_correlation: float
    pairs: int
    pairs_left_out: int
    exponent: float
    exponent_correlations: float
    correlations: Floats
    common_periods: Floats
    entities: tuple[Any, ...]
    variable: str
    demean: str
    difference: bool

    @property
    def lagrange_multipliers(self) -> pd.DataFrame:
        """The tests of Breusch and Pagan's family, for few units and many periods.

        One row a test, ``lm``, ``scaled_lm`` and ``bias_corrected_lm``, with the columns
        ``statistic df p_value``.  ``lm`` is chi-squared, the others are two-sided standard
        normal (no ``df``).  The last is for residuals of a regression with entity effects
        in a balanced panel (Baltagi, Feng and Kao 2012), NaN in others.  There are no
        p-values where period means were subtracted.
        """
        import pandas as pd

        first, second = _pairs_of(self.correlations)
        periods = self.common_periods[first, second]
        rho2 = periods * self.correlations[first, second] ** 2
        lm = float(rho2.sum())
        scaled = float((rho2 - 1).sum() / math.sqrt(2 * self.pairs))
        balanced = periods.min() == periods.max() and self.pairs_left_out == 0
        shift = len(self.entities) / (2 * (periods[0] - 1)) if balanced else math.nan
        values = np.array([lm, scaled, scaled - shift])
        p = np.array([chi_squared_tail(lm, self.pairs), *normal_tails(values[1:])])
        return pd.DataFrame(
            {
                "statistic": values,
                "df": [float(self.pairs), math.nan, math.nan],
                "p_value": p if self.demean == "none" else np.full(3, np.nan),
            },
            index=["lm", "scaled_lm", "bias_corrected_lm"],
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row: ``variable`` and the columns of :meth:`record`."""
        import pandas as pd

        return pd.DataFrame([{"variable": self.variable, **self.record()}])

    def plot_data(self) -> pd.DataFrame:
        """Return one row a pair used: its correlation and its common periods."""
        import pandas as pd

        first, second = _pairs_of(self.correlations)
        return pd.DataFrame(
            {
                "first": [self.entities[unit] for unit in first],
                "second": [self.entities[unit] for unit in second],
                "correlation": self.correlations[first, second],
                "common_periods": self.common_periods[first, second].astype(int),
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the distribution of the pairwise correlations."""
        ax = axes_or_new(ax)
        ax.hist(self.plot_data()["correlation"], bins=np.linspace(-1, 1, 41).tolist())
        ax.axvline(0.0, color="0.4", linewidth=0.8)
        ax.axvline(self.mean_correlation, color="C1", linestyle="--", label="mean")
        ax.set_xlim(-1, 1)
        ax.set_xlabel("correlation of two units")
        ax.set_ylabel("pairs")
        ax.set_title(f"{self.variable}: CD = {self.statistic:.2f}")
        ax.legend(frameon=False)
        return ax

    def record(self) -> dict[str, Any]:
        """Return the numbers as one flat row."""
        return {
            "statistic": self.statistic,
            "p_value": self.p_value,
            "mean_correlation": self.mean_correlation,
            "mean_abs_correlation": self.mean_abs_correlation,
            "exponent": self.exponent,
            "pairs": self.pairs,
        }

    def _heading(self) -> str:
        return f"Pesaran's test of cross-section dependence: {self.variable}"

    def _facts(self) -> Mapping[str, str]:
        return {
            "Null": "the units are not correlated with one another",
            "Units": str(len(self.entities)),
            "Variable": "first differences" if self.difference else "as given",
            "Period means": "subtracted" if self.demean == "time" else "left in",
            "Left out": counted(self.pairs_left_out, "pair"),
            "Exponent": f"{self.exponent:.2f} from averages, "
            f"{self.exponent_correlations:.2f} from correlations",
        }

    def _notes(self) -> Sequence[str]:
        if self.demean == "time":
            note = (
                "Period means were subtracted, which pushes the average correlation below "
                "zero: the statistic is not standard normal under the null, and there is no "
                "p_value. Read the mean absolute correlation."
            )
        else:
            note = (
                "For residuals of a regression with period effects p_value is not to be "
                "used: the statistic is not standard normal then. For trending levels a "
                "large value may be common trends only; compare difference=True."
            )
        return [note]


def cross_section_dependence(
    frame: pd.DataFrame | Panel,
    variable: str | pd.Series[Any],
    *,
    demean: Literal["none", "time"] = "none",
    difference: bool = False,
) -> CrossSectionDependence:
    r"""Test whether the units of a panel are correlated with one another.

    .. math:: CD = \sqrt{1 / P} \sum_{i < j} \sqrt{T_{ij}}\, \rho_{ij},

    with :math:`\rho_{ij}` the correlation of units i and j over their :math:`T_{ij}` common
    periods, and P the number of pairs that have at least two and vary over them.

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time); may be unbalanced.
    variable : str or Series
        A column; or residuals, matched to the rows of ``frame`` by their index.
    demean : {"none", "time"}
        Subtract the mean of each period over the units, after any differencing.  The
        statistic then has no standard normal law; the correlations can still be read.
    difference : bool, default False
        Take first differences, by the calendar.

    Returns
    -------
    CrossSectionDependence
        ``statistic p_value mean_correlation mean_abs_correlation exponent pairs``,
        ``lagrange_multipliers`` and more.

    Raises
    ------
    InputError
        If an argument is outside its domain or residuals do not match the rows.
    DataError
        If no pair of units can be compared.

    Warns
    -----
    DroppedRowsWarning
        If pairs are left out.

    Notes
    -----
    Source: Pesaran (2004), CESifo working paper 1229; (2021), *Empirical Economics* 60,
    13-50; reconstruction.  Agrees with plm's ``pcdtest`` to 1e-8: its ``"lm"``,
    ``"sclm"`` and ``"bcsclm"`` are ``lagrange_multipliers``, its ``"rho"`` and
    ``"absrho"`` the mean correlations.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> index = pd.MultiIndex.from_product([list("abcde"), range(2000, 2020)])
    >>> world = np.tile(rng.normal(size=20), 5)
    >>> data = pd.DataFrame({"growth": world + rng.normal(size=100)}, index=index)
    >>> test = cross_section_dependence(data, "growth")
    >>> test.pairs, round(test.mean_correlation, 2), test.p_value < 0.001
    (10, 0.44, True)
    """
    require_choice("demean", demean, ("none", "time"))
    if not isinstance(difference, bool):
        raise InputError(f"difference is {difference!r}; it must be True or False.")
    panel, name = _panel_and_name(frame, variable)
    values = panel.values(name)
    scale = np.nan_to_num(np.abs(values)).max(axis=1)
    if difference:
        values = panel.diff(name)
    if demean == "time":
        values = (values.T - _mean_seen(values.T)).T
    correlations, common = _pairwise_correlations(values, _ROUNDING * scale)
    first, second = _pairs_of(correlations)
    possible = panel.n_entities * (panel.n_entities - 1) // 2
    pairs = len(first)
    if pairs == 0:
        raise DataError(
            f"none of the {counted(possible, 'pair')} of units can be compared in {name!r}: "
            "a correlation needs two units that both vary over at least two common periods."
        )
    if pairs < possible:
        warnings.warn(
            f"{possible - pairs} of {possible} pairs of units were left out: they have fewer "
            f"than two common periods of {name!r}, or one of them does not vary there.",
            DroppedRowsWarning,
            stacklevel=2,
        )
    rho = correlations[first, second]
    statistic = float((np.sqrt(common[first, second]) * rho).sum() / np.sqrt(pairs))
    p_value_normal = float(normal_tails(statistic))
    return CrossSectionDependence(
        statistic=statistic,
        p_value=p_value_normal if demean == "none" else math.nan,
        p_value_normal=p_value_normal,
        mean_correlation=float(rho.mean()),
        mean_abs_correlation=float(np.abs(rho).mean()),
        pairs=pairs,
        pairs_left_out=possible - pairs,
        exponent=exponent_from_averages(_complete(values))
        if demean == "none"
        else math.nan,
        exponent_correlations=exponent_from_correlations(correlations, common),
        correlations=frozen(correlations),
        common_periods=frozen(common),
        entities=tuple(plain(label) for label in panel.entities),
        variable=name,
        demean=demean,
        difference=difference,
    )


def _complete(values: Floats) -> Floats:
    """Return the periods in which any unit is observed."""
    return values[:, ~np.isnan(values).all(axis=0)]


def _panel_and_name(
    frame: pd.DataFrame | Panel, variable: str | pd.Series[Any]
) -> tuple[Panel, str]:
    """Return the panel and the column to test; residuals become a column."""
    import pandas as pd

    if isinstance(variable, str):
        return as_panel(frame), variable
    if not isinstance(variable, pd.Series):
        raise InputError(
            f"variable is a {type(variable).__name__}; name a column, or pass residuals as "
            "a Series with the index of the frame: pd.Series(values, index=frame.index)."
        )
    as_panel(frame)
    rows = frame.to_frame() if isinstance(frame, Panel) else frame
    strangers = ~variable.index.isin(rows.index)
    if variable.index.has_duplicates or strangers.any():
        raise InputError(
            f"the residuals do not match the rows of the frame: {int(strangers.sum())} of "
            f"{len(variable)} index entries are not in the frame, "
            f"{int(variable.index.duplicated().sum())} are repeated."
        )
    name = str(variable.name) if variable.name is not None else "residuals"
    column = variable.reindex(rows.index).to_frame(name)
    return as_panel(column), name


def _pairwise_correlations(values: Floats, floor: Floats) -> tuple[Floats, Floats]:
    """Return correlations over common periods, and the number of those.

    Units with the same periods are treated together, so that a balanced panel takes one
    product of matrices.

    Parameters
    ----------
    values : array, shape (N, T)
        NaN where missing.
    floor : array, shape (N,)
        Standard deviation of a unit that is rounding error.
    """
    seen = ~np.isnan(values)
    values = np.where(seen, values - _mean_seen(values), 0.0)
    patterns, pattern_of = np.unique(seen, axis=0, return_inverse=True)
    pattern_of = pattern_of.reshape(-1)
    common = seen.astype(float) @ seen.astype(float).T
    covariances = np.full(common.shape, np.nan)
    squares = np.full((len(patterns), len(values)), np.nan)
    for position, pattern in enumerate(patterns):
        shared = seen & pattern
        count = np.maximum(shared.sum(axis=1, keepdims=True), 1)
        means = np.where(shared, values, 0.0).sum(axis=1, keepdims=True) / count
        deviations = np.where(shared, values - means, 0.0)
        squares[position] = (deviations**2).sum(axis=1)
        members = pattern_of == position
        covariances[members] = values[members] @ deviations.T
    squares = squares[pattern_of]
    varies = squares > floor**2 * common
    usable = (common >= 2) & varies & varies.T
    correlations = np.full(common.shape, np.nan)
    np.divide(covariances, np.sqrt(squares * squares.T), out=correlations, where=usable)
    return np.clip(correlations, -1.0, 1.0), common


def _mean_seen(values: Floats) -> Floats:
    """Return the mean of each row over what is not missing, shape (n, 1)."""
    seen = ~np.isnan(values)
    totals = np.where(seen, values, 0.0).sum(axis=1, keepdims=True)
    return np.asarray(totals / np.maximum(seen.sum(axis=1, keepdims=True), 1))


def _pairs_of(correlations: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the units of every pair that has a correlation."""
    first, second = np.triu_indices(len(correlations), k=1)
    exists = ~np.isnan(correlations[first, second])
    return first[exists], second[exists]
