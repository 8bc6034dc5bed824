"""Size and power of the panel unit-root tests: writes unit_roots.csv beside this script."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from unigauge.estimation import unit_root

TESTS = {
    "ips w_tbar": {"test": "ips"},
    "ips w_tbar, compat plm": {"test": "ips", "compat": "plm"},
    "llc t_star": {"test": "llc", "statistic": "t_star"},
    "llc t_star_simulated": {"test": "llc"},
    "fisher p": {"test": "fisher", "statistic": "p"},
    "fisher z": {"test": "fisher"},
    "cips truncated": {"test": "cips"},
}
DESIGNS = {
    "random walks": {},
    "changes AR(1) .4": {"memory": 0.4},
    "common shock": {"shared": 1.0},
    "common shock, time-demeaned": {"shared": 1.0, "demean": "time"},
    "stationary, AR(1) .8": {"root": 0.8},
}
SIZES = ((10, 25), (25, 50))


def draw(
    rng: np.random.Generator,
    units: int,
    periods: int,
    *,
    root: float = 1.0,
    memory: float = 0.0,
    shared: float = 0.0,
) -> pd.DataFrame:
    """Return one panel: y_t = root y_{t-1} + u_t, u an AR(1) with a shared shock."""
    burn = 50
    own = rng.standard_normal((units, periods + burn))
    loads = shared * rng.uniform(0.5, 1.5, size=(units, 1))
    shocks = own + loads * rng.standard_normal(periods + burn)
    u, y = np.zeros_like(shocks), np.zeros_like(shocks)
    for t in range(1, periods + burn):
        u[:, t] = memory * u[:, t - 1] + shocks[:, t]
        y[:, t] = root * y[:, t - 1] + u[:, t]
    index = pd.MultiIndex.from_product([range(units), range(periods)])
    return pd.DataFrame({"y": y[:, burn:].ravel()}, index=index)


def rejections(replications: int, seed: int = 0) -> pd.DataFrame:
    """Return the share of nominal 5 % rejections by design, size and test."""
    rows = []
    for units, periods in SIZES:
        for design, options in DESIGNS.items():
            process = {k: v for k, v in options.items() if k != "demean"}
            demean = str(options.get("demean", "none"))
            tests = {
                name: test
                for name, test in TESTS.items()
                if not (demean == "time" and test["test"] == "cips")
            }
            counts = dict.fromkeys(tests, 0)
            for world in range(replications):
                rng = np.random.default_rng([seed, units, periods, world])
                panel = draw(rng, units, periods, **process)
                for name, test in tests.items():
                    found = unit_root(panel, "y", **test, lags=1, demean=demean)
                    counts[name] += found.p_value < 0.05
            rows += [
                {
                    "design": design,
                    "N": units,
                    "T": periods,
                    "test": name,
                    "rejections": round(count / replications, 4),
                    "replications": replications,
                }
                for name, count in counts.items()
            ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    table = rejections(500)
    table.to_csv(Path(__file__).with_suffix(".csv"), index=False)
    print(
        table.pivot_table(index=["N", "T", "test"], columns="design", values="rejections")
    )
