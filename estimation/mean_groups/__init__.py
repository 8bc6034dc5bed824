"""One regression a unit, and their mean; beside cross-section averages, or not."""

from unigauge.estimation.mean_groups.common_correlated_effects import cce
from unigauge.estimation.mean_groups.estimator import mean_group
from unigauge.estimation.mean_groups.results import MeanGroupFit

__all__ = ["MeanGroupFit", "cce", "mean_group"]
