"""Classic panels that estimators are checked on against other programs.

The package carries none of them: their files are read from the folder
``validation`` below the one that ``UNIGAUGE_DATA`` names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from unigauge.datasets.entries import Column, Dataset

__all__ = ["VALIDATION_PANELS"]

_Kind = Literal["text", "code", "year", "count", "number"]
_UNSTATED = "not stated in the source"


def _column(name: str, meaning: str, unit: str, kind: _Kind = "number") -> Column:
    return Column(name=name, meaning=meaning, unit=unit, kind=kind)


def _gappy(name: str, meaning: str, unit: str, kind: _Kind = "number") -> Column:
    return Column(name=name, meaning=meaning, unit=unit, kind=kind, gaps=True)


def _validation(
    name: str,
    title: str,
    *columns: Column,
    index: tuple[str, ...],
    coverage: str,
    citation: str,
    file: str,
    sha256: str,
    rows: int,
    package: str = "",
    cautions: Sequence[str] = (),
    verified: Sequence[str] = (),
) -> Dataset:
    """Return the entry of a study's data, as ``package`` or a repository copies them."""
    copy = f"the R package {package}" if package else "public repositories"
    terms = f"{package} is under the GPL" if package else "not recorded"
    return Dataset(
        name=name,
        title=title,
        publisher=f"the authors of the study; copied from {copy}",
        licence=f"of the copy: {terms}; of the study's authors: none stated",
        citation=citation,
        source=f"{copy}, read in November 2026, values unchanged",
        columns=columns,
        index=index,
        coverage=coverage,
        cautions=tuple(cautions),
        verified=tuple(verified),
        file=f"validation/{file}",
        sha256=sha256,
        rows=rows,
    )


def _simulated(
    name: str,
    title: str,
    *columns: Column,
    index: tuple[str, ...],
    coverage: str,
    file: str,
    sha256: str,
    rows: int,
) -> Dataset:
    """Return the entry of a data set that was simulated for this package."""
    return Dataset(
        name=name,
        title=title,
        publisher="unigauge",
        licence="MIT, as the package",
        citation=f"unigauge developers (2026). {title}.",
        source="simulated by the unigauge developers",
        columns=columns,
        index=index,
        coverage=coverage,
        cautions=("Invented numbers, for checking programs only.",),
        verified=(),
        file=f"validation/{file}",
        sha256=sha256,
        rows=rows,
    )


_YEAR = _column("year", "calendar year", "year", "year")

_EMPLOYMENT_UK = _validation(
    "employment_uk",
    "Employment in 140 UK companies, 1976-1984",
    _column("firm", "company", "code", "code"),
    _YEAR,
    _column("sector", "industry of the company", "code", "code"),
    _column("emp", "employment", "thousands"),
    _column("wage", "real product wage", _UNSTATED),
    _column("capital", "gross capital stock", _UNSTATED),
    _column("output", "output of the industry", "index"),
    index=("firm", "year"),
    coverage="140 companies x 7 to 9 years of 1976-1984, no gaps within a company",
    citation="Arellano, M. and S. Bond (1991). Some tests of specification for panel "
    "data. Review of Economic Studies 58, 277-297.",
    file="EmplUK.csv",
    sha256="c7a17e37eb3120034e3a570bee17ebdd658f4bb9df550948c30ea21ffb996bc4",
    rows=1031,
    package="plm",
    cautions=("These are levels; the paper's n, w, k and ys are their logarithms.",),
)

_GRUNFELD = _validation(
    "grunfeld",
    "Investment of ten US companies, 1935-1954",
    _column("firm", "company", "code", "code"),
    _YEAR,
    _column("inv", "gross investment", "million 1947 US$"),
    _column("value", "value of the company", "million 1947 US$"),
    _column("capital", "stock of plant and equipment", "million 1947 US$"),
    index=("firm", "year"),
    coverage="10 companies x 1935-1954, no gaps",
    citation="Grunfeld, Y. (1958). The determinants of corporate investment. PhD "
    "thesis, University of Chicago.",
    file="Grunfeld.csv",
    sha256="00cd21d72068b5564a509d0752417f62761c35afb7e2abed9b115a430d5d960d",
    rows=200,
    package="plm",
    cautions=(
        (
            "Several versions of these data circulate; American Steel, the eleventh "
            "company of some, is not here."
        ),
    ),
)

_PRODUC = _validation(
    "produc",
    "Output and public capital of 48 US states, 1970-1986",
    _column("state", "state", "name", "text"),
    _YEAR,
    _column("region", "region of the state", "code", "code"),
    _column("pcap", "public capital", _UNSTATED),
    _column("hwy", "of which highways and streets", _UNSTATED),
    _column("water", "of which water and sewer facilities", _UNSTATED),
    _column("util", "of which other public buildings", _UNSTATED),
    _column("pc", "private capital", _UNSTATED),
    _column("gsp", "gross state product", _UNSTATED),
    _column("emp", "employment on non-agricultural payrolls", "thousands"),
    _column("unemp", "unemployment rate", "percent"),
    index=("state", "year"),
    coverage="48 states x 1970-1986, no gaps",
    citation="Munnell, A. (1990). Why has productivity growth declined? Productivity "
    "and public investment. New England Economic Review, January, 3-22.",
    file="Produc.csv",
    sha256="6ce2ff5c0769650bbadb893c71fa789a3a402d305a1981a89b76fac2a9c4b0b1",
    rows=816,
    package="plm",
)

_KMENTA = _validation(
    "kmenta",
    "Demand for and supply of food, 20 years",
    _column("consump", "food consumption per head", "index"),
    _column("price", "price of food relative to other prices", "index"),
    _column("income", "disposable income", "index"),
    _column("farmPrice", "last year's prices received by farmers", "index"),
    _column("trend", "year of the sample, 1 to 20", "years", "count"),
    index=("trend",),
    coverage="20 years, no gaps",
    citation="Kmenta, J. (1986). Elements of Econometrics, second edition. Macmillan.",
    file="Kmenta.csv",
    sha256="4255733e8a84a8dc4279f041d3638cc369d50970719294620ac015dd96f57524",
    rows=20,
    package="systemfit",
    cautions=("A textbook's example, in part constructed.",),
)

_CIGARETTES = _validation(
    "cigarettes",
    "Cigarette consumption, prices and taxes in 48 US states, 1985 and 1995",
    _column("state", "state", "postal code", "text"),
    _YEAR,
    _column("cpi", "consumer price index", "1983 = 1"),
    _column("population", "population", "persons"),
    _column("packs", "packs sold per head", "packs"),
    _column("income", "personal income of the state", "thousand US$"),
    _column("tax", "excise taxes of all levels", "cents per pack"),
    _column("price", "price with sales tax", "cents per pack"),
    _column("taxs", "excise and sales taxes", "cents per pack"),
    _column("rprice", "price / cpi", "real cents per pack"),
    _column("rincome", "income / population / cpi", "real thousand US$"),
    _column("tdiff", "(taxs - tax) / cpi, the real sales tax", "real cents per pack"),
    _column("rtax", "tax / cpi", "real cents per pack"),
    index=("state", "year"),
    coverage="48 states x 1985 and 1995",
    citation="Stock, J. H. and M. W. Watson (2007). Introduction to Econometrics, "
    "second edition. Addison Wesley.",
    file="CigarettesSW.csv",
    sha256="00808e7799bcc69f260268e3e9c91f374467f9ca6b57a1fc0f72b1c0c3df3f9e",
    rows=96,
    package="AER",
    verified=("The last four columns follow from the others to 1e-12.",),
)

_CRIME_LEVELS = (
    _column("crmrte", "crimes per person", "share"),
    _column("prbarr", "arrests per offence", "ratio"),
    _column("prbconv", "convictions per arrest", "ratio"),
    _column("prbpris", "prison sentences per conviction", "ratio"),
    _column("avgsen", "average sentence", "days"),
    _column("polpc", "police per person", "ratio"),
    _column("density", "people per square mile", "hundreds"),
    _column("taxpc", "tax revenue per person", "US$"),
    _column("region", "region of the state", "name", "text"),
    _column("smsa", "in a metropolitan area", "yes or no", "text"),
    _column("pctmin", "minorities in 1980", "percent"),
    _column("wcon", "weekly wage, construction", "US$"),
    _column("wtuc", "weekly wage, transport and utilities", "US$"),
    _column("wtrd", "weekly wage, trade", "US$"),
    _column("wfir", "weekly wage, finance and real estate", "US$"),
    _column("wser", "weekly wage, services", "US$"),
    _column("wmfg", "weekly wage, manufacturing", "US$"),
    _column("wfed", "weekly wage, federal government", "US$"),
    _column("wsta", "weekly wage, state government", "US$"),
    _column("wloc", "weekly wage, local government", "US$"),
    _column("mix", "face-to-face offences over all others", "ratio"),
    _column("pctymle", "young males", "share"),
)
_CRIME_LOGARITHMS = (
    *("crmrte", "prbarr", "prbconv", "prbpris", "avgsen", "polpc", "density"),
    *("wcon", "wtuc", "wtrd", "wfir", "wser", "wmfg", "wfed", "wsta", "wloc"),
    *("pctymle", "pctmin", "taxpc", "mix"),
)

_CRIME = _validation(
    "crime",
    "Crime in 90 counties of North Carolina, 1981-1987",
    _column("county", "county", "code", "code"),
    _column("year", "year, 81 to 87", "years since 1900", "year"),
    *_CRIME_LEVELS,
    *(_column(f"l{name}", f"log of {name}", "logarithm") for name in _CRIME_LOGARITHMS),
    index=("county", "year"),
    coverage="90 counties x 1981-1987, no gaps",
    citation="Cornwell, C. and W. N. Trumbull (1994). Estimating the economic model of "
    "crime with panel data. Review of Economics and Statistics 76, 360-366. Baltagi, B. H. "
    "(2006). Estimating an econometric model of crime using panel data from North "
    "Carolina. Journal of Applied Econometrics 21, 543-547.",
    file="Crime.csv",
    sha256="be413097b06aab6078c4c05f968437ec035c20b876f7c003d9f2b6d60bd8ae76",
    rows=630,
    package="plm",
    cautions=("Some of the 'probabilities' exceed one: they are ratios of counts.",),
    verified=("The columns of logarithms are those of the levels to 1e-4.",),
)

_PATENTS_HGH = _validation(
    "patents_hgh",
    "Patents and research of 346 US companies, 1975-1979, with lags",
    _column("obsno", "running number of the company", "code", "code"),
    _YEAR,
    _column("cusip", "CUSIP identifier of the company", "code", "code"),
    _column("ardsic", "industry by applied research", "code", "code"),
    _column("scisect", "in the scientific sector", "yes or no", "text"),
    _column("logk", "log of the book value of capital in 1972", "logarithm"),
    _column("sumpat", "patents of 1972-1979", "patents", "count"),
    _column("pat", "patents applied for and granted later", "patents", "count"),
    *(
        _column(f"pat{lag}", f"pat {lag} year{'s' * (lag > 1)} before", "patents", "count")
        for lag in range(1, 5)
    ),
    _column("logr", "log of research spending in 1972 US$", "logarithm"),
    *(
        _column(f"logr{lag}", f"logr {lag} year{'s' * (lag > 1)} before", "logarithm")
        for lag in range(1, 6)
    ),
    index=("cusip", "year"),
    coverage="346 companies x 1975-1979, no gaps; lags reach back to 1970",
    citation="Hall, B. H., Z. Griliches and J. A. Hausman (1986). Patents and R and D: "
    "is there a lag? International Economic Review 27, 265-283.",
    file="PatentsHGH.csv",
    sha256="26bcffc2f05adbd6e2b2ac8a8dc0d573e3d793db3209ad7cc9456612b90a1c83",
    rows=1730,
    cautions=(
        "The widely copied header of this file is wrong; the one here is corrected.",
        "Not the 128 companies of Hausman, Hall and Griliches (1984).",
        "ardsic is -999 where the industry is not known (10 companies).",
    ),
    verified=(
        (
            "pat, logr and logk agree with patents, rd and capital72 of patents_rd_us, "
            "row by row."
        ),
    ),
)

_PATENTS_RD_US = _validation(
    "patents_rd_us",
    "Patents and research of 346 US companies, 1970-1979",
    _column("cusip", "CUSIP identifier of the company", "code", "code"),
    _YEAR,
    _gappy("ardssic", "industry by applied research", "code", "code"),
    _column("scisect", "in the scientific sector", "yes or no", "text"),
    _column("capital72", "book value of capital in 1972", "million US$"),
    _column("sumpat", "patents of 1972-1979", "patents", "count"),
    _column("rd", "research spending", "million 1972 US$"),
    _column("patents", "patents applied for and granted later", "patents", "count"),
    index=("cusip", "year"),
    coverage="346 companies x 1970-1979, no gaps",
    citation="Hall, B. H., Z. Griliches and J. A. Hausman (1986). Patents and R and D: "
    "is there a lag? International Economic Review 27, 265-283.",
    file="PatentsRDUS.csv",
    sha256="692c20c73bb8be9c9ed7a110e98d1279ab4f80a7b861d289698ca32669ff35d5",
    rows=3460,
    cautions=("Not the 128 companies of Hausman, Hall and Griliches (1984).",),
    verified=("sumpat is the sum of patents over 1972-1979, for every company.",),
)

_DEMOCRACY = _validation(
    "democracy",
    "Democracy and income in 184 countries, 1960-2010",
    _column("wbcode2", "country", "code", "code"),
    _YEAR,
    _gappy("dem", "democracy", "0 or 1"),
    _gappy("y", "100 x log of GDP per head", "log points"),
    _gappy("tradewb", "exports and imports over GDP", "percent"),
    index=("wbcode2", "year"),
    coverage="184 countries x 1960-2010; 175 countries with y and dem in some years",
    citation="Acemoglu, D., S. Naidu, P. Restrepo and J. A. Robinson (2019). Democracy "
    "does cause growth. Journal of Political Economy 127, 47-100.",
    file="ANRR_dem.csv",
    sha256="92af3d191e30f2ffffd2acf21e8d807e8da417e3e3023a1f26ae24cc117845d0",
    rows=9384,
    cautions=(
        (
            "wbcode2 is a running number, not an ISO 3166 code, and the file has no names: "
            "it cannot be joined with country_panel."
        ),
    ),
)

_GRAVITY_SMALL = _simulated(
    "gravity_small",
    "Simulated bilateral flows of 12 countries",
    _column("exp", "exporter", "code", "code"),
    _column("imp", "importer", "code", "code"),
    _YEAR,
    _column("et", "exporter and year", "code", "code"),
    _column("mt", "importer and year", "code", "code"),
    _column("pair", "exporter and importer", "code", "code"),
    _column("x1", "a regressor", "none"),
    _column("x2", "a regressor, 0 or 1", "none", "count"),
    _column("y", "flow", "units", "count"),
    index=("pair", "year"),
    coverage="12 x 11 pairs x 2001-2006, no gaps",
    file="gravity_small.csv",
    sha256="ba3687903e029febfa39a9f1de08c8a025052074940db151cba1e4caa6537887",
    rows=792,
)

_GMM_1000X10 = _simulated(
    "gmm_1000x10",
    "A simulated dynamic panel of 1000 units",
    _column("id", "unit", "code", "code"),
    _YEAR,
    _column("y", "outcome", "none"),
    _column("x", "regressor", "none"),
    index=("id", "year"),
    coverage="1000 units x 2001-2010, no gaps",
    file="gmm_1000x10.csv",
    sha256="cec121718bf68660b9c8f6072bf40b52a051fc062cdc83d83ccbdc008775e408",
    rows=10000,
)

VALIDATION_PANELS: tuple[Dataset, ...] = (
    _EMPLOYMENT_UK,
    _GRUNFELD,
    _PRODUC,
    _KMENTA,
    _CIGARETTES,
    _CRIME,
    _PATENTS_HGH,
    _PATENTS_RD_US,
    _DEMOCRACY,
    _GRAVITY_SMALL,
    _GMM_1000X10,
)
"""The panels, each checked against its hash when it is read."""
