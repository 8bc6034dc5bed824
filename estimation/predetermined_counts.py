"""Counts whose regressors answer to past shocks, or to the present one.

Poisson with fixed effects needs regressors that no shock of any period moves.  Where
past outcomes feed back into them they are only predetermined, and in short panels the
fixed-effects estimate is biased.

* The pre-sample mean (Blundell, Griffith and Van Reenen 1995, 1999) puts the logarithm
  of the entity's mean outcome before the sample in the place of its effect:
  E(y_it) = exp(x_it'b + g log ybar_i + d 1[ybar_i = 0]).  It is consistent as the
  pre-sample grows long.
* The control function (Wooldridge 2015; Lin and Wooldridge 2019) adds the residual of
  a first stage: E(y_it | ...) = exp(x_it'b + r v_it + effects), v_it from regressing the
  endogenous regressor on instruments, exogenous regressors and the same effects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import (
    ConvergenceError,
    IdentificationError,
    InputError,
    require_integer,
    require_seed,
)
from unigauge.estimation.coefficients import t_tests
from unigauge.estimation.counts import solve_poisson
from unigauge.estimation.design import Design, build_design
from unigauge.estimation.fits import Fit, WaldTest, joint_test, make_fit
from unigauge.estimation.formulas import parse
from unigauge.estimation.instruments.formulas import InstrumentFormula, parse_instruments
from unigauge.estimation.instruments.parts import WEAK
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.static import least_squares
from unigauge.estimation.within import number_of_groups
from unigauge.estimation.wording import counted, plain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["ControlFunctionFit", "control_function_poisson", "presample_poisson"]

_MOST_FAILURES = 0.1
"""Share of bootstrap draws that may fail."""


def presample_poisson(
    frame: pd.DataFrame | Panel,
    formula: str,
    *,
    last_presample: Any,
    cov: str = "clustered",
    small_sample: str = "stata",
    cluster: str | Sequence[str] = "entity",
) -> Fit:
    """Estimate a Poisson regression with the pre-sample mean for the entity's effect.

    Parameters
    ----------
    frame : DataFrame or Panel
        Data indexed by (entity, time).
    formula : str
        As for :func:`unigauge.estimation.poisson`, without the entity's effect, such as
        ``"patents ~ lag(log(rd), 1) | time"``.
    last_presample : label of time
        Last period of the pre-sample; the regression uses the periods after it.  Lags
        may reach back into it.
    cov, small_sample, cluster
        As for :func:`unigauge.estimation.poisson`.

    Returns
    -------
    Fit
        With the terms ``log_presample_mean``, whose coefficient is one where the
        pre-sample is long and entities are stationary, and ``presample_zero`` where
        some entity had no outcome above zero.

    Raises
    ------
    InputError
        If the formula has the entity's effect, or no period lies on either side.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> effect, x = rng.normal(size=(200, 1)), rng.normal(size=(200, 20))
    >>> y = rng.poisson(np.exp(1 + effect + 0.5 * x))
    >>> index = pd.MultiIndex.from_product([range(200), range(20)], names=["id", "year"])
    >>> rows = pd.DataFrame({"y": y.ravel(), "x": x.ravel()}, index=index)
    >>> fit = presample_poisson(rows, "y ~ x", last_presample=9)
    >>> round(float(fit.params["x"]), 1)
    0.5
    """
    panel, parsed = as_panel(frame), parse(formula)
    if {"entity", panel.entity_name} & set(parsed.effects):
        raise InputError(
            f"the formula {formula!r} has the effect of {panel.entity_name}, which the "
            "pre-sample mean stands in for; leave it out, or use poisson."
        )
    response = parsed.response.name
    outcome = panel.values(response)
    before = np.asarray(panel.times <= last_presample)
    if not before.any() or before.all():
        raise InputError(
            f"last_presample is {last_presample!r}; it must leave periods on both sides of "
            f"{panel.times[0]} to {panel.times[-1]}."
        )
    seen = ~np.isnan(outcome[:, before])
    total = np.where(seen, outcome[:, before], 0.0).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / seen.sum(axis=1)  # NaN for entities without a pre-sample
        log_mean = np.where(mean == 0, 0.0, np.log(mean))
    at = panel.entities.get_indexer(panel.to_frame().index.get_level_values(0))
    added = {"log_presample_mean": log_mean[at]}
    if (mean == 0).any():
        added["presample_zero"] = np.where(np.isnan(mean), np.nan, mean == 0)[at]
    left, right = formula.split("~")
    regressors, bar, effects = right.partition("|")
    text = f"{left}~{regressors.rstrip()} + {' + '.join(added)} {bar}{effects}".rstrip()
    design = build_design(Panel.from_frame(panel.to_frame().assign(**added)), text)
    shown = f"{design.formula.text}, after {plain(last_presample)}"
    design = replace(design, formula=replace(design.formula, text=shown))
    design = design.rows(~before[design.time]).without_singletons()
    if design.nobs == 0:
        raise IdentificationError(
            f"no row has all terms of {shown!r}; use a shorter pre-sample or fewer lags."
        )
    design, solution = solve_poisson(design)
    fit = make_fit(
        design,
        solution,
        cov=cov,
        small_sample=small_sample,
        cluster=cluster,
        bandwidth=None,
    )
    design.warn()
    return fit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ControlFunctionFit(Fit):
    """Poisson with a control function; :func:`control_function_poisson` makes it.

    Attributes
    ----------
    design, solution, inference
        As in :class:`~unigauge.estimation.fits.Fit`; standard errors are those of a
        bootstrap of both stages.
    endogenous, instruments : tuple of str
        Names.
    first_stages : tuple of Fit
        One an endogenous regressor.
    partial_f : tuple of WaldTest
        In each, that the excluded instruments all have coefficient zero.
    exogeneity : WaldTest
        That the residuals' coefficients are zero; the first stage's sampling error does
        not matter under this null.
    draws : int
        Bootstrap draws that succeeded.
    failed : int
        Draws in which a stage could not be estimated.
    """

    endogenous: tuple[str, ...]
    instruments: tuple[str, ...]
    first_stages: tuple[Fit, ...]
    partial_f: tuple[WaldTest, ...]
    exogeneity: WaldTest
    draws: int
    failed: int

    @property
    def model(self) -> str:
        """``"Poisson, control function"``."""
        return "Poisson, control function"

    def _facts(self) -> Mapping[str, str]:
        facts = dict(super(ControlFunctionFit, self)._facts())
        facts["Instruments"] = ", ".join(self.instruments)
        facts["First stage"] = "; ".join(
            f"{name}: partial F({test.df[0]}, {test.df[1]}) = {test.statistic:.4g}"
            for name, test in zip(self.endogenous, self.partial_f, strict=True)
        )
        test = self.exogeneity
        facts["Exogeneity"] = (
            f"F({test.df[0]}, {test.df[1]}) = {test.statistic:.4g}, "
            f"p = {test.p_value:.3g} (coefficients of the residuals zero)"
        )
        return facts

    def _notes(self) -> Sequence[str]:
        notes = list(super(ControlFunctionFit, self)._notes())
        if any(test.statistic < WEAK for test in self.partial_f):
            notes.append(
                "The first stage is weak (F below 10): the coefficients of "
                f"{', '.join(self.endogenous)} are in practice not identified."
            )
        if self.failed:
            notes.append(
                f"{counted(self.failed, 'bootstrap draw')} could not be estimated and "
                "are left out."
            )
        return notes


def control_function_poisson(
    frame: pd.DataFrame | Panel,
    formula: str,
    *,
    draws: int = 199,
    seed: int = 0,
) -> ControlFunctionFit:
    """Estimate a Poisson regression with endogenous regressors by a control function.

    Parameters
    ----------
    frame : DataFrame or Panel
        Data indexed by (entity, time).
    formula : str
        As for :func:`unigauge.estimation.iv`: ``"patents ~ size + [log(rd) ~ cost] |
        entity + time"``; both stages have the fixed effects.
    draws : int, default 199
        Bootstrap draws: entities are drawn with replacement, and both stages estimated
        anew.
    seed : int
        Of the bootstrap.

    Returns
    -------
    ControlFunctionFit
        The terms ``residual of ...`` hold the control function; p-values and intervals
        are normal, with the bootstrap's standard errors.

    Raises
    ------
    InputError
        If formula or data cannot be used.
    IdentificationError
        If a stage is not identified, or more than a tenth of the draws fail.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> z, v = rng.normal(size=(2, 200, 10))
    >>> effect = rng.normal(size=(200, 1)) / 2
    >>> x = z + v + effect
    >>> y = rng.poisson(np.exp(1 + effect + 0.5 * x - 0.5 * v))
    >>> index = pd.MultiIndex.from_product([range(200), range(10)], names=["id", "year"])
    >>> rows = pd.DataFrame({"y": y.ravel(), "x": x.ravel(), "z": z.ravel()}, index=index)
    >>> fit = control_function_poisson(rows, "y ~ [x ~ z] | entity", draws=19)
    >>> fit.params.round(1).to_dict()
    {'x': 0.5, 'residual of x': -0.5}
    """
    draws = require_integer("draws", draws, at_least=2)
    rng = np.random.default_rng(require_seed(seed))
    parsed = parse_instruments(formula)
    everything = build_design(as_panel(frame), parsed.all_terms)
    everything = replace(everything, formula=replace(everything.formula, text=parsed.text))
    first_stages = _first_stages(everything, parsed)
    design, solution = solve_poisson(_second_stage(everything, parsed, first_stages))
    groups = number_of_groups(everything.entity)
    drawn, failed = _bootstrap(everything, parsed, draws, rng)
    if failed > _MOST_FAILURES * draws:
        raise IdentificationError(
            f"{failed} of {draws} bootstrap samples of {formula!r} could not be estimated; "
            "the regression hangs on a few entities. Use fewer regressors."
        )
    plain_fit = make_fit(
        design,
        solution,
        cov="clustered",
        small_sample="stata",
        cluster="entity",
        bandwidth=None,
    )
    residuals = [k for k, t in enumerate(design.terms) if t.startswith(_PREFIX)]
    tests = t_tests(solution.estimates, np.atleast_2d(np.cov(drawn, rowvar=False)))
    inference = replace(
        plain_fit.inference,
        **{
            name: getattr(tests, name)
            for name in (
                *("covariance", "std_errors", "statistics"),
                *("p_values", "conf_low", "conf_high"),
            )
        },
        cov="bootstrap",
        small_sample="none",
        convention=f"Bootstrap of both stages, {len(drawn)} draws of "
        f"{counted(groups, 'entity')} (seed {seed}); p-values and intervals: normal.",
    )
    design.warn()
    return ControlFunctionFit(
        design=design,
        solution=solution,
        inference=inference,
        endogenous=parsed.endogenous,
        instruments=parsed.instruments,
        first_stages=first_stages,
        partial_f=tuple(stage.wald(parsed.instruments) for stage in first_stages),
        exogeneity=joint_test(plain_fit, residuals),
        draws=len(drawn),
        failed=failed,
    )


_PREFIX = "residual of "


def _columns(design: Design, names: Sequence[str]) -> NDArray[np.float64]:
    return design.x[:, [design.terms.index(name) for name in names]]


def _first_stages(everything: Design, formula: InstrumentFormula) -> tuple[Fit, ...]:
    """Regress each endogenous regressor on everything but the endogenous."""
    names = [term for term in everything.terms if term not in formula.endogenous]
    stages = []
    for name in formula.endogenous:
        rows = replace(
            everything,
            y=_columns(everything, [name])[:, 0],
            x=_columns(everything, names),
            terms=tuple(names),
        )
        stages.append(
            make_fit(
                rows,
                least_squares(rows),
                cov="clustered",
                small_sample="stata",
                cluster="entity",
                bandwidth=None,
            )
        )
    return tuple(stages)


def _second_stage(
    everything: Design, formula: InstrumentFormula, stages: Sequence[Fit]
) -> Design:
    """Put the residuals in the place of the instruments."""
    names = [term for term in everything.terms if term not in formula.instruments]
    residuals = [stage.solution.residuals for stage in stages]
    return replace(
        everything,
        x=np.column_stack([_columns(everything, names), *residuals]),
        terms=(*names, *(f"{_PREFIX}{name}" for name in formula.endogenous)),
    )


def _bootstrap(
    everything: Design,
    formula: InstrumentFormula,
    draws: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], int]:
    """Estimate both stages on samples of entities; return the estimates and failures."""
    entities = np.unique(everything.entity)
    rows_of = {int(e): np.flatnonzero(everything.entity == e) for e in entities}
    estimates, failed = [], 0
    for _ in range(draws):
        chosen = rng.choice(entities, size=len(entities))
        parts = [rows_of[int(entity)] for entity in chosen]
        sample = _redrawn(everything, parts)
        try:
            stages = _first_stages(sample, formula)
            _, solution = solve_poisson(_second_stage(sample, formula, stages))
        except (IdentificationError, ConvergenceError):
            failed += 1
            continue
        estimates.append(solution.estimates)
    return np.array(estimates), failed


def _redrawn(design: Design, parts: Sequence[NDArray[np.intp]]) -> Design:
    """Return drawn rows; an entity drawn twice has two effects."""
    rows = np.concatenate(parts)
    copies = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    sample = design.rows(rows)
    effects = sample.effects.copy()
    own = [np.array_equal(effect, design.entity) for effect in design.effects.T]
    effects[:, own] = copies[:, None]
    cells = copies * design.panel.n_times + sample.time
    return replace(sample, effects=effects, cells=cells)
