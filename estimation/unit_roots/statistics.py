"""Statistics of the panel unit-root tests, from the units' regressions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from unigauge.errors import DataError
from unigauge.estimation.deterministic_terms import DETERMINISTIC, deterministic_columns
from unigauge.estimation.simulated import share
from unigauge.estimation.unit_roots.dickey_fuller_law import dickey_fuller_score
from unigauge.estimation.unit_roots.printed_moments import (
    ips_moments,
    ips_moments_without_lags,
)
from unigauge.estimation.unit_roots.regressions import (
    TRUNCATION,
    cross_section_augmented_t,
    dickey_fuller_t,
    levin_lin_chu_t,
    null_distribution,
    rows_of,
)
from unigauge.estimation.unit_roots.results import Statistic
from unigauge.estimation.unit_roots.sample import SeriesSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["TESTS", "Question"]

_LEVELS = (0.01, 0.05, 0.10)


class _Found(NamedTuple):
    """What a test finds."""

    statistics: Mapping[str, Statistic]
    unit_t: Floats
    unit_p_values: Floats
    critical_values: Mapping[float, float]


class Question(NamedTuple):
    """What is asked of a test.

    Attributes
    ----------
    sample : SeriesSample
        The series.
    order : array of int, shape (N,)
        Lags of each unit.
    trend, name, compat
        Deterministic terms, the statistic that decides, and whose conventions.
    draws, seed : int
        Of the simulation.
    """

    sample: SeriesSample
    order: NDArray[np.intp]
    trend: str
    name: str
    compat: str | None
    draws: int
    seed: int

    @property
    def unit_t(self) -> Floats:
        """The t-ratio of each unit; plm divides residual variances by rows."""
        divisor: Literal["df", "rows"] = "rows" if self.compat == "plm" else "df"
        return dickey_fuller_t(self.sample.series, self.order, self.trend, divisor=divisor)

    def null(self, test: Literal["cips", "tbar", "llc"]) -> Floats:
        """Return sorted statistics of draws that look like the data."""
        seen = ~np.isnan(self.sample.series)
        return null_distribution(test, seen, self.order, self.trend, self.draws, self.seed)


def _normal(value: float, tail: Literal["lower", "upper"]) -> Statistic:
    from scipy.special import ndtr

    return Statistic(value, float(ndtr(value if tail == "lower" else -value)), "N(0, 1)")


def _unit_p_values(t: Floats, trend: str) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(dickey_fuller_score(t, trend)))


def _simulated(value: float, drawn: Floats) -> Statistic:
    """Return a statistic with its lower-tail p-value among sorted draws."""
    lower = int(np.searchsorted(drawn, value, side="right"))
    return Statistic(value, share(lower, len(drawn), complete=False), "simulated")


def _critical_values(drawn: Floats) -> dict[float, float]:
    """Return lower-tail critical values, by level."""
    return {level: float(np.quantile(drawn, level)) for level in _LEVELS}


def _ips(question: Question) -> _Found:
    """Return the three statistics of Im, Pesaran and Shin."""
    order, trend, name = question.order, question.trend, question.name
    t, rows = question.unit_t, rows_of(question.sample.series, order)
    statistics = {}
    if trend != "none":
        standardised = {
            "w_tbar": ips_moments(rows, order, trend),
            "z_tbar": ips_moments_without_lags(rows, trend, compat=question.compat),
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
        drawn = question.null("tbar")[0]
        values, critical = _simulated(float(t.mean()), drawn), _critical_values(drawn)
    statistics["tbar"] = values
    return _Found(statistics, t, _unit_p_values(t, trend), critical)


def _fisher(question: Question) -> _Found:
    """Return the four ways of joining the units' p-values."""
    from scipy.special import chdtrc, log_ndtr, ndtr, ndtri, stdtr

    t = question.unit_t
    score = dickey_fuller_score(t, question.trend)
    if question.compat == "plm":
        score = ndtri(ndtr(score))  # through p, which is rounded where it is close to one
    n = len(score)
    chi2 = float(-2 * log_ndtr(score).sum())
    factor = 3 * (5 * n + 4) / (math.pi**2 * n * (5 * n + 2))
    logit = math.sqrt(factor) * float((log_ndtr(score) - log_ndtr(-score)).sum())
    statistics = {
        "z": _normal(float(score.sum() / math.sqrt(n)), "lower"),
        "l_star": Statistic(logit, float(stdtr(5 * n + 4, logit)), f"t({5 * n + 4})"),
        "p": Statistic(chi2, float(chdtrc(2 * n, chi2)), f"chi2({2 * n})"),
        "p_m": _normal((chi2 - 2 * n) / (2 * math.sqrt(n)), "upper"),
    }
    return _Found(statistics, t, ndtr(score), {})


def _llc(question: Question) -> _Found:
    """Return the pooled t-ratio of Levin, Lin and Chu, with two laws."""
    series, order, trend = question.sample.series, question.order, question.trend
    value = float(levin_lin_chu_t(series, order, trend, compat=question.compat))
    t = question.unit_t
    statistics, critical = {}, {}
    if question.compat is None:
        drawn = question.null("llc")[0]
        statistics["t_star_simulated"] = _simulated(value, drawn)
        critical = _critical_values(drawn)
    statistics["t_star"] = _normal(value, "lower")
    return _Found(statistics, t, _unit_p_values(t, trend), critical)


def _cips(question: Question) -> _Found:
    """Return the mean of the cross-section augmented t-ratios, truncated and not."""
    series, lags, trend = question.sample.series, int(question.order[0]), question.trend
    t = cross_section_augmented_t(series, lags, trend)
    drawn = question.null("cips")
    kept = np.clip(t, *TRUNCATION[trend])
    statistics = {
        "cips_truncated": _simulated(float(kept.mean()), drawn[1]),
        "cips": _simulated(float(t.mean()), drawn[0]),
    }
    critical = _critical_values(drawn[1 if question.name == "cips_truncated" else 0])
    return _Found(statistics, t, np.full(len(t), np.nan), critical)


def _hadri(question: Question) -> _Found:
    """Return Hadri's statistic, with variances by unit and with one for all."""
    sample, trend = question.sample, question.trend
    sample.require_length("hadri", DETERMINISTIC[trend] + 2, f"with trend={trend!r}")
    values, length = sample.series, sample.series.shape[1]
    x = deterministic_columns((length,), trend)
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


TESTS: dict[str, Callable[[Question], _Found]] = {
    "ips": _ips,
    "llc": _llc,
    "fisher": _fisher,
    "cips": _cips,
    "hadri": _hadri,
}
"""The tests by name."""
