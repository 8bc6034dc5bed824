"""The result of an instrumental-variables regression, and the tests that belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import IdentificationError, require_choice
from unigauge.estimation.design import Design
from unigauge.estimation.fits import Fit, WaldTest, joint_test, make_fit
from unigauge.estimation.inference import infer
from unigauge.estimation.instruments.parts import WEAK, Projected
from unigauge.estimation.static import Solution, least_squares
from unigauge.estimation.tails import chi_squared_tail

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["InstrumentFit", "Overidentification", "diagnose"]

COVARIANCES = ("clustered", "robust", "iid", "driscoll_kraay")
"""Kinds of covariance; a wild bootstrap would have to draw the first stage too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overidentification:
    """Whether the surplus instruments agree with the others.

    Attributes
    ----------
    name : str
        ``"Sargan"`` under iid errors, else ``"Hansen J"``.
    statistic : float
        Chi-squared under the null.
    df : int
        Instruments beyond those needed.
    p_value : float
        Upper tail.
    """

    name: str
    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class InstrumentFit(Fit):
    """A regression by instrumental variables; :func:`unigauge.estimation.iv` makes it.

    Attributes
    ----------
    design, solution, inference
        As in :class:`~unigauge.estimation.fits.Fit`; ``solution.x_within`` are the
        regressors projected on the instruments.
    parts : Projected
        All columns, swept, and which is what.
    method : str
        ``"2sls"`` or ``"liml"``.
    kappa : float
        LIML's smallest root; 1 for two-stage least squares.
    first_stages : tuple of Fit
        One an endogenous regressor, on exogenous regressors and instruments.
    partial_f : tuple of (WaldTest or None)
        In each, that the excluded instruments all have coefficient zero; None with
        fewer clusters than instruments.
    rank_f : float
        Whether the instruments move all endogenous regressors independently: the
        Cragg-Donald F under iid errors, else the Kleibergen-Paap rank Wald F.  With one
        endogenous regressor it equals the partial F; NaN where that has none.
    overidentification : Overidentification or None
        None where there is no surplus instrument, or fewer clusters than instruments.
    exogeneity : WaldTest or None
        Wu and Hausman: that the first stages' residuals have coefficient zero.
    anderson_rubin : WaldTest or None
        That all endogenous coefficients are zero, valid with weak instruments: the
        excluded instruments in the reduced form.
    """

    parts: Projected
    method: str
    kappa: float
    first_stages: tuple[Fit, ...]
    partial_f: tuple[WaldTest | None, ...]
    rank_f: float
    overidentification: Overidentification | None
    exogeneity: WaldTest | None
    anderson_rubin: WaldTest | None

    @property
    def model(self) -> str:
        """``"2SLS"`` or ``"LIML"``."""
        return self.method.upper()

    @property
    def endogenous(self) -> tuple[str, ...]:
        """Names of the endogenous regressors."""
        return self.parts.endogenous

    @property
    def instruments(self) -> tuple[str, ...]:
        """Names of the excluded instruments."""
        return self.parts.instruments

    @property
    def weak(self) -> bool:
        """Whether a first-stage F, or the rank F, is below 10."""
        known = [test.statistic for test in self.partial_f if test]
        return min([self.rank_f, *known]) < WEAK

    @property
    def first_stage(self) -> pd.DataFrame:
        """One row an endogenous regressor: ``endogenous partial_r2 f df1 df2 p_value``."""
        import pandas as pd

        return pd.DataFrame(
            {
                "endogenous": list(self.endogenous),
                "partial_r2": [self.parts.partial_r2(name) for name in self.endogenous],
                "f": [t.statistic if t else float("nan") for t in self.partial_f],
                "df1": [t.df[0] if t else None for t in self.partial_f],
                "df2": [t.df[1] if t else None for t in self.partial_f],
                "p_value": [t.p_value if t else float("nan") for t in self.partial_f],
            }
        )

    def with_covariance(
        self,
        cov: str = "clustered",
        *,
        small_sample: str = "stata",
        cluster: str | Sequence[str] = "entity",
        bandwidth: int | None = None,
        draws: int = 9999,
        seed: int = 0,
    ) -> InstrumentFit:
        """Return the same coefficients with other standard errors and tests.

        ``draws`` and ``seed`` have no use here: there is no wild bootstrap.
        """
        return diagnose(
            self.design,
            self.solution,
            self.parts,
            method=self.method,
            kappa=self.kappa,
            cov=cov,
            small_sample=small_sample,
            cluster=cluster,
            bandwidth=bandwidth,
        )

    def record(self) -> dict[str, Any]:
        """Return coefficients, first-stage strength and tests as one flat row."""
        over, wu = self.overidentification, self.exogeneity
        return {
            **super(InstrumentFit, self).record(),
            **{
                f"first_stage_f[{name}]": f
                for name, f in zip(
                    self.endogenous, self.first_stage["f"].tolist(), strict=True
                )
            },
            "rank_f": self.rank_f,
            "overidentification_p_value": over.p_value if over else float("nan"),
            "exogeneity_p_value": wu.p_value if wu else float("nan"),
        }

    def _facts(self) -> Mapping[str, str]:
        facts = dict(super(InstrumentFit, self)._facts())
        facts["Endogenous"] = ", ".join(self.endogenous)
        facts["Instruments"] = ", ".join(self.instruments)
        facts["First stage"] = "; ".join(
            f"{name}: partial F({test.df[0]}, {test.df[1]}) = {test.statistic:.4g}"
            if test
            else f"{name}: too few clusters for a partial F"
            for name, test in zip(self.endogenous, self.partial_f, strict=True)
        )
        if len(self.endogenous) > 1:
            kind = "Cragg-Donald" if self.inference.cov == "iid" else "Kleibergen-Paap"
            facts["First stage"] += f"; {kind} rank F = {self.rank_f:.4g}"
        over, wu, ar = self.overidentification, self.exogeneity, self.anderson_rubin
        if over:
            facts[over.name] = (
                f"chi2({over.df}) = {over.statistic:.4g}, p = {over.p_value:.3g}"
            )
        if wu:
            facts["Wu-Hausman"] = _f_text(wu)
        if ar:
            facts["Anderson-Rubin"] = f"{_f_text(ar)} (endogenous coefficients all zero)"
        return facts

    def _notes(self) -> Sequence[str]:
        notes = list(super(InstrumentFit, self)._notes())
        if self.weak:
            notes.append(
                "The first stage is weak (F below 10): the coefficients of "
                f"{', '.join(self.endogenous)} are in practice not identified, and their "
                "standard errors and p-values do not hold. Only the Anderson-Rubin test "
                "does."
            )
        over = self.overidentification
        if over is None and self.parts.surplus == 0:
            notes.append(
                "As many instruments as endogenous regressors: that the instruments may "
                "be left out of the equation is assumed and cannot be tested."
            )
        elif over is None:
            notes.append("Too few clusters to test the surplus instruments.")
        elif over.p_value < 0.05:
            notes.append(
                f"{over.name} rejects (p = {over.p_value:.3g}): the instruments contradict "
                "one another, so that leaving them out of the equation is not credible."
            )
        return notes


def diagnose(
    design: Design,
    solution: Solution,
    parts: Projected,
    *,
    method: str,
    kappa: float,
    cov: str,
    small_sample: str,
    cluster: str | Sequence[str],
    bandwidth: int | None,
) -> InstrumentFit:
    """Join coefficients, covariance, first stages and tests, all of one convention."""
    require_choice("cov", cov, COVARIANCES)
    options: dict[str, Any] = {
        "cov": cov,
        "small_sample": small_sample,
        "cluster": cluster,
        "bandwidth": bandwidth,
    }

    def fit(response: str, names: Sequence[str]) -> Fit:
        rows = parts.design(response, names)
        return make_fit(rows, least_squares(rows), **options)

    first_stages = tuple(fit(name, parts.all_instruments) for name in parts.endogenous)
    partial_f = tuple(_wald_or_none(stage, parts.instruments) for stage in first_stages)
    reduced = fit(parts.response, parts.all_instruments)
    return InstrumentFit(
        design=design,
        solution=solution,
        inference=infer(design, solution, draws=1, seed=0, **options),
        parts=parts,
        method=method,
        kappa=kappa,
        first_stages=first_stages,
        partial_f=partial_f,
        rank_f=_rank_f(parts, partial_f, options),
        overidentification=_overidentification(design, solution, parts, options),
        exogeneity=_exogeneity(parts, first_stages, options),
        anderson_rubin=_wald_or_none(reduced, parts.instruments),
    )


def _f_text(test: WaldTest) -> str:
    return f"F({test.df[0]}, {test.df[1]}) = {test.statistic:.4g}, p = {test.p_value:.3g}"


def _wald_or_none(fit: Fit, names: Sequence[str]) -> WaldTest | None:
    """Return the joint test, or None with fewer clusters than coefficients."""
    try:
        return joint_test(fit, [fit.terms.index(name) for name in names])
    except IdentificationError:
        return None


def _rank_f(
    parts: Projected, partial_f: Sequence[WaldTest | None], options: Mapping[str, Any]
) -> float:
    """Test that the first-stage coefficients have less than full rank.

    Kleibergen and Paap (2006), in ranktest's normalisation: with Pi the (L, k)
    coefficients, Theta = G Pi F', G'G = Z'Z, F'F = (V'V)^-1, the smallest singular
    value of Theta belongs to one combination of the endogenous regressors.  Its first
    stage is a regression like any other, and the statistic tests L - k + 1
    restrictions on it.
    """
    from scipy.linalg import cholesky, solve_triangular

    if not all(partial_f):
        return float("nan")
    if len(partial_f) == 1 and partial_f[0]:
        return partial_f[0].statistic
    x = parts.without_exogenous(parts.endogenous)
    z = parts.without_exogenous(parts.instruments)
    coefficients = np.linalg.lstsq(z, x, rcond=None)[0]
    left = x - z @ coefficients
    root_z = cholesky(z.T @ z)
    root_v = cholesky(left.T @ left)
    theta = solve_triangular(root_v, (root_z @ coefficients).T, trans="T").T
    u, _, vt = np.linalg.svd(theta)
    k, number = len(parts.endogenous), len(parts.instruments)
    weights = solve_triangular(root_v, vt[k - 1])
    response = parts.design(parts.endogenous[0], parts.all_instruments)
    combined = np.column_stack([parts.raw(name) for name in parts.endogenous]) @ weights
    design = replace(response, y=combined)
    stage = make_fit(design, least_squares(design), **options)
    at = slice(len(parts.exogenous), len(parts.exogenous) + number)
    restrictions = u[:, k - 1 :].T @ root_z
    gap = restrictions @ stage.solution.estimates[at]
    spread = restrictions @ stage.inference.covariance[at, at] @ restrictions.T
    return float(gap @ np.linalg.solve(spread, gap)) / number


def _overidentification(
    design: Design, solution: Solution, parts: Projected, options: Mapping[str, Any]
) -> Overidentification | None:
    """Sargan's or Hansen's J: moments at the efficient estimate, weighted by its inverse.

    The weight is the covariance of the moments at the first estimate; under iid errors
    the efficient estimate is two-stage least squares itself.
    """
    if parts.surplus == 0:
        return None
    z, iid = parts.columns(parts.all_instruments), options["cov"] == "iid"
    moments = replace(
        solution,
        estimates=np.zeros(z.shape[1]),
        x_within=z,
        bread=z.T @ z if iid else np.eye(z.shape[1]),
    )
    settings = {**options, "small_sample": "none"}
    at_z = parts.design(parts.response, parts.all_instruments)
    weight = infer(at_z, moments, draws=1, seed=0, **settings).covariance
    scale = np.sqrt(np.diagonal(weight))
    unit = weight / np.outer(scale, scale)
    if np.linalg.cond(unit) > 1e12:
        return None
    y, x = parts.within[parts.response], parts.columns(parts.regressors)
    root = np.linalg.cholesky(unit)
    outcome = np.linalg.solve(root, (z.T @ y) / scale)
    moved = np.linalg.solve(root, (z.T @ x) / scale[:, None])
    left = outcome - moved @ np.linalg.lstsq(moved, outcome, rcond=None)[0]
    statistic = float(left @ left)
    return Overidentification(
        name="Sargan" if iid else "Hansen J",
        statistic=statistic,
        df=parts.surplus,
        p_value=float(chi_squared_tail(statistic, parts.surplus)),
    )


def _exogeneity(
    parts: Projected, first_stages: Sequence[Fit], options: Mapping[str, Any]
) -> WaldTest | None:
    """Wu and Hausman: add the first stages' residuals to the regression."""
    names = [f"residual of {name}" for name in parts.endogenous]
    base = parts.design(parts.response, parts.regressors)
    residuals = np.column_stack([stage.solution.residuals for stage in first_stages])
    design = replace(base, x=np.hstack([base.x, residuals]), terms=(*base.terms, *names))
    try:
        fit = make_fit(design, least_squares(design), **options)
        return joint_test(fit, [fit.terms.index(name) for name in names])
    except IdentificationError:
        return None
