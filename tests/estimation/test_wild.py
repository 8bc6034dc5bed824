"""The wild cluster bootstrap, against running every regression again."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from unigauge.errors import IdentificationError, InputError
from unigauge.estimation import ols, poisson, wild_cluster_bootstrap


def simulated(seed: int, entities: int = 6, times: int = 7, effect: float = 0.0):
    rng = np.random.default_rng(seed)
    keys = pd.MultiIndex.from_product([range(entities), range(times)], names=["i", "t"])
    frame = pd.DataFrame(rng.normal(size=(len(keys), 3)), keys, columns=["y", "x", "z"])
    frame["x"] += np.repeat(rng.normal(size=entities), times)
    frame["y"] += (
        effect * frame["x"] + np.repeat(rng.normal(size=entities), times) * frame["z"]
    )
    return frame[rng.random(len(keys)) > 0.15]


def by_hand(frame, term, null, sign_vectors):
    """Impose the null, flip residuals by entity, regress again; all with dummies."""
    entity = frame.index.get_level_values("i").to_numpy()
    labels = np.unique(entity)
    nuisance = np.hstack(
        [pd.get_dummies(frame.index.get_level_values(n), dtype=float) for n in ("i", "t")]
    )
    x = frame[[term]].to_numpy()
    others = np.hstack([frame[[c for c in ("x", "z") if c != term]], nuisance])
    whole = np.hstack([x, others])
    pseudo = np.linalg.pinv(whole)

    def t_statistic(y):
        b = pseudo @ y
        scores = pseudo[0] * (y - whole @ b)
        sums = [scores[entity == label].sum() for label in labels]
        return (b[0] - null) / np.linalg.norm(sums)

    y = frame["y"].to_numpy()
    restricted = y - null * x[:, 0]
    fitted = others @ np.linalg.lstsq(others, restricted, rcond=None)[0]
    residuals = restricted - fitted
    draws = [
        t_statistic(
            null * x[:, 0] + fitted + residuals * signs[np.searchsorted(labels, entity)]
        )
        for signs in sign_vectors
    ]
    return t_statistic(y), np.array(draws)


@pytest.mark.parametrize("term", ["x", "z"])
@pytest.mark.parametrize("null", [0.0, 0.4])
def test_all_sign_vectors_against_brute_force(term, null):
    frame = simulated(seed=1)
    fit = ols(frame, "y ~ x + z | entity + time")
    test = wild_cluster_bootstrap(fit, term, null=null)
    every = [np.array(signs) for signs in itertools.product([1.0, -1.0], repeat=6)]
    statistic, draws = by_hand(frame, term, null, every)
    assert test.statistic == pytest.approx(statistic)
    assert test.p_value == np.mean(np.abs(draws) >= abs(statistic) * (1 - 1e-9))
    np.testing.assert_allclose(
        np.sort(np.abs(np.repeat(test.replications, 2))), np.sort(np.abs(draws)), atol=1e-10
    )
    assert "all sign vectors" in test.words


def test_drawn_signs_against_brute_force():
    frame = simulated(seed=2)
    fit = ols(frame, "y ~ x + z | entity + time")
    test = wild_cluster_bootstrap(fit, "x", draws=50, seed=3)
    signs = np.where(np.random.default_rng(3).integers(0, 2, size=(50, 6)), 1.0, -1.0)
    statistic, draws = by_hand(frame, "x", 0.0, signs)
    np.testing.assert_allclose(test.replications, draws, atol=1e-10)
    larger = np.abs(draws) >= abs(statistic) * (1 - 1e-9)
    assert test.p_value == (1 + larger.sum()) / 51
    assert "50 draws, seed 3" in test.words


def test_the_interval_inverts_the_test():
    fit = ols(simulated(seed=4, entities=14, effect=0.5), "y ~ x + z | entity")
    test = wild_cluster_bootstrap(fit, "x", draws=1999, seed=5)
    assert test.conf_low < test.estimate < test.conf_high
    width = test.conf_high - test.conf_low
    for inside in (test.conf_low + 0.01 * width, test.conf_high - 0.01 * width):
        again = wild_cluster_bootstrap(fit, "x", draws=1999, seed=5, null=inside)
        assert again.p_value > 0.05
    for outside in (test.conf_low - 0.01 * width, test.conf_high + 0.01 * width):
        again = wild_cluster_bootstrap(fit, "x", draws=1999, seed=5, null=outside)
        assert again.p_value <= 0.05


def test_without_an_interval_the_test_is_the_same():
    fit = ols(simulated(seed=4, entities=14), "y ~ x + z | entity")
    whole = wild_cluster_bootstrap(fit, "x", draws=499, seed=2)
    bare = wild_cluster_bootstrap(fit, "x", draws=499, seed=2, interval=False)
    assert bare.p_value == whole.p_value
    np.testing.assert_array_equal(bare.replications, whole.replications)
    assert np.isnan([bare.conf_low, bare.conf_high]).all()
    assert np.isfinite([whole.conf_low, whole.conf_high]).all()


def test_three_clusters_can_reject_nothing():
    fit = ols(simulated(seed=6, entities=3, effect=5.0), "y ~ x | entity", cov="wild")
    row = fit.to_frame().iloc[0]
    assert row["p_value"] >= 0.25
    assert (row["conf_low"], row["conf_high"]) == (-np.inf, np.inf)
    assert fit.plot().get_xlabel()


def test_wild_as_a_covariance():
    frame = simulated(seed=7, entities=9)
    fit = ols(frame, "y ~ x + z | entity", cov="wild", draws=200, seed=8)
    clustered = fit.with_covariance()
    np.testing.assert_array_equal(fit.std_errors, clustered.std_errors)
    for term in fit.terms:
        test = wild_cluster_bootstrap(clustered, term, draws=200, seed=8)
        row = fit.to_frame().set_index("term").loc[term]
        assert row["p_value"] == test.p_value
        assert (row["conf_low"], row["conf_high"]) == (test.conf_low, test.conf_high)
    assert "wild cluster bootstrap, Rademacher, 200 draws, seed 8" in fit.convention


def test_other_clusters():
    frame = simulated(seed=9, entities=8)
    frame["region"] = [f"r{i // 2}" for i in frame.index.get_level_values("i")]
    fit = ols(frame, "y ~ x | entity + time")
    by_region = wild_cluster_bootstrap(fit, "x", cluster="region")
    assert by_region.groups == 4
    error = fit.with_covariance(cluster="region", small_sample="none").std_errors["x"]
    assert by_region.statistic == pytest.approx(fit.params["x"] / error)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"term": "w"}, "term is 'w'"),
        ({"term": "x", "draws": 0}, "draws is 0"),
        ({"term": "x", "null": np.nan}, "null is nan"),
        ({"term": "x", "cluster": "regio"}, "cluster uses 'regio'"),
        ({"term": "x", "cluster": "both"}, "clusters one way"),
        ({"term": "x", "cluster": ["entity", "time"]}, "clusters one way"),
        ({"term": "x", "seed": None}, "seed is None"),
    ],
)
def test_refusals(arguments, message):
    fit = ols(simulated(seed=10), "y ~ x + z | entity")
    with pytest.raises(InputError, match=message):
        wild_cluster_bootstrap(fit, **arguments)


def test_a_term_may_be_spelled_as_in_formulas():
    fit = ols(simulated(seed=1), "y ~ lag(x) + I(z*2) | entity")
    for spelled, name in (("lag(x)", "lag(x, 1)"), ("I(z * 2)", "I(z * 2)")):
        assert wild_cluster_bootstrap(fit, spelled, draws=9).term == name
    with pytest.raises(InputError, match=r"term is 'lag\(x, 2\)'"):
        wild_cluster_bootstrap(fit, "lag(x, 1:2)")
    two = ols(simulated(seed=1), "y ~ lag(x, 0:1) | entity")
    with pytest.raises(InputError, match=r"which is lag\(x, 0\), lag\(x, 1\); name one"):
        wild_cluster_bootstrap(two, "lag(x, 0:1)")
    with pytest.raises(InputError, match="the term is 3"):
        wild_cluster_bootstrap(fit, 3)
    with pytest.raises(InputError, match="must be what ols returns"):
        wild_cluster_bootstrap("x", "x")


def test_poisson_and_one_cluster_are_refused():
    frame = simulated(seed=11)
    counts = poisson(frame.assign(y=np.arange(len(frame)) % 5), "y ~ x | entity")
    with pytest.raises(InputError, match="for Poisson use clustered"):
        wild_cluster_bootstrap(counts, "x")
    alone = ols(frame.loc[[0]], "y ~ x", cov="robust")
    with pytest.raises(IdentificationError, match="at least two clusters"):
        wild_cluster_bootstrap(alone, "x")


def test_size_with_few_clusters_of_unequal_weight():
    rng = np.random.default_rng(12)
    keys = pd.MultiIndex.from_product([range(8), range(10)], names=["i", "t"])
    scale = np.repeat([4.0, 2, 1, 1, 1, 1, 1, 1], 10)
    draws, rejections = 300, 0
    for _ in range(draws):
        common = np.repeat(rng.normal(size=(2, 8)), 10, axis=1) * scale
        x, y = common + 0.5 * rng.normal(size=(2, 80)) * scale
        fit = ols(pd.DataFrame({"x": x, "y": y}, keys), "y ~ x")
        rejections += wild_cluster_bootstrap(fit, "x").p_value <= 0.05
    # The normal test would reject in a third of the draws here.
    assert rejections / draws <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / draws)
