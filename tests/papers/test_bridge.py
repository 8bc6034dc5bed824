"""The bridge: worlds, statistics, comparisons, and the run that is stored."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from unigauge import papers
from unigauge.errors import DataError, InputError, UnigaugeWarning
from unigauge.papers.bridge import adoption, comparison, findings, worlds
from unigauge.papers.bridge.findings import Runs
from unigauge.papers.bridge.full_run import dask_cluster, full_run, main
from unigauge.papers.bridge.guide import guide, markdown
from unigauge.papers.bridge.plan import SIZES, full_plan, run, small_plan
from unigauge.papers.bridge.recipes import RECIPES
from unigauge.papers.bridge.simulation import (
    draw,
    simulated,
    statistics,
    summary,
    truth,
)

KEY = "bridge"
REFUTED = {
    "adoption_market",
    "adoption_pooled",
    "broken_adjustment",
    "broken_trends",
    "fixed_effects_cross",
    "jackknife_bias_short",
    "jackknife_size",
    "juodis_demeaned",
    "projection_jackknife_four",
    "same_period_three_stages",
}
DIFFERS = {
    "adoption_ccp_pooled_5_tenths_1_rounds",
    "cell_50x20",
    "row_least_squares_same_period_l_k_b_ks",
}


@pytest.fixture(scope="module")
def tables() -> pd.DataFrame:
    return comparison.stored()


@pytest.mark.slow
def test_claims_come_out_as_expected():
    done = papers.reproduce(KEY, fast=True)
    assert done.as_expected, str(done)
    verdicts = {claim.id: claim.verdict for claim in done.claims}
    assert {name for name, verdict in verdicts.items() if verdict == "refuted"} == REFUTED
    assert {name for name, verdict in verdicts.items() if verdict == "differs"} == DIFFERS
    assert len(done.figures) == 3
    assert not any(picture.data.empty for picture in done.figures)


def test_the_page_says_what_the_stored_run_says(tables):
    readme = (Path(comparison.__file__).parent / "README.md").read_text(encoding="utf-8")
    page = markdown(guide(Runs(tables)))
    assert page in readme
    worse = tables.assign(size=tables["size"] + 0.02)
    assert markdown(guide(Runs(worse))) not in readme
    cell = (tables["units"] == 50) & (tables["periods"] == 40)
    plain = (tables["estimator"] == "fixed effects") & (tables["parameter"] == "loop")
    left = -100 * tables.loc[cell & plain, "bias"].item() / truth("loop", True)
    assert f"with forty the loop is still {left:.0f} % too low" in readme


def test_more_units_leave_the_bias_only_if_they_do(tables):
    def verdict(frame):
        said = {}
        study = SimpleNamespace(claim=lambda name, **found: said.update({name: found}))
        findings.fixed_effects(study, Runs(frame))
        return said["fixed_effects_more_units"]["holds"]

    assert verdict(tables)
    many = (tables["units"] == 200) & (tables["estimator"] == "fixed effects")
    assert not verdict(
        tables.assign(bias=tables["bias"].where(~many, 0.85 * tables["bias"]))
    )


# ---------------------------------------------------------------------------
# Worlds and recipes


@pytest.mark.parametrize("effect", [True, False])
def test_worlds_have_the_truth_that_is_claimed(effect):
    for world in worlds.WORLDS:
        told = worlds.panel(world, effect=effect, seed=1, units=8).attrs["truth"]
        if world != "same_period":
            np.testing.assert_allclose(told["A"], worlds.own_effects(effect))
        assert told["adjustment"][0] == pytest.approx(truth("l_k", effect))
        assert told["response"] == pytest.approx(
            [truth("b_ks", effect), truth("b_sk", effect)]
        )
        if world != "network":
            assert told["loop"] == pytest.approx(truth("loop", effect))
    assert told["absorption"] == -truth("- chi", effect)
    assert -0.4 * told["saturation"] == pytest.approx(truth("- l_k q", effect))
    network = worlds.panel("network", effect=effect, seed=1, units=8)
    assert network.attrs["truth"]["D"][0][0] == pytest.approx(truth("d11", effect))
    stock = network["knowledge"].to_numpy().reshape(8, 20)
    near = (stock[1] + stock[2] + stock[6] + stock[7]) / 4
    np.testing.assert_allclose(network["neighbours"].to_numpy().reshape(8, 20)[0], near)


def test_responses_are_powers_of_the_system():
    own = worlds.own_effects(True)
    assert truth("response, h = 2", True) == pytest.approx((own @ own)[0, 1])
    assert truth("response, h = 4", False) == 0


def test_half_of_the_units_may_have_twice_the_effect():
    panel = worlds.panel("effect_differs", effect=True, seed=3, units=7)
    assert panel.index.get_level_values("unit").unique().tolist() == [*range(1, 8)]
    assert panel.groupby("unit").size().tolist() == [20] * 7


def test_units_have_trends_of_their_own():
    broken = worlds.panel("unit_trends", effect=True, seed=3, units=6)
    sound = worlds.panel("logs", effect=True, seed=3, units=6)
    added = (broken - sound)["knowledge"].to_numpy().reshape(6, 20)
    np.testing.assert_allclose(np.diff(added, 2), 0, atol=1e-12)
    assert np.ptp(added[:, -1]) > 0.1


def test_every_recipe_answers_every_estimator_of_the_stored_table(tables):
    names = {
        column.split("[")[1][:-1]
        for recipe in RECIPES
        for column, value in draw(recipe, True, 5, units=30).items()
        if np.isfinite(value)
    }
    main = tables[tables["table"] == "main"]
    assert names == set(main["estimator"] + ": " + main["parameter"])


# ---------------------------------------------------------------------------
# Statistics


def test_statistics_by_hand():
    values, errors = np.array([0.1, 0.2, 0.4, 0.0]), np.array([0.05, 0.05, 0.05, 0.2])
    drawn = pd.DataFrame(
        {"estimate[x: a12]": values, "std_error[x: a12]": errors, "seed": range(4)}
    )
    null = drawn.assign(**{"estimate[x: a12]": values / 4})
    got = statistics(drawn, null, "x: a12")
    assert got["bias"] == pytest.approx(0.075)
    assert got["sd"] == pytest.approx(values.std(ddof=1))
    assert got["rmse"] == pytest.approx(np.sqrt(((values - 0.1) ** 2).mean()))
    assert got["mean_se"] == pytest.approx(0.0875)
    assert (got["size"], got["power"], got["size_null"]) == (0.5, 0.75, 0.25)
    assert got["size_error"] == pytest.approx(0.25)
    assert (got["draws"], got["failed"]) == (4, 0)


def test_a_spread_has_the_error_that_draws_show():
    rng = np.random.default_rng(4)
    spreads, errors = [], []
    for _ in range(200):
        frame = {"estimate[x: a12]": rng.normal(size=100), "std_error[x: a12]": 1.0}
        got = statistics(pd.DataFrame({**frame, "seed": range(100)}), None, "x: a12")
        spreads.append(got["sd"])
        errors.append(got["sd_error"])
    assert np.mean(errors) == pytest.approx(np.std(spreads), rel=0.2)


def test_draws_that_do_not_answer_are_counted():
    drawn = pd.DataFrame(
        {
            "effect": True,
            "seed": range(5),
            "estimate[x: a12]": [0.1, 0.1, 0.2, np.nan, 0.0],
            "std_error[x: a12]": [0.1, 0.1, 0.1, np.nan, 0.1],
        }
    )
    (row,) = summary(drawn).to_dict("records")
    assert (row["draws"], row["failed"]) == (4, 1)


def test_a_draw_that_crashes_is_not_lost():
    broken = pytest.raises(DataError, match=r"1 of 1 draws failed; the first, within")
    with broken, pytest.warns(UnigaugeWarning, match="every cell failed"):
        simulated([{"recipe": "within", "effect": True, "seed": 1, "units": 0.5}])


# ---------------------------------------------------------------------------
# Comparisons


def test_the_comparison_tells_what_is_off(tables):
    distances = comparison.against_independent(tables)
    assert len(distances) == 312
    row = (tables["table"] == "main") & (tables["estimator"] == "difference GMM")
    for statistic, change in (("bias", 0.02), ("sd", -0.02), ("size", 0.06)):
        wrong = tables.copy()
        wrong.loc[row, statistic] += change
        off = comparison.against_independent(wrong)
        there = off[(off["estimator"] == "difference GMM") & (off["table"] == "main")]
        assert there.loc[there["statistic"] == statistic, "distance"].item() > 3


def test_the_same_table_is_at_no_distance(tables):
    same = comparison.against_stored(tables)
    assert set(same["statistic"]) == {"bias", "size", "size_null", "power"}
    assert same["distance"].max() == 0
    moved = tables.assign(bias=tables["bias"] + 4 * np.sqrt(2) * tables["bias_error"])
    off = comparison.against_stored(moved)
    np.testing.assert_allclose(off.loc[off["statistic"] == "bias", "distance"], 4)


def test_shares_are_compared_exactly(tables):
    row = tables[(tables["table"] == "main") & (tables["estimator"] == "system GMM")]
    few = row.assign(size=1.0, draws=2)
    got = comparison.against_stored(few).set_index("statistic").loc["size", "distance"]
    from scipy import stats

    p = stats.fisher_exact([[65, 935], [2, 0]]).pvalue
    assert row["size"].item() == pytest.approx(0.065)
    assert got == pytest.approx(stats.norm.isf(p / 2))


# ---------------------------------------------------------------------------
# The stored run


def test_the_stored_run_is_whole(tables):
    assert (tables["failed"] == 0).all()
    assert (tables.loc[tables["table"] == "main", "draws"] == 1000).all()
    assert (tables.loc[tables["table"] != "main", "draws"] == 300).all()
    grid = tables[tables["table"] == "grid"]
    assert set(zip(grid["units"], grid["periods"], strict=True)) == set(SIZES)
    seeds = comparison.record_of_run()["first_seeds"]
    assert seeds == {
        **{part.table: part.seeds.start for part in full_plan()},
        "adoption": 60_000,
    }


def test_seeds_are_our_own():
    taken = {*range(1000, 2000), *range(9000, 9300), *range(5000, 5100)}
    stored = {seed for part in full_plan() for seed in part.seeds}
    now = {seed for part in small_plan(70_000, 24, 8) for seed in part.seeds}
    assert not taken & (stored | now)
    assert not stored & now


def test_the_stored_first_draws_come_again():
    numbers = comparison.first_draws()
    cell = (numbers["recipe"] == "within") & (numbers["seed"] == 20_000)
    for effect, rows in numbers[cell].groupby("effect"):
        now = draw("within", bool(effect), 20_000)
        np.testing.assert_allclose([now[name] for name in rows["name"]], rows["value"])


@pytest.mark.slow
def test_dask_and_processes_give_the_same_numbers():
    pytest.importorskip("dask.distributed")
    parts = full_plan(3, 1)
    by_processes = run(parts, n_jobs=2)
    with dask_cluster(2):
        by_dask = run(parts)
    for one, other in zip(by_processes, by_dask, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.slow
def test_the_full_run_writes_what_is_stored(tmp_path, monkeypatch, tables):
    cheap = tuple(design for design in adoption.DESIGNS if design[2] != "mle")
    monkeypatch.setattr(adoption, "DESIGNS", cheap)
    full_run(tmp_path, draws=2, grid_draws=2, adoption_draws=2, n_jobs=2)
    keys = ["table", "world", "units", "periods", "estimator", "parameter"]
    made = pd.read_csv(tmp_path / "tables.csv").fillna({"world": ""})
    assert made.columns.tolist() == tables.columns.tolist()
    pd.testing.assert_frame_equal(made[keys], tables[keys])
    numbers = pd.read_csv(tmp_path / "first_draws.csv").fillna({"world": ""})
    stored = comparison.first_draws()
    pd.testing.assert_frame_equal(numbers, stored, rtol=1e-6)
    here = pd.read_csv(tmp_path / "adoption.csv")
    assert len(here) == 4 * len(cheap)
    record = tomllib.loads((tmp_path / "run.toml").read_text(encoding="utf-8"))
    assert record["first_seeds"] == comparison.record_of_run()["first_seeds"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--draws", "0"], "draws is 0; it must be a whole number of at least 2"),
        (["--grid-draws", "-3"], "grid-draws is -3; .* one draw has no spread"),
        (["--adoption-draws", "1"], "adoption-draws is 1; .* at least 2"),
        (["--dask", "0"], "dask is 0; it must be a whole number of at least 1"),
    ],
)
def test_too_little_is_refused_before_anything_is_drawn(
    tmp_path, monkeypatch, options, said
):
    out = tmp_path / "run"
    monkeypatch.setattr("sys.argv", ["full_run", "--out", str(out), *options])
    with pytest.raises(SystemExit, match=said):
        main()
    assert not out.exists()


def test_a_cluster_without_dask_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    with (
        pytest.raises(InputError, match=r"pip install 'unigauge\[dask\]'"),
        dask_cluster(2),
    ):
        pass
