"""Lecture: what panel data can and cannot say.

Why a significant arrow in a table may be noise, and what to ask for instead.
"""

import marimo

app = marimo.App(width="medium", app_title="What panel data can and cannot say")


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import classroom
    from unigauge.lectures.boards import panel_evidence as boards
    from unigauge.models import two_way

    return boards, classroom, mo, two_way


@app.cell
def _(classroom):
    classroom.heading(
        "panel_evidence",
        "What panel data can and cannot say",
        "Why a significant arrow in a table may be noise, and what to ask for instead.",
    )
    return


@app.cell
def _(mo):
    mo.md(
        """
        ## Five-minute game

        Find the link. Work in pairs; each of you needs a coin and a sheet. You are
        *standards*, your neighbour is *innovation*. (If one of you is left over, the
        teacher makes the pair.)

        1. Toss the coin ten times. Write a row of signs: plus for heads, minus for tails.
        2. Keep score below: start at nought, one up for plus, one down for minus.
        3. In a third row write on which *side* of nought the score is, plus or minus. At
           nought, stay on the side you came from.
        4. Compare with your neighbour. In how many of the ten tosses do your signs agree?
           In how many of the ten places do your sides agree?

        A pair has **found a link** if it agrees eight times or more, or twice or less.
        Hands up for a link in the tosses. Then hands up for a link in the sides.
        """
    )
    return


@app.cell
def _(mo):
    pairs = mo.ui.number(1, 100, value=10, label="pairs in the class")
    in_tosses = mo.ui.number(value=None, label="found a link in the tosses")
    in_sides = mo.ui.number(value=None, label="found a link in the sides")
    mo.vstack([pairs, in_tosses, in_sides])
    return in_sides, in_tosses, pairs


@app.cell
def _(boards, in_sides, in_tosses, mo, pairs):
    by_toss, by_side = boards.coin_links()
    _tosses, _sides = (
        "?" if field.value is None else field.value for field in (in_tosses, in_sides)
    )
    mo.md(
        f"""
        | | share of all pairs | of {pairs.value} pairs | your class |
        |---|---:|---:|---:|
        | link in the tosses | {by_toss:.0%} | {pairs.value * by_toss:.1f} | {_tosses} |
        | link in the sides | {by_side:.0%} | {pairs.value * by_side:.1f} | {_sides} |

        No coin knows the other. But a toss forgets the last one, and a score
        **remembers**: it wanders off and stays away for a while. Two series that
        remember spend long times on the same side, or on opposite sides, by chance.
        Standards and knowledge are such scores. They pile up over years.
        """
    )
    return by_side, by_toss


@app.cell
def _():
    cost, worth = 1, 3
    questions, true = 100, 20
    return cost, questions, true, worth


@app.cell
def _(cost, mo, worth):
    mo.md(
        f"""
        ## The payoffs

        A ministry reads in a study: *more standards lead to more patents, significant at
        five per cent*. It can pay for more standards. That costs {cost}. It brings
        {worth} if the link is true, and nothing if it is not. So it should act if more
        than **{cost / worth:.0%}** of such findings are true.

        Two numbers tell how good a test is.

        - **Size**: how often it says yes where there is no link. A test *at five per
          cent* promises that this happens in five of a hundred cases.
        - **Power**: how often it says yes where there is a link.

        The usual question in a panel is Granger's: does last year's standard help to
        predict this year's patents, beyond what last year's patents tell? (A *panel*
        follows many units, such as countries or fields, over some years.)
        """
    )
    return


@app.cell
def _(boards):
    without, linked = boards.p_values(0.0, 200), boards.p_values(boards.EFFECT, 100)
    return linked, without


@app.cell
def _(boards, linked, questions, true, without):
    rates = boards.rates_of(without, linked)
    found = boards.what_is_found(rates, questions=questions, true=true)
    textbook, best = found.loc["textbook"], found.loc["pooled bootstrap"]
    return best, found, textbook


@app.cell
def _(boards, linked, mo, questions, textbook, true, without):
    mo.md(
        f"""
        ## By hand

        Nobody can see in data whether a test keeps its promise. A model can tell: it makes
        panels whose truth we know. We drew {len(without)} panels of {boards.UNITS} units
        and {boards.YEARS} years in which standards move nothing, and {len(linked)} in which
        a unit of standards brings {boards.EFFECT} of knowledge a year later. (In all of them
        knowledge moves standards; that is another question.) Three tests looked at them.

        Now suppose that {true} of {questions} questions have a true link.

        - The textbook test says yes in {textbook["power"]:.1%} of the {true}:
          **{textbook["right"]:.1f}** right findings.
        - It says yes in {textbook["size"]:.1%} of the other {questions - true}:
          **{textbook["wrong"]:.1f}** wrong findings.
        - So {textbook["right"]:.1f} of {textbook["right"] + textbook["wrong"]:.1f}
          findings are true: **{textbook["share"]:.0%}**.
        """
    )
    return


@app.cell
def _(boards, classroom, found):
    classroom.table(boards.counted(found))
    return


@app.cell
def _(best, boards, cost, found, mo, textbook, worth):
    _worth = {
        name: f"{worth * row['share'] - cost:+.2f}".replace("-", "−")
        for name, row in (("textbook", textbook), ("best", best))
    }
    mo.md(
        f"""
        The *bootstrap* asks the data instead of the textbook: it rebuilds the panel
        {boards.DRAWS} times without the link, memory and common shocks kept, and looks how
        large the statistic gets by chance. That brings the size near its promise, but the
        test then finds little: {found.loc["bootstrap", "power"]:.0%} of true links. The
        *pooled* test adds up all units before it judges, and finds {best["power"]:.0%}.
        (Other panels would give other shares; they may be off by a few points.)

        For the ministry a finding is worth, on average,
        {worth} × {textbook["share"]:.3f} − {cost} =
        **{_worth["textbook"]}** by the textbook test and
        {worth} × {best["share"]:.3f} − {cost} = **{_worth["best"]}** by the
        pooled bootstrap. The words *significant at five per cent* were the same.
        """
    )
    return


@app.cell
def _(boards, two_way):
    truth = two_way.TwoWay()
    own = truth.reduced_form.own
    average = boards.least_squares_on_average(40)
    recovered = two_way.TwoWay.from_reduced_form(average)
    years = boards.YEARS - 1
    return average, own, recovered, truth, years


@app.cell
def _(average, boards, mo, own, recovered, truth, years):
    mo.md(
        f"""
        ## Closed form

        Say that we trust a link. How strong is it? A regression tells what last year
        does to this year: $a_{{11}}$ is what knowledge does to itself, $a_{{12}}$ what
        standards do to knowledge. We want $b_{{ks}}$: how much knowledge people *want*
        for a unit of standards. They close only a part $1 - a_{{11}}$ of the gap in a
        year, so

        $$b_{{ks}} = \\frac{{a_{{12}}}}{{1 - a_{{11}}}} .$$

        | | $a_{{11}}$ | $a_{{12}}$ | formula | package |
        |---|---:|---:|---:|---:|
        | truth | {own[0, 0]:.3f} | {own[0, 1]:.3f} | {own[0, 1] / (1 - own[0, 0]):.3f} | {boards.knowledge_in_the_end(own):.3f} |
        | least squares, on average | {average[0, 0]:.3f} | {average[0, 1]:.3f} | {average[0, 1] / (1 - average[0, 0]):.3f} | {boards.knowledge_in_the_end(average):.3f} |

        The package keeps standards one unit higher and lets the years pass until knowledge
        has come to rest.

        Least squares gives each unit its own mean. In a short panel that mean follows
        the data too closely, and memory looks shorter than it is. For one series alone
        the error is about $-(1 + a)/(T - 1)$ in $T$ years, the first not counted as it has
        no year before it: here −{(1 + own[0, 0]) / (years - 1):.3f}. Measured:
        −{own[0, 0] - average[0, 0]:.3f}. It looks small. But the formula divides by
        $1 - a_{{11}}$, and the loop multiplies two such numbers: {recovered.loop:.3f}
        instead of {truth.loop:.3f}.
        """
    )
    return


@app.cell
def _(classroom, mo, truth):
    mo.vstack(
        [
            mo.md("## The package"),
            classroom.session(
                """
                from unigauge.datasets import simulate_two_way
                from unigauge.estimation import two_way_fit

                panel = simulate_two_way(seed=1, units=50, periods=20)
                fit = two_way_fit(panel, "knowledge", "standards", simulations=20)
                fit.to_frame()[["term", "estimate", "conf_low", "conf_high"]].round(3)
                """
            ),
            mo.md(
                f"""
                *Indirect inference* turns the bias against itself. It asks which truth
                would give these biased numbers on average, in simulated panels of the
                same shape. `l` is the part of the gap that is closed in a year, `b` what is
                wanted for a unit of the other stock. The truth here was
                {truth.adjustment[0]}, {truth.adjustment[1]}, {truth.response[0]},
                {truth.response[1]}, and a loop of {truth.loop}. Which intervals cover it?
                Each should in ninety-five of a hundred panels; so with five of them it
                is no surprise if one just misses.
                """
            ),
        ]
    )
    return


@app.cell
def _(boards, mo):
    many = boards.empty.moves()
    mo.vstack(
        [
            mo.md(
                """
                ## Move the numbers

                **How often does a test find what is not there?** Three textbook tests:
                the average over units, by the formula for long panels and by the one for
                short panels, and the pooled test. Give the series no memory, then a long
                one. Now add units: the averages get worse, not better, since every unit
                errs the same way. Add years: the first test gets better, slowly. Then add
                a true effect, so that yes is the right answer.
                """
            ),
            many,
        ]
    )
    return (many,)


@app.cell
def _(boards, many):
    boards.empty.show(many.value)
    return


@app.cell
def _(boards, mo):
    known = boards.recover.moves()
    mo.vstack(
        [
            mo.md(
                """
                **Which estimator finds the truth?** Draw other panels with the last
                slider. Least squares is sure of itself and wrong. The *method of moments*
                leans on older years only; it is right on average, but so vague that it
                hardly helps. Watch whether the intervals cover the dashed line. Then add
                years: all three get better.
                """
            ),
            known,
        ]
    )
    return (known,)


@app.cell
def _(boards, known):
    boards.recover.show(known.value)
    return


@app.cell
def _(boards, questions, true):
    thousand = boards.what_is_found(
        boards.rates_of_estimators(), questions=questions, true=true
    )
    return (thousand,)


@app.cell
def _(mo, questions, thousand, true, truth):
    _first = thousand.iloc[0]
    mo.md(
        f"""
        One panel may be an unlucky one. The study *From models to evidence* drew a
        thousand with a link (knowledge wanted for a unit of standards is
        {truth.response[0]}) and a thousand without, and asked each estimator both times
        whether its interval leaves nought outside. *Bias* is how far it is off on average
        where there is a link, *spread* its standard deviation from panel to panel. Least
        squares is off by {abs(_first["bias"]):.2f}, downwards. (The *jackknife* sees from
        half a panel how the error shrinks with time, and takes it away.) The last columns
        count again what comes out of {questions} questions of which {true} have a link.
        """
    )
    return


@app.cell
def _(boards, classroom, thousand):
    classroom.table(boards.counted(thousand), digits=2)
    return


@app.cell
def _(boards, mo):
    picked = boards.fields.moves()
    mo.vstack(
        [
            mo.md(
                """
                **And real data?** Standards published by ISO and patent families in
                twenty-three fields of technology. Nobody knows the truth here. Choose a
                regression. Can you find one that is significant? How many did you try?
                """
            ),
            picked,
        ]
    )
    return (picked,)


@app.cell
def _(boards, picked):
    boards.fields.show(picked.value)
    return


@app.cell
def _(boards):
    plain = boards.fields.outcome({})
    trend = boards.fields.outcome({"specification": "a trend for each field"})
    tried = boards.all_p_values()
    hits = (tried <= boards.NOMINAL).sum()
    return hits, plain, trend, tried


@app.cell
def _(boards, hits, mo, plain, tried):
    _numbers = boards.fields.numbers(plain)
    mo.md(
        f"""
        With *own past* the p-value of standards to patents is
        {_numbers["p-value, by bootstrap"]} by a bootstrap that flips the signs of whole
        fields, and {_numbers["p-value, by formula"]} by the formula. The board offers
        {len(tried)} regressions. At five per cent the bootstrap calls
        {hits["by bootstrap"]} of them significant, the formula {hits["by formula"]}. If
        nothing were there we would expect {len(tried) * boards.NOMINAL:.1f} by chance. An
        answer that hangs on the way of counting is no finding. Nor is it proof that there
        is no link: the intervals leave room for one.
        """
    )
    return


@app.cell
def _(boards, classroom, mo, without):
    below = (without <= boards.NOMINAL).mean()
    mo.vstack(
        [
            mo.md("## The picture worth the hour"),
            classroom.picture(
                boards.draw_p_values(without),
                alt="Two histograms of p-values from panels without a link. The textbook "
                "one has a tall red bar at the left end, the bootstrap one is nearly level.",
            ),
            mo.md(
                f"""
                If nothing is there, every p-value is as likely as any other, and the bars
                are level. The textbook p-value says *five per cent or less* in
                {below["textbook"]:.0%} of these panels. Whoever publishes only those
                publishes noise. Ask of every p-value: how often would it be this small if
                nothing were there, *in data that remember as these do*?

                And ask what no p-value answers. Both series may follow a third. A year's
                lag may not be the true order of events. A link measured where we are says
                nothing about a better place far away.
                """
            ),
        ]
    )
    return


@app.cell
def _(best, boards, two_way):
    alpha, power, prior = boards.NOMINAL, round(best["power"], 2), 0.1
    share = prior * power / (prior * power + (1 - prior) * alpha)
    other = two_way.TwoWay.from_reduced_form([[0.5, 0.1], [0.15, 0.7]])
    return alpha, other, power, prior, share


@app.cell
def _(alpha, classroom, power, prior, share):
    honest = classroom.Exercise(
        question=f"An honest test has size {alpha:.0%} and power {power:.0%}. One question "
        f"in ten has a true link. What share of its findings is true? (A number from nought "
        "to one.)",
        answer=float(share),
        tolerance=0.01,
        why=f"Of a hundred questions it finds {100 * prior * power:.1f} rightly and "
        f"{100 * (1 - prior) * alpha:.1f} wrongly, so {share:.0%} are true. Even an "
        "honest test cannot make an unlikely claim likely all alone.",
    )
    return (honest,)


@app.cell
def _(classroom, other, truth):
    divide = classroom.Exercise(
        question="A regression gives $a_{11} = 0.5$ and $a_{12} = 0.1$. How much knowledge "
        "is wanted for a unit of standards?",
        answer=other.response[0],
        why=f"It is {other.reduced_form.own[0, 1]:.1f} over {other.adjustment[0]:.1f}, that is "
        f"{other.response[0]:.2f}. "
        f"With the true memory of {1 - truth.adjustment[0]:.1f} it would be "
        f"{truth.response[0]:.2f}.",
    )
    return (divide,)


@app.cell
def _(classroom, divide, honest, plain, trend):
    _before, _after = (
        found.fits[found.chosen].params[found.term] for found in (plain, trend)
    )
    gone = "next to nothing is left of it"
    kept = "it stays about as large"
    trends = classroom.Exercise(
        question="In the fields, more standards are followed by slightly more patents "
        "(regression *own past*). Give every field a trend of its own. What becomes of "
        "the estimate?",
        choices=("it gets larger", kept, gone),
        answer=gone if abs(_after) < _before / 4 else kept,
        why=f"It falls from {_before:.4f} to {_after:.4f}, and its p-value is "
        f"{trend.p_value:.2f}. What looked like a link may be two things that grew together.",
    )
    exercises = (honest, divide, trends)
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
                "bridge",
                "dumitrescu_hurlin_2012",
                "innovation_standards_fields",
                also=(
                    """Granger and Newbold (1974), *Spurious regressions in econometrics*,
                    Journal of Econometrics 2. The game of the first minutes.""",
                    """Nickell (1981), *Biases in dynamic models with fixed effects*,
                    Econometrica 49. Why short panels forget too fast.""",
                    """Juodis, Karavias and Sarafidis (2021), *A homogeneous approach to
                    testing for Granger non-causality in heterogeneous panels*, Empirical
                    Economics 60. The pooled test.""",
                    """Ioannidis (2005), *Why most published research findings are false*,
                    PLoS Medicine 2. The arithmetic of size, power and belief.""",
                ),
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
