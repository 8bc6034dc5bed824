"""The grid: every estimator sees one dense (entity, time) array with a mask.

Lags follow the calendar.  The grid holds every period between the first and the
last, also those in which nobody was observed, so that a missing year breaks the
chain of lags instead of silently joining its neighbours.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from unigauge.errors import (
    DroppedRowsWarning,
    IdentificationError,
    InputError,
    require_choice,
)
from unigauge.estimation.grid import (
    entities_of,
    periods_of,
    refuse_column_names,
    refuse_disorder,
    refuse_missing_labels,
    split,
)
from unigauge.estimation.wording import counted, listed, plain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Panel", "as_panel", "require_within_variation"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Panel:
    """One dense (entity, time) grid of named variables, with a mask.

    Build it with :meth:`from_frame`.  N is the number of entities and T the number
    of periods of the calendar, observed or not.

    Attributes
    ----------
    entities : Index, length N
        Labels, sorted.
    times : Index, length T
        Every period from the first to the last: whole numbers or a PeriodIndex.
    mask : array of bool, shape (N, T)
        True where the data have a row (its variables may still be missing).
    entity_name, time_name : str
        What the data call the two dimensions.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame(
    ...     {"state": ["a", "a", "a", "b", "b"], "year": [2000, 2001, 2003, 2000, 2001],
    ...      "patents": [1.0, 2.0, 5.0, 3.0, 4.0]})
    >>> panel = Panel.from_frame(rows, entity="state", time="year")
    >>> panel
    Panel of 2 entities (state) and 4 periods (year), 2000 to 2003: 5 of 8 cells
    observed, 1 gap in 1 entity. Variables: patents.
    >>> panel.lag("patents")
    array([[nan,  1.,  2., nan],
           [nan,  3.,  4., nan]])
    """

    entities: pd.Index[Any]
    times: pd.Index[Any]
    mask: NDArray[np.bool_]
    entity_name: str
    time_name: str
    _cells: NDArray[np.intp]
    _columns: pd.DataFrame

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame | Panel,
        *,
        entity: str | None = None,
        time: str | None = None,
    ) -> Panel:
        """Build the grid from a data frame; a panel passes through.

        Parameters
        ----------
        frame : DataFrame or Panel
            Indexed by (entity, time), or with those two as columns.  Each entity's
            rows must stand together, in the order of time.
        entity, time : str, optional
            The columns that hold entity and time, where the index does not.
            Times may be whole numbers (years), periods, or time stamps.  Stamps
            become years where all fall in the same month, quarters where all fall
            in the same month of their quarter, else months, and days where a month
            would hold two of an entity's.

        Returns
        -------
        Panel
            The data, copied.

        Raises
        ------
        InputError
            If rows are duplicated or unsorted, a label is missing, times are not
            periods of a calendar, the index is (time, entity), or a column bears the
            name of a dimension: ``entity``, ``time``, or what the index calls them.
        """
        import pandas as pd

        if isinstance(frame, Panel):
            if entity is not None or time is not None:
                raise InputError(
                    "entity and time were given with a Panel, which already has both "
                    f"({frame.entity_name}, {frame.time_name}); leave them out."
                )
            return frame
        if not isinstance(frame, pd.DataFrame):
            raise InputError(
                f"the data are a {type(frame).__name__}; they must be a DataFrame "
                "indexed by (entity, time), or a Panel."
            )
        return cls._build(*split(frame, entity, time))

    @classmethod
    def _build(cls, index: pd.MultiIndex, columns: pd.DataFrame) -> Panel:
        """Place the rows on the grid."""
        refuse_column_names(columns, {"entity", "time", *index.names} - {None})
        if len(index) == 0:
            raise InputError("the data have no rows.")
        refuse_missing_labels(index)
        entities, entity_codes = entities_of(index)
        times, time_codes = periods_of(index)
        refuse_disorder(index, entity_codes, time_codes)
        cells = entity_codes * len(times) + time_codes
        mask = np.zeros((len(entities), len(times)), dtype=np.bool_)
        mask.flat[cells] = True
        mask.setflags(write=False)
        cells.setflags(write=False)
        return cls(
            entities=entities,
            times=times,
            mask=mask,
            entity_name=str(index.names[0]) if index.names[0] is not None else "entity",
            time_name=str(index.names[1]) if index.names[1] is not None else "time",
            _cells=cells,
            _columns=columns.reset_index(drop=True).copy(),
        )

    def __repr__(self) -> str:
        from textwrap import fill

        return fill(self.coverage_text, 79)

    @property
    def n_entities(self) -> int:
        """Number of entities, N."""
        return len(self.entities)

    @property
    def n_times(self) -> int:
        """Number of periods on the calendar, T, observed or not."""
        return len(self.times)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables."""
        return tuple(map(str, self._columns.columns))

    @property
    def coverage(self) -> pd.DataFrame:
        """One row an entity: ``first`` and ``last`` period, ``observed``, ``gaps``.

        ``gaps`` counts the periods between first and last that have no row.
        """
        import pandas as pd

        first = self.mask.argmax(axis=1)
        last = self.n_times - 1 - self.mask[:, ::-1].argmax(axis=1)
        observed = self.mask.sum(axis=1)
        return pd.DataFrame(
            {
                "first": self.times[first],
                "last": self.times[last],
                "observed": observed,
                "gaps": last - first + 1 - observed,
            },
            index=self.entities.rename(self.entity_name),
        )

    @property
    def coverage_text(self) -> str:
        """What is observed, in two sentences."""
        gaps = self.coverage["gaps"]
        with_gaps = int((gaps > 0).sum())
        gap_text = (
            f"{counted(int(gaps.sum()), 'gap')} in {counted(with_gaps, 'entity')}"
            if with_gaps
            else "no gaps"
        )
        shown = ", ".join(self.variables[:8]) + (", ..." if len(self.variables) > 8 else "")
        return (
            f"Panel of {counted(self.n_entities, 'entity')} ({self.entity_name}) and "
            f"{counted(self.n_times, 'period')} ({self.time_name}), {self.times[0]} to "
            f"{self.times[-1]}: {int(self.mask.sum())} of {self.mask.size} cells "
            f"observed, {gap_text}. Variables: {shown}."
        )

    def values(self, name: str) -> NDArray[np.float64]:
        """Return variable ``name``, shape (N, T), NaN where it is not observed.

        Raises
        ------
        InputError
            If there is no such variable, or it is not numeric, or infinite somewhere.
        """
        import pandas as pd

        column = self._column(name)
        if not (pd.api.types.is_numeric_dtype(column) or column.dtype == bool):
            raise InputError(
                f"the variable {name!r} is not numeric (it holds {column.dtype}); "
                "estimators need numbers. Convert it, or use it as a fixed effect."
            )
        if pd.api.types.is_complex_dtype(column):
            raise InputError(f"the variable {name!r} is complex; estimators need reals.")
        flat = column.to_numpy(dtype=np.float64, na_value=np.nan)
        infinite = np.isinf(flat)
        if infinite.any():
            where = self.label(int(self._cells[infinite.argmax()]))
            raise InputError(
                f"the variable {name!r} is infinite in {counted(int(infinite.sum()), 'row')}"
                f", first at {where}; estimators need finite numbers. If it is the "
                "logarithm of zero, use log1p or leave those rows out."
            )
        grid = np.full(self.mask.shape, np.nan)
        grid.flat[self._cells] = flat
        return grid

    def groups(self, name: str) -> NDArray[np.intp]:
        """Return the groups that a variable of any type forms, shape (N, T).

        Groups are numbered from 0; -1 where the variable is missing or unobserved.
        The entity's and the time's own name, and the words ``entity`` and ``time``,
        give the grid's rows and columns.
        """
        import pandas as pd

        n, t = self.mask.shape
        if name in ("entity", self.entity_name):
            codes = np.broadcast_to(np.arange(n)[:, None], (n, t))
            return np.where(self.mask, codes, -1)
        if name in ("time", self.time_name):
            return np.where(self.mask, np.broadcast_to(np.arange(t), (n, t)), -1)
        grid = np.full((n, t), -1, dtype=np.intp)
        grid.flat[self._cells] = pd.factorize(self._column(name))[0]
        return grid

    def label(self, cell: int) -> tuple[Any, Any]:
        """Return (entity, time) of one cell, counted along the flattened grid."""
        return (
            plain(self.entities[cell // self.n_times]),
            plain(self.times[cell % self.n_times]),
        )

    def lag(self, name: str, k: int = 1) -> NDArray[np.float64]:
        """Return ``name`` ``k`` periods earlier (later where ``k`` is negative), a grid.

        The grid also holds a lag where the entity has no row of its own.
        """
        return shift(self.values(name), _whole(k))

    def diff(self, name: str, k: int = 1) -> NDArray[np.float64]:
        """Return the change of ``name`` over ``k`` periods, x_t - x_{t-k}."""
        values = self.values(name)
        return values - shift(values, _whole(k))

    def demean(
        self, name: str, by: Literal["entity", "time", "both"] = "entity"
    ) -> NDArray[np.float64]:
        """Return ``name`` less the means of its entity, its period, or both.

        ``"both"`` gives the residuals of a regression on entity and time effects, in
        unbalanced panels too.
        """
        require_choice("by", by, ("entity", "time", "both"))
        values = self.values(name)
        seen = ~np.isnan(values)
        if by == "both":
            from unigauge.estimation.within import partial_out

            effects = np.column_stack(np.nonzero(seen))
            residuals = np.full_like(values, np.nan)
            residuals[seen] = partial_out(values[seen][:, None], effects)[:, 0]
            return residuals
        axis = 1 if by == "entity" else 0
        count = np.maximum(seen.sum(axis=axis, keepdims=True), 1)
        total = np.where(seen, values, 0.0).sum(axis=axis, keepdims=True)
        return np.asarray(values - total / count)

    def window(self, first: Any = None, last: Any = None) -> Panel:
        """Return the panel cut to the periods from ``first`` to ``last``, inclusive."""
        keep = np.ones(self.n_times, dtype=np.bool_)
        try:
            if first is not None:
                keep &= np.asarray(self.times >= first)
            if last is not None:
                keep &= np.asarray(self.times <= last)
        except (TypeError, ValueError):
            raise InputError(
                f"the window from {first!r} to {last!r} cannot be compared with the periods, "
                f"which run from {self.times[0]!r} to {self.times[-1]!r}."
            ) from None
        if not (self.mask & keep).any():
            raise InputError(
                f"no row lies between {first} and {last}; the panel runs from "
                f"{self.times[0]} to {self.times[-1]}."
            )
        return self._where(self.mask & keep)

    def balanced(self, variables: str | Sequence[str]) -> Panel:
        """Return the entities that have every variable in every period of the grid.

        Parameters
        ----------
        variables : str or sequence of str
            The variables that must be present.  Cut the periods first, with
            :meth:`window`, where the first or last are thin.

        Returns
        -------
        Panel
            Without the entities that lack something; a DroppedRowsWarning counts and
            names them.

        Raises
        ------
        IdentificationError
            If no entity is complete.
        """
        names = [variables] if isinstance(variables, str) else list(variables)
        present = self.mask.copy()
        for name in names:
            present &= self.groups(name) >= 0
        complete = np.asarray(present.all(axis=1))
        if not complete.any():
            raise IdentificationError(
                f"no entity has {', '.join(names)} in all {self.n_times} periods from "
                f"{self.times[0]} to {self.times[-1]}; cut the window, or estimate on the "
                "unbalanced panel."
            )
        if complete.all():
            return self
        left_out = [plain(label) for label in self.entities[~complete]]
        rows = int(self.mask[~complete].sum())
        warnings.warn(
            f"{counted(rows, 'row')} left out of the balanced panel: "
            f"{counted(len(left_out), 'entity')} of {self.n_entities} without "
            f"{', '.join(names)} in every period: {listed(left_out)}.",
            DroppedRowsWarning,
            stacklevel=2,
        )
        return self._where(self.mask & complete[:, None])

    def to_frame(self) -> pd.DataFrame:
        """Return the observed rows, indexed by (entity, time), sorted."""
        import pandas as pd

        order = np.argsort(self._cells, kind="stable")
        entity, time = np.divmod(self._cells[order], self.n_times)
        frame = self._columns.iloc[order]
        frame.index = pd.MultiIndex.from_arrays(
            [self.entities[entity], self.times[time]],
            names=[self.entity_name, self.time_name],
        )
        return frame

    def _where(self, keep: NDArray[np.bool_]) -> Panel:
        """Return the panel of the rows whose cells are kept."""
        import pandas as pd

        frame = self.to_frame().loc[keep[self.mask]]
        assert isinstance(frame.index, pd.MultiIndex)
        return Panel._build(frame.index, frame)

    def _column(self, name: str) -> pd.Series[Any]:
        if name in self._columns.columns:
            column = self._columns[name]
            if column.ndim == 2:
                raise InputError(f"the data have several columns named {name!r}.")
            return column
        require_choice("the variable", name, self.variables)
        return self._columns.iloc[:, self.variables.index(name)]


def as_panel(data: pd.DataFrame | Panel) -> Panel:
    """Return ``data`` as a :class:`Panel`; every estimator begins with this."""
    return Panel.from_frame(data)


def _whole(k: int) -> int:
    """Return a number of periods, which may be negative, or refuse it."""
    if isinstance(k, bool) or not isinstance(k, Integral):
        raise InputError(
            f"k is {k!r}; it must be a whole number of periods, negative for a lead."
        )
    return int(k)


def shift(values: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Return a grid (N, T) moved ``k`` periods later; NaN where nothing arrives.

    Examples
    --------
    >>> shift(np.array([[1.0, 2.0, 3.0]]), -1)
    array([[ 2.,  3., nan]])
    """
    moved = np.full_like(values, np.nan)
    t = values.shape[1]
    if k >= 0:
        moved[:, k:] = values[:, : max(t - k, 0)]
    else:
        moved[:, : max(t + k, 0)] = values[:, -k:]
    return moved


def require_within_variation(
    panel: Panel, name: str, *, in_every_entity: bool = False
) -> NDArray[np.float64]:
    """Return the values of ``name``, or say that they do not vary within entities.

    Parameters
    ----------
    panel : Panel
        The data.
    name : str
        The variable.
    in_every_entity : bool, default False
        Require variation in each entity, for estimators that run one regression an
        entity; else one varying entity is enough.

    Returns
    -------
    array, shape (N, T)
        As :meth:`Panel.values`.

    Raises
    ------
    IdentificationError
        If the variable is constant where it must vary, or an entity has fewer than
        two periods of it; the message names the entities.
    """
    values = panel.values(name)
    seen = ~np.isnan(values)
    lone = seen.sum(axis=1) < 2
    highest = np.where(seen, values, -np.inf).max(axis=1)
    lowest = np.where(seen, values, np.inf).min(axis=1)
    constant = ~lone & ~(highest > lowest)
    if in_every_entity and lone.any():
        labels = [plain(label) for label in panel.entities[lone]]
        raise IdentificationError(
            f"{name!r} is observed in fewer than two periods in "
            f"{counted(len(labels), 'entity')}: {listed(labels)}; one regression an entity "
            "needs more. Leave them out."
        )
    if in_every_entity and constant.any():
        labels = [plain(label) for label in panel.entities[constant]]
        raise IdentificationError(
            f"{name!r} does not vary within {counted(len(labels), 'entity')}: "
            f"{listed(labels)}; one regression an entity cannot tell its effect from the "
            "constant. Leave them out."
        )
    if (lone | constant).all():
        raise IdentificationError(
            f"{name!r} does not vary within any entity; its effect cannot be told from "
            "the entities' own levels."
        )
    return values
