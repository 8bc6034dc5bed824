"""Has a variable a unit root in every unit of a panel?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from unigauge.errors import (
    DataError,
    InputError,
    require_choice,
    require_integer,
    require_seed,
)
from unigauge.estimation.dickey_fuller_law import dickey_fuller_score
from unigauge.estimation.panel import Panel
from unigauge.estimation.simulated import share
from unigauge.estimation.unit_least_squares import (
    require_unit_rank,
    residual_squares,
    t_of_last,
)
from unigauge.estimation.unit_root_moments import (
    ips_moments,
    ips_moments_without_lags,
    llc_moments,
)
from unigauge.estimation.unit_root_regressions import (
    DETERMINISTIC,
    TRUNCATION,
    augmented_triangles,
    cross_section_augmented_t,
    dickey_fuller_t,
    long_run_variance,
    null_means,
    parameters,
    rows_of,
    select_lags,
)
from unigauge.estimation.unit_root_results import Statistic, UnitRoot
from unigauge.estimation.unit_root_sample import SeriesSample, series_sample
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["UnitRoot", "unit_root"]

STATISTICS = {
    "ips": ("w_tbar", "z_tbar", "tbar"),
    "llc": ("t_star",),
    "fisher": ("p", "z", "l_star", "p_m"),
    "cips": ("cips_truncated", "cips"),
    "hadri": ("z_mu", "z_mu_homoskedastic"),
}
"""Statistics of each test, the first being the one that decides unless told otherwise."""
_LEVELS = (0.01, 0.05, 0.10)


class _Found(NamedTuple):
    """What a test finds."""

    statistics: Mapping[str, Statistic]
    unit_t: Floats
    unit_p_values: Floats
    critical_values: Mapping[float, float]


def unit_root(
    frame: pd.DataFrame | Panel,
    variable: str,
    test: Literal["ips", "llc", "fisher", "cips", "hadri"] = "ips",
    *,
    lags: int | Literal["aic", "bic"] = 1,
    trend: Literal["none", "intercept", "trend"] = "intercept",
    statistic: str | None = None,
    demean: Literal["none", "time"] = "none",
    max_lags: int | None = None,
    draws: int = 2000,
    seed: int = 0,
    compat: Literal["plm"] | None = None,
) -> UnitRoot:
    r"""Test whether a variable has a unit root in every unit of a panel.

    All tests but Hadri's start from the t-ratio of :math:`\rho_i` in each unit's

    .. math:: \Delta y_{it} = d_t'\alpha_i + \rho_i y_{i,t-1}
              + \sum_{k=1}^{p} \gamma_{ik} \Delta y_{i,t-k} + e_{it}.

    ==========  ==================  ====================================================
    test        statistic           what it is
    ==========  ==================  ====================================================
    ``ips``     ``w_tbar``          mean t, standardised with the moments for T and p
    (Im,        ``z_tbar``          standardised with the moments for T and no lags
    Pesaran,    ``tbar``            mean t; p-value simulated for this N and T
    Shin)
    ``llc``     ``t_star``          one pooled :math:`\rho`, corrected for its bias
    (Levin, Lin, Chu)
    ``fisher``  ``p``               :math:`-2 \sum \log p_i` (Maddala and Wu), chi2(2N)
                ``z``               inverse normal (Choi)
                ``l_star``          logit (Choi), Student's t(5N + 4)
                ``p_m``             standardised ``p``, for many units
    ``cips``    ``cips_truncated``  mean t beside cross-section averages, t truncated
    (Pesaran)   ``cips``            not truncated; both p-values are simulated
    ``hadri``   ``z_mu``            null: every unit is stationary; variances by unit
                ``..._homoskedastic``  one variance for all units
    ==========  ==================  ====================================================

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time), without gaps inside a unit.  IPS and Fisher may be
        unbalanced; LLC, CIPS and Hadri need the same periods in every unit.
    variable : str
        A column.
    test : {"ips", "llc", "fisher", "cips", "hadri"}
        The test.
    lags : int, "aic" or "bic"
        Lagged differences, the same in all units; or chosen by each unit, up to
        ``max_lags``, on the same rows (not for CIPS, whose units share their averages).
        Hadri's test has none.
    trend : {"none", "intercept", "trend"}
        Deterministic terms: none, a constant, a constant and a trend.
    statistic : str, optional
        The one that decides; by default the first in the table.  All are reported.
    demean : {"none", "time"}
        Subtract the mean of each period over units first; not for CIPS, whose averages
        would be left with nothing but rounding errors.
    max_lags : int, optional
        Most lags that a criterion may choose; by default 12 (T/100)^(1/4), rounded down,
        or what T allows.
    draws, seed : int
        Of the simulated laws: independent Gaussian random walks with the periods of the
        data.  Kept in memory for the next call.  The mean t of IPS is simulated only if
        ``statistic="tbar"``.
    compat : "plm", optional
        Repeat plm's ``purtest`` to its last digit: residual variances are divided by the
        rows instead of the degrees of freedom, for which neither the moments of IPS nor
        MacKinnon's p-values were made and which can flip the verdict; ``z_tbar`` with a
        trend takes the moments without one; LLC's moments are those of T instead of
        T - p - 1; and Fisher's statistics are infinite where p rounds to one.  CIPS and
        Hadri do not differ.

    Returns
    -------
    UnitRoot
        ``statistic p_value statistics unit_t critical_values`` and more.

    Raises
    ------
    InputError
        If an argument is outside its domain.
    DataError
        If series have gaps, are too short (the message names the units and the T that is
        needed), or differ in their periods where they may not.
    IdentificationError
        If a series does not vary, or its regression is collinear.

    Notes
    -----
    Sources: Im, Pesaran and Shin (2003), *Journal of Econometrics* 115, 53-74; Levin, Lin
    and Chu (2002), ibid. 108, 1-24; Maddala and Wu (1999); Choi (2001); Pesaran (2007),
    *Journal of Applied Econometrics* 22, 265-312; Hadri (2000), *Econometrics Journal* 3,
    148-161; reconstructions.  One unit's p-values are
    MacKinnon's (1996), for many periods.  LLC's residual variances are divided by rows, as in the
    paper; its long-run variances use Bartlett weights and 3.21 T^(1/3) lags.  plm's
    ``cipstest`` with ``model="mg"`` is ``test="ips"``, ``statistic="tbar"``; ``"dmg"``
    is that with ``demean="time"``.  Agrees with plm to 1e-8.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> index = pd.MultiIndex.from_product([range(10), range(1990, 2020)])
    >>> noise = rng.normal(size=(10, 30))
    >>> data = pd.DataFrame({"noise": noise.ravel(), "walk": noise.cumsum(1).ravel()}, index)
    >>> unit_root(data, "noise").p_value < 0.001
    True
    >>> test = unit_root(data, "walk", "cips", lags=1)
    >>> round(test.statistic, 3), round(test.critical_values[0.05], 3), test.p_value > 0.1
    (-1.477, -2.32, True)
    """
    require_choice("test", test, STATISTICS)
    require_choice("trend", trend, DETERMINISTIC)
    require_choice("demean", demean, ("none", "time"))
    name = require_choice("statistic", statistic or STATISTICS[test][0], STATISTICS[test])
    if compat is not None:
        require_choice("compat", compat, ("plm",))
    draws = require_integer("draws", draws, at_least=100)
    seed = require_seed(seed)
    if trend == "none" and (test == "hadri" or (test == "ips" and name != "tbar")):
        raise InputError(
            f"trend is 'none' and the statistic is {name!r}, which has no moments without a "
            "constant; use trend='intercept', or statistic='tbar', test='llc' or 'fisher'."
        )
    if test == "cips" and demean == "time":
        raise InputError(
            "test is 'cips' and demean is 'time': once period means are subtracted, the "
            "cross-section averages that the test adds are zero but for rounding, and its "
            "t-ratios would hang on the rounding. Use demean='none'; the averages already "
            "take out what the units share."
        )
    sample = series_sample(frame, variable, demean=demean == "time", test=test)
    if test in ("llc", "cips", "hadri"):
        sample.require_balance(test, ", or use test='ips' or 'fisher'")
    if test == "hadri":
        order = np.zeros(len(sample.entities), dtype=np.intp)
        found = _hadri(sample, trend)
    else:
        order = _order(sample, test, trend, lags, max_lags)
        _require_regressions(sample, test, trend, order)
        found = {"ips": _ips, "llc": _llc, "fisher": _fisher, "cips": _cips}[test](
            sample, order, trend, name, compat, (draws, seed)
        )
    return UnitRoot(
        test=test,
        variable=variable,
        name=name,
        statistics=found.statistics,
        trend=trend,
        lags=order,
        unit_t=frozen(found.unit_t),
        unit_p_values=frozen(found.unit_p_values),
        unit_periods=sample.length,
        entities=sample.entities,
        window=(sample.times[0], sample.times[-1]),
        demean=demean,
        compat=compat,
        critical_values=found.critical_values,
        draws=draws if found.critical_values else 0,
        seed=seed,
    )


def _order(
    sample: SeriesSample, test: str, trend: str, lags: int | str, max_lags: int | None
) -> NDArray[np.intp]:
    """Return the lags of each unit, fixed or chosen."""
    units = len(sample.entities)
    if not isinstance(lags, str):
        fixed = require_integer("lags", lags, at_least=0)
        return np.full(units, fixed, dtype=np.intp)
    require_choice("lags", lags, ("aic", "bic"))
    if test == "cips":
        raise InputError(
            f"lags is {lags!r} and test is 'cips', whose units share the averages of the "
            "same lags; give a number, and report several."
        )
    shortest = int(sample.length.min())
    room = max((shortest - 3 - DETERMINISTIC[trend]) // 2, 0)
    if max_lags is None:
        most = min(int(12 * (shortest / 100) ** 0.25), room)
    else:
        most = require_integer("max_lags", max_lags, at_least=0)
    sample.require_length(
        test, 2 * most + 3 + DETERMINISTIC[trend], f"to choose among 0 to {most} lags"
    )
    return select_lags(sample.series, trend, lags, most)


def _require_regressions(
    sample: SeriesSample, test: str, trend: str, order: NDArray[np.intp]
) -> None:
    """Require a degree of freedom, and regressors that are no combination of others."""
    averages = test == "cips"
    needed = [1 + lag + parameters(lag, trend, averages=averages) + 1 for lag in order]
    most = int(order.max())
    sample.require_length(
        test,
        np.array(needed),
        f"with {most} lag{'s' * (most != 1)} and trend={trend!r}",
    )
    for lag in np.unique(order):
        units = np.flatnonzero(order == lag)
        terms = ["the constant", "the trend"][: DETERMINISTIC[trend]]
        terms += [f"difference lagged {k}" for k in range(1, lag + 1)] + [
            "the lagged level"
        ]
        require_unit_rank(
            augmented_triangles(sample.series[units], int(lag), trend),
            terms,
            [sample.entities[unit] for unit in units],
            f"the {test} test cannot be run",
        )


def _normal(value: float, tail: Literal["lower", "upper"]) -> Statistic:
    from scipy.special import ndtr

    return Statistic(value, float(ndtr(value if tail == "lower" else -value)), "N(0, 1)")


def _unit_p_values(t: Floats, trend: str) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(dickey_fuller_score(t, trend)))


def _simulated(value: float, drawn: Floats) -> Statistic:
    lower = int(np.searchsorted(drawn, value, side="right"))
    return Statistic(value, share(lower, len(drawn), complete=False), "simulated")


def _critical_values(drawn: Floats) -> dict[float, float]:
    return {level: float(np.quantile(drawn, level)) for level in _LEVELS}


def _ips(
    sample: SeriesSample,
    order: NDArray[np.intp],
    trend: str,
    name: str,
    compat: str | None,
    simulation: tuple[int, int],
) -> _Found:
    """Return the three statistics of Im, Pesaran and Shin."""
    divisor: Literal["df", "rows"] = "rows" if compat == "plm" else "df"
    t = dickey_fuller_t(sample.series, order, trend, divisor=divisor)
    rows = rows_of(sample.series, order)
    statistics = {}
    if trend != "none":
        standardised = {
            "w_tbar": ips_moments(rows, order, trend),
            "z_tbar": ips_moments_without_lags(rows, trend, compat=compat),
        }
        for key, (mean, variance) in standardised.items():
            distance = math.sqrt(len(t)) * (t.mean() - mean.mean())
            statistics[key] = _normal(float(distance / np.sqrt(variance.mean())), "lower")
        if math.isnan(statistics[name].value if name != "tbar" else 0.0):
            raise DataError(
                f"{name!r} has no printed moments for {int(rows.min())} rows and "
                f"{int(order.max())} lags in a unit's regression; they begin at 10 rows and "
                "end at 8 lags. Use statistic='tbar', whose law is simulated, or "
                "test='fisher'."
            )
    values, critical = Statistic(float(t.mean()), math.nan, "not simulated"), {}
    if name == "tbar":
        drawn = null_means("tbar", ~np.isnan(sample.series), order, trend, *simulation)[0]
        values, critical = _simulated(float(t.mean()), drawn), _critical_values(drawn)
    statistics["tbar"] = values
    return _Found(statistics, t, _unit_p_values(t, trend), critical)


def _fisher(
    sample: SeriesSample,
    order: NDArray[np.intp],
    trend: str,
    name: str,
    compat: str | None,
    simulation: tuple[int, int],
) -> _Found:
    """Return the four ways of joining the units' p-values."""
    from scipy.special import chdtrc, log_ndtr, ndtr, ndtri, stdtr

    divisor: Literal["df", "rows"] = "rows" if compat == "plm" else "df"
    t = dickey_fuller_t(sample.series, order, trend, divisor=divisor)
    score = dickey_fuller_score(t, trend)
    if compat == "plm":
        score = ndtri(ndtr(score))  # through p, which is rounded where it is close to one
    n = len(score)
    chi2 = float(-2 * log_ndtr(score).sum())
    factor = 3 * (5 * n + 4) / (math.pi**2 * n * (5 * n + 2))
    logit = math.sqrt(factor) * float((log_ndtr(score) - log_ndtr(-score)).sum())
    statistics = {
        "p": Statistic(chi2, float(chdtrc(2 * n, chi2)), f"chi2({2 * n})"),
        "z": _normal(float(score.sum() / math.sqrt(n)), "lower"),
        "l_star": Statistic(logit, float(stdtr(5 * n + 4, logit)), f"t({5 * n + 4})"),
        "p_m": _normal((chi2 - 2 * n) / (2 * math.sqrt(n)), "upper"),
    }
    return _Found(statistics, t, ndtr(score), {})


def _llc(
    sample: SeriesSample,
    order: NDArray[np.intp],
    trend: str,
    name: str,
    compat: str | None,
    simulation: tuple[int, int],
) -> _Found:
    """Return the corrected t-ratio of the pooled coefficient of Levin, Lin and Chu."""
    values, n = sample.series, len(sample.entities)
    length = values.shape[1]
    bandwidth = round(3.21 * length ** (1 / 3))
    rows = rows_of(values, order)
    level, product, outcome, variance, t = np.empty((5, n))
    for lag in np.unique(order):
        units = order == lag
        triangle = augmented_triangles(values[units], int(lag), trend)
        level[units] = triangle[:, -2, -2] ** 2
        product[units] = triangle[:, -2, -2] * triangle[:, -2, -1]
        outcome[units] = triangle[:, -2, -1] ** 2 + triangle[:, -1, -1] ** 2
        variance[units] = residual_squares(triangle) / rows[units]
        t[units] = t_of_last(triangle, rows[units])
    swept, moved, total = (float((a / variance).sum()) for a in (level, product, outcome))
    pooled = moved / swept
    mean_rows = float(rows.mean())
    residual = (total - pooled * moved) / (n * mean_rows)
    std_error = math.sqrt(residual / swept)
    ratio = np.sqrt(long_run_variance(values, trend, bandwidth) / variance).mean()
    mean, deviation = llc_moments(length if compat == "plm" else mean_rows, trend)
    correction = n * mean_rows * ratio / residual * std_error * mean
    star = _normal(float((pooled / std_error - correction) / deviation), "lower")
    return _Found({"t_star": star}, t, _unit_p_values(t, trend), {})


def _cips(
    sample: SeriesSample,
    order: NDArray[np.intp],
    trend: str,
    name: str,
    compat: str | None,
    simulation: tuple[int, int],
) -> _Found:
    """Return the mean of the cross-section augmented t-ratios, truncated and not."""
    t = cross_section_augmented_t(sample.series, int(order[0]), trend)
    drawn = null_means("cips", ~np.isnan(sample.series), order, trend, *simulation)
    kept = np.clip(t, *TRUNCATION[trend])
    statistics = {
        "cips_truncated": _simulated(float(kept.mean()), drawn[1]),
        "cips": _simulated(float(t.mean()), drawn[0]),
    }
    critical = _critical_values(drawn[1 if name == "cips_truncated" else 0])
    return _Found(statistics, t, np.full(len(t), np.nan), critical)


def _hadri(sample: SeriesSample, trend: str) -> _Found:
    """Return Hadri's statistic, with variances by unit and with one for all."""
    values, length = sample.series, sample.series.shape[1]
    sample.require_length("hadri", DETERMINISTIC[trend] + 2, f"with trend={trend!r}")
    ramp = np.linspace(-1.0, 1.0, length)
    x = np.stack([np.ones(length), ramp][: DETERMINISTIC[trend]], axis=-1)
    residuals = values - values @ np.linalg.pinv(x).T @ x.T
    variance = (residuals**2).mean(axis=1)
    sums = (residuals.cumsum(axis=1) ** 2).sum(axis=1) / length**2
    mean, spread = (1 / 6, 1 / 45) if trend == "intercept" else (1 / 15, 11 / 6300)
    scale = math.sqrt(len(values) / spread)
    by_unit = sums / variance
    statistics = {
        "z_mu": _normal(float(scale * (by_unit.mean() - mean)), "upper"),
        "z_mu_homoskedastic": _normal(
            float(scale * (sums.mean() / variance.mean() - mean)), "upper"
        ),
    }
    return _Found(statistics, by_unit, np.full(len(values), np.nan), {})
