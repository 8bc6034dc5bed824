"""The technology fields, and what they are made of, which the package carries."""

from __future__ import annotations

from unigauge.datasets.entries import Column, Dataset

__all__ = ["TECHNOLOGY"]

_TECHNOLOGY_FIELDS = Dataset(
    name="technology_fields",
    title="ISO standards and patents in 23 technology fields, 1998-2020",
    publisher="unigauge, from ISO (catalogue) and NSF/NCSES (patents)",
    licence="counts: MIT, as the package; NSF/NCSES: US federal work; the copy of the "
    "ISO catalogue that was counted carries no licence file",
    citation="unigauge developers (2026). ISO standards and patents in 23 technology "
    "fields, 1998-2020. Counted from the ISO catalogue and from NSF/NCSES, Science and "
    "Engineering Indicators.",
    source="ISO catalogue in the public repository relaton/relaton-data-iso; patent "
    "counts of Science and Engineering Indicators for 36 countries; both read in "
    "November 2026",
    columns=(
        Column(name="field", meaning="technology field", unit="name", kind="text"),
        Column(name="year", meaning="calendar year", unit="year", kind="year"),
        Column(
            name="iso_standards",
            meaning="ISO main documents published in the year",
            unit="documents",
            kind="count",
        ),
        Column(
            name="iso_standards_cumulative",
            meaning="ISO main documents published up to the year",
            unit="documents",
            kind="count",
        ),
        Column(
            name="patent_families",
            meaning="international patent families granted",
            unit="families",
            kind="count",
        ),
        Column(
            name="uspto_grants",
            meaning="utility patents granted by the USPTO",
            unit="patents",
            kind="count",
        ),
    ),
    index=("field", "year"),
    coverage="23 fields x 1998-2020, world totals, no gaps",
    breaks=(
        (
            "Standards come in batches: manufacturing has 69 documents in 2009, 352 in 2010 "
            "and 155 in 2011."
        ),
        "The source of the patent counts had lost its year labels; order restored them.",
    ),
    cautions=(
        (
            "In telecom, electrical and electronics next to nothing comes from ISO: ITU, "
            "ETSI and IEC write the standards there. Treat these three fields as missing, "
            "or show every result without them too."
        ),
        (
            "A document that belongs to several ICS fields counts once in each of them, so "
            "the sum over fields exceeds the number of documents."
        ),
        (
            "The cumulative count keeps withdrawn editions. It can only rise and is not the "
            "stock of standards in force."
        ),
        (
            "Patents bear the year of grant, which comes some years after the invention, "
            "and a standard is some three years in the making: a lag of one year does not "
            "order the two."
        ),
        (
            "Patents are those of inventors in the 36 countries that the source lists, "
            "counted fractionally and rounded."
        ),
        (
            "USPTO grants are no subset of the families: in life_sciences they exceed them "
            "in 1998, 1999, 2001 and 2002."
        ),
        (
            "The join of ICS fields to WIPO fields is our own reading: see "
            "technology_fields_concordance."
        ),
    ),
    verified=(
        (
            "iso_standards_cumulative rises from one year to the next by exactly "
            "iso_standards, in all fields."
        ),
        (
            "Summed anew through the concordance from finer tables (ICS field by year; "
            "country by WIPO field by year), all 2,116 counts come out the same."
        ),
    ),
    file="technology_fields.csv",
    sha256="fa8e37d3324b61b5ec6cd601aee1c9553ddfb1a16228dfb81e9200fb412205bb",
    rows=529,
)

_TECHNOLOGY_FIELDS_CONCORDANCE = Dataset(
    name="technology_fields_concordance",
    title="Technology fields in terms of ICS and WIPO fields",
    publisher="unigauge",
    licence="MIT, as the package",
    citation="unigauge developers (2026). A concordance of 23 technology fields with "
    "ICS and WIPO fields.",
    source="our own reading of the field names of the International Classification for "
    "Standards (ICS) and of WIPO's technology concordance",
    columns=(
        Column(name="field", meaning="technology field", unit="name", kind="text"),
        Column(name="label", meaning="its name in words", unit="name", kind="text"),
        Column(
            name="ics_fields",
            meaning="ICS fields, separated by a space",
            unit="two-digit codes",
            kind="text",
        ),
        Column(
            name="wipo_fields",
            meaning="WIPO fields, separated by a semicolon",
            unit="names",
            kind="text",
        ),
    ),
    index=("field",),
    coverage="23 fields; 36 of the 40 ICS fields, all 35 WIPO fields",
    cautions=(
        (
            "A judgement, not an official table: other readings are possible, and results "
            "may depend on this one."
        ),
        (
            "ICS fields 01 (terminology), 03 (services, management), 79 (wood) and 95 "
            "(military) belong to no technology field."
        ),
    ),
    verified=("No ICS field and no WIPO field belongs to two technology fields.",),
    file="technology_fields_concordance.csv",
    sha256="4dc6812cb47efc7bab90ebb78bf2f11ad8aee6194308ada3b8be9ec99d392e68",
    rows=23,
)

TECHNOLOGY: tuple[Dataset, ...] = (_TECHNOLOGY_FIELDS, _TECHNOLOGY_FIELDS_CONCORDANCE)
"""The fields and their concordance."""
