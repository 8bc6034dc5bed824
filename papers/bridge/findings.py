"""What the stored full run says about each estimator, claim by claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from unigauge.papers import Study
from unigauge.papers.bridge.plan import SIZES
from unigauge.papers.bridge.simulation import truth
from unigauge.papers.bridge.worlds import BROKEN
from unigauge.papers.dumitrescu_hurlin_2012.simulation import LEVEL, near_nominal

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Row", "Runs", "findings", "true_values"]

STRUCTURE = ("l_k", "b_ks", "b_sk", "loop")
GMM = ("difference GMM", "system GMM", "orthogonal-deviations GMM")
TESTS = ("Dumitrescu-Hurlin", "Juodis-Karavias-Sarafidis")
EXTENSIONS = {
    "network, jackknife": "d11",
    "inverted U, jackknife": "- l_k q",
    "absorptive capacity, jackknife": "- chi",
}
"""Regressions with one more term, and its coefficient."""

Row = Mapping[Any, Any]


class Runs:
    """The rows of a run's tables by what they are of, each with the ``truth``."""

    def __init__(self, tables: pd.DataFrame) -> None:
        self._rows = tables.assign(truth=true_values(tables)).to_dict("records")

    def main(self, estimator: str, parameter: str) -> Row:
        """Return a row of the table, 50 units and 20 periods."""
        return self._one(table="main", estimator=estimator, parameter=parameter)

    def cell(self, size: tuple[int, int], estimator: str, parameter: str) -> Row:
        """Return a row of the grid of sample sizes."""
        units, periods = size
        return self._one(
            table="grid",
            units=units,
            periods=periods,
            estimator=estimator,
            parameter=parameter,
        )

    def broken(self, world: str, estimator: str, parameter: str) -> Row:
        """Return a row of the worlds that break a rule."""
        return self._one(
            table="broken", world=world, estimator=estimator, parameter=parameter
        )

    def _one(self, **where: Any) -> Row:
        (row,) = [r for r in self._rows if all(r[k] == v for k, v in where.items())]
        return row


def true_values(tables: pd.DataFrame) -> pd.Series[float]:
    """Return the true value of each row's parameter; NaN for tests."""
    test = tables["parameter"] == "no causality"
    named = tables["parameter"].where(~test, "a12")
    return named.map(partial(truth, effect=True)).where(~test)


def findings(study: Study, runs: Runs) -> None:
    """Check what matters."""
    fixed_effects(study, runs)
    jackknife(study, runs)
    indirect_inference(study, runs)
    moments(study, runs)
    projections(study, runs)
    same_period(study, runs)
    counts(study, runs)
    extensions(study, runs)
    causality(study, runs)
    broken_rules(study, runs)


def nominal(rows: Iterable[Row], *, null: bool = True) -> tuple[bool, float]:
    """Return whether all rejections of the truth are near 5 %, and the furthest."""
    shares = [
        (row[name], row["draws"])
        for row in rows
        for name in (("size", "size_null") if null else ("size",))
    ]
    furthest = max((share for share, _ in shares), key=lambda share: abs(share - LEVEL))
    return all(near_nominal(*pair) for pair in shares), furthest


# ---------------------------------------------------------------------------
# Least squares with effects, and its repairs


def fixed_effects(study: Study, runs: Runs) -> None:
    """Check that plain fixed effects fail, and what more data does."""
    own = [runs.main("fixed effects", name) for name in ("a11", "a22")]
    least = min(row[name] for row in own for name in ("size", "size_null"))
    study.claim("fixed_effects_own", holds=least > 0.7, value=least)
    loop = runs.main("fixed effects", "loop")
    share = 1 + loop["bias"] / loop["truth"]
    study.claim(
        "fixed_effects_loop",
        holds=0.4 < share < 0.55 and loop["size"] > 0.65,
        value=share,
        note=f"It rejects the true loop in {loop['size']:.0%} of draws.",
    )
    holds, furthest = nominal([runs.main("fixed effects", "a12")])
    study.claim("fixed_effects_cross", holds=holds, value=furthest)
    few, many = (runs.cell(size, "fixed effects", "a12") for size in ((50, 10), (200, 10)))
    ratio = many["size"] / few["size"]
    same = abs(many["bias"] / few["bias"] - 1) < 0.1
    study.claim("fixed_effects_more_units", holds=same and ratio > 1.5, value=ratio)
    biases = [abs(runs.cell((50, t), "fixed effects", "a12")["bias"]) for t in (10, 20, 40)]
    ratios = [after / before for before, after in pairwise(biases)]
    study.claim("fixed_effects_longer", holds=max(ratios) < 0.75, value=max(ratios))


def jackknife(study: Study, runs: Runs) -> None:
    """Check bias and standard errors of the half-panel jackknife."""
    row = runs.main("jackknife", "a12")
    share = row["bias"] / runs.main("fixed effects", "a12")["bias"]
    study.claim("jackknife_bias", holds=abs(share) < 0.2, value=share)
    short, plain = (
        runs.cell((50, 10), name, "a12") for name in ("jackknife", "fixed effects")
    )
    share = short["bias"] / plain["bias"]
    study.claim("jackknife_bias_short", holds=abs(share) < 0.2, value=share)
    holds, furthest = nominal([row, runs.main("jackknife, delta method", "b_ks")])
    study.claim("jackknife_size", holds=holds, value=furthest)
    rows = [runs.main("jackknife, unit bootstrap", name) for name in ("b_ks", "loop")]
    holds, furthest = nominal(rows)
    study.claim("jackknife_bootstrap", holds=holds, value=furthest)


def indirect_inference(study: Study, runs: Runs) -> None:
    """Check size, bias and precision of indirect inference."""
    rows = [runs.main("indirect inference", name) for name in ("a12", *STRUCTURE)]
    holds, furthest = nominal(rows)
    study.claim("indirect_size", holds=holds, value=furthest)
    bias = max(abs(row["bias"]) / row["sd"] for row in rows)
    study.claim("indirect_bias", holds=bias < 0.15, value=bias)
    cells = [runs.cell(size, "indirect inference", "a12") for size in SIZES]
    holds, furthest = nominal(cells, null=False)
    study.claim("indirect_sizes", holds=holds, value=furthest)
    loops = [runs.cell(size, "indirect inference", "loop") for size in SIZES]
    holds, furthest = nominal(loops, null=False)
    study.claim("indirect_loop_sizes", holds=holds, value=furthest)
    others = [runs.cell(size, "orthogonal-deviations GMM", "a12") for size in SIZES]
    ratio = max(ii["rmse"] / gmm["rmse"] for ii, gmm in zip(cells, others, strict=True))
    study.claim("indirect_precise", holds=ratio < 0.6, value=ratio)


# ---------------------------------------------------------------------------
# Other estimators


def moments(study: Study, runs: Runs) -> None:
    """Check size and precision of GMM."""
    rows = [runs.main(name, "a12") for name in GMM]
    holds, furthest = nominal(rows)
    study.claim("gmm_size", holds=holds, value=furthest)
    best = runs.main("indirect inference", "a12")
    spread = min(row["sd"] for row in rows) / best["sd"]
    study.claim("gmm_spread", holds=spread > 1.75, value=spread)
    power = max(row["power"] for row in rows) / best["power"]
    study.claim("gmm_power", holds=power < 0.5, value=power)


def projections(study: Study, runs: Runs) -> None:
    """Check local projections by horizon."""
    plain, halves = (
        {h: runs.main(name, f"response, h = {h}") for h in (2, 4)}
        for name in ("local projection", "local projection, jackknife")
    )
    grows = abs(plain[4]["bias"]) > abs(plain[2]["bias"])
    size = plain[4]["size"]
    study.claim("projection_horizon", holds=grows and size > 1 / 3, value=size)
    shares = {h: halves[h]["bias"] / plain[h]["bias"] for h in (2, 4)}
    study.claim("projection_jackknife_two", holds=shares[2] < 1 / 3, value=shares[2])
    study.claim("projection_jackknife_four", holds=shares[4] < 1 / 3, value=shares[4])


def same_period(study: Study, runs: Runs) -> None:
    """Check simultaneous equations with and without instruments."""
    plain, two, three = (
        runs.main(name, "l_k b_ks")
        for name in (
            "least squares, same period",
            "two-stage least squares",
            "three-stage least squares",
        )
    )
    share = plain["bias"] / plain["truth"]
    holds = share > 0.9 and min(plain["size"], plain["size_null"]) > 0.95
    study.claim("same_period_least_squares", holds=holds, value=share)
    worst = max(row[name] for row in (two, three) for name in ("size", "size_null"))
    off = max(abs(row["bias"]) for row in (two, three)) / abs(plain["bias"])
    study.claim("same_period_instruments", holds=worst < 0.12 and off < 0.1, value=worst)
    ratio = three["sd"] / two["sd"]
    study.claim("same_period_three_stages", holds=ratio < 0.98, value=ratio)


def counts(study: Study, runs: Runs) -> None:
    """Check Poisson with predetermined regressors."""
    own, cross = (runs.main("Poisson", name) for name in ("a11", "a12"))
    least = min(own["size"], own["size_null"])
    study.claim("poisson_own", holds=least > 0.65, value=least)
    share = abs(cross["bias"]) / cross["sd"]
    holds = share < 0.4 and max(cross["size"], cross["size_null"]) < 0.12
    study.claim("poisson_cross", holds=holds, value=share)
    halves = runs.main("Poisson, jackknife", "a12")
    closer = abs(halves["bias"]) < abs(cross["bias"])
    study.claim("poisson_jackknife_bias", holds=closer, value=halves["bias"])
    ratio = halves["sd"] / halves["mean_se"]
    study.claim("poisson_jackknife_errors", holds=ratio > 1.05, value=ratio)


def extensions(study: Study, runs: Runs) -> None:
    """Check the further terms, and what a network that is left out does."""
    rows = [runs.main(estimator, name) for estimator, name in EXTENSIONS.items()]
    least = min(row["sd"] / row["mean_se"] for row in rows)
    study.claim("extensions_errors", holds=least > 1.25, value=least)
    bias = max(abs(row["bias"] / row["truth"]) for row in rows)
    study.claim("extensions_bias", holds=bias < 0.1, value=bias)
    left_out = runs.main("network left out, fixed effects", "a12")["bias"]
    change = abs(left_out - runs.main("fixed effects", "a12")["bias"])
    study.claim("network_left_out", holds=change < 0.005, value=change)


def causality(study: Study, runs: Runs) -> None:
    """Check the size of the tests of causality, and their power by sample."""

    def size(name: str, way: str) -> float:
        return float(runs.main(f"{name}, {way}", "no causality")["size"])

    heterogeneous, pooled = TESTS
    ways = ("as it is", "period means out", "no period effects")
    least = min(size(heterogeneous, way) for way in ways)
    study.claim("dumitrescu_hurlin_size", holds=least > 0.2, value=least)
    raw = size(pooled, "as it is")
    study.claim("juodis_raw", holds=raw > 1 / 3, value=raw)
    few, many = (
        runs.cell(cell, f"{heterogeneous}, period means out", "no causality")["size"]
        for cell in ((50, 10), (200, 10))
    )
    study.claim("dumitrescu_hurlin_more_units", holds=many > 2 * few, value=many / few)
    rows = [runs.main(f"{pooled}, {way}", "no causality") for way in ways[1:]]
    holds, furthest = nominal(rows, null=False)
    study.claim("juodis_demeaned", holds=holds, value=furthest)
    gaps = [
        runs.cell(cell, f"{pooled}, period means out", "no causality")["power"]
        - runs.cell(cell, f"{heterogeneous}, period means out", "no causality")["power"]
        for cell in SIZES
    ]
    study.claim("juodis_power", holds=min(gaps) > 0, value=min(gaps))


# ---------------------------------------------------------------------------
# Worlds that break a rule


def broken_rules(study: Study, runs: Runs) -> None:
    """Check what indirect inference does where one of its assumptions fails."""

    def shares(estimator: str, parameter: str) -> list[Row]:
        return [runs.broken(world, estimator, parameter) for world in BROKEN]

    holds, furthest = nominal(shares("indirect inference", "b_ks"), null=False)
    study.claim("broken_response", holds=holds, value=furthest)
    holds, furthest = nominal(shares("indirect inference", "l_k"), null=False)
    study.claim("broken_adjustment", holds=holds, value=furthest)
    most = max(row["size"] for row in shares("indirect inference", "loop"))
    study.claim("broken_loop", holds=most < 0.15, value=most)
    least = min(row["size"] for row in shares("fixed effects", "loop"))
    study.claim("broken_fixed_effects", holds=least > 0.6, value=least)
    row = runs.broken("unit_trends", "indirect inference", "a12")
    study.claim("broken_trends", holds=abs(row["bias"]) < row["sd"] / 4, value=row["bias"])
    row = runs.broken("unit_trends", "orthogonal-deviations GMM", "b_ks")
    holds, furthest = nominal([row], null=False)
    study.claim("broken_trends_gmm", holds=holds, value=furthest)
