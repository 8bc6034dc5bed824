"""Results that are one row an agent, with a few single numbers above the table."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from unigauge.models.answers import Answer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Listing"]


class Listing(Answer):
    """Base of answers that print single numbers as facts and agents as a table.

    Whole numbers are left out of the facts: they count agents from 0, the table from 1.
    """

    __slots__ = ()
    _AGENT: ClassVar[str] = "party"

    @abstractmethod
    def _columns(self) -> Mapping[str, Any]:
        """Return one column a quantity, each with an entry for every agent."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row an agent, counted from 1."""
        import pandas as pd

        frame = pd.DataFrame(dict(self._columns()))
        frame.index = pd.RangeIndex(1, len(frame) + 1, name=self._AGENT)
        return frame

    def _facts(self) -> dict[str, str]:
        shown = {
            name: value if isinstance(value, str) else f"{value:.6g}"
            for name, value in self.record().items()
            if not isinstance(value, int) and name != "certificate"
        }
        return shown | {"certificate": f"{self.record()['certificate']:.1e}"}
