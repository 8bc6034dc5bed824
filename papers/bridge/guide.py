"""Which estimator to believe when: a page whose numbers come from the stored full run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from unigauge.papers.bridge.comparison import stored_adoption
from unigauge.papers.bridge.findings import Row, Runs
from unigauge.papers.bridge.worlds import BROKEN

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["guide", "markdown"]

COLUMNS = ("you want", "believe", "what to expect", "do not rest it on")


def guide(runs: Runs) -> pd.DataFrame:
    """Return one row a purpose: what to believe, what to expect, what to leave.

    Unless a size is named, numbers are those of 50 units and 20 periods, and a test asks
    for 5 % rejections.
    """
    import pandas as pd

    rows = [
        *_structure(runs),
        *_reduced_form(runs),
        *_responses(runs),
        *_same_period(runs),
        *_counts(runs),
        *_extensions(runs),
        *_causality(runs),
        *_broken(runs),
        *_adoption(),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def markdown(table: pd.DataFrame) -> str:
    """Return the table as Markdown."""
    rule = ["---"] * len(COLUMNS)
    lines = [list(COLUMNS), rule, *table.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


class Guidance(NamedTuple):
    """One line of the page."""

    wanted: str
    believe: str
    expect: str
    leave: str


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _rejects(row: Row) -> str:
    """Return how often a test of the truth rejects, with and without the effect."""
    low, high = sorted((row["size"], row["size_null"]))
    if _percent(low) == _percent(high):
        return _percent(low)
    return f"{100 * low:.0f} to {_percent(high)}"


def _off(row: Row) -> str:
    """Return the bias in parts of the truth, with its sign."""
    share = round(100 * row["bias"] / row["truth"])
    return f"{share:+d} %" if share else "0 %"


def _structure(runs: Runs) -> list[Guidance]:
    response, loop = (runs.main("indirect inference", name) for name in ("b_ks", "loop"))
    plain = runs.main("fixed effects", "loop")
    boot = runs.main("jackknife, unit bootstrap", "b_ks")
    delta = runs.main("jackknife, delta method", "b_ks")
    moments = runs.main("orthogonal-deviations GMM", "b_ks")
    small, short = (
        runs.cell(size, "indirect inference", "loop") for size in ((20, 20), (50, 10))
    )
    return [
        Guidance(
            "how fast stocks adjust, what each adds to the other, the loop",
            "indirect inference, `two_way_fit(...)`",
            f"response: bias {_off(response)}, rejected in {_rejects(response)}, power "
            f"{_percent(response['power'])}; loop: bias {_off(loop)}, rejected in "
            f"{_rejects(loop)}, power {_percent(loop['power'])}; with 20 units the loop is off "
            f"by {_off(small)} and rejected in {_percent(small['size'])}, with 10 periods by "
            f"{_off(short)} and {_percent(short['size'])}, power {_percent(short['power'])}",
            f"fixed effects: the loop off by {_off(plain)}, rejected in {_rejects(plain)}",
        ),
        Guidance(
            "a check that simulates nothing",
            'half-panel jackknife with a bootstrap of units, `method="jackknife"`',
            f"response: bias {_off(boot)}, rejected in {_rejects(boot)}; power "
            f"{_percent(boot['power'])}",
            "the jackknife with the standard errors of fixed effects: rejected in "
            f"{_rejects(delta)}",
        ),
        Guidance(
            "many units, and no faith in stationary starts or equal halves",
            'GMM on orthogonal deviations, `method="gmm"`',
            f"response: rejected in {_rejects(moments)}, but with a standard "
            f"deviation {moments['sd'] / response['sd']:.1f} times that of indirect "
            f"inference; power {_percent(moments['power'])}",
            "its silence: what it does not reject may well be there",
        ),
    ]


def _reduced_form(runs: Runs) -> list[Guidance]:
    few, many = (runs.cell((n, 10), "fixed effects", "a12") for n in (50, 200))
    fewer, best = (runs.cell((n, 10), "indirect inference", "a12") for n in (50, 200))
    long = runs.cell((50, 40), "jackknife", "a12")
    return [
        Guidance(
            "the effect of standards on knowledge a year later, ten years of data",
            "indirect inference",
            f"200 units: bias {_off(best)}, rejected in {_percent(best['size'])}, power "
            f"{_percent(best['power'])}; 50 units: power {_percent(fewer['power'])}",
            f"more units: by fixed effects rejected in {_percent(few['size'])} with 50 units "
            f"and {_percent(many['size'])} with 200, the bias being "
            f"{_off(few)} and {_off(many)}",
        ),
        Guidance(
            "the same, forty years of data",
            "the jackknife will do, with a bootstrap",
            f"bias {_off(long)}, power {_percent(long['power'])}",
            f"its standard errors from fixed effects: rejected in {_percent(long['size'])}",
        ),
    ]


def _responses(runs: Runs) -> list[Guidance]:
    two, four = (
        runs.main("local projection, jackknife", f"response, h = {h}") for h in (2, 4)
    )
    plain = runs.main("local projection", "response, h = 4")
    return [
        Guidance(
            "responses over several years",
            "those of the autoregression; local projections with jackknife up to two years",
            f"two years: bias {_off(two)}, with the standard errors of fixed effects rejected in "
            f"{_rejects(two)}; four: bias {_off(four)}",
            f"local projections at four years: fixed effects are off by {_off(plain)} and "
            f"rejected in {_rejects(plain)}, the jackknife still in "
            f"{_rejects(four)}",
        )
    ]


def _same_period(runs: Runs) -> list[Guidance]:
    plain = runs.main("least squares, same period", "l_k b_ks")
    two = runs.main("two-stage least squares", "l_k b_ks")
    three = runs.main("three-stage least squares", "l_k b_ks")
    return [
        Guidance(
            "effects within the year",
            "two- or three-stage least squares with a shifter of each stock",
            f"bias {_off(two)} and {_off(three)}, rejected in {_rejects(two)} and "
            f"{_rejects(three)}; what is left is the bias of the own lag",
            f"least squares: off by {_off(plain)}, rejected in {_rejects(plain)}; nor on three "
            "stages to be more precise than two",
        )
    ]


def _counts(runs: Runs) -> list[Guidance]:
    cross, own = (runs.main("Poisson", name) for name in ("a12", "a11"))
    halves = runs.main("Poisson, jackknife", "a12")
    return [
        Guidance(
            "the effect of standards on counts of patents",
            "Poisson with effects of units and periods",
            f"bias {_off(cross)}, rejected in {_rejects(cross)}; jackknife: bias "
            f"{_off(halves)}, but without a bootstrap rejected in {_rejects(halves)}",
            f"its coefficient of the own past: off by {_off(own)}, rejected in {_rejects(own)}",
        )
    ]


def _extensions(runs: Runs) -> list[Guidance]:
    rows = [
        runs.main("network, jackknife", "d11"),
        runs.main("inverted U, jackknife", "- l_k q"),
        runs.main("absorptive capacity, jackknife", "- chi"),
    ]
    ratios = [row["sd"] / row["mean_se"] for row in rows]
    return [
        Guidance(
            "neighbours, an inverted U, absorptive capacity",
            "the jackknife for the coefficient, a bootstrap of units for its error",
            f"biases {', '.join(map(_off, rows))}",
            "standard errors of fixed effects: true spreads are "
            f"{min(ratios):.1f} to {max(ratios):.1f} times as large",
        )
    ]


def _causality(runs: Runs) -> list[Guidance]:
    def size(test: str, way: str) -> float:
        return float(runs.main(f"{test}, {way}", "no causality")["size"])

    response = runs.main("indirect inference", "b_ks")
    heterogeneous, pooled = "Dumitrescu-Hurlin", "Juodis-Karavias-Sarafidis"
    return [
        Guidance(
            "whether standards matter for knowledge at all",
            "the test of the response by indirect inference, or its bootstrap",
            f"a true null is rejected in {_percent(response['size_null'])} of draws, the "
            f"effect found in {_percent(response['power'])}",
            "tables of tests of causality: Dumitrescu-Hurlin rejects a true null in "
            f"{_percent(size(heterogeneous, 'period means out'))}, "
            "Juodis-Karavias-Sarafidis in "
            f"{_percent(size(pooled, 'period means out'))}, and in "
            f"{_percent(size(pooled, 'as it is'))} if period means are left in",
        )
    ]


def _broken(runs: Runs) -> list[Guidance]:
    def row(world: str, parameter: str, estimator: str = "indirect inference") -> Row:
        return runs.broken(world, estimator, parameter)

    trend = row("unit_trends", "b_ks", "orthogonal-deviations GMM")
    worlds = list(BROKEN)
    responses, loops, speeds = (
        [row(world, parameter) for world in worlds] for parameter in ("b_ks", "loop", "l_k")
    )
    biases = sorted(responses, key=lambda found: found["bias"])
    return [
        Guidance(
            "any of this where units may have trends, dynamics or effects of their own, or "
            "feel a common factor each in its own way",
            "indirect inference for responses, with GMM beside it",
            f"for the mean unit: response, bias {_off(biases[0])} to {_off(biases[-1])}, "
            f"rejected in {_between(responses)}; loop, rejected in {_between(loops)}; "
            f"response by GMM, with trends, rejected in {_percent(trend['size'])}",
            f"the speed of adjustment: rejected in {_between(speeds)}",
        )
    ]


def _between(rows: Sequence[Row]) -> str:
    """Return the range of rejections of the truth over worlds."""
    shares = [row["size"] for row in rows]
    return f"{100 * min(shares):.0f} to {_percent(max(shares))}"


def _adoption() -> list[Guidance]:
    table: dict[tuple[float | str, ...], Row] = {
        (row["psel"], row["rounds"], row["method"]): row
        for row in stored_adoption().to_dict("records")
        if row["parameter"] == "dl"
    }

    def off(*design: float | str) -> str:
        row = table[design]
        return _off({"bias": row["mean"] - row["truth"], "truth": row["truth"]})

    def covered(*design: float | str) -> str:
        return _percent(table[design]["coverage"])

    return [
        Guidance(
            "how much others' adoption moves one's own, where several equilibria may be played "
            "(200 technologies, 20 countries)",
            'maximum likelihood with selection, `adoption_game_fit(..., method="mle")`',
            f"bias {off(0.5, 1, 'mle')}, intervals cover in {covered(0.5, 1, 'mle')} (either "
            f"equilibrium) and {covered(1.0, 1, 'mle')} (always the highest); two steps by "
            f"technology with ten rounds of choices cover in {covered(0.5, 10, 'ccp_market')}, "
            f"with one round in {covered(0.5, 1, 'ccp_market')} and "
            f"{covered(1.0, 1, 'ccp_market')}",
            f"pooled two steps: off by {off(0.5, 1, 'ccp_pooled')} and "
            f"{off(1.0, 1, 'ccp_pooled')}, cover in {covered(0.5, 1, 'ccp_pooled')} and "
            f"{covered(1.0, 1, 'ccp_pooled')}",
        )
    ]
