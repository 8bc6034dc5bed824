"""Friction over technical regulations: who objects to whose drafts, 1990-2019."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from unigauge.estimation import Fit
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.tris_friction import findings, gravity, network, pictures, records
from unigauge.papers.tris_friction.records import KINDS, Pairs

if TYPE_CHECKING:
    import pandas as pd

DATA = ("eu_tris_dyads", "country_panel")
ON_THE_TWIN = "twin_"
"""Claims on the method, which are made on simulated records, begin with this."""
DRAWS, FEW_DRAWS = 9999, 999
TIMES, FEW_TIMES = 100, 25
EXCHANGES, FEW_EXCHANGES = 49, 19


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Results:
    """All that was estimated, of the records or of their twin."""

    pairs: Pairs
    years: pd.DataFrame
    states: pd.DataFrame
    fits: dict[tuple[str, str], Fit]
    answers: dict[tuple[str, str], Fit]
    tests: dict[tuple[str, str], network.Returned]


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    draws = FEW_DRAWS if fast else DRAWS
    absent = [name for name in DATA if not study.finds(name)]
    if absent:
        missing = " and ".join(absent)
        study.simulated(
            f"{missing} could not be found, so that nothing below is about Europe: all "
            "tables and figures are made from simulated records, a twin, and what is said "
            "of findings was found where the data are. Let UNIGAUGE_DATA name a folder "
            f"with {' and '.join(f'{name}.csv' for name in DATA)}."
        )
        study.not_run(
            *(name for name in study.paper.expectations if not _of_twin(name)),
            because=f"{missing} could not be found.",
        )
        results = estimated(records.twin(study.seed), draws, study.seed)
    else:
        dyads, countries = (study.load(name) for name in DATA)
        results = estimated(records.observed(dyads, countries), draws, study.seed)
        claims(study, results, FEW_EXCHANGES if fast else EXCHANGES)
    findings.on_the_twin(study, draws=draws, times=FEW_TIMES if fast else TIMES)
    show_network(study, results)
    show_regressions(study, results)
    return study.reproduction()


def _of_twin(name: str) -> bool:
    return name.startswith(ON_THE_TWIN)


def estimated(pairs: Pairs, draws: int, seed: int) -> Results:
    """Run everything on one set of records."""
    frame = pairs.frame
    return Results(
        pairs=pairs,
        years=network.by_year(pairs),
        states=network.by_state(pairs),
        fits=gravity.fits(frame),
        answers={
            (kind, name): gravity.answering(frame, kind, lead=lead)
            for kind in KINDS
            for name, lead in (("last year", False), ("with a placebo", True))
        },
        tests={
            (kind, given): network.returned(frame, kind, given, draws=draws, seed=seed)
            for kind in KINDS
            for given in network.GIVEN
        },
    )


def claims(study: Study, results: Results, exchanges: int) -> None:
    """Say what came out of the records."""
    findings.on_the_network(study, results.pairs, results.years, results.states)
    findings.on_gravity(study, results.fits, results.pairs.frame, exchanges=exchanges)
    findings.on_reciprocity(study, results.tests)
    findings.on_answers(study, results.answers)


# ---------------------------------------------------------------------------
# Tables and figures


def coefficients(fits: Mapping[tuple[str, str], Fit]) -> pd.DataFrame:
    """Return one row a coefficient, by kind and sample."""
    import pandas as pd

    frames = [
        fit.to_frame().assign(kind=kind, sample=sample, nobs=fit.nobs)
        for (kind, sample), fit in fits.items()
    ]
    return pd.concat(frames).set_index(["kind", "sample", "term"])


def show_network(study: Study, results: Results) -> None:
    """Show who objects to whom, and how it changed."""
    study.table(
        "years",
        results.years,
        caption="Members, drafts they notified, and objections between them. Active: pairs "
        "of members with at least one in the year. Reciprocity: share of documents that "
        "are returned within the year.",
    )
    study.table(
        "states",
        results.states,
        caption="Documents sent to and received from other members, 1990-2019.",
    )
    years = results.years.reset_index()
    study.figure(
        "years",
        pictures.draw_years(years),
        data=years,
        caption="Left, objections between members for every hundred drafts notified; "
        "right, share of ordered pairs with at least one. Grey lines: accessions.",
        alt="Lines by year for comments and detailed opinions.",
    )
    links = pictures.links(results.pairs.frame)
    study.figure(
        "map",
        pictures.draw_map(links, records.members()),
        data=links,
        caption="The strongest links between capitals in each decade, from sender to "
        "receiver, width by documents a year on one scale a row.",
        alt="Six maps of Europe with arrows between capitals.",
    )
    matrix = pictures.matrix(results.pairs.frame)
    study.figure(
        "matrix",
        pictures.draw_matrix(matrix),
        data=matrix,
        caption="Documents a year from each sender (row) to each receiver (column) while "
        "both were members; shades by square root.",
        alt="Two square tables of shades, darkest in the rows and columns of few states.",
    )


def show_regressions(study: Study, results: Results) -> None:
    """Show gravity, reciprocity and answers."""
    table = coefficients(results.fits)
    study.table(
        "gravity",
        table,
        caption="Poisson regressions with effects of sender and receiver by year, errors "
        "clustered by ordered pair unless said; last, least squares of logarithms without "
        "zeros. nobs leaves out senders and receivers that say nothing in a year.",
    )
    data = table.reset_index()
    study.figure(
        "gravity",
        pictures.draw_gravity(data),
        data=data,
        caption="What lies between states and how often one objects to the other.",
        alt="Intervals by sample for distance, border and language.",
    )
    study.table(
        "answers",
        coefficients(results.answers),
        caption="Objections on what came from the other side the year before, with effects "
        "of the pair, and of sender and receiver by year.",
    )
    study.table(
        "reciprocity",
        reciprocity_table(results.tests),
        caption="Correlation of both directions of a pair in what they have beyond the "
        "activity of sender and receiver in the year; and beyond distance, border and "
        "language, too. One-sided p-values of draws that flip signs, pair by pair.",
    )
    draws = pictures.returned_draws(list(results.tests.values()))
    study.figure(
        "returned",
        pictures.draw_returned(draws),
        data=draws,
        caption="Correlation of both directions of a pair beyond what is given: line, "
        "observed; grey, draws in which signs are chance.",
        alt="Four histograms with a line each.",
    )


def reciprocity_table(tests: Mapping[tuple[str, str], network.Returned]) -> pd.DataFrame:
    """Return one row a test."""
    import pandas as pd

    rows = [
        {
            "kind": test.kind,
            "given": test.given,
            "correlation": test.statistic,
            "std_error": test.std_error,
            "p_value": test.p_value,
        }
        for test in tests.values()
    ]
    return pd.DataFrame(rows).set_index(["kind", "given"])


if __name__ == "__main__":
    script(run)
