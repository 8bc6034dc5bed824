"""Check the claims of Kandori, Mailath and Rob (1993)."""

from __future__ import annotations

import itertools
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models import finite, network_effects, selection
from unigauge.papers import Reproduction, Study, script

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Game = tuple[tuple[float, ...], ...]

COORDINATION = {
    "stag hunt": ((4, 0), (3, 2)),
    "near even": ((10, -5), (4, 3)),
    "better is safer": ((8, 1), (2, 2)),
    "pure coordination": ((2, 0), (0, 1)),
}
EVEN = ((5, 0), (4, 1))
DOMINANT = {"dominant": ((3, 2), (1, 0)), "prisoners": ((2, 0), (3, 1))}
MIXED = {"hawk and dove": ((-3, 4), (0, 3)), "congestion": ((1, 4), (2, 2.5))}
SIZES = (20, 50, 200)
RARE = 1e-3


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    coordination(study)
    other_games(study)
    speed(study)
    mistakes(study)
    tables_and_figures(study)
    return study.reproduction()


def safer(A: Game) -> int:
    """Return the risk-dominant action."""
    action = finite.risk_dominance(A).risk_dominant_action
    assert action is not None
    return action


def share(A: Game, n: int, action: int) -> float:
    """Return the long-run share on an action at one mistake in 1,000."""
    on_zero = selection.best_reply_with_mistakes(A, n, RARE).mean_share
    return on_zero if action == 0 else 1 - on_zero


@cache
def stability(A: Game, n: int) -> selection.Stability:
    """Return radii and survivors, with numbers of players on action 0 as states."""
    return selection.convention_stability(A, n)


def survivors(A: Game, n: int) -> tuple[int, ...]:
    """Return the numbers of players on action 0 that survive."""
    return stability(A, n).stable


# ---------------------------------------------------------------------------
# Claims


def coordination(study: Study) -> None:
    """Check coordination games, and where the theorem's conditions fail."""
    shares, alone = [], True
    for A, n in itertools.product(COORDINATION.values(), SIZES):
        action = safer(A)
        shares.append(share(A, n, action))
        alone &= survivors(A, n) == (n * (action == 0),)
    study.claim("risk_dominance_survives", holds=alone, value=min(shares))

    pairs = [survivors(A, 2) == (2 * (safer(A) == 0),) for A in COORDINATION.values()]
    other = max(share(A, 2, 1 - safer(A)) for A in COORDINATION.values())
    study.claim(
        "two_players",
        holds=all(pairs),
        value=other,
        note="Of two players one mistake is half the population, whichever way.",
    )
    kept = [len(survivors(EVEN, n)) == 1 for n in SIZES]
    study.claim("even_risk", holds=all(kept), value=share(EVEN, 50, 0))

    better = {
        name: finite.risk_dominance(A).payoff_dominant_action
        for name, A in COORDINATION.items()
    }
    least = min(
        share(COORDINATION[name], 50, action)
        for name, action in better.items()
        if action is not None
    )
    study.claim("payoff_dominance", holds=least > 0.5, value=least)

    gaps = [
        abs(power_of_odds(A, n) - difference_of_radii(A, n))
        for A, n in itertools.product(COORDINATION.values(), SIZES)
    ]
    study.claim("order_of_probability", holds=max(gaps) < 1e-2, value=max(gaps))


def power_of_odds(A: Game, n: int) -> float:
    """Return the power of mistakes in the odds of all on 0 against all on 1."""
    rates = (1e-7, 1e-9)
    odds = [selection.best_reply_with_mistakes(A, n, e).log10_ratio for e in rates]
    return (odds[1] - odds[0]) / (math.log10(rates[1]) - math.log10(rates[0]))


def difference_of_radii(A: Game, n: int) -> float:
    """Return coradius less radius of all on action 0."""
    found = stability(A, n)
    return float(found.coradius[-1] - found.radius[-1])


def other_games(study: Study) -> None:
    """Check games with a dominant action and games with a mixed equilibrium."""
    shares, alone = [], True
    for A, n in itertools.product(DOMINANT.values(), SIZES):
        action = int(np.argmax(np.sum(A, axis=1)))
        shares.append(share(A, n, action))
        alone &= survivors(A, n) == (n * (action == 0),)
    study.claim("dominant_action", holds=alone, value=min(shares))
    far = max(
        abs(state - n * mixed_share(A))
        for A, n in itertools.product(MIXED.values(), SIZES)
        for state in survivors(A, n)
    )
    study.claim("mixed_equilibrium", holds=far <= 1, value=far)


def mixed_share(A: Game) -> float:
    """Return the weight on action 0 in the mixed equilibrium."""
    (mixed,) = (
        profile
        for profile in finite.equilibria(finite.FiniteGame.symmetric(A))
        if 0 < profile[0][0] < 1
    )
    return float(mixed[0][0])


def all_revise(A: Game, n: int, rate: float) -> selection.Stationary:
    """Return the long run if every player replies to the others and may err."""
    gains = np.array(A, dtype=float)[0] - np.array(A, dtype=float)[1]

    def zero(others: Array) -> Array:
        mean = (others * gains[0] + (n - 1 - others) * gains[1]) / (n - 1)
        best = np.where(mean > 1e-12, 1.0, np.where(mean < -1e-12, 0.0, 0.5))
        return (1 - rate) * best + rate / 2

    from scipy.stats import binom

    transition = np.empty((n + 1, n + 1))
    for k in range(n + 1):
        stay, come = zero(np.array([k - 1.0, k]))
        transition[k] = np.convolve(
            binom.pmf(np.arange(k + 1), k, stay),
            binom.pmf(np.arange(n - k + 1), n - k, come),
        )
    return selection.stationary(transition / transition.sum(axis=1, keepdims=True))


def speed(study: Study) -> None:
    """Check what changes if everybody revises at once."""
    n = 16
    shares = []
    for A in COORDINATION.values():
        on_zero = all_revise(A, n, RARE).mean_share
        shares.append(on_zero if safer(A) == 0 else 1 - on_zero)
    study.claim("all_at_once", holds=min(shares) > 0.95, value=min(shares))
    near = max(
        float(
            all_revise(A, n, RARE)
            .probabilities[np.abs(np.arange(n + 1) - n * mixed_share(A)) <= 2]
            .sum()
        )
        for A in MIXED.values()
    )
    study.claim(
        "all_at_once_mixed",
        holds=near > 0.5,
        value=near,
        note="Everybody avoids what everybody did: the population jumps from end to end.",
    )


def mistakes(study: Study) -> None:
    """Check waiting times, mistakes that depend on the state, and the arithmetic."""
    gaps, grows = [], True
    for A in COORDINATION.values():
        waits = []
        for n in (10, 20, 40):
            start = n * (safer(A) == 1)
            radius = stability(A, n).radius[int(start == n)]
            times = [
                selection.mistakes_chain(A, n, e).expected_time(start, n - start)
                for e in (1e-6, 1e-8)
            ]
            gaps.append(abs(math.log(times[1] / times[0]) / math.log(100) - radius))
            waits.append(
                selection.mistakes_chain(A, n, 0.05).expected_time(start, n - start)
            )
        grows &= waits[0] < waits[1] < waits[2]
    study.claim("waiting_time", holds=max(gaps) < 1e-2 and grows, value=max(gaps))
    least = min(slips(A, 20) for A in COORDINATION.values())
    study.claim("state_dependent_mistakes", holds=least > 0.5, value=least)

    chain = selection.mistakes_chain(COORDINATION["stag hunt"], 200, 0.01)
    steps = np.diag(chain.up[:-1], 1) + np.diag(chain.down[1:], -1)
    steps += np.diag(1 - chain.up - chain.down)
    by_elimination = selection.stationary(steps).log_probabilities
    by_logarithms = chain.stationary().log_probabilities
    off = float(np.abs(np.expm1(by_elimination - by_logarithms)).max())
    study.claim("exact_long_run", holds=off < 1e-10, value=off)


def slips(A: Game, n: int) -> float:
    """Return the share on the safer action if those near it err far more often."""
    often, seldom = RARE, RARE**5
    few, many = (selection.mistakes_chain(A, n, rate) for rate in (seldom, often))
    near_zero = np.arange(n + 1) > n / 2
    err_often = near_zero if safer(A) == 0 else ~near_zero
    up, down = (
        np.where(err_often, getattr(many, way), getattr(few, way)) for way in ("up", "down")
    )
    on_zero = selection.BirthDeath(up, down).stationary().mean_share
    return on_zero if safer(A) == 0 else 1 - on_zero


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the table and the two figures."""
    import pandas as pd

    games = {**COORDINATION, "even risks": EVEN, **DOMINANT, **MIXED}
    rows = []
    for (name, A), n in itertools.product(games.items(), SIZES):
        found = stability(A, n)
        rows.append(
            {
                "game": name,
                "players": n,
                "survive": ", ".join(map(str, found.stable)),
                "radius": ", ".join(f"{radius:g}" for radius in found.radius),
                "share_on_0": share(A, n, 0),
            }
        )
    study.table(
        "survival",
        pd.DataFrame(rows).set_index(["game", "players"]),
        caption="Numbers of players on action 0 that survive as mistakes vanish, the radius "
        "of each convention from 0 upwards, and the long-run share on action 0 at one "
        "mistake in 1,000.",
    )
    rates = np.logspace(-0.05, -4, 25 if study.fast else 80)
    games = {**COORDINATION, "even risks": EVEN, "hawk and dove": MIXED["hawk and dove"]}
    data = pd.DataFrame(
        [
            (name, rate, selection.best_reply_with_mistakes(A, 20, float(rate)).mean_share)
            for name, A in games.items()
            for rate in rates
        ],
        columns=["game", "mistakes", "share_on_0"],
    )
    study.figure(
        "survival",
        draw_survival(data),
        data=data,
        caption="Long-run share of 20 players on action 0 as mistakes become rare. In the "
        "stag hunt action 0 is better for all and dies out; where risks are even both "
        "conventions keep half of the time; hawks and doves stay at their mixed equilibrium.",
        alt="Lines over the rate of mistakes, from one half at frequent mistakes to zero, "
        "one, one half or one quarter as mistakes vanish.",
    )
    data = landscape(COORDINATION["stag hunt"], 30)
    study.figure(
        "basins",
        draw_basins(data),
        data=data,
        caption="Stag hunt, 30 players. Above: what action 0 gains over 1; adoption tips "
        "where it turns positive, and the basin of the safe convention is the larger. "
        "Below: where the population spends its time, for three rates of mistakes.",
        alt="A rising line that crosses zero at two thirds, with the basins shaded to its "
        "left and right; below, long-run probabilities that pile up at zero.",
    )


def draw_survival(data: pd.DataFrame) -> Figure:
    """Draw the share on action 0 over the rate of mistakes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = figure.subplots()
    for number, (name, path) in enumerate(data.groupby("game", sort=False)):
        style = "-" if name in COORDINATION else "--"
        axes.plot(
            path["mistakes"],
            path["share_on_0"],
            f"C{number}{style}",
            lw=4 - 0.6 * number,  # some lines coincide
            label=str(name),
        )
    axes.set_xscale("log")
    axes.invert_xaxis()
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel("probability of a mistake (ever rarer to the right)")
    axes.set_ylabel("long-run share on action 0")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right center", frameon=False)
    return figure


def landscape(A: Game, n: int) -> pd.DataFrame:
    """Return the gain from action 0, basins and long-run probabilities by state."""
    import pandas as pd

    payoffs = np.array(A, dtype=float)
    others = np.arange(n)
    gain = np.stack([others, n - 1 - others], axis=1) @ (payoffs[0] - payoffs[1]) / (n - 1)
    tipping = network_effects.tipping(network_effects.AdoptionGame(gain, 0.0))
    frame = pd.DataFrame(
        {"players_on_0": np.arange(n + 1), "gain_of_0": np.append(gain, np.nan)}
    )
    frame["tips_at"] = tipping.critical_mass
    for rate in (0.4, 0.2, 0.05):
        found = selection.best_reply_with_mistakes(A, n, rate)
        frame[f"mistakes_{rate:g}"] = found.probabilities
    return frame


def draw_basins(data: pd.DataFrame) -> Figure:
    """Draw the gain and its basins above the long-run probabilities."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 5.4), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    n, tip = int(data["players_on_0"].iloc[-1]), int(data["tips_at"].iloc[0])
    for axes in (above, below):
        axes.axvspan(-0.5, tip - 0.5, color="C0", alpha=0.1, lw=0)
        axes.axvspan(tip - 0.5, n + 0.5, color="C1", alpha=0.12, lw=0)
        axes.spines[["top", "right"]].set_visible(False)
    above.plot(data["players_on_0"], data["gain_of_0"], "k")
    above.axhline(0, color="0.5", lw=0.8)
    above.annotate("drawn to 1 (safe)", (tip / 2, 0.1), ha="center", color="C0")
    above.annotate("drawn to 0 (better)", ((tip + n) / 2, -0.35), ha="center", color="C1")
    above.set_ylabel("gain of action 0 over 1")
    for number, name in enumerate(c for c in data.columns if c.startswith("mistakes_")):
        rate = name.removeprefix("mistakes_")
        below.plot(data["players_on_0"], data[name], f"C{number + 2}o-", ms=3, label=rate)
    below.legend(title="mistakes", frameon=False)
    below.set_xlim(-0.5, n + 0.5)
    below.set_xlabel("players on action 0")
    below.set_ylabel("long-run probability")
    return figure


if __name__ == "__main__":
    script(run)
