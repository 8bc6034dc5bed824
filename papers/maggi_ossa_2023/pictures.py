"""The numbers and the drawing of the three figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unigauge.models.regulation.lobbying import Economy, lobbying_path, thresholds
from unigauge.papers.maggi_ossa_2023.economies import TRADERS
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray


def panels() -> tuple[Figure, tuple[Axes, Axes]]:
    """Return a figure of two panels, product and process standards."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, standard in ((left, "Product"), (right, "Process")):
        axes.set_title(f"{standard} standards")
        axes.set_xlabel("lobbying g")
        axes.spines[["top", "right"]].set_visible(False)
    return figure, (left, right)


def draw_welfare(paths: dict[str, pd.DataFrame]) -> Figure:
    """Draw the welfare effect of the agreement and its thresholds."""
    figure, both = panels()
    for axes, (standard, path) in zip(both, paths.items(), strict=True):
        axes.plot(path.index, path["welfare_effect"], "C0")
        axes.axhline(0, color="0.6", lw=0.8, zorder=0)
        low, high = axes.get_ylim()
        high += 0.3 * (high - low)
        axes.set_ylim(low, high)
        marks = sorted(thresholds(Economy(), standard).items(), key=lambda mark: mark[1])
        for position, (name, where) in enumerate(marks):
            axes.axvline(where, color="0.4", lw=1, ls=":")
            axes.annotate(
                f"{name.replace('_', ' ')} {where:.3f}",
                (where, high - (0.04 + 0.08 * position) * (high - low)),
                xytext=(4, 0),
                textcoords="offset points",
                va="top",
                fontsize=8,
                bbox={"color": "white", "pad": 0.5},
            )
    both[0].set_ylabel("change of world welfare")
    return figure


def draw_standards(paths: dict[str, pd.DataFrame]) -> Figure:
    """Draw standards in the three regimes."""
    figure, both = panels()
    styles = {"noncooperative": "C0-", "cooperative": "C1--", "welfare_optimum": "k:"}
    for axes, path in zip(both, paths.values(), strict=True):
        for regime, style in styles.items():
            label = regime.replace("_", " ")
            axes.plot(path.index, path[f"dirtiness_{regime}_1"], style, label=label)
    both[0].set_ylabel("dirtiness allowed")
    both[0].sharey(both[1])
    both[0].legend(frameon=False, loc="upper left")
    return figure


def traders(grid: NDArray[np.float64]) -> pd.DataFrame:
    """Return product standards of a large importer and exporter."""
    path = lobbying_path(TRADERS, "product", grid)
    names = {
        f"dirtiness_{regime}_{number}": f"{who}_{regime}"
        for regime in ("noncooperative", "cooperative")
        for number, who in ((1, "importer"), (2, "exporter"))
    }
    return path[list(names)].rename(columns=names).reset_index()


def draw_traders(data: pd.DataFrame) -> Axes:
    """Draw the standards of importer and exporter."""
    axes = axes_or_new(None, size=(6.4, 3.8))
    for who, colour in (("importer", "C0"), ("exporter", "C1")):
        label = f"{who}, alone"
        axes.plot(data["lobbying"], data[f"{who}_noncooperative"], colour, label=label)
    label = "both, together"
    axes.plot(data["lobbying"], data["importer_cooperative"], "k--", label=label)
    axes.set_xlabel("lobbying g")
    axes.set_ylabel("dirtiness allowed")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes
