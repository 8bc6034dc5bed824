"""Lobbying: stored numbers, closed forms, brute force, the paper's propositions."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, differential_evolution

from unigauge.errors import InputError
from unigauge.models import lobbying
from unigauge.models.regulation import lobbying_regimes
from unigauge.models.regulation.lobbying import (
    Abatement,
    Economy,
    Market,
    agreement,
    common_standard,
    compare,
    cross_border_switch,
    lobbying_path,
    solve,
    solve_tax,
    thresholds,
)
from unigauge.models.regulation.lobbying_certificate import certify
from unigauge.models.regulation.lobbying_market import semi_elasticities, shadow_value
from unigauge.models.regulation.lobbying_regimes import cooperative
from unigauge.models.regulation.lobbying_scan import withstands
from unigauge.models.regulation.lobbying_trace import trace
from unigauge.papers.maggi_ossa_2023.economies import BOUNDED, EXPORTER, LOSING

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "lobbying.json").read_text()
)
CASES = {case["id"]: case for case in REFERENCE["cases"]}
FORTY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
STANDARDS = ("product", "process")
PER_COUNTRY = (
    "demand_scale",
    "demand_slope",
    "supply_scale",
    "supply_slope",
    "damage",
    "abatement_cost",
    "lobby_strength",
    "mass",
)


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False).map(lambda value: round(value, 3))


@st.composite
def economies(
    draw: st.DrawFn, countries: tuple[int, int] = (2, 3), spread: float = 2.5, **fixed: Any
) -> Economy:
    """Draw an asymmetric economy of the default families."""
    size = draw(st.integers(*countries))
    fields = {
        name: tuple(draw(numbers(1 / spread, spread)) for _ in range(size))
        for name in PER_COUNTRY
    }
    return Economy(**{**fields, "lobbying": draw(numbers(0, 2)), **fixed})


LINEAR = Economy(
    demand_scale=(10, 8, 12),
    demand_slope=(1, 1.2, 0.8),
    supply_scale=(0, 1, 0.5),
    supply_slope=(1, 0.7, 1.3),
    damage=(0.8, 0.5, 0.6),
    abatement_cost=(1, 0.8, 0.7),
    dirtiness_max=(2, 2.5, 2),
    lobby_strength=(1, 0.5, 2),
    mass=(1, 0.8, 1.2),
    lobbying=0.4,
    market="linear",
    abatement="quadratic",
)


# ---------------------------------------------------------------------------
# The model once more, in scalars


def wedge(economy: Economy, country: int, dirtiness: float) -> float:
    k, dirtiest = economy.abatement_cost[country], economy.dirtiness_max[country]
    if economy.abatement == "hyperbolic":
        return k / dirtiness
    return k / 2 * (dirtiest - dirtiness) ** 2


def demand(economy: Economy, country: int, price: float) -> float:
    scale, slope = economy.demand_scale[country], economy.demand_slope[country]
    if economy.market == "linear":
        return max(scale - slope * price, 0.0)
    return scale * math.exp(-slope * price)


def supply(economy: Economy, country: int, price: float) -> float:
    scale, slope = economy.supply_scale[country], economy.supply_slope[country]
    if economy.market == "linear":
        return max(scale + slope * price, 0.0)
    return scale * math.exp(slope * price)


def payoff(
    economy: Economy, standard: str, country: int, dirtiness: float, price: float
) -> float:
    """Return the political payoff of a country at a world price."""
    cost = wedge(economy, country, dirtiness)
    product = standard == "product"
    d = demand(economy, country, price + cost if product else price)
    y = supply(economy, country, price if product else price - cost)
    if economy.market == "linear":
        surplus = d**2 / (2 * economy.demand_slope[country])
        profit = y**2 / (2 * economy.supply_slope[country])
    else:
        surplus, profit = (
            d / economy.demand_slope[country],
            y / economy.supply_slope[country],
        )
    weight = 1 + economy.lobbying * economy.lobby_strength[country]
    harm = economy.damage[country] * dirtiness * (d if product else y)
    return weight * profit + surplus - harm


def price_at(economy: Economy, standard: str, policy: Any) -> float:
    """Return the price that clears the world market, by Brent's method."""

    def excess(price: float) -> float:
        total = 0.0
        for country, dirtiness in enumerate(policy):
            cost = wedge(economy, country, dirtiness)
            product = standard == "product"
            d = demand(economy, country, price + cost if product else price)
            y = supply(economy, country, price if product else price - cost)
            total += economy.mass[country] * (d - y)
        return total

    return float(brentq(excess, -60, 60, xtol=1e-14))


def payoffs(economy: Economy, standard: str, policy: Any) -> list[float]:
    price = price_at(economy, standard, policy)
    return [payoff(economy, standard, i, e, price) for i, e in enumerate(policy)]


def joint(economy: Economy, standard: str, policy: Any) -> float:
    return float(np.dot(payoffs(economy, standard, policy), economy.mass))


# ---------------------------------------------------------------------------
# Stored numbers


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_stored_outcomes(name: str) -> None:
    case = CASES[name]
    economy, standard = Economy(**case["economy"]), case["standard"]
    deal = agreement(economy, standard)
    for regime, stored in case["outcomes"].items():
        outcome = getattr(deal, regime)
        assert (outcome.status, outcome.regime) == ("ok", regime)
        assert outcome.certificate <= 1e-10
        for field, value in stored.items():
            np.testing.assert_allclose(
                getattr(outcome, field), np.array(value, float), rtol=0, atol=1e-8
            )
    np.testing.assert_allclose(deal.welfare_effect, case["welfare_effect"], atol=1e-8)
    signs = {"loosen": 1, "tighten": -1, "equal": 0}
    assert [signs[word] for word in deal.direction] == case["direction"]


def test_agrees_with_stored_thresholds() -> None:
    (stored,) = (row["outputs"] for row in REFERENCE["thresholds"])
    process = thresholds(Economy(), "process")
    found = {
        "product_bar": thresholds(Economy(), "product")["welfare_reversal"],
        "process_H": process["direction_reversal"],
        "process_star": process["first_best"],
        "process_L": process["loss_start"],
    }
    assert found == pytest.approx(stored, abs=1e-9)


# ---------------------------------------------------------------------------
# Closed forms


def closed_form(economy: Economy, standard: str, countries: float) -> float:
    """Return the symmetric standard: 1 country cooperates, infinitely many are small."""
    one = {name: getattr(economy, name)[0] for name in PER_COUNTRY}
    sd, sy = one["demand_slope"], one["supply_slope"]
    k, a = one["abatement_cost"], one["damage"]
    gamma = economy.lobbying * one["lobby_strength"]
    shared = gamma / (countries * a * (sy + sd))
    if standard == "product":
        slope, constant = sd, 1 / (sd * a) + shared
    else:
        slope, constant = sy, (1 + gamma) / (sy * a) - shared
    linear = 1 - slope / (countries * (sy + sd))
    square = 1 / (slope * k)
    return (-linear + math.sqrt(linear**2 + 4 * square * constant)) / (2 * square)


@given(economies(countries=(1, 1)), st.sampled_from(STANDARDS), st.integers(1, 4))
@FEW
def test_symmetric_standards_have_a_closed_form(
    one: Economy, standard: str, countries: int
) -> None:
    small = solve(one, standard, "noncooperative").dirtiness
    np.testing.assert_allclose(small, closed_form(one, standard, math.inf), rtol=1e-10)
    together = solve(one, standard, "cooperative").dirtiness
    np.testing.assert_allclose(together, closed_form(one, standard, 1), rtol=1e-10)
    alike = {name: getattr(one, name) * countries for name in PER_COUNTRY}
    large = replace(one, **alike, large=True)
    alone = solve(large, standard, "noncooperative").dirtiness
    np.testing.assert_allclose(alone, closed_form(one, standard, countries), rtol=1e-10)


@given(economies(spread=6), st.sampled_from(STANDARDS))
@FORTY
def test_small_countries_have_a_closed_form(economy: Economy, standard: str) -> None:
    a = {name: np.array(getattr(economy, name)) for name in PER_COUNTRY}
    slope = a["demand_slope" if standard == "product" else "supply_slope"]
    gamma = 0 if standard == "product" else economy.lobbying * a["lobby_strength"]
    c = (1 + gamma) / (slope * a["damage"])
    expected = 2 * c / (1 + np.sqrt(1 + 4 * c / (slope * a["abatement_cost"])))
    found = solve(economy, standard, "noncooperative").dirtiness
    np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize("damage", [1e-3, 50.0, 1e3, 1e4])
def test_scales_far_from_one_keep_their_digits(damage: float) -> None:
    economy = Economy(damage=damage, lobbying=0.5)
    for standard in STANDARDS:
        for regime, countries in (("noncooperative", math.inf), ("cooperative", 1)):
            outcome = solve(economy, standard, regime)
            assert outcome.status == "ok"
            exact = closed_form(economy, standard, countries)
            np.testing.assert_allclose(outcome.dirtiness, exact, rtol=1e-10)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("standard", STANDARDS)
def test_a_market_of_next_to_no_size_gets_the_right_standard(
    standard: str, large: bool
) -> None:
    """It does not show in sums of payoffs; its own first-order condition tells."""
    economy = Economy(damage=(50, 1), lobbying=0.5, large=large)
    for regime in ("noncooperative", "cooperative"):
        assert_first_order_conditions(economy, standard, regime)


# ---------------------------------------------------------------------------
# First-order conditions


def assert_first_order_conditions(economy: Economy, standard: str, regime: str) -> None:
    """Check equations (4), (6), (9), (11), (13) and their counterparts."""
    outcome = solve(economy, standard, regime)
    if not outcome.has_numbers:
        return
    policy = np.asarray(outcome.dirtiness)
    sigma, eps = semi_elasticities(economy, standard, policy, outcome.price)
    k = np.array(economy.abatement_cost)
    if economy.abatement == "hyperbolic":
        saving = k / policy**2
    else:
        saving = k * (np.array(economy.dirtiness_max) - policy)
    a, price = np.array(economy.damage), np.array(outcome.price)
    gamma = economy.lobbying * np.array(economy.lobby_strength)
    value = np.zeros(economy.size)
    if regime == "cooperative" or economy.large:
        each = regime == "noncooperative"
        value = value + shadow_value(economy, standard, policy, price, each=each)
    if standard == "product":
        implied = (1 / a - 1 / saving) / sigma + value / a
    else:
        implied = ((1 + gamma) / a - 1 / saving) / eps - value / a
    inside = ~outcome.corner
    np.testing.assert_allclose(policy[inside], implied[inside], rtol=1e-8)


@given(economies(countries=(1, 3)), st.sampled_from(STANDARDS), st.booleans())
@FEW
def test_first_order_conditions_hold(economy: Economy, standard: str, large: bool) -> None:
    economy = replace(economy, large=large)
    for regime in ("noncooperative", "cooperative"):
        assert_first_order_conditions(economy, standard, regime)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("abatement", ["hyperbolic", "quadratic"])
def test_first_order_conditions_hold_in_linear_markets(
    abatement: str, standard: str, large: bool
) -> None:
    economy = replace(LINEAR, abatement=abatement, large=large)
    for regime in ("noncooperative", "cooperative"):
        assert_first_order_conditions(economy, standard, regime)


# ---------------------------------------------------------------------------
# Brute force


def trials(outcome: Any, country: int | None, seed: int) -> np.ndarray:
    """Return policies that one country, or all, might try instead."""
    rng = np.random.default_rng(seed)
    held = np.tile(outcome.dirtiness, (80, 1))
    shape = held.shape if country is None else (len(held), 1)
    factors = np.exp(rng.normal(0, 1, shape) * rng.choice([0.01, 0.3, 2.0], (len(held), 1)))
    tried = held * factors if country is None else held.copy()
    if country is not None:
        tried[:, [country]] *= factors
    if outcome.economy.abatement == "quadratic":
        tried = np.minimum(tried, outcome.economy.dirtiness_max)
    return tried


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("regime", lobbying.REGIMES)
@given(
    economy=st.one_of(
        economies(),
        economies(large=True),
        st.just(LINEAR),
        st.just(replace(LINEAR, large=True)),
    ),
    seed=st.integers(0, 2**32 - 1),
)
@SOME
def test_nobody_gains_by_another_standard(
    economy: Economy, standard: str, regime: str, seed: int
) -> None:
    outcome = solve(economy, standard, regime)
    assume(outcome.has_numbers)
    assert 0 <= outcome.certificate <= 1e-8
    if regime == "welfare_optimum":
        economy = replace(economy, lobbying=0.0)
    held = np.asarray(outcome.dirtiness)
    assert price_at(economy, standard, held) == pytest.approx(outcome.price, abs=1e-9)
    reached = payoffs(economy, standard, held)
    np.testing.assert_allclose(outcome.political_payoff, reached, rtol=1e-9, atol=1e-12)
    slack = 1e-11 * sum(map(abs, reached))
    if regime != "noncooperative":
        best = joint(economy, standard, held)
        for policy in trials(outcome, None, seed):
            assert joint(economy, standard, policy) <= best + slack
        return
    for country in range(economy.size):
        for policy in trials(outcome, country, seed):
            if economy.large:
                gained = payoffs(economy, standard, policy)[country]
            else:
                gained = payoff(economy, standard, country, policy[country], outcome.price)
            assert gained <= reached[country] + slack


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize(
    "economy",
    [
        Economy(
            damage=(1, 0.4, 1.5),
            demand_slope=(1, 0.6, 1.2),
            supply_slope=(0.8, 1.4, 1),
            lobby_strength=(1, 0.5, 1.5),
            lobbying=0.8,
        ),
        LINEAR,
        replace(LINEAR, abatement="hyperbolic"),
    ],
)
def test_a_global_optimiser_does_not_beat_cooperation(
    economy: Economy, standard: str
) -> None:
    outcome = solve(economy, standard, "cooperative")
    assert outcome.status == "ok"
    reach = economy.dirtiness_max if economy.abatement == "quadratic" else (4.0, 4.0, 4.0)
    found = differential_evolution(
        lambda policy: -joint(economy, standard, policy),
        [(0.02, most) for most in reach],
        rng=1,
        popsize=8,
        maxiter=40,
    )
    best = joint(economy, standard, outcome.dirtiness)
    assert -found.fun <= best + 1e-9
    assert -found.fun == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("large", [False, True])
def test_the_certificate_notices_a_wrong_outcome(standard: str, large: bool) -> None:
    economy = Economy(damage=(1, 0.6), lobbying=0.7, large=large)
    for regime in ("noncooperative", "cooperative"):
        right = solve(economy, standard, regime)
        policy = np.array(right.dirtiness)
        assert certify(economy, standard, regime, policy, right.price) <= 1e-12
        wrong = policy * [1.002, 1]
        price = price_at(economy, standard, wrong)
        assert certify(economy, standard, regime, wrong, price) > 1e-8
        assert certify(economy, standard, regime, policy, right.price + 1e-6) > 1e-8


# ---------------------------------------------------------------------------
# The propositions


@pytest.mark.slow
@given(economies())
@FORTY
def test_product_agreements_loosen_every_standard(economy: Economy) -> None:
    """Proposition 1, constant semi-elasticities, small countries."""
    together = solve(economy, "product", "cooperative").dirtiness
    assert (together > solve(economy, "product", "noncooperative").dirtiness).all()


@pytest.mark.slow
@given(economies())
@FORTY
def test_product_agreements_pay_until_lobbies_are_strong(economy: Economy) -> None:
    """Proposition 2."""
    bar = thresholds(economy, "product")["welfare_reversal"]
    assert 0 < bar < math.inf
    path = lobbying_path(economy, "product", np.linspace(0, 2, 41) * bar)
    assert np.ptp(path["world_welfare_noncooperative"]) == 0
    effect = path["welfare_effect"].to_numpy()
    assert (np.diff(effect) < 0).all()
    assert (effect[:20] > 0).all()
    assert (effect[21:] < 0).all()
    assert effect[20] == pytest.approx(0, abs=1e-9)


@pytest.mark.slow
@given(economies())
@FORTY
def test_process_agreements_turn_from_loosening_to_tightening(economy: Economy) -> None:
    """Proposition 3: one switch point, common to all; there the agreement does nothing."""
    switch = thresholds(economy, "process")["direction_reversal"]
    path = lobbying_path(economy, "process", np.array([0, 0.5, 0.9, 1.1]) * switch)
    assume((path["status_cooperative"] == "ok").all())
    countries = range(1, economy.size + 1)
    together, alone = (
        path[[f"dirtiness_{regime}_{country}" for country in countries]].to_numpy()
        for regime in ("cooperative", "noncooperative")
    )
    signs = np.sign(together - alone)
    np.testing.assert_array_equal(signs[:3], 1)
    np.testing.assert_array_equal(signs[3], -1)
    assert path["welfare_effect"].iloc[0] > 0
    here = lobbying_path(economy, "process", [switch]).iloc[0]
    assert here["dirtiness_cooperative_1"] == pytest.approx(
        here["dirtiness_noncooperative_1"], rel=1e-9
    )
    assert here["welfare_effect"] == pytest.approx(0, abs=1e-9)


@pytest.mark.slow
@given(economies(countries=(1, 1)))
@FORTY
def test_process_agreements_lose_between_first_best_and_switch(economy: Economy) -> None:
    """Proposition 4, countries alike."""
    found = thresholds(economy, "process")
    start, best, switch = (
        found[name] for name in ("loss_start", "first_best", "direction_reversal")
    )
    assert 0 < start < best < switch
    middle = [0.5 * start, 0.5 * (start + best), 0.5 * (best + switch), 1.5 * switch]
    signs = np.sign(lobbying_path(economy, "process", middle)["welfare_effect"])
    assert signs.tolist() == [1, -1, -1, 1]
    alone = solve(replace(economy, lobbying=best), "process", "noncooperative")
    optimum = solve(economy, "process", "welfare_optimum")
    np.testing.assert_allclose(alone.dirtiness, optimum.dirtiness, rtol=1e-9)


def test_large_importers_are_stricter_and_exporters_laxer() -> None:
    """Section III: each uses its product standard to move the price its way."""
    economy = Economy(demand_scale=(2, 0.5), supply_scale=(0.5, 2))
    small = solve(economy, "product", "noncooperative").dirtiness
    large = solve(replace(economy, large=True), "product", "noncooperative").dirtiness
    assert large[0] < small[0]
    assert large[1] > small[1]
    strong = replace(economy, large=True, lobbying=8.0)
    assert agreement(strong, "product").overall == "loosen"
    assert agreement(strong, "process").overall == "tighten"


def test_the_process_switch_does_not_depend_on_the_number_of_countries() -> None:
    for countries in (2, 3):
        large = Economy(mass=[1] * countries, large=True)
        found = thresholds(large, "process")
        assert found["direction_reversal"] == pytest.approx(1, abs=1e-10)
        here = agreement(replace(large, lobbying=1.0), "process")
        assert here.overall == "equal"


@given(economies(countries=(1, 3)))
@SOME
def test_cooperative_product_and_process_standards_coincide(economy: Economy) -> None:
    """Under symmetry: the wedge is one whoever pays it (ours)."""
    one = economy.only(0)
    product, process = (solve(one, standard, "cooperative") for standard in STANDARDS)
    np.testing.assert_allclose(product.dirtiness, process.dirtiness, rtol=1e-9)
    np.testing.assert_allclose(product.welfare, process.welfare, rtol=1e-9)


# ---------------------------------------------------------------------------
# Where conditions fail


def test_bounded_dirtiness_may_never_make_a_product_agreement_harmful() -> None:
    assert thresholds(BOUNDED, "product") == {"welfare_reversal": math.inf}
    deal = agreement(replace(BOUNDED, lobbying=50.0), "product")
    assert deal.verdict == "raises"
    assert "infinite" in str(deal)


@pytest.mark.slow
def test_price_sensitive_semi_elasticities_may_mix_directions() -> None:
    """A large exporter is laxer alone; under weak lobbying an agreement reins it in."""
    deal = agreement(EXPORTER, "product")
    assert deal.direction == ("loosen", "tighten")
    assert deal.overall == "mixed"
    assert "loosens some standards and tightens others" in " ".join(str(deal).split())
    strong = agreement(replace(EXPORTER, lobbying=1.0), "product")
    assert strong.overall == "loosen"


def test_a_process_agreement_may_lose_above_the_switch() -> None:
    switch = thresholds(LOSING, "process")["direction_reversal"]
    deal = agreement(replace(LOSING, lobbying=1.3 * switch), "process")
    assert (deal.overall, deal.verdict) == ("tighten", "lowers")
    assert np.isnan(deal.thresholds["first_best"])


def test_a_shutdown_is_a_flag_without_numbers() -> None:
    economy = Economy(lobby_strength=(0, 5), lobbying=3.0)
    outcome = solve(economy, "process", "cooperative")
    assert outcome.status == "shutdown"
    assert np.isnan(outcome.dirtiness).all()
    assert np.isnan(outcome.world_welfare)
    axes = outcome.plot()
    assert [text.get_text() for text in axes.texts] == ["shutdown"]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1", "2"]
    deal = agreement(economy, "process")
    assert deal.overall == deal.verdict == "undetermined"
    assert deal.direction == ("undetermined", "undetermined")
    less = [joint(economy, "process", (z, 3.0)) for z in (0.2, 0.1, 0.05, 0.02)]
    assert (np.diff(less) > 0).all()
    path = lobbying_path(economy, "process", [0.1, 3.0])
    assert path["status_cooperative"].tolist() == ["ok", "shutdown"]


@pytest.mark.parametrize(
    ("standard", "regime", "edge"),
    [
        ("product", "noncooperative", 1.0),
        ("product", "cooperative", 1 + 0.5 * 0.8 / 2.0),
        ("process", "noncooperative", 1.5),
        ("process", "cooperative", 1 + 0.5 * 0.8 / 2.0),
    ],
)
def test_corners_begin_where_the_formulas_say(
    standard: str, regime: str, edge: float
) -> None:
    """Corner iff damage >= edge k ebar; s_d = 0.8, s_y = 1.2, gamma = 0.5."""
    economy = Economy(
        abatement="quadratic",
        demand_slope=0.8,
        supply_slope=1.2,
        abatement_cost=1.3,
        dirtiness_max=0.9,
        lobbying=0.5,
    )
    for share, status in ((0.98, "ok"), (1.02, "corner")):
        here = replace(economy, damage=share * edge * 1.3 * 0.9)
        outcome = solve(here, standard, regime)
        assert outcome.status == status
        assert outcome.corner.tolist() == [status == "corner"]
        assert outcome.dirtiness[0] == (
            0 if status == "corner" else pytest.approx(0.02, abs=0.03)
        )


def test_thresholds_start_where_corners_end() -> None:
    """Corner iff a >= k ebar (1 + g/2) together, iff b >= k ebar (1 + g) alone."""
    economy = Economy(
        abatement="quadratic", damage=2.0, dirtiness_max=1.3, abatement_cost=1.2
    )
    edge = 2.0 / (1.2 * 1.3) - 1
    found = thresholds(economy, "product")["welfare_reversal"]
    assert found == pytest.approx(2 * edge, abs=1e-6)
    process = thresholds(economy, "process")
    assert process["direction_reversal"] == pytest.approx(edge, abs=1e-6)
    for g, overall in ((0.95 * edge, "equal"), (1.05 * edge, "tighten")):
        assert agreement(replace(economy, lobbying=g), "process").overall == overall


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("abatement", ["hyperbolic", "quadratic"])
def test_a_country_bans_the_good_where_the_standard_is_no_best_response(
    standard: str, abatement: str
) -> None:
    """Ban iff |phi'(e)| >= 2 a/(1 + gamma) at the point of equation (4), or (9)."""
    seen = set()
    for damage in (0.3, 1.9, 2.6, 3.1, 3.6, 4.1):
        economy = Economy(
            demand_scale=10,
            supply_scale=0,
            abatement_cost=4 if abatement == "quadratic" else 2,
            dirtiness_max=4,
            damage=damage,
            lobbying=0.3,
            market="linear",
            abatement=abatement,
        )
        gamma = 0.3 if standard == "process" else 0.0

        def slope(e: float, economy: Economy = economy) -> float:
            k = economy.abatement_cost[0]
            return k / e**2 if economy.abatement == "hyperbolic" else k * (4 - e)

        def gap(e: float, economy: Economy = economy, gamma: float = gamma) -> float:
            price = price_at(economy, standard, [e])
            cost = wedge(economy, 0, e)
            traded = (
                demand(economy, 0, price + cost)
                if standard == "product"
                else supply(economy, 0, price - cost)
            )
            return traded * ((1 + gamma) / economy.damage[0] - 1 / slope(e)) - e

        grid = np.linspace(0.01, 3.99, 4000)
        values = np.array([gap(e) for e in grid])
        last = np.flatnonzero((values[:-1] > 0) & (values[1:] < 0))
        status = solve(economy, standard, "noncooperative").status
        if not last.size:
            continue
        point = float(brentq(gap, grid[last[-1]], grid[last[-1] + 1]))
        if abs(slope(point) * (1 + gamma) / (2 * damage) - 1) > 1e-3:
            assert status == ("ban" if slope(point) >= 2 * damage / (1 + gamma) else "ok")
            seen.add(status)
    assert seen >= ({"ok", "ban"} if abatement == "hyperbolic" else {"ok"})


# ---------------------------------------------------------------------------
# What must not matter


@pytest.mark.slow
@given(economies(), st.sampled_from(STANDARDS), st.booleans())
@SOME
def test_names_of_countries_do_not_matter(
    economy: Economy, standard: str, large: bool
) -> None:
    economy = replace(economy, large=large)
    turned = replace(economy, **{n: getattr(economy, n)[::-1] for n in PER_COUNTRY})
    for regime in lobbying.REGIMES:
        one, other = (solve(e, standard, regime) for e in (economy, turned))
        assert one.status == other.status
        np.testing.assert_allclose(one.dirtiness, other.dirtiness[::-1], rtol=1e-9)


@pytest.mark.slow
@given(economies(), st.sampled_from(STANDARDS))
@SOME
def test_small_countries_may_be_split(economy: Economy, standard: str) -> None:
    def split(entries: tuple[float, ...]) -> tuple[float, ...]:
        return (entries[0], *entries)

    halves = {name: split(getattr(economy, name)) for name in PER_COUNTRY}
    halves["mass"] = (economy.mass[0] / 2, economy.mass[0] / 2, *economy.mass[1:])
    parts = replace(economy, dirtiness_max=1.0, **halves)
    for regime in lobbying.REGIMES:
        one, other = (solve(e, standard, regime) for e in (economy, parts))
        assert one.status == other.status
        np.testing.assert_allclose(one.dirtiness, other.dirtiness[1:], rtol=1e-8)
        np.testing.assert_allclose(one.world_welfare, other.world_welfare, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("standard", STANDARDS)
def test_paths_agree_with_solve(standard: str) -> None:
    default = Economy(damage=(1, 0.5), lobby_strength=(1, 0.4))
    for economy in (default, replace(default, large=True), LINEAR):
        path = lobbying_path(economy, standard, [0.7, 0.0])
        assert path.index.tolist() == [0.7, 0.0]
        for g in path.index:
            table = compare(replace(economy, lobbying=g), standard)
            for regime in lobbying.REGIMES:
                for country in range(1, economy.size + 1):
                    assert path.loc[g, f"dirtiness_{regime}_{country}"] == pytest.approx(
                        table.loc[regime, f"dirtiness_{country}"], rel=1e-9
                    )
                assert path.loc[g, f"world_welfare_{regime}"] == pytest.approx(
                    table.loc[regime, "world_welfare"], rel=1e-9
                )


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("standard", STANDARDS)
def test_a_path_refuses_standards_that_somebody_would_change(
    standard: str, large: bool
) -> None:
    economy = Economy(damage=(1, 0.4, 1.8), lobby_strength=(1, 0.5, 2), large=large)
    lobbying_grid = np.array([0.5, 1.0])
    weight = lobbying_grid[:, None] * economy.arrays["lobby_strength"]
    for regime in ("noncooperative", "cooperative"):
        alone = regime == "noncooperative"
        policy, found = trace(economy, standard, regime, lobbying_grid)
        assert found.all()
        for country in range(3):
            wrong = policy * np.where(np.arange(3) == country, 1.02, 1)
            assert not withstands(economy, standard, wrong, weight, alone=alone).any()


def test_a_path_knows_markets_of_next_to_no_size() -> None:
    economy = Economy(damage=(1e3, 500))
    for standard in STANDARDS:
        assert trace(economy, standard, "cooperative", np.array([0.0, 2.0]))[1].all()


# ---------------------------------------------------------------------------
# Curves of one's own


def test_curves_of_ones_own_give_what_the_families_give() -> None:
    market = Market.of(
        demand=lambda p, scale, slope: scale * np.exp(-slope * p),
        consumer_surplus=lambda p, scale, slope: scale * np.exp(-slope * p) / slope,
        supply=lambda p, scale, slope: scale * np.exp(slope * p),
        producer_surplus=lambda p, scale, slope: scale * np.exp(slope * p) / slope,
    )
    abatement = Abatement(cost=lambda e, k, dirtiest: k / e, bounded=False)
    known = Economy(damage=(1, 0.6), lobbying=0.4)
    for standard, large in (("product", True), ("process", False)):
        one, other = (
            replace(known, large=large, market=m, abatement=a)
            for m, a in (("constant_semi_elasticity", "hyperbolic"), (market, abatement))
        )
        for regime in lobbying.REGIMES:
            np.testing.assert_allclose(
                solve(one, standard, regime).dirtiness,
                solve(other, standard, regime).dirtiness,
                rtol=1e-9,
            )
    assert thresholds(one.only(0), "product") == pytest.approx(
        thresholds(other.only(0), "product"), rel=1e-8
    )


def exponential(**changed: Any) -> Market:
    """Return a market of constant semi-elasticities, with some curves changed."""
    curves = {
        "demand": lambda p, scale, slope: scale * np.exp(-slope * p),
        "consumer_surplus": lambda p, scale, slope: scale * np.exp(-slope * p) / slope,
        "supply": lambda p, scale, slope: scale * np.exp(slope * p),
        "producer_surplus": lambda p, scale, slope: scale * np.exp(slope * p) / slope,
    }
    return Market.of(**{**curves, **changed})


@pytest.mark.parametrize(
    ("economy", "message"),
    [
        (
            {
                "market": exponential(
                    consumer_surplus=lambda p, scale, slope: np.exp(-slope * p)
                )
            },
            r"consumer surplus changes by -2 for each unit of demand.* by -1: .*integral",
        ),
        (
            {"market": exponential(producer_surplus=lambda p, scale, slope: 1 + 0 * p)},
            r"producer surplus changes by .* must change by 1: the surplus is the integral",
        ),
        (
            {"market": exponential(supply=lambda p, scale, slope: np.exp(-p))},
            r"the slope of log supply is -1; supply must rise",
        ),
        (
            {"market": exponential(demand=lambda p, s, slope: np.exp(-np.real(p)))},
            r"log demand is -?0; demand must fall in the price and accept complex",
        ),
        (
            {"abatement": Abatement(cost=lambda e, k, dirtiest: k * e, bounded=False)},
            r"abatement: the slope of cost at dirtiness .* is 1 \(country 1\)",
        ),
    ],
)
def test_curves_that_contradict_one_another_are_refused(
    economy: dict[str, Any], message: str
) -> None:
    own = Economy(demand_slope=2, **economy)
    for function in (solve, lambda e, s, _: thresholds(e, s)):
        with pytest.raises(InputError, match=message):
            function(own, "product", "cooperative")


def test_curves_may_need_positive_prices() -> None:
    market = Market.of(
        demand=lambda p, scale, slope: scale * p ** (-1 - slope),
        consumer_surplus=lambda p, scale, slope: scale * p**-slope / slope,
        supply=lambda p, scale, slope: scale * p**slope,
        producer_surplus=lambda p, scale, slope: scale * p ** (1 + slope) / (1 + slope),
        lowest_price=0,
    )
    economy = Economy(market=market, damage=0.3, abatement_cost=0.2, lobbying=0.5)
    outcome = solve(economy, "product", "cooperative")
    assert outcome.status == "ok"

    def total(e: float) -> float:
        cost = 0.2 / e
        p = brentq(lambda p: (p + cost) ** -2 - p, 1e-9, 10, xtol=1e-14)
        return float(1.5 * p**2 / 2 + 1 / (p + cost) - 0.3 * e * (p + cost) ** -2)

    grid = np.linspace(0.05, 5, 20001)
    best = max(grid, key=total)
    assert outcome.dirtiness[0] == pytest.approx(best, abs=3e-4)
    assert outcome.political_payoff[0] == pytest.approx(total(best), abs=1e-7)


# ---------------------------------------------------------------------------
# Taxes, tariffs, emissions abroad (ours)


@pytest.mark.slow
@given(economies())
@SOME
def test_taxes_have_the_closed_forms(economy: Economy) -> None:
    a = {name: np.array(getattr(economy, name)) for name in PER_COUNTRY}
    gamma = economy.lobbying * a["lobby_strength"]

    alone = solve_tax(economy, "consumption_tax", "noncooperative")
    np.testing.assert_allclose(alone.rate, a["damage"], rtol=1e-9)
    together = solve_tax(economy, "consumption_tax", "cooperative")
    made = a["mass"] * together.supply
    value = (gamma @ made) / (a["supply_slope"] @ made)
    np.testing.assert_allclose(together.rate, a["damage"] - value, rtol=1e-7, atol=1e-8)

    for regime in ("noncooperative", "cooperative"):
        rate = solve_tax(economy, "production_tax", regime).rate
        expected = a["damage"] - gamma / a["supply_slope"]
        np.testing.assert_allclose(rate, expected, rtol=1e-7, atol=1e-8)

    alone = solve_tax(economy, "tariff", "noncooperative")
    bends = a["supply_slope"] * alone.supply + a["demand_slope"] * alone.demand
    np.testing.assert_allclose(
        alone.rate, gamma * alone.supply / bends, rtol=1e-8, atol=1e-12
    )
    together = solve_tax(economy, "tariff", "cooperative")
    np.testing.assert_allclose(together.rate, alone.rate, atol=1e-6)
    assert together.world_welfare == pytest.approx(alone.world_welfare, rel=1e-7)


@pytest.mark.slow
@given(economies(countries=(1, 1), lobbying=0.0), st.sampled_from(STANDARDS))
@SOME
def test_agreements_tighten_where_enough_emissions_go_abroad(
    economy: Economy, standard: str
) -> None:
    switch = cross_border_switch(economy, standard)
    best = float(solve(economy, standard, "cooperative").dirtiness[0])
    slope = economy.demand_slope if standard == "product" else economy.supply_slope
    bent = best**2 / economy.abatement_cost[0] + slope[0] * best
    assert switch == pytest.approx(1 - 1 / (economy.damage[0] * bent), rel=1e-9)
    assert 0 < switch < 1
    for share, direction in ((0.9 * switch, "loosen"), (0.5 * (1 + switch), "tighten")):
        here = replace(economy, cross_border_share=share)
        together = solve(here, standard, "cooperative").dirtiness
        alone = solve(here, standard, "noncooperative").dirtiness
        assert (together > alone) == (direction == "loosen")
        np.testing.assert_allclose(together, best, rtol=1e-9)


@pytest.mark.parametrize("standard", STANDARDS)
def test_emissions_abroad_enter_every_account(standard: str) -> None:
    economy = Economy(damage=(1, 0.5), cross_border_share=0.4, large=True, lobbying=0.3)
    outcome = solve(economy, standard, "noncooperative")
    assert outcome.status == "ok"
    mean = outcome.emissions.mean()
    damage = np.array(economy.damage) * (0.6 * outcome.emissions + 0.4 * mean)
    surplus = outcome.consumer_surplus + outcome.producer_surplus
    np.testing.assert_allclose(outcome.welfare, surplus - damage)


@pytest.mark.parametrize("standard", STANDARDS)
def test_large_countries_may_lose_from_the_good_altogether(standard: str) -> None:
    """Emissions from abroad make payoffs negative; there is an equilibrium all the same."""
    share, mass = 0.9, np.array([1, 2, 0.5])
    economy = Economy(
        damage=(1, 0.5, 2),
        mass=mass,
        lobbying=0.3,
        cross_border_share=share,
        large=True,
    )
    outcome = solve(economy, standard, "noncooperative")
    assert outcome.status == "ok"
    assert (outcome.political_payoff < 0).any()

    def own(country: int, dirtiness: float) -> float:
        policy = [*outcome.dirtiness]
        policy[country] = dirtiness
        price = price_at(economy, standard, policy)
        traded = [
            supply(economy, i, price - wedge(economy, i, e))
            if standard == "process"
            else demand(economy, i, price + wedge(economy, i, e))
            for i, e in enumerate(policy)
        ]
        emitted = np.array(policy) * traded
        at_home = payoff(economy, standard, country, dirtiness, price)
        change = (emitted @ mass) / mass.sum() - emitted[country]
        return at_home - share * economy.damage[country] * change

    for country, held in enumerate(outcome.dirtiness):
        best = own(country, held)
        assert best == pytest.approx(outcome.political_payoff[country], rel=1e-9)
        for factor in np.exp(np.linspace(-5, 5, 201)):
            assert own(country, held * factor) <= best + 1e-12


def test_emissions_abroad_move_the_thresholds() -> None:
    economy = Economy(cross_border_share=0.1)
    found = thresholds(economy, "process")
    turn = found["direction_reversal"]
    assert 0 < found["loss_start"] < found["first_best"] < turn < 1
    for g, sign in ((0.97 * turn, 1), (1.03 * turn, -1)):
        here = replace(economy, lobbying=g)
        alone, together = (
            solve(here, "process", regime).dirtiness[0] for regime in lobbying.REGIMES[:2]
        )
        assert np.sign(together - alone) == sign
    much = thresholds(Economy(cross_border_share=0.5), "process")
    assert much["direction_reversal"] == 0
    assert np.isnan(much["first_best"])
    unlike = Economy(damage=(1, 0.5), cross_border_share=0.2)
    assert np.isnan(thresholds(unlike, "process")["direction_reversal"])


def test_tariffs_that_are_jointly_best_are_certified() -> None:
    economy = Economy(damage=(1, 0.4), supply_slope=(0.8, 1.4), lobbying=0.6)
    alone, together = (
        solve_tax(economy, "tariff", regime) for regime in lobbying.REGIMES[:2]
    )
    np.testing.assert_allclose(together.rate, alone.rate, atol=1e-7)
    assert together.certificate <= 1e-10


# ---------------------------------------------------------------------------
# What a user sees


def test_an_agreement_reads_like_a_sentence() -> None:
    text = str(agreement(Economy(lobbying=1.2), "product"))
    assert text.startswith("The product agreement loosens standards and lowers world")
    assert "The nearest threshold, welfare_reversal, is at lobbying 0.847403" in text
    equal = " ".join(str(agreement(Economy(lobbying=1.0), "process")).split())
    assert "leaves standards as they are and leaves world welfare as it is" in equal
    banned = str(agreement(Economy(lobby_strength=(0, 5), lobbying=3.0), "process"))
    assert "cannot be judged: the cooperative outcome is shutdown." in banned


def test_everything_prints_records_and_plots() -> None:
    small = Economy(damage=(1, 0.4), lobbying=0.3)
    economies = (small, replace(small, abatement="quadratic", damage=(2.0, 0.4)))
    for economy, standard in zip(economies, STANDARDS, strict=True):
        deal = agreement(economy, standard)
        for regime in lobbying.REGIMES:
            outcome = getattr(deal, regime)
            assert outcome.status in str(outcome)
            assert max(map(len, str(outcome).splitlines())) <= 79
            assert outcome.plot().get_ylabel() == "dirtiness allowed"
            assert len(outcome.plot_data()) == economy.size
            assert outcome.record()["standard"] == standard
        assert max(map(len, str(deal).splitlines())) <= 79
        assert deal.overall in deal.record().values()
        assert len(deal.plot().patches) == len(deal.plot_data()) == 3 * economy.size
    tax = solve_tax(small, "tariff", "noncooperative")
    assert "tariff" in str(tax)
    assert tax.record()["rate_1"] == tax.rate[0]
    assert len(tax.plot().patches) == len(tax.plot_data()) == 2


def test_outcomes_cannot_be_changed() -> None:
    outcome = solve(Economy(), "product", "cooperative")
    for values in (outcome.dirtiness, outcome.corner, outcome.welfare):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0
    with pytest.raises(AttributeError):
        outcome.status = "corner"  # type: ignore[misc]


# ---------------------------------------------------------------------------
# Bad input


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("demand_slope", 0, r"demand_slope is 0.*above 0: demand must fall"),
        ("supply_slope", (1, 0), r"supply_slope\[1\] is 0.*supply must rise"),
        ("damage", (1, -0.5), r"damage\[1\] is -0.5.*above 0"),
        ("damage", float("nan"), r"damage is nan"),
        ("damage", (1, float("nan")), r"damage\[1\] is nan"),
        ("abatement_cost", 0, r"abatement_cost is 0"),
        ("lobbying", -0.1, r"lobbying is -0.1; it must be at least 0"),
        ("lobbying", float("inf"), r"lobbying is inf"),
        ("lobby_strength", -1, r"lobby_strength is -1"),
        ("mass", (1, 0), r"mass\[1\] is 0"),
        ("mass", (), r"mass is empty"),
        ("mass", {1, 2}, r"mass is \{1, 2\}; give countries' entries in order"),
        ("demand_scale", "big", r"demand_scale is 'big'"),
        ("market", "liner", r"Did you mean 'linear'"),
        ("abatement", "cubic", r"abatement is 'cubic'"),
        ("large", 1, r"large is 1; it must be True or False"),
        ("cross_border_share", 1, r"cross_border_share is 1; .* below 1"),
    ],
)
def test_an_economy_refuses_what_it_cannot_be(field: str, value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Economy(**{field: value})


def test_lengths_must_agree() -> None:
    with pytest.raises(InputError, match=r"damage has 2 entries and mass has 3"):
        Economy(damage=(1, 2), mass=(1, 1, 1))
    assert Economy(damage=(1, 2), mass=[1]).mass == (1.0, 1.0)
    for entries in ([1, 2], np.array([1.0, 2.0]), range(1, 3)):
        economy = Economy(damage=entries, mass=np.float64(2))
        assert (economy.damage, economy.mass) == ((1.0, 2.0), (2.0, 2.0))


def test_linear_supply_may_start_at_a_positive_price() -> None:
    economy = Economy(market="linear", demand_scale=10, supply_scale=-1, damage=0.5)
    assert solve(economy, "process", "cooperative").status == "ok"
    with pytest.raises(InputError, match=r"supply_scale is -1"):
        Economy(supply_scale=-1)


def test_a_common_standard_is_worth_what_the_closed_form_says() -> None:
    grid = np.linspace(0.3, 2, 35)
    for standard in ("product", "process"):
        hill = common_standard(Economy(lobbying=3), standard, grid)
        worth = (2 - grid) * np.exp(-1 / (2 * grid))
        assert np.abs(hill["world_welfare"] - worth).max() < 1e-12
        best = solve(Economy(), standard, "welfare_optimum")
        there = common_standard(Economy(), standard, best.dirtiness)
        assert there["world_welfare"].iloc[0] == pytest.approx(
            best.world_welfare, abs=1e-12
        )
        assert hill["world_welfare"].max() <= best.world_welfare
    clean = common_standard(Economy(abatement="quadratic"), "product", [0, 1])
    assert np.isfinite(clean.to_numpy()).all()


def test_an_agreement_is_as_sure_as_the_least_sure_of_its_outcomes() -> None:
    deal = agreement(Economy(lobbying=0.6), "process")
    outcomes = (deal.noncooperative, deal.cooperative, deal.welfare_optimum)
    assert deal.status == "ok"
    assert deal.certificate == max(outcome.certificate for outcome in outcomes) < 1e-8
    shut = agreement(Economy(market="linear", damage=50), "product")
    assert shut.status != "ok"
    assert math.isnan(shut.certificate)


@pytest.mark.parametrize("standard", ["product", "process"])
def test_the_closed_reply_is_where_the_general_search_ends(standard, monkeypatch) -> None:
    economy = Economy(damage=0.7, supply_slope=1.6, abatement_cost=1.3, lobbying=0.8)
    closed = next(cooperative(economy, standard))
    monkeypatch.setattr(lobbying_regimes, "has_closed_replies", lambda economy: False)
    searched = next(cooperative(economy, standard))
    assert closed == pytest.approx(searched, rel=1e-9)


def test_thresholds_are_ones_own_copy() -> None:
    first = thresholds(Economy(), "process")
    first["first_best"] = -1.0
    assert thresholds(Economy(lobbying=0.3), "process")["first_best"] > 0


def test_functions_refuse_what_they_cannot_use() -> None:
    economy = Economy()
    with pytest.raises(InputError, match="Did you mean 'product'"):
        solve(economy, "products", "cooperative")
    with pytest.raises(InputError, match="regime is 'nash'"):
        solve(economy, "product", "nash")
    with pytest.raises(InputError, match="tolerance is 0"):
        solve(economy, "product", "cooperative", tolerance=0)
    for function in (
        lambda e: solve(e, "product", "cooperative"),
        lambda e: agreement(e, "product"),
        lambda e: thresholds(e, "product"),
        lambda e: lobbying_path(e, "product", [0]),
        lambda e: solve_tax(e, "tariff", "cooperative"),
        lambda e: cross_border_switch(e, "product"),
    ):
        with pytest.raises(InputError, match="it must be an Economy"):
            function("economy")
    with pytest.raises(InputError, match=r"grid\[1\] is -1"):
        lobbying_path(economy, "product", [0, -1])
    with pytest.raises(InputError, match=r"grid\[0\] is nan"):
        lobbying_path(economy, "product", [float("nan")])
    with pytest.raises(InputError, match="one row of values"):
        lobbying_path(economy, "product", [])
    with pytest.raises(InputError, match=r"grid\[0\] is 0"):
        common_standard(economy, "product", [0])
    with pytest.raises(InputError, match=r"grid\[1\] is 2"):
        common_standard(Economy(abatement="quadratic"), "product", [0.5, 2])
    with pytest.raises(InputError, match="Did you mean 'tariff'"):
        solve_tax(economy, "tarif", "cooperative")
    with pytest.raises(InputError, match=r"unlike countries \(damage=\(1.0, 2.0\)\)"):
        cross_border_switch(Economy(damage=(1, 2)), "product")
    with pytest.raises(InputError, match=r"write a list, \['cooperative'\]"):
        compare(economy, "product", "cooperative")
