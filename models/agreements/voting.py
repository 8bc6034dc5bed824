"""Voting on a standard: power, agendas, blocs.

* :func:`banzhaf`, :func:`shapley_shubik`: how often a voter decides, which is not its share
  of the votes;
* :func:`setter`: what an agenda setter, such as a secretariat, gets through;
* :func:`bloc_vote`: what loyalty to blocs costs in quality and in agreement.

Examples
--------
>>> from unigauge.models import voting
>>> voting.banzhaf([50, 49, 1], quota=51).power
array([0.6, 0.2, 0.2])
"""

from __future__ import annotations

from unigauge.models.agreements.voting_power import Power, banzhaf, shapley_shubik
from unigauge.models.agreements.voting_rules import Agenda, BlocVote, bloc_vote, setter

__all__ = [
    "Agenda",
    "BlocVote",
    "Power",
    "banzhaf",
    "bloc_vote",
    "setter",
    "shapley_shubik",
]
