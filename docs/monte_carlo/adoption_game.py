"""The adoption game with several equilibria: writes adoption_game.csv."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from unigauge.estimation import adoption_game_fit, equilibrium_adoption
from unigauge.sweeps import sweep

TRUTH = {"b0": -3.4, "b1": 0.6, "bz": 0.8, "dl": 6.0}
NAMES = {"technology": "technology", "characteristic": "x", "shifter": "z"}


def choices(seed: int, psel: float, rounds: int) -> pd.DataFrame:
    """Return the choices of 20 countries about 200 technologies, ``rounds`` times over."""
    rng = np.random.default_rng(seed)
    x, share = rng.normal(size=200), rng.uniform(0.2, 0.8, 200)
    z = (rng.random((200, 20)) < share[:, None]).astype(float)
    b0, b1, bz, dl = TRUTH.values()
    equilibria = equilibrium_adoption(b0 + b1 * x, z.mean(axis=1), bz, dl)
    highest = rng.random(200) < psel
    p = np.array([e[-1] if up else e[0] for e, up in zip(equilibria, highest, strict=True)])
    z = np.tile(z, (1, rounds))
    value = (b0 + b1 * x + dl * p)[:, None] + bz * z
    return pd.DataFrame(
        {
            "technology": np.repeat(np.arange(200), 20 * rounds),
            "x": np.repeat(x, 20 * rounds),
            "z": z.ravel(),
            "adopts": (value + rng.logistic(size=z.shape) > 0).ravel(),
        }
    )


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
