"""How often the verdicts of bidirectional are right; writes bidirectional.csv beside it.

Run from the root of the repository: ``python docs/monte_carlo/bidirectional.py``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from unigauge.estimation import bidirectional
from unigauge.estimation.both_directions.findings import VERDICTS
from unigauge.estimation.both_directions.methods import BESIDE, METHODS, answers
from unigauge.estimation.both_directions.questions import LEVEL, MAIN

DECIDING = tuple(m for m in METHODS if m not in BESIDE and m != "poisson")
BURN_IN = 50
WORLDS: dict[str, dict[str, float]] = {
    "none": {},
    "one way": {"forth": 0.3},
    "both ways": {"forth": 0.3, "back": 0.3, "own": 0.4},
    "none, persistent": {"own": 0.9},
    "none, unit root": {"own": 1.0},
    "common shock": {"common": 2.0},
    "common shock, felt unevenly": {"common": 1.0, "uneven": 0.5},
    "common shock, of either sign": {"uneven": 1.0},
    "many units, none": {"units": 100, "years": 8},
    "many units, one way": {"units": 100, "years": 8, "forth": 0.3},
}
"""Departures from 20 units, 25 years, own lags of .5 and nothing else."""


def simulate(
    seed: int,
    *,
    units: int = 20,
    years: int = 25,
    forth: float = 0.0,
    back: float = 0.0,
    own: float = 0.5,
    common: float = 0.0,
    uneven: float = 0.0,
) -> pd.DataFrame:
    """Draw standards s and innovation p, each moved by its own past, perhaps the other's.

    A shock of all reaches s in its year and p a year later; a unit feels it with a weight
    of mean ``common`` and standard deviation ``uneven``.
    """
    rng = np.random.default_rng([seed, int(units), int(years)])
    shocks = rng.normal(size=(2, years + BURN_IN, units))
    weights = common + uneven * rng.normal(size=units)
    world = rng.normal(size=(years + BURN_IN, 1)) * weights
    values = np.zeros_like(shocks)
    for t in range(1, years + BURN_IN):
        s, p = values[:, t - 1]
        values[0, t] = own * s + back * p + shocks[0, t] + world[t]
        values[1, t] = own * p + forth * s + shocks[1, t] + world[t - 1]
    values = values[:, BURN_IN:] + rng.normal(size=(2, 1, units))
    index = pd.MultiIndex.from_product(
        [range(units), range(2000, 2000 + years)], names=["firm", "year"]
    )
    return pd.DataFrame({"p": values[1].T.ravel(), "s": values[0].T.ravel()}, index=index)


def verdicts(world: str, panels: int) -> pd.DataFrame:
    """Return, by direction, shares of verdicts and of methods that find something."""
    counts: dict[str, Counter[str]] = {}
    ran: dict[str, Counter[str]] = {}
    for seed in range(panels):
        data = simulate(seed, **WORLDS[world])  # type: ignore[arg-type]
        both = bidirectional(
            data,
            "p",
            "s",
            methods=[*DECIDING, "common_correlated_effects"],
            counts={},
            draws=199,
            unit_roots=False,
            seed=seed,
        )
        for case in both.cases:
            direction = case.question.direction
            seen = counts.setdefault(direction, Counter())
            runs = ran.setdefault(direction, Counter())
            seen[both.verdicts[direction]] += 1
            runs.update(case.ran)
            seen.update(case.found)
            further = answers(case.question, BESIDE)
            for method in BESIDE:
                estimate = further[method, MAIN]
                runs[method] += estimate.ran
                seen[method] += estimate.p_value < LEVEL
    rows = []
    for direction, seen in counts.items():
        shares = {verdict: seen[verdict] / panels for verdict in VERDICTS}
        for method in (*DECIDING, *BESIDE):
            times = ran[direction][method]
            shares[method] = seen[method] / times if times else np.nan
        rows.append({"world": world, "direction": direction, "panels": panels, **shares})
    return pd.DataFrame(rows)


def main(panels: int = 200, panels_of_many: int = 100) -> None:
    """Run every world, those of many units fewer times."""
    found = []
    for world, departures in WORLDS.items():
        times = panels_of_many if "units" in departures else panels
        found.append(verdicts(world, times))
        pd.concat(found).to_csv(
            Path(__file__).with_suffix(".csv"), index=False, lineterminator="\n"
        )


if __name__ == "__main__":
    main()
