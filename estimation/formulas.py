"""Formulas with lags: ``patents ~ lag(patents, 1:2) + gdp | entity + time``.

A formula has three parts: the response, the regressors, and after a bar the fixed
effects.  Within a term, ``+ - * / **`` are arithmetic; between terms, ``+`` adds a
regressor.  Lags and differences follow the calendar of the panel, never the order of
the rows.

=====================  ==========================================================
``lag(x)``             one period earlier; ``lag(x, k)``, a lead where k < 0
``lag(x, a:b)``        one term for each of a, ..., b
``diff(x)``            x_t - x_{t-1}; ``diff(x, k)`` is x_t - x_{t-k}
``log exp log1p ...``  of any expression: ``lag(log(1 + x), 1:2)``
``I(x * z)``           arithmetic as a regressor of its own
``- 1``                no constant (fixed effects already leave it out)
``entity``, ``time``   effects of the panel's two dimensions, also by their own names
``entity[time]``       the entity's effect and its own trend, as in fixest
``entity[x]``          the entity's effect and its own slope of x
=====================  ==========================================================

Every term has one canonical name: ``lag(x, 1)``, ``diff(x, 1)``, ``lag(log(x), 2)``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unigauge.errors import InputError
from unigauge.estimation.expressions import Term, parse_expression, read, terms_of

__all__ = ["Formula", "as_regressor", "as_sum", "parse", "sum_names"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula, taken apart.

    Attributes
    ----------
    text : str
        As the user wrote it.
    response : Term
        Left of the tilde.
    regressors : tuple of Term
        Between tilde and bar, ranges spelled out.
    constant : bool
        True unless the formula takes it out; of no matter under fixed effects.
    effects : tuple of str
        Fixed effects after the bar.
    slopes : tuple of (group, variable)
        Slopes that differ by group, ``entity[time]``.
    """

    text: str
    response: Term
    regressors: tuple[Term, ...]
    constant: bool
    effects: tuple[str, ...]
    slopes: tuple[tuple[str, str], ...]


def parse(text: str) -> Formula:
    """Take a formula apart.

    Raises
    ------
    InputError
        If it cannot be read; the message shows the part that is at fault.

    Examples
    --------
    >>> formula = parse("y ~ lag(y, 1:2) + log(x) | entity + time")
    >>> [term.name for term in formula.regressors]
    ['lag(y, 1)', 'lag(y, 2)', 'log(x)']
    >>> formula.effects
    ('entity', 'time')
    """
    if not isinstance(text, str):
        raise InputError(
            f"the formula is {text!r}; it must be text such as 'y ~ lag(x, 1)'."
        )
    sides = text.split("~")
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise InputError(
            f"the formula {text!r} must have a response, one '~', and regressors, such as "
            "'y ~ lag(x, 1) | entity + time'."
        )
    parts = sides[1].split("|")
    if len(parts) > 2:
        raise InputError(
            f"the formula {text!r} has {len(parts) - 1} bars; one bar separates the "
            "regressors from the fixed effects."
        )
    response = parse_expression(sides[0])
    constant, regressors = _regressors(parts[0])
    _refuse_repetition(text, [response, *regressors])
    effects, slopes = _effects(parts[1]) if len(parts) == 2 else ((), ())
    return Formula(
        text=" ".join(text.split()),
        response=response,
        regressors=regressors,
        constant=constant,
        effects=effects,
        slopes=slopes,
    )


def as_regressor(text: str) -> str:
    """Return an expression as a regressor of its own, arithmetic within ``I()``.

    Examples
    --------
    >>> as_regressor("log(x)"), as_regressor("x / z")
    ('log(x)', 'I(x / z)')
    """
    term = parse_expression(text)
    if isinstance(term.expression, ast.BinOp | ast.UnaryOp):
        return f"I({term.name})"
    return term.name


def as_sum(option: str, given: str | Sequence[str]) -> str:
    """Return an option that holds one text or several as one sum.

    Examples
    --------
    >>> as_sum("effects", ["entity", "time"]), as_sum("effects", "entity + time")
    ('entity + time', 'entity + time')
    """
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        raise InputError(
            f"{option} is {given!r}; it must be text such as 'x + z', or a sequence such as "
            "['x', 'z'], empty for none."
        )
    return " + ".join(texts)


def sum_names(text: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether a sum of terms keeps the constant, and its canonical names.

    Examples
    --------
    >>> sum_names("lag(x, 1:2) + z - 1")
    (False, ('lag(x, 1)', 'lag(x, 2)', 'z'))
    """
    constant, terms = _regressors(text)
    return constant, tuple(term.name for term in terms)


def _regressors(text: str) -> tuple[bool, tuple[Term, ...]]:
    """Split the sum between tilde and bar into terms."""
    constant = True
    terms: list[Term] = []
    for sign, node in _summands(read(text)):
        if isinstance(node, ast.Constant) and node.value in (0, 1):
            constant = (node.value == 1) == (sign > 0)
            continue
        if sign < 0:
            raise InputError(
                f"the term '- {ast.unparse(node)}' subtracts a regressor; only '- 1' is "
                "allowed, and takes the constant out."
            )
        if isinstance(node, ast.BinOp | ast.UnaryOp):
            shown = ast.unparse(node)
            raise InputError(
                f"the term {shown!r} is arithmetic between regressors; write I({shown}) to "
                "use it as one regressor."
            )
        terms.extend(terms_of(node))
    return constant, tuple(terms)


def _summands(node: ast.expr, sign: int = 1) -> Iterator[tuple[int, ast.expr]]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _summands(node.left, sign)
        yield from _summands(node.right, sign if isinstance(node.op, ast.Add) else -sign)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        yield from _summands(node.operand, -sign if isinstance(node.op, ast.USub) else sign)
    else:
        yield sign, node


def _refuse_repetition(text: str, terms: list[Term]) -> None:
    seen: set[str] = set()
    for term in terms:
        if term.name in seen:
            raise InputError(
                f"the term {term.name!r} occurs twice in the formula {text!r}."
            )
        seen.add(term.name)


def _effects(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Read the part after the bar."""
    effects: dict[str, None] = {}
    slopes: dict[tuple[str, str], None] = {}
    for sign, node in _summands(read(text)):
        if sign > 0 and isinstance(node, ast.Name):
            effects[node.id] = None
        elif (
            sign > 0
            and isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and isinstance(node.slice, ast.Name)
        ):
            effects[node.value.id] = None
            slopes[node.value.id, node.slice.id] = None
        else:
            raise InputError(
                f"the fixed effect {ast.unparse(node)!r} is neither a name nor a name with "
                "a slope; write 'entity + time', or 'entity[time]' for unit trends."
            )
    return tuple(effects), tuple(slopes)
