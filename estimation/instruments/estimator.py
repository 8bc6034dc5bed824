"""Instrumental variables with fixed effects: two-stage least squares and LIML.

With the effects swept out of everything, y = X b + e, X = (exogenous, endogenous),
Z = (exogenous, excluded instruments), P the projection on Z and M = 1 - P:

* b = A X'(1 - kappa M) y, A = (X'(1 - kappa M) X)^-1; kappa = 1, or LIML's smallest
  root (both by linearmodels);
* covariance A (meat of the rows of P X, times e) A; iid: A e'e / n;
* small-sample factors and degrees of freedom are those of
  :mod:`unigauge.estimation.covariance`, with the fixed effects counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import IdentificationError, require_choice
from unigauge.estimation.design import CONSTANT, Design, build_design
from unigauge.estimation.instruments.formulas import InstrumentFormula, parse_instruments
from unigauge.estimation.instruments.parts import Projected
from unigauge.estimation.instruments.results import InstrumentFit, diagnose
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.static import Solution, require_identified
from unigauge.estimation.within import partial_out
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["iv"]

METHODS = ("2sls", "liml")
"""Estimators."""


def iv(
    frame: pd.DataFrame | Panel,
    formula: str,
    *,
    method: str = "2sls",
    cov: str = "clustered",
    small_sample: str = "stata",
    cluster: str | Sequence[str] = "entity",
    bandwidth: int | None = None,
) -> InstrumentFit:
    """Estimate a linear regression with endogenous regressors and fixed effects.

    Parameters
    ----------
    frame : DataFrame or Panel
        Data indexed by (entity, time).
    formula : str
        ``"q ~ income + [price ~ tax + lag(cost, 1)] | entity + time"``, or in the
        other spelling ``"q ~ income | entity + time | price ~ tax + lag(cost, 1)"``:
        endogenous regressors stand left of the inner tilde, excluded instruments right
        of it.  Exogenous regressors are their own instruments.
    method : {"2sls", "liml"}
        Two-stage least squares, or limited-information maximum likelihood, which is
        less biased where instruments are weak and many.
    cov : {"clustered", "robust", "iid", "driscoll_kraay"}
        How standard errors and every test are computed.
    small_sample, cluster, bandwidth
        As for :func:`unigauge.estimation.ols`.

    Returns
    -------
    InstrumentFit
        Coefficients, with the strength of the first stage always shown: the partial F
        of the excluded instruments for each endogenous regressor, and, with several,
        the Cragg-Donald (iid) or Kleibergen-Paap rank F; tests of overidentification
        (Sargan, or Hansen's J) and of exogeneity (Wu and Hausman), and the
        Anderson-Rubin test, which holds with weak instruments too.

    Raises
    ------
    InputError
        If formula, data or options cannot be used, or instruments are too few.
    IdentificationError
        If regressors or instruments are collinear with each other or the effects, or
        the instruments do not move the endogenous regressors at all.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame(
    ...     {"state": list("aaaabbbbcccc"), "year": [0, 1, 2, 3] * 3,
    ...      "tax": [0, 1, 3, 2, 5, 4, 6, 9, 1, 1, 2, 5],
    ...      "price": [1, 3, 6, 6, 7, 6, 8, 15, 0, 1, 2, 7],
    ...      "packs": [9, 8, 4, 5, 5, 6, 3, 0, 9, 9, 8, 5]})
    >>> fit = iv(rows.set_index(["state", "year"]), "packs ~ [price ~ tax] | entity")
    >>> fit.params.round(4).to_dict()
    {'price': -0.7}
    >>> fit.first_stage[["endogenous", "f"]].round(1).to_dict("records")
    [{'endogenous': 'price', 'f': 431.8}]
    """
    require_choice("method", method, METHODS)
    parsed = parse_instruments(formula)
    everything = build_design(as_panel(frame), parsed.all_terms)
    parts = _project(everything, parsed)
    design = replace(
        parts.design(parts.response, parts.regressors),
        formula=replace(everything.formula, text=parsed.text),
    )
    kappa, solution = _solve(design, parts, method)
    fit = diagnose(
        design,
        solution,
        parts,
        method=method,
        kappa=kappa,
        cov=cov,
        small_sample=small_sample,
        cluster=cluster,
        bandwidth=bandwidth,
    )
    design.warn()
    return fit


def _project(everything: Design, formula: InstrumentFormula) -> Projected:
    """Sweep the effects out of all columns; refuse what is collinear, by name."""
    values = np.column_stack([everything.y, everything.x])
    within = partial_out(values, everything.effects, everything.slopes)
    exogenous = tuple(
        term
        for term in everything.terms
        if term not in formula.endogenous and term not in formula.instruments
    )
    parts = Projected(
        everything=everything,
        response=everything.formula.response.name,
        exogenous=exogenous,
        endogenous=formula.endogenous,
        instruments=formula.instruments,
        within=dict(
            zip(
                (everything.formula.response.name, *everything.terms),
                within.T,
                strict=True,
            )
        ),
    )
    for names in ((*exogenous, *formula.instruments), parts.regressors):
        checked = parts.design(parts.response, names)
        require_identified(checked, np.linalg.qr(parts.columns(names))[1])
    return parts


def _solve(design: Design, parts: Projected, method: str) -> tuple[float, Solution]:
    """Estimate by linearmodels; return kappa and what inference needs."""
    from linearmodels.iv.model import IV2SLS, IVLIML

    estimator = IV2SLS if method == "2sls" else IVLIML
    y = parts.within[parts.response]
    exogenous = parts.columns(parts.exogenous) if parts.exogenous else None
    endogenous, excluded = (
        parts.columns(parts.endogenous),
        parts.columns(parts.instruments),
    )
    try:
        fitted = estimator(y, exogenous, endogenous, excluded).fit(cov_type="unadjusted")
    except ValueError as error:
        raise IdentificationError(
            f"the instruments {', '.join(parts.instruments)} do not move "
            f"{', '.join(parts.endogenous)} apart in {design.formula.text!r} "
            f"({design.nobs} rows), so that nothing is identified ({error}). Use others."
        ) from None
    kappa = float(fitted.kappa or 1.0)
    estimates = np.asarray(fitted.params, dtype=np.float64)
    x = parts.columns(parts.regressors)
    basis = parts.instrument_basis()
    projected = basis @ (basis.T @ x)
    bread = x.T @ x - kappa * (x.T @ x - projected.T @ projected)
    residuals = y - x @ estimates
    rss = float(residuals @ residuals)
    centred = y - y.mean() if CONSTANT in design.terms else y
    return kappa, Solution(
        estimates=frozen(estimates),
        x_within=projected,
        bread=frozen(np.linalg.inv(bread)),
        residuals=residuals,
        fitted=design.y - residuals,
        rss=rss,
        deviance=rss,
        r2_within=1 - rss / float(centred @ centred),
        iterations=1,
        poisson=False,
    )
