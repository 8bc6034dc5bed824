"""How often the main regression rejects true nulls that are fitted to these data."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation import ols, wild_cluster_bootstrap
from unigauge.estimation.granger.unit_regressions import null_draws
from unigauge.papers.both_ways.granger_tests import Size
from unigauge.papers.both_ways.regressions import (
    BANDWIDTH,
    NOMINAL,
    Direction,
    demeaned,
)
from unigauge.papers.innovation_standards_fields.evidence import DIRECTIONS, written

if TYPE_CHECKING:
    import pandas as pd


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
    fit = ols(drawn, written(direction, "own lag"))
    kraay = fit.with_covariance("driscoll_kraay", bandwidth=BANDWIDTH)
    wild = wild_cluster_bootstrap(
        fit, direction.lag, draws=draws, seed=seed, interval=False
    )
    return fit.pvalues[direction.lag], kraay.pvalues[direction.lag], wild.p_value
