"""Boards of the lecture on which convention survives: mistakes, doubt, noisy choice.

Two standards, New and Old.  Action 0 is New; shares and counts are of users of New.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.lectures.classroom import Board, Slider
from unigauge.models import finite, global_games, quantal, selection

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Game = tuple[tuple[float, float], tuple[float, float]]

__all__ = ["BOARDS", "doubt", "draw_survival", "game", "mistakes", "noisy"]
__all__ += ["Society", "odds", "scientific", "society", "survival", "turning_point"]

NEW, OLD = "C1", "C0"
RATES = (0.5, 0.25, 0.05)
PRECISION = 0.6


def game(both_new: float, new_alone: float, old_alone: float, both_old: float) -> Game:
    """Return payoffs by own standard (rows) and the other's, New first."""
    return ((both_new, new_alone), (old_alone, both_old))


@dataclass(frozen=True, slots=True, kw_only=True)
class Society:
    """A class that revises its standards and errs.

    Attributes
    ----------
    game : pair of pairs of float
        Payoffs.
    players : int
        Students.
    long_run : Stationary
        Probability of each number of users of New.
    stability : Stability
        Conventions, and the mistakes that it takes to leave them.
    tipping_share : float
        Share of the others on New at which New pays as much as Old; NaN if the standards
        are not both conventions.
    """

    game: Game
    players: int
    long_run: selection.Stationary
    stability: selection.Stability
    tipping_share: float

    @property
    def mistakes_to_leave_new(self) -> float:
        """Fewest mistakes that upset New; 0 if New is no convention."""
        return self._radius(self.players)

    @property
    def mistakes_to_leave_old(self) -> float:
        """Fewest mistakes that upset Old; 0 if Old is no convention."""
        return self._radius(0)

    def _radius(self, state: int) -> float:
        classes, radius = self.stability.classes, self.stability.radius.tolist()
        return radius[classes.index((state,))] if (state,) in classes else 0.0


def society(
    both_new: float = 5.0,
    new_alone: float = 0.0,
    old_alone: float = 4.0,
    both_old: float = 3.0,
    players: int = 20,
    rate: float = 0.5,
) -> Society:
    """Return where a class of so many players spends its time."""
    payoffs = game(both_new, new_alone, old_alone, both_old)
    return Society(
        game=payoffs,
        players=players,
        long_run=selection.best_reply_with_mistakes(payoffs, players, rate),
        stability=selection.convention_stability(payoffs, players),
        tipping_share=finite.risk_dominance(payoffs).p_star,
    )


def scientific(number: float, digits: int = 4) -> str:
    """Return a number with its power of ten raised."""
    mantissa, power = f"{number:.{digits}e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return mantissa if int(power) == 0 else f"{mantissa} × 10{raised}"


def odds(payoffs: Game, players: int, rates: tuple[float, ...]) -> pd.DataFrame:
    """Return the odds of all New against all Old, by the formula and by the package."""
    import pandas as pd

    upset_old, upset_new = selection.convention_stability(payoffs, players).radius
    rows = []
    for rate in rates:
        long_run = selection.best_reply_with_mistakes(payoffs, players, rate)
        formula = ((1 - rate / 2) / (rate / 2)) ** (upset_new - upset_old)
        rows.append([scientific(x) for x in (formula, 10**long_run.log10_ratio)])
    index = pd.Index([f"one turn in {1 / rate:.0f}" for rate in rates], name="careless")
    return pd.DataFrame(rows, index=index, columns=["formula", "package"])


def society_numbers(outcome: Society) -> dict[str, float | str]:
    tipping, long_run = outcome.tipping_share, outcome.long_run
    return {
        "New pays if this share of others has it": (
            "one standard always pays" if np.isnan(tipping) else tipping
        ),
        "mistakes that upset New": outcome.mistakes_to_leave_new,
        "mistakes that upset Old": outcome.mistakes_to_leave_old,
        "long-run share on New": long_run.mean_share,
        "odds of all New against all Old": scientific(10**long_run.log10_ratio, 1),
    }


def draw_society(outcome: Society) -> Figure:
    """Draw what both standards pay, and below it where the class spends its time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=(3, 2))
    (both_new, new_alone), (old_alone, both_old) = outcome.game
    above.plot([0, 1], [new_alone, both_new], NEW, lw=2)
    above.plot([0, 1], [both_old, old_alone], OLD, lw=2)
    for text, level, colour in (("New", both_new, NEW), ("Old", old_alone, OLD)):
        above.annotate(
            text,
            (1, level),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )
    if 0 < outcome.tipping_share < 1:
        above.axvspan(0, outcome.tipping_share, color=OLD, alpha=0.12, lw=0)
        above.axvspan(outcome.tipping_share, 1, color=NEW, alpha=0.12, lw=0)
    above.set(xlim=(0, 1), xlabel="share of the others on New", ylabel="payoff")
    states = np.arange(outcome.players + 1)
    tips = outcome.tipping_share * (outcome.players - 1)
    colours = np.where(states > tips, NEW, OLD).tolist()
    below.bar(states, outcome.long_run.probabilities, width=0.8, color=colours)
    below.xaxis.get_major_locator().set_params(integer=True)
    below.set_xlim(-0.6, outcome.players + 0.6)
    below.set(xlabel="students on New", ylabel="share of time")
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


mistakes = Board(
    name="mistakes",
    title="A convention that mistakes may upset",
    question="Which of two standards lasts if people revise, and sometimes err?",
    controls=(
        Slider("both_new", "New, among users of New, pays", 3.0, 8.0, 0.5, 5.0),
        Slider("new_alone", "New, among users of Old, pays", 0.0, 2.75, 0.25, 0.0),
        Slider("old_alone", "Old, among users of New, pays", 0.0, 4.75, 0.25, 4.0),
        Slider("players", "students in the room", 4, 60, 1, 20),
        Slider("rate", "chance that a turn is careless", 0.05, 0.9, 0.05, 0.5),
    ),
    solve=society,
    numbers=society_numbers,
    picture=draw_society,
    answer=lambda outcome: outcome.long_run,
)


def noisy_play(old_alone: float, precision: float) -> quantal.LogitEquilibria:
    return quantal.equilibria(game(5.0, 0.0, old_alone, 3.0), precision)


def draw_noisy(outcome: quantal.LogitEquilibria) -> Axes:
    # Two players: the differences are those of a game that pays them to action 0.
    (alone, together) = outcome.differences.tolist()
    axes = quantal.correspondence(((together, alone), (0.0, 0.0))).plot()
    if (legend := axes.get_legend()) is not None:
        legend.remove()
    axes.axvline(outcome.precision, color="0.5", lw=1, ls=":")
    axes.plot([outcome.precision] * len(outcome), outcome.probabilities, "ko")
    axes.set_xlim(0, max(5.0, 1.1 * outcome.precision))
    axes.set(title="", xlabel="precision of choice", ylabel="chance of choosing New")
    return axes


noisy = Board(
    name="noisy",
    title="Noisy choice",
    question="What is played by people who choose the better standard more often, not always?",
    controls=(
        Slider("old_alone", "Old, among users of New, pays", 0.0, 4.75, 0.25, 4.0),
        Slider("precision", "precision of choice", 0.0, 5.0, 0.1, 2.0),
    ),
    solve=noisy_play,
    numbers=lambda outcome: {
        "equilibria": len(outcome),
        "chance of New, lowest": outcome.probabilities[0],
        "chance of New, highest": outcome.probabilities[-1],
    },
    picture=draw_noisy,
)


def draw_doubt(outcome: global_games.PublicPrivate) -> Axes:
    data = outcome.plot_data()
    axes = outcome.plot()
    axes.clear()
    worth = data["expected_state"]
    axes.plot(worth, data["others_stay_out"], "C0", label="others expected to stay")
    axes.plot(worth, data["diagonal"], "0.6", label="at which New just pays")
    axes.plot(outcome.cutoffs, outcome.cutoffs, "ko")
    axes.set_xlabel("what New seems worth to whoever is just willing to switch")
    axes.set_ylabel("share of the others who stay with Old")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


doubt = Board(
    name="doubt",
    title="Doubt",
    question="Do private estimates of a standard's worth leave one equilibrium, or several?",
    controls=(
        Slider("public_precision", "how precise the public news is", 0.5, 30.0, 0.5, 2.0),
        Slider(
            "private_precision", "how precise one's own estimate is", 0.5, 30.0, 0.5, 4.0
        ),
        Slider("public_signal", "what the news says New is worth", 0.0, 1.0, 0.05, 0.5),
    ),
    solve=global_games.public_private,
    numbers=lambda outcome: {
        "equilibria": len(outcome.cutoffs),
        "boldest: switch if New seems worth": outcome.cutoffs[0],
        "most timid: switch if New seems worth": outcome.cutoffs[-1],
    },
    picture=draw_doubt,
)

BOARDS = (mistakes, noisy, doubt)


# ---------------------------------------------------------------------------
# The picture worth the hour


def survival(players: int = 100, points: int = 99) -> pd.DataFrame:
    """Return the share on New by what Old pays among users of New, by what disturbs.

    Mistakes at three rates, in the long run; logit choice, on the branch that starts at
    coin tosses; small private doubt, which leaves the risk-dominant standard.
    """
    import pandas as pd

    rows = []
    for old_alone in np.linspace(0.0, 4.9, points).tolist():
        payoffs = game(5.0, 0.0, old_alone, 3.0)
        found = quantal.equilibria(payoffs, PRECISION).probabilities
        branch = found[-1] if np.sum(payoffs[0]) >= np.sum(payoffs[1]) else found[0]
        safer = finite.risk_dominance(payoffs).risk_dominant_action
        row = {
            "old_alone": old_alone,
            "noisy": float(branch),
            "doubt": float(safer == 0),
        }
        for rate in RATES:
            long_run = selection.best_reply_with_mistakes(payoffs, players, rate)
            row[f"mistakes_{rate:g}"] = long_run.mean_share
        rows.append(row)
    return pd.DataFrame(rows)


def turning_point(data: pd.DataFrame) -> float:
    """Return what Old pays among users of New where neither is the safer standard."""
    on_new = data["old_alone"][data["doubt"] > 0].max()
    on_old = data["old_alone"][data["doubt"] == 0].min()
    return float(on_new + on_old) / 2


def draw_survival(data: pd.DataFrame, today: float = 4.0) -> Figure:
    """Draw the shares of :func:`survival`, and where today's game stands."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.4), layout="constrained")
    axes = figure.subplots()
    across, last = data["old_alone"], float(data["old_alone"].max())
    turning = turning_point(data)
    axes.axvspan(0, turning, color=NEW, alpha=0.12, lw=0)
    axes.axvspan(turning, last, color=OLD, alpha=0.12, lw=0)
    axes.text(turning / 2, 1.09, "New survives", ha="center", color=NEW)
    both = (turning + last) / 2
    axes.text(both, 1.09, "Old survives, New is better for all", ha="center", color=OLD)
    for rate, shade in zip(RATES, ("#8fb4dd", "#4d86c6", "#174a85"), strict=True):
        label = f"mistakes: 1 careless turn in {1 / rate:.0f}"
        axes.plot(across, data[f"mistakes_{rate:g}"], color=shade, label=label)
    axes.plot(across, data["noisy"], "C2", label="noisy choice")
    axes.plot(across, data["doubt"], "k--", ds="steps-mid", label="doubt")
    axes.axvline(today, color="0.5", lw=1, ls=":")
    axes.text(today + 0.05, 0.5, "today's game", fontsize=9)
    axes.set(xlim=(0, last), ylim=(-0.03, 1.2), yticks=(0, 0.5, 1))
    axes.set_xlabel("what Old pays among users of New: how good its adapter is")
    axes.set_ylabel("share on New")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(0, 0.34))
    axes.spines[["top", "right"]].set_visible(False)
    return figure
