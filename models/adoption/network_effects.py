"""Adoption with network effects: many players, of whom only the number matters.

A player who adopts together with ``k`` others gains ``benefit[k]`` and pays an own cost;
who does not adopt earns nothing.  If some number of adopters is an equilibrium at all, it
is one with the players of lowest cost adopting; so everything about the game is in one
sequence, what the next player gains when ``m`` have adopted.  Equilibria, tipping points,
critical mass and the potential are read off it after one sort: ten thousand players take
milliseconds.

* :class:`AdoptionGame`: the game, with a cost for each player, or types with counts;
* :func:`equilibria`: all pure equilibria, ranked by welfare and by potential;
* :func:`path`: best replies from any start;
* :func:`tipping`: stable numbers, their basins, critical mass;
* :class:`StandardsGame` and :func:`standards_equilibria`: several incompatible standards.

Sources: Granovetter (1978), *Threshold models of collective behavior*, American Journal of
Sociology 83; Katz and Shapiro (1985), *Network externalities, competition, and
compatibility*, American Economic Review 75; Monderer and Shapley (1996), *Potential games*,
Games and Economic Behavior 14.

Examples
--------
>>> from unigauge.models import network_effects
>>> costs = [0.5, 0.5, 1.5, 2.5, 2.5, 4.5, 5.5, 6.5]
>>> game = network_effects.AdoptionGame.linear(8, 1.0, costs)
>>> found = network_effects.equilibria(game)
>>> found.smallest, found.largest, network_effects.tipping(game).critical_mass
(0, 8, 1)
"""

from __future__ import annotations

from unigauge.models.adoption.adoption_equilibria import (
    AdoptionEquilibria,
    Path,
    Tipping,
    equilibria,
    path,
    tipping,
)
from unigauge.models.adoption.adoption_game import AdoptionGame
from unigauge.models.adoption.several_standards import (
    StandardsEquilibria,
    StandardsGame,
    standards_equilibria,
)

__all__ = [
    "AdoptionEquilibria",
    "AdoptionGame",
    "Path",
    "StandardsEquilibria",
    "StandardsGame",
    "Tipping",
    "equilibria",
    "path",
    "standards_equilibria",
    "tipping",
]
