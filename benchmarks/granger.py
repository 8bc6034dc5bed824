"""Dumitrescu-Hurlin, 200 units, 30 periods, two lags: the whole call, against plm.

plm tells its own time, from a pdata.frame that was built before; beside it stands ours from
a Panel that was built before, and then from a data frame.  The statistics must agree.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from gmm import told
from side_by_side import race, require_program, seconds, write

from unigauge.estimation import Panel, dumitrescu_hurlin

PLM = """
suppressMessages(library(plm))
panel <- pdata.frame(read.csv("{data}"), index = c("unit", "year"))
run <- function() pgrangertest(y ~ x, panel, order = 2L, test = "Ztilde")
statistic <- as.numeric(run()$statistic)
if (abs(statistic / {expected} - 1) > 1e-8) stop("plm says ", statistic)
cat("seconds", system.time(run())[["elapsed"]], "\\n")
"""


def simulated(units: int, years: int) -> pd.DataFrame:
    """Draw y, which the past of x moves a little."""
    rng = np.random.default_rng(1)
    y, x = rng.normal(size=(2, units, years))
    for t in range(1, years):
        x[:, t] += 0.4 * x[:, t - 1]
        y[:, t] += 0.4 * y[:, t - 1] + 0.1 * x[:, t - 1]
    index = pd.MultiIndex.from_product(
        [range(1, units + 1), range(2001, 2001 + years)], names=["unit", "year"]
    )
    return pd.DataFrame({"y": y.ravel(), "x": x.ravel()}, index=index)


def second(data: pd.DataFrame | Panel, **options: int) -> float:
    """Return the time of the second of two calls."""
    dumitrescu_hurlin(data, "y", "x", lags=2, **options)
    start = time.perf_counter()
    dumitrescu_hurlin(data, "y", "x", lags=2, **options)
    return seconds(time.perf_counter() - start)


def main() -> None:
    """Race."""
    data = simulated(200, 30)
    panel = Panel.from_frame(data)
    expected = dumitrescu_hurlin(data, "y", "x", lags=2).z_bar_tilde
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data.to_csv(folder / "panel.csv")
        script = PLM.format(data=folder / "panel.csv", expected=repr(float(expected)))
        rows = race(
            "Dumitrescu-Hurlin, N = 200, T = 30, K = 2",
            {
                "unigauge, from a Panel": lambda: second(panel),
                "unigauge, from a data frame": lambda: second(data),
                "unigauge, 999 bootstrap draws": lambda: second(
                    panel, bootstrap=999, seed=1
                ),
                "plm": lambda: told([require_program("Rscript")], script, ".R", folder),
            },
        )
    write(rows, "granger")


if __name__ == "__main__":
    main()
