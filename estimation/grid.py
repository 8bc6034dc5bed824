"""From a data frame to the positions of its rows on one (entity, time) grid."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice
from unigauge.estimation.wording import counted, listed, plain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "entities_of",
    "periods_of",
    "refuse_column_names",
    "refuse_disorder",
    "refuse_missing_labels",
    "split",
]

_TIME = ("year", "time", "date", "quarter", "month", "period")
"""Names that a level of times may bear, and a level of entities does not."""
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
        refuse_column_names(frame, names)
        flat = frame.reset_index(list(names)) if names else frame
        index = pd.MultiIndex.from_frame(flat[[entity, time]])
        return index, flat.drop(columns=[entity, time])
    if not isinstance(frame.index, pd.MultiIndex) or frame.index.nlevels != 2:
        raise InputError(
            f"the data are indexed by {counted(frame.index.nlevels, 'level')} "
            f"{list(frame.index.names)!r}; they must be indexed by (entity, time). Use "
            "frame.set_index([entity, time]), or pass entity= and time= to "
            "Panel.from_frame. A single series or cross-section needs a column that names "
            "its one entity or period."
        )
    if len(frame):
        refuse_reversal(frame.index)
    return frame.index, frame


def refuse_column_names(frame: pd.DataFrame, taken: Collection[object]) -> None:
    """Say so where a column bears a name that means the entity or the time."""
    for column in frame.columns:
        if column in taken:
            raise InputError(
                f"the data have a column {column!r}, but that name means a dimension of the "
                "panel; after the bar of a formula one could not tell which is meant. "
                f"Rename it: frame.rename(columns={{{column!r}: 'other_name'}})."
            )


def refuse_reversal(index: pd.MultiIndex) -> None:
    """Say so where the first level holds times and the second does not."""
    first, second = index.levels
    text = not _is_calendar(second) and not _are_numbers(second)
    if not (
        (_says_time(index, 0) and not _says_time(index, 1))
        or (text and not _says_time(index, 1) and _are_years(first))
    ):
        return
    named = [name if name is not None else "no name" for name in index.names]
    raise InputError(
        f"the order of the index looks reversed: its first level ({named[0]}, such as "
        f"{plain(first[0])!r}) holds times and its second ({named[1]}, such as "
        f"{plain(second[0])!r}) does not; it must be (entity, time). Use "
        "frame.swaplevel().sort_index()."
    )


def _says_time(index: pd.MultiIndex, level: int) -> bool:
    return _is_calendar(index.levels[level]) or str(index.names[level]).lower() in _TIME


def _is_calendar(labels: pd.Index[Any]) -> bool:
    import pandas as pd

    return isinstance(labels, pd.DatetimeIndex | pd.PeriodIndex)


def _are_numbers(labels: pd.Index[Any]) -> bool:
    """Whether labels are numbers, or numbers written as text."""
    import pandas as pd

    return bool(pd.to_numeric(labels.to_series(), errors="coerce").notna().all())


def _are_years(labels: pd.Index[Any]) -> bool:
    import pandas as pd

    whole = pd.api.types.is_integer_dtype(labels.dtype) and len(labels) > 0
    return bool(whole and labels.min() >= 1000 and labels.max() < 3000)


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
    remedy = "Use pandas.PeriodIndex for quarters or months."
    if _are_numbers(labels) and not pd.api.types.is_numeric_dtype(labels.dtype):
        remedy = "These are numbers written as text: convert them with .astype(int)."
    raise InputError(
        f"times are {labels.dtype} (first {labels[0]!r}); they must be whole numbers, "
        "periods or time stamps, so that one can say which period precedes which. "
        f"{remedy}"
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
