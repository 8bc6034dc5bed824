"""dynamic_gmm: what must not change it, what it refuses, and what it shows."""

from __future__ import annotations

from typing import Any

import matplotlib.axes
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import (
    ConvergenceError,
    DroppedRowsWarning,
    IdentificationError,
    InputError,
    UnigaugeWarning,
)
from unigauge.estimation import DynamicFit, Panel, dynamic_gmm
from unigauge.estimation.gmm.transforms import TRANSFORMS, equation_rows, transformed
from unigauge.results import WIDTH

FORMULA = "y ~ lag(y, 1) + x"


def simulated(
    seed: int = 0, units: int = 80, years: int = 7, lost: float = 0.0
) -> pd.DataFrame:
    """Draw y = .5 lag(y) + x + effect + error, without the rows that are lost."""
    rng = np.random.default_rng(seed)
    effect = rng.normal(size=units)
    x = rng.normal(size=(units, years)) + 0.5 * effect[:, None]
    y = np.zeros((units, years))
    y[:, 0] = 2 * effect + rng.normal(size=units)
    for t in range(1, years):
        y[:, t] = 0.5 * y[:, t - 1] + x[:, t] + effect + rng.normal(size=units)
    index = pd.MultiIndex.from_product(
        [range(units), range(2000, 2000 + years)], names=["firm", "year"]
    )
    data = pd.DataFrame({"y": y.ravel(), "x": x.ravel()}, index=index)
    return data[rng.random(len(data)) >= lost]


DATA = simulated()
EVERY: list[dict[str, Any]] = [
    {"steps": 1},
    {},
    {"transform": "orthogonal"},
    {"system": True},
    {"system": True, "h": 2, "collapse": True, "time_effects": False},
    {"system": True, "transform": "orthogonal", "collapse": True},
]


def same(one: DynamicFit, other: DynamicFit, *, rtol: float = 1e-7) -> None:
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame(), rtol=rtol, atol=1e-9)
    assert one.hansen.statistic == pytest.approx(other.hansen.statistic, rel=rtol)
    assert one.sargan.statistic == pytest.approx(other.sargan.statistic, rel=rtol)
    assert one.ar(2).statistic == pytest.approx(other.ar(2).statistic, rel=1e-5, abs=1e-8)


# ---------------------------------------------------------------------------
# Invariances


@pytest.mark.parametrize("options", EVERY)
def test_the_order_of_entities_does_not_matter(options: dict[str, Any]) -> None:
    labels = np.random.default_rng(1).permutation(80)
    renamed = DATA.reset_index()
    renamed["firm"] = labels[renamed["firm"]]
    renamed = renamed.sort_values(["firm", "year"]).set_index(["firm", "year"])
    same(
        dynamic_gmm(DATA, FORMULA, iv="x", **options),
        dynamic_gmm(renamed, FORMULA, iv="x", **options),
    )


@pytest.mark.parametrize("transform", ["difference", "orthogonal"])
def test_a_constant_of_the_entity_is_taken_out_of_regressors(transform: Any) -> None:
    rng = np.random.default_rng(2)
    shifted = DATA.copy()
    shifted["x"] += 10 * rng.normal(size=80)[shifted.index.get_level_values("firm")]
    same(
        dynamic_gmm(DATA, FORMULA, iv="x", transform=transform),
        dynamic_gmm(shifted, FORMULA, iv="x", transform=transform),
    )


def test_a_constant_of_the_entity_in_the_response_only_moves_its_own_instruments() -> None:
    """With instruments that are no levels of y, adding to y changes nothing."""
    rng = np.random.default_rng(2)
    shifted = DATA.copy()
    shifted["y"] += 10 * rng.normal(size=80)[shifted.index.get_level_values("firm")]
    options: dict[str, Any] = {"gmm": {"x": (0, None)}, "time_effects": True}
    with pytest.warns(UnigaugeWarning, match=r"lag\(y, 1\): neither in iv"):
        one = dynamic_gmm(DATA, FORMULA, **options)
    with pytest.warns(UnigaugeWarning, match=r"lag\(y, 1\): neither in iv"):
        other = dynamic_gmm(shifted, FORMULA, **options)
    same(one, other)


@pytest.mark.parametrize("options", EVERY)
@given(scale=st.floats(1e-3, 1e3))
@settings(max_examples=5, deadline=None)
def test_units_of_measurement_only_rescale(options: dict[str, Any], scale: float) -> None:
    one = dynamic_gmm(DATA, FORMULA, iv="x", **options)
    rescaled = DATA.assign(x=DATA["x"] * scale)
    other = dynamic_gmm(rescaled, FORMULA, iv="x", **options)
    assert other.params["x"] * scale == pytest.approx(one.params["x"], rel=1e-7)
    assert other.std_errors["x"] * scale == pytest.approx(one.std_errors["x"], rel=1e-7)
    assert other.params["lag(y, 1)"] == pytest.approx(one.params["lag(y, 1)"], rel=1e-7)
    assert other.hansen.statistic == pytest.approx(one.hansen.statistic, rel=1e-7)


def test_differences_and_deviations_agree_where_theory_says_so() -> None:
    """Balanced panel, all lags, one step: the same estimator (Arellano and Bover 1995)."""
    options: dict[str, Any] = {"gmm": {"y": (2, None), "x": (1, None)}, "steps": 1}
    one = dynamic_gmm(DATA, FORMULA, time_effects=False, **options)
    other = dynamic_gmm(
        DATA, FORMULA, time_effects=False, transform="orthogonal", **options
    )
    np.testing.assert_allclose(one.params, other.params, rtol=1e-9)
    np.testing.assert_allclose(one.std_errors, other.std_errors, rtol=1e-9)
    assert one.sargan.df == other.sargan.df


def test_just_identified_gmm_is_instrumental_variables() -> None:
    """Anderson and Hsiao: one lag, collapsed; the weight does not matter."""
    options: dict[str, Any] = {"gmm": {"y": (2, 2)}, "iv": "x", "collapse": True}
    fit = dynamic_gmm(DATA, FORMULA, time_effects=False, **options)
    wide_y, wide_x = (DATA[c].to_numpy().reshape(80, 7) for c in ("y", "x"))
    dy, dx = np.diff(wide_y), np.diff(wide_x)
    x = np.column_stack([dy[:, :-1].ravel(), dx[:, 1:].ravel()])
    z = np.column_stack([wide_y[:, :-2].ravel(), dx[:, 1:].ravel()])
    np.testing.assert_allclose(
        fit.params, np.linalg.solve(z.T @ x, z.T @ dy[:, 1:].ravel()), rtol=1e-9
    )
    assert fit.hansen.df == 0
    assert np.isnan(fit.hansen.p_value)
    assert "nothing to test" in fit.summary


def test_time_effects_are_those_of_demeaned_data_in_a_balanced_panel() -> None:
    """With x alone, its own instrument, time effects take out the means of the periods."""
    fit = dynamic_gmm(DATA, "y ~ x", gmm={}, iv="x", steps=1)
    demeaned = DATA - DATA.groupby(level="year").transform("mean")
    plain = dynamic_gmm(demeaned, "y ~ x", gmm={}, iv="x", steps=1, time_effects=False)
    assert fit.params["x"] == pytest.approx(plain.params["x"], rel=1e-9)
    assert list(fit.period_effects.index) == list(range(2001, 2007))


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transformations_take_constants_out(name: str) -> None:
    rng = np.random.default_rng(8)
    usable = rng.random((9, 30)) > 0.3
    matrix = TRANSFORMS[name].matrix(usable)
    constants = np.ones((9, 1, 30)) * usable[:, None]
    np.testing.assert_allclose(transformed(matrix, constants), 0, atol=1e-12)
    moved = transformed(matrix, rng.normal(size=(9, 1, 30)) * usable[:, None])
    rows = equation_rows(matrix, usable)
    assert ((moved[:, 0] != 0) == rows).all()
    if name == "orthogonal":
        assert (rows.sum(axis=0) == np.maximum(usable.sum(axis=0) - 1, 0)).all()


# ---------------------------------------------------------------------------
# Rows, gaps and instruments


def test_a_gap_takes_the_differences_on_both_sides() -> None:
    data = DATA.drop(index=[(5, 2003)])
    fit = dynamic_gmm(data, FORMULA, iv="x")
    # In levels 2003 is lost, and 2004 to its lag; in differences 2003, 2004 and 2005.
    assert dynamic_gmm(DATA, FORMULA, iv="x").nobs - fit.nobs == 3
    orthogonal = dynamic_gmm(data, FORMULA, iv="x", transform="orthogonal")
    assert 80 * 5 - orthogonal.nobs == 2


def test_a_lag_that_falls_into_a_gap_is_a_zero_instrument() -> None:
    data = DATA.drop(index=[(5, 2001)])
    fit = dynamic_gmm(data, FORMULA, iv="x")
    columns, values = fit.moments.instruments.equations[4]
    of_firm = {fit.instruments[c]: z[5] for c, z in zip(columns, values, strict=True)}
    assert of_firm["lag(y, 2) in 2004"] == data.loc[(5, 2002), "y"]
    assert of_firm["lag(y, 3) in 2004"] == 0.0
    assert of_firm["lag(y, 4) in 2004"] == data.loc[(5, 2000), "y"]


def test_max_lag_caps_every_variable() -> None:
    gmm = {"y": (2, None), "x": (1, 5)}
    fit = dynamic_gmm(DATA, FORMULA, gmm=gmm, max_lag=3, time_effects=False)
    depths = {int(name.split(", ")[1][0]) for name in fit.instruments}
    assert depths == {1, 2, 3}
    capped = {"y": (2, 3), "x": (1, 3)}
    same(fit, dynamic_gmm(DATA, FORMULA, gmm=capped, time_effects=False))


def test_instruments_from_outside_the_equation() -> None:
    rng = np.random.default_rng(4)
    data = DATA.assign(z=DATA["x"] + rng.normal(size=len(DATA)))
    with pytest.warns(UnigaugeWarning, match="x: neither in iv"):
        fit = dynamic_gmm(data, FORMULA, iv=["z", "lag(z, 1)"])
    assert {"z", "lag(z, 1)"} <= set(fit.instruments)
    assert "x" not in fit.instruments
    data.iloc[11, 2] = np.nan
    with (
        pytest.warns(UnigaugeWarning, match="x: neither in iv"),
        pytest.warns(
            DroppedRowsWarning, match=r"1 row dropped for missing values \(z: 1\)"
        ),
    ):
        dynamic_gmm(data, FORMULA, iv="z")


def test_a_lag_of_zero_is_the_variable() -> None:
    fit = dynamic_gmm(DATA, "y ~ lag(y, 1) + lag(x, 0:1)", iv=["x", "lag(x, 1)"])
    same(fit, dynamic_gmm(DATA, "y ~ lag(y, 1) + lag(x, 0:1)", iv="lag(x, 0:1)"))
    same(fit, dynamic_gmm(DATA, "y ~ lag(y, 1) + lag(x, 0:1)", iv="x + lag(x, 1)"))
    assert fit.terms == ("lag(y, 1)", "lag(x, 0)", "lag(x, 1)")


def test_a_panel_and_a_frame_give_the_same() -> None:
    same(
        dynamic_gmm(Panel.from_frame(DATA), FORMULA, iv="x"),
        dynamic_gmm(DATA, "y ~ lag(y) + x", gmm={"y": (2, None)}, iv=("x",)),
    )


def test_systems_have_a_constant_unless_it_is_taken_out() -> None:
    with_constant = dynamic_gmm(DATA, FORMULA, iv="x", system=True, time_effects=False)
    without = dynamic_gmm(DATA, FORMULA + " - 1", iv="x", system=True, time_effects=False)
    assert with_constant.terms == ("lag(y, 1)", "x", "constant")
    assert without.terms == ("lag(y, 1)", "x")
    assert with_constant.n_instruments == without.n_instruments + 1
    assert dynamic_gmm(DATA, FORMULA, iv="x").terms == ("lag(y, 1)", "x")


# ---------------------------------------------------------------------------
# What it shows


@pytest.mark.parametrize("options", EVERY)
def test_results_are_whole(options: dict[str, Any]) -> None:
    fit = dynamic_gmm(DATA, FORMULA, iv="x", **options)
    assert max(map(len, fit.summary.splitlines())) <= WIDTH
    for word in ("Instruments", "Sargan", "Hansen", "AR(1)", "AR(2)", "Std. errors"):
        assert word in fit.summary
    assert ("h = " in fit.summary) == bool(options.get("system"))
    assert isinstance(fit.plot(), matplotlib.axes.Axes)
    record = fit.record()
    assert record["p_value_hansen"] == fit.hansen.p_value
    assert record["estimate[x]"] == fit.params["x"]
    assert list(fit.difference_hansen.columns) == [
        "block", "df", "statistic", "p_value", "hansen_without", "df_without",
    ]  # fmt: skip
    known = fit.difference_hansen["statistic"].dropna()
    assert (known >= 0).all()
    assert (known <= fit.hansen.statistic).all()
    assert not fit.full_covariance.flags.writeable


def test_tests_are_results() -> None:
    fit = dynamic_gmm(DATA, FORMULA, iv="x")
    for test in (fit.hansen, fit.sargan, fit.ar(1), fit.wald("x")):
        assert isinstance(test.plot(), matplotlib.axes.Axes)
        assert test.to_frame().shape == (1, 4)
        assert test.record()["p_value"] == test.p_value
        assert test.name in test.summary
    z = fit.params["x"] / fit.std_errors["x"]
    assert fit.wald("x").statistic == pytest.approx(z**2)
    assert fit.wald().df == 2


def test_the_power_of_ar2_and_hansen() -> None:
    """Errors that follow a moving average break lag 2, and both tests see it."""
    rng = np.random.default_rng(6)
    units, years = 400, 8
    e = rng.normal(size=(units, years + 1))
    errors = e[:, 1:] + 0.8 * e[:, :-1]
    y = np.zeros((units, years))
    for t in range(1, years):
        y[:, t] = 0.5 * y[:, t - 1] + rng.normal(size=units) * 0.1 + errors[:, t]
    index = pd.MultiIndex.from_product([range(units), range(years)], names=["i", "t"])
    fit = dynamic_gmm(pd.DataFrame({"y": y.ravel()}, index=index), "y ~ lag(y, 1)")
    assert fit.ar(2).p_value < 0.01
    assert fit.hansen.p_value < 0.01


# ---------------------------------------------------------------------------
# Bad input


def test_too_few_periods_for_the_lags() -> None:
    short = DATA[DATA.index.get_level_values("year") < 2003]
    with pytest.raises(IdentificationError, match="none of them has a second one just"):
        dynamic_gmm(short, "y ~ lag(y, 1:2) + x", iv="x")
    with pytest.raises(IdentificationError, match="no row of the panel has all terms"):
        dynamic_gmm(short, "y ~ lag(y, 1:3) + x", iv="x")


def test_no_instruments_left() -> None:
    with pytest.raises(IdentificationError, match=r"no instruments are left of gmm\['y'\]"):
        dynamic_gmm(DATA, FORMULA, gmm={"y": (7, None)}, iv="x")
    firm, year = (DATA.index.get_level_values(level) for level in ("firm", "year"))
    late = DATA[((firm == 0) & (year == 2000)) | ((firm > 0) & (year > 2000))]
    with pytest.raises(IdentificationError, match="no transformed equation has lag 6 of"):
        dynamic_gmm(late, FORMULA, gmm={"y": (6, 6)}, iv="x")
    with (
        pytest.warns(UnigaugeWarning, match=r"lag\(y, 1\), x: neither in iv"),
        pytest.raises(IdentificationError, match="only 5 instruments are left"),
    ):
        dynamic_gmm(DATA, FORMULA, gmm={})
    with pytest.raises(IdentificationError, match="max_lag is 1"):
        dynamic_gmm(DATA, FORMULA, iv="x", max_lag=1)


def test_collinear_instruments_are_named_and_change_nothing() -> None:
    data = DATA.assign(double=2 * DATA["x"])
    with pytest.warns(
        UnigaugeWarning,
        match="1 of 22 instruments are combinations of the others and were left out: doub",
    ):
        fit = dynamic_gmm(data, FORMULA, iv=["x", "double"])
    assert fit.dropped == ("double",)
    assert "left out as collinear: double" in fit.summary
    same(fit, dynamic_gmm(data, FORMULA, iv="x"))


def test_more_instruments_than_entities() -> None:
    few = DATA[DATA.index.get_level_values("firm") < 12]
    with (
        pytest.warns(UnigaugeWarning, match="21 instruments for 12 entities"),
        pytest.warns(UnigaugeWarning, match="weight matrix of step 2 is singular: rank 12"),
    ):
        fit = dynamic_gmm(few, FORMULA, iv="x")
    assert "More instruments than entities" in fit.summary
    with pytest.warns(UnigaugeWarning, match="21 instruments for 12 entities"):
        dynamic_gmm(few, FORMULA, iv="x", steps=1)


def test_fewer_entities_than_coefficients() -> None:
    few = DATA[DATA.index.get_level_values("firm") < 5]
    with pytest.raises(
        IdentificationError, match="weight matrix has rank 5, too low for 7"
    ):
        dynamic_gmm(few, FORMULA, iv="x")
    with (
        pytest.warns(UnigaugeWarning, match="20 instruments for 5 entities"),
        pytest.warns(UnigaugeWarning, match="1 of 21 instruments .* left out: year 2006"),
    ):
        fit = dynamic_gmm(few, FORMULA, iv="x", steps=1)
    assert "not available: fewer entities" in fit.summary
    assert np.isnan(fit.record()["p_value_hansen"])
    with pytest.raises(IdentificationError, match="weight matrix has rank 5"):
        _ = fit.hansen


def test_an_equation_that_is_an_identity() -> None:
    with pytest.raises(IdentificationError, match="reproduces the response exactly"):
        dynamic_gmm(DATA.assign(z=2 * DATA["y"]), FORMULA + " + z", iv=["x", "z"])


def test_a_regressor_that_the_transformation_takes_out_is_named() -> None:
    data = DATA.assign(region=DATA.index.get_level_values("firm") % 3)
    with pytest.raises(IdentificationError, match="tell the coefficient of region in"):
        dynamic_gmm(data, FORMULA + " + region", iv=["x", "region"])
    data = DATA.assign(gdp=DATA.index.get_level_values("year") ** 2.0)
    with pytest.raises(IdentificationError, match="tell the coefficient of gdp in"):
        dynamic_gmm(data, FORMULA + " + gdp", iv=["x", "gdp"])
    fit = dynamic_gmm(data, FORMULA + " + gdp", iv=["x", "gdp"], time_effects=False)
    assert fit.terms == ("lag(y, 1)", "x", "gdp")


def test_the_shape_of_the_data() -> None:
    with pytest.raises(InputError, match="'x' is not numeric"):
        dynamic_gmm(DATA.assign(x="a"), FORMULA, iv="x")
    with pytest.raises(InputError, match="each pair may occur once"):
        dynamic_gmm(pd.concat([DATA, DATA]).sort_index(), FORMULA, iv="x")
    with pytest.raises(InputError, match="Did you mean 'x'"):
        dynamic_gmm(DATA, "y ~ lag(y, 1) + xx", iv="x")
    sparse = DATA[DATA.index.get_level_values("year") % 2 == 0]
    with pytest.raises(IdentificationError, match="step by 2 periods"):
        dynamic_gmm(sparse, FORMULA, iv="x")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"formula": FORMULA + " | entity"}, "fixed effects after the bar"),
        ({"steps": 3}, "steps is 3; choose 1, 2 or 'iterated'"),
        ({"steps": True}, "steps is True"),
        ({"h": 1}, "h is 1; choose 2"),
        ({"transform": "differences"}, "Did you mean 'difference'"),
        ({"cov": "windmeijer"}, "cov is 'windmeijer'"),
        ({"system": "yes"}, "system is 'yes'; it must be True or False"),
        ({"gmm": ["y"]}, "it must be a mapping of variables to lags"),
        ({"gmm": {"y": 2}}, r"gmm\['y'\] is 2; it must be \(first lag, last lag\)"),
        ({"gmm": {"y": (3, 2)}}, "no less than the first"),
        ({"gmm": {"y": (-1, 2)}}, "at least 0"),
        ({"gmm": {"q": (2, None)}}, "uses 'q', which is no variable"),
        ({"iv": ["x", "lag(x, 0:1)", "x"]}, "each may be named once"),
        ({"iv": 3}, "iv is 3; it must be text such as 'x"),
        ({"max_lag": 0}, "max_lag is 0"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        dynamic_gmm(DATA, **{"formula": FORMULA, "iv": "x", **options})


def test_lags_of_the_response_that_are_no_instruments() -> None:
    with pytest.warns(UnigaugeWarning, match="starts at lag 1; the response is correlated"):
        dynamic_gmm(DATA, FORMULA, gmm={"y": (1, None)}, iv="x")


def test_orders_that_the_panel_has_not() -> None:
    fit = dynamic_gmm(DATA, FORMULA, iv="x")
    with pytest.raises(IdentificationError, match="5 periods apart"):
        fit.ar(5)
    with pytest.raises(InputError, match="order is 0"):
        fit.ar(0)
    with pytest.raises(InputError, match="term is 'q'"):
        fit.wald("q")


def test_iterations_that_do_not_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unigauge.estimation.gmm.steps._MOST_STEPS", 2)
    with pytest.raises(ConvergenceError, match="iterated GMM did not settle"):
        dynamic_gmm(DATA, FORMULA, iv="x", steps="iterated")
