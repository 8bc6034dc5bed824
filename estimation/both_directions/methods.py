"""One direction of influence: every method, and the checks that belong beside it.

A method gives its main estimate and its checks by name.  What cannot be estimated is an
:class:`Estimate` without numbers whose note says why; nothing disappears.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial

from unigauge.errors import (
    DroppedRowsWarning,
    InputError,
    UnigaugeError,
    require_choice,
)
from unigauge.estimation.both_directions.dynamics import (
    averaged_effects,
    moments,
    projection,
    vector_autoregression,
)
from unigauge.estimation.both_directions.granger_methods import granger_method
from unigauge.estimation.both_directions.questions import MAIN, Checks, Estimate, Question
from unigauge.estimation.both_directions.regressions import fixed_effects, poisson_counts
from unigauge.estimation.granger.estimator import (
    dumitrescu_hurlin,
    juodis_karavias_sarafidis,
)

__all__ = ["BESIDE", "METHODS", "answers", "chosen"]

METHODS: dict[str, Callable[[Question], tuple[Estimate, Checks]]] = {
    "fixed_effects": fixed_effects,
    "poisson": poisson_counts,
    "juodis_karavias_sarafidis": partial(
        granger_method, test=juodis_karavias_sarafidis, least=4
    ),
    "dumitrescu_hurlin": partial(granger_method, test=dumitrescu_hurlin, least=6),
    "dynamic_gmm": moments,
    "common_correlated_effects": averaged_effects,
    "panel_var": vector_autoregression,
    "local_projection": projection,
}
"""Every method by its name, in the order of the report."""
BESIDE = ("common_correlated_effects", "panel_var", "local_projection")
"""Methods whose tests reject true nulls too often to find anything by themselves."""


def chosen(methods: Sequence[str] | None) -> tuple[str, ...]:
    """Return the methods asked for, in the order of the report."""
    if methods is None:
        return tuple(METHODS)
    asked = (methods,) if isinstance(methods, str) else tuple(methods)
    for method in asked:
        require_choice("method", method, METHODS)
    if not asked or len(set(asked)) != len(asked):
        raise InputError(
            f"methods are {list(asked)}; name at least one, and each once, of "
            f"{', '.join(METHODS)}."
        )
    return tuple(method for method in METHODS if method in asked)


def answers(
    question: Question, methods: tuple[str, ...]
) -> dict[tuple[str, str], Estimate]:
    """Run methods and their checks; what fails says why.

    Rows that a method loses beyond the common sample are told in its notes instead of
    warnings.
    """
    found: dict[tuple[str, str], Estimate] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DroppedRowsWarning)
        for method in methods:
            try:
                main, checks = METHODS[method](question)
            except UnigaugeError as error:
                found[method, MAIN] = Estimate(note=f"not run: {error}")
                continue
            found[method, MAIN] = main
            for check, compute in checks.items():
                try:
                    found[method, check] = compute()
                except UnigaugeError as error:
                    found[method, check] = Estimate(note=f"not run: {error}")
    return found
