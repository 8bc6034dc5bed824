"""The test of Holtz-Eakin, Newey and Rosen, and lags chosen by a criterion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from unigauge.errors import DataError, IdentificationError, InputError
from unigauge.estimation import (
    GrangerTest,
    dumitrescu_hurlin,
    dynamic_gmm,
    holtz_eakin,
    juodis_karavias_sarafidis,
)

REFERENCE = Path(__file__).parents[1] / "reference"
PLM = json.loads((REFERENCE / "panel_var.json").read_text(encoding="utf-8"))


def produc() -> pd.DataFrame:
    from linearmodels.datasets import munnell

    data = munnell.load().sort_values(["ST_ABB", "YR"]).set_index(["ST_ABB", "YR"])
    return pd.DataFrame({"lg": np.log(data["GSP"]), "lp": np.log(data["P_CAP"])})


def simulated(
    seed: int = 0, units: int = 200, years: int = 8, order: int = 1, strength: float = 0.3
) -> pd.DataFrame:
    """x autoregressive; y on ``order`` own lags and as many lags of x."""
    rng = np.random.default_rng(seed)
    y, x = rng.normal(size=(2, units, years + 30))
    level = rng.normal(size=(units, 1))
    x += level
    y += level
    for t in range(order, years + 30):
        x[:, t] += 0.5 * x[:, t - 1]
        for k in range(1, order + 1):
            y[:, t] += 0.4 / k * y[:, t - k] + strength * x[:, t - k]
    index = pd.MultiIndex.from_product(
        [[f"u{i:03d}" for i in range(units)], range(2000, 2000 + years)],
        names=["unit", "year"],
    )
    return pd.DataFrame({"y": y[:, 30:].ravel(), "x": x[:, 30:].ravel()}, index=index)


def test_agrees_with_plm() -> None:
    expected = PLM["hnr_gmm_granger_lp_to_lg"]
    test = holtz_eakin(produc(), "lg", "lp", lags=2, instruments=(2, 4), collapse=True)
    coefficients, std_errors = (list(expected[key].values()) for key in ("coef", "se"))
    assert test.coefficients == pytest.approx(coefficients[2:], rel=1e-8)
    assert test.std_errors.to_numpy() == pytest.approx(std_errors[2:], rel=1e-8)
    assert test.statistic == pytest.approx(expected["wald_chi2"], rel=1e-8)
    assert test.p_value == pytest.approx(expected["p"], rel=1e-8)
    assert test.df == expected["df"]
    assert test.window == (1973, 1986)


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("demean", ["none", "time"])
def test_is_a_wald_test_of_difference_gmm(steps: Any, demean: Any) -> None:
    data = simulated()
    test = holtz_eakin(data, "y", "x", lags=2, steps=steps, demean=demean)
    fit = dynamic_gmm(
        data,
        "y ~ lag(y, 1:2) + lag(x, 1:2)",
        gmm={"y": (2, None), "x": (2, None)},
        steps=steps,
        time_effects=demean == "time",
    )
    terms = ["lag(x, 1)", "lag(x, 2)"]
    b = fit.params[terms].to_numpy()
    wald = b @ np.linalg.solve(fit.covariance.loc[terms, terms].to_numpy(), b)
    assert list(test.params) == pytest.approx(list(b))
    assert test.statistic == pytest.approx(wald)
    assert list(test.terms) == terms


def test_common_shocks_are_taken_out_by_period_effects() -> None:
    data = simulated()
    world = np.tile(5 * np.random.default_rng(1).normal(size=(8, 2)), (200, 1))
    one, two = (
        holtz_eakin(d, "y", "x", instruments=(2, 3), demean="time")
        for d in (data, data + world)
    )
    # Period effects are instruments of themselves, the levels are not demeaned: the
    # estimates are close, not the same.
    assert two.coefficients == pytest.approx(one.coefficients, abs=0.15)
    left_in = holtz_eakin(data + world, "y", "x", instruments=(2, 3))
    assert left_in.coefficients != pytest.approx(one.coefficients, abs=0.15)


def test_bootstrap_repeats_and_finds_what_is_there() -> None:
    there = holtz_eakin(
        simulated(), "y", "x", instruments=(2, 3), collapse=True, bootstrap=99, seed=3
    )
    again = holtz_eakin(
        simulated(), "y", "x", instruments=(2, 3), collapse=True, bootstrap=99, seed=3
    )
    nothing = holtz_eakin(
        simulated(strength=0.0), "y", "x", instruments=(2, 3), collapse=True,
        bootstrap=99, seed=3,
    )  # fmt: skip
    assert there.p_value_bootstrap == again.p_value_bootstrap == 0.01
    assert nothing.p_value_bootstrap > 0.05
    assert 0 <= nothing.size_bootstrap < 0.2
    free = holtz_eakin(
        simulated(), "y", "x", instruments=(2, 3), collapse=True, bootstrap=19
    )
    assert free.seed is not None


@pytest.mark.slow
def test_size_where_many_units_promise_it() -> None:
    """Two-step, collapsed, 200 units of 8 years: nominal 5 %, by both p-values."""
    rejected = np.zeros(2)
    for seed in range(200):
        data = simulated(seed, strength=0.0)
        test = holtz_eakin(
            data, "y", "x", instruments=(2, 3), collapse=True, bootstrap=79, seed=seed
        )
        rejected += [test.p_value < 0.05, test.p_value_bootstrap <= 0.05]
    # 5 %: within 3 binomial standard errors of [.03, .07].
    assert (rejected / 200 > 0.0).all()
    assert (rejected / 200 < 0.07 + 3 * np.sqrt(0.07 * 0.93 / 200)).all()


@pytest.mark.parametrize("criterion", ["bic", "aic", "hqic"])
def test_criteria_find_the_order(criterion: Any) -> None:
    long = simulated(units=30, years=80, order=2)
    for test in (dumitrescu_hurlin, juodis_karavias_sarafidis):
        chosen: GrangerTest = test(long, "y", "x", lags=criterion, max_lags=3)
        assert chosen.lags in ({2} if criterion != "aic" else {2, 3})
        assert chosen.criterion == f"least {criterion} of 1 to 3"
        assert f"{chosen.lags} (least {criterion} of 1 to 3)" in str(chosen)
        given = test(long, "y", "x", lags=chosen.lags)
        assert given.p_value == chosen.p_value
        assert given.criterion == ""
    many = simulated(units=600, order=2)
    wide = holtz_eakin(
        many, "y", "x", lags=criterion, max_lags=3, instruments=(2, 5), collapse=True
    )
    assert wide.lags == 2
    given_order = holtz_eakin(many, "y", "x", lags=2, instruments=(2, 5), collapse=True)
    assert wide.statistic == pytest.approx(given_order.statistic)


def test_criterion_is_the_mean_over_units_of_their_own() -> None:
    data = simulated(units=12, years=24, order=2)

    def value(order: int) -> float:
        values = []
        for _, rows in data.groupby(level=0):
            y, x = rows["y"].to_numpy(), rows["x"].to_numpy()
            columns = [np.ones(21)]
            columns += [s[3 - k : 24 - k] for s in (y, x) for k in range(1, order + 1)]
            design = np.column_stack(columns)
            left = y[3:] - design @ np.linalg.lstsq(design, y[3:], rcond=None)[0]
            charge = np.log(21) * (2 * order + 1) / 21
            values.append(np.log(left @ left / 21) + charge)
        return float(np.mean(values))

    best = min((1, 2, 3), key=value)
    assert dumitrescu_hurlin(data, "y", "x", lags="bic", max_lags=3).lags == best


def test_results_print_plot_and_record() -> None:
    test = holtz_eakin(simulated(), "y", "x", lags=2, bootstrap=19, seed=0)
    assert max(map(len, str(test).splitlines())) <= 79
    assert "whole units" in str(test)
    assert "Hansen" in str(test)
    assert isinstance(test.plot(), Axes)
    assert test.record()["estimate[lag(x, 2)]"] == test.coefficients[1]
    assert np.isfinite(test.fit.ar(2).p_value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cause": "y"}, "effect and cause are both 'y'"),
        ({"lags": 0}, "lags is 0"),
        ({"lags": "sbc"}, "lags is 'sbc'"),
        ({"lags": "bic", "max_lags": 0}, "max_lags is 0"),
        ({"steps": 3}, "steps is 3"),
        ({"demean": "year"}, "demean is 'year'"),
        ({"bootstrap": -1}, "bootstrap is -1"),
        ({"instruments": (3, 2)}, r"gmm\['y'\]\[1\] is 2"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        holtz_eakin(simulated(units=20), **{"effect": "y", "cause": "x", **arguments})


def test_too_few_periods() -> None:
    with pytest.raises(IdentificationError):
        holtz_eakin(simulated(units=20, years=3), "y", "x", lags=2)
    with pytest.raises(DataError, match=r"2 \* max_lags \+ 2 = 10"):
        dumitrescu_hurlin(simulated(units=20, years=12), "y", "x", lags="bic", max_lags=4)
