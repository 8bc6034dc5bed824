"""Tables and figures of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.dynamics.two_way import (
    Reply,
    TwoWay,
    catch_up,
    catch_up_speed,
    ring,
    skill_threshold,
    solve,
    traps,
)
from unigauge.papers import Study
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

GAP = 0.03
STANDARDS = (0.5, 1.0, 2.0)


def tables_and_figures(study: Study) -> None:
    """Add the tables and the four figures."""
    study.table(
        "systems",
        systems(),
        caption="Loop, spectral radius and multiplier of six systems.",
    )
    study.table(
        "steady_states",
        states(),
        caption="Steady states of two logistic best replies, by steepness and by where the "
        "reply of knowledge is centred.",
    )
    data = regions(41 if study.fast else 121)
    study.figure(
        "regions",
        draw_regions(data),
        data=data,
        caption="Where the system settles (white), by the two responses; l_k = .4, l_s = .3. "
        "With responses of one sign the border is the hyperbola b_ks b_sk = 1; with opposite "
        "signs it lies elsewhere, and depends on how fast the stocks adjust.",
        alt="A map with a white region around both axes, bounded by hyperbolas in all four "
        "quadrants, wider where the signs differ.",
    )
    data = responses()
    study.figure(
        "responses",
        draw_responses(data),
        data=data,
        caption="What a unit's shock to standards does to its knowledge, by the loop: the "
        "stronger, the longer the tail, and the peak comes no sooner.",
        alt="Three hump-shaped lines over twenty periods, higher and longer the stronger the "
        "loop.",
    )
    found = traps(Reply(steepness=6.0), Reply(steepness=6.0))
    study.figure(
        "phase_plane",
        found.plot(),
        data=found.plot_data(),
        caption="Two S-shaped best replies. Filled: stable; open: the threshold. From the "
        "shaded starts slow adjustment leads to the high state.",
        alt="Two S-curves that cross three times; above a falling line through the middle "
        "crossing the plane is shaded.",
    )
    data = ratios(30 if study.fast else 80)
    study.figure(
        "catching_up",
        draw_ratios(data),
        data=data,
        caption="Ratio to the frontier in the end by skill, with logistic imitation. Below a "
        "threshold (dotted) a country falls back for ever; more standards lower it.",
        alt="Three curves over skill, zero up to a threshold and then rising; with more "
        "standards the curve starts further left and lies higher.",
    )


def systems() -> pd.DataFrame:
    """Return loop, radius and multiplier of some systems."""
    import pandas as pd

    cases = {
        "default": TwoWay(),
        "strong loop": TwoWay(response=(0.9, 0.9)),
        "beyond the border": TwoWay(response=(1.5, 1.0)),
        "opposite signs": TwoWay(response=(1.5, -1.5)),
        "opposite signs, at once": TwoWay(response=(1.5, -1.5), adjustment=(1.0, 1.0)),
        "ring of six, imitation": TwoWay(imitation=(0.3, 0.2), network=ring(6)),
    }
    rows = {name: solve(system).record() for name, system in cases.items()}
    frame = pd.DataFrame(rows).T.rename_axis("system")
    return frame[["loop", "radius", "multiplier", "status"]]


def states() -> pd.DataFrame:
    """Return steady states by steepness and centre."""
    import pandas as pd

    frames = []
    for steepness, centre in ((3.0, 0.5), (5.0, 0.5), (6.0, 0.5), (6.0, 0.4), (6.0, 0.7)):
        found = traps(Reply(steepness=steepness, centre=centre), Reply(steepness=steepness))
        frames.append(found.to_frame().assign(steepness=steepness, centre=centre))
    names = ["steepness", "centre", "knowledge", "standards", "slope", "stable"]
    return pd.concat(frames, ignore_index=True)[names]


def regions(points: int) -> pd.DataFrame:
    """Return the spectral radius by the two responses."""
    import pandas as pd

    grid = np.linspace(-4, 4, points)
    rows = [
        {"b_ks": x, "b_sk": y, "radius": TwoWay(response=(x, y)).radius}
        for y in grid.tolist()
        for x in grid.tolist()
    ]
    return pd.DataFrame(rows)


def draw_regions(data: pd.DataFrame) -> Axes:
    """Shade where the system does not settle, and draw the hyperbola."""
    axes = axes_or_new(None, size=(5.6, 5.0))
    table = data.pivot_table(index="b_sk", columns="b_ks", values="radius")
    axes.contourf(
        table.columns, table.index, table.to_numpy(), levels=[1, 1e9], colors=["0.85"]
    )
    for sign in (-1, 1):
        across = sign * np.linspace(0.25, 4, 200)
        label = "loop of one" if sign == 1 else None
        axes.plot(across, 1 / across, "C3--", lw=1.5, label=label)
    axes.plot(0.25, 0.5, "ko", ms=5)
    axes.annotate("default", (0.25, 0.5), xytext=(5, 4), textcoords="offset points")
    for place in ((2.6, 2.6), (-2.6, -2.6), (3.1, -3.1), (-3.1, 3.1)):
        axes.text(*place, "unstable", ha="center", va="center", color="0.35")
    axes.set_xlabel("response of knowledge to standards")
    axes.set_ylabel("response of standards to knowledge")
    axes.legend(frameon=True, loc="upper left")
    return axes


def responses() -> pd.DataFrame:
    """Return impulse responses of knowledge to standards by strength of the loop."""
    import pandas as pd

    frames = []
    for response in (0.25, 0.5, 0.8):
        system = TwoWay(response=(response, 0.9))
        effect = system.impulse_response(20)[:, 0, 1]
        columns = {"loop": system.loop, "period": range(21), "effect": effect}
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def draw_responses(data: pd.DataFrame) -> Axes:
    """Draw the responses."""
    axes = axes_or_new(None, size=(6.0, 3.6))
    for loop, line in data.groupby("loop"):
        axes.plot(line["period"], line["effect"], "o-", ms=3, label=f"L = {loop:.3g}")
    axes.set_xticks(range(0, 21, 5))
    axes.set_xlabel("periods since the shock")
    axes.set_ylabel("effect on knowledge")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


def ratios(points: int) -> pd.DataFrame:
    """Return the ratio to the frontier in the end by skill and standards."""
    import pandas as pd

    rows = []
    for standards in STANDARDS:
        bar = skill_threshold(standards, gap=GAP)
        for skill in np.unique([*np.linspace(0.05, 4, points), bar]).tolist():
            speed = catch_up_speed(skill, standards)
            found = catch_up(speed=speed, own_growth=0.0, frontier_growth=GAP)
            rows.append({"standards": standards, "skill": skill, "ratio": found.ratio})
    return pd.DataFrame(rows)


def draw_ratios(data: pd.DataFrame) -> Axes:
    """Draw the ratios and the thresholds."""
    axes = axes_or_new(None, size=(6.4, 3.8))
    for number, standards in enumerate(STANDARDS):
        line = data[data["standards"] == standards]
        label = f"standards {standards:g}"
        axes.plot(line["skill"], line["ratio"], f"C{number}", label=label)
        bar = skill_threshold(standards, gap=GAP)
        axes.axvline(bar, color=f"C{number}", lw=1, ls=":")
    axes.set_xlabel("skill")
    axes.set_ylabel("ratio to the frontier in the end")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return axes
