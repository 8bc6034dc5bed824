"""The rate of standardisation, and the licence fee, that growth or welfare wants."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from unigauge.errors import InputError, require_choice
from unigauge.models.dynamics.growth_economy import Economy, require_economy
from unigauge.models.dynamics.growth_paths import (
    BalancedPath,
    CostlyPath,
    balanced_growth,
    costly,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["closed_form_optimum", "licence_optimum", "optimum"]

_OBJECTIVES = ("growth", "welfare")

Path = TypeVar("Path", bound=BalancedPath)

_RATES = np.linspace(math.log(1e-7), math.log(5), 120)
_MORE_RATES = np.linspace(math.log(1e-14), math.log(5e5), 320)
_FEES = 41
_PEAK_TOLERANCE = 1e-10


def optimum(economy: Economy, objective: str = "growth") -> BalancedPath:
    r"""Return the balanced path with the rate of standardisation that is best.

    With elasticity 2, growth is highest at the rate of :func:`closed_form_optimum`.

    Parameters
    ----------
    economy : Economy
        Parameters.
    objective : {"growth", "welfare"}
        What is to be high; welfare compares balanced paths that start with as many goods,
        and leaves out the transition.

    Returns
    -------
    BalancedPath
        With the best rate.  Its status is ``corner`` if none is best: the objective still
        rises at the end of all rates that were searched, as where growth is dear and any
        standardisation only takes profits away.

    Raises
    ------
    InputError
        If there is no balanced growth at any rate.

    Notes
    -----
    120 nodes of ln m in [1e-7, 5], or 320 in [1e-14, 5e5] if the best of them is at an end,
    then a bounded search between the neighbours of the best; about eight digits of the
    rate, and all of growth.  If there are several paths at a rate, the best of them counts.

    Examples
    --------
    >>> best = optimum(Economy(), "welfare")
    >>> round(best.rate, 6), round(best.growth, 6)
    (0.021104, 0.043659)
    """
    require_economy(economy)
    require_choice("objective", objective, _OBJECTIVES)

    def paths(log_rate: float) -> tuple[BalancedPath, ...]:
        return balanced_growth(economy, math.exp(log_rate))

    best: BalancedPath | None
    if objective == "growth" and economy.elasticity == 2:
        best = _top(paths(math.log(closed_form_optimum(economy)[0])), objective)
    else:
        best = _best(paths, objective, _RATES, _MORE_RATES)
    if best is None:
        raise InputError(
            f"{economy} has no balanced growth at any rate; lower costs or discount_rate."
        )
    return best


def closed_form_optimum(economy: Economy) -> tuple[float, float]:
    r"""Return the rate m* and the growth g* at which growth is highest, with elasticity 2.

    .. math::

       g^* = \tfrac12 \left(B + \sqrt{B^2 + H L/(4 \mu^2)}\right), \quad
       B = \frac{H}{2 \mu} - \rho, \qquad m^* = \frac{H L}{16 \mu^2 g^*}

    Raises
    ------
    InputError
        If the elasticity is not 2.

    Examples
    --------
    >>> rate, growth = closed_form_optimum(Economy(discount_rate=0.05))
    >>> round(rate, 9), round(growth, 9)
    (0.025, 0.025)
    """
    require_economy(economy)
    if economy.elasticity != 2:
        raise InputError(
            f"elasticity is {economy.elasticity:g}; the closed form is for 2. Use optimum()."
        )
    mu = economy.innovation_cost
    half = (economy.skilled / (2 * mu) - economy.discount_rate) / 2
    product = economy.skilled * economy.unskilled / (16 * mu**2)
    # g (g - 2 half) = product; the root without cancellation where half is negative
    root = math.hypot(half, math.sqrt(product))
    growth = half + root if half >= 0 else product / (root - half)
    return product / growth, growth


def licence_optimum(economy: Economy) -> CostlyPath:
    """Return the fastest balanced path over all licence fees, standardising being costly.

    Parameters
    ----------
    economy : Economy
        Parameters; its ``licence_fee`` is replaced.

    Returns
    -------
    CostlyPath
        With the best fee in ``economy.licence_fee``; its status is ``corner`` if that is 0,
        or just below the cost of an innovation.

    Raises
    ------
    InputError
        If no fee allows balanced growth.

    Notes
    -----
    41 nodes of the fee in [0, mu), then a bounded search between the neighbours of the
    best.  At each fee the path of highest growth counts, whether or not it is a saddle.

    Examples
    --------
    >>> best = licence_optimum(Economy(standardisation_cost=10))
    >>> round(best.economy.licence_fee, 4), round(best.growth, 6)
    (7.9558, 0.055397)
    """
    require_economy(economy)

    def paths(fee: float) -> tuple[CostlyPath, ...]:
        return costly(replace(economy, licence_fee=fee))

    fees = np.linspace(0, (1 - 1e-9) * economy.innovation_cost, _FEES)
    best = _best(paths, "growth", fees)
    if best is None:
        raise InputError(
            f"{economy} has no balanced growth at any licence fee; lower costs or "
            "discount_rate."
        )
    return best


def _best(
    paths: Callable[[float], tuple[Path, ...]],
    objective: str,
    nodes: Floats,
    more_nodes: Floats | None = None,
) -> Path | None:
    """Return the best of all paths: at the best node, or better between its neighbours."""
    from scipy.optimize import minimize_scalar

    def top(at: float) -> Path | None:
        return _top(paths(at), objective)

    def height(at: float) -> float:
        return _height(top(at), objective)

    heights = [height(node) for node in nodes.tolist()]
    best = int(np.argmax(heights))
    if best in (0, len(nodes) - 1):
        if more_nodes is not None:
            return _best(paths, objective, more_nodes)
        end = top(float(nodes[best]))
        certified = end is not None and end.status == "ok"
        return replace(end, status="corner") if certified else end  # type: ignore[type-var]
    found = minimize_scalar(
        lambda at: -height(at),
        bounds=(nodes[best - 1], nodes[best + 1]),
        method="bounded",
        options={"xatol": _PEAK_TOLERANCE},
    )
    return top(max((float(found.x), float(nodes[best])), key=height))


def _top(paths: tuple[Path, ...], objective: str) -> Path | None:
    return max(paths, key=lambda path: _height(path, objective), default=None)


def _height(path: BalancedPath | None, objective: str) -> float:
    """Return the objective; minus infinity where there is no path or no consumption."""
    reached = math.nan if path is None else float(getattr(path, objective))
    return -math.inf if math.isnan(reached) else reached
