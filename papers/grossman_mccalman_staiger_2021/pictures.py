"""The numbers and the drawing of the four figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.regulation.delocation import (
    FOREIGN,
    HOME,
    Outcome,
    World,
    equilibrium,
    solve,
)
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes


def welfare_by_regime(outcomes: dict[str, Outcome]) -> pd.DataFrame:
    """Return world welfare and its gap to the optimum, by regime."""
    import pandas as pd

    best = outcomes["efficient"].world_welfare
    rows = [
        {
            "regime": regime,
            "world_welfare": outcome.world_welfare,
            "gap_to_efficient": best - outcome.world_welfare,
        }
        for regime, outcome in outcomes.items()
    ]
    return pd.DataFrame(rows)


def draw_welfare(data: pd.DataFrame) -> Axes:
    """Draw the gaps to the optimum as bars."""
    axes = axes_or_new(None, size=(6.8, 3.4))
    ordered = data.sort_values("gap_to_efficient", ascending=False)
    names = [name.replace("_", " ") for name in ordered["regime"]]
    bars = axes.barh(names, ordered["gap_to_efficient"], color="C0")
    axes.bar_label(bars, fmt="%.4f", padding=4)
    axes.set_xlabel("loss of world welfare against the optimum (utility)")
    axes.margins(x=0.15)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def designs_by_regime(outcomes: dict[str, Outcome]) -> pd.DataFrame:
    """Return the four versions of every regime, one row a version."""
    import pandas as pd

    return pd.concat(
        [outcome.plot_data().assign(regime=regime) for regime, outcome in outcomes.items()],
        ignore_index=True,
    )


def draw_designs(data: pd.DataFrame, world: World) -> Axes:
    """Draw the versions on the line of tastes, one row a regime."""
    axes = axes_or_new(None, size=(7.2, 4.2))
    regimes = list(dict.fromkeys(data["regime"]))
    for position in world.taste:
        axes.axvline(position, color="0.6", lw=1, ls="--", zorder=0)
    for origin, colour, shift in (("home", "C0", -0.13), ("foreign", "C1", 0.13)):
        for market, filled in (("home", True), ("foreign", False)):
            chosen = data[(data["origin"] == origin) & (data["market"] == market)]
            axes.plot(
                chosen["attribute"],
                [regimes.index(regime) + shift for regime in chosen["regime"]],
                "o" if origin == "home" else "s",
                color=colour,
                mfc=colour if filled else "white",
                ms=8,
                label=f"{origin} firms, sold in {market}",
            )
    axes.set_yticks(range(len(regimes)), [name.replace("_", " ") for name in regimes])
    axes.set_ylim(len(regimes) - 0.5, -0.5)
    axes.set_xlabel("attribute (dashed: tastes, foreign left, home right)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, 1.2), ncols=2, frameon=False)
    return axes


def two_rules(grid: Iterable[float]) -> pd.DataFrame:
    """Return world welfare under three regimes over a grid of externalities."""
    from unigauge.sweeps import sweep

    frame = sweep(welfare_at, {"xi": [float(xi) for xi in grid]})
    return frame.drop(columns="error")


def welfare_at(xi: float) -> dict[str, float]:
    """Return world welfare by regime at one externality, b = -0.5."""
    world = World(externality=(xi, xi), harmless_attribute=(-0.5, -0.5))
    regimes = ("efficient", "mutual_recognition", "national_treatment")
    return {regime: solve(world, regime).world_welfare for regime in regimes}


def draw_two_rules(data: pd.DataFrame, where: float) -> Axes:
    """Draw the three welfare lines and mark the crossing."""
    axes = axes_or_new(None, size=(6.4, 3.8))
    styles = {"efficient": ":", "mutual_recognition": "-", "national_treatment": "--"}
    for regime, style in styles.items():
        axes.plot(data["xi"], data[regime], style, label=regime.replace("_", " "))
    axes.axvline(where, color="0.4", lw=1, ls=":")
    axes.annotate(
        f"equal at {where:.3f}",
        (where, data["efficient"].max()),
        xytext=(6, -4),
        textcoords="offset points",
    )
    axes.set_xlabel("externality xi (utility per squared attribute)")
    axes.set_ylabel("world welfare (utility)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


def import_standard(free: Outcome, points: int) -> pd.DataFrame:
    """Return firms and changes of welfare as home moves its import standard."""
    import pandas as pd

    grid = np.linspace(-0.4, 0.6, points)
    attributes = np.tile(free.attributes, (points, 1, 1))
    attributes[:, FOREIGN, HOME] = grid
    market = equilibrium(free.world, attributes)
    gain = market.welfare - free.welfare
    return pd.DataFrame(
        {
            "import_standard": grid,
            "firms_home": market.firms[:, HOME],
            "firms_foreign": market.firms[:, FOREIGN],
            "gain_home": gain[:, HOME],
            "gain_foreign": gain[:, FOREIGN],
            "gain_world": gain @ np.array(free.world.market_size),
        }
    )


def draw_delocation(data: pd.DataFrame, free: Outcome) -> Axes:
    """Draw firms, and changes of welfare, against home's import standard."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    first: Axes = left
    for country, colour in (("home", "C0"), ("foreign", "C1")):
        left.plot(data["import_standard"], data[f"firms_{country}"], colour, label=country)
        right.plot(data["import_standard"], data[f"gain_{country}"], colour, label=country)
    right.plot(data["import_standard"], data["gain_world"], "k--", label="world")
    right.axhline(0, color="0.7", lw=0.8, zorder=0)
    for axes, what in ((left, "number of firms"), (right, "change of welfare (utility)")):
        axes.axvline(free.attributes[FOREIGN, HOME], color="0.4", lw=1, ls=":")
        axes.set_xlabel("home's standard for imports")
        axes.set_ylabel(what)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    return first
