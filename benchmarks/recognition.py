"""Stable and efficient networks of unlike countries, beside a plain networkx loop.

The loop builds every graph with networkx, solves every market with the same Cournot
formula, keeps the payoffs in a dictionary and looks at every link of every graph.  It is
what one would write first; there is no other program for this model.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from side_by_side import race, require_module, write

from unigauge.models import recognition
from unigauge.models.agreements.recognition import World

TIE = 1e-9
Answer = tuple[set[int], set[int], int]


def unlike(n: int) -> World:
    """Return countries of unlike size and cost."""
    rng = np.random.default_rng(n)
    return World(
        n=n,
        size=rng.uniform(0.5, 2, n),
        production_cost=rng.uniform(0, 0.2, n),
        conversion_cost=0.3,
    )


def ours(world: World) -> Answer:
    """Return pairwise stable, transfer-stable and efficient networks."""
    table = recognition.payoff_table(world)
    found = [recognition.stable(table, concept) for concept in ("pairwise", "transfers")]
    best = int(recognition.efficient(table).graphs[0])
    return set(found[0].graphs.tolist()), set(found[1].graphs.tolist()), best


def ours_certified(world: World) -> Answer:
    """Return the same, each concept asked of the world, with payoffs worked out again."""
    found = [recognition.stable(world, concept) for concept in ("pairwise", "transfers")]
    best = int(recognition.efficient(world).graphs[0])
    return set(found[0].graphs.tolist()), set(found[1].graphs.tolist()), best


def loop(world: World) -> Answer:
    """Return the same by the loop."""
    require_module("networkx")
    import networkx as nx

    n = world.n
    pairs = list(combinations(range(n), 2))
    size, cost = world.size.tolist(), world.production_cost.tolist()
    pays: dict[int, list[float]] = {}
    for code in range(1 << len(pairs)):
        graph = nx.Graph()
        graph.add_nodes_from(range(n))
        graph.add_edges_from(pair for k, pair in enumerate(pairs) if code >> k & 1)
        welfare = [0.0] * n
        for j in graph:
            costs = {
                i: cost[i] + (0 if i == j or graph.has_edge(i, j) else 0.3) for i in graph
            }
            while True:
                total = (len(costs) - sum(costs.values())) / (1 + len(costs))
                sold = {i: 1 - c - total for i, c in costs.items()}
                least = min(sold, key=lambda i: sold[i])
                if sold[least] > 0:
                    break
                del costs[least]
            welfare[j] += size[j] * total**2 / 2
            for i, quantity in sold.items():
                welfare[i] += size[j] * quantity**2
        pays[code] = welfare
    stable, paid = set(), set()
    for code, here in pays.items():
        calm = settled = True
        for k, (i, j) in enumerate(pairs):
            there = pays[code ^ 1 << k]
            one, other = there[i] - here[i], there[j] - here[j]
            agreed = code >> k & 1 or min(one, other) >= -TIE
            calm &= not (agreed and max(one, other) > TIE)
            settled &= one + other <= TIE
        if calm:
            stable.add(code)
        if settled:
            paid.add(code)
    return stable, paid, max(pays, key=lambda code: sum(pays[code]))


def contenders(world: World, *, with_loop: bool) -> dict[str, Callable[[], object]]:
    """Return what races over a world."""
    racing: dict[str, Callable[[], object]] = {
        "unigauge": lambda: ours(world),
        "unigauge, certified": lambda: ours_certified(world),
    }
    if with_loop:
        racing["networkx loop"] = lambda: loop(world)
    return racing


def main() -> None:
    """Race and write the table."""
    rows = []
    for n, repeats in ((4, 7), (5, 7), (6, 5), (7, 5)):
        world = unlike(n)
        if n < 6:
            assert ours(world) == ours_certified(world) == loop(world)
        count = 1 << n * (n - 1) // 2
        title = f"all {count:,} networks of {n} unlike countries, linear demand"
        rows += race(title, contenders(world, with_loop=n < 7), repeats=repeats)
    write(rows, "recognition")


if __name__ == "__main__":
    main()
