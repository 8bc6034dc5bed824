"""One equation of a panel vector autoregression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unigauge.estimation.coefficients import CoefficientResult, Tests

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["VAREquation"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class VAREquation(CoefficientResult):
    """One equation of the system, a table of coefficients like any other.

    Attributes
    ----------
    response : str
        The variable explained.
    regressors : tuple of str, length m p
        Names of the coefficients, ``lag(x, 1)``.
    coefficients : array, shape (m p,)
        In that order.
    tests : Tests
        Standard errors and tests, standard normal.
    rows : int
        Rows used.
    convention : str
        How the covariance was computed.
    """

    response: str
    regressors: tuple[str, ...]
    coefficients: Floats
    tests: Tests
    rows: int
    convention: str

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return self.regressors

    @property
    def nobs(self) -> int:
        """Rows used."""
        return self.rows

    def _estimates(self) -> Floats:
        return self.coefficients

    def _tests(self) -> Tests:
        return self.tests

    def _response(self) -> str:
        return self.response

    def _heading(self) -> str:
        return f"Panel VAR, equation of {self.response}"

    def _notes(self) -> Sequence[str]:
        return [f"{self.convention[0].upper()}{self.convention[1:]}."]
