"""Do variables of a panel share a long run?  Pedroni, Kao and Westerlund."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import (
    DataError,
    InputError,
    require_choice,
    require_integer,
    require_seed,
)
from unigauge.estimation.cointegration_tests.error_correction import westerlund_statistics
from unigauge.estimation.cointegration_tests.residuals import (
    kao_statistics,
    pedroni_statistics,
)
from unigauge.estimation.cointegration_tests.results import Cointegration
from unigauge.estimation.design import CONSTANT
from unigauge.estimation.deterministic_terms import (
    DETERMINISTIC,
    deterministic_columns,
    deterministic_names,
)
from unigauge.estimation.long_run_variances import automatic_bandwidth
from unigauge.estimation.mean_groups.estimator import unit_design
from unigauge.estimation.panel import Panel
from unigauge.estimation.simulated import share
from unigauge.estimation.unit_least_squares import (
    UnitRows,
    require_unit_rank,
    triangles,
    unit_rows,
)
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Cointegration", "cointegration"]

_STATISTICS: dict[str, Callable[[Floats, str, int, int], Floats]] = {
    "pedroni": pedroni_statistics,
    "kao": kao_statistics,
    "westerlund": westerlund_statistics,
}
_NAMES = {
    "pedroni": (
        "panel_v",
        "panel_rho",
        "panel_pp",
        "panel_adf",
        "group_rho",
        "group_pp",
        "group_adf",
    ),
    "kao": ("df_rho", "df_t", "df_rho_star", "df_t_star", "adf"),
    "westerlund": ("g_t", "g_a", "p_t", "p_a"),
}
_DECIDES = {"pedroni": "group_adf", "kao": "adf", "westerlund": "g_t"}
_UPPER = "panel_v"
_CELLS_AT_ONCE = 1 << 18


def cointegration(
    frame: pd.DataFrame | Panel,
    formula: str,
    test: Literal["pedroni", "kao", "westerlund"] = "pedroni",
    *,
    lags: int = 1,
    trend: Literal["none", "intercept", "trend"] = "intercept",
    statistic: str | None = None,
    demean: Literal["none", "time"] = "none",
    bandwidth: int | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> Cointegration:
    r"""Test whether variables with unit roots are cointegrated in a panel.

    ==============  ================================================================
    test            statistics
    ==============  ================================================================
    ``pedroni``     residuals of each unit's regression: ``panel_v panel_rho
                    panel_pp panel_adf`` (sums over units, one root for all) and
                    ``group_rho group_pp group_adf`` (means over units)
    ``kao``         residuals of one pooled regression: ``df_rho df_t``, corrected
                    for endogenous regressors ``df_rho_star df_t_star``, and ``adf``
    ``westerlund``  error-correction equations: ``g_t g_a`` (means over units),
                    ``p_t p_a`` (one speed of adjustment for all)
    ==============  ================================================================

    Every p-value is that of the statistic among draws of independent Gaussian random
    walks with the same N, T, number of regressors, deterministic terms, lags and
    demeaning.  The published moments hold for many periods only; the draws have the
    periods of the data.

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time); the same periods in every unit, without gaps.
    formula : str
        Response and regressors, ``"y ~ x + z"``, in levels.
    test : {"pedroni", "kao", "westerlund"}
        The test.
    lags : int, default 1
        Lagged differences in the ADF statistics and in the error-correction equations.
    trend : {"none", "intercept", "trend"}
        Deterministic terms of each unit; Kao's test has a constant and nothing else.
    statistic : str, optional
        The one that decides; by default ``group_adf``, ``adf``, ``g_t``.
    demean : {"none", "time"}
        Subtract the mean of each period over units first, in the draws too.
    bandwidth : int, optional
        Lags of the long-run variances, Bartlett weights; by default 4 (T/100)^(2/9).
    draws, seed : int
        Draws from the null, kept in memory for the next call.

    Returns
    -------
    Cointegration
        ``statistic p_value`` and the table of all statistics, ``to_frame()``.

    Raises
    ------
    InputError
        If an argument is outside its domain, or the formula has fixed effects or no
        constant (``trend`` says which terms there are).
    DataError
        If units differ in their periods, or T is too small; the message names the T
        needed.
    IdentificationError
        If a regressor does not vary, or is collinear, in a unit.

    Notes
    -----
    Sources: Pedroni (1999), *Oxford Bulletin of Economics and Statistics* 61, 653-670,
    and (2004), *Econometric Theory* 20, 597-625; Kao (1999), *Journal of Econometrics*
    90, 1-44; Westerlund (2007), *Oxford Bulletin* 69, 709-748; reconstructions.  No other
    program was at hand to compare with: ``docs/monte_carlo/cointegration.md`` shows size
    and power.  Statistics are those of the papers before they are standardised with
    tables of moments, except Kao's, whose standardisation is in closed form; Pedroni's
    long-run variances use one bandwidth for all units, and Westerlund's equations have no
    leads.  Rejecting says that some units are cointegrated, not that all are.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> index = pd.MultiIndex.from_product([range(10), range(1980, 2020)])
    >>> walk = rng.normal(size=(10, 40)).cumsum(axis=1)
    >>> data = pd.DataFrame({"x": walk.ravel()}, index=index)
    >>> data["y"] = data["x"] + rng.normal(size=400)
    >>> data["z"] = rng.normal(size=(10, 40)).cumsum(axis=1).ravel()
    >>> cointegration(data, "y ~ x").p_value < 0.01, cointegration(data, "y ~ z").p_value > 0.1
    (True, True)
    """
    require_choice("test", test, _STATISTICS)
    require_choice("trend", trend, DETERMINISTIC)
    require_choice("demean", demean, ("none", "time"))
    name = require_choice("statistic", statistic or _DECIDES[test], _NAMES[test])
    lags = require_integer("lags", lags, at_least=0)
    draws = require_integer("draws", draws, at_least=100)
    seed = require_seed(seed)
    if test == "kao" and trend != "intercept":
        raise InputError(
            f"trend is {trend!r} and test is 'kao', which has a constant for each unit and "
            "nothing else; use trend='intercept', or another test."
        )
    design = unit_design(frame, formula)
    if CONSTANT not in design.terms:
        raise InputError(
            f"the formula {formula!r} takes the constant out; write it without '- 1' and "
            "say trend='none'."
        )
    rows = unit_rows(design)
    _require_block(rows, formula, test, trend, lags)
    series = np.moveaxis(np.concatenate([rows.y[..., None], rows.x[..., 1:]], -1), -1, 0)
    require_unit_rank(
        triangles(
            np.concatenate(
                [deterministic_columns(rows.y.shape, trend), rows.x[..., 1:]], -1
            ),
            rows.y,
        ),
        [*deterministic_names(trend), *design.terms[1:]],
        rows.entities,
        f"{formula!r} cannot be tested",
    )
    width = rows.y.shape[1]
    if bandwidth is None:
        bandwidth = automatic_bandwidth(width)
    bandwidth = require_integer("bandwidth", bandwidth, at_least=0)
    values = _STATISTICS[test](_demeaned(series, demean), trend, lags, bandwidth)
    drawn = _null(test, series.shape, trend, lags, bandwidth, demean, draws, seed)
    design.warn()
    return Cointegration(
        test=test,
        formula=design.formula.text,
        name=name,
        names=_NAMES[test],
        values=frozen(values),
        p_values=frozen(_p_values(_NAMES[test], values, drawn)),
        p_values_normal=frozen(_normal(test, values)),
        replications=drawn,
        trend=trend,
        demean=demean,
        lags=lags,
        bandwidth=bandwidth,
        n_entities=len(rows.entities),
        n_times=width,
        seed=seed,
    )


def _require_block(rows: UnitRows, formula: str, test: str, trend: str, lags: int) -> None:
    """Require two units, the same periods in all, and enough of them."""
    entities, (units, width) = rows.entities, rows.used.shape
    if units < 2:
        raise DataError(
            f"{formula!r} has rows in one unit only, {entities[0]!r}; a panel test needs at "
            "least two."
        )
    if not rows.used.all():
        unit = int((~rows.used).any(axis=1).argmax())
        period = rows.times[int((~rows.used[unit]).argmax())]
        raise DataError(
            f"the {test} test needs the same periods in every unit; {entities[unit]!r} lacks "
            f"{period}. Cut the panel with Panel.from_frame(frame)"
            ".window(first, last).balanced(variables)."
        )
    regressors = rows.x.shape[-1] - 1
    terms = DETERMINISTIC[trend]
    needed = {
        "pedroni": max(terms + regressors + 2, 2 * lags + 3),
        "kao": max(regressors + 3, lags + 3),
        "westerlund": terms + regressors * (lags + 2) + 2 * lags + 3,
    }[test]
    if width < needed:
        raise DataError(
            f"the {test} test of {formula!r} with lags={lags} and trend={trend!r} needs at "
            f"least T = {needed} periods; there are {width}, in every unit, such as "
            f"{entities[0]!r}. Use fewer lags or regressors."
        )


def _demeaned(series: Floats, demean: str) -> Floats:
    """Subtract the mean over units of each period, where that was asked for."""
    if demean == "none":
        return series
    return np.asarray(series - series.mean(axis=-2, keepdims=True))


@lru_cache(maxsize=64)
def _null(
    test: str,
    shape: tuple[int, ...],
    trend: str,
    lags: int,
    bandwidth: int,
    demean: str,
    draws: int,
    seed: int,
) -> Floats:
    """Return the statistics of draws of independent random walks."""
    rng = np.random.default_rng(seed)
    at_once = max(1, _CELLS_AT_ONCE // math.prod(shape))
    found = []
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        walks = rng.standard_normal((size, *shape)).cumsum(axis=-1)
        found.append(_STATISTICS[test](_demeaned(walks, demean), trend, lags, bandwidth))
    return frozen(np.concatenate(found))


def _p_values(names: Sequence[str], values: Floats, drawn: Floats) -> list[float]:
    """Return the share of draws at least as far from the null; panel v is large there."""
    return [
        share(
            int((column >= value if name == _UPPER else column <= value).sum()),
            len(column),
            complete=False,
        )
        for name, value, column in zip(names, values, drawn.T, strict=True)
    ]


def _normal(test: str, values: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(values)) if test == "kao" else np.full(len(values), np.nan)
