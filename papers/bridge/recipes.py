"""The estimators, each as the toolkit gives it, on one panel.

An answer is a pair (estimate, standard error) or, of a test, its p-value; it is named
``estimator: parameter``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from unigauge.estimation import (
    dumitrescu_hurlin,
    dynamic_gmm,
    half_panel_jackknife,
    juodis_karavias_sarafidis,
    local_projection,
    ols,
    panel_var,
    poisson,
    three_stage,
    two_way_fit,
)
from unigauge.estimation.panel import Panel, as_panel
from unigauge.two_way_map import jacobian, structure

if TYPE_CHECKING:
    from unigauge.estimation import TwoWayFit

__all__ = ["RECIPES", "Answers", "Recipe"]

Estimate = tuple[float, float]
Answers = Mapping[str, Estimate | float]

STOCKS = ("knowledge", "standards")
OWN_PAST = "lag(knowledge, 1) + lag(standards, 1)"
EFFECTS = "entity + time"
HORIZONS = (2, 4)
SIMULATIONS = 20
"""Simulated panels of indirect inference; in practice take 100."""
INSTRUMENT_LAGS = (2, 5)


# ---------------------------------------------------------------------------
# The two-way system


def within(panel: Panel, seed: int) -> Answers:
    """Fixed effects and the jackknife, reduced form and structure."""
    fixed = two_way_fit(panel, *STOCKS, method="fe")
    halves = panel_var(panel, STOCKS, method="bias_corrected", demean="time")
    errors = np.sqrt(np.diag(fixed.own_covariance))
    own = halves.coefficients
    slopes = jacobian(own)
    carried = np.sqrt(np.diag(slopes @ fixed.own_covariance @ slopes.T))
    return {
        "fixed effects: a11": (fixed.own[0, 0], errors[0]),
        "fixed effects: a12": (fixed.own[0, 1], errors[1]),
        "fixed effects: a22": (fixed.own[1, 1], errors[3]),
        "jackknife: a12": (own[0, 1], errors[1]),
        "jackknife: a22": (own[1, 1], errors[3]),
        **_structural("fixed effects", fixed, ("b_ks", "loop")),
        "jackknife, delta method: b_ks": (structure(own).response[0], carried[2]),
    }


def bootstrap(panel: Panel, seed: int) -> Answers:
    """Jackknife with a bootstrap of whole units."""
    fit = two_way_fit(panel, *STOCKS, method="jackknife", seed=seed)
    return _structural("jackknife, unit bootstrap", fit, ("b_ks", "loop"))


def indirect_inference(panel: Panel, seed: int) -> Answers:
    """Indirect inference with few simulated panels, new ones for each panel."""
    fit = two_way_fit(panel, *STOCKS, simulations=SIMULATIONS, seed=seed)
    error = float(np.sqrt(fit.own_covariance[1, 1]))
    return {
        "indirect inference: a12": (fit.own[0, 1], error),
        **_structural("indirect inference", fit, ("l_k", "b_ks", "b_sk", "loop")),
    }


def orthogonal_deviations(panel: Panel, seed: int) -> Answers:
    """GMM on forward orthogonal deviations, one step."""
    fit = two_way_fit(panel, *STOCKS, method="gmm")
    errors = np.sqrt(np.diag(fit.own_covariance))
    return {
        "orthogonal-deviations GMM: a12": (fit.own[0, 1], errors[1]),
        "orthogonal-deviations GMM: a22": (fit.own[1, 1], errors[3]),
        **_structural("orthogonal-deviations GMM", fit, ("b_ks",)),
    }


def dynamic_panels(panel: Panel, seed: int) -> Answers:
    """Difference and system GMM of the equation of knowledge, period means taken out."""
    frame = panel.to_frame()
    demeaned = as_panel(frame - frame.groupby(level=1).transform("mean"))
    answers = {}
    for name, system in (("difference GMM", False), ("system GMM", True)):
        fit = dynamic_gmm(
            demeaned,
            f"knowledge ~ {OWN_PAST}",
            gmm=dict.fromkeys(STOCKS, INSTRUMENT_LAGS),
            collapse=True,
            time_effects=False,
            system=system,
        )
        answers[f"{name}: a12"] = _term(fit, "lag(standards, 1)")
    return answers


def projections(panel: Panel, seed: int) -> Answers:
    """Local projections of knowledge on standards."""
    fit = local_projection(
        panel,
        "knowledge",
        "standards",
        horizon=max(HORIZONS),
        lags=0,
        ordering="impulse_last",
        small_sample="asymptotic",
    )
    halves = fit.jackknife()
    corrected = dict(zip(halves["horizon"], halves["jackknife"], strict=True))
    errors = fit.std_errors
    answers = {}
    for h in HORIZONS:
        parameter, error = f"response, h = {h}", float(errors[f"h = {h}"])
        answers[f"local projection: {parameter}"] = (fit.params[f"h = {h}"], error)
        answers[f"local projection, jackknife: {parameter}"] = (corrected[h], error)
    return answers


def _structural(name: str, fit: TwoWayFit, terms: tuple[str, ...]) -> Answers:
    return {f"{name}: {term}": _term(fit, term) for term in terms}


def _term(fit: Any, term: str) -> Estimate:
    return float(fit.params[term]), float(fit.std_errors[term])


# ---------------------------------------------------------------------------
# Other panels: same-period reaction, counts, networks, curves


def systems(panel: Panel, seed: int) -> Answers:
    """Simultaneous equations, by least squares and with the shifters as instruments."""
    equations = {
        "k": "knowledge ~ standards + lag(knowledge, 1) + knowledge_shifter",
        "s": "standards ~ knowledge + lag(standards, 1) + standards_shifter",
    }
    methods: dict[str, Literal["ols", "2sls", "3sls"]] = {
        "least squares, same period": "ols",
        "two-stage least squares": "2sls",
        "three-stage least squares": "3sls",
    }
    fits = {
        name: three_stage(panel, equations, method=method, degrees_of_freedom="none")
        for name, method in methods.items()
    }
    return {f"{name}: l_k b_ks": _term(fit, "k: standards") for name, fit in fits.items()}


def counts(panel: Panel, seed: int) -> Answers:
    """Poisson with unit and period effects, its jackknife, and logarithms instead."""
    patents, standards = "lag(log(1 + patents), 1)", "lag(log(1 + standards), 1)"
    right = f"{patents} + {standards} | {EFFECTS}"
    fit = poisson(panel, f"patents ~ {right}", small_sample="asymptotic")
    halves = half_panel_jackknife(panel, f"patents ~ {right}", model="poisson")
    logs = ols(panel, f"log(1 + patents) ~ {right}", small_sample="asymptotic")
    own, cross = fit.terms
    return {
        "Poisson: a12": _term(fit, cross),
        "Poisson: a11": _term(fit, own),
        "Poisson, jackknife: a12": (halves.params[cross], fit.std_errors[cross]),
        "least squares, log(1 + count): a12": _term(logs, cross),
    }


def network(panel: Panel, seed: int) -> Answers:
    """The neighbours' knowledge left out, and put in."""
    without = ols(panel, f"knowledge ~ {OWN_PAST} | {EFFECTS}", small_sample="asymptotic")
    found = _jackknifed(panel, f"{OWN_PAST} + lag(neighbours, 1)")
    return {
        "network left out, fixed effects: a12": _term(without, "lag(standards, 1)"),
        "network, jackknife: a12": found["lag(standards, 1)"],
        "network, jackknife: d11": found["lag(neighbours, 1)"],
    }


def curves(panel: Panel, seed: int) -> Answers:
    """The square of standards, and absorptive capacity times the stock of knowledge."""
    *_, square, interaction = _jackknifed(
        panel,
        f"{OWN_PAST} + lag(standards ** 2, 1) + lag(absorptive_capacity * knowledge, 1)",
    ).values()
    return {
        "inverted U, jackknife: - l_k q": square,
        "absorptive capacity, jackknife: - chi": interaction,
    }


def _jackknifed(panel: Panel, regressors: str) -> dict[str, Estimate]:
    """Return jackknifed coefficients with the standard errors of fixed effects."""
    formula = f"knowledge ~ {regressors} | {EFFECTS}"
    fixed = ols(panel, formula, small_sample="asymptotic")
    halves = half_panel_jackknife(panel, formula)
    both = zip(halves.estimates, fixed.std_errors, strict=True)
    return dict(zip(fixed.terms, both, strict=True))


# ---------------------------------------------------------------------------
# Tests of causality


def granger(panel: Panel, seed: int) -> Answers:
    """Both tests that standards do not cause knowledge, period means in and out."""
    answers = {}
    for name, test in _TESTS.items():
        answers[f"{name}, as it is: no causality"] = test(panel, *STOCKS).p_value
        demeaned = test(panel, *STOCKS, demean="time").p_value
        answers[f"{name}, period means out: no causality"] = demeaned
    return answers


def granger_without_period_effects(panel: Panel, seed: int) -> Answers:
    """Both tests where there is nothing common to take out."""
    return {
        f"{name}, no period effects: no causality": test(panel, *STOCKS).p_value
        for name, test in _TESTS.items()
    }


_TESTS: Mapping[str, Callable[..., Any]] = {
    "Dumitrescu-Hurlin": dumitrescu_hurlin,
    "Juodis-Karavias-Sarafidis": juodis_karavias_sarafidis,
}


class Recipe(NamedTuple):
    """What is done to a panel of which world."""

    world: str
    answers: Callable[[Panel, int], Answers]


RECIPES: Mapping[str, Recipe] = {
    "within": Recipe("logs", within),
    "dynamic_panels": Recipe("logs", dynamic_panels),
    "orthogonal_deviations": Recipe("logs", orthogonal_deviations),
    "projections": Recipe("logs", projections),
    "systems": Recipe("same_period", systems),
    "counts": Recipe("counts", counts),
    "network": Recipe("network", network),
    "curves": Recipe("curves", curves),
    "bootstrap": Recipe("logs", bootstrap),
    "indirect_inference": Recipe("logs", indirect_inference),
    "granger": Recipe("logs", granger),
    "granger_without_period_effects": Recipe(
        "no_period_effects", granger_without_period_effects
    ),
}
"""Everything that is tried, in the order of the tables."""
