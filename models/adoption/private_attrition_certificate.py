"""Whether any type gains by another stopping time: sums on a fine mesh, nothing shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.answers import worst

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from unigauge.models.adoption.private_attrition import PrivateRivals

_MESH = 30 * np.linspace(0, 1, 12001) ** 2  # finest where fights are short
_TYPES = np.array([0.0, 0.02, 0.1, 0.3, 0.6, 1.0, 1.7, 2.5, 4.0, 8.0])


def certify(
    rivals: PrivateRivals,
    time: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    clock: float | None,
    date: float,
) -> float:
    """Return the largest gain from another stopping time, as a share of W E q.

    Parameters
    ----------
    rivals : PrivateRivals
        Parameters.
    time : callable
        The schedule to be tried: when the type at x gives way.
    clock : float or None
        x from which on types wait for a lot; None if there is none.
    date : float
        When the lot is drawn.
    """
    from scipy.integrate import cumulative_simpson, quad
    from scipy.special import exprel

    win, lose, cost, rate = (
        rivals.winner,
        rivals.loser,
        rivals.cost,
        rivals.discount_rate,
    )
    step = _MESH if clock is None else _MESH * (max(clock, 1e-12) / _MESH[-1])
    quality = rivals.qualities.quantile_from_top
    left = np.exp(-step)  # probability that the other has not given way
    above = cumulative_simpson(quality(left) * left, x=step, initial=0)
    rest = quad(
        lambda x: float(quality(np.exp(-np.float64(x)))) * np.exp(-x),
        step[-1],
        step[-1] + 700,
        epsabs=1e-14,
        limit=500,
        points=(step[-1] + 1, step[-1] + 20),
    )[0]
    better = (above[-1] - above + rest) / left

    when = time(step)
    kept, spent = np.exp(-rate * when), cost * when * exprel(-rate * when)
    won, paid = (
        cumulative_simpson(left * flow, x=step, initial=0) for flow in (kept, spent)
    )
    gains = [0.0]
    fought = np.array([0.25, 0.5, 0.75]) * (clock or 0.0)
    for x in np.union1d(_TYPES, fought):
        waits = clock is not None and x >= clock
        place = -1 if waits else int(np.searchsorted(step, x))
        mine = win * float(quality(np.exp(-(x if waits else step[place]))))
        payoff = mine * won - paid + left * (lose * better * kept - spent)
        own, best = float(payoff[place]), float(payoff.max())
        if clock is not None:
            lot = (mine + lose * better[-1]) / 2 * np.exp(-rate * date)
            lot -= cost * date * float(exprel(-rate * date))
            waited = float(mine * won[-1] - paid[-1] + left[-1] * lot)
            own, best = waited if waits else own, max(best, waited)
        gains.append(best - own)
    return worst(*gains) / (win * rivals.qualities.mean)
