"""What dynamic_gmm returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_integer
from unigauge.estimation.coefficients import CoefficientResult, Tests
from unigauge.estimation.design import CONSTANT
from unigauge.estimation.expressions import term_names
from unigauge.estimation.gmm.equations import Equations
from unigauge.estimation.gmm.instruments import LEVELS
from unigauge.estimation.gmm.moments import Moments
from unigauge.estimation.gmm.sample import DynamicSample
from unigauge.estimation.gmm.specification import (
    SpecificationTest,
    block_test,
    chi_squared_test,
    error_variance,
    has_order,
    overidentification,
    serial_correlation,
)
from unigauge.estimation.gmm.steps import Step, second_step
from unigauge.estimation.wording import counted, joined

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["DynamicFit"]

_H = {
    2: "h = 2: blocks of the transformed and of the level errors, no covariances between",
    3: "h = 3: with the covariances between the transformed and the level errors",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class DynamicFit(CoefficientResult):
    """A dynamic panel estimated by GMM; see :func:`unigauge.estimation.dynamic_gmm`.

    Attributes
    ----------
    sample : DynamicSample
        The rows in levels, and what was left out.
    moments : Moments
        What was estimated from: ``moments.equations`` and ``moments.instruments``.
    one, final : Step
        The first step, and that which the coefficients are from.
    cov : {"robust", "unadjusted"}
        Kind of covariance.
    h : {2, 3}
        First weight of a system.
    steps : {1, 2, "iterated"}
        As asked for.
    collapse : bool
        Whether a lag is one instrument instead of one a period.
    tests : Tests
        Covariance and tests of the coefficients.
    full_covariance : array, shape (K, K)
        Of coefficients and time effects.
    dropped : tuple of str
        Instruments that were combinations of others.
    """

    sample: DynamicSample
    moments: Moments
    one: Step
    final: Step
    cov: str
    h: int
    steps: int | str
    collapse: bool
    tests: Tests
    full_covariance: Floats
    dropped: tuple[str, ...]

    @property
    def equations(self) -> Equations:
        """The equations."""
        return self.moments.equations

    @property
    def instruments(self) -> tuple[str, ...]:
        """Names of the instruments in use."""
        return self.moments.instruments.names

    @property
    def formula(self) -> str:
        """The formula, as it was written."""
        return self.sample.design.formula.text

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients, without the time effects."""
        return self.sample.terms

    @property
    def convention(self) -> str:
        """How standard errors and p-values were computed."""
        if self.cov == "unadjusted":
            how = "homoskedastic" if self.final is self.one else "without correction"
            return f"unadjusted, {how}; p-values from the normal"
        how = {
            1: "robust to heteroskedasticity and correlation within entities",
            2: "robust, with Windmeijer's (2005) correction",
            "iterated": "robust, with Windmeijer's correction at the fixed point",
        }[self.steps]
        return f"{how}; p-values from the normal"

    @property
    def nobs(self) -> int:
        """Rows in transformed equations; of a system, rows in levels."""
        return self.equations.nobs

    @property
    def n_entities(self) -> int:
        """Entities with an equation."""
        return int(self.equations.stacked_rows.any(axis=0).sum())

    @property
    def n_instruments(self) -> int:
        """Instruments in use, the time effects' among them, collinear ones left out."""
        return len(self.instruments)

    @property
    def period_effects(self) -> pd.DataFrame:
        """Effects of the periods against the first one: ``estimate`` and ``std_error``."""
        import pandas as pd

        first = len(self.terms)
        panel = self.sample.panel
        return pd.DataFrame(
            {
                "estimate": self.final.solution.estimates[first:],
                "std_error": np.sqrt(np.diagonal(self.full_covariance)[first:]),
            },
            index=panel.times[list(self.sample.periods)].rename(panel.time_name),
        )

    @property
    def sargan(self) -> SpecificationTest:
        """Sargan's test, of the first step; right only with homoskedastic errors."""
        variance = error_variance(self.equations, self.one)
        return overidentification(
            "Sargan", self.one.solution.criterion / variance, self.moments
        )

    @property
    def hansen(self) -> SpecificationTest:
        """Hansen's test, of the second step (which is taken for it where steps is 1).

        Raises
        ------
        IdentificationError
            If there are too few entities for the weight of a second step.
        """
        statistic = self._reweighted().solution.criterion
        return overidentification("Hansen", statistic, self.moments)

    @property
    def difference_hansen(self) -> pd.DataFrame:
        """Hansen's test of each block of instruments, and of all of the level equation.

        Columns: ``block df statistic p_value hansen_without df_without``.  The null is
        that the block is valid, given that the others are.  NaN where the others alone
        do not identify the coefficients.
        """
        import pandas as pd

        step = self._reweighted()
        labels = np.array(self.moments.instruments.blocks)
        blocks = {str(label): labels == label for label in dict.fromkeys(labels)}
        of_levels = [label for label in blocks if label.endswith(LEVELS)]
        if len(of_levels) > 1:
            blocks["all levels"] = np.isin(labels, of_levels)
        exogenous = [name for name in self.sample.exogenous_names if name in blocks]
        if len(exogenous) > 1:
            blocks["all of iv"] = np.isin(labels, exogenous)
        return pd.DataFrame(
            [
                {"block": label, **block_test(self.moments, step, block)}
                for label, block in blocks.items()
            ]
        )

    def ar(self, order: int) -> SpecificationTest:
        """Test differenced residuals for correlation of an order (Arellano and Bond).

        Correlation of order 1 is there by construction; that of order 2 says that lag 2
        is no valid instrument.

        Raises
        ------
        InputError
            If the order is no whole number of at least 1.
        IdentificationError
            If no entity has residuals that far apart.
        """
        order = require_integer("order", order, at_least=1)
        unadjusted = self.cov == "unadjusted" and self.final is self.one
        return serial_correlation(
            self.moments,
            self.final,
            self.full_covariance,
            order,
            variance=error_variance(self.equations, self.one) if unadjusted else None,
        )

    def wald(self, terms: str | Sequence[str] | None = None) -> SpecificationTest:
        """Test that several coefficients are all zero, by chi-squared.

        Parameters
        ----------
        terms : str or sequence of str, optional
            Their names, ranges such as ``lag(x, 0:1)`` too; by default all but the
            constant.  Time effects are not among them.

        Raises
        ------
        InputError
            If a term is unknown or named twice.
        """
        asked = [terms] if isinstance(terms, str) else terms
        if asked is None:
            names = [term for term in self.terms if term != CONSTANT]
        else:
            names = [
                require_choice("term", name, self.terms)
                for text in asked
                for name in term_names(text)
            ]
        if len(set(names)) != len(names):
            raise InputError(f"terms are {names}; each may be named once.")
        at = [self.terms.index(name) for name in names]
        estimates = self._estimates()[at]
        covariance = self.tests.covariance[np.ix_(at, at)]
        statistic = float(estimates @ np.linalg.solve(covariance, estimates))
        null = f"{joined(names)} all zero"
        return chi_squared_test("Wald", null, statistic, len(names))

    def record(self) -> dict[str, Any]:
        """Return coefficients and tests as one flat row."""
        ar = {
            f"p_value_ar{m}": self.ar(m).p_value
            for m in (1, 2)
            if has_order(self.equations, m)
        }
        return {
            **CoefficientResult.record(self),
            "n_entities": self.n_entities,
            "n_instruments": self.n_instruments,
            "p_value_sargan": self.sargan.p_value,
            "p_value_hansen": self.hansen.p_value if self._has_second_step() else np.nan,
            **ar,
        }

    def _reweighted(self) -> Step:
        """Return the step that Hansen's tests are from."""
        if self.final is not self.one:
            return self.final
        return second_step(self.moments, self.one)

    def _has_second_step(self) -> bool:
        """Whether there are entities enough for the weight of a second step."""
        return self.n_entities >= len(self.full_covariance)

    def _estimates(self) -> Floats:
        return self.final.solution.estimates[: len(self.terms)]

    def _tests(self) -> Tests:
        return self.tests

    def _response(self) -> str:
        return self.sample.design.formula.response.name

    def _heading(self) -> str:
        steps = {1: "One-step", 2: "Two-step"}.get(self.final.number, "Iterated")
        if self.steps == "iterated":
            steps = "Iterated"
        kind = "system" if self.equations.system else "difference"
        return f"{steps} {kind} GMM: {self.formula}"

    def _facts(self) -> Mapping[str, str]:
        panel = self.sample.panel
        transformed = int(self.equations.rows.sum())
        rows = f"{counted(transformed, 'row')} in {self.equations.transform.name}"
        if self.equations.system:
            rows = f"{counted(self.nobs, 'row')} in levels, {transformed} in " + (
                self.equations.transform.name
            )
        facts = {
            "Sample": f"{self.n_entities} entities ({panel.entity_name}), {rows}",
            "Instruments": f"{self.n_instruments}: {self._instrument_words()}",
        }
        if self.equations.system:
            facts["First weight"] = _H[self.h]
        facts["Std. errors"] = self.convention
        facts["Sargan"] = self.sargan.brief
        facts["Hansen"] = (
            self.hansen.brief
            if self._has_second_step()
            else "not available: fewer entities than coefficients"
        )
        for order in (1, 2):
            if has_order(self.equations, order):
                facts[f"AR({order})"] = self.ar(order).brief
        return facts

    def _instrument_words(self) -> str:
        """Say what the instruments are, block by block."""
        words = []
        deepest = self.sample.panel.n_times - 1
        for block in self.sample.lagged:
            last = "and deeper" if block.last == deepest else f"to {block.last}"
            words.append(f"{block.name} lags {block.first} {last}")
        if self.collapse:
            words.append("collapsed")
        if self.equations.system:
            words.append("their changes in levels")
        words += [f"{name} itself" for name in self.sample.exogenous_names]
        words += ["time effects"] if self.sample.periods else []
        return ", ".join(words)

    def _notes(self) -> Sequence[str]:
        notes = []
        if self.sample.periods:
            notes.append(
                f"With time effects: {len(self.sample.periods)}, in period_effects."
            )
        losses = self.sample.design.losses
        lost = [f"{counted(losses.lags, 'row')} lost to lags"] if losses.lags else []
        lost += losses.sentences()
        if lost:
            notes.append(f"Rows not used in levels: {'; '.join(lost)}.")
        if self.dropped:
            notes.append(f"Instruments left out as collinear: {joined(self.dropped)}.")
        if self.n_instruments > self.n_entities:
            notes.append(
                "More instruments than entities: Hansen's test has next to no power, and "
                "the estimate leans towards that without instruments."
            )
        return notes
