"""The adoption game in two steps: what others do, estimated first, then a logit.

The steps are those of Hotz and Miller (1993) and Bajari, Hong, Krainer and Nekipelov (2010);
reconstruction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.errors import IdentificationError
from unigauge.estimation.structural.adoption_data import Choices
from unigauge.estimation.within import group_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Logit", "logit", "others_by_technology", "others_pooled", "second_step"]

_MOST_ROUNDS = 60
_TOLERANCE = 1e-10
_DEPENDENT = 1e-10
_CERTAIN = 1e-8


class Logit(NamedTuple):
    """A fitted logit: estimates (k,), covariance clustered by group, log likelihood."""

    estimates: Floats
    covariance: Floats
    log_likelihood: float


def logit(y: Floats, x: Floats, group: NDArray[np.intp]) -> Logit:
    """Fit a logit by Newton's method; collinear columns share what they explain.

    Raises
    ------
    IdentificationError
        If a combination of the regressors foretells every choice.
    """
    from scipy.special import expit

    scale = np.linalg.norm(x, axis=0)
    scaled = x / np.where(scale > 0, scale, 1.0)
    estimates = np.zeros(x.shape[1])
    for _ in range(_MOST_ROUNDS):
        chance = expit(scaled @ estimates)
        information = scaled.T @ (scaled * (chance * (1 - chance))[:, None])
        inverse = np.linalg.pinv(information, rcond=_DEPENDENT, hermitian=True)
        step = inverse @ (scaled.T @ (y - chance))
        estimates = estimates + step
        if np.abs(step).max() < _TOLERANCE * (1 + np.abs(estimates).max()):
            break
    else:
        chance = np.where(y == 1, 1.0, 0.0)
    if (np.abs(y - chance) < _CERTAIN).all() or not np.isfinite(estimates).all():
        raise IdentificationError(
            "a combination of characteristic, shifter and what others do foretells every "
            "choice, so that the logit has no maximum. More countries or technologies are "
            "needed."
        )
    sums = group_sums(scaled * (y - chance)[:, None], group)
    groups = len(sums)
    covariance = inverse @ sums.T @ sums @ inverse * groups / (groups - 1)
    value = scaled @ estimates
    height = float((y * value - np.logaddexp(0, value)).sum())
    return Logit(estimates / scale, covariance / np.outer(scale, scale), height)


def others_by_technology(choices: Choices) -> Floats:
    """Return the share of the other rows of the technology that adopt, shape (n,)."""
    rows = choices.rows.sum(axis=1)[choices.group]
    adopters = choices.adopters.sum(axis=1)[choices.group]
    return np.asarray((adopters - choices.adopts) / (rows - 1))


def others_pooled(choices: Choices) -> Floats:
    """Return the technology's mean of a flexible logit that all technologies share."""
    from scipy.special import expit

    x, share = choices.characteristic[choices.group], choices.share[choices.group]
    powers = [np.ones_like(x), x, x**2, x**3, choices.shifter, share, share * x, share**2]
    terms = np.column_stack(powers)
    first = logit(choices.adopts, terms, choices.group)
    chance = expit(terms @ first.estimates)
    means = group_sums(chance[:, None], choices.group)[:, 0] / choices.rows.sum(axis=1)
    return np.asarray(means[choices.group])


def second_step(choices: Choices, others: Floats) -> Logit:
    """Fit (b0, b1, bz, d), taking what others do as known.

    Raises
    ------
    IdentificationError
        If the four columns are collinear.
    """
    x = choices.characteristic[choices.group]
    columns = np.column_stack([np.ones_like(x), x, choices.shifter, others])
    if np.linalg.matrix_rank(columns / np.linalg.norm(columns, axis=0), tol=1e-8) < 4:
        raise IdentificationError(
            "constant, characteristic, shifter and what others do are collinear; the peer "
            "effect cannot be told from the characteristic's."
        )
    return logit(choices.adopts, columns, choices.group)
