"""The bar at which a firm gives up, and what a bar does to firms of all capabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.answers import Answer, verdict
from unigauge.models.dynamics.performance_bar import Firm, respond
from unigauge.models.regulation.certificates import largest_gain
from unigauge.models.roots import roots_between
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["GiveUp", "MeanResponse", "give_up", "mean_response"]

_LEAST_NOISE = 1e-9
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GiveUp(Answer):
    """The bar at which R&D falls at once.

    Attributes
    ----------
    standard : float
        The bar; NaN if R&D changes without a jump.
    effort_below, effort_above : float
        R&D just below and just above it.
    status : str
        ``ok`` if the certificate is at most 1e-9, else ``uncertified``;
        ``not_applicable`` if there is no jump: noise is too large.
    certificate : float
        Largest gain there from any other effort than either of the two, as a share of the
        prize.
    capability, prize, effort_cost, noise : float
        The parameters.
    """

    standard: float
    effort_below: float
    effort_above: float
    status: str
    certificate: float
    capability: float
    prize: float
    effort_cost: float
    noise: float

    def plot_data(self) -> pd.DataFrame:
        """Return R&D against the bar, broken at the jump."""
        import pandas as pd

        firm = Firm.read(self.capability, self.prize, self.effort_cost, self.noise)
        bars = firm.capability + np.linspace(-0.5, 2, 251) * firm.most
        rest = {name: getattr(firm, name) for name in Firm.__slots__}
        effort = np.array([respond(float(bar), **rest).effort for bar in bars])
        if self.status == "ok":
            place = int(np.searchsorted(bars, self.standard))
            ends = [self.effort_below, np.nan, self.effort_above]
            bars = np.insert(bars, [place] * 3, self.standard)
            effort = np.insert(effort, [place] * 3, ends)
        return pd.DataFrame({"standard": bars, "effort": effort})

    def _marks(self) -> dict[str, float]:
        return (
            {f"gives up {self.standard:.4g}": self.standard} if self.status == "ok" else {}
        )

    def _heading(self) -> str:
        where = f"given up at {self.standard:.4g}" if self.status == "ok" else "no jump"
        return f"R&D against the bar: {where}"


def give_up(
    *,
    capability: float = 0.0,
    prize: float = 1.0,
    effort_cost: float = 2.0,
    noise: float = 0.2,
) -> GiveUp:
    """Return the bar at which a firm gives up, R&D falling at once.

    Parameters
    ----------
    capability, prize, effort_cost, noise : float
        As in :func:`respond`.

    Returns
    -------
    GiveUp

    Raises
    ------
    InputError
        If a value lies outside its domain, or noise is above 0 but below 1e-9 times the
        largest effort.

    Notes
    -----
    Without noise the bar is theta + sqrt(2 Pi/k).  With noise there is a jump exactly if
    k sigma^2/Pi < phi(1) = .242, and it lies where the outer two of three local optima pay the
    same; between the folds of the first-order condition that is one root.

    Examples
    --------
    >>> place = give_up()
    >>> round(place.effort_below, 3), round(place.effort_above, 3)
    (0.846, 0.001)
    >>> give_up(noise=0.5).status
    'not_applicable'
    """
    from scipy.optimize import brentq

    firm = Firm.read(capability, prize, effort_cost, noise)
    parameters = {name: getattr(firm, name) for name in Firm.__slots__}
    if firm.noise == 0:
        return _jump(firm, firm.capability + firm.most, firm.most, 0.0)
    if firm.noise < _LEAST_NOISE * firm.most:
        raise InputError(
            f"noise is {firm.noise:g}, too little beside an effort of {firm.most:g} to tell the "
            "jump from that without noise. Set it to 0."
        )
    turns = firm.turns()
    if not turns:
        return GiveUp(
            standard=math.nan,
            effort_below=math.nan,
            effort_above=math.nan,
            status="not_applicable",
            certificate=0.0,
            **parameters,
        )

    def fold(z: float) -> float:
        density = math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        effort = firm.prize * density / (firm.effort_cost * firm.noise)
        return firm.capability + effort - firm.noise * z

    def outer(bar: float) -> tuple[float, float]:
        """Return the lowest and the highest stationary effort."""
        bends = [bar - firm.capability + firm.noise * z for z in turns]
        top = firm.prize / (firm.effort_cost * firm.noise)  # marginal benefit is below
        cuts = [0.0, *(x for x in bends if x > 0), max(top, bends[-1] + firm.noise)]
        found = roots_between(lambda x: firm.marginal(x, bar), cuts)
        return found[0], found[-1]

    def lead(bar: float) -> float:
        low, high = firm.pays(outer(bar), bar)
        return float(high - low)

    ends = sorted(fold(z) for z in turns)
    slack = 1e-9 * (ends[1] - ends[0])
    bar = float(brentq(lead, ends[0] + slack, ends[1] - slack, xtol=1e-14))
    above, below = outer(bar)
    return _jump(firm, bar, below, above)


def _jump(firm: Firm, bar: float, below: float, above: float) -> GiveUp:
    """Return the jump with its certificate, a search over all efforts."""
    reach = max(firm.most, below) * 1.01
    gain = max(
        largest_gain(lambda x: firm.pays(x[:, 0], bar), [effort], [0.0], [reach])
        for effort in (below, above)
    )
    certificate = gain / firm.prize
    return GiveUp(
        standard=bar,
        effort_below=below,
        effort_above=above,
        status=verdict(certificate, _TOLERANCE),
        certificate=certificate,
        **{name: getattr(firm, name) for name in Firm.__slots__},
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MeanResponse(Answer):
    """Mean R&D of firms whose capability is uniform on [0, 1], without noise.

    Attributes
    ----------
    effort : float
        Mean R&D at the bar.
    peak : float
        The most that any bar brings about.
    peak_from, peak_to : float
        Bars between which it is attained: a plateau if they differ.
    status : str
        ``ok``.
    certificate : float
        Distance from the mean over 20,000 firms that respond one by one, in units of the
        largest effort.
    standard, prize, effort_cost : float
        The parameters.
    """

    effort: float
    peak: float
    peak_from: float
    peak_to: float
    status: str
    certificate: float
    standard: float
    prize: float
    effort_cost: float

    def plot_data(self) -> pd.DataFrame:
        """Return mean R&D against the bar."""
        import pandas as pd

        most = math.sqrt(2 * self.prize / self.effort_cost)
        bars = np.linspace(0, 1.15 * (1 + most), 401)
        return pd.DataFrame({"standard": bars, "mean_effort": _mean_effort(bars, most)})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw mean R&D, with the plateau shaded."""
        ax = Answer.plot(self, axes_or_new(ax))
        ax.axvspan(self.peak_from, self.peak_to, color="C0", alpha=0.12, lw=0)
        return ax

    def _marks(self) -> dict[str, float]:
        return {f"{end:.4g}": end for end in (self.peak_from, self.peak_to)}

    def _heading(self) -> str:
        return "Mean R&D of firms of all capabilities"


def mean_response(
    standard: float, *, prize: float = 1.0, effort_cost: float = 2.0
) -> MeanResponse:
    """Return mean R&D if capability is uniform on [0, 1] and there is no noise.

    Firms with a gap z = s - theta between 0 and d = sqrt(2 Pi/k) close it; the others do
    nothing.  So the mean is the integral of z from max(s - 1, 0) to min(s, d), 0 if empty.

    Parameters
    ----------
    standard : float
        s, the bar.
    prize, effort_cost : float
        Pi and k, positive.

    Returns
    -------
    MeanResponse

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Examples
    --------
    >>> answer = mean_response(0.7, prize=1, effort_cost=8)
    >>> answer.effort, answer.peak_from, answer.peak_to
    (0.125, 0.5, 1.0)
    """
    bar = require_number("standard", standard)
    firm = Firm.read(0.0, prize, effort_cost, 0.0)
    effort = float(_mean_effort(np.array([bar]), firm.most)[0])
    gap = bar - (np.arange(20_000) + 0.5) / 20_000
    closed = np.where((gap > 0) & (firm.effort_cost * gap**2 / 2 <= firm.prize), gap, 0.0)
    certificate = abs(float(closed.mean()) - effort) / firm.most
    return MeanResponse(
        effort=effort,
        peak=min(firm.most, 1.0) ** 2 / 2 if firm.most <= 1 else firm.most - 0.5,
        peak_from=firm.most,
        peak_to=max(firm.most, 1.0),
        status=verdict(certificate, 1e-4),
        certificate=certificate,
        standard=bar,
        prize=firm.prize,
        effort_cost=firm.effort_cost,
    )


def _mean_effort(bars: Array, most: float) -> Array:
    low, high = np.maximum(bars - 1, 0), np.minimum(bars, most)
    return np.where(high > low, (high**2 - low**2) / 2, 0.0)
