"""Both directions on one sample: numbers, verdicts, words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge import datasets
from unigauge.errors import DataError, DroppedRowsWarning, IdentificationError, InputError
from unigauge.estimation import Bidirectional, Panel, bidirectional, ols
from unigauge.estimation.both_directions.findings import Case
from unigauge.estimation.both_directions.questions import MAIN, Estimate
from unigauge.estimation.both_directions.report_page import findings
from unigauge.estimation.both_directions.sample import balanced_block

REFERENCE = Path(__file__).parents[1] / "reference"
FORTH, BACK = "standards -> innovation", "innovation -> standards"
KEYS = {FORTH: "std_to_inn", BACK: "inn_to_std"}
DECIDING = (
    "fixed_effects",
    "poisson",
    "juodis_karavias_sarafidis",
    "dumitrescu_hurlin",
    "dynamic_gmm",
)
BESIDE = ("common_correlated_effects", "panel_var", "local_projection")
METHODS = (*DECIDING, *BESIDE)
FOUR = DECIDING[:4]
COLUMNS = [
    "direction",
    "method",
    "estimate",
    "std_error",
    "p_value",
    "p_value_bootstrap",
    "nobs",
    "note",
]
DRAWS = 999


def reference(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((REFERENCE / name).read_text(encoding="utf-8"))
    return loaded


STATIC = reference("fields_static.json")
GRANGER = reference("granger_fields.json")
LEFT_OUT = reference("fields_leave_one_out.json")["dynamic_lag1"]


@cache
def fields() -> pd.DataFrame:
    data = datasets.load("technology_fields")
    p, s = np.log1p(data["patent_families"]), np.log1p(data["iso_standards"])
    return data.assign(p=p, s=s)


@cache
def study() -> Bidirectional:
    counts = {"innovation": "patent_families", "standards": "iso_standards"}
    return bidirectional(fields(), "p", "s", counts=counts, draws=DRAWS, seed=7)


def simulate(
    seed: int,
    *,
    units: int = 20,
    years: int = 25,
    forth: float = 0.0,
    back: float = 0.0,
    own: float = 0.5,
    common: float = 0.0,
) -> pd.DataFrame:
    """Two variables, each moved by its own past and, perhaps, by the other's.

    A common shock reaches standards in its year and innovation a year later.
    """
    rng = np.random.default_rng(seed)
    burn = 50
    shocks = rng.normal(size=(2, years + burn, units))
    world = common * rng.normal(size=(years + burn, 1))
    values = np.zeros_like(shocks)
    for t in range(1, years + burn):
        s, p = values[:, t - 1]
        values[0, t] = own * s + back * p + shocks[0, t] + world[t]
        values[1, t] = own * p + forth * s + shocks[1, t] + world[t - 1]
    values = values[:, burn:] + rng.normal(size=(2, 1, units))
    index = pd.MultiIndex.from_product(
        [[f"u{i:02d}" for i in range(units)], range(2000, 2000 + years)],
        names=["firm", "year"],
    )
    return pd.DataFrame({"p": values[1].T.ravel(), "s": values[0].T.ravel()}, index=index)


def quick(frame: pd.DataFrame, **options: Any) -> Bidirectional:
    """The four methods that run in any panel, with few draws."""
    few = {"draws": 199, "counts": {}, "methods": FOUR, "unit_roots": False}
    return bidirectional(frame, "p", "s", **{**few, **options})


def page(both: Bidirectional) -> str:
    """The report without its line breaks."""
    return " ".join(both.report().split())


def row(both: Bidirectional, direction: str, method: str, check: str = MAIN) -> pd.Series:
    if check == MAIN:
        frame = both.to_frame()
        chosen = (frame["direction"] == direction) & (frame["method"] == method)
    else:
        frame = both.robustness()
        chosen = (
            (frame["direction"] == direction)
            & (frame["method"] == method)
            & (frame["check"] == check)
        )
    assert chosen.sum() == 1
    return frame[chosen].iloc[0]


def estimate(
    both: Bidirectional, direction: str, method: str, check: str = MAIN
) -> Estimate:
    """One estimate as it was made, of two bootstraps that of its own."""
    (case,) = (case for case in both.cases if case.question.direction == direction)
    return case.get(method, check)


def simulated(p: float, q: float, draws: tuple[int, int]) -> bool:
    """Whether two simulated p-values agree within three standard errors."""
    middle = (p + q) / 2
    error = np.sqrt(middle * (1 - middle) * (1 / draws[0] + 1 / draws[1]))
    return abs(p - q) <= 3 * error + 1 / min(draws)


# ---------------------------------------------------------------------------
# Agreement with stored numbers


@pytest.mark.parametrize("direction", [FORTH, BACK])
@pytest.mark.parametrize(
    ("check", "block", "term"),
    [
        (MAIN, "dynamic_lag1", "x_lag1"),
        ("own_lag", "dynamic_lag1", "y_lag1"),
        ("unit_trends", "dynamic_lag1_unit_trends", "x_lag1"),
        ("first_differences", "first_difference_lag1", "dx_lag1"),
        ("lead_placebo", "lead_placebo", "x_lead1"),
    ],
)
def test_fixed_effects_agree_with_stored_numbers(direction, check, block, term):
    known = STATIC["twfe"][KEYS[direction]][block]
    got = row(study(), direction, "fixed_effects", check)
    expected = known["coef"][term]
    assert got["nobs"] == known["n"]
    assert got["estimate"] == pytest.approx(expected["b"], rel=1e-7)
    assert got["std_error"] == pytest.approx(expected["se_cr1"], rel=1e-7)
    assert got["p_value"] == pytest.approx(expected["p_cr1"], rel=1e-6)
    if "p_wcr" in expected:
        assert simulated(got["p_value_bootstrap"], expected["p_wcr"], (5 * DRAWS, 9999))


@pytest.mark.parametrize("direction", [FORTH, BACK])
def test_other_numbers_beside_fixed_effects_agree(direction):
    known = STATIC["twfe"][KEYS[direction]]["dynamic_lag1"]
    own, other = known["coef"]["y_lag1"], known["coef"]["x_lag1"]

    def got(check: str) -> pd.Series:
        return row(study(), direction, "fixed_effects", check)

    assert got("driscoll_kraay")["std_error"] == pytest.approx(other["se_dk1"], rel=1e-7)
    assert got("driscoll_kraay")["p_value"] == pytest.approx(other["p_dk1"], rel=1e-6)
    assert got("half_panel_jackknife")["estimate"] == pytest.approx(
        other["b_hpj"], rel=1e-7
    )
    assert got("own_lag_jackknife")["estimate"] == pytest.approx(own["b_hpj"], rel=1e-7)
    assert got("minimum_detectable_effect")["estimate"] == pytest.approx(
        known["long_run_x"]["minimum_detectable_short_run_80pct_power"], rel=1e-7
    )


def test_the_long_run_is_given_only_where_the_own_lag_is_below_one():
    known = STATIC["twfe"]["inn_to_std"]["dynamic_lag1"]["long_run_x"]
    back = row(study(), BACK, "fixed_effects", "long_run")
    assert back["estimate"] == pytest.approx(known["b"], rel=1e-7)
    assert back["std_error"] == pytest.approx(known["se_delta_cr1"], rel=1e-7)
    forth = row(study(), FORTH, "fixed_effects", "long_run")
    assert np.isnan(forth["estimate"])
    assert "cannot be told from one; the long run is not identified" in forth["note"]


@pytest.mark.parametrize("direction", [FORTH, BACK])
def test_leaving_out_one_field_agrees_with_stored_numbers(direction):
    known = LEFT_OUT[KEYS[direction]]
    low, high, weak = (
        row(study(), direction, "fixed_effects", f"leave_one_out_{which}")
        for which in ("lowest", "highest", "weakest")
    )
    assert low["estimate"] == pytest.approx(known["b_min"], rel=1e-7)
    assert low["note"].startswith(f"without {known['without_for_min']};")
    assert high["estimate"] == pytest.approx(known["b_max"], rel=1e-7)
    assert high["note"].startswith(f"without {known['without_for_max']};")
    assert weak["p_value"] == pytest.approx(known["p_cr1_max"], rel=1e-6)
    assert weak["note"].startswith(f"without {known['largest_p_without']};")


@pytest.mark.parametrize("direction", [FORTH, BACK])
def test_poisson_agrees_with_stored_numbers(direction):
    known = STATIC["ppml"][KEYS[direction]]["dynamic_lag1"]
    got = row(study(), direction, "poisson")
    assert got["nobs"] == known["n"]
    assert got["estimate"] == pytest.approx(known["coef"]["x_lag1"]["b"], rel=1e-7)
    assert got["std_error"] == pytest.approx(known["coef"]["x_lag1"]["se_cr1"], rel=1e-5)
    assert np.isnan(got["p_value_bootstrap"])
    own = row(study(), direction, "poisson", "own_lag")
    assert own["estimate"] == pytest.approx(known["coef"]["y_lag1"]["b"], rel=1e-7)


@pytest.mark.parametrize("direction", [FORTH, BACK])
@pytest.mark.parametrize(
    ("check", "block"),
    [
        (MAIN, "lag1_demeaned_block1"),
        ("blocks_of_three", "lag1_demeaned_block3"),
        ("raw", "lag1_raw_block1"),
        ("first_differences", "lag1_demeaned_firstdiff_block1"),
    ],
)
def test_granger_tests_agree_with_stored_numbers(direction, check, block):
    known = GRANGER["granger"][KEYS[direction]][block]
    pooled = row(study(), direction, "juodis_karavias_sarafidis", check)
    assert pooled["nobs"] == known["N"] * known["usable_T"]
    assert pooled["estimate"] == pytest.approx(known["jks"]["b_hpj"][0], rel=1e-7)
    assert pooled["std_error"] == pytest.approx(
        known["jks"]["se_hpj_clustered"][0], rel=1e-7
    )
    assert pooled["p_value"] == pytest.approx(known["jks"]["p_clustered"], rel=1e-6)
    own = estimate(study(), direction, "juodis_karavias_sarafidis", check)
    assert simulated(own.p_value_bootstrap, known["jks"]["p_clustered_boot"], (DRAWS, 999))
    units = row(study(), direction, "dumitrescu_hurlin", check)
    assert np.isnan(units["estimate"])
    assert units["p_value"] == pytest.approx(known["p_Ztilde_2s"], rel=1e-6)
    own = estimate(study(), direction, "dumitrescu_hurlin", check)
    assert simulated(own.p_value_bootstrap, known["p_Ztilde_boot"], (DRAWS, 999))


def test_pretests_agree_with_stored_numbers():
    frame = study().pretests().set_index(["variable", "series"])
    for name in ("p", "s"):
        for series, block in (("levels", "level"), ("growth", "growth")):
            known = GRANGER["CD"][f"{name}_{block}"]
            assert frame.loc[(name, series), "statistic"] == pytest.approx(known["CD"])
            assert frame.loc[(name, series), "mean_abs_correlation"] == pytest.approx(
                known["mean_abs_rho"]
            )
        assert np.isnan(frame.loc[(name, "growth, period means out"), "p_value"])


def test_verdicts_on_the_fields():
    assert study().verdicts == {
        FORTH: "fragile association",
        BACK: "no robust association",
    }


@pytest.mark.slow
def test_the_verdicts_on_the_fields_do_not_hang_on_the_seed():
    names = ["patent_families", "iso_standards"]
    logs = np.log1p(datasets.load("technology_fields")[names])
    for seed in range(1, 7):
        both = bidirectional(logs, *names, seed=seed, methods=FOUR, unit_roots=False)
        assert both.verdicts == {
            FORTH: "fragile association",
            BACK: "no robust association",
        }
        forth, back = both.cases
        assert forth.found == ("fixed_effects",)
        assert forth.unsettled == back.unsettled == back.found == ()


# ---------------------------------------------------------------------------
# Draws


def test_a_p_value_is_settled_three_simulation_errors_from_its_level():
    p = 0.06
    draws = 9 * p * (1 - p) / 0.01**2
    near = Estimate(p_value=0.01, p_value_bootstrap=p, draws=int(0.99 * draws))
    assert near.unsettled(0.05)
    assert not near.unsettled(0.10)
    assert not replace(near, draws=int(1.01 * draws)).unsettled(0.05)
    assert not replace(near, draws=0).unsettled(0.05)
    assert not near.below(0.05)
    below = replace(near, p_value_bootstrap=0.049)
    assert not below.below(0.05)
    assert replace(below, draws=0).below(0.05)


def test_draws_are_added_only_until_a_p_value_is_settled():
    draws = Counter()
    for case in study().cases:
        for (method, _), made in case.answers.items():
            if np.isnan(made.p_value_bootstrap):
                continue
            draws[made.draws] += 1
            times = 5 if method == "fixed_effects" else 1
            assert made.draws in (times * DRAWS, 10 * times * DRAWS, 50 * times * DRAWS)
            assert f"{made.draws:,} draws" in made.note
            if made.draws < 50 * times * DRAWS:
                assert not made.unsettled(0.05)
    assert len(draws) >= 3


def test_batches_of_the_wild_bootstrap_are_one_bootstrap():
    from unigauge.estimation import wild_cluster_bootstrap

    made = estimate(study(), FORTH, "fixed_effects")
    assert made.draws > 10 * DRAWS
    fit = ols(fields(), "p ~ lag(p, 1) + lag(s, 1) | entity + time")
    whole = wild_cluster_bootstrap(fit, "lag(s, 1)", draws=made.draws, seed=123)
    assert simulated(made.p_value_bootstrap, whole.p_value, (made.draws, made.draws))
    reached = made.p_value_bootstrap * (made.draws + 1)
    assert reached == pytest.approx(round(reached), abs=1e-6)
    assert made.conf_low == pytest.approx(whole.conf_low, abs=2e-4)
    assert made.conf_high == pytest.approx(whole.conf_high, abs=2e-4)


def test_all_sign_vectors_have_no_simulation_error():
    both = quick(simulate(1, units=8, years=20))
    made = estimate(both, FORTH, "fixed_effects")
    assert made.draws == 0
    assert "all sign vectors" in made.note


def test_the_table_shows_the_p_value_that_decides():
    for case in study().cases:
        for method in FOUR[2:]:
            single = case.get(method)
            blocks = case.get(method, "blocks_of_three")
            shown = row(study(), case.question.direction, method)
            p_value = shown["p_value_bootstrap"]
            assert p_value == max(single.p_value_bootstrap, blocks.p_value_bootstrap)
            assert p_value == case.trusted(method)
            each = [f"{made.p_value_bootstrap:.3f}"[1:] for made in (single, blocks)]
            assert f"years {each[0]}, blocks of three {each[1]}" in shown["note"]


# ---------------------------------------------------------------------------
# Form


def test_one_row_a_direction_and_method():
    frame = study().to_frame()
    assert list(frame.columns) == COLUMNS
    assert list(zip(frame["direction"], frame["method"], strict=True)) == [
        (direction, method) for direction in (FORTH, BACK) for method in METHODS
    ]
    assert list(study().robustness().columns) == [*COLUMNS[:2], "check", *COLUMNS[2:]]


def test_text_html_record_and_plot():
    both = study()
    assert max(map(len, str(both).splitlines())) <= 79
    assert "fragile association" in both._repr_html_()
    record = both.record()
    assert record["standards_to_innovation_verdict"] == "fragile association"
    assert record["innovation_to_standards_fixed_effects"] == pytest.approx(0.1605192757)
    assert record["nobs"] == both.nobs == 506
    axes = both.plot()
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == 2 * [
        "fixed effects",
        "Poisson",
        "Juodis-Karavias-Sarafidis",
        "Dumitrescu-Hurlin",
        "GMM",
        "common correlated effects",
        "panel VAR",
        "local projections",
    ]
    data = both.plot_data()
    assert list(data["method"]) == 2 * list(METHODS)
    tests = data["method"] == "dumitrescu_hurlin"
    assert data.loc[tests, "effect"].isna().all()
    assert (data.loc[tests, "text"].str.match(r"p = \.\d{3}")).all()
    assert both.plot(ax=axes) is axes


def test_effects_are_standardised_by_hand():
    def spread(name: str) -> float:
        grid = fields()[name].to_numpy().reshape(23, 23)
        centred = grid - grid.mean(0) - grid.mean(1)[:, None] + grid.mean()
        return float(centred.std())

    line = study().plot_data().iloc[0]
    raw = row(study(), FORTH, "fixed_effects")["estimate"]
    assert line["effect"] == pytest.approx(raw * spread("s") / spread("p"), rel=1e-9)
    assert line["conf_low"] < line["effect"] < line["conf_high"]
    assert line["interval"] == "bootstrap"


def test_an_infinite_interval_is_drawn():
    both = quick(simulate(1, units=4, years=12))
    assert np.isinf(both.plot_data()["conf_high"]).any()
    low, high = both.plot().get_xlim()
    assert np.isfinite([low, high]).all()


def test_exchanging_the_roles_exchanges_the_directions():
    one = quick(simulate(3, forth=0.3))
    other = bidirectional(
        simulate(3, forth=0.3),
        "s",
        "p",
        draws=199,
        counts={},
        methods=FOUR,
        unit_roots=False,
    )
    assert one.verdicts[FORTH] == other.verdicts[BACK]
    numbers = ["estimate", "std_error", "p_value", "p_value_bootstrap", "nobs"]
    first = one.robustness().query("direction == @FORTH")[numbers]
    second = other.robustness().query("direction == @BACK")[numbers]
    assert len(first) > 10
    np.testing.assert_array_equal(first, second)


def test_the_seed_decides_all_that_is_random():
    data = simulate(4)
    same = quick(data, seed=5).to_frame()
    pd.testing.assert_frame_equal(same, quick(data, seed=5).to_frame())
    other = quick(data, seed=6).to_frame()
    assert (same["p_value_bootstrap"] != other["p_value_bootstrap"]).any()
    pd.testing.assert_series_equal(same["p_value"], other["p_value"])


def test_nothing_depends_on_the_hash_seed():
    code = (
        "import numpy as np\n"
        "from unigauge import datasets\n"
        "from unigauge.estimation import bidirectional\n"
        "d = datasets.load('technology_fields')\n"
        "d = d[d.index.get_level_values(0) < 'f']\n"
        "d = d.assign(p=np.log1p(d.patent_families), s=np.log1p(d.iso_standards))\n"
        "b = bidirectional(d, 'p', 's', counts={'innovation': 'patent_families'}, draws=99)\n"
        "print(b.report(), b.robustness().to_json(double_precision=15), b.record())\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_methods_may_be_chosen():
    both = quick(simulate(5), methods=["dumitrescu_hurlin", "fixed_effects"])
    assert list(both.to_frame()["method"]) == 2 * ["fixed_effects", "dumitrescu_hurlin"]
    assert "Poisson" not in page(both)
    assert "correlated effects" not in page(both)


# ---------------------------------------------------------------------------
# Several lags, controls, counts


def test_with_several_lags_the_estimate_is_their_sum():
    data = simulate(6, forth=0.3)
    both = quick(data, lags=3)
    fit = ols(data, "p ~ lag(p, 1:3) + lag(s, 1:3) | entity + time")
    names = [f"lag(s, {k})" for k in (1, 2, 3)]
    got = row(both, FORTH, "fixed_effects")
    assert got["estimate"] == pytest.approx(fit.params[names].sum())
    variance = fit.covariance.loc[names, names].to_numpy().sum()
    assert got["std_error"] == pytest.approx(np.sqrt(variance))
    assert "sum of 3 lags" in got["note"]
    joint = row(both, FORTH, "fixed_effects", "all_lags")
    assert joint["p_value"] == pytest.approx(fit.wald(names).p_value)
    assert "in each of 3 years goes with" in page(both)
    assert "the sum over 3 lags" in page(both)


def test_controls_enter_with_one_lag():
    data = simulate(7)
    data["size"] = np.random.default_rng(0).normal(size=len(data))
    both = quick(data, controls=["size"])
    fit = ols(data, "p ~ lag(p, 1) + lag(s, 1) + lag(size, 1) | entity + time")
    got = row(both, FORTH, "fixed_effects")
    assert got["estimate"] == pytest.approx(fit.params["lag(s, 1)"])
    assert "no controls" in row(both, FORTH, "dumitrescu_hurlin")["note"]
    assert "Controls, one year before: size." in page(both)


def test_raw_counts_are_recognised():
    both = bidirectional(
        fields(), "patent_families", "iso_standards", draws=199, methods=FOUR
    )
    from unigauge.estimation import poisson

    fit = poisson(
        fields(),
        "patent_families ~ lag(log1p(patent_families), 1) + lag(log1p(iso_standards), 1)"
        " | entity + time",
    )
    got = row(both, FORTH, "poisson")
    assert got["estimate"] == pytest.approx(fit.params["lag(log1p(iso_standards), 1)"])
    assert "Compare log1p(patent_families)." in page(both)
    off = quick(fields().assign(s=fields()["p"], p=fields()["patent_families"]))
    assert "is no count" in row(off, FORTH, "poisson")["note"]


def test_a_count_behind_one_variable_runs_poisson_one_way():
    both = bidirectional(
        fields(),
        "p",
        "s",
        draws=199,
        methods=FOUR,
        counts={"standards": "iso_standards"},
    )
    assert np.isfinite(row(both, BACK, "poisson")["estimate"])
    forth = row(both, FORTH, "poisson")
    assert np.isnan(forth["estimate"])
    assert forth["nobs"] == 0
    assert "pass counts={'innovation': column}" in forth["note"]


# ---------------------------------------------------------------------------
# One sample


def test_rows_count_only_where_everything_is_known():
    data = simulate(8, units=12, years=20)
    data.iloc[5, 0] = np.nan
    data.iloc[45:47, 1] = np.nan
    data["size"] = np.random.default_rng(0).normal(size=len(data))
    data.iloc[100, 2] = np.nan
    with pytest.warns(
        DroppedRowsWarning,
        match=r"^4 of 240 rows were left out .* \(p in 1, s in 2, size in 1\)\.$",
    ) as caught:
        both = quick(data, controls=["size"])
    assert len(caught) == 1
    assert caught[0].filename == __file__
    rows = both.to_frame().set_index(["direction", "method"])["nobs"]
    assert rows[FORTH, "fixed_effects"] == rows[BACK, "fixed_effects"] == both.nobs
    # Each gap costs its own rows and the one after, but for rows that begin a unit.
    assert both.nobs == 240 - 12 - (2 + 3 + 1)
    assert "4 of 240 rows were left out" in page(both)


def test_what_runs_on_less_says_so():
    data = simulate(9, units=12, years=20)
    data.iloc[[3, 4], 0] = np.nan
    with pytest.warns(DroppedRowsWarning):
        both = quick(data)
    got = row(both, FORTH, "juodis_karavias_sarafidis")
    assert "balanced block: 11 of 12 firms, 2000-2019" in got["note"]
    assert got["nobs"] == 11 * 19
    said = page(both)
    assert "run on less, the balanced block: 11 of 12 firms, 2000-2019." in said
    lead = row(both, FORTH, "fixed_effects", "lead_placebo")
    assert f"{lead['nobs']} of {both.nobs} rows" in lead["note"]
    assert lead["nobs"] < both.nobs


def test_units_that_say_nothing_are_left_out_and_named():
    data = simulate(10, units=12, years=20)
    data.iloc[2:20, 0] = np.nan
    with pytest.warns(DroppedRowsWarning, match=r"1 firm with 2 rows were left out.*'u00'"):
        both = quick(data)
    assert both.sample.n_units == 11


def complete_blocks(mask: np.ndarray, lags: int, least: int) -> int:
    """Most usable rows of any block of complete units, by trying all of them."""
    best = 0
    for first in range(mask.shape[1]):
        for last in range(first + lags + least - 1, mask.shape[1]):
            units = int(mask[:, first : last + 1].all(axis=1).sum())
            if units >= 2:
                best = max(best, units * (last + 1 - first - lags))
    return best


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.2), st.integers(1, 2))
def test_the_balanced_block_is_the_largest(seed, missing, lags):
    rng = np.random.default_rng(seed)
    data = simulate(seed % 1000, units=6, years=18)
    kept = rng.random(len(data)) >= missing
    kept[[0, -1]] = True
    panel = Panel.from_frame(data[kept])
    block = balanced_block(panel, ("p", "s"), lags)
    most = complete_blocks(panel.mask, lags, 2 * lags + 6)
    most = most or complete_blocks(panel.mask, lags, 2 * lags + 4)
    if block is None:
        assert most == 0
        return
    units, times = (block.index.get_level_values(k).unique() for k in (0, 1))
    assert len(units) * (len(times) - lags) == most
    pd.testing.assert_frame_equal(
        block, data.loc[block.index], check_index_type=False, check_names=False
    )


def test_a_unit_whose_series_stands_still_is_not_in_the_block():
    data = simulate(11, units=8)
    data.loc["u03", "s"] = 1.0
    both = quick(data)
    assert "balanced block: 7 of 8 firms" in row(both, BACK, "dumitrescu_hurlin")["note"]
    assert row(both, BACK, "fixed_effects")["nobs"] == 8 * 24


# ---------------------------------------------------------------------------
# Verdicts


def judged(
    forth: dict[tuple[str, str], Estimate] | None = None, **changes: Any
) -> tuple[Case, Case]:
    """A strong case each way, with some numbers replaced."""
    first, second = quick(simulate(12, forth=0.4, back=0.4, own=0.3)).cases
    first = replace(first, answers={**first.answers, **(forth or {})}, **changes)
    return first, second


def test_everything_agreeing_is_robust():
    first, second = judged()
    assert first.found == (
        "fixed_effects",
        "juodis_karavias_sarafidis",
        "dumitrescu_hurlin",
    )
    assert first.failed == ()
    assert first.verdict(second) == "robust association"


SILENT = Estimate(estimate=0.4, std_error=0.3, p_value=0.001, p_value_bootstrap=0.2, nobs=9)
LOUD = Estimate(estimate=0.4, std_error=0.1, p_value=0.001, p_value_bootstrap=0.01, nobs=9)


@pytest.mark.parametrize(
    ("method", "check", "estimate"),
    [
        ("fixed_effects", MAIN, SILENT),
        ("juodis_karavias_sarafidis", MAIN, SILENT),
        ("juodis_karavias_sarafidis", "blocks_of_three", SILENT),
        ("dumitrescu_hurlin", "blocks_of_three", SILENT),
        ("juodis_karavias_sarafidis", MAIN, replace(LOUD, estimate=-0.4)),
        ("fixed_effects", "unit_trends", SILENT),
        ("fixed_effects", "first_differences", SILENT),
        ("fixed_effects", "first_differences", replace(LOUD, estimate=-0.4)),
        ("fixed_effects", "leave_one_out_weakest", replace(SILENT, p_value=0.11)),
        ("fixed_effects", "unit_trends", Estimate(note="not run")),
    ],
)
def test_one_dissent_makes_it_fragile(method, check, estimate):
    estimate = (
        replace(estimate, p_value_bootstrap=np.nan) if "one_out" in check else estimate
    )
    first, second = judged({(method, check): estimate})
    assert first.verdict(second) == "fragile association"


def test_what_is_not_settled_counts_against_an_association():
    near = replace(LOUD, p_value_bootstrap=0.049, draws=9_950)
    for check in (MAIN, "blocks_of_three"):
        first, second = judged({("juodis_karavias_sarafidis", check): near})
        assert first.unsettled == ("juodis_karavias_sarafidis",)
        assert "juodis_karavias_sarafidis" not in first.found
        assert first.verdict(second) == "fragile association"
        said = {f.name: f.sentence for f in findings(first, second)}
        assert said["on_the_edge"] == (
            "Too near to 5 % to be settled at this number of draws, and counted as not "
            "found: Juodis-Karavias-Sarafidis (p = .049, 9,950 draws)."
        )
    settled = {("juodis_karavias_sarafidis", MAIN): near} | {
        ("juodis_karavias_sarafidis", "blocks_of_three"): SILENT
    }
    assert judged(settled)[0].unsettled == ()
    near = replace(near, p_value_bootstrap=0.099)
    first, _ = judged({("fixed_effects", "unit_trends"): near})
    assert first.failed == (("fixed_effects", "unit_trends"),)
    near = replace(near, p_value_bootstrap=0.051)
    first, second = judged({("fixed_effects", "lead_placebo"): near})
    assert first.lead_predicts
    said = {f.name: f.sentence for f in findings(first, second)}
    assert "p = .051, too near to 5 % to be settled)" in said["lead"]


def test_leaving_one_out_is_judged_beside_the_clustered_p_value_of_all():
    weak = replace(SILENT, p_value=0.15, p_value_bootstrap=np.nan, subject="u01")
    key = ("fixed_effects", "leave_one_out_weakest")
    first, second = judged({key: weak})
    assert first.failed == (key,)
    main = replace(first.main, p_value=0.12)
    first, second = judged({key: weak, ("fixed_effects", MAIN): main})
    assert first.failed == ()
    said = {f.name: f.sentence for f in findings(first, second)}
    assert said["leave_one_out"].endswith(
        "without 'u01', clustered p = .150, against clustered p = .120 with all firms: "
        "its sign stays."
    )
    turned = replace(weak, estimate=-0.1)
    first, _ = judged({key: turned, ("fixed_effects", MAIN): main})
    assert first.failed == (key,)


def test_a_lead_counts_unless_the_other_direction_explains_it():
    first, second = judged({("fixed_effects", "lead_placebo"): LOUD})
    assert first.lead_predicts
    assert first.verdict(second) == "robust association"
    quiet = {(m, MAIN): SILENT for m in FOUR if m != "poisson"}
    second = replace(second, answers={**second.answers, **quiet})
    assert first.verdict(second) == "fragile association"


def test_nothing_found_depends_on_what_could_have_been():
    quiet = {(m, MAIN): SILENT for m in FOUR if m != "poisson"}
    first, second = judged(quiet, smallest_effect=2.8 * 0.3)
    assert first.detectable == pytest.approx(2.8 * 0.3 * first.scale)
    assert first.verdict(second) == (
        "no robust association" if first.scale <= 1 else "cannot be told"
    )
    assert replace(first, smallest_effect=5.0).verdict(second) == "no robust association"
    assert replace(first, smallest_effect=0.1).verdict(second) == "cannot be told"


def test_without_fixed_effects_nothing_is_robust_and_no_null_is_told():
    strong = quick(simulate(12, forth=0.4, own=0.3), methods=["dumitrescu_hurlin"])
    assert strong.verdicts[FORTH] == "fragile association"
    assert strong.verdicts[BACK] == "cannot be told"
    assert "no telling what could have been" in page(strong)


# ---------------------------------------------------------------------------
# Words


def words(both: Bidirectional, direction: str) -> dict[str, str]:
    frame = both.findings()
    chosen = frame[frame["direction"] == direction]
    return dict(zip(chosen["name"], chosen["sentence"], strict=True))


def test_the_report_is_a_page_that_holds_every_finding():
    report = study().report()
    assert max(map(len, report.splitlines())) <= 79
    assert report.isascii()
    said = " ".join(report.split())
    frame = study().findings()
    assert list(frame.columns) == ["direction", "topic", "name", "sentence"]
    for sentence in frame["sentence"]:
        assert sentence in said
    for part in ("The sample", "Common shocks", "How the verdicts are reached"):
        assert f"\n{part}\n" in report
    assert "These are correlations" in said
    assert "nan" not in said


def test_what_is_said_of_the_fields():
    forth, back = words(study(), FORTH), words(study(), BACK)
    assert "coefficient 0.0119, clustered s.e. 0.00628" in forth["association"]
    assert forth["agreement"].startswith(
        "1 of 4 methods that decide finds an association at 5 %: fixed"
    )
    assert forth["luck"].endswith("up to 20 % of cases.")
    assert "0.902 (0.995 by the jackknife) and cannot be told from one" in forth["long_run"]
    assert "none is given" in forth["long_run"]
    assert "with a trend for each field 0.000980" in forth["checks"]
    assert "not found" in forth["checks"]
    assert "without 'food'" in forth["leave_one_out"]
    assert forth["leave_one_out"].endswith(
        "clustered p = .111, against clustered p = .072 with all fields: not found."
    )
    assert "The placebo is silent" in forth["quiet_lead"]
    assert "It is a correlation" in forth["correlation"]
    assert "power" not in forth
    assert "0.161 standard deviations (coefficient 0.537)" in back["power"]
    assert "Nothing was found where something could have been" in back["power"]
    assert "the timing of this regression is not credible" in back["lead"]
    assert "the common cycle" in back["year_effects"]
    assert "Dumitrescu-Hurlin (p = .001)" in back["year_effects"]
    assert "0.204 (s.e. 0.232)" in back["long_run"]
    assert "claim a finding: Juodis-Karavias-Sarafidis (p = .002)" in back["oversized"]
    assert "p = .035 one by one, p = .057 in blocks of three" in back["blocks_disagree"]
    assert "better_dates" in back


def test_a_walk_without_return_has_no_long_run():
    both = quick(simulate(13, own=1.0))
    for direction in (FORTH, BACK):
        assert np.isnan(row(both, direction, "fixed_effects", "long_run")["estimate"])
        assert (
            "a long-run effect is not identified, and none is given"
            in (words(both, direction)["long_run"])
        )
    stationary = quick(simulate(13, own=0.3))
    assert "the long-run coefficient would then be" in words(stationary, FORTH)["long_run"]


def test_feedback_speaks_through_the_placebo():
    both = quick(simulate(14, back=0.4))
    said = words(both, FORTH)
    assert both.verdicts == {FORTH: "no robust association", BACK: "robust association"}
    assert "Feedback would do that, and the other direction is found" in said["lead"]
    assert "better_dates" not in said
    assert "Only innovation -> standards shows an association" in page(both)


def test_few_units_tell_nothing():
    both = quick(simulate(15, units=5, years=40, forth=0.8))
    assert set(both.verdicts.values()) == {"cannot be told"}
    assert "There are 5 firms." in words(both, FORTH)["few_units"]
    assert "bootstrap can give with so few is 0.0625" in words(both, FORTH)["few_units"]
    assert words(both, FORTH)["more_units"] == "More firms."


def test_nothing_found_and_nothing_could_be_found_are_different_sentences():
    weak, strong = quick(simulate(16, units=8, years=12)), quick(simulate(17, units=30))
    assert set(weak.verdicts.values()) == {"cannot be told"}
    assert "This is no evidence of absence." in words(weak, FORTH)["power"]
    assert "times the rows would bring an effect of 0.2" in words(weak, FORTH)["more_data"]
    assert "Nor do these data show that there is none." in page(weak)
    assert strong.verdicts[FORTH] == "no robust association"
    assert (
        "Nothing was found where something could have been"
        in (words(strong, FORTH)["power"])
    )


def test_short_panels_say_which_tests_they_cannot_run():
    both = quick(simulate(18, units=30, years=5, forth=0.5))
    assert "it needs two units without a gap over 9 years" in words(both, FORTH)["not_run"]
    assert both.verdicts[FORTH] == "fragile association"
    assert "a test of Granger causality could be run" in words(both, FORTH)["what_failed"]


def test_a_common_cycle_is_called_one():
    both = quick(simulate(19, common=2.0))
    assert "That points to the common cycle" in words(both, FORTH)["year_effects"]
    assert "The firms move together" in page(both)
    apart = quick(simulate(20))
    assert "Nothing says that they move together" in page(apart)


def test_movement_that_year_effects_leave_is_mentioned():
    data = simulate(21)
    wave = np.random.default_rng(0).normal(size=25)
    loads = np.tile([3.0, -3.0], 10)
    data["p"] += (loads[:, None] * wave).ravel()
    said = page(quick(data))
    assert "Some of the common movement of p differs by firm" in said


def test_all_methods_agreeing_is_said():
    both = quick(simulate(22, forth=0.4, own=0.3))
    said = words(both, FORTH)
    assert both.verdicts[FORTH] == "robust association"
    assert said["agreement"].startswith("All 3 methods that decide find it at 5 %")
    assert "it stays" in said["checks"]
    assert "what_failed" not in said
    assert "came from outside" in said["from_outside"]


# ---------------------------------------------------------------------------
# Bad input


def test_an_unknown_column_is_refused():
    with pytest.raises(InputError, match=r"'standard'; choose one of.*Did you mean"):
        bidirectional(fields().rename(columns={"s": "standards"}), "p", "standard")
    with pytest.raises(InputError, match="the variable is 'gdp'"):
        bidirectional(fields(), "p", "s", controls=["gdp"])


def test_variables_must_differ():
    with pytest.raises(InputError, match="must be different columns"):
        bidirectional(fields(), "p", "p")
    with pytest.raises(InputError, match="must be different columns"):
        bidirectional(fields(), "p", "s", controls=["s"])


def test_names_must_read_in_a_formula():
    data = simulate(0).rename(columns={"p": "patent count"})
    with pytest.raises(
        InputError, match=r"'patent count' cannot stand in a formula; rename"
    ):
        bidirectional(data, "patent count", "s")


def test_constant_variables_are_refused():
    data = simulate(0)
    with pytest.raises(IdentificationError, match="'s' does not vary within any entity"):
        quick(data.assign(s=1.0))
    trend = data.index.get_level_values("year").to_numpy(dtype=float)
    with pytest.raises(IdentificationError, match="'s' varies over time in the same way"):
        quick(data.assign(s=trend))


def test_an_entity_with_one_year_is_refused():
    data = simulate(0)
    lone = data.drop(index=[("u02", year) for year in range(2001, 2025)])
    with pytest.raises(
        DataError, match=r"1 entity of 20 have one year of data only: 'u02'"
    ):
        quick(lone)


def test_too_short_a_panel_is_refused():
    with pytest.raises(DataError, match="Two rows with 2 lags take 4 periods in a row"):
        quick(simulate(0, years=3), lags=2)
    with pytest.raises(DataError, match="no method can be run on 2 firms, 2000-2002"):
        quick(simulate(0, units=2, years=3))


def test_a_variable_that_is_never_known_is_refused():
    with pytest.raises(DataError, match="0 of 500 rows are complete"):
        quick(simulate(0).assign(s=np.nan))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lags": 0}, "lags is 0"),
        ({"draws": 50}, "draws is 50.*at least 99"),
        ({"seed": -1}, "seed is -1"),
        ({"smallest_effect": 0.0}, "smallest_effect is 0.0"),
        ({"methods": ["gmm"]}, "method is 'gmm'; choose one of"),
        ({"methods": []}, "name at least one"),
        ({"methods": ["poisson", "poisson"]}, "each once"),
        ({"counts": ["p"]}, "must map 'innovation', 'standards' or both"),
        ({"counts": {"patents": "p"}}, "the role in counts is 'patents'"),
        ({"counts": {"innovation": "p"}}, "the counts 'p' are negative somewhere"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(InputError, match=message):
        quick(simulate(0), **options)


def test_unusable_data_are_refused():
    data = simulate(0)
    with pytest.raises(InputError, match="infinite"):
        quick(data.assign(s=np.where(data["s"] > 2, np.inf, data["s"])))
    with pytest.raises(InputError, match="not numeric"):
        quick(data.assign(s="a"))
    with pytest.raises(InputError):
        quick(data.iloc[::-1])
    with pytest.raises(InputError, match="indexed by"):
        quick(data.reset_index(drop=True))


def test_no_warning_where_nothing_is_lost():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quick(simulate(1))


# ---------------------------------------------------------------------------
# Monte Carlo


@pytest.mark.slow
def test_without_year_means_a_common_shock_passes_for_causality():
    worlds = 20
    raw = demeaned = 0
    for seed in range(worlds):
        both = quick(simulate(seed, common=2.0), seed=seed, methods=["fixed_effects"])
        check = row(both, FORTH, "fixed_effects", "without_year_effects")
        raw += check["p_value_bootstrap"] < 0.05
        demeaned += row(both, FORTH, "fixed_effects")["p_value_bootstrap"] < 0.05
    assert raw == worlds
    assert demeaned <= 4
