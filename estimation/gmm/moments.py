"""Moments of equations and instruments, gathered equation by equation.

With M_i the matrix that turns the errors of an entity's periods into those of its
equations, H_i = M_i M_i' and Z_i'H_i Z_i is the cross-product of M_i'Z_i: the weight is
never built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation.gmm.equations import Equations
from unigauge.estimation.gmm.instruments import Instruments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Moments", "collect_moments"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """What estimation runs on; L instruments, K coefficients, N entities.

    Attributes
    ----------
    equations, instruments
        Of the sample.
    h : {2, 3}
        Weight of a system.
    y, x : array, shape (L,) and (L, K)
        Z'y and Z'X, summed over entities.
    weight : array, shape (L, L)
        Sum of Z_i'H_i Z_i.
    gram : array, shape (L, L)
        A matrix singular just where the instruments are collinear: the sum of Z_i'Z_i
        in a system, whose H may be singular, else ``weight``.
    """

    equations: Equations
    instruments: Instruments
    h: int
    y: Floats
    x: Floats
    weight: Floats
    gram: Floats

    def keep(self, columns: NDArray[np.bool_]) -> Moments:
        """Return the moments of some instruments."""
        if columns.all():
            return self
        block = np.ix_(columns, columns)
        return Moments(
            equations=self.equations,
            instruments=self.instruments.keep(columns),
            h=self.h,
            y=self.y[columns],
            x=self.x[columns],
            weight=self.weight[block],
            gram=self.gram[block],
        )

    def scores(self, estimates: Floats) -> Floats:
        """Return Z_i'e_i of each entity, shape (L, N)."""
        summed = np.zeros((len(self.y), self.equations.usable.shape[1]))
        direction = np.concatenate([[1.0], -estimates])
        for columns, z, data in self._by_equation():
            summed[columns] += z * (direction @ data)
        return summed

    def weight_derivative(self, scores: Floats, vector: Floats) -> Floats:
        """Return -(dS/db_k) vector in column k, shape (L, K), S the sum of s_i s_i'.

        It is the sum of p_ik (s_i'v) + s_i (p_ik'v), with p_ik = Z_i'x_ik.
        """
        along = np.zeros_like(self.x)
        across = np.zeros((self.x.shape[1], scores.shape[1]))
        loads = vector @ scores
        for columns, z, data in self._by_equation():
            along[columns] += z @ (data[1:] * loads).T
            across += (vector[columns] @ z) * data[1:]
        return np.asarray(along + scores @ across.T)

    def against_errors(self, errors: Floats) -> Floats:
        """Return the sum of Z_i'M_i u_i, shape (L,), for errors u (T, N) of periods.

        With h = 2 without the equations in levels, whose errors it takes to be others.
        """
        total = np.zeros(len(self.y))
        for period, columns, values in _in_periods(
            self.equations, self.instruments, self.equations.system and self.h == 3
        ):
            total[columns] += values @ errors[period]
        return total

    def _by_equation(self) -> Iterator[tuple[NDArray[np.intp], Floats, Floats]]:
        """Yield columns, their values, and response and regressors of each equation."""
        for (columns, z), data in zip(
            self.instruments.equations, self.equations.stacked, strict=True
        ):
            if len(columns):
                yield columns, z, data


def collect_moments(equations: Equations, instruments: Instruments, h: int) -> Moments:
    """Sum over all entities.

    Parameters
    ----------
    equations, instruments
        Of the sample.
    h : {2, 3}
        Whether the weight of a system has the covariances between a transformed error
        and those in levels (3), or takes them to be zero (2).
    """
    system, n_columns = equations.system, len(instruments.names)
    products = np.zeros((n_columns, equations.levels.shape[1]))
    weight = np.zeros((n_columns, n_columns))
    gram = np.zeros_like(weight)
    for (columns, z), data in zip(instruments.equations, equations.stacked, strict=True):
        products[columns] += z @ data.T
        if system:
            gram[np.ix_(columns, columns)] += z @ z.T
    for _, columns, values in _in_periods(equations, instruments, system and h == 3):
        weight[np.ix_(columns, columns)] += values @ values.T
    if system and h == 2:
        for columns, z in instruments.equations[len(equations.usable) :]:
            weight[np.ix_(columns, columns)] += z @ z.T
    return Moments(
        equations=equations,
        instruments=instruments,
        h=h,
        y=products[:, 0],
        x=products[:, 1:],
        weight=weight,
        gram=gram if system else weight,
    )


def _in_periods(
    equations: Equations, instruments: Instruments, with_levels: bool
) -> Iterator[tuple[int, NDArray[np.intp], Floats]]:
    """Yield the rows of M_i'Z_i: a period, the columns in it, and their values (c, N)."""
    n_times, n_units = equations.usable.shape
    parts: list[list[tuple[int, Floats | float]]] = [[] for _ in range(n_times)]
    for row, coefficients in enumerate(equations.matrix):
        for period, coefficient in coefficients:
            parts[period].append((row, coefficient))
    for period in range(n_times if with_levels else 0):
        parts[period].append((n_times + period, 1.0))
    place = np.empty(len(instruments.names), dtype=np.intp)
    for period, rows in enumerate(parts):
        here = [(*instruments.equations[row], by) for row, by in rows]
        columns = np.unique(np.concatenate([c for c, _, _ in here] or [place[:0]]))
        place[columns] = np.arange(len(columns))
        values = np.zeros((len(columns), n_units))
        for own, z, by in here:
            values[place[own]] += z * by
        if len(columns):
            yield period, columns, values
