"""Variables, description and main regressions, the same for both directions."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation import Fit, Panel, cross_section_dependence, ols, poisson
from unigauge.papers.both_ways.granger_tests import differenced
from unigauge.papers.both_ways.regressions import (
    Direction,
    Estimate,
    Regression,
    demeaned,
    estimated,
    regressed,
)

if TYPE_CHECKING:
    import pandas as pd

THIN = ("electrical", "electronics", "telecom")
"""Fields in which ISO hardly publishes; IEC, ITU and ETSI do."""

TO_PATENTS = Direction(effect="patents", cause="standards", count="patent_families")
TO_STANDARDS = Direction(effect="standards", cause="patents", count="iso_standards")
DIRECTIONS = (TO_PATENTS, TO_STANDARDS)
BY_NAME = {direction.name: direction for direction in DIRECTIONS}

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


def written(direction: Direction, specification: str) -> str:
    """Write one of the main specifications out."""
    return SPECIFICATIONS[specification].format(y=direction.effect, x=direction.cause)


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


Regressions = dict[tuple[str, str], Regression]


def regressions(panel: pd.DataFrame, *, draws: int, seed: int) -> Regressions:
    """Estimate the main specifications, by names of direction and specification."""
    rows = Panel.from_frame(panel)
    return {
        (direction.name, name): regressed(
            rows, written(direction, name), direction.term(name), draws=draws, seed=seed
        )
        for direction, name in product(DIRECTIONS, SPECIFICATIONS)
    }


def poisson_fits(panel: pd.DataFrame) -> dict[tuple[str, str], Fit]:
    """Estimate the counts by Poisson, with and without own lag."""
    fits = {}
    for direction in DIRECTIONS:
        for specification in ("no own lag", "own lag"):
            _, _, regressors = written(direction, specification).partition("~")
            formula = f"{direction.count} ~{regressors}"
            fits[direction.name, specification] = poisson(panel, formula)
    return fits


LeftOut = dict[str, dict[str, Estimate]]


def leave_one_out(panel: pd.DataFrame, *, draws: int, seed: int) -> LeftOut:
    """Return the main estimate without each field in turn, by direction and field."""
    return {
        direction.name: {
            field: estimated(
                ols(without(panel, field), written(direction, "own lag")),
                direction.lag,
                draws=draws,
                seed=seed,
            )
            for field in panel.index.unique("field")
        }
        for direction in DIRECTIONS
    }
