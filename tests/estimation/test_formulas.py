"""Formulas: what they mean, how terms are named, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from unigauge.errors import InputError
from unigauge.estimation import Panel
from unigauge.estimation.expressions import Grids, parse_expression
from unigauge.estimation.formulas import parse


@pytest.fixture
def panel() -> Panel:
    index = pd.MultiIndex.from_tuples(
        [("a", 2000), ("a", 2001), ("a", 2003), ("b", 2000), ("b", 2001), ("b", 2002)],
        names=["state", "year"],
    )
    frame = pd.DataFrame(
        {"x": [1.0, 2, 4, 3, 9, 27], "z": [0.0, 1, 2, 3, 4, np.nan]}, index
    )
    return Panel.from_frame(frame)


def names(text: str) -> list[str]:
    return [term.name for term in parse(text).regressors]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y ~ x", ["x"]),
        ("y ~ lag(x)", ["lag(x, 1)"]),
        ("y ~ lag( x , 0:2 )", ["lag(x, 0)", "lag(x, 1)", "lag(x, 2)"]),
        ("y ~ lag(x, -1:1)", ["lag(x, -1)", "lag(x, 0)", "lag(x, 1)"]),
        ("y ~ lag(x, 2:1)", ["lag(x, 2)", "lag(x, 1)"]),
        (
            "y ~ diff(x) + diff(z, 1) + diff(z, 2)",
            ["diff(x, 1)", "diff(z, 1)", "diff(z, 2)"],
        ),
        ("y ~ lag(log(1+x), 1:2)", ["lag(log(1 + x), 1)", "lag(log(1 + x), 2)"]),
        ("y ~ log(lag(x,1:2))", ["log(lag(x, 1))", "log(lag(x, 2))"]),
        ("y ~ lag(diff(log(x)), 1)", ["lag(diff(log(x), 1), 1)"]),
        ("y ~ I(x*z) + I(x**2) + x - 1", ["I(x * z)", "I(x ** 2)", "x"]),
        ("y ~ (x + z) + 0", ["x", "z"]),
    ],
)
def test_terms_have_canonical_names(text, expected):
    assert names(text) == expected


def test_the_parts_of_a_formula():
    formula = parse("log(y) ~ x |  entity + time + entity[time] + region[z] ")
    assert formula.response.name == "log(y)"
    assert formula.effects == ("entity", "time", "region")
    assert formula.slopes == (("entity", "time"), ("region", "z"))
    assert formula.text == "log(y) ~ x | entity + time + entity[time] + region[z]"
    assert parse("y ~ x").constant
    assert parse("y ~ 1 + x").constant
    assert not parse("y ~ x - 1").constant
    assert not parse("y ~ 0 + x").constant


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("lag(x, 1)", [[np.nan, 1, 2, np.nan], [np.nan, 3, 9, 27]]),
        ("lag(x, -2)", [[np.nan, 4, np.nan, np.nan], [27, np.nan, np.nan, np.nan]]),
        ("diff(x, 2)", [[np.nan, np.nan, np.nan, 2], [np.nan, np.nan, 24, np.nan]]),
        ("lag(diff(x), 1)", [[np.nan, np.nan, 1, np.nan], [np.nan, np.nan, 6, 18]]),
        ("diff(lag(x, 1))", [[np.nan, np.nan, 1, np.nan], [np.nan, np.nan, 6, 18]]),
        ("-x + 2 * x ** 2 / x", [[1, 2, np.nan, 4], [3, 9, 27, np.nan]]),
        ("log1p(z)", np.log1p([[0, 1, np.nan, 2], [3, 4, np.nan, np.nan]])),
    ],
)
def test_terms_are_evaluated_on_the_calendar(panel, text, values):
    got, _ = Grids(panel).evaluate(parse_expression(text))
    np.testing.assert_allclose(got, values)


def test_what_is_lost_to_lags_is_told_from_what_is_missing(panel):
    values, present = Grids(panel).evaluate(parse_expression("lag(z, 1)"))
    assert present.tolist() == [[False, True, True, False], [False, True, True, True]]
    missing = present & np.isnan(values)
    assert np.argwhere(missing).tolist() == [[1, 3]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (3, "must be text"),
        ("y", "one '~'"),
        ("y ~ x ~ z", "one '~'"),
        ("~ x", "one '~'"),
        ("y ~ x | a | b", "2 bars"),
        ("y ~ lag(x, 1", r"cannot be read at 'lag\(x, 1'"),
        ("y ~ gdp per head", "cannot be read at 'gdp per head'"),
        ("y ~ lagg(x)", r"'lagg\(x\)' uses 'lagg'.*Did you mean 'lag'"),
        ("y ~ lag(x, 1, 2)", r"'lag\(x, 1, 2\)' needs a variable and a number"),
        ("y ~ lag(x, 1.5)", r"'lag\(x, 1.5\)' needs whole numbers"),
        ("y ~ lag(x, z)", r"'lag\(x, z\)' needs whole numbers"),
        ("y ~ lag(x, 1:5000)", "None may exceed 1000"),
        ("y ~ diff(x, 0)", r"'diff\(x, 0\)' is zero"),
        ("y ~ log(x, 2)", "log takes one expression"),
        ("y ~ x * z", r"'x \* z' is arithmetic.*write I\(x \* z\)"),
        ("y ~ x - z", "'- z' subtracts a regressor"),
        ("y ~ x + 'z'", "means nothing in a formula"),
        ("y ~ x.z", "'x.z' means nothing in a formula"),
        ("y ~ lag(x, 1) + lag(x, 1:2)", r"'lag\(x, 1\)' occurs twice"),
        ("y ~ y", "'y' occurs twice"),
        ("lag(y, 1:2) ~ x", "stands for 2 terms"),
        ("y ~ x | 1", "fixed effect '1' is neither"),
        ("y ~ x | entity - time", "fixed effect 'time' is neither"),
        ("y ~ x | entity[time, z]", "is neither a name nor a name with"),
    ],
)
def test_unreadable_formulas_point_at_the_fault(text, message):
    with pytest.raises(InputError, match=message):
        parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "log(z)",
            r"'log\(z\)' .* 1 row, first at \('a', 2000\), where its argument is 0",
        ),
        ("1 / z", r"not a finite number in 1 row, first at \('a', 2000\)"),
        ("sqrt(0 - x)", r"6 rows"),
        ("exp(1000 * x)", "not a finite number"),
        ("log(0) + x", r"'log\(0\)' in the term 'log\(0\) \+ x' is not a finite number"),
        ("2", "is a number"),
        ("lag(2, 1)", "takes a lag of a number"),
        ("lag(xx, 1)", r"the term 'lag\(xx, 1\)' uses 'xx'.*Did you mean 'x'"),
    ],
)
def test_undefined_terms_say_where(panel, text, message):
    with pytest.raises(InputError, match=message):
        Grids(panel).evaluate(parse_expression(text))
