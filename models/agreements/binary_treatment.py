"""A yes-or-no standard in two countries: national treatment or mutual recognition."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_number, require_numbers
from unigauge.models.agreements.bar_answers import BarAnswer
from unigauge.models.answers import verdict, worst
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "REGIMES",
    "Treatment",
    "TwoCountries",
    "compare",
    "solve",
]

REGIMES = ("national_treatment", "mutual_recognition", "efficient")
"""Whose rule binds: the market's, the producer's, or a planner's for each firm and market."""
_TIE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoCountries:
    """Two countries with one firm each, and a good that does damage where it is used.

    Markets are apart, inverse demand is alpha - Q, and firms compete in quantities at no
    cost.  A standard costs k a unit and removes the damage E of a unit to its consumers'
    country.

    Parameters
    ----------
    demand_intercept : float, default 1
        alpha, above 0.
    compliance_cost : float, default 0.25
        k, above 0 and below alpha/2, so that a firm sells even if its rival is exempt.
    damage : float or pair of floats, default 0.3
        E of each country, not negative.

    Raises
    ------
    InputError
        If a number is outside its domain.
    """

    demand_intercept: float = 1.0
    compliance_cost: float = 0.25
    damage: Any = 0.3

    def __post_init__(self) -> None:
        alpha = require_number("demand_intercept", self.demand_intercept, above=0)
        cost = require_number(
            "compliance_cost",
            self.compliance_cost,
            above=0,
            below=alpha / 2,
            because="above half the demand intercept one firm would leave",
        )
        harm = self.damage
        pair = [harm, harm] if np.ndim(harm) == 0 else harm
        object.__setattr__(self, "demand_intercept", alpha)
        object.__setattr__(self, "compliance_cost", cost)
        object.__setattr__(
            self, "damage", require_numbers("damage", pair, length=2, at_least=0)
        )

    def welfare(self, imposed: Any) -> Array:
        """Return both countries' welfare if ``imposed[i, j]`` binds firm i in market j.

        W_j = consumer surplus in j + profits of firm j - E_j x unregulated units sold in j.

        Examples
        --------
        >>> TwoCountries().welfare(np.zeros((2, 2))).round(6)
        array([0.244444, 0.244444])
        """
        binds = np.asarray(imposed, dtype=float)
        if binds.shape != (2, 2) or not np.isin(binds, (0, 1)).all():
            raise InputError(
                f"imposed is {imposed!r}; it must be 0 or 1 for each firm (rows) and market "
                "(columns)."
            )
        cost = self.compliance_cost * binds
        sold = (self.demand_intercept - 2 * cost + cost[::-1]) / 3
        surplus = sold.sum(axis=0) ** 2 / 2
        profit = (sold**2).sum(axis=1)
        harm = np.asarray(self.damage) * (sold * (1 - binds)).sum(axis=0)
        welfare: Array = surplus + profit - harm
        return welfare


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Treatment(BarAnswer):
    """Standards and welfare under one regime.

    Attributes
    ----------
    regime : str
        Whose rule binds.
    standards : tuple of bool
        Whether each country imposes the standard, in the equilibrium of highest world
        welfare; for ``efficient``, whether it binds any good sold there.
    imposed : array, shape (2, 2)
        Whether it binds firm i (row) in market j (column).
    welfare : array, shape (2,)
        Of each country.
    total : float
        World welfare.
    equilibria : tuple of pairs
        All equilibria; one under national treatment, where each country has a dominant
        strategy.  A country that is indifferent imposes.
    status : str
        ``ok``; ``multiple`` if there are several equilibria; ``uncertified`` if the
        certificate is above 1e-8 of welfare.
    certificate : float
        Largest gain from deviating alone over all equilibria; for ``efficient``, what any
        other rules would add.
    world : TwoCountries
        The world.
    """

    regime: str
    standards: tuple[bool, bool]
    imposed: Array
    welfare: Array
    total: float
    equilibria: tuple[tuple[bool, bool], ...]
    status: str
    certificate: float
    world: TwoCountries

    def to_frame(self) -> pd.DataFrame:
        """Return one row a country."""
        import pandas as pd

        return pd.DataFrame(
            {
                "imposes": self.standards,
                "damage": self.world.damage,
                "welfare": self.welfare,
            },
            index=pd.Index(["country 0", "country 1"], name="country"),
        )

    def plot_data(self) -> pd.DataFrame:
        """Return welfare by country."""
        return self.to_frame().reset_index()[["country", "welfare"]]

    def _heading(self) -> str:
        return f"A standard under {self.regime.replace('_', ' ')}"


def solve(world: TwoCountries, regime: str) -> Treatment:
    """Return standards and welfare under a regime.

    Parameters
    ----------
    world : TwoCountries
        The world.
    regime : {"national_treatment", "mutual_recognition", "efficient"}
        National treatment: a country's standard binds all goods sold there.  Mutual
        recognition: it binds its own firm, wherever it sells.  Efficient: rules for each
        firm and market that maximise world welfare.

    Raises
    ------
    InputError
        If the regime is unknown.

    Notes
    -----
    A reconstruction of Costinot (2008), *A comparative institutional analysis of agreements
    on product standards*, Journal of International Economics 75.

    Examples
    --------
    Moderate damage: too little regulation under mutual recognition.

    >>> world = TwoCountries(damage=0.5)
    >>> [solve(world, regime).standards[0] for regime in REGIMES]
    [True, False, True]
    """
    if not isinstance(world, TwoCountries):
        raise InputError(f"world is {world!r}; it must be TwoCountries(...).")
    regime = require_choice("regime", regime, REGIMES)
    rules = {
        binary: world.welfare(imposed_by(regime, binary)) for binary in _choices(regime)
    }
    best = max(rules, key=lambda choice: (round(float(rules[choice].sum()), 12), choice))
    equilibria: tuple[Any, ...] = ()
    if regime == "efficient":
        chosen, left = best, max(float(w.sum()) for w in rules.values())
        certificate = left - float(world.welfare(imposed_by(regime, best)).sum())
    else:
        equilibria = tuple(c for c in rules if _replies(rules, c))
        chosen = max(equilibria, key=lambda choice: float(rules[choice].sum()))
        certificate = worst(0.0, *(_regret(world, regime, choice) for choice in equilibria))
    certified = verdict(certificate / max(1.0, float(np.abs(rules[chosen]).max())))
    imposed = imposed_by(regime, chosen)
    bound = imposed[:, 0] if regime == "mutual_recognition" else imposed.max(axis=0)
    standards = (bool(bound[0]), bool(bound[1]))
    return Treatment(
        regime=regime,
        standards=standards,
        imposed=frozen(imposed),
        welfare=frozen(rules[chosen]),
        total=float(rules[chosen].sum()),
        equilibria=equilibria or (standards,),
        status="multiple" if certified == "ok" and len(equilibria) > 1 else certified,
        certificate=certificate,
        world=world,
    )


def _choices(regime: str) -> list[tuple[bool, ...]]:
    return list(product((False, True), repeat=4 if regime == "efficient" else 2))


def imposed_by(regime: str, choice: tuple[bool, ...]) -> Array:
    """Return which firm is bound in which market."""
    given = np.array(choice, dtype=float)
    if regime == "efficient":
        return given.reshape(2, 2)
    if regime == "national_treatment":
        return np.tile(given, (2, 1))
    return np.tile(given[:, None], (1, 2))


def _replies(rules: dict[tuple[bool, ...], Array], choice: tuple[bool, ...]) -> bool:
    """Return whether each country's choice is its best reply; who is indifferent imposes."""
    for country in (0, 1):
        with_it, without = list(choice), list(choice)
        with_it[country], without[country] = True, False
        gain = rules[tuple(with_it)][country] - rules[tuple(without)][country]
        if choice[country] != (gain >= -_TIE):
            return False
    return True


def _regret(world: TwoCountries, regime: str, choice: tuple[bool, ...]) -> float:
    """Return the largest gain from deviating alone, worked out unit by unit."""
    worst = -np.inf
    for country in (0, 1):
        other = [c != (k == country) for k, c in enumerate(choice)]
        change = country_welfare(world, imposed_by(regime, tuple(other)), country)
        worst = max(
            worst, change - country_welfare(world, imposed_by(regime, choice), country)
        )
    return worst


def country_welfare(world: TwoCountries, imposed: Array, j: int) -> float:
    """Return a country's welfare from the firms' first-order conditions."""
    total = 0.0
    for market in (0, 1):
        cost = world.compliance_cost * imposed[:, market]
        sold = np.linalg.solve([[2.0, 1.0], [1.0, 2.0]], world.demand_intercept - cost)
        price = world.demand_intercept - sold.sum()
        total += (price - cost[j]) * sold[j]
        if market == j:
            dirty = sold @ (1 - imposed[:, market])
            total += sold.sum() ** 2 / 2 - world.damage[j] * dirty
    return float(total)


def compare(world: TwoCountries) -> pd.DataFrame:
    """Return one row a regime.

    Examples
    --------
    >>> compare(TwoCountries(damage=0.5))["total"].round(6).tolist()
    [0.5, 0.222222, 0.5]
    """
    import pandas as pd

    rows = [solve(world, regime).record() for regime in REGIMES]
    return pd.DataFrame(rows).set_index("regime")
