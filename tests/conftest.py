"""Fixtures that several test modules share."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import unigauge.papers

# The same examples in every run; `--hypothesis-profile=explore` draws new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("same")


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    """Close what a test drew; pyplot keeps figures until they are closed."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


PAPER = """
title = "A tiny paper"
citation = "Nobody (2000). A tiny paper. Journal of Small Results 1, 1-2."
scope = "Everything, which is little."
datasets = ["technology_fields"]
seed = 7

[outputs]
tables = ["squares"]
figures = ["parabola"]
"""

EXPECTED = """
[monotone]
statement = "Squares of positive numbers rise."
kind = "reconstruction"
source = "abstract"
holds = true
measure = "smallest step"

[third]
statement = "A third is 0.333."
kind = "printed"
source = "Table 1"
value = "0.333"

[root]
statement = "The root of two is 1.5."
kind = "printed"
source = "Table 2"
value = "1.5"
differs = "the table rounds to halves."
"""

REPRODUCE = """
import pandas as pd
from matplotlib.figure import Figure

from unigauge.papers import Study


def run(out=None, *, fast=False):
    study = Study.open(__file__, out, fast=fast)
    fields = study.load("technology_fields")
    squares = pd.DataFrame({"x": [1, 2, 3], "square": [1.0, 4.0, 9.0]})
    steps = squares["square"].diff()
    study.claim("monotone", holds=steps.min() > 0, value=steps.min(), note="Three steps.")
    study.claim("third", value=1 / 3)
    study.claim("root", value=2**0.5)
    study.table("squares", squares, caption="Squares & more")
    figure = Figure()
    figure.subplots().plot(squares["x"], squares["square"])
    study.figure("parabola", figure, data=squares, caption="Rising.", alt="It rises.")
    return study.reproduction()


if __name__ == "__main__":
    from unigauge.papers import script

    script(run)
"""


@pytest.fixture
def make_paper(tmp_path: Path, monkeypatch) -> Iterator[Callable[..., Path]]:
    """Write a paper's folder below ``tmp_path / "papers"`` and return it.

    The paper is among those of ``unigauge.papers`` as long as the test runs.  Each
    file may be replaced as a whole, or changed by one (old, new) pair.
    """
    place = tmp_path / "papers"
    place.mkdir()
    monkeypatch.setattr(
        unigauge.papers, "__path__", [*unigauge.papers.__path__, str(place)]
    )

    def make(
        key: str = "tiny_2000",
        *,
        paper: str | tuple[str, str] = PAPER,
        expected: str | tuple[str, str] = EXPECTED,
        reproduce: str | tuple[str, str] = REPRODUCE,
    ) -> Path:
        folder = place / key
        folder.mkdir()
        for name, default, given in (
            ("paper.toml", PAPER, paper),
            ("expected.toml", EXPECTED, expected),
            ("reproduce.py", REPRODUCE, reproduce),
        ):
            if isinstance(given, tuple):
                assert given[0] in default
                given = default.replace(*given)
            (folder / name).write_text(given, encoding="utf-8")
        importlib.invalidate_caches()
        return folder

    yield make
    for folder in place.iterdir():
        for module in [m for m in sys.modules if f"papers.{folder.name}" in m]:
            del sys.modules[module]
