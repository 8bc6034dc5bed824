"""World Development Indicators, page by page from the World Bank's public interface.

The interface is described at https://datahelpdesk.worldbank.org (Indicators API, v2).
Not verified live: written from that description and tested against a local server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from unigauge.datasets.builders.downloads import Downloads, Fetched
from unigauge.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ADDRESS", "INDICATORS", "Economies", "economies", "indicator"]

ADDRESS = "https://api.worldbank.org/v2"
"""The interface's address."""

INDICATORS = {
    "pat_resident": "IP.PAT.RESD",
    "pat_nonresident": "IP.PAT.NRES",
    "rd_gdp_pct": "GB.XPD.RSDV.GD.ZS",
    "researchers_pm": "SP.POP.SCIE.RD.P6",
    "sci_articles": "IP.JRN.ARTC.SC",
    "hightech_exp_pct_mfg": "TX.VAL.TECH.MF.ZS",
    "ip_receipts_usd": "BX.GSR.ROYL.CD",
    "ip_payments_usd": "BM.GSR.ROYL.CD",
    "population": "SP.POP.TOTL",
    "gdp_pc_ppp": "NY.GDP.PCAP.PP.CD",
    "trade_gdp_pct": "NE.TRD.GNFS.ZS",
    "fdi_inflow_usd": "BX.KLT.DINV.CD.WD",
    "industry_va_gdp_pct": "NV.IND.TOTL.ZS",
    "tertiary_enrol_pct": "SE.TER.ENRR",
    "broadband_p100": "IT.NET.BBND.P2",
}
"""Column of the country panel, and the indicator's code."""

_PER_PAGE = 10_000


class Economies(NamedTuple):
    """The World Bank's economies.

    Parameters
    ----------
    names : dict
        Code to name, of the economies that are no groups.
    groups : frozenset of str
        Codes of regions, income groups and the like.
    fetched : list of Fetched
        The files.
    """

    names: dict[str, str]
    groups: frozenset[str]
    fetched: list[Fetched]


def economies(downloads: Downloads, address: str = ADDRESS) -> Economies:
    """Return the World Bank's economies by code, its groups set apart.

    Raises
    ------
    DataError
        If the interface cannot be reached or does not answer as described.
    """
    names, groups, fetched = {}, set(), []
    for page, rows in _pages(downloads, f"{address}/country", "countries"):
        fetched.append(page)
        for row in rows:
            try:
                if row["region"]["value"] == "Aggregates":
                    groups.add(row["id"])
                else:
                    names[row["id"]] = row["name"]
            except (KeyError, TypeError) as error:
                raise _strange(page.address, row) from error
    return Economies(names, frozenset(groups), fetched)


def indicator(
    downloads: Downloads, code: str, years: tuple[int, int], address: str = ADDRESS
) -> tuple[pd.Series, list[Fetched]]:
    """Return an indicator by economy (three letters) and year, and the files.

    Empty cells of the source are left out; groups of economies are still in.

    Raises
    ------
    DataError
        If the interface cannot be reached, does not answer as described, or gives one
        economy and year twice.
    """
    import pandas as pd

    values: dict[tuple[str, int], float] = {}
    fetched = []
    first, last = years
    query = f"{address}/country/all/indicator/{code}?date={first}:{last}"
    for page, rows in _pages(downloads, query, code):
        fetched.append(page)
        for row in rows:
            try:
                key = row["countryiso3code"], int(row["date"])
                value = None if row["value"] is None else float(row["value"])
                answered = row["indicator"]["id"]
            except (KeyError, TypeError, ValueError) as error:
                raise _strange(page.address, row) from error
            if answered != code or not first <= key[1] <= last:
                raise _strange(page.address, row)
            if value is None or not key[0]:
                continue
            if key in values:
                raise DataError(f"{page.address}: {key[0]} stands twice in {key[1]}.")
            values[key] = value
    index = pd.MultiIndex.from_tuples(values, names=["iso3", "year"])
    return pd.Series(list(values.values()), index=index, dtype=float), fetched


def _pages(
    downloads: Downloads, query: str, name: str
) -> Iterator[tuple[Fetched, list[Any]]]:
    """Yield each page's file and rows; see that the pages make one whole."""
    joint = "&" if "?" in query else "?"
    expected: tuple[int, int, str] | None = None
    page = rows_so_far = 0
    while expected is None or page < expected[0]:
        page += 1
        address = f"{query}{joint}format=json&per_page={_PER_PAGE}&page={page}"
        fetched = downloads.get(address, f"world_bank/{name}.{page}.json", _page)
        header, rows = _page(fetched.content, address)
        if expected is None:
            expected = header
        if header != expected:
            raise DataError(
                f"{address}: this page and the first are of different versions "
                f"({header[2]}, {expected[2]}): the World Bank revised the data between "
                "the downloads. Build with refresh=True (--refresh) to fetch all anew."
            )
        rows_so_far += len(rows)
        yield fetched, rows
    if expected is None or rows_so_far != expected[1]:
        raise DataError(
            f"{query}: {rows_so_far} rows came, {expected[1] if expected else 0} were "
            "announced. Build with refresh=True (--refresh) to fetch them anew."
        )


def _page(content: bytes, address: str) -> tuple[tuple[int, int, str], list[Any]]:
    """Return a page's (pages, rows in all, date of the version) and its rows."""
    try:
        answer = json.loads(content)
        header = answer[0]
        if "message" in header:
            complaint = "; ".join(str(m.get("value", m)) for m in header["message"])
            raise DataError(f"{address}: the World Bank refuses: {complaint}")
        version = str(header.get("lastupdated", "no date"))
        rows = answer[1] if len(answer) > 1 else None
        return (int(header["pages"]), int(header["total"]), version), list(rows or [])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise _strange(address, content) from error


def _strange(address: str, found: object) -> DataError:
    shown = found.decode("utf-8", "replace") if isinstance(found, bytes) else repr(found)
    return DataError(
        f"{address}: this is not what the World Bank's interface is described to answer: "
        f"{' '.join(shown[:80].split())!r}. A page that asks for a login stands between, "
        "or the interface has changed. Nothing of it was kept."
    )
