"""The rules that every lecture, every exercise and every board keeps."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from textwrap import dedent

import pytest

from unigauge.errors import UnigaugeError
from unigauge.lectures import EXPLORER
from unigauge.lectures.boards import by_lecture
from unigauge.lectures.classroom import Board, Choice, Exercise
from unigauge.lectures.classroom.board import _DOUBTFUL
from unigauge.lectures.classroom.programme import programme

WRITTEN = [lecture for lecture in programme() if lecture.written]
FILES = [*(lecture.file for lecture in WRITTEN), EXPLORER]
BOARDS = [board for group in by_lecture().values() for board in group]
SECTIONS = (
    "game",
    "payoffs",
    "by hand",
    "closed form",
    "the package",
    "picture worth the hour",
    "exercises",
    "reading",
)
NUMBER = r"(?<![\w.])\d+(?:\.\d+)?(?!\w)"
SIGN = "[=+\N{MINUS SIGN}\N{MULTIPLICATION SIGN}\N{SQUARE ROOT}/^]"

every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
every_lecture = pytest.mark.parametrize(
    "lecture", WRITTEN, ids=lambda lecture: lecture.name
)
every_board = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)


# ---------------------------------------------------------------------------
# The notebook as a file


def cells(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node


def strings(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield all strings; those inside the braces of an f-string are no prose."""
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from strings(child)


def constant_text(node: ast.Constant | ast.JoinedStr) -> str:
    """Return a string without what it computes."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "\N{WHITE SQUARE}"
        for part in node.values
    )


def is_code(text: str) -> bool:
    try:
        ast.parse(dedent(text))
    except SyntaxError:
        return False
    return True


def lines_of_code(cell: ast.FunctionDef, source: list[str]) -> int:
    """Count the lines of a cell: not prose, closing brackets, the last return."""
    body = [node for node in cell.body if not isinstance(node, ast.Return)]
    lines = {n for node in body for n in range(node.lineno, node.end_lineno + 1)}
    for node in body:
        for text in strings(node):
            lines -= set(range(text.lineno + 1, text.end_lineno + 1))
    only_prose = re.compile(r"""\s*([rf]*["'].*["'][,)]*|[])},]*)""")
    return sum(only_prose.fullmatch(source[line - 1]) is None for line in lines)


@every_file
def test_a_cell_has_at_most_ten_lines_of_code(file):
    text = file.read_text(encoding="utf-8")
    counts = {
        cell.lineno: lines_of_code(cell, text.splitlines())
        for cell in cells(ast.parse(text))
    }
    assert not {line: count for line, count in counts.items() if count > 10}


@every_file
def test_a_notebook_imports_marimo_and_unigauge_only(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names == {"marimo", "unigauge"}


@every_file
def test_no_number_in_prose_is_typed(file):
    """Formulas, code, list markers, citations, and names such as 5G may have digits."""
    typed = []
    for cell in cells(ast.parse(file.read_text(encoding="utf-8"))):
        for node in strings(cell):
            text = constant_text(node)
            cites = re.search(r"\(\d{4}[a-z]?\), \*", text)
            if cites or " " not in text.strip() or is_code(text):
                continue
            plain = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`", "", text, flags=re.DOTALL)
            plain = re.sub(r"^\s*\d+\. ", "", plain, flags=re.MULTILINE)
            plain = re.sub(rf"{NUMBER} ?(?={SIGN})|(?<={SIGN}) ?{NUMBER}", "", plain)
            typed += re.findall(rf".{{0,20}}{NUMBER}.{{0,20}}", plain)
    assert not typed


def test_marimo_finds_nothing_broken():
    check = [sys.executable, "-m", "marimo", "check", *map(str, FILES)]
    run = subprocess.run(check, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


SCRIPTS = [
    pytest.param(file, marks=[] if file.stem == "standards_battle" else pytest.mark.slow)
    for file in FILES
]


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_a_lecture_runs_as_a_script_and_says_nothing(file):
    run = subprocess.run(
        [sys.executable, str(file)], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


# ---------------------------------------------------------------------------
# What a lecture shows


@every_lecture
def test_a_lecture_has_its_heading_and_its_sections_in_order(lecture, run_lecture):
    outputs, _ = run_lecture(lecture.name)
    shown = [getattr(output, "text", "") for output in outputs]
    assert lecture.title and lecture.promise
    assert "ug-heading" in next(text for text in shown if text)
    heads = [
        re.sub("<.*?>", "", head).lower()
        for text in shown
        for head in re.findall(r"<h2.*?>(.*?)</h2>", text, flags=re.DOTALL)
    ]
    places = [
        next((place for place, head in enumerate(heads) if section in head), None)
        for section in SECTIONS
    ]
    assert None not in places, heads
    assert places == sorted(places), heads


@every_lecture
def test_no_number_at_the_start_of_a_line_became_a_list(lecture, run_lecture):
    """A line of prose that happens to begin with 4. would be item four of a list."""
    outputs, _ = run_lecture(lecture.name)
    text = "".join(getattr(output, "text", "") for output in outputs)
    assert not re.findall(r'<ol start="\d+">\s*<li>[^<]*', text)


@every_lecture
def test_a_lecture_has_three_exercises_that_know_right_from_wrong(lecture, run_lecture):
    exercises = run_lecture(lecture.name)[1]["exercises"]
    assert len(exercises) == 3
    for exercise in exercises:
        assert isinstance(exercise, Exercise)
        for reply in replies(exercise):
            right = bool(reply == exercise.answer)
            assert exercise.is_right(reply) is right
            assert exercise.check(reply).startswith("<div class='ug-note ug-")
            assert ("Right. " in exercise.check(reply)) is right
        assert not exercise.is_right(None)


def replies(exercise: Exercise) -> list[float | str]:
    if exercise.choices:
        assert len(set(exercise.choices)) == len(exercise.choices) >= 2
        return list(exercise.choices)
    away = 1.01 * exercise.tolerance
    assert exercise.is_right(round(exercise.answer, 3)), "three decimals must do"
    return [exercise.answer, exercise.answer + away, exercise.answer - away]


# ---------------------------------------------------------------------------
# Boards


def test_boards_have_names_of_their_own():
    assert max(Counter(board.name for board in BOARDS).values()) == 1


@every_board
def test_a_board_answers_where_it_first_stands(board):
    outcome = board.outcome({})
    assert getattr(board.answer(outcome), "status", "ok") not in _DOUBTFUL
    assert board.numbers(outcome)


def ends(board: Board) -> Iterator[dict[str, object]]:
    """Yield the settings with one control at one of its ends, or another choice."""
    for control in board.controls:
        if isinstance(control, Choice):
            options = control.options
            values = options.values() if hasattr(options, "values") else options
        else:
            values = (control.start, control.stop)
            assert control.start <= control.value <= control.stop
            steps = (control.value - control.start) / control.step
            assert steps == pytest.approx(round(steps), abs=1e-6), control
        yield from ({control.name: value} for value in values)


@every_board
def test_a_board_answers_at_the_ends_of_its_controls(board):
    for settings in ends(board):
        try:
            outcome = board.outcome(settings)
        except UnigaugeError as error:
            assert len(str(error)) > 20, settings
        else:
            assert board.numbers(outcome), settings


@pytest.mark.slow
@every_board
def test_a_board_draws_at_the_ends_of_its_controls(board):
    for settings in ends(board):
        shown = board.show(settings).text
        assert "<img alt=" in shown or "ug-wrong" in shown, settings
        assert board.regimes is None or "ug-" in board.compare(settings).text
