"""What other methods than two-way fixed effects find, in both directions."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from unigauge.errors import DroppedRowsWarning, UnigaugeWarning
from unigauge.estimation import (
    LocalProjection,
    PermutationTest,
    cce,
    dynamic_gmm,
    local_projection,
    panel_var,
    permutation_test,
    three_stage,
    unit_root,
)
from unigauge.papers.both_ways.granger_tests import Granger
from unigauge.papers.innovation_standards_countries.evidence import (
    DIRECTIONS,
    NAMES,
    written,
)

if TYPE_CHECKING:
    import pandas as pd


def granger_table(tests: Granger) -> pd.DataFrame:
    """Return one row a direction, data, lags, block and test."""
    import pandas as pd

    rows = []
    for (direction, data, lags, block), (averaged, pooled) in tests.items():
        where = {"direction": direction, "data": data, "lags": lags, "block": block}
        rows.append(
            {
                **where,
                "test": "Dumitrescu-Hurlin",
                "W": averaged.w_bar,
                "Z": averaged.z_bar,
                "Z tilde": averaged.z_bar_tilde,
                "p asymptotic": averaged.p_value,
                "p bootstrap": averaged.p_value_bootstrap,
                "size asymptotic": averaged.size_bootstrap,
            }
        )
        rows.append(
            {
                **where,
                "test": "Juodis-Karavias-Sarafidis",
                "W": pooled.statistic,
                "estimate": float(sum(pooled.coefficients)),
                "p asymptotic": pooled.p_value,
                "p bootstrap": pooled.p_value_bootstrap,
                "size asymptotic": pooled.size_bootstrap,
            }
        )
    index = ["test", "direction", "data", "lags", "block"]
    return (
        pd.DataFrame(rows).set_index(index).sort_index(level="test", sort_remaining=False)
    )


Permuted = dict[tuple[str, str], PermutationTest]
"""By sample and direction."""


def permuted(samples: Mapping[str, pd.DataFrame], *, draws: int, seed: int) -> Permuted:
    """Test the main regressions against causes dealt to countries at random."""
    return {
        (sample, direction.name): permutation_test(
            samples[sample],
            written(direction, "own lag"),
            direction.lag,
            draws=draws,
            seed=seed,
        )
        for sample, direction in product(("balanced block", "patent families"), DIRECTIONS)
    }


PROJECTIONS: dict[str, dict[str, Any]] = {
    "unrestricted": {},
    "unrestricted, country trends": {"effects": ("entity[time]", "time")},
    "impulse last": {"ordering": "impulse_last"},
}
"""Whether the outcome may answer in the same year, and what is taken out."""


def local_projections(panel: pd.DataFrame, *, horizon: int) -> pd.DataFrame:
    """Return responses at horizons 0 on, by direction, ordering and covariance."""
    import pandas as pd

    rows = []
    for direction, (name, how) in product(DIRECTIONS, PROJECTIONS.items()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DroppedRowsWarning)
            found, kraay = (
                local_projection(
                    panel,
                    direction.effect,
                    direction.cause,
                    horizon=horizon,
                    cov=cov,
                    **how,
                )
                for cov in ("clustered", "driscoll_kraay")
            )
        frame = found.to_frame().drop(columns="term")
        frame["p_driscoll_kraay"] = kraay.to_frame()["p_value"]
        if "effects" not in how:  # halves have trends of their own
            frame["jackknife"] = _jackknifed(found)
        frame.insert(0, "ordering", name)
        frame.insert(0, "direction", direction.name)
        rows.append(frame)
    return pd.concat(rows).set_index(["direction", "ordering", "horizon"])


def _jackknifed(found: LocalProjection) -> pd.Series[float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        return found.jackknife()["jackknife"]


DEEPEST = 5
"""Deepest lag of the instruments; a country's longer past says little more."""
GMM: dict[str, dict[str, Any]] = {
    "difference": {},
    "difference, lags 3 to 5": {"first": 3},
    "difference, two lags": {"lags": 2},
    "difference, income and openness": {"controls": ("gdp", "openness")},
    "system": {"system": True},
}


def gmm_fits(panel: pd.DataFrame) -> pd.DataFrame:
    """Return difference and system GMM, collapsed instruments, and their tests."""
    import pandas as pd

    rows = []
    for direction, (name, how) in product(DIRECTIONS, GMM.items()):
        lags, first = how.get("lags", 1), how.get("first", 2)
        y, x = direction.effect, direction.cause
        controls = how.get("controls", ())
        terms = [f"lag({y}, 1:{lags})", f"lag({x}, 1:{lags})"]
        terms += [f"lag({control}, 1)" for control in controls]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnigaugeWarning)
            fit = dynamic_gmm(
                panel,
                f"{y} ~ {' + '.join(terms)}",
                gmm=dict.fromkeys([y, x, *controls], (first, DEEPEST)),
                system=how.get("system", False),
                collapse=True,
            )
        own, cause = f"lag({y}, 1)", direction.lag
        rows.append(
            {
                "direction": direction.name,
                "estimator": name,
                "own lag": fit.params[own],
                "own lag std. error": fit.std_errors[own],
                "estimate": fit.params[cause],
                "std. error": fit.std_errors[cause],
                "p": fit.pvalues[cause],
                "Hansen p": fit.hansen.p_value,
                "Hansen df": fit.hansen.df,
                "m2 p": fit.ar(2).p_value,
                "instruments": fit.n_instruments,
                "n": fit.nobs,
                "countries": fit.n_entities,
            }
        )
    return pd.DataFrame(rows).set_index(["direction", "estimator"])


def panel_vars(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the panel VAR by GMM on forward orthogonal deviations, years demeaned."""
    import pandas as pd

    rows = []
    for last in (1, 3, 5):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnigaugeWarning)
            fit = panel_var(panel, list(NAMES), instruments=(1, last), demean="time")
        root = float(abs(fit.eigenvalues).max())
        for direction in DIRECTIONS:
            key = (direction.effect, direction.lag)
            rows.append(
                {
                    "instruments": f"lags 1 to {last}" if last > 1 else "lag 1",
                    "direction": direction.name,
                    "own lag": fit.params[direction.effect, f"lag({direction.effect}, 1)"],
                    "estimate": fit.params[key],
                    "std. error": fit.std_errors[key],
                    "p": fit.pvalues[key],
                    "largest root": root,
                }
            )
    return pd.DataFrame(rows).set_index(["instruments", "direction"])


def common_effects(block: pd.DataFrame) -> pd.DataFrame:
    """Return the mean of the countries' own coefficients beside world averages."""
    import pandas as pd

    rows = []
    for direction in DIRECTIONS:
        own, cause = f"lag({direction.effect}, 1)", direction.lag
        fit = cce(block, f"{direction.effect} ~ {own} + {cause}")
        rows.append(
            {
                "direction": direction.name,
                "own lag": fit.params[own],
                "own lag std. error": fit.std_errors[own],
                "estimate": fit.params[cause],
                "std. error": fit.std_errors[cause],
                "p": fit.pvalues[cause],
                "median": fit.unit_params[cause].median(),
                "countries": fit.n_entities,
            }
        )
    return pd.DataFrame(rows).set_index("direction")


SYSTEMS = {
    "own lags": (
        "patents ~ certificates + lag(patents, 1)",
        "certificates ~ patents + lag(certificates, 1)",
        None,
    ),
    "own lags, two as instruments": (
        "patents ~ certificates + lag(patents, 1)",
        "certificates ~ patents + lag(certificates, 1)",
        "lag(patents, 1:2) + lag(certificates, 1:2)",
    ),
    "R&D and openness": (
        "patents ~ certificates + lag(patents, 1) + lag(rd, 1)",
        "certificates ~ patents + lag(certificates, 1) + lag(openness, 1)",
        None,
    ),
    "R&D and openness only": (
        "patents ~ certificates + lag(rd, 1)",
        "certificates ~ patents + lag(openness, 1)",
        None,
    ),
}
"""Patents and certificates of one year; what stands in one equation only identifies the other."""


def systems(panel: pd.DataFrame) -> pd.DataFrame:
    """Return three-stage least squares: effects within the year, and their footing."""
    import pandas as pd

    rows = []
    for name, (innovation, adoption, instruments) in SYSTEMS.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnigaugeWarning)
            fit = three_stage(
                panel,
                {"patents": innovation, "certificates": adoption},
                instruments=instruments,
            )
        over = fit.overidentification
        first = {stage.equation: stage.test for stage in fit.first_stages}
        for direction in DIRECTIONS:
            term = f"{direction.effect}: {direction.cause}"
            rows.append(
                {
                    "system": name,
                    "direction": direction.name,
                    "estimate": fit.params[term],
                    "std. error": fit.std_errors[term],
                    "p": fit.pvalues[term],
                    "first-stage F": first[direction.effect].statistic,
                    "exclusions p": over[2] if over and over[1] else float("nan"),
                    "n": fit.nobs,
                }
            )
    return pd.DataFrame(rows).set_index(["system", "direction"])


def unit_roots(block: pd.DataFrame, *, draws: int, seed: int) -> pd.DataFrame:
    """Return CIPS and IPS with p-values simulated for this N and T."""
    import pandas as pd

    rows = []
    for name, lags, trend in product(NAMES, (1, 2), ("intercept", "trend")):
        how: dict[str, Any] = {"lags": lags, "trend": trend, "draws": draws, "seed": seed}
        cips = unit_root(block, name, "cips", **how)
        how["statistic"] = "tbar"
        ips = unit_root(block, name, "ips", **how)
        demeaned = unit_root(block, name, "ips", demean="time", **how)
        rows.append(
            {
                "series": name,
                "lags": lags,
                "terms": trend,
                "CIPS": cips.statistic,
                "CIPS p": cips.p_value,
                "CIPS 5 % critical": cips.critical_values[0.05],
                "IPS t": ips.statistic,
                "IPS p": ips.p_value,
                "IPS t, year means out": demeaned.statistic,
                "IPS p, year means out": demeaned.p_value,
            }
        )
    return pd.DataFrame(rows).set_index(["series", "lags", "terms"])
