"""Both directions, and regressions with every kind of inference."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import DroppedRowsWarning
from unigauge.estimation import Fit, half_panel_jackknife, ols, wild_cluster_bootstrap

if TYPE_CHECKING:
    import pandas as pd

    from unigauge.estimation import Panel

__all__ = [
    "BANDWIDTH",
    "DETECTABLE",
    "NOMINAL",
    "Direction",
    "Estimate",
    "Regression",
    "demeaned",
    "estimated",
    "jackknifed",
    "long_run",
    "quietly",
    "regressed",
]

NOMINAL = 0.05
BANDWIDTH = 2
"""Lags of Driscoll-Kraay standard errors."""
DETECTABLE = 2.8
"""Standard errors that a 5 % test finds with probability .8: 1.96 + .84."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """Which variable is to move which; ``count`` is the effect, counted."""

    effect: str
    cause: str
    count: str

    @property
    def name(self) -> str:
        """The direction in words."""
        return f"{self.cause} to {self.effect}"

    @property
    def lag(self) -> str:
        """The cause a year before."""
        return f"lag({self.cause}, 1)"

    @property
    def own(self) -> str:
        """The effect a year before."""
        return f"lag({self.effect}, 1)"

    def term(self, specification: str) -> str:
        """Return the term that a specification is about."""
        if specification == "first differences":
            return f"lag(diff({self.cause}, 1), 1)"
        return f"lag({self.cause}, -1)" if specification == "lead placebo" else self.lag


def demeaned(values: pd.DataFrame, level: str) -> pd.DataFrame:
    """Subtract the mean of each unit, or of each year."""
    return values - values.groupby(level).transform("mean")


def quietly(
    estimator: Callable[..., Fit], panel: pd.DataFrame | Panel, formula: str, **how: str
) -> Fit:
    """Estimate; rows without lags or controls are counted in the tables instead."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        return estimator(panel, formula, **how)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One coefficient with clustered errors.

    ``p_value`` and the 95 % interval are those of the wild bootstrap; for Poisson, which
    has none, those of t.
    """

    estimate: float
    std_error: float
    statistic: float
    p_clustered: float
    p_value: float
    conf_low: float
    conf_high: float
    nobs: int
    n_units: int

    @property
    def significant(self) -> bool:
        """Whether the p-value is at most 5 %."""
        return self.p_value <= NOMINAL

    @property
    def above_zero(self) -> bool:
        """Whether it is significant and positive."""
        return self.significant and self.estimate > 0

    @property
    def detectable(self) -> float:
        """Return the smallest effect that would be found with probability .8."""
        return DETECTABLE * self.std_error


def estimated(fit: Fit, term: str, *, draws: int = 9_999, seed: int = 0) -> Estimate:
    """Take one coefficient out of a fit, and bootstrap it if it is least squares."""
    at, inference = fit.terms.index(term), fit.inference
    p_clustered = float(inference.p_values[at])
    tested = p_clustered, float(inference.conf_low[at]), float(inference.conf_high[at])
    if fit.model == "OLS":
        wild = wild_cluster_bootstrap(fit, term, draws=draws, seed=seed)
        tested = wild.p_value, wild.conf_low, wild.conf_high
    return Estimate(
        estimate=float(fit.solution.estimates[at]),
        std_error=float(inference.std_errors[at]),
        statistic=float(inference.statistics[at]),
        p_clustered=p_clustered,
        p_value=tested[0],
        conf_low=tested[1],
        conf_high=tested[2],
        nobs=fit.nobs,
        n_units=fit.n_entities,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A specification with every kind of inference.

    ``term`` is what it is about, and ``found`` its coefficient.
    """

    fit: Fit
    driscoll_kraay: Fit
    term: str
    found: Estimate
    jackknife: dict[str, float]

    @property
    def wild_p(self) -> float:
        """p-value of the coefficient by the wild bootstrap."""
        return self.found.p_value


def regressed(
    panel: pd.DataFrame | Panel, formula: str, term: str, *, draws: int, seed: int
) -> Regression:
    """Estimate a specification by least squares."""
    fit = quietly(ols, panel, formula)
    return Regression(
        fit=fit,
        driscoll_kraay=fit.with_covariance("driscoll_kraay", bandwidth=BANDWIDTH),
        term=term,
        found=estimated(fit, term, draws=draws, seed=seed),
        jackknife=jackknifed(panel, formula),
    )


def jackknifed(panel: pd.DataFrame | Panel, formula: str) -> dict[str, float]:
    """Return half-panel jackknife estimates; none with trends, which differ by half."""
    if "[" in formula:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        return dict(half_panel_jackknife(panel, formula).params)


def long_run(direction: Direction, main: Regression) -> tuple[float, float] | None:
    """Return the long-run effect and its delta-method error, or None.

    Not identified where the jackknifed own lag is within two standard errors of one.
    """
    own = direction.own
    reach = main.jackknife[own] + 2 * float(main.fit.std_errors[own])
    if reach >= 1:
        return None
    b, persistence = main.fit.params[direction.lag], main.fit.params[own]
    slope = np.array([b / (1 - persistence) ** 2, 1 / (1 - persistence)])
    covariance = main.fit.covariance.loc[[own, direction.lag], [own, direction.lag]]
    return float(b / (1 - persistence)), float(np.sqrt(slope @ covariance @ slope))
