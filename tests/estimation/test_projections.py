"""Local projections: plm's numbers, an independent program's, and known responses."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.errors import DroppedRowsWarning, IdentificationError, InputError
from unigauge.estimation import local_projection, ols

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "local_projections.json").read_text()
)
DIRECTIONS = {"std_to_inn": ("p", "s"), "inn_to_std": ("s", "p")}


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(
    ("block", "options"),
    [
        ("x_unrestricted", {}),
        ("x_ordered_last", {"ordering": "impulse_last"}),
        ("x_unrestricted_unit_trends", {"effects": ("entity[time]", "time")}),
    ],
)
def test_fields_agree_with_an_independent_program(fields, direction, block, options):
    y, x = DIRECTIONS[direction]
    clustered = local_projection(fields, y, x, horizon=4, **options)
    driscoll = local_projection(fields, y, x, horizon=4, cov="driscoll_kraay", **options)
    compared = 0
    for k, h in enumerate(clustered.horizons):
        theirs = REFERENCE["fields"][direction].get(f"h{h}", {}).get(block)
        if theirs is None:
            continue
        numbers = theirs["coef"]["x"]
        assert clustered.fits[k].nobs == theirs["n"]
        for name, ours in (
            ("b", clustered.params),
            ("se_cr1", clustered.std_errors),
            ("p_cr1", clustered.pvalues),
            ("se_dk1", driscoll.std_errors),
            ("p_dk1", driscoll.pvalues),
        ):
            assert ours.iloc[k] == pytest.approx(numbers[name], rel=1e-8)
        if "b_hpj" in numbers:
            corrected = clustered.jackknife()["jackknife"][k]
            assert corrected == pytest.approx(numbers["b_hpj"], rel=1e-8)
        compared += 1
    assert compared >= 2


@pytest.mark.parametrize(
    ("kind", "effects"), [("individual", ("entity",)), ("twoways", ("entity", "time"))]
)
def test_produc_agrees_with_plm(kind, effects):
    if datasets.available().loc["produc", "found"] == "not here":
        pytest.skip("produc is read from the folder UNIGAUGE_DATA, which lacks it")
    produc = datasets.load("produc")
    options = {"horizon": 2, "effects": effects, "small_sample": "none"}
    clustered = local_projection(produc, "log(gsp)", "log(pcap)", **options)
    driscoll = local_projection(
        produc, "log(gsp)", "log(pcap)", cov="driscoll_kraay", **options
    )
    for h in range(3):
        theirs = REFERENCE["produc"][f"produc_lg_on_lp_h{h}_{kind}"]
        term = "lag(lp, 0)"
        assert clustered.params.iloc[h] == pytest.approx(theirs["coef"][term])
        assert clustered.std_errors.iloc[h] == pytest.approx(
            theirs["se_arellano_HC0"][term]
        )
        assert driscoll.std_errors.iloc[h] == pytest.approx(theirs["se_SCC_HC0"][term])
        assert clustered.fits[h].nobs == theirs["nobs"]


def test_each_horizon_is_its_own_regression(fields):
    found = local_projection(
        fields, "p", "s", horizon=3, lags=2, controls=("lag(s, -1)",), effects=("entity",)
    )
    direct = ols(fields, "lag(p, -3) ~ s + lag(s, 1:2) + lag(p, 1:2) + lag(s, -1) | entity")
    assert found.params["h = 3"] == direct.params["s"]
    assert found.std_errors["h = 3"] == direct.std_errors["s"]
    frame = found.to_frame()
    assert frame["horizon"].tolist() == [0, 1, 2, 3]
    assert frame["nobs"].tolist() == [fit.nobs for fit in found.fits]
    assert found.record()["p_value[h = 2]"] == found.pvalues["h = 2"]
    assert found.plot().lines[0].get_ydata().tolist() == frame["estimate"].tolist()


def test_order_within_the_period(fields):
    last = local_projection(fields, "p", "s", horizon=2, ordering="impulse_last")
    assert last.horizons == (1, 2)
    assert "p" in last.fits[0].terms
    assert "zero by assumption" in " ".join(str(last).split())
    free = local_projection(fields, "p", "s", horizon=2)
    assert free.horizons == (0, 1, 2)


def test_arithmetic_is_an_impulse_too(fields):
    both = local_projection(fields, "p", "s / 2", horizon=1)
    plain = local_projection(fields, "p", "s", horizon=1)
    assert both.params.to_numpy() == pytest.approx(2 * plain.params.to_numpy())


def test_leads_follow_the_calendar(fields):
    """A missing year breaks the chain: no later year steps in."""
    holes = fields.drop(index=2005, level="year")
    found = local_projection(holes, "p", "s", horizon=1)
    # 2005 is no outcome, no impulse and no lag: 2004 -> 2005 and 2006 <- 2005 are lost
    outcomes = found.fits[1].residuals.index.get_level_values("year").unique()
    assert {2004, 2005, 2006}.isdisjoint(outcomes)
    assert 2003 in outcomes


def test_missing_values_are_told_once(fields):
    rows = fields.copy()
    rows.loc[("health", 2010), "s"] = np.nan
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        local_projection(rows, "p", "s", horizon=3)
    assert [w.category for w in caught] == [DroppedRowsWarning]


def test_what_cannot_be_used(fields):
    with pytest.raises(InputError, match="horizon is -1"):
        local_projection(fields, "p", "s", horizon=-1)
    with pytest.raises(InputError, match="ordering is 'first'"):
        local_projection(fields, "p", "s", ordering="first")
    with pytest.raises(InputError, match="no variable of the data"):
        local_projection(fields, "p", "ss")
    with pytest.raises(InputError, match="the panel has 23 periods, from 1998 to 2020"):
        local_projection(fields, "p", "s", horizon=21)
    with pytest.raises(IdentificationError, match="absorb all variation of trend"):
        trend = fields.assign(trend=fields.index.get_level_values("year"))
        local_projection(trend, "p", "trend", horizon=1)


def test_driscoll_kraay_in_short_panels_is_warned_of(fields):
    found = local_projection(fields, "p", "s", horizon=1, cov="driscoll_kraay")
    assert "do not let them decide" in " ".join(str(found).split())
    assert [fit.convention.split(";")[0] for fit in found.fits] == [
        "Driscoll-Kraay, Bartlett, bandwidth 1",
        "Driscoll-Kraay, Bartlett, bandwidth 2",
    ]


def test_options_may_be_one_text_or_several(fields):
    several = local_projection(
        fields.assign(z=fields["p"] ** 2),
        "p",
        "s",
        horizon=1,
        controls=["lag(z)", "lag(s, 3)"],
        effects=("entity", "time"),
    )
    one = local_projection(
        fields.assign(z=fields["p"] ** 2),
        "p",
        "s",
        horizon=1,
        controls="lag(z) + lag(s, 3)",
        effects="entity + time",
    )
    pd.testing.assert_frame_equal(one.to_frame(), several.to_frame())
    with pytest.raises(InputError, match="effects is 3; it must be text"):
        local_projection(fields, "p", "s", effects=3)


def autoregressive(seed: int, units: int, periods: int) -> pd.DataFrame:
    """y = .7 lag(y) + x + effect + u, x white: the response at h is .7^h."""
    rng = np.random.default_rng([seed, units, periods])
    effect = rng.normal(size=units)
    x, u = rng.normal(size=(2, units, periods + 30))
    y = np.zeros_like(x)
    for t in range(1, periods + 30):
        y[:, t] = 0.7 * y[:, t - 1] + x[:, t] + effect + u[:, t]
    index = pd.MultiIndex.from_product([range(units), range(periods)], names=["id", "year"])
    columns = {"y": y[:, 30:].ravel(), "x": x[:, 30:].ravel()}
    return pd.DataFrame(columns, index=index)


@pytest.mark.slow
def test_coverage_at_the_impact_and_bias_later():
    """The intervals hold at horizon 0; later ones are biased, the jackknife less so."""
    truth, covered, bias, corrected = 0.7 ** np.arange(4), [], [], []
    for seed in range(150):
        found = local_projection(
            autoregressive(seed, 50, 15), "y", "x", horizon=3, effects=("entity",)
        )
        frame = found.to_frame()
        covered.append((frame["conf_low"] < truth) & (truth < frame["conf_high"]))
        bias.append(frame["estimate"] - truth)
        corrected.append(found.jackknife()["jackknife"] - truth)
    share = np.mean(covered, axis=0)
    assert abs(share[0] - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 150)
    assert share[3] < 0.5
    left, jackknifed = np.mean(bias, axis=0)[3], np.mean(corrected, axis=0)[3]
    assert left < -0.1
    assert abs(jackknifed) < abs(left) / 2
    assert "compare jackknife()" in " ".join(str(found).split())
