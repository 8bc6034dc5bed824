"""What tests and estimators find in panels whose truth is known, and how much of it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.datasets import simulate_two_way
from unigauge.estimation import Panel, dumitrescu_hurlin, juodis_karavias_sarafidis
from unigauge.papers.bridge.comparison import stored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = [
    "DRAWS",
    "EFFECT",
    "NOMINAL",
    "TESTS",
    "UNITS",
    "YEARS",
    "counted",
    "draw_p_values",
    "drawn",
    "p_values",
    "rates_of",
    "rates_of_estimators",
    "what_is_found",
]

NOMINAL = 0.05
UNITS, YEARS = 50, 20
EFFECT = 0.1
"""Of a unit of standards on knowledge a year later, where there is a link."""
TESTS = ("textbook", "bootstrap", "pooled bootstrap")
DRAWS = 39
"""Of each bootstrap: 5 % is then two draws in forty."""


def p_values(effect: float, panels: int) -> pd.DataFrame:
    """Return the p-values of the tests, by panel in which standards have this effect."""
    import pandas as pd

    rows = []
    for seed in range(panels):
        panel = Panel.from_frame(drawn(seed, effect))
        how: dict[str, Any] = {"demean": "time", "bootstrap": DRAWS, "seed": seed}
        by_unit = dumitrescu_hurlin(panel, "knowledge", "standards", **how)
        pooled = juodis_karavias_sarafidis(panel, "knowledge", "standards", **how)
        p = (by_unit.p_value, by_unit.p_value_bootstrap, pooled.p_value_bootstrap)
        rows.append(p)
    return pd.DataFrame(rows, columns=list(TESTS))


def drawn(seed: int, effect: float = EFFECT) -> pd.DataFrame:
    """Return one of the lecture's panels."""
    return simulate_two_way(
        seed=seed, units=UNITS, periods=YEARS, standards_to_knowledge=effect
    )


def what_is_found(rates: pd.DataFrame, *, questions: int, true: int) -> pd.DataFrame:
    """Add to size and power the findings among so many questions, and how many are right."""
    right = true * rates["power"]
    wrong = (questions - true) * rates["size"]
    return rates.assign(right=right, wrong=wrong, share=right / (right + wrong))


def rates_of(empty: pd.DataFrame, full: pd.DataFrame) -> pd.DataFrame:
    """Return size and power of the tests, from p-values without a link and with one."""
    import pandas as pd

    size, power = ((p <= NOMINAL).mean() for p in (empty, full))
    return pd.DataFrame({"size": size, "power": power}).rename_axis("test")


ESTIMATORS = {
    "fixed effects": "least squares",
    "orthogonal-deviations GMM": "moments (GMM)",
    "jackknife, unit bootstrap": "jackknife, bootstrap",
    "indirect inference": "indirect inference",
}
"""Estimators of the study's stored run, and what the lecture calls them."""


def rates_of_estimators() -> pd.DataFrame:
    """Return bias, spread, size and power of estimates of b_ks in a thousand panels."""
    rows = stored().query("table == 'main' and parameter == 'b_ks'").set_index("estimator")
    rows = rows.loc[list(ESTIMATORS)].rename(index=ESTIMATORS).rename_axis("estimator")
    rows = rows[["bias", "sd", "size_null", "power"]]
    return rows.rename(columns={"sd": "spread", "size_null": "size"})


def counted(found: pd.DataFrame) -> pd.DataFrame:
    """Write shares as percentages, findings as whole numbers, the rest with two decimals."""
    shares = {"size": "size, %", "power": "power, %", "share": "share right, %"}
    whole = {name: (100 * found[name]).round().astype(int) for name in shares}
    whole |= {name: found[name].round().astype(int) for name in ("right", "wrong")}
    return (found.round(2) + 0.0).assign(**whole).rename(columns=shares)


def draw_p_values(empty: pd.DataFrame) -> Figure:
    """Draw how p-values spread over empty panels, textbook and bootstrap."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.6, 3.8), layout="constrained")
    edges = np.linspace(0, 1, 21)
    for axes, test in zip(figure.subplots(1, 2, sharey=True), TESTS[:2], strict=True):
        counts = np.histogram(empty[test] - 1e-9, edges)[0]
        colours = ["C3", *["0.75"] * (len(counts) - 1)]
        axes.bar(edges[:-1], counts, 0.046, align="edge", color=colours)
        axes.axhline(len(empty) / len(counts), color="k", lw=1, ls="--")
        axes.set_title(
            f"{test} p-value: {counts[0]} of {len(empty)} are .05 or less", fontsize=11
        )
        axes.set_xlabel("p-value")
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylabel("panels in which standards move nothing")
    figure.axes[1].annotate(
        "as it should be",
        (0.5, len(empty) / (len(edges) - 1)),
        xytext=(0, 40),
        textcoords="offset points",
        ha="center",
        arrowprops={"arrowstyle": "-", "color": "k"},
    )
    return figure
