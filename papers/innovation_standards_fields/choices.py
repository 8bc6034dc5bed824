"""The same question asked in all sensible ways."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from unigauge.estimation import ols, poisson
from unigauge.papers.both_ways.regressions import (
    Direction,
    Estimate,
    estimated,
    jackknifed,
    quietly,
)
from unigauge.papers.both_ways.specifications import (
    Choices,
    Sample,
    sampler,
    specification_curve,
)
from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    THIN,
    TO_STANDARDS,
    within_years,
    without,
)

if TYPE_CHECKING:
    import pandas as pd

CHOICES: Choices = {
    "model": ("no own lag", "own lag", "field trends", "first differences"),
    "lags": (1, 2),
    "form": ("log(1+x)", "asinh", "Poisson"),
    "standards": ("yearly", "cumulative"),
    "patents": ("families", "USPTO grants"),
    "fields": ("all 23", "without 3 thin"),
    "years": ("1998-2020", "1998-2013", "2005-2020"),
}
COUNTS = {
    "yearly": "iso_standards",
    "cumulative": "iso_standards_cumulative",
    "families": "patent_families",
    "USPTO grants": "uspto_grants",
}


def chosen_formula(direction: Direction, choice: Mapping[str, Any]) -> str:
    """Write a choice out so that the first coefficient is the sum of the cause's lags.

    b_1 x_1 + b_2 x_2 = (b_1 + b_2) x_1 - b_2 (x_1 - x_2).  In a placebo it is the lead's.
    """
    model, lags = choice["model"], choice["lags"]
    function = "asinh" if choice["form"] == "asinh" else "log1p"
    counts = [COUNTS[choice["patents"]], COUNTS[choice["standards"]]]
    if direction is TO_STANDARDS:
        counts.reverse()
    y, x = (f"{function}({count})" for count in counts)
    if model == "first differences":
        y, x = f"diff({y})", f"diff({x})"
    terms = [f"lag({x}, 1)"]
    if model == "lead placebo":
        terms.insert(0, f"lag({x}, -1)")
    if lags == 2:
        terms.append(f"lag(diff({x}), 1)")
    if model != "no own lag":
        terms.append(f"lag({y}, 1:{lags})")
    effects = "field[year] + year" if model == "field trends" else "field + year"
    response = counts[0] if choice["form"] == "Poisson" else y
    return f"{response} ~ {' + '.join(terms)} | {effects}"


def chosen_sample(panel: pd.DataFrame, choice: Mapping[str, Any]) -> pd.DataFrame:
    """Cut the years and the fields of a choice out of the panel."""
    first, last = map(int, choice["years"].split("-"))
    sample = within_years(panel, first, last)
    return sample if choice["fields"] == "all 23" else without(sample, *THIN)


def samples_of(panel: pd.DataFrame) -> Sample:
    """Return the sample of each choice."""
    return sampler(partial(chosen_sample, panel), ("years", "fields"))


def chosen(
    sample: Sample, direction: Direction, /, *, draws: int, seed: int, **choice: Any
) -> Estimate:
    """Estimate one choice: the first coefficient of its formula."""
    estimator = poisson if choice["form"] == "Poisson" else ols
    fit = quietly(estimator, sample(choice), chosen_formula(direction, choice))
    return estimated(fit, fit.terms[0], draws=draws, seed=seed)


def sensible(choices: Choices) -> list[dict[str, Any]]:
    """Return all combinations of choices; counts have no first differences."""
    cells = (
        dict(zip(choices, values, strict=True)) for values in product(*choices.values())
    )
    return [
        cell
        for cell in cells
        if not (cell["form"] == "Poisson" and cell["model"] == "first differences")
    ]


def curve(panel: pd.DataFrame, choices: Choices, *, draws: int, seed: int) -> pd.DataFrame:
    """Estimate all combinations of choices in both directions."""
    ask = partial(chosen, samples_of(panel), draws=draws, seed=seed)
    asked = {direction.name: partial(ask, direction) for direction in DIRECTIONS}
    return specification_curve(asked, sensible(choices))


MAIN = {name: values[0] for name, values in CHOICES.items()} | {"model": "own lag"}
VARIANTS: dict[str, dict[str, Any]] = {
    "own lag (main)": {},
    "two lags, their sum": {"lags": 2},
    "no own lag": {"model": "no own lag"},
    "field trends": {"model": "field trends"},
    "first differences": {"model": "first differences"},
    "lead placebo": {"model": "lead placebo"},
    "without 3 thin fields": {"fields": "without 3 thin"},
    "years 1998-2009": {"years": "1998-2009"},
    "years 2009-2020": {"years": "2009-2020"},
    "inverse hyperbolic sine": {"form": "asinh"},
    "Poisson": {"form": "Poisson"},
    "USPTO grants": {"patents": "USPTO grants"},
    "cumulative standards": {"standards": "cumulative"},
}
"""What each departs in from the main specification."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A departure from the main specification; the jackknife is NaN where not made."""

    found: Estimate
    jackknife: float


Robustness = dict[str, dict[str, Variant]]


def robustness(panel: pd.DataFrame, *, draws: int, seed: int) -> Robustness:
    """Estimate the main specification and what departs from it in one respect."""
    sample = samples_of(panel)
    return {
        direction.name: {
            name: Variant(
                found=chosen(sample, direction, draws=draws, seed=seed, **(MAIN | change)),
                jackknife=chosen_jackknife(sample, direction, MAIN | change),
            )
            for name, change in VARIANTS.items()
        }
        for direction in DIRECTIONS
    }


def chosen_jackknife(
    sample: Sample, direction: Direction, choice: Mapping[str, Any]
) -> float:
    """Return the half-panel jackknife of a choice; NaN for counts and half the years."""
    if choice["form"] == "Poisson" or choice["years"] != MAIN["years"]:
        return math.nan
    found = jackknifed(sample(choice), chosen_formula(direction, choice))
    return next(iter(found.values()), math.nan)
