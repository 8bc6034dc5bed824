"""Simultaneous equations with fixed effects: three-stage least squares and its kin.

With the effects swept out of everything, y_i = X_i b_i + e_i for equations i, P the
projection on all instruments, X^_i = P X_i, and Sigma the covariance of the errors,

    b = A [sum_j s^ij X^_i'y_j]_i,   A = [s^ij X^_i'X^_j]_ij^-1,   s^ij of Sigma^-1

(linearmodels).  Two-stage least squares takes s^ij = 1 on the diagonal only, and gives
the residuals from which Sigma is estimated (Zellner and Theil 1962).  Where every
regressor is its own instrument the same formulas are ordinary least squares and
seemingly unrelated regressions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import (
    ConvergenceError,
    IdentificationError,
    InputError,
    require_choice,
)
from unigauge.estimation.coefficients import t_tests
from unigauge.estimation.covariance import clustered_meat, sandwich
from unigauge.estimation.design import CONSTANT, Design, build_design
from unigauge.estimation.fits import Fit, joint_test, make_fit
from unigauge.estimation.formulas import as_sum, sum_names
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.static import least_squares, require_identified
from unigauge.estimation.systems.equations import Equation, read_equations
from unigauge.estimation.systems.results import FirstStage, SystemFit
from unigauge.estimation.tails import chi_squared_tail
from unigauge.estimation.within import number_of_groups, partial_out, rank_of_effects
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["three_stage"]

METHODS = ("3sls", "2sls", "sur", "ols")
"""Estimators."""
SIGMAS = ("effects", "systemfit", "none")
"""Degrees of freedom that the error covariance gives up."""
_TOLERANCE = 1e-11
_MOST_ITERATIONS = 1000


def three_stage(
    frame: pd.DataFrame | Panel,
    equations: Mapping[str, str],
    *,
    effects: str | Sequence[str] = ("entity", "time"),
    instruments: str | Sequence[str] | None = None,
    method: str = "3sls",
    degrees_of_freedom: str = "effects",
    iterate: bool = False,
    cov: str = "clustered",
) -> SystemFit:
    """Estimate simultaneous equations by three-stage least squares, with fixed effects.

    Parameters
    ----------
    frame : DataFrame or Panel
        Data indexed by (entity, time).  All equations use the rows that have every
        variable.
    equations : dict of str to str
        Name to formula, such as ``{"innovation": "p ~ s + lag(p)", "standards":
        "s ~ p + lag(s)"}``.  Without ``instruments``, the responses are endogenous
        wherever they appear as regressors, and all other regressors of the system are
        the instruments of every equation.
    effects : str or sequence of str, default ("entity", "time")
        Fixed effects of every equation; ``()`` for none.
    instruments : str or sequence of str, optional
        All instruments, such as ``"income + lag(p, 1:2)"``, exogenous regressors among
        them; a regressor that is not among them is endogenous.
    method : {"3sls", "2sls", "sur", "ols"}
        ``"sur"`` and ``"ols"`` take every regressor for exogenous.
    degrees_of_freedom : {"effects", "systemfit", "none"}
        Sigma = E'E / n under ``"none"`` and ``"effects"``, which multiplies the
        covariance of the coefficients by n / (n - K_fe), K_fe the parameters of the fixed
        effects; ``"systemfit"`` divides by sqrt((n - K_i)(n - K_j)), K_i all parameters
        of equation i, as R's systemfit does by default.
    iterate : bool, default False
        Estimate Sigma anew from the last residuals until nothing changes; for
        ``"3sls"`` and ``"sur"``.
    cov : {"clustered", "iid"}
        Clustered by entity, times G / (G - 1), p-values from t(G - 1); or the textbook
        covariance, p-values from the normal.

    Returns
    -------
    SystemFit
        Terms are named ``equation: regressor``.  First stages and, where there are more
        instruments than needed, the test of the exclusions are always shown.

    Raises
    ------
    InputError
        If equations or options cannot be used.
    IdentificationError
        If an equation has fewer instruments than coefficients, or terms are collinear.
    ConvergenceError
        If iteration does not settle.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> index = pd.MultiIndex.from_product([range(400), range(10)], names=["id", "year"])
    >>> z, w, u, v = rng.normal(size=(4, 4000))
    >>> q = (z + 0.5 * w + u + 0.5 * v) / 0.75
    >>> rows = pd.DataFrame({"q": q, "p": 0.5 * q + w + v, "z": z, "w": w}, index=index)
    >>> fit = three_stage(rows, {"demand": "q ~ p + z", "supply": "p ~ q + w"})
    >>> fit.params.round(1).to_dict()
    {'demand: p': 0.5, 'demand: z': 1.0, 'supply: q': 0.5, 'supply: w': 1.0}
    """
    require_choice("method", method, METHODS)
    require_choice("degrees_of_freedom", degrees_of_freedom, SIGMAS)
    require_choice("cov", cov, ("clustered", "iid"))
    if iterate and method not in ("3sls", "sur"):
        raise InputError(
            f"iterate is True and method is {method!r}, which does not use the covariance "
            "of the errors; there is nothing to iterate."
        )
    system = _System(
        as_panel(frame), equations, as_sum("effects", effects), instruments, method
    )
    coefficients, sigma = system.estimate(degrees_of_freedom, iterate=iterate)
    residuals = system.residuals(coefficients)
    covariance, words, df = system.covariance(sigma, residuals, degrees_of_freedom, cov)
    estimates = np.concatenate(coefficients)
    system.design.warn()
    return SystemFit(
        design=system.design,
        equations=system.equations,
        instruments=system.instruments,
        method=method,
        estimates=frozen(estimates),
        tests=t_tests(estimates, covariance, df),
        df=df,
        residual_covariance=frozen(system.sigma(residuals, degrees_of_freedom)),
        overidentification=system.overidentification(),
        first_stages=system.first_stages(cov),
        convention=words,
    )


class _System:
    """The swept columns of all equations, and the estimator's steps on them."""

    def __init__(
        self,
        panel: Panel,
        equations: Mapping[str, str],
        effects: str,
        instruments: str | Sequence[str] | None,
        method: str,
    ) -> None:
        read = read_equations(equations)
        responses = [equation.response for equation in read]
        asked = None
        if instruments is not None:
            asked = sum_names(as_sum("instruments", instruments))[1]
        names = dict.fromkeys([*responses, *(t for e in read for t in e.regressors)])
        if asked is None:
            asked = tuple(t for t in names if t not in responses)
        names |= dict.fromkeys(asked)
        right = " + ".join([name for name in names if name != responses[0]] or ["1"])
        bar = f" | {effects}" if effects else ""
        self.design = build_design(panel, f"{responses[0]} ~ {right}{bar}")
        self.method = method
        self._solved: dict[bytes, list[Floats]] = {}
        self.effect_parameters = (
            rank_of_effects(self.design.effects) if self.design.effect_names else 0
        )
        constant = () if self.design.effect_names else (CONSTANT,)
        self.exogenous_by_choice = method in ("sur", "ols")
        self.instruments = (*constant, *asked)
        self.equations = tuple(
            replace(equation, regressors=(*constant, *equation.regressors))
            for equation in read
        )
        values = np.column_stack([self.design.y, self.design.x])
        within = partial_out(values, self.design.effects)
        keys = (responses[0], *self.design.terms)
        self.within = dict(zip(keys, within.T, strict=True))
        self.y = [self.within[response] for response in responses]
        self.x = [self.columns(e.regressors) for e in self.equations]
        self.basis = np.linalg.qr(self.columns(self.instruments))[0]
        self._require_identified()
        self.projected = [self.project(x) for x in self.x]

    def columns(self, names: Sequence[str]) -> Floats:
        return np.column_stack([self.within[name] for name in names])

    def project(self, x: Floats) -> Floats:
        """Return regressors as the instruments predict them."""
        if self.exogenous_by_choice:
            return x
        return np.asarray(self.basis @ (self.basis.T @ x))

    def endogenous(self, equation: Equation) -> tuple[str, ...]:
        if self.exogenous_by_choice:
            return ()
        return tuple(t for t in equation.regressors if t not in self.instruments)

    def _require_identified(self) -> None:
        """Refuse collinear terms, and equations with too few instruments."""
        sets = [equation.regressors for equation in self.equations]
        for names in [*sets, *([] if self.exogenous_by_choice else [self.instruments])]:
            part = replace(self.design, x=self.raw(names), terms=tuple(names))
            require_identified(part, np.linalg.qr(self.columns(names))[1])
        if self.exogenous_by_choice:
            return
        for equation in self.equations:
            if len(equation.regressors) > len(self.instruments):
                raise IdentificationError(
                    f"the equation {equation.name!r} has {len(equation.regressors)} "
                    f"coefficients and the system {len(self.instruments)} instruments "
                    f"({', '.join(self.instruments)}); it is not identified. Leave "
                    "exogenous regressors out of it, or name more instruments."
                )

    def raw(self, names: Sequence[str]) -> Floats:
        return np.column_stack([self.raw_column(name) for name in names])

    def raw_column(self, name: str) -> Floats:
        if name == self.equations[0].response:
            return self.design.y
        return self.design.x[:, self.design.terms.index(name)]

    def estimate(
        self, degrees_of_freedom: str, *, iterate: bool
    ) -> tuple[list[Floats], Floats]:
        """Return the coefficients of each equation, and the Sigma that weighed them."""
        coefficients = self._solve(None)
        sigma = self.sigma(self.residuals(coefficients), degrees_of_freedom)
        if self.method in ("2sls", "ols"):
            return coefficients, sigma
        for _ in range(_MOST_ITERATIONS if iterate else 1):
            before, coefficients = coefficients, self._solve(sigma)
            step = max(
                np.abs((new - old) / (1 + np.abs(new))).max()
                for new, old in zip(coefficients, before, strict=True)
            )
            if not iterate or step <= _TOLERANCE:
                return coefficients, sigma
            sigma = self.sigma(self.residuals(coefficients), degrees_of_freedom)
        raise ConvergenceError(
            "iterated three-stage least squares did not settle; use iterate=False",
            iterations=_MOST_ITERATIONS,
            residual=float(step),
            tolerance=_TOLERANCE,
        )

    def _solve(self, sigma: Floats | None) -> list[Floats]:
        """Return the coefficients for a Sigma; equation by equation without one."""
        key = b"" if sigma is None else sigma.tobytes()
        if key not in self._solved:
            self._solved[key] = self._linearmodels(sigma)
        return self._solved[key]

    def _linearmodels(self, sigma: Floats | None) -> list[Floats]:
        """Let linearmodels solve the system."""
        from linearmodels.system.model import IV3SLS

        parts: dict[str, dict[str, Any]] = {}
        for equation, y in zip(self.equations, self.y, strict=True):
            inside = self.endogenous(equation)
            exogenous = [t for t in equation.regressors if t not in inside]
            others = [t for t in self.instruments if t not in exogenous]
            parts[equation.name] = {"dependent": y[:, None]}
            if exogenous:
                parts[equation.name]["exog"] = self.columns(exogenous)
            if inside:
                parts[equation.name]["endog"] = self.columns(inside)
                parts[equation.name]["instruments"] = self.columns(others)
        model = IV3SLS(parts, sigma=sigma)
        fitted = model.fit(method="ols" if sigma is None else "gls", cov_type="unadjusted")
        values = np.asarray(fitted.params, dtype=np.float64)
        coefficients = []
        for equation in self.equations:
            inside = self.endogenous(equation)
            order = [t for t in equation.regressors if t not in inside] + list(inside)
            here, values = values[: len(order)], values[len(order) :]
            coefficients.append(
                np.array([here[order.index(t)] for t in equation.regressors])
            )
        return coefficients

    def residuals(self, coefficients: Sequence[Floats]) -> Floats:
        """Return the residuals, shape (n, equations)."""
        columns = zip(self.y, self.x, coefficients, strict=True)
        return np.column_stack([y - x @ b for y, x, b in columns])

    def sigma(self, residuals: Floats, degrees_of_freedom: str) -> Floats:
        """Return the covariance of the errors."""
        rows = np.full(len(self.equations), float(self.design.nobs))
        if degrees_of_freedom == "systemfit":
            rows -= [x.shape[1] + self.effect_parameters for x in self.x]
        return np.asarray(residuals.T @ residuals / np.sqrt(np.outer(rows, rows)))

    def covariance(
        self, sigma: Floats, residuals: Floats, degrees_of_freedom: str, cov: str
    ) -> tuple[Floats, str, float]:
        """Return the covariance of all coefficients, its convention, and degrees of freedom."""
        joint = self.method in ("3sls", "sur")
        weight = frozen(np.linalg.inv(sigma) if joint else np.diag(1 / sigma.diagonal()))
        bread = frozen(np.linalg.inv(self._crossed(weight)))
        n, lost = self.design.nobs, self.effect_parameters
        factor, spelled = 1.0, "1"
        if degrees_of_freedom == "effects" and lost:
            factor, spelled = n / (n - lost), f"{n}/({n} - {lost})"
        if cov == "iid":
            words = f"Iid standard errors; covariance times {spelled}"
            covariance = bread
            if not joint:
                covariance = bread @ self._crossed(weight * sigma * weight) @ bread
            return factor * covariance, f"{words}; p-values: normal.", np.inf
        groups = number_of_groups(self.design.entity)
        if groups < 2:
            raise IdentificationError(
                f"clustered standard errors need at least two entities; the sample has "
                f"{groups}. Use cov='iid'."
            )
        weighted = residuals @ weight
        scores = np.hstack([x * weighted[:, [i]] for i, x in enumerate(self.projected)])
        raw, _ = sandwich(bread, clustered_meat(scores, [self.design.entity]))
        words = (
            f"Clustered by {self.design.panel.entity_name} ({groups} groups); covariance "
            f"times {spelled} x {groups}/{groups - 1}; p-values: t({groups - 1})."
        )
        return factor * groups / (groups - 1) * raw, words, groups - 1

    def _crossed(self, weight: Floats) -> Floats:
        """Return the blocks w_ij X^_i'X^_j as one matrix."""
        return np.block(
            [
                [weight[i, j] * a.T @ b for j, b in enumerate(self.projected)]
                for i, a in enumerate(self.projected)
            ]
        )

    def overidentification(self) -> tuple[float, int, float] | None:
        """Test all exclusions at once: vec(E)'(Sigma^-1 x P) vec(E), E of 3SLS.

        Sigma = E'E / n of two-stage least squares, whatever degrees of freedom are asked.
        """
        surplus = len(self.equations) * len(self.instruments)
        surplus -= sum(len(equation.regressors) for equation in self.equations)
        if self.exogenous_by_choice or surplus == 0:
            return None
        sigma = self.sigma(self.residuals(self._solve(None)), "none")
        moments = self.basis.T @ self.residuals(self._solve(sigma))
        statistic = float(np.sum((moments @ np.linalg.inv(sigma)) * moments))
        return statistic, surplus, float(chi_squared_tail(statistic, surplus))

    def first_stages(self, cov: str) -> tuple[FirstStage, ...]:
        """Test the excluded instruments in each first stage of each equation."""
        stages = []
        for equation in self.equations:
            excluded = [t for t in self.instruments if t not in equation.regressors]
            for name in self.endogenous(equation):
                rows = replace(
                    self.design,
                    y=self.raw_column(name),
                    x=self.raw(self.instruments),
                    terms=self.instruments,
                )
                fit = _fit(rows, cov)
                at = [self.instruments.index(term) for term in excluded]
                stages.append(
                    FirstStage(
                        equation=equation.name,
                        endogenous=name,
                        excluded=tuple(excluded),
                        test=joint_test(fit, at),
                    )
                )
        return tuple(stages)


def _fit(rows: Design, cov: str) -> Fit:
    """Regress one endogenous variable on the instruments."""
    return make_fit(
        rows,
        least_squares(rows),
        cov=cov,
        small_sample="stata",
        cluster="entity",
        bandwidth=None,
    )
