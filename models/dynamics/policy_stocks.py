"""Stocks, efforts and payoffs of the policy game, and who decides about what."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.errors import InputError, require_choice, require_integer, require_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "MODES",
    "Player",
    "PolicyGame",
    "in_words",
    "motion",
    "payoff",
    "players",
    "require_game",
]

MODES = ("market", "mixed", "national", "sso", "planner")
"""Who decides: firms; firms about research and governments about standards; governments;
firms about research and one standards body about all standards; a planner."""

_UNIT = {"at_least": 0, "at_most": 1}
_BOUNDS: dict[str, dict[str, Any]] = {
    "discount": {"above": 0, "below": 1},
    "knowledge_decay": {"above": 0, "at_most": 1},
    "standards_decay": {"above": 0, "at_most": 1},
    "knowledge_value": {},
    "standards_value": {},
    "synergy": {},
    "knowledge_satiation": {"above": 0},
    "standards_satiation": {"above": 0},
    "research_cost": {"above": 0},
    "standards_cost": {"above": 0},
    "publicness": _UNIT,
    "spillover": {"at_least": 0},
    "capture": {"above": 0, "at_most": 1},
    "rivalry": {},
}


@dataclass(frozen=True, kw_only=True)
class PolicyGame:
    r"""Countries alike, each with a stock of knowledge k and of standards s.

    .. math::

       k_i' &= (1 - d_k) k_i + \mathrm{spill} \sum_{j \ne i} k_j + r_i \\
       s_i' &= (1 - d_s) s_i + e_i + \omega \sum_{j \ne i} e_j

    In a period country i earns :math:`v\,(a_k k_i + a_s s_i + \chi k_i s_i
    - q_k k_i^2/2 - q_s s_i^2/2 - \kappa k_i \sum_{j \ne i} k_j)
    - c_r r_i^2/2 - c_e e_i^2/2`, with v = 1 for governments and nu for firms.

    Parameters
    ----------
    countries : int
        N >= 1.
    discount : float
        beta in (0, 1).
    knowledge_decay, standards_decay : float
        d_k, d_s in (0, 1].
    knowledge_value, standards_value : float
        a_k, a_s: value of the first unit.
    synergy : float
        chi: how much either stock raises the other's value.
    knowledge_satiation, standards_satiation : float
        q_k, q_s > 0, with q_k q_s > chi^2.
    research_cost, standards_cost : float
        c_r, c_e > 0.
    publicness : float
        omega in [0, 1]: how much of a country's standardisation serves each other country.
    spillover : float
        spill >= 0: of each other country's knowledge.
    capture : float
        nu in (0, 1]: part of the value that firms capture.
    rivalry : float
        kappa: harm that others' knowledge does.

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Examples
    --------
    >>> PolicyGame(countries=3).publicness
    1.0
    """

    countries: int = 2
    discount: float = 0.95
    knowledge_decay: float = 0.15
    standards_decay: float = 0.10
    knowledge_value: float = 1.0
    standards_value: float = 1.0
    synergy: float = 0.1
    knowledge_satiation: float = 0.4
    standards_satiation: float = 0.2
    research_cost: float = 10.0
    standards_cost: float = 20.0
    publicness: float = 1.0
    spillover: float = 0.0
    capture: float = 1.0
    rivalry: float = 0.0

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "countries": require_integer("countries", self.countries, at_least=1)
        }
        for field in fields(self)[1:]:
            value = getattr(self, field.name)
            checked[field.name] = require_number(field.name, value, **_BOUNDS[field.name])
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if (
            self.knowledge_satiation * self.standards_satiation
            <= self.synergy * self.synergy
        ):
            raise InputError(
                f"synergy is {self.synergy:g}; its square must be below "
                "knowledge_satiation times standards_satiation, "
                f"{self.knowledge_satiation * self.standards_satiation:g}: else more of both "
                "stocks would pay without end."
            )


class Player(NamedTuple):
    """Who decides: which efforts, and the matrices of what it earns.

    It earns x'(state)x + u'(effort)u in a period, with the state x = (k, s, 1) and the
    efforts u = (r, e).
    """

    controls: NDArray[np.int_]
    state: Floats
    effort: Floats


def motion(game: PolicyGame) -> tuple[Floats, Floats]:
    """Return A, B of x' = A x + B u, with x = (k_1..k_N, s_1..s_N, 1), u = (r, e)."""
    n = game.countries
    others = np.ones((n, n)) - np.eye(n)
    a = np.zeros((2 * n + 1, 2 * n + 1))
    a[:n, :n] = (1 - game.knowledge_decay) * np.eye(n) + game.spillover * others
    a[n : 2 * n, n : 2 * n] = (1 - game.standards_decay) * np.eye(n)
    a[-1, -1] = 1
    b = np.zeros((2 * n + 1, 2 * n))
    b[:n, :n] = np.eye(n)
    b[n : 2 * n, n:] = np.eye(n) + game.publicness * others
    return a, b


def payoff(
    game: PolicyGame,
    country: int,
    *,
    value: float = 1.0,
    research: bool = True,
    standards: bool = True,
) -> tuple[Floats, Floats]:
    """Return what a country earns, x'Rx + u'Qu, and which costs it bears."""
    n = game.countries
    k, s, one = country, n + country, 2 * n
    r = np.zeros((2 * n + 1, 2 * n + 1))
    r[k, one], r[s, one] = game.knowledge_value, game.standards_value
    r[k, s] = game.synergy
    r[k, k], r[s, s] = -game.knowledge_satiation / 2, -game.standards_satiation / 2
    r[k, :n] -= game.rivalry * (np.arange(n) != k)
    q = np.zeros((2 * n, 2 * n))
    q[k, k] = -game.research_cost / 2 * research
    q[s, s] = -game.standards_cost / 2 * standards
    return value * (r + r.T) / 2, q


def players(game: PolicyGame, mode: str) -> list[Player]:
    """Return who decides in a mode, and about what."""
    require_choice("mode", mode, MODES)
    n, nu = game.countries, game.capture
    everyone = [payoff(game, i) for i in range(n)]
    together = tuple(np.sum(matrices, axis=0) for matrices in zip(*everyone, strict=True))
    research, standards = np.arange(n), np.arange(n, 2 * n)
    if mode == "planner":
        return [Player(np.arange(2 * n), *together)]
    if mode == "national":
        return [Player(np.array([i, n + i]), *everyone[i]) for i in range(n)]
    if mode == "market":
        return [Player(np.array([i, n + i]), *payoff(game, i, value=nu)) for i in range(n)]
    firms = [
        Player(research[[i]], *payoff(game, i, value=nu, standards=False)) for i in range(n)
    ]
    if mode == "sso":
        return [*firms, Player(standards, *together)]
    return [*firms, *(Player(standards[[i]], *everyone[i]) for i in range(n))]


def in_words(game: PolicyGame) -> str:
    """Return how many countries play."""
    return "1 country" if game.countries == 1 else f"{game.countries} countries"


def require_game(game: object) -> None:
    """Raise InputError unless this is a PolicyGame."""
    if not isinstance(game, PolicyGame):
        raise InputError(f"game is {game!r}; it must be a PolicyGame(...).")
