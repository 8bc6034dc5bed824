"""Boards of the lecture on latecomers: when to climb, whom to fight, when the door opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.datasets import load
from unigauge.lectures.classroom import Board, Slider
from unigauge.models import contests, revision, stages
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from unigauge.models.agreements.effort_contest import Outcome as Fight
    from unigauge.models.dynamics.stages import Ladder, Outcome

    Floats = NDArray[np.float64]

__all__ = [
    "BOARDS",
    "PRIZE",
    "best_against",
    "chair",
    "climbing",
    "dates",
    "draw_dates",
    "editions_alive",
    "fight",
    "harmless",
    "lead_on_a_grid",
    "renewal",
    "rounds",
    "searched_interval",
    "won",
]

# ---------------------------------------------------------------------------
# The contest

PRIZE = 10.0
"""Points to share in the game; each side has as many to spend."""
STEPS = ("following", "leading")
SHADES = ("0.88", "#f2c087", "#86b6dd")


def fight(head_start: float, cost: float = 1.0, cap: float = PRIZE) -> Fight:
    """Return the contest of chair and newcomer; the chair's points come first."""
    return contests.solve(
        contests.Contest(
            values=(PRIZE, PRIZE),
            costs=(1.0, cost),
            head_starts=(head_start, 0.0),
            caps=(cap, PRIZE),
        )
    )


def rounds(*head_starts: float) -> pd.DataFrame:
    """Return what the model expects of the rounds of the game."""
    import pandas as pd

    rows = []
    for start in head_starts:
        found = fight(start)
        rows.append(
            {
                "free points of the chair": f"{start:g}",
                "the chair spends": found.effort[0],
                "the newcomer spends": found.effort[1],
                "the newcomer gets": PRIZE * found.probability[1],
            }
        )
    return pd.DataFrame(rows).set_index("free points of the chair")


def best_against(points: float) -> float:
    """Return what a newcomer does best to spend against so many points on the table."""
    return contests.headstart_entry(PRIZE, points, 0.0).effort


def won(points: float, against: float) -> float:
    """Return what so many points win of the prize; an empty table is shared equally.

    Examples
    --------
    >>> won(3, 2), won(0, 0)
    (6.0, 5.0)
    """
    together = points + against
    return PRIZE * (points / together if together else 0.5)


def harmless() -> float:
    """Return the largest head start, of steps of a tenth, that leaves both alike."""
    starts = np.arange(0, PRIZE, 0.1)
    alike = [start for start in starts if fight(start).probability[1] > 0.5 - 1e-9]
    return float(max(alike))


@dataclass(frozen=True, slots=True)
class Chair:
    """The contest that is played, and the cost and cap that go with it."""

    fight: Fight
    cost: float
    cap: float


def _chair(head_start: float, cost: float, cap: float) -> Chair:
    return Chair(fight(head_start, cost, cap), cost, cap)


def draw_chair(outcome: Chair) -> Axes:
    """Draw the newcomer's share and both efforts over the head start."""
    starts = np.linspace(0, PRIZE, 41)
    fights = [fight(start, outcome.cost, outcome.cap) for start in starts]
    here = outcome.fight.contest.arrays[2][0]
    ax = axes_or_new(None, size=(6.0, 3.8))
    for place, (who, colour) in enumerate((("chair", "C1"), ("newcomer", "C0"))):
        efforts = [found.effort[place] for found in fights]
        ax.plot(starts, efforts, colour, lw=2, label=f"points that the {who} spends")
        ax.plot(here, outcome.fight.effort[place], "o", color=colour, ms=7)
    gets = [PRIZE * found.probability[1] for found in fights]
    ax.plot(starts, gets, "C2--", lw=2, label="what the newcomer gets of ten")
    ax.plot(here, PRIZE * outcome.fight.probability[1], "o", color="C2", ms=7)
    ax.set_xlabel("head start of the chair")
    ax.set_ylabel("points")
    ax.set_ylim(0, 1.1 * max(max(gets), 5.0))
    ax.legend(frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


chair = Board(
    name="seat_at_the_table",
    title="A seat at the head of the table",
    question="How much does it hurt a newcomer that somebody else holds the chair?",
    controls=(
        Slider("head_start", "head start of the chair", 0, 10, 0.5, 1),
        Slider("cost", "what a point costs the newcomer", 0.5, 2, 0.1, 1),
        Slider("cap", "most that the chair may spend", 0.25, 3, 0.25, 3),
    ),
    solve=_chair,
    numbers=lambda outcome: {
        "the chair spends": outcome.fight.effort[0],
        "the newcomer spends": outcome.fight.effort[1],
        "the newcomer's share": f"{outcome.fight.probability[1]:.1%}",
        "the newcomer gains": outcome.fight.payoff[1],
    },
    picture=draw_chair,
    answer=lambda outcome: outcome.fight,
)


# ---------------------------------------------------------------------------
# The ladder


def _climb(
    volatility: float, follow_cost: float, lead_cost: float, market: float
) -> Outcome:
    ladder = stages.Ladder(
        volatility=volatility,
        switching_cost=(follow_cost, lead_cost),
        payoff_slope=(0.0, market, 2.2 * market),
    )
    return stages.solve(ladder)


def _when(outcome: Outcome) -> Mapping[str, Any]:
    skips = outcome.status == "skip_followership"
    return {
        "follow from skill": "never" if skips else outcome.follow_threshold,
        "lead from skill": outcome.lead_threshold,
        "a step must be worth": f"{_waiting(outcome):.2f} × its cost",
    }


def draw_climb(outcome: Outcome) -> Axes:
    """Draw the skills at which to adopt, to follow and to lead, with and without waiting."""
    ax = axes_or_new(None, size=(6.4, 3.0))
    steps = np.array([outcome.follow_threshold, outcome.lead_threshold])
    end = max(4.0, 1.3 * float(steps[1]))
    for place, ends in enumerate((steps, steps / _waiting(outcome))):
        edges = [0.0, *ends, end]
        for stage, name in enumerate(stages.MODES):
            low, high = edges[stage], edges[stage + 1]
            ax.barh(place, high - low, 0.55, left=low, color=SHADES[stage])
            if high - low > 0.11 * end:
                ax.text((low + high) / 2, place, name, ha="center", va="center")
    ax.set_yticks((0, 1), ("at best", "as soon as\nit just pays"))
    ax.set_ylim(1.5, -0.5)
    ax.set_xlim(0, end)
    ax.set_xlabel("skill")
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def _waiting(outcome: Outcome) -> float:
    """Return by how much a step must be worth more than it costs."""
    return outcome.exponent / (outcome.exponent - 1)


climbing = Board(
    name="ladder_of_stages",
    title="Adopt, follow, lead",
    question="How skilled must a latecomer be before it is worth the next step?",
    controls=(
        Slider("volatility", "how uncertain skill is", 0.02, 0.3, 0.02, 0.1),
        Slider("follow_cost", "cost of starting to follow", 0, 40, 1, 5),
        Slider("lead_cost", "cost of starting to lead", 0, 40, 1, 12),
        Slider("market", "size of the market", 0.5, 3, 0.1, 1),
    ),
    solve=_climb,
    numbers=_when,
    picture=draw_climb,
)


def lead_on_a_grid(ladder: Ladder) -> float:
    """Return the skill from which it is best to lead, by a solver without the formula."""
    found = stages.solve_switching(ladder.switching(), low=0.02, high=400, nodes=2000)
    steps = found.thresholds().query("mode == 1")
    return float(steps["state"].iloc[0])


# ---------------------------------------------------------------------------
# Dates


@dataclass(frozen=True, slots=True)
class Dates:
    """When a step is taken: mean, the dates by which so many have, and the curve."""

    mean: float
    quarter: float
    three_quarters: float
    years: Floats
    reached: Floats


def dates(ladder: Ladder) -> dict[str, Dates]:
    """Return when countries on the same ladder follow and lead, from a skill of one."""
    outcome = stages.solve(ladder)
    years = np.linspace(0, 80, 801)
    found = {}
    for step, skill in zip(
        STEPS, (outcome.follow_threshold, outcome.lead_threshold), strict=True
    ):
        hit = stages.hitting_time(
            1.0, skill, drift=ladder.drift, volatility=ladder.volatility
        )
        reached = hit.reached_by(years)
        early, late = np.interp((0.25, 0.75), reached, years)
        found[step] = Dates(hit.mean, float(early), float(late), years, reached)
    return found


def draw_dates(found: dict[str, Dates]) -> Axes:
    """Draw the share of countries that have taken each step, and the middle half."""
    ax = axes_or_new(None, size=(7.6, 4.2))
    for place, (step, when) in enumerate(found.items()):
        colour = f"C{place}"
        ax.plot(when.years, when.reached, colour, lw=2.5, label=step)
        half = (when.years >= when.quarter) & (when.years <= when.three_quarters)
        ax.fill_between(when.years[half], 0, when.reached[half], color=colour, alpha=0.2)
        ax.axvline(when.mean, color=colour, lw=1, ls=":")
        ax.annotate(
            f"mean {when.mean:.0f}",
            (when.mean, 0.94 - 0.07 * place),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=9,
        )
    ax.set(xlim=(0, 70), ylim=(0, 1.02))
    ax.set_xlabel("years since the start")
    ax.set_ylabel("share of countries that have taken the step")
    ax.legend(frameon=False, loc="lower right")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


# ---------------------------------------------------------------------------
# The door


renewal = Board(
    name="revision_cycle",
    title="When the door opens",
    question="How long should an edition of a standard live before it is revised?",
    controls=(
        Slider("cost", "cost of a revision", 0.5, 6, 0.25, 2),
        Slider("loss", "loss a year, for a year of age", 0.01, 0.1, 0.005, 0.04),
        Slider("impatience", "impatience, % a year", 0, 12, 1, 0),
    ),
    solve=lambda cost, loss, impatience: revision.cycle(
        cost, loss, discount_rate=impatience / 100
    ),
    numbers=lambda found: {"years between revisions": found.interval},
)


def searched_interval(cost: float, loss: float) -> float:
    """Return the years between revisions by a search, with next to no impatience."""
    return revision.cycle(cost, loss, discount_rate=1e-9).interval


def editions_alive() -> Floats:
    """Return the share of editions of ISO standards alive at ages 0, 1, 2, ..."""
    return revision.survival(load("stylised_facts")["value"]["edition_hazard"])


BOARDS = (climbing, chair, renewal)
