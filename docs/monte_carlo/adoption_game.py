"""The adoption game with several equilibria: writes adoption_game.csv."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from unigauge.estimation import adoption_game_fit
from unigauge.papers.bridge.adoption import TRUTH, choices
from unigauge.sweeps import sweep

NAMES = {"technology": "technology", "characteristic": "x", "shifter": "z"}


def estimate(seed: int, psel: float, rounds: int, method: Any) -> dict[str, float]:
    """Return the estimates of one draw, and whether the intervals hold the truth."""
    data = choices(seed, psel, rounds)
    fit = adoption_game_fit(data, "adopts", method=method, starts=3, seed=seed, **NAMES)
    row: dict[str, float] = {}
    truth = TRUTH | {"psel": psel}
    for line in fit.to_frame().itertuples():
        row[f"mean {line.term}"] = line.estimate
        row[f"se {line.term}"] = line.std_error
        row[f"cover {line.term}"] = line.conf_low <= truth[line.term] <= line.conf_high
    return row


def table(draws: int, n_jobs: int = 2) -> pd.DataFrame:
    """Return means, standard deviations and coverage by design and method."""
    designs = [(0.5, 1), (0.5, 10), (1.0, 1)]
    cells = [
        {"psel": psel, "rounds": rounds, "method": method, "seed": seed}
        for psel, rounds in designs
        for method in ("mle", "ccp_market", "ccp_pooled")
        for seed in range(draws)
        if rounds == 1 or method == "ccp_market"
    ]
    found = sweep(estimate, cells, n_jobs=n_jobs)
    failed = found["error"] != ""
    if failed.any():
        raise RuntimeError(found.loc[failed, "error"].iloc[0])
    by = found.drop(columns=["seed", "error"]).astype({"psel": float})
    numbers = [c for c in by.columns if c not in ("psel", "rounds", "method")]
    by[numbers] = by[numbers].astype(float)
    groups = by.groupby(["psel", "rounds", "method"], sort=False)[numbers]
    spread = groups.std().filter(like="mean ").rename(columns=lambda c: "sd " + c[5:])
    return groups.mean().join(spread).assign(draws=draws).reset_index()


if __name__ == "__main__":
    result = table(40)
    result.to_csv(Path(__file__).with_suffix(".csv"), index=False, float_format="%.4f")
    print(result.T.to_string(float_format="{:.3f}".format))
