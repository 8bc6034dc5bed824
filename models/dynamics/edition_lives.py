"""Lives of editions: the Weibull law, its fit to lives some of which go on, and hazards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import IdentificationError, InputError, require_number
from unigauge.models.answers import Answer, verdict, worst
from unigauge.models.arrays import require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Weibull", "WeibullFit", "survival", "weibull_fit"]


@dataclass(frozen=True, kw_only=True)
class Weibull:
    """Lives with survivor function S(t) = exp(-(t/lambda)^k).

    Parameters
    ----------
    shape, scale : float
        k and lambda, positive, k above 0.01.  Above shape 1 the hazard rises with age.

    Raises
    ------
    InputError
        If one is outside its domain, or an age at which a method looks is negative.

    Examples
    --------
    >>> life = Weibull(shape=1.468, scale=26.5)
    >>> round(life.mean, 2), round(life.median, 2)
    (23.99, 20.65)
    """

    shape: float
    scale: float

    def __post_init__(self) -> None:
        shape = require_number(
            "shape",
            self.shape,
            above=0.01,
            because="else the mean life is beyond all numbers",
        )
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "scale", require_number("scale", self.scale, above=0))

    @property
    def mean(self) -> float:
        """Mean life, lambda Gamma(1 + 1/k)."""
        return self.scale * math.gamma(1 + 1 / self.shape)

    @property
    def median(self) -> float:
        """Median life, lambda (ln 2)^(1/k)."""
        return float(self.scale * math.log(2) ** (1 / self.shape))

    def cumulative_hazard(self, age: ArrayLike) -> Array:
        """Return (t/lambda)^k."""
        with np.errstate(over="ignore"):
            return np.asarray((_ages(age) / self.scale) ** self.shape)

    def hazard(self, age: ArrayLike) -> Array:
        """Return h(t) = (k/lambda) (t/lambda)^(k - 1)."""
        share = _ages(age) / self.scale
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(self.shape / self.scale * share ** (self.shape - 1))

    def survival(self, age: ArrayLike) -> Array:
        """Return the share that lives beyond each age."""
        return np.exp(-self.cumulative_hazard(age))

    def failed(self, age: ArrayLike) -> Array:
        """Return the share that does not, F(t) = 1 - S(t)."""
        return -np.expm1(-self.cumulative_hazard(age))

    def mean_until(self, age: ArrayLike) -> Array:
        """Return the mean time lived up to each age, int_0^t S."""
        from scipy.special import gammainc

        share = gammainc(1 / self.shape, self.cumulative_hazard(age))
        return np.asarray(self.mean * share)


def _ages(age: ArrayLike) -> Array:
    ages = require_array("age", age, "a number or an array")
    if (ages < 0).any():
        raise InputError(f"age is {age!r}; it must be at least 0.")
    return ages


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class WeibullFit(Answer):
    """A Weibull law fitted by maximum likelihood.

    Attributes
    ----------
    shape, scale : float
        k and lambda.
    shape_error, scale_error : float
        Standard errors, from the observed information.
    log_likelihood : float
        At the maximum.
    events, nobs : int
        Lives that ended, and all.
    status : str
        ``ok``.
    certificate : float
        Largest derivative of the mean log likelihood in logs of the parameters.
    time, event : array, shape (nobs,)
        The data.
    """

    shape: float
    scale: float
    shape_error: float
    scale_error: float
    log_likelihood: float
    events: int
    nobs: int
    status: str
    certificate: float
    time: Array
    event: NDArray[np.bool_]

    @property
    def law(self) -> Weibull:
        """The fitted law."""
        return Weibull(shape=self.shape, scale=self.scale)

    def plot_data(self) -> pd.DataFrame:
        """Return the share alive by age: product limit (Kaplan-Meier) and Weibull."""
        import pandas as pd

        age = np.linspace(0, self.time.max(), 241)
        alive = [_product_limit(self.time, self.event, t) for t in age]
        columns = {"product_limit": alive, "Weibull": self.law.survival(age)}
        return pd.DataFrame({"age": age, **columns})

    def _heading(self) -> str:
        return f"Weibull fit: shape {self.shape:.4g}, scale {self.scale:.4g}"


def _product_limit(time: Array, event: NDArray[np.bool_], age: float) -> float:
    """Return the Kaplan-Meier estimate of the share alive beyond an age."""
    ends, deaths = np.unique(time[event & (time <= age)], return_counts=True)
    at_risk = (time[:, None] >= ends).sum(axis=0)
    return float(np.prod(1 - deaths / at_risk))


def weibull_fit(time: ArrayLike, event: ArrayLike) -> WeibullFit:
    """Fit a Weibull law to lives of which some go on, by maximum likelihood.

    With several causes of death, fit one by calling the others' deaths no event.

    Parameters
    ----------
    time : array_like, shape (n,)
        Age at the end, or at the last sight of those that go on; positive.
    event : array_like, shape (n,)
        True or 1 for a life that ended, False or 0 for one cut off (censored).

    Returns
    -------
    WeibullFit

    Raises
    ------
    InputError
        If shapes differ, a time is not positive, or an event is neither 0 nor 1.
    IdentificationError
        If no life ended, or all that did are as long as the longest: no finite shape fits.

    Notes
    -----
    Solves sum t^k ln t / sum t^k - 1/k = mean of ln t over events, whose left side rises in
    k; then lambda = (sum t^k / events)^(1/k).

    Examples
    --------
    >>> time = [3, 7, 11, 5, 20, 9, 14, 2, 30, 17]
    >>> fit = weibull_fit(time, [1, 1, 0, 1, 1, 0, 1, 1, 0, 1])
    >>> round(fit.shape, 9), round(fit.scale, 6)
    (1.225484386, 16.626426)
    """
    from scipy.optimize import brentq

    lives, ended = _lives(time, event)
    logs = np.log(lives / lives.max())  # <= 0: powers do not overflow
    if not ended.any():
        raise IdentificationError(
            "no life ended, so nothing is known about how long they last; wait, or take "
            "more editions."
        )
    if logs[ended].min() == 0:
        raise IdentificationError(
            f"all lives that ended lasted {lives.max():g}, the longest time there is; the "
            "likelihood rises with the shape without bound."
        )
    mean = logs[ended].mean()

    def score(log_shape: float) -> float:
        shape = math.exp(log_shape)
        weight = np.exp(shape * logs)
        return float(weight @ logs / weight.sum() - 1 / shape - mean)

    low = high = 0.0
    while score(low) > 0:
        low -= 1
    while score(high) < 0:
        high += 1
    shape = math.exp(brentq(score, low, high, xtol=1e-15))
    count = int(ended.sum())
    scale = float(lives.max() * (np.exp(shape * logs).sum() / count) ** (1 / shape))
    relative = np.log(lives / scale)
    power = np.exp(shape * relative)
    gradient = [
        count / shape + relative[ended].sum() - power @ relative,
        shape * (power.sum() - count) / scale,
    ]
    information = np.array(
        [
            [count / shape**2 + power @ relative**2, -shape * (power @ relative) / scale],
            [-shape * (power @ relative) / scale, count * shape**2 / scale**2],
        ]
    )
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    log_likelihood = (
        count * math.log(shape / scale) + (shape - 1) * relative[ended].sum() - power.sum()
    )
    steepest = worst(abs(gradient[0] * shape), abs(gradient[1] * scale)) / len(lives)
    ended.setflags(write=False)
    return WeibullFit(
        shape=shape,
        scale=scale,
        shape_error=float(errors[0]),
        scale_error=float(errors[1]),
        log_likelihood=float(log_likelihood),
        events=count,
        nobs=len(lives),
        status=verdict(float(steepest)),
        certificate=float(steepest),
        time=frozen(lives),
        event=ended,
    )


def _lives(time: ArrayLike, event: ArrayLike) -> tuple[Array, NDArray[np.bool_]]:
    """Read times and events."""
    lives, marks = _column("time", time), _column("event", event)
    if lives.ndim != 1 or lives.shape != marks.shape or not len(lives):
        raise InputError(
            f"time has shape {lives.shape} and event {marks.shape}; both must be one "
            "column of the same length, one entry a life."
        )
    if not (np.isfinite(lives) & (lives > 0)).all():
        wrong = int(np.argmin(np.isfinite(lives) & (lives > 0)))
        raise InputError(f"time[{wrong}] is {lives[wrong]:g}; it must be positive.")
    if not np.isin(marks, (0, 1)).all():
        wrong = int(np.argmin(np.isin(marks, (0, 1))))
        raise InputError(
            f"event[{wrong}] is {marks[wrong]:g}; it must be 1 for a life that ended and 0 "
            "for one that goes on."
        )
    return lives, marks == 1


def _column(name: str, given: ArrayLike) -> Array:
    """Return floats; which entries are wrong is for the caller to say."""
    try:
        return np.array(given, dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            f"{name} is {given!r}; it must be one column of numbers."
        ) from None


def survival(hazards: Sequence[float] | ArrayLike) -> Array:
    """Return the share alive at ages 0, 1, 2, ..., given the share that ends at each age.

    Parameters
    ----------
    hazards : array_like, shape (n,)
        Of those alive at age a, the share that does not reach a + 1; from 0 to 1.

    Returns
    -------
    array, shape (n + 1,)
        Starting with 1 at age 0.

    Raises
    ------
    InputError
        If a hazard is outside [0, 1].

    Examples
    --------
    >>> survival([0.0, 0.1, 0.5])
    array([1.  , 1.  , 0.9 , 0.45])
    """
    shares = require_array("hazards", hazards, "one column")
    if shares.ndim != 1 or not ((shares >= 0) & (shares <= 1)).all():
        raise InputError(
            f"hazards are {hazards!r}; they must be one column of shares from 0 to 1, one "
            "for each year of age."
        )
    return np.concatenate([[1.0], np.cumprod(1 - shares)])
