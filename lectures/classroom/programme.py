"""The programme: number, title and promise of every lecture."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from unigauge.errors import DataError, require_choice
from unigauge.lectures import LECTURES, notebook

__all__ = ["Lecture", "find", "programme"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lecture:
    """One lecture of the programme.

    Parameters
    ----------
    number : int
        Its place among the lectures, from 1.
    name : str
        Its key, one of :data:`unigauge.lectures.LECTURES`.
    title, promise : str
        What its heading says; empty if the notebook is not there.
    file : Path
        The notebook.
    """

    number: int
    name: str
    title: str
    promise: str
    file: Path

    @property
    def written(self) -> bool:
        """Whether the notebook is there."""
        return self.file.is_file()


def programme() -> tuple[Lecture, ...]:
    """Return all lectures in the order in which they are taught.

    Title and promise are read from the notebook's heading without running it.

    Examples
    --------
    >>> [lecture.name for lecture in programme()][:2]
    ['delocation', 'lobbying']
    """
    return tuple(_lecture(number, name) for number, name in enumerate(LECTURES, start=1))


def find(name: str) -> Lecture:
    """Return a lecture by its name or its number.

    Raises
    ------
    InputError
        If there is no such lecture; the message suggests one.
    DataError
        If its notebook is not in this installation.

    Examples
    --------
    >>> find("1").name
    'delocation'
    """
    if name.isdecimal() and 1 <= int(name) <= len(LECTURES):
        name = LECTURES[int(name) - 1]
    place = LECTURES.index(require_choice("lecture", name, LECTURES))
    lecture = _lecture(place + 1, name)
    if not lecture.written:
        raise DataError(
            f"the notebook of the lecture {name} is not at {lecture.file}. Install "
            "unigauge again, or choose another lecture."
        )
    return lecture


def _lecture(number: int, name: str) -> Lecture:
    file = notebook(name)
    title, promise = _heading(file) if file.is_file() else ("", "")
    return Lecture(number=number, name=name, title=title, promise=promise, file=file)


def _heading(file: Path) -> tuple[str, str]:
    """Return title and promise as a notebook gives them to its heading."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Name(id="heading") | ast.Attribute(attr="heading"),
                args=[_, ast.Constant(value=str(title)), ast.Constant(value=str(promise))],
            ):
                return title, promise
    return "", ""
