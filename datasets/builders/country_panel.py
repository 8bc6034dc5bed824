"""The country panel, as far as its publishers offer it: fetched, joined, written."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from unigauge import __version__
from unigauge.datasets.build_records import record_of, write_atomically
from unigauge.datasets.builders import iso_survey, penn_world_table, world_bank
from unigauge.datasets.builders.country_codes import (
    Corrections,
    code_of,
    known_codes,
    name_of,
)
from unigauge.datasets.builders.downloads import Downloads, need
from unigauge.datasets.entries import Dataset
from unigauge.errors import DataError, InputError, UnigaugeWarning

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Plan"]

_ISO_SURVEY, _WORLD_BANK, _PENN = "ISO Survey", "World Bank", "Penn World Table"

_POSITIVE = ("trade_gdp_pct", "industry_va_gdp_pct")
"""Shares that are never 0: a 0 in the source stands for a missing number."""

_NOT_NEGATIVE = ("openness_pwt",)

_BLANKS = (
    "An empty cell of the ISO Survey stays empty. The file of November 2026 lists nearly "
    "all states in all years, with 0 where nobody reported any."
)


class _Part(NamedTuple):
    """Columns from one publisher by (iso3, year), and what there is to say of them."""

    frame: pd.DataFrame
    names: Mapping[str, str]
    breaks: list[str]
    notes: list[str]
    sources: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to build, from where, and where to: see :func:`unigauge.datasets.build`."""

    dataset: Dataset
    folder: Path
    workbooks: tuple[Path, ...]
    countries: Corrections
    years: tuple[int, int]
    refresh: bool
    attempts: int
    progress: bool
    world_bank: str
    penn_world_table: str | Path

    def carry_out(self) -> None:
        """Read what the user named, fetch the rest, join, write data and record."""
        need("openpyxl", "pycountry", "requests")
        file = self.folder / self.dataset.file
        if file.is_file() and not record_of(file).is_file():
            raise InputError(
                f"{file} is there, and no record says that it was built. It is not "
                "overwritten: choose another folder."
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"folder is {str(self.folder)!r}, which cannot be made: {error.strerror}."
            ) from error
        downloads = Downloads(
            folder=self.folder / "downloads", refresh=self.refresh, attempts=self.attempts
        )
        parts = [
            *self._iso_survey(),
            self._penn_world_table(downloads),
            *self._world_bank(downloads),
        ]
        panel, blanked = self._join(parts)
        self._write(panel, parts, blanked)

    def _iso_survey(self) -> Iterator[_Part]:
        """Yield the certificates, or warn that there are none."""
        if not self.workbooks:
            warnings.warn(
                f"No workbook of the ISO Survey was named, so that "
                f"{', '.join(iso_survey.STANDARDS.values())} are not built. Download "
                "them by hand at https://www.iso.org/the-iso-survey.html and build again "
                "with iso_survey=[...] (--iso-survey FILE ...); what is downloaded now is "
                "kept.",
                UnigaugeWarning,
                stacklevel=4,
            )
            return
        survey = iso_survey.read_survey(self.workbooks, self.countries)
        yield _Part(
            survey.frame,
            {},
            survey.breaks,
            [_BLANKS, *_left_out(_ISO_SURVEY, survey.left_out)],
            [_local(_ISO_SURVEY, file) for file in self.workbooks],
        )

    def _world_bank(self, downloads: Downloads) -> Iterator[_Part]:
        """Yield each indicator, and show how far the downloads are."""
        from tqdm import tqdm

        economies = world_bank.economies(downloads, self.world_bank)
        for column, code in tqdm(
            world_bank.INDICATORS.items(),
            desc="World Bank",
            unit="indicator",
            disable=None if self.progress else True,  # None: unless it is no terminal
        ):
            values, fetched = world_bank.indicator(
                downloads, code, self.years, self.world_bank
            )
            countries = values[~values.index.isin(economies.groups, level="iso3")]
            frame, left_out = self._by_code(
                countries.to_frame(column), economies.names, f"{_WORLD_BANK}, {code}"
            )
            yield _Part(
                frame,
                economies.names,
                [],
                _left_out(_WORLD_BANK, left_out),
                [file.source(_WORLD_BANK) for file in (*economies.fetched, *fetched)],
            )

    def _penn_world_table(self, downloads: Downloads) -> _Part:
        """Return the columns of the Penn World Table, from a file or an address."""
        address = str(self.penn_world_table)
        if address.startswith(("http://", "https://")):
            fetched = downloads.get(
                address, "penn_world_table_10.01", penn_world_table.read_table
            )
            content, source = fetched.content, fetched.source(_PENN)
        else:
            content, source = _read(Path(address)), _local(_PENN, Path(address))
        table = penn_world_table.read_table(content, address)
        codes = table.index.get_level_values("iso3")
        names = dict(zip(codes, table["country"], strict=True))
        frame, left_out = self._by_code(table.drop(columns="country"), names, _PENN)
        return _Part(frame, {}, [], _left_out(_PENN, left_out), [source])

    def _by_code(
        self, frame: pd.DataFrame, names: Mapping[str, str], where: str
    ) -> tuple[pd.DataFrame, list[str]]:
        """Return a frame under codes of ISO 3166, and the names that were left out.

        A code that ISO 3166 lacks is looked up by its name in the source.
        """
        codes = {
            key: code_of(
                key
                if key in self.countries or key in known_codes()
                else names.get(key, key),
                self.countries,
                where,
            )
            for key in frame.index.unique("iso3")
        }
        left_out = [names.get(key, key) for key, code in codes.items() if code is None]
        kept = frame[[codes[key] is not None for key in frame.index.get_level_values(0)]]
        return kept.rename(index=codes, level="iso3"), left_out

    def _join(self, parts: Sequence[_Part]) -> tuple[pd.DataFrame, list[str]]:
        """Return all columns side by side, and a sentence on what was blanked."""
        import pandas as pd

        for part in parts:
            if not part.frame.index.is_unique:
                twice = part.frame.index[part.frame.index.duplicated()][0]
                raise DataError(
                    f"{', '.join(part.frame.columns)}: {twice[0]} stands twice in "
                    f"{twice[1]}, under two names. Leave one out with countries."
                )
        panel = pd.concat([part.frame for part in parts], axis=1).sort_index()
        first, last = self.years
        year = panel.index.get_level_values("year")
        panel = panel[(year >= first) & (year <= last)].dropna(how="all").copy()
        if panel.empty:
            raise DataError(f"No source has a value in {first}-{last}.")
        blanked = []
        for column in (*_POSITIVE, *_NOT_NEGATIVE):
            impossible = (panel[column] < 0) | (
                (panel[column] == 0) & (column in _POSITIVE)
            )
            if impossible.any():
                panel[column] = panel[column].mask(impossible)
                blanked.append(
                    f"{column}: values that cannot be ({'0 or ' * (column in _POSITIVE)}"
                    f"negative) were blanked, {int(impossible.sum())} in all, of "
                    f"{', '.join(panel.index[impossible].unique('iso3'))}."
                )
        panel = panel.dropna(how="all")
        names = {key: name for part in parts for key, name in part.names.items()}
        iso3 = panel.index.get_level_values("iso3")
        panel.insert(0, "country", [names.get(code) or name_of(code) for code in iso3])
        return panel, blanked

    def _write(
        self, panel: pd.DataFrame, parts: Sequence[_Part], blanked: Sequence[str]
    ) -> None:
        """Write the data and, beside them, the record of the build."""
        flat = panel.reset_index()
        columns = [c for c in self.dataset.columns if c.name in flat.columns]
        for column in columns:
            if column.kind == "count":
                _require_whole(flat, column.name)
                flat[column.name] = flat[column.name].astype("Int64")
        table = flat[[column.name for column in columns]]
        content = table.to_csv(index=False, lineterminator="\n").encode()
        file = self.folder / self.dataset.file
        first, last = flat["year"].min(), flat["year"].max()
        notes = dict.fromkeys(note for part in parts for note in part.notes)
        sources = {s["address"]: s for part in parts for s in part.sources}
        record = {
            "dataset": self.dataset.name,
            "built": datetime.now(UTC).isoformat(timespec="seconds"),
            "unigauge": __version__,
            "columns": list(table.columns),
            "rows": len(table),
            "coverage": f"{flat['iso3'].nunique()} states and territories x {first}-{last}",
            "breaks": [sentence for part in parts for sentence in part.breaks],
            "notes": [*notes, *blanked],
            "sha256": hashlib.sha256(content).hexdigest(),
            "sources": list(sources.values()),
        }
        write_atomically(file, content)
        write_atomically(record_of(file), json.dumps(record, indent=1).encode())


def _left_out(source: str, names: Sequence[str]) -> list[str]:
    """Return the sentence that says which names of a source are not in the panel."""
    return [f"Left out of {source}: {', '.join(sorted(names))}."] if names else []


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DataError(f"{file} cannot be opened: {error.strerror}.") from error


def _local(publisher: str, file: Path) -> dict[str, Any]:
    """Return what the record says of a file that the user named."""
    content = _read(file)
    return {
        "publisher": publisher,
        "address": file.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }


def _require_whole(flat: pd.DataFrame, column: str) -> None:
    """Raise DataError if a count is broken or below 0."""
    wrong = flat[(flat[column] % 1 != 0) & flat[column].notna() | (flat[column] < 0)]
    if len(wrong):
        row = wrong.iloc[0]
        raise DataError(
            f"{column} of {row['iso3']} in {row['year']} is {row[column]!r}; it counts, so "
            "that it must be a whole number of at least 0. The source has changed."
        )
