"""Lectures as pages: HTML without scripts, nothing loaded from elsewhere."""

from __future__ import annotations

import ast
import runpy
import traceback
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from unigauge.errors import InputError, UnigaugeError
from unigauge.lectures.classroom.parts import stylesheet
from unigauge.lectures.classroom.programme import Lecture, programme
from unigauge.lectures.classroom.static_html import static

__all__ = ["publish", "run", "shown"]


def publish(
    lectures: Sequence[Lecture],
    out: Path,
    *,
    on_page: Callable[[Path], None] | None = None,
) -> Path:
    """Write one page a lecture, and an index of all pages in the folder.

    Parameters
    ----------
    lectures : sequence of Lecture
        As from :func:`unigauge.lectures.classroom.programme.find`.
    out : Path
        Folder for ``<name>.html`` and ``index.html``.
    on_page : callable, optional
        Called with each page as it is written.

    Returns
    -------
    Path
        The index.

    Raises
    ------
    InputError
        If ``out`` is not and cannot be made a folder.
    UnigaugeError
        If a lecture fails; the message names the cell.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the folder for the pages is {out}; it must be one that can be written: "
            f"{error}."
        ) from error
    there = [at for at in programme() if (out / f"{at.name}.html").is_file()]
    known = sorted({*there, *lectures}, key=lambda lecture: lecture.number)
    for lecture in lectures:
        page = out / f"{lecture.name}.html"
        page.write_text(_lecture(lecture, known), encoding="utf-8")
        if on_page is not None:
            on_page(page)
    index = out / "index.html"
    index.write_text(_index(known), encoding="utf-8")
    return index


# ---------------------------------------------------------------------------
# What a notebook shows


def run(notebook: Path) -> tuple[Sequence[Any], Mapping[str, Any]]:
    """Run a notebook and return what its cells show, and what they define.

    Raises
    ------
    UnigaugeError
        If a cell fails; the message says which.
    """
    try:
        outputs, names = runpy.run_path(str(notebook))["app"].run()
    except Exception as error:
        raise UnigaugeError(
            f"{notebook.name} fails{_where(error, notebook)}: "
            f"{type(error).__name__}: {error}"
        ) from error
    return outputs, names


def shown(notebook: Path) -> list[str]:
    """Run a notebook and return what its cells show, as HTML without scripts."""
    import marimo

    cells = []
    for place, output in enumerate(run(notebook)[0], start=1):
        if output is not None:
            try:
                cells.append(static(marimo.as_html(output).text))
            except UnigaugeError as error:
                raise UnigaugeError(f"{notebook.name}, cell {place}: {error}") from error
    return cells


def _where(error: Exception, notebook: Path) -> str:
    """Return the cell and the line of a notebook that led to an error."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == notebook and frame.lineno is not None
    ]
    if not lines:
        return ""
    body = ast.parse(notebook.read_text(encoding="utf-8")).body
    cells = [
        node for node in body if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]
    place = sum(cell.lineno <= lines[-1] for cell in cells)
    return f" in cell {place}, line {lines[-1]}"


# ---------------------------------------------------------------------------
# The pages


def _page(title: str, body: str) -> str:
    report = (files("unigauge.papers") / "report.css").read_text(encoding="utf-8")
    own = (files("unigauge.lectures.classroom") / "page.css").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
{report}{stylesheet()}{own}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _lecture(lecture: Lecture, known: Sequence[Lecture]) -> str:
    head, *cells = shown(lecture.file)
    place = known.index(lecture)
    before = known[place - 1] if place else None
    after = known[place + 1] if place + 1 < len(known) else None
    content = "\n".join(f"<div class='cell'>{cell}</div>" for cell in cells)
    return _page(
        f"{lecture.title} · unigauge",
        f"""<nav class="pages" aria-label="Lectures">
<a href="index.html">All lectures</a>
</nav>
<main>
{head}
<p class="live">This page shows the lecture as it first stands. To move its numbers:
<code>unigauge lecture {lecture.name}</code></p>
{content}
</main>
<nav class="pages" aria-label="Previous and next lecture">
{_link(before, "Previous")}
{_link(after, "Next")}
</nav>""",
    )


def _link(lecture: Lecture | None, word: str) -> str:
    if lecture is None:
        return "<span></span>"
    return f'<a href="{lecture.name}.html">{word}: {escape(lecture.title)}</a>'


def _index(known: Sequence[Lecture]) -> str:
    entries = "\n".join(
        f"<li><b>{lecture.number}</b><div>"
        f'<h2><a href="{lecture.name}.html">{escape(lecture.title)}</a></h2>'
        f"<p>{escape(lecture.promise)}</p></div></li>"
        for lecture in known
    )
    return _page(
        "Lectures · unigauge",
        f"""<header>
<p class="eyebrow">unigauge</p>
<h1>Lectures on the economics of standards</h1>
<p class="lede">One story a lecture: a game for the room, the model behind it, numbers to
move, one picture, three exercises.</p>
</header>
<main>
<ol class="lectures">
{entries}
</ol>
<p class="live">These pages show the lectures as they first stand. To move their numbers:
<code>unigauge lecture NAME</code>; to play with every model: <code>unigauge explore</code>
</p>
</main>""",
    )
