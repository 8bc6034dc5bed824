"""The pieces of the sandwich, one by one and by brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unigauge.errors import IdentificationError, InputError
from unigauge.estimation.covariance import (
    SMALL_SAMPLE,
    Sizes,
    clustered_meat,
    default_bandwidth,
    driscoll_kraay_meat,
    parameters,
    robust_meat,
    sandwich,
    small_sample_factor,
)
from unigauge.estimation.within import (
    Slope,
    leverages,
    partial_out,
    rank_of_effects,
    residualise,
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def pairs(scores, weight):
    """Sum weight(r, s) s_r s_s' over all pairs of rows."""
    k = scores.shape[1]
    meat = np.zeros((k, k))
    for r in range(len(scores)):
        for s in range(len(scores)):
            meat += weight(r, s) * np.outer(scores[r], scores[s])
    return meat


def test_every_meat_is_a_sum_over_pairs_of_rows(rng):
    scores = rng.normal(size=(30, 2))
    first, second = rng.integers(0, 4, 30), rng.integers(2, 9, 30)
    np.testing.assert_allclose(robust_meat(scores), pairs(scores, lambda r, s: r == s))
    np.testing.assert_allclose(
        clustered_meat(scores, [first]), pairs(scores, lambda r, s: first[r] == first[s])
    )
    np.testing.assert_allclose(
        clustered_meat(scores, [first, second]),
        pairs(scores, lambda r, s: first[r] == first[s] or second[r] == second[s]),
    )


@pytest.mark.parametrize("bandwidth", [0, 1, 3, 50])
def test_driscoll_kraay_weighs_pairs_by_their_distance_in_time(rng, bandwidth):
    scores, period = rng.normal(size=(30, 2)), rng.integers(2, 9, 30)
    np.testing.assert_allclose(
        driscoll_kraay_meat(scores, period, bandwidth),
        pairs(
            scores, lambda r, s: max(0, 1 - abs(period[r] - period[s]) / (bandwidth + 1))
        ),
    )


def test_a_period_without_rows_keeps_its_place(rng):
    scores = rng.normal(size=(4, 1))
    near = driscoll_kraay_meat(scores, np.array([0, 1, 2, 3]), 1)
    apart = driscoll_kraay_meat(scores, np.array([0, 2, 4, 6]), 1)
    np.testing.assert_allclose(apart, robust_meat(scores))
    assert not np.allclose(near, apart)


def test_bandwidth_by_default():
    assert [default_bandwidth(t) for t in (10, 20, 22, 50, 100, 400)] == [2, 2, 2, 3, 4, 5]


def test_a_negative_covariance_is_mended():
    covariance, mended = sandwich(np.eye(2), np.array([[1.0, 2.0], [2.0, 1.0]]))
    assert mended
    np.testing.assert_allclose(covariance, [[1.5, 1.5], [1.5, 1.5]])
    assert not sandwich(np.eye(2), np.eye(2))[1]


@pytest.mark.parametrize(
    ("preset", "cov", "expected"),
    [
        ("stata", "iid", 500 / 454),
        ("stata", "robust", 500 / 454),
        ("stata", "clustered", 23 / 22 * 499 / 476),
        ("stata", "driscoll_kraay", 23 / 22 * 499 / 476),
        ("fixest", "robust", 500 / 454),
        ("fixest", "clustered", 23 / 22 * 499 / 476),
        ("fixest", "driscoll_kraay", 23 / 22 * 499 / 454),
        ("plm", "iid", 500 / 454),
        ("plm", "robust", 500 / 498),
        ("plm", "clustered", 23 / 22 * 499 / 498),
        ("plm", "driscoll_kraay", 23 / 22 * 499 / 498),
        ("asymptotic", "iid", 1),
        ("asymptotic", "robust", 500 / 499),
        ("asymptotic", "clustered", 23 / 22),
        ("none", "clustered", 1),
    ],
)
def test_the_table_of_conventions(preset, cov, expected):
    sizes = Sizes(rows=500, regressors=2, all_parameters=46, free_parameters=24, groups=23)
    factor, text = small_sample_factor(preset, cov, sizes)
    assert factor == pytest.approx(expected, rel=1e-14)
    spelled = text.replace(" x ", "*")
    assert eval(spelled) == pytest.approx(factor)


def test_iid_poisson():
    sizes = Sizes(rows=500, regressors=2, all_parameters=46)
    factors = {
        p: small_sample_factor(p, "iid", sizes, poisson=True)[0] for p in SMALL_SAMPLE
    }
    assert factors.pop("fixest") == pytest.approx(499 / 454)
    assert set(factors.values()) == {1.0}


def test_factors_that_cannot_be_are_refused():
    sizes = Sizes(rows=10, regressors=2, all_parameters=10, free_parameters=3, groups=1)
    with pytest.raises(
        IdentificationError, match="10 parameters cannot be told from 10 rows"
    ):
        small_sample_factor("stata", "iid", sizes)
    with pytest.raises(IdentificationError, match="at least two groups; the sample has 1"):
        small_sample_factor("stata", "clustered", sizes)
    with pytest.raises(InputError, match="small_sample is 'hc1'"):
        small_sample_factor("hc1", "iid", sizes)


def test_nested_effects_leave_a_constant():
    entity = np.repeat(np.arange(6), 5)
    time = np.tile(np.arange(5), 6)
    region = entity // 2
    effects = np.column_stack([entity, time])
    assert parameters(2, effects) == 2 + 10
    assert parameters(2, effects, nested_in=[entity]) == 2 + 5
    assert parameters(2, effects, nested_in=[region]) == 2 + 5
    assert parameters(2, effects, nested_in=[time]) == 2 + 6
    assert parameters(2, effects, nested_in=[entity, time]) == 2 + 1
    assert parameters(2, effects[:, :0], nested_in=[entity]) == 2
    trend = Slope(name="entity[time]", groups=entity, values=time.astype(float))
    assert parameters(2, effects, [trend]) == 2 + 10 + 5
    assert parameters(2, effects, [trend], nested_in=[entity]) == 2 + 5 + 5


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_rank_is_the_rank_of_dummies(data):
    rows = data.draw(st.integers(1, 25))
    levels = st.lists(st.integers(0, 6), min_size=rows, max_size=rows)
    effects = np.column_stack([data.draw(levels), data.draw(levels)])
    dummies = [(column[:, None] == np.unique(column)).astype(float) for column in effects.T]
    assert rank_of_effects(effects) == np.linalg.matrix_rank(np.hstack(dummies))
    assert rank_of_effects(effects[:, :1]) == dummies[0].shape[1]
    connected = sum(d.shape[1] for d in dummies) - 1
    assert rank_of_effects(effects, connected=True) == connected
    year = np.arange(rows, dtype=float)
    slope = Slope(name="g[t]", groups=effects[:, 0], values=year)
    whole = np.hstack([*dummies, dummies[0] * year[:, None]])
    assert rank_of_effects(effects, [slope]) == np.linalg.matrix_rank(whole)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), spread=st.floats(0, 4))
def test_weighted_residuals_are_those_of_dummies(seed, spread):
    rng = np.random.default_rng(seed)
    effects = np.column_stack([rng.integers(0, 5, 60), rng.integers(0, 4, 60)])
    weights = np.exp(spread * rng.normal(size=60))
    values = rng.normal(size=(60, 2)) * [1.0, 1e6]
    slope = Slope(name="g[z]", groups=effects[:, 1], values=rng.normal(size=60))
    dummies = np.hstack(
        [np.eye(5)[effects[:, 0]], np.eye(4)[effects[:, 1]], slope.columns()]
    )
    root = np.sqrt(weights)[:, None]
    fitted = np.linalg.lstsq(dummies * root, values * root, rcond=None)[0]
    got = partial_out(values, effects, [slope], weights)
    np.testing.assert_allclose(
        got / [1.0, 1e6], (values - dummies @ fitted) / [1.0, 1e6], atol=1e-8
    )


def test_residualising_on_collinear_columns(rng):
    columns = rng.normal(size=(20, 2))
    values = rng.normal(size=(20, 1))
    once, rank = residualise(values, columns)
    again, same = residualise(values, np.hstack([columns, columns @ [[1.0], [2.0]]]))
    assert rank == same == 2
    np.testing.assert_allclose(once, again, atol=1e-12)
    nothing, zero = residualise(values, np.zeros((20, 1)))
    assert zero == 0
    np.testing.assert_array_equal(nothing, values)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
@pytest.mark.parametrize("trends", [False, True])
def test_leverages_are_the_diagonal_of_the_projection(rng, number, trends):
    effects = rng.integers(0, [5, 9, 3], size=(60, 3))[:, :number]
    slopes = []
    if trends and number:
        slopes = [Slope(name="", groups=effects[:, 0], values=rng.normal(size=60))]
    dummies = [np.eye(9)[groups] for groups in effects.T]
    columns = np.hstack([np.zeros((60, 1)), *dummies, *(s.columns() for s in slopes)])
    expected = np.diagonal(columns @ np.linalg.pinv(columns))
    assert leverages(effects, slopes) == pytest.approx(expected, abs=1e-12)
