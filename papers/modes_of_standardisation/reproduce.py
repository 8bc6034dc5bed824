"""Check who standardises how much, and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.dynamics.policy_game import (
    MODES,
    Outcome,
    PolicyGame,
    compare,
    open_loop,
    solve,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.modes_of_standardisation.pictures import tables_and_figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT = 1e-9
CERTIFIED = 1e-8


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    certificates(study)
    free_riding(study)
    commitment(study)
    cooperation(study)
    number_of_countries(study)
    standards_body(study)
    panels_left_behind(study)
    tables_and_figures(study)
    return study.reproduction()


def drawn(rng: np.random.Generator) -> PolicyGame:
    """Draw a game with synergy and common standards, without spillover and rivalry."""
    knowledge, standards = rng.uniform(0.2, 0.6, 2)
    return PolicyGame(
        countries=int(rng.integers(2, 5)),
        discount=rng.uniform(0.9, 0.97),
        knowledge_decay=rng.uniform(0.08, 0.25),
        standards_decay=rng.uniform(0.05, 0.2),
        knowledge_satiation=knowledge,
        standards_satiation=standards,
        synergy=rng.uniform(0.05, 0.7) * np.sqrt(knowledge * standards),
        research_cost=rng.uniform(5, 20),
        standards_cost=rng.uniform(5, 30),
        publicness=rng.uniform(0.1, 1),
    )


def games(study: Study, offset: int, full: int) -> list[PolicyGame]:
    """Return random games, a quarter of them if the run is to be fast."""
    rng = np.random.default_rng(study.seed + offset)
    return [drawn(rng) for _ in range(full // 4 if study.fast else full)]


def both(game: PolicyGame) -> tuple[Outcome, Outcome]:
    """Return what national governments and what a planner do."""
    return solve(game, "national", starts=1), solve(game, "planner", starts=1)


# ---------------------------------------------------------------------------
# Certificates


def certificates(study: Study) -> None:
    """Check best replies, several starts, and deviations by brute force."""
    outcomes = [
        solve(replace(game, capture=capture), mode, starts=4)
        for game, capture in zip(games(study, 0, 12), [0.4, 0.7, 1.0] * 4, strict=False)
        for mode in MODES
    ]
    worst = max(outcome.certificate for outcome in outcomes)
    good = all(outcome.status == "ok" for outcome in outcomes)
    study.claim("certified", holds=good and worst < CERTIFIED, value=worst)
    most = max(outcome.equilibria for outcome in outcomes)
    study.claim("one_equilibrium", holds=most == 1, value=most)
    strong = solve(PolicyGame(countries=4, spillover=0.3), starts=5)
    study.claim(
        "one_equilibrium_any",
        holds=strong.equilibria == 1,
        value=strong.equilibria,
        note="Stocks that grow by themselves must be held back, and who does it is open.",
    )
    gain = largest_gain(study.seed, 15 if study.fast else 60)
    study.claim("no_gain", holds=gain <= EXACT, value=gain)


def largest_gain(seed: int, deviations: int) -> float:
    """Return the most that country 1 gains by any of some random rules."""
    rng = np.random.default_rng(seed)
    game = PolicyGame()
    rule = solve(game).feedback
    best = earned(game, rule)
    gains = []
    for number in range(deviations):
        other = rule.copy()
        size = (0.1, 0.01, 0.001)[number % 3]
        other[[0, 2]] += size * rng.standard_normal((2, rule.shape[1]))
        gains.append(earned(game, other) - best)
    return max(gains)


def earned(game: PolicyGame, rule: NDArray[np.float64]) -> float:
    """Return what country 1 of two earns from empty stocks on, summed up."""
    k, s = np.zeros(2), np.zeros(2)
    total = 0.0
    for period in range(600):
        effort = -rule @ np.array([*k, *s, 1.0])
        r, e = effort[:2], effort[2:]
        value = game.knowledge_value * k[0] + game.standards_value * s[0]
        value += game.synergy * k[0] * s[0] - game.knowledge_satiation * k[0] ** 2 / 2
        value -= game.standards_satiation * s[0] ** 2 / 2
        cost = game.research_cost * r[0] ** 2 + game.standards_cost * e[0] ** 2
        total += game.discount**period * (value - cost / 2)
        k = (1 - game.knowledge_decay) * k + r
        s = (1 - game.standards_decay) * s + e + game.publicness * e[::-1]
    return float(total)


# ---------------------------------------------------------------------------
# Governments and the planner


def free_riding(study: Study) -> None:
    """Check under-provision, and that private standards need no planner."""
    less, more_research, apart, public = [], [], [], []
    for number, game in enumerate(games(study, 1, 40)):
        share = number % 3 * 0.3 * game.knowledge_decay / (game.countries - 1)
        national, planner = both(replace(game, spillover=share))
        less.append(planner.standards_effort - national.standards_effort)
        more_research.append(planner.research - national.research)
        if number < 20:
            apart.append(distance(replace(game, publicness=0.0)))
            public.append(distance(replace(game, publicness=0.1)))
    holds = min(less) > 0 and min(more_research) > -EXACT
    study.claim("under_provision", holds=holds, value=min(less))
    study.claim("private_standards", holds=max(apart) < EXACT, value=max(apart))
    study.claim("private_standards_public", holds=min(public) < EXACT, value=min(public))


def distance(game: PolicyGame) -> float:
    """Return how far the governments' rules are from the planner's."""
    national, planner = both(game)
    return float(np.abs(national.feedback - planner.feedback).max())


def commitment(study: Study) -> None:
    """Check plans made once and for all against rules that react."""
    steps: list[float] = []
    off = []
    for game in games(study, 2, 24):
        national, planner = both(game)
        planned = open_loop(game, "planner")
        order = (national.standards, open_loop(game).standards, planned.standards)
        steps += rises(order)
        off.append(abs(planner.standards - planned.standards))
        off.append(abs(planner.knowledge - planned.knowledge))
    study.claim("feedback", holds=min(steps) > 0, value=min(steps))
    study.claim("static_condition", holds=max(off) < EXACT, value=max(off))


def cooperation(study: Study) -> None:
    """Check whether cooperation raises research, by synergy and rivalry."""
    positive, negative = (
        [changes(PolicyGame(synergy=synergy)) for synergy in values]
        for values in ((0.05, 0.1, 0.2), (-0.05, -0.1))
    )
    least = min(map(min, positive))
    study.claim("synergy", holds=least > 0, value=least)
    most = max(research for research, _ in negative)
    study.claim("synergy_negative", holds=most > 0, value=most)
    change, _ = changes(PolicyGame(rivalry=0.15))
    study.claim("rivalry", holds=change > 0, value=change)
    study.claim("rivalry_threshold", value=rivalry_threshold())


def changes(game: PolicyGame) -> tuple[float, float]:
    """Return what a planner adds to research and to standardisation."""
    national, planner = both(game)
    return (
        planner.research - national.research,
        planner.standards_effort - national.standards_effort,
    )


def rivalry_threshold() -> float:
    """Return the rivalry at which cooperation neither raises nor lowers research."""
    from scipy.optimize import brentq

    return float(brentq(lambda kappa: changes(PolicyGame(rivalry=kappa))[0], 0.0, 0.15))


def number_of_countries(study: Study) -> None:
    """Check whether the gap grows with the number of countries."""
    ratios = []
    for countries in (2, 3, 4, 6):
        national, planner = both(PolicyGame(countries=countries))
        ratios.append(planner.standards / national.standards)
    least = min(rises(ratios))
    study.claim(
        "gap_grows",
        holds=least > 0,
        value=least,
        note="It peaks at three countries: the value of standards satiates.",
    )


def rises(values: Sequence[float]) -> list[float]:
    """Return the steps between neighbours."""
    return [after - before for before, after in pairwise(values)]


# ---------------------------------------------------------------------------
# A standards body, and the modes side by side


def standards_body(study: Study) -> None:
    """Check a standards body, and how modes rank."""
    above, lost, captured = [], [], []
    for game in games(study, 3, 24):
        planner = solve(game, "planner", starts=1)
        body = solve(game, "sso", starts=1)
        above.append(body.research - planner.research)
        lost.append(planner.welfare - body.welfare)
        half = solve(replace(game, capture=0.5), "sso", starts=1)
        captured.append(half.research - planner.research)
    holds = min(above) > 0 and min(lost) > 0
    study.claim("standards_body", holds=holds, value=min(above))
    study.claim("standards_body_capture", holds=min(captured) > 0, value=max(captured))
    steps: list[float] = []
    for capture in (0.5, 0.8):
        steps += rises(compare(PolicyGame(capture=capture))["welfare"].tolist())
    study.claim("ranking", holds=min(steps) > 0, value=min(steps))
    welfare = compare(PolicyGame(capture=0.3))["welfare"]
    gain = float(welfare["sso"] - welfare["national"])
    holds = min(rises(welfare.tolist())) > 0
    study.claim("ranking_little_captured", holds=holds, value=gain)


def panels_left_behind(study: Study) -> None:
    """Check the autoregression of the panel that the game leaves behind."""
    synergies = (-0.15, -0.1, -0.05, 0.05, 0.1, 0.15)
    steps: list[float] = []
    signs: list[bool] = []
    foreign: list[float] = []
    private: list[float] = []
    for publicness, countries in product((0.0, 0.5, 1.0), (2, 3)):
        cross = []
        for synergy in synergies:
            game = PolicyGame(synergy=synergy, publicness=publicness, countries=countries)
            left = solve(game, starts=1)
            cross.append(left.autoregression[[0, 1], [1, 0]])
            signs.append(bool((np.sign(cross[-1]) == np.sign(synergy)).all()))
            where = foreign if publicness else private
            where.append(left.reaction_to_foreign_standards)
        steps += np.diff(cross, axis=0).ravel().tolist()
    holds = all(signs) and min(steps) > 0
    study.claim("cross_effects", holds=holds, value=min(steps))
    holds = max(foreign) < 0 and max(map(abs, private)) < EXACT
    study.claim("foreign_standards", holds=holds, value=max(foreign))


if __name__ == "__main__":
    script(run)
