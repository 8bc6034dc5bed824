"""The war of attrition with private qualities: see :mod:`unigauge.models.adoption.attrition`.

Everything runs on one clock.  Let x = -log(s), where s is the share of better proposals:
x is exponential whatever the qualities.  At x the marginal type q(x) wins W q instead of
L q if the other gives way, which happens at unit rate in x, and pays the flow cost c and
the interest r on what giving way would bring, L M(x), M(x) being the mean of what is
better.  So concession takes time at the speed

    dt/dx = (W - L) q(x) / (c + r L M(x)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.adoption.private_attrition_certificate import certify
from unigauge.models.adoption.qualities import Qualities
from unigauge.models.answers import Answer
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "PrivateOutcome",
    "PrivateRivals",
    "solve_private",
    "solve_tie_breaker",
]

STATUSES = ("ok", "immediate", "never", "no_equilibrium_found")
"""What ``PrivateOutcome.status`` can be.

``ok``: certified.  ``immediate``: the neutral party draws at once.  ``never``: no type would
wait for it, and the war is fought to the end.  Both of these are certified too.
"""

_END = 40.0  # a share exp(-40) of types is left


@dataclass(frozen=True, kw_only=True)
class PrivateRivals:
    """Two sides, each with a proposal whose quality only it knows.

    Parameters
    ----------
    winner : float
        W, what the winner gets a unit of quality; above ``loser``.
    loser : float
        L, what the loser gets a unit of the winner's quality; >= 0.
    cost : float
        c, cost of waiting, a unit of time; >= 0.
    discount_rate : float
        r >= 0.  Waiting must cost something: ``cost`` or ``discount_rate * loser`` above 0.
    qualities : Qualities
        Distribution of qualities; independent draws.

    Raises
    ------
    InputError
        If a value lies outside its domain, or waiting costs nothing.

    Examples
    --------
    >>> consensus = PrivateRivals(winner=1, loser=0.5)
    >>> round(consensus.concession_time(0.5), 6)
    0.287682
    """

    winner: float = 1.0
    loser: float = 0.5
    cost: float = 0.0
    discount_rate: float = 1.0
    qualities: Qualities = field(default_factory=Qualities.uniform)

    def __post_init__(self) -> None:
        loser = require_number("loser", self.loser, at_least=0)
        checked = {
            "loser": loser,
            "winner": require_number(
                "winner", self.winner, above=loser, because="else nobody would fight"
            ),
            "cost": require_number("cost", self.cost, at_least=0),
            "discount_rate": require_number(
                "discount_rate", self.discount_rate, at_least=0
            ),
        }
        if not isinstance(self.qualities, Qualities):
            raise InputError(
                f"qualities is {self.qualities!r}; it must be Qualities, such as "
                "Qualities.uniform(0, 1)."
            )
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.cost == 0 and self.discount_rate * self.loser == 0:
            raise InputError(
                "waiting costs nothing: cost is 0 and so is discount_rate * loser; make "
                "one of them positive."
            )

    def concession_time(self, quality: float) -> float:
        """Return t(q), when a side of this quality gives way; infinite for the best.

        Where several have the same quality they mix, from this time on.
        """
        quality = require_number("quality", quality, at_least=0)
        share = float(self.qualities.share_above(np.float64(quality)))  # type: ignore[arg-type]
        return self.time_when_left(share)

    def time_when_left(self, share: float) -> float:
        """Return when only the best ``share`` of types has not given way."""
        from scipy.integrate import quad

        share = require_number("share", share, at_least=0, at_most=1)
        if share == 0:
            return np.inf
        return float(
            quad(self._speed, 0, -np.log(share), epsabs=1e-14, epsrel=1e-13, limit=500)[0]
        )

    def _marginal(self, x: float) -> tuple[float, float]:
        """Return q(x) and M(x)."""
        share = np.exp(-np.float64(x))
        best = self.qualities
        return float(best.quantile_from_top(share)), float(best.mean_of_top(share))

    def _speed(self, x: float) -> float:
        """Return dt/dx."""
        return self._speed_at(*self._marginal(x))

    def _speed_at(self, quality: float, better: float) -> float:
        waiting = self.cost + self.discount_rate * self.loser * better
        return (self.winner - self.loser) * quality / waiting


class Fought(NamedTuple):
    """A war up to some x: time, surplus and delay so far, and what no wait would bring."""

    time: float
    surplus: float
    delay: float
    best: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PrivateOutcome(Answer):
    """The symmetric equilibrium, in which the better proposal outlasts the worse.

    Attributes
    ----------
    surplus : float
        What both sides expect together.
    random_choice, first_best : float
        The same if a lot is drawn at once, and if the better were taken at once.
    lorenz_factor : float
        ``surplus / random_choice``.
    mean_delay : float
        Expected duration.
    cutoff : float
        Quality from which on a side waits for the neutral party; infinite without one.
    neutral_date : float
        T, when the neutral party draws; infinite without one.
    status : str
        ``ok``, ``immediate``, ``never`` or ``no_equilibrium_found``.
    certificate : float
        Largest gain of a type from any stopping time, as a share of W E q, by quadrature
        from the quantiles.
    schedule : array, shape (points, 2)
        Quality and the time at which it gives way.
    rivals : PrivateRivals
        The parameters.
    """

    surplus: float
    random_choice: float
    first_best: float
    lorenz_factor: float
    mean_delay: float
    cutoff: float
    neutral_date: float
    status: str
    certificate: float
    schedule: NDArray[np.float64]
    rivals: PrivateRivals

    def plot_data(self) -> pd.DataFrame:
        """Return when each quality gives way."""
        import pandas as pd

        return pd.DataFrame(self.schedule, columns=["quality", "concession_time"])

    def _marks(self) -> Mapping[str, float]:
        return {"waits for the lot": self.cutoff} if np.isfinite(self.cutoff) else {}

    def _heading(self) -> str:
        lot = " and a neutral tie-breaker" if np.isfinite(self.neutral_date) else ""
        return f"War of attrition, private qualities{lot}"

    def _facts(self) -> dict[str, str]:
        rivals = self.rivals
        return {
            "status": self.status,
            "qualities": rivals.qualities.name,
            "rivals": f"winner={rivals.winner:g}, loser={rivals.loser:g}, "
            f"cost={rivals.cost:g}, discount_rate={rivals.discount_rate:g}",
        }


def solve_private(rivals: PrivateRivals, *, tolerance: float = 1e-7) -> PrivateOutcome:
    """Return the symmetric equilibrium of the war with private qualities.

    Parameters
    ----------
    rivals : PrivateRivals
        Parameters.
    tolerance : float, default 1e-7
        Largest certificate under which the outcome is ``ok``.

    Returns
    -------
    PrivateOutcome

    Notes
    -----
    Sources: Riley (1980) for a flow cost; Farrell and Simcoe (2012) for discounting.  The
    two in one are a reconstruction.  Accurate to about 1e-10 for the named distributions.

    Examples
    --------
    >>> outcome = solve_private(PrivateRivals(winner=1, loser=0.5))
    >>> round(outcome.surplus, 6), round(outcome.random_choice, 6)
    (0.8, 0.75)
    """
    tolerance = _checked(rivals, tolerance)
    return _outcome(rivals, tolerance, clock=None, status="ok")


def solve_tie_breaker(
    rivals: PrivateRivals, *, cutoff: float | None = None, tolerance: float = 1e-7
) -> PrivateOutcome:
    """Return the equilibrium if an uninformed neutral party draws a lot at some date.

    Qualities below the cutoff give way as without the neutral party; those above wait for
    it.  The date is the one at which the cutoff is indifferent.

    Parameters
    ----------
    rivals : PrivateRivals
        Parameters.
    cutoff : float, optional
        Quality from which on a side waits; by default the lowest that is willing to.
    tolerance : float, default 1e-7
        Largest certificate under which the outcome is certified.

    Returns
    -------
    PrivateOutcome
        With status ``immediate`` if all are willing to wait, so that the lot may as well
        be drawn at once, and ``never`` if none is.

    Raises
    ------
    InputError
        If a side at the cutoff would rather give way: W q < L M(q).

    Notes
    -----
    Source: Farrell and Simcoe (2012), on the uniform distribution; others and a flow cost
    are a reconstruction.

    Examples
    --------
    >>> outcome = solve_tie_breaker(PrivateRivals(winner=1, loser=0.5))
    >>> round(outcome.cutoff, 6), round(outcome.surplus, 6)
    (0.333333, 0.859259)
    """
    tolerance = _checked(rivals, tolerance)
    if cutoff is None:
        clock = _first_willing(rivals)
        if clock is None:
            return _outcome(rivals, tolerance, clock=None, status="never")
    else:
        cutoff = require_number("cutoff", cutoff, at_least=0)
        share = float(rivals.qualities.share_above(np.float64(cutoff)))  # type: ignore[arg-type]
        clock = -np.log(share) if share > 0 else np.inf
        if clock > _END or _willingness(rivals, clock) < -1e-12:
            raise InputError(
                f"cutoff is {cutoff:g}; a side of that quality would rather give way than "
                "wait for a lot, since W q must be at least L times the mean of what is "
                "better. Leave it out for the lowest that is allowed."
            )
    status = "immediate" if clock == 0 else "ok"
    return _outcome(rivals, tolerance, clock=clock, status=status)


# ---------------------------------------------------------------------------
# The solution


def _checked(rivals: PrivateRivals, tolerance: float) -> float:
    if not isinstance(rivals, PrivateRivals):
        raise InputError(f"rivals is {rivals!r}; it must be a PrivateRivals(...).")
    return require_number("tolerance", tolerance, above=0)


def _spent(rate: float, time: float) -> float:
    """Return the present value of a unit flow up to ``time``."""
    from scipy.special import exprel

    return float(time * exprel(-rate * time))


def _war(rivals: PrivateRivals, until: float) -> tuple[Fought, Any]:
    """Fight from x = 0 to ``until``; return what came of it, and the clock's time."""
    from scipy.integrate import solve_ivp

    rate, both = rivals.discount_rate, rivals.winner + rivals.loser

    def motion(x: float, state: NDArray[np.float64]) -> list[float]:
        time = state[0]
        quality, better = rivals._marginal(x)
        ends = 2 * np.exp(-2 * x)  # the worse of the two gives way at x
        worth = np.exp(-rate * time) * both * better
        return [
            rivals._speed_at(quality, better),
            ends * (worth - 2 * rivals.cost * _spent(rate, time)),
            ends * time,
            ends * both * better,
        ]

    path = solve_ivp(
        motion,
        (0, until),
        np.zeros(4),
        method="DOP853",
        rtol=1e-12,
        atol=1e-14,
        dense_output=True,
    )
    dense: Any = path.sol  # not None, since dense output was asked for
    return Fought(*path.y[:, -1].tolist()), lambda x: dense(x)[0]


def _willingness(rivals: PrivateRivals, x: float) -> float:
    """Return W q - L M at x: a side waits for a lot if it is not negative."""
    quality, better = rivals._marginal(x)
    return rivals.winner * quality - rivals.loser * better


def _first_willing(rivals: PrivateRivals) -> float | None:
    """Return the lowest x at which a side is willing to wait for a lot."""
    from scipy.optimize import brentq

    before = 0.0
    for x in np.linspace(0, _END, 801):
        if _willingness(rivals, x) >= 0:
            if x == 0:
                return 0.0
            return float(brentq(lambda y: _willingness(rivals, y), before, x, xtol=1e-15))
        before = x
    return None


def _wait(rivals: PrivateRivals, clock: float) -> float:
    """Return how long after its turn the cutoff is content to wait for the lot."""
    if clock == 0:
        return 0.0  # nobody has given way: the lot may be drawn at once
    quality, better = rivals._marginal(clock)
    giving_way = rivals.loser * better
    lot = (rivals.winner * quality + giving_way) / 2
    interest = rivals.cost + rivals.discount_rate * giving_way
    gain = max(0.0, lot - giving_way) / interest
    if rivals.discount_rate == 0:
        return gain
    return float(np.log1p(rivals.discount_rate * gain) / rivals.discount_rate)


def _outcome(
    rivals: PrivateRivals, tolerance: float, *, clock: float | None, status: str
) -> PrivateOutcome:
    """Fight up to the clock, then draw the lot if there is one; certify."""
    whole, time = _war(rivals, _END)
    both, rate = rivals.winner + rivals.loser, rivals.discount_rate
    surplus, delay, cutoff, date = whole.surplus, whole.delay, np.inf, np.inf
    if clock is not None:
        fought = _war(rivals, clock)[0] if clock > 0 else Fought(0.0, 0.0, 0.0, 0.0)
        cutoff, better = rivals._marginal(clock)
        date = fought.time + _wait(rivals, clock)
        left = np.exp(-2 * clock)
        worth = np.exp(-rate * date) * both * better - 2 * rivals.cost * _spent(rate, date)
        surplus = fought.surplus + left * worth
        delay = fought.delay + left * date
    certificate = certify(rivals, time, clock, date)
    clocks = np.linspace(0, 8 if clock is None else clock, 161)
    quality = [rivals._marginal(x)[0] for x in clocks]
    lot = both * rivals.qualities.mean
    return PrivateOutcome(
        surplus=float(surplus),
        random_choice=lot,
        first_best=whole.best,
        lorenz_factor=float(surplus / lot),
        mean_delay=float(delay),
        cutoff=float(cutoff),
        neutral_date=float(date),
        status=status if certificate <= tolerance else "no_equilibrium_found",
        certificate=certificate,
        schedule=frozen(np.column_stack([quality, time(clocks)])),
        rivals=rivals,
    )
