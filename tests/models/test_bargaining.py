"""Package bargains: stored numbers, closed forms, brute force, properties, bad input."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import ConvergenceError, InputError
from unigauge.models import bargaining
from unigauge.models.agreements import package_bargains
from unigauge.models.agreements.bargaining import (
    Package,
    assistance,
    ccd,
    compare,
    complements,
    issue_by_issue,
    joint_research,
    mirror_package,
    rival_range,
    solve,
    with_rival,
)
from unigauge.models.agreements.package_bargains import SOLUTIONS
from unigauge.models.agreements.package_certificate import (
    best_direction,
    infeasibility,
    max_min_gap,
    weighted_gap,
)

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "reference" / "agreements.json").read_text()
    )
}
SOME = settings(max_examples=25, deadline=None)


def drawn(seed: int, *, smooth: bool = False) -> Package:
    """Return a random bargain that may well fail."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(2, 5), rng.integers(1, 4)
    return Package(
        weights=rng.uniform(0.05, 1, (n, m)),
        ideals=rng.uniform(0, 1, (n, m)),
        disagreement=-rng.uniform(0.1, 0.6, n),
        budget=rng.choice([math.inf, 0.4 * m]),
        cost=rng.uniform(0.3, 1, m),
        cost_power=2.0 if smooth else rng.choice([1.0, 1.5, 2.0, 3.0]),
        loss_power=2.0 if smooth else rng.choice([1.5, 2.0, 3.0]),
        strain=rng.choice([0.0, 1.0]),
        capability=0.5,
        benefit=rng.choice([0.0, 0.3]),
        bargaining_weights=rng.uniform(0.5, 1, n),
    )


def feasible_points(package: Package, count: int, seed: int) -> np.ndarray:
    """Return random points of the package's feasible set."""
    a = package.arrays
    rng = np.random.default_rng(seed)
    points = a["lower"] + (a["upper"] - a["lower"]) * rng.random((count, len(a["lower"])))
    spent = (a["cost"] * points**package.cost_power).sum(axis=1)
    over = spent > package.budget
    with np.errstate(divide="ignore", invalid="ignore"):
        shrink = np.where(over, (package.budget / spent) ** (1 / package.cost_power), 1.0)
    return points * shrink[:, None]


# ---------------------------------------------------------------------------
# Stored numbers


def test_agrees_with_the_stored_package() -> None:
    case = CASES["A01_5g_symmetric"]
    given_, wanted = case["inputs"], case["outputs"]
    package = Package(
        weights=given_["w"],
        ideals=given_["z"],
        disagreement=given_["d"],
        budget=given_["K"],
        cost_power=given_["eta"],
    )
    nash, fair = solve(package, "nash"), solve(package, "egalitarian")
    issues = issue_by_issue(package)
    tolerance = case["tol"]
    np.testing.assert_allclose(nash.x, wanted["nash_x"], atol=tolerance)
    np.testing.assert_allclose(nash.utilities, wanted["nash_U"], atol=1e-9)
    np.testing.assert_allclose(
        solve(package, "kalai_smorodinsky").x, wanted["ks_x"], atol=tolerance
    )
    assert fair.surplus == pytest.approx(wanted["egal_t"], abs=1e-9)
    np.testing.assert_allclose(issues.x, wanted["issue_x"], atol=tolerance)
    np.testing.assert_allclose(issues.utilities, wanted["issue_U"], atol=tolerance)
    assert nash.status == "corner"


def test_agrees_with_the_stored_rival() -> None:
    case = CASES["A04_rival_threshold"]
    given_, wanted = case["inputs"], case["outputs"]
    found = rival_range(
        mirror_package(given_["a"], given_["Delta"]),
        win=given_["d_win"],
        lose=given_["d_lose"],
        own_strength=given_["own"],
    )
    assert found.lowest == pytest.approx(wanted["K_R_star"], abs=1e-7)
    assert found.lowest_probability == pytest.approx(wanted["pi_star"], abs=1e-7)
    assert found.highest == math.inf
    assert found.certificate < 1e-9


def test_agrees_with_the_stored_assistance() -> None:
    case = CASES["A05_apec_ta"]
    i, wanted = case["inputs"], case["outputs"]
    single, joint = (
        assistance(
            i["b"], i["k"], i["theta"], donors=d, effectiveness=i["eta"], unit_cost=i["c"]
        )
        for d in ((0,), (0, 1))
    )
    assert single.unanimous == pytest.approx(wanted["s0"], abs=1e-12)
    assert single.stringency == pytest.approx(wanted["s_single"], abs=1e-12)
    assert joint.stringency == pytest.approx(wanted["s_joint"], abs=1e-12)
    np.testing.assert_allclose(single.assistance, wanted["T_single"], atol=1e-12)
    np.testing.assert_allclose(joint.assistance, wanted["T_joint"], atol=1e-12)
    assert joint.cost == pytest.approx(wanted["cost_joint"], abs=1e-12)
    assert joint.donor_net_gain == pytest.approx(wanted["donor_net_joint"], abs=1e-12)


# ---------------------------------------------------------------------------
# Closed forms


@pytest.mark.parametrize("weights", [(1, 1), (1, 3), (0.2, 0.7)])
def test_utilitarian_package_is_a_weighted_mean_of_ideals(weights) -> None:
    package = Package(budget=math.inf)
    a = package.arrays
    pull = np.array(weights)[:, None] * a["weights"]
    expected = (pull * a["ideals"]).sum(axis=0) / pull.sum(axis=0)
    outcome = solve(package, "utilitarian", utility_weights=weights)
    np.testing.assert_allclose(outcome.x, expected, atol=1e-12)


@pytest.mark.parametrize("a", [0.5, 0.6, 0.8, 0.95])
@pytest.mark.parametrize("distance", [0.3, 0.6, 1.0])
def test_log_rolling_is_worth_what_the_closed_form_says(a: float, distance: float) -> None:
    package = mirror_package(a, distance, disagreement=-0.4)
    whole, parts = solve(package), issue_by_issue(package)
    loss = a * (1 - a) * distance**2
    np.testing.assert_allclose(whole.utilities, -loss, atol=1e-10)
    np.testing.assert_allclose(parts.utilities, -(distance**2) / 4, atol=1e-8)
    gain = whole.utilities - parts.utilities
    np.testing.assert_allclose(gain, distance**2 * (2 * a - 1) ** 2 / 4, atol=1e-8)


def test_nash_with_transfers_shares_the_surplus_by_bargaining_weights() -> None:
    package = Package(bargaining_weights=(3, 1), disagreement=(-0.2, -0.3))
    outcome = solve(package, "transfers")
    np.testing.assert_allclose(outcome.gains, outcome.surplus * np.array([0.75, 0.25]))
    assert outcome.transfers.sum() == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(outcome.x, solve(package, "utilitarian").x, atol=1e-9)


def test_joint_research_falls_short_of_the_planner() -> None:
    start = Package(budget=0.6)
    efforts = {}
    for mode, factor in (("noncooperative", 1), ("planner", 2)):
        outcome = joint_research(start, mode)
        budget = 0.6 + 0.5 * outcome.total_effort
        level = math.sqrt(budget / 2)  # on the diagonal, until the ideal is passed
        slope = 2 * (0.7 * (1 - level) + 0.3 * (0.4 - level)) / (4 * level)
        condition = factor * 0.5 * slope - outcome.total_effort / 2
        assert condition == pytest.approx(0, abs=1e-8)
        assert outcome.certificate <= 1e-9
        efforts[mode] = outcome.total_effort
    assert efforts["noncooperative"] == pytest.approx(0.1944, abs=5e-5)
    assert efforts["planner"] == pytest.approx(0.3271, abs=5e-5)


def test_rival_range_closed_form_and_its_statuses() -> None:
    for a, distance, own in ((0.6, 0.5, 1.0), (0.8, 0.9, 3.0)):
        found = rival_range(
            mirror_package(a, distance), win=-0.01, lose=-0.5, own_strength=own
        )
        pi = (a * (1 - a) * distance**2 - 0.01) / 0.49
        assert found.lowest_probability == pytest.approx(pi, abs=1e-9)
        assert found.lowest == pytest.approx(own * pi / (1 - pi), abs=1e-8)
    package = mirror_package()
    assert rival_range(package, win=-0.3, lose=-0.4).status == "always"
    never = rival_range(package, win=-0.01, lose=-0.02)
    assert never.status == "never" and math.isnan(never.lowest)
    turned = rival_range(package, win=-0.4, lose=-0.01)  # losing is better than winning
    assert turned.lowest == 0 and 0 < turned.highest < math.inf
    weak = with_rival(package, win=-0.4, lose=-0.01, rival_strength=0.9 * turned.highest)
    strong = with_rival(package, win=-0.4, lose=-0.01, rival_strength=1.1 * turned.highest)
    assert solve(weak).status == "ok" and solve(strong).status == "no_agreement"
    opposed = rival_range(package, win=(-0.2, -0.0005), lose=(-0.0005, -0.2))
    assert 0 < opposed.lowest < opposed.highest < math.inf


def test_complements_and_coupling() -> None:
    for n in (1, 2, 7):
        found = complements(n)
        assert found.stack == n / (n + 1) and found.certificate < 1e-9
        assert found.stack_profit <= found.pool_profit
    u = np.array([0.9, 0.5, 0.1])
    found = ccd(u)
    assert found.coupling == pytest.approx(3 * u.prod() ** (1 / 3) / u.sum())
    assert found.degree == pytest.approx(math.sqrt(found.coupling * u.mean()))
    assert found.certificate < 1e-12
    assert ccd([1, 0]).status == "bottleneck" and ccd([1, 0]).degree == 0


# ---------------------------------------------------------------------------
# Brute force


@pytest.mark.parametrize("seed", range(6))
def test_no_random_point_beats_a_solution(seed: int) -> None:
    package = drawn(seed)
    gains = package.utilities(feasible_points(package, 4000, seed)) - np.array(
        package.disagreement
    )
    fair = solve(package, "egalitarian")
    assert fair.surplus >= gains.min(axis=1).max() - 1e-9
    if fair.status == "no_agreement":
        assert (gains.min(axis=1) <= 1e-10).all()
        return
    power = np.array(package.bargaining_weights)
    inside = gains[(gains > 0).all(axis=1)]
    nash = solve(package, "nash")
    if len(inside):
        assert power @ np.log(nash.gains) >= (np.log(inside) @ power).max() - 1e-9
    tops = np.array([1 / g for g in solve(package, "kalai_smorodinsky").gains])
    ratios = (inside * tops).min(axis=1)
    assert (ratios <= 1 + 1e-9).all()  # nothing raises all above that point's proportions
    best = solve(package, "utilitarian").utilities.sum()
    assert (
        best
        >= package.utilities(feasible_points(package, 4000, seed)).sum(axis=1).max() - 1e-9
    )


def test_kalai_smorodinsky_gives_equal_shares_of_the_most_that_each_can_get() -> None:
    package = Package(weights=((0.8, 0.2), (0.4, 0.6)), disagreement=(-0.25, -0.4))
    grid = feasible_points(package, 400_000, 0)
    gains = package.utilities(grid) - np.array(package.disagreement)
    inside = gains[(gains >= 0).all(axis=1)]
    outcome = solve(package, "kalai_smorodinsky")
    shares = outcome.gains / inside.max(axis=0)
    assert shares[0] == pytest.approx(shares[1], abs=2e-3)
    assert outcome.gap < 1e-9


@pytest.mark.parametrize("eta", [1.0, 1.5, 3.0])
def test_the_best_direction_is_the_best(eta: float) -> None:
    package = Package(
        weights=np.ones((2, 3)),
        ideals=np.ones((2, 3)),
        budget=0.8,
        cost=(0.0, 0.5, 1.5),
        cost_power=eta,
        lower=(0, 0.1, 0),
        upper=(1, 0.9, 1),
    )
    rng = np.random.default_rng(1)
    points = feasible_points(package, 20_000, 2)
    points = points[points[:, 1] >= 0.1]
    for prices in rng.normal(size=(20, 3)):
        best = best_direction(package, prices)
        assert infeasibility(package, best) <= 1e-12
        assert prices @ best >= (points @ prices).max() - 1e-9


def test_gaps_bound_what_random_points_gain() -> None:
    package = drawn(3, smooth=True)
    points = feasible_points(package, 3000, 4)
    worth = package.utilities(points)
    for x in points[:20]:
        weights = np.ones(package.parties)
        bound = weighted_gap(package, x, weights)
        assert worth.sum(axis=1).max() - package.utilities(x).sum() <= bound + 1e-12
        gains = worth - np.array(package.disagreement)
        rise = gains.min(axis=1).max() - (package.utilities(x) - package.disagreement).min()
        assert rise <= max_min_gap(package, x, weights)[0] + 1e-12


# ---------------------------------------------------------------------------
# Properties


@SOME
@given(st.integers(0, 10_000), st.sampled_from(SOLUTIONS))
def test_solutions_are_feasible_efficient_and_certified(seed: int, solution: str) -> None:
    package = drawn(seed)
    outcome = solve(package, solution)
    assert outcome.gap <= 1e-6 and outcome.certificate == outcome.gap
    if outcome.status == "no_agreement":
        assert np.isnan(outcome.x).all()
        np.testing.assert_array_equal(outcome.utilities, package.disagreement)
        return
    assert infeasibility(package, outcome.x) <= 1e-9
    if solution in ("nash", "kalai_smorodinsky", "egalitarian"):
        assert (outcome.gains > 0).all()
    own = outcome.utilities - outcome.transfers
    others = package.utilities(feasible_points(package, 500, seed))
    assert not (others > own + 1e-7).all(axis=1).any()


@SOME
@given(st.integers(0, 10_000), st.sampled_from(SOLUTIONS), st.randoms())
def test_relabelling_parties_changes_nothing(seed: int, solution: str, random) -> None:
    package = drawn(seed, smooth=True)
    order = list(range(package.parties))
    random.shuffle(order)
    rows = ("weights", "ideals", "disagreement", "bargaining_weights", "strain")
    rows += ("benefit", "constant", "capability")
    moved = replace(
        package, **{name: package.arrays[name][order].tolist() for name in rows}
    )
    one, two = solve(package, solution), solve(moved, solution)
    assert one.status == two.status
    np.testing.assert_allclose(one.x, two.x, atol=1e-7)
    np.testing.assert_allclose(one.utilities[order], two.utilities, atol=1e-8)


@SOME
@given(
    st.integers(0, 10_000),
    st.sampled_from(["nash", "kalai_smorodinsky"]),
    st.floats(0.2, 5),
    st.floats(-2, 2),
)
def test_affine_utilities_change_nothing(
    seed: int, solution: str, scale: float, shift: float
) -> None:
    package = drawn(seed, smooth=True)
    scales = np.append(scale, np.ones(package.parties - 1))
    shifts = np.append(shift, np.zeros(package.parties - 1))
    a = package.arrays
    moved = replace(
        package,
        weights=(a["weights"] * scales[:, None]).tolist(),
        benefit=(a["benefit"] * scales[:, None]).tolist(),
        strain=(a["strain"] * scales).tolist(),
        constant=(a["constant"] * scales + shifts).tolist(),
        disagreement=(a["disagreement"] * scales + shifts).tolist(),
    )
    one, two = solve(package, solution), solve(moved, solution)
    if "no_agreement" not in (one.status, two.status):
        np.testing.assert_allclose(one.x, two.x, atol=1e-6)


@SOME
@given(st.integers(0, 10_000))
def test_a_better_outside_option_never_hurts_its_owner(seed: int) -> None:
    package = drawn(seed, smooth=True)
    outcome = solve(package)
    if outcome.status == "no_agreement":
        return
    raised = np.array(package.disagreement)
    raised[0] += 0.3 * outcome.gains[0]
    better = solve(replace(package, disagreement=raised.tolist()))
    assert better.utilities[0] >= outcome.utilities[0] - 1e-8


@SOME
@given(
    st.lists(st.tuples(st.floats(0.05, 1), st.floats(0, 2)), min_size=2, max_size=6),
    st.floats(0, 0.6),
    st.data(),
)
def test_assistance_rule_and_certificate(parties, cost: float, data) -> None:
    b, theta = (np.array(v) for v in zip(*parties, strict=True))
    number = data.draw(st.integers(1, len(b) - 1))
    donors = tuple(range(number))
    outcome = assistance(b, 1.0, theta, donors=donors, unit_cost=cost)
    assert outcome.certificate <= 1e-9
    assert outcome.unanimous - 1e-12 <= outcome.stringency
    assert outcome.stringency <= outcome.peaks[list(donors)].min() + 1e-12
    receivers = np.setdiff1d(np.arange(len(b)), donors)
    raised = outcome.peaks + outcome.assistance
    assert (raised[receivers] >= outcome.stringency - 1e-9).all()
    lowest = np.flatnonzero(outcome.peaks <= outcome.unanimous)
    if set(lowest) & set(donors):
        assert outcome.status in ("no_assistance", "corner")
        return
    over = np.maximum(0, outcome.unanimous - theta[list(donors)])
    marginal = (b[list(donors)] - over).sum() - cost * len(lowest)
    if abs(marginal) > 1e-6:
        assert (outcome.stringency > outcome.unanimous + 1e-9) == (marginal > 0)


# ---------------------------------------------------------------------------
# Statuses


def test_what_cannot_be_agreed_is_a_status() -> None:
    hopeless = Package(disagreement=(-0.01, -0.01))
    for solution in SOLUTIONS:
        outcome = solve(hopeless, solution)
        assert outcome.status == "no_agreement" and np.isnan(outcome.x).all()
    assert solve(hopeless, "egalitarian").surplus < 0


def test_issues_fail_where_the_package_holds() -> None:
    package = mirror_package(0.9, 0.8, disagreement=-0.1)
    assert solve(package).status == "ok"
    outcome = issue_by_issue(package)
    assert outcome.status == "no_agreement" and outcome.failed_issues == (0, 1)
    assert "issue 1, 2" in str(outcome)


def test_an_issue_without_budget_fails_by_name() -> None:
    package = Package(lower=(0, 0.5), budget=1.0, disagreement=(-1, -1))
    outcome = issue_by_issue(package, shares=(0.8, 0.2))
    assert outcome.failed_issues == (1,)
    assert outcome.status == "no_agreement"


def test_a_planner_may_impose_a_package() -> None:
    package = Package(
        weights=((1.0,), (1.0,)), ideals=((0.0,), (1.0,)), disagreement=(-0.04, -0.9)
    )
    outcome = solve(package, "utilitarian")
    assert outcome.status == "imposed" and outcome.gains[0] < 0
    paid = solve(package, "transfers")
    assert paid.status == "ok" and (paid.gains > 0).all()


def test_assistance_statuses() -> None:
    assert assistance(unit_cost=5.0).status == "no_assistance"
    assert assistance(unit_cost=0.0).status == "corner"
    alone = assistance(donors=(4,))  # the donor is the least able
    assert alone.stringency == alone.unanimous


# ---------------------------------------------------------------------------
# What is shown


@pytest.mark.parametrize(
    "outcome",
    [
        solve(Package()),
        solve(drawn(1)),
        assistance(donors=(0, 1)),
        joint_research(Package(budget=0.6)),
        rival_range(mirror_package(), win=-0.05, lose=-0.4),
        complements(4),
        ccd([0.9, 0.5, 0.1]),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
def test_results_print_plot_and_record(outcome) -> None:
    assert max(map(len, str(outcome).splitlines())) <= 79
    assert {"status", "certificate"} <= outcome.record().keys()
    assert outcome.plot().get_title()
    assert not outcome.plot_data().empty
    assert "<table>" in outcome._repr_html_()


def test_compare_lists_all_solutions() -> None:
    frame = compare(Package())
    assert list(frame.index) == [*SOLUTIONS, "issue_by_issue"]
    assert (frame["certificate"] < 1e-9).all()


# ---------------------------------------------------------------------------
# Bad input


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": ((1, 1),)}, "weights"),
        ({"weights": ((1, -1), (1, 1))}, r"weights\[0\]\[1\] is -1"),
        ({"weights": ((1, math.nan), (1, 1))}, r"weights\[0\]\[1\] is nan"),
        ({"ideals": ((1, 2, 3), (1, 2, 3))}, r"ideals\[0\] has 3 entries"),
        ({"ideals": ((1, 2),) * 3}, "2 rows of 2"),
        ({"disagreement": (0,)}, "disagreement has 1 entries"),
        ({"budget": 0}, "budget is 0"),
        ({"budget": math.nan}, "budget"),
        ({"cost": -1}, "cost"),
        ({"cost_power": 0.5}, "feasible set must be convex"),
        ({"loss_power": 1.0}, "losses must be smooth"),
        ({"lower": 0.5, "upper": 0.5}, "lower must be below upper"),
        ({"lower": 0.9}, "lower bounds alone use"),
        ({"bargaining_weights": (0, 1)}, r"bargaining_weights\[0\]"),
        ({"strain": "high"}, "strain"),
    ],
)
def test_bad_packages_are_refused(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Package(**change)


def test_other_bad_input_is_refused() -> None:
    package = Package()
    with pytest.raises(InputError, match="Did you mean 'nash'"):
        solve(package, "nsh")
    with pytest.raises(InputError, match=r"must be a Package\(...\)"):
        solve({"weights": 1})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="only the utilitarian rule"):
        solve(package, "nash", utility_weights=(1, 2))
    with pytest.raises(InputError, match="all 0"):
        solve(package, "utilitarian", utility_weights=(0, 0))
    with pytest.raises(InputError, match="add up to at most 1"):
        issue_by_issue(package, shares=(0.9, 0.9))
    with pytest.raises(InputError, match="there are 2"):
        package.issue(2, 0.5)
    with pytest.raises(InputError, match="rival_strength"):
        with_rival(package, win=0, lose=-1, rival_strength=-1)
    with pytest.raises(InputError, match="research moves nothing"):
        joint_research(mirror_package())
    with pytest.raises(InputError, match="list who gives"):
        assistance(donors=0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="name at least one party"):
        assistance(donors=())
    with pytest.raises(InputError, match="name at least one party"):
        assistance(donors=(9,))
    with pytest.raises(InputError, match="owners"):
        complements(0)
    with pytest.raises(InputError, match="at least two"):
        ccd([0.5])
    with pytest.raises(InputError, match="write a list"):
        compare(package, "nash")


def test_a_search_that_fails_is_a_convergence_error(monkeypatch) -> None:
    monkeypatch.setattr(
        package_bargains, "solutions", lambda package, program, start: iter([start])
    )
    with pytest.raises(ConvergenceError, match="was not solved"):
        solve(Package())


def test_the_module_offers_what_it_lists() -> None:
    assert all(hasattr(bargaining, name) for name in bargaining.__all__)
