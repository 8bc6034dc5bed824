"""The network of objections: density, concentration, reciprocity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from unigauge.papers.tris_friction.gravity import Given, means
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
    """Reciprocity against what chance gives.

    Attributes
    ----------
    kind, given : str
        Documents, and what chance knows, one of ``GIVEN``.
    statistic : float
        Share of documents returned within the year.
    draws : array
        The same in draws in which the two directions of a pair are independent.
    spread : float
        Variance of a rate over its square, in the draws.
    """

    kind: str
    given: str
    statistic: float
    draws: Floats
    spread: float

    @property
    def expected(self) -> float:
        """Mean over draws."""
        return float(self.draws.mean())

    @property
    def p_value(self) -> float:
        """Share of draws that return at least as much."""
        reached = int((self.draws >= self.statistic).sum())
        return (1 + reached) / (1 + len(self.draws))


GIVEN: tuple[Given, ...] = get_args(Given)


def returned(
    frame: pd.DataFrame, kind: str, given: Given, *, draws: int, seed: int
) -> Returned:
    """Test whether objections are returned more than independent directions would.

    Draws are negative binomial around the means, as dispersed as the counts are.  The
    means keep the totals of the data, their luck included, which draws repeat: the test
    errs towards finding nothing.
    """
    counts = frame[kind].to_numpy(dtype=float)
    mean = means(frame, kind, given)
    spread = dispersion(counts, mean)
    back = positions_back(frame)
    rng = np.random.default_rng([seed, KINDS.index(kind), GIVEN.index(given)])
    shares = np.empty(draws)
    for k in range(draws):
        rate = mean * rng.gamma(1 / spread, spread, len(mean)) if spread > 0 else mean
        drawn = rng.poisson(rate)
        shares[k] = reciprocity(drawn, drawn[back])
    return Returned(
        kind=kind,
        given=given,
        statistic=reciprocity(counts, counts[back]),
        draws=shares,
        spread=spread,
    )


def dispersion(counts: Floats, mean: Floats) -> float:
    """Return alpha of the variance mean + alpha mean^2, by moments; at least 0."""
    known = mean > 0
    excess = (counts[known] - mean[known]) ** 2 - mean[known]
    return max(0.0, float(excess.sum() / (mean[known] ** 2).sum()))
