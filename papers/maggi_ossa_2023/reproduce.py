"""Check the claims of Maggi and Ossa (2023)."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np

from unigauge.models import lobbying
from unigauge.models.regulation.lobbying import (
    Economy,
    agreement,
    cross_border_switch,
    lobbying_path,
    solve_tax,
    thresholds,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.maggi_ossa_2023.economies import (
    ALIKE,
    BOUNDED,
    EXPORTER,
    LOSING,
    NEARLY_BALANCED,
    SMALL,
    STRONG_TRADERS,
    TRADERS,
    UNLIKE,
)
from unigauge.papers.maggi_ossa_2023.measures import (
    abroad,
    change_at,
    changes,
    off_closed_forms,
    off_switch,
    standards_apart,
    stricter,
)
from unigauge.papers.maggi_ossa_2023.pictures import (
    draw_standards,
    draw_traders,
    draw_welfare,
    traders,
)

EXACT = 1e-8


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    product_standards(study)
    process_standards(study)
    large_countries(study)
    our_own(study)
    tables_and_figures(study)
    return study.reproduction()


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
    offs, turns = zip(*(off_switch(economy) for economy in SMALL.values()), strict=True)
    study.claim("process_switch", holds=all(turns) and max(offs) < EXACT, value=max(offs))
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
    deal = agreement(replace(LOSING, lobbying=1.3 * switch), "process")
    loses = deal.overall == "tighten" and deal.welfare_effect < 0
    study.claim("process_welfare_unlike", holds=not loses, value=deal.welfare_effect)


def large_countries(study: Study) -> None:
    """Check what changes where governments know that they move the price."""
    signs = np.array([1, -1])  # importer stricter, exporter laxer
    least = min(float((stricter(e) * signs).min()) for e in STRONG_TRADERS)
    strong = [replace(economy, lobbying=40.0) for economy in STRONG_TRADERS]
    right = all(
        (change_at(e, "product") > 0).all() and (change_at(e, "process") < 0).all()
        for e in strong
    )
    study.claim("large_countries", holds=least > 0 and right, value=least)
    share = float(stricter(NEARLY_BALANCED)[0])
    study.claim(
        "large_countries_balanced",
        holds=share > 0,
        value=share,
        note="Unless it imports much, a large country minds that a dearer good lowers its "
        "own emissions more than what it pays for imports.",
    )
    most = float(change_at(replace(TRADERS, lobbying=1.1), "process").max())
    study.claim("large_weak_lobbying", holds=most < 0, value=most)
    numbers = (2,) if study.fast else (2, 3, 4)
    offs, turns = zip(
        *(
            off_switch(replace(economy, mass=(1.0,) * number, large=True))
            for economy, number in itertools.product(ALIKE.values(), numbers)
        ),
        strict=True,
    )
    holds = all(turns) and max(offs) < EXACT
    study.claim("switch_and_number", holds=holds, value=max(offs))


def our_own(study: Study) -> None:
    """Check what we add: coinciding standards, taxes, emissions abroad."""
    for claim, economies in (
        ("product_is_process", ALIKE),
        ("product_is_process_unlike", UNLIKE),
    ):
        most = max(standards_apart(replace(e, lobbying=0.6)) for e in economies.values())
        study.claim(claim, holds=most < EXACT, value=most)

    off = max(off_closed_forms(replace(e, lobbying=0.6)) for e in UNLIKE.values())
    study.claim("taxes", holds=off < 1e-6, value=off)
    rates = [
        solve_tax(replace(TRADERS, lobbying=0.6), "production_tax", regime).rate
        for regime in ("noncooperative", "cooperative")
    ]
    off = float(np.abs(rates[0] - rates[1]).max())
    study.claim("taxes_large", holds=off < 1e-6, value=off)

    at, sides = [], True
    tried = (Economy(),) if study.fast else tuple(ALIKE.values())
    for economy, standard in itertools.product(tried, lobbying.STANDARDS):
        switch = cross_border_switch(economy, standard)
        none, less, here, more, most = (
            abroad(economy, standard, share)
            for share in (0, 0.9 * switch, switch, 1.05 * switch, (1 + switch) / 2)
        )
        at.append(abs(here))
        sides &= min(none, less) > 0 > max(more, most)
    study.claim("emissions_abroad", holds=sides and max(at) < EXACT, value=max(at))
    switch = cross_border_switch(Economy(), "product")
    change = abroad(Economy(lobbying=0.5), "product", 1.05 * switch)
    study.claim("emissions_abroad_lobbying", holds=change < 0, value=change)


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
            for standard in lobbying.STANDARDS
        },
        names=["economy", "standard", "regime"],
    )
    study.table(
        "regimes",
        regimes[["status", "dirtiness_1", "price", "world_welfare", "certificate"]],
        caption="The three regimes at lobbying 0.6, countries alike.",
    )
    grid = np.linspace(0, 2, 81 if study.fast else 401)
    paths = {
        standard: lobbying_path(Economy(), standard, grid)
        for standard in lobbying.STANDARDS
    }
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


if __name__ == "__main__":
    script(run)
