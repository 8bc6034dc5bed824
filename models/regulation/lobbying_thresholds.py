"""Where an agreement's direction and worth turn in the lobbying model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_choice
from unigauge.models.outcomes import changed
from unigauge.models.regulation.lobbying_checks import require_economy
from unigauge.models.regulation.lobbying_economy import COMPLEX_STEP, Economy
from unigauge.models.regulation.lobbying_market import (
    STANDARDS,
    accounts,
    semi_elasticities,
    wedges,
    world_price,
)
from unigauge.models.regulation.lobbying_outcome import solve
from unigauge.models.regulation.lobbying_settlement import REGIMES, proposed
from unigauge.models.regulation.lobbying_trace import has_closed_replies, trace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_NAMES = {
    "product": ("welfare_reversal",),
    "process": ("direction_reversal", "first_best", "loss_start"),
}

_STRONGEST = 1e6
"""The strongest lobbying tried before a threshold is called infinite."""


def thresholds(economy: Economy, standard: str) -> dict[str, float]:
    """Return the lobbying at which an agreement's direction or worth turns.

    Parameters
    ----------
    economy : Economy
        Parameters; its own ``lobbying`` does not matter.
    standard : {"product", "process"}
        As in :func:`solve`.

    Returns
    -------
    dict
        Product: ``welfare_reversal``, above which the agreement lowers welfare;
        infinite if it never does, as may be where dirtiness is bounded.
        Process: ``direction_reversal``, above which it tightens (where sum w y
        (gamma - b z eps) = 0 at the choices of small countries); ``first_best``, at
        which governments alone attain the optimum; ``loss_start``, from which, up to
        ``direction_reversal``, it lowers welfare.  The last two are NaN unless
        countries are alike.  NaN also where an outcome there, or on the way, has no
        numbers, for one large country, which has nobody to agree with, and for what
        ``cross_border_share`` leaves undefined: a direction common to unlike countries,
        and a first best where governments alone are too lax without any lobbying.

    Raises
    ------
    InputError
        If the standard is unknown.

    Notes
    -----
    Propositions 2-4 of Maggi and Ossa (2023).  Accurate to about 1e-10.

    Examples
    --------
    >>> found = thresholds(Economy(), "process")
    >>> {name: round(value, 6) for name, value in found.items()}
    {'direction_reversal': 1.0, 'first_best': 0.390388, 'loss_start': 0.249766}
    """
    require_economy(economy)
    standard = require_choice("standard", standard, STANDARDS)
    economy = replace(economy, lobbying=0.0)
    if economy.symmetric and not economy.large:
        economy = economy.only(0)
    return dict(_thresholds(economy, standard))


@lru_cache(maxsize=256)
def _thresholds(economy: Economy, standard: str) -> dict[str, float]:
    """Return the thresholds of an economy without lobbying of its own."""
    if economy.large and economy.size == 1:  # nobody to agree with
        return dict.fromkeys(_NAMES[standard], float("nan"))

    def loss(lobbying: float) -> float:
        alone, together = (
            _world_welfare(economy, standard, regime, lobbying)
            for regime in ("noncooperative", "cooperative")
        )
        return alone - together

    def certified(lobbying: float) -> float:
        if not np.isfinite(lobbying) or has_closed_replies(economy):
            return lobbying  # nothing there, or scanned on the way
        here = replace(economy, lobbying=lobbying)
        outcomes = [solve(here, standard, regime) for regime in REGIMES]
        known = all(outcome.has_numbers for outcome in outcomes)
        return lobbying if known else float("nan")

    if standard == "product":
        return {"welfare_reversal": certified(_crossing(loss))}
    found = {"direction_reversal": _direction_reversal(economy)}
    found |= {"first_best": float("nan"), "loss_start": float("nan")}
    if economy.symmetric:
        best = _standards(economy, standard, "welfare_optimum", 0.0)[0]

        def excess(lobbying: float) -> float:
            alone = _standards(economy, standard, "noncooperative", lobbying)[0]
            return float(alone - best)

        if excess(0.0) <= 0:
            found["first_best"] = _crossing(excess)
        if np.isfinite(found["first_best"]) and found["first_best"] > 0:
            found["loss_start"] = _crossing(loss, (0.0, found["first_best"]))
    return {name: certified(value) for name, value in found.items()}


def _crossing(
    rising: Callable[[float], float], ends: tuple[float, float] | None = None
) -> float:
    """Return where a function first turns positive, 0 if it starts so, or infinity."""
    from scipy.optimize import brentq

    low, high = ends or (0.0, 0.125)
    below = rising(low)
    if np.isnan(below) or below > 0:
        return float("nan") if np.isnan(below) else 0.0
    while not (above := rising(high)) > 0:
        if np.isnan(above):
            return float("nan")
        if ends or high > _STRONGEST:
            return float("inf")
        low, high, below = high, 2 * high, above
    if below < 0:
        return float(brentq(rising, low, high, xtol=1e-13, rtol=1e-14))
    for _ in range(45):  # zero for a while, such as where all allow no dirtiness
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return high


def _direction_reversal(economy: Economy) -> float:
    """Return the lobbying above which a process agreement tightens."""
    if not economy.cross_border_share:
        return _crossing(lambda lobbying: _joint_pressure(economy, lobbying))
    if not economy.symmetric:
        return float("nan")  # not one for all countries

    def laxity(lobbying: float) -> float:
        alone, together = (
            _standards(economy, "process", regime, lobbying)[0]
            for regime in ("noncooperative", "cooperative")
        )
        return float(alone - together)

    return _crossing(laxity)


def _joint_pressure(economy: Economy, lobbying: float) -> float:
    """Return sum w y (gamma - b z eps) per unit made, at small countries' choices.

    Zero where none of them allows any dirtiness: there is nothing to tighten.
    """
    small = replace(economy, large=False, lobbying=lobbying)
    policy = _standards(small, "process", "noncooperative", lobbying)
    if np.isnan(policy).any():
        return float("nan")
    price = float(world_price(small, wedges(small, "process", policy)))
    made = accounts(small, "process", policy, price)["supply"] * small.arrays["mass"]
    _, eps = semi_elasticities(small, "process", policy, price)
    if made.sum() == 0:
        return float("nan")
    if not policy.any():
        return 0.0
    wish = small.profit_weight - small.arrays["damage"] * policy * eps
    return float(made @ wish / made.sum())


def _standards(economy: Economy, standard: str, regime: str, lobbying: float) -> Array:
    """Return the standards of a regime at some lobbying; NaN where there are none."""
    if regime == "welfare_optimum":
        regime, lobbying = "cooperative", 0.0
    if has_closed_replies(economy):
        policy, found = trace(economy, standard, regime, np.array([lobbying]))
        if found[0]:
            return np.asarray(policy[0])
    found_here = proposed(replace(economy, lobbying=lobbying), standard, regime)
    return np.full(economy.size, np.nan) if found_here is None else found_here


def _world_welfare(economy: Economy, standard: str, regime: str, lobbying: float) -> float:
    policy = _standards(economy, standard, regime, lobbying)
    if np.isnan(policy).any():
        return float("nan")
    price = float(world_price(economy, wedges(economy, standard, policy)))
    books = accounts(economy, standard, policy, price)
    return float(books["welfare"] @ economy.arrays["mass"])


def cross_border_switch(economy: Economy, standard: str) -> float:
    """Return the share of emissions abroad above which an agreement tightens (ours).

    Without lobbying an agreement loosens standards as long as emissions stay at home.
    Of the share kappa that spreads over the world (``cross_border_share``) a small
    country minds nothing.  Alone it chooses the cooperative standard e* where kappa =
    1 - 1/(a (sigma e* + 1/|phi'(e*)|)), eps in place of sigma for process standards;
    with more abroad it is laxer, and the agreement tightens.

    Parameters
    ----------
    economy : Economy
        Countries alike; ``lobbying``, ``cross_border_share`` and ``large`` do not matter.
    standard : {"product", "process"}
        As in :func:`solve`.

    Returns
    -------
    float
        kappa; NaN if the optimum has no numbers.

    Raises
    ------
    InputError
        If the standard is unknown or countries differ.

    Examples
    --------
    >>> round(cross_border_switch(Economy(), "product"), 6)
    0.280776
    """
    require_economy(economy)
    standard = require_choice("standard", standard, STANDARDS)
    if not economy.symmetric:
        raise InputError(
            f"economy has unlike countries ({changed(economy)}); the switch is known only "
            "where all are alike."
        )
    one = replace(economy.only(0), lobbying=0.0, cross_border_share=0.0, large=False)
    best = solve(one, standard, "welfare_optimum")
    if not best.has_numbers:
        return float("nan")
    arrays, policy = one.arrays, np.asarray(best.dirtiness)
    saving = -one.cleaning.cost(
        policy + 1j * COMPLEX_STEP, arrays["abatement_cost"], arrays["dirtiness_max"]
    )
    sigma, eps = semi_elasticities(one, standard, policy, best.price)
    bend = sigma if standard == "product" else eps
    minded = bend * policy + COMPLEX_STEP / saving.imag
    return float(1 - 1 / (arrays["damage"] * minded)[0])
