"""Adoption with several equilibria: who finds out how much others matter?

Twenty countries choose about each of 200 technologies, one with x standard normal and a
share of countries with the shifter uniform on (.2, .8); see
:func:`unigauge.estimation.adoption_game_fit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from unigauge.estimation import adoption_game_fit, equilibrium_adoption
from unigauge.papers.bridge.comparison import (
    ADOPTION_KEYS,
    adoption_against_independent,
    stored_adoption,
)
from unigauge.sweeps import sweep

if TYPE_CHECKING:
    import pandas as pd

    from unigauge.papers import Study

__all__ = [
    "DESIGNS",
    "SEED",
    "TRUTH",
    "adoption_findings",
    "adoption_table",
    "choices",
    "estimate",
]

Method = Literal["mle", "ccp_market", "ccp_pooled"]

TRUTH = {"b0": -3.4, "b1": 0.6, "bz": 0.8, "dl": 6.0}
TECHNOLOGIES, COUNTRIES = 200, 20
SHIFTED = (0.2, 0.8)
SEARCHES = 3
COVERED = 0.9
SAME = 1e-5
SEED = 60_000
Design = tuple[float, int, Method]
"""Probability that the highest equilibrium is played, rounds of choices, method."""
DESIGNS: tuple[Design, ...] = (
    (0.5, 1, "mle"),
    (0.5, 1, "ccp_market"),
    (0.5, 1, "ccp_pooled"),
    (0.5, 10, "ccp_market"),
    (1.0, 1, "mle"),
    (1.0, 1, "ccp_market"),
    (1.0, 1, "ccp_pooled"),
)
DRAWN_AGAIN: tuple[Design, ...] = ((0.5, 1, "ccp_market"), (1.0, 1, "ccp_pooled"))


def choices(seed: int, psel: float, rounds: int) -> pd.DataFrame:
    """Return one row a choice: ``technology x z adopts``."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    x, share = rng.normal(size=TECHNOLOGIES), rng.uniform(*SHIFTED, TECHNOLOGIES)
    z = (rng.random((TECHNOLOGIES, COUNTRIES)) < share[:, None]).astype(float)
    b0, b1, bz, dl = TRUTH.values()
    equilibria = equilibrium_adoption(b0 + b1 * x, z.mean(axis=1), bz, dl)
    highest = rng.random(TECHNOLOGIES) < psel
    p = np.array([e[-1] if up else e[0] for e, up in zip(equilibria, highest, strict=True)])
    z = np.tile(z, (1, rounds))
    value = (b0 + b1 * x + dl * p)[:, None] + bz * z
    technology = np.repeat(np.arange(TECHNOLOGIES), COUNTRIES * rounds)
    return pd.DataFrame(
        {
            "technology": technology,
            "x": x[technology],
            "z": z.ravel(),
            "adopts": (value + rng.logistic(size=z.shape) > 0).ravel(),
        }
    )


def estimate(seed: int, psel: float, rounds: int, method: Method) -> dict[str, float]:
    """Return one draw's estimates and whether their intervals hold the truth."""
    fit = adoption_game_fit(
        choices(seed, psel, rounds),
        "adopts",
        technology="technology",
        characteristic="x",
        shifter="z",
        method=method,
        starts=SEARCHES,
        seed=seed,
    )
    truth = TRUTH | {"psel": psel}
    row: dict[str, float] = {}
    for line in fit.to_frame().to_dict("records"):
        term = line["term"]
        row[f"estimate[{term}]"] = line["estimate"]
        inside = line["conf_low"] <= truth[term] <= line["conf_high"]
        row[f"covered[{term}]"] = float(inside)
    return row


def adoption_table(
    draws: int, designs: Sequence[Design] | None = None, **options: Any
) -> pd.DataFrame:
    """Return mean, spread and coverage by design and parameter.

    Parameters
    ----------
    draws : int
        Of each design; the seeds follow :data:`SEED`, the same in every design.
    designs : sequence of Design, optional
        All of :data:`DESIGNS` by default.
    **options
        ``n_jobs`` and ``progress`` of :func:`unigauge.sweeps.sweep`.
    """
    import pandas as pd

    cells = [
        {"psel": psel, "rounds": rounds, "method": method, "seed": seed}
        for psel, rounds, method in (DESIGNS if designs is None else designs)
        for seed in range(SEED, SEED + draws)
    ]
    drawn = sweep(estimate, cells, **options)
    rows = []
    for (psel, rounds, method), sample in drawn.groupby(
        ["psel", "rounds", "method"], sort=False
    ):
        answered = sample.dropna(axis=1, how="all")
        for term, true in {**TRUTH, "psel": psel}.items():
            if f"estimate[{term}]" not in answered:
                continue
            values = sample[f"estimate[{term}]"].dropna().to_numpy(dtype=np.float64)
            covered = sample[f"covered[{term}]"].dropna().astype(float)
            rows.append(
                {
                    "psel": psel,
                    "rounds": rounds,
                    "method": method,
                    "parameter": term,
                    "truth": true,
                    "mean": values.mean(),
                    "sd": values.std(ddof=1),
                    "coverage": covered.mean(),
                    "draws": len(values),
                    "failed": len(sample) - len(values),
                }
            )
    return pd.DataFrame(rows)


def adoption_findings(study: Study) -> None:
    """Compare the stored draws with the other program's, and check who finds the truth."""
    beside = adoption_against_independent()
    distances: dict[str, float] = {}
    coverage: dict[tuple[float, int, str], dict[str, float]] = {}
    for row in beside.to_dict("records"):
        psel, rounds, method = design = (row["psel"], row["rounds"], row["method"])
        name = f"adoption_{method}_{round(10 * psel)}_tenths_{rounds}_rounds"
        distance = max(row["mean_distance"], row["sd_distance"])
        distances[name] = max(distances.get(name, 0.0), distance)
        coverage.setdefault(design, {})[row["parameter"]] = row["coverage"]

    def least(*designs: tuple[float, int, str]) -> float:
        return min(coverage[design][name] for design in designs for name in TRUTH)

    for name, distance in distances.items():
        study.claim(name, value=distance)
    study.claim("adoption_again", **_again())
    share = least((0.5, 1, "mle"), (1.0, 1, "mle"))
    study.claim("adoption_likelihood", holds=share >= COVERED, value=share)
    share = max(coverage[psel, 1, "ccp_pooled"]["dl"] for psel in (0.5, 1.0))
    study.claim("adoption_pooled", holds=share > 0.6, value=share)
    share = least((1.0, 1, "ccp_market"))
    study.claim("adoption_market", holds=share >= COVERED, value=share)
    share = least((0.5, 10, "ccp_market"))
    study.claim("adoption_market_rounds", holds=share >= COVERED, value=share)
    study.table(
        "adoption_game",
        beside,
        caption="The adoption game with several equilibria: mean and spread of the estimates, "
        "and how often 95 % intervals cover the truth, beside another program's.",
    )


def _again() -> dict[str, Any]:
    """Draw two cheap designs again, and compare with what is stored."""
    table = stored_adoption()
    now = adoption_table(int(table["draws"].max()), DRAWN_AGAIN)
    both = now.merge(table, on=list(ADOPTION_KEYS), suffixes=("", "_stored"))
    gaps = [(both[name] - both[f"{name}_stored"]).abs().max() for name in ("mean", "sd")]
    return {"holds": len(both) == len(now) and max(gaps) < SAME, "value": max(gaps)}
