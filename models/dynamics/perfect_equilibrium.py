"""The Markov-perfect equilibrium of the policy game, and its certificate."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.errors import require_integer, require_seed
from unigauge.models.answers import Answer
from unigauge.models.dynamics.best_plans import best_response_gap
from unigauge.models.dynamics.policy_stocks import (
    Player,
    PolicyGame,
    in_words,
    motion,
    payoff,
    players,
    require_game,
)
from unigauge.models.outcomes import changed
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["STATUSES", "Outcome", "solve"]

STATUSES = ("ok", "uncertified", "no_equilibrium_found")
"""``uncertified``: a player could do better, or the stocks do not settle, as where others'
knowledge does so much harm that a planner would have one country without any bounds."""

_TOLERANCE = 1e-7
_STOP = 1e-13
_SAME = 1e-9
_ROUNDS = 5_000
_SINGULAR = 1e14


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outcome(Answer):
    """A Markov-perfect equilibrium; all numbers are NaN if none was found.

    Attributes
    ----------
    mode : str
        Who decides.
    knowledge, standards : float
        Stocks k, s of each country in the steady state.
    research, standards_effort : float
        Efforts r, e there.
    flow : float
        What a country earns there in a period, all costs paid.
    welfare : float
        W0: discounted sum of what a country earns, from empty stocks on.
    radius : float
        Spectral radius of the stocks; they settle below 1.
    transition : array, shape (2N + 1, 2N + 1)
        C of x' = C x, with x = (k_1..k_N, s_1..s_N, 1).
    feedback : array, shape (2N, 2N + 1)
        F of (r, e) = -F x.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Largest distance of a player's rule from its best reply to the others' rules, by an
        independent solution of its own problem; infinite if it has no best reply.
    equilibria : int
        How many different certified equilibria the starts led to; one is no proof of
        uniqueness.
    rounds : int
        Iterations from the first start.
    game : PolicyGame
        The parameters.
    """

    mode: str
    knowledge: float
    standards: float
    research: float
    standards_effort: float
    flow: float
    welfare: float
    radius: float
    transition: Floats
    feedback: Floats
    status: str
    certificate: float
    equilibria: int
    rounds: int
    game: PolicyGame

    @property
    def autoregression(self) -> Floats:
        """A country's own A in (k, s)' = A (k, s) + effects of others, shape (2, 2)."""
        own = [0, self.game.countries]
        return self.transition[np.ix_(own, own)]

    @property
    def reaction_to_foreign_standards(self) -> float:
        """Effect of another country's standards on one's own, a period later."""
        n = self.game.countries
        return float(self.transition[n, n + 1]) if n > 1 else 0.0

    def path(self, periods: int) -> pd.DataFrame:
        """Return stocks and efforts of a country from empty stocks on.

        Parameters
        ----------
        periods : int
            Number of periods after the first.
        """
        import pandas as pd

        n = self.game.countries
        states = np.zeros((require_integer("periods", periods, at_least=0) + 1, 2 * n + 1))
        states[0, -1] = 1
        for period in range(1, len(states)):
            states[period] = self.transition @ states[period - 1]
        efforts = -states @ self.feedback.T
        return pd.DataFrame(
            {
                "period": np.arange(len(states)),
                "knowledge": states[:, 0],
                "standards": states[:, n],
                "research": efforts[:, 0],
                "standards_effort": efforts[:, n],
            }
        )

    def plot_data(self) -> pd.DataFrame:
        """Return both stocks over time from empty stocks on."""
        return self.path(60)[["period", "knowledge", "standards"]]

    def _heading(self) -> str:
        return f"Policy game: {self.mode}, {in_words(self.game)}"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "game": changed(self.game)}


def solve(
    game: PolicyGame, mode: str = "national", *, starts: int = 3, seed: int = 0
) -> Outcome:
    """Return the Markov-perfect equilibrium of a mode.

    Parameters
    ----------
    game : PolicyGame
        Parameters.
    mode : {"market", "mixed", "national", "sso", "planner"}
        Who decides; see :data:`~unigauge.models.policy_game.MODES`.
    starts : int
        From how many ends of the world the iteration starts: the first is that nothing is
        worth anything in the end, the others are drawn at random.
    seed : int
        Of those draws.

    Returns
    -------
    Outcome
        Of the first start that leads to an equilibrium; a second one would show in
        ``equilibria``.

    Raises
    ------
    InputError
        If the mode is unknown.

    Notes
    -----
    Stacked first-order conditions of all players, iterated backwards until rules move by
    less than 1e-13.  ``ok`` asks for a certificate of at most 1e-7 and stocks that settle.

    Examples
    --------
    >>> outcome = solve(PolicyGame(), "planner")
    >>> round(outcome.welfare, 6), outcome.status
    (49.701821, 'ok')
    """
    require_game(game)
    deciding = players(game, mode)
    starts = require_integer("starts", starts, at_least=1)
    generator = np.random.default_rng(require_seed(seed))
    a, b = motion(game)
    ends = [[np.zeros_like(a) for _ in deciding]]
    ends += [[_drawn_end(generator, len(a)) for _ in deciding] for _ in range(starts - 1)]
    rules = [_iterate(a, b, deciding, values, game.discount) for values in ends]
    found = [
        _outcome(game, mode, rule, best_response_gap(a, b, deciding, rule, game.discount))
        for rule in _different(rules)
    ]
    certified = [outcome for outcome in found if outcome.status == "ok"]
    chosen = next(iter(certified + found), _none_found(game, mode))
    return replace(chosen, equilibria=len(certified), rounds=rules[0].rounds)


# ---------------------------------------------------------------------------


class _Rule(NamedTuple):
    """F, or None if the iteration does not settle, and the rounds it took."""

    feedback: Floats | None
    rounds: int


def _iterate(
    a: Floats,
    b: Floats,
    deciding: list[Player],
    values: list[Floats],
    discount: float,
) -> _Rule:
    """Go backwards from the end until the rules no longer move."""
    feedback: Floats = np.full((b.shape[1], len(a)), np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        for done in range(1, _ROUNDS + 1):
            left = np.empty((b.shape[1], b.shape[1]))
            right = np.empty_like(feedback)
            for player, value in zip(deciding, values, strict=True):
                later = discount * b[:, player.controls].T @ value
                left[player.controls] = player.effort[player.controls] + later @ b
                right[player.controls] = later @ a
            try:
                new = np.asarray(np.linalg.solve(left, right))
            except np.linalg.LinAlgError:
                return _Rule(None, done)
            size = np.abs(new).max()
            if not np.isfinite(size):
                return _Rule(None, done)
            moved, feedback = np.abs(new - feedback).max(), new
            if done >= 3 and moved < _STOP * max(1.0, size):
                regular = np.linalg.cond(left) <= _SINGULAR
                return _Rule(feedback if regular else None, done)
            closed = a - b @ feedback
            values = [
                player.state
                + feedback.T @ player.effort @ feedback
                + discount * closed.T @ value @ closed
                for player, value in zip(deciding, values, strict=True)
            ]
    return _Rule(None, _ROUNDS)


def _drawn_end(generator: np.random.Generator, size: int) -> Floats:
    """Return what the stocks are worth after the last period, drawn at random."""
    drawn = generator.standard_normal((size, size))
    return -drawn @ drawn.T


def _different(rules: list[_Rule]) -> list[Floats]:
    """Return the different rules that the starts led to."""
    known: list[Floats] = []
    for feedback, _ in rules:
        if feedback is not None and not any(
            np.abs(feedback - other).max() <= _SAME for other in known
        ):
            known.append(feedback)
    return known


def _outcome(game: PolicyGame, mode: str, feedback: Floats, gap: float) -> Outcome:
    """Return the outcome of these rules."""
    n = game.countries
    a, b = motion(game)
    closed = a - b @ feedback
    stocks, drift = closed[:-1, :-1], closed[:-1, -1]
    radius = float(np.abs(np.linalg.eigvals(stocks)).max())
    settles = radius < 1
    rest = (
        np.linalg.solve(np.eye(2 * n) - stocks, drift)
        if settles
        else np.full(2 * n, np.nan)
    )
    state = np.append(rest, 1.0)
    effort = -feedback @ state
    value, cost = payoff(game, 0)
    return Outcome(
        mode=mode,
        knowledge=float(state[0]),
        standards=float(state[n]),
        research=float(effort[0]),
        standards_effort=float(effort[n]),
        flow=float(state @ value @ state + effort @ cost @ effort),
        welfare=_welfare(value + feedback.T @ cost @ feedback, closed, game.discount),
        radius=radius,
        transition=frozen(closed),
        feedback=frozen(feedback),
        status="ok" if settles and gap <= _TOLERANCE else "uncertified",
        certificate=gap,
        equilibria=0,
        rounds=0,
        game=game,
    )


def _welfare(flow: Floats, closed: Floats, discount: float) -> float:
    """Return the discounted sum of x'(flow)x from empty stocks on."""
    from scipy.linalg import solve_discrete_lyapunov

    scaled = math.sqrt(discount) * closed
    if np.abs(np.linalg.eigvals(scaled)).max() >= 1:
        return math.nan
    return float(solve_discrete_lyapunov(scaled.T, flow)[-1, -1])


def _none_found(game: PolicyGame, mode: str) -> Outcome:
    """Return an outcome without numbers."""
    n, nan = game.countries, math.nan
    return Outcome(
        mode=mode,
        knowledge=nan,
        standards=nan,
        research=nan,
        standards_effort=nan,
        flow=nan,
        welfare=nan,
        radius=nan,
        transition=frozen(np.full((2 * n + 1, 2 * n + 1), nan)),
        feedback=frozen(np.full((2 * n, 2 * n + 1), nan)),
        status="no_equilibrium_found",
        certificate=math.inf,
        equilibria=0,
        rounds=0,
        game=game,
    )
