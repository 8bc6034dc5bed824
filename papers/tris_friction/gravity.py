"""Gravity-type regressions with effects of sender and receiver by year."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import ConvergenceError, DroppedRowsWarning
from unigauge.estimation import Fit, ols, poisson
from unigauge.papers.tris_friction.records import KINDS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BETWEEN = ("distance", "border", "language")
EFFECTS = "sender_year + receiver_year"
DECADES = ((1990, 1999), (2000, 2009), (2010, 2019))
BOTH_STATES = ("sender_code", "receiver_code")
"""Two-way clusters, by sender and by receiver."""
_MOST_STEPS, _SETTLED = 2000, 1e-6


def gravity(
    frame: pd.DataFrame, kind: str, *, cluster: str | Sequence[str] = "entity"
) -> Fit:
    """Estimate counts by Poisson; errors clustered by ordered pair, or by both states.

    Senders that send nothing in a year, and receivers that receive nothing, say nothing
    of who objects to whom and are left out; the fit counts them.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)  # losses are reported
        return poisson(
            frame, f"{kind} ~ {' + '.join(BETWEEN)} | {EFFECTS}", cluster=cluster
        )


def within_years(frame: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return the years of a window."""
    years = frame.index.get_level_values("year")
    return frame[(years >= first) & (years <= last)]


def without(frame: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return the pairs without one state."""
    return frame[(frame["sender"] != state) & (frame["receiver"] != state)]


def in_logarithms(frame: pd.DataFrame, kind: str) -> Fit:
    """Estimate the logarithm of positive counts by least squares: no zeros."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        return ols(
            frame[frame[kind] > 0], f"log({kind}) ~ {' + '.join(BETWEEN)} | {EFFECTS}"
        )


def fits(frame: pd.DataFrame) -> dict[tuple[str, str], Fit]:
    """Return the regressions by kind and sample."""
    found = {}
    for kind in KINDS:
        found[kind, "all years"] = gravity(frame, kind)
        found[kind, "clustered by both states"] = gravity(frame, kind, cluster=BOTH_STATES)
        for first, last in DECADES:
            found[kind, f"{first}-{last}"] = gravity(within_years(frame, first, last), kind)
        found[kind, "logarithms, no zeros"] = in_logarithms(frame, kind)
    return found


def exchanged(
    frame: pd.DataFrame, kind: str, term: str, *, draws: int, seed: int
) -> Floats:
    """Return a coefficient of :func:`gravity` when states change places by chance.

    States that joined in one year exchange all that lies between them and the others, as
    in the quadratic assignment procedure of network studies; what they send and receive
    stays.  The draws tell what the coefficient would be if places did not matter.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind), BETWEEN.index(term)])
    ends = (frame["sender_code"].to_numpy(), frame["receiver_code"].to_numpy())
    first = frame.groupby("sender_code")["year_of_accession"].first().to_numpy()
    between = np.zeros((len(first), len(first), len(BETWEEN)))
    between[ends] = frame[list(BETWEEN)]
    found = np.empty(draws)
    for k in range(draws):
        places = np.arange(len(first))
        for year in np.unique(first):
            group = np.flatnonzero(first == year)
            places[group] = rng.permutation(group)
        moved = between[places[ends[0]], places[ends[1]]]
        draw = frame.assign(**dict(zip(BETWEEN, moved.T, strict=True)))
        found[k] = gravity(draw, kind).params[term]
    return found


def answering(frame: pd.DataFrame, kind: str, *, lead: bool = False) -> Fit:
    """Ask whether a state objects more to one that objected to it the year before.

    With effects of the ordered pair, and of sender and receiver by year.  With ``lead``
    next year's objections stand beside last year's: a placebo.
    """
    terms = [f"lag(log1p({kind}), 1)", f"lag(log1p({kind}_back), 1)"]
    if lead:
        terms.append(f"lag(log1p({kind}_back), -1)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        return poisson(frame, f"{kind} ~ {' + '.join(terms)} | entity + {EFFECTS}")


Given = Literal["activity", "activity and gravity"]


def means(frame: pd.DataFrame, kind: str, given: Given) -> Floats:
    """Return Poisson means given the activity of senders and receivers by year.

    And given distance, border and language, if that is said.  Rows that say nothing have
    mean zero.
    """
    if given == "activity":
        return scaled(frame, kind)
    fitted = gravity(frame, kind)
    mean = (frame[kind] - fitted.residuals.reindex(frame.index)).to_numpy(dtype=float)
    return np.where(np.isnan(mean), 0.0, mean)


def scaled(frame: pd.DataFrame, kind: str) -> Floats:
    """Return the means that keep what each sends and receives, by proportional fitting.

    It is Poisson with effects of sender and receiver by year and nothing else.
    """
    counts = frame[kind].to_numpy(dtype=float)
    margins = ("sender_year", "receiver_year")
    groups = [np.unique(frame[name], return_inverse=True)[1] for name in margins]
    totals = [np.bincount(group, weights=counts) for group in groups]
    mean = np.ones_like(counts)
    for _ in range(_MOST_STEPS):
        last = mean
        for group, total in zip(groups, totals, strict=True):
            now = np.bincount(group, weights=mean)
            factor = np.divide(total, now, out=np.zeros_like(now), where=now > 0)
            mean = mean * factor[group]
        if np.abs(mean - last).max() < _SETTLED:
            return mean
    raise ConvergenceError(
        f"the means of {kind} given {' and '.join(margins)} did not settle",
        iterations=_MOST_STEPS,
        residual=float(np.abs(mean - last).max()),
        tolerance=_SETTLED,
    )
