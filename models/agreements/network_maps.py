"""All networks of a few countries on one map: what each is worth, and who wants to move."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice
from unigauge.models.agreements.link_graphs import adjacency, edges, pairs
from unigauge.models.agreements.network_concepts import TOLERANCE
from unigauge.models.agreements.network_stability import stable
from unigauge.models.agreements.recognition_payoffs import payoff_table
from unigauge.models.agreements.recognition_world import World
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Numbers = NDArray[np.int64]

__all__ = ["NetworkMap", "network_map"]

_LARGEST = 4
_STEPS = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class NetworkMap(Result):
    """One network of each shape, what it is worth, and the moves that are wanted there.

    Two networks have the same shape if one turns into the other by exchanging countries
    that are alike.

    Attributes
    ----------
    graphs : array of int, shape (shapes,)
        One network of each shape, by links: of those with the shortest links if drawn on a
        circle the first.
    number : array of int, shape (shapes,)
        How many networks have the shape.
    welfare : array, shape (shapes, n)
        Every country's payoff.
    stable : array of bool, shape (shapes,)
        Whether no move is wanted.
    moves : tuple of pairs of int
        From which place in ``graphs`` to which some link made or cut leads.
    chance : array, shape (shapes,)
        Where a random improving path that starts without links is in the end; what stable
        shapes lack to one is the chance that it goes round for ever.
    concept : str
        ``pairwise`` or ``transfers``: who has to agree to a move.
    demand : str
        The module of demand that the map holds for, or ``given payoffs``.
    n : int
        Countries.
    size : array, shape (n,)
        Consumers; alike for given payoffs.
    status, certificate
        As of :func:`stable`.
    """

    graphs: Numbers
    number: Numbers
    welfare: Array
    stable: NDArray[np.bool_]
    moves: tuple[tuple[int, int], ...]
    chance: Array
    concept: str
    demand: str
    n: int
    size: Array
    status: str
    certificate: float

    @property
    def total(self) -> Array:
        """World welfare of each shape."""
        return np.asarray(self.welfare.sum(axis=1))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a shape, indexed by the number of its first network."""
        import pandas as pd

        return pd.DataFrame(
            {
                "links": np.bitwise_count(self.graphs).astype(int),
                "networks": self.number,
                "total": self.total,
                "stable": self.stable,
                "chance": self.chance,
                **{f"welfare_{i}": column for i, column in enumerate(self.welfare.T)},
            },
            index=pd.Index(self.graphs, name="graph"),
        )

    def record(self) -> dict[str, Any]:
        """Return how many shapes last, and how likely the best are, as one row."""
        best = self.total >= self.total.max() - TOLERANCE
        return {
            "concept": self.concept,
            "demand": self.demand,
            "shapes": len(self.graphs),
            "stable": int(self.stable.sum()),
            "chance_of_best": float(self.chance[best].sum()),
            "status": self.status,
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return links, world welfare, stability and chance of each shape."""
        return self.to_frame()[["links", "total", "stable", "chance"]].reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each shape at its links and world welfare; arrows are moves that are wanted.

        Rings mark shapes from which none leads away, with the chance of ending there.
        """
        from matplotlib.collections import LineCollection

        ax = axes_or_new(ax, size=(6.6, 4.8))
        place, reach = self._places()
        turn = np.pi / 2 + 2 * np.pi * np.arange(self.n) / self.n
        around = np.column_stack([np.cos(turn), np.sin(turn)]) * reach
        for start, end in self.moves:
            ax.annotate(
                "",
                place[end],
                place[start],
                arrowprops={
                    "arrowstyle": "->",
                    "color": "0.65",
                    "shrinkA": 17,
                    "shrinkB": 17,
                },
            )
        across, up = place.T
        spots = (place[:, None] + around).reshape(-1, 2)
        lines = [
            (place[k] + around[i], place[k] + around[j])
            for k, graph in enumerate(self.graphs.tolist())
            for i, j in edges(graph, self.n)
        ]
        linked = adjacency(self.graphs, self.n).any(axis=2).ravel()
        ax.scatter(across, up, s=900, color="w", zorder=2)
        ax.scatter(
            across[self.stable],
            up[self.stable],
            s=900,
            facecolor="w",
            edgecolor="C2",
            lw=2,
            zorder=2,
        )
        ax.add_collection(LineCollection(lines, colors="0.3", linewidths=1.4, zorder=3))
        colours = np.where(linked, "C0", "C3").tolist()
        area = np.tile(22 * self.size / self.size.mean(), len(self.graphs))
        ax.scatter(spots[:, 0], spots[:, 1], s=area, c=colours, zorder=4)
        for k in np.flatnonzero(self.stable):
            ax.annotate(
                f"{self.chance[k]:.0%}",
                place[k],
                (0, -17),
                textcoords="offset points",
                ha="center",
                va="top",
                color="C2",
                zorder=5,
            )
        ax.set_xlabel("links")
        ax.set_ylabel("world welfare")
        ax.set_xticks(range(len(pairs(self.n)) + 1))
        ax.margins(0.04, 0.08)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(self._heading())
        return ax

    def _places(self) -> tuple[Array, Array]:
        """Return where to draw each shape, and how far from there its countries are."""
        links = np.bitwise_count(self.graphs).astype(float)
        total = np.nan_to_num(self.total)
        across = links.copy()
        for number in np.unique(links):
            row = np.flatnonzero(links == number)
            row = row[np.argsort(-total[row], kind="stable")]
            apart = min(0.6, 1.25 / len(row))
            across[row] += apart * (np.arange(len(row)) - (len(row) - 1) / 2)
        tall = float(np.ptp(total)) or 1.0
        return np.column_stack([across, total]), np.array([0.13, 0.026 * tall])

    def _heading(self) -> str:
        return (
            f"All networks of {self.n} countries ({self.concept} moves); "
            f"{self.demand} demand"
        )

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "shapes": f"{len(self.graphs)}, of which stable {int(self.stable.sum())}",
            "certificate": f"{self.certificate:.1e}",
        }


def network_map(world: World | ArrayLike, concept: str = "pairwise") -> NetworkMap:
    """Return all networks, the moves that are wanted, and where random moves lead.

    Parameters
    ----------
    world : World or array, shape (graphs, n)
        At most four countries; or payoffs as :func:`stable` takes them.
    concept : {"pairwise", "transfers"}
        Whether a link is made if one side gains and the other does not lose and cut if one
        gains, or made and cut if the two gain together.

    Raises
    ------
    InputError
        If there are more than four countries, or as :func:`stable`.

    Notes
    -----
    The random path is that of :func:`improving_path`: a pair is drawn at random, again and
    again.  Here the chances of its ends are exact, from the powers of the chain over all
    graphs.  Jackson and Watts (2002), *The evolution of social and economic networks*,
    Journal of Economic Theory 106.

    Examples
    --------
    >>> found = network_map(World(n=4, conversion_cost=0.6))
    >>> len(found.graphs), found.chance[found.stable].round(4)
    (11, array([0.4296, 0.5704]))
    """
    concept = require_choice("concept", concept, ("pairwise", "transfers"))
    lasting = stable(world, concept)
    if lasting.n > _LARGEST:
        raise InputError(
            f"there are {lasting.n} countries; all networks fit on one map for at most "
            f"{_LARGEST}. Use stable or improving_path."
        )
    given = payoff_table(world) if isinstance(world, World) else world
    table = np.asarray(given, dtype=float).T
    first = _shapes(table)
    graphs = _shown(first, lasting.n)
    order = {shape: k for k, shape in enumerate(first[graphs].tolist())}
    shape = np.array([order[graph] for graph in first.tolist()])
    steps = _steps(table, concept)
    ends = np.linalg.matrix_power(steps, _STEPS)[0]
    moved = steps[graphs] > 0
    moved[np.arange(len(graphs)), graphs] = False
    wanted = {(int(a), int(shape[b])) for a, b in np.argwhere(moved)}
    settled = np.isin(graphs, lasting.graphs)
    settled.setflags(write=False)
    number = np.bincount(shape)
    for array in (graphs, number):
        array.setflags(write=False)
    return NetworkMap(
        graphs=graphs,
        number=number,
        welfare=frozen(table[:, graphs].T),
        stable=settled,
        moves=tuple(sorted(wanted)),
        chance=frozen(np.bincount(shape, weights=ends)),
        concept=concept,
        demand=lasting.demand,
        n=lasting.n,
        size=lasting.size,
        status=lasting.status,
        certificate=lasting.certificate,
    )


def _shapes(table: Array) -> Numbers:
    """Return for every graph the lowest number of its shape."""
    n = len(table)
    graphs = np.arange(table.shape[1], dtype=np.int64)
    linked, rows, columns = adjacency(graphs, n), *np.array(pairs(n)).T
    bits = 1 << np.arange(len(rows))
    first = graphs.copy()
    for order in map(list, permutations(range(n))):
        image = linked[:, order][:, :, order][:, rows, columns] @ bits
        if np.allclose(table[:, image], table[order], atol=TOLERANCE, equal_nan=True):
            first = np.minimum(first, image)
    return first


def _shown(first: Numbers, n: int) -> Numbers:
    """Return one graph of each shape, by links, drawn with short links on a circle."""
    graphs = np.arange(len(first), dtype=np.int64)
    apart = np.array([min(j - i, n - j + i) for i, j in pairs(n)])
    length = (graphs[:, None] >> np.arange(len(apart)) & 1) @ apart
    order = np.lexsort((graphs, length, np.bitwise_count(graphs)))
    _, places = np.unique(first[order], return_index=True)
    return graphs[order[np.sort(places)]]


def _steps(table: Array, concept: str) -> Array:
    """Return the chances of moving from every graph to every other as a pair is drawn."""
    listed = pairs(len(table))
    graphs = np.arange(table.shape[1])
    steps = np.zeros((len(graphs), len(graphs)))
    for k, (i, j) in enumerate(listed):
        after = graphs ^ 1 << k
        one, other = (table[c, after] - table[c] for c in (i, j))
        if concept == "transfers":
            willing = one + other > TOLERANCE
        else:
            agreed = (graphs >> k & 1 == 1) | (np.minimum(one, other) >= -TOLERANCE)
            willing = agreed & (np.maximum(one, other) > TOLERANCE)
        steps[graphs, after] = willing / len(listed)
    steps[graphs, graphs] = 1 - steps.sum(axis=1)
    return steps
