"""Size and power of the cointegration tests: writes cointegration.csv beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from unigauge.estimation import cointegration

DESIGNS = {
    "random walks": {},
    "changes AR(1) .4": {"memory": 0.4},
    "x moves with y": {"link": 0.5},
    "cointegrated, error AR(1) .7": {"root": 0.7},
}
SIZES = ((10, 30), (20, 60))


def draw(
    rng: np.random.Generator,
    units: int,
    periods: int,
    *,
    root: float = 1.0,
    memory: float = 0.0,
    link: float = 0.0,
) -> pd.DataFrame:
    """Return one panel: y = x + z, z_t = root z_{t-1} + u_t; under the null root is 1."""
    burn = 50
    e, v = rng.standard_normal((2, units, periods + burn))
    v = link * e + np.sqrt(1 - link**2) * v
    u, w, z = np.zeros_like(e), np.zeros_like(e), np.zeros_like(e)
    for t in range(1, periods + burn):
        u[:, t] = memory * u[:, t - 1] + e[:, t]
        w[:, t] = memory * w[:, t - 1] + v[:, t]
        z[:, t] = root * z[:, t - 1] + u[:, t]
    x = w.cumsum(axis=1)
    index = pd.MultiIndex.from_product([range(units), range(periods)])
    columns = {"x": x[:, burn:].ravel(), "y": (x + z)[:, burn:].ravel()}
    return pd.DataFrame(columns, index=index)


def rejections(replications: int, seed: int = 0) -> pd.DataFrame:
    """Return the share of nominal 5 % rejections by design, size and statistic."""
    rows = []
    for units, periods in SIZES:
        for design, process in DESIGNS.items():
            found = []
            for world in range(replications):
                rng = np.random.default_rng([seed, units, periods, world])
                panel = draw(rng, units, periods, **process)
                for test in ("pedroni", "kao", "westerlund"):
                    table = cointegration(panel, "y ~ x", test).to_frame()
                    found.append(table.assign(test=test))
            every = pd.concat(found)
            share = every.groupby(["test", "statistic"], sort=False).agg(
                rejections=("p_value", lambda p: (p < 0.05).mean()),
                normal_law=("p_value_normal", lambda p: (p < 0.05).mean()),
            )
            share["normal_law"] = share["normal_law"].where(
                share.index.get_level_values("test") == "kao"
            )
            share = share.round(4).reset_index()
            rows.append(share.assign(design=design, N=units, T=periods))
    columns = ["design", "N", "T", "test", "statistic", "rejections", "normal_law"]
    return pd.concat(rows)[columns].assign(replications=replications)


if __name__ == "__main__":
    table = rejections(500)
    table.to_csv(Path(__file__).with_suffix(".csv"), index=False)
    print(
        table.pivot_table(index=["N", "statistic"], columns="design", values="rejections")
    )
    kao = table[table["test"] == "kao"]
    print(kao.pivot_table(index=["N", "statistic"], columns="design", values="normal_law"))
