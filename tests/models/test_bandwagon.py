"""Bandwagons: stored numbers, search on grids, whole trees, integration, bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models.adoption import bandwagon
from unigauge.models.adoption.bandwagon import (
    BandwagonGame,
    InstalledBase,
    SequentialGame,
    solve,
    solve_installed_base,
    solve_sequential,
)

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "reference" / "adoption.json").read_text()
    )
}
FAST = settings(max_examples=25, deadline=None)


@st.composite
def linear_games(draw: st.DrawFn) -> tuple[float, float]:
    network = draw(st.floats(0.02, 0.45))
    share = draw(st.floats(0.02, 0.98))
    return network + share * (1 - 2 * network), network


def linear(switching_cost: float, network_benefit: float) -> BandwagonGame:
    return BandwagonGame.linear(
        switching_cost=switching_cost, network_benefit=network_benefit
    )


# ---------------------------------------------------------------------------
# Two firms that do not know one another


def test_agrees_with_stored_thresholds() -> None:
    case = CASES["fs85_bandwagon_thresholds"]
    outcome = solve(linear(case["inputs"]["h"], case["inputs"]["n"]))
    ours = {
        **outcome.record(),
        "ibar": outcome.join_threshold,
        "istar": outcome.lead_threshold,
    }
    for name, value in case["outputs"].items():
        assert ours[name] == pytest.approx(value, abs=1e-8), name


@given(linear_games())
@FAST
def test_linear_games_have_the_closed_form(parameters: tuple[float, float]) -> None:
    h, n = parameters
    outcome = solve(linear(h, n))
    lead = (h + np.sqrt(h**2 + 4 * (h - n) * n)) / 2
    assert outcome.status == "ok"
    assert outcome.certificate <= 1e-12
    assert outcome.join_threshold == pytest.approx(h - n, abs=1e-12)
    assert outcome.agreement_threshold == pytest.approx(h, abs=1e-12)
    assert outcome.lead_threshold == pytest.approx(lead, abs=1e-12)
    assert outcome.prob_symmetric_excess_inertia == pytest.approx(
        (lead - h) ** 2, abs=1e-12
    )
    ends = outcome.prob_both_switch + outcome.prob_no_switch + outcome.prob_split
    assert ends == pytest.approx(1)
    assert outcome.lead_threshold < h + n  # nobody waits who would switch alone


def test_best_replies_on_a_grid_of_types_settle_on_the_equilibrium() -> None:
    """Each type tries every plan against the other's; strategies are updated in halves."""
    h, n = 0.45, 0.25
    types = np.linspace(0, 1, 4001)
    leads = types > 0.9
    follows = types > 0.5
    for _ in range(60):
        p_lead, p_join = leads.mean(), (follows & ~leads).mean()
        lead = (p_lead + p_join) * (types - h + n) + (1 - p_lead - p_join) * (types - h)
        follow = p_lead * (types - h + n) + (1 - p_lead) * n
        stay = (1 - p_lead) * n
        follows = types - h + n > 0
        best = lead > np.maximum(follow, stay)
        leads = types >= (types[best].min() + types[leads].min()) / 2
    outcome = solve(linear(h, n))
    assert types[leads].min() == pytest.approx(outcome.lead_threshold, abs=5e-4)
    assert types[follows].min() == pytest.approx(outcome.join_threshold, abs=5e-4)


def test_probabilities_are_areas_of_the_square() -> None:
    outcome = solve(linear(0.5, 0.2))
    draws = np.random.default_rng(5).random((2, 400_000))
    found = np.bincount(outcome.region(*draws), minlength=4) / draws.shape[1]
    inertia = outcome.prob_symmetric_excess_inertia
    expected = [
        outcome.prob_no_switch - inertia,
        inertia,
        outcome.prob_split,
        outcome.prob_both_switch,
    ]
    np.testing.assert_allclose(found, expected, atol=4 * 0.5 / np.sqrt(draws.shape[1]))


@given(linear_games(), st.floats(0.4, 3))
@FAST
def test_types_may_have_any_distribution(
    parameters: tuple[float, float], power: float
) -> None:
    """A taste t with P(t <= x) = x**power, ranked: thresholds by a search over tastes."""
    h, n = parameters

    def taste(rank: np.ndarray) -> np.ndarray:
        return np.asarray(rank, dtype=float) ** (1 / power)

    game = BandwagonGame(
        new_together=lambda s: taste(s) - h + n,
        new_alone=lambda s: taste(s) - h,
        old_together=lambda s: 0 * taste(s) + n,
        old_alone=lambda s: 0 * taste(s),
    )
    outcome = solve(game)
    x = np.linspace(0, 1, 200_001)
    gap = x**power * (x - h) - (h - n) ** power * n
    threshold = x[np.flatnonzero(gap > 0)[0]]
    assert outcome.status == "ok"
    assert taste(np.array(outcome.join_threshold)) == pytest.approx(h - n, abs=1e-9)
    assert float(taste(np.array(outcome.lead_threshold))) == pytest.approx(
        threshold, abs=1e-5
    )


@given(linear_games(), st.floats(0.1, 20), st.floats(-5, 5))
@FAST
def test_units_and_origin_of_benefits_do_not_matter(
    parameters: tuple[float, float], unit: float, origin: float
) -> None:
    game = linear(*parameters)
    moved = BandwagonGame(
        new_together=lambda s: origin + unit * game.new_together(s),
        new_alone=lambda s: origin + unit * game.new_alone(s),
        old_together=lambda s: origin + unit * game.old_together(s),
        old_alone=lambda s: origin + unit * game.old_alone(s),
    )
    one, other = solve(game), solve(moved)
    assert other.lead_threshold == pytest.approx(one.lead_threshold, abs=1e-9)
    assert other.join_threshold == pytest.approx(one.join_threshold, abs=1e-9)


@given(linear_games())
@FAST
def test_regions_are_symmetric(parameters: tuple[float, float]) -> None:
    outcome = solve(linear(*parameters))
    first, second = np.random.default_rng(0).random((2, 500))
    np.testing.assert_array_equal(
        outcome.region(first, second), outcome.region(second, first)
    )


def test_certificate_notices_a_wrong_threshold() -> None:
    game = linear(0.5, 0.2)
    assert bandwagon._certificate(game, 0.3, 0.6) <= 1e-12
    assert bandwagon._certificate(game, 0.3, 0.65) > 1e-3
    assert bandwagon._certificate(game, 0.33, 0.6) > 1e-3


# ---------------------------------------------------------------------------
# Firms in turn


def random_game(rng: np.random.Generator, size: int) -> SequentialGame:
    new = rng.normal(0.3, 1, (size, 1)) + np.cumsum(rng.random((size, size)), axis=1)
    old = np.cumsum(rng.random((size, size)), axis=1)
    return SequentialGame(new=new, old=old)


def test_backward_induction_agrees_with_the_whole_tree() -> None:
    rng = np.random.default_rng(3)
    for size in (1, 2, 3, 5, 7):
        for _ in range(10):
            game = random_game(rng, size)
            new, old = game.benefits

            @cache
            def play(moves: tuple[bool, ...]) -> tuple[bool, ...]:
                firm = len(moves)
                if firm == size:  # noqa: B023
                    return moves
                ends = [play((*moves, move)) for move in (False, True)]
                stay = old[firm, size - sum(ends[0]) - 1]  # noqa: B023
                go = new[firm, sum(ends[1]) - 1]  # noqa: B023
                return ends[int(go > stay)]

            outcome = solve_sequential(game)
            assert outcome.status == "ok"
            assert tuple(outcome.switched.tolist()) == play(())


def test_all_switch_whenever_all_would_gain() -> None:
    rng = np.random.default_rng(8)
    seen = 0
    for _ in range(400):
        game = random_game(rng, int(rng.integers(2, 7)))
        if game.unanimous:
            seen += 1
            assert solve_sequential(game).number == game.size
    assert seen > 50


def test_one_firm_that_would_lose_can_stop_the_others() -> None:
    keen, afraid = [-1.0, 2.0], [-1.0, 0.5]
    old = [[0.0, 1.0], [0.0, 1.0]]
    outcome = solve_sequential(SequentialGame(new=[afraid, keen], old=old))
    assert not outcome.unanimous
    assert outcome.number == 0
    outcome = solve_sequential(SequentialGame(new=[keen, afraid], old=old))
    assert outcome.number == 2  # the keen firm moves first and the other must follow


def test_a_hundred_firms_are_no_trouble() -> None:
    size = 100
    users = np.arange(1, size + 1) / size
    outcome = solve_sequential(
        SequentialGame(new=np.tile(0.205 + users, (size, 1)), old=np.tile(users, (size, 1)))
    )
    assert outcome.number == size
    assert outcome.unique


# ---------------------------------------------------------------------------
# Installed base


def test_agrees_with_stored_installed_base() -> None:
    case = CASES["fs86_installed_base_threshold"]
    names = ("old_value", "old_network", "new_value", "new_network", "discount_rate")
    base = InstalledBase(**dict(zip(names, map(case["inputs"].get, "abcdr"), strict=True)))
    outcome = solve_installed_base(base)
    assert outcome.adoption_until == pytest.approx(case["outputs"]["T_adopt_max"], abs=1e-8)
    assert outcome.non_adoption_from == pytest.approx(
        case["outputs"]["T_nonadopt_min"], abs=1e-8
    )


@given(
    st.floats(-2, 2),
    st.floats(0.1, 2),
    st.floats(-2, 4),
    st.floats(0, 2),
    st.floats(0.05, 1),
)
@settings(max_examples=20, deadline=None)
def test_thresholds_are_where_integrated_values_cross(
    a: float, b: float, c: float, d: float, r: float
) -> None:
    base = InstalledBase(
        old_value=a, old_network=b, new_value=c, new_network=d, discount_rate=r
    )
    outcome = solve_installed_base(base)
    assert outcome.status == "ok"
    time = np.linspace(0, 60 / r, 50_001)
    weight = np.exp(-r * time) * (time[1] - time[0])
    weight[[0, -1]] /= 2
    scale = 1 + (abs(a) + abs(c)) / r + (b + d) / r**2

    def worth(flow: np.ndarray) -> float:
        return float(weight @ np.broadcast_to(flow, time.shape))

    def gain_if_all(date: float) -> float:
        return worth(c + d * time) - worth(np.array(a + b * date))

    def gain_if_nobody(date: float) -> float:
        return worth(np.array(c)) - worth(a + b * (date + time))

    for gain, where in (
        (gain_if_all, outcome.adoption_until),
        (gain_if_nobody, outcome.non_adoption_from),
    ):
        assert gain(where) == pytest.approx(0, abs=1e-5 * scale)
        assert gain(where - 0.1) > 0 > gain(where + 0.1)
    assert outcome.adoption_until > outcome.non_adoption_from


def test_efficiency_counts_the_users_left_behind() -> None:
    base = InstalledBase(old_value=1, old_network=1, new_value=3, new_network=1.5)
    best = solve_installed_base(base).efficient_until

    def welfare(date: float, adopt: bool) -> float:
        """Sum users' values by date of arrival, each discounted to T."""
        r = base.discount_rate
        arrival = np.linspace(0, 400, 400_001)
        step = np.exp(-r * arrival) * (arrival[1] - arrival[0])
        step[[0, -1]] /= 2
        if adopt:
            stranded = date * (1 + 1 * date) / r
            each = (3 + 1.5 * arrival) / r + 1.5 / r**2
        else:
            stranded = date * ((1 + 1 * date) / r + 1 / r**2)
            each = (1 + 1 * (date + arrival)) / r + 1 / r**2
        return float(stranded + step @ each)

    for shift, sign in ((-0.5, 1), (0.5, -1)):
        gain = welfare(best + shift, True) - welfare(best + shift, False)
        assert sign * gain > 0
    assert welfare(best, True) == pytest.approx(welfare(best, False), rel=1e-7)


# ---------------------------------------------------------------------------
# What a user sees, and bad input


def test_every_outcome_prints_records_and_plots() -> None:
    outcomes = [
        solve(linear(0.5, 0.2)),
        solve_sequential(SequentialGame(new=[[0, 2], [0, 2]], old=[[0, 1], [0, 1]])),
        solve_installed_base(InstalledBase()),
    ]
    for outcome in outcomes:
        assert max(map(len, str(outcome).splitlines())) <= 79
        assert outcome.record()["status"] == "ok"
        assert outcome.plot().get_xlabel()
        assert len(outcome.plot_data())
    assert set(outcomes[0].plot_data()["region"]) == set(bandwagon.REGIONS)
    assert "Excess momentum" in str(outcomes[2])


def test_games_refuse_what_they_cannot_be() -> None:
    with pytest.raises(InputError, match=r"switching_cost is 0.1; it must be above 0.2"):
        linear(0.1, 0.2)
    with pytest.raises(InputError, match=r"switching_cost is 0.9; it must be .* below 0.8"):
        linear(0.9, 0.2)
    with pytest.raises(InputError, match=r"network_benefit is -1"):
        linear(0.5, -1)
    right = linear(0.5, 0.2)
    for name, wrong, message in (
        ("new_alone", lambda s: s, r"must be worth more with company"),
        ("old_together", lambda s: 0.2 + 2 * s, r"B\(2, Y\) - B\(2, X\) does not rise"),
        ("new_together", lambda s: 0.3 + s, r"the least keen type gains 0.3 by following"),
        ("new_alone", lambda s: 0.8 * s - 0.7, r"the keenest type gains -0.1 by switching"),
        ("new_together", lambda s: s / 0, r"not finite"),
    ):
        with pytest.raises(InputError, match=message), np.errstate(all="ignore"):
            replace(right, **{name: wrong})
    with pytest.raises(InputError, match="it must be a BandwagonGame"):
        solve("linear")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="tolerance is -1"):
        solve(right, tolerance=-1)


@pytest.mark.parametrize(
    ("new", "old", "message"),
    [
        ([[0, 1]], [[0, 1]], r"new has shape \(1, 2\); it must be \(n, n\)"),
        ([[0, 1], [1]], [[0, 1], [0, 1]], r"it must be a square matrix of finite"),
        ([[2, 1], [0, 1]], [[0, 1], [0, 1]], r"new falls along a row"),
        ([[0, np.nan], [0, 1]], [[0, 1], [0, 1]], r"it must be a square matrix of finite"),
        ([[0, 1], [0, 1]], [[0]], r"new and old must be of one shape"),
    ],
)
def test_a_sequence_refuses_what_it_cannot_be(
    new: object, old: object, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        SequentialGame(new=new, old=old)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"old_network": 0}, r"old_network is 0; it must be above 0"),
        ({"discount_rate": 0}, r"discount_rate is 0"),
        ({"new_network": -1}, r"new_network is -1"),
        ({"new_value": float("inf")}, r"new_value is inf"),
    ],
)
def test_an_installed_base_refuses_what_it_cannot_be(
    change: dict[str, float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        InstalledBase(**change)


def test_solvers_name_what_they_want() -> None:
    for function, word in (
        (solve_sequential, "SequentialGame"),
        (solve_installed_base, "Installed"),
    ):
        with pytest.raises(InputError, match=word):
            function(None)  # type: ignore[operator]
