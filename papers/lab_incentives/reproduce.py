"""Check the claims on incentives in a laboratory."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unigauge.models.dynamics.incentives import (
    StagedPay,
    Tasks,
    contract,
    linear_contract,
    reply,
    staged_pay,
    tournament,
)
from unigauge.papers import Reproduction, Study, script
from unigauge.results import axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

UNMEASURED = Tasks(noise=(0.5, math.inf))


def run(out: str | Path | None = None, *, fast: bool = False) -> Reproduction:
    """Return the claims, tables and figures; write them to ``out`` if it is given."""
    study = Study.open(__file__, out, fast=fast)
    facts = study.load("stylised_facts")["value"].xs("all", level="item")
    study.claim("standards_per_paper", value=facts["lab_standards"] / facts["lab_papers"])
    study.claim("international", value=facts["lab_international"] / facts["lab_standards"])
    harder_to_measure(study)
    not_measured(study)
    by_stages(study)
    promotion(study)
    tables_and_figures(study)
    return study.reproduction()


def linked(link: float, variance: float, risk: float = 1.0, first: float = 0.5) -> Tasks:
    """Return two tasks with a link between their costs, and the variance of standards."""
    cost = ((1.0, link), (link, 1.0))
    return Tasks(cost=cost, noise=(first, variance), risk_aversion=risk)


# ---------------------------------------------------------------------------
# Contracts


def harder_to_measure(study: Study) -> None:
    """Check pay for papers as the variance of standards grows."""
    variances = np.geomspace(0.2, 20, 5 if study.fast else 12)
    for name, links in (("substitutes", (0.2, 0.5, 0.8)), ("complements", (-0.2, -0.5))):
        steps = []
        for link, risk, first in itertools.product(links, (0.5, 1.0, 3.0), (0.3, 1.0)):
            pay = [
                linear_contract(linked(link, v, risk, first)).piece_rate[0]
                for v in variances
            ]
            steps.append(np.diff(pay))
        if name == "substitutes":
            most = float(np.max(steps))
            study.claim(name, holds=most < 0, value=most)
        else:
            least = float(np.min(steps))
            study.claim(name, holds=least > 0, value=least)
    dull = [
        linear_contract(replace(linked(0.8, v), benefit=(1.0, 0.1))).piece_rate[0]
        for v in variances
    ]
    most = float(np.diff(dull).max())
    study.claim("substitutes_unequal", holds=most < 0, value=most)
    grid = np.linspace(0.5, 2.5, 6 if study.fast else 21)
    pay = [contract(linked(0.5, v)).piece_rate[0] for v in grid]
    jump = float(np.diff(pay).max())
    study.claim("substitutes_nonnegative", holds=jump < 0, value=jump)


def lost(tasks: Tasks) -> float:
    """Return the surplus that the formula's pay loses where effort cannot be negative."""
    pay = linear_contract(tasks).piece_rate
    return contract(tasks).surplus - float(tasks.surplus(pay, reply(tasks, pay)))


def not_measured(study: Study) -> None:
    """Check standards that are not measured, or badly, with effort at least 0."""
    study.claim("unmeasured", value=linear_contract(UNMEASURED).piece_rate[0])
    loss = lost(UNMEASURED)
    study.claim("unmeasured_nonnegative", holds=loss < 1e-6, value=loss)
    study.claim("best_pay", value=contract(UNMEASURED).piece_rate[0])
    loss = lost(replace(UNMEASURED, intrinsic_effort=(0.3, 0.3)))
    study.claim("intrinsic", holds=loss < 1e-6, value=loss)
    efforts = np.linspace(0.3, 0.5, 21)
    fits = [e for e in efforts if lost(replace(UNMEASURED, intrinsic_effort=(e, e))) < 1e-6]
    study.claim("enough_intrinsic", holds=bool(fits), value=min(fits, default=math.nan))
    losses = [
        lost(tasks)
        for tasks in (linked(0.5, v) for v in np.linspace(0.5, 2.5, 11))
        if linear_contract(tasks).effort.min() >= 0
    ]
    study.claim("formula_safe", holds=max(losses) < 1e-6, value=max(losses))

    rng = np.random.default_rng(study.seed)
    leads = []
    for tasks in (linked(0.5, 0.5), linked(-0.4, 2.0), linked(0.2, 0.3, 2.0)):
        best = linear_contract(tasks)
        pay = rng.normal(0.5, 0.5, (500, 2))
        effort = np.linalg.solve(np.array(tasks.cost), pay.T).T
        leads.append(best.surplus - float(tasks.surplus(pay, effort).max()))
    study.claim("beats_random", holds=min(leads) > 0, value=min(leads))


# ---------------------------------------------------------------------------
# Pay by stages


def by_stages(study: Study) -> None:
    """Check when staged pay is cheaper than final pay."""
    rng = np.random.default_rng(study.seed + 1)
    right, equal, single = [], [], []
    for _ in range(500 if study.fast else 5000):
        hazards = rng.uniform(0.05, 2, rng.integers(2, 6))
        agent, principal = rng.uniform(0.01, 0.4, 2)
        phi = rng.uniform(0.2, 3)
        answer = project(hazards, phi, agent, principal)
        right.append(answer.cheaper == ("staged" if agent > principal else "final"))
        equal.append(saving(project(hazards, phi, agent, agent)))
        single.append(saving(project(hazards[:1], phi, agent, principal)))
    study.claim("staging", holds=all(right), value=float(np.mean(right)))
    study.claim("staging_equal", holds=max(equal) > 1e-9, value=max(equal))
    study.claim("staging_one", holds=max(single) > 1e-9, value=max(single))


def project(hazards: np.ndarray, phi: float, agent: float, principal: float) -> StagedPay:
    """Return pay for a project."""
    return staged_pay(
        hazards.tolist(),
        shirking_benefit=phi,
        agent_discount=agent,
        principal_discount=principal,
    )


def saving(pay: StagedPay) -> float:
    """Return what staged pay saves, as a share of final pay."""
    return 1 - pay.staged_cost / pay.final_cost


# ---------------------------------------------------------------------------
# Promotion


def promotion(study: Study) -> None:
    """Check effort on papers as standards weigh more."""
    weights = np.linspace(0, 1.5, 16)
    steps = {}
    for link in (0.0, 0.2, 0.5, 0.8, -0.5):
        contests = [
            tournament([[1, link], [link, 1]], [1, w], prize=1, noise=[2, 2])
            for w in weights
        ]
        papers = [answer.effort[0] for answer in contests]
        steps[link] = float(np.diff(papers).max())
    most = max(steps[link] for link in (0.2, 0.5, 0.8))
    study.claim("promotion", holds=most < 0, value=most)
    study.claim("promotion_complements", holds=steps[-0.5] < 0, value=steps[-0.5])
    sharp = tournament([[1, 0.5], [0.5, 1]], [1, 0.5], prize=1, noise=[0.01, 0.01])
    study.claim("contest_exists", holds=sharp.status == "ok", value=sharp.certificate)


# ---------------------------------------------------------------------------
# What to look at


def tables_and_figures(study: Study) -> None:
    """Add the tables and the two figures."""
    import pandas as pd

    rows = []
    for variance in (0.5, 0.8, 1.0, 2.0, math.inf):
        tasks = linked(0.5, variance)
        formula, best = linear_contract(tasks), contract(tasks)
        rows.append(
            {
                "variance": variance,
                "formula_papers": formula.piece_rate[0],
                "formula_standards": formula.piece_rate[1],
                "formula_surplus": best.surplus - lost(tasks),
                "best_papers": best.piece_rate[0],
                "best_standards": best.piece_rate[1],
                "best_surplus": best.surplus,
            }
        )
    study.table(
        "contracts",
        pd.DataFrame(rows).set_index("variance"),
        caption="Pay for a paper and a standard by the variance with which standards are "
        "measured: the formula, with the surplus that it brings if effort cannot be "
        "negative, and the best pay.",
    )
    rows = []
    for agent, principal in itertools.product((0.05, 0.1, 0.2), (0.05, 0.1)):
        answer = project(np.array([0.5, 0.3, 0.2]), 1.0, agent, principal)
        rows.append(
            {
                "agent_discount": agent,
                "principal_discount": principal,
                "staged_cost": answer.staged_cost,
                "final_cost": answer.final_cost,
                "cheaper": answer.cheaper,
            }
        )
    study.table(
        "staged_pay",
        pd.DataFrame(rows).set_index(["agent_discount", "principal_discount"]),
        caption="Present value of pay over three stages, hazards .5, .3 and .2.",
    )
    data = pay_by_variance(18 if study.fast else 69)
    study.figure(
        "pay_for_papers",
        draw_pay(data),
        data=data,
        caption="Pay for a paper by the variance with which standards are measured. The "
        "formula lets effort be negative; if it cannot be, standards are neglected from a "
        "variance near .86 on, and papers are paid as if they were the only task.",
        alt="The formula's line falls slowly from 0.6; the best pay follows it and jumps up "
        "to two thirds near 0.86. With complements the line rises slowly.",
    )
    answer = project(np.array([0.5, 0.3, 0.2]), 1.0, 0.1, 0.05)
    axes = answer.plot()
    axes.set_ylabel("present value of pay, final pay = 1")
    study.figure(
        "staged_or_final",
        axes,
        data=answer.plot_data(),
        caption="What staged pay costs the principal, in units of what final pay costs, by "
        "the agent's discount rate; three stages. They cost the same where both discount "
        "alike.",
        alt="A curve just above the flat line at 1 to the left of the principal's discount "
        "rate of 0.05, and falling to 0.73 to the right of it.",
    )


def pay_by_variance(points: int) -> pd.DataFrame:
    """Return pay for papers by the variance of standards."""
    import pandas as pd

    variances = np.linspace(0.3, 2, points)
    return pd.DataFrame(
        {
            "variance": variances,
            "formula": [linear_contract(linked(0.5, v)).piece_rate[0] for v in variances],
            "best": [contract(linked(0.5, v)).piece_rate[0] for v in variances],
            "complements": [contract(linked(-0.5, v)).piece_rate[0] for v in variances],
        }
    )


def draw_pay(data: pd.DataFrame) -> Axes:
    """Draw pay for papers, the jump as a gap."""
    axes = axes_or_new(None, size=(6.4, 4.0))
    jump = int(np.abs(np.diff(data["best"])).argmax()) + 1
    best = np.insert(data["best"].to_numpy(), jump, np.nan)
    where = np.insert(data["variance"].to_numpy(), jump, np.nan)
    axes.plot(data["variance"], data["complements"], "C2-", label="complements")
    axes.plot(data["variance"], data["formula"], "C1--", label="substitutes, formula")
    axes.plot(where, best, "C0-", lw=2, label="substitutes, effort >= 0")
    axes.set_xlabel("variance with which standards are measured")
    axes.set_ylabel("pay for a paper")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    return axes


if __name__ == "__main__":
    script(run)
