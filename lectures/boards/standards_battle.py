"""Boards of the lecture on the battle for a standard: best replies of two firms."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unigauge.errors import DegenerateGameWarning
from unigauge.lectures.classroom import Board, Slider
from unigauge.models import finite
from unigauge.models.adoption.compatibility import Strategies, besen_farrell

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["BOARDS", "CONTESTS", "battle", "closed_forms", "contest", "draw_contests"]

CONTESTS = {
    "battle of the sexes": (5, 3, 5, 3),
    "leader and follower": (5, 0, 5, 3),
    "pesky little brother": (0, 0, 5, 3),
    "Tweedledum and Tweedledee": (5, 0, 5, 0),
}
"""Four contests: what each firm gets from one standard, its own or the other's."""

CORNERS = {
    (1, 1): "one standard,\nthe first's",
    (0, 0): "one standard,\nthe second's",
    (1, 0): "two standards",
}
COLOURS = ("#1f77b4", "#d9822b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Two firms that choose a standard at once: the game, its kind, its equilibria."""

    game: finite.FiniteGame
    kind: Strategies
    found: finite.EquilibriumSet


def contest(
    own_1: float, other_1: float, own_2: float, other_2: float, apart: float
) -> Contest:
    """Return the contest of two firms that get these payoffs.

    Parameters
    ----------
    own_1, own_2 : float
        What each firm gets if both have its own standard.
    other_1, other_2 : float
        What it gets if both have the other's.
    apart : float
        What either gets if there are two standards.
    """
    game = finite.FiniteGame.bimatrix(
        [[own_1, apart], [apart, other_1]], [[other_2, apart], [apart, own_2]]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateGameWarning)
        found = finite.equilibria(game)
    kind = besen_farrell([own_1, own_2], [other_1, other_2], [apart, apart])
    return Contest(game=game, kind=kind, found=found)


def in_numbers(battle: Contest) -> dict[str, Any]:
    """Return the kind of contest, who prevails, and what chance makes of it."""
    found = battle.found
    mixed = found.coordination[~found.pure]
    names = {1: "the first firm's", 0: "the second firm's"}
    certain = {
        names[int(first[0])] if first[0] == second[0] else "two standards"
        for (first, second), pure in zip(found, found.pure, strict=True)
        if pure
    }
    return {
        "kind of contest": battle.kind.regime.replace("_", " "),
        "equilibria": "a continuum" if found.degenerate else len(found),
        "without chance, the standard is": " or ".join(sorted(certain)) or "no equilibrium",
        "with chance, they agree": float(mixed[0]) if mixed.size else "no equilibrium",
    }


def draw_replies(axes: Axes, battle: Contest) -> None:
    """Draw the best replies of both firms and the equilibria where they meet."""
    lines = finite.best_replies(battle.game)
    for name, line, colour, style in zip(
        ("first", "second"), lines, COLOURS, ("-", "--"), strict=True
    ):
        axes.plot(
            *line.T, style, color=colour, lw=3, label=f"best reply of the {name} firm"
        )
    for first, second in battle.found:
        axes.plot(first[0], second[0], "ko", ms=9, zorder=3, clip_on=False)
    for place, text in CORNERS.items():
        x, y = (0.04 + 0.92 * coordinate for coordinate in place)
        side, end = "right" if place[0] else "left", "top" if place[1] else "bottom"
        axes.text(x, y, text, color="0.45", fontsize=8, ha=side, va=end)
    axes.set(xlim=(-0.04, 1.04), ylim=(-0.04, 1.04), aspect="equal")
    axes.set_xticks([0, 0.5, 1])
    axes.set_yticks([0, 0.5, 1])
    axes.spines[["top", "right"]].set_visible(False)


def draw_battle(battle: Contest) -> Figure:
    """Draw the square of mixed strategies."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.4, 5.2), layout="constrained")
    axes = figure.subplots()
    draw_replies(axes, battle)
    axes.set_xlabel("chance that the first firm takes its own standard")
    axes.set_ylabel("chance that the second firm takes the first's")
    figure.legend(loc="outside upper center", frameon=False, ncols=2, fontsize=9)
    return figure


def draw_contests() -> Figure:
    """Draw the four contests side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.4, 8.2), layout="constrained")
    for axes, (name, payoffs) in zip(
        figure.subplots(2, 2, sharex=True, sharey=True).flat, CONTESTS.items(), strict=True
    ):
        battle = contest(*payoffs, apart=1)
        draw_replies(axes, battle)
        number = len(battle.found)
        axes.set_title(f"{name}: {number} {'equilibria' if number > 1 else 'equilibrium'}")
    figure.supxlabel("chance that the first firm takes its own standard", fontsize=10)
    figure.supylabel("chance that the second firm takes the first's", fontsize=10)
    labels = axes.get_legend_handles_labels()
    figure.legend(*labels, loc="outside upper center", frameon=False, ncols=2)
    return figure


def closed_forms(stakes: tuple[int, ...]) -> pd.DataFrame:
    """Return formula and package where the own standard is worth a stake, the other's one."""
    import pandas as pd

    rows = []
    for stake in stakes:
        found = contest(stake, 1, stake, 1, apart=0).found
        mixed = int((~found.pure).argmax())
        rows.append(
            {
                "w": f"{stake}",
                "p, formula": stake / (stake + 1),
                "p, package": float(found[mixed][0][0]),
                "agree, formula": 2 * stake / (stake + 1) ** 2,
                "agree, package": float(found.coordination[mixed]),
                "each gets": float(found.payoffs[mixed, 0]),
            }
        )
    return pd.DataFrame(rows).set_index("w")


battle = Board(
    name="battle",
    title="Two firms, one standard or two",
    question="Whose standard wins, and does it pay to be stubborn?",
    controls=(
        Slider("own_1", "first firm: its own standard for both", 0, 6, 0.5, 5),
        Slider("other_1", "first firm: the other's standard for both", 0, 6, 0.5, 3),
        Slider("own_2", "second firm: its own standard for both", 0, 6, 0.5, 5),
        Slider("other_2", "second firm: the other's standard for both", 0, 6, 0.5, 3),
        Slider("apart", "either firm: two standards", 0, 6, 0.5, 1),
    ),
    solve=contest,
    numbers=in_numbers,
    picture=draw_battle,
    answer=lambda outcome: outcome.found,
)

BOARDS = (battle,)
