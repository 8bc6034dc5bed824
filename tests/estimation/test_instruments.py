"""Instrumental variables: AER's numbers, dummies by hand, linearmodels' tests."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv.model import IV2SLS, IVGMM, IVLIML

from unigauge import datasets
from unigauge.errors import IdentificationError, InputError
from unigauge.estimation import iv, ols
from unigauge.estimation.instruments.formulas import parse_instruments

STORED = Path(__file__).parents[1] / "reference"
REFERENCE = json.loads((STORED / "iv_systems.json").read_text())
EFFECTS = json.loads((STORED / "instruments.json").read_text())
DEMAND = "log(packs) ~ log(rincome) + [log(rprice) ~ tdiff + rtax]"


@pytest.fixture(scope="module")
def cigarettes() -> pd.DataFrame:
    if datasets.available().loc["cigarettes", "found"] == "not here":
        pytest.skip("cigarettes is read from the folder UNIGAUGE_DATA, which lacks it")
    return datasets.load("cigarettes")


@pytest.fixture(scope="module")
def simulated() -> pd.DataFrame:
    """40 units x 10 periods, two endogenous regressors, four instruments."""
    rng = np.random.default_rng(1)
    z, u, w = rng.normal(size=(400, 4)), rng.normal(size=400), rng.normal(size=400)
    unit, year = np.repeat(np.arange(40), 10), np.tile(np.arange(10), 40)
    effect = rng.normal(size=40)[unit] + 0.1 * year
    x1 = z @ [1, 0.5, 0, 0.2] + u + rng.normal(size=400) + effect
    x2 = z @ [0.3, 0.5, 0.7, 0] - u + rng.normal(size=400) * (1 + abs(z[:, 0]))
    y = x1 - x2 + w + u * (1 + z[:, 1] ** 2) + effect
    columns = {"y": y, "x1": x1, "x2": x2, "w": w}
    columns |= {f"z{k + 1}": z[:, k] for k in range(4)}
    index = pd.MultiIndex.from_arrays([unit, year], names=["unit", "year"])
    return pd.DataFrame(columns, index=index)


def test_cigarettes_agree_with_aer(cigarettes):
    reference = REFERENCE["iv_cig95"]
    rows = cigarettes[cigarettes.index.get_level_values("year") == 1995]
    fit = iv(rows, DEMAND, cov="iid")
    order = {"constant": "(Intercept)"}
    for name, values in (
        ("coef", fit.params),
        ("se", fit.std_errors),
        ("HC0", fit.with_covariance("robust", small_sample="none").std_errors),
        ("HC1", fit.with_covariance("robust").std_errors),
    ):
        expected = [reference[name][order.get(term, term)] for term in values.index]
        assert values.to_numpy() == pytest.approx(expected, rel=1e-8)
    tests = reference["diagnostics"]
    assert fit.rank_f == pytest.approx(tests["weak_F"], rel=1e-8)
    assert fit.exogeneity.statistic == pytest.approx(tests["wu_hausman"], rel=1e-8)
    assert fit.overidentification.statistic == pytest.approx(tests["sargan"], rel=1e-8)


def test_cigarettes_with_effects_agree_with_dummies_in_aer(cigarettes):
    fit = iv(cigarettes, f"{DEMAND} | entity + time", cov="iid")
    theirs = EFFECTS["cigarettes_twoways"]
    assert fit.params.to_dict() == pytest.approx(theirs["coef"], rel=1e-9)
    assert fit.std_errors.to_dict() == pytest.approx(theirs["se"], rel=1e-9)


@pytest.mark.parametrize(
    ("block", "effects"), [("individual", "entity"), ("twoways", "entity + time")]
)
def test_crime_agrees_with_plm(block, effects):
    """Two endogenous regressors, each with a fair first stage, and one direction only."""
    if datasets.available().loc["crime", "found"] == "not here":
        pytest.skip("crime is read from the folder UNIGAUGE_DATA, which lacks it")
    fit = iv(
        datasets.load("crime"),
        "lcrmrte ~ lprbconv + lprbpris + lavgsen + ldensity + lwcon "
        f"+ [lprbarr + lpolpc ~ ltaxpc + lmix] | {effects}",
        cov="iid",
    )
    theirs = EFFECTS[f"crime_{block}"]
    assert fit.params.to_dict() == pytest.approx(theirs["coef"], rel=1e-8)
    assert fit.std_errors.to_dict() == pytest.approx(theirs["se"], rel=1e-8)
    assert min(fit.first_stage["f"]) > 10
    assert fit.rank_f < 2
    assert fit.weak


def dummies(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The exogenous regressors with a dummy for every unit and year."""
    labels = frame.index.to_frame().astype(str)
    return pd.concat(
        [
            frame[list(columns)],
            pd.get_dummies(labels["unit"], prefix="unit", dtype=float),
            pd.get_dummies(labels["year"], prefix="year", drop_first=True, dtype=float),
        ],
        axis=1,
    )


@pytest.mark.parametrize("method", ["2sls", "liml"])
@pytest.mark.parametrize(
    ("cov", "theirs"),
    [("iid", "unadjusted"), ("robust", "robust"), ("clustered", "clustered")],
)
def test_effects_are_dummies(simulated, method, cov, theirs):
    fit = iv(
        simulated,
        "y ~ w + [x1 + x2 ~ z1 + z2 + z3 + z4] | entity + time",
        method=method,
        cov=cov,
        small_sample="none",
    )
    model = {"2sls": IV2SLS, "liml": IVLIML}[method](
        simulated["y"],
        dummies(simulated, "w"),
        simulated[["x1", "x2"]],
        simulated[["z1", "z2", "z3", "z4"]],
    )
    unit = simulated.index.get_level_values("unit").to_numpy()
    peer = model.fit(cov_type=theirs, **({"clusters": unit} if cov == "clustered" else {}))
    terms = ["w", "x1", "x2"]
    assert fit.terms == tuple(terms)
    assert fit.params.to_numpy() == pytest.approx(peer.params[terms], rel=1e-8)
    assert fit.std_errors.to_numpy() == pytest.approx(peer.std_errors[terms], rel=1e-8)
    if method == "liml":
        assert fit.kappa == pytest.approx(peer.kappa, rel=1e-10)


@pytest.mark.parametrize(
    ("cov", "theirs"), [("robust", "robust"), ("clustered", "clustered")]
)
def test_robust_tests_agree_with_linearmodels(simulated, cov, theirs):
    fit = iv(simulated, "y ~ w + [x1 + x2 ~ z1 + z2 + z3 + z4]", cov=cov)
    unit = simulated.index.get_level_values("unit").to_numpy()
    options = {"clusters": unit} if cov == "clustered" else {}
    columns = (
        simulated["y"],
        simulated[["w"]].assign(constant=1.0),
        simulated[["x1", "x2"]],
        simulated[["z1", "z2", "z3", "z4"]],
    )
    peer = IV2SLS(*columns).fit(cov_type=theirs, **options).first_stage
    factor = 400 / 394 if cov == "robust" else 40 / 39 * 399 / 394
    f = peer.diagnostics["f.stat"].to_numpy() / 4 / factor
    assert fit.first_stage["f"].to_numpy() == pytest.approx(f, rel=1e-9)
    assert fit.rank_f == pytest.approx(peer.kleibergen_paap_f, rel=1e-9)
    gmm = IVGMM(*columns, weight_type=theirs, **options).fit()
    assert fit.overidentification.name == "Hansen J"
    assert fit.overidentification.statistic == pytest.approx(gmm.j_stat.stat, rel=1e-8)


def test_iid_tests_agree_with_linearmodels(simulated):
    fit = iv(simulated, "y ~ w + [x1 + x2 ~ z1 + z2 + z3 + z4]", cov="iid")
    peer = IV2SLS(
        simulated["y"],
        simulated[["w"]].assign(constant=1.0),
        simulated[["x1", "x2"]],
        simulated[["z1", "z2", "z3", "z4"]],
    ).fit(cov_type="unadjusted", debiased=True)
    assert fit.rank_f == pytest.approx(peer.first_stage.cragg_donald_f, rel=1e-9)
    shares = peer.first_stage.diagnostics["partial.rsquared"].to_numpy()
    assert fit.first_stage["partial_r2"].to_numpy() == pytest.approx(shares, rel=1e-9)
    assert fit.overidentification.statistic == pytest.approx(peer.sargan.stat, rel=1e-8)
    assert fit.exogeneity.statistic == pytest.approx(peer.wu_hausman().stat, rel=1e-6)


def test_just_identified_is_the_ratio_of_two_regressions(simulated):
    fit = iv(simulated, "y ~ w + [x1 ~ z1] | entity + time")
    reduced = ols(simulated, "y ~ w + z1 | entity + time")
    first = ols(simulated, "x1 ~ w + z1 | entity + time")
    assert fit.params["x1"] == pytest.approx(reduced.params["z1"] / first.params["z1"])
    assert fit.rank_f == pytest.approx(first.statistics["z1"] ** 2)
    assert fit.anderson_rubin.statistic == pytest.approx(reduced.statistics["z1"] ** 2)
    assert fit.overidentification is None
    assert "cannot be tested" in str(fit)


def test_an_exogenous_regressor_as_its_own_instrument_is_least_squares(simulated):
    copy = simulated.assign(copy=2 * simulated["x1"])
    fit = iv(copy, "y ~ w + [x1 ~ copy] | entity")
    plain = ols(copy, "y ~ w + x1 | entity")
    assert fit.params.to_numpy() == pytest.approx(plain.params.to_numpy())
    assert fit.std_errors.to_numpy() == pytest.approx(plain.std_errors.to_numpy())


def test_both_spellings_are_one(simulated):
    one = iv(simulated, "y ~ w + [x1 + x2 ~ z1 + z2 + z3] | entity")
    two = iv(simulated, "y ~ w | entity | x1 + x2 ~ z1 + z2 + z3")
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame())
    assert one.record() == two.record()
    assert parse_instruments("y ~ [d ~ z] - 1").constant is False
    assert parse_instruments("y ~ x | d ~ lag(z, 1:2)").instruments == (
        "lag(z, 1)",
        "lag(z, 2)",
    )


def test_weak_instruments_are_called_so(simulated):
    rng = np.random.default_rng(3)
    noise = simulated.assign(noise=rng.normal(size=len(simulated)))
    fit = iv(noise, "y ~ w + [x1 ~ noise] | entity")
    assert fit.weak
    assert "in practice not identified" in " ".join(str(fit).split())
    strong = iv(noise, "y ~ w + [x1 ~ z1] | entity")
    assert not strong.weak
    assert "not identified" not in str(strong)


def test_bad_instruments_are_rejected(simulated):
    rng = np.random.default_rng(4)
    noise = rng.normal(size=len(simulated))
    bad = simulated.assign(bad=simulated["y"] + noise)
    fit = iv(bad, "y ~ w + [x1 ~ z1 + z2 + bad] | entity")
    assert fit.overidentification.p_value < 1e-4
    assert "not credible" in str(fit)


def test_few_clusters_leave_surplus_instruments_untested(simulated):
    few = simulated.loc[:3]
    fit = iv(few, "y ~ [x1 ~ z1 + z2 + z3 + z4] + w")
    assert fit.overidentification is None
    assert fit.partial_f == (None,)
    assert np.isnan(fit.rank_f)
    assert "too few clusters for a partial F" in str(fit)
    robust = fit.with_covariance("robust")
    assert robust.overidentification.df == 3
    assert robust.rank_f == robust.partial_f[0].statistic


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("y ~ w + x1", "must name its endogenous regressors"),
        ("y ~ [x1 ~ z1] + [x2 ~ z2]", "must name its endogenous"),
        ("y ~ w + [x1 + x2 ~ z1]", "1 excluded instruments for 2 endogenous"),
        ("y ~ w + [x1 ~ w]", "'w' occurs twice"),
        ("y ~ w + [x1 ~ 1]", "it needs at least one of each"),
        (7, "must be text"),
    ],
)
def test_formulas_that_cannot_be_used(simulated, formula, message):
    with pytest.raises(InputError, match=message):
        iv(simulated, formula)


def test_options_that_cannot_be_used(simulated):
    with pytest.raises(InputError, match="method is '3sls'"):
        iv(simulated, "y ~ [x1 ~ z1]", method="3sls")
    with pytest.raises(InputError, match="cov is 'wild'"):
        iv(simulated, "y ~ [x1 ~ z1]", cov="wild")


def test_collinear_instruments_are_named(simulated):
    double = simulated.assign(z5=simulated["z1"] + simulated["z2"])
    with pytest.raises(IdentificationError, match=r"z[125] is a combination of"):
        iv(double, "y ~ w + [x1 ~ z1 + z2 + z5]")
    fixed = simulated.assign(origin=simulated.index.get_level_values("unit") ** 2.0)
    with pytest.raises(IdentificationError, match="absorb all variation of origin"):
        iv(fixed, "y ~ w + [x1 ~ origin] | entity")
