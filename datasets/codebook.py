"""The codebook of a data set: what each column means, and what to beware of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unigauge.datasets.loading import read
from unigauge.datasets.registry import Dataset
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Codebook", "describe"]


def describe(name: str, *, source: str | Path | None = None) -> Codebook:
    """Return the codebook of a data set, after reading and checking its file.

    Parameters
    ----------
    name : str
        A name from :func:`unigauge.datasets.available`.
    source : str or Path, optional
        Where to look, as for :func:`unigauge.datasets.load`.

    Returns
    -------
    Codebook
        Prints as a page; ``to_frame()`` gives one row a column of the data.

    Raises
    ------
    InputError
        If there is no data set of that name, or the source is no file or folder.
    DataError
        If its file is not to be found, or is not what the registry describes.

    Examples
    --------
    >>> describe("technology_fields").to_frame().loc["iso_standards", "meaning"]
    'ISO main documents published in the year'
    """
    reading = read(name, source)
    return Codebook(
        dataset=reading.dataset,
        data=reading.frame,
        found=reading.found,
        checks=reading.checks,
    )


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
        ``package``, ``UNIGAUGE_DATA`` or a path.
    checks : tuple of str
        What was checked just now.
    """

    dataset: Dataset
    data: pd.DataFrame
    found: str
    checks: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a column of the data.

        Unit, values present, in a panel the entities and the years that have one, then
        range and median (from a thousand on to whole numbers) and meaning.
        """
        import pandas as pd

        flat = self.data.reset_index()
        rows = []
        for column in self.dataset.columns:
            values = flat[column.name]
            present = flat[values.notna() & (values != "")]
            values = present[column.name]
            row: dict[str, Any] = {
                "column": column.name,
                "unit": column.unit,
                "values": len(values),
            }
            if self._is_panel():
                *entity, year = self.dataset.index
                row["entities"] = len(present[entity].drop_duplicates())
                row["first"], row["last"] = present[year].min(), present[year].max()
            numeric = column.kind != "text"
            row |= {
                "lowest": _shown(values.min()) if numeric else None,
                "median": _shown(values.median()) if column.kind in _MEASURED else None,
                "highest": _shown(values.max()) if numeric else None,
                "meaning": column.meaning,
            }
            rows.append(row)
        return pd.DataFrame(rows, dtype=object).set_index("column")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw :meth:`plot_data`: lines, a map of the gaps, or bars."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        if not self._is_panel():
            ax.barh(data.index, data["values"])
            ax.invert_yaxis()
            ax.set_xlabel("rows with a value")
        elif self._has_gaps():
            image = ax.imshow(data.T, aspect="auto", cmap="Blues", vmin=0)
            ax.set_yticks(range(len(data.columns)), data.columns, fontsize="x-small")
            ax.set_xticks(range(0, len(data), 5), data.index[::5])
            ax.set_xlabel(self.dataset.index[-1])
            ax.figure.colorbar(image, label="entities with a value")
        else:
            for name in data.columns:
                ax.plot(data.index, data[name], label=name)
            ax.set_ylabel("mean over entities, first year = 100")
            ax.set_xlabel(self.dataset.index[-1])
            ax.legend(frameon=False)
        ax.set_title(self.dataset.title, fontsize="medium", wrap=True)
        return ax

    def plot_data(self) -> pd.DataFrame:
        """Return the picture's data.

        Of a panel without gaps, the mean of each measured column over the entities, by
        year, with 100 in the first year.  Of a panel with gaps, where such means would
        compare different entities, how many have a value, by year.  Of anything else,
        the number of values.
        """
        if not self._is_panel():
            return self.to_frame()[["values"]].astype(int)
        if self._has_gaps():
            return self.data.groupby(level=-1).count()
        measured = [c.name for c in self.dataset.columns if c.kind in _MEASURED]
        means = self.data[measured].groupby(level=-1).mean()
        return 100 * (means / means.iloc[0])

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
        kinds = {column.name: column.kind for column in self.dataset.columns}
        return len(self.dataset.index) > 1 and kinds[self.dataset.index[-1]] == "year"

    def _has_gaps(self) -> bool:
        """Say whether a cell is empty, or an entity absent from a year."""
        years = self.data.index.unique(-1)
        entities = len(self.data.index.to_frame().iloc[:, :-1].drop_duplicates())
        whole = len(self.data) == len(years) * entities
        return not whole or bool(self.data.isna().any(axis=None))

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
            *self._publishers(),
            *(f"Break: {sentence}" for sentence in self.dataset.breaks),
            *(f"Caution: {caution}" for caution in self.dataset.cautions),
            *(f"Checked now: {sentence}" for sentence in self.checks),
            *(f"Checked once: {sentence}" for sentence in self.dataset.verified),
        ]

    def _publishers(self) -> list[str]:
        """Return a sentence for each publisher of columns."""
        theirs: dict[str, list[str]] = {}
        for column in self.dataset.columns:
            if column.publisher:
                theirs.setdefault(column.publisher, []).append(column.name)
        return [f"From {who}: {', '.join(names)}." for who, names in theirs.items()]


_MEASURED = ("count", "number")


def _shown(value: float) -> float:
    """Return a number as a page shows it: whole if it is, or if it is large."""
    return round(value) if abs(value) >= 1000 or value == round(value) else float(value)
