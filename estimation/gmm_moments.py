"""One pass over the entities: from equations and instruments to moments.

Everything that follows needs only each entity's Z_i'y_i and Z_i'X_i and the sum of
Z_i'H_i Z_i.  With M_i the matrix that turns the errors of the periods into those of the
equations, H_i = M_i M_i', and Z_i'H_i Z_i is the cross-product of M_i'Z_i: the weight is
never built.  Entities are read in chunks, so that the instruments of all of them never
stand in memory together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation.gmm_instruments import Equations, Instruments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Moments", "collect_moments", "errors_against"]

_CHUNK = 1 << 22
"""Numbers that the instruments of one chunk hold, at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """What estimation runs on; L instruments, K coefficients, N entities.

    Attributes
    ----------
    columns : array of int, shape (L,)
        Which instruments these are, by their place among all that were laid out.
    names, blocks : tuple of str, length L
        Of the instruments.
    y : array, shape (N, L)
        Z_i'y_i.
    x : array, shape (N, L, K)
        Z_i'X_i.
    weight : array, shape (L, L)
        Sum of Z_i'H_i Z_i.
    gram : array, shape (L, L)
        A matrix singular just where the instruments are collinear: the sum of Z_i'Z_i
        in a system, whose H may be singular, else ``weight``.
    y_total, x_total : array, shape (L,) and (L, K)
        Z'y and Z'X, summed over the entities.
    """

    columns: NDArray[np.intp]
    names: tuple[str, ...]
    blocks: tuple[str, ...]
    y: Floats
    x: Floats
    weight: Floats
    gram: Floats
    y_total: Floats
    x_total: Floats

    def scores(self, estimates: Floats) -> Floats:
        """Return Z_i'e_i of each entity, shape (N, L)."""
        return np.asarray(self.y - self.x @ estimates)

    def keep(self, columns: NDArray[np.bool_]) -> Moments:
        """Return the moments of some instruments."""
        if columns.all():
            return self
        chosen = np.flatnonzero(columns)
        block = np.ix_(chosen, chosen)
        return Moments(
            columns=self.columns[chosen],
            names=tuple(self.names[c] for c in chosen),
            blocks=tuple(self.blocks[c] for c in chosen),
            y=self.y[:, chosen],
            x=self.x[:, chosen],
            weight=self.weight[block],
            gram=self.gram[block],
            y_total=self.y_total[chosen],
            x_total=self.x_total[chosen],
        )


def collect_moments(equations: Equations, instruments: Instruments, h: int) -> Moments:
    """Go through the entities once.

    Parameters
    ----------
    equations, instruments
        Of the sample.
    h : {2, 3}
        Whether the weight of a system has the covariances between a transformed error
        and those in levels (3), or takes them to be zero (2).
    """
    n_units, n_columns = len(equations.levels), len(instruments.names)
    products = np.empty((n_units, n_columns, equations.levels.shape[2]))
    weight = np.zeros((n_columns, n_columns))
    gram = np.zeros_like(weight)
    for units, z in _chunks(equations, instruments):
        data = equations.transformed[units]
        if equations.system:
            data = np.concatenate([data, equations.levels[units]], axis=1)
            gram += _cross(z)
        products[units] = z.transpose(0, 2, 1) @ data
        for part in _in_periods(equations, units, z, h):
            weight += _cross(part)
    totals = products.sum(axis=0)
    return Moments(
        columns=np.arange(n_columns),
        names=instruments.names,
        blocks=instruments.blocks,
        y=products[:, :, 0],
        x=products[:, :, 1:],
        weight=weight,
        gram=gram if equations.system else weight,
        y_total=totals[:, 0],
        x_total=totals[:, 1:],
    )


def errors_against(
    equations: Equations, instruments: Instruments, h: int, errors: Floats
) -> Floats:
    """Return the sum of Z_i'M_i u_i, shape (L,), for errors u (N, T) of the periods."""
    total = np.zeros(len(instruments.names))
    for units, z in _chunks(equations, instruments):
        with_transformed = _in_periods(equations, units, z, h)[0]
        total += np.einsum("ntl,nt->l", with_transformed, errors[units])
    return total


def _chunks(
    equations: Equations, instruments: Instruments
) -> Iterator[tuple[slice, Floats]]:
    """Yield entities and their instruments, (units, T or 2T, L)."""
    rows = equations.stacked_rows
    step = max(1, _CHUNK // (rows.shape[1] * len(instruments.names)))
    for start in range(0, len(rows), step):
        units = slice(start, min(start + step, len(rows)))
        yield units, instruments.fill(units, rows)


def _in_periods(
    equations: Equations, units: slice, z: Floats, h: int
) -> tuple[Floats, ...]:
    """Return M_i'Z_i: in one piece, or the two of a block-diagonal weight."""
    n_times = equations.levels.shape[1]
    spread = equations.transform.adjoint(z[:, :n_times], equations.usable[units])
    if not equations.system:
        return (spread,)
    levels = z[:, n_times:]
    return (spread + levels,) if h == 3 else (spread, levels)


def _cross(columns: Floats) -> Floats:
    flat = columns.reshape(-1, columns.shape[2])
    return np.asarray(flat.T @ flat)
