"""Check unanimity, assistance, dialogue, talk and stages."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from unigauge.models.agreements.bargaining import Assistance, assistance
from unigauge.models.agreements.communication import crawford_sobel, degroot, stages
from unigauge.papers import Reproduction, Study, script
from unigauge.papers.apec_renewables.pictures import (
    ECONOMIES,
    draw_assistance,
    draw_dialogue,
    draw_economies,
    draw_talk,
)

STAGES = {
    "survey": (0.5, 0.0),
    "working group": (0.25, 0.05),
    "drafting": (0.2, 0.1),
    "consensus": (0.4, 0.1),
}
VIEWS = (0.2, 0.6, 0.9, 1.4, 1.9)
ATTENTION = (
    (0.6, 0.2, 0.2, 0.0, 0.0),
    (0.2, 0.5, 0.1, 0.2, 0.0),
    (0.1, 0.2, 0.4, 0.2, 0.1),
    (0.0, 0.1, 0.2, 0.5, 0.2),
    (0.0, 0.0, 0.2, 0.2, 0.6),
)


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    unanimity_and_assistance(study)
    donors(study)
    dialogue(study)
    talk(study)
    drafts(study)
    tables_and_figures(study)
    return study.reproduction()


# ---------------------------------------------------------------------------
# Unanimity and assistance


def worlds(study: Study) -> list[Assistance]:
    """Return random worlds; abilities lie on a grid, so that lowest peaks often tie."""
    rng = np.random.default_rng(study.seed)
    found = []
    for _ in range(100 if study.fast else 400):
        size = int(rng.integers(3, 7))
        number = int(rng.integers(1, size))
        tied = rng.random() < 0.5
        benefit = np.full(size, 0.5) if tied else rng.uniform(0.2, 1, size)
        found.append(
            assistance(
                benefit,
                1.0,
                rng.integers(0, 9, size) / 4,
                donors=range(number),
                unit_cost=rng.uniform(0.05, 0.6),
            )
        )
    return found


def unanimity_and_assistance(study: Study) -> None:
    """Check what is agreed, when donors help, and who gains."""
    offs, broken, too_few, rises = [], 0, 0, []
    helped: list[float] = []
    beside: list[float] = []
    for world in worlds(study):
        offs.append(abs(voted_through(world) - world.unanimous))
        givers = list(world.donors)
        lowest = np.flatnonzero(world.peaks <= world.unanimous + 1e-12)
        helps = world.stringency > world.unanimous + 1e-9
        over = np.maximum(0.0, world.unanimous - world.capability[givers])
        gain = float((world.benefit[givers] - world.slope[givers] * over).sum())
        price = world.unit_cost / world.effectiveness
        bound = bool(set(lowest.tolist()) & set(givers))
        broken += helps != (not bound and gain > price * len(lowest))
        too_few += not bound and gain > price and not helps
        if not helps:
            continue
        rises.append(world.stringency - world.unanimous)
        before = alone_worth(world)
        for i in range(len(world.peaks)):
            if i not in givers:
                kept = helped if world.assistance[i] > 0 else beside
                kept.append(float(world.utilities[i] - before[i]))
    study.claim("lowest_common_denominator", holds=max(offs) < 2e-3, value=max(offs))
    study.claim("assistance_rule", holds=broken == 0, value=float(broken))
    study.claim(
        "assistance_rule_of_one",
        holds=too_few == 0,
        value=float(too_few),
        note="It holds where one party alone has the lowest peak.",
    )
    study.claim("assistance_deepens", holds=min(rises) > 0, value=min(rises))
    study.claim("receivers_gain", holds=min(helped) > 0, value=min(helped))
    study.claim("others_gain", holds=min(beside) > 0, value=min(beside))


def voted_through(world: Assistance) -> float:
    """Return how far small steps get if each must leave everybody better off."""
    steps = np.arange(0, world.peaks.max() + 0.002, 1e-3)
    over = np.maximum(0.0, steps[:, None] - world.capability)
    worth = world.benefit * steps[:, None] - world.slope / 2 * over**2
    accepted = (np.diff(worth, axis=0) >= 0).all(axis=1)
    return float(steps[int(np.argmin(accepted))])


def alone_worth(world: Assistance) -> np.ndarray:
    """Return utilities under unanimity alone."""
    over = np.maximum(0.0, world.unanimous - world.capability)
    worth: np.ndarray = world.benefit * world.unanimous - world.slope / 2 * over**2
    return worth


def donors(study: Study) -> None:
    """Check donors alone and together."""
    rng = np.random.default_rng(study.seed + 1)
    single, joint = assistance(donors=[0]), assistance(donors=[0, 1])
    study.claim("alone", value=single.stringency)
    study.claim("together", value=joint.stringency)
    short: list[float] = []
    beyond: list[float] = []
    for _ in range(40 if study.fast else 200):
        b, theta = rng.uniform(0.2, 1, 5), rng.uniform(0, 2, 5)
        theta[:2] += 1.0
        cost = rng.uniform(0.05, 0.6)
        one, two = (
            assistance(b, 1.0, theta, donors=d, unit_cost=cost) for d in ([0], [0, 1])
        )
        kept = short if one.stringency <= one.peaks[1] else beyond
        kept.append(two.stringency - one.stringency)
    study.claim("uncoordinated_donors", holds=min(short) >= -1e-12, value=min(short))
    study.claim(
        "uncoordinated_donors_any",
        holds=min(beyond) >= -1e-12,
        value=min(beyond),
        note="A second donor has a say and is not raised itself; as a receiver it is.",
    )


# ---------------------------------------------------------------------------
# Dialogue, talk, stages


def dialogue(study: Study) -> None:
    """Check consensus, its rate, and anchors."""
    rng = np.random.default_rng(study.seed + 2)
    offs, spreads, slower = [], [], []
    for _ in range(20 if study.fast else 100):
        size = int(rng.integers(2, 7))
        weights, start = rng.dirichlet(np.ones(size), size), rng.normal(size=size)
        free = degroot(weights, start)
        roots, views = np.linalg.eig(weights)
        second = int(np.argsort(-np.abs(roots))[1])
        if abs(roots[second].imag) < 1e-12:
            slow = views[:, second].real
            end = degroot(weights, slow).limit
            left = np.linalg.norm(weights @ slow - end) / np.linalg.norm(slow - end)
            offs.append(abs(float(left) - free.rate))
        for anchor in (0.1, 0.3, 0.5):
            held = degroot(weights, start, anchor)
            spreads.append(float(np.ptp(held.limit) / np.ptp(start)))
            slower.append(held.rate > free.rate)
    study.claim("dialogue_rate", holds=max(offs) < 1e-9, value=max(offs))
    least = min(spreads)
    study.claim(
        "dialogue_consensus",
        holds=least < 1e-9,
        value=least,
        note="It holds without anchors.",
    )
    share = float(np.mean(slower))
    study.claim(
        "anchors_slow",
        holds=share == 1,
        value=share,
        note="They do if and only if 1 - a is above |lambda_2|: a share of random weights.",
    )


def talk(study: Study) -> None:
    """Check talk and delegation."""
    from scipy.optimize import brentq

    grid = np.linspace(0.002, 0.4, 100 if study.fast else 400).tolist()
    step = float(np.diff([crawford_sobel(b).receiver_loss for b in grid]).min())
    study.claim("distance_kills_information", holds=step >= -1e-15, value=step)

    def lead(b: float) -> float:
        found = crawford_sobel(b)
        return found.delegation_loss - found.receiver_loss

    study.claim("delegation", value=float(brentq(lead, 0.26, 0.4, xtol=1e-12)))


def drafts(study: Study) -> None:
    """Check the time that drafts take."""
    on, back = (np.array(column) for column in zip(*STAGES.values(), strict=True))
    found = stages(on, back)
    count = 5_000 if study.fast else 20_000
    rng = np.random.default_rng(study.seed + 3)
    place, steps = np.zeros(count, dtype=int), np.zeros(count)
    while (place < len(on)).any():
        going = place < len(on)
        now, luck = np.minimum(place, len(on) - 1), rng.random(count)
        forth = luck < on[now]
        fro = ~forth & (luck < on[now] + back[now])
        steps += going
        place = np.where(going, place + forth - fro, place)
    error = steps.std() / np.sqrt(count)
    off = abs(steps.mean() - found.expected[0]) / error
    study.claim("stage_time", holds=off < 4, value=float(off))
    saved = 1 - stages(on).expected[0] / found.expected[0]
    study.claim("no_return", holds=0 < saved < 0.5, value=float(saved))


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the tables and the four figures."""
    import pandas as pd

    single, joint = assistance(donors=[0]), assistance(donors=[0, 1])
    economies = joint.to_frame().set_index(pd.Index(ECONOMIES, name="economy"))
    study.table(
        "economies",
        economies,
        caption="Five economies, two donors that act together: what each likes best before "
        "and after assistance.",
    )
    groups = {"economy A": single, "A and B together": joint}
    study.table(
        "donors",
        pd.DataFrame({name: o.record() for name, o in groups.items()}).T.rename_axis(
            "donors"
        ),
        caption="The standard agreed, by who gives assistance.",
    )
    on, back = zip(*STAGES.values(), strict=True)
    passed = stages(on, back)
    study.table(
        "stages",
        pd.DataFrame(
            {
                "p_next": on,
                "p_back": back,
                "expected": passed.expected,
                "visits": passed.visits,
                "deviation": passed.deviation,
            },
            index=pd.Index(list(STAGES), name="stage"),
        ),
        caption="Expected steps to the end from each stage, and steps spent in it by a draft "
        "that starts with the survey. The probabilities are an illustration.",
    )
    study.figure(
        "assistance",
        draw_assistance({"One donor": single, "Two donors together": joint}),
        data=pd.concat(
            {name: outcome.plot_data() for name, outcome in groups.items()},
            names=["donors"],
        ).reset_index(level=0),
        caption="What one more unit of stringency brings to the donors, and what assistance "
        "it costs them: a step more for each party that has to be raised. Together they go "
        "further.",
        alt="Two panels over stringency: a flat line of gain that bends down, and a "
        "staircase of cost that crosses it later in the second panel.",
    )
    study.figure(
        "economies",
        draw_economies(economies, joint.unanimous, joint.stringency),
        data=economies.reset_index(),
        caption="Unanimity stops at what the least ambitious economy likes best. Assistance "
        "raises three economies to the standard that two donors are willing to pay for.",
        alt="Five bars; the three lowest are raised to a dashed line at 1.95.",
    )
    free, anchored = (degroot(ATTENTION, VIEWS, a).plot_data() for a in (0.0, 0.3))
    study.figure(
        "dialogue",
        draw_dialogue(free, anchored),
        data=pd.concat({"0": free, "0.3": anchored}, names=["anchor"]).reset_index(level=0),
        caption="Views of five regulators who listen to one another. Without anchors they "
        "meet; anchored to where they started they settle apart.",
        alt="Left five lines that meet, right five lines that flatten at some distance.",
    )
    data = pd.DataFrame({"bias": np.linspace(0.002, 0.4, 400)})
    data["talk"] = [crawford_sobel(b).receiver_loss for b in data["bias"].tolist()]
    data["delegation"] = data["bias"] ** 2
    study.figure(
        "talk",
        draw_talk(data, float(np.sqrt(1 / 12))),
        data=data,
        caption="What is lost by listening to a side that wants something else, and by "
        "letting it draft. Up to b = .2887 the second loses less.",
        alt="A rising, kinked curve that flattens at one twelfth, and a parabola below it "
        "up to a bias of .2887.",
    )


if __name__ == "__main__":
    script(run)
