"""Compatibility: stored numbers, search over expectations, properties, bad input."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root

from unigauge.errors import DegenerateGameWarning, InputError
from unigauge.models.adoption import compatibility
from unigauge.models.adoption.compatibility import (
    Market,
    equilibria,
    incentives,
    outputs,
    solve,
)
from unigauge.models.adoption.compatibility_certificate import certify

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "reference" / "adoption.json").read_text()
    )
}
FAST = settings(max_examples=25, deadline=None)


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda value: round(value, 4))


@st.composite
def markets(draw: st.DrawFn, weak: bool = False) -> Market:
    firms = draw(st.integers(2, 4))
    return Market(
        size=draw(numbers(0.3, 3)),
        network_benefit=draw(numbers(0.05, 0.99 / firms if weak else 2.5)),
        firms=firms,
        installed_base=tuple(draw(numbers(0, 2)) for _ in range(firms)),
        saturation=draw(st.one_of(st.just(np.inf), numbers(0.2, 3))),
    )


# ---------------------------------------------------------------------------
# Stored numbers and closed forms


def test_agrees_with_stored_numbers() -> None:
    case = CASES["katz_shapiro_linear"]
    inputs = case["inputs"]
    market = Market(size=inputs["A"], network_benefit=inputs["b"], firms=inputs["n"])
    apart, together = (solve(market, regime) for regime in compatibility.REGIMES)
    gain = incentives(market)
    ours = {
        "x_compat": together.output[0],
        "x_incompat": apart.output[0],
        "profit_compat": together.profit[0],
        "profit_incompat": apart.profit[0],
        "cs_compat": together.consumer_surplus,
        "cs_incompat": apart.consumer_surplus,
        "max_private_fixed_cost_per_firm": gain.private_gain[0],
        "max_social_fixed_cost_total": gain.social_gain,
    }
    for name, value in case["outputs"].items():
        assert ours[name] == pytest.approx(value, abs=1e-8), name


@given(st.integers(1, 8), numbers(0.1, 5), st.lists(numbers(0, 3), min_size=8, max_size=8))
@FAST
def test_outputs_are_cournot_for_expected_networks(
    firms: int, size: float, networks: list[float]
) -> None:
    market = Market(size=size, network_benefit=0.4, firms=firms)
    expected = np.array(networks[:firms])
    found = outputs(market, expected)
    if (found > 0).all():
        v = 0.4 * expected
        closed = (size + firms * v - (v.sum() - v)) / (firms + 1)
        np.testing.assert_allclose(found, closed, atol=1e-12)
    for firm in range(firms):  # no firm gains by another output
        others = found.sum() - found[firm]
        tried = np.linspace(0, size + 2, 2001)
        profit = tried * (size + 0.4 * expected[firm] - others - tried)
        held = found[firm] * (size + 0.4 * expected[firm] - others - found[firm])
        assert profit.max() <= held + 1e-9


# ---------------------------------------------------------------------------
# All equilibria


@given(markets(), st.sampled_from(compatibility.REGIMES))
@FAST
def test_every_equilibrium_is_certified_and_comes_true(market: Market, regime: str) -> None:
    for outcome in equilibria(market, regime):
        assert outcome.status in ("ok", "corner")
        assert outcome.certificate <= 1e-9
        again = outputs(market, outcome.network)
        np.testing.assert_allclose(again, outcome.output, atol=1e-8 * market.size)


@pytest.mark.parametrize("networks", ["incompatible", [[0, 1], [2]], "compatible"])
def test_search_over_expectations_finds_nothing_else(networks) -> None:  # type: ignore[no-untyped-def]
    """Roots of (outputs of expectations - expectations) from many starts."""
    rng = np.random.default_rng(4)
    members = {"incompatible": [[0], [1], [2]], "compatible": [[0, 1, 2]]}
    groups = networks if isinstance(networks, list) else members[networks]
    belongs = np.zeros((3, 3))
    for group in groups:
        belongs[np.ix_(group, group)] = 1
    found_any = 0
    for _ in range(12):
        market = Market(
            network_benefit=float(rng.uniform(0.1, 2.4)),
            firms=3,
            installed_base=tuple((rng.uniform(0, 1, 3) * rng.integers(0, 2)).tolist()),
            saturation=float(rng.choice([np.inf, rng.uniform(0.3, 2)])),
        )
        listed = [o.output for o in equilibria(market, networks)]
        every = [
            np.array(x)
            for output in listed
            for x in itertools.permutations(output.tolist())
        ]

        def miss(y: np.ndarray, market: Market = market) -> np.ndarray:
            return belongs @ (market.base + outputs(market, np.maximum(y, 0))) - y

        for start in rng.uniform(0, 4, (40, 3)):
            answer = root(miss, belongs @ start, tol=1e-12)
            if answer.success and np.abs(miss(answer.x)).max() < 1e-10:
                found = outputs(market, np.maximum(answer.x, 0))
                found_any += 1
                assert min(np.abs(found - x).max() for x in every) < 1e-6
    assert found_any > 100


def test_multiplicities_count_the_ways_to_name_firms() -> None:
    market = Market(network_benefit=1.2, firms=4)
    ways = {int((o.output > 0).sum()): o.multiplicity for o in equilibria(market)}
    assert ways == {4: 1, 3: 4, 2: 6, 1: 4}
    saturated = Market(network_benefit=2.0, saturation=0.6)
    assert [o.multiplicity for o in equilibria(saturated)] == [1, 2, 2]


def test_a_continuum_is_told() -> None:
    with pytest.warns(DegenerateGameWarning, match="continuum"):
        found = equilibria(Market(network_benefit=1.0, firms=2))
    np.testing.assert_allclose(found[0].output, [0.5, 0.5])


def test_no_equilibrium_is_a_result() -> None:
    outcome = solve(Market(network_benefit=1.6), "compatible")
    assert outcome.status == "no_equilibrium_found"
    assert np.isnan(outcome.output).all()
    assert "exceeded" in str(outcome)


def test_certificate_notices_a_wrong_output_and_a_wrong_expectation() -> None:
    market = Market()
    right = solve(market)
    apart = ((0,), (1,))
    assert certify(market, apart, right.output, right.network) <= 1e-12
    moved = right.output + np.array([0.01, 0.0])
    assert certify(market, apart, moved, moved) > 1e-5
    assert certify(market, apart, right.output, right.network + 0.01) > 1e-3


# ---------------------------------------------------------------------------
# Economics


@given(markets(weak=True))
@FAST
def test_compatibility_raises_output_and_society_gains_more_than_firms(
    market: Market,
) -> None:
    gain = incentives(market)
    assert gain.after.total_output >= gain.before.total_output - 1e-9
    assert gain.social_gain >= gain.industry_gain - 1e-9
    parts = gain.industry_gain + gain.consumer_gain + gain.base_gain
    assert gain.social_gain == pytest.approx(parts, abs=1e-9)


@given(markets(weak=True), st.randoms(use_true_random=False))
@FAST
def test_names_of_firms_do_not_matter(market: Market, random) -> None:  # type: ignore[no-untyped-def]
    order = list(range(market.firms))
    random.shuffle(order)
    moved = replace(market, installed_base=tuple(market.base[order].tolist()))
    one, other = solve(market), solve(moved)
    np.testing.assert_allclose(other.output, one.output[order], atol=1e-9)


@given(markets(weak=True), numbers(0.2, 10))
@FAST
def test_units_do_not_matter(market: Market, unit: float) -> None:
    """Goods, users and money in other units: outputs scale, profits by the square."""
    scaled = replace(
        market,
        size=unit * market.size,
        installed_base=tuple((unit * market.base).tolist()),
        saturation=unit * market.saturation,
    )
    one, other = incentives(market), incentives(scaled)
    np.testing.assert_allclose(other.after.output, unit * one.after.output, rtol=1e-7)
    assert other.social_gain == pytest.approx(unit**2 * one.social_gain, rel=1e-6, abs=1e-9)


def test_welfare_is_the_integral_over_consumers() -> None:
    outcome = solve(Market(network_benefit=0.4, firms=3, installed_base=(0.5, 0.0, 0.1)))
    hedonic = 1.0 - outcome.total_output  # price less network value, the same for all
    types = np.linspace(hedonic, 1.0, 200_001)
    surplus = float(np.trapezoid(types - hedonic, types))
    assert outcome.consumer_surplus == pytest.approx(surplus, abs=1e-9)
    paid = outcome.price - outcome.market.network_value(outcome.network)
    np.testing.assert_allclose(paid, hedonic, atol=1e-12)


def test_partial_compatibility_and_given_equilibria() -> None:
    market = Market(network_benefit=0.3, firms=3)
    some = solve(market, [[0, 1], [2]])
    assert some.output[0] == some.output[1] > some.output[2]
    several = Market(network_benefit=2.0, saturation=0.6)
    losers = [incentives(several, before=o).losers for o in equilibria(several)]
    assert losers == [(), (0,), (0,)]


# ---------------------------------------------------------------------------
# What a user sees, and bad input


def test_every_outcome_prints_records_and_plots() -> None:
    market = Market(installed_base=(2.0, 0.0))
    for result in (solve(market), solve(market, "compatible"), incentives(market)):
        assert max(map(len, str(result).splitlines())) <= 79
        assert result.record()["status"] in ("ok", "corner")
        assert result.plot().get_title()
        assert len(result.plot_data())
    assert "Firm 1 would rather block it" in str(incentives(market))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": 0}, r"size is 0; it must be above 0"),
        ({"network_benefit": -0.1}, r"network_benefit is -0.1; it must be at least 0"),
        ({"firms": 0}, r"firms is 0; it must be a whole number of at least 1"),
        ({"installed_base": (1.0,)}, r"installed_base has 1 entries"),
        ({"installed_base": -1}, r"installed_base\[0\] is -1"),
        ({"saturation": 0}, r"saturation is 0; it must be above 0"),
        ({"saturation": float("nan")}, r"saturation is nan"),
    ],
)
def test_a_market_refuses_what_it_cannot_be(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Market(**change)  # type: ignore[arg-type]


def test_solvers_refuse_what_they_cannot_use() -> None:
    with pytest.raises(InputError, match="Did you mean 'compatible'"):
        solve(Market(), "compatibel")
    with pytest.raises(InputError, match="name each firm from 0 to 1 once"):
        solve(Market(), [[0], [0, 1]])
    with pytest.raises(InputError, match="it must be a Market"):
        equilibria(None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"networks\[1\] is -1"):
        outputs(Market(), [0, -1])
    with pytest.raises(InputError, match="before is an outcome of another market"):
        incentives(Market(), before=solve(Market(size=2)))


def test_compare_has_a_row_for_each_regime():
    table = compatibility.compare(Market(network_benefit=0.5, firms=3))
    assert table.index.tolist() == list(compatibility.REGIMES)
    assert table["output_1"].tolist() == pytest.approx([1 / 3.5, 1 / 2.5])
    partly = solve(Market(firms=3, network_benefit=0.3), [[0, 1], [2]])
    assert partly.regime == "((0, 1), (2,))"
    with pytest.raises(InputError, match="regimes is 'compatible'; write a list"):
        compatibility.compare(Market(), "compatible")
