"""Switching to a new standard together: bandwagons, inertia, installed bases.

* :func:`solve`: two firms that do not know how much the other likes the new standard
  (Farrell and Saloner 1985, incomplete information).  The keen lead, the willing follow,
  and two that would both gain may both wait: excess inertia.
* :func:`solve_sequential`: any number of firms that know one another's benefits and move in
  turn (the same paper, complete information): no inertia if all want the change.
* :func:`solve_installed_base`: users arrive over time and the old standard has a head
  start (Farrell and Saloner 1986).

Sources: Farrell and Saloner (1985), "Standardization, Compatibility, and Innovation", RAND
Journal of Economics 16(1), 70-83; (1986), "Installed Base and Compatibility", American
Economic Review 76(5), 940-955.  The full texts were not at hand: reconstruction.

Examples
--------
>>> from unigauge.models import bandwagon
>>> game = bandwagon.BandwagonGame.linear(switching_cost=0.5, network_benefit=0.2)
>>> outcome = bandwagon.solve(game)
>>> round(outcome.join_threshold, 9), round(outcome.lead_threshold, 9)
(0.3, 0.6)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.adoption.bandwagon_sequence import (
    SequentialGame,
    SequentialOutcome,
    solve_sequential,
)
from unigauge.models.adoption.installed_base import (
    InstalledBase,
    InstalledBaseOutcome,
    solve_installed_base,
)
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = [
    "REGIONS",
    "STATUSES",
    "BandwagonGame",
    "InstalledBase",
    "InstalledBaseOutcome",
    "Outcome",
    "SequentialGame",
    "SequentialOutcome",
    "solve",
    "solve_installed_base",
    "solve_sequential",
]

STATUSES = ("ok", "no_equilibrium_found")
"""What ``Outcome.status`` can be; ``ok`` is certified."""

REGIONS = ("neither, as it should be", "neither, though both would gain", "split", "both")
"""What two types come to, in the order of :meth:`Outcome.region`."""

Benefit = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]

_GRID = np.linspace(0, 1, 4001)


@dataclass(frozen=True, kw_only=True)
class BandwagonGame:
    """Two firms that may switch from the old standard X to the new one, Y.

    A firm's type s, its rank among all possible types, is uniform on [0, 1], independent of
    the other's, and known to itself alone.  Each firm may switch now, or wait and see what
    the other does and switch then, or stay; there is no way back.  Benefits are functions
    of an array of types.  Use :meth:`linear` for the textbook case.

    Parameters
    ----------
    new_together, new_alone : callable
        B(2, Y; s) and B(1, Y; s).
    old_together, old_alone : callable
        B(2, X; s) and B(1, X; s).

    Raises
    ------
    InputError
        Unless, on a grid of types: company is worth having, B(2, .) > B(1, .); keener types
        gain more, B(2, Y) - B(1, X), B(2, Y) - B(2, X) and B(1, Y) - B(2, X) rise; the
        least keen would not even follow, and the keenest would switch alone.

    Examples
    --------
    >>> game = BandwagonGame(
    ...     new_together=lambda s: 2 * s**2, new_alone=lambda s: 2 * s**2 - 0.3,
    ...     old_together=lambda s: 0.6 + 0 * s, old_alone=lambda s: 0.3 + 0 * s,
    ... )
    >>> round(solve(game).join_threshold, 6)
    0.387298
    """

    new_together: Benefit
    new_alone: Benefit
    old_together: Benefit
    old_alone: Benefit

    def __post_init__(self) -> None:
        for name in ("new_together", "new_alone", "old_together", "old_alone"):
            if not callable(getattr(self, name)):
                raise InputError(
                    f"{name} is {getattr(self, name)!r}; it must be a function of an array "
                    "of types. For the textbook case use BandwagonGame.linear."
                )
        follow = self.new_together(_GRID) - self.old_alone(_GRID)
        agree = self.new_together(_GRID) - self.old_together(_GRID)
        alone = self.new_alone(_GRID) - self.old_together(_GRID)
        company = np.concatenate(
            [
                self.new_together(_GRID) - self.new_alone(_GRID),
                self.old_together(_GRID) - self.old_alone(_GRID),
            ]
        )
        if not np.isfinite([follow, agree, alone]).all() or not np.isfinite(company).all():
            raise InputError("a benefit is not finite for some type in [0, 1].")
        if company.min() <= 0:
            raise InputError(
                "B(2, .) - B(1, .) is not positive for some type; a standard must be worth "
                "more with company."
            )
        for name, gain in {
            "B(2, Y) - B(1, X)": follow,
            "B(2, Y) - B(2, X)": agree,
            "B(1, Y) - B(2, X)": alone,
        }.items():
            if np.diff(gain).min() <= 0:
                raise InputError(f"{name} does not rise with the type; order types so.")
        if follow[0] >= 0:
            raise InputError(
                f"the least keen type gains {follow[0]:g} by following; it must lose, or "
                "everybody follows. Lower B(2, Y; 0)."
            )
        if alone[-1] <= 0:
            raise InputError(
                f"the keenest type gains {alone[-1]:g} by switching alone; it must gain "
                "something, or nobody need ever lead. Raise B(1, Y; 1)."
            )

    @classmethod
    def linear(cls, *, switching_cost: float, network_benefit: float) -> BandwagonGame:
        """Return the linear game: B(2, Y) = s - h + n, B(1, Y) = s - h, B(2, X) = n, B(1, X) = 0.

        Parameters
        ----------
        switching_cost : float
            h, between n and 1 - n.
        network_benefit : float
            n > 0, what the other's company is worth.

        Raises
        ------
        InputError
            Unless 0 < n < h < 1 - n.
        """
        n = require_number("network_benefit", network_benefit, above=0)
        h = require_number(
            "switching_cost",
            switching_cost,
            above=n,
            below=1 - n,
            because="at or below network_benefit every type would follow, and at or above "
            "1 - network_benefit none would switch alone",
        )
        return cls(
            new_together=partial(_affine, 1.0, n - h),
            new_alone=partial(_affine, 1.0, -h),
            old_together=partial(_affine, 0.0, n),
            old_alone=partial(_affine, 0.0, 0.0),
        )


def _affine(slope: float, level: float, types: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(level + slope * np.asarray(types, dtype=np.float64))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outcome(Result):
    """The symmetric bandwagon equilibrium.

    Attributes
    ----------
    join_threshold : float
        Types from here on follow if the other leads.
    agreement_threshold : float
        Types from here on prefer that both switch to that neither does.
    lead_threshold : float
        s*, types from here on switch at once.
    prob_symmetric_excess_inertia : float
        Probability that neither switches though both would gain if both did.
    prob_both_switch, prob_no_switch, prob_split : float
        Probabilities of the three ends.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Largest gain of any type from any plan, as a share of the range of benefits,
        by enumeration of plans against a grid of types.
    game : BandwagonGame
        The parameters.
    """

    join_threshold: float
    agreement_threshold: float
    lead_threshold: float
    prob_symmetric_excess_inertia: float
    prob_both_switch: float
    prob_no_switch: float
    prob_split: float
    status: str
    certificate: float
    game: BandwagonGame

    def region(
        self, first: NDArray[np.float64], second: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Return which of :data:`REGIONS` each pair of types comes to, counted from 0."""
        low, high = np.minimum(first, second), np.maximum(first, second)
        led, followed = high >= self.lead_threshold, low >= self.join_threshold
        regret = low >= self.agreement_threshold
        return np.where(led, np.where(followed, 3, 2), np.where(regret, 1, 0))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a threshold or probability."""
        import pandas as pd

        names = [
            *("join_threshold", "agreement_threshold", "lead_threshold"),
            *("prob_both_switch", "prob_no_switch", "prob_split"),
            "prob_symmetric_excess_inertia",
        ]
        values = [getattr(self, name) for name in names]
        return pd.DataFrame({"value": values}, index=pd.Index(names, name="quantity"))

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row."""
        values = self.to_frame()["value"]
        numbers = {str(name): float(value) for name, value in values.items()}
        return {"status": self.status, **numbers, "certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return the region of each pair of types on a grid of 101 by 101."""
        import pandas as pd

        ticks = np.linspace(0, 1, 101)
        first, second = (axis.ravel() for axis in np.meshgrid(ticks, ticks))
        names = np.array(REGIONS)[self.region(first, second)]
        return pd.DataFrame({"first": first, "second": second, "region": names})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the regions on the square of types."""
        ax = axes_or_new(ax, size=(5.2, 5.0))
        join, agree, lead = (
            self.join_threshold,
            self.agreement_threshold,
            self.lead_threshold,
        )
        ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", title=self._heading())
        ax.set_facecolor("#dce9f5")
        _rectangle(ax, (0, 0), (lead, lead), "#eeeeee")
        _rectangle(ax, (agree, agree), (lead, lead), "#e07a5f")
        _rectangle(ax, (lead, 0), (1, join), "#f2cc8f")
        _rectangle(ax, (0, lead), (join, 1), "#f2cc8f")
        for where, text, angle in (
            ((lead / 2, min(lead, agree) / 2), "neither\nswitches", 0),
            (((1 + lead) / 2, join / 2), "split", 0),
            ((join / 2, (1 + lead) / 2), "split", 90),
            (((1 + lead) / 2, (1 + lead) / 2), "both\nswitch", 0),
        ):
            ax.annotate(text, where, ha="center", va="center", rotation=angle)
        ax.annotate(
            "neither, though\nboth would gain",
            ((agree + lead) / 2, (agree + lead) / 2),
            xytext=(0.42 * agree, (agree + lead) / 2),
            ha="center",
            va="center",
            arrowprops={"arrowstyle": "-", "color": "0.3"},
            fontsize=8,
        )
        marks = {join: "join", agree: "agree", lead: "lead"}
        ticks = [0, *marks, 1]
        labels = ["0", *(f"{name} {value:.2f}" for value, name in marks.items()), "1"]
        ax.set_xticks(ticks, labels, fontsize=8, rotation=90)
        ax.set_yticks(ticks, labels, fontsize=8)
        ax.set_xlabel("type of the first firm")
        ax.set_ylabel("type of the second firm")
        return ax

    def _heading(self) -> str:
        return "Bandwagon: two firms of unknown types"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "certificate": f"{self.certificate:.1e}"}


def _rectangle(
    ax: Axes, corner: tuple[float, float], opposite: tuple[float, float], colour: str
) -> None:
    from matplotlib.patches import Rectangle

    width, height = opposite[0] - corner[0], opposite[1] - corner[1]
    ax.add_patch(Rectangle(corner, width, height, facecolor=colour, edgecolor="white"))


def solve(game: BandwagonGame, *, tolerance: float = 1e-8) -> Outcome:
    """Return the symmetric equilibrium in bandwagon strategies.

    Types below the first threshold stay whatever happens, those up to the second follow a
    leader, those above it lead.  The join threshold i solves B(2, Y; i) = B(1, X; i); the
    lead threshold s* solves ``(1 - i) B(2, Y; s*) + i B(1, Y; s*) = (1 - s*) B(2, Y; s*) +
    s* B(2, X; s*)``: to lead in the hope of being followed, or to wait for a leader.
    There is one of each: where B(2, Y) > B(2, X), leading gains on waiting as s* rises,
    since B(1, Y) - B(2, X) rises with the type.

    Parameters
    ----------
    game : BandwagonGame
        Parameters.
    tolerance : float, default 1e-8
        Largest certificate under which the outcome is ``ok``.

    Returns
    -------
    Outcome

    Notes
    -----
    Source: Farrell and Saloner (1985), section on incomplete information.  Thresholds are
    accurate to about 1e-14.

    Examples
    --------
    >>> game = BandwagonGame.linear(switching_cost=0.5, network_benefit=0.2)
    >>> round(solve(game).prob_symmetric_excess_inertia, 9)
    0.01
    """
    if not isinstance(game, BandwagonGame):
        raise InputError(f"game is {game!r}; it must be a BandwagonGame.")
    tolerance = require_number("tolerance", tolerance, above=0)
    join = _root(lambda s: game.new_together(s) - game.old_alone(s))
    agree = _root(lambda s: game.new_together(s) - game.old_together(s))

    def lead_less_wait(s: NDArray[np.float64]) -> NDArray[np.float64]:
        stay = s * (game.new_together(s) - game.old_together(s))
        return np.asarray(stay - join * (game.new_together(s) - game.new_alone(s)))

    lead = _root(lead_less_wait, start=join)
    certificate = _certificate(game, join, lead)
    return Outcome(
        join_threshold=join,
        agreement_threshold=agree,
        lead_threshold=lead,
        prob_symmetric_excess_inertia=max(0.0, lead - agree) ** 2,
        prob_both_switch=(1 - join) ** 2 - (lead - join) ** 2,
        prob_no_switch=lead**2,
        prob_split=2 * (1 - lead) * join,
        status="ok" if certificate <= tolerance else "no_equilibrium_found",
        certificate=certificate,
        game=game,
    )


def _root(function: Benefit, start: float = 0.0) -> float:
    """Return the root between ``start`` and 1 of a function that crosses zero once there."""
    from scipy.optimize import brentq

    def value(s: float) -> float:
        return float(function(np.float64(s)))  # type: ignore[arg-type]

    return float(brentq(value, start, 1.0, xtol=1e-15))


def _certificate(game: BandwagonGame, join: float, lead: float) -> float:
    """Try every plan of every type: lead; wait, then act on what the other did."""
    types = np.union1d(np.linspace(0, 1, 801), [join, lead])
    both, alone = game.new_together(types), game.new_alone(types)
    kept, left = game.old_together(types), game.old_alone(types)
    leads, follows, stays = 1 - lead, lead - join, join  # how likely the other is each
    plans = {"lead": (leads + follows) * both + stays * alone}
    for if_led, after in (("follow", both), ("stay", left)):
        for if_not, then in (("stay", kept), ("switch", alone)):
            plans[f"{if_led}, {if_not}"] = leads * after + (follows + stays) * then
    chosen = np.select(
        [types >= lead, types >= join],
        [plans["lead"], plans["follow, stay"]],
        plans["stay, stay"],
    )
    best = np.max(list(plans.values()), axis=0)
    return float((best - chosen).max() / np.ptp([both, alone, kept, left]))
