"""The page says what happened, stands alone, and is good HTML."""

from __future__ import annotations

import dataclasses
import html
import itertools
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from unigauge import papers
from unigauge.papers import catalogue
from unigauge.papers.page import ROWS, page
from unigauge.papers.report import environment, write_report
from unigauge.papers.reproduction import Claim, Reproduction, Table

VOID = {"meta", "img", "br", "hr"}


class Reader(HTMLParser):
    """Collects elements, checks nesting, and joins the visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words += data.split()

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture
def tiny(make_paper, tmp_path) -> Reproduction:
    make_paper()
    return papers.reproduce("tiny_2000", tmp_path / "out")


def claim(id: str = "one", **entries) -> Claim:
    default = {
        "id": id,
        "statement": "A sentence.",
        "kind": "reconstruction",
        "source": "section 1",
        "holds": True,
        "value": None,
        "expected": True,
        "as_expected": True,
    }
    return Claim(**{**default, **entries})


def paper(*claims: Claim, key: str = "some_2001", **entries) -> Reproduction:
    default = {
        "key": key,
        "title": f"Title of {key}",
        "citation": "Someone (2001).",
        "scope": "All of it.",
        "claims": claims,
        "tables": (),
        "figures": (),
        "seconds": 1.0,
        "provenance": {"seed": 1, "fast": False, "datasets": {}, "files": {}},
    }
    return Reproduction(**{**default, **entries})


def read(*shown: Reproduction) -> Reader:
    return Reader(page(shown, environment()))


def test_page_of_a_run(tiny, tmp_path):
    reader = Reader((tmp_path / "out" / "index.html").read_text(encoding="utf-8"))
    for words in (
        "All 3 claims came out as expected",
        "1 number differs from the paper's, for a reason on record.",
        "Nobody (2000). A tiny paper.",
        "Everything, which is little.",
        "Squares of positive numbers rise.",
        "Three steps.",
        "smallest step",
        "0.33333",
        "the table rounds to halves.",
        "Squares & more",
        "Rising.",
        "numpy",
        "tiny_2000 7",
    ):
        assert words in reader.text
    source = tiny.provenance["datasets"]["technology_fields"]
    assert source["sha256"] in reader.text


def test_page_stands_alone(tiny, tmp_path):
    text = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    reader = Reader(text)
    assert not {"script", "link", "iframe"} & {tag for tag, _ in reader.elements}
    assert "@import" not in text
    assert not re.search(r"url\(", text)
    assert all(
        image["src"].startswith("data:image/png;base64,") for image in reader.all("img")
    )
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in reader.all("a"):
        target = link["href"]
        if target.startswith("#"):
            assert target[1:] in ids
        else:
            assert (tmp_path / "out" / target).is_file()


def test_page_is_accessible(tiny, tmp_path):
    reader = Reader((tmp_path / "out" / "index.html").read_text(encoding="utf-8"))
    assert reader.all("html")[0]["lang"] == "en"
    assert [image["alt"] for image in reader.all("img")] == ["It rises."]
    assert all(head["scope"] in {"col", "row"} for head in reader.all("th"))
    levels = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert len(reader.all("nav")) == 1
    track = [link for link in reader.all("a") if "aria-label" in link]
    assert next(link["aria-label"] for link in track).startswith("Holds: Squares")


def test_page_is_deterministic(tiny):
    provenance = environment()
    assert page([tiny], provenance) == page([tiny], provenance)


@pytest.mark.parametrize(
    ("claims", "headline"),
    [
        ([claim()], "1 claim came out as expected"),
        ([claim(), claim("two")], "All 2 claims came out as expected"),
        (
            [claim(), claim("two", holds=False, as_expected=False)],
            "1 of 2 claims came out as expected",
        ),
        (
            [claim(), claim("two", holds=None, as_expected=None)],
            "1 claim came out as expected",
        ),
        (
            [claim(holds=None, as_expected=False)],
            "0 of 1 claim came out as expected",
        ),
        ([claim(holds=None, as_expected=None)], "No claim was run"),
    ],
)
def test_headline_counts(claims, headline):
    assert headline in read(paper(*claims)).text


def test_failures_are_explained_first():
    wrong = claim(
        "two", statement="The gain is 0.5.", value=-0.3, holds=False, as_expected=False,
        expected="0.5", tolerance=0.05, note="In the second world.",
    )  # fmt: skip
    text = read(paper(claim(), wrong)).text
    assert text.index("What did not come out") < text.index("Title of some_2001")
    assert "\u22120.3 against 0.5: further apart than 0.05. In the second world." in text
    assert "What did not come out" not in read(paper(claim())).text


def test_crash_is_shown():
    crashed = paper(
        claim(holds=None, as_expected=False, note="The run ended before it came to this."),
        error="ValueError: <no> such world (reproduce.py, line 3)",
    )
    text = read(crashed, paper(claim(), key="other_2002")).text
    assert text.count("ValueError: <no> such world (reproduce.py, line 3)") == 2
    assert "Lost to an error" in text
    assert "some_2001/error.txt" in text
    assert "Title of other_2002 1 of 1 as expected" in text


def test_not_run_says_why_and_ours_is_set_apart():
    absent = claim("two", holds=None, as_expected=None, note="country_panel is not here.")
    text = read(paper(claim(kind="ours"), absent)).text
    assert "1 claim could not be run." in text
    assert "country_panel is not here." in text
    assert "1 of the claims is our own and no replication." in text


def test_fast_runs_say_so():
    fast = {"seed": 1, "fast": True, "datasets": {}, "files": {}}
    assert "This was a fast run" in read(paper(claim(), provenance=fast)).text
    assert "This was a fast run" not in read(paper(claim())).text
    twin = {**fast, "simulated": True}
    told = "1 paper ran on a simulated twin, not on data."
    assert told in read(paper(claim(), provenance=twin)).text
    assert told not in read(paper(claim(), provenance=fast)).text


def test_text_is_escaped():
    nasty = "<script>alert(\"x\")</script> & 'more'"
    shown = paper(
        claim(statement=nasty, note=nasty, source=nasty, measure=nasty, value=1.0),
        title=nasty, citation=nasty, scope=nasty, error=nasty,
        tables=(Table(name="t", frame=pd.DataFrame({nasty: [nasty]}), caption=nasty),),
    )  # fmt: skip
    reader = read(shown)
    assert not reader.all("script")
    assert reader.text.count(nasty) >= 9


def test_numbers_are_set():
    text = page(
        [paper(claim(value=-3.5e-13, note="From -2 to 1e+06, in 1998-2020."))],
        environment(),
    )
    assert "<b>&minus;3.5&#8239;&times;&#8239;10<sup>&minus;13</sup></b>" in text
    assert "From &minus;2 to 1&#8239;&times;&#8239;10<sup>6</sup>, in 1998-2020." in text


def test_long_tables_are_cut_and_say_so():
    frame = pd.DataFrame({"x": range(ROWS + 1)})
    shown = paper(claim(), tables=(Table(name="t", frame=frame, caption="Many."),))
    reader = read(shown)
    assert f"Many. The first {ROWS} of {ROWS + 1} rows." in reader.text
    assert len(reader.all("tr")) == 1 + ROWS
    whole = dataclasses.replace(
        shown, tables=(Table(name="t", frame=frame[1:], caption=""),)
    )
    assert "The first" not in read(whole).text


def test_crashed_papers_reach_the_report(make_paper, tmp_path):
    folder = make_paper(reproduce=('study.claim("third", value=1 / 3)', "1 / 0"))
    crashed = catalogue.attempt(folder, tmp_path / "out" / folder.name)
    index = write_report([crashed], tmp_path / "out")
    assert "division by zero" in html.unescape(index.read_text(encoding="utf-8"))
