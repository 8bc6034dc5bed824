"""Bargaining over the attributes of a standard: packages, rivals, research, assistance.

* :func:`solve`: what parties agree on if all attributes are one package, by the solutions
  of Nash (1950), Kalai and Smorodinsky (1975), the egalitarian and the utilitarian rule,
  and with transfers;
* :func:`issue_by_issue`: what they agree on if each attribute is a bargain of its own;
* :func:`with_rival`, :func:`rival_range`: a rival decides what no agreement is worth;
* :func:`joint_research`: effort that shifts the technical frontier;
* :func:`assistance`: who may veto, the least able decides, unless others raise its ability;
* :func:`complements`, :func:`ccd`: royalties stacked or pooled; how even subsystems are.

The solutions are the textbook's; that parties bargain over a standard in this way is a
reconstruction.

Examples
--------
>>> from unigauge.models import bargaining
>>> outcome = bargaining.solve(bargaining.Package(), "nash")
>>> outcome.x.round(5), outcome.status
(array([0.70711, 0.70711]), 'corner')
"""

from __future__ import annotations

from unigauge.models.agreements.complementarity import (
    Complements,
    Coupling,
    ccd,
    complements,
)
from unigauge.models.agreements.package import Package, mirror_package
from unigauge.models.agreements.package_bargains import (
    SOLUTIONS,
    STATUSES,
    compare,
    issue_by_issue,
    least_surplus,
    solve,
)
from unigauge.models.agreements.package_outcome import Bargain, draw_package
from unigauge.models.agreements.research_effort import Research, joint_research
from unigauge.models.agreements.rivalry import RivalRange, rival_range, with_rival
from unigauge.models.agreements.stringency import Assistance, assistance

__all__ = [
    "SOLUTIONS",
    "STATUSES",
    "Assistance",
    "Bargain",
    "Complements",
    "Coupling",
    "Package",
    "Research",
    "RivalRange",
    "assistance",
    "ccd",
    "compare",
    "complements",
    "draw_package",
    "issue_by_issue",
    "joint_research",
    "least_surplus",
    "mirror_package",
    "rival_range",
    "solve",
    "with_rival",
]
