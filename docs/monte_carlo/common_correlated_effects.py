"""Bias and coverage of mean groups and common correlated effects; writes a CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from unigauge.estimation import cce, mean_group

SIZES = ((30, 30), (30, 100))
SLOPE = 1.0


def draw(
    rng: np.random.Generator, units: int, periods: int, persistence: float
) -> pd.DataFrame:
    """Return one panel with a shock that moves regressor and outcome of every unit.

    y_t = a_i + phi y_{t-1} + b_i x_t + c_i f_t + e_t, x_t = d_i f_t + v_t, with b_i
    uniform around 1 and f an AR(1) with coefficient .6.
    """
    burn = 50
    width = periods + burn
    f = np.zeros(width)
    for t in range(1, width):
        f[t] = 0.6 * f[t - 1] + rng.standard_normal()
    b, c, d = rng.uniform(0.5, 1.5, size=(3, units, 1))
    x = d * f + rng.standard_normal((units, width))
    y = np.zeros((units, width))
    driven = rng.standard_normal((units, 1)) + SLOPE * b * x + c * f
    driven = driven + rng.standard_normal((units, width))
    for t in range(1, width):
        y[:, t] = persistence * y[:, t - 1] + driven[:, t]
    index = pd.MultiIndex.from_product([range(units), range(periods)])
    return pd.DataFrame({"x": x[:, burn:].ravel(), "y": y[:, burn:].ravel()}, index=index)


def accuracy(replications: int, seed: int = 0) -> pd.DataFrame:
    """Return bias, spread and coverage of 95 % intervals, by design and estimator."""
    rows = []
    for units, periods in SIZES:
        third = int(periods ** (1 / 3))
        for design, persistence in (("static", 0.0), ("dynamic", 0.5)):
            formula = "y ~ lag(y) + x" if persistence else "y ~ x"
            estimators = {
                "mean_group": lambda p, f=formula: mean_group(p, f),
                "mean_group, time-demeaned": lambda p, f=formula: mean_group(
                    p, f, demean="time"
                ),
                "cce": lambda p, f=formula: cce(p, f),
                "cce pooled": lambda p, f=formula: cce(p, f, model="pooled"),
            }
            if persistence:
                name = f"cce, average_lags={third}"
                estimators[name] = lambda p, f=formula, k=third: cce(p, f, average_lags=k)
                estimators["cce, jackknife"] = lambda p, f=formula: cce(
                    p, f, jackknife=True
                )
            found: dict[tuple[str, str], list[tuple[float, float]]] = {}
            for world in range(replications):
                rng = np.random.default_rng([seed, units, periods, world])
                panel = draw(rng, units, periods, persistence)
                for name, estimate in estimators.items():
                    fit = estimate(panel)
                    for term, true in (("x", SLOPE), ("lag(y, 1)", persistence)):
                        if term in fit.terms:
                            found.setdefault((name, term), []).append(
                                (fit.params[term] - true, fit.std_errors[term])
                            )
            for (name, term), pairs in found.items():
                error, spread = np.array(pairs).T
                rows.append(
                    {
                        "design": design,
                        "N": units,
                        "T": periods,
                        "estimator": name,
                        "term": term,
                        "bias": round(float(error.mean()), 4),
                        "std_dev": round(float(error.std()), 4),
                        "mean_std_error": round(float(spread.mean()), 4),
                        "coverage_95": round(
                            float((np.abs(error) < 1.96 * spread).mean()), 4
                        ),
                        "replications": replications,
                    }
                )
    return pd.DataFrame(rows)


if __name__ == "__main__":
    table = accuracy(400)
    table.to_csv(Path(__file__).with_suffix(".csv"), index=False)
    print(table.to_string(index=False))
