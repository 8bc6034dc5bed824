"""Where countries get to, one link at a time, when there are too many graphs to list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer, require_seed
from unigauge.models.agreements.fragmentation_indices import fragmentation
from unigauge.models.agreements.link_graphs import graph_code, pairs, require_links
from unigauge.models.agreements.network_concepts import TOLERANCE
from unigauge.models.agreements.recognition_demand import DOMAINS
from unigauge.models.agreements.recognition_engine import evaluate, market_contributions
from unigauge.models.agreements.recognition_world import World, require_world
from unigauge.models.answers import Answer, verdict
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Links = NDArray[np.bool_]

__all__ = ["ImprovingPath", "improving_path"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ImprovingPath(Answer):
    """A path of links made and cut, each by those who gain from it.

    Attributes
    ----------
    graph : int
        Where it ends, as a graph's number.
    links : int
        Number of links there.
    changes : int
        Links made or cut on the way.
    proposals : int
        Pairs that were drawn.
    effective_standards : float
        At the end: 1/sum of squared shares of the components.
    total : float
        World welfare at the end.
    linked : array of bool, shape (n, n)
        Who is linked at the end.
    welfare : array, shape (n,)
        At the end.
    track : array of int, shape (changes + 1, 2)
        Proposals made, and links there are, at the start and after each change.
    demand : str
        The module of demand.
    status : str
        ``ok`` if every pair was refused since the last change; ``maxit`` if the proposals
        ran out before; ``uncovered``, ``outside`` or ``explosive`` if payoffs at the end
        leave the domain of the demand.
    certificate : float
        Largest gain that one link more or less leaves at the end, with payoffs worked out
        again.
    world : World
        The world.
    """

    graph: int
    links: int
    changes: int
    proposals: int
    effective_standards: float
    total: float
    linked: Links
    welfare: Array
    track: NDArray[np.int64]
    demand: str
    status: str
    certificate: float
    world: World

    def plot_data(self) -> pd.DataFrame:
        """Return the number of links by proposals made."""
        import pandas as pd

        last = [self.proposals, self.links]
        return pd.DataFrame([*self.track.tolist(), last], columns=["proposal", "links"])

    def _heading(self) -> str:
        return (
            f"Improving path of {self.world.n} countries, {self.demand} demand: "
            f"{self.links} links"
        )


def improving_path(
    world: World, *, seed: int, start: Any = 0, max_proposals: int = 1_000_000
) -> ImprovingPath:
    """Return where a random improving path ends.

    Pairs are drawn at random.  A linked pair is cut if either gains; another is linked if
    one gains and the other does not lose.  The path ends when every pair was refused since
    the last change: the network is then pairwise stable.

    Parameters
    ----------
    world : World
        Any number of countries.
    seed : int
        Of the generator (PCG64) that draws the pairs.
    start : int, sequence of pairs, or array of shape (n, n), default 0
        The graph to start from; by default the empty one.
    max_proposals : int, default 1,000,000
        Most pairs drawn.

    Returns
    -------
    ImprovingPath
        Another seed may end elsewhere; status ``maxit`` if the proposals ran out, which is
        what happens on a cycle.

    Raises
    ------
    InputError
        If the world is no World, or the seed or the start do not fit.

    Notes
    -----
    Jackson and Watts (2002), *The evolution of social and economic networks*, Journal of
    Economic Theory 106.

    Examples
    --------
    >>> end = improving_path(World(n=8, conversion_cost=0.3), seed=1)
    >>> end.links, end.status, end.certificate <= 1e-9
    (28, 'ok', True)
    """
    n = require_world(world).n
    most = require_integer("max_proposals", max_proposals, at_least=1)
    rng = np.random.default_rng(require_seed(seed))
    linked = require_links(start, n)
    if (linked != linked.T).any():
        raise InputError("start is one-sided; a path of mutual links starts from a graph.")
    proposals, track, settled = _walk(world, linked, rng, most)
    status, certificate, welfare = _check(world, linked)
    if status == "ok":
        status = verdict(certificate) if settled else "maxit"
    for array in (linked, track):
        array.setflags(write=False)
    return ImprovingPath(
        graph=graph_code(linked, n),
        links=int(linked.sum()) // 2,
        changes=len(track) - 1,
        proposals=proposals,
        effective_standards=fragmentation(linked, size=world.size).effective_standards,
        total=float(welfare.sum()),
        linked=linked,
        welfare=frozen(welfare),
        track=track,
        demand=world.demand,
        status=status,
        certificate=certificate,
        world=world,
    )


def _walk(
    world: World, linked: Links, rng: np.random.Generator, most: int
) -> tuple[int, NDArray[np.int64], bool]:
    """Change ``linked`` along an improving path; return the steps, and if it has ended."""
    listed = pairs(world.n)
    gains = _Gains(world)
    track = [(0, int(linked.sum()) // 2)]
    refused: set[int] = set()
    for proposal in range(1, most + 1):
        k = int(rng.integers(len(listed)))
        if k in refused:
            continue
        i, j = listed[k]
        one, other = gains.of_changing(linked, i, j)
        willing = max(one, other) > TOLERANCE
        if willing and (linked[i, j] or min(one, other) >= -TOLERANCE):
            linked[i, j] = linked[j, i] = not linked[i, j]
            refused.clear()
            track.append((proposal, int(linked.sum()) // 2))
            continue
        refused.add(k)
        if len(refused) == len(listed):
            return proposal, np.array(track, dtype=np.int64), True
    return most, np.array(track, dtype=np.int64), False


class _Gains:
    """What two countries gain by changing their link; markets seen before are kept."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: dict[tuple[int, bytes], Array] = {}

    def of_changing(self, linked: Links, i: int, j: int) -> tuple[float, float]:
        """Return the two countries' gains."""
        if not self.world.decoupled:
            after = linked.copy()
            after[i, j] = after[j, i] = not linked[i, j]
            before, then = evaluate(self.world, np.array([linked, after])).welfare
            change = then - before
        else:
            change = sum(
                (
                    self._added(country, linked[country], other)
                    - self._added(country, linked[country], None)
                    for country, other in ((i, j), (j, i))
                ),
                np.zeros(self.world.n),
            )
        return float(change[i]), float(change[j])

    def _added(self, country: int, partners: Links, changed: int | None) -> Array:
        """Return what a market adds to everybody, with one partner changed."""
        if changed is not None:
            partners = partners.copy()
            partners[changed] = not partners[changed]
        key = (country, partners.tobytes())
        if key not in self.seen:
            self.seen[key] = market_contributions(self.world, country, partners[None])[0][0]
        return self.seen[key]


def _check(world: World, linked: Links) -> tuple[str, float, Array]:
    """Return the domain, the largest gain that a link leaves, and welfare."""
    listed = pairs(world.n)
    around = np.repeat(linked[None], len(listed) + 1, axis=0)
    for k, (i, j) in enumerate(listed, start=1):
        around[k, i, j] = around[k, j, i] = not linked[i, j]
    found = evaluate(world, around)
    here = found.welfare[0]
    best = 0.0
    for k, (i, j) in enumerate(listed, start=1):
        one, other = (float(found.welfare[k, c] - here[c]) for c in (i, j))
        if linked[i, j] or min(one, other) >= -TOLERANCE:
            best = max(best, one, other)
    return DOMAINS[int(found.domain.max())], best, here
