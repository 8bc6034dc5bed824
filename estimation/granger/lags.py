"""How many lags a Granger test has, where a criterion is to say."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import require_choice, require_integer
from unigauge.estimation.granger.sample import causality_sample
from unigauge.estimation.granger.unit_regressions import unit_wald

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from unigauge.estimation.panel import Panel

__all__ = [
    "ANDREWS_LU",
    "CRITERIA",
    "Criterion",
    "chosen_lags",
    "penalty",
    "requested_lags",
]

Criterion = Literal["bic", "aic", "hqic"]
CRITERIA = ("bic", "aic", "hqic")
"""Schwarz, Akaike, Hannan and Quinn."""
ANDREWS_LU = 2.1
"""Andrews and Lu's factor in the penalty of Hannan and Quinn, which must exceed two."""


def penalty(criterion: str, size: float, *, factor: float = 2.0) -> float:
    """Return what a criterion charges for a parameter in a sample of ``size``.

    Examples
    --------
    >>> penalty("aic", 100)
    2.0
    """
    return {
        "bic": math.log(size),
        "aic": 2.0,
        "hqic": factor * math.log(math.log(max(size, 3.0))),
    }[criterion]


def requested_lags(lags: int | str, max_lags: int) -> tuple[range, str]:
    """Return the orders to try, and the criterion; one order and "" where it is given."""
    if isinstance(lags, str):
        require_choice("lags", lags, CRITERIA)
        most = require_integer("max_lags", max_lags, at_least=1, because="it is an order")
        return range(1, most + 1), lags
    order = require_integer("lags", lags, at_least=1, because="the test is on lags")
    return range(order, order + 1), ""


def chosen_lags(
    frame: pd.DataFrame | Panel,
    effect: str,
    cause: str,
    lags: int | Criterion,
    max_lags: int,
    demean: str,
) -> tuple[int, str]:
    """Return the number of lags, and the criterion in words where one chose it.

    The criterion of unit i is log(RSS_i / T_i) + penalty (2 K + 1) / T_i, with a constant,
    K own lags and K lags of the cause; its mean over units is least.  All orders have the
    rows that ``max_lags`` leaves.
    """
    orders, criterion = requested_lags(lags, max_lags)
    if not criterion:
        return orders[0], ""
    most = orders[-1]
    sample = causality_sample(frame, effect, cause, most, demean)
    sample.require_rows(
        "choice of lags", 2 * most + 2, "2 * max_lags + 2", "a smaller max_lags"
    )
    rows = sample.unit_rows
    charge = np.array([penalty(criterion, size) for size in rows.tolist()])

    def value(order: int) -> float:
        shorter = replace(sample, lags=order, floors=sample.floors[_floors_of(order, most)])
        _, norms = unit_wald(
            sample.effect[:, None],
            sample.cause[:, None],
            sample.usable,
            order,
            shorter.floors,
        )
        shorter.require_identified(norms[:, 0])
        variance = norms[-1, 0] ** 2 / rows
        return float((np.log(variance) + charge * (2 * order + 1) / rows).mean())

    return min(orders, key=value), f"least {criterion} of 1 to {most}"


def _floors_of(order: int, most: int) -> NDArray[np.intp]:
    """Return which floors of a sample of ``most`` lags are those of fewer."""
    own, causes = np.arange(1, 1 + order), np.arange(1 + most, 1 + most + order)
    return np.concatenate([[0], own, causes, [2 * most + 1]])
