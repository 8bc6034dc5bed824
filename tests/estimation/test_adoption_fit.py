"""The adoption game: its equilibria, its likelihood, and what the data tell of it."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from scipy.special import expit

from unigauge.errors import DroppedRowsWarning, IdentificationError, InputError
from unigauge.estimation import adoption_game_fit, equilibrium_adoption
from unigauge.estimation.structural.adoption_data import choices_of
from unigauge.estimation.structural.adoption_likelihood import (
    AdoptionLikelihood,
    best_selection,
)

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "structural.json").read_text(
        encoding="utf-8"
    )
)["adopt_eq"]
THETA = np.array([-3.4, 0.6, 0.8, 6.0])
NAMES = {"technology": "m", "characteristic": "x", "shifter": "z"}


def played(
    seed: int, psel: float, technologies: int = 200, countries: int = 20, rounds: int = 1
) -> pd.DataFrame:
    """Choices in the equilibria that nature picks, the same in all rounds."""
    rng = np.random.default_rng(seed)
    x, share = rng.normal(size=technologies), rng.uniform(0.2, 0.8, technologies)
    z = (rng.random((technologies, countries)) < share[:, None]).astype(float)
    equilibria = equilibrium_adoption(THETA[0] + THETA[1] * x, z.mean(axis=1), *THETA[2:])
    highest = rng.random(technologies) < psel
    p = [e[-1] if up else e[0] for e, up in zip(equilibria, highest, strict=True)]
    z = np.tile(z, (1, rounds))
    value = (
        THETA[0] + THETA[1] * x[:, None] + THETA[2] * z + THETA[3] * np.array(p)[:, None]
    )
    rows = countries * rounds
    return pd.DataFrame(
        {
            "m": np.repeat(np.arange(technologies), rows),
            "x": np.repeat(x, rows),
            "z": z.ravel(),
            "a": (value + rng.logistic(size=value.shape) > 0).ravel().astype(int),
        }
    )


# ---------------------------------------------------------------------------
# Equilibria


def test_reference_case():
    inputs, wanted = REFERENCE["inputs"], REFERENCE["outputs"]
    found = equilibrium_adoption(inputs["a"], inputs["share"], inputs["bz"], inputs["dl"])
    np.testing.assert_allclose([e[0] for e in found], wanted["low"], atol=1e-8)
    np.testing.assert_allclose([e[-1] for e in found], wanted["high"], atol=1e-8)
    np.testing.assert_allclose(found[0], wanted["all0"], atol=1e-8)


@settings(max_examples=100, deadline=None)
@given(st.floats(-8, 4), st.floats(0, 1), st.floats(-2, 2), st.floats(-3, 10))
def test_equilibria_are_fixed_points_and_alternate(a, sigma, bz, d):
    (found,) = equilibrium_adoption([a], [sigma], bz, d)
    level = a + d * found
    expected = (1 - sigma) * expit(level) + sigma * expit(level + bz)
    np.testing.assert_allclose(expected, found, atol=1e-10)
    assert len(found) % 2 == 1
    if d <= 4:
        assert len(found) == 1


def test_extreme_indices():
    low, high = equilibrium_adoption([-900, 900], [0.5, 0.5], 1, 1)
    assert low == pytest.approx([0], abs=1e-12)
    assert high == pytest.approx([1], abs=1e-12)


# ---------------------------------------------------------------------------
# The likelihood


def test_likelihood_row_by_row():
    frame = played(1, 0.5, technologies=12)
    likelihood = AdoptionLikelihood(choices=choices_of(frame, "a", "m", "x", "z"))
    total = 0.0
    for _, rows in frame.groupby("m"):
        x = rows["x"].iloc[0]
        (found,) = equilibrium_adoption(
            [THETA[0] + THETA[1] * x], [rows["z"].mean()], *THETA[2:]
        )
        value = THETA[0] + THETA[1] * x + THETA[2] * rows["z"].to_numpy()
        chances = [expit(value + THETA[3] * p) for p in (found[0], found[-1])]
        low, high = (np.prod(np.where(rows["a"] == 1, c, 1 - c)) for c in chances)
        total += np.log(0.3 * high + 0.7 * low)
    assert likelihood.total(THETA, 0.3) == pytest.approx(total, rel=1e-10)


def test_best_selection_is_best():
    for psel, seed in ((0.5, 1), (0.0, 2), (1.0, 3)):
        frame = played(seed, psel)
        likelihood = AdoptionLikelihood(choices=choices_of(frame, "a", "m", "x", "z"))
        best = best_selection(likelihood.branches(THETA))
        grid = np.linspace(0, 1, 201)
        heights = [likelihood.total(THETA, share) for share in grid]
        assert likelihood.total(THETA) >= max(heights) - 1e-9
        assert abs(best - grid[np.argmax(heights)]) <= 0.005


def test_scores_are_those_of_the_likelihood():
    frame = played(4, 0.5, technologies=60)
    likelihood = AdoptionLikelihood(choices=choices_of(frame, "a", "m", "x", "z"))
    scores = likelihood.scores(THETA, 0.4)
    assert scores.shape == (60, 5)
    for k in range(5):
        step = 1e-6 * np.eye(5)[k]
        up = likelihood.total(THETA + step[:4], 0.4 + step[4])
        down = likelihood.total(THETA - step[:4], 0.4 - step[4])
        assert scores[:, k].sum() == pytest.approx((up - down) / 2e-6, rel=1e-3, abs=1e-3)


# ---------------------------------------------------------------------------
# Two steps


def test_second_step_is_statsmodels_logit():
    import statsmodels.api as sm

    frame = played(5, 0.5)
    fit = adoption_game_fit(frame, "a", method="ccp_market", **NAMES)
    totals = frame.groupby("m")["a"].transform("sum")
    columns = frame.assign(others=(totals - frame["a"]) / 19)[["x", "z", "others"]]
    other = sm.Logit(frame["a"], sm.add_constant(columns)).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": frame["m"]}
    )
    np.testing.assert_allclose(fit.params, other.params, rtol=1e-6)
    # statsmodels also multiplies by (n - 1) / (n - k)
    np.testing.assert_allclose(
        fit.std_errors, other.bse * np.sqrt((4000 - 4) / (4000 - 1)), rtol=1e-6
    )
    assert fit.log_likelihood == pytest.approx(other.llf)


def test_two_steps_where_they_fail_and_where_they_do_not():
    """Smooth first steps average equilibria; shares of few countries are noisy."""

    def mean(method: str, psel: float, rounds: int = 1, draws: int = 25) -> np.ndarray:
        fits = [
            adoption_game_fit(played(s, psel, rounds=rounds), "a", method=method, **NAMES)
            for s in range(draws)
        ]
        return np.mean([fit.params for fit in fits], axis=0)

    assert mean("ccp_pooled", 0.5)[3] < 4.5
    assert mean("ccp_pooled", 1.0)[3] > 6.6
    assert mean("ccp_market", 1.0)[3] < 5.9
    many = mean("ccp_market", 0.5, rounds=10)
    bound = 3 * np.array([0.037, 0.024, 0.041, 0.038]) / 5
    assert (np.abs(many - THETA) < bound).all()


# ---------------------------------------------------------------------------
# Maximum likelihood


def test_one_equilibrium_has_no_selection():
    rng = np.random.default_rng(6)
    x, z = rng.normal(size=120), rng.integers(0, 2, size=(120, 20))
    theta = np.array([-1.0, 1.0, 0.8, 2.0])
    p = [
        e[0]
        for e in equilibrium_adoption(theta[0] + theta[1] * x, z.mean(axis=1), *theta[2:])
    ]
    value = (
        theta[0] + theta[1] * x[:, None] + theta[2] * z + theta[3] * np.array(p)[:, None]
    )
    chosen = value + rng.logistic(size=z.shape) > 0
    frame = pd.DataFrame(
        {"m": np.repeat(np.arange(120), 20), "x": np.repeat(x, 20), "z": z.ravel()}
    ).assign(a=chosen.ravel())
    fit = adoption_game_fit(frame, "a", starts=1, **NAMES)
    assert fit.several == 0
    assert np.isnan(fit.params["psel"])
    assert "psel is not identified" in " ".join(str(fit).split())
    assert (np.abs(fit.params[:4] - theta) < 3 * fit.std_errors[:4]).all()


@pytest.mark.slow
def test_recovery_and_coverage():
    draws, inside, estimates = 8, np.zeros(5), []
    truth = np.array([*THETA, 0.5])
    for seed in range(draws):
        fit = adoption_game_fit(played(seed, 0.5), "a", starts=3, seed=seed, **NAMES)
        estimates.append(fit.params.to_numpy())
        inside += (fit.tests.conf_low < truth) & (fit.tests.conf_high > truth)
    # 8 draws at 5 % reject more than 2 times with probability 0.006
    assert (inside >= draws - 2).all()
    bound = 3 * np.array([0.083, 0.041, 0.080, 0.098, 0.061]) / np.sqrt(draws)
    assert (np.abs(np.mean(estimates, axis=0) - truth) < bound).all()


@pytest.mark.slow
def test_corner():
    """Always the highest equilibrium: no standard error, an interval from the profile."""
    frame = played(0, 1.0)
    fit = adoption_game_fit(frame, "a", starts=1, **NAMES)
    assert fit.params["psel"] == 1
    assert np.isnan(fit.std_errors["psel"])
    row = fit.to_frame().iloc[-1]
    assert 0.8 < row["conf_low"] < row["conf_high"] == 1
    assert (np.abs(fit.params[:4] - THETA) < 3 * fit.std_errors[:4]).all()
    assert "end of its range" in " ".join(str(fit).split())
    likelihood = AdoptionLikelihood(choices=choices_of(frame, "a", "m", "x", "z"))
    _, top = likelihood.maximise(fit.params[:4].to_numpy(), row["conf_low"])
    assert 2 * (fit.log_likelihood - top) == pytest.approx(3.84, abs=0.8)


# ---------------------------------------------------------------------------
# What is shown, and what is refused


def test_shown():
    frame = played(7, 0.5, technologies=40)
    fit = adoption_game_fit(frame, "a", starts=2, **NAMES)
    text = str(fit)
    assert max(map(len, text.splitlines())) <= 79
    for word in ("Log likelihood", "psel", "Several equilibria need dl above 4", "Search"):
        assert word in " ".join(text.split())
    assert list(fit.params.index) == ["b0", "b1", "bz", "dl", "psel"]
    assert 1 <= fit.agreeing <= fit.starts == 2
    assert isinstance(fit.plot(), Axes)
    assert fit.record()["log_likelihood"] == fit.log_likelihood
    assert str(pickle.loads(pickle.dumps(fit))) == text
    again = adoption_game_fit(frame, "a", starts=2, **NAMES)
    assert again.to_frame().equals(fit.to_frame())
    indexed = adoption_game_fit(frame.set_index("m"), "a", method="ccp_pooled", **NAMES)
    assert indexed.params.equals(
        adoption_game_fit(frame, "a", method="ccp_pooled", **NAMES).params
    )


def test_a_search_that_stands_alone_is_said():
    fit = adoption_game_fit(played(7, 0.5, technologies=40), "a", starts=2, **NAMES)
    assert ("Only one of 2 searches" in str(fit)) == (fit.agreeing == 1)
    alone = replace(fit, agreeing=1)
    assert "Only one of 2 searches ends here" in " ".join(str(alone).split())
    assert "Only one" not in str(replace(fit, agreeing=2))


@pytest.mark.slow
def test_more_searches_find_what_few_miss():
    frame = played(6, 0.5)
    few, many = (adoption_game_fit(frame, "a", starts=n, **NAMES) for n in (1, 8))
    assert many.log_likelihood >= few.log_likelihood
    assert many.agreeing >= 2


def test_missing_rows_are_counted():
    frame = played(8, 0.5)
    frame.loc[[3, 50], "z"] = np.nan
    with pytest.warns(DroppedRowsWarning, match=r"2 rows of 4000 .* \(z: 2\)"):
        fit = adoption_game_fit(frame, "a", method="ccp_market", **NAMES)
    assert fit.nobs == 3998


def test_bad_input():
    frame = played(9, 0.5, technologies=30)

    def fit(data, **changes):
        return adoption_game_fit(data, "a", method="ccp_market", **{**NAMES, **changes})

    with pytest.raises(InputError, match="must be a DataFrame"):
        fit([1, 2])
    with pytest.raises(InputError, match="shifter"):
        fit(frame, shifter="w")
    with pytest.raises(InputError, match="'a' holds 2; it must be 0 or 1"):
        fit(frame.assign(a=2 * frame["a"]))
    with pytest.raises(InputError, match="'x' differs between the rows of 0"):
        fit(frame.assign(x=frame["x"] + np.arange(600)))
    with pytest.raises(InputError, match="'x' is not numeric"):
        fit(frame.assign(x="low"))
    with pytest.raises(InputError, match="infinite"):
        fit(frame.assign(x=np.inf))
    with pytest.raises(IdentificationError, match="'z' is 1 everywhere"):
        fit(frame.assign(z=1))
    with pytest.raises(IdentificationError, match="single row"):
        fit(frame[frame["m"].gt(0) | (frame.index == 0)])
    with pytest.raises(IdentificationError, match="foretells every choice"):
        fit(frame.assign(a=frame["z"]))
    with pytest.raises(InputError, match="method"):
        adoption_game_fit(frame, "a", method="gmm", **NAMES)
    with pytest.raises(InputError, match="starts"):
        adoption_game_fit(frame, "a", starts=0, **NAMES)
    with pytest.raises(InputError, match="shares must lie between 0 and 1"):
        equilibrium_adoption([0.0], [1.2], 1, 1)
    with pytest.raises(InputError, match="index has shape"):
        equilibrium_adoption([[0.0]], [0.5], 1, 1)
    with pytest.raises(InputError, match="must be finite"):
        equilibrium_adoption([np.nan], [0.5], 1, 1)
