"""From scores to standard errors, p-values and intervals, with the convention told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import (
    IdentificationError,
    InputError,
    require_choice,
    require_integer,
    require_seed,
)
from unigauge.estimation.coefficients import Tests, t_tests
from unigauge.estimation.covariance import (
    SMALL_SAMPLE,
    Sizes,
    clustered_meat,
    default_bandwidth,
    driscoll_kraay_meat,
    parameters,
    robust_meat,
    sandwich,
    small_sample_factor,
)
from unigauge.estimation.design import Design, own_name
from unigauge.estimation.panel import Panel
from unigauge.estimation.static import Solution
from unigauge.estimation.wild import WildTest, wild_test
from unigauge.estimation.within import leverages, number_of_groups
from unigauge.estimation.wording import counted
from unigauge.results import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COVARIANCES", "Inference", "infer"]

COVARIANCES = ("clustered", "robust", "hc3", "iid", "driscoll_kraay", "wild")
"""Kinds of covariance."""
_ROUNDING = 1e-9
"""A leverage nearer to one than this is one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Inference(Tests):
    """Covariance and tests of k coefficients, and the convention behind them.

    Attributes
    ----------
    covariance, std_errors, statistics, p_values, conf_low, conf_high
        As in :class:`~unigauge.estimation.coefficients.Tests`.
    df : int
        Degrees of freedom of Student's t.
    cov, small_sample : str
        What was asked for.
    convention : str
        What was done, in words and numbers.
    """

    df: int
    cov: str
    small_sample: str
    convention: str


def infer(
    design: Design,
    solution: Solution,
    *,
    cov: str,
    small_sample: str,
    cluster: str | Sequence[str],
    bandwidth: int | None,
    draws: int,
    seed: int,
) -> Inference:
    """Compute the covariance that was asked for, and the tests that go with it."""
    seed = require_seed(seed)
    require_choice("cov", cov, COVARIANCES)
    require_choice("small_sample", small_sample, SMALL_SAMPLE)
    if bandwidth is not None and cov != "driscoll_kraay":
        raise InputError(
            f"bandwidth is {bandwidth!r} and cov is {cov!r}; only 'driscoll_kraay' has one."
        )
    kind = "clustered" if cov == "wild" else cov
    names = _cluster_names(design.panel, cluster)
    clusters = [design.groups(name) for name in names] if kind == "clustered" else []
    sizes = _sizes(design, kind, small_sample, clusters)
    if kind == "driscoll_kraay":
        bandwidth = _bandwidth(bandwidth, sizes.groups)

    raw, words = _raw(design, solution, kind, names, clusters, bandwidth or 0)
    if solution.exact:
        raw = np.full_like(raw, np.nan)
    factor, spelled = small_sample_factor(
        small_sample, kind, sizes, poisson=solution.poisson
    )
    covariance = raw * factor
    df = sizes.groups - 1 if sizes.groups else sizes.rows - sizes.all_parameters
    if df < 1:
        raise IdentificationError(
            f"{sizes.groups or sizes.rows} {'groups' if sizes.groups else 'rows'} leave no "
            f"degrees of freedom for {kind} standard errors; use more data or another cov."
        )
    words = f"{words}; covariance times {spelled} ({small_sample}); "
    tests = t_tests(solution.estimates, covariance, df)
    if cov == "wild":
        wild = _wild(design, solution, clusters, draws, seed)
        tests = replace(
            tests,
            p_values=frozen([test.p_value for test in wild]),
            conf_low=frozen([test.conf_low for test in wild]),
            conf_high=frozen([test.conf_high for test in wild]),
        )
        words += f"p-values and intervals: {wild[0].words}"
    else:
        words += f"p-values and intervals: t({df})"
    return Inference(
        covariance=tests.covariance,
        std_errors=tests.std_errors,
        statistics=tests.statistics,
        p_values=tests.p_values,
        conf_low=tests.conf_low,
        conf_high=tests.conf_high,
        df=df,
        cov=cov,
        small_sample=small_sample,
        convention=f"{words[0].upper()}{words[1:]}.",
    )


def _cluster_names(panel: Panel, cluster: str | Sequence[str]) -> tuple[str, ...]:
    """Return the one or two names to cluster by, in the panel's own words."""
    if isinstance(cluster, str):
        names = ["entity", "time"] if cluster == "both" else [cluster]
    else:
        names = list(cluster) if isinstance(cluster, Sequence) else []
    if len(names) not in (1, 2) or not all(isinstance(name, str) for name in names):
        raise InputError(
            f"cluster is {cluster!r}; name one or two groups, such as 'entity', 'time' or "
            "'both'."
        )
    own = tuple(own_name(panel, name) for name in names)
    if len(set(own)) != len(own):
        raise InputError(
            f"cluster is {cluster!r}, which names {own[0]!r} twice; name one or two groups "
            "that differ."
        )
    return own


def _sizes(
    design: Design, kind: str, small_sample: str, clusters: list[NDArray[np.intp]]
) -> Sizes:
    """Count rows, parameters and groups as far as the covariance needs them."""
    k = design.x.shape[1]
    groups, nested_in = 0, clusters
    if kind == "clustered":
        groups = min(number_of_groups(codes) for codes in clusters)
    elif kind == "driscoll_kraay":
        groups, nested_in = number_of_groups(design.time), [design.entity]
    connected = small_sample == "fixest"
    all_parameters = parameters(k, design.effects, design.slopes, connected=connected)
    free = all_parameters
    if groups:
        free = parameters(k, design.effects, design.slopes, nested_in, connected=connected)
    return Sizes(
        rows=design.nobs,
        regressors=k,
        all_parameters=all_parameters,
        free_parameters=free,
        groups=groups,
    )


def _bandwidth(bandwidth: int | None, periods: int) -> int:
    if bandwidth is None:
        return default_bandwidth(periods)
    return require_integer("bandwidth", bandwidth, at_least=0, because="it counts lags")


def _raw(
    design: Design,
    solution: Solution,
    kind: str,
    names: tuple[str, ...],
    clusters: list[NDArray[np.intp]],
    bandwidth: int,
) -> tuple[NDArray[np.float64], str]:
    """Return the covariance without a small-sample factor, and its name."""
    if kind == "iid":
        variance = 1.0 if solution.poisson else solution.rss / design.nobs
        return solution.bread * variance, "iid standard errors"
    if kind == "robust":
        meat, words = robust_meat(solution.scores), "heteroskedasticity-robust"
    elif kind == "hc3":
        spared = solution.scores / (1 - _leverage(design, solution))[:, None]
        meat, words = robust_meat(spared), "heteroskedasticity-robust, HC3"
    elif kind == "clustered":
        meat = clustered_meat(solution.scores, clusters)
        counts = [
            f"{name} ({number_of_groups(codes)} groups)"
            for name, codes in zip(names, clusters, strict=True)
        ]
        words = f"clustered by {' and '.join(counts)}"
    else:
        meat = driscoll_kraay_meat(solution.scores, design.time, bandwidth)
        words = f"Driscoll-Kraay, Bartlett, bandwidth {bandwidth}"
    covariance, mended = sandwich(solution.bread, meat)
    return covariance, words + (", negative eigenvalues set to zero" if mended else "")


def _leverage(design: Design, solution: Solution) -> NDArray[np.float64]:
    """Return the leverage of each row, of fixed effects and regressors."""
    if solution.poisson:
        raise InputError(
            "cov is 'hc3', which is for least squares; use 'robust' or 'clustered'."
        )
    x = solution.x_within
    leverage = leverages(design.effects, design.slopes)
    leverage += ((x @ solution.bread) * x).sum(axis=1)
    fitted = int((leverage > 1 - _ROUNDING).sum())
    if fitted:
        raise IdentificationError(
            f"{counted(fitted, 'row')} of {design.nobs} would be fitted exactly whatever "
            "the outcome there (leverage 1), and HC3 divides by zero; use cov='robust' or "
            "'clustered'."
        )
    return leverage


def _wild(
    design: Design,
    solution: Solution,
    clusters: list[NDArray[np.intp]],
    draws: int,
    seed: int,
) -> list[WildTest]:
    """Bootstrap every coefficient in turn, all from the same signs."""
    if len(clusters) != 1:
        raise InputError("the wild bootstrap clusters one way; name one cluster.")
    return [
        wild_test(design, solution, position, groups=clusters[0], draws=draws, seed=seed)
        for position in range(len(design.terms))
    ]
