"""A board: a model with the numbers that a class may move, and what they change."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from unigauge.errors import InputError, UnigaugeError
from unigauge.lectures.classroom.parts import fixed, picture, table

if TYPE_CHECKING:
    import pandas as pd
    from marimo import Html, ui
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Board", "Choice", "Slider"]

_DOUBTFUL = ("uncertified", "no_equilibrium_found", "not_converged")
"""Statuses of answers that are not to be trusted; others name what was found."""


@dataclass(frozen=True, slots=True)
class Slider:
    """A number to move.

    Parameters
    ----------
    name : str
        The argument of the board's ``solve`` that it sets.
    label : str
        What the class reads.
    start, stop, step, value : float
        Range, step and where it stands at first.
    """

    name: str
    label: str
    start: float
    stop: float
    step: float
    value: float

    def widget(self, value: float | None = None) -> ui.slider:
        """Return the slider, standing at ``value`` if that is given."""
        import marimo

        return marimo.ui.slider(
            self.start,
            self.stop,
            step=self.step,
            value=self.value if value is None else value,
            show_value=True,
            label=self.label,
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things to choose.

    Parameters
    ----------
    name : str
        The argument of the board's ``solve`` that it sets.
    label : str
        What the class reads.
    options : sequence of str or mapping
        The choices; a mapping gives what the class reads and the value behind it.
    value : str
        What is chosen at first, as the class reads it.
    """

    name: str
    label: str
    options: Sequence[str] | Mapping[str, Any]
    value: str

    def widget(self, value: str | None = None) -> ui.dropdown:
        """Return the list, with ``value`` chosen if that is given."""
        import marimo

        options = (
            dict(self.options) if isinstance(self.options, Mapping) else list(self.options)
        )
        return marimo.ui.dropdown(
            options, value=value or self.value, label=self.label, full_width=True
        )


def _itself(outcome: Any) -> Any:
    return outcome


def _its_plot(outcome: Any) -> Axes:
    axes: Axes = outcome.plot()
    return axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A model with the numbers that a class may move.

    Parameters
    ----------
    name, title, question : str
        Its key, what it is called, and what one would ask it.
    controls : tuple of Slider and Choice
        What may be moved.
    solve : callable
        Takes the controls' values as keywords and returns the outcome.
    numbers : callable
        Takes the outcome and returns the few numbers to watch, by name.
    picture : callable, optional
        Takes the outcome and returns axes or a figure; by default its plot.
    regimes : callable, optional
        Takes what ``solve`` takes and returns a data frame that compares regimes.
    answer : callable, optional
        Takes the outcome and returns what holds ``status`` and ``certificate``; by
        default the outcome itself.

    Examples
    --------
    >>> from unigauge.models import delocation
    >>> board = Board(
    ...     name="trade",
    ...     title="Two markets",
    ...     question="Who gains from trade?",
    ...     controls=(Slider("trade_cost", "trade cost", 0.1, 1.0, 0.1, 0.3),),
    ...     solve=lambda trade_cost: delocation.solve(
    ...         delocation.World(trade_cost=trade_cost), "laissez_faire"
    ...     ),
    ...     numbers=lambda outcome: {"firms at home": outcome.firms[0]},
    ... )
    >>> board.outcome({}).status
    'ok'
    """

    name: str
    title: str
    question: str
    controls: tuple[Slider | Choice, ...]
    solve: Callable[..., Any]
    numbers: Callable[[Any], Mapping[str, Any]]
    picture: Callable[[Any], Axes | Figure] = _its_plot
    regimes: Callable[..., pd.DataFrame] | None = None
    answer: Callable[[Any], Any] = _itself

    def moves(self, *names: str, **values: Any) -> ui.batch:
        """Return the controls named, or all, as one element of a page.

        Parameters
        ----------
        *names : str
            Controls to show; the others keep their first values.
        **values
            Where a control is to stand at first, by its name.

        Raises
        ------
        InputError
            If the board has no control of that name.
        """
        import marimo

        known = {control.name: control for control in self.controls}
        for name in (*names, *values):
            if name not in known:
                raise InputError(
                    f"the board {self.name!r} has no control {name!r}; "
                    f"it has {', '.join(known)}."
                )
        shown = {
            name: control.widget(values.get(name))
            for name, control in known.items()
            if not names or name in names
        }
        places = "".join(f"<div>{{{name}}}</div>" for name in shown)
        row = f"<div class='ug-moves' style='{_MOVES}'>{places}</div>"
        return marimo.Html(row).batch(**shown)

    def settings(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the value of every control: those given, and the first values."""
        first = {
            control.name: control.options[control.value]
            if isinstance(control, Choice) and isinstance(control.options, Mapping)
            else control.value
            for control in self.controls
        }
        return {**first, **values}

    def outcome(self, values: Mapping[str, Any]) -> Any:
        """Return what the model says where the controls stand at ``values``."""
        return self.solve(**self.settings(values))

    def show(self, values: Mapping[str, Any]) -> Html:
        """Return the numbers to watch, the certificate and the picture, side by side.

        An error of the toolkit is shown in the words of its message.
        """
        import marimo

        try:
            outcome = self.outcome(values)
        except UnigaugeError as error:
            return marimo.Html(f"<div class='ug-note ug-wrong'>{escape(str(error))}</div>")
        cards = "".join(
            f"<div><dt>{escape(name)}</dt><dd>{_spell(value)}</dd></div>"
            for name, value in self.numbers(outcome).items()
        )
        return marimo.Html(
            "<div class='ug-board'><div class='ug-numbers'>"
            f"<dl>{cards}</dl>{_certificate(self.answer(outcome))}</div>"
            f"{picture(self.picture(outcome), alt=self.title).text}</div>"
        )

    def compare(self, values: Mapping[str, Any]) -> Html:
        """Return the table that compares regimes where the controls stand at ``values``."""
        import marimo

        if self.regimes is None:
            return marimo.Html("")
        try:
            return table(self.regimes(**self.settings(values)))
        except UnigaugeError as error:
            return marimo.Html(f"<div class='ug-note ug-wrong'>{escape(str(error))}</div>")


_MOVES = "display:flex;flex-wrap:wrap;gap:0.4rem 2rem;align-items:center"
"""Written out, as marimo keeps the page's style sheet from a batch."""


def _spell(value: Any) -> str:
    """Return a number with three decimals and a true minus, or the text itself."""
    if isinstance(value, bool | str) or not hasattr(value, "__float__"):
        return escape(str(value))
    number = float(value)
    digits = 0 if number.is_integer() and abs(number) < 1e6 else 3
    return fixed(number, digits).replace("-", "\N{MINUS SIGN}")


def _certificate(answer: Any) -> str:
    """Return the line that says whether the answer was checked, and how well."""
    status = getattr(answer, "status", None)
    if status is None:
        return ""
    certificate = float(getattr(answer, "certificate", math.nan))
    gain = (
        ""
        if math.isnan(certificate)
        else f" · certificate {certificate:.0e}".replace("0e+00", "0")
    )
    checked = "" if math.isnan(certificate) else " ug-right"
    kind = " ug-wrong" if status in _DOUBTFUL else checked
    words = escape(str(status).replace("_", " "))
    return f"<p class='ug-note{kind}'>{words}{gain}</p>"
