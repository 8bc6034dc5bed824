"""What the two-way system says of two series: claims, tables and a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation import TwoWayFit
from unigauge.papers import Study
from unigauge.papers.both_ways import structure_tables as tables
from unigauge.papers.both_ways.jackknifed_counts import (
    JackknifedCounts,
)
from unigauge.papers.both_ways.regressions import NOMINAL
from unigauge.papers.both_ways.structure import (
    CHECK,
    HEADLINE,
    HORIZON,
)
from unigauge.papers.both_ways.structure_system import System

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BEYOND_DOUBT", "claims", "show", "told"]

AGREES = 2.0
"""Standard errors within which a projection and a system agree."""
BEYOND_DOUBT = 0.01
"""p-value of which neither draws nor starts decide."""
SAME = 0.5
"""Part of a standard error by which seeds may move an estimate, or an error itself."""


# ---------------------------------------------------------------------------
# Claims


def claims(study: Study, system: System) -> None:
    """Say what the data reject of the system, and what they cannot tell."""
    _identified(study, system)
    _order(study, system)
    _interplay(study, system)
    _stable_over_seeds(study, system)
    _beside(study, system)


def _identified(study: Study, system: System) -> None:
    """Ask whether a stationary system exists, and whether it adjusts."""
    series, best = system.names[0], system.best
    drawn = [f for key, f in system.fits.items() if key[:2] == (system.main, HEADLINE)]
    found = [fit for fit in drawn if isinstance(fit, TwoWayFit)]
    if found:
        low, high = best.tests.conf_low, best.tests.conf_high
        note = (
            f"{best.n_entities} units; spectral radius {best.radius:.3f}.  The part of the "
            f"gap that closes in a year is {best.estimates[0]:.3f} for {series}, from "
            f"{low[0]:.3f} to {high[0]:.3f} with 95 % confidence, and "
            f"{best.estimates[1]:.3f} for {system.names[1]}, from {low[1]:.3f} to "
            f"{high[1]:.3f}."
        )
    else:
        why = str(drawn[0]).partition("Difference")[0].strip()
        note = f"{why[0].upper()}{why[1:]}"
    study.claim(
        "structure_stationary",
        holds=len(found) == len(drawn),
        value=len(found),
        note=note,
    )
    lags = system.own_lags
    allowed = [f"{lag:g}" for lag, p in lags["p"].items() if p > NOMINAL]
    p_value = float(lags["p"].iloc[-1])
    study.claim(
        "structure_adjusts",
        holds=p_value <= NOMINAL,
        value=p_value,
        note=f"Of the values tried, own lags of {series} that are not rejected: "
        f"{', '.join(allowed) or 'none'}; p of {_p_of_lags(lags, (0.7, 0.8, 0.85, 0.9))}.  A "
        "value is rejected if panels that start in the steady state do so, and panels that "
        "start where the data do.  Where the own lag may be one, nothing need ever be "
        "adjusted: responses, which divide by the speed, and the loop are then not told, "
        "whatever their intervals say.",
    )
    radii = {name: fit.radius for name, fit in system.answers().items()}
    sizes = ", ".join(f"{name} {size:.3f}" for name, size in radii.items())
    study.claim(
        "structure_confirmed",
        holds=max(radii.values()) < 1,
        value=max(radii.values()),
        note=f"{sizes[0].upper()}{sizes[1:]}.  By fixed effects, whose bias is downward, "
        f"{_radius(system.fit('fe'))}.",
    )


def _p_of_lags(own_lags: pd.DataFrame, lags: Sequence[float]) -> str:
    """Write the p-values of some own lags out."""
    return ", ".join(
        f"{lag:g}: {own_lags['p'][lag]:.3f}" for lag in lags if lag in own_lags.index
    )


def _radius(fit: TwoWayFit | str) -> str:
    return f"{fit.radius:.3f}" if isinstance(fit, TwoWayFit) else "there is none"


def _order(study: Study, system: System) -> None:
    """Ask whether last period's stocks are all that counts."""
    test = system.order[system.main]
    others = "; ".join(
        f"{sample} {other.p_value:.3f}"
        for sample, other in system.order.items()
        if sample != system.main
    )
    study.claim(
        "structure_order",
        holds=test.p_value <= BEYOND_DOUBT,
        value=test.p_value,
        note=f"chi2({test.fit.df}) = {test.fit.statistic:.1f}, of which the chi-squared "
        f"distribution makes p = {test.fit.p_value:.2g}: not to be used, as at 5 % it rejects "
        f"{test.size:.2f} of panels like these in which a second lag adds nothing.  In other "
        f"samples p is: {others}.",
    )


def _interplay(study: Study, system: System) -> None:
    """Ask whether each moves the other, and whether that would die out."""
    both = system.loop_p_values()
    first = min(both, key=lambda name: max(both[name]))
    k, s = system.names
    low, high = system.best.loop_interval
    study.claim(
        "structure_loop",
        holds=max(both[first]) <= NOMINAL,
        value=max(both[first]),
        note=f"A loop needs both; p of {s} to {k} and of {k} to {s}: {told(both)}.  The loop itself, "
        f"by {_method(system.best)}, is {system.best.loop:.3f}, from {low:.2f} to "
        f"{high:.2f}.",
    )
    determinant, error = _distance_to_one(system.best)
    p_value = math.erfc(determinant / error / math.sqrt(2)) / 2
    study.claim(
        "structure_dies_out",
        holds=p_value <= NOMINAL,
        value=p_value,
        note=f"det(I - A) = l l (1 - L) is {determinant:.4f} with a standard error of "
        f"{error:.4f}, by {_method(system.best)}.  This is stability near one steady state "
        "and says nothing of a second one.",
    )


def _method(fit: TwoWayFit) -> str:
    return tables.WORDS[fit.method]


def told(p_values: Mapping[str, tuple[float, float]]) -> str:
    """Write p of both cross entries out, by method."""
    return "; ".join(f"{name} {p[0]:.3f} and {p[1]:.3f}" for name, p in p_values.items())


def _distance_to_one(fit: TwoWayFit) -> tuple[float, float]:
    """Return det(I - A), positive if and only if the loop of two speeds is below one."""
    (a11, a12), (a21, a22) = fit.own
    slopes = np.array([a22 - 1, -a21, -a12, a11 - 1])
    error = float(np.sqrt(slopes @ fit.own_covariance @ slopes))
    return float((1 - a11) * (1 - a22) - a12 * a21), error


def _stable_over_seeds(study: Study, system: System) -> None:
    """Ask whether other seeds would have said something else."""
    frame = tables.seeds_table(system.fits).reset_index()
    headline, check = (
        frame[frame["method"] == tables.WORDS[method]].set_index("parameter")
        for method in (HEADLINE, CHECK)
    )
    if "lowest" in headline and headline["lowest"].notna().any():
        spread = (headline["highest"] - headline["lowest"]) / headline["smallest error"]
        moved = float(spread.max())
        note = f"The most, {moved:.2f} standard errors, for {spread.idxmax()}."
    else:
        moved, note = 0.0, "There is none with any of them."
    answers = {
        isinstance(f, str)
        for key, f in system.fits.items()
        if key[1] == HEADLINE and key[0] == system.main
    }
    study.claim(
        "structure_seeds",
        holds=moved <= SAME and len(answers) == 1,
        value=moved,
        note=note,
    )
    ratio = check["largest error"] / check["smallest error"] - 1
    study.claim(
        "structure_seeds_jackknife",
        holds=float(ratio.max()) <= SAME,
        value=float(ratio.max()),
        note=f"For {ratio.idxmax()}.  Draws in which a speed is near zero decide: a response "
        "that divides by it has no variance.  The cross entries of A have: theirs differ by "
        f"{ratio.filter(like='entry of A').max():.2f} at most.",
    )


def _beside(study: Study, system: System) -> None:
    """Hold projections, counts and bends beside the system."""
    method = next(name for name in (HEADLINE, CHECK) if name in system.horizons[0].systems)
    gaps = {
        row.direction: abs(row.jackknife - row.systems[method][0]) / row.systems[method][1]
        for row in system.horizons
        if row.horizon == HORIZON
    }
    farthest = max(gaps, key=lambda name: gaps[name])
    study.claim(
        "structure_horizons",
        holds=gaps[farthest] <= AGREES,
        value=gaps[farthest],
        note=f"From {farthest}; the system is that of {tables.WORDS[method]}.  Later "
        "horizons are not looked at: fixed effects bias them beyond use in twenty years.",
    )
    study.claim("structure_counts", **_smallest(system.counts[system.main]))
    p_values = {name: bend.regression.wild_p for name, bend in system.bends.items()}
    first = min(p_values, key=lambda name: p_values[name])
    study.claim(
        "structure_bends",
        holds=len(p_values) * p_values[first] <= NOMINAL,
        value=len(p_values) * p_values[first],
        note=f"The smaller p is {p_values[first]:.2f}, from {first}.  Without a bend that is "
        "told from none the data are silent on several steady states: these are a matter of "
        "the whole course of the responses, not of their slope where the data are.",
    )


def _smallest(counts: Mapping[str, JackknifedCounts]) -> dict[str, Any]:
    """Return the arguments of a claim that some count responds."""
    words = "; ".join(
        f"{name} {found.estimates[found.direction.lag]:.4f} "
        f"({found.std_errors[found.direction.lag]:.4f}), p = {found.p_value:.3f}, own lag "
        f"{found.estimates[found.direction.own]:.2f}"
        for name, found in counts.items()
    )
    smallest = len(counts) * min(found.p_value for found in counts.values())
    return {
        "holds": smallest <= NOMINAL,
        "value": smallest,
        "note": f"{words[0].upper()}{words[1:]}.",
    }


# ---------------------------------------------------------------------------
# Tables and the picture


def show(study: Study, system: System) -> None:
    """Show the estimates, what seeds do to them, and what stands beside them."""
    import pandas as pd

    k, s = system.names
    structure = tables.structure_table(system.fits)
    study.table(
        "structure",
        structure,
        caption=f"The two-way system of {k} and {s}, effects of unit and year.  l: part of "
        "the gap that closes in a year; b: what a unit of the one adds to what is wanted of "
        "the other; loop: the product of both b; A: effects within a year, zero where b is; "
        "radius: below 1 if shocks die out.  Fixed effects are for comparison only, and "
        "where l may be zero intervals of b and loop mean nothing.",
    )
    study.table(
        "structure_seeds",
        tables.seeds_table(system.fits),
        caption="The same with other seeds of simulation and bootstrap, main sample: range of "
        "estimates and of standard errors.",
    )
    study.table(
        "structure_order",
        tables.order_table(system.order),
        caption="Whether one lag is enough, as the system supposes: minimum distance of a GMM "
        "estimate with two lags from systems without the second.  p: share of panels with as "
        "large a statistic in which one lag is enough, shocks as unequal and as common to "
        "units as they are; size: share of these that the chi-squared test rejects at 5 %.",
    )
    study.table(
        "structure_own_lags",
        system.own_lags,
        caption=f"Which own lags of {k} the data allow: what fixed effects give on average in "
        "panels with such an own lag, shocks as unequal and as common to units as they are, "
        "and what they give in the data.  Panels start in the steady state, or where the data do; p is the "
        "larger of the two.",
    )
    found = {name: frame for name, frame in system.no_effects.items() if len(frame)}
    if found:
        study.table(
            "structure_effects",
            pd.concat(found, names=["sample"]),
            caption="Whether an effect within a year may be zero: the same for the cross entries "
            "of A, where a stable system without the effect is found.",
        )
    study.table(
        "structure_horizons",
        tables.horizons_table(system.horizons),
        caption="Responses one and two years on: local projections (own past held fixed), "
        "the same jackknifed, and what the system's A to that power says.",
    )
    study.table(
        "structure_counts",
        tables.counts_table(system.counts),
        caption="Counts by Poisson with effects of unit and year, as they are and with their "
        "bias jackknifed; errors clustered by unit, those of the jackknife from the units' "
        "influence on whole and halves, which is rather too small with few units.",
    )
    study.table(
        "structure_bends",
        tables.bends_table(system.bends),
        caption="What the square of the cause, around its mean, adds to the main regression.",
    )
    data = structure.loc[system.main].reset_index()
    study.figure(
        "structure",
        tables.draw_structure(data),
        data=data,
        caption=f"The two-way system of {k} and {s} by method, {system.main}.  Speeds l lie "
        "between 0 and 1; a loop of 1, or a radius of 1, is where shocks no longer die out.  "
        "Fixed effects (hollow) are biased and drawn for comparison.",
        alt="Eight small panels, one a parameter, with a row for each of four methods: speeds "
        "near zero for the first series, responses with wide intervals over zero, cross "
        "entries of A around zero, and spectral radii on either side of one.",
    )
