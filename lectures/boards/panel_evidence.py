"""Boards of the lecture on panels: empty ones, simulated ones, and the panel of fields."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.datasets import load, simulate_two_way
from unigauge.errors import IdentificationError
from unigauge.estimation import ols, two_way_fit, wild_cluster_bootstrap
from unigauge.lectures.boards.findings import (
    DRAWS,
    EFFECT,
    NOMINAL,
    TESTS,
    UNITS,
    YEARS,
    counted,
    draw_p_values,
    drawn,
    p_values,
    rates_of,
    rates_of_estimators,
    what_is_found,
)
from unigauge.lectures.classroom import Board, Choice, Slider
from unigauge.models import two_way
from unigauge.papers.dumitrescu_hurlin_2012.simulation import Outcome, World, simulate
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from unigauge.estimation import Fit, TwoWayFit

    Floats = NDArray[np.float64]

__all__ = [
    "BOARDS",
    "DRAWS",
    "EFFECT",
    "NOMINAL",
    "TESTS",
    "UNITS",
    "YEARS",
    "all_p_values",
    "coin_links",
    "counted",
    "draw_p_values",
    "empty",
    "fields",
    "knowledge_in_the_end",
    "least_squares_on_average",
    "p_values",
    "rates_of",
    "rates_of_estimators",
    "recover",
    "what_is_found",
]

# ---------------------------------------------------------------------------
# The game


def coin_links(tosses: int = 10, apart: int = 2) -> tuple[float, float]:
    """Return the share of pairs that find a link, in tosses and in sides of the score.

    A pair finds one if it agrees in all tosses but ``apart``, or in at most so many.  A
    score of nought is on the side that it came from.  All pairs of rows are counted.

    Examples
    --------
    >>> tosses, sides = coin_links()
    >>> round(tosses, 3), round(sides, 3)
    (0.109, 0.624)
    """
    rows = np.array(list(product((-1, 1), repeat=tosses)))
    score = rows.cumsum(axis=1)
    sides = np.sign(np.where(score == 0, score - rows, score))
    found = []
    for marks in (rows, sides):
        agree = (tosses + marks @ marks.T) / 2
        found.append(float(((agree <= apart) | (agree >= tosses - apart)).mean()))
    return found[0], found[1]


# ---------------------------------------------------------------------------
# Tests where the truth is known


def _test_many(units: int, periods: int, memory: float, effect: float) -> Outcome:
    world = World(units=units, periods=periods, own=memory, cause=memory, strength=effect)
    return simulate(world, 150, seed=1, pooled=True)


def _rates(outcome: Outcome) -> dict[str, float]:
    return {
        "average, long panels": outcome.z_bar,
        "average, short panels": outcome.z_bar_tilde,
        "pooled, jackknifed": outcome.half_panel,
    }


def draw_rates(outcome: Outcome) -> Axes:
    """Draw how often each test says yes."""
    ax = axes_or_new(None, size=(6.0, 3.0))
    rates = _rates(outcome)
    ax.barh(list(rates), [100 * rate for rate in rates.values()], color="C0", height=0.6)
    ax.axvline(100 * NOMINAL, color="C3", lw=1.5, ls="--")
    ax.annotate("5%", (100 * NOMINAL, -0.45), xytext=(4, 0), textcoords="offset points")
    ax.set_xlim(0, 100)
    ax.set_ylim(2.5, -0.7)
    ax.set_xlabel("% of panels in which the test says yes")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


empty = Board(
    name="empty_panels",
    title="Tests in empty panels",
    question="How often does a test at 5% find something where there is nothing?",
    controls=(
        Slider("memory", "memory of both series", 0, 0.9, 0.1, 0.7),
        Slider("units", "units", 10, 50, 10, 20),
        Slider("periods", "years", 10, 50, 5, 20),
        Slider("effect", "true effect", 0, 0.3, 0.05, 0),
    ),
    solve=_test_many,
    numbers=lambda outcome: {test: f"{rate:.0%}" for test, rate in _rates(outcome).items()},
    picture=draw_rates,
)


# ---------------------------------------------------------------------------
# Estimates where the truth is known


def least_squares_on_average(panels: int) -> Floats:
    """Return A by least squares with effects of unit and year, mean over panels."""
    fits = [
        two_way_fit(drawn(seed), "knowledge", "standards", method="fe").own
        for seed in range(panels)
    ]
    return np.asarray(np.mean(fits, axis=0))


def knowledge_in_the_end(own: Floats) -> float:
    """Return what a unit more of standards, kept, does to knowledge, year after year.

    Standards here do not react to knowledge; ``own`` is A.

    Examples
    --------
    >>> round(knowledge_in_the_end(np.array([[0.6, 0.1], [0.15, 0.7]])), 9)
    0.25
    """
    alone = two_way.TwoWay.from_reduced_form([own[0], [0.0, own[1, 1]]])
    effects = alone.impulse_response(500)[:, 0, 1]
    return float(alone.adjustment[1] * effects.sum())


METHODS: dict[str, dict[str, Any]] = {
    "least squares": {"method": "fe"},
    "moments (GMM)": {"method": "gmm"},
    "indirect inference": {"method": "indirect_inference", "simulations": 10},
}


@dataclass(frozen=True, slots=True)
class Recovery:
    """What estimators make of one panel whose truth is known; None if they cannot tell."""

    truth: dict[str, float]
    fits: dict[str, TwoWayFit | None]


def _recover(response: float, units: int, periods: int, draw: int) -> Recovery:
    panel = simulate_two_way(
        seed=draw, units=units, periods=periods, standards_to_knowledge=0.4 * response
    )
    found = panel.attrs["truth"]
    fits = {name: _fit(panel, how) for name, how in METHODS.items()}
    return Recovery({"b_ks": found["response"][0], "loop": found["loop"]}, fits)


def _fit(panel: pd.DataFrame, how: dict[str, Any]) -> TwoWayFit | None:
    try:
        return two_way_fit(panel, "knowledge", "standards", **how)
    except IdentificationError:
        return None


def draw_recovery(outcome: Recovery) -> Figure:
    """Draw estimates with 95% intervals beside the truth."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    words = {"b_ks": "knowledge wanted for a unit of standards", "loop": "the loop"}
    places = range(len(outcome.fits))
    for axes, term in zip(figure.subplots(1, 2, sharey=True), words, strict=True):
        for place, fit in zip(places, outcome.fits.values(), strict=True):
            if fit is None:
                axes.text(0, place, "cannot tell", va="center", color="0.4")
                continue
            row = fit.to_frame().set_index("term").loc[term]
            axes.plot([row["conf_low"], row["conf_high"]], [place, place], "C0", lw=2)
            axes.plot(row["estimate"], place, "C0o", ms=7)
        axes.axvline(outcome.truth[term], color="C3", lw=1.5, ls="--")
        axes.axvline(0, color="0.7", lw=0.8, zorder=0)
        axes.set_title(words[term], fontsize=10)
        axes.set_ylim(len(places) - 0.5, -0.5)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_yticks(places, list(outcome.fits))
    figure.supxlabel("estimate with 95% interval; dashed: the truth", fontsize=10)
    return figure


recover = Board(
    name="known_truth",
    title="Estimators against a known truth",
    question="Which estimator recovers the loop from a short panel?",
    controls=(
        Slider("response", "true response of knowledge to standards", 0, 0.6, 0.05, 0.25),
        Slider("units", "units", 20, 60, 10, 50),
        Slider("periods", "years", 10, 40, 5, 20),
        Slider("draw", "another panel", 1, 30, 1, 1),
    ),
    solve=_recover,
    numbers=lambda outcome: {
        "the true loop": outcome.truth["loop"],
        **{name: fit.loop if fit else "cannot tell" for name, fit in outcome.fits.items()},
    },
    picture=draw_recovery,
)


# ---------------------------------------------------------------------------
# The panel of fields

SPECIFICATIONS = {
    "without own past": "{y} ~ lag({x}, 1) | field + year",
    "own past": "{y} ~ lag({y}, 1) + lag({x}, 1) | field + year",
    "two years of both": "{y} ~ lag({y}, 1:2) + lag({x}, 1:2) | field + year",
    "a trend for each field": "{y} ~ lag({y}, 1) + lag({x}, 1) | field[year] + year",
}
DIRECTIONS = {
    "standards to patents": ("patents", "standards"),
    "patents to standards": ("standards", "patents"),
}
THIN = ("electrical", "electronics", "telecom")
"""Fields in which ISO hardly publishes; IEC, ITU and ETSI do."""


@cache
def field_panel(every: bool) -> pd.DataFrame:
    """Return logarithms of patents and standards, of all fields or without the thin ones."""
    counts = load("technology_fields")
    panel = counts.assign(
        patents=np.log1p(counts["patent_families"]),
        standards=np.log1p(counts["iso_standards"]),
    )
    return panel if every else panel.drop(index=list(THIN), level="field")


@dataclass(frozen=True, slots=True)
class Specification:
    """All specifications of one direction, and the one that is looked at."""

    fits: dict[str, Fit]
    chosen: str
    term: str
    p_value: float


def _estimate(direction: str, specification: str, every: bool) -> Specification:
    effect, cause = DIRECTIONS[direction]
    fits = {
        name: ols(field_panel(every), formula.format(y=effect, x=cause))
        for name, formula in SPECIFICATIONS.items()
    }
    term = f"lag({cause}, 1)"
    test = wild_cluster_bootstrap(fits[specification], term, draws=9999, seed=0)
    return Specification(fits, specification, term, test.p_value)


def all_p_values() -> pd.DataFrame:
    """Return both p-values of every regression that the board offers."""
    import pandas as pd

    rows = []
    for asked in product(DIRECTIONS, SPECIFICATIONS, (True, False)):
        found = _estimate(*asked)
        formula = found.fits[found.chosen].pvalues[found.term]
        rows.append({"by formula": formula, "by bootstrap": found.p_value})
    return pd.DataFrame(rows)


def draw_specifications(outcome: Specification) -> Axes:
    """Draw the estimate of every specification; the chosen one in red and bolder."""
    ax = axes_or_new(None, size=(6.4, 3.2))
    for place, (name, fit) in enumerate(outcome.fits.items()):
        row = fit.to_frame().set_index("term").loc[outcome.term]
        colour, size = ("C3", 2) if name == outcome.chosen else ("0.45", 1)
        ends = [row["conf_low"], row["conf_high"]]
        ax.plot(ends, [place, place], color=colour, lw=2 * size)
        ax.plot(row["estimate"], place, "o", color=colour, ms=3 + 4 * size)
    ax.axvline(0, color="0.6", lw=0.8, zorder=0)
    ax.set_yticks(range(len(outcome.fits)), list(outcome.fits))
    ax.set_ylim(len(outcome.fits) - 0.5, -0.5)
    ax.set_xlabel("% more after 1% more of the other, a year on; 95% interval")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _specified(outcome: Specification) -> dict[str, Any]:
    fit = outcome.fits[outcome.chosen]
    return {
        "elasticity": f"{fit.params[outcome.term]:.4f}",
        "standard error": f"{fit.std_errors[outcome.term]:.4f}",
        "p-value, by formula": f"{fit.pvalues[outcome.term]:.3f}",
        "p-value, by bootstrap": f"{outcome.p_value:.3f}",
        "rows": fit.nobs,
    }


fields = Board(
    name="technology_fields",
    title="Standards and patents in technology fields",
    question="Do standards follow patents, or patents standards?",
    controls=(
        Choice("direction", "direction", tuple(DIRECTIONS), "standards to patents"),
        Choice("specification", "regression", tuple(SPECIFICATIONS), "own past"),
        Choice(
            "every",
            "fields",
            {"all": True, "without three in which ISO hardly publishes": False},
            "all",
        ),
    ),
    solve=_estimate,
    numbers=_specified,
    picture=draw_specifications,
)


BOARDS = (empty, recover, fields)
