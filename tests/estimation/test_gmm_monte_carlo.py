"""A smaller run of docs/monte_carlo/dynamic_gmm.py."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "monte_carlo" / "dynamic_gmm.py"


@pytest.mark.slow
def test_bias_coverage_and_sizes() -> None:
    """Bounds are four binomial, or Monte Carlo, standard errors."""
    study = runpy.run_path(str(SCRIPT))
    names = ("difference, collapsed", "system, collapsed")
    chosen = {name: study["ESTIMATORS"][name] for name in names}
    replications = 300
    table = study["simulate"](study["DESIGNS"][2], chosen, replications, seed=5)

    def error(share: float) -> float:
        return float(4 * np.sqrt(share * (1 - share) / replications))

    for _, row in table.iterrows():
        assert abs(row["bias_rho"]) < 0.006 + 4 * row["sd_rho"] / np.sqrt(replications)
        assert abs(row["coverage_rho"] - 0.945) < error(0.945)
        assert abs(row["coverage_beta"] - 0.95) < error(0.95)
        assert abs(row["size_hansen"] - 0.055) < error(0.055)
        assert abs(row["size_ar2"] - 0.055) < error(0.055)
        assert row["coverage_rho_uncorrected"] <= row["coverage_rho"]


@pytest.mark.slow
def test_windmeijers_correction_repairs_what_many_instruments_break() -> None:
    study = runpy.run_path(str(SCRIPT))
    chosen = {"difference": study["ESTIMATORS"]["difference"]}
    row = study["simulate"](study["DESIGNS"][0], chosen, 200, seed=6).iloc[0]
    assert row["coverage_rho_uncorrected"] < 0.87
    assert row["coverage_rho"] > row["coverage_rho_uncorrected"] + 0.05
    assert row["size_sargan"] > 0.1
    assert row["size_hansen"] < 0.1
