"""What the modes of a ladder are worth, and the check that no other plan is worth more.

Every value is made of a constant, a line and a power of capability, piece by piece, so the
variational inequality is checked with exact derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.models.answers import worst

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.dynamics.stages import Ladder

    Array = NDArray[np.float64]

__all__ = ["LadderValue", "inequality_residual"]


class Piece(NamedTuple):
    """``constant + slope * theta + option * (theta / reach)**beta``."""

    constant: float
    slope: float
    option: float = 0.0
    reach: float = 1.0

    def paid(self, cost: float) -> Piece:
        """Return the piece less a cost."""
        return self._replace(constant=self.constant - cost)

    def at(self, theta: Array, beta: float) -> Array:
        """Return the piece's value."""
        return self.constant + self.slope * theta + self._power(theta, beta)

    def shortfall(self, theta: Array, beta: float, ladder: Ladder, mode: int) -> Array:
        """Return rV - LV - payoff: what holding the mode falls short of its value, a year."""
        r, mu, sigma = ladder.discount_rate, ladder.drift, ladder.volatility
        root = r - mu * beta - sigma**2 * beta * (beta - 1) / 2
        line = (r - mu) * self.slope - ladder.payoff_slope[mode]
        held = r * self.constant + ladder.running_cost[mode] + line * theta
        return np.asarray(held + root * self._power(theta, beta))

    def rise(self, theta: float, beta: float) -> float:
        """Return theta V'(theta)."""
        return self.slope * theta + beta * float(self._power(np.array([theta]), beta)[0])

    def _power(self, theta: Array, beta: float) -> Array:
        if self.option == 0:
            return np.zeros_like(theta)
        return np.asarray(self.option * np.exp(beta * np.log(theta / self.reach)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderValue:
    """Values by mode: one piece below the mode's threshold, the next mode's above."""

    ladder: Ladder
    exponent: float
    thresholds: tuple[float, float]
    waiting: tuple[Piece, Piece]
    leading: Piece

    @classmethod
    def pasted(
        cls, ladder: Ladder, exponent: float, thresholds: tuple[float, float]
    ) -> LadderValue:
        """Return the values of climbing at these thresholds, made continuous there."""
        r, mu = ladder.discount_rate, ladder.drift
        lines = [
            Piece(-cost / r, slope / (r - mu))
            for slope, cost in zip(ladder.payoff_slope, ladder.running_cost, strict=True)
        ]
        first, second = thresholds
        follow = _wait(lines[1], second, lines[2].paid(ladder.switching_cost[1]), exponent)
        beyond = follow if first < second else lines[2].paid(ladder.switching_cost[1])
        adopt = _wait(lines[0], first, beyond.paid(ladder.switching_cost[0]), exponent)
        return cls(
            ladder=ladder,
            exponent=exponent,
            thresholds=thresholds,
            waiting=(adopt, follow),
            leading=lines[2],
        )

    def pieces(self, mode: int) -> list[tuple[float, Piece]]:
        """Return a mode's pieces, each with the capability up to which it holds."""
        if mode == 2:
            return [(np.inf, self.leading)]
        up_to, cost = self.thresholds[mode], self.ladder.switching_cost[mode]
        above = [(end, p.paid(cost)) for end, p in self.pieces(mode + 1) if end > up_to]
        return [(up_to, self.waiting[mode]), *above]

    def at(self, theta: Array) -> Array:
        """Return the values, shape (3, n)."""
        return np.array([self._evaluate(mode, theta, "at") for mode in range(3)])

    def shortfall(self, theta: Array) -> Array:
        """Return rV - LV - payoff by mode, shape (3, n)."""
        return np.array([self._evaluate(mode, theta, "shortfall") for mode in range(3)])

    def kinks(self) -> list[float]:
        """Return the jump of theta V' at each threshold, which is 0 if it is optimal."""
        jumps = []
        for mode in (0, 1):
            (end, below), (_, above), *_ = self.pieces(mode)
            if end > 0:
                jumps.append(
                    above.rise(end, self.exponent) - below.rise(end, self.exponent)
                )
        return jumps

    def _evaluate(self, mode: int, theta: Array, what: str) -> Array:
        values, start = np.empty_like(theta), 0.0
        for end, piece in self.pieces(mode):
            inside = (theta >= start) & (theta < end)
            if what == "at":
                values[inside] = piece.at(theta[inside], self.exponent)
            else:
                values[inside] = piece.shortfall(
                    theta[inside], self.exponent, self.ladder, mode
                )
            start = end
        return values


def _wait(line: Piece, threshold: float, then: Piece, beta: float) -> Piece:
    """Return the line plus the option to change at the threshold, continuous there."""
    if threshold == 0:
        return line
    here = np.array([threshold])
    gain = float((then.at(here, beta) - line.at(here, beta))[0])
    return line._replace(option=gain, reach=threshold)


def inequality_residual(value: LadderValue) -> float:
    """Return the largest |min(rV - LV - payoff, r (V - best switch))|, and of the kinks.

    As a share of the largest annuity r |V| up to four times the last threshold.
    """
    positive = [t for t in value.thresholds if t > 0] or [1.0]
    low, high = min(positive), max(positive)
    theta = np.union1d(np.geomspace(low / 1e3, 4 * high, 4001), positive)
    worth, r = value.at(theta), value.ladder.discount_rate
    first, second = value.ladder.switching_cost
    switch = np.full_like(worth, -np.inf)
    switch[0] = np.maximum(worth[1] - first, worth[2] - first - second)
    switch[1] = worth[2] - second
    residual = np.minimum(value.shortfall(theta), r * (worth - switch))
    scale = r * float(np.abs(worth).max())
    kinks = (r * abs(kink) for kink in value.kinks())
    return worst(float(np.abs(residual).max()), *kinks) / scale
