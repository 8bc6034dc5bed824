"""The picture of Arellano and Bond (1991)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw_coefficients"]


def draw_coefficients(table: pd.DataFrame) -> Figure:
    """Draw the estimates of one coefficient with their intervals."""
    figure = Figure(figsize=(6.8, 3.4), layout="constrained")
    ax = figure.subplots()
    rows = np.arange(len(table))[::-1]
    estimates = table["estimate"].to_numpy(dtype=float)
    reach = [
        estimates - table["conf_low"].to_numpy(dtype=float),
        table["conf_high"].to_numpy(dtype=float) - estimates,
    ]
    ax.errorbar(estimates, rows, xerr=reach, fmt="o", capsize=3, color="C0")
    ax.set_yticks(rows, table["estimator"])
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xlabel("coefficient of employment one year before")
    return figure
