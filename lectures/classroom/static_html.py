"""What marimo draws with scripts, as HTML that needs none.

marimo's elements stand for widgets and formulas that its server brings to life.  A page
without a server shows a widget as the text of where it stands, and a formula as MathML.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any

from unigauge.errors import UnigaugeError

__all__ = ["static"]


def static(html: str) -> str:
    """Return HTML of marimo as HTML without scripts.

    Parameters
    ----------
    html : str
        What a cell shows.

    Raises
    ------
    UnigaugeError
        If it holds an element or a formula that a page without scripts cannot show.

    Examples
    --------
    >>> import marimo
    >>> static(marimo.ui.slider(0, 1, step=0.1, value=0.3, label="trade cost").text)
    "<span class='ug-stands'>trade cost: <b>0.3</b> (from 0 to 1)</span>"
    """
    return _inside(_parsed(html))


# ---------------------------------------------------------------------------
# HTML as a tree


@dataclass(slots=True)
class Element:
    """An element with what is inside."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The words of its class."""
        return (self.attributes.get("class") or "").split()

    @property
    def text(self) -> str:
        """All text inside."""
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def data(self, name: str) -> Any:
        """Return what marimo tells the element under a name."""
        return json.loads(self.attributes.get(f"data-{name}") or "null")


_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"}


class _Builder(HTMLParser):
    """Builds the tree."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in (element.tag for element in self.open):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def _parsed(html: str) -> Element:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.open[0]


# ---------------------------------------------------------------------------
# The tree as HTML


def _inside(element: Element) -> str:
    return "".join(map(_drawn, element.children))


def _drawn(node: Element | str) -> str:
    if isinstance(node, str):
        return escape(node, quote=False)
    if node.tag in _DRAWN:
        return _DRAWN[node.tag](node)
    if node.tag.startswith("marimo-"):
        raise UnigaugeError(
            f"a page without a server cannot show the element {node.tag}. Show pictures "
            "with picture(), tables with table(), code with session()."
        )
    if node.tag == "span" and "markdown" in node.classes:
        return f"<div>{_inside(node)}</div>"
    if node.tag == "span" and "paragraph" in node.classes:
        return f"<p>{_inside(node)}</p>"
    if (node.attributes.get("style") or "").startswith("display: flex"):  # marimo's stack
        row = "flex-direction: row" in (node.attributes["style"] or "")
        kind = " class='ug-row'" if row else ""
        return f"<div{kind}>{_inside(node)}</div>"
    return _as_it_is(node)


def _as_it_is(node: Element) -> str:
    attributes = "".join(
        f" {name}" if value is None else f' {name}="{escape(value)}"'
        for name, value in node.attributes.items()
    )
    end = "" if node.tag in _VOID else f"</{node.tag}>"
    return f"<{node.tag}{attributes}>{_inside(node)}{end}"


def _formula(node: Element) -> str:
    """Return LaTeX as MathML."""
    from latex2mathml.converter import convert

    latex = node.text.strip()
    display = "block" if latex.startswith("||[") else "inline"
    latex = latex.removeprefix("||[").removeprefix("||(")
    latex = latex.removesuffix("||]").removesuffix("||)").strip()
    try:
        formula = convert(latex, display=display)
    except Exception as error:  # whatever the converter trips over
        raise UnigaugeError(f"the formula {latex} cannot be shown: {error!r}") from error
    if "\\" in formula:
        raise UnigaugeError(f"the formula {latex} uses what MathML does not know.")
    return f"<div class='ug-formula'>{formula}</div>" if display == "block" else formula


def _label(node: Element) -> str:
    """Return what stands before a widget, with a colon."""
    label = _parsed(node.data("label") or "")
    while len(label.children) == 1 and isinstance(label.children[0], Element):
        label = label.children[0]
    return f"{_inside(label)}: " if label.children else ""


def _stands(node: Element, value: str, range_: str = "") -> str:
    end = f" ({range_})" if range_ else ""
    return f"<span class='ug-stands'>{_label(node)}<b>{escape(value)}</b>{end}</span>"


def _spelled(number: float) -> str:
    return f"{number:.10g}".replace("-", "\N{MINUS SIGN}")


def _slider(node: Element) -> str:
    value, steps = node.data("initial-value"), node.data("steps") or []
    first, last = (
        (steps[0], steps[-1]) if steps else (node.data("start"), node.data("stop"))
    )
    range_ = f"from {_spelled(first)} to {_spelled(last)}"
    return _stands(node, _spelled(steps[int(value)] if steps else value), range_)


def _number(node: Element) -> str:
    value = node.data("initial-value")
    if value is None:
        of_what = _label(node).removesuffix(": ")
        end = f" ({of_what})" if of_what else ""
        return f"<p class='ug-stands'>Yours to fill in: a number{end}</p>"
    return _stands(node, _spelled(value))


def _dropdown(node: Element) -> str:
    options = node.data("options")
    chosen = ", ".join(node.data("initial-value") or ["nothing yet"])
    return _stands(node, chosen, f"one of {len(options)}")


def _radio(node: Element) -> str:
    options = "".join(f"<li>{escape(option)}</li>" for option in node.data("options"))
    return f"<div class='ug-stands'>{_label(node)}<ul>{options}</ul></div>"


def _switch(node: Element) -> str:
    return _stands(node, "on" if node.data("initial-value") else "off")


def _text(node: Element) -> str:
    return _stands(node, node.data("initial-value") or "blank")


def _callout(node: Element) -> str:
    return f"<div class='ug-note'>{static(node.data('html'))}</div>"


def _folded(node: Element) -> str:
    parts: Iterator[Element] = (c for c in node.children if isinstance(c, Element))
    return "".join(
        f"<details><summary>{_parsed(label).text}</summary>{_drawn(part)}</details>"
        for label, part in zip(node.data("labels"), parts, strict=True)
    )


def _nothing(node: Element) -> str:
    return ""


_DRAWN: dict[str, Callable[[Element], str]] = {
    "marimo-ui-element": _inside,
    "marimo-dict": _inside,
    "marimo-tex": _formula,
    "marimo-slider": _slider,
    "marimo-number": _number,
    "marimo-dropdown": _dropdown,
    "marimo-radio": _radio,
    "marimo-switch": _switch,
    "marimo-checkbox": _switch,
    "marimo-text": _text,
    "marimo-callout-output": _callout,
    "marimo-accordion": _folded,
    "style": _nothing,
    "script": _nothing,
}
"""What stands for each element that needs a server; the styles are the page's."""
