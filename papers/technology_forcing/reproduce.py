"""Check the claims on technology forcing and on timing."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.dynamics.forcing import (
    give_up,
    mean_response,
    option,
    respond,
    timing,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NOISES = (0.0, 0.05, 0.2, 0.34)
TOO_NOISY = 0.5


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    one_firm(study)
    many_firms(study)
    dates(study)
    options(study)
    tables_and_figures(study)
    return study.reproduction()


# ---------------------------------------------------------------------------
# The bar


def one_firm(study: Study) -> None:
    """Check that R&D rises with the bar and falls at once."""
    steps, falls = [], []
    for prize, cost, share in itertools.product((0.5, 1.0, 3.0), (1.0, 4.0), (0, 0.1, 0.3)):
        firm = {"prize": prize, "effort_cost": cost}
        noise = share * math.sqrt(prize / cost)
        place = give_up(noise=noise, **firm)
        bars = np.linspace(0, place.standard - 1e-6, 12 if study.fast else 25)
        effort = [respond(float(bar), noise=noise, **firm).effort for bar in bars]
        steps.append(float(np.diff(effort).min()))
        above = respond(place.standard + 1e-6, noise=noise, **firm).effort
        falls.append(1 - above / effort[-1])
    study.claim("rises", holds=min(steps) > 0, value=min(steps))
    study.claim("drops", holds=min(falls) > 0.5, value=min(falls))
    study.claim("effort_at_073", value=respond(0.73).effort)
    study.claim("gives_up_at", value=give_up().standard)
    noise = NOISES[-1]
    bars = np.linspace(0, give_up(noise=noise).standard - 1e-6, 60)
    step = float(np.diff([respond(float(bar), noise=noise).effort for bar in bars]).min())
    study.claim("rises_noisy", holds=step > 0, value=step)
    bars = np.linspace(-1, 3, 1001 if study.fast else 2001)
    noisy = [respond(float(bar), noise=TOO_NOISY).effort for bar in bars]
    fall = float(-np.diff(noisy).min())
    study.claim("drops_noisy", holds=fall > 0.01, value=fall)


def many_firms(study: Study) -> None:
    """Check mean R&D and its plateau."""
    off, uneven, widths = [], [], []
    number = 100 if study.fast else 400
    types = (np.arange(number) + 0.5) / number
    for prize, cost in ((1.0, 8.0), (1.0, 2.0), (2.0, 1.0), (0.2, 3.0)):
        firm = {"prize": prize, "effort_cost": cost}
        for bar in (0.2, 0.6, 0.9, 1.3):
            answer = mean_response(bar, **firm)
            each = [respond(bar, capability=t, noise=0, **firm).effort for t in types]
            off.append(abs(float(np.mean(each)) - answer.effort))
        answer = mean_response(1.0, **firm)
        if answer.peak_from < 1:
            bars = np.linspace(answer.peak_from, answer.peak_to, 21)
            mean = [mean_response(bar, **firm).effort for bar in bars]
            uneven.append(float(np.ptp(mean)) / answer.peak)
            widths.append(answer.peak_to - answer.peak_from)
    study.claim(
        "aggregate",
        holds=max(off) < 5e-3,
        value=max(off),
        note=f"The average over {number} firms is itself that rough where some give up.",
    )
    study.claim("plateau", holds=max(uneven) < 1e-12, value=max(uneven))
    study.claim("point_peak", holds=max(widths) == 0, value=widths[0])


# ---------------------------------------------------------------------------
# Timing


def dates(study: Study) -> None:
    """Check the date of a standard."""
    rng = np.random.default_rng(study.seed)
    grid = np.linspace(0, 150, 15_001)
    gains, later, sooner, earliest = [], [], [], []
    for _ in range(60):
        b, i = rng.uniform(0.2, 2), rng.uniform(0.5, 3)
        pace = {
            "learning_rate": rng.uniform(0.1, 0.5),
            "discount_rate": rng.uniform(0.01, 0.06),
        }
        answer = timing(b, i, **pace)
        known = 1 - np.exp(-pace["learning_rate"] * grid)
        worth = np.exp(-pace["discount_rate"] * grid) * (b + i * known)
        gains.append((float(worth.max()) - answer.value) / (b + i))
        if answer.date > 0:
            later.append(timing(b, 1.3 * i, **pace).date - answer.date)
            sooner.append(timing(1.3 * b, i, **pace).date - answer.date)
        earliest.append(timing(b, 0.01 * i, **pace).date)
    study.claim("date", holds=max(gains) < 1e-12, value=max(gains))
    study.claim("date_information", holds=min(later) > 0, value=min(later))
    study.claim("date_coordination", holds=max(sooner) < 0, value=max(sooner))
    study.claim("always_wait", holds=min(earliest) > 0, value=min(earliest))


def options(study: Study) -> None:
    """Check what a project must be worth."""
    rates, losses = (0.03, 0.06, 0.1), (0.01, 0.03, 0.06, 0.1)
    volatilities = (0.05, 0.1, 0.2, 0.4)
    multiples = np.array(
        [[[multiple(r, delta, s) for s in volatilities] for delta in losses] for r in rates]
    )
    least = float(np.diff(multiples, axis=2).min())
    study.claim("option_uncertainty", holds=least > 0, value=least)
    most = float(np.diff(multiples, axis=1).max())
    study.claim("option_network", holds=most < 0, value=most)
    least = float(multiples.min())
    study.claim("net_value", holds=least == 1, value=least)


def multiple(discount_rate: float, waiting_cost: float, volatility: float) -> float:
    """Return how many times its cost a project must be worth."""
    return option(
        discount_rate=discount_rate, waiting_cost=waiting_cost, volatility=volatility
    ).multiple


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the tables and the three figures."""
    import pandas as pd

    rows = [give_up(noise=noise).record() for noise in (*NOISES, TOO_NOISY)]
    kept = ["noise", "status", "standard", "effort_below", "effort_above"]
    study.table(
        "give_up",
        pd.DataFrame(rows)[kept].set_index("noise"),
        caption="The bar at which a firm gives up, and R&D just below and above it, by the "
        "noise in passing. With much noise there is no jump.",
    )
    rows = [
        {
            "information_gain": i,
            "learning_rate": eta,
            "date": timing(1, i, learning_rate=eta, discount_rate=0.05).date,
        }
        for i, eta in itertools.product((0.1, 0.25, 0.5, 1.0, 2.0), (0.1, 0.3))
    ]
    study.table(
        "dates",
        pd.DataFrame(rows).pivot_table("date", "information_gain", "learning_rate"),
        caption="Best date by what is to be learnt (rows) and how fast (columns); "
        "coordination gain 1, discount rate .05.",
    )
    data = effort_by_bar(101 if study.fast else 301)
    study.figure(
        "effort_by_bar",
        draw_efforts(data),
        data=data,
        caption="R&D of one firm by the bar, for several degrees of noise. It rises, and "
        "falls at once where the firm gives up; with more noise it turns before, and with much "
        "it falls gently.",
        alt="Rising lines that break off and fall to 0, the later the less noise: near 1 "
        "without noise, near 0.73 at 0.2; at a noise of 0.5 one smooth hump.",
    )
    answer = mean_response(0.75, effort_cost=8)
    study.figure(
        "mean_effort",
        answer.plot(),
        data=answer.plot_data(),
        caption="Mean R&D of firms of all capabilities, d = .5. Between d and 1 a higher bar "
        "makes as many able firms work as weak firms give up: a plateau.",
        alt="A curve that rises to 0.125 at 0.5, is flat to 1, and falls to 0 at 1.5.",
    )
    date = timing(1, 0.5, learning_rate=0.3, discount_rate=0.05)
    study.figure(
        "present_value",
        date.plot(),
        data=date.plot_data(),
        caption="Present value of a standard by the date at which it is set.",
        alt="A hump: from 1 at date 0 up to 1.116 near 2.8, then falling slowly.",
    )


def effort_by_bar(points: int) -> pd.DataFrame:
    """Return R&D by bar and noise, with a gap at each jump."""
    import pandas as pd

    parts = []
    for noise in (*NOISES, TOO_NOISY):
        place = give_up(noise=noise)
        bars = np.linspace(-0.3, 1.6, points)
        if place.status == "ok":
            bars = np.sort(np.append(bars, place.standard + np.array([-1e-9, 0, 1e-9])))
        effort = np.array([respond(float(bar), noise=noise).effort for bar in bars])
        effort[bars == place.standard] = np.nan
        parts.append(pd.DataFrame({"noise": noise, "standard": bars, "effort": effort}))
    return pd.concat(parts, ignore_index=True)


def draw_efforts(data: pd.DataFrame) -> Axes:
    """Draw R&D by bar, one line a noise."""
    axes = axes_or_new(None, size=(6.4, 4.0))
    for number, (noise, rows) in enumerate(data.groupby("noise")):
        label = f"noise {noise:g}"
        axes.plot(rows["standard"], rows["effort"], f"C{number}", label=label)
    axes.set_xlabel("bar")
    axes.set_ylabel("R&D")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    return axes


if __name__ == "__main__":
    script(run)
