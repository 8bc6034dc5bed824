"""Contests: stored numbers, closed forms, best replies, properties, bad input."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models.agreements.contests import (
    Contest,
    headstart_entry,
    niche_entry,
    parity,
    solve,
    sponsor_auction,
    urn_mean,
)

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "reference" / "agreements.json").read_text()
    )
}
SOME = settings(max_examples=40, deadline=None)


@pytest.mark.parametrize("case", ["D01_dropout", "D02_headstart"])
def test_agrees_with_the_stored_contests(case: str) -> None:
    inputs, wanted = CASES[case]["inputs"], CASES[case]["outputs"]
    outcome = solve(Contest(values=inputs["V"], head_starts=inputs.get("h", 0.0)))
    np.testing.assert_allclose(outcome.effort, wanted["x"], atol=1e-12)
    np.testing.assert_allclose(outcome.probability, wanted["p"], atol=1e-12)
    np.testing.assert_allclose(outcome.payoff, wanted["u"], atol=1e-12)
    assert outcome.aggregate == pytest.approx(wanted["Z"], abs=1e-12)


def test_agrees_with_the_stored_parity() -> None:
    i, wanted = CASES["D07_parity"]["inputs"], CASES["D07_parity"]["outputs"]
    for years in i["years"]:
        found = parity(i["leader"], i["follower"], time=years)
        assert found.drift == pytest.approx(wanted[f"slope_{years}"], abs=1e-12)
    found = parity(i["leader"], i["follower"], drift=i["slope_3gpp"])
    assert found.time == pytest.approx(wanted["releases"], abs=1e-9)


@SOME
@given(
    st.lists(
        st.tuples(
            st.floats(0.2, 5),
            st.floats(0.2, 3),
            st.sampled_from([0.0, 0.0, 0.3, 1.0]),
            st.sampled_from([math.inf, math.inf, 0.05, 0.5, 0.0]),
        ),
        min_size=2,
        max_size=5,
    ),
    st.sampled_from([1.0, 1.0, 0.5, 0.8]),
    st.randoms(),
)
def test_equilibria_are_certified_and_blind_to_names(rows, r: float, random) -> None:
    names = ("values", "costs", "head_starts", "caps")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    outcome = solve(Contest(**columns, exponent=r))
    if outcome.status == "no_equilibrium_found":
        assert sum(columns["head_starts"]) == 0
        assert sum(cap > 0 for cap in columns["caps"]) < 2
        return
    assert outcome.certificate <= 1e-7
    assert outcome.probability.sum() == pytest.approx(1, abs=1e-9)
    assert (outcome.effort <= np.array(columns["caps"]) + 1e-12).all()
    random.shuffle(rows)
    moved = solve(
        Contest(**dict(zip(names, zip(*rows, strict=True), strict=True)), exponent=r)
    )
    assert moved.aggregate == pytest.approx(outcome.aggregate, rel=1e-9)
    np.testing.assert_allclose(np.sort(moved.payoff), np.sort(outcome.payoff), atol=1e-7)


@pytest.mark.parametrize("n", [2, 3, 7])
@pytest.mark.parametrize("r", [1.0, 0.6])
def test_alike_contestants(n: int, r: float) -> None:
    outcome = solve(Contest(values=[2.0] * n, costs=0.5, exponent=r))
    effort = r * (n - 1) / n**2 * 2.0 / 0.5
    np.testing.assert_allclose(outcome.effort, effort, rtol=1e-9)


@pytest.mark.parametrize(("first", "second"), [(1.0, 1.0), (2.0, 0.5), (0.3, 1.0)])
def test_two_contestants_in_closed_form(first: float, second: float) -> None:
    outcome = solve(Contest(values=1.5, costs=(1 / first, 1 / second)))
    share = first / (first + second)
    assert outcome.probability[0] == pytest.approx(share, abs=1e-12)
    assert outcome.payoff[0] == pytest.approx(1.5 * share**2, abs=1e-12)


def test_head_starts_are_offset_unless_they_are_large() -> None:
    level = solve(Contest(values=(1, 1)))
    for h in (0.1, 0.2, 0.25):
        outcome = solve(Contest(values=(1, 1), head_starts=(h, 0)))
        np.testing.assert_allclose(outcome.probability, level.probability, atol=1e-12)
        assert outcome.effort[0] == pytest.approx(0.25 - h, abs=1e-12)
    outcome = solve(Contest(values=(1, 1), head_starts=(0.4, 0)))
    assert outcome.probability[0] > 0.5 and outcome.payoff[1] < level.payoff[1]


def test_statuses() -> None:
    idle = solve(Contest(values=(1, 1), head_starts=(1, 1)))
    assert idle.status == "no_effort" and (idle.effort == 0).all()
    none = solve(Contest(values=(1, 1), caps=(0.1, 0)))
    assert none.status == "no_equilibrium_found" and np.isnan(none.effort).all()


def test_niches_follow_the_closed_form() -> None:
    value, held, cost = np.array([4.0, 1.0, 2.0, 3.0]), np.array([3.0, 0.1, 0.0, 9.0]), 0.2
    found = niche_entry(value, held, cost, capability=0.8)
    np.testing.assert_allclose(found.payoff, value * (0.8 / (0.8 + held)) ** 2, atol=1e-12)
    np.testing.assert_array_equal(found.enters, found.payoff > cost)
    limit = found.deterring_incumbency
    np.testing.assert_allclose(limit, 0.8 * (np.sqrt(value / cost) - 1), atol=1e-12)
    np.testing.assert_array_equal(found.enters, held < limit)
    assert list(found.ranking) == [2, 1, 0, 3]
    assert niche_entry(1.0, 5.0, 0.9).status == "none"


@pytest.mark.parametrize("h", [0.0, 0.2, 1.0, 3.9, 5.0])
def test_head_starts_against_entry(h: float) -> None:
    entry = headstart_entry(4.0, h, 0.5, effort_cost=1.0)
    closed = (2 - math.sqrt(h)) ** 2 if h < 4 else 0.0
    assert entry.payoff == pytest.approx(closed, abs=1e-12)
    assert (entry.status == "deterred") == (h >= entry.deterring_head_start)
    assert entry.deterring_head_start == pytest.approx((2 - math.sqrt(0.5)) ** 2)


@SOME
@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(0, 2)), min_size=1, max_size=5))
def test_the_winner_pays_what_the_second_leaves(sponsors) -> None:
    base, worth = (np.array(column) for column in zip(*sponsors, strict=True))
    found = sponsor_auction(base, worth)
    reach = base + worth
    assert reach[found.winner] == reach.max()
    assert (found.payoff >= -1e-12).all() and found.certificate <= 1e-9
    rivals = np.delete(reach, found.winner)
    if rivals.size:
        assert found.adopter_payoff >= rivals.max() - 1e-12
        closer = base.copy()
        closer[found.winner] += 0.5
        again = sponsor_auction(closer, worth)
        assert again.winner == found.winner
        paid = found.assistance[found.winner] - again.assistance[again.winner]
        assert paid == pytest.approx(min(0.5, found.assistance[found.winner]), abs=1e-12)


def test_sponsor_statuses() -> None:
    assert not sponsor_auction([1, 0], [1, 1]).flipped
    assert sponsor_auction([1, 0], [0.5, 2]).flipped
    assert sponsor_auction([1, 1], [1, 1]).status == "tie"


def test_parity_statuses() -> None:
    assert parity(0.5, 0.5, drift=0.1).status == "level"
    assert parity(0.9, 0.1, drift=-0.1).status == "never"
    assert parity(0.9, 0.1, drift=0.0).time == math.inf


def test_an_urn_keeps_closes_or_widens_the_gap() -> None:
    for k, status in ((1.0, "keeps"), (0.5, "closes"), (1.5, "widens")):
        found = urn_mean((90, 2, 8), k, steps=500)
        assert found.status == status and found.certificate < 1e-9
        assert found.path.shape == (501, 3)
    one = urn_mean((3.0, 1.0), 2.0, fitness=(1, 4), steps=1)
    pull = np.array([9.0, 4.0])
    np.testing.assert_allclose(one.shares, (np.array([3, 1]) + pull / 13) / 5)


@pytest.mark.parametrize(
    "outcome",
    [
        solve(Contest(values=(10, 8, 3))),
        niche_entry([1, 4], [0.1, 2], 0.3),
        headstart_entry(4, 1, 1.5),
        sponsor_auction([1, 0.6], [0.5, 1.2]),
        parity(0.9, 0.02, time=10),
        urn_mean(steps=50),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
def test_results_print_plot_and_record(outcome) -> None:
    assert max(map(len, str(outcome).splitlines())) <= 79
    assert {"status", "certificate"} <= outcome.record().keys()
    assert outcome.plot().get_title()
    assert not outcome.plot_data().empty


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": [1.0]}, "at least two"),
        ({"values": (1, 0)}, r"values\[1\] is 0"),
        ({"costs": (1, 2, 3)}, "values has 2 entries"),
        ({"head_starts": -1}, "head_starts"),
        ({"caps": (1, -1)}, r"caps\[1\] is -1"),
        ({"caps": (1, "x")}, r"caps\[1\] is 'x'"),
        ({"caps": (1, 2), "values": (1, 1, 1)}, "caps has 2 entries"),
        ({"exponent": 1.5}, "pure strategies"),
        ({"exponent": 0}, "exponent is 0"),
    ],
)
def test_bad_contests_are_refused(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Contest(**change)


def test_other_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match=r"must be a Contest\(...\)"):
        solve(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="incumbency"):
        niche_entry(1, -1, 0)
    with pytest.raises(InputError, match="give one of them"):
        parity(0.9, 0.1)
    with pytest.raises(InputError, match="follower is 0"):
        parity(0.9, 0, drift=1)
    with pytest.raises(InputError, match=r"start\[1\] is 0"):
        urn_mean((1, 0))
    with pytest.raises(InputError, match="at least two counts"):
        urn_mean((1,))
    with pytest.raises(InputError, match="base"):
        sponsor_auction([], 1)
