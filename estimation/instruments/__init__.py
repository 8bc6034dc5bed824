"""Instrumental variables with fixed effects.

``formulas`` reads them, ``parts`` sweeps the columns, ``estimator`` runs two-stage least
squares or LIML, and ``results`` carries the tests that belong to them.
"""

from unigauge.estimation.instruments.estimator import iv
from unigauge.estimation.instruments.results import InstrumentFit

__all__ = ["InstrumentFit", "iv"]
