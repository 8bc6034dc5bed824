"""The Penn World Table 10.01, from its Stata file.

Feenstra, R. C., R. Inklaar and M. P. Timmer (2015). The next generation of the Penn World
Table. American Economic Review 105, 3150-3182; https://doi.org/10.34894/QT5BCC.  Not
verified live: public programs read the Stata file of DataverseNL at ``ADDRESS``.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from unigauge.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ADDRESS", "COLUMNS", "read_table"]

ADDRESS = "https://dataverse.nl/api/access/datafile/354098"
"""Where DataverseNL offers ``pwt1001.dta``."""

COLUMNS = ("gdp_pc_real", "human_capital", "openness_pwt")
"""Columns of the country panel that come from the table."""

_NEEDED = ("countrycode", "country", "year", "rgdpna", "pop", "hc", "csh_x", "csh_m")


def read_table(content: bytes, where: str) -> pd.DataFrame:
    """Return GDP per head, human capital and openness, by country and year.

    ``gdp_pc_real`` is ``rgdpna / pop`` (both in millions), ``human_capital`` is ``hc``,
    and ``openness_pwt`` is ``csh_x - csh_m``: the table gives imports a minus.

    Parameters
    ----------
    content : bytes
        The Stata file, or the Excel workbook, as published.
    where : str
        What to call it in messages.

    Raises
    ------
    DataError
        If it is neither, lacks a column, or has a country and year twice.
    """
    table = _table(content, where)
    missing = [name for name in _NEEDED if name not in table.columns]
    if missing:
        raise DataError(
            f"{where}: no column {', '.join(missing)}. Expected is the main file of the "
            "Penn World Table 10.01 (pwt1001.dta or pwt1001.xlsx)."
        )
    table = table.set_index(["countrycode", "year"])
    table.index.names = ["iso3", "year"]
    if not table.index.is_unique:
        iso3, year = table.index[table.index.duplicated()][0]
        raise DataError(f"{where}: {iso3} stands twice in {year}.")
    numbers = table[["rgdpna", "pop", "hc", "csh_x", "csh_m"]].astype(float)
    return numbers.assign(
        gdp_pc_real=numbers["rgdpna"] / numbers["pop"],
        human_capital=numbers["hc"],
        openness_pwt=numbers["csh_x"] - numbers["csh_m"],
    )[list(COLUMNS)].assign(country=table["country"].astype(str))


def _table(content: bytes, where: str) -> pd.DataFrame:
    """Read a Stata file, or the data sheet of an Excel workbook."""
    import pandas as pd

    try:
        if content[:2] == b"PK":
            sheets = pd.read_excel(io.BytesIO(content), sheet_name=None)
            return next(t for t in sheets.values() if "countrycode" in t.columns)
        return pd.read_stata(io.BytesIO(content))
    except Exception as error:  # each reader has its own errors for a damaged file
        raise DataError(
            f"{where} is neither a Stata file nor an Excel workbook of the Penn World "
            f"Table ({type(error).__name__}: {str(error)[:80]})."
        ) from error
