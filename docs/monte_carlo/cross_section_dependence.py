"""Size of the tests of dependence, and bias of the exponent; writes a CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from unigauge.estimation import cross_section_dependence

SIZES = ((25, 50), (100, 50), (100, 200))
EXPONENTS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def draw(
    rng: np.random.Generator, units: int, periods: int, exponent: float | None
) -> pd.DataFrame:
    """Return noise, to which N^exponent units add a shared AR(1) shock."""
    values = rng.standard_normal((units, periods))
    if exponent is not None:
        shock = np.zeros(periods + 50)
        for t in range(1, periods + 50):
            shock[t] = 0.5 * shock[t - 1] + np.sqrt(0.75) * rng.standard_normal()
        touched = round(units**exponent)
        values[:touched] += rng.uniform(0.5, 1.5, size=(touched, 1)) * shock[50:]
    index = pd.MultiIndex.from_product([range(units), range(periods)])
    return pd.DataFrame({"y": values.ravel()}, index=index)


def study(replications: int, seed: int = 0) -> pd.DataFrame:
    """Return rejections at 5 % and mean estimates of the exponent, by design."""
    rows = []
    for units, periods in SIZES:
        for exponent in (None, *EXPONENTS):
            found = []
            for world in range(replications):
                rng = np.random.default_rng([seed, units, periods, world])
                panel = draw(rng, units, periods, exponent)
                test = cross_section_dependence(panel, "y")
                found.append(
                    {
                        "cd": test.p_value < 0.05,
                        "lm": test.lagrange_multipliers["p_value"]["lm"] < 0.05,
                        "exponent": test.exponent,
                        "exponent_correlations": test.exponent_correlations,
                        "no_exponent": np.isnan(test.exponent),
                    }
                )
            mean = pd.DataFrame(found).astype(float).mean().round(4)
            true = "independent" if exponent is None else exponent
            rows.append({"true_exponent": true, "N": units, "T": periods, **mean})
    return pd.DataFrame(rows).assign(replications=replications)


if __name__ == "__main__":
    table = study(200)
    table.to_csv(Path(__file__).with_suffix(".csv"), index=False)
    print(table.to_string(index=False))
