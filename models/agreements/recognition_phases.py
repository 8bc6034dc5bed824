"""Where the world stays together: stable networks over two parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_number
from unigauge.models.agreements.network_stability import STATUSES, stable
from unigauge.models.agreements.recognition_unions import union_phase
from unigauge.models.agreements.recognition_world import World, require_world
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["PhaseDiagram", "phase_diagram", "union_boundary"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PhaseDiagram(Result):
    """Stable networks over a grid of two parameters.

    Attributes
    ----------
    x, y : array
        Values of the two parameters.
    names : tuple of str
        What they are.
    effective_standards : array, shape (len(y), len(x))
        Mean effective number of standards of the stable networks: 1 if all are connected;
        NaN where none is stable.
    networks : array of int, shape (len(y), len(x))
        How many are stable.
    complete_stable : array of bool, shape (len(y), len(x))
        Whether full recognition is among them.
    union_gain : array, shape (len(y), len(x))
        What the first two countries gain at least by excluding the others, who stay open,
        over full recognition.
    statuses : array of str, shape (len(y), len(x))
        The status of each cell, that of the payoffs.
    concept, demand : str
        Of stability; the module of demand that the diagram holds for.
    status : str
        The worst of the cells'.
    certificate : float
        Largest of the cells'.
    world : World
        The world of which two parameters vary.
    """

    x: Array
    y: Array
    names: tuple[str, str]
    effective_standards: Array
    networks: NDArray[np.int64]
    complete_stable: NDArray[np.bool_]
    union_gain: Array
    statuses: NDArray[np.str_]
    concept: str
    demand: str
    status: str
    certificate: float
    world: World

    def to_frame(self) -> pd.DataFrame:
        """Return one row a cell."""
        import pandas as pd

        across, up = np.meshgrid(self.x, self.y)
        names = ("effective_standards", "networks", "complete_stable", "union_gain")
        cells = {name: getattr(self, name).ravel() for name in names}
        return pd.DataFrame(
            {
                self.names[0]: across.ravel(),
                self.names[1]: up.ravel(),
                **cells,
                "status": self.statuses.ravel(),
            }
        )

    def record(self) -> dict[str, Any]:
        """Return shares of cells as one row."""
        return {
            "concept": self.concept,
            "demand": self.demand,
            "cells": self.networks.size,
            "share_fragmented": float((self.effective_standards > 1 + 1e-9).mean()),
            "share_union_gains": float((self.union_gain > 0).mean()),
            "status": self.status,
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return the cells."""
        return self.to_frame()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the map of the effective number of standards, and where a union pays."""
        ax = axes_or_new(ax)
        shown = np.where(self.statuses == "ok", self.effective_standards, np.nan)
        most = max(1.5, float(np.nanmax(shown, initial=1.0)))
        mesh = ax.pcolormesh(
            self.x,
            self.y,
            shown,
            shading="nearest",
            cmap="YlOrRd",
            vmin=1,
            vmax=most,
            rasterized=True,
        )
        ax.figure.colorbar(mesh, ax=ax, label="effective number of standards")
        ax.set_facecolor("0.9")
        gain = np.where(self.statuses == "ok", self.union_gain, np.nan)
        if min(gain.shape) > 1 and np.nanmin(gain, initial=0) < 0 < np.nanmax(
            gain, initial=0
        ):
            ax.contour(self.x, self.y, gain, levels=[0.0], colors="C0", linewidths=1.8)
            ax.plot([], [], color="C0", lw=1.8, label="two gain by excluding the rest")
        edge = union_boundary(self.world, self.x)
        if self.names == ("conversion_cost", "network_benefit") and edge is not None:
            inside = (edge >= self.y.min()) & (edge <= self.y.max())
            ax.plot(
                self.x[inside], edge[inside], "k:", lw=1.4, label="the same, closed form"
            )
        if ax.get_legend_handles_labels()[0]:
            ax.legend(frameon=False, loc="upper left", fontsize=8)
        ax.set_xlabel(self.names[0].replace("_", " "))
        ax.set_ylabel(self.names[1].replace("_", " "))
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        return (
            f"Stable networks ({self.concept}) of {self.world.n} countries; "
            f"{self.demand} demand"
        )

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "cells": f"{self.networks.size}, of which ok {int((self.statuses == 'ok').sum())}",
            "certificate": f"{self.certificate:.1e}",
        }

    def _printed_table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame([self.record()]).drop(columns=["status", "certificate"])


def phase_diagram(
    world: World,
    *,
    x: Sequence[float],
    y: Sequence[float],
    names: tuple[str, str] = ("conversion_cost", "network_benefit"),
    concept: str = "pairwise",
) -> PhaseDiagram:
    """Return the stable networks over a grid of two parameters.

    Parameters
    ----------
    world : World
        At least three countries, at most seven.
    x, y : sequence of float
        Values of the two parameters, rising.
    names : pair of str, default ("conversion_cost", "network_benefit")
        Which they are: numbers among the world's parameters.
    concept : str, default "pairwise"
        As in :func:`stable`.

    Raises
    ------
    InputError
        If a name is no parameter, or values do not rise.

    Examples
    --------
    Homogeneous goods, linear demand: fragmentation needs a high conversion cost and weak
    network effects.

    >>> found = phase_diagram(World(n=4), x=[0.2, 0.6], y=[0.0, 0.02])
    >>> found.effective_standards.round(2)
    array([[1.  , 1.48],
           [1.  , 1.  ]])
    """
    if require_world(world).n < 3:
        raise InputError("the world has 2 countries; a phase diagram needs at least 3.")
    numbers = [f.name for f in fields(world) if type(getattr(world, f.name)) is float]
    if isinstance(names, str) or len(names) != 2 or names[0] == names[1]:
        raise InputError(f"names is {names!r}; name two different parameters.")
    chosen = (
        require_choice("names[0]", names[0], numbers),
        require_choice("names[1]", names[1], numbers),
    )
    across, up = _rising("x", x), _rising("y", y)
    cells = [
        [_cell(world, {chosen[0]: a, chosen[1]: b}, concept) for a in across] for b in up
    ]
    parts = [np.array(part) for part in np.moveaxis(np.array(cells, dtype=object), 2, 0)]
    ens, count, complete, gain, certificate, status = parts
    networks, whole = count.astype(np.int64), complete.astype(bool)
    statuses = status.astype(str)
    for array in (networks, whole, statuses):
        array.setflags(write=False)
    return PhaseDiagram(
        x=frozen(across),
        y=frozen(up),
        names=chosen,
        effective_standards=frozen(ens),
        networks=networks,
        complete_stable=whole,
        union_gain=frozen(gain),
        statuses=statuses,
        concept=concept,
        demand=world.demand,
        status=max(statuses.ravel().tolist(), key=STATUSES.index),
        certificate=float(certificate.max()),
        world=world,
    )


def _cell(world: World, changed: dict[str, Any], concept: str) -> tuple[Any, ...]:
    here = replace(world, **changed)
    found = stable(here, concept)
    last = (1 << world.n * (world.n - 1) // 2) - 1
    ens = found.effective_standards().mean() if len(found) else np.nan
    gain = union_phase(here).gain
    full = last in found.graphs
    return float(ens), len(found), full, gain, found.certificate, found.status


def _rising(name: str, values: Sequence[float]) -> list[float]:
    listed = [require_number(f"{name}[{k}]", v) for k, v in enumerate(values)]
    if not listed or any(b <= a for a, b in pairwise(listed)):
        raise InputError(f"{name} is {listed!r}; it must hold values that rise.")
    return listed


def union_boundary(world: World, conversion_cost: Sequence[float] | Array) -> Array | None:
    """Return the network benefit above which a union of two no longer pays, in closed form.

    With Hotelling demand and three countries alike, outsiders open:
    beta = 3 (4 psi^2/(75 tH) - psi/15).  None in any other world: none is known.

    Examples
    --------
    >>> union_boundary(World(demand="hotelling"), [2.0]).round(6)
    array([0.24])
    >>> union_boundary(World(), [2.0]) is None
    True
    """
    plain = World(
        demand="hotelling",
        transport_cost=world.transport_cost,
        reservation_value=world.reservation_value,
        conversion_cost=world.conversion_cost,
        network_benefit=world.network_benefit,
    )
    if any(
        not np.array_equal(getattr(world, field.name), getattr(plain, field.name))
        for field in fields(world)
    ):
        return None
    psi = np.asarray(conversion_cost, dtype=float)
    return np.asarray(3 * (4 * psi**2 / (75 * world.transport_cost) - psi / 15))
