"""The pictures that the study of fields does not have, each from a data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.papers.both_ways.pictures import (
    PATENTS,
    STANDARDS,
    draw_forest,
)
from unigauge.papers.both_ways.regressions import NOMINAL, demeaned
from unigauge.papers.innovation_standards_countries.evidence import DIRECTIONS, NAMES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = [
    "courses",
    "draw_courses",
    "draw_estimates",
    "draw_left_out",
    "draw_projections",
]

SHOWN = 11
"""Countries drawn one by one: the largest without a gap."""


def courses(block: pd.DataFrame) -> pd.DataFrame:
    """Return both series less their country's mean: the largest countries, and the mean."""
    import pandas as pd

    own = demeaned(block[list(NAMES)], "iso3")
    people = block["population"].groupby("iso3").last()
    largest = people.sort_values(ascending=False, kind="stable").index[:SHOWN]
    world = pd.concat({"mean of all": own.groupby("year").mean()}, names=["iso3"])
    return pd.concat([own.loc[list(largest)], world]).reset_index()


def draw_courses(data: pd.DataFrame) -> Figure:
    """Draw one small panel a country."""
    from matplotlib.figure import Figure

    countries = list(dict.fromkeys(data["iso3"]))
    figure = Figure(figsize=(9.6, 6.4), layout="constrained")
    grid = figure.subplots(3, 4, sharex=True, sharey=True)
    for axes, country in zip(grid.flat, countries, strict=True):
        course = data[data["iso3"] == country]
        axes.axhline(0, color="0.8", lw=0.8, zorder=0)
        axes.plot(course["year"], course["certificates"], STANDARDS, lw=1.4)
        axes.plot(course["year"], course["patents"], PATENTS, lw=1.8)
        axes.set_title(country, fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xticks([2000, 2010], ["2000", "2010"])
    grid.flat[-1].set_facecolor("0.95")
    handles = grid.flat[0].lines[1:]
    labels = ["certificates (ISO 9001)", "patent applications"]
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    figure.supylabel("log(1 + number per million), less the country's mean", fontsize=10)
    return figure


def draw_estimates(data: pd.DataFrame) -> Figure:
    """Draw estimates with intervals, one row a specification or sample."""
    figure = draw_forest(data)
    figure.set_size_inches(9.6, 6.4)
    return figure


def draw_left_out(data: pd.DataFrame) -> Figure:
    """Draw the estimates without each country, sorted, for both estimators."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 6.0), layout="constrained")
    estimators = tuple(dict.fromkeys(data["estimator"]))
    grid = figure.subplots(len(estimators), len(DIRECTIONS), squeeze=False)
    for row, estimator in zip(grid, estimators, strict=True):
        for axes, direction in zip(row, DIRECTIONS, strict=True):
            chosen = (data["estimator"] == estimator) & (
                data["direction"] == direction.name
            )
            drawn = data[chosen].sort_values("estimate", kind="stable")
            rank = np.arange(len(drawn))
            significant = (drawn["p clustered"] <= NOMINAL).to_numpy()
            axes.axhline(0, color="0.6", lw=0.8, zorder=0)
            for seen, colour, words in (
                (~significant, "0.5", "not significant"),
                (significant, "C3", "significant at 5 % (clustered)"),
            ):
                axes.plot(
                    rank[seen], drawn["estimate"][seen], ".", color=colour, label=words
                )
            for at, ha, shift, up in ((0, "left", 4, -12), (-1, "right", -4, 6)):
                axes.annotate(
                    f"without {drawn['without'].iloc[at]}",
                    (rank[at], drawn["estimate"].iloc[at]),
                    xytext=(shift, up),
                    textcoords="offset points",
                    ha=ha,
                    fontsize=8,
                )
            axes.margins(y=0.18)
            axes.set_title(f"{estimator}: {direction.name}", fontsize=10)
            axes.set_xticks([])
            axes.spines[["top", "right"]].set_visible(False)
    grid[0, 0].legend(frameon=False, loc="lower right", markerscale=2)
    figure.supxlabel("one country left out, sorted by estimate", fontsize=10)
    figure.supylabel("coefficient of the cause a year before", fontsize=10)
    return figure


def draw_projections(data: pd.DataFrame) -> Figure:
    """Draw the responses over the years with clustered 95 % bands."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 3.8), layout="constrained")
    pair = figure.subplots(1, 2, sharey=True)
    for axes, direction in zip(pair, DIRECTIONS, strict=True):
        path = data[
            (data["direction"] == direction.name) & (data["ordering"] == "unrestricted")
        ]
        axes.axhline(0, color="0.6", lw=0.8)
        axes.fill_between(
            path["horizon"], path["conf_low"], path["conf_high"], alpha=0.2, lw=0
        )
        axes.plot(path["horizon"], path["estimate"], "o-", label="estimate")
        axes.plot(
            path["horizon"],
            path["jackknife"],
            "D--",
            color="0.45",
            ms=4,
            label="jackknifed",
        )
        axes.set_title(direction.name, fontsize=11)
        axes.set_xlabel("years after the cause")
        axes.spines[["top", "right"]].set_visible(False)
    pair[0].set_ylabel("response, elasticity")
    pair[0].legend(frameon=False)
    return figure
