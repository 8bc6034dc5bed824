"""All networks of a few countries on one map."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest

from unigauge.errors import InputError
from unigauge.models import recognition
from unigauge.models.agreements.recognition import World, network_map, stable

FOUR = World(n=4, conversion_cost=0.6)
WORLDS = {
    "alike": FOUR,
    "one large": World(n=4, conversion_cost=0.6, size=(3, 1, 1, 1)),
    "transit": World(n=4, conversion_cost=0.2, transit_cost=0.0, link_cost=0.005),
    "three": World(size=(2, 1, 1), conversion_cost=0.6),
}


@pytest.mark.parametrize("world", WORLDS.values(), ids=list(WORLDS))
@pytest.mark.parametrize("concept", ["pairwise", "transfers"])
def test_every_network_is_on_the_map_once(world, concept) -> None:
    found, lasting = network_map(world, concept), stable(world, concept)
    assert found.number.sum() == 1 << world.n * (world.n - 1) // 2
    assert found.number[found.stable].sum() == len(lasting)
    assert set(found.graphs[found.stable]) <= set(lasting.graphs)
    leaving = {start for start, _ in found.moves}
    assert leaving == set(np.flatnonzero(~found.stable))
    assert found.chance.sum() == pytest.approx(1)
    assert found.chance[~found.stable] == pytest.approx(0)  # none of these goes round


def test_shapes_of_countries_alike_are_the_unlabelled_graphs() -> None:
    for n, shapes in ((2, 2), (3, 4), (4, 11)):
        assert len(network_map(World(n=n, conversion_cost=0.6)).graphs) == shapes


def test_exchanging_unlike_countries_is_another_shape() -> None:
    found = network_map(WORLDS["three"])
    large_with_small, two_small = (
        recognition.graph_code([pair], 3) for pair in ((0, 1), (1, 2))
    )
    assert {large_with_small, two_small} <= set(found.graphs)
    assert found.number[list(found.graphs).index(large_with_small)] == 2


@pytest.mark.slow
@pytest.mark.parametrize("world", [FOUR, WORLDS["three"]], ids=["alike", "three"])
def test_chances_are_those_of_random_paths(world) -> None:
    """A draw of 600 paths lies within five standard errors."""
    found, draws = network_map(world), 600
    ends = Counter(
        recognition.improving_path(world, seed=seed).links for seed in range(draws)
    )
    for graph, chance in zip(found.graphs, found.chance, strict=True):
        seen = ends[int(graph).bit_count()] / draws
        if chance > 0.01:
            assert abs(seen - chance) < 5 * np.sqrt(chance * (1 - chance) / draws)


def test_a_game_may_go_round_for_ever() -> None:
    table = np.full((8, 3), -9.0)  # nobody wants the link between 0 and 2
    for links, payoffs in {
        0: (0, 0, 0),
        1: (1, 1, 0),  # 0 and 1 gain by a link
        5: (-1, 2, 1),  # then 1 and 2, at the cost of 0
        4: (0, 0, -1),  # who cuts its own, at the cost of 2, who does so too
    }.items():
        table[links] = payoffs
    found = network_map(table)
    assert found.demand == "given payoffs"
    assert set(found.graphs[found.chance > 0.01]) == {0, 1, 4, 5}
    assert found.chance.sum() == pytest.approx(1)
    assert not found.stable[found.chance > 0.01].any()


def test_relabelling_countries_changes_nothing() -> None:
    sizes = (2.0, 1.5, 1.0)
    first = network_map(World(size=sizes, conversion_cost=0.45))
    for order in permutations(range(3)):
        again = network_map(World(size=[sizes[i] for i in order], conversion_cost=0.45))
        assert sorted(again.total) == pytest.approx(sorted(first.total))
        assert sorted(again.chance) == pytest.approx(sorted(first.chance))


def test_it_draws_every_shape_and_every_move() -> None:
    found = network_map(FOUR)
    axes = found.plot()
    arrows = [text for text in axes.texts if text.arrow_patch is not None]
    assert len(arrows) == len(found.moves)
    assert {text.get_text() for text in axes.texts} >= {"57%", "43%"}
    assert list(found.plot_data()["total"]) == pytest.approx(found.total)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="at most 4"):
        network_map(World(n=5))
    with pytest.raises(InputError, match="concept"):
        network_map(FOUR, "strong")
