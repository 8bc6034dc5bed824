"""Research and standardisation by firms and governments that look ahead.

Countries build up knowledge by research and standards by standardisation.  Standards are
in part common to all, the two stocks raise each other's value, and whoever decides knows
that the others will react to the stocks of tomorrow: the solution is a Markov-perfect
equilibrium of a linear-quadratic game.  Who decides is the question: firms alone, national
governments, both, a standards body, or a planner.

* :class:`PolicyGame`: the parameters; ``MODES``: who decides;
* :func:`solve`: the Markov-perfect equilibrium, certified player by player;
* :func:`compare`: all modes side by side;
* :func:`open_loop`: the steady state if all commit to their plans at the start.

The model is ours; a reconstruction of what divides markets, governments, committees and
planners.  Method: stacked first-order conditions iterated from the last period backwards,
as in Basar and Olsder (1999), *Dynamic Noncooperative Game Theory*.

Examples
--------
>>> from unigauge.models import policy_game
>>> game = policy_game.PolicyGame()
>>> national = policy_game.solve(game, "national")
>>> planner = policy_game.solve(game, "planner")
>>> round(national.standards_effort, 4), round(planner.standards_effort, 4)
(0.1568, 0.2179)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from unigauge.models.dynamics.open_loop_plans import Commitment, open_loop
from unigauge.models.dynamics.perfect_equilibrium import STATUSES, Outcome, solve
from unigauge.models.dynamics.policy_stocks import MODES, PolicyGame
from unigauge.models.outcomes import comparison

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MODES",
    "STATUSES",
    "Commitment",
    "Outcome",
    "PolicyGame",
    "compare",
    "open_loop",
    "solve",
]


def compare(game: PolicyGame, modes: Iterable[str] | None = None) -> pd.DataFrame:
    """Return one row for each mode: steady state, welfare, status, certificate.

    Parameters
    ----------
    game : PolicyGame
        Parameters.
    modes : iterable of str, optional
        All :data:`MODES` by default.

    Returns
    -------
    DataFrame
        Indexed by mode.

    Raises
    ------
    InputError
        If a mode is unknown, or ``modes`` is a string or empty.

    Examples
    --------
    >>> compare(PolicyGame(capture=0.5))["welfare"].round(1).to_dict()
    {'market': 35.9, 'mixed': 43.5, 'national': 45.7, 'sso': 47.6, 'planner': 49.7}
    """
    return comparison(lambda mode: solve(game, mode), modes, MODES, label="mode")
