"""Whether a mix in a standoff is an equilibrium: the rules in words, every action tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.answers import worst

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.adoption.committee import Standoff


def certify(
    standoff: Standoff, names: tuple[str, ...], mix: NDArray[np.float64], value: float
) -> float:
    """Return the largest gain from one action in one round, or error of the value.

    Both are shares of a - b.

    Parameters
    ----------
    standoff : Standoff
        Parameters.
    names : tuple of str
        What a side may do.
    mix : array, shape (rounds, actions)
        What it does; one row without a deadline.
    value : float
        What it is said to expect.
    """
    stages = [_stage(standoff, names, row) for row in mix]
    if standoff.rounds is None:
        pays, waits = stages[0]
        mean, again = float(mix[0] @ pays), float(mix[0] @ waits)
        later = [mean / (1 - standoff.discount * again)]
    else:
        later = [standoff.none]
        for row, (pays, waits) in zip(mix[:0:-1], stages[:0:-1], strict=True):
            later.append(float(row @ (pays + waits * standoff.discount * later[-1])))
        later.reverse()
    gains, means = [], []
    for row, (pays, waits), following in zip(mix, stages, later, strict=True):
        worth = pays + waits * standoff.discount * following
        means.append(float(row @ worth))
        gains.append(float(worth.max()) - means[-1])
    return worst(*gains, abs(means[0] - value)) / (standoff.own - standoff.none)


def _stage(
    standoff: Standoff, names: tuple[str, ...], row: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each action pays at once, and the probability that play goes on."""
    pays, waits = np.zeros(len(names)), np.zeros(len(names))
    for position, mine in enumerate(names):
        for theirs, likely in zip(names, row, strict=True):
            if mine == theirs == "adopt":
                pays[position] += likely * standoff.none
            elif mine == theirs:
                waits[position] += likely
            elif mine == "adopt" or (theirs != "adopt" and mine == "insist"):
                pays[position] += likely * standoff.own
            else:
                pays[position] += likely * standoff.other
    return pays, waits
