"""Cheap talk, dialogue, stages: stored numbers, closed forms, simulation, bad input."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models.agreements.communication import (
    crawford_sobel,
    degroot,
    delegation_limit,
    stages,
)

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "reference" / "agreements.json").read_text()
    )
}
SOME = settings(max_examples=30, deadline=None)


def test_agrees_with_the_stored_cheap_talk() -> None:
    case = CASES["E04_cheap_talk_b0.05"]
    talk, wanted = crawford_sobel(case["inputs"]["b"]), case["outputs"]
    assert talk.messages == wanted["N"]
    np.testing.assert_allclose(talk.cuts, wanted["cuts"], atol=1e-12)
    assert talk.receiver_loss == pytest.approx(wanted["loss_receiver"], abs=1e-12)


def test_agrees_with_the_stored_stages() -> None:
    case = CASES["F04_stages"]
    found = stages(case["inputs"]["p_next"], case["inputs"]["p_back"])
    np.testing.assert_allclose(found.expected, case["outputs"]["expected"], atol=1e-12)
    assert found.certificate < 1e-12


@SOME
@given(st.floats(0.003, 0.6))
def test_talk_is_an_equilibrium_and_its_loss_a_sum_of_variances(b: float) -> None:
    talk = crawford_sobel(b)
    widths = np.diff(talk.cuts)
    assert (widths > 0).all() and talk.certificate < 1e-12
    assert talk.receiver_loss == pytest.approx((widths**3).sum() / 12, abs=1e-12)
    np.testing.assert_allclose(np.diff(talk.cuts, 2), 4 * b, atol=1e-12)
    assert 2 * b * talk.messages * (talk.messages - 1) < 1
    assert 2 * b * talk.messages * (talk.messages + 1) >= 1 - 1e-9
    assert talk.receiver_loss < crawford_sobel(b, messages=1).receiver_loss or b >= 0.25
    assert talk.delegation_is_better == (b < delegation_limit())


@pytest.mark.parametrize(("b", "n"), [(0.25, 1), (1 / 12, 2), (1 / 24, 3), (0.2499, 2)])
def test_number_of_messages_at_its_steps(b: float, n: int) -> None:
    assert crawford_sobel(b).messages == n


def test_distance_kills_information() -> None:
    losses = [crawford_sobel(b).receiver_loss for b in np.linspace(0.002, 0.3, 200)]
    assert (np.diff(losses) >= -1e-15).all()


@SOME
@given(st.integers(2, 6), st.integers(0, 10_000), st.sampled_from([0.0, 0.1, 0.7]))
def test_dialogue_goes_where_it_says(n: int, seed: int, anchor: float) -> None:
    rng = np.random.default_rng(seed)
    W = rng.dirichlet(np.ones(n), size=n)
    start = rng.normal(size=n)
    talk = degroot(W, start, anchor)
    x = start.copy()
    for _ in range(3000):
        x = (1 - anchor) * W @ x + anchor * start
    np.testing.assert_allclose(talk.limit, x, atol=1e-9)
    assert talk.certificate < 1e-9
    if anchor == 0:
        assert talk.status == "ok"
        assert talk.influence @ start == pytest.approx(talk.consensus, abs=1e-10)
        np.testing.assert_allclose(talk.influence @ W, talk.influence, atol=1e-10)
        roots = np.sort(np.abs(np.linalg.eigvals(W)))
        assert talk.rate == pytest.approx(roots[-2], abs=1e-12)
    else:
        assert talk.status == "disagreement"
        assert talk.rate == pytest.approx(1 - anchor, abs=1e-9)


def test_dialogue_statuses() -> None:
    assert degroot([[0, 1], [1, 0]], [0, 1]).status == "cycle"
    assert np.isnan(degroot([[0, 1], [1, 0]], [0, 1]).limit).all()
    apart = degroot([[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]], [0, 3, 4])
    assert apart.status == "disagreement"
    np.testing.assert_allclose(apart.limit, [0, 0, 4], atol=1e-12)
    led = degroot([[1, 0], [0.5, 0.5]], [2, 5])
    assert led.consensus == pytest.approx(2) and led.rate == pytest.approx(0.5)
    stubborn = degroot([[0.5, 0.5], [0.5, 0.5]], [0, 1], [1, 0])
    assert stubborn.consensus == pytest.approx(0, abs=1e-12)
    assert stubborn.certificate < 1e-12


def test_anchors_keep_opinions_apart() -> None:
    W = [[0.6, 0.4], [0.3, 0.7]]
    spread = [np.ptp(degroot(W, [0, 1], a).limit) for a in (0, 0.1, 0.3, 0.9)]
    assert (np.diff(spread) > 0).all()


def test_stages_as_simulated() -> None:
    on, back = (0.5, 0.3, 0.4), (0, 0.1, 0.2)
    found = stages(on, back)
    rng = np.random.default_rng(3)
    place, steps = np.zeros(20_000, dtype=int), np.zeros(20_000)
    while (place < 3).any():
        going = place < 3
        luck, now = rng.random(len(place)), np.minimum(place, 2)
        steps += going
        forth = luck < np.array(on)[now]
        fro = ~forth & (luck < np.array(on)[now] + np.array(back)[now])
        place = np.where(going, place + forth - fro, place)
    assert steps.mean() == pytest.approx(found.expected[0], rel=0.03)
    assert steps.std() == pytest.approx(found.deviation[0], rel=0.05)
    assert found.visits.sum() == pytest.approx(found.expected[0], rel=1e-12)


def test_stages_without_return_add_up() -> None:
    found = stages([0.5, 0.25, 0.2])
    np.testing.assert_allclose(found.expected, [11, 9, 5])
    assert found.slowest == 2


@pytest.mark.parametrize(
    "outcome",
    [
        crawford_sobel(0.05),
        degroot([[0.8, 0.2], [0.4, 0.6]], [0, 3], 0.1),
        stages([0.5, 0.25], [0, 0.1]),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
def test_results_print_plot_and_record(outcome) -> None:
    assert max(map(len, str(outcome).splitlines())) <= 79
    assert {"status", "certificate"} <= outcome.record().keys()
    assert outcome.plot().get_title()
    assert not outcome.plot_data().empty


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="without a bias"):
        crawford_sobel(0)
    with pytest.raises(InputError, match="at most 3 can be told apart"):
        crawford_sobel(0.05, messages=4)
    with pytest.raises(InputError, match=r"weights\[1\] sums to 0.5"):
        degroot([[1, 0], [0.5, 0]], [0, 1])
    with pytest.raises(InputError, match="2 rows of 2"):
        degroot([[1, 0]], [0, 1])
    with pytest.raises(InputError, match=r"anchor\[0\] is 2"):
        degroot(np.eye(2), [0, 1], 2.0)
    with pytest.raises(InputError, match=r"p_next\[1\] is 0"):
        stages([0.5, 0])
    with pytest.raises(InputError, match=r"sum to 1\.2"):
        stages([0.5, 0.7], [0, 0.5])
    with pytest.raises(InputError, match="the first stage has none before it"):
        stages([0.5, 0.5], [0.1, 0.1])
    assert math.isfinite(stages([1.0]).expected[0])
