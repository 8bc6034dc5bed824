"""Theory: games in which governments and firms choose standards.

A model is a frozen dataclass of parameters and functions that take it:
``solve(world, regime)`` returns an outcome with a status and a certificate.

Examples
--------
>>> from unigauge.models import delocation
>>> delocation.solve(delocation.World(), "efficient").status
'ok'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

_FOLDERS = {
    "attrition": "adoption",
    "bandwagon": "adoption",
    "coalitions": "agreements",
    "committee": "adoption",
    "compatibility": "adoption",
    "delocation": "regulation",
    "finite": "adoption",
    "global_games": "adoption",
    "lobbying": "regulation",
    "network_effects": "adoption",
    "quantal": "adoption",
    "recognition": "agreements",
    "selection": "adoption",
    "treatment": "agreements",
}
__all__ = [
    "attrition",
    "bandwagon",
    "coalitions",
    "committee",
    "compatibility",
    "delocation",
    "finite",
    "global_games",
    "lobbying",
    "network_effects",
    "quantal",
    "recognition",
    "selection",
    "treatment",
]

if TYPE_CHECKING:
    from unigauge.models.adoption import (
        attrition,
        bandwagon,
        committee,
        compatibility,
        finite,
        global_games,
        network_effects,
        quantal,
        selection,
    )
    from unigauge.models.agreements import coalitions, recognition, treatment
    from unigauge.models.regulation import delocation, lobbying
else:

    def __getattr__(name):
        if name in __all__:
            from importlib import import_module

            return import_module(f"unigauge.models.{_FOLDERS[name]}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        return __all__
