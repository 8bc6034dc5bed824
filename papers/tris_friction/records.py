"""Who could object to whom in a year, and how often each did: zeros and all.

A state takes part from the year of its accession to the Union to the last whole year
before it left (``members.csv``, our own compilation, with capitals rounded to a tenth of a
degree).  Every ordered pair of states that take part in a year is a row of that year; a
pair that the source does not list had no objection.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "KINDS",
    "WINDOW",
    "Pairs",
    "grid",
    "members",
    "observed",
    "positions_back",
    "twin",
]

WINDOW = (1990, 2019)
"""Notifications are known from 1990; in 2020 objections are incomplete and Britain gone."""
KINDS = ("comments", "opinions")
"""An opinion, in full a detailed opinion, makes the receiver wait; a comment does not."""
EARTH = 6371.0
"""Mean radius, kilometres."""


def members() -> pd.DataFrame:
    """Return one row a state: first and last year, capital, languages, neighbours."""
    import pandas as pd

    file = files("unigauge.papers.tris_friction") / "members.csv"
    with file.open(encoding="utf-8") as text:
        states = pd.read_csv(text, index_col="iso3", keep_default_na=False)
    last = pd.to_numeric(states["last"]).fillna(WINDOW[1]).astype(int)
    return states.assign(last=last)


def grid(states: pd.DataFrame) -> pd.DataFrame:
    """Return all ordered pairs of members by year, with what lies between them.

    Indexed by (pair, year).  ``distance`` is the logarithm of kilometres between
    capitals, ``border`` and ``language`` are one where states share one; ``tie`` is the
    same for both directions of a pair, and ``year_of_accession`` is the sender's, or the
    first of the window.
    """
    import pandas as pd

    years = range(WINDOW[0], WINDOW[1] + 1)
    rows = [
        (f"{sender}>{receiver}", year, sender, receiver)
        for year in years
        for sender, receiver in permutations(_active(states, year), 2)
    ]
    pairs = pd.DataFrame(rows, columns=["pair", "year", "sender", "receiver"])
    pairs = pairs.set_index(["pair", "year"]).sort_index()
    between = {
        (one, other): _between(states.loc[one], states.loc[other], other)
        for one, other in permutations(states.index, 2)
    }
    ends = list(zip(pairs["sender"], pairs["receiver"], strict=True))
    for k, name in enumerate(("distance", "border", "language")):
        pairs[name] = [between[end][k] for end in ends]
    year = pairs.index.get_level_values("year")
    for side in ("sender", "receiver"):
        codes = pd.Categorical(pairs[side], categories=list(states.index)).codes
        pairs[f"{side}_code"] = codes.astype(int)
        pairs[f"{side}_year"] = codes.astype(int) * 10_000 + year
    ends_of = pairs[["sender_code", "receiver_code"]]
    return pairs.assign(
        tie=100 * ends_of.min(axis=1) + ends_of.max(axis=1),
        year_of_accession=pairs["sender"].map(states["first"].clip(lower=WINDOW[0])),
    )


def _active(states: pd.DataFrame, year: int) -> list[str]:
    here = (states["first"] <= year) & (states["last"] >= year)
    return list(states.index[here])


def _between(
    one: pd.Series[float], other: pd.Series[float], label: str
) -> tuple[float, float, float]:
    """Return log kilometres between capitals, shared border, shared language."""
    phi, lam = np.radians([[s["latitude"], s["longitude"]] for s in (one, other)]).T
    half = np.sin((phi[1] - phi[0]) / 2) ** 2
    half += np.cos(phi[0]) * np.cos(phi[1]) * np.sin((lam[1] - lam[0]) / 2) ** 2
    shared = set(str(one["languages"]).split()) & set(str(other["languages"]).split())
    return (
        float(np.log(2 * EARTH * np.arcsin(np.sqrt(half)))),
        float(label in str(one["neighbours"]).split()),
        float(bool(shared)),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """All pairs of members by year with their counts, and what was left out.

    Attributes
    ----------
    frame : DataFrame
        Of :func:`grid`, with ``comments`` and ``opinions``, and what came back from the
        receiver as ``comments_back`` and ``opinions_back``.
    outside : dict of str to int
        Documents of the source that are in no pair, by reason.
    notifications : Series
        Drafts notified, by (iso3, year); the denominators.
    """

    frame: pd.DataFrame
    outside: dict[str, int]
    notifications: pd.Series[float]

    @property
    def documents(self) -> int:
        """Documents in the grid."""
        return int(self.frame[list(KINDS)].to_numpy().sum())


def observed(dyads: pd.DataFrame, countries: pd.DataFrame) -> Pairs:
    """Put the records into the grid; documents that are in no pair are counted."""
    frame = grid(members())
    wide = dyads.pivot_table(
        index=["sender", "receiver", "year"], columns="kind", values="count", fill_value=0
    ).reset_index()
    wide["pair"] = wide["sender"] + ">" + wide["receiver"]
    counts = wide.set_index(["pair", "year"])[list(KINDS)]
    placed = counts.index.isin(frame.index)
    states = set(members().index)
    strangers = ~(wide["sender"].isin(states) & wide["receiver"].isin(states)).to_numpy()
    years = wide["year"].between(*WINDOW).to_numpy()
    documents = counts.sum(axis=1).to_numpy()
    reasons = {
        "in another year": ~years,
        "from the Commission or EFTA or to states outside the Union": years & strangers,
        "before accession": years & ~strangers & ~placed,
    }
    outside = {why: int(documents[rows].sum()) for why, rows in reasons.items()}
    filled = counts.reindex(frame.index, fill_value=0)
    return Pairs(
        frame=_with_answers(frame.join(filled)),
        outside=outside,
        notifications=countries["tris_notifications"],
    )


def _with_answers(frame: pd.DataFrame) -> pd.DataFrame:
    """Add what the receiver sent to the sender in the year."""
    back = positions_back(frame)
    return frame.assign(**{f"{kind}_back": frame[kind].to_numpy()[back] for kind in KINDS})


def positions_back(frame: pd.DataFrame) -> NDArray[np.intp]:
    """Return, for each row, the position of the other direction in the same year."""
    import pandas as pd

    pairs = frame["receiver"] + ">" + frame["sender"]
    years = frame.index.get_level_values("year")
    other = pd.MultiIndex.from_arrays([pairs, years], names=frame.index.names)
    return np.asarray(frame.index.get_indexer(other))


# ---------------------------------------------------------------------------
# The simulated twin

PLANTED = {"distance": -0.5, "border": 0.4, "language": 0.3}
"""Gravity of the twin."""
RETURNED = 0.8
"""Standard deviation of what both directions of a pair share in its opinions."""
SPREAD = 0.5
"""Variance of a rate over its square: counts vary more than Poisson ones."""


def twin(seed: int) -> Pairs:
    """Return simulated records of the same members and years.

    Rates follow gravity with effects of sender and receiver by year.  Comments go out
    independently of what comes back; opinions do not: the two directions of a pair share
    a shock in each year.
    """
    import pandas as pd

    rng = np.random.default_rng([seed, 2])
    states = members()
    frame = grid(states)
    years = np.arange(WINDOW[0], WINDOW[1] + 1)
    shape = (2, len(states), len(years))
    activity = rng.normal(scale=0.8, size=(2, len(states), 1)) + rng.normal(
        scale=0.3, size=shape
    )
    at = frame.index.get_level_values("year").to_numpy() - WINDOW[0]
    between = frame[list(PLANTED)].to_numpy(dtype=float)
    pull = (between - between.mean(axis=0)) @ np.array(list(PLANTED.values()))
    rate = (
        -1.0
        + pull
        + activity[0, frame["sender_code"], at]
        + activity[1, frame["receiver_code"], at]
    )
    counts = {}
    for kind, level, common in (("comments", 0.0, 0.0), ("opinions", -0.7, RETURNED)):
        one, other = (frame[f"{side}_code"].to_numpy() for side in ("sender", "receiver"))
        shocks = rng.normal(scale=common, size=(len(states), len(states), len(years)))
        shared = shocks[np.minimum(one, other), np.maximum(one, other), at]
        mean = np.exp(level + rate + shared - common**2 / 2)
        counts[kind] = rng.poisson(mean * rng.gamma(1 / SPREAD, SPREAD, len(frame)))
    index = pd.MultiIndex.from_product([states.index, years], names=["iso3", "year"])
    notifications = pd.Series(rng.poisson(25, len(index)).astype(float), index)
    return Pairs(
        frame=_with_answers(frame.assign(**counts)),
        outside={},
        notifications=notifications,
    )
