"""1,000 panels of 50 units and 20 periods through all estimators of papers/bridge.

Two processes.  Written are the processor's seconds by recipe, which do not depend on what
else the machine does, and the seconds that passed, which do.
"""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd

from unigauge.papers.bridge.recipes import RECIPES
from unigauge.papers.bridge.simulation import draw
from unigauge.sweeps import sweep

PANELS = 1000
PROCESSES = 2
SEED = 80_000


def timed(recipe: str, seed: int) -> dict[str, float]:
    """Return the processor's seconds for one panel and recipe, simulation included."""
    start = time.process_time()
    draw(recipe, effect=True, seed=seed)
    return {"cpu_seconds": time.process_time() - start}


def main() -> None:
    """Run every recipe on every panel and write ``results/bridge.csv``."""
    sweep(timed, {"recipe": list(RECIPES), "seed": range(PROCESSES)}, n_jobs=PROCESSES)
    start = time.perf_counter()
    grid = {"recipe": list(RECIPES), "seed": range(SEED, SEED + PANELS)}
    drawn = sweep(timed, grid, n_jobs=PROCESSES, progress=True)
    passed = time.perf_counter() - start
    if (drawn["error"] != "").any():
        raise RuntimeError(drawn["error"].max())
    seconds = drawn.groupby("recipe", sort=False)["cpu_seconds"].sum()
    seconds["all recipes"] = seconds.sum()
    table = pd.DataFrame(
        {
            "recipe": seconds.index,
            "panels": PANELS,
            "cpu_seconds": seconds.round(1).to_numpy(),
            "ms_per_panel": (1e3 * seconds / PANELS).round(2).to_numpy(),
        }
    )
    table["seconds_passed"] = [*[""] * len(RECIPES), f"{passed:.1f}"]
    path = Path(__file__).parent / "results" / "bridge.csv"
    table.to_csv(path, index=False, lineterminator="\n")
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
