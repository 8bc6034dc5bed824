"""Published lectures: whole pages without scripts, that load nothing from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import marimo
import pytest

from unigauge.cli import main
from unigauge.errors import InputError, UnigaugeError
from unigauge.lectures.classroom import Exercise, checked, publishing, replies_to
from unigauge.lectures.classroom.programme import Lecture, programme
from unigauge.lectures.classroom.static_html import static

WRITTEN = [lecture for lecture in programme() if lecture.written]
VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}
BLOCKS = {
    *("article", "details", "div", "dl", "figure", "footer", "h1", "h2", "h3", "h4"),
    *("header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul"),
}
ONLY_PHRASES = {"a", "b", "code", "em", "h1", "h2", "h3", "h4", "p", "span", "strong"}


class Page(HTMLParser):
    """A page, and what is wrong with it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = re.findall(r"url\(|@import", text)
        self.words = ""
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> stays open" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        inside = [f"<{tag}> in <{out}>" for out in self.open if out in ONLY_PHRASES]
        if tag in BLOCKS and "a" not in self.open:
            self.faults += inside
        if tag == "script" or (tag == "style" and "body" in self.open):
            self.faults.append(f"<{tag}>")
        if tag.startswith("marimo"):
            self.faults.append(f"<{tag}>")
        if tag == "img" and not attributes.get("alt", "").strip():
            self.faults.append("picture without words")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        self.loads += [
            str(value)[:60]
            for name, value in attrs
            if name in {"src", "srcset", "data", "poster", "action", "background"}
            or (name == "href" and tag != "a")
            or (name == "style" and "url" in value)
            if not str(value).startswith("data:image/png;base64,")
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> out of place")

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words += data


@pytest.fixture(scope="module")
def published(run_lecture, tmp_path_factory) -> Path:
    """Return the folder to which all lectures were published."""
    folder = tmp_path_factory.mktemp("lectures")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "run", lambda notebook: run_lecture(notebook.stem))
        publishing.publish(WRITTEN, folder)
    return folder


# ---------------------------------------------------------------------------
# The pages


def test_one_page_a_lecture_and_an_index(published):
    names = {f"{lecture.name}.html" for lecture in WRITTEN}
    assert {file.name for file in published.iterdir()} == {*names, "index.html"}
    index = Page((published / "index.html").read_text(encoding="utf-8"))
    assert index.links == [f"{lecture.name}.html" for lecture in WRITTEN]
    assert all(lecture.promise in index.words for lecture in WRITTEN)


@pytest.mark.parametrize("name", ["index", *(lecture.name for lecture in WRITTEN)])
def test_a_page_is_whole_and_loads_nothing(published, name):
    text = (published / f"{name}.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not page.faults
    assert not page.loads
    assert len(page.ids) == len(set(page.ids))
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(page.headings))
    assert "prefers-color-scheme: dark" in text
    for link in page.links:
        assert link.startswith("https://") or (published / link).is_file(), link


@pytest.mark.parametrize("lecture", WRITTEN, ids=lambda lecture: lecture.name)
def test_a_page_shows_what_the_lecture_shows(published, lecture, run_lecture):
    text = (published / f"{lecture.name}.html").read_text(encoding="utf-8")
    page, exercises = Page(text), run_lecture(lecture.name)[1]["exercises"]
    assert text.count("<details") >= len(exercises)
    assert all(exercise.spelled in page.words for exercise in exercises)
    assert "<img " in text and "<math " in text and "<table" in text
    assert "(from " in page.words or "(one of " in page.words
    assert f"unigauge lecture {lecture.name}" in page.words
    assert "||(" not in text and "\\frac" not in text


def test_pages_lead_to_their_neighbours(published):
    for before, after in pairwise(WRITTEN):
        one, two = (
            Page((published / f"{lecture.name}.html").read_text(encoding="utf-8"))
            for lecture in (before, after)
        )
        assert one.links[-1] == f"{after.name}.html"
        assert f"{before.name}.html" in two.links
        assert f"Next: {after.title}" in one.words


# ---------------------------------------------------------------------------
# Lectures that fail, folders that cannot be


NOTEBOOK = """
import marimo

app = marimo.App()


@app.cell
def _():
    from unigauge.lectures import classroom
    classroom.heading("delocation", "A title", "A promise.")
    return (classroom,)


@app.cell
def _():
    {line}
    return


if __name__ == "__main__":
    app.run()
"""


def lecture(folder: Path, line: str, number: int = 1, name: str = "mine") -> Lecture:
    file = folder / f"{name}.py"
    file.write_text(NOTEBOOK.replace("{line}", line), encoding="utf-8")
    return Lecture(
        number=number, name=name, title="A title", promise="A promise.", file=file
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "1 / 0",
            r"mine\.py fails in cell 2, line 16: ZeroDivisionError: division by zero",
        ),
        ("import marimo as mo; mo.ui.file()", r"cell 2: .* the element marimo-file"),
        ("import marimo as mo; mo.md(r'$\\nix$')", r"cell 2: the formula \\nix uses"),
        ("(", r"mine\.py fails: SyntaxError"),
    ],
)
def test_a_lecture_that_fails_says_in_which_cell(tmp_path, line, message):
    with pytest.raises(UnigaugeError, match=message):
        publishing.publish([lecture(tmp_path, line)], tmp_path / "out")
    assert not (tmp_path / "out" / "index.html").exists()


def test_the_command_fails_with_it(tmp_path, monkeypatch, capsys):
    broken = lecture(tmp_path, "1 / 0")
    monkeypatch.setattr("unigauge.lectures.classroom.programme.find", lambda name: broken)
    assert main(["lecture", "mine", "--publish", "--out", str(tmp_path / "out")]) == 1
    assert "mine.py fails in cell 2" in " ".join(capsys.readouterr().err.split())


def test_the_command_says_what_it_wrote(tmp_path, monkeypatch, capsys):
    good = lecture(tmp_path, "None", name="delocation")
    monkeypatch.setattr("unigauge.lectures.classroom.programme.find", lambda name: good)
    monkeypatch.chdir(tmp_path)
    assert main(["lecture", "delocation", "--publish"]) == 0
    folder = Path("unigauge-report", "lectures")
    page, index = folder / "delocation.html", folder / "index.html"
    assert capsys.readouterr().out == f"{page}\nLectures: {index}\n"
    assert page.is_file() and index.is_file()


def test_pages_that_are_there_already_stay_in_the_index(tmp_path):
    publishing.publish([lecture(tmp_path, "None", 2, "lobbying")], tmp_path)
    index = publishing.publish([lecture(tmp_path, "None", 1, "delocation")], tmp_path)
    links = Page(index.read_text(encoding="utf-8")).links
    assert links == ["delocation.html", "lobbying.html"]
    first = Page((tmp_path / "delocation.html").read_text(encoding="utf-8"))
    assert first.links[-1] == "lobbying.html"


def test_a_folder_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="it must be one that can be written"):
        publishing.publish([], tmp_path / "file" / "below")


# ---------------------------------------------------------------------------
# What stands for widgets and formulas


@pytest.mark.parametrize(
    ("element", "words"),
    [
        (marimo.ui.slider(-1, 1, step=0.1, value=-0.3, label="cost"),
         "cost: \N{MINUS SIGN}0.3 (from \N{MINUS SIGN}1 to 1)"),
        (marimo.ui.slider(steps=[1, 10, 100], value=10, label="n"), "n: 10 (from 1 to 100)"),
        (marimo.ui.number(0, 9, value=3, label="coins"), "coins: 3"),
        (marimo.ui.number(value=None, step=None, label="firms"),
         "Yours to fill in: a number (firms)"),
        (marimo.ui.number(value=None, step=None), "Yours to fill in: a number"),
        (marimo.ui.dropdown({"a b": 1, "c": 2}, value="a b", label="rules"),
         "rules: a b (one of 2)"),
        (marimo.ui.dropdown(["a"], label="rules"), "rules: nothing yet (one of 1)"),
        (marimo.ui.radio(["yes", "no"]), "yesno"),
        (marimo.ui.switch(value=True, label="ban"), "ban: on"),
        (marimo.ui.checkbox(label="ban"), "ban: off"),
        (marimo.ui.text(label="name"), "name: blank"),
        (marimo.callout(marimo.md("Mind this.")), "Mind this."),
        (marimo.accordion({"More": marimo.md("Here.")}), "MoreHere."),
        (marimo.md("a<br>*b* & <i>c</i>"), "ab & c"),
        (marimo.hstack([marimo.md("a"), marimo.md("b")]), "ab"),
    ],
)  # fmt: skip
def test_a_widget_is_the_text_of_where_it_stands(element, words):
    page = Page(static(element.text))
    assert not page.faults
    assert page.words.strip() == words


def test_a_label_keeps_its_formula():
    shown = static(marimo.ui.slider(0, 1, label=r"cost $\kappa$").text)
    assert "<mi>&#x003BA;</mi>" in shown or "<mi>κ</mi>" in shown


def test_formulas_are_mathml():
    shown = static(marimo.md("$a_1 < b$\n\n$$\\frac{a}{b}$$").text)
    assert 'display="inline"' in shown and 'display="block"' in shown
    assert "<mfrac>" in shown and "<mo>&#x0003C;</mo>" in shown


def test_an_exercise_keeps_its_answer():
    exercises = [Exercise(question="How *many*?", answer=-2, unit="firms", why="Count.")]
    page = Page(static(checked(exercises, replies_to(exercises)).text))
    assert not page.faults
    assert "\N{MINUS SIGN}2 firms. Count." in page.words
