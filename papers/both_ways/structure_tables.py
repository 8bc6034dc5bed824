"""Tables and the picture of the two-way system, each from what was estimated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.estimation import TwoWayFit
from unigauge.papers.both_ways.jackknifed_counts import JackknifedCounts, two_sided
from unigauge.papers.both_ways.structure import (
    CHECK,
    HEADLINE,
    METHODS,
    Bend,
    Fits,
    Projected,
)
from unigauge.papers.both_ways.structure_nulls import OneLag

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "WORDS",
    "bends_table",
    "counts_table",
    "draw_structure",
    "horizons_table",
    "order_table",
    "parameters",
    "seeds_table",
    "structure_table",
]

WORDS = {
    "indirect_inference": "indirect inference",
    "jackknife": "half-panel jackknife",
    "gmm": "GMM",
    "fe": "fixed effects",
}
NORMAL = 1.959963984540054


def parameters(fit: TwoWayFit) -> list[dict[str, Any]]:
    """Return one row a parameter: structure, loop, cross entries of A, spectral radius.

    The cross entries are zero where a response is, and do not divide by a speed.
    """
    k, s = fit.knowledge, fit.standards
    names = (
        f"speed l, {k}",
        f"speed l, {s}",
        f"response b, {s} to {k}",
        f"response b, {k} to {s}",
        "loop",
        f"entry of A, {s} to {k}",
        f"entry of A, {k} to {s}",
        "radius",
    )
    errors = [*fit.std_errors, *np.sqrt(np.diag(fit.own_covariance))[[1, 2]], math.nan]
    estimates = [*fit.estimates, fit.own[0, 1], fit.own[1, 0], fit.radius]
    return [
        {
            "parameter": name,
            "estimate": estimate,
            "std. error": error,
            "p": two_sided(estimate / error),
            "conf. low": estimate - NORMAL * error,
            "conf. high": estimate + NORMAL * error,
        }
        for name, estimate, error in zip(names, estimates, errors, strict=True)
    ]


def structure_table(fits: Fits) -> pd.DataFrame:
    """Return the estimates of the first seed by sample, method and parameter."""
    import pandas as pd

    first = min(seed for _, _, seed in fits)
    rows: list[dict[str, Any]] = []
    for (sample, method, seed), fit in fits.items():
        if seed != first:
            continue
        where = {"sample": sample, "method": WORDS[method]}
        if isinstance(fit, str):
            rows.append({**where, "parameter": "none: no stationary system fits"})
        else:
            rows += [{**where, **row} for row in parameters(fit)]
    return pd.DataFrame(rows).set_index(["sample", "method", "parameter"])


def seeds_table(fits: Fits) -> pd.DataFrame:
    """Return the range of estimates and errors over seeds, where a method draws."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    sample = next(iter(fits))[0]
    for method in (HEADLINE, CHECK):
        drawn = [fit for key, fit in fits.items() if key[:2] == (sample, method)]
        found = [parameters(fit) for fit in drawn if isinstance(fit, TwoWayFit)]
        answered = f"{len(found)} of {len(drawn)}"
        where = {"method": WORDS[method], "answers": answered}
        if not found:
            rows.append({**where, "parameter": "none"})
        for same in zip(*found, strict=True):
            estimates = [row["estimate"] for row in same]
            errors = [row["std. error"] for row in same]
            rows.append(
                {
                    **where,
                    "parameter": same[0]["parameter"],
                    "lowest": min(estimates),
                    "highest": max(estimates),
                    "smallest error": min(errors),
                    "largest error": max(errors),
                }
            )
    return pd.DataFrame(rows).set_index(["method", "answers", "parameter"])


def order_table(tests: Mapping[str, OneLag]) -> pd.DataFrame:
    """Return the tests that a second lag adds nothing, by sample."""
    import pandas as pd

    rows = {
        sample: {
            "chi2": test.fit.statistic,
            "df": test.fit.df,
            "p": test.p_value,
            "p chi-squared": test.fit.p_value,
            "size chi-squared": test.size,
            "units": test.fit.n_entities,
        }
        for sample, test in tests.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("sample")


def horizons_table(projected: Sequence[Projected]) -> pd.DataFrame:
    """Return responses by local projection beside those of the systems."""
    import pandas as pd

    rows = []
    for row in projected:
        systems: dict[str, float] = {}
        for method, (response, error) in row.systems.items():
            systems[WORDS[method]] = response
            systems[f"its error, {WORDS[method]}"] = error
        rows.append(
            {
                "direction": row.direction,
                "years on": row.horizon,
                "projection": row.fixed_effects,
                "its error": row.std_error,
                "jackknifed": row.jackknife,
                **systems,
            }
        )
    return pd.DataFrame(rows).set_index(["direction", "years on"])


def counts_table(counts: Mapping[str, Mapping[str, JackknifedCounts]]) -> pd.DataFrame:
    """Return Poisson estimates as they are and jackknifed, by sample and direction."""
    import pandas as pd

    rows = []
    for sample, by_direction in counts.items():
        for name, found in by_direction.items():
            own, cause = found.direction.own, found.direction.lag
            rows.append(
                {
                    "sample": sample,
                    "direction": name,
                    "own lag": found.fit.params[own],
                    "estimate": found.fit.params[cause],
                    "std. error": found.fit.std_errors[cause],
                    "p": found.fit.pvalues[cause],
                    "own lag, jackknifed": found.estimates[own],
                    "jackknifed": found.estimates[cause],
                    "its error": found.std_errors[cause],
                    "its p": found.p_value,
                }
            )
    return pd.DataFrame(rows).set_index(["sample", "direction"])


def bends_table(bends: Mapping[str, Bend]) -> pd.DataFrame:
    """Return what the square of the cause adds, by direction."""
    import pandas as pd

    rows = []
    for name, bend in bends.items():
        fit, square = bend.regression.fit, bend.square
        rows.append(
            {
                "direction": name,
                "linear": fit.params[bend.linear],
                "square": fit.params[square],
                "std. error": fit.std_errors[square],
                "p wild": bend.regression.wild_p,
                "jackknifed": bend.regression.jackknife[square],
            }
        )
    return pd.DataFrame(rows).set_index("direction")


# ---------------------------------------------------------------------------
# The picture

WINDOWS = {
    "speed l": (-0.4, 1.4),
    "response b": (-2.0, 2.0),
    "loop": (-1.5, 1.5),
    "radius": (0.7, 1.1),
}
"""What is drawn of each kind of parameter; the cross entries of A are drawn whole."""
ARRANGED = (0, 2, 5, 4, 1, 3, 6, 7)
"""Above the first series, below the second; loop and radius to the right."""


def draw_structure(data: pd.DataFrame) -> Figure:
    """Draw the parameters with 95 % intervals, one row a method.

    Parameters
    ----------
    data : DataFrame
        Columns of :func:`structure_table` for one sample, index reset; methods without an
        answer are drawn empty.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.4, 5.6), layout="constrained")
    grid = figure.subplots(2, 4, sharey=True)
    methods = [WORDS[method] for method in METHODS]
    known = data.dropna(subset=["estimate"])
    names = list(dict.fromkeys(known["parameter"]))
    for axes, place in zip(grid.flat, ARRANGED, strict=True):
        name = names[place]
        rows = known[known["parameter"] == name].set_index("method")
        kind = name.partition(",")[0]
        edges = WINDOWS.get(kind, _around(rows))
        for height, method in enumerate(methods):
            if method in rows.index:
                _draw_row(axes, height, rows.loc[method], edges)
            elif place == ARRANGED[0]:
                axes.text(edges[0], height, " no answer", va="center", color="0.4")
        for line in (0.0, 1.0) if kind in ("speed l", "loop", "radius") else (0.0,):
            if edges[0] <= line <= edges[1]:
                axes.axvline(line, color="0.75", lw=0.8, zorder=0)
        axes.set_xlim(edges)
        axes.set_yticks(range(len(methods)), methods)
        axes.set_ylim(len(methods) - 0.5, -0.5)
        axes.set_title(name.replace(", ", "\n"), fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    figure.supxlabel("estimate and 95 % interval; an arrow: it goes on", fontsize=10)
    return figure


def _around(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the window that holds all intervals."""
    low, high = rows["conf. low"].min(), rows["conf. high"].max()
    space = 0.08 * (high - low)
    return min(low, 0.0) - space, max(high, 0.0) + space


def _draw_row(axes: Axes, height: int, row: Any, edges: tuple[float, float]) -> None:
    """Draw an estimate and what of its interval lies inside the edges."""
    colour = "C2" if row.name == WORDS[HEADLINE] else "0.3"
    low, high = row["conf. low"], row["conf. high"]
    if np.isfinite(low):
        axes.plot(np.clip([low, high], *edges), [height, height], color=colour, lw=1.4)
        for end, edge, marker in ((low, edges[0], "<"), (high, edges[1], ">")):
            if not edges[0] <= end <= edges[1]:
                axes.plot(edge, height, marker, color=colour, ms=6, clip_on=False)
    if edges[0] <= row["estimate"] <= edges[1]:
        face = "white" if row.name == WORDS["fe"] else colour
        axes.plot(row["estimate"], height, "o", color=colour, mfc=face, ms=6)
