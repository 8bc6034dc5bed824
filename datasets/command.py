"""``unigauge data``: list the data sets, explain one, build one."""

from __future__ import annotations

import argparse
import sys
import textwrap
import warnings
from pathlib import Path
from typing import TextIO

from unigauge.datasets.build_records import read_record
from unigauge.datasets.building import FOLDER, build
from unigauge.datasets.codebook import describe
from unigauge.datasets.loading import FOLDER_VARIABLE, available, no_own_folder
from unigauge.datasets.registry import find
from unigauge.errors import InputError, UnigaugeWarning
from unigauge.results import WIDTH

__all__ = ["add_verbs"]


def add_verbs(parser: argparse.ArgumentParser) -> None:
    """Add ``list``, ``show`` and ``build`` with their options."""
    verbs = parser.add_subparsers(required=True, metavar="list|show|build")
    listing = verbs.add_parser("list", help="list them, and where each was found")
    listing.set_defaults(command=_list)
    show = verbs.add_parser("show", help="print a codebook")
    show.add_argument("name", metavar="NAME")
    show.add_argument(
        "--source",
        metavar="PLACE",
        help=f"look only here: package, {FOLDER_VARIABLE}, a folder or a file",
    )
    show.set_defaults(command=_show)
    building = verbs.add_parser(
        "build",
        help="build one from its publishers' own files",
        description="Build a data set from its publishers' own files. What is downloaded "
        "is kept, and a build that broke off goes on from there.",
    )
    _add_build_options(building)
    building.set_defaults(command=_build)


def _add_build_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="country_panel")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(FOLDER),
        metavar="DIR",
        help=f"folder for the data, their record and the downloads (default: {FOLDER})",
    )
    parser.add_argument(
        "--iso-survey",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="workbooks of the ISO Survey, downloaded by hand from "
        "https://www.iso.org/the-iso-survey.html",
    )
    parser.add_argument(
        "--years",
        type=int,
        nargs=2,
        default=(1990, 2023),
        metavar=("FIRST", "LAST"),
        help="default: 1990 2023",
    )
    parser.add_argument(
        "--country",
        action="append",
        default=[],
        metavar="NAME=CODE",
        help="a name or code in the sources that is not recognised, and the ISO 3166 code "
        "that is meant (nothing after =: leave it out); may be given again",
    )
    parser.add_argument(
        "--refresh", action="store_true", help="download again what is in the folder"
    )
    parser.add_argument(
        "--attempts",
        type=int,
        default=5,
        metavar="N",
        help="how often to ask for a file before giving up (default: 5)",
    )
    parser.add_argument(
        "--world-bank", metavar="URL", help="another address of the World Bank's interface"
    )
    parser.add_argument(
        "--penn-world-table",
        metavar="PLACE",
        help="another address of the Penn World Table 10.01, or its file (.dta or .xlsx)",
    )


def _list(options: argparse.Namespace) -> int:
    table = available()
    for name, row in table.to_dict("index").items():
        print(name)
        _paragraph(str(row["title"]))
        _paragraph(f"{row['rows']} rows ({row['found']}): {row['coverage']}")
    if (table["found"] == "not here").any():
        absent = [str(name) for name in table.index[table["found"] == "not here"]]
        buildable = [name for name in absent if find(name).buildable]
        nowhere = no_own_folder()
        print()
        print(
            textwrap.fill(
                f"What is not here is read from the folder that {FOLDER_VARIABLE} names, "
                "once it is there."
                + (f" Now {nowhere}." if nowhere else "")
                + "".join(
                    f" A part of {name} can be built: unigauge data build {name}."
                    for name in buildable
                ),
                WIDTH,
            )
        )
    return 0


def _show(options: argparse.Namespace) -> int:
    print(describe(options.name, source=options.source))
    return 0


def _build(options: argparse.Namespace) -> int:
    addresses = {
        name: address
        for name, address in (
            ("world_bank_address", options.world_bank),
            ("penn_world_table_address", options.penn_world_table),
        )
        if address
    }
    with warnings.catch_warnings():
        warnings.simplefilter("always", UnigaugeWarning)
        warnings.showwarning = _note
        panel = build(
            options.name,
            folder=options.folder,
            iso_survey=options.iso_survey,
            countries=dict(map(_correction, options.country)),
            years=tuple(options.years),
            refresh=options.refresh,
            attempts=options.attempts,
            progress=True,
            **addresses,
        )
    file = options.folder / find(options.name).file
    record = read_record(file)
    columns = panel.shape[1] + panel.index.nlevels
    print(f"{options.name}: {len(panel)} rows and {columns} columns")
    _paragraph(f"written to {file}, with a record beside it")
    _paragraph(record["coverage"])
    for sentence in (*record["breaks"], *record["notes"]):
        _paragraph(sentence)
    print(
        textwrap.fill(
            f"Read it with datasets.load({options.name!r}, source={str(options.folder)!r}), "
            f"or let {FOLDER_VARIABLE} name the folder. What its columns mean: unigauge "
            f"data show {options.name} --source {options.folder}",
            WIDTH,
            break_on_hyphens=False,
        )
    )
    return 0


def _correction(text: str) -> tuple[str, str | None]:
    """Return name and code of ``NAME=CODE``."""
    name, sign, code = text.partition("=")
    if not (name.strip() and sign):
        raise InputError(
            f"--country is {text!r}; it must be NAME=CODE, or NAME= to leave it out."
        )
    return name.strip(), code.strip() or None


def _note(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Show a warning as a note on standard error."""
    print(textwrap.fill(f"Note: {message}", WIDTH), file=sys.stderr)


def _paragraph(text: str) -> None:
    """Print a paragraph, indented."""
    print(textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  "))
