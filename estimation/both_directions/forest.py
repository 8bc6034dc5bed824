"""The forest plot of both directions: one line a method, on one scale."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation.both_directions.findings import Case
from unigauge.estimation.both_directions.methods import BESIDE
from unigauge.estimation.both_directions.report_words import METHOD_NAMES, p_text
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["axes_beside", "draw", "forest_lines"]

_NORMAL_975 = 1.959963984540054


def forest_lines(cases: tuple[Case, Case]) -> pd.DataFrame:
    """Return one line a direction and method: standardised effect, interval, p-value."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "direction": case.question.direction,
                "method": method,
                **_standardised(case, method),
            }
            for case in cases
            for method in case.methods
        ]
    )


def axes_beside(lines: int) -> list[Axes]:
    """Return axes on a new figure: the forest's on the left, two on the right."""
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(12.4, _height(lines)), layout="constrained")
    grid = figure.subplot_mosaic(
        [["forest", "one"], ["forest", "other"]], width_ratios=[3, 2]
    )
    return list(grid.values())


def _height(lines: int) -> float:
    return 1.8 + 0.36 * (lines + 2)


def draw(
    data: pd.DataFrame,
    verdicts: Mapping[str, str],
    smallest_effect: float,
    ax: Axes | None,
) -> Axes:
    """Draw the lines, each direction under its verdict, p-values at the edge."""
    ax = axes_or_new(ax, size=(7.4, _height(len(data))))
    ax.axvspan(-smallest_effect, smallest_effect, color="0.95", zorder=0)
    ax.axvline(0.0, color="0.6", linewidth=0.8)
    largest = _largest(data[["effect", "conf_low", "conf_high"]])
    reach = 1.2 * max(smallest_effect, largest)
    ends = data[["conf_low", "conf_high"]].clip(-reach, reach)
    at_edge = ax.get_yaxis_transform()
    place, ticks = 0, {}
    for direction, rows in data.assign(**ends).groupby("direction", sort=False):
        heading = f"{direction}: {verdicts[str(direction)]}"
        ax.text(0.02, place, heading, transform=at_edge, va="center", weight="bold")
        for row in rows.itertuples():
            place -= 1
            ticks[place] = METHOD_NAMES[str(row.method)]
            ax.text(1.02, place, str(row.text), transform=at_edge, va="center")
            _draw_line(ax, place, row)
        place -= 1
    ax.set_yticks(list(ticks), list(ticks.values()))
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(place + 0.3, 0.7)
    ax.set_xlabel("standard deviations of the outcome for one of the cause")
    _draw_legend(ax, smallest_effect, 0.75 / (_height(len(data)) - 1.5))
    return ax


def _standardised(case: Case, method: str) -> dict[str, Any]:
    """Return a method's line of the forest plot."""
    row = case.get(method)
    scale, low, high, interval = case.scale, row.conf_low, row.conf_high, "clustered"
    if method == "fixed_effects":
        interval = "bootstrap"
    elif method == "poisson" and row.ran:
        count = case.sample.counts[case.question.outcome]
        cause = case.question.poisson_regressor(case.question.x)
        scale = case.sample.spread(cause) / case.sample.spread(f"log1p({count})")
    elif math.isnan(low):
        reach = _NORMAL_975 * row.std_error
        low, high, interval = row.estimate - reach, row.estimate + reach, "asymptotic"
    if method in BESIDE:
        interval = "asymptotic"
    return {
        "effect": row.estimate * scale,
        "conf_low": low * scale,
        "conf_high": high * scale,
        "interval": interval if math.isfinite(row.estimate) else "",
        "p_value": case.trusted(method),
        "found": method in case.found,
        "text": p_text(case.trusted(method)) if row.ran else "not run",
    }


def _largest(numbers: pd.DataFrame) -> float:
    """Return the largest finite size of any number, or zero."""
    sizes = np.abs(numbers.to_numpy(dtype=np.float64))
    return float(sizes[np.isfinite(sizes)].max(initial=0.0))


def _draw_line(ax: Axes, place: int, row: Any) -> None:
    """Draw estimate and interval; filled where it is found at 5 %."""
    if math.isnan(row.effect):
        return
    style = "--" if row.interval == "asymptotic" else "-"
    colour = "0.55" if row.method in BESIDE else "C0"
    ends = [row.conf_low, row.conf_high]
    ax.plot(ends, [place, place], style, color=colour, linewidth=1.4)
    face = colour if row.found else "white"
    ax.plot([row.effect], [place], "o", color=colour, markerfacecolor=face)


def _draw_legend(ax: Axes, smallest_effect: float, below: float) -> None:
    """Explain lines, markers and band below the axis."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries = [
        Line2D([], [], color="C0", marker="o", label="95 % interval; found at 5 %"),
        Line2D([], [], color="C0", marker="o", markerfacecolor="white", label="not found"),
        Line2D([], [], color="C0", linestyle="--", label="asymptotic, too narrow"),
        Line2D(
            [],
            [],
            color="0.55",
            marker="o",
            markerfacecolor="white",
            label="decides nothing",
        ),
        Patch(color="0.95", label=f"within {smallest_effect:g}: not worth finding"),
    ]
    ax.legend(
        handles=entries,
        ncols=2,
        loc="upper center",
        bbox_to_anchor=(0.4, -below),
        frameon=False,
        fontsize="small",
    )
