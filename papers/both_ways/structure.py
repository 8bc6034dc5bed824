"""The two-way system behind both series: how fast each adjusts, and what each asks of the other.

Patents are k and standards (or certificates) s of :mod:`unigauge.two_way_map.algebra`.  The
sample is that of both directions at once; period effects are always taken out.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from unigauge.errors import DroppedRowsWarning, IdentificationError
from unigauge.estimation import (
    TwoWayFit,
    local_projection,
    two_way_fit,
)
from unigauge.papers.both_ways.regressions import Direction, Regression, regressed

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "CHECK",
    "HEADLINE",
    "HORIZON",
    "METHODS",
    "Bend",
    "Fits",
    "Method",
    "Projected",
    "bends",
    "horizons",
    "structural_fits",
]

Method = Literal["indirect_inference", "jackknife", "gmm", "fe"]
METHODS: tuple[Method, ...] = get_args(Method)
HEADLINE, CHECK = METHODS[:2]
DRAWN = (HEADLINE, CHECK)
"""Methods that depend on a seed."""
HORIZON = 2
"""Later responses are biased by fixed effects beyond use where T is about 20."""

Fits = dict[tuple[str, Method, int], TwoWayFit | str]
"""By sample, method and seed; a sentence where a method has no answer."""


def structural_fits(
    samples: Mapping[str, pd.DataFrame],
    names: tuple[str, str],
    *,
    seeds: Sequence[int],
    simulations: int,
    bootstrap: int,
) -> Fits:
    """Estimate the system by every method, (k, s) being ``names``.

    In the first sample with all seeds, where a method draws; else with the first.
    """
    fits: Fits = {}
    for place, (sample, method) in enumerate(product(samples, METHODS)):
        every = place < len(METHODS) and method in DRAWN
        for seed in seeds if every else seeds[:1]:
            fits[sample, method, seed] = _fitted(
                samples[sample],
                names,
                method=method,
                seed=seed,
                simulations=simulations,
                bootstrap=bootstrap,
            )
    return fits


def _fitted(frame: pd.DataFrame, names: tuple[str, str], **how: Any) -> TwoWayFit | str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        try:
            return two_way_fit(frame, *names, **how)
        except IdentificationError as none:
            return str(none)


# ---------------------------------------------------------------------------
# Responses, and bends


@dataclass(frozen=True, slots=True, kw_only=True)
class Projected:
    """A response by local projection, and what systems make of it: (response, error)."""

    direction: str
    horizon: int
    fixed_effects: float
    std_error: float
    jackknife: float
    systems: Mapping[Method, tuple[float, float]]


def horizons(
    frame: pd.DataFrame, directions: Sequence[Direction], fits: Mapping[Method, TwoWayFit]
) -> list[Projected]:
    """Return the responses at short horizons, given the past of both series.

    Parameters
    ----------
    frame : DataFrame
        The sample.
    directions : sequence of Direction
        The one whose effect is k first.
    fits : mapping
        The system by method.
    """
    found = []
    for place, direction in enumerate(directions):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DroppedRowsWarning)
            projected = local_projection(
                frame,
                direction.effect,
                direction.cause,
                horizon=HORIZON,
                lags=0,
                ordering="impulse_last",
            )
            jackknife = projected.jackknife().set_index("horizon")["jackknife"]
        for row in projected.to_frame().to_dict("records"):
            h = int(row["horizon"])
            found.append(
                Projected(
                    direction=direction.name,
                    horizon=h,
                    fixed_effects=float(row["estimate"]),
                    std_error=float(row["std_error"]),
                    jackknife=float(jackknife[h]),
                    systems={name: _response(fit, h, place) for name, fit in fits.items()},
                )
            )
    return found


def _response(fit: TwoWayFit, horizon: int, place: int) -> tuple[float, float]:
    """Return the off-diagonal entry of A^h in row ``place``, and its error to first order."""
    powers = [np.linalg.matrix_power(fit.own, k) for k in range(horizon + 1)]
    slopes = sum(np.kron(powers[k], powers[horizon - 1 - k].T) for k in range(horizon))
    row = np.asarray(slopes)[2 * place + 1 - place]
    return (
        float(powers[horizon][place, 1 - place]),
        float(np.sqrt(row @ fit.own_covariance @ row)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """A regression with the square of the cause, around its mean."""

    regression: Regression
    linear: str

    @property
    def square(self) -> str:
        """The term of the square."""
        return self.regression.term


def bends(
    frame: pd.DataFrame, directions: Sequence[Direction], *, draws: int, seed: int
) -> dict[str, Bend]:
    """Ask whether effects bend, by direction: several steady states need that they do."""
    found = {}
    for direction in directions:
        around = frame[direction.cause] - frame[direction.cause].mean()
        square = f"{direction.cause}_squared"
        terms = f"{direction.own} + {direction.lag} + lag({square}, 1)"
        found[direction.name] = Bend(
            regression=regressed(
                frame.assign(**{square: around**2}),
                f"{direction.effect} ~ {terms} | entity + time",
                f"lag({square}, 1)",
                draws=draws,
                seed=seed,
            ),
            linear=direction.lag,
        )
    return found
