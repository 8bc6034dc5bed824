"""Check the claims of Farrell and Saloner (1988)."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.adoption.committee import MODES, Standoff, compare, solve
from unigauge.papers import Reproduction, Study, script
from unigauge.sweeps import sweep

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DELAYS = (0.3, 0.5, 0.7, 0.9, 0.95, 0.99)
LOSERS = (0.2, 0.5, 0.8)
COLOURS = dict(zip(MODES, ("C0", "C1", "C2"), strict=True))
TWO = 0.15


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    endless = [
        compare(Standoff(other=other, none=none, discount=discount))
        for discount, other, none in itertools.product(DELAYS, LOSERS, (-0.3, 0.0))
    ]
    dear = [
        compare(Standoff(other=other, none=TWO, discount=discount))
        for discount, other in itertools.product((0.3, 0.5), LOSERS)
    ]
    ended = [
        compare(Standoff(other=other, none=none, rounds=rounds, discount=1.0))
        for rounds, other, none in itertools.product((2, 3), LOSERS, (-0.3, 0.0, TWO))
    ]
    committee_and_market(study, endless, dear, ended)
    hybrid(study, endless, endless + dear + ended)
    anchors(study)
    tables_and_figures(study)
    return study.reproduction()


def lead(tables: list[pd.DataFrame], column: str, ahead: str, behind: str) -> float:
    """Return the smallest lead of one mode over another."""
    first, second = MODES.index(ahead), MODES.index(behind)
    values = np.array([table[column].to_numpy(dtype=float) for table in tables])
    return float((values[:, first] - values[:, second]).min())


def committee_and_market(
    study: Study,
    endless: list[pd.DataFrame],
    dear: list[pd.DataFrame],
    ended: list[pd.DataFrame],
) -> None:
    """Check that a committee is surer, slower and better."""
    every = endless + dear + ended
    ahead = lead(every, "prob_coordination", "committee", "market")
    study.claim("committee_surer", holds=ahead > 1e-9, value=ahead)
    once = [compare(Standoff(other=c, rounds=1, discount=1.0)) for c in LOSERS]
    ahead = lead(once, "prob_coordination", "committee", "market")
    study.claim("committee_surer_one_round", holds=ahead > 1e-9, value=ahead)
    slower = lead(every, "mean_rounds", "committee", "market")
    study.claim("committee_slower", holds=slower > 0, value=slower)
    ahead = lead(endless, "value", "committee", "market")
    study.claim("committee_better", holds=ahead > 0, value=ahead)
    ahead = lead(dear, "value", "committee", "market")
    study.claim(
        "committee_better_impatient",
        holds=ahead > 0,
        value=ahead,
        note="Two standards at once are then better than long talks.",
    )


def hybrid(study: Study, endless: list[pd.DataFrame], every: list[pd.DataFrame]) -> None:
    """Check that acting unilaterally improves the committee, and when it is used."""
    ahead = min(lead(every, "value", "hybrid", other) for other in ("committee", "market"))
    study.claim("hybrid_best", holds=ahead > 0, value=ahead)
    ahead = lead(endless, "prob_coordination", "hybrid", "committee")
    study.claim("hybrid_surer", holds=ahead >= 0, value=ahead)
    ahead = lead(every, "prob_coordination", "hybrid", "market")
    study.claim("hybrid_surer_than_market", holds=ahead > 0, value=ahead)
    steps: dict[str, list[float]] = {"none": [], "own": []}
    for discount in DELAYS:
        acts = [
            solve(Standoff(none=none, discount=discount), "hybrid").first_round["adopt"]
            for none in np.linspace(0.4, -3, 18)
        ]
        steps["none"].append(float(np.diff(acts).max()))
        acts = [
            solve(Standoff(own=own, discount=discount), "hybrid").first_round["adopt"]
            for own in np.linspace(0.6, 3, 13)
        ]
        steps["own"].append(float(np.diff(acts).max()))
    most = max(steps["none"])
    study.claim("hybrid_like_a_committee", holds=most < 0, value=most)
    most = max(steps["own"])
    study.claim("hybrid_like_a_committee_stakes", holds=most < 0, value=most)


def anchors(study: Study) -> None:
    """Check the limit of patience and the stored numbers."""
    off = max(
        abs(solve(Standoff(other=c, discount=0.999999), mode).value / c - 1)
        for c, mode in itertools.product(LOSERS, MODES)
    )
    study.claim("patience", holds=off < 1e-4, value=off)
    talk, act = solve(Standoff(), "committee"), solve(Standoff(), "market")
    study.claim("value_committee", value=talk.value)
    study.claim("value_market", value=act.value)
    study.claim("rounds_committee", value=talk.mean_rounds)
    study.claim("rounds_market", value=act.mean_rounds)


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the table and the two figures."""
    import pandas as pd

    rows = {
        (other, discount): compare(Standoff(other=other, discount=discount))
        for other, discount in itertools.product(LOSERS, (0.5, 0.9, 0.95))
    }
    table = pd.concat(rows, names=["other", "discount", "mode"])
    study.table(
        "modes",
        table[["value", "prob_coordination", "mean_rounds", "prob_adopt", "certificate"]],
        caption="The three modes without a deadline, a = 1 and b = 0.",
    )
    data = over_delay(41 if study.fast else 121)
    study.figure(
        "modes_over_delay",
        draw_over_delay(data),
        data=data,
        caption="The three modes over the cost of delay, a = 1, c = 0.5, b = 0, no deadline. "
        "The committee always agrees in the end, the more slowly the cheaper delay is; the "
        "hybrid is worth a little more than the committee and nearly as fast as the market.",
        alt="Three panels over the discount factor: value, probability of one standard and "
        "mean rounds, one line a mode; the committee's rounds rise steeply.",
    )
    data = against_market(13 if study.fast else 33)
    study.figure(
        "committee_against_market",
        draw_against_market(data),
        data=data,
        caption="By how much a committee beats the market, as a share of c, over delay and "
        "conflict; a = 1. Left: two standards are worth nothing. Right: they are worth "
        "0.15, and where waiting is dear, the more so the stronger the conflict, the market "
        "wins (left of the line).",
        alt="Two maps over discount factor and conflict; positive everywhere on the left, "
        "with a negative corner at low discount factors and strong conflict on the right.",
    )


def over_delay(points: int) -> pd.DataFrame:
    """Return the three modes over a grid of discount factors."""
    grid = {"mode": MODES, "discount": np.linspace(0.02, 0.98, points).tolist()}
    frame = sweep(lambda mode, discount: solve(Standoff(discount=discount), mode), grid)
    return frame[["mode", "discount", "value", "prob_coordination", "mean_rounds"]]


def draw_over_delay(data: pd.DataFrame) -> Figure:
    """Draw value, probability and rounds."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    panels = {
        "value": "value to a side",
        "prob_coordination": "probability of one standard",
        "mean_rounds": "mean rounds",
    }
    for axes, (column, label) in zip(figure.subplots(1, 3), panels.items(), strict=True):
        for mode, rows in data.groupby("mode", sort=False):
            axes.plot(rows["discount"], rows[column], COLOURS[str(mode)], label=mode)
        axes.set_xlabel("discount factor a round")
        axes.set_ylabel(label)
        axes.spines[["top", "right"]].set_visible(False)
        if column == "mean_rounds":
            axes.set_yscale("log")
            axes.legend(frameon=False)
    return figure


def against_market(points: int) -> pd.DataFrame:
    """Return the committee's lead over delay and conflict."""
    grid = {
        "none": [0.0, TWO],
        "conflict": np.geomspace(0.2, 5, points).tolist(),
        "discount": np.linspace(0.05, 0.95, points).tolist(),
    }
    return sweep(committees_lead, grid).drop(columns="error")


def committees_lead(none: float, conflict: float, discount: float) -> dict[str, float]:
    """Return the lead of the committee over the market, as a share of c."""
    other = (1 + conflict * none) / (1 + conflict)
    standoff = Standoff(other=other, none=none, discount=discount)
    talk, act = (solve(standoff, mode).value for mode in ("committee", "market"))
    return {"lead": (talk - act) / other}


def draw_against_market(data: pd.DataFrame) -> Axes:
    """Draw the lead as two maps with the line where it is zero."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.8), layout="constrained")
    both = figure.subplots(1, 2, sharey=True)
    most = float(data["lead"].abs().max())
    for axes, (none, rows) in zip(both, data.groupby("none"), strict=True):
        map_ = rows.pivot_table(index="conflict", columns="discount", values="lead")
        lead_ = map_.to_numpy()
        levels = np.linspace(-most, most, 25)
        drawn = axes.contourf(map_.columns, map_.index, lead_, levels, cmap="RdBu")
        if lead_.min() < 0:
            axes.contour(map_.columns, map_.index, lead_, [0.0], colors="k")
        axes.set_yscale("log")
        axes.set_yticks([0.2, 0.5, 1, 2, 5], ["0.2", "0.5", "1", "2", "5"])
        axes.minorticks_off()
        axes.set_xlabel("discount factor a round")
        axes.set_title(f"two standards worth {none:g}")
    both[0].set_ylabel("conflict (a - c)/(c - b)")
    figure.colorbar(drawn, ax=both, label="committee's lead, share of c", format="%.2f")
    first: Axes = both[0]
    return first


if __name__ == "__main__":
    script(run)
