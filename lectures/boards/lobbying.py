"""Board of the lecture on lobbies: an agreement on standards as a walk on a hill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.lectures.classroom import Board, Choice, Slider
from unigauge.models.regulation.lobbying import (
    STANDARDS,
    Agreement,
    Economy,
    agreement,
    common_standard,
    compare,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["BOARDS", "closed_forms", "draw_walks", "lobbies", "rounds", "scoresheet"]

COLOURS = {"raises": "#1f77b4", "lowers": "#c8402f", "neutral": "0.35"}
DIRECTIONS = {"loosen": "loosens", "tighten": "tightens", "equal": "changes nothing"}


class Round(NamedTuple):
    """What a round of the five-minute game pays."""

    price: float
    strict_score: float
    lax_score: float
    people: float
    alone: str
    together: str


def rounds(students: int, first: int, second: int, counted: float) -> tuple[Round, Round]:
    """Return both rounds of the five-minute game.

    Parameters
    ----------
    students : int
        How many govern a country each.
    first, second : int
        How many of them are lax about using the good, and about making it.
    counted : float
        How often a government counts a coin of its makers.
    """

    def played(lax: int, direction: int, own: float) -> Round:
        each = 2 * direction * (counted - 1) / students  # by way of the price
        return Round(
            price=2 * direction * lax / students,
            strict_score=each * lax,
            lax_score=each * lax + own,
            people=-lax / students,
            alone="lax" if own + each > 0 else "strict",
            together="lax" if own + each * students > 0 else "strict",
        )

    using = played(min(first, students), 1, -1.0)
    return using, played(min(second, students), -1, 2 * counted - 3)


def signed(change: float, digits: int) -> str:
    """Return a change with its sign."""
    return f"{change:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


def scoresheet(students: int, first: int, second: int, counted: float) -> pd.DataFrame:
    """Return both rounds as a table, one column a round; as :func:`rounds`."""
    import pandas as pd

    labels = {
        "price": "price changes by",
        "strict_score": "score of a strict government",
        "lax_score": "score of a lax government",
        "people": "coins of the people, a country",
        "alone": "alone, better for a government",
        "together": "together, better for governments",
    }
    columns = {
        name: [
            value if isinstance(value, str) else signed(value, 2)
            for value in played._asdict().values()
        ]
        for name, played in zip(
            ("rule about using", "rule about making"),
            rounds(students, first, second, counted),
            strict=True,
        )
    }
    return pd.DataFrame(columns, index=[labels[name] for name in Round._fields])


def economy_of(strength: float, damage: float, abatement_cost: float) -> Economy:
    """Return small countries, all alike."""
    return Economy(lobbying=strength, damage=(damage,), abatement_cost=(abatement_cost,))


def closed_forms(strength: float) -> pd.DataFrame:
    """Return standards by formula and by the package, all numbers else being one."""
    import pandas as pd

    economy = Economy(lobbying=strength)
    product, process = (agreement(economy, standard) for standard in STANDARDS)
    rows = {
        "product, alone": ((-1 + 5**0.5) / 2, product.noncooperative),
        "process, alone": ((-1 + (5 + 4 * strength) ** 0.5) / 2, process.noncooperative),
        "product, together": ((-1 + (17 + 8 * strength) ** 0.5) / 4, product.cooperative),
        "process, together": ((-1 + (17 + 8 * strength) ** 0.5) / 4, process.cooperative),
    }
    return pd.DataFrame(
        {
            "formula": {name: formula for name, (formula, _) in rows.items()},
            "package": {name: float(o.dirtiness[0]) for name, (_, o) in rows.items()},
        }
    )


def at_the_table(
    standard: str, strength: float, damage: float, abatement_cost: float
) -> Agreement:
    """Return the agreement between small countries, all alike."""
    return agreement(economy_of(strength, damage, abatement_cost), standard)


def in_numbers(deal: Agreement) -> dict[str, Any]:
    """Return the standards, what the agreement is worth, and where it does harm."""
    turns = deal.thresholds
    if "welfare_reversal" in turns:
        harmful = f"above {turns['welfare_reversal']:.2f}"
    else:
        harmful = f"{turns['loss_start']:.2f} to {turns['direction_reversal']:.2f}"
    return {
        "dirt allowed, alone": float(deal.noncooperative.dirtiness[0]),
        "dirt allowed, together": float(deal.cooperative.dirtiness[0]),
        "best for the world": float(deal.welfare_optimum.dirtiness[0]),
        "the agreement": DIRECTIONS[deal.overall],
        "change of world welfare": signed(deal.welfare_effect, 4),
        "does harm at a strength": harmful,
    }


def all_regimes(
    standard: str, strength: float, damage: float, abatement_cost: float
) -> pd.DataFrame:
    """Return standard, price, quantity and welfare in the three regimes."""
    frame = compare(economy_of(strength, damage, abatement_cost), standard)
    columns = {
        "dirtiness_1": "dirt allowed",
        "price": "price",
        "supply_1": "quantity",
        "world_welfare": "world welfare",
        "status": "status",
        "certificate": "certificate",
    }
    return frame[list(columns)].rename(columns=columns)


def draw_on(axes: Axes, deal: Agreement) -> None:
    """Draw world welfare over a common standard, and the agreement's walk on it."""
    economy, standard = deal.cooperative.economy, deal.cooperative.standard
    regimes = (deal.noncooperative, deal.cooperative, deal.welfare_optimum)
    alone, together, best = (float(regime.dirtiness[0]) for regime in regimes)
    colour = COLOURS[deal.verdict]
    hill, walk = (
        common_standard(economy, standard, steps)["world_welfare"]
        for steps in (
            best * np.linspace(0.45, 1.8, 136),
            np.linspace(alone, together, 41),
        )
    )
    axes.plot(hill.index, hill, color="0.75", lw=2.5)
    axes.axvline(best, color="0.6", lw=1, ls=":", label="best for the world")
    axes.plot(walk.index, walk, color=colour, lw=4, solid_capstyle="butt")
    ends: dict[str, Any] = {"color": colour, "ls": "", "marker": "o", "ms": 9, "mew": 2}
    axes.plot(alone, walk.iloc[0], mfc="white", label="each government alone", **ends)
    axes.plot(together, walk.iloc[-1], label="the agreement", **ends)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_yticks([])


def draw_walk(deal: Agreement) -> Figure:
    """Draw the walk from governments alone to the agreement."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    draw_on(axes, deal)
    axes.set_xlabel("dirt allowed everywhere (strict on the left, lax on the right)")
    axes.set_ylabel("world welfare")
    tail = "" if deal.verdict != "neutral" else " as it is"
    does = deal.verdict if not tail else "leaves"
    axes.set_title(f"The agreement {does} world welfare{tail}")
    axes.legend(frameon=False, loc="lower center")
    return figure


def draw_walks(strengths: tuple[float, ...]) -> Figure:
    """Draw the walks on both kinds of standard, one column a strength of lobbies."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.4, 5.0), layout="constrained")
    rows = figure.subplots(2, len(strengths), sharex=True, sharey=True)
    for row, standard in zip(rows, STANDARDS, strict=True):
        row[0].set_ylabel(f"{standard.upper()} STANDARD\nworld welfare")
        for axes, strength in zip(row, strengths, strict=True):
            deal = agreement(Economy(lobbying=strength), standard)
            draw_on(axes, deal)
            does = DIRECTIONS[deal.overall]
            worth = {"raises": "good", "lowers": "bad", "neutral": "even"}[deal.verdict]
            axes.set_title(f"lobbies {strength:g}: {does}, {worth}", fontsize=10)
    for axes in rows[-1]:
        axes.set_xlabel("dirt allowed")
    return figure


lobbies = Board(
    name="lobbies",
    title="Lobbies at the table",
    question="When is an agreement on standards good for the world?",
    controls=(
        Choice(
            "standard",
            "the rule is about",
            {"using the good (product)": "product", "making it (process)": "process"},
            "using the good (product)",
        ),
        Slider("strength", "strength of lobbies", 0.0, 2.0, 0.05, 0.3),
        Slider("damage", "damage done by dirt", 0.5, 2.0, 0.1, 1.0),
        Slider("abatement_cost", "cost of cleaning", 0.5, 2.0, 0.1, 1.0),
    ),
    solve=at_the_table,
    numbers=in_numbers,
    picture=draw_walk,
    regimes=all_regimes,
)

BOARDS = (lobbies,)
