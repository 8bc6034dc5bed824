"""Unit roots, averages over fields, courses of responses, moments, and a system."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from unigauge.errors import UnigaugeWarning
from unigauge.estimation import (
    DynamicFit,
    LocalProjection,
    MeanGroupFit,
    PanelVARFit,
    SystemFit,
    UnitRoot,
    cce,
    dynamic_gmm,
    local_projection,
    panel_var,
    three_stage,
    unit_root,
    wild_cluster_bootstrap,
)
from unigauge.papers.both_ways.regressions import Direction
from unigauge.papers.innovation_standards_fields.evidence import DIRECTIONS

if TYPE_CHECKING:
    import pandas as pd

HORIZON = 5
ROOT_DRAWS = 2000
PROJECTIONS: dict[str, dict[str, Any]] = {
    "at once": {},
    "at once, field trends": {"effects": ("entity[time]", "time")},
    "a year later": {"ordering": "impulse_last"},
}
"""Whether the effect may answer in the same year, and what is taken out."""
CORRECTIONS = ("jackknife", "hahn_kuersteiner")
"""Of the bias of least squares in the panel VAR."""
EQUATIONS = {
    "patents": "patents ~ standards + lag(patents, 1)",
    "standards": "standards ~ patents + lag(standards, 1)",
}
INSTRUMENTS = {
    "one lag": None,
    "two lags": "lag(patents, 1:2) + lag(standards, 1:2)",
}
"""Of the system; with one lag each equation is just identified."""


# ---------------------------------------------------------------------------
# Unit roots

Roots = dict[tuple[str, str, int, str], UnitRoot]


def unit_roots(panel: pd.DataFrame, *, seed: int) -> Roots:
    """Run CIPS, and the mean t of IPS as it is and with year means out.

    By variable, test, lags and deterministic terms.  P-values are simulated for 23 fields
    and 23 years.
    """
    tests: Roots = {}
    for variable, lags, trend in product(
        ("patents", "standards"), (1, 2), ("intercept", "trend")
    ):
        how: dict[str, Any] = {
            "lags": lags,
            "trend": trend,
            "draws": ROOT_DRAWS,
            "seed": seed,
        }
        key = lags, trend
        tests[variable, "CIPS", *key] = unit_root(panel, variable, "cips", **how)
        how["statistic"] = "tbar"
        tests[variable, "IPS", *key] = unit_root(panel, variable, "ips", **how)
        tests[variable, "IPS, year means out", *key] = unit_root(
            panel, variable, "ips", demean="time", **how
        )
    return tests


# ---------------------------------------------------------------------------
# Common correlated effects, and moments


def averaged(panel: pd.DataFrame) -> dict[tuple[str, str], MeanGroupFit]:
    """Regress in each field beside averages over fields; as it is and jackknifed."""
    fits = {}
    for direction, jackknife in product(DIRECTIONS, (False, True)):
        regressors = f"lag({direction.effect}, 1) + {direction.lag}"
        fits[direction.name, "jackknifed" if jackknife else "as it is"] = cce(
            panel[["patents", "standards"]],
            f"{direction.effect} ~ {regressors}",
            jackknife=jackknife,
        )
    return fits


def moments(panel: pd.DataFrame) -> dict[str, DynamicFit]:
    """Estimate by difference GMM, with as few instruments as period effects leave."""
    fits = {}
    for direction in DIRECTIONS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnigaugeWarning)  # the claim says it
            fits[direction.name] = dynamic_gmm(
                panel,
                f"{direction.effect} ~ lag({direction.effect}, 1) + {direction.lag}",
                gmm={"patents": (2, 5), "standards": (2, 5)},
                collapse=True,
            )
    return fits


# ---------------------------------------------------------------------------
# Courses of responses


@dataclass(frozen=True, slots=True, kw_only=True)
class Projected:
    """Local projections with every kind of inference; ``wild_p`` by horizon."""

    clustered: LocalProjection
    driscoll_kraay: LocalProjection
    wild_p: dict[int, float]
    jackknife: dict[int, float]


Projections = dict[tuple[str, str], Projected]


def projections(panel: pd.DataFrame, *, draws: int, seed: int) -> Projections:
    """Project both ways, by names of direction and specification."""
    return {
        (direction.name, name): _projected(panel, direction, how, draws, seed)
        for direction, (name, how) in product(DIRECTIONS, PROJECTIONS.items())
    }


def _projected(
    panel: pd.DataFrame, direction: Direction, how: dict[str, Any], draws: int, seed: int
) -> Projected:
    def project(cov: str) -> LocalProjection:
        return local_projection(
            panel, direction.effect, direction.cause, horizon=HORIZON, cov=cov, **how
        )

    found = project("clustered")
    corrected = {}
    if "effects" not in how:
        frame = found.jackknife()
        corrected = dict(zip(frame["horizon"], frame["jackknife"], strict=True))
    return Projected(
        clustered=found,
        driscoll_kraay=project("driscoll_kraay"),
        wild_p={
            h: wild_cluster_bootstrap(
                fit, direction.cause, draws=draws, seed=seed, interval=False
            ).p_value
            for h, fit in zip(found.horizons, found.fits, strict=True)
        },
        jackknife=corrected,
    )


def left_out(panel: pd.DataFrame, horizon: int) -> dict[str, pd.DataFrame]:
    """Return the response at one horizon without each field in turn."""
    import pandas as pd

    tables = {}
    for direction in DIRECTIONS:
        rows = {}
        for field in panel.index.unique("field"):
            others = panel[panel.index.get_level_values("field") != field]
            found = local_projection(
                others, direction.effect, direction.cause, horizon=horizon
            ).to_frame()
            rows[field] = found.iloc[-1][["estimate", "p_value"]]
        tables[direction.name] = pd.DataFrame(rows).T
    return tables


def systems_in_time(panel: pd.DataFrame) -> dict[str, PanelVARFit]:
    """Estimate the panel VAR with both corrections of its bias, years taken out."""
    return {
        correction: panel_var(
            panel,
            ["patents", "standards"],
            method="bias_corrected",
            correction=correction,  # type: ignore[arg-type]
            demean="time",
        )
        for correction in CORRECTIONS
    }


# ---------------------------------------------------------------------------
# Both at once


def simultaneous(panel: pd.DataFrame) -> dict[tuple[str, str], SystemFit]:
    """Estimate patents and standards of the same year, each moved by the other.

    By instruments and estimator: three stages, the same with other covariances, and two.
    """
    kinds: dict[str, dict[str, Any]] = {
        "3sls": {},
        "2sls": {"method": "2sls"},
        "classical": {"cov": "iid"},
        "classical, no effects counted": {"cov": "iid", "degrees_of_freedom": "none"},
    }
    return {
        (name, kind): three_stage(panel, EQUATIONS, instruments=instruments, **how)
        for name, instruments in INSTRUMENTS.items()
        for kind, how in kinds.items()
    }
