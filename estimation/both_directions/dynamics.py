"""Methods for many units, for uneven shocks, and for the course of a response."""

from __future__ import annotations

import math
import warnings
from collections.abc import Hashable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from unigauge.errors import IdentificationError, UnigaugeWarning
from unigauge.estimation import cce, dynamic_gmm, local_projection, panel_var
from unigauge.estimation.both_directions.from_fits import right_side, sum_note
from unigauge.estimation.both_directions.questions import Checks, Estimate, Question
from unigauge.estimation.both_directions.sample import CommonSample
from unigauge.estimation.wording import counted

if TYPE_CHECKING:
    from unigauge.estimation import (
        DynamicFit,
        LocalProjection,
        MeanGroupFit,
        PanelVARFit,
    )

__all__ = [
    "MANY_UNITS",
    "UNITS_A_PERIOD",
    "averaged_effects",
    "many_units",
    "moments",
    "projection",
    "projection_fit",
    "vector_autoregression",
    "vector_autoregression_fit",
]

MANY_UNITS, UNITS_A_PERIOD = 50, 3
"""Fewest units for which moments are trusted, all told and for each period."""
_DEEPEST = 3
"""Lags of levels that are instruments beyond the first one."""
_LONGEST = 5
"""Last horizon of the responses; less in short panels."""


def many_units(sample: CommonSample) -> bool:
    """Whether units are many beside the instruments, so that moments can be trusted."""
    return sample.n_units >= max(MANY_UNITS, UNITS_A_PERIOD * sample.panel.n_times)


# ---------------------------------------------------------------------------
# Generalised method of moments


def moments(question: Question) -> tuple[Estimate, Checks]:
    """Difference GMM, two steps, with few and collapsed instruments, for many units."""
    sample = question.sample
    if not many_units(sample):
        units = counted(sample.n_units, sample.unit)
        periods = counted(sample.panel.n_times, sample.period)
        raise IdentificationError(
            f"there are {units} over {periods}; it needs at least "
            f"{counted(MANY_UNITS, sample.unit)}, and {UNITS_A_PERIOD} for each "
            f"{sample.period}"
        )
    y, x = question.y, question.x
    lags = (2, 2 + _DEEPEST)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnigaugeWarning)
        fit = dynamic_gmm(
            sample.panel,
            f"{y} ~ {right_side(question, y, x)}",
            gmm={name: lags for name in (y, x, *sample.controls)},
            collapse=True,
        )
    checks: Checks = {
        "own_lag": lambda: _from_moments(question, fit, f"lag({y}, 1)"),
        "hansen": lambda: Estimate(
            p_value=fit.hansen.p_value,
            nobs=fit.nobs,
            note="are the instruments at odds with one another? They are where p is small",
        ),
        "serial_correlation": lambda: Estimate(
            p_value=fit.ar(2).p_value,
            nobs=fit.nobs,
            note="of the changes of the errors, order two: where p is small, the "
            "instruments are not valid",
        ),
    }
    return _from_moments(question, fit, f"lag({x}, 1)"), checks


def _from_moments(question: Question, fit: DynamicFit, term: str) -> Estimate:
    return _of_term(
        question,
        fit,
        term,
        "difference GMM, two steps, Windmeijer's s.e.",
        f"{fit.n_instruments} instruments for "
        f"{counted(fit.n_entities, question.sample.unit)}",
    )


def _of_term(
    question: Question, fit: DynamicFit | MeanGroupFit, term: str, *notes: str
) -> Estimate:
    """Return one row of a result's table as an estimate."""
    rows = fit.to_frame().to_dict("records")
    (row,) = (row for row in rows if row["term"] == term)
    return Estimate(
        estimate=float(row["estimate"]),
        std_error=float(row["std_error"]),
        p_value=float(row["p_value"]),
        nobs=fit.nobs,
        note="; ".join(filter(None, [*sum_note(question), *notes])),
        conf_low=float(row["conf_low"]),
        conf_high=float(row["conf_high"]),
    )


# ---------------------------------------------------------------------------
# Common correlated effects


def averaged_effects(question: Question) -> tuple[Estimate, Checks]:
    """Regressions of each unit beside averages over units, and their mean."""
    sample, y, x = question.sample, question.y, question.x
    block, periods = sample.block, 5 * sample.lags + 3
    if block is None or block.index.get_level_values(1).nunique() < periods:
        raise IdentificationError(
            f"it needs two units without a gap over {counted(periods, sample.period)}"
        )
    formula = f"{y} ~ {right_side(question, y, x, None)}"
    fit = cce(block, formula)
    checks: Checks = {
        "own_lag": lambda: _from_mean_group(question, fit, f"lag({y}, 1)"),
        "half_panel_jackknife": lambda: _from_mean_group(
            question, cce(block, formula, jackknife=True), f"lag({x}, 1)"
        ),
    }
    return _from_mean_group(question, fit, f"lag({x}, 1)"), checks


def _from_mean_group(question: Question, fit: MeanGroupFit, term: str) -> Estimate:
    sample = question.sample
    return _of_term(
        question,
        fit,
        term,
        "mean of the units' own coefficients",
        sample.block_text,
        "no controls" if sample.controls else "",
    )


# ---------------------------------------------------------------------------
# Panel vector autoregression


def vector_autoregression_fit(question: Question, **options: str) -> PanelVARFit:
    """Estimate the system of outcome and cause, by moments where units are many."""
    method = "gmm" if many_units(question.sample) else "bias_corrected"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnigaugeWarning)
        return panel_var(
            question.sample.panel,
            [question.y, question.x],
            lags=question.sample.lags,
            method=method,  # type: ignore[arg-type]
            demean="time",
            **options,  # type: ignore[arg-type]
        )


def vector_autoregression(question: Question) -> tuple[Estimate, Checks]:
    """Panel VAR: the lags of the cause in the equation of the outcome."""
    fit = vector_autoregression_fit(question)
    checks: Checks = {
        "largest_root": lambda: Estimate(
            estimate=float(abs(fit.eigenvalues[0])),
            nobs=fit.nobs,
            note="shocks die out only where it is below one",
        )
    }
    if fit.method != "gmm":
        checks["hahn_kuersteiner"] = lambda: _from_system(
            question, vector_autoregression_fit(question, correction="hahn_kuersteiner")
        )
    if fit.lags > 1:
        checks["all_lags"] = lambda: Estimate(
            p_value=fit.granger().p_value(question.y, question.x),
            nobs=fit.nobs,
            note=f"all {fit.lags} lags zero",
        )
    return _from_system(question, fit), checks


def _from_system(question: Question, fit: PanelVARFit) -> Estimate:
    """Return the sum over lags of the cause's coefficients in the outcome's equation."""
    cause = slice(1, len(fit.terms), 2)
    variance = fit.covariance[: len(fit.terms), : len(fit.terms)][cause, cause].sum()
    estimate, std_error = float(fit.coefficients[0, cause].sum()), math.sqrt(variance)
    notes = [
        *sum_note(question),
        fit.how,
        "standard normal",
        "no controls" if question.sample.controls else "",
    ]
    return Estimate(
        estimate=estimate,
        std_error=std_error,
        p_value=math.erfc(abs(estimate) / std_error / math.sqrt(2)),
        nobs=fit.nobs,
        note="; ".join(filter(None, notes)),
    )


# ---------------------------------------------------------------------------
# Local projections


def projection_fit(question: Question, ordering: str) -> LocalProjection:
    """Project the outcome on the cause, horizon by horizon."""
    sample = question.sample
    room = (sample.panel.n_times - 2 * sample.lags) // 4
    return local_projection(
        sample.panel,
        question.y,
        question.x,
        horizon=min(_LONGEST, max(room, 1)),
        lags=sample.lags,
        controls=[f"lag({name}, 1)" for name in sample.controls],
        ordering=ordering,
    )


def projection(question: Question) -> tuple[Estimate, Checks]:
    """Local projections: the response one period on, and at later horizons."""
    fit = projection_fit(question, "impulse_last")
    found = [
        _at_horizon(row, float(corrected))
        for row, corrected in zip(
            fit.to_frame().to_dict("records"), fit.jackknife()["jackknife"], strict=True
        )
    ]
    later: Checks = {
        f"horizon_{h}": partial(_known, estimate)
        for h, estimate in zip(fit.horizons[1:], found[1:], strict=True)
    }
    return found[0], later


def _at_horizon(row: Mapping[Hashable, Any], corrected: float) -> Estimate:
    """Return one row of local projections as an estimate."""
    return Estimate(
        estimate=row["estimate"],
        std_error=row["std_error"],
        p_value=row["p_value"],
        nobs=row["nobs"],
        note=f"horizon {row['horizon']}, half-panel jackknife {corrected:.3g}; clustered s.e.",
        conf_low=row["conf_low"],
        conf_high=row["conf_high"],
    )


def _known(estimate: Estimate) -> Estimate:
    return estimate
