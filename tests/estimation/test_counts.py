"""Poisson with fixed effects, against R, the study of fields, statsmodels and itself."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import DroppedRowsWarning, IdentificationError, InputError
from unigauge.estimation import ols, poisson

REFERENCE = Path(__file__).parents[1] / "reference"
R = json.loads((REFERENCE / "static_estimators.json").read_text())["ppml_et_mt"]
FIELDS = json.loads((REFERENCE / "fields_static.json").read_text())["ppml"]


def simulated(seed: int = 0, entities: int = 15, times: int = 8) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    keys = pd.MultiIndex.from_product([range(entities), range(times)], names=["i", "t"])
    frame = pd.DataFrame(rng.normal(size=(len(keys), 2)), keys, columns=["x", "z"])
    level = np.repeat(rng.normal(1.0, 0.5, entities), times) + 0.3 * frame["x"]
    frame["size"] = rng.uniform(1, 5, len(keys))
    frame["y"] = rng.poisson(np.exp(level)).astype(float)
    frame["y"] += np.arange(len(keys)) % times == 0
    return frame


def as_dummies(frame: pd.DataFrame, *names: str) -> np.ndarray:
    return np.hstack(
        [pd.get_dummies(frame.index.get_level_values(n), dtype=float) for n in names]
    )


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("iid", {"cov": "iid"}),
        ("iid", {"cov": "iid", "small_sample": "none"}),
        ("HC0", {"cov": "robust", "small_sample": "none"}),
        ("cluster_raw", {"small_sample": "none"}),
        ("cluster_G_over_Gm1", {"small_sample": "asymptotic"}),
    ],
)
def test_r(gravity, name, options):
    fit = poisson(gravity, "y ~ x1 + x2 | et + mt", **options)
    assert (fit.nobs, fit.n_entities) == (R["nobs"], R["G"])
    assert fit.deviance == pytest.approx(R["deviance"], rel=1e-10)
    np.testing.assert_allclose(fit.params, list(R["coef"].values()), rtol=1e-8)
    np.testing.assert_allclose(fit.std_errors, list(R[name].values()), rtol=1e-8)


def test_effects_that_do_not_connect_are_counted_by_their_rank(gravity):
    fit = poisson(gravity, "y ~ x1 + x2 | et + mt", cov="robust")
    assert f"792/(792 - {R['rank']})" in fit.convention
    # fixest takes every effect after the first to repeat one parameter: 72 + 72 - 1.
    assert (
        "792/(792 - 145)" in fit.with_covariance("robust", small_sample="fixest").convention
    )


@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize(
    ("vcov", "options"),
    [("iid", {"cov": "iid"}), ("hetero", {"cov": "robust"}), ({"CRV1": "pair"}, {})],
)
def test_pyfixest(gravity, vcov, options):
    import pyfixest

    theirs = pyfixest.fepois(
        "y ~ x1 + x2 | et + mt", gravity.reset_index(), iwls_tol=1e-12, vcov=vcov
    )
    ours = poisson(gravity, "y ~ x1 + x2 | et + mt", small_sample="fixest", **options)
    np.testing.assert_allclose(ours.params, theirs.coef(), rtol=1e-7)
    np.testing.assert_allclose(ours.std_errors, theirs.se(), rtol=1e-5)


@pytest.mark.parametrize("direction", ["std_to_inn", "inn_to_std"])
@pytest.mark.parametrize("specification", ["static_lag1", "dynamic_lag1"])
def test_fields(fields, direction, specification):
    reference = FIELDS[direction][specification]
    count, y, x = {
        "std_to_inn": ("patent_families", "p", "s"),
        "inn_to_std": ("iso_standards", "s", "p"),
    }[direction]
    own = f"lag({y}, 1) + " if specification == "dynamic_lag1" else ""
    fit = poisson(fields, f"{count} ~ {own}lag({x}, 1) | entity + time")
    raw = fit.with_covariance(small_sample="none")
    dk = fit.with_covariance("driscoll_kraay", bandwidth=2)
    expected = list(reference["coef"].values())
    assert (fit.nobs, fit.n_entities, fit.n_times) == (
        reference["n"],
        reference["units"],
        reference["years"],
    )
    assert f"({fit.nobs} - {reference['K_cr1']})" in fit.convention
    assert fit.deviance == pytest.approx(reference["deviance"], rel=1e-8)
    np.testing.assert_allclose(fit.params, [c["b"] for c in expected], rtol=1e-7)
    for name, other in (("cr0", raw), ("cr1", fit), ("dk1", dk)):
        errors = [c[f"se_{name}"] for c in expected]
        np.testing.assert_allclose(other.std_errors, errors, rtol=1e-7)
    for name, other in (("cr1", fit), ("dk1", dk)):
        p_values = [c[f"p_{name}"] for c in expected]
        np.testing.assert_allclose(other.pvalues, p_values, rtol=1e-6)


@pytest.mark.parametrize(
    ("effects", "names", "trends"),
    [
        ("", [], False),
        ("| entity", ["i"], False),
        ("| entity[time] + time", ["i", "t"], True),
    ],
)
def test_dummies_and_an_offset(effects, names, trends):
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    frame = simulated(seed=1)
    nuisance = as_dummies(frame, *names) if names else np.ones((len(frame), 1))
    if trends:
        t = frame.index.get_level_values("t").to_numpy(dtype=float)
        nuisance = np.hstack([nuisance, as_dummies(frame, "i") * (t[:, None] - 3.5)])
    _, triangle = np.linalg.qr(nuisance)
    nuisance = nuisance[:, np.abs(np.diag(triangle)) > 1e-8]
    design = np.hstack([frame[["x", "z"]], nuisance])
    theirs = GLM(frame["y"], design, family=Poisson(), offset=np.log(frame["size"])).fit(
        tol=1e-13, maxiter=200
    )

    ours = poisson(frame, f"y ~ x + z {effects}", offset="log(size)", cov="iid")
    np.testing.assert_allclose(ours.params[["x", "z"]], theirs.params.iloc[:2], rtol=1e-7)
    np.testing.assert_allclose(ours.std_errors[["x", "z"]], theirs.bse.iloc[:2], rtol=1e-6)
    np.testing.assert_allclose(ours.fitted, theirs.fittedvalues, rtol=1e-6)
    assert ours.deviance == pytest.approx(theirs.deviance, rel=1e-9)
    assert ours.df == len(frame) - design.shape[1]
    assert np.isnan(ours.r2_within)


def test_one_effect_gives_least_squares_of_logs_when_there_is_no_noise():
    frame = simulated(seed=2)
    frame["y"] = np.exp(
        0.7 * frame["x"] - 0.2 * frame["z"] + frame.groupby("i").ngroup() / 9
    )
    fit = poisson(frame, "y ~ x + z | entity")
    np.testing.assert_allclose(fit.params, [0.7, -0.2], atol=1e-8)
    logs = ols(frame, "log(y) ~ x + z | entity")
    np.testing.assert_allclose(fit.params, logs.params, atol=1e-8)
    assert fit.deviance == pytest.approx(0, abs=1e-8)


def test_all_zero_effects_are_dropped_and_named():
    frame = simulated(seed=3)
    frame.loc[(4, slice(None)), "y"] = 0.0
    frame.loc[(slice(None), 6), "y"] = 0.0
    message = (
        r"22 rows dropped because the model predicts their zeros perfectly: i 4, t 6\."
    )
    with pytest.warns(DroppedRowsWarning, match=message) as caught:
        fit = poisson(frame, "y ~ x | entity + time")
    assert caught[0].filename == __file__
    assert fit.losses.separated == ("i 4", "t 6")
    kept = frame.drop(index=4, level="i").drop(index=6, level="t")
    np.testing.assert_allclose(fit.params, poisson(kept, "y ~ x | entity + time").params)
    assert fit.nobs == len(kept)


def test_a_regressor_that_predicts_zeros_perfectly_is_not_identified():
    frame = simulated(seed=4)
    frame["y"] = np.maximum(frame["y"] - 2, 0)
    zeros = (frame["y"] == 0).to_numpy()
    frame["z"] = np.where(zeros, np.arange(len(frame)) % 3, 0.0)
    rows = int((frame["z"] > 0).sum())
    message = rf"{rows} rows whose response is zero .* infinity.* absorb all variation of z"
    with pytest.raises(IdentificationError, match=message):
        poisson(frame, "y ~ x + z | entity")
    frame["w"] = frame["x"] + frame["z"]
    with pytest.raises(
        IdentificationError, match=r"infinity.*(w|x) is a combination of (x|w)"
    ):
        poisson(frame, "y ~ x + w | entity")


def test_zeros_that_the_effects_together_predict_are_dropped():
    # Early entities are seen late and late entities are zero then: no entity and no
    # period is always zero, yet alpha_i + delta_t runs to minus infinity in a block.
    frame = simulated(seed=5)
    i, t = (frame.index.get_level_values(name).to_numpy() for name in ("i", "t"))
    frame["y"] += 1.0
    frame.loc[(i >= 5) & (t >= 4), "y"] = 0.0
    frame = frame[(i >= 5) | (t >= 4)]
    with pytest.warns(
        DroppedRowsWarning, match="40 rows dropped because the model predicts"
    ):
        fit = poisson(frame, "y ~ x + z | entity + time")
    kept = poisson(frame[frame["y"] > 0], "y ~ x + z | entity + time")
    np.testing.assert_allclose(fit.params, kept.params)
    np.testing.assert_allclose(fit.std_errors, kept.std_errors)


def test_counts_are_recovered():
    rng = np.random.default_rng(5)
    keys = pd.MultiIndex.from_product([range(60), range(10)], names=["i", "t"])
    estimates = []
    for _ in range(60):
        frame = pd.DataFrame({"x": rng.normal(size=600)}, keys)
        level = np.repeat(rng.normal(size=60), 10) + 0.4 * frame["x"]
        frame["y"] = rng.poisson(np.exp(level)) * rng.integers(0, 3, 600)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DroppedRowsWarning)
            estimates.append(poisson(frame, "y ~ x | entity + time").params["x"])
    error = np.std(estimates) / np.sqrt(60)
    assert abs(np.mean(estimates) - 0.4) <= 3 * error


@pytest.mark.parametrize(
    ("change", "formula", "options", "error", "message"),
    [
        (
            {"y": -1.0},
            "y ~ x | entity",
            {},
            InputError,
            r"negative in 120 rows, first -1 at",
        ),
        ({"y": 0.0}, "y ~ x | entity", {}, IdentificationError, "zero in every row"),
        ({}, "y ~ x | entity", {"cov": "wild"}, InputError, "least squares"),
        ({}, "y ~ x | entity", {"cov": "hc3"}, InputError, "least squares"),
        ({}, "y ~ x | entity", {"offset": "log(sise)"}, InputError, "Did you mean 'size'"),
        ({}, "y ~ x | entity", {"offset": "lag(x, 1:2)"}, InputError, "stands for 2 terms"),
        (
            {"z": 1.0},
            "y ~ x + z | entity",
            {},
            IdentificationError,
            "absorb all variation of z",
        ),
    ],
)
def test_refusals(change, formula, options, error, message):
    with pytest.raises(error, match=message):
        poisson(simulated().assign(**change), formula, **options)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), unit=st.floats(1e-6, 1e6), scale=st.floats(1e-2, 1e2))
def test_units_do_not_matter(seed, unit, scale):
    frame = simulated(seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        fit = poisson(frame, "y ~ x + z | entity + time")
        moved = frame.assign(y=frame["y"] * unit, x=frame["x"] * scale + 3.0)
        other = poisson(moved, "y ~ x + z | entity + time")
    units = [1 / scale, 1]
    np.testing.assert_allclose(other.params, fit.params * units, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(other.std_errors, fit.std_errors * units, rtol=1e-6)
