"""Fixed effects: ours against pyfixest, which sweeps the effects out for both.

Ours reads the panel, expands the formula, counts degrees of freedom and returns standard
errors clustered by entity; pyfixest is asked for the same.  Its standard errors are not
those of a default call, whose degrees of freedom depend on the order of hashing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyfixest
from linearmodels.panel.model import PanelOLS
from side_by_side import race, write

from unigauge.estimation import ols, poisson


def simulated(units: int, years: int, *, seed: int = 1) -> pd.DataFrame:
    """Draw a panel with three regressors, a count, and a tenth of the rows missing."""
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([range(units), range(years)], names=["id", "year"])
    effect = rng.normal(size=units).repeat(years)
    columns = {f"x{k}": rng.normal(size=len(index)) + 0.3 * effect for k in (1, 2, 3)}
    y = columns["x1"] + 0.5 * columns["x2"] + effect + rng.normal(size=len(index))
    count = rng.poisson(np.exp(0.3 * columns["x1"] + 0.3 * effect))
    frame = pd.DataFrame({**columns, "y": y, "count": count}, index=index)
    return frame[rng.uniform(size=len(frame)) < 0.9]


def main() -> None:
    """Race one and two effects, and Poisson, on 9,000 and 180,000 rows."""
    rows = []
    for units, years in ((1000, 10), (20_000, 10)):
        frame = simulated(units, years)
        flat = frame.reset_index()
        size = f"N = {units:,}, T = {years}, a tenth missing"
        for ours, theirs in (("entity", "id"), ("entity + time", "id + year")):
            rows += race(
                f"OLS | {ours}, clustered, {size}",
                {
                    "unigauge": lambda f=frame, e=ours: ols(f, f"y ~ x1 + x2 + x3 | {e}"),
                    "pyfixest": lambda f=flat, e=theirs: pyfixest.feols(
                        f"y ~ x1 + x2 + x3 | {e}",
                        f,
                        vcov={"CRV1": "id"},
                        ssc=pyfixest.ssc(k_adj=False, G_adj=False),
                    ),
                    "linearmodels": lambda f=frame, e=ours: PanelOLS.from_formula(
                        "y ~ x1 + x2 + x3"
                        + " + EntityEffects"
                        + (" + TimeEffects" if "time" in e else ""),
                        f,
                    ).fit(cov_type="clustered", cluster_entity=True),
                },
            )
        rows += race(
            f"Poisson | entity + time, clustered, {size}",
            {
                "unigauge": lambda f=frame: poisson(f, "count ~ x1 + x2 | entity + time"),
                "pyfixest": lambda f=flat: pyfixest.fepois(
                    "count ~ x1 + x2 | id + year",
                    f,
                    vcov={"CRV1": "id"},
                    ssc=pyfixest.ssc(k_adj=False, G_adj=False),
                ),
            },
            repeats=5,
        )
    write(rows, "fixed_effects")


if __name__ == "__main__":
    main()
