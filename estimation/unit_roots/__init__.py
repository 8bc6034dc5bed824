"""Unit roots in panels.

``sample`` takes the series, ``regressions`` runs the Dickey-Fuller regressions of all units
at once, ``statistics`` joins them into a test with ``printed_moments`` or with the law in
``dickey_fuller_law``; ``estimator`` asks.
"""

from unigauge.estimation.unit_roots.estimator import unit_root
from unigauge.estimation.unit_roots.results import UnitRoot

__all__ = ["UnitRoot", "unit_root"]
