"""Check what a package deal on 5G gains, and when it holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from unigauge.models.agreements.bargaining import (
    Package,
    complements,
    issue_by_issue,
    joint_research,
    least_surplus,
    mirror_package,
    rival_range,
    solve,
    with_rival,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.china_europe_5g.pictures import (
    coalition_table,
    draw_log_rolling,
    draw_parties,
    draw_rival,
    log_rolling_data,
    rival_data,
)

TOGETHER = ((0, 1), (2,))  # China and Europe against the rival
EXPOSED = {"win": (-0.05, -0.1), "lose": (-0.3, -0.5)}


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    packages(study)
    log_rolling(study)
    rivals(study)
    research(study)
    joining(study)
    tables_and_figures(study)
    return study.reproduction()


# ---------------------------------------------------------------------------
# Package or issue by issue


def packages(study: Study) -> None:
    """Check packages against separate bargains in random games."""
    rng = np.random.default_rng(study.seed)
    leads: list[float] = []
    worse: list[bool] = []
    while len(leads) < (40 if study.fast else 150):
        game = Package(
            weights=rng.uniform(0.05, 1, (2, 2)),
            ideals=rng.uniform(0, 1, (2, 2)),
            disagreement=-rng.uniform(0.1, 0.5, 2),
            budget=rng.uniform(0.4, 1.2),
        )
        whole, parts = solve(game), issue_by_issue(game)
        if "no_agreement" in (whole.status, parts.status) or (parts.gains <= 0).any():
            continue
        leads.append(float(np.log(whole.gains / parts.gains).sum()))
        worse.append(bool((whole.utilities < parts.utilities - 1e-9).any()))
    study.claim("package_beats_issues", holds=min(leads) > -1e-12, value=min(leads))
    share = float(np.mean(worse))
    study.claim(
        "package_better_for_each",
        holds=share == 0,
        value=share,
        note=f"Of {len(leads)} games; the share depends on the ranges drawn from. It would "
        "hold if the parties mirrored one another.",
    )


def log_rolling(study: Study) -> None:
    """Check what trading issues gains, with and without a frontier."""
    offs = []
    for a in (0.5, 0.6, 0.7, 0.8, 0.95):
        for distance in (0.3, 0.6, 1.0):
            game = mirror_package(a, distance, disagreement=-0.4)
            gain = solve(game).utilities - issue_by_issue(game).utilities
            offs.append(float(np.abs(gain - distance**2 * (2 * a - 1) ** 2 / 4).max()))
    study.claim("log_rolling", holds=max(offs) < 1e-7, value=max(offs))
    data = log_rolling_data(6 if study.fast else 11)
    step = float(np.diff(data["frontier"]).min())
    study.claim("log_rolling_frontier", holds=step > 0, value=step)
    last = data.to_numpy()[-1]  # asymmetry, gain without and with the frontier
    ratio = float(last[2] / last[1])
    study.claim(
        "log_rolling_frontier_as_large",
        holds=ratio >= 0.1,
        value=ratio,
        note="It would hold with a frontier that leaves room to trade.",
    )


# ---------------------------------------------------------------------------
# The rival


def rivals(study: Study) -> None:
    """Check a rival that cannot be joined."""
    found = rival_range(mirror_package(0.7, 0.6), win=-0.05, lose=-0.4, own_strength=2.0)
    study.claim("rival_threshold", value=found.lowest_probability)
    strengths = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

    def surpluses(game: Package, **worth: object) -> list[float]:
        return [
            least_surplus(
                with_rival(game, rival_strength=k, own_strength=2.0, **worth)  # type: ignore[arg-type]
            )
            for k in strengths
        ]

    games = (Package(), mirror_package(0.8, 0.9), replace(Package(), budget=0.5))
    steps = [
        float(np.diff(surpluses(game, **worth)).min())
        for game in games
        for worth in (EXPOSED, {"win": -0.02, "lose": -0.5})
    ]
    study.claim("stronger_rival_helps", holds=min(steps) > 0, value=min(steps))
    step = float(np.diff(surpluses(Package(), win=-0.4, lose=-0.1)).max())
    study.claim(
        "stronger_rival_helps_any",
        holds=step > 0,
        value=step,
        note="The surplus falls at every step: the parties would rather see the rival win.",
    )
    deals = [
        solve(with_rival(Package(), rival_strength=k, own_strength=2.0, **EXPOSED))
        for k in strengths
    ]
    worth = np.diff([deal.utilities for deal in deals], axis=0)
    study.claim(
        "exposed_concedes",
        holds=(worth[:, 1] < 0).all() and (worth[:, 0] > 0).all(),
        value=float(worth[:, 1].max()),
    )


def research(study: Study) -> None:
    """Check joint research."""
    shortfalls, lifted = [], True
    for frontier in (0.6,) if study.fast else (0.6, 0.9):
        start = Package(budget=frontier)
        alone, planned = (joint_research(start, m) for m in ("noncooperative", "planner"))
        lifted &= bool((alone.x > solve(start).x).all())
        shortfalls.append(planned.total_effort - alone.total_effort)
        if frontier == 0.6:
            study.claim("research_alone", value=alone.total_effort)
            study.claim("research_planner", value=planned.total_effort)
    least = min(shortfalls)
    study.claim("joint_research", holds=lifted and least > 0, value=least)


def joining(study: Study) -> None:
    """Check a rival that can be joined, and royalties."""
    table = coalition_table()
    only = table.index[table["stable"] == "01|2"]
    any_ = table.index[table["stable"].str.contains("01|2", regex=False)]
    inside = (table.index >= only.min()) & (table.index <= only.max())
    middle = (
        (table.loc[inside, "stable"] == "01|2").all()
        and table.index[0] < only.min()
        and table.index[-1] > any_.max()
    )
    study.claim("deal_in_the_middle", holds=middle, value=float(any_.max()))
    still = float("01|2" in str(table["stable"].loc[4.0]))
    study.claim(
        "stronger_rival_joinable",
        holds=still > 0,
        value=still,
        note="At K = 4 either party would rather join the rival; at K = 6 and above "
        "nothing is stable. It would hold for a rival that cannot be joined.",
    )
    stacks = [complements(n) for n in range(2, 21)]
    lead = min(found.stack - found.pool for found in stacks)
    poorer = all(found.stack_profit < found.pool_profit for found in stacks)
    study.claim("royalties_stack", holds=lead > 0 and poorer, value=lead)


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the tables and the three figures."""
    from unigauge.models.agreements.bargaining import compare

    game = Package(weights=((2.0, 0.3), (0.2, 0.7)), disagreement=(-0.4, -0.1))
    listed = compare(game)
    study.table(
        "solutions",
        listed[["status", "x_1", "x_2", "utility_1", "utility_2", "certificate"]],
        caption="Speed (x_1) and security (x_2) by solution concept, in an asymmetric "
        "illustration; utilities of China (1) and Europe (2).",
    )
    names = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "issue_by_issue")
    points = listed.loc[list(names), ["x_1", "x_2"]]
    study.figure(
        "package",
        draw_parties(game, {n: points.loc[n].to_numpy() for n in names}),
        data=points.reset_index(),
        caption="A package on speed and security. Within the grey lens both do better than "
        "without a deal. The bargains over the package lie on the technical frontier (those "
        "of Nash and of Kalai and Smorodinsky fall together here), separate bargains below "
        "it; the utilitarian sum, which asks nobody's consent, lies outside the lens.",
        alt="Speed across, security up: a curved frontier, two stars for the ideals beyond "
        "it, a grey lens below it, three marks in the lens and one on the frontier outside.",
    )
    data = log_rolling_data(6 if study.fast else 21)
    study.figure(
        "log_rolling",
        draw_log_rolling(data),
        data=data,
        caption="What each party gains from a package over separate bargains, the parties "
        "mirroring one another. The gain grows with the square of the difference of "
        "weights; a technical frontier that binds leaves little of it.",
        alt="A steep convex curve without a frontier and a nearly flat rising line with one.",
    )
    data = rival_data(9 if study.fast else 31, EXPOSED)
    study.table(
        "rival",
        data.iloc[:: max(1, len(data) // 8)].set_index("rival_strength"),
        caption="Surplus of a deal, the deal, and utilities, over the rival's strength; "
        "own strength 2.",
    )
    table = coalition_table()
    study.table(
        "coalitions",
        table.rename_axis("rival_strength"),
        caption="Stable coalition structures of China (0), Europe (1) and the rival (2) over "
        "the rival's strength; residuals stay together.",
    )
    first = rival_range(Package(), own_strength=2.0, **EXPOSED)
    study.figure(
        "rival",
        draw_rival(data, first.lowest, table),
        data=data,
        caption=f"Left: against a rival that cannot be joined a deal holds from K = "
        f"{first.lowest:.3f} on, and its surplus grows. Middle: Europe, which here loses more "
        "by the rival, concedes. Right: if the rival can be joined, China and Europe alone "
        "are stable only in the middle. The two rivals are those of two games.",
        alt="Left a rising curve that crosses zero at a small strength; middle two lines that "
        "part, China's up and Europe's down; right a strip of colours: no deal, China with "
        "Europe, several, rival joined, nothing stable.",
    )


if __name__ == "__main__":
    script(run)
