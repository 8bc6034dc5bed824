r"""Innovation and standards drive each other: the two-way system.

A country that knows more wants more standards, and one with more standards wants to know
more.  Each period a part of the gap to what is wanted is closed, which makes a vector
autoregression; whether the loop settles, and how much it multiplies, is in its roots.
Around it stand the same question without linearity: catching up with a frontier, and best
replies that cross more than once, so that an economy may be trapped.

* :class:`TwoWay`: the system, its reduced form and back, impulse responses, simulated
  panels; :func:`solve`: where it settles and what the loop multiplies;
* :func:`marginal_effect`, :func:`peak`: standards that help up to a point;
* :func:`catch_up`, :func:`catch_up_path`, :func:`catch_up_speed`, :func:`skill_threshold`:
  imitation of a frontier, logistic or otherwise;
* :func:`traps`: all crossings of two best replies; :class:`Reply`: an S-shaped one;
* :func:`ring`: a network in which each has two neighbours.

Sources: Nelson and Phelps (1966), "Investment in Humans, Technological Diffusion, and
Economic Growth", American Economic Review 56; Benhabib and Spiegel (2005), "Human Capital
and Technology Diffusion", Handbook of Economic Growth 1A.  The rest is a reconstruction.

Examples
--------
>>> from unigauge.models import two_way
>>> system = two_way.TwoWay()
>>> system.loop, round(system.radius, 9), round(system.multiplier, 9)
(0.125, 0.782287566, 1.142857143)
"""

from __future__ import annotations

from unigauge.models.dynamics.catching_up import (
    CatchUp,
    catch_up,
    catch_up_path,
    catch_up_speed,
    skill_threshold,
)
from unigauge.models.dynamics.poverty_traps import Reply, Traps, traps
from unigauge.models.dynamics.two_way_long_run import (
    STATUSES,
    LongRun,
    marginal_effect,
    peak,
    solve,
)
from unigauge.models.dynamics.two_way_system import TwoWay, ring

__all__ = [
    "STATUSES",
    "CatchUp",
    "LongRun",
    "Reply",
    "Traps",
    "TwoWay",
    "catch_up",
    "catch_up_path",
    "catch_up_speed",
    "marginal_effect",
    "peak",
    "ring",
    "skill_threshold",
    "solve",
    "traps",
]
