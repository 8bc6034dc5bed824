"""Every lecture is run once in a session, whoever asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from unigauge.lectures import notebook
from unigauge.lectures.classroom.publishing import run

Run = Callable[[str], tuple[Sequence[Any], Mapping[str, Any]]]


@pytest.fixture(scope="session")
def run_lecture() -> Run:
    """Return what a lecture's cells show and define, by its name."""
    return cache(lambda name: run(notebook(name)))
