"""Systems and instruments: three-stage least squares against systemfit and linearmodels.

Both equations have 10,000 rows, or 10,000 rows with entity and time effects; peers without
fixed effects in their systems get the data already swept, which ours does itself.
systemfit tells its own time, without start-up.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from linearmodels.iv.model import IV2SLS
from linearmodels.system.model import IV3SLS
from side_by_side import race, require_program, told, write

from unigauge.estimation import iv, three_stage

EQUATIONS = {"one": "y1 ~ y2 + z0 + z1", "two": "y2 ~ y1 + z2 + z3"}
SYSTEMFIT = """
suppressMessages(library(systemfit))
data <- read.csv("{data}")
equations <- list(one = y1 ~ y2 + z0 + z1, two = y2 ~ y1 + z2 + z3)
run <- function() systemfit(equations, "3SLS", inst = ~ z0 + z1 + z2 + z3,
                            data = data, methodResidCov = "noDfCor")
run()
cat("seconds", system.time(run())[["elapsed"]], "\\n")
"""


def simulated(units: int, years: int, *, seed: int = 1) -> pd.DataFrame:
    """Draw y1 = .5 y2 + z0 + z1 + u, y2 = -.5 y1 + z2 + z3 + v with common effects."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(4, units * years))
    u, v = rng.normal(size=(2, units * years)) + rng.normal(size=units).repeat(years)
    first, second = z[0] + z[1] + u, z[2] + z[3] + v
    y1 = (first + 0.5 * second) / 1.25
    index = pd.MultiIndex.from_product([range(units), range(years)], names=["id", "year"])
    columns = {"y1": y1, "y2": second - 0.5 * y1} | {f"z{k}": z[k] for k in range(4)}
    return pd.DataFrame(columns, index=index)


def linearmodels(data: pd.DataFrame) -> object:
    """Estimate the system, with a constant."""
    rows = data.assign(constant=1.0)
    equations = {
        "one": {
            "dependent": rows["y1"],
            "exog": rows[["constant", "z0", "z1"]],
            "endog": rows["y2"],
            "instruments": rows[["z2", "z3"]],
        },
        "two": {
            "dependent": rows["y2"],
            "exog": rows[["constant", "z2", "z3"]],
            "endog": rows["y1"],
            "instruments": rows[["z0", "z1"]],
        },
    }
    return IV3SLS(equations).fit(cov_type="unadjusted")


def main() -> None:
    """Race the system without and with effects, and one equation."""
    data = simulated(1000, 10)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        csv_path = folder / "panel.csv"
        data.to_csv(csv_path)
        text = SYSTEMFIT.format(data=csv_path)
        rows = race(
            "3SLS, two equations, 10,000 rows, no effects",
            {
                "unigauge": lambda: three_stage(data, EQUATIONS, effects=(), cov="iid"),
                "linearmodels": lambda: linearmodels(data),
                "systemfit": lambda: told([require_program("Rscript")], text, ".R", folder),
            },
            repeats=5,
        )
    units = data.groupby(level=0)
    swept = data - units.transform("mean") - data.groupby(level=1).transform("mean")
    rows += race(
        "3SLS, two equations, 10,000 rows, entity and time effects",
        {
            "unigauge": lambda: three_stage(data, EQUATIONS),
            "linearmodels, data swept beforehand": lambda: linearmodels(swept),
        },
        repeats=5,
    )
    constant = data.assign(constant=1.0)
    rows += race(
        "2SLS, one equation, 10,000 rows, no effects; ours with all its tests",
        {
            "unigauge": lambda: iv(data, "y1 ~ z0 + z1 + [y2 ~ z2 + z3]", cov="iid"),
            "linearmodels": lambda: (
                IV2SLS(
                    constant["y1"],
                    constant[["constant", "z0", "z1"]],
                    constant["y2"],
                    constant[["z2", "z3"]],
                )
                .fit(cov_type="unadjusted")
                .sargan
            ),
        },
        repeats=5,
    )
    write(rows, "systems")


if __name__ == "__main__":
    main()
