"""Panel unit-root tests, mean groups and cointegration beside plm and statsmodels.

plm is timed by its own clock inside R, without start-up and without reading the data; we
are timed from the data frame on.  plm's CIPS looks its p-value up in a table, ours
simulates it; both the first call of ours and a later one, whose draws are kept in memory,
are listed.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from side_by_side import NotInstalledError, Row, race, require_program, seconds, write

from unigauge.estimation import cce, unit_root
from unigauge.estimation.unit_roots.regressions import _null_distribution

UNITS, PERIODS = 50, 40
PLM = {
    "ips": 'purtest(p$y, test = "ips", exo = "intercept", lags = 1)',
    "fisher": 'purtest(p$y, test = "madwu", exo = "intercept", lags = 1)',
    "cips": 'cipstest(p$y, lags = 1, type = "drift")',
    "cce": 'pcce(y ~ x, data = p, model = "mg")',
}


def panel() -> pd.DataFrame:
    """Return independent random walks y and x."""
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_product(
        [range(UNITS), range(1980, 1980 + PERIODS)], names=["unit", "year"]
    )
    walks = rng.standard_normal((2, UNITS, PERIODS)).cumsum(axis=-1)
    return pd.DataFrame({"y": walks[0].ravel(), "x": walks[1].ravel()}, index=index)


def plm(data: Path, call: str) -> Callable[[], float]:
    """Return a contender that times one call of plm by R's clock."""

    def run() -> float:
        program = require_program("Rscript")
        script = (
            'if (!requireNamespace("plm", quietly = TRUE)) quit(status = 3)\n'
            "suppressMessages(library(plm))\n"
            f'p <- pdata.frame(read.csv("{data}"), index = c("unit", "year"))\n'
            f"invisible(suppressWarnings({call}))\n"
            f"cat(system.time(suppressWarnings({call}))[['elapsed']])\n"
        )
        done = subprocess.run(
            [program, "-e", script], capture_output=True, text=True, check=False
        )
        if done.returncode == 3:
            raise NotInstalledError("R package plm")
        done.check_returncode()
        return seconds(float(done.stdout.split()[-1]))

    return run


def adfuller_loop(frame: pd.DataFrame) -> list[float]:
    """Return statsmodels' ADF p-value of every unit."""
    import warnings

    from statsmodels.tsa.stattools import adfuller

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return [
            adfuller(series.to_numpy(), 1, "c", autolag=None)[1]
            for _, series in frame["y"].groupby(level=0)
        ]


def first_cips(frame: pd.DataFrame) -> object:
    """Run CIPS with its draws made anew."""
    _null_distribution.cache_clear()
    return unit_root(frame, "y", "cips")


def main() -> None:
    """Race, print and store."""
    frame = panel()
    size = f"N = {UNITS}, T = {PERIODS}"
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "panel.csv"
        frame.to_csv(data)
        races: dict[str, dict[str, Callable[[], object]]] = {
            f"IPS, one lag, {size}": {
                "unigauge": lambda: unit_root(frame, "y", "ips"),
                "plm": plm(data, PLM["ips"]),
                "statsmodels, a loop of adfuller": lambda: adfuller_loop(frame),
            },
            f"Fisher, one lag, {size}": {
                "unigauge": lambda: unit_root(frame, "y", "fisher"),
                "plm": plm(data, PLM["fisher"]),
                "statsmodels, a loop of adfuller": lambda: adfuller_loop(frame),
            },
            f"CIPS, one lag, {size}, p-value of 2,000 draws made before": {
                "unigauge": lambda: unit_root(frame, "y", "cips"),
                "plm": plm(data, PLM["cips"]),
            },
            f"CIPS, one lag, {size}, p-value of 2,000 new draws": {
                "unigauge": lambda: first_cips(frame),
                "plm": plm(data, PLM["cips"]),
            },
            f"common correlated effects, mean group, {size}": {
                "unigauge": lambda: cce(frame, "y ~ x"),
                "plm": plm(data, PLM["cce"]),
            },
        }
        for title, contenders in races.items():
            rows += race(title, contenders, repeats=5)
    write(rows, "unit_roots")


if __name__ == "__main__":
    main()
