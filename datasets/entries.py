"""What an entry of the registry states: the columns and the data set as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Column", "Dataset"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column of a data set.

    Parameters
    ----------
    name : str
        As in the first line of the file.
    meaning : str
        What is measured, in at most 50 characters, so that a codebook shows it whole.
    unit : str
        The unit.
    kind : {"text", "code", "year", "count", "number"}
        ``code`` is a whole number that names something, ``count`` a whole number of at
        least 0, ``number`` any finite number.
    gaps : bool, default False
        Whether cells may be empty, which then means "not in the source".
    publisher : str, default ""
        Who publishes the column, where the columns of a data set come from several.
    """

    name: str
    meaning: str
    unit: str
    kind: Literal["text", "code", "year", "count", "number"]
    gaps: bool = False
    publisher: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """One entry of the registry.

    Parameters
    ----------
    name, title, publisher, licence, citation, source : str
        Who made the data, under which terms, how to cite them, where they come from.
    columns : tuple of Column
        All columns, in the order of the file.
    index : tuple of str
        The columns that identify a row: entity and, in a panel, time.
    coverage : str
        Entities and years.
    breaks : tuple of str
        Known breaks: where a series changes because its definition or its reporting did.
    cautions : tuple of str
        What the numbers do not mean, and what to beware of.
    verified : tuple of str
        Checks made once, when the file was entered.
    file, sha256 : str
        The file's path below the data folder, and the hash of its content with line ends as ``\\n``.
    rows : int
        Rows, the header not counted.
    buildable : tuple of str
        Columns that :func:`unigauge.datasets.build` makes from the publishers' own
        files; none if it cannot build the data set.
    """

    name: str
    title: str
    publisher: str
    licence: str
    citation: str
    source: str
    columns: tuple[Column, ...]
    index: tuple[str, ...]
    coverage: str
    breaks: tuple[str, ...] = ()
    cautions: tuple[str, ...]
    verified: tuple[str, ...]
    file: str
    sha256: str
    rows: int
    buildable: tuple[str, ...] = ()
