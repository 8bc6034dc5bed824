"""Whose standard two firms fight over, and whether they want one at all.

After Besen and Farrell (1994), "Choosing How to Compete: Strategies and Tactics in
Standardization", Journal of Economic Perspectives 8(2), 117-131; the rules in payoffs are a
reconstruction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError
from unigauge.models.answers import Answer, worst
from unigauge.models.arrays import require_array
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


__all__ = ["SITUATIONS", "Strategies", "besen_farrell"]

SITUATIONS = (
    "battle_of_the_sexes",
    "agreed_standard",
    "tweedledum_tweedledee",
    "pesky_little_brother",
    "leader_follower",
)
"""What ``Strategies.regime`` can be."""

_STANDARDS = ("first", "second")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Strategies(Answer):
    """How two firms stand to one another.

    Attributes
    ----------
    regime : str
        One of :data:`SITUATIONS`.
    attitudes : pair of str
        ``want``: a firm would rather take the other's standard than have two;
        ``resist``: it would rather have two than share even its own; else
        ``conditional``: one standard, if it is its own.
    equilibria : tuple of pair of str
        Pure equilibria if both choose a standard at once, ``first`` or ``second`` firm's.
    status : str
        ``ok``, ``multiple``, or ``no_pure_equilibrium``.
    certificate : float
        Largest gain from another choice at an equilibrium.
    own, other, incompatible : pair of float
        What each firm gets from one standard, its own or the other's, and from two.
    """

    regime: str
    attitudes: tuple[str, str]
    equilibria: tuple[tuple[str, str], ...]
    status: str
    certificate: float
    own: tuple[float, float]
    other: tuple[float, float]
    incompatible: tuple[float, float]

    def record(self) -> dict[str, Any]:
        """Return regime, attitudes and number of equilibria as one flat row."""
        return {
            "regime": self.regime,
            "attitude_1": self.attitudes[0],
            "attitude_2": self.attitudes[1],
            "status": self.status,
            "equilibria": len(self.equilibria),
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return the payoffs, one row a firm."""
        import pandas as pd

        return pd.DataFrame(
            {
                "firm": [1, 2],
                "own_standard": self.own,
                "the_other's": self.other,
                "two_standards": self.incompatible,
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what each firm gets from each outcome."""
        ax = axes_or_new(ax)
        data = self.plot_data().set_index("firm")
        for number, name in enumerate(data.columns):
            place = np.array([0.0, 1.0]) + 0.26 * (number - 1)
            ax.bar(
                place, data[name], 0.24, color=f"C{number}", label=name.replace("_", " ")
            )
        ax.set_xticks([0, 1], [f"firm {k + 1}: {a}" for k, a in enumerate(self.attitudes)])
        ax.axhline(0, color="0.4", lw=0.8)
        ax.set_ylabel("payoff")
        ax.set_title(self._heading())
        ax.legend(frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def _heading(self) -> str:
        return f"Two firms, one standard or two: {self.regime.replace('_', ' ')}"


def besen_farrell(own: ArrayLike, other: ArrayLike, incompatible: ArrayLike) -> Strategies:
    """Return which of Besen and Farrell's situations two firms are in.

    Parameters
    ----------
    own, other, incompatible : array_like, shape (2,)
        What each firm gets if its own standard is the only one, if the other's is, and if
        there are two.

    Notes
    -----
    Both want one standard: battle of the sexes if both prefer their own, otherwise an
    agreed standard.  Neither does: Tweedledum and Tweedledee.  One wants and the other
    resists: pesky little brother.  One wants and the other only its own: leader and
    follower.

    Examples
    --------
    >>> besen_farrell(own=[3, 3], other=[2, 2], incompatible=[1, 1]).regime
    'battle_of_the_sexes'
    >>> besen_farrell(own=[1, 3], other=[0, 2], incompatible=[2, 1]).regime
    'pesky_little_brother'
    """
    mine, theirs, two = (
        _pair(name, values)
        for name, values in (
            ("own", own),
            ("other", other),
            ("incompatible", incompatible),
        )
    )
    first, second = (_attitude(mine[k], theirs[k], two[k]) for k in range(2))
    attitudes = {first, second}
    if attitudes == {"want"}:
        prefer = all(mine[k] > theirs[k] for k in range(2))
        regime = "battle_of_the_sexes" if prefer else "agreed_standard"
    elif "want" not in attitudes:
        regime = "tweedledum_tweedledee"
    else:
        resisted = "resist" in attitudes
        regime = "pesky_little_brother" if resisted else "leader_follower"
    # payoffs[k, a, b]: of firm k if the first chooses a and the second b
    payoffs = np.array(
        [
            [[mine[0], two[0]], [two[0], theirs[0]]],
            [[theirs[1], two[1]], [two[1], mine[1]]],
        ]
    )
    gains = {
        (a, b): max(
            payoffs[0, 1 - a, b] - payoffs[0, a, b],
            payoffs[1, a, 1 - b] - payoffs[1, a, b],
        )
        for a in range(2)
        for b in range(2)
    }
    stable = [place for place, gain in gains.items() if gain <= 0]
    names = tuple((_STANDARDS[a], _STANDARDS[b]) for a, b in stable)
    status = {0: "no_pure_equilibrium", 1: "ok"}.get(len(stable), "multiple")
    return Strategies(
        regime=regime,
        attitudes=(first, second),
        equilibria=names,
        status=status,
        certificate=worst(0.0, *(float(gains[place]) for place in stable)),
        own=mine,
        other=theirs,
        incompatible=two,
    )


def _pair(name: str, values: ArrayLike) -> tuple[float, float]:
    array = require_array(name, values, "a pair")
    if array.shape != (2,):
        raise InputError(f"{name} is {values!r}; it must be two numbers, one a firm.")
    first, second = array.tolist()
    return first, second


def _attitude(own: float, other: float, two: float) -> str:
    """Return whether a firm wants one standard, resists it, or wants only its own."""
    if other > two:
        return "want"
    return "resist" if own < two else "conditional"
