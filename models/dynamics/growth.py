"""Growth by innovation and standardisation, after Acemoglu, Gancia and Zilibotti (2012).

"Competing Engines of Growth: Innovation and Standardization", Journal of Economic Theory
147(2), 570-601.  The equations are a restatement of the model; licence fees and stability
are a reconstruction.

Inventing a good takes skilled labour and earns a monopoly profit until the good is
standardised; then anybody can make it with unskilled labour.  Standards free skilled labour
and raise demand for new goods, but they also end the inventor's profit: growth is highest
at a rate of standardisation in between.

* :class:`Economy`: the parameters;
* :func:`balanced_growth`: growth at a given rate of standardisation;
* :func:`optimum`: the rate at which growth, or welfare, is highest;
* :func:`transition`: the path to balanced growth;
* :func:`costly`: growth where standardising takes resources and is a business;
* :func:`licence_optimum`: the licence fee at which growth is then highest.

Examples
--------
>>> from unigauge.models import growth
>>> best = growth.optimum(growth.Economy())
>>> round(best.rate, 9), round(best.growth, 9)
(0.014154759, 0.044154759)
"""

from __future__ import annotations

from unigauge.models.dynamics.growth_economy import (
    Economy,
    innovator_profit,
    output,
    standardiser_profit,
)
from unigauge.models.dynamics.growth_optimum import (
    closed_form_optimum,
    licence_optimum,
    optimum,
)
from unigauge.models.dynamics.growth_paths import (
    STATUSES,
    BalancedPath,
    CostlyPath,
    balanced_growth,
    costly,
)
from unigauge.models.dynamics.growth_transition import Transition, transition

__all__ = [
    "STATUSES",
    "BalancedPath",
    "CostlyPath",
    "Economy",
    "Transition",
    "balanced_growth",
    "closed_form_optimum",
    "costly",
    "innovator_profit",
    "licence_optimum",
    "optimum",
    "output",
    "standardiser_profit",
    "transition",
]
