"""The four pictures, each from a data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    NOMINAL,
    THIN,
    demeaned,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "courses",
    "draw_courses",
    "draw_curve",
    "draw_forest",
    "draw_sizes",
]

PATENTS, STANDARDS = "C0", "C1"


def courses(panel: pd.DataFrame) -> pd.DataFrame:
    """Return both series less their field's mean, and the mean over all fields."""
    import pandas as pd

    own = demeaned(panel[["patents", "standards"]], "field")
    world = pd.concat({"all fields": own.groupby("year").mean()}, names=["field"])
    return pd.concat([own, world]).reset_index()


def draw_courses(data: pd.DataFrame) -> Figure:
    """Draw one small panel a field, and one of the mean over fields."""
    from matplotlib.figure import Figure

    fields = list(dict.fromkeys(data["field"]))
    figure = Figure(figsize=(9.6, 7.2), layout="constrained")
    grid = figure.subplots(4, 6, sharex=True, sharey=True)
    for axes, field in zip(grid.flat, fields, strict=True):
        course = data[data["field"] == field]
        axes.axhline(0, color="0.8", lw=0.8, zorder=0)
        axes.plot(course["year"], course["standards"], STANDARDS, lw=1.2)
        axes.plot(course["year"], course["patents"], PATENTS, lw=1.8)
        name = "IT" if field == "it" else field.replace("_", " ")
        axes.set_title(f"{name} *" if field in THIN else name, fontsize=9)
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    last = grid.flat[-1]
    last.set_facecolor("0.95")
    last.text(2020, 1.0, "patents", color=PATENTS, fontsize=9, ha="right")
    last.text(2020, -1.2, "standards", color=STANDARDS, fontsize=9, ha="right")
    last.set_xticks([2000, 2010, 2020], ["2000", "2010", "2020"])
    figure.supylabel("logarithm, less the field's mean", fontsize=9)
    return figure


def draw_forest(data: pd.DataFrame) -> Figure:
    """Draw estimates with 95 % intervals, one row a specification, both directions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 4.8), layout="constrained")
    pair = figure.subplots(1, 2, sharey=True)
    rows = list(dict.fromkeys(data["specification"]))
    for axes, direction in zip(pair, DIRECTIONS, strict=True):
        chosen = data[data["direction"] == direction.name].set_index("specification")
        for height, row in enumerate(rows):
            _draw_estimate(axes, height, chosen.loc[row])
        axes.axvline(0, color="0.6", lw=0.8, zorder=0)
        axes.set_yticks(range(len(rows)), rows)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_title(direction.name, fontsize=11)
        axes.set_xlabel("elasticity within a year, 95 % interval")
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
    pair = figure.subplots(1, 2, sharey=True, sharex=True)
    tests = list(dict.fromkeys(data["test"]))
    for axes, direction in zip(pair, DIRECTIONS, strict=True):
        for block, shift, shade in ((1, -0.2, "C0"), (3, 0.2, "C9")):
            drawn = data[(data["direction"] == direction.name) & (data["block"] == block)]
            share = drawn.set_index("test")["size"].reindex(tests)
            words = "years resampled one by one" if block == 1 else "in blocks of three"
            at = np.arange(len(tests)) + shift
            axes.barh(at, 100 * share, height=0.38, color=shade, label=words)
        axes.axvline(100 * NOMINAL, color="C3", lw=1.2, ls="--", label="as it should be")
        axes.set_yticks(range(len(tests)), tests)
        axes.set_ylim(len(tests) - 0.5, -0.5)
        axes.set_title(direction.name, fontsize=11)
        axes.set_xlabel("% of true nulls rejected at 5 %")
        axes.spines[["top", "right"]].set_visible(False)
    handles, labels = pair[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure


def draw_curve(data: pd.DataFrame, choices: dict[str, tuple[Any, ...]]) -> Figure:
    """Draw t sorted by size, and below each which choices it stands for."""
    from matplotlib.figure import Figure

    lines = [(name, value) for name, values in choices.items() for value in values]
    figure = Figure(figsize=(9.6, 7.6), layout="constrained")
    grid = figure.subplots(2, 2, sharex="col", sharey="row", height_ratios=[1.0, 1.5])
    for (above, below), direction in zip(grid.T, DIRECTIONS, strict=True):
        curve = data[data["direction"] == direction.name].sort_values("statistic")
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
        above.set_title(f"{direction.name}: {len(curve)} specifications", fontsize=11)
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
    """Name one choice."""
    return {
        "lags": f"{value} lag{'' if value == 1 else 's'}",
        "standards": f"standards: {value}",
        "patents": f"patents: {value}",
        "fields": f"fields: {value}",
    }.get(name, str(value))
