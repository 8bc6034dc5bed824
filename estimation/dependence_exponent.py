r"""How strong is cross-section dependence?  The exponent of Bailey, Kapetanios and Pesaran.

If :math:`N^\alpha` of the N units load on a shared shock, the average over units varies
like :math:`N^{\alpha - 1}`.  At :math:`\alpha = 1` the shock is felt by (nearly) all
units, and no averaging over units gets rid of it; below one half it cannot be told from
none.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["exponent_from_averages", "exponent_from_correlations"]

_LEVEL = 0.05


def exponent_from_averages(values: Floats) -> float:
    r"""Return the bias-corrected exponent of a balanced panel.

    .. math:: \mathring\alpha = 1 + \frac{\ln \hat\sigma^2_{\bar x} - \ln \hat\mu_v^2}
              {2 \ln N} - \frac{\hat c_N}{2 N \ln N\, \hat\sigma^2_{\bar x}},

    with :math:`\hat\sigma^2_{\bar x}` the variance of the average over units,
    :math:`\hat c_N` the mean residual variance of the units' regressions on it, and
    :math:`\hat\mu_v` the mean of those loadings that differ from zero by Holm's procedure
    at 5 %.

    Parameters
    ----------
    values : array, shape (N, T)
        Series; each is standardised first.

    Returns
    -------
    float
        NaN where a value is missing, a series does not vary, or no loading differs from
        zero.

    Notes
    -----
    Source: Bailey, Kapetanios and Pesaran (2016), *Journal of Applied Econometrics* 31,
    929-960; reconstruction.
    """
    from scipy.special import stdtr

    units, periods = values.shape
    spread = values.std(axis=1)
    if np.isnan(values).any() or periods < 4 or units < 2 or not (spread > 0).all():
        return math.nan
    x = (values - values.mean(axis=1, keepdims=True)) / spread[:, None]
    average = x.mean(axis=0)
    variance = float(average.var())
    if variance <= 0:
        return math.nan
    shock = average / math.sqrt(variance)
    loadings = x @ shock / periods
    residuals = (x - loadings[:, None] * shock).var(axis=1)
    t = np.abs(loadings) * np.sqrt((periods - 2) / np.maximum(residuals, 1e-300))
    p = np.sort(2 * stdtr(periods - 2, -t))
    beyond = p > _LEVEL / np.arange(units, 0, -1)
    count = int(beyond.argmax()) if beyond.any() else units
    if count == 0:
        return math.nan
    mean = float(loadings[np.argsort(-t)[:count]].mean())
    log = math.log(units)
    corrected = residuals.mean() / (2 * units * log * variance)
    return 1 + (math.log(variance) - math.log(mean**2)) / (2 * log) - float(corrected)


def exponent_from_correlations(correlations: Floats, common: Floats) -> float:
    r"""Return the exponent from the pairs of units that are correlated.

    .. math:: \tilde\alpha = \frac{\ln(N + 2 M)}{2 \ln N}, \qquad
        M = \#\{i < j : \sqrt{T_{ij}}\,|\rho_{ij}| >
        \Phi^{-1}(1 - 0.05 / (2 \sqrt N))\}.

    Parameters
    ----------
    correlations, common : array, shape (N, N)
        Pairwise correlations, NaN where there is none, and common periods.

    Returns
    -------
    float
        One half where no pair is correlated; NaN with fewer than two units.

    Notes
    -----
    Made for residuals.  Source: Bailey, Kapetanios and Pesaran (2019), *Sankhya B* 81,
    S46-S102; reconstruction, with level 5 % and the root of N in the critical value.
    """
    from scipy.special import ndtri

    units = len(correlations)
    if units < 2:
        return math.nan
    bound = float(ndtri(1 - _LEVEL / (2 * math.sqrt(units))))
    rho = np.nan_to_num(correlations[np.triu_indices(units, k=1)])
    periods = common[np.triu_indices(units, k=1)]
    correlated = int((np.sqrt(periods) * np.abs(rho) > bound).sum())
    return math.log(units + 2 * correlated) / (2 * math.log(units))
