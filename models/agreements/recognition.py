"""Networks of mutual recognition: who accepts whose standards, and who is left out.

Countries with one firm each trade; a product made to an unrecognised standard must be
converted.  Two countries may recognise each other.  Everything else follows from what that
is worth to them, so every claim holds for one module of demand and says which.

* :class:`World`: the countries, with linear (Cournot) or Hotelling demand;
* :func:`payoffs`, :func:`market`, :func:`payoff_table`: what everybody earns;
* :func:`stable`, :func:`efficient`: all networks that last, or are best, up to 7 countries;
* :func:`improving_path`: where one link at a time leads, for any number;
* :func:`network_map`: all networks of up to four, and who wants to move from which;
* :func:`phase_diagram`: stable networks over two parameters;
* :func:`own_recognition`, :func:`all_or_nothing_gain`, :func:`union_phase`,
  :func:`union_threshold`: one-sided recognition, and unions that exclude;
* :func:`fragmentation`, :func:`fork_loss`, :func:`partner_counts`,
  :func:`global_standard_share`: indices and small closed forms.

A reconstruction in the spirit of Goyal and Joshi (2006), Gandal and Shy (2001) and Chen and
Mattoo (2008); see the functions for sources.

Examples
--------
>>> from unigauge.models import recognition
>>> world = recognition.World(n=4, conversion_cost=0.6)
>>> found = recognition.stable(world)
>>> len(found), found.demand, found.status
(5, 'linear', 'ok')
"""

from __future__ import annotations

from unigauge.models.agreements.fragmentation_indices import (
    Fragmentation,
    PartnerCounts,
    fork_loss,
    fragmentation,
    global_standard_share,
    partner_counts,
)
from unigauge.models.agreements.improving_paths import ImprovingPath, improving_path
from unigauge.models.agreements.link_graphs import (
    complete_graph,
    edges,
    graph_code,
    pairs,
)
from unigauge.models.agreements.network_maps import NetworkMap, network_map
from unigauge.models.agreements.network_stability import (
    CONCEPTS,
    STATUSES,
    Networks,
    efficient,
    stable,
)
from unigauge.models.agreements.recognition_payoffs import (
    Market,
    Payoffs,
    market,
    payoff_table,
    payoffs,
)
from unigauge.models.agreements.recognition_phases import (
    PhaseDiagram,
    phase_diagram,
    union_boundary,
)
from unigauge.models.agreements.recognition_unions import (
    OUTSIDERS,
    OwnRecognition,
    Union,
    all_or_nothing_gain,
    own_recognition,
    union_phase,
    union_threshold,
)
from unigauge.models.agreements.recognition_world import DEMANDS, NETWORKS, World

__all__ = [
    "CONCEPTS",
    "DEMANDS",
    "NETWORKS",
    "OUTSIDERS",
    "STATUSES",
    "Fragmentation",
    "ImprovingPath",
    "Market",
    "NetworkMap",
    "Networks",
    "OwnRecognition",
    "PartnerCounts",
    "Payoffs",
    "PhaseDiagram",
    "Union",
    "World",
    "all_or_nothing_gain",
    "complete_graph",
    "edges",
    "efficient",
    "fork_loss",
    "fragmentation",
    "global_standard_share",
    "graph_code",
    "improving_path",
    "market",
    "network_map",
    "own_recognition",
    "pairs",
    "partner_counts",
    "payoff_table",
    "payoffs",
    "phase_diagram",
    "stable",
    "union_boundary",
    "union_phase",
    "union_threshold",
]
