"""Check what networks of recognition do, module of demand by module of demand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from unigauge.models.agreements.coalitions import (
    ARRANGEMENTS,
    Blocs,
    RegionalMarkets,
    RivalCoalitions,
    outsider,
    partition_core,
)
from unigauge.models.agreements.recognition import (
    World,
    all_or_nothing_gain,
    complete_graph,
    efficient,
    fork_loss,
    improving_path,
    partner_counts,
    payoffs,
    stable,
    union_boundary,
    union_phase,
    union_threshold,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.recognition_and_fragmentation.measures import (
    bloc_gain,
    critical_conversion_cost,
    critical_network_benefit,
    effective_partners,
    spreads,
    stated,
    trade_gain_peak,
    trade_volume,
)
from unigauge.papers.recognition_and_fragmentation.outputs import figures, tables

EXACT = 1e-9
SALOP = World(demand="hotelling", conversion_cost=2.0, reservation_value=9.0)
DIFFERENTIATED = World(substitution=0.5)
IN_DOMAIN = np.linspace(0.05, 2.25, 23)
"""Conversion costs at which Hotelling's equations hold for two costly firms, tH = 1."""


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    bilateral_deals(study)
    alone(study)
    exclusion(study)
    network_effects(study)
    transit_and_size(study)
    blocs_and_rivals(study)
    outsiders(study)
    losses(study)
    agreements(study)
    tables(study)
    figures(study)
    return study.reproduction()


# ---------------------------------------------------------------------------
# Networks


def bilateral_deals(study: Study) -> None:
    """Check where bilateral deals lead."""
    worlds = [World(n=n, conversion_cost=5.0) for n in (3, 4, 5)]
    left, others = [], 0
    for world in worlds:
        full = complete_graph(world.n)
        found, best = stable(world), efficient(world)
        left.append(found.certificate if full in found.graphs else np.inf)
        left.append(0.0 if best.graphs.tolist() == [full] else np.inf)
        others += len(found) - 1
    study.claim("full_recognition_lasts", holds=max(left) < EXACT, value=max(left))
    study.claim(
        "full_recognition_alone",
        holds=others == 0,
        value=others,
        note="The others, with four countries and five, leave one out: a first link with one "
        "of those inside would cost it more than it brings.",
    )
    paid = max(len(stable(world, "transfers")) for world in worlds)
    study.claim("full_recognition_with_transfers", holds=paid == 1, value=paid)

    six = World(n=6, conversion_cost=5.0)
    ends = Counter(improving_path(six, seed=seed).links for seed in range(30))
    study.claim(
        "one_end",
        holds=len(ends) == 1,
        value=ends[15] / 30,
        note=f"{ends[15]} of 30 paths end in full recognition, {ends[10]} with one outsider.",
    )
    place = np.linspace(0, 1, 20)
    line = World(
        n=20,
        distance=np.abs(place[:, None] - place),
        conversion_cost=0.3,
        mismatch=0.5,
        link_cost=1e-4,
    )
    graphs = {improving_path(line, seed=seed).graph for seed in range(3)}
    study.claim("one_end_line", holds=len(graphs) == 1, value=len(graphs))


def alone(study: Study) -> None:
    """Check what a country does that decides alone."""
    gains = [all_or_nothing_gain(replace(SALOP, conversion_cost=p)) for p in IN_DOMAIN]
    study.claim("alone_hotelling", holds=min(gains) > 0, value=min(gains))
    grid = np.linspace(0.02, 1.5, 75)
    same = [all_or_nothing_gain(World(conversion_cost=p)) for p in grid]
    study.claim(
        "alone_linear",
        holds=min(same) > 0,
        value=min(same),
        note="It holds below a third of the demand intercept.",
    )
    unlike = [all_or_nothing_gain(replace(DIFFERENTIATED, conversion_cost=p)) for p in grid]
    study.claim("alone_differentiated", holds=min(unlike) > 0, value=min(unlike))
    from scipy.optimize import brentq

    turns = brentq(lambda p: all_or_nothing_gain(World(conversion_cost=p)), 0.1, 0.45)
    study.claim("alone_turns", value=float(turns))


def exclusion(study: Study) -> None:
    """Check when two countries gain by excluding the third."""
    study.claim("exclusion_hotelling", value=union_threshold(SALOP, low=0.1, high=2.2))
    costs = IN_DOMAIN
    worlds = [replace(SALOP, conversion_cost=psi) for psi in costs]
    best_replies = max(
        abs(union_phase(w, outsider="best_reply").gain - union_phase(w).gain)
        for w in worlds
    )
    study.claim("outsider_stays_open", holds=best_replies < EXACT, value=best_replies)
    most = max(union_phase(w, outsider="retaliate").gain for w in worlds)
    study.claim(
        "exclusion_with_retaliation",
        holds=most > 0,
        value=most,
        note="It would pay only if the outsider stayed open, which is its dominant choice.",
    )
    grid = np.linspace(0.01, 1.5, 60)
    least = min(union_phase(World(conversion_cost=p)).gain for p in grid)
    study.claim(
        "exclusion_needs_cost",
        holds=least <= 0,
        value=least,
        note="It needs one with differentiated goods (gamma = .5) or Hotelling demand.",
    )
    turns = union_threshold(DIFFERENTIATED, low=0.2, high=0.8)
    signs = [
        union_phase(replace(DIFFERENTIATED, conversion_cost=p)).gain * (p - turns) > 0
        for p in grid
    ]
    study.claim("exclusion_differentiated", holds=all(signs), value=turns)


def network_effects(study: Study) -> None:
    """Check when network effects keep the world together."""
    off = []
    for psi in (1.4, 1.7, 2.0, 2.2):
        world = replace(SALOP, conversion_cost=psi)
        beta = union_threshold(world, parameter="network_benefit", low=0, high=1)
        edge = union_boundary(world, [psi])
        off.append(abs(beta - (np.nan if edge is None else float(edge[0]))))
    study.claim("global_hotelling", holds=max(off) < EXACT, value=max(off))
    strong = replace(SALOP, network_benefit=0.5)
    most = max(union_phase(replace(strong, conversion_cost=p)).gain for p in IN_DOMAIN)
    study.claim("global_enough", holds=most < 0, value=most)

    four = World(n=4, conversion_cost=0.6)
    study.claim("fragmentation_cost", value=critical_conversion_cost(four))
    study.claim("fragmentation_benefit", value=critical_network_benefit(four))
    lines = [
        stable(World(n=n, demand="hotelling", conversion_cost=p, reservation_value=9.0))
        for n in (3, 4)
        for p in (0.3, 0.8, 1.2, 1.6, 2.0)
    ]
    most = max(float(found.effective_standards().max()) for found in lines)
    domains = {found.status for found in lines}
    study.claim(
        "fragmentation_any_demand",
        holds=most > 1 + EXACT,
        value=most,
        note="With Hotelling demand only full recognition was stable (status "
        f"{', '.join(sorted(domains))}); it takes linear demand, as above.",
    )


def transit_and_size(study: Study) -> None:
    """Check hubs and large countries."""
    world = World(n=4, conversion_cost=0.2, transit_cost=0.0, link_cost=0.005)
    best, found = efficient(world), stable(world)
    trees = all(len(pairs) == 3 for pairs in best.edges) and bool(
        (best.effective_standards() < 1 + EXACT).all()
    )
    study.claim("hub_is_efficient", holds=trees, value=len(best))
    connected = found.effective_standards() < 1 + EXACT
    study.claim(
        "hub_is_stable",
        holds=bool(connected.any()),
        value=int(connected.sum()),
        note=f"All {len(found)} stable networks are a hub with two spokes and an outsider; a "
        "conversion cost of .5 would bring it in.",
    )
    dear = stable(replace(world, conversion_cost=0.5))
    study.claim(
        "hub_is_stable_dear",
        holds=bool((dear.effective_standards() < 1 + EXACT).all()),
        value=len(dear),
    )
    large = World(size=(2, 1, 1), conversion_cost=0.6)
    apart = ((1, 2),) in stable(large).edges
    study.claim("large_stands_apart", holds=apart, value=len(stable(large)))
    two = stable(replace(large, size=(4, 4, 1)))
    study.claim(
        "any_large_stands_apart",
        holds=len(two) > 1,
        value=len(two),
        note="It takes one large country among small ones.",
    )
    paid = stable(large, "transfers")
    study.claim("transfers_bring_it_in", holds=paid.graphs.tolist() == [7], value=len(paid))


# ---------------------------------------------------------------------------
# Blocs, rivals, outsiders


def blocs_and_rivals(study: Study) -> None:
    """Check blocs by distance, and coalitions by a rival's strength."""
    study.claim("trade_gain_peak", value=trade_gain_peak())
    near, middle, far = (bloc_gain(apart) for apart in (0.2, 0.6, 2.0))
    study.claim("hump", holds=near < middle > far, value=middle)
    world = World(n=3, conversion_cost=0.5)
    number = [
        partition_core(
            Blocs(position=(0, spread / 2, spread), adaptation_cost=0.2, world=world)
        ).efficient_blocs
        for spread in (0.5, 1, 2, 4)
    ]
    study.claim("dispersion", holds=number == [1, 1, 2, 3], value=number[-1])

    cores = {
        rival: partition_core(RivalCoalitions(strength=(3, 3, rival)))
        for rival in (0.25, 1.0, 2.5, 4.0, 10.0)
    }
    deal = {rival: ((0, 1), (2,)) in core.stable for rival, core in cores.items()}
    holds = deal == {0.25: False, 1.0: True, 2.5: True, 4.0: False, 10.0: False}
    study.claim("deal_in_the_middle", holds=holds, value=sum(deal.values()))
    strongest = cores[10.0]
    study.claim(
        "stronger_rival_more_deals",
        holds=deal[10.0],
        value=strongest.certificate,
        note=f"At strength 10 the core is {strongest.status.replace('_', ' ')}: one of the two "
        "and the rival upset the deal, and the rival alone upsets theirs. If the rival could "
        "not be joined, both would gain by the deal.",
    )
    cap = 4 / 11
    far_off = 0.9  # d = psi D without an adapter
    change = {
        cost: bloc_gain(2 * far_off, adaptation=0.0, adapter=cost)
        - bloc_gain(2 * far_off, adaptation=0.0)
        for cost in (0.02, 0.05, 0.3, 0.45)
    }
    study.claim(
        "adapters_weaken",
        holds=max(change.values()) < 0,
        value=max(change.values()),
        note="Dear ones raise it: without them there was little trade to gain from. They "
        "lower it for sure where conversion costs at most 4/11.",
    )
    base = bloc_gain(2 * cap, adaptation=0.0)
    lower = [bloc_gain(2 * cap, adaptation=0.0, adapter=c) - base for c in (0.1, 0.2, 0.3)]
    study.claim("adapters_weaken_below", holds=max(lower) < 0, value=max(lower))


def outsiders(study: Study) -> None:
    """Check what an arrangement does to firms outside it."""
    sales = {which: outsider(arrangement=which).sales[2:] for which in ARRANGEMENTS}
    change = {which: sold - sales["none"] for which, sold in sales.items()}
    holds = (
        change["harmonisation"][0] > 0 > change["harmonisation"][1]
        and change["recognition"].min() > 0
        and change["recognition_with_origin_rules"].max() < 0
    )
    study.claim("outsiders_default", holds=holds, value=float(change["harmonisation"][1]))
    rng = np.random.default_rng(study.seed)
    down = []
    for _ in range(200 if study.fast else 1000):
        low, developing = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.5)
        inside = rng.uniform(0.05, 0.2)
        markets = RegionalMarkets(
            stringency=(1.0, low),
            burden=(inside, inside, rng.uniform(0.0, 0.1), developing),
            variety_cost=rng.uniform(0.0, 0.1),
            test_cost=rng.uniform(0.0, 0.2),
        )
        before, after = (
            outsider(markets, arrangement).sales[3]
            for arrangement in ("none", "harmonisation")
        )
        down.append(bool(after < before - EXACT))
    share = float(np.mean(down))
    study.claim(
        "outsiders_any",
        holds=all(down),
        value=share,
        note="It does where the strict standard burdens the developing firm enough more than "
        "its rivals to outweigh saved tests; the share hangs on the ranges drawn from.",
    )


# ---------------------------------------------------------------------------
# Losses, complements, agreements


def losses(study: Study) -> None:
    """Check what a fork loses, and whether roads and rules are complements."""
    rng = np.random.default_rng(study.seed)
    pairs = rng.uniform(0.1, 5, (200, 2))
    off = max(abs(fork_loss(pair) - 2 * pair[0] * pair[1]) for pair in pairs)
    study.claim("fork_loss", holds=off < EXACT, value=off)

    factor = stated(study, "bri_complementarity")
    road = 0.04
    both = {}
    for rule in ((factor - 1) * road, road):
        change = [
            trade_volume(0.2 - a, 0.2 - b) - trade_volume(0.2, 0.2)
            for a, b in ((road, 0.0), (0.0, rule), (road, rule))
        ]
        both[rule] = (change[2] / change[0], change[2] - change[0] - change[1])
    ratio = both[(factor - 1) * road][0]
    study.claim("ratio_three", holds=abs(ratio - factor) < EXACT, value=ratio)
    study.claim(
        "ratio_three_any", holds=abs(both[road][0] - factor) < EXACT, value=both[road][0]
    )
    interaction = both[road][1]
    study.claim(
        "volumes_complement",
        holds=interaction > EXACT,
        value=interaction,
        note="Linear volumes add up; welfare, quadratic in them, has the interaction.",
    )
    welfare = [
        payoffs(World(n=2, conversion_cost=0.2 - b, trade_cost=0.2 - a), 0).total
        for a, b in ((0, 0), (road, 0), (0, road), (road, road))
    ]
    cross = welfare[3] - welfare[2] - welfare[1] + welfare[0]
    study.claim("welfare_complement", holds=cross > EXACT, value=cross)


def agreements(study: Study) -> None:
    """Check what agreements and partners tell."""
    number = int(stated(study, "recognition_agreements"))
    partners = int(stated(study, "recognition_partners"))
    random = partner_counts(number, partners)
    study.claim("agreements_rate", value=random.rate)
    study.claim("agreements_with_one", value=random.with_one)
    study.claim("agreements_with_more", value=random.with_more)
    shapes = spreads(number, partners, study.seed)
    effective = {name: effective_partners(counts) for name, counts in shapes.items()}
    ratio = max(effective.values()) / min(effective.values())
    study.claim(
        "agreements_tell_the_shape",
        holds=ratio < 1.01,
        value=ratio,
        note="Effective partners: "
        + ", ".join(f"{name} {value:.1f}" for name, value in effective.items())
        + ". It would take the agreements partner by partner.",
    )


if __name__ == "__main__":
    script(run)
