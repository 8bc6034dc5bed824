"""Check the claims of Maggi and Ossa (2023)."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models import lobbying
from unigauge.models.regulation.lobbying import (
    Economy,
    agreement,
    cross_border_switch,
    lobbying_path,
    solve,
    solve_tax,
    thresholds,
)
from unigauge.papers import Reproduction, Study, script

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

EXACT = 1e-8
STANDARDS = lobbying.STANDARDS

ALIKE = {
    "base": Economy(),
    "steep supply": Economy(supply_slope=(2.0,), abatement_cost=(0.6,)),
    "steep demand": Economy(demand_slope=(1.8,), damage=(0.5,)),
}
UNLIKE = {
    "two": Economy(
        demand_scale=(1, 2),
        demand_slope=(1, 0.6),
        supply_scale=(1.5, 0.8),
        supply_slope=(0.8, 1.4),
        damage=(1, 0.4),
        abatement_cost=(1, 1.8),
        lobby_strength=(1, 0.5),
        mass=(0.4, 0.6),
    ),
    "three": Economy(damage=(1, 0.7, 1.3), supply_slope=(1, 1.2, 0.9)),
}
SMALL = {**ALIKE, **UNLIKE}
TRADERS = Economy(demand_scale=(2, 0.5), supply_scale=(0.5, 2), large=True)
EXPORTER = Economy(
    demand_scale=(12.3, 8.4),
    demand_slope=(1.2, 0.7),
    supply_scale=(0.8, 0.4),
    supply_slope=(0.9, 1.6),
    damage=(0.6, 0.8),
    abatement_cost=(1.5, 1.5),
    market="linear",
    large=True,
)
BOUNDED = Economy(
    abatement="quadratic", demand_slope=(40,), supply_slope=(0.1,), damage=(0.2,)
)
LOSING = Economy(
    demand_scale=(1.67, 1.11),
    demand_slope=(1.03, 0.62),
    supply_scale=(1.32, 1.16),
    supply_slope=(2.26, 0.57),
    damage=(0.5, 0.76),
    abatement_cost=(0.73, 0.92),
    lobby_strength=(0.55, 1.46),
)


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    product_standards(study)
    process_standards(study)
    large_countries(study)
    our_own(study)
    tables_and_figures(study)
    return study.reproduction()


def changes(
    economy: Economy, standard: str, grid: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return by what share an agreement changes each standard, (grid, country)."""
    path = lobbying_path(economy, standard, grid)
    together, alone = (
        path[[f"dirtiness_{regime}_{k + 1}" for k in range(economy.size)]].to_numpy()
        for regime in ("cooperative", "noncooperative")
    )
    return np.asarray(together / alone - 1)


def change_at(economy: Economy, standard: str) -> NDArray[np.float64]:
    """Return by what share an agreement changes each standard at present lobbying."""
    return np.asarray(changes(economy, standard, np.array([economy.lobbying]))[0])


# ---------------------------------------------------------------------------
# Propositions


def product_standards(study: Study) -> None:
    """Check Propositions 1 and 2."""
    grid = np.linspace(0, 4, 21 if study.fast else 201)
    least = min(float(changes(e, "product", grid).min()) for e in SMALL.values())
    study.claim("product_loosens", holds=least > 0, value=least)
    least = float(change_at(EXPORTER, "product").min())
    study.claim(
        "product_loosens_large_linear",
        holds=least > 0,
        value=least,
        note="Alone, a large exporter is laxer still; the agreement reins it in.",
    )

    steps, flat, once = [], [], True
    for economy in SMALL.values():
        bar = thresholds(economy, "product")["welfare_reversal"]
        path = lobbying_path(economy, "product", bar * grid / 2)
        effect = path["welfare_effect"].to_numpy()
        steps.append(float(np.diff(effect).max()))
        flat.append(float(np.ptp(path["world_welfare_noncooperative"])))
        once &= bool((effect[grid < 2] > 0).all() and (effect[grid > 2] < 0).all())
    falls = max(steps)
    study.claim("product_welfare", holds=falls < 0 and max(flat) == 0 and once, value=falls)
    bounded = agreement(replace(BOUNDED, lobbying=1000.0), "product").welfare_effect
    study.claim("product_welfare_bounded", holds=bounded < 0, value=bounded)


def process_standards(study: Study) -> None:
    """Check Propositions 3 and 4."""
    off, common = [], True
    for economy in SMALL.values():
        switch = thresholds(economy, "process")["direction_reversal"]
        off.append(float(np.abs(changes(economy, "process", np.array([switch]))).max()))
        below = changes(economy, "process", np.linspace(0, 0.95, 10) * switch)
        above = changes(economy, "process", np.linspace(1.05, 1.5, 10) * switch)
        common &= bool((below > 0).all() and (above < 0).all())
    study.claim("process_switch", holds=common and max(off) < EXACT, value=max(off))
    here = replace(TRADERS, lobbying=1.0)
    apart = float(np.prod(change_at(here, "process")))
    study.claim("process_switch_large", holds=apart >= 0, value=apart)

    inside, outside = [], []
    for economy in ALIKE.values():
        found = thresholds(economy, "process")
        start, switch = found["loss_start"], found["direction_reversal"]
        share = np.linspace(0.02, 0.98, 25)
        grids = (start + (switch - start) * share, start * share, switch * (1.02 + share))
        lost, *gained = (
            lobbying_path(economy, "process", grid)["welfare_effect"] for grid in grids
        )
        inside.append(float(lost.max()))
        outside += [float(gain.min()) for gain in gained]
    holds = max(inside) < 0 < min(outside)
    study.claim("process_welfare", holds=holds, value=max(inside))
    switch = thresholds(LOSING, "process")["direction_reversal"]
    effect = agreement(replace(LOSING, lobbying=1.3 * switch), "process").welfare_effect
    study.claim("process_welfare_unlike", holds=effect > 0, value=effect)


def large_countries(study: Study) -> None:
    """Check what changes where governments know that they move the price."""
    distances, directions = [], set()
    for trade in (2.0, 3.0, 4.0):
        economy = Economy(
            demand_scale=(trade, 1 / trade), supply_scale=(1 / trade, trade), large=True
        )
        large, small = (
            solve(replace(economy, large=size), "product", "noncooperative").dirtiness
            for size in (True, False)
        )
        distances += ((large / small - 1) * [-1, 1]).tolist()
        strong = replace(economy, lobbying=40.0)
        directions |= {
            ("product", bool((change_at(strong, "product") > 0).all())),
            ("process", bool((change_at(strong, "process") < 0).all())),
        }
    holds = min(distances) > 0 and all(right for _, right in directions)
    study.claim("large_countries", holds=holds, value=min(distances))
    nearly = Economy(demand_scale=(1.1, 1 / 1.1), supply_scale=(1 / 1.1, 1.1), large=True)
    large, small = (
        solve(replace(nearly, large=size), "product", "noncooperative").dirtiness
        for size in (True, False)
    )
    stricter = float(1 - large[0] / small[0])
    study.claim(
        "large_countries_balanced",
        holds=stricter > 0,
        value=stricter,
        note="Unless it imports much, a large country minds that a dearer good lowers its "
        "own emissions more than what it pays for imports.",
    )
    most = float(change_at(replace(TRADERS, lobbying=1.0), "process").max())
    study.claim("large_weak_lobbying", holds=most < 0, value=most)
    off = 0.0
    for economy, number in itertools.product(ALIKE.values(), (2, 3, 5)):
        switch = thresholds(economy, "process")["direction_reversal"]
        many = replace(
            economy,
            mass=(1.0,) * number,
            large=True,
            lobbying=switch,
            **{
                name: getattr(economy, name) * number
                for name in (
                    "demand_scale",
                    "demand_slope",
                    "supply_scale",
                    "supply_slope",
                    "damage",
                    "abatement_cost",
                    "dirtiness_max",
                    "lobby_strength",
                )
            },
        )
        off = max(off, float(np.abs(change_at(many, "process")).max()))
    study.claim("switch_and_number", holds=off < EXACT, value=off)


def our_own(study: Study) -> None:
    """Check what we add: coinciding standards, taxes, emissions abroad."""
    gaps = {
        name: float(
            np.abs(np.divide(*cooperative_pair(replace(e, lobbying=0.6))) - 1).max()
        )
        for name, e in SMALL.items()
    }
    most = max(gaps[name] for name in ALIKE)
    study.claim("product_is_process", holds=most < EXACT, value=most)
    most = max(gaps[name] for name in UNLIKE)
    study.claim("product_is_process_unlike", holds=most < EXACT, value=most)

    off = max(off_closed_forms(replace(e, lobbying=0.6)) for e in UNLIKE.values())
    study.claim("taxes", holds=off < 1e-6, value=off)
    rates = [
        solve_tax(replace(TRADERS, lobbying=0.6), "production_tax", regime).rate
        for regime in ("noncooperative", "cooperative")
    ]
    off = float(np.abs(rates[0] - rates[1]).max())
    study.claim("taxes_large", holds=off < 1e-6, value=off)

    at, sides = [], True
    for economy, standard in itertools.product(ALIKE.values(), STANDARDS):
        switch = cross_border_switch(economy, standard)
        less, here, more = (
            abroad(economy, standard, share * switch) for share in (0.9, 1.0, 1.05)
        )
        at.append(abs(here))
        sides &= less > 0 > more
    study.claim("emissions_abroad", holds=sides and max(at) < EXACT, value=max(at))
    switch = cross_border_switch(Economy(), "product")
    change = abroad(Economy(lobbying=0.5), "product", 1.05 * switch)
    study.claim("emissions_abroad_lobbying", holds=change < 0, value=change)


def cooperative_pair(economy: Economy) -> list[NDArray[np.float64]]:
    """Return cooperative product and process standards."""
    return [solve(economy, standard, "cooperative").dirtiness for standard in STANDARDS]


def abroad(economy: Economy, standard: str, share: float) -> float:
    """Return by what share an agreement loosens if ``share`` of emissions go abroad."""
    here = replace(economy, cross_border_share=share)
    together, alone = (
        solve(here, standard, regime).dirtiness[0]
        for regime in ("cooperative", "noncooperative")
    )
    return float(together / alone - 1)


def off_closed_forms(economy: Economy) -> float:
    """Return the largest distance of taxes from their closed forms."""
    a = economy.arrays
    gamma = economy.profit_weight

    def rates(tax: str, regime: str) -> NDArray[np.float64]:
        return solve_tax(economy, tax, regime).rate

    joint = solve_tax(economy, "consumption_tax", "cooperative")
    made = a["mass"] * joint.supply
    relief = gamma @ made / (a["supply_slope"] @ made)
    alone = solve_tax(economy, "tariff", "noncooperative")
    bends = a["supply_slope"] * alone.supply + a["demand_slope"] * alone.demand
    production = a["damage"] - gamma / a["supply_slope"]
    gaps = [
        rates("consumption_tax", "noncooperative") - a["damage"],
        joint.rate - (a["damage"] - relief),
        rates("production_tax", "noncooperative") - production,
        rates("production_tax", "cooperative") - production,
        alone.rate - gamma * alone.supply / bends,
        rates("tariff", "cooperative") - alone.rate,
    ]
    return float(np.abs(gaps).max())


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the tables and the three figures."""
    import pandas as pd

    rows = {
        name: {**thresholds(e, "product"), **thresholds(e, "process")}
        for name, e in SMALL.items()
    }
    study.table(
        "thresholds",
        pd.DataFrame(rows).T.rename_axis("economy"),
        caption="Lobbying at which an agreement's worth and direction turn: product "
        "(welfare reversal) and process standards.",
    )
    regimes = pd.concat(
        {
            (name, standard): lobbying.compare(replace(e, lobbying=0.6), standard)
            for name, e in ALIKE.items()
            for standard in STANDARDS
        },
        names=["economy", "standard", "regime"],
    )
    study.table(
        "regimes",
        regimes[["status", "dirtiness_1", "price", "world_welfare", "certificate"]],
        caption="The three regimes at lobbying 0.6, countries alike.",
    )
    grid = np.linspace(0, 2, 81 if study.fast else 401)
    paths = {standard: lobbying_path(Economy(), standard, grid) for standard in STANDARDS}
    data = pd.concat(paths, names=["standard"]).reset_index()
    study.figure(
        "welfare_effect",
        draw_welfare(paths),
        data=data[["standard", "lobbying", "welfare_effect"]],
        caption="What an agreement adds to world welfare, small countries alike. On product "
        "standards it pays until lobbies are strong; on process standards it fails to pay "
        "between two thresholds, and does nothing at the switch.",
        alt="Two panels over lobbying: a falling line that crosses zero once, and a line "
        "that dips below zero and rises above it again.",
    )
    study.figure(
        "standards",
        draw_standards(paths),
        data=data.filter(regex="standard|lobbying|dirtiness"),
        caption="Dirtiness allowed, small countries alike. Alone, governments do not let "
        "lobbies move product standards, which fall on consumers; process standards they "
        "relax faster than they would together.",
        alt="Two panels over lobbying with lines for the three regimes; for process "
        "standards the lines of governments alone and together cross at lobbying 1.",
    )
    data = traders(np.linspace(0, 3, 31 if study.fast else 121))
    study.figure(
        "importer_and_exporter",
        draw_traders(data),
        data=data,
        caption="Product standards of a large importer and a large exporter. Alone, the "
        "importer is strict, to make the good cheap, and the exporter lax; the agreement "
        "loosens both.",
        alt="Lines over lobbying: noncooperative standards of importer and exporter lie "
        "below the common, steeper line of the cooperative standard.",
    )


def panels() -> tuple[Figure, tuple[Axes, Axes]]:
    """Return a figure of two panels, product and process standards."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, standard in ((left, "Product"), (right, "Process")):
        axes.set_title(f"{standard} standards")
        axes.set_xlabel("lobbying g")
        axes.spines[["top", "right"]].set_visible(False)
    return figure, (left, right)


def draw_welfare(paths: dict[str, pd.DataFrame]) -> Figure:
    """Draw the welfare effect of the agreement and its thresholds."""
    figure, both = panels()
    for axes, (standard, path) in zip(both, paths.items(), strict=True):
        axes.plot(path.index, path["welfare_effect"], "C0")
        axes.axhline(0, color="0.6", lw=0.8, zorder=0)
        low, high = axes.get_ylim()
        high += 0.3 * (high - low)
        axes.set_ylim(low, high)
        marks = sorted(thresholds(Economy(), standard).items(), key=lambda mark: mark[1])
        for position, (name, where) in enumerate(marks):
            axes.axvline(where, color="0.4", lw=1, ls=":")
            axes.annotate(
                f"{name.replace('_', ' ')} {where:.3f}",
                (where, high - (0.04 + 0.08 * position) * (high - low)),
                xytext=(4, 0),
                textcoords="offset points",
                va="top",
                fontsize=8,
                bbox={"color": "white", "pad": 0.5},
            )
    both[0].set_ylabel("change of world welfare")
    return figure


def draw_standards(paths: dict[str, pd.DataFrame]) -> Figure:
    """Draw standards in the three regimes."""
    figure, both = panels()
    styles = {"noncooperative": "C0-", "cooperative": "C1--", "welfare_optimum": "k:"}
    for axes, path in zip(both, paths.values(), strict=True):
        for regime, style in styles.items():
            label = regime.replace("_", " ")
            axes.plot(path.index, path[f"dirtiness_{regime}_1"], style, label=label)
    both[0].set_ylabel("dirtiness allowed")
    both[0].sharey(both[1])
    both[0].legend(frameon=False, loc="upper left")
    return figure


def traders(grid: NDArray[np.float64]) -> pd.DataFrame:
    """Return product standards of a large importer and exporter."""
    path = lobbying_path(TRADERS, "product", grid)
    names = {
        f"dirtiness_{regime}_{number}": f"{who}_{regime}"
        for regime in ("noncooperative", "cooperative")
        for number, who in ((1, "importer"), (2, "exporter"))
    }
    return path[list(names)].rename(columns=names).reset_index()


def draw_traders(data: pd.DataFrame) -> Axes:
    """Draw the standards of importer and exporter."""
    from unigauge.results import axes_or_new

    axes = axes_or_new(None, size=(6.4, 3.8))
    for who, colour in (("importer", "C0"), ("exporter", "C1")):
        label = f"{who}, alone"
        axes.plot(data["lobbying"], data[f"{who}_noncooperative"], colour, label=label)
    label = "both, together"
    axes.plot(data["lobbying"], data["importer_cooperative"], "k--", label=label)
    axes.set_xlabel("lobbying g")
    axes.set_ylabel("dirtiness allowed")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


if __name__ == "__main__":
    script(run)
