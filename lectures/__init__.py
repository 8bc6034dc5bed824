"""Lectures: each model taught in one page, and an explorer to play with.

The modules named in :data:`LECTURES` are marimo notebooks, plain Python files.
:mod:`~unigauge.lectures.classroom` holds the parts that they are put together from,
:mod:`~unigauge.lectures.boards` the models with the numbers that a class may move.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["EXPLORER", "LECTURES", "notebook"]

LECTURES = (
    "delocation",
    "lobbying",
    "standards_battle",
    "bandwagons",
    "surviving_convention",
    "package_bargaining",
    "recognition_networks",
    "innovation_and_standards",
    "panel_evidence",
    "latecomers",
)
"""The lectures in the order in which they are taught."""

EXPLORER = Path(__file__).with_name("explorer.py")
"""The notebook in which every board can be played with."""


def notebook(name: str) -> Path:
    """Return the file of the lecture ``name``.

    Parameters
    ----------
    name : str
        One of :data:`LECTURES`.

    Raises
    ------
    InputError
        If there is no such lecture; the message suggests one.

    Examples
    --------
    >>> notebook("delocation").name
    'delocation.py'
    """
    from unigauge.errors import require_choice

    return Path(__file__).with_name(f"{require_choice('lecture', name, LECTURES)}.py")
