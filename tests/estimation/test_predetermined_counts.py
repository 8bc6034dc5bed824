"""Counts with predetermined and with endogenous regressors: recovery, and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.errors import DroppedRowsWarning, IdentificationError, InputError
from unigauge.estimation import (
    control_function_poisson,
    ols,
    poisson,
    presample_poisson,
)


def panel(columns: dict[str, np.ndarray]) -> pd.DataFrame:
    n, t = next(iter(columns.values())).shape
    index = pd.MultiIndex.from_product([range(n), range(t)], names=["firm", "year"])
    return pd.DataFrame({k: v.ravel() for k, v in columns.items()}, index=index)


def endogenous(seed: int, n: int = 150, t: int = 8) -> pd.DataFrame:
    """x moves with a shock v that moves the outcome too; z moves x only."""
    rng = np.random.default_rng(seed)
    effect = rng.normal(size=(n, 1)) / 2
    z, v = rng.normal(size=(2, n, t))
    x = 0.7 * z + v + effect
    y = rng.poisson(np.exp(0.5 + effect + 0.5 * x - 0.6 * v))
    return panel({"y": y, "x": x, "z": z})


def feedback(seed: int, n: int = 300, t: int = 25, periods: int = 5) -> pd.DataFrame:
    """Past outcomes, given their mean, lower x: predetermined, not strictly exogenous."""
    rng = np.random.default_rng(seed)
    effect = rng.normal(size=n) / 2
    x = np.zeros((n, t))
    y = np.zeros((n, t))
    for s in range(t):
        if s:
            surprise = y[:, s - 1] / np.exp(1 + effect + 0.3 * x[:, s - 1]) - 1
            x[:, s] = 0.5 * x[:, s - 1] - 0.7 * surprise + 0.5 * rng.normal(size=n)
        y[:, s] = rng.poisson(np.exp(1 + effect + 0.3 * x[:, s]))
    return panel({"y": y, "x": x})


def test_the_presample_mean_is_a_regressor():
    rows = feedback(1, n=60)
    mean = rows.query("year <= 19")["y"].groupby("firm").mean()
    assert (mean > 0).all()
    fit = presample_poisson(rows, "y ~ lag(x) | time", last_presample=19)
    by_hand = rows.assign(m=np.log(mean).reindex(rows.index, level=0))
    by_hand["lagged"] = by_hand["x"].groupby("firm").shift()
    late = by_hand[by_hand.index.get_level_values("year") > 19]
    direct = poisson(late, "y ~ lagged + m | time")
    assert fit.terms == ("lag(x, 1)", "log_presample_mean")
    assert fit.params.to_numpy() == pytest.approx(direct.params.to_numpy(), rel=1e-8)
    assert fit.std_errors.to_numpy() == pytest.approx(
        direct.std_errors.to_numpy(), rel=1e-8
    )
    assert fit.nobs == 60 * 5
    assert "after 19" in str(fit)


def test_entities_without_presample_outcomes_are_told_apart():
    rows = feedback(2, n=40)
    rows.loc[(0, slice(0, 19)), "y"] = 0.0
    fit = presample_poisson(rows, "y ~ x", last_presample=19)
    assert fit.terms == ("constant", "x", "log_presample_mean", "presample_zero")
    assert fit.nobs == 40 * 5
    rows.loc[(1, slice(0, 19)), "y"] = np.nan
    with pytest.warns(DroppedRowsWarning, match="no row is left .* firm 1"):
        without = presample_poisson(rows, "y ~ x", last_presample=19)
    assert without.nobs == 39 * 5


@pytest.mark.slow
def test_the_presample_mean_recovers_what_fixed_effects_miss():
    """True coefficient 0.3; five periods for fixed effects, twenty before the sample."""
    presample, fixed = [], []
    for seed in range(60):
        rows = feedback(seed)
        late = rows[rows.index.get_level_values("year") > 19]
        fixed.append(poisson(late, "y ~ x | entity").params["x"])
        fit = presample_poisson(rows, "y ~ x", last_presample=19)
        presample.append(fit.params["x"])
    bias_fixed, bias = np.mean(fixed) - 0.3, np.mean(presample) - 0.3
    noise = np.std(presample) / np.sqrt(60)
    assert abs(bias_fixed) > 10 * noise
    assert abs(bias) < abs(bias_fixed) / 4


@pytest.mark.filterwarnings("ignore:.*predicts their zeros")
def test_the_control_function_is_two_regressions():
    rows = endogenous(3)
    fit = control_function_poisson(rows, "y ~ [x ~ z] | entity + time", draws=5)
    first = ols(rows, "x ~ z | entity + time")
    second = poisson(rows.assign(v=first.residuals), "y ~ x + v | entity + time")
    assert fit.terms == ("x", "residual of x")
    assert fit.params.to_numpy() == pytest.approx(second.params.to_numpy(), rel=1e-7)
    assert fit.partial_f[0].statistic == pytest.approx(first.statistics["z"] ** 2)
    test = fit.exogeneity
    assert test.statistic == pytest.approx(second.statistics["v"] ** 2, rel=1e-7)
    assert test.df == (1, second.df)
    again = control_function_poisson(rows, "y ~ [x ~ z] | entity + time", draws=5)
    assert again.std_errors.tolist() == fit.std_errors.tolist()


def test_the_bootstrap_draws_entities(monkeypatch):
    """Drawing every entity once reproduces the estimate: the samples are built right."""
    from unigauge.estimation import predetermined_counts as module

    rows = endogenous(4, n=40)
    whole = control_function_poisson(rows, "y ~ [x ~ z] | entity + time", draws=2)

    class Once:
        def choice(self, entities, size):
            return entities[::-1]

    parsed = module.parse_instruments("y ~ [x ~ z] | entity + time")
    design = module.build_design(module.as_panel(rows), parsed.all_terms)
    drawn, failed = module._bootstrap(design, parsed, 1, Once())
    assert failed == 0
    assert drawn[0] == pytest.approx(whole.params.to_numpy(), rel=1e-8)
    # an entity drawn twice is two entities
    twice = module._redrawn(design, [np.arange(8), np.arange(8)])
    assert len(np.unique(twice.effects[:, 0])) == 2
    assert len(np.unique(twice.effects[:, 1])) == 8


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::unigauge.errors.DroppedRowsWarning")
def test_the_control_function_recovers_the_truth():
    """True coefficient 0.5, missed by more than 0.2 without the control function."""
    estimates, errors, naive = [], [], []
    for seed in range(60):
        rows = endogenous(seed)
        fit = control_function_poisson(rows, "y ~ [x ~ z] | entity", draws=25, seed=seed)
        estimates.append(fit.params["x"])
        errors.append(fit.std_errors["x"])
        naive.append(poisson(rows, "y ~ x | entity").params["x"])
    spread = np.std(estimates, ddof=1)
    assert abs(np.mean(estimates) - 0.5) < 4 * spread / np.sqrt(60)
    assert abs(np.mean(naive) - 0.5) > 0.2
    assert np.mean(errors) == pytest.approx(spread, rel=0.35)
    covered = np.abs(np.array(estimates) - 0.5) < 1.96 * np.array(errors)
    assert covered.mean() > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 60)


def test_patents_and_research():
    if datasets.available().loc["patents_rd_us", "found"] == "not here":
        pytest.skip("patents_rd_us is read from the folder UNIGAUGE_DATA, which lacks it")
    rows = datasets.load("patents_rd_us")
    fit = presample_poisson(
        rows, "patents ~ log(rd) + lag(log(rd)) | time", last_presample=1974
    )
    assert fit.nobs == 346 * 5
    # the short file holds the same rows, with the pre-sample as lags
    short = datasets.load("patents_hgh")
    mean = short.xs(1975, level="year")[["pat1", "pat2", "pat3", "pat4"]].mean(axis=1)
    earlier = rows["patents"].xs(1970, level="year")
    mean = (4 * mean + earlier) / 5
    by_hand = short.assign(
        m=np.log(mean.where(mean > 0, 1.0)).reindex(short.index, level=0),
        none=(mean == 0).astype(float).reindex(short.index, level=0),
    )
    direct = poisson(by_hand, "pat ~ logr + logr1 + m + none | time")
    assert fit.params.to_numpy() == pytest.approx(direct.params.to_numpy(), rel=1e-6)


def test_separated_entities_are_reported():
    rows = endogenous(5, n=40)
    rows.loc[0, "y"] = 0.0
    with pytest.warns(DroppedRowsWarning, match="predicts their zeros perfectly: firm 0"):
        control_function_poisson(rows, "y ~ [x ~ z] | entity", draws=2)


def test_what_cannot_be_used():
    rows = feedback(1, n=20)
    with pytest.raises(InputError, match="pre-sample mean stands in for"):
        presample_poisson(rows, "y ~ x | firm + time", last_presample=19)
    for bound in (-1, 24):
        with pytest.raises(InputError, match="periods on both sides of 0 to 24"):
            presample_poisson(rows, "y ~ x", last_presample=bound)
    with pytest.raises(InputError, match="must name its endogenous"):
        control_function_poisson(rows, "y ~ x | entity")
    with pytest.raises(InputError, match="draws is 1"):
        control_function_poisson(rows, "y ~ [x ~ lag(x)] | entity", draws=1)
    with pytest.raises(InputError, match="is negative in"):
        control_function_poisson(
            rows.assign(y=-rows["y"]), "y ~ [x ~ lag(x)] | entity", draws=2
        )
    with pytest.raises(IdentificationError, match="at least two groups"):
        control_function_poisson(rows.loc[[0]], "y ~ [x ~ lag(x)]", draws=2)
