"""Counts by Poisson with effects of unit and year, corrected by the half-panel jackknife.

The corrected estimate varies more than the uncorrected one, whose error is too small for it.
To first order each estimate is a sum over units of (inverse Hessian) x (score), and so is
their combination, 2 b - (b_1 + b_2) / 2: its clustered error follows.  With some twenty units
it is up to a quarter smaller than a bootstrap of units says.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import DroppedRowsWarning
from unigauge.estimation import Fit, Panel, poisson
from unigauge.estimation.counts import solve_poisson
from unigauge.estimation.within import group_sums
from unigauge.papers.both_ways.regressions import Direction

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["JackknifedCounts", "jackknifed_counts", "two_sided"]

WEIGHTS = (2.0, -0.5, -0.5)
"""Of the whole and its halves."""


def two_sided(z: float) -> float:
    """Return the two-sided p-value of a standard normal."""
    return math.erfc(abs(z) / math.sqrt(2))


@dataclass(frozen=True, slots=True, kw_only=True)
class JackknifedCounts:
    """A Poisson regression, and its corrected estimates and their errors by term."""

    direction: Direction
    fit: Fit
    estimates: dict[str, float]
    std_errors: dict[str, float]

    @property
    def p_value(self) -> float:
        """Of the cause, corrected."""
        term = self.direction.lag
        return two_sided(self.estimates[term] / self.std_errors[term])


def jackknifed_counts(
    frame: pd.DataFrame, directions: Sequence[Direction], *, offset: str | None = None
) -> dict[str, JackknifedCounts]:
    """Regress counts on the logarithms of both series a year before, by direction."""
    panel = Panel.from_frame(frame)
    return {
        direction.name: _jackknifed(panel, direction, offset) for direction in directions
    }


def _jackknifed(panel: Panel, direction: Direction, offset: str | None) -> JackknifedCounts:
    formula = f"{direction.count} ~ {direction.own} + {direction.lag} | entity + time"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        fit = poisson(panel, formula, offset=offset)
    design = fit.design
    periods = np.unique(design.time)
    second = design.time >= periods[len(periods) // 2]
    estimates, influences = np.zeros(2), np.zeros((panel.n_entities, 2))
    for weight, rows in zip(WEIGHTS, (second | True, ~second, second), strict=True):
        part, solution = solve_poisson(design.rows(rows).without_singletons())
        estimates += weight * solution.estimates
        own = solution.scores @ solution.bread
        influences += weight * group_sums(own, part.entity, panel.n_entities)
    units = fit.n_entities
    covariance = units / (units - 1) * influences.T @ influences
    return JackknifedCounts(
        direction=direction,
        fit=fit,
        estimates=dict(zip(fit.terms, estimates.tolist(), strict=True)),
        std_errors=dict(zip(fit.terms, np.sqrt(np.diag(covariance)).tolist(), strict=True)),
    )
