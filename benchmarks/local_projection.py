"""Local projections: six horizons against plm and linearmodels, and a large panel.

plm tells its own time, without start-up; it clusters by entity (Arellano), as ours and
linearmodels do.  Afterwards 200,000 rows of 20,000 entities go through six horizons in a
process of their own, whose peak memory is written down.
"""

from __future__ import annotations

import csv
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from gmm import simulated
from linearmodels.panel.model import PanelOLS
from side_by_side import RESULTS, race, require_program, told, write

from unigauge.estimation import local_projection

PLM = """
suppressMessages(library(plm))
panel <- pdata.frame(read.csv("{data}"), index = c("id", "year"))
run <- function() for (h in 0:5) {{
  panel$ahead <- if (h == 0) panel$y else lead(panel$y, h)
  fit <- plm(ahead ~ x + lag(x, 1) + lag(y, 1), panel, model = "within",
             effect = "twoways")
  vcovHC(fit, method = "arellano", type = "HC0")
}}
cat("seconds", system.time(run())[["elapsed"]], "\\n")
"""


def linearmodels(data: pd.DataFrame) -> None:
    """Estimate the six regressions; leads and lags by pandas, whose panel has no gaps."""
    units = data.groupby(level=0)
    right = data[["x"]].assign(lx=units["x"].shift(1), ly=units["y"].shift(1))
    for h in range(6):
        rows = right.assign(ahead=units["y"].shift(-h)).dropna()
        PanelOLS(
            rows["ahead"], rows[["x", "lx", "ly"]], entity_effects=True, time_effects=True
        ).fit(cov_type="clustered", cluster_entity=True)


def main() -> None:
    """Race, and measure memory."""
    data = simulated(500, 20)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        csv_path = folder / "panel.csv"
        data.to_csv(csv_path)
        text = PLM.format(data=csv_path)
        rows = race(
            "local projection, two-way effects, horizons 0 to 5, N = 500, T = 20",
            {
                "unigauge": lambda: local_projection(data, "y", "x"),
                "linearmodels": lambda: linearmodels(data),
                "plm": lambda: told([require_program("Rscript")], text, ".R", folder),
            },
            repeats=5,
        )
    write(rows, "local_projection")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        elapsed, peak = pool.apply(_large)
    path = RESULTS / "local_projection_memory.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["horizons", "rows", "entities", "seconds", "peak_gib"])
        table.writerow([6, 200_000, 20_000, f"{elapsed:.3g}", f"{peak:.3g}"])
    print(f"six horizons, 200,000 rows: {elapsed:.2f} s, peak {peak:.2f} GiB")


def _large() -> tuple[float, float]:
    """Return seconds and the peak of resident memory, in GiB."""
    data = simulated(20_000, 10)
    start = time.perf_counter()
    str(local_projection(data, "y", "x"))
    elapsed = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    return elapsed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


if __name__ == "__main__":
    main()
