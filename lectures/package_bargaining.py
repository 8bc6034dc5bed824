"""Lecture: bargaining over a package.

Why two parties should settle all issues at once, and what a rival, a veto and a chair do.
"""

import marimo

app = marimo.App(width="medium", app_title="Bargaining over a package: 5G and APEC")


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import classroom
    from unigauge.lectures.boards import package_bargaining as story
    from unigauge.models import bargaining, voting

    return bargaining, classroom, mo, story, voting


@app.cell
def _(classroom):
    classroom.heading(
        "package_bargaining",
        "Bargaining over a package: 5G and APEC",
        "Two parties want opposite things from one standard. Both do better if they settle "
        "all of it at once, and a strong rival may be what brings them together.",
    )
    return


@app.cell
def _(story):
    talks = story.deal.outcome({})
    package = talks.together.package
    lost = story.dial_points(package)
    nothing = -story.POINTS * package.disagreement[0]
    return lost, nothing, package, talks


@app.cell
def _(classroom, lost, mo, nothing, story):
    mo.vstack(
        [
            mo.md(f"""
    ## A game of five minutes

    Work in pairs: one of you is China, the other Europe. Who is left over keeps the time. You
    need a pencil and a sheet. Your 5G standard has two dials, *speed* and *security*. Each goes from zero to {story.STEPS}
    steps. China wants speed at {story.STEPS} and security at zero. Europe wants it the other
    way round. Your own dial, speed for China and security for Europe, matters more to you:
    """),
            classroom.table(lost),
            mo.md(f"""
    The head of the table counts the steps by which a dial is off your wish. Lose as few points
    as you can, each for yourself. Without an agreement each of you loses {nothing:.0f} points.

    - **First round, two minutes.** Agree on speed, and write it down. It may not change any
      more. Only then talk about security.
    - **Second round, two minutes.** Start again. This time settle both dials at once.
    """),
        ]
    )
    return


@app.cell
def _(mo):
    first = mo.ui.number(value=None, label="points lost on average in the first round")
    second = mo.ui.number(value=None, label="in the second round")
    mo.hstack([first, second], justify="start", wrap=True)
    return first, second


@app.cell
def _(first, mo, second, story, talks):
    separate = story.points_lost(talks.apart)[0]
    together = story.points_lost(talks.together)[0]
    _typed = None not in (first.value, second.value)
    saving = f"The class saved {first.value - second.value:.1f}." if _typed else ""
    mo.md(f"""
    The bargaining solution of Nash, explained below, says that each of you loses
    {separate:.1f} points dial by dial and {together:.1f} with both dials at once, where a dial
    may also stand between two steps. That saves **{separate - together:.1f}** points. {saving}
    """)
    return separate, together


@app.cell
def _(lost, mo, story):
    own, other = (lost.loc[name].tolist() for name in lost.index)
    far = story.STEPS // 2
    mo.md(f"""
    ## The payoffs

    A dial hurts more and more, the further it is from what you want: by the square of the
    distance. One step off on your own dial costs {own[1]} points, two steps {own[2]}. On the
    other's dial one step costs {other[1]} and two steps {other[2]}. So you are
    {own[1] // other[1]} times as keen on your own dial.

    Settled one after the other, each dial tends to end in the middle: on one dial alone there
    is nothing to give in return. Each of you then loses {own[far]} + {other[far]} =
    {own[far] + other[far]} points.
    """)
    return far, other, own


@app.cell
def _(far, mo, other, own):
    saved, paid = own[far] - own[far - 1], other[far + 1] - other[far]
    saved_again, paid_again = own[far - 1] - own[far - 2], other[far + 2] - other[far + 1]
    swap = own[far - 1] + other[far + 1]
    mo.md(f"""
    ## By hand

    Both dials stand at {far}. Europe offers one more step of speed for one more step of
    security. China saves {saved} points on speed and pays {paid} on security: it is
    {saved - paid} better off. So is Europe, with the dials exchanged.

    Another such step saves {saved_again} and costs {paid_again}. That is too far. They stop
    at {far + 1} and {far + 1}, and each loses {own[far - 1]} + {other[far + 1]} = {swap}.
    Neither gave anything for free: each gave where it hurts less. Politicians call this
    *log-rolling*.
    """)
    return (swap,)


@app.cell
def _(classroom, mo, story):
    rolling = story.log_rolling((0.5, 0.6, 0.7, 0.8, 0.9))
    mo.vstack(
        [
            mo.md(rf"""
    ## Closed form

    A *package* is a deal on all dials at once. Nash's solution is the deal that makes the
    product of both gains, against no deal, as large as can be. Let each party give the weight
    $a$ to its own dial and $1-a$ to the other's, and let their wishes lie $\Delta$ apart on
    both. Together each loses $a(1-a)\Delta^2$. Dial by dial each loses $\Delta^2/4$. The
    package saves each of them

    $$\frac{{\Delta^2(2a-1)^2}}{{4}}$$

    In points, with {story.POINTS} points to a unit:
    """),
            classroom.table(rolling, digits=4),
            mo.md("""
    If both care for both dials alike, there is nothing to trade. The keener each is on its own
    dial, the more a package is worth.
    """),
        ]
    )
    return (rolling,)


@app.cell
def _(bargaining, mo, package, story):
    race = bargaining.rival_range(package, **story.RIVAL)
    _a = package.weights[0][0]
    _win, _lose = story.RIVAL["win"], story.RIVAL["lose"]
    chance = (_a * (1 - _a) + _win) / (_win - _lose)
    mo.md(rf"""
    **A rival.** Without a deal the two race against a third power, which wins with the chance
    $\pi$. Each loses {-story.POINTS * _win:.0f} points if the rival loses, and
    {-story.POINTS * _lose:.0f} points if it wins. Write $w$ and $l$ for what these are worth,
    in units and with a minus. They sign a package if $\pi$ is above

    $$\pi^* = \frac{{a(1-a)\Delta^2 + w}}{{w-l}}$$

    The formula gives {chance:.6f}, unigauge {race.lowest_probability:.6f}. The chance $\pi$ is
    the rival's share of all strength: with theirs at {race.own_strength:.0f}, the rival's must
    be above {race.lowest:.2f}. Dial by dial they would lose more, and so hold together only against
    a stronger rival.
    """)
    return chance, race


@app.cell
def _(classroom, mo, story):
    mo.vstack(
        [
            mo.md(f"""
    ## The package

    A mirror package is the game above: the wishes of one are those of the other in a mirror.
    The dials go from zero to one, and the last pair is what each of the two gains by settling
    both dials at once, in units of {story.POINTS} points.
    """),
            classroom.session("""
from unigauge.models import bargaining

standard = bargaining.mirror_package(0.8, 1.0, disagreement=-0.375)
together = bargaining.solve(standard, "nash")
apart = bargaining.issue_by_issue(standard)
together.x, apart.x, together.utilities - apart.utilities
"""),
        ]
    )
    return


@app.cell
def _(mo, story):
    moves = story.deal.moves()
    mo.vstack(
        [
            mo.md("""
    ## Move the numbers

    In the grey area both prefer the deal to no deal. Make the rival weaker and watch the area
    shrink. Which deal is lost first? The status *no agreement* says that no deal is better for
    both than none, *corner* that a dial stands at its end.

    Then make the two unlike and let them settle in other ways: by *equal gains*; by the
    *largest sum*, whoever pays for it; as *Kalai and Smorodinsky* would, by giving each the
    same share of the most that it could hope for; or *with payments* from one to the other.
    """),
            moves,
        ]
    )
    return (moves,)


@app.cell
def _(moves, story):
    story.deal.show(moves.value)
    return


@app.cell
def _(mo, story):
    raises = story.veto.moves()
    mo.vstack(
        [
            mo.md("""
    **Many at the table.** Five economies of APEC choose how strict a standard for renewable
    energy is to be. It goes up step by step, and anyone may veto a further step. So it stops
    at what the least able economy likes best: the *lowest common denominator*. Others may pay
    to raise the ability of those behind, if they gain more than it costs them.
    """),
            raises,
        ]
    )
    return (raises,)


@app.cell
def _(raises, story):
    story.veto.show(raises.value)
    return


@app.cell
def _(mo, story):
    votes = story.chair.moves()
    mo.vstack(
        [
            mo.md("""
    **Take it or leave it.** Now one economy holds the chair. It may propose one standard, once.
    If too few accept, the old standard stays. An economy accepts what is no further from its
    wish than the old standard is. The status is *gridlock* if nothing passes that the chair
    likes better than the old standard.
    """),
            votes,
        ]
    )
    return (votes,)


@app.cell
def _(story, votes):
    story.chair.show(votes.value)
    return


@app.cell
def _(classroom, mo, story, talks):
    mo.vstack(
        [
            mo.md("""
    ## The picture worth the hour

    Start at the deal dial by dial. Along the red line China is as well off as there, along the
    blue line Europe. To the right of the red line China is better off, above the blue line
    Europe is. Between the two lines both are.
    """),
            classroom.picture(
                story.draw_swap(talks),
                alt="Two dials. From the middle, where the deal dial by dial lies, a grey lens "
                "opens to the upper right; the package lies inside it.",
            ),
            mo.md("""
    Two bargains that are each fair leave the whole lens on the table. The lines cross, because
    the two parties do not trade one dial for the other at the same rate. Where rates differ,
    there is a swap that both like. It is the reason to negotiate packages, and to distrust a
    committee that settles one clause after the other.
    """),
        ]
    )
    return


@app.cell
def _(rolling, story):
    mild = float(rolling.loc["0.6", "unigauge"])
    weak = story.deal.outcome({"rival": 0.6})
    still = story.held(weak)
    wanted = story.peaks()
    passed = story.chair.outcome({"who": "A", "quota": 4})
    return mild, passed, still, wanted, weak


@app.cell
def _(classroom, mild):
    keenness = classroom.Exercise(
        question="Each of the two now gives its own dial six parts of ten, not eight. How many "
        "points does the package save each of them?",
        answer=mild,
        tolerance=0.05,
        unit="points",
        why="The difference between the two weights falls from six tenths to two tenths, which "
        "is a third. The saving goes with its square, so it falls to a ninth.",
    )
    return (keenness,)


@app.cell
def _(classroom, race, still, weak):
    rivalry = classroom.Exercise(
        question="The rival's strength falls to six tenths; that of the two together stays at "
        "two. Which deal still holds?",
        answer=still,
        choices=("both", "only the package", "neither"),
        why=f"A package holds from a strength of {race.lowest:.2f} on. Dial by dial the two "
        f"would each lose a quarter of a unit, and without a deal "
        f"{-weak.together.package.disagreement[0]:.3f}, which is less.",
    )
    return (rivalry,)


@app.cell
def _(classroom, passed, wanted):
    likes = ", ".join(f"{letter} {peak:.1f}" for letter, peak in wanted.items())
    seat = classroom.Exercise(
        question=f"""The five economies like these standards best: {likes}. There is no
        standard yet. A holds the chair, and four votes of five are needed. How strict a
        standard gets through?""",
        answer=passed.proposal,
        why=f"""Without a standard an economy accepts up to twice what it likes best. The
        fourth vote is that of D, which accepts up to twice {wanted["D"]:.1f}. Step by step,
        and with a veto for all, only {wanted["E"]:.1f} would pass.""",
    )
    return (seat,)


@app.cell
def _(classroom, keenness, mo, rivalry, seat):
    exercises = (keenness, rivalry, seat)
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
                "china_europe_5g",
                "apec_renewables",
                also=(
                    """Nash, J. F. (1950), *The bargaining problem*, Econometrica 18(2),
                    155-162. Eight pages on what a fair deal is.""",
                    """Romer, T. and H. Rosenthal (1978), *Political resource allocation,
                    controlled agendas, and the status quo*, Public Choice 33(4), 27-43. The
                    chair.""",
                ),
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
