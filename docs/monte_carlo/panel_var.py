"""Bias, size and coverage of panel_var by simulation; writes panel_var.csv beside it.

Run from the root of the repository: ``python docs/monte_carlo/panel_var.py``.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unigauge.estimation import panel_var

DESIGNS: dict[str, tuple[int, int, float, float]] = {
    "many units, moderate": (200, 10, 0.5, 0.3),
    "many units, persistent": (200, 10, 0.8, 0.6),
    "few units, persistent": (23, 23, 0.8, 0.6),
}
"""Units, periods, own lag of a, own lag of b."""
METHODS: dict[str, dict[str, Any]] = {
    "gmm, lag 1": {"method": "gmm"},
    "gmm, lags 1 to 3": {"method": "gmm", "instruments": (1, 3)},
    "ols": {"method": "ols"},
    "jackknife": {"method": "bias_corrected"},
    "hahn_kuersteiner": {"method": "bias_corrected", "correction": "hahn_kuersteiner"},
}
CROSS = 0.2
SIGMA = np.array([[1.0, 0.3], [0.3, 1.0]])
HORIZON = 5
BURN_IN = 60


def slopes_of(own: float, other: float) -> np.ndarray:
    """Return A: a moves b, b does not move a."""
    return np.array([[own, 0.0], [CROSS, other]])


def draw(rng: np.random.Generator, units: int, periods: int, slopes: np.ndarray) -> Any:
    """Draw a stationary system with normal innovations and unit effects."""
    errors = rng.normal(size=(units, periods + BURN_IN, 2)) @ np.linalg.cholesky(SIGMA).T
    y = errors + rng.normal(size=(units, 1, 2))
    for t in range(1, periods + BURN_IN):
        y[:, t] += y[:, t - 1] @ slopes.T
    index = pd.MultiIndex.from_product(
        [range(units), range(periods)], names=["unit", "year"]
    )
    return pd.DataFrame(y[:, BURN_IN:].reshape(-1, 2), index=index, columns=["a", "b"])


def true_responses(slopes: np.ndarray) -> np.ndarray:
    """Return the orthogonal responses, (H + 1, 2, 2)."""
    factor = np.linalg.cholesky(SIGMA)
    return np.stack(
        [np.linalg.matrix_power(slopes, h) @ factor for h in range(HORIZON + 1)]
    )


def simulate(
    design: str, method: str, repetitions: int, *, band_draws: int = 199, bands_of: int = 0
) -> list[dict[str, Any]]:
    """Return one row a statistic.

    The bands, which cost most, are drawn in the first ``bands_of`` repetitions.
    """
    units, periods, own, other = DESIGNS[design]
    slopes = slopes_of(own, other)
    truth = true_responses(slopes)
    estimates, inside, rejected = [], [], []
    covered: dict[str, list[np.ndarray]] = {"draws": [], "bootstrap": []}
    left_out = 0
    for repetition in range(repetitions):
        rng = np.random.default_rng([repetition, units, periods])
        data = draw(rng, units, periods, slopes)
        try:
            fit = panel_var(data, ["a", "b"], **METHODS[method])
        except Exception as error:  # noqa: BLE001 (a root above one stops the formula)
            warnings.warn(str(error), stacklevel=1)
            left_out += 1
            continue
        estimates.append(fit.coefficients)
        std_errors = np.sqrt(np.diag(fit.covariance)).reshape(2, 2)
        inside.append(np.abs(fit.coefficients - slopes) < 1.96 * std_errors)
        rejected.append(fit.granger().p_value("a", "b") < 0.05)
        if repetition < bands_of:
            for kind, hits in covered.items():
                paths = fit.irf(
                    HORIZON, order=["a", "b"], bands=kind, draws=band_draws, seed=repetition
                )
                low, high = paths.conf_low[0], paths.conf_high[0]
                hits.append((low <= truth + 1e-12) & (truth - 1e-12 <= high))
    made = len(estimates)
    mean = np.mean(estimates, axis=0)
    rows = [
        ("bias of a's own lag", mean[0, 0] - own, np.std(estimates, axis=0)[0, 0]),
        ("bias of b's own lag", mean[1, 1] - other, np.std(estimates, axis=0)[1, 1]),
        ("bias of a in b", mean[1, 0] - CROSS, np.std(estimates, axis=0)[1, 0]),
        ("coverage of a's own lag", np.mean(inside, axis=0)[0, 0], None),
        ("coverage of a in b", np.mean(inside, axis=0)[1, 0], None),
        ("rejections of 'b does not cause a' (true)", np.mean(rejected), None),
    ]
    answer = []
    for statistic, value, spread in rows:
        error = np.sqrt(value * (1 - value)) if spread is None else spread
        answer.append((statistic, value, error / np.sqrt(made), made))
    for kind, hits in covered.items():
        if hits:
            share = np.mean(hits, axis=0)
            for h in (0, 2, HORIZON):
                # the response of a to b at impact is zero by construction
                cells = [share[h, i, j] for i, j in ((0, 0), (1, 0), (1, 1))]
                value = float(np.mean(cells))
                error = np.sqrt(value * (1 - value) / len(hits))
                answer.append(
                    (f"coverage of bands, {kind}, h = {h}", value, error, len(hits))
                )
    return [
        {
            "design": design,
            "method": method,
            "statistic": statistic,
            "value": round(float(value), 5),
            "simulation_error": round(float(error), 5),
            "repetitions": count,
            "left_out": left_out,
        }
        for statistic, value, error, count in answer
    ]


def main() -> None:
    """Run every design and method."""
    rows = [
        row
        for design in DESIGNS
        for method in METHODS
        for row in simulate(design, method, 1000, bands_of=120)
    ]
    frame = pd.DataFrame(rows)
    frame.to_csv(Path(__file__).with_suffix(".csv"), index=False, lineterminator="\n")
    print(
        frame.pivot_table(index=["design", "statistic"], columns="method", values="value")
    )


if __name__ == "__main__":
    main()
