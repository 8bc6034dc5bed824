"""What a fit offers: frames, tests, comparisons, pictures."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from unigauge.errors import IdentificationError, InputError
from unigauge.estimation import (
    Fit,
    Panel,
    compare,
    half_panel_jackknife,
    ols,
    permutation_test,
    poisson,
    wild_cluster_bootstrap,
)
from unigauge.sweeps import sweep

FORMULA = "y ~ lag(y, 1) + x | entity + time"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    keys = pd.MultiIndex.from_product(
        [list("abcdefgh"), range(1990, 2000)], names=["i", "t"]
    )
    frame = pd.DataFrame(rng.normal(size=(80, 2)), keys, columns=["y", "x"])
    frame["n"] = rng.poisson(3.0, 80)
    return frame


@pytest.fixture(scope="module")
def fit(frame) -> Fit:
    return ols(frame, FORMULA)


def results(frame):
    fit = ols(frame, FORMULA)
    counts = poisson(frame, "n ~ x | entity")
    return [
        fit,
        counts,
        ols(frame, "y ~ x | i[t]", cov="driscoll_kraay"),
        fit.wald(),
        compare(fit, counts, names=["levels", "counts"]),
        wild_cluster_bootstrap(fit, "x"),
        half_panel_jackknife(frame, FORMULA),
    ]


def test_the_frame_of_a_fit(fit):
    table = fit.to_frame()
    assert list(table.columns) == [
        "term",
        "estimate",
        "std_error",
        "statistic",
        "p_value",
        "conf_low",
        "conf_high",
    ]
    assert table["term"].tolist() == ["lag(y, 1)", "x"]
    np.testing.assert_allclose(table["statistic"], table["estimate"] / table["std_error"])
    np.testing.assert_allclose(table["p_value"], 2 * stats.t.sf(abs(table["statistic"]), 7))
    reach = stats.t.ppf(0.975, 7) * table["std_error"]
    np.testing.assert_allclose(table["conf_high"] - table["estimate"], reach)
    np.testing.assert_array_equal(fit.params, table["estimate"])
    np.testing.assert_array_equal(fit.std_errors, table["std_error"])
    np.testing.assert_array_equal(fit.pvalues, table["p_value"])
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), fit.std_errors)
    assert (fit.nobs, fit.n_entities, fit.n_times, fit.df) == (72, 8, 9, 7)


def test_a_panel_and_a_frame_give_the_same(frame, fit):
    pd.testing.assert_series_equal(ols(Panel.from_frame(frame), FORMULA).params, fit.params)


def test_the_convention_is_printed_with_its_numbers(fit):
    convention = (
        "Clustered by i (8 groups); covariance times 8/7 x 71/(72 - 11) (stata); p-values "
        "and intervals: t(7)."
    )
    assert fit.convention == convention
    assert " ".join(convention.split()[:6]) in str(fit)
    assert fit.summary == str(fit)
    assert "8 rows lost to lags" in str(fit)
    assert (
        "Driscoll-Kraay, Bartlett, bandwidth 2"
        in fit.with_covariance("driscoll_kraay").convention
    )


def test_every_result_shows_itself(frame):
    for result in results(frame):
        text = str(result)
        assert max(map(len, text.splitlines())) <= 79
        assert result._repr_html_().startswith("<div>")
        assert len(result.plot_data()) > 0
        axes = result.plot()
        assert result.plot(axes) is axes
        assert len(result.to_frame()) > 0
        assert result.record()
        again = pickle.loads(pickle.dumps(result))
        assert str(again) == text


def test_records_have_one_pattern(frame, fit):
    counts = fit.record()
    assert list(counts) == [
        *(f"{what}[lag(y, 1)]" for what in ("estimate", "std_error", "p_value")),
        *(f"{what}[x]" for what in ("estimate", "std_error", "p_value")),
        "nobs",
    ]
    assert counts["p_value[x]"] == fit.pvalues["x"]
    corrected = half_panel_jackknife(frame, FORMULA)
    assert corrected.record() == {
        **{f"estimate[{term}]": value for term, value in corrected.params.items()},
        "nobs": 72,
    }
    assert sum(corrected.nobs_halves) == corrected.nobs == fit.nobs
    assert corrected.std_errors.isna().all()
    assert list(corrected.pvalues.index) == list(fit.terms)
    wild = wild_cluster_bootstrap(fit, "lag(y)", draws=99)
    dealt = permutation_test(frame, FORMULA, "x", draws=99)
    for test in (wild, dealt):
        row = test.record()
        assert row[f"estimate[{test.term}]"] == test.estimate
        assert row[f"p_value[{test.term}]"] == test.p_value
        assert (test.draws, test.nobs) == (row["draws"], row["nobs"]) == (99, 72)
        assert "raw_statistic" in str(test)
        assert test.to_frame()["raw_statistic"].item() == test.statistic
    assert (wild.seed, wild.exact, dealt.exact) == (0, False, False)


def test_r2_is_named_for_what_it_is(frame):
    constant = str(ols(frame, "y ~ 1"))
    assert re.search(r"R2 +0\.0000", constant)
    uncentred = ols(frame, "n ~ 0 + x")
    n, x = frame["n"].to_numpy(dtype=float), frame["x"].to_numpy()
    r2 = (n @ x) ** 2 / (x @ x) / (n @ n)
    assert uncentred.r2_within == pytest.approx(r2)
    assert re.search(rf"R2 uncentred +{r2:.4f}", str(uncentred))
    assert "R2 within" in str(ols(frame, "y ~ x | entity"))


@pytest.mark.parametrize("formula", ["y ~ lag(y, 0) | entity", "y ~ I(2 * y) + x"])
def test_an_exact_fit_has_no_standard_errors_and_says_so(frame, formula):
    exact = ols(frame, formula)
    assert exact.std_errors.isna().all()
    assert exact.pvalues.isna().all()
    assert exact.to_frame()[["statistic", "conf_low", "conf_high"]].isna().all(axis=None)
    assert "reproduces the response exactly" in " ".join(str(exact).split())
    with pytest.raises(IdentificationError, match="fits perfectly"):
        wild_cluster_bootstrap(exact, exact.terms[-1])
    with pytest.raises(IdentificationError, match="fits perfectly"):
        ols(frame, formula, cov="wild")
    nearly = ols(frame.assign(y=frame["n"] + 1e-6 * frame["y"]), "y ~ n | entity")
    assert nearly.pvalues.notna().all()


def test_pictures_say_what_they_show(frame, fit):
    for one in (fit, poisson(frame, "n ~ x | entity")):
        axes = one.plot()
        assert axes.get_xlabel() == f"coefficient (response: {'yn'[one.model != 'OLS']})"
        assert axes.get_title() == f"{one.model}: {one.formula}"
    assert all(result.plot().get_title() for result in results(frame))


def test_results_cannot_be_changed(fit):
    with pytest.raises(AttributeError):
        fit.design = None
    with pytest.raises(ValueError, match="read-only"):
        fit.inference.std_errors[0] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        fit.solution.estimates[0] = 0.0


def test_wald(frame, fit):
    one = fit.wald("x")
    assert one.df == (1, 7)
    assert one.statistic == pytest.approx(fit.statistics["x"] ** 2)
    assert one.p_value == pytest.approx(fit.pvalues["x"])
    both = fit.wald()
    b, v = fit.params.to_numpy(), fit.covariance.to_numpy()
    assert both.chi2 == pytest.approx(b @ np.linalg.solve(v, b))
    assert both.statistic == pytest.approx(both.chi2 / 2)
    assert both.p_value == pytest.approx(stats.f.sf(both.statistic, 2, 7))
    assert both.p_value_chi2 == pytest.approx(stats.chi2.sf(both.chi2, 2))
    assert fit.wald(["lag( y )", "x"]).terms == ("lag(y, 1)", "x")
    ranged = ols(frame, "y ~ lag(x, 1:2) + n").wald("lag(x, 1:2)")
    assert ranged.terms == ("lag(x, 1)", "lag(x, 2)")
    with pytest.raises(InputError, match="term is 'z'"):
        fit.wald(["x", "z"])
    with pytest.raises(InputError, match="named once"):
        fit.wald(["x", "x"])
    few = frame.loc[["a", "b"]]
    with pytest.raises(IdentificationError, match="singular"):
        ols(few, "y ~ x + lag(x, 1:2)").wald()


def test_an_iid_wald_test_is_the_f_test_of_nested_sums_of_squares(frame):
    whole = ols(frame, "y ~ x + lag(x, 1) + n | entity", cov="iid")
    sample = frame.drop(index=1990, level="t")
    part = ols(sample, "y ~ n | entity", cov="iid")
    f = (part.deviance - whole.deviance) / 2 / (whole.deviance / whole.df)
    assert whole.wald(["x", "lag(x, 1)"]).statistic == pytest.approx(f)


def test_compare(frame, fit):
    counts = poisson(frame, "n ~ x | entity", cov="robust", small_sample="none")
    table = compare(fit, counts)
    shown = table.to_frame()
    assert list(shown.columns) == ["(1)", "(2)"]
    assert shown.loc["lag(y, 1)"].tolist() == [f"{fit.params['lag(y, 1)']:.4g}", ""]
    assert shown.loc["x (s.e.)", "(2)"] == f"({counts.std_errors['x']:.4g})"
    assert shown.loc["model"].tolist() == ["OLS", "Poisson"]
    numbers = table.plot_data()
    assert numbers["fit"].tolist() == ["(1)", "(1)", "(2)"]
    assert numbers["estimate"].tolist() == [*fit.params, *counts.params]
    assert compare([fit, counts]).to_frame().equals(shown)
    for none in ((), ([],)):
        with pytest.raises(InputError, match="needs fits"):
            compare(*none)
    with pytest.raises(InputError, match="needs fits"):
        compare(fit, "other")
    with pytest.raises(InputError, match="all different"):
        compare(fit, fit, names=["a", "a"])


def test_a_sweep_over_formulas_reports_failures(frame):
    table = sweep(
        lambda formula: ols(frame, formula),
        {"formula": ["y ~ x | entity", "y ~ w | entity"]},
    )
    assert table["estimate[x]"].notna().tolist() == [True, False]
    assert "no variable of the data" in table["error"][1]


def test_the_jackknife_halves_the_bias_of_short_panels():
    rng = np.random.default_rng(1)
    keys = pd.MultiIndex.from_product([range(60), range(12)], names=["i", "t"])
    plain, corrected = [], []
    for _ in range(40):
        y = np.zeros((60, 112))
        for t in range(1, 112):
            y[:, t] = 0.5 * y[:, t - 1] + rng.normal(size=60)
        frame = pd.DataFrame({"y": y[:, -12:].ravel()}, keys)
        result = half_panel_jackknife(frame, "y ~ lag(y, 1) | entity")
        plain.append(result.whole[0])
        corrected.append(result.estimates[0])
    bias, left = np.mean(plain) - 0.5, np.mean(corrected) - 0.5
    assert bias < -0.1
    assert abs(left) < abs(bias) / 2
