"""Wars of attrition over a standard: who gives way, when, and what the wait costs.

Two sides back rival proposals; the first to give way ends the war.  Waiting costs a flow,
or the discount on what one gets, or both.

* :func:`solve`: each knows what the other has at stake.  Each concedes at a hazard that
  makes the other indifferent (Maynard Smith 1974; Hendricks, Weiss and Wilson 1988), so
  the side with *less* at stake wins more often.
* :func:`solve_private`: each knows only the quality of its own proposal, and the better
  one outlasts the worse.  With a flow cost this is the textbook war with private values
  (Riley 1980; Fudenberg and Tirole 1991, ch. 6); with discounting, and a loser who shares
  in what the better proposal brings, it is Farrell and Simcoe (2012).  If all are of one
  quality it is the symmetric game of :func:`solve`.
* :func:`solve_tie_breaker`: at some date a neutral party who knows nothing draws a lot.
* :func:`lorenz_factor`, :func:`threshold`: when the war beats drawing a lot at once.
* :func:`majority_accuracy`: when a majority vote at once beats the war.

Examples
--------
>>> from unigauge.models import attrition
>>> attrition.solve(attrition.Rivals(win=10, cost=1)).expected_delay
5.0
>>> riley = attrition.PrivateRivals(winner=1, loser=0, cost=1, discount_rate=0)
>>> round(riley.concession_time(0.5), 9)
0.193147181
>>> round(attrition.threshold(attrition.Qualities.uniform()), 5)
0.41986
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number, require_numbers
from unigauge.models.adoption.private_attrition import (
    PrivateOutcome,
    PrivateRivals,
    solve_private,
    solve_tie_breaker,
)
from unigauge.models.adoption.qualities import (
    Qualities,
    lorenz_factor,
    majority_accuracy,
    threshold,
)
from unigauge.models.answers import Answer
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "STATUSES",
    "Outcome",
    "PrivateOutcome",
    "PrivateRivals",
    "Qualities",
    "Rivals",
    "lorenz_factor",
    "majority_accuracy",
    "solve",
    "solve_private",
    "solve_tie_breaker",
    "threshold",
]

STATUSES = ("ok", "no_equilibrium_found")
"""What ``Outcome.status`` can be; ``ok`` is certified."""

_SIDES = (1, 2)


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """Two sides that know what is at stake; a single number stands for both.

    Parameters
    ----------
    win : float or pair of float
        W, what a side gets if the other gives way; above ``lose``.
    lose : float or pair of float
        L, what it gets if it gives way.  V = W - L is its stake.
    cost : float or pair of float
        c, cost of waiting, a unit of time; >= 0.
    discount_rate : float
        r >= 0.  Waiting costs c + r L in all, which must be above 0.

    Raises
    ------
    InputError
        If a value lies outside its domain, or waiting costs a side nothing.

    Examples
    --------
    >>> Rivals(win=(10, 6), cost=1).stake
    (10.0, 6.0)
    """

    win: float | tuple[float, float] = 1.0
    lose: float | tuple[float, float] = 0.0
    cost: float | tuple[float, float] = 1.0
    discount_rate: float = 0.0

    def __post_init__(self) -> None:
        rate = require_number("discount_rate", self.discount_rate, at_least=0)
        lose = _pair("lose", self.lose)
        win = _pair("win", self.win)
        cost = _pair("cost", self.cost, at_least=0)
        for side, (w, lost, c) in enumerate(zip(win, lose, cost, strict=True)):
            if w <= lost:
                raise InputError(
                    f"win[{side}] is {w:g} and lose[{side}] is {lost:g}; winning must be "
                    "worth more, or there is nothing to fight for."
                )
            if c + rate * lost <= 0:
                raise InputError(
                    f"waiting costs side {side + 1} nothing: cost + discount_rate * lose is "
                    f"{c + rate * lost:g}; it must be above 0. Raise cost, or both others."
                )
        checked = {"win": win, "lose": lose, "cost": cost, "discount_rate": rate}
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """``win``, ``lose`` and ``cost``, one entry a side."""
        return {name: np.array(getattr(self, name)) for name in ("win", "lose", "cost")}

    @property
    def stake(self) -> tuple[float, float]:
        """V = W - L of each side."""
        first, second = (self.arrays["win"] - self.arrays["lose"]).tolist()
        return first, second


def _pair(name: str, value: object, at_least: float = -np.inf) -> tuple[float, float]:
    """Read one number for both sides, or one for each."""
    both = (value, value) if isinstance(value, Real) else value
    first, second = require_numbers(name, both, length=2, at_least=at_least)
    return first, second


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outcome(Answer):
    """The mixed equilibrium without a concession at the start.

    Attributes
    ----------
    hazards : array, shape (2,)
        lambda, rate at which each side gives way.
    prob_win : array, shape (2,)
        Probability that each side wins.
    expected_delay : float
        Expected duration, 1/(lambda_1 + lambda_2).
    expected_payoff : array, shape (2,)
        What each side expects at the start: L, the prize is wasted in waiting.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Largest gain of a side from any stopping time, as a share of its stake, by
        quadrature.
    rivals : Rivals
        The parameters.
    """

    hazards: NDArray[np.float64]
    prob_win: NDArray[np.float64]
    expected_delay: float
    expected_payoff: NDArray[np.float64]
    status: str
    certificate: float
    rivals: Rivals

    def to_frame(self) -> pd.DataFrame:
        """Return one row a side."""
        import pandas as pd

        columns = {
            "stake": self.rivals.stake,
            "hazard": self.hazards,
            "prob_win": self.prob_win,
            "expected_payoff": self.expected_payoff,
        }
        return pd.DataFrame(columns, index=pd.Index(_SIDES, name="side"))

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row, with sides as suffixes."""
        row: dict[str, Any] = {"status": self.status, "expected_delay": self.expected_delay}
        for name, values in self.to_frame().drop(columns="stake").items():
            row |= {f"{name}_{side}": float(values[side]) for side in _SIDES}
        return row | {"certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return how likely it is, at each time, that the war goes on."""
        import pandas as pd

        time = np.linspace(0, 5 * self.expected_delay, 201)
        still = np.exp(-time / self.expected_delay)
        return pd.DataFrame({"time": time, "probability_that_the_war_goes_on": still})

    def _marks(self) -> Mapping[str, float]:
        return {f"mean {self.expected_delay:.3g}": self.expected_delay}

    def _heading(self) -> str:
        return "War of attrition, known stakes"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "expected delay": f"{self.expected_delay:.6g}",
            "certificate": f"{self.certificate:.1e}",
        }

    def _notes(self) -> tuple[str, ...]:
        note = "In further equilibria one side gives way at once with some probability."
        return (note,)


def solve(rivals: Rivals, *, tolerance: float = 1e-8) -> Outcome:
    """Return the mixed equilibrium of the war with known stakes.

    Side j concedes at the hazard ``(c_i + r L_i) / (W_i - L_i)``, which makes side i
    indifferent at every instant; so who has less at stake, or more to lose by waiting,
    faces the higher hazard and wins more often.

    Parameters
    ----------
    rivals : Rivals
        Parameters.
    tolerance : float, default 1e-8
        Largest certificate under which the outcome is ``ok``.

    Returns
    -------
    Outcome

    Notes
    -----
    Source: Maynard Smith (1974); Hendricks, Weiss and Wilson (1988).

    Examples
    --------
    >>> outcome = solve(Rivals(win=(10, 6), cost=(1, 1)))
    >>> outcome.prob_win, outcome.expected_delay
    (array([0.375, 0.625]), 3.75)
    """
    if not isinstance(rivals, Rivals):
        raise InputError(f"rivals is {rivals!r}; it must be a Rivals(...).")
    tolerance = require_number("tolerance", tolerance, above=0)
    side = rivals.arrays
    waiting = side["cost"] + rivals.discount_rate * side["lose"]
    hazards = (waiting / np.array(rivals.stake))[::-1]
    certificate = _certificate(rivals, hazards)
    return Outcome(
        hazards=frozen(hazards),
        prob_win=frozen(hazards[::-1] / hazards.sum()),
        expected_delay=float(1 / hazards.sum()),
        expected_payoff=frozen(side["lose"]),
        status="ok" if certificate <= tolerance else "no_equilibrium_found",
        certificate=certificate,
        rivals=rivals,
    )


def _certificate(rivals: Rivals, hazards: NDArray[np.float64]) -> float:
    """Return the largest gain from a stopping time, as a share of the stake."""
    from scipy.integrate import quad

    rate, gains = rivals.discount_rate, [0.0]
    for mine, hazard in enumerate(hazards[::-1]):  # the other side's
        win, lose, cost = (values[mine] for values in rivals.arrays.values())

        def worth(prize: float, time: float, cost: float = cost) -> float:
            spent = time if rate == 0 else -np.expm1(-rate * time) / rate
            return float(prize * np.exp(-rate * time) - cost * spent)

        for stop in np.array([0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0]) / hazard:
            won = quad(
                lambda t, w=win, h=hazard, worth=worth: h * np.exp(-h * t) * worth(w, t),
                *(0, stop),
                epsabs=1e-13,
                epsrel=1e-12,
                limit=200,
            )[0]
            gained = won + np.exp(-hazard * stop) * worth(lose, stop) - lose
            gains.append(gained / (win - lose))
    return float(max(gains))
