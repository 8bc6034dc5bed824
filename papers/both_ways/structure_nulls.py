"""Hypotheses on the two-way system, tested in panels like the data in which they are true.

Errors clustered by unit and normal or chi-squared p-values do not do here: units share shocks,
few of them move most, and series do not start in their steady state.  P-values are shares of
the panels of :mod:`.null_panels`; what depends on where series start is said for both starts.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import DroppedRowsWarning
from unigauge.estimation import (
    Panel,
    PanelVARFit,
    RestrictedTwoWayFit,
    panel_var,
    two_way_restricted,
)
from unigauge.estimation.structural.binding_function import (
    BindingFunction,
    binding_function,
)
from unigauge.estimation.structural.two_way_estimates import INSTRUMENT_LAGS
from unigauge.papers.both_ways.null_panels import (
    STARTS,
    NullPanels,
    null_panels,
    two_tailed,
)
from unigauge.papers.both_ways.regressions import NOMINAL
from unigauge.two_way_map import radius

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["OneLag", "frames", "no_effects", "one_lag", "own_lags"]

OWN_LAGS = (0.7, 0.8, 0.85, 0.9, 0.95, 0.99)
_SECOND = [2, 3, 6, 7]
"""Where the second lag stands among the coefficients of two, row by row."""
_MOST_ROUNDS = 100
_TOLERANCE = 1e-6


# ---------------------------------------------------------------------------
# Entries of A


def own_lags(
    frame: pd.DataFrame,
    names: tuple[str, str],
    *,
    simulations: int,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return, for values that the own lag of k may have, how far the data are from them.

    The other three entries of A are those with which simulated panels give the data's
    least-squares estimates.  The estimate of the own lag is then compared with those in null
    panels.  Unlike an estimate free of bias this exists however persistent the data are.

    Returns
    -------
    DataFrame
        Index ``own lag``, without those that leave no stable system; ``in the data``, and for
        each start the mean estimate and ``p``; ``p``, the larger of both.
    """
    found, binding, nulls = _prepared(frame, names, simulations, draws, seed)
    return _compared(
        found, binding, nulls, {lag: ((0, 0), lag) for lag in OWN_LAGS}, "own lag"
    )


def no_effects(
    frame: pd.DataFrame,
    names: tuple[str, str],
    *,
    simulations: int,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return, for each direction, how far the data are from no effect within a year.

    As :func:`own_lags`, with one cross entry of A held at zero; index ``direction``.
    """
    found, binding, nulls = _prepared(frame, names, simulations, draws, seed)
    k, s = names
    held = {f"{s} to {k}": ((0, 1), 0.0), f"{k} to {s}": ((1, 0), 0.0)}
    return _compared(found, binding, nulls, held, "direction")


def _prepared(
    frame: pd.DataFrame, names: tuple[str, str], simulations: int, draws: int, seed: int
) -> tuple[PanelVARFit, BindingFunction, NullPanels]:
    """Return least squares, its binding function, and what null panels are drawn from."""
    panel = Panel.from_frame(frame)
    found = _least_squares(panel, names)
    nulls = null_panels(panel, names, draws=draws, seed=seed)
    usable = np.vstack([np.zeros_like(nulls.usable[:1]), nulls.usable]).T
    rng = np.random.default_rng(seed)
    return found, binding_function(usable, found.sigma, simulations, rng), nulls


def _least_squares(panel: Panel, names: tuple[str, str]) -> PanelVARFit:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        return panel_var(
            panel, names, method="ols", demean="time", small_sample="asymptotic"
        )


def _compared(
    found: PanelVARFit,
    binding: BindingFunction,
    nulls: NullPanels,
    held: Mapping[Any, tuple[tuple[int, int], float]],
    index: str,
) -> pd.DataFrame:
    """Hold one entry of A after the other at a value, where the system is stable with it."""
    import pandas as pd

    rows = {}
    for label, (place, value) in held.items():
        own = _matched(binding, found.coefficients, place, value)
        if radius(own) >= 1:
            continue
        seen = float(found.coefficients[place])
        row, p_values = {"in the data": seen}, []
        for start in STARTS:
            drawn = binding.estimates(nulls.paths(own, start))[:, *place]
            p_values.append(two_tailed(drawn, seen))
            row[f"mean, start {start}"] = float(drawn.mean())
            row[f"p, start {start}"] = p_values[-1]
        rows[label] = {**row, "p": max(p_values)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index)


def _matched(
    binding: BindingFunction, target: Floats, place: tuple[int, int], value: float
) -> Floats:
    """Return A with this entry at this place, and the rest as in the data.

    The search ends where the system is no longer stable.
    """
    own, free = target.copy(), np.ones((2, 2))
    own[place], free[place] = value, 0.0
    for _ in range(_MOST_ROUNDS):
        if radius(own) >= 1:
            break
        step = free * (target - binding(own))
        if np.abs(step).max() < _TOLERANCE:
            break
        own = own + step
    return own


# ---------------------------------------------------------------------------
# One lag


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLag:
    """The test that a second lag adds nothing.

    Attributes
    ----------
    fit : RestrictedTwoWayFit
        With its statistic and chi-squared p-value.
    p_value : float
        Share of null panels, itself among them, with as large a statistic.
    size : float
        Share of null panels that the chi-squared test rejects at 5 %.
    """

    fit: RestrictedTwoWayFit
    p_value: float
    size: float


def one_lag(
    samples: Mapping[str, pd.DataFrame],
    names: tuple[str, str],
    *,
    draws: int,
    seed: int,
) -> dict[str, OneLag]:
    """Test in every sample, by GMM, that a second lag adds nothing, as the system supposes.

    Null panels have the autoregression of least squares and start where the data do; a fifth
    of them are drawn in samples other than the first.
    """
    from scipy.stats import chi2

    tests: dict[str, OneLag] = {}
    for sample, frame in samples.items():
        panel = Panel.from_frame(frame)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DroppedRowsWarning)
            fit = two_way_restricted(panel, *names, no_second_lag=True)
        many = draws // 5 if tests else draws
        nulls = null_panels(panel, names, draws=many, seed=seed)
        paths = nulls.paths(_least_squares(panel, names).coefficients, "of the data")
        drawn = np.array([_second_lag(one, names) for one in frames(nulls, paths, names)])
        tests[sample] = OneLag(
            fit=fit,
            p_value=(1 + int((drawn >= fit.statistic).sum())) / (1 + many),
            size=float((chi2.sf(drawn, fit.df) <= NOMINAL).mean()),
        )
    return tests


def frames(nulls: NullPanels, paths: Floats, names: Sequence[str]) -> list[pd.DataFrame]:
    """Return null panels as frames, with the rows that the data have."""
    import pandas as pd

    known = ~np.isnan(nulls.levels).any(axis=-1).T
    index = pd.MultiIndex.from_product([range(known.shape[0]), range(known.shape[1])])
    index = index[known.ravel()]
    return [
        pd.DataFrame(one.swapaxes(0, 1)[known], index, columns=list(names))
        for one in paths.transpose(2, 0, 1, 3)
    ]


def _second_lag(frame: pd.DataFrame, names: tuple[str, str]) -> float:
    """Return the statistic of no second lag."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        found = panel_var(
            frame, names, lags=2, steps=1, instruments=INSTRUMENT_LAGS, demean="time"
        )
    second = found.coefficients.ravel()[_SECOND]
    covariance = found.covariance[np.ix_(_SECOND, _SECOND)]
    return float(second @ np.linalg.solve(covariance, second))
