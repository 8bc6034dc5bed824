"""The way to balanced growth: the saddle path of shares and consumption."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from unigauge.errors import ConvergenceError, InputError, require_number
from unigauge.models.answers import Answer, verdict, worst
from unigauge.models.dynamics.growth_certificate import profits
from unigauge.models.dynamics.growth_economy import Economy, produced
from unigauge.models.dynamics.growth_paths import BalancedPath, balanced_growth
from unigauge.models.dynamics.growth_stability import exogenous_law, linearised, motion
from unigauge.models.outcomes import changed
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd

    Floats = NDArray[np.float64]

__all__ = ["Transition", "transition"]

SaddlePath = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From times to (s, c), shape (2, times)."""

_DEPARTURE = 1e-6
_FEW = 1e-9
_FRACTION = 0.002
_POINTS = 1001
_TOLERANCE = 1e-5
_LONGEST = 1e5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Transition(Answer):
    """The saddle path from a share of standardised goods to balanced growth.

    Attributes
    ----------
    steady_share, steady_consumption : float
        s and c of balanced growth.
    half_life : float
        ln 2 over the stable eigenvalue: time in which half of a small gap closes.
    slope : float
        dc/ds of the saddle path at balanced growth.
    stable, unstable : float
        Eigenvalues of the linearised system.
    start : float
        Share at time 0.
    time, share, consumption, growth : array, shape (points,)
        The path; ``growth`` is that of the number of goods.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        Largest residual of the Euler equation and of the law of shares along the path, by
        finite differences and with profits from marginal products, per unit of time.
    balanced : BalancedPath
        Where it leads.
    """

    steady_share: float
    steady_consumption: float
    half_life: float
    slope: float
    stable: float
    unstable: float
    start: float
    time: Floats
    share: Floats
    consumption: Floats
    growth: Floats
    status: str
    certificate: float
    balanced: BalancedPath

    def plot_data(self) -> pd.DataFrame:
        """Return the growth of goods over time, and that of balanced growth."""
        import pandas as pd

        shown = self.time <= 8 * self.half_life
        return pd.DataFrame(
            {
                "time": self.time[shown],
                "growth": self.growth[shown],
                "balanced_growth": self.balanced.growth,
            }
        )

    def _heading(self) -> str:
        return f"Transition from s = {self.start:.4g} to {self.steady_share:.4g}"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "economy": changed(self.balanced.economy)}


def transition(economy: Economy, rate: float, start: float | None = None) -> Transition:
    r"""Return the path to the fastest balanced growth at a rate of standardisation.

    With :math:`g_A = (y(s) - c)/\mu`,

    .. math::

       \dot s = m (1 - s) - s g_A, \qquad
       \dot c / c = \pi_H / \mu - m - \rho - g_A .

    Parameters
    ----------
    economy : Economy
        Parameters.
    rate : float
        m > 0.
    start : float, optional
        Share of standardised goods at time 0, inside (0, 1); half the balanced one by
        default.

    Raises
    ------
    InputError
        If ``start`` is not inside (0, 1), or balanced growth is as good as none.
    ConvergenceError
        If the saddle path does not reach ``start``, or the integration fails.

    Notes
    -----
    Backwards in time from a millionth beside balanced growth (less where hardly any good is
    new) along the stable eigenvector, by DOP853 with relative tolerance 1e-11.

    Examples
    --------
    >>> path = transition(Economy(), 0.0141)
    >>> round(path.half_life, 6), round(path.slope, 6), path.status
    (8.587827, 0.276659, 'ok')
    """
    paths = balanced_growth(economy, rate)
    if not paths:
        raise InputError(
            f"{economy} has no balanced growth worth the name at rate {rate}; lower costs or "
            "discount_rate."
        )
    balanced = paths[-1]
    if balanced.ratio < _FEW:
        raise InputError(
            f"on the balanced path of {economy} at rate {rate} there are "
            f"{balanced.ratio:.2g} new goods for one that is standardised; with growth as "
            "good as none there is no transition to it. Lower costs or discount_rate."
        )
    moved = motion(economy, exogenous_law(economy, rate))
    here = np.array([balanced.share, balanced.consumption])
    values, vectors = np.linalg.eig(linearised(moved, *here))
    order = np.argsort(values.real)
    if balanced.stability != "saddle":
        raise ConvergenceError(
            f"balanced growth of {economy} at rate {rate} is a {balanced.stability}, so "
            "that no single path leads there",
            iterations=0,
            residual=float(values.real.min()),
            tolerance=0.0,
        )
    stable, unstable = values.real[order].tolist()
    direction = vectors.real[:, order[0]] / vectors.real[0, order[0]]
    if start is None:
        start = balanced.share / 2
    start = require_number("start", start, above=0, below=1)
    length, saddle_path = _back_to(start, moved, here, direction)
    time = np.linspace(0, length, _POINTS)
    path = saddle_path(time)
    growth = (
        produced(economy, (1 - path[0]) / path[0]) - path[1]
    ) / economy.innovation_cost
    step = _FRACTION / max(unstable, -stable, float(growth.max()), rate)
    certificate = _certificate(economy, rate, saddle_path, time, min(step, length / 8))
    return Transition(
        steady_share=balanced.share,
        steady_consumption=balanced.consumption,
        half_life=-math.log(2) / stable,
        slope=float(direction[1]),
        stable=stable,
        unstable=unstable,
        start=start,
        time=frozen(time),
        share=frozen(path[0]),
        consumption=frozen(path[1]),
        growth=frozen(growth),
        status=verdict(certificate, _TOLERANCE),
        certificate=certificate,
        balanced=balanced,
    )


def _back_to(
    start: float, moved: Any, here: Floats, direction: Floats
) -> tuple[float, SaddlePath]:
    """Return how long it takes from ``start``, and (s, c) by time since then."""
    from scipy.integrate import solve_ivp

    gap = start - here[0]
    departure = _DEPARTURE * min(1.0, 4 * (1 - here[0]))
    if abs(gap) <= departure:
        point = (here + gap * direction)[:, None]
        return 0.0, lambda time: np.repeat(point, len(time), axis=1)

    def arrived(_: float, state: Floats) -> float:
        return float(state[0] - start)

    arrived.terminal = True  # type: ignore[attr-defined]
    with np.errstate(divide="ignore", invalid="ignore"):  # a step too far is taken again
        path: Any = solve_ivp(
            lambda _, state: -moved(state),
            (0.0, _LONGEST),
            here + math.copysign(departure, gap) * direction,
            method="DOP853",
            rtol=1e-11,
            atol=1e-13,
            events=arrived,
            dense_output=True,
        )
    if path.status != 1:
        raise ConvergenceError(
            f"the saddle path does not reach a share of {start:g}: {path.message} Take a "
            f"start nearer to {here[0]:.4g}.",
            iterations=int(path.nfev),
            residual=float(abs(path.y[0, -1] - start)),
            tolerance=departure,
        )
    length = float(path.t[-1])
    return length, lambda time: np.asarray(path.sol(length - time))


def _certificate(
    economy: Economy, rate: float, saddle_path: SaddlePath, time: Floats, step: float
) -> float:
    """Return the largest residual of both laws along the path."""
    if step == 0:
        return 0.0
    inside = np.clip(time, 2 * step, time[-1] - 2 * step)
    share, consumption = saddle_path(inside)
    near = saddle_path(inside + step) - saddle_path(inside - step)
    far = saddle_path(inside + 2 * step) - saddle_path(inside - 2 * step)
    moved = (8 * near - far) / (12 * step)
    earned = np.array([profits(economy, n)[0] for n in (1 - share) / share])
    growth = (
        produced(economy, (1 - share) / share) - consumption
    ) / economy.innovation_cost
    needed = economy.innovation_cost * (rate + economy.discount_rate + growth)
    euler = moved[1] / consumption - (earned - needed) / economy.innovation_cost
    shares = moved[0] - rate * (1 - share) + share * growth
    return worst(np.abs(euler).max(), np.abs(shares).max())
