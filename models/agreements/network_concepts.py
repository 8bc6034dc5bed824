"""Concepts of stability on a table of payoffs: one row a country, one column a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.agreements.link_graphs import pairs
from unigauge.models.answers import worst

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Graphs = NDArray[np.int64]
    Value = Callable[[Graphs], Array]

__all__ = ["TOLERANCE", "gain_left", "link_gain", "surviving"]

TOLERANCE = 1e-9
"""Largest gain that still counts as none."""


def surviving(table: Array, concept: str) -> Graphs:
    """Return the numbers of all graphs that are stable."""
    if concept == "farsighted":
        return _farsighted(table)
    if concept == "strong":
        return _undominated(table, _lasting(table, "pairwise"))
    return np.flatnonzero(_lasting(table, concept))


# ---------------------------------------------------------------------------
# Concepts, over all graphs at once


def _by_link(table: Array) -> Iterator[tuple[int, Array, Array]]:
    """Yield each pair's bit, and what its link adds to either side in every graph."""
    n = len(table)
    for k, (i, j) in enumerate(pairs(n)):
        one, other = (table[c].reshape(-1, 2, 1 << k) for c in (i, j))
        yield k, one[:, 1] - one[:, 0], other[:, 1] - other[:, 0]


def _lasting(table: Array, concept: str) -> NDArray[np.bool_]:
    """Return which graphs no single link more or less would upset."""
    lasts: NDArray[np.bool_] = np.isfinite(table[0])
    for k, one, other in _by_link(table):
        if concept == "transfers":
            joint = one + other
            kept, absent = joint >= -TOLERANCE, joint <= TOLERANCE
        else:
            kept = (one >= -TOLERANCE) & (other >= -TOLERANCE)
            absent = ~(kept & ((one > TOLERANCE) | (other > TOLERANCE)))
        by_bit = lasts.reshape(-1, 2, 1 << k)
        by_bit[:, 0] &= absent
        by_bit[:, 1] &= kept
    return lasts


def _undominated(table: Array, candidates: NDArray[np.bool_]) -> Graphs:
    """Return the candidates that no coalition upsets."""
    return np.array(
        [
            g
            for g in np.flatnonzero(candidates)
            if _coalition_gain(table, int(g)) <= TOLERANCE
        ],
        dtype=np.int64,
    )


def _coalition_gain(table: Array, graph: int) -> float:
    """Return the most that a member gains by a joint move from which no member loses.

    All who would not lose may as well join in: the larger a coalition, the more it can do.
    """
    n = len(table)
    change = table - table[:, [graph]]
    willing = change >= -TOLERANCE
    able = np.ones(table.shape[1], dtype=bool)
    targets = np.arange(table.shape[1])
    for k, (i, j) in enumerate(pairs(n)):
        has, had = targets >> k & 1, graph >> k & 1
        if had:
            able &= (has == 1) | willing[i] | willing[j]
        else:
            able &= (has == 0) | (willing[i] & willing[j])
    gain = np.where(willing, change, 0.0).max(axis=0)
    return float(gain[able].max(initial=0.0))


def _farsighted(table: Array) -> Graphs:
    return np.array(
        [g for g in range(table.shape[1]) if _reached_from_all(table, g).all()],
        dtype=np.int64,
    )


def _reached_from_all(table: Array, graph: int) -> NDArray[np.bool_]:
    """Return from which graphs farsighted steps lead to ``graph``."""
    n = len(table)
    change = table[:, [graph]] - table
    wanted, accepted = change > TOLERANCE, change >= -TOLERANCE
    targets = np.arange(table.shape[1])
    reached = targets == graph
    while True:
        before = reached.sum()
        for k, (i, j) in enumerate(pairs(n)):
            cuts = wanted[i] | wanted[j]
            adds = accepted[i] & accepted[j] & cuts
            willing = np.where(targets >> k & 1, cuts, adds)
            reached |= willing & reached[targets ^ 1 << k]
        if reached.sum() == before:
            return np.asarray(reached)


# ---------------------------------------------------------------------------
# Certificates, graph by graph


def gain_left(value: Value, graphs: Graphs, n: int, concept: str) -> float:
    """Return the largest gain that the concept's moves leave, from payoffs given anew."""
    if not len(graphs):
        return 0.0
    if concept in ("pairwise", "transfers", "efficient"):
        return float(link_gain(value, graphs, n, concept).max())
    table = value(np.arange(1 << len(pairs(n)))).T
    if concept == "strong":
        return worst(*(_coalition_gain(table, int(g)) for g in graphs))
    return max(float((~_reached_from_all(table, int(g))).sum()) for g in graphs)


def link_gain(value: Value, graphs: Graphs, n: int, concept: str) -> Array:
    """Return the largest gain that one link more or less leaves at each graph.

    Examples
    --------
    Two countries that each earn 1 by being linked:

    >>> table = np.array([[0.0, 0.0], [1.0, 1.0]])
    >>> link_gain(lambda graphs: table[graphs], np.array([0, 1]), 2, "pairwise")
    array([1., 0.])
    """
    here = value(graphs)
    best = np.zeros(len(graphs))
    for k, (i, j) in enumerate(pairs(n)):
        change = value(graphs ^ 1 << k) - here
        one, other = change[:, i], change[:, j]
        if concept == "efficient":
            gain = change.sum(axis=1)
        elif concept == "transfers":
            gain = one + other
        else:
            agreed = (np.minimum(one, other) >= -TOLERANCE) | (graphs >> k & 1 == 1)
            gain = np.where(agreed, np.maximum(one, other), 0.0)
        best = np.fmax(best, gain)
    return best
