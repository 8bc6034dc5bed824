"""Optimal switching between modes on a grid: a variational inequality, solved and checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer, require_number, require_numbers
from unigauge.models.answers import Answer, worst
from unigauge.models.arrays import read_array, require_row
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Switching", "SwitchingOutcome", "solve_switching"]


@dataclass(frozen=True, kw_only=True)
class Switching:
    """Modes between which one may switch, each with a payoff linear in the state.

    Parameters
    ----------
    drift, volatility : float or sequence of float
        mu and sigma > 0 of the state's geometric Brownian motion, for all modes or by mode.
    discount_rate : float
        r > 0.
    payoff_slope, running_cost : sequence of float, length n
        Mode k earns ``payoff_slope[k] * theta - running_cost[k]``.
    switching_cost : matrix (n, n)
        Cost of going from the row's mode to the column's; infinite where there is no way.
        The diagonal does not count.

    Raises
    ------
    InputError
        If shapes differ, a value lies outside its domain, or going round in a circle costs
        nothing or pays.

    Examples
    --------
    >>> there_and_back = Switching(
    ...     drift=0.0, volatility=0.2, discount_rate=0.05,
    ...     payoff_slope=(0, 1), running_cost=(0, 1), switching_cost=((0, 2), (1, 0)),
    ... )
    >>> there_and_back.drift
    (0.0, 0.0)
    """

    drift: float | Sequence[float]
    volatility: float | Sequence[float]
    discount_rate: float
    payoff_slope: Sequence[float]
    running_cost: Sequence[float]
    switching_cost: Sequence[Sequence[float]]

    def __post_init__(self) -> None:
        slopes = require_row("payoff_slope", self.payoff_slope, "one a mode")
        n = len(slopes)
        if n < 2:
            raise InputError(
                f"payoff_slope is {slopes!r}; there must be two modes or more."
            )

        def by_mode(name: str, value: Any, **bounds: float) -> tuple[float, ...]:
            spread = (value,) * n if isinstance(value, Real) else value
            return require_numbers(name, spread, length=n, **bounds)  # type: ignore[arg-type]

        for name, value in {
            "drift": by_mode("drift", self.drift),
            "volatility": by_mode("volatility", self.volatility, above=0),
            "discount_rate": require_number("discount_rate", self.discount_rate, above=0),
            "payoff_slope": slopes,
            "running_cost": by_mode("running_cost", self.running_cost),
            "switching_cost": _costs(self.switching_cost, n),
        }.items():
            object.__setattr__(self, name, value)

    @property
    def modes(self) -> int:
        """Number of modes."""
        return len(self.payoff_slope)


def _costs(given: Any, n: int) -> tuple[tuple[float, ...], ...]:
    """Read the matrix of costs, and refuse a free circle."""
    costs = read_array("switching_cost", given, "a matrix of costs")
    if costs.shape != (n, n):
        raise InputError(f"switching_cost has shape {costs.shape}; it must be {(n, n)}.")
    np.fill_diagonal(costs, 0.0)
    if (costs == -np.inf).any():
        raise InputError(
            "switching_cost has an entry that is minus infinity; a way that is not open "
            "costs plus infinity."
        )
    shortest = costs + np.diag([np.inf] * n)
    for via in range(n):
        shortest = np.minimum(shortest, shortest[:, [via]] + shortest[[via]])
    circle = float(np.diag(shortest).min())
    if circle <= 0:
        raise InputError(
            f"switching_cost has a circle of modes that costs {circle:g} in all; it must "
            "cost something, or one would go round for ever."
        )
    return tuple(map(tuple, costs.tolist()))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SwitchingOutcome(Answer):
    """Values and best modes on the grid.

    Attributes
    ----------
    state : array, shape (m,)
        theta, evenly spaced in logs.
    value : array, shape (n, m)
        What each mode is worth.
    best : int array, shape (n, m)
        The mode to be in: the row's own where it is best to go on.
    status : str
        ``ok``; ``infinite_value`` if the discount rate is at or below a drift;
        ``not_converged``.
    certificate : float
        Largest |min(rV - LV - payoff, V - best switch)| on the grid, computed without the
        solver's matrices.
    iterations : int
        Rounds of policy iteration.
    problem : Switching
        The parameters.
    """

    state: Array
    value: Array
    best: NDArray[np.int64]
    status: str
    certificate: float
    iterations: int
    problem: Switching

    def thresholds(self) -> pd.DataFrame:
        """Return one row for each place where a mode's best action changes.

        Columns: the mode, the state, and the best mode below and above it; a place is the
        middle, in logs, of two nodes.
        """
        import pandas as pd

        rows = []
        for mode, best in enumerate(self.best):
            for k in np.flatnonzero(np.diff(best)):
                state = math.sqrt(self.state[k] * self.state[k + 1])
                rows.append((mode, state, int(best[k]), int(best[k + 1])))
        return pd.DataFrame(rows, columns=["mode", "state", "below", "above"])

    def to_frame(self) -> pd.DataFrame:
        """Return the thresholds."""
        return self.thresholds()

    def plot_data(self) -> pd.DataFrame:
        """Return each mode's value against the state."""
        import pandas as pd

        columns = {f"mode_{k}": value for k, value in enumerate(self.value)}
        frame = pd.DataFrame({"state": self.state, **columns})
        places = self.thresholds()["state"]
        return frame[frame["state"] <= 2 * places.max()] if len(places) else frame

    def _heading(self) -> str:
        return f"Switching between {self.problem.modes} modes"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "certificate": f"{self.certificate:.1e}"}


def solve_switching(
    problem: Switching,
    *,
    low: float,
    high: float,
    nodes: int = 4000,
    tolerance: float = 1e-8,
    most: int = 500,
) -> SwitchingOutcome:
    """Return the values of optimal switching on a grid, by policy iteration.

    The state moves between neighbours of a grid even in logs, with ends that reflect:
    choose them far beyond all thresholds.  Steps are central, upwind where the drift
    outweighs the noise.  In each round every node goes on or switches, whichever is best,
    and one sparse linear system values the rule.

    Parameters
    ----------
    problem : Switching
        Parameters.
    low, high : float
        Ends of the grid, 0 < low < high.
    nodes : int, default 4000
        Number of nodes, at least 10.
    tolerance : float, default 1e-8
        Largest certificate under which the outcome is ``ok``, as a multiple of the largest
        payoff or cost if that is above 1.
    most : int, default 500
        Most rounds.

    Returns
    -------
    SwitchingOutcome

    Notes
    -----
    Thresholds are accurate to a step of the grid, and to what the reflecting ends add.

    Examples
    --------
    >>> from unigauge.models.dynamics.stages import Ladder
    >>> outcome = solve_switching(Ladder().switching(), low=0.02, high=400, nodes=2000)
    >>> outcome.status
    'ok'
    >>> outcome.thresholds()["state"].round(2).tolist()
    [0.95, 1.8, 1.8]
    """
    if not isinstance(problem, Switching):
        raise InputError(f"problem is {problem!r}; it must be a Switching(...).")
    low = require_number("low", low, above=0)
    high = require_number("high", high, above=low)
    nodes = require_integer("nodes", nodes, at_least=10)
    tolerance = require_number("tolerance", tolerance, above=0)
    most = require_integer("most", most, at_least=1)
    state = np.geomspace(low, high, nodes)
    payoff = np.outer(problem.payoff_slope, state)
    payoff -= np.array(problem.running_cost)[:, None]
    own = np.repeat(np.arange(problem.modes)[:, None], nodes, axis=1)
    value, best, rounds = np.full_like(payoff, np.nan), own, 0
    status, certificate = "infinite_value", math.nan
    if problem.discount_rate > max(problem.drift):  # type: ignore[arg-type]
        value, best, rounds = _policy_iteration(problem, state, payoff, own, most)
        certificate = _certificate(problem, state, payoff, value)
        finite = np.array(problem.switching_cost)
        scale = max(1.0, np.abs(payoff).max(), finite[np.isfinite(finite)].max())
        status = "ok" if certificate <= tolerance * scale else "not_converged"
    return SwitchingOutcome(
        state=frozen(state),
        value=frozen(value),
        best=best,
        status=status,
        certificate=certificate,
        iterations=rounds,
        problem=problem,
    )


def _chances(problem: Switching, state: Array) -> tuple[Array, Array]:
    """Return the rates of moving up and down, each (n,), away from the ends."""
    step = math.log(state[-1] / state[0]) / (len(state) - 1)
    variance = np.square(problem.volatility)
    drift = np.array(problem.drift) - variance / 2
    noise = variance / (2 * step**2)
    central = np.abs(drift) * step <= variance
    up = np.where(central, drift / 2, np.maximum(drift, 0)) / step
    down = np.where(central, -drift / 2, np.maximum(-drift, 0)) / step
    return noise + up, noise + down


def _policy_iteration(
    problem: Switching, state: Array, payoff: Array, own: NDArray[np.int64], most: int
) -> tuple[Array, NDArray[np.int64], int]:
    """Return values, the rule that attains them, and the rounds it took."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    n, m = payoff.shape
    up, down = (np.repeat(rate[:, None], m, axis=1) for rate in _chances(problem, state))
    up[:, -1] = down[:, 0] = 0.0
    leave = problem.discount_rate + up + down
    here = np.arange(n * m).reshape(n, m)
    cost = np.array(problem.switching_cost)
    best = own.copy()
    value = np.zeros_like(payoff)
    rounds = 0
    while rounds < most:
        rounds += 1
        stay = best == own
        goes = ~stay
        rows = [here, here[stay & (up > 0)], here[stay & (down > 0)], here[goes]]
        target = best[goes] * m + here[goes] % m
        columns = [here, rows[1] + 1, rows[2] - 1, target]
        entries = [
            np.where(stay, leave, 1.0),
            -up[stay & (up > 0)],
            -down[stay & (down > 0)],
            -np.ones(goes.sum()),
        ]
        matrix = sparse.csc_matrix(
            (
                np.concatenate([e.ravel() for e in entries]),
                (
                    np.concatenate([r.ravel() for r in rows]),
                    np.concatenate([c.ravel() for c in columns]),
                ),
            ),
            shape=(n * m, n * m),
        )
        right = np.where(stay, payoff, -cost[own, best])
        value = spsolve(matrix, right.ravel()).reshape(n, m)
        going_on = (payoff + _moved(up, down, value)) / leave
        options = value[None] - cost[:, :, None]  # from, to, node
        options[np.arange(n), np.arange(n)] = going_on
        better = options.argmax(axis=1)
        kept = np.take_along_axis(options, best[:, None], axis=1)[:, 0]
        gain = options.max(axis=1) - kept
        improves = gain > 1e-12 * (1 + np.abs(value))
        if not improves.any():
            break
        best = np.where(improves, better, best)
    return value, best, rounds


def _moved(up: Array, down: Array, value: Array) -> Array:
    """Return what the neighbours contribute."""
    moved = np.zeros_like(value)
    moved[:, :-1] += up[:, :-1] * value[:, 1:]
    moved[:, 1:] += down[:, 1:] * value[:, :-1]
    return moved


def _certificate(problem: Switching, state: Array, payoff: Array, value: Array) -> float:
    """Return the largest |min(rV - LV - payoff, V - best switch)|, mode by mode."""
    residuals = []
    for mode, (rise, fall) in enumerate(zip(*_chances(problem, state), strict=True)):
        steps = np.diff(value[mode])
        moves = np.append(rise * steps, 0.0) - np.insert(fall * steps, 0, 0.0)
        shortfall = problem.discount_rate * value[mode] - moves - payoff[mode]
        others = [k for k in range(problem.modes) if k != mode]
        gains = [value[k] - problem.switching_cost[mode][k] for k in others]
        residual = np.minimum(shortfall, value[mode] - np.max(gains, axis=0))
        residuals.append(float(np.abs(residual).max()))
    return worst(*residuals)
