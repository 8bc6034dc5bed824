"""What is written beside a built file, and the entry that it makes.

A built file differs from the one in the registry: publishers revise.  The record says
what was built when, from which files, and with which hash; what is read later is held
against it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unigauge.datasets.entries import Dataset
from unigauge.errors import DataError

__all__ = ["as_built", "record_of", "write_atomically"]

_WANTED = ("dataset", "built", "columns", "rows", "coverage", "notes", "sha256", "sources")

_QUOTED = (
    "This file was built anew. Where breaks and cautions quote numbers, they are those of "
    "the file of November 2026, and here they may differ."
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
    beside = record_of(file)
    if not beside.is_file():
        return dataset
    record = _read(beside)
    columns = tuple(c for c in dataset.columns if c.name in record["columns"])
    addresses = "; ".join(source["address"] for source in record["sources"])
    return dataclasses.replace(
        dataset,
        columns=columns,
        rows=record["rows"],
        sha256=record["sha256"],
        coverage=record["coverage"],
        breaks=(*record["notes"], *dataset.breaks),
        cautions=(_QUOTED, *dataset.cautions),
        verified=(),
        source=f"built on {record['built']} from {addresses}",
    )


def _read(beside: Path) -> Mapping[str, Any]:
    try:
        record = json.loads(beside.read_text(encoding="utf-8"))
        complete = all(key in record for key in _WANTED)
    except (ValueError, TypeError):
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
