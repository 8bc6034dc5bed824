"""Draw panels, estimate, and sum up: bias, spread, standard errors, rejections."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import DataError, UnigaugeWarning
from unigauge.estimation.panel import as_panel
from unigauge.papers.bridge.recipes import RECIPES
from unigauge.papers.bridge.worlds import (
    ABSORPTION,
    ADJUSTMENT,
    NEIGHBOURS,
    SATURATION,
    own_effects,
    panel,
)
from unigauge.sweeps import sweep
from unigauge.two_way_map import loop, structure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["CRITICAL", "draw", "simulated", "statistics", "summary", "truth"]

CRITICAL = 1.959963984540054
"""Estimates further from a value than this many standard errors reject it."""
LEVEL = 0.05


def draw(
    recipe: str,
    effect: bool,
    seed: int,
    world: str = "",
    units: int = 50,
    periods: int = 20,
) -> dict[str, float]:
    """Draw one panel and return what a recipe finds in it: one cell of a sweep.

    Parameters
    ----------
    recipe : str
        One of :data:`~unigauge.papers.bridge.recipes.RECIPES`.
    effect : bool
        Whether standards move knowledge; the null is that they do not.
    seed : int
        Of the panel, and of what the recipe draws.
    units, periods : int
        N and T.
    world : str, default ""
        Which panels; empty for the recipe's own.

    Returns
    -------
    dict
        ``estimate[name]`` and ``std_error[name]``, or ``p_value[name]``.
    """
    own_world, answers = RECIPES[recipe]
    frame = panel(
        world or own_world, effect=effect, seed=seed, units=units, periods=periods
    )
    row: dict[str, float] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnigaugeWarning)
        for name, answer in answers(as_panel(frame), seed).items():
            if isinstance(answer, tuple):
                row[f"estimate[{name}]"] = float(answer[0])
                row[f"std_error[{name}]"] = float(answer[1])
            else:
                row[f"p_value[{name}]"] = float(answer)
    return row


def simulated(
    cells: Sequence[Mapping[str, Any]], *, n_jobs: int = 1, progress: bool = False
) -> pd.DataFrame:
    """Return one row a draw: the sweep of :func:`draw` over cells.

    Parameters
    ----------
    cells : sequence of mapping
        Arguments of :func:`draw`.
    n_jobs, progress
        As in :func:`unigauge.sweeps.sweep`; any joblib backend carries it.

    Raises
    ------
    DataError
        If a draw failed otherwise than by an estimator that says it cannot tell.
    """
    drawn = sweep(draw, cells, n_jobs=n_jobs, progress=progress)
    failed = drawn[(drawn["error"] != "") & ~drawn["error"].str.startswith(_UNANSWERED)]
    if len(failed):
        first = failed.iloc[0]
        raise DataError(
            f"{len(failed)} of {len(drawn)} draws failed; the first, {first['recipe']} with "
            f"seed {first['seed']}, says {first['error']}"
        )
    return drawn


_UNANSWERED = ("IdentificationError", "ConvergenceError")


def truth(parameter: str, effect: bool) -> float:
    """Return the parameter's true value, with the effect of standards or without."""
    own = own_effects(effect)
    wanted = structure(own).response
    values = {
        "a11": own[0, 0],
        "a12": own[0, 1],
        "a22": own[1, 1],
        "l_k b_ks": own[0, 1],
        "l_k": ADJUSTMENT[0],
        "b_ks": wanted[0],
        "b_sk": wanted[1],
        "loop": loop(wanted),
        "d11": NEIGHBOURS,
        "- l_k q": -ADJUSTMENT[0] * SATURATION,
        "- chi": -ABSORPTION,
        **{f"response, h = {h}": np.linalg.matrix_power(own, h)[0, 1] for h in range(1, 9)},
    }
    return float(values[parameter])


# ---------------------------------------------------------------------------
# Statistics with their simulation errors

Statistic = tuple[float, float]
"""A value and its simulation error."""


def statistics(
    drawn: pd.DataFrame, null: pd.DataFrame | None, name: str
) -> dict[str, float]:
    """Return the statistics of one estimator and parameter, with simulation errors.

    Parameters
    ----------
    drawn : DataFrame
        Draws in which standards move knowledge.
    null : DataFrame or None
        Draws in which they do not.
    name : str
        ``estimator: parameter``.

    Returns
    -------
    dict
        ``bias``, ``sd``, ``mean_se``, ``rmse``, ``size``, ``size_null`` and ``power``,
        each with ``..._error``, ``draws`` and ``failed``.  ``size`` is the share of draws
        that reject the truth, ``power`` zero; of a test of causality, ``size`` is that
        under the null.
    """
    test = f"p_value[{name}]" in drawn
    kind = "p_value" if test else "estimate"
    samples = [drawn] if null is None else [drawn, null]
    used = [len(_column(sample, kind, name)) for sample in samples]
    if test:
        found = {"power": _rate(_column(drawn, kind, name) < LEVEL)}
        if null is not None:
            found["size"] = _rate(_column(null, kind, name) < LEVEL)
    else:
        parameter = name.split(": ")[1]
        found = _of_estimates(*_pair(drawn, name), truth(parameter, effect=True))
        if null is not None:
            value, error = _pair(null, name)
            missed = np.abs(value - truth(parameter, effect=False)) > CRITICAL * error
            found["size_null"] = _rate(missed)
    row = {
        key: number
        for statistic, (value, error) in found.items()
        for key, number in ((statistic, value), (f"{statistic}_error", error))
    }
    tried = sum(sample["seed"].nunique() for sample in samples)
    return {**row, "draws": used[0], "failed": tried - sum(used)}


def _of_estimates(value: Floats, error: Floats, true: float) -> dict[str, Statistic]:
    off, count = value - true, len(value)
    squared = off**2
    rmse = float(np.sqrt(squared.mean()))
    sd = float(value.std(ddof=1))
    fourth = float(((value - value.mean()) ** 4).mean()) / sd**4
    return {
        "bias": (float(off.mean()), sd / count**0.5),
        "sd": (sd, sd * (max(fourth - 1, 0.0) / (4 * count)) ** 0.5),
        "rmse": (rmse, float(squared.std(ddof=1)) / (2 * rmse * count**0.5)),
        "mean_se": (float(error.mean()), float(error.std(ddof=1)) / count**0.5),
        "size": _rate(np.abs(off) > CRITICAL * error),
        "power": _rate(np.abs(value) > CRITICAL * error),
    }


def _rate(rejected: NDArray[np.bool_]) -> Statistic:
    share = float(rejected.mean())
    return share, (share * (1 - share) / len(rejected)) ** 0.5


def _column(drawn: pd.DataFrame, kind: str, name: str) -> Floats:
    """Return the answers that were given, in the order of the draws."""
    return drawn[f"{kind}[{name}]"].dropna().to_numpy(dtype=np.float64)


def _pair(drawn: pd.DataFrame, name: str) -> tuple[Floats, Floats]:
    return _column(drawn, "estimate", name), _column(drawn, "std_error", name)


def summary(drawn: pd.DataFrame) -> pd.DataFrame:
    """Return one row an estimator and parameter, in the order of the recipes.

    Rows of :func:`simulated` of one size and world; the null may be lacking.
    """
    import pandas as pd

    names = dict.fromkeys(
        column.split("[", 1)[1][:-1]
        for column in drawn.dropna(axis=1, how="all").columns
        if column.startswith(("estimate[", "p_value["))
    )
    there = drawn["effect"].astype(bool)
    null = None if there.all() else drawn[~there]
    rows = []
    for name in names:
        estimator, parameter = name.split(": ")
        row = statistics(drawn[there], null, name)
        rows.append({"estimator": estimator, "parameter": parameter, **row})
    return pd.DataFrame(rows)
