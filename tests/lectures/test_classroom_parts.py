"""Parts of the lectures: code that is indented, pictures that leave nothing open, verdicts."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib.pyplot as plt
import pytest

from unigauge.lectures.classroom import Board, picture, session
from unigauge.results import axes_or_new


def test_a_session_may_be_indented_as_a_whole() -> None:
    shown = session(
        """
        for turn in range(3):
            last = turn
        last + 40
        """
    )
    assert "<pre class='ug-answer'>42</pre>" in shown.text
    assert "<code>for turn" in shown.text


def test_a_picture_leaves_no_figure_open() -> None:
    before = plt.get_fignums()
    picture(axes_or_new(None), alt="nothing")
    assert plt.get_fignums() == before


@dataclass
class Answer:
    status: str
    certificate: float


@pytest.mark.parametrize(
    ("status", "certificate", "kind", "words"),
    [
        ("trap", 1e-12, " ug-right", "trap · certificate 1e-12"),
        ("unstable", float("nan"), "", "unstable"),
        ("uncertified", 0.1, " ug-wrong", "uncertified · certificate 1e-01"),
    ],
)
def test_checked_and_doubtful_answers_are_marked(status, certificate, kind, words) -> None:
    board = Board(
        name="any",
        title="Any",
        question="?",
        controls=(),
        solve=lambda: Answer(status, certificate),
        numbers=lambda outcome: {},
        picture=lambda outcome: axes_or_new(None),
    )
    assert f"<p class='ug-note{kind}'>{words}</p>" in board.show({}).text
