"""The equations of a dynamic panel: transformed, and in levels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import IdentificationError
from unigauge.estimation.gmm.sample import DynamicSample
from unigauge.estimation.gmm.transforms import (
    DIFFERENCE,
    Matrix,
    Transform,
    equation_rows,
    transformed,
)
from unigauge.estimation.linear_algebra import independent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = ["Equations", "build_equations"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Equations:
    """Response and regressors of all equations, zero where an entity has none.

    Attributes
    ----------
    transform : Transform
        What removed the entities' effects.
    system : bool
        Whether the equations in levels are used beside the transformed ones.
    usable, rows, difference_rows : array of bool, shape (T, N)
        Where there is an equation in levels, a transformed one, and a first difference.
    matrix, difference_matrix : Matrix
        What makes transformed equations and first differences of periods.
    levels, transformed : array, shape (T, 1 + K, N)
        Response and regressors in both.
    differences : array, shape (T, 1 + K, N)
        The same in first differences, for the tests of serial correlation.
    """

    transform: Transform
    system: bool
    usable: Mask
    rows: Mask
    difference_rows: Mask
    matrix: Matrix
    difference_matrix: Matrix
    levels: Floats
    transformed: Floats
    differences: Floats

    @property
    def stacked_rows(self) -> Mask:
        """Where there is an equation, transformed and then in levels, (T or 2T, N)."""
        return np.concatenate([self.rows, self.usable]) if self.system else self.rows

    @property
    def stacked(self) -> list[Floats]:
        """Response and regressors of every equation, each (1 + K, N)."""
        return [*self.transformed, *self.levels] if self.system else [*self.transformed]

    @property
    def nobs(self) -> int:
        """Equations in levels of a system, else transformed ones."""
        return int((self.usable if self.system else self.rows).sum())


def build_equations(
    sample: DynamicSample, transform: Transform, *, system: bool
) -> tuple[DynamicSample, Equations]:
    """Transform the sample, without the time effects that cannot be told apart then.

    Raises
    ------
    IdentificationError
        If no entity has the rows that the transformation needs.
    """
    usable = sample.usable
    matrix = transform.matrix(usable)
    rows = equation_rows(matrix, usable)
    if not rows.any():
        design = sample.design
        raise IdentificationError(
            f"no entity has the rows that {transform.name} of {design.formula.text!r} "
            f"need: {design.nobs} rows have all lags, and none of them has a second one "
            f"{transform.needs}. The panel has {len(usable)} periods; use fewer lags, or a "
            "longer panel."
        )
    moved = transformed(matrix, sample.levels)
    if not system and sample.periods:
        first = sample.levels.shape[1] - len(sample.periods)
        gram = sum(dummies @ dummies.T for dummies in moved[:, first:])
        kept = np.concatenate([np.ones(first, dtype=np.bool_), independent(gram)])
        if not kept.all():
            sample = replace(
                sample,
                levels=sample.levels[:, kept],
                periods=tuple(np.array(sample.periods)[kept[first:]].tolist()),
            )
            moved = moved[:, kept]
    same = transform is DIFFERENCE
    difference_matrix = matrix if same else DIFFERENCE.matrix(usable)
    return sample, Equations(
        transform=transform,
        system=system,
        usable=usable,
        rows=rows,
        difference_rows=rows if same else equation_rows(difference_matrix, usable),
        matrix=matrix,
        difference_matrix=difference_matrix,
        levels=sample.levels,
        transformed=moved,
        differences=moved if same else transformed(difference_matrix, sample.levels),
    )
