"""What may be asked of a panel vector autoregression, and the words for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unigauge.errors import InputError, require_choice, require_integer
from unigauge.estimation.covariance import SMALL_SAMPLE
from unigauge.estimation.vector_autoregression.sample import VARSample

__all__ = ["Choice", "checked_choice", "checked_span", "checked_variables", "in_words"]

METHODS = ("gmm", "ols", "bias_corrected")
CORRECTIONS = ("jackknife", "hahn_kuersteiner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was asked for."""

    method: str
    steps: int
    instruments: tuple[int, int | None]
    collapse: bool
    demean: str
    correction: str
    cov: str
    small_sample: str

    @property
    def time_effects(self) -> bool:
        """Whether period effects are taken out."""
        return self.demean == "time"

    @property
    def by_moments(self) -> bool:
        """Whether the method has instruments."""
        return self.method == "gmm"


def checked_variables(variables: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the system if there are two or more, each once."""
    if isinstance(variables, str) or len(variables) < 2:
        raise InputError(
            f"variables is {variables!r}; a system needs two variables or more. For one "
            "equation use dynamic_gmm or ols."
        )
    names = tuple(variables)
    if len(set(names)) < len(names):
        raise InputError(f"variables is {list(names)}; each may be named once.")
    return names


def checked_choice(
    lags: int,
    method: str,
    steps: int,
    instruments: tuple[int, int | None] | None,
    collapse: bool,
    demean: str,
    correction: str,
    cov: str,
    small_sample: str,
) -> Choice:
    """Return the choice if its parts are allowed and go together."""
    require_choice("method", method, METHODS)
    require_choice("demean", demean, ("none", "time"))
    require_choice("correction", correction, CORRECTIONS)
    require_choice("cov", cov, ("clustered", "iid"))
    require_choice("small_sample", small_sample, SMALL_SAMPLE)
    if steps not in (1, 2):
        raise InputError(f"steps is {steps!r}; it must be 1 or 2.")
    if method == "gmm" and (cov, small_sample) != ("clustered", "none"):
        raise InputError(
            f"cov is {cov!r} and small_sample is {small_sample!r}; with method='gmm' the "
            "covariance is clustered, with Windmeijer's correction and no other."
        )
    if method != "gmm" and instruments is not None:
        raise InputError(
            f"instruments is {instruments!r} and method is {method!r}; only 'gmm' has any."
        )
    return Choice(
        method=method,
        steps=steps,
        instruments=checked_span(instruments or (1, lags)),
        collapse=collapse,
        demean=demean,
        correction=correction,
        cov=cov,
        small_sample=small_sample,
    )


def checked_span(span: tuple[int, int | None]) -> tuple[int, int | None]:
    """Return first and last lag of the instruments if they are in order."""
    if isinstance(span, (str, int)) or len(span) != 2:
        raise InputError(
            f"instruments is {span!r}; it must be (first lag, last lag), such as (1, 3)."
        )
    first = require_integer(
        "instruments[0]",
        span[0],
        at_least=1,
        because="the level of the same period is not exogenous",
    )
    if span[1] is None:
        return first, None
    last = require_integer(
        "instruments[1]", span[1], at_least=first, because="it is the last lag"
    )
    return first, last


def in_words(sample: VARSample, choice: Choice, steps: int) -> str:
    """Say how the system was estimated."""
    if choice.method == "gmm":
        first, last = choice.instruments
        depth = f"lags {first} to {'all' if last is None else last}"
        form = "collapsed" if choice.collapse else "by period"
        step = "two-step" if steps == 2 else "one-step"
        rank = sample.instruments.shape[-1]
        return (
            f"{step} GMM on forward orthogonal deviations; instruments: levels, {depth}, "
            f"{form}, {rank} an equation"
        )
    words = "least squares with entity effects"
    if choice.method == "bias_corrected":
        by = {"jackknife": "half-panel jackknife", "hahn_kuersteiner": "Hahn-Kuersteiner"}
        words += f", bias corrected ({by[choice.correction]})"
    return words
