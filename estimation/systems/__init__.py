"""Simultaneous equations with fixed effects.

``equations`` reads them, ``estimator`` solves them, ``results`` shows coefficients, first
stages and tested exclusions.
"""

from unigauge.estimation.systems.estimator import three_stage
from unigauge.estimation.systems.results import SystemFit

__all__ = ["SystemFit", "three_stage"]
