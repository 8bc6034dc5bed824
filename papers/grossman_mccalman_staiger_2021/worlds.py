"""The worlds in which the claims are checked."""

from __future__ import annotations

from unigauge.models.regulation.delocation import World

WORLDS = {
    "base": World(),
    "unequal": World(
        market_size=(1.2, 1.0), trade_cost=0.4, attribute_bounds=(-0.75, 0.75)
    ),
    "close tastes": World(taste=(0.3, -0.2), trade_cost=0.5, attribute_bounds=(-0.7, 0.7)),
    "close substitutes": World(
        curvature=0.85, trade_cost=0.25, attribute_bounds=(-0.6, 0.6)
    ),
    "dear adaptation": World(
        market_size=(1.0, 1.1),
        trade_cost=0.5,
        adaptation_cost=1.5,
        attribute_bounds=(-0.7, 0.7),
    ),
}
CORNERS = (
    World(market_size=(3.0, 1.0), trade_cost=0.2),
    World(market_size=(4.0, 1.0), trade_cost=0.3, curvature=0.7),
)
FREE_ADAPTATION = World(adaptation_cost=0.0)
UNSTABLE = {
    "wide bounds": World(attribute_bounds=(-2.0, 2.0)),
    "intense tastes": World(taste_intensity=1.0, adaptation_cost=2.0),
}
HARMLESS = {"common": (-0.5, -0.5), "own taste": (0.5, -0.5), "middle": (0.0, 0.0)}
DAMAGE = (0.1, 0.2, 0.3, 0.5, 1.0)


def damaged(harmless: str, damage: tuple[float, ...] = DAMAGE) -> list[World]:
    """Return the base world with damage of several sizes."""
    return [
        World(externality=(xi, xi), harmless_attribute=HARMLESS[harmless]) for xi in damage
    ]
