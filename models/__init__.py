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
    "bargaining": "agreements",
    "coalitions": "agreements",
    "committee": "adoption",
    "communication": "agreements",
    "compatibility": "adoption",
    "contests": "agreements",
    "delocation": "regulation",
    "finite": "adoption",
    "forcing": "dynamics",
    "global_games": "adoption",
    "growth": "dynamics",
    "incentives": "dynamics",
    "lobbying": "regulation",
    "network_effects": "adoption",
    "policy_game": "dynamics",
    "quantal": "adoption",
    "recognition": "agreements",
    "revision": "dynamics",
    "selection": "adoption",
    "stages": "dynamics",
    "treatment": "agreements",
    "two_way": "dynamics",
    "voting": "agreements",
}
__all__ = [
    "attrition",
    "bandwagon",
    "bargaining",
    "coalitions",
    "committee",
    "communication",
    "compatibility",
    "contests",
    "delocation",
    "finite",
    "forcing",
    "global_games",
    "growth",
    "incentives",
    "lobbying",
    "network_effects",
    "policy_game",
    "quantal",
    "recognition",
    "revision",
    "selection",
    "stages",
    "treatment",
    "two_way",
    "voting",
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
    from unigauge.models.agreements import (
        bargaining,
        coalitions,
        communication,
        contests,
        recognition,
        treatment,
        voting,
    )
    from unigauge.models.dynamics import (
        forcing,
        growth,
        incentives,
        policy_game,
        revision,
        stages,
        two_way,
    )
    from unigauge.models.regulation import delocation, lobbying
else:

    def __getattr__(name):
        if name in __all__:
            from importlib import import_module

            return import_module(f"unigauge.models.{_FOLDERS[name]}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        return __all__
