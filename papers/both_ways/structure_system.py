"""All that is estimated of the two-way system, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation import TwoWayFit
from unigauge.papers.both_ways import structure_tables as tables
from unigauge.papers.both_ways.jackknifed_counts import (
    JackknifedCounts,
    jackknifed_counts,
    two_sided,
)
from unigauge.papers.both_ways.regressions import Direction
from unigauge.papers.both_ways.structure import (
    CHECK,
    HEADLINE,
    Bend,
    Fits,
    Method,
    Projected,
    bends,
    horizons,
    structural_fits,
)
from unigauge.papers.both_ways.structure_nulls import (
    OneLag,
    no_effects,
    one_lag,
    own_lags,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["StructuralEffort", "System", "estimated_system"]

CORRECTED: tuple[Method, ...] = (HEADLINE, CHECK, "gmm")
"""Methods free of the bias of fixed effects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuralEffort:
    """Seeds, simulated panels, bootstrap draws and null panels of the structural estimates."""

    seeds: int = 5
    simulations: int = 100
    bootstrap: int = 199
    wild: int = 9_999
    nulls: int = 499
    order: int = 499


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """All that was estimated of the system; the first sample is the main one."""

    names: tuple[str, str]
    fits: Fits
    order: dict[str, OneLag]
    own_lags: pd.DataFrame
    no_effects: dict[str, pd.DataFrame]
    horizons: list[Projected]
    counts: dict[str, dict[str, JackknifedCounts]]
    bends: dict[str, Bend]

    def fit(self, method: Method, sample: str = "") -> TwoWayFit | str:
        """Return a fit, of the main sample by default, or why there is none."""
        where = (sample or self.main, method)
        return next(fit for key, fit in self.fits.items() if key[:2] == where)

    @property
    def main(self) -> str:
        """Name of the main sample."""
        return next(iter(self.fits))[0]

    @property
    def best(self) -> TwoWayFit:
        """Indirect inference in the main sample or, if it has no answer, the jackknife."""
        found = [self.fit(method) for method in (HEADLINE, CHECK)]
        return next(fit for fit in found if isinstance(fit, TwoWayFit))

    def answers(self, sample: str = "") -> dict[str, TwoWayFit]:
        """Return the fits free of the bias of fixed effects that exist, by name."""
        found = {tables.WORDS[name]: self.fit(name, sample) for name in CORRECTED}
        return {name: fit for name, fit in found.items() if isinstance(fit, TwoWayFit)}

    def loop_p_values(self, sample: str = "") -> dict[str, tuple[float, float]]:
        """Return p of both cross entries of A, by name of method; a loop needs both.

        An entry is zero if and only if the response is, and does not divide by a speed.
        """
        found = {}
        for name, fit in self.answers(sample).items():
            errors = np.sqrt(np.diag(fit.own_covariance))
            found[name] = (
                two_sided(float(fit.own[0, 1] / errors[1])),
                two_sided(float(fit.own[1, 0] / errors[2])),
            )
        return found


def estimated_system(
    samples: Mapping[str, pd.DataFrame],
    directions: Sequence[Direction],
    effort: StructuralEffort,
    *,
    seed: int,
    offset: str | None = None,
) -> System:
    """Estimate all of it; the first sample is the main one.

    Parameters
    ----------
    samples : mapping
        Panels by name.
    directions : sequence of Direction
        The one whose effect is knowledge first.
    effort : StructuralEffort
        How much is drawn.
    seed : int
        The first seed.
    offset : str, optional
        Of the counts.
    """
    first, second = directions
    names = (first.effect, second.effect)
    main = next(iter(samples.values()))
    fits = structural_fits(
        samples,
        names,
        seeds=range(seed, seed + effort.seeds),
        simulations=effort.simulations,
        bootstrap=effort.bootstrap,
    )
    drawn = {"simulations": effort.simulations, "draws": effort.nulls, "seed": seed}
    of_main = {
        method: fit
        for (sample, method, first_seed), fit in fits.items()
        if sample == next(iter(samples))
        and first_seed == seed
        and isinstance(fit, TwoWayFit)
    }
    return System(
        names=names,
        fits=fits,
        order=one_lag(samples, names, draws=effort.order, seed=seed),
        own_lags=own_lags(main, names, **drawn),
        no_effects={
            sample: no_effects(frame, names, **drawn) for sample, frame in samples.items()
        },
        horizons=horizons(main, directions, of_main),
        counts={
            sample: jackknifed_counts(frame, directions, offset=offset)
            for sample, frame in samples.items()
        },
        bends=bends(main, directions, draws=effort.wild, seed=seed),
    )
