"""Small words for messages: counts, lists and labels."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["counted", "joined", "listed", "plain", "wrapped"]

_TITLE = 60
"""Characters of a picture's title to a line."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "gap"), counted(2, "entity")
    ('1 gap', '2 entities')
    """
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def joined(texts: Sequence[str], most: int = 10) -> str:
    """Return texts joined by commas, at most ``most`` of them.

    Examples
    --------
    >>> joined(["firm 1", "firm 2", "firm 3"], most=2)
    'firm 1, firm 2 and 1 more'
    """
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {more} more" if more > 0 else "")


def listed(labels: Sequence[Any], most: int = 10) -> str:
    """Return labels as they are written in Python, at most ``most`` of them.

    Examples
    --------
    >>> listed(["a", "b"])
    "'a', 'b'"
    """
    return joined([repr(label) for label in labels], most)


def wrapped(title: str) -> str:
    """Return the title of a picture in lines that fit above it.

    Examples
    --------
    >>> print(wrapped("OLS: patents ~ lag(patents, 1) + lag(standards, 1) | entity + time"))
    OLS: patents ~ lag(patents, 1) + lag(standards, 1) | entity
    + time
    """
    return textwrap.fill(title, _TITLE)


def plain(label: Any) -> Any:
    """Return a label as a plain Python object, so that messages read well."""
    return label.item() if isinstance(label, np.generic) else label
