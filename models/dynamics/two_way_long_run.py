"""The long run of the two-way system: what the loop multiplies, and up to where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.answers import Answer, worst
from unigauge.models.dynamics.two_way_system import STOCKS, TwoWay
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["STATUSES", "LongRun", "marginal_effect", "peak", "solve"]

STATUSES = ("stable", "unstable", "uncertified")
"""``unstable``: nothing settles, and long-run effects are infinite."""

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LongRun(Answer):
    """Where the system settles, and what a lasting push is worth in the end.

    Attributes
    ----------
    loop : float
        L.
    radius : float
        Spectral radius.
    multiplier : float
        1/(1 - L); infinite if unstable.
    own : array, shape (2, 2)
        Effect on (knowledge, standards) of wanting a unit more of either, all units alike;
        its diagonal is the multiplier over 1 - c; infinite if unstable.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        If stable, the largest distance of ``own`` from what iterating the system of all
        units leads to, and of the radius from that of their full matrix.
    system : TwoWay
        The parameters.
    """

    loop: float
    radius: float
    multiplier: float
    own: Floats
    status: str
    certificate: float
    system: TwoWay

    def plot_data(self) -> pd.DataFrame:
        """Return the effects of a unit's shock in either stock by period."""
        import pandas as pd

        effects = self.system.impulse_response(20)
        columns = {
            f"{of}_to_{to}": effects[:, row, column]
            for column, of in enumerate(STOCKS)
            for row, to in enumerate(STOCKS)
        }
        return pd.DataFrame({"period": np.arange(len(effects)), **columns})

    def to_frame(self) -> pd.DataFrame:
        """Return the long-run effects, a row for each stock that moves."""
        import pandas as pd

        frame = pd.DataFrame(
            self.own, index=list(STOCKS), columns=[f"{of}_wanted" for of in STOCKS]
        )
        return frame.rename_axis("effect_on")

    def _heading(self) -> str:
        return "The two-way system in the long run"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "loop": f"{self.loop:.6g}",
            "spectral radius": f"{self.radius:.6g}",
            "multiplier": f"{self.multiplier:.6g}",
            "system": str(self.system),
        }


def solve(system: TwoWay) -> LongRun:
    r"""Return where the system settles: stability, loop, multiplier, long-run effects.

    With :math:`B` the responses, :math:`C = \mathrm{diag}(c_k, c_s)`, the effect of wanting
    more in all units is :math:`(I - B - C)^{-1}`; without neighbours its diagonal is
    :math:`1/(1 - L)`.

    Parameters
    ----------
    system : TwoWay
        Parameters.

    Returns
    -------
    LongRun

    Examples
    --------
    >>> solve(TwoWay()).own.round(6)
    array([[1.142857, 0.285714],
           [0.571429, 1.142857]])
    >>> solve(TwoWay(response=(1.5, 1.0))).multiplier
    inf
    """
    _require_system(system)
    status = system.status
    if status == "stable":
        wants = np.fliplr(np.diag(system.response)) + np.diag(system.imitation)
        own = np.linalg.inv(np.eye(2) - wants)
        certificate = _certificate(system, own)
        status = "stable" if certificate <= _TOLERANCE else "uncertified"
    else:
        own, certificate = np.full((2, 2), math.inf), math.nan
    return LongRun(
        loop=system.loop,
        radius=system.radius,
        multiplier=system.multiplier,
        own=frozen(own),
        status=status,
        certificate=certificate,
        system=system,
    )


def marginal_effect(system: TwoWay, standards: float, *, saturation: float) -> float:
    """Return what more standards add to next period's knowledge where q s^2 is lost.

    It is l_k (b_ks - 2 q s): standards help up to :func:`peak` and harm beyond.

    Parameters
    ----------
    system : TwoWay
        Parameters.
    standards : float
        s, in logarithms.
    saturation : float
        q: the wanted knowledge loses q s^2.

    Examples
    --------
    >>> round(marginal_effect(TwoWay(), 1.0, saturation=0.05), 9)
    0.06
    """
    _require_system(system)
    standards = require_number("standards", standards)
    saturation = require_number("saturation", saturation)
    slope = system.response[0] - 2 * saturation * standards
    return system.adjustment[0] * slope


def peak(system: TwoWay, *, saturation: float) -> float:
    """Return the standards stock b_ks/(2 q) at which wanted knowledge is highest.

    Parameters
    ----------
    system : TwoWay
        Parameters.
    saturation : float
        q > 0.

    Examples
    --------
    >>> peak(TwoWay(), saturation=0.05)
    2.5
    """
    _require_system(system)
    return system.response[0] / (2 * require_number("saturation", saturation, above=0))


def _require_system(system: object) -> None:
    """Raise InputError unless this is a TwoWay."""
    if not isinstance(system, TwoWay):
        raise InputError(f"system is {system!r}; it must be a TwoWay(...).")


def _certificate(system: TwoWay, own: Floats) -> float:
    """Iterate the system of all units; return how far the long run is from where it ends."""
    part, (b_ks, b_sk) = np.array(system.adjustment), system.response
    units = 1 if system.network is None else len(np.asarray(system.network))
    weights = np.zeros((1, 1)) if system.network is None else np.asarray(system.network)
    c_k, c_s = system.imitation
    identity = np.eye(units)
    wanted = np.block(
        [
            [c_k * weights, b_ks * identity],
            [b_sk * identity, c_s * weights],
        ]
    )
    share = np.repeat(part, units)[:, None]
    full = np.eye(2 * units) + share * (wanted - np.eye(2 * units))
    targets = np.repeat(np.eye(2), units, axis=0)
    reached, power = share * targets, full
    for _ in range(64):  # the first 2^64 periods, doubled each time
        reached, power = reached + power @ reached, power @ power
    off = np.abs(reached[::units] - own).max() / np.abs(own).max()
    largest = np.abs(np.linalg.eigvals(full)).max()
    return worst(off, abs(largest - system.radius))
