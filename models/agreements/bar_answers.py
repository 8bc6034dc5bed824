"""Answers whose picture is bars, one group for each country or firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.answers import Answer
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["BarAnswer"]


class BarAnswer(Answer):
    """Base of answers by country, firm or market.

    The first column of :meth:`plot_data` names the groups; each other one is a bar.
    """

    __slots__ = ()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the bars of :meth:`plot_data`."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        across, *bars = data.columns
        place = np.arange(len(data))
        width = 0.8 / len(bars)
        for number, name in enumerate(bars):
            offset = width * (number - (len(bars) - 1) / 2)
            label = str(name).replace("_", " ")
            ax.bar(place + offset, data[name], width, color=f"C{number}", label=label)
        ax.axhline(0, color="0.4", lw=0.8)
        ax.set_xticks(place, [str(name) for name in data[across]])
        ax.set_xlabel(str(across).replace("_", " "))
        if len(bars) == 1:
            ax.set_ylabel(str(bars[0]).replace("_", " "))
        else:
            ax.legend(frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(self._heading())
        return ax
