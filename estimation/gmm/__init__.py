"""Dynamic panels by the generalised method of moments.

From a panel to a fit: ``sample`` (which rows, what explains what), ``transforms`` (what
removes the effects), ``equations``, ``instruments``, ``moments`` (their products, gathered
equation by equation), ``steps`` (weights, estimates, covariances), ``specification``
(Sargan, Hansen, serial correlation), ``results``; ``estimator`` joins them.
``unit_moments`` keeps the moments of each unit apart, for bootstraps and systems.
"""

from unigauge.estimation.gmm.estimator import dynamic_gmm
from unigauge.estimation.gmm.results import DynamicFit

__all__ = ["DynamicFit", "dynamic_gmm"]
