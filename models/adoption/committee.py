"""Coordination through committees and markets: insist, concede, or go ahead alone.

After Farrell and Saloner (1988), "Coordination through Committees and Markets", RAND
Journal of Economics 19(2), 235-252.  The finite deadline and the discounting are a
reconstruction from the abstract; the full text was not at hand.

Two sides each want their own standard to win, and both want one standard.  In a
*committee* they talk: who concedes ends the talks, and a tie costs a round.  In the
*market* they act: who adopts alone sets the standard, and if both adopt at once there
are two.  In the *hybrid* they talk and may also act.  :func:`solve` gives the symmetric
mixed equilibrium of one mode, :func:`compare` of all three.

Examples
--------
>>> from unigauge.models import committee
>>> standoff = committee.Standoff(own=1.0, other=0.5, none=0.0, discount=0.95)
>>> committee.compare(standoff)[["value", "prob_coordination", "mean_rounds"]].round(4)
            value  prob_coordination  mean_rounds
mode
committee  0.4988             1.0000      11.0746
market     0.4781             0.6469       1.2963
hybrid     0.4994             0.6757       1.2942
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_integer, require_number
from unigauge.models.adoption.committee_certificate import certify
from unigauge.models.outcomes import changed, comparison
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["ACTIONS", "MODES", "STATUSES", "Outcome", "Standoff", "compare", "solve"]

MODES = ("committee", "market", "hybrid")
"""Modes that :func:`solve` knows, in the order of :func:`compare`."""

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "committee": ("insist", "concede"),
    "market": ("adopt", "wait"),
    "hybrid": ("adopt", "insist", "concede"),
}
"""What a side may do in a round, by mode."""

STATUSES = ("ok", "no_equilibrium_found")
"""What ``Outcome.status`` can be; ``ok`` is certified."""

# What a round brings me: rows are my actions, columns the other side's.
_ROUNDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "committee": (("next", "own"), ("other", "next")),
    "market": (("none", "own"), ("other", "next")),
    "hybrid": (
        ("none", "own", "own"),
        ("other", "next", "own"),
        ("other", "other", "next"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Standoff:
    """Two sides, two standards, and time.

    Parameters
    ----------
    own : float
        a, what a side gets when its own standard prevails.
    other : float
        c, what it gets when the other's does; below ``own``.
    none : float
        b, what it gets without a common standard; below ``other``.
    rounds : int or None
        T, rounds before the deadline, after which both get ``none``; None for no deadline.
    discount : float
        delta, worth of a payoff one round later, in (0, 1]; below 1 without a deadline.

    Raises
    ------
    InputError
        If a value lies outside its domain, or ``own > other > none`` fails; with
        discounting ``other`` must be positive too, or delay would be worth having.

    Examples
    --------
    >>> Standoff(own=1.0, other=0.5, none=0.0, rounds=2, discount=1.0).conflict
    1.0
    """

    own: float = 1.0
    other: float = 0.5
    none: float = 0.0
    rounds: int | None = None
    discount: float = 0.95

    def __post_init__(self) -> None:
        none = require_number("none", self.none)
        other = require_number(
            "other", self.other, above=none, because="both prefer one standard to none"
        )
        own = require_number(
            "own", self.own, above=other, because="each side prefers its own standard"
        )
        discount = require_number("discount", self.discount, above=0, at_most=1)
        if self.rounds is not None:
            require_integer("rounds", self.rounds, at_least=1)
        elif discount == 1:
            raise InputError(
                "discount is 1 and rounds is None; without a deadline delay must cost "
                "something: set discount below 1, or rounds."
            )
        if discount < 1 and other <= 0:
            raise InputError(
                f"other is {other:g}; with discounting it must be above 0: else delay "
                "would be worth having. Set discount=1, or add a constant to the payoffs."
            )
        for name, value in {"own": own, "other": other, "none": none}.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "discount", discount)

    @property
    def conflict(self) -> float:
        """(a - c)/(c - b): the stake in one's own standard against that in having one."""
        return (self.own - self.other) / (self.other - self.none)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outcome(Result):
    """The symmetric mixed equilibrium of a mode.

    Attributes
    ----------
    value : float
        V, what each side expects.
    prob_coordination : float
        Probability that one standard prevails.
    prob_two_standards : float
        Probability that both adopt their own at once.
    mean_rounds : float
        Expected number of rounds played.
    mix : array, shape (rounds, actions)
        Probability of each action of :data:`ACTIONS`, first round first; one row without
        a deadline, where it is the same in every round.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Largest gain from any action in any round (or error of ``value``), as a share of
        a - b, with the values worked out anew from the rules and the mix.
    mode : str
        One of :data:`MODES`.
    standoff : Standoff
        The parameters.
    """

    value: float
    prob_coordination: float
    prob_two_standards: float
    mean_rounds: float
    mix: NDArray[np.float64]
    status: str
    certificate: float
    mode: str
    standoff: Standoff

    @property
    def first_round(self) -> dict[str, float]:
        """Probability of each action in the first round."""
        return dict(zip(ACTIONS[self.mode], self.mix[0].tolist(), strict=True))

    def to_frame(self) -> pd.DataFrame:
        """Return the probability of each action, one row a round."""
        import pandas as pd

        index = pd.RangeIndex(1, len(self.mix) + 1, name="round")
        return pd.DataFrame(self.mix, columns=list(ACTIONS[self.mode]), index=index)

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row, with the actions of the first round."""
        actions = {f"prob_{action}": p for action, p in self.first_round.items()}
        return {
            "mode": self.mode,
            "status": self.status,
            "value": self.value,
            "prob_coordination": self.prob_coordination,
            "prob_two_standards": self.prob_two_standards,
            "mean_rounds": self.mean_rounds,
            **actions,
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return how likely it is that each round has ended in one or in two standards."""
        import pandas as pd

        one, two, go_on = _ends(self.mode, self.mix)
        if self.standoff.rounds is None:
            length = min(400, int(np.ceil(5 * self.mean_rounds)) + 1)
            one, two, go_on = (np.repeat(column, length) for column in (one, two, go_on))
        reached = np.append(1.0, np.cumprod(go_on)[:-1])
        return pd.DataFrame(
            {
                "round": np.arange(1, len(one) + 1),
                "one_standard": np.cumsum(reached * one),
                "two_standards": np.cumsum(reached * two),
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how likely one standard, and two, are by each round."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        ax.step(
            data["round"], data["one_standard"], "C0", where="post", label="one standard"
        )
        ax.step(
            data["round"], data["two_standards"], "C1", where="post", label="two standards"
        )
        ax.set_ylim(0, 1.02)
        ax.set_xlabel("round")
        ax.set_ylabel("probability by then")
        ax.set_title(self._heading())
        ax.legend(frameon=False)
        return ax

    def _heading(self) -> str:
        return f"Two standards, two sides: {self.mode}"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "value": f"{self.value:.6f}",
            "one standard": f"with probability {self.prob_coordination:.6f}",
            "mean rounds": f"{self.mean_rounds:.4f}",
            "certificate": f"{self.certificate:.1e}",
            "standoff": changed(self.standoff),
        }

    def _notes(self) -> tuple[str, ...]:
        return ("The symmetric mixed equilibrium; in others one side always gives way.",)


def solve(standoff: Standoff, mode: str, *, tolerance: float = 1e-9) -> Outcome:
    """Return the symmetric mixed equilibrium when the two sides meet in ``mode``.

    ========= ====================== ====================================================
    mode      a side may             and
    ========= ====================== ====================================================
    committee insist, concede        a tie of either kind goes to the next round
    market    adopt, wait            if both adopt there are two standards; if both wait,
                                     the next round
    hybrid    adopt, insist, concede who adopts alone wins; else as in a committee
    ========= ====================== ====================================================

    With a deadline the values come by recursion from V = b; without one they are the
    fixed point.

    Parameters
    ----------
    standoff : Standoff
        Parameters.
    mode : str
        One of :data:`MODES`.
    tolerance : float, default 1e-9
        Largest certificate under which the outcome is ``ok``.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        If the mode is unknown or the tolerance is not positive.

    Notes
    -----
    Source: Farrell and Saloner (1988); rules and recursion are a reconstruction.  Accurate
    to about 1e-12.

    Examples
    --------
    >>> standoff = Standoff(own=1.0, other=0.5, none=0.0, rounds=2, discount=1.0)
    >>> outcome = solve(standoff, "committee")
    >>> round(outcome.first_round["insist"], 6), round(outcome.prob_coordination, 6)
    (0.8, 0.622222)
    """
    if not isinstance(standoff, Standoff):
        raise InputError(f"standoff is {standoff!r}; it must be a Standoff(...).")
    mode = require_choice("mode", mode, MODES)
    tolerance = require_number("tolerance", tolerance, above=0)
    mix, value = (
        _stationary(standoff, mode)
        if standoff.rounds is None
        else _recursion(standoff, mode)
    )
    one, two, go_on = _ends(mode, mix)
    if standoff.rounds is None:
        reached = 1 / (one + two)
    else:
        reached = np.append(1.0, np.cumprod(go_on)[:-1])
    certificate = certify(standoff, ACTIONS[mode], mix, value)
    return Outcome(
        value=value,
        prob_coordination=float(reached @ one),
        prob_two_standards=float(reached @ two),
        mean_rounds=float(reached.sum()),
        mix=frozen(mix),
        status="ok" if certificate <= tolerance else "no_equilibrium_found",
        certificate=certificate,
        mode=mode,
        standoff=standoff,
    )


def compare(standoff: Standoff, modes: Iterable[str] | None = None) -> pd.DataFrame:
    """Return one row for each mode, in the columns of :meth:`Outcome.record`.

    Parameters
    ----------
    standoff : Standoff
        Parameters.
    modes : iterable of str, optional
        By default all of :data:`MODES`.

    Examples
    --------
    >>> standoff = Standoff(own=1.0, other=0.5, none=0.0, rounds=1, discount=1.0)
    >>> compare(standoff)["prob_coordination"].round(4).tolist()
    [0.4444, 0.4444, 0.5714]
    """
    return comparison(lambda mode: solve(standoff, mode), modes, MODES, label="mode")


# ---------------------------------------------------------------------------
# The equilibrium


def _play(standoff: Standoff, mode: str, later: float) -> tuple[NDArray[np.float64], float]:
    """Return the mix that makes every action worth the same, and that worth."""
    worth = {
        "own": standoff.own,
        "other": standoff.other,
        "none": standoff.none,
        "next": later,
    }
    payoffs = [[worth[result] for result in row] for row in _ROUNDS[mode]]
    size = len(payoffs)
    # payoffs @ mix = value for every action, and the mix sums to one
    system = np.block([[np.array(payoffs), -np.ones((size, 1))], [np.ones(size), 0.0]])
    answer = np.linalg.solve(system, np.append(np.zeros(size), 1.0))
    return answer[:-1], float(answer[-1])


def _recursion(standoff: Standoff, mode: str) -> tuple[NDArray[np.float64], float]:
    """Work back from the deadline."""
    value, mixes = standoff.none, []
    for _ in range(standoff.rounds or 0):
        mix, value = _play(standoff, mode, standoff.discount * value)
        mixes.append(mix)
    return np.array(mixes[::-1]), value


def _stationary(standoff: Standoff, mode: str) -> tuple[NDArray[np.float64], float]:
    """Find the value that a round gives if the next is worth the same."""
    from scipy.optimize import brentq

    def excess(value: float) -> float:
        return _play(standoff, mode, standoff.discount * value)[1] - value

    low = min(standoff.none, 0.0)  # a round is worth more than its worst end ...
    value = brentq(excess, low, standoff.other, xtol=1e-15 * standoff.own, rtol=1e-15)
    mix, value = _play(
        standoff, mode, standoff.discount * float(value)
    )  # ... and at most c
    return mix[None, :], value


def _ends(mode: str, mix: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Return the probabilities that each round ends in one standard, in two, goes on."""
    both = mix[:, :, None] * mix[:, None, :]
    table = np.array(_ROUNDS[mode])
    one, two, go_on = (
        both[:, np.isin(table, names)].sum(axis=1)
        for names in (["own", "other"], ["none"], ["next"])
    )
    return one, two, go_on
