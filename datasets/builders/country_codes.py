"""From names and codes of countries to ISO 3166, through pycountry.

Names are compared as sets of words, so that "Korea (Republic of)", "Korea, Republic of"
and "Republic of Korea" are one.  Kosovo has no code in ISO 3166; it goes by XKX, as at
the World Bank.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from unigauge.datasets.builders.downloads import need
from unigauge.errors import DataError

__all__ = ["Corrections", "code_of", "known_codes", "name_of", "words"]

Corrections = Mapping[str, str | None]
"""A name or code as it stands in a source, and the code that is meant; None to leave out."""

_KOSOVO = "XKX"

_ALIASES = {
    "Brunei": "BRN",
    "Burma": "MMR",
    "Cape Verde": "CPV",
    "Channel Islands": None,
    "Chinese Taipei": "TWN",
    "Congo (Brazzaville)": "COG",
    "Congo (Kinshasa)": "COD",
    "East Timor": "TLS",
    "Holy See": "VAT",
    "Hong Kong, China": "HKG",
    "Ivory Coast": "CIV",
    "Korea": "KOR",
    "Kosovo": _KOSOVO,
    "Kosovo (under UNSCR 1244/99)": _KOSOVO,
    "Libyan Arab Jamahiriya": "LBY",
    "Macao, China": "MAC",
    "Macau": "MAC",
    "Macau, China": "MAC",
    "Macedonia": "MKD",
    "Micronesia": "FSM",
    "Palestine": "PSE",
    "Palestinian Territory, Occupied": "PSE",
    "Russia": "RUS",
    "Swaziland": "SWZ",
    "The former Yugoslav Republic of Macedonia": "MKD",
    "Turkey": "TUR",
    "USA": "USA",
    "Vatican": "VAT",
    "West Bank and Gaza": "PSE",
    "Yugoslavia": None,
    "Zaire": "COD",
}
"""Names in use that ISO 3166 does not list; None for what is no country of its own."""

_FORMER = ("ANT", "CSK", "SCG", "SUN", "YUG")
"""States that were divided: no code of today stands for one of them."""

_FILLERS = {"the", "of", "and", "de", "in"}


def words(name: str) -> frozenset[str]:
    """Return the words that tell a name from others, without accents and fillers.

    Examples
    --------
    >>> words("Korea (Republic of)") == words("Republic of Korea")
    True
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"['`.]", "", plain.casefold())
    found = re.findall(r"[a-z0-9]+", re.sub(r"\bst\b", "saint", plain))
    return frozenset(found) - _FILLERS


def known_codes() -> Collection[str]:
    """Return the three-letter codes of ISO 3166-1, and XKX."""
    return _codes_to_names().keys()


def name_of(code: str) -> str:
    """Return a country's usual name in English."""
    return _codes_to_names()[code]


def code_of(name: str, corrections: Corrections, where: str) -> str | None:
    """Return the code of a country, or None for one to leave out.

    A state that was divided (Serbia and Montenegro, say) is one to leave out.

    Raises
    ------
    DataError
        If no country goes by that name or code.
    """
    key = name.strip()
    if key in corrections:
        return _corrected(key, corrections)
    if key in known_codes():
        return key
    if (found := words(key)) in _names_to_codes():
        return _names_to_codes()[found]
    raise DataError(
        f"{where}: {key!r} is no country of ISO 3166. Say which is meant with "
        f"countries={{{key!r}: 'XYZ'}}, or leave it out with countries={{{key!r}: None}} "
        f"(--country '{key}=XYZ', --country '{key}=')."
    )


def _corrected(key: str, corrections: Corrections) -> str | None:
    code = corrections[key]
    if code is not None and code not in known_codes():
        raise DataError(
            f"countries says {key!r} is {code!r}, which is no code of three letters in "
            "ISO 3166."
        )
    return code


@cache
def _codes_to_names() -> dict[str, str]:
    names = {c.alpha_3: getattr(c, "common_name", c.name) for c in _countries()}
    return {**names, _KOSOVO: "Kosovo"}


@cache
def _names_to_codes() -> dict[frozenset[str], str | None]:
    """Return the code, or None, by the words of a name."""
    import pycountry

    former = {
        words(name): None
        for state in pycountry.historic_countries
        if state.alpha_3 in _FORMER
        for name in _names(state)
    }
    current = {words(name): c.alpha_3 for c in _countries() for name in _names(c)}
    aliases = {words(name): code for name, code in _ALIASES.items()}
    return {**former, **aliases, **current}


def _countries() -> Iterable[Any]:
    need("pycountry")
    import pycountry

    return iter(pycountry.countries)


def _names(country: Any) -> Iterator[str]:
    for kind in ("name", "official_name", "common_name"):
        if name := getattr(country, kind, None):
            yield name
