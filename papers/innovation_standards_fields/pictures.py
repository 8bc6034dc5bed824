"""The picture of the series, from a data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unigauge.papers.both_ways.pictures import PATENTS, STANDARDS
from unigauge.papers.both_ways.regressions import demeaned
from unigauge.papers.innovation_standards_fields.evidence import THIN

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = [
    "courses",
    "draw_courses",
]


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
