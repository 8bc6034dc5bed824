"""Papers are found, run alone, and one that crashes stops no other."""

from __future__ import annotations

import json
import platform

import pytest

from unigauge import papers
from unigauge.errors import InputError
from unigauge.papers import catalogue
from unigauge.papers.paper import Paper


def test_available(make_paper):
    make_paper()
    table = papers.available()
    assert table.loc["tiny_2000"].tolist() == [
        "A tiny paper",
        "Nobody (2000). A tiny paper. Journal of Small Results 1, 1-2.",
        3,
        "technology_fields",
    ]
    assert table.index.is_monotonic_increasing


def test_every_paper_in_the_package_is_in_order():
    for key, folder in catalogue.folders().items():
        paper = Paper.read(folder)
        assert paper.key == key
        assert paper.expectations
        assert callable(catalogue.runner(key))
        assert (folder / "README.md").is_file()


def test_unknown_paper_is_suggested(make_paper):
    make_paper()
    with pytest.raises(InputError, match=r"paper is 'tiny_2001'.*Did you mean 'tiny_2000'"):
        papers.reproduce("tiny_2001")


def test_reproduce_without_a_folder_writes_nothing(make_paper, tmp_path, monkeypatch):
    make_paper()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    reproduction = papers.reproduce("tiny_2000")
    assert reproduction.as_expected
    assert list((tmp_path / "here").iterdir()) == []


def test_fast_reaches_the_paper(make_paper):
    make_paper()
    assert papers.reproduce("tiny_2000", fast=True).provenance["fast"] is True
    assert papers.reproduce("tiny_2000").provenance["fast"] is False


def test_provenance(make_paper, tmp_path):
    make_paper()
    reproduction = papers.reproduce("tiny_2000", tmp_path)
    text = (tmp_path / "provenance.json").read_text()
    record = json.loads(text)
    assert record["python"] == platform.python_version()
    assert {"numpy", "pandas", "scipy", "pyfixest"} <= record["packages"].keys()
    assert "pytest" not in record["packages"]
    paper = record["papers"]["tiny_2000"]
    assert paper["seed"] == 7
    assert paper["files"] == reproduction.provenance["files"]
    source = paper["datasets"]["technology_fields"]
    assert len(source["sha256"]) == 64
    assert platform.node() not in text or not platform.node()
    assert str(tmp_path) not in text


CRASH = ('study.claim("third", value=1 / 3)', "1 / 0")


def test_a_crash_keeps_what_was_claimed(make_paper, tmp_path):
    folder = make_paper(reproduce=CRASH)
    seen = []
    paper = catalogue.attempt(folder, tmp_path / "out", on_claim=seen.append)
    assert [claim.verdict for claim in paper.claims] == ["holds", "lost", "lost"]
    assert not paper.as_expected
    assert [claim.id for claim in seen] == ["monotone", "third", "root"]
    line = (folder / "reproduce.py").read_text().splitlines().index("    1 / 0") + 1
    assert paper.error == f"ZeroDivisionError: division by zero (reproduce.py, line {line})"
    assert "1 / 0" in (tmp_path / "out" / "error.txt").read_text()
    assert "Failed: ZeroDivisionError" in str(paper)
    with pytest.raises(ZeroDivisionError):
        papers.reproduce("tiny_2000")


def test_a_paper_that_cannot_be_read_is_reported(make_paper, tmp_path):
    folder = make_paper(expected=('value = "0.333"', "value = 0.333"))
    paper = catalogue.attempt(folder, tmp_path / "out")
    assert paper.claims == ()
    assert not paper.as_expected
    assert "expected.toml, third: value is 0.333" in paper.error
    assert paper.record()["error"] == paper.error


def test_attempt_runs_what_it_is_given(make_paper, tmp_path):
    folder = make_paper(reproduce=CRASH)
    other = make_paper("sound_2000")
    sound = papers.reproduce(other.name)
    paper = catalogue.attempt(folder, tmp_path / "out", run=lambda out, fast: sound)
    assert paper is sound
