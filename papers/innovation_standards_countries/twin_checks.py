"""The method on a panel whose truth is known; these claims need no data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge import datasets
from unigauge.estimation import ols, wild_cluster_bootstrap
from unigauge.papers import Study
from unigauge.papers.both_ways.regressions import BANDWIDTH, NOMINAL, jackknifed, quietly
from unigauge.papers.innovation_standards_countries.evidence import (
    DIRECTIONS,
    TO_CERTIFICATES,
    TO_PATENTS,
    written,
)
from unigauge.papers.innovation_standards_countries.panels import (
    PLANTED,
    TWINS,
    WINDOW,
    prepared,
    samples,
    twin,
)

if TYPE_CHECKING:
    import pandas as pd

TOLERATED = 0.1
"""A 5 % test that rejects more true nulls than this is not to be used."""
PERSISTENCE = 0.7
"""Own lag of patents in the twin."""
SLOW = (0.9, 0.85)
"""Own lags in the panels without effects, as slow as the series of countries are."""


def on_the_twin(study: Study, *, draws: int, wild_draws: int, sizes: int) -> None:
    """Check that the method finds what was planted, and nothing else."""
    panel = samples(prepared(twin(study.seed)))["main"]
    fits = {d.name: quietly(ols, panel, written(d, "own lag")) for d in DIRECTIONS}
    p_values = {
        d.name: wild_cluster_bootstrap(
            fits[d.name], d.lag, draws=draws, seed=study.seed
        ).p_value
        for d in DIRECTIONS
    }
    found = fits[TO_CERTIFICATES.name]
    estimate, error = (
        numbers[TO_CERTIFICATES.lag] for numbers in (found.params, found.std_errors)
    )
    truth = PLANTED
    study.claim(
        "twin_finds",
        holds=p_values[TO_CERTIFICATES.name] <= NOMINAL and estimate > 0,
        value=p_values[TO_CERTIFICATES.name],
        note=f"The estimate is {estimate:.3f} with standard error {error:.3f}; "
        f"{truth} was planted.",
    )
    other = fits[TO_PATENTS.name]
    study.claim(
        "twin_is_silent",
        holds=p_values[TO_PATENTS.name] > NOMINAL,
        value=p_values[TO_PATENTS.name],
        note=f"The estimate is {other.params[TO_PATENTS.lag]:.3f} with standard error "
        f"{other.std_errors[TO_PATENTS.lag]:.3f}; nothing was planted.",
    )
    lag = f"lag({TO_PATENTS.effect}, 1)"
    biased = float(other.params[lag])
    corrected = jackknifed(panel, written(TO_PATENTS, "own lag"))[lag]
    study.claim(
        "twin_persistence",
        holds=biased < PERSISTENCE
        and abs(corrected - PERSISTENCE) < abs(biased - PERSISTENCE),
        value=biased,
        note=f"It was {PERSISTENCE}; the half-panel jackknife says {corrected:.3f}.",
    )
    kraay, wild = rejected(draws=wild_draws, panels=sizes, seed=study.seed)
    error = float(np.sqrt(NOMINAL * (1 - NOMINAL) / sizes))
    for name, share in (("twin_driscoll_kraay", kraay), ("twin_wild_bootstrap", wild)):
        study.claim(
            name,
            holds=share <= TOLERATED,
            value=share,
            note=f"Of {sizes} simulated panels in which nothing moves anything; .05 with a "
            f"simulation error of {error:.3f} would be right.",
        )


def rejected(*, draws: int, panels: int, seed: int) -> tuple[float, float]:
    """Return how often Driscoll-Kraay and the wild bootstrap reject true nulls."""
    years = WINDOW[1] - WINDOW[0] + 1
    p_values = np.array(
        [
            _null_p_values(
                datasets.simulate_two_way(
                    seed=1000 * seed + k,
                    units=TWINS,
                    periods=years,
                    persistence=SLOW,
                    standards_to_knowledge=0.0,
                    knowledge_to_standards=0.0,
                    factors=1,
                ),
                draws=draws,
                seed=seed,
            )
            for k in range(panels)
        ]
    )
    kraay, wild = (p_values <= NOMINAL).mean(axis=0)
    return float(kraay), float(wild)


def _null_p_values(panel: pd.DataFrame, *, draws: int, seed: int) -> tuple[float, float]:
    """Return the p-values of certificates that move no patents."""
    fit = ols(
        panel.rename(columns={"knowledge": "patents", "standards": "certificates"}),
        written(TO_PATENTS, "own lag"),
    )
    kraay = fit.with_covariance("driscoll_kraay", bandwidth=BANDWIDTH)
    wild = wild_cluster_bootstrap(
        fit, TO_PATENTS.lag, draws=draws, seed=seed, interval=False
    )
    return float(kraay.pvalues[TO_PATENTS.lag]), wild.p_value
