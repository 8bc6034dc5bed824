"""Small words for messages: counts, lists and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["counted", "listed", "plain"]


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "gap"), counted(2, "entity")
    ('1 gap', '2 entities')
    """
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def listed(labels: Sequence[Any], most: int = 10) -> str:
    """Return labels as text, at most ``most`` of them.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    shown = ", ".join(repr(label) for label in labels[:most])
    more = len(labels) - most
    return f"{shown} and {more} more" if more > 0 else shown


def plain(label: Any) -> Any:
    """Return a label as a plain Python object, so that messages read well."""
    return label.item() if isinstance(label, np.generic) else label
