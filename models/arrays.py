"""Read arrays that users pass to models, or say what is wrong with them."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["as_given", "read_array", "require_array", "require_row"]


def require_array(name: str, values: ArrayLike, wanted: str) -> NDArray[np.float64]:
    """Return ``values`` as an array of finite floats.

    Parameters
    ----------
    name : str
        The parameter's name, as the user wrote it.
    values : array-like
        What the user passed.
    wanted : str
        What it must be, for the message.  Shapes are for the caller to check.

    Raises
    ------
    InputError
        If rows are ragged, or an entry is no finite number.

    Examples
    --------
    >>> require_array("benefit", [[1, 2], [3]], "a matrix")
    Traceback (most recent call last):
    unigauge.errors.InputError: benefit is [[1, 2], [3]]; it must be a matrix of finite \
numbers, rows of one length.
    """
    return _array(
        name, values, f"{wanted} of finite numbers, rows of one length", finite=True
    )


def read_array(name: str, values: ArrayLike, wanted: str) -> NDArray[np.float64]:
    """Return ``values`` as an array of floats, infinite ones allowed, but not NaN.

    Parameters and errors are those of :func:`require_array`.

    Examples
    --------
    >>> read_array("noise", [0.5, float("inf")], "variances")
    array([0.5, inf])
    """
    return _array(name, values, f"{wanted}, numbers in rows of one length", finite=False)


def require_row(name: str, values: ArrayLike, wanted: str) -> tuple[float, ...]:
    """Return one row of finite floats, of any length but 0.

    Parameters and errors are those of :func:`require_array`.

    Examples
    --------
    >>> require_row("rate", [1, 2], "one rate a stage")
    (1.0, 2.0)
    """
    wanted = f"a row of finite numbers, {wanted}, at least one"
    row = _array(name, values, wanted, finite=True)
    if row.ndim != 1 or not len(row):
        raise InputError(f"{name} is {reprlib.repr(values)}; it must be {wanted}.")
    return tuple(row.tolist())


def _array(
    name: str, values: ArrayLike, wanted: str, *, finite: bool
) -> NDArray[np.float64]:
    """Return an array of floats, or raise InputError with what is wanted."""
    try:
        array = np.array(values, dtype=np.float64)
        good = bool((np.isfinite(array) if finite else ~np.isnan(array)).all())
    except (TypeError, ValueError, OverflowError):
        good = False
    if not good or isinstance(values, (str, bytes)):
        raise InputError(f"{name} is {reprlib.repr(values)}; it must be {wanted}.")
    return array


def as_given(values: Any) -> NDArray[Any]:
    """Return ``values`` as an array of whatever type they have; ragged rows as None.

    Examples
    --------
    >>> as_given([True, False]).dtype, as_given([[1, 2], [3]]).shape
    (dtype('bool'), ())
    """
    try:
        return np.asarray(values)
    except ValueError:
        return np.asarray(None)
