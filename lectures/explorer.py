"""Explorer: pick a model, move its numbers, and set two of its worlds side by side."""

import marimo

app = marimo.App(width="full", app_title="Explorer of standards")


@app.cell
def _():
    import marimo as mo

    from unigauge.lectures import LECTURES, boards, classroom

    return LECTURES, boards, classroom, mo


@app.cell
def _(classroom):
    classroom.masthead(
        "explorer",
        "Pick a model, move its numbers",
        "An answer that was checked says so; a second world shows what moved.",
    )
    return


@app.cell
def _(LECTURES, boards, classroom, mo):
    models = {
        f"{LECTURES.index(lecture) + 1} · {board.title}": board
        for lecture, group in boards.by_lecture().items()
        for board in group
    }
    picked = mo.ui.dropdown(
        models, value=next(iter(models)), label="lecture and model", full_width=True
    )
    another = mo.ui.switch(label="another world beside it")
    classroom.beside(picked, another)
    return another, picked


@app.cell
def _(mo, picked):
    board = picked.value
    mo.md(f"## {board.title}\n\n{board.question}")
    return (board,)


@app.cell
def _(board):
    first, second = board.moves(), board.moves()
    return first, second


@app.cell
def _(another, classroom, first, mo, second):
    _first, _second = mo.md("### One world"), mo.md("### Another world")
    if another.value:
        _shown = classroom.beside(mo.vstack([_first, first]), mo.vstack([_second, second]))
    else:
        _shown = first
    _shown
    return


@app.cell
def _(another, board, classroom, first, mo, second):
    worlds = {"One world": first.value}
    if another.value:
        worlds["Another world"] = second.value
    classroom.beside(
        *(
            mo.Html(f"<p class='ug-world'>{name}</p>{board.show(values).text}")
            for name, values in worlds.items()
        )
    )
    return (worlds,)


@app.cell
def _(board, mo, worlds):
    _tables = [
        mo.vstack([mo.md(f"*{name}*"), board.compare(values)])
        for name, values in worlds.items()
    ]
    mo.vstack([mo.md("### All regimes"), *_tables]) if board.regimes else None
    return


@app.cell
def _(mo):
    mo.md(
        """
        The *certificate* is what other code found when it checked the answer: the largest
        gain that somebody could still have by acting otherwise, or how far the answer is
        from solving its equations. It should be next to nothing.
        """
    )
    return


if __name__ == "__main__":
    app.run()
