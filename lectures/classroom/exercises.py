"""Exercises whose answers the package knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from unigauge.errors import InputError

if TYPE_CHECKING:
    from marimo import Html, ui

__all__ = ["Exercise", "checked", "replies_to"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """A question and the answer that the package gives.

    Parameters
    ----------
    question : str
        In Markdown.
    answer : float or str
        The number, or the one of ``choices`` that is right.
    tolerance : float, default 0.005
        How far from the number a reply may lie.
    unit : str, default ""
        What the number counts.
    choices : tuple of str, optional
        What may be chosen; without it the reply is a number.
    why : str
        Shown with the right answer.

    Raises
    ------
    InputError
        If the answer is not one of the choices, or no number where there are none.

    Examples
    --------
    >>> half = Exercise(question="A half?", answer=0.5, why="One part of two.")
    >>> half.is_right(0.503), half.is_right(0.6)
    (True, False)
    """

    question: str
    answer: float | str
    why: str
    tolerance: float = 0.005
    unit: str = ""
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.choices and self.answer not in self.choices:
            raise InputError(
                f"the answer {self.answer!r} is not among the choices {self.choices!r}."
            )
        if not self.choices and isinstance(self.answer, str):
            raise InputError(f"the answer {self.answer!r} is text; give choices with it.")

    def field(self) -> ui.number | ui.radio:
        """Return the element in which a student replies."""
        import marimo

        if self.choices:
            return marimo.ui.radio(list(self.choices))
        return marimo.ui.number(step=None, value=None, label=self.unit)

    def is_right(self, reply: float | str | None) -> bool:
        """Return whether the reply is right; no reply is not."""
        if reply is None:
            return False
        if isinstance(self.answer, str):
            return reply == self.answer
        return abs(float(reply) - float(self.answer)) <= self.tolerance

    def check(self, reply: float | str | None) -> str:
        """Return what the page says to the reply, as HTML."""
        if reply is None:
            return (
                "<details class='ug-note'><summary>the answer</summary>"
                f"<p>{escape(self.spelled)}. {escape(self.why)}</p></details>"
            )
        if self.is_right(reply):
            return f"<div class='ug-note ug-right'>Right. {escape(self.why)}</div>"
        return (
            "<div class='ug-note ug-wrong'>Not yet. Look again, then try once more.</div>"
        )

    @property
    def spelled(self) -> str:
        """The answer in words or digits."""
        if isinstance(self.answer, str):
            return self.answer
        number = f"{self.answer:.4g}".replace("-", "\N{MINUS SIGN}")
        return f"{number} {self.unit}".strip()


def replies_to(exercises: Sequence[Exercise]) -> ui.array:
    """Return the fields for all replies, one element of a page."""
    import marimo

    return marimo.ui.array([exercise.field() for exercise in exercises])


def checked(exercises: Sequence[Exercise], replies: Any) -> Html:
    """Return the exercises with their fields and what the page says to each reply.

    Parameters
    ----------
    exercises : sequence of Exercise
        As many as fields.
    replies : marimo.ui.array
        What :func:`replies_to` returned, from another cell.
    """
    import marimo

    parts = []
    for place, (exercise, field, reply) in enumerate(
        zip(exercises, replies.elements, replies.value, strict=True), start=1
    ):
        parts.append(
            f"<li class='ug-exercise' id='exercise-{place}'>"
            f"{marimo.md(exercise.question).text}{field.text}{exercise.check(reply)}</li>"
        )
    return marimo.Html(f"<ol class='ug-exercises'>{''.join(parts)}</ol>")
