"""What a regime brings about in the lobbying model: :func:`solve` and its outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from unigauge.errors import require_choice, require_number
from unigauge.models.outcomes import comparison
from unigauge.models.regulation.lobbying_checks import require_economy
from unigauge.models.regulation.lobbying_market import STANDARDS
from unigauge.models.regulation.lobbying_settlement import (
    REGIMES,
    RegimeOutcome,
    Settlement,
    at_corner,
    settle,
)
from unigauge.results import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from unigauge.models.regulation.lobbying_economy import Economy

STATUSES = ("ok", "corner", "shutdown", "ban", "no_equilibrium_found")
"""What ``Outcome.status`` can be.

``ok``: certified.  ``corner``: certified, and some country allows no dirtiness at all.
``shutdown``: governments together would end some country's production, which no positive
standard does.  ``ban``: some country would rather have nobody buy (process standards: make)
the good.  ``no_equilibrium_found``: nothing found that passes the certificate.  Only the first
two carry numbers.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outcome(RegimeOutcome):
    """The standards of a regime and what they bring about.

    Prices, quantities, surpluses and welfare are those of :class:`RegimeOutcome`.  All
    numbers are NaN where ``status`` is ``shutdown``, ``ban`` or ``no_equilibrium_found``.

    Attributes
    ----------
    dirtiness : array, shape (n,)
        e or z, the most dirtiness allowed: higher is looser.
    emissions : array, shape (n,)
        e d under product, z y under process standards.
    status : str
        One of :data:`STATUSES`.
    corner : array of bool, shape (n,)
        Which countries allow no dirtiness at all.
    standard : str
        What was asked.
    """

    _instrument: ClassVar[str] = "standard"
    _policy: ClassVar[str] = "dirtiness"

    dirtiness: NDArray[np.float64]
    corner: NDArray[np.bool_]
    standard: str

    def plot_data(self) -> pd.DataFrame:
        """Return one row a country: standard, emissions and welfare."""
        return self.to_frame()[["dirtiness", "emissions", "welfare"]].reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the dirtiness that each country allows."""
        return self._draw(ax, "dirtiness allowed")

    def _heading(self) -> str:
        return f"Lobbying: {self.standard} standards, {self.regime.replace('_', ' ')}"

    def _notes(self) -> tuple[str, ...]:
        if self.status == "corner":
            numbers = ", ".join(str(k + 1) for k in np.flatnonzero(self.corner))
            return (f"No dirtiness at all is allowed in country {numbers}.",)
        activity = "buy" if self.standard == "product" else "make"
        return {
            "ok": (),
            "shutdown": ("Together, governments would end some country's production.",),
            "ban": (f"Some country does best if nobody there may {activity} the good.",),
            "no_equilibrium_found": ("No point was found from which nobody would move.",),
        }[self.status]


def solve(
    economy: Economy, standard: str, regime: str, *, tolerance: float = 1e-8
) -> Outcome:
    """Return the standards that come out when ``regime`` rules.

    =============== ============================================================
    regime          who chooses
    =============== ============================================================
    noncooperative  each government for its own political payoff; Nash
    cooperative     all governments for the sum of their payoffs, weighted by mass
    welfare_optimum the same without lobbying: a planner for world welfare
    =============== ============================================================

    Parameters
    ----------
    economy : Economy
        Parameters.
    standard : {"product", "process"}
        Whether dirtiness is of the good in use, and cleaning at the consumer's cost, or
        of making it, at the producer's.
    regime : str
        One of :data:`REGIMES`.
    tolerance : float, default 1e-8
        Largest certificate under which an outcome counts.

    Returns
    -------
    Outcome
        With a ``status`` of :data:`STATUSES`: a ban or a shutdown is a result, not an
        error.

    Raises
    ------
    InputError
        If a name is unknown or the tolerance is not positive.
    ConvergenceError
        If the search for an optimum, which exists, misses it by more than the tolerance.

    Notes
    -----
    Source: Maggi and Ossa (2023), equations (1)-(14); large countries under process
    standards, linear markets and quadratic abatement are a reconstruction.  Standards
    are accurate to about 1e-10.

    Examples
    --------
    >>> from unigauge.models.regulation.lobbying import Economy
    >>> outcome = solve(Economy(lobbying=0.2), "product", "cooperative")
    >>> print(f"{outcome.dirtiness[0]:.6f} {outcome.world_welfare:.6f}")
    0.828193 0.640711
    """
    require_economy(economy)
    standard = require_choice("standard", standard, STANDARDS)
    regime = require_choice("regime", regime, REGIMES)
    tolerance = require_number("tolerance", tolerance, above=0)
    if regime == "welfare_optimum":  # the same whatever the lobbies
        ruled = replace(economy, lobbying=0.0)
        settled = _optimum(ruled, standard, tolerance)
    else:
        ruled, settled = economy, settle(economy, standard, regime, tolerance)
    corner = at_corner(ruled, settled.policy)
    corner.setflags(write=False)
    return Outcome(
        **settled.fields(ruled, standard),
        dirtiness=frozen(settled.policy),
        corner=corner,
        standard=standard,
        regime=regime,
        economy=economy,
    )


@lru_cache(maxsize=256)
def _optimum(economy: Economy, standard: str, tolerance: float) -> Settlement:
    return settle(economy, standard, "welfare_optimum", tolerance)


def compare(
    economy: Economy, standard: str, regimes: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return one row for each regime, in the columns of :meth:`Outcome.record`.

    Examples
    --------
    >>> from unigauge.models.regulation.lobbying import Economy
    >>> table = compare(Economy(lobbying=0.2), "process")
    >>> table["dirtiness_1"].round(4).tolist()
    [0.7042, 0.8282, 0.7808]
    """
    return comparison(lambda regime: solve(economy, standard, regime), regimes, REGIMES)
