"""What is written beside a built file, and the entry that it makes.

A built file differs from the one in the registry: publishers revise.  The record says
what was built when, from which files, and with which hash; what is read later is held
against it.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unigauge.datasets.entries import Dataset
from unigauge.errors import DataError

__all__ = ["as_built", "read_record", "record_of", "write_atomically"]

_WANTED = (
    "built",
    "columns",
    "rows",
    "coverage",
    "breaks",
    "notes",
    "sha256",
    "sources",
)

_REGISTERED = (
    "This file was built anew from its publishers. What breaks and cautions say was "
    "checked on the file of November 2026: here numbers may differ, and columns may be "
    "missing."
)


def record_of(file: Path) -> Path:
    """Return where the record of a built file lies.

    Examples
    --------
    >>> record_of(Path("country_panel.csv")).name
    'country_panel.build.json'
    """
    return file.with_suffix(".build.json")


def as_built(dataset: Dataset, file: Path) -> Dataset:
    """Return the entry of ``file``: as the record beside it says, or as registered.

    Raises
    ------
    DataError
        If there is a record and it cannot be read.
    """
    if not record_of(file).is_file():
        return dataset
    record = read_record(file)
    columns = tuple(c for c in dataset.columns if c.name in record["columns"])
    files = Counter(source["publisher"] for source in record["sources"])
    publishers = ", ".join(f"{who} ({count})" for who, count in files.items())
    return dataclasses.replace(
        dataset,
        columns=columns,
        rows=record["rows"],
        sha256=record["sha256"],
        coverage=record["coverage"],
        cautions=(_REGISTERED, *record["notes"], *dataset.cautions),
        verified=(),
        source=f"built on {record['built']} from files of {publishers}; their addresses "
        f"and hashes are in {record_of(file).name}",
    )


def read_record(file: Path) -> Mapping[str, Any]:
    """Return the record of a built file.

    Raises
    ------
    DataError
        If it is not there or damaged.
    """
    beside = record_of(file)
    try:
        record = json.loads(beside.read_text(encoding="utf-8"))
        complete = all(key in record for key in _WANTED) and all(
            "publisher" in source for source in record["sources"]
        )
    except (OSError, ValueError, TypeError):
        complete = False
    if not complete:
        raise DataError(
            f"{beside} is not the record of a build, or was damaged. Build anew; the "
            "downloads are kept. If the file beside it was not built, delete the record."
        )
    return dict(record)


def write_atomically(file: Path, content: bytes) -> None:
    """Write a file whole or not at all: what was there stays until all is written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.writing")
    part.write_bytes(content)
    part.replace(file)
