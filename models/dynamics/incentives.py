"""Incentives inside a laboratory: papers that are counted, standards that are not.

* :func:`contract`: the best linear pay for several tasks if effort cannot be negative;
  :func:`linear_contract`: the textbook formula, which lets it; :func:`reply`: the agent's
  effort under any pay.
* :func:`staged_pay`: pay a group stage by stage, or only at the end.
* :func:`tournament`: promotion by an index in which standards have a weight.

Sources: Holmstrom and Milgrom (1991), "Multitask Principal-Agent Analyses", Journal of Law,
Economics, and Organization 7; Lazear and Rosen (1981), Journal of Political Economy 89.  The
corner, intrinsic effort and staged pay are a reconstruction.

Examples
--------
>>> from unigauge.models import incentives
>>> tasks = incentives.Tasks(noise=(0.5, float("inf")))  # standards are not measured
>>> incentives.linear_contract(tasks).piece_rate.round(4)
array([0.3636, 0.    ])
>>> best = incentives.contract(tasks)
>>> best.status, best.piece_rate.round(4)
('corner_zero_effort', array([0.6667, 0.    ]))
"""

from __future__ import annotations

from unigauge.models.dynamics.lab_tasks import Tasks
from unigauge.models.dynamics.multitask import (
    STATUSES,
    Contract,
    contract,
    linear_contract,
    reply,
)
from unigauge.models.dynamics.rewards import (
    StagedPay,
    Tournament,
    staged_pay,
    tournament,
)

__all__ = [
    "STATUSES",
    "Contract",
    "StagedPay",
    "Tasks",
    "Tournament",
    "contract",
    "linear_contract",
    "reply",
    "staged_pay",
    "tournament",
]
