"""Lecture: why a country would rather set the standards of its imports.

Open it with ``marimo edit lectures/delocation.py`` or ``marimo run`` for an app;
``python lectures/delocation.py`` runs it as a script.
"""

import marimo

app = marimo.App(width="medium", app_title="Standards that pull firms across a border")


@app.cell
def _():
    import marimo as mo

    from unigauge.models import delocation
    from unigauge.papers.grossman_mccalman_staiger_2021 import pictures

    return delocation, mo, pictures


@app.cell
def _(mo):
    mo.md(
        """
        # Standards that pull firms across a border

        Two countries like different things: home likes an attribute of a good to be
        high, foreign likes it low. Think of the sweetness of a drink or the size of a
        car. Every firm sells in both markets. It may design two versions, but versions
        that differ cost more to develop.

        **Before the model speaks.** You govern home. You may not tax imports; you may
        only say what attribute imported goods must have. What would you ask for, and
        who would pay?

        Move *one number* below: the standard that home sets for imports.
        """
    )
    return


@app.cell
def _(delocation):
    world = delocation.World()
    free = delocation.solve(world, "laissez_faire")
    return free, world


@app.cell
def _(delocation, free, mo):
    asked = float(free.attributes[delocation.FOREIGN, delocation.HOME])
    standard = mo.ui.slider(
        -0.4,
        0.6,
        step=0.02,
        value=0.5,
        show_value=True,
        label="home's standard for imports",
    )
    mo.vstack([standard, mo.md(f"Left alone, foreign firms would choose {asked:.2f}.")])
    return (standard,)


@app.cell
def _(delocation, free, mo, standard, world):
    designs = free.attributes.copy()
    designs[delocation.FOREIGN, delocation.HOME] = standard.value
    moved = delocation.equilibrium(world, designs)
    firms, gain = moved.firms / free.firms - 1, moved.welfare - free.welfare
    mo.md(
        f"""
        | | home | foreign |
        |---|---:|---:|
        | change in the number of firms | {firms[0]:+.1%} | {firms[1]:+.1%} |
        | change in welfare (utility) | {gain[0]:+.4f} | {gain[1]:+.4f} |

        The world as a whole: **{gain @ world.market_size:+.4f}**.
        """
    )
    return


@app.cell
def _(free, pictures, standard):
    path = pictures.import_standard(free, 101)
    picture = pictures.draw_delocation(path, free)
    for panel in picture.figure.axes:
        panel.axvline(standard.value, color="C3", lw=2)
    picture.figure
    return


@app.cell
def _(mo):
    mo.md(
        """
        The red line is your standard, the dotted line what firms would choose. Whichever
        way you move it, serving home becomes harder for foreign firms. Home gains, and
        foreign loses more than home gains. Near the dotted line little happens, because
        firms chose well; far from it firms cross the border.

        ## What rules stop this?

        Now choose the rules, and the world.
        """
    )
    return


@app.cell
def _(delocation, mo):
    regime = mo.ui.dropdown(delocation.REGIMES, value="national_treatment", label="rules")
    trade_cost = mo.ui.slider(
        0.1, 1.0, step=0.05, value=0.3, show_value=True, label="trade cost"
    )
    harm = mo.ui.slider(
        0.0, 1.0, step=0.05, value=0.0, show_value=True, label="damage from consumption"
    )
    mo.hstack([regime, trade_cost, harm], justify="start")
    return harm, regime, trade_cost


@app.cell
def _(delocation, harm, regime, trade_cost):
    chosen = delocation.World(
        trade_cost=trade_cost.value,
        externality=(harm.value, harm.value),
        harmless_attribute=(-0.5, -0.5),
    )
    outcome = delocation.solve(chosen, regime.value)
    outcome.plot().figure
    return chosen, outcome


@app.cell
def _(outcome):
    outcome
    return


@app.cell
def _(chosen, delocation, mo):
    table = delocation.compare(chosen)
    ranked = table[["world_welfare", "status"]].sort_values(
        "world_welfare", ascending=False
    )
    mo.vstack([mo.md("World welfare, best rules first:"), ranked.round(4)])
    return


@app.cell
def _(mo):
    mo.md(
        """
        ## Exercises

        1. Without damage, which rules give the best world, and which come close? Raise
           the trade cost. Does the order change?
        2. Under national treatment, how far apart are the two standards, and how far
           would a planner want them? Compare `national_treatment` and
           `national_treatment_optimum`.
        3. Raise the damage slowly. When does mutual recognition fall behind national
           treatment, and why would it?

        ## Reading

        Grossman, McCalman and Staiger (2021), *Econometrica* 89(1), 215-249. The
        equations here are a reconstruction that proves the claims of the abstract:
        `unigauge reproduce grossman_mccalman_staiger_2021` checks them one by one.
        """
    )
    return


if __name__ == "__main__":
    app.run()
