"""Lecture: bandwagons, committees and waiting.

Why all may want a better standard and nobody move, and what talking does about it.
"""

import marimo

app = marimo.App(width="medium", app_title="Bandwagons, committees and waiting")


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import classroom
    from unigauge.lectures.boards import bandwagons as boards
    from unigauge.models import bandwagon

    return bandwagon, boards, classroom, mo


@app.cell
def _(classroom):
    classroom.heading(
        "bandwagons",
        "Bandwagons, committees and waiting",
        "Why all may want a better standard and nobody move, and what talking does about it.",
    )
    return


@app.cell
def _(mo):
    mo.md(
        """
        ## A game of five minutes

        Count off through the room, beginning with nought. Remember your number: it says
        how many *others* must stand before you dare to stand up. Everybody would like it
        best if all stood.

        1. All sit. At each clap of the teacher, look around: if at least your number of
           others stand, stand up. Nought stands at the first clap. Go on until nobody moves.
        2. Sit down. One student with a small number adds one to it, and says so. Guess how
           many will stand now. Then clap again.

        Tell the package how many you are, and who became a little more careful:
        """
    )
    return


@app.cell
def _(boards):
    room = boards.crowd.moves(raised=4)
    room
    return (room,)


@app.cell
def _(boards, room):
    boards.crowd.show(room.value)
    return


@app.cell
def _(boards, mo):
    whole, broken = (boards.crowd.outcome({"raised": who}) for who in (0, 4))
    mo.md(
        f"""
        With every rung in place {whole.ends.final} of {len(whole.ends.who)} stand. Let the
        fourth student be a little more careful, and {broken.ends.final} do. All
        others are as ready as before, and it would still be best for all if
        {broken.equilibria.efficient} stood. That is a **bandwagon**: each follows those
        before, and one missing rung stops everybody behind it.

        Students in this game only looked around. Firms think ahead. Does that help?
        """
    )
    return broken, whole


@app.cell
def _(mo):
    mo.md(
        r"""
        ## The payoffs

        Two firms use an old standard. A new one has come. How much a firm likes it is its
        **type** $s$, a number between nought and one. Switching costs $h$, and being on the
        same standard as the other firm is worth $n$. So a firm gets, in the end,

        - both on the new one: $s - h + n$,
        - alone on the new one: $s - h$,
        - both on the old one: $n$,
        - left alone on the old one: $0$.

        Each firm may switch now, or wait, see what the other did, and switch then. There is
        no way back.

        Suppose that the types are *known*, and that both would gain by switching together.
        Then they do, in whatever order they move: the second will follow, the first knows
        that it will, so the first leads. Thinking ahead mends the ladder.

        Now let each firm know its *own* type only; all types are equally likely. Both may
        hope that the other will lead.
        """
    )
    return


@app.cell
def _(boards):
    h, n = 0.5, 0.2
    unknown = boards.wait_or_lead(h, n)
    follow, agree = unknown.join_threshold, unknown.agreement_threshold
    lead = unknown.lead_threshold
    return agree, follow, h, lead, n, unknown


@app.cell
def _(agree, follow, h, lead, mo, n):
    mo.md(
        rf"""
        ## By hand

        Let $h = {h}$ and $n = {n}$.

        1. *Who follows a leader?* Following brings $s - h + n$, staying behind nothing. So
           types from $h - n$ on follow: from {follow:.2f}.
        2. *Who gains if both switch?* Both on the new one is worth $s - h + n$, both on the
           old one $n$. So types from $h$ on gain: from {agree:.2f}.
        3. *Who leads?* Take the type $s$ that is just willing to. If the other would lead
           anyway, leading changes nothing. If the other is a follower, a chance of
           $s - {follow:.2f}$, leading brings both to the new standard: a gain of $s - {h}$.
           If the other will never follow, a chance of ${follow:.2f}$, leading makes the
           firm lonely: a loss of $n - (s - h)$. Gain and loss balance if
           $(s - {follow:.2f})(s - {h}) = {follow:.2f}\,({n} - s + {h})$, which is
           $s\,(s - {h}) = {n} \times {follow:.2f}$. The answer is {lead:.2f}, for
           {lead:.2f} × {lead - h:.2f} = {n * follow:.2f}.

        Types between {agree:.2f} and {lead:.2f} would gain by a joint switch and wait for
        the other to lead. If two of them meet, both wait for ever: **excess inertia**. The
        chance is {lead - agree:.2f}² = {(lead - agree) ** 2:.2f}.
        """
    )
    return


@app.cell
def _(boards, classroom, mo):
    formulas = boards.closed_forms(((0.5, 0.2), (0.6, 0.2), (0.7, 0.25)))
    _words = r"""
    ## Closed form

    A firm leads from the type

    $$s^* = \frac{h + \sqrt{h^2 + 4n(h-n)}}{2}$$

    on, and two firms are stuck although both would gain with the chance $(s^* - h)^2$.
    """
    mo.vstack([mo.md(_words), classroom.table(formulas, digits=4)])
    return (formulas,)


@app.cell
def _(classroom, mo):
    _code = """
    from unigauge.models import bandwagon

    s, h, n = 0.55, 0.5, 0.2
    known = bandwagon.SequentialGame(new=[[s - h, s - h + n]] * 2, old=[[0, n]] * 2)
    unknown = bandwagon.BandwagonGame.linear(switching_cost=h, network_benefit=n)
    leads_from = bandwagon.solve(unknown).lead_threshold
    {"known: firms that switch": bandwagon.solve_sequential(known).number,
     "unknown: does this type lead?": s >= leads_from}
    """
    _words = "## The package\n\nThe same two firms, with their types known and unknown:"
    mo.vstack([mo.md(_words), classroom.session(_code)])
    return


@app.cell
def _(mo):
    mo.md(
        """
        What stops them is not what they want. It is what they do not know.

        ## Move the numbers

        Each point of the square is a pair of types. Types from *join* on follow, from
        *agree* on they gain if both switch, from *lead* on they lead. In the red part both
        would gain and neither moves. In the yellow parts (*split*) a leader is left alone.
        Make switching dear: what grows? Make being together worth nearly nothing: what goes
        away?
        """
    )
    return


@app.cell
def _(boards):
    firms = boards.switch.moves()
    firms
    return (firms,)


@app.cell
def _(boards, firms):
    boards.switch.show(firms.value)
    return


@app.cell
def _(mo):
    mo.md(
        """
        **Talk or act?** So far both liked the same new standard. Now each has its own, as
        in the battle of the last lecture, and there is time. Both want one standard; each
        waits for the other to give way. In a *committee* they talk: in each round each
        insists or concedes, until just one concedes. In the *market* they act: who adopts
        alone sets the standard, and if both adopt at once there are two for ever. They may
        also do *both*: talk, and walk out to act.
        """
    )
    return


@app.cell
def _(boards):
    meeting_moves = boards.talk_or_act.moves()
    meeting_moves
    return (meeting_moves,)


@app.cell
def _(boards, meeting_moves):
    boards.talk_or_act.show(meeting_moves.value)
    return


@app.cell
def _(boards, mo):
    meeting = boards.talk_or_act.outcome({})
    _talk, _act, _both = meeting.modes.values()
    dear = boards.talk_or_act.outcome({"discount": 0.3, "none": 0.2, "other": 0.25})
    _slow, _fast, _ = dear.modes.values()
    mo.md(
        f"""
        Where the sliders first stood, the committee agrees for sure, but takes
        {_talk.mean_rounds:.1f} rounds on average; the market takes {_act.mean_rounds:.1f} and
        ends in one standard {_act.prob_coordination:.0%} of the time. Even counting the time,
        talking is worth more: {_talk.value:.3f} against {_act.value:.3f}. Both together are worth a little more still, {_both.value:.4f}
        against {_talk.value:.4f}. If waiting is dear and two standards are nearly as good as
        the other's, acting beats talking ({_fast.value:.3f} against {_slow.value:.3f}).

        **Who gives way?** Let time run without rounds: each side chooses how long to wait,
        every week costs it something, and who gives way first has lost. Let one side have
        more at stake. Guess first: does that side win more often?
        """
    )
    return dear, meeting


@app.cell
def _(boards):
    war_moves = boards.outlast.moves()
    war_moves
    return (war_moves,)


@app.cell
def _(boards, war_moves):
    boards.outlast.show(war_moves.value)
    return


@app.cell
def _(boards, mo):
    war = boards.outlast.outcome({})
    _more, _less = war.prob_win
    mo.md(
        f"""
        No, not where both leave it to chance how long they wait, as in the battle. The side
        with {war.rivals.stake[0]:.0f} at stake wins {_more:.1%} of the time, the side with
        {war.rivals.stake[1]:.0f} wins {_less:.1%}. Each side's readiness to give way
        must keep the *other* just willing to wait. To keep a side waiting that has little to
        win, the strong one must give way often. And since each is just willing to wait, the
        wait eats up the whole prize.
        """
    )
    return (war,)


@app.cell
def _(boards, classroom, meeting, mo):
    stuck = boards.switch.outcome({"switching_cost": 0.7, "network_benefit": 0.25})
    _share = boards.switch.numbers(stuck)["stuck, of those who both gain"]
    _words = f"""
    ## The picture worth the hour

    Two ways to wait. On the left both want the same thing and wait for a *leader*: of the
    pairs that would both gain, {_share} never move. On the right they want unlike things
    and wait for a *loser*: talking gets there late, acting gets there soon or never. Before
    you mend a standard that is stuck, ask which of the two it is. The first wants
    information, or somebody who begins. The second wants a table, and a door.
    """
    _alt = "Left the square of types, right the chance of one standard by round"
    _picture = classroom.picture(boards.draw_two_waits(stuck, meeting), alt=_alt)
    mo.vstack([mo.md(_words), _picture])
    return (stuck,)


@app.cell
def _(boards, classroom):
    _room = boards.crowd.outcome({"students": 30, "raised": 12})
    rung = classroom.Exercise(
        question="There are $30$ students, numbered $0$ to $29$. The one with number $11$ "
        "adds one to it. How many stand in the end?",
        answer=float(_room.ends.final),
        tolerance=0.1,
        why="Those with a smaller number stand, and then nobody has enough others: the "
        "rung that the next one would need is missing.",
    )
    return (rung,)


@app.cell
def _(boards, classroom):
    _h, _n = 0.6, 0.1
    _root = (_h**2 + 4 * _n * (_h - _n)) ** 0.5
    leader = classroom.Exercise(
        question=f"Let $h = {_h}$ and $n = {_n}$. From which type does a firm lead?",
        answer=boards.wait_or_lead(_h, _n).lead_threshold,
        why=f"The root in the formula is {_root:.3f}; half of its sum with {_h} is the "
        "type that is just willing to lead.",
    )
    return (leader,)


@app.cell
def _(boards, classroom):
    _chances = boards.outlast.outcome({"stake_1": 5, "stake_2": 5, "cost_1": 2}).prob_win
    _choices = (
        "the side that minds waiting less",
        "the side that minds waiting more",
        "each half of the time",
    )
    _likelier = 2 if _chances[0] == _chances[1] else int(_chances[0] > _chances[1])
    waiting = classroom.Exercise(
        question="Two sides have the same at stake, but waiting costs the first twice as "
        "much as the second. Who wins more often? Think first, then use the board.",
        choices=_choices,
        answer=_choices[_likelier],
        why="To keep the first side waiting at that cost, the second must be the readier "
        "to give way.",
    )
    return (waiting,)


@app.cell
def _(classroom, leader, mo, rung, waiting):
    exercises = (rung, leader, waiting)
    replies = classroom.replies_to(exercises)
    mo.md("## Exercises")
    return exercises, replies


@app.cell
def _(classroom, exercises, replies):
    classroom.checked(exercises, replies)
    return


@app.cell
def _(classroom, mo):
    _threshold = (
        "Granovetter, M. (1978), *Threshold models of collective behavior*, American "
        "Journal of Sociology 83(6), 1420-1443. The game of this lecture, with crowds."
    )
    _keys = ("farrell_saloner_1985", "farrell_saloner_1988", "farrell_simcoe_2012")
    _list = classroom.reading(*_keys, also=(_threshold,))
    mo.vstack([mo.md("## Reading"), _list])
    return


if __name__ == "__main__":
    app.run()
