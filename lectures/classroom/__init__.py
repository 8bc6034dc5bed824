"""What every lecture is put together from.

A lecture says what is being taught; these parts show it: a board with a model and its
sliders, exercises that check an answer, code that runs where it is printed, tables,
pictures and a reading list.  They are plain HTML, so a page looks the same whether
marimo serves it or it was published as a file.
"""

from unigauge.lectures.classroom.board import Board, Choice, Slider
from unigauge.lectures.classroom.exercises import Exercise, checked, replies_to
from unigauge.lectures.classroom.parts import (
    beside,
    heading,
    masthead,
    picture,
    reading,
    session,
    table,
)

__all__ = [
    "Board",
    "Choice",
    "Exercise",
    "Slider",
    "beside",
    "checked",
    "heading",
    "masthead",
    "picture",
    "reading",
    "replies_to",
    "session",
    "table",
]
