"""Main regressions, the same for both directions and every sample."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from unigauge.errors import DroppedRowsWarning
from unigauge.estimation import (
    Fit,
    Panel,
    cross_section_dependence,
    ols,
    poisson,
)
from unigauge.papers.both_ways.regressions import (
    NOMINAL,
    Direction,
    Regression,
    demeaned,
    quietly,
    regressed,
)
from unigauge.papers.innovation_standards_countries.panels import JUMPS, without

if TYPE_CHECKING:
    import pandas as pd

TO_PATENTS = Direction(effect="patents", cause="certificates", count="pat_resident")
TO_CERTIFICATES = Direction(effect="certificates", cause="patents", count="iso9001_cert")
DIRECTIONS = (TO_PATENTS, TO_CERTIFICATES)
BY_NAME = {direction.name: direction for direction in DIRECTIONS}
NAMES = ("patents", "certificates")
WAYS = {
    "standards -> innovation": TO_PATENTS.name,
    "innovation -> standards": TO_CERTIFICATES.name,
}
"""What the toolkit calls the directions, and what they are here."""

SPECIFICATIONS = {
    "no own lag": "{y} ~ lag({x}, 1) | entity + time",
    "own lag": "{y} ~ lag({y}, 1) + lag({x}, 1) | entity + time",
    "controls": (
        "{y} ~ lag({y}, 1) + lag({x}, 1) + lag(gdp, 1) + lag(openness, 1) + lag(rd, 1)"
        " | entity + time"
    ),
    "two lags": "{y} ~ lag({y}, 1:2) + lag({x}, 1:2) | entity + time",
    "country trends": "{y} ~ lag({y}, 1) + lag({x}, 1) | entity[time] + time",
    "first differences": (
        "diff({y}) ~ lag(diff({y}), 1) + lag(diff({x}), 1) | entity + time"
    ),
    "lead placebo": "{y} ~ lag({y}, 1) + lag({x}, 1) + lag({x}, -1) | entity + time",
}

Regressions = dict[tuple[str, str, str], Regression]
"""By sample, direction and specification."""


def written(direction: Direction, specification: str) -> str:
    """Write one of the main specifications out."""
    return SPECIFICATIONS[specification].format(y=direction.effect, x=direction.cause)


def regressions(
    samples: Mapping[str, pd.DataFrame], *, draws: int, seed: int
) -> Regressions:
    """Estimate the main specifications in every sample."""
    panels = {name: Panel.from_frame(frame) for name, frame in samples.items()}
    return {
        (sample, direction.name, name): regressed(
            panels[sample],
            written(direction, name),
            direction.term(name),
            draws=draws,
            seed=seed,
        )
        for sample, direction, name in product(samples, DIRECTIONS, SPECIFICATIONS)
    }


COUNTED = ("no own lag", "own lag", "controls")
Counts = dict[tuple[str, str, str], Fit]


def counted(panel: pd.DataFrame | Panel, direction: Direction, specification: str) -> Fit:
    """Estimate a count by Poisson, with log population as offset."""
    _, _, regressors = written(direction, specification).partition("~")
    formula = f"{direction.count} ~{regressors}"
    return quietly(poisson, panel, formula, offset="log(population)")


def poisson_fits(samples: Mapping[str, pd.DataFrame]) -> Counts:
    """Estimate the counts by Poisson in every sample."""
    panels = {name: Panel.from_frame(frame) for name, frame in samples.items()}
    return {
        (sample, direction.name, name): counted(panels[sample], direction, name)
        for sample, direction, name in product(samples, DIRECTIONS, COUNTED)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class LessOne:
    """An estimate without one country."""

    estimate: float
    std_error: float
    p_clustered: float

    @property
    def above_zero(self) -> bool:
        """Whether it is significant and positive."""
        return self.p_clustered <= NOMINAL and self.estimate > 0


LeftOut = dict[tuple[str, str], dict[str, LessOne]]
"""By estimator and direction, then by country."""


def leave_one_out(panel: pd.DataFrame, countries: Sequence[str]) -> LeftOut:
    """Return the main estimates, linear and Poisson, without each country in turn."""
    return _less(panel, {country: (country,) for country in countries})


def without_jumps(families: pd.DataFrame) -> LeftOut:
    """Return the estimates without the countries whose families jump, one and all."""
    left = {country: (country,) for country in JUMPS} | {" and ".join(JUMPS): JUMPS}
    return _less(families, left)


def _less(panel: pd.DataFrame, left_out: Mapping[str, Sequence[str]]) -> LeftOut:
    """Return the main estimates, linear and Poisson, without each group of countries."""
    found: LeftOut = {}
    for direction, (label, countries) in product(DIRECTIONS, left_out.items()):
        rest = Panel.from_frame(without(panel, *countries))
        linear = quietly(ols, rest, written(direction, "own lag"))
        for name, fit in (
            ("fixed effects", linear),
            ("Poisson", counted(rest, direction, "own lag")),
        ):
            at = fit.terms.index(direction.lag)
            found.setdefault((name, direction.name), {})[label] = LessOne(
                estimate=float(fit.solution.estimates[at]),
                std_error=float(fit.inference.std_errors[at]),
                p_clustered=float(fit.inference.p_values[at]),
            )
    return found


def largest(panel: pd.DataFrame, number: int) -> list[str]:
    """Return the countries with the most certificates in all."""
    total = panel["iso9001_cert"].groupby("iso3").sum()
    return list(total.sort_values(ascending=False, kind="stable").index[:number])


# ---------------------------------------------------------------------------
# Description


def summary(panel: pd.DataFrame) -> pd.DataFrame:
    """Return one row a variable: moments, spread between and within countries, zeros."""
    import pandas as pd

    names = [*NAMES, "pat_resident", "iso9001_cert", "gdp", "openness", "rd"]
    values = panel[names].astype(float)
    within = values - values.groupby("iso3").transform("mean")
    return pd.DataFrame(
        {
            "n": values.count(),
            "countries": values.groupby("iso3").count().gt(0).sum(),
            "mean": values.mean(),
            "sd": values.std(),
            "sd_between": values.groupby("iso3").mean().std(),
            "sd_within": within.std(),
            "min": values.min(),
            "median": values.median(),
            "max": values.max(),
            "zeros": (values == 0).sum(),
        }
    ).rename_axis("variable")


def changes(panel: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return changes on the year before, where that is known."""
    values = panel[list(names)]
    before = values.rename(index=lambda year: year + 1, level="year")
    return (values - before.reindex(values.index)).dropna()


def net_correlation(values: pd.DataFrame) -> float:
    """Return the correlation net of effects of country and year: sign(b) sqrt(R2)."""
    fit = quietly(ols, values, "patents ~ certificates | entity + time")
    return math.copysign(math.sqrt(fit.r2_within), fit.params["certificates"])


def correlations(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the correlation of patents and certificates, and what effects leave of it."""
    import pandas as pd

    values, growth = panel[list(NAMES)], changes(panel, *NAMES)
    within = demeaned(values, "iso3")
    found = {
        "as they are": values["patents"].corr(values["certificates"]),
        "within countries": within["patents"].corr(within["certificates"]),
        "within countries and years": net_correlation(values),
        "growth, within countries and years": net_correlation(growth),
    }
    return pd.DataFrame({"correlation": found}).rename_axis("patents and certificates")


def dependence(panel: pd.DataFrame) -> pd.DataFrame:
    """Return Pesaran's CD of both series: levels, growth, and years demeaned."""
    import pandas as pd

    treated: dict[str, dict[str, Any]] = {
        "level": {},
        "growth": {"difference": True},
        "demeaned": {"demean": "time"},
    }
    rows = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        for name, (what, how) in product(NAMES, treated.items()):
            test = cross_section_dependence(panel, name, **how)
            rows[f"{name} {what}"] = {
                "CD": test.statistic,
                "p (normal)": test.p_value_normal,
                "mean correlation": test.mean_correlation,
                "mean absolute correlation": test.mean_abs_correlation,
                "pairs": test.pairs,
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("series")
