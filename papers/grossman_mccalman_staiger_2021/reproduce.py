"""Check the claims of Grossman, McCalman and Staiger (2021)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from unigauge.models import delocation
from unigauge.models.regulation.delocation import (
    FOREIGN,
    HOME,
    Outcome,
    equilibrium,
    solve,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.grossman_mccalman_staiger_2021.measures import (
    best_subsidy,
    change,
    crossing,
    design_gaps,
    distance,
    excess_distance,
    gain_at_a_corner,
    lead,
    off_closed_form,
    spread,
)
from unigauge.papers.grossman_mccalman_staiger_2021.pictures import (
    designs_by_regime,
    draw_delocation,
    draw_designs,
    draw_two_rules,
    draw_welfare,
    import_standard,
    two_rules,
    welfare_by_regime,
)
from unigauge.papers.grossman_mccalman_staiger_2021.worlds import (
    CORNERS,
    FREE_ADAPTATION,
    HARMLESS,
    UNSTABLE,
    WORLDS,
    damaged,
)

EXACT = 1e-7


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    solved = {
        name: {regime: solve(world, regime) for regime in delocation.REGIMES}
        for name, world in WORLDS.items()
    }
    without_externality(study, solved)
    standards_and_location(study, solved)
    agreements(study, solved)
    with_externality(study)
    tables_and_figures(study, solved)
    return study.reproduction()


Solved = dict[str, dict[str, Outcome]]


# ---------------------------------------------------------------------------
# Laissez-faire


def without_externality(study: Study, solved: Solved) -> None:
    """Check efficiency, the subsidy, the designs and what size does to them."""
    gap = max(distance(s["laissez_faire"], s["efficient"]) for s in solved.values())
    study.claim("efficiency", holds=gap < EXACT, value=gap)
    pairs = [(solve(w, "laissez_faire"), solve(w, "efficient")) for w in CORNERS]
    gap = max(distance(free, best) for free, best in pairs)
    corner = all(best.status == "corner" for _, best in pairs)
    study.claim("efficiency_at_a_corner", holds=corner and gap < EXACT, value=gap)
    loss = min(
        solve(world, "efficient").world_welfare
        - solve(world, "laissez_faire").world_welfare
        for world in damaged("common")
    )
    study.claim("efficiency_with_an_externality", holds=loss < EXACT, value=loss)

    rng = np.random.default_rng(study.seed)
    off = max(
        abs(best_subsidy(world, attributes, country) - (1 - world.curvature))
        for world in WORLDS.values()
        for attributes in rng.uniform(-0.2, 0.2, (5, 2, 2)) * max(world.attribute_bounds)
        for country in (HOME, FOREIGN)
    )
    study.claim("subsidy", holds=off < 1e-6, value=off)
    off = min(
        abs(
            best_subsidy(world, np.nan_to_num(free.attributes), HOME)
            - (1 - world.curvature)
        )
        for world, (free, _) in zip(CORNERS, pairs, strict=True)
    )
    study.claim("subsidy_at_a_corner", holds=off < 1e-6, value=off)

    gaps = [design_gaps(s["laissez_faire"]) for s in solved.values()]
    study.claim("versions", holds=min(map(min, gaps)) > 0, value=min(map(min, gaps)))
    apart = solve(FREE_ADAPTATION, "laissez_faire").attributes - np.array(
        FREE_ADAPTATION.taste
    )
    pulled = float(np.abs(apart).max())
    study.claim("versions_pulled_for_free", holds=pulled > EXACT, value=pulled)

    moves = []
    for world in WORLDS.values():
        sized = [
            solve(replace(world, market_size=(size, 1.0)), "laissez_faire")
            for size in (0.9, 1.0, 1.1, 1.2)
        ]
        for field in ("attributes", "market_access"):
            stack = np.stack([getattr(outcome, field) for outcome in sized])
            moves.append(float(np.ptp(stack, axis=0).max()))
    study.claim(
        "size",
        holds=max(moves) < EXACT,
        value=max(moves),
        note="Home from 0.9 to 1.2 times the size of foreign.",
    )
    move = min(
        float(
            np.abs(solve(larger, "laissez_faire").attributes - free.attributes)[HOME].max()
        )
        for larger, (free, _) in zip(
            (replace(world, market_size=(6.0, 1.0)) for world in CORNERS),
            pairs,
            strict=True,
        )
    )
    study.claim("size_at_a_corner", holds=move < EXACT, value=move)


# ---------------------------------------------------------------------------
# Standards move firms


def standards_and_location(study: Study, solved: Solved) -> None:
    """Check what a change of one standard does at laissez-faire."""
    weakest, steepest, flattest = np.inf, 0.0, -np.inf
    for outcomes in solved.values():
        free = outcomes["laissez_faire"]
        for country, step in ((c, s) for c in (HOME, FOREIGN) for s in (-0.02, 0.02)):
            imports = (1 - country, country)
            own, partner, world = change(free, imports, step, country)
            weakest = min(weakest, own, -partner, -world)
        for country in (HOME, FOREIGN):
            cell = (country, country)
            ahead, behind = (change(free, cell, h, country)[0] for h in (1e-5, -1e-5))
            steepest = max(steepest, abs(ahead - behind) / 2e-5)
            steps = (change(free, cell, h, country)[0] for h in (-0.02, 0.02))
            flattest = max(flattest, *steps)
    study.claim("delocation", holds=weakest > 0, value=weakest)
    study.claim("own_goods", holds=steepest < 1e-6 and flattest < 0, value=steepest)
    harmed = solve(damaged("common")[1], "laissez_faire")
    ahead, behind = (change(harmed, (HOME, HOME), h, HOME)[0] for h in (1e-5, -1e-5))
    slope = abs(ahead - behind) / 2e-5
    study.claim("own_goods_with_damage", holds=slope < 1e-6, value=slope)
    gain = max(
        abs(gain_at_a_corner(world, step)) for world in CORNERS for step in (-0.02, 0.02)
    )
    study.claim("delocation_at_a_corner", holds=gain > 0, value=gain)


# ---------------------------------------------------------------------------
# Agreements


def agreements(study: Study, solved: Solved) -> None:
    """Check the old agreement, national treatment and mutual recognition."""
    old = {name: outcomes["old_agreement"] for name, outcomes in solved.items()}
    losses = [
        (solved[name]["laissez_faire"].welfare - outcome.welfare).min()
        for name, outcome in old.items()
    ]
    at_bounds = all(
        {outcome.attributes[0, 1], outcome.attributes[1, 0]}
        <= set(outcome.world.attribute_bounds)
        for outcome in old.values()
    )
    below = all(
        outcome.world_welfare < solved[name]["national_treatment"].world_welfare
        for name, outcome in old.items()
    )
    study.claim(
        "old_agreement", holds=at_bounds and below and min(losses) > 0, value=min(losses)
    )
    lead = {
        name: solved[name]["autarky"].world_welfare - outcome.world_welfare
        for name, outcome in old.items()
    }
    study.claim("old_agreement_against_autarky", holds=lead["base"] > 0, value=lead["base"])
    study.claim(
        "old_agreement_always_worse", holds=min(lead.values()) > 0, value=min(lead.values())
    )
    found = [outcome.status == "ok" for outcome in old.values()]
    found += [solve(w, "old_agreement").status == "ok" for w in UNSTABLE.values()]
    study.claim(
        "old_agreement_exists",
        holds=all(found),
        value=float(np.mean(found)),
        note=f"None is found with {' or '.join(UNSTABLE)}.",
    )

    steps, excess = [], []
    for outcomes in solved.values():
        nash, optimum = (
            outcomes["national_treatment"],
            outcomes["national_treatment_optimum"],
        )
        steps.append(optimum.world_welfare - nash.world_welfare)
        steps.append(outcomes["efficient"].world_welfare - optimum.world_welfare)
        excess.append(spread(nash) - spread(optimum))
    study.claim(
        "national_treatment", holds=min(steps) > 0 and min(excess) > 0, value=min(steps)
    )
    off = max(off_closed_form(s["national_treatment"]) for s in solved.values())
    study.claim("national_treatment_closed_form", holds=off < EXACT, value=off)
    best = [solve(world, "efficient") for world in CORNERS]
    gap = max(
        abs(b.world_welfare - solve(w, "national_treatment_optimum").world_welfare)
        for w, b in zip(CORNERS, best, strict=True)
    )
    study.claim("national_treatment_at_a_corner", holds=gap < EXACT, value=gap)
    harmed = damaged("common")[3]
    costs = [replace(harmed, trade_cost=cost) for cost in (0.3, 0.5)]
    near, far = (solve(world, "national_treatment").attributes[0] for world in costs)
    move = float(np.abs(near - far).max())
    study.claim("national_treatment_with_damage", holds=move < EXACT, value=move)
    regimes = ("efficient", "national_treatment", "mutual_recognition")
    free = [solve(FREE_ADAPTATION, regime).world_welfare for regime in regimes]
    study.claim("rules_matter_for_free", holds=np.ptp(free) > EXACT, value=np.ptp(free))

    gap = max(distance(s["mutual_recognition"], s["efficient"]) for s in solved.values())
    study.claim("mutual_recognition", holds=gap < EXACT, value=gap)
    toward_home = np.array([[0.02, 0.02], [0.0, 0.0]])
    gain = min(
        float(
            equilibrium(w, np.nan_to_num(b.attributes) + toward_home).welfare[HOME]
            - b.welfare[HOME]
        )
        for w, b in zip(CORNERS, best, strict=True)
    )
    study.claim(
        "mutual_recognition_at_a_corner",
        holds=gain <= 0,
        value=gain,
        note="Home, which sets all designs there are, would leave the efficient ones.",
    )


# ---------------------------------------------------------------------------
# A local externality


def with_externality(study: Study) -> None:
    """Check the race to the bottom, the fine details, and which rule wins."""
    worlds = damaged("common") + damaged("own taste")
    worlds.append(replace(worlds[1], externality=(0.3, 0.1), market_size=(1.1, 1.0)))
    laxer = min(float(excess_distance(world).min()) for world in worlds)
    study.claim("race_to_the_bottom", holds=laxer > 0, value=laxer)
    small = damaged("middle", (0.02, 0.05, 0.12))
    laxer = min(float(excess_distance(world).min()) for world in small)
    study.claim(
        "race_everywhere",
        holds=laxer > 0,
        value=laxer,
        note="With b = 0 and a small externality the versions for export are stricter.",
    )

    everywhere = [*worlds, *damaged("middle")]
    loss = min(
        solve(world, "efficient").world_welfare
        - solve(world, "national_treatment_optimum").world_welfare
        for world in everywhere
    )
    study.claim("fine_details", holds=loss > EXACT, value=loss)
    excess = [
        spread(solve(world, "national_treatment"))
        - spread(solve(world, "national_treatment_optimum"))
        for world in everywhere
    ]
    study.claim("divergence", holds=min(excess) > 0, value=min(excess))

    leads = {name: [lead(world) for world in damaged(name)] for name in HARMLESS}
    undamaged = lead(WORLDS["base"])
    signs = np.sign([undamaged, *leads["common"]])
    once = int((np.diff(signs) != 0).sum()) == 1 and signs[0] > 0
    where = crossing("common")
    study.claim("two_rules", holds=once and 0.3 < where < 0.5, value=where)
    for claim, name in (
        ("two_rules_own_taste", "own taste"),
        ("two_rules_middle", "middle"),
    ):
        least = min(undamaged, *leads[name])
        note = "" if least > 0 else f"It falls behind at xi = {crossing(name):.2f}."
        study.claim(claim, holds=least > 0, value=least, note=note)


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study, solved: Solved) -> None:
    """Add the tables and the four figures."""
    import pandas as pd

    regimes = pd.concat(
        {name: delocation.compare(world) for name, world in WORLDS.items()},
        names=["world", "regime"],
    )
    study.table(
        "regimes",
        regimes[
            [
                "status",
                *("a_HH", "a_HF", "a_FH", "a_FF"),
                *("firms_home", "firms_foreign"),
                *("welfare_home", "welfare_foreign", "world_welfare", "certificate"),
            ]
        ],
        caption="Every regime in every world without an externality.",
    )
    cells = ("HH", "HF", "FH", "FF")
    rows = [
        {
            "harmless attribute": name,
            "xi": world.externality[0],
            **dict(zip(cells, excess_distance(world).ravel().tolist(), strict=True)),
        }
        for name in HARMLESS
        for world in damaged(name)
    ]
    study.table(
        "race_to_the_bottom",
        pd.DataFrame(rows).set_index(["harmless attribute", "xi"]),
        caption="How much farther from harmless each version is under mutual recognition "
        "than it should be; the first letter is the origin, the second the market.",
    )
    grid = np.linspace(0, 1, 11 if study.fast else 41)
    rules = two_rules(grid)
    study.table(
        "two_rules",
        rules[rules["xi"].isin(grid[:: (len(grid) - 1) // 10])],
        caption="World welfare under the two rules as the externality grows, b = -0.5.",
    )

    data = welfare_by_regime(solved["base"])
    study.figure(
        "welfare_by_regime",
        draw_welfare(data),
        data=data,
        caption="World welfare by regime, base world. Mutual recognition attains the "
        "optimum; national treatment falls a little short; with trade taxes bound and "
        "standards free the world does worse than without trade.",
        alt="Bars of the loss of world welfare against the optimum, by regime; the old "
        "agreement loses most, then autarky, then national treatment.",
    )
    data = designs_by_regime(solved["base"])
    study.figure(
        "designs_by_regime",
        draw_designs(data, WORLDS["base"]),
        data=data,
        caption="The four versions on the line of tastes, base world. Governments that set "
        "import standards push them to the bounds; one standard for all goods sold in a "
        "market pulls own and imported goods together, and the two markets too far apart.",
        alt="One row a regime; markers show the four versions between the two tastes.",
    )
    study.figure(
        "two_rules_and_the_externality",
        draw_two_rules(rules, crossing("common")),
        data=rules,
        caption="World welfare as the externality grows, harmless attribute -0.5 in both "
        "countries. The dotted line marks where national treatment overtakes.",
        alt="Falling lines for the optimum, mutual recognition and national treatment; "
        "the last two cross near 0.3.",
    )
    data = import_standard(solved["base"]["laissez_faire"], 41 if study.fast else 161)
    study.figure(
        "delocation",
        draw_delocation(data, solved["base"]["laissez_faire"]),
        data=data,
        caption="Home moves its import standard away from what firms would choose (dotted), "
        "all other designs held. Either way home gains and the partner loses more; with "
        "larger moves firms cross the border.",
        alt="Two panels over the import standard: firms in each country; change of welfare "
        "of home, foreign and the world.",
    )


if __name__ == "__main__":
    script(run)
