"""Structural estimation: parameters of behaviour from panels and from choices."""

from __future__ import annotations

from unigauge.estimation.structural.adoption_estimates import adoption_game_fit
from unigauge.estimation.structural.adoption_fixed_points import equilibrium_adoption
from unigauge.estimation.structural.adoption_results import AdoptionGameFit
from unigauge.estimation.structural.minimum_distance import (
    RestrictedTwoWayFit,
    two_way_restricted,
)
from unigauge.estimation.structural.two_way_estimates import two_way_fit
from unigauge.estimation.structural.two_way_results import TwoWayFit

__all__ = [
    "AdoptionGameFit",
    "RestrictedTwoWayFit",
    "TwoWayFit",
    "adoption_game_fit",
    "equilibrium_adoption",
    "two_way_fit",
    "two_way_restricted",
]
