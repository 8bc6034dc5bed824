"""Find a file, read it, and hold it against its entry in the registry."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from unigauge.datasets.build_records import as_built
from unigauge.datasets.registry import REGISTRY, Column, Dataset, find
from unigauge.errors import DataError, InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FOLDER_VARIABLE",
    "Reading",
    "available",
    "check",
    "load",
    "no_own_folder",
    "read",
]

FOLDER_VARIABLE = "UNIGAUGE_DATA"
"""Environment variable that names a folder with data files."""

PACKAGE = "package"
"""What ``found`` and ``source`` call the files that came with the package."""


def load(name: str, *, source: str | Path | None = None) -> pd.DataFrame:
    """Return a data set, indexed and sorted by entity and, in a panel, time.

    The file is looked for in the package, then in the folder that the environment
    variable ``UNIGAUGE_DATA`` names.  Nothing is filled, dropped or rounded.

    Parameters
    ----------
    name : str
        A name from :func:`available`.
    source : str or Path, optional
        Look only here: ``"package"``, ``"UNIGAUGE_DATA"``, a folder (that of
        :func:`unigauge.datasets.build`, say) or the file itself.

    Returns
    -------
    DataFrame
        ``attrs`` holds ``name``, ``title``, ``publisher``, ``licence``, ``citation``,
        ``coverage``, ``breaks``, ``cautions``, ``sha256``, ``units`` and, where columns
        have publishers of their own, ``publishers`` (both from column to text).  It
        stays with what pandas makes of the frame.

    Raises
    ------
    InputError
        If there is no data set of that name, or the source is no file or folder.
    DataError
        If its file is not to be found, or is not what the registry (or the record of its
        building) describes.

    Examples
    --------
    >>> fields = load("technology_fields")
    >>> fields.loc[("health", 2020), "iso_standards"]
    np.int64(108)
    >>> fields.attrs["units"]["iso_standards"]
    'documents'

    Two data sets are joined on the names of their indexes.  Where these differ, rename
    first (``rename_axis``): pandas matches on the names that agree, which may be the year
    alone, and then pairs each row of a year with all others.

    >>> labels = load("technology_fields_concordance")["label"]
    >>> fields.join(labels).loc[("it", 2020), "label"]
    'Information technology'
    """
    return read(name, source).frame


def available() -> pd.DataFrame:
    """Return one row a data set: name, title, rows, coverage, where it was found.

    ``found`` is ``package``, ``UNIGAUGE_DATA`` or ``not here``.

    Examples
    --------
    >>> available().loc["technology_fields", "found"]
    'package'
    """
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "name": dataset.name,
                "title": dataset.title,
                "rows": dataset.rows,
                "coverage": dataset.coverage,
                "found": _search(dataset)[0],
            }
            for dataset in REGISTRY.values()
        ]
    ).set_index("name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A data set that was found, read and checked.

    Parameters
    ----------
    dataset : Dataset
        Its entry; of a file that :func:`unigauge.datasets.build` wrote, the entry of
        what was built.
    frame : DataFrame
        The data.
    found : str
        Where the file was: ``package``, ``UNIGAUGE_DATA`` or its path.
    checks : tuple of str
        A sentence for each check that it passed.
    """

    dataset: Dataset
    frame: pd.DataFrame
    found: str
    checks: tuple[str, ...]


def read(name: str, source: str | Path | None = None) -> Reading:
    """Find a data set, read it and check it: see :func:`load`."""
    dataset = find(name)
    found, file = _search(dataset) if source is None else _look_in(dataset, source)
    if file is None:
        raise DataError(_absent(dataset, source))
    if isinstance(file, Path):
        dataset = as_built(dataset, file)
    frame, checks = check(dataset, file.read_bytes(), str(file))
    return Reading(dataset=dataset, frame=frame, found=found, checks=tuple(checks))


def _search(dataset: Dataset) -> tuple[str, Traversable | None]:
    """Try the package, then the user's folder."""
    for place in (PACKAGE, FOLDER_VARIABLE):
        found, file = _look_in(dataset, place)
        if file is not None:
            return found, file
    return "not here", None


def _look_in(dataset: Dataset, source: str | Path) -> tuple[str, Traversable | None]:
    """Return how one place is called, and the file if it is there."""
    if source == PACKAGE:
        packaged = files("unigauge.datasets") / "files" / dataset.file
        return PACKAGE, packaged if packaged.is_file() else None
    if source == FOLDER_VARIABLE:
        folder = _own_folder()
        own = folder / dataset.file if folder else None
        return FOLDER_VARIABLE, own if own and own.is_file() else None
    given = Path(source)
    if not given.exists():
        raise InputError(
            f"source is {str(source)!r}; it must be {PACKAGE!r}, {FOLDER_VARIABLE!r}, or a "
            "file or folder that exists."
        )
    file = given / dataset.file if given.is_dir() else given
    return str(given), file if file.is_file() else None


def _own_folder() -> Path | None:
    """Return the folder that the user's variable names, which need not exist."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named).expanduser() if named else None


def no_own_folder() -> str:
    """Say why there is no folder of the user's own; nothing if there is one."""
    folder = _own_folder()
    if folder is None:
        return f"{FOLDER_VARIABLE} is not set"
    return (
        "" if folder.is_dir() else f"{FOLDER_VARIABLE} names {folder}, which is no folder"
    )


def _absent(dataset: Dataset, source: str | Path | None) -> str:
    """Say where the file is not, and how to get it."""
    nowhere = no_own_folder()
    own = nowhere or f"it is not in {_own_folder()}"
    if source is None:
        where = f"the package does not carry it, and {own}{'' if nowhere else ' either'}"
    elif source == PACKAGE:
        where = "the package does not carry it"
    elif source == FOLDER_VARIABLE:
        where = own
    else:
        where = f"it is not in {source}"
    built = (
        f" Or build what its public sources give: unigauge data build {dataset.name}."
        if dataset.buildable
        else ""
    )
    return (
        f"{dataset.name} was not found: {where}. Let {FOLDER_VARIABLE} name a folder that "
        f"holds {dataset.file}.{built} Source: {dataset.source}."
    )


def check(dataset: Dataset, content: bytes, where: str) -> tuple[pd.DataFrame, list[str]]:
    """Read ``content`` and return the data and a sentence for each check it passed.

    Raises
    ------
    DataError
        If columns, cells, rows or hash are not those of the registry.
    """
    cells = _cells(dataset, content, where)
    for column in dataset.columns:
        cells[column.name] = _typed(cells[column.name], column, where)
    index = list(dataset.index)
    frame = cells.set_index(index)
    twice = frame.index[frame.index.duplicated()]
    if len(twice):
        key = ", ".join(map(str, twice.to_frame().iloc[0]))
        raise DataError(f"{where}: {', '.join(index)} {key} stands there twice.")
    if len(frame) != dataset.rows:
        raise DataError(
            f"{where}: {len(frame)} rows, {dataset.rows} are expected. The file was cut "
            "or extended; get it anew."
        )
    digest = hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
    if digest != dataset.sha256:
        raise DataError(
            f"{where}: the content is not the one that was checked (sha256 {digest}, "
            f"expected {dataset.sha256}). A value was changed; get the file anew."
        )
    frame = frame.sort_index()
    frame.attrs = {
        "name": dataset.name,
        "title": dataset.title,
        "publisher": dataset.publisher,
        "licence": dataset.licence,
        "citation": dataset.citation,
        "coverage": dataset.coverage,
        "breaks": dataset.breaks,
        "cautions": dataset.cautions,
        "sha256": dataset.sha256,
        "units": {column.name: column.unit for column in dataset.columns},
        "publishers": {c.name: c.publisher for c in dataset.columns if c.publisher},
    }
    return frame, [
        f"The {len(dataset.columns)} columns of the codebook, every cell of its kind.",
        f"{len(frame)} rows; no {', '.join(index)} twice.",
        f"sha256 {digest}.",
    ]


def _cells(dataset: Dataset, content: bytes, where: str) -> pd.DataFrame:
    """Read all cells as text under the expected header."""
    import pandas as pd

    try:
        cells = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    except (ValueError, UnicodeDecodeError) as error:  # pandas' parser errors are these
        raise DataError(f"{where} cannot be read as a CSV file: {error}.") from error
    expected = [column.name for column in dataset.columns]
    if list(cells.columns) != expected:
        raise DataError(
            f"{where}: the columns are {', '.join(map(str, cells.columns))}; expected "
            f"are {', '.join(expected)}."
        )
    return cells


_KINDS = {
    "text": "text",
    "code": "a whole number",
    "year": "a year",
    "count": "a whole number of at least 0",
    "number": "a number",
}


def _typed(cells: pd.Series[str], column: Column, where: str) -> pd.Series:
    """Return a column in its type; name the first cell that does not fit."""
    import numpy as np
    import pandas as pd

    values: pd.Series = cells
    empty = (cells == "").to_numpy()
    fits = ~empty
    if column.kind != "text":
        values = pd.to_numeric(cells.where(~empty), errors="coerce")
        numbers = values.to_numpy(dtype=float)
        fits = np.isfinite(numbers)
        if column.kind != "number":
            fits &= numbers == np.floor(numbers)
        if column.kind in ("year", "count"):
            fits &= numbers >= 0
    wrong = np.flatnonzero(~(fits | (empty & column.gaps)))
    if wrong.size:
        row = int(wrong[0])
        raise DataError(
            f"{where}, line {row + 2}: {column.name} is {cells.iloc[row]!r}; it must be "
            f"{_KINDS[column.kind]}."
        )
    whole = column.kind in ("code", "year", "count") and not column.gaps
    return values.astype("int64") if whole else values
