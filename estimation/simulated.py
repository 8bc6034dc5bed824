"""Tests of one coefficient whose null distribution is drawn rather than derived.

What the wild bootstrap and the reassignment of series have in common: the draws, the
p-value that counts them, and how both are shown.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation.wording import wrapped
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["SimulatedTest", "share", "two_sided_share"]

_TIE = 1e-9
"""Statistics closer than this, relatively, count as equal."""


def share(larger: int, draws: int, *, complete: bool) -> float:
    """Return the p-value of ``larger`` draws of all at least as far from the null.

    Unless the draws are ``complete``, the data's own statistic is one of them.
    """
    return larger / draws if complete else (1 + larger) / (1 + draws)


def two_sided_share(
    observed: float, drawn: NDArray[np.float64], *, complete: bool
) -> float:
    """Return the p-value of draws at least as far from zero; ties count."""
    larger = np.abs(drawn) >= abs(observed) * (1 - _TIE)
    return share(int(larger.sum()), len(drawn), complete=complete)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SimulatedTest(Result):
    """Ground of :class:`WildBootstrap` and :class:`PermutationTest`.

    Attributes
    ----------
    term : str
        The coefficient's name.
    estimate : float
        Its least-squares estimate.
    statistic : float
        t against the null, with the raw standard error clustered by unit.
    p_value : float
        Two-sided, from the draws.
    replications : array, shape (draws,)
        t in each draw.
    nobs : int
        Rows of the regression.
    draws, seed : int
        Draws, and their seed.
    exact : bool
        Whether these are all draws there are.
    """

    term: str
    estimate: float
    statistic: float
    p_value: float
    replications: NDArray[np.float64]
    nobs: int
    draws: int
    seed: int
    exact: bool

    def to_frame(self) -> pd.DataFrame:
        """Return one row: ``term estimate raw_statistic p_value`` and what is added.

        ``raw_statistic`` is ``statistic``, with the raw clustered standard error.
        """
        import pandas as pd

        row = {
            "term": self.term,
            "estimate": self.estimate,
            "raw_statistic": self.statistic,
            "p_value": self.p_value,
        }
        return pd.DataFrame([row | self._further()])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the distribution of t over the draws and the one observed."""
        ax = axes_or_new(ax)
        drawn, axis = self._drawn()
        ax.hist(self.plot_data()["t"], bins=50, color="0.7", label=drawn)
        ax.axvline(self.statistic, color="C3", label=f"observed (p = {self.p_value:.3g})")
        ax.set_xlabel(axis)
        ax.set_ylabel("draws")
        ax.set_title(wrapped(self._null()))
        ax.legend(frameon=False)
        return ax

    def plot_data(self) -> pd.DataFrame:
        """Return t of each draw, column ``t``."""
        import pandas as pd

        return pd.DataFrame({"t": self.replications})

    def record(self) -> dict[str, Any]:
        """Return the test as one flat row."""
        return {
            f"estimate[{self.term}]": self.estimate,
            f"p_value[{self.term}]": self.p_value,
            "statistic": self.statistic,
            "nobs": self.nobs,
            "draws": self.draws,
        }

    @abstractmethod
    def _null(self) -> str:
        """Return the test and its null hypothesis, in a few words."""

    @abstractmethod
    def _drawn(self) -> tuple[str, str]:
        """Return what the draws are called, and the label of their axis."""

    @abstractmethod
    def _further(self) -> dict[str, float]:
        """Return the further columns of the frame."""
