"""Certificates by country, from the workbooks of the ISO Survey.

ISO publishes the survey as workbooks, at https://www.iso.org/the-iso-survey.html, under
addresses that change; the user downloads them.  Two layouts are read:

* up to 2017, one workbook a standard: countries below one another, a column a year, on
  several sheets by region, under a line that begins with "Year" or "Country";
* from 2018 on, one workbook a year: a sheet a standard, with the columns "Country",
  "certificates" and "sites" (and a list of sectors beside them, which is passed over).

What a sheet counts is read from its name, from the lines above the table, or from the
file's name.  Not verified live: written from how public programs read these workbooks.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from unigauge.datasets.builders.country_codes import Corrections, code_of, words
from unigauge.datasets.builders.downloads import need
from unigauge.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["STANDARDS", "Survey", "read_survey"]

STANDARDS = {"9001": "iso9001_cert", "14001": "iso14001_cert", "27001": "iso27001_cert"}
"""Number of the standard, and the column of the country panel."""

_BREAKS = {
    2003: "In 2003 the ISO Survey counts ISO 9001 certificates to the edition of 2000 only.",
    2018: "From 2018 on the ISO Survey counts sites apart from certificates: fewer "
    "certificates than in 2017 need not mean fewer adopters.",
}

_GROUPS = {
    words(name)
    for name in (
        "World",
        "Total",
        "World total",
        "Grand total",
        "Country",
        "Year",
        "Africa",
        "Central and South America",
        "North America",
        "Europe",
        "East Asia and Pacific",
        "Central and South Asia",
        "Middle East",
        "Number of countries",
    )
}
_REMARKS = re.compile(
    r"iso\b|annual growth|share|regional|source|note|\*|total|copyright", re.IGNORECASE
)
"""How the first cell of a line begins that is neither a country nor a group."""

_YEAR = re.compile(r"(?<![\d:])(?<!:\s)(?:19|20)\d\d(?!\d)")
"""A year, but not that of an edition (ISO 9001:2015)."""

_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4,5}(?!\d)")
"""The number of a standard: four or five digits that are no year."""

_TITLE = 4
"""Lines above a table that may say what it is."""

_NOTHING = {"", "-", "n/a", "na", "nan", "none"}


class Survey(NamedTuple):
    """What workbooks of the ISO Survey hold.

    Parameters
    ----------
    frame : DataFrame
        Certificates by (iso3, year), one column a standard; empty where the survey is.
    breaks : list of str
        Years among these in which the definition changed, in a sentence each.
    left_out : list of str
        Names in the workbooks that are no country of today.
    """

    frame: pd.DataFrame
    breaks: list[str]
    left_out: list[str]


class _Cell(NamedTuple):
    """A number of certificates, and where it stands."""

    standard: str
    name: str
    year: int
    certificates: int
    where: str


def read_survey(workbooks: Sequence[Path], countries: Corrections | None = None) -> Survey:
    """Return the certificates that workbooks of the ISO Survey hold.

    Parameters
    ----------
    workbooks : sequence of Path
        Files ``.xlsx`` or ``.xlsm``.
    countries : mapping, optional
        Names that are not recognised, and the codes that are meant; None to leave out.

    Raises
    ------
    DataError
        If a file cannot be read or has no table of countries; if it does not appear which
        standard or which year a table is of; if a name is no country, a cell no count, or
        a country has two different counts of one standard and year.
    """
    import pandas as pd

    seen: dict[tuple[str, int, str], _Cell] = {}
    left_out: dict[str, None] = {}
    for workbook in workbooks:
        for cell in _cells(workbook):
            code = code_of(cell.name, countries or {}, cell.where)
            if code is None:
                left_out[cell.name] = None
                continue
            key = (code, cell.year, STANDARDS[cell.standard])
            other = seen.setdefault(key, cell)
            if other.certificates != cell.certificates:
                raise DataError(
                    f"{code} has {other.certificates} certificates to ISO {cell.standard} in "
                    f"{cell.year} ({other.where}: {other.name}) and {cell.certificates} "
                    f"({cell.where}: {cell.name}). Name one workbook a year, or leave a "
                    f"name out with countries={{{cell.name!r}: None}}."
                )
    if not seen:
        raise DataError(
            f"{', '.join(map(str, workbooks))}: no certificates to ISO 9001, ISO 14001 or "
            "ISO/IEC 27001 are counted there."
        )
    counts: dict[str, dict[tuple[str, int], int]] = {}
    for (code, year, column), cell in seen.items():
        counts.setdefault(column, {})[code, year] = cell.certificates
    frame = pd.DataFrame(
        {c: pd.Series(counts[c]) for c in STANDARDS.values() if c in counts}
    )
    frame.index.names = ["iso3", "year"]
    years = {year for _, year, _ in seen}
    return Survey(
        frame=frame,
        breaks=[sentence for year, sentence in _BREAKS.items() if year in years],
        left_out=list(left_out),
    )


def _cells(workbook: Path) -> Iterator[_Cell]:
    """Yield the counts of the three standards on all sheets of a workbook."""
    found = False
    sheets = _sheets(workbook)
    for sheet, rows in sheets.items():
        for table in _tables(workbook, sheet, rows):
            found = True
            yield from table
    if not found:
        raise DataError(
            f"{workbook}: no table of certificates by country on the sheets "
            f"{', '.join(map(repr, sheets))}. A table begins with a line that has "
            "'Country' and 'certificates', or 'Country' (or 'Year') and years. Is it a "
            "workbook of the ISO Survey by country?"
        )


def _sheets(workbook: Path) -> dict[str, list[list[Any]]]:
    """Return the cells of each sheet, line by line."""
    need("openpyxl")
    import pandas as pd

    try:
        content = workbook.read_bytes()
    except OSError as error:
        raise DataError(f"{workbook} cannot be opened: {error.strerror}.") from error
    try:
        sheets = pd.read_excel(
            io.BytesIO(content), sheet_name=None, header=None, engine="openpyxl"
        )
    except Exception as error:  # the reader's errors for a damaged file are of many kinds
        raise DataError(
            f"{workbook} is no Excel workbook (.xlsx or .xlsm) that can be read "
            f"({type(error).__name__}). Download it again; if it ends in .xls, save it as "
            ".xlsx first."
        ) from error
    return {
        str(name): frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
        for name, frame in sheets.items()
    }


def _tables(workbook: Path, sheet: str, rows: list[list[Any]]) -> Iterator[list[_Cell]]:
    """Yield each table of a sheet that is by country and of one of the standards."""
    where = f"{workbook.name}, sheet {sheet!r}"
    headers = [number for number, row in enumerate(rows) if _columns(row)]
    for header, end in zip(headers, [*headers, len(rows)][1:], strict=True):
        above = rows[max(0, header - _TITLE) : header]
        title = " ".join(cell for row in above for cell in row if isinstance(cell, str))
        standard = _standard(where, sheet, title, workbook.stem)
        if standard not in STANDARDS:
            yield []
            continue
        label, columns = _columns(rows[header]) or (0, {})
        years = {
            place: year or _year(where, workbook.stem, sheet, title)
            for place, year in columns.items()
        }
        yield [
            _Cell(standard, str(row[label]).strip(), year, count, f"{where}, line {line}")
            for line, row in enumerate(rows[header + 1 : end], start=header + 2)
            if _is_country(row[label])
            for place, year in years.items()
            if (count := _count(row[place], f"{where}, line {line}")) is not None
        ]


def _columns(row: Sequence[Any]) -> tuple[int, dict[int, int | None]] | None:
    """Return where names and counts stand if this is the first line of a table.

    Counts are by place and year; the year is None where the table is of one year.
    """
    label = next(
        (p for p, c in enumerate(row) if str(c).strip().casefold() in ("country", "year")),
        None,
    )
    if label is None:
        return None
    years = {p: year for p, c in enumerate(row) if p > label and (year := _as_year(c))}
    numbers = [c for c in row[label + 1 :] if isinstance(c, (int, float))]
    rising = list(years.values()) == sorted(set(years.values()))
    if years and rising and len(numbers) <= len(years):  # else it is a line of totals
        return label, dict(years)
    for place, cell in enumerate(row):
        if place > label and re.search(r"\bcertificates?\b", str(cell), re.IGNORECASE):
            return label, {place: None}
    return None


def _as_year(cell: Any) -> int | None:
    found = re.fullmatch(r"((?:19|20)\d\d)(\.0)?\s*\**", str(cell).strip())
    return int(found[1]) if found else None


def _standard(where: str, *texts: str) -> str:
    """Return the number of the standard that the first telling text names."""
    if number := _the_only(_NUMBER, texts):
        return number
    raise DataError(
        f"{where}: a table of countries, but neither the sheet's name, nor the lines above "
        "it, nor the file's name say of which standard. Give the sheet its number, such as "
        "'ISO 9001'."
    )


def _year(where: str, *texts: str) -> int:
    """Return the year that the first telling text names; editions have theirs aside."""
    if year := _the_only(_YEAR, texts):
        return int(year)
    raise DataError(
        f"{where}: a table of one year, but neither the file's name, nor the sheet's, nor "
        "the lines above it say which. Put the year into the file's name, as ISO does "
        "(ISO_Survey_2018_results.xlsx)."
    )


def _the_only(pattern: re.Pattern[str], texts: Iterable[str]) -> str | None:
    """Return the match in the first text that has just one, counted once."""
    found = (set(pattern.findall(text)) for text in texts)
    return next((matches.pop() for matches in found if len(matches) == 1), None)


def _is_country(cell: Any) -> bool:
    """Say whether a line is a country's: not a group's, a remark's or empty."""
    name = "" if cell is None else str(cell).strip()
    if not re.search(r"[^\W\d_]", name) or _REMARKS.match(name):
        return False
    return words(name) not in _GROUPS


def _count(cell: Any, where: str) -> int | None:
    """Return a count, or None for an empty cell."""
    text = "" if cell is None else str(cell).strip().replace(" ", "").replace("\xa0", "")
    if text.casefold() in _NOTHING:
        return None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = -1.0
    if number < 0 or number != int(number):
        raise DataError(f"{where}: {cell!r} stands where a number of certificates should.")
    return int(number)
