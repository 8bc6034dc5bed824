"""A paper's folder: what ``paper.toml`` declares and ``expected.toml`` expects.

``paper.toml`` has, all required::

    title = "..."
    citation = "..."
    scope = "What is reproduced and what is not. An empty line parts paragraphs."
    datasets = ["technology_fields"]
    seed = 1

    [outputs]
    tables = ["regimes"]
    figures = ["welfare"]

``expected.toml`` has one entry a claim, in the order in which they are shown::

    [efficiency]
    statement = "Without an externality, laissez-faire is efficient."
    kind = "reconstruction"
    source = "abstract"
    holds = true
    measure = "largest gap in world welfare, six worlds"

    [elasticity]
    statement = "A tenth more patents go with 1.2 % more standards."
    kind = "printed"
    source = "Table 2, column 3"
    value = "0.1187"
    differs = "the paper drops 1998 without saying so."

Either ``holds`` or ``value``.  A number agrees if it is within half a unit of the last
digit printed, or within ``tolerance``; with ``differs`` it must not agree.  ``measure``
says what number the run gives.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from unigauge.errors import DataError
from unigauge.papers.reproduction import KINDS, Expectation

__all__ = ["Paper"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paper:
    """A paper as its folder describes it.

    Parameters
    ----------
    key : str
        The folder's name.
    folder : Path
        The folder.
    title, citation, scope : str
        What the paper is, and what of it is reproduced and what not.
    datasets : tuple of str
        The data sets that it may load.
    seed : int
        The seed of everything random.
    tables, figures : tuple of str
        The names of all tables and figures it gives.
    expectations : mapping
        The claims by id, in the order of ``expected.toml``.
    """

    key: str
    folder: Path
    title: str
    citation: str
    scope: str
    datasets: tuple[str, ...]
    seed: int
    tables: tuple[str, ...]
    figures: tuple[str, ...]
    expectations: Mapping[str, Expectation]

    @classmethod
    def read(cls, folder: Path) -> Paper:
        """Read ``paper.toml`` and ``expected.toml``.

        Raises
        ------
        DataError
            If one is missing, cannot be read, or lacks or has an entry too many.
        """
        folder = folder.resolve()
        where = f"{folder.name}/paper.toml"
        sheet = _read(folder / "paper.toml")
        _require(where, sheet, _SHEET)
        _require(f"{where}, outputs", sheet["outputs"], _OUTPUTS)
        expected = _read(folder / "expected.toml")
        return cls(
            key=folder.name,
            folder=folder,
            title=sheet["title"],
            citation=sheet["citation"],
            scope=sheet["scope"],
            datasets=tuple(sheet["datasets"]),
            seed=sheet["seed"],
            tables=tuple(sheet["outputs"]["tables"]),
            figures=tuple(sheet["outputs"]["figures"]),
            expectations={
                name: _expectation(f"{folder.name}/expected.toml, {name}", name, entry)
                for name, entry in expected.items()
            },
        )


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(
            f"{file.parent.name}/{file.name} cannot be read: {error}"
        ) from error


# ---------------------------------------------------------------------------
# Each entry has a test and the words for what the test wants.

_Rule = tuple[Callable[[Any], bool], str]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_name, value))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[a-z0-9_]+", value) is not None


def _is_printed_number(value: Any) -> bool:
    try:
        return isinstance(value, str) and Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _is_tolerance(value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and math.isfinite(value) and value >= 0


_TEXT: _Rule = (_is_text, "a sentence or a name in quotes")
_NAMES: _Rule = (_are_names, "a list of names of small letters, digits and underscores")

_SHEET: Mapping[str, _Rule] = {
    "title": _TEXT,
    "citation": _TEXT,
    "scope": _TEXT,
    "datasets": _NAMES,
    "seed": (lambda value: type(value) is int, "a whole number"),
    "outputs": (lambda value: isinstance(value, dict), "a table [outputs]"),
}

_OUTPUTS: Mapping[str, _Rule] = {"tables": _NAMES, "figures": _NAMES}

_CLAIM: Mapping[str, _Rule] = {
    "statement": _TEXT,
    "kind": (lambda value: value in KINDS, f"one of {', '.join(KINDS)}"),
    "source": _TEXT,
}

_OUTCOME: Mapping[str, _Rule] = {
    "holds": (lambda value: isinstance(value, bool), "true or false"),
    "value": (_is_printed_number, 'a number in quotes, digit by digit, such as "0.1187"'),
    "tolerance": (_is_tolerance, "a number of at least 0"),
    "differs": _TEXT,
    "measure": _TEXT,
}


def _require(
    where: str,
    entries: Mapping[str, Any],
    required: Mapping[str, _Rule],
    optional: Mapping[str, _Rule] | None = None,
) -> None:
    """Check that all required entries are there, that no other is, and each is right."""
    rules = {**required, **(optional or {})}
    missing = [name for name in required if name not in entries]
    unknown = [name for name in entries if name not in rules]
    if missing or unknown:
        faults = [f"{name} is missing" for name in missing]
        faults += [f"{name} is not known" for name in unknown]
        raise DataError(f"{where}: {', '.join(faults)}. Allowed are {', '.join(rules)}.")
    for name, value in entries.items():
        fits, wanted = rules[name]
        if not fits(value):
            raise DataError(f"{where}: {name} is {value!r}; it must be {wanted}.")


def _expectation(where: str, name: str, entry: Any) -> Expectation:
    """Turn one entry of ``expected.toml`` into an expectation."""
    if not _is_name(name) or not isinstance(entry, dict):
        raise DataError(
            f"{where}: each claim is a table [id] with an id of small letters, digits "
            "and underscores."
        )
    _require(where, entry, _CLAIM, _OUTCOME)
    if ("holds" in entry) == ("value" in entry):
        raise DataError(
            f"{where}: say either holds = true or false, or value = a printed number."
        )
    if "holds" in entry and (entry.keys() & {"tolerance", "differs"}):
        raise DataError(f"{where}: tolerance and differs belong to a value, not to holds.")
    return Expectation(id=name, **entry)
