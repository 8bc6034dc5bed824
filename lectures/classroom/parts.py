"""Heading, code that runs, tables, pictures and the reading list."""

from __future__ import annotations

import ast
import base64
import io
import math
from html import escape
from importlib.resources import files
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from unigauge.errors import require_choice
from unigauge.lectures import LECTURES

if TYPE_CHECKING:
    import pandas as pd
    from marimo import Html
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "beside",
    "fixed",
    "heading",
    "masthead",
    "picture",
    "reading",
    "session",
    "stylesheet",
    "table",
]

DOTS_PER_INCH = 120


def stylesheet() -> str:
    """Return the style sheet of the parts."""
    return (files("unigauge.lectures.classroom") / "parts.css").read_text(encoding="utf-8")


def heading(name: str, title: str, promise: str) -> Html:
    """Return the head of a lecture, and with it the style sheet of the parts.

    Parameters
    ----------
    name : str
        One of :data:`unigauge.lectures.LECTURES`.
    title : str
        What the lecture is called.
    promise : str
        What the hour teaches, in one sentence.
    """
    place = LECTURES.index(require_choice("lecture", name, LECTURES)) + 1
    return masthead(f"lecture {place} of {len(LECTURES)}", title, promise)


def masthead(kind: str, title: str, promise: str) -> Html:
    """Return the head of a page, and with it the style sheet of the parts."""
    import marimo

    return marimo.Html(
        f"<style>{stylesheet()}</style><header class='ug-heading'>"
        f"<p class='ug-eyebrow'>unigauge · {escape(kind)}</p>"
        f"<h1>{escape(title)}</h1><p class='ug-lede'>{escape(promise)}</p></header>"
    )


def beside(*parts: Html) -> Html:
    """Return parts side by side; on a narrow screen they go below one another."""
    import marimo

    columns = "".join(f"<div>{part.text}</div>" for part in parts)
    return marimo.Html(f"<div class='ug-beside'>{columns}</div>")


def session(code: str) -> Html:
    """Return code, and the value of its last line, which it computes.

    Parameters
    ----------
    code : str
        At most ten lines of Python that stand alone; the last is an expression.

    Examples
    --------
    >>> "3.0" in session("import math\\nmath.sqrt(9)").text
    True
    """
    import marimo

    lines = dedent(code).strip()
    tree = ast.parse(lines)
    last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
    names: dict[str, Any] = {}
    exec(compile(tree, "<lecture>", "exec"), names)  # noqa: S102 (the lecture's own text)
    value = eval(compile(last, "<lecture>", "eval"), names)
    shown = value if isinstance(value, str) else repr(value)
    return marimo.Html(
        f"<div class='ug-session'><pre><code>{escape(lines)}</code></pre>"
        f"<pre class='ug-answer'>{escape(shown)}</pre></div>"
    )


def table(frame: pd.DataFrame, *, digits: int = 3) -> Html:
    """Return a data frame as a table, numbers with ``digits`` decimals.

    Names are shown without underscores.

    Examples
    --------
    >>> import pandas as pd
    >>> shown = table(pd.DataFrame({"world_welfare": [-0.5]}, index=["free_trade"])).text
    >>> "world welfare" in shown, "free trade" in shown, "\N{MINUS SIGN}0.500" in shown
    (True, True, True)
    """
    import marimo

    from unigauge.results import html_table

    def spelled(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("_", " ")
        return fixed(value, digits) if isinstance(value, float) else value

    named = frame.rename(index=spelled, columns=spelled).rename_axis(index=spelled)
    shown = html_table(named.map(spelled)).replace(">-", ">\N{MINUS SIGN}")
    return marimo.Html(f"<div class='ug-table'>{shown}</div>")


def fixed(number: float, digits: int) -> str:
    """Return a number with ``digits`` decimals, and a dash for none.

    What would be rounded to nought, and is not, keeps its power of ten.
    """
    if math.isnan(number):
        return "-"
    text = f"{number:.{digits}f}"
    return text if not number or float(text) else f"{number:.0e}"


def picture(drawn: Axes | Figure, *, alt: str) -> Html:
    """Return axes or a figure as a picture.

    Parameters
    ----------
    drawn : Axes or Figure
        What to show.
    alt : str
        What the picture shows, for who does not see it.
    """
    import marimo
    import matplotlib.pyplot as plt
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.image import imsave

    figure: Any = drawn.figure  # of axes theirs, of a figure itself
    figure.set_dpi(DOTS_PER_INCH)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()  # once; savefig would draw twice
    stream = io.BytesIO()
    imsave(stream, canvas.buffer_rgba(), format="png")
    plt.close(figure)
    data = base64.b64encode(stream.getvalue()).decode()
    return marimo.Html(
        f"<figure class='ug-picture'><img alt='{escape(alt, quote=True)}' "
        f"src='data:image/png;base64,{data}'></figure>"
    )


def reading(*papers: str, also: tuple[str, ...] = ()) -> Html:
    """Return the reading list.

    Parameters
    ----------
    *papers : str
        Keys of papers that the toolkit reproduces; each is cited with its command.
    also : tuple of str
        Further titles, in Markdown.
    """
    import marimo

    from unigauge.papers.catalogue import find
    from unigauge.papers.paper import Paper

    found = {key: Paper.read(find(key)) for key in papers}
    entries = [
        f"*{paper.title}*. {paper.citation} Run `unigauge reproduce {key}`."
        for key, paper in found.items()
    ]
    return marimo.md("\n".join(f"- {entry}" for entry in (*entries, *also)))
