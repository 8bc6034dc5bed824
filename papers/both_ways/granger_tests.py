"""Granger tests with bootstraps, and their size where the null holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from unigauge.estimation import dumitrescu_hurlin, juodis_karavias_sarafidis
from unigauge.estimation.granger.estimator import DumitrescuHurlin, JuodisKaraviasSarafidis
from unigauge.papers.both_ways.regressions import Direction

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "YEARS_OUT",
    "Granger",
    "Size",
    "bootstrap_p_values",
    "differenced",
    "granger",
    "granger_sizes",
    "sizes_table",
]

Granger = dict[tuple[str, str, int, int], tuple[DumitrescuHurlin, JuodisKaraviasSarafidis]]
YEARS_OUT = ", year means out"
DATA = ("levels", f"levels{YEARS_OUT}", "differences", f"differences{YEARS_OUT}")
"""How the series go into the tests."""


def differenced(values: pd.DataFrame) -> pd.DataFrame:
    """Return changes from year to year, no year missing; the first year has none."""
    return values.groupby(level=0).diff().dropna()


def granger(
    panel: pd.DataFrame, directions: Sequence[Direction], *, draws: int, seed: int
) -> Granger:
    """Run both tests on a panel without gaps, Dumitrescu-Hurlin first.

    By direction, data, lags and block.
    """
    levels = panel[[direction.effect for direction in directions]]
    growth = differenced(levels)
    tests: Granger = {}
    for direction, data, lags, block in product(directions, DATA, (1, 2), (1, 3)):
        sample = growth if data.startswith("differences") else levels
        how: dict[str, Any] = {
            "lags": lags,
            "bootstrap": draws,
            "seed": seed,
            "block": block,
            "demean": "time" if data.endswith(YEARS_OUT) else "none",
        }
        tests[direction.name, data, lags, block] = (
            dumitrescu_hurlin(sample, direction.effect, direction.cause, **how),
            juodis_karavias_sarafidis(sample, direction.effect, direction.cause, **how),
        )
    return tests


def bootstrap_p_values(
    tests: Granger, direction: Direction, data: str
) -> dict[str, list[float]]:
    """Return the bootstrap p-values of both tests over lags and blocks."""
    chosen = [pair for key, pair in tests.items() if key[:2] == (direction.name, data)]
    return {
        "averaged": [averaged.p_value_bootstrap for averaged, _ in chosen],
        "pooled": [pooled.p_value_bootstrap for _, pooled in chosen],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The share of true nulls that a 5 % test rejects, in draws of years or blocks."""

    direction: str
    test: str
    block: int
    size: float


def granger_sizes(tests: Granger, data: str) -> list[Size]:
    """Return how often the asymptotic Granger tests reject in the null draws."""
    names = ("Dumitrescu-Hurlin", "Juodis-Karavias-Sarafidis")
    return [
        Size(
            direction=direction,
            test=f"{name}, {lags} lag{'s' if lags > 1 else ''}",
            block=block,
            size=pair[k].size_bootstrap,
        )
        for k, name in enumerate(names)
        for (direction, treated, lags, block), pair in tests.items()
        if treated == data
    ]


def sizes_table(sizes: Sequence[Size]) -> pd.DataFrame:
    """Return one row a size."""
    import pandas as pd

    return pd.DataFrame([asdict(size) for size in sizes])
