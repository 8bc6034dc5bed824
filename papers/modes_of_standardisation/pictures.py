"""Tables and figures of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.dynamics.policy_game import MODES, PolicyGame, compare, solve
from unigauge.papers import Study
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LABELS = {
    "market": "market",
    "mixed": "market and governments",
    "national": "national governments",
    "sso": "standards body",
    "planner": "planner",
}
LINES = dict(zip(MODES, ("C3-", "C1-", "C0-", "C2-", "k--"), strict=True))
HALF = PolicyGame(capture=0.5)


def tables_and_figures(study: Study) -> None:
    """Add the tables and the four figures."""
    study.table(
        "modes",
        compare(HALF).drop(columns=["equilibria", "rounds"]),
        caption="Steady state and welfare by mode; firms capture half of the value.",
    )
    data = by_number(range(2, 5 if study.fast else 8))
    study.table(
        "number_of_countries",
        data,
        caption="National governments against a planner by number of countries.",
    )
    study.figure(
        "countries",
        draw_by_number(data),
        data=data,
        caption="How far national governments fall short of a planner by number of countries, "
        "standards common to all or half so. The gap is a hump: with many countries so much "
        "is standardised that more is worth little.",
        alt="Two lines over the number of countries; both rise at first, and fall from "
        "three, or five, countries on.",
    )
    data = paths()
    study.figure(
        "paths",
        draw_paths(data),
        data=data,
        caption="Stocks from nothing on by mode; firms capture half of the value. A standards "
        "body builds up nearly as many standards as a planner, but firms' knowledge lags.",
        alt="Two panels of five rising lines. Knowledge: planner, governments, standards body, "
        "mixed, market. Standards: planner, standards body, governments, mixed, market.",
    )
    data = by_capture(5 if study.fast else 13)
    study.figure(
        "capture",
        draw_by_capture(data),
        data=data,
        caption="Welfare by the part of the value that firms capture. National governments "
        "and a planner do not depend on it; a standards body, whose research firms do, "
        "overtakes national governments near two fifths.",
        alt="Two level lines and three rising ones; the standards body's crosses that of "
        "national governments near .4.",
    )
    data = implied(9 if study.fast else 17)
    study.figure(
        "implied_autoregression",
        draw_implied(data),
        data=data,
        caption="What a panel of such countries would show: the effects of standards on "
        "knowledge and back, a period later, have the sign of synergy; that of foreign on own "
        "standards is negative where standards are common.",
        alt="Two rising lines through zero at zero synergy, and one below zero throughout.",
    )


def by_number(numbers: range) -> pd.DataFrame:
    """Return the gap between governments and a planner by number of countries."""
    import pandas as pd

    rows = []
    for publicness in (0.5, 1.0):
        for countries in numbers:
            game = PolicyGame(countries=countries, publicness=publicness)
            table = compare(game, ["national", "planner"])
            national, planner = table.loc["national"], table.loc["planner"]
            rows.append(
                {
                    "publicness": publicness,
                    "countries": countries,
                    "ratio_of_standards": planner["standards"] / national["standards"],
                    "welfare_lost": planner["welfare"] - national["welfare"],
                }
            )
    return pd.DataFrame(rows)


def draw_by_number(data: pd.DataFrame) -> Axes:
    """Draw the ratio of standards."""
    axes = axes_or_new(None, size=(6.0, 3.6))
    for publicness, line in data.groupby("publicness"):
        axes.plot(
            line["countries"],
            line["ratio_of_standards"],
            "o-",
            ms=4,
            label=f"publicness {publicness:g}",
        )
    axes.set_xticks(sorted(set(data["countries"])))
    axes.set_xlabel("number of countries")
    axes.set_ylabel("planner's standards over governments'")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


def paths() -> pd.DataFrame:
    """Return stocks over time by mode."""
    import pandas as pd

    frames = [solve(HALF, mode, starts=1).path(60).assign(mode=mode) for mode in MODES]
    return pd.concat(frames, ignore_index=True)


def draw_paths(data: pd.DataFrame) -> Figure:
    """Draw both stocks side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.4, 3.8), layout="constrained")
    pair = figure.subplots(1, 2)
    for axes, stock in zip(pair, ("knowledge", "standards"), strict=True):
        for mode, style in LINES.items():
            line = data[data["mode"] == mode]
            axes.plot(line["period"], line[stock], style, label=LABELS[mode])
        axes.set_title(stock)
        axes.set_xlabel("period")
        axes.spines[["top", "right"]].set_visible(False)
    pair[-1].legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def by_capture(points: int) -> pd.DataFrame:
    """Return welfare by mode and by what firms capture."""
    import pandas as pd

    rows = []
    for capture in np.linspace(0.1, 1, points).tolist():
        welfare = compare(PolicyGame(capture=capture))["welfare"]
        rows.append({"capture": capture, **welfare.to_dict()})
    return pd.DataFrame(rows)


def draw_by_capture(data: pd.DataFrame) -> Axes:
    """Draw welfare by mode."""
    axes = axes_or_new(None, size=(7.4, 3.8))
    for mode, style in LINES.items():
        axes.plot(data["capture"], data[mode], style, label=LABELS[mode])
    axes.set_xlabel("part of the value that firms capture")
    axes.set_ylabel("welfare of a country")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return axes


def implied(points: int) -> pd.DataFrame:
    """Return the coefficients of the panel that governments leave behind, by synergy."""
    import pandas as pd

    rows = []
    for synergy in np.linspace(-0.2, 0.2, points).tolist():
        left = solve(PolicyGame(synergy=synergy), starts=1)
        rows.append(
            {
                "synergy": synergy,
                "standards_to_knowledge": left.autoregression[0, 1],
                "knowledge_to_standards": left.autoregression[1, 0],
                "foreign_standards": left.reaction_to_foreign_standards,
            }
        )
    return pd.DataFrame(rows)


def draw_implied(data: pd.DataFrame) -> Axes:
    """Draw the coefficients."""
    axes = axes_or_new(None, size=(6.4, 3.8))
    labels = {
        "standards_to_knowledge": "standards to knowledge",
        "knowledge_to_standards": "knowledge to standards",
        "foreign_standards": "foreign to own standards",
    }
    for column, label in labels.items():
        axes.plot(data["synergy"], data[column], label=label)
    axes.axhline(0, color="0.6", lw=0.8, zorder=0)
    axes.axvline(0, color="0.6", lw=0.8, zorder=0)
    axes.set_xlabel("synergy")
    axes.set_ylabel("effect a period later")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes
