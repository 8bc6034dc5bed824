"""Check the claims on the stages of a latecomer."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError
from unigauge.models.dynamics.stages import (
    Ladder,
    calibrate,
    hitting_time,
    pipeline,
    solve,
    solve_switching,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

EXACT = 1e-9


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    against_the_grid(study)
    comparative_statics(study)
    through_the_pipeline(study)
    calibration(study)
    tables_and_figures(study)
    return study.reproduction()


def drawn(rng: np.random.Generator) -> Ladder:
    """Return a ladder at random."""
    first = rng.uniform(0.5, 1.5)
    return Ladder(
        drift=rng.uniform(-0.02, 0.04),
        volatility=rng.uniform(0.08, 0.3),
        discount_rate=rng.uniform(0.08, 0.15),
        payoff_slope=(0.0, first, first + rng.uniform(0.3, 2)),
        running_cost=(0.0, *rng.uniform(0, 1.5, 2)),
        switching_cost=tuple(rng.uniform(3, 30, 2)),
    )


# ---------------------------------------------------------------------------
# Thresholds


def against_the_grid(study: Study) -> None:
    """Check the closed form with a grid, and who jumps."""
    rng = np.random.default_rng(study.seed)
    ladders = [drawn(rng) for _ in range(4 if study.fast else 15)]
    jumper = Ladder(switching_cost=(30.0, 2.0))
    off, agree = [], []
    for ladder in (Ladder(), jumper, *ladders):
        exact = solve(ladder)
        numbers = solve_switching(
            ladder.switching(),
            low=exact.follow_threshold / 30,
            high=exact.lead_threshold * 1e4,
            nodes=1200 if study.fast else 3000,
        )
        first = numbers.thresholds().query("mode == 0").iloc[0]
        step = math.log(numbers.state[1] / numbers.state[0])
        off.append(abs(math.log(first["state"] / exact.follow_threshold)) / step)
        skips = exact.status == "skip_followership"
        agree.append(bool(first["above"] == (2 if skips else 1)))
    study.claim("closed_form", holds=max(off) < 1.5, value=max(off))
    study.claim("leapfrog", holds=all(agree), value=float(np.mean(agree)))
    study.claim("jump", value=solve(jumper).lead_threshold)
    usual = solve(Ladder())
    lead = usual.lead_threshold - usual.follow_threshold
    study.claim("leapfrog_always", holds=lead == 0, value=lead)


def comparative_statics(study: Study) -> None:
    """Check what market size, uncertainty and the second step's cost do."""
    rng = np.random.default_rng(study.seed + 1)
    size, rises = [], []
    climbs: list[float] = []
    jumps: list[float] = []
    for ladder in [Ladder(), *(drawn(rng) for _ in range(100))]:
        base = thresholds(ladder)
        scaled = replace(ladder, payoff_slope=tuple(3 * a for a in ladder.payoff_slope))
        size.append(np.abs(3 * thresholds(scaled) / base - 1).max())
        wild = replace(ladder, volatility=1.25 * ladder.volatility)
        rises.append((thresholds(wild) / base - 1).min())
        dearer = replace(
            ladder, switching_cost=(ladder.switching_cost[0], ladder.switching_cost[1] + 1)
        )
        moved = abs(thresholds(dearer)[0] / base[0] - 1)
        skips = solve(ladder).status == "skip_followership"
        (jumps if skips else climbs).append(moved)
    study.claim("market_size", holds=max(size) < EXACT, value=max(size))
    study.claim("uncertainty", holds=min(rises) > 0, value=min(rises))
    study.claim("first_step_alone", holds=max(climbs) < EXACT, value=max(climbs))
    moved = max(jumps + climbs)
    study.claim("first_step_always", holds=moved < EXACT, value=moved)


def thresholds(ladder: Ladder) -> np.ndarray:
    """Return both thresholds."""
    outcome = solve(ladder)
    return np.array([outcome.follow_threshold, outcome.lead_threshold])


# ---------------------------------------------------------------------------
# The pipeline


def through_the_pipeline(study: Study) -> None:
    """Check elasticities, the success curve and what the bottleneck is."""
    rng = np.random.default_rng(study.seed + 2)
    off, slowest = [], []
    for _ in range(60):
        rate, drop = rng.uniform(0.1, 1, 3), rng.uniform(0.01, 0.4, 3)
        shape = rng.integers(1, 4, 3).tolist()
        answer = pipeline(rate, drop, shape)
        for stage, elasticity in enumerate(answer.elasticity):
            step = 1e-5 * np.eye(3)[stage]
            up, down = (
                pipeline(rate * np.exp(d), drop, shape).total_yield for d in (step, -step)
            )
            off.append(abs(math.log(up / down) / 2e-5 - elasticity))
        slowest.append(answer.bottleneck == int(rate.argmin()))
    study.claim("elasticity", holds=max(off) < 1e-8, value=max(off))
    study.claim("slowest_stage", holds=all(slowest), value=float(np.mean(slowest)))
    simulated_chains(study)


def simulated_chains(study: Study) -> None:
    """Check the success curve with chains that are simulated."""
    rng = np.random.default_rng(study.seed + 4)
    chains = 20_000 if study.fast else 200_000
    rate, drop, shape = PIPELINES["uneven"]
    alive, total = np.ones(chains, dtype=bool), np.zeros(chains)
    for lam, nu, k in zip(rate, drop, shape, strict=True):
        work = rng.gamma(k, 1 / (lam * k), chains)
        alive &= work < rng.exponential(1 / nu, chains)
        total += work
    times = np.array([2.0, 5.0, 10.0, 20.0, 40.0])
    share = pipeline(rate, drop, shape).success_by(times)
    counted = (alive & (total <= times[:, None])).mean(axis=1)
    apart = np.abs(counted - share) / np.sqrt(share * (1 - share) / chains)
    study.claim("phase_type", holds=apart.max() < 4, value=apart.max())


PIPELINES = {
    "one phase each": ((0.5, 0.3, 0.2), (0.1, 0.15, 0.1), (1, 1, 1)),
    "uneven": ((0.5, 0.3, 0.2), (0.1, 0.15, 0.1), (1, 2, 3)),
    "slow first stage": ((0.1, 0.5, 0.5), (0.01, 0.2, 0.3), (1, 1, 1)),
}


# ---------------------------------------------------------------------------
# The calibration


def calibration(study: Study) -> None:
    """Check what two dates give, and that they test nothing."""
    rng = np.random.default_rng(study.seed + 3)
    off = []
    for _ in range(40):
        years = np.sort(rng.uniform(15, 60, 2))
        ladder = calibrate(years)
        mean = [
            hitting_time(1, t, drift=ladder.drift, volatility=ladder.volatility).mean
            for t in thresholds(ladder)
        ]
        off.append(np.abs(np.array(mean) - years).max())
    study.claim("dates", holds=max(off) < 1e-6, value=max(off))
    ladder = calibrate()
    study.claim("cost_of_following", value=ladder.switching_cost[0])
    study.claim("cost_of_leading", value=ladder.switching_cost[1])
    facts = study.load("stylised_facts")["value"]
    lag = (facts[("catch_up_lag", "low")] + facts[("catch_up_lag", "high")]) / 2
    ends = [lag_factor(ladder, facts[("catch_up_lag", end)]) for end in ("low", "high")]
    study.claim(
        "lag",
        value=lag_factor(ladder, lag),
        note=f"At the ends of the range it is {ends[0]:.2f} and {ends[1]:.2f}; no point "
        "between them is better than another.",
    )
    refused = []
    moves = range(-5, 6)
    first, second = mean_dates(ladder)
    for sooner, later in itertools.product(moves, moves):
        try:
            calibrate((first + sooner, second + later))
        except InputError:
            refused.append((sooner, later))
    share = len(refused) / len(moves) ** 2
    study.claim("testable", holds=share > 0, value=share)


def lag_factor(ladder: Ladder, years: float) -> float:
    """Return how far ahead the frontier is that leads by so many years."""
    return math.exp((ladder.drift - ladder.volatility**2 / 2) * years)


def mean_dates(ladder: Ladder) -> list[float]:
    """Return the mean years, from capability 1, to following and to leading."""
    motion = {"drift": ladder.drift, "volatility": ladder.volatility}
    return [hitting_time(1, level, **motion).mean for level in thresholds(ladder)]


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the tables and the two figures."""
    import pandas as pd

    rows = []
    for volatility, rate in itertools.product((0.05, 0.1, 0.2), (0.1, 0.12, 0.16)):
        ladder = calibrate(volatility=volatility, discount_rate=rate)
        follow, lead = thresholds(ladder)
        rows.append(
            {
                "volatility": volatility,
                "discount_rate": rate,
                "follow_at": follow,
                "lead_at": lead,
                "cost_of_following": ladder.switching_cost[0],
                "cost_of_leading": ladder.switching_cost[1],
            }
        )
    study.table(
        "calibrations",
        pd.DataFrame(rows).set_index(["volatility", "discount_rate"]),
        caption="What the same two dates imply for costs, by volatility and discount rate: "
        "the dates alone do not pin them down.",
    )
    rows = []
    for name, parts in PIPELINES.items():
        answer = pipeline(*parts)
        rows.append(
            {
                "pipeline": name,
                "yield": answer.total_yield,
                "mean_time_if_successful": answer.mean_time_if_successful,
                "bottleneck": answer.bottleneck + 1,
                "slowest": int(np.argmin(parts[0])) + 1,
            }
        )
    study.table(
        "pipelines",
        pd.DataFrame(rows).set_index("pipeline"),
        caption="Three stages, counted from 1. The bottleneck is where a faster stage raises "
        "the yield most.",
    )
    outcome = solve(Ladder())
    axes = outcome.plot()
    axes.set_ylabel("what the mode is worth")
    study.figure(
        "values_by_stage",
        axes,
        data=outcome.plot_data(),
        caption="What each mode is worth by capability, default ladder. Below its threshold "
        "a mode is worth more than the next one less the cost of the step; above it, just "
        "that.",
        alt="Three rising curves; leading is highest throughout at large capability, and two "
        "dotted lines mark the thresholds near 0.95 and 1.80.",
    )
    data = dates(calibrate())
    study.figure(
        "dates",
        draw_dates(data),
        data=data,
        caption="Probability that each step has been taken, by years from the start, in the "
        "calibrated ladder. The means are the dates that were put in; the spread is the "
        "model's, and no data speak to it.",
        alt="Two S-shaped curves, following rising around 20 years and leading around 34, "
        "with dotted lines at the means 23 and 35.",
    )


def dates(ladder: Ladder) -> pd.DataFrame:
    """Return the probability that each step has been taken, by year."""
    import pandas as pd

    years = np.linspace(0, 70, 281)
    motion = {"drift": ladder.drift, "volatility": ladder.volatility}
    reached = [hitting_time(1, t, **motion).reached_by(years) for t in thresholds(ladder)]
    return pd.DataFrame({"years": years, "following": reached[0], "leading": reached[1]})


def draw_dates(data: pd.DataFrame) -> Axes:
    """Draw the distribution of both dates and their means."""
    axes = axes_or_new(None, size=(6.4, 3.8))
    for number, (column, mean) in enumerate(
        zip(("following", "leading"), mean_dates(calibrate()), strict=True)
    ):
        axes.plot(data["years"], data[column], f"C{number}", label=column)
        axes.axvline(mean, color=f"C{number}", lw=1, ls=":")
        axes.annotate(
            f"mean {mean:.0f}",
            (mean, (0.9, 0.1)[number]),
            xytext=((-4, 4)[number], 0),
            textcoords="offset points",
            ha=("right", "left")[number],
            fontsize=8,
        )
    axes.set(xlim=(0, 70), ylim=(0, 1.02))
    axes.set_xlabel("years from the start")
    axes.set_ylabel("probability that the step was taken")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    return axes


if __name__ == "__main__":
    script(run)
