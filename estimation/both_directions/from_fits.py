"""From a fit to an estimate: one coefficient, its test, and the rows it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unigauge.estimation.both_directions.questions import Estimate, Question

if TYPE_CHECKING:
    from unigauge.estimation.fits import Fit

__all__ = ["from_fit", "right_side", "sum_note"]


def right_side(question: Question, y: str, x: str, control: str | None = "{}") -> str:
    """Return own lags, lags of the cause, and controls, if any, at the first lag.

    b_1 x_{t-1} + ... + b_K x_{t-K} is written as (b_1 + ... + b_K) x_{t-1} and lags of the
    change of x, so that the coefficient of x_{t-1} is the sum over the lags.
    """
    parts = []
    for name in (y, x):
        parts.append(f"lag({name}, 1)")
        if question.sample.lags > 1:
            parts.append(f"lag(diff({name}), 1:{question.sample.lags - 1})")
    if control:
        parts += [f"lag({control.format(c)}, 1)" for c in question.sample.controls]
    return " + ".join(parts)


def from_fit(question: Question, fit: Fit, term: str, note: str = "") -> Estimate:
    """Return one coefficient of a fit with its own standard error and p-value."""
    at = fit.terms.index(term)
    how = f"{fit.inference.cov.replace('_', '-')} s.e., t({fit.df})"
    return Estimate(
        estimate=float(fit.solution.estimates[at]),
        std_error=float(fit.inference.std_errors[at]),
        p_value=float(fit.inference.p_values[at]),
        nobs=fit.nobs,
        note="; ".join(
            filter(None, [note, *sum_note(question), how, *_lost(question, fit)])
        ),
        conf_low=float(fit.inference.conf_low[at]),
        conf_high=float(fit.inference.conf_high[at]),
    )


def sum_note(question: Question) -> list[str]:
    """Say that the estimate is a sum over lags, where it is."""
    lags = question.sample.lags
    return [f"sum of {lags} lags"] if lags > 1 else []


def _lost(question: Question, fit: Fit) -> list[str]:
    """Say which rows of the common sample a fit does not use."""
    rows = question.sample.usable
    if fit.nobs == rows:
        return []
    return [f"{fit.nobs} of {rows} rows", *fit.losses.sentences()]
