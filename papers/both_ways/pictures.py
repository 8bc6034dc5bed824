"""Pictures of both directions side by side, each from a data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.papers.both_ways.regressions import NOMINAL
from unigauge.papers.both_ways.specifications import Choices

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["PATENTS", "STANDARDS", "draw_curve", "draw_forest", "draw_sizes"]

PATENTS, STANDARDS = "C0", "C1"
"""Colours of the two series."""
NAMED = ("standards", "certificates", "patents", "fields")
"""Choices whose values do not say what they are of."""


def draw_forest(data: pd.DataFrame) -> Figure:
    """Draw estimates with 95 % intervals, one row a specification, both directions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 4.8), layout="constrained")
    directions = list(dict.fromkeys(data["direction"]))
    pair = figure.subplots(1, len(directions), sharey=True)
    rows = list(dict.fromkeys(data["specification"]))
    for axes, direction in zip(pair, directions, strict=True):
        chosen = data[data["direction"] == direction].set_index("specification")
        for height, row in enumerate(rows):
            _draw_estimate(axes, height, chosen.loc[row])
        axes.axvline(0, color="0.6", lw=0.8, zorder=0)
        axes.set_yticks(range(len(rows)), rows)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_title(direction, fontsize=11)
        axes.set_xlabel("elasticity within a year, 95 % interval")
        axes.locator_params(axis="x", nbins=6)
        axes.spines[["top", "right"]].set_visible(False)
    pair[0].plot([], [], "o", color="C3", label="significant at 5 %")
    pair[0].plot([], [], "o", color="0.3", mfc="white", label="not significant")
    pair[0].plot([], [], "D", color="0.55", ms=5, label="half-panel jackknife")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def _draw_estimate(axes: Axes, height: int, row: Any) -> None:
    """Draw one interval, filled where the p-value is at most 5 %."""
    significant = row["p_value"] <= NOMINAL
    colour = "C3" if significant else "0.3"
    axes.plot([row["conf_low"], row["conf_high"]], [height, height], color=colour, lw=1.2)
    face = colour if significant else "white"
    axes.plot(row["estimate"], height, "o", color=colour, mfc=face, ms=7)
    if np.isfinite(row["jackknife"]):
        axes.plot(row["jackknife"], height, "D", color="0.55", ms=4)


def draw_sizes(data: pd.DataFrame) -> Figure:
    """Draw how often each 5 % test rejects true nulls, both directions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 4.2), layout="constrained")
    directions = list(dict.fromkeys(data["direction"]))
    pair = figure.subplots(1, len(directions), sharey=True, sharex=True)
    tests = list(dict.fromkeys(data["test"]))
    for axes, direction in zip(pair, directions, strict=True):
        for block, shift, shade in ((1, -0.2, "C0"), (3, 0.2, "C9")):
            drawn = data[(data["direction"] == direction) & (data["block"] == block)]
            share = drawn.set_index("test")["size"].reindex(tests)
            words = "years resampled one by one" if block == 1 else "in blocks of three"
            at = np.arange(len(tests)) + shift
            axes.barh(at, 100 * share, height=0.38, color=shade, label=words)
        axes.axvline(100 * NOMINAL, color="C3", lw=1.2, ls="--", label="as it should be")
        axes.set_yticks(range(len(tests)), tests)
        axes.set_ylim(len(tests) - 0.5, -0.5)
        axes.set_title(direction, fontsize=11)
        axes.set_xlabel("% of true nulls rejected at 5 %")
        axes.spines[["top", "right"]].set_visible(False)
    handles, labels = pair[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure


def draw_curve(data: pd.DataFrame, choices: Choices) -> Figure:
    """Draw t sorted by size, and below each which choices it stands for."""
    from matplotlib.figure import Figure

    lines = [(name, value) for name, values in choices.items() for value in values]
    figure = Figure(figsize=(9.6, 7.6), layout="constrained")
    directions = list(dict.fromkeys(data["direction"]))
    grid = figure.subplots(
        2, len(directions), sharex="col", sharey="row", height_ratios=[1.0, 1.5]
    )
    for (above, below), direction in zip(grid.T, directions, strict=True):
        curve = data[data["direction"] == direction].sort_values("statistic")
        rank = np.arange(len(curve))
        significant = (curve["p_value"] <= NOMINAL).to_numpy()
        above.axhline(0, color="0.6", lw=0.8, zorder=0)
        for shown, colour, words in (
            (~significant, "0.6", "not significant"),
            (significant, "C3", "significant at 5 %"),
        ):
            above.plot(
                rank[shown], curve["statistic"][shown], ".", color=colour, label=words
            )
            for height, (name, value) in enumerate(lines):
                made = (curve[name] == value).to_numpy() & shown
                at = np.full(made.sum(), height)
                below.plot(rank[made], at, "|", color=colour, ms=5, mew=0.6)
        above.set_title(f"{direction}: {len(curve)} specifications", fontsize=11)
        below.set_yticks(range(len(lines)), [_told(*line) for line in lines], fontsize=8)
        below.set_ylim(len(lines) - 0.5, -0.5)
        below.set_xlabel("specifications, sorted by t")
        first = np.cumsum([len(values) for values in choices.values()])[:-1]
        for position in first:
            below.axhline(position - 0.5, color="0.85", lw=0.8)
        for axes in (above, below):
            axes.spines[["top", "right"]].set_visible(False)
    grid[0, 0].set_ylabel("estimate / standard error")
    grid[0, 0].legend(frameon=False, markerscale=2)
    return figure


def _told(name: str, value: Any) -> str:
    """Name one choice; counts and names of series do not speak for themselves."""
    if name == "lags":
        return f"{value} lag{'' if value == 1 else 's'}"
    return f"{name}: {value}" if name in NAMED else str(value)
