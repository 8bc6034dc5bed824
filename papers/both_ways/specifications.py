"""The same question asked in all sensible ways: the specification curve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from unigauge.errors import DataError
from unigauge.estimation import Panel
from unigauge.papers.both_ways.regressions import NOMINAL, Estimate
from unigauge.sweeps import sweep

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Choices", "Sample", "by_choice", "sampler", "specification_curve"]

Choices = Mapping[str, tuple[Any, ...]]
"""Names of choices, and what may be chosen."""
Sample = Callable[[Mapping[str, Any]], Panel]
"""The sample of a choice."""


def specification_curve(
    asked: Mapping[str, Callable[..., Estimate]], cells: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """Estimate every cell, a combination of choices, in every direction."""
    import pandas as pd

    parts = {
        direction: sweep(lambda ask=ask, **cell: asdict(ask(**cell)), cells)
        for direction, ask in asked.items()
    }
    curve = pd.concat(parts, names=["direction", None]).reset_index("direction")
    lost = curve["error"][curve["error"] != ""]
    if len(lost):
        raise DataError(f"{len(lost)} specifications failed, the first with {lost.iloc[0]}")
    return curve.drop(columns="error")


def by_choice(curve: pd.DataFrame, choices: Choices) -> pd.DataFrame:
    """Return, for each choice and direction, how many estimates rise and how many reject."""
    import pandas as pd

    shares = pd.DataFrame(
        {
            "direction": curve["direction"],
            "positive": curve["estimate"] > 0,
            "significant": curve["p_value"] <= NOMINAL,
            "both": (curve["estimate"] > 0) & (curve["p_value"] <= NOMINAL),
        }
    )
    groups = {("all", ""): pd.Series(True, index=curve.index)}
    groups |= {
        (name, str(value)): curve[name] == value
        for name, values in choices.items()
        for value in values
        if len(values) > 1
    }
    rows = [
        {
            "choice": name,
            "value": value,
            "direction": direction,
            "specifications": len(part),
            **part[["positive", "significant", "both"]].mean(),
        }
        for (name, value), members in groups.items()
        for direction, part in shares[members].groupby("direction", sort=False)
    ]
    return pd.DataFrame(rows).set_index(["choice", "value", "direction"])


def sampler(
    cut: Callable[[Mapping[str, Any]], pd.DataFrame], names: Sequence[str]
) -> Sample:
    """Return the sample of a choice as a function that cuts each out once.

    Parameters
    ----------
    cut : callable
        Takes a choice to its sample.
    names : sequence of str
        The choices that samples differ in.
    """
    kept: dict[tuple[Any, ...], Panel] = {}

    def sample(choice: Mapping[str, Any]) -> Panel:
        key = tuple(choice[name] for name in names)
        if key not in kept:
            kept[key] = Panel.from_frame(cut(choice))
        return kept[key]

    return sample
