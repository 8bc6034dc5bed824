"""Lecture: standards that pull firms across a border.

Why a country would rather set the standards of its imports, and which rules stop it.
"""

import marimo

app = marimo.App(width="medium", app_title="Standards that pull firms across a border")


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import classroom
    from unigauge.lectures.boards import delocation as boards
    from unigauge.models import delocation
    from unigauge.papers.grossman_mccalman_staiger_2021 import pictures

    border, rules = boards.border, boards.rules
    return boards, border, classroom, delocation, mo, pictures, rules


@app.cell
def _(classroom):
    classroom.heading(
        "delocation",
        "Standards that pull firms across a border",
        "Why a country would rather set the standards of its imports, and which rules stop it.",
    )
    return


@app.cell
def _():
    game = {"local": 6, "abroad": 4, "step": 2}
    return (game,)


@app.cell
def _(game, mo):
    _all = game["local"] + game["abroad"]
    _hurt = _all - game["step"]
    mo.md(
        f"""
        ## A game of five minutes

        Split the room in two: *home* on the left, *foreign* on the right. One student a
        side is its government. All others are firms and stand on their side.

        A firm sells in both markets. It earns **{game["local"]}** points in the market
        where it stands and **{game["abroad"]}** in the other one: the rest is lost on
        the way. Every step by which a government makes it change its product costs it
        **{game["step"]}** points. A firm that would earn more on the other side may walk.

        1. *No rules.* Count the firms on each side.
        2. Home's government says: imports must differ by one step. Who walks, and why?
        3. Foreign's government answers in kind. Count again, and add up all points.

        Before, a foreign firm earned {_all}. Under home's rule it earns {_hurt}, and on
        home's side it would earn {_all} again. So it walks, and home's shoppers find
        more local goods. With both rules a firm earns {_hurt} on either side: nobody has
        a reason to walk, and every firm has lost {game["step"]}. Home's rule was never
        about the product: it moved firms. Economists call that *delocation*.
        """
    )
    return


@app.cell
def _(mo):
    mo.md(
        r"""
        ## The payoffs

        **Shoppers** at home like an attribute $a$ of a good to be near their taste
        $\gamma$: think of the sweetness of a drink. How well a version pleases is

        $$A(a) = e^{-\eta (a-\gamma)^2/2},$$

        where $\eta$ says how much taste matters. Shoppers love variety: the more firms
        sell near them, the cheaper a unit of satisfaction. Write $P$ for what it costs.

        **Firms** design one version for each market. Two versions that lie $d$ apart
        cost $\Phi(d) = f_0 + f_2 d^2/2$. Goods sent abroad cost $1+\nu$ times as much.
        Firms enter until none earns a profit.

        **Governments** care for their own shoppers: welfare is
        $W = -\log P - D$. Here $D$ is the damage that consumption does, if any. It grows
        with the distance between the good and one that would do no damage.
        """
    )
    return


@app.cell
def _(delocation):
    world = delocation.World()
    free = delocation.solve(world, "laissez_faire")
    national = delocation.solve(world, "national_treatment")
    apart = national.attributes[0, 0] - national.attributes[0, 1]
    design = world.fixed_cost + world.adaptation_cost * apart**2 / 2
    return apart, design, free, national, world


@app.cell
def _(apart, design, free, mo, world):
    _nearer = free.attributes[0, 0] - free.attributes[0, 1]
    _markups, _spent = world.elasticity_of_substitution - 1, sum(world.market_size)
    mo.md(
        rf"""
        ## By hand

        Take two equal countries. Home likes {world.taste[0]:.1f}, foreign
        −{-world.taste[1]:.1f}. Suppose the rule is *national treatment*: each country sets
        one standard for everything sold there, whoever made it. The package says that
        the two standards end up {apart:.3f} apart; firms left alone would keep their two
        versions only {_nearer:.3f} apart.

        1. Designing both versions costs
           {world.fixed_cost:.0f} + {world.adaptation_cost} × {apart:.3f}² / 2
           = **{design:.4f}**.
        2. Let $\sigma = {world.elasticity_of_substitution:.0f}$ say how easily shoppers swap
           one good for another. For every {_markups:.0f} coins that shoppers spend on its
           goods a firm earns one coin over the cost of making them, so they must spend
           {_markups:.0f} × {design:.4f} = {_markups * design:.4f} on each firm. (Firms set
           a price above cost, and a subsidy takes that off again for the shoppers.)
        3. All shoppers together spend {_spent:.0f}. So there is room for
           {_spent:.0f} / {_markups * design:.4f} = **{_spent / (_markups * design):.3f}**
           firms in the world: fewer than the {free.firms.sum():.3f} of firms left alone.
        """
    )
    return


@app.cell
def _(design, mo, national, world):
    _markups = world.elasticity_of_substitution - 1
    _firms = world.market_size[0] / (_markups * design)
    mo.md(
        rf"""
        ## Closed form

        Under national treatment with two equal countries each has

        $$n = \frac{{N}}{{(\sigma - 1)\,\Phi(d)}}$$

        firms, where $N$ is what its shoppers spend. With the numbers above the formula gives
        **{_firms:.6f}**; the package found **{national.firms[0]:.6f}** by letting each
        government search for its best reply.
        """
    )
    return


@app.cell
def _(mo, classroom):
    _code = """
    from unigauge.models import delocation

    world = delocation.World(trade_cost=0.3)
    outcome = delocation.solve(world, "national_treatment")
    outcome
    """
    mo.vstack([mo.md("## The package"), classroom.session(_code)])
    return


@app.cell
def _(mo):
    mo.md(
        """
        The *certificate* is the most that either government could still gain by another
        standard, searched for by a second program. It is nought but for rounding. The
        *status* says in one word what was found: `ok` is an equilibrium that has passed
        this check. Every board of these lectures shows both.

        ## Move one number

        You govern home. You may not tax imports; you may only say what they must be like.
        The red line is your standard, the dotted line what foreign firms would choose.
        """
    )
    return


@app.cell
def _(border):
    one_rule = border.moves()
    one_rule
    return (one_rule,)


@app.cell
def _(border, one_rule):
    border.show(one_rule.value)
    return


@app.cell
def _(mo):
    mo.md(
        """
        Whichever way you move it from the dotted line, foreign firms do worse than with
        the version that they chose. Home gains, and foreign loses more than home gains. Near the line little happens,
        because firms chose well. To the left, firms cross the border to home; far to the
        right they do so too, if trade is cheap. A little to the right imports come nearer
        to home's taste: home gains by that, even though it has a few firms less.

        Now choose the rules of the game, and the world.

        - *Laissez faire*: no rules, firms choose.
        - *Efficient*: a planner chooses every version, for the world.
        - *National treatment*: each country sets one standard for all that is sold there.
          At its *optimum* the two countries choose these standards together.
        - *Mutual recognition*: each country sets the standards of its own firms, and the
          other one lets their goods in.
        - *Old agreement*: tariffs are banned; each country sets the standards of its imports
          as it likes. It is worked out without damage only; with damage its status is
          `not applicable`. Where no standards last, it is `no equilibrium found`.
        - *Autarky*: no trade.
        """
    )
    return


@app.cell
def _(rules):
    chosen = rules.moves()
    chosen
    return (chosen,)


@app.cell
def _(chosen, rules):
    rules.show(chosen.value)
    return


@app.cell
def _(chosen, mo, rules):
    mo.vstack(
        [mo.md("All rules, the best for the world first:"), rules.compare(chosen.value)]
    )
    return


@app.cell
def _(boards, pictures):
    damages = [step / 20 for step in range(21)]
    two_rules = pictures.two_rules(damages)
    behind = two_rules["national_treatment"] > two_rules["mutual_recognition"]
    overtaken = two_rules.loc[behind.idxmax(), "xi"]
    crossing = boards.where_equal(two_rules)
    return crossing, overtaken, two_rules


@app.cell
def _(boards, classroom, crossing, mo, two_rules):
    _drawn = boards.draw_two_rules(two_rules)
    _words = f"""
    ## The picture worth the hour

    Without damage, *mutual recognition* (what is good enough for you is good enough for
    me) does as well as a planner. As consumption does more damage, each country is too
    lax with its own firms: what they export does its damage abroad. From about
    {crossing:.2f} on, *national treatment* is the better rule. That is so here, where
    foreign's taste is harmless. Put the harmless attribute half way between the two
    tastes, and mutual recognition stays ahead for longer. Neither rule is always best.
    """
    mo.vstack(
        [mo.md(_words), classroom.picture(_drawn, alt="World welfare under two rules")]
    )
    return


@app.cell
def _(classroom, delocation, world):
    _standards = (0.3, -0.3)
    _market = delocation.equilibrium(world, [_standards, _standards])
    _apart = _standards[0] - _standards[1]
    _design = world.fixed_cost + world.adaptation_cost * _apart**2 / 2
    firms = classroom.Exercise(
        question=f"Every good sold at home must have the attribute ${_standards[0]}$, "
        f"every good sold abroad ${_standards[1]}$. How many firms has each country? Use "
        "the formula.",
        answer=float(_market.firms[0]),
        why=f"The versions lie {_standards[0] - _standards[1]} apart: that goes into Φ, "
        f"which is {_design:.2f}.",
    )
    return (firms,)


@app.cell
def _(classroom, rules):
    _table = rules.regimes(**rules.settings({}))["world_welfare"]
    _names = ("autarky", "mutual_recognition", "national_treatment", "old_agreement")
    best = classroom.Exercise(
        question="Without damage, which of these rules comes nearest to the planner?",
        choices=tuple(name.replace("_", " ") for name in _names),
        answer=_table[list(_names)].idxmax().replace("_", " "),
        why="Each government lets its firms sell the versions that they would choose "
        "themselves. Without damage these are right for the world, too.",
    )
    return (best,)


@app.cell
def _(classroom, overtaken):
    overtakes = classroom.Exercise(
        question="Put the board of rules back to where it first stood, and raise the damage "
        "step by step. At which step is national treatment first ahead of mutual "
        "recognition?",
        answer=float(overtaken),
        tolerance=0.001,
        why="Laxity with one's own firms has become dearer than standards too far apart.",
    )
    return (overtakes,)


@app.cell
def _(best, firms, mo, overtakes, classroom):
    exercises = (firms, best, overtakes)
    replies = classroom.replies_to(exercises)
    mo.md("## Exercises")
    return exercises, replies


@app.cell
def _(classroom, exercises, replies):
    classroom.checked(exercises, replies)
    return


@app.cell
def _(mo, classroom):
    mo.vstack(
        [
            mo.md("## Reading"),
            classroom.reading("grossman_mccalman_staiger_2021", "maggi_ossa_2023"),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
