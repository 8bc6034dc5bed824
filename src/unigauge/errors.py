"""Errors and warnings that an economist can act on.

Every message says what failed, the offending value, what is allowed and why,
and what to try.  All errors derive from :class:`UnigaugeError`, so that one
``except`` clause catches whatever the toolkit raises on purpose.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from numbers import Integral, Real
from typing import Any

__all__ = [
    "ConvergenceError",
    "DataError",
    "DegenerateGameWarning",
    "DroppedRowsWarning",
    "IdentificationError",
    "InputError",
    "UnigaugeError",
    "UnigaugeWarning",
    "require_choice",
    "require_integer",
    "require_number",
    "require_numbers",
    "require_seed",
]


class UnigaugeError(Exception):
    """Base of every error that the toolkit raises on purpose."""


class InputError(UnigaugeError, ValueError):
    """An argument is outside what the model or the estimator allows."""


class DataError(UnigaugeError):
    """Data are missing, unreadable, or not what their codebook says."""


class IdentificationError(UnigaugeError):
    """The data cannot tell the parameter that was asked for."""


class ConvergenceError(UnigaugeError):
    """A numerical method failed where a solution exists.

    Parameters
    ----------
    message : str
        What failed, and what to try.
    iterations : int
        Iterations used.
    residual : float
        Largest residual left.
    tolerance : float
        Residual that was required.
    """

    def __init__(
        self, message: str, *, iterations: int, residual: float, tolerance: float
    ) -> None:
        super().__init__(
            f"{message} ({iterations} iterations; residual {residual:.3g}, "
            f"tolerance {tolerance:.3g})"
        )
        self.iterations = iterations
        self.residual = residual
        self.tolerance = tolerance

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from ``args`` when they cross a process; these
        # have keywords, so say how.
        return _rebuild_convergence_error, (
            str(self),
            self.iterations,
            self.residual,
            self.tolerance,
        )


def _rebuild_convergence_error(
    message: str, iterations: int, residual: float, tolerance: float
) -> ConvergenceError:
    error = ConvergenceError.__new__(ConvergenceError)
    Exception.__init__(error, message)
    error.iterations = iterations
    error.residual = residual
    error.tolerance = tolerance
    return error


class UnigaugeWarning(UserWarning):
    """Base of every warning of the toolkit."""


class DegenerateGameWarning(UnigaugeWarning):
    """A game has a continuum of equilibria, or ties that decide the outcome."""


class DroppedRowsWarning(UnigaugeWarning):
    """An estimator could not use some rows; the message counts them and says why."""


# ---------------------------------------------------------------------------
# Checks.  Each returns the value in its plain type, or raises InputError.


def require_number(
    name: str,
    value: object,
    *,
    above: float = -math.inf,
    at_least: float = -math.inf,
    below: float = math.inf,
    at_most: float = math.inf,
    because: str = "",
) -> float:
    """Return ``value`` as a float, or say why it cannot be used.

    Parameters
    ----------
    name : str
        The parameter's name, as the user wrote it.
    value : object
        What the user passed; a real number, not NaN, not infinite.
    above, at_least, below, at_most : float
        Open and closed bounds.
    because : str
        Why the bound holds, or what to try; appended to the message.

    Returns
    -------
    float
        The number.

    Raises
    ------
    InputError
        If the value is no finite real number within the bounds.

    Examples
    --------
    >>> require_number("trade_cost", 0.3, at_least=0)
    0.3
    >>> require_number("trade_cost", -1, at_least=0, because="it is an iceberg cost")
    Traceback (most recent call last):
    unigauge.errors.InputError: trade_cost is -1; it must be at least 0: \
it is an iceberg cost.
    """
    allowed = _describe_bounds(above, at_least, below, at_most)
    reason = f": {because}" if because else ""
    if isinstance(value, bool) or not isinstance(value, Real):
        wanted = "a number" if allowed == "a finite number" else f"a number, {allowed}"
        raise InputError(f"{name} is {value!r}; it must be {wanted}.")
    try:
        number = float(value)
    except OverflowError:  # a whole number beyond the floats
        number = math.inf
    inside = above < number < below and at_least <= number <= at_most
    if not (math.isfinite(number) and inside):
        shown = f"{value}" if math.isfinite(number) else f"{number}"
        raise InputError(f"{name} is {shown}; it must be {allowed}{reason}.")
    return number


def _describe_bounds(above: float, at_least: float, below: float, at_most: float) -> str:
    parts = [
        f"{word} {bound:g}"
        for word, bound in (
            ("above", above),
            ("at least", at_least),
            ("below", below),
            ("at most", at_most),
        )
        if math.isfinite(bound)
    ]
    return " and ".join(parts) if parts else "a finite number"


def require_numbers(
    name: str,
    values: object,
    *,
    length: int,
    above: float = -math.inf,
    at_least: float = -math.inf,
    below: float = math.inf,
    at_most: float = math.inf,
    because: str = "",
) -> tuple[float, ...]:
    """Return ``values`` as a tuple of ``length`` floats within the bounds.

    Each entry is checked by :func:`require_number`; the message names the
    entry, counted from 0.

    Raises
    ------
    InputError
        If there are too few or too many entries, or one is not allowed.

    Examples
    --------
    >>> require_numbers("market_size", [2, 1], length=2, above=0)
    (2.0, 1.0)
    """
    unordered = isinstance(values, (str, bytes, AbstractSet, Mapping))
    single = getattr(values, "ndim", 1) == 0  # an array of one number, without a length
    if unordered or single or not isinstance(values, Iterable):
        raise InputError(
            f"{name} is {values!r}; it must be a sequence of {length} numbers, in order."
        )
    entries = tuple(values)
    if len(entries) != length:
        raise InputError(
            f"{name} has {len(entries)} entries {entries!r}; it must have {length}."
        )
    return tuple(
        require_number(
            f"{name}[{position}]",
            entry,
            above=above,
            at_least=at_least,
            below=below,
            at_most=at_most,
            because=because,
        )
        for position, entry in enumerate(entries)
    )


def require_integer(name: str, value: object, *, at_least: int, because: str = "") -> int:
    """Return ``value`` as an int of at least ``at_least``.

    Raises
    ------
    InputError
        If the value is no whole number (``True`` and ``2.0`` are not), or too small.

    Examples
    --------
    >>> require_integer("lags", 2, at_least=1)
    2
    """
    reason = f": {because}" if because else ""
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < at_least:
        raise InputError(
            f"{name} is {value!r}; it must be a whole number of at least "
            f"{at_least}{reason}."
        )
    return int(value)


def require_seed(seed: object) -> int:
    """Return the seed of a random generator as an int of at least 0.

    Raises
    ------
    InputError
        If it is no whole number of at least 0; ``None`` would draw another seed in
        every run.

    Examples
    --------
    >>> require_seed(7)
    7
    """
    return require_integer(
        "seed", seed, at_least=0, because="the same seed gives the same draws"
    )


def require_choice(name: str, value: object, choices: Collection[str]) -> str:
    """Return ``value`` if it is one of ``choices``; else suggest the nearest.

    Raises
    ------
    InputError
        If the value is not among the choices.

    Examples
    --------
    >>> require_choice("regime", "autarchy", ["autarky", "efficient"])
    Traceback (most recent call last):
    unigauge.errors.InputError: regime is 'autarchy'; choose one of 'autarky', \
'efficient'. Did you mean 'autarky'?
    """
    if isinstance(value, str) and value in choices:
        return value
    import difflib

    listed = ", ".join(repr(choice) for choice in choices)
    near = difflib.get_close_matches(str(value), [str(choice) for choice in choices], n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise InputError(f"{name} is {value!r}; choose one of {listed}.{hint}")
