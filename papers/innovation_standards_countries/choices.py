"""The same question asked in all sensible ways, and main estimates in every sample."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from unigauge.estimation import ols, poisson
from unigauge.papers.both_ways.regressions import Direction, Estimate, estimated, quietly
from unigauge.papers.both_ways.specifications import (
    Choices,
    Sample,
    sampler,
    specification_curve,
)
from unigauge.papers.innovation_standards_countries.evidence import (
    DIRECTIONS,
    TO_CERTIFICATES,
    Counts,
    Regressions,
)
from unigauge.papers.innovation_standards_countries.panels import (
    RATES,
    complete,
    known,
    within_years,
    without,
)

if TYPE_CHECKING:
    import pandas as pd

CHOICES: Choices = {
    "model": ("no own lag", "own lag", "controls", "country trends", "first differences"),
    "lags": (1, 2),
    "form": ("log(1+x)", "asinh", "Poisson"),
    "certificates": ("ISO 9001", "ISO 14001"),
    "patents": ("applications", "families", "USPTO grants"),
    "sample": ("all", "balanced", "without China"),
    "years": ("1998-2017", "2004-2017"),
}
FEWER: Choices = {
    **CHOICES,
    "lags": (1,),
    "form": ("log(1+x)",),
    "sample": ("all", "balanced"),
    "years": ("1998-2017",),
}
"""The choices of a fast run."""
MEASURES = {
    "ISO 9001": "iso9001_pm",
    "ISO 14001": "iso14001_pm",
    "applications": "applications_pm",
    "families": "families_pm",
    "USPTO grants": "grants_pm",
}


def chosen_sample(panel: pd.DataFrame, choice: Mapping[str, Any]) -> pd.DataFrame:
    """Cut years and countries of a choice out; patents and certificates are both known."""
    first, last = map(int, choice["years"].split("-"))
    measures = (MEASURES[choice["patents"]], MEASURES[choice["certificates"]])
    sample = known(within_years(panel, first, last), *measures)
    if choice["sample"] == "balanced":
        return complete(sample)
    return without(sample, "CHN") if choice["sample"] == "without China" else sample


def chosen_formula(direction: Direction, choice: Mapping[str, Any]) -> str:
    """Write a choice out so that the first coefficient is the sum of the cause's lags.

    b_1 x_1 + b_2 x_2 = (b_1 + b_2) x_1 - b_2 (x_1 - x_2).
    """
    model, lags = choice["model"], choice["lags"]
    function = "asinh" if choice["form"] == "asinh" else "log1p"
    rates = [MEASURES[choice["patents"]], MEASURES[choice["certificates"]]]
    if direction is TO_CERTIFICATES:
        rates.reverse()
    y, x = (f"{function}({rate})" for rate in rates)
    if model == "first differences":
        y, x = f"diff({y})", f"diff({x})"
    terms = [f"lag({x}, 1)"]
    if lags == 2:
        terms.append(f"lag(diff({x}), 1)")
    if model != "no own lag":
        terms.append(f"lag({y}, 1:{lags})")
    if model == "controls":
        terms += ["lag(gdp, 1)", "lag(openness, 1)", "lag(rd, 1)"]
    effects = "entity[time] + time" if model == "country trends" else "entity + time"
    response = RATES[rates[0]] if choice["form"] == "Poisson" else y
    return f"{response} ~ {' + '.join(terms)} | {effects}"


def samples_of(panel: pd.DataFrame) -> Sample:
    """Return the sample of each choice."""
    return sampler(
        partial(chosen_sample, panel), ("patents", "certificates", "sample", "years")
    )


def chosen(
    sample: Sample, direction: Direction, /, *, draws: int, seed: int, **choice: Any
) -> Estimate:
    """Estimate one choice: the first coefficient of its formula."""
    formula = chosen_formula(direction, choice)
    if choice["form"] == "Poisson":
        fit = quietly(poisson, sample(choice), formula, offset="log(population)")
    else:
        fit = quietly(ols, sample(choice), formula)
    return estimated(fit, fit.terms[0], draws=draws, seed=seed)


def sensible(choices: Choices) -> list[dict[str, Any]]:
    """Return all combinations but those that are none.

    Counts have no first differences; families and grants are known in all years or none,
    so that their balanced block is all there is.
    """

    def makes_sense(cell: dict[str, Any]) -> bool:
        if cell["form"] == "Poisson" and cell["model"] == "first differences":
            return False
        return bool(cell["sample"] != "balanced" or cell["patents"] == "applications")

    cells = (
        dict(zip(choices, values, strict=True)) for values in product(*choices.values())
    )
    return [cell for cell in cells if makes_sense(cell)]


def curve(panel: pd.DataFrame, choices: Choices, *, draws: int, seed: int) -> pd.DataFrame:
    """Estimate all combinations of choices in both directions."""
    ask = partial(chosen, samples_of(panel), draws=draws, seed=seed)
    asked = {direction.name: partial(ask, direction) for direction in DIRECTIONS}
    return specification_curve(asked, sensible(choices))


# ---------------------------------------------------------------------------
# The main estimates in every sample, one beside the other


SHOWN = {
    ("main", "own lag"): "own lag (main)",
    ("main", "no own lag"): "no own lag",
    ("main", "controls"): "controls",
    ("main", "two lags"): "two lags, the first",
    ("main", "country trends"): "country trends",
    ("main", "first differences"): "first differences",
    ("main", "lead placebo"): "lead placebo",
    ("without China", "own lag"): "without China",
    ("without breaks", "own lag"): "without breaks",
    ("balanced block", "own lag"): "balanced block",
    ("balanced block", "controls"): "balanced, controls",
    ("balanced block", "country trends"): "balanced, country trends",
    ("patent families", "own lag"): "families",
    ("patent families", "controls"): "families, controls",
    ("patent families", "first differences"): "families, differences",
    ("families without China", "own lag"): "families without China",
}
SHOWN_COUNTS = {
    "main": "Poisson",
    "without China": "Poisson without China",
    "patent families": "Poisson, families",
    "families without China": "Poisson, families without China",
}
"""What is shown beside the main estimates, by sample and specification."""
Robust = dict[str, dict[str, Estimate]]
"""By direction, then as shown."""


def robustness(main: Regressions, counts: Counts) -> Robust:
    """Return the main estimates and those beside them."""
    return {
        direction.name: {
            label: main[sample, direction.name, specification].found
            for (sample, specification), label in SHOWN.items()
        }
        | {
            label: estimated(counts[sample, direction.name, "own lag"], direction.lag)
            for sample, label in SHOWN_COUNTS.items()
        }
        for direction in DIRECTIONS
    }


def departures(robust: Robust, main: Regressions) -> pd.DataFrame:
    """Return one row a direction and estimate, for the picture."""
    import pandas as pd

    shown = {label: key for key, label in SHOWN.items()}

    def jackknife(direction: str, label: str) -> float:
        if label not in shown:
            return math.nan
        sample, specification = shown[label]
        result = main[sample, direction, specification]
        return result.jackknife.get(result.term, math.nan)

    rows = [
        {
            "direction": direction,
            "specification": label,
            **asdict(found),
            "detectable": found.detectable,
            "jackknife": jackknife(direction, label),
        }
        for direction, estimates in robust.items()
        for label, found in estimates.items()
    ]
    return pd.DataFrame(rows)
