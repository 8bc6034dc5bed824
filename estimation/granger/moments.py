"""Granger causality in panels of many units and few periods, by GMM in differences.

Holtz-Eakin, Newey and Rosen (1988): the effect on its own lags and those of the cause, in
first differences, which take the units' levels out, with past levels as instruments.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import (
    IdentificationError,
    InputError,
    UnigaugeWarning,
)
from unigauge.estimation.coefficients import t_tests
from unigauge.estimation.gmm.estimator import dynamic_gmm
from unigauge.estimation.gmm.results import DynamicFit
from unigauge.estimation.gmm.steps import solve
from unigauge.estimation.gmm.unit_moments import UnitMoments, one_step, two_step
from unigauge.estimation.granger.draws import bootstrap_fields, checked
from unigauge.estimation.granger.lags import (
    ANDREWS_LU,
    Criterion,
    penalty,
    requested_lags,
)
from unigauge.estimation.granger.pooled_results import HoltzEakin
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.tails import chi_squared_tail, wald_statistic
from unigauge.estimation.wording import plain
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["HoltzEakin", "holtz_eakin"]


def holtz_eakin(
    frame: pd.DataFrame | Panel,
    effect: str,
    cause: str,
    *,
    lags: int | Criterion = 1,
    max_lags: int = 4,
    instruments: tuple[int, int | None] = (2, None),
    collapse: bool = False,
    steps: Literal[1, 2] = 2,
    demean: Literal["none", "time"] = "none",
    bootstrap: int = 0,
    seed: int | None = None,
) -> HoltzEakin:
    """Test that ``cause`` does not Granger-cause ``effect``, by GMM in differences.

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time), many entities.  Lags follow the calendar.
    effect, cause : str
        Variables, or expressions of a formula such as ``log(patents)``.
    lags : int or {"bic", "aic", "hqic"}, default 1
        K, at least 1; or the criterion of Andrews and Lu (2001) by which it is chosen,
        Hansen's J less a penalty on moments in excess of parameters, all orders with the
        rows and instruments of the longest.  A bootstrap takes the choice as given.
    max_lags : int, default 4
        Where K is chosen, the largest that is tried.
    instruments : (int, int or None), default (2, None)
        First and last lag of the levels of both variables that are instruments of the
        differenced equation; all deeper ones where the last is None.
    collapse : bool, default False
        One instrument a lag, instead of one a lag and period.
    steps : {1, 2}
        One step, or two with Windmeijer's standard errors.
    demean : {"none", "time"}
        ``"time"``: period effects in the equation.
    bootstrap : int, default 0
        Draws of whole units with the moments recentred at the estimate (Hall and Horowitz
        1996), so that the null holds in the draws; the first-step weight is kept.
    seed : int, optional
        Seed of the draws; where none is given one is drawn, and kept in the result.

    Returns
    -------
    HoltzEakin
        ``statistic df p_value p_value_bootstrap coefficients std_errors``, and ``fit``
        with the tests of the instruments.

    Raises
    ------
    InputError
        If an argument is outside its domain.
    IdentificationError
        If rows or instruments do not suffice.

    Warns
    -----
    DroppedRowsWarning, UnigaugeWarning
        As :func:`dynamic_gmm`.

    Notes
    -----
    Source: Holtz-Eakin, Newey and Rosen (1988), *Econometrica* 56, 1371-1395, with the
    instruments of Arellano and Bond (1991).  Agrees with plm's ``pgmm`` and a Wald test of
    its robust covariance to 1e-8.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(300), range(8)], names=["firm", "year"])
    >>> data = pd.DataFrame({"standards": rng.normal(size=2400)}, index=index)
    >>> data["patents"] = rng.normal(size=2400) + 0.3 * data["standards"].shift(1)
    >>> data = data.drop(index=0, level=1)
    >>> test = holtz_eakin(data, "patents", "standards", instruments=(2, 3), collapse=True)
    >>> test.p_value < 0.01
    True
    """
    bootstrap, _, seed = checked(bootstrap, 1, seed, demean)
    orders, criterion = requested_lags(lags, max_lags)
    if effect == cause:
        raise InputError(
            f"effect and cause are both {effect!r}; name two different variables."
        )
    panel = as_panel(frame)

    def estimate(order: int) -> DynamicFit:
        return dynamic_gmm(
            panel,
            f"{effect} ~ lag({effect}, 1:{order}) + lag({cause}, 1:{order})",
            gmm={effect: instruments, cause: instruments},
            steps=steps,
            collapse=collapse,
            time_effects=demean == "time",
        )

    order = orders[0]
    if criterion:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnigaugeWarning)
            order = _least(estimate(orders[-1]), orders, criterion)
    fit = estimate(order)
    tested = slice(order, 2 * order)
    coefficients = fit.final.solution.estimates[tested]
    covariance = fit.tests.covariance[tested, tested]
    statistic = wald_statistic(coefficients, covariance)
    draws = _recentred(fit, tested, bootstrap, seed)
    rows = np.flatnonzero(fit.equations.rows.any(axis=1))
    return HoltzEakin(
        effect=effect,
        cause=cause,
        lags=order,
        criterion=f"least {criterion} of 1 to {orders[-1]}" if criterion else "",
        statistic=statistic,
        df=order,
        p_value=float(chi_squared_tail(statistic, order)),
        coefficients=frozen(coefficients),
        tests=t_tests(coefficients, covariance),
        fit=fit,
        n_entities=fit.n_entities,
        nobs=fit.nobs,
        window=(plain(panel.times[int(rows[0])]), plain(panel.times[int(rows[-1])])),
        demean=demean,
        draws=bootstrap,
        block=1,
        seed=seed,
        **bootstrap_fields(statistic, draws, chi_squared_tail(draws, order)),
    )


def _least(fit: DynamicFit, orders: Sequence[int], criterion: str) -> int:
    """Return the order of least criterion, within the moments of the longest."""
    moments, most = fit.moments, orders[-1]
    n_columns = moments.x.shape[1]
    charge = penalty(criterion, fit.n_entities, factor=ANDREWS_LU)

    def value(order: int) -> float:
        lags = np.arange(order)
        columns = np.r_[lags, most + lags, 2 * most : n_columns]
        estimates = np.zeros(n_columns)
        x = moments.x[:, columns]
        estimates[columns] = solve(x, moments.y, moments.weight).estimates
        scores = moments.scores(estimates)
        second = solve(x, moments.y, scores @ scores.T)
        return second.criterion - charge * (second.rank - len(columns))

    return min(orders, key=value)


def _recentred(fit: DynamicFit, tested: slice, draws: int, seed: int | None) -> Floats:
    """Return the Wald statistic against the estimate in every draw of whole units."""
    if draws == 0:
        return np.empty(0)
    estimates = fit.final.solution.estimates
    moments = _by_unit(fit)
    centre = moments.scores(estimates).mean(axis=0)
    recentred = replace(moments, y=moments.y - centre)
    step = two_step if fit.steps == 2 else one_step
    rng = np.random.default_rng(seed)
    units = len(moments.y)
    statistics = np.full(draws, np.nan)
    for draw in range(draws):
        try:
            drawn = step(recentred.picked(rng.integers(0, units, size=units)))
        except IdentificationError:
            continue
        apart = (drawn.solution.estimates - estimates)[tested]
        statistics[draw] = wald_statistic(apart, drawn.robust[tested, tested])
    return statistics


def _by_unit(fit: DynamicFit) -> UnitMoments:
    """Return the moments of each unit that has an equation.

    Scores are linear in the coefficients, so that unit vectors give Z_i'X_i.
    """
    moments = fit.moments
    n_columns = moments.x.shape[1]
    y = moments.scores(np.zeros(n_columns)).T
    x = np.stack([y - moments.scores(one).T for one in np.eye(n_columns)], axis=-1)
    used = np.abs(x).max(axis=(1, 2)) > 0
    return UnitMoments(x=x[used], y=y[used], weight=moments.weight)
