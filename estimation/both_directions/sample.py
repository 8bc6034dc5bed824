"""One sample for both directions: a unit's year counts only where all is known."""

from __future__ import annotations

import keyword
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import (
    DataError,
    DroppedRowsWarning,
    IdentificationError,
    InputError,
    require_choice,
    require_integer,
)
from unigauge.estimation.expressions import Grids, parse_expression
from unigauge.estimation.panel import Panel, as_panel, require_within_variation
from unigauge.estimation.within import partial_out
from unigauge.estimation.wording import counted, listed, plain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["ROLES", "CommonSample", "common_sample"]

ROLES = ("innovation", "standards")
"""The two variables, each of which may be cause and outcome."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CommonSample:
    """The rows that every method starts from, and what was lost on the way.

    Attributes
    ----------
    panel : Panel
        The rows in which every variable is known.
    columns : dict of str to str
        The column behind each role, ``"innovation"`` and ``"standards"``.
    controls : tuple of str
        Columns that enter with one lag.
    counts : dict of str to str
        The column of raw counts behind a role, where there is one.
    lags : int
        Lags of both variables, K.
    rows_given : int
        Rows of the data.
    missing : dict of str to int
        Rows in which a variable is missing, for each that is anywhere.
    rows_missing : int
        Rows in which any is missing.
    units_left_out : tuple
        Units with fewer than two rows whose lags are known.
    rows_left_out : int
        Complete rows of those.
    usable : int
        Rows whose outcome and lags are all known.
    block : DataFrame or None
        The two variables in the largest balanced block; see :func:`balanced_block`.
    """

    panel: Panel
    columns: Mapping[str, str]
    controls: tuple[str, ...]
    counts: Mapping[str, str]
    lags: int
    rows_given: int
    missing: Mapping[str, int]
    rows_missing: int
    units_left_out: tuple[Any, ...]
    rows_left_out: int
    usable: int
    block: pd.DataFrame | None

    @property
    def rows(self) -> int:
        """Complete rows."""
        return int(self.panel.mask.sum())

    @property
    def unit(self) -> str:
        """What the data call a unit, if that is a word."""
        return _noun(self.panel.entity_name, "unit")

    @property
    def period(self) -> str:
        """What the data call a period, if that is a word."""
        return _noun(self.panel.time_name, "period")

    @property
    def n_units(self) -> int:
        """Number of units."""
        return self.panel.n_entities

    @property
    def window(self) -> str:
        """First and last period."""
        return f"{self.panel.times[0]}-{self.panel.times[-1]}"

    @property
    def block_text(self) -> str:
        """What the balanced block holds, where that is not the whole sample."""
        if self.block is None or len(self.block) == self.rows:
            return ""
        units, times = (self.block.index.get_level_values(k).unique() for k in (0, 1))
        return (
            f"balanced block: {len(units)} of {counted(self.n_units, self.unit)}, "
            f"{times[0]}-{times[-1]}"
        )

    @property
    def losses(self) -> tuple[str, ...]:
        """One sentence a reason for which rows were lost."""
        sentences = []
        if self.rows_missing:
            each = ", ".join(f"{name} in {rows}" for name, rows in self.missing.items())
            sentences.append(
                f"{self.rows_missing} of {counted(self.rows_given, 'row')} were left out "
                f"because a variable is missing ({each})."
            )
        if self.units_left_out:
            sentences.append(
                f"{counted(len(self.units_left_out), self.unit)} with "
                f"{counted(self.rows_left_out, 'row')} were left out, having fewer than two "
                f"rows with {counted(self.lags, 'lag')}: {listed(self.units_left_out)}."
            )
        return tuple(sentences)

    def spread(self, expression: str) -> float:
        """Return the standard deviation net of unit and period effects, as of log1p(x)."""
        values, _ = Grids(self.panel).evaluate(parse_expression(expression))
        return two_way_spread(self.panel, values)

    def without(self, unit: int) -> Panel:
        """Return the panel without the unit at a position."""
        frame = self.panel.to_frame()
        others = frame.index.get_level_values(0) != self.panel.entities[unit]
        return Panel.from_frame(frame.loc[others])


def common_sample(
    frame: pd.DataFrame | Panel,
    innovation: str,
    standards: str,
    *,
    controls: Sequence[str],
    counts: Mapping[str, str] | None,
    lags: int,
) -> CommonSample:
    """Read the data into the one sample of both directions.

    Raises
    ------
    InputError
        If names or options cannot be used.
    DataError
        If a unit has one row, no row is complete, or too few rows have their lags.
    IdentificationError
        If a variable does not vary within units beyond what they share.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out.
    """
    lags = require_integer("lags", lags, at_least=1, because="the past is on lags")
    panel = as_panel(frame)
    controls = (controls,) if isinstance(controls, str) else tuple(controls)
    columns = {"innovation": innovation, "standards": standards}
    _require_names(panel, [innovation, standards, *controls])
    _refuse_lone_rows(panel)
    counts = _counts(panel, columns, counts)

    names = list(dict.fromkeys([*columns.values(), *controls, *counts.values()]))
    known = {name: panel.mask & ~np.isnan(panel.values(name)) for name in names}
    complete = panel.mask & np.all(list(known.values()), axis=0)
    usable = _with_lags(complete, lags)
    enough = usable.sum(axis=1) >= 2
    if enough.sum() < 2:
        raise DataError(_too_short(panel, complete, enough, lags, names))
    missing = {name: int((panel.mask & ~here).sum()) for name, here in known.items()}
    kept = complete & enough[:, None]
    rows = panel.to_frame()[names].loc[kept[panel.mask]]
    sample = Panel.from_frame(rows)
    for name in [*columns.values(), *controls]:
        _require_variation(sample, name)

    result = CommonSample(
        panel=sample,
        columns=columns,
        controls=controls,
        counts=counts,
        lags=lags,
        rows_given=int(panel.mask.sum()),
        missing={name: number for name, number in missing.items() if number},
        rows_missing=int((panel.mask & ~complete).sum()),
        units_left_out=tuple(plain(label) for label in panel.entities[~enough]),
        rows_left_out=int((complete & ~enough[:, None]).sum()),
        usable=int(usable[enough].sum()),
        block=balanced_block(sample, (innovation, standards), lags),
    )
    if result.losses:
        warnings.warn(" ".join(result.losses), DroppedRowsWarning, stacklevel=3)
    return result


def balanced_block(panel: Panel, names: tuple[str, str], lags: int) -> pd.DataFrame | None:
    """Return the largest block of consecutive periods in which units are complete.

    Largest is by usable rows, units x (periods - lags); of two blocks of one size the
    longer, then the later.  It has the 2 K + 6 usable periods that the test of
    Dumitrescu and Hurlin needs, else the 2 K + 4 that the half-panel jackknife needs.
    Units in which a variable is constant over it are left out, for each unit needs its
    own regression.

    Returns
    -------
    DataFrame or None
        The two variables, or None where no block has two such units.
    """
    import pandas as pd

    run = np.zeros(panel.mask.shape, dtype=np.intp)
    for t in range(panel.n_times):
        run[:, t] = (run[:, t - 1] + 1 if t else 1) * panel.mask[:, t]
    widths = np.arange(panel.n_times + 1)
    for least in (2 * lags + 6, 2 * lags + 4):
        best = (0, 0, 0)
        for last in range(panel.n_times):
            ending_here = np.bincount(run[:, last], minlength=len(widths))
            units = ending_here[::-1].cumsum()[::-1]
            size = np.where((widths >= least + lags) & (units >= 2), units, 0)
            size *= np.maximum(widths - lags, 0)
            width = int(len(widths) - 1 - size[::-1].argmax())
            best = max(best, (int(size[width]), width, last))
        rows, width, last = best
        if rows == 0:
            continue
        window = slice(last + 1 - width, last + 1)
        values = np.stack([panel.values(name)[:, window] for name in names])
        complete = run[:, last] >= width
        varying = complete & (np.ptp(values, axis=2) > 0).all(axis=0)
        if varying.sum() >= 2:
            index = pd.MultiIndex.from_product(
                [panel.entities[varying], panel.times[window]],
                names=[panel.entity_name, panel.time_name],
            )
            columns = dict(zip(names, values[:, varying].reshape(2, -1), strict=True))
            return pd.DataFrame(columns, index=index)
    return None


def two_way_spread(panel: Panel, values: NDArray[np.float64]) -> float:
    """Return the standard deviation of what unit and period effects leave of a grid."""
    seen = ~np.isnan(values)
    effects = np.column_stack(np.nonzero(seen))
    return float(partial_out(values[seen][:, None], effects).std())


def is_count(values: NDArray[np.float64]) -> bool:
    """Whether a variable is whole, never negative, and sometimes above one."""
    seen = values[~np.isnan(values)]
    whole = bool((seen >= 0).all() and (seen == np.round(seen)).all())
    return whole and bool((seen > 1).any())


def _noun(name: str, otherwise: str) -> str:
    return name if name.isalpha() and name not in ("entity", "time") else otherwise


# ---------------------------------------------------------------------------
# Checks


def _require_names(panel: Panel, names: list[str]) -> None:
    """Refuse columns that are unknown, named twice, or unreadable in a formula."""
    for name in names:
        require_choice("the variable", name, panel.variables)
        if not name.isidentifier() or keyword.iskeyword(name):
            raise InputError(
                f"the variable {name!r} cannot stand in a formula; rename it with letters, "
                "digits and underscores."
            )
    if len(set(names)) != len(names):
        raise InputError(
            f"the variables are {', '.join(names)}; innovation, standards and the controls "
            "must be different columns."
        )


def _refuse_lone_rows(panel: Panel) -> None:
    """Refuse units that the data hold in one period only."""
    lone = panel.mask.sum(axis=1) == 1
    if lone.any():
        labels = [plain(label) for label in panel.entities[lone]]
        raise DataError(
            f"{counted(len(labels), 'entity')} of {panel.n_entities} have one "
            f"{panel.time_name} of data only: {listed(labels)}. A panel follows units over "
            "time, and one row says nothing about change; leave them out: "
            f"frame.drop(index=[{listed(labels)}], level=0)."
        )


def _counts(
    panel: Panel, columns: Mapping[str, str], counts: Mapping[str, str] | None
) -> dict[str, str]:
    """Return the column of counts behind each role: as given, or where the role is one."""
    if counts is None:
        return {
            role: name for role, name in columns.items() if is_count(panel.values(name))
        }
    if not isinstance(counts, Mapping):
        raise InputError(
            f"counts is {counts!r}; it must map 'innovation', 'standards' or both to "
            "columns of raw counts, such as {'innovation': 'patent_families'}."
        )
    for role, name in counts.items():
        require_choice("the role in counts", role, ROLES)
        _require_names(panel, [name])
        if (panel.values(name) < 0).any():
            raise InputError(
                f"the counts {name!r} are negative somewhere; Poisson needs counts, or other "
                "amounts of at least zero."
            )
    return {role: counts[role] for role in ROLES if role in counts}


def _with_lags(complete: NDArray[np.bool_], lags: int) -> NDArray[np.bool_]:
    """Return the rows whose ``lags`` previous periods are complete as well."""
    usable = complete.copy()
    usable[:, :lags] = False
    for k in range(1, lags + 1):
        usable[:, k:] &= complete[:, :-k]
    return usable


def _too_short(
    panel: Panel,
    complete: NDArray[np.bool_],
    enough: NDArray[np.bool_],
    lags: int,
    names: list[str],
) -> str:
    return (
        f"{counted(int(enough.sum()), 'entity')} of {panel.n_entities} have at least two rows "
        f"in which {', '.join(names)} and {counted(lags, 'lag')} of them are known; at least "
        f"two are needed. {int(complete.sum())} of {counted(int(panel.mask.sum()), 'row')} are "
        f"complete, and no {panel.entity_name} has more than {int(complete.sum(axis=1).max())} "
        f"of them. Two rows with {counted(lags, 'lag')} take {lags + 2} periods in a row: use "
        "fewer lags, a longer panel, or variables that are missing less often."
    )


def _require_variation(panel: Panel, name: str) -> None:
    """Refuse a variable of which unit and period effects leave nothing."""
    values = require_within_variation(panel, name)
    if two_way_spread(panel, values) <= _ROUNDING * np.nanmax(np.abs(values)):
        raise IdentificationError(
            f"{name!r} varies over time in the same way in every unit; period effects leave "
            "nothing of it, so that its effect cannot be told from that of the years. Leave "
            "it out, or use a variable that differs between units."
        )
