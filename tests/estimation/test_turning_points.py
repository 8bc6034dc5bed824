"""The test of an inverted U, against brute force and simulated truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from unigauge.errors import InputError
from unigauge.estimation import inverted_u, ols


def sample(
    curvature: float, *, noise: float = 1.0, seed: int = 0, slope: float = 4.0
) -> pd.DataFrame:
    """Slope 4 at 0, falling by 2 x curvature; x uniform on (0, 4)."""
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([range(30), range(8)], names=["id", "year"])
    x = rng.uniform(0, 4, size=240)
    effect = rng.normal(size=30).repeat(8)
    y = slope * x - curvature * x**2 + effect + noise * rng.normal(size=240)
    return pd.DataFrame({"x": x, "y": y, "count": rng.poisson(np.exp(y / 4))}, index=index)


def test_slopes_and_p_are_those_of_the_regression():
    rows = sample(1.0)
    test = inverted_u(rows, "y ~ x | entity", "x")
    fit = ols(rows, "y ~ x + I(x**2) | entity")
    (b, c), v = fit.params.to_numpy(), fit.covariance.to_numpy()
    for end, value in enumerate((rows["x"].min(), rows["x"].max())):
        gradient = np.array([1, 2 * value])
        error = np.sqrt(gradient @ v @ gradient)
        assert test.ends[end] == value
        assert test.slopes[end] == pytest.approx(b + 2 * c * value)
        assert test.std_errors[end] == pytest.approx(error)
        tail = stats.t.sf((1, -1)[end] * (b + 2 * c * value) / error, 29)
        assert test.p_values[end] == pytest.approx(tail)
    assert test.p_value == max(test.p_values)
    assert test.turning_point == pytest.approx(-b / (2 * c))


@pytest.mark.parametrize(
    ("curvature", "noise", "slope"),
    [(1.0, 1.0, 4.0), (0.02, 6.0, 0.1), (0.3, 5.0, 4.0), (0.0, 3.0, 0.0)],
)
def test_fieller_is_where_the_slope_may_be_zero(curvature, noise, slope):
    rows = sample(curvature, noise=noise, slope=slope)
    test = inverted_u(rows, "y ~ x | entity", "x")
    b, c = test.fit.params
    v, critical = test.fit.covariance.to_numpy(), stats.t.ppf(0.975, test.fit.df)
    grid = np.linspace(-60, 60, 240_001)
    variance = v[0, 0] + 4 * grid * v[0, 1] + 4 * grid**2 * v[1, 1]
    may_be_zero = np.abs(b + 2 * c * grid) <= critical * np.sqrt(variance)
    low, high = test.interval
    within = (grid >= low) & (grid <= high)
    np.testing.assert_array_equal(may_be_zero, ~within if test.disjoint else within)


def test_all_three_kinds_of_fieller_sets_occur():
    bounded = inverted_u(sample(1.0), "y ~ x | entity", "x")
    assert not bounded.disjoint
    assert np.isfinite(bounded.interval).all()
    assert "from" in str(bounded)
    outside = inverted_u(sample(0.0, noise=0.5), "y ~ x | entity", "x")
    assert outside.disjoint
    assert "everything but" in str(outside)
    everything = inverted_u(sample(0.0, noise=3.0, slope=0.0), "y ~ x | entity", "x")
    assert everything.interval == (-np.inf, np.inf)
    assert "every number" in str(everything)


def test_a_concave_rise_is_no_inverted_u():
    """The square is significant, the relation rises throughout."""
    rows = sample(0.4, noise=0.3)
    test = inverted_u(rows, "y ~ x | entity", "x")
    assert test.fit.pvalues[test.square] < 1e-6
    assert test.p_value > 0.5
    assert "outside the data" in " ".join(str(test).split())


def test_a_u_is_an_inverted_u_upside_down():
    rows = sample(1.0)
    one = inverted_u(rows, "y ~ x | entity", "x")
    other = inverted_u(rows.assign(y=-rows["y"]), "y ~ x | entity", "x", shape="u")
    assert other.p_value == pytest.approx(one.p_value)
    assert other.turning_point == pytest.approx(one.turning_point)
    assert other.interval == pytest.approx(one.interval)
    assert inverted_u(rows, "y ~ x | entity", "x", shape="u").p_value > 0.99


def test_spellings_poisson_and_ends():
    rows = sample(1.0)
    plain = inverted_u(rows, "y ~ x | entity", "x")
    for formula in ("y ~ x + I(x**2) | entity", "y ~ I(x*x) + x | entity"):
        again = inverted_u(rows, formula, "x")
        assert again.p_value == pytest.approx(plain.p_value)
    lagged = inverted_u(rows, "y ~ lag(x) | entity", "lag(x)")
    assert lagged.square == "I(lag(x, 1) ** 2)"
    counts = inverted_u(rows, "count ~ x | entity", "x", estimator="poisson")
    assert counts.fit.model == "Poisson"
    assert counts.turning_point == pytest.approx(2, abs=0.2)
    inside = inverted_u(rows, "y ~ x | entity", "x", ends=(0.0, 1.0))
    assert inside.p_value > 0.99
    data = plain.plot_data()
    assert data["slope"].iloc[[0, -1]].tolist() == pytest.approx(plain.slopes)
    assert len(plain.plot().lines) == 3
    assert plain.record()["p_value"] == plain.p_value


def test_what_cannot_be_used():
    rows = sample(1.0)
    with pytest.raises(InputError, match="'z', which is no regressor"):
        inverted_u(rows, "y ~ x | entity", "z")
    with pytest.raises(InputError, match="the lower end must come first"):
        inverted_u(rows, "y ~ x | entity", "x", ends=(2, 1))
    with pytest.raises(InputError, match="shape is 'hump'"):
        inverted_u(rows, "y ~ x | entity", "x", shape="hump")
    with pytest.raises(InputError, match="cov is 'wild'"):
        inverted_u(rows, "y ~ x | entity", "x", cov="wild")


@pytest.mark.slow
def test_size_at_the_edge_of_the_null():
    """A slope of exactly zero at the upper end: the 5 % test rejects about 5 %."""
    rejected = sum(
        inverted_u(
            sample(0.5, noise=2.0, seed=seed), "y ~ x | entity", "x", ends=(0.0, 4.0)
        ).p_value
        < 0.05
        for seed in range(600)
    )
    # slope 4 - 2 * 0.5 * 4 = 0 at x = 4; four binomial standard errors, 30 clusters
    assert 0.05 - 4 * 0.0089 < rejected / 600 < 0.05 + 4 * 0.0089
