"""What the claims measure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.agreements.coalitions import Blocs
from unigauge.models.agreements.recognition import World, payoffs, stable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.papers import Study

__all__ = [
    "bloc_gain",
    "critical_conversion_cost",
    "critical_network_benefit",
    "effective_partners",
    "spreads",
    "stated",
    "trade_gain_peak",
    "trade_volume",
]


def stated(study: Study, fact: str) -> float:
    """Return a number of the stylised facts."""
    values = study.load("stylised_facts")["value"].to_dict()
    return float(values[(fact, "all")])


def fragmented(world: World) -> bool:
    """Return whether some pairwise stable network leaves somebody out."""
    return bool((stable(world).effective_standards() > 1 + 1e-9).any())


def _bisect(low: float, high: float, above: Callable[[float], bool]) -> float:
    """Return where a test turns from no to yes."""
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if above(middle) else (middle, high)
    return (low + high) / 2


def critical_conversion_cost(world: World) -> float:
    """Return the conversion cost from which a fragmented network is stable."""
    return _bisect(0.1, 1.0, lambda psi: fragmented(replace(world, conversion_cost=psi)))


def critical_network_benefit(world: World) -> float:
    """Return the network benefit from which none is."""
    return _bisect(0.0, 0.1, lambda b: not fragmented(replace(world, network_benefit=b)))


def bloc_gain(apart: float, *, adaptation: float = 0.1, adapter: float = math.inf) -> float:
    """Return what each of two countries gains by a common standard, psi = 0.5."""
    world = World(n=2, conversion_cost=0.5, adapter_cost=adapter)
    game = Blocs(position=(0.0, apart), adaptation_cost=adaptation, world=world)
    return float((game.payoffs([[0, 1]]) - game.payoffs([[0], [1]]))[0])


def trade_gain_peak() -> float:
    """Return the conversion cost at which a bloc of two gains most from trade."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda d: -bloc_gain(2 * d, adaptation=0.0), bounds=(0.05, 0.5), method="bounded"
    )
    return float(found.x)


def trade_volume(trade_cost: float, conversion_cost: float) -> float:
    """Return what two countries export to each other, linear demand."""
    world = World(n=2, trade_cost=trade_cost, conversion_cost=conversion_cost)
    sold = payoffs(world, 0).quantity
    return float(sold.sum() - np.trace(sold))


def spreads(agreements: int, partners: int, seed: int) -> dict[str, NDArray[np.int64]]:
    """Return three ways in which as many agreements fall on as many partners."""
    each, more = divmod(agreements, partners)
    even = np.full(partners, each)
    even[:more] += 1
    one = np.ones(partners, dtype=np.int64)
    one[0] += agreements - partners
    rng = np.random.default_rng(seed)
    extra = rng.multinomial(agreements - partners, np.full(partners, 1 / partners))
    return {"even": even, "at random": 1 + extra, "one favourite": one}


def effective_partners(counts: NDArray[np.int64]) -> float:
    """Return 1/sum of squared shares of partners in all agreements."""
    share = counts / counts.sum()
    return float(1 / (share**2).sum())
