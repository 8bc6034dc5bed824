"""What the records say of friction, and what the method says of a twin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation import Fit
from unigauge.papers import Study
from unigauge.papers.tris_friction.gravity import (
    BOTH_STATES,
    exchanged,
    gravity,
    in_logarithms,
    scaled,
    without,
)
from unigauge.papers.tris_friction.network import Returned, naive_p_value, returned
from unigauge.papers.tris_friction.records import KINDS, PLANTED, SPREAD, Pairs, twin

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["on_answers", "on_gravity", "on_reciprocity", "on_the_network", "on_the_twin"]

NOMINAL = 0.05
DETECTABLE = 2.8
"""Standard errors that a 5 % test finds with probability .8: 1.96 + .84."""
RARE = 0.15
"""Opinions a pair and year in the records, about."""
_BOTH = "clustered by both states"
Fits = Mapping[tuple[str, str], Fit]
Tests = Mapping[tuple[str, str], Returned]


def on_the_network(
    study: Study, pairs: Pairs, years: pd.DataFrame, states: pd.DataFrame
) -> None:
    """Say how much there is, how it changed, and who sends it."""
    study.claim("anchor_rows", value=len(pairs.frame))
    study.claim(
        "anchor_documents",
        value=pairs.documents,
        note="Not in it: "
        + "; ".join(f"{number} {why}" for why, number in pairs.outside.items())
        + ".",
    )
    for name, kind in (("opinions_fell", "opinions"), ("comments_fell", "comments")):
        rate = years[f"{kind} per 100 drafts"]
        early, late = rate.loc[1990:1999].mean(), rate.loc[2010:2019].mean()
        study.claim(
            name,
            holds=late < 0.5 * early,
            value=late / early,
            note=f"From {early:.1f} to {late:.1f} for every hundred drafts.",
        )
    share = states["share of comments sent, %"]
    study.claim(
        "few_senders",
        holds=share.iloc[:4].sum() > 50,
        value=share.iloc[:4].sum(),
        note=f"They are {', '.join(share.index[:4])}.",
    )


def on_gravity(study: Study, fits: Fits, frame: pd.DataFrame, *, exchanges: int) -> None:
    """Say whether near states object more to each other."""
    for kind in KINDS:
        fit, both = fits[kind, "all years"], fits[kind, _BOTH]
        error = float(fit.std_errors["distance"])
        study.claim(
            f"{kind}_near",
            holds=fit.params["distance"] < 0 and fit.pvalues["distance"] <= NOMINAL,
            value=fit.params["distance"],
            note=f"The standard error is {error:.3f}, by both states "
            f"{both.std_errors['distance']:.3f}; p is {fit.pvalues['distance']:.2f} and "
            f"{both.pvalues['distance']:.2f}. Elasticities are found with probability .8 "
            f"from {DETECTABLE * error:.2f} on: distance as it slows trade, about one, "
            "would not have been missed.",
        )
    comments = fits["comments", "all years"]
    study.claim(
        "separated_rows",
        value=len(frame) - comments.nobs,
        note=f"Of {len(frame)}: rows of senders that sent no comment in a year, and of "
        "receivers that received none. They say nothing of who objects to whom; of "
        f"opinions they are {len(frame) - fits['opinions', 'all years'].nobs}.",
    )
    for name, how in (("neighbours", "all years"), ("neighbours_by_states", _BOTH)):
        near = {
            (kind, term): float(fits[kind, how].pvalues[term])
            for kind in KINDS
            for term in ("border", "language")
        }
        kind, term = min(near, key=lambda key: near[key])
        study.claim(
            name,
            holds=near[kind, term] <= NOMINAL,
            value=near[kind, term],
            note=f"It is that of a shared {term} for {kind}, with a coefficient of "
            f"{fits[kind, how].params[term]:.3f}.",
        )
    coefficient = fits["comments", "all years"].params["border"]
    places = exchanged(frame, "comments", "border", draws=exchanges, seed=study.seed)
    reached = int((np.abs(places) >= abs(coefficient)).sum())
    study.claim(
        "neighbours_exchanged",
        holds=(1 + reached) / (1 + exchanges) <= NOMINAL,
        value=(1 + reached) / (1 + exchanges),
        note=f"In {exchanges} exchanges the coefficient has a standard deviation of "
        f"{places.std():.3f}; by both states its standard error is "
        f"{fits['comments', _BOTH].std_errors['border']:.3f}.",
    )
    signs = {
        state: float(gravity(without(frame, state), "comments").params["distance"])
        for state in sorted(set(frame["sender"]))
    }
    strongest = min(signs, key=lambda state: signs[state])
    study.claim(
        "no_single_state",
        holds=max(signs.values()) < 0,
        value=max(signs.values()),
        note=f"The sign never changes, but the size does: without {strongest} it is "
        f"{signs[strongest]:.3f}.",
    )


def on_reciprocity(study: Study, tests: Tests) -> None:
    """Say whether objections are returned within the year."""
    for name, kind, given in (
        ("comments_returned", "comments", "activity"),
        ("opinions_returned", "opinions", "activity"),
        ("opinions_given_gravity", "opinions", "activity and gravity"),
    ):
        test = tests[kind, given]
        study.claim(
            name,
            holds=test.p_value <= NOMINAL,
            value=test.p_value,
            note=f"The correlation is {test.statistic:.3f}. One of "
            f"{DETECTABLE * test.std_error:.2f} would have been found with probability .8.",
        )


def on_answers(study: Study, answers: Fits) -> None:
    """Say whether a state objects more to one that objected to it the year before."""
    for kind in KINDS:
        term = f"lag(log1p({kind}_back), 1)"
        fit, placebo = answers[kind, "last year"], answers[kind, "with a placebo"]
        error = float(fit.std_errors[term])
        lead = float(placebo.pvalues[f"lag(log1p({kind}_back), -1)"])
        study.claim(
            f"{kind}_answered",
            holds=fit.params[term] > 0 and fit.pvalues[term] <= NOMINAL,
            value=fit.pvalues[term],
            note=f"The coefficient is {fit.params[term]:.3f}, its standard error "
            f"{error:.3f}: had a doubling of what came drawn "
            f"{100 * 2 ** (DETECTABLE * error) - 100:.0f} % more in return, it would have "
            "been found with probability .8. The placebo, next year's objections, has "
            f"p = {lead:.2f}.",
        )


def on_the_twin(study: Study, *, draws: int, times: int) -> None:
    """Check the method where the truth is known; needs no data."""
    frame = twin(study.seed).frame
    planted = PLANTED["distance"]
    fit = gravity(frame, "comments", cluster=BOTH_STATES)
    away = float((fit.params["distance"] - planted) / fit.std_errors["distance"])
    study.claim(
        "twin_gravity",
        holds=abs(away) <= 2,
        value=fit.params["distance"],
        note=f"{planted} was planted; the standard error is "
        f"{fit.std_errors['distance']:.3f}.",
    )
    logs = in_logarithms(frame, "comments")
    off = float((logs.params["distance"] - planted) / logs.std_errors["distance"])
    study.claim(
        "twin_without_zeros",
        holds=abs(off) <= 2,
        value=logs.params["distance"],
        note=f"It is {off:.1f} standard errors from the truth: who objects at all is left "
        "out.",
    )
    for name, kind, found in (
        ("twin_not_returned", "comments", False),
        ("twin_returned", "opinions", True),
    ):
        test = returned(frame, kind, "activity and gravity", draws=draws, seed=study.seed)
        study.claim(
            name,
            holds=(test.p_value <= NOMINAL) == found,
            value=test.p_value,
            note=f"The correlation is {test.statistic:.3f}, by chance around 0 with a "
            f"standard deviation of {test.std_error:.3f}.",
        )
    share = found_by_chance(frame, tested, spread=SPREAD, times=times, seed=study.seed)
    study.claim(
        "twin_rare",
        holds=share <= NOMINAL + 2 * (NOMINAL * (1 - NOMINAL) / times) ** 0.5,
        value=share,
        note=f"In {times} records; two standard errors of simulation above .05 are allowed.",
    )
    share = found_by_chance(frame, naive_p_value, spread=0.0, times=25, seed=study.seed)
    study.claim(
        "twin_trap",
        holds=share <= NOMINAL + 2 * (NOMINAL * (1 - NOMINAL) / 25) ** 0.5,
        value=share,
        note="In 25 records of Poisson counts. The means are fitted to the counts that they "
        "are to judge.",
    )


def tested(frame: pd.DataFrame, kind: str, *, draws: int, seed: int) -> float:
    """Return the p-value of reciprocity given activity."""
    return returned(frame, kind, "activity", draws=draws, seed=seed).p_value


def found_by_chance(
    frame: pd.DataFrame,
    p_value: Callable[..., float],
    *,
    spread: float,
    times: int,
    seed: int,
) -> float:
    """Return how often a test finds reciprocity in rare objections that are independent."""
    mean = scaled(frame, "comments")
    mean *= RARE / mean.mean()
    rng = np.random.default_rng([seed, 3])
    found = 0
    for k in range(times):
        rate = mean * rng.gamma(1 / spread, spread, len(mean)) if spread else mean
        drawn = frame.assign(comments=rng.poisson(rate))
        found += p_value(drawn, "comments", draws=99, seed=k) <= NOMINAL
    return found / times
