"""What a system of equations returns: coefficients, first stages, tested exclusions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unigauge.estimation.coefficients import CoefficientResult, Tests
from unigauge.estimation.design import Design
from unigauge.estimation.fits import WaldTest
from unigauge.estimation.instruments.parts import WEAK
from unigauge.estimation.systems.equations import Equation
from unigauge.estimation.within import number_of_groups
from unigauge.estimation.wording import counted

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["FirstStage", "SystemFit"]

_NAMES = {
    "3sls": "Three-stage least squares",
    "2sls": "Two-stage least squares, equation by equation",
    "sur": "Seemingly unrelated regressions",
    "ols": "Least squares, equation by equation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStage:
    """How well the excluded instruments predict one endogenous regressor.

    Attributes
    ----------
    equation, endogenous : str
        Where it stands, and which it is.
    excluded : tuple of str
        Instruments that are no regressors of the equation.
    test : WaldTest
        That their coefficients are all zero.
    """

    equation: str
    endogenous: str
    excluded: tuple[str, ...]
    test: WaldTest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SystemFit(CoefficientResult):
    """A system of equations; :func:`unigauge.estimation.three_stage` makes it.

    Attributes
    ----------
    design : Design
        The rows that all equations share.
    equations : tuple of Equation
        In the order given.
    instruments : tuple of str
        All instruments of the system.
    method : str
        ``"3sls"``, ``"2sls"``, ``"sur"`` or ``"ols"``.
    estimates : array, shape (K,)
        Coefficients, equation by equation.
    tests : Tests
        Their covariance and tests.
    df : float
        Degrees of freedom of Student's t; infinite for the normal.
    residual_covariance : array, shape (equations, equations)
        Of the residuals.
    overidentification : (float, int, float) or None
        Statistic, degrees of freedom and p-value of the test that the exclusions hold;
        None where the system is just identified.
    first_stages : tuple of FirstStage
        One an endogenous regressor of an equation.
    convention : str
        How the covariance was computed.
    """

    design: Design
    equations: tuple[Equation, ...]
    instruments: tuple[str, ...]
    method: str
    estimates: NDArray[np.float64]
    tests: Tests
    df: float
    residual_covariance: NDArray[np.float64]
    overidentification: tuple[float, int, float] | None
    first_stages: tuple[FirstStage, ...]
    convention: str

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients, ``equation: regressor``."""
        return tuple(
            f"{equation.name}: {term}"
            for equation in self.equations
            for term in equation.regressors
        )

    @property
    def nobs(self) -> int:
        """Rows of each equation."""
        return self.design.nobs

    @property
    def n_entities(self) -> int:
        """Entities with a row in use."""
        return number_of_groups(self.design.entity)

    @property
    def first_stage(self) -> pd.DataFrame:
        """One row a first stage: ``equation endogenous excluded f df1 df2 p_value``."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "equation": stage.equation,
                    "endogenous": stage.endogenous,
                    "excluded": ", ".join(stage.excluded),
                    "f": stage.test.statistic,
                    "df1": stage.test.df[0],
                    "df2": stage.test.df[1],
                    "p_value": stage.test.p_value,
                }
                for stage in self.first_stages
            ]
        )

    @property
    def weak(self) -> tuple[str, ...]:
        """Equations with a first-stage F below 10."""
        return tuple(
            dict.fromkeys(
                stage.equation for stage in self.first_stages if stage.test.statistic < WEAK
            )
        )

    def equation(self, name: str) -> pd.DataFrame:
        """Return the rows of :meth:`to_frame` that belong to one equation.

        Columns as there, with the regressor's own name as ``term``.
        """
        frame = self.to_frame()
        start = f"{name}: "
        own = frame[frame["term"].str.startswith(start)].reset_index(drop=True)
        return own.assign(term=own["term"].str.removeprefix(start))

    def record(self) -> dict[str, Any]:
        """Return coefficients, first-stage strength and the test as one flat row."""
        over = self.overidentification
        return {
            **super(SystemFit, self).record(),
            **{
                f"first_stage_f[{s.equation}: {s.endogenous}]": s.test.statistic
                for s in self.first_stages
            },
            "overidentification_p_value": over[2] if over else float("nan"),
        }

    def _estimates(self) -> NDArray[np.float64]:
        return self.estimates

    def _tests(self) -> Tests:
        return self.tests

    def _response(self) -> str:
        return ", ".join(equation.response for equation in self.equations)

    def _heading(self) -> str:
        return f"{_NAMES[self.method]}: {counted(len(self.equations), 'equation')}"

    def _facts(self) -> Mapping[str, str]:
        panel = self.design.panel
        facts = {
            equation.name: f"{equation.response} ~ {' + '.join(equation.regressors)}"
            for equation in self.equations
        }
        facts["Sample"] = (
            f"{counted(self.nobs, 'row')}, {self.n_entities} x "
            f"{number_of_groups(self.design.time)} ({panel.entity_name} x "
            f"{panel.time_name})"
        )
        facts["Fixed effects"] = ", ".join(self.design.effect_names) or "none"
        if self.first_stages:
            facts["Instruments"] = ", ".join(self.instruments)
            facts["First stages"] = "; ".join(
                f"{s.endogenous} in {s.equation}: partial F({s.test.df[0]}, "
                f"{s.test.df[1]}) = {s.test.statistic:.4g}"
                for s in self.first_stages
            )
        if self.overidentification:
            statistic, df, p_value = self.overidentification
            facts["Exclusions"] = f"chi2({df}) = {statistic:.4g}, p = {p_value:.3g}"
        facts["Std. errors"] = self.convention
        return facts

    def _notes(self) -> Sequence[str]:
        notes = [f"Rows not used: {'; '.join(lost)}."] if (lost := self._lost()) else []
        if self.weak:
            notes.append(
                f"A first stage is weak (F below 10) in: {', '.join(self.weak)}. The "
                "coefficients of the endogenous regressors there are in practice not "
                "identified."
            )
        over = self.overidentification
        if self.first_stages and over is None:
            notes.append(
                "The system is just identified: that what is left out of each equation "
                "belongs there with coefficient zero is assumed and cannot be tested."
            )
        elif over and over[2] < 0.05:
            notes.append(
                f"The exclusions are rejected (p = {over[2]:.3g}): what was left out of an "
                "equation belongs there, so that leaving it out is not credible."
            )
        return notes

    def _lost(self) -> list[str]:
        lags = self.design.losses.lags
        lost = [f"{counted(lags, 'row')} lost to lags"] if lags else []
        return lost + self.design.losses.sentences()
