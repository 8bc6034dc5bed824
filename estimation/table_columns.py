"""What each kind of result puts into the columns of a regression table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError
from unigauge.estimation.comparison import Comparison
from unigauge.estimation.systems.equations import Equation
from unigauge.estimation.systems.results import SystemFit
from unigauge.estimation.vector_autoregression.results import PanelVARFit
from unigauge.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TableColumn", "columns_of"]

_NEEDED = ("term", "estimate", "std_error", "p_value")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One column of the table: coefficients, and lines below them by label."""

    name: str
    response: str
    coefficients: pd.DataFrame
    lines: dict[str, str]
    convention: str


def columns_of(result: Any) -> list[TableColumn]:
    """Return the columns that a result makes."""
    if isinstance(result, Comparison):
        return [
            _column(fit, name=name)
            for name, fit in zip(result.names, result.fits, strict=True)
        ]
    if isinstance(result, PanelVARFit):
        lines = {"Model": f"Panel VAR, {result.method}", **_lines(result)}
        return [
            _column(equation, lines=lines, response=name)
            for name, equation in result.equations.items()
        ]
    if isinstance(result, SystemFit):
        return [_system_column(result, equation) for equation in result.equations]
    return [_column(result)]


def _system_column(system: SystemFit, equation: Equation) -> TableColumn:
    """Return one equation of a system, with its own first stages."""
    strength = [
        f"{stage.test.statistic:.3f}"
        for stage in system.first_stages
        if stage.equation == equation.name
    ]
    lines = {"Model": system.method.upper(), **_lines(system)}
    if strength:
        lines["First-stage F"] = ", ".join(strength)
    if system.overidentification:
        lines["Overidentification, p"] = f"{system.overidentification[2]:.3f}"
    frame = system.equation(equation.name)
    return _column(system, frame=frame, response=equation.response, lines=lines)


def _column(
    result: Any,
    *,
    name: str = "",
    frame: pd.DataFrame | None = None,
    response: str | None = None,
    lines: dict[str, str] | None = None,
) -> TableColumn:
    coefficients = (
        result.to_frame() if frame is None and isinstance(result, Result) else frame
    )
    if coefficients is None or not set(_NEEDED) <= set(coefficients.columns):
        raise InputError(
            f"a regression table takes results with coefficients; {type(result).__name__} "
            "has none."
        )
    if response is None:
        asked = getattr(result, "_response", None)
        formula = getattr(result, "formula", "")
        response = asked() if asked else formula.split("~")[0].strip()
    return TableColumn(
        name=name,
        response=str(response),
        coefficients=coefficients,
        lines=_lines(result) if lines is None else lines,
        convention=_sentence(str(getattr(result, "convention", ""))),
    )


def _sentence(words: str) -> str:
    """Return words as a sentence."""
    return f"{words[0].upper()}{words[1:].rstrip('.')}." if words else ""


def _lines(result: Any) -> dict[str, str]:
    """Return the lines below the coefficients that this kind of result has."""
    lines = {}
    for label, find in _LINES.items():
        try:
            found = find(result)
        except AttributeError:  # not this kind of result
            continue
        if found is not None and found != "":
            lines[label] = f"{found:.3f}" if isinstance(found, float) else str(found)
    return lines


_MODELS = {
    "DynamicFit": "GMM",
    "HoltzEakin": "GMM",
    "JuodisKaraviasSarafidis": "Half-panel jackknife",
    "LocalProjection": "Local projection",
    "VAREquation": "Panel VAR",
}

_LINES: dict[str, Callable[[Any], Any]] = {
    "Model": lambda result: _MODELS.get(type(result).__name__) or result.model,
    "Fixed effects": lambda result: ", ".join(result.design.effect_names) or "none",
    "Observations": lambda result: result.nobs,
    "Entities": lambda result: result.n_entities,
    "R2 within": lambda result: result.r2_within if result.r2_within < np.inf else None,
    "Instruments": lambda result: result.n_instruments or None,
    "First-stage F": lambda result: float(result.rank_f),
    "Overidentification, p": lambda result: float(result.overidentification.p_value),
    "Sargan, p": lambda result: float(result.sargan.p_value),
    "Hansen, p": lambda result: float(result.hansen.p_value),
    "AR(1), p": lambda result: float(result.ar(1).p_value),
    "AR(2), p": lambda result: float(result.ar(2).p_value),
}
