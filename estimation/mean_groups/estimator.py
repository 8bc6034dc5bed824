"""One regression in every unit, and the mean of its coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import DataError, InputError, require_choice
from unigauge.estimation.design import CONSTANT, Design, build_design
from unigauge.estimation.mean_groups.results import MeanGroupFit
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.unit_least_squares import (
    UnitRows,
    coefficients_of,
    require_unit_rank,
    triangles,
    unit_rows,
)
from unigauge.estimation.wording import counted, joined
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "MeanGroupFit",
    "half_panel_units",
    "mean_group",
    "mean_group_covariance",
    "period_means",
    "require_unit_regressions",
    "unit_residuals",
]

TREND = "trend"
"""The name of a unit's own trend."""
JACKKNIFE = "half-panel jackknife"


def mean_group(
    frame: pd.DataFrame | Panel,
    formula: str,
    *,
    demean: Literal["none", "time"] = "none",
    trend: bool = False,
    jackknife: bool = False,
) -> MeanGroupFit:
    r"""Regress in every unit and average the coefficients.

    .. math:: \hat b = \frac1N \sum_i \hat b_i, \qquad
        \hat V = \frac{1}{N (N - 1)} \sum_i (\hat b_i - \hat b)(\hat b_i - \hat b)'.

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time); may be unbalanced and have gaps, as lags follow the
        calendar.
    formula : str
        Such as ``"y ~ lag(y) + x"``: each unit has its own constant, so there is no bar.
        With an own lag this is the dynamic mean group of Pesaran and Smith, whose bias in
        short panels is of the order of 1/T.
    demean : {"none", "time"}
        Subtract the mean over units of each period, in the rows in use, from the response
        and the regressors first (plm's ``pmg`` with ``model="dmg"``).
    trend : bool, default False
        Give each unit its own trend.
    jackknife : bool, default False
        Replace each unit's coefficients by :math:`2 \hat b_i - (\hat b_{i1} +
        \hat b_{i2}) / 2`, the latter from the first floor(T_i / 2) and the other rows,
        which removes the bias of order 1/T that own lags bring.

    Returns
    -------
    MeanGroupFit
        ``params std_errors pvalues unit_params residuals`` and more.

    Raises
    ------
    InputError
        If the formula has fixed effects or cannot be read.
    DataError
        If there is one unit only, or a unit has too few rows; the message names it.
    IdentificationError
        If a regressor does not vary, or is collinear, in a unit.

    See Also
    --------
    cce : The same beside cross-section averages, where units share unobserved shocks.

    Notes
    -----
    Source: Pesaran and Smith (1995), *Journal of Econometrics* 68, 79-113;
    reconstruction.  Agrees with plm's ``pmg`` to 1e-8.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> index = pd.MultiIndex.from_product([range(8), range(2000, 2030)])
    >>> data = pd.DataFrame({"x": rng.normal(size=240)}, index=index)
    >>> slope = np.repeat(np.linspace(0.5, 1.5, 8), 30)
    >>> data["y"] = slope * data["x"] + 0.1 * rng.normal(size=240)
    >>> fit = mean_group(data, "y ~ x")
    >>> print(f"{fit.params['x']:.2f} ({fit.std_errors['x']:.2f})")
    1.01 (0.13)
    """
    require_choice("demean", demean, ("none", "time"))
    require_flag("trend", trend)
    require_flag("jackknife", jackknife)
    design = unit_design(frame, formula)
    rows = unit_rows(design)
    y, x = rows.y, rows.x
    if demean == "time":
        plain = [column for column, term in enumerate(design.terms) if term != CONSTANT]
        x[..., plain] -= period_means(x[..., plain], rows.used)
        x *= rows.used[..., None]
        y = (y - period_means(y, rows.used)) * rows.used
    terms = list(design.terms)
    if trend:
        x = np.concatenate([x, trend_column(rows)], axis=-1)
        terms.append(TREND)
    require_unit_regressions(rows, terms, formula)
    triangle = triangles(x, y)
    require_unit_rank(triangle, terms, rows.entities, f"{formula!r} has no estimate")
    units = coefficients_of(triangle)
    left = unit_residuals(design, rows, y, x, units)
    if jackknife:
        units = half_panel_units(rows, y, x, units, terms, formula)
    estimates, covariance = mean_group_covariance(units)
    design.warn()
    model = ["Mean group", *(["period means subtracted"] * (demean == "time"))]
    return MeanGroupFit(
        model=", ".join([*model, *([JACKKNIFE] * jackknife)]),
        formula=design.formula.text,
        terms=tuple(terms),
        estimates=frozen(estimates),
        covariances=frozen(covariance),
        unit_estimates=frozen(units),
        unit_rows=rows.rows,
        residuals=left,
        entities=rows.entities,
        averages="",
        pooled=False,
    )


def require_flag(name: str, value: object) -> None:
    """Refuse what is neither True nor False."""
    if not isinstance(value, bool):
        raise InputError(f"{name} is {value!r}; it must be True or False.")


def unit_design(frame: pd.DataFrame | Panel, formula: str) -> Design:
    """Return the rows of a formula that may have no fixed effects."""
    design = build_design(as_panel(frame), formula)
    if design.effect_names or design.slopes:
        effects = [*design.effect_names, *(slope.name for slope in design.slopes)]
        raise InputError(
            f"the formula {formula!r} has the fixed effects {joined(effects)}; here every "
            "unit has its own regression, with its own constant. Leave the bar and what "
            "follows out; for effects of time use demean='time' or cce."
        )
    return design


def require_unit_regressions(rows: UnitRows, terms: Sequence[str], formula: str) -> None:
    """Require two units, and in each a row more than there are coefficients."""
    if len(rows.entities) < 2:
        raise DataError(
            f"{formula!r} has rows in one unit only, {rows.entities[0]!r}; the spread "
            "between units needs at least two."
        )
    needed = len(terms) + 1
    short = np.flatnonzero(rows.rows < needed)
    if short.size:
        found = joined([f"{rows.entities[unit]!r} has {rows.rows[unit]}" for unit in short])
        raise DataError(
            f"each unit's regression {formula!r} has {counted(len(terms), 'coefficient')} "
            f"({joined(list(terms))}) and needs at least T = {needed} usable rows; {found}. "
            "Use fewer regressors or lags, or leave those units out."
        )


def period_means(values: Floats, used: NDArray[np.bool_]) -> Floats:
    """Return the mean over units of each period's rows in use, shape (1, T, ...)."""
    count = np.maximum(used.sum(axis=0), 1).reshape(1, -1, *([1] * (values.ndim - 2)))
    return np.asarray(values.sum(axis=0, keepdims=True) / count)


def trend_column(rows: UnitRows) -> Floats:
    """Return each unit's trend, 1 in the first period in use, shape (N, T, 1)."""
    calendar = np.arange(1, rows.used.shape[1] + 1)
    return np.asarray(np.where(rows.used, calendar, 0.0)[..., None])


def mean_group_covariance(units: Floats) -> tuple[Floats, Floats]:
    """Return the mean of the units' coefficients and its covariance."""
    n = len(units)
    mean = units.mean(axis=0)
    away = units - mean
    return mean, away.T @ away / (n * (n - 1))


def half_panel_units(
    rows: UnitRows,
    y: Floats,
    x: Floats,
    units: Floats,
    terms: Sequence[str],
    formula: str,
) -> Floats:
    """Return each unit's coefficients corrected by those of its two halves."""
    place = rows.used.cumsum(axis=1)
    first = rows.used & (place <= rows.rows[:, None] // 2)
    halves = np.zeros_like(units)
    for half in (first, rows.used & ~first):
        named = f"{formula} (in each half of the rows)"
        require_unit_regressions(rows._replace(used=half), terms, named)
        triangle = triangles(x * half[..., None], y * half)
        require_unit_rank(triangle, terms, rows.entities, f"{named!r} has no estimate")
        halves += coefficients_of(triangle)
    return np.asarray(2 * units - halves / 2)


def unit_residuals(
    design: Design, rows: UnitRows, y: Floats, x: Floats, units: Floats
) -> pd.Series[float]:
    """Return y - x b_i of the rows in use, indexed by (entity, time)."""
    import pandas as pd

    panel = design.panel
    left = y - np.einsum("ntk,nk->nt", x, units)
    index = pd.MultiIndex.from_arrays(
        [panel.entities[design.entity], panel.times[design.time]],
        names=[panel.entity_name, panel.time_name],
    )
    return pd.Series(left[rows.used], index=index, name="residual")
