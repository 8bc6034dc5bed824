"""The study of countries: its definitions by hand, its claims can fail, its twin is told."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets, papers
from unigauge.estimation import juodis_karavias_sarafidis
from unigauge.papers.both_ways.granger_tests import granger
from unigauge.papers.both_ways.regressions import Direction, quietly
from unigauge.papers.innovation_standards_countries import (
    choices,
    evidence,
    findings,
    methods,
    panels,
    reproduce,
    tables,
    twin_checks,
)
from unigauge.papers.innovation_standards_countries.evidence import (
    DIRECTIONS,
    TO_CERTIFICATES,
    TO_PATENTS,
)
from unigauge.papers.reproduction import Claim
from unigauge.papers.study import Study, watching

KEY = "innovation_standards_countries"


@cache
def raw() -> pd.DataFrame:
    return panels.twin(7)


@cache
def samples() -> dict[str, pd.DataFrame]:
    return panels.samples(panels.prepared(raw()))


@cache
def main() -> evidence.Regressions:
    chosen = {name: samples()[name] for name in ("main", "balanced block")}
    return evidence.regressions(chosen, draws=99, seed=1)


def needs_data() -> pd.DataFrame:
    if datasets.available().loc["country_panel", "found"] == "not here":
        pytest.skip("country_panel is read from the folder that UNIGAUGE_DATA names")
    return datasets.load("country_panel")


# ---------------------------------------------------------------------------
# The whole study


def test_names_of_claims_say_what_they_are_made_on() -> None:
    text = (files(f"unigauge.papers.{KEY}") / "expected.toml").read_text(encoding="utf-8")
    claims = tomllib.loads(text)
    on_twin = [name for name in claims if name.startswith(reproduce.ON_THE_TWIN)]
    assert len(on_twin) == 5
    assert {claim["kind"] for claim in claims.values()} == {"ours"}


@pytest.mark.slow
def test_without_the_data_it_runs_on_a_twin_and_says_so_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("UNIGAUGE_DATA", raising=False)
    done = papers.reproduce(KEY, tmp_path, fast=True)
    assert str(done).startswith("On a simulated twin, not on data:")
    assert done.scope.startswith("country_panel was not found")
    assert done.as_expected
    for claim in done.claims:
        assert (claim.holds is None) != claim.id.startswith(reproduce.ON_THE_TWIN)
    for output in (*done.tables, *done.figures):
        assert output.caption.startswith("Simulated twin, not data. ")
    assert done.provenance["datasets"] == {}
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<h2>On a simulated twin, not on data:" in page
    for figure in done.figures:
        assert (tmp_path / KEY / "figures" / f"{figure.name}.png").stat().st_size > 20_000


@pytest.mark.slow
def test_with_the_data_it_comes_out_as_expected(tmp_path: Path) -> None:
    needs_data()
    done = papers.reproduce(KEY, tmp_path, fast=True)
    wrong = done.to_frame().query("as_expected != True")
    assert wrong.empty, wrong[["value", "note"]]
    assert not done.title.startswith("On a simulated twin")
    errors = pd.read_csv(tmp_path / KEY / "tables" / "standard_errors.csv")
    assert {"clustered, raw", "clustered", "Driscoll-Kraay, raw"} <= set(errors.columns)
    provenance = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert list(provenance["papers"][KEY]["datasets"]) == ["country_panel"]


NUMBERS = """
import numpy as np, random, sys
from unigauge.papers.innovation_standards_countries import evidence, methods, panels
from unigauge.papers.both_ways.granger_tests import granger
frame = panels.twin(7)
if sys.argv[1] == "mixed":
    frame = frame.sample(frac=1, random_state=3)
of = panels.samples(panels.prepared(frame))
main = evidence.regressions({"main": of["main"]}, draws=99, seed=1)
for key, result in main.items():
    print(key, repr(result.fit.params.to_list()), result.wild_p, result.jackknife)
print(methods.granger_table(granger(of["balanced block"], evidence.DIRECTIONS, draws=99, seed=1)).to_csv())
print(evidence.largest(of["main"], 5))
"""


@pytest.mark.slow
def test_hash_seeds_and_the_order_of_rows_change_nothing() -> None:
    def printed(seed: str, order: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-c", NUMBERS, order],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout

    once = printed("0", "sorted")
    assert "certificates to patents" in once
    assert printed("1", "sorted") == once
    assert printed("2", "mixed") == once


# ---------------------------------------------------------------------------
# Definitions


def test_variables_are_those_that_are_defined() -> None:
    frame, panel = raw(), panels.prepared(raw())
    at = ("T07", 2005)
    row = frame.loc[at]
    people = row["population"]
    assert panel.loc[at, "patents"] == pytest.approx(
        math.log(1 + 1e6 * row["pat_resident"] / people), rel=1e-12
    )
    assert panel.loc[at, "certificates"] == pytest.approx(
        math.log(1 + 1e6 * row["iso9001_cert"] / people), rel=1e-12
    )
    assert panel.loc[at, "rd"] == math.log(row["rd_gdp_pct"])


def test_the_window_is_cut_before_lags() -> None:
    earlier = raw().xs(1998, level="year").assign(pat_resident=1e9, iso9001_cert=1e9)
    earlier = earlier.set_index(
        pd.MultiIndex.from_product([earlier.index, [1997]], names=["iso3", "year"])
    )
    longer = panels.samples(panels.prepared(pd.concat([raw(), earlier]).sort_index()))
    pd.testing.assert_frame_equal(longer["main"], samples()["main"])


def test_samples_hold_what_they_say() -> None:
    of = samples()
    assert of["main"][["patents", "certificates"]].notna().all(axis=None)
    years = of["balanced block"].groupby("iso3").size()
    assert set(years) == {20}
    assert "CHN" in of["main"].index.unique("iso3")
    assert "CHN" not in of["without China"].index.unique("iso3")
    assert "CHN" not in of["families without China"].index.unique("iso3")
    families = of["patent families"]
    expected = np.log1p(1e6 * families["ipf_granted"] / families["population"])
    np.testing.assert_allclose(families["patents"], expected)
    np.testing.assert_array_equal(families["pat_resident"], families["ipf_granted"])
    alone = of["main"].iloc[[0, *range(20, 40)]]
    assert panels.followed(alone).index.unique("iso3").tolist() == [of["main"].index[20][0]]


def by_hand(direction: Direction) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return design, outcome and country of the main regression, lags by the calendar."""
    values = samples()["main"][["patents", "certificates"]]
    rows = []
    for (country, year), row in values.iterrows():
        if (country, year - 1) in values.index:
            before = values.loc[(country, year - 1)]
            cause, effect = before[direction.cause], before[direction.effect]
            rows.append((country, year, row[direction.effect], effect, cause))
    frame = pd.DataFrame(rows, columns=["iso3", "year", "y", "own", "x"])
    frame = frame[frame.groupby("iso3")["y"].transform("size") > 1]
    countries = pd.get_dummies(frame["iso3"]).to_numpy(dtype=float)
    years = pd.get_dummies(frame["year"]).to_numpy(dtype=float)[:, 1:]
    design = np.column_stack([frame[["own", "x"]].to_numpy(), countries, years])
    return design, frame["y"].to_numpy(), frame[["iso3", "year"]].to_numpy()


def test_main_estimate_and_errors_by_hand() -> None:
    design, y, labels = by_hand(TO_CERTIFICATES)
    result = main()["main", TO_CERTIFICATES.name, "own lag"]
    b, *_ = np.linalg.lstsq(design, y, rcond=None)
    assert result.fit.nobs == len(y)
    assert result.fit.params[TO_CERTIFICATES.lag] == pytest.approx(b[1], rel=1e-8)

    residuals = y - design @ b
    bread = np.linalg.pinv(design.T @ design)
    scores = design * residuals[:, None]

    def summed(column: int) -> np.ndarray:
        groups = np.unique(labels[:, column].astype(str), return_inverse=True)[1]
        return np.array([scores[groups == g].sum(axis=0) for g in range(groups.max() + 1)])

    n, years = len(y), len(set(labels[:, 1]))
    k = 2 + years
    by_country, by_year = summed(0), summed(1)
    clusters = len(by_country)
    raw_error = math.sqrt((bread @ by_country.T @ by_country @ bread)[1, 1])
    factor = math.sqrt(clusters / (clusters - 1) * (n - 1) / (n - k))
    meat = by_year.T @ by_year
    for lag, weight in ((1, 2 / 3), (2, 1 / 3)):
        cross = by_year[lag:].T @ by_year[:-lag]
        meat = meat + weight * (cross + cross.T)
    raw_kraay = math.sqrt((bread @ meat @ bread)[1, 1])
    kraay_factor = math.sqrt(years / (years - 1) * (n - 1) / (n - k))

    errors = tables.standard_errors(main(), {}).loc[
        ("fixed effects", "main", TO_CERTIFICATES.name, "own lag", TO_CERTIFICATES.lag)
    ]
    assert errors["clustered, raw"] == pytest.approx(raw_error, rel=1e-8)
    assert errors["clustered"] == pytest.approx(raw_error * factor, rel=1e-8)
    assert errors["Driscoll-Kraay, raw"] == pytest.approx(raw_kraay, rel=1e-8)
    assert errors["Driscoll-Kraay"] == pytest.approx(raw_kraay * kraay_factor, rel=1e-8)


def test_poisson_has_the_population_as_offset() -> None:
    fit = evidence.counted(samples()["balanced block"], TO_PATENTS, "own lag")
    frame = samples()["balanced block"].assign(population=1.0)
    other = evidence.counted(frame, TO_PATENTS, "own lag")
    # The twin's population never changes, so that effects of country take it out.
    assert fit.params[TO_PATENTS.lag] == pytest.approx(
        other.params[TO_PATENTS.lag], rel=1e-6
    )
    growing = frame.assign(
        population=np.exp(0.3 * frame["certificates"].groupby("iso3").shift(1).fillna(0))
    )
    moved = evidence.counted(growing, TO_PATENTS, "own lag")
    assert moved.params[TO_PATENTS.lag] == pytest.approx(
        other.params[TO_PATENTS.lag] - 0.3, rel=1e-4
    )


def test_changes_follow_the_calendar() -> None:
    index = pd.MultiIndex.from_tuples(
        [("A", 2000), ("A", 2001), ("A", 2003), ("B", 2001)], names=["iso3", "year"]
    )
    frame = pd.DataFrame({"patents": [1.0, 3.0, 9.0, 4.0]}, index)
    assert evidence.changes(frame, "patents").to_dict()["patents"] == {("A", 2001): 2.0}


def test_net_correlation_is_that_of_residuals() -> None:
    block = samples()["balanced block"][["patents", "certificates"]]
    left = block - block.groupby("iso3").transform("mean")
    left = left - left.groupby("year").transform("mean")
    expected = left["patents"].corr(left["certificates"])
    assert evidence.net_correlation(block) == pytest.approx(expected, rel=1e-9)


def test_leaving_a_country_out_is_what_it_says() -> None:
    whole = samples()["balanced block"]
    left_out = evidence.leave_one_out(whole, ["T03"])
    rest = whole[whole.index.get_level_values("iso3") != "T03"]
    fit = quietly(evidence.ols, rest, evidence.written(TO_PATENTS, "own lag"))
    found = left_out["fixed effects", TO_PATENTS.name]["T03"]
    assert found.estimate == fit.params[TO_PATENTS.lag]
    assert found.p_clustered == fit.pvalues[TO_PATENTS.lag]
    extremes = tables.extremes(tables.without_each_country(left_out))
    assert set(extremes["smallest without"]) == {"T03"}
    totals = whole["iso9001_cert"].groupby("iso3").sum()
    assert evidence.largest(whole, 1) == [totals.idxmax()]


# ---------------------------------------------------------------------------
# Choices


def test_choices_write_the_formulas_they_name() -> None:
    choice = {
        "model": "controls",
        "lags": 2,
        "form": "asinh",
        "certificates": "ISO 14001",
        "patents": "families",
        "sample": "without China",
        "years": "2004-2017",
    }
    assert choices.chosen_formula(TO_CERTIFICATES, choice) == (
        "asinh(iso14001_pm) ~ lag(asinh(families_pm), 1) + lag(diff(asinh(families_pm)), 1)"
        " + lag(asinh(iso14001_pm), 1:2) + lag(gdp, 1) + lag(openness, 1) + lag(rd, 1)"
        " | entity + time"
    )
    sample = choices.chosen_sample(panels.prepared(raw()), choice)
    assert sample.index.unique("year").min() == 2004
    assert "CHN" not in sample.index.unique("iso3")
    counts = choice | {"form": "Poisson", "model": "own lag", "lags": 1}
    assert choices.chosen_formula(TO_PATENTS, counts).startswith("ipf_granted ~ lag(log1p(")


def test_the_curve_repeats_the_main_estimate_and_has_no_cell_twice() -> None:
    few = choices.CHOICES | {
        name: values[:1] for name, values in choices.CHOICES.items() if name != "model"
    }
    curve = choices.curve(panels.prepared(raw()), few, draws=99, seed=1)
    assert len(curve) == 2 * 5
    for direction in DIRECTIONS:
        row = curve[(curve["direction"] == direction.name) & (curve["model"] == "own lag")]
        fit = main()["main", direction.name, "own lag"].fit
        assert row["estimate"].item() == pytest.approx(fit.params[direction.lag], rel=1e-8)
    cells = choices.sensible(choices.CHOICES)
    assert len(cells) == len({tuple(cell.values()) for cell in cells}) == 784
    counts = [cell for cell in cells if cell["form"] == "Poisson"]
    assert all(cell["model"] != "first differences" for cell in counts)


# ---------------------------------------------------------------------------
# Claims


@cache
def planted(sign: int) -> dict[str, pd.DataFrame]:
    """Return samples in which certificates move patents a year later."""
    rng = np.random.default_rng(5)
    frame = raw().copy()
    grid = frame["iso9001_cert"].to_numpy().reshape(panels.TWINS, -1)
    people = frame["population"].to_numpy().reshape(panels.TWINS, -1) / 1e6
    standards = np.log1p(grid / people)
    rate = rng.normal(4, 0.1, grid.shape)
    rate[:, 1:] += 0.8 * sign * (standards[:, :-1] - standards.mean())
    frame["pat_resident"] = (np.exp(rate) * people).round().ravel()
    return panels.samples(panels.prepared(frame))


def claimed(sign: int) -> dict[str, Claim]:
    of = planted(sign)
    fits = evidence.regressions(of, draws=99, seed=1)
    robust = choices.robustness(fits, evidence.poisson_fits(of))
    study = Study.open(Path(findings.__file__).with_name("reproduce.py"))
    claims: list[Claim] = []
    with watching(claims.append):
        findings.certificates_then_patents(study, robust, fits)
    return {claim.id: claim for claim in claims}


@pytest.mark.slow
@pytest.mark.parametrize("sign", [1, -1])
def test_a_planted_effect_is_claimed_with_its_sign(sign: int) -> None:
    claims = claimed(sign)
    for name in (
        "certificates_then_patents",
        "certificates_balanced",
        "certificates_controls",
        "certificates_trends",
    ):
        assert claims[name].holds == (sign > 0), name
        assert claims[name].value == 0.01
    assert claims["long_run"].holds


def test_the_twin_has_its_truth_beside_it() -> None:
    truth = raw().attrs["truth"]
    assert truth["A"] == [[twin_checks.PERSISTENCE, 0.0], [panels.PLANTED, 0.6]]
    assert panels.twin(7).equals(raw())
    assert not panels.twin(8).equals(raw())


def test_sizes_of_tests_are_shares_of_panels() -> None:
    kraay, wild = twin_checks.rejected(draws=39, panels=8, seed=2)
    assert {kraay * 8 % 1, wild * 8 % 1} == {0}


def test_the_table_of_granger_tests_holds_what_was_tested() -> None:
    block = samples()["balanced block"]
    tests = granger(block, DIRECTIONS, draws=99, seed=1)
    table = methods.granger_table(tests)
    assert len(table) == 2 * 2 * 4 * 2 * 2
    row = table.loc[
        ("Dumitrescu-Hurlin", TO_CERTIFICATES.name, "levels, year means out", 1, 1)
    ]
    test = tests[TO_CERTIFICATES.name, "levels, year means out", 1, 1][0]
    assert row["Z tilde"] == test.z_bar_tilde
    assert row["p bootstrap"] == test.p_value_bootstrap
    growth = evidence.changes(block, "patents", "certificates")
    test = tests[TO_PATENTS.name, "differences", 2, 3][1]
    direct = juodis_karavias_sarafidis(growth, "patents", "certificates", lags=2)
    assert test.statistic == direct.statistic


# ---------------------------------------------------------------------------
# The data


def test_the_data_give_the_sample_that_was_described() -> None:
    of = panels.samples(panels.prepared(needs_data()))
    assert findings.sample_sizes(of) == {
        "anchor_rows": 2022,
        "anchor_countries": 145,
        "anchor_balanced": 59,
        "anchor_families": 35,
    }
    formula = evidence.written(TO_PATENTS, "own lag")
    fit = quietly(evidence.ols, of["main"], formula)
    assert fit.params[TO_PATENTS.lag] == pytest.approx(0.0146486929689, rel=1e-9)
    assert fit.std_errors[TO_PATENTS.lag] == pytest.approx(0.0111033289379, rel=1e-9)


def test_without_jumps_leaves_out_one_and_both() -> None:
    families = samples()["patent families"].rename(index={"T01": "ITA", "T02": "UKR"})
    found = evidence.without_jumps(families)
    by_country = found["fixed effects", TO_CERTIFICATES.name]
    assert list(by_country) == ["ITA", "UKR", "ITA and UKR"]
    rest = panels.without(families, "ITA", "UKR")
    fit = quietly(evidence.ols, rest, evidence.written(TO_CERTIFICATES, "own lag"))
    assert by_country["ITA and UKR"].estimate == pytest.approx(
        fit.params[TO_CERTIFICATES.lag]
    )
    assert by_country["ITA"].estimate != by_country["ITA and UKR"].estimate
    assert set(found) == {
        (estimator, direction.name)
        for estimator in ("fixed effects", "Poisson")
        for direction in DIRECTIONS
    }
