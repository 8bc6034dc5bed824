"""Granger tests with bootstraps, and the size of tests where the null holds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation import (
    dumitrescu_hurlin,
    juodis_karavias_sarafidis,
    ols,
    wild_cluster_bootstrap,
)
from unigauge.estimation.granger.estimator import DumitrescuHurlin, JuodisKaraviasSarafidis
from unigauge.estimation.granger.unit_regressions import null_draws
from unigauge.papers.innovation_standards_fields.evidence import (
    BANDWIDTH,
    DIRECTIONS,
    NOMINAL,
    Direction,
    demeaned,
    differenced,
)

if TYPE_CHECKING:
    import pandas as pd

Granger = dict[tuple[str, str, int, int], tuple[DumitrescuHurlin, JuodisKaraviasSarafidis]]
YEARS_OUT = ", year means out"
DATA = ("levels", f"levels{YEARS_OUT}", "differences", f"differences{YEARS_OUT}")
"""How the series go into the tests."""


def granger(panel: pd.DataFrame, *, draws: int, seed: int) -> Granger:
    """Run both tests, by direction, data, lags and block: Dumitrescu-Hurlin first."""
    levels = panel[["patents", "standards"]]
    growth = differenced(levels)
    tests: Granger = {}
    for direction, data, lags, block in product(DIRECTIONS, DATA, (1, 2), (1, 3)):
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


def regression_sizes(
    panel: pd.DataFrame, *, draws: int, wild_draws: int, seed: int
) -> list[Size]:
    """Return how often the main regression rejects where the cause moves nothing.

    The draws are those of the Granger bootstraps: years demeaned, every field follows
    its own autoregression, residual years are resampled jointly over fields.
    """
    values = demeaned(panel[["patents", "standards"]], "year")
    fields, sizes = panel.index.unique("field"), []
    for direction, block in product(DIRECTIONS, (1, 3)):
        grid = values[direction.effect].to_numpy().reshape(len(fields), -1).T
        years = np.arange(1, len(grid))
        chunks = null_draws(grid, years, 1, draws=draws, block=block, seed=seed)
        p_values = [
            null_p_values(
                values.assign(**{direction.effect: drawn.T.ravel()}),
                direction,
                draws=wild_draws,
                seed=seed,
            )
            for chunk in chunks
            for drawn in chunk.swapaxes(0, 1)
        ]
        rejected = np.mean(np.array(p_values) <= NOMINAL, axis=0)
        for name, share in zip(
            ("clustered", "Driscoll-Kraay", "wild bootstrap"), rejected, strict=True
        ):
            test = f"regression, {name}"
            size = Size(direction=direction.name, test=test, block=block, size=share)
            sizes.append(size)
    return sizes


def null_p_values(
    drawn: pd.DataFrame, direction: Direction, *, draws: int, seed: int
) -> tuple[float, float, float]:
    """Return the main regression's p-values: clustered, Driscoll-Kraay, wild."""
    fit = ols(drawn, direction.formula("own lag"))
    kraay = fit.with_covariance("driscoll_kraay", bandwidth=BANDWIDTH)
    wild = wild_cluster_bootstrap(fit, direction.lag, draws=draws, seed=seed)
    return fit.pvalues[direction.lag], kraay.pvalues[direction.lag], wild.p_value
