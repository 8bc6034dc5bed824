"""Cointegration in panels: Pedroni, Kao and Westerlund.

``residuals`` has the statistics that start from residuals, ``error_correction`` those that
start from error-correction equations, ``variances`` the long-run variances of both.
"""

from unigauge.estimation.cointegration_tests.estimator import cointegration
from unigauge.estimation.cointegration_tests.results import Cointegration

__all__ = ["Cointegration", "cointegration"]
