"""The course of a response over time, by the panel VAR and by local projections.

Both on one scale: standard deviations of the outcome after a shock that moves the cause by
one of its own, net of unit and period effects, as in the forest plot.  The cause is put
last, so that the outcome does not answer within the period; and first, so that it may.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from unigauge.errors import DroppedRowsWarning, UnigaugeError
from unigauge.estimation.both_directions.dynamics import (
    projection_fit,
    vector_autoregression_fit,
)
from unigauge.estimation.both_directions.questions import Question

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["COLUMNS", "FIRST", "LAST", "draw_responses", "responses"]

COLUMNS = (
    "direction",
    "method",
    "order",
    "horizon",
    "estimate",
    "conf_low",
    "conf_high",
    "jackknife",
)
LAST, FIRST = "cause last", "cause first"
"""Whether the outcome may answer a shock to the cause in the same period."""
_BAND = ("estimate", "conf_low", "conf_high")
_BAND_DRAWS = 499


def responses(question: Question, methods: tuple[str, ...]) -> pd.DataFrame:
    """Return one row a method, order and horizon; what cannot be run has none."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        for method, courses in (("panel_var", _system), ("local_projection", _projected)):
            if method not in methods:
                continue
            try:
                found = courses(question)
            except UnigaugeError:
                continue
            where = {"direction": question.direction, "method": method}
            rows += [where | row for row in found]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = ["estimate", "conf_low", "conf_high", "jackknife"]
    return frame.assign(**(frame[numbers].astype(float) * question.scale))


def _system(question: Question) -> list[dict[str, Any]]:
    """Return the panel VAR's responses to a shock that moves the cause by one."""
    fit = vector_autoregression_fit(question)
    y, x = question.y, question.x
    last = projection_fit(question, "impulse_last").horizons[-1]
    paths = fit.irf(last, bands="bootstrap", draws=_BAND_DRAWS, seed=question.seed)
    rows: list[dict[str, Any]] = []
    for order, ordered in ((LAST, (y, x)), (FIRST, (x, y))):
        frame = paths.to_frame()
        frame = frame[(frame["order"] == ", ".join(ordered)) & (frame["shock"] == x)]
        impact = frame.loc[frame["response"] == x, "estimate"].iloc[0]
        rows += [
            {"order": order, "horizon": row["horizon"]}
            | {name: row[name] / impact for name in _BAND}
            for row in frame[frame["response"] == y].to_dict("records")
        ]
    return rows


def _projected(question: Question) -> list[dict[str, Any]]:
    """Return local projections; zero on impact where the cause is put last."""
    zero = dict.fromkeys((*_BAND, "jackknife"), 0.0)
    rows: list[dict[str, Any]] = [{"order": LAST, "horizon": 0} | zero]
    for order, ordering in ((LAST, "impulse_last"), (FIRST, "unrestricted")):
        fit = projection_fit(question, ordering)
        corrected = fit.jackknife()["jackknife"]
        rows += [
            {"order": order, "horizon": row["horizon"], "jackknife": value}
            | {name: row[name] for name in _BAND}
            for row, value in zip(fit.to_frame().to_dict("records"), corrected, strict=True)
        ]
    return rows


def draw_responses(data: pd.DataFrame, direction: str, period: str, ax: Axes) -> Axes:
    """Draw the responses of one direction: panel VAR with bands, local projections."""
    ax.axhline(0.0, color="0.6", linewidth=0.8)
    own = data[data["direction"] == direction]
    system = own[own["method"] == "panel_var"]
    local = own[(own["method"] == "local_projection") & (own["order"] == LAST)]
    last, first = (system[system["order"] == order] for order in (LAST, FIRST))
    if len(system):
        ax.fill_between(
            last["horizon"], last["conf_low"], last["conf_high"], color="C0", alpha=0.2
        )
        ax.plot(last["horizon"], last["estimate"], color="C0", label="panel VAR, 95 % band")
        ax.plot(
            first["horizon"],
            first["estimate"],
            color="C0",
            linestyle="--",
            label="panel VAR, if both may move at once",
        )
    if len(local):
        ax.plot(
            local["horizon"],
            local["estimate"],
            "o-",
            color="C1",
            linewidth=1.0,
            label="local projections",
        )
        ax.plot(
            local["horizon"],
            local["jackknife"],
            "D",
            color="C1",
            markerfacecolor="white",
            label="the same, jackknifed",
        )
    ax.set_title(direction)
    ax.set_xlabel(f"{period}s after the shock")
    ax.set_ylabel("standard deviations")
    ax.set_xticks(sorted(set(own["horizon"])))
    ax.legend(frameon=False, fontsize="small", loc="upper left")
    ax.margins(y=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
