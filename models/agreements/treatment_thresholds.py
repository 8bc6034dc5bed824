"""The damage from which each regime regulates, in closed form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.agreements.binary_treatment import (
    REGIMES,
    TwoCountries,
    country_welfare,
    imposed_by,
    solve,
)
from unigauge.models.answers import Answer, verdict, worst

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Thresholds", "costinot"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Thresholds(Answer):
    """How much damage it takes for a standard to be imposed.

    Attributes
    ----------
    national_treatment : float
        E_NT = k (2 alpha - k)/(2 alpha): a country imposes it on all goods sold there.
    world : float
        E_W = 2 k (2 alpha - k)/(3 alpha): it raises world welfare if all goods in a market
        have to meet it.
    mutual_recognition_if_other_lax : float
        (20 alpha k - 17 k^2)/(6 (alpha - k)): a country binds its firm although the rival
        is free.
    mutual_recognition_if_other_strict : float
        (20 alpha k - 3 k^2)/(6 (alpha + k)): likewise if the rival is bound.  Between the
        two both neither and both is an equilibrium.
    demand_intercept, compliance_cost : float
        alpha and k.
    status : str
        ``ok``, or ``uncertified`` if the certificate is above 1e-8 alpha^2.
    certificate : float
        Largest gain that a country has from imposing or not at its threshold: it should be
        indifferent.
    """

    national_treatment: float
    world: float
    mutual_recognition_if_other_lax: float
    mutual_recognition_if_other_strict: float
    demand_intercept: float
    compliance_cost: float
    status: str
    certificate: float

    def plot_data(self) -> pd.DataFrame:
        """Return world welfare by damage: the regimes, and the worst recognition equilibrium."""
        import pandas as pd

        rows = []
        jumps = np.array(list(self._marks().values()))
        highest = 1.15 * self.mutual_recognition_if_other_lax
        even = np.linspace(0, highest, 121)
        sides = [jumps * (1 - 1e-9), jumps * (1 + 1e-9)]
        for damage in np.sort(np.concatenate([even, *sides])):
            here = TwoCountries(
                demand_intercept=self.demand_intercept,
                compliance_cost=self.compliance_cost,
                damage=float(damage),
            )
            found = {regime: solve(here, regime) for regime in REGIMES}
            recognition = found["mutual_recognition"].equilibria
            worst = min(
                float(here.welfare(imposed_by("mutual_recognition", choice)).sum())
                for choice in recognition
            )
            totals = {regime: answer.total for regime, answer in found.items()}
            rows.append({"damage": damage, **totals, "mutual_recognition_worst": worst})
        return pd.DataFrame(rows)

    def _marks(self) -> dict[str, float]:
        return {
            "national treatment": self.national_treatment,
            "world": self.world,
            "recognition, rival strict": self.mutual_recognition_if_other_strict,
            "recognition, rival lax": self.mutual_recognition_if_other_lax,
        }

    def _heading(self) -> str:
        return f"When a standard is imposed, compliance cost {self.compliance_cost:g}"


def costinot(*, demand_intercept: float = 1.0, compliance_cost: float = 0.25) -> Thresholds:
    """Return the damage at which each regime begins to regulate, in closed form.

    Parameters
    ----------
    demand_intercept : float, default 1
        alpha, above 0.
    compliance_cost : float, default 0.25
        k, above 0 and below alpha/2.

    Raises
    ------
    InputError
        If a number is outside its domain.

    Notes
    -----
    National treatment over-regulates, since foreign profit bears part of the cost; mutual
    recognition under-regulates, since half the damage is abroad.

    Examples
    --------
    >>> found = costinot(compliance_cost=0.25)
    >>> found.national_treatment, round(found.world, 6)
    (0.21875, 0.291667)
    """
    world = TwoCountries(demand_intercept=demand_intercept, compliance_cost=compliance_cost)
    alpha, k = world.demand_intercept, world.compliance_cost
    nt = k * (2 * alpha - k) / (2 * alpha)
    lax = (20 * alpha * k - 17 * k**2) / (6 * (alpha - k))
    strict = (20 * alpha * k - 3 * k**2) / (6 * (alpha + k))
    checks = [
        ("national_treatment", nt, (True, False)),
        ("mutual_recognition", lax, (True, False)),
        ("mutual_recognition", strict, (True, True)),
    ]
    off = [
        abs(
            country_welfare(at, imposed_by(regime, choice), 0)
            - country_welfare(at, imposed_by(regime, (False, choice[1])), 0)
        )
        for regime, damage, choice in checks
        for at in [replace(world, damage=damage)]
    ]
    return Thresholds(
        national_treatment=nt,
        world=4 * nt / 3,
        mutual_recognition_if_other_lax=lax,
        mutual_recognition_if_other_strict=strict,
        demand_intercept=alpha,
        compliance_cost=k,
        status=verdict(worst(*off) / alpha**2),
        certificate=worst(*off),
    )
