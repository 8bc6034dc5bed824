"""What is asked of one direction, and the form of every answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from unigauge.estimation.both_directions.sample import CommonSample

__all__ = ["DETECTABLE", "LEVEL", "MAIN", "Answers", "Checks", "Estimate", "Question"]

MAIN = "main"
"""The name of a method's own estimate among its checks."""
LEVEL = 0.05
"""Level of the tests."""
DETECTABLE = 2.8
"""Standard errors to the effect that a 5 % test finds with 80 % probability."""
_NAN = math.nan
_ERRORS = 3
"""Simulation errors from a level within which a p-value is not settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number, how far it can be trusted, and what else must be said.

    Attributes
    ----------
    estimate, std_error : float
        NaN where the method has none.
    p_value : float
        From the theory of large samples.
    p_value_bootstrap : float
        NaN where there is no bootstrap.
    nobs : int
        Rows used; 0 where it could not be run.
    note : str
        Sample, reference distribution, reasons.
    size : float
        Share of bootstrap draws without effect in which the 5 % test by ``p_value``
        rejects; NaN where unknown.
    conf_low, conf_high : float
        95 % interval; NaN where there is none.
    subject : str
        The unit left out, where one was.
    draws : int
        Random draws behind ``p_value_bootstrap``; 0 where it has no simulation error.
    """

    estimate: float = _NAN
    std_error: float = _NAN
    p_value: float = _NAN
    p_value_bootstrap: float = _NAN
    nobs: int = 0
    note: str = ""
    size: float = _NAN
    conf_low: float = _NAN
    conf_high: float = _NAN
    subject: str = ""
    draws: int = 0

    @property
    def ran(self) -> bool:
        """Whether there is a number at all."""
        return not (math.isnan(self.estimate) and math.isnan(self.p_value))

    @property
    def trusted(self) -> float:
        """The bootstrap p-value where there is one, else the asymptotic one."""
        if math.isnan(self.p_value_bootstrap):
            return self.p_value
        return self.p_value_bootstrap

    def unsettled(self, level: float) -> bool:
        """Whether other draws could carry the bootstrap p-value across a level.

        It lies within three simulation errors sqrt(p (1 - p) / draws) of the level.
        """
        p = self.p_value_bootstrap
        return self.draws > 0 and abs(p - level) < _ERRORS * math.sqrt(
            p * (1 - p) / self.draws
        )

    def below(self, level: float) -> bool:
        """Whether the trusted p-value is below a level, and settled."""
        return self.trusted < level and not self.unsettled(level)


Answers = Mapping[tuple[str, str], Estimate]
"""Estimates by method and check."""
Checks = dict[str, Callable[[], Estimate]]
"""What belongs beside a method's own estimate, computed when it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Does the past of the cause help to predict the outcome?

    Attributes
    ----------
    sample : CommonSample
        The data.
    cause, outcome : str
        Roles, ``"innovation"`` and ``"standards"``.
    draws, seed : int
        Of the bootstraps.
    """

    sample: CommonSample
    cause: str
    outcome: str
    draws: int
    seed: int

    @property
    def direction(self) -> str:
        """The direction in words."""
        return f"{self.cause} -> {self.outcome}"

    @property
    def x(self) -> str:
        """Column of the cause."""
        return self.sample.columns[self.cause]

    @property
    def y(self) -> str:
        """Column of the outcome."""
        return self.sample.columns[self.outcome]

    def poisson_regressor(self, name: str) -> str:
        """Return a regressor as it enters Poisson, counts as log(1 + count)."""
        is_count = name in self.sample.counts.values()
        return f"log1p({name})" if is_count else name

    @property
    def scale(self) -> float:
        """Standard deviation of cause over outcome, net of unit and period effects."""
        return self.sample.spread(self.x) / self.sample.spread(self.y)
