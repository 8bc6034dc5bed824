"""Check the claims of Farrell and Simcoe (2012)."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.adoption.attrition import (
    PrivateRivals,
    Qualities,
    lorenz_factor,
    solve_private,
    solve_tie_breaker,
    threshold,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.results import axes_or_new
from unigauge.sweeps import sweep

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SHAPES = {
    "uniform on [0, 1]": Qualities.uniform(),
    "uniform on [.5, 1.5]": Qualities.uniform(0.5, 1.5),
    "uniform on [.9, 1.1]": Qualities.uniform(0.9, 1.1),
    "exponential": Qualities.exponential(),
    "Pareto, shape 2": Qualities.pareto(2.0),
    "Pareto, shape 4": Qualities.pareto(4.0),
}
UNIFORM = SHAPES["uniform on [0, 1]"]
RATIOS = (0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95)


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    delay(study)
    against_the_lot(study)
    neutral_party(study)
    tables_and_figures(study)
    return study.reproduction()


def rivals(ratio: float, qualities: Qualities = UNIFORM) -> PrivateRivals:
    """Return two sides of which the loser gets this share of what the winner gets."""
    return PrivateRivals(winner=1.0, loser=ratio, qualities=qualities)


# ---------------------------------------------------------------------------
# The war


def delay(study: Study) -> None:
    """Check who wins, when, and what vested interest does."""
    ranks = np.linspace(0, 0.95, 12)
    steps, off, slower = [], [], []
    for qualities in SHAPES.values():
        for ratio in (0.2, 0.5, 0.8):
            war = rivals(ratio, qualities)
            times = np.array([war.time_when_left(float(1 - p)) for p in ranks])
            steps.append(float(np.diff(times).min()))
            left = qualities.upper_share(ranks) ** (1 / ratio - 1)
            off.append(float(np.abs(np.exp(-times) - left).max()))
        waits = [solve_private(rivals(ratio, qualities)).mean_delay for ratio in RATIOS]
        slower.append(float(np.diff(waits).max()))
    study.claim("picks_the_better", holds=min(steps) > 0, value=min(steps))
    study.claim("concession_times", holds=max(off) < 1e-10, value=max(off))
    study.claim("vested_interest", holds=max(slower) < 0, value=max(slower))


def against_the_lot(study: Study) -> None:
    """Check when the war beats a lot drawn at once."""
    limits = {name: threshold(qualities) for name, qualities in SHAPES.items()}
    known = limits["uniform on [0, 1]"]
    study.claim("threshold_uniform", value=known)
    most = max(abs(limit - known) for limit in limits.values())
    study.claim("threshold_any", holds=most < 1e-5, value=most)
    grid = np.linspace(0.02, 1, 25)
    least = min(
        float(np.diff([lorenz_factor(q, float(ratio)) for ratio in grid]).min())
        for q in SHAPES.values()
    )
    study.claim("threshold_once", holds=least > 0, value=least)
    alike = Qualities.point()
    most = max(lorenz_factor(alike, float(ratio)) - 1 for ratio in grid[:-1])
    study.claim("no_dispersion", holds=most > 0, value=most)

    families = (
        [Qualities.uniform(1 - half, 1 + half) for half in (0.1, 0.3, 0.5, 0.7, 0.9)],
        [Qualities.pareto(shape) for shape in (8.0, 5.0, 3.0, 2.0, 1.5)],
    )
    most = max(float(np.diff([threshold(q) for q in family]).max()) for family in families)
    study.claim("lorenz_order", holds=most < 0, value=most)
    apart = abs(known - limits["Pareto, shape 2"])
    study.claim("gini_decides", holds=apart < 1e-9, value=apart)

    leads = []
    for ratio in (0.05, 0.2, 0.35, 0.41):
        war = PrivateRivals(winner=1.0, loser=ratio, cost=1.0, discount_rate=0.0)
        leads.append(solve_private(war).lorenz_factor - 1)
    study.claim("flow_cost", holds=max(leads) < 0, value=max(leads))


# ---------------------------------------------------------------------------
# The neutral party


def neutral_party(study: Study) -> None:
    """Check the tie-breaker, its date, and whom it picks."""
    leads = [lead_of_tie_breaker(ratio, UNIFORM) for ratio in RATIOS]
    study.claim("tie_breaker", holds=min(leads) > 0, value=min(leads))
    others = ("uniform on [.9, 1.1]", "Pareto, shape 2", "Pareto, shape 4")
    least = min(
        lead_of_tie_breaker(ratio, SHAPES[name])
        for ratio, name in itertools.product((0.3, 0.6, 0.9), others)
    )
    study.claim(
        "tie_breaker_any",
        holds=least > 1e-9,
        value=least,
        note="With a narrow or a Pareto distribution all wait for the lot, or none does.",
    )
    gains, better = [], []
    for ratio in (0.1, 0.3, 0.5, 0.7, 0.9):
        first = solve_tie_breaker(rivals(ratio))
        cutoffs = first.cutoff + (1 - first.cutoff) * np.linspace(
            0.02, 0.98, 4 if study.fast else 8
        )
        for cutoff in cutoffs:
            later = solve_tie_breaker(rivals(ratio), cutoff=float(cutoff))
            gains.append((later.surplus - first.surplus) / first.random_choice)
        better.append(1 - (1 - first.cutoff) ** 2 / 2)
    study.claim("earliest_lot", holds=max(gains) < 0, value=max(gains))
    study.claim("tie_breaker_screens", holds=min(better) == 1, value=min(better))


def lead_of_tie_breaker(ratio: float, qualities: Qualities) -> float:
    """Return the lead over war and lot, as a share of the lot."""
    war = rivals(ratio, qualities)
    neutral, alone = solve_tie_breaker(war), solve_private(war)
    best = max(alone.surplus, alone.random_choice)
    return (neutral.surplus - best) / alone.random_choice


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the tables and the two figures."""
    import pandas as pd

    rows = [
        {
            "qualities": name,
            "threshold": threshold(qualities),
            "gini": solve_private(rivals(0.5, qualities)).first_best / 1.5 / qualities.mean
            - 1,
            "factor_at_half": lorenz_factor(qualities, 0.5),
        }
        for name, qualities in SHAPES.items()
    ]
    study.table(
        "thresholds",
        pd.DataFrame(rows).set_index("qualities"),
        caption="L/W above which the war beats a lot, the Gini coefficient of qualities, and "
        "the war's surplus as a multiple of the lot's at L/W = 0.5.",
    )
    data = rules(13 if study.fast else 31)
    study.table(
        "rules",
        data.iloc[:: 2 if study.fast else 5].set_index("ratio"),
        caption="Surplus as a share of the first best, qualities uniform on [0, 1].",
    )
    study.figure(
        "attrition_against_random_choice",
        draw_rules(data),
        data=data,
        caption="What each rule is worth, qualities uniform on [0, 1]. The war beats a lot "
        "drawn at once only to the right of the dotted line, where vested interest is weak; "
        "a neutral party who draws the lot later does better than both.",
        alt="Lines over L/W from 0 to 1: the lot is flat at three quarters of the first best, "
        "attrition rises from 0 to 1 and crosses it near 0.42, the tie-breaker lies above "
        "both.",
    )
    data = times(61 if study.fast else 201)
    study.figure(
        "concession_times",
        draw_times(data),
        data=data,
        caption="When a proposal is given up, by quality, uniform on [0, 1], r = 1. The more "
        "the loser gets, the sooner; the best are never given up.",
        alt="Rising convex lines of time over quality, steeper for a lower L/W.",
    )


def rules(points: int) -> pd.DataFrame:
    """Return the surplus of the rules as shares of the first best."""
    grid = np.linspace(0.02, 0.98, points).round(6).tolist()
    return sweep(shares, {"ratio": grid}).drop(columns="error")


def shares(ratio: float) -> dict[str, float]:
    """Return what war, lot and tie-breaker are worth at one L/W."""
    war = rivals(ratio)
    alone, neutral = solve_private(war), solve_tie_breaker(war)
    return {
        "war_of_attrition": alone.surplus / alone.first_best,
        "lot_at_once": alone.random_choice / alone.first_best,
        "neutral_tie_breaker": neutral.surplus / alone.first_best,
    }


def draw_rules(data: pd.DataFrame) -> Axes:
    """Draw the three rules and the threshold."""
    axes = axes_or_new(None, size=(6.6, 4.0))
    styles = {
        "neutral_tie_breaker": "C2-",
        "war_of_attrition": "C0-",
        "lot_at_once": "C1--",
    }
    for column, style in styles.items():
        axes.plot(data["ratio"], data[column], style, label=column.replace("_", " "))
    limit = threshold(UNIFORM)
    axes.axvline(limit, color="0.4", lw=1, ls=":")
    axes.annotate(
        f"L/W = {limit:.5f}", (limit, 0.04), xytext=(5, 0), textcoords="offset points"
    )
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    axes.set_xlabel("L/W: what the loser gets for each unit of the winner's")
    axes.set_ylabel("surplus, share of the first best")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    return axes


def times(points: int) -> pd.DataFrame:
    """Return concession times by quality and L/W."""
    grid = {"ratio": [0.25, 0.5, 0.75], "quality": np.linspace(0, 0.98, points).tolist()}
    frame = sweep(lambda ratio, quality: rivals(ratio).concession_time(quality), grid)
    return frame.drop(columns="error").rename(columns={"value": "concession_time"})


def draw_times(data: pd.DataFrame) -> Axes:
    """Draw the concession times."""
    axes = axes_or_new(None, size=(6.0, 3.8))
    for number, (ratio, rows) in enumerate(data.groupby("ratio")):
        label = f"L/W = {ratio:g}"
        axes.plot(rows["quality"], rows["concession_time"], f"C{number}", label=label)
    axes.set_xlabel("quality of the proposal")
    axes.set_ylabel("time at which it is given up")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


if __name__ == "__main__":
    script(run)
