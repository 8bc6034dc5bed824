"""What both studies share: the two-way system, jackknifed counts, samples cut once."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.estimation import Panel, TwoWayFit, half_panel_jackknife, two_way_fit
from unigauge.papers.both_ways import (
    null_panels,
    structure,
    structure_nulls,
    structure_report,
    structure_tables,
)
from unigauge.papers.both_ways.jackknifed_counts import jackknifed_counts
from unigauge.papers.both_ways.regressions import Direction
from unigauge.papers.both_ways.specifications import by_choice, sampler
from unigauge.papers.both_ways.structure_system import StructuralEffort, estimated_system
from unigauge.papers.innovation_standards_fields import evidence, reproduce
from unigauge.papers.reproduction import Claim
from unigauge.papers.study import Study, watching

NAMES = ("knowledge", "standards")
DIRECTIONS = (
    Direction(effect="knowledge", cause="standards", count="patents"),
    Direction(effect="standards", cause="knowledge", count="documents"),
)
EFFORT = StructuralEffort(
    seeds=2, simulations=20, bootstrap=49, wild=999, nulls=199, order=99
)


@cache
def panel(**how: float) -> pd.DataFrame:
    """A stable system, with counts beside the logarithms."""
    frame = datasets.simulate_two_way(seed=6, units=60, periods=20, **how)
    rng = np.random.default_rng(1)
    return frame.assign(
        patents=rng.poisson(np.exp(3 + frame["knowledge"])),
        documents=rng.poisson(np.exp(2 + frame["standards"])),
    )


def claimed(frame: pd.DataFrame) -> dict[str, Claim]:
    system = estimated_system({"all": frame}, DIRECTIONS, EFFORT, seed=7)
    study = Study.open(Path(reproduce.__file__))
    claims: list[Claim] = []
    with watching(claims.append):
        structure_report.claims(study, system)
    return {claim.id: claim for claim in claims}


# ---------------------------------------------------------------------------
# Claims hold where they should


def test_in_a_stable_system_with_a_loop_the_claims_hold() -> None:
    claims = claimed(panel(knowledge_to_standards=0.3, standards_to_knowledge=0.15))
    for name in (
        "stationary",
        "adjusts",
        "confirmed",
        "loop",
        "dies_out",
        "counts",
    ):
        assert claims[f"structure_{name}"].holds, name
    assert claims["structure_horizons"].holds
    assert not claims["structure_bends"].holds
    assert not claims["structure_order"].holds


def test_without_effects_there_is_no_loop() -> None:
    claims = claimed(panel(knowledge_to_standards=0.0, standards_to_knowledge=0.0))
    assert claims["structure_stationary"].holds
    assert not claims["structure_order"].holds
    assert not claims["structure_loop"].holds
    assert not claims["structure_counts"].holds


def test_a_bend_is_found_where_there_is_one() -> None:
    claims = claimed(panel(saturation=0.2, knowledge_to_standards=0.0))
    assert claims["structure_bends"].holds
    assert "standards to knowledge" in claims["structure_bends"].note


def test_a_random_walk_has_no_stationary_system() -> None:
    rng = np.random.default_rng(2)
    walk = rng.normal(size=(30, 20)).cumsum(axis=1)
    frame = panel().loc[:30].assign(knowledge=walk.ravel())
    frame = frame.assign(patents=rng.poisson(np.exp(2 + walk.ravel() / 5)))
    claims = claimed(frame)
    for name in ("stationary", "adjusts", "dies_out"):
        assert not claims[f"structure_{name}"].holds, name
    assert "persistent" in claims["structure_stationary"].note


# ---------------------------------------------------------------------------
# The numbers behind them


def longer(units: int = 60, periods: int = 20) -> pd.DataFrame:
    """A system in which the second lag counts."""
    rng = np.random.default_rng(3)
    path = np.zeros((units, periods + 30, 2))
    for t in range(2, path.shape[1]):
        path[:, t] = 0.3 * path[:, t - 1] + 0.4 * path[:, t - 2]
        path[:, t] += rng.normal(size=(units, 2))
    index = pd.MultiIndex.from_product([range(units), range(periods)])
    return pd.DataFrame(path[:, -periods:].reshape(-1, 2), index, columns=list(NAMES))


def test_a_second_lag_is_found_where_there_is_one_and_not_elsewhere() -> None:
    how = {"draws": 99, "seed": 1}
    first, less = structure_nulls.one_lag(
        {"one": panel(), "less": panel().loc[:40]}, NAMES, **how
    ).values()
    assert first.p_value > 0.05
    assert first.size < 0.25
    assert less.fit.n_entities < first.fit.n_entities
    (second,) = structure_nulls.one_lag({"two": longer()}, NAMES, **how).values()
    assert second.p_value == 0.01


def test_the_own_lag_of_indirect_inference_is_at_the_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    how = {"simulations": 100, "draws": 499, "seed": 4}
    fit = two_way_fit(panel(), *NAMES, seed=4)
    here = float(fit.own[0, 0])
    monkeypatch.setattr(structure_nulls, "OWN_LAGS", (here, 0.9))
    table = structure_nulls.own_lags(panel(), NAMES, **how)
    assert table["mean, start stationary"].iloc[0] == pytest.approx(
        table["in the data"].iloc[0], abs=0.01
    )
    assert table["p"].iloc[0] > 0.3
    assert table["p"].iloc[1] == pytest.approx(2 / 500)
    assert (table["p"] == table.filter(like="p, start").max(axis=1)).all()


def test_an_effect_is_told_from_none() -> None:
    how = {"simulations": 50, "draws": 199, "seed": 4}
    one_way = panel(knowledge_to_standards=0.3, standards_to_knowledge=0.0)
    p_values = structure_nulls.no_effects(one_way, NAMES, **how)["p"]
    assert p_values["standards to knowledge"] > 0.05
    assert p_values["knowledge to standards"] == 0.01


def test_null_panels_have_the_shocks_of_the_data() -> None:
    gaps = panel().drop(index=panel().index[[3, 118]])
    nulls = null_panels.null_panels(Panel.from_frame(gaps), NAMES, draws=400, seed=2)
    own = np.array([[0.6, 0.1], [0.0, 0.5]])
    for start in null_panels.STARTS:
        paths = nulls.paths(own, start)
        assert paths.shape == (20, 60, 400, 2)
        assert np.isfinite(paths).all()
        again = nulls.paths(own, start)
        np.testing.assert_array_equal(paths, again)
    first = panel().to_numpy().reshape(60, 20, -1)[1, 0, :2]
    np.testing.assert_array_equal(paths[0, 1], np.broadcast_to(first, (400, 2)))
    for unit in (1, 2):
        left = nulls.levels[1:, unit] - nulls.levels[:-1, unit] @ own.T
        moved = paths[1:, unit] - paths[:-1, unit] @ own.T
        np.testing.assert_allclose(moved.mean(axis=(0, 1)), left.mean(axis=0), atol=0.1)
        np.testing.assert_allclose(moved.std(axis=(0, 1)), left.std(axis=0), rtol=0.1)


def test_shocks_are_as_common_as_they_are() -> None:
    rng = np.random.default_rng(1)
    own, world = rng.normal(size=(40, 60, 2)), rng.normal(size=(40, 1, 2))
    assert null_panels.excess_correlation(own, rng) < 0.3
    # Half the units go with a world cycle, half against it.
    loads = np.repeat([1.0, -1.0], 30)[None, :, None]
    assert null_panels.excess_correlation(own + 2 * loads * world, rng) > 0.9


def test_two_tailed_p_values() -> None:
    drawn = np.arange(1.0, 100.0)
    assert null_panels.two_tailed(drawn, 50.0) == 1.0
    assert null_panels.two_tailed(drawn, 200.0) == 0.02
    assert null_panels.two_tailed(drawn, 98.0) == 0.06


def test_responses_are_powers_of_a_with_the_errors_of_their_derivatives() -> None:
    fit = two_way_fit(panel(), *NAMES, method="fe")
    found = structure.horizons(panel(), DIRECTIONS, {"fe": fit})
    assert [(row.direction, row.horizon) for row in found] == [
        (direction.name, h) for direction in DIRECTIONS for h in (1, 2)
    ]
    for row, place in zip(found, (0, 0, 1, 1), strict=True):
        response, error = row.systems["fe"]

        def power(own: np.ndarray, row=row, place=place) -> float:
            return np.linalg.matrix_power(own, row.horizon)[place, 1 - place]

        steps = 1e-6 * np.eye(4).reshape(4, 2, 2)
        slopes = [(power(fit.own + d) - power(fit.own - d)) / 2e-6 for d in steps]
        assert response == pytest.approx(power(fit.own))
        assert error == pytest.approx(np.sqrt(slopes @ fit.own_covariance @ slopes))
    # One period on, the projection given the past of both is the same regression.
    assert found[0].fixed_effects == pytest.approx(fit.own[0, 1])
    assert found[2].fixed_effects == pytest.approx(fit.own[1, 0])


def test_jackknifed_counts_and_their_errors() -> None:
    frame = panel().loc[:40]
    direction = DIRECTIONS[0]
    found = jackknifed_counts(frame, DIRECTIONS)[direction.name]
    formula = f"patents ~ {direction.own} + {direction.lag} | entity + time"
    other = half_panel_jackknife(frame, formula, model="poisson").params
    assert found.estimates == pytest.approx(dict(other))
    # Leaving out one unit in turn spreads the estimates as much, by the jackknife of Tukey.
    less_one = np.array(
        [
            half_panel_jackknife(frame.drop(index=unit), formula, model="poisson").params
            for unit in frame.index.unique(0)
        ]
    )
    spread = np.sqrt(39 / 40 * ((less_one - less_one.mean(axis=0)) ** 2).sum(axis=0))
    np.testing.assert_allclose(list(found.std_errors.values()), spread, rtol=0.25)
    uncorrected = found.fit.std_errors[direction.lag]
    assert found.std_errors[direction.lag] > 1.1 * uncorrected


def test_an_offset_counts() -> None:
    frame = panel().loc[:20]
    rng = np.random.default_rng(5)
    people = np.exp(rng.normal(size=len(frame)))
    larger = frame.assign(
        people=people, patents=rng.poisson(50 * people), documents=frame["documents"]
    )
    with_offset = jackknifed_counts(larger, DIRECTIONS[:1], offset="log(people)")
    (found,) = with_offset.values()
    assert abs(found.estimates[DIRECTIONS[0].own]) < 0.1
    assert found.std_errors[DIRECTIONS[0].own] < 0.05


# ---------------------------------------------------------------------------
# Tables, picture, samples


def test_tables_say_where_there_is_no_answer() -> None:
    fit = two_way_fit(panel(), *NAMES, method="fe")
    fits: structure.Fits = {
        ("all", "indirect_inference", 1): "too persistent",
        ("all", "jackknife", 1): fit,
        ("all", "fe", 1): fit,
    }
    table = structure_tables.structure_table(fits)
    none = table.sort_index().loc[("all", "indirect inference")]
    assert none.index.tolist() == ["none: no stationary system fits"]
    assert none["estimate"].isna().all()
    assert isinstance(fit, TwoWayFit)
    rows = table.groupby(level="method").get_group("fixed effects")
    np.testing.assert_allclose(rows["estimate"].iloc[:5], fit.params)
    np.testing.assert_allclose(rows["conf. low"].iloc[:5], fit.tests.conf_low)
    np.testing.assert_allclose(rows["p"].iloc[:5], fit.pvalues)
    assert rows["estimate"].iloc[5:].tolist() == [fit.own[0, 1], fit.own[1, 0], fit.radius]
    seeds = structure_tables.seeds_table(fits).reset_index()
    assert seeds["answers"].iloc[0] == "0 of 1"
    figure = structure_tables.draw_structure(table.loc["all"].reset_index())
    assert figure.axes[0].texts[0].get_text().strip() == "no answer"
    assert figure.axes[0].get_title() == "speed l\nknowledge"


def test_samples_are_cut_once() -> None:
    made: list[object] = []

    def cut(choice: dict[str, int]) -> pd.DataFrame:
        made.append(choice["years"])
        return panel().loc[: choice["years"]]

    sample = sampler(cut, ("years",))
    cells = [{"years": 5, "lags": 1}, {"years": 5, "lags": 2}, {"years": 9, "lags": 1}]
    assert [sample(cell).n_entities for cell in cells] == [5, 5, 9]
    assert made == [5, 9]


def test_shares_by_choice_are_those_of_the_rows() -> None:
    curve = pd.DataFrame(
        {
            "direction": ["a", "a", "b", "b"],
            "lags": [1, 2, 1, 2],
            "estimate": [1.0, -1.0, 1.0, 1.0],
            "p_value": [0.01, 0.01, 0.2, 0.05],
        }
    )
    table = by_choice(curve, {"lags": (1, 2), "years": ("all",)})
    assert table.loc[("all", "", "a"), "both"] == 0.5
    assert table.loc[("lags", "2", "b")].tolist() == [1, 1.0, 1.0, 1.0]
    assert "years" not in table.index.get_level_values("choice")


# ---------------------------------------------------------------------------
# Monte Carlo


@pytest.mark.slow
def test_null_panels_give_the_size_that_simulation_gives() -> None:
    """Independent units: drawn panels reject as often as fresh ones, not several times."""
    fresh = [
        structure_nulls.one_lag(
            {"one": datasets.simulate_two_way(seed=k, units=60, periods=20)[list(NAMES)]},
            NAMES,
            draws=1,
            seed=k,
        )["one"].fit.p_value
        for k in range(150)
    ]
    size = structure_nulls.one_lag({"one": panel()}, NAMES, draws=300, seed=1)["one"].size
    assert abs(size - np.mean(np.array(fresh) <= 0.05)) < 0.1


@pytest.mark.slow
def test_the_fields_exclusions_are_rejected_too_often() -> None:
    """A smaller run of docs/monte_carlo/two_way_studies.py; bounds from binomial error."""
    path = Path(__file__).parents[2] / "docs" / "monte_carlo" / "two_way_studies.py"
    spec = importlib.util.spec_from_file_location("two_way_studies", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    stored = pd.read_csv(path.with_suffix(".csv")).set_index(["sample", "start"])
    counts = evidence.prepared(datasets.load("technology_fields"))
    names = ("patents", "standards")
    nulls = null_panels.null_panels(Panel.from_frame(counts), names, draws=60, seed=5)
    own = np.diag([0.95, 0.3])
    for start in null_panels.STARTS:
        (row,) = script.measured(
            "23 fields", nulls, names, own, start, script.field_exclusions
        )
        share = stored.loc[("23 fields", start), "rejected at 5 %"]
        error = np.sqrt(share * (1 - share) * (1 / 60 + 1 / 200))
        assert abs(row["rejected at 5 %"] - share) < 3 * error
