"""Randomisation: would series dealt to the wrong units do as well?

Whole series of a regressor are reassigned among units, so that each keeps its own
course over time and the shocks that all share, and loses only its tie to the unit's
outcome.  The fixed effects and the other regressors stay where they are.
"""

from __future__ import annotations

import ast
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.errors import (
    DataError,
    IdentificationError,
    InputError,
    require_integer,
    require_seed,
)
from unigauge.estimation.covariance import group_sums
from unigauge.estimation.design import Design, build_design
from unigauge.estimation.expressions import Grids, Term
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.simulated import SimulatedTest, two_sided_share
from unigauge.estimation.static import least_squares
from unigauge.estimation.within import partial_out, residualise
from unigauge.estimation.wording import counted, listed, plain
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.intp]

__all__ = ["PermutationTest", "permutation_test"]

_CELLS_AT_ONCE = 1 << 20
_COLLINEAR = 1e-14
"""Smallest eigenvalue of cross-products, of columns scaled to one, that is no rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PermutationTest(SimulatedTest):
    """Result of :func:`permutation_test`.

    Attributes
    ----------
    term, estimate, statistic, p_value, replications, nobs, draws, seed, exact
        As in every :class:`~unigauge.estimation.simulated.SimulatedTest`: the
        coefficient tested against zero, and t in each reassignment.
    p_value_estimate : float
        The same as ``p_value`` for the estimate itself.
    estimates : array, shape (draws,)
        The estimate in each reassignment.
    variables : tuple of str
        What was reassigned.
    n_entities : int
        Units among which series were reassigned.
    formula : str
        The regression.
    """

    p_value_estimate: float
    estimates: Floats
    variables: tuple[str, ...]
    n_entities: int
    formula: str

    def plot_data(self) -> pd.DataFrame:
        """Return t and estimate of each reassignment, columns ``t`` and ``estimate``."""
        import pandas as pd

        return pd.DataFrame({"t": self.replications, "estimate": self.estimates})

    def record(self) -> dict[str, Any]:
        """Return the test as one flat row."""
        return SimulatedTest.record(self) | self._further()

    def _null(self) -> str:
        return f"Permutation test of {self.term} = 0"

    def _drawn(self) -> tuple[str, str]:
        return "reassigned", f"t of {self.term}, series reassigned among units"

    def _further(self) -> dict[str, float]:
        return {"p_value_estimate": self.p_value_estimate}

    def _heading(self) -> str:
        return f"{self._null()}: {self.formula}"

    def _notes(self) -> list[str]:
        orders = "all" if self.exact else f"{self.draws} random"
        seed = "" if self.exact else f", seed {self.seed}"
        done = (
            f"The series of {', '.join(self.variables)} of {self.n_entities} units in "
            f"{orders} orders{seed}."
        )
        worth = (
            "The test is exact if every unit was as likely to have any of the series; "
            "p_value, of |t|, allows for series that differ in how much they vary, and "
            "p_value_estimate does not."
        )
        return [done, worth]


def permutation_test(
    frame: pd.DataFrame | Panel,
    formula: str,
    term: str,
    *,
    draws: int = 1999,
    seed: int = 0,
) -> PermutationTest:
    """Test one coefficient by reassigning whole series among units.

    All terms made of the same variables as ``term`` move with it.  The statistics are
    the coefficient and its t with the raw standard error clustered by unit.

    Parameters
    ----------
    frame : DataFrame or Panel
        Data indexed by (entity, time).
    formula : str
        As for :func:`unigauge.estimation.ols`.
    term : str
        The coefficient, in any spelling of formulas, such as ``"lag(x)"``.
    draws : int, default 1999
        Random reassignments.  Where N units have no more than ``draws`` orders, N!, each
        is taken once and the test is exact in the draws.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    PermutationTest
        p = (1 + number of draws with abs(t*) >= abs(t)) / (draws + 1), or the share of
        all orders.

    Raises
    ------
    InputError
        If the formula has no such term, or joins its variables with others in one term,
        in the response or in the effects, so that it is not clear what is to move.
    DataError
        If the series are not known in all units over the same periods.
    IdentificationError
        If there are fewer than two units, or the regression identifies nothing.

    Notes
    -----
    Source: Fisher (1935), *The Design of Experiments*; reconstruction.  Exact if the
    series were dealt to the units at random; informative where they were not, as it
    keeps their persistence and what they have in common.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame(
    ...     {"state": list("aaaabbbbcccc"), "year": [0, 1, 2, 3] * 3,
    ...      "x": [0, 1, 3, 2, 5, 4, 6, 9, 1, 1, 2, 5],
    ...      "y": [1, 3, 6, 6, 7, 6, 8, 15, 0, 1, 2, 7]})
    >>> test = permutation_test(rows.set_index(["state", "year"]), "y ~ x | state", "x")
    >>> test.exact, round(test.p_value, 4)
    (True, 0.1667)
    """
    require_integer("draws", draws, at_least=1)
    seed = require_seed(seed)
    design = build_design(as_panel(frame), formula)
    term = design.find_term(term)
    variables, moving = _moving(design, term)
    labels, unit = np.unique(design.entity, return_inverse=True)
    if len(labels) < 2:
        raise IdentificationError(
            "the regression uses one unit; series are reassigned among two or more."
        )
    grids = _series(design, moving, labels)

    solution = least_squares(design)
    fixed = [k for k in range(len(design.terms)) if k not in moving]
    outcome, others = _swept(design, fixed)
    position = list(moving).index(design.terms.index(term))

    def statistics(orders: Codes) -> _Statistics:
        columns = grids[:, orders][:, :, unit, design.time]
        return _statistics(design, outcome, others, columns, position, unit)

    observed = statistics(np.arange(len(labels))[None])
    orders, exact = _orders(len(labels), draws, seed)
    at_once = max(1, _CELLS_AT_ONCE // (design.nobs * len(moving)))
    chunks = [statistics(orders[k : k + at_once]) for k in range(0, len(orders), at_once)]
    estimates, t = (np.concatenate(values) for values in zip(*chunks, strict=True))
    design.warn()
    return PermutationTest(
        term=term,
        estimate=float(solution.estimates[design.terms.index(term)]),
        statistic=float(observed.t[0]),
        p_value=two_sided_share(observed.t[0], t, complete=exact),
        p_value_estimate=two_sided_share(observed.estimates[0], estimates, complete=exact),
        replications=frozen(t),
        estimates=frozen(estimates),
        variables=variables,
        nobs=design.nobs,
        n_entities=len(labels),
        draws=len(orders),
        seed=seed,
        exact=exact,
        formula=design.formula.text,
    )


# ---------------------------------------------------------------------------
# What moves


def _moving(design: Design, term: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the variables of ``term``, and the positions of all terms made of them."""
    formula = design.formula
    by_name = {regressor.name: regressor for regressor in formula.regressors}
    if term not in by_name:
        raise InputError(f"the term {term!r} is the same in all units; nothing can move.")
    variables = _variables(by_name[term])
    for other in (formula.response, *formula.regressors):
        used = _variables(other)
        joined = used & variables
        if joined and (other is formula.response or used - variables):
            role = "response" if other is formula.response else "term"
            raise InputError(
                f"the {role} {other.name!r} uses {listed(sorted(joined))}, which "
                f"{term!r} would move to other units; choose a term whose variables stand "
                "alone."
            )
    held = {*formula.effects, *itertools.chain(*formula.slopes)} & variables
    if held:
        raise InputError(
            f"the effects after the bar use {listed(sorted(held))}, which {term!r} would "
            "move to other units; effects must stay where they are."
        )
    moving = [k for k, name in enumerate(design.terms) if name in by_name]
    moving = [k for k in moving if _variables(by_name[design.terms[k]]) <= variables]
    return tuple(sorted(variables)), tuple(moving)


def _variables(term: Term) -> set[str]:
    """Return the names in a term that are no functions."""
    calls = [n.func for n in ast.walk(term.expression) if isinstance(n, ast.Call)]
    names = [n for n in ast.walk(term.expression) if isinstance(n, ast.Name)]
    return {name.id for name in names if name not in calls}


def _series(design: Design, moving: tuple[int, ...], units: Codes) -> Floats:
    """Return the moving terms on the grid, shape (moving, units, T)."""
    grids = Grids(design.panel)
    by_name = {regressor.name: regressor for regressor in design.formula.regressors}
    values = [grids.evaluate(by_name[design.terms[k]])[0][units] for k in moving]
    series = np.stack(values)
    lacking = ~np.isfinite(series[:, :, np.unique(design.time)]).all(axis=(0, 2))
    if lacking.any():
        labels = [plain(label) for label in design.panel.entities[units[lacking]]]
        raise DataError(
            f"the series to be reassigned are not known in all {len(np.unique(design.time))} "
            f"periods of the regression in {counted(len(labels), 'unit')}: "
            f"{listed(labels)}. Use a window, or units, in which all are."
        )
    return series


# ---------------------------------------------------------------------------
# The regressions


class _Statistics(NamedTuple):
    """Estimate and t of every reassignment."""

    estimates: Floats
    t: Floats


def _swept(design: Design, fixed: list[int]) -> tuple[Floats, Floats]:
    """Return response and other regressors without effects, the former without both."""
    columns = np.column_stack([design.y, design.x[:, fixed]])
    within = partial_out(columns, design.effects, design.slopes)
    outcome, others = within[:, :1], within[:, 1:]
    return _without(outcome, others)[:, 0], others


def _without(columns: Floats, others: Floats) -> Floats:
    return residualise(columns, others)[0] if others.shape[1] else columns


def _statistics(
    design: Design,
    outcome: Floats,
    others: Floats,
    columns: Floats,
    position: int,
    unit: Codes,
) -> _Statistics:
    """Regress on moved columns, shape (moving, draws, n), by Frisch, Waugh and Lovell."""
    moving, draws, rows = columns.shape
    swept = partial_out(columns.reshape(-1, rows).T, design.effects, design.slopes)
    scale = np.linalg.norm(swept, axis=0)
    scale[scale == 0] = 1.0
    x = (_without(swept, others) / scale).T.reshape(moving, draws, rows)
    gram = np.einsum("jbn,kbn->bjk", x, x)
    collinear = np.linalg.eigvalsh(gram)[:, 0] <= _COLLINEAR
    if collinear.any():
        raise IdentificationError(
            f"in {counted(int(collinear.sum()), 'reassignment')} the series that moved are "
            "collinear with the effects, the other regressors or one another. A regressor "
            "made of other units' series, such as a neighbour's, must not stand beside them."
        )
    inverse = np.linalg.inv(gram)
    coefficients = np.einsum("bjk,kbn,n->bj", inverse, x, outcome, optimize=True)
    residuals = outcome - np.einsum("bj,jbn->bn", coefficients, x)
    own = np.einsum("bj,jbn->bn", inverse[:, position], x)
    scores = group_sums((own * residuals).T, unit)
    estimates = coefficients[:, position] / scale.reshape(moving, draws)[position]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = coefficients[:, position] / np.linalg.norm(scores, axis=0)
    return _Statistics(estimates, t)


def _orders(number: int, draws: int, seed: int) -> tuple[Codes, bool]:
    """Return orders of the units, one a row, and whether they are all there are."""
    if math.factorial(number) <= draws:
        return np.array(list(itertools.permutations(range(number)))), True
    in_order = np.tile(np.arange(number), (draws, 1))
    return np.random.default_rng(seed).permuted(in_order, axis=1), False
