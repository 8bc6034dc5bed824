"""What both studies share: the two-way system, jackknifed counts, samples cut once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.estimation import TwoWayFit, half_panel_jackknife, two_way_fit
from unigauge.estimation.structural.binding_function import binding_function
from unigauge.papers.both_ways import structure, structure_report, structure_tables
from unigauge.papers.both_ways.jackknifed_counts import jackknifed_counts, two_sided
from unigauge.papers.both_ways.regressions import Direction
from unigauge.papers.both_ways.specifications import by_choice, sampler
from unigauge.papers.both_ways.structure_system import StructuralEffort, estimated_system
from unigauge.papers.innovation_standards_fields import reproduce
from unigauge.papers.reproduction import Claim
from unigauge.papers.study import Study, watching

NAMES = ("knowledge", "standards")
DIRECTIONS = (
    Direction(effect="knowledge", cause="standards", count="patents"),
    Direction(effect="standards", cause="knowledge", count="documents"),
)
EFFORT = StructuralEffort(seeds=2, simulations=20, bootstrap=49, wild=999)


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
        "order",
        "adjusts",
        "confirmed",
        "loop",
        "dies_out",
        "counts",
    ):
        assert claims[f"structure_{name}"].holds, name
    assert claims["structure_horizons"].holds
    assert not claims["structure_bends"].holds


def test_without_effects_there_is_no_loop() -> None:
    claims = claimed(panel(knowledge_to_standards=0.0, standards_to_knowledge=0.0))
    assert claims["structure_stationary"].holds
    assert claims["structure_order"].holds
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


def test_the_own_lag_of_indirect_inference_is_at_the_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fit = two_way_fit(panel(), *NAMES, simulations=20, seed=4)
    monkeypatch.setattr(structure, "OWN_LAGS", (float(fit.own[0, 0]), 0.9))
    table = structure.own_lags(panel(), NAMES, simulations=20, seed=4)
    here, far = table.iloc[0], table.iloc[1]
    assert abs(here["z"]) < 1e-3
    assert far["z"] < -3
    assert far["p"] == pytest.approx(two_sided(far["z"]))
    # The error of the estimate is that of the data, carried through the binding function.
    usable = np.ones((60, 20), dtype=bool)
    usable[:, 0] = False
    sigma = two_way_fit_sigma()
    binding = binding_function(usable, sigma, 20, np.random.default_rng(4))
    slope = np.linalg.inv(binding.jacobian(fit.own))[0, 0]
    assert here["std. error"] * slope == pytest.approx(
        np.sqrt(fit.own_covariance[0, 0]), rel=1e-4
    )


def two_way_fit_sigma() -> np.ndarray:
    from unigauge.estimation import panel_var

    fit = panel_var(panel(), NAMES, method="ols", demean="time", small_sample="asymptotic")
    return fit.sigma


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
