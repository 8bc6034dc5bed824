"""Sponsors who pay to have their standard adopted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from unigauge.models.agreements.entries import entries, vector
from unigauge.models.agreements.listing import Listing
from unigauge.models.answers import verdict, worst
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Sponsors", "sponsor_auction"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Sponsors(Listing):
    """Whose standard is adopted, and what it costs its sponsor.

    Attributes
    ----------
    winner : int
        The sponsor, counted from 0, whose standard is adopted.
    assistance : array, shape (n,)
        TA; 0 for who is not chosen.
    payoff : array, shape (n,)
        G - TA for the winner, 0 for others.
    adopter_payoff : float
        base + TA of the standard adopted.
    flipped : bool
        Whether without assistance another standard would be adopted.
    status : str
        ``ok``, or ``tie`` if two sponsors can offer the same, so that the first named wins
        and pays all it can; ``uncertified`` if the certificate is above 1e-8.
    certificate : float
        Largest gain of a sponsor from another offer, on a grid of 4001, losers offering
        all that adoption is worth to them.
    base, worth : tuple of float
        What each standard is worth to the adopter as it is, and G.
    """

    winner: int
    assistance: Array
    payoff: Array
    adopter_payoff: float
    flipped: bool
    status: str
    certificate: float
    base: tuple[float, ...]
    worth: tuple[float, ...]
    _AGENT: ClassVar[str] = "sponsor"

    def plot_data(self) -> pd.DataFrame:
        """Return the assistance that each sponsor would pay as its proximity varies."""
        import pandas as pd

        own, reach = self.winner, np.add(self.base, self.worth)
        rival = float(np.delete(reach, own).max(initial=0.0))
        grid = np.linspace(
            rival - 1.3 * self.worth[own], rival + 0.3 * self.worth[own], 161
        )
        paid = np.where(grid + self.worth[own] >= rival, np.maximum(0, rival - grid), 0.0)
        return pd.DataFrame({"proximity_of_the_winner": grid, "assistance": paid})

    def _columns(self) -> Mapping[str, Any]:
        return {
            "base": self.base,
            "worth": self.worth,
            "assistance": self.assistance,
            "payoff": self.payoff,
            "adopted": np.arange(len(self.base)) == self.winner,
        }

    def _marks(self) -> Mapping[str, float]:
        return {"here": self.base[self.winner]}

    def _heading(self) -> str:
        return "Assistance of the sponsor whose standard is adopted"


def sponsor_auction(base: ArrayLike, worth: ArrayLike | float) -> Sponsors:
    """Return which sponsor's standard is adopted if sponsors bid with assistance.

    The adopter takes the standard with the highest base_k + TA_k; all is known.  The
    winner has the highest base + G and pays what the second highest leaves it to pay.

    Parameters
    ----------
    base : array_like, shape (n,)
        Worth to the adopter without assistance, such as proximity.
    worth : array_like, shape (n,)
        G >= 0, worth of being adopted to each sponsor; one number stands for all.

    Notes
    -----
    A reconstruction: common agency under full information, losers bidding all they have.

    Examples
    --------
    >>> auction = sponsor_auction([1.0, 0.6], [0.5, 1.2])
    >>> auction.winner, auction.assistance.round(6), auction.flipped
    (1, array([0. , 0.9]), True)
    """
    near = entries("base", base)
    size = len(near)
    prize = vector("worth", worth, size, at_least=0)
    reach = np.add(near, prize)
    winner = int(reach.argmax())
    rival = float(np.delete(reach, winner).max(initial=-np.inf))
    paid = np.zeros(size)
    paid[winner] = max(0.0, rival - near[winner])
    gains = [0.0]
    for k in range(size):
        offers = np.linspace(0, prize[k], 4001)
        held = np.delete(np.where(np.arange(size) == winner, near + paid, reach), k)
        beats = near[k] + offers > held.max(initial=-np.inf) + 1e-12
        best = float(np.where(beats, prize[k] - offers, 0.0).max())
        gains.append(best - (prize[k] - paid[k] if k == winner else 0.0))
    certificate = worst(*gains)
    certified = verdict(certificate)
    return Sponsors(
        winner=winner,
        assistance=frozen(paid),
        payoff=frozen(
            [
                p - t if k == winner else 0.0
                for k, (p, t) in enumerate(zip(prize, paid, strict=True))
            ]
        ),
        adopter_payoff=float(near[winner] + paid[winner]),
        flipped=winner != int(np.argmax(near)),
        status="tie" if certified == "ok" and rival == reach[winner] else certified,
        certificate=certificate,
        base=near,
        worth=prize,
    )
