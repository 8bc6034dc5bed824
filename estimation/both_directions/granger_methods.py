"""Tests of Granger non-causality on deviations from period means, and in other ways."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import IdentificationError
from unigauge.estimation.both_directions.bootstraps import MORE, settled
from unigauge.estimation.both_directions.from_fits import sum_note
from unigauge.estimation.both_directions.questions import LEVEL, Checks, Estimate, Question
from unigauge.estimation.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from unigauge.estimation.granger.estimator import GrangerTest

__all__ = ["granger_method"]


def granger_method(
    question: Question, test: Callable[..., GrangerTest], least: int
) -> tuple[Estimate, Checks]:
    """Run a Granger test on deviations from period means, and in other ways beside it.

    It needs 2 K + ``least`` usable periods.
    """
    sample, block = question.sample, question.sample.block
    periods = 3 * sample.lags + least
    if block is None or block.index.get_level_values(1).nunique() < periods:
        raise IdentificationError(
            f"it needs two units without a gap over {counted(periods, sample.period)}"
        )

    def run(
        frame: pd.DataFrame, rows: int = 1, demean: Literal["none", "time"] = "time"
    ) -> Estimate:
        def bootstrap(draws: int) -> Estimate:
            result = test(
                frame,
                question.y,
                question.x,
                lags=sample.lags,
                bootstrap=draws,
                seed=question.seed,
                block=rows,
                demean=demean,
            )
            return _estimate(question, result)

        return settled(bootstrap, [n * question.draws for n in MORE], (LEVEL,))

    main = run(block)
    return main, {
        "blocks_of_three": partial(run, block, rows=3),
        "raw": partial(run, block, demean="none"),
        "first_differences": lambda: run(block.groupby(level=0).diff().dropna()),
    }


def _estimate(question: Question, result: GrangerTest) -> Estimate:
    """Return a Granger test as an estimate; the coefficients, if any, are summed."""
    used = result.draws - result.draws_left_out
    means = "year-demeaned" if result.demean == "time" else "not demeaned"
    notes = [
        means.replace("year", question.sample.period),
        f"{used:,} draws",
        f"5 % test rejects {100 * result.size_bootstrap:.0f} % of null draws",
        question.sample.block_text,
        "no controls" if question.sample.controls else "",
    ]
    estimate = std_error = math.nan
    covariance = getattr(result, "covariance", None)
    if covariance is not None:
        estimate = float(np.sum(result.to_frame()["estimate"]))
        std_error = float(np.sqrt(np.asarray(covariance).sum()))
        notes[:0] = sum_note(question)
    return Estimate(
        estimate=estimate,
        std_error=std_error,
        p_value=result.p_value,
        p_value_bootstrap=result.p_value_bootstrap,
        nobs=result.nobs,
        note="; ".join(filter(None, notes)),
        size=result.size_bootstrap,
        draws=used,
    )
