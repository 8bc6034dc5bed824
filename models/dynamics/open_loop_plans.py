"""The policy game if plans are made once and for all: its symmetric steady state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice
from unigauge.models.answers import Answer, verdict, worst
from unigauge.models.dynamics.policy_stocks import PolicyGame, in_words, require_game
from unigauge.models.outcomes import changed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Commitment", "open_loop"]

_MODES = ("market", "national", "planner")
_TOLERANCE = 1e-9
_LONG = 5000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Commitment(Answer):
    """A steady state in which nobody reacts to what the others' stocks turn out to be.

    Attributes
    ----------
    mode : str
        Who decides.
    knowledge, standards : float
        Stocks k, s of each country.
    research, standards_effort : float
        Efforts r, e that keep them.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        Largest residual of the first-order conditions, the value of a unit of effort
        summed up period by period.
    game : PolicyGame
        The parameters.
    """

    mode: str
    knowledge: float
    standards: float
    research: float
    standards_effort: float
    status: str
    certificate: float
    game: PolicyGame

    def plot_data(self) -> pd.DataFrame:
        """Return what a unit of either stock is worth in a period, by its size."""
        import pandas as pd

        game, k, s = self.game, self.knowledge, self.standards
        share = np.linspace(0, 1.5, 61)
        return pd.DataFrame(
            {
                "share_of_steady_stock": share,
                "worth_of_knowledge": _worth_of_knowledge(game, share * k, s),
                "worth_of_standards": _worth_of_standards(game, k, share * s),
            }
        )

    def _heading(self) -> str:
        return f"Plans made once: {self.mode}, {in_words(self.game)}"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "game": changed(self.game)}


def open_loop(game: PolicyGame, mode: str = "national") -> Commitment:
    r"""Return the symmetric steady state of plans made once and for all.

    With :math:`m_x = \beta / (1 - \beta (1 - d_x))`, :math:`N_e = 1 + (N - 1) \omega`, and
    v = 1 (nu for firms),

    .. math::

       c_r d_k k = m_k v (a_k + \chi s - q_k k), \qquad
       c_e d_s s / N_e = m_s v (a_s + \chi k - q_s s);

    a planner counts the second right-hand side :math:`N_e` times.

    Parameters
    ----------
    game : PolicyGame
        Parameters, without spillover and rivalry.
    mode : {"market", "national", "planner"}
        Who decides.

    Raises
    ------
    InputError
        If there is a spillover or rivalry, or the mode is unknown.

    Examples
    --------
    >>> round(open_loop(PolicyGame()).standards, 6)
    3.374611
    """
    require_game(game)
    require_choice("mode", mode, _MODES)
    for name in ("spillover", "rivalry"):
        if getattr(game, name):
            raise InputError(
                f"{name} is {getattr(game, name):g}; the open-loop steady state is worked "
                "out without spillover and rivalry. Set it to 0, or use solve()."
            )
    reach = 1 + (game.countries - 1) * game.publicness
    value = game.capture if mode == "market" else 1.0
    counted = reach if mode == "planner" else 1.0
    worth_k = value * _sum(game.discount, game.knowledge_decay)
    worth_s = value * counted * _sum(game.discount, game.standards_decay)
    upkeep_k = game.research_cost * game.knowledge_decay
    upkeep_s = game.standards_cost * game.standards_decay / reach
    chi = game.synergy
    conditions = np.array(
        [
            [upkeep_k + worth_k * game.knowledge_satiation, -worth_k * chi],
            [-worth_s * chi, upkeep_s + worth_s * game.standards_satiation],
        ]
    )
    first = np.array([worth_k * game.knowledge_value, worth_s * game.standards_value])
    k, s = np.linalg.solve(conditions, first).tolist()
    certificate = _certificate(game, value, counted, k, s)
    return Commitment(
        mode=mode,
        knowledge=k,
        standards=s,
        research=game.knowledge_decay * k,
        standards_effort=game.standards_decay * s / reach,
        status=verdict(certificate, _TOLERANCE),
        certificate=certificate,
        game=game,
    )


def _sum(discount: float, decay: float) -> float:
    """Return what a stream that starts at 1 tomorrow and decays is worth today."""
    return discount / (1 - discount * (1 - decay))


def _worth_of_knowledge(game: PolicyGame, k: Any, s: Any) -> Any:
    return game.knowledge_value + game.synergy * s - game.knowledge_satiation * k


def _worth_of_standards(game: PolicyGame, k: Any, s: Any) -> Any:
    return game.standards_value + game.synergy * k - game.standards_satiation * s


def _certificate(
    game: PolicyGame, value: float, counted: float, k: float, s: float
) -> float:
    """Return the largest gain of a unit more effort above its cost, by summing up."""
    periods = np.arange(1, _LONG)
    reach = 1 + (game.countries - 1) * game.publicness
    left_k = game.discount**periods * (1 - game.knowledge_decay) ** (periods - 1)
    left_s = game.discount**periods * (1 - game.standards_decay) ** (periods - 1)
    gain_k = value * left_k.sum() * _worth_of_knowledge(game, k, s)
    gain_s = value * counted * left_s.sum() * _worth_of_standards(game, k, s)
    cost_k = game.research_cost * game.knowledge_decay * k
    cost_s = game.standards_cost * game.standards_decay * s / reach
    return worst(abs(gain_k - cost_k), abs(gain_s - cost_s))
