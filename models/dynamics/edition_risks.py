"""What becomes of editions: renewed over and over, or revised here and withdrawn there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_integer, require_number
from unigauge.models.answers import Answer, verdict
from unigauge.models.arrays import require_array
from unigauge.models.dynamics.edition_lives import Weibull
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["CompetingRisks", "Renewals", "competing_risks", "renewals"]


_NOBODY_LEFT = 50.0
"""A cumulative hazard beyond which e^-50 go on."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CompetingRisks(Answer):
    """Which cause ends an edition, and when.

    Attributes
    ----------
    time : array, shape (m,)
        Ages.
    incidence : array, shape (causes, m)
        Cumulative incidence: the share that each cause has ended.
    alone : array, shape (causes, m)
        1 - S of each cause, as if there were no other: what 1 - Kaplan-Meier estimates.
    alive : array, shape (m,)
        The share that goes on.
    status : str
        ``ok``, certified.
    certificate : float
        Largest distance from 1 of what was ended and what goes on.
    causes : tuple of Weibull
        The latent lives.
    """

    time: Array
    incidence: Array
    alone: Array
    alive: Array
    status: str
    certificate: float
    causes: tuple[Weibull, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row an age."""
        import pandas as pd

        columns: dict[str, Array] = {}
        for k, (ended, alone) in enumerate(zip(self.incidence, self.alone, strict=True), 1):
            columns |= {f"incidence_{k}": ended, f"alone_{k}": alone}
        columns["alive"] = self.alive
        return pd.DataFrame(columns, index=pd.Index(self.time, name="age"))

    def plot_data(self) -> pd.DataFrame:
        """Return incidence and 1 - S of the first cause, by age."""
        import pandas as pd

        age = np.linspace(0, float(self.time.max()), 61)
        ended = _incidence(age, self.causes)[0]
        columns = {"incidence": ended, "as_if_alone": self.causes[0].failed(age)}
        return pd.DataFrame({"age": age, **columns})

    def _heading(self) -> str:
        return f"{len(self.causes)} competing causes: the first one's incidence"


def competing_risks(
    causes: Sequence[Weibull], time: ArrayLike, *, tolerance: float = 1e-8
) -> CompetingRisks:
    """Return how often each of several independent causes has ended an edition.

    Parameters
    ----------
    causes : sequence of Weibull
        The latent life of each cause, such as revision and withdrawal.
    time : array_like
        Ages at which to look, >= 0; a number or one column.
    tolerance : float, default 1e-8
        Largest certificate under which the answer is ``ok``.

    Returns
    -------
    CompetingRisks

    Raises
    ------
    InputError
        If a cause is no Weibull, there is none, or an age is negative.

    Notes
    -----
    CIF_1(t) = int_0^t h_1 S_1 S_2: with the cumulative hazard of cause j as variable, by
    quadrature.

    Examples
    --------
    >>> revised, withdrawn = Weibull(shape=1.6, scale=30), Weibull(shape=1.2, scale=60)
    >>> answer = competing_risks([revised, withdrawn], 40)
    >>> answer.incidence[0].round(3), answer.alone[0].round(3)
    (array([0.611]), array([0.795]))
    """
    laws = tuple(causes) if isinstance(causes, Iterable) else ()
    if not laws or not all(isinstance(law, Weibull) for law in laws):
        raise InputError(f"causes are {causes!r}; they must be one or more Weibull(...).")
    age = _ages("time", time)
    tolerance = require_number("tolerance", tolerance, above=0)
    incidence = _incidence(age, laws)
    alive = np.exp(-sum(law.cumulative_hazard(age) for law in laws))
    certificate = float(np.abs(incidence.sum(axis=0) + alive - 1).max())
    return CompetingRisks(
        time=frozen(age),
        incidence=frozen(incidence),
        alone=frozen([law.failed(age) for law in laws]),
        alive=frozen(alive),
        status=verdict(certificate, tolerance),
        certificate=certificate,
        causes=laws,
    )


def _incidence(age: Array, causes: tuple[Weibull, ...]) -> Array:
    """Integrate S_1 S_2 ... over the cumulative hazard of each cause."""
    from scipy.integrate import quad

    rows = []
    for law in causes:

        def going_on(hazard: float, law: Weibull = law) -> float:
            at = law.scale * np.float64(hazard) ** (1 / law.shape)
            return math.exp(-sum((at / c.scale) ** c.shape for c in causes))

        ends = np.minimum(law.cumulative_hazard(age), _NOBODY_LEFT)
        with np.errstate(over="ignore"):
            rows.append(
                [
                    quad(going_on, 0, end, epsabs=1e-13, epsrel=1e-12, limit=500)[0]
                    for end in ends
                ]
            )
    return np.array(rows)


def _ages(name: str, given: ArrayLike) -> Array:
    ages = np.atleast_1d(require_array(name, given, "a number or one column"))
    if ages.ndim != 1 or not len(ages) or (ages < 0).any():
        raise InputError(f"{name} is {given!r}; it must be one or more numbers >= 0.")
    return ages


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Renewals(Answer):
    """Expected number of revisions.

    Attributes
    ----------
    time : array, shape (m,)
        Dates, from the first edition on.
    number : array, shape (m,)
        m(t), the expected number of revisions by then.
    long_run_rate : float
        1/mean life.
    status : str
        ``ok``, or ``uncertified`` if more steps are needed.
    certificate : float
        By how much extrapolation to a step of 0 moved the number; an upper guess of the
        error.
    life : Weibull
        Law of an edition's life.
    """

    time: Array
    number: Array
    long_run_rate: float
    status: str
    certificate: float
    life: Weibull

    def to_frame(self) -> pd.DataFrame:
        """Return one row a date."""
        import pandas as pd

        index = pd.Index(self.time, name="time")
        return pd.DataFrame({"revisions": self.number}, index=index)

    def plot_data(self) -> pd.DataFrame:
        """Return the number of revisions, and the long-run rate times the date."""
        import pandas as pd

        end = float(self.time.max()) or self.life.mean
        number = _renewal_path(self.life, end, 400)
        time = np.linspace(0, end, 401)
        long_run = time * self.long_run_rate
        return pd.DataFrame({"time": time, "revisions": number, "long_run_rate": long_run})

    def _heading(self) -> str:
        return f"Revisions of editions that live {self.life.mean:.4g} years on average"


def renewals(
    shape: float,
    scale: float,
    time: ArrayLike,
    *,
    steps: int = 1000,
    tolerance: float = 1e-4,
) -> Renewals:
    """Return how many revisions to expect by each date, each edition living a Weibull life.

    Parameters
    ----------
    shape, scale : float
        k and lambda, positive.
    time : array_like
        Dates >= 0.
    steps : int, default 1000
        Steps from 0 to each date, at least 10.
    tolerance : float, default 1e-4
        Largest certificate under which the answer is ``ok``.

    Returns
    -------
    Renewals

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Notes
    -----
    m(t) = F(t) + int_0^t m(t - s) dF(s), by the Riemann-Stieltjes recursion with midpoints
    (Xie 1989), whose error is of the order of the step to the power min(2, 1 + k), at
    ``steps`` and at twice as many steps, and extrapolated.  m(t)/t tends to 1/mean life.

    Examples
    --------
    >>> renewals(1, 10, [5, 20]).number.round(9)
    array([0.5, 2. ])
    """
    life = Weibull(shape=shape, scale=scale)
    dates = _ages("time", time)
    steps = require_integer("steps", steps, at_least=10)
    tolerance = require_number("tolerance", tolerance, above=0)
    coarse, fine = (
        np.array([_renewal_path(life, float(date), n)[-1] for date in dates])
        for n in (steps, 2 * steps)
    )
    moved = (fine - coarse) / (2 ** min(2.0, 1 + life.shape) - 1)
    certificate = float(np.abs(moved).max())
    return Renewals(
        time=frozen(dates),
        number=frozen(fine + moved),
        long_run_rate=1 / life.mean,
        status=verdict(certificate, tolerance),
        certificate=certificate,
        life=life,
    )


def _renewal_path(life: Weibull, end: float, steps: int) -> Array:
    """Return the renewal function at ``steps`` even steps from 0 to ``end``."""
    grid = np.linspace(0, end, steps + 1)
    failed = life.failed(grid)
    midway = life.failed(grid[1:] - grid[1] / 2)  # F at half steps, 1/2, 3/2, ...
    number = np.zeros(steps + 1)
    growth = np.zeros(steps + 1)
    alive = 1 - midway[0]
    if alive == 0:  # several lives in a step: unknown
        return np.full(steps + 1, np.nan)
    for n in range(1, steps + 1):
        earlier = growth[1:n] @ midway[n - 1 : 0 : -1]
        numerator = failed[n] + earlier - number[n - 1] * midway[0]
        number[n] = numerator / alive
        growth[n] = number[n] - number[n - 1]
    return number
