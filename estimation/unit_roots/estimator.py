"""Has a variable a unit root in every unit of a panel?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from unigauge.errors import InputError, require_choice, require_integer, require_seed
from unigauge.estimation.deterministic_terms import DETERMINISTIC, deterministic_names
from unigauge.estimation.panel import Panel
from unigauge.estimation.unit_least_squares import require_unit_rank
from unigauge.estimation.unit_roots.regressions import (
    augmented_triangles,
    parameters,
    select_lags,
)
from unigauge.estimation.unit_roots.results import UnitRoot
from unigauge.estimation.unit_roots.sample import SeriesSample, series_sample
from unigauge.estimation.unit_roots.statistics import TESTS, Question
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["UnitRoot", "unit_root"]

STATISTICS = {
    "ips": ("w_tbar", "z_tbar", "tbar"),
    "llc": ("t_star_simulated", "t_star"),
    "fisher": ("z", "l_star", "p", "p_m"),
    "cips": ("cips_truncated", "cips"),
    "hadri": ("z_mu", "z_mu_homoskedastic"),
}
"""Statistics of each test, the first being the one that decides unless told otherwise."""


def unit_root(
    frame: pd.DataFrame | Panel,
    variable: str,
    test: Literal["ips", "llc", "fisher", "cips", "hadri"] = "ips",
    *,
    lags: int | Literal["aic", "bic"] = 1,
    trend: Literal["none", "intercept", "trend"] = "intercept",
    statistic: str | None = None,
    demean: Literal["none", "time"] = "none",
    max_lags: int | None = None,
    draws: int = 2000,
    seed: int = 0,
    compat: Literal["plm"] | None = None,
) -> UnitRoot:
    r"""Test whether a variable has a unit root in every unit of a panel.

    All tests but Hadri's start from the t-ratio of :math:`\rho_i` in each unit's

    .. math:: \Delta y_{it} = d_t'\alpha_i + \rho_i y_{i,t-1}
              + \sum_{k=1}^{p} \gamma_{ik} \Delta y_{i,t-k} + e_{it}.

    ==========  ======================  ================================================
    test        statistic               what it is
    ==========  ======================  ================================================
    ``ips``     ``w_tbar``              mean t, standardised with the moments for T, p
    (Im,        ``z_tbar``              standardised with the moments for T and no lags
    Pesaran,    ``tbar``                mean t; p-value simulated for this N and T
    Shin)
    ``llc``     ``t_star_simulated``    one pooled :math:`\rho`, corrected for its bias;
    (Levin,                             p-value simulated for this N and T
    Lin, Chu)   ``t_star``              the same, standard normal: rejects far too often
                                        in panels of less than hundreds of periods
    ``fisher``  ``z``                   inverse normal of the units' p-values (Choi)
                ``l_star``              logit (Choi), Student's t(5N + 4)
                ``p``                   :math:`-2 \sum \log p_i`, chi2(2N) (Maddala, Wu)
                ``p_m``                 standardised ``p``, for many units
    ``cips``    ``cips_truncated``      mean t beside cross-section averages, truncated
    (Pesaran)   ``cips``                not truncated; both p-values are simulated
    ``hadri``   ``z_mu``                null: every unit is stationary; own variances
                ``z_mu_homoskedastic``  one variance for all units
    ==========  ======================  ================================================

    Parameters
    ----------
    frame : DataFrame or Panel
        Indexed by (entity, time), without gaps inside a unit.  IPS and Fisher may be
        unbalanced; LLC, CIPS and Hadri need the same periods in every unit.
    variable : str
        A column.
    test : {"ips", "llc", "fisher", "cips", "hadri"}
        The test.
    lags : int, "aic" or "bic"
        Lagged differences, the same in all units; or chosen by each unit, up to
        ``max_lags``, on the same rows (not for CIPS, whose units share their averages).
        Hadri's test has none.
    trend : {"none", "intercept", "trend"}
        Deterministic terms: none, a constant, a constant and a trend.
    statistic : str, optional
        The one that decides; by default the first in the table.  All are reported.
    demean : {"none", "time"}
        Subtract the mean of each period over units first; not for CIPS, whose averages
        would be left with nothing but rounding errors.
    max_lags : int, optional
        Most lags that a criterion may choose; by default 12 (T/100)^(1/4), rounded down,
        or what T allows.
    draws, seed : int
        Of the simulated laws: independent Gaussian random walks with the periods of the
        data.  Kept in memory for the next call.  The mean t of IPS is simulated only if
        ``statistic="tbar"``.
    compat : "plm", optional
        Repeat plm's ``purtest`` to its last digit: residual variances are divided by the
        rows instead of the degrees of freedom, for which neither the moments of IPS nor
        MacKinnon's p-values were made and which can flip the verdict; ``z_tbar`` with a
        trend takes the moments without one; LLC's moments are those of T instead of
        T - p - 1, its p-value the normal one; and Fisher's statistics are infinite where
        p rounds to one.  CIPS and Hadri do not differ.

    Returns
    -------
    UnitRoot
        ``statistic p_value statistics unit_t critical_values`` and more.

    Raises
    ------
    InputError
        If an argument is outside its domain.
    DataError
        If series have gaps, are too short (the message names the units and the T that is
        needed), or differ in their periods where they may not.
    IdentificationError
        If a series does not vary, or its regression is collinear.

    Notes
    -----
    Sources: Im, Pesaran and Shin (2003), *Journal of Econometrics* 115, 53-74; Levin, Lin
    and Chu (2002), ibid. 108, 1-24; Maddala and Wu (1999); Choi (2001); Pesaran (2007),
    *Journal of Applied Econometrics* 22, 265-312; Hadri (2000), *Econometrics Journal* 3,
    148-161; reconstructions.  One unit's p-values are MacKinnon's (1996), for many
    periods; in short panels ``p`` and ``p_m`` lean on their tail, ``z`` less.  LLC's
    residual variances are divided by rows, as in the paper; its long-run variances use
    Bartlett weights and 3.21 T^(1/3) lags, whose bias in short panels the printed moments
    do not undo (``docs/monte_carlo/unit_roots.md``).

    With ``compat="plm"`` agrees with plm to 1e-10, Fisher's statistics to 1e-7 (the
    p-values of urca that plm takes carry rounding of that size); without, IPS's ``w_tbar``
    and Fisher's statistics are those of plm with ``dfcor=TRUE``.  plm's ``cipstest`` with
    ``model="mg"`` is ``test="ips"``, ``statistic="tbar"``; ``"dmg"`` is that with
    ``demean="time"``.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> index = pd.MultiIndex.from_product([range(10), range(1990, 2020)])
    >>> noise = rng.normal(size=(10, 30))
    >>> data = pd.DataFrame({"noise": noise.ravel(), "walk": noise.cumsum(1).ravel()}, index)
    >>> unit_root(data, "noise").p_value < 0.001
    True
    >>> test = unit_root(data, "walk", "cips", lags=1)
    >>> round(test.statistic, 3), round(test.critical_values[0.05], 3), test.p_value > 0.1
    (-1.477, -2.32, True)
    """
    require_choice("test", test, STATISTICS)
    require_choice("trend", trend, DETERMINISTIC)
    require_choice("demean", demean, ("none", "time"))
    names = STATISTICS[test]
    if compat is not None:
        require_choice("compat", compat, ("plm",))
        names = tuple(name for name in names if name != "t_star_simulated")
    name = require_choice("statistic", statistic or names[0], names)
    draws = require_integer("draws", draws, at_least=100)
    seed = require_seed(seed)
    if trend == "none" and (test == "hadri" or (test == "ips" and name != "tbar")):
        raise InputError(
            f"trend is 'none' and the statistic is {name!r}, which has no moments without a "
            "constant; use trend='intercept', or statistic='tbar', test='llc' or 'fisher'."
        )
    if test == "cips" and demean == "time":
        raise InputError(
            "test is 'cips' and demean is 'time': once period means are subtracted, the "
            "cross-section averages that the test adds are zero but for rounding, and its "
            "t-ratios would hang on the rounding. Use demean='none'; the averages already "
            "take out what the units share."
        )
    sample = series_sample(frame, variable, demean=demean == "time", test=test)
    if test in ("llc", "cips", "hadri"):
        sample.require_balance(test, ", or use test='ips' or 'fisher'")
    if test == "hadri":
        order = np.zeros(len(sample.entities), dtype=np.intp)
    else:
        order = _order(sample, test, trend, lags, max_lags)
        _require_regressions(sample, test, trend, order)
    order.setflags(write=False)
    found = TESTS[test](Question(sample, order, trend, name, compat, draws, seed))
    return UnitRoot(
        test=test,
        variable=variable,
        name=name,
        statistics=found.statistics,
        trend=trend,
        lags=order,
        unit_t=frozen(found.unit_t),
        unit_p_values=frozen(found.unit_p_values),
        unit_periods=sample.length,
        entities=sample.entities,
        window=(sample.times[0], sample.times[-1]),
        demean=demean,
        compat=compat,
        critical_values=found.critical_values,
        draws=draws if found.critical_values else 0,
        seed=seed,
    )


def _order(
    sample: SeriesSample, test: str, trend: str, lags: int | str, max_lags: int | None
) -> NDArray[np.intp]:
    """Return the lags of each unit, fixed or chosen."""
    units = len(sample.entities)
    if not isinstance(lags, str):
        fixed = require_integer("lags", lags, at_least=0)
        return np.full(units, fixed, dtype=np.intp)
    require_choice("lags", lags, ("aic", "bic"))
    if test == "cips":
        raise InputError(
            f"lags is {lags!r} and test is 'cips', whose units share the averages of the "
            "same lags; give a number, and report several."
        )
    shortest = int(sample.length.min())
    room = max((shortest - 3 - DETERMINISTIC[trend]) // 2, 0)
    if max_lags is None:
        most = min(int(12 * (shortest / 100) ** 0.25), room)
    else:
        most = require_integer("max_lags", max_lags, at_least=0)
    sample.require_length(
        test, 2 * most + 3 + DETERMINISTIC[trend], f"to choose among 0 to {most} lags"
    )
    return select_lags(sample.series, trend, lags, most)


def _require_regressions(
    sample: SeriesSample, test: str, trend: str, order: NDArray[np.intp]
) -> None:
    """Require a degree of freedom, and regressors that are no combination of others."""
    averages = test == "cips"
    needed = [1 + lag + parameters(lag, trend, averages=averages) + 1 for lag in order]
    most = int(order.max())
    sample.require_length(
        test,
        np.array(needed),
        f"with {most} lag{'s' * (most != 1)} and trend={trend!r}",
    )
    for lag in np.unique(order):
        units = np.flatnonzero(order == lag)
        terms = deterministic_names(trend)
        terms += [f"difference lagged {k}" for k in range(1, lag + 1)] + [
            "the lagged level"
        ]
        require_unit_rank(
            augmented_triangles(sample.series[units], int(lag), trend),
            terms,
            [sample.entities[unit] for unit in units],
            f"the {test} test cannot be run",
        )
