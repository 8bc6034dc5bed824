"""The network of objections: density, concentration, reciprocity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from unigauge.papers.tris_friction.gravity import Given, means, scaled
from unigauge.papers.tris_friction.records import KINDS, Pairs, positions_back

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def by_year(pairs: Pairs) -> pd.DataFrame:
    """Return one row a year: members, notifications, documents, density, reciprocity."""
    import pandas as pd

    frame = pairs.frame
    rows = {}
    for year, part in frame.groupby("year"):
        states = part["sender"].unique()
        drafts = pairs.notifications.reindex([(state, year) for state in states]).sum()
        row = {"members": len(states), "drafts": drafts}
        for kind in KINDS:
            documents = part[kind].sum()
            row |= {
                kind: documents,
                f"{kind} per 100 drafts": 100 * documents / drafts,
                f"{kind}: pairs active, %": 100 * (part[kind] > 0).mean(),
                f"{kind}: reciprocity": reciprocity(
                    part[kind].to_numpy(), part[f"{kind}_back"].to_numpy()
                ),
            }
        rows[year] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("year")


def by_state(pairs: Pairs) -> pd.DataFrame:
    """Return one row a state: what it sent and received, and the share of all."""
    import pandas as pd

    frame = pairs.frame
    columns = {}
    for kind in KINDS:
        for side, word in (("sender", "sent"), ("receiver", "received")):
            columns[f"{kind} {word}"] = frame.groupby(side)[kind].sum()
        columns[f"share of {kind} sent, %"] = (
            100 * columns[f"{kind} sent"] / columns[f"{kind} sent"].sum()
        )
    states = pd.DataFrame(columns).rename_axis("state")
    return states.sort_values("comments sent", ascending=False, kind="stable")


def reciprocity(sent: NDArray[Any], back: NDArray[Any]) -> float:
    """Return the share of documents that are returned: sum of min(w, back) over sum of w."""
    total = float(sent.sum())
    return float(np.minimum(sent, back).sum()) / total if total else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Returned:
    """What both directions of a pair have in common, against what chance gives.

    Attributes
    ----------
    kind, given : str
        Objections, and what is allowed for.
    statistic : float
        Correlation of the two directions beyond what is allowed for.
    draws : array
        The same with signs by chance.
    """

    kind: str
    given: str
    statistic: float
    draws: Floats

    @property
    def std_error(self) -> float:
        """Root mean square of the draws, which are around 0."""
        return float(np.sqrt(np.mean(self.draws**2)))

    @property
    def p_value(self) -> float:
        """Share of draws that reach the statistic."""
        reached = int((self.draws >= self.statistic).sum())
        return (1 + reached) / (1 + len(self.draws))


GIVEN: tuple[Given, ...] = get_args(Given)


def returned(
    frame: pd.DataFrame, kind: str, given: Given, *, draws: int, seed: int
) -> Returned:
    """Test whether a state objects more in years in which the other side does.

    The statistic is the correlation of both directions of a pair in what they have beyond
    their means, in units of the square root of the mean (Pearson residuals).  If the
    directions are independent, its terms are 0 on average.  Draws flip their signs by
    chance, for all years of two states at once, so that nothing is assumed of the
    dispersion of the counts, nor of how the years of a pair hang together.
    """
    counts = frame[kind].to_numpy(dtype=float)
    mean = means(frame, kind, given)
    beyond = np.divide(
        counts - mean, np.sqrt(mean), out=np.zeros_like(mean), where=mean > 0
    )
    ties = np.unique(frame["tie"], return_inverse=True)[1]
    terms = beyond * beyond[positions_back(frame)] / (beyond @ beyond)
    shared = np.bincount(ties, weights=terms)
    rng = np.random.default_rng([seed, KINDS.index(kind), GIVEN.index(given)])
    signs = rng.choice([-1.0, 1.0], size=(draws, len(shared)))
    return Returned(
        kind=kind, given=given, statistic=float(shared.sum()), draws=signs @ shared
    )


def naive_p_value(frame: pd.DataFrame, kind: str, *, draws: int, seed: int) -> float:
    """Hold the share returned against Poisson draws around fitted means: a trap.

    The means follow the luck of the counts that they are fitted to, and independent
    directions seem to answer each other: see the claim ``twin_trap``.
    """
    counts = frame[kind].to_numpy()
    mean = scaled(frame, kind)
    back = positions_back(frame)
    rng = np.random.default_rng(seed)
    drawn = rng.poisson(mean, size=(draws, len(mean)))
    shares = np.array([reciprocity(row, row[back]) for row in drawn])
    reached = int((shares >= reciprocity(counts, counts[back])).sum())
    return (1 + reached) / (1 + draws)
