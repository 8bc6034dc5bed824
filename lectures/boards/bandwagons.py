"""Boards of the lecture on bandwagons, committees and waiting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.lectures.classroom import Board, Slider
from unigauge.models import attrition, bandwagon, committee, network_effects

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "BOARDS",
    "closed_forms",
    "crowd",
    "draw_two_waits",
    "outlast",
    "switch",
    "talk_or_act",
]

MODES = {
    "committee": ("talk", "#1f77b4", "-"),
    "market": ("act", "#d9822b", "--"),
    "hybrid": ("both", "#2e8b57", ":"),
}
"""How each mode is called and drawn."""


# ---------------------------------------------------------------------------
# The game: who stands up?


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Students who stand up if enough others do: where it ends, and where it could."""

    ends: network_effects.Path
    equilibria: network_effects.AdoptionEquilibria


def stand_up(students: int, raised: int) -> Crowd:
    """Let students with the numbers 0, 1, 2, ... stand up round by round.

    Parameters
    ----------
    students : int
        How many there are.
    raised : int
        Which one of them, counted from 1, has added one; 0 for none.
    """
    needed = np.arange(students)
    needed[raised - 1 : raised] += 1
    game = network_effects.AdoptionGame.linear(students, 1.0, needed - 0.5)
    return Crowd(
        ends=network_effects.path(game), equilibria=network_effects.equilibria(game)
    )


def crowd_in_numbers(crowd: Crowd) -> dict[str, Any]:
    """Return how many stand in the end, and how many could."""
    lasting = " or ".join(map(str, crowd.equilibria.adopters))
    return {
        "stand in the end": crowd.ends.final,
        "number of rounds": crowd.ends.periods,
        "could stand for good": lasting,
        "best for all": crowd.equilibria.efficient,
    }


def draw_crowd(crowd: Crowd) -> Figure:
    """Draw how many others each needs, and the line that it must not be above."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    game = crowd.ends.game
    place = np.arange(1, game.players + 1)
    needed, standing = game.cost[game.order] + 0.5, crowd.ends.who[game.order]
    broken = ~standing & (needed > place - 1)
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.subplots()
    for chosen, colour, label in (
        (standing, "#1f77b4", "stands up"),
        (broken, "#c8402f", "the missing rung"),
        (~standing & ~broken, "0.8", "stays seated"),
    ):
        if chosen.any():
            axes.bar(place[chosen], needed[chosen] + 0.15, 0.8, color=colour, label=label)
    axes.step(place, place - 0.85, "k", where="mid", lw=1.2, label="students before")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("students in order of their numbers, counted from one")
    axes.set_ylabel("others needed")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return figure


# ---------------------------------------------------------------------------
# Switching: two firms of unknown types


def wait_or_lead(switching_cost: float, network_benefit: float) -> bandwagon.Outcome:
    """Return the bandwagon equilibrium of the linear game."""
    return bandwagon.solve(
        bandwagon.BandwagonGame.linear(
            switching_cost=switching_cost, network_benefit=network_benefit
        )
    )


def switch_in_numbers(outcome: bandwagon.Outcome) -> dict[str, Any]:
    """Return who follows, who leads, and how the two end."""
    both_gain = (1 - outcome.agreement_threshold) ** 2
    return {
        "follows a leader from type": outcome.join_threshold,
        "gains if both switch, from": outcome.agreement_threshold,
        "leads from type": outcome.lead_threshold,
        "both switch": f"{outcome.prob_both_switch:.1%}",
        "only one does": f"{outcome.prob_split:.1%}",
        "stuck, of those who both gain": (
            f"{outcome.prob_symmetric_excess_inertia / both_gain:.1%}"
        ),
    }


def draw_switch(outcome: bandwagon.Outcome) -> Figure:
    """Draw the square of types."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.4, 5.2), layout="constrained")
    axes = figure.subplots()
    outcome.plot(axes)
    axes.set_title("")
    return figure


def closed_forms(games: tuple[tuple[float, float], ...]) -> pd.DataFrame:
    """Return thresholds and chances by formula and by the package, one row a game."""
    import pandas as pd

    rows = []
    for h, n in games:
        outcome = wait_or_lead(h, n)
        lead = (h + (h**2 + 4 * n * (h - n)) ** 0.5) / 2
        rows.append(
            {
                "h and n": f"{h:g} and {n:g}",
                "leads from, formula": lead,
                "leads from, package": outcome.lead_threshold,
                "stuck, formula": (lead - h) ** 2,
                "stuck, package": outcome.prob_symmetric_excess_inertia,
            }
        )
    return pd.DataFrame(rows).set_index("h and n")


# ---------------------------------------------------------------------------
# Talk or act: two sides that want unlike standards


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The same standoff in committee, in the market, and in both."""

    modes: dict[str, committee.Outcome]

    @property
    def status(self) -> str:
        """``ok`` if all three outcomes are, else the first other status."""
        states = [outcome.status for outcome in self.modes.values()]
        return next((status for status in states if status != "ok"), "ok")

    @property
    def certificate(self) -> float:
        """The largest of the three."""
        return max(outcome.certificate for outcome in self.modes.values())


def meet(other: float, none: float, discount: float) -> Meeting:
    """Return the three modes; a side's own standard is worth one to it."""
    standoff = committee.Standoff(other=other, none=none, discount=discount)
    return Meeting(
        modes={mode: committee.solve(standoff, mode) for mode in committee.MODES}
    )


def meeting_in_numbers(meeting: Meeting) -> dict[str, Any]:
    """Return the chance of one standard, the rounds, and the worth of each mode."""
    chances = {
        f"one standard: {MODES[mode][0]}": f"{o.prob_coordination:.0%}, "
        f"{o.mean_rounds:.1f} rounds"
        for mode, o in meeting.modes.items()
    }
    return chances | {
        f"worth to each: {MODES[mode][0]}": f"{o.value:.4f}"
        for mode, o in meeting.modes.items()
    }


def draw_rounds(axes: Axes, meeting: Meeting, rounds: int = 30) -> None:
    """Draw how likely one standard is by each round."""
    for mode, outcome in meeting.modes.items():
        data = outcome.plot_data()
        by_then = np.append(0, data["one_standard"])[: rounds + 1]
        by_then = np.pad(by_then, (0, rounds + 1 - len(by_then)), mode="edge")
        name, colour, style = MODES[mode]
        label = f"{name} ({mode})"
        axes.step(
            range(rounds + 1),
            by_then,
            style,
            color=colour,
            lw=2.5,
            where="post",
            label=label,
        )
    axes.set(xlim=(0, rounds), ylim=(0, 1.02))
    axes.set_xlabel("round")
    axes.set_ylabel("chance of one standard by then")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")


def draw_meeting(meeting: Meeting) -> Figure:
    """Draw the three modes over time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    draw_rounds(figure.subplots(), meeting)
    return figure


def meeting_table(other: float, none: float, discount: float) -> pd.DataFrame:
    """Return the three modes side by side."""
    columns = ["value", "prob_coordination", "prob_two_standards", "mean_rounds"]
    table = committee.compare(committee.Standoff(other=other, none=none, discount=discount))
    return table[[*columns, "status", "certificate"]]


# ---------------------------------------------------------------------------
# Who gives way?


def wait_it_out(
    stake_1: float, stake_2: float, cost_1: float, cost_2: float
) -> attrition.Outcome:
    """Return the war of attrition of two sides that know what is at stake."""
    return attrition.solve(attrition.Rivals(win=(stake_1, stake_2), cost=(cost_1, cost_2)))


def war_in_numbers(outcome: attrition.Outcome) -> dict[str, Any]:
    """Return who wins how often, and how long it takes."""
    first, second = outcome.prob_win
    return {
        "the first side wins": f"{first:.1%}",
        "the second side wins": f"{second:.1%}",
        "expected wait": outcome.expected_delay,
        "gain of the first in all": float(outcome.expected_payoff[0]),
    }


def draw_war(outcome: attrition.Outcome) -> Figure:
    """Draw how likely it is that each side has won by then."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.8), layout="constrained")
    axes = figure.subplots()
    time, goes_on = outcome.plot_data().to_numpy().T
    sides = ("the first side", "#1f77b4", "-"), ("the second side", "#d9822b", "--")
    for (label, colour, style), chance in zip(sides, outcome.prob_win, strict=True):
        axes.plot(time, chance * (1 - goes_on), style, color=colour, lw=2.5, label=label)
    axes.axvline(outcome.expected_delay, color="0.5", lw=1, ls=":", label="expected wait")
    axes.set_ylim(0, 1)
    axes.set_xlabel("weeks")
    axes.set_ylabel("chance of having won by then")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper right")
    return figure


def draw_two_waits(outcome: bandwagon.Outcome, meeting: Meeting) -> Figure:
    """Draw waiting for a leader beside waiting for the other to give way."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.8, 5.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    outcome.plot(left)
    left.set_title("Waiting for the other to lead")
    draw_rounds(right, meeting)
    right.set_title("Waiting for the other to give way")
    return figure


crowd = Board(
    name="crowd",
    title="Who stands up?",
    question="How far does a bandwagon roll if one rung of the ladder is missing?",
    controls=(
        Slider("students", "students in the room", 5, 40, 1, 20),
        Slider("raised", "who adds one, counted from one (0: nobody)", 0, 40, 1, 0),
    ),
    solve=stand_up,
    numbers=crowd_in_numbers,
    picture=draw_crowd,
    answer=lambda crowd: crowd.ends,
)

switch = Board(
    name="switch",
    title="Lead, follow or stay",
    question="When do two firms stay although both would gain by switching?",
    controls=(
        Slider("switching_cost", "cost of switching, h", 0.3, 0.7, 0.05, 0.5),
        Slider(
            "network_benefit", "worth of being on one standard, n", 0.05, 0.25, 0.05, 0.2
        ),
    ),
    solve=wait_or_lead,
    numbers=switch_in_numbers,
    picture=draw_switch,
)

talk_or_act = Board(
    name="talk_or_act",
    title="Talk or act",
    question="Two sides want unlike standards: should they talk, act, or both?",
    controls=(
        Slider("other", "worth of the other's standard (own: 1)", 0.25, 0.9, 0.05, 0.5),
        Slider("none", "worth of two standards", -0.5, 0.2, 0.05, 0.0),
        Slider("discount", "worth of the next round (now: 1)", 0.3, 0.95, 0.05, 0.95),
    ),
    solve=meet,
    numbers=meeting_in_numbers,
    picture=draw_meeting,
    regimes=meeting_table,
)

outlast = Board(
    name="outlast",
    title="Who gives way?",
    question="Does the side with more at stake win a war of waiting?",
    controls=(
        Slider("stake_1", "first side: what winning is worth", 1, 10, 0.5, 10),
        Slider("stake_2", "second side: what winning is worth", 1, 10, 0.5, 6),
        Slider("cost_1", "first side: cost of a week's wait", 0.5, 3, 0.25, 1),
        Slider("cost_2", "second side: cost of a week's wait", 0.5, 3, 0.25, 1),
    ),
    solve=wait_it_out,
    numbers=war_in_numbers,
    picture=draw_war,
)

BOARDS = (crowd, switch, talk_or_act, outlast)
