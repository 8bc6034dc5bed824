"""One-sided recognition: what each country does alone, and unions that exclude others."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_integer, require_number
from unigauge.models.agreements.bar_answers import BarAnswer
from unigauge.models.agreements.recognition_demand import DOMAINS
from unigauge.models.agreements.recognition_engine import evaluate, market_contributions
from unigauge.models.agreements.recognition_payoffs import payoffs
from unigauge.models.agreements.recognition_world import World, require_world
from unigauge.results import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "OUTSIDERS",
    "OwnRecognition",
    "Union",
    "all_or_nothing_gain",
    "own_recognition",
    "union_phase",
    "union_threshold",
]

OUTSIDERS = ("open", "best_reply", "retaliate")
"""What countries outside a union do: recognise all, what is best for each, or no member."""
_TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class OwnRecognition(BarAnswer):
    """Whom a country recognises if it decides alone.

    Attributes
    ----------
    country : int
        Who decides.
    partners : tuple of int
        Whose goods it recognises: a dominant strategy.
    gain : float
        What that is worth to it beyond recognising nobody.
    ties : int
        Sets of partners that are as good (to 1e-9), itself among them; the largest is
        reported.
    values : array, shape (2^n,)
        Its own welfare from its market by set of partners, as a bit mask.
    demand : str
        The module of demand that this holds for.
    status : str
        ``ok``, ``uncovered`` or ``outside``.
    certificate : float
        Largest gain from another set, be all others shut or open, with payoffs worked out
        from the whole world.
    """

    country: int
    partners: tuple[int, ...]
    gain: float
    ties: int
    values: Array
    demand: str
    status: str
    certificate: float

    def plot_data(self) -> pd.DataFrame:
        """Return the best welfare by number of partners."""
        import pandas as pd

        number = np.array([mask.bit_count() for mask in range(len(self.values))])
        own = np.array([mask >> self.country & 1 for mask in range(len(self.values))])
        sizes = range(int(number.max()))
        best = [float(self.values[(own == 0) & (number == size)].max()) for size in sizes]
        return pd.DataFrame({"partners": list(sizes), "welfare_from_own_market": best})

    def _heading(self) -> str:
        return (
            f"Country {self.country} recognises {list(self.partners)}; {self.demand} demand"
        )


def own_recognition(world: World, country: int = 0) -> OwnRecognition:
    """Return whom a country recognises if it decides alone.

    Where markets hang on their own rules only, recognition moves just the country's own
    market, so what is best does not hang on what others do.

    Parameters
    ----------
    world : World
        Without network benefits and transit; at most 12 countries.
    country : int, default 0
        Who decides.

    Raises
    ------
    InputError
        If there are network benefits or transit, or no such country.

    Examples
    --------
    >>> own_recognition(World(conversion_cost=0.3)).partners
    (1, 2)
    >>> own_recognition(World(conversion_cost=0.5)).partners  # homogeneous Cournot goods
    ()
    """
    _require_dominant(world)
    n = world.n
    who = _require_country("country", country, n)
    subsets = (np.arange(1 << n)[:, None] >> np.arange(n) & 1).astype(bool)
    free = replace(world, link_cost=0.0)
    added, domain = market_contributions(free, who, subsets)
    values = added[:, who]
    candidates = np.flatnonzero(~subsets[:, who])
    best = candidates[values[candidates] >= values[candidates].max() - _TIE]
    chosen = max(best.tolist(), key=lambda mask: (mask.bit_count(), -mask))
    partners = tuple(int(i) for i in np.flatnonzero(subsets[chosen]))
    return OwnRecognition(
        country=who,
        partners=partners,
        gain=float(values[chosen] - values[0]),
        ties=len(best),
        values=frozen(values),
        demand=world.demand,
        status=DOMAINS[int(domain[candidates].max())],
        certificate=_dominance_gain(free, who, subsets[candidates], subsets[chosen]),
    )


def _dominance_gain(
    world: World, country: int, subsets: NDArray[np.bool_], chosen: NDArray[np.bool_]
) -> float:
    """Return the largest gain from another set while all others are shut, or open."""
    n = world.n
    worst = 0.0
    for open_abroad in (False, True):
        rules = np.full((len(subsets) + 1, n, n), open_abroad)
        rules[:, np.arange(n), np.arange(n)] = False
        rules[:-1, country] = subsets
        rules[-1, country] = chosen
        welfare = evaluate(world, rules).welfare[:, country]
        worst = max(worst, float(welfare[:-1].max() - welfare[-1]))
    return worst


def all_or_nothing_gain(world: World, country: int = 0) -> float:
    """Return what a country gains by recognising all others rather than none.

    Parameters
    ----------
    world : World
        Without network benefits and transit.
    country : int, default 0
        Who decides.

    Raises
    ------
    InputError
        If there are network benefits or transit, or no such country.

    Examples
    --------
    With homogeneous goods and three countries it is positive iff psi < alpha/3:

    >>> all_or_nothing_gain(World(conversion_cost=0.3)) > 0
    True
    >>> all_or_nothing_gain(World(conversion_cost=0.4)) > 0
    False
    """
    _require_dominant(world)
    who = _require_country("country", country, world.n)
    ends = np.array([[False] * world.n, [True] * world.n])
    added, _ = market_contributions(replace(world, link_cost=0.0), who, ends)
    return float(added[1, who] - added[0, who])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Union(BarAnswer):
    """What a union that recognises its own members only is worth to them.

    Attributes
    ----------
    phase : str
        ``U`` if every member gains on full recognition, ``G`` (global) if none does, else
        ``mixed``; empty where network effects are explosive.
    gain : float
        What the member gains that gains least.
    gains : array, shape (n,)
        Everybody's gain on full mutual recognition.
    members : tuple of int
        Who is in.
    outsider : str
        What the others do.
    demand : str
        The module of demand that the phase holds for.
    status : str
        ``ok``, ``uncovered``, ``outside`` or ``explosive``.
    certificate : float
        Largest gain of a firm from deviating, in either situation.
    world : World
        The world.
    """

    phase: str
    gain: float
    gains: Array
    members: tuple[int, ...]
    outsider: str
    demand: str
    status: str
    certificate: float
    world: World

    def plot_data(self) -> pd.DataFrame:
        """Return gains by country."""
        import pandas as pd

        return pd.DataFrame({"country": range(len(self.gains)), "gain": self.gains})

    def _heading(self) -> str:
        return (
            f"Union of {list(self.members)}, outsiders {self.outsider}; "
            f"{self.demand} demand: phase {self.phase}"
        )


def union_phase(
    world: World, members: Sequence[int] = (0, 1), *, outsider: str = "open"
) -> Union:
    """Return what a union gains by recognising its members only.

    Parameters
    ----------
    world : World
        The world.
    members : sequence of int, default (0, 1)
        At least one country, and not all.
    outsider : {"open", "best_reply", "retaliate"}
        Countries outside recognise everybody, or whom it is best for each to recognise, or
        all but the members.

    Raises
    ------
    InputError
        If the members are no countries or all of them, or the world has network benefits
        or transit and the outsiders reply (they would reply to one another).

    Notes
    -----
    A reconstruction of the regimes of Gandal and Shy (2001); gains are relative to full
    mutual recognition.  With Hotelling demand and three countries alike they are
    4 psi^2/(75 tH) - psi/15 - beta/3 if the outsider stays open, and
    psi^2/(15 tH) - psi/5 if it retaliates (beta = 0).

    Examples
    --------
    >>> world = World(demand="hotelling", conversion_cost=2.0)
    >>> round(union_phase(world).gain, 6), union_phase(world).phase
    (0.08, 'U')
    >>> round(union_phase(world, outsider="retaliate").gain, 6)
    -0.133333
    """
    n = require_world(world).n
    reply = require_choice("outsider", outsider, OUTSIDERS)
    inside = tuple(_require_country("members", member, n) for member in members)
    if not 0 < len(set(inside)) < n or len(set(inside)) < len(inside):
        raise InputError(
            f"members is {members!r}; name at least one country, each once, and leave at "
            "least one out."
        )
    rules = np.ones((n, n), dtype=bool)
    for country in range(n):
        if country in inside:
            rules[country] = np.isin(np.arange(n), inside)
        elif reply == "retaliate":
            rules[country, list(inside)] = False
        elif reply == "best_reply":
            rules[country] = np.isin(np.arange(n), own_recognition(world, country).partners)
    everybody = np.ones((n, n), dtype=bool)
    union, full = payoffs(world, rules), payoffs(world, everybody)
    gains = union.welfare - full.welfare
    among = gains[list(inside)]
    phase = "U" if (among > _TIE).all() else "G" if (among <= _TIE).all() else "mixed"
    worst = max(union.status, full.status, key=DOMAINS.index)
    return Union(
        phase=phase if worst != "explosive" else "",
        gain=float(among.min()),
        gains=frozen(gains),
        members=inside,
        outsider=reply,
        demand=world.demand,
        status=worst,
        certificate=max(union.certificate, full.certificate),
        world=world,
    )


def union_threshold(
    world: World,
    members: Sequence[int] = (0, 1),
    *,
    outsider: str = "open",
    parameter: str = "conversion_cost",
    low: float = 1e-6,
    high: float,
) -> float:
    """Return where between two values of a parameter the union begins or ceases to pay.

    Parameters
    ----------
    world, members, outsider
        As in :func:`union_phase`.
    parameter : str, default "conversion_cost"
        A number among the world's parameters, such as ``network_benefit``.
    low, high : float
        Where to look; the least gain of a member must have different signs there.

    Raises
    ------
    InputError
        If the parameter is none of the world's numbers, or the gain has the same sign at
        both ends.

    Examples
    --------
    With Hotelling demand the union pays iff psi > 5 tH/4, and at psi = 2 iff beta < 0.24:

    >>> world = World(demand="hotelling", conversion_cost=2.0)
    >>> round(union_threshold(world, high=2.4), 9)
    1.25
    >>> round(union_threshold(world, parameter="network_benefit", low=0, high=1), 9)
    0.24
    """
    from scipy.optimize import brentq

    numbers = [
        field.name
        for field in fields(require_world(world))
        if type(getattr(world, field.name)) is float
    ]
    name = require_choice("parameter", parameter, numbers)
    ends = (require_number("low", low), require_number("high", high))

    def gain(value: float) -> float:
        changed: dict[str, Any] = {name: value}
        return union_phase(replace(world, **changed), members, outsider=outsider).gain

    if gain(ends[0]) * gain(ends[1]) > 0:
        raise InputError(
            f"the union gains {gain(ends[0]):.4g} at {name} = {ends[0]:g} and "
            f"{gain(ends[1]):.4g} at {ends[1]:g}; the sign must differ to find where it "
            "turns. Choose other ends."
        )
    return float(brentq(gain, *ends, xtol=1e-14, rtol=1e-14))


def _require_dominant(world: World) -> None:
    if require_world(world).network_benefit > 0 or world.transit_cost < np.inf:
        raise InputError(
            "with network benefits or transit, what is best for one country hangs on what "
            "the others recognise; set network_benefit=0 and transit_cost=inf."
        )
    if world.n > 12:
        raise InputError(
            f"the world has {world.n} countries; all sets of partners are tried for at most "
            "12."
        )


def _require_country(name: str, country: object, n: int) -> int:
    who = require_integer(name, country, at_least=0)
    if who >= n:
        raise InputError(f"{name} is {who}; countries are numbered 0 to {n - 1}.")
    return who
