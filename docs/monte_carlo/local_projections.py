"""Bias and coverage of panel local projections: writes local_projections.csv beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from unigauge.estimation import local_projection

SIZES = ((50, 20), (50, 60), (200, 20))
PERSISTENCE = 0.7
EFFECT = 1.0
HORIZON = 4


def draw(rng: np.random.Generator, units: int, periods: int) -> pd.DataFrame:
    """Return one panel: y_t = .7 y_{t-1} + x_t + effects + u_t, x_t = .5 x_{t-1} + v_t.

    The effects are of units and years; x does not respond to y.
    """
    burn = 30
    unit, year = rng.normal(size=units), rng.normal(size=periods + burn)
    y, x = np.zeros((2, units, periods + burn))
    for t in range(1, periods + burn):
        x[:, t] = 0.5 * x[:, t - 1] + rng.normal(size=units)
        shock = unit + year[t] + rng.normal(size=units)
        y[:, t] = PERSISTENCE * y[:, t - 1] + EFFECT * x[:, t] + shock
    index = pd.MultiIndex.from_product([range(units), range(periods)], names=["id", "year"])
    return pd.DataFrame({"y": y[:, burn:].ravel(), "x": x[:, burn:].ravel()}, index=index)


def truth() -> np.ndarray:
    """Return the response to v_t: sum of .7^j .5^(h-j) over j."""
    return np.array(
        [
            EFFECT * sum(PERSISTENCE**j * 0.5 ** (h - j) for j in range(h + 1))
            for h in range(HORIZON + 1)
        ]
    )


def simulated(replications: int, seed: int = 0) -> pd.DataFrame:
    """Return bias, jackknifed bias and coverage by size and horizon."""
    rows = []
    for units, periods in SIZES:
        estimates, corrected, covered = [], [], {"clustered": [], "driscoll_kraay": []}
        for world in range(replications):
            rng = np.random.default_rng([seed, units, periods, world])
            panel = draw(rng, units, periods)
            for cov, hits in covered.items():
                found = local_projection(panel, "y", "x", horizon=HORIZON, cov=cov)
                frame = found.to_frame()
                hits.append((frame["conf_low"] < truth()) & (truth() < frame["conf_high"]))
            estimates.append(frame["estimate"])
            corrected.append(found.jackknife()["jackknife"])
        for h in range(HORIZON + 1):
            values = np.array(estimates)[:, h]
            rows.append(
                {
                    "units": units,
                    "periods": periods,
                    "horizon": h,
                    "truth": truth()[h],
                    "bias": values.mean() - truth()[h],
                    "bias_jackknife": np.array(corrected)[:, h].mean() - truth()[h],
                    "spread": values.std(ddof=1),
                    **{
                        f"coverage_{cov}": np.array(hits)[:, h].mean()
                        for cov, hits in covered.items()
                    },
                    "replications": replications,
                }
            )
    return pd.DataFrame(rows)


if __name__ == "__main__":
    table = simulated(400)
    table.to_csv(Path(__file__).with_suffix(".csv"), index=False, float_format="%.4f")
    print(table.to_string(float_format="{:.3f}".format))
