"""The look of results: tables that fit, numbers that can be read, HTML that is safe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes

from unigauge.results import WIDTH, Result, axes_or_new, frozen, html_table, text_table

cells = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-(10**12), 10**12),
    st.text(max_size=120).map(lambda text: text.replace("\n", " ").replace("\r", " ")),
    st.booleans(),
    st.none(),
)


@given(
    st.integers(1, 9).flatmap(
        lambda width: st.lists(
            st.lists(cells, min_size=width, max_size=width), min_size=0, max_size=6
        )
    ),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_no_line_is_wider_than_the_terminal(rows: list[list[object]], named: bool) -> None:
    width = len(rows[0]) if rows else 3
    frame = pd.DataFrame(rows, columns=[f"column_number_{k}" for k in range(width)])
    if named:
        frame.index = pd.Index([f"row {k}" * 9 for k in range(len(frame))], name="label")
    for line in text_table(frame).split("\n"):
        assert len(line) <= WIDTH


def test_columns_that_do_not_fit_go_below_with_their_labels() -> None:
    frame = pd.DataFrame(
        np.eye(2, 12), index=["one", "two"], columns=[f"variable_{k}" for k in range(12)]
    )
    blocks = text_table(frame).split("\n\n")
    assert len(blocks) > 1
    assert all(block.split("\n")[1].startswith("one") for block in blocks)
    assert "".join(blocks).count("variable_") == 12


def test_leading_words_label_the_rows_of_every_block() -> None:
    frame = pd.DataFrame(np.eye(2, 12), columns=[f"variable_{k}" for k in range(12)])
    frame.insert(0, "term", ["lag(x, 1)", "lag(y, 1)"])
    blocks = text_table(frame).split("\n\n")
    assert len(blocks) > 1
    assert all(block.startswith("term ") for block in blocks)


def test_numbers_can_be_read() -> None:
    frame = pd.DataFrame(
        {
            "mixed": [0.5, 1e-9, float("nan"), float("inf")],
            "large": [1234567.0, 1.0, 0.0, -2.5],
            "whole": [1, 20, 300, 4000],
            "truth": [True, False, True, False],
        }
    )
    mixed, large, whole, truth = (
        [line.split()[k] for line in text_table(frame).split("\n")[1:]] for k in range(4)
    )
    assert mixed == ["0.50000", "1.00e-09", "-", "inf"]
    assert large == ["1234567", "1", "0", "-2"]
    assert whole == ["1", "20", "300", "4000"]
    assert truth == ["yes", "no", "yes", "no"]


def test_html_escapes_what_a_user_named() -> None:
    frame = pd.DataFrame({"<b>": ["a & b"]}, index=pd.Index(["x<y"], name="key"))
    page = html_table(frame)
    assert "&lt;b&gt;" in page
    assert "a &amp; b" in page
    assert "x&lt;y" in page
    assert "<b>" not in page


def test_frozen_is_a_copy_that_cannot_change() -> None:
    source = np.array([1, 2])
    copy = frozen(source)
    source[0] = 9
    assert copy.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        copy[0] = 3


def test_axes_are_the_callers_or_a_figure_that_a_notebook_shows() -> None:
    import matplotlib.pyplot as plt

    plt.close("all")
    mine = axes_or_new(None)
    assert mine.figure.number in plt.get_fignums()
    plt.close(mine.figure)
    assert axes_or_new(mine) is mine
    assert not plt.get_fignums()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Toy(Result):
    """A result with the least a result needs."""

    value: float

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame({"value": [self.value]})

    def plot_data(self) -> pd.DataFrame:
        return self.to_frame()

    def plot(self, ax: Axes | None = None) -> Axes:
        return axes_or_new(ax)

    def record(self) -> dict[str, float]:
        return {"value": self.value}

    def _heading(self) -> str:
        return "A toy " * 20

    def _facts(self) -> dict[str, str]:
        return {"long": "word " * 40}

    def _notes(self) -> tuple[str, ...]:
        return ("A note that is <long>. " * 10,)


def test_a_result_prints_wrapped_and_escapes_its_html() -> None:
    toy = Toy(value=0.25)
    assert max(map(len, str(toy).split("\n"))) <= WIDTH
    assert repr(toy) == str(toy)
    assert "0.25" in str(toy)
    assert "&lt;long&gt;" in toy._repr_html_()
    assert toy != Toy(value=0.25)
    assert toy.summary == str(toy)
    assert r"\caption{Mine}" in toy.to_latex(caption="Mine")
