"""Check the claims on the revision cycle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.dynamics.revision import (
    Weibull,
    age_replacement,
    competing_risks,
    cycle,
    renewals,
    survival,
    weibull_fit,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

REVISED, WITHDRAWN = Weibull(shape=1.6, scale=30.0), Weibull(shape=1.2, scale=60.0)
FORCED = 5.0
"""What a forced revision costs, in planned ones."""


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    facts = study.load("stylised_facts")["value"]
    life = Weibull(
        shape=facts[("edition_weibull_shape", "all")],
        scale=facts[("edition_weibull_scale", "all")],
    )
    hazards = facts["edition_hazard"]
    when_to_revise(study)
    when_it_may_fail(study, life)
    how_long_editions_live(study, life, hazards)
    revised_or_withdrawn(study)
    tables_and_figures(study, life, hazards)
    return study.reproduction()


# ---------------------------------------------------------------------------
# When to revise


def when_to_revise(study: Study) -> None:
    """Check the cycle where losses grow with age."""
    from scipy.optimize import minimize_scalar

    rng = np.random.default_rng(study.seed)
    off, changes, rises = [], [], []
    for _ in range(30):
        c, loss, eta = rng.uniform(0.5, 5), rng.uniform(0.01, 0.2), rng.uniform(0.4, 3)
        answer = cycle(c, loss, eta)
        found = minimize_scalar(
            lambda t, c=c, loss=loss, eta=eta: (c + loss * t ** (eta + 1) / (eta + 1)) / t,
            bounds=(0.05 * answer.interval, 10 * answer.interval),
            method="bounded",
            options={"xatol": 1e-9},
        )
        off.append(abs(found.x / answer.interval - 1))
        for other in (cycle(c, 1.2 * loss, eta), cycle(0.8 * c, loss, eta)):
            changes.append(other.interval / answer.interval - 1)
        patient, hasty = (cycle(c, loss, eta, discount_rate=r) for r in (0.03, 0.08))
        rises += [
            patient.interval / answer.interval - 1,
            hasty.interval / patient.interval - 1,
        ]
    study.claim("interval", holds=max(off) < 1e-5, value=max(off))
    study.claim("faster_learning", holds=max(changes) < 0, value=max(changes))
    study.claim("impatience", holds=min(rises) > 0, value=min(rises))


def when_it_may_fail(study: Study, life: Weibull) -> None:
    """Check age replacement and the renewal theorem."""
    answer = age_replacement(1, FORCED, life.shape, life.scale)
    study.claim("planned_age", value=answer.age)
    rng = np.random.default_rng(study.seed + 1)
    savings = []
    for _ in range(30):
        law = Weibull(shape=rng.uniform(1.2, 4), scale=rng.uniform(5, 40))
        forced = rng.uniform(1.5, 20)
        best = age_replacement(1, forced, law.shape, law.scale)
        ages = law.scale * np.geomspace(0.02, 3, 200)
        alive = law.survival(ages)
        rates = (alive + forced * (1 - alive)) / law.mean_until(ages)
        savings.append(1 - float(rates.min()) / best.rate)
    most = max(savings)
    study.claim("planned_age_is_best", holds=most < 1e-9, value=most)
    planned = [
        np.isfinite(age_replacement(1, forced, shape, 20).age)
        for shape in (0.5, 0.8, 1.0)
        for forced in (2, 10, 50)
    ]
    share = float(np.mean(planned))
    study.claim("planning_pays", holds=share == 1, value=share)
    late = 20 * life.scale
    number = renewals(life.shape, life.scale, [late, 2 * late], steps=400).number
    study.claim("mean_life", value=late / (number[1] - number[0]))


# ---------------------------------------------------------------------------
# How long editions live


def how_long_editions_live(study: Study, life: Weibull, hazards: pd.Series) -> None:
    """Compare hazards by age with the Weibull law."""
    alive = survival(hazards)
    study.claim("alive_at_5", value=alive[5])
    study.claim("alive_at_10", value=alive[10])
    study.claim("weibull_median", value=life.median)
    study.claim("weibull_at_5", value=float(life.survival(5)))
    counted = hazards["07"] / hazards["04"]
    smooth = yearly(life, 7) / yearly(life, 4)
    ratio = counted / smooth
    study.claim("review_step", holds=ratio > 1, value=ratio)


def yearly(life: Weibull, age: float) -> float:
    """Return the share that ends within a year of an age, of those that reach it."""
    return float(1 - life.survival(age + 1) / life.survival(age))


# ---------------------------------------------------------------------------
# Revised or withdrawn


def revised_or_withdrawn(study: Study) -> None:
    """Check what withdrawals do to estimates."""
    rng = np.random.default_rng(study.seed + 2)
    editions, draws = 2000, 40 if study.fast else 200
    fits = []
    for _ in range(draws):
        revised = REVISED.scale * rng.weibull(REVISED.shape, editions)
        withdrawn = WITHDRAWN.scale * rng.weibull(WITHDRAWN.shape, editions)
        fit = weibull_fit(np.minimum(revised, withdrawn), revised < withdrawn)
        fits.append((fit.shape, fit.scale))
    mean, spread = np.mean(fits, axis=0), np.std(fits, axis=0, ddof=1)
    apart = np.abs(mean - (REVISED.shape, REVISED.scale)) / (spread / np.sqrt(draws))
    study.claim(
        "recovery",
        holds=apart.max() < 4,
        value=apart.max(),
        note=f"Mean of {draws} fits: shape {mean[0]:.3f}, scale {mean[1]:.2f}.",
    )
    both = competing_risks([REVISED, WITHDRAWN], 40)
    study.claim("as_if_alone", value=both.alone[0, 0])
    study.claim("revised", value=both.incidence[0, 0])
    excess = []
    for _ in range(30):
        laws = [Weibull(shape=rng.uniform(0.6, 3), scale=rng.uniform(10, 60)) for _ in "ab"]
        answer = competing_risks(laws, 20)
        excess.append(float((answer.alone - answer.incidence).min()))
    study.claim("overstates", holds=min(excess) > 0, value=min(excess))
    alone = competing_risks([REVISED], 20)
    gap = float(alone.alone[0, 0] - alone.incidence[0, 0])
    study.claim("overstates_alone", holds=gap > 1e-9, value=gap)


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study, life: Weibull, hazards: pd.Series) -> None:
    """Add the tables and the three figures."""
    import pandas as pd

    ages = np.arange(len(hazards) + 1)
    alive = pd.DataFrame(
        {
            "age": ages,
            "counted_hazards": survival(hazards),
            "weibull": life.survival(ages),
        }
    )
    study.table(
        "survival",
        alive.set_index("age"),
        caption="Share of editions alive by age, from the counted hazards and from the "
        "Weibull law fitted to the same lives.",
    )
    rows = []
    for forced in (1.5, 2, 3, 5, 10, 20):
        answer = age_replacement(1, forced, life.shape, life.scale)
        never = forced / life.mean
        rows.append(
            {
                "forced_cost": forced,
                "planned_age": answer.age,
                "rate": answer.rate,
                "saved": 1 - answer.rate / never,
            }
        )
    study.table(
        "planned_ages",
        pd.DataFrame(rows).set_index("forced_cost"),
        caption="Age of planned revision, cost a year in planned revisions, and what "
        "planning saves, by what a forced revision costs.",
    )
    data = pd.DataFrame(
        {
            "age": np.arange(len(hazards)),
            "counted": hazards.to_numpy(),
            "weibull": [yearly(life, age) for age in range(len(hazards))],
        }
    )
    study.figure(
        "hazards",
        draw_hazards(data),
        data=data,
        caption="Share of editions revised within a year, by age. The systematic review "
        "falls due at five years; a Weibull hazard cannot follow.",
        alt="Steps that stay below two percent up to age four and rise to five percent at "
        "seven; the Weibull curve rises evenly from one to four percent.",
    )
    both = competing_risks([REVISED, WITHDRAWN], np.linspace(0, 60, 13))
    axes = both.plot()
    axes.set_xlabel("age, years")
    axes.set_ylabel("share of editions revised")
    study.figure(
        "incidence",
        axes,
        data=both.plot_data(),
        caption="Share of editions revised by age if they may also be withdrawn, and what "
        "1 - Kaplan-Meier would show.",
        alt="Two rising curves from 0; the one as if alone reaches 0.95 at 60 years, the "
        "incidence levels off near 0.7.",
    )
    answer = age_replacement(1, FORCED, life.shape, life.scale)
    axes = answer.plot()
    axes.set_xlabel("planned age, years")
    axes.set_ylabel("cost a year, in planned revisions")
    study.figure(
        "cost_of_planning",
        axes,
        data=answer.plot_data(),
        caption="Cost a year by the age at which a revision is planned; a forced one costs "
        "five times as much. The curve is flat: planning late costs little more.",
        alt="A curve that falls steeply, is lowest near 18.6 years and rises slowly after.",
    )


def draw_hazards(data: pd.DataFrame) -> Axes:
    """Draw the hazards as steps, and the Weibull law's."""
    axes = axes_or_new(None, size=(6.4, 3.8))
    edges = np.append(data["age"], data["age"].iloc[-1] + 1)
    axes.stairs(data["counted"], edges, color="C0", label="counted", fill=True, alpha=0.35)
    axes.plot(data["age"] + 0.5, data["weibull"], "C1o-", ms=3, label="Weibull")
    axes.axvline(5, color="0.4", lw=1, ls=":")
    axes.annotate(
        "review",
        (5, 0.98),
        xycoords=("data", "axes fraction"),
        xytext=(4, 0),
        textcoords="offset points",
        va="top",
        fontsize=8,
    )
    axes.set_xlabel("age of the edition, years")
    axes.set_ylabel("share revised within a year")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return axes


if __name__ == "__main__":
    script(run)
