"""Global games: a little private noise picks one equilibrium.

When everybody sees the state of the world with a small error of one's own, nobody knows
what the others know, and of several equilibria one is left.

* :func:`risk_dominance`: in 2 x 2 games the risk-dominant one (Carlsson and van Damme 1993);
* :func:`public_private`: investing under a public and a private signal (Morris and Shin
  2003), with all equilibria where public information is too precise;
* :func:`regime_change`: attacking a standard or a peg (Morris and Shin 1998);
* :func:`laplacian`: many players; each acts as if every number of others were equally likely.

Examples
--------
>>> from unigauge.models import global_games
>>> answer = global_games.public_private(1.0, 3.0, 0.4)
>>> answer.unique, round(answer.cutoff, 6)
(True, 0.52107)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.adoption.adoption_game import AdoptionGame, require_adoption_game
from unigauge.models.adoption.two_by_two import RiskDominance, risk_dominance
from unigauge.models.answers import Answer, listed, verdict, worst
from unigauge.models.roots import roots_between
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "Laplacian",
    "PublicPrivate",
    "RegimeChange",
    "RiskDominance",
    "laplacian",
    "public_private",
    "regime_change",
    "risk_dominance",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PublicPrivate(Answer):
    """Investment under a public and a private signal.

    Attributes
    ----------
    cutoff : float
        xi*: those who expect a state above it invest.  The largest if there are several.
    cutoffs : array, shape (k,)
        All of them, rising: one or three, two where they touch.
    gamma : float
        How much public information counts.
    unique : bool
        Whether gamma <= 2 pi, so that there is one cutoff whatever the public signal.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        Largest residual of the cutoff equation.
    complete : bool
        True: all cutoffs are listed.
    public_precision, private_precision, public_signal : float
        alpha, beta and y.
    """

    cutoff: float
    cutoffs: Array
    gamma: float
    unique: bool
    status: str
    certificate: float
    complete: bool
    public_precision: float
    private_precision: float
    public_signal: float

    def plot_data(self) -> pd.DataFrame:
        """Return the chance that others stay out against the expected state."""
        import pandas as pd

        xi = np.linspace(0, 1, 401)
        others = _normal(math.sqrt(self.gamma) * (xi - self.public_signal))
        return pd.DataFrame(
            {"expected_state": xi, "others_stay_out": others, "diagonal": xi}
        )

    def _marks(self) -> dict[str, float]:
        return {f"{xi:.3f}": float(xi) for xi in self.cutoffs}

    def _heading(self) -> str:
        return f"Public and private signals; cutoffs: {len(self.cutoffs)}"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "cutoffs": listed(self.cutoffs)}


def public_private(
    public_precision: float, private_precision: float, public_signal: float
) -> PublicPrivate:
    """Return all symmetric switching equilibria of investing under two signals.

    Investing pays the state less the share of those who do not.  The state has a public
    signal with precision alpha and each player a private one with precision beta.

    Parameters
    ----------
    public_precision, private_precision : float
        alpha and beta, positive.
    public_signal : float
        y, the mean of the state given the public signal.

    Raises
    ------
    InputError
        If a precision is not positive.

    Notes
    -----
    Morris and Shin (2003), *Global games: theory and applications*: xi = Phi(sqrt(gamma)
    (xi - y)) with gamma = alpha^2 (alpha + beta)/(beta (alpha + 2 beta)).  The difference
    of the two sides is monotone between its two turning points, so every root is found.

    Examples
    --------
    >>> public_private(20.0, 1.0, 0.5).cutoffs.round(6)
    array([0. , 0.5, 1. ])
    """
    alpha = require_number("public_precision", public_precision, above=0)
    beta = require_number("private_precision", private_precision, above=0)
    y = require_number("public_signal", public_signal)
    gamma = alpha**2 * (alpha + beta) / (beta * (alpha + 2 * beta))
    root = math.sqrt(gamma)

    def excess(xi: float) -> float:
        return xi - float(_normal(root * (xi - y)))

    turns = []
    if gamma > 2 * math.pi:
        away = math.sqrt(math.log(gamma / (2 * math.pi))) / root
        turns = [y - away, y + away]
    cutoffs = roots_between(excess, [0.0, *(t for t in turns if 0 < t < 1), 1.0])
    certificate = worst(*(abs(excess(xi)) for xi in cutoffs))
    return PublicPrivate(
        cutoff=cutoffs[-1],
        cutoffs=frozen(cutoffs),
        gamma=gamma,
        unique=gamma <= 2 * math.pi,
        status=verdict(certificate),
        certificate=certificate,
        complete=True,
        public_precision=alpha,
        private_precision=beta,
        public_signal=y,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RegimeChange(Answer):
    """An attack on a regime that holds if the state is above the share of attackers.

    Attributes
    ----------
    theta_star : float
        The regime falls at states up to it.  The largest if there are several.
    x_star : float
        Players attack at private signals up to it.
    thetas, signals : array, shape (k,)
        All equilibria, rising.
    limit : float
        1 - cost: theta_star as private information becomes exact.
    unique : bool
        Whether beta >= alpha^2/(2 pi), so that there is one equilibrium whatever z.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        Largest residual of the two conditions: the attacker at x_star is indifferent, and
        at theta_star the attack is just large enough.
    complete : bool
        True: all equilibria are listed.
    cost, public_precision, private_precision, public_signal : float
        c, alpha, beta and z.
    """

    theta_star: float
    x_star: float
    thetas: Array
    signals: Array
    limit: float
    unique: bool
    status: str
    certificate: float
    complete: bool
    cost: float
    public_precision: float
    private_precision: float
    public_signal: float

    def plot_data(self) -> pd.DataFrame:
        """Return the share that attacks by state, and the state itself."""
        import pandas as pd

        theta = np.linspace(-0.2, 1.2, 401)
        root = math.sqrt(self.private_precision)
        share = _normal(root * (self.x_star - theta))
        return pd.DataFrame(
            {"state": theta, "share_attacking": share, "share_needed": theta}
        )

    def _marks(self) -> dict[str, float]:
        return {"theta*": self.theta_star, "limit": self.limit}

    def _heading(self) -> str:
        return f"Regime change; equilibria: {len(self.thetas)}"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "falls up to": listed(self.thetas)}


def regime_change(
    cost: float, public_precision: float, private_precision: float, public_signal: float
) -> RegimeChange:
    """Return all monotone equilibria of an attack on a regime.

    Attacking pays 1 - cost if the share of attackers is at least the state, else -cost.

    Parameters
    ----------
    cost : float
        c, inside (0, 1).
    public_precision, private_precision : float
        alpha and beta, positive.
    public_signal : float
        z, the mean of the state given the public signal.

    Raises
    ------
    InputError
        If the cost is outside (0, 1) or a precision not positive.

    Notes
    -----
    Morris and Shin (1998, 2004); Angeletos, Hellwig and Pavan (2007): (alpha/sqrt(beta))
    (theta - z) - Phi^-1(theta) = sqrt(1 + alpha/beta) Phi^-1(c).  In u = Phi^-1(theta) the
    left side is monotone between two turning points, so every root is found.

    Examples
    --------
    >>> answer = regime_change(0.3, 1.0, 4.0, 0.5)
    >>> round(answer.theta_star, 6), round(answer.x_star, 6), answer.limit
    (0.763661, 1.122725, 0.7)
    """
    from scipy.special import ndtri

    c = require_number("cost", cost, above=0, below=1, because="it is weighed against 1")
    alpha = require_number("public_precision", public_precision, above=0)
    beta = require_number("private_precision", private_precision, above=0)
    z = require_number("public_signal", public_signal)
    weight = alpha / math.sqrt(beta)
    target = math.sqrt(1 + alpha / beta) * float(ndtri(c))

    def excess(u: float) -> float:
        return weight * (float(_normal(u)) - z) - u - target

    turns = []
    if weight > math.sqrt(2 * math.pi):
        away = math.sqrt(2 * math.log(weight / math.sqrt(2 * math.pi)))
        turns = [-away, away]
    reach = weight * (1 + abs(z)) + abs(target) + 1
    us = roots_between(excess, [-reach, *turns, reach])
    thetas = _normal(np.array(us))
    signals = thetas + np.array(us) / math.sqrt(beta)
    posterior = _normal(
        math.sqrt(alpha + beta) * (thetas - (alpha * z + beta * signals) / (alpha + beta))
    )
    attackers = _normal(math.sqrt(beta) * (signals - thetas))
    gaps = np.concatenate([posterior - c, attackers - thetas])
    certificate = float(np.abs(gaps).max())
    return RegimeChange(
        theta_star=float(thetas[-1]),
        x_star=float(signals[-1]),
        thetas=frozen(thetas),
        signals=frozen(signals),
        limit=1 - c,
        unique=beta >= alpha**2 / (2 * math.pi),
        status=verdict(certificate),
        certificate=certificate,
        complete=True,
        cost=c,
        public_precision=alpha,
        private_precision=beta,
        public_signal=z,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Laplacian(Answer):
    """Which action many players take who know the state almost exactly.

    Attributes
    ----------
    threshold : float
        c*: adopt below this cost.  The mean benefit over all numbers of others.
    adopt : bool or None
        Whether the game's common cost is below; None if it is just there.
    risk_dominant : int
        N or 0, the number of adopters selected; -1 if neither.
    potential_gap : float
        Potential of all adopting less that of nobody: N (c* - cost).
    status : str
        ``ok`` if certified, else ``uncertified``; ``not_applicable`` where benefits fall
        with the number of others: then noise need not select.
    certificate : float
        Distance between the threshold and the cost at which the potential is flat.
    game : AdoptionGame
        The game.
    """

    threshold: float
    adopt: bool | None
    risk_dominant: int
    potential_gap: float
    status: str
    certificate: float
    game: AdoptionGame

    def plot_data(self) -> pd.DataFrame:
        """Return benefit, its mean and the cost by the number of others."""
        import pandas as pd

        others = np.arange(self.game.players)
        return pd.DataFrame(
            {
                "others": others,
                "benefit": self.game.benefit,
                "mean_benefit": self.threshold,
                "cost": self.game.cost,
            }
        )

    def _heading(self) -> str:
        return f"Laplacian selection: adopt below a cost of {self.threshold:.6g}"


def laplacian(game: AdoptionGame) -> Laplacian:
    """Return what a global game selects among many anonymous players.

    As private noise vanishes, the player at the cutoff holds every number of others who
    adopt equally likely, so the cutoff cost is the mean of ``benefit``: slope (N - 1)/2 in
    the linear game.

    Parameters
    ----------
    game : AdoptionGame
        With one cost for all.

    Raises
    ------
    InputError
        If the game is no AdoptionGame, or costs differ.

    Notes
    -----
    Frankel, Morris and Pauzner (2003), *Equilibrium selection in global games with strategic
    complementarities*, Journal of Economic Theory 108.  The same equilibrium maximises the
    potential.

    Examples
    --------
    >>> answer = laplacian(AdoptionGame.linear(11, 1.0, 4.0))
    >>> answer.threshold, answer.adopt
    (5.0, True)
    """
    require_adoption_game(game)
    if np.ptp(game.cost):
        raise InputError(
            f"game has costs from {game.cost.min():g} to {game.cost.max():g}; Laplacian "
            "selection here needs one cost for all."
        )
    cost = float(game.cost[0])
    threshold = float(game.benefit.mean())
    gap = game.potential(game.players) - game.potential(0)
    tied = math.isclose(threshold, cost, rel_tol=1e-12, abs_tol=1e-300)
    known = game.supermodular
    certificate = abs(gap / game.players + cost - threshold)
    status = verdict(certificate, 1e-9 * game.scale) if known else "not_applicable"
    return Laplacian(
        threshold=threshold,
        adopt=None if tied or not known else cost < threshold,
        risk_dominant=-1 if tied or not known else game.players * (cost < threshold),
        potential_gap=gap,
        status=status,
        certificate=certificate,
        game=game,
    )


def _normal(x: float | Array) -> Array:
    """Return the standard normal distribution function."""
    from scipy.special import ndtr

    return np.asarray(ndtr(x))
