"""Pictures of bias and rejection, each from a data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.papers.bridge.plan import SIZES
from unigauge.papers.dumitrescu_hurlin_2012.simulation import LEVEL

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "by_size",
    "draw_broken",
    "draw_by_size",
    "draw_rejections",
    "of_broken",
    "of_rejections",
]

PARAMETERS = {
    "a11": "own lag of knowledge",
    "a12": "effect of standards",
    "a22": "own lag of standards",
    "l_k": "adjustment of knowledge",
    "b_ks": "response of knowledge to standards",
    "b_sk": "response of standards to knowledge",
    "loop": "loop of both effects",
    "l_k b_ks": "effect of standards",
    "d11": "effect of neighbours",
    "- l_k q": "curvature",
    "- chi": "interaction",
    "no causality": "no effect",
}
"""The parameters in words; others are words already."""

JUDGED = ("l_k", "b_ks", "loop")
"""What is judged where a rule is broken."""

MARKERS = dict(zip(SIZES, ("v", "s", "D", "o", "^"), strict=True))
SHADES = dict(
    zip(SIZES, ("#9ecae1", "#fdae6b", "#d94801", "#2171b5", "#08306b"), strict=True)
)
WORLDS = {
    "unit_trends": "units have trends",
    "common_factor": "units load on a common factor",
    "persistence_differs": "own lags differ",
    "effect_differs": "effects of standards differ",
}


def label(estimator: str, parameter: str) -> str:
    """Return a row's name."""
    return f"{estimator}: {PARAMETERS.get(parameter, parameter)}"


def by_size(tables: pd.DataFrame) -> pd.DataFrame:
    """Return bias, in per cent of the truth, and rejections by sample size."""
    from unigauge.papers.bridge.simulation import truth

    grid = tables[(tables["table"] == "grid") & (tables["parameter"] != "no causality")]
    grid = grid[~grid["estimator"].str.contains("delta")]
    kept = grid[grid["parameter"].isin(["a12", "loop"])]
    grid = kept.sort_values("parameter", kind="stable").reset_index(drop=True)
    scale = 100 / grid["parameter"].map(lambda name: truth(name, effect=True))
    rows = map(label, grid["estimator"], grid["parameter"])
    return grid[["units", "periods"]].assign(
        row=list(rows),
        bias=grid["bias"] * scale,
        bias_error=grid["bias_error"] * scale,
        rejected=100 * grid["size"],
        rejected_error=100 * grid["size_error"],
    )


def draw_by_size(data: pd.DataFrame) -> Figure:
    """Draw bias to the left, rejections of the truth to the right."""
    from matplotlib.figure import Figure

    rows = list(dict.fromkeys(data["row"]))
    figure = Figure(figsize=(10.5, 1.4 + 0.8 * len(rows)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    offsets = np.linspace(0.3, -0.3, len(SIZES))
    for size, offset in zip(SIZES, offsets, strict=True):
        units, periods = size
        part = data[(data["units"] == units) & (data["periods"] == periods)]
        heights = [len(rows) - 1 - rows.index(row) + offset for row in part["row"]]
        for axes, name in ((left, "bias"), (right, "rejected")):
            axes.errorbar(
                part[name],
                heights,
                xerr=1.96 * part[f"{name}_error"],
                fmt=MARKERS[size],
                color=SHADES[size],
                markersize=6,
                elinewidth=1,
                label=f"{units} units, {periods} periods",
            )
    left.axvline(0, color="0.4", lw=0.8)
    right.axvline(100 * LEVEL, color="0.4", lw=0.8, ls="--")
    left.set_yticks(range(len(rows)), [row.replace(": ", ":\n") for row in rows[::-1]])
    left.set_xlabel("bias, % of the true value")
    right.set_xlabel("draws that reject the true value, % (5 % asked for)")
    right.set_xlim(left=0)
    for axes in (left, right):
        _clear(axes, len(rows))
    figure.legend(
        *left.get_legend_handles_labels(),
        loc="outside upper center",
        ncols=len(SIZES),
        frameon=False,
        fontsize=9,
    )
    return figure


def of_rejections(tables: pd.DataFrame) -> pd.DataFrame:
    """Return the table's rejections of the truth, with the effect and without it."""
    main = tables[tables["table"] == "main"]
    test = main["parameter"] == "no causality"
    return main[["estimator", "parameter"]].assign(
        row=list(map(label, main["estimator"], main["parameter"])),
        with_effect=100 * main["size"].where(~test),
        without_effect=100 * main["size_null"].where(~test, main["size"]),
    )


def draw_rejections(data: pd.DataFrame) -> Figure:
    """Draw a row for each estimator and parameter."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.5, 1.2 + 0.27 * len(data)), layout="constrained")
    axes = figure.subplots()
    heights = np.arange(len(data))[::-1]
    axes.axvline(100 * LEVEL, color="0.4", lw=0.8, ls="--")
    axes.plot(data["with_effect"], heights, "o", color="#2171b5", label="standards matter")
    axes.plot(
        data["without_effect"], heights, "x", color="#d94801", label="standards do not"
    )
    axes.set_yticks(heights, data["row"], fontsize=8.5)
    axes.set_xlabel("draws that reject the true value, % (5 % asked for)")
    axes.set_xlim(0, 102)
    axes.set_ylim(-0.8, len(data) - 0.2)
    axes.grid(axis="x", color="0.9")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return figure


def of_broken(tables: pd.DataFrame) -> pd.DataFrame:
    """Return rejections of adjustment, response and loop in worlds that break a rule.

    By fixed effects the adjustment of knowledge is one less its own lag.
    """
    broken = tables[tables["table"] == "broken"]
    broken = broken.assign(parameter=broken["parameter"].replace("a11", "l_k"))
    kept = broken["parameter"].isin(JUDGED) & ~broken["estimator"].str.contains("delta")
    columns = ["world", "estimator", "parameter", "size", "size_error", "draws"]
    return broken.loc[kept, columns]


def draw_broken(data: pd.DataFrame) -> Figure:
    """Draw a panel for each parameter, a row for each world that breaks a rule."""
    from matplotlib.figure import Figure

    estimators = list(dict.fromkeys(data["estimator"]))
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    for axes, parameter in zip(panels, JUDGED, strict=True):
        axes.axvline(100 * LEVEL, color="0.4", lw=0.8, ls="--")
        for number, estimator in enumerate(estimators):
            part = data[(data["estimator"] == estimator) & (data["parameter"] == parameter)]
            heights = [len(WORLDS) - 1 - list(WORLDS).index(w) for w in part["world"]]
            offset = 0.25 - 0.5 * number / (len(estimators) - 1)
            axes.plot(
                100 * part["size"],
                np.add(heights, offset),
                "osD^"[number],
                label=estimator,
                color=("#2171b5", "#d94801", "#31a354", "#756bb1")[number],
            )
        axes.set_yticks(range(len(WORLDS)), list(WORLDS.values())[::-1])
        axes.set_title(PARAMETERS[parameter], fontsize=10)
        axes.set_xlabel("draws that reject the truth, %")
        axes.set_xlim(left=0)
        _clear(axes, len(WORLDS))
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside upper center",
        ncols=len(estimators),
        frameon=False,
        fontsize=9,
    )
    return figure


def _clear(axes: Axes, rows: int) -> None:
    """Part the rows by thin lines and take the frame away."""
    for edge in np.arange(rows - 1) + 0.5:
        axes.axhline(edge, color="0.9", lw=0.8, zorder=0)
    axes.set_ylim(-0.5, rows - 0.5)
    axes.spines[["top", "right"]].set_visible(False)
