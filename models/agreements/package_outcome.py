"""What a package bargain comes to, as a table, a row and a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.agreements.package import Package
from unigauge.models.outcomes import changed
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["Bargain", "draw_package"]


_MARKS = "oDs^vP"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Bargain(Result):
    """The package that a solution picks.

    Attributes
    ----------
    x : array, shape (m,)
        The attributes; NaN if there is no agreement.
    utilities : array, shape (n,)
        U at ``x``, transfers included; d if there is no agreement.
    surplus : float
        The largest t such that all U_i - d_i >= t can be had; with transfers, the sum of
        all gains; issue by issue, the smallest gain.
    transfers : array, shape (n,)
        What each party receives from the others.
    pareto_weights : array, shape (n,)
        lambda for which ``x`` maximises sum_i lambda_i U_i, scaled to sum to one; NaN if
        there is none.
    status : str
        One of :data:`unigauge.models.bargaining.STATUSES`.
    gap : float
        Upper bound on what the solution's objective could still rise, or breach of the
        feasible set if that is larger: of log Nash product, least gain, weighted sum.
    failed_issues : tuple of int
        Issue by issue: the attributes without agreement.
    solution : str
        How it was picked.
    package : Package
        The parameters.
    """

    x: NDArray[np.float64]
    utilities: NDArray[np.float64]
    surplus: float
    transfers: NDArray[np.float64]
    pareto_weights: NDArray[np.float64]
    status: str
    gap: float
    failed_issues: tuple[int, ...] = ()
    solution: str
    package: Package

    @property
    def certificate(self) -> float:
        """The gap."""
        return self.gap

    @property
    def gains(self) -> NDArray[np.float64]:
        """U - d."""
        return np.asarray(self.utilities - self.package.arrays["disagreement"])

    def to_frame(self) -> pd.DataFrame:
        """Return one row a party."""
        import pandas as pd

        columns = {
            "utility": self.utilities,
            "disagreement": self.package.disagreement,
            "gain": self.gains,
            "transfer": self.transfers,
            "pareto_weight": self.pareto_weights,
        }
        return pd.DataFrame(
            columns, index=pd.RangeIndex(1, self.package.parties + 1, name="party")
        )

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row; attributes and parties count from 1."""
        row: dict[str, Any] = {"solution": self.solution, "status": self.status}
        row |= {f"x_{k}": level for k, level in enumerate(self.x.tolist(), start=1)}
        row |= {f"utility_{i}": u for i, u in enumerate(self.utilities.tolist(), start=1)}
        return row | {"surplus": self.surplus, "certificate": self.gap}

    def plot_data(self) -> pd.DataFrame:
        """Return one row a party: its utility and what it gets without an agreement."""
        return self.to_frame()[["utility", "disagreement"]].reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the bargain over two attributes, or else each party's gain.

        With two parties and two attributes: the frontier, what each party would accept,
        its ideal, and the point picked.
        """
        if self.package.parties == self.package.attributes == 2:
            ax = draw_package(self.package, {self.solution: self.x}, ax)
        else:
            ax = axes_or_new(ax)
            data = self.plot_data()
            ax.bar(data["party"], self.gains, color="C0")
            ax.set_xticks(data["party"])
            ax.set_xlabel("party")
            ax.set_ylabel("gain from the agreement")
            ax.axhline(0, color="0.4", lw=0.8)
        ax.set_title(self._heading())
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def _heading(self) -> str:
        return f"Package bargain: {self.solution.replace('_', ' ')}"

    def _facts(self) -> dict[str, str]:
        levels = ", ".join(f"{level:.6g}" for level in self.x)
        failed = ", ".join(str(k + 1) for k in self.failed_issues)
        return {
            "status": self.status + (f" on issue {failed}" if failed else ""),
            "attributes": levels,
            "surplus": f"{self.surplus:.6g}",
            "gap": f"{self.gap:.1e}",
            "package": changed(self.package),
        }


def draw_package(
    package: Package,
    solutions: Mapping[str, NDArray[np.float64]],
    ax: Axes | None = None,
    *,
    names: tuple[str, str] = ("party 1", "party 2"),
) -> Axes:
    """Draw what two parties may agree on over two attributes.

    Parameters
    ----------
    package : Package
        Two parties and two attributes.
    solutions : mapping of str to array, shape (2,)
        Points to mark.
    ax : Axes, optional
        Where to draw.
    names : pair of str
        The parties.
    """
    ax = axes_or_new(ax, size=(5.4, 4.6))
    a = package.arrays
    low, high = a["lower"], a["upper"]
    across, up = (np.linspace(low[k], high[k], 161) for k in (0, 1))
    grid = np.stack(np.meshgrid(across, up), axis=-1)
    worth = package.utilities(grid) - a["disagreement"]
    levels = np.maximum(0.0, grid) ** package.cost_power
    spent = levels @ a["cost"]
    feasible = spent <= package.budget
    lens = np.where(feasible, worth.min(axis=-1), -1.0)
    ax.contourf(across, up, lens, levels=[0, np.inf], colors=["0.9"])
    if not feasible.all():
        ax.contour(across, up, spent, levels=[package.budget], colors="k", linewidths=1.4)
        ax.plot([], [], "k", lw=1.4, label="technical frontier")
    for party, colour, style in ((0, "C3", "--"), (1, "C0", "-.")):
        ax.contour(
            across, up, worth[..., party], levels=[0], colors=colour, linestyles=style
        )
        ax.plot([], [], f"{colour}{style}", label=f"{names[party]}: as good as no deal")
        ax.plot(*a["ideals"][party], f"{colour}*", ms=13, clip_on=False)
        ax.annotate(
            f"ideal of {names[party]}",
            a["ideals"][party],
            xytext=(-4, -18) if party == 0 else (9, -4),
            textcoords="offset points",
            ha="right" if party == 0 else "left",
            color=colour,
            fontsize=9,
            bbox={"color": "white", "pad": 0.5},
        )
    for number, (name, point) in enumerate(solutions.items()):
        if np.isfinite(point).all():
            label, mark = name.replace("_", " "), _MARKS[number % len(_MARKS)]
            ax.plot(*point, mark, ms=8, mec="w", color=f"C{number + 4}", label=label)
    ax.set_xlim(low[0], high[0])
    ax.set_ylim(low[1], high[1])
    ax.set_xlabel("attribute 1")
    ax.set_ylabel("attribute 2")
    ax.set_aspect("equal")
    ax.legend(frameon=False, fontsize=8, loc="lower left")
    return ax
