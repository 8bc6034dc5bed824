"""All that is estimated, of the data or of their twin, and how much is drawn for it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unigauge.errors import DroppedRowsWarning
from unigauge.estimation import Bidirectional, bidirectional
from unigauge.papers.both_ways.granger_tests import (
    Granger,
    granger,
)
from unigauge.papers.both_ways.specifications import Choices
from unigauge.papers.both_ways.structure_system import (
    StructuralEffort,
    System,
    estimated_system,
)
from unigauge.papers.innovation_standards_countries import (
    choices,
    evidence,
    methods,
    panels,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FAST", "FULL", "Effort", "Results", "estimated"]

HORIZON = 5
STRUCTURAL = (
    "main",
    "balanced block",
    "patent families",
    "families without China",
    "without China",
)
"""Samples in which the system of both is estimated, the main one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Draws, and the choices of the specification curve."""

    wild: int = 19_999
    left_out: int = 211
    granger: int = 999
    permutation: int = 9_999
    roots: int = 2000
    curve: int = 199
    panels: int = 300
    one_call: int = 999
    structure: StructuralEffort
    choices: Choices


FULL = Effort(structure=StructuralEffort(), choices=choices.CHOICES)
FAST = Effort(
    wild=4_999,
    left_out=40,
    granger=299,
    permutation=4_999,
    roots=500,
    curve=99,
    panels=200,
    one_call=199,
    structure=StructuralEffort(wild=1_999, nulls=299),
    choices=choices.FEWER,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Results:
    """All that was estimated, of the data or of their twin."""

    panel: pd.DataFrame
    samples: dict[str, pd.DataFrame]
    main: evidence.Regressions
    counts: evidence.Counts
    left_out: evidence.LeftOut
    without_jumps: evidence.LeftOut
    robust: choices.Robust
    granger: Granger
    permuted: methods.Permuted
    projections: pd.DataFrame
    gmm: pd.DataFrame
    vector: pd.DataFrame
    common: pd.DataFrame
    systems: pd.DataFrame
    roots: pd.DataFrame
    curve: pd.DataFrame
    both: Bidirectional
    system: System


def estimated(panel: pd.DataFrame, effort: Effort, seed: int) -> Results:
    """Run every method in both directions."""
    of = panels.samples(panel)
    whole, block = of["main"], of["balanced block"]
    main = evidence.regressions(of, draws=effort.wild, seed=seed)
    counts = evidence.poisson_fits(of)
    return Results(
        panel=panel,
        samples=of,
        main=main,
        counts=counts,
        left_out=evidence.leave_one_out(whole, evidence.largest(whole, effort.left_out)),
        without_jumps=evidence.without_jumps(of["families without China"]),
        robust=choices.robustness(main, counts),
        granger=granger(block, evidence.DIRECTIONS, draws=effort.granger, seed=seed),
        permuted=methods.permuted(of, draws=effort.permutation, seed=seed),
        projections=methods.local_projections(whole, horizon=HORIZON),
        gmm=methods.gmm_fits(whole),
        vector=methods.panel_vars(whole),
        common=methods.common_effects(block),
        systems=methods.systems(whole),
        roots=methods.unit_roots(block, draws=effort.roots, seed=seed),
        curve=choices.curve(panel, effort.choices, draws=effort.curve, seed=seed),
        both=one_call(whole, draws=effort.one_call, seed=seed),
        system=estimated_system(
            {name: of[name] for name in STRUCTURAL},
            evidence.DIRECTIONS,
            effort.structure,
            seed=seed,
            offset="log(population)",
        ),
    )


def one_call(panel: pd.DataFrame, *, draws: int, seed: int) -> Bidirectional:
    """Ask the toolkit's one call, which has every method and check in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)  # its report says it
        return bidirectional(
            panels.followed(panel),
            *evidence.NAMES,
            counts={"innovation": "pat_resident", "standards": "iso9001_cert"},
            draws=draws,
            seed=seed,
        )
