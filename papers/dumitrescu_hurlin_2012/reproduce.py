"""Check the claims of Dumitrescu and Hurlin (2012)."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.estimation import dumitrescu_hurlin, juodis_karavias_sarafidis
from unigauge.estimation.granger.unit_regressions import wald_moments
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.dumitrescu_hurlin_2012.simulation import (
    LEVEL,
    Outcome,
    World,
    near_nominal,
    panels,
    pooled_statistic,
    simulate,
    unit_statistics,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

UNITS = (10, 25, 50, 100)
STRENGTH = 0.3
PERSISTENCE = (0.0, 0.2, 0.4, 0.6, 0.8)
CLOSE_MEAN, CLOSE_VARIANCE = 0.02, 0.05
EXACT = 1e-9


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    moments(study)
    size(study)
    power(study)
    common_shocks(study)
    persistence(study)
    return study.reproduction()


def simulated(
    study: Study, world: World, repetitions: int | None = None, *, pooled: bool = False
) -> Outcome:
    """Simulate a world; the number of panels is the study's unless one is asked for."""
    number = repetitions or (400 if study.fast else 2000)
    return simulate(world, number, study.seed, pooled=pooled)


# ---------------------------------------------------------------------------
# The moments of a unit's Wald statistic


def moments(study: Study) -> None:
    """Check the formulas against F, and against simulated units."""
    from scipy import stats

    gaps = []
    for lags in range(1, 6):
        rows = np.arange(2 * lags + 6, 201)
        ours = wald_moments(rows, lags)
        law = stats.f(lags, rows - 2 * lags - 1)
        gaps += [np.abs(ours[0] / (lags * law.mean()) - 1).max()]
        gaps += [np.abs(ours[1] / (lags**2 * law.var()) - 1).max()]
    study.claim("moments_of_f", holds=max(gaps) < EXACT, value=max(gaps))
    edge = float(stats.f(1, 4).var())
    study.claim("moments_too_few_rows", holds=np.isfinite(edge), value=edge)

    worlds = {
        f"{lags} lag{'s' * (lags > 1)}, {periods} periods, autocorrelation {own}": World(
            units=40, periods=periods, own=own, cause=own, lags=lags
        )
        for lags, periods, own in (
            (1, 10, 0.0),
            (1, 25, 0.0),
            (1, 100, 0.0),
            (2, 10, 0.0),
            (1, 10, 0.8),
        )
    }
    outcomes = {name: simulated(study, w, 3000) for name, w in worlds.items()}
    *white, two_lags, persistent = outcomes.values()
    gaps = [abs(outcome.mean - 1) for outcome in white]
    study.claim(
        "moments_simulated",
        holds=max(gaps) < CLOSE_MEAN
        and all(abs(outcome.variance - 1) < CLOSE_VARIANCE for outcome in white[1:]),
        value=max(gaps),
    )
    study.claim(
        "moments_two_lags",
        holds=abs(two_lags.mean - 1) < CLOSE_MEAN,
        value=two_lags.mean - 1,
        note="The formulas take the regressors for exogenous; own lags are not. With two "
        "lags and ten periods five degrees of freedom are left.",
    )
    gap = persistent.mean - 1
    study.claim("moments_persistent", holds=abs(gap) < CLOSE_MEAN, value=gap)
    study.table(
        "moments",
        frame(
            {
                "design": list(outcomes),
                "mean": [outcome.mean for outcome in outcomes.values()],
                "variance": [outcome.variance for outcome in outcomes.values()],
            }
        ),
        caption="Mean and variance of simulated Wald statistics over those of the formulas.",
    )
    gap = same_as_function(study.seed)
    study.claim("same_as_function", holds=gap < EXACT, value=gap)


def same_as_function(seed: int) -> float:
    """Compare the simulation's statistics of one panel with those of a data frame."""
    world = World(units=12, periods=18, own=0.5, cause=0.5, lags=2)
    effect, cause = next(panels(world, 1, np.random.default_rng(seed)))
    _, z_bar, z_bar_tilde = unit_statistics(effect, cause, world.lags)
    ours = (z_bar, z_bar_tilde, pooled_statistic(effect, cause, world.lags))
    data = data_frame(effect[:, 0], cause[:, 0])
    test = dumitrescu_hurlin(data, "effect", "cause", lags=2)
    pooled = juodis_karavias_sarafidis(data, "effect", "cause", lags=2)
    theirs = (test.z_bar, test.z_bar_tilde, pooled.statistic)
    return max(abs(float(a[0]) / b - 1) for a, b in zip(ours, theirs, strict=True))


def data_frame(effect: np.ndarray, cause: np.ndarray) -> pd.DataFrame:
    """Return one panel, (period, unit) each, as a data frame by unit and period."""
    import pandas as pd

    periods, units = effect.shape
    index = pd.MultiIndex.from_product(
        [range(units), range(periods)], names=["unit", "year"]
    )
    return pd.DataFrame({"effect": effect.T.ravel(), "cause": cause.T.ravel()}, index=index)


# ---------------------------------------------------------------------------
# Size and power


def size(study: Study) -> None:
    """Check how often a true null is rejected, as units and periods grow."""
    cells = list(itertools.product((10, 25), UNITS))
    outcomes = {
        (periods, units): simulated(study, World(units=units, periods=periods))
        for periods, units in cells
    }
    shares = [outcome.z_bar_tilde for outcome in outcomes.values()]
    study.claim(
        "size_few_periods",
        holds=all(
            near_nominal(outcome.z_bar_tilde, outcome.repetitions)
            for outcome in outcomes.values()
        ),
        value=max(shares, key=lambda share: abs(share - LEVEL)),
    )
    short = [outcomes[10, units] for units in UNITS]
    rising = [outcome.z_bar for outcome in short]
    study.claim(
        "size_z_bar_few_periods",
        holds=all(near_nominal(outcome.z_bar, outcome.repetitions) for outcome in short),
        value=max(rising, key=lambda share: abs(share - LEVEL)),
    )
    step = float(np.diff(rising).min())
    study.claim("size_z_bar_and_units", holds=step > 0, value=step)
    long = simulated(study, World(units=25, periods=200))
    study.claim(
        "size_z_bar_many_periods",
        holds=near_nominal(long.z_bar, long.repetitions),
        value=long.z_bar,
    )
    data = frame(
        {
            "periods": [periods for periods, _ in cells],
            "units": [units for _, units in cells],
            "z_bar": [outcome.z_bar for outcome in outcomes.values()],
            "z_bar_tilde": shares,
        }
    )
    study.table("size", data, caption="Rejections of a true null at nominal 5 %.")
    lines = {
        f"{name}, {periods} periods": data[data["periods"] == periods].set_index("units")[
            column
        ]
        for column, name in (("z_bar", "Z-bar"), ("z_bar_tilde", "Z-tilde"))
        for periods in (10, 25)
    }
    study.figure(
        "size_and_units",
        draw(lines, "units", "rejections of a true null", nominal=True),
        data=data,
        caption="Size at nominal 5 %. Standardised for many periods the statistic rejects "
        "the more often the more units there are; standardised for few it keeps its size, "
        "as long as nothing is autocorrelated.",
        alt="Lines over units: Z-bar with 10 periods rises from a fifth to two thirds, "
        "with 25 periods less; both Z-tilde lines stay at five per cent.",
    )


def power(study: Study) -> None:
    """Check how often a false null is rejected."""
    units = (5, *UNITS)
    alternative = World(units=5, periods=10, strength=STRENGTH)
    alternatives = {
        "all units": alternative,
        "half of the units": replace(alternative, acting=0.5),
        "opposite signs": replace(alternative, opposite=True),
    }
    outcomes = {
        name: [simulated(study, replace(world, units=n), pooled=True) for n in units]
        for name, world in alternatives.items()
    }
    shares = {
        name: [outcome.z_bar_tilde for outcome in found] for name, found in outcomes.items()
    }
    for claim, name in (
        ("power_and_units", "all units"),
        ("power_half_the_units", "half of the units"),
    ):
        step = float(np.diff(shares[name]).min())
        study.claim(claim, holds=step > 0, value=step)
    fifty = units.index(50)
    alone = single_series(study)
    share = alone / shares["all units"][fifty]
    study.claim("power_single_series", holds=share >= 0.5, value=share)
    most = len(units) - 1
    equal, opposite = outcomes["all units"][most], outcomes["opposite signs"][most]
    kept = opposite.z_bar_tilde / equal.z_bar_tilde
    pooled = opposite.half_panel / equal.half_panel
    study.claim(
        "power_opposite_signs",
        holds=kept > 0.9 and pooled < 0.5,
        value=kept,
        note=f"The pooled test keeps {100 * pooled:.0f} % of its power.",
    )
    data = frame({"units": list(units), **shares})
    study.table(
        "power",
        data,
        caption=f"Power of Z-tilde at 10 periods; the cause acts with {STRENGTH}.",
    )
    study.figure(
        "power_and_units",
        draw(
            {name: data.set_index("units")[name] for name in shares},
            "units",
            "rejections of a false null",
        ),
        data=data,
        caption="Power of Z-tilde with 10 periods. Units make up for short series, also "
        "where the cause acts in half of them, or with opposite signs.",
        alt="Three rising lines over units; the one for half of the units lies lowest.",
    )


def single_series(study: Study) -> float:
    """Return the power of the F test in one series of ten periods (two at a time)."""
    from scipy import stats

    world = World(units=2, periods=10, strength=STRENGTH)
    rng = np.random.default_rng(study.seed)
    walds = np.concatenate(
        [
            unit_statistics(effect, cause, world.lags)[0]
            for effect, cause in panels(world, 4000, rng)
        ]
    )
    return float((stats.f.sf(walds, 1, 7) < LEVEL).mean())


# ---------------------------------------------------------------------------
# Common shocks, persistence


def common_shocks(study: Study) -> None:
    """Check what shocks that all units share do, and what the bootstrap mends."""
    world = World(units=10, periods=25, own=0.3, cause=0.3, common=1.5)
    repetitions = 100 if study.fast else 500
    asymptotic = simulated(study, world)
    study.claim(
        "common_shocks",
        holds=near_nominal(asymptotic.z_bar_tilde, asymptotic.repetitions),
        value=asymptotic.z_bar_tilde,
    )
    rng = np.random.default_rng(study.seed)
    rejected = [
        dumitrescu_hurlin(
            data_frame(effect[:, r], cause[:, r]),
            "effect",
            "cause",
            bootstrap=99,
            seed=study.seed + r,
        ).p_value_bootstrap
        <= LEVEL
        for effect, cause in panels(world, repetitions, rng)
        for r in range(effect.shape[1])
    ]
    share = float(np.mean(rejected))
    study.claim(
        "common_shocks_bootstrap", holds=near_nominal(share, repetitions), value=share
    )


def persistence(study: Study) -> None:
    """Check what autocorrelation does to the size in short panels."""
    mild = simulated(
        study, World(units=100, periods=10, own=0.4, cause=0.5), 4000, pooled=True
    )
    study.claim("mild_persistence_z_tilde", value=mild.z_bar_tilde)
    study.claim("mild_persistence_jks", value=mild.half_panel)
    outcomes = [
        simulated(study, World(units=100, periods=10, own=rho, cause=rho), pooled=True)
        for rho in PERSISTENCE
    ]
    shares = [outcome.z_bar_tilde for outcome in outcomes]
    study.claim(
        "persistence_z_tilde",
        holds=np.diff(shares).min() > 0 and shares[-1] > 0.4,
        value=shares[-1],
    )
    worst = outcomes[-1]
    study.claim(
        "persistence_jks",
        holds=near_nominal(worst.half_panel, worst.repetitions),
        value=worst.half_panel,
    )
    long = simulated(study, World(units=100, periods=100, own=0.5, cause=0.5), 400)
    study.claim("persistence_long", holds=long.z_bar_tilde < 0.1, value=long.z_bar_tilde)
    data = frame(
        {
            "autocorrelation": list(PERSISTENCE),
            "z_bar_tilde": shares,
            "juodis_karavias_sarafidis": [outcome.half_panel for outcome in outcomes],
        }
    )
    study.table(
        "persistence",
        data,
        caption="Rejections of a true null at nominal 5 %, 100 units, 10 periods; both "
        "variables have the autocorrelation.",
    )
    table = data.set_index("autocorrelation")
    study.figure(
        "size_and_persistence",
        draw(
            {
                "Dumitrescu-Hurlin, Z-tilde": table["z_bar_tilde"],
                "Juodis-Karavias-Sarafidis": table["juodis_karavias_sarafidis"],
            },
            "autocorrelation of both variables",
            "rejections of a true null",
            nominal=True,
        ),
        data=data,
        caption="Size at nominal 5 % with 100 units and 10 periods. Persistence biases each "
        "unit's regression; the unit tests add the biases up, the pooled jackknife takes "
        "most of them out, not all.",
        alt="Two lines over autocorrelation: Z-tilde rises steeply from five to some sixty "
        "per cent, the pooled test to some thirteen.",
    )


def frame(columns: dict[str, list[float] | list[int] | list[str]]) -> pd.DataFrame:
    """Return columns as a data frame."""
    import pandas as pd

    return pd.DataFrame(columns)


def draw(
    lines: dict[str, pd.Series[float]], x: str, y: str, *, nominal: bool = False
) -> Axes:
    """Draw shares of rejections as lines, with the nominal size where it matters."""
    from unigauge.results import axes_or_new

    axes = axes_or_new(None, size=(6.4, 3.8))
    for name, line in lines.items():
        axes.plot(line.index, line, marker="o", markersize=4, label=name)
    if nominal:
        axes.axhline(LEVEL, color="0.5", lw=0.8, ls="--")
    axes.set_ylim(0, 1)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return axes


if __name__ == "__main__":
    script(run)
