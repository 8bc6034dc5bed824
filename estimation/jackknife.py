"""The half-panel jackknife, against the bias of fixed effects in dynamic panels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from unigauge.errors import IdentificationError, require_choice
from unigauge.estimation.coefficients import by_term, labelled
from unigauge.estimation.counts import solve_poisson
from unigauge.estimation.design import Design, build_design
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.static import Solution, least_squares
from unigauge.estimation.wording import wrapped
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["HalfPanelJackknife", "half_panel_jackknife"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class HalfPanelJackknife(Result):
    """Estimates of the whole panel, of its halves, and corrected for bias.

    Attributes
    ----------
    formula : str
        The regression.
    terms : tuple of str, length k
        Names of the coefficients.
    estimates : array, shape (k,)
        2 whole - (first + second) / 2.
    whole, first, second : array, shape (k,)
        Uncorrected, in the whole sample and in its halves.
    split : str
        First period of the second half.
    nobs : int
        Rows of the whole.
    nobs_halves : (int, int)
        Rows of the halves.
    """

    formula: str
    terms: tuple[str, ...]
    estimates: NDArray[np.float64]
    whole: NDArray[np.float64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    split: str
    nobs: int
    nobs_halves: tuple[int, int]

    @property
    def params(self) -> pd.Series[float]:
        """Corrected coefficients."""
        return labelled(self.estimates, self.terms, "estimate")

    @property
    def std_errors(self) -> pd.Series[float]:
        """NaN: the jackknife corrects the bias and says nothing of the spread."""
        return labelled(np.full(len(self.terms), np.nan), self.terms, "std_error")

    @property
    def pvalues(self) -> pd.Series[float]:
        """NaN, as there are no standard errors."""
        return labelled(np.full(len(self.terms), np.nan), self.terms, "p_value")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a coefficient: ``term estimate whole first second``."""
        import pandas as pd

        return pd.DataFrame(
            {
                "term": list(self.terms),
                "estimate": self.estimates,
                "whole": self.whole,
                "first": self.first,
                "second": self.second,
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the four estimates of every coefficient."""
        ax = axes_or_new(ax, size=(6.4, 1.2 + 0.5 * len(self.terms)))
        data = self.plot_data()
        rows = np.arange(len(data))[::-1]
        markers = {"estimate": "D", "whole": "o", "first": "<", "second": ">"}
        for name, marker in markers.items():
            label = "jackknife" if name == "estimate" else name
            ax.plot(data[name], rows, marker, linestyle="", label=label)
        ax.axvline(0, color="0.6", linewidth=0.8)
        ax.set_yticks(rows, data["term"])
        ax.set_ylim(-0.5, len(data) - 0.5)
        ax.set_xlabel("coefficient")
        ax.set_title(wrapped(self._heading()))
        ax.legend(frameon=False)
        return ax

    def plot_data(self) -> pd.DataFrame:
        """Return the frame of :meth:`to_frame`."""
        return self.to_frame()

    def record(self) -> dict[str, Any]:
        """Return the corrected coefficients, keys ``estimate[term]``, and ``nobs``."""
        return {**by_term(self.params), "nobs": self.nobs}

    def _heading(self) -> str:
        return f"Half-panel jackknife: {self.formula}"

    def _notes(self) -> list[str]:
        first, second = self.nobs_halves
        note = (
            f"The second half begins in {self.split}; {self.nobs} rows, {first} and {second} in "
            "the halves. The halves must follow one law: a break between them, or an own "
            "lag near one, spoils the correction."
        )
        return [note]


def half_panel_jackknife(
    frame: pd.DataFrame | Panel,
    formula: str,
    *,
    model: Literal["linear", "poisson"] = "linear",
) -> HalfPanelJackknife:
    """Correct a regression with fixed effects for the bias of short panels.

    Fixed effects make the coefficients of lags, and of whatever responds to the
    outcome, wrong by about a constant over T.  The halves have twice that bias, so
    that 2 b - (b_1 + b_2) / 2 has none of first order (Dhaene and Jochmans 2015).

    Parameters
    ----------
    frame : DataFrame or Panel
        Data indexed by (entity, time).
    formula : str
        As for :func:`unigauge.estimation.ols`.
    model : {"linear", "poisson"}
        Least squares, or :func:`unigauge.estimation.poisson`, for counts.

    Returns
    -------
    HalfPanelJackknife
        The first half is the first floor(T/2) of the T periods of the sample.  Fixed
        effects observed in one row of a half only, or by Poisson with no outcome above
        zero there, are dropped there.

    Raises
    ------
    IdentificationError
        If a half does not identify the coefficients.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame(
    ...     {"state": list("aaaabbbbcccc"), "year": [0, 1, 2, 3] * 3,
    ...      "x": [0, 1, 3, 2, 5, 4, 6, 9, 1, 1, 2, 5],
    ...      "y": [1, 3, 6, 6, 7, 6, 8, 15, 0, 1, 2, 7]})
    >>> corrected = half_panel_jackknife(rows.set_index(["state", "year"]), "y ~ x | entity")
    >>> corrected.params.round(4).to_dict()
    {'x': 1.832}
    """
    solve = _SOLVERS[require_choice("model", model, tuple(_SOLVERS))]
    design = build_design(as_panel(frame), formula)
    periods = np.unique(design.time)
    if len(periods) < 4:
        raise IdentificationError(
            f"the sample has {len(periods)} periods; halves of two or more need at least 4."
        )
    split = periods[len(periods) // 2]
    parts = [
        design,
        design.rows(design.time < split).without_singletons(),
        design.rows(design.time >= split).without_singletons(),
    ]
    solved = [solve(part) for part in parts]
    whole, first, second = (solution.estimates for _, solution in solved)
    (design, _), *halves = solved
    design.warn()
    return HalfPanelJackknife(
        formula=design.formula.text,
        terms=design.terms,
        estimates=frozen(2 * whole - (first + second) / 2),
        whole=whole,
        first=first,
        second=second,
        split=str(design.panel.times[split]),
        nobs=design.nobs,
        nobs_halves=(halves[0][0].nobs, halves[1][0].nobs),
    )


def _least_squares(design: Design) -> tuple[Design, Solution]:
    return design, least_squares(design)


_SOLVERS: dict[str, Callable[[Design], tuple[Design, Solution]]] = {
    "linear": _least_squares,
    "poisson": solve_poisson,
}
