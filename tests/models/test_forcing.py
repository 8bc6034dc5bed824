"""Bars, timing, options: stored numbers, brute force, properties, bad input."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr

from unigauge.errors import InputError
from unigauge.models import forcing, stages

CASES = json.loads(
    (Path(__file__).parents[1] / "reference" / "dynamics_stages.json").read_text()
)
FAST = settings(max_examples=40, deadline=None)


# ---------------------------------------------------------------------------
# Stored numbers


@pytest.mark.parametrize("name", ["forcing_0", "forcing_2"])
def test_agrees_with_stored_responses(name: str) -> None:
    given, expected = CASES[name]["inputs"], CASES[name]["outputs"]
    answer = forcing.respond(
        given["s"],
        capability=given["theta"],
        prize=given["Pi"],
        effort_cost=given["k"],
        noise=given["sg"],
    )
    assert answer.status == expected["status"]
    assert answer.effort == pytest.approx(expected["x"], abs=5e-7)
    assert answer.value == pytest.approx(expected["V"], abs=5e-8)


def test_agrees_with_the_stored_date() -> None:
    given, expected = CASES["timing"]["inputs"], CASES["timing"]["outputs"]
    answer = forcing.timing(
        given["B"], given["I"], learning_rate=given["eta"], discount_rate=given["r"]
    )
    assert answer.status == expected["status"]
    assert answer.date == pytest.approx(expected["T"], abs=1e-8)
    assert answer.value == pytest.approx(expected["V"], abs=1e-8)


# ---------------------------------------------------------------------------
# The bar


@given(
    st.floats(-1, 3),
    st.floats(-0.5, 0.5),
    st.floats(0.2, 4),
    st.floats(0.3, 5),
    st.sampled_from([0.0, 1e-4, 0.02, 0.2, 1.0]),
)
@FAST
def test_no_other_effort_pays_more(
    bar: float, theta: float, prize: float, k: float, noise: float
) -> None:
    answer = forcing.respond(bar, capability=theta, prize=prize, effort_cost=k, noise=noise)
    assert answer.status != "uncertified"
    x = np.union1d(np.linspace(0, math.sqrt(2 * prize / k), 20_001), max(bar - theta, 0))
    gap = theta + x - bar
    passes = ndtr(gap / noise) if noise else (gap >= -1e-15 * max(1, abs(bar)))
    payoff = prize * passes - k * x**2 / 2
    assert answer.value >= payoff.max() - 1e-9 * prize
    assert answer.value == pytest.approx(payoff.max(), abs=2e-3 * prize)


def test_without_noise_every_answer_is_in_closed_form() -> None:
    def ask(bar: float) -> tuple[str, float]:
        answer = forcing.respond(bar, capability=0.5, prize=1, effort_cost=8, noise=0)
        return answer.status, answer.effort

    assert ask(0.4) == ("already", 0)
    assert ask(0.7) == ("comply", pytest.approx(0.2))
    assert ask(1.0) == ("comply", 0.5)  # just worth the prize
    assert ask(1.01) == ("give_up", 0)
    place = forcing.give_up(capability=0.5, prize=1, effort_cost=8, noise=0)
    assert (place.standard, place.effort_below, place.effort_above) == (1.0, 0.5, 0.0)


def test_far_above_the_bar_effort_is_a_corner() -> None:
    assert forcing.respond(60.0).status == "corner"


@pytest.mark.parametrize("noise", [0.01, 0.05, 0.2, 0.3, 0.34])
def test_effort_jumps_where_the_firm_gives_up(noise: float) -> None:
    place = forcing.give_up(noise=noise)
    assert place.status == "ok" and place.certificate < 1e-10
    below = forcing.respond(place.standard - 1e-6, noise=noise).effort
    above = forcing.respond(place.standard + 1e-6, noise=noise).effort
    assert below == pytest.approx(place.effort_below, abs=1e-3)
    assert above == pytest.approx(place.effort_above, abs=1e-3)
    assert below - above > 0.01
    grid = [
        forcing.respond(s, noise=noise).effort
        for s in np.linspace(0.2 * place.standard, place.standard - 1e-6, 30)
    ]
    steps = np.diff(grid)
    assert (steps > 0).all() or noise > 0.1


def test_with_much_noise_there_is_no_jump() -> None:
    limit = math.sqrt(math.exp(-0.5) / math.sqrt(2 * math.pi) / 2)  # k s^2/Pi = phi(1)
    assert forcing.give_up(noise=0.999 * limit).status == "ok"
    place = forcing.give_up(noise=1.001 * limit)
    assert place.status == "not_applicable" and math.isnan(place.standard)
    efforts = [forcing.respond(s, noise=0.5).effort for s in np.linspace(-1, 3, 801)]
    assert np.abs(np.diff(efforts)).max() < 0.01


def test_the_numbers_of_the_specification() -> None:
    assert forcing.respond(0.73).effort == pytest.approx(0.845, abs=5e-4)
    assert forcing.respond(0.74).effort == pytest.approx(0.001, abs=5e-4)


@given(st.floats(-0.5, 3), st.floats(0.2, 4), st.floats(0.3, 9))
@FAST
def test_mean_response_is_the_integral_over_firms(
    bar: float, prize: float, k: float
) -> None:
    answer = forcing.mean_response(bar, prize=prize, effort_cost=k)
    assert answer.status == "ok"

    def effort(theta: float) -> float:
        return forcing.respond(
            bar, capability=theta, prize=prize, effort_cost=k, noise=0
        ).effort

    d = math.sqrt(2 * prize / k)
    kinks = [p for p in (bar, bar - d) if 0 < p < 1]
    ends = [0.0, *sorted(kinks), 1.0]
    total = sum(quad(effort, a, b, epsabs=1e-8)[0] for a, b in itertools.pairwise(ends))
    assert answer.effort == pytest.approx(total, abs=1e-6)
    others = [
        forcing.mean_response(b, prize=prize, effort_cost=k).effort
        for b in np.linspace(0, 1 + d, 60)
    ]
    assert max(others) <= answer.peak + 1e-12
    for end in (answer.peak_from, answer.peak_to):
        reached = forcing.mean_response(end, prize=prize, effort_cost=k).effort
        assert reached == pytest.approx(answer.peak)


# ---------------------------------------------------------------------------
# Timing and the option


@given(st.floats(0.1, 3), st.floats(0, 3), st.floats(0.02, 1), st.floats(0.01, 0.3))
@FAST
def test_no_other_date_is_better(b: float, i: float, eta: float, r: float) -> None:
    answer = forcing.timing(b, i, learning_rate=eta, discount_rate=r)
    date = np.linspace(0, 80, 8001)
    worth = np.exp(-r * date) * (b + i * (1 - np.exp(-eta * date)))
    assert answer.status == ("wait" if answer.date > 0 else "now")
    assert answer.value >= worth.max() - 1e-12
    assert answer.date == pytest.approx(date[worth.argmax()], abs=0.011)
    more = forcing.timing(b, i + 0.5, learning_rate=eta, discount_rate=r)
    keener = forcing.timing(b + 0.5, i, learning_rate=eta, discount_rate=r)
    assert keener.date <= answer.date <= more.date


@given(st.floats(0.01, 0.2), st.floats(0.005, 0.2), st.floats(0.05, 0.6))
@FAST
def test_the_option(r: float, delta: float, sigma: float) -> None:
    answer = forcing.option(
        2, discount_rate=r, waiting_cost=delta, volatility=sigma, project_value=2.5
    )
    assert answer.status == ("now" if answer.threshold <= 2.5 else "wait")
    multiple = answer.multiple

    def other(delta: float, sigma: float) -> float:
        return forcing.option(
            discount_rate=r, waiting_cost=delta, volatility=sigma
        ).multiple

    assert other(delta, sigma) == pytest.approx(multiple)
    assert other(delta, sigma + 0.05) > multiple > other(delta + 0.02, sigma)
    b = answer.exponent
    assert sigma**2 / 2 * b * (b - 1) + (r - delta) * b - r == pytest.approx(0, abs=1e-12)


def test_the_option_is_the_first_step_of_a_ladder() -> None:
    # A project worth theta/delta, bought at I, is a mode that earns theta, entered at cost I.
    r, delta, sigma = 0.06, 0.04, 0.1
    ladder = stages.Ladder(
        drift=r - delta,
        volatility=sigma,
        discount_rate=r,
        payoff_slope=(0, 1, 1 + 1e-9),
        running_cost=(0, 0, 0),
        switching_cost=(3, 1),
    )
    level = stages.solve(ladder).follow_threshold
    answer = forcing.option(3, discount_rate=r, waiting_cost=delta, volatility=sigma)
    assert level / delta == pytest.approx(answer.threshold)


# ---------------------------------------------------------------------------
# Bad input, and what results show


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: forcing.respond(math.inf), "standard is inf"),
        (lambda: forcing.respond(1, noise=-0.1), "noise is -0.1"),
        (lambda: forcing.respond(1, prize=0), "prize is 0"),
        (lambda: forcing.give_up(effort_cost=0), "effort_cost is 0"),
        (lambda: forcing.give_up(noise=1e-12), "noise is 1e-12, too little .* Set it to 0"),
        (lambda: forcing.mean_response(1, prize=-1), "prize is -1"),
        (
            lambda: forcing.timing(0, 1, learning_rate=1, discount_rate=1),
            "coordination_gain is 0",
        ),
        (
            lambda: forcing.option(discount_rate=0.1, waiting_cost=0, volatility=0.1),
            "one waits for ever",
        ),
    ],
)
def test_bad_input_is_named(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message):
        call()


def test_results_print_and_draw() -> None:
    results = [
        forcing.respond(0.5),
        forcing.respond(0.5, noise=0),
        forcing.give_up(),
        forcing.give_up(noise=0.8),
        forcing.mean_response(0.5, effort_cost=8),
        forcing.timing(1, 0.5, learning_rate=0.3, discount_rate=0.05),
        forcing.option(discount_rate=0.05, waiting_cost=0.03, volatility=0.2),
    ]
    for result in results:
        assert max(map(len, str(result).splitlines())) <= 79
        assert not result.plot_data().empty
        assert result.plot().get_xlabel()
        assert result.record()
