"""Numbers of the literature, and our own counts, that models are calibrated to."""

from __future__ import annotations

from typing import Literal

from unigauge.datasets.entries import Column, Dataset

__all__ = ["STYLISED_FACTS"]


def _column(
    name: str,
    meaning: str,
    unit: str = "words",
    kind: Literal["text", "number"] = "text",
    *,
    gaps: bool = False,
) -> Column:
    return Column(name=name, meaning=meaning, unit=unit, kind=kind, gaps=gaps)


STYLISED_FACTS = Dataset(
    name="stylised_facts",
    title="Numbers of the literature on standards, with their age and a caution",
    publisher="unigauge, from the sources that each row names",
    licence="MIT, as the package; numbers are free, their wording here is our own",
    citation="unigauge developers (2026). Stylised facts of standardisation. Cite also "
    "the source that the row names.",
    source="abstracts and summaries in public sources, documents of the project, and our "
    "own counts on public bibliographic data; November 2026",
    columns=(
        _column("fact", "what is measured", "key"),
        _column("item", "which of several numbers; 'all' if it is one", "key"),
        _column("value", "the number", "see unit", "number"),
        _column("std_error", "its standard error", "as value", "number", gaps=True),
        _column("unit", "unit of the value"),
        _column("item_is", "what the items are: a release, an age"),
        _column("status", "seen, counted or stated", "word"),
        _column("dated", "when the number was true or published"),
        _column("source", "who says so"),
        _column("caution", "why not to trust it blindly"),
    ),
    index=("fact", "item"),
    coverage="140 numbers on 39 facts; releases, ages and ICS fields have two digits, so "
    "that they sort",
    cautions=(
        (
            "To read one: facts.loc[('edition_life_median', 'all'), 'value']; a series: "
            "facts.loc['edition_hazard', 'value']."
        ),
        (
            "seen: in a public source, mostly its abstract or summary. counted: by us, on "
            "public bibliographic data. stated: in documents of the project that name their "
            "source or none."
        ),
        (
            "The numbers are of different years and none is a constant of nature: read dated "
            "and caution beside the value."
        ),
        (
            "Where a source gives a range, its ends are the items low and high, and no point "
            "between them is better than another."
        ),
    ),
    verified=(
        (
            "The hazards leave 0.955 of the editions alive at 5 years and 0.760 at 10; "
            "Kaplan and Meier give 0.953 and 0.752."
        ),
    ),
    file="stylised_facts.csv",
    sha256="2d9a88383b3888708515e9e504fcee7954d3193c496e83f4ca07977b21729db6",
    rows=140,
)
"""The facts, one number a row."""
