"""Bootstraps that are drawn again, with more draws, until their p-value is settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation.both_directions.from_fits import from_fit
from unigauge.estimation.both_directions.questions import LEVEL, Estimate, Question
from unigauge.estimation.wild import wild_cluster_bootstrap

if TYPE_CHECKING:
    from unigauge.estimation.fits import Fit

__all__ = ["MORE", "WILD", "settled", "wild"]

MORE = (1, 10, 50)
"""Draws that are taken, in turn, in units of those asked for, until p is settled."""
WILD = 5
"""Draws of the wild bootstrap, which is cheap, for one of the Granger tests."""
_SIGNS, _MOST_SIGNS = 2_500_000, 25_000_000
"""Signs that a wild bootstrap holds in memory at once, and takes when drawn again."""


def settled(
    run: Callable[[int], Estimate], draws: Sequence[int], levels: tuple[float, ...]
) -> Estimate:
    """Run a bootstrap with more and more draws until its p-value is settled."""
    for number in draws:
        estimate = run(number)
        if not any(estimate.unsettled(level) for level in levels):
            break
    return estimate


def wild(
    question: Question, fit: Fit, term: str, levels: tuple[float, ...] = (LEVEL,)
) -> Estimate:
    """Return one coefficient with the wild cluster bootstrap beside its own p-value."""
    clustered = from_fit(question, fit, term)

    first, *further = (times * WILD * question.draws for times in MORE)
    units = question.sample.n_units
    batch = max(first, _SIGNS // units)

    def run(draws: int) -> Estimate:
        tests = [
            wild_cluster_bootstrap(
                fit, term, draws=min(batch, draws - done), seed=_seed(question.seed, done)
            )
            for done in range(0, draws, batch)
        ]
        exact = tests[0].exact
        tests = tests[:1] if exact else tests
        used = sum(test.draws for test in tests)
        reached = sum(test.p_value * (test.draws + 1) - 1 for test in tests)
        how = "all sign vectors" if exact else f"{used:,} draws"
        return replace(
            clustered,
            p_value_bootstrap=tests[0].p_value if exact else (reached + 1) / (used + 1),
            note=f"{clustered.note}; wild cluster bootstrap, {how}",
            conf_low=float(np.mean([test.conf_low for test in tests])),
            conf_high=float(np.mean([test.conf_high for test in tests])),
            draws=0 if exact else used,
        )

    most = _MOST_SIGNS // units
    return settled(run, [first, *(min(n, most) for n in further if first < most)], levels)


def _seed(seed: int, done: int) -> int:
    """Return the seed of the batch that follows a number of draws."""
    return int(np.random.SeedSequence([seed, done]).generate_state(1)[0]) if done else seed
