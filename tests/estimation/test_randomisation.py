"""Series reassigned among units: brute force, exactness, what may move and what not."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge import datasets
from unigauge.errors import DataError, IdentificationError, InputError
from unigauge.estimation import Panel, ols, permutation_test

DYNAMIC = "y ~ lag(y, 1) + lag(x, 1) | unit + year"


def panel(seed: int, units: int = 4, years: int = 9, effect: float = 0.0) -> pd.DataFrame:
    """Persistent series with common shocks; y follows the past of x if asked."""
    rng = np.random.default_rng(seed)
    x, y = np.zeros((years, units)), np.zeros((years, units))
    for t in range(1, years):
        common = rng.normal(size=2)
        x[t] = 0.7 * x[t - 1] + common[0] + rng.normal(size=units)
        y[t] = 0.7 * y[t - 1] + effect * x[t - 1] + common[1] + rng.normal(size=units)
    index = pd.MultiIndex.from_product([range(units), range(years)], names=["unit", "year"])
    z = rng.normal(size=units * years)
    return pd.DataFrame({"x": x.T.ravel(), "y": y.T.ravel(), "z": z}, index=index)


def reassigned(data: pd.DataFrame, order: tuple[int, ...], name: str = "x") -> pd.DataFrame:
    """Give unit i the series of unit order[i]."""
    series = data[name].to_numpy().reshape(len(order), -1)
    return data.assign(**{name: series[list(order)].ravel()})


def by_hand(data: pd.DataFrame, formula: str, term: str) -> tuple[float, float]:
    fit = ols(data, formula, small_sample="none")
    return fit.params[term], fit.statistics[term]


@pytest.mark.parametrize(
    ("formula", "term"),
    [
        (DYNAMIC, "lag(x, 1)"),
        ("y ~ lag(y, 1:2) + lag(x, 1:2) | unit + year", "lag(x, 2)"),
        ("diff(y) ~ z + lag(diff(x), 1) + exp(x) | unit[year] + year", "exp(x)"),
        ("y ~ x", "x"),
    ],
)
def test_all_orders_are_those_of_regressions_one_by_one(formula: str, term: str) -> None:
    data = panel(3)
    test = permutation_test(data, formula, term, draws=24)
    expected = np.array(
        [
            by_hand(reassigned(data, order), formula, term)
            for order in itertools.permutations(range(4))
        ]
    )
    assert test.exact
    assert test.draws == 24
    np.testing.assert_allclose(test.estimates, expected[:, 0], rtol=1e-9)
    np.testing.assert_allclose(test.replications, expected[:, 1], rtol=1e-9)
    assert test.estimate == pytest.approx(expected[0, 0], rel=1e-9)
    assert test.statistic == pytest.approx(expected[0, 1], rel=1e-9)
    beaten = np.abs(expected) >= np.abs(expected[0]) * (1 - 1e-9)
    assert [test.p_value_estimate, test.p_value] == list(beaten.mean(axis=0))


def test_an_unbalanced_outcome_keeps_its_gaps() -> None:
    data = panel(4)
    data.loc[(2, 5), "y"] = np.nan
    data.loc[(0, 8), "y"] = np.nan
    with pytest.warns(UserWarning, match="missing values"):
        test = permutation_test(data, "y ~ x | unit + year", "x", draws=24)
    orders = list(itertools.permutations(range(4)))
    with pytest.warns(UserWarning, match="missing values"):
        expected = by_hand(reassigned(data, orders[17]), "y ~ x | unit + year", "x")
    assert test.estimates[17] == pytest.approx(expected[0], rel=1e-9)
    assert test.replications[17] == pytest.approx(expected[1], rel=1e-9)


def test_random_orders_agree_with_all_of_them() -> None:
    data = panel(5, units=6)
    exact = permutation_test(data, DYNAMIC, "lag(x, 1)", draws=720)
    drawn = permutation_test(data, DYNAMIC, "lag(x, 1)", draws=719, seed=1)
    assert exact.exact
    assert not drawn.exact
    assert set(np.round(drawn.replications, 9)) <= set(np.round(exact.replications, 9))
    for p, q in (
        (drawn.p_value, exact.p_value),
        (drawn.p_value_estimate, exact.p_value_estimate),
    ):
        assert abs(p - q) < 3 * np.sqrt(q * (1 - q) / 719) + 1 / 720
    again = permutation_test(data, DYNAMIC, "lag(x, 1)", draws=719, seed=1)
    np.testing.assert_array_equal(again.replications, drawn.replications)
    other = permutation_test(data, DYNAMIC, "lag(x, 1)", draws=719, seed=2)
    assert (other.replications != drawn.replications).any()
    assert (
        drawn.p_value == (1 + (abs(drawn.replications) >= abs(drawn.statistic)).sum()) / 720
    )


def test_many_draws_are_those_of_one_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    data = panel(6, units=8)
    whole = permutation_test(data, DYNAMIC, "lag(x, 1)", draws=50)
    monkeypatch.setattr("unigauge.estimation.randomisation._CELLS_AT_ONCE", 500)
    pieces = permutation_test(data, DYNAMIC, "lag(x, 1)", draws=50)
    np.testing.assert_allclose(pieces.replications, whole.replications, rtol=1e-9)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 10_000),
    st.permutations(range(4)),
    st.floats(0.01, 100),
    st.floats(-50, 50),
)
def test_labels_and_units_of_measurement_do_not_matter(
    seed: int, order: list[int], factor: float, shift: float
) -> None:
    data = panel(seed)
    relabelled = data.rename(index=dict(enumerate(order)), level=0).sort_index()
    relabelled["x"] = shift + factor * relabelled["x"]
    one = permutation_test(data, DYNAMIC, "lag(x, 1)", draws=24)
    other = permutation_test(relabelled, DYNAMIC, "lag(x, 1)", draws=24)
    assert (other.p_value, other.p_value_estimate) == (one.p_value, one.p_value_estimate)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-7)
    assert other.estimate == pytest.approx(one.estimate / factor, rel=1e-7)


def test_agrees_with_the_stored_study() -> None:
    """technology_fields, 1,999 draws of an independent program."""
    counts = datasets.load("technology_fields")
    data = np.log1p(
        counts[["patent_families", "iso_standards"]].set_axis(["p", "s"], axis=1)
    )
    stored = {("p", "s"): (0.0795, 0.087), ("s", "p"): (0.4815, 0.5175)}
    for (y, x), (p_t, p_b) in stored.items():
        formula = f"{y} ~ lag({y}, 1) + lag({x}, 1) | field + year"
        test = permutation_test(data, formula, f"lag({x}, 1)", seed=5)
        for ours, theirs in ((test.p_value, p_t), (test.p_value_estimate, p_b)):
            assert abs(ours - theirs) < 3 * np.sqrt(2 * theirs * (1 - theirs) / 1999)


def test_size_and_power() -> None:
    """Of 400 true nulls with persistence and common shocks 5 % fall; effects show."""
    rejected = {}
    for effect in (0.0, 0.5):
        p = [
            permutation_test(
                panel(seed, 8, 15, effect), DYNAMIC, "lag(x, 1)", draws=99, seed=seed
            ).p_value
            for seed in range(400 if effect == 0 else 50)
        ]
        rejected[effect] = np.mean(np.array(p) <= 0.05)
    assert abs(rejected[0.0] - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 400)
    assert rejected[0.5] > 0.9


def test_result_says_what_was_done() -> None:
    data = panel(7, units=8)
    test = permutation_test(Panel.from_frame(data), DYNAMIC, "lag(x, 1)", draws=60, seed=3)
    text = str(test)
    assert "Permutation test of lag(x, 1) = 0" in text
    assert "series of x of 8 units in 60 random orders, seed 3" in text
    assert max(map(len, text.splitlines())) <= 79
    assert test.to_frame()["p_value"].item() == test.p_value
    axes = test.plot()
    assert sum(bar.get_height() for bar in axes.patches) == 60
    assert axes.lines[0].get_xdata()[0] == test.statistic
    assert list(test.plot_data()) == ["t", "estimate"]
    with pytest.raises(ValueError, match="read-only"):
        test.replications[0] = 0
    assert "in all orders" in " ".join(
        str(permutation_test(panel(1), DYNAMIC, "lag(x, 1)")).split()
    )


@pytest.mark.parametrize(
    ("formula", "term", "message"),
    [
        (DYNAMIC, "lag(xx,1)", "Did you mean 'lag\\(x, 1\\)'"),
        (DYNAMIC, "lag(x, 1:2)", "term is 'lag\\(x, 2\\)'"),
        (DYNAMIC, "lag(y, 1)", "the response 'y' uses 'y'"),
        ("y ~ x + I(x * z) | unit", "x", "the term 'I\\(x \\* z\\)' uses 'x'"),
        ("y ~ x | unit[x] + year", "x", "the effects after the bar use 'x'"),
        ("y ~ x", "constant", "'constant' is the same in all units"),
    ],
)
def test_what_cannot_move(formula: str, term: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        permutation_test(panel(1), formula, term)


def test_a_term_may_be_spelled_as_in_formulas() -> None:
    one, two = (permutation_test(panel(1), DYNAMIC, t) for t in ("lag(x, 1)", "lag( x )"))
    assert two.term == "lag(x, 1)"
    assert two.p_value == one.p_value


def test_bad_numbers() -> None:
    with pytest.raises(InputError, match="seed is None"):
        permutation_test(panel(1), DYNAMIC, "lag(x, 1)", seed=None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="draws is 0"):
        permutation_test(panel(1), DYNAMIC, "lag(x, 1)", draws=0)
    with pytest.raises(InputError, match="seed is -1"):
        permutation_test(panel(1), DYNAMIC, "lag(x, 1)", seed=-1)


def test_series_must_be_known_in_all_units() -> None:
    data = panel(1).drop(index=(3, 4))
    with pytest.raises(DataError, match=r"all 8 periods of the regression in 1 unit: 3"):
        permutation_test(data, "y ~ lag(x, 1) | unit", "lag(x, 1)")


def test_one_unit_has_nothing_to_exchange() -> None:
    with pytest.raises(IdentificationError, match="uses one unit"):
        permutation_test(panel(1, units=1), "y ~ x", "x")


def test_a_neighbours_series_is_collinear_in_some_orders() -> None:
    data = panel(1)
    data["neighbour"] = reassigned(data, (1, 0, 3, 2))["x"]
    with pytest.raises(
        IdentificationError, match="in 1 reassignment the series that moved"
    ):
        permutation_test(data, "y ~ x + neighbour | unit + year", "x")
