"""Structural estimation: parameters of behaviour from panels and from choices."""

from __future__ import annotations

from unigauge.estimation.structural.two_way_estimates import two_way_fit
from unigauge.estimation.structural.two_way_results import TwoWayFit

__all__ = ["TwoWayFit", "two_way_fit"]
