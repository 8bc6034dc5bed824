"""Lecture: the battle for a standard.

Two firms want one standard, each its own: three equilibria, and why programs lose some.
"""

import marimo

app = marimo.App(width="medium", app_title="The battle for a standard")


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import classroom
    from unigauge.lectures.boards import standards_battle as boards
    from unigauge.models import compatibility, finite

    return boards, classroom, compatibility, finite, mo


@app.cell
def _(classroom):
    classroom.heading(
        "standards_battle",
        "The battle for a standard",
        "Two firms want one standard, each its own: who wins, and when does nobody?",
    )
    return


@app.cell
def _(finite):
    prizes = {"own": 2, "other": 1, "apart": 0}
    found = finite.coordination([2, 1], [1, 2])
    by_chance = int((~found.pure).argmax())
    return by_chance, found, prizes


@app.cell
def _(mo, prizes):
    mo.md(
        f"""
        ## A game of five minutes

        Two railways meet at a border. One runs on *broad* gauge, the other on *narrow*.
        Sit in pairs: the student on the left is broad, the one on the right narrow. Who is
        left over counts. On a sign, both show a fist (broad) or a flat hand (narrow).

        Same hands, and trains run through: whoever's gauge it is gets
        **{prizes["own"]}** points, the other **{prizes["other"]}**. Different hands, and
        all must change trains: **{prizes["apart"]}** for both.

        1. Play three times without a word. How many pairs agree the first time?
        2. Talk for ten seconds, then play. How many agree now?
        3. The student on the left shows first, and may not change. Who wins?

        Write the three counts on the board, and give the first one to the package:
        """
    )
    return


@app.cell
def _(mo):
    counts = mo.md("Pairs {pairs} · of these, agreed the first time {agreed}").batch(
        pairs=mo.ui.number(1, 200, value=10), agreed=mo.ui.number(0, 200, value=4)
    )
    counts
    return (counts,)


@app.cell
def _(by_chance, counts, found, mo):
    _agreed = min(counts.value["agreed"] / counts.value["pairs"], 1)
    _chance = found.coordination[by_chance]
    mo.md(
        f"""
        In your class **{_agreed:.0%}** of the pairs agreed. If nobody can tell what the
        other will do, the theory below says **{_chance:.0%}**: less than by tossing a coin.
        Talking helps if one gives way. Showing first wins: the other does best to follow.
        """
    )
    return


@app.cell
def _(mo):
    mo.md(
        r"""
        ## The payoffs

        Two firms choose a standard at once. Each gets

        - $w$ if both have *its own* standard,
        - $l$ if both have *the other's*,
        - $n$ if there are two standards.

        In the game $w > l > n$. Each would rather follow than be alone, and would rather be
        followed than follow. That is a **battle of the sexes**.

        A pair of choices is an **equilibrium** if neither firm gains by changing alone. Two
        are plain to see: both on broad, both on narrow. There is a third one, in which each
        firm leaves its choice to chance. It is the one to expect among strangers: nothing
        in the game tells the two firms which of the plain ones to choose.
        """
    )
    return


@app.cell
def _(by_chance, found, mo, prizes):
    _insist = float(found[by_chance][0][0])
    _once, _expected = 1 - _insist, float(found.payoffs[by_chance, 0])
    _agree = found.coordination[by_chance]
    mo.md(
        f"""
        ## By hand

        Let broad insist on broad with probability $p$. What is that worth to narrow?

        - *Narrow follows.* It gets {prizes["other"]} if broad insists, and
          {prizes["apart"]} if not: on average $p$.
        - *Narrow insists too.* It gets {prizes["own"]} if broad gives way, and
          {prizes["apart"]} if not: on average $2(1-p)$.

        Narrow leaves its choice to chance only if both are worth the same:
        $p = 2(1-p)$, so $p$ is {_insist:.3f}. By the same reasoning narrow insists as often.
        Then

        - they agree if exactly one insists: 2 × {_insist:.3f} × {_once:.3f} =
          **{_agree:.3f}**;
        - each gets **{_expected:.3f}** on average. That is less than the
          {prizes["other"]} of the one who follows in a plain equilibrium.

        Note whose payoffs were used. Broad's chance of insisting keeps *narrow*
        indifferent, so it depends on narrow's prizes.
        """
    )
    return


@app.cell
def _(boards, classroom, mo):
    stakes = (2, 3, 10)
    formulas = boards.closed_forms(stakes)
    _words = r"""
    ## Closed form

    With any prizes $w > l > n$ the same step gives

    $$p = \frac{w - n}{(w - n) + (l - n)},$$

    and the chance that they agree on one standard is $2p(1-p)$. Let the other's standard be
    worth one and two standards nothing:
    """
    mo.vstack([mo.md(_words), classroom.table(formulas)])
    return formulas, stakes


@app.cell
def _(mo):
    mo.md(
        """
        The more one's own standard is worth, the more both insist, and the less often they
        agree. However large the prize, each gets less on average than a follower gets where
        it is plain who follows: the fight eats up the prize.

        ## The package

        One line states the game, rows for the first firm, columns for the second. The next
        line finds all equilibria.
        """
    )
    return


@app.cell
def _(classroom):
    classroom.session(
        """
        from unigauge.models import finite

        game = finite.FiniteGame.bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
        finite.equilibria(game)
        """
    )
    return


@app.cell
def _(mo):
    mo.md(
        """
        Column `1:2` is the probability that player one takes action two. The *regret* is
        what a firm could still gain by changing alone; the largest regret is the
        certificate. *Complete* says that no equilibrium is missing. Few programs can say so, for two reasons.

        **Rounding.** A computer's decimals are rounded. Suppose that three probabilities
        must sum to one, and that two of them are already known:
        """
    )
    return


@app.cell
def _(classroom):
    classroom.session(
        """
        third = 1 - 0.9 - 0.1
        third, third >= 0
        """
    )
    return


@app.cell
def _(mo):
    mo.md(
        """
        The third is nought, but the computer finds it a hair below. A program that then
        asks whether all probabilities are positive or nought throws this equilibrium away.
        Our package computes in fractions of whole numbers, where nought is nought.

        **Ties.** Let one standard be useless: even if both have it, it is worth nothing. A
        method that is often taught looks for the corners of a region. Here the region has
        a corner infinitely far away:
        """
    )
    return


@app.cell
def _(classroom):
    classroom.session(
        """
        import warnings
        from unigauge.models import finite

        game = finite.FiniteGame.bimatrix([[0, 0], [0, 1]], [[0, 0], [0, 1]])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it divides by zero on the way
            corners = list(game.to_nashpy().vertex_enumeration())
        {"nashpy, corners": len(corners), "unigauge": len(finite.equilibria(game))}
        """
    )
    return


@app.cell
def _(mo):
    mo.md(
        """
        What it loses is the equilibrium in which a market is *stuck* with the useless
        standard: nobody gains by leaving it alone. It is the one that an economist would
        ask about. The page `docs/where_solvers_lose_equilibria.md` of the repository tells
        more.

        ## Move the numbers

        Each line shows what a firm does best, for every chance that the other might give to
        its choices. Where the lines meet, both do their best: an equilibrium.

        1. Lower what the *other's* standard is worth to the first firm, until it is below
           two standards. Who wins now?
        2. Then lower what its *own* standard for both is worth, too. Does anybody win?
        """
    )
    return


@app.cell
def _(boards):
    moves = boards.battle.moves()
    moves
    return (moves,)


@app.cell
def _(boards, moves):
    boards.battle.show(moves.value)
    return


@app.cell
def _(boards, compatibility, mo):
    stubborn = boards.battle.outcome({"other_1": 0.5})
    market = compatibility.Market(installed_base=(2.0, 0.0))
    gains = compatibility.incentives(market)
    mo.md(
        f"""
        A firm that likes to be followed, but would rather be alone than follow, has a
        **dominant** choice: its own standard, whatever the other does. Of
        {len(boards.battle.outcome({}).found)} equilibria only {len(stubborn.found)} is left,
        and in it the other firm follows. So it can pay to
        make yourself worse off: to build a factory that fits one standard only, to promise
        in public, to burn a bridge. In the third round of the game, showing first did it.

        A firm that would rather be alone than follow *or* be followed runs away from a firm
        that runs after it. There is no equilibrium without chance.
        """
    )
    return gains, stubborn


@app.cell
def _(boards, classroom, mo):
    _words = """
    ## The picture worth the hour

    Four ways in which two firms may meet (three of the names are Besen and Farrell's). Both
    would follow, and quarrel over who shall: a *battle*, with an equilibrium too many. One
    would never follow: the other does, *leader and follower*. One would follow, and the
    other does not want it to: the *pesky little brother*, where each must keep the other
    guessing. Neither would follow: *Tweedledum and Tweedledee*, who fight for the market
    with two standards. Look at what
    each firm would rather have than two standards, and you know which square you are in.
    """
    _alt = "Four squares with two lines of best replies each, and dots where they meet"
    mo.vstack([mo.md(_words), classroom.picture(boards.draw_contests(), alt=_alt)])
    return


@app.cell
def _(classroom, gains, mo):
    _words = """
    Where do such payoffs come from? In the market of Katz and Shapiro buyers like a large
    network. Let the first firm have users already, and the second none. This is what each
    gains if the two networks are joined:
    """
    _then = "The large firm is the one that is run after; new buyers would gain most."
    _table = gains.plot_data().set_index("who")
    mo.vstack([mo.md(_words), classroom.table(_table), mo.md(_then)])
    return


@app.cell
def _(boards, classroom):
    _high = boards.closed_forms((4,)).iloc[0]
    agree = classroom.Exercise(
        question="The own standard is worth $w = 4$, the other's $l = 1$, two standards "
        "nothing. How likely is it that strangers end up with one standard?",
        answer=float(_high["agree, package"]),
        why=f"Each insists with probability {_high['p, package']:.2f}; they agree if "
        "exactly one does.",
    )
    return (agree,)


@app.cell
def _(classroom, stubborn):
    _first, _second = stubborn.found[0]
    _one = bool(_first[0] == _second[0])
    burnt = classroom.Exercise(
        question="In a battle the first firm burns its bridges: the other's standard is now "
        "worth less to it than two standards. What comes out?",
        choices=(
            "the first firm's standard",
            "the second firm's standard",
            "either one standard",
            "two standards",
        ),
        answer=("the first firm's standard" if _first[0] else "the second firm's standard")
        if _one
        else "two standards",
        why="Its own standard is dominant now; knowing that, the other firm follows.",
    )
    return (burnt,)


@app.cell
def _(classroom, finite):
    _three = finite.coordination([1, 2, 3])
    number = classroom.Exercise(
        question="Three standards are worth $1$, $2$ and $3$ to *both* firms, and different "
        "ones nothing. How many equilibria are there? Every set of standards that both may "
        "mix makes one.",
        answer=float(len(_three)),
        tolerance=0.1,
        why="Every non-empty set of three: in each a standard is chosen in inverse "
        "proportion to its worth, so the best one is chosen least.",
    )
    return (number,)


@app.cell
def _(agree, burnt, classroom, mo, number):
    exercises = (agree, burnt, number)
    replies = classroom.replies_to(exercises)
    mo.md("## Exercises")
    return exercises, replies


@app.cell
def _(classroom, exercises, replies):
    classroom.checked(exercises, replies)
    return


@app.cell
def _(classroom, mo):
    _strategies = (
        "Besen, S. M. and J. Farrell (1994), *Choosing how to compete: strategies and "
        "tactics in standardization*, Journal of Economic Perspectives 8(2), 117-131. What "
        "firms do in such contests, in words, with cases."
    )
    _list = classroom.reading("katz_shapiro_1985", also=(_strategies,))
    mo.vstack([mo.md("## Reading"), _list])
    return


if __name__ == "__main__":
    app.run()
