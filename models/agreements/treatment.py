"""National treatment or mutual recognition of standards against damage from use.

* :class:`TwoCountries`, :func:`solve`, :func:`compare`: a yes-or-no standard that binds what
  is sold in a country, or what its firm makes;
* :func:`costinot`: the damage at which each regime begins to regulate, in closed form;
* :class:`Vertical`, :func:`standards`, :func:`neutral_spillover`: how strict standards are
  that countries set alone, in blocs or all together; :func:`partition_core` of
  :mod:`unigauge.models.coalitions` finds which blocs last.

A reconstruction in the spirit of Costinot (2008) and Takarada et al.; linear demand and
competition in quantities throughout.

Examples
--------
>>> from unigauge.models import treatment
>>> found = treatment.costinot(compliance_cost=0.25)
>>> found.national_treatment < found.world < found.mutual_recognition_if_other_strict
True
"""

from __future__ import annotations

from unigauge.models.agreements.binary_treatment import (
    REGIMES,
    Treatment,
    TwoCountries,
    compare,
    solve,
)
from unigauge.models.agreements.treatment_thresholds import Thresholds, costinot
from unigauge.models.agreements.vertical_standards import (
    Vertical,
    VerticalStandards,
    neutral_spillover,
    standards,
)

__all__ = [
    "REGIMES",
    "Thresholds",
    "Treatment",
    "TwoCountries",
    "Vertical",
    "VerticalStandards",
    "compare",
    "costinot",
    "neutral_spillover",
    "solve",
    "standards",
]
