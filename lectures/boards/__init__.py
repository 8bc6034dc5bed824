"""The models that a class may play with: one module a story, boards in each."""

from __future__ import annotations

import importlib
import pkgutil

from unigauge.lectures.classroom import Board

__all__ = ["boards"]


def boards() -> dict[str, Board]:
    """Return every board by its name, in the order in which the lectures are taught."""
    from unigauge.lectures import LECTURES

    found = {module.name for module in pkgutil.iter_modules(__path__)}
    modules = [
        importlib.import_module(f"{__name__}.{name}") for name in LECTURES if name in found
    ]
    return {board.name: board for module in modules for board in module.BOARDS}
