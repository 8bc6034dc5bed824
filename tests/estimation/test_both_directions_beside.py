"""What bidirectional shows beside the methods that decide: dynamics, pre-tests, pictures."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest

from unigauge.errors import InputError
from unigauge.estimation import (
    Bidirectional,
    bidirectional,
    cce,
    dynamic_gmm,
    local_projection,
    panel_var,
    unit_root,
)
from unigauge.estimation.both_directions.findings import Case
from unigauge.estimation.both_directions.questions import MAIN, Estimate
from unigauge.estimation.both_directions.report_page import findings

matplotlib.use("Agg")

FORTH, BACK = "standards -> innovation", "innovation -> standards"
FOUR = ("fixed_effects", "poisson", "juodis_karavias_sarafidis", "dumitrescu_hurlin")
AVERAGED = "common_correlated_effects"
LOUD = Estimate(estimate=0.4, std_error=0.1, p_value=0.001, nobs=9)
SILENT = replace(LOUD, std_error=0.3, p_value=0.3)


def simulate(
    seed: int,
    *,
    units: int = 20,
    years: int = 25,
    forth: float = 0.0,
    own: float = 0.5,
    uneven: float = 0.0,
) -> pd.DataFrame:
    """Standards s move themselves and, perhaps, innovation p a year later.

    A shock of all, felt with weights around one, may reach s at once and p a year later.
    """
    rng = np.random.default_rng(seed)
    burn = 50
    shocks = rng.normal(size=(years + burn, 2, units))
    world = uneven * rng.normal(size=(years + burn, 1)) * (1 + 0.5 * rng.normal(size=units))
    s, p = np.zeros((2, years + burn, units))
    for t in range(1, years + burn):
        s[t] = own * s[t - 1] + shocks[t, 0] + world[t]
        p[t] = own * p[t - 1] + forth * s[t - 1] + shocks[t, 1] + world[t - 1]
    index = pd.MultiIndex.from_product(
        [[f"u{i:03d}" for i in range(units)], range(2000, 2000 + years)],
        names=["firm", "year"],
    )
    columns = {"p": p[burn:].T.ravel(), "s": s[burn:].T.ravel()}
    return pd.DataFrame(columns, index=index)


def run(data: pd.DataFrame, **options: Any) -> Bidirectional:
    few = {"draws": 199, "counts": {}, "unit_roots": False}
    return bidirectional(data, "p", "s", **{**few, **options})


@cache
def one_way() -> Bidirectional:
    return run(simulate(1, forth=0.4), unit_roots=True)


@cache
def many_units() -> Bidirectional:
    return run(simulate(2, units=100, years=8, forth=0.3))


def row(both: Bidirectional, method: str, direction: str = FORTH) -> pd.Series:
    frame = both.to_frame().set_index(["direction", "method"])
    return frame.loc[direction, method]


def said(case: Case, other: Case) -> dict[str, str]:
    return {finding.name: finding.sentence for finding in findings(case, other)}


def changed(answers: dict[tuple[str, str], Estimate], **others: Any) -> tuple[Case, Case]:
    first, second = one_way().cases
    return replace(first, answers={**first.answers, **answers}, **others), second


# ---------------------------------------------------------------------------
# The rows


def test_rows_are_those_of_the_estimators_by_themselves():
    data, both = simulate(1, forth=0.4), one_way()
    system = panel_var(data, ["p", "s"], method="bias_corrected", demean="time")
    local = local_projection(data, "p", "s", horizon=5, ordering="impulse_last").to_frame()
    averaged = cce(data, "p ~ lag(p, 1) + lag(s, 1)").to_frame().set_index("term")
    direct = {
        "panel_var": (
            system.params["p", "lag(s, 1)"],
            system.std_errors["p", "lag(s, 1)"],
            system.pvalues["p", "lag(s, 1)"],
        ),
        "local_projection": tuple(local.loc[0, ["estimate", "std_error", "p_value"]]),
        AVERAGED: tuple(averaged.loc["lag(s, 1)", ["estimate", "std_error", "p_value"]]),
    }
    for method, numbers in direct.items():
        got = row(both, method)[["estimate", "std_error", "p_value"]]
        np.testing.assert_allclose(got.astype(float), numbers, rtol=1e-9)
        assert np.isnan(row(both, method)["p_value_bootstrap"])
    checks = both.robustness().set_index(["direction", "method", "check"])
    later = checks.loc[FORTH, "local_projection", "horizon_3"]
    assert later["estimate"] == pytest.approx(local.loc[2, "estimate"], rel=1e-12)
    root = checks.loc[FORTH, "panel_var", "largest_root"]["estimate"]
    assert root == pytest.approx(abs(system.eigenvalues[0]))


def test_moments_are_those_of_dynamic_gmm_where_units_are_many():
    data, both = simulate(2, units=100, years=8, forth=0.3), many_units()
    fit = dynamic_gmm(
        data, "p ~ lag(p, 1) + lag(s, 1)", gmm={"p": (2, 5), "s": (2, 5)}, collapse=True
    )
    got = row(both, "dynamic_gmm")
    assert got["estimate"] == pytest.approx(fit.params["lag(s, 1)"], rel=1e-10)
    assert got["std_error"] == pytest.approx(fit.std_errors["lag(s, 1)"], rel=1e-10)
    assert "14 instruments for 100 firms" in got["note"]
    checks = both.robustness().set_index(["direction", "method", "check"])["p_value"]
    assert checks[FORTH, "dynamic_gmm", "hansen"] == pytest.approx(fit.hansen.p_value)
    assert checks[FORTH, "dynamic_gmm", "serial_correlation"] == pytest.approx(
        fit.ar(2).p_value
    )
    assert "GMM on forward orthogonal" in row(both, "panel_var")["note"]
    assert "dynamic_gmm" in both.cases[0].found
    assert "The instruments of GMM pass their tests" in said(*both.cases)["instruments"]


@pytest.mark.parametrize(("units", "years"), [(49, 8), (60, 25)])
def test_moments_need_many_units_and_say_so(units, years):
    both = run(simulate(3, units=units, years=years), methods=["dynamic_gmm", *FOUR[:1]])
    got = row(both, "dynamic_gmm")
    assert np.isnan(got["estimate"])
    assert (
        f"there are {units} firms over {years} years; it needs at least 50" in got["note"]
    )


def test_with_several_lags_the_rows_are_sums():
    data = simulate(4, units=60, years=13, forth=0.3)
    both = run(
        data, lags=2, methods=["fixed_effects", "dynamic_gmm", AVERAGED, "panel_var"]
    )
    gmm = dynamic_gmm(
        data, "p ~ lag(p, 1:2) + lag(s, 1:2)", gmm={"p": (2, 5), "s": (2, 5)}, collapse=True
    )
    both_lags = ["lag(s, 1)", "lag(s, 2)"]
    assert row(both, "dynamic_gmm")["estimate"] == pytest.approx(
        gmm.params[both_lags].sum(), rel=1e-6
    )
    system = panel_var(data, ["p", "s"], lags=2, demean="time")
    got = row(both, "panel_var")
    assert got["estimate"] == pytest.approx(system.params["p"][both_lags].sum())
    own = system.equation("p").covariance.loc[both_lags, both_lags].to_numpy()
    assert got["std_error"] == pytest.approx(np.sqrt(own.sum()))
    averaged = cce(data, "p ~ lag(p, 1:2) + lag(s, 1:2)")
    assert row(both, AVERAGED)["estimate"] == pytest.approx(
        averaged.params[both_lags].sum(), rel=1e-6
    )
    checks = both.robustness().set_index(["direction", "method", "check"])["p_value"]
    for direction, (effect, cause) in ((FORTH, "ps"), (BACK, "sp")):
        assert checks[direction, "panel_var", "all_lags"] == pytest.approx(
            system.granger().p_value(effect, cause)
        )
    for method in ("dynamic_gmm", AVERAGED, "panel_var"):
        assert "sum of 2 lags" in row(both, method)["note"]


# ---------------------------------------------------------------------------
# What decides


def test_what_stands_beside_decides_nothing():
    quiet = {
        (m, c): replace(SILENT, p_value_bootstrap=0.3)
        for m in FOUR
        for c in (MAIN, "blocks_of_three")
        if m != "poisson"
    }
    loud = {(m, MAIN): LOUD for m in (AVERAGED, "panel_var", "local_projection")}
    first, second = changed({**quiet, **loud}, smallest_effect=10.0)
    assert first.found == ()
    assert set(first.beside) == {AVERAGED, "panel_var", "local_projection"}
    assert first.verdict(second) == "no robust association"
    words = said(first, second)
    assert "the panel VAR would find it (p = .001)" in words["beside"]
    assert "found only here" in words["averaged"]


def test_an_association_must_stand_beside_averages():
    first, second = changed({})
    assert first.verdict(second) == "robust association"
    assert "the association stays" in said(first, second)["averaged"]
    for estimate, words in (
        (SILENT, ": not found."),
        (replace(LOUD, estimate=-0.4), ": the sign turns."),
    ):
        first, second = changed({(AVERAGED, MAIN): estimate})
        assert first.verdict(second) == "fragile association"
        assert said(first, second)["averaged"].endswith(words)
        assert "effects left it standing" in said(first, second)["what_failed"]
    first, second = changed({(AVERAGED, MAIN): Estimate(note="not run: too short")})
    assert first.verdict(second) == "fragile association"
    assert "could be run, and did" in said(first, second)["what_failed"]
    without = tuple(m for m in first.methods if m != AVERAGED)
    assert replace(first, methods=without).verdict(second) == "robust association"


@pytest.mark.parametrize("check", ["hansen", "serial_correlation"])
def test_instruments_must_pass_their_tests(check):
    first, second = many_units().cases
    assert "dynamic_gmm" in first.found
    bad = {("dynamic_gmm", check): Estimate(p_value=0.01, nobs=9)}
    first = replace(first, answers={**first.answers, **bad})
    assert "dynamic_gmm" not in first.ran
    assert "dynamic_gmm" in first.beside
    assert "set aside" in said(first, second)["instruments"]


def test_asked_for_what_decides_nothing_nothing_is_told():
    both = run(simulate(1, units=8), methods=["panel_var", "local_projection"])
    assert set(both.verdicts.values()) == {"cannot be told"}
    assert "No method that decides could be run." in both.report()


def test_an_uneven_shock_does_not_pass_for_one_variable_moving_the_other():
    both = run(simulate(6, units=30, uneven=1.5), methods=[*FOUR, AVERAGED])
    assert "fixed_effects" in both.cases[0].found
    assert both.verdicts[FORTH] == "fragile association"


def test_every_verdict_is_told_in_plain_words():
    first, second = changed({})
    words = said(first, second)["plainly"]
    assert "that it is the cause does not follow" in words
    assert "felt by some firms in the opposite way" in words
    first, second = changed({(AVERAGED, MAIN): SILENT})
    assert "Fragile is no finding" in said(first, second)["plainly"]


# ---------------------------------------------------------------------------
# The course of the responses


def test_responses_recover_the_course_that_was_simulated():
    data = simulate(7, units=70, years=40, forth=0.4)
    both = run(data, methods=["panel_var", "local_projection"])
    frame = both.responses().set_index(["direction", "method", "order"]).sort_index()
    scale = both.cases[0].scale
    truth = [scale * 0.4 * h * 0.5 ** (h - 1) if h else 0.0 for h in range(6)]
    for method, order in (("panel_var", "cause last"), ("panel_var", "cause first")):
        path = frame.loc[(FORTH, method, order)]
        assert list(path["horizon"]) == list(range(6))
        np.testing.assert_allclose(path["estimate"], truth, atol=0.08)
    local = frame.loc[(FORTH, "local_projection", "cause last")]
    np.testing.assert_allclose(local["jackknife"], truth, atol=0.08)
    assert local["estimate"].iloc[0] == local["conf_high"].iloc[0] == 0.0
    back = frame.loc[(BACK, "panel_var", "cause last")]
    assert (back["conf_low"] <= 0.0).all()
    assert (back["conf_high"] >= 0.0).all()


def test_the_first_response_of_the_var_is_its_coefficient():
    both = one_way()
    frame = both.responses().set_index(["direction", "method", "order", "horizon"])
    first = frame.loc[(FORTH, "panel_var", "cause last", 1), "estimate"]
    expected = row(both, "panel_var")["estimate"] * both.cases[0].scale
    assert first == pytest.approx(expected, rel=1e-9)
    local = frame.loc[(FORTH, "local_projection", "cause last", 1), "estimate"]
    expected = row(both, "local_projection")["estimate"] * both.cases[0].scale
    assert local == pytest.approx(expected, rel=1e-9)


def test_responses_are_told():
    words = said(*one_way().cases)["course"]
    assert "After a shock that raises standards by one standard deviation" in words
    assert "after 1 year and" in words
    assert "which decides nothing" in words
    short = run(simulate(1, units=8, years=12), methods=["panel_var"])
    assert "local projections" not in said(*short.cases)["course"]


def test_a_system_with_a_root_of_one_is_called_so():
    bad = {("panel_var", "largest_root"): Estimate(estimate=1.02, nobs=9)}
    assert "has a root of 1.02" in said(*changed(bad))["unstable"]
    assert "unstable" not in said(*changed({}))


# ---------------------------------------------------------------------------
# Pictures


def test_the_picture_holds_forest_and_responses():
    both = one_way()
    forest = both.plot()
    drawn = forest.figure.axes
    assert drawn[0] is forest
    assert [axes.get_title() for axes in drawn[1:]] == [FORTH, BACK]
    lines = {line.get_label(): line for line in drawn[1].lines}
    data = both.responses()
    chosen = data[(data["direction"] == FORTH) & (data["method"] == "panel_var")]
    last = chosen[chosen["order"] == "cause last"]
    np.testing.assert_array_equal(
        lines["panel VAR, 95 % band"].get_ydata(), last["estimate"]
    )
    matplotlib.pyplot.close(forest.figure)


def test_given_axes_hold_the_forest_alone():
    figure = matplotlib.figure.Figure()
    axes = figure.subplots()
    assert one_way().plot(axes) is axes
    assert figure.axes == [axes]
    assert one_way().plot_response(BACK, axes) is axes
    alone = run(simulate(1), methods=["fixed_effects"])
    assert len(alone.plot().figure.axes) == 1
    assert alone.responses().empty


def test_only_the_two_directions_have_a_response():
    with pytest.raises(InputError, match="direction is 'up'; choose one of"):
        one_way().plot_response("up")


# ---------------------------------------------------------------------------
# Pre-tests


def test_unit_root_tests_are_those_by_themselves():
    frame = one_way().pretests()
    roots = frame[frame["test"] == "unit root"].set_index(["variable", "series"])
    assert len(roots) == 8
    direct = unit_root(simulate(1, forth=0.4), "p", "cips", lags=2, trend="trend", seed=0)
    got = roots.loc[("p", "CIPS, trend, lags 2")]
    assert got["statistic"] == pytest.approx(direct.statistic)
    assert got["p_value"] == direct.p_value
    assert got["critical_value"] == direct.critical_values[0.05]


def test_walks_and_stationary_series_are_told_apart():
    walk = run(simulate(8, own=1.0), methods=["fixed_effects"], unit_roots=True)
    steady = run(simulate(8, own=0.2, years=40), methods=["fixed_effects"], unit_roots=True)
    page = " ".join(walk.report().split())
    assert "For p a unit root is nowhere rejected" in page
    assert "it must also be found in first differences" in page
    page = " ".join(steady.report().split())
    assert "For p a unit root is rejected throughout" in page
    assert "wander" not in page


def test_a_short_panel_says_why_it_has_no_unit_root_test():
    both = run(simulate(9, units=30, years=6), methods=["fixed_effects"], unit_roots=True)
    assert "Whether p has a unit root could not be tested" in " ".join(
        both.report().split()
    )
    notes = both.pretests().query("test == 'unit root'")["note"]
    assert (notes != "").all()


def test_a_short_panel_has_no_averages():
    both = run(simulate(9, units=30, years=7), methods=["fixed_effects", AVERAGED])
    note = "it needs two units without a gap over 8 years"
    assert note in row(both, AVERAGED)["note"]
    assert f"common correlated effects did not run: {note}" in " ".join(
        both.report().split()
    )


def test_unit_roots_may_be_skipped():
    both = run(simulate(1), methods=["fixed_effects"])
    assert set(both.pretests()["test"]) == {"dependence"}
    assert "Unit roots" not in both.report()


# ---------------------------------------------------------------------------
# Labels and order


def test_labels_and_order_of_the_units_do_not_matter():
    data = simulate(1, forth=0.4)
    both = one_way()
    names = {f"u{i:03d}": f"v{(7 * i) % 20:03d}" for i in range(20)}
    other = run(data.rename(index=names, level=0).sort_index(), unit_roots=True)
    assert other.verdicts == both.verdicts
    numbers = ["estimate", "std_error", "p_value"]
    np.testing.assert_allclose(
        other.to_frame()[numbers], both.to_frame()[numbers], rtol=1e-7
    )
    np.testing.assert_allclose(
        other.responses()["estimate"], both.responses()["estimate"], rtol=1e-7, atol=1e-12
    )
    plain = data.rename(index={name: f"x{name}" for name in names}, level=0)
    same = run(plain, unit_roots=True)
    pd.testing.assert_frame_equal(same.to_frame(), both.to_frame())
    pd.testing.assert_frame_equal(same.responses(), both.responses())
    pd.testing.assert_frame_equal(same.pretests(), both.pretests())
