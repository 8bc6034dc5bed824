"""Granger non-causality in panels.

``sample`` is an outcome with its own lags and those of a cause; ``estimator`` holds the tests
for long panels (Dumitrescu-Hurlin; Juodis-Karavias-Sarafidis), ``moments`` the one for short
ones (Holtz-Eakin, Newey and Rosen); ``draws`` their bootstraps, ``lags`` their criteria.
"""

from unigauge.estimation.granger.estimator import (
    dumitrescu_hurlin,
    juodis_karavias_sarafidis,
)
from unigauge.estimation.granger.moments import holtz_eakin
from unigauge.estimation.granger.pooled_results import HoltzEakin, JuodisKaraviasSarafidis
from unigauge.estimation.granger.results import DumitrescuHurlin, GrangerTest

__all__ = [
    "DumitrescuHurlin",
    "GrangerTest",
    "HoltzEakin",
    "JuodisKaraviasSarafidis",
    "dumitrescu_hurlin",
    "holtz_eakin",
    "juodis_karavias_sarafidis",
]
