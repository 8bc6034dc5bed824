"""Build a data set anew from what its publishers offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unigauge.datasets.builders import penn_world_table, world_bank
from unigauge.datasets.loading import load
from unigauge.datasets.registry import REGISTRY, find
from unigauge.errors import InputError, require_integer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FOLDER", "build"]

FOLDER = "unigauge-data"
"""Where builds and downloads go unless the user says otherwise."""


def build(
    name: str,
    *,
    folder: str | Path = FOLDER,
    iso_survey: Sequence[str | Path] = (),
    countries: Mapping[str, str | None] | None = None,
    years: tuple[int, int] = (1990, 2023),
    refresh: bool = False,
    attempts: int = 5,
    progress: bool = False,
    world_bank_address: str = world_bank.ADDRESS,
    penn_world_table_address: str | Path = penn_world_table.ADDRESS,
) -> pd.DataFrame:
    """Build a data set from its publishers' own files, write it, and return it.

    Of ``country_panel`` it builds the columns that come from the World Bank, the Penn
    World Table and the ISO Survey.  The other columns (patent grants, TRIS, trade
    agreements) are compilations and are not built.  Nothing is filled in or rounded.
    Values that cannot be (a trade or industry share of 0, a negative openness) are
    blanked, and the record says so.  Publishers revise, so that the numbers need not be
    those of the file that :func:`load` reads otherwise.

    The folder then holds the data as CSV, beside it the record of the build (sources,
    hashes, dates, remarks), and all downloads with their receipts.  A build that broke
    off goes on from there.  Afterwards ``load(name, source=folder)`` reads it, as does
    ``load(name)`` where ``UNIGAUGE_DATA`` names the folder.

    Not verified live: the publishers could not be reached where this was written.

    Parameters
    ----------
    name : str
        ``"country_panel"``, so far the only one.
    folder : str or Path
        Where to write.
    iso_survey : sequence of paths
        Workbooks of the ISO Survey (``.xlsx``, ``.xlsm``), which ISO gives out by hand at
        https://www.iso.org/the-iso-survey.html.  Without any, the certificates are left
        out, with a warning.
    countries : mapping, optional
        Names or codes in the sources that are not recognised, and the ISO 3166 codes that
        are meant; None to leave one out.
    years : (int, int)
        First and last year.
    refresh : bool, default False
        Download again what the folder has.
    attempts : int, default 5
        How often a publisher is asked for a file before giving up.  The pauses between
        grow from one second; a publisher that names a time to wait is obeyed.
    progress : bool, default False
        Whether to show a progress bar on standard error, if that is a terminal.
    world_bank_address : str
        The World Bank's interface, or a mirror of it.
    penn_world_table_address : str or Path
        Address or file of the Penn World Table 10.01 (Stata or Excel).

    Returns
    -------
    DataFrame
        As :func:`load` returns it.

    Raises
    ------
    InputError
        If the data set cannot be built, or an argument is not allowed.
    DataError
        If a package is missing, a publisher cannot be reached or sends something else, a
        kept file was changed, or a country is not recognised.

    Examples
    --------
    >>> build("technology_fields")
    Traceback (most recent call last):
    unigauge.errors.InputError: technology_fields cannot be built, as only \
country_panel can; load it instead.
    """
    from unigauge.datasets.builders.country_panel import Plan

    dataset = find(name)
    if not dataset.buildable:
        can = ", ".join(d.name for d in REGISTRY.values() if d.buildable)
        raise InputError(f"{name} cannot be built, as only {can} can; load it instead.")
    first = require_integer("years[0]", years[0], at_least=1960)
    last = require_integer("years[1]", years[1], at_least=first)
    if isinstance(iso_survey, (str, Path)):
        iso_survey = (iso_survey,)
    plan = Plan(
        dataset=dataset,
        folder=Path(folder),
        workbooks=tuple(map(Path, iso_survey)),
        countries=dict(countries or {}),
        years=(first, last),
        refresh=refresh,
        attempts=require_integer("attempts", attempts, at_least=1),
        progress=progress,
        world_bank=world_bank_address.rstrip("/"),
        penn_world_table=penn_world_table_address,
    )
    plan.carry_out()
    return load(name, source=folder)
