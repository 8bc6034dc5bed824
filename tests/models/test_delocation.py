"""Delocation: other programs' numbers, brute force, economic properties, bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.models import delocation
from unigauge.models.regulation.delocation import World, compare, equilibrium, solve
from unigauge.models.regulation.delocation_certificate import certify

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "delocation.json").read_text()
)
CASES = [(name, regime) for name in REFERENCE for regime in REFERENCE[name]["outcomes"]]
FAST = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False).map(lambda value: round(value, 4))


@st.composite
def worlds(draw: st.DrawFn, externality: bool = True) -> World:
    reach = draw(numbers(0.3, 2.0))
    taste = tuple(draw(numbers(-1, 1)) * reach for _ in range(2))
    damage = tuple(draw(numbers(0, 1.5)) for _ in range(2)) if externality else (0.0, 0.0)
    return World(
        market_size=(draw(numbers(0.4, 2.5)), draw(numbers(0.4, 2.5))),
        curvature=draw(numbers(0.3, 0.9)),
        marginal_cost=draw(numbers(0.4, 2.5)),
        trade_cost=draw(numbers(0.02, 1.5)),
        taste=taste,
        taste_intensity=draw(numbers(0.05, 2.0)),
        fixed_cost=draw(numbers(0.2, 3.0)),
        adaptation_cost=draw(numbers(0.0, 3.0)),
        attribute_bounds=(-reach, reach),
        externality=damage,
        harmless_attribute=(draw(numbers(-1.5, 1.5)), draw(numbers(-1.5, 1.5))),
    )


def swapped(world: World) -> World:
    pairs = ("market_size", "taste", "externality", "harmless_attribute")
    return replace(world, **{name: getattr(world, name)[::-1] for name in pairs})


# ---------------------------------------------------------------------------
# Stored numbers


@pytest.mark.parametrize(("name", "regime"), CASES)
def test_agrees_with_stored_outcomes(name: str, regime: str) -> None:
    stored = REFERENCE[name]["outcomes"][regime]
    outcome = solve(World(**REFERENCE[name]["world"]), regime)
    assert outcome.status == stored["status"]
    assert outcome.certificate <= 1e-8
    for field, value in stored.items():
        if field != "status":
            np.testing.assert_allclose(
                getattr(outcome, field), np.array(value, float), rtol=0, atol=1e-7
            )


def test_old_agreement_may_have_no_rest_point() -> None:
    for world in (
        World(attribute_bounds=(-2, 2)),
        World(taste_intensity=1.0, adaptation_cost=2.0),
    ):
        outcome = solve(world, "old_agreement")
        assert outcome.status == "no_equilibrium_found"
        assert np.isnan(outcome.welfare).all()
        assert np.isnan(outcome.certificate)


def test_corner_belongs_to_the_regime_not_to_laissez_faire() -> None:
    status = compare(World(market_size=(2.2, 1.0)))["status"]
    assert status["laissez_faire"] == status["mutual_recognition"] == "ok"
    assert status["national_treatment"] == status["national_treatment_optimum"] == "corner"


def test_standards_stand_at_a_corner_of_national_treatment() -> None:
    world = World(market_size=(3.0, 1.0), trade_cost=0.2)
    assert np.isfinite(solve(world, "national_treatment").attributes).all()
    assert np.isnan(solve(world, "efficient").attributes[1]).all()
    assert solve(world, "mutual_recognition").status == "not_applicable"


def test_firms_that_would_all_make_one_design_may_have_to_specialise() -> None:
    """Without trade cost and far apart, each industry makes one market's design."""
    world = World(
        trade_cost=0.0,
        taste=(0.85, -0.84),
        taste_intensity=1.6,
        adaptation_cost=1.3,
        fixed_cost=1.35,
    )
    outcome = solve(world, "laissez_faire")
    assert outcome.status == "ok"
    assert outcome.attributes[0].min() > 0.5
    assert outcome.attributes[1].max() < -0.5


def test_alike_countries_without_trade_cost_share_every_regime() -> None:
    table = compare(World(trade_cost=0.0, taste=(0.0, 0.0)))
    played = table.drop(index=["autarky", "old_agreement"])
    assert (played["status"] == "ok").all()
    np.testing.assert_allclose(played["firms_home"], 1 / 3)


# ---------------------------------------------------------------------------
# Markets


@given(worlds(), st.integers(0, 2**32 - 1))
@FAST
def test_markets_satisfy_their_defining_conditions(world: World, seed: int) -> None:
    low, high = world.attribute_bounds
    attributes = np.random.default_rng(seed).uniform(low, high, (20, 2, 2))
    market = equilibrium(world, attributes)
    sigma, phi = world.elasticity_of_substitution, world.openness
    distance = attributes - np.array(world.taste)
    earned = np.exp(-sigma * world.taste_intensity * distance**2 / 2)
    earned *= np.array([[1, phi], [phi, 1]])
    gap = attributes[..., 0] - attributes[..., 1]
    cost = world.fixed_cost + world.adaptation_cost * gap**2 / 2
    profit = np.einsum("mkj,mj->mk", earned, market.market_access) - cost
    assert (profit <= 1e-9 * cost).all()
    assert (market.firms >= 0).all()
    assert np.abs(profit * market.firms).max() <= 1e-8 * (cost * market.firms).max()
    spent = np.einsum("mk,mkj->mj", market.firms, earned) * market.market_access
    np.testing.assert_allclose(spent * (sigma - 1), np.tile(world.market_size, (20, 1)))


def test_leading_axes_are_worked_through_at_once() -> None:
    world = World(externality=(0.3, 0.1), market_size=(1.5, 0.6))
    attributes = np.random.default_rng(3).uniform(-1, 1, (3, 4, 2, 2))
    together = equilibrium(world, attributes)
    assert together.welfare.shape == (3, 4, 2)
    for row, column in np.ndindex(3, 4):
        one = equilibrium(world, attributes[row, column])
        np.testing.assert_array_equal(one.welfare, together.welfare[row, column])


def test_equal_industries_share_the_market_by_size() -> None:
    world = World(trade_cost=0.0, market_size=(3.0, 1.0))
    market = equilibrium(world, np.full((2, 2), 0.1))
    np.testing.assert_allclose(market.firms[0] / market.firms[1], 3.0)


def test_autarky_is_the_limit_of_prohibitive_trade_costs() -> None:
    world = World(trade_cost=1e6, market_size=(1.4, 0.8), externality=(0.2, 0.1))
    closed = solve(replace(world, trade_cost=0.3), "autarky")
    open_but_far = equilibrium(world, [[0.5, 0.5], [-0.5, -0.5]])
    np.testing.assert_allclose(open_but_far.welfare, closed.welfare, atol=1e-12)


# ---------------------------------------------------------------------------
# Regimes


@given(worlds(), st.sampled_from(delocation.REGIMES), st.integers(0, 2**32 - 1))
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_certified_outcome_falls_to_a_deviation(
    world: World, regime: str, seed: int
) -> None:
    """Draw deviations of our own and look for one that pays."""
    outcome = solve(world, regime)
    assert outcome.status in delocation.STATUSES
    if outcome.status in ("no_equilibrium_found", "not_applicable"):
        assert np.isnan(outcome.welfare).all()
        return
    assert 0 <= outcome.certificate <= 1e-8
    if regime in ("autarky", "laissez_faire", "old_agreement"):
        return  # these deviations move prices or designs: see the tests below
    rng = np.random.default_rng(seed)
    low, high = world.attribute_bounds
    held = np.where(np.isnan(outcome.attributes), np.array(world.taste), outcome.attributes)
    near = np.clip(held + rng.normal(0, 0.02, (300, 2, 2)), low, high)
    drawn = np.concatenate([rng.uniform(low, high, (300, 2, 2)), near])
    size = np.array(world.market_size)
    if regime == "efficient":
        gain = equilibrium(world, drawn).welfare @ size - outcome.world_welfare
    elif regime == "national_treatment_optimum":
        pairs = np.stack([drawn[:, 0], drawn[:, 0]], axis=1)
        gain = equilibrium(world, pairs).welfare @ size - outcome.world_welfare
    else:
        gains = []
        for country in (0, 1):
            trial = np.tile(held, (len(drawn), 1, 1))
            if regime == "national_treatment":
                trial[:, :, country] = drawn[:, :1, country]
            else:
                trial[:, country, :] = drawn[:, country, :]
            gains.append(equilibrium(world, trial).welfare[:, country])
        gain = np.array(gains) - outcome.welfare[:, None]
    assert gain.max() <= 1e-8


@given(worlds(), st.integers(0, 2**32 - 1))
@FAST
def test_no_design_profits_under_laissez_faire(world: World, seed: int) -> None:
    outcome = solve(world, "laissez_faire")
    if outcome.status == "no_equilibrium_found":
        return
    low, high = world.attribute_bounds
    pairs = np.random.default_rng(seed).uniform(low, high, (2000, 2))
    sigma, phi = world.elasticity_of_substitution, world.openness
    liking = np.exp(
        -sigma * world.taste_intensity * (pairs - np.array(world.taste)) ** 2 / 2
    )
    cost = world.fixed_cost + world.adaptation_cost * (pairs[:, 0] - pairs[:, 1]) ** 2 / 2
    for reach in ([1, phi], [phi, 1]):
        profit = liking * np.array(reach) @ outcome.market_access - cost
        assert profit.max() <= 1e-9 * max(1.0, world.fixed_cost)


@given(worlds(externality=False))
@FAST
def test_laissez_faire_is_efficient_without_an_externality(world: World) -> None:
    free, best = solve(world, "laissez_faire"), solve(world, "efficient")
    if free.status != "no_equilibrium_found":
        assert free.status == best.status
        np.testing.assert_allclose(free.welfare, best.welfare, atol=1e-8)


@given(worlds(), st.sampled_from(delocation.REGIMES))
@FAST
def test_names_of_countries_do_not_matter(world: World, regime: str) -> None:
    one, other = solve(world, regime), solve(swapped(world), regime)
    assert one.status == other.status
    if regime in ("autarky", "laissez_faire", "efficient", "national_treatment_optimum"):
        np.testing.assert_allclose(
            one.world_welfare, other.world_welfare, atol=1e-9, equal_nan=True
        )
        np.testing.assert_allclose(one.welfare, other.welfare[::-1], atol=1e-6)


@given(worlds(externality=False))
@FAST
def test_scaling_costs_moves_prices_only(world: World) -> None:
    """A numeraire worth half as much doubles every cost: designs stay."""
    dearer = replace(
        world,
        marginal_cost=2 * world.marginal_cost,
        fixed_cost=2 * world.fixed_cost,
        adaptation_cost=2 * world.adaptation_cost,
    )
    one, other = solve(world, "national_treatment"), solve(dearer, "national_treatment")
    np.testing.assert_allclose(one.attributes, other.attributes, atol=1e-7)
    np.testing.assert_allclose(one.firms, 2 * other.firms, atol=1e-7)


def test_national_treatment_has_the_closed_form() -> None:
    world = World(market_size=(1.2, 1.0), trade_cost=0.4)
    outcome = solve(world, "national_treatment")
    standard = outcome.attributes[0]
    sigma, phi = world.elasticity_of_substitution, world.openness
    cost = world.fixed_cost + world.adaptation_cost * (standard[0] - standard[1]) ** 2 / 2
    liking = np.exp(
        -sigma * world.taste_intensity * (standard - np.array(world.taste)) ** 2 / 2
    )
    np.testing.assert_allclose(outcome.market_access, cost / ((1 + phi) * liking))
    home = (1.2 - phi * 1.0) / ((1 - phi) * (sigma - 1) * cost)
    np.testing.assert_allclose(outcome.firms[0], home)
    for other in (replace(world, trade_cost=0.6), replace(world, marginal_cost=3.0)):
        np.testing.assert_allclose(
            solve(other, "national_treatment").attributes, outcome.attributes, atol=1e-9
        )


@pytest.mark.parametrize("regime", [r for r in delocation.REGIMES if r != "autarky"])
def test_certificate_notices_a_wrong_outcome(regime: str) -> None:
    world = World()
    right = solve(world, regime).attributes
    wrong = np.clip(right + np.array([[0.01, -0.02], [0.015, 0.01]]), -1, 1)
    if regime.startswith("national_treatment"):
        wrong[1] = wrong[0]
    assert certify(world, regime, np.array(right)) <= 1e-8
    assert certify(world, regime, wrong) > 1e-7


def test_old_agreement_holds_against_import_standards_after_redesign() -> None:
    """Brute force: firms redesign by damped best replies on a fine grid."""
    world = World()
    outcome = solve(world, "old_agreement")
    grid = np.linspace(-1, 1, 4001)
    sigma, phi = world.elasticity_of_substitution, world.openness

    def liking(a: np.ndarray, market: int) -> np.ndarray:
        return np.exp(-sigma * world.taste_intensity * (a - world.taste[market]) ** 2 / 2)

    def welfare(imports_home: float) -> float:
        a = np.array([[0.5, -1.0], [imports_home, -0.5]])
        for _ in range(200):
            access = equilibrium(world, a).market_access
            own = []
            for k, export in ((0, a[0, 1]), (1, a[1, 0])):
                profit = liking(grid, k) * access[k]
                own.append(grid[np.argmax(profit - 0.25 * (grid - export) ** 2)])
            a[0, 0], a[1, 1] = (a[0, 0] + own[0]) / 2, (a[1, 1] + own[1]) / 2
        return float(equilibrium(world, a).welfare[0])

    assert phi < 1
    np.testing.assert_allclose(welfare(1.0), outcome.welfare[0], atol=1e-5)
    assert all(welfare(s) < outcome.welfare[0] for s in (-1.0, -0.5, 0.0, 0.4, 0.9))


# ---------------------------------------------------------------------------
# What a user sees


def test_printed_outcome_fits_the_terminal_and_says_what_matters() -> None:
    text = str(solve(World(market_size=(3.0, 1.0), trade_cost=0.2), "laissez_faire"))
    assert max(map(len, text.splitlines())) <= 79
    assert "corner" in text
    assert "No foreign firms are left." in text
    assert "market_size=(3.0, 1.0)" in text


def test_every_outcome_prints_records_and_plots() -> None:
    for regime in delocation.REGIMES:
        for world in (World(), World(market_size=(3.0, 1.0), trade_cost=0.2)):
            outcome = solve(world, regime)
            assert outcome.status in str(outcome)
            assert outcome.status in outcome._repr_html_()
            assert list(outcome.record()) == ["regime", *compare(world, [regime]).columns]
            assert outcome.plot().get_xlabel()
            assert len(outcome.plot_data()) == 4
            assert list(outcome.to_frame().index) == ["home", "foreign"]


def test_outcomes_cannot_be_changed() -> None:
    outcome = solve(World(), "efficient")
    with pytest.raises(ValueError, match="read-only"):
        outcome.welfare[0] = 0
    with pytest.raises(AttributeError):
        outcome.status = "corner"  # type: ignore[misc]


# ---------------------------------------------------------------------------
# Bad input


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("curvature", 1, r"curvature is 1; it must be above 0 and below 1"),
        ("curvature", float("nan"), r"curvature is nan"),
        ("trade_cost", -0.1, r"trade_cost is -0.1; it must be at least 0"),
        ("trade_cost", float("inf"), r"trade_cost is inf"),
        ("marginal_cost", 0, r"marginal_cost is 0; it must be above 0"),
        ("market_size", (1, -1), r"market_size\[1\] is -1; it must be above 0"),
        ("market_size", (1, 1, 1), r"market_size has 3 entries"),
        ("market_size", 1.0, r"market_size is 1.0; it must be a sequence of 2 numbers"),
        ("market_size", (float("inf"), 1), r"market_size\[0\] is inf"),
        ("taste", (0.5, -2), r"taste\[1\] is -2; it must be at least -1 and at most 1"),
        ("taste", ("a", 0), r"taste\[0\] is 'a'; it must be a number, at least -1"),
        ("market_size", {1.0, 2.0}, r"must be a sequence of 2 numbers, in order"),
        ("attribute_bounds", (1, -1), r"the first must lie below the second"),
        ("adaptation_cost", True, r"adaptation_cost is True"),
        ("externality", (-1, 0), r"externality\[0\] is -1"),
        ("harmless_attribute", (0, float("nan")), r"harmless_attribute\[1\] is nan"),
    ],
)
def test_a_world_refuses_what_it_cannot_be(field: str, value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        World(**{field: value})  # type: ignore[arg-type]


def test_solve_and_compare_refuse_what_they_cannot_use() -> None:
    with pytest.raises(InputError, match="Did you mean 'autarky'"):
        solve(World(), "autarchy")
    with pytest.raises(InputError, match=r"tolerance is 0; it must be above 0"):
        solve(World(), "autarky", tolerance=0)
    with pytest.raises(InputError, match="it must be a World"):
        solve("efficient", "efficient")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"write a list, \['efficient'\]"):
        compare(World(), "efficient")
    with pytest.raises(InputError, match=r"shape \(2,\); its last two axes"):
        equilibrium(World(), [0.5, 0.5])
    with pytest.raises(InputError, match="regimes is empty"):
        compare(World(), [])
    with pytest.raises(InputError, match="cannot be read as an array of numbers"):
        equilibrium(World(), [[0.5, 0.1], [0.0]])
    with pytest.raises(InputError, match="it must be a World"):
        equilibrium({}, np.zeros((2, 2)))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="not finite"):
        equilibrium(World(), [[0.5, float("nan")], [0.0, 0.0]])
