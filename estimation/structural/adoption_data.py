"""Choices of countries, technology by technology."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import (
    DroppedRowsWarning,
    IdentificationError,
    InputError,
    require_choice,
)
from unigauge.estimation.wording import counted, listed, plain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Choices", "choices_of"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choices:
    """Rows of countries, n in all, that choose about M technologies.

    Attributes
    ----------
    adopts, shifter : array, shape (n,)
        Zero or one.
    group : array of int, shape (n,)
        The technology of each row.
    characteristic : array, shape (M,)
        x, of the technology.
    rows, adopters : array, shape (M, 2)
        Numbers of rows, and of those that adopt, without and with the shifter.
    """

    adopts: Floats
    shifter: Floats
    group: NDArray[np.intp]
    characteristic: Floats
    rows: Floats
    adopters: Floats

    @property
    def share(self) -> Floats:
        """Share of each technology's rows with the shifter, shape (M,)."""
        return np.asarray(self.rows[:, 1] / self.rows.sum(axis=1))


def choices_of(
    frame: pd.DataFrame, adopts: str, technology: str, characteristic: str, shifter: str
) -> Choices:
    """Read the choices from a frame with one row a country and technology.

    Raises
    ------
    InputError
        If a column is missing or not numeric, ``adopts`` or ``shifter`` is not zero or one,
        or ``characteristic`` differs within a technology.
    IdentificationError
        If all adopt or none, or x or z do not vary.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise InputError(
            f"the data are a {type(frame).__name__}; they must be a DataFrame."
        )
    flat = frame.reset_index() if technology in frame.index.names else frame
    names = (adopts, technology, characteristic, shifter)
    for role, name in zip(
        ("adopts", "technology", "characteristic", "shifter"), names, strict=True
    ):
        require_choice(role, name, tuple(map(str, flat.columns)))
    flat = _complete(flat[list(dict.fromkeys(names))])
    group, labels = pd.factorize(flat[technology], sort=True)
    chosen, shifted = _zero_or_one(flat, adopts), _zero_or_one(flat, shifter)
    x = _characteristic(flat, characteristic, group, labels)
    for name, values in ((adopts, chosen), (shifter, shifted), (characteristic, x)):
        if np.ptp(values) == 0:
            raise IdentificationError(
                f"{name!r} is {values[0]:g} everywhere; nothing can be learnt from it."
            )
    alone = np.flatnonzero(np.bincount(group) == 1)
    if len(alone):
        raise IdentificationError(
            f"{technology} {listed([plain(label) for label in labels[alone]], 5)} has a "
            "single row, which says nothing of what others do; leave it out."
        )
    with_shifter = shifted.astype(np.intp)
    cells = 2 * group + with_shifter
    size = 2 * len(labels)
    return Choices(
        adopts=chosen,
        shifter=shifted,
        group=group,
        characteristic=x,
        rows=np.bincount(cells, minlength=size).reshape(-1, 2).astype(float),
        adopters=np.bincount(cells, weights=chosen, minlength=size)
        .reshape(-1, 2)
        .astype(float),
    )


def _complete(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows without missing values, and say how many had some."""
    missing = frame.isna()
    lost = missing.any(axis=1)
    if lost.any():
        where = ", ".join(f"{k}: {int(v)}" for k, v in missing.sum().items() if v)
        warnings.warn(
            f"{counted(int(lost.sum()), 'row')} of {len(frame)} dropped for missing values "
            f"({where}).",
            DroppedRowsWarning,
            stacklevel=4,
        )
    if lost.all():
        raise InputError("the data have no complete row.")
    return frame[~lost]


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    """Return a column as finite numbers."""
    import pandas as pd

    column = frame[name]
    if not (pd.api.types.is_numeric_dtype(column) or column.dtype == bool):
        raise InputError(f"{name!r} is not numeric (it holds {column.dtype}).")
    values = column.to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        raise InputError(f"{name!r} is infinite in some row; numbers must be finite.")
    return values


def _zero_or_one(frame: pd.DataFrame, name: str) -> Floats:
    values = _numbers(frame, name)
    other = values[(values != 0) & (values != 1)]
    if len(other):
        raise InputError(f"{name!r} holds {other[0]:g}; it must be 0 or 1 in every row.")
    return values


def _characteristic(
    frame: pd.DataFrame, name: str, group: NDArray[np.intp], labels: pd.Index[Any]
) -> Floats:
    """Return x of each technology, which its rows must agree on."""
    values = _numbers(frame, name)
    _, first = np.unique(group, return_index=True)
    x = values[first]
    differs = np.unique(group[values != x[group]])
    if len(differs):
        raise InputError(
            f"{name!r} differs between the rows of {listed([plain(labels[differs[0]])])}; it is "
            "the technology's own, the same in all its rows."
        )
    return x
