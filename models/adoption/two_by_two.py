"""Two players, two standards: what kind of contest it is, and which convention is safer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError
from unigauge.models.adoption.normal_form import FiniteGame
from unigauge.models.answers import Answer, verdict
from unigauge.results import frozen

if TYPE_CHECKING:
    from fractions import Fraction

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["CLASSES", "RiskDominance", "best_replies", "classify", "risk_dominance"]

CLASSES = (
    "tweedledum_tweedledee",
    "battle_of_the_sexes",
    "pesky_little_brother",
    "common_interest",
)
"""What :func:`classify` can answer; the last is for games without conflict."""


def classify(A: ArrayLike, B: ArrayLike) -> str:
    """Return how two firms meet over a standard, after Besen and Farrell (1994).

    A firm *would follow* if, whichever technology the rival is committed to, it gains by
    choosing the same.

    ===================== ==========================================================
    class                 who would follow
    ===================== ==========================================================
    tweedledum_tweedledee neither: both would rather fight for the market
    battle_of_the_sexes   both, but they disagree on the better standard
    pesky_little_brother  one; the other goes its own way
    common_interest       both, and they do not disagree: no contest, so none of the three
    ===================== ==========================================================

    Parameters
    ----------
    A, B : array-like, shape (2, 2)
        Payoffs of the row and the column firm by technology chosen: on the diagonal both
        choose the same.

    Raises
    ------
    InputError
        If either is no 2 by 2 matrix of finite numbers.

    Notes
    -----
    Source: Besen and Farrell (1994), *Choosing how to compete*, Journal of Economic
    Perspectives 8(2), who tell the three by words; the inequalities are a reconstruction.
    A firm that is indifferent would not follow.

    Examples
    --------
    >>> classify([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    'battle_of_the_sexes'
    >>> classify([[2, 4], [0, 1]], [[1, 4], [0, 2]])
    'tweedledum_tweedledee'
    >>> classify([[1, 3], [3, 1]], [[2, 0], [0, 2]])
    'pesky_little_brother'
    """
    rows, columns = _two_by_two(FiniteGame.bimatrix(A, B)).exact
    followers = [
        payoffs[0, 0] > payoffs[1, 0] and payoffs[1, 1] > payoffs[0, 1]
        for payoffs in (rows, columns.T)
    ]
    if not any(followers):
        return "tweedledum_tweedledee"
    if not all(followers):
        return "pesky_little_brother"
    likes = [payoffs[0, 0] - payoffs[1, 1] for payoffs in (rows, columns)]
    return "battle_of_the_sexes" if likes[0] * likes[1] < 0 else "common_interest"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RiskDominance(Answer):
    """Which of two strict conventions is the safer, and which the better.

    Attributes
    ----------
    risk_dominant_action : int or None
        0 or 1; None if the Nash products are equal.
    payoff_dominant_action : int or None
        The convention that is better for both; None if neither is.
    p_star : float
        The weight that the column player must put on action 0 to make the row player
        indifferent.
    p_star_column : float
        The same with the roles exchanged.
    nash_product_1, nash_product_2 : float
        Products of the two players' losses from deviating alone from (0, 0) and (1, 1).
    status : str
        ``ok`` if certified, else ``uncertified``; ``not_applicable`` where (0, 0) and
        (1, 1) are not both strict equilibria: then actions are None and numbers NaN.
    certificate : float
        Largest gain left to a player who is indifferent at ``p_star``.
    game : FiniteGame
        The game.
    """

    risk_dominant_action: int | None
    payoff_dominant_action: int | None
    p_star: float
    p_star_column: float
    nash_product_1: float
    nash_product_2: float
    status: str
    certificate: float
    game: FiniteGame

    def plot_data(self) -> pd.DataFrame:
        """Return the row player's payoffs over the weight that the column puts on 0."""
        import pandas as pd

        weight = np.linspace(0, 1, 101)
        by_action = self.game.payoffs[0] @ np.stack([weight, 1 - weight])
        return pd.DataFrame(
            {"weight_on_0": weight, "action_0": by_action[0], "action_1": by_action[1]}
        )

    def _marks(self) -> dict[str, float]:
        return {"p*": self.p_star} if self.status == "ok" else {}

    def _heading(self) -> str:
        return "Risk dominance in a 2 x 2 game"


def risk_dominance(A: ArrayLike, B: ArrayLike | None = None) -> RiskDominance:
    """Return which of the conventions (0, 0) and (1, 1) is risk dominant.

    The larger Nash product is; in symmetric games that is the best reply to a coin toss.
    It is also what global games select as private noise vanishes.

    Parameters
    ----------
    A : array-like, shape (2, 2)
        Payoffs of the row player.
    B : array-like, shape (2, 2), optional
        Payoffs of the column player; by default the game is symmetric, ``A.T``.

    Raises
    ------
    InputError
        If either is no 2 by 2 matrix of finite numbers.

    Notes
    -----
    Sources: Harsanyi and Selten (1988); Carlsson and van Damme (1993), *Global games and
    equilibrium selection*, Econometrica 61.

    Examples
    --------
    >>> answer = risk_dominance([[4, 0], [3, 2]])
    >>> answer.risk_dominant_action, answer.payoff_dominant_action
    (1, 0)
    >>> round(answer.p_star, 4), answer.nash_product_1, answer.nash_product_2
    (0.6667, 1.0, 4.0)
    """
    game = _two_by_two(FiniteGame.symmetric(A) if B is None else FiniteGame.bimatrix(A, B))
    rows, columns = game.exact  # fractions, so that ties are ties
    stay = [[p[0, 0] - p[1, 0], p[1, 1] - p[0, 1]] for p in (rows, columns.T)]
    losses = np.array(stay)  # (player, convention)
    if not (losses > 0).all():
        nan = float("nan")
        return RiskDominance(
            risk_dominant_action=None,
            payoff_dominant_action=None,
            p_star=nan,
            p_star_column=nan,
            nash_product_1=nan,
            nash_product_2=nan,
            status="not_applicable",
            certificate=nan,
            game=game,
        )
    products = losses.prod(axis=0)
    better = [p[0, 0] - p[1, 1] for p in (rows, columns)]
    p_row, p_column = map(float, losses[:, 1] / losses.sum(axis=1))
    certificate = float(game.regret([[p_column, 1 - p_column], [p_row, 1 - p_row]]).max())
    return RiskDominance(
        risk_dominant_action=None if products[0] == products[1] else int(products.argmax()),
        payoff_dominant_action=0 if min(better) > 0 else 1 if max(better) < 0 else None,
        p_star=p_row,
        p_star_column=p_column,
        nash_product_1=float(products[0]),
        nash_product_2=float(products[1]),
        status=verdict(certificate, 1e-9 * float(np.abs(game.payoffs).max())),
        certificate=certificate,
        game=game,
    )


def best_replies(
    game: FiniteGame,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each player's best replies as a broken line in the square of mixed strategies.

    The equilibria are the points where the two lines meet.

    Parameters
    ----------
    game : FiniteGame
        Two players, two actions each.

    Returns
    -------
    tuple of two arrays, shape (k, 2)
        Corners of player 1's line, then of player 2's: the probability that player 1
        chooses action 0, and that player 2 does.  Whoever gains nothing by either action
        has the edge of the whole square: all of it is a best reply.

    Raises
    ------
    InputError
        If the game is not 2 by 2.

    Examples
    --------
    >>> game = FiniteGame.bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    >>> best_replies(game)[0].round(4).tolist()
    [[0.0, 0.0], [0.0, 0.3333], [1.0, 0.3333], [1.0, 1.0]]
    """
    rows, columns = _two_by_two(game).exact
    gains = (rows[0] - rows[1])[::-1], (columns[:, 0] - columns[:, 1])[::-1]
    first, second = (_reply_line(*gain) for gain in gains)
    return first, second[:, ::-1]


def _reply_line(at_none: Fraction, at_all: Fraction) -> NDArray[np.float64]:
    """Return corners (own weight on action 0, the other's), from the gain at the ends."""
    if at_none == at_all == 0:
        return frozen([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    if at_none * at_all > 0:
        own = float(at_none > 0)
        return frozen([[own, 0], [own, 1]])
    turn, before = float(at_none / (at_none - at_all)), float(at_none > at_all)
    after = 1 - before
    return frozen([[before, 0], [before, turn], [after, turn], [after, 1]])


def _two_by_two(game: FiniteGame) -> FiniteGame:
    if game.actions != (2, 2):
        raise InputError(
            f"A and B have the shape {game.actions}; they must be 2 by 2: two firms, two "
            "technologies."
        )
    return game
