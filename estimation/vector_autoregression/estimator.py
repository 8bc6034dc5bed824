"""Panel vector autoregressions: several variables, each explained by the past of all.

y_it = a_i + A_1 y_i,t-1 + ... + A_p y_i,t-p + e_it, the same A in every entity (Holtz-Eakin,
Newey and Rosen 1988).  Least squares with entity effects is wrong by a term of order 1/T;
the jackknife over two halves of the panel, or Hahn and Kuersteiner's formula, takes that
term out; forward orthogonal deviations with past levels as instruments need no long T but
many entities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import DataError, IdentificationError, InputError, require_integer
from unigauge.estimation.covariance import Sizes, parameters, small_sample_factor
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.vector_autoregression.choice import (
    Choice,
    checked_choice,
    checked_span,
    checked_variables,
    in_words,
)
from unigauge.estimation.vector_autoregression.draws import Estimator
from unigauge.estimation.vector_autoregression.moments import (
    CrossProducts,
    cross_products,
    estimated,
    innovations,
    overidentification,
    warn_of_many_instruments,
)
from unigauge.estimation.vector_autoregression.responses import companion
from unigauge.estimation.vector_autoregression.results import PanelVARFit
from unigauge.estimation.vector_autoregression.sample import (
    VARSample,
    levels_of,
    rows_with_lags,
    var_sample,
    warn_of_unused_rows,
)
from unigauge.estimation.vector_autoregression.specification import (
    LagSelection,
    lag_selection,
)
from unigauge.estimation.within import rank_of_effects
from unigauge.estimation.wording import plain
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Picks = NDArray[np.intp]

__all__ = ["PanelVARFit", "panel_var"]


def panel_var(
    frame: pd.DataFrame | Panel,
    variables: Sequence[str],
    *,
    lags: int = 1,
    method: Literal["gmm", "ols", "bias_corrected"] = "gmm",
    steps: Literal[1, 2] = 2,
    instruments: tuple[int, int | None] | None = None,
    collapse: bool = True,
    demean: Literal["none", "time"] = "none",
    correction: Literal["jackknife", "hahn_kuersteiner"] = "jackknife",
    cov: Literal["clustered", "iid"] = "clustered",
    small_sample: str = "none",
) -> PanelVARFit:
    """Estimate a panel vector autoregression with entity effects.

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time).  Lags follow the calendar; a gap breaks them.  The
        panel may be unbalanced.
    variables : sequence of str
        The system, two variables or more.  Their order is the first order of the
        orthogonal responses.
    lags : int, default 1
        Order of the system, p.
    method : {"gmm", "ols", "bias_corrected"}
        Generalised method of moments on forward orthogonal deviations, equation by
        equation with the same instruments and one first-step weight (sum Z'Z)^-1; least
        squares with entity effects; or least squares less its bias of order 1/T.
    steps : {1, 2}
        GMM: the second step weights each equation by its own residuals' moments, and has
        Windmeijer's standard errors.  Without overidentification both are the same.
    instruments : (int, int or None), optional
        GMM: first and last lag of the levels of all variables that serve as instruments,
        the last None for all there are.  By default (1, p), which identifies exactly;
        with few entities such estimates have heavy tails, and (1, p + 2) is safer.
    collapse : bool, default True
        GMM: one instrument a variable and lag, instead of one a variable, lag and period.
    demean : {"none", "time"}
        GMM: subtract from each variable its mean in each period first.  Least squares:
        period effects, taken out exactly in unbalanced panels as well.
    correction : {"jackknife", "hahn_kuersteiner"}
        Of ``"bias_corrected"``: 2 b - (b_1 + b_2) / 2 with the halves of the calendar
        (Dhaene and Jochmans 2015), or the analytical formula, which needs a stable system.
    cov : {"clustered", "iid"}
        Clustered by entity; or, by least squares, classical.
    small_sample : {"none", "stata", "fixest", "plm", "asymptotic"}
        Least squares: the small-sample convention; see
        :mod:`unigauge.estimation.covariance`.

    Returns
    -------
    PanelVARFit
        ``params`` by (equation, term), ``equation(name)``, ``irf``, ``fevd``,
        ``granger``, ``eigenvalues``, ``select_lags``, ``plot``.

    Raises
    ------
    InputError
        If an argument is outside its domain, or goes with another method.
    DataError
        If there are too few periods for the lags.
    IdentificationError
        If instruments lack, or regressors are collinear or do not vary within entities.

    Warns
    -----
    DroppedRowsWarning
        If missing values or gaps cost rows, or an entity has a single usable row.
    UnigaugeWarning
        If there are more instruments than entities.

    Notes
    -----
    P-values are standard normal and intervals 95 %.  The innovations' covariance is E'E
    over the rows used: entities times usable periods by least squares, one row less an
    entity by GMM; bias corrected, over rows less fixed effects.  The jackknife's standard
    errors add up what a unit does to all three regressions.  A bootstrap of whole entities
    takes period effects as estimated in the data.

    Reconstruction.  Least squares, responses and variance shares agree with plm to 1e-8;
    GMM is checked by identities and by simulation (``docs/monte_carlo/panel_var.md``).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> y = rng.normal(size=(200, 30, 2))
    >>> for t in range(1, 30):
    ...     y[:, t] += y[:, t - 1] @ np.array([[0.5, 0.2], [0.0, 0.4]])
    >>> index = pd.MultiIndex.from_product([range(200), range(10)], names=["firm", "year"])
    >>> data = pd.DataFrame(
    ...     y[:, 20:].reshape(-1, 2), index=index, columns=["research", "standards"])
    >>> fit = panel_var(data, ["research", "standards"], instruments=(1, 3))
    >>> fit.params.unstack().round(2)
    term       lag(research, 1)  lag(standards, 1)
    equation
    research               0.52               0.01
    standards              0.22               0.41
    >>> fit.granger().p_value("standards", "research") < 0.01
    True
    """
    names = checked_variables(variables)
    lags = require_integer(
        "lags", lags, at_least=1, because="it is the order of the system"
    )
    choice = checked_choice(
        lags, method, steps, instruments, collapse, demean, correction, cov, small_sample
    )
    panel = as_panel(frame)
    levels = levels_of(panel, names, demean if choice.by_moments else "none")
    usable = rows_with_lags(panel, levels, lags)
    warn_of_unused_rows(panel, levels, usable, lags)
    kept = usable.sum(axis=1) > 1
    levels, usable = levels[kept], usable[kept]
    sample = _sample(names, levels, usable, lags, choice)
    if choice.by_moments:
        warn_of_many_instruments(sample)

    whole = cross_products(sample)
    estimator = Estimator(
        whole=whole,
        halves=_half_panels(names, levels, usable, lags, choice),
        steps=choice.steps if choice.by_moments and whole.overidentified else 1,
        by_moments=choice.by_moments,
        formula=choice.method == "bias_corrected"
        and choice.correction == "hahn_kuersteiner",
        scale=_degrees_factor(sample, choice),
    )
    if estimator.formula:
        _require_stable(estimated(whole, 1))
    coefficients, sigma = estimator()
    covariance, convention = _covariance(sample, estimator, coefficients, choice)
    enough = sample.n_entities > len(names) * whole.zx.shape[1]
    periods = np.flatnonzero(sample.usable.any(axis=0))

    return PanelVARFit(
        variables=names,
        lags=lags,
        method=method,
        how=in_words(sample, choice, estimator.steps),
        demean=demean,
        coefficients=frozen(coefficients.T),
        sigma=frozen(sigma),
        covariance=frozen(covariance),
        convention=convention,
        nobs=sample.nobs,
        n_entities=sample.n_entities,
        window=(plain(panel.times[periods[0]]), plain(panel.times[periods[-1]])),
        n_instruments=whole.zx.shape[1] if choice.by_moments else 0,
        hansen=overidentification(whole) if whole.overidentified and enough else None,
        _estimator=estimator,
        _select=partial(_select_lags, panel, names, choice),
    )


# ---------------------------------------------------------------------------
# From choice to numbers


def _sample(
    names: Sequence[str], levels: Floats, usable: Mask, lags: int, choice: Choice
) -> VARSample:
    return var_sample(
        names,
        levels,
        usable,
        lags,
        transform="orthogonal" if choice.by_moments else "within",
        time_effects=choice.time_effects,
        instruments=choice.instruments,
        collapse=choice.collapse,
    )


def _half_panels(
    names: Sequence[str], levels: Floats, usable: Mask, lags: int, choice: Choice
) -> tuple[CrossProducts, ...]:
    """Return the halves of the jackknife: the first floor(T/2) usable periods, the rest."""
    if choice.method != "bias_corrected" or choice.correction != "jackknife":
        return ()
    periods = np.flatnonzero(usable.any(axis=0))
    if len(periods) < 4:
        raise DataError(
            f"there are {len(periods)} usable periods; halves of two or more need at least "
            "4. Use fewer lags, or correction='hahn_kuersteiner'."
        )
    second = np.arange(usable.shape[1]) >= periods[len(periods) // 2]
    halves = (usable & ~second, usable & second)
    return tuple(
        cross_products(_sample(names, levels, half, lags, choice)) for half in halves
    )


def _require_stable(coefficients: Floats) -> None:
    largest = float(np.abs(np.linalg.eigvals(companion(coefficients.T))).max())
    if largest >= 1:
        raise IdentificationError(
            f"the least-squares system has a root of {largest:.4f}; Hahn and Kuersteiner's "
            "correction needs all roots below one. Use correction='jackknife', or "
            "differences."
        )


def _effects(
    sample: VARSample, choice: Choice
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the groups of the fixed effects, and those of the entities."""
    entity, time = np.nonzero(sample.rows)
    return np.column_stack([entity, time] if choice.time_effects else [entity]), entity


def _degrees_factor(sample: VARSample, choice: Choice) -> float:
    """Return n / (n - fixed effects) where the bias of E'E is corrected as well, else 1."""
    if choice.method != "bias_corrected":
        return 1.0
    effects, _ = _effects(sample, choice)
    return sample.nobs / (sample.nobs - rank_of_effects(effects))


def _covariance(
    sample: VARSample, estimator: Estimator, coefficients: Floats, choice: Choice
) -> tuple[Floats, str]:
    """Return the covariance of all coefficients, and how it was computed."""
    raw, words = estimator.clustered(coefficients), "clustered by entity"
    if choice.by_moments:
        corrected = ", Windmeijer's correction" if estimator.steps == 2 else ""
        return raw, words + corrected
    effects, entity = _effects(sample, choice)
    width = len(sample.terms)
    sizes = Sizes(
        rows=sample.nobs,
        regressors=width,
        all_parameters=parameters(width, effects),
        free_parameters=parameters(width, effects, nested_in=[entity]),
        groups=sample.n_entities if choice.cov == "clustered" else 0,
    )
    factor, spelled = small_sample_factor(choice.small_sample, choice.cov, sizes)
    if choice.cov == "iid":
        squares = estimator.whole.squares.sum(axis=0)[:width, :width]
        sigma = estimator.sigma_at(coefficients)
        raw, words = np.asarray(np.kron(sigma, np.linalg.inv(squares))), "iid"
    return raw * factor, f"{words}; covariance times {spelled} ({choice.small_sample})"


def _select_lags(
    panel: Panel,
    names: Sequence[str],
    choice: Choice,
    max_lags: int,
    span: tuple[int, int] | None,
) -> LagSelection:
    """Estimate every order on the rows of the longest, and compare."""
    if span is not None and not choice.by_moments:
        raise InputError(
            f"instruments is {span!r} and the fit is by {choice.method!r}; only 'gmm' has "
            "any."
        )
    levels = levels_of(panel, names, choice.demean if choice.by_moments else "none")
    usable = rows_with_lags(panel, levels, max_lags)
    kept = usable.sum(axis=1) > 1
    levels, usable = levels[kept], usable[kept]
    choice = replace(choice, instruments=checked_span(span or (1, max_lags + 1)))
    orders = range(1, max_lags + 1)
    samples = [_sample(names, levels, usable, lags, choice) for lags in orders]
    products = [cross_products(sample) for sample in samples]
    if choice.by_moments:
        tests = [overidentification(sums) for sums in products]
        return lag_selection(
            orders,
            [test.statistic for test in tests],
            [test.moments for test in tests],
            [test.parameters for test in tests],
            samples[0].n_entities,
        )
    rows = samples[0].nobs
    fits = [
        rows * float(np.linalg.slogdet(innovations(sums, estimated(sums, 1)))[1])
        for sums in products
    ]
    counts = [len(names) * len(sample.terms) for sample in samples]
    return lag_selection(orders, fits, [0] * max_lags, counts, rows)
