"""Boards: a loop that multiplies, a trap, and growth that standards feed and slow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from unigauge.lectures.classroom import Board, Slider
from unigauge.models import growth, two_way
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from unigauge.models.dynamics.growth_paths import BalancedPath
    from unigauge.models.dynamics.poverty_traps import Reply, Traps
    from unigauge.models.dynamics.two_way_long_run import LongRun

__all__ = [
    "BOARDS",
    "beside",
    "border",
    "card_table",
    "cards",
    "draw_walks",
    "echoes",
    "play",
    "reply_table",
    "standardising",
    "trap",
]

PERIODS = 30
"""Shown of a push that lasts."""


# ---------------------------------------------------------------------------
# The loop


def draw_push(found: LongRun) -> Axes:
    """Draw what both stocks do over time if one unit more of knowledge is wanted."""
    system = found.system
    effects = system.impulse_response(PERIODS - 1)[:, :, 0]
    paths = system.adjustment[0] * np.cumsum(effects, axis=0)
    paths = np.vstack([np.zeros(2), paths])
    ax = axes_or_new(None, size=(6.0, 3.8))
    for place, name in enumerate(("knowledge", "standards")):
        ax.plot(paths[:, place], f"C{place}", lw=2, label=name)
    ax.axhline(1, color="0.4", lw=1, ls=":")
    ax.annotate("the push alone", (PERIODS, 1), ha="right", va="bottom", fontsize=9)
    ax.set_xlabel("periods since the push")
    ax.set_ylabel("more than before")
    ax.set_ylim(0, max(2.0, 1.15 * float(paths.max())))
    ax.legend(frameon=False, loc="upper left")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


echoes = Board(
    name="two_way_loop",
    title="A push that echoes",
    question="How much does the loop between knowledge and standards multiply a push?",
    controls=(
        Slider(
            "to_knowledge", "knowledge wanted for a unit of standards", 0, 1.2, 0.05, 0.5
        ),
        Slider(
            "to_standards", "standards wanted for a unit of knowledge", 0, 1.2, 0.05, 0.9
        ),
    ),
    solve=lambda to_knowledge, to_standards: two_way.solve(
        two_way.TwoWay(response=(to_knowledge, to_standards))
    ),
    numbers=lambda found: {
        "loop": found.loop,
        "a push of one becomes": found.multiplier
        if found.status == "stable"
        else "more and more",
    },
    picture=draw_push,
)


# ---------------------------------------------------------------------------
# The trap


def cards(reply: Reply, people: int) -> list[int]:
    """Return the hands that each of ``people`` must see, so that together they reply so.

    Examples
    --------
    >>> cards(two_way.Reply(steepness=12), 10)
    [3, 4, 5, 5, 5, 6, 6, 6, 7, 8]
    """
    hands = np.arange(people + 1)
    raised = np.round(people * reply(hands / people))
    return [int(hands[raised > person].min()) for person in range(people)]


def play(needed: list[int], start: int) -> list[int]:
    """Return the hands up on either side, call by call, until nothing changes.

    Examples
    --------
    >>> play([3, 4, 5, 5, 5, 6, 6, 6, 7, 8], 4)
    [4, 2, 0]
    """
    seen = [start]
    while len(seen) < 2 or seen[-1] != seen[-2]:
        seen.append(sum(need <= seen[-1] for need in needed))
    return seen[:-1]


def card_table(needed: list[int]) -> pd.DataFrame:
    """Return the cards as a row, a column for each number in the count."""
    import pandas as pd

    people = [str(person) for person in range(1, len(needed) + 1)]
    index = pd.Index(["hands you must see"], name="your number")
    return pd.DataFrame([needed], columns=people, index=index)


def reply_table(reply: Reply, people: int) -> pd.DataFrame:
    """Return the hands that go up, of ``people``, by the hands that are seen."""
    import pandas as pd

    hands = range(people + 1)
    raised = [sum(need <= seen for need in cards(reply, people)) for seen in hands]
    index = pd.Index(["hands that go up"], name="hands seen")
    return pd.DataFrame([raised], columns=[str(seen) for seen in hands], index=index)


def beside(found: Traps, people: int) -> tuple[int, int]:
    """Return the number of hands just below and just above the threshold."""
    line = round(people * float(found.thresholds[-1]), 6)
    return math.ceil(line) - 1, math.floor(line) + 1


def border(found: Traps) -> float | None:
    """Return the start, the same for both sides, above which things go up.

    To a thousandth; None if there is no trap.

    Examples
    --------
    >>> steep = two_way.Reply(steepness=12)
    >>> border(two_way.traps(two_way.Reply(steepness=12, centre=0.4), steep))
    0.423
    """
    if found.status != "trap":
        return None
    starts = np.linspace(0, 1, 1001)
    ends = found.walk(starts, starts)[-1, 0]
    return float(starts[ends <= found.thresholds[-1]].max())


def draw_walks(
    found: Traps, *starts: float, size: tuple[float, float] = (6.0, 4.2)
) -> Axes:
    """Draw both replies, where they cross, and walks from ``starts``."""
    ax = found.plot(axes_or_new(None, size=size))
    for start in starts:
        path = found.walk(start, start)
        ax.plot(*path.T, "C3-", lw=2.2)
        ax.plot(start, start, "C3s", ms=7)
        arrow = {"arrowstyle": "-|>", "color": "C3", "mutation_scale": 22}
        ax.annotate(
            "", (path[7, 0], path[7, 1]), (path[3, 0], path[3, 1]), arrowprops=arrow
        )
    ax.set_xlabel("knowledge: share of inventors who are active")
    ax.set_ylabel("standards: share of writers who are active")
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    ax.set_title("from the grey area things go up" if found.status == "trap" else "")
    return ax


def _trap(steepness: float, difficulty: float, start: float) -> tuple[Traps, float]:
    reply = two_way.Reply(steepness=steepness, centre=difficulty)
    return two_way.traps(reply, two_way.Reply(steepness=steepness)), start


def _trap_numbers(outcome: tuple[Traps, float]) -> dict[str, object]:
    found, start = outcome
    line = border(found)
    return {
        "resting points": len(found.knowledge),
        "a push must lift both above": "no trap" if line is None else line,
        "this start ends at": found.walk(start, start)[-1, 0],
    }


trap = Board(
    name="two_way_trap",
    title="A trap",
    question="Can the same country be stuck at a low level, or thrive, by where it starts?",
    controls=(
        Slider("steepness", "how steep the replies are", 2, 16, 0.5, 12),
        Slider("difficulty", "standards that an inventor needs", 0.3, 0.7, 0.02, 0.5),
        Slider("start", "where both sides start", 0.05, 0.95, 0.05, 0.4),
    ),
    solve=_trap,
    numbers=_trap_numbers,
    picture=lambda outcome: draw_walks(*outcome),
    answer=lambda outcome: outcome[0],
)


# ---------------------------------------------------------------------------
# Growth


def _grow(
    rate: float, innovation_cost: float, discount_rate: float
) -> tuple[BalancedPath, BalancedPath]:
    economy = growth.Economy(
        innovation_cost=innovation_cost, discount_rate=discount_rate / 100
    )
    return growth.balanced_growth(economy, rate / 100)[-1], growth.optimum(economy)


def draw_growth(outcome: tuple[BalancedPath, BalancedPath]) -> Axes:
    """Draw growth by the rate of standardisation: this rate, and the best."""
    here, best = outcome
    data = best.plot_data()
    ax = axes_or_new(None, size=(6.0, 3.8))
    ax.plot(100 * data["standardisation_rate"], 100 * data["growth"], "C0", lw=2)
    for path, colour, label in ((best, "C2", "fastest growth"), (here, "C3", "here")):
        ax.plot(100 * path.rate, 100 * path.growth, "o", color=colour, ms=8, label=label)
    ax.set_xlabel("goods standardised, % of the new ones a year")
    ax.set_ylabel("growth, % a year")
    ax.set_ylim(0, 1.15 * 100 * best.growth)
    ax.legend(frameon=False, loc="lower right")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


standardising = Board(
    name="growth_and_standards",
    title="Growth by the rate of standardisation",
    question="Can there be too many standards?",
    controls=(
        Slider("rate", "standardised a year, % of new goods", 0.1, 6, 0.1, 3),
        Slider("innovation_cost", "cost of a new good", 5, 20, 0.5, 10),
        Slider("discount_rate", "impatience, % a year", 1, 5, 0.25, 2),
    ),
    solve=_grow,
    numbers=lambda outcome: {
        "growth, % a year": 100 * outcome[0].growth,
        "growth at best, % a year": 100 * outcome[1].growth,
        "best rate, % a year": 100 * outcome[1].rate,
    },
    picture=draw_growth,
    answer=lambda outcome: outcome[0],
)


BOARDS = (echoes, trap, standardising)
