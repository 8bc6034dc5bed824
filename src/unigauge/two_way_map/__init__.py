"""Innovation and standards drive each other: the map and the simulator that all share.

Models, estimators and data sets stand on the same equations:
:mod:`~unigauge.two_way_map.algebra` takes structure to reduced form and back,
:mod:`~unigauge.two_way_map.panels` simulates.
"""

from __future__ import annotations

from unigauge.two_way_map.algebra import (
    ReducedForm,
    Structure,
    jacobian,
    loop,
    multiplier,
    radius,
    reduced_form,
    structure,
)
from unigauge.two_way_map.panels import simulate_two_way

__all__ = [
    "ReducedForm",
    "Structure",
    "jacobian",
    "loop",
    "multiplier",
    "radius",
    "reduced_form",
    "simulate_two_way",
    "structure",
]
