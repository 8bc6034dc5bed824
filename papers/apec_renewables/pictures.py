"""The drawing of the four figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from unigauge.models.agreements.bargaining import Assistance

ECONOMIES = ("economy A", "economy B", "economy C", "economy D", "economy E")


def draw_assistance(outcomes: dict[str, Assistance]) -> Figure:
    """Draw the donors' gain against the staircase of cost, for each group of donors."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.8), layout="constrained")
    for axes, (name, outcome) in zip(figure.subplots(1, 2), outcomes.items(), strict=True):
        outcome.plot(axes)
        axes.set_title(name)
        axes.set(xlim=(0.5, 3.0), ylim=(0, 1.3))
    return figure


def draw_economies(data: pd.DataFrame, unanimous: float, joint: float) -> Axes:
    """Draw what each economy likes best before and after assistance."""
    axes = axes_or_new(None, size=(7.4, 3.8))
    place = np.arange(len(data))
    axes.bar(place, data["peak"], 0.6, color="0.75", label="on its own")
    raised = data["peak_after"] - data["peak"]
    axes.bar(place, raised, 0.6, bottom=data["peak"], color="C2", label="with assistance")
    for label, level, style in (
        ("unanimity", unanimous, ":"),
        ("with assistance", joint, "--"),
    ):
        axes.axhline(level, color="k", lw=1.2, ls=style)
        axes.annotate(
            f"{label}\n{level:.2f}",
            (len(data) - 0.6, level),
            xytext=(0, 3),
            textcoords="offset points",
            fontsize=9,
        )
    donors = ["\n(donor)" if donor else "" for donor in data["donor"]]
    axes.set_xticks(place, [n + d for n, d in zip(ECONOMIES, donors, strict=True)])
    axes.set_ylabel("stringency that it likes best")
    axes.set(xlim=(-0.5, len(data) + 0.7), ylim=(0, 2.8))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper right")
    return axes


def draw_dialogue(free: pd.DataFrame, anchored: pd.DataFrame) -> Figure:
    """Draw views over rounds, without and with anchors."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.4, 3.6), layout="constrained")
    both = figure.subplots(1, 2, sharey=True)
    titles = ("Without anchors", "Anchored, a = 0.3")
    for axes, data, title in zip(both, (free, anchored), titles, strict=True):
        for number, column in enumerate(data.columns[1:]):
            axes.plot(data["round"], data[column], f"C{number}", lw=1.6)
        axes.set_title(title)
        axes.set_xlabel("round of dialogue")
        axes.spines[["top", "right"]].set_visible(False)
    both[0].set_ylabel("stringency that a regulator favours")
    return figure


def draw_talk(data: pd.DataFrame, limit: float) -> Axes:
    """Draw what talk and delegation lose."""
    axes = axes_or_new(None, size=(6.2, 3.8))
    axes.plot(data["bias"], data["talk"], "C0", label="listen to the other side")
    axes.plot(data["bias"], data["delegation"], "C1--", label="let it draft")
    axes.axhline(1 / 12, color="0.4", lw=1, ls=":", label="no information")
    axes.axvline(limit, color="0.4", lw=0.8)
    axes.annotate(
        f"b = {limit:.4f}", (limit, 0.01), xytext=(4, 0), textcoords="offset points"
    )
    axes.set(xlim=(0, 0.4), ylim=(0, 0.12))
    axes.set_xlabel("bias b: how far apart what they want is")
    axes.set_ylabel("loss")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return axes
