"""Logit equilibria of two unlike players, followed from coin tosses upwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import ConvergenceError, InputError, require_number
from unigauge.models.adoption.normal_form import FiniteGame
from unigauge.models.answers import Answer, verdict
from unigauge.results import axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["PrincipalBranch", "payoff_gains", "principal_branch", "require_two_by_two"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PrincipalBranch(Answer):
    """Logit equilibria of a 2 x 2 game, followed from coin tosses upwards.

    Attributes
    ----------
    row, column : array, shape (points,)
        Probabilities of action 0 along the branch.
    path : array, shape (points,)
        Precision along the branch; it may turn back on the way.
    final_row, final_column : float
        The equilibrium at ``precision``.
    precision : float
        Where the branch was followed to.
    turns : int
        How often precision turned back.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        Largest distance between a probability and the logit response, over the branch.
    game : FiniteGame
        The game.
    """

    row: Array
    column: Array
    path: Array
    final_row: float
    final_column: float
    precision: float
    turns: int
    status: str
    certificate: float
    game: FiniteGame

    def plot_data(self) -> pd.DataFrame:
        """Return precision and both probabilities along the branch."""
        import pandas as pd

        return pd.DataFrame(
            {"precision": self.path, "row": self.row, "column": self.column}
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw both probabilities over precision."""
        ax = Answer.plot(self, axes_or_new(ax))
        ax.set_ylabel("probability of action 0")
        ax.set_ylim(-0.02, 1.02)
        return ax

    def _heading(self) -> str:
        return f"Principal logit branch to precision {self.precision:g}"


def payoff_gains(game: FiniteGame) -> tuple[Array, Array]:
    """Return (level, slope) of what action 0 pays more, for rows and for columns."""
    rows, columns = game.payoffs
    of_rows, of_columns = rows[0] - rows[1], columns[:, 0] - columns[:, 1]
    return (
        np.array([of_rows[1], of_rows[0] - of_rows[1]]),
        np.array([of_columns[1], of_columns[0] - of_columns[1]]),
    )


def principal_branch(game: FiniteGame, precision: float) -> PrincipalBranch:
    """Return the branch of logit equilibria that starts at coin tosses.

    Parameters
    ----------
    game : FiniteGame
        Two players with two actions each.
    precision : float
        How far to follow it; positive.

    Raises
    ------
    InputError
        If the game is not 2 x 2 or the precision not positive.
    ConvergenceError
        If steps become too small to go on.

    Notes
    -----
    Pseudo-arclength continuation in log odds and precision (Turocy 2005, *A dynamic
    homotopy interpretation of the logistic quantal response equilibrium correspondence*,
    Games and Economic Behavior 51), each point polished to 1e-12.

    Examples
    --------
    Matching pennies in which the row player wins more on one side:

    >>> game = FiniteGame.bimatrix([[9, 0], [0, 1]], [[0, 1], [1, 0]])
    >>> branch = principal_branch(game, 2.0)
    >>> round(branch.final_row, 4), round(branch.final_column, 4)
    (0.8608, 0.1911)
    """
    require_two_by_two(game)
    top = require_number("precision", precision, above=0)
    of_rows, of_columns = payoff_gains(game)
    scale = max(float(np.abs(game.payoffs).max()), 1e-300)

    def residual(z: Array) -> Array:
        p, q = _shares(z)
        level = z[2] / scale
        gains = [of_rows[0] + of_rows[1] * q, of_columns[0] + of_columns[1] * p]
        return np.array([z[0] - level * gains[0], z[1] - level * gains[1]])

    def jacobian(z: Array) -> Array:
        p, q = _shares(z)
        level = z[2] / scale
        return np.array(
            [
                [1, -level * of_rows[1] * q * (1 - q), -(of_rows @ [1, q]) / scale],
                [-level * of_columns[1] * p * (1 - p), 1, -(of_columns @ [1, p]) / scale],
            ]
        )

    points = [np.zeros(3)]
    ahead, step, steps = np.array([0.0, 0.0, 1.0]), 0.02, 0
    target = top * scale
    while points[-1][2] < target:
        here = points[-1]
        tangent = np.cross(*jacobian(here))
        tangent /= np.linalg.norm(tangent)
        if tangent @ ahead < 0:
            tangent = -tangent
        point = _corrected(residual, jacobian, here + step * tangent, tangent)
        steps += 1
        if point is None or np.linalg.norm(point - here - step * tangent) > 0.3 * step:
            step /= 2
            if step < 1e-10 or steps > 200_000:
                raise ConvergenceError(
                    f"the branch of {game} could not be followed beyond precision "
                    f"{here[2] / scale:.6g}; ask for less",
                    iterations=steps,
                    residual=float(np.abs(residual(here)).max()),
                    tolerance=1e-12,
                )
            continue
        points.append(point)
        ahead, step = tangent, min(step * 1.3, max(0.1, 0.02 * point[2]))
    fraction = (target - points[-2][2]) / (points[-1][2] - points[-2][2])
    guess = points[-2] + fraction * (points[-1] - points[-2])
    guess[2] = target
    last = _corrected(residual, jacobian, guess, np.array([0.0, 0.0, 1.0]))
    points[-1] = guess if last is None else last
    track = np.array(points)
    p, q = _shares(track.T)
    level = track[:, 2] / scale
    odds = np.stack(
        [level * (of_rows[0] + of_rows[1] * q), level * (of_columns[0] + of_columns[1] * p)]
    )
    gap = np.abs(np.stack([p, q]) - 1 / (1 + np.exp(-odds))).max()
    moves = np.sign(np.diff(level))
    return PrincipalBranch(
        row=frozen(p),
        column=frozen(q),
        path=frozen(level),
        final_row=float(p[-1]),
        final_column=float(q[-1]),
        precision=top,
        turns=int(np.count_nonzero(np.diff(moves[moves != 0]))),
        status=verdict(float(gap)),
        certificate=float(gap),
        game=game,
    )


def _shares(z: Array) -> tuple[Array, Array]:
    from scipy.special import expit

    return expit(z[0]), expit(z[1])


def _corrected(
    residual: Callable[[Array], Array],
    jacobian: Callable[[Array], Array],
    start: Array,
    normal: Array,
) -> Array | None:
    """Return the point of the branch in the plane through ``start``; None if lost."""
    z = start.copy()
    for _ in range(12):
        off = np.append(residual(z), normal @ (z - start))
        if np.abs(off).max() < 1e-12 * max(1.0, float(np.abs(z).max())):
            return z
        z = z - np.linalg.solve(np.vstack([jacobian(z), normal]), off)
    return None


def require_two_by_two(game: FiniteGame) -> None:
    """Refuse a game that is not of two players with two actions each."""
    if not isinstance(game, FiniteGame) or game.actions != (2, 2):
        raise InputError("game must be a FiniteGame of two players with two actions each.")
