"""Errors: one tree, messages that say what to do, and survival across processes."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from unigauge import errors
from unigauge.errors import (
    ConvergenceError,
    InputError,
    require_choice,
    require_integer,
    require_number,
    require_numbers,
    require_seed,
)


def test_every_error_is_caught_by_one_clause() -> None:
    for name in errors.__all__:
        thing = getattr(errors, name)
        if name.endswith("Error"):
            assert issubclass(thing, errors.UnigaugeError)
        elif name.endswith("Warning"):
            assert issubclass(thing, errors.UnigaugeWarning)
    assert issubclass(InputError, ValueError)


def test_convergence_error_keeps_its_record_through_pickling() -> None:
    error = ConvergenceError("no root; widen", iterations=7, residual=0.5, tolerance=1e-8)
    again = pickle.loads(pickle.dumps(error))
    assert (again.iterations, again.residual, again.tolerance) == (7, 0.5, 1e-8)
    assert str(again) == str(error)
    assert "7 iterations; residual 0.5, tolerance 1e-08" in str(error)


@pytest.mark.parametrize("value", [3, 3.0, np.float64(3), np.int64(3), np.float32(3)])
def test_numbers_of_all_kinds_are_taken(value: object) -> None:
    assert require_number("x", value, at_least=3) == 3.0


@pytest.mark.parametrize(
    "value", [None, "3", True, np.bool_(True), 3j, float("nan"), float("-inf"), [3]]
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(InputError, match=r"^x is .*; it must be a (finite )?number\.$"):
        require_number("x", value)


def test_a_wrong_type_is_not_told_about_bounds_alone() -> None:
    with pytest.raises(InputError, match=r"^x is '3'; it must be a number, at least 0\.$"):
        require_number("x", "3", at_least=0, because="it is a cost")


def test_pairs_have_an_order() -> None:
    for unordered in ({1.0, 2.0}, {1.0: "a", 2.0: "b"}):
        with pytest.raises(InputError, match="a sequence of 2 numbers, in order"):
            require_numbers("x", unordered, length=2)


def test_seeds_are_whole_numbers() -> None:
    assert require_seed(np.int64(3)) == 3
    for seed in (None, -1, 1.5, "1"):
        with pytest.raises(
            InputError, match=r"seed is .*: the same seed gives the same draws"
        ):
            require_seed(seed)


def test_bounds_are_open_or_closed_as_said() -> None:
    assert require_number("x", 1, at_least=1, at_most=1) == 1
    for bound in ({"above": 1}, {"below": 1}):
        with pytest.raises(InputError, match=r"x is 1; it must be (above|below) 1"):
            require_number("x", 1, **bound)


def test_sequences_name_the_entry_that_is_wrong() -> None:
    assert require_numbers("x", np.array([1, 2]), length=2) == (1.0, 2.0)
    with pytest.raises(InputError, match=r"x\[1\] is 5; it must be at most 4: why"):
        require_numbers("x", (1, 5), length=2, at_most=4, because="why")
    with pytest.raises(InputError, match=r"x is array\(1.5\); it must be a sequence"):
        require_numbers("x", np.array(1.5), length=2)
    with pytest.raises(InputError, match="x has 1 entries"):
        require_numbers("x", (1,), length=2)
    with pytest.raises(InputError, match="must be a sequence of 2 numbers"):
        require_numbers("x", "12", length=2)


@pytest.mark.parametrize("value", [0, True, 2.0, "2", None])
def test_whole_numbers_only(value: object) -> None:
    with pytest.raises(
        InputError, match=r"lags is .*; it must be a whole number of at least 1"
    ):
        require_integer("lags", value, at_least=1)


def test_choices_suggest_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'robust'"):
        require_choice("cov", "robst", ["robust", "clustered"])
    with pytest.raises(InputError, match=r"cov is 7; choose one of 'robust'\.$"):
        require_choice("cov", 7, ["robust"])
