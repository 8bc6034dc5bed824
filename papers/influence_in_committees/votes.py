"""The claims on votes, modes of agreement and the measure of balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.adoption.attrition import (
    Qualities,
    Rivals,
    lorenz_factor,
    majority_accuracy,
)
from unigauge.models.adoption.attrition import solve as fight
from unigauge.models.adoption.committee import MODES, Standoff
from unigauge.models.adoption.committee import solve as settle
from unigauge.models.agreements.bargaining import ccd
from unigauge.models.agreements.voting import banzhaf, bloc_vote, setter

if TYPE_CHECKING:
    from unigauge.papers import Study

__all__ = ["agendas", "balance", "modes", "power"]


def power(study: Study) -> None:
    """Check power against weight."""
    rng = np.random.default_rng(study.seed)
    below = []
    for _ in range(100 if study.fast else 400):
        weights = rng.integers(1, 51, int(rng.integers(3, 8)))
        quota = int(np.ceil(rng.uniform(0.5, 1) * weights.sum() + 1e-9))
        found = banzhaf(weights, min(quota, int(weights.sum())))
        least = int(weights.argmin())
        below.append(found.power[least] <= weights[least] / weights.sum() + 1e-12)
    share = float(np.mean(below))
    study.claim(
        "weak_power_below_weight",
        holds=share == 1,
        value=share,
        note="The share depends on the ranges drawn from. It holds, for "
        "one, where no coalition ever needs the least voter.",
    )
    study.claim("one_percent", value=float(banzhaf([50, 49, 1], 51).power[2]))


def agendas(study: Study) -> None:
    """Check the agenda seat and bloc votes."""
    rng = np.random.default_rng(study.seed + 1)
    gains, excess = [], []
    for _ in range(100 if study.fast else 400):
        ideals, (q, goal) = rng.uniform(0, 1, 5), rng.uniform(0, 1, 2)
        gains.append(setter(ideals, q, goal, quota=int(rng.integers(3, 6))).setter_gain)
        low = 0.9 * float(ideals.min())
        sure = setter(ideals, low, 3.0, quota=5)
        excess.append(sure.proposal - (2 * float(ideals.min()) - low))
    study.claim(
        "seat_has_value", holds=min(gains) >= 0 and max(gains) > 0, value=min(gains)
    )
    most = max(excess)
    study.claim("unanimity_caps_the_seat", holds=most <= 1e-12, value=most)
    grid = np.linspace(0, 2, 9 if study.fast else 21).tolist()
    votes = [bloc_vote(5, 3, 3, loyalty=g) for g in grid]
    step = max(
        float(np.diff([vote.loss for vote in votes]).max()),
        float(np.diff([vote.prob_unanimous for vote in votes]).max()),
    )
    study.claim("geopolitics_costs_quality", holds=step < 0, value=step)


def modes(study: Study) -> None:
    """Check wars of attrition, committees and majorities."""
    won = float(fight(Rivals(win=(10, 6), cost=(1, 1))).prob_win[0])
    study.claim(
        "higher_stake_wins",
        holds=won > 0.5,
        value=won,
        note="Each side must make the other indifferent, so that the side with more at "
        "stake faces the higher hazard. It holds with private qualities.",
    )
    leads = []
    for other in np.linspace(0.05, 0.95, 10 if study.fast else 19).tolist():
        for rounds in (1, 2, 3, 5, 10):
            standoff = Standoff(own=1, other=other, none=0, rounds=rounds, discount=1)
            committee, market, hybrid = (settle(standoff, mode).value for mode in MODES)
            leads += [hybrid - committee, committee - market]
    study.claim("hybrid_best", holds=min(leads) >= -1e-12, value=min(leads))
    uniform = Qualities.uniform()
    offs = []
    for ratio in np.linspace(0.05, 0.95, 10).tolist():
        surplus = lorenz_factor(uniform, ratio) * uniform.mean
        offs.append(abs(majority_accuracy(uniform, ratio) - (3 * surplus - 1)))
    study.claim("majority_or_consensus", holds=max(offs) < 1e-10, value=max(offs))


def balance(study: Study) -> None:
    """Check the coupling coordination degree."""
    before, after = ccd([0.6, 0.5, 0.1]), ccd([0.9, 0.5, 0.1])
    rise = after.degree - before.degree
    study.claim(
        "coupling_shows_bottlenecks",
        holds=rise <= 0,
        value=rise,
        note="The degree is the root of the geometric mean: any subsystem raises it. "
        "C falls here, but it would also rise if the leader fell back.",
    )
