"""Regressions with effects of units and periods, and the checks beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import IdentificationError
from unigauge.estimation.both_directions.bootstraps import wild
from unigauge.estimation.both_directions.from_fits import from_fit, right_side
from unigauge.estimation.both_directions.questions import (
    DETECTABLE,
    LEVEL,
    Checks,
    Estimate,
    Question,
)
from unigauge.estimation.counts import poisson
from unigauge.estimation.covariance import group_sums
from unigauge.estimation.jackknife import half_panel_jackknife
from unigauge.estimation.panel import Panel
from unigauge.estimation.static import ols
from unigauge.estimation.wording import counted, plain

if TYPE_CHECKING:
    from unigauge.estimation.fits import Fit

__all__ = ["fixed_effects", "poisson_counts"]

_MOST_LEFT_OUT = 100


def fixed_effects(question: Question) -> tuple[Estimate, Checks]:
    """Two-way fixed effects: the outcome on its own past and the past of the cause."""
    sample, y, x, lags = question.sample, question.y, question.x, question.sample.lags
    right = right_side(question, y, x)
    fit = ols(sample.panel, f"{y} ~ {right} | entity + time")
    own, other = f"lag({y}, 1)", f"lag({x}, 1)"
    changes = right_side(question, f"diff({y})", f"diff({x})", "diff({})")

    def regression(formula: str, term: str, *levels: float) -> Estimate:
        return wild(question, ols(sample.panel, formula), term, (LEVEL, *levels))

    def jackknife(term: str) -> Estimate:
        corrected = half_panel_jackknife(sample.panel, f"{y} ~ {right} | entity + time")
        return Estimate(
            estimate=float(corrected.params[term]),
            nobs=corrected.nobs,
            note=f"second half from {corrected.split}; no standard error",
        )

    def detectable() -> Estimate:
        return Estimate(
            estimate=DETECTABLE * float(fit.std_errors[other]),
            nobs=fit.nobs,
            note=f"{DETECTABLE} standard errors: found at 5 % with 80 % probability",
        )

    checks: Checks = {
        "own_lag": lambda: from_fit(question, fit, own),
        "own_lag_jackknife": lambda: jackknife(own),
        "long_run": lambda: _long_run(fit, own, other, jackknife(own).estimate),
        "minimum_detectable_effect": detectable,
        "driscoll_kraay": lambda: _driscoll_kraay(question, fit, other),
        "without_year_effects": lambda: regression(f"{y} ~ {right} | entity", other),
        "unit_trends": lambda: regression(
            f"{y} ~ {right} | entity[time] + time", other, 2 * LEVEL
        ),
        "first_differences": lambda: regression(
            f"diff({y}) ~ {changes} | entity + time", f"lag(diff({x}, 1), 1)", 2 * LEVEL
        ),
        "lead_placebo": lambda: regression(
            f"{y} ~ {right} + lag({x}, -1) | entity + time", f"lag({x}, -1)"
        ),
        "half_panel_jackknife": lambda: jackknife(other),
        **_leave_one_out(question, fit, other, ols),
    }
    if lags > 1:
        checks["all_lags"] = lambda: _all_lags(fit, x, lags)
    return wild(question, fit, other), checks


def poisson_counts(question: Question) -> tuple[Estimate, Checks]:
    """Poisson with two-way fixed effects, where the outcome is a count."""
    sample = question.sample
    if question.outcome not in sample.counts:
        raise IdentificationError(
            f"{question.y!r} is no count; pass counts={{{question.outcome!r}: column}}"
        )
    y, x = question.poisson_regressor(question.y), question.poisson_regressor(question.x)
    count = sample.counts[question.outcome]
    right = right_side(question, y, x)
    fit = poisson(sample.panel, f"{count} ~ {right} | entity + time")
    own, other = f"lag({y}, 1)", f"lag({x}, 1)"
    checks: Checks = {
        "own_lag": lambda: from_fit(question, fit, own),
        "driscoll_kraay": lambda: _driscoll_kraay(question, fit, other),
        **_leave_one_out(question, fit, other, poisson),
    }
    if sample.lags > 1:
        checks["all_lags"] = lambda: _all_lags(fit, x, sample.lags)
    return from_fit(question, fit, other), checks


def _driscoll_kraay(question: Question, fit: Fit, term: str) -> Estimate:
    note = f"rejects too often with {counted(fit.n_times, question.sample.period)}"
    return from_fit(question, fit.with_covariance("driscoll_kraay"), term, note)


def _all_lags(fit: Fit, x: str, lags: int) -> Estimate:
    """Test all lags of the cause together."""
    changes = [f"lag(diff({x}), {k})" for k in range(1, lags)]
    test = fit.wald([f"lag({x}, 1)", *changes])
    note = f"all {lags} lags zero: F({test.df[0]}, {test.df[1]}) = {test.statistic:.3g}"
    return Estimate(p_value=test.p_value, nobs=fit.nobs, note=note)


def _long_run(fit: Fit, own: str, other: str, own_corrected: float) -> Estimate:
    """Return b / (1 - a) with its delta-method error, unless a may be one.

    The own lag a is biased downwards by fixed effects, so the jackknifed one decides: if
    it, plus twice the standard error, reaches one, there is no long run to speak of.
    """
    a, b = float(fit.params[own]), float(fit.params[other])
    std_error = float(fit.std_errors[own])
    if own_corrected + 2 * std_error >= 1 or a >= 1:
        raise IdentificationError(
            f"own lag {a:.3g} (jackknife {own_corrected:.3g}, s.e. {std_error:.2g}) cannot "
            "be told from one; the long run is not identified"
        )
    gradient = np.array([b / (1 - a) ** 2, 1 / (1 - a)])
    covariance = fit.covariance.loc[[own, other], [own, other]].to_numpy()
    return Estimate(
        estimate=b / (1 - a),
        std_error=float(np.sqrt(gradient @ covariance @ gradient)),
        nobs=fit.nobs,
        note="coefficient / (1 - own lag); delta method",
    )


def _leave_one_out(
    question: Question, fit: Fit, term: str, estimator: Callable[[Panel, str], Fit]
) -> Checks:
    """Return the extremes of a coefficient when units are left out one at a time.

    Of more than 100 units those are left out that, to first order, move the coefficient
    most.
    """

    @cache
    def refits() -> list[Estimate]:
        rows = []
        for unit in _influential(fit, term):
            refit = estimator(question.sample.without(unit), fit.formula)
            label = str(plain(question.sample.panel.entities[unit]))
            row = from_fit(question, refit, term)
            note = f"without {label}; clustered s.e., t({refit.df})"
            rows.append(replace(row, note=note, subject=label))
        return rows

    sign = math.copysign(1.0, float(fit.params[term]))

    def weakness(row: Estimate) -> tuple[bool, float]:
        return sign * row.estimate < 0, row.p_value

    return {
        "leave_one_out_lowest": lambda: min(refits(), key=lambda row: row.estimate),
        "leave_one_out_highest": lambda: max(refits(), key=lambda row: row.estimate),
        "leave_one_out_weakest": lambda: max(refits(), key=weakness),
    }


def _influential(fit: Fit, term: str) -> list[int]:
    """Return positions of the units whose scores move a coefficient most, sorted."""
    design, solution = fit.design, fit.solution
    units, groups = np.unique(design.entity, return_inverse=True)
    pull = group_sums(solution.scores, groups) @ solution.bread[fit.terms.index(term)]
    most = np.argsort(-np.abs(pull), kind="stable")[:_MOST_LEFT_OUT]
    return [int(unit) for unit in np.sort(units[most])]
