"""One direction of influence: every method, and the checks that belong beside it.

A method gives its main estimate and its checks by name.  What cannot be estimated is an
:class:`Estimate` without numbers whose note says why; nothing disappears.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import DroppedRowsWarning, IdentificationError, UnigaugeError
from unigauge.estimation.both_directions.questions import LEVEL, MAIN, Estimate, Question
from unigauge.estimation.counts import poisson
from unigauge.estimation.covariance import group_sums
from unigauge.estimation.granger import dumitrescu_hurlin, juodis_karavias_sarafidis
from unigauge.estimation.jackknife import half_panel_jackknife
from unigauge.estimation.panel import Panel
from unigauge.estimation.static import ols
from unigauge.estimation.wild import wild_cluster_bootstrap
from unigauge.estimation.wording import counted, plain

if TYPE_CHECKING:
    import pandas as pd

    from unigauge.estimation.fits import Fit
    from unigauge.estimation.granger import GrangerTest

__all__ = ["DETECTABLE", "METHODS", "MORE", "WILD", "answers"]

MORE = (1, 10, 50)
"""Draws that are taken, in turn, in units of those asked for, until p is settled."""
WILD = 5
"""Draws of the wild bootstrap, which is cheap, for one of the Granger tests."""
_SIGNS, _MOST_SIGNS = 2_500_000, 25_000_000
"""Signs that a wild bootstrap holds in memory at once, and takes when drawn again."""
DETECTABLE = 2.8
"""Standard errors to the effect that a 5 % test finds with 80 % probability."""
_MOST_LEFT_OUT = 100


def answers(
    question: Question, methods: tuple[str, ...]
) -> dict[tuple[str, str], Estimate]:
    """Run methods and their checks; what fails says why.

    Rows that a method loses beyond the common sample are told in its notes instead of
    warnings.
    """
    found: dict[tuple[str, str], Estimate] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        for method in methods:
            try:
                main, checks = METHODS[method](question)
            except UnigaugeError as error:
                found[method, MAIN] = Estimate(note=f"not run: {error}")
                continue
            found[method, MAIN] = main
            for check, compute in checks.items():
                try:
                    found[method, check] = compute()
                except UnigaugeError as error:
                    found[method, check] = Estimate(note=f"not run: {error}")
    return found


Checks = dict[str, Callable[[], Estimate]]

# ---------------------------------------------------------------------------
# Regressions


def _fixed_effects(question: Question) -> tuple[Estimate, Checks]:
    """Two-way fixed effects: the outcome on its own past and the past of the cause."""
    sample, y, x, lags = question.sample, question.y, question.x, question.sample.lags
    right = _right_side(question, y, x)
    fit = ols(sample.panel, f"{y} ~ {right} | entity + time")
    own, other = f"lag({y}, 1)", f"lag({x}, 1)"
    changes = _right_side(question, f"diff({y})", f"diff({x})", "diff({})")

    def regression(formula: str, term: str, *levels: float) -> Estimate:
        return _wild(question, ols(sample.panel, formula), term, (LEVEL, *levels))

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
        "own_lag": lambda: _plain(question, fit, own),
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
    return _wild(question, fit, other), checks


def _poisson(question: Question) -> tuple[Estimate, Checks]:
    """Poisson with two-way fixed effects, where the outcome is a count."""
    sample = question.sample
    if question.outcome not in sample.counts:
        raise IdentificationError(
            f"{question.y!r} is no count; pass counts={{{question.outcome!r}: column}}"
        )
    y, x = question.poisson_regressor(question.y), question.poisson_regressor(question.x)
    count = sample.counts[question.outcome]
    right = _right_side(question, y, x)
    fit = poisson(sample.panel, f"{count} ~ {right} | entity + time")
    own, other = f"lag({y}, 1)", f"lag({x}, 1)"
    checks: Checks = {
        "own_lag": lambda: _plain(question, fit, own),
        "driscoll_kraay": lambda: _driscoll_kraay(question, fit, other),
        **_leave_one_out(question, fit, other, poisson),
    }
    if sample.lags > 1:
        checks["all_lags"] = lambda: _all_lags(fit, x, sample.lags)
    return _plain(question, fit, other), checks


def _right_side(question: Question, y: str, x: str, control: str = "{}") -> str:
    """Return own lags, lags of the cause, and controls at the first lag.

    b_1 x_{t-1} + ... + b_K x_{t-K} is written as (b_1 + ... + b_K) x_{t-1} and lags of the
    change of x, so that the coefficient of x_{t-1} is the sum over the lags.
    """
    parts = []
    for name in (y, x):
        parts.append(f"lag({name}, 1)")
        if question.sample.lags > 1:
            parts.append(f"lag(diff({name}), 1:{question.sample.lags - 1})")
    parts += [f"lag({control.format(name)}, 1)" for name in question.sample.controls]
    return " + ".join(parts)


def _plain(question: Question, fit: Fit, term: str, note: str = "") -> Estimate:
    """Return one coefficient of a fit with its own standard error and p-value."""
    at = fit.terms.index(term)
    how = f"{fit.inference.cov.replace('_', '-')} s.e., t({fit.df})"
    return Estimate(
        estimate=float(fit.solution.estimates[at]),
        std_error=float(fit.inference.std_errors[at]),
        p_value=float(fit.inference.p_values[at]),
        nobs=fit.nobs,
        note="; ".join(filter(None, [note, *_sum(question), how, *_lost(question, fit)])),
        conf_low=float(fit.inference.conf_low[at]),
        conf_high=float(fit.inference.conf_high[at]),
    )


def _wild(
    question: Question, fit: Fit, term: str, levels: tuple[float, ...] = (LEVEL,)
) -> Estimate:
    """Return one coefficient with the wild cluster bootstrap beside its own p-value."""
    clustered = _plain(question, fit, term)

    first, *further = (times * WILD * question.draws for times in MORE)
    units = question.sample.n_units
    batch = max(first, _SIGNS // units)

    def run(draws: int) -> Estimate:
        tests = [
            wild_cluster_bootstrap(
                fit, term, draws=min(batch, draws - done), seed=_seed(question.seed, done)
            )
            for done in range(0, draws, batch)
        ]
        exact = tests[0].exact
        tests = tests[:1] if exact else tests
        used = sum(test.draws for test in tests)
        reached = sum(test.p_value * (test.draws + 1) - 1 for test in tests)
        how = "all sign vectors" if exact else f"{used:,} draws"
        return replace(
            clustered,
            p_value_bootstrap=tests[0].p_value if exact else (reached + 1) / (used + 1),
            note=f"{clustered.note}; wild cluster bootstrap, {how}",
            conf_low=float(np.mean([test.conf_low for test in tests])),
            conf_high=float(np.mean([test.conf_high for test in tests])),
            draws=0 if exact else used,
        )

    most = _MOST_SIGNS // units
    return _settled(run, [first, *(min(n, most) for n in further if first < most)], levels)


def _seed(seed: int, done: int) -> int:
    """Return the seed of the batch that follows a number of draws."""
    return int(np.random.SeedSequence([seed, done]).generate_state(1)[0]) if done else seed


def _settled(
    run: Callable[[int], Estimate], draws: Sequence[int], levels: tuple[float, ...]
) -> Estimate:
    """Run a bootstrap with more and more draws until its p-value is settled."""
    for number in draws:
        estimate = run(number)
        if not any(estimate.unsettled(level) for level in levels):
            break
    return estimate


def _driscoll_kraay(question: Question, fit: Fit, term: str) -> Estimate:
    note = f"rejects too often with {counted(fit.n_times, question.sample.period)}"
    return _plain(question, fit.with_covariance("driscoll_kraay"), term, note)


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
            row = _plain(question, refit, term)
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


def _sum(question: Question) -> list[str]:
    lags = question.sample.lags
    return [f"sum of {lags} lags"] if lags > 1 else []


def _lost(question: Question, fit: Fit) -> list[str]:
    """Say which rows of the common sample a fit does not use."""
    rows = question.sample.usable
    if fit.nobs == rows:
        return []
    return [f"{fit.nobs} of {rows} rows", *fit.losses.sentences()]


# ---------------------------------------------------------------------------
# Tests of Granger non-causality


def _granger(
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
            return _granger_estimate(question, result)

        return _settled(bootstrap, [n * question.draws for n in MORE], (LEVEL,))

    main = run(block)
    return main, {
        "blocks_of_three": partial(run, block, rows=3),
        "raw": partial(run, block, demean="none"),
        "first_differences": lambda: run(block.groupby(level=0).diff().dropna()),
    }


def _granger_estimate(question: Question, result: GrangerTest) -> Estimate:
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
        std_error = float(np.sqrt(covariance.sum()))
        notes[:0] = _sum(question)
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


METHODS: dict[str, Callable[[Question], tuple[Estimate, Checks]]] = {
    "fixed_effects": _fixed_effects,
    "poisson": _poisson,
    "juodis_karavias_sarafidis": partial(_granger, test=juodis_karavias_sarafidis, least=4),
    "dumitrescu_hurlin": partial(_granger, test=dumitrescu_hurlin, least=6),
}
"""Every method by its name, in the order of the report."""
