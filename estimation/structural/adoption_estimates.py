r"""The adoption game estimated: do countries adopt because others do?

Country j adopts technology m with the probability
:math:`\Lambda(b_0 + b_1 x_m + b_z z_{jm} + d\, p_m)`, where :math:`p_m` is the share that it
expects to adopt, and expectations are right; see
:mod:`unigauge.estimation.structural.adoption_fixed_points`.  Where d is above 4 a technology
may have several equilibria, and the data do not say which is played.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from unigauge.errors import (
    IdentificationError,
    require_choice,
    require_integer,
    require_seed,
)
from unigauge.estimation.coefficients import Tests, t_tests
from unigauge.estimation.structural.adoption_data import Choices, choices_of
from unigauge.estimation.structural.adoption_likelihood import (
    AdoptionLikelihood,
    best_selection,
)
from unigauge.estimation.structural.adoption_results import AdoptionGameFit
from unigauge.estimation.structural.choice_probabilities import (
    Logit,
    others_by_technology,
    others_pooled,
    second_step,
)
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["adoption_game_fit"]

_SAME_HEIGHT = 0.5
_HALVINGS = 8
_CRITICAL = 3.841458820694124
"""95 % point of chi-squared with one degree of freedom."""


def adoption_game_fit(
    frame: pd.DataFrame,
    adopts: str,
    *,
    technology: str,
    characteristic: str,
    shifter: str,
    method: Literal["mle", "ccp_market", "ccp_pooled"] = "mle",
    starts: int = 8,
    seed: int = 0,
) -> AdoptionGameFit:
    """Estimate how much adoption by others adds to what adoption is worth.

    Parameters
    ----------
    frame : DataFrame
        One row a country and technology, or several if choices repeat.
    adopts : str
        Whether the country adopts, 0 or 1.
    technology : str
        Names the technology; a column or a level of the index.
    characteristic : str
        x, a number that the technology has.
    shifter : str
        z, 0 or 1, the country's own; all know the share with 1.
    method : {"mle", "ccp_market", "ccp_pooled"}

        * ``"mle"``: maximum likelihood, with the highest equilibrium played with
          probability ``psel`` and else the lowest.
        * ``"ccp_market"``: logit on the share of the technology's other rows that adopt.
        * ``"ccp_pooled"``: logit on what a flexible logit of all technologies foretells;
          wrong where there are several equilibria, and for comparison only.
    starts : int, default 8
        Searches of ``"mle"``: from the estimates of ``"ccp_market"``, then each from a random
        point about the best so far.  Where few of them agree, take more.
    seed : int, default 0
        Of the random starts.

    Returns
    -------
    AdoptionGameFit
        ``params``, ``std_errors`` of ``b0 b1 bz dl psel`` (``psel`` by ``"mle"`` only);
        ``log_likelihood``, ``several`` (technologies with several equilibria).

    Raises
    ------
    InputError
        If a column or an argument is outside its domain.
    IdentificationError
        If a variable does not vary, a technology has a single row, or the choices do not
        tell the parameters apart.

    Warns
    -----
    DroppedRowsWarning
        If rows have missing values.

    Notes
    -----
    The likelihood jumps where equilibria appear or vanish; the search is Nelder and Mead's,
    and one cannot be sure that it has found the highest point.  Standard errors are from the
    outer product of the technologies' scores, without those whose equilibria jump within the
    difference of 1e-5; they hold as technologies become many.  Where ``psel`` is 0 or 1 its
    interval is where the profile likelihood is within 1.92 of its maximum, to 1/256.  The
    two-step methods' standard errors are clustered by technology and take the first step
    as known; ``"ccp_market"`` is biased in order one over the rows of a technology.

    Reconstruction; tried by simulation (``docs/monte_carlo/adoption_game.md``).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from unigauge.estimation import equilibrium_adoption
    >>> rng = np.random.default_rng(1)
    >>> x, z = rng.normal(size=150), rng.integers(0, 2, size=(150, 20))
    >>> p = [equilibrium_adoption([-1.5 + xm], [s], 0.8, 3)[0][0]
    ...      for xm, s in zip(x, z.mean(axis=1))]
    >>> value = -1.5 + x[:, None] + 0.8 * z + 3 * np.array(p)[:, None]
    >>> data = pd.DataFrame({
    ...     "standard": np.repeat(np.arange(150), 20), "x": np.repeat(x, 20),
    ...     "z": z.ravel(), "adopts": (value + rng.logistic(size=z.shape) > 0).ravel()})
    >>> fit = adoption_game_fit(
    ...     data, "adopts", technology="standard", characteristic="x", shifter="z",
    ...     method="ccp_market")
    >>> list(fit.params.index)
    ['b0', 'b1', 'bz', 'dl']
    """
    require_choice("method", method, tuple(_METHODS))
    starts = require_integer("starts", starts, at_least=1)
    rng = np.random.default_rng(require_seed(seed))
    choices = choices_of(frame, adopts, technology, characteristic, shifter)
    found = _METHODS[method](choices, starts, rng)
    return AdoptionGameFit(
        adopts=adopts,
        characteristic=characteristic,
        shifter=shifter,
        method=method,
        estimates=frozen(found.estimates),
        tests=found.tests,
        log_likelihood=found.log_likelihood,
        several=found.several,
        rows=len(choices.adopts),
        technologies=len(choices.characteristic),
        starts=starts if method == "mle" else 0,
        agreeing=found.agreeing,
        jumps=found.jumps,
        seed=seed,
    )


class _Found(NamedTuple):
    """Estimates, their tests, and how they were found."""

    estimates: Floats
    tests: Tests
    log_likelihood: float
    several: int
    agreeing: int = 0
    jumps: int = 0


def _two_steps(choices: Choices, second: Logit) -> _Found:
    branches = AdoptionLikelihood(choices=choices).branches(second.estimates)
    return _Found(
        estimates=second.estimates,
        tests=t_tests(second.estimates, second.covariance),
        log_likelihood=second.log_likelihood,
        several=int(branches.several.sum()),
    )


def _by_technology(choices: Choices, _: int, __: np.random.Generator) -> _Found:
    return _two_steps(choices, second_step(choices, others_by_technology(choices)))


def _pooled(choices: Choices, _: int, __: np.random.Generator) -> _Found:
    return _two_steps(choices, second_step(choices, others_pooled(choices)))


def _maximum_likelihood(choices: Choices, starts: int, rng: np.random.Generator) -> _Found:
    """Climb from the two-step estimates, then from random points about the best so far."""
    likelihood = AdoptionLikelihood(choices=choices)
    first = second_step(choices, others_by_technology(choices))
    reach = np.sqrt(np.diagonal(first.covariance))
    theta, height = likelihood.maximise(first.estimates)
    heights = [height]
    for _ in range(starts - 1):
        climb, top = likelihood.maximise(theta + reach * rng.standard_normal(4))
        heights.append(top)
        if top > height:
            theta, height = climb, top
    branches = likelihood.branches(theta)
    several = int(branches.several.sum())
    psel = best_selection(branches) if several else np.nan
    scores = likelihood.scores(theta, psel if several else 0.0)
    return _Found(
        estimates=np.array([*theta, psel]),
        tests=_tests(likelihood, theta, psel, height, scores),
        log_likelihood=height,
        several=several,
        agreeing=sum(top > height - _SAME_HEIGHT for top in heights),
        jumps=len(choices.characteristic) - len(scores),
    )


def _tests(
    likelihood: AdoptionLikelihood,
    theta: Floats,
    psel: float,
    height: float,
    scores: Floats,
) -> Tests:
    """Return tests of theta, and the interval of psel; psel is not tested against zero."""
    inside = 0 < psel < 1
    used = scores if inside else scores[:, :4]
    information = used.T @ used
    if np.linalg.cond(information) > 1 / np.finfo(float).eps:
        raise IdentificationError(
            "the scores of the technologies are collinear: the choices do not tell the "
            "parameters apart. More technologies, or a characteristic that varies more, "
            "are needed."
        )
    covariance = np.full((5, 5), np.nan)
    size = used.shape[1]
    covariance[:size, :size] = np.linalg.inv(information)
    tests = t_tests(np.array([*theta, psel]), covariance)
    low, high = tests.conf_low.copy(), tests.conf_high.copy()
    if psel in (0, 1):
        low[4], high[4] = sorted((psel, _profile_end(likelihood, theta, psel, height)))
    statistics, p_values = tests.statistics.copy(), tests.p_values.copy()
    statistics[4] = p_values[4] = np.nan
    return replace(
        tests,
        statistics=frozen(statistics),
        p_values=frozen(p_values),
        conf_low=frozen(np.r_[low[:4], np.clip(low[4], 0, 1)]),
        conf_high=frozen(np.r_[high[:4], np.clip(high[4], 0, 1)]),
    )


def _profile_end(
    likelihood: AdoptionLikelihood, theta: Floats, corner: float, height: float
) -> float:
    """Return the psel farthest from the corner that the profile likelihood allows."""
    inside, outside = corner, 1 - corner
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        _, top = likelihood.maximise(theta, middle)
        near = 2 * (height - top) <= _CRITICAL
        inside, outside = (middle, outside) if near else (inside, middle)
    return outside


_METHODS = {"mle": _maximum_likelihood, "ccp_market": _by_technology, "ccp_pooled": _pooled}
