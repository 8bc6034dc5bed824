"""Lecture: which convention survives.

Of two standards that could last for ever, mistakes leave the safer one.
"""

import marimo

app = marimo.App(width="medium", app_title="Which convention survives")


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import classroom
    from unigauge.lectures.boards import surviving_convention as story
    from unigauge.models import finite, global_games, network_effects, quantal, selection

    return (
        classroom,
        finite,
        global_games,
        mo,
        network_effects,
        quantal,
        selection,
        story,
    )


@app.cell
def _(classroom):
    classroom.heading(
        "surviving_convention",
        "Which convention survives",
        "Two standards could both last for ever. People make mistakes, and after many of "
        "them one standard is left: not the better one, the safer one.",
    )
    return


@app.cell
def _(mo):
    students = mo.ui.number(10, 60, value=20, label="students in the room")
    mo.vstack([mo.md("## A game of five minutes"), students])
    return (students,)


@app.cell
def _(selection, story, students):
    today = story.game(both_new=5, new_alone=0, old_alone=4, both_old=3)
    (both_new, new_alone), (old_alone, both_old) = today
    crowd = int(students.value)
    stability = selection.convention_stability(today, crowd)
    upset_old, upset_new = stability.radius.tolist()
    return (
        both_new,
        both_old,
        crowd,
        new_alone,
        old_alone,
        stability,
        today,
        upset_new,
        upset_old,
    )


@app.cell
def _(both_new, both_old, crowd, finite, mo, new_alone, old_alone, today, upset_old):
    even = finite.risk_dominance(today).p_star * (crowd - 1)
    _tie = f"With just {upset_old:.0f} both pay the same: then toss again, heads up, tails down."
    enough = (
        f"at least **{upset_old:.0f}**" if even % 1 else f"more than **{upset_old:.0f}**"
    )
    mo.md(f"""
    Two standards for video calls: New and Old. A raised hand means New. For every other
    student in the room you earn:

    | your standard | the other has New | the other has Old |
    |---|---:|---:|
    | **New** (hand up) | {both_new} points | {new_alone} points |
    | **Old** (hand down) | {old_alone} points | {both_old} points |

    All {crowd} of you start with a hand up. Each needs a coin. You take turns, one after the
    other along the rows, as many rounds as five minutes allow. When it is your turn, toss:

    - **Heads**: look around. If {enough} other hands are up, raise yours. If not, lower it.
      That pays best against the others as they are now. {"" if even % 1 else _tie}
    - **Tails**: you are careless. Toss again and let the coin decide: heads up, tails down.

    The teacher calls out the number of hands after every turn, and writes it on the board
    after every round. Before you begin, bet: where will the class be in the end?
    """)
    return


@app.cell
def _(crowd, mo):
    hands = mo.ui.number(0, crowd, value=crowd // 5, label="hands up in the end")
    hands
    return (hands,)


@app.cell
def _(crowd, hands, mo, selection, today, upset_old):
    careless = 0.5  # tails
    chain = selection.mistakes_chain(today, crowd, careless)
    long_run = chain.stationary()
    forth = chain.expected_time(crowd, int(upset_old) - 1)
    back = chain.expected_time(0, int(upset_old))
    as_few = long_run.probabilities[: int(hands.value) + 1].sum()
    mo.md(f"""
    The model draws lots for whose turn it is. It expects about **{forth:.0f} turns**, or
    {forth / crowd:.1f} rounds, until New no longer pays anybody. From no hands up it expects
    **{back:,.0f} turns** until New pays again. In the long run the count of hands is
    {hands.value} or less {as_few:.0%} of the time.
    """)
    return back, forth, long_run


@app.cell
def _(both_new, both_old, mo, new_alone, old_alone):
    guess_new = (both_new + new_alone) / 2
    guess_old = (old_alone + both_old) / 2
    mo.md(f"""
    ## The payoffs

    Once all are on New, nobody wants to leave it alone: New pays {both_new}, Old only
    {old_alone}, for each other student. Once all are on Old, nobody wants to leave that
    alone either: it pays {both_old}, and New {new_alone}. Both are **conventions**: if
    everybody follows one, it pays to follow it.

    New is the better convention, {both_new} against {both_old} for everybody. Economists say
    that it is *payoff dominant*. But Old has a good adapter. It pays {old_alone} among users
    of New, while New pays {new_alone} among users of Old. Suppose you know nothing about the
    others and take each for a coin toss. Then New pays {guess_new} on average and Old
    {guess_old}. Old is the safer one, and economists call it *risk dominant*.
    """)
    return


@app.cell
def _(crowd, finite, mo, today, upset_new, upset_old):
    tipping = finite.risk_dominance(today).p_star
    rate = 0.1
    one_in = round(2 / rate)
    digits = len(str(one_in ** int(upset_old)))
    mo.md(rf"""
    ## By hand

    Let the share s of the others be on New. Then New pays {today[0][0]}s, and Old pays
    {today[1][0]}s + {today[1][1]}(1 − s). The two are equal at s = {tipping:.2f}. You have
    {crowd - 1} others, and {tipping:.2f} of {crowd - 1} is {tipping * (crowd - 1):.2f}. So
    New holds its own from {upset_old:.0f} of them on.

    Now count mistakes. If all are on Old, {upset_old:.0f} students must err before anybody
    else wants New. If all are on New, {upset_new:.0f} mistakes are enough to bring it down.
    Say that one turn in {1 / rate:.0f} is careless. Half of the careless turns go wrong, so
    one turn in {one_in} is a mistake. Enough mistakes in a row to bring down New: one chance
    in ${one_in}^{{{upset_new:.0f}}}$ = {one_in ** int(upset_new):,}. Enough to bring down Old:
    one in ${one_in}^{{{upset_old:.0f}}}$, a number of {digits} digits. Both are rare. The
    second is far rarer, and given time that decides.
    """)
    return (tipping,)


@app.cell
def _(classroom, crowd, mo, story, today):
    mo.vstack(
        [
            mo.md(r"""
    ## Closed form

    Let $r_N$ and $r_O$ be the numbers of mistakes that upset New and Old, and let one turn in
    $1/\epsilon$ be careless. In the model of Kandori, Mailath and Rob the odds that the class
    is all on New, rather than all on Old, are in the long run exactly

    $$\left(\frac{1-\epsilon/2}{\epsilon/2}\right)^{r_N-r_O}$$
    """),
            classroom.table(story.odds(today, crowd, (0.5, 0.2, 0.1, 0.05))),
            mo.md(r"""
    As mistakes get rarer, the odds go to nought if $r_N<r_O$. The convention that takes more
    mistakes to upset is the only one left. Economists call it *stochastically stable*.
    """),
        ]
    )
    return


@app.cell
def _(crowd, finite, global_games, mo, network_effects, quantal, today):
    _stake = finite.risk_dominance(today).game.payoffs[0]
    _gain = (_stake[0] - _stake[1]).tolist()
    _slope = (_gain[0] - _gain[1]) / (crowd - 1)
    doubt = global_games.laplacian(
        network_effects.AdoptionGame.linear(crowd, _slope, -_gain[1])
    )
    noisy = quantal.equilibria(today, 1.0)
    _a, _b, _c, _d = (*today[0], *today[1])
    mo.md(rf"""
    Two other disturbances lead to the same place. Write the payoffs as $a$ (New with New),
    $b$ (New with Old), $c$ (Old with New) and $d$ (Old with Old). New is the safer standard if

    $$a+b>c+d$$

    Here that is {_a + _b} against {_c + _d}.

    - **Doubt.** Nobody knows what New is worth. Each has an estimate, slightly wrong.
      Somebody who is just willing to switch then thinks every number of others on New
      equally likely. New has to earn back the head start of Old, $d-b$ = {_d - _b}. On
      average over those numbers it earns back $(a-c+d-b)/2$ =
      {(_a - _c + _d - _b) / 2:.2f}; the package says {doubt.threshold:.2f}. Less than the
      head start is not enough: New is {"" if doubt.adopt else "not "}adopted. Such games are
      called *global games*.
    - **Noisy choice.** People choose the better standard more often, but not always.
      Start from coin tosses and let them become more careful. They move towards what is
      best against coin tosses, and that is the safer standard again: at a precision of
      {noisy.precision:.0f} the chance of New is {noisy.probabilities[0]:.1%}. Such play is
      called a *quantal response equilibrium*.
    """)
    return doubt, noisy


@app.cell
def _(classroom, mo):
    mo.vstack(
        [
            mo.md("""
    ## The package

    New comes first in the table of payoffs. The answer is the long-run share of the class on
    New, and which number on New is left as mistakes vanish.
    """),
            classroom.session("""
from unigauge.models import selection

calls = [[5, 0], [4, 3]]
long_run = selection.best_reply_with_mistakes(calls, n=20, mistakes=0.1)
left = selection.convention_stability(calls, n=20).stable
round(long_run.mean_share, 3), left
"""),
        ]
    )
    return


@app.cell
def _(mo, story):
    moves = story.mistakes.moves()
    mo.vstack(
        [
            mo.md("""
    ## Move the numbers

    Above: what each standard pays, and the colour of the one that pays more. Below: how much
    of the time the class spends at each number of users of New. Make the adapter of Old
    worse, step by step. When does the class move over?
    """),
            moves,
        ]
    )
    return (moves,)


@app.cell
def _(moves, story):
    story.mistakes.show(moves.value)
    return


@app.cell
def _(mo, story):
    care = story.noisy.moves()
    mo.vstack(
        [
            mo.md("""
    **Noisy choice.** Follow the curve from one half, where choice is a coin toss. It is
    the path of a class that learns to choose with care. Where an orange dot shows, there are
    more equilibria to its right. Unless both standards are just as safe, no path leads to
    them from the coin toss.
    """),
            care,
        ]
    )
    return (care,)


@app.cell
def _(care, story):
    story.noisy.show(care.value)
    return


@app.cell
def _(mo, story):
    news = story.doubt.moves()
    mo.vstack(
        [
            mo.md("""
    **Doubt.** Here New is worth an unknown amount, less the share of the others who stay
    with Old; Old is worth nought. All hear the same news, and each has an estimate of its
    own besides. Who is just willing to switch must expect just as many to stay as New can
    bear: each crossing is an equilibrium.
    """),
            news,
        ]
    )
    return (news,)


@app.cell
def _(news, story):
    story.doubt.show(news.value)
    return


@app.cell
def _(classroom, mo, story):
    paths = story.survival()
    mo.vstack(
        [
            mo.md("""
    ## The picture worth the hour

    A hundred users, and one number that moves: what Old pays among users of New. Everybody
    on New is always better for all. Yet every curve falls through one half at the same place.
    """),
            classroom.picture(
                story.draw_survival(paths),
                alt="Five curves of the share on New over the quality of Old's adapter: all "
                "fall from high to low where Old pays two among users of New.",
            ),
        ]
    )
    return (paths,)


@app.cell
def _(mo, old_alone, paths, story):
    turning = story.turning_point(paths)
    mo.md(f"""
    Whatever disturbs people, New survives if Old pays less than about {turning:.1f} among
    users of New. In today's game Old pays {old_alone} there. Rarer mistakes make the fall
    steeper, and do not move it. Noisy choice is drawn at a precision of
    {story.PRECISION}, so that the curve is smooth. The lesson for standards: a good adapter protects the
    old standard even where everybody would be better off with the new one.
    """)
    return (turning,)


@app.cell
def _(global_games, selection, story, today):
    few, many = 20, 40
    worse = story.game(both_new=5, new_alone=0, old_alone=1, both_old=3)
    needed, worse_radius = selection.convention_stability(worse, few).radius.tolist()
    small, large = (
        10 ** selection.best_reply_with_mistakes(today, n, mistakes=0.2).log10_ratio
        for n in (few, many)
    )
    loud = len(global_games.public_private(20, 1, 0.5).cutoffs)
    quiet = len(global_games.public_private(1, 20, 0.5).cutoffs)
    return few, large, loud, many, needed, quiet, small, worse, worse_radius


@app.cell
def _(classroom, few, needed, worse, worse_radius):
    adapter = classroom.Exercise(
        question=f"The adapter of Old breaks: among users of New, Old now pays {worse[1][0]}. "
        f"How many mistakes upset New in a class of {few}?",
        answer=worse_radius,
        tolerance=0.1,
        unit="mistakes",
        why=f"New now pays if {needed:.0f} of the others have it, and {few} less {needed:.0f} "
        f"is {worse_radius:.0f}. New is the safer standard now.",
    )
    return (adapter,)


@app.cell
def _(classroom, few, large, many, small, story):
    crowds = classroom.Exercise(
        question=f"Today's payoffs again. The class grows from {few} to {many}, and one turn "
        "in five is careless. Is it all on New more often than before, measured by how often "
        "it is all on Old?",
        answer="more rarely" if large < small else "more often",
        choices=("more often", "as often", "more rarely"),
        why=f"The odds fall from {story.scientific(small, 0)} to {story.scientific(large, 0)}. "
        "In a larger class it takes more "
        "mistakes to upset either, and the lead of Old grows with it.",
    )
    return (crowds,)


@app.cell
def _(classroom, loud, quiet):
    rumour = classroom.Exercise(
        question="On the board of doubt: which brings several equilibria back, precise public "
        "news or precise estimates of one's own?",
        answer="public news" if loud > quiet else "own estimates",
        choices=("public news", "own estimates"),
        why=f"With very precise news there are {loud} equilibria, with very precise estimates "
        f"{quiet}. Whoever hears the same news as everybody knows what the others heard, and "
        "can follow them either way.",
    )
    return (rumour,)


@app.cell
def _(adapter, classroom, crowds, mo, rumour):
    exercises = (adapter, crowds, rumour)
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
                "kandori_mailath_rob_1993",
                also=(
                    """Young, H. P. (1993), *The evolution of conventions*, Econometrica 61(1),
                    57-84. The same question for people who remember only a part of the
                    past.""",
                    """Carlsson, H. and E. van Damme (1993), *Global games and equilibrium
                    selection*, Econometrica 61(5), 989-1018. Doubt in place of mistakes.""",
                    """McKelvey, R. D. and T. R. Palfrey (1995), *Quantal response equilibria
                    for normal form games*, Games and Economic Behavior 10(1), 6-38. Noisy
                    choice.""",
                ),
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
