"""The panels: one two-way system, seen in several ways, and some that break the rules.

Knowledge k and standards s follow the system of :mod:`unigauge.two_way_map` with
adjustment .4 and .3; standards move what is wanted of knowledge by .25, or by 0 under the
null, and knowledge moves standards by .5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import require_choice
from unigauge.two_way_map import reduced_form, simulate_two_way

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "ABSORPTION",
    "BROKEN",
    "NEIGHBOURS",
    "SATURATION",
    "WORLDS",
    "own_effects",
    "panel",
    "ring",
]

ADJUSTMENT = (0.4, 0.3)
RESPONSE = (0.25, 0.5)
IMITATION = (0.3, 0.3)
SATURATION = 0.05
ABSORPTION = 0.15
COUNT_CONSTANTS = (0.5, 0.0)
"""Constants of the log means of patents and standards."""
REACH = 2
"""Neighbours on each side of the ring."""

TREND_SPREAD = 0.02
"""Standard deviation over units of the growth of both stocks a period."""
FACTOR_SPREAD = 0.15
"""Standard deviation of a common factor that units load on in their own ways."""
PERSISTENCE_SPREAD = 0.3
"""The own effect of knowledge is .6 and uniformly up to this more or less."""
KINDS_OF_UNITS = (0.0, 2.0)
"""Effect of standards in either half of the units, in parts of the mean effect."""


def own_effects(effect: bool) -> Floats:
    """Return A, with the effect of standards on knowledge or without it."""
    return reduced_form(ADJUSTMENT, (RESPONSE[0] if effect else 0.0, RESPONSE[1])).own


NEIGHBOURS = ADJUSTMENT[0] * IMITATION[0]
"""d11, the effect of the neighbours' knowledge on knowledge."""


def ring(units: int) -> Floats:
    """Return W: the mean of the two neighbours on each side of a ring."""
    steps = [step for step in range(-REACH, REACH + 1) if step]
    neighbours = [np.roll(np.eye(units), step, axis=1) for step in steps]
    return np.asarray(np.mean(neighbours, axis=0))


def panel(
    world: str, *, effect: bool, seed: int, units: int = 50, periods: int = 20
) -> pd.DataFrame:
    """Return a panel of a world in :data:`WORLDS` or :data:`BROKEN`, indexed (unit, time).

    Parameters
    ----------
    world : str
        Its name.
    effect : bool
        Whether standards move knowledge.
    seed : int
        Of the draw.
    units, periods : int
        N and T.
    """
    known = {**WORLDS, **BROKEN}
    own = own_effects(effect)
    return known[require_choice("world", world, known)](
        seed=seed,
        units=units,
        periods=periods,
        persistence=tuple(np.diag(own)),
        standards_to_knowledge=own[0, 1],
        knowledge_to_standards=own[1, 0],
    )


Simulator = Callable[..., "pd.DataFrame"]


def _simulator(**options: Any) -> Simulator:
    def simulate(**basis: Any) -> pd.DataFrame:
        return simulate_two_way(**basis, **options)

    return simulate


def _counts(**basis: Any) -> pd.DataFrame:
    """Counts whose log means have the constants that A and a typical count imply."""
    own = np.array(
        [
            [basis["persistence"][0], basis["standards_to_knowledge"]],
            [basis["knowledge_to_standards"], basis["persistence"][1]],
        ]
    )
    typical = np.expm1(np.linalg.solve(np.eye(2) - own, COUNT_CONSTANTS))
    return simulate_two_way(**basis, observed="counts", typical_count=typical.tolist())


def _network(**basis: Any) -> pd.DataFrame:
    """Knowledge of neighbours adds to knowledge, and their mean is a column."""
    weights = ring(basis["units"])
    effects = np.multiply(ADJUSTMENT, IMITATION).tolist()
    frame = simulate_two_way(**basis, network=weights, network_effects=effects)
    stock = frame["knowledge"].to_numpy().reshape(len(weights), -1)
    return frame.assign(neighbours=(weights @ stock).ravel())


def _trends(**basis: Any) -> pd.DataFrame:
    """Each unit's stocks grow at its own rate, which no estimator here allows for."""
    frame = simulate_two_way(**basis)
    rng = np.random.default_rng([basis["seed"], 1])
    growth = TREND_SPREAD * rng.standard_normal((basis["units"], 1, 2))
    time = np.arange(basis["periods"])[:, None]
    return frame + (growth * time).reshape(-1, 2)


def _two_kinds(**basis: Any) -> pd.DataFrame:
    """Standards move knowledge in half of the units only, twice as much there."""
    import pandas as pd

    mean, units = basis["standards_to_knowledge"], basis["units"]
    halves = (units // 2, units - units // 2)
    parts = [
        simulate_two_way(
            **{
                **basis,
                "seed": 2 * basis["seed"] + number,
                "units": half,
                "standards_to_knowledge": mean * part,
            },
            time_scale=0.0,
        )
        for number, (half, part) in enumerate(zip(halves, KINDS_OF_UNITS, strict=True))
    ]
    second = parts[1].rename(index=lambda unit: unit + halves[0], level="unit")
    return pd.concat([parts[0], second])


WORLDS: Mapping[str, Simulator] = {
    "logs": _simulator(),
    "no_period_effects": _simulator(time_scale=0.0),
    "same_period": _simulator(timing="contemporaneous"),
    "counts": _counts,
    "network": _network,
    "curves": _simulator(saturation=SATURATION, absorption=ABSORPTION),
}
"""Panels that the estimators' assumptions fit."""

BROKEN: Mapping[str, Simulator] = {
    "unit_trends": _trends,
    "common_factor": _simulator(factors=1, factor_scale=FACTOR_SPREAD),
    "persistence_differs": _simulator(absorption=PERSISTENCE_SPREAD),
    "effect_differs": _two_kinds,
}
"""Panels that break what indirect inference supposes, one rule each."""
