"""The models that a class may play with: one module a story, boards in each."""

from __future__ import annotations

import importlib
import pkgutil

from unigauge.lectures.classroom import Board

__all__ = ["boards", "by_lecture"]


def boards() -> dict[str, Board]:
    """Return every board by its name, in the order in which the lectures are taught."""
    return {board.name: board for group in by_lecture().values() for board in group}


def by_lecture() -> dict[str, tuple[Board, ...]]:
    """Return the boards of every lecture by its name, in the order of teaching."""
    from unigauge.lectures import LECTURES

    found = {module.name for module in pkgutil.iter_modules(__path__)}
    return {
        name: importlib.import_module(f"{__name__}.{name}").BOARDS
        for name in LECTURES
        if name in found
    }
