"""Lecture: lobbies at the table.

Why lobbies on both sides of a border can turn an agreement on standards from good to bad.
"""

import marimo

app = marimo.App(width="medium", app_title="Lobbies at the table")


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import classroom
    from unigauge.lectures.boards.lobbying import (
        closed_forms,
        draw_walks,
        lobbies,
        rounds,
        scoresheet,
    )
    from unigauge.models import lobbying

    return classroom, closed_forms, draw_walks, lobbies, lobbying, mo, rounds, scoresheet


@app.cell
def _(classroom):
    classroom.heading(
        "lobbying",
        "Lobbies at the table",
        "Why the same lobbies make one agreement on standards bad and another one good.",
    )
    return


@app.cell
def _(mo, rounds):
    _use, _making = rounds(20, 20, 20, 2)
    mo.md(
        f"""
        ## A game of five minutes

        Every student governs a small country. Each country makes a good and uses it, and
        all trade it at one world price. On a sign, everybody shows a fist (*strict*) or
        an open hand (*lax*), eyes closed. Your makers have a lobby: your score counts
        each of their coins **twice**, and all other coins once.

        1. *A rule about using the good:* how clean must it be? If you are lax, your
           people lose one coin: they save on cleaning, but there is more dirt. A good
           that is cheap to use sells well. So the world price rises, by
           {_use.price:.0f} coins if all are lax, by half of that if half are. Every coin
           of price goes from your buyers to your makers. *In short:* your score is the rise
           of the price, less one if you are lax.
        2. *A rule about making the good:* how clean must the factory be? If you are lax,
           your makers save two coins, and your people get three coins' worth of dirt.
           Cheap making floods the market. So the world price falls, by
           {-_making.price:.0f} coins if all are lax. *In short:* your score is one if
           you are lax, less the fall of the price.

        In each round, play once alone. Then open your eyes and vote: shall *all* be
        strict, or *all* be lax? The vote binds everybody.

        What pays in the first round is to be strict alone and to vote for lax
        ({_use.lax_score:+.0f} for each government instead of nought). It is the other way
        round in the second. Now count the people's coins. If all are lax, each country
        has lost {-_use.people:.0f} in either round. The same vote, by the same
        governments, with the same lobbies: the first agreement hurts the people, the
        second one helps them.
        """
    )
    return


@app.cell
def _(mo):
    hands = mo.md(
        "Students {students} · open hands alone, first round {first} · second round "
        "{second} · a coin of the makers counts {counted} times"
    ).batch(
        students=mo.ui.number(3, 200, value=20),
        first=mo.ui.number(0, 200, value=4),
        second=mo.ui.number(0, 200, value=17),
        counted=mo.ui.number(1, 5, value=2),
    )
    hands
    return (hands,)


@app.cell
def _(classroom, hands, scoresheet):
    classroom.table(scoresheet(**hands.value))
    return


@app.cell
def _(mo):
    mo.md(
        r"""
        Let the makers' coins count once: there is no lobby then, and to be lax pays neither
        alone nor together.

        ## The payoffs

        The model is the game with prices. A *standard* is the most dirt that a unit of
        the good may make. A high number is a lax standard.

        - A **product standard** $e$ is about using the good. Buyers pay for the cleaning:
          $k/e$ a unit, on top of the price $p$. Think of the filter of a car.
        - A **process standard** $z$ is about making it. Makers pay: they are left with
          $p - k/z$ a unit. Think of the filter of a factory.

        Each unit of dirt does damage $a$ in the country where the good is used (or made).
        A country's welfare is what its buyers and makers gain, less the damage:

        $$W = \text{consumer surplus} + \text{profit} - \text{damage}.$$

        A government that hears its lobby counts profit more: it wants
        $\Omega = W + g \times \text{profit}$ to be large. The number $g$ is the strength
        of the lobby; in the game it was one.

        Two things follow, and the lecture is about both.

        1. **Alone**, a small country cannot move the world price. Its makers earn that
           price whatever is asked of its buyers. So lobbies have nothing to ask of a
           product standard, and much to ask of a process standard.
        2. **Together**, governments do move the price. Lax product standards raise demand
           and the price: makers on both sides of the border want the same thing. Lax
           process standards raise supply and lower the price: each lobby would rather
           have the *other* country strict.
        """
    )
    return


@app.cell
def _(lobbying):
    strength = 0.6
    economy = lobbying.Economy(lobbying=strength)
    product = lobbying.agreement(economy, "product")
    process = lobbying.agreement(economy, "process")
    return economy, process, product, strength


@app.cell
def _(mo, process, product, strength):
    _alone, _lax = (float(deal.noncooperative.dirtiness[0]) for deal in (product, process))
    mo.md(
        rf"""
        ## By hand

        Let demand be $d = \exp(-\text{{what buyers pay}})$ and supply
        $y = \exp(\text{{what makers get}})$, and let cleaning cost and damage be one. With such curves consumer surplus is just $d$, and profit is just $y$.

        *A product standard, alone.* Buyers' surplus less damage is $(1 - e)\,d$, and at a
        given price $d$ is in proportion to $\exp(-1/e)$. Take logs and
        differentiate: $-\frac{{1}}{{1-e}} + \frac{{1}}{{e^2}} = 0$, so

        $$e^2 + e = 1.$$

        The answer is {_alone:.3f}, and $g$ is not in it.

        *A process standard, alone.* Weighted profit less damage is $(1 + g - z)\,y$, and
        $y$ is in proportion to $\exp(-1/z)$. The same step gives

        $$z^2 + z = 1 + g.$$

        With $g = {strength}$ the answer is {_lax:.3f}: the lobby has loosened it. (In this
        example only changes of the price count; the price itself may be below nought.)
        """
    )
    return


@app.cell
def _(closed_forms, mo, classroom, strength):
    formulas = closed_forms(strength)
    _words = rf"""
    ## Closed form

    *Together.* If all have the standard $x$, product or process, the market clears where
    buyers and makers share the cost of cleaning, and each quantity is
    $\exp(-1/(2x))$. Governments together want $(2 + g - x)\exp(-1/(2x))$ to be large, so

    $$2x^2 + x = 2 + g.$$

    Without lobbies, $g = 0$, this is the best for the world. With $g = {strength}$ the
    roots of the three equations, and what the package finds by search, are:
    """
    mo.vstack([mo.md(_words), classroom.table(formulas, digits=6)])
    return (formulas,)


@app.cell
def _(mo):
    mo.md(
        r"""
        The three equations tell the story. Alone, the product standard stays where it is,
        while the common one gets laxer and laxer. Alone, the process standard runs away
        faster than the common one: they meet at $g = 1$, and from there on an agreement
        *tightens*.
        """
    )
    return


@app.cell
def _(classroom, mo):
    _code = """
    from unigauge.models import lobbying

    economy = lobbying.Economy(lobbying=1.2)
    lobbying.agreement(economy, "product")
    """
    mo.vstack([mo.md("## The package"), classroom.session(_code)])
    return


@app.cell
def _(mo):
    mo.md(
        """
        The first line of the answer is the verdict. The *certificates* say how much any
        government, or all together, could still gain by another standard, searched for
        by a second program: nothing but rounding.

        ## Move the numbers

        The hill is world welfare, if every country has the same standard. Governments
        alone stand at the open dot; the agreement walks to the full one. Move the
        strength of lobbies slowly from nought to two, first for one rule, then for the
        other. When does the walk end lower than it began? Damage and the cost of cleaning
        move the hill; the story stays.
        """
    )
    return


@app.cell
def _(lobbies):
    moves = lobbies.moves()
    moves
    return (moves,)


@app.cell
def _(lobbies, moves):
    lobbies.show(moves.value)
    return


@app.cell
def _(lobbying):
    turns = lobbying.thresholds(lobbying.Economy(), "process")
    pays_until = lobbying.thresholds(lobbying.Economy(), "product")["welfare_reversal"]
    return pays_until, turns


@app.cell
def _(mo, pays_until, turns):
    mo.md(
        f"""
        With damage and the cost of cleaning at one:

        *Product.* The walk always goes to the right. Up to a strength of
        {pays_until:.2f} it ends higher than it began; beyond, lobbies carry the world too
        far down the other side.

        *Process.* The open dot moves too. Between {turns["loss_start"]:.2f} and
        {turns["direction_reversal"]:.2f} the agreement loosens standards too far, and
        does harm. Somewhere there governments alone stand on the top, by luck: where, is
        an exercise. Beyond, each lobby has loosened its own country so far that all gain
        by stopping together.
        """
    )
    return


@app.cell
def _(classroom, draw_walks, mo):
    strengths = (0.0, 0.6, 1.5)
    _words = """
    ## The picture worth the hour

    Each walk leads from the open dot, governments alone, to the full one, the agreement.
    Blue walks end higher than they began, red ones lower. Read each row from left to
    right, as lobbies grow stronger. Cooperation is not good or bad in itself. Lobbies that
    pull *together* across the border make it bad in the end. Lobbies that pull *against*
    each other make it good again.
    """
    _alt = (
        "Six hills of world welfare; on each the walk from governments alone to agreement"
    )
    mo.vstack([mo.md(_words), classroom.picture(draw_walks(strengths), alt=_alt)])
    return (strengths,)


@app.cell
def _(classroom, lobbying):
    _dear = lobbying.Economy(abatement_cost=(2.0,))
    _alone = float(lobbying.solve(_dear, "product", "noncooperative").dirtiness[0])
    dear_cleaning = classroom.Exercise(
        question="Cleaning costs twice as much, $k = 2$. Which product standard does a "
        "small government choose alone? Do it by hand: buyers' surplus less damage is now "
        "in proportion to $(1 - e)\\exp(-2/e)$.",
        answer=_alone,
        why=f"The condition is e²/2 + e = 1, so e = √3 − 1 = {_alone:.3f}: "
        "dearer cleaning, a laxer standard.",
    )
    return (dear_cleaning,)


@app.cell
def _(classroom, turns):
    by_luck = classroom.Exercise(
        question="How strong must lobbies be for governments alone to choose the process "
        "standard that is best for the world? Put the best $x$ of the formula into "
        "$z^2 + z = 1 + g$. The board shows roughly where.",
        answer=turns["first_best"],
        why="Without lobbies a small government is too strict: it does not see that a laxer "
        "standard lowers the price, so that others make less and pollute less. A lobby of "
        "that strength makes up for it.",
    )
    return (by_luck,)


@app.cell
def _(classroom, lobbying, strengths):
    _strong = lobbying.Economy(lobbying=strengths[-1])
    _worth = {
        f"only the one on {standard} standards": lobbying.agreement(_strong, standard)
        for standard in lobbying.STANDARDS
    }
    _good = [name for name, deal in _worth.items() if deal.welfare_effect > 0]
    which_deal = classroom.Exercise(
        question=f"Lobbies are strong, $g = {strengths[-1]}$. You care for world welfare "
        "only, and governments offer two agreements. Which should be signed?",
        choices=(*_worth, "both", "neither"),
        answer=_good[0] if len(_good) == 1 else "both" if _good else "neither",
        why="Makers of all countries gain by lax product standards; but each suffers by "
        "the lax process standards of the others.",
    )
    return (which_deal,)


@app.cell
def _(by_luck, classroom, dear_cleaning, mo, which_deal):
    exercises = (dear_cleaning, by_luck, which_deal)
    replies = classroom.replies_to(exercises)
    mo.md("## Exercises")
    return exercises, replies


@app.cell
def _(classroom, exercises, replies):
    classroom.checked(exercises, replies)
    return


@app.cell
def _(classroom, mo):
    _weights = (
        "Grossman, G. M. and E. Helpman (1994), *Protection for sale*, American Economic "
        "Review 84(4), 833-850. Why governments count profit more than other income."
    )
    _list = classroom.reading("maggi_ossa_2023", also=(_weights,))
    mo.vstack([mo.md("## Reading"), _list])
    return


if __name__ == "__main__":
    app.run()
