"""Which networks last, and which are best: concepts on a table of payoffs.

A table has one row a graph and one column a country; it may come from a world of
recognition or be any network game's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice
from unigauge.models.agreements.link_graphs import (
    adjacency,
    edges,
    pairs,
    reachable,
)
from unigauge.models.agreements.network_concepts import (
    TOLERANCE,
    gain_left,
    surviving,
)
from unigauge.models.agreements.recognition_demand import DOMAINS
from unigauge.models.agreements.recognition_engine import evaluate, tabulate
from unigauge.models.agreements.recognition_world import World
from unigauge.models.answers import verdict
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from unigauge.models.agreements.network_concepts import Value

    Array = NDArray[np.float64]
    Graphs = NDArray[np.int64]

__all__ = [
    "CONCEPTS",
    "STATUSES",
    "Networks",
    "efficient",
    "stable",
]

CONCEPTS = ("pairwise", "transfers", "strong", "farsighted")
"""What :func:`stable` can mean."""
STATUSES = ("ok", "no_equilibrium_found", *DOMAINS[1:])
"""What can come out: networks, none, or payoffs that leave the domain of the demand."""
_LARGEST = {"pairwise": 7, "transfers": 7, "strong": 6, "farsighted": 5}
_CERTIFIED = 2048


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Networks(Result):
    """The networks that a concept picks out.

    Attributes
    ----------
    graphs : array of int, shape (k,)
        Their numbers, rising: bit p of a number says whether the p-th pair is linked.
    welfare : array, shape (k, n)
        Every country's payoff.
    concept : str
        ``pairwise``, ``transfers``, ``strong``, ``farsighted`` or ``efficient``.
    demand : str
        The module of demand that the claim holds for, or ``given payoffs``.
    n : int
        Countries.
    size : array, shape (n,)
        Consumers; alike for given payoffs.
    status : str
        ``ok``; ``no_equilibrium_found`` if no network is stable; ``uncertified`` if the
        certificate is above 1e-8; ``uncovered``, ``outside`` or ``explosive`` if some graph's
        payoffs leave the domain of the demand.
    certificate : float
        Largest gain that the concept's moves leave at these networks, with payoffs worked
        out again graph by graph; for ``efficient`` what one link more or less would add to
        the total; for ``farsighted`` the number of graphs from which no steps lead there.
        With more than 2,048 networks, over as many spread evenly.
    complete : bool
        Always true: every graph was looked at.
    """

    graphs: Graphs
    welfare: Array
    concept: str
    demand: str
    n: int
    size: Array
    status: str
    certificate: float
    complete: bool

    def __len__(self) -> int:
        return len(self.graphs)

    @property
    def edges(self) -> list[tuple[tuple[int, int], ...]]:
        """The linked pairs of each network."""
        return [edges(int(graph), self.n) for graph in self.graphs]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a network, indexed by its number."""
        import pandas as pd

        return pd.DataFrame(
            {
                "links": np.bitwise_count(self.graphs).astype(int),
                "degrees": self.degrees(),
                "effective_standards": self.effective_standards(),
                "total": self.welfare.sum(axis=1),
                **{f"welfare_{i}": column for i, column in enumerate(self.welfare.T)},
            },
            index=pd.Index(self.graphs, name="graph"),
        )

    def degrees(self) -> list[str]:
        """Return each network's numbers of partners, largest first, as text."""
        each = np.sort(adjacency(self.graphs, self.n).sum(axis=2))[:, ::-1]
        base = 8 ** np.arange(self.n)
        _, first, which = np.unique(each @ base, return_index=True, return_inverse=True)
        labels = ["-".join(map(str, kind)) for kind in each[first].tolist()]
        return [labels[k] for k in which.tolist()]

    def effective_standards(self) -> Array:
        """Return the effective number of standards: 1/sum of components' squared shares."""
        together = reachable(adjacency(self.graphs, self.n))
        share = self.size / self.size.sum()
        return np.asarray(1 / ((together * share).sum(axis=2) @ share))

    def record(self) -> dict[str, Any]:
        """Return how many networks there are, and their means, as one row."""
        found = len(self.graphs) > 0
        links = np.bitwise_count(self.graphs)
        return {
            "concept": self.concept,
            "demand": self.demand,
            "networks": len(self.graphs),
            "links": float(np.mean(links)) if found else np.nan,
            "effective_standards": (
                float(self.effective_standards().mean()) if found else np.nan
            ),
            "total": float(self.welfare.sum(axis=1).mean()) if found else np.nan,
            "status": self.status,
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return classes of networks by degrees: how many, links, world welfare."""
        by_class = self.to_frame().groupby("degrees", sort=False)
        frame = by_class.agg(
            networks=("links", "size"),
            links=("links", "first"),
            effective_standards=("effective_standards", "mean"),
            total=("total", "mean"),
        )
        return frame.sort_values(["links", "networks"], kind="stable").reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how many networks there are of each sequence of degrees."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        bars = ax.barh(data["degrees"], data["networks"], color="C0")
        ax.bar_label(bars, padding=3)
        ax.set_xlabel("networks")
        ax.set_ylabel("degrees")
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        what = "efficient" if self.concept == "efficient" else f"stable ({self.concept})"
        return f"Networks of {self.n} countries, {what}; {self.demand} demand"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "networks": str(len(self.graphs)),
            "certificate": f"{self.certificate:.1e}",
        }

    def _printed_table(self) -> pd.DataFrame:
        return self.plot_data()


# ---------------------------------------------------------------------------
# Asking


def stable(world: World | ArrayLike, concept: str = "pairwise") -> Networks:
    """Return all networks that are stable.

    Parameters
    ----------
    world : World or array, shape (graphs, n)
        A world of recognition, or the table of payoffs of any network game (see
        :func:`payoff_table`).
    concept : {"pairwise", "transfers", "strong", "farsighted"}
        *pairwise*: nobody gains by cutting a link, and no two by adding one (one gains,
        the other does not lose).  *transfers*: the same of the two's joint gain.  *strong*:
        no coalition gains by adding links among its members and cutting links of theirs
        (one gains, none loses); at most 6 countries.  *farsighted*: from every other graph
        steps lead there whose movers prefer where they end; at most 5.

    Returns
    -------
    Networks
        All of them, with a certificate.

    Raises
    ------
    InputError
        If the concept is unknown, there are too many countries, or the table's shape is
        no network game's.

    Notes
    -----
    Jackson and Wolinsky (1996), *A strategic model of social and economic networks*,
    Journal of Economic Theory 71; Jackson and van den Nouweland (2005), *Strongly stable
    networks*, Games and Economic Behavior 51.  Gains up to 1e-9 count as none.

    Examples
    --------
    Four countries alike, homogeneous goods, prohibitive conversion: full recognition lasts,
    and so do three that leave the fourth out, until transfers are allowed.

    >>> world = World(n=4, conversion_cost=5.0)
    >>> stable(world).graphs.tolist(), stable(world, "transfers").graphs.tolist()
    ([11, 21, 38, 56, 63], [63])
    """
    concept = require_choice("concept", concept, CONCEPTS)
    table, demand, domain = _read(world)
    n = len(table)
    if n > _LARGEST[concept]:
        raise InputError(
            f"there are {n} countries; networks that are stable in the sense "
            f"{concept!r} are listed for at most {_LARGEST[concept]}."
        )
    return _networks(surviving(table, concept), table, world, concept, demand, domain)


def efficient(world: World | ArrayLike) -> Networks:
    """Return the networks of highest world welfare, ties (to 1e-9) included.

    Examples
    --------
    >>> efficient(World(conversion_cost=5.0)).graphs
    array([7])
    """
    table, demand, domain = _read(world)
    total = table.sum(axis=0)
    best = np.nanmax(total) if np.isfinite(total).any() else np.inf
    graphs = np.flatnonzero(total >= best - TOLERANCE)
    return _networks(graphs, table, world, "efficient", demand, domain)


def _networks(
    graphs: Graphs,
    table: Array,
    world: World | ArrayLike,
    concept: str,
    demand: str,
    domain: str,
) -> Networks:
    value = _again(world, table)
    step = max(1, -(-len(graphs) // _CERTIFIED))
    spread = graphs[::step]
    graphs = graphs.astype(np.int64)
    graphs.setflags(write=False)
    certificate = gain_left(value, spread, len(table), concept)
    status = domain
    if domain == "ok":
        status = verdict(certificate) if len(graphs) else "no_equilibrium_found"
    return Networks(
        graphs=graphs,
        welfare=frozen(table[:, graphs].T),
        concept=concept,
        demand=demand,
        n=len(table),
        size=frozen(world.size if isinstance(world, World) else np.ones(len(table))),
        status=status,
        certificate=certificate,
        complete=True,
    )


def _read(world: World | ArrayLike) -> tuple[Array, str, str]:
    """Return the table with countries in rows, whose demand it is, and the worst domain."""
    if isinstance(world, World):
        table, domain = tabulate(world)
        return table, world.demand, domain
    try:
        given = np.asarray(world, dtype=float)
    except (TypeError, ValueError):
        given = np.empty(0)
    n = given.shape[1] if given.ndim == 2 else 0
    if not 2 <= n <= 7 or len(given) != 1 << len(pairs(n)):
        raise InputError(
            f"world is no World(...) and, as a table, has the shape {given.shape}; a table "
            "of payoffs has one column for each of 2 to 7 countries and one row for each of "
            "their 2^(n(n-1)/2) graphs."
        )
    if not np.isfinite(given).all():
        raise InputError(
            "the table of payoffs holds NaN or infinity; every entry must be "
            "a finite number."
        )
    return np.ascontiguousarray(given.T), "given payoffs", "ok"


def _again(world: World | ArrayLike, table: Array) -> Value:
    """Return payoffs of given graphs, from the model itself where there is one."""
    n = len(table)
    if isinstance(world, World):
        return lambda graphs: evaluate(world, adjacency(graphs, n)).welfare
    return lambda graphs: table[:, graphs].T
