"""The names of :mod:`unigauge.models.outcomes`, where they were first."""

from __future__ import annotations

from unigauge.models.outcomes import (
    Certified,
    Recorded,
    changed,
    comparison,
    first_certified,
    missed,
)

__all__ = ["Certified", "Recorded", "changed", "comparison", "first_certified", "missed"]
