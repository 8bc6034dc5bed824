"""What is asked of each variable by itself: common shocks, and unit roots."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from unigauge.errors import DataError, DroppedRowsWarning, UnigaugeError
from unigauge.estimation import unit_root
from unigauge.estimation.both_directions.sample import ROLES, CommonSample
from unigauge.estimation.dependence import (
    CrossSectionDependence,
    cross_section_dependence,
)

if TYPE_CHECKING:
    import pandas as pd

    from unigauge.estimation import UnitRoot

__all__ = ["Pretests", "RootTest", "pretests"]

_SERIES: tuple[tuple[str, bool, Literal["none", "time"]], ...] = (
    ("levels", False, "none"),
    ("growth", True, "none"),
    ("growth, period means out", True, "time"),
)
_ROOTS: tuple[tuple[int, Literal["intercept", "trend"]], ...] = (
    (1, "intercept"),
    (2, "intercept"),
    (1, "trend"),
    (2, "trend"),
)
"""Lags and deterministic terms; the verdict often turns on them."""
_DRAWS, _MOST_SERIES = 2000, 500_000
"""Simulated panels behind a critical value, and series in all of them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RootTest:
    """Pesaran's CIPS of one variable: the test, or why there is none."""

    role: str
    lags: int
    trend: str
    test: UnitRoot | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pretests:
    """Tests of the two variables.

    Attributes
    ----------
    sample : CommonSample
        The data.
    dependence : tuple of (role, series, CrossSectionDependence or None)
        In levels, growth, and growth net of period means; None where no two units can be
        compared.
    roots : tuple of RootTest
        CIPS with one and two lags, with and without trend, in the balanced block; empty
        where they were not asked for.
    """

    sample: CommonSample
    dependence: tuple[tuple[str, str, CrossSectionDependence | None], ...]
    roots: tuple[RootTest, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a variable and test."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for role, series, dependence in self.dependence:
            if dependence is not None:
                rows.append(
                    {
                        "variable": self.sample.columns[role],
                        "test": "dependence",
                        "series": series,
                        **dependence.record(),
                    }
                )
        for root in self.roots:
            row: dict[str, Any] = {
                "variable": self.sample.columns[root.role],
                "test": "unit root",
                "series": f"CIPS, {root.trend}, lags {root.lags}",
                "note": root.reason,
            }
            if root.test is not None:
                row |= {
                    "statistic": root.test.statistic,
                    "p_value": root.test.p_value,
                    "critical_value": root.test.critical_values[0.05],
                }
            rows.append(row)
        return pd.DataFrame(rows)


def pretests(sample: CommonSample, *, unit_roots: bool, seed: int) -> Pretests:
    """Test both variables; what cannot be run says why."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        return Pretests(
            sample=sample,
            dependence=tuple(
                (role, series, _dependence(sample, role, difference, demean))
                for role in ROLES
                for series, difference, demean in _SERIES
            ),
            roots=tuple(
                _root(sample, role, lags, trend, seed)
                for role in ROLES
                for lags, trend in _ROOTS
                if unit_roots
            ),
        )


def _dependence(
    sample: CommonSample, role: str, difference: bool, demean: Literal["none", "time"]
) -> CrossSectionDependence | None:
    try:
        return cross_section_dependence(
            sample.panel, sample.columns[role], difference=difference, demean=demean
        )
    except DataError:
        return None


def _root(
    sample: CommonSample,
    role: str,
    lags: int,
    trend: Literal["intercept", "trend"],
    seed: int,
) -> RootTest:
    answer = partial(RootTest, role=role, lags=lags, trend=trend)
    if sample.block is None:
        return answer(test=None, reason="no two units are without a gap for long enough")
    units = sample.block.index.get_level_values(0).nunique()
    draws = min(_DRAWS, max(_MOST_SERIES // units, 200))
    try:
        test = unit_root(
            sample.block,
            sample.columns[role],
            "cips",
            lags=lags,
            trend=trend,
            draws=draws,
            seed=seed,
        )
    except UnigaugeError as error:
        return answer(test=None, reason=str(error))
    return answer(test=test)
