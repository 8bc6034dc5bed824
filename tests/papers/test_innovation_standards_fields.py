"""Our study of 23 fields: it comes out as expected, its checks can fail, and find."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets, papers
from unigauge.errors import DataError
from unigauge.estimation import cross_section_dependence, ols, permutation_test
from unigauge.papers.both_ways.regressions import long_run
from unigauge.papers.both_ways.specifications import by_choice
from unigauge.papers.innovation_standards_fields import (
    anchors,
    causality,
    choices,
    evidence,
    findings,
    pictures,
    tables,
)
from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    TO_PATENTS,
    TO_STANDARDS,
)
from unigauge.papers.reproduction import Claim
from unigauge.papers.study import Study, watching

KEY = "innovation_standards_fields"


@cache
def panel() -> pd.DataFrame:
    return evidence.prepared(datasets.load("technology_fields"))


@cache
def main() -> evidence.Regressions:
    return evidence.regressions(panel(), draws=199, seed=1)


def planted(effect: float, *, on: str = "standards") -> pd.DataFrame:
    """Counts of 23 fields in which one answers last year's value of the other."""
    rng = np.random.default_rng(1)
    years, fields = 23, panel().index.unique("field")
    p, s = np.zeros((years, 23)), np.zeros((years, 23))
    for t in range(1, years):
        world = 0.1 * rng.normal()
        p[t] = 0.6 * p[t - 1] + world + 0.3 * rng.normal(size=23)
        s[t] = 0.2 * s[t - 1] + effect * p[t - 1] + world + 0.1 * rng.normal(size=23)
    if on == "patents":
        p, s = s, p
    index = pd.MultiIndex.from_product([fields, range(1998, 2021)], names=["field", "year"])
    standards = np.round(np.exp(5 + s)).T
    families = np.round(np.exp(9 + p))
    grants = np.round(families * np.exp(0.05 * rng.normal(size=p.shape)) / 2)
    return evidence.prepared(
        pd.DataFrame(
            {
                "iso_standards": standards.ravel(),
                "iso_standards_cumulative": standards.cumsum(axis=1).ravel() + 100,
                "patent_families": families.T.ravel(),
                "uspto_grants": grants.T.ravel(),
            },
            index=index,
        )
    )


# ---------------------------------------------------------------------------
# The study


def test_it_comes_out_as_expected_in_a_fast_run(tmp_path) -> None:
    done = papers.reproduce(KEY, tmp_path, fast=True)
    wrong = done.to_frame().query("not as_expected")
    assert wrong.empty, wrong[["value", "note"]]
    assert len(done.claims) == 50
    assert {claim.kind for claim in done.claims} == {"ours"}
    provenance = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["papers"][KEY]["seed"] == 7
    assert list(provenance["papers"][KEY]["datasets"]) == ["technology_fields"]
    for figure in done.figures:
        assert (tmp_path / KEY / "figures" / f"{figure.name}.png").stat().st_size > 20_000
    for table in done.tables:
        read = pd.read_csv(tmp_path / KEY / "tables" / f"{table.name}.csv")
        assert len(read) == len(table.frame), table.name


@pytest.mark.slow
def test_it_comes_out_as_expected_in_full() -> None:
    done = papers.reproduce(KEY)
    values = {claim.id: claim.value for claim in done.claims}
    wrong = done.to_frame().query("not as_expected")
    assert wrong.empty, wrong[["value", "note"]]
    assert values["granger_without_the_cycle"] == pytest.approx(0.226, abs=0.05)
    assert values["year_effects_suffice"] == 0.001
    assert values["long_run"] == pytest.approx(0.9954069088, rel=1e-9)
    assert values["detectable"] == pytest.approx(0.53688884, rel=1e-8)
    assert values["lead_placebos"] == pytest.approx(0.0437, abs=0.003)
    curve = next(f for f in done.figures if f.name == "specification_curve").data
    assert curve.groupby("direction").size().to_dict() == dict.fromkeys(
        (direction.name for direction in DIRECTIONS), 528
    )
    assert not curve.drop(columns="direction").duplicated(list(choices.CHOICES)).all()


def test_a_planted_effect_passes_every_check_and_only_that_way_round() -> None:
    frame = planted(0.8)
    robust = choices.robustness(frame, draws=999, seed=1)
    permuted = {
        direction.name: permutation_test(
            frame, evidence.written(direction, "own lag"), direction.lag, draws=499
        )
        for direction in DIRECTIONS
    }
    passed = findings.checks_passed(robust, permuted)
    assert passed[TO_STANDARDS.name] == len(findings.CHECKS) + 1
    assert passed[TO_PATENTS.name] < 3
    found = robust[TO_STANDARDS.name]["own lag (main)"].found
    assert found.estimate == pytest.approx(0.8, abs=0.1)
    assert not robust[TO_STANDARDS.name]["lead placebo"].found.significant
    assert robust[TO_STANDARDS.name]["years 1998-2009"].found.estimate > 0


SIGNED = {
    "standards_then_patents",
    "around_field_trends",
    "in_differences",
    "without_thin_fields",
    "both_halves",
    "dealt_at_random",
}


@pytest.mark.parametrize("sign", [1, -1])
def test_a_negative_effect_is_not_taken_for_a_positive_one(sign: int) -> None:
    study = Study.open(Path(findings.__file__).with_name("reproduce.py"))
    frame = planted(0.8 * sign, on="patents")
    robust = choices.robustness(frame, draws=199, seed=1)
    direction = TO_PATENTS
    test = permutation_test(
        frame, evidence.written(direction, "own lag"), direction.lag, draws=199
    )
    found = robust[direction.name]["own lag (main)"].found
    assert found.significant
    assert found.estimate == pytest.approx(0.8 * sign, abs=0.1)
    assert found.above_zero == (sign > 0)
    assert test.p_value == 0.005
    fits = evidence.regressions(frame, draws=99, seed=1)
    claims: list[Claim] = []
    with watching(claims.append):
        findings.standards_to_patents(study, fits, robust, {direction.name: test})
    held = {claim.id: claim.holds for claim in claims if claim.id in SIGNED}
    assert held == dict.fromkeys(SIGNED, sign > 0)


@pytest.mark.parametrize("sign", [1, -1])
def test_standards_that_shun_patents_do_not_follow_them(sign: int) -> None:
    study = Study.open(Path(findings.__file__).with_name("reproduce.py"))
    frame = planted(0.8 * sign)
    robust = choices.robustness(frame, draws=199, seed=1)
    assert robust[TO_STANDARDS.name]["own lag (main)"].found.significant
    claims: list[Claim] = []
    with watching(claims.append):
        findings.patents_to_standards(study, frame, robust)
    held = {claim.id: claim.holds for claim in claims}
    assert held["patents_then_standards"] == (sign > 0)
    assert held["poisson"]


def test_a_comparison_says_whether_the_main_estimate_would_have_been_found() -> None:
    robust = choices.robustness(panel(), draws=199, seed=1)[TO_PATENTS.name]
    main_found = robust["own lag (main)"].found
    told = {
        name: findings.compared(robust[name].found, main_found)
        for name in findings.CHECKS[1:]
    }
    precise = {name for name, words in told.items() if "would probably" in words}
    assert precise == {"USPTO grants", "Poisson"}
    assert "from 0.0166 on; the main estimate, 0.0119, need not" in told["field trends"]
    assert "from 0.0296 on" in told["without 3 thin fields"]


def test_no_planted_effect_passes_no_more_than_a_check_or_two() -> None:
    frame = planted(0.0)
    permuted = {
        direction.name: permutation_test(
            frame, evidence.written(direction, "own lag"), direction.lag, draws=499
        )
        for direction in DIRECTIONS
    }
    robust = choices.robustness(frame, draws=999, seed=1)
    assert max(findings.checks_passed(robust, permuted).values()) <= 2


# ---------------------------------------------------------------------------
# Agreement with the stored numbers


def test_summary_and_correlations_by_hand() -> None:
    counts = datasets.load("technology_fields")
    p, s = (
        np.log1p(counts[name].to_numpy(dtype=float).reshape(23, 23))
        for name in ("patent_families", "iso_standards")
    )
    stored = anchors.reference()["closed"]
    for name, values in (("patents", p), ("standards", s)):
        ours, theirs = evidence.summary(panel()).loc[name], stored["summary"][name]
        within = values - values.mean(axis=1, keepdims=True)
        assert ours["sd_between"] == pytest.approx(values.mean(axis=1).std(ddof=1))
        assert ours["sd_within"] == pytest.approx(within.std(ddof=1))
        assert ours["sd_within"] == pytest.approx(theirs["sd_within"], rel=1e-9)

    def two_way(x: np.ndarray) -> np.ndarray:
        x = x - x.mean(axis=1, keepdims=True)
        return (x - x.mean(axis=0)).ravel()

    ours = evidence.correlations(panel())
    by_hand = np.corrcoef(two_way(np.diff(p)), two_way(np.diff(s)))[0, 1]
    assert ours["growth_two_way"] == pytest.approx(by_hand, rel=1e-9)
    assert ours["pooled"] == pytest.approx(np.corrcoef(p.ravel(), s.ravel())[0, 1])


def test_main_estimate_is_that_of_dummies() -> None:
    values = panel()[["patents", "standards"]].to_numpy().reshape(23, 23, 2)
    y, own, x = values[:, 1:, 0], values[:, :-1, 0], values[:, :-1, 1]
    field, year = np.indices(y.shape)
    dummies = [field.ravel()[:, None] == np.arange(23), year.ravel()[:, None] == range(22)]
    design = np.column_stack([own.ravel(), x.ravel(), *dummies]).astype(float)
    b, *_ = np.linalg.lstsq(design, y.ravel(), rcond=None)
    fit = main()[TO_PATENTS.name, "own lag"].fit
    assert fit.params[TO_PATENTS.lag] == pytest.approx(b[1], rel=1e-8)
    stored = anchors.reference()["closed"]["regressions"][TO_PATENTS.name]["own lag"]
    assert stored[TO_PATENTS.lag]["estimate"] == pytest.approx(b[1], rel=1e-8)


def test_agreement_fails_where_a_number_is_off_or_missing() -> None:
    stored = anchors.reference()["closed"]["regressions"]
    ours = anchors.regression_numbers(main())
    assert anchors.deviation(ours, stored) <= anchors.EXACT
    coefficient = ours[TO_STANDARDS.name]["two lags"]["lag(patents, 2)"]
    coefficient["driscoll_kraay_p"] *= 1 + 3e-7
    assert anchors.deviation(ours, stored) == pytest.approx(3e-7, rel=0.01)
    del coefficient["driscoll_kraay_p"]
    with pytest.raises(DataError, match=r"two lags/lag\(patents, 2\)/driscoll_kraay_p"):
        anchors.deviation(ours, stored)


def test_distance_counts_simulation_errors() -> None:
    error = math.sqrt(0.3 * 0.7 * (1 / 400 + 1 / 400))
    assert anchors.distance({"a": 0.31}, {"a": 0.29}, 400, 400) == pytest.approx(
        0.02 / error
    )
    assert anchors.distance({"a": {"b": 0.0}}, {"a": {"b": 0.0}}, 400, 400) == 0
    assert anchors.distance({"a": 1 / 1000}, {"a": 0.02}, 999, 999) > 3


# ---------------------------------------------------------------------------
# Its own methods


def test_first_coefficient_of_two_lags_is_their_sum() -> None:
    choice = choices.MAIN | {"lags": 2}
    for direction in DIRECTIONS:
        fit = ols(panel(), choices.chosen_formula(direction, choice))
        plain = main()[direction.name, "two lags"].fit
        lags = [f"lag({direction.cause}, {k})" for k in (1, 2)]
        variance = plain.covariance.loc[lags, lags].to_numpy().sum()
        assert fit.params.iloc[0] == pytest.approx(plain.params[lags].sum(), rel=1e-8)
        assert fit.std_errors.iloc[0] == pytest.approx(math.sqrt(variance), rel=1e-8)


def test_variants_repeat_the_main_specifications() -> None:
    robust = choices.robustness(panel(), draws=199, seed=1)
    same = {
        "own lag (main)": "own lag",
        "no own lag": "no own lag",
        "field trends": "field trends",
        "first differences": "first differences",
        "lead placebo": "lead placebo",
    }
    for direction in DIRECTIONS:
        for variant, specification in same.items():
            found = robust[direction.name][variant].found
            result = main()[direction.name, specification]
            estimate = result.fit.params[result.term]
            assert found.estimate == pytest.approx(estimate, rel=1e-8), variant
            assert found.p_value == result.wild_p
    half = robust[TO_PATENTS.name]["years 1998-2009"].found
    assert (half.nobs, half.n_units) == (23 * 11, 23)
    thin = robust[TO_PATENTS.name]["without 3 thin fields"].found
    assert (thin.nobs, thin.n_units) == (20 * 22, 20)
    for variants in robust.values():
        for variant in variants.values():
            found = variant.found
            assert (found.conf_low > 0 or found.conf_high < 0) == found.significant


def test_choices_write_the_formulas_they_name() -> None:
    choice = choices.MAIN | {"model": "field trends", "form": "asinh", "lags": 2}
    assert choices.chosen_formula(TO_STANDARDS, choice | {"standards": "cumulative"}) == (
        "asinh(iso_standards_cumulative) ~ lag(asinh(patent_families), 1) + "
        "lag(diff(asinh(patent_families)), 1) + lag(asinh(iso_standards_cumulative), 1:2)"
        " | field[year] + year"
    )
    counts = {"form": "Poisson", "patents": "USPTO grants"}
    assert choices.chosen_formula(TO_PATENTS, choices.MAIN | counts) == (
        "uspto_grants ~ lag(log1p(iso_standards), 1) + lag(log1p(uspto_grants), 1:1)"
        " | field + year"
    )


def test_the_curve_leaves_out_differences_of_counts_and_nothing_else() -> None:
    few = choices.CHOICES | {
        name: values[:1]
        for name, values in choices.CHOICES.items()
        if name not in ("model", "form")
    }
    curve = choices.curve(panel(), few, draws=99, seed=1)
    assert len(curve) == 2 * (4 * 3 - 1)
    assert not (
        (curve["form"] == "Poisson") & (curve["model"] == "first differences")
    ).any()
    shares = by_choice(curve, few)
    assert shares.loc[("all", "", TO_PATENTS.name), "specifications"] == 11
    poisson = curve[(curve["form"] == "Poisson") & (curve["direction"] == TO_PATENTS.name)]
    positive = (poisson["estimate"] > 0).mean()
    assert shares.loc[("form", "Poisson", TO_PATENTS.name), "positive"] == positive


def test_a_choice_that_fails_is_told() -> None:
    few = {name: values[:1] for name, values in choices.CHOICES.items()}
    few["patents"] = choices.CHOICES["patents"]
    without = panel().drop(columns="uspto_grants")
    with pytest.raises(DataError, match=r"2 specifications failed.*uspto_grants"):
        choices.curve(without, few, draws=9, seed=1)


def test_the_long_run_is_refused_where_the_own_lag_may_be_one() -> None:
    patents, standards = (main()[d.name, "own lag"] for d in DIRECTIONS)
    assert long_run(TO_PATENTS, patents) is None
    estimate, std_error = long_run(TO_STANDARDS, standards)
    b, own = (
        standards.fit.params[TO_STANDARDS.lag],
        standards.fit.params["lag(standards, 1)"],
    )
    assert estimate == pytest.approx(b / (1 - own))
    assert std_error == pytest.approx(0.231895692, rel=1e-9)
    shown = tables.long_run_effects(main())["long-run effect"]
    assert math.isnan(shown["patents"])
    assert shown["standards"] == estimate


def test_shuffled_years_have_nothing_in_common() -> None:
    rng = np.random.default_rng(3)
    index = panel().index
    p_values = {}
    for common in (0.0, 1.0):
        shared = np.tile(common * rng.normal(size=23), 23)
        sign = np.repeat(np.where(np.arange(23) % 2, 1.0, -1.0), 23)
        noise = pd.DataFrame(
            {"y": sign * shared + rng.normal(size=529), "x": rng.normal(size=529)}, index
        )
        fit = ols(noise, "y ~ x | field + year")
        answer = evidence.shared_residuals(fit, noise, draws=199, seed=1)
        seen = cross_section_dependence(noise, fit.residuals).mean_abs_correlation
        assert answer["mean_abs_correlation"] == seen
        p_values[common] = answer["p_value"]
    assert p_values[1.0] == 0.005
    assert p_values[0.0] > 0.05


def test_null_draws_have_no_effect_and_tests_their_size() -> None:
    sizes = causality.regression_sizes(panel(), draws=60, wild_draws=99, seed=3)
    assert len(sizes) == 2 * 2 * 3
    wild = [size.size for size in sizes if size.test.endswith("wild bootstrap")]
    kraay = [size.size for size in sizes if size.test.endswith("Driscoll-Kraay")]
    assert np.mean(wild) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 240)
    assert np.mean(kraay) > np.mean(wild)
    again = causality.regression_sizes(panel(), draws=60, wild_draws=99, seed=3)
    assert again == sizes


def test_leaving_a_field_out_is_what_it_says() -> None:
    frame = panel()[panel().index.get_level_values("field") != "food"]
    fit = ols(frame, evidence.written(TO_PATENTS, "own lag"))
    left_out = evidence.leave_one_out(panel(), draws=99, seed=1)
    assert left_out[TO_PATENTS.name]["food"].estimate == fit.params[TO_PATENTS.lag]
    assert left_out[TO_PATENTS.name]["food"].nobs == 22 * 22
    shown = tables.without_each_field(left_out)
    assert shown["patents, estimate"].idxmin() == "food"


def test_the_first_picture_draws_deviations_from_fields_means() -> None:
    data = pictures.courses(panel())
    assert len(data) == 24 * 23
    own = data[data["field"] == "telecom"]
    assert own[["patents", "standards"]].mean().abs().max() < 1e-12
    world = data[data["field"] == "all fields"].set_index("year")["patents"]
    by_hand = panel()["patents"].groupby("year").mean()
    np.testing.assert_allclose(world, by_hand - by_hand.mean(), atol=1e-12)
    figure = pictures.draw_courses(data)
    titles = [axes.get_title() for axes in figure.axes]
    assert {"electrical *", "electronics *", "telecom *", "IT"} < set(titles)
    drawn = figure.axes[-1].lines[2].get_ydata()
    np.testing.assert_allclose(drawn, world)
