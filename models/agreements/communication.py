"""Talk between parties to a standard: cheap talk, dialogue, and stages of a draft.

* :func:`crawford_sobel`: what a party with other interests can credibly tell, and when
  it is better to let it decide;
* :func:`degroot`: where repeated dialogue leads, how fast, and what anchors do to it;
* :func:`stages`: how long a draft takes through stages that may send it back.

Waiting and the choice between committee and market are in
:mod:`unigauge.models.attrition` and :mod:`unigauge.models.committee`.

Examples
--------
>>> from unigauge.models import communication
>>> communication.crawford_sobel(0.05).messages
3
"""

from __future__ import annotations

from unigauge.models.agreements.cheap_talk import (
    CheapTalk,
    crawford_sobel,
    delegation_limit,
)
from unigauge.models.agreements.dialogue import Dialogue, Stages, degroot, stages

__all__ = [
    "CheapTalk",
    "Dialogue",
    "Stages",
    "crawford_sobel",
    "degroot",
    "delegation_limit",
    "stages",
]
