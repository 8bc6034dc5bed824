"""Wars of attrition: stored numbers, closed forms, simulation, properties, bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from unigauge.errors import InputError
from unigauge.models.adoption import attrition
from unigauge.models.adoption.attrition import (
    PrivateRivals,
    Qualities,
    Rivals,
    lorenz_factor,
    majority_accuracy,
    solve,
    solve_private,
    solve_tie_breaker,
    threshold,
)
from unigauge.models.adoption.private_attrition_certificate import certify

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "reference" / "adoption.json").read_text()
    )
}
FAST = settings(max_examples=20, deadline=None)
RILEY = PrivateRivals(winner=1.0, loser=0.0, cost=1.0, discount_rate=0.0)
SHAPES = {
    "uniform": Qualities.uniform(),
    "exponential": Qualities.exponential(2.0),
    "Pareto(2)": Qualities.pareto(2.0),
    "Pareto(4)": Qualities.pareto(4.0, 0.5),
    "U[.9,1.1]": Qualities.uniform(0.9, 1.1),
    "U[.5,1.5]": Qualities.uniform(0.5, 1.5),
    "point": Qualities.point(2.0),
    "beta": Qualities.from_distribution(stats.beta(2, 3)),
}
LIMITS = {name: threshold(SHAPES[name]) for name in ("uniform", "exponential", "U[.5,1.5]")}


# ---------------------------------------------------------------------------
# Stored numbers


def test_agrees_with_stored_complete_information() -> None:
    case = CASES["woa_complete_info"]
    outcome = solve(Rivals(win=case["inputs"]["V"], cost=case["inputs"]["c"]))
    for side in (0, 1):
        assert outcome.hazards[side] == pytest.approx(case["outputs"]["hazard"], abs=1e-8)
        assert outcome.expected_payoff[side] == case["outputs"]["expected_payoff"]
    assert outcome.expected_delay == pytest.approx(
        case["outputs"]["expected_delay"], abs=1e-8
    )


def test_agrees_with_stored_private_values() -> None:
    case = CASES["woa_private_values_uniform"]
    time = RILEY.concession_time(case["inputs"]["v"])
    assert time == pytest.approx(case["outputs"]["t"], abs=1e-8)


# The thresholds and the asymmetric war were computed by an earlier prototype.
@pytest.mark.parametrize(
    ("shape", "expected", "digits"),
    [
        ("uniform", 0.4198593004455212, 1e-8),
        ("exponential", 0.24713151392131702, 1e-8),
        ("Pareto(2)", 0.5, 1e-9),
        ("Pareto(4)", 0.75, 1e-9),
        ("U[.9,1.1]", 0.9347397500948545, 1e-8),
        ("U[.5,1.5]", 0.6954407743083573, 1e-8),
        ("point", 1.0, 0),
    ],
)
def test_agrees_with_stored_thresholds(shape: str, expected: float, digits: float) -> None:
    assert threshold(SHAPES[shape]) == pytest.approx(expected, abs=digits)


def test_agrees_with_the_stored_asymmetric_war() -> None:
    outcome = solve(Rivals(win=(10, 6), cost=(1, 1)))
    np.testing.assert_allclose(outcome.hazards, [1 / 6, 0.1], atol=1e-12)
    assert outcome.prob_win[0] == pytest.approx(0.375, abs=1e-12)
    assert outcome.expected_delay == pytest.approx(3.75, abs=1e-12)


def test_agrees_with_the_stored_cases_of_agreements() -> None:
    text = (Path(__file__).parents[1] / "reference" / "agreements.json").read_text()
    cases = {case["id"]: case for case in json.loads(text)}
    limits = cases["E01_woa_thresholds"]["outputs"]
    names = {"uniform": "uniform", "exponential": "exponential", "pareto2": "Pareto(2)"}
    names |= {"pareto4": "Pareto(4)", "narrow": "U[.9,1.1]", "mid": "U[.5,1.5]"}
    for stored, shape in names.items():
        assert threshold(SHAPES[shape]) == pytest.approx(limits[stored], abs=1e-8)
    case = cases["E06_woa_complete"]
    outcome = solve(Rivals(win=case["inputs"]["V"], cost=case["inputs"]["c"]))
    np.testing.assert_allclose(outcome.hazards[::-1], np.sort(case["outputs"]["lam"]))
    assert outcome.prob_win[0] == pytest.approx(case["outputs"]["P1"], abs=1e-12)
    assert outcome.expected_delay == pytest.approx(case["outputs"]["ET"], abs=1e-12)


@pytest.mark.parametrize("shape", ["uniform", "exponential", "Pareto(4)", "beta"])
@pytest.mark.parametrize("ratio", [0.2, 0.5, 0.9])
def test_a_majority_is_as_good_as_the_war_at_its_accuracy(shape: str, ratio: float) -> None:
    qualities = SHAPES[shape]
    share = majority_accuracy(qualities, ratio)
    better = quad(
        lambda x: (
            float(qualities.quantile_from_top(np.exp(-np.float64(x))))  # type: ignore[arg-type]
            * 2
            * np.exp(-x)
            * (1 - np.exp(-x))
        ),
        0,
        60,
        limit=500,
    )[0]  # the mean of the better of two draws
    mean = qualities.mean
    vote = share * better + (1 - share) * (2 * mean - better)
    assert vote / mean == pytest.approx(lorenz_factor(qualities, ratio), abs=1e-7)


def test_no_majority_is_too_poor_if_all_are_alike() -> None:
    assert majority_accuracy(SHAPES["point"], 0.5) == -np.inf
    assert majority_accuracy(SHAPES["uniform"], threshold(SHAPES["uniform"])) == (
        pytest.approx(0.5, abs=1e-10)
    )


# ---------------------------------------------------------------------------
# Known stakes


def test_simulated_wars_agree() -> None:
    rivals = Rivals(win=(3, 2), lose=(1, 0.4), cost=(0.5, 1), discount_rate=0.1)
    outcome = solve(rivals)
    rng = np.random.default_rng(2)
    stops = rng.exponential(1 / outcome.hazards[:, None], (2, 200_000))
    end = stops.min(axis=0)
    first_wins = stops[0] > stops[1]
    noise = 4 / np.sqrt(stops.shape[1])
    assert first_wins.mean() == pytest.approx(outcome.prob_win[0], abs=noise / 2)
    assert end.mean() == pytest.approx(outcome.expected_delay, rel=noise)
    for side, wins in enumerate((first_wins, ~first_wins)):
        prize = np.where(wins, rivals.win[side], rivals.lose[side])  # type: ignore[index]
        payoff = prize * np.exp(-0.1 * end)
        payoff -= rivals.cost[side] * (1 - np.exp(-0.1 * end)) / 0.1  # type: ignore[index]
        error = noise * payoff.std()
        assert payoff.mean() == pytest.approx(outcome.expected_payoff[side], abs=error)


@given(
    st.tuples(st.floats(0.1, 5), st.floats(0.1, 5)),
    st.tuples(st.floats(0.1, 3), st.floats(0.1, 3)),
    st.tuples(st.floats(0, 2), st.floats(0, 2)),
    st.floats(0, 1),
)
@FAST
def test_known_stakes(stake: tuple, cost: tuple, lose: tuple, rate: float) -> None:  # type: ignore[type-arg]
    win = (stake[0] + lose[0], stake[1] + lose[1])
    outcome = solve(Rivals(win=win, lose=lose, cost=cost, discount_rate=rate))
    assert outcome.status == "ok"
    assert outcome.prob_win.sum() == pytest.approx(1)
    swapped = solve(
        Rivals(win=win[::-1], lose=lose[::-1], cost=cost[::-1], discount_rate=rate)
    )
    np.testing.assert_allclose(swapped.hazards, outcome.hazards[::-1])
    longer = solve(
        Rivals(win=(win[0] + 1, win[1]), lose=lose, cost=cost, discount_rate=rate)
    )
    assert longer.expected_delay > outcome.expected_delay
    assert longer.prob_win[0] < outcome.prob_win[0]  # more at stake, less often won


def test_certificate_of_known_stakes_notices_a_wrong_hazard() -> None:
    rivals = Rivals(win=(3, 2), lose=(1, 0.4), cost=(0.5, 1), discount_rate=0.1)
    right = np.array(solve(rivals).hazards)
    assert attrition._certificate(rivals, right) < 1e-10
    assert attrition._certificate(rivals, right * [1.02, 1]) > 1e-4


# ---------------------------------------------------------------------------
# Private qualities


@pytest.mark.parametrize("quality", [0.05, 0.3, 0.9, 0.999])
def test_textbook_concession_times(quality: float) -> None:
    expected = -quality - np.log1p(-quality)
    assert RILEY.concession_time(quality) == pytest.approx(expected, abs=1e-11)
    # Any distribution: t(v) = int x f/(1 - F), here the exponential: v^2/2.
    other = replace(RILEY, qualities=Qualities.exponential())
    assert other.concession_time(quality) == pytest.approx(quality**2 / 2, abs=1e-11)


@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "point"])
@pytest.mark.parametrize("ratio", [0.2, 0.5, 0.9])
def test_farrell_simcoe_concession_times(shape: str, ratio: float) -> None:
    """exp(-r t(q)) = (int_q^inf y f / E q)^((W - L)/L), with quantiles of scipy."""
    density = {
        "uniform": stats.uniform(),
        "exponential": stats.expon(scale=2),
        "Pareto(2)": stats.pareto(2),
        "Pareto(4)": stats.pareto(4, scale=0.5),
        "U[.9,1.1]": stats.uniform(0.9, 0.2),
        "U[.5,1.5]": stats.uniform(0.5, 1),
        "beta": stats.beta(2, 3),
    }[shape]
    rivals = PrivateRivals(
        winner=2, loser=2 * ratio, discount_rate=0.3, qualities=SHAPES[shape]
    )
    for rank in (0.0, 0.1, 0.5, 0.9):
        q = float(density.ppf(rank))
        above = quad(lambda x: density.isf(np.exp(-x)) * np.exp(-x), -np.log1p(-rank), 60)[
            0
        ]
        share = (above / density.mean()) ** (1 / ratio - 1)
        assert np.exp(-0.3 * rivals.concession_time(q)) == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_surplus_of_the_discounted_war_is_the_lorenz_formula(shape: str) -> None:
    for ratio in (0.01, 0.4, 0.95):
        rivals = PrivateRivals(winner=1, loser=ratio, qualities=SHAPES[shape])
        outcome = solve_private(rivals)
        assert outcome.status == "ok"
        factor = lorenz_factor(SHAPES[shape], ratio)
        assert outcome.lorenz_factor == pytest.approx(factor, abs=1e-10)
    gini = 2 * quad(lambda p: float(SHAPES[shape].upper_share(p)), 0, 1)[0] - 1
    assert outcome.first_best / outcome.random_choice == pytest.approx(1 + gini, abs=1e-7)


@pytest.mark.parametrize("cost", [0.0, 0.4])
def test_simulated_private_wars_agree(cost: float) -> None:
    rivals = PrivateRivals(winner=1, loser=0.5, cost=cost, discount_rate=0.7)
    outcome = solve_private(rivals)
    draws = np.random.default_rng(9).random((2, 4_000))
    worse, better = draws.min(axis=0), draws.max(axis=0)
    end = np.array([rivals.concession_time(q) for q in worse])
    spent = (1 - np.exp(-0.7 * end)) / 0.7
    total = 1.5 * better * np.exp(-0.7 * end) - 2 * cost * spent
    noise = 4 / np.sqrt(draws.shape[1])
    assert total.mean() == pytest.approx(outcome.surplus, abs=noise * total.std())
    assert end.mean() == pytest.approx(outcome.mean_delay, abs=noise * end.std())


def test_textbook_war_pays_each_type_by_the_envelope() -> None:
    """U(v) = int_0^v F, so both together expect 2 E int_0^v F = 1/3 on [0, 1]."""
    assert solve_private(RILEY).surplus == pytest.approx(1 / 3, abs=1e-10)


def test_one_quality_is_the_symmetric_war_with_known_stakes() -> None:
    rivals = PrivateRivals(
        winner=1.5, loser=0.5, cost=0.2, discount_rate=0.1, qualities=Qualities.point(2)
    )
    private = solve_private(rivals)
    known = solve(Rivals(win=3, lose=1, cost=0.2, discount_rate=0.1))
    assert private.mean_delay == pytest.approx(known.expected_delay, abs=1e-9)
    assert private.surplus == pytest.approx(known.expected_payoff.sum(), abs=1e-9)
    half = rivals.time_when_left(0.5)
    assert np.exp(-known.hazards[0] * half) == pytest.approx(0.5, abs=1e-10)


@given(st.floats(0.05, 0.9), st.floats(0.1, 20), st.sampled_from(sorted(SHAPES)))
@FAST
def test_only_the_ratio_of_shares_counts(ratio: float, unit: float, shape: str) -> None:
    one = PrivateRivals(winner=1, loser=ratio, qualities=SHAPES[shape])
    other = PrivateRivals(
        winner=unit, loser=unit * ratio, discount_rate=2.0, qualities=SHAPES[shape]
    )
    time = one.time_when_left(0.3)
    assert other.time_when_left(0.3) == pytest.approx(time / 2, rel=1e-9)
    keener = replace(one, loser=ratio * 0.9)
    assert keener.time_when_left(0.3) > time  # more vested interest, more delay


@given(st.floats(0.02, 0.99))
@FAST
def test_war_beats_the_lot_above_the_threshold_only(ratio: float) -> None:
    for shape, limit in LIMITS.items():
        assert (lorenz_factor(SHAPES[shape], ratio) > 1) == (ratio > limit)


def test_certificate_notices_a_wrong_schedule() -> None:
    for rivals in (RILEY, PrivateRivals(winner=1, loser=0.5)):
        x = np.linspace(0, 30, 4001)
        speed = np.array([rivals._speed(point) for point in x])
        time = np.append(0, np.cumsum((speed[1:] + speed[:-1]) / 2 * np.diff(x)))

        def right(at: np.ndarray, time: np.ndarray = time, x: np.ndarray = x) -> np.ndarray:
            return np.interp(at, x, time)

        assert certify(rivals, right, None, np.inf) < 1e-4
        assert certify(rivals, lambda at, f=right: 1.2 * f(at), None, np.inf) > 1e-3


# ---------------------------------------------------------------------------
# The neutral party


@pytest.mark.parametrize("ratio", [0.05, 0.2, 0.42, 0.6, 0.8, 0.95])
def test_tie_breaker_on_the_uniform_has_the_closed_form(ratio: float) -> None:
    rivals = PrivateRivals(winner=1, loser=ratio)
    outcome = solve_tie_breaker(rivals)
    q = ratio / (2 - ratio)
    fought = quad(lambda x: (1 - x**2) ** (1 / ratio), 0, q)[0]
    drawn = np.exp(-outcome.neutral_date) * (1 - q) * (1 - q**2) / 2
    assert outcome.status == "ok"
    assert outcome.cutoff == pytest.approx(q, abs=1e-12)
    assert outcome.neutral_date == pytest.approx(rivals.concession_time(q), abs=1e-10)
    assert outcome.surplus / (1 + ratio) == pytest.approx(fought + drawn, abs=1e-10)
    keen = (1 + q) / 2
    mean = (1 + keen) / 2
    later = solve_tie_breaker(rivals, cutoff=keen)
    wait = later.neutral_date - rivals.concession_time(keen)
    patience = 2 * ratio * mean / (keen + ratio * mean)
    assert np.exp(-wait) == pytest.approx(patience, abs=1e-9)
    assert later.status == "ok"
    assert later.surplus < outcome.surplus


def test_neutral_party_may_act_at_once_or_never() -> None:
    at_once = solve_tie_breaker(PrivateRivals(loser=0.5, qualities=SHAPES["U[.9,1.1]"]))
    assert at_once.status == "immediate"
    assert at_once.surplus == pytest.approx(at_once.random_choice)
    assert at_once.neutral_date == 0
    rivals = PrivateRivals(loser=0.7, qualities=SHAPES["Pareto(2)"])
    never = solve_tie_breaker(rivals)
    assert never.status == "never"
    assert never.surplus == solve_private(rivals).surplus


@given(
    st.floats(0.05, 0.95),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(["uniform", "exponential", "U[.5,1.5]", "beta"]),
)
@settings(max_examples=8, deadline=None)
def test_private_wars_are_certified(
    ratio: float, cost: float, rate: float, shape: str
) -> None:
    rivals = PrivateRivals(
        loser=ratio,
        cost=cost + 0.05,
        discount_rate=round(rate, 6),
        qualities=SHAPES[shape],
    )
    assert solve_private(rivals).certificate <= 1e-7
    assert solve_tie_breaker(rivals).certificate <= 1e-7


# ---------------------------------------------------------------------------
# What a user sees, and bad input


def test_every_outcome_prints_records_and_plots() -> None:
    for outcome in (
        solve(Rivals()),
        solve_private(PrivateRivals()),
        solve_tie_breaker(PrivateRivals()),
    ):
        assert max(map(len, str(outcome).splitlines())) <= 79
        assert outcome.record()["status"] == "ok"
        assert outcome.plot().get_xlabel()
        assert len(outcome.plot_data())


def test_the_best_never_give_way_and_the_worst_do_at_once() -> None:
    rivals = PrivateRivals()
    assert rivals.concession_time(1.0) == np.inf
    assert rivals.concession_time(0.0) == 0


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        (
            Rivals,
            {"win": 0},
            r"win\[0\] is 0 and lose\[0\] is 0; winning must be worth more",
        ),
        (Rivals, {"cost": 0}, r"waiting costs side 1 nothing"),
        (Rivals, {"cost": (1, -1)}, r"cost\[1\] is -1; it must be at least 0"),
        (Rivals, {"win": (1, 2, 3)}, r"win has 3 entries"),
        (Rivals, {"discount_rate": -1}, r"discount_rate is -1"),
        (PrivateRivals, {"loser": 1}, r"winner is 1.0; it must be above 1: else nobody"),
        (PrivateRivals, {"loser": 0}, r"waiting costs nothing: cost is 0"),
        (PrivateRivals, {"qualities": 3}, r"qualities is 3; it must be Qualities"),
    ],
)
def test_rivals_refuse_what_they_cannot_be(
    kind: type, change: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        kind(**change)


def test_qualities_and_solvers_refuse_what_they_cannot_use() -> None:
    for call, message in (
        (lambda: Qualities.uniform(-1, 1), r"low is -1; it must be at least 0"),
        (lambda: Qualities.uniform(1, 1), r"high is 1; it must be above 1"),
        (lambda: Qualities.pareto(1), r"shape is 1; it must be above 1: else there is no"),
        (lambda: Qualities.point(0), r"quality is 0"),
        (lambda: Qualities.from_distribution("beta"), r"has no method isf"),
        (lambda: Qualities.from_distribution(stats.norm()), r"starts at -inf"),
        (lambda: lorenz_factor(Qualities.uniform(), 0), r"ratio is 0; it must be above 0"),
        (lambda: lorenz_factor(0.5, 0.5), r"it must be Qualities"),  # type: ignore[arg-type]
        (lambda: solve(PrivateRivals()), r"it must be a Rivals"),  # type: ignore[arg-type]
        (lambda: solve_private(Rivals()), r"it must be a PrivateRivals"),  # type: ignore[arg-type]
        (lambda: solve_tie_breaker(PrivateRivals(), cutoff=0.1), r"rather give way"),
        (lambda: solve_tie_breaker(PrivateRivals(), cutoff=1.0), r"rather give way"),
        (lambda: PrivateRivals().time_when_left(2), r"share is 2"),
    ):
        with pytest.raises(InputError, match=message):
            call()
