"""Find a file, read it, and hold it against its entry in the registry."""

from __future__ import annotations

import hashlib
import io
import os
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from unigauge.datasets.registry import REGISTRY, Column, Dataset, find
from unigauge.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FOLDER_VARIABLE", "available", "check", "load", "locate"]

FOLDER_VARIABLE = "UNIGAUGE_DATA"
"""Environment variable that names a folder with data files."""


def load(name: str) -> pd.DataFrame:
    """Return a data set, indexed and sorted by entity and, in a panel, time.

    The file is looked for in the package, then in the folder that the environment
    variable ``UNIGAUGE_DATA`` names.  Nothing is filled, dropped or rounded.

    Parameters
    ----------
    name : str
        A name from :func:`available`.

    Returns
    -------
    DataFrame
        ``attrs`` holds ``name``, ``title``, ``publisher``, ``licence``, ``citation``,
        ``sha256`` and ``units`` (column to unit).

    Raises
    ------
    InputError
        If there is no data set of that name.
    DataError
        If its file is not to be found, or is not what the registry describes.

    Examples
    --------
    >>> fields = load("technology_fields")
    >>> fields.loc[("health", 2020), "iso_standards"]
    np.int64(108)
    >>> fields.attrs["units"]["iso_standards"]
    'documents'
    """
    dataset = find(name)
    _, file = locate(dataset)
    frame, _ = check(dataset, file.read_bytes(), str(file))
    return frame


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


def locate(dataset: Dataset) -> tuple[str, Traversable]:
    """Return where a data set was found (``package`` or the variable), and its file.

    Raises
    ------
    DataError
        If it is in neither place.
    """
    found, file = _search(dataset)
    if file is None:
        folder = os.environ.get(FOLDER_VARIABLE)
        looked = f"not in {folder} either" if folder else f"{FOLDER_VARIABLE} is not set"
        raise DataError(
            f"{dataset.name} was not found: the package does not carry {dataset.file}, "
            f"and {looked}. Let {FOLDER_VARIABLE} name a folder that holds "
            f"{dataset.file}. Source: {dataset.source}."
        )
    return found, file


def _search(dataset: Dataset) -> tuple[str, Traversable | None]:
    """Try the package, then the user's folder."""
    packaged = files("unigauge.datasets") / "files" / dataset.file
    if packaged.is_file():
        return "package", packaged
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder and (own := Path(folder, dataset.file)).is_file():
        return FOLDER_VARIABLE, own
    return "not here", None


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
        raise DataError(f"{where}: {' and '.join(index)} {key} stands there twice.")
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
        "sha256": dataset.sha256,
        "units": {column.name: column.unit for column in dataset.columns},
    }
    return frame, [
        f"The {len(dataset.columns)} columns of the codebook, every cell of its kind.",
        f"{len(frame)} rows; no {' and '.join(index)} twice.",
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
