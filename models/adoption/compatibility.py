"""Compatibility and competition: when firms want one network, and when they should.

After Katz and Shapiro (1985), "Network Externalities, Competition, and Compatibility",
American Economic Review 75(3), 424-440.  The linear and the saturating network benefit and
the installed bases are a reconstruction; the full text was not at hand.

Consumers differ in what the good is worth to them and all value a large network.  They
expect network sizes, firms then choose outputs as in Cournot, and in equilibrium what was
expected comes true.  A network is one firm's, or that of all firms which are compatible.
:func:`solve` gives the equilibrium in which most firms sell, :func:`compare` that of both
regimes, :func:`equilibria` all of them (strong network effects leave room for monopoly), and
:func:`incentives` what compatibility is worth to each firm and to society.
:func:`besen_farrell` names the contest of two firms over whose standard it is to be.

Examples
--------
>>> from unigauge.models import compatibility
>>> market = compatibility.Market(size=1, network_benefit=0.5, firms=2)
>>> gain = compatibility.incentives(market)
>>> [round(x, 9) for x in gain.private_gain.tolist()], round(gain.social_gain, 9)
([0.09, 0.09], 0.36)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError
from unigauge.models.adoption.compatibility_equilibria import (
    REGIMES,
    STATUSES,
    Outcome,
    equilibria,
    solve,
)
from unigauge.models.adoption.compatibility_market import Market, outputs, require_market
from unigauge.models.adoption.compatibility_strategies import Strategies, besen_farrell
from unigauge.models.answers import Answer, worst
from unigauge.models.outcomes import changed, comparison
from unigauge.results import axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = [
    "REGIMES",
    "STATUSES",
    "Incentives",
    "Market",
    "Outcome",
    "Strategies",
    "besen_farrell",
    "compare",
    "equilibria",
    "incentives",
    "outputs",
    "solve",
]


def compare(market: Market, regimes: Iterable[str] | None = None) -> pd.DataFrame:
    """Return one row for each regime, in the columns of :meth:`Outcome.record`.

    Parameters
    ----------
    market : Market
        Parameters.
    regimes : iterable of str, optional
        By default all of :data:`REGIMES`.

    Examples
    --------
    >>> compare(Market())["total_output"].round(9).to_dict()
    {'incompatible': 0.8, 'compatible': 1.0}
    """
    return comparison(lambda regime: solve(market, regime), regimes, REGIMES)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Incentives(Answer):
    """What a change of networks is worth, before any cost of making goods compatible.

    Attributes
    ----------
    private_gain : array, shape (n,)
        Change of each firm's profit: the most that it would pay for the change.
    industry_gain, consumer_gain, base_gain : float
        Change of all profits, of new buyers' surplus, and of installed users' surplus.
    social_gain : float
        Their sum: the most that the change may cost in all and still be worth it.
    losers : tuple of int
        Firms, counted from 0, that would rather block the change.
    status : str
        The worse of the two outcomes'.
    certificate : float
        The larger of the two outcomes'.
    before, after : Outcome
        What is compared.
    """

    private_gain: NDArray[np.float64]
    industry_gain: float
    consumer_gain: float
    base_gain: float
    social_gain: float
    losers: tuple[int, ...]
    status: str
    certificate: float
    before: Outcome
    after: Outcome

    def record(self) -> dict[str, Any]:
        """Return the gains as one flat row, with firm numbers as suffixes."""
        row: dict[str, Any] = {"status": self.status}
        for firm, gain in enumerate(self.private_gain.tolist(), start=1):
            row[f"private_gain_{firm}"] = gain
        names = ("industry_gain", "consumer_gain", "base_gain", "social_gain")
        row |= {name: getattr(self, name) for name in names}
        return row | {"certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return one row for each who gains or loses."""
        import pandas as pd

        firms = [f"firm {k}" for k in range(1, len(self.private_gain) + 1)]
        gains = [*self.private_gain, self.consumer_gain, self.base_gain, self.social_gain]
        who = [*firms, "new buyers", "installed users", "society"]
        return pd.DataFrame({"who": who, "gain": gains})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw who gains and who loses."""
        ax = axes_or_new(ax, size=(6.0, 3.2))
        data = self.plot_data()
        ax.barh(
            data["who"],
            data["gain"],
            color=["C0" if g >= 0 else "C3" for g in data["gain"]],
        )
        ax.axvline(0, color="0.4", lw=0.8)
        ax.invert_yaxis()
        ax.set_xlabel("gain from the change of networks")
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        return "Who gains from compatibility"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "market": changed(self.before.market)}

    def _notes(self) -> tuple[str, ...]:
        if not self.losers:
            return ()
        firms = ", ".join(str(firm + 1) for firm in self.losers)
        return (f"Firm {firms} would rather block it.",)


def incentives(
    market: Market,
    before: str | Sequence[Sequence[int]] | Outcome = "incompatible",
    after: str | Sequence[Sequence[int]] | Outcome = "compatible",
) -> Incentives:
    """Return what it is worth, privately and socially, to go from one regime to another.

    Parameters
    ----------
    market : Market
        Parameters.
    before, after : str, networks, or Outcome
        As in :func:`solve`; or one of several :func:`equilibria`.

    Returns
    -------
    Incentives

    Notes
    -----
    Source: Katz and Shapiro (1985), sections on private and social incentives:
    reconstruction.

    Examples
    --------
    >>> incentives(Market(installed_base=(2.0, 0.0))).losers
    (0,)
    """
    require_market(market)
    old, new = (o if isinstance(o, Outcome) else solve(market, o) for o in (before, after))
    for name, outcome in (("before", old), ("after", new)):
        if outcome.market != market:
            raise InputError(f"{name} is an outcome of another market than the one given.")
    gain = new.profit - old.profit
    return Incentives(
        private_gain=frozen(gain),
        industry_gain=float(gain.sum()),
        consumer_gain=new.consumer_surplus - old.consumer_surplus,
        base_gain=new.base_surplus - old.base_surplus,
        social_gain=new.welfare - old.welfare,
        losers=tuple(np.flatnonzero(gain < 0).tolist()),
        status=max(old.status, new.status, key=STATUSES.index),
        certificate=worst(old.certificate, new.certificate),
        before=old,
        after=new,
    )
