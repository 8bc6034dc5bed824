"""A paper's two TOML files are checked entry by entry."""

from __future__ import annotations

import pytest

from unigauge.errors import DataError
from unigauge.papers.paper import Paper


def test_read(make_paper):
    paper = Paper.read(make_paper())
    assert paper.key == "tiny_2000"
    assert paper.datasets == ("technology_fields",)
    assert paper.seed == 7
    assert (paper.tables, paper.figures) == (("squares",), ("parabola",))
    assert list(paper.expectations) == ["monotone", "third", "root"]
    assert paper.expectations["third"].value == "0.333"
    assert paper.expectations["monotone"].measure == "smallest step"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seed = 7", "", "seed is missing"),
        ("seed = 7", "seed = 7\ncolour = 1", "colour is not known"),
        ("seed = 7", "seed = true", "seed is True; it must be a whole number"),
        ("seed = 7", 'seed = "7', "tiny_2000/paper.toml cannot be read"),
        ('title = "A tiny paper"', 'title = " "', "title is ' '; it must be a sentence"),
        ('["technology_fields"]', '"technology_fields"', "datasets is 'technology_fields'"),
        ('figures = ["parabola"]', "", r"outputs\]?: figures is missing"),
        ('["squares"]', '["../squares"]', "tables is .*it must be a list of names"),
    ],
)
def test_wrong_sheet(make_paper, old, new, message):
    with pytest.raises(DataError, match=message):
        Paper.read(make_paper(paper=(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'value = "0.333"',
            "value = 0.333",
            "value is 0.333; it must be a number in quotes",
        ),
        ('value = "0.333"', 'value = "1/3"', "value is '1/3'"),
        ('value = "0.333"', 'value = "nan"', "value is 'nan'"),
        ('value = "0.333"', "", "either holds = true or false, or value"),
        ("holds = true", 'holds = true\nvalue = "1"', "either holds = true or false"),
        ("holds = true", "holds = true\ntolerance = 1", "tolerance and differs belong to"),
        ("holds = true", 'holds = "true"', "holds is 'true'; it must be true or false"),
        ('value = "0.333"', 'value = "0.333"\ntolerance = -1', "tolerance is -1"),
        ('source = "abstract"', "", "monotone: source is missing"),
        ('kind = "reconstruction"', 'kind = "guess"', "kind is 'guess'; it must be one of"),
        ("[third]", "[Third]", "small letters"),
        ("[third]", "[monotone]", "expected.toml cannot be read"),
    ],
)
def test_wrong_expectation(make_paper, old, new, message):
    with pytest.raises(DataError, match=message):
        Paper.read(make_paper(expected=(old, new)))


def test_missing_file(make_paper):
    folder = make_paper()
    (folder / "expected.toml").unlink()
    with pytest.raises(DataError, match=r"tiny_2000/expected\.toml cannot be read"):
        Paper.read(folder)
