"""From a data frame to the positions of its rows on one (entity, time) grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice
from unigauge.estimation.wording import counted, listed, plain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["entities_of", "periods_of", "refuse_disorder", "refuse_missing_labels", "split"]

_LONGEST_GRID = 100_000
"""More periods than this mean that the time labels are no period counts."""


def split(
    frame: pd.DataFrame, entity: str | None, time: str | None
) -> tuple[pd.MultiIndex, pd.DataFrame]:
    """Return the (entity, time) index and the other columns."""
    import pandas as pd

    if (entity is None) != (time is None):
        raise InputError(
            f"entity is {entity!r} and time is {time!r}; name both columns, or neither "
            "where the index is (entity, time)."
        )
    if entity is not None and time is not None:
        available = [*map(str, frame.columns), *map(str, filter(None, frame.index.names))]
        for role, name in (("entity", entity), ("time", time)):
            require_choice(role, name, available)
        if entity == time:
            raise InputError(f"entity and time are both {entity!r}; they must differ.")
        names = set(frame.index.names) & {entity, time}
        flat = frame.reset_index(list(names)) if names else frame
        index = pd.MultiIndex.from_frame(flat[[entity, time]])
        return index, flat.drop(columns=[entity, time])
    if not isinstance(frame.index, pd.MultiIndex) or frame.index.nlevels != 2:
        raise InputError(
            f"the data are indexed by {frame.index.nlevels} level(s) "
            f"{list(frame.index.names)!r}; they must be indexed by (entity, time). Use "
            "frame.set_index([entity, time]), or pass entity= and time= to "
            "Panel.from_frame."
        )
    return frame.index, frame


def refuse_missing_labels(index: pd.MultiIndex) -> None:
    """Say so where a row lacks its entity or its time."""
    for role, codes in zip(("entity", "time"), index.codes, strict=True):
        missing = np.asarray(codes) < 0
        if missing.any():
            raise InputError(
                f"the {role} is missing in {counted(int(missing.sum()), 'row')}, first in "
                f"row {int(missing.argmax())} (counted from 0); every row needs both labels."
            )


def entities_of(index: pd.MultiIndex) -> tuple[pd.Index[Any], NDArray[np.intp]]:
    """Return the sorted entity labels in use and each row's position among them."""
    level, codes = index.levels[0], np.asarray(index.codes[0])
    used = np.flatnonzero(np.bincount(codes, minlength=len(level)))
    labels = level[used]
    try:
        order = np.asarray(labels.argsort(), dtype=np.intp)
    except TypeError:
        raise InputError(
            "the entity labels mix types that have no common order; make them all "
            "text, or all numbers."
        ) from None
    position = np.empty(len(level), dtype=np.intp)
    position[used[order]] = np.arange(len(used))
    return labels[order], position[codes]


def periods_of(index: pd.MultiIndex) -> tuple[pd.Index[Any], NDArray[np.intp]]:
    """Return every period from first to last and each row's position among them."""
    import pandas as pd

    codes = np.asarray(index.codes[1])
    level = index.levels[1]
    used = np.flatnonzero(np.bincount(codes, minlength=len(level)))
    labels = level[used]
    if isinstance(labels, pd.DatetimeIndex):
        labels = _periods(labels)
    if isinstance(labels, pd.PeriodIndex):
        ordinals = np.asarray(labels.asi8)
    else:
        ordinals = _whole_numbers(labels)
    first, last = int(ordinals.min()), int(ordinals.max())
    if last - first >= _LONGEST_GRID:
        raise InputError(
            f"times run from {labels.min()} to {labels.max()}, {last - first + 1} periods; "
            "whole numbers are read as consecutive periods. If they are dates such as "
            "20240131, convert them with pandas.to_datetime."
        )
    if isinstance(labels, pd.PeriodIndex):
        times: pd.Index[Any] = pd.period_range(labels.min(), labels.max())
    else:
        times = pd.Index(np.arange(first, last + 1))
    offset = np.zeros(len(level), dtype=np.intp)
    offset[used] = ordinals - first
    return times, offset[codes]


def _whole_numbers(labels: pd.Index[Any]) -> NDArray[np.int64]:
    """Return time labels as whole numbers, or refuse them."""
    import pandas as pd

    if pd.api.types.is_integer_dtype(labels.dtype):
        return labels.to_numpy(dtype=np.int64)
    if pd.api.types.is_float_dtype(labels.dtype):
        numbers = labels.to_numpy(dtype=np.float64)
        if np.isfinite(numbers).all() and (numbers == np.round(numbers)).all():
            return numbers.astype(np.int64)
    raise InputError(
        f"times are {labels.dtype} (first {labels[0]!r}); they must be whole numbers, "
        "periods or time stamps, so that one can say which period precedes which. Use "
        "pandas.PeriodIndex for quarters or months."
    )


def _periods(stamps: pd.DatetimeIndex) -> pd.PeriodIndex:
    """Return the coarsest calendar on which distinct time stamps stay distinct."""
    months = stamps.month.to_numpy()
    candidates = []
    if len(np.unique(months)) == 1:
        candidates.append("Y")
    if len(np.unique(months % 3)) == 1:
        candidates.append("Q")
    for frequency in (*candidates, "M", "D"):
        periods = stamps.to_period(frequency)
        if periods.is_unique:
            return periods
    raise InputError(
        "several time stamps fall on one day; use a pandas.PeriodIndex that says how long "
        "a period is."
    )


def refuse_disorder(
    index: pd.MultiIndex, entity: NDArray[np.intp], time: NDArray[np.intp]
) -> None:
    """Each entity's rows must stand together, times ascending, no key twice."""
    same_entity = entity[1:] == entity[:-1]
    step = np.diff(time)
    new_block = np.flatnonzero(np.concatenate([[True], ~same_entity]))
    together = len(new_block) == len(np.unique(entity[new_block]))
    if together and (step[same_entity] > 0).all():
        return
    duplicated = index.duplicated(keep=False)
    if duplicated.any():
        keys = list(dict.fromkeys(_key(pair) for pair in index[duplicated]))
        raise InputError(
            f"{counted(int(duplicated.sum()), 'row')} share an (entity, time) pair: "
            f"{listed(keys, 5)}; each pair may occur once. Aggregate or drop the extra rows."
        )
    backwards = np.flatnonzero(same_entity & (step <= 0))
    if len(backwards):
        row = int(backwards[0])
        first, second = _key(index[row]), _key(index[row + 1])
        fault = f"{second} follows {first}"
    else:
        _, earliest = np.unique(entity[new_block], return_index=True)
        again = np.setdiff1d(np.arange(len(new_block)), earliest)[0]
        fault = (
            f"the rows of {_key(index[int(new_block[again])])[0]!r} do not stand together"
        )
    raise InputError(
        f"the panel is unsorted: {fault}; rows must go by entity, then by time, so that "
        "nothing is reordered unseen. Sort them with frame.sort_index()."
    )


def _key(pair: Any) -> tuple[Any, ...]:
    return tuple(plain(label) for label in pair)
