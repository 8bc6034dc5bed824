"""A claim is judged as its expectation says, to the last digit printed."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unigauge.errors import InputError
from unigauge.papers.reproduction import Claim, Expectation, half_unit
from unigauge.results import WIDTH


def expectation(**entries) -> Expectation:
    return Expectation(
        id="gap", statement="There is a gap.", kind="printed", source="Table 1", **entries
    )


@pytest.mark.parametrize(
    ("printed", "half"),
    [
        ("0.1187", 5e-5),
        ("-0.1187", 5e-5),
        ("12", 0.5),
        ("120", 0.5),
        ("1.20", 5e-3),
        ("3e4", 5e3),
        ("3.10e-2", 5e-5),
    ],
)
def test_half_a_unit_of_the_last_digit(printed, half):
    assert half_unit(printed) == half


@pytest.mark.parametrize(
    ("printed", "value", "holds"),
    [
        ("0.1187", 0.1187, True),
        ("0.1187", 0.11865, True),  # half a unit, though not in binary
        ("0.1187", 0.11875, True),
        ("0.1187", 0.118649, False),
        ("0.1187", -0.1187, False),
        ("-12", -12.5, True),
        ("-12", -12.51, False),
        ("1.20", 1.2049, True),
        ("1.2", 1.2049, True),
        ("1.20", 1.2051, False),
        ("1.2", 1.2051, True),
    ],
)
def test_agreement_to_the_digits_printed(printed, value, holds):
    claim = expectation(value=printed).judge(value=value)
    assert claim.holds is holds
    assert claim.as_expected is holds
    assert claim.expected == printed


@given(st.decimals(-1000, 1000, places=3))
def test_a_number_rounds_to_itself(number):
    assert expectation(value=str(number)).judge(value=float(number)).holds
    far = float(number) + 0.00051
    assert not expectation(value=str(number)).judge(value=far).holds


def test_explicit_tolerance_wins():
    assert expectation(value="0.5", tolerance=0.2).judge(value=0.69).holds
    assert not expectation(value="0.5", tolerance=0.001).judge(value=0.52).holds
    assert expectation(value="0.5", tolerance=0).judge(value=0.5).holds


def test_a_number_on_record_as_different_must_differ():
    recorded = expectation(value="1.20", differs="inputs were rounded.")
    apart = recorded.judge(value=1.23)
    assert (apart.holds, apart.as_expected, apart.verdict) == (False, True, "differs")
    assert "inputs were rounded." in apart.explanation()
    agreeing = recorded.judge(value=1.201)
    assert (agreeing.holds, agreeing.as_expected) == (True, False)
    assert "they agree now" in agreeing.explanation()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("differs", ["", "no matter."])
def test_no_number_is_never_as_expected(value, differs):
    claim = expectation(value="1.2", differs=differs).judge(value=value)
    assert claim.holds is False
    assert claim.as_expected is False
    assert json.loads(json.dumps(claim.record(), allow_nan=False))["value"] is None


@pytest.mark.parametrize("expected", [True, False])
@pytest.mark.parametrize("holds", [True, False])
def test_a_verdict_is_compared(expected, holds):
    claim = expectation(holds=expected).judge(holds=holds, value=0.5)
    assert claim.as_expected is (expected == holds)
    assert claim.expected is expected
    assert claim.verdict == {
        (True, True): "holds",
        (False, False): "refuted",
    }.get((expected, holds), "WRONG")


def test_arguments_must_fit_the_expectation():
    with pytest.raises(InputError, match="must say holds=True or holds=False"):
        expectation(holds=True).judge(value=1.0)
    with pytest.raises(InputError, match="must give value="):
        expectation(value="1.0").judge(holds=True)
    with pytest.raises(InputError, match="leave the verdict to the comparison"):
        expectation(value="1.0").judge(holds=True, value=1.0)


def test_not_run_is_no_failure_and_lost_is_one():
    absent = expectation(holds=True).not_run("no data.")
    assert (absent.holds, absent.as_expected, absent.verdict) == (None, None, "not run")
    lost = expectation(value="1.0").not_reached()
    assert (lost.holds, lost.as_expected, lost.verdict) == (None, False, "lost")


def test_record_has_the_keys_of_the_command():
    record = expectation(value="0.12").judge(value=0.1334).record()
    assert record == {
        "id": "gap",
        "statement": "There is a gap.",
        "kind": "printed",
        "holds": False,
        "as_expected": False,
        "value": 0.1334,
        "expected": "0.12",
        "source": "Table 1",
    }


@given(
    statement=st.text(min_size=1, max_size=200),
    value=st.none() | st.floats(),
    holds=st.booleans(),
)
def test_a_line_fits(statement, value, holds):
    claim = Claim(
        id="any",
        statement=statement,
        kind="ours",
        source="here",
        holds=holds,
        value=value,
        expected=True,
        as_expected=holds,
    )
    assert len(claim.line()) <= WIDTH
    assert len(claim.line().splitlines()) == 1


def test_numbers_show_two_digits_more_than_printed():
    assert expectation(value="0.1187").judge(value=0.11871234).number() == "0.118712"
    assert expectation(holds=True).judge(holds=True, value=1 / 3).number() == "0.3333"
    assert expectation(holds=True).judge(holds=True).number() == ""
