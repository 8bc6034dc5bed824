"""Tables and figures of the study."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.agreements.coalitions import CONJECTURES, partition_core
from unigauge.models.agreements.treatment import (
    REGIMES,
    TwoCountries,
    Vertical,
    costinot,
    neutral_spillover,
    solve,
    standards,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from unigauge.papers import Study

__all__ = ["figures", "loss", "tables"]

KINDS = {"M": "all together", "M, R": "all together, or two", "R": "two", "N": "nobody"}


def loss(mean: float, half: float) -> float:
    """Return what the best equilibrium of mutual recognition loses, k = 1/4.

    Damage is ``mean - half`` in one country and ``mean + half`` in the other; the loss is
    against rules for each firm and market that maximise world welfare.
    """
    world = TwoCountries(damage=(max(mean - half, 0.0), mean + half))
    return solve(world, "efficient").total - solve(world, "mutual_recognition").total


def core_kind(spillover: float, bloc_cost: float, conjecture: str) -> str:
    """Return who lasts: all together (M), two of three (R), both, or nobody (N)."""
    found = partition_core(Vertical(spillover=spillover, bloc_cost=bloc_cost), conjecture)
    blocs = {len(partition) for partition in found.stable}
    kind = ", ".join(name for name, size in (("M", 1), ("R", 2)) if size in blocs)
    return kind or "N"


def tables(study: Study) -> None:
    """Add the tables."""
    import pandas as pd

    rows = [costinot(compliance_cost=k).record() for k in (0.05, 0.1, 0.2, 0.25, 0.3, 0.4)]
    study.table(
        "thresholds",
        pd.DataFrame(rows)
        .set_index("compliance_cost")
        .drop(columns=["demand_intercept", "status", "certificate"]),
        caption="Damage from which each regime imposes the standard, demand intercept 1; for "
        "mutual recognition if the other country does not, and if it does.",
    )
    cases = [
        {"damage": damage, **solve(TwoCountries(damage=damage), regime).record()}
        for damage in (0.1, 0.25, 0.5, 0.7, 1.0)
        for regime in REGIMES
    ]
    for case in cases:
        found = solve(TwoCountries(damage=case["damage"]), str(case["regime"]))
        case["countries_that_impose"] = sum(found.standards)
        case["equilibria"] = len(found.equilibria)
    study.table(
        "regimes",
        pd.DataFrame(cases).set_index(["damage", "regime"]).drop(columns="certificate"),
        caption="World welfare and standards by damage and regime, compliance cost 1/4; of "
        "several equilibria the best.",
    )
    spots = product((0.0, 0.1, 0.3, 0.5, 1.0), (0.0, 2e-4, 5e-4))
    kinds = [
        {
            "spillover": lam,
            "bloc_cost": phi,
            **{conjecture: core_kind(lam, phi, conjecture) for conjecture in CONJECTURES},
        }
        for lam, phi in spots
    ]
    study.table(
        "core",
        pd.DataFrame(kinds).set_index(["spillover", "bloc_cost"]),
        caption="Who lasts among three countries, E = 0.3: all together (M), two of three (R), "
        "by what deviators expect of those they leave.",
    )


def figures(study: Study) -> None:
    """Add the figures."""
    welfare_by_damage(study)
    strictness(study)
    core_map(study)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def welfare_by_damage(study: Study) -> None:
    """Draw world welfare under each regime, and where each begins to regulate."""
    marks = costinot()
    data = marks.plot_data()
    figure = _figure(8.2, 4.2)
    axes = figure.subplots()
    axes.plot(data["damage"], data["national_treatment"], "C0-", label="national treatment")
    axes.fill_between(
        data["damage"],
        data["mutual_recognition_worst"],
        data["mutual_recognition"],
        color="C1",
        alpha=0.3,
        lw=0,
        label="several equilibria",
    )
    axes.plot(data["damage"], data["mutual_recognition"], "C1-", label="mutual recognition")
    axes.plot(data["damage"], data["efficient"], "k--", lw=1.4, label="efficient rules")
    places = {
        "national treatment\nimposes": marks.national_treatment,
        "worth while": marks.world,
        "mutual recognition:\nif the other does": marks.mutual_recognition_if_other_strict,
        "in any case": marks.mutual_recognition_if_other_lax,
    }
    top = float(data["efficient"].max())
    axes.set_ylim(float(data["mutual_recognition_worst"].min()) - 0.02, top * 1.28)
    for (text, where), side in zip(
        places.items(), ("right", "left", "right", "left"), strict=True
    ):
        axes.axvline(where, color="0.5", lw=0.9, ls=":")
        axes.annotate(
            text,
            (where, top * 1.26),
            xytext=(-3 if side == "right" else 3, 0),
            textcoords="offset points",
            ha=side,
            va="top",
            fontsize=8,
        )
    axes.set_xlabel("damage E of an unregulated unit")
    axes.set_ylabel("world welfare")
    axes.legend(frameon=False, loc="lower left")
    axes.spines[["top", "right"]].set_visible(False)
    study.figure(
        "welfare_by_damage",
        figure,
        data=data,
        caption="World welfare by damage, compliance cost 1/4, linear demand. National "
        "treatment imposes the standard too early, since foreign profit bears part of its "
        "cost; mutual recognition too late, since half of what it prevents is abroad. "
        "Efficient rules might differ from firm to firm and market to market; with countries "
        "alike they bind all goods or none.",
        alt="Lines of world welfare over damage: all fall together at first; national "
        "treatment drops to a constant early, mutual recognition goes on falling far below "
        "it and jumps up late, with a band of two equilibria before.",
    )


def strictness(study: Study) -> None:
    """Draw standards alone, in a bloc of two and together by spillover."""
    import pandas as pd

    rows = []
    for spillover in np.linspace(0, 1, 41 if study.fast else 101):
        found = standards(Vertical(spillover=float(spillover)))
        names = ("alone", "two", "together")
        rows.append(
            {
                "spillover": spillover,
                **dict(zip(names, found.by_size.tolist(), strict=True)),
            }
        )
    data = pd.DataFrame(rows)
    figure = _figure(6.8, 4.0)
    axes = figure.subplots()
    for name, style in (("alone", "C0-"), ("two", "C2-."), ("together", "C1--")):
        axes.plot(data["spillover"], data[name], style, label=name)
    lam = neutral_spillover(3)
    axes.axvline(lam, color="0.4", lw=1, ls=":")
    axes.annotate(
        f"2/(n² + 2) = {lam:.3f}",
        (lam, 0.62),
        xytext=(5, 0),
        textcoords="offset points",
        fontsize=9,
    )
    axes.text(0.005, 0.46, "too strict\nalone", fontsize=9)
    axes.text(0.6, 0.5, "too lax alone", fontsize=9)
    axes.set_xlabel("spillover of damage to each other country")
    axes.set_ylabel("standard")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 0.92))
    axes.spines[["top", "right"]].set_visible(False)
    study.figure(
        "strictness",
        figure,
        data=data,
        caption="How strict the standard is that one, two or all of three countries set, by "
        "how far damage spreads; linear demand, E = 0.3. Alone a country is too strict where "
        "damage is local and too lax where it spreads; the switch does not depend on damage "
        "or cost.",
        alt="A flat line for a country alone and two rising lines for two and for three "
        "together; all cross at a spillover of 0.182.",
    )


def core_map(study: Study) -> None:
    """Draw who lasts over spillover and the cost of blocs."""
    import pandas as pd
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    points = 11 if study.fast else 21
    lams, phis = np.linspace(0, 1, points), np.linspace(0, 8e-4, points)
    rows = [
        {
            "conjecture": conjecture,
            "spillover": lam,
            "bloc_cost": phi,
            "core": core_kind(float(lam), float(phi), conjecture),
        }
        for conjecture in CONJECTURES
        for phi in phis
        for lam in lams
    ]
    data = pd.DataFrame(rows)
    colours = ["#3b76af", "#9fc3e0", "#f0a35e", "0.85"]
    figure = _figure(9.0, 3.9)
    titles = {"delta": "those left stay together", "gamma": "those left break up"}
    panels = figure.subplots(1, 2, sharey=True)
    for axes, conjecture in zip(panels, CONJECTURES, strict=True):
        kinds = data.loc[data["conjecture"] == conjecture, "core"]
        number = kinds.map({kind: k for k, kind in enumerate(KINDS)}).to_numpy(dtype=int)
        axes.pcolormesh(
            lams,
            1e4 * phis,
            number.reshape(points, points),
            shading="nearest",
            cmap=ListedColormap(colours),
            vmin=-0.5,
            vmax=3.5,
            rasterized=True,
        )
        axes.set_title(f"{conjecture}: {titles[conjecture]}", fontsize=10)
        axes.set_xlabel("spillover")
    panels[0].set_ylabel("cost of a further bloc, 1/10,000")
    seen = [kind for kind in KINDS if (data["core"] == kind).any()]
    panels[1].legend(
        handles=[
            Patch(color=colours[list(KINDS).index(kind)], label=f"{kind}: {KINDS[kind]}")
            for kind in seen
        ],
        loc="center left",
        bbox_to_anchor=(1, 0.5),
        frameon=False,
        title="who lasts",
    )
    study.figure(
        "core_map",
        figure,
        data=data,
        caption="Who lasts among three countries, by spillover and the cost of a further "
        "bloc; linear demand, E = 0.3. If those whom deviators leave stay together, all "
        "three last in a wedge around the spillover of 2/11, where a country alone wants "
        "what is best for all, and under purely local damage only if blocs are costly; if "
        "they break up, all three always last, though outside the wedge two may as well.",
        alt="Two maps. Left: all together in a wedge that starts at a spillover near 0.18 and "
        "widens as blocs cost more, two of three elsewhere. Right: all together everywhere, "
        "jointly with two of three outside the wedge.",
    )
