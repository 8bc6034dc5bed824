"""Contests for influence over a standard, and catching up.

* :class:`Contest`, :func:`solve`: effort of several contestants, with head starts and caps;
* :func:`niche_entry`, :func:`headstart_entry`: which fields a latecomer enters;
* :func:`sponsor_auction`: who pays how much to have its standard adopted;
* :func:`parity`: how long drawing level takes, or how fast it must go;
* :func:`urn_mean`: whether early success feeds on itself.

Examples
--------
>>> from unigauge.models import contests
>>> outcome = contests.solve(contests.Contest(values=[1, 1], head_starts=[0.5, 0]))
>>> outcome.payoff.round(6)
array([0.707107, 0.085786])
"""

from __future__ import annotations

from unigauge.models.agreements.catching_up import Parity, Urn, parity, urn_mean
from unigauge.models.agreements.effort_contest import STATUSES, Contest, Outcome, solve
from unigauge.models.agreements.entry import (
    HeadStartEntry,
    Niches,
    headstart_entry,
    niche_entry,
)
from unigauge.models.agreements.sponsors import Sponsors, sponsor_auction

__all__ = [
    "STATUSES",
    "Contest",
    "HeadStartEntry",
    "Niches",
    "Outcome",
    "Parity",
    "Sponsors",
    "Urn",
    "headstart_entry",
    "niche_entry",
    "parity",
    "solve",
    "sponsor_auction",
    "urn_mean",
]
