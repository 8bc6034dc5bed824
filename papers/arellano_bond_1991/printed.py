"""The numbers of Table 4, as they are quoted, digit by digit."""

from __future__ import annotations

from decimal import Decimal

__all__ = ["COLUMNS", "distance"]

COLUMNS: dict[str, dict[str, tuple[str, str]]] = {
    "a1": {
        "lag(n, 1)": ("0.686", "0.145"),
        "lag(n, 2)": ("-0.085", "0.056"),
        "lag(w, 0)": ("-0.608", "0.178"),
        "lag(w, 1)": ("0.393", "0.168"),
        "lag(k, 0)": ("0.357", "0.059"),
        "lag(k, 1)": ("-0.058", "0.073"),
        "lag(k, 2)": ("-0.020", "0.033"),
        "lag(ys, 0)": ("0.609", "0.173"),
        "lag(ys, 1)": ("-0.711", "0.232"),
        "lag(ys, 2)": ("0.106", "0.141"),
    },
    "a2": {
        "lag(n, 1)": ("0.629", "0.090"),
        "lag(n, 2)": ("-0.065", "0.027"),
        "lag(w, 0)": ("-0.526", "0.054"),
        "lag(w, 1)": ("0.311", "0.094"),
        "lag(k, 0)": ("0.278", "0.045"),
        "lag(k, 1)": ("0.014", "0.053"),
        "lag(k, 2)": ("-0.040", "0.026"),
        "lag(ys, 0)": ("0.592", "0.116"),
        "lag(ys, 1)": ("-0.566", "0.140"),
        "lag(ys, 2)": ("0.101", "0.113"),
    },
    "b": {
        "lag(n, 1)": ("0.474", "0.085"),
        "lag(n, 2)": ("-0.053", "0.027"),
        "lag(w, 0)": ("-0.513", "0.049"),
        "lag(w, 1)": ("0.225", "0.080"),
        "k": ("0.293", "0.039"),
        "lag(ys, 0)": ("0.610", "0.109"),
        "lag(ys, 1)": ("-0.446", "0.125"),
    },
}
"""Coefficient and standard error by column and term.

Robust standard errors in (a1), uncorrected two-step ones in (a2) and (b).
"""


def distance(value: float, printed: str) -> float:
    """Return how far a number is from a printed one, in units of its last digit.

    Examples
    --------
    >>> round(distance(0.6864, "0.686"), 6)
    0.4
    """
    unit = 10.0 ** Decimal(printed).as_tuple().exponent  # type: ignore[operator]
    return abs(value - float(printed)) / unit
