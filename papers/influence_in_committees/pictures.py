"""The numbers and the drawing of the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.agreements.contests import (
    Contest,
    Niches,
    parity,
    solve,
    urn_mean,
)
from unigauge.models.agreements.voting import banzhaf
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def head_start_data(points: int) -> pd.DataFrame:
    """Return efforts and probabilities over the head start of one of two alike."""
    import pandas as pd

    rows = []
    for start in np.linspace(0, 0.8, points).tolist():
        outcome = solve(Contest(values=(1, 1), head_starts=(start, 0)))
        rows.append(
            {
                "head_start": start,
                "probability_of_the_newcomer": outcome.probability[1],
                "effort_of_the_incumbent": outcome.effort[0],
                "effort_of_the_newcomer": outcome.effort[1],
            }
        )
    return pd.DataFrame(rows)


def draw_head_start(data: pd.DataFrame) -> Figure:
    """Draw probability and efforts over the head start."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.6, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(data["head_start"], data["probability_of_the_newcomer"], "C0")
    left.set_ylabel("probability that the newcomer wins")
    left.set_ylim(0, 0.6)
    for who, colour in (("incumbent", "C3"), ("newcomer", "C0")):
        right.plot(data["head_start"], data[f"effort_of_the_{who}"], colour, label=who)
    right.set_ylabel("effort")
    right.legend(frameon=False)
    for axes in (left, right):
        axes.axvline(0.25, color="0.4", lw=1, ls=":")
        axes.set_xlabel("head start, as a share of the prize")
        axes.spines[["top", "right"]].set_visible(False)
    left.annotate("h = V/4", (0.25, 0.05), xytext=(5, 0), textcoords="offset points")
    return figure


def draw_niches(found: Niches, names: tuple[str, ...]) -> Axes:
    """Draw the map of fields by incumbency and value."""
    axes = axes_or_new(None, size=(6.6, 4.2))
    across = np.linspace(0, 1.15 * float(found.incumbency.max()), 201)
    cost = float(found.entry_costs[0])
    line = cost * (1 + across / found.capability) ** 2
    top = 1.15 * float(found.values.max())  # noqa: PD011
    axes.fill_between(across, line, top, where=line < top, color="C2", alpha=0.15)
    axes.plot(across, line, color="C2", lw=1.4)
    axes.annotate("enter", (0.03, 0.94), xycoords="axes fraction", color="C2", va="top")
    axes.annotate(
        "stay out", (0.97, 0.04), xycoords="axes fraction", ha="right", color="0.4"
    )
    rank = np.argsort(found.ranking)
    marks = (found.incumbency, found.values, names, rank, found.enters)  # noqa: PD011
    for held, value, name, place, enters in zip(*marks, strict=True):
        axes.plot(held, value, "o", color="C0" if enters else "C3", ms=7)
        axes.annotate(
            f"{name} ({place + 1})",
            (held, value),
            xytext=(-4, 8),
            textcoords="offset points",
            fontsize=9,
        )
    axes.set(xlim=(0, across[-1]), ylim=(0, top))
    axes.set_xlabel("strength of the incumbent I")
    axes.set_ylabel("value of the field V")
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def power_data(families: pd.Series) -> pd.DataFrame:
    """Return shares of weight and power of declared families at two quotas."""
    import pandas as pd

    families = families.sort_values(ascending=False)
    weights = families.to_numpy(dtype=float)
    total = float(weights.sum())
    rows = {"weight": weights / total}
    for name, share in (("majority", 0.5001), ("three_quarters", 0.75)):
        rows[f"power_{name}"] = banzhaf(weights, share * total).power
    return pd.DataFrame(rows, index=families.index.rename("company"))


def draw_power(data: pd.DataFrame) -> Axes:
    """Draw weights beside power."""
    axes = axes_or_new(None, size=(7.2, 3.8))
    labels = ("share of the weight", "power, simple majority", "power, three quarters")
    for number, (column, label) in enumerate(zip(data.columns, labels, strict=True)):
        place = np.arange(len(data)) + 0.27 * (number - 1)
        colour = "0.75" if number == 0 else f"C{number - 1}"
        axes.bar(place, data[column], 0.26, color=colour, label=label)
    axes.set_xticks(np.arange(len(data)), data.index.astype(str).tolist())
    axes.set_ylabel("share")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


def catching_up_data(
    leader: float, follower: float, years: tuple[float, ...], pace: float
) -> pd.DataFrame:
    """Return the ratio of shares over time at the drifts needed and at 3GPP's pace."""
    import pandas as pd

    time = np.linspace(0, 32, 161)
    columns: dict[str, object] = {"time": time}
    for span in years:
        drift = parity(leader, follower, time=span).drift
        columns[f"parity_in_{span:g}_years"] = leader / follower * np.exp(-drift * time)
    columns["pace_of_3gpp"] = leader / follower * np.exp(-pace * time)
    return pd.DataFrame(columns)


def draw_catching_up(
    data: pd.DataFrame, rapporteurs: pd.DataFrame, leader: float, follower: float
) -> Figure:
    """Draw the ratio over time, and the shares of rapporteurs by release."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.2, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for number, column in enumerate(data.columns[1:]):
        label = column.replace("_", " ").replace("3gpp", "3GPP, by release")
        left.semilogy(data["time"], data[column], f"C{number}", label=label)
    left.axhline(1, color="0.4", lw=1, ls=":")
    left.annotate("parity", (0, 1), xytext=(4, 3), textcoords="offset points", fontsize=9)
    left.set_ylim(0.3, 60)
    left.set_yticks([1, 2, 5, 10, 20, 45], ["1", "2", "5", "10", "20", "45"])
    left.minorticks_off()
    left.set_xlabel("years; for 3GPP releases")
    left.set_ylabel("leaders' share over follower's")
    left.set_title(f"From {100 * follower:.0f} % against {100 * leader:.0f} %")
    left.legend(frameon=False, fontsize=9)
    for column, colour in zip(rapporteurs.columns, ("C3", "C0", "0.5"), strict=True):
        right.plot(rapporteurs.index, rapporteurs[column], f"{colour}", marker="o", ms=3)
        right.annotate(
            column,
            (rapporteurs.index[-1], rapporteurs[column].iloc[-1]),
            xytext=(5, -3),
            textcoords="offset points",
            color=colour,
        )
    right.set_xlabel("release")
    right.set_ylabel("share of new specifications")
    right.set_title("Rapporteurs in 3GPP")
    right.set_ylim(0, 0.7)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def advantage_data(start: tuple[float, ...], steps: int) -> pd.DataFrame:
    """Return shares of leader and follower, the first two of an urn, by feedback."""
    import pandas as pd

    columns: dict[str, object] = {"step": np.arange(steps + 1)}
    for power in (0.5, 1.0, 1.5):
        path = urn_mean(start, power, steps=steps).path
        columns[f"leader_{power:g}"] = path[:, 0]
        columns[f"follower_{power:g}"] = path[:, 1]
    return pd.DataFrame(columns)


def draw_advantage(data: pd.DataFrame) -> Axes:
    """Draw the shares over steps."""
    axes = axes_or_new(None, size=(6.6, 3.8))
    for number, power in enumerate(("0.5", "1", "1.5")):
        axes.semilogy(
            data["step"], data[f"leader_{power}"], f"C{number}", label=f"k = {power}"
        )
        axes.semilogy(data["step"], data[f"follower_{power}"], f"C{number}--")
    axes.set_yticks([0.01, 0.02, 0.05, 0.1, 0.5, 1], [".01", ".02", ".05", ".1", ".5", "1"])
    axes.minorticks_off()
    axes.set_xlabel("documents added to the first hundred")
    axes.set_ylabel("share: leader (solid), follower (dashed)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="center right")
    return axes
