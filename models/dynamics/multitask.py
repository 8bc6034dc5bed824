"""Linear pay for several tasks, some of them hard or impossible to measure (LEN model)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.answers import Answer, worst
from unigauge.models.arrays import require_array
from unigauge.models.dynamics.lab_tasks import Tasks
from unigauge.models.regulation.certificates import largest_gain
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["STATUSES", "Contract", "contract", "linear_contract", "reply"]

STATUSES = ("ok", "corner_zero_effort", "uncertified")
"""What ``Contract.status`` can be; the first two are certified."""

_ZERO = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Contract(Answer):
    """Linear pay and what it brings about.

    Attributes
    ----------
    piece_rate : array, shape (n,)
        b, pay for a unit of each measure.
    effort : array, shape (n,)
        e, the agent's reply.
    surplus : float
        B'e less cost of effort and risk premium, shared by way of the salary.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Largest rise of the surplus from other pay, the agent's reply found by other means.
    tasks : Tasks
        The parameters.
    free_effort : bool
        Whether effort may be negative.
    """

    piece_rate: Array
    effort: Array
    surplus: float
    status: str
    certificate: float
    tasks: Tasks
    free_effort: bool

    def to_frame(self) -> pd.DataFrame:
        """Return one row a task."""
        import pandas as pd

        columns = {
            "benefit": self.tasks.benefit,
            "variance": np.diag(np.array(self.tasks.noise)),
            "piece_rate": self.piece_rate,
            "effort": self.effort,
        }
        tasks = pd.RangeIndex(len(self.effort), name="task")
        return pd.DataFrame(columns, index=tasks)

    def record(self) -> dict[str, Any]:
        """Return the contract as one flat row, with tasks as suffixes from 0."""
        row: dict[str, Any] = {"status": self.status, "surplus": self.surplus}
        for name in ("piece_rate", "effort"):
            row |= {f"{name}_{k}": float(v) for k, v in enumerate(getattr(self, name))}
        return row | {"certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return the surplus against the first piece rate, the others as they are."""
        import pandas as pd

        reach = max(1.0, 2 * abs(float(self.piece_rate[0])))
        rates = np.linspace(0, reach, 201)
        pay = np.repeat(self.piece_rate[None], len(rates), axis=0)
        pay[:, 0] = rates
        reply = _reply if self.free_effort else _nonnegative_reply
        surplus = self.tasks.surplus(pay, reply(self.tasks, pay))
        return pd.DataFrame({"piece_rate_of_task_0": rates, "surplus": surplus})

    def _marks(self) -> dict[str, float]:
        rate = float(self.piece_rate[0])
        return {f"contract {rate:.4g}": rate}

    def _heading(self) -> str:
        kind = "effort of either sign" if self.free_effort else "effort >= 0"
        return f"Linear contract, {kind}: surplus {self.surplus:.4g}"

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "certificate": f"{self.certificate:.1e}"}

    def _notes(self) -> tuple[str, ...]:
        if self.free_effort and self.effort.min() < -_ZERO:
            return ("Some effort is negative; contract() forbids that.",)
        if self.status == "corner_zero_effort":
            formula = linear_contract(self.tasks)
            if formula.effort.min() >= 0:
                note = (
                    "The formula, linear_contract(), gives no negative effort either, and "
                    f"less surplus: {formula.surplus:.4g}."
                )
                return (note,)
        return ()


def linear_contract(tasks: Tasks, *, tolerance: float = 1e-8) -> Contract:
    """Return the textbook contract, which lets effort be negative.

    b = (I + r C Sigma)^(-1) B and e = ebar + C^(-1) b; with tasks that are not measured,
    b = 0 there and the measured block of C^(-1) + r Sigma rules the rest.

    Parameters
    ----------
    tasks : Tasks
        Parameters.
    tolerance : float, default 1e-8
        Largest certificate under which the contract is ``ok``.

    Returns
    -------
    Contract

    Notes
    -----
    Source: Holmstrom and Milgrom (1991), section 3.  Where effort cannot be negative the
    formula may mislead even if it gives none that is: see :func:`contract`.

    Examples
    --------
    >>> answer = linear_contract(Tasks())
    >>> answer.piece_rate.round(9), round(answer.surplus, 9)
    (array([0.57142857, 0.57142857]), 0.380952381)
    """
    _require_tasks(tasks)
    tolerance = require_number("tolerance", tolerance, above=0)
    everything = np.ones(len(tasks.benefit), dtype=bool)
    pay = _formula(tasks, everything)
    return _contract(tasks, pay, tolerance, free_effort=True)


def contract(tasks: Tasks, *, tolerance: float = 1e-6) -> Contract:
    """Return the best linear contract if effort cannot be negative.

    For every set of tasks that might get no effort, the formula is applied to the others
    with no pay for the set; the agent's true reply values each candidate, a local search
    polishes the best, and the best stands.

    Parameters
    ----------
    tasks : Tasks
        Parameters.
    tolerance : float, default 1e-6
        Largest certificate under which the contract stands; above it ``uncertified``.

    Returns
    -------
    Contract
        ``corner_zero_effort`` if some task gets none, else ``ok``.

    Notes
    -----
    To neglect a task may be best although the formula gives it some effort: to pay for a
    little of it takes a piece rate that makes up for what it adds to the cost of the
    other, and bears risk, and without that effort the risk is saved.

    Examples
    --------
    >>> tasks = Tasks(noise=(0.5, 2))
    >>> linear_contract(tasks).effort.round(4), round(linear_contract(tasks).surplus, 4)
    (array([0.4314, 0.0784]), 0.2549)
    >>> contract(tasks).effort.round(4), round(contract(tasks).surplus, 4)
    (array([0.6667, 0.    ]), 0.3333)
    """
    _require_tasks(tasks)
    tolerance = require_number("tolerance", tolerance, above=0)
    candidates = np.array([_formula(tasks, active) for active in _sets(len(tasks.benefit))])
    worth = tasks.surplus(candidates, _nonnegative_reply(tasks, candidates))
    pay = _polish(tasks, candidates[int(worth.argmax())])
    return _contract(tasks, pay, tolerance, free_effort=False)


def reply(tasks: Tasks, piece_rate: ArrayLike, *, free_effort: bool = False) -> Array:
    """Return the agent's effort under some pay.

    Parameters
    ----------
    tasks : Tasks
        Parameters.
    piece_rate : array_like, shape (n,) or (m, n)
        b, or rows of it.
    free_effort : bool, default False
        Whether effort may be negative.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    InputError
        If the pay does not have one entry a task.

    Examples
    --------
    >>> reply(Tasks(), [0.6, 0.0]), reply(Tasks(), [0.6, 0.0], free_effort=True)
    (array([0.6, 0. ]), array([ 0.8, -0.4]))
    """
    _require_tasks(tasks)
    pay = require_array("piece_rate", piece_rate, "pay for each task, or rows of it")
    n = len(tasks.benefit)
    if pay.ndim not in (1, 2) or pay.shape[-1] != n:
        raise InputError(
            f"piece_rate has shape {pay.shape}; it must have one entry for each of {n} "
            "tasks, or rows of such."
        )
    answer = _reply if free_effort else _nonnegative_reply
    return answer(tasks, np.atleast_2d(pay)).reshape(pay.shape)


def _require_tasks(tasks: object) -> None:
    if not isinstance(tasks, Tasks):
        raise InputError(f"tasks is {tasks!r}; it must be a Tasks(...).")


def _contract(tasks: Tasks, pay: Array, tolerance: float, *, free_effort: bool) -> Contract:
    """Return the contract with its certificate."""
    reply = _reply if free_effort else _nonnegative_reply
    effort = reply(tasks, pay[None])[0]
    surplus = float(tasks.surplus(pay, effort))
    certificate = _certificate(tasks, pay, surplus, free_effort=free_effort)
    corner = not free_effort and effort.min() <= _ZERO
    status = "corner_zero_effort" if corner else "ok"
    return Contract(
        piece_rate=frozen(pay),
        effort=frozen(effort),
        surplus=surplus,
        status=status if certificate <= tolerance else "uncertified",
        certificate=certificate,
        tasks=tasks,
        free_effort=free_effort,
    )


def _sets(n: int) -> Iterator[NDArray[np.bool_]]:
    """Return all sets of tasks, as masks, the full one first."""
    for mask in itertools.product((True, False), repeat=n):
        yield np.array(mask)


def _formula(tasks: Tasks, active: NDArray[np.bool_]) -> Array:
    """Return the formula's pay if only the active tasks get effort, the others no pay."""
    benefit, cost, noise, _ = tasks.arrays
    pay = np.zeros(len(benefit))
    if not (active & tasks.measured).any():
        return pay
    inverse = np.linalg.inv(cost[np.ix_(active, active)])
    among = tasks.measured[active]
    paid = active & tasks.measured
    block = inverse[np.ix_(among, among)]
    block = block + tasks.risk_aversion * noise[np.ix_(paid, paid)]
    pay[paid] = np.linalg.solve(block, inverse[among] @ benefit[active])
    return pay


def _reply(tasks: Tasks, pay: Array) -> Array:
    """Return the agent's effort for rows of pay, of either sign."""
    _, cost, _, intrinsic = tasks.arrays
    return np.asarray(intrinsic + np.linalg.solve(cost, pay.T).T)


def _nonnegative_reply(tasks: Tasks, pay: Array) -> Array:
    """Return the agent's effort >= 0 for rows of pay: the set that meets Kuhn-Tucker."""
    _, cost, _, intrinsic = tasks.arrays
    drive = pay + intrinsic @ cost  # marginal gain at no effort
    effort, fault = np.zeros_like(pay), np.full(len(pay), np.inf)
    for active in _sets(pay.shape[1]):
        tried = np.zeros_like(pay)
        if active.any():
            block = cost[np.ix_(active, active)]
            tried[:, active] = np.linalg.solve(block, drive[:, active].T).T
        slack = np.where(active, -tried, drive - tried @ cost)  # all must be <= 0
        violation = slack.max(axis=1)
        better = violation < fault
        effort[better], fault[better] = tried[better], violation[better]
    return np.maximum(effort, 0.0)


def _polish(tasks: Tasks, pay: Array) -> Array:
    """Climb from a candidate over the pay of measured tasks."""
    from scipy.optimize import minimize

    measured = tasks.measured
    if not measured.any():
        return pay

    def loss(rates: Array) -> float:
        tried = np.zeros((1, len(pay)))
        tried[0, measured] = rates
        return -float(tasks.surplus(tried, _nonnegative_reply(tasks, tried))[0])

    found = minimize(
        loss,
        pay[measured],
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-15, "maxiter": 2000},
    )
    if -found.fun <= -loss(pay[measured]) + 1e-12:
        return pay
    better = np.zeros_like(pay)
    better[measured] = found.x
    return better


def _certificate(tasks: Tasks, pay: Array, surplus: float, *, free_effort: bool) -> float:
    """Search all pay for more surplus; effort from a linear system or from NNLS."""
    from scipy.optimize import nnls

    _, cost, _, intrinsic = tasks.arrays
    factor = np.linalg.cholesky(cost).T  # C = R'R: effort minimises |R e - R^-T drive|
    measured = tasks.measured
    if not measured.any():
        return 0.0

    def worth(rates: ArrayLike) -> Array:
        points = np.zeros((len(np.asarray(rates)), len(pay)))
        points[:, measured] = rates
        drive = points + intrinsic @ cost
        target = np.linalg.solve(factor.T, drive.T).T
        if free_effort:
            effort = np.linalg.solve(factor, target.T).T
        else:
            effort = np.array([nnls(factor, row)[0] for row in target])
        return tasks.surplus(points, effort)

    reach = 1 + 2 * np.abs(np.array(tasks.benefit)).max() + np.abs(pay).max()
    low, high = np.full(measured.sum(), -reach), np.full(measured.sum(), reach)
    again = float(worth(pay[None, measured])[0])
    gain = largest_gain(worth, pay[measured], low, high, scan=256)
    return worst(gain, abs(again - surplus))
