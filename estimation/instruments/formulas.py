"""Formulas with instruments: ``y ~ x + [price ~ tax + cost] | entity + time``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unigauge.errors import InputError
from unigauge.estimation.formulas import sum_names

__all__ = ["InstrumentFormula", "parse_instruments"]

_BRACKETS = re.compile(r"\+?\s*\[([^\[\]]*~[^\[\]]*)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentFormula:
    """A formula with endogenous regressors and excluded instruments.

    Attributes
    ----------
    text : str
        As the user wrote it.
    response, effects : str
        Left of the tilde, and after the bar; both as text.
    exogenous, endogenous, instruments : tuple of str
        Canonical names of regressors and of excluded instruments.
    constant : bool
        Whether a constant belongs to the regressors unless effects absorb it.
    """

    text: str
    response: str
    effects: str
    exogenous: tuple[str, ...]
    endogenous: tuple[str, ...]
    instruments: tuple[str, ...]
    constant: bool

    @property
    def all_terms(self) -> str:
        """The formula of a regression on everything, which finds the complete rows."""
        terms = [*self.exogenous, *self.endogenous, *self.instruments]
        if not self.constant:
            terms.append("0")
        effects = f" | {self.effects}" if self.effects else ""
        return f"{self.response} ~ {' + '.join(terms)}{effects}"


def parse_instruments(text: str) -> InstrumentFormula:
    """Take a formula with instruments apart.

    Two spellings mean the same: ``y ~ x + [d ~ z1 + z2] | effects``, and
    ``y ~ x | effects | d ~ z1 + z2``.

    Raises
    ------
    InputError
        If there is no part with instruments, more than one, or a name stands twice.

    Examples
    --------
    >>> formula = parse_instruments("q ~ income + [price ~ lag(tax, 0:1)] | entity")
    >>> formula.endogenous, formula.instruments
    (('price',), ('lag(tax, 0)', 'lag(tax, 1)'))
    """
    if not isinstance(text, str):
        raise InputError(f"the formula is {text!r}; it must be text.")
    rest, parts = _BRACKETS.sub("", text), _BRACKETS.findall(text)
    bars = rest.split("|")
    if not parts and len(bars) > 1 and "~" in bars[-1]:
        parts, bars = [bars[-1]], bars[:-1]
    sides = bars[0].split("~")
    if len(parts) != 1 or len(sides) != 2 or len(bars) > 2 or parts[0].count("~") != 1:
        raise InputError(
            f"the formula {text!r} must name its endogenous regressors and their "
            "instruments once: 'y ~ x + [price ~ tax + cost] | entity + time', or "
            "'y ~ x | entity + time | price ~ tax + cost'."
        )
    left, right = parts[0].split("~")
    constant, exogenous = sum_names(sides[1].strip() or "1")
    endogenous, instruments = sum_names(left)[1], sum_names(right)[1]
    if not endogenous or not instruments:
        raise InputError(
            f"the formula {text!r} has {len(endogenous)} endogenous regressors and "
            f"{len(instruments)} instruments; it needs at least one of each."
        )
    if len(instruments) < len(endogenous):
        raise InputError(
            f"the formula {text!r} has {len(instruments)} excluded instruments for "
            f"{len(endogenous)} endogenous regressors; it needs at least as many."
        )
    return InstrumentFormula(
        text=" ".join(text.split()),
        response=sides[0].strip(),
        effects=bars[1].strip() if len(bars) == 2 else "",
        exogenous=exogenous,
        endogenous=endogenous,
        instruments=instruments,
        constant=constant,
    )
