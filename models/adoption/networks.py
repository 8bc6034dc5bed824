"""Coordination on networks: who meets whom decides what spreads and what lasts."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.adoption.markov_chains import Stationary, stationary_answer
from unigauge.models.adoption.normal_form import require_payoff_matrix
from unigauge.models.answers import Answer, verdict
from unigauge.models.arrays import as_given, require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = [
    "Contagion",
    "PeerEffects",
    "contagion",
    "contagion_threshold",
    "lattice",
    "linear_quadratic",
    "network_gibbs",
    "ring",
]


def ring(n: int, reach: int = 1) -> NDArray[np.bool_]:
    """Return who is linked on a ring on which each meets ``reach`` neighbours a side.

    Examples
    --------
    >>> ring(5).sum(axis=1).tolist()
    [2, 2, 2, 2, 2]
    """
    n = require_integer("n", n, at_least=3)
    reach = require_integer("reach", reach, at_least=1)
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    apart = np.minimum(apart, n - apart)
    return np.asarray((apart > 0) & (apart <= reach))


def lattice(*sides: int) -> NDArray[np.bool_]:
    """Return who is linked on a torus, each meeting the two next in every direction.

    Players are numbered row by row, as :func:`numpy.ravel_multi_index` does.

    Examples
    --------
    >>> lattice(21, 21).sum(axis=1).tolist() == [4] * 441
    True
    """
    lengths = [require_integer("side", side, at_least=3) for side in sides]
    number = np.arange(prod(lengths)).reshape(lengths)
    linked = np.zeros((number.size, number.size), dtype=bool)
    for axis in range(len(lengths)):
        beside = np.roll(number, 1, axis=axis)
        linked[number.ravel(), beside.ravel()] = linked[beside.ravel(), number.ravel()] = (
            True
        )
    return linked


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Contagion(Answer):
    """How far an action spreads from a seed that keeps it.

    Attributes
    ----------
    adopters : int
        Players who have it at the end, the seed among them.
    rounds : int
        Rounds until nobody changes.
    who : array of bool, shape (N,)
        Who has it.
    counts : array of int, shape (rounds + 1,)
        Adopters after each round.
    everybody : bool
        Whether all have it.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        0 if nobody outside has a share of neighbours at the threshold, 1 if somebody has.
    """

    adopters: int
    rounds: int
    who: NDArray[np.bool_]
    counts: NDArray[np.int64]
    everybody: bool
    status: str
    certificate: float

    def plot_data(self) -> pd.DataFrame:
        """Return the number of adopters by round."""
        import pandas as pd

        return pd.DataFrame({"round": range(len(self.counts)), "adopters": self.counts})

    def _heading(self) -> str:
        return f"Contagion: {self.adopters} of {len(self.who)} adopt"


def contagion(network: ArrayLike, seed: ArrayLike, threshold: float) -> Contagion:
    """Return how far an action spreads when players need a share of their neighbours.

    Parameters
    ----------
    network : array-like, shape (N, N)
        Symmetric, without loops: who is linked; see :func:`ring` and :func:`lattice`.
    seed : array-like
        Players who have the action at first and keep it: their numbers, or a mask.
    threshold : float
        q in [0, 1]: the action is a best reply if at least this share of neighbours has it;
        who has no neighbours does not catch it.

    Raises
    ------
    InputError
        If the network is not symmetric, the seed is empty or the threshold no share.

    Notes
    -----
    Morris (2000), *Contagion*, Review of Economic Studies 67: everywhere on a line iff
    q <= 1/2, on a lattice of d dimensions iff q <= 1/(2 d).

    Examples
    --------
    >>> contagion(ring(60), [0, 1], 0.50).adopters, contagion(ring(60), [0, 1], 0.51).adopters
    (60, 2)
    """
    links = _require_network(network)
    has = _require_seed_players(seed, len(links))
    share = require_number("threshold", threshold, at_least=0, at_most=1)
    needed = share * np.maximum(links.sum(axis=1), 1) * (1 - 1e-12)
    counts = [int(has.sum())]
    while (joins := ~has & (links @ has.astype(float) >= needed)).any():
        has |= joins
        counts.append(int(has.sum()))
    neighbours = [np.flatnonzero(row) for row in links[~has]]
    exposed = [float(has[near].mean()) if len(near) else 0.0 for near in neighbours]
    certificate = float(max(exposed, default=-1.0) >= share)
    track = np.array(counts, dtype=np.int64)
    for array in (has, track):
        array.setflags(write=False)
    return Contagion(
        adopters=counts[-1],
        rounds=len(counts) - 1,
        who=has,
        counts=track,
        everybody=bool(has.all()),
        status=verdict(certificate),
        certificate=certificate,
    )


def contagion_threshold(network: ArrayLike, seed: ArrayLike) -> float:
    """Return the largest threshold at which an action spreads from ``seed`` to everybody.

    The player with the largest share of neighbours that have it comes next; the smallest
    of those shares is the threshold.

    Examples
    --------
    >>> contagion_threshold(ring(60), [0, 1])
    0.5
    """
    links = _require_network(network)
    has = _require_seed_players(seed, len(links))
    degree = np.maximum(links.sum(axis=1), 1)
    exposed = links @ has.astype(float) / degree
    least = 1.0
    while not has.all():
        best = int(np.where(has, -1.0, exposed).argmax())
        least = min(least, float(exposed[best]))
        has[best] = True
        exposed += links[:, best] / degree
    return least


def network_gibbs(network: ArrayLike, A: ArrayLike, precision: float) -> Stationary:
    """Return the long run of logit revision on a network, by number on action 0.

    A configuration's probability is proportional to exp(precision potential), where each
    link on which both play 0 adds ``A[0, 0] - A[1, 0]`` to the potential and each on which
    both play 1 ``A[1, 1] - A[0, 1]``.

    Parameters
    ----------
    network : array-like, shape (N, N)
        Who is linked; at most 16 players, since all 2^N configurations are listed.
    A : array-like, shape (2, 2)
        Payoffs on a link by own action and the other's.
    precision : float
        beta, not negative.

    Notes
    -----
    Blume (1993); Young (1998), *Individual Strategy and Social Structure*, chapter 6.

    Examples
    --------
    >>> round(network_gibbs(ring(8), [[4, 0], [3, 2]], 2.0).mean_share, 6)
    0.000448
    """
    links = _require_network(network)
    payoffs = require_payoff_matrix(A, actions=2)
    beta = require_number("precision", precision, at_least=0)
    N = len(links)
    if N > 16:
        raise InputError(
            f"the network has {N} players; all 2^N configurations are listed, so at most "
            "16 are allowed. For players who all meet use logit_revision."
        )
    zero = (np.arange(2**N)[:, None] >> np.arange(N) & 1).astype(float)
    both_zero = np.einsum("si,ij,sj->s", zero, links.astype(float), zero, optimize=True) / 2
    one = 1 - zero
    both_one = np.einsum("si,ij,sj->s", one, links.astype(float), one, optimize=True) / 2
    potential = both_zero * (payoffs[0, 0] - payoffs[1, 0]) + both_one * (
        payoffs[1, 1] - payoffs[0, 1]
    )
    from scipy.special import logsumexp

    number = zero.sum(axis=1)
    logs = np.array([logsumexp(beta * potential[number == k]) for k in range(N + 1)])
    # Detailed balance: a player's log odds are beta times what 0 pays more on the links.
    gains = zero @ links * (payoffs[0, 0] - payoffs[1, 0]) + one @ links * (
        payoffs[0, 1] - payoffs[1, 1]
    )
    with_zero = potential[np.arange(2**N)[:, None] | 1 << np.arange(N)]
    without = potential[np.arange(2**N)[:, None] & ~(1 << np.arange(N))]
    residual = beta * float(np.abs(with_zero - without - gains).max())
    return stationary_answer(
        logs, residual, f"logit on a network of {N}, precision {beta:g}"
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PeerEffects(Answer):
    """The equilibrium of a linear-quadratic game on a network.

    Attributes
    ----------
    efforts : array, shape (N,)
        What each player does.
    centrality : array, shape (N,)
        Katz-Bonacich centralities: row sums of (1 - peer_effect G)^-1.
    key_player : int
        Whose removal lowers total effort most where all have the same benefit; the first
        of several alike, and -1 where there is no equilibrium.
    total : float
        Sum of efforts.
    spectral_radius : float
        Of the network; the equilibrium is unique if its product with the peer effect is
        below one.
    status : str
        ``ok`` if certified, else ``uncertified``; ``not_applicable`` where that product is
        not below one: then efforts are NaN.
    certificate : float
        Largest gain from a deviation alone, in payoff.
    """

    efforts: Array
    centrality: Array
    key_player: int
    total: float
    spectral_radius: float
    status: str
    certificate: float

    _MARKER: ClassVar[str] = "o"

    def to_frame(self) -> pd.DataFrame:
        """Return one row a player: effort and centrality."""
        import pandas as pd

        return pd.DataFrame(
            {"effort": self.efforts, "centrality": self.centrality},
            index=pd.RangeIndex(len(self.efforts), name="player"),
        )

    def plot_data(self) -> pd.DataFrame:
        """Return effort and centrality by player."""
        return self.to_frame().reset_index()

    def _heading(self) -> str:
        return f"Peer effects among {len(self.efforts)} players"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "total effort": f"{self.total:.6g}",
            "key player": str(self.key_player),
            "certificate": f"{self.certificate:.1e}",
        }


def linear_quadratic(
    network: ArrayLike, peer_effect: float, benefit: ArrayLike = 1.0
) -> PeerEffects:
    """Return the equilibrium of ``benefit x - x^2/2 + peer_effect x (sum of neighbours)``.

    Parameters
    ----------
    network : array-like, shape (N, N)
        Who is linked.
    peer_effect : float
        delta: what a neighbour's effort adds to the marginal benefit, not negative.
    benefit : float or array-like, shape (N,), default 1
        Own marginal benefit, not negative.

    Notes
    -----
    Ballester, Calvo-Armengol and Zenou (2006), *Who's who in networks. Wanted: the key
    player*, Econometrica 74.

    Examples
    --------
    >>> answer = linear_quadratic([[0, 1, 1], [1, 0, 0], [1, 0, 0]], 0.5)
    >>> answer.efforts.round(6), answer.key_player
    (array([4., 3., 3.]), 0)
    """
    links = _require_network(network).astype(float)
    delta = require_number("peer_effect", peer_effect, at_least=0)
    given = require_array("benefit", benefit, "an array")
    if given.shape not in ((), (len(links),)) or (given < 0).any():
        raise InputError(
            f"benefit is {benefit!r}; it must be one number for all or one for each of the "
            f"{len(links)} players, none negative."
        )
    own = np.broadcast_to(given, len(links))
    radius = float(np.abs(np.linalg.eigvalsh(links)).max())
    known = delta * radius < 1
    if known:
        inverse = np.linalg.inv(np.eye(len(links)) - delta * links)
        centrality = inverse.sum(axis=1)
        efforts = inverse @ own
        key = int((centrality**2 / np.diag(inverse)).round(9).argmax())
    else:
        efforts = centrality = np.full(len(links), np.nan)
        key = -1
    slope = own + delta * (links @ efforts) - efforts
    certificate = float((slope**2 / 2).max())
    allowed = 1e-9 * float((efforts**2).max())
    return PeerEffects(
        efforts=frozen(efforts),
        centrality=frozen(centrality),
        key_player=key,
        total=float(efforts.sum()),
        spectral_radius=radius,
        status=verdict(certificate, allowed) if known else "not_applicable",
        certificate=certificate,
    )


def _require_network(network: ArrayLike) -> NDArray[np.bool_]:
    links = as_given(network)
    if links.ndim != 2 or links.shape[0] != links.shape[1] or not len(links):
        raise InputError(f"network has the shape {links.shape}; it must be square.")
    if (
        not np.isin(links, (0, 1)).all()
        or (links != links.T).any()
        or links.diagonal().any()
    ):
        raise InputError(
            "network must hold 0 and 1 only, be symmetric, and link nobody to oneself."
        )
    return links.astype(bool)


def _require_seed_players(seed: ArrayLike, players: int) -> NDArray[np.bool_]:
    given = as_given(seed)
    if given.dtype == np.bool_ and given.shape == (players,) and given.any():
        return given.copy()
    whole = np.issubdtype(given.dtype, np.integer) and given.size > 0
    if whole and given.min() >= 0 and given.max() < players:
        has = np.zeros(players, dtype=bool)
        has[given] = True
        return has
    raise InputError(
        f"seed is {seed!r}; it must name at least one of the players 0 to {players - 1}."
    )
