"""Check what the two-way system, traps and catching up claim."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np

from unigauge.models.dynamics.two_way import (
    Reply,
    Traps,
    TwoWay,
    catch_up,
    catch_up_speed,
    skill_threshold,
    solve,
    traps,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.synergy_and_traps.pictures import tables_and_figures

EXACT = 1e-9
BORDER = 1e-6
STEEP = 6.0


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    pairs(study)
    networks(study)
    long_run(study)
    steady_states(study)
    followers(study)
    skill_and_standards(study)
    tables_and_figures(study)
    return study.reproduction()


def drawn(rng: np.random.Generator, *, positive: bool = True) -> TwoWay:
    """Draw a system of two stocks."""
    return TwoWay(
        adjustment=tuple(rng.uniform(0.05, 1, 2)),
        response=tuple(rng.uniform(0 if positive else -2, 2, 2)),
    )


# ---------------------------------------------------------------------------
# The loop


def pairs(study: Study) -> None:
    """Check the map, and whether the loop decides."""
    rng = np.random.default_rng(study.seed)
    systems = [drawn(rng) for _ in range(500 if study.fast else 3000)]
    wrong = sum(misleads(system, system.loop) for system in systems)
    study.claim("loop_decides", holds=wrong == 0, value=wrong)
    signed = [drawn(rng, positive=False) for _ in range(500 if study.fast else 3000)]
    off = max(map(distance_of_map, signed[:300]))
    study.claim("one_to_one", holds=off < 1e-6, value=off)
    negative = [
        *(system for system in signed if system.loop < 0),
        TwoWay(adjustment=(1.0, 1.0), response=(1.5, -1.5)),
    ]
    share = float(np.mean([system.status == "unstable" for system in negative]))
    study.claim("loop_decides_any_sign", holds=share == 0, value=share)


def misleads(system: TwoWay, loop: float) -> bool:
    """Return whether a loop says the contrary of the spectral radius."""
    clear = abs(system.radius - 1) > BORDER
    return clear and (loop < 1) != (system.radius < 1)


def distance_of_map(system: TwoWay) -> float:
    """Return how far the map is from its inverse, and its Jacobian from differences."""
    own = system.reduced_form.own
    step = 1e-6

    def theta(a: np.ndarray) -> np.ndarray:
        found = TwoWay.from_reduced_form(a)
        return np.array([*found.adjustment, *found.response, found.loop])

    truth = np.array([*system.adjustment, *system.response, system.loop])
    if min(system.adjustment) < 0.1 or max(system.adjustment) > 0.9:
        return float(np.abs(theta(own) - truth).max())  # no room for differences
    columns = []
    for cell in np.ndindex(2, 2):
        nudge = np.zeros((2, 2))
        nudge[cell] = step
        columns.append((theta(own + nudge) - theta(own - nudge)) / (2 * step))
    off = np.abs(np.column_stack(columns) - system.jacobian) / (1 + np.abs(system.jacobian))
    return float(max(np.abs(theta(own) - truth).max(), off.max()))


def networks(study: Study) -> None:
    """Check the loop on networks against the full matrix."""
    rng = np.random.default_rng(study.seed + 1)
    wrong, misled, apart = 0, 0, []
    for _ in range(200 if study.fast else 1000):
        units = int(rng.integers(2, 9))
        weights = rng.uniform(size=(units, units)) * (1 - np.eye(units))
        weights /= weights.sum(axis=1, keepdims=True)
        system = TwoWay(
            adjustment=tuple(rng.uniform(0.05, 1, 2)),
            response=tuple(rng.uniform(0, 1.2, 2)),
            imitation=tuple(rng.uniform(0, 0.8, 2)),
            network=weights,
        )
        own, neighbours = system.reduced_form
        full = np.kron(np.eye(units), own) + np.kron(weights, neighbours)
        apart.append(abs(system.radius - float(np.abs(np.linalg.eigvals(full)).max())))
        wrong += misleads(system, system.loop)
        misled += misleads(system, float(np.prod(system.response)))
    study.claim("network_loop_decides", holds=wrong == 0, value=wrong)
    study.claim("network_by_blocks", holds=max(apart) < EXACT, value=max(apart))
    study.claim("network_left_out", holds=misled == 0, value=misled)


def long_run(study: Study) -> None:
    """Check the multiplier where the system settles and where it does not."""
    rng = np.random.default_rng(study.seed + 2)
    off: list[float] = []
    while len(off) < 200:
        system = drawn(rng, positive=False)
        if system.radius < 0.98:
            reached = pushed(system, 2000)
            off.append(abs(system.multiplier - reached) / abs(reached))
    study.claim("multiplier", holds=max(off) < EXACT, value=max(off))
    unstable = TwoWay(response=(1.5, 1.0))
    reached = pushed(unstable, 200)
    formula = 1 / (1 - unstable.loop)
    study.claim(
        "multiplier_unstable",
        holds=abs(reached - formula) < 1,
        value=reached,
        note=f"The model returns {solve(unstable).multiplier} with the status "
        f"{unstable.status!r}.",
    )


def pushed(system: TwoWay, periods: int) -> float:
    """Return how much knowledge a lasting unit more of wanted knowledge has made."""
    own = system.reduced_form.own
    state, push = np.zeros(2), np.array([system.adjustment[0], 0.0])
    for _ in range(periods):
        state = own @ state + push
    return float(state[0])


# ---------------------------------------------------------------------------
# Traps


def steady_states(study: Study) -> None:
    """Check how often replies cross, thresholds, and what a local loop tells."""
    slopes = np.concatenate([np.linspace(0.5, 3.99, 30), np.linspace(4.01, 12, 30)])
    wrong = sum(
        len(crossed(beta).knowledge) != (3 if beta > 4 else 1) for beta in slopes.tolist()
    )
    study.claim("three_states", holds=wrong == 0, value=wrong)
    without = sum(
        crossed(STEEP, centre).status != "trap" for centre in np.linspace(0.2, 0.8, 25)
    )
    study.claim("three_states_off_centre", holds=without == 0, value=without)
    wrong = ending_wrong(200)
    study.claim("threshold", holds=wrong == 0, value=wrong)
    trapped = crossed(STEEP)
    alone = crossed(4 * float(np.sqrt(trapped.slope[0])))  # as steep as the other at rest
    apart = float(abs(alone.slope[0] - trapped.slope[0]))
    more = len(trapped.knowledge) - len(alone.knowledge)
    study.claim("local_loop_tells", holds=more == 0 or apart > BORDER, value=more)


def crossed(beta: float, centre: float = 0.5) -> Traps:
    """Return the steady states of two logistic replies."""
    return traps(Reply(steepness=beta, centre=centre), Reply(steepness=beta))


def ending_wrong(starts: int) -> int:
    """Return how many starts end on the other side of the threshold; all if unstable outside."""
    found = crossed(STEEP)
    if found.stable.tolist() != [True, False, True]:
        return starts
    reply = found.knowledge_reply
    start = np.linspace(0.01, 0.99, starts)
    k = s = start
    for _ in range(4000):
        k, s = k + 0.1 * (reply(s) - k), s + 0.1 * (reply(k) - s)
    up = k > found.thresholds[0]
    settled = np.abs(k - found.knowledge[np.where(up, 2, 0)]) < 1e-9
    return int((~settled | (up != (start > found.thresholds[0]))).sum())


# ---------------------------------------------------------------------------
# Catching up


def followers(study: Study) -> None:
    """Check closed forms of catching up, and who falls back for ever."""
    rng = np.random.default_rng(study.seed + 3)
    off, wrong = [], 0
    for _ in range(8 if study.fast else 30):
        for curvature in (-1.0, 0.0, 0.5, 1.0, 2.0):
            speed, gap = rng.uniform(0.02, 0.12), rng.uniform(0.005, 0.1)
            found = catch_up(
                speed=speed, own_growth=0.0, frontier_growth=gap, curvature=curvature
            )
            off.append(found.certificate)
            lost = curvature > 0 and speed <= curvature * gap
            wrong += (found.status == "diverge") != lost
    study.claim("catch_up", holds=max(off) < 1e-8 and wrong == 0, value=max(off))


def skill_and_standards(study: Study) -> None:
    """Check complements, and the threshold of skill."""
    powers = (0.3, 0.7, 1.0, 1.5)
    cross = [cross_difference(h, s) for h in powers for s in powers]
    study.claim("complements", holds=min(cross) > 0, value=min(cross))
    cross = [cross_difference(h, -0.5) for h in powers]
    study.claim("complements_any", holds=max(cross) > 0, value=max(cross))
    standards = np.geomspace(0.25, 4, 9).tolist()
    bars = [skill_threshold(s, gap=0.03) for s in standards]
    split = all(
        verdict(0.99 * bar, s) == "diverge" != verdict(1.01 * bar, s)
        for bar, s in zip(bars, standards, strict=True)
    )
    most = max(after - before for before, after in pairwise(bars))
    study.claim("skill_threshold", holds=split and most < 0, value=most)
    low = [
        catch_up(
            speed=catch_up_speed(skill, 1.0),
            own_growth=0.0,
            frontier_growth=0.03,
            curvature=-1.0,
        ).ratio
        for skill in (1e-6, 1e-3, 0.1)
    ]
    study.claim("skill_threshold_any", holds=min(low) == 0, value=min(low))


def cross_difference(skill_power: float, standards_power: float) -> float:
    """Return what more standards add to the effect of more skill on the speed."""

    def speed(skill: float, standards: float) -> float:
        return catch_up_speed(
            skill, standards, skill_power=skill_power, standards_power=standards_power
        )

    return speed(1.2, 1.2) - speed(1.2, 1.0) - speed(1.0, 1.2) + speed(1.0, 1.0)


def verdict(skill: float, standards: float) -> str:
    """Return whether a follower with this skill falls back for ever."""
    speed = catch_up_speed(skill, standards)
    return catch_up(speed=speed, own_growth=0.0, frontier_growth=0.03).status


if __name__ == "__main__":
    script(run)
