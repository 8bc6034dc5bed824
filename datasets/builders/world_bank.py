"""World Development Indicators, page by page from the World Bank's public interface.

The interface is described at https://datahelpdesk.worldbank.org (Indicators API, v2).
Not verified live: written from that description and tested against a local server.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

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

Row = TypeVar("Row")


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
    for page, rows in _pages(downloads, f"{address}/country", "countries", _economy):
        fetched.append(page)
        for code, name, region in rows:
            if region == "Aggregates":
                groups.add(code)
            else:
                names[code] = name
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

    first, last = years

    def observation(row: Any) -> tuple[str, int, float | None]:
        value = None if row["value"] is None else float(row["value"])
        year = int(row["date"])
        if row["indicator"]["id"] != code or not first <= year <= last:
            raise ValueError("not what was asked for")
        return str(row["countryiso3code"]), year, value

    values: dict[tuple[str, int], float] = {}
    fetched = []
    query = f"{address}/country/all/indicator/{code}?date={first}:{last}"
    for page, rows in _pages(downloads, query, f"{code}_{first}-{last}", observation):
        fetched.append(page)
        for iso3, year, value in rows:
            if value is None or not iso3:
                continue
            if (iso3, year) in values:
                raise DataError(f"{page.address}: {iso3} stands twice in {year}.")
            values[iso3, year] = value
    index = pd.MultiIndex.from_tuples(values, names=["iso3", "year"])
    return pd.Series(list(values.values()), index=index, dtype=float), fetched


def _economy(row: Any) -> tuple[str, str, str]:
    """Return an economy's code, name and region."""
    return str(row["id"]), str(row["name"]), str(row["region"]["value"]).strip()


class _Header(NamedTuple):
    """What each page says of the whole."""

    pages: int
    total: int
    version: str


def _pages(
    downloads: Downloads, query: str, name: str, parse: Callable[[Any], Row]
) -> Iterator[tuple[Fetched, list[Row]]]:
    """Yield each page's file and rows; see that the pages make one whole."""
    joint = "&" if "?" in query else "?"
    whole = _Header(pages=1, total=0, version="")
    page = so_far = 0
    while page < whole.pages:
        page += 1
        address = f"{query}{joint}format=json&per_page={_PER_PAGE}&page={page}"
        fetched = downloads.get(
            address,
            f"world_bank/{name}.{page}.json",
            lambda content, where: _page(content, where, parse),
        )
        header, rows = _page(fetched.content, address, parse)
        if page == 1:
            whole = header
        elif header != whole:
            raise DataError(
                f"{address}: this page and the first are of different versions "
                f"({header.version}, {whole.version}): the World Bank revised the data "
                "between the downloads. Build with refresh=True (--refresh) to fetch all "
                "anew."
            )
        so_far += len(rows)
        yield fetched, rows
    if so_far != whole.total:
        raise DataError(
            f"{query}: {so_far} rows came, {whole.total} were announced. Build with "
            "refresh=True (--refresh) to fetch them anew."
        )


def _page(
    content: bytes, address: str, parse: Callable[[Any], Row]
) -> tuple[_Header, list[Row]]:
    """Return a page's header and its rows."""
    try:
        header, *rest = json.loads(content)
        if "message" in header:
            complaint = "; ".join(str(m.get("value", m)) for m in header["message"])
            raise DataError(f"{address}: the World Bank refuses: {complaint}.")
        rows = [parse(row) for row in (rest[0] if rest else None) or ()]
        version = str(header.get("lastupdated", "no date"))
        return _Header(int(header["pages"]), int(header["total"]), version), rows
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        shown = " ".join(content[:80].decode("utf-8", "replace").split())
        raise DataError(
            f"{address}: this is not what the World Bank's interface is described to "
            f"answer: {shown!r}. A page that asks for a login stands between, or the "
            "interface has changed. Nothing of it was kept."
        ) from error
