"""Check the claims of Grossman, McCalman and Staiger (2021)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models import delocation
from unigauge.models.regulation.delocation import Outcome, World, equilibrium, solve
from unigauge.papers import Reproduction, Study, script
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

HOME, FOREIGN = 0, 1
EXACT = 1e-7

WORLDS = {
    "base": World(),
    "unequal": World(
        market_size=(1.2, 1.0), trade_cost=0.4, attribute_bounds=(-0.75, 0.75)
    ),
    "close tastes": World(taste=(0.3, -0.2), trade_cost=0.5, attribute_bounds=(-0.7, 0.7)),
    "close substitutes": World(
        curvature=0.85, trade_cost=0.25, attribute_bounds=(-0.6, 0.6)
    ),
    "dear adaptation": World(
        market_size=(1.0, 1.1),
        trade_cost=0.5,
        adaptation_cost=1.5,
        attribute_bounds=(-0.7, 0.7),
    ),
}
CORNER = World(market_size=(3.0, 1.0), trade_cost=0.2)
UNSTABLE = {
    "wide bounds": World(attribute_bounds=(-2.0, 2.0)),
    "intense tastes": World(taste_intensity=1.0, adaptation_cost=2.0),
}
HARMLESS = {"common": (-0.5, -0.5), "own taste": (0.5, -0.5), "middle": (0.0, 0.0)}
DAMAGE = (0.1, 0.2, 0.3, 0.5, 1.0)


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


def distance(one: Outcome, other: Outcome) -> float:
    """Return the largest difference in a design that is made, or in welfare."""
    designs = np.nanmax(np.abs(one.attributes - other.attributes))
    return float(max(designs, np.abs(one.welfare - other.welfare).max()))


# ---------------------------------------------------------------------------
# Laissez-faire


def without_externality(study: Study, solved: Solved) -> None:
    """Check efficiency, the subsidy, the designs and what size does to them."""
    gap = max(distance(s["laissez_faire"], s["efficient"]) for s in solved.values())
    study.claim("efficiency", holds=gap < EXACT, value=gap)
    free, best = solve(CORNER, "laissez_faire"), solve(CORNER, "efficient")
    gap = distance(free, best)
    study.claim(
        "efficiency_at_a_corner", holds=gap < EXACT and best.status == "corner", value=gap
    )
    loss = min(
        solve(world, "efficient").world_welfare
        - solve(world, "laissez_faire").world_welfare
        for world in damaged("common")
    )
    study.claim("efficiency_with_an_externality", holds=loss < EXACT, value=loss)

    low, high = WORLDS["base"].attribute_bounds
    standards = np.random.default_rng(study.seed).uniform(low, high, (5, 2, 2))
    off = max(
        abs(best_subsidy(world, attributes, country) - (1 - world.curvature))
        for world in WORLDS.values()
        for attributes in standards * max(world.attribute_bounds) * 0.2
        for country in (HOME, FOREIGN)
    )
    study.claim("subsidy", holds=off < 1e-6, value=off)
    designs = np.nan_to_num(free.attributes)
    off = abs(best_subsidy(CORNER, designs, HOME) - (1 - CORNER.curvature))
    study.claim("subsidy_at_a_corner", holds=off < 1e-6, value=off)

    gaps = [design_gaps(s["laissez_faire"]) for s in solved.values()]
    study.claim("versions", holds=min(map(min, gaps)) > 0, value=min(map(min, gaps)))

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
    larger = solve(replace(CORNER, market_size=(5.0, 1.0)), "laissez_faire")
    move = float(np.abs(larger.attributes[HOME] - free.attributes[HOME]).max())
    study.claim("size_at_a_corner", holds=move < EXACT, value=move)


def best_subsidy(world: World, attributes: NDArray[np.float64], country: int) -> float:
    """Return the subsidy that a country would choose, the partner's being 1 - beta.

    A subsidy s multiplies what sellers take in J by m = beta/(1 - s): entry is that of
    a market m times as large, consumers pay 1/m as much, and taxpayers m/beta - 1.
    """
    from scipy.optimize import minimize_scalar

    def loss(s: float) -> float:
        scale = world.curvature / (1 - s)
        size = list(world.market_size)
        size[country] *= scale
        larger = replace(world, market_size=(size[0], size[1]))
        indirect = equilibrium(larger, attributes).welfare[country]
        return float(scale / world.curvature - np.log(scale) - indirect)

    best = minimize_scalar(loss, bounds=(0, 1 - 1e-3), options={"xatol": 1e-9})
    return float(best.x)


def design_gaps(outcome: Outcome) -> tuple[float, ...]:
    """Return the steps gamma^F <= a_FF < a_HF and a_FH < a_HH <= gamma^H."""
    (own_home, exported_home), (exported_foreign, own_foreign) = outcome.attributes
    taste_home, taste_foreign = outcome.world.taste
    return (
        own_foreign - taste_foreign,
        exported_home - own_foreign,
        own_home - exported_foreign,
        taste_home - own_home,
    )


# ---------------------------------------------------------------------------
# Standards move firms


def standards_and_location(study: Study, solved: Solved) -> None:
    """Check what a change of one standard does at laissez-faire."""
    weakest, steepest = np.inf, 0.0
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
    study.claim("delocation", holds=weakest > 0, value=weakest)
    study.claim("own_goods", holds=steepest < 1e-6, value=steepest)
    alone = solve(CORNER, "laissez_faire")
    absent = np.where(np.isnan(alone.attributes), CORNER.taste, alone.attributes)
    moved = absent.copy()
    moved[FOREIGN, HOME] -= 0.02
    gain = float(
        equilibrium(CORNER, moved).welfare[HOME] - equilibrium(CORNER, absent).welfare[HOME]
    )
    study.claim("delocation_at_a_corner", holds=gain > 0, value=gain)


def change(
    outcome: Outcome, cell: tuple[int, int], step: float, country: int
) -> tuple[float, float, float]:
    """Return what moving one version does to a country, its partner and the world."""
    moved = outcome.attributes.copy()
    moved[cell] += step
    gain = equilibrium(outcome.world, moved).welfare - outcome.welfare
    total = gain @ np.array(outcome.world.market_size)
    return float(gain[country]), float(gain[1 - country]), float(total)


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
    best = solve(CORNER, "efficient")
    gap = best.world_welfare - solve(CORNER, "national_treatment_optimum").world_welfare
    study.claim("national_treatment_at_a_corner", holds=abs(gap) < EXACT, value=gap)

    gap = max(distance(s["mutual_recognition"], s["efficient"]) for s in solved.values())
    study.claim("mutual_recognition", holds=gap < EXACT, value=gap)
    nearer = np.nan_to_num(best.attributes) + np.array([[0.02, 0.02], [0.0, 0.0]])
    gain = float(equilibrium(CORNER, nearer).welfare[HOME] - best.welfare[HOME])
    study.claim(
        "mutual_recognition_at_a_corner",
        holds=gain <= 0,
        value=gain,
        note="Home, which sets all designs there are, would leave the efficient ones.",
    )


def spread(outcome: Outcome) -> float:
    """Return t_H - t_F, by how much the two markets' standards differ."""
    return float(outcome.attributes[0, HOME] - outcome.attributes[0, FOREIGN])


def off_closed_form(outcome: Outcome) -> float:
    """Return the largest distance of national treatment from its closed form."""
    world, standards = outcome.world, outcome.attributes[0]
    sigma, phi = world.elasticity_of_substitution, world.openness
    (home, foreign), taste = world.market_size, np.array(world.taste)
    cost = world.fixed_cost + world.adaptation_cost * spread(outcome) ** 2 / 2
    appeal = np.exp(-sigma * world.taste_intensity * (standards - taste) ** 2 / 2)
    access = cost / ((1 + phi) * appeal)
    firms = (home - phi * foreign) / ((1 - phi) * (sigma - 1) * cost)
    others = (
        replace(world, trade_cost=world.trade_cost + 0.2),
        replace(world, market_size=(home, 1.05 * foreign)),
        replace(world, marginal_cost=2.0),
    )
    moves = [solve(w, "national_treatment").attributes[0] - standards for w in others]
    return float(
        max(
            np.abs(access - outcome.market_access).max(),
            abs(firms - outcome.firms[HOME]),
            np.abs(moves).max(),
        )
    )


# ---------------------------------------------------------------------------
# A local externality


def damaged(harmless: str, damage: tuple[float, ...] = DAMAGE) -> list[World]:
    """Return the base world with damage of several sizes."""
    return [
        World(externality=(xi, xi), harmless_attribute=HARMLESS[harmless]) for xi in damage
    ]


def excess_distance(world: World) -> NDArray[np.float64]:
    """Return how much farther from harmless mutual recognition is than efficient."""
    harmless = np.array(world.harmless_attribute)
    chosen = np.abs(solve(world, "mutual_recognition").attributes - harmless)
    best = np.abs(solve(world, "efficient").attributes - harmless)
    laxer: NDArray[np.float64] = chosen - best
    return laxer


def lead(world: World) -> float:
    """Return world welfare under mutual recognition less that under national treatment."""
    one, other = (solve(world, r) for r in ("mutual_recognition", "national_treatment"))
    return one.world_welfare - other.world_welfare


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

    best = [solve(world, "efficient").attributes for world in worlds]
    detail = min(float(np.abs(a[HOME] - a[FOREIGN]).min()) for a in best)
    study.claim("fine_details", holds=detail > 1e-3, value=detail)
    excess = [
        spread(solve(world, "national_treatment"))
        - spread(solve(world, "national_treatment_optimum"))
        for world in damaged("common")
    ]
    study.claim("divergence", holds=min(excess) > 0, value=min(excess))

    leads = {name: [lead(world) for world in damaged(name)] for name in HARMLESS}
    undamaged = lead(WORLDS["base"])
    signs = np.sign([undamaged, *leads["common"]])
    once = int((np.diff(signs) != 0).sum()) == 1 and signs[0] > 0
    where = crossing("common", 0.3, 0.5)
    study.claim("two_rules", holds=once and 0.3 < where < 0.5, value=where)
    for claim, name in (
        ("two_rules_own_taste", "own taste"),
        ("two_rules_middle", "middle"),
    ):
        least = min(undamaged, *leads[name])
        study.claim(claim, holds=least > 0, value=least, note=verdict(name, leads[name]))


def crossing(harmless: str, low: float, high: float) -> float:
    """Return the externality at which the two rules do equally well."""
    from scipy.optimize import brentq

    return float(brentq(lambda xi: lead(damaged(harmless, (xi,))[0]), low, high, xtol=1e-7))


def verdict(name: str, leads: list[float]) -> str:
    """Say where national treatment overtakes, if it does."""
    for position, behind in enumerate(leads):
        if behind < 0:
            where = crossing(name, DAMAGE[position - 1], DAMAGE[position])
            return f"National treatment overtakes at xi = {where:.2f}."
    return ""


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
        draw_two_rules(rules, crossing("common", 0.3, 0.5)),
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


def welfare_by_regime(outcomes: dict[str, Outcome]) -> pd.DataFrame:
    """Return world welfare and its gap to the optimum, by regime."""
    import pandas as pd

    best = outcomes["efficient"].world_welfare
    rows = [
        {
            "regime": regime,
            "world_welfare": outcome.world_welfare,
            "gap_to_efficient": best - outcome.world_welfare,
        }
        for regime, outcome in outcomes.items()
    ]
    return pd.DataFrame(rows)


def draw_welfare(data: pd.DataFrame) -> Axes:
    """Draw the gaps to the optimum as bars."""
    axes = axes_or_new(None, size=(6.8, 3.4))
    ordered = data.sort_values("gap_to_efficient", ascending=False)
    names = [name.replace("_", " ") for name in ordered["regime"]]
    bars = axes.barh(names, ordered["gap_to_efficient"], color="C0")
    axes.bar_label(bars, fmt="%.4f", padding=4)
    axes.set_xlabel("loss of world welfare against the optimum (utility)")
    axes.margins(x=0.15)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def designs_by_regime(outcomes: dict[str, Outcome]) -> pd.DataFrame:
    """Return the four versions of every regime, one row a version."""
    import pandas as pd

    return pd.concat(
        [outcome.plot_data().assign(regime=regime) for regime, outcome in outcomes.items()],
        ignore_index=True,
    )


def draw_designs(data: pd.DataFrame, world: World) -> Axes:
    """Draw the versions on the line of tastes, one row a regime."""
    axes = axes_or_new(None, size=(7.2, 4.2))
    regimes = list(dict.fromkeys(data["regime"]))
    for position in world.taste:
        axes.axvline(position, color="0.6", lw=1, ls="--", zorder=0)
    for origin, colour, shift in (("home", "C0", -0.13), ("foreign", "C1", 0.13)):
        for market, filled in (("home", True), ("foreign", False)):
            chosen = data[(data["origin"] == origin) & (data["market"] == market)]
            axes.plot(
                chosen["attribute"],
                [regimes.index(regime) + shift for regime in chosen["regime"]],
                "o" if origin == "home" else "s",
                color=colour,
                mfc=colour if filled else "white",
                ms=8,
                label=f"{origin} firms, sold in {market}",
            )
    axes.set_yticks(range(len(regimes)), [name.replace("_", " ") for name in regimes])
    axes.set_ylim(len(regimes) - 0.5, -0.5)
    axes.set_xlabel("attribute (dashed: tastes, foreign left, home right)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, 1.2), ncols=2, frameon=False)
    return axes


def two_rules(grid: NDArray[np.float64]) -> pd.DataFrame:
    """Return world welfare under three regimes over a grid of externalities."""
    from unigauge.sweeps import sweep

    frame = sweep(welfare_at, {"xi": grid.tolist()})
    return frame.drop(columns="error")


def welfare_at(xi: float) -> dict[str, float]:
    """Return world welfare by regime at one externality, b = -0.5."""
    world = damaged("common", (xi,))[0]
    regimes = ("efficient", "mutual_recognition", "national_treatment")
    return {regime: solve(world, regime).world_welfare for regime in regimes}


def draw_two_rules(data: pd.DataFrame, where: float) -> Axes:
    """Draw the three welfare lines and mark the crossing."""
    axes = axes_or_new(None, size=(6.4, 3.8))
    styles = {"efficient": ":", "mutual_recognition": "-", "national_treatment": "--"}
    for regime, style in styles.items():
        axes.plot(data["xi"], data[regime], style, label=regime.replace("_", " "))
    axes.axvline(where, color="0.4", lw=1, ls=":")
    axes.annotate(
        f"equal at {where:.3f}",
        (where, data["efficient"].max()),
        xytext=(6, -4),
        textcoords="offset points",
    )
    axes.set_xlabel("externality xi (damage per head)")
    axes.set_ylabel("world welfare (utility)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


def import_standard(free: Outcome, points: int) -> pd.DataFrame:
    """Return firms and changes of welfare as home moves its import standard."""
    import pandas as pd

    grid = np.linspace(-0.4, 0.6, points)
    attributes = np.tile(free.attributes, (points, 1, 1))
    attributes[:, FOREIGN, HOME] = grid
    market = equilibrium(free.world, attributes)
    gain = market.welfare - free.welfare
    return pd.DataFrame(
        {
            "import_standard": grid,
            "firms_home": market.firms[:, HOME],
            "firms_foreign": market.firms[:, FOREIGN],
            "gain_home": gain[:, HOME],
            "gain_foreign": gain[:, FOREIGN],
            "gain_world": gain @ np.array(free.world.market_size),
        }
    )


def draw_delocation(data: pd.DataFrame, free: Outcome) -> Axes:
    """Draw firms, and changes of welfare, against home's import standard."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    first: Axes = left
    for country, colour in (("home", "C0"), ("foreign", "C1")):
        left.plot(data["import_standard"], data[f"firms_{country}"], colour, label=country)
        right.plot(data["import_standard"], data[f"gain_{country}"], colour, label=country)
    right.plot(data["import_standard"], data["gain_world"], "k--", label="world")
    right.axhline(0, color="0.7", lw=0.8, zorder=0)
    for axes, what in ((left, "number of firms"), (right, "change of welfare (utility)")):
        axes.axvline(free.attributes[FOREIGN, HOME], color="0.4", lw=1, ls=":")
        axes.set_xlabel("home's standard for imports")
        axes.set_ylabel(what)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    return first


if __name__ == "__main__":
    script(run)
