"""What the panel tests of Granger non-causality share: arguments, draws, p-values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_integer, require_seed
from unigauge.estimation.granger.results import NOMINAL_SIZE
from unigauge.estimation.granger.sample import CausalitySample
from unigauge.estimation.granger.unit_regressions import null_draws

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["bootstrap_fields", "checked", "null_statistics", "shared_fields"]


def checked(
    bootstrap: int, block: int, seed: int | None, demean: str
) -> tuple[int, int, int | None]:
    """Return draws, block and seed if all are allowed; draw a seed if it lacks."""
    require_choice("demean", demean, ("none", "time"))
    bootstrap = require_integer(
        "bootstrap", bootstrap, at_least=0, because="it counts draws; 0 is none"
    )
    block = require_integer("block", block, at_least=1, because="it counts rows")
    if seed is not None:
        seed = require_seed(seed)
    elif bootstrap:
        seed = int(np.random.SeedSequence().generate_state(1)[0])
    return bootstrap, block, seed


def null_statistics(
    statistic: Callable[[Floats], Floats],
    sample: CausalitySample,
    bootstrap: int,
    block: int,
    seed: int | None,
) -> Floats:
    """Return a statistic in every draw under the null, shape (bootstrap,)."""
    if bootstrap == 0 or seed is None:
        return np.empty(0)
    rows = sample.common_rows("the bootstrap")
    if block > len(rows):
        raise InputError(
            f"block is {block}, but there are only {len(rows)} usable rows; 1 or 3 are "
            "usual."
        )
    chunks = null_draws(
        sample.effect, rows, sample.lags, draws=bootstrap, block=block, seed=seed
    )
    return np.concatenate([statistic(chunk) for chunk in chunks])


def bootstrap_fields(observed: float, draws: Floats, p_values: Floats) -> dict[str, Any]:
    """Return bootstrap p-value (upper tail), size and the number of draws left out."""
    exist = np.isfinite(draws)
    count = int(exist.sum())
    if count == 0:
        return {
            "p_value_bootstrap": math.nan,
            "size_bootstrap": math.nan,
            "draws_left_out": len(draws),
        }
    return {
        "p_value_bootstrap": float((1 + (draws[exist] >= observed).sum()) / (1 + count)),
        "size_bootstrap": float((p_values[exist] < NOMINAL_SIZE).mean()),
        "draws_left_out": len(draws) - count,
    }


def shared_fields(
    sample: CausalitySample,
    criterion: str,
    demean: str,
    bootstrap: int,
    block: int,
    seed: int | None,
) -> dict[str, Any]:
    """Return the fields of a result that say what was asked for, and of which data."""
    effect, cause = sample.names
    return {
        "effect": effect,
        "cause": cause,
        "lags": sample.lags,
        "criterion": criterion,
        "n_entities": len(sample.entities),
        "nobs": int(sample.usable.sum()),
        "window": sample.window,
        "demean": demean,
        "draws": bootstrap,
        "block": block,
        "seed": seed,
    }
