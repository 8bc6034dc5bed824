"""Tasks of a laboratory: what they are worth, what they cost, how well they are measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number, require_numbers
from unigauge.models.arrays import read_array, require_array, require_row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Tasks", "covariance", "definite"]

_MOST_TASKS = 6


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """What an agent may work on, what it costs, and how well it is measured.

    Effort e yields benefit ``B'e`` to the principal and the measures ``x = e + noise``; it
    costs the agent ``(e - ebar)' C (e - ebar) / 2``.  Pay is ``b'x`` plus a salary.

    Parameters
    ----------
    benefit : sequence of float, length n
        B, what a unit of effort in each task is worth.
    cost : matrix (n, n)
        C, symmetric and positive definite.  A positive entry off the diagonal makes tasks
        substitutes: effort in one makes the other harder.
    noise : sequence of float, or matrix (n, n)
        Sigma, variances >= 0 or the covariance matrix.  An infinite variance is a task that
        is not measured; it must have no covariances.
    risk_aversion : float
        r >= 0, constant and absolute.
    intrinsic_effort : sequence of float, optional
        ebar >= 0, effort without pay; by default 0.

    Raises
    ------
    InputError
        If a shape or value is not allowed.

    Examples
    --------
    >>> Tasks(cost=((1, -0.5), (-0.5, 1))).substitutes
    False
    """

    benefit: Sequence[float] = (1.0, 1.0)
    cost: Sequence[Sequence[float]] = ((1.0, 0.5), (0.5, 1.0))
    noise: Sequence[float] | Sequence[Sequence[float]] = (0.5, 0.5)
    risk_aversion: float = 1.0
    intrinsic_effort: Sequence[float] | None = None

    def __post_init__(self) -> None:
        given = require_row("benefit", self.benefit, "one a task")
        n = len(given)
        if n > _MOST_TASKS:
            raise InputError(f"benefit has {n} entries; there must be 1 to {_MOST_TASKS}.")
        intrinsic = (0.0,) * n if self.intrinsic_effort is None else self.intrinsic_effort
        cost = definite("cost", self.cost, n)
        for name, value in {
            "benefit": given,
            "cost": tuple(map(tuple, cost.tolist())),
            "noise": tuple(map(tuple, covariance("noise", self.noise, n).tolist())),
            "risk_aversion": require_number(
                "risk_aversion", self.risk_aversion, at_least=0
            ),
            "intrinsic_effort": require_numbers(
                "intrinsic_effort", intrinsic, length=n, at_least=0
            ),
        }.items():
            object.__setattr__(self, name, value)

    @property
    def substitutes(self) -> bool:
        """Whether effort in some task makes another one harder."""
        cost = np.array(self.cost)
        return bool((cost[~np.eye(len(cost), dtype=bool)] > 0).any())

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Which tasks have a finite variance."""
        return np.isfinite(np.diag(np.array(self.noise)))

    @property
    def arrays(self) -> tuple[Array, Array, Array, Array]:
        """B, C, Sigma with 0 where it is infinite, and ebar."""
        noise = np.array(self.noise)
        noise[np.isinf(noise)] = 0.0
        intrinsic = np.array(self.intrinsic_effort)
        return np.array(self.benefit), np.array(self.cost), noise, intrinsic

    def surplus(self, piece_rate: Array, effort: Array) -> Array:
        """Return benefit less cost less risk premium, for rows of pay and effort."""
        benefit, cost, noise, intrinsic = self.arrays
        extra = effort - intrinsic
        worked = ((extra @ cost) * extra).sum(axis=-1) / 2
        risk = self.risk_aversion * ((piece_rate @ noise) * piece_rate).sum(axis=-1) / 2
        return np.asarray(effort @ benefit - worked - risk)


def definite(name: str, given: Any, n: int) -> Array:
    """Read a symmetric and positive definite matrix (n, n)."""
    matrix = _symmetric(name, given, n)
    if np.linalg.eigvalsh(matrix).min() <= 0:
        raise InputError(
            f"{name} is {matrix.tolist()}; it must be positive definite, or some mix of "
            "efforts would be free."
        )
    return matrix


def _symmetric(name: str, given: Any, n: int) -> Array:
    """Read a symmetric matrix (n, n) of finite numbers."""
    matrix = require_array(name, given, f"a matrix {(n, n)}")
    if matrix.shape != (n, n):
        raise InputError(
            f"{name} has shape {matrix.shape}; it must be a matrix {(n, n)}, a row and a "
            "column for each task."
        )
    if not np.allclose(matrix, matrix.T, rtol=0, atol=1e-12):
        raise InputError(f"{name} is {given!r}; it must be symmetric.")
    return matrix


def covariance(name: str, given: Any, n: int) -> Array:
    """Read variances or a covariance matrix; infinite variances stand alone."""
    matrix = read_array(name, given, f"{n} variances or a matrix {(n, n)}")
    if matrix.shape == (n,):
        matrix = np.diag(matrix)
    if matrix.shape != (n, n):
        raise InputError(
            f"{name} is {given!r}; it must be {n} variances or a matrix {(n, n)}."
        )
    unmeasured = np.isinf(np.diag(matrix))
    finite = matrix.copy()
    finite[unmeasured, unmeasured] = 0.0
    if not np.isfinite(finite).all() or finite[unmeasured].any():
        raise InputError(f"{name} is {given!r}; an infinite variance has no covariances.")
    finite = _symmetric(name, finite, n)
    if np.linalg.eigvalsh(finite).min() < -1e-12 or (np.diag(matrix) < 0).any():
        raise InputError(f"{name} is {given!r}; no random variable has such variances.")
    return matrix
