"""Tables and figures of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.dynamics.growth import (
    CostlyPath,
    Economy,
    balanced_growth,
    costly,
    licence_optimum,
    optimum,
    transition,
)
from unigauge.papers import Study
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ELASTICITIES = (2.0, 3.0)
COSTS = (16.0, 20.0, 25.0)


def tables_and_figures(study: Study) -> None:
    """Add the tables and the three figures."""
    rates = np.geomspace(1e-3, 0.12, 40 if study.fast else 140)
    data = by_rate(rates)
    study.table(
        "growth_by_rate",
        data[data["rate"].isin(rates[:: len(rates) // 10])].reset_index(drop=True),
        caption="Balanced growth by rate of standardisation.",
    )
    study.table(
        "costly_paths",
        costly_paths(),
        caption="Balanced paths where standardising costs; inventing costs 10.",
    )
    study.table(
        "protection",
        protection(),
        caption="The rate of standardisation, and where standardising costs 10 the licence "
        "fee, at which growth is highest, with growth and stability of the path at that fee.",
    )
    study.figure(
        "growth_by_rate",
        draw_by_rate(data),
        data=data,
        caption="Growth by rate of standardisation, elasticities 2 and 3. Filled: where "
        "growth is highest; open: where welfare is. With elasticity 2 welfare wants faster "
        "standardisation than growth; with 3 the two nearly agree.",
        alt="Two curves over the rate on a logarithmic axis; both rise, peak and fall, the "
        "one with elasticity 2 higher.",
    )
    data = entry()
    study.figure(
        "entry",
        draw_entry(data),
        data=data,
        caption="What a new good earns above its cost, by new goods for one that is "
        "standardised, where standardising costs 16, 20 or 25 and inventing 10. Balanced "
        "paths are where a curve is zero and growth positive: filled, a saddle; open, a "
        "source, which no path leads to.",
        alt="Three curves over the ratio; each crosses zero at one or two points with "
        "positive growth, of which the right one is open.",
    )
    data = after_a_jump()
    study.figure(
        "jump",
        draw_jump(data),
        data=data,
        caption="Growth of the number of goods when the rate of standardisation jumps at time "
        "0. Faster standardisation lowers growth at once, and slower raises it; both wear "
        "off with a half-life of about nine years.",
        alt="Two lines over time, level before 0: one falls at 0 and recovers, the other "
        "jumps up and comes down.",
    )


def by_rate(rates: np.ndarray) -> pd.DataFrame:
    """Return growth and welfare over rates."""
    import pandas as pd

    rows = []
    for elasticity in ELASTICITIES:
        for rate in rates.tolist():
            (path,) = balanced_growth(Economy(elasticity=elasticity), rate)
            numbers = {"growth": path.growth, "share": path.share, "welfare": path.welfare}
            rows.append({"elasticity": elasticity, "rate": rate, **numbers})
    return pd.DataFrame(rows)


def draw_by_rate(data: pd.DataFrame) -> Axes:
    """Draw growth over rates with both optima."""
    axes = axes_or_new(None, size=(6.4, 4.0))
    for number, elasticity in enumerate(ELASTICITIES):
        line = data[data["elasticity"] == elasticity]
        colour = f"C{number}"
        label = f"elasticity {elasticity:g}"
        axes.plot(line["rate"], 100 * line["growth"], colour, label=label)
        for objective, face in (("growth", colour), ("welfare", "w")):
            best = optimum(Economy(elasticity=elasticity), objective)
            axes.plot(best.rate, 100 * best.growth, "o", mfc=face, mec=colour)
    axes.set_xscale("log")
    axes.set_xlabel("rate of standardisation, a year")
    axes.set_ylabel("growth, % a year")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


def costly_paths() -> pd.DataFrame:
    """Return all balanced paths by cost of standardising."""
    import pandas as pd

    rows = [
        {"standardisation_cost": cost, **path.record()}
        for cost in (15.0, *COSTS, 40.0)
        for path in costly(Economy(standardisation_cost=cost))
    ]
    names = ["standardisation_cost", "growth", "rate", "ratio", "consumption", "stability"]
    return pd.DataFrame(rows)[names]


def protection() -> pd.DataFrame:
    """Return best rates and best fees over economies."""
    import pandas as pd

    changes: list[tuple[str, dict[str, float]]] = [
        ("default", {}),
        ("costlier innovation, 12", {"innovation_cost": 12.0}),
        ("lower mark-up, elasticity 2.5", {"elasticity": 2.5}),
        ("close substitutes, elasticity 5", {"elasticity": 5.0}),
        ("scarcer skill, H = .8, L = 1.2", {"skilled": 0.8, "unskilled": 1.2}),
        ("scarcer skill, H = .8, L = 1", {"skilled": 0.8}),
    ]
    rows = []
    for label, change in changes:
        fee = licence_optimum(Economy(standardisation_cost=10.0, **change))
        row = {"economy": label, "best_rate": optimum(Economy(**change)).rate}
        found = {"growth": fee.growth, "stability": fee.stability}
        rows.append({**row, "best_fee": fee.economy.licence_fee, **found})
    return pd.DataFrame(rows)


def entry() -> pd.DataFrame:
    """Return what innovation earns above its cost, by ratio and cost of standardising."""
    import pandas as pd

    frames = []
    for cost in COSTS:
        path = costly(Economy(standardisation_cost=cost))[-1]
        frames.append(path.plot_data().assign(standardisation_cost=cost))
    return pd.concat(frames, ignore_index=True)


def draw_entry(data: pd.DataFrame) -> Axes:
    """Draw the excess return and the balanced paths."""
    axes = axes_or_new(None, size=(6.4, 4.0))
    for number, cost in enumerate(COSTS):
        line = data[data["standardisation_cost"] == cost]
        axes.plot(
            line["log_ratio"], line["excess_return"], f"C{number}", label=f"cost {cost:g}"
        )
        for path in costly(Economy(standardisation_cost=cost)):
            mark(axes, path, f"C{number}")
    axes.axhline(0, color="0.6", lw=0.8, zorder=0)
    axes.set_ylim(-0.1, 0.1)
    axes.set_xlabel("new goods for one that is standardised, logarithm")
    axes.set_ylabel("excess return of innovation, a year")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, title="standardising")
    return axes


def mark(axes: Axes, path: CostlyPath, colour: str) -> None:
    """Mark a balanced path: filled if it can be reached."""
    face = colour if path.stability == "saddle" else "w"
    axes.plot(np.log(path.ratio), 0, "o", mfc=face, mec=colour, zorder=3)


def after_a_jump() -> pd.DataFrame:
    """Return growth over time after jumps of the rate at time 0."""
    import pandas as pd

    frames = []
    for label, old, new in (("faster", 0.0141, 0.03), ("slower", 0.03, 0.0141)):
        (before,) = balanced_growth(Economy(), old)
        path = transition(Economy(), new, before.share)
        shown = path.time <= 60
        time = np.concatenate([[-15.0, 0.0], path.time[shown]])
        growth = np.concatenate([[before.growth] * 2, path.growth[shown]])
        frames.append(pd.DataFrame({"jump": label, "time": time, "growth": growth}))
    return pd.concat(frames, ignore_index=True)


def draw_jump(data: pd.DataFrame) -> Axes:
    """Draw growth over time."""
    axes = axes_or_new(None, size=(6.4, 3.8))
    labels = {"faster": "from .0141 to .03", "slower": "from .03 to .0141"}
    for jump, label in labels.items():
        line = data[data["jump"] == jump]
        axes.plot(line["time"], 100 * line["growth"], label=label)
    axes.axvline(0, color="0.6", lw=0.8, ls=":", zorder=0)
    axes.set_xlabel("years since the rate of standardisation jumped")
    axes.set_ylabel("growth of goods, % a year")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes
