"""What small results share: a few named numbers, a line drawing, a verdict."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Answer", "listed", "verdict", "worst"]


def verdict(certificate: float, tolerance: float = 1e-8) -> str:
    """Return the status of an answer that always exists: ``ok`` or ``uncertified``.

    Examples
    --------
    >>> verdict(1e-12), verdict(1e-3)
    ('ok', 'uncertified')
    """
    return "ok" if certificate <= tolerance else "uncertified"


def worst(*residuals: float) -> float:
    """Return the largest residual; NaN if one is NaN, which Python's max may drop.

    Examples
    --------
    >>> worst(0.0, float("nan")), max(0.0, float("nan"))
    (nan, 0.0)
    """
    return math.nan if any(map(math.isnan, residuals)) else float(max(residuals))


def listed(values: Iterable[float]) -> str:
    """Return numbers as one line for a fact.

    Examples
    --------
    >>> listed([0.25, 1 / 3]), listed([])
    ('0.25, 0.333333', 'none')
    """
    return ", ".join(f"{value:.6g}" for value in values) or "none"


class Answer(Result):
    """Base of results that are a few named numbers.

    A subclass is a dataclass; its fields that are single numbers or words make the table
    and the row of a sweep.  It says in :meth:`plot_data` what to draw: the first column is
    the horizontal axis, each other one is a line.
    """

    __slots__ = ()
    _MARKER: ClassVar[str] = ""

    def record(self) -> dict[str, Any]:
        """Return the numbers and words as one flat row."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {
            name: value
            for name, value in values.items()
            if isinstance(value, (bool, int, float, str))
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row a number, indexed by its name."""
        import pandas as pd

        numbers = {
            name: value
            for name, value in self.record().items()
            if not isinstance(value, str)
        }
        frame = pd.DataFrame({"value": pd.Series(numbers, dtype=object)})
        return frame.rename_axis("quantity")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the lines of :meth:`plot_data`, and dotted lines where something turns."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        across, *lines = data.columns
        for number, name in enumerate(lines):
            label = str(name).replace("_", " ")
            ax.plot(
                data[across], data[name], f"C{number}{self._MARKER}-", ms=3, label=label
            )
        if (data[lines] < 0).any(axis=None) and (data[lines] > 0).any(axis=None):
            ax.axhline(0, color="0.7", lw=0.8, zorder=0)
        for number, (label, where) in enumerate(self._marks().items()):
            ax.axvline(where, color="0.4", lw=1, ls=":")
            ax.annotate(
                label,
                (where, 0.98 - 0.07 * number),
                xycoords=("data", "axes fraction"),
                xytext=(4, 0),
                textcoords="offset points",
                va="top",
                fontsize=8,
                bbox={"color": "white", "pad": 0.5},
            )
        ax.set_xlabel(str(across).replace("_", " "))
        if len(lines) == 1:
            ax.set_ylabel(str(lines[0]).replace("_", " "))
        else:
            ax.legend(frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(self._heading())
        return ax

    @abstractmethod
    def plot_data(self) -> pd.DataFrame:
        """Return the lines: the horizontal axis first, then one column each."""

    def _facts(self) -> dict[str, str]:
        return {n: v for n, v in self.record().items() if isinstance(v, str)}

    def _marks(self) -> Mapping[str, float]:
        """Return what to mark on the horizontal axis, label to place."""
        return {}
