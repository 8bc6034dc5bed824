"""The wild cluster bootstrap, for standard errors from few clusters.

Restricted (null imposed) with Rademacher signs, one a cluster: Cameron, Gelbach and
Miller (2008), as recommended by MacKinnon, Nielsen and Webb (2023).  With the other
regressors and the fixed effects swept out, everything is linear in the signs, so that
no regression is run again: with x the swept regressor, d = x'x, u the restricted
residuals and M the residual maker of the whole design,

    b* - b0 = sum_g v_g (x_g'u_g) / d,     score of cluster h = sum_g v_g x_h' M u_g.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import (
    IdentificationError,
    InputError,
    require_integer,
    require_number,
    require_seed,
)
from unigauge.estimation.covariance import group_sums
from unigauge.estimation.design import Design
from unigauge.estimation.simulated import SimulatedTest, share, two_sided_share
from unigauge.estimation.static import Solution
from unigauge.estimation.within import partial_out, residualise
from unigauge.results import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.estimation.fits import Fit

__all__ = ["WildBootstrap", "WildTest", "wild_cluster_bootstrap", "wild_test"]

_LEVEL = 0.95
_BLOCK = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class WildTest:
    """The bootstrap of one coefficient.

    Attributes
    ----------
    statistic, p_value : float
        t with the raw clustered standard error, and the share of bootstrap
        statistics at least as large in absolute value.
    conf_low, conf_high : float
        The values that a test at 5 % does not reject; infinite where none is rejected.
    replications : array
        The bootstrap's t.
    exact : bool
        Whether all sign vectors were taken.
    words : str
        How it was done.
    """

    statistic: float
    p_value: float
    conf_low: float
    conf_high: float
    replications: NDArray[np.float64]
    exact: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class WildBootstrap(SimulatedTest):
    """A restricted wild cluster bootstrap of one coefficient.

    Attributes
    ----------
    term, estimate, statistic, p_value, replications, nobs, draws, seed, exact
        As in every :class:`~unigauge.estimation.simulated.SimulatedTest`: the
        coefficient tested against ``null``, and the bootstrap's t.  Where all sign
        vectors are taken (``exact``), the draws are the half that are not mirror images.
    null : float
        Its value under the null hypothesis.
    conf_low, conf_high : float
        95 % interval, by inverting the test.
    groups : int
        Clusters.
    words : str
        How it was done.
    """

    null: float
    conf_low: float
    conf_high: float
    groups: int
    words: str

    def record(self) -> dict[str, Any]:
        """Return the test as one flat row."""
        return SimulatedTest.record(self) | {"groups": self.groups}

    def _null(self) -> str:
        return f"Wild cluster bootstrap of {self.term} = {self.null:g}"

    def _drawn(self) -> tuple[str, str]:
        return "bootstrap", f"t of {self.term} under the null"

    def _further(self) -> dict[str, float]:
        return {"conf_low": self.conf_low, "conf_high": self.conf_high}

    def _heading(self) -> str:
        return self._null()

    def _notes(self) -> list[str]:
        how = f"{self.words[0].upper()}{self.words[1:]}; {self.groups} clusters."
        return [how, "raw_statistic: with the raw clustered standard error."]


def wild_cluster_bootstrap(
    fit: Fit,
    term: str,
    *,
    draws: int = 9999,
    seed: int = 0,
    null: float = 0.0,
    cluster: str = "entity",
    interval: bool = True,
) -> WildBootstrap:
    """Test one coefficient of a linear fit by a restricted wild cluster bootstrap.

    Parameters
    ----------
    fit : Fit
        From :func:`unigauge.estimation.ols`, whatever its own covariance.
    term : str
        The coefficient, in any spelling of formulas.
    draws : int, default 9999
        Bootstrap samples.  Where there are no more than ``draws`` different vectors of
        signs, 2^G for G clusters, each is taken once and the test is exact in the draws.
    seed : int, default 0
        Of the signs.
    null : float, default 0
        Value under the null hypothesis.
    cluster : str, default "entity"
        The groups whose residuals keep one sign.
    interval : bool, default True
        Whether to invert the test.  Without it the interval is NaN, and repeated tests
        are faster.

    Returns
    -------
    WildBootstrap
        p = (1 + number of draws with |t*| >= |t|) / (draws + 1), or the share of all
        sign vectors.

    Raises
    ------
    InputError
        If the fit is Poisson or has no such term.

    Examples
    --------
    >>> import pandas as pd
    >>> from unigauge.estimation import ols
    >>> rows = pd.DataFrame(
    ...     {"state": list("aaaabbbbcccc"), "year": [0, 1, 2, 3] * 3,
    ...      "x": [0, 1, 3, 2, 5, 4, 6, 9, 1, 1, 2, 5],
    ...      "y": [1, 3, 6, 6, 7, 6, 8, 15, 0, 1, 2, 7]})
    >>> fit = ols(rows.set_index(["state", "year"]), "y ~ x | entity")
    >>> wild_cluster_bootstrap(fit, "x", seed=1).p_value
    0.25
    """
    from unigauge.estimation.fits import Fit

    if not isinstance(fit, Fit):
        raise InputError(
            f"fit is {fit!r}; it must be what ols returns: "
            "wild_cluster_bootstrap(fit, term)."
        )
    if fit.solution.poisson:
        raise InputError(
            "the wild bootstrap redraws residuals of least squares; for Poisson use "
            "clustered standard errors."
        )
    term = fit.design.find_term(term)
    require_number("null", null)
    position = fit.terms.index(term)
    if not isinstance(cluster, str) or cluster == "both":
        raise InputError(
            f"cluster is {cluster!r}; the wild bootstrap clusters one way: name one group, "
            "such as 'entity' or 'time'."
        )
    groups = fit.design.groups(cluster)
    test = wild_test(
        fit.design,
        fit.solution,
        position,
        groups=groups,
        draws=draws,
        seed=seed,
        null=null,
        interval=interval,
    )
    return WildBootstrap(
        term=term,
        null=float(null),
        estimate=float(fit.solution.estimates[position]),
        statistic=test.statistic,
        p_value=test.p_value,
        conf_low=test.conf_low,
        conf_high=test.conf_high,
        replications=test.replications,
        nobs=fit.nobs,
        groups=len(np.unique(groups)),
        draws=len(test.replications),
        seed=int(seed),
        exact=test.exact,
        words=test.words,
    )


def wild_test(
    design: Design,
    solution: Solution,
    position: int,
    *,
    groups: NDArray[np.intp],
    draws: int,
    seed: int,
    null: float = 0.0,
    interval: bool = True,
) -> WildTest:
    """Bootstrap the coefficient at ``position``; see :func:`wild_cluster_bootstrap`."""
    draws = require_integer("draws", draws, at_least=1)
    seed = require_seed(seed)
    if solution.poisson:
        raise InputError(
            "cov is 'wild', which redraws residuals of least squares; for Poisson use "
            "'clustered'."
        )
    labels, groups = np.unique(groups, return_inverse=True)
    number = len(labels)
    if number < 2:
        raise IdentificationError("the wild bootstrap needs at least two clusters.")
    if solution.exact:
        raise IdentificationError(
            "the regression fits perfectly; there are no residuals to draw from."
        )
    x, pieces = _pieces(design, solution, position, groups, number)
    signs, complete = _signs(number, draws, seed)
    distribution = _Distribution.build(
        signs, complete, x, solution.residuals, groups, pieces
    )
    estimate = float(solution.estimates[position])
    far = estimate - null
    below, above = (
        (distribution.reach(+1), distribution.reach(-1)) if interval else (np.nan, np.nan)
    )
    exact = "all sign vectors" if complete else f"{draws} draws, seed {seed}"
    return WildTest(
        statistic=distribution.observed(far),
        p_value=distribution.p_value(far),
        conf_low=estimate - below,
        conf_high=estimate + above,
        replications=frozen(distribution.replications(far)),
        exact=complete,
        words=f"restricted wild cluster bootstrap, Rademacher, {exact}",
    )


def _pieces(
    design: Design,
    solution: Solution,
    position: int,
    groups: NDArray[np.intp],
    number: int,
) -> tuple[NDArray[np.float64], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return x, and the matrices x_h' M u_g for u the residuals and u = x, [g, h]."""
    others = np.delete(solution.x_within, position, axis=1)
    x = solution.x_within[:, [position]]
    if others.shape[1]:
        x = residualise(x, others)[0]
    x = x[:, 0]
    from_residuals = np.empty((number, number))
    from_x = np.empty((number, number))
    for start in range(0, number, _BLOCK):
        block = slice(start, min(start + _BLOCK, number))
        columns = np.where(
            groups[:, None] == np.arange(block.start, block.stop), x[:, None], 0.0
        )
        made = partial_out(columns, design.effects, design.slopes)
        made = residualise(made, solution.x_within)[0]
        from_residuals[:, block] = group_sums(
            made * solution.residuals[:, None], groups, number
        )
        from_x[:, block] = group_sums(made * x[:, None], groups, number)
    return x, (from_residuals, from_x)


@lru_cache(maxsize=2)
def _signs(number: int, draws: int, seed: int) -> tuple[NDArray[np.float64], bool]:
    """Return sign vectors, one a row, and whether they are all there are.

    A vector and its mirror image give the same |t|, so half of all is enough.
    """
    if number < 60 and 2**number <= draws:
        bits = np.arange(2 ** (number - 1))[:, None] >> np.arange(number)
        return frozen(np.where(bits & 1, -1.0, 1.0)), True
    rng = np.random.default_rng(seed)
    signs = np.where(rng.integers(0, 2, size=(draws, number)), 1.0, -1.0)
    return frozen(signs), False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Distribution:
    """The bootstrap's t as a function of how far the null lies from the estimate.

    With f that distance, t* = (n0 + f n1) / sqrt(q0 + 2 f q1 + f^2 q2).  Only draws
    whose signs are all equal give a t* that grows with f, as the observed t does.
    """

    n0: NDArray[np.float64]
    n1: NDArray[np.float64]
    q0: NDArray[np.float64]
    q1: NDArray[np.float64]
    q2: NDArray[np.float64]
    uniform: int
    std_error: float
    complete: bool

    @classmethod
    def build(
        cls,
        signs: NDArray[np.float64],
        complete: bool,
        x: NDArray[np.float64],
        residuals: NDArray[np.float64],
        groups: NDArray[np.intp],
        pieces: tuple[NDArray[np.float64], NDArray[np.float64]],
    ) -> _Distribution:
        """Multiply signs and pieces out, once."""
        sums = group_sums(np.column_stack([x * residuals, x * x]), groups)
        numerators = signs @ sums
        from_residuals, from_x = signs @ pieces[0], signs @ pieces[1]
        return cls(
            n0=numerators[:, 0],
            n1=numerators[:, 1],
            q0=np.einsum("bg,bg->b", from_residuals, from_residuals),
            q1=np.einsum("bg,bg->b", from_residuals, from_x),
            q2=np.einsum("bg,bg->b", from_x, from_x),
            uniform=int((np.abs(signs.sum(axis=1)) == signs.shape[1]).sum()),
            complete=complete,
            std_error=float(np.linalg.norm(sums[:, 0]) / sums[:, 1].sum()),
        )

    def observed(self, far: float) -> float:
        """Return the t of the data."""
        return far / self.std_error

    def replications(self, far: float) -> NDArray[np.float64]:
        """Return the bootstrap's t."""
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = self.q0 + 2 * far * self.q1 + far * far * self.q2
            t: NDArray[np.float64] = (self.n0 + far * self.n1) / np.sqrt(variance)
        return t

    def p_value(self, far: float) -> float:
        """Return the two-sided p-value."""
        return two_sided_share(
            self.observed(far), self.replications(far), complete=self.complete
        )

    def reach(self, side: int) -> float:
        """Return how far from the estimate a null on one side is rejected at 5 %."""
        reject = 1 - _LEVEL
        if share(self.uniform, len(self.n0), complete=self.complete) > reject:
            return float("inf")
        inside, outside = 0.0, 2 * self.std_error
        for _ in range(60):
            if self.p_value(side * outside) <= reject:
                break
            inside, outside = outside, 2 * outside
        for _ in range(50):
            middle = (inside + outside) / 2
            if self.p_value(side * middle) <= reject:
                outside = middle
            else:
                inside = middle
        return outside
