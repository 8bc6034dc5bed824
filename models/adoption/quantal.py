"""Quantal response: equilibria of people who choose better actions more often, not always.

* :func:`correspondence`: the whole curve of symmetric logit equilibria in closed form, with
  its folds, for any number of anonymous players with two actions;
* :func:`equilibria`: all of them at one precision;
* :func:`principal_branch`: two unlike players, followed from coin tosses upwards;
* :func:`estimate_precision`: the precision that observed play reveals, with its error.

Source: McKelvey and Palfrey (1995), *Quantal response equilibria for normal form games*,
Games and Economic Behavior 10.

Examples
--------
Pure coordination has one equilibrium, the coin toss, until precision reaches 2:

>>> from unigauge.models import quantal
>>> curve = quantal.correspondence([[1, 0], [0, 1]])
>>> curve.critical_precision
2.0
>>> len(quantal.equilibria([[1, 0], [0, 1]], 1.9)), len(quantal.equilibria([[1, 0], [0, 1]], 2.1))
(1, 3)
"""

from __future__ import annotations

from unigauge.models.adoption.logit_branches import (
    Correspondence,
    LogitEquilibria,
    correspondence,
    equilibria,
)
from unigauge.models.adoption.logit_estimation import (
    PrecisionEstimate,
    estimate_precision,
)
from unigauge.models.adoption.logit_pairs import PrincipalBranch, principal_branch

__all__ = [
    "Correspondence",
    "LogitEquilibria",
    "PrecisionEstimate",
    "PrincipalBranch",
    "correspondence",
    "equilibria",
    "estimate_precision",
    "principal_branch",
]
