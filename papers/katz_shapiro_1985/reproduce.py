"""Check the claims of Katz and Shapiro (1985)."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.adoption.compatibility import (
    Incentives,
    Market,
    equilibria,
    incentives,
    solve,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.results import axes_or_new
from unigauge.sweeps import sweep

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

EXACT = 1e-9
SEVERAL = Market(network_benefit=2.0, saturation=0.6)
BENEFITS = (0.2, 0.4, 0.6)


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    firms_alike(study)
    random_markets(study)
    large_firms(study)
    strong_effects(study)
    tables_and_figures(study)
    return study.reproduction()


# ---------------------------------------------------------------------------
# Firms alike, and markets at random


def firms_alike(study: Study) -> None:
    """Check outputs and private gains of firms that are alike."""
    off, gains, saturated = [], [], []
    for number, share, size in itertools.product((2, 3, 6), (0.1, 0.5, 0.9), (1.0, 4.0)):
        b = share * (number + 1) / number * 0.9
        market = Market(size=size, network_benefit=b, firms=number)
        for regime, slope in (("incompatible", b), ("compatible", number * b)):
            output = solve(market, regime).output
            off.append(float(np.abs(output - size / (number + 1 - slope)).max()))
        gains.append(float(incentives(market).private_gain.min()))
        full = Market(
            size=size, network_benefit=b, firms=number, saturation=size / (number + 2)
        )
        saturated.append(float(incentives(full).private_gain.max()))
    study.claim("outputs_closed_form", holds=max(off) < EXACT, value=max(off))
    study.claim("all_gain", holds=min(gains) > 0, value=min(gains))
    most = max(saturated)
    study.claim("all_gain_saturated", holds=most > EXACT, value=most)


def random_markets(study: Study) -> None:
    """Check output and incentives over random markets."""
    rng = np.random.default_rng(study.seed)
    found = [incentives(drawn(rng)) for _ in range(150 if study.fast else 1000)]
    least = min(g.after.total_output - g.before.total_output for g in found)
    study.claim("output", holds=least > -EXACT, value=least)
    least = min(g.social_gain - g.industry_gain for g in found)
    study.claim("too_little", holds=least > -EXACT, value=least)
    most = max(float(g.private_gain.max()) - g.social_gain for g in found)
    study.claim(
        "too_much",
        holds=most < EXACT,
        value=most,
        note="A small firm gains at the expense of a large one.",
    )


def drawn(rng: np.random.Generator) -> Market:
    """Draw a market with weak network effects, half of them with saturation."""
    number = int(rng.integers(2, 5))
    return Market(
        network_benefit=float(rng.uniform(0.05, 1 / number)),
        firms=number,
        installed_base=tuple(rng.uniform(0, 2, number).tolist()),
        saturation=float(rng.choice([np.inf, rng.uniform(0.2, 3)])),
    )


# ---------------------------------------------------------------------------
# Large firms, strong effects


def large_firms(study: Study) -> None:
    """Check who blocks compatibility."""
    cases = [
        with_base(base, b) for base, b in itertools.product((0.5, 1.0, 2.0, 4.0), BENEFITS)
    ]
    most = max(float(g.private_gain[0]) for g in cases)
    others = min(min(float(g.private_gain[1]), g.social_gain) for g in cases)
    study.claim("large_blocks", holds=most < 0 < others, value=most)
    most = max(float(with_base(0.1, b).private_gain[0]) for b in BENEFITS)
    study.claim("large_blocks_small_lead", holds=most < 0, value=most)
    study.claim("flip", value=turning_base(0.5))


def with_base(base: float, benefit: float = 0.5) -> Incentives:
    """Return the incentives of two firms, the first with an installed base."""
    return incentives(Market(network_benefit=benefit, installed_base=(base, 0.0)))


def turning_base(benefit: float) -> float:
    """Return the installed base at which the larger firm turns against compatibility."""
    from scipy.optimize import brentq

    def gain(base: float) -> float:
        return float(with_base(base, benefit).private_gain[0])

    return float(brentq(gain, 0.0, 1.0))


def strong_effects(study: Study) -> None:
    """Check how many equilibria there are, monopoly, and expectations."""
    weak: list[int] = []
    strong: list[int] = []
    spare: list[float] = []
    for number, b in itertools.product((2, 3, 5), (0.3, 0.9, 1.1, 1.5, 1.9)):
        found = equilibria(Market(network_benefit=b, firms=number))
        (weak if b < 1 else strong).append(len(found))
        if b > 1:
            alone = [o for o in found if (o.output > 0).sum() == 1]
            spare.append(alone[0].total_output - 1 if len(alone) == 1 else -1.0)
    study.claim("unique", holds=max(weak) == 1, value=max(weak))
    study.claim("unique_strong", holds=max(strong) == 1, value=max(strong))
    study.claim("monopoly", holds=min(spare) > 0, value=min(spare))
    gains = [
        float(incentives(SEVERAL, before=o).private_gain[0]) for o in equilibria(SEVERAL)
    ]
    differs = min(gains) < 0 and len(gains) > 1 and max(gains) > -EXACT
    study.claim("expectations", holds=differs, value=max(gains) - min(gains))


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the tables and the two figures."""
    import pandas as pd

    rows = {
        (base, b): with_base(base, b).record()
        for base, b in itertools.product((0.0, 0.1, 0.5, 1.0, 2.0), BENEFITS)
    }
    frame = pd.DataFrame(rows).T.rename_axis(["installed_base", "network_benefit"])
    study.table(
        "incentives",
        frame,
        caption="Gains from compatibility, two firms, A = 1, the first with an installed base.",
    )
    several = []
    for outcome in equilibria(SEVERAL):
        gain = incentives(SEVERAL, before=outcome)
        sold = {f"output_{k}": x for k, x in enumerate(outcome.output.tolist(), start=1)}
        several.append({**gain.record(), "status": outcome.status, **sold})
    study.table(
        "several_equilibria",
        pd.DataFrame(several),
        caption="One market, b = 2 and saturation 0.6: its equilibria without compatibility, "
        "and what compatibility is worth starting from each.",
    )
    data = by_size(41 if study.fast else 161)
    study.figure(
        "incentives_by_size",
        draw_by_size(data, turning_base(0.5)),
        data=data,
        caption="What compatibility is worth to two firms as the first one's installed base "
        "grows, A = 1, b = 0.5. The larger firm turns against it at the dotted line; the "
        "smaller firm and society want it all the more. The bend is where the smaller firm "
        "is driven out unless it is compatible.",
        alt="Lines over the installed base: society and the smaller firm rise; the larger "
        "firm falls through zero near 0.28.",
    )
    data = by_number(12)
    study.figure(
        "incentives_by_number",
        draw_by_number(data),
        data=data,
        caption="All firms' and society's gain from compatibility by number of firms alike, "
        "A = 1. Network effects are a fixed share of the strongest that an equilibrium "
        "allows, b = 0.3 (n + 1)/n. With many firms buyers reap nearly all of it.",
        alt="Two lines over the number of firms: society's gain rises, the industry's peaks "
        "at three firms and falls.",
    )


def by_size(points: int) -> pd.DataFrame:
    """Return gains over the first firm's installed base."""
    frame = sweep(with_base, {"base": np.linspace(0, 1.5, points).tolist()})
    names = ["private_gain_1", "private_gain_2", "industry_gain", "social_gain"]
    return frame[["base", *names]]


def draw_by_size(data: pd.DataFrame, turns: float) -> Axes:
    """Draw the gains and the base at which the larger firm turns."""
    axes = axes_or_new(None, size=(7.6, 4.0))
    lines = {
        "social_gain": ("society", "k--"),
        "private_gain_2": ("smaller firm", "C1-"),
        "industry_gain": ("both firms", "C2-"),
        "private_gain_1": ("larger firm", "C0-"),
    }
    for column, (label, style) in lines.items():
        axes.plot(data["base"], data[column], style, label=label)
    axes.axhline(0, color="0.6", lw=0.8, zorder=0)
    axes.axvline(turns, color="0.4", lw=1, ls=":")
    axes.annotate(
        f"blocks from {turns:.3f} on",
        (turns, float(data["social_gain"].max())),
        xytext=(5, 0),
        textcoords="offset points",
        va="top",
    )
    axes.set_xlabel("installed base of the larger firm")
    axes.set_ylabel("gain from compatibility")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return axes


def by_number(most: int) -> pd.DataFrame:
    """Return the industry's and society's gains by number of firms."""

    def gain(firms: int) -> dict[str, float]:
        market = Market(network_benefit=0.3 * (firms + 1) / firms, firms=firms)
        found = incentives(market)
        return {"industry_gain": found.industry_gain, "social_gain": found.social_gain}

    return sweep(gain, {"firms": range(1, most + 1)}).drop(columns="error")


def draw_by_number(data: pd.DataFrame) -> Axes:
    """Draw the two gains."""
    axes = axes_or_new(None, size=(6.0, 3.6))
    axes.plot(data["firms"], data["social_gain"], "k--o", ms=4, label="society")
    axes.plot(data["firms"], data["industry_gain"], "C2-o", ms=4, label="all firms")
    axes.set_xlabel("number of firms")
    axes.set_ylabel("gain from compatibility")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


if __name__ == "__main__":
    script(run)
