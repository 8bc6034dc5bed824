"""Read arrays that users pass to models, or say what is wrong with them."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["as_given", "require_array"]


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
    try:
        array = np.array(values, dtype=np.float64)
        good = bool(np.isfinite(array).all())
    except (TypeError, ValueError, OverflowError):
        good = False
    if not good or isinstance(values, (str, bytes)):
        raise InputError(
            f"{name} is {reprlib.repr(values)}; it must be {wanted} of finite numbers, rows "
            "of one length."
        )
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
