"""How often the tests of both studies reject where nothing moves anything, in panels like theirs.

Run with ``python docs/monte_carlo/two_way_studies.py``; writes the CSV beside it.  Needs
``country_panel``: let ``UNIGAUGE_DATA`` name its folder.  Some six minutes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from unigauge import datasets
from unigauge.errors import ConvergenceError, IdentificationError
from unigauge.estimation import (
    Panel,
    dumitrescu_hurlin,
    ols,
    permutation_test,
    poisson,
    three_stage,
    two_way_fit,
    wild_cluster_bootstrap,
)
from unigauge.papers.both_ways.jackknifed_counts import jackknifed_counts, two_sided
from unigauge.papers.both_ways.null_panels import STARTS, NullPanels, Start, null_panels
from unigauge.papers.both_ways.structure_nulls import frames
from unigauge.papers.innovation_standards_countries import evidence, panels
from unigauge.papers.innovation_standards_fields import evidence as fields

SEED = 2026
NAMES = ("patents", "certificates")
TO_PATENTS, TO_CERTIFICATES = evidence.DIRECTIONS
MAIN = "{y} ~ lag({y}, 1) + lag({x}, 1) | entity + time"
POISSON = "iso9001_cert ~ lag(certificates, 1) + lag(patents, 1) | entity + time"
Tests = Callable[[pd.DataFrame], dict[str, float]]


def main() -> None:
    """Write one row a test and start: the share of p-values of at most 5 %."""
    warnings.simplefilter("ignore")
    of = panels.samples(panels.prepared(datasets.load("country_panel")))
    by_field = fields.prepared(datasets.load("technology_fields"))
    less = of["families without China"]
    people = less["population"].to_numpy()

    def counts(panel: pd.DataFrame) -> dict[str, float]:
        return poisson_tests(panel, people)

    rows: list[dict[str, object]] = []
    for name, sample, own, draws, tests in (
        ("34 countries, families", less, (0.85, 0.85), 300, counts),
        ("35 countries, families", of["patent families"], (0.85, 0.85), 200, family_tests),
        ("59 countries", of["balanced block"], (0.95, 0.85), 200, block_tests),
        ("126 countries", of["main"], (0.93, 0.85), 200, exclusions),
        ("23 fields", by_field, (0.95, 0.3), 200, field_exclusions),
    ):
        names = ("patents", "standards") if name == "23 fields" else NAMES
        nulls = null_panels(Panel.from_frame(sample), names, draws=draws, seed=SEED)
        for start in STARTS:
            rows += measured(name, nulls, names, np.diag(own), start, tests)
            print(pd.DataFrame(rows[-6:]).to_string(), flush=True)
    pd.DataFrame(rows).to_csv(Path(__file__).with_suffix(".csv"), index=False)


def measured(
    sample: str,
    nulls: NullPanels,
    names: tuple[str, str],
    own: np.ndarray,
    start: Start,
    tests: Tests,
) -> list[dict[str, object]]:
    """Return the rows of one sample and start."""
    drawn = frames(nulls, nulls.paths(own, start), names)
    if start == "stationary":
        means = np.nanmean(nulls.levels, axis=0)
        drawn = [one + means[one.index.get_level_values(0)] for one in drawn]
    p_values = pd.DataFrame([tests(one) for one in drawn])
    return [
        {
            "sample": sample,
            "start": start,
            "test": test,
            "draws": int(p.notna().sum()),
            "rejected at 5 %": float((p.dropna() <= 0.05).mean()),
            "rejected at 1 %": float((p.dropna() <= 0.01).mean()),
            "p as small as chance makes one in twenty": float(p.quantile(0.05)),
        }
        for test, p in p_values.items()
    ]


def poisson_tests(panel: pd.DataFrame, people: np.ndarray) -> dict[str, float]:
    """Counts of certificates on families."""
    counted = np.round(np.expm1(panel["certificates"].clip(lower=0)) * people / 1e6)
    frame = panel.assign(
        iso9001_cert=counted,
        certificates=np.log1p(1e6 * counted / people),
        population=people,
        pat_resident=counted,
    )
    offset = "log(population)"
    fit = poisson(frame, POISSON, offset=offset)
    jackknifed = jackknifed_counts(frame, [TO_CERTIFICATES], offset=offset)
    return {
        "Poisson, clustered": float(fit.pvalues["lag(patents, 1)"]),
        "Poisson, jackknifed": jackknifed[TO_CERTIFICATES.name].p_value,
    }


def family_tests(panel: pd.DataFrame) -> dict[str, float]:
    """Indirect inference, and series dealt at random."""
    found = {}
    for direction in (TO_PATENTS, TO_CERTIFICATES):
        formula = MAIN.format(y=direction.effect, x=direction.cause)
        test = permutation_test(panel, formula, direction.lag, draws=199, seed=SEED)
        found[f"dealt at random, estimate, {direction.name}"] = test.p_value_estimate
    found["dealt at random, both"] = max(found.values())
    try:
        fit = two_way_fit(panel, *NAMES, simulations=20, seed=SEED)
    except (ConvergenceError, IdentificationError):
        return found
    errors = np.sqrt(np.diag(fit.own_covariance))
    one = two_sided(float(fit.own[0, 1] / errors[1]))
    other = two_sided(float(fit.own[1, 0] / errors[2]))
    return found | {
        f"indirect inference, {TO_PATENTS.name}": one,
        f"indirect inference, {TO_CERTIFICATES.name}": other,
        "indirect inference, both": max(one, other),
    }


def block_tests(panel: pd.DataFrame) -> dict[str, float]:
    """Fixed effects, and the averaged Granger test by its bootstrap."""
    fit = ols(panel, MAIN.format(y="patents", x="certificates"))
    wild = wild_cluster_bootstrap(fit, TO_PATENTS.lag, draws=399, seed=SEED, interval=False)
    averaged = {
        f"averaged Granger, lags {lags}, blocks of {block}": dumitrescu_hurlin(
            panel,
            *NAMES,
            lags=lags,
            bootstrap=99,
            seed=SEED,
            block=block,
            demean="time",
        ).p_value_bootstrap
        for lags in (1, 2)
        for block in (1, 3)
    }
    return {
        "fixed effects, clustered": float(fit.pvalues[TO_PATENTS.lag]),
        "fixed effects, wild bootstrap": wild.p_value,
        **averaged,
        "averaged Granger, all four": max(averaged.values()),
    }


def exclusions(panel: pd.DataFrame, names: tuple[str, str] = NAMES) -> dict[str, float]:
    """Whether lags may be left out of the simultaneous system."""
    one, other = names
    fit = three_stage(
        panel,
        {
            one: f"{one} ~ {other} + lag({one}, 1)",
            other: f"{other} ~ {one} + lag({other}, 1)",
        },
        instruments=f"lag({one}, 1:2) + lag({other}, 1:2)",
    )
    assert fit.overidentification is not None
    return {"exclusions, chi-squared": float(fit.overidentification[2])}


def field_exclusions(panel: pd.DataFrame) -> dict[str, float]:
    """The same for fields."""
    return exclusions(panel, ("patents", "standards"))


if __name__ == "__main__":
    main()
