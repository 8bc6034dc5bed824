"""What models do alike: accept outcomes and list them.

A regime proposes policies, the most natural first; :func:`first_certified` takes the
first that an independent certificate accepts.  :func:`comparison` lists the outcomes of
several regimes, :func:`missed` is the error of a search that failed, and
:func:`changed` says in what a set of parameters differs from the
default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from unigauge.errors import ConvergenceError, InputError

if TYPE_CHECKING:
    import pandas as pd

Policy = TypeVar("Policy")


class Recorded(Protocol):
    """An outcome that turns into one flat row."""

    def record(self) -> dict[str, Any]:
        """Return the row."""
        ...


class Certified(NamedTuple, Generic[Policy]):
    """A policy that passed, or None; its certificate, or the least seen; tries made."""

    policy: Policy | None
    certificate: float
    tried: int


def first_certified(
    candidates: Iterable[Policy],
    certify: Callable[[Policy], float],
    tolerance: float,
) -> Certified[Policy]:
    """Return the first candidate whose certificate is within the tolerance.

    Parameters
    ----------
    candidates : iterable
        Policies, the most natural first; worked out only as far as needed.
    certify : callable
        Returns the largest gain that a policy leaves to anybody.
    tolerance : float
        Largest gain allowed.

    Returns
    -------
    Certified
        With no policy if no candidate passes.
    """
    least, tried = np.inf, 0
    for tried, policy in enumerate(candidates, start=1):
        certificate = certify(policy)
        if certificate <= tolerance:
            return Certified(policy, certificate, tried)
        least = min(least, certificate)
    return Certified(None, least, tried)


def comparison(
    solve: Callable[[str], Recorded],
    regimes: Iterable[str] | None,
    known: tuple[str, ...],
    *,
    label: str = "regime",
) -> pd.DataFrame:
    """Return one row for each regime, indexed by regime.

    Parameters
    ----------
    solve : callable
        Returns the outcome of a regime; its record has the key ``label``.
    regimes : iterable of str, optional
        By default all that are ``known``.
    known : tuple of str
        Every regime of the model, in order.
    label : str, default "regime"
        What the model calls a regime.

    Raises
    ------
    InputError
        If ``regimes`` is no list of names, or empty.
    """
    import pandas as pd

    if isinstance(regimes, str):
        raise InputError(f"{label}s is {regimes!r}; write a list, [{regimes!r}].")
    if regimes is not None and not isinstance(regimes, Iterable):
        raise InputError(f"{label}s is {regimes!r}; it must be a list of names.")
    chosen = known if regimes is None else tuple(regimes)
    if not chosen:
        raise InputError(f"{label}s is empty; name at least one, or leave it out for all.")
    return pd.DataFrame([solve(regime).record() for regime in chosen]).set_index(label)


def missed(
    regime: str, parameters: object, found: Certified[Any], tolerance: float
) -> ConvergenceError:
    """Return the error of a search that missed an optimum, which exists."""
    return ConvergenceError(
        f"the search for regime {regime!r} missed the optimum of {parameters}; raise the "
        "tolerance, or move the parameters a little",
        iterations=found.tried,
        residual=found.certificate,
        tolerance=tolerance,
    )


def changed(parameters: Any) -> str:
    """Return in what a dataclass of parameters differs from its default.

    One number stands for entries that are all alike.

    Examples
    --------
    >>> from unigauge.models.regulation.lobbying import Economy
    >>> changed(Economy(damage=(1, 0.4), mass=(2, 2)))
    'damage=(1.0, 0.4), mass=2.0'
    """
    default = type(parameters)()
    values = {
        field.name: [_alike(getattr(p, field.name)) for p in (parameters, default)]
        for field in fields(parameters)
    }
    differ = [f"{name}={new}" for name, (new, old) in values.items() if new != old]
    return ", ".join(differ) or "the default"


def _alike(value: Any) -> Any:
    """Return the one entry of a tuple whose entries are all alike."""
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value
