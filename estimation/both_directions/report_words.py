"""Words for numbers, methods and checks, for sentences about a direction."""

from __future__ import annotations

import math
from dataclasses import replace

from unigauge.estimation.both_directions.findings import Case
from unigauge.estimation.both_directions.questions import LEVEL, Estimate
from unigauge.estimation.wording import counted

__all__ = [
    "METHOD_NAMES",
    "and_joined",
    "check_name",
    "coefficient",
    "number",
    "p_text",
    "percent",
    "plural",
    "reported",
    "with_p",
]

METHOD_NAMES = {
    "fixed_effects": "fixed effects",
    "poisson": "Poisson",
    "juodis_karavias_sarafidis": "Juodis-Karavias-Sarafidis",
    "dumitrescu_hurlin": "Dumitrescu-Hurlin",
    "dynamic_gmm": "GMM",
    "common_correlated_effects": "common correlated effects",
    "panel_var": "panel VAR",
    "local_projection": "local projections",
}
"""Methods as the report calls them."""
_CHECK_NAMES = {
    "unit_trends": "with a trend for each {unit}",
    "first_differences": "in first differences",
    "leave_one_out_weakest": "without {subject!r}",
}


def number(value: float) -> str:
    """Return a number with three significant digits, or all before the point.

    Examples
    --------
    >>> number(0.0140001), number(-1234.5), number(537.2), number(1e-7)
    ('0.0140', '-1,234', '537', '1.00e-07')
    """
    if abs(value) >= 999.5:
        return f"{value:,.0f}"
    return f"{value:#.3g}".removesuffix(".")


def p_text(p_value: float) -> str:
    """Return a p-value in words.

    Examples
    --------
    >>> p_text(0.0446), p_text(0.0496), p_text(0.0004)
    ('p = .045', 'p = .0496', 'p < .001')
    """
    if math.isnan(p_value):
        return "no p-value"
    if p_value < 0.001:
        return "p < .001"
    if p_value >= 0.9995:
        return "p > .999"
    digits = 4 if p_value != LEVEL and f"{p_value:.3f}" == f"{LEVEL:.3f}" else 3
    return f"p = {p_value:.{digits}f}".replace("0.", ".")


def plural(noun: str) -> str:
    """Return the plural of a noun."""
    return counted(2, noun).removeprefix("2 ")


def percent(share: float) -> str:
    """Return a share in whole per cent."""
    return f"{100 * share:.0f} %"


def and_joined(parts: list[str]) -> str:
    """Return texts joined by commas and a last "and"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def with_p(case: Case, methods: tuple[str, ...]) -> str:
    """Return methods with the p-values that count."""
    return and_joined([f"{METHOD_NAMES[m]} ({p_text(case.trusted(m))})" for m in methods])


def reported(case: Case, method: str) -> Estimate:
    """Return a method's estimate with the p-value that counts; of two, both in the note."""
    main, blocks = case.get(method), case.get(method, "blocks_of_three")
    if not blocks.ran:
        return main
    single, three = (p_text(row.trusted).removeprefix("p = ") for row in (main, blocks))
    both = f"{plural(case.sample.period)} {single}, blocks of three {three}"
    if blocks.draws != main.draws:
        both += f" ({blocks.draws:,} draws)"
    return replace(
        main,
        p_value_bootstrap=case.deciding(method).p_value_bootstrap,
        note=f"{both}; {main.note}",
    )


def coefficient(estimate: Estimate) -> str:
    """Return a coefficient with its trusted p-value."""
    return f"{number(estimate.estimate)} ({p_text(estimate.trusted)})"


def check_name(case: Case, row: Estimate, check: str) -> str:
    """Return what a check changed, as the end of a sentence."""
    return _CHECK_NAMES[check].format(unit=case.sample.unit, subject=row.subject)
