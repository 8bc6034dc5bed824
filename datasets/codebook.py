"""The codebook of a data set: what each column means, and what to beware of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unigauge.datasets.loading import check, locate
from unigauge.datasets.registry import Dataset, find
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Codebook", "describe"]


def describe(name: str) -> Codebook:
    """Return the codebook of a data set, after reading and checking its file.

    Parameters
    ----------
    name : str
        A name from :func:`unigauge.datasets.available`.

    Returns
    -------
    Codebook
        Prints as a page; ``to_frame()`` gives one row a column of the data.

    Raises
    ------
    InputError
        If there is no data set of that name.
    DataError
        If its file is not to be found, or is not what the registry describes.

    Examples
    --------
    >>> describe("technology_fields").to_frame().loc["iso_standards", "meaning"]
    'ISO main documents published in the year'
    """
    dataset = find(name)
    found, file = locate(dataset)
    data, checks = check(dataset, file.read_bytes(), str(file))
    return Codebook(dataset=dataset, data=data, found=found, checks=tuple(checks))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Codebook(Result):
    """A data set explained.

    Parameters
    ----------
    dataset : Dataset
        The registry's entry.
    data : DataFrame
        The data, as :func:`unigauge.datasets.load` returns them.
    found : str
        ``package`` or ``UNIGAUGE_DATA``.
    checks : tuple of str
        What was checked just now.
    """

    dataset: Dataset
    data: pd.DataFrame
    found: str
    checks: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a column: unit, values present, range, median, meaning."""
        import pandas as pd

        flat = self.data.reset_index()
        rows = []
        for column in self.dataset.columns:
            values = flat[column.name].dropna()
            numeric = column.kind != "text"
            rows.append(
                {
                    "column": column.name,
                    "unit": column.unit,
                    "values": len(values[values != ""]),
                    "lowest": values.min() if numeric else None,
                    "median": values.median() if column.kind in _MEASURED else None,
                    "highest": values.max() if numeric else None,
                    "meaning": column.meaning,
                }
            )
        return pd.DataFrame(rows, dtype=object).set_index("column")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw :meth:`plot_data`: a panel as lines, a cross-section as bars."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        if self._is_panel():
            for name in data.columns:
                ax.plot(data.index, data[name], label=name)
            ax.set_ylabel(f"mean over {self.dataset.index[0]}s, first year = 100")
            ax.set_xlabel(self.dataset.index[1])
            ax.legend(frameon=False)
        else:
            ax.barh(data.index, data["values"])
            ax.invert_yaxis()
            ax.set_xlabel("rows with a value")
        ax.set_title(self.dataset.title)
        return ax

    def plot_data(self) -> pd.DataFrame:
        """Return the picture's data.

        Of a panel, the mean of each measured column over the entities, by year,
        with 100 in the first year; of a cross-section, the number of values.
        """
        if not self._is_panel():
            return self.to_frame()[["values"]].astype(int)
        measured = [c.name for c in self.dataset.columns if c.kind in _MEASURED]
        means = self.data[measured].groupby(level=1).mean()
        return 100 * (means / means.bfill().iloc[0])

    def record(self) -> dict[str, Any]:
        """Return the data set as one row."""
        return {
            "name": self.dataset.name,
            "title": self.dataset.title,
            "rows": len(self.data),
            "coverage": self.dataset.coverage,
            "found": self.found,
            "sha256": self.dataset.sha256,
        }

    def _is_panel(self) -> bool:
        return len(self.dataset.index) == 2

    def _heading(self) -> str:
        return f"{self.dataset.name}: {self.dataset.title}"

    def _facts(self) -> Mapping[str, str]:
        return {
            "Publisher": self.dataset.publisher,
            "Licence": self.dataset.licence,
            "Cite as": self.dataset.citation,
            "Source": self.dataset.source,
            "Coverage": self.dataset.coverage,
            "Index": ", ".join(self.dataset.index),
            "Found in": self.found,
        }

    def _notes(self) -> Sequence[str]:
        return [
            *(f"Caution: {caution}" for caution in self.dataset.cautions),
            *(f"Checked now: {sentence}" for sentence in self.checks),
            *(f"Checked once: {sentence}" for sentence in self.dataset.verified),
        ]


_MEASURED = ("count", "number")
