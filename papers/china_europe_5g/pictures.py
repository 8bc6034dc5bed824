"""The numbers and the drawing of the three figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.agreements.bargaining import (
    Package,
    draw_package,
    issue_by_issue,
    least_surplus,
    mirror_package,
    solve,
    with_rival,
)
from unigauge.models.agreements.coalitions import RivalCoalitions, partition_core
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

STRENGTHS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 8.0, 10.0)
_REGIMES = {
    "0|1|2": ("no deal", "0.85"),
    "01|2": ("China with Europe", "C2"),
    "several": ("several stable", "C1"),
    "joined": ("rival joined", "C3"),
    "none": ("nothing stable", "0.35"),
}


def draw_parties(game: Package, points: Mapping[str, NDArray[np.float64]]) -> Axes:
    """Draw the bargain over speed and security."""
    axes = draw_package(
        game, points, axes_or_new(None, size=(7.6, 4.8)), names=("China", "Europe")
    )
    axes.set(xlabel="speed", ylabel="security", xlim=(0.3, 1.03), ylim=(0.3, 1.03))
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def log_rolling_data(points: int) -> pd.DataFrame:
    """Return what a package gains each party, over asymmetry, with and without frontier."""
    import pandas as pd

    rows = []
    for a in np.linspace(0.5, 0.9, points).round(6).tolist():
        bound = Package(weights=((a, 1 - a), (1 - a, a)), disagreement=-0.4)
        row = {"asymmetry": a}
        for name, game in (
            ("no_frontier", mirror_package(a, 0.6, disagreement=-0.4)),
            ("frontier", bound),
        ):
            gain = solve(game).utilities - issue_by_issue(game).utilities
            row[name] = float(gain[0])
        rows.append(row)
    return pd.DataFrame(rows)


def draw_log_rolling(data: pd.DataFrame) -> Axes:
    """Draw the gains from log-rolling."""
    axes = axes_or_new(None, size=(6.0, 3.8))
    axes.plot(data["asymmetry"], data["no_frontier"], "C0", label="no frontier")
    axes.plot(data["asymmetry"], data["frontier"], "C1", label="frontier binds")
    axes.set_xlabel("weight of each party on the issue it cares for")
    axes.set_ylabel("gain of each party over issue by issue")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


def rival_data(points: int, worth: Mapping[str, Any]) -> pd.DataFrame:
    """Return surplus, deal and utilities over the rival's strength."""
    import pandas as pd

    rows = []
    for strength in np.geomspace(0.03, 8, points).round(4).tolist():
        game = with_rival(Package(), rival_strength=strength, own_strength=2.0, **worth)
        deal = solve(game)
        rows.append(
            {
                "rival_strength": strength,
                "surplus": least_surplus(game),
                "speed": deal.x[0],
                "security": deal.x[1],
                "utility_china": deal.utilities[0],
                "utility_europe": deal.utilities[1],
            }
        )
    return pd.DataFrame(rows)


def coalition_table() -> pd.DataFrame:
    """Return the core over the strength of a rival that can be joined."""
    import pandas as pd

    rows = {
        strength: partition_core(RivalCoalitions(strength=(3, 3, strength))).record()
        for strength in STRENGTHS
    }
    frame = pd.DataFrame(rows).T[["stable", "status", "certificate"]]
    return frame.assign(stable=frame["stable"].astype(str))


def draw_rival(data: pd.DataFrame, threshold: float, core: pd.DataFrame) -> Figure:
    """Draw surplus and utilities over the rival's strength, and the core beside them."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.5, 3.6), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    left.plot(data["rival_strength"], data["surplus"], "C0")
    left.axhline(0, color="0.5", lw=0.8)
    left.axvline(threshold, color="0.4", lw=1, ls=":")
    left.annotate(
        f"deal from K = {threshold:.3f}",
        (threshold, data["surplus"].max()),
        xytext=(5, 0),
        textcoords="offset points",
        va="top",
        fontsize=9,
    )
    left.set_xscale("log")
    left.set_xlabel("strength K of a rival that cannot be joined")
    left.set_ylabel("surplus of the deal")
    left.set_title("A rival that cannot be joined")
    deals = data.dropna()
    for who, colour in (("China", "C3"), ("Europe", "C0")):
        worth = deals[f"utility_{who.lower()}"]
        middle.plot(
            deals["rival_strength"], 1000 * (worth - worth.iloc[0]), colour, label=who
        )
    middle.axhline(0, color="0.5", lw=0.8)
    middle.set_xscale("log")
    middle.set_xlabel("strength K of a rival that cannot be joined")
    middle.set_ylabel("change of utility in the deal, thousandths")
    middle.set_title("Who concedes")
    middle.legend(frameon=False, loc="center right")
    seen = []
    for place, (stable, status) in enumerate(
        zip(core["stable"], core["status"], strict=True)
    ):
        regime = _regime(stable, status)
        name, colour = _REGIMES[regime]
        label = None if regime in seen else name
        seen.append(regime)
        right.bar(place, 1, width=1.0, color=colour, edgecolor="w", label=label)
    right.set_xticks(range(len(core)), [f"{k:g}" for k in core.index], fontsize=8)
    right.set_yticks([])
    right.set_ylim(0, 1.6)
    right.set_xlabel("strength K of a rival that can be joined")
    right.set_title("A rival that can be joined")
    right.legend(frameon=False, ncols=2, loc="upper left", fontsize=9)
    for axes in (left, middle, right):
        axes.spines[["top", "right"]].set_visible(False)
    right.spines["left"].set_visible(False)
    return figure


def _regime(stable: str, status: str) -> str:
    """Return the entry of the legend."""
    if status == "empty_core":
        return "none"
    if stable in _REGIMES:
        return stable
    return "several" if "01|2" in stable.split() else "joined"
