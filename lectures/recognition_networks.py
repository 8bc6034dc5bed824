"""Lecture: recognition networks.

When agreements between two lead to one world, when to a bloc and an outsider.
"""

import marimo

app = marimo.App(
    width="medium", app_title="Recognition networks: convergence or fragmentation"
)


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import classroom
    from unigauge.lectures.boards import recognition_networks as story
    from unigauge.models import recognition, treatment

    return classroom, mo, recognition, story, treatment


@app.cell
def _(classroom):
    classroom.heading(
        "recognition_networks",
        "Recognition networks: convergence or fragmentation",
        "Countries sign agreements two by two to recognise each other's standards. Some worlds "
        "end with everybody inside, others with a bloc and an outsider whom nobody shut out.",
    )
    return


@app.cell
def _(recognition, story):
    world = story.today()
    found = recognition.network_map(world)
    return found, world


@app.cell
def _(classroom, found, mo, story):
    mo.vstack(
        [
            mo.md("""
    ## A game of five minutes

    Make groups of four: A, B, C and D, each a country. Who is left over draws the slips. A
    group needs a sheet with four dots, a pencil with an eraser, and six slips of paper, one for
    each pair: AB, AC, AD, BC, BD, CD. A line between two dots means that the two recognise each
    other's standards.

    1. Draw a slip. The two countries on it find their network in the picture below, with and
       without their line. It may be turned or mirrored.
    2. *No line yet?* They draw it if it earns one of them more and the other no less.
       *A line?* Either may rub it out, if that earns it more.
    3. Put the slip back and draw again. If ten slips in a row changed nothing, try each slip
       once. If none of the six changes anything, you have arrived.
    """),
            classroom.picture(
                story.draw_sheet(found),
                alt="Eleven networks of four countries, with the points that each country "
                "earns in it written in its circle.",
            ),
        ]
    )
    return


@app.cell
def _(mo):
    groups = mo.ui.number(1, 30, value=5, label="groups")
    united = mo.ui.number(value=None, label="of which end with all six lines")
    mo.hstack([groups, united], justify="start", wrap=True)
    return groups, united


@app.cell
def _(found, groups, mo, united):
    one_world = found.chance[-1]
    split = 1 - one_world
    counted = "" if united.value is None else f"You have {united.value}."
    mo.md(f"""
    A group that follows the rules ends with all lines drawn with a chance of
    **{one_world:.0%}**: about {one_world * groups.value:.1f} of {groups.value} groups.
    {counted} The others end with three countries linked to one another and the fourth
    outside, with a chance of {split:.0%}. Everybody played by the same rules, and only the
    slips differed.
    """)
    return one_world, split


@app.cell
def _(mo, story):
    alone, united_each = (
        story.points()[0],
        story.points("AB", "AC", "AD", "BC", "BD", "CD")[0],
    )
    pair = story.points("AB")[0]
    mo.md(f"""
    ## The payoffs

    Each country has one firm and one market. A firm may sell at home, and in every country that
    recognises its standard. Elsewhere it would have to convert its product, which costs too
    much. A country earns what its shoppers gain by buying, and the profit of its firm. Points
    are {story.POINTS} times that.

    A line between two countries does three things to each of them:

    - its **shoppers** gain, because one more firm competes at home;
    - its **firm loses at home**, for the same reason;
    - its **firm gains abroad**, and the less, the more firms are there already.

    The first line in the world takes both sides from {alone:.1f} to {pair:.1f} points. With all
    lines drawn everybody has {united_each:.1f}, and no other network gives the world more.
    """)
    return


@app.cell
def _(recognition, story, world):
    club = ("AB", "AC", "BC")
    before, after = (
        story.POINTS * recognition.payoffs(world, story.links(*pairs)).to_frame().loc[3]
        for pairs in (club, (*club, "AD"))
    )
    opened = recognition.payoffs(world, story.links(*club, "AD"))
    at_home, abroad = (story.POINTS * opened.profit[3, k] for k in (3, 0))
    return abroad, after, at_home, before, club


@app.cell
def _(abroad, after, at_home, before, mo):
    shoppers = after["consumer_surplus"] - before["consumer_surplus"]
    lost = before["profit"] - at_home
    net = after["welfare"] - before["welfare"]
    mo.md(f"""
    ## By hand

    A, B and C are linked, and D is outside. Why does D not sign with A?

    | points of D | outside | linked to A | change |
    |---|---:|---:|---:|
    | shoppers | {before["consumer_surplus"]:.2f} | {after["consumer_surplus"]:.2f} | {shoppers:+.2f} |
    | its firm, at home | {before["profit"]:.2f} | {at_home:.2f} | −{lost:.2f} |
    | its firm, in A | {0:.2f} | {abroad:.2f} | {abroad:+.2f} |
    | **together** | {before["welfare"]:.2f} | {after["welfare"]:.2f} | **−{-net:.2f}** |

    At home the firm of D gives up a monopoly. In A it becomes the fourth firm and earns little.
    So D says no, by a hair. A would have liked to sign. Nobody keeps D out: *the first step in
    costs more than it brings*, although all steps together would pay.
    """)
    return (net,)


@app.cell
def _(classroom, club, mo, story):
    sums = story.formula(*club, "AD")
    mo.vstack(
        [
            mo.md(r"""
    ## Closed form

    Let $e_i$ be the number of firms in the market of country $i$: its own and those of its
    partners. With straight demand lines and no costs, each of them sells $1/(e_i+1)$ there. The
    country is worth

    $$W_i = \frac{1}{2}\left(\frac{e_i}{e_i+1}\right)^2 + \sum_{j}\frac{1}{(e_j+1)^2}$$

    First what its shoppers gain, then the profits of its firm, summed over its own market and
    those of its partners (Goyal and Joshi). In points, after D has signed with A:
    """),
            classroom.table(sums, digits=4),
        ]
    )
    return (sums,)


@app.cell
def _(classroom, mo):
    mo.vstack(
        [
            mo.md("""
    ## The package

    A network is *pairwise stable* if nobody wants to cut a link, and no two want to make one.
    (A link is a line of the game.) The package looks at every network. *Degrees* are the
    numbers of partners, country by country. *Effective standards* count into how many groups
    the countries fall; a small group counts less.
    """),
            classroom.session("""
from unigauge.models import recognition

world = recognition.World(n=4, conversion_cost=0.6)
recognition.stable(world)
"""),
        ]
    )
    return


@app.cell
def _(mo, recognition, world):
    together = recognition.stable(world, "strong")
    paid = recognition.stable(world, "transfers")
    mo.md(f"""
    Two changes of the rules bring the outsider in. If any group may sign at once, the number of
    networks that last falls to {len(together)}: full recognition. If countries may pay each
    other, it is {len(paid)} again, and the same one. So it matters *how* one may join: one
    partner at a time, or the whole club.
    """)
    return paid, together


@app.cell
def _(mo, story):
    moves = story.network.moves()
    mo.vstack(
        [
            mo.md("""
    ## Move the numbers

    Each small network stands at its number of links, and the higher, the more points all
    countries have together. A red dot is a country without a link. An arrow is a move that is
    wanted by those who must agree. In a green ring nobody wants to move; the percentage says
    how often random deals end there. If no network lasts, the status is *no equilibrium found*.

    Try a low cost of an unrecognised standard. Put it back, and make the first country large.
    Put that back, let a partner's partner be recognised too, let an agreement cost a little,
    and look for a *hub with spokes*.
    """),
            moves,
        ]
    )
    return (moves,)


@app.cell
def _(moves, story):
    story.network.show(moves.value)
    return


@app.cell
def _(mo, story):
    tastes = story.blocs.moves()
    mo.vstack(
        [
            mo.md("""
    **Blocs.** So far every standard was as good as any other. Now countries differ in what they
    like, and a bloc has one standard, in the middle of its members. Blocs last, and are green,
    if no group of countries would all gain by a bloc of their own. Often more than one division
    lasts: then the status is *multiple*. Pull the tastes apart and watch one world turn into
    three. Here that is no failure: the number of standards that is best for all goes up as well.
    """),
            tastes,
        ]
    )
    return (tastes,)


@app.cell
def _(story, tastes):
    story.blocs.show(tastes.value)
    return


@app.cell
def _(mo, story):
    harm = story.rules.moves()
    mo.vstack(
        [
            mo.md("""
    **Whose rule?** To recognise a good means to let its producer's rule bind, not one's own.
    Suppose a standard prevents damage where the good is used. Under the market's rule, *national
    treatment*, foreign profits bear part of its cost. So countries impose it already at little
    damage. Under the producer's rule, *mutual recognition*, half of the damage is abroad. So
    they impose it only at much damage.
    """),
            harm,
        ]
    )
    return (harm,)


@app.cell
def _(harm, story):
    story.rules.show(harm.value)
    return


@app.cell
def _(classroom, found, mo, story):
    mo.vstack(
        [
            mo.md("""
    ## The picture worth the hour

    All networks of the game on one map. Follow the arrows from the four unlinked dots, lower
    left.
    """),
            classroom.picture(
                story.draw_map(found),
                alt="Eleven small networks, the more links the higher. Arrows lead to two of "
                "them in green rings: all linked at the top, and three linked with one "
                "outside, lower down.",
            ),
        ]
    )
    return


@app.cell
def _(found, mo, story):
    worlds = [story.POINTS * total for total in found.total[found.stable].tolist()]
    mo.md(f"""
    Every path starts upwards. Some lead to the top, with {max(worlds):.0f} points. The others
    end in a triangle and an outsider with {min(worlds):.1f}, and there is no arrow out of it.
    *What lasts need not be what is best*, and where a world ends may hang on who met whom
    first.
    """)
    return (worlds,)


@app.cell
def _(found, story, treatment):
    big = story.network.outcome({"size": 3.0})
    end = big.chance.argmax()
    outside = "the large one" if big.graphs[end] & 7 == 0 else "a small one"
    turns = treatment.costinot(compliance_cost=0.25)
    case = story.rules.outcome({"damage": 0.25})
    strict = [all(answer.standards) for answer in (case.national, case.mutual)]
    who = {(1, 0): "the market's rule", (0, 1): "the producer's rule", (0, 0): "neither"}
    too_early = who.get(tuple(strict), "both")
    return big, end, outside, too_early, turns


@app.cell
def _(classroom, net):
    price = classroom.Exercise(
        question="In the game A, B and C are linked. How many points must they pay D at the least, "
        "so that it does not lose by a first line to A?",
        answer=float(-net),
        unit="points",
        why="It is what the last row of the table by hand lacks. It is far less than A gains by "
        "the line, and so payments bring D in.",
    )
    return (price,)


@app.cell
def _(big, classroom, end, outside):
    giant = classroom.Exercise(
        question="On the board one country is made three times as large as each of the others. "
        "Who is outside where random deals most often end?",
        answer=outside,
        choices=("nobody", "a small one", "the large one"),
        why=f"Random deals end there with a chance of {big.chance[end]:.0%}. The large country's "
        "firm would give up its hold on the largest market and gain small ones in return.",
    )
    return (giant,)


@app.cell
def _(classroom, too_early, turns):
    early = classroom.Exercise(
        question="A standard costs a quarter a unit, and prevents damage of a quarter a unit. "
        "Which rule imposes it although the world would be better off without?",
        answer=too_early,
        choices=("the market's rule", "the producer's rule", "both", "neither"),
        why=f"A country imposes it on its market from damage of {turns.national_treatment:.3f} "
        f"on, the world would only from {turns.world:.3f} on, and a country that binds its own "
        f"producer waits until {turns.mutual_recognition_if_other_strict:.3f} or more.",
    )
    return (early,)


@app.cell
def _(classroom, early, giant, mo, price):
    exercises = (price, giant, early)
    replies = classroom.replies_to(exercises)
    mo.md("## Exercises")
    return exercises, replies


@app.cell
def _(classroom, exercises, replies):
    classroom.checked(exercises, replies)
    return


@app.cell
def _(classroom, mo):
    mo.vstack(
        [
            mo.md("## Reading"),
            classroom.reading(
                "recognition_and_fragmentation",
                "national_treatment_or_mutual_recognition",
                also=(
                    """Goyal, S. and S. Joshi (2006), *Bilateralism and free trade*, International
                    Economic Review 47(3), 749-778. The game of this lecture, with tariffs.""",
                    """Jackson, M. O. and A. Watts (2002), *The evolution of social and economic
                    networks*, Journal of Economic Theory 106(2), 265-295. One link at a time.""",
                    """Costinot, A. (2008), *A comparative institutional analysis of agreements on
                    product standards*, Journal of International Economics 75(1), 197-213. Whose
                    rule.""",
                ),
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
