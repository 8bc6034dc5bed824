"""Variables, description and main regressions, the same for both directions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation import (
    Fit,
    cross_section_dependence,
    half_panel_jackknife,
    ols,
    poisson,
    wild_cluster_bootstrap,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NOMINAL = 0.05
BANDWIDTH = 2
"""Lags of Driscoll-Kraay standard errors."""
DETECTABLE = 2.8
"""Standard errors that a 5 % test finds with probability .8: 1.96 + .84."""
THIN = ("electrical", "electronics", "telecom")
"""Fields in which ISO hardly publishes; IEC, ITU and ETSI do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """Which variable is to move which."""

    name: str
    effect: str
    cause: str
    count: str

    @property
    def lag(self) -> str:
        """The cause a year before."""
        return f"lag({self.cause}, 1)"

    def term(self, specification: str) -> str:
        """Return the term that a specification is about."""
        if specification == "first differences":
            return f"lag(diff({self.cause}, 1), 1)"
        return f"lag({self.cause}, -1)" if specification == "lead placebo" else self.lag

    def formula(self, specification: str) -> str:
        """Write one of the main specifications out."""
        return SPECIFICATIONS[specification].format(y=self.effect, x=self.cause)


TO_PATENTS = Direction(
    name="standards to patents",
    effect="patents",
    cause="standards",
    count="patent_families",
)
TO_STANDARDS = Direction(
    name="patents to standards",
    effect="standards",
    cause="patents",
    count="iso_standards",
)
DIRECTIONS = (TO_PATENTS, TO_STANDARDS)

SPECIFICATIONS = {
    "no own lag": "{y} ~ lag({x}, 1) | field + year",
    "own lag": "{y} ~ lag({y}, 1) + lag({x}, 1) | field + year",
    "two lags": "{y} ~ lag({y}, 1:2) + lag({x}, 1:2) | field + year",
    "field trends": "{y} ~ lag({y}, 1) + lag({x}, 1) | field[year] + year",
    "first differences": (
        "diff({y}) ~ lag(diff({y}), 1) + lag(diff({x}), 1) | field + year"
    ),
    "lead placebo": "{y} ~ lag({y}, 1) + lag({x}, 1) + lag({x}, -1) | field + year",
}


def prepared(counts: pd.DataFrame) -> pd.DataFrame:
    """Add logarithms to the counts: log(1 + count) of what may be zero in a year."""
    return counts.assign(
        patents=np.log1p(counts["patent_families"]),
        standards=np.log1p(counts["iso_standards"]),
        cumulative_standards=np.log(counts["iso_standards_cumulative"]),
    )


def without(panel: pd.DataFrame, *fields: str) -> pd.DataFrame:
    """Return the panel without some fields."""
    return panel[~panel.index.get_level_values("field").isin(fields)]


def within_years(panel: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return the years of a window; cut before lags are formed."""
    years = panel.index.get_level_values("year")
    return panel[(years >= first) & (years <= last)]


# ---------------------------------------------------------------------------
# Description


def summary(panel: pd.DataFrame) -> pd.DataFrame:
    """Return one row a variable: moments, spread between and within fields, zeros."""
    import pandas as pd

    names = ["patents", "standards", "cumulative_standards"]
    values = panel[[*names, "patent_families", "iso_standards"]].astype(float)
    within = values - values.groupby("field").transform("mean")
    return pd.DataFrame(
        {
            "mean": values.mean(),
            "sd": values.std(),
            "sd_between": values.groupby("field").mean().std(),
            "sd_within": within.std(),
            "min": values.min(),
            "median": values.median(),
            "max": values.max(),
            "zeros": (values == 0).sum(),
        }
    ).rename_axis("variable")


def correlations(panel: pd.DataFrame) -> dict[str, float]:
    """Return the correlation of patents and standards, and what effects leave of it."""
    values = panel[["patents", "standards"]]
    growth = differenced(values)

    def correlation(frame: pd.DataFrame) -> float:
        return float(frame["patents"].corr(frame["standards"]))

    return {
        "pooled": correlation(values),
        "within_unit": correlation(demeaned(values, "field")),
        "within_two_way": correlation(demeaned(demeaned(values, "field"), "year")),
        "growth_two_way": correlation(demeaned(demeaned(growth, "field"), "year")),
    }


def demeaned(values: pd.DataFrame, level: str) -> pd.DataFrame:
    """Subtract the mean of each field, or of each year."""
    return values - values.groupby(level).transform("mean")


def differenced(values: pd.DataFrame) -> pd.DataFrame:
    """Return changes from year to year; the first year has none."""
    return values.groupby("field").diff().dropna()


def dependence(panel: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return Pesaran's CD of both series: levels, growth, and years demeaned.

    ``p_value`` is that of the standard normal, which the demeaned series do not follow.
    """
    tests = {
        f"{name} {what}": cross_section_dependence(panel, name, **how)
        for name in ("patents", "standards")
        for what, how in _TREATED.items()
    }
    return {
        series: {**test.record(), "p_value": test.p_value_normal}
        for series, test in tests.items()
    }


_TREATED: dict[str, dict[str, Any]] = {
    "level": {},
    "growth": {"difference": True},
    "demeaned": {"demean": "time"},
}


def shared_residuals(
    fit: Fit, panel: pd.DataFrame, *, draws: int, seed: int
) -> dict[str, float]:
    """Return what residuals of different fields have in common, against shuffled years.

    Shuffling the years of each field on its own leaves nothing in common.
    """
    seen = cross_section_dependence(panel, fit.residuals).mean_abs_correlation
    grid = fit.residuals.to_numpy().reshape(fit.n_entities, -1)
    rng = np.random.default_rng(seed)
    pairs = np.triu_indices(len(grid), k=1)
    shuffled = []
    for _ in range(draws):
        mixed = rng.permuted(grid, axis=1)
        rho = np.corrcoef(mixed - mixed.mean(axis=0))
        shuffled.append(np.abs(rho[pairs]).mean())
    return {
        "mean_abs_correlation": seen,
        "shuffled": float(np.mean(shuffled)),
        "p_value": (1 + int((np.array(shuffled) >= seen).sum())) / (1 + draws),
    }


# ---------------------------------------------------------------------------
# Regressions


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A main specification with every kind of inference.

    ``term`` is what it is about, and what ``wild_p`` tests.
    """

    fit: Fit
    driscoll_kraay: Fit
    term: str
    wild_p: float
    jackknife: dict[str, float]


Regressions = dict[tuple[str, str], Regression]


def regressions(panel: pd.DataFrame, *, draws: int, seed: int) -> Regressions:
    """Estimate the main specifications, by names of direction and specification."""
    results = {}
    for direction, specification in product(DIRECTIONS, SPECIFICATIONS):
        formula, term = direction.formula(specification), direction.term(specification)
        fit = ols(panel, formula)
        results[direction.name, specification] = Regression(
            fit=fit,
            driscoll_kraay=fit.with_covariance("driscoll_kraay", bandwidth=BANDWIDTH),
            term=term,
            wild_p=wild_cluster_bootstrap(fit, term, draws=draws, seed=seed).p_value,
            jackknife=jackknifed(panel, formula),
        )
    return results


def jackknifed(panel: pd.DataFrame, formula: str) -> dict[str, float]:
    """Return half-panel jackknife estimates; none with trends, which differ by half."""
    if "[" in formula:
        return {}
    return dict(half_panel_jackknife(panel, formula).params)


def poisson_fits(panel: pd.DataFrame) -> dict[tuple[str, str], Fit]:
    """Estimate the counts by Poisson, with and without own lag."""
    fits = {}
    for direction in DIRECTIONS:
        for specification in ("no own lag", "own lag"):
            _, _, regressors = direction.formula(specification).partition("~")
            formula = f"{direction.count} ~{regressors}"
            fits[direction.name, specification] = poisson(panel, formula)
    return fits


def long_run(direction: Direction, main: Regression) -> tuple[float, float] | None:
    """Return the long-run effect and its delta-method error, or None.

    Not identified where the jackknifed own lag is within two standard errors of one.
    """
    own = f"lag({direction.effect}, 1)"
    reach = main.jackknife[own] + 2 * float(main.fit.std_errors[own])
    if reach >= 1:
        return None
    b, persistence = main.fit.params[direction.lag], main.fit.params[own]
    slope = np.array([b / (1 - persistence) ** 2, 1 / (1 - persistence)])
    covariance = main.fit.covariance.loc[[own, direction.lag], [own, direction.lag]]
    return float(b / (1 - persistence)), float(np.sqrt(slope @ covariance @ slope))


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
    n_fields: int

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


def estimated(fit: Fit, term: str, *, draws: int, seed: int) -> Estimate:
    """Take one coefficient out of a fit, and bootstrap it."""
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
        n_fields=fit.n_entities,
    )


LeftOut = dict[str, dict[str, Estimate]]


def leave_one_out(panel: pd.DataFrame, *, draws: int, seed: int) -> LeftOut:
    """Return the main estimate without each field in turn, by direction and field."""
    return {
        direction.name: {
            field: estimated(
                ols(without(panel, field), direction.formula("own lag")),
                direction.lag,
                draws=draws,
                seed=seed,
            )
            for field in panel.index.unique("field")
        }
        for direction in DIRECTIONS
    }
