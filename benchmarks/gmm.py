"""Two-step Arellano-Bond: the whole call with its tests, against gretl, plm and pydynpd.

Each contender reads the data and estimates once before its clock starts, and then again:
robust standard errors, overidentification and serial correlation tests.  gretl, R and
pydynpd (which needs an interpreter of its own, named by PYDYNPD_PYTHON, for it does not
run on numpy 2) tell their own times, without start-up; gretl is also timed as a whole program.  Afterwards a panel of 200,000 rows goes
through difference and system GMM, each in a process of its own whose peak memory is
written down.
"""

from __future__ import annotations

import csv
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from side_by_side import (
    RESULTS,
    NotInstalledError,
    race,
    require_program,
    seconds,
    told,
    write,
)

from unigauge.estimation import dynamic_gmm

GRETL = """
set verbose off
open {data} --quiet
setobs id year --panel-vars
dpanel 1 ; y x --time-dummies --two-step --quiet
set stopwatch
dpanel 1 ; y x --time-dummies --two-step --quiet
printf "seconds %.9f\\n", $stopwatch
"""

GRETL_WHOLE = """
set verbose off
open {data} --quiet
setobs id year --panel-vars
dpanel 1 ; y x --time-dummies --two-step
"""

PLM = """
suppressMessages(library(plm))
panel <- pdata.frame(read.csv("{data}"), index = c("id", "year"))
run <- function() summary(pgmm(y ~ lag(y, 1) + x | lag(y, 2:99), panel,
                               effect = "twoways", model = "twosteps"), robust = TRUE)
invisible(run())
cat("seconds", system.time(run())[["elapsed"]], "\\n")
"""

PYDYNPD = """
import contextlib, io, time
import pandas as pd
from pydynpd import regression
data = pd.read_csv("{data}")
def run():
    regression.abond("y L1.y x | gmm(y, 2:9) iv(x) | timedumm nolevel",
                     data, ["id", "year"])
with contextlib.redirect_stdout(io.StringIO()):
    run()
    start = time.perf_counter()
    run()
    elapsed = time.perf_counter() - start
print("seconds", elapsed)
"""


def simulated(units: int, years: int, seed: int = 1) -> pd.DataFrame:
    """Draw y = .5 lag(y) + .5 x + effect + error after twenty years of running in."""
    rng = np.random.default_rng(seed)
    effect = rng.normal(size=units)
    y = effect / 0.5
    kept_y, kept_x = [], []
    for year in range(20 + years):
        x = 0.5 * effect + rng.normal(size=units)
        y = 0.5 * y + 0.5 * x + effect + rng.normal(size=units)
        if year >= 20:
            kept_y.append(y)
            kept_x.append(x)
    index = pd.MultiIndex.from_product(
        [range(1, units + 1), range(2001, 2001 + years)], names=["id", "year"]
    )
    columns = {"y": np.array(kept_y).T.ravel(), "x": np.array(kept_x).T.ravel()}
    return pd.DataFrame(columns, index=index)


def ours(data: pd.DataFrame) -> float:
    """Return the time of the second call."""
    _every_test(data)
    start = time.perf_counter()
    _every_test(data)
    return seconds(time.perf_counter() - start)


def _every_test(data: pd.DataFrame) -> None:
    fit = dynamic_gmm(data, "y ~ lag(y, 1) + x", gmm={"y": (2, None)}, iv="x")
    for test in (fit.sargan, fit.hansen, fit.ar(1), fit.ar(2), fit.wald()):
        assert np.isfinite(test.statistic)


def main() -> None:
    """Race, and measure memory."""
    data = simulated(1000, 10)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        csv_path = folder / "panel.csv"
        data.to_csv(csv_path)

        def other(command: Callable[[], list[str]], text: str, suffix: str) -> object:
            return told(command(), text.format(data=csv_path), suffix, folder)

        def process(command: list[str], text: str, suffix: str) -> None:
            script = folder / f"whole{suffix}"
            script.write_text(text.format(data=csv_path), encoding="utf-8")
            subprocess.run([*command, str(script)], capture_output=True, check=True)

        def pydynpd() -> list[str]:
            if "PYDYNPD_PYTHON" not in os.environ:
                raise NotInstalledError("PYDYNPD_PYTHON names no interpreter with pydynpd")
            return [os.environ["PYDYNPD_PYTHON"]]

        rows = race(
            "two-step Arellano-Bond with tests, N = 1000, T = 10",
            {
                "unigauge": lambda: ours(data),
                "gretl": lambda: other(
                    lambda: [require_program("gretlcli"), "-b"], GRETL, ".inp"
                ),
                "gretl, start and data too": lambda: process(
                    [require_program("gretlcli"), "-b"], GRETL_WHOLE, ".inp"
                ),
                "plm": lambda: other(lambda: [require_program("Rscript")], PLM, ".R"),
                "pydynpd": lambda: other(pydynpd, PYDYNPD, ".py"),
            },
        )
    write(rows, "gmm")
    memory()


def memory() -> None:
    """Send 20,000 entities of 10 years through both estimators and write the peaks down."""
    measured = []
    for kind in ("difference", "system"):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            measured.append((kind, *pool.apply(_large, (kind,))))
    path = RESULTS / "gmm_memory.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["estimator", "rows", "entities", "seconds", "peak_gib"])
        for kind, elapsed, peak in measured:
            table.writerow([kind, 200_000, 20_000, f"{elapsed:.3g}", f"{peak:.3g}"])
            print(f"{kind} GMM, 200,000 rows: {elapsed:.2f} s, peak {peak:.2f} GiB")


def _large(kind: str) -> tuple[float, float]:
    """Return seconds and the peak of resident memory, in GiB."""
    data = simulated(20_000, 10)
    system = kind == "system"
    start = time.perf_counter()
    fit = dynamic_gmm(
        data,
        "y ~ lag(y, 1) + x",
        gmm={"y": (2, None), "x": (1, None)} if system else {"y": (2, None)},
        iv=() if system else "x",
        system=system,
    )
    str(fit)
    elapsed = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30
    return elapsed, peak


if __name__ == "__main__":
    main()
