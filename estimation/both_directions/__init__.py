"""One verb that runs both directions on one sample, and says what may be concluded.

In reading order: ``sample`` (one sample for all), ``methods`` (what is run in a
direction), ``questions`` (what each direction is asked), ``findings`` (what counts as
what), ``report_*`` (the page in plain words), ``forest`` (the picture), ``result``
(:func:`bidirectional` and its result).
"""

from __future__ import annotations

from unigauge.estimation.both_directions.result import Bidirectional, bidirectional

__all__ = ["Bidirectional", "bidirectional"]
