"""Coefficients by the names of their terms, shown the same in every result."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation.wording import wrapped
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["LEVEL", "CoefficientResult", "Tests", "by_term", "labelled", "t_tests"]

LEVEL = 0.95
"""Level of the confidence intervals."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Tests:
    """Covariance of k coefficients, and each one's test against zero.

    Attributes
    ----------
    covariance : array, shape (k, k)
        Of the coefficients.
    std_errors, statistics, p_values, conf_low, conf_high : array, shape (k,)
        Two-sided tests against zero, and 95 % intervals.
    """

    covariance: NDArray[np.float64]
    std_errors: NDArray[np.float64]
    statistics: NDArray[np.float64]
    p_values: NDArray[np.float64]
    conf_low: NDArray[np.float64]
    conf_high: NDArray[np.float64]


def t_tests(
    estimates: NDArray[np.float64], covariance: NDArray[np.float64], df: float = np.inf
) -> Tests:
    """Test each coefficient against zero by Student's t; the normal where df is infinite.

    Examples
    --------
    >>> import numpy as np
    >>> t_tests(np.array([1.96]), np.array([[1.0]])).p_values.round(3)
    array([0.05])
    """
    from scipy import stats

    std_errors = np.sqrt(np.diagonal(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistics = estimates / std_errors
    reach = stats.t.ppf((1 + LEVEL) / 2, df) * std_errors
    return Tests(
        covariance=frozen(covariance),
        std_errors=frozen(std_errors),
        statistics=frozen(statistics),
        p_values=frozen(2 * stats.t.sf(np.abs(statistics), df)),
        conf_low=frozen(estimates - reach),
        conf_high=frozen(estimates + reach),
    )


class CoefficientResult(Result):
    """Ground of every result that is, in the first place, a table of coefficients."""

    __slots__ = ()

    @property
    @abstractmethod
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients."""

    @abstractmethod
    def _estimates(self) -> NDArray[np.float64]:
        """Return the coefficients."""

    @abstractmethod
    def _tests(self) -> Tests:
        """Return their covariance and tests."""

    @abstractmethod
    def _response(self) -> str:
        """Return the name of what is explained."""

    @property
    def params(self) -> pd.Series[float]:
        """Coefficients."""
        return labelled(self._estimates(), self.terms, "estimate")

    @property
    def std_errors(self) -> pd.Series[float]:
        """Standard errors."""
        return labelled(self._tests().std_errors, self.terms, "std_error")

    @property
    def statistics(self) -> pd.Series[float]:
        """Coefficients over standard errors."""
        return labelled(self._tests().statistics, self.terms, "statistic")

    @property
    def pvalues(self) -> pd.Series[float]:
        """Two-sided p-values against zero."""
        return labelled(self._tests().p_values, self.terms, "p_value")

    @property
    def covariance(self) -> pd.DataFrame:
        """Covariance matrix of the coefficients."""
        import pandas as pd

        names = list(self.terms)
        return pd.DataFrame(self._tests().covariance, index=names, columns=names)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a coefficient, with 95 % intervals.

        Columns: ``term estimate std_error statistic p_value conf_low conf_high``.
        """
        import pandas as pd

        tests = self._tests()
        return pd.DataFrame(
            {
                "term": list(self.terms),
                "estimate": self._estimates(),
                "std_error": tests.std_errors,
                "statistic": tests.statistics,
                "p_value": tests.p_values,
                "conf_low": tests.conf_low,
                "conf_high": tests.conf_high,
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the coefficients with their 95 % intervals."""
        ax = axes_or_new(ax, size=(6.4, 1.2 + 0.4 * len(self.terms)))
        data = self.plot_data()
        rows = np.arange(len(data))[::-1]
        estimates = data["estimate"].to_numpy()
        reach = [estimates - data["conf_low"], data["conf_high"] - estimates]
        ax.errorbar(estimates, rows, xerr=reach, fmt="o", capsize=3)
        ax.axvline(0, color="0.6", linewidth=0.8)
        ax.set_yticks(rows, data["term"])
        ax.set_ylim(-0.5, len(data) - 0.5)
        ax.set_xlabel(f"coefficient (response: {self._response()})")
        ax.set_title(wrapped(self._heading()))
        return ax

    def plot_data(self) -> pd.DataFrame:
        """Return terms, estimates and intervals."""
        return self.to_frame()[["term", "estimate", "conf_low", "conf_high"]]

    def record(self) -> dict[str, Any]:
        """Return the coefficients as one flat row.

        Keys: ``estimate[term]``, ``std_error[term]`` and ``p_value[term]`` of each term,
        and ``nobs``.
        """
        return {**by_term(self.params, self.std_errors, self.pvalues), "nobs": self.nobs}

    @property
    @abstractmethod
    def nobs(self) -> int:
        """Rows used."""


def labelled(
    values: NDArray[np.float64], terms: Sequence[str], name: str
) -> pd.Series[float]:
    """Return values as a series by the name of the term.

    Examples
    --------
    >>> import numpy as np
    >>> labelled(np.array([0.5]), ["lag(x, 1)"], "estimate")
    lag(x, 1)    0.5
    Name: estimate, dtype: float64
    """
    import pandas as pd

    return pd.Series(values, index=list(terms), name=name)


def by_term(*columns: pd.Series[float]) -> dict[str, float]:
    """Return series as one flat row, term by term, with keys ``name[term]``.

    Examples
    --------
    >>> import numpy as np
    >>> by_term(labelled(np.array([0.5]), ["x"], "estimate"))
    {'estimate[x]': 0.5}
    """
    return {
        f"{column.name}[{term}]": float(column[term])
        for term in columns[0].index
        for column in columns
    }
