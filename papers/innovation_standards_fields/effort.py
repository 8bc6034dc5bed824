"""How much is drawn, in full and in a fast run."""

from __future__ import annotations

from dataclasses import dataclass

from unigauge.papers.both_ways.specifications import Choices
from unigauge.papers.both_ways.structure_system import StructuralEffort
from unigauge.papers.innovation_standards_fields import choices

__all__ = [
    "CLOSE",
    "ERRORS",
    "FAST",
    "FULL",
    "LEFT_OUT_DRAWS",
    "WILD_DRAWS",
    "Effort",
    "percent",
]

WILD_DRAWS = 99_999
"""Of the regressions in one direction; with 9,999 a verdict would hang on the seed."""
LEFT_OUT_DRAWS = 9_999
CLOSE = 0.005
"""Distance from 5 % at which other draws, or a little other data, decide otherwise."""
ERRORS = 3
"""Simulation standard errors within which two simulated shares agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Draws, and the choices of the specification curve."""

    shuffles: int = 999
    permutation: int = 1999
    granger: int = 999
    sizes: int = 499
    wild: int = 999
    responses: int = 9999
    structure: StructuralEffort
    choices: Choices


FULL = Effort(structure=StructuralEffort(), choices=choices.CHOICES)
FAST = Effort(
    shuffles=499,
    permutation=999,
    granger=299,
    sizes=149,
    wild=299,
    responses=1999,
    structure=StructuralEffort(wild=1_999, nulls=299),
    choices={**choices.CHOICES, "form": ("log(1+x)",), "years": ("1998-2020",)},
)


def percent(share: float) -> str:
    """Write a share as a percentage."""
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
