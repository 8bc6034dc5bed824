"""The country panel and the objections to technical rules, which the user provides.

The package carries neither: their files are read from the folder that
``UNIGAUGE_DATA`` names.
"""

from __future__ import annotations

from typing import Literal

from unigauge.datasets.entries import Column, Dataset

__all__ = ["COUNTRIES"]

_ISO_SURVEY = "ISO (ISO Survey)"
_PWT = "Groningen Growth and Development Centre (Penn World Table 10.01)"
_NSF = "NSF/NCSES (Science and Engineering Indicators)"
_TRIS = "European Commission (TRIS), compiled by J. Fjelstul (eutr)"
_DTA = "World Bank (Deep Trade Agreements), through penppml"


def _column(
    publisher: str,
    name: str,
    meaning: str,
    unit: str,
    kind: Literal["count", "number"] = "number",
) -> Column:
    """Return a column that is empty where its source has nothing."""
    return Column(
        name=name, meaning=meaning, unit=unit, kind=kind, gaps=True, publisher=publisher
    )


def _world_bank(
    name: str,
    meaning: str,
    unit: str,
    kind: Literal["count", "number"] = "number",
    *,
    maker: str = "",
) -> Column:
    """Return a column of the World Development Indicators, and who made the numbers."""
    indicators = "World Bank (World Development Indicators)"
    publisher = f"{maker}, through {indicators}" if maker else indicators
    return _column(publisher, name, meaning, unit, kind)


_COUNTRY_COLUMNS = (
    Column(name="iso3", meaning="country", unit="ISO 3166 code", kind="text"),
    Column(name="country", meaning="its name", unit="name", kind="text"),
    Column(name="year", meaning="calendar year", unit="year", kind="year"),
    _column(
        _ISO_SURVEY,
        "iso9001_cert",
        "valid ISO 9001 certificates, end of year",
        "certificates",
        "count",
    ),
    _column(
        _ISO_SURVEY,
        "iso14001_cert",
        "valid ISO 14001 certificates, end of year",
        "certificates",
        "count",
    ),
    _column(
        _ISO_SURVEY,
        "iso27001_cert",
        "valid ISO/IEC 27001 certificates, end of year",
        "certificates",
        "count",
    ),
    _world_bank(
        "pat_resident",
        "applications of residents at the patent office",
        "applications",
        "count",
        maker="WIPO",
    ),
    _world_bank(
        "pat_nonresident",
        "applications of others at the patent office",
        "applications",
        "count",
        maker="WIPO",
    ),
    _column(
        _NSF,
        "ipf_granted",
        "international patent families, by year of grant",
        "families",
        "count",
    ),
    _column(
        _NSF, "uspto_granted", "USPTO utility patents, by year of grant", "patents", "count"
    ),
    _world_bank("rd_gdp_pct", "R&D spending", "percent of GDP", maker="UNESCO"),
    _world_bank("researchers_pm", "researchers", "per million people", maker="UNESCO"),
    _world_bank(
        "sci_articles",
        "science and engineering articles, fractional",
        "articles",
        maker="NSF",
    ),
    _world_bank(
        "hightech_exp_pct_mfg",
        "high-technology exports",
        "percent of manufactured exports",
        maker="UN Comtrade",
    ),
    _world_bank(
        "ip_receipts_usd",
        "received for the use of intellectual property",
        "current US$",
        maker="IMF",
    ),
    _world_bank(
        "ip_payments_usd",
        "paid for the use of intellectual property",
        "current US$",
        maker="IMF",
    ),
    _world_bank("population", "population", "persons", "count"),
    _world_bank(
        "gdp_pc_ppp", "GDP per head at purchasing power parity", "current international $"
    ),
    _column(_PWT, "gdp_pc_real", "GDP per head at constant national prices", "2017 US$"),
    _column(_PWT, "human_capital", "human capital index", "index"),
    _column(_PWT, "openness_pwt", "merchandise exports plus imports over GDP", "share"),
    _world_bank("trade_gdp_pct", "exports plus imports", "percent of GDP"),
    _world_bank("fdi_inflow_usd", "net inflow of direct investment", "current US$"),
    _world_bank("industry_va_gdp_pct", "value added of industry", "percent of GDP"),
    _world_bank("tertiary_enrol_pct", "gross enrolment in tertiary education", "percent"),
    _world_bank("broadband_p100", "fixed broadband subscriptions", "per 100 people"),
    _column(_TRIS, "tris_notifications", "draft rules notified", "drafts", "count"),
    _column(
        _TRIS,
        "tris_comments_received",
        "comments received on own drafts",
        "comments",
        "count",
    ),
    _column(
        _TRIS,
        "tris_opinions_received",
        "detailed opinions received on own drafts",
        "opinions",
        "count",
    ),
    _column(_TRIS, "tris_comments_sent", "comments on others' drafts", "comments", "count"),
    _column(
        _TRIS,
        "tris_opinions_sent",
        "detailed opinions on others' drafts",
        "opinions",
        "count",
    ),
    _column(_DTA, "pta_partners", "partners in trade agreements", "partners", "count"),
    _column(
        _DTA,
        "pta_tbt_intlstd_partners",
        "of these, promoting international standards",
        "partners",
        "count",
    ),
    _column(
        _DTA,
        "pta_tbtplus_partners",
        "of these, going beyond the WTO's TBT Agreement",
        "partners",
        "count",
    ),
)

_BUILDABLE = tuple(
    column.name
    for column in _COUNTRY_COLUMNS
    if column.publisher not in (_NSF, _TRIS, _DTA)
)
"""The key, the name, and the columns of the three publishers that a builder reads."""

_COUNTRY_PANEL = Dataset(
    name="country_panel",
    title="Certificates, patents, research and trade, by country and year",
    publisher="several; each column names its own",
    licence="World Bank and Penn World Table: CC BY 4.0; NSF/NCSES: US federal work; TRIS "
    "as compiled by Fjelstul: MIT; ISO Survey and Deep Trade Agreements: MIT for the "
    "copies that were read, terms of the sources not verified",
    citation="ISO (1993-2020). The ISO Survey. World Bank (2026). World Development "
    "Indicators. Feenstra, R. C., R. Inklaar and M. P. Timmer (2015). The next generation "
    "of the Penn World Table. American Economic Review 105, 3150-3182. NSF/NCSES, Science "
    "and Engineering Indicators. Fjelstul, J. (2021). eutr. World Bank, Deep Trade "
    "Agreements.",
    source="copies in public repositories, read in November 2026; the ISO Survey through "
    "sbjorkholt/iso-standards",
    columns=_COUNTRY_COLUMNS,
    index=("iso3", "year"),
    coverage="211 states and territories x 1990-2023, with many gaps; certificates "
    "1993-2020, patent applications 1990-2021, patent families 1998-2020 for 36 states, "
    "Penn World Table 1990-2019, TRIS 1990-2020 for 33 states, trade agreements every "
    "fourth year 1992-2016",
    breaks=(
        (
            "ISO 9001 in 2003: only certificates to the edition of 2000 were counted, no "
            "longer those to earlier ones."
        ),
        (
            "Certificates in 2018: sites are counted apart from then on, and the world "
            "total of ISO 9001 falls from 1,054,997 to 878,440. With 2003, and few reports "
            "before 1998, this leaves 1998-2017 as the window to use."
        ),
        (
            "ISO 9001 jumps with the reporting in Belarus (2,014 in 2009, 151 in 2010, "
            "2,905 in 2014, 175 in 2016, 3,979 in 2017), Serbia (2006), North Macedonia "
            "(2003) and Azerbaijan (2004)."
        ),
        (
            "Resident applications jump in Sudan (3 in 2007, 340 in 2008), South Africa "
            "(2000), Ukraine (2002) and Uzbekistan (2004)."
        ),
        "The source of the patent grants had lost its year labels; order restored them.",
        (
            "ipf_granted jumps in Italy (9,104 in 2014, 2,118 in 2016, 10,538 in 2017), "
            "Ukraine (354 in 2000, 7,874 in 2004, 1,896 in 2005) and Mexico (211 in 2015, "
            "606 in 2016), which uspto_granted does not follow: reporting, it seems, not "
            "invention."
        ),
        (
            "sci_articles are 0 in Serbia and Montenegro before 2007 and in Kosovo before "
            "2008, before the source counts them apart."
        ),
        (
            "openness_pwt of Bermuda is 19.1 in 1998 and 16.5 in 2004, between values near "
            "1: leave Bermuda out where it matters."
        ),
        (
            "openness_pwt of Iraq is below .0005 in 1991-2002 (trade_gdp_pct .02 in 1995), "
            "and that of Georgia .0001 in 1994: exchange rates, it seems. Their logarithms "
            "lie far from all others."
        ),
    ),
    cautions=(
        "An empty cell means that the source has no number. Nothing is filled in.",
        (
            "Certificates count who adopts management-system standards. Who writes "
            "standards is not in this panel."
        ),
        (
            "A certificate count of 0 says that nobody reported any: so it is for 71 % of "
            "the states in 1993, 25 % in 2000 and 3 % in 2020. Start no earlier than 1998."
        ),
        (
            "pat_resident counts applications at the national office. Europeans also apply "
            "at the European Patent Office, and they are missing here. The column knows no "
            "0, so that a gap may be one."
        ),
        (
            "ipf_granted and uspto_granted bear the year of grant, some years after the "
            "application. They cannot order events two or three years apart."
        ),
        (
            "ipf_granted and uspto_granted are fractional counts by the inventors' country, "
            "rounded."
        ),
        (
            "Taiwan has certificates and patent grants but no World Bank population: it "
            "disappears from every series per head."
        ),
        (
            "gdp_pc_real is rgdpna over pop and the one to use for growth; gdp_pc_ppp is in "
            "current prices."
        ),
        (
            "Before taking logarithms: certificates, grants and sci_articles have zeros, and "
            "ip_receipts_usd, ip_payments_usd and fdi_inflow_usd have negative values."
        ),
        (
            "Blanked as defects of the source: Venezuela's trade and industry shares stored "
            "as 0 in 1991-2011, and Bermuda's negative openness_pwt in 1999-2001 and 2003."
        ),
    ),
    verified=(
        "Every row has at least one value besides the country's name.",
        "The totals, shares and jumps that breaks and cautions quote are those of the file.",
        (
            "The TRIS columns are the sums of eu_tris_dyads: opinions in all country-years, "
            "comments in 99 %, where the others differ by one."
        ),
    ),
    file="country_panel.csv",
    sha256="da14832849942eb7a191f3365ec3d7304b471b3ebd5e7734fae2acc142cfa541",
    rows=7153,
    buildable=_BUILDABLE,
)

_EU_TRIS_DYADS = Dataset(
    name="eu_tris_dyads",
    title="Who objects to whose draft technical rules in Europe, 1988-2020",
    publisher=_TRIS,
    licence="MIT (the compilation eutr)",
    citation="Fjelstul, J. (2021). eutr: data on the European Commission's Technical "
    "Regulation Information System.",
    source="the R package eutr, read in November 2026",
    columns=(
        Column(name="year", meaning="calendar year", unit="year", kind="year"),
        Column(
            name="sender",
            meaning="who comments or objects",
            unit="ISO 3166 code",
            kind="text",
        ),
        Column(
            name="receiver", meaning="whose draft it is", unit="ISO 3166 code", kind="text"
        ),
        Column(
            name="kind",
            meaning="comments, or opinions (detailed opinions)",
            unit="comments or opinions",
            kind="text",
        ),
        Column(
            name="count", meaning="how many in the year", unit="documents", kind="count"
        ),
    ),
    index=("sender", "receiver", "kind", "year"),
    coverage="33 receivers, 30 senders, 1988-2020; 3,209 rows of comments and 1,939 of "
    "detailed opinions",
    breaks=(
        "There are 4 rows in 1988 and over a hundred in 1989: begin in 1989 at the earliest.",
        (
            "Countries enter with the Union, the Economic Area or their own agreement: the "
            "set of possible pairs changes over the years."
        ),
    ),
    cautions=(
        (
            "Only pairs with at least one document are listed. A pair that is absent had "
            "none, if both took part in that year; add such zeros before you count or fit."
        ),
        (
            "Two senders are no countries: EC is the Commission, EFTA the Association's "
            "side. Neither receives."
        ),
        (
            "A detailed opinion obliges the receiver to wait and to answer; a comment does "
            "not. Add the two only with a reason."
        ),
        (
            "To join sums with country_panel, give their index its names: "
            "sums.rename_axis(['iso3', 'year']). Joined as they are, sums by receiver and "
            "year meet every country of the year."
        ),
        (
            "It records friction over drafts that were notified: rules that nobody notified "
            "are not in it."
        ),
    ),
    verified=("No sender is its own receiver.", "Every count is at least 1."),
    file="eu_tris_dyads.csv",
    sha256="883262d1403feb75deb4e94bbf91eadac620d9ddd1fe86d7580be1a70848b858",
    rows=5148,
)

COUNTRIES: tuple[Dataset, ...] = (_COUNTRY_PANEL, _EU_TRIS_DYADS)
"""The two, each checked against its hash when it is read."""
