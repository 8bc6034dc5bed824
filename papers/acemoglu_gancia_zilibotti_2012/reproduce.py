"""Check the claims of Acemoglu, Gancia and Zilibotti (2012)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from unigauge.models.dynamics.growth import (
    Economy,
    Transition,
    balanced_growth,
    closed_form_optimum,
    costly,
    licence_optimum,
    optimum,
    transition,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.acemoglu_gancia_zilibotti_2012.pictures import tables_and_figures

BEST = 0.0141
TWO_PATHS = tuple(float(cost) for cost in range(16, 25))
ONE_PATH = (25.0, 30.0, 40.0)
UNLIKE = Economy(elasticity=1.1, innovation_cost=25.0, discount_rate=0.04)
JUMPS = ((0.002, BEST), (0.005, BEST), (0.01, 0.012), (BEST, 0.03), (0.03, 0.1))


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    balanced_paths(study)
    best_rates(study)
    transitions(study)
    costly_standardisation(study)
    protection_by_rates(study)
    protection_by_fees(study)
    tables_and_figures(study)
    return study.reproduction()


def drawn(rng: np.random.Generator, elasticity: float | None = None) -> Economy:
    """Draw an economy."""
    return Economy(
        innovation_cost=rng.uniform(6, 15),
        discount_rate=rng.uniform(0.01, 0.05),
        skilled=rng.uniform(0.7, 1.5),
        unskilled=rng.uniform(0.7, 1.5),
        elasticity=rng.uniform(1.3, 5) if elasticity is None else elasticity,
    )


# ---------------------------------------------------------------------------
# A given rate of standardisation


def balanced_paths(study: Study) -> None:
    """Check that there is one path, that it is a saddle, and the inverted U."""
    rng = np.random.default_rng(study.seed)
    counts, products = [], []
    for number in range(75):
        economy = drawn(rng, (1.3, 1.5, 1.8, 2.5, 5.0)[number % 5])
        paths = balanced_growth(economy, float(rng.uniform(0.002, 0.2)))
        counts.append(len(paths))
        if number < 40:
            path = transition(economy, paths[0].rate, paths[0].share)
            products.append(path.stable * path.unstable)
    study.claim("unique", holds=set(counts) == {1}, value=max(counts))
    several = balanced_growth(UNLIKE, 0.02)
    study.claim(
        "unique_any",
        holds=len(several) == 1,
        value=len(several),
        note="Growth is "
        + ", ".join(f"{100 * path.growth:.2f} % ({path.stability})" for path in several)
        + ".",
    )
    study.claim("saddle", holds=max(products) < 0, value=max(products))
    turns = [turning_points(e, 30 if study.fast else 90) for e in (1.5, 2.0, 3.0, 5.0)]
    study.claim("inverted_u", holds=set(turns) == {1}, value=max(turns))


def turning_points(elasticity: float, points: int) -> int:
    """Return how often growth turns over the rates; -1 if it does not rise at first."""
    economy = Economy(elasticity=elasticity, discount_rate=0.01)
    rates = np.geomspace(1e-5, 1, points)
    steps = np.sign(np.diff([balanced_growth(economy, float(m))[0].growth for m in rates]))
    return int((np.diff(steps) != 0).sum()) if steps[0] > 0 else -1


def best_rates(study: Study) -> None:
    """Check the closed form, and which rates growth and welfare want."""
    rng = np.random.default_rng(study.seed + 1)
    off = [from_search(drawn(rng, 2.0)) for _ in range(10 if study.fast else 30)]
    study.claim("closed_form", holds=max(off) < 1e-9, value=max(off))
    rate, _ = closed_form_optimum(Economy())
    off_rate = abs(optimum(Economy(elasticity=3.0)).rate / rate - 1)
    study.claim("closed_form_elsewhere", holds=off_rate < 0.01, value=off_rate)
    faster, predicted = [], []
    for _ in range(8 if study.fast else 24):
        economy = drawn(rng)
        fastest, best = optimum(economy), optimum(economy, "welfare")
        labour = economy.unskilled / (economy.unskilled + economy.skilled)
        faster.append(best.rate > fastest.rate)
        predicted.append(fastest.share < labour)
    wrong = sum(f != p for f, p in zip(faster, predicted, strict=True))
    study.claim("welfare_faster", holds=wrong == 0, value=wrong)
    study.claim("welfare_always_faster", holds=all(faster), value=float(np.mean(faster)))


def from_search(economy: Economy) -> float:
    """Return how far the closed form's growth is from the best that a search finds."""
    from scipy.optimize import minimize_scalar

    _, growth = closed_form_optimum(economy)
    found = minimize_scalar(
        lambda log_rate: -balanced_growth(economy, float(np.exp(log_rate)))[0].growth,
        bounds=(np.log(1e-5), np.log(1.0)),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(abs(-found.fun / growth - 1))


def transitions(study: Study) -> None:
    """Check half-lives, the Euler equation, and jumps of the rate."""
    study.claim("half_life", value=transition(Economy(), BEST).half_life)
    paths, below = [], []
    for old, new in JUMPS:
        path, before = jump(old, new)
        paths.append(path)
        below.append(min(before, path.balanced.growth) - float(path.growth[0]))
    slower, before = jump(0.05, BEST)
    worst = max(path.certificate for path in [*paths, slower])
    study.claim("euler", holds=worst < 1e-8, value=worst)
    study.claim("jump_up", holds=min(below) > 0, value=min(below))
    change = float(slower.growth[0]) - before
    study.claim("jump_down", holds=change < 0, value=change)


def jump(old: float, new: float) -> tuple[Transition, float]:
    """Return the path after a jump of the rate, and growth before it."""
    (before,) = balanced_growth(Economy(), old)
    return transition(Economy(), new, before.share), before.growth


# ---------------------------------------------------------------------------
# Costly standardisation, and protection


def costly_standardisation(study: Study) -> None:
    """Check how many balanced paths there are, and which can be reached."""
    twice, more = (costly(Economy(standardisation_cost=cost)) for cost in (20.0, 25.0))
    study.claim(
        "two_paths", holds=(len(twice), len(more)) == (2, 1), value=twice[-1].growth
    )
    found = [costly(Economy(standardisation_cost=cost)) for cost in (*TWO_PATHS, *ONE_PATH)]
    pairs = [paths for paths in found if len(paths) == 2]
    not_saddle = sum(slow.stability != "saddle" for slow, _ in pairs)
    holds = not_saddle == 0 and len(pairs) == len(TWO_PATHS)
    study.claim("slow_is_saddle", holds=holds, value=not_saddle)
    sources = sum(paths[-1].stability == "source" for paths in found)
    study.claim(
        "fast_is_reached",
        holds=sources == 0,
        value=sources,
        note="It is a source at every cost tried: only with one activity idle for a while, "
        "which is not modelled, could an economy come to it.",
    )


def protection_by_rates(study: Study) -> None:
    """Check how the rate that growth wants moves."""

    def steps(economies: Iterable[Economy]) -> list[float]:
        return rises(optimum(economy).rate for economy in economies)

    by_cost = steps(Economy(innovation_cost=mu) for mu in (6.0, 8.0, 10.0, 12.0, 15.0))
    study.claim("rate_and_cost", holds=max(by_cost) < 0, value=max(by_cost))
    by_markup = steps(Economy(elasticity=e) for e in (2.0, 2.5, 3.0, 4.0))
    study.claim("rate_and_markup", holds=max(by_markup) < 0, value=max(by_markup))
    by_skill = steps(Economy(skilled=h) for h in (1.2, 1.0, 0.8, 0.6))
    study.claim("rate_and_skill", holds=max(by_skill) < 0, value=max(by_skill))


def protection_by_fees(study: Study) -> None:
    """Check how the licence fee that growth wants moves."""
    innovation = (8.0, 10.0, 12.0)
    by_cost, by_share, by_skill, skill_alone = [], [], [], []
    for cost in (2.0, 5.0, 10.0):
        fees = [best_fee(cost, innovation_cost=mu) for mu in innovation]
        by_cost += rises(fees)
        by_share += rises(fee / mu for fee, mu in zip(fees, innovation, strict=True))
        skill = (1.0, 0.8, 0.6)
        by_skill += rises(best_fee(cost, skilled=h, unskilled=2 - h) for h in skill)
        skill_alone += rises(best_fee(cost, skilled=h) for h in skill)
    study.claim("fee_and_cost", holds=min(by_cost) > 0, value=min(by_cost))
    study.claim("fee_share_and_cost", holds=min(by_share) > 0, value=max(by_share))
    study.claim("fee_and_skill", holds=min(by_skill) > 0, value=min(by_skill))
    alone = min(skill_alone)
    study.claim("fee_and_skill_alone", holds=alone > 0, value=alone)
    dear, cheap = (
        rises(best_fee(cost, elasticity=e) for e in (1.6, 2.0, 2.5)) for cost in (10.0, 2.0)
    )
    study.claim("fee_and_markup", holds=min(dear) > 0, value=min(dear))
    study.claim("fee_and_markup_cheap", holds=min(cheap) > 0, value=max(cheap))
    close = rises(best_fee(10.0, elasticity=e) for e in (3.0, 4.0, 5.0))
    study.claim(
        "fee_and_markup_close",
        holds=min(close) > 0,
        value=max(close),
        note="From about 2.8 on it is all that an innovation costs, and then falls.",
    )


def best_fee(cost: float, **changes: Any) -> float:
    """Return the licence fee that growth wants."""
    return licence_optimum(
        Economy(standardisation_cost=cost, **changes)
    ).economy.licence_fee


def rises(values: Iterable[float]) -> list[float]:
    """Return the steps between neighbours."""
    return [after - before for before, after in pairwise(values)]


if __name__ == "__main__":
    script(run)
