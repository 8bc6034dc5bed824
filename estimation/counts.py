"""Poisson pseudo-maximum likelihood with fixed effects, for counts.

Iterated weighted least squares (Correia, Guimaraes and Zylkin 2020): at each step the
fixed effects are swept out of the working response and the regressors by pyfixest,
with the fitted means as weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.errors import ConvergenceError, IdentificationError, InputError
from unigauge.estimation.design import Design, build_design
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.static import Solution, require_identified
from unigauge.estimation.within import partial_out
from unigauge.estimation.wording import counted
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from unigauge.estimation.fits import Fit

__all__ = ["poisson", "solve_poisson"]

_TOLERANCE = 1e-12
_MOST_ITERATIONS = 200
_MOST_HALVINGS = 20


def poisson(
    frame: pd.DataFrame | Panel,
    formula: str,
    *,
    offset: str | None = None,
    cov: str = "clustered",
    small_sample: str = "stata",
    cluster: str | Sequence[str] = "entity",
    bandwidth: int | None = None,
) -> Fit:
    """Estimate a Poisson regression, E(y) = exp(x'b + effects), with fixed effects.

    The response need not be Poisson, nor whole; only its mean must be right.

    Parameters
    ----------
    frame : DataFrame or Panel
        Data indexed by (entity, time).
    formula : str
        As for :func:`unigauge.estimation.ols`; the response must not be negative.
        Fixed effects whose response is always zero say nothing and are dropped, as are
        rows whose zeros the regressors predict perfectly; a warning names them.
    offset : str, optional
        An expression that enters the linear predictor with coefficient one, such as
        ``"log(population)"``.
    cov : {"clustered", "robust", "iid", "driscoll_kraay"}
        How standard errors are computed; ``"iid"`` is right for Poisson data only.
    small_sample : {"stata", "fixest", "plm", "asymptotic", "none"}
        Small-sample convention; see :mod:`unigauge.estimation.covariance`.
    cluster, bandwidth
        As for :func:`unigauge.estimation.ols`.

    Returns
    -------
    Fit
        With ``deviance`` and ``iterations``; residuals are y less its fitted mean.

    Raises
    ------
    InputError
        If the response is negative somewhere, or formula, data or options are unusable.
    IdentificationError
        If a regressor is collinear, or the response does not vary.
    ConvergenceError
        If the iteration does not settle.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame(
    ...     {"state": list("aaaabbbb"), "year": [0, 1, 2, 3] * 2,
    ...      "x": [0, 1, 3, 2, 5, 4, 6, 9], "y": [1, 3, 6, 5, 7, 6, 8, 15]})
    >>> fit = poisson(rows.set_index(["state", "year"]), "y ~ x | entity")
    >>> fit.params.round(4).to_dict()
    {'x': 0.2195}
    """
    from unigauge.estimation.fits import make_fit

    design = build_design(as_panel(frame), formula, offset=offset)
    design, solution = solve_poisson(design)
    fit = make_fit(
        design,
        solution,
        cov=cov,
        small_sample=small_sample,
        cluster=cluster,
        bandwidth=bandwidth,
    )
    design.warn()
    return fit


def solve_poisson(design: Design) -> tuple[Design, Solution]:
    """Estimate, and return the rows that could be used.

    Raises
    ------
    InputError
        If the response is negative somewhere.
    IdentificationError
        If it does not vary, or regressors are collinear.
    ConvergenceError
        If the iteration does not settle.
    """
    negative = design.y < 0
    if negative.any():
        first = int(negative.argmax())
        raise InputError(
            f"the response {design.formula.response.name!r} is negative in "
            f"{counted(int(negative.sum()), 'row')}, first {design.y[first]:g} at "
            f"{design.panel.label(int(design.cells[first]))}; Poisson needs counts, or "
            "other amounts of at least zero."
        )
    if np.ptp(design.y) == 0 and design.y[0] > 0:
        raise IdentificationError(
            f"the response {design.formula.response.name!r} is {design.y[0]:g} in all "
            f"{design.nobs} rows of {design.formula.text!r}; there is nothing to explain."
        )
    return _solve(_without_zero_effects(design))


def _without_zero_effects(design: Design) -> Design:
    """Drop fixed effects whose response is always zero, until none is left."""
    before, names = design.nobs, list(design.losses.separated)
    while True:
        zero = np.zeros(design.nobs, dtype=np.bool_)
        for effect in range(len(design.effect_names)):
            groups = design.effects[:, effect]
            zero_here = np.bincount(groups, weights=design.y)[groups] == 0
            names += design.labels(effect, zero_here & ~zero)
            zero |= zero_here
        if not zero.any():
            break
        design = design.rows(~zero)
    if not (design.y > 0).any():
        raise IdentificationError(
            f"the response {design.formula.response.name!r} is zero in every row; there is "
            "nothing to explain."
        )
    rows = design.losses.separated_rows + before - design.nobs
    losses = replace(design.losses, separated=tuple(names), separated_rows=rows)
    return replace(design, losses=losses).without_singletons()


def _solve(design: Design) -> tuple[Design, Solution]:
    """Iterate; where zeros are predicted perfectly, drop those rows and start again."""
    solution, separated = _iterate(design)
    if not separated.any():
        return design, solution
    number = int(separated.sum())
    rows = design.losses.separated_rows + number
    losses = replace(design.losses, separated_rows=rows)
    rest = _without_zero_effects(replace(design.rows(~separated), losses=losses))
    try:
        return _solve(rest)
    except IdentificationError as error:
        raise IdentificationError(
            f"{counted(number, 'row')} whose response is zero can be predicted perfectly, "
            f"which drives a coefficient to infinity; and without them, {error}"
        ) from None


def _iterate(design: Design) -> tuple[Solution, NDArray[np.bool_]]:
    """Return the solution, and the rows whose fitted mean runs to zero."""
    y, total = design.y, design.y.sum()
    mean = (y + y.mean()) / 2
    predictor = np.log(mean)
    deviance = _deviance(y, mean)
    for iteration in range(1, _MOST_ITERATIONS + 1):
        step = _step(design, predictor, mean)
        if iteration == 1:
            require_identified(design, step.triangle, mean)
        last, length = deviance, 1.0
        # The start fits better than the model can, so its deviance is no bound.
        bound = np.inf if iteration == 1 else last + 1e-10 * total
        for _ in range(_MOST_HALVINGS):
            mean = np.exp(predictor + length * step.change)
            deviance = _deviance(y, mean)
            if deviance <= bound:
                break
            length /= 2
        predictor = predictor + length * step.change
        if abs(last - deviance) <= _TOLERANCE * (deviance + total):
            runaway = (y == 0) & (step.change < -0.5)
            return _solution(design, predictor, mean, iteration), runaway
    raise ConvergenceError(
        f"Poisson for {design.formula.text!r} did not settle; rescale the regressors, or "
        "look for one that is huge in a few rows",
        iterations=_MOST_ITERATIONS,
        residual=abs(last - deviance),
        tolerance=_TOLERANCE * (deviance + total),
    )


class _Step(NamedTuple):
    """One weighted regression: its coefficients and pieces, and the predictor's change."""

    estimates: NDArray[np.float64]
    x_within: NDArray[np.float64]
    triangle: NDArray[np.float64]
    change: NDArray[np.float64]


def _step(
    design: Design, predictor: NDArray[np.float64], mean: NDArray[np.float64]
) -> _Step:
    """Regress the working response on the regressors, with the means as weights."""
    working = predictor - design.offset + (design.y - mean) / mean
    within = partial_out(
        np.column_stack([working, design.x]), design.effects, design.slopes, mean
    )
    scaled = within * np.sqrt(mean)[:, None]
    basis, triangle = np.linalg.qr(scaled[:, 1:])
    estimates = np.linalg.lstsq(triangle, basis.T @ scaled[:, 0], rcond=None)[0]
    left = within[:, 0] - within[:, 1:] @ estimates
    change = working - left + design.offset - predictor
    return _Step(estimates, within[:, 1:], triangle, change)


def _solution(
    design: Design,
    predictor: NDArray[np.float64],
    mean: NDArray[np.float64],
    iterations: int,
) -> Solution:
    """Take a last step at the final weights, and with it the covariance's pieces."""
    step = _step(design, predictor, mean)
    inverse = np.linalg.pinv(step.triangle)
    return Solution(
        estimates=frozen(step.estimates),
        x_within=step.x_within,
        bread=inverse @ inverse.T,
        residuals=design.y - mean,
        fitted=mean,
        rss=float("nan"),
        deviance=_deviance(design.y, mean),
        r2_within=float("nan"),
        iterations=iterations,
        poisson=True,
    )


def _deviance(y: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
    """Return 2 sum(y log(y / mean) - (y - mean)), with 0 log 0 = 0."""
    from scipy.special import xlogy

    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return float(2 * np.sum(xlogy(y, y / mean) - (y - mean)))
