"""Panel vector autoregressions: least squares, GMM and bootstrap bands beside peers.

No Python peer estimates a panel VAR: least squares is raced against linearmodels and plm
equation by equation, GMM against our own single-equation GMM, and the bootstrap, which
picks units' cross-products, against estimating every drawn panel anew.  Afterwards a panel
of 200,000 rows and 20,000 entities goes through each method with its bands, in a process
of its own whose peak memory is written down.
"""

from __future__ import annotations

import csv
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from gmm import simulated, told
from linearmodels.panel.model import PanelOLS
from side_by_side import RESULTS, race, require_program, write

from unigauge.estimation import dynamic_gmm, panel_var

NAMES = ["y", "x"]
TERMS = "lag(y, 1) + lag(x, 1)"
DRAWS = 99
PLM = """
suppressMessages(library(plm))
panel <- pdata.frame(read.csv("{data}"), index = c("id", "year"))
run <- function() for (response in c("y", "x")) {{
  fit <- plm(as.formula(paste(response, "~ lag(y, 1) + lag(x, 1)")), panel, model = "within")
  vcovHC(fit, method = "arellano", type = "HC0")
}}
run()
cat("seconds", system.time(run())[["elapsed"]], "\\n")
"""


def linearmodels(data: pd.DataFrame) -> None:
    """Estimate both equations by least squares, clustered by entity."""
    lagged = data.groupby(level=0).shift(1).add_prefix("lag_")
    rows = data.join(lagged).dropna()
    for name in NAMES:
        model = PanelOLS(rows[name], rows[["lag_y", "lag_x"]], entity_effects=True)
        model.fit(cov_type="clustered", cluster_entity=True)


def equation_by_equation(data: pd.DataFrame) -> None:
    """Estimate both equations by the single-equation verb with the same instruments."""
    for name in NAMES:
        dynamic_gmm(
            data,
            f"{name} ~ {TERMS}",
            gmm={"y": (2, 4), "x": (2, 4)},
            transform="orthogonal",
            collapse=True,
            time_effects=False,
        )


def drawn_anew(data: pd.DataFrame) -> None:
    """Build and estimate the panel of every bootstrap draw."""
    rng = np.random.default_rng(0)
    values = data.to_numpy().reshape(-1, 10, 2)
    for _ in range(DRAWS):
        picks = rng.integers(0, len(values), size=len(values))
        drawn = pd.DataFrame(
            values[picks].reshape(-1, 2), index=data.index, columns=data.columns
        )
        panel_var(drawn, NAMES, instruments=(1, 3)).irf(10, bands=None)


def main() -> None:
    """Race, and measure memory."""
    data = simulated(1000, 10)
    fit = panel_var(data, NAMES, instruments=(1, 3))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data.to_csv(folder / "panel.csv")
        script = PLM.format(data=folder / "panel.csv")
        rows = race(
            "least squares, one lag, N = 1000, T = 10",
            {
                "unigauge": lambda: panel_var(data, NAMES, method="ols"),
                "linearmodels, two equations": lambda: linearmodels(data),
                "plm, two equations": lambda: told(
                    [require_program("Rscript")], script, ".R", folder
                ),
            },
        )
    rows += race(
        "two-step GMM, one lag, instruments of lags 1 to 3, N = 1000, T = 10",
        {
            "unigauge": lambda: panel_var(data, NAMES, instruments=(1, 3)),
            "dynamic_gmm, two equations": lambda: equation_by_equation(data),
        },
    )
    rows += race(
        f"{DRAWS} bootstrap draws of responses, two-step GMM, N = 1000, T = 10",
        {
            "unigauge": lambda: fit.irf(10, bands="bootstrap", draws=DRAWS),
            "every panel estimated anew": lambda: drawn_anew(data),
        },
        repeats=5,
    )
    write(rows, "panel_var")
    memory()


def memory() -> None:
    """Send 20,000 entities of 10 years through every method and write the peaks down."""
    methods = ("gmm", "gmm by period", "ols", "bias_corrected")
    path = RESULTS / "panel_var_memory.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["method", "rows", "entities", "seconds", "peak_gib"])
        for method in methods:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                elapsed, peak = pool.apply(_large, (method,))
            table.writerow([method, 200_000, 20_000, f"{elapsed:.3g}", f"{peak:.3g}"])
            print(f"{method}, 200,000 rows: {elapsed:.2f} s, peak {peak:.2f} GiB")


def _large(method: str) -> tuple[float, float]:
    """Return seconds and the peak of resident memory, in GiB."""
    data = simulated(20_000, 10)
    start = time.perf_counter()
    if method == "gmm by period":
        fit = panel_var(data, NAMES, instruments=(1, None), collapse=False)
    elif method == "gmm":
        fit = panel_var(data, NAMES, instruments=(1, 3))
    elif method == "ols":
        fit = panel_var(data, NAMES, method="ols", demean="time")
    else:
        fit = panel_var(data, NAMES, method="bias_corrected")
    str(fit)
    fit.irf(10, bands="draws", draws=199)
    if method != "gmm by period":
        fit.irf(10, bands="bootstrap", draws=49)
    elapsed = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30
    return elapsed, peak


if __name__ == "__main__":
    main()
