"""Specification tests after GMM: overidentification, serial correlation, blocks.

* Sargan: e_1'Z A_1 Z'e_1 / s2 at the first step, s2 the variance of the errors;
* Hansen: e_2'Z A_2 Z'e_2, its weight from the first residuals;
* difference-in-Hansen: Hansen less the same without some instruments, their weight the
  matching block of the same matrix, so that the difference is never negative;
* AR(m), Arellano and Bond (1991): with w_i the differenced residuals de_i, m periods
  earlier and zero where there are none,

      z = sum w_i'de_i / sqrt(sum (w_i'de_i)^2
          - 2 (w'X) M X'Z A sum Z_i'e_i (e_i'w_i) + (w'X) V (w'X)').
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import IdentificationError
from unigauge.estimation.gmm.equations import Equations
from unigauge.estimation.gmm.moments import Moments
from unigauge.estimation.gmm.steps import Step, identified, solve
from unigauge.estimation.tails import chi_squared_tail, normal_tails
from unigauge.estimation.wording import wrapped
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "SpecificationTest",
    "block_test",
    "chi_squared_test",
    "error_variance",
    "has_order",
    "overidentification",
    "residuals",
    "serial_correlation",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SpecificationTest(Result):
    """A test whose statistic is chi-squared, or standard normal.

    Attributes
    ----------
    name, null : str
        What the test is called, and what it takes for granted until it rejects.
    statistic : float
        Chi-squared with ``df`` degrees of freedom; standard normal where ``df`` is None.
    df : int or None
        Degrees of freedom; 0 where there is nothing to test.
    p_value : float
        Upper tail of chi-squared, or both of the normal; NaN where there is none.
    """

    name: str
    null: str
    statistic: float
    df: int | None
    p_value: float

    @property
    def brief(self) -> str:
        """Statistic, degrees of freedom and p-value in a few words."""
        if self.df == 0:
            return "as many instruments as coefficients: nothing to test"
        degrees = "" if self.df is None else f" [{self.df}]"
        letter = "z" if self.df is None else "chi2"
        return f"{letter} = {self.statistic:.5g}{degrees}, p = {self.p_value:.4f}"

    def to_frame(self) -> pd.DataFrame:
        """Return one row: ``test statistic df p_value``."""
        import pandas as pd

        return pd.DataFrame(
            {
                "test": [self.name],
                "statistic": [self.statistic],
                "df": [self.df],
                "p_value": [self.p_value],
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the density under the null, and the statistic."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        ax.plot(data["statistic"], data["density"], color="0.4")
        ax.axvline(self.statistic, color="C3", label=f"observed (p = {self.p_value:.3g})")
        ax.set_xlabel("standard normal" if self.df is None else f"chi2({self.df})")
        ax.set_ylabel("density under the null")
        ax.set_title(wrapped(f"{self.name}: {self.null}"))
        ax.legend(frameon=False)
        return ax

    def plot_data(self) -> pd.DataFrame:
        """Return the density under the null, columns ``statistic`` and ``density``."""
        import pandas as pd
        from scipy import stats

        if self.df is None:
            far = max(3.5, 1.2 * abs(self.statistic))
            grid = np.linspace(-far, far, 201)
            return pd.DataFrame({"statistic": grid, "density": stats.norm.pdf(grid)})
        df = max(self.df, 1)
        grid = np.linspace(0, max(1.2 * self.statistic, stats.chi2.ppf(0.99, df)), 201)[1:]
        return pd.DataFrame({"statistic": grid, "density": stats.chi2.pdf(grid, df)})

    def record(self) -> dict[str, Any]:
        """Return the test as one flat row."""
        return {
            "test": self.name,
            "statistic": self.statistic,
            "df": self.df,
            "p_value": self.p_value,
        }

    def _heading(self) -> str:
        return self.name

    def _notes(self) -> Sequence[str]:
        return [f"Null: {self.null}."]


def chi_squared_test(name: str, null: str, statistic: float, df: int) -> SpecificationTest:
    """Return a test whose statistic is chi-squared; without p-value where df is 0."""
    p_value = float(chi_squared_tail(statistic, df)) if df > 0 else np.nan
    return SpecificationTest(
        name=name, null=null, statistic=statistic, df=df, p_value=p_value
    )


def residuals(data: Floats, estimates: Floats) -> Floats:
    """Return y - X b, shape (T, N), of response and regressors (T, 1 + K, N)."""
    direction = np.concatenate([[1.0], -estimates])
    return np.asarray(direction @ data)


def error_variance(equations: Equations, one: Step) -> float:
    """Return s2, the variance of the errors in levels, from the first step.

    The squared residuals of the transformed equations over n - K, and over 2 in first
    differences.  n is ``equations.nobs``: of a system the rows in levels, as in xtabond2
    and gretl.
    """
    estimates = one.solution.estimates
    left = residuals(equations.transformed, estimates)
    degrees = equations.nobs - len(estimates)
    if degrees <= 0:
        raise IdentificationError(
            f"{len(estimates)} coefficients with the time effects cannot be told from "
            f"{equations.nobs} rows; use fewer regressors."
        )
    return float((left**2).sum()) / equations.transform.variance / degrees


def overidentification(name: str, statistic: float, moments: Moments) -> SpecificationTest:
    """Return Sargan's or Hansen's test."""
    df = len(moments.y) - moments.x.shape[1]
    return chi_squared_test(name, "all instruments are valid", statistic, df)


def has_order(equations: Equations, order: int) -> bool:
    """Whether some entity has differenced residuals ``order`` periods apart."""
    rows = equations.difference_rows
    return bool((rows[order:] & rows[:-order]).any())


def serial_correlation(
    moments: Moments,
    step: Step,
    covariance: Floats,
    order: int,
    *,
    variance: float | None,
) -> SpecificationTest:
    """Test that differenced residuals ``order`` periods apart are uncorrelated.

    ``variance`` is that of homoskedastic errors, for the unadjusted first step, whose
    covariances follow from it; without it they are those of the residuals.
    """
    equations, solution = moments.equations, step.solution
    if not has_order(equations, order):
        raise IdentificationError(
            f"no entity has two residuals in differences {order} periods apart, so that "
            f"ar({order}) cannot be computed; the panel is too short for this order."
        )
    left = residuals(equations.differences, solution.estimates)
    earlier = np.zeros_like(left)
    earlier[order:] = left[:-order] * equations.difference_rows[order:]
    by_entity = (earlier * left).sum(axis=0)
    slopes = sum(
        data @ lagged
        for data, lagged in zip(equations.differences[:, 1:], earlier, strict=True)
    )
    if variance is None:
        own = float(by_entity @ by_entity)
        shared = step.scores @ by_entity
    else:
        errors = np.zeros_like(earlier)
        for row, coefficients in zip(earlier, equations.difference_matrix, strict=True):
            for period, coefficient in coefficients:
                errors[period] += coefficient * row
        own = variance * float((errors**2).sum())
        shared = variance * moments.against_errors(errors)
    spread = own - 2 * slopes @ solution.influence @ shared + slopes @ covariance @ slopes
    z = float(by_entity.sum() / np.sqrt(spread)) if spread > 0 else np.nan
    return SpecificationTest(
        name=f"AR({order}) of differenced residuals",
        null=f"errors are not correlated {order} periods apart, in differences",
        statistic=z,
        df=None,
        p_value=float(normal_tails(z)),
    )


def block_test(moments: Moments, step: Step, block: NDArray[np.bool_]) -> dict[str, Any]:
    """Test some instruments, by Hansen's statistic with and without them.

    NaN where the others do not identify the coefficients.
    """
    others = ~block
    weight = step.solution.inverse_weight[np.ix_(others, others)]
    x, y = moments.x[others], moments.y[others]
    df = int(block.sum())
    row: dict[str, Any] = {"df": df, "statistic": np.nan, "p_value": np.nan}
    row |= {"hansen_without": np.nan, "df_without": len(y) - x.shape[1]}
    if len(y) < x.shape[1] or not identified(x, weight).all():
        return row
    without = solve(x, y, weight).criterion
    difference = step.solution.criterion - without
    row |= {
        "statistic": difference,
        "p_value": float(chi_squared_tail(difference, df)),
        "hansen_without": without,
    }
    return row
