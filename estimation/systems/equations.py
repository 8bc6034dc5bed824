"""The equations of a system, read from their formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from unigauge.errors import InputError
from unigauge.estimation.formulas import parse

__all__ = ["Equation", "read_equations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """One equation: its name, response and regressors."""

    name: str
    response: str
    regressors: tuple[str, ...]


def read_equations(equations: Mapping[str, str]) -> tuple[Equation, ...]:
    """Read the formulas of a system.

    Raises
    ------
    InputError
        If one cannot be used.

    Examples
    --------
    >>> read_equations({"supply": "price ~ quantity + lag(cost)"})[0].regressors
    ('quantity', 'lag(cost, 1)')
    """
    if not isinstance(equations, Mapping) or len(equations) < 1:
        raise InputError(
            f"equations is {equations!r}; it must be a dict of names and formulas, such as "
            "{'innovation': 'p ~ s + lag(p)', 'standards': 's ~ p + lag(s)'}."
        )
    read = []
    for name, text in equations.items():
        formula = parse(text)
        if formula.effects:
            raise InputError(
                f"the equation {name!r} has fixed effects of its own, {text!r}; all "
                "equations share those of effects=."
            )
        if not formula.constant:
            raise InputError(
                f"the equation {name!r} leaves the constant out, {text!r}; all equations "
                "have one, unless fixed effects absorb it."
            )
        read.append(
            Equation(
                name=name,
                response=formula.response.name,
                regressors=tuple(term.name for term in formula.regressors),
            )
        )
    return tuple(read)
