"""Pictures for a lecture, each from a data frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from unigauge.papers.tris_friction.gravity import BETWEEN, DECADES, within_years
from unigauge.papers.tris_friction.records import KINDS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from unigauge.papers.tris_friction.network import Returned

COLOURS = {"comments": "C0", "opinions": "C3"}
WORDS = {"comments": "comments", "opinions": "detailed opinions"}
STRONGEST = 40
"""Links drawn on a map."""
BESIDE = {
    "AUT": (-9, 4),
    "BEL": (-2, -7),
    "EST": (10, -6),
    "FRA": (-9, -5),
    "HRV": (10, -5),
    "HUN": (11, -4),
    "LUX": (10, -5),
    "SVK": (10, 5),
    "SVN": (-8, -6),
}
"""Where labels stand that would cover others, in points."""


def draw_years(data: pd.DataFrame) -> Figure:
    """Draw objections for every hundred drafts, and how many pairs are active."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2, sharex=True)
    for kind in KINDS:
        colour = COLOURS[kind]
        left.plot(data["year"], data[f"{kind} per 100 drafts"], color=colour, lw=1.8)
        right.plot(
            data["year"],
            data[f"{kind}: pairs active, %"],
            color=colour,
            lw=1.8,
            label=WORDS[kind],
        )
    left.set_ylabel("objections between members per 100 drafts")
    right.set_ylabel("pairs of members with an objection, %")
    right.legend(frameon=False)
    joined = data["members"].diff().fillna(0) > 0
    for axes in (left, right):
        axes.set_ylim(bottom=0)
        for year in data["year"][joined]:
            axes.axvline(year, color="0.85", lw=0.8, zorder=0)
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def links(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the strongest links by kind and decade, in documents a year."""
    import pandas as pd

    parts = []
    for kind in KINDS:
        for first, last in DECADES:
            part = within_years(frame, first, last)
            flows = part.groupby(["sender", "receiver"])[kind].sum() / (last - first + 1)
            most = flows.sort_values(ascending=False, kind="stable").head(STRONGEST)
            shown = most[most > 0].rename("a year").reset_index()
            parts.append(shown.assign(kind=kind, years=f"{first}-{last}"))
    return pd.concat(parts, ignore_index=True)


def draw_map(data: pd.DataFrame, states: pd.DataFrame) -> Figure:
    """Draw the strongest links between capitals, by decade; arrows bend to the right."""
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.patheffects import withStroke

    figure = Figure(figsize=(9.6, 7.4), layout="constrained")
    decades = list(dict.fromkeys(data["years"]))
    grid = figure.subplots(len(KINDS), len(decades), sharex=True, sharey=True)
    widest = data.groupby("kind")["a year"].max()
    for row, kind in zip(grid, KINDS, strict=True):
        for axes, years in zip(row, decades, strict=True):
            drawn = data[(data["kind"] == kind) & (data["years"] == years)]
            active = sorted({*drawn["sender"], *drawn["receiver"]})
            for link in drawn.to_dict("records"):
                ends = [
                    (states.loc[link[end], "longitude"], states.loc[link[end], "latitude"])
                    for end in ("sender", "receiver")
                ]
                strength = link["a year"] / widest[kind]
                axes.add_patch(
                    FancyArrowPatch(
                        *ends,
                        connectionstyle="arc3,rad=0.15",
                        arrowstyle="-|>",
                        mutation_scale=4 + 6 * strength,
                        lw=0.3 + 3 * strength,
                        color=COLOURS[kind],
                        alpha=0.25 + 0.6 * strength,
                    )
                )
            axes.plot(states["longitude"], states["latitude"], ".", color="0.6", ms=4)
            for state in active:
                right, up = BESIDE.get(state, (0, 6))
                axes.annotate(
                    state,
                    (states.loc[state, "longitude"], states.loc[state, "latitude"]),
                    xytext=(right, up),
                    textcoords="offset points",
                    fontsize=7,
                    ha="center",
                    va="center",
                    path_effects=[withStroke(linewidth=2, foreground="white")],
                )
            axes.set_title(f"{WORDS[kind]}, {years}", fontsize=10)
            axes.set_xlim(-13, 37)
            axes.set_ylim(33, 63)
            axes.set_aspect(1.6)
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[:].set_color("0.85")
    return figure


def matrix(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what each state sent to each, a year in which both were members."""
    flows: pd.DataFrame = frame.groupby(["sender", "receiver"])[list(KINDS)].mean()
    return flows.reset_index()


def draw_matrix(data: pd.DataFrame) -> Figure:
    """Draw who objects to whom, states sorted by what they send."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 5.2), layout="constrained")
    total = data.groupby("sender")["comments"].sum()
    order = list(total.sort_values(ascending=False, kind="stable").index)
    for axes, kind in zip(figure.subplots(1, 2), KINDS, strict=True):
        square = data.pivot_table(index="sender", columns="receiver", values=kind)
        square = square.reindex(index=order, columns=order)
        image = axes.imshow(np.sqrt(square), cmap="Blues" if kind == "comments" else "Reds")
        axes.set_xticks(range(len(order)), order, rotation=90, fontsize=6)
        axes.set_yticks(range(len(order)), order, fontsize=6)
        axes.set_xlabel("receiver")
        axes.set_title(WORDS[kind], fontsize=11)
        bar = figure.colorbar(image, ax=axes, shrink=0.7)
        ticks = np.array([0, 0.5, 1, 2, 4])
        ticks = ticks[ticks <= np.nanmax(square)]
        bar.set_ticks(np.sqrt(ticks), labels=[f"{tick:g}" for tick in ticks])
        bar.set_label("a year")
    figure.axes[0].set_ylabel("sender")
    return figure


def draw_gravity(data: pd.DataFrame) -> Figure:
    """Draw the coefficients with 95 % intervals, by sample and kind."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 4.2), layout="constrained")
    samples = list(dict.fromkeys(data["sample"]))
    for axes, term in zip(
        figure.subplots(1, len(BETWEEN), sharey=True), BETWEEN, strict=True
    ):
        for kind, shift in zip(KINDS, (-0.13, 0.13), strict=True):
            rows = data[(data["kind"] == kind) & (data["term"] == term)]
            rows = rows.set_index("sample").loc[samples]
            at = np.arange(len(samples)) + shift
            half = rows["conf_high"] - rows["estimate"]
            axes.errorbar(
                rows["estimate"],
                at,
                xerr=half,
                fmt="o",
                ms=5,
                color=COLOURS[kind],
                label=WORDS[kind],
            )
        axes.axvline(0, color="0.6", lw=0.8, zorder=0)
        axes.set_title(
            {"distance": "log distance"}.get(term, f"shared {term}"), fontsize=11
        )
        axes.set_yticks(range(len(samples)), samples)
        axes.set_ylim(len(samples) - 0.5, -0.5)
        axes.spines[["top", "right"]].set_visible(False)
    figure.supxlabel("effect on the logarithm of objections, 95 % interval", fontsize=10)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False)
    return figure


def returned_draws(tests: Sequence[Returned]) -> pd.DataFrame:
    """Return the draws of the tests of reciprocity, and what was observed."""
    import pandas as pd

    return pd.concat(
        [
            pd.DataFrame(
                {
                    "kind": test.kind,
                    "given": test.given,
                    "drawn": test.draws,
                    "observed": test.statistic,
                }
            )
            for test in tests
        ],
        ignore_index=True,
    )


def draw_returned(data: pd.DataFrame) -> Figure:
    """Draw the correlation of both directions, and what chance makes of it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 4.4), layout="constrained")
    given = list(dict.fromkeys(data["given"]))
    grid = figure.subplots(len(KINDS), len(given), sharex="row")
    for row, kind in zip(grid, KINDS, strict=True):
        for axes, what in zip(row, given, strict=True):
            part = data[(data["kind"] == kind) & (data["given"] == what)]
            axes.hist(part["drawn"], bins=40, color="0.8")
            axes.axvline(part["observed"].iloc[0], color=COLOURS[kind], lw=2.2)
            axes.set_title(f"{WORDS[kind]}, given\n{what}", fontsize=9)
            axes.set_yticks([])
            axes.spines[["top", "right", "left"]].set_visible(False)
    figure.supxlabel("correlation of the two directions of a pair", fontsize=10)
    return figure
