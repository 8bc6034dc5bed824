"""Entering a field that somebody holds: contests against an incumbent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import require_number
from unigauge.models.agreements.effort_contest import Contest, solve
from unigauge.models.agreements.entries import vector
from unigauge.models.answers import Answer, verdict
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = [
    "HeadStartEntry",
    "Niches",
    "headstart_entry",
    "niche_entry",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Niches(Result):
    """Fields that a latecomer may enter.

    Attributes
    ----------
    probability : array, shape (m,)
        theta/(theta + I), of winning the field.
    payoff : array, shape (m,)
        V p^2, before the cost of entry.
    net : array, shape (m,)
        The same less F.
    enters : array of bool, shape (m,)
        Whether ``net`` is above 0.
    deterring_incumbency : array, shape (m,)
        theta (sqrt(V/F) - 1), from which on the incumbent deters; 0 if even an empty field
        is not worth entering, infinite if entry is free.
    ranking : array, shape (m,)
        Fields, counted from 0, the best first.
    status : str
        ``ok``, or ``none`` if no field is worth entering; ``uncertified`` if the
        certificate is above 1e-8.
    certificate : float
        Largest gain of a contestant in any field from another effort.
    values, incumbency, entry_costs : array, shape (m,)
        V, I and F.
    capability : float
        theta.
    """

    probability: Array
    payoff: Array
    net: Array
    enters: NDArray[np.bool_]
    deterring_incumbency: Array
    ranking: NDArray[np.int_]
    status: str
    certificate: float
    values: Array
    incumbency: Array
    entry_costs: Array
    capability: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row a field."""
        import pandas as pd

        columns = {
            "value": self.values,
            "incumbency": self.incumbency,
            "entry_cost": self.entry_costs,
            "probability": self.probability,
            "payoff": self.payoff,
            "net": self.net,
            "enters": self.enters,
            "deterring_incumbency": self.deterring_incumbency,
        }
        return pd.DataFrame(
            columns, index=pd.RangeIndex(1, len(self.values) + 1, name="field")
        )

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row; fields count from 1."""
        row: dict[str, Any] = {
            "status": self.status,
            "best_field": int(self.ranking[0]) + 1,
            "fields_entered": int(self.enters.sum()),
        }
        row |= {f"net_{k}": net for k, net in enumerate(self.net.tolist(), start=1)}
        return row | {"certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return incumbency, value and what entry brings, one row a field."""
        return self.to_frame()[["incumbency", "value", "net"]].reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the fields by incumbency and value, and the line above which one enters."""
        ax = axes_or_new(ax)
        across = np.linspace(0, 1.1 * float(self.incumbency.max()) + 1e-9, 201)
        for cost in np.unique(self.entry_costs):
            line = cost * (1 + across / self.capability) ** 2
            ax.plot(across, line, color="0.4", lw=1, ls="--")
            ax.annotate(
                f"enter above, F = {cost:.3g}",
                (across[-1], line[-1]),
                ha="right",
                va="bottom",
                fontsize=8,
            )
        places = zip(self.incumbency, self.values, self.net, strict=True)
        for number, (held, value, net) in enumerate(places, start=1):
            ax.plot(held, value, "o", color="C0" if net > 0 else "C3", ms=8)
            ax.annotate(
                f"{number}: {net:.2g}",
                (held, value),
                xytext=(6, 4),
                textcoords="offset points",
                fontsize=8,
            )
        ax.set_ylim(0, 1.15 * float(self.values.max()))
        ax.set_xlabel("incumbent's strength I")
        ax.set_ylabel("value of the field V")
        ax.set_title(self._heading())
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def _heading(self) -> str:
        return "Fields worth entering, and what entry brings"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "capability": f"{self.capability:g}",
            "ranking": ", ".join(str(k + 1) for k in self.ranking),
            "certificate": f"{self.certificate:.1e}",
        }


def niche_entry(
    values: ArrayLike | float,
    incumbency: ArrayLike | float,
    entry_costs: ArrayLike | float,
    *,
    capability: float = 1.0,
) -> Niches:
    """Return which fields a latecomer enters, given who is there.

    In each field latecomer and incumbent contest V with efforts that cost 1/theta and 1/I
    a unit, so that the latecomer gets V (theta/(theta + I))^2; it enters if this exceeds F.

    Parameters
    ----------
    values : array_like, shape (m,)
        V > 0.
    incumbency : array_like, shape (m,)
        I >= 0, the incumbents' capability; 0 for an empty field.
    entry_costs : array_like, shape (m,)
        F >= 0.
    capability : float
        theta > 0 of the latecomer.

    Notes
    -----
    A reconstruction.  One number stands for all fields.

    Examples
    --------
    >>> fields = niche_entry([1.0, 4.0], [0.1, 2.0], 0.3)
    >>> fields.payoff.round(6), fields.ranking
    (array([0.826446, 0.444444]), array([0, 1]))
    """
    size = max(np.size(values), np.size(incumbency), np.size(entry_costs))
    prizes = np.array(vector("values", values, size, above=0))
    held = np.array(vector("incumbency", incumbency, size, at_least=0))
    costs = np.array(vector("entry_costs", entry_costs, size, at_least=0))
    theta = require_number("capability", capability, above=0)
    probability, payoff, certificate = np.ones(size), prizes.copy(), 0.0
    for k in np.flatnonzero(held > 0):
        outcome = solve(
            Contest(values=(prizes[k], prizes[k]), costs=(1 / theta, 1 / held[k]))
        )
        probability[k], payoff[k] = outcome.probability[0], outcome.payoff[0]
        certificate = max(certificate, outcome.certificate)
    with np.errstate(divide="ignore"):
        deterring = theta * np.maximum(0.0, np.sqrt(prizes / costs) - 1)
    net = payoff - costs
    enters, ranking = net > 0, np.argsort(-net, kind="stable")
    for array in (enters, ranking):
        array.setflags(write=False)
    status = verdict(certificate)
    if status == "ok" and not enters.any():
        status = "none"
    return Niches(
        probability=frozen(probability),
        payoff=frozen(payoff),
        net=frozen(net),
        enters=enters,
        deterring_incumbency=frozen(deterring),
        ranking=ranking,
        status=status,
        certificate=certificate,
        values=frozen(prizes),
        incumbency=frozen(held),
        entry_costs=frozen(costs),
        capability=theta,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class HeadStartEntry(Answer):
    """A latecomer against a sunk head start.

    Attributes
    ----------
    payoff : float
        (sqrt V - sqrt(c h))^2 if c h < V, else 0: the latecomer's best, before F.
    effort : float
        Its effort.
    net : float
        ``payoff`` less F.
    deterring_head_start : float
        h from which on it stays out.
    status : str
        ``enters`` or ``deterred``; ``uncertified`` if the certificate is above 1e-8.
    certificate : float
        Gain from another effort.
    value, effort_cost, head_start, entry_cost : float
        V, c, h, F.
    """

    payoff: float
    effort: float
    net: float
    deterring_head_start: float
    status: str
    certificate: float
    value: float
    effort_cost: float
    head_start: float
    entry_cost: float

    def plot_data(self) -> pd.DataFrame:
        """Return what entry brings over the head start."""
        import pandas as pd

        most = self.value / self.effort_cost
        grid = np.linspace(0, 1.2 * most, 121)
        root = np.maximum(0.0, np.sqrt(self.value) - np.sqrt(self.effort_cost * grid))
        return pd.DataFrame({"head_start": grid, "net_payoff": root**2 - self.entry_cost})

    def _marks(self) -> Mapping[str, float]:
        return {"deters": self.deterring_head_start, "here": self.head_start}

    def _heading(self) -> str:
        return "Entry against a head start"


def headstart_entry(
    value: float, head_start: float, entry_cost: float, *, effort_cost: float = 1.0
) -> HeadStartEntry:
    """Return whether a latecomer enters against a head start that makes no further effort.

    Parameters
    ----------
    value : float
        V > 0.
    head_start : float
        h >= 0, sunk by the incumbent.
    entry_cost : float
        F >= 0.
    effort_cost : float
        c > 0.

    Notes
    -----
    A contest in which the incumbent's cap is 0.  With h = 0 the least effort wins all.

    Examples
    --------
    >>> entry = headstart_entry(4, 1, 1.5)
    >>> round(entry.payoff, 9), entry.status
    (1.0, 'deterred')
    """
    prize = require_number("value", value, above=0)
    start = require_number("head_start", head_start, at_least=0)
    fee = require_number("entry_cost", entry_cost, at_least=0)
    cost = require_number("effort_cost", effort_cost, above=0)
    payoff, effort, certificate = prize, 0.0, 0.0
    if start > 0:
        outcome = solve(
            Contest(values=prize, costs=cost, head_starts=(0, start), caps=(math.inf, 0))
        )
        payoff, effort = float(outcome.payoff[0]), float(outcome.effort[0])
        certificate = outcome.certificate
    status = "enters" if payoff > fee else "deterred"
    return HeadStartEntry(
        payoff=payoff,
        effort=effort,
        net=payoff - fee,
        deterring_head_start=max(0.0, math.sqrt(prize) - math.sqrt(fee)) ** 2 / cost,
        status=status if verdict(certificate) == "ok" else "uncertified",
        certificate=certificate,
        value=prize,
        effort_cost=cost,
        head_start=start,
        entry_cost=fee,
    )
