"""Check contests, votes and catching up."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.agreements.contests import (
    Contest,
    niche_entry,
    parity,
    solve,
    sponsor_auction,
    urn_mean,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.influence_in_committees.pictures import (
    advantage_data,
    catching_up_data,
    draw_advantage,
    draw_catching_up,
    draw_head_start,
    draw_niches,
    draw_power,
    head_start_data,
    power_data,
)
from unigauge.papers.influence_in_committees.votes import agendas, balance, modes, power

if TYPE_CHECKING:
    import pandas as pd

FIELDS = ("A", "B", "C", "D", "E", "F")
VALUE = (4.0, 0.6, 2.5, 3.2, 1.2, 1.8)
INCUMBENT = (2.6, 0.15, 0.7, 3.1, 0.5, 1.6)
ENTRY_COST, CAPABILITY = 0.4, 1.0


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    facts = study.load("stylised_facts")
    contests(study)
    niches(study)
    power(study)
    agendas(study)
    catching_up(study, facts)
    modes(study)
    balance(study)
    tables_and_figures(study, facts)
    return study.reproduction()


# ---------------------------------------------------------------------------
# Contests


def contests(study: Study) -> None:
    """Check efforts, head starts and caps."""
    rng = np.random.default_rng(study.seed)
    gains = []
    for _ in range(20 if study.fast else 80):
        size = int(rng.integers(2, 6))
        outcome = solve(
            Contest(
                values=rng.uniform(0.5, 3, size),
                costs=rng.uniform(0.5, 2, size),
                head_starts=rng.choice([0.0, 0.2], size),
                caps=rng.choice([math.inf, 0.1], size),
                exponent=rng.choice([0.5, 0.8, 1.0]),
            )
        )
        gains.append(outcome.certificate)
    study.claim("contest_unique", holds=max(gains) <= 1e-7, value=max(gains))

    level = float(solve(Contest(values=(1, 1))).probability[1])

    def fall(start: float) -> float:
        outcome = solve(Contest(values=(1, 1), head_starts=(start, 0)))
        return level - float(outcome.probability[1])

    falls = [fall(start) for start in np.linspace(0.05, 0.6, 12).tolist()]
    study.claim(
        "head_start_hurts",
        holds=min(falls) > 1e-12,
        value=min(falls),
        note="It holds above a quarter of the prize.",
    )
    low, high = 0.0, 0.6
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if fall(middle) <= 1e-13 else (low, middle)
    study.claim("head_start_threshold", value=high)

    free = solve(Contest(values=(1, 1), costs=(0.5, 1)))
    rises, broken = [], 0
    for share in (0.1, 0.3, 0.6, 0.9, 1.1, 1.5, 2.0):
        cap = share * float(free.effort[0])
        capped = solve(Contest(values=(1, 1), costs=(0.5, 1), caps=(cap, math.inf)))
        rises.append(float(capped.probability[1] - free.probability[1]))
        broken += (rises[-1] > 1e-9) != (share < 1)
    study.claim(
        "cap_helps",
        holds=min(rises) > 1e-12,
        value=min(rises),
        note="It holds for caps that bind.",
    )
    study.claim("cap_binds", holds=broken == 0, value=float(broken))


def niches(study: Study) -> None:
    """Check where a latecomer enters, and what sponsors pay."""
    found = niche_entry(VALUE, INCUMBENT, ENTRY_COST, capability=CAPABILITY)
    least = int(np.argmin(INCUMBENT))
    rank = int(np.flatnonzero(found.ranking == least)[0]) + 1
    study.claim(
        "least_held_niche",
        holds=rank == 1,
        value=float(rank),
        note="It holds where fields are worth the same and cost the same to enter.",
    )
    rng = np.random.default_rng(study.seed + 2)
    value, held, theta = rng.uniform(0.5, 4, 40), rng.uniform(0.1, 3, 40), 0.8
    tried = niche_entry(value, held, 0.3, capability=theta)
    off = float(np.abs(tried.net - (value * (theta / (theta + held)) ** 2 - 0.3)).max())
    study.claim("niche_rank", holds=off < 1e-9, value=off)
    offs = []
    for _ in range(50):
        base, worth = rng.uniform(0, 1, 4), rng.uniform(0.2, 1, 4)
        first = sponsor_auction(base, worth)
        paid = float(first.assistance[first.winner])
        if paid > 1e-3:
            base[first.winner] += 1e-3
            second = sponsor_auction(base, worth)
            slope = (float(second.assistance[first.winner]) - paid) / 1e-3
            offs.append(abs(slope + 1))
    study.claim("assistance_for_proximity", holds=max(offs) < 1e-9, value=max(offs))


# ---------------------------------------------------------------------------
# Catching up


def fact(facts: pd.DataFrame, name: str, item: str = "all") -> float:
    """Return one number of the stylised facts."""
    return float(facts["value"].loc[(name, item)])


def shares_and_years(
    facts: pd.DataFrame,
) -> tuple[float, float, tuple[float, float], float]:
    """Return the leaders' and the follower's share, the years named, and 3GPP's slope."""
    years = (fact(facts, "catch_up_lag", "low"), fact(facts, "catch_up_lag", "high"))
    return (
        fact(facts, "share_standards_developed"),
        fact(facts, "share_standards_china"),
        years,
        fact(facts, "rapporteurs_3gpp_cn_slope"),
    )


def urn_start(leader: float, follower: float) -> tuple[float, float, float]:
    """Return a hundred documents: the leaders', the follower's, and all others'."""
    return (100 * leader, 100 * follower, 100 * (1 - leader - follower))


def catching_up(study: Study, facts: pd.DataFrame) -> None:
    """Check what drift catching up takes, and what feedback does."""
    leader, follower, (short, long), pace = shares_and_years(facts)
    study.claim("drift_for_ten_years", value=parity(leader, follower, time=short).drift)
    study.claim("drift_for_fifteen_years", value=parity(leader, follower, time=long).drift)
    releases = parity(leader, follower, drift=pace).time
    study.claim(
        "at_the_pace_of_3gpp",
        holds=releases <= 15,
        value=releases,
        note="A slope of logits of one share is used as the drift of a ratio; with two "
        "shares that add up to one they are the same.",
    )

    def widening(k: float) -> float:
        path = urn_mean(urn_start(leader, follower), k, steps=400).path
        lead = np.log(path[[0, -1], 0] / path[[0, -1], 1])
        return float(lead[1] - lead[0])

    least = min(widening(k) for k in (0.5, 1.0, 1.5))
    study.claim(
        "advantage_cumulates",
        holds=least >= -1e-9,
        value=least,
        note="It holds for feedback that is at least proportional.",
    )
    broken = sum(
        abs(np.sign(round(widening(k), 9)) - np.sign(k - 1)) > 0
        for k in (0.2, 0.6, 0.9, 1.0, 1.1, 1.5, 2.0)
    )
    study.claim("advantage_cumulates_if", holds=broken == 0, value=float(broken))


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study, facts: pd.DataFrame) -> None:
    """Add the tables and the figures."""
    import pandas as pd

    data = head_start_data(33 if study.fast else 81)
    study.figure(
        "head_start",
        draw_head_start(data),
        data=data,
        caption="A head start of up to a quarter of the prize changes nothing: who has it "
        "works less by as much. Beyond, it stops working, and the newcomer falls behind.",
        alt="Left a line at one half that falls from a quarter on; right the incumbent's "
        "effort falls to zero at a quarter and the newcomer's only after that.",
    )
    found = niche_entry(VALUE, INCUMBENT, ENTRY_COST, capability=CAPABILITY)
    table = found.to_frame().set_index(pd.Index(FIELDS, name="field"))
    study.table("niches", table, caption="Six fields that a latecomer may enter.")
    study.figure(
        "niches",
        draw_niches(found, FIELDS),
        data=table.reset_index(),
        caption="Fields by what they are worth and how strongly they are held; in brackets "
        "the latecomer's ranking. The least held field, B, is not the best.",
        alt="Six dots; a convex line divides those worth entering, above, from the rest.",
    )
    weights = power_data(facts["value"].loc["sep_5g_families"])
    study.table(
        "power",
        weights,
        caption="Banzhaf power if seven companies voted with their declared 5G families, "
        "by quota. Nobody votes so; it shows what weights do.",
    )
    study.figure(
        "power",
        draw_power(weights),
        data=weights.reset_index(),
        caption="Shares of the weight and of the power of seven companies, if declared 5G "
        "families were votes: power is not weight, and depends on the quota.",
        alt="Seven groups of three bars; power differs from weight, most for the largest.",
    )
    leader, follower, years, pace = shares_and_years(facts)
    rows = [parity(leader, follower, time=span).record() for span in years]
    rows.append(parity(leader, follower, drift=pace).record())
    study.table(
        "catching_up",
        pd.DataFrame(rows, index=["low", "high", "3GPP"]).rename_axis("lag"),
        caption="From the stated shares to parity: the drift that the stated lags take, and "
        "the time (in releases) at the pace of Chinese rapporteurs in 3GPP.",
    )
    data = catching_up_data(leader, follower, years, pace)
    shares = pd.DataFrame(
        {
            name: facts["value"].loc[f"rapporteurs_3gpp_{key}"]
            for name, key in (("China", "cn"), ("Europe", "eu"), ("US", "us"))
        }
    )
    shares.index = shares.index.astype(int).rename("release")
    study.figure(
        "catching_up",
        draw_catching_up(data, shares, leader, follower),
        data=data,
        caption="Left: how fast a share of 2 % must gain on one of 90 % to draw level in the "
        "years that are named, and what the pace of 3GPP would give. Right: that pace, by "
        "release. Stated shares, dated; affiliations of today's rapporteurs.",
        alt="Left three falling lines on a log scale that reach one at 10, 15 and 29; right "
        "China's share of rapporteurs rises from a tenth to above two fifths, Europe's falls.",
    )
    data = advantage_data(urn_start(leader, follower), 400)
    study.figure(
        "advantage",
        draw_advantage(data),
        data=data,
        caption="Mean shares if what is added goes to those who have much already. With "
        "proportional feedback shares stay; with less the follower gains, with more it falls "
        "further behind.",
        alt="Solid lines for the leader near one, dashed ones for the follower from .02: up "
        "for k = .5, flat for 1, down for 1.5.",
    )


if __name__ == "__main__":
    script(run)
