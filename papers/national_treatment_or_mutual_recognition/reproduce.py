"""Check when each regime regulates, how strictly, and which agreements last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.agreements.coalitions import partition_core
from unigauge.models.agreements.treatment import (
    TwoCountries,
    Vertical,
    costinot,
    neutral_spillover,
    solve,
    standards,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.national_treatment_or_mutual_recognition.outputs import (
    figures,
    loss,
    tables,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT = 1e-9
TOGETHER = ((0, 1, 2),)
COSTS = np.linspace(0.01, 0.49, 49)
"""Compliance costs k, with a demand intercept of 1."""
SPILLOVERS = np.linspace(0, 1, 21)


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    thresholds(study)
    better(study)
    unlike(study)
    strictness(study)
    core(study)
    tables(study)
    figures(study)
    return study.reproduction()


# ---------------------------------------------------------------------------
# A yes-or-no standard


def thresholds(study: Study) -> None:
    """Check where each regime begins to regulate."""
    found = [costinot(compliance_cost=k) for k in COSTS]
    over = [t.world - t.national_treatment for t in found]
    under = [
        min(t.mutual_recognition_if_other_lax, t.mutual_recognition_if_other_strict)
        - t.world
        for t in found
    ]
    study.claim("nt_over_regulates", holds=min(over) > 0, value=min(over))
    study.claim("mr_under_regulates", holds=min(under) > 0, value=min(under))
    study.claim(
        "nt_lax",
        holds=min(over) < 0,
        value=min(over),
        note="It is the damage at which a standard is imposed that is too low.",
    )
    off, eps = [], 1e-6
    for k, t in zip(COSTS, found, strict=True):
        for where, regime, before, after in (
            (t.national_treatment, "national_treatment", 0, 2),
            (t.mutual_recognition_if_other_strict, "mutual_recognition", 0, 2),
        ):
            sums = [_strictest(k, where + step, regime) for step in (-eps, eps)]
            off.append(sums != [before, after])
    study.claim("thresholds_agree", holds=not any(off), value=sum(off))
    middle = [
        (t.mutual_recognition_if_other_lax + t.mutual_recognition_if_other_strict) / 2
        for t in found
    ]
    statuses = [
        solve(TwoCountries(compliance_cost=k, damage=e), "mutual_recognition").status
        for k, e in zip(COSTS, middle, strict=True)
    ]
    several = sum(status == "multiple" for status in statuses)
    study.claim("mr_several", holds=several == len(COSTS), value=several)
    one = [
        len(
            solve(
                TwoCountries(compliance_cost=k, damage=e), "national_treatment"
            ).equilibria
        )
        for k, e in zip(COSTS, middle, strict=True)
    ]
    study.claim("nt_one", holds=max(one) == 1, value=max(one))


def _strictest(cost: float, damage: float, regime: str) -> int:
    """Return how many countries impose the standard in the strictest equilibrium."""
    found = solve(TwoCountries(compliance_cost=cost, damage=damage), regime)
    return max(sum(equilibrium) for equilibrium in found.equilibria)


def better(study: Study) -> None:
    """Check which regime is better, by damage."""
    wrong, ties, gains = [], 0, []
    for k in COSTS[::8]:
        t = costinot(compliance_cost=float(k))
        highest = 1.2 * t.mutual_recognition_if_other_lax
        for damage in np.linspace(0, highest, 60):
            world = TwoCountries(compliance_cost=float(k), damage=float(damage))
            gain = (
                solve(world, "national_treatment").total
                - solve(world, "mutual_recognition").total
            )
            wrong.append(max(0.0, -gain if damage >= t.world else gain))
            ties += abs(gain) < EXACT
            if damage < t.national_treatment:
                gains.append(abs(gain))
    study.claim("better_above", holds=max(wrong) < EXACT, value=max(wrong))
    study.claim(
        "better_strictly",
        holds=ties == 0,
        value=ties,
        note="Outside the two regimes' thresholds both do the same.",
    )
    study.claim("same_below", holds=max(gains) < EXACT, value=max(gains))


def unlike(study: Study) -> None:
    """Check what unlike damage does to mutual recognition."""
    apart = np.arange(0, 0.75, 0.1)
    both = _losses((0.8, 0.9, 1.0), apart)
    starts = float(both[0].max())
    least = float(np.diff(both, axis=0).min())
    study.claim(
        "unlike_both", holds=starts < EXACT and least > -EXACT, value=float(both[-1].min())
    )
    least = float(np.diff(_losses((0.4, 0.5, 0.6, 0.7), apart[:5]), axis=0).min())
    study.claim(
        "unlike_always",
        holds=least > -EXACT,
        value=least,
        note="Once damage in one country is large enough, that country regulates its firm.",
    )


def _losses(means: tuple[float, ...], apart: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what mutual recognition loses: rows by half distance, columns by mean damage."""
    return np.array([[loss(mean, float(half)) for mean in means] for half in apart])


# ---------------------------------------------------------------------------
# How strict


def strictness(study: Study) -> None:
    """Check when a country alone is too strict or too lax."""
    wrong, off = [], []
    for n in (2, 3, 5):
        lam = neutral_spillover(n)
        for damage in (0.1, 0.3):
            for spillover in SPILLOVERS:
                found = standards(Vertical(n=n, damage=damage, spillover=float(spillover)))
                if found.status != "ok":
                    continue
                gap = found.alone - found.together
                wrong.append(gap * (lam - spillover) < 0)
            at = standards(Vertical(n=n, damage=damage, spillover=lam))
            off.append(abs(at.alone - at.together))
    study.claim("local_strict_global_lax", holds=not any(wrong), value=sum(wrong))
    study.claim("neutral", holds=max(off) < EXACT, value=max(off))
    study.claim("neutral_three", value=neutral_spillover(3))
    half = standards(Vertical(spillover=0.5))
    study.claim(
        "always_too_strict",
        holds=half.reading == "too strict",
        value=half.alone,
        note=f"Together they would set {half.together:.3f}; it holds below a spillover of 2/11.",
    )
    corner = standards(Vertical(damage=2.0, compliance_cost=0.1, spillover=0.5))
    study.claim(
        "too_lax_at_a_corner",
        holds=corner.together - corner.alone > EXACT,
        value=corner.together - corner.alone,
        note=f"Status {corner.status}: both set the strictest standard there is.",
    )


def core(study: Study) -> None:
    """Check which blocs last."""

    def lasts(spillover: float, cost: float, conjecture: str = "delta") -> bool:
        world = Vertical(spillover=spillover, bloc_cost=cost)
        return TOGETHER in partition_core(world, conjecture).stable

    local, transboundary = (0.0, 0.05, 0.1, 0.2), (0.5, 0.75, 1.0)
    holds = all(lasts(s, 5e-4) for s in local)
    holds &= not any(lasts(s, 5e-4) for s in transboundary)
    study.claim("core_local", holds=holds, value=sum(lasts(s, 5e-4) for s in SPILLOVERS))
    free = sum(lasts(s, 0.0) for s in SPILLOVERS)
    study.claim(
        "core_without_bloc_cost",
        holds=free > 0,
        value=free,
        note="One country would rather leave and let the other two set a standard together.",
    )
    low, high = 1e-5, 1e-3
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if lasts(0.0, middle) else (middle, high)
    study.claim("core_bloc_cost", value=1e4 * high)
    singles = sum(lasts(s, cost, "gamma") for s in SPILLOVERS for cost in (0.0, 5e-4))
    study.claim("core_gamma", holds=singles == 2 * len(SPILLOVERS), value=singles)
    far = partition_core(Vertical(spillover=1.0), "gamma")
    study.claim(
        "core_gamma_alone",
        holds=far.stable == (TOGETHER,),
        value=len(far.stable),
        note="Blocs of two last as well where damage spreads.",
    )


if __name__ == "__main__":
    script(run)
