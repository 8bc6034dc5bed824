"""What is known of each data set: publisher, licence, units, breaks, cautions, hash.

The entries state facts about the file as it is; :mod:`unigauge.datasets.loading`
checks a file against its entry every time it is read.
"""

from __future__ import annotations

from collections.abc import Mapping

from unigauge.datasets.country_entries import COUNTRIES
from unigauge.datasets.entries import Column, Dataset
from unigauge.datasets.facts_entry import STYLISED_FACTS
from unigauge.datasets.technology_entries import TECHNOLOGY
from unigauge.datasets.validation_panels import VALIDATION_PANELS
from unigauge.errors import require_choice

__all__ = ["REGISTRY", "Column", "Dataset", "find"]

REGISTRY: Mapping[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        *TECHNOLOGY,
        STYLISED_FACTS,
        *COUNTRIES,
        *VALIDATION_PANELS,
    )
}
"""All data sets by name."""


def find(name: str) -> Dataset:
    """Return the registry's entry, or raise InputError with a suggestion.

    Examples
    --------
    >>> find("technology_fields").index
    ('field', 'year')
    """
    return REGISTRY[require_choice("dataset", name, REGISTRY)]
