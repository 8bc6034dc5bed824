"""Standards that force technology, and when to set them.

* :func:`respond`: how much R&D a firm does to pass a bar, and when it gives up;
  :func:`give_up`: the bar at which it does.
* :func:`mean_response`: the same for many firms of different capability.
* :func:`timing`: standardise early, to coordinate, or late, when more is known.
* :func:`option`: how much a project must be worth before it pays to commit.

Reconstruction: the claims are the literature's on technology-forcing standards and on the
timing of standards; the option is that of Dixit and Pindyck (1994), ch. 5.

Examples
--------
>>> from unigauge.models import forcing
>>> answer = forcing.respond(0.3, noise=0.2)
>>> answer.status, round(answer.effort, 6)
('interior', 0.52618)
>>> round(forcing.give_up(noise=0.2).standard, 4)
0.7319
"""

from __future__ import annotations

from unigauge.models.dynamics.bar_limits import (
    GiveUp,
    MeanResponse,
    give_up,
    mean_response,
)
from unigauge.models.dynamics.performance_bar import Response, respond
from unigauge.models.dynamics.standard_timing import Option, Timing, option, timing

__all__ = [
    "STATUSES",
    "GiveUp",
    "MeanResponse",
    "Option",
    "Response",
    "Timing",
    "give_up",
    "mean_response",
    "option",
    "respond",
    "timing",
]

STATUSES = ("already", "comply", "give_up", "interior", "corner", "wait", "now")
"""What ``status`` can be, all certified; else ``uncertified``.

Without noise a firm passes ``already``, does just enough to ``comply``, or does nothing,
``give_up``; with noise its effort is ``interior``, or a ``corner`` where it is too small to
be told from 0.  Who times a standard or a project acts ``now`` or should ``wait``.
"""
