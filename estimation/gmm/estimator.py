"""Dynamic panels by the generalised method of moments.

Difference GMM (Arellano and Bond 1991) takes the entities' effects out by a
transformation and instruments what is predetermined by its own past levels; system GMM
(Arellano and Bover 1995; Blundell and Bond 1998) adds the equations in levels,
instrumented by past changes.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import (
    IdentificationError,
    InputError,
    UnigaugeWarning,
    require_choice,
)
from unigauge.estimation.coefficients import t_tests
from unigauge.estimation.gmm.equations import Equations, build_equations
from unigauge.estimation.gmm.instruments import build_instruments
from unigauge.estimation.gmm.moments import Moments, collect_moments
from unigauge.estimation.gmm.results import DynamicFit
from unigauge.estimation.gmm.sample import read_sample
from unigauge.estimation.gmm.specification import error_variance, residuals
from unigauge.estimation.gmm.steps import (
    Step,
    first_step,
    iterate,
    require_identified,
    second_step,
)
from unigauge.estimation.gmm.transforms import TRANSFORMS
from unigauge.estimation.linear_algebra import independent
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.wording import counted, joined
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DynamicFit", "dynamic_gmm"]

_STEPS = (1, 2, "iterated")
_ROUNDING = 1e-11
"""Residuals of no more than this share of the response are rounding error."""


def dynamic_gmm(
    frame: pd.DataFrame | Panel,
    formula: str,
    *,
    gmm: Mapping[str, tuple[int, int | None]] | None = None,
    iv: str | Sequence[str] = (),
    system: bool = False,
    transform: Literal["difference", "orthogonal"] = "difference",
    steps: Literal[1, 2, "iterated"] = 2,
    collapse: bool = False,
    time_effects: bool = True,
    h: Literal[2, 3] = 3,
    max_lag: int | None = None,
    cov: Literal["robust", "unadjusted"] = "robust",
) -> DynamicFit:
    """Estimate a dynamic panel by difference or system GMM.

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time); unbalanced or with gaps, see Notes.
    formula : str
        Such as ``"n ~ lag(n, 1:2) + lag(w, 0:1) + k"``; see
        :mod:`unigauge.estimation.formulas`.  Without fixed effects after a bar: the
        entities' are removed, and the periods' are ``time_effects``.
    gmm : mapping of str to (first lag, last lag), optional
        Variables (or expressions) whose past levels are instruments of the transformed
        equations, a column for each period and lag, zero where the lag is not observed;
        in a system their changes, lagged ``first - 1``, are those of the level
        equations.  ``(2, None)``, for the response and what is endogenous, is lag 2 and
        all deeper ones; what is predetermined has ``(1, None)``.  By default
        ``{response: (2, None)}``.
    iv : str or sequence of str
        Terms that are instruments as they stand, one column each: ``"w + lag(w, 1)"``, or
        ``["w", "lag(w, 1)"]``.  They are transformed as the regressors are (in a system,
        with their levels below): exogenous regressors, and instruments from outside the
        equation.  Rows in which one is missing are left out.  A regressor neither here nor
        made of a variable in ``gmm`` draws a warning: none is taken to be exogenous unless
        it is named.
    system : bool, default False
        Add the equations in levels, with a constant unless the formula takes it out.
    transform : {"difference", "orthogonal"}
        First differences, or deviations from the mean of all later observations.
    steps : {1, 2, "iterated"}
        The weight of homoskedastic errors; that of the first residuals; or again until
        weight and residuals agree.
    collapse : bool, default False
        One instrument a lag, summed over periods, instead of one a lag and period.
    time_effects : bool, default True
        Effects of the periods but the first.  They are instruments of themselves: in the
        transformed equations, or the level equations of a system.
    h : {3, 2}
        Covariance of the errors that the first weight of a system assumes, as in
        xtabond2: with those between transformed and level errors (3), or without (2).
        Difference GMM is the same under both.
    max_lag : int, optional
        Deepest lag of all instruments in ``gmm``.
    cov : {"robust", "unadjusted"}
        Robust to heteroskedasticity and to correlation within entities, from the second
        step on with Windmeijer's (2005) correction; or the covariance of homoskedastic
        errors (one step), and of the second step without correction.

    Returns
    -------
    DynamicFit
        ``params std_errors pvalues nobs``, ``sargan``, ``hansen``, ``ar(m)``,
        ``difference_hansen``, ``wald()``, ``period_effects`` and ``n_instruments``.

    Raises
    ------
    InputError
        If formula, data or options cannot be used; the message says why.
    IdentificationError
        If the panel is too short for the lags, no instruments are left, or they cannot
        tell a coefficient; the message names it.
    ConvergenceError
        If iterated GMM does not settle.

    Warns
    -----
    DroppedRowsWarning
        If missing values cost rows.
    UnigaugeWarning
        If instruments are collinear (named, and left out), if there are more of them than
        entities, if the weight matrix is singular, or if a regressor has no instrument
        of its own.

    Notes
    -----
    A row in levels has the response, every term and every entry of ``iv``.  A first
    difference needs the rows of two consecutive periods, so that a gap costs the
    differences on both sides of it; an orthogonal deviation needs any later row.  Lags
    follow the calendar: one that falls into a gap is missing, in ``gmm`` zero.

    ``nobs`` counts transformed equations, of a system rows in levels, as gretl and
    xtabond2 do; plm counts both.  ``n_instruments`` counts as gretl does, with time
    effects and constant, without columns of zeros; so does plm, whose systems have no
    constant.  With n rows and K coefficients Sargan's variance is the sum of squared
    transformed residuals of step one over (n - K), and over 2 for first differences.

    Differences from other programs, all on the data of Arellano and Bond (1991):
    gretl's Sargan is ours times n/(n - K); under ``--dpdstyle`` it takes the variance from
    the level residuals in one step, and is Hansen's statistic in two.  Its asymptotic
    one-step standard errors are ours over sqrt(2), but for the same factor.  Where a
    panel has gaps it takes differences over them, and so has more of them.  plm's one-step
    "Sargan" is the first residuals' criterion in the second weight, its one-step standard
    errors that are not robust leave out the variance of the errors, and its AR tests after
    system GMM differ.  All else agrees with plm to 1e-10, and with gretl to 1e-10 on data
    that both read and to 1e-5 on its own, which are rounded.  Orthogonal deviations, which
    neither has, agree with pydynpd to 1e-10, but for ``iv`` in systems, which it
    differences.  Doubly corrected standard errors are not offered: there is nothing to verify
    them by.

    Sources: Arellano and Bond (1991), *Review of Economic Studies* 58, 277-297;
    Blundell and Bond (1998), *Journal of Econometrics* 87, 115-143; Windmeijer (2005),
    *Journal of Econometrics* 126, 25-51; Roodman (2009), *Stata Journal* 9, 86-136.
    Reconstruction.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(3)
    >>> n, t = 200, 8
    >>> y = np.zeros((n, t + 1))
    >>> effect, x = rng.normal(size=n), rng.normal(size=(n, t + 1))
    >>> for s in range(1, t + 1):
    ...     y[:, s] = 0.5 * y[:, s - 1] + x[:, s] + effect + rng.normal(size=n)
    >>> index = pd.MultiIndex.from_product(
    ...     [range(n), range(2000, 2000 + t)], names=["firm", "year"])
    >>> data = pd.DataFrame({"y": y[:, 1:].ravel(), "x": x[:, 1:].ravel()}, index=index)
    >>> fit = dynamic_gmm(data, "y ~ lag(y, 1) + x", gmm={"y": (2, None)}, iv="x")
    >>> fit.params.round(3).to_dict()
    {'lag(y, 1)': 0.477, 'x': 0.923}
    >>> fit.n_instruments, fit.hansen.df
    (28, 20)
    >>> fit.hansen.p_value > 0.05, fit.ar(2).p_value > 0.05
    (True, True)
    """
    _check_options(steps, h, system=system, collapse=collapse, time_effects=time_effects)
    require_choice("transform", transform, TRANSFORMS)
    require_choice("cov", cov, ("robust", "unadjusted"))
    sample = read_sample(
        as_panel(frame),
        formula,
        gmm=gmm,
        iv=iv,
        system=system,
        time_effects=time_effects,
        max_lag=max_lag,
    )
    sample, equations = build_equations(sample, TRANSFORMS[transform], system=system)
    instruments = build_instruments(sample, equations, collapse=collapse)
    moments, dropped = _independent(collect_moments(equations, instruments, h))
    require_identified(moments, sample.terms, len(sample.periods), formula)

    one = final = first_step(moments)
    _require_residuals(equations, one, formula)
    if steps != 1:
        final = iterate(moments, one) if steps == "iterated" else second_step(moments, one)
    covariance = final.robust
    if cov == "unadjusted":
        covariance = final.solution.bread
        if steps == 1:
            covariance = covariance * error_variance(equations, one)
    n_terms = len(sample.terms)
    fit = DynamicFit(
        sample=sample,
        moments=moments,
        one=one,
        final=final,
        cov=cov,
        h=h,
        steps=steps,
        collapse=collapse,
        tests=t_tests(final.solution.estimates[:n_terms], covariance[:n_terms, :n_terms]),
        full_covariance=frozen(covariance),
        dropped=dropped,
    )
    sample.design.warn()
    _warn(fit)
    return fit


def _check_options(steps: object, h: object, **switches: object) -> None:
    """Refuse steps, weights and switches that mean nothing."""
    if isinstance(steps, bool) or steps not in _STEPS:
        raise InputError(f"steps is {steps!r}; choose 1, 2 or 'iterated'.")
    if isinstance(h, bool) or h not in (2, 3):
        raise InputError(
            f"h is {h!r}; choose 2 (no covariances between transformed and level errors in "
            "the first weight of a system) or 3 (with them)."
        )
    for name, value in switches.items():
        if not isinstance(value, bool | np.bool_):
            raise InputError(f"{name} is {value!r}; it must be True or False.")


def _require_residuals(equations: Equations, one: Step, formula: str) -> None:
    """Refuse an equation that reproduces the response, as with lag(y, 0)."""
    left = residuals(equations.transformed, one.solution.estimates)
    size = np.linalg.norm(equations.transformed[:, 0])
    if np.linalg.norm(left) <= _ROUNDING * size:
        raise IdentificationError(
            f"{formula!r} reproduces the response exactly: without residuals there are "
            "neither weights nor standard errors. Look for a regressor that is the response "
            "under another name."
        )


def _independent(moments: Moments) -> tuple[Moments, tuple[str, ...]]:
    """Leave out instruments that are zero throughout or combinations of others."""
    moments = moments.keep(np.diagonal(moments.gram) > 0)
    kept = independent(moments.gram)
    dropped = tuple(
        name for name, keep in zip(moments.instruments.names, kept, strict=True) if not keep
    )
    return moments.keep(kept), dropped


def _warn(fit: DynamicFit) -> None:
    """Warn of collinear instruments, of too many of them, and of singular weights."""
    if fit.dropped:
        total = len(fit.dropped) + fit.n_instruments
        warnings.warn(
            f"{len(fit.dropped)} of {total} instruments are combinations of the others and "
            f"were left out: {joined(fit.dropped)}.",
            UnigaugeWarning,
            stacklevel=3,
        )
    if fit.n_instruments > fit.n_entities:
        warnings.warn(
            f"{fit.n_instruments} instruments for {counted(fit.n_entities, 'entity')}: with "
            "more instruments than entities Hansen's test is worthless and the coefficients "
            "lean towards those of least squares. Use collapse=True or max_lag.",
            UnigaugeWarning,
            stacklevel=3,
        )
    rank = fit.final.solution.rank
    if rank < fit.n_instruments and fit.final is not fit.one:
        warnings.warn(
            f"the weight matrix of step {fit.final.number} is singular: rank {rank} for "
            f"{fit.n_instruments} instruments. Its Moore-Penrose inverse was used, and "
            "another program's may differ. Use fewer instruments, or steps=1.",
            UnigaugeWarning,
            stacklevel=3,
        )
