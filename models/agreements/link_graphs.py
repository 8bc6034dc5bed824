"""Graphs on a few countries, each written as one whole number.

Pairs of countries are in lexicographic order, (0, 1), (0, 2), ...; bit k of a graph's
number says whether pair k is linked.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import combinations
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "adjacency",
    "complete_graph",
    "edges",
    "graph_code",
    "neighbour_masks",
    "pairs",
    "reachable",
    "require_links",
]


@cache
def pairs(n: int) -> tuple[tuple[int, int], ...]:
    """Return all pairs of ``n`` countries in the order of a graph's bits.

    Examples
    --------
    >>> pairs(3)
    ((0, 1), (0, 2), (1, 2))
    """
    return tuple(combinations(range(n), 2))


def complete_graph(n: int) -> int:
    """Return the graph in which all are linked.

    Examples
    --------
    >>> complete_graph(3)
    7
    """
    return int((1 << len(pairs(n))) - 1)


def edges(graph: int, n: int) -> tuple[tuple[int, int], ...]:
    """Return the pairs that are linked in ``graph``.

    Examples
    --------
    >>> edges(5, 3)
    ((0, 1), (1, 2))
    """
    return tuple(pair for k, pair in enumerate(pairs(n)) if graph >> k & 1)


def graph_code(links: Any, n: int) -> int:
    """Return the number of the graph with these links.

    Parameters
    ----------
    links : int, sequence of pairs, or array of shape (n, n)
        A graph's number; its pairs; or a symmetric matrix that says who is linked.
    n : int
        Countries.

    Raises
    ------
    InputError
        If a number, a pair or a matrix does not fit ``n`` countries.

    Examples
    --------
    >>> graph_code([(0, 1), (2, 1)], 3)
    5
    """
    return _code(require_links(links, n), links)


def _code(linked: NDArray[np.bool_], given: Any) -> int:
    if (linked != linked.T).any():
        raise InputError(
            f"links is {given!r}; a graph has links in both directions, so its matrix must "
            "be symmetric. One-sided recognition goes to payoffs only."
        )
    return sum(1 << k for k, pair in enumerate(pairs(len(linked))) if linked[pair])


def require_links(links: Any, n: int) -> NDArray[np.bool_]:
    """Return who is linked as an array of shape (n, n), without the diagonal.

    An array of shape (n, n) may be one-sided; a number or a list of pairs is symmetric.
    """
    linked = np.zeros((n, n), dtype=bool)
    if isinstance(links, Integral) and not isinstance(links, bool):
        if not 0 <= int(links) <= complete_graph(n):
            raise InputError(
                f"the graph {links} is none of {n} countries; they have {len(pairs(n))} "
                f"pairs, so the number must be 0 to {complete_graph(n)}."
            )
        listed: Iterable[Any] = edges(int(links), n)
    elif isinstance(links, np.ndarray):
        if links.shape != (n, n) or not np.isin(links, (0, 1)).all():
            raise InputError(
                f"links has the shape {links.shape}; it must be ({n}, {n}) and hold 0 and 1 "
                "only."
            )
        return np.asarray(links.astype(bool) & ~np.eye(n, dtype=bool))
    elif isinstance(links, (list, tuple, set, frozenset)):
        listed = links
    else:
        raise InputError(
            f"links is {links!r}; write the graph's number, a list of pairs such as "
            "[(0, 1)], or an array that says who is linked."
        )
    for pair in listed:
        i, j = _require_pair(pair, n)
        linked[i, j] = linked[j, i] = True
    return linked


def _require_pair(pair: Any, n: int) -> tuple[int, int]:
    if isinstance(pair, (list, tuple)) and len(pair) == 2:
        i, j = pair
        whole = all(isinstance(c, Integral) and 0 <= int(c) < n for c in pair)
        if whole and i != j:
            return int(i), int(j)
    raise InputError(
        f"{pair!r} is no pair; a pair is two different countries from 0 to {n - 1}."
    )


def adjacency(graphs: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    """Return who is linked in each graph, shape (graphs, n, n)."""
    linked = np.zeros((len(graphs), n, n), dtype=bool)
    for k, (i, j) in enumerate(pairs(n)):
        linked[:, i, j] = linked[:, j, i] = graphs >> k & 1
    return linked


def neighbour_masks(n: int) -> NDArray[np.uint8]:
    """Return for each country the bit mask of its neighbours in every graph, (n, graphs)."""
    count = 1 << len(pairs(n))
    masks = np.zeros((n, count), dtype=np.uint8)
    for k, (i, j) in enumerate(pairs(n)):
        for country, other in ((i, j), (j, i)):
            masks[country].reshape(-1, 2, 1 << k)[:, 1] |= np.uint8(1 << other)
    return masks


def reachable(linked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return who is in whose component, oneself included, shape (..., n, n)."""
    reach = linked | np.eye(linked.shape[-1], dtype=bool)
    for _ in range(int(np.ceil(np.log2(max(linked.shape[-1], 2))))):
        reach = np.matmul(reach, reach)
    return reach
