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
    sharp, mild = [], []
    for other, none, discount in itertools.product(LOSERS, (-3.0, -0.3, 0.0, TWO), DELAYS):
        standoff = Standoff(other=other, none=none, discount=discount)
        ending = Standoff(other=other, none=none, discount=discount, rounds=3)
        if standoff.conflict >= np.sqrt(2) - 1:
            sharp += [compare(standoff), compare(ending)]
        elif none == -3 and other == 0.8:
            mild.append(compare(standoff))
    slower = lead(sharp, "mean_rounds", "committee", "market")
    study.claim("committee_slower", holds=slower > 0, value=slower)
    slower = lead(mild, "mean_rounds", "committee", "market")
    study.claim(
        "committee_slower_little_conflict",
        holds=slower > 0,
        value=slower,
        note="If two standards are a disaster and either one will do, nobody dares to act.",
    )
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
        caption="By how much one mode beats another, as a share of c, over delay and "
        "conflict; a = 1. Left: committee over market if two standards are worth nothing. "
        "Middle: they are worth 0.15, and where waiting is dear, the more so the stronger "
        "the conflict, the market wins (left of the line). Right: the hybrid always beats "
        "the committee, by most where waiting is dear.",
        alt="Three maps over discount factor and conflict; positive everywhere on the left "
        "and on the right, with a negative corner at low discount factors in the middle.",
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
    """Return both leads over delay and conflict."""
    grid = {
        "none": [0.0, TWO],
        "conflict": np.geomspace(0.2, 5, points).tolist(),
        "discount": np.linspace(0.05, 0.95, points).tolist(),
    }
    return sweep(committees_lead, grid).drop(columns="error")


def committees_lead(none: float, conflict: float, discount: float) -> dict[str, float]:
    """Return the committee's lead over the market and the hybrid's over it, shares of c."""
    other = (1 + conflict * none) / (1 + conflict)
    standoff = Standoff(other=other, none=none, discount=discount)
    talk, act, both = (solve(standoff, mode).value for mode in MODES)
    return {"lead": (talk - act) / other, "hybrids_lead": (both - talk) / other}


def draw_against_market(data: pd.DataFrame) -> Axes:
    """Draw the leads as maps with the line where they are zero."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.4, 3.8), layout="constrained")
    panels = {
        "committee over market, b = 0": (0.0, "lead"),
        f"committee over market, b = {TWO:g}": (TWO, "lead"),
        "hybrid over committee, b = 0": (0.0, "hybrids_lead"),
    }
    drawn_on = figure.subplots(1, 3, sharey=True)
    most = float(data[["lead", "hybrids_lead"]].abs().to_numpy().max())
    for axes, (title, (none, column)) in zip(drawn_on, panels.items(), strict=True):
        rows = data[data["none"] == none]
        map_ = rows.pivot_table(index="conflict", columns="discount", values=column)
        lead_ = map_.to_numpy()
        levels = np.linspace(-most, most, 25)
        drawn = axes.contourf(map_.columns, map_.index, lead_, levels, cmap="RdBu")
        if lead_.min() < 0:
            axes.contour(map_.columns, map_.index, lead_, [0.0], colors="k")
        axes.set_yscale("log")
        axes.set_yticks([0.2, 0.5, 1, 2, 5], ["0.2", "0.5", "1", "2", "5"])
        axes.minorticks_off()
        axes.set_xlabel("discount factor a round")
        axes.set_title(title)
    drawn_on[0].set_ylabel("conflict (a - c)/(c - b)")
    figure.colorbar(drawn, ax=drawn_on, label="lead, share of c", format="%.2f")
    first: Axes = drawn_on[0]
    return first


if __name__ == "__main__":
    script(run)
