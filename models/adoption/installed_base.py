"""A new standard meets an installed base: Farrell and Saloner (1986)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.answers import Answer, worst

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["InstalledBase", "InstalledBaseOutcome", "solve_installed_base"]


@dataclass(frozen=True, kw_only=True)
class InstalledBase:
    """Users arrive at unit rate; the new standard appears at date T, the old one at 0.

    Parameters
    ----------
    old_value, old_network : float
        a and b: with x users the old standard gives a flow a + b x; b > 0.
    new_value, new_network : float
        c and d >= 0: the new one gives c + d x.
    discount_rate : float
        r > 0.

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Examples
    --------
    >>> InstalledBase(old_value=1, new_value=2).discount_rate
    0.1
    """

    old_value: float = 1.0
    old_network: float = 1.0
    new_value: float = 2.0
    new_network: float = 1.0
    discount_rate: float = 0.1

    def __post_init__(self) -> None:
        checked = {
            "old_value": require_number("old_value", self.old_value),
            "old_network": require_number(
                "old_network",
                self.old_network,
                above=0,
                because="else an installed base would not matter",
            ),
            "new_value": require_number("new_value", self.new_value),
            "new_network": require_number("new_network", self.new_network, at_least=0),
            "discount_rate": require_number("discount_rate", self.discount_rate, above=0),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class InstalledBaseOutcome(Answer):
    """Until when adoption, and from when on non-adoption, is an equilibrium.

    The installed base is T, the date at which the new standard appears; dates below 0 mean
    "never" or "always".

    Attributes
    ----------
    adoption_until : float
        Adoption by all who arrive is an equilibrium iff T <= this.
    non_adoption_from : float
        Adoption by nobody is an equilibrium iff T >= this.
    efficient_until : float
        Adoption raises the present value of all users, old and new, iff T <= this.
    status : str
        ``ok`` if certified, else ``no_equilibrium_found``.
    certificate : float
        Largest distance from indifference at a threshold, as a share of the values there
        and b/r, by integrating the flows.
    base : InstalledBase
        The parameters.
    """

    adoption_until: float
    non_adoption_from: float
    efficient_until: float
    status: str
    certificate: float
    base: InstalledBase

    def plot_data(self) -> pd.DataFrame:
        """Return the gain from adoption by date: to a user at T, and times r to all users."""
        import pandas as pd

        marks = (self.adoption_until, self.non_adoption_from, self.efficient_until)
        date = np.linspace(0, 1.2 * max(1.0, *marks), 201)
        base, rate = self.base, self.base.discount_rate
        return pd.DataFrame(
            {
                "date": date,
                "if_all_adopt": base.old_network / rate * (self.adoption_until - date),
                "if_nobody_does": base.old_network / rate * (self.non_adoption_from - date),
                "all_users": 2 * base.old_network / rate * (self.efficient_until - date),
            }
        )

    def _marks(self) -> Mapping[str, float]:
        return {
            "efficient until": self.efficient_until,
            "equilibrium until": self.adoption_until,
        }

    def _heading(self) -> str:
        return "A new standard against an installed base"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status}

    def _notes(self) -> tuple[str, ...]:
        efficient = f"efficient up to T = {self.efficient_until:.4g}"
        notes = []
        if self.adoption_until > self.efficient_until:
            notes.append(
                f"Excess momentum is possible: adoption is {efficient}, and an equilibrium "
                f"up to T = {self.adoption_until:.4g}."
            )
        if self.non_adoption_from < self.efficient_until:
            notes.append(
                f"Excess inertia is possible: adoption is {efficient}, and non-adoption an "
                f"equilibrium from T = {self.non_adoption_from:.4g} on."
            )
        return tuple(notes)


def solve_installed_base(
    base: InstalledBase, *, tolerance: float = 1e-9
) -> InstalledBaseOutcome:
    """Return until when the new standard can win, and until when it should.

    ``adoption_until`` is (c + d/r - a)/b, ``non_adoption_from`` (c - a)/b - 1/r, and
    ``efficient_until`` (c - a)/(2b) + (d - b)/(b r).

    Parameters
    ----------
    base : InstalledBase
        Parameters.
    tolerance : float, default 1e-9
        Largest certificate under which the outcome is ``ok``.

    Returns
    -------
    InstalledBaseOutcome

    Notes
    -----
    Source: Farrell and Saloner (1986), restated with unit arrivals; the efficient date is
    derived (reconstruction).

    Examples
    --------
    >>> outcome = solve_installed_base(InstalledBase())
    >>> round(outcome.adoption_until, 9), round(outcome.non_adoption_from, 9)
    (11.0, -9.0)
    """
    if not isinstance(base, InstalledBase):
        raise InputError(f"base is {base!r}; it must be an InstalledBase(...).")
    tolerance = require_number("tolerance", tolerance, above=0)
    a, b, c, d, r = (
        base.old_value,
        base.old_network,
        base.new_value,
        base.new_network,
        base.discount_rate,
    )
    until = (c + d / r - a) / b
    since = (c - a) / b - 1 / r
    efficient = (c - a) / (2 * b) + (d - b) / (b * r)
    certificate = _certificate(base, until, since, efficient)
    return InstalledBaseOutcome(
        adoption_until=until,
        non_adoption_from=since,
        efficient_until=efficient,
        status="ok" if certificate <= tolerance else "no_equilibrium_found",
        certificate=certificate,
        base=base,
    )


def _certificate(
    base: InstalledBase, until: float, since: float, efficient: float
) -> float:
    """Integrate the flows at each threshold; return how far from indifferent users are."""
    nodes, weights = np.polynomial.laguerre.laggauss(20)
    time, weights = nodes / base.discount_rate, weights / base.discount_rate

    def old(users: ArrayLike) -> NDArray[np.float64]:
        return base.old_value + base.old_network * np.asarray(users, dtype=np.float64)

    def new(users: ArrayLike) -> NDArray[np.float64]:
        return base.new_value + base.new_network * np.asarray(users, dtype=np.float64)

    def gap(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
        flows = np.broadcast_arrays(first, second, time)
        size = weights @ (np.abs(flows[0]) + np.abs(flows[1]) + base.old_network)
        return float(abs(weights @ (flows[0] - flows[1])) / size)

    # The flow to all users: the old base, and those who came since T.
    adopted = efficient * old(efficient) + time * new(time)
    kept = (efficient + time) * old(efficient + time)
    return worst(
        gap(new(time), old(until)),
        gap(new(0.0), old(since + time)),
        gap(adopted, kept),
    )
