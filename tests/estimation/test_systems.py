"""Simultaneous equations: systemfit's numbers, and what the estimators imply."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.errors import IdentificationError, InputError
from unigauge.estimation import iv, ols, three_stage

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "iv_systems.json").read_text()
)
FOOD = {
    "demand": "consump ~ price + income",
    "supply": "consump ~ price + farmPrice + trend",
}
LAGS = {"innovation": "p ~ s + lag(p)", "standards": "s ~ p + lag(s)"}


@pytest.fixture(scope="module")
def food() -> pd.DataFrame:
    if datasets.available().loc["kmenta", "found"] == "not here":
        pytest.skip("kmenta is read from the folder UNIGAUGE_DATA, which lacks it")
    frame = datasets.load("kmenta").reset_index()
    frame.index = pd.MultiIndex.from_product([["US"], range(20)], names=["land", "year"])
    return frame


@pytest.mark.parametrize(
    ("block", "options"),
    [
        ("OLS", {"method": "ols"}),
        ("SUR", {"method": "sur"}),
        ("2SLS", {"method": "2sls"}),
        ("3SLS", {}),
        ("3SLS_noDfCor", {"degrees_of_freedom": "none"}),
        ("SUR_noDfCor", {"method": "sur", "degrees_of_freedom": "none"}),
        ("I3SLS", {"degrees_of_freedom": "none", "iterate": True}),
    ],
)
def test_kmenta_agrees_with_systemfit(food, block, options):
    options = {"degrees_of_freedom": "systemfit"} | options
    fit = three_stage(
        food,
        FOOD,
        effects=(),
        instruments="income + farmPrice + trend",
        cov="iid",
        **options,
    )
    theirs = REFERENCE["kmenta"][block]

    def expected(name: str) -> list[float]:
        keys = [
            term.replace(": constant", "_(Intercept)").replace(": ", "_")
            for term in fit.terms
        ]
        return [theirs[name][key] for key in keys]

    assert fit.params.to_numpy() == pytest.approx(expected("coef"), rel=1e-9)
    assert fit.std_errors.to_numpy() == pytest.approx(expected("se"), rel=1e-9)
    np.testing.assert_allclose(fit.residual_covariance, theirs["residCov"], rtol=1e-9)


@pytest.mark.parametrize(
    ("block", "instruments"),
    [("lags_just_identified", None), ("lags_overidentified", "lag(p, 1:2) + lag(s, 1:2)")],
)
def test_fields_agree_with_an_independent_program(fields, block, instruments):
    theirs = REFERENCE["fields"][block]

    def fit(**options):
        return three_stage(fields, LAGS, instruments=instruments, **options)

    main = fit()
    results = {
        "b_3sls": main.params,
        "se_clustered": main.std_errors,
        "p_clustered": main.pvalues,
        "b_2sls": fit(method="2sls").params,
        "se_classical": fit(cov="iid").std_errors,
        "se_classical_nodf": fit(cov="iid", degrees_of_freedom="none").std_errors,
    }
    words = {"s": "s", "p": "p", "p_lag1": "lag(p, 1)", "s_lag1": "lag(s, 1)"}
    for equation, terms in theirs["eq"].items():
        for term, numbers in terms.items():
            for name, number in numbers.items():
                ours = results[name][f"{equation}: {words[term]}"]
                assert ours == pytest.approx(number, rel=1e-8)
    strength = [stage["F_clustered"] for stage in theirs["first_stage"].values()]
    assert main.first_stage["f"].tolist() == pytest.approx(strength, rel=1e-8)
    sigma = fit(method="2sls").residual_covariance
    np.testing.assert_allclose(sigma, theirs["Sigma_2sls"], rtol=1e-8)
    if theirs["system_overid"]["df"]:
        statistic, df, p_value = main.overidentification
        assert statistic == pytest.approx(theirs["system_overid"]["stat"], rel=1e-8)
        assert df == theirs["system_overid"]["df"]
        assert p_value == pytest.approx(theirs["system_overid"]["p"], rel=1e-7)
        assert "not credible" in str(main)
    else:
        assert main.overidentification is None
        assert "cannot be tested" in str(main)
    assert main.weak == ("innovation",)
    assert "in practice not identified" in " ".join(str(main).split())


def test_effects_are_dummies(fields):
    """Sweeping and counting the effects is the same as estimating them."""
    short = fields[fields.index.get_level_values(0) < "d"]
    labels = short.index.to_frame().astype(str)
    columns = pd.concat(
        [
            pd.get_dummies(labels["field"], prefix="f", drop_first=True, dtype=float),
            pd.get_dummies(labels["year"], prefix="y", drop_first=True, dtype=float),
        ],
        axis=1,
    )
    columns = columns.drop(columns="y_1999")  # lost to the lag
    wide = pd.concat([short, columns], axis=1)
    extra = "".join(f" + {name}" for name in columns)
    with_dummies = three_stage(
        wide,
        {name: text + extra for name, text in LAGS.items()},
        effects=(),
        cov="iid",
        degrees_of_freedom="systemfit",
    )
    swept = three_stage(short, LAGS, cov="iid", degrees_of_freedom="systemfit")
    terms = list(swept.terms)
    assert swept.params.to_numpy() == pytest.approx(with_dummies.params[terms], rel=1e-7)
    assert swept.std_errors.to_numpy() == pytest.approx(
        with_dummies.std_errors[terms], rel=1e-7
    )


def test_two_stage_is_iv_in_each_equation(fields):
    system = three_stage(fields, LAGS, method="2sls")
    single = iv(fields, "p ~ lag(p) + [s ~ lag(s)] | entity + time")
    assert system.params["innovation: s"] == pytest.approx(single.params["s"])
    # the system drops only the fixed effects, iv all coefficients, from the factor
    assert system.first_stage["f"][0] == pytest.approx(single.rank_f)


def test_least_squares_is_ols_in_each_equation(fields):
    system = three_stage(fields, LAGS, method="ols")
    for equation, text in LAGS.items():
        single = ols(fields, f"{text} | entity + time")
        ours = system.equation(equation).set_index("term")["estimate"]
        assert ours.to_numpy() == pytest.approx(single.params[ours.index].to_numpy())


def test_equal_regressors_make_sur_least_squares(fields):
    same = {"one": "p ~ lag(p) + lag(s)", "two": "s ~ lag(p) + lag(s)"}
    sur = three_stage(fields, same, method="sur")
    least = three_stage(fields, same, method="ols")
    assert sur.params.to_numpy() == pytest.approx(least.params.to_numpy())
    assert sur.first_stages == ()


def test_the_order_of_equations_does_not_matter(fields):
    forth = three_stage(fields, LAGS, instruments="lag(p, 1:2) + lag(s, 1:2)")
    back = three_stage(
        fields,
        dict(reversed(LAGS.items())),
        effects="time + entity",
        instruments=["lag(s, 1:2)", "lag(p, 1:2)"],
    )
    assert back.params[list(forth.terms)].to_numpy() == pytest.approx(forth.params)
    assert back.std_errors[list(forth.terms)].to_numpy() == pytest.approx(forth.std_errors)
    assert back.overidentification[0] == pytest.approx(forth.overidentification[0])


@pytest.mark.parametrize(
    ("equations", "options", "message"),
    [
        ({}, {}, "must be a dict of names and formulas"),
        ({"a": "p ~ s | entity"}, {}, "'a' has fixed effects of its own"),
        ({"a": "p ~ s - 1"}, {}, "leaves the constant out"),
        (LAGS, {"method": "gmm"}, "method is 'gmm'"),
        (LAGS, {"method": "2sls", "iterate": True}, "nothing to iterate"),
        (LAGS, {"cov": "robust"}, "cov is 'robust'"),
        (LAGS, {"effects": None}, "effects is None; it must be text"),
    ],
)
def test_what_cannot_be_used(fields, equations, options, message):
    with pytest.raises(InputError, match=message):
        three_stage(fields, equations, **options)


def test_an_equation_without_instruments_is_named(fields):
    both = {"one": "p ~ s + lag(p) + lag(s)", "two": "s ~ p + lag(s)"}
    with pytest.raises(IdentificationError, match="'one' has 3 coefficients"):
        three_stage(fields, both)


def test_one_entity_has_no_clusters(food):
    with pytest.raises(IdentificationError, match="at least two entities"):
        three_stage(food, FOOD, effects=(), instruments="income + farmPrice + trend")
