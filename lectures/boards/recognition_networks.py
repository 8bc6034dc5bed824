"""Boards of the lecture on recognition networks: a map, blocs, whose rule binds."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from unigauge.lectures.classroom import Board, Choice, Slider
from unigauge.models import coalitions, recognition, treatment
from unigauge.models.agreements.coalitions import Blocs, PartitionCore
from unigauge.models.agreements.recognition import NetworkMap, World
from unigauge.models.agreements.treatment import Thresholds, Treatment
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["BOARDS", "LETTERS", "POINTS", "blocs", "draw_sheet", "formula", "links"]
__all__ += ["network", "points", "rules", "today"]

LETTERS = "ABCD"
POINTS = 100
"""Points of the game to a unit of welfare."""


def today() -> World:
    """Return the world of the game: four countries alike, and dear conversion."""
    return World(n=4, conversion_cost=0.6)


def links(*pairs: str) -> list[tuple[int, int]]:
    """Return pairs of letters as a network.

    Examples
    --------
    >>> links("AB", "BC")
    [(0, 1), (1, 2)]
    """
    return [(LETTERS.index(pair[0]), LETTERS.index(pair[1])) for pair in pairs]


def points(*pairs: str) -> list[float]:
    """Return the points that every country earns in a network of the game."""
    welfare = recognition.payoffs(today(), links(*pairs)).welfare
    return [POINTS * worth for worth in welfare.tolist()]


def formula(*pairs: str) -> pd.DataFrame:
    """Return every country's points in a network of the game, by formula and by package."""
    import pandas as pd

    partners = [{k} for k in range(len(LETTERS))]
    for one, other in links(*pairs):
        partners[one].add(other)
        partners[other].add(one)
    firms = [len(group) for group in partners]
    by_hand = [
        POINTS * ((e / (e + 1)) ** 2 / 2 + sum(1 / (firms[k] + 1) ** 2 for k in group))
        for e, group in zip(firms, partners, strict=True)
    ]
    index = pd.Index(list(LETTERS), name="country")
    return pd.DataFrame({"formula": by_hand, "package": points(*pairs)}, index=index)


# ---------------------------------------------------------------------------
# Which networks last


def find_map(
    conversion_cost: float = 0.6,
    network_benefit: float = 0.0,
    link_cost: float = 0.0,
    size: float = 1.0,
    transit: float = inf,
    concept: str = "pairwise",
) -> NetworkMap:
    """Return all networks of four countries, the first of them of another size."""
    world = World(
        n=4,
        conversion_cost=conversion_cost,
        network_benefit=network_benefit / POINTS,
        link_cost=link_cost / POINTS,
        size=(size, 1, 1, 1),
        transit_cost=transit,
    )
    return recognition.network_map(world, concept)


def map_in_numbers(outcome: NetworkMap) -> dict[str, float | str]:
    """Return how many networks last, and how good they are."""
    best = outcome.total >= outcome.total.max() - 1e-9
    lasting = outcome.total[outcome.stable]
    return {
        "networks that last": int(outcome.number[outcome.stable].sum()),
        "does the best one last?": "yes" if (outcome.stable & best).any() else "no",
        "welfare of the best, in points": POINTS * outcome.total.max(),
        "of the worst that lasts": POINTS * lasting.min() if lasting.size else "none lasts",
        "chance that bilateral deals end at the best": f"{outcome.chance[best].sum():.0%}",
    }


def draw_map(outcome: NetworkMap) -> Axes:
    """Draw the map without its heading, in points."""
    axes = outcome.plot()
    axes.set(title="", ylabel="points of all countries together")
    axes.yaxis.set_major_formatter(lambda level, _: f"{POINTS * level:.0f}")
    return axes


network = Board(
    name="network",
    title="All networks of four countries",
    question="Which networks of recognition last, and are they the best ones?",
    controls=(
        Slider("conversion_cost", "cost of an unrecognised standard", 0.05, 0.8, 0.05, 0.6),
        Slider("network_benefit", "worth of a common standard", 0.0, 5.0, 0.5, 0.0),
        Slider("link_cost", "cost of an agreement, to each side", 0.0, 10.0, 0.5, 0.0),
        Slider("size", "size of the first country", 1.0, 4.0, 0.5, 1.0),
        Choice(
            "transit",
            "a partner's partner",
            {"is not recognised": inf, "is recognised too": 0.0},
            "is not recognised",
        ),
        Choice(
            "concept",
            "a link needs",
            {
                "a gain of one and no loss of the other": "pairwise",
                "a joint gain": "transfers",
            },
            "a gain of one and no loss of the other",
        ),
    ),
    solve=find_map,
    numbers=map_in_numbers,
    picture=draw_map,
)


# ---------------------------------------------------------------------------
# Blocs


@dataclass(frozen=True, slots=True, kw_only=True)
class Deals:
    """Countries with tastes, and the blocs that last among them."""

    game: Blocs
    core: PartitionCore


def find_blocs(spread: float, adaptation_cost: float, conversion_cost: float) -> Deals:
    """Return which blocs last among three countries with different tastes."""
    game = Blocs(
        position=(0.0, spread / 2, spread),
        adaptation_cost=adaptation_cost,
        world=World(n=3, conversion_cost=conversion_cost),
    )
    return Deals(game=game, core=coalitions.partition_core(game))


def _spelled(partition: tuple[tuple[int, ...], ...]) -> str:
    return " ".join("".join(LETTERS[k] for k in bloc) for bloc in partition)


def draw_blocs(outcome: Deals) -> Axes:
    """Draw tastes and standards in every partition; what lasts is in green."""
    axes = axes_or_new(None, size=(6.4, 3.6))
    place, core = outcome.game.position, outcome.core
    for row, partition in enumerate(core.everything):
        level = -row
        lasts = partition in core.stable
        colour = "C2" if lasts else "0.6"
        standards = outcome.game.standards(partition)
        for start, end in zip(place.tolist(), standards.tolist(), strict=True):
            axes.plot([start, end], [level, level], color=colour, lw=2)
        axes.scatter(place, [level] * len(place), s=45, color=colour, zorder=2)
        axes.scatter(
            standards, [level] * len(place), marker="|", s=220, color="k", zorder=3
        )
    axes.set_yticks(
        [-row for row in range(len(core.everything))],
        [_spelled(partition) for partition in core.everything],
    )
    axes.set(
        xlim=(-0.15, 4.15), xlabel="tastes (dots) and standards (bars)", ylabel="blocs"
    )
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return axes


blocs = Board(
    name="blocs",
    title="Blocs with a standard of their own",
    question="When do countries with different tastes share one standard?",
    controls=(
        Slider("spread", "distance between the outer tastes", 0.2, 4.0, 0.2, 2.0),
        Slider("adaptation_cost", "cost of a foreign taste", 0.0, 0.6, 0.05, 0.2),
        Slider("conversion_cost", "cost of an unrecognised standard", 0.05, 0.8, 0.05, 0.5),
    ),
    solve=find_blocs,
    numbers=lambda outcome: {
        "blocs that last": ", or ".join(map(_spelled, outcome.core.stable)) or "none",
        "standards in the best world": outcome.core.efficient_blocs,
    },
    picture=draw_blocs,
    answer=lambda outcome: outcome.core,
)


# ---------------------------------------------------------------------------
# Whose rule binds


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the market's rule, the producer's and a planner's come to."""

    national: Treatment
    mutual: Treatment
    planner: Treatment
    thresholds: Thresholds


def find_rules(damage: float, compliance_cost: float) -> Rules:
    """Return whether the standard is imposed under each regime."""
    world = treatment.TwoCountries(damage=damage, compliance_cost=compliance_cost)
    national, mutual, planner = (
        treatment.solve(world, regime) for regime in treatment.REGIMES
    )
    return Rules(
        national=national,
        mutual=mutual,
        planner=planner,
        thresholds=treatment.costinot(compliance_cost=compliance_cost),
    )


def rules_in_numbers(outcome: Rules) -> dict[str, str]:
    """Return who imposes the standard, and what it does to world welfare."""
    asked = {
        "the market's rule": outcome.national,
        "the producer's rule": outcome.mutual,
        "best for the world": outcome.planner,
    }
    shown = {}
    for name, answer in asked.items():
        strict = "strict" if all(answer.standards) else "lax"
        either = "strict or lax" if answer.status == "multiple" else strict
        shown[name] = f"{either}, welfare {answer.total:.3f}"
    return shown


def draw_rules(outcome: Rules) -> Axes:
    """Draw from what damage on each regime imposes the standard."""
    axes = axes_or_new(None, size=(6.4, 2.8))
    turns = outcome.thresholds
    strict = turns.mutual_recognition_if_other_strict
    lax = turns.mutual_recognition_if_other_lax
    last = 2.0
    for row, start, colour in (
        (2, turns.national_treatment, "C1"),
        (1, turns.world, "0.4"),
        (0, lax, "C0"),
    ):
        axes.barh(row, last - start, left=start, color=colour, height=0.55)
    axes.barh(0, lax - strict, left=strict, color="C0", alpha=0.35, height=0.55)
    axes.text((lax + strict) / 2, 0, "either", ha="center", va="center", fontsize=9)
    damage = float(outcome.national.world.damage[0])
    axes.axvline(damage, color="C3", lw=2)
    axes.set_yticks(
        [2, 1, 0], ["the market's rule", "best for the world", "the producer's rule"]
    )
    axes.set(xlim=(0, last), xlabel="damage of a unit; bars: the standard is imposed")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return axes


rules = Board(
    name="whose_rule",
    title="Whose rule binds",
    question="Does a good have to meet the rule of the market, or that of its producer?",
    controls=(
        Slider("damage", "damage of an unregulated unit", 0.0, 2.0, 0.05, 0.5),
        Slider("compliance_cost", "cost of the standard, a unit", 0.05, 0.45, 0.05, 0.25),
    ),
    solve=find_rules,
    numbers=rules_in_numbers,
    picture=draw_rules,
    answer=lambda outcome: outcome.thresholds,
)

BOARDS = (network, blocs, rules)


# ---------------------------------------------------------------------------
# The sheet of the game


def draw_sheet(found: NetworkMap) -> Figure:
    """Draw every shape of network with the points that each country earns."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.8, 5.2), layout="constrained")
    turn = np.pi / 4 + np.pi / 2 * np.arange(4)
    place = np.column_stack([np.cos(turn), np.sin(turn)])
    panels = figure.subplots(3, 4).ravel()
    for axes in panels:
        axes.set_axis_off()
    frame = found.to_frame()
    for axes, graph in zip(panels, found.graphs.tolist(), strict=False):
        for i, j in recognition.edges(graph, 4):
            axes.plot(*place[[i, j]].T, color="0.3", lw=1.8, zorder=1)
        axes.scatter(place[:, 0], place[:, 1], s=420, color="w", edgecolor="0.3", zorder=2)
        for k, (x, y) in enumerate(place.tolist()):
            worth = POINTS * frame.loc[graph, f"welfare_{k}"]
            axes.text(x, y, f"{worth:.0f}", ha="center", va="center", zorder=3)
        axes.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), aspect="equal")
    return figure
