"""How strict a common standard can be if anybody may veto, and who helps whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.agreements.entries import entries, vector
from unigauge.models.answers import verdict
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Assistance", "assistance"]

_GRID = 3001


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Assistance(Result):
    """Unanimity with technical assistance.

    Attributes
    ----------
    unanimous : float
        s0, the lowest of the peaks: what is agreed without assistance.
    stringency : float
        s*, what is agreed with it.
    assistance : array, shape (n,)
        T, what each party receives.
    cost : float
        What the donors pay in all.
    donor_net_gain : float
        What the donors gain over ``unanimous``, the cost paid.
    peaks : array, shape (n,)
        theta + b/k, the stringency that each party likes best on its own.
    utilities : array, shape (n,)
        U at ``stringency``, with the abilities that assistance brings; the donors' cost is
        not taken off.
    status : str
        ``ok``; ``no_assistance`` if it does not pay; ``corner`` if it goes as far as a
        donor itself wants to go; ``uncertified`` if the certificate is above
        1e-8.
    certificate : float
        Largest net gain of the donors from another stringency, on a grid of 3001.
    benefit, slope, capability, donors, effectiveness, unit_cost
        The parameters.
    """

    unanimous: float
    stringency: float
    assistance: Array
    cost: float
    donor_net_gain: float
    peaks: Array
    utilities: Array
    status: str
    certificate: float
    benefit: Array
    slope: Array
    capability: Array
    donors: tuple[int, ...]
    effectiveness: float
    unit_cost: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row a party."""
        import pandas as pd

        parties = pd.RangeIndex(1, len(self.peaks) + 1, name="party")
        return pd.DataFrame(
            {
                "donor": [k in self.donors for k in range(len(self.peaks))],
                "peak": self.peaks,
                "peak_after": self.peaks + self.effectiveness * self.assistance,
                "assistance": self.assistance,
                "utility": self.utilities,
            },
            index=parties,
        )

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row."""
        names = ("status", "unanimous", "stringency", "cost", "donor_net_gain")
        row = {name: getattr(self, name) for name in names}
        return row | {"certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return what a further step brings to the donors, and what it costs them."""
        import pandas as pd

        last = float(self.peaks[list(self.donors)].min())
        room = max(last - self.unanimous, 0.1)
        steps = np.linspace(self.unanimous, self.unanimous + 1.15 * room, 461)
        helped = _others(self.peaks, self.donors)
        behind = (self.peaks[helped] <= steps[:, None] + 1e-12).sum(axis=1)
        chosen = list(self.donors)
        over = np.maximum(0.0, steps[:, None] - self.capability[chosen])
        gain = (self.benefit[chosen] - self.slope[chosen] * over).sum(axis=1)
        return pd.DataFrame(
            {
                "stringency": steps,
                "marginal_gain_of_donors": gain,
                "marginal_cost": self.unit_cost / self.effectiveness * behind,
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the donors' marginal gain against the staircase of marginal cost."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        ax.plot(data["stringency"], data["marginal_gain_of_donors"], "C0", label="gain")
        ax.step(data["stringency"], data["marginal_cost"], "C1", where="mid", label="cost")
        for label, at, style in (
            ("unanimity", self.unanimous, ":"),
            ("with assistance", self.stringency, "-"),
        ):
            ax.axvline(at, color="0.4", lw=1, ls=style)
            ax.annotate(
                f"{label}\n{at:.3g}",
                (at, 0.02),
                xycoords=("data", "axes fraction"),
                xytext=(4, 0),
                textcoords="offset points",
                fontsize=8,
            )
        ax.set_ylim(bottom=0)
        ax.set_xlabel("stringency s")
        ax.set_ylabel("of one more unit, to the donors")
        ax.set_title(self._heading())
        ax.legend(frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def _heading(self) -> str:
        return "Unanimity with technical assistance"

    def _facts(self) -> Mapping[str, str]:
        return {
            "status": self.status,
            "without assistance": f"{self.unanimous:.6g}",
            "with assistance": f"{self.stringency:.6g}, at a cost of {self.cost:.6g}",
            "donors": ", ".join(str(k + 1) for k in self.donors),
            "donors' net gain": f"{self.donor_net_gain:.6g}",
            "certificate": f"{self.certificate:.1e}",
        }


def assistance(
    benefit: ArrayLike = (0.6, 0.5, 0.5, 0.5, 0.4),
    slope: ArrayLike | float = 1.0,
    capability: ArrayLike = (2.0, 1.6, 0.6, 0.3, 0.2),
    *,
    donors: Iterable[int] = (0,),
    effectiveness: float = 1.0,
    unit_cost: float = 0.25,
) -> Assistance:
    """Return the stringency agreed on by unanimity, and the assistance that donors give.

    Party i gets U_i(s) = b_i s - (k_i/2) max(0, s - theta_i)^2.  Anyone may veto a further
    step, so that without assistance the lowest peak theta_i + b_i/k_i is agreed.  Donors,
    acting jointly, may raise the ability theta_i of others by eta a unit, at a cost of c a
    unit, as far as a party must be raised to accept a step.

    Parameters
    ----------
    benefit : array_like, shape (n,)
        b >= 0.
    slope : array_like, shape (n,)
        k > 0, slope of the marginal cost beyond one's ability; one number stands for all.
    capability : array_like, shape (n,)
        theta >= 0, the ability.
    donors : iterable of int
        Who gives, counted from 0; donors are never raised themselves.
    effectiveness : float
        eta > 0.
    unit_cost : float
        c >= 0.

    Returns
    -------
    Assistance

    Notes
    -----
    The donors' net gain is concave and piecewise quadratic: all breakpoints and stationary
    points are tried, and of equally good ones the smaller s is taken.  Assistance pays if
    and only if the donors' marginal gain at s0 exceeds (c/eta) m, m being the number of
    parties at the lowest peak.  A reconstruction.

    Examples
    --------
    >>> alone, together = assistance(donors=[0]), assistance(donors=[0, 1])
    >>> [round(s, 6) for s in (alone.unanimous, alone.stringency, together.stringency)]
    [0.6, 1.1, 1.95]
    """
    b, k, theta, givers = _parameters(benefit, slope, capability, donors)
    eta = require_number("effectiveness", effectiveness, above=0)
    cost = require_number("unit_cost", unit_cost, at_least=0)
    peaks = theta + b / k
    helped = _others(peaks, givers)
    chosen = list(givers)
    start, last = float(peaks.min()), float(peaks[chosen].min())

    def net(s: Array) -> Array:
        over = np.maximum(0.0, s[:, None] - theta[chosen])
        gain = (b[chosen] * s[:, None] - k[chosen] / 2 * over**2).sum(axis=1)
        paid = cost / eta * np.maximum(0.0, s[:, None] - peaks[helped]).sum(axis=1)
        return np.asarray(gain - paid)

    breaks = np.concatenate([[start, last], peaks[helped], theta[chosen]])
    breaks = np.unique(breaks[(breaks >= start) & (breaks <= last)])
    middles = (breaks[1:] + breaks[:-1]) / 2
    tried = [*breaks.tolist()]
    for low, middle, high in zip(breaks[:-1], middles, breaks[1:], strict=True):
        active = [i for i in chosen if theta[i] < middle]
        if active:
            behind = int((peaks[helped] < middle).sum())
            gain = b[chosen].sum() - cost / eta * behind + (k * theta)[active].sum()
            tried.append(float(np.clip(gain / k[active].sum(), low, high)))
    options = np.unique(tried)
    worth = net(options)
    best = float(options[worth >= worth.max() - 1e-12][0])
    given = np.zeros(len(b))
    given[helped] = np.maximum(0.0, best - peaks[helped]) / eta
    raised = theta + eta * given
    grid = np.linspace(start, last, _GRID)
    gained = net(np.array([start, best]))
    certificate = max(0.0, float(net(grid).max() - gained[1]))
    status = verdict(certificate)
    if status == "ok" and best <= start + 1e-12:
        status = "no_assistance"
    elif status == "ok" and best >= last - 1e-12:
        status = "corner"
    return Assistance(
        unanimous=start,
        stringency=best,
        assistance=frozen(given),
        cost=float(cost * given.sum()),
        donor_net_gain=float(gained[1] - gained[0]),
        peaks=frozen(peaks),
        utilities=frozen(b * best - k / 2 * np.maximum(0.0, best - raised) ** 2),
        status=status,
        certificate=certificate,
        benefit=frozen(b),
        slope=frozen(k),
        capability=frozen(theta),
        donors=givers,
        effectiveness=eta,
        unit_cost=cost,
    )


def _others(peaks: Array, donors: tuple[int, ...]) -> list[int]:
    return [i for i in range(len(peaks)) if i not in donors]


def _parameters(
    benefit: ArrayLike,
    slope: ArrayLike | float,
    capability: ArrayLike,
    donors: Iterable[int],
) -> tuple[Array, Array, Array, tuple[int, ...]]:
    b = np.array(entries("benefit", benefit, at_least=0))
    size = len(b)
    k = np.array(vector("slope", slope, size, above=0))
    theta = np.array(vector("capability", capability, size, at_least=0))
    if not isinstance(donors, Iterable):
        raise InputError(f"donors is {donors!r}; list who gives, such as [0, 1].")
    givers = tuple(require_integer("donors", donor, at_least=0) for donor in donors)
    if not givers or len(set(givers)) < len(givers) or max(givers) >= size:
        raise InputError(
            f"donors is {givers}; name at least one party, each once, from 0 to {size - 1}."
        )
    return b, k, theta, givers
