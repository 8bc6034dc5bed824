"""Lecture: innovation and standards feed each other.

When a push fades, when it multiplies, and how the same country can be stuck or thrive.
"""

import marimo

app = marimo.App(width="medium", app_title="Innovation and standards feed each other")


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import classroom
    from unigauge.lectures.boards import innovation_and_standards as boards
    from unigauge.models import growth, two_way

    return boards, growth, mo, classroom, two_way


@app.cell
def _(classroom):
    classroom.heading(
        "innovation_and_standards",
        "Innovation and standards feed each other",
        "When a push fades, when it multiplies, and how the same country can be stuck "
        "or thrive.",
    )
    return


@app.cell
def _(mo):
    half = mo.ui.number(4, 30, value=10, label="students in each half")
    mo.vstack(
        [
            mo.md(
                """
                ## Five-minute game

                The class splits into two halves that face each other. On the left sit
                **inventors**, on the right **writers of standards**. In each half,
                count off from one. Your number has a card below: the hands you must see.
                (If one of you is left over, that person leads the game and counts.)
                """
            ),
            half,
        ]
    )
    return (half,)


@app.cell
def _(boards, half, mo, classroom, two_way):
    reply = two_way.Reply(steepness=12)
    found = two_way.traps(reply, reply)
    cards = boards.cards(reply, half.value)
    few, many = boards.beside(found, half.value)
    classroom.table(boards.card_table(cards))
    return cards, few, found, many, reply


@app.cell
def _(few, many, mo):
    mo.md(
        f"""
        1. The teacher names a few people in each half. They put a hand up.
        2. Look across, and count. At the teacher's call your hand goes up if you see at
           least as many hands as your card says, and down if you do not.
        3. The teacher calls again until nothing changes.

        Play it twice, with the same cards. First **{few}** people in each half begin
        with a hand up. Then **{many}** do.
        """
    )
    return


@app.cell
def _(few, half, mo):
    start = mo.ui.slider(
        0, half.value, value=few, show_value=True, label="hands up at the start, each half"
    )
    start
    return (start,)


@app.cell
def _(boards, cards, half, mo, start):
    calls = boards.play(cards, start.value)
    mo.md(
        f"Hands up in each half, call by call: **{', then '.join(map(str, calls))}**. "
        f"In the end **{calls[-1]}** of {half.value} are up."
    )
    return


@app.cell
def _(few, found, half, many, mo):
    mo.md(
        f"""
        The people are the same, the cards are the same, the rules are the same. From
        {few} hands all go down, from {many} all go up. The line between lies at
        {found.thresholds[0] * half.value:g} hands. A class that starts below it is in a
        **trap**: nobody does anything wrong, and nothing happens.

        ## The payoffs

        Why would an inventor look at the other side? A standard makes the market for a
        new product larger and its parts cheaper. If a share $s$ of the writers is
        active, an invention is worth $b\\,s$. It costs $c_i$, more for some people than
        for others. So inventor $i$ goes ahead if

        $$b\\,s \\ge c_i .$$

        The card was $c_i / b$, counted in hands. Writers think alike: a standard is worth
        its trouble if there is enough to standardise. Few people have very low or very
        high cards, most lie in the middle. So the more hands one side shows, the more go
        up on the other: slowly at first, then fast, then slowly again. This is an
        **S-shaped reply**.
        """
    )
    return


@app.cell
def _(boards, half, reply, classroom):
    classroom.table(boards.reply_table(reply, half.value))
    return


@app.cell
def _(two_way):
    straight = two_way.TwoWay(response=(0.5, 0.9))
    to_knowledge, to_standards = straight.response
    echoes = [straight.loop**turn for turn in range(5)]
    return echoes, straight, to_knowledge, to_standards


@app.cell
def _(echoes, mo, straight, to_knowledge, to_standards):
    mo.md(
        f"""
        ## By hand

        Seen from nearby, a curve is a straight line. Say that a unit more of standards
        makes people want {to_knowledge} more knowledge, and a unit more of knowledge
        makes them want {to_standards} more standards. Now a push comes that lasts: from
        today people want one unit of knowledge more, whatever the standards.

        - That unit brings {to_standards} more standards.
        - These bring {to_knowledge} × {to_standards} = **{straight.loop:.2f}** more
          knowledge. This number is the **loop**.
        - That knowledge brings standards again, and they bring
          {straight.loop:.2f} × {straight.loop:.2f} = {echoes[2]:.4f} more knowledge, and
          so on.

        Each echo is {straight.loop:.2f} of the one before:
        {" + ".join(f"{echo:.3f}" for echo in echoes)} = {sum(echoes):.3f} after four
        turns. The echoes get shorter, so the sum comes to an end.
        """
    )
    return


@app.cell
def _(mo, straight, two_way):
    settled = two_way.solve(straight)
    mo.md(
        f"""
        ## Closed form

        With $b_{{ks}}$ for knowledge wanted by a unit of standards, and $b_{{sk}}$ the
        other way, the loop is $L = b_{{ks}}\\, b_{{sk}}$, and the sum of all echoes is

        $$1 + L + L^2 + L^3 + \\dots = \\frac{{1}}{{1 - L}} \\qquad \\text{{if }} L < 1 .$$

        | | formula | package |
        |---|---:|---:|
        | a push of one becomes | {1 / (1 - straight.loop):.6f} | {settled.own[0, 0]:.6f} |

        The package finds where nothing moves any more, and then checks: it lets the
        system run and compares. With a loop of one or more the echoes do not get shorter,
        and nothing settles.
        """
    )
    return


@app.cell
def _(found, mo, reply):
    middle = (reply.steepness / 4) ** 2
    mo.md(
        f"""
        S-shaped replies bend, so they may meet more than once. If both have steepness
        $\\beta$ and are steepest at one half, their slope there is $\\beta / 4$. They
        meet three times if the loop *in the middle* is above one:
        $(\\beta / 4)^2 > 1$, that is $\\beta > 4$. In the game it was

        | | formula | package |
        |---|---:|---:|
        | loop in the middle | {middle:.4f} | {found.slope[1]:.4f} |
        | loop at the low end | | {found.slope[0]:.4f} |

        Look at the second row. Who measures the loop where the poor country *is* finds
        almost nothing. It does not follow that there is no better place.
        """
    )
    return


@app.cell
def _(mo, classroom):
    mo.vstack(
        [
            mo.md("## The package"),
            classroom.session(
                """
                from unigauge.models import two_way
                reply = two_way.Reply(steepness=12)
                two_way.traps(reply, reply)
                """
            ),
            mo.md(
                """
                *Stable* means that after a small disturbance things come back. The state in
                the middle is not: it is the line that decides. *Slope* is the loop there.
                """
            ),
        ]
    )
    return


@app.cell
def _(boards, mo):
    echo = boards.echoes.moves()
    mo.vstack(
        [
            mo.md(
                """
                ## Move the numbers

                **How much does the loop multiply?** A push of one unit of knowledge, for
                good. Raise both numbers. First the end comes later, then there is no end.
                """
            ),
            echo,
        ]
    )
    return (echo,)


@app.cell
def _(boards, echo):
    boards.echoes.show(echo.value)
    return


@app.cell
def _(boards, mo):
    stuck = boards.trap.moves()
    mo.vstack(
        [
            mo.md(
                """
                **Can a country be stuck?** Both sides move slowly towards what they want:
                that is the red walk. Find the start from which it turns round. Then make
                standards easier to use (move the second slider down), and watch how much
                less of a push is needed. Make the replies as flat as can be: the trap is
                gone, and so is the high end.
                """
            ),
            stuck,
        ]
    )
    return (stuck,)


@app.cell
def _(boards, stuck):
    boards.trap.show(stuck.value)
    return


@app.cell
def _(boards, mo):
    pace = boards.standardising.moves()
    mo.vstack(
        [
            mo.md(
                """
                **Can there be too many standards?** So far standards only helped. But a
                standard also ends the head start of who invented the good: everybody may
                make it, so inventing pays less from that day on. And a standard helps:
                a good that is standardised needs no skilled people, and they turn to newer
                goods. That takes years. Move the rate at which new goods are standardised.
                Growth is highest somewhere in between.
                """
            ),
            pace,
        ]
    )
    return (pace,)


@app.cell
def _(boards, pace):
    boards.standardising.show(pace.value)
    return


@app.cell
def _(boards, few, found, half, many, mo, classroom):
    low, high = few / half.value, many / half.value
    mo.vstack(
        [
            mo.md("## The picture worth the hour"),
            classroom.picture(
                boards.draw_walks(found, low, high, size=(7.6, 4.6)),
                alt="Two S-shaped curves that cross three times. Two red walks start on "
                "either side of the middle crossing; one ends in the lower corner, the "
                "other in the upper one.",
            ),
            mo.md(
                f"""
                Two countries with the same people and the same rules start at {low:.0%}
                and at {high:.0%}. One ends at {found.knowledge[0]:.1%}, the other at
                {found.knowledge[-1]:.1%}. Dots are resting points, the white one does not
                hold. A single push that carries the first country into the grey area
                *lasts*, even if nobody keeps pushing. A push that falls short is lost, all
                of it. Half a push is not half as good.
                """
            ),
        ]
    )
    return


@app.cell
def _(growth, two_way):
    stronger = two_way.solve(two_way.TwoWay(response=(0.6, 1.0)))
    trapped = [
        beta
        for beta in range(1, 13)
        if two_way.traps(
            two_way.Reply(steepness=beta), two_way.Reply(steepness=beta)
        ).status
        == "trap"
    ]
    best = growth.optimum(growth.Economy())
    after = growth.transition(growth.Economy(), 2 * best.rate, best.share)
    return after, best, stronger, trapped


@app.cell
def _(classroom, stronger):
    pushes = classroom.Exercise(
        question="A unit of standards makes people want $0.6$ more knowledge, a unit of "
        "knowledge $1.0$ more standards. A lasting push of one unit of knowledge comes. "
        "How much more knowledge than before is there in the end?",
        answer=stronger.multiplier,
        tolerance=0.01,
        why=f"The loop is {stronger.loop:.2f}, so it is one over {1 - stronger.loop:.2f}, "
        f"which is {stronger.multiplier:.2f}, the push itself included.",
    )
    return (pushes,)


@app.cell
def _(classroom, trapped):
    bends = classroom.Exercise(
        question="Both replies are steepest at one half. What is the smallest *whole* "
        "steepness at which there is a trap? (Use the second board, or the formula.)",
        answer=trapped[0],
        tolerance=0.1,
        why=f"At {trapped[0] - 1} the curves only touch in the middle; at {trapped[0]} they "
        "cross three times.",
    )
    return (bends,)


@app.cell
def _(after, best, bends, pushes, classroom):
    fall = "falls at once, and then recovers in part"
    speeds = classroom.Exercise(
        question="Goods are standardised at the rate that is best for growth. From today "
        "the rate is twice as high. What does the growth of the number of goods do? (When "
        "does inventing pay less, and when are skilled people free?)",
        choices=(
            "rises at once, and stays",
            "does not change at once, and falls slowly",
            fall,
        ),
        answer=fall,
        why=f"It falls from {best.growth:.1%} to {after.growth[0]:.1%} a year, since "
        f"inventing pays less today; it ends at {after.balanced.growth:.1%}. In the end half "
        f"of the way that is left takes {after.half_life:.0f} years.",
    )
    exercises = (pushes, bends, speeds)
    return (exercises,)


@app.cell
def _(exercises, classroom):
    replies = classroom.replies_to(exercises)
    return (replies,)


@app.cell
def _(exercises, mo, replies, classroom):
    mo.vstack([mo.md("## Exercises"), classroom.checked(exercises, replies)])
    return


@app.cell
def _(mo, classroom):
    mo.vstack(
        [
            mo.md("## Reading"),
            classroom.reading(
                "synergy_and_traps",
                "acemoglu_gancia_zilibotti_2012",
                also=(
                    """Granovetter (1978), *Threshold models of collective behavior*,
                    American Journal of Sociology 83. The game of the first minutes.""",
                    """Murphy, Shleifer and Vishny (1989), *Industrialization and the big
                    push*, Journal of Political Economy 97. When half a push is lost.""",
                    """Azariadis and Stachurski (2005), *Poverty traps*, Handbook of
                    Economic Growth 1A. What else can hold a country back.""",
                ),
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
