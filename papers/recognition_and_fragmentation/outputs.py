"""Tables and figures of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.agreements.coalitions import (
    ARRANGEMENTS,
    RivalCoalitions,
    outsider,
    partition_core,
)
from unigauge.models.agreements.recognition import (
    World,
    edges,
    efficient,
    partner_counts,
    phase_diagram,
    stable,
    union_boundary,
    union_phase,
)
from unigauge.papers.recognition_and_fragmentation.measures import (
    effective_partners,
    spreads,
    stated,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from unigauge.papers import Study

__all__ = ["figures", "tables"]

TRANSIT = World(n=4, conversion_cost=0.2, transit_cost=0.0, link_cost=0.005)
WORLDS = {
    "linear, n = 4, psi = 0.2": World(n=4, conversion_cost=0.2),
    "linear, n = 4, psi = 0.6": World(n=4, conversion_cost=0.6),
    "linear, sizes 2, 1, 1, psi = 0.6": World(size=(2, 1, 1), conversion_cost=0.6),
    "linear, n = 4, free transit": TRANSIT,
    "hotelling, n = 4, psi = 1.6": World(
        n=4, demand="hotelling", conversion_cost=1.6, reservation_value=9.0
    ),
}
SIZE = (9.6, 3.8)


def tables(study: Study) -> None:
    """Add the tables."""
    import pandas as pd

    rows = []
    for name, world in WORLDS.items():
        for concept in ("pairwise", "transfers"):
            found = stable(world, concept).record()
            rows.append({"world": name, **found})
    study.table(
        "stable_networks",
        pd.DataFrame(rows).drop(columns="certificate").set_index("world"),
        caption="Stable networks, their links and effective standards (means), by world and "
        "concept; each holds for the module of demand that it names.",
    )
    strengths = (0.25, 0.5, 1.0, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0)
    cores = [
        partition_core(RivalCoalitions(strength=(3, 3, k))).record() for k in strengths
    ]
    study.table(
        "rival_strength",
        pd.DataFrame(cores, index=pd.Index(strengths, name="rival_strength")).drop(
            columns="certificate"
        ),
        caption="The core of three powers, two of strength 3, by the strength of the third "
        "(number 2); no module of demand is involved.",
    )
    sold = {which: outsider(arrangement=which).sales for which in ARRANGEMENTS}
    firms = ["member, strict", "member, lax", "developed outsider", "developing outsider"]
    study.table(
        "outsiders",
        pd.DataFrame(sold, index=pd.Index(firms, name="firm")),
        caption="Sales in two member markets by arrangement, linear demand.",
    )
    study.table(
        "agreements",
        partner_table(study),
        caption="As many agreements on as many partners, three ways: partners by number of "
        "agreements, and effective partners; expected ones if random, zero not seen.",
    )


def partner_table(study: Study) -> pd.DataFrame:
    """Return partners by number of agreements, for each spread."""
    import pandas as pd

    agreements, partners = facts(study)
    rows = {}
    for name, counts in spreads(agreements, partners, study.seed).items():
        number = np.bincount(np.minimum(counts, 4), minlength=5)[1:]
        rows[name] = [*number.tolist(), effective_partners(counts)]
    random = partner_counts(agreements, partners)
    chance = partners * random.chance([1, 2, 3])
    rows["Poisson, expected"] = [*chance.tolist(), partners - float(chance.sum()), np.nan]
    columns = ["one", "two", "three", "four or more", "effective_partners"]
    frame = pd.DataFrame(rows, index=columns).T
    return frame.rename_axis("spread")


def facts(study: Study) -> tuple[int, int]:
    """Return the stated numbers of agreements and partners."""
    return (
        int(stated(study, "recognition_agreements")),
        int(stated(study, "recognition_partners")),
    )


# ---------------------------------------------------------------------------
# Figures


def figures(study: Study) -> None:
    """Add the figures."""
    phase_maps(study)
    networks(study)
    insiders_and_outsiders(study)
    agreements_and_partners(study)


def _panels(number: int, size: tuple[float, float] = SIZE) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    return figure, list(np.atleast_1d(figure.subplots(1, number)))


def phase_maps(study: Study) -> None:
    """Draw stable networks with linear, and unions with Hotelling demand."""
    import pandas as pd

    points = 9 if study.fast else 25
    linear = phase_diagram(
        World(n=4),
        x=np.linspace(0.4, 0.8, points).tolist(),
        y=np.linspace(0, 0.016, points).tolist(),
    )
    lines = phase_diagram(
        World(demand="hotelling", reservation_value=9.0),
        x=np.linspace(0.1, 2.2, points).tolist(),
        y=np.linspace(0, 0.5, points).tolist(),
    )
    figure, (left, right) = _panels(2)
    linear.plot(left)
    left.set_title("Linear demand, 4 countries:\nstable networks")
    if (legend := left.get_legend()) is not None:
        legend.remove()
    right.contourf(lines.x, lines.y, lines.union_gain, levels=[0, 1], colors=["#f5b78a"])
    edge = np.asarray(union_boundary(lines.world, lines.x), dtype=float)
    seen = edge >= 0
    right.plot(lines.x[seen], edge[seen], "k--", lw=1.2)
    right.annotate("closed form", (1.72, 0.155), ha="right", fontsize=8)
    right.text(2.15, 0.05, "two exclude\nthe third", ha="right", fontsize=9)
    right.text(0.3, 0.3, "full recognition", fontsize=9)
    right.set_ylim(0, 0.5)
    right.set_title("Hotelling demand, 3 countries:\na union of two, outsider open")
    for axes in (left, right):
        axes.set_xlabel("conversion cost psi")
        axes.set_ylabel("network benefit beta")
    frames = [d.to_frame().assign(demand=d.demand) for d in (linear, lines)]
    data = pd.concat(frames, ignore_index=True)
    study.figure(
        "phase_maps",
        figure,
        data=data,
        caption="When the world falls apart, by conversion cost and network benefit. Left, "
        "linear demand with homogeneous goods: the mean effective number of standards over "
        "pairwise stable networks; at 1 all are connected. Right, Hotelling demand: where two "
        "of three countries gain by excluding the third, who stays open. The maps answer "
        "different questions and have different scales.",
        alt="Left, a dark region at high conversion cost and small network benefit. Right, a "
        "region that opens at a conversion cost of 1.25 and widens upwards.",
    )


def networks(study: Study) -> None:
    """Draw one network of each kind that lasts or is best."""
    import pandas as pd

    shown: list[tuple[str, int, World]] = []
    cheap, dear = World(n=4, conversion_cost=0.2), World(n=4, conversion_cost=0.6)
    shown.append(("psi = 0.2: stable", int(stable(cheap).graphs[0]), cheap))
    shown.append(("psi = 0.6: also stable", int(stable(dear).graphs[0]), dear))
    large = World(size=(2, 1, 1), conversion_cost=0.6)
    shown.append(("one large country:\nalso stable", int(stable(large).graphs[0]), large))
    shown.append(("free transit: stable", int(stable(TRANSIT).graphs[0]), TRANSIT))
    star = [g for g in efficient(TRANSIT).graphs.tolist() if hub(g)]
    shown.append(("free transit: efficient", star[0], TRANSIT))
    figure, panels = _panels(len(shown), (9.6, 2.4))
    rows = []
    for axes, (title, graph, world) in zip(panels, shown, strict=True):
        draw_network(axes, graph, world)
        axes.set_title(title, fontsize=9)
        linked = " ".join(f"{i}-{j}" for i, j in edges(graph, world.n))
        rows.append(
            {"network": title.replace("\n", " "), "links": linked, "demand": "linear"}
        )
    study.figure(
        "networks",
        figure,
        data=pd.DataFrame(rows),
        caption="Networks that last, linear demand with homogeneous goods. At a high "
        "conversion cost three may leave the fourth out, and two small countries the large "
        "one. With free transit (cost of a link 0.005, psi = 0.2) every efficient network "
        "is a tree, such as a hub with three spokes, but those that last leave one country "
        "out.",
        alt="Five small networks: complete; triangle and an isolated country; two small "
        "countries without the large one; a hub with two spokes and an isolated country; a "
        "hub with three spokes.",
    )


def hub(graph: int) -> bool:
    """Return whether a graph on four countries is a hub with three spokes."""
    linked = edges(graph, 4)
    return len(linked) == 3 and any(all(i in pair for pair in linked) for i in range(4))


def draw_network(axes: Axes, graph: int, world: World) -> None:
    """Draw a network on a circle; areas are sizes."""
    turn = np.pi / 2 + 2 * np.pi * np.arange(world.n) / world.n
    place = np.column_stack([np.cos(turn), np.sin(turn)])
    linked = edges(graph, world.n)
    for pair in linked:
        axes.plot(*place[list(pair)].T, color="0.35", lw=1.8, zorder=1)
    inside = np.array([any(i in pair for pair in linked) for i in range(world.n)])
    colours = np.where(inside, "C0", "C3")
    axes.scatter(place[:, 0], place[:, 1], s=220 * world.size, c=colours.tolist(), zorder=2)
    axes.set_xlim(-1.5, 1.5)
    axes.set_ylim(-1.5, 1.6)
    axes.set_aspect("equal")
    axes.set_axis_off()


def insiders_and_outsiders(study: Study) -> None:
    """Draw what a union of two does to members and outsider."""
    import pandas as pd

    points = 21 if study.fast else 81
    cases: dict[str, tuple[World, float]] = {
        "Hotelling demand": (World(demand="hotelling", reservation_value=9.0), 2.25),
        "linear demand, homogeneous goods": (World(), 0.8),
        "linear demand, gamma = 0.5": (World(substitution=0.5), 0.8),
    }
    figure, panels = _panels(3, (9.6, 3.4))
    frames = []
    for axes, (name, (world, last)) in zip(panels, cases.items(), strict=True):
        data = union_gains(world, np.linspace(0.01, last, points))
        axes.plot(data["conversion_cost"], data["member"], "C0-", label="member")
        axes.plot(data["conversion_cost"], data["outsider"], "C3-", label="outsider")
        axes.plot(
            data["conversion_cost"],
            data["member_retaliation"],
            "C0:",
            label="member, outsider retaliates",
        )
        axes.axhline(0, color="0.5", lw=0.8)
        axes.set_title(name, fontsize=10)
        axes.set_xlabel("conversion cost psi")
        axes.spines[["top", "right"]].set_visible(False)
        frames.append(data.assign(case=name))
    panels[0].set_ylabel("gain on full recognition")
    panels[0].legend(frameon=False, fontsize=8, loc="lower left")
    study.figure(
        "insiders_and_outsiders",
        figure,
        data=pd.concat(frames, ignore_index=True),
        caption="What members of a union of two, and the third country, gain on full "
        "recognition. With Hotelling demand exclusion pays from a conversion cost of 1.25 on, "
        "and never if the outsider retaliates; with homogeneous Cournot goods it pays at any "
        "cost; with differentiated ones again only at a large one.",
        alt="Three panels of lines over the conversion cost: the outsider always loses; the "
        "member's line crosses zero at 1.25 in the first panel, is above zero throughout in "
        "the second and crosses zero near 0.55 in the third.",
    )


def union_gains(world: World, costs: Any) -> pd.DataFrame:
    """Return gains of a member and of the outsider by conversion cost."""
    from dataclasses import replace

    import pandas as pd

    rows = []
    for psi in costs.tolist():
        here = replace(world, conversion_cost=psi)
        still, fights = union_phase(here), union_phase(here, outsider="retaliate")
        rows.append(
            {
                "conversion_cost": psi,
                "member": still.gains[0],
                "outsider": still.gains[2],
                "member_retaliation": fights.gains[0],
            }
        )
    return pd.DataFrame(rows)


def agreements_and_partners(study: Study) -> None:
    """Draw three spreads of the same two numbers."""
    data = partner_table(study).drop(columns="effective_partners")
    effective = partner_table(study)["effective_partners"].tolist()
    agreements, partners = facts(study)
    figure, (axes,) = _panels(1, (7.2, 3.8))
    place = np.arange(4)
    for number, (name, row) in enumerate(data.iterrows()):
        known = effective[number]
        label = str(name) if np.isnan(known) else f"{name}: {known:.0f} effective partners"
        axes.bar(place + 0.2 * (number - 1.5), row, 0.2, label=label, color=f"C{number}")
    axes.set_xticks(place, list(data.columns))
    axes.set_xlabel("agreements with a partner")
    axes.set_ylabel("partners")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    study.figure(
        "agreements_and_partners",
        figure,
        data=data.reset_index(),
        caption=f"{agreements} agreements with {partners} partners, three ways, and what a "
        "Poisson distribution without zeros expects. All have the same mean, so the two "
        "numbers cannot tell them apart; nor do they say who is linked to whom besides.",
        alt="Grouped bars: the even spread has partners with one or two agreements only, one "
        "favourite has nearly all with one, random and Poisson lie between.",
    )
