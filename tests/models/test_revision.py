"""The revision cycle: stored numbers, grids, simulation, properties, bad input."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from unigauge.errors import IdentificationError, InputError
from unigauge.models import revision
from unigauge.models.dynamics import revision as formulas
from unigauge.models.dynamics.edition_replacement import _replacement_certificate
from unigauge.models.dynamics.revision import Weibull

CASES = json.loads(
    (Path(__file__).parents[1] / "reference" / "dynamics_stages.json").read_text()
)
FAST = settings(max_examples=25, deadline=None)
REVISED, WITHDRAWN = Weibull(shape=1.6, scale=30), Weibull(shape=1.2, scale=60)


# ---------------------------------------------------------------------------
# Stored numbers


def test_agrees_with_the_stored_cycle() -> None:
    given = CASES["renew_power"]["inputs"]
    answer = revision.cycle(given["c"], given["l"], given["eta"])
    expected = CASES["renew_power"]["outputs"]
    np.testing.assert_allclose([answer.interval, answer.cost], expected, atol=1e-8)


def test_agrees_with_the_stored_replacement() -> None:
    given, expected = CASES["renew_age"]["inputs"], CASES["renew_age"]["outputs"]
    answer = revision.age_replacement(
        given["cp"], given["cf"], shape=given["k"], scale=given["lm"]
    )
    assert answer.status == expected["status"]
    assert answer.age == pytest.approx(expected["T"], abs=1e-8)
    assert answer.rate == pytest.approx(expected["rate"], abs=1e-8)


def test_agrees_with_the_stored_fit() -> None:
    given = CASES["weibull_mle"]["inputs"]
    fit = revision.weibull_fit(given["t"], given["event"])
    np.testing.assert_allclose(
        [fit.shape, fit.scale], CASES["weibull_mle"]["outputs"], atol=1e-8
    )


# ---------------------------------------------------------------------------
# The cycle


@given(
    st.floats(0.1, 20),
    st.floats(0.005, 2),
    st.floats(0.3, 4),
    st.sampled_from([0.0, 1e-7, 0.02, 0.2]),
)
@FAST
def test_no_other_interval_is_cheaper(c: float, loss: float, eta: float, r: float) -> None:
    answer = revision.cycle(c, loss, eta, discount_rate=r)
    assert answer.status == "ok"

    def cost(interval: float) -> float:
        lost = quad(
            lambda a: math.exp(-r * a) * loss * a**eta,
            *(0, interval),
            epsabs=0,
            epsrel=1e-11,
            limit=500,
        )[0]
        if r == 0:
            return (c + lost) / interval
        return (lost + math.exp(-r * interval) * c) / -math.expm1(-r * interval)

    best = cost(answer.interval)
    assert answer.cost == pytest.approx(best, rel=1e-7)
    others = [cost(answer.interval * f) for f in (0.5, 0.9, 0.99, 1.01, 1.1, 2)]
    assert min(others) >= best * (1 - 1e-12)


def test_square_root_rule_and_the_limit_of_patience() -> None:
    rule = revision.cycle(2, 0.03)
    assert rule.interval == pytest.approx(math.sqrt(2 * 2 / 0.03))
    patient = revision.cycle(2, 0.03, 1.5, discount_rate=1e-9)
    assert patient.interval == pytest.approx(
        revision.cycle(2, 0.03, 1.5).interval, rel=1e-7
    )
    assert patient.cost * 1e-9 == pytest.approx(revision.cycle(2, 0.03, 1.5).cost, rel=1e-7)


def test_the_cycle_shortens_if_learning_is_faster_or_revision_cheaper() -> None:
    base = revision.cycle(2, 0.03, 1.5).interval
    assert revision.cycle(2, 0.06, 1.5).interval < base
    assert revision.cycle(1, 0.03, 1.5).interval < base


def test_certificate_of_the_cycle_notices_a_wrong_interval() -> None:
    parameters = (2.0, 0.03, 1.5, 0.05)
    answer = revision.cycle(2, 0.03, 1.5, discount_rate=0.05)
    assert formulas._certificate(answer.interval, answer.cost, parameters) < 1e-12
    wrong = float(formulas._cycle_cost(np.array([1.1 * answer.interval]), *parameters)[0])
    assert formulas._certificate(1.1 * answer.interval, wrong, parameters) > 1e-4


# ---------------------------------------------------------------------------
# Age replacement


@given(st.floats(0.4, 6), st.floats(1, 60), st.floats(0.2, 5), st.floats(0.2, 40))
@FAST
def test_no_other_age_is_cheaper(shape: float, scale: float, cp: float, cf: float) -> None:
    answer = revision.age_replacement(cp, cf, shape, scale)
    plans = shape > 1 and cf > cp
    assert answer.status == ("ok" if plans else "never_plan")
    law = stats.weibull_min(shape, scale=scale)
    for age in scale * np.array([0.3, 0.8, 1.5, 3.0]):
        lived = quad(law.sf, 0, age, epsabs=0, epsrel=1e-10)[0]
        rate = (cp * law.sf(age) + cf * law.cdf(age)) / lived
        assert rate >= answer.rate * (1 - 1e-9)


def test_simulated_costs_agree() -> None:
    answer = revision.age_replacement(1, 5, shape=1.468, scale=26.5)
    lives = 26.5 * np.random.default_rng(3).weibull(1.468, 400_000)
    ends = np.minimum(lives, answer.age)
    rate = np.where(lives < answer.age, 5, 1).mean() / ends.mean()
    assert rate == pytest.approx(answer.rate, rel=0.01)


def test_certificate_of_replacement_notices_a_wrong_age() -> None:
    life = Weibull(shape=2, scale=20)
    answer = revision.age_replacement(1, 6, 2, 20)
    assert _replacement_certificate(answer.age, answer.rate, 1, 6, life) < 1e-10
    assert _replacement_certificate(1.3 * answer.age, answer.rate, 1, 6, life) > 1e-3
    never = 6 / life.mean
    assert _replacement_certificate(math.inf, never, 1, 6, life) > 0.1


# ---------------------------------------------------------------------------
# Lives


@given(st.floats(0.3, 6), st.floats(0.5, 80))
@FAST
def test_the_law_is_scipys(shape: float, scale: float) -> None:
    law, other = Weibull(shape=shape, scale=scale), stats.weibull_min(shape, scale=scale)
    ages = scale * np.array([0.1, 0.7, 1.0, 2.0])
    np.testing.assert_allclose(law.survival(ages), other.sf(ages))
    np.testing.assert_allclose(law.failed(ages), other.cdf(ages))
    np.testing.assert_allclose(
        law.hazard(ages), other.pdf(ages) / other.sf(ages), rtol=1e-9
    )
    assert law.mean == pytest.approx(other.mean())
    assert law.median == pytest.approx(other.median())
    for age in ages:
        assert float(law.mean_until(age)) == pytest.approx(quad(other.sf, 0, age)[0])


@given(
    st.lists(st.tuples(st.floats(0.1, 50), st.booleans()), min_size=4, max_size=40),
    st.floats(0.2, 5),
)
@FAST
def test_no_other_law_fits_better(lives: list[tuple[float, bool]], unit: float) -> None:
    time, event = (np.array(column) for column in zip(*lives, strict=True))
    if not event.any() or np.log(time[event] / time.max()).min() > -0.05:
        return
    fit = revision.weibull_fit(time, event)
    assert fit.status == "ok"

    def log_likelihood(shape: float, scale: float) -> float:
        law = stats.weibull_min(shape, scale=scale)
        return float(law.logpdf(time[event]).sum() + law.logsf(time[~event]).sum())

    best = log_likelihood(fit.shape, fit.scale)
    assert fit.log_likelihood == pytest.approx(best, rel=1e-9, abs=1e-8)
    for a, b in ((1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99), (1.3, 1.2)):
        assert log_likelihood(a * fit.shape, b * fit.scale) < best
    scaled = revision.weibull_fit(unit * time, event)
    assert scaled.shape == pytest.approx(fit.shape, rel=1e-7)
    assert scaled.scale == pytest.approx(unit * fit.scale, rel=1e-7)


def test_standard_errors_are_those_of_the_curvature() -> None:
    given = CASES["weibull_mle"]["inputs"]
    fit = revision.weibull_fit(given["t"], given["event"])
    time, event = np.array(given["t"]), np.array(given["event"], bool)

    def ll(shape: float, scale: float) -> float:
        law = stats.weibull_min(shape, scale=scale)
        return float(law.logpdf(time[event]).sum() + law.logsf(time[~event]).sum())

    k, s, h, g = fit.shape, fit.scale, 1e-3, 1e-2
    kk = (ll(k + h, s) - 2 * ll(k, s) + ll(k - h, s)) / h**2
    ss = (ll(k, s + g) - 2 * ll(k, s) + ll(k, s - g)) / g**2
    ks = (ll(k + h, s + g) - ll(k + h, s - g) - ll(k - h, s + g) + ll(k - h, s - g)) / (
        4 * h * g
    )
    errors = np.sqrt(np.diag(np.linalg.inv(-np.array([[kk, ks], [ks, ss]]))))
    np.testing.assert_allclose([fit.shape_error, fit.scale_error], errors, rtol=1e-4)


def test_the_fit_recovers_the_cause_under_competing_risks() -> None:
    rng = np.random.default_rng(8)
    draws, n = 60, 2000
    fits = []
    for _ in range(draws):
        mine, other = 30 * rng.weibull(1.6, n), 60 * rng.weibull(1.2, n)
        fit = revision.weibull_fit(np.minimum(mine, other), mine < other)
        fits.append((fit.shape, fit.scale, fit.shape_error, fit.scale_error))
    shape, scale, shape_error, scale_error = np.mean(fits, axis=0)
    spread = np.std(fits, axis=0, ddof=1)
    assert abs(shape - 1.6) < 4 * spread[0] / math.sqrt(draws)
    assert abs(scale - 30) < 4 * spread[1] / math.sqrt(draws)
    np.testing.assert_allclose(spread[:2], [shape_error, scale_error], rtol=0.35)


def test_hazards_make_survival() -> None:
    alive = revision.survival([0.1, 0.2])
    np.testing.assert_allclose(alive, [1, 0.9, 0.72])


# ---------------------------------------------------------------------------
# Renewals and competing risks


def test_renewals_agree_with_what_is_known() -> None:
    poisson = revision.renewals(1, 10, [0, 5, 37])
    np.testing.assert_allclose(poisson.number, [0, 0.5, 3.7], atol=1e-9)
    # Weibull of shape k: m(t) = sum of (-1)^(n-1) a_n (t/lambda)^(kn)/Gamma(1 + kn), Smith
    # and Leadbetter 1963.
    for shape in (0.7, 1.468, 3.0):
        gammas = [math.gamma(1 + shape * n) for n in range(1, 40)]
        a = []
        for n in range(1, 40):
            known = gammas[n - 1] / math.factorial(n)
            known -= sum(
                gammas[j - 1] / math.factorial(j) * a[n - j - 1] for j in range(1, n)
            )
            a.append(known)
        for t in (0.5, 0.9):
            series = sum(
                (-1) ** (n - 1) * a[n - 1] * t ** (shape * n) / gammas[n - 1]
                for n in range(1, 40)
            )
            ours = revision.renewals(shape, 20, 20 * t)
            assert ours.status == "ok"
            assert float(ours.number[0]) == pytest.approx(series, abs=2e-6)


def test_the_long_run_rate_is_one_over_the_mean_life() -> None:
    far = revision.renewals(1.468, 26.5, [400, 800])
    slope = np.diff(far.number)[0] / 400
    assert slope == pytest.approx(far.long_run_rate, rel=1e-6)
    assert 1 / far.long_run_rate == pytest.approx(23.99, abs=0.005)
    coarse = revision.renewals(0.5, 1, 50, steps=10)
    assert coarse.status == "uncertified"


def test_incidence_is_what_simulation_counts() -> None:
    answer = revision.competing_risks([REVISED, WITHDRAWN], [5, 20, 40, 400])
    assert answer.status == "ok"
    rng, n = np.random.default_rng(5), 200_000
    mine, other = 30 * rng.weibull(1.6, n), 60 * rng.weibull(1.2, n)
    for k, t in enumerate(answer.time):
        counted = ((mine < other) & (mine <= t)).mean()
        assert answer.incidence[0, k] == pytest.approx(counted, abs=0.005)
    assert answer.incidence[:, -1].sum() == pytest.approx(1)


@given(st.floats(0.3, 4), st.floats(5, 60), st.floats(0.3, 4), st.floats(5, 60))
@FAST
def test_one_less_survival_overstates(k: float, s: float, j: float, u: float) -> None:
    causes = [Weibull(shape=k, scale=s), Weibull(shape=j, scale=u)]
    answer = revision.competing_risks(causes, [10.0, 30.0])
    assert answer.status == "ok"
    assert (answer.incidence < answer.alone).all()
    swapped = revision.competing_risks(causes[::-1], [10.0, 30.0])
    np.testing.assert_allclose(swapped.incidence, answer.incidence[::-1])


def test_in_the_end_every_edition_has_ended() -> None:
    laws = [Weibull(shape=3, scale=10), Weibull(shape=0.3, scale=50)]
    late, end = (revision.competing_risks(laws, time) for time in (200, 1e9))
    assert end.status == "ok" and end.alive[0] == 0
    assert end.incidence.sum() == pytest.approx(1, abs=1e-9)
    assert end.incidence[:, 0] == pytest.approx(late.incidence[:, 0], abs=1e-9)


def test_the_numbers_of_the_specification() -> None:
    answer = revision.competing_risks([REVISED, WITHDRAWN], 40)
    assert answer.alone[0, 0] == pytest.approx(0.795, abs=5e-4)
    assert answer.incidence[0, 0] == pytest.approx(0.611, abs=5e-4)


# ---------------------------------------------------------------------------
# Bad input, and what results show


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: revision.cycle(0, 1), "revision_cost is 0"),
        (lambda: revision.cycle(1, 1, 0), "age does no harm"),
        (lambda: revision.cycle(1, 0.01, 1e-3, discount_rate=0.3), "1e280 years apart"),
        (lambda: revision.cycle(1, 1, discount_rate=-0.1), "discount_rate is -0.1"),
        (lambda: revision.age_replacement(1, -1, 1, 1), "forced_cost is -1"),
        (lambda: Weibull(shape=0, scale=1), "shape is 0"),
        (lambda: Weibull(shape=1e-3, scale=1), "mean life is beyond all numbers"),
        (lambda: REVISED.hazard(-1), "age is -1; it must be at least 0"),
        (lambda: REVISED.survival("old"), "age is 'old'"),  # type: ignore[arg-type]
        (lambda: revision.weibull_fit("ab", [1]), "time is 'ab'; it must be one column"),  # type: ignore[arg-type]
        (lambda: revision.survival([[0.1], [0.1, 0.2]]), "rows of one length"),  # type: ignore[list-item]
        (lambda: revision.competing_risks(REVISED, 1), "one or more Weibull"),  # type: ignore[arg-type]
        (lambda: revision.weibull_fit([1, 2], [1]), "same length"),
        (lambda: revision.weibull_fit([1, 0], [1, 1]), r"time\[1\] is 0"),
        (lambda: revision.weibull_fit([1, math.nan], [1, 1]), r"time\[1\] is nan"),
        (lambda: revision.weibull_fit([1, 2], [1, 2]), r"event\[1\] is 2"),
        (lambda: revision.survival([0.1, 1.2]), "shares from 0 to 1"),
        (lambda: revision.competing_risks([], 1), "one or more Weibull"),
        (lambda: revision.competing_risks([REVISED], -1), "numbers >= 0"),
        (lambda: revision.renewals(1, 1, 1, steps=2), "steps is 2"),
    ],
)
def test_bad_input_is_named(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message):
        call()


def test_lives_that_tell_nothing_are_named() -> None:
    with pytest.raises(IdentificationError, match="no life ended"):
        revision.weibull_fit([1, 2], [0, 0])
    with pytest.raises(IdentificationError, match="without bound"):
        revision.weibull_fit([1, 2, 2], [0, 1, 1])


def test_results_print_and_draw() -> None:
    given = CASES["weibull_mle"]["inputs"]
    results = [
        revision.cycle(2, 0.03),
        revision.cycle(2, 0.03, discount_rate=0.1),
        revision.age_replacement(1, 5, 1.5, 26),
        revision.age_replacement(1, 5, 1, 26),
        revision.competing_risks([REVISED, WITHDRAWN], [5, 40]),
        revision.renewals(1.5, 26, [5, 40], steps=50),
        revision.weibull_fit(given["t"], given["event"]),
    ]
    for result in results:
        assert max(map(len, str(result).splitlines())) <= 79
        assert not result.plot_data().empty
        assert result.plot().get_xlabel()
        assert result.record()
