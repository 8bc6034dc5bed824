"""The tables and the picture of :mod:`.dynamics`, each from what was estimated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.papers.innovation_standards_fields.dynamics import (
    CORRECTIONS,
    HORIZON,
    Projections,
    Roots,
)
from unigauge.papers.innovation_standards_fields.evidence import DIRECTIONS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from unigauge.estimation import DynamicFit, MeanGroupFit, PanelVARFit, SystemFit

__all__ = [
    "averages_table",
    "courses_of_responses",
    "draw_responses",
    "moments_table",
    "panel_var_table",
    "projections_table",
    "system_table",
    "unit_roots_table",
]

BAND_DRAWS = 499
CORRECTED = dict(zip(CORRECTIONS, ("jackknife", "Hahn-Kuersteiner"), strict=True))


def unit_roots_table(tests: Roots) -> pd.DataFrame:
    """Return one row a variable, lags and terms; statistic and p-value of each test."""
    import pandas as pd

    rows: dict[tuple[str, int, str], dict[str, float]] = {}
    for (variable, name, lags, trend), test in tests.items():
        row = rows.setdefault((variable, lags, trend), {})
        row[name] = test.statistic
        row[f"p {name}"] = test.p_value
    frame = pd.DataFrame.from_dict(rows, orient="index")
    return frame.rename_axis(["variable", "lags", "terms"])


def averages_table(fits: Mapping[tuple[str, str], MeanGroupFit]) -> pd.DataFrame:
    """Return own lag and cause, as they are and jackknifed."""
    import pandas as pd

    rows = []
    for direction in DIRECTIONS:
        for how in ("as it is", "jackknifed"):
            fit = fits[direction.name, how]
            for term in (f"lag({direction.effect}, 1)", direction.lag):
                rows.append(
                    {
                        "outcome": direction.effect,
                        "estimator": how,
                        "term": term,
                        "estimate": fit.params[term],
                        "std. error": fit.std_errors[term],
                        "p": fit.pvalues[term],
                    }
                )
    return pd.DataFrame(rows).set_index(["outcome", "estimator", "term"])


def projections_table(found: Projections) -> pd.DataFrame:
    """Return one row a direction, specification and horizon."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for (direction, name), result in found.items():
        p_kraay = list(result.driscoll_kraay.pvalues)
        for row, kraay in zip(
            result.clustered.to_frame().to_dict("records"), p_kraay, strict=True
        ):
            h = row["horizon"]
            rows.append(
                {
                    "direction": direction,
                    "specification": name,
                    "years on": h,
                    "estimate": row["estimate"],
                    "std. error": row["std_error"],
                    "p clustered": row["p_value"],
                    "p D-K": kraay,
                    "p wild": result.wild_p[h],
                    "jackknifed": result.jackknife.get(h, np.nan),
                }
            )
    return pd.DataFrame(rows).set_index(["direction", "specification", "years on"])


def panel_var_table(fits: Mapping[str, PanelVARFit]) -> pd.DataFrame:
    """Return one row a coefficient, by correction, and the largest root."""
    import pandas as pd

    parts = {CORRECTED[name]: fit.to_frame() for name, fit in fits.items()}
    frame = pd.concat(parts, names=["correction", None]).reset_index(level=0)
    roots = {CORRECTED[name]: abs(fit.eigenvalues[0]) for name, fit in fits.items()}
    frame["largest root"] = frame["correction"].map(roots)
    columns = ["estimate", "std_error", "p_value", "largest root"]
    return frame.set_index(["correction", "equation", "term"])[columns]


def moments_table(fits: Mapping[str, DynamicFit]) -> pd.DataFrame:
    """Return one row a coefficient of difference GMM, with instruments and tests."""
    import pandas as pd

    parts = {
        name: fit.to_frame().assign(
            instruments=fit.n_instruments, fields=fit.n_entities, hansen=fit.hansen.p_value
        )
        for name, fit in fits.items()
    }
    frame = pd.concat(parts, names=["direction", None]).reset_index(level=0)
    columns = ["estimate", "std_error", "p_value", "instruments", "fields", "hansen"]
    return frame.set_index(["direction", "term"])[columns]


def system_table(fits: Mapping[tuple[str, str], SystemFit]) -> pd.DataFrame:
    """Return one row a coefficient of the system, with first stage and exclusions."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for (name, kind), fit in fits.items():
        if kind != "3sls":
            continue
        strength = dict(zip(("patents", "standards"), fit.first_stage["f"], strict=True))
        exclusions = np.nan if fit.overidentification is None else fit.overidentification[2]
        for term in fit.terms:
            equation, _, regressor = term.partition(": ")
            rows.append(
                {
                    "instruments": name,
                    "equation": equation,
                    "term": regressor,
                    "estimate": fit.params[term],
                    "std. error": fit.std_errors[term],
                    "p": fit.pvalues[term],
                    "first-stage F": strength[equation],
                    "p exclusions": exclusions,
                }
            )
    return pd.DataFrame(rows).set_index(["instruments", "equation", "term"])


# ---------------------------------------------------------------------------
# The picture


def courses_of_responses(
    found: Projections, systems: Mapping[str, PanelVARFit], *, seed: int
) -> pd.DataFrame:
    """Return the responses in per cent of the effect for one of the cause, by year.

    The cause comes first: the effect may answer in the same year.
    """
    import pandas as pd

    rows = []
    for direction in DIRECTIONS:
        for name in ("at once", "at once, field trends"):
            result = found[direction.name, name]
            frame = result.clustered.to_frame()
            columns = frame[["horizon", "estimate", "conf_low", "conf_high"]]
            words = "local projections" + (", field trends" if "trends" in name else "")
            rows.append(columns.assign(direction=direction.name, method=words))
            if result.jackknife:
                corrected = columns.assign(
                    estimate=columns["horizon"].map(result.jackknife),
                    conf_low=np.nan,
                    conf_high=np.nan,
                )
                words = "local projections, jackknifed"
                rows.append(corrected.assign(direction=direction.name, method=words))
        for name, fit in systems.items():
            paths = fit.irf(
                HORIZON,
                order=[direction.cause, direction.effect],
                bands="bootstrap",
                draws=BAND_DRAWS,
                seed=seed,
            ).to_frame()
            shocked = paths[paths["shock"] == direction.cause]
            own = shocked["response"] == direction.cause
            numbers = ["estimate", "conf_low", "conf_high"]
            course = shocked.loc[~own, ["horizon", *numbers]]
            course[numbers] /= shocked.loc[own, "estimate"].iloc[0]
            words = f"panel VAR, {CORRECTED[name]}"
            rows.append(course.assign(direction=direction.name, method=words))
    frame = pd.concat(rows, ignore_index=True)
    return frame[["direction", "method", "horizon", "estimate", "conf_low", "conf_high"]]


def draw_responses(data: pd.DataFrame) -> Figure:
    """Draw the courses, both directions: local projections above, panel VAR below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 6.6), layout="constrained")
    grid = figure.subplots(2, 2, sharex=True, sharey="col")
    above = {
        "local projections": ("C0", "o-"),
        "local projections, jackknifed": ("C0", "D"),
        "local projections, field trends": ("C1", "s--"),
    }
    below = {
        "panel VAR, jackknife": ("C0", "o-"),
        "panel VAR, Hahn-Kuersteiner": ("C1", "s--"),
    }
    for pair, direction in zip(grid.T, DIRECTIONS, strict=True):
        chosen = data[data["direction"] == direction.name]
        pair[0].set_title(direction.name, fontsize=11)
        for axes, styles in zip(pair, (above, below), strict=True):
            for method, style in styles.items():
                _draw_course(axes, chosen[chosen["method"] == method], method, *style)
            axes.axhline(0, color="0.6", lw=0.8, zorder=0)
            axes.spines[["top", "right"]].set_visible(False)
        pair[1].set_xlabel("years after the shock")
    for axes in grid[:, 0]:
        axes.set_ylabel("% for 1 % of the cause")
        axes.legend(frameon=False, fontsize=8, loc="upper left")
    return figure


def _draw_course(
    axes: Axes, course: pd.DataFrame, label: str, colour: str, style: str
) -> None:
    """Draw one course with its band, if it has one."""
    marker_face = "white" if style == "D" else colour
    axes.plot(
        course["horizon"],
        course["estimate"],
        style,
        color=colour,
        mfc=marker_face,
        label=label,
    )
    axes.fill_between(
        course["horizon"], course["conf_low"], course["conf_high"], color=colour, alpha=0.15
    )
