"""Poisson with endogenous or predetermined regressors: writes control_function.csv."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from unigauge.errors import DroppedRowsWarning
from unigauge.estimation import control_function_poisson, poisson, presample_poisson

TRUTH = 0.5
NORMAL = 1.96


def endogenous(
    rng: np.random.Generator, units: int, periods: int, link: float
) -> pd.DataFrame:
    """Return one panel: x = .7 z + v + effect, E(y) = exp(.5 + effect + .5 x + link v)."""
    effect = rng.normal(size=(units, 1)) / 2
    z, v = rng.normal(size=(2, units, periods))
    x = 0.7 * z + v + effect
    y = rng.poisson(np.exp(0.5 + effect + TRUTH * x + link * v))
    return _panel({"y": y, "x": x, "z": z})


def feedback(
    rng: np.random.Generator, units: int, periods: int, presample: int
) -> pd.DataFrame:
    """Return one panel in which a surprise in y lowers the next x."""
    effect = rng.normal(size=units) / 2
    x, y = np.zeros((2, units, presample + periods))
    for t in range(presample + periods):
        if t:
            mean = np.exp(1 + effect + TRUTH * x[:, t - 1])
            surprise = np.clip(y[:, t - 1] / mean - 1, -1, 2)
            x[:, t] = 0.5 * x[:, t - 1] - 0.5 * surprise + 0.3 * rng.normal(size=units)
        y[:, t] = rng.poisson(np.exp(1 + effect + TRUTH * x[:, t]))
    return _panel({"y": y, "x": x})


def _panel(columns: dict[str, np.ndarray]) -> pd.DataFrame:
    units, periods = columns["y"].shape
    index = pd.MultiIndex.from_product([range(units), range(periods)], names=["id", "year"])
    return pd.DataFrame({k: v.ravel() for k, v in columns.items()}, index=index)


def control_function(replications: int, draws: int, seed: int = 0) -> pd.DataFrame:
    """Return bias, coverage with and without the bootstrap, and the exogeneity test."""
    rows = []
    for units, periods in ((100, 6), (200, 8)):
        for link in (0.0, -0.6):
            found = []
            for world in range(replications):
                rng = np.random.default_rng([seed, units, periods, world])
                panel = endogenous(rng, units, periods, link)
                fit = control_function_poisson(
                    panel, "y ~ [x ~ z] | entity", draws=draws, seed=world
                )
                naive = fit.first_stages[0].residuals
                second = poisson(panel.assign(v=naive), "y ~ x + v | entity")
                gap = fit.params["x"] - TRUTH
                found.append(
                    {
                        "bias": gap,
                        "bias_poisson": poisson(panel, "y ~ x | entity").params["x"]
                        - TRUTH,
                        "coverage": abs(gap) < NORMAL * fit.std_errors["x"],
                        "coverage_uncorrected": abs(gap) < NORMAL * second.std_errors["x"],
                        "exogeneity_rejected": fit.exogeneity.p_value < 0.05,
                    }
                )
            rows.append(_row("control function", units, periods, link, found))
    return pd.DataFrame(rows)


def presample(replications: int, seed: int = 0) -> pd.DataFrame:
    """Return bias and coverage by the length of the pre-sample."""
    rows = []
    for length in (5, 10, 30):
        found = []
        for world in range(replications):
            rng = np.random.default_rng([seed, length, world])
            panel = feedback(rng, 200, 5, length)
            fit = presample_poisson(panel, "y ~ x", last_presample=length - 1)
            late = panel[panel.index.get_level_values("year") >= length]
            gap = fit.params["x"] - TRUTH
            found.append(
                {
                    "bias": gap,
                    "bias_poisson": poisson(late, "y ~ x | entity").params["x"] - TRUTH,
                    "coverage": abs(gap) < NORMAL * fit.std_errors["x"],
                }
            )
        rows.append(_row(f"pre-sample of {length}", 200, 5, None, found))
    return pd.DataFrame(rows)


def _row(
    estimator: str,
    units: int,
    periods: int,
    link: float | None,
    found: list[dict[str, float]],
) -> dict[str, object]:
    return {
        "estimator": estimator,
        "units": units,
        "periods": periods,
        "link": link,
        **pd.DataFrame(found).astype(float).mean().to_dict(),
        "spread": float(np.std([world["bias"] for world in found], ddof=1)),
        "replications": len(found),
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore", DroppedRowsWarning)
    table = pd.concat([control_function(300, 39), presample(300)], ignore_index=True)
    table.to_csv(Path(__file__).with_suffix(".csv"), index=False, float_format="%.4f")
    print(table.to_string(float_format="{:.3f}".format))
