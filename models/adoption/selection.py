"""Which convention survives when people revise, err, meet on networks, or imitate.

* :func:`best_reply_with_mistakes` (Kandori, Mailath and Rob), :func:`adaptive_play`
  (Young), :func:`logit_revision` and :func:`gibbs` (Blume): exact long-run distributions;
* :class:`BirthDeath`, :func:`mistakes_chain`, :func:`stationary`: chains of one's own;
* :func:`convention_stability` and :func:`stability`: what is left as mistakes vanish, by
  radius, coradius and cheapest trees;
* :func:`contagion`, :func:`contagion_threshold`, :func:`network_gibbs`,
  :func:`linear_quadratic` on networks such as :func:`ring` and :func:`lattice`;
* :func:`replicator`, :func:`replicator_time`, :func:`moran`: imitation of success.

Examples
--------
In a stag hunt people come to play safe, although hunting together is better for all:

>>> from unigauge.models import selection
>>> stag_hunt = [[4, 0], [3, 2]]
>>> answer = selection.best_reply_with_mistakes(stag_hunt, n=200, mistakes=0.01)
>>> round(answer.mean_share, 4), round(answer.log10_ratio, 2)
(0.005, -151.72)
>>> selection.convention_stability(stag_hunt, n=200).stable
(0,)
"""

from __future__ import annotations

from unigauge.models.adoption.conventions import (
    BirthDeath,
    adaptive_play,
    best_reply_with_mistakes,
    convention_stability,
    gibbs,
    logit_revision,
    mistakes_chain,
)
from unigauge.models.adoption.evolution import (
    Fixation,
    Replication,
    moran,
    replicator,
    replicator_time,
)
from unigauge.models.adoption.markov_chains import (
    Stability,
    Stationary,
    stability,
    stationary,
)
from unigauge.models.adoption.networks import (
    Contagion,
    PeerEffects,
    contagion,
    contagion_threshold,
    lattice,
    linear_quadratic,
    network_gibbs,
    ring,
)

__all__ = [
    "BirthDeath",
    "Contagion",
    "Fixation",
    "PeerEffects",
    "Replication",
    "Stability",
    "Stationary",
    "adaptive_play",
    "best_reply_with_mistakes",
    "contagion",
    "contagion_threshold",
    "convention_stability",
    "gibbs",
    "lattice",
    "linear_quadratic",
    "logit_revision",
    "mistakes_chain",
    "moran",
    "network_gibbs",
    "replicator",
    "replicator_time",
    "ring",
    "stability",
    "stationary",
]
