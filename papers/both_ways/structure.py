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
    Panel,
    RestrictedTwoWayFit,
    TwoWayFit,
    local_projection,
    panel_var,
    two_way_fit,
    two_way_restricted,
)
from unigauge.estimation.structural.binding_function import (
    BindingFunction,
    binding_function,
)
from unigauge.estimation.vector_autoregression.sample import levels_of, rows_with_lags
from unigauge.papers.both_ways.jackknifed_counts import two_sided
from unigauge.papers.both_ways.regressions import Direction, Regression, regressed
from unigauge.two_way_map import radius

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
    "one_lag",
    "own_lags",
    "structural_fits",
]

Method = Literal["indirect_inference", "jackknife", "gmm", "fe"]
METHODS: tuple[Method, ...] = get_args(Method)
HEADLINE, CHECK = METHODS[:2]
DRAWN = (HEADLINE, CHECK)
"""Methods that depend on a seed."""
HORIZON = 2
"""Later responses are biased by fixed effects beyond use where T is about 20."""
OWN_LAGS = (0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99)
_MOST_ROUNDS = 100
_TOLERANCE = 1e-6

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


def one_lag(
    samples: Mapping[str, pd.DataFrame], names: tuple[str, str]
) -> dict[str, RestrictedTwoWayFit]:
    """Test in every sample, by GMM, that a second lag adds nothing, as the system supposes."""
    found = {}
    for sample, frame in samples.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DroppedRowsWarning)
            found[sample] = two_way_restricted(frame, *names, no_second_lag=True)
    return found


def _fitted(frame: pd.DataFrame, names: tuple[str, str], **how: Any) -> TwoWayFit | str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        try:
            return two_way_fit(frame, *names, **how)
        except IdentificationError as none:
            return str(none)


# ---------------------------------------------------------------------------
# How persistent the first series may be


def own_lags(
    frame: pd.DataFrame, names: tuple[str, str], *, simulations: int, seed: int
) -> pd.DataFrame:
    """Return, for values that the own lag of k may have, how far the data are from them.

    The other three entries of A are those with which simulated panels give the data's
    least-squares estimates.  That of the own lag is then compared with its mean in the
    simulated panels, by its standard error clustered by unit, carried through the
    binding function.  Unlike an estimate this exists however persistent the data are.

    Returns
    -------
    DataFrame
        Index ``own lag``, without those that leave no stable system; ``by fixed effects, simulated`` and ``in the data``,
        ``std. error``, ``z``, ``p``.
    """
    import pandas as pd

    panel = Panel.from_frame(frame)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        found = panel_var(
            panel, names, method="ols", demean="time", small_sample="asymptotic"
        )
    usable = rows_with_lags(panel, levels_of(panel, names, "none"), 1)
    binding = binding_function(
        usable[usable.sum(axis=1) > 1],
        found.sigma,
        simulations,
        np.random.default_rng(seed),
    )
    rows = {}
    for own_lag in OWN_LAGS:
        own, gap = _matched(binding, found.coefficients, own_lag)
        if radius(own) >= 1:
            continue
        slopes = binding.jacobian(own)
        weights = np.r_[1.0, -np.linalg.solve(slopes[1:, 1:].T, slopes[0, 1:])]
        variance = weights @ found.covariance @ weights * (1 + 1 / simulations)
        error = float(np.sqrt(variance))
        rows[own_lag] = {
            "by fixed effects, simulated": found.coefficients[0, 0] - gap,
            "in the data": found.coefficients[0, 0],
            "std. error": error,
            "z": gap / error,
            "p": two_sided(gap / error),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("own lag")


def _matched(
    binding: BindingFunction, target: Floats, own_lag: float
) -> tuple[Floats, float]:
    """Return A with this own lag of k, the rest as in the data, and the gap that is left.

    The search ends where the system is no longer stable.
    """
    own, gap = target.copy(), np.zeros((2, 2))
    own[0, 0] = own_lag
    free = np.array([[0.0, 1.0], [1.0, 1.0]])
    for _ in range(_MOST_ROUNDS):
        if radius(own) >= 1:
            break
        gap = target - binding(own)
        if np.abs(free * gap).max() < _TOLERANCE:
            break
        own = own + free * gap
    return own, float(gap[0, 0])


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
