"""Roots, responses, averages, moments and the system of the fields: claims can fail."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.errors import DataError
from unigauge.estimation import local_projection, panel_var
from unigauge.papers.innovation_standards_fields import (
    anchors,
    dynamics,
    dynamics_anchors,
    dynamics_report,
    dynamics_tables,
    evidence,
)
from unigauge.papers.innovation_standards_fields.evidence import (
    DIRECTIONS,
    TO_PATENTS,
    TO_STANDARDS,
)
from unigauge.papers.reproduction import Claim
from unigauge.papers.study import Study, watching


@cache
def panel() -> pd.DataFrame:
    return evidence.prepared(datasets.load("technology_fields"))


def simulated(
    seed: int,
    *,
    effect: float = 0.0,
    own: float = 0.6,
    walk: bool = False,
    at_once: float = 0,
) -> pd.DataFrame:
    """Logarithms of 23 fields; standards answer patents a year later, and at once."""
    rng = np.random.default_rng(seed)
    p, s = np.zeros((2, 73, 23))
    for t in range(1, 73):
        world = 0.1 * rng.normal()
        p[t] = (1.0 if walk else own) * p[t - 1] + world + 0.3 * rng.normal(size=23)
        s[t] = own * s[t - 1] + effect * p[t - 1] + at_once * p[t] + world
        s[t] += 0.3 * rng.normal(size=23)
    fields = panel().index.unique("field")
    index = pd.MultiIndex.from_product([fields, range(1998, 2021)], names=["field", "year"])
    columns = {"patents": p[50:].T.ravel(), "standards": s[50:].T.ravel()}
    return pd.DataFrame(columns, index=index)


def claimed(section, frame: pd.DataFrame, **how: int) -> dict[str, Claim]:
    """Run one section of the study on other data and return its claims."""
    study = Study.open(Path(dynamics_report.__file__).with_name("reproduce.py"))
    claims: list[Claim] = []
    with watching(claims.append):
        section(study, frame, **how)
    return {claim.id: claim for claim in claims}


# ---------------------------------------------------------------------------
# Agreement with the stored numbers


def test_averages_system_and_left_out_fields_agree_with_an_independent_program():
    stored = dynamics_anchors.reference()["closed"]
    for ours, block in (
        (dynamics_anchors.averaged_numbers(dynamics.averaged(panel())), "averaged"),
        (dynamics_anchors.system_numbers(dynamics.simultaneous(panel())), "systems"),
        (dynamics_anchors.left_out_numbers(dynamics.left_out(panel(), 2)), "left_out"),
    ):
        assert anchors.deviation(ours, stored[block]) < 1e-8


def test_projections_agree_and_a_number_that_is_off_is_told():
    stored = dynamics_anchors.reference()["closed"]["projections"]
    found = dynamics.projections(panel(), draws=99, seed=1)
    ours = dynamics_anchors.projection_numbers(found)
    assert anchors.deviation(ours, stored) < 1e-8
    wrong = copy.deepcopy(ours)
    wrong[TO_PATENTS.name]["a year later"]["h3"]["estimate"] *= 1 + 1e-5
    assert anchors.deviation(wrong, stored) == pytest.approx(1e-5, rel=0.01)
    del wrong[TO_PATENTS.name]["at once"]["h0"]
    with pytest.raises(DataError, match="at once/h0"):
        anchors.deviation(wrong, stored)


# ---------------------------------------------------------------------------
# Claims that fail here hold elsewhere


def test_a_response_that_is_there_is_found_over_time():
    frame = simulated(1, effect=0.8)
    claims = claimed(dynamics_report.responses, frame, draws=999)
    assert claims["response_within_five_years"].holds
    assert claims["response_around_trends"].holds
    assert claims["panel_var_dies_out"].holds
    assert not claims["panel_var_finds"].holds
    turned = frame.rename(columns={"patents": "standards", "standards": "patents"})
    assert claimed(dynamics_report.responses, turned, draws=99)["panel_var_finds"].holds


def test_roots_are_told_apart():
    walk = claimed(dynamics_report.unit_roots, simulated(5, walk=True))
    assert walk["unit_root_patents"].holds
    assert walk["unit_root_patents"].value > 0.05
    assert not claimed(dynamics_report.unit_roots, simulated(5, own=0.97))[
        "unit_root_standards"
    ].holds


def test_strong_instruments_and_valid_exclusions_are_believed():
    claims = claimed(dynamics_report.other_estimators, simulated(4, own=0.7, at_once=0.5))
    assert claims["standards_instrumented"].holds
    assert claims["exclusions"].holds
    assert claims["simultaneous_effects"].holds
    lagged = claimed(dynamics_report.other_estimators, simulated(4, effect=0.8))
    assert lagged["beside_averages"].holds
    assert not claims["moments_for_few_fields"].holds
    assert claims["moments_for_few_fields"].value == 29


# ---------------------------------------------------------------------------
# The picture


def test_courses_are_those_of_the_estimators():
    found = dynamics.projections(panel(), draws=19, seed=1)
    systems = dynamics.systems_in_time(panel())
    data = dynamics_tables.courses_of_responses(found, systems, seed=1)
    assert set(data["direction"]) == {direction.name for direction in DIRECTIONS}
    chosen = data[data["direction"] == TO_STANDARDS.name].set_index("method")
    direct = local_projection(panel(), "standards", "patents", horizon=5)
    np.testing.assert_array_equal(
        chosen.loc["local projections", "estimate"], direct.params
    )
    fit = panel_var(
        panel(), ["patents", "standards"], method="bias_corrected", demean="time"
    )
    a = fit.coefficients
    impact = fit.sigma[1, 0] / fit.sigma[0, 0]
    state = np.array([1.0, impact])
    course = chosen.loc["panel VAR, jackknife", "estimate"].to_numpy()
    for h in range(6):
        assert course[h] == pytest.approx(state[1], rel=1e-9)
        state = a @ state
    figure = dynamics_tables.draw_responses(data)
    assert [axes.get_title() for axes in figure.axes[:2]] == [d.name for d in DIRECTIONS]
