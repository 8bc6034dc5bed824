"""What the outcomes of models and the results of estimators share.

A result prints as a table of at most 79 columns, shows as HTML in a notebook,
turns into a data frame, plots onto axes that the caller may pass, and gives
the data behind its plot.  It prints nothing by itself and keeps no global state.

A class that derives from :class:`Result` says what is its own: a heading, a few
facts, a frame, some notes and one picture.
"""

from __future__ import annotations

import html
import math
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "WIDTH",
    "Result",
    "axes_or_new",
    "frozen",
    "html_table",
    "latex_table",
    "latex_text",
    "text_table",
]

WIDTH = 79
"""Widest line, in characters, that a printed result may have."""


class Result(ABC):
    """Base of every outcome and of every estimation result.

    Subclasses are frozen, slotted, keyword-only dataclasses with ``eq=False``
    and ``repr=False``: two results are the same only if they are one object,
    and the console shows the table.
    """

    __slots__ = ()

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return the result as a data frame."""

    @abstractmethod
    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the result's picture and return the axes."""

    @abstractmethod
    def plot_data(self) -> pd.DataFrame:
        """Return the data that :meth:`plot` draws."""

    @abstractmethod
    def record(self) -> dict[str, Any]:
        """Return the result as one flat row, for sweeps and comparisons."""

    @abstractmethod
    def _heading(self) -> str:
        """Return one line that says what this is."""

    def _facts(self) -> Mapping[str, str]:
        """Return short facts shown between heading and table."""
        return {}

    def _notes(self) -> Sequence[str]:
        """Return sentences shown below the table."""
        return ()

    def _printed_table(self) -> pd.DataFrame:
        """Return the table that is printed; the result's frame unless that is too long."""
        return self.to_frame()

    @property
    def summary(self) -> str:
        """The printed result."""
        return str(self)

    def to_latex(self, *, caption: str | None = None) -> str:
        """Return the table in LaTeX; the caption is the heading unless one is given."""
        return latex_table(self.to_frame(), caption=caption or self._heading())

    def __str__(self) -> str:
        lines = textwrap.wrap(self._heading(), WIDTH)
        lines.append("=" * min(WIDTH, max(map(len, lines))))
        facts = self._facts()
        label_width = max(map(len, facts), default=0)
        for label, fact in facts.items():
            lines += textwrap.wrap(
                f"{label:<{label_width}}  {fact}",
                WIDTH,
                subsequent_indent=" " * (label_width + 2),
            )
        if facts:
            lines.append("")
        lines.append(text_table(self._printed_table()))
        notes = self._notes()
        if notes:
            lines.append("")
        for note in notes:
            lines += textwrap.wrap(note, WIDTH)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        facts = "".join(
            f"<tr><th style='text-align:left;padding:0 .7em'>{html.escape(label)}</th>"
            f"<td style='text-align:left'>{html.escape(fact)}</td></tr>"
            for label, fact in self._facts().items()
        )
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self._notes())
        return (
            f"<div><p><strong>{html.escape(self._heading())}</strong></p>"
            f"<table>{facts}</table>{html_table(self._printed_table())}{notes}</div>"
        )


def frozen(values: ArrayLike) -> NDArray[np.float64]:
    """Return a read-only float copy of ``values``.

    Examples
    --------
    >>> frozen([1, 2])
    array([1., 2.])
    """
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def axes_or_new(ax: Axes | None, *, size: tuple[float, float] = (6.4, 4.0)) -> Axes:
    """Return ``ax``, or the axes of a new figure of ``size`` inches.

    The figure is pyplot's, so that notebooks and ``plt.show()`` show it; nothing here
    shows or closes it.
    """
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    new: Axes = plt.subplots(figsize=size, layout="constrained")[1]
    return new


# ---------------------------------------------------------------------------
# Tables


def _format_column(values: Sequence[Any]) -> list[str]:
    """Format one column, its floats with the same number of decimals."""
    finite = [
        abs(float(v))
        for v in values
        if isinstance(v, (float, np.floating)) and math.isfinite(v) and v != 0
    ]
    largest: float = max(finite, default=1.0)
    decimals = min(6, max(0, 5 - max(0, math.floor(math.log10(largest)))))
    scientific = largest >= 1e8 or largest < 1e-4
    return [_format_cell(value, decimals, scientific) for value in values]


def _format_cell(value: Any, decimals: int, scientific: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return _format_float(float(value), decimals, scientific)
    return str(value)


def _format_float(value: float, decimals: int, scientific: bool) -> str:
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value != 0 and (scientific or abs(value) < 0.5 * math.pow(10, -decimals)):
        return f"{value:.2e}"
    return f"{value:.{decimals}f}"


def text_table(frame: pd.DataFrame, *, width: int = WIDTH) -> str:
    """Return ``frame`` as text; columns that do not fit go below, with their labels.

    Parameters
    ----------
    frame : DataFrame
        Any frame; its index is shown unless it is a plain range.  The index, or else
        the leading columns of words, label the rows.
    width : int
        Longest line allowed, in characters.

    Returns
    -------
    str
        Lines of at most ``width`` characters.

    Examples
    --------
    >>> import pandas as pd
    >>> print(text_table(pd.DataFrame({"b": [0.5, 1.25]}, index=["x", "y"])))
             b
    x  0.50000
    y  1.25000
    """
    labels, columns = _label_columns(frame), _data_columns(frame)
    while not frame.index.names[0] and columns and not _looks_numeric(columns[0][1:]):
        if _total_width(labels + columns[:1]) > width // 2 or len(columns) == 1:
            break
        labels.append(columns.pop(0))  # leading words label the rows
    shown = _shorten(labels, width // 2)
    blocks: list[list[list[str]]] = [shown[:]]
    for column in _shorten(columns, width):
        if _total_width([*blocks[-1], column]) <= width:
            blocks[-1].append(column)
        elif _total_width([*shown, column]) <= width:
            blocks.append([*shown, column])
        else:
            blocks.append([column])  # too wide to stand beside the labels
    return "\n\n".join(_join(block) for block in blocks if block != shown or not columns)


def html_table(frame: pd.DataFrame) -> str:
    """Return ``frame`` as an HTML table with the formats of :func:`text_table`."""
    labels, columns = _label_columns(frame), _data_columns(frame)
    tags = ["th scope='row'"] * len(labels) + ["td"] * len(columns)
    sides = ["left"] * len(labels) + [
        "right" if _looks_numeric(column[1:]) else "left" for column in columns
    ]

    def row(tags: Sequence[str], cells: Sequence[str]) -> str:
        return "".join(
            f"<{tag} style='text-align:{side};padding:.2em .7em'>"
            f"{html.escape(cell)}</{tag[:2]}>"
            for tag, side, cell in zip(tags, sides, cells, strict=True)
        )

    rows = list(zip(*labels, *columns, strict=True)) or [()]
    head = row(["th scope='col'"] * len(tags), rows[0])
    body = "".join(f"<tr>{row(tags, cells)}</tr>" for cells in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def latex_table(frame: pd.DataFrame, *, caption: str) -> str:
    r"""Return ``frame`` as a LaTeX table with the formats of :func:`text_table`.

    The document needs ``\usepackage{booktabs}``.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"gap": [-0.5, 1.25]}, index=["old_agreement", "autarky"])
    >>> print(latex_table(frame, caption="Welfare gaps in %"))
    \begin{table}
    \centering
    \caption{Welfare gaps in \%}
    \begin{tabular}{lr}
    \toprule
     & gap \\
    \midrule
    old\_agreement & $-$0.50000 \\
    autarky & 1.25000 \\
    \bottomrule
    \end{tabular}
    \end{table}
    """
    labels, columns = _label_columns(frame), _data_columns(frame)
    numeric = [False] * len(labels) + [_looks_numeric(column[1:]) for column in columns]
    rows = [
        " & ".join(
            _latex_cell(cell, number) for cell, number in zip(row, numeric, strict=True)
        )
        + r" \\"
        for row in zip(*labels, *columns, strict=True)
    ]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{_latex_cell(caption, False)}}}",
            rf"\begin{{tabular}}{{{''.join('r' if n else 'l' for n in numeric)}}}",
            r"\toprule",
            rows[0],
            r"\midrule",
            *rows[1:],
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    )


_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{mark: rf"\{mark}" for mark in "&%$#_{}"},
    }
)


def latex_text(text: str) -> str:
    r"""Return text with the characters escaped that mean something to LaTeX.

    Examples
    --------
    >>> print(latex_text("50 % of log_gdp"))
    50 \% of log\_gdp
    """
    return text.translate(_LATEX)


def _latex_cell(cell: str, numeric: bool) -> str:
    """Escape a cell; a number's sign becomes a minus."""
    if numeric and cell.startswith("-") and len(cell) > 1:
        return f"$-${cell[1:]}"
    return latex_text(cell)


def _label_columns(frame: pd.DataFrame) -> list[list[str]]:
    """Return the index of ``frame`` as columns of text, headers first."""
    import pandas as pd

    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
        return []
    return [
        [str(name) if name is not None else "", *map(str, frame.index.get_level_values(k))]
        for k, name in enumerate(frame.index.names)
    ]


def _data_columns(frame: pd.DataFrame) -> list[list[str]]:
    return [
        [str(name), *_format_column(frame.iloc[:, position].tolist())]
        for position, name in enumerate(frame.columns)
    ]


def _shorten(columns: list[list[str]], width: int) -> list[list[str]]:
    """Cut cells that alone would break the line; three dots mark the cut."""
    return [
        [cell if len(cell) <= width else cell[: width - 3] + "..." for cell in column]
        for column in columns
    ]


def _width(column: list[str]) -> int:
    return max(map(len, column))


def _total_width(columns: list[list[str]]) -> int:
    return sum(_width(column) + 2 for column in columns) - 2 if columns else 0


def _join(columns: list[list[str]]) -> str:
    if not columns:
        return "(empty)"
    is_text = [not _looks_numeric(column[1:]) for column in columns]
    widths = [_width(column) for column in columns]
    lines = []
    for cells in zip(*columns, strict=True):
        padded = (
            cell.ljust(w) if text else cell.rjust(w)
            for cell, w, text in zip(cells, widths, is_text, strict=True)
        )
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _looks_numeric(cells: Sequence[str]) -> bool:
    def numeric(cell: str) -> bool:
        try:
            float(cell)
        except ValueError:
            return cell in {"", "-"}
        return True

    return all(map(numeric, cells))
