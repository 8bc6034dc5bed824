"""Least squares with fixed effects.

The effects are swept out of response and regressors by pyfixest (Frisch, Waugh and
Lovell); the regression on what is left, and its covariance, are computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import IdentificationError
from unigauge.estimation.design import CONSTANT, Design, build_design
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.within import partial_out
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from unigauge.estimation.fits import Fit

__all__ = [
    "Solution",
    "least_squares",
    "ols",
    "require_identified",
]

_COLLINEAR = 1e-7
"""A regressor is taken to be explained if no more than this share of it is left."""
_ROUNDING = 1e-11
"""Less than this share of a variable's own size is rounding error."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Solution:
    """What an estimator hands on to inference.

    Attributes
    ----------
    estimates : array, shape (k,)
        Coefficients.
    x_within : array, shape (n, k)
        Regressors without the fixed effects (weighted, for Poisson).
    bread : array, shape (k, k)
        Inverse of x_within' W x_within, W the weights of Poisson, else one.
    residuals, fitted : array, shape (n,)
        Response less fitted values, and these.
    rss : float
        Sum of squared residuals; NaN for Poisson.
    deviance : float
        Poisson's deviance; the same as ``rss`` for least squares.
    r2_within : float
        Share of the variation within the fixed effects explained, or, with neither
        effects nor constant, of the sum of squares; NaN for Poisson.
    iterations : int
        Steps of Poisson's iteration; 1 for least squares.
    poisson : bool
        Whether this is Poisson.
    """

    estimates: NDArray[np.float64]
    x_within: NDArray[np.float64]
    bread: NDArray[np.float64]
    residuals: NDArray[np.float64]
    fitted: NDArray[np.float64]
    rss: float
    deviance: float
    r2_within: float
    iterations: int
    poisson: bool

    @property
    def exact(self) -> bool:
        """Whether the response is reproduced up to rounding, as by ``lag(y, 0)``."""
        size = np.linalg.norm(self.fitted + self.residuals)
        return bool(np.linalg.norm(self.residuals) <= _ROUNDING * size)

    @property
    def scores(self) -> NDArray[np.float64]:
        """Scores of the rows, shape (n, k)."""
        return self.x_within * self.residuals[:, None]


def ols(
    frame: pd.DataFrame | Panel,
    formula: str,
    *,
    cov: str = "clustered",
    small_sample: str = "stata",
    cluster: str | Sequence[str] = "entity",
    bandwidth: int | None = None,
    draws: int = 9999,
    seed: int = 0,
) -> Fit:
    """Estimate a linear regression with fixed effects, lags and trends.

    Parameters
    ----------
    frame : DataFrame or Panel
        Data indexed by (entity, time).
    formula : str
        Such as ``"patents ~ lag(patents, 1) + lag(standards, 1:2) | entity + time"``;
        see :mod:`unigauge.estimation.formulas`.  Rows with a missing value are dropped,
        with a warning; so are fixed effects observed in one row only.
    cov : {"clustered", "robust", "hc3", "iid", "driscoll_kraay", "wild"}
        How standard errors are computed.  ``"hc3"`` is the robust kind for small samples;
        it takes memory for rows times all groups but those of the largest effect.
        ``"wild"`` keeps the clustered standard errors and takes p-values and intervals
        from a restricted wild cluster bootstrap.
    small_sample : {"stata", "fixest", "plm", "asymptotic", "none"}
        Small-sample convention; see :mod:`unigauge.estimation.covariance`.
    cluster : str or sequence of one or two str
        Groups of clustered standard errors: ``"entity"``, ``"time"``, ``"both"``, or
        variables.
    bandwidth : int, optional
        Lags of Driscoll-Kraay standard errors; floor(4 (T/100)^(2/9)) by default.
    draws, seed : int
        Of the wild bootstrap.

    Returns
    -------
    Fit
        Coefficients, standard errors, and the convention behind them.

    Raises
    ------
    InputError
        If formula, data or options cannot be used; the message says why.
    IdentificationError
        If a regressor is collinear with others or with the fixed effects, or the response
        does not vary.

    See Also
    --------
    unigauge.estimation.poisson : The same for counts.

    Notes
    -----
    Where the regression reproduces the response exactly there are no residuals, and
    standard errors, p-values and intervals are NaN.

    Coefficients are accurate to about 1e-10 of their standard errors with one or two
    effects.  No result depends on the order of hashing.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame(
    ...     {"state": list("aaaabbbbcccc"), "year": [0, 1, 2, 3] * 3,
    ...      "x": [0, 1, 3, 2, 5, 4, 6, 9, 1, 1, 2, 5],
    ...      "y": [1, 3, 6, 6, 7, 6, 8, 15, 0, 1, 2, 7]})
    >>> fit = ols(rows.set_index(["state", "year"]), "y ~ x | entity + time")
    >>> fit.params.round(4).to_dict()
    {'x': 1.4634}
    """
    from unigauge.estimation.fits import make_fit

    design = build_design(as_panel(frame), formula)
    fit = make_fit(
        design,
        least_squares(design),
        cov=cov,
        small_sample=small_sample,
        cluster=cluster,
        bandwidth=bandwidth,
        draws=draws,
        seed=seed,
    )
    design.warn()
    return fit


def least_squares(design: Design) -> Solution:
    """Regress on what the fixed effects leave of response and regressors."""
    within = partial_out(
        np.column_stack([design.y, design.x]), design.effects, design.slopes
    )
    y_within, x_within = within[:, 0], within[:, 1:]
    centred = y_within - y_within.mean()
    if np.linalg.norm(centred) <= _ROUNDING * np.linalg.norm(design.y):
        beyond = " beyond its fixed effects" if design.effect_names else ""
        raise IdentificationError(
            f"the response {design.formula.response.name!r} does not vary{beyond} "
            f"in the {design.nobs} rows of {design.formula.text!r}; there is nothing left "
            "to explain."
        )
    basis, triangle = np.linalg.qr(x_within)
    require_identified(design, triangle)
    estimates = np.linalg.solve(triangle, basis.T @ y_within)
    inverse = np.linalg.inv(triangle)
    residuals = y_within - x_within @ estimates
    rss = float(residuals @ residuals)
    total = centred if CONSTANT in design.terms else y_within
    return Solution(
        estimates=frozen(estimates),
        x_within=x_within,
        bread=inverse @ inverse.T,
        residuals=residuals,
        fitted=design.y - residuals,
        rss=rss,
        deviance=rss,
        r2_within=1 - rss / float(total @ total),
        iterations=1,
        poisson=False,
    )


def require_identified(
    design: Design,
    triangle: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> None:
    """Refuse regressors that the effects absorb, or that are collinear; name them.

    ``triangle`` is the R of the swept, weighted regressors' QR decomposition.
    """
    from scipy.linalg import qr

    left = np.linalg.norm(triangle, axis=0)
    absorbed = [
        term
        for term, column, size in zip(design.terms, design.x.T, left, strict=True)
        if _is_absorbed(column, size, weights, centred=bool(design.effect_names))
    ]
    if absorbed:
        raise IdentificationError(_absorbed_message(design, absorbed))
    unit = triangle / left
    _, factor, order = qr(unit, mode="economic", pivoting=True)
    diagonal = np.abs(np.diag(factor))
    rank = int((diagonal > _COLLINEAR).sum())
    if rank == len(order):
        return
    dependent = order[rank]
    loads, *_ = np.linalg.lstsq(unit[:, order[:rank]], unit[:, dependent], rcond=None)
    others = [design.terms[order[c]] for c in range(rank) if abs(loads[c]) > 1e-6]
    raise IdentificationError(
        f"the regressor {design.terms[dependent]} is a combination of "
        f"{', '.join(others)}{' and the fixed effects' if design.effect_names else ''} in "
        f"{design.formula.text!r} ({design.nobs} rows): their coefficients cannot be told "
        "apart. Leave one out."
    )


def _is_absorbed(
    column: NDArray[np.float64],
    left: float,
    weights: NDArray[np.float64] | None,
    *,
    centred: bool,
) -> bool:
    """Whether no more than rounding error is left of a regressor."""
    root = 1.0 if weights is None else np.sqrt(weights)
    size = np.linalg.norm(column * root)
    if left > _COLLINEAR * size:
        return False
    spread = np.linalg.norm((column - column.mean()) * root) if centred else size
    return bool(left <= max(_COLLINEAR * spread, _ROUNDING * size))


def _absorbed_message(design: Design, absorbed: list[str]) -> str:
    names = ", ".join(absorbed)
    effects = [*design.effect_names, *(slope.name for slope in design.slopes)]
    where = f"in {design.formula.text!r} ({design.nobs} rows)"
    if not effects:
        return f"{names} is zero throughout {where}; it has no coefficient. Leave it out."
    return (
        f"the fixed effects ({', '.join(effects)}) absorb all variation of {names} {where}. "
        "A variable without variation within entities cannot be told from their effects; "
        "leave it out, or drop the effect."
    )
