"""Panel vector autoregressions.

``choice`` and ``sample`` read what is asked and which rows answer it; ``moments`` and
``equation`` estimate; ``draws`` and ``responses`` say what a shock does and how surely;
``specification`` holds Granger tests and the choice of lags; ``estimator`` joins them.
"""

from unigauge.estimation.vector_autoregression.estimator import panel_var
from unigauge.estimation.vector_autoregression.results import PanelVARFit

__all__ = ["PanelVARFit", "panel_var"]
