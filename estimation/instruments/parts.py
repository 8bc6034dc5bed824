"""The columns of an instrumental-variables regression, swept, and which is what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation.design import Design

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WEAK", "Projected"]

WEAK = 10.0
"""Below this first-stage F instruments are called weak (Staiger and Stock 1997)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projected:
    """All columns of the regression without their fixed effects.

    Attributes
    ----------
    everything : Design
        The rows, with exogenous, endogenous and instruments as regressors.
    response : str
        Its name.
    exogenous, endogenous, instruments : tuple of str
        Names of included and of excluded variables.
    within : dict of str to array, shape (n,)
        What the fixed effects leave of each.
    """

    everything: Design
    response: str
    exogenous: tuple[str, ...]
    endogenous: tuple[str, ...]
    instruments: tuple[str, ...]
    within: dict[str, NDArray[np.float64]]

    @property
    def regressors(self) -> tuple[str, ...]:
        """Exogenous, then endogenous."""
        return (*self.exogenous, *self.endogenous)

    @property
    def all_instruments(self) -> tuple[str, ...]:
        """Exogenous, then excluded instruments."""
        return (*self.exogenous, *self.instruments)

    @property
    def surplus(self) -> int:
        """Instruments beyond those needed."""
        return len(self.instruments) - len(self.endogenous)

    def columns(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return swept columns, shape (n, len(names))."""
        return np.column_stack([self.within[name] for name in names])

    def raw(self, name: str) -> NDArray[np.float64]:
        """Return a column as it was."""
        if name == self.response:
            return self.everything.y
        return self.everything.x[:, self.everything.terms.index(name)]

    def design(self, response: str, names: Sequence[str]) -> Design:
        """Return the design that regresses one column on others."""
        return replace(
            self.everything,
            y=self.raw(response),
            x=np.column_stack([self.raw(name) for name in names]),
            terms=tuple(names),
        )

    def instrument_basis(self) -> NDArray[np.float64]:
        """Return an orthonormal basis of exogenous and instruments."""
        return np.linalg.qr(self.columns(self.all_instruments))[0]

    def without_exogenous(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return what the exogenous regressors, too, leave of columns."""
        columns = self.columns(names)
        if not self.exogenous:
            return columns
        return _residuals_on(columns, self.columns(self.exogenous))

    def partial_r2(self, name: str) -> float:
        """Share of what the exogenous leave of a regressor that instruments explain."""
        left = self.without_exogenous([name])
        unexplained = _residuals_on(left, self.without_exogenous(self.instruments))
        return float(1 - (unexplained**2).sum() / (left**2).sum())


def _residuals_on(
    values: NDArray[np.float64], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the residuals of columns on other columns of full rank."""
    basis = np.linalg.qr(others)[0]
    return np.asarray(values - basis @ (basis.T @ values))
