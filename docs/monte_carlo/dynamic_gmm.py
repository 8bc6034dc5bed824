"""Bias, coverage and sizes of dynamic_gmm, by simulation.

Run ``python docs/monte_carlo/dynamic_gmm.py``; it writes ``dynamic_gmm.csv`` beside it.

The panel is y_it = rho y_i,t-1 + .5 x_it + a_i + v_it with x_it = .5 x_i,t-1 + .3 a_i +
w_it, mean stationary, a and w standard normal; v is normal with variance 1, or
(1 + a_i^2) / 2 where it is heteroskedastic.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unigauge.errors import UnigaugeWarning
from unigauge.estimation import Panel, dynamic_gmm

BETA = 0.5
NORMAL = 1.959963984540054
FORMULA = "y ~ lag(y, 1) + x"
LAGS = {"y": (2, None), "x": (1, None)}
ESTIMATORS: dict[str, dict[str, Any]] = {
    "difference, one step": {"gmm": LAGS, "steps": 1},
    "difference": {"gmm": LAGS},
    "difference, collapsed": {"gmm": LAGS, "collapse": True},
    "orthogonal, collapsed": {"gmm": LAGS, "collapse": True, "transform": "orthogonal"},
    "system": {"gmm": LAGS, "system": True},
    "system, collapsed": {"gmm": LAGS, "system": True, "collapse": True},
}
DESIGNS: list[dict[str, Any]] = [
    {"units": 200, "years": 7, "rho": 0.5, "heteroskedastic": True},
    {"units": 200, "years": 7, "rho": 0.8, "heteroskedastic": True},
    {"units": 500, "years": 7, "rho": 0.5, "heteroskedastic": False},
]


def draw(
    rng: np.random.Generator, units: int, years: int, rho: float, heteroskedastic: bool
) -> Panel:
    """Draw one panel after forty years of running in."""
    effect = rng.normal(size=units)
    spread = np.sqrt((1 + effect**2) / 2) if heteroskedastic else np.ones(units)
    x = 0.6 * effect
    y = (BETA * x + effect) / (1 - rho)
    kept = []
    for _ in range(40 + years):
        x = 0.5 * x + 0.3 * effect + rng.normal(size=units)
        y = rho * y + BETA * x + effect + spread * rng.normal(size=units)
        kept.append((y, x))
    values = np.array(kept[-years:])
    index = pd.MultiIndex.from_product([range(units), range(years)], names=["unit", "year"])
    columns = {"y": values[:, 0].T.ravel(), "x": values[:, 1].T.ravel()}
    return Panel.from_frame(pd.DataFrame(columns, index=index))


def simulate(
    design: dict[str, Any],
    estimators: dict[str, dict[str, Any]],
    replications: int,
    seed: int,
) -> pd.DataFrame:
    """Return one row an estimator: bias, spread, coverage and sizes of 5 % tests."""
    rng = np.random.default_rng(seed)
    kept: dict[str, list[dict[str, float]]] = {name: [] for name in estimators}
    for _ in range(replications):
        panel = draw(rng, **design)
        for name, options in estimators.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UnigaugeWarning)
                fit = dynamic_gmm(panel, FORMULA, **options)
            kept[name].append(_measures(fit, design["rho"]))
    rows = []
    for name, measured in kept.items():
        table = pd.DataFrame(measured)
        means = table.drop(columns=["estimate", "beta"]).mean()
        rows.append(
            {
                **design,
                "estimator": name,
                "instruments": int(table["instruments"].iloc[0]),
                "bias_rho": table["estimate"].mean() - design["rho"],
                "sd_rho": table["estimate"].std(),
                "bias_beta": table["beta"].mean() - BETA,
                **means.drop("instruments"),
                "replications": replications,
            }
        )
    return pd.DataFrame(rows)


def _measures(fit: Any, rho: float) -> dict[str, float]:
    estimate, beta = fit.params.to_numpy()[:2]
    plain = np.sqrt(fit.final.solution.bread[0, 0])
    return {
        "instruments": fit.n_instruments,
        "estimate": estimate,
        "beta": beta,
        "coverage_rho": abs(estimate - rho) <= NORMAL * fit.std_errors.iloc[0],
        "coverage_rho_uncorrected": abs(estimate - rho) <= NORMAL * plain
        if fit.steps == 2
        else np.nan,
        "coverage_beta": abs(beta - BETA) <= NORMAL * fit.std_errors.iloc[1],
        "size_hansen": fit.hansen.p_value < 0.05,
        "size_sargan": fit.sargan.p_value < 0.05,
        "size_ar2": fit.ar(2).p_value < 0.05,
    }


def main(replications: int = 1000) -> None:
    """Simulate every design and write the table."""
    tables = [
        simulate(design, ESTIMATORS, replications, seed=91 + number)
        for number, design in enumerate(DESIGNS)
    ]
    table = pd.concat(tables, ignore_index=True)
    table.to_csv(Path(__file__).with_suffix(".csv"), index=False, float_format="%.4f")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
