"""Check the claims of Farrell and Saloner (1985)."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.adoption.bandwagon import (
    BandwagonGame,
    Outcome,
    SequentialGame,
    solve,
    solve_sequential,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.sweeps import sweep

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

GRID = [
    (h, n) for h in (0.3, 0.4, 0.5, 0.6) for n in (0.05, 0.15, 0.25, 0.35) if n < h < 1 - n
]


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    known_types(study)
    unknown_types(study)
    tables_and_figures(study)
    return study.reproduction()


def linear(switching_cost: float, network_benefit: float) -> Outcome:
    """Return the outcome of a linear game."""
    game = BandwagonGame.linear(
        switching_cost=switching_cost, network_benefit=network_benefit
    )
    return solve(game)


# ---------------------------------------------------------------------------
# Complete information


def drawn(rng: np.random.Generator) -> SequentialGame:
    """Draw benefits that rise with the number of users, of two to eight firms."""
    size = int(rng.integers(2, 9))
    new = rng.normal(0.3, 1, (size, 1)) + np.cumsum(rng.random((size, size)), axis=1)
    return SequentialGame(new=new, old=np.cumsum(rng.random((size, size)), axis=1))


def known_types(study: Study) -> None:
    """Check unanimity, the order of moves, and that inertia needs ignorance."""
    rng = np.random.default_rng(study.seed)
    games = [drawn(rng) for _ in range(300 if study.fast else 2000)]
    agreed = [game for game in games if game.unanimous]
    torn = [game for game in games if not game.unanimous and total_gain(game) > 0]
    for claim, chosen in (("unanimity", agreed), ("unanimity_total", torn)):
        share = min(solve_sequential(game).number / game.size for game in chosen)
        study.claim(claim, holds=share == 1, value=share, note=f"{len(chosen)} games.")
    for claim, chosen in (("order", agreed), ("order_no_unanimity", torn)):
        most = max(change_with_order(game) for game in chosen)
        study.claim(claim, holds=most == 0, value=most)

    missed = 0.0
    for h, n in GRID:
        pairs = np.random.default_rng(study.seed).uniform(h, 1, (50, 2))
        stuck = [
            solve_sequential(
                SequentialGame(new=[[s - h, s - h + n] for s in pair], old=[[0, n], [0, n]])
            ).number
            < 2
            for pair in pairs
        ]
        missed = max(missed, float(np.mean(stuck)))
    study.claim("inertia_known_types", holds=missed > 0, value=missed)


def total_gain(game: SequentialGame) -> float:
    """Return what all firms together gain if all switch."""
    new, old = game.benefits
    return float((new[:, -1] - old[:, -1]).sum())


def change_with_order(game: SequentialGame) -> int:
    """Return how much the number that switch moves if the first moves last."""
    new, old = game.benefits
    turned = SequentialGame(new=np.roll(new, -1, axis=0), old=np.roll(old, -1, axis=0))
    return abs(solve_sequential(game).number - solve_sequential(turned).number)


# ---------------------------------------------------------------------------
# Incomplete information


def unknown_types(study: Study) -> None:
    """Check inertia, its conditions, splits, and momentum."""
    outcomes = [linear(h, n) for h, n in GRID]
    least = min(o.prob_symmetric_excess_inertia for o in outcomes)
    study.claim("inertia", holds=least > 1e-6, value=least)
    tastes = [tasted(k, h, n) for k, (h, n) in itertools.product((0.5, 1.5, 2.0), GRID)]
    least = min(o.prob_symmetric_excess_inertia for o in tastes)
    study.claim("inertia_any_taste", holds=least > 1e-6, value=least)
    most = max(linear(h, 1e-6).prob_symmetric_excess_inertia for h in (0.3, 0.5, 0.7))
    study.claim("inertia_without_network", holds=most > 1e-6, value=most)

    steps, off = [], []
    for h in (0.3, 0.4, 0.5):
        grid = np.arange(0.005, h - 1e-9, 0.005)
        likely = [linear(h, float(n)).prob_symmetric_excess_inertia for n in grid]
        steps.append(float(np.diff(likely).min()))
        off.append(abs(float(grid[np.argmax(likely)]) - h / 2))
    study.claim("inertia_grows", holds=min(steps) > 0, value=min(steps))
    study.claim("inertia_peak", holds=max(off) < 0.0051, value=max(off))

    least = min(o.prob_split for o in outcomes)
    study.claim("split", holds=least > 1e-6, value=least)
    most = max(momentum(o) for o in outcomes)
    study.claim("both_gain", holds=most < 1e-12, value=most)
    off_form = max(
        abs(o.lead_threshold - (h + np.sqrt(h**2 + 4 * (h - n) * n)) / 2)
        for o, (h, n) in zip(outcomes, GRID, strict=True)
    )
    study.claim("closed_form", holds=off_form < 1e-9, value=off_form)


def tasted(power: float, h: float, n: float) -> Outcome:
    """Return the outcome if tastes t have P(t <= x) = x**power."""

    def taste(rank: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.asarray(rank) ** (1 / power))

    return solve(
        BandwagonGame(
            new_together=lambda s: taste(s) - h + n,
            new_alone=lambda s: taste(s) - h,
            old_together=lambda s: n + 0 * taste(s),
            old_alone=lambda s: 0 * taste(s),
        )
    )


def momentum(outcome: Outcome) -> float:
    """Return how likely both switch although the follower would rather neither had."""
    follower = max(0.0, outcome.agreement_threshold - outcome.join_threshold)
    return 2 * follower * (1 - outcome.lead_threshold)


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the table and the two figures."""
    import pandas as pd

    rows = [
        {"h": h, "n": n, **linear(h, n).record(), "prob_momentum": momentum(linear(h, n))}
        for h, n in GRID
    ]
    study.table(
        "thresholds",
        pd.DataFrame(rows).set_index(["h", "n"]),
        caption="Thresholds and ends in the linear game; momentum is that both switch "
        "although the follower would rather neither had.",
    )
    shown = {n: linear(0.5, n) for n in (0.1, 0.25, 0.4)}
    study.figure(
        "bandwagon_regions",
        draw_regions(shown),
        data=pd.concat(
            {n: o.plot_data() for n, o in shown.items()}, names=["n"]
        ).reset_index("n"),
        caption="What two types come to, h = 0.5, for three network benefits. The keen lead, "
        "the willing follow; in the red square both would gain and both wait.",
        alt="Three squares of types, with regions where neither switches, they split, or "
        "both switch; a small red square near the lead threshold marks excess inertia.",
    )
    data = inertia(0.5, 41 if study.fast else 161)
    study.figure(
        "inertia",
        draw_inertia(data),
        data=data,
        caption="How likely each kind of end is as the network benefit grows, h = 0.5. "
        "Inertia peaks half way; splits vanish and joint switching takes over.",
        alt="Lines over the network benefit: both switch rises, split falls, neither rises "
        "and falls; excess inertia is a small hump with its peak at 0.25.",
    )


def draw_regions(outcomes: dict[float, Outcome]) -> Figure:
    """Draw the squares of types side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.4, 4.2), layout="constrained")
    for axes, (n, outcome) in zip(figure.subplots(1, 3), outcomes.items(), strict=True):
        outcome.plot(axes)
        inertia_ = 100 * outcome.prob_symmetric_excess_inertia
        axes.set_title(f"n = {n:g}: inertia {inertia_:.1f}%")
    return figure


def inertia(h: float, points: int) -> pd.DataFrame:
    """Return the probabilities of the ends over the network benefit."""
    columns = [
        *("prob_both_switch", "prob_no_switch", "prob_split"),
        "prob_symmetric_excess_inertia",
    ]
    grid = np.linspace(0.005, h - 0.005, points).tolist()
    frame = sweep(
        lambda network_benefit: linear(h, network_benefit), {"network_benefit": grid}
    )
    return frame[["network_benefit", *columns]]


def draw_inertia(data: pd.DataFrame) -> Axes:
    """Draw the ends, and inertia by itself on a finer scale."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.4, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    first: Axes = left
    for column, label, colour in (
        ("prob_both_switch", "both switch", "C0"),
        ("prob_no_switch", "neither switches", "0.45"),
        ("prob_split", "split", "C1"),
    ):
        left.plot(data["network_benefit"], data[column], color=colour, label=label)
    left.legend(frameon=False)
    left.set_ylabel("probability")
    left.set_ylim(0, None)
    right.plot(data["network_benefit"], data["prob_symmetric_excess_inertia"], "C3")
    right.set_title("neither, though both would gain")
    right.set_ylim(0, None)
    for axes in (left, right):
        axes.set_xlabel("network benefit n")
        axes.spines[["top", "right"]].set_visible(False)
    return first


if __name__ == "__main__":
    script(run)
