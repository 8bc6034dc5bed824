"""Boards of the lecture on standards that pull firms across a border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unigauge.lectures.classroom import Board, Choice, Slider
from unigauge.models import delocation
from unigauge.models.regulation.delocation import FOREIGN, HOME, Market, Outcome, World
from unigauge.papers.grossman_mccalman_staiger_2021 import pictures

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["BOARDS", "border", "draw_two_rules", "rules", "where_equal"]

TRADE_COST = Slider("trade_cost", "trade cost", 0.1, 1.0, 0.05, 0.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What home's standard for imports does, against the world without rules."""

    standard: float
    free: Outcome
    market: Market


def ask_of_imports(standard: float, trade_cost: float) -> Move:
    """Let home ask ``standard`` of imports, all else as firms chose it."""
    free = delocation.solve(World(trade_cost=trade_cost), "laissez_faire")
    designs = free.attributes.copy()
    designs[FOREIGN, HOME] = standard
    return Move(
        standard=standard, free=free, market=delocation.equilibrium(free.world, designs)
    )


def what_moved(move: Move) -> dict[str, str]:
    """Return firms and welfare against the world without rules."""
    firms = move.market.firms / move.free.firms - 1
    gain = move.market.welfare - move.free.welfare
    changes = {
        "firms at home": f"{firms[HOME]:+.1%}",
        "firms abroad": f"{firms[FOREIGN]:+.1%}",
        "welfare at home": f"{gain[HOME]:+.4f}",
        "welfare abroad": f"{gain[FOREIGN]:+.4f}",
        "world welfare": f"{gain @ move.free.world.market_size:+.4f}",
    }
    return {name: change.replace("-", "\N{MINUS SIGN}") for name, change in changes.items()}


def draw_move(move: Move) -> Axes:
    """Draw firms and welfare against home's standard, and where it stands."""
    axes = pictures.draw_delocation(pictures.import_standard(move.free, 101), move.free)
    for panel in axes.figure.axes:
        panel.axvline(move.standard, color="C3", lw=2)
    return axes


def world(trade_cost: float, damage: float, harmless: float) -> World:
    """Return the world with the same damage in both countries."""
    return World(
        trade_cost=trade_cost,
        externality=(damage, damage),
        harmless_attribute=(harmless, harmless),
    )


def under_rules(regime: str, trade_cost: float, damage: float, harmless: float) -> Outcome:
    """Return what standards come out of the rules."""
    return delocation.solve(world(trade_cost, damage, harmless), regime)


def all_rules(
    regime: str, trade_cost: float, damage: float, harmless: float
) -> pd.DataFrame:
    """Return welfare and certificate under all rules, best first."""
    table = delocation.compare(world(trade_cost, damage, harmless))
    columns = ["world_welfare", "status", "certificate"]
    return table[columns].sort_values("world_welfare", ascending=False)


def under_rules_in_numbers(outcome: Outcome) -> dict[str, float]:
    """Return the standards of home's market, firms and welfare."""
    return {
        "version of home firms, at home": outcome.attributes[HOME, HOME],
        "version of foreign firms, at home": outcome.attributes[FOREIGN, HOME],
        "firms at home": outcome.firms[HOME],
        "firms abroad": outcome.firms[FOREIGN],
        "world welfare": outcome.world_welfare,
    }


def where_equal(table: pd.DataFrame) -> float:
    """Return the damage at which the drawn lines of the two rules cross."""
    lead = (table["national_treatment"] - table["mutual_recognition"]).to_numpy()
    after = int((lead > 0).argmax())
    (first, second), damage = lead[after - 1 : after + 1], table["xi"].to_numpy()
    return float(
        damage[after] - (damage[after] - damage[after - 1]) * second / (second - first)
    )


def draw_two_rules(table: pd.DataFrame) -> Axes:
    """Draw world welfare under two rules against the damage from consumption."""
    axes = pictures.draw_two_rules(table, where_equal(table))
    axes.set_xlabel("damage from consumption")
    axes.set_ylabel("world welfare")
    return axes


border = Board(
    name="border",
    title="One rule for imports",
    question="What does home gain, and who pays, when it asks imports to be different?",
    controls=(
        Slider("standard", "home's standard for imports", -0.4, 0.6, 0.02, 0.5),
        TRADE_COST,
    ),
    solve=ask_of_imports,
    numbers=what_moved,
    picture=draw_move,
    answer=lambda move: move.free,
)

rules = Board(
    name="rules",
    title="Rules about standards",
    question="Which rules bring standards near to what a planner would choose?",
    controls=(
        Choice(
            "regime",
            "rules",
            {regime.replace("_", " "): regime for regime in delocation.REGIMES},
            "national treatment",
        ),
        TRADE_COST,
        Slider("damage", "damage from consumption", 0.0, 1.0, 0.05, 0.0),
        Slider("harmless", "attribute that does no damage", -0.5, 0.5, 0.1, -0.5),
    ),
    solve=under_rules,
    numbers=under_rules_in_numbers,
    regimes=all_rules,
)

BOARDS = (border, rules)
