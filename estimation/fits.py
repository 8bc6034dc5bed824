"""What the static estimators return: a fit, and joint tests of its coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import IdentificationError, InputError
from unigauge.estimation.coefficients import CoefficientResult
from unigauge.estimation.design import CONSTANT, Design, Losses
from unigauge.estimation.inference import Inference, infer
from unigauge.estimation.static import Solution
from unigauge.estimation.within import number_of_groups
from unigauge.estimation.wording import counted, wrapped
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["Fit", "WaldTest", "joint_test", "make_fit"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Fit(CoefficientResult):
    """A regression: coefficients, standard errors, and the convention behind them.

    Attributes
    ----------
    design : Design
        The rows, ``design.y`` and ``design.x``, and what was left out.
    solution : Solution
        Coefficients, residuals and the pieces of the covariance.
    inference : Inference
        Standard errors and tests.
    """

    design: Design
    solution: Solution
    inference: Inference

    @property
    def model(self) -> str:
        """``"OLS"`` or ``"Poisson"``."""
        return "Poisson" if self.solution.poisson else "OLS"

    @property
    def formula(self) -> str:
        """The formula, as it was written."""
        return self.design.formula.text

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return self.design.terms

    @property
    def convention(self) -> str:
        """How standard errors and p-values were computed, with the numbers."""
        return self.inference.convention

    @property
    def df(self) -> int:
        """Degrees of freedom of the t distribution."""
        return self.inference.df

    @property
    def nobs(self) -> int:
        """Rows used."""
        return self.design.nobs

    @property
    def n_entities(self) -> int:
        """Entities with a row in use."""
        return number_of_groups(self.design.entity)

    @property
    def n_times(self) -> int:
        """Periods with a row in use."""
        return number_of_groups(self.design.time)

    @property
    def losses(self) -> Losses:
        """Rows of the panel that are not in use, and why."""
        return self.design.losses

    @property
    def r2_within(self) -> float:
        """Share of the variation within the fixed effects explained; OLS only.

        Without effects the plain R2; without a constant too, the uncentred one.
        """
        return self.solution.r2_within

    @property
    def deviance(self) -> float:
        """Deviance: the sum of squared residuals, or Poisson's."""
        return self.solution.deviance

    @property
    def iterations(self) -> int:
        """Steps of Poisson's iteration."""
        return self.solution.iterations

    @property
    def residuals(self) -> pd.Series[float]:
        """Response less fitted values, indexed by (entity, time)."""
        return self._rows(self.solution.residuals, "residual")

    @property
    def fitted(self) -> pd.Series[float]:
        """Fitted values with the fixed effects, indexed by (entity, time)."""
        return self._rows(self.solution.fitted, "fitted")

    @property
    def summary(self) -> str:
        """The printed table."""
        return str(self)

    def with_covariance(
        self,
        cov: str = "clustered",
        *,
        small_sample: str = "stata",
        cluster: str | Sequence[str] = "entity",
        bandwidth: int | None = None,
        draws: int = 9999,
        seed: int = 0,
    ) -> Fit:
        """Return the same coefficients with other standard errors.

        The parameters are those of :func:`unigauge.estimation.ols`; nothing is
        estimated again.
        """
        inference = infer(
            self.design,
            self.solution,
            cov=cov,
            small_sample=small_sample,
            cluster=cluster,
            bandwidth=bandwidth,
            draws=draws,
            seed=seed,
        )
        return replace(self, inference=inference)

    def wald(self, terms: str | Sequence[str] | None = None) -> WaldTest:
        """Test that several coefficients are all zero.

        Parameters
        ----------
        terms : str or sequence of str, optional
            Their names, in any spelling of formulas, ranges such as ``lag(x, 1:2)`` too;
            all coefficients by default.

        Returns
        -------
        WaldTest
            F with (q, df) degrees of freedom, df those of the t tests.

        Raises
        ------
        InputError
            If a term is unknown or named twice.
        IdentificationError
            If the covariance of these coefficients is singular, as with more
            coefficients than clusters.
        """
        asked = [terms] if isinstance(terms, str) else list(terms or self.terms)
        names = [name for text in asked for name in self.design.find_terms(text)]
        if len(set(names)) != len(names):
            raise InputError(f"terms are {names}; each may be named once.")
        return joint_test(self, [self.terms.index(name) for name in names])

    def _estimates(self) -> NDArray[np.float64]:
        return self.solution.estimates

    def _tests(self) -> Inference:
        return self.inference

    def _response(self) -> str:
        return self.design.formula.response.name

    def _heading(self) -> str:
        return f"{self.model}: {self.formula}"

    def _facts(self) -> Mapping[str, str]:
        absorbed = [*self.design.effect_names, *(s.name for s in self.design.slopes)]
        facts = {
            "Sample": f"{counted(self.nobs, 'row')}, {self.n_entities} x {self.n_times} "
            f"({self.design.panel.entity_name} x {self.design.panel.time_name})",
            "Fixed effects": ", ".join(absorbed) or "none",
        }
        if self.solution.poisson:
            facts["Deviance"] = f"{self.deviance:.6g}"
        else:
            r2 = 0.0 if abs(self.r2_within) < 0.00005 else self.r2_within
            facts[self._r2_name()] = f"{r2:.4f}"
        facts["Std. errors"] = self.convention
        return facts

    def _r2_name(self) -> str:
        if self.design.effect_names:
            return "R2 within"
        return "R2" if CONSTANT in self.terms else "R2 uncentred"

    def _notes(self) -> Sequence[str]:
        lags = self.losses.lags
        lost = [f"{counted(lags, 'row')} lost to lags"] if lags else []
        lost += self.losses.sentences()
        notes = [f"Rows not used: {'; '.join(lost)}."] if lost else []
        if self.solution.exact:
            notes.append(
                "The regression reproduces the response exactly: without residuals there "
                "are no standard errors. Look for a regressor that is the response under "
                "another name, such as lag(y, 0)."
            )
        return notes

    def _rows(self, values: NDArray[np.float64], name: str) -> pd.Series[float]:
        import pandas as pd

        panel = self.design.panel
        index = pd.MultiIndex.from_arrays(
            [panel.entities[self.design.entity], panel.times[self.design.time]],
            names=[panel.entity_name, panel.time_name],
        )
        return pd.Series(values, index=index, name=name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class WaldTest(Result):
    """A joint test that some coefficients are zero.

    Attributes
    ----------
    terms : tuple of str
        The coefficients.
    statistic : float
        F.
    df : (int, int)
        Its degrees of freedom.
    p_value : float
        From the F distribution.
    chi2, p_value_chi2 : float
        The same test in large samples, with ``df[0]`` degrees of freedom.
    convention : str
        How the covariance was computed.
    """

    terms: tuple[str, ...]
    statistic: float
    df: tuple[int, int]
    p_value: float
    chi2: float
    p_value_chi2: float
    convention: str

    def to_frame(self) -> pd.DataFrame:
        """Return two rows, F and chi2."""
        import pandas as pd

        return pd.DataFrame(
            {
                "test": [f"F({self.df[0]}, {self.df[1]})", f"chi2({self.df[0]})"],
                "statistic": [self.statistic, self.chi2],
                "p_value": [self.p_value, self.p_value_chi2],
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the density of F under the null, and the statistic."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        ax.plot(data["F"], data["density"], color="0.4")
        ax.axvline(self.statistic, color="C3", label=f"observed (p = {self.p_value:.3g})")
        ax.set_xlabel(f"F({self.df[0]}, {self.df[1]})")
        ax.set_ylabel("density under the null")
        ax.set_title(wrapped(self._heading()))
        ax.legend(frameon=False)
        return ax

    def plot_data(self) -> pd.DataFrame:
        """Return the density of F under the null, columns ``F`` and ``density``."""
        import pandas as pd
        from scipy import stats

        f = np.linspace(0, max(1.2 * self.statistic, stats.f.ppf(0.99, *self.df)), 201)[1:]
        return pd.DataFrame({"F": f, "density": stats.f.pdf(f, *self.df)})

    def record(self) -> dict[str, Any]:
        """Return the test as one flat row."""
        return {
            "terms": ", ".join(self.terms),
            "statistic": self.statistic,
            "df_numerator": self.df[0],
            "df_denominator": self.df[1],
            "p_value": self.p_value,
        }

    def _heading(self) -> str:
        return f"Wald test: {', '.join(self.terms)} all zero"

    def _notes(self) -> Sequence[str]:
        return [self.convention]


def joint_test(fit: Fit, at: Sequence[int]) -> WaldTest:
    """Test that the coefficients at some positions are all zero; see :meth:`Fit.wald`."""
    from scipy import stats

    names = [fit.terms[position] for position in at]
    estimates = fit.solution.estimates[list(at)]
    covariance = fit.inference.covariance[np.ix_(at, at)]
    scale = np.sqrt(np.diagonal(covariance))
    correlation = covariance / np.outer(scale, scale)
    if not np.isfinite(correlation).all() or np.linalg.cond(correlation) > 1e12:
        raise IdentificationError(
            f"the covariance of {', '.join(names)} is singular, so they cannot be "
            f"tested together ({fit.convention}) Test fewer, or use another "
            "covariance."
        )
    unit = estimates / scale
    chi2 = float(unit @ np.linalg.solve(correlation, unit))
    q = len(names)
    return WaldTest(
        terms=tuple(names),
        statistic=chi2 / q,
        df=(q, fit.df),
        p_value=float(stats.f.sf(chi2 / q, q, fit.df)),
        chi2=chi2,
        p_value_chi2=float(stats.chi2.sf(chi2, q)),
        convention=fit.convention,
    )


def make_fit(
    design: Design,
    solution: Solution,
    *,
    cov: str,
    small_sample: str,
    cluster: str | Sequence[str],
    bandwidth: int | None,
    draws: int = 9999,
    seed: int = 0,
) -> Fit:
    """Join design, solution and the inference that was asked for."""
    inference = infer(
        design,
        solution,
        cov=cov,
        small_sample=small_sample,
        cluster=cluster,
        bandwidth=bandwidth,
        draws=draws,
        seed=seed,
    )
    return Fit(design=design, solution=solution, inference=inference)
