"""Networks of recognition: references, closed forms, brute force, symmetry."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations, permutations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models import recognition
from unigauge.models.agreements.recognition import (
    World,
    all_or_nothing_gain,
    complete_graph,
    efficient,
    fork_loss,
    fragmentation,
    global_standard_share,
    graph_code,
    improving_path,
    market,
    own_recognition,
    pairs,
    partner_counts,
    payoff_table,
    payoffs,
    phase_diagram,
    stable,
    union_boundary,
    union_phase,
    union_threshold,
)

HERE = Path(__file__).parents[1] / "reference"
CASES = {c["id"]: c for c in json.loads((HERE / "agreements.json").read_text())}
SOME = settings(max_examples=25, deadline=None)
FEW = settings(max_examples=8, deadline=None)
EXACT = 1e-9
PROHIBITIVE = World(conversion_cost=5.0)
SALOP = World(demand="hotelling", conversion_cost=2.0)


@st.composite
def worlds(draw, most=4):
    n = draw(st.integers(3, most))
    share = st.floats(0, 1)

    def drawn(low, high, size):
        return np.array(
            [
                low + (high - low) * x
                for x in draw(st.lists(share, min_size=size, max_size=size))
            ]
        )

    apart = np.zeros((n, n))
    apart[np.triu_indices(n, 1)] = drawn(0.5, 1.5, n * (n - 1) // 2)
    return World(
        n=n,
        size=drawn(0.5, 2, n),
        production_cost=drawn(0, 0.2, n),
        trade_cost=drawn(0, 0.1, n * n).reshape(n, n),
        distance=apart + apart.T,
        conversion_cost=float(drawn(0.05, 0.6, 1)[0]),
        mismatch=float(drawn(0, 0.05, 1)[0]),
        link_cost=float(drawn(0, 0.02, 1)[0]),
        substitution=draw(st.sampled_from([0.0, 0.5, 1.0])),
        network_benefit=draw(st.sampled_from([0.0, 0.1])),
        transit_cost=draw(st.sampled_from([np.inf, 0.05])),
        network=draw(st.sampled_from(recognition.NETWORKS)),
    )


def relabelled(world, order):
    order = list(order)
    both = np.ix_(order, order)
    return replace(
        world,
        size=world.size[order],
        production_cost=world.production_cost[order],
        trade_cost=world.trade_cost[both],
        distance=world.distance[both],
    )


def moved(graph, n, order):
    """Return the graph in which country order[i] is called i."""
    place = {old: new for new, old in enumerate(order)}
    return graph_code([(place[i], place[j]) for i, j in recognition.edges(graph, n)], n)


# ---------------------------------------------------------------------------
# References


def test_reference_goyal_joshi():
    case = CASES["B01_goyal_joshi_n3"]["outputs"]
    found = stable(PROHIBITIVE)
    assert (len(found), found.edges) == (case["n_stable"], [((0, 1), (0, 2), (1, 2))])
    assert len(stable(PROHIBITIVE, "transfers")) == case["n_stable_transfers"]
    assert payoffs(PROHIBITIVE, 7).total == pytest.approx(case["total_complete"], abs=EXACT)
    row = payoff_table(PROHIBITIVE)[1]
    np.testing.assert_allclose(row, case["table_row_1"], atol=1e-12)


def test_reference_unions():
    case = CASES["B04_gandal_shy_thresholds"]["outputs"]
    assert union_threshold(SALOP, high=2.4) == pytest.approx(case["psi_star"], abs=1e-8)
    beta = union_threshold(SALOP, parameter="network_benefit", low=0, high=1)
    assert beta == pytest.approx(case["beta_star_at_psi2"], abs=1e-8)
    gains = [union_phase(SALOP, outsider=o).gain for o in ("open", "retaliate")]
    expected = [case["gain_psi2"], case["gain_psi2_retaliate"]]
    np.testing.assert_allclose(gains, expected, atol=1e-9)


def test_reference_network_effect():
    case = CASES["B05_network_effect_L"]
    world = World(
        conversion_cost=0.3, substitution=0.5, network_benefit=0.3, size=(2, 1, 1)
    )
    found = payoffs(world, [(0, 1), (1, 2)])
    np.testing.assert_allclose(found.welfare, case["outputs"]["W"], atol=1e-9)
    assert found.certificate < 1e-12


def test_reference_hotelling_market():
    case = CASES["B07_H_market"]
    found = market(World(demand="hotelling"), case["inputs"]["c"])
    assert found.consumer_surplus == pytest.approx(case["outputs"]["CS"], abs=1e-9)
    np.testing.assert_allclose(found.profit, case["outputs"]["profits"], atol=1e-9)
    np.testing.assert_allclose(found.quantity, case["outputs"]["q"], atol=1e-9)
    assert found.certificate < 1e-12


def test_reference_fragmentation():
    case = CASES["B13_fragmentation"]["outputs"]
    assert fragmentation([(0, 1), (0, 2), (0, 3)], n=4).nestedness == case["nest_star"]
    ring = fragmentation([(0, 1), (1, 2), (2, 3), (3, 0)], n=4)
    assert ring.nestedness == pytest.approx(case["nest_C4"])
    blocs = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]
    apart = fragmentation(blocs, size=[2, 1, 1, 1, 1, 1], position=[0, 0, 0, 1, 1, 1])
    assert apart.modularity == pytest.approx(case["two_modularity"])
    assert apart.effective_standards == pytest.approx(case["two_ens"])
    assert apart.polarisation == pytest.approx(case["two_polarisation"])
    assert apart.components == case["two_components"]


# ---------------------------------------------------------------------------
# Closed forms


@pytest.mark.parametrize("n", [3, 4, 5])
def test_prohibitive_conversion_is_goyal_joshi(n):
    table = payoff_table(World(n=n, conversion_cost=5.0))
    for graph in range(0, len(table), 7):
        linked = recognition.edges(graph, n)
        degree = [1 + sum(i in pair for pair in linked) for i in range(n)]
        for i in range(n):
            near = [i] + [sum(p) - i for p in linked if i in p]
            profit = sum(1 / (degree[j] + 1) ** 2 for j in near)
            surplus = (degree[i] / (degree[i] + 1)) ** 2 / 2
            assert table[graph, i] == pytest.approx(surplus + profit, abs=1e-12)


def test_hotelling_limits():
    rich = World(demand="hotelling", reservation_value=9.0)
    two = 5 * (1 - 1 / (2 * np.sqrt(2) - 1))
    for cost, limit in (([0, 0, 1], 2.5), ([0, 1, 1], two)):
        for psi, status in ((limit - 1e-3, "ok"), (limit + 1e-3, "outside")):
            assert market(rich, np.array(cost) * psi).status == status
    assert market(replace(rich, reservation_value=1.0), [0, 0, 0]).status == "uncovered"


@pytest.mark.parametrize("psi", [0.3, 1.2, 2.0])
def test_union_gains_in_closed_form(psi):
    beta = 0.1
    world = replace(SALOP, conversion_cost=psi, network_benefit=beta)
    expected = 4 * psi**2 / 75 - psi / 15 - beta / 3
    assert union_phase(world).gain == pytest.approx(expected, abs=1e-12)
    still = replace(world, network_benefit=0.0)
    retaliates = union_phase(still, outsider="retaliate").gain
    assert retaliates == pytest.approx(psi**2 / 15 - psi / 5, abs=1e-12)
    best = union_phase(still, outsider="best_reply").gain
    assert best == pytest.approx(union_phase(still).gain, abs=1e-12)
    edge = float(union_boundary(still, [psi])[0])
    at_edge = replace(still, network_benefit=max(edge, 0.0))
    assert edge < 0 or abs(union_phase(at_edge).gain) < 1e-12


def test_unilateral_recognition_turns_at_a_third():
    for psi, sign in ((0.33, 1), (0.34, -1)):
        world = World(conversion_cost=psi)
        assert np.sign(all_or_nothing_gain(world)) == sign
        assert (own_recognition(world).partners == (1, 2)) == (sign > 0)
        assert all_or_nothing_gain(replace(world, substitution=0.5)) > 0


def test_small_closed_forms():
    assert fork_loss([3, 2], value=0.5) == 2 * 3 * 2 * 0.5
    users = [4, 1, 2]
    retained = 1 - fork_loss(users) / sum(users) ** 2
    apart = fragmentation(0, size=users)
    assert apart.retained_value == pytest.approx(retained)
    assert global_standard_share(0.1, 0.3) == pytest.approx(0.25)
    spread = partner_counts(108, 65)
    assert spread.with_one + spread.with_two + spread.with_more == pytest.approx(65)
    assert spread.chance(np.arange(1, 60)).sum() == pytest.approx(1)
    assert partner_counts(4, 4).status == "corner"


def test_adapters_cap_conversion():
    capped = World(conversion_cost=0.5, adapter_cost=0.2)
    same = World(conversion_cost=0.2)
    np.testing.assert_array_equal(payoff_table(capped), payoff_table(same))


def test_transit_over_a_hub():
    world = World(n=3, conversion_cost=0.3, transit_cost=0.0)
    hub = payoffs(world, [(0, 1), (0, 2)])
    full = payoffs(world, 7)
    np.testing.assert_allclose(hub.welfare, full.welfare, atol=1e-12)
    priced = payoffs(replace(world, transit_cost=0.1), [(0, 1), (0, 2)])
    assert priced.quantity[1, 2] < full.quantity[1, 2]
    assert priced.quantity[0, 2] > full.quantity[0, 2]
    without = payoffs(replace(world, transit_cost=0.0), 0)
    np.testing.assert_allclose(
        without.welfare, payoffs(World(conversion_cost=0.3), 0).welfare
    )


# ---------------------------------------------------------------------------
# Brute force


def naive_stable(table, n, transfers=False):
    """Return pairwise stable graphs by looking at every link of every graph."""
    found = []
    for graph in range(len(table)):
        calm = True
        for k, (i, j) in enumerate(pairs(n)):
            one, other = (table[graph ^ 1 << k] - table[graph])[[i, j]]
            if transfers:
                calm &= one + other <= EXACT
            elif graph >> k & 1:
                calm &= max(one, other) <= EXACT
            else:
                calm &= not (max(one, other) > EXACT and min(one, other) >= -EXACT)
        if calm:
            found.append(graph)
    return found


@given(st.integers(0, 10**6), st.integers(2, 4))
@FEW
def test_stability_of_any_network_game(seed, n):
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 4, size=(1 << len(pairs(n)), n)).astype(float)
    for concept in ("pairwise", "transfers"):
        found = stable(table, concept)
        assert found.graphs.tolist() == naive_stable(table, n, concept == "transfers")
        assert found.certificate <= EXACT
        assert found.status == ("ok" if len(found) else "no_equilibrium_found")
    assert stable(table, "strong").graphs.tolist() == naive_strong(table, n)
    assert stable(table, "farsighted").graphs.tolist() == naive_farsighted(table, n)
    best = efficient(table)
    total = table.sum(axis=1)
    assert best.graphs.tolist() == np.flatnonzero(total == total.max()).tolist()


def naive_strong(table, n):
    """Return strongly stable graphs by trying every coalition and every move of it."""
    coalitions = [set(s) for k in range(1, n + 1) for s in combinations(range(n), k)]
    found = []
    for graph, after in product(range(len(table)), repeat=2):
        if after == 0:
            found.append(graph)
        for members in coalitions:
            allowed = all(
                (graph >> k & 1) == (after >> k & 1)
                or (set(pair) <= members if after >> k & 1 else bool(set(pair) & members))
                for k, pair in enumerate(pairs(n))
            )
            change = (table[after] - table[graph])[sorted(members)]
            blocks = allowed and change.min() >= -EXACT and change.max() > EXACT
            if blocks and found and found[-1] == graph:
                found.pop()
    return found


def naive_farsighted(table, n):
    """Return graphs that a search from each other graph reaches."""
    found = []
    for goal in range(len(table)):
        reached, todo = {goal}, [goal]
        while todo:
            here = todo.pop()
            for k, (i, j) in enumerate(pairs(n)):
                before = here ^ 1 << k
                gains = (table[goal] - table[before])[[i, j]]
                adds = not before >> k & 1
                willing = gains.max() > EXACT and (not adds or gains.min() >= -EXACT)
                if willing and before not in reached:
                    reached.add(before)
                    todo.append(before)
        if len(reached) == len(table):
            found.append(goal)
    return found


@given(worlds())
@SOME
def test_payoffs_one_by_one_agree_with_the_table(world):
    table = payoff_table(world)
    for graph in range(0, len(table), 5):
        found = payoffs(world, graph)
        np.testing.assert_allclose(found.welfare, table[graph], atol=1e-12)
        assert found.certificate < 1e-9
        assert found.demand == "linear"


@given(worlds(most=3))
@FEW
def test_expectations_are_the_smallest_fixed_point(world):
    world = replace(world, network_benefit=0.3, transit_cost=np.inf, network="direct")
    for graph in range(8):
        found = payoffs(world, graph)
        linked = np.eye(3, dtype=bool)
        for i, j in recognition.edges(graph, 3):
            linked[i, j] = linked[j, i] = True
        apart = np.minimum(world.conversion_cost * world.distance, 9.0)
        kept = np.minimum(apart, world.mismatch * world.distance**2)
        cost = world.production_cost[:, None] + world.trade_cost
        cost = cost + np.where(linked, kept, apart)
        shift = np.zeros(3)
        for _ in range(2000):
            sold = [market(world, cost[:, j], network_value=y) for j, y in enumerate(shift)]
            eaten = np.array([m.quantity.sum() for m in sold])
            new = 0.3 * (linked * world.share) @ eaten
            if np.abs(new - shift).max() < 1e-13:
                break
            shift = new
        np.testing.assert_allclose(found.network_value, shift, atol=1e-11)
        np.testing.assert_allclose(found.quantity.sum(axis=0), eaten, atol=1e-11)


@given(st.lists(st.floats(0, 1.2), min_size=3, max_size=4), st.floats(0, 1))
@SOME
def test_cournot_firms_do_as_well_as_they_can(cost, gamma):
    world = World(n=len(cost), substitution=gamma)
    found = market(world, cost)
    grid = np.linspace(0, 1, 2001)
    for i, c in enumerate(cost):
        others = found.quantity.sum() - found.quantity[i]
        best = ((1 - grid - gamma * others - c) * grid).max()
        assert found.profit[i] >= best - 1e-9
    assert found.certificate < 1e-12


@given(st.lists(st.floats(0, 2.6), min_size=3, max_size=4), st.floats(0.5, 2))
@SOME
def test_hotelling_deviations_by_grid(cost, transport):
    n = len(cost)
    found = market(World(n=n, demand="hotelling", transport_cost=transport), cost)
    utility = 3.0 - found.price
    best = 0.0
    for i, c in enumerate(cost):

        def profit(price, i=i, c=c):
            ahead = (3.0 - price)[:, None] - np.delete(utility, i)
            sold = np.clip(0.5 + ahead / (2 * transport), 0, 1).sum(axis=1)
            return (price - c) * sold * 2 / (n * (n - 1))

        tried = profit(np.linspace(c, c + 8, 8001)).max()
        best = max(best, float(tried - profit(found.price[[i]])[0]))
    assert best - 1e-9 <= found.certificate <= best + 1e-3


def test_own_recognition_is_dominant():
    rng = np.random.default_rng(3)
    world = World(
        n=4,
        size=rng.uniform(0.5, 2, 4),
        conversion_cost=0.35,
        production_cost=rng.random(4) / 5,
    )
    found = own_recognition(world, 2)
    best = np.zeros(4, dtype=bool)
    best[list(found.partners)] = True
    for _ in range(20):
        rules = rng.random((4, 4)) < 0.5
        tried = []
        for subset in product((False, True), repeat=4):
            rules[2] = subset
            tried.append(payoffs(world, rules).welfare[2])
        rules[2] = best
        assert payoffs(world, rules).welfare[2] == pytest.approx(max(tried), abs=1e-12)
    assert found.certificate <= 1e-12


# ---------------------------------------------------------------------------
# Properties


@given(worlds(), st.randoms(use_true_random=False))
@SOME
def test_relabelling_countries_changes_nothing(world, random):
    order = list(range(world.n))
    random.shuffle(order)
    other = relabelled(world, order)
    for graph in range(0, 1 << len(pairs(world.n)), 5):
        here = payoffs(world, graph).welfare[order]
        there = payoffs(other, moved(graph, world.n, order)).welfare
        np.testing.assert_allclose(here, there, atol=1e-11)
    if world.n == 3:
        renamed = sorted(moved(int(g), 3, order) for g in stable(world).graphs)
        assert renamed == stable(other).graphs.tolist()


@pytest.mark.parametrize("demand", recognition.DEMANDS)
def test_alike_countries_earn_alike_in_isomorphic_graphs(demand):
    table = payoff_table(World(n=4, demand=demand, network_benefit=0.05))
    for order in permutations(range(4)):
        for graph in range(0, 64, 3):
            there = table[moved(graph, 4, order)]
            np.testing.assert_allclose(table[graph][list(order)], there, atol=1e-12)


@given(worlds())
@SOME
def test_no_stable_network_beats_the_efficient(world):
    best = efficient(world)
    assert best.certificate <= EXACT
    for concept in ("pairwise", "transfers"):
        found = stable(world, concept)
        assert found.certificate <= 1e-8
        if len(found):
            assert found.welfare.sum(axis=1).max() <= best.welfare[0].sum() + EXACT


@given(worlds(), st.integers(0, 10**6))
@SOME
def test_improving_paths_end_in_stable_networks(world, seed):
    end = improving_path(world, seed=seed, max_proposals=3000)
    if end.status == "ok":
        assert end.graph in stable(world).graphs
        assert end.certificate <= 1e-8
    again = improving_path(world, seed=seed, max_proposals=3000)
    assert (again.graph, again.proposals) == (end.graph, end.proposals)


@given(st.integers(0, 63), st.permutations(range(4)))
@SOME
def test_fragmentation_does_not_know_names(graph, order):
    size = np.array([1.0, 2, 3, 4])
    place = np.array([0.0, 1, 5, 2])
    here = fragmentation(graph, size=size, position=place).record()
    there = fragmentation(
        moved(graph, 4, order), size=size[list(order)], position=place[list(order)]
    ).record()
    assert {k: v for k, v in here.items() if k != "status"} == pytest.approx(
        {k: v for k, v in there.items() if k != "status"}, nan_ok=True
    )


# ---------------------------------------------------------------------------
# Known networks, statuses, pictures


def test_known_networks():
    four = replace(
        PROHIBITIVE, n=4, size=1.0, production_cost=0.0, trade_cost=0.0, distance=1.0
    )
    assert sorted(map(len, stable(four).edges)) == [3, 3, 3, 3, 6]
    for concept in ("transfers", "strong", "farsighted"):
        assert stable(four, concept).graphs.tolist() == [63]
    apart = World(size=(2, 1, 1), conversion_cost=5.0)
    assert stable(apart).edges == [((1, 2),), ((0, 1), (0, 2), (1, 2))]
    assert stable(apart, "transfers").graphs.tolist() == [7]
    assert stable(World(size=(4, 4, 1), conversion_cost=5.0)).graphs.tolist() == [7]


def test_ends_of_improving_paths_differ():
    world = World(n=6, conversion_cost=5.0)
    links = [improving_path(world, seed=seed).links for seed in range(30)]
    assert (links.count(15), links.count(10)) == (19, 11)
    shift = replace(world, link_cost=0.01)
    assert improving_path(shift, seed=1, max_proposals=5).status == "maxit"


def test_all_networks_of_seven_unlike_countries():
    rng = np.random.default_rng(7)
    world = World(
        n=7,
        size=rng.uniform(0.5, 2, 7),
        conversion_cost=0.3,
        production_cost=rng.random(7) / 5,
    )
    table = payoff_table(world)
    assert table.shape == (2_097_152, 7)
    found, paid, best = stable(world), stable(world, "transfers"), efficient(world)
    assert len(found) and found.certificate <= EXACT and paid.certificate <= EXACT
    assert best.welfare[0].sum() == table.sum(axis=1).max()
    for graph in rng.integers(0, len(table), 200).tolist():
        around = [table[graph ^ 1 << k] - table[graph] for k in range(21)]
        calm = all(
            not (max(d[i], d[j]) > EXACT and (graph >> k & 1 or min(d[i], d[j]) >= -EXACT))
            for k, (d, (i, j)) in enumerate(zip(around, pairs(7), strict=True))
        )
        assert calm == (graph in found.graphs)
    end = improving_path(world, seed=0)
    assert end.graph in found.graphs


def test_domains_are_statuses():
    wild = World(network_benefit=3.0)
    found = payoffs(wild, 7)
    assert found.status == "explosive"
    assert np.isnan(found.welfare).all()
    assert stable(wild).status == "explosive"
    assert complete_graph(3) not in stable(wild).graphs
    far = stable(replace(SALOP, conversion_cost=2.45, reservation_value=9.0))
    assert far.status == "outside"
    assert stable(replace(SALOP, reservation_value=1.0)).status == "uncovered"
    assert union_phase(wild).status == "explosive"


def test_every_claim_names_its_demand():
    diagram = phase_diagram(World(), x=[0.2, 0.4], y=[0.0, 0.1])
    for found in (
        stable(SALOP),
        efficient(SALOP),
        payoffs(SALOP, 1),
        market(SALOP, [0, 0, 0]),
        own_recognition(SALOP),
        union_phase(SALOP),
        improving_path(SALOP, seed=1),
        diagram,
    ):
        assert found.demand in str(found)
        assert found.demand in found.record()["demand"]
        assert found.demand in found.plot().get_title()
        assert not found.plot_data().empty
    assert stable(payoff_table(SALOP)).demand == "given payoffs"


def test_phase_diagram():
    psi, beta = [0.3, 0.49, 0.5, 0.6], [0.0, 0.0075, 0.0085]
    found = phase_diagram(World(n=4), x=psi, y=beta)
    apart = found.effective_standards > 1
    assert apart.tolist() == [[False, False, True, True], [False] * 3 + [True], [False] * 4]
    assert found.complete_stable.all()
    union = phase_diagram(SALOP, x=[1.0, 1.5, 2.0], y=[0.0, 0.2, 0.5])
    edge = union_boundary(SALOP, union.x)
    for k, b in enumerate(union.y):
        assert ((union.union_gain[k] > 0) == (b < edge - 1e-12)).all()
    assert not union_boundary(World(), [1.0])
    names = ("conversion_cost", "link_cost")
    other = phase_diagram(World(), x=[0.2], y=[0.0, 1.0], names=names)
    assert other.to_frame()["networks"].tolist() == [1, 1]
    assert other.effective_standards.ravel() == pytest.approx([1, 3])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: World(n=1), "no partner"),
        (lambda: World(demand="salop"), "choose one of 'linear', 'hotelling'"),
        (lambda: World(size=(1, 2)), "size is .* one number a country"),
        (lambda: World(size=0), "above 0"),
        (lambda: World(size=[1, float("nan"), 1]), "size is .*nan.*finite numbers"),
        (lambda: World(conversion_cost=-1), "conversion_cost is -1"),
        (lambda: World(transit_cost=float("nan")), "transit_cost is nan"),
        (lambda: World(distance=[[0, 1, 2], [1, 0, 1], [1, 1, 0]]), "not symmetric"),
        (lambda: World(distance="far"), "distance is 'far'"),
        (lambda: World(substitution=1.5), "at most 1"),
        (lambda: payoffs("world", 0), "must be a World"),
        (lambda: payoffs(World(), 8), "0 to 7"),
        (lambda: payoffs(World(), [(0, 3)]), "is no pair"),
        (lambda: payoffs(World(), [(1, 1)]), "two different"),
        (lambda: payoffs(World(), True), "links is True"),
        (lambda: payoffs(World(), np.ones((2, 2))), "must be \\(3, 3\\)"),
        (lambda: graph_code(np.triu(np.ones((3, 3))), 3), "symmetric"),
        (lambda: market(World(), [0, 0]), "one finite number"),
        (lambda: payoff_table(World(n=8)), "use improving_path"),
        (lambda: stable(World(), "nash"), "choose one of 'pairwise'"),
        (lambda: stable(World(n=6), "farsighted"), "at most 5"),
        (lambda: stable(np.zeros((7, 3))), "one row for each"),
        (lambda: stable(np.full((8, 3), np.nan)), "finite number"),
        (lambda: improving_path(World(), seed=-1), "seed is -1"),
        (
            lambda: improving_path(World(), seed=1, start=np.triu(np.ones((3, 3)))),
            "one-sided",
        ),
        (lambda: own_recognition(World(network_benefit=0.1)), "hangs on what"),
        (lambda: own_recognition(World(), 3), "numbered 0 to 2"),
        (lambda: all_or_nothing_gain(World(n=13)), "at most 12"),
        (lambda: union_phase(World(), (0, 1, 2)), "leave at least one out"),
        (lambda: union_phase(World(), (0, 0)), "each once"),
        (lambda: union_phase(World(), outsider="cry"), "choose one of 'open'"),
        (lambda: union_threshold(SALOP, high=1.0), "sign must differ"),
        (lambda: union_threshold(SALOP, parameter="n", high=1.0), "choose one of"),
        (lambda: phase_diagram(World(), x=[1, 0], y=[0]), "values that rise"),
        (lambda: phase_diagram(World(n=2), x=[1], y=[0]), "at least 3"),
        (lambda: phase_diagram(World(), x=[1], y=[0], names=("size", "mismatch")), "names"),
        (lambda: fragmentation([(0, 1)]), "say n"),
        (lambda: fragmentation(1, n=3, size=[1, 2]), "must have 3"),
        (lambda: fragmentation(1, n=3, groups=[0, 1]), "one label"),
        (lambda: fork_loss([-1, 2]), "at least 0"),
        (lambda: fork_loss("ab"), "users is 'ab'"),
        (lambda: global_standard_share(0, 0), "both 0"),
        (lambda: partner_counts(3, 4), "every partner has one"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InputError, match=message):
        call()
