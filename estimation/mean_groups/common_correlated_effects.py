"""Regressions beside cross-section averages, which stand in for what units share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import InputError, require_choice, require_integer
from unigauge.estimation.design import CONSTANT, Design, build_design
from unigauge.estimation.expressions import Term, term_names
from unigauge.estimation.mean_groups.estimator import (
    JACKKNIFE,
    TREND,
    half_panel_units,
    mean_group_covariance,
    period_means,
    require_flag,
    require_unit_regressions,
    trend_column,
    unit_design,
    unit_residuals,
)
from unigauge.estimation.mean_groups.results import MeanGroupFit
from unigauge.estimation.panel import Panel
from unigauge.estimation.unit_least_squares import (
    UnitRows,
    coefficients_of,
    require_unit_rank,
    triangles,
    unit_rows,
)
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["cce"]


def cce(
    frame: pd.DataFrame | Panel,
    formula: str,
    *,
    model: Literal["mean_group", "pooled"] = "mean_group",
    average_lags: int = 0,
    trend: bool = False,
    jackknife: bool = False,
) -> MeanGroupFit:
    r"""Regress beside cross-section averages: common correlated effects.

    Each unit's regression holds, beside its own regressors, the averages over units of the
    response and of every regressor, which follow the unobserved shocks that units share,

    .. math:: y_{it} = a_i + b_i' x_{it}
              + \sum_{l=0}^{p} d_{il}' \bar z_{t-l} + e_{it}, \qquad z = (y, x')'.

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time).  May be unbalanced: a period's average is that of the
        rows in use, and lags follow the calendar.
    formula : str
        Such as ``"y ~ lag(y) + x"``, without a bar: each unit has its own constant.
    model : {"mean_group", "pooled"}
        The mean of the units' coefficients, with the variance of
        :func:`mean_group`; or one coefficient for all, whose variance is robust to
        coefficients that differ,

        .. math:: \hat V = \frac{N}{N - 1} S^{-1} \sum_i Q_i (\hat b_i - \hat b)
                  (\hat b_i - \hat b)' Q_i S^{-1}, \qquad Q_i = X_i' M X_i,
                  \quad S = \sum_i Q_i,

        with :math:`\hat b` the mean of the units' coefficients.
    average_lags : int, default 0
        p.  From 1 on, the averages of every variable of the formula, its outer lag taken
        off, enter with lags 0 to p, and so do those of its terms: dynamic common
        correlated effects.  Chudik and Pesaran take the whole part of T^(1/3).
    trend : bool, default False
        Give each unit its own trend.
    jackknife : bool, default False
        Correct each unit's coefficients by those of its halves, as in
        :func:`mean_group`; of ``mean_group`` only.

    Returns
    -------
    MeanGroupFit
        ``params`` has the constant, the regressors and the averages, ``mean(x)``; of
        ``pooled`` the regressors alone.

    Raises
    ------
    InputError
        If an argument is outside its domain, or the formula has fixed effects.
    DataError
        If there is one unit only, or a unit has too few rows; the message names it.
    IdentificationError
        If a regressor is collinear in a unit with the others and the averages, as one is
        that is the same in all units.

    Notes
    -----
    Sources: Pesaran (2006), *Econometrica* 74, 967-1012; Chudik and Pesaran (2015),
    *Journal of Econometrics* 188, 393-420; reconstructions.  Agrees with plm's
    ``pmg(model="cmg")`` to 1e-8 on balanced panels, and with its ``pcce`` but for the digits
    that the latter loses where levels are large (1e-6 on Produc); where panels are
    unbalanced, plm's pooled variance weights with the shortest unit, this one does not.  Averages
    stand in for as many shared shocks as there are variables; with an own lag the bias in
    short panels is of the order of 1/T even so (``docs/monte_carlo``), which
    ``jackknife=True`` takes down.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> index = pd.MultiIndex.from_product([range(20), range(2000, 2030)])
    >>> world = np.tile(rng.normal(size=30).cumsum(), 20)
    >>> load = np.repeat(rng.uniform(0.5, 1.5, size=20), 30)
    >>> data = pd.DataFrame({"x": load * world + rng.normal(size=600)}, index=index)
    >>> data["y"] = data["x"] + 2 * load * world + rng.normal(size=600)
    >>> fit = cce(data, "y ~ x")
    >>> print(f"{fit.params['x']:.2f} ({fit.std_errors['x']:.2f})")
    0.98 (0.04)
    """
    require_choice("model", model, ("mean_group", "pooled"))
    average_lags = require_integer("average_lags", average_lags, at_least=0)
    require_flag("trend", trend)
    require_flag("jackknife", jackknife)
    if jackknife and model == "pooled":
        raise InputError(
            "jackknife is True and model is 'pooled'; the correction is one of each unit's "
            "coefficients. Use model='mean_group'."
        )
    written = unit_design(frame, formula)
    design, averaged = _with_lags(written, average_lags)
    rows = unit_rows(design)
    own = list(written.terms)
    beside, terms_beside = _averages(design, rows, averaged)
    if trend:
        beside = np.concatenate([beside, trend_column(rows)], axis=-1)
        terms_beside.append(TREND)
    k = len(own)
    require_unit_regressions(rows, [*own, *terms_beside], formula)
    constants = [term for term in own if term == CONSTANT]
    slopes = own[len(constants) :]
    # Constant and averages first, so that the triangle's last block is that of the
    # regressors with these taken out.
    first = len(constants)
    order = [*constants, *terms_beside, *slopes]
    x = np.concatenate([rows.x[..., :first], beside, rows.x[..., first:k]], axis=-1)
    triangle = triangles(x, rows.y)
    require_unit_rank(triangle, order, rows.entities, f"{formula!r} has no estimate")
    left = units = coefficients_of(triangle)
    if jackknife:
        units = half_panel_units(rows, rows.y, x, units, order, formula)
    if model == "mean_group":
        estimates, covariance = mean_group_covariance(units)
        terms = [*own, *terms_beside]
        shown = [order.index(term) for term in terms]
        estimates, covariance = estimates[shown], covariance[np.ix_(shown, shown)]
    else:
        terms, shown = slopes, list(range(len(order) - len(slopes), len(order)))
        estimates, covariance = _pooled(triangle, len(slopes))
        left = _with_slopes(triangle, estimates)
    written.warn()
    lagged = f", with lags 0 to {average_lags}" if average_lags else ""
    return MeanGroupFit(
        model=", ".join(
            ["Common correlated effects", model.replace("_", " "), *[JACKKNIFE] * jackknife]
        ),
        formula=written.formula.text,
        terms=tuple(terms),
        estimates=frozen(estimates),
        covariances=frozen(covariance),
        unit_estimates=frozen(units[:, shown]),
        unit_rows=rows.rows,
        residuals=unit_residuals(design, rows, rows.y, x, left),
        entities=rows.entities,
        averages=f"of the response and the regressors{lagged}",
        pooled=model == "pooled",
    )


def _with_lags(written: Design, lags: int) -> tuple[Design, list[str]]:
    """Return a design with all that is to be averaged, and the names of that."""
    formula = written.formula
    terms = [formula.response, *formula.regressors]
    names = [term.name for term in terms]
    if lags == 0:
        return written, names
    variables = list(dict.fromkeys(_without_lag(term) for term in terms))
    further = [
        name
        for variable in variables
        for k in range(lags + 1)
        for name in (term_names(f"lag({variable}, {k})") if k else term_names(variable))
        if name not in names
    ]
    side = " + ".join([*names[1:], *further])
    constant = "" if formula.constant else " - 1"
    return build_design(written.panel, f"{names[0]} ~ {side}{constant}"), names + further


def _without_lag(term: Term) -> str:
    """Return the expression of a term without its outer lag."""
    node = term.expression
    while (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "lag"
    ):
        node = node.args[0]
    return ast.unparse(node)


def _averages(
    design: Design, rows: UnitRows, averaged: list[str]
) -> tuple[Floats, list[str]]:
    """Return the period means of the response and the regressors in every unit's rows."""
    columns = np.concatenate([rows.y[..., None], rows.x], axis=-1)
    names = [design.formula.response.name, *design.terms]
    chosen = columns[..., [names.index(name) for name in averaged]]
    means = period_means(chosen, rows.used) * rows.used[..., None]
    return means, [f"mean({name})" for name in averaged]


def _pooled(triangle: Floats, slopes: int) -> tuple[Floats, Floats]:
    """Return pooled slopes and their covariance from the units' triangles."""
    block = triangle[:, -slopes - 1 : -1, -slopes - 1 :]
    factor, moved = block[..., :-1], block[..., -1]
    squares = factor.transpose(0, 2, 1) @ factor
    products = (factor.transpose(0, 2, 1) @ moved[..., None])[..., 0]
    total = squares.sum(axis=0)
    estimates = np.linalg.solve(total, products.sum(axis=0))
    units = np.linalg.solve(factor, moved[..., None])[..., 0]
    away = (squares @ (units - units.mean(axis=0))[..., None])[..., 0]
    bread, n = np.linalg.inv(total), len(units)
    return estimates, n / (n - 1) * bread @ (away.T @ away) @ bread


def _with_slopes(triangle: Floats, slopes: Floats) -> Floats:
    """Return all coefficients of each unit when its slopes are given."""
    k = len(slopes)
    rest = triangle.shape[-1] - 1 - k
    head = triangle[:, :rest, -1] - triangle[:, :rest, rest:-1] @ slopes
    others = np.linalg.solve(triangle[:, :rest, :rest], head[..., None])[..., 0]
    repeated = np.broadcast_to(slopes, (len(triangle), k))
    return np.concatenate([others, repeated], axis=1)
