"""Statistics of the panel unit-root tests, from the units' regressions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from unigauge.errors import DataError
from unigauge.estimation.dickey_fuller_law import dickey_fuller_score
from unigauge.estimation.simulated import share
from unigauge.estimation.unit_root_moments import (
    ips_moments,
    ips_moments_without_lags,
)
from unigauge.estimation.unit_root_regressions import (
    DETERMINISTIC,
    TRUNCATION,
    cross_section_augmented_t,
    dickey_fuller_t,
    levin_lin_chu_t,
    null_distribution,
    rows_of,
)
from unigauge.estimation.unit_root_results import Statistic
from unigauge.estimation.unit_root_sample import SeriesSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["TESTS", "Found", "critical_values", "hadri", "simulated"]

_LEVELS = (0.01, 0.05, 0.10)


class Found(NamedTuple):
    """What a test finds."""

    statistics: Mapping[str, Statistic]
    unit_t: Floats
    unit_p_values: Floats
    critical_values: Mapping[float, float]


def _normal(value: float, tail: Literal["lower", "upper"]) -> Statistic:
    from scipy.special import ndtr

    return Statistic(value, float(ndtr(value if tail == "lower" else -value)), "N(0, 1)")


def _unit_t(
    sample: SeriesSample, order: NDArray[np.intp], trend: str, compat: str | None
) -> Floats:
    """Return the t-ratio of each unit; plm divides residual variances by rows."""
    divisor: Literal["df", "rows"] = "rows" if compat == "plm" else "df"
    return dickey_fuller_t(sample.series, order, trend, divisor=divisor)


def _unit_p_values(t: Floats, trend: str) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(dickey_fuller_score(t, trend)))


def simulated(value: float, drawn: Floats) -> Statistic:
    """Return a statistic with its lower-tail p-value among sorted draws."""
    lower = int(np.searchsorted(drawn, value, side="right"))
    return Statistic(value, share(lower, len(drawn), complete=False), "simulated")


def critical_values(drawn: Floats) -> dict[float, float]:
    """Return lower-tail critical values, by level."""
    return {level: float(np.quantile(drawn, level)) for level in _LEVELS}


def _ips(
    sample: SeriesSample,
    order: NDArray[np.intp],
    trend: str,
    name: str,
    compat: str | None,
    simulation: tuple[int, int],
) -> Found:
    """Return the three statistics of Im, Pesaran and Shin."""
    t = _unit_t(sample, order, trend, compat)
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
        drawn = null_distribution(
            "tbar", ~np.isnan(sample.series), order, trend, *simulation
        )[0]
        values, critical = simulated(float(t.mean()), drawn), critical_values(drawn)
    statistics["tbar"] = values
    return Found(statistics, t, _unit_p_values(t, trend), critical)


def _fisher(
    sample: SeriesSample,
    order: NDArray[np.intp],
    trend: str,
    name: str,
    compat: str | None,
    simulation: tuple[int, int],
) -> Found:
    """Return the four ways of joining the units' p-values."""
    from scipy.special import chdtrc, log_ndtr, ndtr, ndtri, stdtr

    t = _unit_t(sample, order, trend, compat)
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
    return Found(statistics, t, ndtr(score), {})


def _llc(
    sample: SeriesSample,
    order: NDArray[np.intp],
    trend: str,
    name: str,
    compat: str | None,
    simulation: tuple[int, int],
) -> Found:
    """Return the pooled t-ratio of Levin, Lin and Chu, with two laws."""
    value = float(levin_lin_chu_t(sample.series, order, trend, compat=compat))
    t = _unit_t(sample, order, trend, compat)
    statistics, critical = {}, {}
    if compat is None:
        seen = ~np.isnan(sample.series)
        drawn = null_distribution("llc", seen, order, trend, *simulation)[0]
        statistics["t_star_simulated"] = simulated(value, drawn)
        critical = critical_values(drawn)
    statistics["t_star"] = _normal(value, "lower")
    return Found(statistics, t, _unit_p_values(t, trend), critical)


def _cips(
    sample: SeriesSample,
    order: NDArray[np.intp],
    trend: str,
    name: str,
    compat: str | None,
    simulation: tuple[int, int],
) -> Found:
    """Return the mean of the cross-section augmented t-ratios, truncated and not."""
    t = cross_section_augmented_t(sample.series, int(order[0]), trend)
    drawn = null_distribution("cips", ~np.isnan(sample.series), order, trend, *simulation)
    kept = np.clip(t, *TRUNCATION[trend])
    statistics = {
        "cips_truncated": simulated(float(kept.mean()), drawn[1]),
        "cips": simulated(float(t.mean()), drawn[0]),
    }
    critical = critical_values(drawn[1 if name == "cips_truncated" else 0])
    return Found(statistics, t, np.full(len(t), np.nan), critical)


def hadri(sample: SeriesSample, trend: str) -> Found:
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
    return Found(statistics, by_unit, np.full(len(values), np.nan), {})


TESTS: dict[str, Callable[..., Found]] = {
    "ips": _ips,
    "llc": _llc,
    "fisher": _fisher,
    "cips": _cips,
}
"""Tests that start from the units' augmented Dickey-Fuller regressions."""
