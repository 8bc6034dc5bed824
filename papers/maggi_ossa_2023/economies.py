"""The economies in which the claims are checked."""

from __future__ import annotations

from unigauge.models.regulation.lobbying import Economy

ALIKE = {
    "base": Economy(),
    "steep supply": Economy(supply_slope=(2.0,), abatement_cost=(0.6,)),
    "steep demand": Economy(demand_slope=(1.8,), damage=(0.5,)),
}
UNLIKE = {
    "two": Economy(
        demand_scale=(1, 2),
        demand_slope=(1, 0.6),
        supply_scale=(1.5, 0.8),
        supply_slope=(0.8, 1.4),
        damage=(1, 0.4),
        abatement_cost=(1, 1.8),
        lobby_strength=(1, 0.5),
        mass=(0.4, 0.6),
    ),
    "three": Economy(damage=(1, 0.7, 1.3), supply_slope=(1, 1.2, 0.9)),
}
SMALL = {**ALIKE, **UNLIKE}
TRADERS = Economy(demand_scale=(2, 0.5), supply_scale=(0.5, 2), large=True)
EXPORTER = Economy(
    demand_scale=(12.3, 8.4),
    demand_slope=(1.2, 0.7),
    supply_scale=(0.8, 0.4),
    supply_slope=(0.9, 1.6),
    damage=(0.6, 0.8),
    abatement_cost=(1.5, 1.5),
    market="linear",
    large=True,
)
BOUNDED = Economy(
    abatement="quadratic", demand_slope=(40,), supply_slope=(0.1,), damage=(0.2,)
)
LOSING = Economy(
    demand_scale=(1.67, 1.11),
    demand_slope=(1.03, 0.62),
    supply_scale=(1.32, 1.16),
    supply_slope=(2.26, 0.57),
    damage=(0.5, 0.76),
    abatement_cost=(0.73, 0.92),
    lobby_strength=(0.55, 1.46),
)
STRONG_TRADERS = tuple(
    Economy(demand_scale=(trade, 1 / trade), supply_scale=(1 / trade, trade), large=True)
    for trade in (2.0, 3.0, 4.0)
)
NEARLY_BALANCED = Economy(
    demand_scale=(1.1, 1 / 1.1), supply_scale=(1 / 1.1, 1.1), large=True
)
