"""What running a paper gives: claims, tables, figures.

A claim is a plain sentence with a number behind it, and it was said beforehand, in
``expected.toml``, what is to come out.
"""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from unigauge.errors import InputError
from unigauge.results import WIDTH, html_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib import figure as mpl

__all__ = ["KINDS", "Claim", "Expectation", "Figure", "Reproduction", "Table", "half_unit"]

KINDS: Mapping[str, str] = {
    "proposition": "a proposition of a paper that was read",
    "reconstruction": "the claim is the paper's, the equations are ours",
    "printed": "a number printed in the paper",
    "derived": "follows from numbers or formulas of the paper",
    "ours": "our own finding or regression anchor; not a replication",
}
"""The kinds of claims, and what each means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement that was checked.

    Parameters
    ----------
    id, statement, kind, source, measure : str
        As in ``expected.toml``; ``measure`` says what ``value`` is.
    holds : bool or None
        Whether the statement holds; None if it could not be run.
    value : float or None
        The number behind it.
    expected : bool or str
        Whether it should hold, or the number as it is printed.
    tolerance : float or None
        Largest distance from the expected number that still agrees.
    as_expected : bool or None
        Whether the outcome is the expected one; None if it could not be run, which is
        no failure; False if a crash came before it, which is one.
    differs : str
        Why the number is known to differ from the expected one; empty if it is not.
    note : str
        What this run has to say about it.
    """

    id: str
    statement: str
    kind: str
    source: str
    holds: bool | None
    value: float | None
    expected: bool | str
    as_expected: bool | None
    tolerance: float | None = None
    measure: str = ""
    differs: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """Return one word: ``holds``, ``refuted`` and ``differs`` are as expected,
        ``WRONG`` is not, ``lost`` fell to a crash, ``not run`` is no failure.
        """
        if self.holds is None:
            return "not run" if self.as_expected is None else "lost"
        if not self.as_expected:
            return "WRONG"
        return "holds" if self.holds else "differs" if self.differs else "refuted"

    def explanation(self) -> str:
        """Return what came out against what was expected, in one or two sentences."""
        if self.holds is None:
            return ""
        if isinstance(self.expected, bool):
            should, does = self.expected, self.holds
            if should and not does:
                return "It should hold and does not."
            if does and not should:
                return "It should be refuted and holds."
            return ""
        distance = f"{self.number()} against {self.expected}"
        if self.holds and not self.differs:
            return f"{distance}: within {self.tolerance:g}."
        if self.holds:
            return f"{distance}: they agree now. On record it differs: {self.differs}"
        if self.as_expected:
            return f"{distance}: differs, as on record: {self.differs}"
        return f"{distance}: further apart than {self.tolerance:g}."

    def number(self) -> str:
        """Return the value as text, with two digits more than the expected number."""
        if self.value is None:
            return ""
        digits = 4
        if isinstance(self.expected, str):
            digits = len(Decimal(self.expected).as_tuple().digits) + 2
        return f"{self.value:.{digits}g}"

    def line(self) -> str:
        """Return verdict, statement and number in one line of at most 79 characters."""
        number = self.number()
        room = WIDTH - 11 - (len(number) + 2 if number else 0)
        statement = textwrap.shorten(self.statement, room, placeholder="...")
        return f"  {self.verdict:<7}  {statement:<{room}}  {number}".rstrip()

    def record(self) -> dict[str, Any]:
        """Return the claim in plain types that JSON knows; no number is null."""
        finite = self.value is not None and math.isfinite(self.value)
        return {
            "id": self.id,
            "statement": self.statement,
            "kind": self.kind,
            "holds": self.holds,
            "as_expected": self.as_expected,
            "value": self.value if finite else None,
            "expected": self.expected,
            "source": self.source,
        }


def half_unit(printed: str) -> float:
    """Return half a unit of the last digit of a printed number.

    Examples
    --------
    >>> half_unit("0.1187"), half_unit("-12"), half_unit("3.10e2")
    (5e-05, 0.5, 0.5)
    """
    return float(_half_unit(Decimal(printed)))


def _half_unit(number: Decimal) -> Decimal:
    return Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One entry of ``expected.toml``: the claim, and what is to come out.

    Parameters
    ----------
    id, statement, kind, source : str
        The claim; ``kind`` is one of :data:`KINDS`.
    holds : bool or None
        Whether it should hold, or None if a number is expected.
    value : str or None
        The number as printed.
    tolerance : float or None
        Overrides half a unit of the last printed digit.
    differs, measure : str
        Why the number differs; what the number is.
    """

    id: str
    statement: str
    kind: str
    source: str
    holds: bool | None = None
    value: str | None = None
    tolerance: float | None = None
    differs: str = ""
    measure: str = ""

    def judge(
        self, *, holds: bool | None = None, value: float | None = None, note: str = ""
    ) -> Claim:
        """Return the claim, given what came out.

        Raises
        ------
        InputError
            If ``holds`` is missing where a verdict is expected, is given where a
            number is expected, or the number is missing.
        """
        if self.value is None:
            if holds is None:
                raise InputError(
                    f"claim {self.id}: expected.toml says whether it holds, so the run "
                    "must say holds=True or holds=False."
                )
            return self._claim(holds, value, holds == self.holds, note)
        if holds is not None or value is None:
            raise InputError(
                f"claim {self.id}: expected.toml gives the number {self.value}, so the "
                "run must give value=... and leave the verdict to the comparison."
            )
        holds = self._agrees(value)
        as_expected = holds != bool(self.differs) and math.isfinite(value)
        return self._claim(holds, value, as_expected, note)

    def not_run(self, because: str) -> Claim:
        """Return the claim as not run, which is no failure."""
        return self._claim(None, None, None, because)

    def not_reached(self) -> Claim:
        """Return the claim as lost to a crash, which is a failure."""
        return self._claim(None, None, False, "The run ended before it came to this.")

    def _agrees(self, value: float) -> bool:
        # In decimals, so that .11865 is half a unit away from .1187 and not a bit more.
        if self.value is None or not math.isfinite(value):
            return False
        printed = Decimal(self.value)
        allowed = Decimal(str(self._allowed()))
        return abs(Decimal(str(value)) - printed) <= allowed

    def _allowed(self) -> float:
        if self.tolerance is not None:
            return self.tolerance
        return half_unit(self.value or "0")

    def _claim(
        self, holds: bool | None, value: float | None, as_expected: bool | None, note: str
    ) -> Claim:
        return Claim(
            id=self.id,
            statement=self.statement,
            kind=self.kind,
            source=self.source,
            holds=holds,
            value=value,
            expected=bool(self.holds) if self.value is None else self.value,
            tolerance=None if self.value is None else self._allowed(),
            as_expected=as_expected,
            measure=self.measure,
            differs=self.differs,
            note=note,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """A data frame with a caption."""

    name: str
    frame: pd.DataFrame
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figure:
    """A picture with the data it draws, a caption, and words for who cannot see it.

    ``png`` is drawn when the figure is made, and not drawn again.
    """

    name: str
    figure: mpl.Figure
    data: pd.DataFrame
    caption: str
    alt: str
    png: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "png", self.draw("png"))

    def draw(self, form: str) -> bytes:
        """Return the picture as ``png`` or ``pdf``, without dates in it."""
        undated = {"png": {"Software": None}, "pdf": {"CreationDate": None}}
        target = io.BytesIO()
        self.figure.savefig(target, format=form, dpi=200, metadata=undated[form])
        return target.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Reproduction:
    """A paper that was run.

    Parameters
    ----------
    key, title, citation, scope : str
        The paper, and what of it is reproduced.
    claims : tuple of Claim
        In the order of ``expected.toml``.
    tables : tuple of Table
    figures : tuple of Figure
    seconds : float
        Time taken.
    provenance : mapping
        ``seed``, ``fast``, ``datasets`` (name to citation, licence and hash), and
        ``files`` (written file to hash).
    error : str
        What ended the run early; empty if nothing did.
    """

    key: str
    title: str
    citation: str
    scope: str
    claims: tuple[Claim, ...]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]
    seconds: float
    provenance: Mapping[str, Any]
    error: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether no claim came out otherwise than expected, and nothing crashed."""
        return not self.error and all(c.as_expected is not False for c in self.claims)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a claim, indexed by its id."""
        import pandas as pd

        columns = [
            *("id", "kind", "holds", "as_expected", "value", "expected"),
            *("statement", "source", "note"),
        ]
        rows = [[getattr(claim, name) for name in columns] for claim in self.claims]
        return pd.DataFrame(rows, columns=columns).set_index("id")

    def record(self) -> dict[str, Any]:
        """Return key, claims and seconds in plain types, and the error if there is one."""
        answer = {
            "key": self.key,
            "claims": [claim.record() for claim in self.claims],
            "seconds": round(self.seconds, 3),
        }
        return {**answer, "error": self.error} if self.error else answer

    def __str__(self) -> str:
        lines = textwrap.wrap(self.title, WIDTH) + textwrap.wrap(self.citation, WIDTH)
        lines += ["", *(claim.line() for claim in self.claims)]
        if self.error:
            lines += ["", *textwrap.wrap(f"Failed: {self.error}", WIDTH)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return html_table(self.to_frame())
