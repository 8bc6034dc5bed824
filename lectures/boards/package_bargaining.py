"""Boards of the lecture on bargaining over a package: a deal, a veto, a chair."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from unigauge.lectures.classroom import Board, Choice, Slider
from unigauge.models import bargaining, voting
from unigauge.models.agreements.bargaining import Assistance, Bargain, Package
from unigauge.papers.apec_renewables.pictures import draw_economies
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["BOARDS", "POINTS", "RIVAL", "STEPS", "chair", "deal", "dial_points"]
__all__ += ["draw_swap", "held", "log_rolling", "peaks", "points_lost", "veto"]

POINTS = 160
"""Points of the game to a unit of utility."""
STEPS = 4
"""Steps of a dial."""
RIVAL = {"win": -0.05, "lose": -0.7, "own_strength": 2.0}
"""What no deal is worth if the parties, or the rival, win; the parties' strength."""
LETTERS = "ABCDE"
"""The economies, from the most able to the least."""


# ---------------------------------------------------------------------------
# Two parties


@dataclass(frozen=True, slots=True, kw_only=True)
class Talks:
    """A deal on both dials at once, and dial by dial."""

    together: Bargain
    apart: Bargain


def talks(
    china: float = 0.8,
    europe: float = 0.8,
    frontier: float = inf,
    solution: str = "nash",
    power: float = 0.5,
    rival: float = 2.0,
) -> Talks:
    """Return what two parties agree on who want opposite things, in the face of a rival.

    ``china`` and ``europe`` are the weights that they give to their own dial.
    """
    package = replace(
        bargaining.mirror_package(0.5, 1.0, budget=frontier),
        weights=((china, 1 - china), (1 - europe, europe)),
        bargaining_weights=(power, 1 - power),
    )
    package = bargaining.with_rival(package, rival_strength=rival, **RIVAL)
    return Talks(
        together=bargaining.solve(package, solution),
        apart=bargaining.issue_by_issue(package),
    )


def points_lost(bargain: Bargain) -> list[float]:
    """Return the points that each party loses, transfers counted."""
    return [-POINTS * u for u in bargain.utilities.tolist()]


def talks_in_numbers(outcome: Talks) -> dict[str, float | str]:
    """Return the dials, and what each loses together and apart."""
    together, apart = outcome.together, outcome.apart
    speed, security = (STEPS * together.x).tolist()
    held = [deal.status != "no_agreement" for deal in (together, apart)]
    return {
        "speed": speed if held[0] else "no deal",
        "security": security if held[0] else "no deal",
        "points lost, China and Europe": _pair(together),
        "the same, dial by dial": _pair(apart) if held[1] else "no deal",
        "the same, without a deal": _pair(together, "disagreement"),
    }


def _pair(bargain: Bargain, which: str = "utility") -> str:
    """Return the points that both parties lose."""
    lost = -POINTS * bargain.to_frame()[which]
    return " and ".join(f"{points:.1f}" for points in lost)


def draw_deal(outcome: Talks) -> Axes:
    """Draw what both would accept, and the deals."""
    points = {"together": outcome.together.x, "dial by dial": outcome.apart.x}
    return _on_dials(outcome.together.package, points)


def _on_dials(
    package: Package, points: dict[str, NDArray[np.float64]], ax: Axes | None = None
) -> Axes:
    """Draw the bargain over dials that count steps."""
    axes = bargaining.draw_package(package, points, ax, names=("China", "Europe"))
    steps = range(STEPS + 1)
    places, labels = [step / STEPS for step in steps], [str(step) for step in steps]
    axes.set_xticks(places, labels)
    axes.set_yticks(places, labels)
    axes.set(xlabel="speed", ylabel="security", title="")
    axes.set(xlim=(-0.02, 1.03), ylim=(-0.09, 1.03))
    axes.legend(loc="lower left", fontsize=9, framealpha=0.9, edgecolor="none")
    axes.spines[["top", "right"]].set_visible(False)
    return axes


deal = Board(
    name="deal",
    title="One standard, two dials",
    question="What do two parties agree on who want opposite things?",
    controls=(
        Slider("china", "weight of China on speed", 0.5, 0.95, 0.05, 0.8),
        Slider("europe", "weight of Europe on security", 0.5, 0.95, 0.05, 0.8),
        Choice(
            "frontier",
            "what engineers can build",
            {"any pair of dials": inf, "more of one, less of the other": 1.0},
            "any pair of dials",
        ),
        Choice(
            "solution",
            "how they settle",
            {
                "Nash": "nash",
                "Kalai and Smorodinsky": "kalai_smorodinsky",
                "equal gains": "egalitarian",
                "largest sum": "utilitarian",
                "with payments": "transfers",
            },
            "Nash",
        ),
        Slider("power", "bargaining power of China", 0.1, 0.9, 0.05, 0.5),
        Slider(
            "rival",
            f"strength of the rival; theirs is {RIVAL['own_strength']:.0f}",
            *(0.1, 6.0, 0.1, 2.0),
        ),
    ),
    solve=talks,
    numbers=talks_in_numbers,
    picture=draw_deal,
    answer=lambda outcome: outcome.together,
)


# ---------------------------------------------------------------------------
# Five economies


VOTE_LINES = {
    "status quo": ("old standard", ":"),
    "proposal": ("standard that passes", "-"),
    "setter's ideal": ("wish of the chair", "--"),
}
"""How the vertical lines of a vote are called and drawn."""


def peaks() -> dict[str, float]:
    """Return how strict a standard each economy likes best."""
    return dict(zip(LETTERS, bargaining.assistance().peaks.tolist(), strict=True))


def help_of(donors: str, unit_cost: float) -> Assistance:
    """Return what unanimity and assistance lead to; donors by their letters."""
    given = [LETTERS.index(letter) for letter in donors]
    return bargaining.assistance(donors=given, unit_cost=unit_cost)


def draw_help(outcome: Assistance) -> Axes:
    """Draw what each economy likes best, before and after."""
    return draw_economies(outcome.to_frame(), outcome.unanimous, outcome.stringency)


veto = Board(
    name="veto",
    title="Anyone may veto",
    question="How strict is a standard that everybody must accept, and who pays to raise it?",
    controls=(
        Choice("donors", "who pays for assistance", {"A": "A", "A and B": "AB"}, "A"),
        Slider("unit_cost", "cost of raising an economy by one", 0.05, 0.8, 0.05, 0.25),
    ),
    solve=help_of,
    numbers=lambda outcome: {
        "standard without assistance": outcome.unanimous,
        "standard with assistance": outcome.stringency,
        "what it costs the donors": outcome.cost,
        "what they gain, the cost deducted": outcome.donor_net_gain,
    },
    picture=draw_help,
)


def take_it_or_leave_it(who: str, quota: int, status_quo: float) -> voting.Agenda:
    """Return what the chair gets through among five economies."""
    wanted = peaks()
    return voting.setter(list(wanted.values()), status_quo, wanted[who], quota=quota)


def draw_votes(outcome: voting.Agenda) -> Axes:
    """Draw who accepts what, from a standard of zero up."""
    axes = outcome.plot()
    drawn = {line.get_label(): line for line in axes.get_lines()}
    for name, (words, style) in VOTE_LINES.items():
        drawn[name].set(label=words, linestyle=style, linewidth=2)
    drawn["quota"].set_label("votes needed")
    drawn["ideals"].set_label("wishes of the five")
    axes.set(xlim=(-0.1, 5.4), xlabel="standard proposed", ylabel="votes for it", title="")
    axes.legend(frameon=False, fontsize=9, loc="upper right", bbox_to_anchor=(1, 0.9))
    return axes


chair = Board(
    name="chair",
    title="Take it or leave it",
    question="What does a chair get through who may propose once?",
    controls=(
        Choice("who", "who holds the chair", tuple(LETTERS), "A"),
        Slider("quota", "votes needed, of five", 1, 5, 1, 5),
        Slider("status_quo", "old standard", 0.0, 2.5, 0.1, 0.0),
    ),
    solve=take_it_or_leave_it,
    numbers=lambda outcome: {
        "standard that passes": outcome.proposal,
        "economies that accept it": outcome.accepted_weight,
        "the chair comes closer by": outcome.setter_gain,
    },
    picture=draw_votes,
)

BOARDS = (deal, veto, chair)


# ---------------------------------------------------------------------------
# Numbers and pictures of the lecture


def dial_points(package: Package) -> pd.DataFrame:
    """Return the points that China loses by the steps that a dial is off its wish."""
    import pandas as pd

    speed, security = package.ideals[0]
    steps = range(STEPS + 1)
    rows = {
        "your own dial": [(speed - k / STEPS, security) for k in steps],
        "the other's dial": [(speed, security + k / STEPS) for k in steps],
    }
    lost = {
        name: (-POINTS * package.utilities(points)[:, 0]).round(9)
        for name, points in rows.items()
    }
    frame = pd.DataFrame(lost, index=pd.Index(steps, name="steps off")).T
    return frame.rename_axis("points lost on").astype(int)


def log_rolling(weights: tuple[float, ...]) -> pd.DataFrame:
    """Return the points that a package saves each party, by formula and by unigauge."""
    import pandas as pd

    rows = []
    for weight in weights:
        outcome = talks(weight, weight)
        formula = POINTS * (2 * weight - 1) ** 2 / 4
        saved = points_lost(outcome.apart)[0] - points_lost(outcome.together)[0]
        rows.append([formula, saved])
    index = pd.Index([f"{weight:.1f}" for weight in weights], name="own weight")
    return pd.DataFrame(rows, index=index, columns=["formula", "unigauge"])


def held(outcome: Talks) -> str:
    """Return which of the two deals holds, in words."""
    together, apart = (
        bargain.status != "no_agreement" for bargain in (outcome.together, outcome.apart)
    )
    if together and apart:
        return "both"
    return "only the package" if together else "only dial by dial" if apart else "neither"


def draw_swap(outcome: Talks) -> Axes:
    """Draw what is better for both than a deal dial by dial."""
    apart = outcome.apart
    package = replace(outcome.together.package, disagreement=apart.utilities.tolist())
    points = {"together": outcome.together.x, "dial by dial": apart.x}
    axes = _on_dials(package, points, axes_or_new(None, size=(6.8, 4.2)))
    handles, labels = axes.get_legend_handles_labels()
    labels = [label.replace("as good as no deal", "as dial by dial") for label in labels]
    axes.legend(
        handles, labels, loc="center left", bbox_to_anchor=(1.05, 0.5), frameon=False
    )
    axes.text(0.86, 0.93, "better for both", ha="center", va="center", fontsize=9)
    return axes
