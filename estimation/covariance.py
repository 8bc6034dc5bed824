"""Covariance matrices from scores and bread, and the small-sample factors.

For an estimator with scores s_r (row r, length k) and bread A (k, k), the raw
covariance is A M A with the meat

* robust: M = sum_r s_r s_r';
* hc3: the same of s_r / (1 - h_r), h_r the leverage of row r, that of the fixed effects
  included (MacKinnon and White 1985);
* clustered: M = sum_g S_g S_g', S_g the sum of the scores of group g; two ways:
  M_1 + M_2 - M_12, where 12 are the groups of the crossing (Cameron, Gelbach, Miller
  2011), its negative eigenvalues, if any, set to zero;
* Driscoll-Kraay: M = sum_j w_j sum_t (S_t S_{t-j}' + its transpose), S_t the sum of
  the scores of calendar period t, w_j = 1 - j / (bandwidth + 1), w_0 = 1/2.

The iid covariance is A RSS / n for least squares and A for Poisson.

One factor multiplies the raw covariance.  n rows, k regressors, G groups (the
smallest number, if clustered two ways), T periods with rows; K counts regressors and
fixed effects as the table says.

==============  =============  ============================  =======================
preset          iid, robust    clustered                     Driscoll-Kraay
==============  =============  ============================  =======================
``stata``       n/(n-K_all)    G/(G-1) (n-1)/(n-K_free)      T/(T-1) (n-1)/(n-K_fe)
``fixest``      n/(n-K_all)    G/(G-1) (n-1)/(n-K_free)      T/(T-1) (n-1)/(n-K_all)
``plm``         iid as above,  G/(G-1) (n-1)/(n-k)           T/(T-1) (n-1)/(n-k)
                robust n/(n-k)
``asymptotic``  iid 1,         G/(G-1)                       T/(T-1)
                robust n/(n-1)
``none``        1              1                             1
==============  =============  ============================  =======================

K_all counts all fixed effects; K_free leaves out those nested in a cluster, but for
the constant; K_fe leaves out the entity effects, but for the constant.  With entity
and year effects and entity clusters, K_free = K_fe = k + number of years.  Two effects
count by their exact rank; with three or more, each after the first repeats one.

* ``stata`` is ``xtreg, fe vce(cluster)`` with year dummies, and ``xtscc, fe``.
* ``fixest`` is R's fixest: its iid Poisson factor is (n-1)/(n-K_all), and two effects
  as well are taken to repeat one parameter, connected or not.
* ``plm`` is type ``sss`` of plm's vcovHC and vcovSCC, and HC1 for robust.
* ``asymptotic`` is ppmlhdfe's, and ``vcovCL(type = "HC0")`` of R's sandwich.
* For Poisson the iid factor is 1 but for ``fixest``.
* hc3 corrects for small samples by itself: its factor is 1 under every preset.

P-values and intervals come from Student's t with G-1 (clustered), T-1
(Driscoll-Kraay), else n-K_all degrees of freedom, under every preset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import IdentificationError, require_choice
from unigauge.estimation.within import Slope, group_sums, rank_of_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "SMALL_SAMPLE",
    "Sizes",
    "clustered_meat",
    "default_bandwidth",
    "driscoll_kraay_meat",
    "group_sums",
    "parameters",
    "robust_meat",
    "sandwich",
    "small_sample_factor",
]

SMALL_SAMPLE = ("stata", "fixest", "plm", "asymptotic", "none")
"""Names of the small-sample conventions."""


def robust_meat(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the meat under heteroskedasticity, shape (k, k)."""
    meat: NDArray[np.float64] = scores.T @ scores
    return meat


def clustered_meat(
    scores: NDArray[np.float64], clusters: Sequence[NDArray[np.intp]]
) -> NDArray[np.float64]:
    """Return the meat clustered one or two ways, shape (k, k).

    Parameters
    ----------
    scores : array, shape (n, k)
        Scores of the rows.
    clusters : one or two arrays of int, shape (n,)
        Group of each row, numbered from 0.

    Examples
    --------
    >>> scores = np.array([[1.0], [2.0], [4.0]])
    >>> clustered_meat(scores, [np.array([0, 0, 1])])
    array([[25.]])
    """
    meat = sum(robust_meat(group_sums(scores, groups)) for groups in clusters)
    if len(clusters) == 2:
        first, second = clusters
        crossing = first * (int(second.max()) + 1) + second
        _, crossing = np.unique(crossing, return_inverse=True)
        meat = meat - robust_meat(group_sums(scores, crossing))
    return np.asarray(meat)


def driscoll_kraay_meat(
    scores: NDArray[np.float64], periods: NDArray[np.intp], bandwidth: int
) -> NDArray[np.float64]:
    """Return the meat of Driscoll and Kraay (1998) with Bartlett weights.

    Periods without rows count as zeros, so that a lag is always a calendar lag.

    Parameters
    ----------
    scores : array, shape (n, k)
        Scores of the rows.
    periods : array of int, shape (n,)
        Calendar position of each row.
    bandwidth : int
        Number of lags, at least 0.
    """
    sums = group_sums(scores, periods - periods.min())
    meat = robust_meat(sums)
    for lag in range(1, min(bandwidth, len(sums) - 1) + 1):
        lagged = sums[lag:].T @ sums[:-lag]
        meat += (1 - lag / (bandwidth + 1)) * (lagged + lagged.T)
    return meat


def default_bandwidth(periods: int) -> int:
    """Return the number of lags floor(4 (T/100)^(2/9)), as in xtscc."""
    return int(4 * (periods / 100) ** (2 / 9))


def sandwich(
    bread: NDArray[np.float64], meat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], bool]:
    """Return bread x meat x bread, and whether it had to be made non-negative."""
    covariance = bread @ meat @ bread
    covariance = (covariance + covariance.T) / 2
    values, vectors = np.linalg.eigh(covariance)
    if values[0] >= -1e-12 * abs(values[-1]):
        return covariance, False
    return (vectors * np.maximum(values, 0.0)) @ vectors.T, True


# ---------------------------------------------------------------------------
# Small samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The numbers that a small-sample factor is made of.

    Attributes
    ----------
    rows : int
        n.
    regressors : int
        k, without fixed effects.
    all_parameters : int
        K_all.
    free_parameters : int
        K_free of clustered, K_fe of Driscoll-Kraay covariances.
    groups : int
        G of clustered, T of Driscoll-Kraay covariances.
    """

    rows: int
    regressors: int
    all_parameters: int
    free_parameters: int = 0
    groups: int = 0


def small_sample_factor(
    preset: str, cov: str, sizes: Sizes, *, poisson: bool = False
) -> tuple[float, str]:
    """Return the factor of the raw covariance, and how it was computed.

    Parameters
    ----------
    preset : {"stata", "fixest", "plm", "asymptotic", "none"}
        The convention; see the table at the top of this module.
    cov : {"iid", "robust", "hc3", "clustered", "driscoll_kraay"}
        The kind of covariance.
    sizes : Sizes
        Numbers of rows, parameters and groups.
    poisson : bool, default False
        Poisson instead of least squares; matters for iid only.

    Returns
    -------
    factor : float
        At least 1.
    text : str
        The factor spelled out, such as ``23/22 x 505/(506 - 24)``.

    Raises
    ------
    IdentificationError
        If there are no more rows than parameters, or only one group.

    Examples
    --------
    >>> sizes = Sizes(
    ...     rows=506, regressors=2, all_parameters=46, free_parameters=24, groups=23)
    >>> factor, text = small_sample_factor("stata", "clustered", sizes)
    >>> print(f"{factor:.6f} = {text}")
    1.095341 = 23/22 x 505/(506 - 24)
    """
    require_choice("small_sample", preset, SMALL_SAMPLE)
    n, groups = sizes.rows, sizes.groups
    if preset == "none" or cov == "hc3":
        return 1.0, "1"
    if cov in ("iid", "robust"):
        if cov == "iid" and preset != "fixest" and (poisson or preset == "asymptotic"):
            return 1.0, "1"
        if preset == "asymptotic":
            return n / (n - 1), f"{n}/{n - 1}"
        above = n - 1 if cov == "iid" and poisson else n
        lost = sizes.all_parameters
        if preset == "plm" and cov == "robust":
            lost = sizes.regressors
        return above / _left(n, lost), f"{above}/({n} - {lost})"
    if groups < 2:
        raise IdentificationError(
            f"{cov} standard errors need at least two groups; the sample has {groups}."
        )
    factor, text = groups / (groups - 1), f"{groups}/{groups - 1}"
    if preset == "asymptotic":
        return factor, text
    lost = sizes.free_parameters
    if preset == "plm":
        lost = sizes.regressors
    elif preset == "fixest" and cov == "driscoll_kraay":
        lost = sizes.all_parameters
    return factor * (n - 1) / _left(n, lost), f"{text} x {n - 1}/({n} - {lost})"


def _left(rows: int, parameters: int) -> int:
    if rows <= parameters:
        raise IdentificationError(
            f"{parameters} parameters cannot be told from {rows} rows; use fewer regressors "
            "or effects, or small_sample='none'."
        )
    return rows - parameters


def parameters(
    regressors: int,
    effects: NDArray[np.intp],
    slopes: Sequence[Slope] = (),
    nested_in: Sequence[NDArray[np.intp]] = (),
    *,
    connected: bool = False,
) -> int:
    """Count regressors and fixed effects, without effects nested in given groups.

    A constant is left in the place of nested effects.  Slopes always count.

    Parameters
    ----------
    regressors : int
        k.
    effects : array of int, shape (n, number of effects)
        Groups of the fixed effects.
    slopes : sequence of Slope
        Slopes that differ by group.
    nested_in : sequence of arrays of int, shape (n,)
        An effect is left out if each of its groups lies within one group of any.
    connected : bool, default False
        Take effects to repeat one parameter each, as fixest does, instead of counting.
    """
    if effects.shape[1] == 0:
        return regressors
    kept = [
        effect
        for effect in effects.T
        if not any(_is_nested(effect, groups) for groups in nested_in)
    ]
    counted = np.column_stack(kept or [np.zeros(len(effects), dtype=np.intp)])
    return regressors + rank_of_effects(counted, slopes, connected=connected)


def _is_nested(inner: NDArray[np.intp], outer: NDArray[np.intp]) -> bool:
    """Whether each group of ``inner`` lies within one group of ``outer``."""
    some_outer = np.zeros(int(inner.max()) + 1, dtype=outer.dtype)
    some_outer[inner] = outer
    return bool((some_outer[inner] == outer).all())
