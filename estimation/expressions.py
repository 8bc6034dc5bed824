"""Expressions of variables: read, spelled canonically, and evaluated on the grid.

Lags and differences follow the calendar of the panel; :mod:`unigauge.estimation.formulas`
says how they are written.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError
from unigauge.estimation.panel import Panel, shift
from unigauge.estimation.wording import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Grids",
    "Term",
    "parse_expression",
    "read",
    "require_variable",
    "term_names",
    "terms_of",
]

_FUNCTIONS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "I": lambda x: x,
    "abs": np.abs,
    "asinh": np.arcsinh,
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
}
_OPERATIONS: dict[type[ast.operator], Callable[..., NDArray[np.float64]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_RANGE = re.compile(r"(-?\s*\d+)\s*:\s*(-?\s*\d+)")
_MOST_LAGS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One expression and its canonical name."""

    name: str
    expression: ast.expr = field(repr=False, compare=False)


def parse_expression(text: str) -> Term:
    """Read one expression without ranges, such as a response or an offset."""
    terms = terms_of(read(text))
    if len(terms) != 1:
        raise InputError(f"{text.strip()!r} stands for {len(terms)} terms; one is wanted.")
    return terms[0]


def term_names(text: str) -> tuple[str, ...]:
    """Return the canonical names of what a user calls a term, ranges spelled out.

    Examples
    --------
    >>> term_names("lag(x)"), term_names("lag(log(1+x), 1:2)")
    (('lag(x, 1)',), ('lag(log(1 + x), 1)', 'lag(log(1 + x), 2)'))
    """
    if not isinstance(text, str):
        raise InputError(f"the term is {text!r}; it must be text such as 'lag(x, 1)'.")
    return tuple(term.name for term in terms_of(read(text)))


# ---------------------------------------------------------------------------
# Reading


def read(text: str) -> ast.expr:
    """Parse text as an expression; ``a:b`` becomes a tuple (a, b)."""
    stripped = text.strip()
    spelled = _RANGE.sub(r"(\1, \2)", stripped)
    try:
        return ast.parse(spelled, mode="eval").body
    except SyntaxError as error:
        raise InputError(
            f"the formula cannot be read at {stripped!r}: {error.msg}. Terms are joined by "
            "'+'; names of variables are letters, digits and underscores, so rename others."
        ) from None


def terms_of(node: ast.expr) -> tuple[Term, ...]:
    """Return the terms that an expression stands for, ranges spelled out."""
    return tuple(
        Term(name=ast.unparse(single), expression=single) for single in _expand(node)
    )


def _expand(node: ast.expr) -> Iterator[ast.expr]:
    """Yield one canonical expression for each value of the ranges within."""
    if isinstance(node, ast.Name):
        yield ast.Name(node.id)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        for operand in _expand(node.operand):
            yield ast.UnaryOp(node.op, operand)
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        for left, right in itertools.product(
            list(_expand(node.left)), list(_expand(node.right))
        ):
            yield ast.BinOp(left, node.op, right)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from _expand_call(node, node.func.id)
    else:
        raise InputError(
            f"{ast.unparse(node)!r} means nothing in a formula; terms are variables, "
            "numbers, + - * / **, lag, diff and " + ", ".join(sorted(_FUNCTIONS)) + "."
        )


def _expand_call(node: ast.Call, function: str) -> Iterator[ast.expr]:
    shown = ast.unparse(node)
    if function in ("lag", "diff"):
        if node.keywords or len(node.args) not in (1, 2):
            raise InputError(
                f"the term {shown!r} needs a variable and a number of periods, such as "
                f"{function}(x, 1) or {function}(x, 1:2)."
            )
        periods = _periods(node.args[1], shown) if len(node.args) == 2 else [1]
        if function == "diff" and 0 in periods:
            raise InputError(
                f"the term {shown!r} is zero: a difference needs k of 1 or more."
            )
        for inner, k in itertools.product(list(_expand(node.args[0])), periods):
            yield _call(function, inner, _number(k))
    elif function in _FUNCTIONS:
        if node.keywords or len(node.args) != 1:
            raise InputError(f"the term {shown!r}: {function} takes one expression.")
        for inner in _expand(node.args[0]):
            yield _call(function, inner)
    else:
        import difflib

        known = ["lag", "diff", *sorted(_FUNCTIONS)]
        near = difflib.get_close_matches(function, known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise InputError(
            f"the term {shown!r} uses {function!r}, which is no function of formulas; there "
            f"are {', '.join(known)}.{hint}"
        )


def _periods(node: ast.expr, term: str) -> list[int]:
    """Return the numbers of periods that ``k`` or ``a:b`` stand for."""
    ends = [_whole(n) for n in (node.elts if isinstance(node, ast.Tuple) else [node])]
    if len(ends) not in (1, 2) or any(abs(end) > _MOST_LAGS for end in ends):
        raise InputError(
            f"the term {term!r} needs whole numbers of periods, such as 1 or 1:2; negative "
            f"ones lead. None may exceed {_MOST_LAGS}."
        )
    first, last = ends[0], ends[-1]
    return (
        list(range(first, last + 1)) if first <= last else list(range(first, last - 1, -1))
    )


def _whole(node: ast.expr) -> int:
    """Return a whole number; too large a one where the node is none."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        value = None
    return value if type(value) is int else _MOST_LAGS + 1


def _number(k: int) -> ast.expr:
    return ast.Constant(k) if k >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-k))


def _call(function: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(function), list(arguments), [])


# ---------------------------------------------------------------------------
# Evaluation on the grid


@dataclass(frozen=True, slots=True)
class Grids:
    """The variables of a panel and the terms made of them, each computed once.

    Every term has two grids (N, T): its values, NaN where they are unknown, and a mask
    that is True where the panel has the rows that the term needs.  A term is *missing*
    where the rows are there and a value is not; elsewhere it is lost to the lags.
    """

    panel: Panel
    _known: dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]] = field(
        default_factory=dict, init=False
    )

    def evaluate(self, term: Term) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return values and presence of ``term``, each of shape (N, T).

        Raises
        ------
        InputError
            If a variable is unknown (the nearest name is suggested), not numeric or
            infinite, or an operation is undefined somewhere, as log(0) is.
        """
        values, present = self._evaluate(term.expression, term.name)
        if values.ndim == 0:
            raise InputError(
                f"the term {term.name!r} is a number; it must hold a variable."
            )
        return values, present

    def _evaluate(
        self, node: ast.expr, term: str
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        match node:
            case ast.Constant(value=int() | float() as number):
                return np.array(float(number)), np.array(True)
            case ast.Name(id=name):
                return self._variable(name, term)
            case ast.UnaryOp(op=op, operand=operand):
                values, present = self._evaluate(operand, term)
                return (-values if isinstance(op, ast.USub) else values), present
            case ast.BinOp(left=left, op=op, right=right):
                a, in_a = self._evaluate(left, term)
                b, in_b = self._evaluate(right, term)
                values = self._apply(_OPERATIONS[type(op)], node, term, a, b)
                return values, in_a & in_b
            case ast.Call(func=ast.Name(id=function), args=[inner, *periods]):
                values, present = self._evaluate(inner, term)
                if function not in ("lag", "diff"):
                    return self._apply(_FUNCTIONS[function], node, term, values), present
                if values.ndim == 0:
                    raise InputError(f"the term {term!r} takes a lag of a number.")
                k = ast.literal_eval(periods[0]) if periods else 1
                earlier = shift(values, k)
                present_then = shift(present.astype(np.float64), k) == 1.0
                if function == "lag":
                    return earlier, present_then
                return values - earlier, present & present_then
        raise AssertionError(ast.unparse(node))

    def _variable(
        self, name: str, term: str
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        if name not in self._known:
            require_variable(self.panel, name, f"the term {term!r}")
            self._known[name] = self.panel.values(name), self.panel.mask
        return self._known[name]

    def _apply(
        self,
        function: Callable[..., NDArray[np.float64]],
        node: ast.expr,
        term: str,
        *arguments: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Apply a function; refuse where known arguments give no finite number."""
        with np.errstate(all="ignore"):
            values = np.asarray(function(*arguments))
            bad = ~np.isfinite(values) & np.isfinite(sum(arguments))
        if not bad.any():
            return values
        shown = ast.unparse(node)
        if values.ndim == 0:
            raise InputError(f"{shown!r} in the term {term!r} is not a finite number.")
        cell = int(bad.ravel().argmax())
        hint = " For counts that can be zero use log1p." if shown.startswith("log(") else ""
        culprits = ", ".join(
            f"{np.broadcast_to(a, bad.shape).flat[cell]:g}" for a in arguments
        )
        raise InputError(
            f"{shown!r} in the term {term!r} is not a finite number in "
            f"{counted(int(bad.sum()), 'row')}, first at {self.panel.label(cell)}, where its "
            f"argument is {culprits}.{hint}"
        )


def require_variable(panel: Panel, name: str, where: str) -> None:
    """Say so where the panel has no variable ``name``, and suggest the nearest."""
    if name in panel.variables:
        return
    import difflib

    near = difflib.get_close_matches(name, panel.variables, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else f" There are {panel.variables}."
    raise InputError(f"{where} uses {name!r}, which is no variable of the data.{hint}")
