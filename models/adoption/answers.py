"""The names of :mod:`unigauge.models.answers`, where they were first."""

from __future__ import annotations

from unigauge.models.answers import Answer

__all__ = ["Answer"]
