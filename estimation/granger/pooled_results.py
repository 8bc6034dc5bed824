"""Results of the tests of Granger non-causality whose coefficients are pooled."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unigauge.estimation.coefficients import CoefficientResult, Tests, by_term
from unigauge.estimation.granger.results import GrangerTest
from unigauge.estimation.wording import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from unigauge.estimation.gmm.results import DynamicFit

    Floats = NDArray[np.float64]

__all__ = ["HoltzEakin", "JuodisKaraviasSarafidis", "PooledGranger"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PooledGranger(GrangerTest, CoefficientResult):
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
    tests : Tests
        Their asymptotic standard errors and tests, each on its own.
    """

    statistic: float
    df: int
    coefficients: Floats
    tests: Tests

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return tuple(f"lag({self.cause}, {k})" for k in range(1, self.lags + 1))

    @property
    @abstractmethod
    def convention(self) -> str:
        """How standard errors were computed."""

    def _estimates(self) -> Floats:
        return self.coefficients

    def _tests(self) -> Tests:
        return self.tests

    def _response(self) -> str:
        return self.effect

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
            f"{self.statistic:.5g} on {counted(self.df, 'degree')} of freedom, asymptotic p "
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

    @property
    def convention(self) -> str:
        """How standard errors were computed."""
        like = f", {self.compat} degrees of freedom" if self.compat else ""
        return f"{self.variance}, residuals at the {self.residuals} estimate{like}"

    def _heading(self) -> str:
        return f"Juodis-Karavias-Sarafidis test: {self.cause} -> {self.effect}"

    def _rows(self) -> str:
        return str(self.nobs // self.n_entities)

    def _facts(self) -> Mapping[str, str]:
        return {
            **GrangerTest._facts(self),
            "Std. errors": self.convention,
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

    @property
    def convention(self) -> str:
        """How standard errors were computed."""
        return self.fit.convention

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
        step = "one-step" if self.fit.steps == 1 else "two-step"
        return {
            **GrangerTest._facts(self),
            "Estimator": f"GMM in first differences, {step}, {self.fit.n_instruments} "
            f"instruments{', collapsed' if self.fit.collapse else ''}",
            "Std. errors": self.convention,
            "Hansen": self.fit.hansen.brief,
            "Wald": self._wald(),
        }
