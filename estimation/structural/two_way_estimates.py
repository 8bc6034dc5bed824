r"""The two-way system estimated: how innovation and standards drive each other.

The equations are those of :mod:`unigauge.two_way_map.algebra`.  A panel vector
autoregression of order one gives A; the map, which is one-to-one, gives the structure
:math:`\theta = (l_k, l_s, b_{ks}, b_{sk})` and the loop :math:`L = b_{ks} b_{sk}`.  The
methods differ in how they estimate A.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from unigauge.errors import DataError, require_choice, require_integer, require_seed
from unigauge.estimation.coefficients import t_tests
from unigauge.estimation.panel import Panel, as_panel
from unigauge.estimation.structural.binding_function import binding_function
from unigauge.estimation.structural.two_way_results import TwoWayFit
from unigauge.estimation.vector_autoregression import PanelVARFit, panel_var
from unigauge.estimation.vector_autoregression.sample import levels_of, rows_with_lags
from unigauge.estimation.wording import counted
from unigauge.results import frozen
from unigauge.two_way_map import jacobian, loop, radius, structure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["INSTRUMENT_LAGS", "parameters", "two_way_fit"]

INSTRUMENT_LAGS = (1, 4)
"""Of ``"gmm"``: first and last lag of the levels."""
_FEWEST_UNITS = 3


def two_way_fit(
    frame: pd.DataFrame | Panel,
    knowledge: str,
    standards: str,
    *,
    method: Literal["indirect_inference", "jackknife", "gmm", "fe"] = "indirect_inference",
    bootstrap: int = 199,
    simulations: int = 100,
    seed: int = 0,
) -> TwoWayFit:
    r"""Estimate how fast units adjust, and what each stock adds to the other that is wanted.

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time).  Lags follow the calendar; a gap breaks them.
    knowledge, standards : str
        The two stocks, in logarithms.
    method : {"indirect_inference", "jackknife", "gmm", "fe"}
        How A is estimated, always with unit and period effects.

        * ``"indirect_inference"``: the A of which simulated panels of the data's shape give
          the least-squares estimates on average.  The headline.
        * ``"jackknife"``: half-panel jackknife, with a bootstrap of whole units.  The check.
        * ``"gmm"``: one step on forward orthogonal deviations, the levels' lags 1 to 4 as
          instruments, collapsed.
        * ``"fe"``: least squares, biased where T is small; for comparison only.
    bootstrap : int, default 199
        Draws of whole units (``"jackknife"``); at least 20.
    simulations : int, default 100
        Simulated panels H (``"indirect_inference"``).
    seed : int, default 0
        Of either.

    Returns
    -------
    TwoWayFit
        ``params``, ``std_errors`` of ``l_k l_s b_ks b_sk loop``; ``own`` (A),
        ``own_covariance``, ``loop``, ``loop_interval``, ``radius``, ``multiplier``.

    Raises
    ------
    InputError
        If an argument is outside its domain.
    DataError
        If there are too few periods, or fewer than three units.
    IdentificationError
        If a variable does not vary within units; if nothing is adjusted; or, by indirect
        inference, if the data are too persistent to come from a stationary system.

    Notes
    -----
    The structure's covariance is J V J', V that of A and J the map's Jacobian.  V is
    clustered by unit, times N/(N - 1) of least squares.  By indirect inference it is
    B^-1 V B'^-1 (1 + 1/H), where V is least squares' and B the derivative of the binding
    function by central differences of 0.01; shocks are normal with the covariance of the
    least-squares residuals, and the search ends within 1e-7.  By the jackknife it is the
    covariance of the bootstrap's draws, of A and of the structure alike.  Tests and
    intervals are standard normal.

    Reconstruction.  Least squares, jackknife and GMM agree with an independent program to
    1e-8.

    Examples
    --------
    >>> from unigauge.two_way_map import simulate_two_way
    >>> panel = simulate_two_way(seed=2, units=200, periods=15)
    >>> truth = panel.attrs["truth"]
    >>> [round(b, 3) for b in (*truth["adjustment"], *truth["response"], truth["loop"])]
    [0.4, 0.3, 0.25, 0.5, 0.125]
    >>> fit = two_way_fit(panel, "knowledge", "standards", simulations=20)
    >>> fit.params.round(2).to_dict()
    {'l_k': 0.41, 'l_s': 0.29, 'b_ks': 0.23, 'b_sk': 0.5, 'loop': 0.12}
    """
    require_choice("method", method, tuple(_ESTIMATORS))
    bootstrap = require_integer(
        "bootstrap", bootstrap, at_least=20, because="their spread is the standard error"
    )
    simulations = require_integer("simulations", simulations, at_least=1)
    draws = _Draws(bootstrap, simulations, np.random.default_rng(require_seed(seed)))
    found = _ESTIMATORS[method](as_panel(frame), (knowledge, standards), draws)
    tests = t_tests(parameters(found.own), found.covariance)
    return TwoWayFit(
        knowledge=knowledge,
        standards=standards,
        method=method,
        how=found.how,
        convention=found.convention,
        estimates=frozen(parameters(found.own)),
        tests=tests,
        own=frozen(found.own),
        own_covariance=frozen(found.own_covariance),
        radius=radius(found.own),
        rows=found.fit.nobs,
        n_entities=found.fit.n_entities,
        window=found.fit.window,
        seed=seed,
    )


class _Draws(NamedTuple):
    """How many draws of either kind, and their generator."""

    bootstrap: int
    simulations: int
    rng: np.random.Generator


class _Found(NamedTuple):
    """An estimate of A: its covariance, and that of the structure and the loop."""

    fit: PanelVARFit
    own: Floats
    own_covariance: Floats
    covariance: Floats
    how: str
    convention: str


def parameters(own: Floats) -> Floats:
    """Return (l_k, l_s, b_ks, b_sk, L): the minimum-distance estimate, just identified."""
    adjustment, response, _ = structure(own)
    return np.array([*adjustment, *response, loop(response)])


def _by_delta(
    fit: PanelVARFit, own: Floats, covariance: Floats, how: str, convention: str
) -> _Found:
    """Carry the covariance of A over to the structure, to first order."""
    slopes = jacobian(own)
    carried = slopes @ covariance @ slopes.T
    return _Found(fit, own, covariance, carried, how, convention)


def _enough_units(fit: PanelVARFit) -> PanelVARFit:
    """Return the fit, or refuse one of two units, which mirror each other."""
    if fit.n_entities < _FEWEST_UNITS:
        raise DataError(
            f"the panel has {counted(fit.n_entities, 'usable unit')}, and at least "
            f"{_FEWEST_UNITS} are needed: with period effects the residuals of two are mirror "
            "images, and errors clustered by unit zero."
        )
    return fit


def _least_squares(panel: Panel, names: tuple[str, str]) -> PanelVARFit:
    return _enough_units(
        panel_var(panel, names, method="ols", demean="time", small_sample="asymptotic")
    )


def _fixed_effects(panel: Panel, names: tuple[str, str], _: _Draws) -> _Found:
    fit = _least_squares(panel, names)
    return _by_delta(fit, fit.coefficients, fit.covariance, fit.how, fit.convention)


def _gmm(panel: Panel, names: tuple[str, str], _: _Draws) -> _Found:
    fit = _enough_units(
        panel_var(panel, names, steps=1, instruments=INSTRUMENT_LAGS, demean="time")
    )
    return _by_delta(fit, fit.coefficients, fit.covariance, fit.how, fit.convention)


def _jackknife(panel: Panel, names: tuple[str, str], draws: _Draws) -> _Found:
    fit = _enough_units(panel_var(panel, names, method="bias_corrected", demean="time"))
    drawn = fit.bootstrap(draws.bootstrap, draws.rng)
    return _Found(
        fit=fit,
        own=fit.coefficients,
        own_covariance=np.cov(drawn.reshape(-1, 4), rowvar=False),
        covariance=np.cov([parameters(own) for own in drawn], rowvar=False),
        how=fit.how,
        convention=f"bootstrap of whole units, {counted(len(drawn), 'draw')}",
    )


def _indirect_inference(panel: Panel, names: tuple[str, str], draws: _Draws) -> _Found:
    fit = _least_squares(panel, names)
    usable = rows_with_lags(panel, levels_of(panel, names, "none"), 1)
    usable = usable[usable.sum(axis=1) > 1]
    simulations = draws.simulations
    binding = binding_function(usable, fit.sigma, simulations, draws.rng)
    inverse = binding.inverse(fit.coefficients)
    back = np.linalg.inv(binding.jacobian(inverse.own))
    return _by_delta(
        fit,
        inverse.own,
        back @ fit.covariance @ back.T * (1 + 1 / simulations),
        f"indirect inference by least squares, {counted(simulations, 'simulated panel')}; "
        f"{counted(inverse.rounds, 'round')}, distance left {inverse.residual:.1e}",
        f"{fit.convention}; carried through the binding function, times "
        f"{1 + 1 / simulations:.4g}",
    )


_ESTIMATORS = {
    "indirect_inference": _indirect_inference,
    "jackknife": _jackknife,
    "gmm": _gmm,
    "fe": _fixed_effects,
}
