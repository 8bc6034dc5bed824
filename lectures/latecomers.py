"""Lecture: from latecomer to leader.

When to take the next step, what a head start is worth, and when the door opens.
"""

import marimo

app = marimo.App(width="medium", app_title="From latecomer to leader")


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import classroom
    from unigauge.lectures.boards import latecomers as boards
    from unigauge.models import contests, revision, stages

    return boards, classroom, contests, mo, revision, stages


@app.cell
def _(classroom):
    classroom.heading(
        "latecomers",
        "From latecomer to leader",
        "When to take the next step, what a head start is worth, and when the door opens.",
    )
    return


@app.cell
def _():
    head_starts = (0, 2, 6)
    return (head_starts,)


@app.cell
def _(boards, head_starts, mo):
    mo.md(
        f"""
        ## Five-minute game

        Work in pairs, with pen and paper. One of you is the **chair** of a committee, the
        other a **newcomer**. Each has {boards.PRIZE:g} points. Influence over a standard
        is worth {boards.PRIZE:g} points more, to be shared.

        1. Write down, hidden, how many of your points you spend. Show both numbers.
        2. The prize is split like the points on the table. Three against two means three
           fifths for the one who spent three. (If nobody spends, each gets half.) What you
           did not spend you keep. Count what you have.
        3. Second round. The chair has **{head_starts[1]}** points on the table for free,
           because the chair writes the agenda.
        4. Third round. Now it is **{head_starts[2]}** free points.

        Newcomers, hands up: who got less of the prize in the second round than in the
        first? And in the third? (If one of you is left over, the teacher makes the pair.)
        """
    )
    return


@app.cell
def _(boards, head_starts, mo):
    free_points = mo.ui.dropdown(
        {f"{start} free points": start for start in head_starts},
        value=f"{head_starts[1]} free points",
        label="round",
    )
    chairs = mo.ui.number(0, boards.PRIZE, step=0.1, value=2, label="chairs spent, average")
    newcomers = mo.ui.number(
        0, boards.PRIZE, step=0.1, value=3, label="newcomers spent, average"
    )
    mo.vstack([free_points, chairs, newcomers])
    return chairs, free_points, newcomers


@app.cell
def _(boards, chairs, free_points, mo, newcomers):
    against = free_points.value + chairs.value
    _best = f"{boards.best_against(against):.1f}" if against else "as little as can be"
    mo.md(
        f"""
        On average **{against:g}** points lay against the newcomers of your class. Who spends
        {newcomers.value:g} against so many gets
        **{boards.won(newcomers.value, against):.1f}** of the prize; best would be to spend
        **{_best}**. If both sides do their best against each other, the rounds end like
        this:
        """
    )
    return


@app.cell
def _(boards, classroom, head_starts):
    classroom.table(boards.rounds(*head_starts), digits=2)
    return


@app.cell
def _(boards, head_starts, mo):
    small, large = boards.fight(head_starts[1]), boards.fight(head_starts[2])
    mo.md(
        f"""
        The small head start takes *nothing* from the newcomer. The chair spends
        {small.effort[0]:g} of its own points instead of {boards.fight(0).effort[0]:g}, and
        leans on the free ones. The large one takes a lot: the newcomer is down to
        {large.probability[1]:.1%} of the prize.

        ## The payoffs

        **At the table.** If the newcomer spends $x$ and $z$ points lie against it, it
        gains

        $$V \\,\\frac{{x}}{{x + z}} - x ,$$

        where $V$ is the prize. The chair's points $z$ contain its head start $h$, which
        costs it nothing.

        **On the way to the table.** A latecomer first *adopts* the standards of others,
        then *follows* in making them, then *leads*. Each stage earns more for a unit of
        skill and costs more to run. A step up costs something once and cannot be undone.
        Skill grows, but not evenly: some years are good, some are bad.

        **At the door.** Positions can change hands when a standard is revised. An old
        edition loses touch with technology, and loses more every year. A revision costs
        work. Somebody must weigh the two.
        """
    )
    return


@app.cell
def _(boards, head_starts, large, mo):
    _free = head_starts[2]
    _most = (boards.PRIZE * _free) ** 0.5
    _spent, _all = large.effort[1], large.effort[1] + _free
    mo.md(
        f"""
        ## By hand

        Take the third round: {_free} free points, and the chair adds none. A little more
        from the newcomer raises its share by $z/(x+z)^2$ a point. It is worth spending as
        long as this, times the prize, is above one. So the newcomer stops where
        $(x + z)^2 = V z$:

        - {boards.PRIZE:g} × {_free} = {boards.PRIZE * _free:g}, and the root is
          {_most:.3f}.
        - Less the {_free} points that lie there: **{_most - _free:.3f}** to spend.
        - The newcomer's share is {_spent:.3f} / {_all:.3f} = {_spent / _all:.1%}.

        Was the chair right to add nothing? A little more would bring it
        {boards.PRIZE:g} × {_spent:.3f} / {_all:.3f}² =
        {boards.PRIZE * _spent / _all**2:.2f} a point, and a point costs one. Yes.
        """
    )
    return


@app.cell
def _(boards, revision, stages):
    ladder = stages.Ladder()
    climb, slowly = stages.solve(ladder), boards.lead_on_a_grid(ladder)
    waiting = climb.exponent / (climb.exponent - 1)
    needed = ladder.step_cost(1) / ladder.step_gain(1)
    lead = waiting * (ladder.discount_rate - ladder.drift) * needed
    edition = revision.cycle(2, 0.04)
    return climb, edition, ladder, lead, slowly, waiting


@app.cell
def _(boards, edition, lead, mo, slowly, waiting):
    best_age = (2 * edition.revision_cost / edition.loss_rate) ** 0.5
    searched = boards.searched_interval(edition.revision_cost, edition.loss_rate)
    mo.md(
        f"""
        ## Closed form

        1. A head start is harmless up to $h = V/4$.
        2. A step should be taken at the skill
           $\\theta = \\dfrac{{\\beta}}{{\\beta - 1}} (r - \\mu) \\dfrac{{C}}{{g}}$. Here $C$
           is all that the step costs in today's money, once and in every year to come; $g$
           is what it gains for a unit of skill, $r$ interest, $\\mu$ the growth of skill.
           The number $\\beta$ is smaller the more uncertain skill is. Without the first
           factor the step would just pay. The factor, here {waiting:.2f}, is the **value of
           waiting**: who waits can still stay below if skill disappoints.
        3. An edition should be revised every $T = \\sqrt{{2c/\\ell}}$ years, if a revision
           costs $c$ and a year's loss is $\\ell$ for every year of age.

        | | formula | package |
        |---|---:|---:|
        | harmless head start | {boards.PRIZE / 4:.3f} | {boards.harmless():.3f} |
        | skill at which to lead | {lead:.3f} | {slowly:.3f} |
        | years between revisions | {best_age:.3f} | {searched:.3f} |

        The second column does without these formulas: it tries head starts step by step,
        solves the ladder on a grid of skills, and searches for the years. The grid is why
        the second number differs in the last digits.
        """
    )
    return


@app.cell
def _(mo):
    mo.md("## The package")
    return


@app.cell
def _(classroom):
    classroom.session(
        """
        from unigauge.models import contests

        contest = contests.Contest(values=[10, 10], head_starts=[6, 0])
        contests.solve(contest)
        """
    )
    return


@app.cell
def _(classroom):
    classroom.session(
        """
        from unigauge.models import stages

        stages.solve(stages.Ladder())
        """
    )
    return


@app.cell
def _(mo):
    mo.md(
        """
        The *certificate* is the check by a second program: what a contestant could still
        gain by other effort, and how far the values are from what the rules of the ladder
        demand.

        ## Move the numbers

        **When to take the next step?** Make skill more uncertain: the steps come later,
        because waiting is worth more. Make the market larger: they come sooner. Now make
        *following* dear and *leading* cheap. At some point following is skipped.
        """
    )
    return


@app.cell
def _(boards):
    steps = boards.climbing.moves()
    steps
    return (steps,)


@app.cell
def _(boards, steps):
    boards.climbing.show(steps.value)
    return


@app.cell
def _(mo):
    mo.md(
        """
        **What does the chair's head start do?** Move it slowly from the left. For a while
        the dashed line does not move at all. Then take the head start away. Points at half the
        price help the newcomer, and so does a cap on what the chair may spend. How low
        must the cap be to help more?
        """
    )
    return


@app.cell
def _(boards):
    seat = boards.chair.moves()
    seat
    return (seat,)


@app.cell
def _(boards, seat):
    boards.chair.show(seat.value)
    return


@app.cell
def _(boards, mo):
    _alive = boards.editions_alive()
    mo.md(
        f"""
        **When does the door open?** Make revisions cheaper, or technology faster. How
        often is the chair at stake then? In the records of ISO,
        {1 - _alive[5]:.0%} of editions have been revised by the age of five, when a review
        falls due, and {1 - _alive[10]:.0%} by the age of ten. (Editions that were
        withdrawn without a successor are not counted.)
        """
    )
    return


@app.cell
def _(boards):
    door = boards.renewal.moves()
    door
    return (door,)


@app.cell
def _(boards, door):
    boards.renewal.show(door.value)
    return


@app.cell
def _(mo):
    mo.md("## The picture worth the hour")
    return


@app.cell
def _(boards, classroom, stages):
    calendar = boards.dates(stages.calibrate())
    classroom.picture(
        boards.draw_dates(calendar),
        alt="Two S-shaped curves over years, following before leading, each with its middle "
        "half shaded; the shaded parts are about ten years wide.",
    )
    return (calendar,)


@app.cell
def _(calendar, mo):
    _follow, _lead = calendar["following"], calendar["leading"]
    mo.md(
        f"""
        One story is told of China: it joined ISO, followed after {_follow.mean:.0f} years,
        and led after {_lead.mean:.0f}. Costs were set so that a country takes these steps
        at these dates *on average*. Now let many countries climb the same ladder, with the
        same plan and the same chances. Half of them begin to follow between the years
        {_follow.quarter:.0f} and {_follow.three_quarters:.0f}, and to lead between
        {_lead.quarter:.0f} and {_lead.three_quarters:.0f} (shaded). The others are earlier
        or later still. They differ by nothing but luck.

        So one country's dates say little about the wisdom of its policy. And two dates
        were used to set two costs: dates some years off would have fitted as well.
        """
    )
    return


@app.cell
def _(classroom, contests):
    _fight = contests.solve(contests.Contest(values=[12, 12], head_starts=[2, 0]))
    spend = classroom.Exercise(
        question="The prize is $12$ points, and the chair has $2$ points for free. Both do "
        "their best. How many points does the newcomer spend?",
        answer=float(_fight.effort[1]),
        tolerance=0.01,
        why=f"The head start is below a quarter of the prize, so it is harmless: "
        f"{_fight.effort[1]:g}, as without it. The chair spends {_fight.effort[0]:g}.",
    )
    return (spend,)


@app.cell
def _(boards):
    _changes = {
        "skill becomes more uncertain": {"volatility": 0.2},
        "the market becomes twice as large": {"market": 2},
        "following becomes dear, leading cheap": {"follow_cost": 30, "lead_cost": 2},
    }
    changed = {name: boards.climbing.outcome(move) for name, move in _changes.items()}
    return (changed,)


@app.cell
def _(changed, classroom):
    _skip = [name for name in changed if changed[name].status == "skip_followership"]
    skip = classroom.Exercise(
        question="Which change makes a latecomer jump from adopting to leading?",
        choices=tuple(changed),
        answer=_skip[0],
        why=f"It then waits for a skill of {changed[_skip[0]].lead_threshold:.2f} and takes "
        "both steps at once. The other changes move both steps alike.",
    )
    return (skip,)


@app.cell
def _(classroom, edition, revision, skip, spend):
    _cheap = revision.cycle(edition.revision_cost / 4, edition.loss_rate)
    often = classroom.Exercise(
        question=f"An edition is best revised every {edition.interval:.0f} years. Drafting "
        "online brings the cost of a revision down to a quarter. How many years is it now?",
        answer=_cheap.interval,
        tolerance=0.05,
        unit="years",
        why="The interval goes with the root of the cost: a quarter of the cost, half of "
        f"the time, {_cheap.interval:.0f} years.",
    )
    exercises = (spend, skip, often)
    return (exercises,)


@app.cell
def _(classroom, exercises):
    replies = classroom.replies_to(exercises)
    return (replies,)


@app.cell
def _(classroom, exercises, mo, replies):
    mo.vstack([mo.md("## Exercises"), classroom.checked(exercises, replies)])
    return


@app.cell
def _(classroom, mo):
    mo.vstack(
        [
            mo.md("## Reading"),
            classroom.reading(
                "latecomer_stages",
                "influence_in_committees",
                "revision_cycle",
                also=(
                    """Dixit and Pindyck (1994), *Investment under Uncertainty*, Princeton
                    University Press. Why waiting has a value.""",
                    """Tullock (1980), *Efficient rent seeking*, in Toward a Theory of the
                    Rent-Seeking Society. The game of the first minutes.""",
                    """Lee and Lim (2001), *Technological regimes, catching-up and
                    leapfrogging: findings from the Korean industries*, Research Policy 30.
                    Who skipped stages, and where.""",
                ),
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
