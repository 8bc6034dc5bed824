"""A rival decides what no agreement is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.agreements.entries import vector
from unigauge.models.agreements.package import Package
from unigauge.models.agreements.package_bargains import least_surplus
from unigauge.models.answers import Answer, verdict

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["RivalRange", "rival_range", "with_rival"]


def with_rival(
    package: Package,
    *,
    win: ArrayLike | float,
    lose: ArrayLike | float,
    rival_strength: float,
    own_strength: float = 1.0,
) -> Package:
    """Return the bargain in which no agreement means a race against a rival.

    The rival wins with probability pi = K_R/(K_R + K_own), so that
    d_i = (1 - pi) win_i + pi lose_i.

    Parameters
    ----------
    package : Package
        The bargain; its disagreement is replaced.
    win, lose : array_like, shape (n,)
        What each party gets if there is no agreement and the parties, or the rival, win.
    rival_strength : float
        K_R >= 0.
    own_strength : float
        K_own > 0.

    Examples
    --------
    >>> from unigauge.models.agreements.package import mirror_package
    >>> race = with_rival(mirror_package(), win=-0.05, lose=-0.4, rival_strength=1)
    >>> race.disagreement
    (-0.225, -0.225)
    """
    rival = require_number("rival_strength", rival_strength, at_least=0)
    own = require_number("own_strength", own_strength, above=0)
    won, lost = _outside(package, win, lose)
    pi = rival / (rival + own)
    return replace(package, disagreement=((1 - pi) * won + pi * lost).tolist())


def _outside(package: object, win: object, lose: object) -> tuple[Array, Array]:
    if not isinstance(package, Package):
        raise InputError(f"package is {package!r}; it must be a Package(...).")
    won, lost = (
        np.array(vector(name, value, package.parties))
        for name, value in (("win", win), ("lose", lose))
    )
    return won, lost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RivalRange(Answer):
    """How strong a rival may be for an agreement to hold.

    Attributes
    ----------
    lowest, highest : float
        K_R between which all parties gain from an agreement; NaN if they never do.
        ``highest`` is infinite if even a rival that is sure to win leaves them gains.
    lowest_probability, highest_probability : float
        The same in pi, the rival's probability of winning.
    best_surplus : float
        The largest surplus t at any strength.
    status : str
        ``ok`` if agreement depends on the rival, ``always`` or ``never``; ``uncertified``
        if the certificate is above 1e-8.
    certificate : float
        Largest size of the surplus at an end of the range that lies inside (0, 1); it
        should be zero there.
    package : Package
        The bargain.
    win, lose : tuple of float
        What each party gets without an agreement.
    own_strength : float
        K_own.
    """

    lowest: float
    highest: float
    lowest_probability: float
    highest_probability: float
    best_surplus: float
    status: str
    certificate: float
    package: Package
    win: tuple[float, ...]
    lose: tuple[float, ...]
    own_strength: float

    def plot_data(self) -> pd.DataFrame:
        """Return the surplus over the rival's strength."""
        import pandas as pd

        ends = [x for x in (self.lowest, self.highest) if 0 < x < math.inf]
        most = 3 * max([self.own_strength, *ends])
        strengths = np.linspace(0, most, 61)
        surplus = [
            least_surplus(
                with_rival(
                    self.package,
                    win=self.win,
                    lose=self.lose,
                    rival_strength=float(strength),
                    own_strength=self.own_strength,
                )
            )
            for strength in strengths
        ]
        return pd.DataFrame({"strength_of_the_rival": strengths, "surplus": surplus})

    def _marks(self) -> Mapping[str, float]:
        ends = {"deal from here": self.lowest, "deal up to here": self.highest}
        return {label: at for label, at in ends.items() if 0 < at < math.inf}

    def _heading(self) -> str:
        return "How strong a rival makes a deal hold"


def rival_range(
    package: Package,
    *,
    win: ArrayLike | float,
    lose: ArrayLike | float,
    own_strength: float = 1.0,
) -> RivalRange:
    """Return the strengths of a rival at which all parties gain from an agreement.

    The surplus is concave in the rival's probability of winning, so that the strengths
    form one interval.  If losing to the rival is worse for every party than winning alone,
    it has no upper end: a stronger rival makes agreement likelier.

    Parameters
    ----------
    package : Package
        The bargain; its disagreement is not used.
    win, lose : array_like, shape (n,)
        What each party gets if there is no agreement and the parties, or the rival, win.
    own_strength : float
        K_own > 0.

    Notes
    -----
    In :func:`mirror_package` with an infinite budget and alike parties it starts at
    pi = (a (1 - a) distance^2 + win)/(win - lose).  A reconstruction.

    Examples
    --------
    >>> from unigauge.models.agreements.package import mirror_package
    >>> found = rival_range(mirror_package(), win=-0.05, lose=-0.4, own_strength=2)
    >>> round(found.lowest_probability, 9), round(found.lowest, 9), found.highest
    (0.073142857, 0.15782984, inf)
    """
    from scipy.optimize import brentq, minimize_scalar

    own = require_number("own_strength", own_strength, above=0)
    won, lost = _outside(package, win, lose)

    def surplus(pi: float) -> float:
        return least_surplus(
            replace(package, disagreement=((1 - pi) * won + pi * lost).tolist())
        )

    ends = {pi: surplus(pi) for pi in (0.0, 1.0)}
    inner = minimize_scalar(
        lambda pi: -surplus(pi), bounds=(0, 1), method="bounded", options={"xatol": 1e-9}
    )
    top, best = max(
        [*ends.items(), (float(inner.x), -float(inner.fun))], key=lambda p: p[1]
    )
    low = high = np.nan
    offs = [0.0]
    if best > 0:
        low, high = 0.0, 1.0
        for outer in (0.0, 1.0):
            if ends[outer] <= 0:
                root = float(brentq(surplus, outer, top, xtol=1e-15, rtol=1e-14))
                offs.append(abs(surplus(root)))
                low, high = (root, high) if outer == 0 else (low, root)
    certificate = max(offs)
    status = "never" if best <= 0 else "always" if (low, high) == (0, 1) else "ok"
    strengths = [own * pi / (1 - pi) if pi != 1 else math.inf for pi in (low, high)]
    return RivalRange(
        lowest=strengths[0],
        highest=strengths[1],
        lowest_probability=low,
        highest_probability=high,
        best_surplus=best,
        status=status if verdict(certificate) == "ok" else "uncertified",
        certificate=certificate,
        package=package,
        win=tuple(won.tolist()),
        lose=tuple(lost.tolist()),
        own_strength=own,
    )
