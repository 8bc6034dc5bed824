"""Coalitions: blocs with a common standard, rival coalitions, and those outside.

* :func:`partition_core`: which partitions no coalition wants to leave, for any payoffs;
* :class:`Blocs`: countries with a common standard trade; how large should blocs be?
* :class:`RivalCoalitions`: powers join forces to write the standard;
* :class:`RegionalMarkets` and :func:`outsider`: what an arrangement does to outsiders.

A reconstruction; see the functions for sources.

Examples
--------
Two powers deal if a third is a middling rival, and not if it is weak:

>>> from unigauge.models import coalitions
>>> for rival in (0.25, 2.5):
...     game = coalitions.RivalCoalitions(strength=(3, 3, rival))
...     print(rival, coalitions.partition_core(game).record()["stable"])
0.25 0|1|2
2.5 01|2
"""

from __future__ import annotations

from unigauge.models.agreements.coalition_blocs import Blocs, RivalCoalitions
from unigauge.models.agreements.outsider_markets import (
    ARRANGEMENTS,
    Outsiders,
    RegionalMarkets,
    outsider,
)
from unigauge.models.agreements.partition_games import (
    CONJECTURES,
    PartitionCore,
    label,
    partition_core,
    partitions,
)

__all__ = [
    "ARRANGEMENTS",
    "CONJECTURES",
    "Blocs",
    "Outsiders",
    "PartitionCore",
    "RegionalMarkets",
    "RivalCoalitions",
    "label",
    "outsider",
    "partition_core",
    "partitions",
]
