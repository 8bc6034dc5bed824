"""Regression tables of any results, for the screen, the web, LaTeX and Word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_integer
from unigauge.estimation.comparison import draw_side_by_side
from unigauge.estimation.table_columns import TableColumn, columns_of
from unigauge.estimation.wording import counted
from unigauge.results import Result, latex_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["RegressionTable", "regression_table"]

_STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
_SUFFIXES = (".html", ".tex", ".docx")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RegressionTable(Result):
    """Results side by side; :func:`regression_table` makes it.

    Attributes
    ----------
    columns : tuple
        One a regression.
    labels : dict of str to str
        Term to the words shown for it.
    digits : int
        Decimals.
    stars : bool
        Whether p-values below 0.10, 0.05 and 0.01 are marked.
    caption : str
        Above the table.
    """

    columns: tuple[TableColumn, ...]
    labels: dict[str, str]
    digits: int
    stars: bool
    caption: str

    def to_frame(self) -> pd.DataFrame:
        """Return the table as text, standard errors in brackets below the estimates."""
        import pandas as pd

        rows = self._rows()
        return pd.DataFrame(
            [cells for _, _, cells in rows],
            index=pd.Index([label for _, label, _ in rows], name="term"),
            columns=self._headers(),
        )

    def to_html(self) -> str:
        """Return the table as an HTML fragment (great_tables)."""
        html: str = self._maketables().make(type="gt").as_raw_html()
        return html

    def to_latex(self, *, caption: str | None = None) -> str:
        r"""Return the table in LaTeX; the document needs ``\usepackage{booktabs}``."""
        lines, group = [], "coefficients"
        for here, label, cells in self._rows():
            if here != group:
                lines.append(r"\midrule")
                group = here
            shown = [latex_text(label), *(_latex_number(cell) for cell in cells)]
            lines.append(" & ".join(shown) + r" \\")
        width = len(self.columns) + 1
        notes = latex_text(" ".join(self._notes())).replace("<", "$<$")
        return "\n".join(
            [
                r"\begin{table}",
                r"\centering",
                rf"\caption{{{latex_text(caption or self.caption)}}}",
                rf"\begin{{tabular}}{{l{'c' * (width - 1)}}}",
                r"\toprule",
                " & ".join(["", *(latex_text(h) for h in self._headers())]) + r" \\",
                r"\midrule",
                *lines,
                r"\bottomrule",
                r"\end{tabular}",
                rf"\par\smallskip\parbox{{0.9\linewidth}}{{\footnotesize {notes}}}",
                r"\end{table}",
            ]
        )

    def save(self, path: str | Path) -> Path:
        """Write the table to ``path``, in the format that its ending names.

        Parameters
        ----------
        path : str or Path
            Ending in ``.html``, ``.tex`` or ``.docx``; an existing file is replaced.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InputError
            If the ending is none of these, or the folder does not exist.
        """
        path = Path(path)
        require_choice("the file's ending", path.suffix, _SUFFIXES)
        if not path.parent.is_dir():
            raise InputError(
                f"the folder {str(path.parent)!r} does not exist; make it first."
            )
        if path.suffix == ".docx":
            self._maketables().save("docx", str(path), show=False, replace=True)
        elif path.suffix == ".tex":
            path.write_text(self.to_latex() + "\n", encoding="utf-8")
        else:
            page = f"<!doctype html>\n<meta charset='utf-8'>\n{self.to_html()}\n"
            path.write_text(page, encoding="utf-8")
        return path

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every coefficient of every column with its interval."""
        return draw_side_by_side(ax, self.plot_data(), "fit", self.caption)

    def plot_data(self) -> pd.DataFrame:
        """Return one row a column and coefficient: ``fit`` and the columns of a fit."""
        import pandas as pd

        return pd.concat(
            [column.coefficients.assign(fit=column.name) for column in self.columns],
            ignore_index=True,
        )

    def record(self) -> dict[str, Any]:
        """Return all estimates and standard errors as one flat row."""
        return {
            f"{column.name}: {what}[{row.term}]": getattr(row, what)
            for column in self.columns
            for row in column.coefficients.itertuples()
            for what in ("estimate", "std_error", "p_value")
        }

    def _repr_html_(self) -> str:
        return self.to_html()

    def _heading(self) -> str:
        return self.caption

    def _headers(self) -> list[str]:
        return [column.name for column in self.columns]

    def _rows(self) -> list[tuple[str, str, list[str]]]:
        """Return (group, label, cells) of each row."""
        terms = dict.fromkeys(t for c in self.columns for t in c.coefficients["term"])
        rows: list[tuple[str, str, list[str]]] = []
        for term in terms:
            cells = [self._cell(column, term) for column in self.columns]
            label = self.labels.get(term, term)
            rows.append(("coefficients", label, [estimate for estimate, _ in cells]))
            rows.append(("coefficients", "", [error for _, error in cells]))
        responses = [self.labels.get(c.response, c.response) for c in self.columns]
        rows.append(("statistics", "Response", responses))
        lines = dict.fromkeys(label for column in self.columns for label in column.lines)
        for label in lines:
            cells_of = [column.lines.get(label, "") for column in self.columns]
            rows.append(("statistics", label, cells_of))
        return rows

    def _cell(self, column: TableColumn, term: str) -> tuple[str, str]:
        """Return the estimate with its stars, and the standard error in brackets."""
        found = column.coefficients[column.coefficients["term"] == term]
        if found.empty:
            return "", ""
        estimate, error, p_value = (
            float(found.iloc[0][name]) for name in ("estimate", "std_error", "p_value")
        )
        marks = [mark for level, mark in _STARS if self.stars and p_value < level]
        shown = f"{estimate:.{self.digits}f}{marks[0] if marks else ''}"
        return shown, f"({error:.{self.digits}f})" if np.isfinite(error) else ""

    def _notes(self) -> Sequence[str]:
        notes = ["Standard errors in brackets."]
        if self.stars:
            notes.append("*** p < 0.01, ** p < 0.05, * p < 0.10.")
        by_convention: dict[str, list[str]] = {}
        for column in self.columns:
            if column.convention:
                by_convention.setdefault(column.convention, []).append(column.name)
        for words, names in by_convention.items():
            everywhere = len(names) == len(self.columns)
            notes.append(words if everywhere else f"{', '.join(names)}: {words}")
        return notes

    def _maketables(self) -> Any:
        """Return the table as maketables draws it."""
        import pandas as pd
        from maketables import MTable

        rows = self._rows()
        index = pd.MultiIndex.from_tuples([(group, label) for group, label, _ in rows])
        frame = pd.DataFrame(
            [cells for _, _, cells in rows], index=index, columns=self._headers()
        )
        return MTable(
            frame,
            notes=" ".join(self._notes()),
            caption=self.caption,
            rgroup_sep="t",
            rgroup_display=False,
        )


def regression_table(
    *results: Result | Sequence[Result],
    names: Sequence[str] | None = None,
    labels: dict[str, str] | None = None,
    digits: int = 3,
    stars: bool = True,
    caption: str = "",
) -> RegressionTable:
    """Set results side by side in a table for a paper.

    Parameters
    ----------
    *results : Result
        Any results with coefficients, mixed as you like: of ``ols``, ``poisson``,
        ``iv``, ``three_stage``, ``dynamic_gmm``, ``panel_var``, ``mean_group``,
        ``local_projection``, ``compare`` ...; systems give one column an equation.
    names : sequence of str, optional
        One a column; ``(1)``, ``(2)``, ... by default.
    labels : dict of str to str, optional
        Words for terms and responses, such as ``{"lag(p, 1)": "Patents, year before"}``.
    digits : int, default 3
        Decimals.
    stars : bool, default True
        Mark p-values below 0.10, 0.05 and 0.01.
    caption : str, optional
        Above the table.

    Returns
    -------
    RegressionTable
        ``save("table.html")``, ``save("table.tex")``, ``save("table.docx")``;
        ``to_html()`` and ``to_latex()`` give text.

    Raises
    ------
    InputError
        If there is no result, one has no coefficients, or names do not match.

    Examples
    --------
    >>> import pandas as pd
    >>> from unigauge.estimation import ols, poisson
    >>> rows = pd.DataFrame(
    ...     {"state": list("aaaabbbbcccc"), "year": [0, 1, 2, 3] * 3,
    ...      "x": [0, 1, 3, 2, 5, 4, 6, 9, 1, 1, 2, 5],
    ...      "y": [1, 3, 6, 6, 7, 6, 8, 15, 0, 1, 2, 7]}).set_index(["state", "year"])
    >>> fits = [ols(rows, "y ~ x | entity"), poisson(rows, "y ~ x | entity")]
    >>> regression_table(*fits, labels={"x": "Exposure"}).to_frame().iloc[:2]
                   (1)      (2)
    term
    Exposure  1.765***    0.275
               (0.085)  (0.104)
    """
    given: Sequence[Any] = results
    if len(results) == 1 and isinstance(results[0], Sequence):
        given = results[0]
    columns = [column for result in given for column in columns_of(result)]
    if not columns:
        raise InputError("regression_table needs results: regression_table(first, second).")
    named = [column.name for column in columns]
    shown = list(names) if names is not None else _numbered(named)
    if len(shown) != len(columns) or len(set(shown)) != len(shown):
        raise InputError(
            f"names is {shown}; it must hold {len(columns)} different names, one a column."
        )
    return RegressionTable(
        columns=tuple(
            replace(column, name=str(name))
            for name, column in zip(shown, columns, strict=True)
        ),
        labels=dict(labels or {}),
        digits=require_integer("digits", digits, at_least=0),
        stars=stars,
        caption=caption or f"{counted(len(columns), 'regression')} side by side",
    )


def _numbered(names: Sequence[str]) -> list[str]:
    """Keep the names that a comparison gave; number the columns otherwise."""
    return [name or f"({k + 1})" for k, name in enumerate(names)]


def _latex_number(cell: str) -> str:
    """Escape a cell; a leading sign becomes a minus, stars an exponent."""
    body = cell.rstrip("*")
    stars = cell[len(body) :]
    minus = body.startswith("-") and len(body) > 1
    shown = f"$-${latex_text(body[1:])}" if minus else latex_text(body)
    return shown + (f"$^{{{stars}}}$" if stars else "")
