"""Regulatory agreements when producers lobby: standards as trade policy.

After Maggi and Ossa (2023), "The Political Economy of International Regulatory
Cooperation", American Economic Review 113(8), 2168-2200.  Equations and propositions
are known from a structured summary of the article and were derived again from the
payoffs; what goes beyond it is marked as a reconstruction or as ours.

A standard caps the dirtiness of a good in use (product) or in making (process).
Cleaning costs consumers in the first case and producers in the second; governments
weigh producers' profit more the stronger lobbies are.  Small countries take the world
price as given; together, governments know that looser product standards, or tighter
process standards, raise it.  So the direction of an agreement, and whether it pays,
turn on what is regulated and on how strong lobbies are: :func:`agreement`.

Examples
--------
>>> from unigauge.models import lobbying
>>> economy = lobbying.Economy(lobbying=1.2)
>>> deal = lobbying.agreement(economy, "product")
>>> deal.overall, deal.verdict
('loosen', 'lowers')
>>> lobbying.agreement(economy, "process").overall
'tighten'
"""

from unigauge.models.regulation.lobbying_agreement import Agreement, agreement
from unigauge.models.regulation.lobbying_along import common_standard, lobbying_path
from unigauge.models.regulation.lobbying_economy import Abatement, Economy, Market
from unigauge.models.regulation.lobbying_market import STANDARDS, TAXES
from unigauge.models.regulation.lobbying_outcome import (
    STATUSES,
    Outcome,
    compare,
    solve,
)
from unigauge.models.regulation.lobbying_settlement import REGIMES, RegimeOutcome
from unigauge.models.regulation.lobbying_taxes import TaxOutcome, solve_tax
from unigauge.models.regulation.lobbying_thresholds import cross_border_switch, thresholds

__all__ = [
    "REGIMES",
    "STANDARDS",
    "STATUSES",
    "TAXES",
    "Abatement",
    "Agreement",
    "Economy",
    "Market",
    "Outcome",
    "RegimeOutcome",
    "TaxOutcome",
    "agreement",
    "common_standard",
    "compare",
    "cross_border_switch",
    "lobbying_path",
    "solve",
    "solve_tax",
    "thresholds",
]
